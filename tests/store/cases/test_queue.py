"""The queue reads no more than it must: what makes it quick over a million mentions, told without a clock."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from core import clock
from core.models import RISKS, Risk, Sentiment
from store import TABS, CaseQuery, Store, Tab
from store.cases.queue import _INDEX, _filters
from store.cases.sight import Sight
from tests.store.cases.test_deadlines import group
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention

QUERIES = (
    CaseQuery(platforms=("x",)), CaseQuery(flags=("pid",)), CaseQuery(places=("Harrow",)), CaseQuery(words="a b"),
    CaseQuery(since=AT), CaseQuery(until=AT),
    CaseQuery(clauses=("6.10",), clause_flags=("pid", "threat")),
    CaseQuery(words="a", flags=("pid",), places=("Harrow",), platforms=("x",)),
)  # fmt: skip


def told(store: Store, sql: str, values: dict[str, object]) -> list[str]:
    """How SQLite goes about a statement."""
    return [row["detail"] for row in store.database.rows_named(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab in _INDEX])
def test_no_view_is_sorted_for_a_page(store: Store, tab: Tab) -> None:
    asked: list[str] = []
    store.database.connection.set_trace_callback(asked.append)
    store.queue.page(CaseQuery(tab=tab), AT)
    store.database.connection.set_trace_callback(None)
    (page,) = (sql for sql in asked if "SELECT c.* FROM cases c" in sql)
    assert not any("TEMP B-TREE" in line for line in told(store, page, {}))


@pytest.mark.parametrize("query", QUERIES, ids=repr)
def test_no_filter_reads_all_posts_but_through_a_narrow_index(
    store: Store, query: CaseQuery
) -> None:
    sql, values = _filters(query, Sight())
    for line in told(store, sql, {"called": "[]", **values}):
        assert not line.startswith(("SCAN i", "SCAN f")) or "INDEX" in line, line


def test_a_filter_by_risk_finds_cases_of_that_risk_and_no_others(store: Store) -> None:
    add(store, mention(1, text="The same words twice over, to be one story"), mention(2))
    assess_all(store, "low", flags=[flag("assistance")])
    group(store, AT)
    add(store, mention(3, text="The same words twice over, to be one story"))
    assess_all(store, "high", flags=[flag("threat")])
    group(store, AT)
    assert [card.case.number for card in store.queue.page(CaseQuery(risks=("low",)), AT).cards] == [
        2
    ]
    assert [
        card.case.number for card in store.queue.page(CaseQuery(risks=("high",)), AT).cards
    ] == [1]
    both = CaseQuery(risks=("high", "low"), flags=("assistance",))
    assert [card.case.number for card in store.queue.page(both, AT).cards] == [1, 2]
    assert store.queue.count(CaseQuery(risks=("low",)), AT) == 1
    assert store.queue.count(CaseQuery(risks=("medium",)), AT) == 0


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab in _INDEX])
def test_a_filter_by_risk_sorts_nothing(store: Store, tab: Tab) -> None:
    asked: list[str] = []
    store.database.connection.set_trace_callback(asked.append)
    store.queue.page(CaseQuery(tab=tab, risks=("low",)), AT)
    store.database.connection.set_trace_callback(None)
    (page,) = (sql for sql in asked if "SELECT c.number FROM cases c" in sql)
    assert not any("TEMP B-TREE" in line for line in told(store, page, {}))


def test_waiting_mentions_are_found_in_the_order_of_their_risks(store: Store) -> None:
    asked: list[str] = []
    store.database.connection.set_trace_callback(asked.append)
    store.grouping.ungrouped()
    store.database.connection.set_trace_callback(None)
    (sql,) = (sql for sql in asked if "FROM risks r" in sql)
    assert not any("TEMP B-TREE" in line for line in told(store, sql, {}))


def test_what_was_forgotten_of_likeness_is_not_looked_at_again(store: Store) -> None:
    store.grouping.group([], alike=lambda *_: False, at=AT)
    store.grouping.group([], alike=lambda *_: False, at=AT - timedelta(days=9))
    kept = store.database.value("SELECT at FROM maintenance_tasks WHERE name = 'similarity_bands'")
    assert kept.startswith((AT - timedelta(days=30)).date().isoformat())


def test_the_store_brings_no_pandas() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, store, pandas; print(store.Store, pandas.DataFrame)\n"
         "import subprocess; subprocess.run([sys.executable, '-c', 'import sys, store; sys.exit(\"pandas\" in sys.modules)'], check=True)"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "DataFrame" in said.stdout


OF_STAFF = frozenset(("no_disclaimer", "grievance"))
EARNS: tuple[tuple[str, Risk], ...] = (
    ("insult", "low"),
    ("allegation", "medium"),
    ("threat", "high"),
)


@pytest.mark.parametrize(
    ("risk", "flags", "sentiment", "shown"),
    [
        ("low", ("no_disclaimer",), "neutral", "none"), ("low", ("no_disclaimer",), "negative", "low"), ("medium", ("grievance",), "neutral", "none"),
        ("medium", ("grievance",), "negative", "low"), ("medium", ("grievance", "insult"), "neutral", "low"), ("medium", ("grievance", "allegation"), "neutral", "medium"),
        ("low", ("insult",), "neutral", "low"), ("medium", ("allegation",), "neutral", "medium"), ("high", ("no_disclaimer", "threat"), "neutral", "high"),
        ("high", ("grievance",), "neutral", "high"),  # what must be found lies hidden nowhere
    ],
)  # fmt: skip
def test_a_filter_by_risk_goes_by_what_the_list_tells(
    store: Store, risk: Risk, flags: tuple[str, ...], sentiment: Sentiment, shown: Risk
) -> None:
    """Else a row of low risk without a flag would be one by staff, whose flag is left out."""
    add(store, mention(1))
    assess_all(store, risk, flags=[flag(name) for name in flags], sentiment=sentiment)
    group(store, AT)
    listed = [
        each
        for each in RISKS
        if store.queue.count(
            CaseQuery(tab="all", risks=(each,), of_staff=OF_STAFF, earns=EARNS), AT
        )
    ]
    assert listed == [shown]


def test_a_flag_of_staff_alone_changes_no_order(store: Store) -> None:
    for number, (risk, flags) in enumerate(
        [
            ("none", ()),
            ("low", ("no_disclaimer",)),
            ("medium", ("grievance",)),
            ("high", ("threat",)),
        ],
        1,
    ):
        add(
            store,
            mention(number, text=f"Something else was said, number {number} of four"),
            at=AT + number * HOUR,
        )
        assess_all(store, risk, flags=[flag(name) for name in flags])  # type: ignore[arg-type]
        group(store, AT + number * HOUR)
    store.database.execute("UPDATE cases SET due_at = ?, state = 'escalated'", clock.text(AT))
    numbers = [
        card.case.number for card in store.queue.page(CaseQuery(tab="escalated"), AT + DAY).cards
    ]
    assert numbers[0] == store.cases.of_mention(4)
    assert numbers[1:] == sorted(numbers[1:])
