"""What a morning at the desk costs, on the demo's realistic week: `python -m bench.morning`.

An officer with a mouse works through today's list in Chromium, always by the suggested decision, then another by keys
alone. Counted are clicks, keys, scrolls and page loads; the store says whether each decision landed on what was shown.
The pages are the real ones, `mentions serve` in a process of its own, beside the platforms and the mail server of the
demo's world. Emails leave as the schedule sends them: after every second decision, since an officer takes half a minute for one
and the schedule looks once a minute.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import click
import tomli_w
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright

from bench.review_page import PASSWORD, _wait, free_port
from core import clock
from demo.posts_loader import WEEK
from demo.world import World
from review.auth.sessions import hashed
from settings import secrets
from settings.examples import is_example
from store import Store

ROOT = Path(__file__).parent.parent
DECISIONS = 40
DECISIONS_A_MINUTE = 2  # as 40 in 20 minutes are
LAPTOP, DESKTOP, PHONE = (1366, 768), (1920, 1080), (390, 844)
LANES = ("now", "answer", "look")
CHROMIUM = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
SETTLES = 8_000  # ms for a page to show what it was asked for
WHEEL = 400  # px: a turn of a mouse's wheel that a hand makes at once
# What an organisation sets up before it starts, and the demo leaves open: addresses and telephones of the teams that are
# told, and a contact point that is no example's, since a reply that names one is held back: an address, as each real number is somebody's.
TELEPHONE = "020 7946 0100"
GUARDIANS = "020 7946 0144"  # theirs alone: who speaks up is sent there
CONTACT: Mapping[str, list[str]] = {"phones": [], "emails": ["nhsnwl.communications.nwl@nhs.net"]}

# ── the week ─────────────────────────────────────────────────────────────────────────────────────


def make_week(folder: Path) -> None:
    """The demo's store of a week, as `mentions demo` makes it; one that is there is used again."""
    if not (folder / "mentions.db").exists():
        command = [sys.executable, str(ROOT / "pipeline.py"), "demo", "--folder", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A page that answers over a copy of the week's store."""

    url: str
    folder: Path
    store: Store

    def deliver(self) -> None:
        """Sends what is due, as the schedule does once a minute.

        Raises:
            subprocess.CalledProcessError: If an email could not leave.
        """
        command = [sys.executable, str(ROOT / "pipeline.py"), "-qq", "deliver", "--config", str(self.folder / "config.toml")]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


@contextmanager
def served(week: Path, folder: Path) -> Iterator[Desk]:
    """`mentions serve` over a fresh copy of the week, its platforms beside it."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(week, folder)
    port = free_port()
    with World(at=clock.now(), folder=folder / "world", calm=True, posts=WEEK) as world:
        _configure(folder, world, port)
        with Store.open(folder / "mentions.db", [(folder / "key").read_text("ascii").strip()]) as store:  # fmt: skip
            _officers(store)
            command = [sys.executable, str(ROOT / "pipeline.py"), "serve", "--config", str(folder / "config.toml")]  # fmt: skip
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as page:
                try:
                    _wait(port, page)
                    desk = Desk(url=f"http://127.0.0.1:{port}", folder=folder, store=store)
                    desk.deliver()
                    yield desk
                finally:
                    page.terminate()
                    page.wait(10)


def _configure(folder: Path, world: World, port: int) -> None:
    path = folder / "config.toml"
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))

    def secret(name: str, value: str) -> str:
        (folder / name).unlink(missing_ok=True)
        secrets.new_secret_file(folder / name, value)
        return f"file:{name}"

    terms = {name: source.get("terms") for name, source in table["collectors"].items()}
    table["collectors"] = world.tables(secret) | {"files": table["collectors"]["files"]}
    for name, source in table["collectors"].items():
        source.pop("terms", None)
        if terms.get(name):
            source["terms"] = terms[name]
    secret("mail-password", world.mail.password)
    table["alerts"]["mail"] |= {"host": world.mail.host, "port": world.mail.port, "ca_file": str(world.mail.ca.resolve())}  # fmt: skip
    table["review"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    for role in table["review"]["roles"]:
        role |= {
            "email": [f"{role['key'].replace('_', '-')}@example.org"],
            "reach": GUARDIANS if role["key"] == "guardian" else TELEPHONE,
        }
    for contact in table["organisation"]["contacts"]:
        ways = (*contact.get("phones", ()), *contact.get("emails", ()))
        if "Guardian" not in contact["name"] and any(is_example(way) for way in ways):
            contact |= CONTACT
    path.write_text(tomli_w.dumps(table), "utf-8")


def _officers(store: Store) -> None:
    at = clock.now()
    for handle, name in (("amina", "Amina Yusuf"), ("ben", "Ben Okoro")):
        user = store.users.by_handle("local", handle) or store.users.add("local", handle, name, ["reviewer"], at=at)  # fmt: skip
        store.users.change(user.number, secret=hashed(PASSWORD), at=at)
        store.users.save_preferences(user.number, {**user.preferences, "welcomed": True})


# ── an officer ───────────────────────────────────────────────────────────────────────────────────

IN_SIGHT = """(element) => {
    let box = element.getBoundingClientRect();
    if (!box.width || !box.height) return 0;
    let top = 0, bottom = innerHeight;
    for (let at = element.parentElement; at; at = at.parentElement) {
        if (getComputedStyle(at).overflowY === "visible") continue;
        const clip = at.getBoundingClientRect();
        top = Math.max(top, clip.top);
        bottom = Math.min(bottom, clip.bottom);
    }
    const bar = element.closest("[data-post]")?.querySelector(":scope > .decide"); // what stays at the foot covers what it stands on
    if (bar && !bar.contains(element) && getComputedStyle(bar).position === "sticky") bottom = Math.min(bottom, bar.getBoundingClientRect().top);
    return box.bottom > bottom + 1 ? 1 : box.top < top - 1 ? -1 : 0;
}"""  # 1: it lies below what can be seen, -1: above
SETTLED = "() => document.readyState === 'complete' && !document.querySelector('[data-before], [aria-busy]')"
# Whether pressing its key acts on this one now, as desk.js decides it; in a field Escape goes before.
ACTS_ON = """(element, key) => {
    const find = (what) => document.querySelector(what);
    const at = document.activeElement;
    const scope = find("[data-asks]") && /^[1-9]$/.test(key) ? find("[data-asks]") : find("[data-keyed=open]") ? find("[data-keyed=open] #open") : at.closest("[data-post]") || find(".post--came")
        || find("[data-post]:has([data-decide])") || find("#pane, [data-keyed]");
    const field = at.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");
    const acts = scope?.querySelector(`[data-key="${key}"]`) || (find("#pane-empty") && find(`#list .list__empty [data-key="${key}"]`));
    return document.body.dataset.keys === "true" && acts === element && (!field || at.closest("#open") !== null);
}"""
IN_FIELD = "() => document.activeElement.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=submit])')"
LEADS = "() => document.querySelector('[data-keyed=open]') !== null"  # where a key only leads, and Enter does it
TAKES_A_NAME = "() => document.activeElement.id === 'open' && document.activeElement.querySelector('[name=who]:not(#not-who)') !== null"
HAS_FOCUS = "(at) => at === document.activeElement"
ON_A_CAREFUL_ANSWER = "() => document.activeElement.matches('[data-careful] [type=radio]')"  # where Enter only goes on to the button
LOOKS = 1_100  # ms that somebody looks at what came before a key is pressed: what is pressed sooner the page takes for a slip
VALUES = "all => all.map((one) => one.value)"
DECIDE = "[data-decide]:not([hidden])"
HEADINGS = "h1:not(.nhsuk-u-visually-hidden)"


@dataclass(kw_only=True)
class Counts:
    """What it cost. `typed` are what was written: a name, counted as one each."""

    clicks: int = 0
    keys: int = 0
    scrolls: int = 0
    loads: int = 0
    typed: int = 0

    def __sub__(self, other: Counts) -> Counts:
        return Counts(**{name: value - getattr(other, name) for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One case that was dealt with: what was suggested, where it stood, and what it cost."""

    case: int
    lane: str
    what: str
    cost: Counts
    faults: Sequence[str]
    posts: tuple[str, ...] = ()  # with the revision that was shown

    @property
    def path(self) -> bool:
        """Whether it went by a guided path."""
        return self.what in ("danger", "threat", "leak")


@dataclass(kw_only=True)
class Officer:
    """Somebody at a window, with a mouse or with keys alone, and what they did so far."""

    page: Page
    desk: Desk
    by: str = "mouse"
    count: Counts = field(default_factory=Counts)
    beside: list[str] = field(
        default_factory=list
    )  # posts that a path shows with the one that was come for

    def __post_init__(self) -> None:
        self.page.on("load", lambda _: self._loaded())
        self.page.context.on(
            "page", lambda opened: opened.close()
        )  # the platform, in a window of its own

    def _loaded(self) -> None:
        self.count.loads += 1

    def goto(self, path: str) -> None:
        """Follows a link from elsewhere: an email, a bookmark."""
        self.page.goto(self.desk.url + path)
        self.page.wait_for_timeout(LOOKS if self.by == "keys" else 0)

    def press(self, what: Locator, *, leaves: bool = True) -> None:
        """Clicks it, or presses its key, or gets to it by Tab; waits until the page has answered."""
        what.wait_for(state="visible", timeout=SETTLES)
        self.see(what)
        self.page.evaluate(
            "(document.querySelector('#pane') || document.querySelector('main')).dataset.before = 'yes'"
        )
        if self.by == "mouse":
            self.count.clicks += 1
            what.click()
        else:
            self._key(what)
        if leaves:
            self._settle()

    def _settle(self) -> None:
        until = time.monotonic() + SETTLES / 1000
        while time.monotonic() < until:
            try:
                if self.page.evaluate(SETTLED):
                    self.page.wait_for_timeout(LOOKS if self.by == "keys" else 0)
                    return
            except Error:  # between two pages
                pass
            time.sleep(0.02)
        raise click.ClickException(
            f"no answer at {self.page.url}: {self.page.locator('main').inner_text()[-1500:]}"
        )

    def see(self, what: Locator) -> None:
        """Turns the wheel until it is in sight, back by less than there; by keys the browser scrolls to what has the focus."""
        turn, before = WHEEL, 0
        for _ in range(40):
            where = what.evaluate(IN_SIGHT)
            if not where or self.by == "keys":
                return
            box = self.page.locator("#pane, main").last.bounding_box() or {"x": 0, "y": 0, "width": 600, "height": 400}  # fmt: skip
            self.page.mouse.move(box["x"] + box["width"] / 2, 500)
            turn, before = (turn // 2 if before == -where else turn), where
            self.page.mouse.wheel(0, where * turn)
            self.count.scrolls += 1
            self.page.wait_for_timeout(60)

    def _key(self, what: Locator) -> None:
        key = what.get_attribute("data-key")
        leads = self.page.evaluate(LEADS)
        if key and not (leads and what.evaluate(HAS_FOCUS)) and what.evaluate(ACTS_ON, key):
            if self.page.evaluate(IN_FIELD):
                self.count.keys += 1
                self.page.keyboard.press("Escape")
            self.count.keys += 1
            self.page.keyboard.press(key)
            if not leads:
                return
            self.page.wait_for_timeout(
                LOOKS
            )  # Enter in haste does nothing where it says that somebody was told
        self.tab_to(what)
        self.count.keys += 1
        kind = what.evaluate("(at) => at.type === 'radio' || at.type === 'checkbox'")
        self.page.keyboard.press("Space" if kind else "Enter")

    def _enter(self) -> None:
        self.count.keys += 1
        self.page.evaluate("document.querySelector('main').dataset.before = 'yes'")
        self.page.keyboard.press("Enter")
        self._settle()

    def tab_to(self, what: Locator) -> None:
        """Presses Tab until it has the focus."""
        for _ in range(150):
            if what.evaluate(HAS_FOCUS):
                return
            self.count.keys += 1
            self.page.keyboard.press("Tab")
        raise click.ClickException(f"no Tab leads to {what}")

    def write(self, what: Locator, words: str) -> None:
        """Writes into a field, where the focus has to be got to."""
        self.see(what)
        self.count.typed += 1
        if what.evaluate(HAS_FOCUS) or (self.by == "keys" and self.page.evaluate(TAKES_A_NAME)):
            pass  # the page put it there, or what is typed goes there
        elif self.by == "mouse":
            self.count.clicks += 1
            what.click()
        else:
            self.tab_to(what)
        self.page.keyboard.type(words)

    # ── a case ───────────────────────────────────────────────────────────────────────────────────

    def handle(self) -> Decided:
        """Deals with the post that is suggested first in the pane, to its end, and comes to the next case."""
        if self.steps_alone():
            return self._handle_steps()
        before, start = self.state(), Counts(**vars(self.count))
        pane = self.page.locator("#pane")
        case = int(pane.get_attribute("data-case") or 0)
        form = pane.locator(DECIDE).first
        shown = form.locator("[name=posts]").evaluate_all(VALUES)
        self.see(self._words(form))
        lane = before.lanes.get(case, "")
        first = form.locator(".decide__row > :first-child")
        what = self._kind(first)
        self.beside, beside_words = [], form.inner_text()
        shown_words = beside_words + self._deal(what, form, first, case)
        shown = [*shown, *self.beside]
        after = self.state()
        return Decided(case=case, lane=lane, what=what, cost=self.count - start, faults=self._check(before, after, case, shown, shown_words), posts=tuple(shown))  # fmt: skip

    def steps_alone(self) -> bool:
        """Whether a case opens at its steps: of what staff say that holds a patient's details those on duty see no more."""
        return not self.page.locator("#pane").count() and "/leak" in self.page.url

    def _handle_steps(self) -> Decided:
        before, start = self.state(), Counts(**vars(self.count))
        case = _case_at(self.page.url)
        lane, shown_words = before.lanes.get(case, ""), self._leak()
        shown = tuple(self.beside)
        return Decided(case=case, lane=lane, what="leak", cost=self.count - start, faults=self._check(before, self.state(), case, shown, shown_words), posts=shown)  # fmt: skip

    def _words(self, form: Locator) -> Locator:
        own = form.locator("xpath=ancestor::section[@data-post][1]//blockquote")
        return own.first if own.count() else self.page.locator("#pane blockquote").first

    def _kind(self, first: Locator) -> str:
        address = first.get_attribute("href") or ""
        for kind in ("danger", "threat", "leak", "pass-on", "moderate", "report"):
            if f"/{kind}" in address:
                return kind
        if "answer=1" in address:
            return "answer"
        if first.get_attribute("value") == "check":
            return "look"
        copies = first.get_attribute("data-copies")
        return "copy" if copies else first.get_attribute("value") or "?"

    def _deal(self, what: str, form: Locator, first: Locator, case: int) -> str:
        """Does what is suggested; what the page said before it was saved."""
        if what in ("copy", "answer"):
            if what == "answer":
                self.press(first)
                form = self.page.locator(f"#pane[data-case='{case}'] {DECIDE}").first
                first = form.locator(".decide__row > :first-child")
            self.press(first, leaves=False)
            shown_words = self.text()
            self.press(form.get_by_role("button", name="I’ve answered"))
            return shown_words + self._asked()
        if what == "look":  # it was looked at where it stands, and nothing is in it
            self.press(first, leaves=False)
            shown_words = self.text()
            self.press(form.locator(".decide__row > :nth-last-child(2)"))
            return shown_words + self._asked()
        self.press(first)
        return {"danger": self._danger, "threat": self._danger, "leak": self._leak, "pass-on": self._pass_on,
                "moderate": self._hide, "report": self._report}.get(what, self._asked)()  # fmt: skip

    def text(self) -> str:
        """What can be read on the page."""
        return self.page.locator("body").inner_text()

    def _asked(self) -> str:
        question = self.page.locator("[data-asks]")
        if not question.count():
            return ""
        shown_words = self.text()
        radios = question.get_by_role("radio")
        if radios.count():
            self._choose(radios)
        if not question.count():
            return shown_words  # its number saved it
        if self.by == "keys" and self.page.evaluate(ON_A_CAREFUL_ANSWER):
            self.count.keys += 1
            self.page.keyboard.press("Enter")  # goes on to the button, and saves nothing yet
        self.press(question.get_by_role("button"))
        return shown_words

    def _choose(self, radios: Locator) -> None:
        """The second of some answers, or the one that there is: by its number."""
        answer = radios.nth(min(1, radios.count() - 1))
        if self.by == "mouse":
            self.press(answer, leaves=False)
            return
        self.page.wait_for_timeout(LOOKS)
        self._key(answer)
        self._settle()

    def _pass_on(self) -> str:
        shown_words = self.text()
        if not self.page.locator("[name=role]:checked").count():
            self.press(self.page.locator("[name=role]").first, leaves=False)
        self.press(self.page.locator("form.pass-on button[type=submit]").last)
        as_well = self.page.locator("form.pass-on button[name=sure]")
        if as_well.count():  # who else must know of it, and was not told
            shown_words += self.text()
            self.press(as_well)
        self.onward()
        return shown_words

    def _report(self) -> str:
        shown_words = self.text()
        tick = self.page.locator("#done[type=checkbox]")
        if tick.count():
            self.press(tick, leaves=False)
        self.press(self.page.locator("form[action$='/report'] button[type=submit]"))
        return shown_words

    def _hide(self) -> str:
        shown_words = self.text()
        if self.page.get_by_text("Nothing can be done from here").count():
            self.press(self.page.get_by_role("link", name="Report it to the platform"))
            return self._report()
        for _ in range(4):  # choose, see, say yes, go on
            main = self.page.locator("main")
            radio = main.locator("input[type=radio]:visible")
            if radio.count() and not main.locator("input[type=radio]:checked").count():
                self.press(radio.first, leaves=False)
            reason = main.locator("select:visible, #reason:visible")
            if reason.count() and not reason.first.input_value():
                self.write(reason.first, "6.9")
            shown_words += self.text()
            self.press(main.locator("button[type=submit].nhsuk-button").last)
            by_hand = self.page.get_by_role("link", name="Report it to the platform by hand")
            if by_hand.count():  # it refused
                self.press(by_hand)
                return shown_words + self._report()
            if self.page.locator("#pane").count():
                return shown_words
        return shown_words

    def _on_path(self) -> str:
        words = self.page.locator("main blockquote").count()
        values = set(self.page.locator("main form [name=posts]").evaluate_all(VALUES))
        self.beside = sorted(values) if len(values) <= words else []
        return self.text()

    def _danger(self) -> str:
        shown_words = self._on_path()
        for _ in range(8):
            step = self.page.locator("#open")
            if not step.count():
                break
            if step.get_attribute("aria-labelledby") == "finish":
                return self._finished(shown_words)
            warns = step.locator("button[value=warns]")
            if warns.count():  # their team tells whoever it is aimed at
                self.press(warns)
                continue
            who = step.locator("[name=who]:visible").first
            if (
                who.count() and step.locator("button[value=ring_has]").count()
            ):  # they were rung, and have it
                self.write(who, "Duty lead")
                self.press(step.locator("button[value=ring_has]"))
                continue
            copies = step.locator("[data-copies]")
            if copies.count():
                self.press(copies.first, leaves=False)
            buttons = step.locator("button[type=submit]:not([data-copies])")
            calm = buttons.filter(has_text=re.compile("Not known|Not now"))
            self.press(calm.first if calm.count() else buttons.first)
        return self._finished(shown_words)

    def _finished(self, shown_words: str) -> str:
        """Goes on to the next of Now, or to the list."""
        following = self.page.get_by_role("link", name="Next in Now")
        if following.count():
            self.press(following)
        else:
            self.onward()
        return shown_words

    def _leak(self) -> str:
        shown_words = self._on_path()
        case = _case_at(self.page.url)
        self.leak_steps()
        if _case_at(self.page.url) in (0, case):
            self.onward()
        return shown_words

    def leak_steps(self) -> None:
        """Confirmed, hidden or reported, told, and copies looked for; the rest is for information governance."""
        case = _case_at(self.page.url)
        for _ in range(6):
            step = self.page.locator("#open")
            done = not step.count() or step.locator("[name=outcome]").count()
            if (
                done or _case_at(self.page.url) != case
            ):  # the last step leads to the next, maybe a leak too
                return
            if step.locator("[name=out]").count() and not step.locator("[name=out]:checked").count():  # fmt: skip
                self.press(step.locator("[name=out]").first, leaves=False)
            if step.locator("[type=checkbox][name=posts]").count() and not step.locator("[name=posts]:checked").count():  # fmt: skip
                self.press(step.locator("[type=checkbox][name=posts]").first, leaves=False)
            reason = step.locator("input#reason:visible")
            if reason.count():
                self.write(reason, "A patient’s details")
            self.press(
                step.locator("form:not([target]) button.nhsuk-button[type=submit]:visible").first
            )

    def onward(self) -> None:
        """Back to today's list, where a page of its own was left."""
        if self.page.locator("#pane").count():
            return
        here = self.page.locator("#open a[href^='/today']")
        back = here if here.count() else self.page.locator("main a[href^='/today']")
        self.press(
            back.first if back.count() else self.page.locator("#tabs a[href='/today']").first
        )

    def rest(self) -> int:
        """Closes all groups of Rest that may be closed together; how many cases that are."""
        self.goto("/today")
        button = self.page.locator("a[href='/rest'][data-key]")
        self.press(button if button.count() else self.page.locator("a[href^='/rest']").first)
        for box in self.page.locator("[name=group]:not(:disabled)").all():
            self.press(box, leaves=False)
        self.press(self.page.get_by_role("button", name="Show what will close"))
        close = self.page.get_by_role("button", name=re.compile("^Close "))
        count = int(re.findall(r"[0-9,]+", close.inner_text())[0].replace(",", ""))
        self.press(close)
        return count

    # ── what the store says of it ────────────────────────────────────────────────────────────────

    def state(self) -> State:
        """Where all cases stand."""
        database = self.desk.store.database
        rows = database.rows("SELECT number, lane, due_at FROM cases")
        decisions = {(row["case_number"], row["version"]) for row in database.rows("SELECT case_number, version FROM case_decisions")}  # fmt: skip
        return State(
            lanes={row["number"]: row["lane"] for row in rows if row["lane"]},
            clocks={row["number"] for row in rows if row["lane"] in ("now", "answer") and row["due_at"]},
            decisions=decisions,
        )  # fmt: skip

    def _check(self, before: State, after: State, case: int, shown: Sequence[str], shown_words: str) -> list[str]:  # fmt: skip
        faults = []
        for number, version in sorted(after.decisions - before.decisions):
            entry = next(past for past in self.desk.store.cases.history(number) if past.version == version)  # fmt: skip
            covers = {f"{mention}:{revision}" for mention, revision in entry.decision.covers}
            if number != case:
                faults.append(f"wrong: case {number} was decided, case {case} was shown")
            elif covers - set(shown):
                faults.append(f"wrong: case {case}: posts {covers} decided, {shown} shown")
        if after.decisions == before.decisions:
            faults.append(f"nothing was saved of case {case}")
        for number in before.clocks - after.clocks:
            goes_on = any(decided.due_at for decided in self.desk.store.handoffs.open(number))
            if number != case or not (goes_on or "clock" in shown_words.lower()):
                faults.append(f"unsaid: the clock of case {number} stopped")
        return faults


@dataclass(frozen=True, kw_only=True)
class State:
    """Cases by their lane, those whose clock runs, and all decisions."""

    lanes: dict[int, str]
    clocks: set[int]
    decisions: set[tuple[int, int]]


def _case_at(address: str) -> int:
    """Which case's page this is; 0 for none's."""
    match = re.search(r"/cases/(\d+)", address)
    return int(match[1]) if match else 0


@contextmanager
def at_desk(browser: Browser, desk: Desk, size: tuple[int, int] = LAPTOP, handle: str = "amina", by: str = "mouse") -> Iterator[Officer]:  # fmt: skip
    """Somebody who is signed in, at a window of some size."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{desk.url}/sign-in")
    page.get_by_label("Name").fill(handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/today"))
    try:
        yield Officer(page=page, desk=desk, by=by)
    finally:
        context.close()


def morning(officer: Officer, most: int, report: Callable[[str], None]) -> list[Decided]:
    """Works through today's list until it is done, or `most` decisions are."""
    officer.goto("/today")
    decisions: list[Decided] = []
    while len(decisions) < most:
        if not officer.page.locator(f"#pane {DECIDE}").count() and not officer.steps_alone():
            whole = officer.page.get_by_role("link", name="All lanes of today")
            if not whole.count():
                report(f"{officer.by}: {officer.page.url} has nothing more: {officer.text()[:400]!r}")  # fmt: skip
                break
            officer.press(whole)  # the lane is done
            continue
        decided = officer.handle()
        decisions.append(decided)
        if len(decisions) % DECISIONS_A_MINUTE == 0:
            officer.desk.deliver()
        report(f"{len(decisions)} {officer.by}: case {decided.case}, {decided.lane}, {decided.what}: {vars(decided.cost)} {'; '.join(decided.faults)}")  # fmt: skip
    return decisions


# ── what is in sight ─────────────────────────────────────────────────────────────────────────────

ROWS = """() => {
    const list = document.querySelector(".list__in").getBoundingClientRect();
    const seen = (box) => box.top >= list.top && box.bottom <= Math.min(list.bottom, innerHeight);
    return [...document.querySelectorAll("[data-row]")].filter((row) => seen(row.getBoundingClientRect())).length;
}"""
VOLUME = """() => {
    const pane = document.querySelector("#pane");
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
    const controls = pane.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
    return [pane.innerText.split(/\\s+/).filter((word) => /[\\w\\p{L}]/u.test(word)).length, [...controls].filter(seen).length];
}"""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What is seen without a hand on the mouse."""

    first: str
    rows: tuple[int, int]
    phone_row: int
    phone_words: int
    volumes: Sequence[tuple[int, int]]


def glance(browser: Browser, desk: Desk) -> Glance:
    """What stands first after somebody signed in, how many rows at two sizes, a phone, and how much a case says."""
    with at_desk(browser, desk) as officer:
        page = officer.page
        top = page.locator("[data-row]").first
        name, words = page.locator("#case-name"), page.locator("#pane blockquote").first
        first = (
            f"{top.locator('.row__why').inner_text().splitlines()[0]} (first row, y {_y(top)}), "
            f"open beside it: {name.inner_text()} (y {_y(name)}), its words at y {_y(words)}"
        )
        laptop = int(page.evaluate(ROWS))
        numbers = page.locator("[data-row]").evaluate_all("all => all.map((row) => row.dataset.row)")  # fmt: skip
        volumes = []
        for number in numbers:
            officer.goto(f"/cases/{number}")
            if not officer.steps_alone():
                volumes.append(tuple(page.evaluate(VOLUME)))
    with at_desk(browser, desk, DESKTOP) as officer:
        desktop = int(officer.page.evaluate(ROWS))
    with at_desk(browser, desk, PHONE) as officer:
        row = _y(officer.page.locator("[data-row]").first)
        officer.goto(f"/cases/{numbers[0]}")
        return Glance(
            first=first, rows=(laptop, desktop), phone_row=row, volumes=volumes,
            phone_words=_y(officer.page.locator("#pane blockquote").first),
        )  # fmt: skip


def _y(what: Locator) -> int:
    box = what.bounding_box()
    return round(box["y"]) if box else -1


def leak_from_alert(browser: Browser, desk: Desk) -> tuple[Counts, str]:
    """From the alert's link to a leak that is hidden and told: what it cost, and where it ended."""
    paths: dict[str, None] = {}
    for mail in sorted((desk.folder / "sent").glob("*.eml")):
        body = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("plain",))
        for path in re.findall(r"/(?:mentions|cases)/[0-9]+", body.get_content() if body else ""):
            paths[path] = None
    with at_desk(browser, desk) as officer:
        for path in paths:
            officer.goto(path)
            leak = officer.page.get_by_role("link", name="Deal with this leak")
            ours = officer.page.get_by_text("We can hide it ourselves")
            if leak.count() and ours.count():
                break
        else:
            raise click.ClickException("no alert leads to a leak on a page of ours")
        start = Counts(**vars(officer.count))
        came = officer.page.locator("#pane").get_attribute("data-case")
        officer.press(leak.first)
        for _ in range(3):
            officer.press(
                officer.page.locator(
                    "#open form:not([target]) button.nhsuk-button[type=submit]:visible"
                ).first
            )
        done = officer.page.locator(".task--done h2, .task--done h3").all_inner_texts()
        return officer.count - start, f"{path}, case {came}, done: {', '.join(done)}"


# ── what is printed ──────────────────────────────────────────────────────────────────────────────


def cost(decisions: Sequence[Decided]) -> Counts:
    """Of all of them."""
    total = Counts()
    for decided in decisions:
        for name, value in vars(decided.cost).items():
            setattr(total, name, getattr(total, name) + value)
    return total


def twice(decisions: Sequence[Decided]) -> list[int]:
    """Cases that came again with posts that were decided before; a case of three posts comes for each of them."""
    counts = Counter((decided.case, decided.posts) for decided in decisions)
    return [case for (case, _), times in counts.items() if times > 1]


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What it cost to close `cases` of Rest together."""

    cases: int
    cost: Counts


def table(
    mouse: Sequence[Decided], rest: Rest, keys: Sequence[Decided], seen: Glance, leak: tuple[Counts, str], rest_by_keys: Rest | None = None
) -> str:  # fmt: skip
    """Goal by goal, as measured; `rest_by_keys` where the whole week was worked through by keys too."""
    first, all_keys, keys = mouse[:DECISIONS], keys, keys[:DECISIONS]
    plain = [decided for decided in mouse if not decided.path]
    faults = [fault for decided in (*mouse, *all_keys) for fault in decided.faults]
    words, controls = ([decided[place] for decided in seen.volumes] for place in (0, 1))
    rows = [
        (f"{len(first)} decisions by mouse, from the top", "60 clicks, 0 scrolls", _told(first, "clicks")),
        ("  of them by a guided path", "", _told([decided for decided in first if decided.path], "clicks")),
        (f"{len(plain[:DECISIONS])} decisions by mouse without a path", "60 clicks, 0 scrolls", _told(plain[:DECISIONS], "clicks")),
        ("the whole week, Rest in groups, as 40 decisions", "60 clicks, 0 scrolls", _as_forty(mouse, rest)),
        ("  the same without a path", "60 clicks, 0 scrolls", _as_forty(plain, rest)),
        (f"{len(keys)} decisions by keys, from the top", "45 keys", _told(keys, "keys")),
        ("  of them by a guided path", "", _told([decided for decided in keys if decided.path], "keys")),
        (f"{len([decided for decided in keys if not decided.path])} by keys without a path", "45 keys", _told([decided for decided in keys if not decided.path], "keys")),
        *([("the whole week by keys, Rest in groups, as 40 decisions", "45 keys", _as_forty(all_keys, rest_by_keys, "keys")),
          ("  the same without a path", "45 keys", _as_forty([decided for decided in all_keys if not decided.path], rest_by_keys, "keys"))] if rest_by_keys else []),
        ("wrong posts decided", "0", str(sum(fault.startswith("wrong") for fault in faults))),
        ("cases shown twice", "0", f"{len(twice(mouse))} by mouse, {len(twice(all_keys))} by keys: {twice(mouse)} {twice(all_keys)}"),
        ("clocks stopped unsaid", "0", str(sum(fault.startswith("unsaid") for fault in faults))),
        ("other faults", "0", str([fault for fault in faults if not fault.startswith(("wrong", "unsaid"))])),
        ("a leak from the alert's link to hidden and told", "7 clicks", f"{leak[0].clicks} clicks, {leak[0].scrolls} scrolls ({leak[1]})"),
        ("first on the screen after sign-in", "danger", seen.first),
        ("rows in sight, 1366x768", "12", str(seen.rows[0])),
        ("rows in sight, 1920x1080", "20", str(seen.rows[1])),
        ("phone 390x844: first row, a case's words", "first screen", f"y {seen.phone_row}, y {seen.phone_words}"),
        (f"words on a case, median of {len(words)}", "150", f"{statistics.median(words):.0f} (most {max(words)})"),
        ("controls on a case, median", "15", f"{statistics.median(controls):.0f} (most {max(controls)})"),
    ]  # fmt: skip
    lines = [f"{what:50}{goal:22}{measured}" for what, goal, measured in (("", "goal", "measured"), *rows)]  # fmt: skip
    by_kind = [
        f"  {lane:8}{what:10}{len(of):4} decisions, {cost(of).clicks / len(of):.1f} clicks and {cost(of).scrolls / len(of):.1f} scrolls each"
        for (lane, what), of in _by_kind(mouse).items()
    ]
    return "\n".join([*lines, "what each kind costs, by mouse:", *by_kind])


def _told(decisions: Sequence[Decided], kind: str) -> str:
    total = cost(decisions)
    return f"{getattr(total, kind)} {kind}, {total.scrolls} scrolls, {total.loads} page loads, {total.typed} typed ({len(decisions)} decisions)"


def _as_forty(decisions: Sequence[Decided], rest: Rest, kind: str = "clicks") -> str:
    """What 40 decisions cost where each lane comes as often as the week brings it, in clicks or keys."""
    whole, cases = cost(decisions), len(decisions) + rest.cases
    presses, scrolls = getattr(whole, kind) + getattr(rest.cost, kind), whole.scrolls + rest.cost.scrolls  # fmt: skip
    return (
        f"{DECISIONS * presses / cases:.0f} {kind}, {DECISIONS * scrolls / cases:.1f} scrolls "
        f"({cases} cases of the week, {rest.cases} of them in Rest by {getattr(rest.cost, kind)} {kind}: {presses} {kind} in all)"
    )


def _by_kind(decisions: Sequence[Decided]) -> dict[tuple[str, str], list[Decided]]:
    kinds: dict[tuple[str, str], list[Decided]] = {}
    for decided in decisions:
        kinds.setdefault((decided.lane, decided.what), []).append(decided)
    return kinds


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/morning"), show_default=True, help="Where its week lies; made by the first run and used again.")  # fmt: skip
@click.option("--most", default=200, show_default=True, help="How many decisions by mouse: the first 40 are compared.")  # fmt: skip
@click.option("--keys", "most_keys", default=DECISIONS, show_default=True, help="How many by keys; with 200 the whole week and Rest.")  # fmt: skip
@click.option("--talks", is_flag=True, help="Says each decision as it is made.")
def main(folder: Path, most: int, most_keys: int, talks: bool) -> None:
    """Measures a morning at the desk against its goals."""
    week, day = folder / "week", folder / "day"
    make_week(week)
    report: Callable[[str], None] = print if talks else lambda _: None
    with sync_playwright() as play:
        program = next(path for path in CHROMIUM if Path(path).exists())
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])  # fmt: skip
        with served(week, day) as desk:
            seen, leak = glance(browser, desk), leak_from_alert(browser, desk)
        done: dict[str, list[Decided]] = {}
        rest: dict[str, Rest] = {}
        for by, count in (("mouse", most), ("keys", most_keys)):
            with served(week, day) as desk, at_desk(browser, desk, by=by) as officer:
                done[by] = morning(officer, count, report)
                if len(done[by]) < count or by == "mouse":
                    before = Counts(**vars(officer.count))
                    rest[by] = Rest(cases=officer.rest(), cost=officer.count - before)
        browser.close()
    print(table(done["mouse"], rest["mouse"], done["keys"], seen, leak, rest.get("keys")))


if __name__ == "__main__":
    main()
