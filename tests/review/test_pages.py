"""Every page in every state renders, and nothing hostile comes alive in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest

from core.models import Staff
from review import wording
from review.app import GET
from review.cases import detail, queue
from store import TABS
from tests.review.conftest import House
from tests.review.factories import (
    ALL,
    HOSTILE,
    NOW,
    OWN_STAFF,
    QUESTION,
    RUMOUR,
    VERY_LONG,
    case_of,
    tell,
)
from tests.review.pages import Tags, of, read, send
from tests.store.factories import DAY

STATIC = (
    "/static/nhsuk-frontend.min.css",
    "/static/shell.css",
    "/static/page.css",
    "/static/desk.css",
    "/static/desk.js",
    "/static/clocks.js",
    "/static/early.js",
    "/static/page.js",
    "/static/icon.svg",
)
QUERIES = (
    "", "words=scan", "words=%22%27%3Cb%3E", "platform=x&platform=linkedin&flag=threat&risk=high&place=Harrow&staff=nhs",
    "since=2026-11-01&until=2026-11-30", "since=tomorrow&risk=awful&platform=telegraph", "page=2", "page=99",
)  # fmt: skip


def every_page(house: House) -> Iterator[tuple[str, str]]:
    """Each page that can be looked at, with who looks."""
    yield from (
        (path, "")
        for path in ("/sign-in", "/sign-in?back=/cases/1/full", "/welcome/nonsense", "/nowhere")
    )
    for handle in house.who:
        yield from (
            (path, handle)
            for path in (
                "/all",
                "/sources",
                "/account",
                "/nowhere",
                "/cases/99999/full",
                "/mentions/7",
            )
        )
        yield from ((f"/cases/{number}/full", handle) for number in range(1, len(ALL) + 1))
    yield from ((f"/all?tab={tab}&{query}", "amina") for tab in TABS for query in QUERIES)


# ── every page, every state ──────────────────────────────────────────────────────────────────────


def test_every_page_renders_and_holds_nothing_that_acts_by_itself(house: House) -> None:
    for path, handle in every_page(house):
        with house.asks(handle) as client:
            answer = client.get(path, follow_redirects=True)
        assert answer.status_code in (200, 404), (path, handle, answer.text[:300])
        assert_inert(answer.text, path)


def assert_inert(html: str, where: str) -> None:
    """No style, script or handler in the page; nothing that is fetched or sent elsewhere."""
    found = Tags(html)
    for tag, told in found.tags:
        assert tag not in ("style", "iframe", "object", "embed", "base", "svg", "img"), (where, tag)
        assert not [name for name in told if name == "style" or name.startswith("on")], (
            where,
            tag,
            told,
        )
        if tag in ("script", "link"):
            assert told.get("src", told.get("href")) in STATIC, (where, told)
        if tag == "form":
            assert re.match(r"/[a-z]", told["action"]), (where, told)
        if tag == "a":
            assert re.match(r"/[a-z]|#|https?://|tel:\+?[0-9]+$", told["href"]), (where, told)
            assert told["href"][0] != "h" or told["rel"] == "noopener noreferrer", (where, told)
    assert [told["lang"] for told in found.all("html")] == ["en-GB"], where
    assert len(found.all("h1")) == 1, where
    ids = [told["id"] for _, told in found.tags if "id" in told]
    assert len(set(ids)) == len(ids), (where, sorted({one for one in ids if ids.count(one) > 1}))


@pytest.mark.parametrize("number", [2**63, 10**30, "9" * 5000])
def test_no_number_in_an_address_is_too_great(house: House, number: int | str) -> None:
    paths = [re.sub(r"{\w+:\w+}", str(number), path) for path, _ in GET if ":" in path]
    with house.asks("bea") as client:
        for path in paths:
            answer = client.get(path.replace("{section}", "terms"))
            assert answer.status_code == 404, (path[:60], answer.text[:300])
        assert client.post(f"/cases/{number}/undo", data={}).status_code == 404


def test_every_answer_to_a_form_renders_too(fresh: House) -> None:
    case = case_of(fresh.store, RUMOUR)
    low = fresh.store.cases.get(case_of(fresh.store, VERY_LONG))
    assert low is not None
    link = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + DAY)
    for path, handle, status, form in (
        ("/sign-in", "", 422, {"name": "<b>amina</b>", "password": "wrong"}),
        (f"/welcome/{link}", "", 422, {"password": "short", "again": "other"}),
        (f"/cases/{case}/decide", "", 401, {"kind": "no_action"}),
        (f"/cases/{case}/decide", "vera", 403, {"kind": "no_action"}),
        (f"/cases/{case}/decide", "amina", 422, {}),
        (f"/cases/{case}/decide", "amina", 422, {"kind": "escalate", "covers": "1:1", "version": 0}),
        (f"/cases/{case}/decide", "amina", 422, {"kind": "snooze", "until": "soon", "covers": "5:1", "version": 0}),
        (f"/cases/{case}/decide", "amina", 409, {"kind": "monitor", "covers": "5:1", "version": 7}),
        (f"/cases/{case}/claim", "bea", 409, {}),
        (f"/cases/{case}/undo", "amina", 422, {"undoes": 9, "version": 0}),
        ("/cases/decide", "amina", 422, {}),
        ("/cases/decide", "amina", 200, {"kind": "monitor", "case": [f"{low.number}:{low.version}", "1:0", "<b>:1"]}),
        ("/mentions/1/reveal", "amina", 422, {"reason": "to tell the practice"}),
        ("/mentions/1/reveal", "amina", 200, {"why": "check", "reason": "to tell the practice"}),
        (f"/mentions/{11}/reveal", "amina", 200, {"why": "check", "reason": "<b>to ring</b> the practice"}),
    ):  # fmt: skip
        answer = send(fresh, path, handle, **form)
        assert answer.status_code == status, (path, form, answer.text[:300])
        assert_inert(answer.text, path)
    with fresh.asks("") as client:
        assert_inert(client.get(f"/welcome/{link}").text, "welcome")


def test_a_post_without_a_case_has_a_page_of_its_own(fresh: House) -> None:
    tell(
        fresh.store,
        replace(QUESTION, text="Lovely weather in Harrow", flags=(), risk="none"),
        90,
        alone=True,
    )
    number = fresh.store.figures.row_counts()["mentions"]
    assert fresh.store.cases.of_mention(number) is None
    found = read(fresh, f"/mentions/{number}", "gwen")
    assert "Lovely weather in Harrow" in found.text
    assert "This post is in no case: nothing in it was flagged" in found.text


# ── hostile posts ────────────────────────────────────────────────────────────────────────────────


def test_a_hostile_post_is_shown_as_words_alone(house: House) -> None:
    found = of(house, HOSTILE)
    assert "<svg onload=alert(2)>" in found.text.replace("[shows threat: ", "").replace("] ", "")
    assert "{{ 7*7 }}" in found.text
    assert "\u202e" not in found.text
    assert "javascript:" not in str(found.tags)
    assert "No link to the original" in found.text


def test_a_very_long_post_is_cut_and_says_so(house: House) -> None:
    assert "[the rest is not shown]" in of(house, VERY_LONG).text


def test_notes_of_colleagues_are_words_alone(house: House) -> None:
    found = of(house, OWN_STAFF)
    assert "<b>Bold</b> note" in found.text
    assert len(found.all("b")) <= 3  # what the tabs count


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def test_each_decision_is_explained_and_everything_has_a_name() -> None:
    assert set(wording.DOES) == set(detail.KINDS)
    assert set(queue.AT_ONCE) <= set(detail.KINDS)
    assert {*detail.KINDS, *TABS, *get_args(Staff)} <= set(wording.NAMES)
