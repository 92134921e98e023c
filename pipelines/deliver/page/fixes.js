/* 先改这几处: one line a cause, what settles most first. A line leads to its findings. */
const FIXES_SHOWN = 20;
function fixLine(f, number, printing) {
  const unit = data.units[f[2]];
  return el("li", {},
    el("span", { class: "number" }, String(number)), tag(f[1]),
    el("div", { class: "todo" },
      el("p", {}, el("b", {}, f[3]), " ", el("span", { class: "what" }, f[4])),
      el("p", { class: "meta" }, [`涉及 ${count(f[6])} 个问题`, f[7], f[8]].filter(Boolean).join("　")),
      f[5] ? el("p", { class: "meta" }, `同时改：${f[5]}`) : null,
      printing ? null : explainForm("cause", f[0], `${f[3]} ${f[4]}`)),
    printing ? null : el("span", { class: "go" },
      el("button", { type: "button", onclick: () => showFindings({ cause: f[0], status: "open" }) }, "看问题"),
      unit && unit[13] ? el("a", { href: unit[13] }, "标注件") : null));
}
function fixesPanel() {
  if (!data.fixes.length) return null;
  const all = data.fixes.length + data.fixes_left, shown = data.fixes.slice(0, FIXES_SHOWN);
  const list = el("ol", { class: "fixes" }, shown.map((f, i) => fixLine(f, i + 1)));
  const more = data.fixes.slice(FIXES_SHOWN);
  const rest = more.length ? el("button", { type: "button", onclick: () => {
    list.append(...more.map((f, i) => fixLine(f, FIXES_SHOWN + i + 1)));
    rest.remove();
  } }, `显示其余 ${count(more.length)} 处`) : null;
  return el("section", { class: "panel" },
    el("h2", {}, `先改这几处（共 ${count(all)} 处原因，按涉及的问题从多到少）`), list, rest,
    data.fixes_left ? el("p", { class: "meta" }, `另有 ${count(data.fixes_left)} 处见 summary.xlsx《先改这几处》`) : null);
}
