"""After any morning's work all pages that count it say the same, and what the decisions themselves say.

A morning is drawn by chance: cases are decided, answered already, passed on, confirmed, taken, asked about and undone, by two
people, in any order. What the pages count is then worked out anew from each case's own history, in a second and plainer way.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import timedelta

import pytest

from reports import digest
from review.desk.overview import week_start
from review.middleware import RateLimiter
from store import CaseDecided, Store
from tests.review.conftest import House
from tests.review.desk.paths import do, ready
from tests.review.factories import IN_DANGER, NAMED, NOW, case_of, decide
from tests.review.pages import read, send
from tests.store.factories import DAY

MORNINGS = range(4)
PRESSES = 60
DECISIONS = ("none", "already", "watch", "not_us", "not_danger", "not_leak", "not_threat", "not_our_name", "later", "answered")  # fmt: skip
DECIDES_NOTHING = ("reopen", "confirm", "second_opinion", "undo")
BUTTONS = {
    "respond": "answered", "remove": "hidden or removed", "escalate": "passed on", "monitor": "watched", "snooze": "brought back later",
    "report": "reported to the platform", "not_relevant": "not about us", "duplicate": "same as another case",
}  # fmt: skip
NONE_OF = {"pid": "not a leak", "threat": "not a threat", "safeguarding": "not in danger", "impersonation": "not in our name"}  # fmt: skip


def press(house: House, draw: random.Random) -> str:
    """Something that somebody does of some case; what came of it."""
    store, who = house.store, draw.choice(("amina", "bea"))
    number = draw.choice([card for card in range(1, 60) if store.cases.get(card) is not None])
    case = store.cases.get(number)
    assert case is not None
    posts = [
        f"{each.item.number}:{each.item.revision}" for each in store.cases.mentions(number)
        if each.reviewable and not each.decided and not each.item.deleted
    ]  # fmt: skip
    draw.shuffle(posts)
    what = draw.choice(("decide", "decide", "decide", "pass on", "undo", "take", "confirm", "ask"))
    form: dict[str, object] = {"version": case.version, "posts": posts[: draw.choice((1, 1, 3))]}
    if what == "decide":
        form |= {"do": draw.choice(DECISIONS), "asked": "yes", "sure": "yes", "why": "handled", "who": "Dr Shah", "out": "own", "until": str((NOW + 5 * DAY).date())}  # fmt: skip
        return f"{form['do']} {send(house, f'/cases/{number}/decide', who, **form).status_code}"
    if what == "pass on":
        team = draw.choice(("pals", "safeguarding", "security", "information_governance"))
        return f"pass on {send(house, f'/cases/{number}/pass-on', who, role=team, sure=team, **form).status_code}"
    if what == "undo":
        standing = [entry for entry in store.cases.history(number) if not entry.undone and entry.decision.kind != "undo"]  # fmt: skip
        undoes = standing[-1].version if standing else 0
        return f"undo {send(house, f'/cases/{number}/undo', who, desk='yes', undoes=undoes, version=case.version).status_code}"
    if what == "take":
        seen = len(store.assignments.of_case(number))
        return f"take {send(house, f'/cases/{number}/take', who, seen=seen).status_code}"
    if what == "confirm":
        open_ones = store.handoffs.open(number)
        if not open_ones:
            return "confirm none"
        form = {"who": "Dara Finch", "how": "phone", "when": "11:00"}
        return f"confirm {send(house, f'/waiting/{open_ones[-1].number}/confirm', who, **form).status_code}"
    form |= {"do": "ask", "asked": "yes", "colleague": house.who["gwen"], "question": "Did Ealing ring back?"}  # fmt: skip
    return f"ask {send(house, f'/cases/{number}/decide', who, **form).status_code}"


def in_a_button_s_words(entry: CaseDecided) -> str:
    """What was decided, as the button that was pressed calls it."""
    decision = entry.decision
    if decision.kind != "no_action":
        return BUTTONS[decision.kind]
    if decision.reason.startswith("Answered already"):
        return "answered already"
    return next((NONE_OF[flag] for flag, holds in decision.labels.items() if not holds and flag in NONE_OF), "no action")  # fmt: skip


def standing(store: Store, *, since: object = None) -> dict[int, list[CaseDecided]]:
    """The decisions of each case that stand and decide something, where the desk may see it."""
    histories = {
        number: [
            entry for entry in store.cases.history(number)
            if not entry.undone and entry.decision.kind not in DECIDES_NOTHING and (since is None or entry.decision.at >= since)  # type: ignore[operator]
        ]
        for number in range(1, 80)
        if (case := store.cases.get(number)) is not None and not case.protected
    }  # fmt: skip
    return {number: history for number, history in histories.items() if history}


def counted(text: str, pattern: str) -> int:
    """The number before or in some words of a page; 0 where it doesn't say them."""
    match = re.search(pattern, text)
    return int(match[1].replace(",", "")) if match else 0


