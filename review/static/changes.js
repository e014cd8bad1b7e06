// What colleagues do with cases while a page is open, shown in the rows of its lists and in the case that lies open. Nothing
// that is read moves, and no focus: words take the place of other words.
const LANES = { now: "Now", answer: "Answer", look: "Look", rest: "Rest", guardian: "Guardian" };

const find = (what, within = document) => within.querySelector(what);

export function changed(cases) {
  if (find("#pane[aria-busy]")) return; // the page that comes shows it, or is told of it anew
  for (const one of cases) {
    for (const row of document.querySelectorAll(`[data-row="${one.case}"]`)) showRow(row, one);
    for (const line of document.querySelectorAll(`[data-waits="${one.case}"]`)) showWaiting(line, one);
    const open = find(`[data-case="${one.case}"][data-version]`);
    if (open) showOpen(open, one);
  }
}

const hidden = (words) => {
  const span = document.createElement("span");
  span.className = "nhsuk-u-visually-hidden";
  span.textContent = words;
  return span;
};

function showRow(row, one) {
  const decided = one.decided.filter((each) => each.version > Number(row.dataset.version)).at(-1);
  if (one.has) showFace(find("[data-face]", row), one.has);
  if (!decided) return;
  row.dataset.version = one.version;
  const lane = row.closest("section")?.getAttribute("aria-labelledby")?.replace(/^lane-/, "");
  const moved = one.lane && lane && lane !== one.lane;
  const mark = one.mark || (moved ? `In ${LANES[one.lane]}` : "");
  const due = find(".row__due", row);
  if (mark && due) {
    due.className = "row__due";
    due.textContent = mark;
  }
  row.title = decided.says;
  row.parentElement.classList.toggle("row--changed", Boolean(mark));
  find("[data-told]", row)?.remove();
  const told = hidden(`, ${decided.says}`);
  told.dataset.told = "";
  find(".row__why", row)?.append(told);
}

function showFace(place, has) {
  const face = document.createElement("span");
  face.className = `face${has.mine ? " face--me" : ""}${has.face ? "" : " face--none"}`;
  if (has.face) {
    face.title = has.words;
    const letters = document.createElement("span");
    letters.ariaHidden = "true";
    letters.textContent = has.face;
    face.append(letters);
  }
  face.append(hidden(has.words));
  place?.replaceChildren(hidden(", "), face);
}

// Waiting: where it stands is told by who changed it.
function showWaiting(line, one) {
  const says = [...one.decided, ...one.others.filter((each) => each.kind === "team")].at(-1)?.says;
  const stands = says && find("[data-stands]", line);
  if (stands) stands.textContent = says;
}

// A case that lies open: who decided stands where the suggestion did, and no button of it acts until it is shown as it is now.
function showOpen(open, one) {
  const decided = one.decided.filter((each) => each.version > Number(open.dataset.version));
  const others = one.others.filter((each) => each.kind !== "assigned" || each.version > Number(open.dataset.seen));
  const holder = find("[data-holder]", open);
  const taken = others.filter((each) => each.kind === "assigned").at(-1);
  if (holder && taken && one.has) {
    holder.textContent = one.has.words;
    open.dataset.seen = taken.version;
  }
  if (decided.length) {
    open.dataset.version = one.version;
    const forms = [...open.querySelectorAll("[data-decide], #several, [data-asks]")];
    for (const form of forms) overtake(form, decided, open);
    const theirs = decided.filter((each) => !each.mine).at(-1);
    if (theirs && !forms.some((form) => form.offsetParent)) line(theirs.says);
  }
  const last = decided.at(-1) ?? taken ?? others.at(-1);
  const said = find("#said");
  if (last && said && said.textContent !== last.says) said.textContent = last.says;
}

function overtake(form, decided, open) {
  const posts = [...form.querySelectorAll("[name=posts]")].map((field) => Number(field.value.split(":")[0]));
  const own = decided.filter((each) => !posts.length || !each.posts.length || posts.some((post) => each.posts.includes(post))).at(-1);
  const says = own?.says ?? `${decided.at(-1).says} (another post of this case)`;
  form.dataset.overtaken = says;
  const place = find(".decide__why", form) ?? find(".nhsuk-hint", form) ?? find("legend, h3", form) ?? form;
  const words = document.createElement("strong");
  words.textContent = `${says}. `;
  const link = document.createElement("a");
  link.href = `/cases/${open.dataset.case}${location.search.includes("lane=") ? `?lane=${new URLSearchParams(location.search).get("lane")}` : ""}`;
  link.textContent = "Show it as it is now";
  link.dataset.shows = "";
  place.replaceChildren(words, link);
  if (document.body.dataset.keys === "true") {
    const cap = document.createElement("kbd");
    cap.ariaHidden = "true";
    cap.textContent = "1";
    link.after(" ", cap);
  }
  for (const button of form.querySelectorAll(".decide__row :is(a, button)")) button.setAttribute("aria-disabled", "true");
}

// On a page of its own, which has no place for it beside the decision, the line under the header says so.
function line(says) {
  const place = find("#new-items");
  if (!place) return;
  const told = document.createElement("p");
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = "Show it as it is now";
  told.append(`${says}. `, link);
  place.replaceChildren(told);
}

// What was decided meanwhile would be refused: what would copy, lead on or save says so instead.
function stop(event) {
  const what = event.type === "click" ? event.target.closest?.("button, a[href]") : event.target;
  const form = (what?.form ?? what)?.closest("[data-overtaken]");
  if (!form || what.matches("[data-shows], [data-leaves]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const hint = find("#key-hint");
  const words = `Not done: ${form.dataset.overtaken}.`;
  if (hint) hint.textContent = words;
  const said = find("#said");
  if (said) said.textContent = words;
}

addEventListener("click", stop, true);
addEventListener("submit", stop, true);
