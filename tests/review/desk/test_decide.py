"""A decision is for the posts that it names, as they were shown; then comes the next case that nobody has."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from core import clock
from review.cases.detail import KINDS
from review.desk import questions
from review.desk.suggestions import CHOICES, WHYS_ABOUT
from review.middleware import RateLimiter
from store import Case, CaseDecision
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane
from tests.review.factories import (
    ALLEGATION,
    FOREIGN,
    GRIEVANCE,
    HOSTILE,
    IN_DANGER,
    NAMED,
    NOW,
    QUESTION,
    RUMOUR,
    Told,
    case_of,
    decide,
    tell,
)
from tests.review.pages import Tags, read, send
from tests.store.factories import AT, DAY

ASKS = replace(QUESTION, text=f"{QUESTION.text} again")  # in Answer: a clock runs
DENIES = {"safeguarding": "not_danger", "threat": "not_threat", "pid": "not_leak"}


def case(house: House, told: Told) -> Case:
    found = house.store.cases.get(case_of(house.store, told))
    assert found is not None
    return found


def values(house: House, told: Told) -> list[str]:
    """The posts of a case that wait, as a form names them."""
    return [
        f"{each.item.number}:{each.item.revision}"
        for each in house.store.cases.mentions(case_of(house.store, told))
        if each.reviewable and not each.decided and not each.item.deleted
    ]


def choose(house: House, told: Told, do: str, handle: str = "amina", **form: object) -> httpx.Response:  # fmt: skip
    found = case(house, told)
    sent = {"do": do, "version": found.version, "posts": values(house, told)[:1]} | form
    return send(house, f"/cases/{found.number}/decide", handle, **sent)


def last(house: House, told: Told) -> object:
    history = house.store.cases.history(case_of(house.store, told))
    return history[-1].decision if history else None


def test_a_decision_is_saved_for_its_post_alone(anew: House) -> None:
    wait = values(anew, RUMOUR)
    assert len(wait) > 1
    answer = choose(anew, RUMOUR, "watch", posts=[wait[1]])
    assert answer.status_code == 303
    decision = last(anew, RUMOUR)
    number = int(wait[1].partition(":")[0])
    assert decision.kind == "monitor"  # type: ignore[attr-defined]
    assert decision.covers == ((number, 1),)  # type: ignore[attr-defined]
    assert values(anew, RUMOUR) == [one for one in wait if one != wait[1]]
    saved = f"saved={case(anew, RUMOUR).number}."
    assert answer.headers["location"].startswith("/cases/")
    assert saved in answer.headers["location"]
    page = read(anew, answer.headers["location"])
    assert f"Saved: case {case(anew, RUMOUR).number}, watched." in page.text
    assert "posts in it are still open" in page.text


def test_next_never_leads_in_a_circle_nor_to_what_a_colleague_has(anew: House) -> None:
    """Every case of the day is decided in order, one of several posts to its end, and then it is done."""
    theirs = case(anew, GRIEVANCE).number  # Bea looks at it
    seen: list[int] = []
    path = "/today"
    for _ in range(30):
        page = read(anew, path)
        (pane,) = page.all("article", id="pane")
        number = int(pane.get("data-case", "0"))
        if not number or path.startswith("/today?saved"):
            break
        if number not in seen[-1:]:
            seen.append(number)
        found = anew.store.cases.get(number)
        assert found is not None
        graves = {flag for flags in anew.store.cases.untold(number).values() for flag in flags}
        do = next((key for flag, key in DENIES.items() if flag in graves), "watch")
        answer = send(
            anew, f"/cases/{number}/decide", do=do, version=found.version, sure="yes", why="handled", who="Dr Shah",
            posts=next(
                f"{each.item.number}:{each.item.revision}" for each in anew.store.cases.mentions(number)
                if each.reviewable and not each.decided and not each.item.deleted
            ),
        )  # fmt: skip
        assert answer.status_code == 303, answer.text[:300]
        path = answer.headers["location"]
    assert len(seen) == len(set(seen)) > 5
    assert theirs not in seen
    assert path.startswith("/today?saved=")


def test_a_case_of_several_posts_is_decided_to_its_end_under_one_name_then_comes_the_next(
    anew: House,
) -> None:
    number, wait = case(anew, RUMOUR).number, values(anew, RUMOUR)
    first, second = (int(value.partition(":")[0]) for value in wait[:2])
    database = anew.store.database
    database.execute("UPDATE case_mentions SET weight = 0 WHERE case_number = ?", number)
    other = anew.store.lanes.rows(("look",), user=0, at=NOW, limit=20)[0].case.number
    database.execute("UPDATE case_mentions SET weight = 800 WHERE case_number = ?", other)
    database.execute(
        "UPDATE case_mentions SET weight = 900, reason = 'Worst of all' WHERE mention = ?", first
    )
    database.execute("UPDATE case_mentions SET reason = 'Less bad' WHERE mention = ?", second)
    before = [row.case.number for row in anew.store.lanes.rows(("look",), user=0, at=NOW, limit=20)]
    assert before[:2] == [number, other]

    answer = choose(anew, RUMOUR, "watch", posts=[wait[0]], lane="look")
    page = read(anew, answer.headers["location"])
    (pane,) = page.all("article", id="pane")
    assert pane["data-case"] == str(number)
    assert re.findall(r"Case [0-9]+: Worst of all", page.text)
    row = next(row for row in anew.store.lanes.rows(("look",), user=0, at=NOW, limit=20) if row.case.number == number)  # fmt: skip
    assert (row.reason, row.posts, row.posts_of) == ("Worst of all", len(wait) - 1, len(wait))
    assert f"{row.posts} of {row.posts_of} posts left" in page.text
    (onward, *_) = [each["value"] for each in page.all("input", name="next")]
    assert onward == str(other)  # though it stands lower by now

    answer = choose(anew, RUMOUR, "watch", posts=wait[1:], lane="look", next=onward, sure="yes")
    assert answer.headers["location"].startswith(f"/cases/{other}?")


@pytest.mark.parametrize("do", ["watch", "not_us"])
def test_what_stops_a_clock_says_so_before_it_is_saved(anew: House, do: str) -> None:
    tell(anew.store, ASKS, 300, AT)
    answer = choose(anew, ASKS, do)
    assert answer.status_code == 200
    asks = do == "watch"  # as of no action: whoever asked has no answer
    assert ("it stops when you save" if asks else "Its clock stops") in Tags(answer.text).text
    if asks:
        assert "Choose why. The clock is running." in Tags(choose(anew, ASKS, do, asked="yes", sure="yes").text).text  # fmt: skip
    assert last(anew, ASKS) is None
    assert (
        choose(anew, ASKS, do, asked="yes", sure="" if asks else "yes", why="handled").status_code
        == 303
    )
    assert last(anew, ASKS) is not None


def test_without_script_a_question_has_an_address_to_which_back_leads_again(anew: House) -> None:
    (value, *_) = values(anew, ALLEGATION)
    form = {"do": "none", "version": case(anew, ALLEGATION).version, "posts": value, "lane": "look"}
    with anew.asks("amina") as client:
        answer = client.post(f"/cases/{case_of(anew.store, ALLEGATION)}/decide", data=form, headers={"Sec-Fetch-Dest": "document"})  # fmt: skip
    assert answer.status_code == 303
    assert "Why no action?" in read(anew, answer.headers["location"]).text
    assert last(anew, ALLEGATION) is None
    assert choose(anew, ALLEGATION, "none", asked="yes", why="handled").status_code == 303
    assert "Why no action?" not in read(anew, answer.headers["location"]).text  # it is decided


def test_several_posts_are_decided_only_after_it_was_said_what_that_does(anew: House) -> None:
    wait = values(anew, RUMOUR)
    answer = choose(anew, RUMOUR, "none", posts=wait[:2])
    assert answer.status_code == 200
    page = Tags(answer.text)
    assert last(anew, RUMOUR) is None
    assert "What “Save” will do" in page.text
    assert "not decided. It stays open." in page.text
    assert "Save for 2 posts" in page.text
    answer = choose(anew, RUMOUR, "none", posts=wait[:2], sure="yes")
    assert answer.status_code == 303
    assert len(last(anew, RUMOUR).covers) == 2  # type: ignore[attr-defined]


def test_no_action_asks_why_while_a_clock_runs_and_saves_the_answer(anew: House) -> None:
    tell(anew.store, ASKS, 300, AT)
    page = Tags(choose(anew, ASKS, "none").text)
    assert "Why no action?" in page.text
    assert "Enter goes on to Save, and there it saves" in page.text
    assert not page.all("div", role="alert")
    assert last(anew, ASKS) is None
    answer = choose(anew, ASKS, "none", asked="yes")
    assert answer.status_code == 422
    assert "Choose why. The clock is running." in Tags(answer.text).text
    assert choose(anew, ASKS, "none", asked="yes", why="handled").status_code == 303
    assert last(anew, ASKS).reason == "Someone else deals with it"  # type: ignore[attr-defined]


HARMED = Told(
    text="They gave my mum the wrong tablets at Ealing and nobody would say sorry.", risk="medium",
    flags=(("allegation", "wrong tablets"),), of_flags={"harm": "serious"},
)  # fmt: skip
UNFAIR = Told(
    text="They would not let me in with my guide dog and told me to leave.",
    risk="medium",
    flags=(("misinformation", "would not let me in"),),
    read={"protected": "discrimination"},
)
OUT = Told(
    text="Our neighbour Rosalind is on the ward with her liver again.",
    risk="medium",
    flags=(("pid", "Rosalind is on the ward"),),
    read={"protected": "complaint"},
)
WRITES = Told(
    text="For the paper: can you comment on the queue in Harrow today?",
    risk="medium",
    flags=(("media", "can you comment"),),
)
REMOVES = Told(
    text="Take my picture down from your page, please.",
    risk="medium",
    flags=(("removal_request", "Take my picture down"),),
)


@pytest.mark.parametrize(
    ("told", "about", "fits", "unheard"),
    [
        (HARMED, "harm", "News, a campaign or a story that others told", "Safeguarding"),
        (UNFAIR, "unfair", "An opinion, of nobody’s own treatment", "PALS and complaints"),
        (OUT, "leak", "Information governance has it already", "Information governance"),
        (WRITES, "press", "The media desk has it already", ""),
        (REMOVES, "removal", "It stays, and they were told why", ""),
        (ASKS, "request", "Not a question", ""),
    ],
    ids=lambda each: each if isinstance(each, str) and each.isalpha() else "",
)  # fmt: skip
def test_why_no_action_offers_reasons_of_what_the_post_is_and_names_who_was_not_told(
    anew: House, told: Told, about: str, fits: str, unheard: str
) -> None:
    tell(anew.store, told, 300, AT, alone=True)
    anew.store.database.execute(
        "UPDATE case_mentions SET lane = 'look' WHERE case_number = ? AND lane = 'now'",
        case_of(anew.store, told),
    )
    covered = anew.store.cases.mentions(case_of(anew.store, told))
    assert questions.about(covered) == about
    page = Tags(choose(anew, told, "none", asked="yes" if about != "request" else "").text)
    shown = page.text
    assert "Why no action?" in shown
    assert fits in shown
    for other, whys in WHYS_ABOUT.items():
        foreign = {why for key, why in whys.items() if why not in WHYS_ABOUT[about].values()}
        assert other == about or not [why for why in foreign if why in shown], other
    assert (f"{unheard} has not been told." in shown) is bool(unheard)
    assert choose(anew, told, "none", asked="yes", why="wrong").status_code == 303
    kept = last(anew, told).reason  # type: ignore[attr-defined]
    assert kept == f"The program read it wrongly{f'. {unheard} was not told' if unheard else ''}"


def test_who_has_it_already_need_not_be_told_and_no_reason_of_another_kind_is_taken(anew: House) -> None:  # fmt: skip
    tell(anew.store, UNFAIR, 300, AT, alone=True)
    assert choose(anew, UNFAIR, "none", asked="yes", why="no_question").status_code == 422
    assert last(anew, UNFAIR) is None
    assert choose(anew, UNFAIR, "none", asked="yes", why="handled").status_code == 303
    assert last(anew, UNFAIR).reason == "PALS has it already"  # type: ignore[attr-defined]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many requests as one likes from one address: how many come is not what is tried."""
    monkeypatch.setattr(RateLimiter, "take", lambda _limiter, _key: True)


