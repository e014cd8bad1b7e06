"""Filters by clause and by reviewer: in the address, in the chips, and kept on the way to a case and back."""

from __future__ import annotations

from tests.review.conftest import House
from tests.review.factories import GRIEVANCE, NAMED, OWN_STAFF, PRESS, case_of, policy
from tests.review.pages import Tags, read


def cases(page: Tags) -> set[int]:
    return {
        int(told["href"].split("?")[0].rsplit("/", 1)[1]) for told in page.all("a", data_open="")
    }


def test_a_clause_finds_what_was_flagged_for_it(anew: House) -> None:
    page = read(anew, "/cases?tab=all&clause=6.10")
    assert cases(page) == {case_of(anew.store, NAMED)}
    assert "1 case in “All” with these filters" in page.text
    assert page.all("input", name="clause", value="6.10", checked="")
    wider = read(anew, "/cases?tab=all&clause=6.10&clause=9")
    assert cases(page) < cases(wider)
    assert {told["href"] for told in wider.all("a", class_="chip")} == {
        "/cases?tab=all&clause=9",
        "/cases?tab=all&clause=6.10",
    }
    assert cases(read(anew, "/cases?tab=all&clause=6.10&flag=grievance")) == set()


def test_a_reviewer_finds_what_they_decided_last_or_have(anew: House) -> None:
    amina, bea = anew.who["amina"], anew.who["bea"]
    of_bea = read(anew, f"/cases?tab=all&reviewer={bea}")
    assert cases(of_bea) == {case_of(anew.store, PRESS), case_of(anew.store, OWN_STAFF)}
    assert "Reviewer: Bea Whitlock" in of_bea.text
    both = cases(read(anew, f"/cases?tab=all&reviewer={bea}&reviewer={amina}"))
    assert anew.store.cases.of_mention(6) in both  # that she watches
    assert case_of(anew.store, GRIEVANCE) not in both  # a claim is neither
    assert cases(read(anew, f"/cases?tab=done&reviewer={amina}")) == set()


def test_the_view_is_kept_on_the_way_to_a_case_and_back(anew: House) -> None:
    clause = policy()["no_disclaimer"].clause[0]
    address = f"tab=all&clause={clause}&reviewer={anew.who['bea']}"
    one = read(anew, f"/cases?{address}").all("a", data_open="")[0]["href"]
    one = one.replace("?", "/full?", 1)  # the whole case
    assert f"/cases?{address}" in {told["href"] for told in read(anew, one).all("a", data_back="")}


def test_what_no_clause_or_reviewer_is_is_said_and_left_out(anew: House) -> None:
    page = read(anew, "/cases?tab=all&clause=99.9&reviewer=x&reviewer=999999999")
    assert "clause: 99.9 is not known" in page.text
    assert "reviewer: x is not known" in page.text
    assert "Reviewer: someone who has left" in page.text
