/* Bars as SVG: each bar carries its name and its number, so that colour is never the only sign. */
const NS = "http://www.w3.org/2000/svg";
function svg(name, attributes, text) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}
function shorten(text, most) { return [...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text; }
function bars(title, rows) {
  const height = rows.length * 30 + 8, most = Math.max(1, ...rows.map((r) => r.value));
  const picture = svg("svg", { viewBox: `0 0 520 ${height}`, role: "img" });
  picture.append(svg("title", {}, `${title}：` + rows.map((r) => `${r.name} ${count(r.value)}`).join("，")));
  rows.forEach((row, i) => {
    const width = (row.value / most) * 210, y = i * 30 + 6;
    const name = svg("text", { x: 236, y: y + 15, "text-anchor": "end" }, shorten(row.name, 18));
    name.append(svg("title", {}, row.name));
    picture.append(name);
    picture.append(svg("rect", { x: 244, y, width: Math.max(width, row.value ? 2 : 0), height: 20, rx: 3, style: `fill: var(--${row.color})` }));
    picture.append(svg("text", { x: 250 + width, y: y + 15, class: "soft" }, count(row.value)));
  });
  return el("section", { class: "panel" }, el("h2", {}, title), rows.length ? picture : el("p", { class: "none" }, "（无）"));
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
function overview() {
  const open = data.groups.flatMap((g) => g[2]).filter((f) => f[3] === "open");
  const status = tally(data.units.map((u) => u[3]));
  const cards = [
    ["单位×年度", data.units.length], ["错误", data.counts.error || 0], ["核实", data.counts.review || 0],
    ["提示", data.counts.hint || 0], ["原因组", data.groups.filter((g) => g[2].some((f) => f[3] === "open")).length], ["缺表", status.get("incomplete") || 0],
    ["未报送", status.get("missing") || 0], ["隔离文件", data.run.files.quarantined || 0], ["已消除", data.gone_count],
  ];
  const colors = { pass: "good", fail: "error", not_evaluated: "review", broken: "error" };
  return el("div", {},
    el("div", { class: "cards" }, cards.map(([name, n]) => el("div", { class: "card" }, el("b", {}, count(n)), el("span", {}, name)))),
    el("div", { class: "grid" },
      bars("报送情况", [["complete", "good"], ["incomplete", "error"], ["missing", "review"]]
        .map(([k, color]) => ({ name: WORDS[k], value: status.get(k) || 0, color }))),
      bars("检查结果（规则×单位×年度）", Object.entries(data.run.outcomes).map(([k, value]) => ({ name: WORDS[k], value, color: colors[k] }))),
      bars("问题最多的单位", highest(tally(open.filter((f) => f[6]).map((f) => `${f[6]} ${f[7] || ""}`)), 10, "error")),
      bars("问题最多的规则", highest(tally(open.map((f) => `${f[1]} ${(data.rules[f[1]] || [""])[0]}`)), 10, "review"))),
    data.notes.length ? el("section", { class: "panel" }, el("h2", {}, "附注"), el("ul", {}, data.notes.map((n) => el("li", {}, n)))) : null,
    data.gone.length ? el("section", { class: "panel" }, el("h2", {}, "本次已消除的问题"),
      el("ul", {}, data.gone.map((g) => el("li", {}, `${g[0]} ${g[1]} ${g[2] || ""} ${g[3]}`)))) : null);
}
