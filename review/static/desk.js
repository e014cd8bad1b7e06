// Makes the desk quicker: keys, and a pane that changes in place. Everything works without it.
import { clock } from "./clocks.js";
import "./notice.js";
import { putBack, settle } from "./typed.js";

const WIDE = matchMedia("(min-width: 75em)"); // where the list and the pane stand side by side
const SWAPPED = ["list", "pane", "strip", "tabs", "keys"];
const FIELDS = "textarea, select, input:not([type=checkbox], [type=radio], [type=submit])";

const TOO_SOON = 300; // ms after something came: a key pressed twice does not act on what nobody has seen yet
const CLAIMS = 400; // the same on a page of steps, where Enter says that somebody was called or told
const LED = 120; // after a key of one's own led to a button on a page that is read already: shorter is a key that bounced, or two pressed at once
const ANSWERS = 1_000; // after a letter, or 2 to 4, closed a case at once: a number then was meant for a question of that case, and not for the next

const find = (what, within = document) => within.querySelector(what);
const before = typeof early === "undefined" ? {} : early; // what was done before this script was there: early.js
let busy = false;
let leaving = false; // a form of a page of its own was sent, and the next page is not there yet
const here = () => location.pathname + location.search;
let shownAt = here(); // the address of what is shown
// When what is before the eyes came. Today that somebody opens themselves follows no key, so that none can be a slip there.
const opens = document.body.classList.contains("body--today") && !new URL(location.href).searchParams.has("saved");
let since = opens ? -Infinity : performance.now();
let led = -Infinity; // when a key of theirs last moved the focus on this page
let pressed = ""; // the last key that did something
let cameBy = ""; // the key by which what is shown came

// ── the pane changes in place ─────────────────────────────────────────────────────────────────

// Only what the desk itself answers is put in place; anything else is a page of its own.
function ours(address) {
  return address.origin === location.origin && /^\/(today|cases\/\d+|mentions\/\d+)$/.test(address.pathname);
}

async function swap(address, { form = null, submitter = null, push = true } = {}) {
  if (busy) return;
  busy = true;
  find("#pane")?.setAttribute("aria-busy", "true");
  try {
    const sent = form ? { method: "POST", body: new URLSearchParams(new FormData(form, submitter)) } : {};
    const answer = await fetch(address, { ...sent, credentials: "same-origin", cache: "no-store" });
    const there = new URL(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const takeOut = find("form[data-again]", page); // what was sent is sent once more from there
    if (form && !takeOut) settle(answer.ok && answer.redirected && !("unsaved" in page.body.dataset));
    if (!find("#pane", page)) {
      if (!form || answer.redirected) location.assign(there);
      else {
        document.body.replaceChildren(...page.body.childNodes); // what went wrong with a form, which must not be sent twice
        document.body.className = page.body.className;
        document.title = page.title;
        putBack();
        find("[autofocus], h1")?.focus();
      }
      return;
    }
    show(page);
    if (push && ours(there) && there.href !== location.href) history.pushState(null, "", there.hash ? there : new URL(there.pathname + there.search, there));
    shownAt = here();
    putBack();
    arrive(page);
  } catch {
    if (form) alertLost();
    else location.assign(address);
  } finally {
    busy = false;
    find("#pane")?.removeAttribute("aria-busy");
  }
}

function show(page) {
  const scrolled = find(".list__in")?.scrollTop ?? 0;
  keepTyped(page);
  for (const id of SWAPPED) {
    const old = document.getElementById(id);
    const made = page.getElementById(id);
    if (old && made) old.replaceWith(made);
  }
  const news = [find("#new-items"), find("#new-items", page)];
  if (news[0] && news[1]) {
    news[0].dataset.after = news[1].dataset.after;
    news[0].dataset.since = news[1].dataset.since;
    document.dispatchEvent(new Event("list-is-new"));
  }
  document.title = page.title;
  document.body.className = page.body.className;
  const list = find(".list__in");
  if (list) list.scrollTop = scrolled;
  nameKeys();
}

// An answer that was being written is there again where a question about the same case was left without saving, or a colleague
// had decided meanwhile.
function keepTyped(page) {
  const [old, made] = [find("#pane"), find("#pane", page)];
  if (!made || !old?.dataset.case || old.dataset.case !== made.dataset.case) return;
  if (!find("[data-asks], [data-overtaken]", old) || find("[data-asks]", made) || find(".done", page)) return;
  for (const typed of old.querySelectorAll(".reply textarea[name=reply]")) {
    const field = [...made.querySelectorAll(".reply textarea[name=reply]")].find((one) => one.id === typed.id);
    if (!field || !typed.value || field.value === typed.value) continue;
    field.value = typed.value;
    field.closest(".reply").dataset.typed = ""; // it is looked over before it is copied
  }
}

// The focus goes to what went wrong, to what is asked, or to the case's name; what was saved is said aloud.
function arrive() {
  if (!WIDE.matches) scrollTo(0, 0);
  find("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" });
  const place = find("[data-focus]") || find("[data-asks] :is(input:not([type=hidden]), select, textarea)") || find("[data-asks] [data-main]") || find("#case-name") || find("#pane-empty");
  place?.focus({ preventScroll: WIDE.matches });
  place?.closest(".why")?.scrollIntoView({ block: "nearest" });
  if (WIDE.matches && find("[data-asks]")) (find(".post--came .words") ?? find("#pane .words"))?.scrollIntoView({ block: "nearest" }); // what it asks about
  const said = find("#said");
  const done = find(".done > span");
  // Of several posts the next one slides in, once one of them was decided.
  if (WIDE.matches && done && !find("[data-asks]") && find("[data-post]:not(:has([data-decide]))")) find("[data-post]:has([data-decide])")?.scrollIntoView({ block: "start" });
  if (said) said.textContent = done ? done.textContent : "";
  since = performance.now();
  cameBy = pressed;
  pressed = "";
}

