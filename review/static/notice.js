// Says that something new came in and what colleagues do, by events; where those fail, by asking once a minute. It never reloads, never moves
// what is read or the focus, and listens only while the page is in sight: a browser has six connections to one host.
import { changed } from "./changes.js";

const EVERY = 60_000; // milliseconds
const LONGEST = 30 * EVERY; // between two tries while nothing answers
const SOON = 15_000; // in which the first event comes, unless a proxy holds it back

const place = document.getElementById("new-items");
if (place) watch(place);

function watch(place) {
  let wait = EVERY;
  let last = Date.now();
  let timer = 0;
  let over = false;
  let source = null;
  let events = "EventSource" in window; // false once they failed: then it asks

  const plan = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
    if (over || document.hidden) return;
    if (events) listen();
    else timer = setTimeout(ask, Math.max(0, last + wait - Date.now()));
  };

  const since = () => `after=${Number(place.dataset.after)}&since=${Number(place.dataset.since)}`;

  const fall = () => {
    events = false;
    plan();
  };

  const listen = () => {
    source = new EventSource(`/events?${since()}`);
    timer = setTimeout(fall, SOON);
    source.addEventListener("here", () => clearTimeout(timer));
    source.addEventListener("new", (event) => {
      const told = JSON.parse(event.data);
      if (told.says) show(told.says, told.where, told.link);
      else clear();
    });
    source.addEventListener("changed", (event) => changed(JSON.parse(event.data).cases));
    source.addEventListener("over", signedOut);
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED) fall(); // refused; else the browser tries again by itself
    });
  };

  const ask = async () => {
    last = Date.now();
    try {
      const answer = await fetch(`/new-items?${since()}`, { redirect: "error", cache: "no-store" });
      if (answer.status === 401) {
        signedOut();
      } else if (!answer.ok) {
        throw new Error(String(answer.status));
      } else {
        const told = await answer.json();
        changed(told.cases ?? []);
        const here = ["/all", "/today"].includes(location.pathname) ? location.pathname + location.search : "/today";
        if (told.new) show(told.says, here, "Refresh");
        wait = EVERY;
      }
    } catch {
      wait = Math.min(2 * wait, LONGEST);
    }
    plan();
  };

  const signedOut = () => {
    over = true;
    source?.close();
    document.dispatchEvent(new Event("signed-out"));
    show("You have been signed out. Sign in again before you send anything from this page.", "/sign-in", "Sign in, in a new tab");
    place.querySelector("a").target = "_blank";
  };

  // Only what changed is written, so that a screen reader says it once.
  const show = (words, address, name) => {
    if (place.dataset.said === words) return;
    place.dataset.said = words;
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = name;
    line.append(`${words}${words.endsWith(".") ? " " : ": "}`, link);
    place.replaceChildren(line);
  };

  const clear = () => {
    delete place.dataset.said;
    place.replaceChildren();
  };

  document.addEventListener("visibilitychange", plan);
  document.addEventListener("list-is-new", () => {
    if (over) return;
    clear();
    plan();
  });
  addEventListener("pagehide", () => source?.close());
  plan();
}