@pytest.fixture(params=MORNINGS)
def worked(anew: House, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> House:
    """A desk after a morning that chance drew."""
    monkeypatch.setattr(
        RateLimiter, "take", lambda _limiter, _key: True
    )  # an hour's presses in a second
    draw, house = random.Random(request.param), ready(anew)
    outcomes = Counter(press(house, draw) for _ in range(PRESSES))
    assert sum(count for outcome, count in outcomes.items() if outcome.endswith("303")) > 15, outcomes  # fmt: skip
    return house


def test_what_was_decided_is_told_alike_by_the_glance_handover_digest_done_and_weekly(
    worked: House,
) -> None:
    store, since = worked.store, week_start(NOW)
    cases = standing(store, since=since)
    wanted = Counter(in_a_button_s_words(history[-1]) for history in cases.values())

    glance = read(worked, "/overview", "bea").text
    line = re.search(r"Decided since Monday ([\d,]+): ([^.]*)\.", glance)
    assert line is not None
    parts = {words: int(count) for count, words in re.findall(r"(\d+) ([a-z ]+?)(?:,|$)", line[2].strip())}  # fmt: skip
    assert (int(line[1]), parts) == (wanted.total(), dict(wanted))

    began = NOW - timedelta(days=1)
    of_a_day = standing(store, since=began)
    assert counted(read(worked, "/handover", "bea").text, r"Decided ?([\d,]+) case") == len(
        of_a_day
    )
    morning = digest.gather(store, worked.desk.file, worked.desk.policy, start=since, at=NOW, health=())  # fmt: skip
    assert counted(morning.decisions, r"([\d,]+) cases? decided") == wanted.total()
    for count, words in re.findall(r"(\d+) ([a-z ]+?)(?:,|\.)", morning.decisions.partition(":")[2]):  # fmt: skip
        assert words == "otherwise" or wanted[words] == int(count)

    done = {number for number in cases if (case := store.cases.get(number)) and case.state == "done"}  # fmt: skip
    page = read(worked, "/done", "bea").text
    for number in done:
        history = standing(store)[number]
        assert in_a_button_s_words(history[-1]) in page or "same as case" in page

    week = store.weekly.work(since, NOW + timedelta(minutes=1))
    every = standing_with_the_guardian_s(store)
    assert sum(week.decided.values()) == sum(len(history) for history in every.values())


def standing_with_the_guardian_s(store: Store) -> dict[int, list[CaseDecided]]:
    """The weekly summary counts decisions and names no case: those of the Guardian's lane are in it."""
    return {
        number: [entry for entry in store.cases.history(number) if not entry.undone and entry.decision.kind not in DECIDES_NOTHING]
        for number in range(1, 80) if store.cases.get(number) is not None
    }  # fmt: skip


def test_who_has_what_is_told_alike_by_the_glance_the_team_and_handover(worked: House) -> None:
    store = worked.store
    has: Counter[int] = Counter()
    for number in range(1, 80):
        case = store.cases.get(number)
        work = store.assignments.teamwork((number,)).get(number)
        if case and work and work.assigned and not case.protected and case.state not in ("done", "snoozed"):  # fmt: skip
            has[work.assigned.to or 0] += 1
    names = {worked.who[handle]: name for handle, name in (("amina", "Amina Yusuf"), ("bea", "Bea Whitlock"), ("gwen", "Gwen Okafor"))}  # fmt: skip
    glance, team = read(worked, "/overview", "bea").text, read(worked, "/team", "bea").text
    handover = read(worked, "/handover", "bea").text
    assert counted(handover, r"([\d,]+) cases? that someone has") == has.total()
    for who, name in names.items():
        assert counted(glance, rf"{name}: ([\d,]+) case") == has[who]
        assert counted(team, rf"Open cases ?([\d,]+) open cases of {name}") == has[who]


def test_what_waits_is_told_alike_by_the_glance_today_handover_and_waiting(worked: House) -> None:
    store = worked.store
    counts = store.lanes.counts()
    pages = {path: read(worked, path, "bea").text for path in ("/overview", "/handover", "/waiting")}  # fmt: skip
    glance = pages["/overview"].partition("What waits too long")[0]
    for lane in ("Now", "Answer", "Look", "Rest"):
        assert counted(glance, rf"{lane} ?([\d,]+)") == counts[lane.lower()]  # type: ignore[index]
    assert counted(pages["/handover"], r"([\d,]+) urgent, in Now") == counts["now"]
    assert counted(pages["/handover"], r"([\d,]+) to answer, in Answer") == counts["answer"]
    late = counted(pages["/overview"], r"([\d,]+) cases? (?:are|is) past")
    assert late == counted(pages["/handover"], r"([\d,]+) overdue")
    assert late == store.workload.count_overdue(NOW)
    asking = counted(pages["/handover"], r"([\d,]+) requests? for help waits? for an answer")
    assert asking == store.weekly.waiting_now(NOW)
    begun_late = counted(pages["/overview"], r"([\d,]+) more (?:were|was) begun only when")
    assert begun_late == store.workload.count_late(NOW)
    assert begun_late == sum(map(int, re.findall(r"(\d+) begun too late", glance)))
    teams = [store.handoffs.open(number) for number in range(1, 80) if (case := store.cases.get(number)) and not case.protected]  # fmt: skip
    waiting = sum(any(handoff.state == "waits" for handoff in of_case) for of_case in teams)
    confirmed = sum(bool(of_case) and all(handoff.state == "confirmed" for handoff in of_case) for of_case in teams)  # fmt: skip
    assert counted(pages["/handover"], r"([\d,]+) cases? passed on, and still waiting") == waiting
    assert (
        counted(pages["/handover"], r"([\d,]+) cases? passed on, and (?:its|their) team")
        == confirmed
    )
    assert counted(pages["/waiting"], r"Waiting ?([\d,]+)") == counted(pages["/overview"], r"([\d,]+) wait for others")  # fmt: skip


@pytest.mark.parametrize("act", ["hide", "has it"])
def test_what_was_late_when_somebody_acted_on_it_stays_late_in_every_figure(anew: House, act: str) -> None:  # fmt: skip
    """A leak that is hidden, and danger that its team has, hours after their time: what is left has a later time, and no figure is the better for it."""
    house = ready(anew)
    store, told = house.store, NAMED if act == "hide" else IN_DANGER
    number = case_of(store, told)
    late = "2026-11-20T09:30:00.000000Z"
    store.database.execute("UPDATE deadlines SET due_at = ? WHERE case_number = ? AND kind = 'look'", late, number)  # fmt: skip
    store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", late, number)
    start, end = NOW - timedelta(days=2), NOW + timedelta(days=1)

    def weekly() -> tuple[dict[str, tuple[int, int, int]], tuple[int, int]]:
        lanes = {each.lane: (each.cases, each.in_time, each.late) for each in store.weekly.lanes(start, end, NOW)}  # fmt: skip
        week = store.weekly.in_time_by_week([(start.date(), end.date())], NOW)
        return lanes, week[0]

    before, place = weekly(), order_in_now(store).index(number)
    assert before[0]["now"][2] >= 1
    overdue = store.workload.count_overdue(NOW)
    if act == "hide":
        store.database.execute("UPDATE mentions SET hidden = 1 WHERE number IN (SELECT mention FROM case_mentions WHERE case_number = ?)", number)  # fmt: skip
        decide(store, number, house.who["amina"], kind="confirm", labels={"pid": True})
    else:
        do(house, f"/cases/{number}/danger", "ring", who="Rosa Whitfield")
        do(house, f"/cases/{number}/danger", "has_it", who="Rosa Whitfield")
    case = store.cases.get(number)
    assert case is not None
    assert (case.lane, case.due_at is not None and case.due_at > NOW) == ("now", True)
    assert weekly() == before
    assert store.workload.count_overdue(NOW) == overdue - 1
    assert store.workload.count_late(NOW) == 1
    glance, team = read(house, "/overview", "bea").text, read(house, "/team", "bea").text
    assert "1 begun too late" in glance
    assert ("1 begun too late" in team) is bool(store.assignments.teamwork((number,)).get(number))
    assert order_in_now(store).index(number) <= max(place, len(graves_in_now(store)) - 1)
    undo_all(house, number, act)
    assert weekly() == before
    assert store.workload.count_overdue(NOW) == overdue
    assert store.workload.count_late(NOW) == 0


def order_in_now(store: Store) -> list[int]:
    return [row.case.number for row in store.lanes.rows(("now",), user=0, at=NOW, limit=100)]


def graves_in_now(store: Store) -> list[int]:
    """Cases of Now that are danger, a threat or a leak: none of them falls behind what is none of these."""
    rows = store.lanes.rows(("now",), user=0, at=NOW, limit=100)
    return [row.case.number for row in rows if {"safeguarding", "threat", "pid"} & {flag.name for flag in row.item.flags}]  # fmt: skip


def undo_all(house: House, number: int, act: str) -> None:
    """Takes back what was done: it waits as it did, and is as late as it was."""
    if act == "hide":
        decide(house.store, number, house.who["amina"], kind="undo", undoes=house.store.cases.history(number)[-1].version, covers=())  # fmt: skip
        return
    for step in ("has_it", "ring"):
        do(house, f"/cases/{number}/danger", "back", step=step)
