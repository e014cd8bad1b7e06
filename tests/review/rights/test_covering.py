"""What names a child is read by those on duty and by governance; who only reads along sees that it is there."""

from __future__ import annotations

import pytest

from review.rights.covering import COVERED, REASON
from store import Early
from tests.review.conftest import House
from tests.review.factories import NOW, PRESS, case_of
from tests.review.pages import read
from tests.store.factories import DAY

PAGES = ("/today", "/cases/{case}", "/cases/{case}/full", "/all", "/rest", "/mentions/{post}", "/mentions/{post}/report", "/mine", "/done", "/waiting")  # fmt: skip
WORDS = "DMs open"


def child(house: House) -> tuple[int, int]:
    """A post whose words are told apart from all others; it names a child."""
    case = case_of(house.store, PRESS)
    for mention in house.store.cases.mentions(case):
        house.store.children.mark({mention.item.number: True})
    return case, house.store.cases.mentions(case)[0].item.number


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_who_only_reads_along_sees_no_word_of_it(anew: House, page: str, handle: str) -> None:
    case, post = child(anew)
    text = read(anew, page.format(case=case, post=post), handle).text
    assert WORDS not in text


@pytest.mark.parametrize("handle", ["amina", "bea", "gwen"])
def test_those_on_duty_and_governance_read_it_like_any_other(anew: House, handle: str) -> None:
    case, _ = child(anew)
    page = read(anew, f"/cases/{case}", handle)
    assert WORDS in page.text
    assert "names a child" in page.text


def test_who_reads_along_sees_that_it_is_there(anew: House) -> None:
    case, _ = child(anew)
    assert COVERED in read(anew, f"/cases/{case}", "vera").text
    assert REASON in read(anew, "/all", "vera").text


def test_without_the_mark_it_is_read_by_all(anew: House) -> None:
    """The check of the check."""
    case = case_of(anew.store, PRESS)
    assert WORDS in read(anew, f"/cases/{case}", "vera").text


def test_it_stands_in_todays_list_at_the_same_place(anew: House) -> None:
    before = [one["href"] for one in read(anew, "/today", "amina").all("a") if one.get("href", "").startswith("/cases/")]  # fmt: skip
    child(anew)
    after = [one["href"] for one in read(anew, "/today", "amina").all("a") if one.get("href", "").startswith("/cases/")]  # fmt: skip
    assert before == after


def test_the_case_shows_what_was_put_right_and_that_its_writer_objected(anew: House) -> None:
    from store import Correction

    case, post = child(anew)
    anew.store.corrections.add(Correction(
        mention=post, what="label", name="derogatory", at=NOW, by=None, before="insult", now="no insult", note="quoted it",
    ))  # fmt: skip
    anew.store.database.execute("UPDATE mentions SET objected = 'high' WHERE number = ?", post)
    text = read(anew, f"/cases/{case}").text
    assert "insult no insult (quoted it)" in text
    assert "they objected; saved because it’s a high risk" in text


def test_a_child_is_kept_while_something_runs_on_its_case(anew: House) -> None:
    case, post = child(anew)
    week = DAY * 7
    anew.store.retention.purge(
        NOW + 8 * DAY, {}, deleted_after=999 * DAY, early=Early(children=week)
    )
    running = [clock for clock in anew.store.deadlines.of_case(case) if clock.stopped_at is None]
    assert bool(running) == (anew.store.mentions.get(post) is not None)
    assert running
    anew.store.database.execute("UPDATE deadlines SET stopped_at = began_at, outcome = 'done'")
    anew.store.database.execute("UPDATE handoffs SET state = 'answered'")
    anew.store.retention.purge(
        NOW + 9 * DAY, {}, deleted_after=999 * DAY, early=Early(children=week)
    )
    assert anew.store.mentions.get(post) is None
