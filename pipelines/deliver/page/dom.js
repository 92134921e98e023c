"use strict";
/* Elements are built from text only: nothing that was submitted is ever parsed as markup. */
const data = JSON.parse(document.getElementById("data").textContent);
const WORDS = {
  error: "错误", review: "核实", hint: "提示", open: "未说明", explained: "已说明", new: "新增", persisting: "延续",
  complete: "齐全", incomplete: "缺表", missing: "未报送", pass: "通过", fail: "不通过", not_evaluated: "未执行", broken: "规则故障",
};
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}
function tag(key) { return el("span", { class: "tag " + key }, WORDS[key] || key); }
function count(n) { return Number(n).toLocaleString("zh-CN"); }
function option(value, text, chosen) { return el("option", { value, selected: value === chosen }, text); }
function select(label, choices, chosen, change) {
  const box = el("select", { onchange: (e) => change(e.target.value) }, choices.map(([v, t]) => option(v, t, chosen)));
  return el("label", {}, label, box);
}
function search(label, value, change) {
  let timer = 0;
  const box = el("input", {
    type: "search", value, placeholder: "按 / 键搜索", "data-search": true,
    oninput: (e) => { clearTimeout(timer); timer = setTimeout(() => change(e.target.value.trim()), 150); },
  });
  return el("label", {}, label, box);
}
function pager(total, size, page, go) {
  const pages = Math.max(1, Math.ceil(total / size));
  const step = (to, text) => el("button", { type: "button", disabled: to < 0 || to >= pages, onclick: () => go(to) }, text);
  return el("div", { class: "pager" }, step(page - 1, "上一页"), step(page + 1, "下一页"),
    el("span", {}, `第 ${page + 1} 页，共 ${pages} 页，${count(total)} 条`));
}
function years() { return [...new Set(data.units.map((u) => u[2]))].sort((a, b) => b - a); }
function yearChoices() { return [["", "全部年度"], ...years().map((y) => [String(y), String(y)])]; }