function alertLost() {
  const said = find("#said");
  const words = "It could not be sent. Check whether it was saved before you send it again.";
  if (said) said.textContent = words;
  const box = document.createElement("div");
  box.className = "pane__fault nhsuk-error-summary";
  box.tabIndex = -1;
  box.textContent = words;
  find("#pane")?.prepend(box);
  box.focus();
}

document.addEventListener("pointerdown", () => (pressed = "")); // what comes by a mouse came by no key
document.addEventListener("click", (event) => {
  const copies = event.target.closest("button[data-copies]");
  if (copies) return copyChecked(copies, event);
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || !find("#pane") || !link.closest("#list, #pane")) return;
  const address = new URL(link.href);
  if (!ours(address) || address.hash) return;
  event.preventDefault();
  swap(address);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (find("[data-keyed]") && !event.defaultPrevented && !form.target) return sendOnce(event);
  if (event.defaultPrevented || form.method !== "post" || !find("#pane")) return;
  const address = new URL(event.submitter?.getAttribute("formaction") || form.getAttribute("action"), location.href);
  if (!/^\/(cases\/\d+\/(decide|draft|undo|take|give|show|speaking-up)|mentions\/\d+\/picture|opinions\/\d+)$/.test(address.pathname)) return;
  event.preventDefault();
  swap(address, { form, submitter: event.submitter });
});

// What is pressed again while the answer is on its way is no second step: it would meet a page that is not there any more.
function sendOnce(event) {
  if (leaving) {
    event.preventDefault();
    return hint(WAIT);
  }
  leaving = true;
  setTimeout(() => (leaving = false), 15_000);
}

addEventListener("pageshow", () => (leaving = false));

// A way to a part of this page, as the skip links are, changes nothing but where one is in it.
addEventListener("popstate", () => {
  if (here() === shownAt) return;
  if (find("#pane")) swap(new URL(location.href), { push: false });
  else location.reload();
});

// ── copying ───────────────────────────────────────────────────────────────────────────────────

