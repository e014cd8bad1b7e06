"""A duplicate names that case: chosen or typed, never in a circle, shown from both sides."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from core import similarity
from core.errors import StoreError
from store import CaseDecision, Placing
from tests.review.conftest import House
from tests.review.factories import (
    GRIEVANCE,
    NOW,
    OWN_STAFF,
    PRESS,
    QUESTION,
    RUMOUR,
    case_of,
    decide,
    tell,
)
from tests.review.pages import of, read, send
from tests.store.factories import AT


def duplicate(house: House, case: int, handle: str = "amina", **form: str) -> httpx.Response:
    """Says on the page that a case is a duplicate."""
    found = house.store.cases.get(case)
    assert found is not None
    covers = [
        f"{one.item.number}:{one.item.revision}"
        for one in house.store.cases.mentions(case)
        if one.reviewable
    ]
    given = {"kind": "duplicate", "covers": covers, "version": str(found.version)}
    return send(house, f"/cases/{case}/decide", handle, **(given | form))


def test_each_of_two_cases_shows_the_other_and_the_duplicate_what_was_decided_there(
    fresh: House,
) -> None:
    one, other = case_of(fresh.store, GRIEVANCE), case_of(fresh.store, PRESS)
    assert duplicate(fresh, one, duplicate_other=f"case {other}").status_code == 303
    page = of(fresh, GRIEVANCE)
    assert f"The same as case {other}" in page.text
    assert "What is decided there holds here. Passed on to PALS" in page.text
    assert page.all("a", href=f"/cases/{other}")
    assert f"Same as case {other} Decision 1" in page.text
    back = of(fresh, PRESS)
    assert "1 case is the same as this one" in back.text
    assert back.all("a", href=f"/cases/{one}")
    fresh_undo = send(fresh, f"/cases/{one}/undo", undoes="1", version="1")
    assert fresh_undo.status_code == 303
    assert "The same as" not in of(fresh, GRIEVANCE).text
    assert "is the same as this one" not in of(fresh, PRESS).text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({}, "Say which case it is the same as"),
        ({"duplicate_other": "the other one"}, "in figures"),
        ({"duplicate_other": "9999"}, "There is no case 9999"),
        ({"duplicate_other": "9" * 11}, "There is no case"),
        ({"duplicate_other": "9" * 12}, "in figures"),
    ],
)
def test_a_duplicate_of_nothing_says_what_is_wrong_and_keeps_what_was_typed(
    fresh: House, form: dict[str, str], why: str
) -> None:
    case = case_of(fresh.store, GRIEVANCE)
    answer = duplicate(fresh, case, note="as Tuesday’s", **form)
    assert answer.status_code == 422
    assert why.lower() in answer.text.lower()
    assert "as Tuesday’s" in answer.text
    assert form.get("duplicate_other", "")[:8] in answer.text
    assert fresh.store.cases.history(case) == []


def test_no_case_covers_itself_by_whatever_way(fresh: House) -> None:
    a, b, c = (case_of(fresh.store, told) for told in (GRIEVANCE, PRESS, RUMOUR))
    assert "can’t be the same as itself" in duplicate(fresh, a, duplicate_other=str(a)).text
    assert duplicate(fresh, a, duplicate_other=str(b)).status_code == 303
    assert duplicate(fresh, b, duplicate_other=str(c)).status_code == 303
    answer = duplicate(fresh, c, duplicate_other=str(a))
    assert (answer.status_code, "is itself the same as" in answer.text) == (422, True)
    assert fresh.store.duplicates.final_case(a) == c
    assert f"in the end case {c}" in of(fresh, GRIEVANCE).text.lower()


def test_an_undo_that_would_close_a_circle_is_refused(fresh: House) -> None:
    a, b = case_of(fresh.store, GRIEVANCE), case_of(fresh.store, RUMOUR)
    assert duplicate(fresh, a, duplicate_other=str(b)).status_code == 303
    decide(fresh.store, a, fresh.who["bea"], "no_action")
    assert duplicate(fresh, b, duplicate_other=str(a)).status_code == 303
    answer = send(fresh, f"/cases/{a}/undo", undoes="2", version="2")
    assert (answer.status_code, "undo that first" in answer.text) == (422, True)
    assert len(fresh.store.cases.history(a)) == 2
    assert fresh.store.duplicates.final_case(b) == a


def test_a_case_that_was_purged_since_is_named_as_gone(fresh: House) -> None:
    a, b = case_of(fresh.store, GRIEVANCE), case_of(fresh.store, OWN_STAFF)
    assert duplicate(fresh, a, duplicate_other=str(b)).status_code == 303
    fresh.store.retention.erase(
        [one.item.number for one in fresh.store.cases.mentions(b)], by="governance", at=NOW
    )
    page = of(fresh, GRIEVANCE)
    assert f"Case {b} (no longer here)" in page.text
    assert "That case was removed since" in page.text
    assert send(fresh, f"/cases/{a}/undo", undoes="1", version="1").status_code == 303


def test_cases_of_near_words_and_of_the_same_link_are_offered(fresh: House) -> None:
    link = "https://example.org/wards/77-closing"
    first = replace(QUESTION, text=f"Is it true what {link} says of Ealing?", flags=())
    second = replace(
        QUESTION, text=f"So the walk-in shuts, look at this: {link} unbelievable", flags=()
    )
    tell(fresh.store, first, 301, AT, alone=True)
    tell(fresh.store, second, 302, AT, alone=True)
    one, other = case_of(fresh.store, first), case_of(fresh.store, second)
    assert one != other
    assert other in fresh.store.duplicates.similar_cases(one)
    page = read(fresh, f"/cases/{one}/full")
    assert page.all("input", type_="radio", name="duplicate", value=str(other))
    assert duplicate(fresh, one, duplicate=str(other)).status_code == 303
    assert fresh.store.duplicates.of_case(other) == [one]


def test_a_decision_names_another_case_if_it_is_a_duplicate_and_only_then(fresh: House) -> None:
    case = case_of(fresh.store, GRIEVANCE)
    for kind, of_case in (("duplicate", None), ("no_action", 1)):
        said = CaseDecision(
            case=case, kind=kind, by=1, at=NOW, covers=((3, 1),), duplicate_of=of_case  # type: ignore[arg-type]
        )  # fmt: skip
        with pytest.raises(StoreError, match="names that case"):
            fresh.store.cases.decide(said, 0)


def test_cases_that_say_nearly_the_same_are_offered(fresh: House) -> None:
    said = replace(RUMOUR, text=f"{RUMOUR.text}, they told nobody")
    tell(fresh.store, said, 303, AT, alone=True)
    one, near = case_of(fresh.store, said), case_of(fresh.store, RUMOUR)
    assert one != near
    assert near not in fresh.store.duplicates.similar_cases(one)
    number = fresh.store.cases.mentions(one)[0].item.number
    known = Placing(mention=number, risk=1, bands=similarity.bands(said.text))
    fresh.store.grouping.group([known], alike=lambda *_: False, at=AT)  # it stays where it is
    assert near in fresh.store.duplicates.similar_cases(one)
