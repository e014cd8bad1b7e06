// Says that something new came in. It never reloads, never moves the focus, and asks only while the page is in sight.
const EVERY = 60_000; // milliseconds
const LONGEST = 30 * EVERY; // between two tries while nothing answers

const place = document.getElementById("new-items");
if (place) watch(place);

function watch(place) {
  let wait = EVERY;
  let last = Date.now();
  let timer = 0;
  let over = false;

  const plan = () => {
    clearTimeout(timer);
    if (!over && !document.hidden) timer = setTimeout(ask, Math.max(0, last + wait - Date.now()));
  };

  const ask = async () => {
    last = Date.now();
    try {
      const answer = await fetch(`/new-items?after=${Number(place.dataset.after)}`, { redirect: "error", cache: "no-store" });
      if (answer.status === 401) {
        over = true;
        show("You have been signed out. Sign in again before you send anything from this page.", "/sign-in", "Sign in, in a new tab");
        place.querySelector("a").target = "_blank";
      } else if (!answer.ok) {
        throw new Error(String(answer.status));
      } else {
        const told = await answer.json();
        const list = ["/cases", "/today", "/all", "/mine"].includes(location.pathname);
        if (told.new) show(told.says, list ? location.pathname + location.search : "/today", "Refresh");
        wait = EVERY;
      }
    } catch {
      wait = Math.min(2 * wait, LONGEST);
    }
    plan();
  };

  // Only what changed is written, so that a screen reader says it once.
  const show = (words, address, name) => {
    if (place.dataset.said === words) return;
    place.dataset.said = words;
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = name;
    line.append(`${words} `, link);
    place.replaceChildren(line);
  };

  document.addEventListener("visibilitychange", plan);
  plan();
}
