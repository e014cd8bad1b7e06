"""Addresses of views: where cases were listed before leads to the same view of all cases, and says what it can't."""

from __future__ import annotations

import time

import pytest

from core.models import LANES
from store import TABS, CaseQuery
from tests.review.conftest import House
from tests.review.factories import ALLEGATION, IN_DANGER, NAMED, NOW, RUMOUR, case_of
from tests.review.pages import cases_in, read, send
from tests.store.factories import AT


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("/cases", "/all?tab=new"),
        ("/cases?tab=all", "/all?tab=all"),
        ("/cases?tab=all&flag=assistance", "/all?tab=all&flag=assistance"),
        ("/cases?tab=high&platform=x&platform=linkedin", "/all?tab=high&platform=x&platform=linkedin"),
        ("/cases?words=scan&since=2026-11-01&page=2", "/all?tab=new&q=scan&since=2026-11-01&page=2"),
        ("/cases?tab=done&clause=6.10&reviewer=1", "/all?tab=done&clause=6.10&reviewer=1"),
    ],
)  # fmt: skip
def test_an_old_address_leads_to_the_same_cases(house: House, before: str, now: str) -> None:
    with house.asks() as client:
        answer = client.get(before)
    assert (answer.status_code, answer.headers["location"]) == (303, now)
    assert read(house, now).all("main")


def test_the_same_cases_are_found_as_the_view_holds(house: House) -> None:
    for tab in TABS:
        held = house.store.queue.page(CaseQuery(tab=tab, user=house.who["amina"], size=50), NOW)
        shown = cases_in(read(house, f"/all?tab={tab}"))
        assert shown == {card.case.number for card in held.cards}, tab


def test_each_filter_that_is_set_can_be_taken_away_by_itself(house: House) -> None:
    found = read(house, "/all?platform=x&platform=linkedin&q=scan&since=2026-11-01")
    assert {told["href"] for told in found.all("a", class_="view")} == {
        "/all?platform=linkedin&q=scan&since=2026-11-01",
        "/all?platform=x&q=scan&since=2026-11-01",
        "/all?platform=x&platform=linkedin&since=2026-11-01",
        "/all?platform=x&platform=linkedin&q=scan",
    }


def test_the_order_is_told_as_it_is(house: House) -> None:
    assert "last found or decided first" in read(house, "/all").text
    assert "most urgent first, as in Today" in read(house, "/all?tab=new").text
    assert "high risk first, then the longest here" in read(house, "/all?tab=edited").text


def test_what_nobody_decided_stands_in_todays_order_and_a_lane_is_a_filter(house: House) -> None:
    listed = house.store.queue.page(CaseQuery(tab="new", user=house.who["amina"], size=50), NOW).cards  # fmt: skip
    in_lanes = [card.case.lane for card in listed if card.case.lane]
    assert in_lanes == sorted(in_lanes, key=LANES.index)
    now = [row.case.number for row in house.store.lanes.rows(("now",), user=0, at=NOW, limit=50)]
    assert [card.case.number for card in listed][: len(now)] == now
    assert cases_in(read(house, "/all?tab=new&lane=now")) == set(now)
    assert "lane: guardian is not known" in read(house, "/all?lane=guardian").text


def test_a_view_with_filters_offers_to_look_among_what_was_decided_too(house: House) -> None:
    found = read(house, "/all?tab=new&flag=allegation")
    assert found.all("a", href="/all?flag=allegation")
    assert "Look in all cases" not in read(house, "/all?flag=allegation").text


def test_flags_stand_in_the_filter_as_they_are_called(house: House) -> None:
    ticks = [told["value"] for told in read(house, "/all").all("input", name="flag")]
    assert ticks == sorted(ticks, key=house.desk.policy.label)
    assert ticks != sorted(ticks)


def test_what_an_address_asks_in_vain_is_said(house: House) -> None:
    assert "risk: awful is not known" in read(house, "/all?risk=awful").text


