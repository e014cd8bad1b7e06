"""Filters by clause and by reviewer: in the address, in the chips, and kept on the way to a case and back."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from store.team.users import views_of
from tests.review.conftest import House
from tests.review.factories import (
    GRIEVANCE,
    NAMED,
    OWN_STAFF,
    PRESS,
    case_of,
    policy,
    whole_policy,
)
from tests.review.pages import cases_in, read, send


def test_a_clause_finds_what_was_flagged_for_it(anew: House) -> None:
    page = read(anew, "/all?clause=6.10")
    assert cases_in(page) == {case_of(anew.store, NAMED)}
    assert "1 case of" in page.text
    assert page.all("input", name="clause", value="6.10", checked="")
    wider = read(anew, "/all?clause=6.10&clause=9")
    assert cases_in(page) < cases_in(wider)
    assert {told["href"] for told in wider.all("a", class_="view")} == {
        "/all?clause=9",
        "/all?clause=6.10",
    }
    assert cases_in(read(anew, "/all?clause=6.10&flag=media")) == set()


def test_a_reviewer_finds_what_they_decided_last_or_have(anew: House) -> None:
    amina, bea = anew.who["amina"], anew.who["bea"]
    of_bea = read(anew, f"/all?reviewer={bea}")
    assert cases_in(of_bea) == {case_of(anew.store, PRESS), case_of(anew.store, OWN_STAFF)}
    assert "Decided by: Bea Whitlock" in of_bea.text
    both = cases_in(read(anew, f"/all?reviewer={bea}&reviewer={amina}"))
    assert anew.store.cases.of_mention(6) in both  # that she watches
    assert case_of(anew.store, GRIEVANCE) not in both  # a claim is neither
    assert cases_in(read(anew, f"/all?tab=done&reviewer={amina}")) == set()


def test_the_view_is_kept_on_the_way_to_a_whole_case_and_back(anew: House) -> None:
    clause = policy()["media"].clause[0]
    address = f"clause={clause}&reviewer={anew.who['bea']}"
    (case, *_) = cases_in(read(anew, f"/all?{address}"))
    page = read(anew, f"/cases/{case}/full?back={quote(address)}")
    assert f"/all?{address}" in {told["href"] for told in page.all("a", data_back="")}


def test_what_no_clause_or_reviewer_is_is_said_and_left_out(anew: House) -> None:
    page = read(anew, "/all?clause=99.9&reviewer=x&reviewer=999999999")
    assert "clause: 99.9 is not known" in page.text
    assert "reviewer: x is not known" in page.text
    assert "Decided by: someone who has left" in page.text


@pytest.mark.parametrize("handle", ["vera", "amina", "bea", "gwen"])
def test_no_filter_lists_staff_by_what_was_flagged(anew: House, handle: str) -> None:
    """A flag that holds of staff alone finds nothing: by itself, by its clause, beside others, or as it is called."""
    every = cases_in(read(anew, "/all", handle))
    for flag in whole_policy().of_staff_alone:
        page = read(anew, f"/all?flag={flag}", handle)
        assert cases_in(page) == every, flag
        assert "no list is made of staff by what was flagged" in page.text
        assert not page.all("input", name="flag", value=flag)
        others = cases_in(read(anew, f"/all?flag=media&flag={flag}", handle))
        assert others == cases_in(read(anew, "/all?flag=media", handle))
    page = read(anew, "/all?clause=6.6", handle)
    assert cases_in(page) == every
    assert "clause: 6.6 is not known" in page.text
    wide = {name for name, flag in policy().items() if "6.8" in flag.clause} - whole_policy().of_staff_alone  # fmt: skip
    by_flags = "&".join(f"flag={name}" for name in sorted(wide))
    assert cases_in(read(anew, "/all?clause=6.8", handle)) == cases_in(read(anew, f"/all?{by_flags}", handle))  # fmt: skip
    assert case_of(anew.store, OWN_STAFF) not in cases_in(read(anew, "/all?q=no+disclaimer", handle))  # fmt: skip


def test_such_a_filter_can_t_be_saved_as_a_view(anew: House) -> None:
    send(anew, "/views", "vera", do="save", name="Staff", query="flag=no_disclaimer&clause=6.6&flag=media")  # fmt: skip
    user = next(user for user in anew.store.users.all() if user.handle == "vera")
    assert [view.query for view in views_of(user)] == ["flag=media"]


def test_flags_that_hold_of_staff_alone_are_named_by_the_policy() -> None:
    assert whole_policy().of_staff_alone == {
        "grievance", "no_disclaimer", "working_hours", "headline_share", "negative_by_staff",
    }  # fmt: skip
