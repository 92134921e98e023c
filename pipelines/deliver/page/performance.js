/* Performance: a block for each unit and year with its scores and projects, ten to a page. */
const performanceView = { text: "", year: "", only: "", page: 0 };
const SCORE_HEADS = ["指标", "分值", "自评得分", "计算得分", "差异", "状态", "评价过程"];
const PROJECT_HEADS = ["项目", "预算（元）", "执行（元）", "结余率", "数量指标完成"];
function performanceTable(heads, rows, numeric) {
  const shown = table(heads.map((name, i) => el("th", { scope: "col", class: numeric.includes(i) ? "n" : null }, name)), "stack performance");
  shown.rows.append(...rows.map((row) => el("tr", {}, row.map((text, i) => el("td", {
    "data-name": heads[i], class: numeric.includes(i) ? "n" : null }, text)))));
  return shown.node;
}
function performanceBlock([number, total, scores, projects]) {
  const unit = data.units[number];
  const block = el("section", { class: "group evaluation" }, el("h2", {}, `${unit[1]} ${unit[2]}　${total}`));
  if (unit[12]) block.append(el("p", {}, el("a", { href: unit[12] }, "单位工作簿"), "：附件1评分、评分差异、项目自评、绩效报告表"));
  if (scores.length) block.append(performanceTable(SCORE_HEADS, scores, [1, 2, 3, 4]));
  else block.append(el("p", {}, "没有登记的指标体系，没有评分。"));
  if (projects.length) block.append(performanceTable(PROJECT_HEADS, projects, [1, 2, 3]));
  return block;
}
function performanceRows() {
  const v = performanceView;
  return data.performance.filter((p) => (!v.year || String(data.units[p[0]][2]) === v.year)
    && (!v.only || p[2].some((s) => s[4])) && holds(p, v.text, (r) => [data.units[r[0]][0], data.units[r[0]][1]]));
}
function performanceTab() {
  const v = performanceView, change = () => tab.change();
  const tab = listing({
    name: "单位", view: v, size: 10, most: 500, weigh: () => 1, rest: "各单位工作簿", find: performanceRows, nothing: "没有符合条件的单位",
    said: (found) => `${count(found.length)} 个单位×年度有绩效材料`,
    controls: [search("单位名称或编码", v, "text", change), select("年度", yearChoices(), v, "year", change),
      select("得分", [["", "全部"], ["gap", "自评与计算不同"]], v, "only", change)],
    body: (rows) => el("div", {}, rows.map(performanceBlock)),
  });
  return tab;
}
