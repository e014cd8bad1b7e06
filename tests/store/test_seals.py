"""What another program changes in the file is told, by table and row; what this program does itself never is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.models import Mention
from store import CaseQuery, Store
from store.database import Database, event_form
from store.schema import TABLES
from store.seals import SEALED, UNSEALED, form
from store.sqlite import OperationalError
from tests.store.cases.test_deadlines import decide, take
from tests.store.cases.test_grouping import group
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention
from tests.stores import KEY, make_older, new_store

Raw = Any  # a plain connection of sqlite3, as any other program has it


def fill(store: Store) -> None:
    """A store with two cases that people decided, and whatever row is missing in a table that is sealed."""
    amina = store.users.add("local", "amina", "Amina", ["reviewer"], at=AT).number
    bea = store.users.add("local", "bea", "Bea", ["lead", "governance"], at=AT).number
    store.sessions.begin(amina, at=AT, until=AT + 12 * HOUR)
    take(store, mention(1), mention(2, text="Nobody answers at the surgery in Harrow, all week long"), risk="high", flags=["threat"])  # fmt: skip
    decide(
        store, amina, "escalate", role="pals", reason="Patient asks for help", why="Not a question"
    )
    decide(store, bea, "no_action", case=2)
    store.mentions.reveal(1, by="amina", at=AT, reason="To tell the practice")
    add(store, mention(9))  # nobody has read it yet
    store.audit.note_changes(AT)
    database = store.database
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("PRAGMA ignore_check_constraints = ON")
    with database.transaction():
        for table in SEALED:
            if not database.value(f"SELECT count(*) FROM {table}"):
                columns = database.rows(f"SELECT * FROM pragma_table_info('{table}')")
                wanted = {
                    column["name"]: sample(column)
                    for column in columns
                    if column["name"] != "number"
                }
                if table == "employer_answers":
                    wanted["by_user"] = bea  # nobody answers their own request
                database.insert(table, **wanted)
    database.execute("PRAGMA ignore_check_constraints = OFF")
    database.execute("PRAGMA foreign_keys = ON")


def sample(column: Any) -> Any:
    return {"TEXT": "2026-11-20", "INTEGER": 1, "BLOB": Fernet(KEY).encrypt(b"{}"), "REAL": 0.5}[
        column["type"]
    ]


@pytest.fixture
def filled(path: Path) -> Iterator[Store]:
    new_store(path, fill)
    with Store.open(path, [KEY]) as store:
        yield store


@pytest.fixture
def raw(path: Path, filled: Store) -> Iterator[Raw]:
    """The same file in the hands of somebody who has no key, and took the triggers away that stood in the way."""
    connection = type(filled.database.connection)(str(path), isolation_level=None)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    yield connection
    connection.close()


def other(value: Any, kind: str) -> Any:
    """Another value of a column's type."""
    if kind == "TEXT":
        return f"{value or ''}1"
    if kind == "BLOB":
        return bytes(value or b"") + b"1"
    return (value or 0) + 1000


def shape(raw: Raw, table: str) -> tuple[list[tuple[str, str]], list[str]]:
    rows = raw.execute(f"SELECT name, type, pk FROM pragma_table_info('{table}')").fetchall()
    return [(name, kind) for name, kind, _ in rows], [name for name, _, key in sorted(rows, key=lambda row: row[2]) if key]  # fmt: skip


def of_rows(store: Store) -> list[str]:
    """What seals say; records of decisions are compared with their events too, and what waits to be read with the posts."""
    return [
        line
        for line in store.audit.check_rows()
        if not any(
            part in line
            for part in ("its event", "no purge", " in it: ", "read_through: 1 post is")
        )
    ]


def test_each_table_has_seals_or_a_reason_why_not() -> None:
    tables = {table for lines in TABLES.values() for table in lines}
    assert SEALED.keys() | UNSEALED.keys() == tables
    assert not SEALED.keys() & UNSEALED.keys()
    assert all(len(why.split()) > 2 for why in UNSEALED.values())


def test_what_opens_a_case_or_hurries_it_or_takes_it_out_of_sight_is_sealed_whole() -> None:
    """Each column of what is sealed is tried by the test of each kind of edit."""
    assert [table for table, columns in SEALED.items() if columns is not None] == ["sessions"]


