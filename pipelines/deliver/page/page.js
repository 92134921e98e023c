/* Tabs, keys, theme, print. */
const TABS = [["overview", "概览", overviewTab], ["units", "单位", unitsTab], ["findings", "问题", findingsTab],
  ["performance", "绩效", performanceTab], ["undone", "未执行检查", undoneTab], ["rules", "规则", rulesTab]]
  .filter(([id]) => id !== "performance" || data.performance.length);
const built = new Map();
let current = "overview";
function panel(id) { return document.getElementById("panel-" + id); }
function makeTabs() {
  document.querySelector(".tabs").append(...TABS.map(([id, name]) => el("button", {
    type: "button", role: "tab", id: "tab-" + id, "aria-controls": "panel-" + id, onclick: () => show(id),
  }, name)));
  document.getElementById("main").append(...TABS.map(([id]) => el("section", {
    id: "panel-" + id, role: "tabpanel", "aria-labelledby": "tab-" + id, tabindex: "-1", hidden: true,
  })));
}
function show(id, focus) {
  current = id;
  if (!built.has(id)) {
    built.set(id, TABS.find(([name]) => name === id)[2]());
    panel(id).append(built.get(id).node);
  }
  built.get(id).refresh();
  for (const [name] of TABS) {
    const tab = document.getElementById("tab-" + name);
    panel(name).hidden = name !== id;
    tab.setAttribute("aria-selected", String(name === id));
    tab.setAttribute("tabindex", name === id ? "0" : "-1");
  }
  if (location.hash.slice(1) !== id) history.replaceState(null, "", "#" + id);
  if (focus) { built.get(id).focus(); window.scrollTo(0, 0); }
}
function route() {
  let hash = location.hash.slice(1);
  try { hash = decodeURIComponent(hash); } catch (e) { hash = ""; }
  if (hash.startsWith("f-")) showFindings({ finding: hash.slice(2) });
  else show(TABS.some(([id]) => id === hash) ? hash : "overview");
}
async function printAll() {
  const tab = built.get(current);
  if (!tab.loaded()) await tab.load();
  window.print();
}
document.querySelector(".tabs").addEventListener("keydown", (e) => {
  const at = TABS.findIndex(([id]) => id === current);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  show(TABS[(to + TABS.length) % TABS.length][0]);
  document.getElementById("tab-" + current).focus();
});
document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "p" && !built.get(current).loaded()) {
    e.preventDefault();
    printAll();
  }
  if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  const box = built.get(current).search();
  if (box) { e.preventDefault(); box.focus(); }
});
window.addEventListener("beforeprint", () => { built.get(current).print(); document.body.classList.add("printing"); });
window.addEventListener("afterprint", () => { document.body.classList.remove("printing"); built.get(current).printed(); });
document.querySelector(".skip").addEventListener("click", (e) => { e.preventDefault(); panel(current).focus(); });
document.getElementById("print").addEventListener("click", printAll);
document.getElementById("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
document.getElementById("verdict").classList.add(data.counts.error ? "error" : data.counts.review ? "review" : "good");
window.addEventListener("hashchange", route);
document.getElementById("main").before(basket);
makeTabs();
route();