@pytest.mark.parametrize(("told", "denial"), [(IN_DANGER, "not_danger"), (HOSTILE, "not_threat"), (NAMED, "not_leak")])  # fmt: skip
@pytest.mark.usefixtures("unhurried")
def test_no_way_to_decide_ends_danger_a_threat_or_a_leak_with_nobody_told(anew: House, told: Told, denial: str) -> None:  # fmt: skip
    """Each button, each form of the whole case, a reply and many at once, with all that they ask for filled in, by hand."""
    now_lane(anew, told, "Waits in Now")
    number, other = case(anew, told).number, case_of(anew.store, RUMOUR)
    all_that_is_asked: dict[str, Any] = {
        "why": "answered", "reason": "Answered elsewhere", "sure": "yes", "asked": "yes", "out": "own", "until": "2027-01-04", "day": "date",
        "other_case": other, "duplicate_other": other, "colleague": anew.who["bea"], "question": "Is it?", "role": "pals",
    }  # fmt: skip
    page = read(anew, f"/cases/{number}?answer=1")
    assert "Show the steps" in page.text or "Deal with this" in page.text  # however it is opened
    others = [choice.key for choice in CHOICES.values() if choice.kind and choice.key != denial]
    for button in others:
        choose(anew, told, button, **all_that_is_asked)
        assert (case(anew, told).lane, case(anew, told).state) == ("now", "open"), button
    for kind in KINDS:
        now = {"version": case(anew, told).version, "covers": values(anew, told)}
        send(anew, f"/cases/{number}/decide", **all_that_is_asked | now | {"kind": kind})
        send(
            anew,
            f"/cases/{number}/replied",
            **all_that_is_asked | now | {"reply": "Help is there."},
        )
        send(anew, "/cases/decide", case=f"{number}:{now['version']}", kind=kind, reason="Done")
        assert (case(anew, told).lane, case(anew, told).state) == ("now", "open"), kind
    saved = choose(anew, told, "answered", sure="yes", out="own")
    assert (
        "It stays in Now: its steps are still to do." in read(anew, saved.headers["location"]).text
    )
    assert choose(anew, told, denial, why="handled", who="Dr Shah").status_code == 303
    assert case(anew, told).lane != "now"