def test_what_misleads_the_reading_is_told_by_what_is_known_of_the_posts(
    filled: Store, raw: Raw
) -> None:
    def told() -> list[str]:
        return [line for line in filled.audit.check_rows() if " row " not in line]

    filled.mentions.add_page(
        "bluesky", [mention(7)], at=AT
    )  # the trigger that lists it was taken away
    assert told() == [
        "unassessed: 1 post that nobody has read is not in it: taken out outside the program"
    ]
    raw.execute("INSERT INTO unassessed (mention, since) SELECT max(number), '2026' FROM mentions")
    assert told() == []
    raw.execute("UPDATE read_through SET model = 'newer', number = 999999")
    raw.execute("INSERT INTO unassessed (mention, since) VALUES (1, '2026')")
    assert told() == [
        "unassessed: 1 post that waits for nothing is in it: put in outside the program",
        "read_through: 2 posts are said to be read by the model in force and are not: changed outside the program",
    ]


def test_what_has_no_seals_hides_no_post_and_joins_none(path: Path) -> None:
    """Its reason in `UNSEALED`: without bands a post opens a case of its own, by false ones it joins none whose words are others."""
    new_store(path, lambda store: grouped(store, mention(1)))
    with Store.open(path, [KEY]) as store:
        store.database.execute("DELETE FROM similarity_bands")
        grouped(store, mention(2))
        store.database.execute("INSERT INTO similarity_bands (band, mention) VALUES (2, 1)")
        grouped(store, mention(3, text="They shut the walk-in centre in Hayes"), bands=(2,))
        store.database.execute(
            "INSERT INTO case_mentions_fts (case_mentions_fts) VALUES ('delete-all')"
        )
        assert store.queue.page(CaseQuery(tab="high"), AT).total == 3


def grouped(store: Store, post: Mention, **how: Any) -> None:
    add(store, post)
    assess_all(store, "high", flags=[flag()])
    group(store, **how)


def test_nothing_is_told_of_what_the_program_did(filled: Store) -> None:
    assert filled.audit.check_rows() == []
    assert set(filled.database.seals.changes()) == set(SEALED)


MARK: dict[str, Any] = {"key_hash": "seen", "at": clock.text(AT)}
INSERT = "INSERT INTO tombstones (key_hash, at) VALUES (?, ?)"
WRITES: dict[str, Callable[[Database], object]] = {
    "a transaction": lambda db: insert_in(db.transaction(), db),
    "a snapshot": lambda db: insert_in(db.snapshot(), db),
    "a row": lambda db: db.insert("tombstones", **MARK),
    "a statement": lambda db: db.execute(INSERT, *MARK.values()),
    "many": lambda db: db.execute_many(INSERT, [tuple(MARK.values())]),
    "rows that it gives back": lambda db: db.rows(f"{INSERT} RETURNING at", *MARK.values()),
    "one after the other": lambda db: list(db.each(f"{INSERT} RETURNING at", *MARK.values())),
    "by names": lambda db: db.rows_named("INSERT INTO tombstones VALUES (:key_hash, :at) RETURNING at", MARK),
    "the driver's connection": lambda db: db.connection.execute(INSERT, tuple(MARK.values())),
    "amid a list": lambda db: [db.insert("tombstones", **MARK) for _ in db.each("SELECT 1 FROM runs")],
}  # fmt: skip


def insert_in(
    inside: AbstractContextManager[None], db: Database, then: Callable[[], object] = lambda: None
) -> None:
    with inside:
        db.insert("tombstones", **MARK)
        then()


