/* Explanations are collected here and given out as one file for the inbox; nothing is sent anywhere. */
const collected = new Map();
const lastSaid = { by: "", until: `${data.run.id.slice(0, 4)}-12-31` };
function quotedText(text) { return JSON.stringify(String(text)); }
function collectedFile() {
  const lines = ["# 审核说明：放入收件文件夹即可，文件名以“审核说明”开头", "explanations:"];
  for (const e of collected.values()) {
    lines.push(`- ${e.kind}: ${quotedText(e.id)}    # ${e.about.replace(/\s+/g, " ")}`, `  reason: ${quotedText(e.reason)}`,
      `  by: ${quotedText(e.by)}`, `  until: ${quotedText(e.until)}`);
  }
  return lines.join("\n") + "\n";
}
function download() {
  const address = URL.createObjectURL(new Blob([collectedFile()], { type: "text/yaml" }));
  const link = el("a", { href: address, download: `审核说明_${data.run.id}_${collected.size}条.yml` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
const basket = el("div", { class: "basket", hidden: true, role: "status" });
function drawBasket() {
  basket.hidden = !collected.size;
  basket.replaceChildren(el("span", {}, `已写 ${count(collected.size)} 条审核说明。`),
    el("button", { type: "button", onclick: download }, "下载文件"),
    el("span", { class: "meta" }, "把下载的文件放入收件文件夹，下次核对时生效。"));
}
function field(label, input) { return el("label", {}, label, input); }
/* kind: finding or cause. What was written stays in the form, so that it can be changed or taken back. */
function explainForm(kind, id, about) {
  const known = collected.get(id) || { reason: "", ...lastSaid };
  const reason = el("input", { type: "text", value: known.reason, maxlength: "500" });
  const by = el("input", { type: "text", value: known.by, size: "8", maxlength: "50" });
  const until = el("input", { type: "date", value: known.until });
  const said = el("span", { class: "meta", role: "status" });
  const save = () => {
    const lacking = [["原因", reason], ["说明人", by], ["有效期", until]].filter(([, box]) => !box.value.trim());
    if (lacking.length) { said.textContent = `请填写${lacking.map(([name]) => name).join("、")}`; lacking[0][1].focus(); return; }
    Object.assign(lastSaid, { by: by.value.trim(), until: until.value });
    collected.set(id, { kind, id, about, reason: reason.value.trim(), ...lastSaid });
    said.textContent = "已记下";
    drawBasket();
  };
  const drop = () => { collected.delete(id); said.textContent = "已撤回"; drawBasket(); };
  return el("details", { class: "entry" }, el("summary", {}, kind === "cause" ? "原数没错：写说明" : "写审核说明"),
    el("div", { class: "form" }, field("原因", reason), field("说明人", by), field("有效期至", until),
      el("button", { type: "button", onclick: save }, "记下"), el("button", { type: "button", onclick: drop }, "撤回"), said));
}