@pytest.mark.parametrize(("told", "denial"), [(IN_DANGER, "not_danger"), (HOSTILE, "not_threat")])
def test_that_the_right_people_have_danger_already_is_saved_with_who_said_so_and_when(
    anew: House, told: Told, denial: str
) -> None:
    now_lane(anew, told, "Waits in Now")
    asks = Tags(choose(anew, told, denial).text)
    assert "If the right people have it: who said so?" in asks.text
    for name in ("who", "when", "on"):
        assert asks.all("input", name=name), name
    wrong: list[tuple[dict[str, str], str]] = [
        ({}, "Write who said so."), ({"who": "x"}, "Write"), ({"who": "Dr Shah", "when": "25:00"}, "Write a day, and a time"),
        ({"who": "Dr Shah", "when": "23:59"}, "is still to come"), ({"who": "Dr Shah", "when": "", "on": "2026-11-19"}, "Write a day, and a time"),
        ({"who": "Dr Shah", "when": "10:00", "on": "2025-01-01"}, "is before it"),
    ]  # fmt: skip
    for form, says in wrong:
        answer = choose(anew, told, denial, asked="yes", of="why", why="handled", **form)
        assert answer.status_code == 422, form
        assert says in Tags(answer.text).text, form
        assert case(anew, told).lane == "now", form
        assert form.get("who", "") in answer.text  # what was typed stands there
        assert Tags(answer.text).all("input", name="why", value="handled")[0].keys() >= {"checked"}
    day = clock.local_day(NOW).isoformat()
    saved = choose(anew, told, denial, asked="yes", of="why", why="handled", who="Dr Shah", when=clock.local(NOW)[-5:], on=day)  # fmt: skip
    assert saved.status_code == 303
    decision = last(anew, told)
    assert isinstance(decision, CaseDecision)
    assert decision.reason.startswith(f"The right people have it already. Dr Shah said so, {clock.local(NOW)}")  # fmt: skip


