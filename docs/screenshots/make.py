"""Takes the pictures of this folder: the review page over what the demo collected, with three invented officers at work, and mails.

    make run
    .venv-dev/bin/python docs/screenshots/make.py var/demo/config.toml

`desk` or `mails` after it takes those of the page alone, or those of the mails and of the weekly summary (see mails.py). It needs Debian's
chromium and, for British dates, chromium-l10n; for mails `pip install pypdfium2` and Debian's libreoffice-writer-nogui too. It changes the
demo's store, which `make run` makes anew.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
import mails

from core.models import DecisionKind, Lane, Role
from review.app import build_app_context, create_app
from review.auth import sessions
from settings import schema
from steps.context import open_store
from store import CaseDecision, Store
from store.cases.models import LaneRow

HERE = Path(__file__).parent
PASSWORD = "heron kettle violet"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--lang=en-GB",
]
ENGLISH: dict[str, str | float | bool] = {
    **os.environ,
    "LANGUAGE": "en_GB",
    "LC_ALL": "en_GB.UTF-8",
}  # for dates in forms
WIDE, PHONE, DESK = (
    (1366, 768),
    (390, 844),
    (1920, 1080),
)  # a laptop, a phone and a large screen, in CSS pixels
RULE = "(wait* OR queue*) NEAR/8 (hour* OR week* OR month*)"
NOTE = (
    "The Central Middlesex story is answered: use the line on our site.\n"
    "Whatever names the maternity review goes to the director of nursing first."
)


def people(store: Store, at: datetime) -> dict[str, int]:
    """Three officers, the governance lead, the Guardian and somebody of Safeguarding; all have the one PASSWORD."""
    secret, found = sessions.hashed(PASSWORD), {}
    officers: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
        ("amina", "Amina Yusuf", ("reviewer",)), ("bea", "Bea Whitlock", ("reviewer", "lead")),
        ("chidi", "Chidi Onuoha", ("reviewer",)), ("gwen", "Gwen Okafor", ("governance",)),
        ("farah", "Farah Iqbal", ("guardian",)), ("sana", "Sana Malik", ("safeguarding",)),
    )  # fmt: skip
    for handle, name, roles in officers:
        there = store.users.by_handle("local", handle)
        user = there or store.users.add("local", handle, name, roles, at=at)
        store.users.change(user.number, secret=secret, at=at)
        found[handle] = user.number
    return found


def in_lane(store: Store, at: datetime, *lanes: Lane) -> list[LaneRow]:
    """The rows of some lanes, as a newcomer sees them."""
    return store.lanes.rows(lanes or ("now", "answer", "look"), user=0, at=at, limit=200)


def flagged(store: Store, rows: Sequence[LaneRow], flag: str, *, alone: bool = True) -> int:
    """The first of these cases that stands there for a post with a flag; `alone`: of one post, where there is such a case."""
    held = [row for row in rows if flag in {each.name for each in row.item.flags}]
    single = [row for row in held if row.posts == 1]
    return (single if alone and single else held)[0].case.number


def work(store: Store, who: dict[str, int], at: datetime) -> None:
    """A morning: some cases are decided, two are taken, a note is left, words are looked at."""
    listed = in_lane(store, at, "look")
    for place, row in enumerate(listed[-6:]):
        kind: DecisionKind = "no_action" if place % 2 else "monitor"
        case = store.cases.get(row.case.number)
        assert case is not None
        covers = tuple(
            (each.item.number, each.item.revision)
            for each in store.cases.mentions(case.number)
            if each.reviewable
        )
        decision = CaseDecision(
            case=case.number, kind=kind, by=who["chidi" if place % 2 else "bea"], at=at, covers=covers,
            reason="heard, and passed on",
        )  # fmt: skip
        store.cases.decide(decision, case.version)
    store.assignments.assign(
        listed[1].case.number, who["chidi"], by=who["bea"], at=at, seen=0, note="You know the site team."
    )  # fmt: skip
    store.claims.look(listed[2].case.number, who["bea"], at)
    store.handovers.add(
        NOTE, by=who["bea"], at=at, after=0,
        figures=store.handovers.standing(at - timedelta(days=1), at).figures,
    )  # fmt: skip
    rows = in_lane(store, at, "now")
    named = next(row for row in rows if "pid" in {each.name for each in row.item.flags})
    store.mentions.reveal(
        named.item.number, by="amina", at=at, reason="To tell the practice whose data it is"
    )


@contextmanager
def served(path: Path) -> Iterator[tuple[str, Store, datetime]]:
    """The page of a config.toml on its port, its store, and its time: soon after the sources were read."""
    cfg, folder = schema.load(path), path.parent
    with open_store(cfg, folder) as store:
        at = max(one.last_run for one in store.sources.all()) + timedelta(
            minutes=12
        )  # before a next contact is due
    app = build_app_context(cfg, folder)
    app.now = lambda: at
    server = uvicorn.Server(
        uvicorn.Config(create_app(app), host="127.0.0.1", port=cfg.review.port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        with open_store(cfg, folder) as store:
            yield cfg.review.public_url, store, at
    finally:
        server.should_exit = True
        thread.join(10)


def signed_in(browser: Browser, url: str, handle: str) -> Page:
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(180_000)  # ms: a rule is tried in a process of its own
    page.goto(f"{url}/sign-in")
    page.locator("input[name=handle], input[name=name]").first.fill(handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def passed_on(page: Page, url: str, case: int) -> None:
    """Passes a case on to the team that the page suggests, so that something waits."""
    page.goto(f"{url}/cases/{case}/pass-on")
    if not page.locator("input[name=role]:checked").count():
        page.locator("input[name=role]").first.check()
    page.locator("form.pass-on button[type=submit]").first.click()
    page.wait_for_load_state()


def preview(page: Page) -> None:
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Name").last.fill("Long waits")
    page.locator("textarea").last.fill(RULE)
    page.get_by_role("button", name="Try it on the last month").click()
    page.get_by_role("heading", name="On the last 30 days").wait_for()
    page.evaluate("document.activeElement.blur()")


def nothing(page: Page) -> None: ...


def pictures(browser: Browser, url: str, store: Store, at: datetime) -> None:
    """Each: its name, who looks, where, what is done there, and how wide and high it is."""
    rows = in_lane(store, at)
    danger, leak = flagged(store, rows, "safeguarding"), flagged(store, rows, "pid")
    asks = flagged(store, in_lane(store, at, "answer"), "assistance")
    several = next(
        row.case.number for row in in_lane(store, at, "answer", "look") if 2 <= row.posts <= 3
    )
    pages = {
        handle: signed_in(browser, url, handle)
        for handle in ("amina", "bea", "gwen", "farah", "sana")
    }
    for flag in ("media", "removal_request"):
        if any(flag in {each.name for each in row.item.flags} for row in rows):
            passed_on(pages["bea"], url, flagged(store, rows, flag))
    look = flagged(store, in_lane(store, at, "look"), "misinformation")

    def passes_danger(page: Page) -> None:
        passed_on(pages["bea"], url, danger)  # after the pictures of its steps
        page.reload()

    tall, long = (WIDE[0], 1000), (PHONE[0], 1100)
    shots: Sequence[tuple[str, str, str, Callable[[Page], None], tuple[int, int]]] = (
        ("today", "amina", "/today", nothing, WIDE),
        ("today-phone", "amina", "/today", nothing, PHONE),
        ("today-wide", "amina", "/today", nothing, DESK),
        ("case", "amina", f"/cases/{look}", nothing, WIDE),
        ("case-phone", "amina", f"/cases/{look}", nothing, PHONE),
        ("case-three-posts", "amina", f"/cases/{several}", nothing, tall),
        ("case-three-posts-wide", "amina", f"/cases/{several}", nothing, DESK),
        ("case-three-posts-phone", "amina", f"/cases/{several}", nothing, long),
        ("answering", "bea", f"/cases/{asks}", nothing, WIDE),
        ("answering-phone", "bea", f"/cases/{asks}", nothing, long),
        ("leak", "amina", f"/cases/{leak}/leak", nothing, tall),
        ("leak-wide", "amina", f"/cases/{leak}/leak", nothing, DESK),
        ("leak-phone", "amina", f"/cases/{leak}/leak", nothing, long),
        ("danger", "amina", f"/cases/{danger}/danger", nothing, tall),
        ("danger-wide", "amina", f"/cases/{danger}/danger", nothing, DESK),
        ("danger-phone", "amina", f"/cases/{danger}/danger", nothing, PHONE),
        ("pass-on", "amina", f"/cases/{asks}/pass-on", nothing, tall),
        ("pass-on-wide", "amina", f"/cases/{asks}/pass-on", nothing, DESK),
        ("pass-on-phone", "amina", f"/cases/{asks}/pass-on", nothing, long),
        ("waiting", "amina", "/waiting", nothing, WIDE),
        ("waiting-wide", "amina", "/waiting", nothing, DESK),
        ("waiting-phone", "amina", "/waiting", nothing, PHONE),
        ("rest", "amina", "/rest", nothing, WIDE),
        ("rest-phone", "amina", "/rest", nothing, PHONE),
        ("quality-check", "amina", "/sample", nothing, WIDE),
        ("report", "amina", "/tell", nothing, WIDE),
        ("report-phone", "amina", "/tell", nothing, long),
        ("whole-case", "amina", f"/cases/{leak}/full", nothing, tall),
        ("overview", "bea", "/overview", nothing, WIDE),
        ("trends", "amina", "/trends?period=7", nothing, tall),
        ("settings", "bea", "/setup/rules", preview, tall),
        ("governance", "gwen", "/governance", nothing, tall),
        ("governance-wide", "gwen", "/governance", nothing, DESK),
        ("governance-phone", "gwen", "/governance", nothing, long),
        ("speaking-up", "farah", "/guardian", nothing, WIDE),
        ("speaking-up-phone", "farah", "/guardian", nothing, PHONE),
        ("welcome", "amina", "/welcome", nothing, tall),
        ("welcome-phone", "amina", "/welcome", nothing, long),
        ("help", "amina", "/help", nothing, tall),
        ("help-phone", "amina", "/help", nothing, long),
        ("record", "gwen", "/audit", nothing, WIDE),
        ("safeguarding", "sana", "/safeguarding", passes_danger, WIDE),
        ("safeguarding-phone", "sana", "/safeguarding", nothing, PHONE),
    )  # fmt: skip
    for name, handle, path, do, (width, height) in shots:
        page = pages[handle]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(url + path)
        do(page)
        kept(page, name)
    states(pages, url, store, at, leak)


def states(pages: dict[str, Page], url: str, store: Store, at: datetime, leak: int) -> None:
    """What the page says of one moment: each by its own name, state-*. They change the store, so that they come last."""
    amina, bea = pages["amina"], pages["bea"]
    for page in (amina, bea):
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    first = flagged(store, in_lane(store, at, "answer"), "assistance")
    amina.goto(f"{url}/cases/{first}")
    amina.locator("[data-decide] .more > summary").click()
    kept(amina, "state-more")
    amina.goto(f"{url}/cases/{leak}")
    amina.locator("button.chip").first.click()
    kept(amina, "state-masked")
    amina.locator("[id^=show-]:popover-open .why__reasons button").first.click()
    amina.locator(".opened").wait_for()
    kept(amina, "state-shown")
    bea.goto(f"{url}/cases/{first}")
    amina.goto(f"{url}/cases/{first}")
    kept(amina, "state-looked-at")  # by a colleague
    plain = without_script(amina)
    plain.goto(f"{url}/cases/{first}")
    for page in (amina, plain):
        page.locator("[data-decide]").get_by_role("button", name="No action").click()
    amina.locator("[data-asks] [type=submit]").click()
    amina.get_by_text("There is a problem").wait_for()
    kept(amina, "state-missing")
    amina.goto(f"{url}/cases/{first}")
    watched(bea, url, first)
    kept(bea, "state-saved")
    amina.get_by_text("Show it as it is now").wait_for()
    kept(amina, "state-changed")
    plain.locator("[data-asks] [type=radio]").first.check()
    plain.locator("[data-asks] [type=submit]").click()
    plain.get_by_text("Yours was not saved").wait_for()
    kept(plain, "state-conflict")
    plain.context.close()
    store.mentions.add_run(
        "facebook", [], since=at - timedelta(days=1), at=at, complete=False,
        error="the platform refused the token: connect it anew",
    )  # fmt: skip
    amina.goto(f"{url}/today")
    kept(amina, "state-ill")
    store.mentions.add_run("facebook", [], since=at - timedelta(days=1), at=at, complete=True)
    for lanes, name, path in (("('now')", "empty", "/today?lane=now"), ("('now', 'answer', 'look')", "done", "/today")):  # fmt: skip
        for table in ("case_mentions", "cases"):
            store.database.execute(f"UPDATE {table} SET lane = 'rest' WHERE lane IN {lanes}")
        amina.goto(url + path)
        kept(amina, f"state-{name}")


def without_script(page: Page) -> Page:
    """A page of the same person in a browser without scripts, as wide as a laptop."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state(), locale="en-GB"
    )
    opened = context.new_page()
    opened.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return opened


