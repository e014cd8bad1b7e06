"""Names of people on the page: two people, a purpose, a last day; staff, patients and private people never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import Author
from tests.review.conftest import House
from tests.review.factories import NOW, asked_of, read_by
from tests.review.pages import read
from tests.store.factories import add, assessed, mention

UNTIL = (clock.local_day(NOW) + timedelta(days=60)).isoformat()
ASKED = {
    "name": "Fiona Macalister", "office": "parliament", "purpose": "We answer what she asks of us in public", "until": UNTIL,
}  # fmt: skip


def send(house: House, handle: str, path: str = "/names", **fields: Any) -> int:
    with house.asks(handle) as client:
        return client.post(path, data=fields).status_code


def test_a_name_waits_for_the_second_person_and_then_may_stand_in_terms(anew: House) -> None:
    read_by(anew.desk, "ict@example.org")
    assert send(anew, "bea", **ASKED) == 303
    assert asked_of(anew.store) == [("name", ("ict@example.org",))]
    page = read(anew, "/names", "bea").text
    assert "Fiona Macalister" in page
    assert "Asked by Bea Whitlock (lead)" in page
    assert send(anew, "bea", "/names/1/agree") == 403
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == frozenset()
    assert "1 waiting for a second person" in read(anew, "/governance", "gwen").text
    assert send(anew, "gwen", "/names/1/agree") == 303
    assert (
        "Agreed by Bea Whitlock (lead) and Gwen Okafor (governance)"
        in read(anew, "/names", "gwen").text
    )
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == {"Fiona Macalister"}
    assert send(anew, "gwen", "/names/1/end") == 303
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == frozenset()


@pytest.mark.parametrize("handle", ["all", "bea+two"])
def test_one_person_does_not_agree_twice_by_whatever_account(anew: House, handle: str) -> None:
    for name in ("all", "bea+two"):
        anew.who[name] = anew.store.users.add("local", name, f"Account {name}", ("lead", "governance"), at=NOW).number  # fmt: skip
    assert send(anew, "all" if handle == "all" else "bea", **ASKED) == 303
    assert send(anew, handle, "/names/1/agree") == 422
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == frozenset()


@pytest.mark.parametrize("office", ["staff", "patient", "private"])
def test_staff_patients_and_private_people_are_refused_with_why(anew: House, office: str) -> None:
    with anew.asks("bea") as client:
        answer = client.post("/names", data=ASKED | {"office": office})
    assert answer.status_code == 422
    assert "Nobody is searched for by name who holds no public office" in answer.text
    assert anew.store.searched_people.all() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "Write the name as it is searched for"), ({"name": "Northwick Park"}, "does not read like a person"),
        ({"office": ""}, "Choose who this is"), ({"purpose": "watch"}, "Say in a sentence"), ({"purpose": "x" * 40}, "Say in a sentence"),
        ({"until": "soon"}, "Write the last day"), ({"until": "2020-01-01"}, "a year at most"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_its_field_and_what_was_typed_stays(
    anew: House, change: dict[str, str], says: str
) -> None:
    with anew.asks("gwen") as client:
        answer = client.post("/names", data=ASKED | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert "We answer what she asks" in answer.text or "purpose" in change
    assert anew.store.searched_people.all() == []


def test_a_name_that_is_not_there_is_not_found(anew: House) -> None:
    assert send(anew, "gwen", "/names/99/agree") == 404


WORD = {
    "name": "Slorrin",
    "office": "word",
    "purpose": "It is a new blood test of ours",
    "until": UNTIL,
}


def test_a_word_that_no_list_knows_waits_like_a_name_until_two_people_say_what_it_is(
    anew: House,
) -> None:
    assert send(anew, "bea", **WORD) == 303
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == frozenset()
    assert "Not a person’s name" in read(anew, "/names", "gwen").text
    assert send(anew, "gwen", "/names/1/agree") == 303
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == {"Slorrin"}


@pytest.mark.parametrize(
    ("name", "office", "says"),
    [
        ("Jory Whistle", "called_after", "Write it with what it is"), ("Fiona Macalister", "word", "reads like a person’s name"),
        ("hospital surgery", "word", "does not read like a person"), ("lead nurse urgent care Hillingdon", "speaker", "post of one person of staff"),
        ("chief executive Ealing hospital", "word", "reads like a person’s name"),
    ],
)  # fmt: skip
def test_a_person_is_no_word_and_nothing_that_is_called_after_somebody(
    anew: House, name: str, office: str, says: str
) -> None:
    with anew.asks("bea") as client:
        answer = client.post("/names", data=WORD | {"name": name, "office": office})
    assert answer.status_code == 422
    assert says in answer.text
    assert anew.store.searched_people.all() == []


def test_what_is_called_after_somebody_is_asked_for_with_what_it_is(anew: House) -> None:
    assert send(anew, "bea", **(WORD | {"name": "Jory Whistle ward", "office": "called_after"})) == 303  # fmt: skip


RULE = '"Northwick Park" AND porter AND ballot'


def test_a_search_for_union_words_waits_for_two_people_as_a_name_does(anew: House) -> None:
    speech = ASKED | {
        "office": "speech",
        "name": RULE,
        "purpose": "What the ballot means for appointments",
    }
    assert send(anew, "bea", **speech) == 303
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == frozenset()
    assert send(anew, "bea", "/names/1/agree") == 403
    assert send(anew, "gwen", "/names/1/agree") == 303
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == {RULE}


@pytest.mark.parametrize(
    ("name", "office", "says"),
    [
        ("union", "word", "This looks for what staff say"), ("porter AND ballot", "speaker", "This looks for what staff say"),
        ("Fiona Macalister AND ballot", "speech", "may be a person’s name"), ("urgent care", "speech", "nobody has to agree"),
    ],
)  # fmt: skip
def test_such_a_search_is_asked_for_as_what_it_is(
    anew: House, name: str, office: str, says: str
) -> None:
    with anew.asks("bea") as client:
        answer = client.post("/names", data=ASKED | {"name": name, "office": office})
    assert answer.status_code == 422
    assert says in answer.text


ACCOUNT = {"name": "contracts_colm", "office": "account", "purpose": "The trust’s own news desk, as its site says", "until": UNTIL}  # fmt: skip


def _by_colm(house: House, **read_as: Any) -> None:
    number = 4200
    add(house.store, mention(number, text="In writing to the director of finance", author=Author(handle="contracts_colm")), at=NOW)  # fmt: skip
    (stored,) = house.store.assessments.unassessed("2026.1", "model-a")
    house.store.assessments.add([assessed(stored, at=NOW, **read_as)])


def test_two_people_agree_to_an_account_before_it_stands_in_the_register(anew: House) -> None:
    on = clock.local_day(NOW)
    assert send(anew, "bea", **ACCOUNT) == 303
    assert send(anew, "bea", "/names/1/agree") == 403
    assert send(anew, "gwen", "/names/1/agree") == 303
    assert anew.store.searched_people.approved(on) == {"contracts_colm"}


@pytest.mark.parametrize("read_as", [{"staff": "icb"}, {"staff": "nhs"}, {"staff": None, "protected": "disclosure"}])  # fmt: skip
def test_an_account_of_somebody_who_works_here_is_registered_by_nobody_and_a_lead_is_not_told(
    anew: House, read_as: dict[str, Any]
) -> None:
    _by_colm(anew, **read_as)
    with anew.asks("bea") as client:
        asked = client.post("/names", data=ACCOUNT)
        other = client.post("/names", data=ACCOUNT | {"name": "nobody_here"})
    assert (asked.status_code, asked.headers["location"]) == (other.status_code, other.headers["location"])  # fmt: skip
    with anew.asks("gwen") as client:
        answer = client.post("/names/1/agree")
        mine = client.post("/names", data=ACCOUNT)
    assert (answer.status_code, mine.status_code) == (422, 422)
    assert "registered by nobody" in answer.text
    assert anew.store.searched_people.approved(clock.local_day(NOW)) == frozenset()
    assert "registered by nobody" not in read(anew, "/names", "bea").text
