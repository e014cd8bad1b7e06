"""Rest in groups: ticked on purpose, what it will do before it is done, just that list, and one undo for all."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from core.context import AnsweredPost, Context
from review.desk import rest
from store import BulkCase
from tests.review.accessibility import faults
from tests.review.conftest import House, serve, sign_in
from tests.review.desk.rested import COMPLAINTS, ELSEWHERE, UNREAD, fill_rest, sort
from tests.review.factories import (
    NOW,
    OWN_STAFF,
    PRESS,
    QUESTION,
    REASONS,
    RUMOUR,
    Told,
    case_of,
    decide,
    tell,
    whole_policy,
)
from tests.review.pages import Tags, read, send
from tests.store.factories import AT, HOUR


@pytest.fixture
def rested(tmp_path: Path) -> Iterator[House]:
    """A page in whose lane Rest something of each kind waits."""
    yield from serve(tmp_path, fill_rest)


def groups(page: Tags) -> list[str]:
    return [tag["value"] for tag in page.all("input", name="group")]


def shown(house: House, *names: str, leave: str = "") -> str:
    """The page that says what closing these groups will do."""
    answer = send(house, "/rest/check", group=list(names), leave=leave)
    assert answer.status_code == 303, answer.text[:300]  # so that Back leads to it again
    with house.asks("amina") as client:
        return client.get(answer.headers["location"]).text


def listed(page: str) -> list[str]:
    return re.findall(r'name="case" value="([^"]+)"', page)


def test_rest_is_in_groups_with_a_first_look_and_nothing_is_ticked(rested: House) -> None:
    page = read(rested, "/rest")
    assert "Rest: 5 cases, nothing due" in page.text
    assert len(groups(page)) == 3
    assert groups(page)[-1] == rest.UNREAD
    assert rest.NOT_ABOUT_US in groups(page)
    assert not [tag for tag in page.all("input", name="group") if "checked" in tag]
    assert COMPLAINTS[0].text in page.text
    assert QUESTION.text not in page.text


def test_what_could_not_be_read_in_full_is_closed_by_no_tick(rested: House) -> None:
    page = read(rested, "/rest")
    (unread,) = [one for one in page.all("input", name="group") if one["value"] == rest.UNREAD]
    assert "disabled" in unread
    assert "could not be read in full: open it by itself" in page.text
    assert "Nothing will close" in shown(rested, rest.UNREAD)


def test_who_may_not_decide_is_offered_nothing(rested: House) -> None:
    page = read(rested, "/rest", "vera")
    assert all("disabled" in tag for tag in page.all("input", name="group"))
    assert page.all("button", type="submit")
    assert "Show what will close" not in page.text
    assert send(rested, "/rest/check", "vera", group=rest.UNREAD).status_code == 403
    assert send(rested, "/rest", "vera", case="no_action:1:0:1.1").status_code == 403


def test_nothing_ticked_closes_nothing_and_says_so(rested: House) -> None:
    answer = send(rested, "/rest/check")
    assert answer.status_code == 422
    assert "Tick the groups" in answer.text
    assert send(rested, "/rest").status_code == 422


def test_what_it_will_do_is_said_first_and_names_what_is_left_out(rested: House) -> None:
    held, group = case_of(rested.store, COMPLAINTS[1]), groups(read(rested, "/rest"))[0]
    rested.store.claims.look(held, rested.who["bea"], NOW)
    page = shown(rested, group, rest.NOT_ABOUT_US, leave=str(case_of(rested.store, COMPLAINTS[2])))
    text = " ".join(Tags(page).text.split())
    assert "1 case closes as “No action”" in text
    assert "1 case closes as “Not about us”" in text
    assert "1 is with a colleague: left out" in text
    assert f'href="/cases/{held}"' in page
    assert "Close 2 cases" in text
    assert COMPLAINTS[0].text[:30] in text  # each with its first words, not its kind alone
    assert rested.store.bulk.recent(NOW) == []  # nothing was done yet


def test_just_that_list_is_closed_and_taken_back_in_one_step(rested: House) -> None:
    group = groups(read(rested, "/rest"))[0]
    form = listed(shown(rested, group, rest.NOT_ABOUT_US))
    assert len(form) == 4
    changed = case_of(rested.store, COMPLAINTS[0])
    decide(rested.store, changed, rested.who["bea"], "monitor")
    answer = send(rested, "/rest", case=form)
    assert answer.status_code == 303
    page = read(rested, answer.headers["location"])
    assert "Saved: 3 cases closed." in page.text
    assert f"case {changed}" in page.text
    for told, kind in ((COMPLAINTS[1], "no_action"), (ELSEWHERE, "not_relevant")):
        assert rested.store.cases.history(case_of(rested.store, told))[-1].decision.kind == kind
    assert rested.store.cases.history(case_of(rested.store, UNREAD)) == []
    assert rested.store.cases.history(changed)[-1].decision.kind == "monitor"

    (number,) = {tag["value"] for tag in page.all("input", name="number")}
    back = send(rested, "/rest/undo", number=number)
    assert "Undone: 3 cases are back as they were" in read(rested, back.headers["location"]).text
    assert rested.store.lanes.counts()["rest"] == 4


def test_only_who_closed_them_or_a_lead_takes_it_back(rested: House) -> None:
    form = listed(shown(rested, groups(read(rested, "/rest"))[0]))
    send(rested, "/rest", case=form)
    (bulk,) = rested.store.bulk.recent(NOW)
    rested.store.users.add("local", "carl", "Carl Finch", ("reviewer",), at=NOW)
    rested.who["carl"] = next(
        user.number for user in rested.store.users.all() if user.name == "Carl Finch"
    )
    assert send(rested, "/rest/undo", "carl", number=bulk.number).status_code == 422
    assert send(rested, "/rest/undo", "bea", number=bulk.number).status_code == 303


def test_a_form_that_was_changed_on_its_way_decides_nothing(rested: House) -> None:
    case = case_of(rested.store, QUESTION)
    for value in (
        f"no_action:{case}:0:6.1",  # what has a running clock
        f"remove:{case}:0:6.1",
        f"no_action:{case}:0:",
        "no_action:9999:0:9999.1",
        "x" * 5000,
    ):
        send(rested, "/rest", case=value)
    assert rested.store.cases.history(case) == []


def test_the_list_of_cases_by_filter_says_what_it_leaves_out_by_the_same_rules(
    fresh: House,
) -> None:
    case = case_of(fresh.store, PRESS)
    found = fresh.store.cases.get(case)
    assert found is not None
    ticked = [f"{case}:{found.version}", "9999:0", "x"]
    answer = send(fresh, "/cases/decide", case=ticked, kind="monitor", reason="old")
    assert answer.status_code == 200
    assert "Nothing will close" in answer.text
    assert "left out" in answer.text
    assert "Case 9999" in answer.text
    assert len(fresh.store.cases.history(case)) == found.version


def waits(reason: str, *, about_us: bool = True) -> BulkCase:
    return BulkCase(
        case=1, version=0, mention=1, reason=reason, about_us=about_us, posts=((1, 1),), left_out=None,
    )  # fmt: skip


def test_a_case_is_in_the_group_of_its_reason_without_subject_and_place() -> None:
    cases = [waits("Complaint: phones, Brent"), waits("Complaint, Brent"), waits("Complaint")]
    assert {rest.group_of(case) for case in cases} == {"Complaint"}
    assert rest.about(cases) == "Brent, phones"
    assert rest.group_of(waits("Complaint", about_us=False)) == rest.NOT_ABOUT_US


def test_what_holds_of_staff_alone_makes_no_group_of_its_own() -> None:
    """A group with a count, that an address can open, would be a list of staff by what was flagged."""
    policy = whole_policy()
    of_staff = {policy.flags[name].reason for name in policy.of_staff_alone}
    assert len(of_staff) == 5
    for reason in of_staff:
        assert rest.group_of(waits(f"{reason}: rotas, Brent"), of_staff) == rest.OTHER
    assert rest.group_of(waits("Complaint: phones"), of_staff) == "Complaint"


def test_the_page_of_rest_names_no_such_group(anew: House, monkeypatch: pytest.MonkeyPatch) -> None:
    reason = whole_policy().flags["no_disclaimer"].reason
    monkeypatch.setitem(REASONS, "no_disclaimer", ("rest", reason))
    told = replace(OWN_STAFF, text="Band 6 at the clinic. Proud to be NHS NW London all week")
    tell(anew.store, told, 950, alone=True)
    page = read(anew, "/rest")
    assert rest.OTHER in page.text
    assert reason not in {tag["value"] for tag in page.all("input", name="group")}
    assert f"<h2>{reason}" not in page.text
    shown = read(anew, f"/rest?group={quote(reason)}").text
    assert f"group={quote(reason)}" not in shown


CLAIM = replace(RUMOUR, text="Hounslow urgent care closes in spring, is what they never say", flags=(("misinformation", "Hounslow"),), masked="")  # fmt: skip
REPEATS = tuple(
    Told(text=words, risk="low", read={"sentiment": "negative"})
    for words in (
        "They are shutting Hounslow urgent care in January, staff were told",
        "Hounslow urgent care shuts for good they say",
    )
)


def claimed(house: House) -> int:
    """The case of a claim that two cases of Rest repeat."""
    for number, told in enumerate((*REPEATS, CLAIM), start=940):
        tell(house.store, told, number, AT + HOUR, alone=True)
    sort(house.store)
    with house.store.database.transaction():
        house.store.database.execute(
            "UPDATE case_mentions SET reason = 'Claim to check: closing, Hounslow' WHERE mention = (SELECT max(number) FROM mentions)"
        )
    return case_of(house.store, CLAIM)


def test_what_repeats_a_claim_is_closed_from_its_case_in_one_step_and_undone_in_one(rested: House) -> None:  # fmt: skip
    number, repeats = claimed(rested), {case_of(rested.store, told) for told in REPEATS}
    page = read(rested, f"/cases/{number}")
    assert "Close all 2 as the same as this" in page.text
    preview = read(rested, f"/cases/{number}/repeats").text
    assert f"2 cases close as “Same as case {number}”." in preview
    assert all(told.text[:30] in preview for told in REPEATS)  # what they say is read first
    with rested.asks("amina") as client:
        values = listed(client.get(f"/cases/{number}/repeats").text)
    answer = send(rested, f"/cases/{number}/repeats", case=values)
    assert answer.headers["location"].startswith(f"/cases/{number}?done=")
    back = read(rested, answer.headers["location"])
    assert "Saved: 2 cases of Rest closed as the same as this." in back.text
    assert set(rested.store.duplicates.of_case(number)) == repeats
    bulk = re.search(r"done=(\d+)", answer.headers["location"])
    assert bulk
    send(rested, "/rest/undo", number=bulk[1])
    assert rested.store.duplicates.of_case(number) == []


def test_a_claim_that_names_nothing_is_that_of_our_post_that_it_is_written_under(rested: House) -> None:  # fmt: skip
    ours = Context(answered=(AnsweredPost(text="Walk-ins at Central Middlesex Hospital stay as they are", handle="nhsnwl", official=True),))  # fmt: skip
    theirs = Context(answered=(AnsweredPost(text="Walk-ins at Central Middlesex Hospital", handle="x"),))  # fmt: skip
    short = replace(CLAIM, flags=(("misinformation", "closing"),), text="Its closing. They are putting flats on it", about={"context": ours})  # fmt: skip
    apart = replace(
        CLAIM,
        flags=(("misinformation", "closing"),),
        text="Its closing, and nobody says so",
        about={"context": theirs},
    )
    long = replace(
        CLAIM,
        flags=(("misinformation", "closing"),),
        text="Central Middlesex is closing so they can sell the land",
    )
    for number, told in enumerate((short, apart, long), start=970):
        tell(rested.store, told, number, AT + HOUR, alone=True)
    sort(rested.store)
    cases = [case_of(rested.store, told) for told in (short, apart, long)]
    with rested.store.database.transaction():
        for case in cases:
            rested.store.database.execute("UPDATE case_mentions SET reason = 'Claim to check: closing' WHERE case_number = ?", case)  # fmt: skip
    assert rested.store.bulk.same_claim(cases[0]) == [cases[2]]
    assert rested.store.bulk.same_claim(cases[2]) == [cases[0]]
    assert rested.store.bulk.same_claim(cases[1]) == []  # what others post says nothing of ours
    assert f"The same claim waits in Today as case {cases[2]}." in read(rested, f"/cases/{cases[0]}").text  # fmt: skip


@pytest.mark.parametrize("words", [
    "Hounslow urgent care closing?? Has anybody got an actual source?", "That Hounslow urgent care closes is false, I'd bet my stapler",
    "Hounslow urgent care isn't closing, my sister works there", "They say Hounslow urgent care is shutting. No truth in it",
])  # fmt: skip
def test_who_denies_a_claim_or_asks_about_it_is_not_closed_as_the_same(rested: House, words: str) -> None:  # fmt: skip
    doubter = Told(text=words, risk="low", read={"sentiment": "negative"})
    tell(rested.store, doubter, 960, AT + HOUR, alone=True)
    number, repeats = claimed(rested), {case_of(rested.store, told) for told in REPEATS}
    other = case_of(rested.store, doubter)
    page = read(rested, f"/cases/{number}").text
    assert f"1 of them denies it or asks about it: case {other}. Open it by itself." in page
    assert "Close the other 2 as the same as this" in page
    preview = read(rested, f"/cases/{number}/repeats").text
    assert f"2 cases close as “Same as case {number}”." in preview
    assert "denies what is claimed, or asks about it: open it by itself: left out" in preview
    with rested.asks("amina") as client:
        values = listed(client.get(f"/cases/{number}/repeats").text)
    send(rested, f"/cases/{number}/repeats", case=values)
    assert set(rested.store.duplicates.of_case(number)) == repeats
    case = rested.store.cases.get(other)
    assert case is not None
    assert case.state == "new"


def test_the_number_that_the_same_case_is_asked_by_says_what_to_type(rested: House) -> None:
    number = claimed(rested)
    case = rested.store.cases.get(number)
    assert case is not None
    (post,) = [each.item for each in rested.store.cases.mentions(number) if each.reviewable]
    asked = send(rested, f"/cases/{number}/decide", do="same", version=case.version, posts=f"{post.number}:{post.revision}")  # fmt: skip
    assert "Type the number of that case, as its row says it." in asked.text
    assert 'aria-describedby="ask-case-hint"' in asked.text


def test_cases_of_today_that_make_one_claim_name_each_other_and_are_offered_to_be_joined(rested: House) -> None:  # fmt: skip
    again = replace(CLAIM, text="So the urgent care of Hounslow will be closing for good, my nurse says")  # fmt: skip
    other = replace(CLAIM, text="Harrow urgent care is closing in summer", flags=(("misinformation", "Harrow"),))  # fmt: skip
    for number, told in ((950, again), (951, other)):
        tell(rested.store, told, number, AT + HOUR, alone=True)
    first = claimed(rested)
    second, third = case_of(rested.store, again), case_of(rested.store, other)
    with rested.store.database.transaction():
        for case, place in ((second, "Hounslow"), (third, "Harrow")):
            rested.store.database.execute("UPDATE case_mentions SET reason = ? WHERE case_number = ?", f"Claim to check: closing, {place}", case)  # fmt: skip
    for mine, theirs in ((first, second), (second, first)):
        page = read(rested, f"/cases/{mine}").text
        assert f"The same claim waits in Today as case {theirs}." in page
        assert f"case {third}" not in page
    assert "The same claim waits" not in read(rested, f"/cases/{third}").text
    found = rested.store.cases.get(first)
    assert found is not None
    (post,) = [each.item for each in rested.store.cases.mentions(first) if each.reviewable]
    form: dict[str, Any] = {
        "do": "same",
        "version": found.version,
        "posts": f"{post.number}:{post.revision}",
    }
    asked = send(rested, f"/cases/{first}/decide", **form)
    assert f'name="other_like" id="like-{second}"' in asked.text
    assert "So the urgent care of Hounslow will be closing" in asked.text
    assert send(rested, f"/cases/{first}/decide", **form, other_like=second, why="event").status_code == 303  # fmt: skip
    assert rested.store.duplicates.of_case(second) == [first]


def test_what_repeats_a_claim_is_closed_from_its_case_also_once_that_was_answered(rested: House) -> None:  # fmt: skip
    number = claimed(rested)
    decide(rested.store, number, rested.who["amina"], "respond")
    assert "Close all 2 as the same as this" in read(rested, f"/cases/{number}").text
    with rested.asks("amina") as client:
        values = listed(client.get(f"/cases/{number}/repeats").text)
    send(rested, f"/cases/{number}/repeats", case=values)
    assert set(rested.store.duplicates.of_case(number)) == {case_of(rested.store, told) for told in REPEATS}  # fmt: skip


def test_axe_finds_nothing_wrong_with_the_list_of_repeats(browser: Browser, rested: House) -> None:
    number = claimed(rested)
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, rested, "amina")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{rested.url}/cases/{number}/repeats")
            assert faults(page) == []


def test_what_repeats_a_claim_is_still_closed_by_no_bulk_of_rest(rested: House) -> None:
    number = claimed(rested)
    with rested.asks("amina") as client:
        values = listed(client.get(f"/cases/{number}/repeats").text)
    sent = [value.replace("duplicate:", "no_action:") for value in values]
    send(rested, "/rest", case=sent)
    send(rested, f"/cases/{number}/repeats", case=sent)  # nor as anything else from its case
    assert all(rested.store.cases.history(case_of(rested.store, told)) == [] for told in REPEATS)


def test_from_the_case_of_another_claim_nothing_of_it_is_closed(rested: House) -> None:
    number = claimed(rested)
    with rested.asks("amina") as client:
        values = listed(client.get(f"/cases/{number}/repeats").text)
    other = case_of(rested.store, RUMOUR)
    send(rested, f"/cases/{other}/repeats", case=values)
    assert rested.store.duplicates.of_case(other) == []
    assert read(rested, f"/cases/{number}", "vera").text.count("as the same as this") == 0


def test_what_changed_meanwhile_stays_and_is_named(rested: House) -> None:
    number, gone = claimed(rested), case_of(rested.store, REPEATS[0])
    with rested.asks("amina") as client:
        values = listed(client.get(f"/cases/{number}/repeats").text)
    decide(rested.store, gone, rested.who["bea"], "monitor")
    answer = send(rested, f"/cases/{number}/repeats", case=values)
    page = read(rested, answer.headers["location"])
    assert "Saved: 1 case of Rest closed as the same as this." in page.text
    assert f"Left out, since it changed meanwhile: case {gone}" in page.text


NEWS = tuple(
    Told(text=words, risk="low", read={"sentiment": "negative"})
    for words in (
        "The maternity review is set in 9 point. Somebody please reissue it.",
        "They 'welcomed' the maternity review. I'd have liked a sorry for my sister.",
        "Now make a film about the maternity review and show it at the board",
        "A maternity review of forty pages and not one name under it",
    )
)
STORY = "One story: maternity review"


def told_by_four(house: House) -> list[int]:
    """The cases of Rest that tell of one piece of news."""
    for number, told in enumerate(NEWS, start=960):
        tell(house.store, told, number, AT + HOUR, alone=True)
    sort(house.store)
    return [case_of(house.store, told) for told in NEWS]


def test_what_several_tell_of_one_piece_of_news_is_a_group_with_one_decision(rested: House) -> None:
    cases = told_by_four(rested)
    page = read(rested, "/rest")
    assert STORY in groups(page)
    assert "4 tell of it: one decision closes all." in page.text
    assert not any("checked" in tag for tag in page.all("input", name="group"))
    preview = shown(rested, STORY)
    assert {int(value.split(":")[1]) for value in listed(preview)} == set(cases)
    assert all(told.text[:30] in html.unescape(preview) for told in NEWS)
    answer = send(rested, "/rest", case=listed(preview))
    after = {number: rested.store.cases.get(number) for number in cases}
    assert {case.state for case in after.values() if case} == {"done"}
    (bulk,) = re.findall(r"done=(\d+)", answer.headers["location"])
    send(rested, "/rest/undo", number=bulk)
    assert STORY in groups(read(rested, "/rest"))


def test_of_a_story_a_running_clock_a_request_and_what_a_colleague_has_stay_and_are_counted(rested: House) -> None:  # fmt: skip
    cases = told_by_four(rested)
    store = rested.store
    with store.database.transaction():
        store.database.execute(
            "INSERT INTO deadlines (case_number, kind, began_at, due_at) SELECT ?, kind, began_at, due_at FROM deadlines WHERE kind = 'assistance' LIMIT 1",
            cases[0],
        )
    store.assignments.assign(cases[1], rested.who["bea"], by=rested.who["bea"], at=NOW, seen=0)
    page = read(rested, "/rest").text
    assert "4 tell of it: one decision closes 2 of them. 1 has a running clock. 1 is with a colleague." in page  # fmt: skip
    preview = shown(rested, STORY)
    assert {int(value.split(":")[1]) for value in listed(preview)} == set(cases[2:])
    assert "1 has a running clock: left out" in preview
    send(rested, "/rest", case=listed(preview))
    assert all((case := store.cases.get(number)) and case.state != "done" for number in cases[:2])


def test_one_that_is_left_out_of_a_story_stays(rested: House) -> None:
    cases = told_by_four(rested)
    assert {int(value.split(":")[1]) for value in listed(shown(rested, STORY, leave=str(cases[0])))} == set(cases[1:])  # fmt: skip


def test_a_case_that_tells_of_two_stories_is_in_the_larger_alone() -> None:
    def told(case: int, *news: str, about_us: bool = True, unread: bool = False) -> BulkCase:
        return BulkCase(case=case, version=0, mention=case, reason="Remark", about_us=about_us, posts=((case, 1),), left_out="unread" if unread else None, news=frozenset(news))  # fmt: skip

    cases = [told(1, "a review", "b strike"), told(2, "a review"), told(3, "a review"), told(4, "b strike"),
             told(5, "c plan"), told(6, "a review", about_us=False), told(7, "a review", unread=True)]  # fmt: skip
    assert rest.stories(cases) == dict.fromkeys((1, 2, 3), "One story: a review")
