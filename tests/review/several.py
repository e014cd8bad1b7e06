"""Two organisations on one installation, each with posts that hold a word of its own, and their pages on ports of loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from cryptography.fernet import Fernet

from core import clock
from core.models import ROLES
from review.auth.sessions import ABSOLUTE, COOKIE
from review.listening import Listening
from review.organisations import Pages
from store import Store
from tests.review.factories import ALL, PRESS, case_of, decide, people, tell
from tests.review.server import bound
from tests.waits import finish, until

# What stands in one organisation's posts, notes and names alone; invented words.
MARKS = {"brent": "quillfeather", "ealing": "marlowbridge"}


@dataclass(frozen=True, kw_only=True)
class Body:
    """One organisation: where its page is, its store and key, and who works there."""

    slug: str
    url: str
    folder: Path
    key: str
    who: dict[str, int]

    @property
    def mark(self) -> str:
        return MARKS[self.slug]

    def store(self) -> Store:
        return Store.open(self.folder / "data/mentions.db", [self.key])

    def cookie(self, handle: str = "all") -> str:
        """A session's cookie as a browser holds it."""
        with self.store() as store:
            at = clock.now()
            session = store.sessions.begin(self.who[handle], at=at, until=at + ABSOLUTE)
        return f"{COOKIE}--{self.slug}={session}"

    def asks(self, cookie: str = "") -> httpx.Client:
        def sign(request: httpx.Request) -> None:  # httpx drops the header where it is led on
            if cookie:
                request.headers["Cookie"] = cookie

        return httpx.Client(
            base_url=self.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30, event_hooks={"request": [sign]}
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Installation:
    """All of them, and what serves them."""

    path: Path
    pages: Pages
    bodies: dict[str, Body]


def filled(store: Store, mark: str) -> dict[str, int]:
    """Cases of each kind with a mark in every post, a decision with it in its note, and people with it in their names."""
    who = people(store)
    for number, told in enumerate(ALL, start=1):
        masked = f"{told.masked} {mark}" if told.masked else ""
        tell(store, replace(told, text=f"{told.text} {mark}", masked=masked), number, clock.now())
    press = case_of(store, replace(PRESS, text=f"{PRESS.text} {mark}"))
    decide(store, press, who["bea"], "no_action", note=f"Rang back, {mark}.")
    who["all"] = store.users.add("local", "all", f"All {mark}", ROLES, at=clock.now()).number
    return who


def made(folder: Path, slug: str, url: str, **tables: str) -> Body:
    """An organisation's folder below an installation's: settings, key and database. `tables` are further lines of its file."""
    own = folder / "organisations" / slug
    (own / "data").mkdir(parents=True)
    key, content, who = _copies(slug)
    (own / "data/key").write_text(key, "ascii")
    (own / "data/key").chmod(0o600)
    (own / "site.toml").write_text(
        f'[installation]\nconfig = "../../config.toml"\n[[organisation.names]]\nname = "NHS {slug.title()} Example"\n'
        f'[review]\npublic_url = "{url}"\nport = {url.rpartition(":")[2]}\n[review.sign_in]\nsecond_step_roles = []\n' + "\n".join(tables.values()),
        "utf-8",
    )  # fmt: skip
    (own / "data/mentions.db").touch(0o600)
    (own / "data/mentions.db").write_bytes(content)
    return Body(slug=slug, url=url, folder=own, key=key, who=dict(who))


@cache
def _copies(slug: str) -> tuple[str, bytes, dict[str, int]]:
    """A key, the database that it opens, and who is in it: made once a process."""
    key = Fernet.generate_key().decode()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.db"
        with Store.open(path, [key]) as store:
            who = filled(store, MARKS[slug])
        return key, path.read_bytes(), who


@contextmanager
def standing(
    folder: Path, *, tables: Mapping[str, str] | None = None, **more: float
) -> Iterator[Installation]:
    """Two organisations, served by one process on a port each. `tables`: further lines of their files."""
    with ExitStack() as stack:
        places = {slug: stack.enter_context(bound()) for slug in MARKS}
        listed = "".join(f"[organisations.{slug}]\n" for slug in MARKS)
        (folder / "site.toml").write_text(listed, "utf-8")
        bodies = {
            slug: made(folder, slug, url, more=(tables or {}).get(slug, ""))
            for slug, (_, url) in places.items()
        }
        pages = Pages(folder / "config.toml", **more)  # type: ignore[arg-type]
        pages.look()
        stack.enter_context(serving(pages, [listening for listening, _ in places.values()]))
        yield Installation(path=folder / "config.toml", pages=pages, bodies=bodies)


@contextmanager
def serving(
    pages: Pages, sockets: list[socket.socket], listening: Listening | None = None
) -> Iterator[None]:
    """Answers on those ports until the end, and on those that `listening` finds, looking each second."""
    server = uvicorn.Server(
        uvicorn.Config(
            pages, log_level="critical", timeout_graceful_shutdown=1, lifespan="on",
            callback_notify=listening.look if listening else None, timeout_notify=0,
        )
    )  # fmt: skip
    if listening:
        listening.server = server
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    until(lambda: server.started, "the pages' server")
    try:
        yield
    finally:
        server.should_exit = True
        finish([thread], seconds=15)
