/* The units: searched, filtered, sorted, fifty to a page. */
const unitView = { text: "", year: "", status: "", only: "", sort: 0, order: "0", down: false, page: 0 };
const UNIT_HEADS = [["单位编码", 0], ["单位", 1], ["年度", 2], ["报送", 3], ["错误", 5], ["核实", 6], ["提示", 7],
  ["总收入", 9], ["总支出", 10], ["总支出增减率", 11]];
const NUMERIC = new Set([5, 6, 7, 9, 10, 11]);
const byName = new Intl.Collator("zh-CN", { numeric: true });
function unitNumber(text) { return typeof text === "number" ? text : text === "" ? -Infinity : Number(text.replace(/[,%]/g, "")); }
function unitOrder() {
  const { sort, down } = unitView, sign = down ? -1 : 1;
  if (sort === 1) return ([a], [b]) => sign * byName.compare(a[1], b[1]);
  const key = NUMERIC.has(sort) ? (u) => unitNumber(u[sort]) : (u) => u[sort];
  return ([a], [b]) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
function unitRows() {
  const v = unitView;
  const found = data.units.map((u, i) => [u, i]).filter(([u]) =>
    (!v.year || String(u[2]) === v.year) && (!v.status || u[3] === v.status)
    && (!v.only || (v.only === "clean" ? !(u[5] || u[6]) : u[v.only === "error" ? 5 : 6] > 0))
    && holds(u, v.text, (r) => [r[0], r[1], r[4], missing(r)]));
  if (v.sort || v.down) found.sort(unitOrder());
  return found;
}
function missing(u) { return u[4] ? u[4].split(/[,、]\s*/).map(worded).join("、") : ""; }
function unitLinks(u, i) {
  return [u[12] ? el("a", { href: u[12] }, "单位工作簿") : null, u[13] ? el("a", { href: u[13] }, "标注件") : null,
    u[14] ? el("a", { href: u[14] }, "标注说明") : null,
    u[15] ? el("span", { class: "read" }, `说明文字${u[15]}`) : null,
    u[5] + u[6] + u[7] + u[8] ? el("button", { type: "button", onclick: () => showFindings({ unit: i }) }, "看问题") : null];
}
function unitRow([u, i], printing) {
  const lacks = u[4] ? el("span", { class: "lacks" }, missing(u).split("、").flatMap((form, k) => [k ? "、" : "", el("span", {}, form)])) : null;
  const cells = [["short", u[0]], ["name", u[1]], ["short", u[2]], ["state", [tag(u[3]), " ", lacks]], ["n", count(u[5])], ["n", count(u[6])], ["n", count(u[7])],
    ["n", u[9]], ["n", u[10]], ["n", u[11]]];
  const row = el("tr", {}, cells.map(([c, text], k) => el("td", { "data-name": UNIT_HEADS[k][0], class: c || null },
    Array.isArray(text) ? el("div", {}, text) : String(text))));
  if (!printing) row.append(el("td", { "data-name": "文件", class: "files" }, el("div", {}, unitLinks(u, i))));
  return row;
}
function sortBy(column) {
  unitView.down = unitView.sort === column ? !unitView.down : NUMERIC.has(column);
  unitView.sort = column;
  unitView.order = String(column);
}
function unitHead([name, column], change) {
  const sign = el("span", { "aria-hidden": "true" }), head = el("th", { scope: "col", class: NUMERIC.has(column) ? "n" : null },
    el("button", { type: "button", onclick: () => { sortBy(column); change(); } }, name, sign));
  return { node: head, sync: () => {
    const here = unitView.sort === column;
    sign.textContent = here ? (unitView.down ? " ▼" : " ▲") : "";
    if (here) head.setAttribute("aria-sort", unitView.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  } };
}
function unitsTab() {
  const v = unitView, change = () => tab.change();
  const heads = UNIT_HEADS.map((h) => unitHead(h, change));
  const shown = table([...heads.map((h) => h.node), el("th", { scope: "col" }, "文件")], "stack units");
  const order = select("排序", UNIT_HEADS.map(([name, column]) => [String(column), name]), v, "order",
    () => { v.sort = Number(v.order); v.down = NUMERIC.has(v.sort); change(); });
  order.node.classList.add("narrow");
  order.told = () => "";
  const tab = listing({
    name: "单位", view: v, size: 50, most: 5000, weigh: () => 1, rest: "summary.xlsx《单位一览》", find: unitRows, nothing: "没有符合条件的单位",
    said: (found) => `${count(found.length)} 个单位×年度`,
    controls: [search("单位名称或编码", v, "text", change), select("年度", yearChoices(), v, "year", change),
      select("报送情况", [["", "全部"], ["complete", "齐全"], ["incomplete", "缺表"], ["missing", "未报送"]], v, "status", change),
      select("问题", [["", "全部"], ["error", "有错误"], ["review", "有待核实"], ["clean", "没有问题"]], v, "only", change), order],
    body: (rows, printing) => {
      const here = printing ? table(UNIT_HEADS.map(([name, c]) => el("th", { class: NUMERIC.has(c) ? "n" : null }, name)), "units") : shown;
      heads.forEach((h) => h.sync());
      here.rows.replaceChildren(...rows.map((r) => unitRow(r, printing)));
      return here.node;
    },
  });
  return tab;
}
function showUnits(choice) {
  Object.assign(unitView, { text: "", year: "", status: "", only: "", page: 0 }, choice);
  show("units", true);
}
