/* The plain lists: checks that were not carried out, and the rules. */
const undoneView = { text: "", page: 0 }, ruleView = { text: "", page: 0 };
function folded(text, printing) {
  return text.length > 300 && !printing ? el("details", {}, el("summary", {}, shorten(text, 120)), text) : text;
}
function plainTab(name, view, rows, columns, label, rest, said) {
  const heads = columns.map(([head]) => head), change = () => tab.change();
  const names = () => columns.map(([head, width]) => el("th", { scope: "col", style: `width: ${width}%` }, head));
  const shown = table(names(), "stack plain");
  const tab = listing({
    name, view, size: 100, most: 5000, weigh: () => 1, rest, said, nothing: "（无）",
    controls: [search(label, view, "text", change)],
    find: () => rows.filter((r) => holds(r, view.text, (row) => row)),
    body: (found, printing) => {
      const here = printing ? table(names(), "plain") : shown;
      here.rows.replaceChildren(...found.map((r) => el("tr", {}, r.map((c, i) => el("td", { "data-name": heads[i], class: columns[i][2] },
        el("div", {}, folded(String(c === null ? "" : c), printing)))))));
      return here.node;
    },
  });
  return tab;
}
function undoneTab() {
  const rows = data.undone.map((r) => [WORDS[r[0]], r[2], r[3], worded(r[4]), worded(r[5]), r[6], r[7]]);
  const left = data.undone_left ? `；另有 ${count(data.undone_left)} 行未列入本页，见 summary.xlsx` : "";
  return plainTab("未执行检查", undoneView, rows, [["结果", 8, "short"], ["单位", 15], ["年度", 7, "short"], ["原因", 23], ["需要做什么", 20], ["规则数", 7, "short"], ["规则", 20]], "单位、原因、规则",
    "summary.xlsx《未执行检查》", (found) => `${count(found.length)} 行${left}`);
}
function rulesTab() {
  const rows = Object.entries(data.rules).map(([id, r]) => [id, ...r.map(worded)]);
  return plainTab("规则", ruleView, rows, [["规则", 12], ["名称", 20], ["公式", 43], ["依据", 25]], "规则", "summary.xlsx《规则》", (found) => `${count(found.length)} 条规则`);
}
