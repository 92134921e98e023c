/* The findings by cause, twenty groups to a page; the extracts are drawn only when a group is opened. */
const groupView = { text: "", year: "", severity: "", status: "open", change: "", unit: -1, finding: "", cause: "", page: 0 };
/* A search for a cell (Z03 E13, 财决03表!E13) looks for just that cell; any other for all its words. */
const CELL = /^(\S+?)(?:\s*!\s*|\s+)([A-Za-z]{1,3}\d+)$/;
function found(f, text) {
  const cell = CELL.exec(text), place = cell && `;${cell[1]} ${cell[2]};`.toLowerCase();
  if (place && f[13].toLowerCase().includes(place)) return true;
  return holds(f, text, (r) => [r[0], r[1], r[6], r[8], worded(r[8]), r[9], (data.rules[r[1]] || [""])[0]]);
}
function fits(f) {
  const v = groupView;
  return (!v.finding || f[0] === v.finding) && (v.unit < 0 || f[5] === v.unit) && (!v.year || String(f[7]) === v.year)
    && (!v.severity || f[2] === v.severity) && (!v.status || f[3] === v.status) && (!v.change || f[4] === v.change)
    && found(f, v.text);
}
function shownGroups() {
  return data.groups.map((g, i) => [g, i, g[2].map((f, k) => [f, k]).filter(([f]) => fits(f))])
    .filter(([g, , fitting]) => fitting.length && (!groupView.cause || g[1] === groupView.cause));
}
function extract(e) {
  const where = [e.side, e.file, e.sheet].filter(Boolean).join(" · ");
  if (e.quote) {
    const lines = e.quote.filter((q) => q[0] || q[1]).map((q) => el("tr", {}, el("th", {}, q[0]), el("td", { class: "hit" }, q[1])));
    return el("div", { class: "side" }, el("table", {}, el("caption", {}, where), el("tbody", {}, lines)));
  }
  const letters = el("tr", {}, el("th", {}), el("th", {}), e.letters.map((l) => el("th", { class: "n" }, l)));
  const heads = el("tr", {}, el("th", {}, "行"), el("th", {}, "项目"), e.heads.map((h) => el("th", { class: "n" }, h)));
  const body = e.rows.map(([row, label, ...cells]) => el("tr", {}, el("td", {}, String(row)), el("td", {}, label),
    cells.map((c) => (Array.isArray(c) ? el("td", { class: "n hit" }, c[0] || "（空）") : el("td", { class: "n" }, c)))));
  const more = e.more ? `（另有 ${count(e.more)} 格未画出）` : "";
  return el("div", { class: "side" }, el("table", {}, el("caption", {}, where + more), el("thead", {}, letters, heads), el("tbody", {}, body)));
}
function entry(f) {
  if (!f[6] || f[3] === "explained") return null;
  return explainForm("finding", f[0], `${f[6]} ${f[7] || ""} ${f[1]} ${shorten(worded(f[8]), 40)}`);
}
function finding(f, sides, printing) {
  const rule = data.rules[f[1]] || ["", "", ""], unit = data.units[f[5]], formula = worded(rule[1]);
  return el("article", { class: "finding", id: printing ? null : "f-" + f[0] },
    el("p", {}, tag(f[2]), " ", f[3] === "explained" ? tag("explained") : null, " ", f[4] === "new" ? tag("new") : null, " ",
      el("b", {}, `${f[1]} ${rule[0]}`), " ", el("span", { class: "meta" }, [f[6], f[7]].filter(Boolean).join(" ")), " ",
      printing ? null : unit && unit[14] && f[1].startsWith("N-") ? el("a", { href: unit[14] }, "打开标注的说明")
        : unit && unit[13] ? el("a", { href: unit[13] }, "打开标注件") : null),
    f[12] ? el("p", { class: "advice" }, f[12]) : null,
    el("p", {}, f[9]),
    f[14] && !printing ? el("details", { class: "formula" }, el("summary", {}, "完整算式"), el("p", {}, f[14])) : null,
    el("p", { class: "meta" }, [f[10] ? `差额 ${f[10]} 元` : "", rule[2] ? `依据：${shorten(worded(rule[2]), 160)}` : "", f[8] ? `对象：${worded(f[8])}` : "",
      `编号：${f[0]}`].filter(Boolean).join("　")),
    rule[1] ? el("p", { class: "meta" }, formula.length > 160 ? "公式较长，见「规则」页" : `公式：${formula}`) : null,
    printing ? null : entry(f),
    el("div", { class: "sides" }, sides.map(extract)));
}
function drawGroup(body, g, found, sides, printing) {
  body.replaceChildren(
    ...(sides || printing ? [] : [el("p", { class: "none" }, "表格摘录读不到：请把 index-data 文件夹与本页放在一起。")]),
    ...found.map(([f, k]) => finding(f, (sides && sides[k]) || [], printing)));
}
function groupHead(g, found) {
  const first = found[0][0], title = found.length > 1 ? `同一原因引起的 ${found.length} 个问题：` : "";
  return [tag(g[0]), " ", el("b", {}, [first[6], first[7]].filter(Boolean).join(" ") || "文件"), " ",
    title + first[1] + " " + shorten(first[12] || first[9], 90)];
}
function printedGroup([g, index, found]) {
  const body = el("div", { class: "body" });
  drawGroup(body, g, found, sidesOf(index), true);
  return el("section", { class: "group " + g[0] }, el("h3", {}, groupHead(g, found)), body);
}
function group([g, index, found]) {
  const body = el("div", { class: "body" });
  const draw = () => {
    if (body.childNodes.length) return;
    if (sidesOf(index)) { drawGroup(body, g, found, sidesOf(index)); return; }
    body.append(el("p", { class: "none" }, "正在读取…"));
    loadSides(index).then(() => drawGroup(body, g, found, sidesOf(index)));
  };
  const box = el("details", { class: "group " + g[0], ontoggle: () => { if (box.open) draw(); } }, el("summary", {}, groupHead(g, found)), body);
  if (groupView.finding || groupView.cause) { box.open = true; draw(); }
  return box;
}
/* The one unit or finding that another place asked for; a press lets all through again. */
function chosenControl(change) {
  const node = el("button", { type: "button", class: "chosen", onclick: () => { groupView.unit = -1; groupView.finding = groupView.cause = ""; change(); } });
  const name = () => {
    const unit = data.units[groupView.unit];
    return unit ? `${unit[1]} ${unit[2]}` : groupView.cause ? "一处原因" : groupView.finding;
  };
  return { node, told: name, sync: () => { node.hidden = !name(); node.textContent = `只看：${name()} ✕`; } };
}
function findingsTab() {
  const v = groupView, change = () => { v.finding = v.cause = ""; tab.change(); };
  const box = search("规则、单位、科目、单元格（Z03 E13）", v, "text", change);
  const total = (found) => found.reduce((n, g) => n + g[2].length, 0);
  const tab = listing({
    name: "问题", view: v, size: 20, most: 2000, weigh: (g) => g[2].length, rest: "summary.xlsx《问题清单》", find: shownGroups, nothing: "没有符合条件的问题",
    said: (found) => `${count(found.length)} 组，${count(total(found))} 个问题` + (data.left_out ? `；另有 ${count(data.left_out)} 个未列入本页，见 summary.xlsx` : ""),
    controls: [box, select("年度", yearChoices(), v, "year", change),
      select("级别", [["", "全部"], ["error", "错误"], ["review", "核实"], ["hint", "提示"]], v, "severity", change),
      select("状态", [["", "全部"], ["open", "未说明"], ["explained", "已说明"]], v, "status", change),
      select("变化", [["", "全部"], ["new", "新增"], ["persisting", "延续"]], v, "change", change),
      chosenControl(() => { change(); box.focus(); }),
      button("展开本页", () => document.querySelectorAll(".list details.group").forEach((d) => { d.open = true; }))],
    body: (groups, printing) => el("div", {}, groups.map(printing ? printedGroup : group)),
    ready: (groups) => groups.every(([, index]) => sidesOf(index)),
    load: (groups) => Promise.all(groups.map(([, index]) => loadSides(index))),
  });
  return tab;
}
function showFindings(choice) {
  Object.assign(groupView, { text: "", year: "", severity: "", status: "", change: "", unit: -1, finding: "", cause: "", page: 0 }, choice);
  show("findings", true);
}