@pytest.mark.parametrize(("told", "flag", "path"), [(IN_DANGER, "safeguarding", "danger"), (HOSTILE, "threat", "threat"), (NAMED, "pid", "leak")])  # fmt: skip
@pytest.mark.parametrize(
    "own",
    [
        "",
        "Safeguarding has it, as I heard",
        "I told information governance of it",
        "The police were told by the practice",
    ],
)
def test_danger_a_threat_or_a_leak_that_others_have_is_closed_by_no_form_without_who_said_so(
    anew: House, told: Told, flag: str, path: str, own: str
) -> None:
    """By the desk's question, its ready reason or own words; by the whole case's form; by the steps."""
    now_lane(anew, told, "Waits in Now")
    kept = "not_leak" if path == "leak" else "not"
    number = case(anew, told).number
    reason: dict[str, Any] = {"other": own} if own else {"why": "handled"}
    said: dict[str, Any] = {"who": "Dr Shah", "when": clock.local(NOW)[-5:]}
    answer = choose(anew, told, f"not_{path}", asked="yes", of="why", **reason)
    assert answer.status_code == 422
    assert "Write who said so." in Tags(answer.text).text
    steps = do(anew, f"/cases/{number}/{path}", kept, prefix="not", **reason)
    assert steps.status_code == 422
    assert "Write who said so." in Tags(steps.text).text
    own_name = do(anew, f"/cases/{number}/{path}", kept, prefix="not", **reason, **said | {"who": "Amina Yusuf"})  # fmt: skip
    assert own_name.status_code == 422
    assert case(anew, told).lane == "now"
    whole: dict[str, Any] = {"kind": "no_action", f"label-{flag}": "no", "reason": own or "The right people have it", "version": case(anew, told).version, "covers": values(anew, told)}  # fmt: skip
    refused = send(anew, f"/cases/{number}/decide", **whole)
    assert refused.status_code == 422
    assert "Write who said so." in Tags(refused.text).text
    for name in ("who", "when", "on"):
        assert Tags(refused.text).all("input", name=name), name
    assert case(anew, told).lane == "now"
    assert send(anew, f"/cases/{number}/decide", **whole, **said).status_code == 303
    decision = last(anew, told)
    assert isinstance(decision, CaseDecision)
    assert f"Dr Shah said so, {clock.local(NOW)}" in decision.reason


@pytest.mark.parametrize(("told", "do_"), [(NAMED, "none"), (NAMED, "not_us"), (IN_DANGER, "not_us"), (HOSTILE, "not_us")])  # fmt: skip
def test_another_decision_by_which_others_have_danger_or_a_leak_asks_who_said_so_too(anew: House, told: Told, do_: str) -> None:  # fmt: skip
    now_lane(anew, told, "Waits in Now")
    anew.store.database.execute(
        "UPDATE case_mentions SET lane = 'look'"
    )  # where nothing but its flags says what it is
    answer = choose(anew, told, do_, asked="yes", of="why", why="handled")
    assert answer.status_code == 422
    assert "Write who said so." in Tags(answer.text).text
    assert "If the right people have it: who said so?" in Tags(answer.text).text
    saved = choose(anew, told, do_, asked="yes", of="why", why="handled", who="Dr Shah")
    assert saved.status_code == 303


@pytest.mark.parametrize("why", ["saying", "other"])
def test_any_other_reason_against_danger_asks_nobody_who_said_so(anew: House, why: str) -> None:
    now_lane(anew, IN_DANGER, "Waits in Now")
    form = {"other": "It is a line of a song by a band"} if why == "other" else {"why": why}
    assert choose(anew, IN_DANGER, "not_danger", asked="yes", of="why", **form).status_code == 303
    decision = last(anew, IN_DANGER)
    assert isinstance(decision, CaseDecision)
    assert "said so" not in decision.reason


def test_that_one_answered_is_not_saved_without_a_word_of_what_went_out(anew: House) -> None:
    tell(anew.store, ASKS, 300, AT)
    empties: list[dict[str, str]] = [{}, {"reply": "  "}, {"reply": "", "out": "these"}]
    for empty in empties:
        answer = choose(anew, ASKS, "answered", sure="yes", **empty)
        assert "Which words went out?" in Tags(answer.text).text
        assert "The box is empty" in Tags(answer.text).text
        assert last(anew, ASKS) is None
    assert choose(anew, ASKS, "answered", sure="yes", reply="Ring your practice, or 111.").status_code == 303  # fmt: skip


