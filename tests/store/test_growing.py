"""A database of an earlier program grows with what is in it, and says the same as one that was new from the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from store import CaseDecision, CaseQuery, Store
from store.cases.queue import TABS
from store.migrations.core import SEALED
from store.migrations.explanations import migrations
from tests.store.cases.test_clocks import OTHER, decide, take, undo
from tests.store.made import AT, DAY, HOUR, dump, mention

FIRST = "m015_settings"
STEPS = [step.name for step in migrations.pending(Database(memory=True))]
SINCE = STEPS[STEPS.index(FIRST) :]
THIRD = "The phones at the surgery in Harrow were never answered, all week long"
KEPT = ("mentions", "revisions", "assessments", "cases", "case_mentions", "case_decisions", "decisions", "case_clocks", "events")  # fmt: skip


def filled(store: Store) -> tuple[int, int]:
    """Cases that wait, are done, were undone, are asked about and are escalated, as an earlier program kept them."""
    amina, bea = (
        store.add_user("local", name, name.title(), ["reviewer"], at=AT).number
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
    store.claim_case(2, bea, AT + HOUR)
    store.reveal(1, by="Amina", at=AT, reason="To read it whole")
    return amina, bea


def older(new: Path, old: Path, step: str) -> None:
    """The same rows in the shape of before a step; triggers had done their work already."""
    db = Database(old)
    migrations.apply(db, stop_before=step)
    db.execute("ATTACH ? AS new", [str(new)])
    db.execute("PRAGMA foreign_keys = OFF")
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    for name, kind in db.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall():  # fmt: skip
        if kind != "table" or name.startswith(("sqlite_", "_sqlite")):
            continue
        columns = ", ".join(row[0] for row in db.execute(f"SELECT name FROM pragma_table_info('{name}')"))  # fmt: skip
        db.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM new.{name}")
    db.execute("INSERT INTO masked_words (masked_words) VALUES ('rebuild')")
    db.execute("""INSERT INTO case_words (rowid, masked) SELECT number, masked FROM assessments
        WHERE number IN (SELECT assessment FROM case_mentions WHERE worth)""")
    for _, sql in triggers:
        db.execute(sql)
    db.conn.commit()
    db.close()


@pytest.mark.parametrize("step", SINCE)
def test_what_is_in_it_is_the_same_afterwards(
    path: Path, keys: list[str], tmp_path: Path, step: str
) -> None:
    with Store.open(path, keys) as store:
        amina, bea = filled(store)
        kept = dump(store, KEPT)
        tabs = store.case_page(CaseQuery(user=bea), AT + HOUR).tabs
    older(path, tmp_path / "old.db", step)
    with Store.open(tmp_path / "old.db", keys) as store:
        assert dump(store, KEPT) == kept
        decided = {row[0]: row[1] for row in store._rows("SELECT number, decided_by FROM cases")}
        assert decided == {1: amina, 2: None, 3: bea}
        assert store.case_page(CaseQuery(user=bea), AT + HOUR).tabs == tabs
        assert store.verify().ok


def test_what_came_with_the_new_steps_works_on_it(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        amina, bea = filled(store)
    older(path, tmp_path / "old.db", FIRST)
    with Store.open(tmp_path / "old.db", keys) as store:
        assert store.assign(2, bea, by=amina, at=AT, seen=0)
        said = CaseDecision(case=2, kind="duplicate", by=bea, at=AT + HOUR, covers=((2, 1),), duplicate_of=1)  # fmt: skip
        found = store.case(2)
        assert found is not None
        assert store.decide(said, found.version)
        assert store.duplicates(1) == [2]
        assert [event.event.kind for event in store.reveals()[0]] == ["revealed"]
        for tab in TABS:
            page = store.case_page(CaseQuery(tab=tab, user=bea), AT + HOUR)
            assert page.total == page.tabs[tab] == len(page.cards)
        assert store.rotate([*keys]) == sum(store._one(f"SELECT count(sealed) FROM {table}") for table in SEALED)  # fmt: skip
        assert store.purge(AT + 400 * DAY, {"default": DAY}, deleted_after=DAY).proved
        assert store.verify().ok
