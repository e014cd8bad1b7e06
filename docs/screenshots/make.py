"""Takes the pictures of this folder: the review page over what the demo collected, with three invented officers at work.

    make run
    .venv-dev/bin/python docs/screenshots/make.py var/demo/config.toml

It needs Debian's chromium and, for British dates, chromium-l10n; it changes the demo's store, which `make run` makes anew.
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
from typing import Any

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from core.models import DecisionKind, Role
from review.app import build_app_context, create_app
from review.auth import sessions
from settings import schema
from steps.context import open_store
from store import CaseDecision, CaseQuery, Store

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
WIDTH = 1280
RULE = "(wait* OR queue*) NEAR/8 (hour* OR week* OR month*)"
NAMES, ASKS = "phone menu", "hearing aid batteries"  # words of two posts of the demo
NOTE = (
    "The Central Middlesex story is answered: use the line on our site.\n"
    "Whatever names the maternity review goes to the director of nursing first."
)


def people(store: Store, at: datetime) -> dict[str, int]:
    """Three officers and the governance lead; all have the one PASSWORD."""
    secret, found = sessions.hashed(PASSWORD), {}
    officers: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
        ("amina", "Amina Yusuf", ("reviewer",)), ("bea", "Bea Whitlock", ("reviewer", "lead")),
        ("chidi", "Chidi Onuoha", ("reviewer",)), ("gwen", "Gwen Okafor", ("governance",)),
    )  # fmt: skip
    for handle, name, roles in officers:
        there = store.users.by_handle("local", handle)
        user = there or store.users.add("local", handle, name, roles, at=at)
        store.users.change(user.number, secret=secret, at=at)
        found[handle] = user.number
    return found


def waiting(store: Store, at: datetime, **asked: Any) -> list[int]:
    """The numbers of the cases that wait, on the first page of such."""
    found = store.queue.page(CaseQuery(tab="new", user=0, size=50, **asked), at)
    return [one.case.number for one in found.cards]


def work(store: Store, who: dict[str, int], at: datetime) -> None:
    """A morning: some cases are decided, one is assigned, one claimed, a note is left, words are looked at."""
    for place, number in enumerate(
        waiting(store, at, flags=("grievance", "derogatory"), risks=("medium",))[:6]
    ):
        kind: DecisionKind = "no_action" if place % 2 else "monitor"
        found = store.cases.get(number)
        assert found is not None
        covers = tuple(
            (one.item.number, one.item.revision)
            for one in store.cases.mentions(number)
            if one.reviewable
        )
        said = CaseDecision(
            case=number,
            kind=kind,
            by=who["chidi" if place % 2 else "bea"],
            at=at,
            covers=covers,
            reason="heard, and passed on",
        )
        store.cases.decide(said, found.version)
    grave = waiting(store, at, risks=("high",))
    store.assignments.assign(
        grave[1], who["chidi"], by=who["bea"], at=at, seen=0, note="You know the site team."
    )
    store.cases.claim(grave[2], who["bea"], at)
    store.handovers.add(
        NOTE,
        by=who["bea"],
        at=at,
        figures=store.handovers.standing(at - timedelta(days=1), at).figures,
        after=0,
    )
    shown = store.cases.mentions(waiting(store, at, words=NAMES)[0])
    store.mentions.reveal(
        shown[0].item.number, by="amina", at=at, reason="to tell the practice whose data it is"
    )


@contextmanager
def served(path: Path) -> Iterator[tuple[str, Store, datetime]]:
    """The page of a config.toml on its port, its store, and its time: soon after the sources were read."""
    cfg, folder = schema.load(path), path.parent
    with open_store(cfg, folder) as store:
        at = max(one.last_run for one in store.sources.all()) + timedelta(minutes=20)
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
    page = browser.new_context(viewport={"width": WIDTH, "height": 900}, locale="en-GB").new_page()
    page.goto(f"{url}/sign-in")
    page.locator("input[name=handle], input[name=name]").first.fill(handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/cases")
    return page


def answering(page: Page) -> None:
    page.get_by_label("Respond", exact=True).check()
    page.evaluate("""() => {
        document.activeElement.blur();
        document.querySelector(".case").scrollIntoView();
        const right = document.querySelector(".case__right");
        right.scrollTop += document.querySelector("#conditional-respond, .reply").getBoundingClientRect().top - right.getBoundingClientRect().top - 90;
    }""")


def preview(page: Page) -> None:
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Name").last.fill("Long waits")
    page.locator("textarea").last.fill(RULE)
    page.get_by_role("button", name="Try it on the last month").click()
    page.get_by_role("heading", name="On the last 30 days").wait_for()
    page.evaluate("document.activeElement.blur()")


def nothing(page: Page) -> None: ...


def pictures(browser: Browser, url: str, store: Store, at: datetime) -> None:
    """Each: its name, who looks, where, what is done there, and how much of it is shown."""
    named, asks = waiting(store, at, words=NAMES), waiting(store, at, words=ASKS)
    shots: Sequence[tuple[str, str, str, Callable[[Page], None], int]] = (
        ("queue", "amina", "/cases", nothing, 1000),
        ("case", "amina", f"/cases/{named[0]}", nothing, 1050),
        ("answering", "amina", f"/cases/{asks[0]}", answering, 900),
        ("trends", "amina", "/trends?period=7", nothing, 1150),
        ("setup", "bea", "/setup/rules", preview, 1000),
        ("audit", "gwen", "/audit", nothing, 800),
    )  # fmt: skip
    pages = {handle: signed_in(browser, url, handle) for handle in ("amina", "bea", "gwen")}
    for name, handle, path, do, height in shots:
        page = pages[handle]
        page.set_viewport_size({"width": WIDTH, "height": height})
        page.goto(url + path)
        do(page)
        page.screenshot(path=HERE / f"{name}.png")
        with Image.open(HERE / f"{name}.png") as picture:  # few colours: a quarter of the size
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
                HERE / f"{name}.png", optimize=True
            )


def main() -> None:
    logging.disable(logging.WARNING)
    with served(Path(sys.argv[1])) as (url, store, at), sync_playwright() as play:
        who = people(store, at)
        work(store, who, at)
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS, env=ENGLISH)
        pictures(browser, url, store, at)
        browser.close()


if __name__ == "__main__":
    main()