def test_who_opened_the_platform_to_answer_wrote_there_what_the_empty_box_does_not_hold(
    anew: House,
) -> None:
    tell(anew.store, ASKS, 300, AT)
    number, value = case_of(anew.store, ASKS), values(anew, ASKS)[0]
    send(anew, f"/cases/{number}/original", posts=value, why="check")
    assert "The box is empty" in Tags(choose(anew, ASKS, "answered", reply="").text).text
    send(anew, f"/cases/{number}/original", posts=value, why="answer")
    assert choose(anew, ASKS, "answered", reply="").status_code == 303
    assert last(anew, ASKS).kind == "respond"  # type: ignore[attr-defined]


def test_where_no_clock_runs_no_action_is_one_press(anew: House) -> None:
    assert "high" not in {each.item.risk for each in anew.store.cases.mentions(case_of(anew.store, RUMOUR))}  # fmt: skip
    assert choose(anew, RUMOUR, "none").status_code == 303


@pytest.mark.parametrize(
    ("do", "why", "kept"),
    [
        ("none", "handled", "PALS or Safeguarding has it already"), ("not_us", "other", "It means another organisation"),
        ("watch", "more", "Nothing can be done until more is known"), ("later", "closed", "Whoever it is for is closed until then"),
        ("already", "holds", "Answered already: Our answer says all that can be said"), ("same", "event", "It tells of the same event"),
    ],
)  # fmt: skip
def test_what_is_of_high_risk_is_not_closed_or_put_aside_by_one_key(
    anew: House, do: str, why: str, kept: str
) -> None:
    more: dict[str, Any] = {
        "until": (NOW + 3 * DAY).date().isoformat(),
        "other_case": case_of(anew.store, RUMOUR),
    }
    first = int(values(anew, ALLEGATION)[0].partition(":")[0])
    assert next(each.item.risk for each in anew.store.cases.mentions(case_of(anew.store, ALLEGATION)) if each.item.number == first) == "high"  # fmt: skip
    page = Tags(choose(anew, ALLEGATION, do, **more).text)
    assert "It is of high risk." in page.text
    number = case_of(anew.store, ALLEGATION)
    kind = CHOICES[do].kind
    form: dict[str, Any] = {
        "version": 0,
        "kind": kind,
        "covers": values(anew, ALLEGATION),
        "duplicate_other": more["other_case"],
    }
    assert "write why. it is of high risk" in send(anew, f"/cases/{number}/decide", **form, until=more["until"]).text.lower()  # fmt: skip
    send(anew, "/cases/decide", case=f"{number}:0", kind=kind)
    assert last(anew, ALLEGATION) is None
    assert choose(anew, ALLEGATION, do, asked="yes", why=why, **more).status_code == 303
    assert last(anew, ALLEGATION).reason == kept  # type: ignore[attr-defined]
    second = read(anew, "/handover").text
    assert "look at them a second time" in second
    assert kept in second


def test_what_tells_of_something_badly_wrong_is_closed_with_a_reason_whatever_its_risk(
    anew: House,
) -> None:
    minor = replace(ALLEGATION, text="They covered it up, and nobody at the clinic will say why.", risk="medium", flags=(("allegation", "covered it up"),), of_flags={"harm": "other"})  # fmt: skip
    tell(anew.store, minor, 300, AT)
    page = choose(anew, minor, "none")
    assert "It says that something went badly wrong." in Tags(page.text).text
    assert " data-saves" in page.text  # its number alone saves it
    assert "the number of an answer saves it" in Tags(page.text).text
    assert choose(anew, minor, "none", asked="yes", why="handled").status_code == 303


@pytest.mark.parametrize("do", ["none", "not_us", "watch"])
def test_who_says_that_they_were_treated_unfairly_is_passed_to_pals_and_not_closed_by_one_key(
    anew: House, do: str
) -> None:
    unfair = Told(
        text="Refused at the desk for want of a passport, and the man next to me was asked for none.", risk="low",
        read={"protected": "discrimination", "staff": "no"},
    )  # fmt: skip
    tell(anew.store, unfair, 301, AT, alone=True)
    number = case_of(anew.store, unfair)
    page = read(anew, f"/cases/{number}")
    (main,) = [link for link in page.all("a") if link.get("data-key") == "1"]
    assert main["href"].startswith(f"/cases/{number}/pass-on?post=")
    assert "nothing in it has to be" not in page.text.lower()
    (chosen,) = [one["value"] for one in read(anew, main["href"]).all("input", name="role") if "checked" in one]  # fmt: skip
    assert chosen == "pals"
    assert "It says that someone was treated unfairly." in Tags(choose(anew, unfair, do).text).text
    assert last(anew, unfair) is None
    whole: dict[str, Any] = {"version": 0, "kind": CHOICES[do].kind, "covers": values(anew, unfair)}
    assert "It says that someone was treated unfairly" in send(anew, f"/cases/{number}/decide", **whole).text  # fmt: skip
    assert choose(anew, unfair, do, asked="yes", why="handled").status_code == 303
    assert number in [each.case for each in anew.store.workload.put_aside()]  # for a second look