def test_who_reads_can_write_nothing_and_whatever_writes_first_is_sealed(path: Path, keys: list[str]) -> None:  # fmt: skip
    with Store.open(path, keys) as store:
        make_older(store)  # a run
    for write in WRITES.values():
        with Store.open(path, keys) as store, store.beside() as beside:
            for db in (store.database, beside.database):
                assert db.value("SELECT count(*) FROM tombstones") == 0
                assert not any("TRIGGER" in row["sql"] for row in db.rows("SELECT sql FROM sqlite_temp_schema"))  # fmt: skip
                with pytest.raises(OperationalError, match="readonly"):
                    db._file.execute("DELETE FROM runs")
                with pytest.raises(ZeroDivisionError):  # its triggers go with it
                    insert_in(db.snapshot(), db, then=lambda: 1 // 0)
                write(db)
                assert db.value("SELECT count(*) FROM row_seals s JOIN seal_totals USING (part) WHERE table_name = 'tombstones'") == 1  # fmt: skip
                assert store.maintenance.verify().ok
                db.execute("DELETE FROM tombstones")


@dataclass(frozen=True)
class Row:
    """The first row of a table, and how to find it by its key."""

    table: str
    kinds: dict[str, str]  # by column
    key: list[str]
    values: dict[str, Any]

    @property
    def where(self) -> str:
        return " AND ".join(f"{name} = :{name}" for name in self.key)

    @property
    def edited(self) -> list[str]:
        """The columns that are not of its key."""
        return [name for name in self.kinds if name not in self.key]

    def line(self, what: str, values: dict[str, Any] | None = None) -> str:
        """What is told of it, or of a row of other values."""
        named = ",".join(str((values or self.values)[name]) for name in self.key)
        return f"{self.table}: row {named} was {what} outside the program"


@pytest.fixture
def rows(raw: Raw) -> list[Row]:
    """A row of each table that has seals."""
    firsts = []
    for table in SEALED:
        columns, key = shape(raw, table)
        values = raw.execute(f"SELECT * FROM {table}").fetchone()
        named = dict(zip([name for name, _ in columns], values, strict=True))
        firsts.append(Row(table, dict(columns), key, named))
    return firsts


def insert(raw: Raw, table: str, values: dict[str, Any]) -> None:
    named = ", ".join(f":{name}" for name in values)
    raw.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({named})", values)


def test_each_kind_of_edit_of_each_table_is_told_by_table_and_row(
    filled: Store, raw: Raw, rows: list[Row]
) -> None:
    """The first column of all tables, put back, then the second: to look at all seals takes as long for one edit."""
    for place in range(max(len(row.edited) for row in rows)):
        edits = [(row, row.edited[place]) for row in rows if place < len(row.edited)]
        for row, name in edits:
            raw.execute(
                f"UPDATE {row.table} SET {name} = :to WHERE {row.where}",
                {**row.values, "to": other(row.values[name], row.kinds[name])},
            )
        lines = of_rows(filled)
        for row, name in edits:
            sealed = SEALED[row.table]
            is_sealed = sealed is None or name in sealed
            assert lines.count(row.line("changed")) == is_sealed, (row.table, name)
        assert len(lines) == len(set(lines))
        assert set(lines) <= {row.line("changed") for row, _ in edits}
        for row, name in edits:
            raw.execute(f"UPDATE {row.table} SET {name} = :{name} WHERE {row.where}", row.values)
        assert of_rows(filled) == []
    for row in rows:
        raw.execute(f"DELETE FROM {row.table} WHERE {row.where}", row.values)
    lines = filled.audit.check_rows()
    assert [row.table for row in rows if row.line("deleted") not in lines] == []
    for row in rows:
        insert(raw, row.table, row.values)
    assert filled.audit.check_rows() == []
    copies = []
    for row in rows:
        uniques = {*row.key, *_unique(raw, row.table)}
        copy = row.values | {
            name: other(row.values[name], row.kinds[name]) if row.kinds[name] == "TEXT" else 999
            for name in uniques
        }
        insert(raw, row.table, copy)
        copies.append(row.line("added", copy))
    lines = of_rows(filled)
    assert [line for line in copies if line not in lines] == []


def _unique(raw: Raw, table: str) -> set[str]:
    indexes = raw.execute(
        f"SELECT name FROM pragma_index_list('{table}') WHERE \"unique\""
    ).fetchall()
    return {
        row[0]
        for (name,) in indexes
        for row in raw.execute(f"SELECT name FROM pragma_index_info('{name}')")
    }


def test_a_store_of_before_has_the_new_columns_and_tables_sealed_when_it_is_opened(
    path: Path, filled: Store, raw: Raw
) -> None:
    """As the program left it before `speaks` was sealed: fewer columns in the totals, and no part for the table of rulings."""
    seals = filled.database.seals
    with filled.database.transaction():
        part = next(part for part in seals._parts() if part.table == "case_mentions")
        fewer = tuple(name for name in part.columns if name not in ("speaks", "ruled", "lane", "staff"))  # fmt: skip
        seals._seal_rows(replace(part, columns=fewer), set())
        rulings = filled.database.value("SELECT part FROM seal_totals WHERE table_name = 'speaking_up_rulings'")  # fmt: skip
        filled.database.execute("DELETE FROM row_seals WHERE part = ?", rulings)
        filled.database.execute("DELETE FROM seal_totals WHERE part = ?", rulings)
    known = filled.database.value("SELECT about FROM events WHERE kind = 'rows counted'")
    about = json.loads(known)
    del about["speaking_up_rulings"]
    raw.execute("UPDATE events SET about = ? WHERE kind = 'rows counted'", [json.dumps(about)])
    raw.execute(
        "UPDATE events SET about = replace(about, 'speaking_up_rulings ', '') WHERE kind = 'rows sealed'"
    )
    with Store.open(path, [KEY]) as store:
        assert of_rows(store) == []
        assert store.database.seals.is_current()
        raw.execute("UPDATE case_mentions SET speaks = 1 - speaks WHERE mention = 1")
        raw.execute("DELETE FROM speaking_up_rulings")
        assert of_rows(store) == [
            "case_mentions: row 1 was changed outside the program",
            "speaking_up_rulings: row 1 was deleted outside the program",
        ]


def test_a_row_that_went_together_with_its_seal_is_missed(filled: Store, raw: Raw) -> None:
    part = raw.execute(
        "SELECT part FROM seal_totals WHERE table_name = 'case_decisions'"
    ).fetchone()[0]
    raw.execute("DELETE FROM case_decisions WHERE number = 2")
    raw.execute("DELETE FROM row_seals WHERE part = ? AND key = 2", [part])
    assert filled.audit.check_rows() == [
        "case_decisions: a row was deleted, with its seal, outside the program, row 2 for one"
    ]


def test_a_sum_that_was_made_to_fit_is_told_and_stays_told(filled: Store, raw: Raw) -> None:
    part = raw.execute("SELECT part FROM seal_totals WHERE table_name = 'hr_releases'").fetchone()[
        0
    ]
    raw.execute("DELETE FROM hr_releases")
    raw.execute("DELETE FROM row_seals WHERE part = ?", [part])
    raw.execute(
        "UPDATE seal_totals SET state = CAST(zeroblob(32) || substr(state, 33) AS BLOB) WHERE part = ?",
        [part],
    )
    said = ["hr_releases: the sum of its seals was changed outside the program"]
    assert filled.audit.check_rows() == said
    filled.database.insert(
        "hr_releases", case_number=2, by_user=1, at=clock.text(AT), encrypted=b"x"
    )
    assert filled.audit.check_rows() == said


@pytest.mark.parametrize("gone", ["row_seals", "seal_totals", "both"])
def test_taking_the_seals_away_is_told_and_nothing_is_sealed_anew(
    filled: Store, raw: Raw, path: Path, gone: str
) -> None:
    raw.execute("UPDATE users SET roles = '[\"admin\"]'")
    for table in ("row_seals", "seal_totals"):
        if gone in (table, "both"):
            raw.execute(f"DELETE FROM {table}")
    with Store.open(path, [KEY]) as store:
        problems = store.audit.check_rows()
    assert any(problem.startswith("users: ") for problem in problems)


def test_what_was_changed_stays_told_when_the_program_changes_the_row(
    filled: Store, raw: Raw
) -> None:
    raw.execute("UPDATE users SET roles = '[\"admin\"]' WHERE number = 1")
    user = filled.users.all()[0]
    filled.database.execute("UPDATE users SET name = 'Amina B' WHERE number = ?", user.number)
    assert filled.audit.check_rows() == ["users: row 1 was changed outside the program"]


def test_a_table_that_was_put_back_to_how_it_was_is_told(filled: Store, raw: Raw) -> None:
    """With a copy of the file of before, rows, seals and sums fit each other; the chain knows that more had happened."""
    part = raw.execute("SELECT part FROM seal_totals WHERE table_name = 'users'").fetchone()[0]
    before = [
        (table, [tuple(row) for row in raw.execute(f"SELECT * FROM {table} WHERE {where}")])
        for table, where in (("users", "1"), ("row_seals", f"part = {part}"), ("seal_totals", f"part = {part}"))
    ]  # fmt: skip
    filled.database.execute("UPDATE users SET roles = '[\"viewer\"]' WHERE number = 1")
    filled.audit.note_changes(AT + DAY)
    for table, rows in before:
        for row in rows:
            raw.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    assert filled.audit.check_rows() == ["users: it was put back to how it was before 1 changes"]


def test_a_purge_an_erasure_and_new_keys_are_no_forgery(filled: Store, keys: list[str]) -> None:
    filled.maintenance.rotate_keys([KEY])
    assert filled.audit.check_rows() == []
    filled.retention.erase([1], by="bea", at=AT + DAY)
    assert filled.audit.check_rows() == []
    filled.retention.purge(AT + 400 * DAY, {"default": DAY}, deleted_after=DAY)
    assert filled.audit.check_rows() == []


# ── the end of the chain ─────────────────────────────────────────────────────────────────────────


def rechained(raw: Raw, store: Store, keep: str) -> None:
    """Deletes events and seals the rest anew, with the program's own key: the chain itself is whole again."""
    rows = raw.execute(
        f"SELECT at, kind, about FROM events WHERE {keep} ORDER BY number"
    ).fetchall()
    raw.execute("DELETE FROM events")
    raw.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'", [len(rows)])
    head = ""
    for number, (at, kind, about) in enumerate(rows, start=1):
        head = store.database.encryption.chain(head, event_form(at, kind, about))
        raw.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", (number, at, kind, about, head))
    store.database.seals.begin_events(len(rows), head)


def test_who_has_file_and_key_and_chains_anew_is_noticed_by_a_head_that_was_kept(
    filled: Store, raw: Raw
) -> None:
    head = filled.maintenance.verify().head
    rechained(raw, filled, "kind <> 'revealed'")
    assert filled.audit.check_chain().ok  # inside, nothing shows it
    found = filled.audit.check_chain(head)
    assert not found.ok
    assert not found.holds_anchor
    assert "does not hold the head" in found.problems[0]


def test_a_record_of_a_decision_that_was_changed_with_its_seal_is_not_what_its_event_says(
    filled: Store,
) -> None:
    filled.database.execute("DROP TRIGGER decision_records_never_change")
    filled.database.execute("UPDATE decision_records SET role = 'hr' WHERE number = 1")
    assert filled.audit.check_rows() == ["decision_records: row 1 is not what its event says of it"]
    filled.database.execute("DELETE FROM decision_records WHERE number = 2")
    assert "decision_records: row 2 is missing, and no purge took it" in filled.audit.check_rows()


@pytest.mark.parametrize("edit", ["DELETE FROM events", "DELETE FROM events WHERE number > 3"])
def test_an_end_of_the_chain_that_was_cut_off_is_told_without_a_head(
    filled: Store, raw: Raw, edit: str
) -> None:
    raw.execute(edit)
    raw.execute(
        "UPDATE sqlite_sequence SET seq = (SELECT count(*) FROM events) WHERE name = 'events'"
    )
    assert not filled.audit.check_chain().ok
    filled.database.add_event("backed up", AT)  # the program goes on, and hides nothing
    assert not filled.audit.check_chain().ok


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.floats(allow_nan=False)), max_size=4),
       st.lists(st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.floats(allow_nan=False)), max_size=4))  # fmt: skip
