"""What a colleague reported waits in Now until somebody else of those who decide has looked, and then in the lane of what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import worries
from review import staff_reports
from steps import lanes
from store.cases.models import LaneRow
from tests.review.conftest import House
from tests.review.desk.test_decide import ASKS
from tests.review.factories import NOW, case_of, tell
from tests.review.pages import cases_in, read, send
from tests.review.test_staff_reports import PIN, tells
from tests.store.factories import HOUR

NOT_LOOKED = "Told by a colleague: nobody has looked yet"
LONG = HOUR + timedelta(minutes=5)  # more than a report waits for a look
KINDS = list(staff_reports.KINDS)


def reported(house: House, kind: str = "other", handle: str = "vera", **more: str) -> int:
    """The case of a post that somebody reported: nothing of ours reads, so that it is one at once."""
    answer = tells(house, handle, kind=kind, **more)
    report = house.store.staff_reports.get(int(answer.headers["location"].partition("?")[0].rpartition("/")[2]))  # fmt: skip
    assert report is not None
    assert report.case is not None
    return report.case


def row_of(house: House, case: int) -> LaneRow:
    rows = house.store.lanes.rows(("now", "answer", "look", "rest"), user=0, at=NOW, limit=100)
    return next(row for row in rows if row.case.number == case)


def looks(house: House) -> int:
    return sum(event.kind == "report looked at" for event in house.store.audit.events())


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_stands_in_now_until_it_is_opened_and_then_where_its_kind_does(
    fresh: House, kind: str
) -> None:
    case, label = reported(fresh, kind), staff_reports.KINDS[kind].label
    before = row_of(fresh, case)
    assert (before.lane, before.unlooked, before.reason) == ("now", True, lanes.report_reason(label))  # fmt: skip
    assert before.due_at == NOW + HOUR
    shown = read(fresh, "/today?lane=now")
    assert case in cases_in(shown)
    assert f"{before.reason} nobody has looked yet" in shown.text
    read(fresh, f"/cases/{case}")
    after = row_of(fresh, case)
    assert (after.lane, after.unlooked, after.reason) == (worries.lane(label), False, before.reason)
    assert after.due_at == fresh.desk.file.review.lanes.due(worries.lane(label), NOW)
    assert looks(fresh) == 1


LOOKS: dict[str, Callable[[House, int], object]] = {
    "the case": lambda house, case: read(house, f"/cases/{case}"),
    "the post, as an email leads there": lambda house, case: read(house, f"/mentions/{_post(house, case)}"),
    "the whole case": lambda house, case: read(house, f"/cases/{case}/full"),
    "who it may be passed on to": lambda house, case: read(house, f"/cases/{case}/pass-on"),
    "it is taken": lambda house, case: send(house, f"/cases/{case}/take", seen="0"),
}  # fmt: skip
NO_LOOKS: dict[str, Callable[[House, int], object]] = {
    "the list": lambda house, case: [read(house, "/today"), read(house, "/today?lane=now")],
    "the list, where a decision leads on to it": lambda house, case: read(house, f"/cases/{case}?saved=999.1"),
    "whoever may not decide": lambda house, case: read(house, f"/cases/{case}", "vera"),
    "fetched ahead": lambda house, case: _fetched(house, case, {"Sec-Purpose": "prefetch;prerender"}),
    "fetched ahead, as older browsers say it": lambda house, case: _fetched(house, case, {"Purpose": "prefetch"}),
    "a search": lambda house, case: read(house, f"/all?q={case}", status=303),
}  # fmt: skip


def _post(house: House, case: int) -> int:
    return house.store.cases.mentions(case)[0].item.number


def _fetched(house: House, case: int, headers: dict[str, str]) -> None:
    with house.asks("amina") as client:
        assert client.get(f"/cases/{case}", headers=headers).status_code == 200


@pytest.mark.parametrize("way", LOOKS)
def test_whoever_opens_or_takes_it_has_looked(fresh: House, way: str) -> None:
    case = reported(fresh)
    LOOKS[way](fresh, case)
    assert (row_of(fresh, case).lane, looks(fresh)) == ("look", 1)


@pytest.mark.parametrize("way", NO_LOOKS)
def test_nobody_has_looked_by_what_is_shown_or_fetched_beside_it(fresh: House, way: str) -> None:
    case = reported(fresh)
    NO_LOOKS[way](fresh, case)
    assert (row_of(fresh, case).lane, row_of(fresh, case).unlooked, looks(fresh)) == ("now", True, 0)  # fmt: skip


def test_who_reported_it_has_not_looked_and_a_colleague_has(fresh: House) -> None:
    case = reported(fresh, handle="amina")
    assert NOT_LOOKED in read(fresh, f"/cases/{case}").text
    assert row_of(fresh, case).unlooked
    assert "you are the first to look" in read(fresh, f"/cases/{case}", "bea").text
    assert row_of(fresh, case).lane == "look"
    assert NOT_LOOKED not in read(fresh, f"/cases/{case}").text


def test_the_list_stays_as_it_is_until_it_is_loaded_anew_and_the_case_says_where_it_goes(
    fresh: House,
) -> None:
    case = reported(fresh)
    opened = read(fresh, f"/cases/{case}?lane=now")
    assert case in cases_in(opened)
    assert "Told by a colleague: you are the first to look. From now on it waits in Look" in opened.text  # fmt: skip
    assert case not in cases_in(read(fresh, "/today?lane=now"))
    assert case in cases_in(read(fresh, "/today?lane=look"))


def test_two_who_open_it_are_one_first_look(fresh: House) -> None:
    case = reported(fresh)
    assert [fresh.store.claims.note_look(case, fresh.who[who], NOW) for who in ("amina", "bea", "amina")] == [True, False, False]  # fmt: skip
    (event,) = (each for each in fresh.store.audit.events() if each.kind == "report looked at")
    assert event.about == {"case": case, "by": fresh.who["amina"], "telling": 1}


def test_a_decision_is_a_look_and_its_undo_leaves_it_looked_at(fresh: House) -> None:
    case = reported(fresh)
    post = fresh.store.cases.mentions(case)[0].item
    send(fresh, f"/cases/{case}/decide", do="none", posts=f"{post.number}:{post.revision}", version="0", why="handled", asked="yes")  # fmt: skip
    assert fresh.store.cases.history(case)
    assert looks(fresh) == 1
    send(fresh, f"/cases/{case}/undo", undoes="1", version="1", desk="yes")
    read(fresh, "/today")
    assert (row_of(fresh, case).lane, row_of(fresh, case).unlooked) == ("look", False)


def test_a_later_report_of_it_has_not_been_looked_at(fresh: House) -> None:
    fresh.desk.now = lambda: NOW - LONG
    case = reported(fresh)
    read(fresh, f"/cases/{case}")
    fresh.desk.now = lambda: NOW
    assert reported(fresh, "false", worry="It is untrue") == case
    again = row_of(fresh, case)
    assert (again.lane, again.unlooked, again.due_at) == ("now", True, NOW + HOUR)


def test_what_a_case_is_found_to_be_says_where_it_waits_once_somebody_has_looked(
    anew: House,
) -> None:
    """A report of what waits in Answer by its own flags goes back there, with the time that was promised, and under its own name."""
    tell(anew.store, ASKS, 904, NOW)
    case = case_of(anew.store, ASKS)
    anew.store.database.execute(
        "UPDATE case_mentions SET reason = NULL WHERE case_number = ?", case
    )
    read(anew, "/today")  # which sorts it
    before = row_of(anew, case)
    post = before.item.number
    anew.store.staff_reports.add(post, at=NOW, worry=worries.OTHER, reason=worries.HEADINGS[worries.OTHER], by=anew.who["vera"])  # fmt: skip
    told = row_of(anew, case)
    assert (told.lane, told.unlooked) == ("now", True)
    assert told.due_at is not None
    assert before.due_at is not None
    assert told.due_at < before.due_at
    read(anew, f"/cases/{case}")
    after = row_of(anew, case)
    assert (after.lane, after.reason, after.due_at) == (before.lane, before.reason, before.due_at)


def test_an_hour_without_a_look_is_late_and_a_later_look_makes_it_no_less_so(fresh: House) -> None:
    fresh.desk.now = lambda: NOW - LONG
    case = reported(fresh)
    fresh.desk.now = lambda: NOW
    assert "Overdue" in read(fresh, "/today?lane=now").text
    read(fresh, f"/cases/{case}")
    assert row_of(fresh, case).due_at == fresh.desk.file.review.lanes.due("look", NOW - LONG)
    missed = fresh.store.database.value("SELECT missed_lane FROM deadlines WHERE case_number = ? AND kind = 'look'", case)  # fmt: skip
    assert missed == "now"


def test_what_nobody_looked_at_stands_behind_danger_to_life_and_leaks(fresh: House) -> None:
    first = reported(fresh, "other")
    grave = reported(fresh, "danger", url=PIN.replace("813", "814"), words="She says goodbye to all of us on the bridge")  # fmt: skip
    order = [row.case.number for row in fresh.store.lanes.rows(("now",), user=0, at=NOW, limit=50)]
    assert order.index(grave) < order.index(first)
    assert [row.case.number for row in fresh.store.lanes.rows(("now",), user=0, at=NOW, limit=50) if row.first and row.case.number == first] == []  # fmt: skip