// What was typed is looked over a moment later, without a change of the pane, so that faults stand there before it is copied.
let checking;
document.addEventListener("input", (event) => {
  const reply = event.target.closest(".reply");
  if (!reply || event.target.name !== "reply") return;
  reply.dataset.typed = "";
  clearTimeout(checking);
  checking = setTimeout(() => check(reply), 600);
});

async function check(reply) {
  const button = find("[data-check]", reply);
  if (!button?.form) return;
  clearTimeout(checking);
  const words = find("textarea[name=reply]", reply).value;
  try {
    const body = new URLSearchParams(new FormData(button.form, button));
    const answer = await fetch(button.formAction, { method: "POST", body, credentials: "same-origin", cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.getElementById(reply.id);
    if (!made || find("textarea[name=reply]", reply).value !== words) return;
    for (const part of ["[data-found]", "[data-count]"]) find(part, reply).replaceChildren(...find(part, made).childNodes);
    for (const one of document.querySelectorAll(`[data-copies="${find("textarea[name=reply]", reply).id}"]`)) {
      if (mustChange(reply)) one.setAttribute("aria-disabled", "true");
      else one.removeAttribute("aria-disabled");
    }
    delete reply.dataset.typed;
  } catch {
    // nothing is lost: the button checks them too
  }
}

async function copyChecked(link, event) {
  const reply = document.getElementById(link.dataset.copies)?.closest(".reply");
  if (reply && !("typed" in reply.dataset) && mustChange(reply)) return refuse(reply, event);
  if (reply && "typed" in reply.dataset) {
    event.preventDefault();
    await check(reply);
    delete reply.dataset.typed;
    if (mustChange(reply)) return refuse(reply, event);
    link.click();
    return;
  }
  copy(link);
}

const mustChange = (reply) => find("[data-found] .nhsuk-tag--red", reply);

// What must change is neither copied nor taken to the platform.
function refuse(reply, event) {
  event.preventDefault();
  hint(`Not copied. ${mustChange(reply).closest("li").textContent.replace(/\s+/g, " ").trim()}`); // what must change, and why
  mustChange(reply).scrollIntoView({ block: "nearest" });
}

function copy(link) {
  const box = document.getElementById(link.dataset.copies);
  if (!box) return;
  const then = () => find("[data-then]", box.closest("#open") ?? document.createElement("i"))?.focus();
  if (!box.value.trim()) return setTimeout(then); // nothing to copy: the platform opens alone
  const copied = find("[name=copied]", box.closest(".reply") ?? document.createElement("i"));
  if (copied) copied.value = "yes";
  box.closest("details")?.setAttribute("open", "");
  const select = () => {
    box.focus();
    box.select();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(box.value).then(() => tell("Copied."), select);
  else select();
  setTimeout(then); // what one says next, once the platform is open
}

function tell(words) {
  const said = find("#said");
  if (said) said.textContent = words;
}

// ── keys ──────────────────────────────────────────────────────────────────────────────────────

const rows = () => [...document.querySelectorAll("[data-row]")];

function move(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const open = all.findIndex((row) => row.hasAttribute("aria-current"));
  const row = at < 0 ? all[open < 0 ? 0 : open + (document.activeElement === document.body ? by : 0)] : all[at + by];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

// To the next case or back, open, in one press. Only a press opens one: a case that somebody was handed counts as looked after once they open it.
function goes(way) {
  const link = way === "next" && elsewhere() ? document.activeElement : find(`#pane .pane__bar a[rel=${way}]`);
  link?.click();
  return Boolean(link);
}

// The post that the number keys act on: the one that has the focus, the one that was come for, else the first.
function post() {
  return document.activeElement?.closest("[data-post]") || find(".post--came") || find("[data-post]:has([data-decide])") || find("#pane, [data-keyed]");
}

// On a page of steps they act on the one that is open, and on nothing where none is.
function keyed() {
  return find("[data-keyed=open]") ? find("[data-keyed=open] #open") : post();
}

const leads = () => find("[data-keyed=open]");

function press(key) {
  const scope = find("[data-asks]") && /^[1-9]$/.test(key) ? find("[data-asks]") : find("[data-opinion]") && /^[123]$/.test(key) ? find("[data-opinion]") : /^[tzv]$/.test(key) ? document : key === "m" ? post() : keyed();
  const marked = `[data-key="${key}"], [data-also="${key}"]`;
  const what = (key === "1" && scope && find("[data-shows]", scope)) || (scope && find(marked, scope)) || (find("#pane-empty") && find(`#list .list__empty :is(${marked})`)); // the day is done
  if (key !== "z" && elsewhere()) {
    hint(OPEN_FIRST);
    return true;
  }
  if (find("[data-asks]") && !what?.closest("[data-asks]") && (decides(key) || !what)) {
    hint("Answer the question first, or press Esc: nothing is saved then.");
    return true;
  }
  const whyNot = !what && find(`[data-not-key="${key}"]`);
  if (whyNot) hint(whyNot.textContent);
  if (!what && !whyNot && decides(key)) hint(`${key.toUpperCase()} does nothing here.`);
  if (!what && key === "z") hint("Z undoes what you have just saved, and nothing of that stands here. What you decided before stands under Done, with Undo.");
  if (!what) return Boolean(whyNot) || decides(key) || key === "z";
  // Where there are steps a number only leads to what it stands on: Enter there does it, so that no key by itself says that somebody was called or told.
  if (what.matches(FIELDS) || leads()) {
    what.focus();
    led = performance.now();
  } else {
    pressed = what.closest("[data-asks], [data-opinion]") ? "" : key;
    what.click();
  }
  // Where a wrong answer costs much the focus stays on the reason: another key goes on to the button, so that no two keys close it.
  // Where it costs little, and nothing else is asked, its number saves it: Undo takes it back.
  if (what.type === "radio" && what.closest("[data-careful]")) what.focus();
  else if (what.type === "radio" && what.closest("[data-saves]")) what.form.requestSubmit(find("[type=submit]", what.form));
  else if (what.type === "radio") find("[data-main], [data-sends], [data-asks] [type=submit]", what.form)?.focus();
  if (key === "m" && what.parentElement.open) find("a, button", what.parentElement)?.focus();
  return true;
}

// Why a key did nothing, for the eye and the ear.
function hint(words) {
  tell(words);
  const place = find("#key-hint");
  if (place) place.textContent = words;
}

const OPEN_FIRST = "Press Enter to open this case first.";
const SLOW_DOWN = "Not done: that key came before you could have read this. Press it again.";
const TOO_EARLY = "Not done: that key came before the page was ready. Press it again.";
const WAIT = "Not done: the last one is still being saved. Press it again then.";

// Where a wrong answer costs much, Enter on a choice goes on to the button and saves nothing: arrows may have moved it just now.
document.addEventListener("keydown", (event) => {
  const choice = event.key === "Enter" && event.target.closest("[data-careful] [type=radio]");
  if (!choice) return;
  event.preventDefault();
  if (!event.repeat) find("[type=submit]", choice.form)?.focus();
});

const decides = (key) => /^[1-9a-z]$/.test(key) && !/^[mtvz]$/.test(key);

// Whether the focus stands on another row than that of the open case: a key would decide on what is not looked at.
const elsewhere = () => document.activeElement?.matches("[data-row]:not([aria-current])");

// What a key would not do is not promised: its signs go from the open case while another row has the focus.
function promise() {
  document.body.toggleAttribute("data-typing", Boolean(document.activeElement?.matches(FIELDS))); // there a digit is written
  const away = Boolean(elsewhere());
  if (document.body.hasAttribute("data-elsewhere") === away) return;
  document.body.toggleAttribute("data-elsewhere", away);
  const place = find("#key-hint");
  if (place && (away || place.textContent === OPEN_FIRST)) place.textContent = away ? OPEN_FIRST : "";
}

// Whoever hears the page is told of a key with what it does, where there are keys.
function nameKeys() {
  if (document.body.dataset.keys !== "true") return;
  for (const what of document.querySelectorAll("[data-key]")) {
    const names = [what.dataset.key, what.dataset.also].filter(Boolean);
    what.setAttribute("aria-keyshortcuts", names.join(" ").toUpperCase());
  }
}

function keys() {
  if (document.body.dataset.keys !== "true") return;
  nameKeys();
  document.addEventListener("focusin", promise);
  document.addEventListener("focusout", () => setTimeout(promise));
  promise();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !find("#pane, [data-keyed]")) return;
    const at = event.target;
    if (event.key === "Escape" && at.closest(FIELDS) && at.closest("#open")) return at.closest("#open").focus();
    if (at.closest(FIELDS) || at.closest("dialog, [popover]")) return;
    if (at !== document.body && !at.closest("#list, #pane, [data-keyed]")) return;
    const name = leads() && /^\p{L}$/u.test(event.key) && find("#open [name=who]");
    if (name) return name.focus(); // a name that is typed goes into its field, from its first letter on
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    let did = true;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const words = at.closest("#pane") && find(".pane__in"); // what is longer than its window scrolls by the arrows instead
      if (at.closest("[type=radio]") || (words && words.scrollHeight > words.clientHeight + 2)) return;
      move(key === "ArrowDown" ? 1 : -1);
    } else if (key === "ArrowRight" || key === "ArrowLeft") {
      if (event.repeat || busy || event.shiftKey || at.closest("[type=radio]") || find("[data-asks]")) return;
      did = goes(key === "ArrowRight" ? "next" : "prev");
    } else if (key === "/") find("#q")?.focus();
    else if (key === "?") find("#keyhelp")?.showModal();
    else if (event.repeat) return;
    else if (decides(key) && tooSoon(event)) return hint(SLOW_DOWN);
    else if (decides(key) && (busy || leaving)) return hint(WAIT);
    else if (/^[1-9a-z]$/.test(key) && !busy) {
      hint("");
      did = press(key);
    } else return;
    if (did) event.preventDefault();
  });
}

