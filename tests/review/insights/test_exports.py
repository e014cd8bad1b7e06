"""A lead takes a table or a pack by a form, with a reason; governance sees what was taken and why."""

from __future__ import annotations

import pytest

from store import Export
from tests.review.conftest import House
from tests.review.factories import NOW, OWN_STAFF, PEOPLE, RUMOUR, case_of, whole_policy
from tests.review.pages import read, send

DAYS = {"first": "2026-11-01", "last": NOW.date().isoformat()}
WHY = "For the board’s paper on waiting times"


def test_a_lead_gets_a_file_and_governance_reads_why(fresh: House) -> None:
    answer = send(fresh, "/exports", "bea", what="mentions", format="csv", words="masked", purpose="board", reason=WHY, **DAYS)  # fmt: skip
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
        ({"reason": WHY, "purpose": ""}, "Choose what it is for"),
        ({"reason": WHY, "words": "original"}, "need no words as they were posted"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_taken(
    house: House, typed: dict[str, str], fault: str
) -> None:
    answer = send(
        house,
        "/exports",
        "bea",
        **({"what": "flags", "format": "csv", "purpose": "board"} | DAYS | typed),
    )
    assert answer.status_code == 422
    assert fault in answer.text
    assert house.store.exports.latest() == []


def test_a_pack_is_taken_from_its_case(fresh: House) -> None:
    number = case_of(fresh.store, RUMOUR)
    path = f"/cases/{number}/evidence"
    assert read(fresh, f"/cases/{number}/full", "bea").all("a", href=path)
    assert not read(fresh, f"/cases/{number}/full", "vera").all("a", href=path)
    assert "Write why you take it" in send(fresh, path, "bea", purpose="court", reason="asdf").text
    answer = send(fresh, path, "gwen", purpose="court", reason="Asked for by the court")
    assert answer.status_code == 200
    assert f"evidence-case-{number}." in answer.headers["content-disposition"]
    (taken,) = fresh.store.exports.latest()
    assert (taken.what, taken.case, taken.rows) == ("evidence", number, 4)


def test_a_pack_of_a_post_by_staff_is_governance_s_and_their_overview_tells_of_it(anew: House) -> None:  # fmt: skip
    number = case_of(anew.store, OWN_STAFF)
    path = f"/cases/{number}/evidence"
    page = read(anew, path, "bea")
    assert "only governance takes such a pack" in page.text
    assert not page.all("form", action=path)
    refused = send(anew, path, "bea", purpose="court", reason="Asked for by the court")
    assert (refused.status_code, anew.store.exports.latest()) == (422, [])
    assert "took an evidence pack" not in read(anew, "/governance", "gwen").text
    assert read(anew, path, "gwen").all("form", action=path)
    assert send(anew, path, "gwen", purpose="court", reason="Asked for by the court").status_code == 200  # fmt: skip
    overview = read(anew, "/governance", "gwen").text
    assert "took an evidence pack with a post by staff" in overview
    assert f"case {number}" in overview
    assert "A court, or a claim" in overview
    assert "A court, or a claim" in read(anew, "/exports", "gwen").text


@pytest.mark.parametrize("handle", ["bea", "gwen"])
def test_a_pack_for_a_hearing_is_refused_with_what_to_do(anew: House, handle: str) -> None:
    path = f"/cases/{case_of(anew.store, RUMOUR)}/evidence"
    page = send(anew, path, handle, purpose="complaint", reason="director of HR wants it for the disciplinary hearing")  # fmt: skip
    assert page.status_code == 422
    assert "that purpose is off. Tell governance who asked you for it" in page.text
    assert 'value="employer"' not in page.text
    assert 'value="police"' not in page.text
    assert anew.store.exports.latest() == []


def test_words_as_posted_are_governances_and_flags_of_staff_are_in_no_table(anew: House) -> None:
    form = {"format": "csv", "purpose": "audit", "reason": "Part of the yearly audit"} | DAYS
    assert not read(anew, "/exports", "bea").all("input", id="words-original")
    assert not read(anew, "/exports", "gwen").all("input", id="words-masked")
    refused = send(anew, "/exports", "bea", what="mentions", words="original", **form)
    assert (refused.status_code, anew.store.exports.latest()) == (422, [])
    assert "governance takes words as they were posted" in refused.text
    masked = send(anew, "/exports", "bea", what="mentions", words="masked", **form).text
    whole = send(anew, "/exports", "gwen", what="mentions", words="original", **form).text
    assert OWN_STAFF.text in whole
    assert [line.split(",")[0] for line in masked.splitlines() if line[:1].isdecimal()] == [
        line.split(",")[0] for line in whole.splitlines() if line[:1].isdecimal()
    ]
    flags = send(anew, "/exports", "bea", what="flags", **form).text
    assert "allegation" in flags
    assert not [name for name in whole_policy().of_staff_alone if name in flags]


@pytest.mark.parametrize("handle", PEOPLE)
def test_only_a_lead_or_governance_takes_tables(house: House, handle: str) -> None:
    status = send(house, "/exports", handle, reason="").status_code
    assert status == (422 if handle in ("bea", "gwen") else 403)
