// What colleagues do with cases while a page is open, shown in the rows of its lists and in the case, or the steps, that lie open. Nothing
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
  if (one.begun != null) showBegun(row, one.begun);
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

// That 999 was called, or a team rung; or that it was taken back, and nothing is said of it any more.
function showBegun(row, words) {
  const badge = find("[data-begun]", row);
  if (!words || badge) {
    if (badge && words) badge.textContent = words;
    else badge?.remove();
    return;
  }
  const made = document.createElement("span");
  made.className = "badge badge--begun";
  made.dataset.begun = "";
  made.textContent = words;
  find(".row__why", row)?.append(" ", made);
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
  const says = [...one.decided, ...one.others.filter((each) => each.kind !== "assigned")].at(-1)?.says;
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
  const steps = newSteps(open, others);
  if (steps.length) showSteps(steps);
  const team = others.filter((each) => each.kind === "team" && "team" in open.dataset && each.version > Number(open.dataset.team));
  if (team.length) {
    open.dataset.team = team.at(-1).version;
    showAtForms(team.at(-1).says);
    line(team.at(-1).says);
  }
  const last = decided.at(-1) ?? taken ?? others.at(-1);
  const said = find("#said");
  if (last && said && said.textContent !== last.says) said.textContent = last.says;
}

// What colleagues did of the steps, or took back, since the page was made: what it shows already is not said once more.
function newSteps(open, others) {
  if (!("steps" in open.dataset)) return [];
  const stands = new Set(open.dataset.stands.split(" "));
  const fresh = others.filter((each) => {
    if (each.kind === "step") return each.version > Number(open.dataset.steps);
    return each.kind === "step back" && stands.has(String(each.version));
  });
  for (const each of fresh) {
    if (each.kind === "step back") stands.delete(String(each.version));
    else stands.add(String(each.version));
  }
  open.dataset.steps = Math.max(Number(open.dataset.steps), ...fresh.map((each) => each.version));
  open.dataset.stands = [...stands].join(" ");
  return fresh;
}

// Each says so where it stands, and under the header. What was typed stays, and no other step is held up by it; a call may
// be written down whoever rang before.
function showSteps(steps) {
  for (const each of steps) {
    for (const place of document.querySelectorAll(`[data-path="${each.path}"] [data-step~="${each.step}"]`)) {
      if (each.step !== "ring") place.dataset.overtaken = each.says;
      const buttons = find(".step__do:not(.step__phones)", place);
      const words = buttons && !buttons.contains(document.activeElement) ? buttons : liveLine(place);
      words.replaceChildren(...said(each.says));
    }
  }
  const suggested = find("[data-decide] .decide__why");
  if (suggested) suggested.replaceChildren(...said(steps.at(-1).says));
  else line(steps.map((each) => each.says).join(". "));
}

// A form of a hand-off can be sent all the same: whoever wrote down another name saves it as one more.
function showAtForms(says) {
  for (const form of document.querySelectorAll("[data-answers]")) liveLine(form).replaceChildren(...said(says));
}

function liveLine(place) {
  const there = find(".step__live", place);
  if (there) return there;
  const made = document.createElement("p");
  made.className = "leftout step__form step__live";
  (find(".task__in", place) ?? place).append(made);
  return made;
}

function said(says) {
  const words = document.createElement("strong");
  words.textContent = `${says}. `;
  return [words, asItIs()];
}

function asItIs() {
  const link = document.createElement("a");
  const post = new URLSearchParams(location.search).get("post");
  link.href = location.pathname + (post ? `?post=${encodeURIComponent(post)}` : "");
  link.textContent = "Show it as it is now";
  link.dataset.shows = "";
  return link;
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
    for (const choice of form.querySelectorAll('[data-key="1"]')) find("kbd", choice.closest("label") ?? choice)?.remove(); // the key shows what is new, and answers nothing
  }
  for (const button of form.querySelectorAll(".decide__row :is(a, button)")) button.setAttribute("aria-disabled", "true");
}

// On a page of its own, which has no place for it beside the decision, the line under the header says so.
function line(says) {
  const place = find("#new-items");
  if (!place) return;
  const told = document.createElement("p");
  told.append(`${says}. `, asItIs());
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
