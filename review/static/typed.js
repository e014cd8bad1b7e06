// What was typed and not saved yet is there again after a click on Next, a menu or a colleague's action. It is kept in this tab alone
// (sessionStorage), for this person and this signing in, until it is saved or thrown away; signing out in any tab ends it.
import { clock } from "./clocks.js";

const STORE = "typed";
const ASKS = 300_000; // milliseconds between two questions whether the session holds
const STAMP = document.body.dataset.session || ""; // whose signing in it is; "" where nobody is signed in: nothing is kept there
const WORDS = 'textarea:not([readonly]), input[type="text"]:not([autocomplete="one-time-code"], [autocomplete="username"], [data-time])';
const APART = ["answering", "about", "step", "prefix", "post", "mention", "request", "whom", "writer", "search"]; // tell forms of one address apart
const SECRETS = 'input[type="password"], [autocomplete="one-time-code"]';
const signedOut = "BroadcastChannel" in window ? new BroadcastChannel("signed-out") : null;

let kept = read();
let puttingBack = false;

function read() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORE) || "null");
    if (STAMP && stored?.stamp === STAMP) return stored;
    sessionStorage.removeItem(STORE); // another person's, or of a session that is over
  } catch {
    // a browser that keeps nothing
  }
  return { stamp: STAMP, words: {}, sent: [] };
}

function write() {
  tellTabs();
  try {
    if (STAMP && (Object.keys(kept.words).length || kept.sent.length)) sessionStorage.setItem(STORE, JSON.stringify(kept));
    else sessionStorage.removeItem(STORE);
  } catch {
    // full, or turned off
  }
}

function forget() {
  kept = { stamp: STAMP, words: {}, sent: [] };
  write();
}

// ── what is kept, and by what name ────────────────────────────────────────────────────────────

const typeable = (field) => field.matches?.(WORDS) && field.name && field.form?.method === "post" && !field.form.querySelector(SECRETS);
const fieldsOf = (form) => [...form.elements].filter(typeable);
const fields = () => [...document.querySelectorAll(WORDS)].filter(typeable);

// The case that lies open, else the page: where what was typed is offered again although its field is gone.
function place() {
  const number = document.querySelector("#pane[data-case]")?.dataset.case;
  return number ? `/cases/${number}` : location.pathname;
}

function name(field) {
  const form = field.form;
  const again = form.matches("[data-again]") && kept.sent.find((key) => key.endsWith(` ${field.name}`)); // what was refused, to be mended
  if (again) return again;
  const action = new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const apart = APART.map((one) => form.elements[one]).filter((one) => one?.type === "hidden").map((one) => `${one.name}=${one.value}`);
  return [action, ...apart, field.name].join(" ");
}

const label = (field) => (field.labels?.[0]?.textContent ?? "").replace(/\s+/g, " ").trim();

function keep(field) {
  const key = name(field);
  if (field.value.trim() && field.value !== field.defaultValue) kept.words[key] = { words: field.value, at: clock(), place: place(), label: label(field) };
  else delete kept.words[key];
  write();
}

// ── putting back ──────────────────────────────────────────────────────────────────────────────

const time = (moment) => new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" }).format(moment);

function note(words, throwAway) {
  const line = document.createElement("p");
  line.className = "typed nhsuk-body-s";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linkish";
  button.textContent = "Throw away";
  button.addEventListener("click", throwAway);
  line.append(`${words} `, button);
  return line;
}

// Into their fields; what has none on this page is shown by itself, since a colleague may have closed what it was for.
export function putBack() {
  for (const old of document.querySelectorAll(".typed, .typed-alone")) old.remove();
  const there = new Set();
  for (const field of fields()) {
    const key = name(field);
    there.add(key);
    const one = kept.words[key];
    if (!one) continue;
    if (field.value !== one.words && field.value === field.defaultValue) fill(field, one, key);
  }
  const alone = Object.entries(kept.words).filter(([key, one]) => one.place === place() && !there.has(key));
  if (alone.length) showAlone(alone);
}

function fill(field, one, key) {
  const own = field.defaultValue;
  field.closest("details:not(.menu)")?.setAttribute("open", "");
  const line = note(`Your words of ${time(one.at)} are here, not saved yet.`, () => {
    delete kept.words[key];
    write();
    set(field, own);
    line.remove();
    field.focus();
  });
  field.before(line);
  set(field, one.words);
}

// As if it had been typed, so that it is counted and looked over; when it was typed stays as it was.
function set(field, words) {
  puttingBack = true;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  puttingBack = false;
}

function showAlone(entries) {
  const box = document.createElement("section");
  box.className = "typed-alone";
  box.setAttribute("aria-label", "What you typed and did not save");
  for (const [key, one] of entries) {
    const line = note(`Your words of ${time(one.at)} are here, not saved${one.label ? ` (${one.label})` : ""}.`, () => {
      delete kept.words[key];
      write();
      putBack();
    });
    const words = document.createElement("p");
    words.className = "told";
    words.dir = "auto";
    words.textContent = one.words;
    box.append(line, words);
  }
  (document.querySelector(".pane__in") ?? document.querySelector("main"))?.prepend(box);
}

