// Goes on counting what is left of a time while its page is open. What is said to nobody aloud: no place of it is a live region.
const EVERY = 10_000; // milliseconds: a minute is never told late by more than a sixth

// The server's time, which a desk's clock need not have.
const ahead = Date.now() - Number(document.body.dataset.now || Date.now());
export const clock = () => Date.now() - ahead;

function words(one, left) {
  const { left: unit, rest = "" } = one.dataset;
  if (unit === "h min") return left < 60 ? `${left} min left` : `${Math.floor(left / 60)} h ${left % 60} min left`;
  const told = one.textContent;
  if (unit === "minutes") return left < 120 ? `${left} minute${left === 1 ? "" : "s"} left${rest}` : told;
  if (left < 60 || (left < 120 && told.endsWith(" left"))) return `${left} min left`;
  return told.endsWith(" h left") ? `${Math.floor(left / 60)} h left` : told;
}

function count() {
  for (const one of document.querySelectorAll("time[data-left]")) {
    const left = Math.floor((Date.parse(one.dateTime) - clock()) / 60_000);
    const due = one.closest(".row__due");
    if (left < 0) {
      one.textContent = one.dataset.over;
      if (due) one.className = "nhsuk-tag nhsuk-tag--red";
      delete one.dataset.left;
    } else if (one.textContent !== words(one, left)) one.textContent = words(one, left);
    due?.classList.toggle("row__due--soon", left >= 0 && left < 30);
  }
}

setInterval(count, EVERY);
document.addEventListener("visibilitychange", () => document.hidden || count()); // a machine that slept

// From the next day on, “today” and what is “15 h” ago on a page that was left open mean the day on which it was made.
const MADE = Number(document.body.dataset.now || Date.now());
const inBritain = (moment, parts) => new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", ...parts }).format(moment);
const DAY = { year: "numeric", month: "short", day: "numeric", weekday: "short" };

function tellOfYesterday() {
  if (document.getElementById("old-page") || inBritain(clock(), DAY) === inBritain(MADE, DAY)) return;
  const line = document.createElement("p");
  line.id = "old-page";
  line.className = "leftout leftout--red";
  line.setAttribute("role", "status");
  const made = inBritain(MADE, { ...DAY, hour: "2-digit", minute: "2-digit" });
  line.append(`This page is of ${made}: “today” and times ago are as they were then. `);
  const refresh = document.createElement("a");
  refresh.href = window.location.href.split("#")[0];
  refresh.textContent = "Refresh the page";
  line.append(refresh);
  document.querySelector("main")?.prepend(line);
}

setInterval(tellOfYesterday, EVERY);
document.addEventListener("visibilitychange", () => document.hidden || tellOfYesterday());
