// Copies words, and counts those of a reply as its platform does. The same rules stand in review/replies/lint.py.
const LINK = /https?:\/\/[^\s<>"]+/gi;
const HOST = /(?<![\p{L}\p{N}_@#$./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}(?:[a-z]{2}|com|org|net|int|gov|edu|info|care|health|app|news|social)(?![\p{L}\p{N}_@.-]*[\p{L}\p{N}_@])(?:\/[^\s<>"]*)?/giu;
const AFTER = ".,;:!?'’”…"; // signs behind a link that are no part of it
const shortened = (whole) => {
  let bare = whole;
  while (AFTER.includes(bare.at(-1)) || (bare.endsWith(")") && !bare.includes("("))) bare = bare.slice(0, -1);
  return "x".repeat(23) + whole.slice(bare.length);
};
const SERVER = /(?<![\w/])(@\w+)@[\w.-]+\w/g;
const ONCE = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];
const signs = (text) =>
  Intl.Segmenter ? [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].map((one) => one.segment) : [...text];
const weight = (sign) => {
  if (sign.length > 1 && /[\u200d\ufe0f\u20e3\u{e0020}-\u{e007f}]/u.test(sign)) return 2;
  const each = [...sign].map((one) => (ONCE.some(([low, high]) => low <= one.codePointAt() && one.codePointAt() <= high) ? 1 : 2));
  return each[0] === 2 ? 2 : each.reduce((sum, one) => sum + one, 0);
};
const COUNTED = {
  x: (text) => signs(text.normalize("NFC").replace(LINK, shortened).replace(HOST, shortened)).reduce((sum, one) => sum + weight(one), 0),
  mastodon: (text) => signs(text.replace(SERVER, "$1").replace(LINK, shortened)).length,
};

export function replies() {
  picking();
  const status = document.querySelector("[data-told]");
  if (!status) return;
  let later;
  const tell = (words, after = 0) => {
    clearTimeout(later);
    later = setTimeout(() => { status.textContent = words; }, after);
  };
  counting(tell);
  copying(tell);
}

// A link to an answer of the form gives that answer too, so that what belongs to it is shown.
function picking() {
  for (const link of document.querySelectorAll("[data-picks]")) {
    link.addEventListener("click", () => {
      const answer = document.getElementById(link.dataset.picks);
      answer.checked = true;
      answer.dispatchEvent(new Event("change"));
    });
  }
}

function counting(tell) {
  const box = document.querySelector("#reply");
  if (!box) return;
  const shown = [...document.querySelectorAll("[data-count]")];
  const count = () => {
    for (const one of shown) {
      const length = (COUNTED[one.dataset.count] || ((text) => signs(text).length))(box.value.trim());
      const most = Number(one.dataset.most || 0);
      const over = most > 0 && length > most;
      one.textContent = `${one.dataset.name}: ${figure(length)}${most ? ` of ${figure(most)}` : ""} characters${over ? ", too long" : ""}`;
      one.classList.toggle("reply__of--over", over);
    }
    tell(shown.map((one) => one.textContent).join(". "), 1500); // read out once somebody pauses, not with every key
  };
  box.addEventListener("input", count);
}

const figure = (number) => number.toLocaleString("en-GB");

function copying(tell) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const from = document.getElementById(button.dataset.copy);
    if (!from || !navigator.clipboard) continue; // a browser lets a page copy over HTTPS and on this machine alone
    const name = [...button.childNodes];
    button.hidden = false;
    button.addEventListener("click", async () => {
      let said = "Copied";
      try {
        await navigator.clipboard.writeText(from.value ?? from.textContent);
      } catch {
        said = "Not copied: select the words and copy them";
      }
      button.textContent = said;
      tell(said);
      setTimeout(() => button.replaceChildren(...name), 4000);
    });
  }
}