// ── sent, and saved or not ────────────────────────────────────────────────────────────────────

// What the server took is kept no longer; what it refused, or never got, is.
export function settle(saved) {
  for (const key of saved ? kept.sent : []) delete kept.words[key];
  kept.sent = [];
  write();
}

// The page that a form led to, by another address, is the answer of who saved; going back, or opening another, says nothing.
function settleThisPage() {
  if (!kept.sent.length) return;
  const [came] = performance.getEntriesByType("navigation");
  const refused = "unsaved" in document.body.dataset;
  if (refused && document.querySelector("form[data-again]")) return; // the same words are sent once more from here
  settle(!refused && came?.type === "navigate" && came.redirectCount > 0);
}

document.addEventListener("input", (event) => {
  if (!puttingBack && typeable(event.target)) keep(event.target);
});

const signsOut = (form) => /^\/sign-out/.test(new URL(form.getAttribute("action") || location.href, location.href).pathname);

// ── signing out with words that are not saved ─────────────────────────────────────────────────

const KINDS = { reply: "an answer to", note: "a note on" };

// Other tabs of this signing in know that words wait here, and of what, by the name of a lock that this tab holds as long as they do: it
// holds none of the words, is written nowhere, and goes with the tab.
const LOCK = `typed ${STAMP} `;
let letGo = null;
let named = "";

function tellTabs() {
  const parts = STAMP ? unsaved() : [];
  const name = parts.length ? LOCK + JSON.stringify(parts) : "";
  if (name === named || !navigator.locks) return;
  named = name;
  letGo?.();
  letGo = null;
  if (!name) return;
  const held = new Promise((resolve) => { letGo = resolve; });
  navigator.locks.request(name, { mode: "shared" }, () => held).catch(() => {}); // a page that is left lets go by itself
}

async function unsavedElsewhere() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const parts = held.filter((one) => one.name.startsWith(LOCK)).flatMap((one) => JSON.parse(one.name.slice(LOCK.length)));
  const own = unsaved();
  return [...new Set(parts)].filter((one) => !own.includes(one));
}

const unsaved = () => [...new Set(Object.entries(kept.words).map(([key, one]) => lost(key, one)))];

// What of it is lost, as a person says it: a note for Handover, an answer to case 155.
function lost(key, one) {
  if (one.place === "/handover") return "a note for Handover";
  if (one.place === "/tell") return "a report";
  const number = /^\/cases\/(\d+)/.exec(one.place)?.[1];
  if (number) return `${KINDS[key.split(" ").at(-1)] ?? "words on"} case ${number}`;
  return one.label ? `words under “${one.label}”` : "words on another page";
}

function button(words, kind, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `nhsuk-button nhsuk-button--small ${kind}`;
  made.textContent = words;
  made.addEventListener("click", pressed);
  return made;
}

function askBeforeSigningOut(form, elsewhere) {
  const box = document.createElement("dialog");
  box.className = "typed-asks";
  box.setAttribute("aria-labelledby", "typed-asks-name");
  const line = document.createElement("p");
  line.id = "typed-asks-name";
  const parts = [...unsaved(), ...elsewhere.map((one) => `${one}, in another tab`)];
  line.textContent = `You have words not saved: ${parts.join("; ")}.`;
  const back = button("Go back", "", () => box.close());
  const out = button("Sign out and throw them away", "nhsuk-button--secondary", () => {
    forget();
    box.close();
    signOut(form);
  });
  back.autofocus = true;
  box.append(line, back, " ", out);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => event.stopPropagation()); // the menu behind it stays open
  document.body.append(box);
  box.showModal();
}

let answered = false; // nothing is unsaved, or they may go

function signOut(form) {
  answered = true;
  form.requestSubmit();
}

// Before any other listener: none may take the form for sent. What other tabs hold is known a moment later.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || answered || !STAMP || !signsOut(event.target)) return;
  event.preventDefault();
  const form = event.target;
  unsavedElsewhere().catch(() => []).then((elsewhere) => {
    if (elsewhere.length || Object.keys(kept.words).length) askBeforeSigningOut(form, elsewhere);
    else signOut(form);
  });
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (signsOut(form)) {
    if (event.defaultPrevented) return; // asked first
    forget();
    signedOut?.postMessage("");
    return;
  }
  if (event.defaultPrevented || form.method !== "post") return;
  kept.sent = fieldsOf(form).map(name).filter((key) => key in kept.words);
  if (event.submitter?.matches("[data-replaces]")) settle(true); // other words were chosen instead: the server names those before
  write();
});

// A tab that nobody looks at is not told that its session is over: while it keeps words it asks, which keeps no session alive.
setInterval(async () => {
  if (!Object.keys(kept.words).length) return;
  try {
    if ((await fetch("/new-items?after=0", { redirect: "error", cache: "no-store" })).status === 401) forget();
  } catch {
    // not reached: asked again
  }
}, ASKS);

signedOut?.addEventListener("message", forget);
document.addEventListener("signed-out", forget); // notice.js: the session is over
tellTabs();
settleThisPage();
putBack();