def test_that_it_is_no_leak_is_said_to_the_program_too(anew: House) -> None:
    assert "Why “not a leak”?" in Tags(choose(anew, NAMED, "not_leak").text).text
    assert last(anew, NAMED) is None
    assert choose(anew, NAMED, "not_leak", why="public").status_code == 303
    reason = last(anew, NAMED).reason  # type: ignore[attr-defined]
    assert reason == "Public details: an office, an official. Information governance was not told"
    assert last(anew, NAMED).labels == {"pid": False}  # type: ignore[attr-defined]


def test_tomorrow_and_monday_are_offered_to_bring_it_back_and_a_written_day_counts(
    anew: House,
) -> None:
    page = Tags(choose(anew, ALLEGATION, "later").text)
    offered = page.all("input", type="radio", name="day")
    tomorrow, monday, other = (one["value"] for one in offered)
    assert date.fromisoformat(tomorrow) == NOW.date() + DAY
    assert date.fromisoformat(monday).weekday() == 0
    assert date.fromisoformat(monday) > date.fromisoformat(tomorrow)
    assert "checked" in offered[0]
    assert other == "date"
    assert choose(anew, ALLEGATION, "later", asked="yes", day="date", until="").status_code == 422
    assert last(anew, ALLEGATION) is None
    written = (NOW + 5 * DAY).date().isoformat()
    answer = choose(anew, ALLEGATION, "later", asked="yes", until=written, of="why", why="more")
    assert answer.status_code == 303
    assert last(anew, ALLEGATION).until.date() == date.fromisoformat(written)  # type: ignore[attr-defined]


def test_the_day_and_the_reason_of_a_grave_case_stand_on_one_page_and_are_saved_once(
    anew: House,
) -> None:
    first = Tags(choose(anew, ALLEGATION, "later").text)
    assert len(first.all("input", type="radio", name="day")) == 3
    whys = [one["value"] for one in first.all("input", type="radio", name="why")]
    assert len(whys) == 3
    assert "There is a problem." not in first.text
    monday = first.all("input", type="radio", name="day")[1]["value"]
    half = choose(anew, ALLEGATION, "later", asked="yes", of="until", day=monday)
    assert half.status_code == 422
    assert last(anew, ALLEGATION) is None
    again = Tags(half.text)
    assert "There is a problem. Choose why." in again.text
    (chosen,) = again.all("input", type="radio", name="day", value=monday)
    assert "checked" in chosen
    assert [one["value"] for one in again.all("input", type="radio", name="why")] == whys
    wrong = Tags(choose(anew, ALLEGATION, "later", asked="yes", of="until", day="date", until="2001-01-01", why="more").text)  # fmt: skip
    assert "Choose a day after today." in wrong.text
    (reason,) = wrong.all("input", type="radio", name="why", value="more")
    assert "checked" in reason
    assert not wrong.all("input", type="hidden", name="why")
    answer = choose(anew, ALLEGATION, "later", asked="yes", sure="yes", of="until", day=monday, why="more")  # fmt: skip
    assert answer.status_code == 303
    decision = last(anew, ALLEGATION)
    assert decision.reason == "More will be known then"  # type: ignore[attr-defined]
    assert decision.until.date().isoformat() == monday  # type: ignore[attr-defined]


def test_it_is_brought_back_tomorrow_by_one_press(anew: House) -> None:
    tomorrow = (NOW + DAY).date().isoformat()
    answer = choose(anew, ALLEGATION, "later", asked="yes", sure="yes", day=tomorrow, until="", why="more", posts=values(anew, ALLEGATION))  # fmt: skip
    assert answer.status_code == 303
    assert last(anew, ALLEGATION).until.date() == date.fromisoformat(tomorrow)  # type: ignore[attr-defined]
    assert "to come back on Sat 21 Nov" in read(anew, answer.headers["location"]).text
    assert "Sat 21 Nov" in read(anew, "/waiting").text
    late = choose(anew, RUMOUR, "later", asked="yes", until="2028-05-01")
    assert "posts are deleted by their age" in Tags(late.text).text


@pytest.mark.parametrize(
    ("do", "wrong", "right"),
    [
        (
            "later",
            {"until": "2001-01-01"},
            {"until": (NOW + 3 * DAY).date().isoformat(), "why": "more"},
        ),
        ("same", {"other_case": "twelve"}, {"other_case": "case 1", "why": "event"}),
        ("ask", {"colleague": ""}, {"colleague": "2", "question": "To PALS or to us?"}),
    ],
)
def test_what_a_decision_needs_is_asked_for_first(
    anew: House, do: str, wrong: dict[str, str], right: dict[str, str]
) -> None:
    assert choose(anew, ALLEGATION, do).status_code == 200
    answer = choose(anew, ALLEGATION, do, asked="yes", **wrong)
    assert answer.status_code == 422
    assert "There is a problem." in Tags(answer.text).text
    assert last(anew, ALLEGATION) is None
    assert choose(anew, ALLEGATION, do, asked="yes", **right).status_code == 303
    assert last(anew, ALLEGATION) is not None


