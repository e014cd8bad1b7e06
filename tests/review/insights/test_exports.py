"""A lead takes a table or a pack by a form, with a reason; governance sees what was taken and why."""

from __future__ import annotations

import pytest

from store import Export
from tests.review.conftest import House
from tests.review.factories import NOW, PEOPLE, RUMOUR, case_of
from tests.review.pages import read, send

DAYS = {"first": "2026-11-01", "last": NOW.date().isoformat()}
WHY = "For the board’s paper on waiting times"


def test_a_lead_gets_a_file_and_governance_reads_why(fresh: House) -> None:
    answer = send(fresh, "/exports", "bea", what="mentions", format="csv", words="masked", reason=WHY, **DAYS)  # fmt: skip
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(
        f'mentions-2026-11-01-{DAYS["last"]}.csv"'
    )
    assert answer.content.startswith(b'\xef\xbb\xbf"post","version"')
    assert b"rowan_ashdown" not in answer.content
    page = read(fresh, "/exports", "gwen").text
    assert WHY in page
    assert "Left out: " in page
    assert "Copied out of the system" in read(fresh, "/audit", "gwen").text


def test_no_lead_learns_from_an_export_how_many_may_be_speaking_up(fresh: House) -> None:
    fresh.store.exports.record(Export(
        what="mentions", format="csv", at=NOW, by=fresh.who["bea"], reason=WHY, rows=9, masked=True,
        left_out={"speaking_up": 11, "gone": 2},
    ))  # fmt: skip
    told = read(fresh, "/exports", "gwen").text
    assert "11 that may be speaking up" in told
    page = read(fresh, "/exports", "bea").text
    assert "2 that are gone" in page
    assert "11 that" not in page
    assert "9 rows, 2 left out" in read(fresh, "/audit?kind=exported", "gwen").text


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"reason": "no"}, "Write why you take it"),
        ({"reason": WHY, "first": "2026-12-01"}, "must not come after"),
        ({"reason": WHY, "first": "soon"}, "Write both days"),
        ({"reason": WHY, "format": "exe"}, "Choose a format"),
        ({"reason": WHY, "what": "users"}, "Choose what to take"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_taken(
    house: House, typed: dict[str, str], fault: str
) -> None:
    answer = send(house, "/exports", "bea", **({"what": "flags", "format": "csv"} | DAYS | typed))
    assert answer.status_code == 422
    assert fault in answer.text
    assert house.store.exports.latest() == []


def test_a_pack_is_taken_from_its_case(fresh: House) -> None:
    number = case_of(fresh.store, RUMOUR)
    path = f"/cases/{number}/evidence"
    assert read(fresh, f"/cases/{number}/full", "bea").all("a", href=path)
    assert not read(fresh, f"/cases/{number}/full", "vera").all("a", href=path)
    assert "Write why you take it" in send(fresh, path, "bea", reason="").text
    answer = send(fresh, path, "gwen", reason="Asked for by the police")
    assert answer.status_code == 200
    assert f"evidence-case-{number}." in answer.headers["content-disposition"]
    (taken,) = fresh.store.exports.latest()
    assert (taken.what, taken.case, taken.rows) == ("evidence", number, 4)


@pytest.mark.parametrize("handle", PEOPLE)
def test_only_a_lead_takes_tables(house: House, handle: str) -> None:
    status = send(house, "/exports", handle, reason="").status_code
    assert status == (422 if handle == "bea" else 403)
