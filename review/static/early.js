// What is done while the page's own script is still on its way: a key that did nothing, of which desk.js then says so, and the
// field that somebody is in already, which it leaves to them.
const early = {};
const ready = () => "ready" in document.documentElement.dataset;
const isField = (what) => what.closest?.("input, textarea, select");
document.addEventListener("keydown", (event) => {
  if (ready() || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
  if (event.key.length === 1) early.key = event.key;
});
document.addEventListener("focusin", (event) => {
  if (isField(event.target) && document.readyState !== "complete") early.field = event.target;
});
