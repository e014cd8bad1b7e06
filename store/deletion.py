"""Removes mentions from every place at once, and proves that nothing of them is left."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from core.errors import StoreError
from store.encryption import clean
from store.samples.counts import SampleTallies
from store.sqlite import files_of, spoken
from store.statistics import LABELS, labels_of

# Every table that refers to a mention, children first: what is removed, and then counted.
PLACES = {
    "missed": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "sample_answers": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "samples": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "reveals": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "takedowns": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "replies": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "moderations": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "tellings": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "case_flags": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "case_places": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "likeness": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "case_mentions": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "spans": "assessment IN (SELECT number FROM going_assessments)",
    "flags": "assessment IN (SELECT number FROM going_assessments)",
    "risks": "assessment IN (SELECT number FROM going_assessments)",
    "assessments": "number IN (SELECT number FROM going_assessments)",
    "counted": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "outbox": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "decisions": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "holds": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "matches": "mention IN (SELECT mention FROM going WHERE revision IS NULL)",
    "revisions": """EXISTS (SELECT 1 FROM going g WHERE g.mention = revisions.mention
        AND (g.revision IS NULL OR g.revision = revisions.revision))""",
    "mentions": "number IN (SELECT mention FROM going WHERE revision IS NULL)",
}
ORPHANS = """SELECT count(*) FROM masked_words_docsize
    WHERE id NOT IN (SELECT number FROM assessments)"""
AUTHOR = ("author_id", "handle", "name")  # of what is sealed on a mention
LEFTOVERS = "-leftover-"  # in the names of clear copies that a kill can leave behind
LEFT_BEHIND = 3600.0  # seconds after which nobody is making it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What must go: whole mentions by reason, and single revisions that an edit replaced."""

    mentions: Mapping[int, str] = field(default_factory=dict)
    revisions: Iterable[tuple[int, int]] = ()
    held_back: int = 0


