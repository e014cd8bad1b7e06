"""A database of an earlier program grows with what is in it, and says the same as one that was new from the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from store import CaseDecision, CaseQuery, LanePlacing, Sight, Store, Token
from store.cases.models import Tab
from store.cases.queue import TABS
from tests.store.cases.test_deadlines import OTHER, decide, take, undo
from tests.store.cases.test_lanes import words
from tests.store.cases.test_speaking_up import DAY_OF, group, ordinary
from tests.store.cases.test_speaking_up import take as speak_up
from tests.store.factories import AT, DAY, HOUR, add, assess_all, dump, flag, mention
from tests.store.older import STEPS, empty, older, schema
from tests.stores import KEY, new_store

FIRST = "m015_settings"
SINCE = STEPS[STEPS.index(FIRST) :]
THIRD = "The phones at the surgery in Harrow were never answered, all week long"
KEPT = ("mentions", "revisions", "assessments", "cases", "case_mentions", "case_decisions", "decisions", "deadlines", "events")  # fmt: skip


def filled(store: Store) -> tuple[int, int]:
    """Cases that wait, are done, were undone, are asked about and are escalated, as an earlier program kept them."""
    amina, bea = (
        store.users.add("local", name, name.title(), ["reviewer"], at=AT).number
        for name in ("amina", "bea")
    )
    take(store, mention(1), mention(2, text=OTHER), mention(3, text=THIRD), flags=["allegation", "pid"])  # fmt: skip
    decide(store, amina, "no_action", case=1)
    decide(store, bea, "escalate", case=1, role="pals")
    undo(store, amina, 2, case=1)
    decide(store, bea, "respond", case=2, labels={"pid": False})
    undo(store, bea, 1, case=2)
    decide(store, amina, "remove", case=3)
    decide(store, bea, "second_opinion", case=3)
    store.claims.claim(2, bea, AT + HOUR)
    store.database.execute("UPDATE cases SET claimed_at = NULL")  # an earlier program kept none
    store.mentions.reveal(1, by="Amina", at=AT, reason="To read it whole")
    return amina, bea


@dataclass(frozen=True)
class Before:
    """A store of today: its file, who decided in it, what it holds, how many cases each list of Bea's has, its shape."""

    path: Path
    amina: int
    bea: int
    kept: list[Any]
    tabs: Mapping[Tab, int]
    schema: list[tuple[str, str]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Before:
    """Once for all steps; nothing is written to it."""
    path = tmp_path_factory.mktemp("today") / "mentions.db"
    amina, bea = new_store(path, filled)
    with Store.open(path, [KEY]) as store:
        kept = dump(store, KEPT)
        tabs = store.queue.page(CaseQuery(user=bea), AT + HOUR).tabs
    return Before(path, amina, bea, kept, tabs, schema(path))


@pytest.mark.parametrize("step", SINCE)
def test_what_is_in_it_is_the_same_afterwards_and_its_shape_is_that_of_a_new_one(
    before: Before, tmp_path: Path, step: str
) -> None:
    older(before.path, tmp_path / "old.db", step)
    with Store.open(tmp_path / "old.db", [KEY]) as store:
        assert dump(store, KEPT) == before.kept
        decided = {
            row[0]: row[1] for row in store.database.rows("SELECT number, decided_by FROM cases")
        }
        assert decided == {1: before.amina, 2: None, 3: before.bea}
        assert store.queue.page(CaseQuery(user=before.bea), AT + HOUR).tabs == before.tabs
        assert store.maintenance.verify().ok
    assert schema(tmp_path / "old.db") == before.schema


@pytest.mark.parametrize("step", STEPS[1 : STEPS.index(FIRST)])
def test_an_empty_one_of_the_first_steps_grows_to_that_shape_too(
    before: Before, tmp_path: Path, step: str
) -> None:
    empty(tmp_path / "old.db", step)
    Store.open(tmp_path / "old.db", [KEY]).close()
    assert schema(tmp_path / "old.db") == before.schema


def test_what_came_with_the_new_steps_works_on_it(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        amina, bea = filled(store)
    older(path, tmp_path / "old.db", FIRST)
    with Store.open(tmp_path / "old.db", keys) as store:
        assert store.assignments.assign(2, bea, by=amina, at=AT, seen=0)
        said = CaseDecision(case=2, kind="duplicate", by=bea, at=AT + HOUR, covers=((2, 1),), duplicate_of=1)  # fmt: skip
        found = store.cases.get(2)
        assert found is not None
        assert store.cases.decide(said, found.version)
        assert store.duplicates.of_case(1) == [2]
        assert [event.event.kind for event in store.audit.reveals()[0]] == ["revealed"]
        for tab in TABS:
            page = store.queue.page(CaseQuery(tab=tab, user=bea), AT + HOUR)
            assert page.total == page.tabs[tab] == len(page.cards)
        assert store.maintenance.rotate_keys([Fernet.generate_key().decode(), *keys]) == sum(store.database.value(f"SELECT count(encrypted) FROM {table}") for table in store.maintenance.encrypted_tables())  # fmt: skip
        assert store.retention.purge(AT + 400 * DAY, {"default": DAY}, deleted_after=DAY).proved
        assert store.maintenance.verify().ok


def shown(store: Store, user: int) -> dict[str, object]:
    """What a person sees of a store: cases and their histories, flags, alerts, counts, what is found."""
    at, days = AT + HOUR, ((AT - 9 * DAY).date(), (AT + 9 * DAY).date())
    pages = {tab: store.queue.page(CaseQuery(tab=tab, user=user), at) for tab in TABS}
    cases = [card.case.number for card in pages["all"].cards]
    return {
        "queue": pages,
        "mentions": [store.cases.mentions(case) for case in cases],
        "histories": [store.cases.history(case) for case in cases],
        "deadlines": [store.deadlines.of_case(case) for case in cases],
        "decisions": [store.decisions.of_mention(number) for number in range(1, 7)],
        "staff reports": [store.staff_reports.of_case(case) for case in cases],
        "flagged": store.figures.flagged(AT - DAY, AT + DAY),
        "totals": store.figures.totals(AT - 9 * DAY, AT + 9 * DAY),
        "trends": (store.trends.by_day(*days), store.trends.by_labels(*days)),
        # which flags an alert had is known of those that were raised since step 22
        "outbox": [replace(row, flags=()) for row in store.outbox.due(at)],
        "found": store.search.by_words("walk-in centre"),
        "in clear": [store.mentions.get(number) for number in range(1, 7)],
        "tokens": store.tokens.all(),
        "sources": (store.sources.all(), store.sources.state("x")),
        "users": store.users.all(),
        "settings": store.settings.current(),
        "events": [event for event in store.audit.events() if event.kind != "rows sealed"],
    }


def test_a_store_of_the_version_before_shows_the_same(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        amina, bea = filled(store)
        add(store, mention(4, text="Thank you to the walk-in centre in Hayes"), mention(5), mention(6), state={"page": "3"})  # fmt: skip
        assess_all(store, "high", flags=[flag("threat")])
        store.staff_reports.add(2, at=AT, worry="It names our ward")
        store.tokens.add(Token(source="facebook", access="granted", at=AT), by="amina")
        store.settings.save("alerts", {"to": ["desk@example.org"]}, 0, at=AT, by=amina)
        store.sign_in_links.make(bea, at=AT, until=AT + DAY)
        store.retention.erase([6], by="gwen", at=AT)
        before = shown(store, bea)
    older(path, tmp_path / "old.db", "m020_names")
    with Store.open(tmp_path / "old.db", keys) as store:
        for what, now in shown(store, bea).items():
            assert now == before[what], what
        assert store.maintenance.verify().ok


def test_cases_that_were_readable_for_all_are_so_no_longer(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        amina = store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number
        speak_up(store, words(1))
        speak_up(store, words(2), flags=("safeguarding",), danger=True)
        ordinary(store, words(3), words(4))
        decide(store, amina, "escalate", case=3, role="guardian")
    older(path, tmp_path / "old.db", "m037_speaking_up")
    with Store.open(tmp_path / "old.db", keys) as store:
        assert [store.speaking_up.protected(case) for case in (1, 2, 3, 4)] == [1, 2, 1, 0]
        assert [card.case.number for card in store.queue.page(CaseQuery(tab="all"), AT).cards] == [4]  # fmt: skip
        assert store.queue.page(CaseQuery(tab="all", words=words(1).text), AT).total == 0
        assert store.queue.facets()["place"] == ["Harrow"]
        assert sum(each.count for each in store.trends.by_day(DAY_OF, DAY_OF)) == 1
        assert {one.mention for one in store.grouping.without_reason()} == {1, 2, 3}
        store.database.sight = Sight(guardians=True, decides=True, on_duty=True)
        assert [row.case.number for row in store.speaking_up.rows()] == [1, 2, 3]
        assert store.maintenance.verify().ok


def test_no_case_goes_on_being_called_by_a_colleagues_words(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        ordinary(store, words(1), words(2), words(3))
        for number in (1, 2):
            store.staff_reports.add(number, at=AT, worry="Kay Lamb again (Something else)", reason="Kay Lamb again")  # fmt: skip
        store.database.execute("UPDATE case_mentions SET reason = 'Remark' WHERE mention = 3")
        store.database.execute("UPDATE case_mentions SET deleted = 1 WHERE mention = 2")
    older(path, tmp_path / "old.db", "m098_headings_of_reports")
    with Store.open(tmp_path / "old.db", keys) as store:
        rows = store.database.rows("SELECT mention, reason FROM case_mentions ORDER BY mention")
        assert [row["reason"] for row in rows] == [None, "Reported by a colleague", "Remark"]
        assert 1 in {one.mention for one in store.grouping.without_reason()}
        assert store.maintenance.verify().ok


def test_what_a_colleague_wrote_to_our_mailbox_and_speaks_up_is_before_the_desk_no_longer(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    kinds = [("disclosure", "nhs"), ("disclosure", "nhs"), ("criticism", "nhs"), ("union", "no")]
    with Store.open(path, keys) as store:
        for number, (protected, staff) in enumerate(kinds, 1):
            add(store, replace(words(number), kind="report"))
            assess_all(store, "high", flags=[flag("allegation")], protected=protected, staff=staff)
            group(store, LanePlacing(lane="now", reason="Because"))
        store.database.execute("INSERT INTO case_flags (mention, flag) VALUES (2, 'pid')")
    older(path, tmp_path / "old.db", "m100_reports_that_speak_up")
    with Store.open(tmp_path / "old.db", keys) as store:
        rows = store.database.rows(
            "SELECT speaks, lane, reason FROM case_mentions ORDER BY mention"
        )
        assert [tuple(row) for row in rows] == [(1, "guardian", None), (2, "now", None), (0, "now", "Because"), (0, "now", "Because")]  # fmt: skip
        assert [store.speaking_up.protected(case) for case in (1, 2, 3, 4)] == [1, 2, 0, 0]
        assert {one.mention for one in store.grouping.without_reason()} == {1, 2}
        assert store.maintenance.verify().ok
