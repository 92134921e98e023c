/* The extracts: inside the page, or, where there are many, beside it, a hundred groups to a script, read when first needed. */
const chunks = new Map(Object.entries(data.extracts));
const loading = new Map();
window.caijueChunk = (number, content) => { chunks.set(number, content); };
function chunkOf(index) { return String(Math.floor(index / data.chunk)); }
function sidesOf(index) {
  const chunk = chunks.get(chunkOf(index));
  return chunk ? chunk[index % data.chunk] : null;
}
function loadSides(index) {
  const number = chunkOf(index);
  if (chunks.has(number)) return Promise.resolve();
  if (!loading.has(number)) loading.set(number, new Promise((done) => {
    const end = () => { loading.delete(number); done(); };
    document.head.append(el("script", { src: `index-data/${number}.js`, onload: end, onerror: end }));
  }));
  return loading.get(number);
}