class Removal(SampleTallies):
    """The one way by which content leaves the store."""

    def _remove(self, going: Deletion, at: datetime) -> tuple[Counter[str], set[bytes]]:
        """Within a transaction. Returns what went by reason, and fragments to look for afterwards."""
        self._list_going(going)
        sought = self._fragments()
        self._count_days(going.mentions)
        self._keep_tallies()
        for number, reason in going.mentions.items():
            self._do(
                """INSERT INTO tombstones (key_hash, at)
                SELECT key_hash, ? FROM mentions WHERE number = ? ON CONFLICT DO NOTHING""",
                clock.text(at), number,
            )  # fmt: skip
            self._note("removed", at, mention=number, reason=reason)
        self._do(
            """UPDATE case_mentions SET assessment = (SELECT a.number FROM current_assessments a
                WHERE a.mention = case_mentions.mention)
            WHERE assessment IN (SELECT number FROM going_assessments)
                AND mention NOT IN (SELECT mention FROM going WHERE revision IS NULL)"""
        )
        for table, refers in PLACES.items():
            self._do(f"DELETE FROM {table} WHERE {refers}")
        for table, column in (
            ("case_decisions", "case_number"), ("hr_releases", "case_number"), ("assignments", "case_number"),
            ("opinions", "case_number"), ("cases", "number"),
        ):  # fmt: skip
            self._do(
                f"DELETE FROM {table} WHERE {column} NOT IN (SELECT case_number FROM case_mentions)"
            )
        self._do(  # that of a breach, which holds no content, runs on until a person records what was done
            """DELETE FROM case_clocks WHERE case_number NOT IN (SELECT number FROM cases)
            AND (kind <> 'pid' OR stopped_at IS NOT NULL)"""
        )
        gone = Counter(going.mentions.values())
        gone["superseded"] = len(list(going.revisions))
        if sum(gone.values()):
            for index in ("masked_words", "case_words"):
                self._do(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
            self._owe_overwriting(at)
        return +gone, sought

    def _forget_profiles(
        self, at: datetime, profiles: Mapping[str, timedelta]
    ) -> tuple[Counter[str], set[bytes]]:
        """Within a transaction: takes author and bio from what others said and was not seen for so long."""
        sought: set[bytes] = set()
        gone: Counter[str] = Counter()
        for platform, longest in profiles.items():
            for row in self._rows(
                """SELECT number, sealed FROM mentions
                WHERE platform = ? AND fetched_at <= ? AND NOT faceless AND NOT own""",
                platform, clock.text(at - longest),
            ):  # fmt: skip
                pieces = self._forget_profile(row["number"], row["sealed"], at)
                gone["profile"] += bool(pieces)
                sought |= pieces
        return +gone, sought

    def _forget_profile(self, number: int, sealed: bytes, at: datetime) -> set[bytes]:
        """Fragments of what was known of the author, who is not any more; none where nobody was."""
        personal = self._seals.open(sealed)
        known = [personal[part] for part in AUTHOR if personal[part]]
        known += self._forget_bios(number)
        faceless = self._seals.seal({**personal, **dict.fromkeys(AUTHOR, "")})
        self._do("UPDATE mentions SET sealed = ?, faceless = 1 WHERE number = ?", faceless, number)
        if known:
            self._note("removed", at, mention=number, reason="profile")
            self._owe_overwriting(at)
        return set().union(*(fragments(words) for words in known))

    def _forget_bios(self, number: int) -> list[str]:
        bios: list[str] = []
        for row in self._rows("SELECT rowid, sealed FROM revisions WHERE mention = ?", number):
            content = self._seals.open(row["sealed"])
            if content["bio"]:
                bios.append(content["bio"])
                self._do(
                    "UPDATE revisions SET sealed = ?, bio_hash = ? WHERE rowid = ?",
                    self._seals.seal({**content, "bio": ""}), self._seals.text_hash(""),
                    row["rowid"],
                )  # fmt: skip
        return bios

    def _owe_overwriting(self, at: datetime) -> None:
        """Notes, with what was removed, that the file must be written anew, even after a kill."""
        self._do("INSERT OR REPLACE INTO chores (name, at) VALUES ('vacuum', ?)", clock.text(at))

    def _list_going(self, going: Deletion) -> None:
        self._do("CREATE TEMP TABLE IF NOT EXISTS going (mention INTEGER, revision INTEGER)")
        self._do("CREATE TEMP TABLE IF NOT EXISTS going_assessments (number INTEGER PRIMARY KEY)")
        self._do("DELETE FROM going")
        self._do("DELETE FROM going_assessments")
        whole = [(number, None) for number in going.mentions]
        self._db.conn.executemany("INSERT INTO going VALUES (?, ?)", [*whole, *going.revisions])
        self._do(
            """INSERT OR IGNORE INTO going_assessments SELECT a.number FROM assessments a
            JOIN going g ON g.mention = a.mention
            WHERE g.revision IS NULL OR g.revision = a.revision"""
        )

    def _fragments(self) -> set[bytes]:
        pieces: set[bytes] = set()
        for row in self._each(
            "SELECT masked FROM assessments WHERE number IN (SELECT number FROM going_assessments)"
        ):
            pieces |= fragments(row["masked"])
        for row in self._each(f"SELECT sealed FROM revisions WHERE {PLACES['revisions']}"):
            pieces |= fragments(self._seals.open(row["sealed"])["text"])
        for row in self._each(f"SELECT sealed FROM mentions WHERE {PLACES['mentions']}"):
            personal = self._seals.open(row["sealed"])
            for part in ("url", "handle", "name", "author_id", "issued_id"):
                pieces |= fragments(personal[part])
        return pieces

    def _count_days(self, mentions: Mapping[int, str]) -> None:
        """Keeps how many there were, for trends, before it is forgotten which."""
        rows = self._rows(
            f"""SELECT m.posted_at, {LABELS} AND m.number IN (SELECT value FROM json_each(?))""",
            json.dumps(list(mentions)),
        )
        for (day, *labels, flags), count in Counter(labels_of(row) for row in rows).items():
            self._do(
                """INSERT INTO daily_counts VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count""",
                day.isoformat(), *labels, json.dumps(flags), count,
            )  # fmt: skip

    def _prove(self, sought: set[bytes]) -> tuple[dict[str, int], int, tuple[str, ...]]:
        """After the transaction: what is left by place, how many fragments were sought, and trouble."""
        left: dict[str, int] = {}
        trouble: list[str] = []
        with self._reading():
            for table, refers in PLACES.items():
                left[table] = self._one(f"SELECT count(*) FROM {table} WHERE {refers}")
            left["full text"] = self._one(ORPHANS)
            due = self._row("SELECT 1 FROM chores WHERE name = 'vacuum'")
            sought -= find_fragments(sought, self._kept_in_clear())
        if due:
            trouble += self._overwrite()
        try:
            with spoken(self.path):
                left["free pages"] = self._one("PRAGMA freelist_count") if due else 0
                left["copies being made"] = len(self._leftovers())
                for file in files_of(self.path):
                    there = file.exists() and bool(sought)
                    left[file.name] = len(find_fragments(sought, bytes_of(file))) if there else 0
        except StoreError as error:
            trouble.append(str(error))
        return left, len(sought), tuple(trouble)

    def _overwrite(self) -> list[str]:
        """Writes the file anew, without what was deleted, and empties the write-ahead log."""
        try:
            with spoken(self.path):
                self._db.execute("VACUUM")
                if self._one("PRAGMA wal_checkpoint(TRUNCATE)"):
                    return [
                        "another program is reading: the log could not be emptied; run purge again"
                    ]
        except StoreError as error:
            return [f"the file could not be written anew ({error}); run purge again"]
        with self._writing():
            self._do("DELETE FROM chores WHERE name = 'vacuum'")
        return []

    def _kept_in_clear(self) -> Iterable[bytes]:
        """Everything in clear that stays: a fragment of it proves nothing about what went."""
        block = bytearray()
        for row in self._each(
            """SELECT masked AS words FROM assessments UNION ALL SELECT term FROM matches
            UNION ALL SELECT source FROM runs UNION ALL SELECT error FROM runs
            WHERE error IS NOT NULL UNION ALL SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"""
        ):
            words: str = row["words"]
            for form in (words, words.casefold()):  # the index holds them folded
                block += form.encode() + bytes(WIDTH)
            if len(block) > BLOCK:
                yield bytes(block)
                block.clear()
        yield bytes(block)

    def _sweep(self) -> None:
        """Removes clear copies that a killed backup left; one that is being made is younger."""
        with spoken(self.path):
            for leftover in self._leftovers():
                if time.time() - leftover.stat().st_mtime > LEFT_BEHIND:
                    leftover.unlink(missing_ok=True)

    def _leftovers(self) -> list[Path]:
        start = f"{self.path.name}{LEFTOVERS}"
        return [file for file in self.path.parent.iterdir() if file.name.startswith(start)]


# ── Looks for fragments of what was purged in the bytes of the database's files. ──────────────────

WIDTH = 32  # bytes of a fragment; shorter texts are looked for whole
SHORTEST = 16  # shorter ones are found by chance
STRIDE = 256  # a fragment every so many bytes
BLOCK = 8 * 2**20

_READ = (
    "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), sys.stdout.buffer, 1 << 20)"
)


def fragments(text: str) -> set[bytes]:
    """Pieces of a text by which it would be recognised; none where it is too short to tell."""
    data = clean(text).encode()
    if len(data) < SHORTEST:
        return set()
    starts = {*range(0, max(1, len(data) - WIDTH), STRIDE), max(0, len(data) - WIDTH)}
    return {data[start : start + WIDTH] for start in starts}


def find_fragments(wanted: Collection[bytes], blocks: Iterable[bytes]) -> set[bytes]:
    """Which of the fragments occur in a stream of bytes, also across two blocks.

    At each of the eight offsets the bytes are read as 64-bit numbers and compared with the first
    eight bytes of all fragments at once; only where one is equal the whole fragment is compared.
    """
    import numpy as np  # here: 0.09 s and 16 MB that the review page has no use for

    by_head: dict[bytes, list[bytes]] = defaultdict(list)
    for fragment in wanted:
        by_head[fragment[:8]].append(fragment)
    heads = np.array(sorted(int.from_bytes(head, "little") for head in by_head), dtype="<u8")
    seen: set[bytes] = set()
    tail = b""
    for block in blocks if len(heads) else ():
        data = tail + block
        for offset in range(min(8, max(0, len(data) - 7))):
            numbers = np.frombuffer(data, "<u8", count=(len(data) - offset) // 8, offset=offset)
            nearest = heads[np.minimum(np.searchsorted(heads, numbers), len(heads) - 1)]
            for hit in np.flatnonzero(nearest == numbers):
                place = offset + 8 * int(hit)
                candidates = by_head[data[place : place + 8]]
                seen.update(part for part in candidates if data.startswith(part, place))
        tail = data[-(WIDTH - 1) :]
    return seen


def bytes_of(path: Path) -> Iterator[bytes]:
    """A file's bytes, read by another process.

    Opening and closing the file of a database in this one would drop the locks that SQLite holds
    on it (POSIX advisory locks belong to the process, not to the handle).
    """
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _READ, str(path)], stdout=subprocess.PIPE
    ) as child:
        if child.stdout is not None:
            while block := child.stdout.read(BLOCK):
                yield block
    if child.returncode:
        raise StoreError(
            f"{path.name} could not be read through: check the disk and run purge again"
        )