def test_a_colleague_who_was_faster_is_named_and_nothing_is_overwritten(anew: House) -> None:
    before = case(anew, ALLEGATION).version
    decide(anew.store, case_of(anew.store, ALLEGATION), anew.who["bea"], "monitor", at=NOW)
    answer = choose(anew, ALLEGATION, "none", version=before)
    assert answer.status_code == 409
    words = Tags(answer.text).text
    assert "Bea Whitlock decided this at 11:00: watched." in words
    assert "Yours was not saved." in words
    assert last(anew, ALLEGATION).by == anew.who["bea"]  # type: ignore[attr-defined]


def test_words_that_were_edited_meanwhile_are_to_be_read_again(anew: House) -> None:
    (post,) = values(anew, NAMED)
    answer = choose(anew, NAMED, "not_leak", posts=[f"{post.partition(':')[0]}:7"])
    assert answer.status_code == 409
    assert "Yours was not saved: read it again" in Tags(answer.text).text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "leak"}, "Choose what to do."), ({"do": "nonsense"}, "Choose what to do."),
        ({"posts": []}, "Tick the posts that it is for."), ({"posts": "x"}, "Tick the posts that it is for."),
    ],
)  # fmt: skip
def test_what_names_no_decision_or_no_post_saves_nothing(
    anew: House, form: dict[str, Any], words: str
) -> None:
    answer = choose(anew, ALLEGATION, str(form.pop("do", "none")), **form)
    assert answer.status_code == 422
    assert words in Tags(answer.text).text
    assert last(anew, ALLEGATION) is None


def test_undo_keeps_the_lane_that_somebody_works_through(anew: House) -> None:
    page = read(
        anew, choose(anew, ALLEGATION, "watch", lane="look", why="more").headers["location"]
    )
    (form,) = [one for one in page.all("form") if one.get("action", "").endswith("/undo")]
    assert {"type": "hidden", "name": "lane", "value": "look"} in page.all("input", name="lane")
    found = case(anew, ALLEGATION)
    answer = send(anew, form["action"], desk="yes", undoes=found.version, version=found.version, lane="look")  # fmt: skip
    assert "lane=look" in answer.headers["location"]


def test_a_decided_case_says_what_was_decided_by_whom_and_can_be_undone_in_the_pane(
    anew: House,
) -> None:
    choose(anew, ALLEGATION, "none", asked="yes", sure="yes", why="handled", posts=values(anew, ALLEGATION))  # fmt: skip
    number = case(anew, ALLEGATION).number
    page = read(anew, f"/cases/{number}")
    assert re.search(
        r"No action, \d posts by Amina Yusuf, today, 11:00. PALS or Safeguarding has it already",
        page.text,
    )
    assert page.all("button", form="undo-last")


def test_an_undo_opens_the_case_again_and_says_so(anew: House) -> None:
    page = read(anew, choose(anew, ALLEGATION, "watch", why="more").headers["location"])
    found = case(anew, ALLEGATION)
    (form,) = [one for one in page.all("form") if one.get("action", "").endswith("/undo")]
    assert form["action"] == f"/cases/{found.number}/undo"
    answer = send(anew, form["action"], desk="yes", undoes=found.version, version=found.version)
    assert answer.status_code == 303
    page = read(anew, answer.headers["location"])
    assert f"Undone: case {found.number} is back as it was." in page.text
    assert case(anew, ALLEGATION).lane == "look"


def test_a_reply_is_saved_with_the_decision_that_we_answered(anew: House) -> None:
    answer = choose(anew, FOREIGN, "answered", reply="Thank you for telling us.", reply_from="")
    assert answer.status_code == 303
    (reply,) = anew.store.replies.of_case(case_of(anew.store, FOREIGN))
    assert reply.text == "Thank you for telling us."


def test_a_reply_that_gives_somebody_away_is_not_saved_and_stands_in_its_box(anew: House) -> None:
    words = "Dear Rosalind Pettigrew, NHS number 999 123 4567, please ring us."
    answer = choose(anew, IN_DANGER, "answered", reply=words, reply_from="")
    assert answer.status_code == 422
    assert last(anew, IN_DANGER) is None


def test_a_case_is_taken_given_back_and_taken_over_by_a_lead(anew: House) -> None:
    number = case(anew, ALLEGATION).number
    assert send(anew, f"/cases/{number}/take", seen=0).status_code == 303
    assert "You have it" in read(anew, f"/cases/{number}").text
    assert send(anew, f"/cases/{number}/take", "bea", seen=1).status_code == 303
    assert send(anew, f"/cases/{number}/take", seen=2).status_code == 403
    assert "Bea Whitlock has it" in read(anew, f"/cases/{number}").text
    assert send(anew, f"/cases/{number}/give", "bea", seen=2).status_code == 303
    assert send(anew, f"/cases/{number}/take", seen=0).status_code == 409


@pytest.mark.parametrize(("told", "status"), [(IN_DANGER, 303), (HOSTILE, 303), (ALLEGATION, 403)])
def test_an_officer_takes_over_what_waits_in_now_and_is_told_why_not_elsewhere(
    anew: House, told: Told, status: int
) -> None:
    if status == 303:
        now_lane(anew, told, "Someone may be in danger")
    number = case(anew, told).number
    assert send(anew, f"/cases/{number}/take", "bea", seen=0).status_code == 303
    page = read(anew, f"/cases/{number}")
    offered = [one for one in page.all("button") if one.get("data-key") == "t"]
    assert bool(offered) == (status == 303)
    assert ("Take over" in page.text) == (status == 303)
    assert bool(page.all("span", data_not_key="t")) == (status == 403)
    assert send(anew, f"/cases/{number}/take", seen=1).status_code == status
    assert ("You have it" in read(anew, f"/cases/{number}").text) == (status == 303)