// A key that is held, or pressed a second time at once, was not meant for what came just now.
function tooSoon(event) {
  const now = performance.now();
  const answers = /^[1-9]$/.test(event.key) && /^[a-z2-4]$/.test(cameBy);
  return event.repeat || now - led < LED || now - since < (answers ? ANSWERS : leads() ? CLAIMS : TOO_SOON);
}

// On a page of steps the focus stands on what the open step is done by, so that Enter does it; where that says something of
// the world, on the step itself: a number leads to the button, and Enter on it says so. Where keys are off, in the field for a name.
// The browser's own focus comes first, hence the wait; who is somewhere already is left there.
function stand() {
  const part = location.hash.length > 1 && find("[data-keyed]") && document.getElementById(location.hash.slice(1));
  const at = document.activeElement;
  if (part && before.field?.isConnected) return before.field.focus({ preventScroll: true }); // the browser took them out of it
  if (!part || find("[data-focus]") || ![document.body, find("#main"), part].includes(at)) return;
  const byKeys = document.body.dataset.keys === "true";
  const main = find("[data-main]", part) || (!byKeys && WIDE.matches && find("[name=who]", part)) || part;
  main.focus({ preventScroll: WIDE.matches || Boolean(find(".pass-on")) || part.matches(".danger .step:first-child") }); // the words stay at the top
  since = performance.now();
}

