"""Who was not told, and what others have: pages ask the store no more often for many cases than for a few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core import clock
from review.context import RequestContext, sight_for
from review.desk import asked, dangers, waiting
from review.desk.asked import Untold
from review.desk.untold import open_harm
from store import CaseDecision, NewMail, PathStep, Store
from tests.review.conftest import House
from tests.review.desk.paths import ready
from tests.review.desk.test_leak_with_harm import HURT
from tests.review.factories import IN_DANGER, NAMED, NOW, QUESTION, Told, configure, tell
from tests.store.factories import HOUR

KINDS = ("alert", "next contact", "danger", "leak", "never written")


@contextmanager
def queries(store: Store) -> Iterator[list[str]]:
    """What the store is asked inside."""
    seen: list[str] = []
    store.database.connection.set_trace_callback(seen.append)
    yield seen
    store.database.connection.set_trace_callback(None)


def wait(house: House, number: int, kind: str) -> int:
    """A case of Now of which nobody was told since an email of this kind did not leave; its number."""
    store, amina = house.store, house.who["amina"]
    alike: Told = NAMED if kind == "leak" else IN_DANGER
    tell(store, replace(alike, text=f"{alike.text} {number}"), number, alone=True)
    case = int(store.database.value("SELECT max(number) FROM cases"))
    if kind in ("alert", "next contact"):
        alert = next(each for each in store.alerts.raised() if each.case == case)
        level = int(kind == "next contact")
        mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, level=level)  # fmt: skip
        assert store.alerts.tell([mail], {alert.number: "told"}, NOW) == 1
    if kind in ("danger", "leak"):
        opened = store.cases.get(case)
        assert opened is not None
        covers = tuple((each.item.number, each.item.revision) for each in store.cases.mentions(case))  # fmt: skip
        role = "safeguarding" if kind == "danger" else "information_governance"
        assert store.cases.decide(CaseDecision(case=case, kind="escalate", by=amina, at=NOW, covers=covers, role=role), opened.version)  # fmt: skip
    if kind in ("alert", "danger"):
        step = PathStep(case=case, path="danger", step="first", outcome="called", by=amina, at=NOW)
        assert store.path_steps.add(step, seen=0)
    return case


def asks(house: House) -> RequestContext:
    """Amina, who opens a page."""
    house.desk._effective = None
    store, user = house.store, house.store.users.get(house.who["amina"])
    assert user is not None
    config = house.desk.config(store)
    store.database.sight = sight_for(store, config, user)
    return RequestContext(
        app=house.desk, config=config, request=cast(Any, None), store=store, at=NOW, signed=cast(Any, SimpleNamespace(user=user)),
        sight=store.database.sight,
    )  # fmt: skip


def who_was_not_told(house: House) -> list[Untold]:
    """What every page of hers says."""
    return asked.untold(asks(house))


@pytest.fixture
def silent(anew: House) -> House:
    """A page of which no email leaves."""
    ready(anew)
    configure(anew.desk, alerts=anew.desk.file.alerts.model_copy(update={"on": True, "to": ("duty@example.org",)}))  # fmt: skip
    anew.desk._effective = None
    anew.desk.config(anew.store)  # the store is told who is emailed
    return anew


def test_many_cases_are_asked_about_as_often_as_one_of_each_kind(silent: House) -> None:
    numbers = iter(range(500, 600))
    for kind in KINDS:
        wait(silent, next(numbers), kind)
    _cannot_leave(silent.store)
    before = len(who_was_not_told(silent))
    with queries(silent.store) as few:
        who_was_not_told(silent)
    cases = [wait(silent, next(numbers), kind) for kind in KINDS * 4]
    _cannot_leave(silent.store)
    listed = who_was_not_told(silent)
    assert len(listed) == before + len(cases)
    assert {each.case for each in listed} >= set(cases)
    with queries(silent.store) as many:
        who_was_not_told(silent)
    assert len(many) == len(few), "each query is of all cases"


def with_harm(house: House, number: int) -> int:
    """A case of Now with a leak that tells of serious harm as well; its number."""
    tell(house.store, replace(HURT, text=f"{HURT.text} {number}"), number, alone=True)
    return int(house.store.database.value("SELECT max(number) FROM cases"))


def test_leaks_that_tell_of_harm_are_asked_about_as_often_as_one(silent: House) -> None:
    cases = [with_harm(silent, 600)]
    with queries(silent.store) as few:
        assert [case.number for case in open_harm(asks(silent))] == cases
    cases += [with_harm(silent, number) for number in range(601, 609)]
    with queries(silent.store) as many:
        assert {case.number for case in open_harm(asks(silent))} == set(cases)
    assert len(many) == len(few), "each query is of all cases"


def test_the_handover_asks_about_many_dangers_as_often_as_about_a_few(silent: House) -> None:
    numbers = iter(range(700, 800))
    wait(silent, next(numbers), "danger")
    with_harm(silent, next(numbers))
    with queries(silent.store) as few:
        before = dangers.dangers(asks(silent))
    for _ in range(6):
        wait(silent, next(numbers), "danger")
        with_harm(silent, next(numbers))
    with queries(silent.store) as many:
        after = dangers.dangers(asks(silent))
    assert len(after.unconfirmed) == len(before.unconfirmed) + 6
    assert len(after.alone) == len(before.alone) + 6
    assert len(many) == len(few), "each query is of all cases"


def _cannot_leave(store: Store) -> None:
    """The server took none of what waits."""
    store.database.execute("UPDATE outbox_recipients SET outages = 1, failed_at = ? WHERE state <> 'sent'", clock.text(NOW))  # fmt: skip


def selected(seen: list[str]) -> int:
    """How many of these statements read anything."""
    return sum(statement.lstrip().startswith("SELECT") for statement in seen)


def passed_on(house: House, number: int, role: str, flag: str) -> int:
    """A case of Now that was passed to a team; its number."""
    store, amina = house.store, house.who["amina"]
    alike = {"safeguarding": IN_DANGER, "pid": NAMED, "assistance": QUESTION}[flag]
    tell(store, replace(alike, text=f"{alike.text} {number}"), number, alone=True)
    case = store.cases.get(int(store.database.value("SELECT max(number) FROM cases")))
    assert case is not None
    covers = tuple((each.item.number, each.item.revision) for each in store.cases.mentions(case.number))  # fmt: skip
    assert store.cases.decide(CaseDecision(case=case.number, kind="escalate", by=amina, at=NOW - HOUR, covers=covers, role=role), case.version)  # fmt: skip
    if flag == "safeguarding":
        step = PathStep(
            case=case.number, path="danger", step="first", outcome="called", by=amina, at=NOW
        )
        assert store.path_steps.add(step, seen=0)
    return case.number


def test_waiting_asks_about_many_handoffs_as_often_as_about_one_of_each_kind(silent: House) -> None:
    kinds = (("safeguarding", "safeguarding"), ("information_governance", "pid"), ("pals", "assistance"), ("safeguarding", "assistance"))  # fmt: skip
    numbers = iter(range(800, 900))
    cases = [passed_on(silent, next(numbers), *kind) for kind in kinds]

    def listed() -> waiting.ListedHandoffs:
        context = asks(silent)
        return waiting.of_handoffs(context, context.store.handoffs.waiting(NOW))

    apart = {each.of.number: asked.shown(asks(silent), each.of) for each in listed().waits}
    assert {each.of.number: each for each in listed().waits} == apart, "read together as apart"
    with queries(silent.store) as few:
        listed()
    cases += [passed_on(silent, next(numbers), *kind) for kind in kinds * 3]
    assert {each.of.case for each in listed().waits} >= set(cases)
    with queries(silent.store) as many:
        listed()
    assert selected(many) == selected(few), "each query is of all cases"


def test_what_is_written_meanwhile_is_seen_by_whoever_read_ahead(silent: House) -> None:
    case = passed_on(silent, 900, "pals", "assistance")
    store, amina = silent.store, silent.who["amina"]
    with store.ahead((case,)):
        (handoff,) = store.handoffs.of_case(case)
        assert store.handoff_steps.confirm(handoff.number, by=amina, at=NOW, who="Ife", when=NOW)
        assert [each.state for each in store.handoffs.of_case(case)] == ["confirmed"]
        assert case in store.handoffs.open_of((case,))
