/* The findings by cause, twenty groups to a page; the extracts are drawn only when a group is opened. */
const GROUP_PAGE = 20;
const groupView = { text: "", year: "", severity: "", status: "open", change: "", unit: -1, finding: "", page: 0 };
const chunks = new Map(Object.entries(data.extracts));
const waiting = new Map();
window.caijueChunk = (number, content) => {
  chunks.set(number, content);
  for (const go of waiting.get(number) || []) go(content);
  waiting.delete(number);
};
function withExtracts(index, draw, fail) {
  const number = String(Math.floor(index / data.chunk)), place = index % data.chunk;
  if (chunks.has(number)) return draw(chunks.get(number)[place]);
  const first = !waiting.has(number);
  waiting.set(number, [...(waiting.get(number) || []), (content) => draw(content[place])]);
  if (first) document.head.append(el("script", { src: `index-data/${number}.js`, onerror: () => { waiting.delete(number); fail(); } }));
}
function fits(f) {
  const v = groupView;
  return (!v.finding || f[0] === v.finding) && (v.unit < 0 || f[5] === v.unit) && (!v.year || String(f[7]) === v.year)
    && (!v.severity || f[2] === v.severity) && (!v.status || f[3] === v.status) && (!v.change || f[4] === v.change)
    && (!v.text || `${f[0]} ${f[1]} ${f[6]} ${f[8]} ${f[9]} ${(data.rules[f[1]] || [""])[0]}`.toLowerCase().includes(v.text.toLowerCase()));
}
function shownGroups() {
  return data.groups.map((g, i) => [g, i, g[2].map((f, k) => [f, k]).filter(([f]) => fits(f))]).filter(([, , found]) => found.length);
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
function finding(f, sides) {
  const rule = data.rules[f[1]] || ["", "", ""], unit = data.units[f[5]];
  return el("article", { class: "finding", id: "f-" + f[0] },
    el("p", {}, tag(f[2]), " ", f[3] === "explained" ? tag("explained") : null, " ", f[4] === "new" ? tag("new") : null, " ",
      el("b", {}, `${f[1]} ${rule[0]}`), " ", el("span", { class: "meta" }, [f[6], f[7]].filter(Boolean).join(" ")), " ",
      unit && unit[14] && f[1].startsWith("N-") ? el("a", { href: unit[14] }, "打开标注的说明")
        : unit && unit[13] ? el("a", { href: unit[13] }, "打开标注件") : null),
    el("p", {}, f[9]),
    el("p", { class: "meta" }, [f[10] ? `差额 ${f[10]} 元` : "", rule[2] ? `依据：${shorten(rule[2], 160)}` : "", `对象：${f[8]}`,
      `编号：${f[0]}`].filter(Boolean).join("　")),
    rule[1] ? el("p", { class: "meta" }, rule[1].length > 160 ? "公式较长，见「规则」页" : `公式：${rule[1]}`) : null,
    el("div", { class: "sides" }, sides.map(extract)));
}
function group([g, index, found]) {
  const first = found[0][0], body = el("div", { class: "body" });
  const draw = () => {
    if (body.childNodes.length) return;
    if (g[1]) body.append(el("p", { class: "advice" }, g[1]));
    const wait = el("p", { class: "none" }, "正在读取…");
    body.append(wait);
    withExtracts(index, (sides) => { wait.remove(); body.append(...found.map(([f, k]) => finding(f, sides[k] || []))); },
      () => { wait.remove(); body.append(el("p", { class: "none" }, "表格摘录读不到：请把 index-data 文件夹与本页放在一起。"), ...found.map(([f]) => finding(f, []))); });
  };
  const title = found.length > 1 ? `同一原因引起的 ${found.length} 个问题：` : "";
  const head = el("summary", {}, tag(g[0]), " ", el("b", {}, [first[6], first[7]].filter(Boolean).join(" ") || "文件"), " ",
    title + first[1] + " " + shorten(first[9].split("：")[0], 90), first[10] ? el("span", { class: "meta" }, `　差额 ${first[10]} 元`) : null);
  const box = el("details", { class: "group " + g[0], ontoggle: (e) => { if (e.target.open) draw(); } }, head, body);
  if (groupView.finding) { box.open = true; draw(); }
  return box;
}
function findingsTab() {
  const v = groupView, found = shownGroups(), total = found.reduce((n, g) => n + g[2].length, 0);
  const set = (name) => (value) => { v[name] = value; v.page = 0; v.finding = ""; refresh(); };
  const unit = data.units[v.unit];
  const chosen = unit || v.finding ? el("button", { type: "button", onclick: () => { v.unit = -1; v.finding = ""; refresh(); } },
    `只看：${unit ? `${unit[1]} ${unit[2]}` : v.finding} ✕`) : null;
  const all = el("button", { type: "button", onclick: () => document.querySelectorAll("details.group").forEach((d) => { d.open = true; }) }, "展开本页");
  return el("div", {},
    el("div", { class: "filters" }, search("规则、单位、科目、说明", v.text, set("text")), select("年度", yearChoices(), v.year, set("year")),
      select("级别", [["", "全部"], ["error", "错误"], ["review", "核实"], ["hint", "提示"]], v.severity, set("severity")),
      select("状态", [["", "全部"], ["open", "未说明"], ["explained", "已说明"]], v.status, set("status")),
      select("变化", [["", "全部"], ["new", "新增"], ["persisting", "延续"]], v.change, set("change")), chosen, all),
    el("p", { class: "meta" }, `${count(found.length)} 组，${count(total)} 个问题` + (data.left_out ? `；另有 ${count(data.left_out)} 个未列入本页，见 summary.xlsx` : "")),
    found.length ? found.slice(v.page * GROUP_PAGE, (v.page + 1) * GROUP_PAGE).map(group) : el("p", { class: "none" }, "没有符合条件的问题"),
    pager(found.length, GROUP_PAGE, v.page, (to) => { v.page = to; refresh(); }));
}
