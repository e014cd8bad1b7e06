"""The erasure ledger: a file near the database, in a folder of its own, that says what was erased and who objected, so that a restore can't undo it.

It names nobody: posts and accounts stand in it as hashes under the database's own key. A line is a JSON object with a mac over
itself and the line before. Lines are added and never changed; each is on the disk before the database forgets anything. The
database holds a copy of the lines, so that either of the two that is older learns from the other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from core import clock
from core.errors import StoreError
from store.database import Database
from store.sqlite import explain_errors

# Where no other place is set: in a folder of its own, so that who moves a database with all that shares its name leaves it.
FOLDER = "erasures"
SUFFIX = ".ledger"  # after the database's name
BESIDE = ".erasures"  # the same of a ledger that lay beside its database, as it once did
TOLD_FOR = timedelta(days=30)  # how long it is said that a ledger was not found
LedgerKind = Literal["opened", "erased", "objected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line. `posts` are keys of mentions, `spared` those that a hold kept then, `authors` hashes of accounts.

    Of an objection each author is "platform hash". `raw` is the line as it stands in the file, without its end.
    """

    kind: LedgerKind
    at: datetime
    posts: tuple[str, ...]
    authors: tuple[str, ...]
    spared: tuple[str, ...]
    previous: str
    mac: str
    raw: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How many lines the file holds, and what is wrong with it, in words a person can act on."""

    lines: int
    trouble: tuple[str, ...]


class Ledger:
    """Reading and adding to the file, and the copy of it in the database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @property
    def path(self) -> Path:
        """Where it lies."""
        database = self._db.path
        return self._db.ledger or database.parent / FOLDER / (database.name + SUFFIX)

    def move_over(self) -> None:
        """Brings a ledger that lies beside its database to where it lies now. Nothing of it is lost on the way.

        Raises StoreError where it can't be moved.
        """
        old = self._db.path.with_name(self._db.path.name + BESIDE)
        if old == self.path or not old.exists():
            return
        with explain_errors(old):
            if self.path.exists():
                self.take_from(old)
            else:
                add_missing(old, self.path)
            if set(raw_lines(old)) <= set(raw_lines(self.path)):
                old.unlink(missing_ok=True)

    def lost(self, at: datetime) -> str:
        """What to do where no ledger was found within the last 30 days, and none since that knew more; "" where one was."""
        row = self._db.row(
            """SELECT * FROM events WHERE kind IN ('ledger was missing', 'erased again', 'restored')
            ORDER BY number DESC LIMIT 1"""
        )
        if row is None or row["kind"] == "erased again" or row["at"] <= clock.text(at - TOLD_FOR):
            return ""
        if row["kind"] == "restored" and json.loads(row["about"]).get("ledger") != 0:
            return ""
        when = clock.local(clock.parse(row["at"]))
        had = "" if row["kind"] == "restored" else ", though this database has had one"
        return (
            f"no erasure ledger was found on {when}{had}: was anybody erased, or did anybody object, after this database was "
            f"backed up? Put the ledger of that time at {self.path} and start again, or erase them again now. "
            "If nobody was, there is nothing to do"
        )

    def append(
        self,
        kind: LedgerKind,
        at: datetime,
        *,
        posts: Iterable[str] = (),
        authors: Iterable[str] = (),
        spared: Iterable[str] = (),
    ) -> None:
        """Within a transaction: a line on the disk first, then in the database.

        Where the transaction fails afterwards the line stands, and the next start does what it says. Raises StoreError where
        the file can't be written: nothing may be forgotten here that a restore would bring back.
        """
        self.mend()
        if self._last() == "":
            self._add("opened", at, [self._db.encryption.database_name()], [], [])
        self._add(kind, at, sorted(posts), sorted(authors), sorted(spared))

    def unknown(self) -> list[LedgerLine]:
        """Lines of the file that this database has not seen: it is older than they are.

        Raises StoreError where the file is another database's, or can't be read.
        """
        lines = self._read()
        if not all(map(self._is_ours, lines)):
            raise StoreError(
                f"{self.path.name} is the erasure ledger of another database: put back the one that belongs to "
                f"{self._db.path.name}, or name its place as `erasures` under [store]"
            )
        known = {row["mac"] for row in self._db.rows("SELECT mac FROM ledger_lines")}
        return [line for line in lines if line.mac not in known]

    def learn(self, line: LedgerLine) -> None:
        """Within a transaction: the database knows this line from now on."""
        self._db.execute(
            "INSERT INTO ledger_lines (mac, line) VALUES (?, ?) ON CONFLICT DO NOTHING", line.mac, line.raw
        )  # fmt: skip

    def mend(self) -> int:
        """Adds what the database knows and the file lacks, as after the file was lost; how many lines."""
        if not self._db.value("SELECT EXISTS (SELECT 1 FROM ledger_lines)"):
            return 0
        there = {line.mac for line in self._read()}
        rows = self._db.rows("SELECT mac, line FROM ledger_lines ORDER BY number")
        lacking = [row["line"] for row in rows if row["mac"] not in there]
        if lacking:
            with explain_errors(self.path):
                write_lines(self.path, lacking)
        return len(lacking)

    def take_from(self, source: Path) -> int:
        """Adds to the file what another ledger of this database holds beyond it; how many lines. Nothing is taken away."""
        with explain_errors(source):
            there = set(raw_lines(self.path))
            lacking = [line.raw for line in self._read(source) if line.raw not in there and self._is_ours(line)]  # fmt: skip
            if lacking:
                write_lines(self.path, lacking)
        return len(lacking)

    def _is_ours(self, line: LedgerLine) -> bool:
        return line.kind != "opened" or self._db.encryption.database_name() in line.posts

    def state(self) -> LedgerState:
        """Whether the file is there and whole. Changes nothing, raises nothing."""
        known = self._db.value("SELECT count(*) FROM ledger_lines")
        try:
            raw = raw_lines(self.path)
            lines = self._read()
        except (StoreError, OSError) as error:
            return LedgerState(
                0, (f"the erasure ledger can't be read ({error}): give this user access to it",)
            )
        trouble: list[str] = []
        if len(lines) < known:
            trouble.append(
                f"the erasure ledger {self.path.name} holds {len(lines)} of {known} lines: the next start adds what is missing"
            )
        if len(lines) < len(raw):
            trouble.append(
                f"{len(raw) - len(lines)} lines of the erasure ledger were changed by hand and count for nothing: "
                "put its copy from the backups' folder in its place"
            )
        macs = {line.mac for line in lines}
        if any(line.previous and line.previous not in macs for line in lines):
            trouble.append(
                "lines are missing from the middle of the erasure ledger: put its copy from the backups' folder in its place"
            )
        return LedgerState(len(lines), tuple(trouble))

    def _add(
        self, kind: LedgerKind, at: datetime, posts: Sequence[str], authors: Sequence[str], spared: Sequence[str]
    ) -> None:  # fmt: skip
        content = {"kind": kind, "at": clock.text(at), "posts": posts, "authors": authors, "spared": spared}  # fmt: skip
        previous = self._last()
        written = {**content, "previous": previous}
        mac = self._db.encryption.ledger(previous, _form(written))
        raw = json.dumps({**written, "mac": mac}, sort_keys=True, separators=(",", ":"))
        with explain_errors(self.path):
            write_lines(self.path, [raw])
        self.learn(_line(raw))

    def _last(self) -> str:
        mac: str | None = self._db.value(
            "SELECT mac FROM ledger_lines ORDER BY number DESC LIMIT 1"
        )
        return mac or ""

    def _read(self, path: Path | None = None) -> list[LedgerLine]:
        """The lines whose mac is this database's own, and the first line of another's, which tells that it is one."""
        with explain_errors(path or self.path):
            raw = raw_lines(path or self.path)
        lines = []
        for written in raw:
            try:
                line = _line(written)
                fields = {
                    name: value for name, value in json.loads(written).items() if name != "mac"
                }
            except (ValueError, KeyError, TypeError):
                continue
            if (
                not self._is_ours(line)
                or self._db.encryption.ledger(line.previous, _form(fields)) == line.mac
            ):
                lines.append(line)
        return lines


