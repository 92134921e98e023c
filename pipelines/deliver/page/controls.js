/* Controls are built once and stay: each keeps one key of a view, takes it over when it was set elsewhere, and says what it lets through. */
function search(label, view, key, change) {
  let timer = 0, composing = false;
  const box = el("input", { type: "search", autocomplete: "off", placeholder: "按 / 键搜索", "data-search": true });
  const act = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { view[key] = box.value.trim(); change(); }, 150);
  };
  box.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
  box.addEventListener("compositionend", () => { composing = false; act(); });
  box.addEventListener("input", (e) => { if (!composing && !e.isComposing) act(); });
  return {
    node: el("label", {}, label, box),
    focus: () => box.focus(),
    sync: () => { if (box.value.trim() !== view[key]) box.value = view[key]; },
    told: () => (view[key] ? `含“${view[key]}”` : ""),
  };
}
function select(label, choices, view, key, change) {
  const box = el("select", { onchange: () => { view[key] = box.value; change(); } },
    choices.map(([value, text]) => el("option", { value }, text)));
  const control = {
    node: el("label", {}, label, box),
    sync: () => { box.value = view[key]; },
    told: () => (view[key] ? `${label}：${(choices.find(([value]) => value === view[key]) || ["", view[key]])[1]}` : ""),
  };
  control.sync();
  return control;
}
function button(text, click) { return { node: el("button", { type: "button", onclick: click }, text), sync: () => {}, told: () => "" }; }
/* The two buttons stay in reach of the keyboard at either end of the list; a button that leads nowhere is not taken out of the tab order. */
function pager(view, go, name) {
  const step = (by, text) => el("button", { type: "button", onclick: (e) => {
    if (e.currentTarget.getAttribute("aria-disabled") !== "true") go(view.page + by);
  } }, text);
  const back = step(-1, "上一页"), on = step(1, "下一页"), place = el("span", { class: "meta" });
  const node = el("nav", { class: "pager", "aria-label": name }, back, on, place);
  return { node, sync: (pages) => {
    node.hidden = pages < 2;
    back.setAttribute("aria-disabled", String(view.page <= 0));
    on.setAttribute("aria-disabled", String(view.page >= pages - 1));
    place.textContent = `第 ${view.page + 1} 页，共 ${pages} 页`;
  } };
}