// In a field of a step Enter goes on to its button and saves nothing yet, since most have several.
document.addEventListener("keydown", (event) => {
  const field = event.key === "Enter" && event.target.closest("[data-keyed=open] input:not([type=checkbox], [type=radio])");
  const button = field && find("[type=submit]", field.form);
  if (!button) return;
  event.preventDefault();
  if (event.repeat) return;
  if (field.name === "who" && !field.value.trim()) return hint("Write a name first. Tab goes on without one.");
  button.focus();
  led = performance.now();
});

// ── small things ──────────────────────────────────────────────────────────────────────────────

function closes() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || find("dialog[open]") || event.target.closest?.("[popover]")) return;
    const open = event.target.closest?.(".menu[open], .more[open]");
    if (!open) return find("[data-asks] [data-leaves]")?.click();
    open.open = false;
    find("summary", open).focus();
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(".menu[open], .more[open]")) if (!open.contains(event.target)) open.open = false;
  });
}

// What the ticked groups of Rest will do, and how many posts of a case are ticked; the page that follows names them.
function counts() {
  const told = find("[data-counts]");
  if (told) {
    const groups = [...document.querySelectorAll("[data-shuts]:checked")];
    const sum = (name) => groups.reduce((total, one) => total + Number(one.dataset[name]), 0);
    const left = groups.flatMap((one) => [...one.closest("li").querySelectorAll("[name=leave]:checked:not([data-out])")]).length;
    const [shuts, stays] = [sum("shuts") - left, sum("stays") + left];
    told.textContent = groups.length ? `${shuts} ${shuts === 1 ? "case closes" : "cases close"}${stays ? `, ${stays} left out` : ""}.` : "";
  }
  const posts = find("[data-ticked]");
  const ticked = document.querySelectorAll("[name=posts][form=several]:checked, .row__tick :checked").length;
  if (posts) posts.textContent = ticked ? `${ticked} ticked.` : "";
}

