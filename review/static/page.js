// Makes the page quicker to use. Everything works without it.
import { initAll } from "./nhsuk-frontend.min.js";
import { replies } from "./reply.js";
import "./clocks.js";
import "./notice.js";
import "./typed.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
fold();
initAll();
menu();
replies();
back();
shortcuts(JSON.parse(document.body.dataset.shortcuts || "false"));

// What belongs to one answer of a form is shown with that answer alone. (The design system's own script sets
// aria-expanded on radios, which ARIA does not allow.)
function fold() {
  const owners = [...document.querySelectorAll("[data-shows]")];
  const show = () => {
    for (const owner of owners) document.getElementById(owner.dataset.shows).hidden = !owner.checked;
  };
  for (const radio of document.querySelectorAll(".kinds input[name=kind]")) radio.addEventListener("change", show);
  window.addEventListener("pageshow", show); // a browser may put answers back when somebody goes back
  show();
}

// Escape goes back from a page of one step, as its link does. In a field, or where something is open, it is that thing's own.
function back() {
  const link = document.querySelector("[data-back]");
  if (!link) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog, details[open]")) return;
    link.click();
  });
}

// The menu closes by Escape, as a disclosure does, and gives the focus back.
function menu() {
  const found = document.querySelector(".menu");
  found?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !found.open) return;
    found.open = false;
    found.querySelector("summary").focus();
  });
}

// Single keys, for who turned them on. `chosen` may name another key for an action: {"next": "n"}.
function shortcuts(chosen) {
  if (!chosen) return;
  const keys = {
    next: "j", before: "k", open: "o", decide: "d", claim: "c", onward: "n", back: "u",
    ...(typeof chosen === "object" ? chosen : {}),
  };
  const items = [...document.querySelectorAll("[data-item]")];
  const at = () => items.findIndex((item) => item.contains(document.activeElement));
  const find = (what) => document.querySelector(what);
  const go = (element) => {
    if (!element) return;
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const now = at();
    const item = items[now < 0 ? (by > 0 ? 0 : items.length - 1) : now + by];
    if (item) go(item);
  };
  const within = (what) => (items[at()] || items[0])?.querySelector(what);
  const actions = {
    next: () => step(1),
    before: () => step(-1),
    open: () => within("[data-original]")?.click(),
    decide: () => go(find("#decide input[name=kind]:checked") || find("#decide input[name=kind]")),
    claim: () => find("[data-claim]")?.click(),
    onward: () => find("[data-next]")?.click(),
    back: () => find("[data-back]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=checkbox], [type=radio])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = Object.keys(keys).find((action) => keys[action] === event.key);
    if (!name || !actions[name]) return;
    event.preventDefault();
    actions[name]();
  });
}
