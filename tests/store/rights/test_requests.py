"""The register: due one calendar month after it came, two more with a reason told in time, closed with an outcome."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.errors import StoreError
from store import Store, months_later
from store.rights.requests import WORDS_FOR
from tests.store.factories import AT, DAY

CAME = date(2026, 11, 14)
WHO = "R. Ashdown, by email; they showed the account is theirs"


def asked(store: Store, came: date = CAME) -> int:
    return store.rights_requests.add(
        "objection", came_on=came, who=WHO, reference="IG/26/118", by=None, at=AT
    )


@pytest.mark.parametrize(
    ("came", "months", "due"),
    [
        (date(2026, 11, 14), 1, date(2026, 12, 14)),
        (date(2026, 12, 14), 1, date(2027, 1, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_a_month_ends_on_its_day_or_the_last_that_there_is(
    came: date, months: int, due: date
) -> None:
    assert months_later(came, months) == due


def test_a_request_is_due_a_month_after_it_came_and_nobody_has_it(store: Store) -> None:
    request = store.rights_requests.get(asked(store))
    assert request is not None
    assert (request.due_on, request.state, request.owner) == (date(2026, 12, 14), "new", None)
    assert (request.who, request.reference) == (WHO, "IG/26/118")


def test_who_asked_is_sealed_and_not_in_the_record(store: Store) -> None:
    asked(store)
    row = store.database.row("SELECT * FROM rights_requests")
    assert row is not None
    assert "Ashdown" not in str([row[column] for column in row.keys()])  # noqa: SIM118
    assert "Ashdown" not in str(store.audit.events())


def test_an_extension_adds_two_months_once_with_a_reason_and_in_time(store: Store) -> None:
    number = asked(store)
    with pytest.raises(StoreError, match="why it needs longer"):
        store.rights_requests.extend(number, why=" ", by=None, at=AT)
    due = store.rights_requests.extend(number, why="400 posts to check", by=None, at=AT)
    assert due == date(2027, 2, 14)
    with pytest.raises(StoreError, match="once"):
        store.rights_requests.extend(number, why="400 posts to check", by=None, at=AT)
    late = asked(store, date(2026, 9, 1))
    with pytest.raises(StoreError, match="within the first month"):
        store.rights_requests.extend(late, why="400 posts to check", by=None, at=AT)


def test_it_is_closed_with_what_became_of_it_and_stays_closed(store: Store) -> None:
    number = asked(store)
    with pytest.raises(StoreError, match="what became of it"):
        store.rights_requests.set_state(number, "done", by=None, at=AT)
    store.rights_requests.set_state(number, "done", outcome="Told them by letter", by=None, at=AT)
    request = store.rights_requests.get(number)
    assert request is not None
    assert (request.open, request.outcome) == (False, "Told them by letter")
    with pytest.raises(StoreError, match="closed"):
        store.rights_requests.set_state(number, "in hand", by=None, at=AT)
    assert store.rights_requests.count_open() == 0


@pytest.mark.parametrize("came", [date(2026, 11, 21), date(2001, 1, 1)])
def test_it_came_on_a_day_that_can_be(store: Store, came: date) -> None:
    with pytest.raises(StoreError, match="the day it came"):
        asked(store, came)


def test_the_soonest_due_is_first_and_the_closed_are_last(store: Store) -> None:
    late, soon, closed = asked(store), asked(store, CAME - 5 * DAY), asked(store)
    store.rights_requests.set_state(closed, "withdrawn", outcome="They wrote so", by=None, at=AT)
    assert [one.number for one in store.rights_requests.all()] == [soon, late, closed]


def test_what_says_whose_it_was_goes_three_years_after_it_was_closed(store: Store) -> None:
    number = asked(store)
    store.rights_requests.set_state(number, "done", outcome="Told them by letter", by=None, at=AT)
    store.retention.purge(AT + WORDS_FOR - DAY, {}, deleted_after=timedelta())
    kept = store.rights_requests.get(number)
    store.retention.purge(AT + WORDS_FOR, {}, deleted_after=timedelta())
    gone = store.rights_requests.get(number)
    assert kept is not None
    assert gone is not None
    assert (kept.who, gone.who, gone.state) == (WHO, "", "done")
