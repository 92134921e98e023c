/* Bars: each carries its name and its number as text, so that colour is never the only sign and the text keeps its size on a narrow screen. */
const NS = "http://www.w3.org/2000/svg";
function svg(name, attributes) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "style") node.style.cssText = value;
    else node.setAttribute(key, value);
  }
  return node;
}
function bar(row, most) {
  const picture = svg("svg", { "aria-hidden": "true", class: "bar" });
  const width = row.value ? Math.max((row.value / most) * 100, 0.6) : 0;
  picture.append(svg("rect", { width: `${width.toFixed(2)}%`, height: "100%", rx: 3, style: `fill: var(--${row.color})` }));
  return el("li", {}, el("span", { class: "name" }, row.name), picture, el("span", { class: "value" }, count(row.value)));
}
function bars(title, rows) {
  const most = Math.max(1, ...rows.map((r) => r.value));
  return el("section", { class: "panel" }, el("h2", {}, title),
    rows.length ? el("ul", { class: "bars" }, rows.map((r) => bar(r, most))) : el("p", { class: "none" }, "（无）"));
}
function highest(entries, most, color) {
  return [...entries].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most)
    .map(([name, value]) => ({ name, value, color }));
}
function tally(items) {
  const found = new Map();
  for (const item of items) found.set(item, (found.get(item) || 0) + 1);
  return found;
}
function card([name, n, open]) {
  const inside = [el("b", {}, count(n)), el("span", {}, name)];
  return open && n ? el("button", { type: "button", class: "card", onclick: open }, inside) : el("div", { class: "card" }, inside);
}
function cards(status) {
  const causes = data.groups.filter((g) => g[2].some((f) => f[3] === "open")).length;
  const severity = (name) => () => showFindings({ severity: name, status: "open" });
  return [
    ["单位×年度", data.units.length, () => showUnits({})], ["错误", data.counts.error || 0, severity("error")],
    ["核实", data.counts.review || 0, severity("review")], ["提示", data.counts.hint || 0, severity("hint")],
    ["原因组", causes, () => showFindings({ status: "open" })], ["缺表", status.get("incomplete") || 0, () => showUnits({ status: "incomplete" })],
    ["未报送", status.get("missing") || 0, () => showUnits({ status: "missing" })], ["隔离文件", data.run.files.quarantined || 0],
    ["已消除", data.gone_count],
  ];
}
function texts(title, lines) {
  return lines.length ? el("section", { class: "panel" }, el("h2", {}, title), el("ul", {}, lines.map((line) => el("li", {}, line)))) : null;
}
function overviewTab() {
  const open = data.groups.flatMap((g) => g[2]).filter((f) => f[3] === "open");
  const status = tally(data.units.map((u) => u[3]));
  const colors = { pass: "good", fail: "error", not_evaluated: "review", broken: "error" };
  const more = data.gone_count > data.gone.length ? [`另有 ${count(data.gone_count - data.gone.length)} 个，见 summary.xlsx《新增与已消除》`] : [];
  const node = el("div", { tabindex: "-1" },
    fixesPanel(),
    el("div", { class: "cards" }, cards(status).map(card)),
    el("div", { class: "grid" },
      bars("报送情况", [["complete", "good"], ["incomplete", "error"], ["missing", "review"]]
        .map(([k, color]) => ({ name: WORDS[k], value: status.get(k) || 0, color }))),
      bars("检查结果（规则×单位×年度）", Object.entries(data.run.outcomes).map(([k, value]) => ({ name: WORDS[k], value, color: colors[k] }))),
      bars("问题最多的单位", highest(tally(open.filter((f) => f[6]).map((f) => `${f[6]} ${f[7] || ""}`)), 10, "error")),
      bars("问题最多的规则", highest(tally(open.map((f) => `${f[1]} ${(data.rules[f[1]] || [""])[0]}`)), 10, "review"))),
    texts("附注", data.notes),
    texts("本次已消除的问题", data.gone.map((g) => `${g[0]} ${g[1]} ${g[2] || ""} ${g[3]}`).concat(more)));
  return { node, refresh() {}, print() {}, printed() {}, load() {}, loaded: () => true, search: () => null, focus: () => node.focus() };
}