document.addEventListener("change", (event) => event.target.closest("[type=checkbox]") && counts());

// The button names the team that is chosen, so that nobody sends to one that stands out of sight.
function nameTeam() {
  const chosen = find(".pass-on [name=role]:checked");
  const button = find(".pass-on [data-sends]");
  if (chosen && button) button.textContent = chosen.dataset.sendsAs;
}
document.addEventListener("change", (event) => event.target.matches("[name=role]") && nameTeam());
window.addEventListener("pageshow", nameTeam);

// ── what was opened for two minutes ───────────────────────────────────────────────────────────

// What was shown is covered when its time is over, in the page that is there: nothing that somebody writes is lost.
function covers() {
  for (const open of document.querySelectorAll("[data-covers]")) {
    const left = Math.ceil((new Date(open.dataset.covers) - clock()) / 1000);
    const said = find("[data-left]", open);
    if (left > 0) {
      if (said) said.textContent = `for ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      continue;
    }
    delete open.dataset.covers;
    for (const chip of open.querySelectorAll(".chip--open")) {
      chip.textContent = chip.dataset.kind;
      chip.classList.remove("chip--open");
    }
    const note = find(".opened", open);
    if (note) note.textContent = "Covered again.";
    if (!open.querySelector(".chip")) find(".words", open).textContent = "Covered again. Open the case once more to read it.";
  }
}

// All cases of a page are ticked by one button, which a page without a script has not.
function tickAll() {
  const button = find("[data-tick-all]");
  if (!button) return;
  const boxes = [...document.querySelectorAll(".row__tick input")];
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
    counts();
    button.textContent = on ? "Untick all" : "Tick all on this page";
  });
}

// A key that came before this script did nothing, and the foot says so (early.js noted it).
function wasEarly() {
  const key = before.key;
  if (key && decides(key.toLowerCase()) && document.body.dataset.keys === "true") hint(TOO_EARLY);
}

find("[data-closes]")?.addEventListener("click", () => find("#keyhelp").close());
keys();
closes();
counts();
tickAll();
covers();
setInterval(covers, 1000);
wasEarly();
document.documentElement.dataset.ready = "";
if (WIDE.matches) find("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" }); // come to by a link, it may be far down
addEventListener("load", () => setTimeout(stand));
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("[data-main], [data-keyed=open] #open [type=submit]") || !tooSoon(event)) return;
  event.preventDefault();
  if (!event.repeat) hint(SLOW_DOWN);
}, true);
if (document.activeElement === document.body && (new URL(location.href).searchParams.has("saved") || find("[data-focus]"))) (find("[data-focus]") || find("#case-name"))?.focus({ preventScroll: true });