def raw_lines(path: Path) -> list[str]:
    """The lines of a ledger; one that a power cut left half is none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = content[: content.rfind(b"\n") + 1]
    return whole.decode("utf-8", "replace").splitlines()


def write_lines(path: Path, lines: Sequence[str]) -> None:
    """Adds lines at the end, on the disk before it returns, in a file that its owner alone can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # on Windows as bytes, too
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        size = os.fstat(handle).st_size
        start = max(0, size - (1 << 20))
        os.lseek(handle, start, os.SEEK_SET)
        tail = os.read(handle, size - start)
        if tail and not tail.endswith(b"\n"):  # the half line of a power cut
            os.ftruncate(handle, start + tail.rfind(b"\n") + 1)
        os.lseek(handle, 0, os.SEEK_END)
        content = "".join(f"{line}\n" for line in lines).encode()
        while content:
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if os.name == "nt":
        return  # NTFS writes names down by itself, and opens no folder
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a new file's name too
    finally:
        os.close(folder)


def add_missing(source: Path, target: Path) -> int:
    """Adds to a ledger the lines of another that it lacks; how many. Nothing of it is ever taken away."""
    there = set(raw_lines(target))
    lacking = [line for line in raw_lines(source) if line not in there]
    if lacking:
        write_lines(target, lacking)
    return len(lacking)


def _form(written: Mapping[str, object]) -> str:
    return json.dumps(written, sort_keys=True, separators=(",", ":"))


def _line(raw: str) -> LedgerLine:
    fields = json.loads(raw)
    return LedgerLine(
        kind=fields["kind"], at=clock.parse(fields["at"]), posts=tuple(fields["posts"]), authors=tuple(fields["authors"]),
        spared=tuple(fields["spared"]), previous=fields["previous"], mac=fields["mac"], raw=raw,
    )  # fmt: skip
