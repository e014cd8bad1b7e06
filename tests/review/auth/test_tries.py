"""Who guesses waits longer each time; whoever it is about does not, and reads of it; nothing that was typed is kept."""

from __future__ import annotations

import logging

import httpx
import pytest

from review.auth.sessions import KNOWN
from review.auth.tries import Delays, FailureNotes, wait_words
from review.middleware import MOST_KEYS, RateLimiter
from tests.review.conftest import House
from tests.review.factories import NOW, PASSWORD


def sign_in(
    house: House, name: str, password: str, address: str = "192.0.2.1", known: str = ""
) -> httpx.Response:
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
    if known:
        headers["Cookie"] = f"{KNOWN}={known}"
    sent = {"name": name, "password": password}
    return httpx.post(f"{house.url}/sign-in", data=sent, headers=headers, timeout=30)


def failed(house: House) -> list[dict[str, int | str]]:
    kinds = ("sign-in failed", "unknown sign-in name")
    return [
        {"kind": event.kind, **event.about}
        for event in house.store.audit.events()
        if event.kind in kinds
    ]


def test_a_wait_doubles_up_to_its_most_and_ends_with_time() -> None:
    now = [0.0]
    delays = Delays(free=2, longest=10.0, now=lambda: now[0])
    waits = []
    for _ in range(8):
        delays.wrong("a")
        waits.append(delays.left("a"))
    assert waits == [0, 0, 1, 2, 4, 8, 10, 10]
    now[0] += 4
    assert delays.left("a") == 6
    assert delays.left("b") == 0
    now[0] += 6
    assert delays.left("a") == 0


def test_what_was_right_or_is_long_past_is_forgotten() -> None:
    now = [0.0]
    delays = Delays(free=1, now=lambda: now[0])
    assert [delays.wrong("a") for _ in range(3)] == [1, 2, 3]
    delays.right("a")
    assert delays.wrong("a") == 1
    now[0] += 7200
    assert delays.wrong("a") == 1


def test_no_number_of_names_fills_the_memory() -> None:
    delays = Delays()
    for number in range(MOST_KEYS + 500):
        delays.wrong(str(number))
    assert len(delays._wrong) == MOST_KEYS


def test_the_browser_of_the_accounts_owner_is_counted_apart(fresh: House) -> None:
    """Someone in the same office guesses forty times: the owner gets in at once, by the browser in which they always do."""
    fresh.desk.tries = Delays(now=lambda: 0.0)
    known = sign_in(fresh, "amina", PASSWORD).cookies[KNOWN]
    assert [sign_in(fresh, "amina", "wrong wrong").status_code for _ in range(40)].count(429) == 34
    assert sign_in(fresh, "amina", PASSWORD).status_code == 429
    assert sign_in(fresh, "amina", PASSWORD, known=known).status_code == 303


def test_a_known_browser_is_known_for_its_owner_alone_and_is_slowed_down_too(fresh: House) -> None:
    fresh.desk.tries = Delays(free=2, now=lambda: 0.0)
    known = sign_in(fresh, "amina", PASSWORD).cookies[KNOWN]
    assert [sign_in(fresh, "amina", "wrong", known=known).status_code for _ in range(4)] == [422] * 3 + [429]  # fmt: skip
    assert [sign_in(fresh, "bea", "wrong", known=known).status_code for _ in range(4)] == [422] * 3 + [429]  # fmt: skip
    assert sign_in(fresh, "bea", PASSWORD, known=known).status_code == 429
    assert sign_in(fresh, "bea", PASSWORD, "192.0.2.9").status_code == 303


def test_what_is_tried_while_one_has_to_wait_is_not_looked_at_and_makes_nothing_longer(
    fresh: House,
) -> None:
    now = [0.0]
    fresh.desk.tries = Delays(free=0, now=lambda: now[0])
    assert sign_in(fresh, "amina", "wrong").status_code == 422
    assert [sign_in(fresh, "amina", PASSWORD).status_code for _ in range(5)] == [429] * 5
    now[0] += 1.01
    assert sign_in(fresh, "amina", PASSWORD).status_code == 303


def test_each_failure_is_an_event_and_a_line_without_what_was_typed(
    fresh: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "review.auth"):
        sign_in(fresh, "amina", "heron kettle violent")
        sign_in(fresh, "p.oakley@example.org", "heron kettle violet")
    amina = fresh.who["amina"]
    assert failed(fresh) == [
        {"kind": "sign-in failed", "user": amina, "wrong": "password", "tries": 1},
        {"kind": "unknown sign-in name", "tries": 1},
    ]
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        f"a sign-in failed (password), account {amina}, an unknown browser",
        "a sign-in failed (password), account none, an unknown browser",
    ]
    written = fresh.store.database.path.read_bytes()
    assert b"oakley" not in written
    assert b"violent" not in written


def test_failures_past_so_many_share_an_event_and_none_is_lost(fresh: House) -> None:
    notes, who = FailureNotes(events=RateLimiter(most=1, each=0.0001)), fresh.who["amina"]
    for _ in range(4):
        notes.note(fresh.store, who, "password", known=False, at=NOW)
    assert [event["tries"] for event in failed(fresh)] == [1]
    notes.events = RateLimiter(most=1, each=0.0001)
    notes.note(fresh.store, who, "password", known=False, at=NOW)
    assert [event["tries"] for event in failed(fresh)] == [1, 4]


def test_failures_stand_where_a_lead_an_administrator_and_the_owner_look(fresh: House) -> None:
    for _ in range(3):
        sign_in(fresh, "amina", "wrong wrong wrong")
    sign_in(fresh, "nobody-here", "wrong wrong wrong")
    pages = {"ada": "/people", "amina": "/account"}
    texts = {}
    for who, path in pages.items():
        with fresh.asks(who) as client:
            texts[path] = client.get(path).text
    assert "3 failed tries in 7 days" in texts["/people"]
    assert "1 try to sign in in 7 days" in texts["/people"]
    assert "3 tries to sign in as you failed" in texts["/account"]
    lead = next(user for user in fresh.store.users.all() if "lead" in user.roles)
    with fresh.asks(lead.handle) as client:
        assert "4 tries failed in 24 hours" in client.get("/overview").text


def test_waits_are_told_in_words() -> None:
    assert wait_words(0.2).endswith("Wait 1 second, then try again")
    assert "Wait 32 seconds" in wait_words(32)
    assert "Wait 5 minutes" in wait_words(300)
