"""Backups and deletion: a lead answers what waits, and everybody sees that it waits."""

from __future__ import annotations

from datetime import timedelta

from store import AskAbove, PurgeQuestion
from tests.review.conftest import House
from tests.review.factories import NOW
from tests.review.pages import read, send
from tests.store.factories import DAY

PAUSE = timedelta(days=3)


def asked(house: House) -> PurgeQuestion:
    """A purge of all posts by their platforms' limit, which waits."""
    house.store.retention.asks = AskAbove(percent=10, posts=0)
    house.store.retention.purge(NOW, {"default": timedelta(0)}, deleted_after=timedelta(0))
    question = house.store.purge_questions.waiting()
    assert question is not None
    return question


def test_where_nothing_waits_it_says_so_and_when_there_was_a_backup(fresh: House) -> None:
    page = read(fresh, "/upkeep", "bea").text
    assert "No deletion waits for you" in page
    assert "None yet" in page
    fresh.store.backups.note_trial(NOW - DAY, problems=0, created_at=NOW - DAY)
    assert "All of it came back" in read(fresh, "/upkeep", "bea").text
    fresh.store.backups.note_trial(NOW, problems=1, created_at=NOW - DAY)
    assert "Could not be restored" in read(fresh, "/upkeep", "bea").text


def test_a_clock_that_leapt_is_red_on_every_page_and_a_lead_says_that_it_is_right(
    fresh: House,
) -> None:
    fresh.store.clock_guard._keep(NOW - 60 * DAY)
    fresh.store.clock_guard.check(NOW, PAUSE)
    assert "nothing is deleted or chased until a lead says" in read(fresh, "/today", "vera").text
    assert not read(fresh, "/today", "vera").all("a", href="/upkeep")
    assert read(fresh, "/sources", "bea").all("a", href="/upkeep")
    page = read(fresh, "/upkeep", "bea").text
    assert "Is this machine’s clock right?" in page
    assert "60 days before that" in page
    answer = send(fresh, "/upkeep/clock", "bea")
    assert answer.headers["location"] == "/upkeep?saved=clock"
    assert fresh.store.clock_guard.leap(NOW, PAUSE) is None
    assert "clock says" not in read(fresh, "/today", "vera").text
    assert send(fresh, "/upkeep/clock", "bea").headers["location"] == "/upkeep?saved=right"


def test_a_purge_that_waits_shows_its_counts_and_a_yes_needs_a_tick(fresh: House) -> None:
    question = asked(fresh)
    assert (
        f"{question.posts} of {question.of_posts} posts are to be deleted"
        in read(fresh, "/today", "vera").text
    )
    page = read(fresh, "/upkeep", "bea").text
    assert "They are over the time in which this program keeps them" in page
    address, form = (
        f"/upkeep/purge/{question.number}",
        {"posts": str(question.posts), "answer": "yes"},
    )
    refused = send(fresh, address, "bea", **form)
    assert (refused.status_code, "Tick that you have read what is deleted" in refused.text) == (
        422,
        True,
    )
    saved = send(fresh, address, "bea", **form, read="yes")
    assert saved.headers["location"] == "/upkeep?saved=yes"
    answered = fresh.store.purge_questions.answered(NOW)
    assert answered is not None
    assert (answered.state, answered.answered_by) == ("agreed", fresh.who["bea"])
    assert "may be deleted, as a lead said" in read(fresh, "/upkeep", "bea").text


def test_a_no_needs_no_tick_and_an_answer_to_other_counts_is_refused(fresh: House) -> None:
    question = asked(fresh)
    address = f"/upkeep/purge/{question.number}"
    other = send(fresh, address, "bea", posts=str(question.posts - 1), answer="yes", read="yes")
    assert other.status_code == 422
    assert "by now, not" in other.text
    assert (
        send(fresh, address, "bea", posts=str(question.posts), answer="no").headers["location"]
        == "/upkeep?saved=no"
    )
    assert "You are asked again on" in read(fresh, "/upkeep", "bea").text
    assert (
        send(fresh, address, "bea", posts=str(question.posts), answer="yes", read="yes").status_code
        == 422
    )
