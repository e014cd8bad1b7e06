"""Whom governance looked for stays with the request, sealed, and is read by a second person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import StoreError
from store import Store
from store.rights.person_searches import is_same_person
from store.rights.requests import WORDS_FOR
from tests.store.factories import AT, DAY, all_bytes
from tests.store.rights.test_requests import asked

MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(store: Store) -> tuple[int, int]:
    add = store.users.add
    return (
        add("local", "gwen", "Gwen Gov", ["governance"], at=AT).number,
        add("local", "sirius", "Sirius Sloan", ["governance"], at=AT).number,
    )


def search(store: Store, request: int, who: str, by: int, at: timedelta = timedelta()) -> int:
    return store.person_searches.add(request, who, by=by, by_name="Gwen Gov", at=AT + at, same_person={"check": "letter"})  # fmt: skip


def test_looking_on_is_the_same_search_and_another_person_or_hour_is_another(
    store: Store, people: tuple[int, int]
) -> None:
    gwen, sirius = people
    request = asked(store)
    first = search(store, request, "rowan_ashdown", gwen)
    assert search(store, request, " rowan_ashdown ", gwen, MINUTE) == first
    more = [
        search(store, request, "bryn_talog", gwen, 2 * MINUTE),
        search(store, request, "rowan_ashdown", gwen, 3 * MINUTE),  # and back again
        search(store, request, "rowan_ashdown", sirius, 3 * MINUTE),
        search(store, request, "rowan_ashdown", gwen, 99 * MINUTE),
    ]
    assert len({first, *more}) == 5
    assert store.person_searches.by_person(AT) == [("Gwen Gov", 4), ("Sirius Sloan", 1)]
    assert store.person_searches.by_person(AT + DAY) == []


def test_whom_is_read_by_another_alone_and_that_is_in_the_record(
    store: Store, people: tuple[int, int]
) -> None:
    gwen, sirius = people
    request = asked(store)
    number = search(store, request, "rowan_ashdown", gwen)
    with pytest.raises(StoreError, match="another person of governance"):
        store.person_searches.open(number, request=request, by=gwen, at=AT)
    with pytest.raises(StoreError, match="no such search"):
        store.person_searches.open(number, request=request + 1, by=sirius, at=AT)
    assert store.person_searches.open(number, request=request, by=sirius, at=AT) == "rowan_ashdown"
    event = store.audit.events()[-1]
    assert (event.kind, event.about["by"], event.about["search"]) == ("search for a person opened", sirius, number)  # fmt: skip
    assert b"rowan_ashdown" not in all_bytes(store.database.path)


@pytest.mark.parametrize("state", ["done", "refused", "withdrawn"])
def test_nobody_is_looked_for_on_a_request_that_is_closed_or_not_there(
    store: Store, people: tuple[int, int], state: str
) -> None:
    request = asked(store)
    store.rights_requests.set_state(request, state, outcome="Told them by letter", by=None, at=AT)  # type: ignore[arg-type]  # one of them
    for number, why in ((request, "closed"), (99, "no request 99")):
        with pytest.raises(StoreError, match=why):
            search(store, number, "rowan_ashdown", people[0])


def test_whom_is_forgotten_with_the_words_of_the_request_and_that_somebody_looked_stays(
    store: Store, people: tuple[int, int]
) -> None:
    gwen, sirius = people
    request = asked(store)
    number = search(store, request, "rowan_ashdown", gwen)
    store.rights_requests.set_state(request, "done", outcome="Told them by letter", by=None, at=AT)
    store.retention.purge(AT + WORDS_FOR, {}, deleted_after=timedelta())
    assert store.person_searches.open(number, request=request, by=sirius, at=AT) == ""
    assert [one.by for one in store.person_searches.of_request(request)] == [gwen]
    assert store.audit.check_rows() == []


@pytest.mark.parametrize(
    ("who", "known", "asks", "same"),
    [
        ("anybody", [], "", True),  # the first says whose request it is
        ("@Rowan_Ashdown", ["rowan ashdown"], "", True),
        ("Rowan Ashdown Harrow", ["Rowan Ashdown"], "", True),  # narrows it
        ("Ashdown", ["Rowan Ashdown"], "", False),  # reaches further
        ("Ashdown", ["rowan_77"], "Rowan Ashdown, rowan@example.org", True),
        ("bryn_talog", ["Rowan Ashdown"], "Rowan Ashdown", False),
        ("a bryn_talog", ["a"], "", False),  # a letter tells nobody apart
        ("🦊", ["🐻"], "", False),
    ],
)
def test_a_request_is_of_one_person(who: str, known: list[str], asks: str, same: bool) -> None:
    assert is_same_person(who, known, asks=asks) is same
