"""A review page over a config.toml of its own, on which officers can set up, and clients that are signed in to it."""

from __future__ import annotations

import socket
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import tomli_w
import uvicorn

from review.app import build_app_context, create_app
from review.auth.sessions import COOKIE
from review.context import AppContext
from review.setup import form as setup_form
from review.setup.changes import Setup
from settings import overrides, schema, sections
from settings.sections import Content
from steps.context import open_store
from store import Hours, Store
from tests.deciding import settled
from tests.review.made import IN_DANGER, NOW, QUESTION, RUMOUR, here, people, session, tell
from tests.review.reading import Tags


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
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

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


def opened(folder: Path) -> Iterator[Office]:
    """A page over a store of a few invented cases, with the time standing still."""
    path, port = settled(folder), _free_port()
    table = tomllib.loads(path.read_text("utf-8"))
    table["review"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    path.write_text(tomli_w.dumps(table), "utf-8")
    cfg = schema.load(path)
    with open_store(cfg, folder) as store:
        who = people(store)
        for number, told in enumerate((IN_DANGER, RUMOUR, QUESTION), start=1):
            tell(store, told, number)
        desk = build_app_context(cfg, folder)
        desk.now = lambda: NOW
        desk.setup = Setup(cfg, folder, desk.policy, here)
        made = create_app(desk)
        server = uvicorn.Server(
            uvicorn.Config(made, host="127.0.0.1", port=port, log_level="error")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the page's server ended before it was ready"
            time.sleep(0.01)
        try:
            yield Office(path=path, store=store, desk=desk, who=who, url=cfg.review.public_url)
        finally:
            server.should_exit = True
            thread.join(10)


def kept(folder: Path) -> Iterator[tuple[Office, Callable[[], None]]]:
    """A page for many tests, and what makes it again what it was."""
    for office in opened(folder):
        connection = office.store._db.conn
        copy = type(connection)(":memory:", check_same_thread=False)
        connection.backup(copy)

        def again(office: Office = office, copy: Any = copy) -> None:
            copy.backup(office.store._db.conn)
            office.desk._effective = None
            office.store.hours = Hours()

        yield office, again
        copy.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


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