def watched(page: Page, url: str, case: int) -> None:
    """Decides to watch a case, and says why."""
    page.goto(f"{url}/cases/{case}")
    button = page.locator("[data-decide] button[value=watch]").first
    if not button.is_visible():
        page.locator("[data-decide] .more > summary").click()
    button.click()
    page.locator("[data-asks], .done").first.wait_for()
    if page.locator("[data-asks]").count():
        page.locator("[data-asks] [type=radio]").first.check()
        page.locator("[data-asks] [type=submit]").click()
    page.locator(".done", has_text=f"Saved: case {case}").wait_for()


def kept(page: Page, name: str) -> None:
    """Keeps a picture of what is in sight, in few colours, those of small signs among them: a quarter of the size."""
    page.screenshot(path=HERE / f"{name}.png")
    with Image.open(HERE / f"{name}.png") as picture:
        picture.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        ).save(HERE / f"{name}.png", optimize=True)


def weekly(browser: Browser, url: str) -> None:
    """The summary of the last whole week, as an executive opens it."""
    page = signed_in(browser, url, "gwen")
    for name, width in (("weekly", 1200), ("weekly-phone", 390)):
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(f"{url}/weekly")
        page.screenshot(path=HERE / f"{name}.png", full_page=True)
        with Image.open(HERE / f"{name}.png") as picture:
            mails.small(picture, name, most=0 if width > 400 else mails.PHONE)


def is_of_mails(name: str) -> bool:
    """Whether a picture is one of mails.py, or of the weekly summary."""
    return name.startswith(("mail-", "weekly"))


def main() -> None:
    logging.disable(logging.WARNING)
    path, wanted = Path(sys.argv[1]), sys.argv[2:] or ["desk", "mails"]
    for old in HERE.glob("*.png"):
        if ("mails" if is_of_mails(old.name) else "desk") in wanted:
            old.unlink()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS, env=ENGLISH)
        with served(path) as (url, store, at):
            who = people(store, at)
            work(store, who, at)
            if "desk" in wanted:
                pictures(browser, url, store, at)
        if "mails" in wanted:
            mails.pictures(browser, path, who["bea"])
            with served(path) as (url, _, _):
                weekly(browser, url)
        browser.close()


if __name__ == "__main__":
    main()