def test_nothing_here_is_never_said_without_what_was_read(house: House, empty: House) -> None:
    found = read(house, "/all?tab=overdue&flag=union")
    assert "This may not be all." in found.text  # a source fails
    assert "X (Twitter): last read to its end Fri 20 Nov 2026, 10:00 (1 hour ago)" in found.text
    assert "Facebook: never read to its end, and failing now" in found.text
    for tab in TABS:
        assert "Blogs, news and feeds: never tried" in read(empty, f"/all?tab={tab}").text, tab
    assert "No source has been read" in read(empty, "/sources").text


def test_what_was_noted_by_hand_does_not_say_that_a_source_was_read(fresh: House) -> None:
    for source in ("noted", "accounts"):
        fresh.store.mentions.add_run(source, [], since=NOW, at=NOW, ended=NOW)
    found = read(fresh, "/sources", "gwen").text
    assert "Noted by hand" in found
    assert (
        "Noted by hand" not in read(fresh, "/sources").text
    )  # when somebody noted something is for whom it may concern
    assert "Noted by hand (off now)" not in found


def test_a_look_for_profiles_in_our_name_is_no_source_that_is_off(fresh: House) -> None:
    for source in ("accounts", "reddit"):
        fresh.store.mentions.add_run(source, [], since=AT, at=AT, ended=AT)
    found = read(fresh, "/sources").text
    assert "Profiles in our name" in found
    assert "Profiles in our name (off now)" not in found
    assert "Reddit (off now)" in found


def test_what_cannot_leave_is_told_of_on_every_page_since_when(anew: House) -> None:
    assert "can’t leave" not in read(anew, "/all").text
    for day in ("2026-11-08", "2026-11-15"):
        anew.store.outbox.add("weekly", day, NOW, {"last": day}, ["board@example.org"])
    for row in anew.store.outbox.due(NOW):
        if row.kind == "weekly":
            anew.store.outbox.mark_failed(row.number, NOW, "the server refused it", None)
    for path, handle in (
        ("/all", "amina"),
        ("/today", "bea"),
        ("/sources", "vera"),
        ("/help", "gwen"),
    ):
        assert "Emails can’t leave since" in read(anew, path, handle).text, path
    assert read(anew, "/today", "bea").all("a", href="/mail")


def test_only_medium_and_low_risks_can_be_decided_together(house: House) -> None:
    page = read(house, "/all?tab=new")
    ticks = {int(told["value"].split(":")[0]) for told in page.all("input", name="case")}
    handed = {int(told["value"].split(":")[0]) for told in page.all("input", name="hand")}
    assert case_of(house.store, RUMOUR) in ticks
    assert not ticks & {case_of(house.store, told) for told in (NAMED, IN_DANGER, ALLEGATION)}
    assert case_of(house.store, NAMED) in handed
    assert not read(house, "/all?tab=new", "vera").all(
        "input", name="case"
    )  # who only reads ticks nothing


def test_what_is_wrong_with_ticks_leads_back_to_the_same_view(anew: House) -> None:
    answer = send(anew, "/cases/decide", back="tab=new&flag=pid")
    assert answer.status_code == 422
    assert "/all?tab=new&amp;flag=pid" in answer.text


def test_pages_lead_on_and_back_and_one_past_the_end_is_the_last(house: House) -> None:
    assert "Page" not in read(house, "/all?tab=snoozed").text
    assert cases_in(read(house, "/all?page=999"))


def test_an_address_with_thousands_of_filters_keeps_nobody_waiting(house: House) -> None:
    began = time.process_time()
    for name in ("flag", "place", "platform", "reviewer", "clause", "risk"):
        asked = "&".join(f"{name}={name[0]}{number}" for number in range(2000))
        page = read(house, f"/all?{asked}&{name}=x").text
        assert f"{name}: more than 50 at once" in page
    assert time.process_time() - began < 8
