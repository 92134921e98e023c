/* A list beneath controls that stay. Only the list is replaced, so what is being typed, composed or focused stays where it is.
   A spec: name, view (with page), controls, size (entries a page), find() → entries, body(entries, printing) → node,
   said(entries) → words, nothing (words for none), most and weigh(entry) (what one print holds), rest (where the rest is),
   and for lists that read something beside the page: ready(entries), load(entries). */
function listing(spec) {
  const { view, controls } = spec;
  const said = el("p", { class: "meta said", role: "status" });
  const list = el("div", { class: "list", tabindex: "-1", role: "region", "aria-label": spec.name });
  const printed = el("div", { class: "printed" });
  let found = [];
  const above = pager(view, (to) => turn(to), "翻页"), below = pager(view, (to) => { turn(to); node.scrollIntoView(); list.focus({ preventScroll: true }); }, "列表下方翻页");
  const node = el("div", {}, el("div", { class: "filters" }, controls.map((c) => c.node)),
    el("div", { class: "status" }, said, above.node), list, below.node, printed);
  function draw() {
    const pages = Math.max(1, Math.ceil(found.length / spec.size));
    view.page = Math.min(Math.max(view.page, 0), pages - 1);
    const fresh = found.length || !spec.nothing
      ? spec.body(found.slice(view.page * spec.size, (view.page + 1) * spec.size), false) : el("p", { class: "none" }, spec.nothing);
    if (list.firstChild !== fresh || list.childNodes.length > 1) list.replaceChildren(fresh);
    above.sync(pages);
    below.sync(pages);
    said.textContent = spec.said(found) + (pages > 1 ? `；现在是第 ${view.page + 1} 页，共 ${pages} 页` : "");
  }
  function turn(to) { view.page = to; draw(); }
  function refresh() { controls.forEach((c) => c.sync()); found = spec.find(); draw(); }
  function within() {
    let weight = 0, n = 0;
    while (n < found.length && (n === 0 || weight + spec.weigh(found[n]) <= spec.most)) weight += spec.weigh(found[n++]);
    return found.slice(0, n);
  }
  function print() {
    const shown = within(), told = controls.map((c) => c.told()).filter(Boolean).join("；");
    const lines = [`${spec.name}：${spec.said(found)}${told ? `（只列 ${told}）` : ""}`];
    if (shown.length < found.length) lines.push(`本次只印出前一部分：${spec.said(shown)}。其余未印，见同一文件夹中的 ${spec.rest}，或缩小筛选范围后再打印。`);
    if (spec.ready && !spec.ready(shown)) lines.push("有的表格摘录还没有读入，没有印出：请用页面右上角的“打印”按钮重新打印。");
    printed.replaceChildren(...lines.map((line) => el("p", { class: "notice" }, line)),
      shown.length ? spec.body(shown, true) : el("p", { class: "none" }, spec.nothing || "（无）"));
  }
  return {
    node, refresh, print,
    change: () => { view.page = 0; refresh(); },
    focus: () => list.focus({ preventScroll: true }),
    search: () => controls.find((c) => c.focus),
    loaded: () => !spec.ready || spec.ready(within()),
    load: () => spec.load(within()),
    printed: () => printed.replaceChildren(),
  };
}
/* A table whose head stays while its rows change. */
function table(heads, className) {
  const rows = el("tbody"), head = el("tr", {}, heads);
  return { rows, node: el("div", { class: "scroll" }, el("table", { class: className }, el("thead", {}, head), rows)) };
}
