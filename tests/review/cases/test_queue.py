"""The queue: cards that say what an officer needs, tabs and filters as links, and silence that is honest."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from store import TABS, CaseDecision, CaseQuery
from tests.review.conftest import House
from tests.review.factories import ALLEGATION, HOSTILE, IN_DANGER, NAMED, NOW, RUMOUR, case_of
from tests.review.pages import read
from tests.store.factories import AT


def test_the_queue_says_of_each_case_what_an_officer_needs(house: House) -> None:
    found = read(house, "/cases")
    for words in ("High risk Case", "Patient’s details", "Facebook comment", "Posted today, 07:53 (3 hours ago)",
                  "3 posts", "41 shares", "Bea Whitlock is looking at it", "Amina Yusuf (you)", "Open again",
                  "Could not be read"):  # fmt: skip
        assert words in found.text, words
    assert "Rosalind" not in found.text
    assert "Risk not known" in read(house, "/cases?tab=unread").text


def test_tabs_are_links_with_counts_and_say_which_is_open(house: House) -> None:
    found = read(house, "/cases?tab=snoozed")
    assert len([told for told in found.all("a") if told["href"].startswith("/cases?tab=")]) >= len(
        TABS
    )
    current = [told["href"] for told in found.all("a", aria_current="page")]
    assert list(dict.fromkeys(current)) == ["/cases", "/cases?tab=snoozed"]
    assert "Comes back Mon 23 Nov, 11:00" in found.text


def test_who_may_be_in_danger_is_told_above_the_queue(fresh: House) -> None:
    found = read(fresh, "/cases")
    assert "2 new cases may be about someone in danger, or threatened." in found.text
    way = "/cases?tab=new&flag=threat&flag=safeguarding"
    assert found.all("a", href=way)
    number = case_of(fresh.store, IN_DANGER)
    shown = [told["href"].partition("?")[0] for told in read(fresh, way).all("a", data_open="")]
    assert sorted(shown) == sorted(
        f"/cases/{case_of(fresh.store, told)}" for told in (IN_DANGER, HOSTILE)
    )
    assert "may be about someone in danger" not in read(fresh, way).text  # it is what is shown
    case = fresh.store.cases.get(number)
    assert case
    covers = tuple(
        (one.item.number, one.item.revision)
        for one in fresh.store.cases.mentions(number)
        if one.item
    )
    said = CaseDecision(case=number, kind="monitor", by=fresh.who["amina"], at=NOW, covers=covers)
    assert fresh.store.cases.decide(said, case.version)
    assert "1 new case may be about someone in danger" in read(fresh, "/cases").text


def test_each_filter_that_is_set_can_be_taken_away_by_itself(house: House) -> None:
    found = read(house, "/cases?tab=all&platform=x&platform=linkedin&words=scan&since=2026-11-01")
    ways = {told["href"] for told in found.all("a", class_="chip")}
    assert ways == {
        "/cases?tab=all&platform=linkedin&words=scan&since=2026-11-01",
        "/cases?tab=all&platform=x&words=scan&since=2026-11-01",
        "/cases?tab=all&platform=x&platform=linkedin&since=2026-11-01",
        "/cases?tab=all&platform=x&platform=linkedin&words=scan",
    }
    more = {"class_": "nhsuk-details filters__more"}
    assert "open" in found.all("details", **more)[0]
    assert "open" not in read(house, "/cases?words=scan").all("details", **more)[0]


def test_figures_of_a_view_and_of_its_filters_are_told_apart(house: House) -> None:
    every = house.store.queue.page(CaseQuery(tab="all"), NOW)
    some = house.store.queue.page(CaseQuery(tab="all", risks=("high",)), NOW)
    assert 0 < some.total < every.total
    found = read(house, "/cases?tab=all&risk=high").text
    assert f"{some.total} cases in “All” with these filters, of {every.total} without" in found
    assert f"{every.total} cases in “All”, newest first" in read(house, "/cases?tab=all").text


@pytest.mark.parametrize("asked", ["{0}", " #{0}", "case {0}", "Case #{0}", "post {0}", "No. {0}"])
def test_a_number_leads_to_its_case_and_its_post(house: House, asked: str) -> None:
    number = case_of(house.store, NAMED)
    found = read(house, f"/cases?words={quote(asked.format(number))}")
    ways = [told["href"].partition("?")[0] for told in found.all("a")]
    assert (f"/cases/{number}" in ways) == ("post" not in asked)
    assert (f"/mentions/{number}" in ways) == ("case" not in asked.lower())


@pytest.mark.parametrize("asked", ["45 people", "case", "999999999", "NHS 111"])
def test_what_is_no_number_of_anything_is_searched_for_alone(house: House, asked: str) -> None:
    assert "By its number" not in read(house, f"/cases?words={quote(asked)}").text


def test_a_search_offers_to_look_among_what_was_decided_too(house: House) -> None:
    found = read(house, "/cases?words=scan&flag=allegation")
    assert "/cases?tab=all&flag=allegation&words=scan" in [told["href"] for told in found.all("a")]
    assert "Look in all cases" not in read(house, "/cases?tab=all&words=scan").text
    assert "Look in all cases" not in read(house, "/cases").text


def test_flags_stand_in_the_filter_as_they_are_called(house: House) -> None:
    ticks = [told["value"] for told in read(house, "/cases").all("input", name="flag")]
    assert ticks == sorted(ticks, key=house.desk.policy.label)
    assert ticks != sorted(ticks)


def test_what_an_address_asks_in_vain_is_said(house: House) -> None:
    assert "risk: awful is not known" in read(house, "/cases?risk=awful").text


def test_nothing_here_is_never_said_without_what_was_read(house: House, empty: House) -> None:
    found = read(house, "/cases?tab=overdue")
    assert "No case that was read is overdue. This may not be all." in found.text  # a source fails
    assert "X (Twitter): last read to its end Fri 20 Nov 2026, 10:00 (1 hour ago)" in found.text
    assert "Facebook: never read to its end, and failing now" in found.text
    blind = read(empty, "/cases")
    assert "No source has been read to its end yet" in blind.text
    assert "Blogs, news and feeds: never tried" in blind.text
    assert "No source has been read" in read(empty, "/sources").text
    said = {}
    for tab in TABS:
        words = read(empty, f"/cases?tab={tab}").text
        said[tab] = words.rpartition("What was read, so that")[0].rpartition("”")[2].strip()
    assert len(set(said.values())) == len(TABS), said  # each says what it is that there is none of
    assert all(said.values())


def test_what_was_noted_by_hand_does_not_say_that_a_source_was_read(fresh: House) -> None:
    before = read(fresh, "/cases").text.partition("Last collected ")[2][:20]
    for source in ("noted", "accounts"):
        fresh.store.mentions.add_run(source, [], since=NOW, at=NOW, ended=NOW)
    assert read(fresh, "/cases").text.partition("Last collected ")[2][:20] == before
    found = read(fresh, "/sources").text
    assert "Noted by hand" in found
    assert "Noted by hand (off now)" not in found


def test_a_look_for_profiles_in_our_name_is_no_source_that_is_off(fresh: House) -> None:
    for source in ("accounts", "reddit"):
        fresh.store.mentions.add_run(source, [], since=AT, at=AT, ended=AT)
    found = read(fresh, "/sources").text
    assert "Profiles in our name" in found
    assert "Profiles in our name (off now)" not in found
    assert "Reddit (off now)" in found


def test_what_cannot_leave_is_told_of_on_every_page_since_when(anew: House) -> None:
    assert "can’t leave" not in read(anew, "/cases").text
    for day in ("2026-11-08", "2026-11-15"):
        anew.store.outbox.add("weekly", day, NOW, {"last": day}, ["board@example.org"])
    for row in anew.store.outbox.due(NOW):
        if row.kind == "weekly":
            anew.store.outbox.mark_failed(row.number, NOW, "the server refused it", None)
    for path, handle in (
        ("/cases", "amina"),
        ("/today", "bea"),
        ("/sources", "vera"),
        ("/help", "gwen"),
    ):
        assert "2 emails can’t leave since" in read(anew, path, handle).text, path
    assert read(anew, "/today", "bea").all("a", href="/mail")


def test_only_medium_and_low_risks_can_be_decided_together(house: House) -> None:
    ticks = {
        int(told["value"].split(":")[0]) for told in read(house, "/cases").all("input", name="case")
    }
    assert case_of(house.store, RUMOUR) in ticks
    assert not ticks & {case_of(house.store, told) for told in (NAMED, IN_DANGER, ALLEGATION)}


def test_pages_lead_on_and_back(house: House) -> None:
    assert [told["href"] for told in read(house, "/cases").all("a", rel="next")] == [
        "/cases?tab=new&page=2"
    ]
    assert [told["href"] for told in read(house, "/cases?page=2").all("a", rel="prev")] == [
        "/cases?tab=new"
    ]


def test_an_address_with_thousands_of_filters_keeps_nobody_waiting(house: House) -> None:
    began = time.monotonic()
    for name in ("flag", "place", "platform", "reviewer", "clause", "risk"):
        asked = "&".join(f"{name}={name[0]}{number}" for number in range(2000))
        page = read(house, f"/cases?{asked}&{name}=x").text
        assert f"{name}: more than 50 at once" in page
    assert time.monotonic() - began < 8
