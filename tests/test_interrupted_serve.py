"""`serve` killed in the middle of decisions: each is whole or absent, and nothing is mailed twice."""

from __future__ import annotations

import random
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli_w

from core import clock
from review.auth.sessions import COOKIE
from settings import secrets
from store import Store
from tests.cli.test_serve import answered, on_free_port
from tests.cycles import SHIPPED, start
from tests.fuzz.profiles import many_or
from tests.review.factories import ALLEGATION, people, tell
from tests.review.factories import NOW as MADE_AT
from tests.stores import KEY, new_store
from tests.waits import finish, line_of, until

CASES = 24


def filled(store: Store) -> dict[str, int]:
    """Cases that wait, each of one post, and people."""
    who = people(store)
    for number in range(1, CASES + 1):
        said = f"Post {number}: they hid the scan at Ealing, a disgrace of number {number * 7919}"
        flags = (("allegation", "hid the scan"),)
        tell(
            store,
            type(ALLEGATION)(text=said, risk="medium", flags=flags),
            number,
            MADE_AT,
            alone=True,
        )
    return who


@pytest.fixture
def made(tmp_path: Path) -> Path:
    table: dict[str, Any] = tomllib.loads(SHIPPED.read_text("utf-8"))
    table["collectors"] = {}
    for role in table["review"]["roles"]:
        role["email"] = [f"{role['key'].replace('_', '-')}@example.org"]
    table["store"] = {"path": "mentions.db", "keys": ["file:key"]}
    secrets.new_secret_file(tmp_path / "key", KEY)
    new_store(tmp_path / "mentions.db", filled)
    path = tmp_path / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return path


def forms(made: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """A decision for each case on which there is none: watch it, or pass it on by email."""
    with Store.open(made.parent / "mentions.db", [KEY]) as store:
        for number in range(1, CASES + 1):
            case = store.cases.get(number)
            if case is None or store.cases.history(number):
                continue
            post = next(one.item for one in store.cases.mentions(number) if one.reviewable)
            form = {"version": case.version, "posts": f"{post.number}:{post.revision}"}
            if number % 2:
                yield f"/cases/{number}/pass-on", form | {"role": "pals", "sure": "pals"}
            else:
                yield (
                    f"/cases/{number}/decide",
                    form | {"do": "watch", "why": "handled", "sure": "yes"},
                )


@contextmanager
def serving(made: Path, port: int) -> Iterator[Any]:
    process = start("serve", "--config", made)
    try:
        line_of(process.stderr, "is at", what="where the page is")
        until(partial(answered, f"http://127.0.0.1:{port}/sign-in"), "the page", seconds=30)
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def cookie(made: Path) -> str:
    with Store.open(made.parent / "mentions.db", [KEY]) as store:
        (user,) = [one for one in store.users.all() if one.handle == "amina"]
        at = clock.now()
        return store.sessions.begin(user.number, at=at, until=at + timedelta(hours=8))


def whole(made: Path, saved: set[int]) -> set[int]:
    """The cases that are decided on, each once and whole; none that was said to be saved is missing."""
    with Store.open(made.parent / "mentions.db", [KEY]) as store:
        verified = store.maintenance.verify()
        assert verified.ok, verified.problems
        decided = {number for number in range(1, CASES + 1) if store.cases.history(number)}
        for number in decided:
            assert len(store.cases.history(number)) == 1
        value = store.database.value
        assert value("SELECT count(*) FROM case_decisions") == len(decided)
        assert value("SELECT count(*) FROM decisions") == len(decided)
        events = [one for one in store.audit.events() if one.kind == "case decided"]
        assert len(events) in (0, len(decided))
        passed = {number for number in decided if number % 2}
        assert value("SELECT count(*) FROM handoffs") == len(passed)
        assert value("SELECT count(*) FROM outbox WHERE kind = 'handoff'") == len(passed)
    assert saved <= decided
    return decided


def test_killed_in_the_middle_of_decisions_each_is_whole_or_absent(made: Path) -> None:
    port = on_free_port(made)
    chance = random.Random(18)
    saved: set[int] = set()
    met = 0
    for _ in range(many_or(4)):
        waiting = list(forms(made))
        if not waiting:
            break
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={cookie(made)}"}
        going = threading.Semaphore(0)
        cut: list[str] = []

        def send(part: list[tuple[str, dict[str, Any]]], cut: list[str] = cut, headers: dict[str, str] = headers, going: threading.Semaphore = going) -> None:  # fmt: skip
            for path, form in part:
                going.release()
                try:
                    answer = httpx.post(f"http://127.0.0.1:{port}{path}", data=form, headers=headers, timeout=60)  # fmt: skip
                except httpx.HTTPError:
                    cut.append(path)
                    return
                assert answer.status_code == 303, answer.text[:500]
                saved.add(int(path.split("/")[2]))

        with serving(made, port) as process:
            threads = [
                threading.Thread(target=send, args=(waiting[place::3],)) for place in range(3)
            ]
            for thread in threads:
                thread.start()
            for _ in range(chance.randint(3, 7)):
                going.acquire(timeout=30)
            process.wait(0) if process.poll() is not None else threading.Event().wait(
                chance.uniform(0, 0.05)
            )
            process.kill()
            finish(threads, seconds=30)
        met += len(cut)
        whole(made, saved)
    assert met
    assert saved
