"""Today's list in its lanes, the case beside it, and what stands over both, as somebody gets them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from core.context import Owner, Page, context_of
from review.desk import today
from review.desk.today import MOST_OF_EACH
from settings.review import EscalationRole, ReplyTemplate
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane
from tests.review.factories import (
    ALLEGATION,
    FOREIGN,
    HOSTILE,
    IN_DANGER,
    NAMED,
    NOW,
    OWN_STAFF,
    PRESS,
    QUESTION,
    RUMOUR,
    case_of,
    configure,
    decide,
    group,
    tell,
)
from tests.review.pages import Tags, read, send
from tests.review.teamwork import give
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention


def rows(page: Tags) -> list[int]:
    """The cases of a list, from the top."""
    return [int(row["data-row"]) for row in page.all("a") if "data-row" in row]


def opened(page: Tags) -> int:
    """The case in the pane."""
    (pane,) = page.all("article", id="pane")
    return int(pane.get("data-case", "0"))


def test_the_list_holds_what_is_left_today_lane_after_lane_and_nothing_of_the_rest(
    house: House,
) -> None:
    page = read(house, "/today")
    lanes = {number: house.store.cases.get(number).lane for number in rows(page)}  # type: ignore[union-attr]
    order = ["now", "answer", "look"]
    assert sorted(lanes.values(), key=order.index) == list(lanes.values())  # type: ignore[arg-type]
    assert set(lanes.values()) == set(order)
    counts = house.store.lanes.counts()
    assert len(rows(page)) == sum(
        min(counts[lane], MOST_OF_EACH) for lane in ("now", "answer", "look")
    )
    assert counts["answer"] > MOST_OF_EACH  # the rest is a link away
    assert page.all("a", href="/today?lane=answer")
    assert len(rows(read(house, "/today?lane=answer"))) == counts["answer"]
    assert case_of(house.store, FOREIGN) not in rows(page)


def test_one_lane_can_be_asked_for_alone(house: House) -> None:
    page = read(house, "/today?lane=rest")
    assert case_of(house.store, FOREIGN) in rows(page)
    assert case_of(house.store, NAMED) not in rows(page)
    links = [row["href"] for row in page.all("a") if "data-row" in row]
    assert all("lane=rest" in link for link in links)
    assert rows(read(house, "/today?lane=nonsense")) == rows(read(house, "/today"))


def test_the_pane_holds_the_first_case_that_nobody_else_has(anew: House) -> None:
    for threat in (IN_DANGER, HOSTILE):  # which nobody's window keeps from others
        anew.store.assignments.assign(case_of(anew.store, threat), anew.who["gwen"], by=anew.who["gwen"], at=NOW, seen=0)  # fmt: skip
    page = read(anew, "/today")
    first, second = [number for number in rows(page) if number not in (case_of(anew.store, IN_DANGER), case_of(anew.store, HOSTILE))][:2]  # fmt: skip
    assert opened(page) == first
    anew.store.claims.claim(first, anew.who["bea"], NOW)
    assert opened(read(anew, "/today")) == second
    assert opened(read(anew, "/today", "bea")) == first


def test_opening_a_case_says_so_to_colleagues_and_closes_the_one_before(anew: House) -> None:
    one, other = case_of(anew.store, NAMED), case_of(anew.store, ALLEGATION)
    read(anew, f"/cases/{one}")
    assert "Amina Yusuf is looking" in read(anew, f"/cases/{one}", "vera").text
    read(anew, f"/cases/{other}")
    assert f"Case {one}Nobody has it" in read(anew, f"/cases/{one}", "vera").text
    assert "Amina Yusuf is looking" in read(anew, "/today", "bea").text


def test_whoever_was_led_to_a_case_of_now_keeps_it_from_others_for_a_moment_alone(
    anew: House,
) -> None:
    """They may have left: nobody is led past somebody in danger whom nobody has begun with."""
    now_lane(anew, ALLEGATION, "Threat to a doctor")
    now_lane(anew, NAMED, "Someone may end their life")
    anew.store.database.execute("UPDATE cases SET lane_order = '0' WHERE number = ?", case_of(anew.store, NAMED))  # fmt: skip
    led = case_of(anew.store, NAMED)
    other = case_of(anew.store, ALLEGATION)
    read(anew, f"/cases/{led}?saved={other}.1", "bea")
    soon, later = NOW + timedelta(seconds=30), NOW + timedelta(minutes=2)
    for at, leads_there in ((soon, False), (later, True)):
        number = anew.store.lanes.next_after(other, user=anew.who["amina"], at=at, lanes=("now",))
        assert (number == led) is leads_there
    read(anew, f"/cases/{led}", "bea")  # who opens it by themselves reads it longer
    number = anew.store.lanes.next_after(other, user=anew.who["amina"], at=later, lanes=("now",))
    assert number != led


def test_danger_that_lies_open_and_has_no_answer_is_next_for_everybody_all_the_same(anew: House) -> None:  # fmt: skip
    """Whoever has it open may have left: a window keeps danger from nobody, a step or a taken case does."""
    for told, reason in ((IN_DANGER, "Someone may end their life"), (NAMED, "A name"), (HOSTILE, "Threat to a doctor")):  # fmt: skip
        now_lane(anew, told, reason)
    danger, leak, threat = (case_of(anew.store, told) for told in (IN_DANGER, NAMED, HOSTILE))
    for order, number in enumerate((danger, leak, threat)):
        anew.store.database.execute("UPDATE cases SET lane_order = ? WHERE number = ?", str(order), number)  # fmt: skip
    amina = anew.who["amina"]

    def leads() -> int | None:
        return anew.store.lanes.next_after(case_of(anew.store, ALLEGATION), user=amina, at=NOW, lanes=("now",))  # fmt: skip

    now_lane(anew, ALLEGATION, "Reported")
    read(anew, f"/cases/{danger}?saved=1.1", "bea")
    assert leads() == threat  # danger that nobody has open goes before; what is no danger does not
    anew.desk.now = lambda: NOW + timedelta(minutes=1)
    read(anew, f"/cases/{danger}", "bea")  # it is still hers
    anew.desk.now = lambda: NOW + timedelta(minutes=5)
    page = read(anew, f"/cases/{danger}")
    assert "Bea Whitlock has this open since 11:00, and nothing is done yet." in page.text
    assert "Bea Whitlock has it open, nothing is done yet" in page.text  # its row
    assert "Bea Whitlock has this open" in read(anew, f"/cases/{danger}/danger").text
    assert "has this open" not in read(anew, f"/cases/{danger}", "bea").text
    anew.desk.now = lambda: NOW
    assert do(anew, f"/cases/{threat}/threat", "not_called", "bea").status_code == 303
    read(anew, f"/cases/{danger}", "bea")
    assert leads() == danger  # whoever has it open, and not the leak below it
    assert opened(read(anew, "/today")) == danger
    other = case_of(anew.store, ALLEGATION)
    posts = [f"{each.item.number}:{each.item.revision}" for each in anew.store.cases.mentions(other)]  # fmt: skip
    form = {"do": "watch", "why": "other", "other": "They wait for an answer of the ward", "asked": "yes", "sure": "yes"}  # fmt: skip
    version = str(anew.store.cases.get(other).version)  # type: ignore[union-attr]
    answer = send(anew, f"/cases/{other}/decide", posts=posts, version=version, **form)
    assert answer.headers["location"].startswith(f"/cases/{danger}?")
    assert do(anew, f"/cases/{danger}/danger", "not_called", "bea").status_code == 303
    assert leads() == leak  # Bea has begun, and has it by that
    assert do(anew, f"/cases/{danger}/danger", "back", "bea", step="first").status_code == 303
    assert leads() == danger  # it was taken back: nothing is done again
    seen = re.search(r'name="seen" value="(\d+)"', anew.asks("bea").get(f"/cases/{danger}").text)
    assert seen is not None
    send(anew, f"/cases/{danger}/take", "bea", seen=seen[1])
    assert leads() == leak


def test_opening_the_list_takes_no_case(anew: House) -> None:
    first = opened(read(anew, "/today"))
    found = anew.store.cases.get(first)
    assert found is not None
    assert found.claimed_by is None


def test_who_looks_is_told_so_alike_in_the_row_and_the_whole_case(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    page = read(anew, f"/cases/{case}").text
    assert page.count("You are looking") == 1  # its row: the pane of one’s own need not say so
    assert "Nobody has it" not in page.partition('id="pane"')[2]
    whole = read(anew, f"/cases/{case}/full").text
    assert "You are looking" in whole
    assert "Nobody has it" not in whole
    give(anew, NAMED, "bea")
    for person, row in (("amina", "Bea Whitlock has it, you are looking"), ("bea", "You have it, Amina Yusuf is looking")):  # fmt: skip
        assert row in read(anew, "/today", person).text
    shown = read(anew, f"/cases/{case}").text
    assert "Bea Whitlock has it, you are looking" in shown
    assert re.search(r"Bea Whitlock has it since [^,]*(?:, )?\d\d:\d\d, you are looking", shown), (
        re.findall("Bea Whitlock.{60}", shown)
    )


def test_what_was_passed_on_is_with_its_team_in_ones_own_list(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    found = anew.store.cases.get(case)
    assert found is not None
    decide(anew.store, case, anew.who["amina"], "escalate", role="information_governance")
    page = read(anew, "/mine").text
    assert "Nobody has it" not in page
    assert "Waits for information governance, not told yet" in page
    assert "Waits for information governance, not told yet" in read(anew, "/today").text
    shown = read(anew, f"/cases/{case}").text  # whoever opens it is told so too, in row and pane
    assert shown.count("Waits for information governance, not told yet, you are looking") == 2
    assert (
        "Waits for information governance, not told yet, Amina Yusuf is looking"
        in read(anew, "/today", "bea").text
    )
    whole = read(anew, f"/cases/{case}/full").text
    assert (
        "Waits for information governance, not told yet. You are looking, and have not taken it."
        in whole
    )


def test_who_only_looks_holds_up_nobody(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    page = read(anew, f"/cases/{case}", "vera")
    found = anew.store.cases.get(case)
    assert found is not None
    assert found.claimed_by is None
    assert not page.all("form", id="decide")
    assert not [one for one in page.all("form") if one.get("action", "").startswith("/cases/")]


def test_a_row_is_one_link_with_a_reason_and_says_what_nobody_has_opened(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    page = read(anew, "/today")
    assert "X (Twitter): Patient’s NHS number, in public, nobody has opened it" in page.text
    read(anew, f"/cases/{case}")
    assert "in public, nobody has opened it" not in read(anew, "/today").text


def test_a_case_has_the_name_of_its_worst_post_that_nobody_decided_on(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    page = read(anew, f"/cases/{case}")
    assert re.search(rf"<title>Case {case}: Patient’s NHS number, in public", raw(anew, f"/cases/{case}"))  # fmt: skip
    assert "Case " + str(case) in page.text
    (name,) = page.all("h2", id="case-name")
    assert name["tabindex"] == "-1"


@pytest.mark.parametrize(
    ("owner", "suggested"), [("organisation", "hide it"), ("other", "report it to the platform")]
)
def test_hiding_is_suggested_only_under_what_is_ours(
    anew: House, owner: Owner, suggested: str
) -> None:
    told = replace(
        RUMOUR, text="Nothing but clowns at the desk", flags=(("derogatory", "clowns"),),
        of_flags={"target": ("colleague",)}, about={"platform": "youtube", "issuer": "youtube", "kind": "comment"},
    )  # fmt: skip
    there = context_of(page=Page(owner=owner, name="A channel"))
    tell(anew.store, told, 610, alone=True, source="youtube", context=there)
    page = read(anew, f"/cases/{case_of(anew.store, told)}")
    assert f"Suggested: {suggested}." in page.text
    assert ("Hide it" in page.text) == (owner == "organisation")


def raw(house: House, path: str, handle: str = "amina") -> str:
    with house.asks(handle) as client:
        return client.get(path).text


@pytest.mark.parametrize(
    "link", ["/cases/{case}?post={post}", "/mentions/{post}"]
)  # of an alert, and of its post alone
def test_the_link_of_an_alert_outlines_its_post_with_a_decision_of_its_own(anew: House, link: str) -> None:  # fmt: skip
    case = case_of(anew.store, RUMOUR)
    posts = [each.item.number for each in anew.store.cases.mentions(case) if each.reviewable]
    assert len(posts) > 1
    came_for = posts[1]
    page = read(anew, link.format(case=case, post=came_for))
    (came,) = page.all("section", class_="post post--came")
    assert came["id"] == f"mention-{came_for}"
    assert "You came for this one" in page.text
    forms = [one["id"] for one in page.all("form") if "data-decide" in one]
    assert f"decide-{came_for}" in forms


def test_a_case_of_several_posts_shows_each_with_its_own_decision_and_nothing_ticked(
    anew: House,
) -> None:
    page = read(anew, f"/cases/{case_of(anew.store, RUMOUR)}")
    posts = [one for one in page.all("section") if "data-post" in one]
    assert len(posts) > 1
    ticks = page.all("input", type="checkbox", name="posts")
    assert len(ticks) == len([one for one in page.all("form") if "data-decide" in one]) > 1
    assert not [one for one in ticks if "checked" in one]
    assert "Each post gets its own decision" in page.text


def test_the_strip_counts_what_was_done_today_and_names_failing_sources(anew: House) -> None:
    before = read(anew, "/today").text
    done, left = re.search(r"(\d+) done, (\d+) left", before).groups()  # type: ignore[union-attr]
    decide(anew.store, case_of(anew.store, NAMED), anew.who["bea"], "monitor", at=NOW)
    after = read(anew, "/today").text
    assert (
        f"{int(done) + 1} done, {int(left) - 1} left" in after
    )  # no whole that moves as posts come in
    assert "3 of 4 sources are failing: Facebook never read" in after
    assert "minutes left" not in after.partition("Now")[0]  # the team's pace is not known yet


def test_an_empty_lane_says_when_it_was_looked_at_and_a_finished_day_says_so(empty: House) -> None:
    page = read(empty, "/today").text
    assert "This may not be all" in page  # no source was read
    lane = read(empty, "/today?lane=now").text
    assert "We can’t tell whether anything is in Now." in lane
    assert "No source was read yet." in lane
    for source in ("x", "facebook", "linkedin", "feeds"):
        empty.store.mentions.add_run(source, [], since=NOW, at=NOW)
    assert "Done for today" in read(empty, "/today").text
    lane = read(empty, "/today?lane=now").text
    assert "Nothing in Now." in lane
    assert "Last looked at 11:00." in lane
    assert "safe" not in page.lower()


def test_what_is_taken_is_among_ones_own_and_what_is_merely_looked_at_is_not(anew: House) -> None:
    case = give(anew, NAMED, "amina")
    read(anew, f"/cases/{case_of(anew.store, ALLEGATION)}")
    assert rows(read(anew, "/mine")) == [case]
    assert rows(read(anew, "/mine", "gwen")) == []
    assert "Nothing is yours" in read(anew, "/mine", "gwen").text


def test_what_one_passed_on_stays_among_ones_own_until_it_is_answered(anew: House) -> None:
    assert rows(read(anew, "/mine", "bea")) == [case_of(anew.store, PRESS)]


def test_what_is_done_is_listed_with_what_was_decided(anew: House) -> None:
    page = read(anew, "/done")
    assert case_of(anew.store, OWN_STAFF) in rows(page)
    assert "no action" in page.text


@pytest.mark.parametrize("asked", ["{}", "case {}", "#{}"])
def test_a_number_in_the_search_leads_to_its_case(anew: House, asked: str) -> None:
    case = 999_999
    with anew.asks() as client:
        missing = client.get("/all", params={"q": asked.format(case)})
        assert missing.status_code == 200
        case = case_of(anew.store, OWN_STAFF)
        found = client.get("/all", params={"q": f"case {case}"})
    assert found.headers["location"] == f"/cases/{case}"


def test_words_in_the_search_find_cases(anew: House) -> None:
    page = read(anew, "/all?q=prescription")
    assert rows(page)
    assert case_of(anew.store, IN_DANGER) not in rows(page)
    assert "No case has these words." in read(anew, "/all?q=bicycles").text


def test_the_highlight_can_be_turned_off_and_stays_off(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    assert read(anew, f"/cases/{case}").all("mark")
    assert not read(anew, f"/cases/{case}?marks=off").all("mark")
    answer = send(anew, "/preferences", marks="off", back=f"/cases/{case}")
    assert answer.headers["location"] == f"/cases/{case}"
    assert not read(anew, f"/cases/{case}").all("mark")
    assert read(anew, f"/cases/{case}", "bea").all("mark")


def test_keys_are_on_until_somebody_turns_them_off(anew: House) -> None:
    (body,) = read(anew, "/today").all("body")
    assert body["data-keys"] == "true"
    assert send(anew, "/preferences", keys="off", back="//evil.example.org").headers["location"] == "/today"  # fmt: skip
    (body,) = read(anew, "/today").all("body")
    assert body["data-keys"] == "false"
    assert "Single keys are off" in read(anew, "/today").text


def test_where_it_was_saved_nothing_is_said_of_what_is_not_ones_own(anew: House) -> None:
    case = anew.store.cases.of_mention(6)  # that Amina watches
    assert "Saved: case" in read(anew, f"/today?saved={case}.1").text
    assert "Saved: case" not in read(anew, f"/today?saved={case}.1", "bea").text
    assert "Saved: case" not in read(anew, "/today?saved=999.1").text
    assert "Saved: case" not in read(anew, "/today?saved=x").text


def test_done_says_who_decided_and_when(anew: House) -> None:
    number = case_of(anew.store, RUMOUR)
    decide(anew.store, number, anew.who["bea"], "no_action")
    page = read(anew, "/done", "amina").text
    assert "Bea Whitlock, 10:00" in page
    assert "Bea Whitlock decided" in page
    assert "Nobody has it" not in page


def test_a_row_of_done_has_its_number_its_words_what_was_decided_and_undo(anew: House) -> None:
    number = case_of(anew.store, RUMOUR)
    decide(anew.store, number, anew.who["bea"], "no_action", reason="Answered already")
    page = read(anew, "/done")
    assert f"Case {number}" in page.text
    assert "Ealing A&E shuts on Friday for good" in page.text
    assert ": answered already" in page.text
    (form,) = [one for one in page.all("form") if one.get("action") == f"/cases/{number}/undo"]
    assert form
    assert not [
        one
        for one in read(anew, "/done", "vera").all("form")
        if one.get("action", "").endswith("/undo")
    ]


def test_nothing_of_answer_that_is_due_today_is_folded_away(anew: House) -> None:
    shown = today.MOST_OF_EACH
    try:
        today.MOST_OF_EACH = 1
        for number in (190, 191, 192):
            tell(anew.store, replace(QUESTION, text=f"{QUESTION.text} ({number})"), number, NOW - DAY / 6, alone=True)  # fmt: skip
        anew.store.database.execute("UPDATE cases SET due_at = ? WHERE lane = 'answer'", clock.text(NOW + DAY / 4))  # fmt: skip
        rows = anew.store.lanes.rows(("answer",), user=0, at=NOW, limit=100)
        due = [row.case.number for row in rows if row.due_at and row.due_at <= NOW + DAY / 2]
        listed = [
            int(one["data-row"]) for one in read(anew, "/today").all("a") if "data-row" in one
        ]
        assert len(due) > 1
        assert set(due) <= set(listed)
    finally:
        today.MOST_OF_EACH = shown


def test_a_row_is_read_aloud_with_its_parts_named_and_apart(anew: House) -> None:
    listed = read(anew, "/today").text
    assert re.search(r", posted ", listed)
    assert ", nobody has opened it" in listed
    for row in listed.split(", nobody has opened it")[1:]:
        assert "Nobody has it" not in row[:60]


def test_an_import_is_no_collection_and_without_a_schedule_no_next_time_is_promised(
    anew: House,
) -> None:
    def strip() -> str:
        return read(anew, "/today").text

    assert "Collected 10:00" in strip()
    anew.store.mentions.add_run("import", [], since=NOW, at=NOW, ended=NOW)
    assert "Collected 10:00" in strip()
    before = NOW - timedelta(minutes=5)
    anew.desk.now = lambda: before
    assert "next at" not in strip()
    anew.store.job_runs.end(anew.store.job_runs.begin("deliver", before), before, failures=0)
    assert "Collected 10:00, next at" in strip()


def test_of_a_leak_that_may_be_none_the_first_key_opens_the_post_and_the_sentence_says_may(
    anew: House,
) -> None:
    born = mention(720, text="Our baby weighed 7lb 2, thank you to the lovely midwife")
    add(anew.store, born)
    assess_all(anew.store, "high", flags=[flag("pid", score=0.5)])
    group(anew.store)
    number = anew.store.mentions.number_of(born.issuer, born.issued_id)
    page = read(anew, f"/mentions/{number}")
    assert "Suggested: look first. It may be a patient’s details: the program is not sure." in page.text  # fmt: skip
    (first,) = [each for each in page.all("button") if each.get("data-key") == "1"]
    assert (first["formaction"].endswith("/original"), first["value"]) == (True, "check")
    assert "Deal with this leak" in page.text


def test_the_time_that_a_reporter_names_is_the_cases_time_and_stands_with_the_post_and_in_the_email(
    anew: House,
) -> None:
    roles = (EscalationRole(key="media", name="Media desk", when="A reporter asks", email=("press@example.org",)),)  # fmt: skip
    configure(anew.desk, roles=roles)
    asks = mention(721, text="Reporter here: we would like a line by 5pm", posted_at=NOW - DAY)
    add(anew.store, asks)
    assess_all(anew.store, "medium", flags=[flag("media")])
    group(anew.store)
    number = anew.store.mentions.number_of(asks.issuer, asks.issued_id)
    case = anew.store.cases.of_mention(number or 0)
    for address in (f"/cases/{case}", f"/cases/{case}/pass-on?post={number}"):
        assert "They name a time: yesterday, 17:00. It has passed." in read(anew, address).text
    assert f"Wanted by: {clock.local(NOW - DAY)[:-7]}, 17:00" in read(anew, address).text
    yesterday = read(anew, f"/cases/{case}")
    assert "Overdue since yesterday, 17:00" in yesterday.text
    row = read(anew, "/today?lane=answer").text.partition("Reporter asks")[2]
    assert "Overdue" in row[:300]


def test_who_asks_whether_a_claim_is_true_gets_the_line_that_the_claim_gets(anew: House) -> None:
    asks = replace(
        QUESTION, text="@HealthierNWL is it true that Ealing is closing for good? I live opposite", flags=(("assistance", "is it true"),),
    )  # fmt: skip
    tell(anew.store, asks, 730, alone=True)
    case, line = case_of(anew.store, asks), "What is going round is not true"
    template = ReplyTemplate(
        key="claim", name="A claim", flags=("misinformation",), text=f"{line}. Ring 111."
    )
    configure(anew.desk, templates=(template,))
    assert line not in read(anew, f"/cases/{case}").text
    with anew.store.database.transaction():
        anew.store.database.execute(
            "UPDATE case_mentions SET reason = 'Claim to check: closing, Ealing' WHERE case_number = ?",
            case_of(anew.store, RUMOUR),
        )
    anew.desk.now = lambda: NOW + timedelta(minutes=5)  # what all share is read anew
    assert line in read(anew, f"/cases/{case}").text


def test_a_reporter_who_was_passed_on_is_said_to_be_unknown_to_the_team_until_it_knows_and_is_counted_as_long(
    anew: House,
) -> None:
    """What was passed on with no email that left is said so where it was saved and in each list; the reporter waits all the same."""
    desk_of = EscalationRole(key="media", name="Media desk", when="A reporter asks", email=("press@example.org",), reach="020 7946 0144")  # fmt: skip
    configure(anew.desk, roles=(desk_of,))
    anew.desk.config(anew.store)
    asks = mention(721, text="Reporter here: we would like a line", posted_at=NOW - HOUR)
    add(anew.store, asks)
    assess_all(anew.store, "medium", flags=[flag("media")])
    group(anew.store)
    number = anew.store.mentions.number_of(asks.issuer, asks.issued_id) or 0
    case = anew.store.cases.of_mention(number) or 0
    counted = anew.store.handovers.standing(AT, NOW).figures["media"]
    decide(anew.store, case, anew.who["amina"], "escalate", role="media", at=NOW - timedelta(minutes=10))  # fmt: skip
    words = f"case {case}, passed on to Media desk. They don’t know of it yet, since the email has not left: ring them, 020 7946 0144."  # fmt: skip
    assert words in read(anew, f"/today?saved={case}.1").text
    assert "Waits for Media desk, not told yet" in read(anew, "/all?tab=escalated").text
    assert (
        "waits for Media desk, not told yet" in read(anew, "/all?tab=escalated").text
    )  # on the row, not aloud alone
    assert anew.store.handovers.standing(AT, NOW).figures["media"] == counted
    (handoff,) = anew.store.handoffs.open(case)
    anew.store.handoff_steps.confirm(handoff.number, by=anew.who["amina"], at=NOW, who="Jo Park", when=NOW)  # fmt: skip
    assert "They don’t know" not in read(anew, f"/today?saved={case}.1").text
    assert "Media desk, not told yet" not in read(anew, "/all?tab=escalated").text
    assert anew.store.handovers.standing(AT, NOW).figures["media"] == counted - 1
