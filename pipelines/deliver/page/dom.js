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
    else if (key === "style") node.style.cssText = value; // the page's policy knows no other way
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}
function tag(key) { return el("span", { class: "tag " + key }, WORDS[key] || key); }
function count(n) { return Number(n).toLocaleString("zh-CN"); }
function shorten(text, most) { return [...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text; }
/* Tables by the number that stands on them: Z05_1 → 财决05-1表. The ids of rules (IN-Z01-01) stay. */
function worded(text) {
  return String(text).replace(/(^|[^A-Za-z0-9_-])((?:Z|F|G|CS)\d\d(?:_\d)?)(?![A-Za-z0-9_])/g,
    (whole, before, form) => before + (data.forms[form] || form));
}
/* Whether a row holds every word of the search; the text it is searched by is made once. */
const searched = new WeakMap();
function holds(row, text, make) {
  if (!text) return true;
  if (!searched.has(row)) searched.set(row, make(row).join(" ").toLowerCase());
  return text.toLowerCase().split(/\s+/).every((word) => searched.get(row).includes(word));
}
function years() { return [...new Set(data.units.map((u) => u[2]))].sort((a, b) => b - a); }
function yearChoices() { return [["", "全部年度"], ...years().map((y) => [String(y), String(y)])]; }
