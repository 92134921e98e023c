/* Tabs, keys, theme, print. */
const UNDONE_PAGE = 100, RULE_PAGE = 100;
const listView = { undone: 0, rules: 0, undoneText: "", rulesText: "" };
function folded(text) {
  return text.length > 300 ? el("details", {}, el("summary", {}, shorten(text, 120)), text) : text;
}
function listTab(name, rows, heads, label) {
  const text = listView[name + "Text"].toLowerCase(), size = name === "undone" ? UNDONE_PAGE : RULE_PAGE;
  const found = rows.filter((r) => !text || r.join(" ").toLowerCase().includes(text)), page = listView[name];
  const body = found.slice(page * size, (page + 1) * size)
    .map((r) => el("tr", {}, r.map((c, i) => el("td", { "data-name": heads[i] }, folded(String(c ?? ""))))));
  return el("div", {},
    el("div", { class: "filters" }, search(label, listView[name + "Text"], (t) => { listView[name + "Text"] = t; listView[name] = 0; refresh(); })),
    found.length ? el("div", { class: "scroll" }, el("table", { class: "stack" }, el("thead", {}, el("tr", {}, heads.map((h) => el("th", {}, h)))),
      el("tbody", {}, body))) : el("p", { class: "none" }, "（无）"),
    pager(found.length, size, page, (to) => { listView[name] = to; refresh(); }));
}
function undoneTab() {
  const rows = data.undone.map((r) => [WORDS[r[0]], r[2], r[3], r[4], r[5], r[6], r[7]]);
  const tab = listTab("undone", rows, ["结果", "单位", "年度", "原因", "需要做什么", "规则数", "规则"], "单位、原因、规则");
  if (data.undone_left) tab.append(el("p", { class: "meta" }, `另有 ${count(data.undone_left)} 行未列入本页，见 summary.xlsx`));
  return tab;
}
function rulesTab() {
  return listTab("rules", Object.entries(data.rules).map(([id, r]) => [id, ...r]), ["规则", "名称", "公式", "依据"], "规则");
}
const TABS = [["overview", "概览", overview], ["units", "单位", unitsTab], ["findings", "问题", findingsTab],
  ["undone", "未执行检查", undoneTab], ["rules", "规则", rulesTab]];
let current = "overview";
function tabs() {
  const bar = document.querySelector(".tabs");
  bar.replaceChildren(...TABS.map(([id, name]) => el("button", {
    type: "button", role: "tab", id: "tab-" + id, "aria-controls": "main", "aria-selected": String(id === current),
    tabindex: id === current ? "0" : "-1", onclick: () => show(id),
  }, name)));
}
function refresh() {
  const main = document.getElementById("main"), focus = document.activeElement;
  const typed = focus && focus.matches && focus.matches("[data-search]") ? focus.selectionStart : -1;
  main.replaceChildren(TABS.find(([id]) => id === current)[2]());
  const box = typed >= 0 ? main.querySelector("[data-search]") : null;
  if (box) { box.focus(); box.setSelectionRange(typed, typed); }
}
function show(id) {
  current = id;
  tabs();
  refresh();
  if (location.hash.slice(1) !== id) history.replaceState(null, "", "#" + id);
}
function showFindings(choice) {
  Object.assign(groupView, { text: "", year: "", severity: "", status: "", change: "", unit: -1, finding: "", page: 0 }, choice);
  show("findings");
  document.getElementById("main").focus({ preventScroll: true });
}
function route() {
  const hash = decodeURIComponent(location.hash.slice(1));
  if (hash.startsWith("f-")) showFindings({ finding: hash.slice(2) });
  else show(TABS.some(([id]) => id === hash) ? hash : "overview");
}
document.querySelector(".tabs").addEventListener("keydown", (e) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!step) return;
  const at = TABS.findIndex(([id]) => id === current);
  show(TABS[(at + step + TABS.length) % TABS.length][0]);
  document.getElementById("tab-" + current).focus();
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  const box = document.querySelector("[data-search]");
  if (box) { e.preventDefault(); box.focus(); }
});
document.getElementById("print").addEventListener("click", () => {
  document.querySelectorAll("details.group").forEach((d) => { d.open = true; });
  setTimeout(() => window.print(), 300);
});
document.getElementById("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
document.getElementById("verdict").classList.add(data.counts.error ? "error" : data.counts.review ? "review" : "good");
window.addEventListener("hashchange", route);
route();