@pytest.mark.parametrize("way", ["decide", "undo", "take", "pass-on", "danger", "leak"])
def test_what_is_decided_on_a_case_that_went_meanwhile_says_that_nothing_was_saved(
    anew: House, way: str
) -> None:
    answer = send(anew, f"/cases/99999/{way}", do="none", version=0, posts="99999:1")
    assert answer.status_code == 404
    page = Tags(answer.text)
    assert "Nothing was saved" in page.text
    assert "Go on to the next case" in page.text
    (following,) = [link["href"] for link in page.all("a") if link.get("class") == "nhsuk-button"]
    assert "Page not found" not in read(anew, following).text
    assert "Nothing was saved" not in read(anew, "/cases/99999", status=404).text


def test_reporting_a_post_to_its_platform_decides_on_it_too(anew: House) -> None:
    (value,) = values(anew, ALLEGATION)[:1]
    post, found = value.partition(":")[0], case(anew, ALLEGATION)
    assert read(anew, f"/mentions/{post}/report").all("input", name="do", value="reported")
    answer = send(anew, f"/mentions/{post}/report", done="yes", do="reported", posts=value, version=found.version)  # fmt: skip
    assert answer.status_code == 303
    assert f"saved={found.number}." in answer.headers["location"]
    assert last(anew, ALLEGATION).kind == "report"  # type: ignore[attr-defined]
    assert not read(anew, f"/mentions/{post}/report").all("input", name="do")


def test_what_was_suggested_is_saved_with_what_was_decided(anew: House) -> None:
    since = NOW - timedelta(days=1)
    before = anew.store.cases.suggested(since)
    choose(anew, RUMOUR, "watch")
    decision = last(anew, RUMOUR)
    assert decision.suggested == "answer"  # type: ignore[attr-defined]
    assert anew.store.cases.suggested(since) - before == {("answer", "monitor", ""): 1}


def test_who_works_through_one_lane_stays_in_it_by_every_page(anew: House) -> None:
    number = case(anew, NAMED).number
    page = read(anew, f"/cases/{number}?lane=now")
    (leak,) = [link["href"] for link in page.all("a") if "/leak?" in link.get("href", "")]
    assert leak.endswith("&lane=now#open")
    path = read(anew, leak)
    assert path.all("a", href="/today?lane=now")


def test_that_it_is_not_in_our_name_is_said_as_it_was_chosen(anew: House) -> None:
    answer = choose(anew, RUMOUR, "not_our_name")
    number = case(anew, RUMOUR).number
    assert f"Saved: case {number}, not in our name." in read(anew, answer.headers["location"]).text
    shown = read(anew, f"/cases/{number}").text
    assert "Not in our name Amina Yusuf" in " ".join(shown.split())


# ── splitting


def test_posts_that_are_another_matter_get_a_case_of_their_own_and_can_be_put_back(anew: House) -> None:  # fmt: skip
    before = case(anew, RUMOUR)
    wait = values(anew, RUMOUR)
    page = read(anew, f"/cases/{before.number}")
    (button,) = [each for each in page.all("button") if each.get("formaction") == f"/cases/{before.number}/split"]  # fmt: skip
    assert button["type"] == "submit"
    moved = next(each for each in anew.store.cases.mentions(before.number) if f"{each.item.number}:{each.item.revision}" == wait[-1])  # fmt: skip
    answer = send(anew, f"/cases/{before.number}/split", "amina", version=before.version, posts=wait[-1:])  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{before.number}")
    new = anew.store.cases.of_mention(moved.item.number)
    assert new not in (None, before.number)
    assert f"Split off from it, as another matter: case {new}." in read(anew, f"/cases/{before.number}").text  # fmt: skip
    there = read(anew, f"/cases/{new}")
    assert f"Split from case {before.number}, since it is another matter." in there.text
    assert [each["action"] for each in there.all("form") if "put-back" in (each.get("action") or "")] == [f"/cases/{new}/put-back"]  # fmt: skip
    assert send(anew, f"/cases/{new}/put-back", "amina").headers["location"] == f"/cases/{before.number}"  # fmt: skip
    assert values(anew, RUMOUR) == wait
    assert f"Its posts were put back into case {before.number}" in read(anew, f"/cases/{new}").text


def test_a_split_of_all_posts_or_of_an_edited_one_says_what_to_do(anew: House) -> None:
    before = case(anew, RUMOUR)
    wait = values(anew, RUMOUR)
    answer = send(anew, f"/cases/{before.number}/split", "amina", posts=wait)
    assert answer.status_code == 422
    assert "Tick fewer: at least one post stays in this case." in Tags(answer.text).text
    answer = send(anew, f"/cases/{before.number}/split", "amina", posts=[f"{wait[0].partition(':')[0]}:77"])  # fmt: skip
    assert (answer.status_code, "read it again" in Tags(answer.text).text) == (422, True)
    assert values(anew, RUMOUR) == wait
