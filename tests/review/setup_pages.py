"""A review page over a config.toml of its own, on which officers can set up, and clients that are signed in to it."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import tomli_w

from review.app import build_app_context, create_app
from review.auth.sessions import COOKIE
from review.context import AppContext
from review.setup import form as setup_form
from review.setup.changes import Setup
from settings import overrides, schema, sections
from settings.sections import Content
from steps.context import open_store
from store import Hours, Store
from tests.decisions import settled
from tests.review.factories import IN_DANGER, NOW, QUESTION, RUMOUR, here, people, session, tell
from tests.review.pages import Tags
from tests.review.server import bound, serving
from tests.stores import new_store


@dataclass(frozen=True, kw_only=True)
class Office:
    """A page that answers on loopback; `path` is its config.toml."""

    path: Path
    store: Store
    desk: AppContext
    who: dict[str, int]
    url: str

    def client(self, handle: str = "bea") -> httpx.Client:
        """Somebody's browser, or nobody's by ""."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        if handle:
            headers["Cookie"] = f"{COOKIE}={session(self.store, self.who[handle])}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False)

    def get(self, path: str, handle: str = "bea") -> httpx.Response:
        """What a page answers."""
        with self.client(handle) as client:
            return client.get(path)

    def read(self, path: str, handle: str = "bea", status: int = 200) -> Tags:
        """A page as somebody gets it."""
        answer = self.get(path, handle)
        assert answer.status_code == status, answer.text[:300]
        return Tags(answer.text)

    def send(self, path: str, handle: str = "bea", **form: Any) -> httpx.Response:
        """A form as a browser sends it."""
        with self.client(handle) as client:
            return client.post(path, data=form)

    def filed(self, key: str) -> dict[str, Any]:
        """What config.toml has of a section."""
        section = sections.find(key)
        assert section is not None
        return sections.content(overrides.as_json(schema.load(self.path)), section)


def fill_office(store: Store) -> dict[str, int]:
    """People, and a few invented cases."""
    who = people(store)
    for number, told in enumerate((IN_DANGER, RUMOUR, QUESTION), start=1):
        tell(store, told, number)
    return who


def opened(folder: Path) -> Iterator[Office]:
    """A page over a store of a few invented cases, with the time standing still."""
    path = settled(folder)
    with bound() as (listening, url):
        table = tomllib.loads(path.read_text("utf-8"))
        table["review"] |= {"port": listening.getsockname()[1], "public_url": url}
        path.write_text(tomli_w.dumps(table), "utf-8")
        yield from _served(path, schema.load(path), listening)


def _served(path: Path, cfg: schema.Config, listening: socket.socket) -> Iterator[Office]:
    folder = path.parent
    who = new_store(folder / cfg.store.path, fill_office)
    with open_store(cfg, folder) as store:
        desk = build_app_context(cfg, folder)
        desk.now = lambda: NOW
        desk.setup = Setup(cfg, folder, desk.policy, here)
        with serving(create_app(desk), listening):
            yield Office(path=path, store=store, desk=desk, who=who, url=cfg.review.public_url)


def kept(folder: Path) -> Iterator[tuple[Office, Callable[[], None]]]:
    """A page for many tests, and what makes it again what it was."""
    for office in opened(folder):
        connection = office.store.database.connection
        copy = type(connection)(":memory:", check_same_thread=False)
        connection.backup(copy)

        def again(office: Office = office, copy: Any = copy) -> None:
            copy.backup(office.store.database.connection)
            office.desk._effective = None
            office.store.deadlines.due_by = Hours().due

        yield office, again
        copy.close()


def form(office: Office, key: str, content: Content, **more: Any) -> dict[str, Any]:
    """What a browser sends of a section's form that says this."""
    said: dict[str, Any] = {"do": "save", "version": "0"}
    for filled in setup_form.of(office.desk.setup.groups[key], content):
        for row in filled.rows:
            if filled.group.rows:
                said.setdefault(f"rows:{filled.group.key}", []).append(str(row.place))
            for each in filled.group.fields:
                value = row.values[each.name]
                if value is not False:
                    said[filled.id(row, each)] = setup_form.YES if value is True else value
    return said | more
