"""The review page on a free port of loopback, over a store of invented cases, and a browser that reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from review.app import create_app
from review.auth.sessions import COOKIE
from review.context import AppContext
from review.desk.opened import OpenDetails, PicturesOnce
from review.figure_cache import FigureCache
from review.middleware import RateLimiter
from review.walks import Walks
from store import Store
from tests.review.factories import PASSWORD, desk, fill, people, session
from tests.review.identity_providers import StandIn, standing_in
from tests.review.server import bound, serving
from tests.stores import KEY, new_store

# The shell draws as Chromium does, without its windows: a page takes it half the time.
CHROMIUM = next(
    (
        path
        for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium"))
        if path.exists()
    ),
    None,
)
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--in-process-gpu",  # a process less to start
    "--num-raster-threads=1", "--js-flags=--no-opt --no-maglev",  # pages live for a second: to compile their scripts well pays off in none
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class House:
    """A review page that answers, the store that it reads, and who may sign in."""

    url: str
    store: Store
    desk: AppContext
    who: dict[str, int]

    def asks(self, handle: str = "amina") -> httpx.Client:
        """A client that is signed in as somebody, or as nobody by ""."""
        cookie = f"{COOKIE}={session(self.store, self.who[handle])}" if handle else ""

        def sign(request: httpx.Request) -> None:  # httpx drops the header where it is led on
            request.headers["Cookie"] = cookie

        headers = {"Sec-Fetch-Site": "same-origin"}
        return httpx.Client(
            base_url=self.url,
            headers=headers,
            event_hooks={"request": [sign]},
            timeout=30,
            verify=False,  # no TLS here: to load whom to trust would take longer than the answer
        )


def serve(
    folder: Path, filling: Callable[[Store], dict[str, int]], rate: RateLimiter | None = None
) -> Iterator[House]:
    """Serves a store that was filled by a function of a module, until the test is done with it."""
    path = folder / "mentions.db"
    who = new_store(path, filling)
    with bound() as (listening, url), Store.open(path, [KEY]) as store:
        app = desk(lambda: Store.open(path, [KEY]).__enter__(), public_url=url)
        with serving(create_app(app, rate=rate), listening):
            yield House(url=url, store=store, desk=app, who=who)


def fill_few(store: Store) -> dict[str, int]:
    """The cases of each kind alone."""
    return fill(store, more=0)


def fill_busy(store: Store) -> dict[str, int]:
    """More than ten cases that wait."""
    return fill(store, more=12)


def nobody(store: Store) -> dict[str, int]:
    """A store that knows nobody."""
    return {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page with a case of each kind. Tests of a module share it: they look, and change nothing that others see."""
    yield from serve(tmp_path_factory.mktemp("review"), fill)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    """A page of a test's own, to be changed at will."""
    yield from serve(tmp_path, fill_few)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """A page that knows people and no mention, of which no source was ever read."""
    yield from serve(tmp_path, people)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def no_window_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Closes what a test opened: a page that is left asks for new cases for ever."""
    if "browser" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("browser")
    before = list(browser.contexts)  # a module's own
    yield
    for context in browser.contexts:
        if context not in before:
            context.close()


class Reached(Protocol):
    """A page that a browser can open."""

    @property
    def url(self) -> str:
        """Its address."""


def sign_in(page: Page, house: Reached, handle: str) -> None:
    """Signs in, by a session as the form would begin one, and opens no page: the form in a browser takes a second each time."""
    if not isinstance(house, House):
        sign_in_by_form(page, house, handle)
        return
    page.context.add_cookies(
        [{
            "name": COOKIE, "value": session(house.store, house.who[handle]), "secure": True, "httpOnly": True,
            "url": house.url.replace("http:", "https:"),
        }]
    )  # fmt: skip


def sign_in_by_form(page: Page, house: Reached, handle: str) -> None:
    """Signs in by the form, as a person does."""
    page.goto(f"{house.url}/sign-in")
    page.get_by_label("Name").fill(handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(welcome|today|overview|cases)$"))


def look(page: Page, ms: int) -> None:
    """Waits by the page's own clock, which on a busy machine starts later than ours; anew where another page came meanwhile.

    Raises:
        AssertionError: If the page doesn't come to rest.
    """
    for _ in range(5):
        page.wait_for_load_state("load")
        with suppress(Error):
            page.evaluate("ms => new Promise(done => setTimeout(() => setTimeout(done, ms)))", ms)
            return
    raise AssertionError("one page after another came")


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[House]:
    """A page of a test's own with more than ten cases that wait."""
    yield from serve(tmp_path, fill_busy)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page that knows nobody; its tests leave nobody behind."""
    yield from serve(tmp_path_factory.mktemp("office"), nobody)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """An identity provider that signs what a test tells it to."""
    with standing_in() as made:
        yield made


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Any, Any]]:
    """A page with a case of each kind, and a copy in memory of what it holds."""
    often = RateLimiter(most=5000, each=100)  # many tests send to it, faster than hands
    for house in serve(tmp_path_factory.mktemp("anew"), fill_few, often):
        connection = house.store.database.connection
        copy = type(connection)(":memory:", check_same_thread=False)
        connection.backup(copy)
        waits = [
            (part, dict(vars(part)))
            for part in (house.store.deadlines, house.store.handoffs, house.store.alerts)
        ]
        yield house, copy, [(house.desk, dict(vars(house.desk))), *waits]
        copy.close()


@pytest.fixture
def anew(_kept: tuple[House, Any, Any]) -> House:
    """As `fresh`, to be changed at will, and quicker: one page for all tests, which holds again what it held."""
    house, copy, kept = _kept
    house.store.ledger.path.unlink(missing_ok=True)  # else what a test erased is erased again
    house.desk.views.flush()
    copy.backup(house.store.database.connection)
    for changed, before in kept:  # its clock, settings and platforms, and how long things wait
        vars(changed).update(before)
    house.desk._effective = None
    house.desk.details, house.desk.pictures, house.desk.figures = (
        OpenDetails(),
        PicturesOnce(),
        FigureCache(),
    )
    house.desk.walks = Walks()
    return house
