/* The units: searched, filtered, sorted, fifty to a page. */
const UNIT_PAGE = 50;
const unitView = { text: "", year: "", status: "", only: "", sort: 0, down: false, page: 0 };
const UNIT_HEADS = [["单位编码", 0], ["单位", 1], ["年度", 2], ["报送", 3], ["错误", 5], ["核实", 6], ["提示", 7],
  ["总收入", 9], ["总支出", 10], ["总支出增减率", 11]];
const NUMERIC = new Set([5, 6, 7, 9, 10, 11]);
function unitNumber(text) { return typeof text === "number" ? text : text === "" ? -Infinity : Number(text.replace(/[,%]/g, "")); }
function unitRows() {
  const v = unitView, text = v.text.toLowerCase();
  const found = data.units.map((u, i) => [u, i]).filter(([u]) =>
    (!v.year || String(u[2]) === v.year) && (!v.status || u[3] === v.status)
    && (!v.only || (v.only === "clean" ? !(u[5] || u[6]) : u[v.only === "error" ? 5 : 6] > 0))
    && (!text || `${u[0]} ${u[1]} ${u[4]}`.toLowerCase().includes(text)));
  const key = NUMERIC.has(v.sort) ? (u) => unitNumber(u[v.sort]) : (u) => u[v.sort];
  if (v.sort || v.down) found.sort(([a], [b]) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (v.down ? -1 : 1));
  return found;
}
function unitLinks(u, i) {
  return [u[12] ? el("a", { href: u[12] }, "单位工作簿") : null, " ", u[13] ? el("a", { href: u[13] }, "标注件") : null, " ",
    u[14] ? el("a", { href: u[14] }, "标注说明") : null, " ",
    u[5] + u[6] + u[7] + u[8] ? el("button", { type: "button", onclick: () => showFindings({ unit: i }) }, "看问题") : null];
}
function unitRow([u, i]) {
  const names = ["单位编码", "单位", "年度", "报送", "错误", "核实", "提示", "总收入", "总支出", "总支出增减率", "文件"];
  const cells = [u[0], u[1], u[2], [tag(u[3]), u[4] ? " " + u[4] : null], count(u[5]), count(u[6]), count(u[7]), u[9], u[10], u[11], unitLinks(u, i)];
  return el("tr", {}, cells.map((c, k) => el("td", { "data-name": names[k], class: k >= 4 && k <= 9 ? "n" : null }, Array.isArray(c) ? c : String(c))));
}
function sortBy(column) {
  unitView.down = unitView.sort === column ? !unitView.down : NUMERIC.has(column);
  unitView.sort = column;
  unitView.page = 0;
  refresh();
}
function unitsTab() {
  const v = unitView, rows = unitRows();
  const set = (name) => (value) => { v[name] = value; v.page = 0; refresh(); };
  const head = UNIT_HEADS.map(([name, column]) => el("th", {
    class: NUMERIC.has(column) ? "n" : null, "aria-sort": v.sort === column ? (v.down ? "descending" : "ascending") : null,
  }, el("button", { type: "button", onclick: () => sortBy(column) }, name + (v.sort === column ? (v.down ? " ▼" : " ▲") : ""))));
  return el("div", {},
    el("div", { class: "filters" }, search("单位名称或编码", v.text, set("text")), select("年度", yearChoices(), v.year, set("year")),
      select("报送情况", [["", "全部"], ["complete", "齐全"], ["incomplete", "缺表"], ["missing", "未报送"]], v.status, set("status")),
      select("问题", [["", "全部"], ["error", "有错误"], ["review", "有待核实"], ["clean", "没有问题"]], v.only, set("only"))),
    rows.length ? el("div", { class: "scroll" }, el("table", { class: "stack" }, el("thead", {}, el("tr", {}, head, el("th", {}, "文件"))),
      el("tbody", {}, rows.slice(v.page * UNIT_PAGE, (v.page + 1) * UNIT_PAGE).map(unitRow)))) : el("p", { class: "none" }, "没有符合条件的单位"),
    pager(rows.length, UNIT_PAGE, v.page, (to) => { v.page = to; refresh(); }));
}