def test_two_rows_that_differ_have_two_forms(one: list[Any], two: list[Any]) -> None:
    same = [(type(value), value) for value in one] == [(type(value), value) for value in two]
    same = same and repr(one) == repr(two)  # 0.0 and -0.0
    assert (form(tuple(one)) == form(tuple(two))) == same


def test_records_of_decisions_outlive_their_case_and_hold_no_words(filled: Store) -> None:
    filled.retention.purge(AT + 400 * DAY, {"default": DAY}, deleted_after=DAY)
    assert filled.cases.get(1) is None
    first, second = filled.decision_records.each(AT - DAY, AT + DAY)
    assert (first.kind, first.case, first.role, first.why, first.flags, first.risk, first.posts) == (
        "escalate", 1, "pals", "Not a question", ("threat",), "high", 1,
    )  # fmt: skip
    assert (second.kind, second.case, second.by) == ("no_action", 2, 2)
    row = dict(filled.database.rows("SELECT * FROM decision_records")[0])
    assert "Patient asks" not in json.dumps(row)


def test_records_go_by_their_own_rule_alone_and_that_is_no_forgery(filled: Store) -> None:
    decide(filled, 1, "undo", AT + 30 * DAY, covers=(), undoes=1)
    filled.retention.purge(AT + 40 * DAY, {}, deleted_after=DAY, records=20 * DAY)
    assert [record.kind for record in filled.decision_records.each(AT, AT + 60 * DAY)] == ["undo"]
    assert filled.audit.check_rows() == []
