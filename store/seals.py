"""Seals by which a row that was changed, added or taken outside the program is noticed.

Each row of a table that matters has a seal: a keyed digest of what stands in it (HMAC-SHA256, 16 bytes). Of each table
there is the sum of its seals, with how many there are, sealed in turn; so a row that went together with its seal is missed too.
Seals are kept by triggers that every connection of the program makes for itself (`TEMP`): another program that edits the file has
neither them nor the key. Who has both can seal what they changed: against them stand the chain of events, which holds the digest
of each record of a decision, and its head, which leaves each morning.
"""

from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from store.encryption import FieldEncryption
from store.sqlite import Connection, Row

# table -> the columns that are sealed, where not all are. Progress, figures and marks are sealed like what people write: the place of a
# case in Today, or up to which post all was read, decides what is seen as much as a lane does. Of a sign-in `seen_at` alone is left out,
# which each page moves on: it ends one that nobody uses.
SEALED: Mapping[str, frozenset[str] | None] = {
    "mentions": None,
    "revisions": None,
    "assessments": None,
    "flags": None,
    "risks": None,
    "cases": None,
    "case_mentions": None,
    "case_decisions": None,
    "case_lines": None,
    "decisions": None,
    "decision_records": None,
    "deadlines": None,
    "replies": None,
    "takedowns": None,
    "moderations": None,
    "sendings": None,
    "staff_reports": None,
    "alerts": None,
    "alert_mails": None,
    "handoffs": None,
    "handoff_steps": None,
    "path_steps": None,
    "hr_releases": None,
    "employer_requests": None,
    "employer_answers": None,
    "police_disclosures": None,
    "speaking_up_rulings": None,
    "recusals": None,
    "outbox": None,
    "outbox_recipients": None,
    "users": None,
    "sessions": frozenset(["id_hash", "user_number", "created_at", "expires_at"]),
    "sign_in_links": None,
    "second_steps": None,
    "recovery_codes": None,
    "linked_accounts": None,
    "second_step_resets": None,
    "account_requests": None,
    "police_requests": None,
    "lane_packs": None,
    "assignments": None,
    "opinions": None,
    "absences": None,
    "handovers": None,
    "own_handles": None,
    "sample_draws": None,
    "sample_answers": None,
    "rights_requests": None,
    "person_searches": None,
    "objections": None,
    "corrections": None,
    "ledger_lines": None,
    "weekly_summaries": None,
    "weekly_notes": None,
    "searched_people": None,
    "reveals": None,
    "views": None,
    "exports": None,
    "clock_checks": None,
    "job_runs": None,
    "purge_questions": None,
    "imports": None,
    "holds": None,
    "hold_requests": None,
    "settings": None,
    "recipient_approvals": None,
    "tombstones": None,
    "access_tokens": None,
    "case_openings": None,
    "daily_counts": None,
    "turned_away": None,
    "calendar_entries": None,
    "handover_reads": None,
    "sample_strata": None,
    "samples": None,
    "sample_counts": None,
    "false_negatives": None,
    "purged_counts": None,
    "purged_imports": None,
    "purged_finds": None,
    "purged_decisions": None,
    "catalogue_alerts": None,
    "passes": None,
    "case_flags": None,
    "matches": None,
    "bookmarks": None,
    "unassessed": None,
    "read_through": None,
    "failed_readings": None,
    "spans": None,
    "answered_posts": None,
    "catalogue_parts": None,
    "runs": None,
    "source_states": None,
    "source_parts": None,
    "picture_reads": None,
    "pulse_marks": None,
    "maintenance_tasks": None,
    "known_browsers": None,
    "case_places": None,
    "counted_mentions": None,
    "key_rotations": None,
    "guarded_approvals": None,
}
# table -> why it has no seals
UNSEALED: Mapping[str, str] = {
    "similarity_bands": "which posts may say the same, for a month, so that not all are compared: `Maintenance.verify` names posts that have none",
    "assessments_fts": "an index: `Maintenance.verify` compares it with the words, which are sealed",
    "case_mentions_fts": "an index for searches of cases: `Maintenance.verify` compares which posts it has",
    "events": "each is chained to all before it, and the end of the chain is sealed",
    "keyring": "the key of the seals: another one opens nothing",
    "row_seals": "the seals themselves",
    "seal_totals": "their sums, each of which is sealed in its own row",
}
EVENTS = 0  # the part of the chain: how many events there are, and the mac of the last
MOST = 20  # rows of a table that are named one by one
_MODULUS = 1 << 128
_NOTHING = bytes(16)
_STATE = struct.Struct(">QQ16s")  # how many seals, how many changes, their sum

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A sealed table: its number among them, its name, its sealed columns and its primary key."""

    number: int
    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def key_of(self, row: str) -> str:
        """The row's key as an expression; `row` is "new", "old" or an alias.

        `+` takes away the column's affinity, without which the index on seals would not serve.
        """
        if len(self.key) == 1:
            return f"+{row}.{self.key[0]}"
        return "(" + " || ',' || ".join(f"{row}.{column}" for column in self.key) + ")"

    def differs(self) -> str:
        """Whether an update changes what is sealed, as an expression: many write down again what stands there."""
        old, new = (
            ", ".join(f"{row}.{column}" for column in self.columns) for row in ("old", "new")
        )
        return f"({old}) IS NOT ({new})"

    def seal_of(self, row: str) -> str:
        """The seal that a row must have, as an expression."""
        return (
            f"row_seal('{self.table}', {', '.join(f'{row}.{column}' for column in self.columns)})"
        )


@dataclass(frozen=True, slots=True)
class _Total:
    """How many seals a table has, how many changes it saw, the sum; `sealed`: it is as the program left it."""

    rows: int
    changes: int
    sum: bytes
    sealed: bool


# By what sqlite_schema says of all tables, their columns and the place of each in the key: the same for every connection.
_COLUMNS: dict[tuple[tuple[str, str | None], ...], dict[str, dict[str, int]]] = {}


@lru_cache(maxsize=4)
def _triggers(parts: tuple[_Part, ...]) -> tuple[str, ...]:
    """The triggers that seal whatever a connection writes; none where nothing is sealed. Every connection of a process makes the same."""
    if not parts:
        return ()
    written = list[str]()
    for part in parts:
        # a row that took another's place by REPLACE fired no trigger of its going
        written += [
            f"""CREATE TEMP TRIGGER IF NOT EXISTS seal_{part.table}_added AFTER INSERT ON main.{part.table} BEGIN
            INSERT INTO row_seals (part, key, seal) VALUES ({part.number}, {part.key_of("new")}, {part.seal_of("new")})
            ON CONFLICT DO UPDATE SET seal = excluded.seal; END""",
            f"""CREATE TEMP TRIGGER IF NOT EXISTS seal_{part.table}_changed AFTER UPDATE OF {", ".join(part.columns)}
            ON main.{part.table} WHEN {part.differs()} BEGIN UPDATE row_seals SET seal = {part.seal_of("new")}
            WHERE part = {part.number} AND key = {part.key_of("new")}
                AND seal = {part.seal_of("old")}; END""",
            f"""CREATE TEMP TRIGGER IF NOT EXISTS seal_{part.table}_gone AFTER DELETE ON main.{part.table} BEGIN
            DELETE FROM row_seals WHERE part = {part.number} AND key = {part.key_of("old")}; END""",
        ]
    for when, new, old in (
        ("INSERT", "new.seal", "NULL"), ("DELETE", "NULL", "old.seal"), ("UPDATE", "new.seal", "old.seal"),
    ):  # fmt: skip
        row = "old" if when == "DELETE" else "new"
        written.append(
            f"""CREATE TEMP TRIGGER IF NOT EXISTS seals_{when} AFTER {when} ON main.row_seals BEGIN
            UPDATE seal_totals SET state = seal_step(state, table_name, columns, {new}, {old})
            WHERE part = {row}.part; END"""
        )
    return tuple(written)


class Seals:
    """The seals of one connection."""

    def let_go(self) -> None:
        """Lets go of the connection, whose functions hold this: Python does not see that circle, and would never close the file."""
        del self._connection

    def __init__(self, connection: Connection, encryption: FieldEncryption) -> None:
        self._connection: Connection = connection
        self._encryption = encryption
        self._tables: dict[str, dict[str, int]] = {}  # as they were when the parts were last read

    # ── keeping them ─────────────────────────────────────────────────────────────────────────────

    def prepare(self) -> None:
        """Makes the functions of this connection, by which seals are compared."""
        self._functions()

    def watch(self) -> None:
        """Makes the functions and triggers of this connection, by which whatever it writes is sealed."""
        self._functions()
        for trigger in _triggers(tuple(self._parts())):
            self._execute(trigger)

    def note_event(self, rows: int, mac: str, previous: str) -> None:
        """Within the transaction of an event: how many there are now, and the macs of the last and the one before.

        Where what was noted before is not as it was left, it stays as it is, to be noticed.
        """
        before, now = (
            self._pack("events", "[]", *_end(*end)) for end in ((rows - 1, previous), (rows, mac))
        )
        self._execute(
            "UPDATE seal_totals SET state = ? WHERE part = ? AND state = ?", now, EVENTS, before
        )

    def begin_events(self, rows: int, mac: str) -> None:
        """Notes the end of the chain for the first time."""
        self._set_total("events", EVENTS, (), *_end(rows, mac))

    def suspects(self) -> dict[str, set[Value]]:
        """By table, the rows whose seals do not fit as things are: a renewal must not seal those."""
        self._functions()
        return {part.table: {key for key, _ in self._mismatches(part)} for part in self._parts()}

    def renew(
        self, suspects: Mapping[str, set[Value]], *, may_begin: Mapping[str, bool]
    ) -> list[tuple[str, int]]:
        """Seals all rows anew but `suspects`, as after a step of the schema; which tables were sealed for the first time.

        A table that has no seals gets them where `may_begin` says so: never where the chain says that it had some.
        """
        self._functions()
        known = {part.table: part for part in self._parts()}
        begun = []
        for table in SEALED:
            part = known.get(table)
            columns, key = self._shape(table)
            if not columns or (part is None and not may_begin.get(table, True)):
                continue
            number = (
                part.number
                if part
                else 1 + int(self._value("SELECT coalesce(max(part), 0) FROM seal_totals"))
            )
            now = _Part(number, table, columns, key)
            if part is None or self._is_whole(part):
                self._seal_rows(now, suspects.get(table, set()))
            if part is None:
                begun.append(
                    (
                        table,
                        int(self._value("SELECT count(*) FROM row_seals WHERE part = ?", number)),
                    )
                )
        return begun

    def _seal_rows(self, part: _Part, suspects: set[Value]) -> None:
        """Writes the seals of a table and their sum, leaving those of `suspects` as they are."""
        without, values = "1", list[Value]()
        if suspects:
            without = "CAST({key} AS TEXT) NOT IN (SELECT value FROM json_each(?))"
            values = [json.dumps(sorted(map(str, suspects)))]
        self._execute(
            f"DELETE FROM row_seals WHERE part = {part.number} AND {without.format(key='key')}",
            *values,
        )
        self._execute(
            f"""INSERT INTO row_seals (part, key, seal)
            SELECT {part.number}, {part.key_of("t")}, {part.seal_of("t")} FROM {part.table} t
            WHERE {without.format(key=part.key_of("t"))}""",
            *values,
        )
        rows, total = self._sum(part.number)
        before = self._total(part.number)
        changes = before.changes if before else 0
        self._set_total(part.table, part.number, part.columns, rows, changes + 1, total)

    # ── comparing ────────────────────────────────────────────────────────────────────────────────

    def problems(self, began: Collection[str], counted: Mapping[str, int]) -> list[str]:
        """What is not as the program left it, by table and row; none where all is.

        `began`: the tables that the chain says have seals. `counted`: how many changes each table had seen by the last
        time that the chain noted it.
        """
        self._functions()
        problems = []
        parts = {part.table: part for part in self._parts()}
        problems += [
            f"{table}: its seals were removed" for table in sorted(began) if table not in parts
        ]
        for part in parts.values():
            problems += self._of_part(part, counted.get(part.table, 0))
        return problems

    def events_problem(self, rows: int, head: str) -> str | None:
        """What is wrong with the end of the chain by what was noted of it; None where nothing is."""
        self._functions()
        total = self._total(EVENTS)
        if total is None:
            return "events: what was noted of the chain's end was removed" if rows else None
        if not total.sealed:
            return "events: what was noted of the chain's end was changed outside the program"
        if (total.rows, total.changes, total.sum) != _end(rows, head):
            return f"events are missing from the end of the chain: there were {total.rows}, there are {rows}"
        return None

    def changes(self) -> dict[str, int]:
        """How many changes each sealed table has seen."""
        totals = {part.table: self._total(part.number) for part in self._parts()}
        return {table: total.changes for table, total in totals.items() if total}

    def _of_part(self, part: _Part, counted: int) -> Iterator[str]:
        noted = self._total(part.number)
        assert noted is not None
        if not noted.sealed:
            yield f"{part.table}: the sum of its seals was changed outside the program"
        elif noted.changes < counted:
            yield f"{part.table}: it was put back to how it was before {counted - noted.changes} changes"
        edits = 0
        for key, what in self._mismatches(part):
            edits += 1
            if edits <= MOST:
                yield f"{part.table}: row {key!s} was {what} outside the program"
        if edits > MOST:
            yield f"{part.table}: {edits - MOST} more rows were changed, added or deleted outside the program"
        rows, total = self._sum(part.number)
        if noted.sealed and (noted.rows, noted.sum) != (rows, total):
            missing = noted.rows - rows
            which = f"{missing} rows" if missing > 1 else "a row"
            how = "deleted, with its seal," if missing > 0 else "changed, with its seal,"
            yield f"{part.table}: {which} was {how} outside the program" + self._gaps(part)

    def _is_whole(self, part: _Part) -> bool:
        """Whether the sum of a table's seals is what the program left."""
        noted = self._total(part.number)
        return (
            noted is not None and noted.sealed and (noted.rows, noted.sum) == self._sum(part.number)
        )

    def _gaps(self, part: _Part) -> str:
        """Which number may be missing: the last that was given out, where that is not there."""
        if part.key != ("number",):
            return ""
        last = self._value("SELECT seq FROM sqlite_sequence WHERE name = ?", part.table)
        there = self._value(f"SELECT max(number) FROM {part.table}") or 0
        return f", row {last} for one" if last and last > there else ""

    def _mismatches(self, part: _Part) -> Iterator[tuple[Value, str]]:
        seals = 0
        for row in self._rows(
            f"""SELECT {part.key_of("t")} AS key, s.seal IS NULL AS added FROM {part.table} t
            LEFT JOIN row_seals s ON s.part = {part.number} AND s.key = {part.key_of("t")}
            WHERE s.seal IS NOT {part.seal_of("t")} ORDER BY 1"""
        ):
            seals -= row["added"]
            yield row["key"], "added" if row["added"] else "changed"
        seals += int(self._value(f"SELECT count(*) FROM {part.table}"))
        if seals == self._value("SELECT count(*) FROM row_seals WHERE part = ?", part.number):
            return
        there = {
            row["key"]
            for row in self._rows(f"SELECT {part.key_of('t')} AS key FROM {part.table} t")
        }
        for row in self._rows("SELECT key FROM row_seals WHERE part = ? ORDER BY key", part.number):
            if row["key"] not in there:
                yield row["key"], "deleted"

    # ── the parts ────────────────────────────────────────────────────────────────────────────────

    def _parts(self) -> list[_Part]:
        self._read_tables()
        if "seal_totals" not in self._tables:
            return []
        parts = []
        for row in self._rows("SELECT * FROM seal_totals WHERE part <> ? ORDER BY part", EVENTS):
            columns, key = self._shape(row["table_name"])
            sealed = tuple(json.loads(row["columns"]))
            if columns and set(sealed) <= self._tables.get(row["table_name"], {}).keys():
                parts.append(_Part(row["part"], row["table_name"], sealed, key))
        return parts

    def is_current(self) -> bool:
        """Whether every table that is to be sealed is, in the columns that it has now."""
        sealed = {part.table: set(part.columns) for part in self._parts()}
        shapes = {table: set(self._shape(table)[0]) for table in SEALED}
        return all(sealed.get(table) == columns for table, columns in shapes.items() if columns)

    def _shape(self, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The columns of a table that are to be sealed, and those of its key; none where there is no such table."""
        if table not in SEALED:
            return (), ()
        wanted, there = SEALED[table], self._tables.get(table, {})
        columns = tuple(name for name in there if wanted is None or name in wanted)
        key = tuple(sorted((name for name, place in there.items() if place), key=there.__getitem__))
        return columns, key

    def _read_tables(self) -> None:
        """Reads the columns of all tables in their order, each with its place in the key, from 1 on, or 0.

        They follow from how the tables are written: what was read of the same words before is not read again.
        """
        written = tuple(
            self._connection.execute(
                "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' ORDER BY name"
            )
        )
        if written not in _COLUMNS:
            tables = dict[str, dict[str, int]]()
            for table, name, place in self._connection.execute(
                """SELECT m.name, c.name, c.pk FROM main.sqlite_schema m JOIN pragma_table_info(m.name, 'main') c
                WHERE m.type = 'table' ORDER BY m.name, c.cid"""
            ):
                tables.setdefault(table, {})[name] = place
            if len(_COLUMNS) >= 4:  # those of steps on the way up are asked for once
                _COLUMNS.clear()
            _COLUMNS[written] = tables
        self._tables = _COLUMNS[written]

    def _sum(self, part: int) -> tuple[int, bytes]:
        rows, total = 0, 0
        for row in self._rows("SELECT seal FROM row_seals WHERE part = ?", part):
            rows += 1
            total += int.from_bytes(row["seal"], "big")
        return rows, (total % _MODULUS).to_bytes(16, "big")

    def _set_total(
        self, table: str, part: int, columns: tuple[str, ...], rows: int, changes: int, total: bytes
    ) -> None:
        written = json.dumps(columns)
        self._execute(
            "INSERT OR REPLACE INTO seal_totals (part, table_name, columns, state) VALUES (?, ?, ?, ?)",
            part, table, written, self._pack(table, written, rows, changes, total),
        )  # fmt: skip

    def _total(self, part: int) -> _Total | None:
        row = self._row("SELECT * FROM seal_totals WHERE part = ?", part)
        return self._unpack(row["state"], row["table_name"], row["columns"]) if row else None

    def _pack(self, table: str, columns: str, rows: int, changes: int, total: bytes) -> bytes:
        state = _STATE.pack(rows, changes, total)
        return state + self._encryption.row_seal(form(("sum", table, columns, state)))

    def _unpack(self, state: bytes, table: str, columns: str) -> _Total:
        if len(state) != _STATE.size + 16:
            return _Total(0, 0, _NOTHING, sealed=False)
        rows, changes, total = _STATE.unpack(state[: _STATE.size])
        mac = self._encryption.row_seal(form(("sum", table, columns, state[: _STATE.size])))
        return _Total(rows, changes, total, sealed=hmac.compare_digest(mac, state[_STATE.size :]))

    # ── what SQL calls ───────────────────────────────────────────────────────────────────────────

    def _functions(self) -> None:
        self._connection.create_function("row_seal", -1, self._seal, deterministic=True)
        self._connection.create_function("seal_step", 5, self._step, deterministic=True)

    def _seal(self, *values: Value) -> bytes:
        return self._encryption.row_seal(form(values))

    def _step(
        self, state: bytes, table: str, columns: str, new: bytes | None, old: bytes | None
    ) -> bytes:
        """The state with a seal more, one less, or another; one that is not as it was left stays so, to be noticed."""
        before = self._unpack(state, table, columns)
        if not before.sealed:
            return state
        plus, minus = (int.from_bytes(seal or b"", "big") for seal in (new, old))
        total = (int.from_bytes(before.sum, "big") + plus - minus) % _MODULUS
        rows = before.rows + (new is not None) - (old is not None)
        return self._pack(table, columns, rows, before.changes + 1, total.to_bytes(16, "big"))

    def _execute(self, sql: str, *values: Value) -> None:
        self._connection.execute(sql, values)

    def _rows(self, sql: str, *values: Value) -> Iterator[Row]:
        cursor = self._connection.cursor()
        cursor.row_factory = Row
        yield from cursor.execute(sql, values)

    def _row(self, sql: str, *values: Value) -> Row | None:
        return next(self._rows(sql, *values), None)

    def _value(self, sql: str, *values: Value) -> Any:
        row = self._row(sql, *values)
        return row[0] if row is not None else None


def form(values: tuple[Value, ...]) -> bytes:
    """The canonical form of a row: each value with its type and length, so that no two rows share one."""
    parts = []
    for value in values:
        if value is None:
            parts.append(b"n")
            continue
        if isinstance(value, bytes):
            tag, data = b"b", value
        elif isinstance(value, str):
            tag, data = b"t", value.encode("utf-8", "surrogatepass")
        else:
            tag, data = (b"i" if isinstance(value, int) else b"r"), repr(value).encode()
        parts.append(b"%s%d:%s" % (tag, len(data), data))
    return b"".join(parts)


def _end(rows: int, mac: str) -> tuple[int, int, bytes]:
    """What is noted of the end of the chain, as rows, changes and total."""
    return rows, rows, bytes.fromhex(mac)[:16].ljust(16, b"\0")
