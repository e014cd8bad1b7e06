"""Whoever reads the record of looks reads what each page is called, and no address."""

from __future__ import annotations

import re

import pytest

from review import sight
from review.app import GET, POST
from review.looked_at_words import page_words, what_words
from store import View, ViewKind
from tests.review.conftest import House
from tests.review.factories import NOW
from tests.review.pages import read

GONE = "A page that is no longer here"
# Of what names no case and leaves a look all the same
MORE = ("/import", "/import/{number:row}")
LEAVES = sorted({path for path, _ in (*GET, *POST) if sight.ADDRESSES[path].names != "nothing"} | {*MORE})  # fmt: skip


@pytest.mark.parametrize("path", LEAVES)
def test_each_address_that_may_leave_a_look_is_called_by_words(path: str) -> None:
    address = re.sub(r"{[a-z]+:row}", "{number}", path).replace("{form}", "pdf").replace("{token}", "a{number}_Xb-{number}")  # fmt: skip
    words = page_words(address)
    assert words != GONE
    assert not re.search(r"[/{}_]", words)
    assert words[0].isupper()


def test_an_address_of_an_earlier_version_is_not_shown_as_it_stands() -> None:
    assert page_words("/ledger/{number}/old") == page_words("/nowhere") == GONE
    assert page_words("/cases/{number}/long-gone") == "The case"


@pytest.mark.parametrize(
    ("kind", "case", "post", "words"),
    [
        ("post", 12, 325, "Post 325, case 12"), ("post", None, 325, "Post 325"), ("case", 12, None, "Case 12"),
        ("details", 12, 325, "Masked details of post 325, case 12"), ("evidence", 12, None, "Evidence pack of case 12"),
        ("original", None, 4, "Original of post 4"), ("export", None, None, "Export"),
    ],
)  # fmt: skip
def test_what_was_looked_at_is_named_once(
    kind: ViewKind, case: int | None, post: int | None, words: str
) -> None:
    called = {"details": "Masked details", "evidence": "Evidence pack"}.get(kind, kind.capitalize())
    assert what_words(View(by=1, kind=kind, at=NOW, page="/x", case=case, post=post), called) == words  # fmt: skip


def test_the_page_of_looks_shows_no_address(anew: House) -> None:
    for path in ("/cases/1/full", "/mentions/1", "/all?q=hospital"):
        read(anew, path, "amina", 200)
    assert anew.desk.views.flush()
    text = read(anew, "/looked-at", "gwen").text
    assert "Everything on the case" in text
    assert "{number}" not in text
    assert "Post of post" not in text
