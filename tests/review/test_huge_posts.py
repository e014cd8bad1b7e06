"""Posts of a megabyte: one word, many words, marks that reorder what stands around them. The page stays quick and whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from classify import pid
from classify.pid import redaction
from store import Store
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import HOSTILE, Told, people, tell

MEGABYTE = 1_000_000
HUGE: dict[str, str] = {
    "one word": "x" * MEGABYTE,
    "many words": "gone wrong " * (MEGABYTE // 11),
    "right to left": "\u202e\u0645\u0633\u062a" * (MEGABYTE // 4),
    "tags": "<svg onload=alert(1)><style>*{display:none}</style>" * (MEGABYTE // 51),
    "marks upon marks": "e" + "\u0301" * MEGABYTE,
}


def filling(store: Store) -> dict[str, int]:
    who = people(store)
    for number, text in enumerate(HUGE.values(), start=1):
        masked = redaction.mask(text, pid.find(text))  # as the classifier cuts it
        told = Told(text=text, masked=masked, risk="medium", flags=(("derogatory", text[:4]),))
        tell(store, replace(told, about=HOSTILE.about), number, alone=True)
    return who


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from serve(tmp_path_factory.mktemp("huge"), filling)


def test_every_page_of_a_megabyte_is_small_and_quick(huge: House) -> None:
    with huge.asks() as client:
        client.get("/all")
        for number, what in enumerate(HUGE, start=1):
            for path in (f"/cases/{number}/full", "/all", "/all?q=gone"):
                began = time.perf_counter()
                answer = client.get(path)
                assert answer.status_code == 200, (what, path)
                assert len(answer.content) < 200_000, (what, path, len(answer.content))
                assert time.perf_counter() - began < 3, (what, path)


def test_a_megabyte_wakes_nothing_and_cuts_nothing_off(browser: Browser, huge: House) -> None:
    with browser.new_context(viewport={"width": 320, "height": 700}) as context:
        page, told = context.new_page(), []
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.on("pageerror", lambda error: told.append(str(error)))
        sign_in(page, huge, "amina")
        for path in ("/all", *(f"/cases/{number}/full" for number in range(1, len(HUGE) + 1))):
            page.goto(huge.url + path)
            beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(beyond) <= 0, path
            if path != "/all":
                expect(page.get_by_role("button", name="Save this decision")).to_be_visible()
        assert told == []
