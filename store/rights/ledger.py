"""The erasure ledger: a file near the database, in a folder of its own, that says what a restore must not undo.

What was erased, who objected, what is on hold, whose access ended, what went to the Guardian, who took a pack of their lane: `store.rights.replay` does it again.
It names nobody and holds no words: posts, accounts and names stand in it as hashes under the database's own key. A line is a JSON object with a mac over
itself and the line before. Lines are added and never changed; each is on the disk before the database forgets anything. The
database holds a copy of the lines, so that either of the two that is older learns from the other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
LedgerKind = Literal[
    "opened", "erased", "objected", "withdrawn",
    "held", "released",  # a post is kept from deletion, and no longer
    "access ended",  # an account was closed, lost a role or its link to another organisation, or has another password or second step
    "name ended",  # a person's name may be searched for no longer
    "to the Guardian", "from the Guardian",  # as people said of posts
    "stepped back", "own handle", "own handle ended",  # of whose sight posts are out, since they said so or wrote them
    "employer refused",
    "lane pack",  # of one writer in the Guardian's lane: asked for, answered, taken
    "to be done again",  # what a restore loses, and nobody can do again without its words
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line. `posts` are keys of mentions, `spared` those that a hold kept then, `authors` hashes of accounts.

    Of an objection each author is "platform hash"; of access and stepping back `authors` are `account_mark`s. `about` holds numbers,
    days and fixed words. `raw` is the line as it stands in the file, without its end.
    """

    kind: LedgerKind
    at: datetime
    posts: tuple[str, ...]
    authors: tuple[str, ...]
    spared: tuple[str, ...]
    previous: str
    mac: str
    raw: str
    about: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How many lines the file holds, and what is wrong with it, in words a person can act on."""

    lines: int
    trouble: tuple[str, ...]


# What is left to people, as the event counts it, and what they do
LEFT_TO_PEOPLE: Mapping[str, str] = {
    "accounts that need a new link": "their password or second step was changed since the backup: `mentions user list` marks them, `mentions user link NAME` lets each in",
    "requests to write down again": "of a person about their data, which came since the backup: look for letters and emails of those days, and write each down under Data rights",
    "corrections to make again": "of a post, made since the backup: the letters of those days say what was put right",
    "settings to look through": "changes of settings made in the page since the backup are gone, recipients too: look through Settings, so that nobody is emailed who left",
    "posts to send to the Guardian again": "they stand in no case yet: whoever finds them in Today sends them there",
    "holds of posts that are not in this backup": "a source may bring such a post again: ask for a hold on it then",
    "packs of the Guardian’s lane to write down": "who asked for, agreed to or took one, or its posts, came after this backup: the event of that day is lost; note the pack in the Guardian’s own record, and ask again before it is taken",
    "held in use": "of these the hold stands, and they are not yet out of use, or nobody is left who was asked: ask again under Data rights after the next cycle",
}  # fmt: skip


# What nothing is known of where no ledger was found, each with what people do: one for each kind of line
CARRIED: Mapping[str, str] = {
    "erased": "who was erased (erase them again)",
    "objected": "who objected, or took that back (write it down again under Data rights)",
    "held": "which posts were put on hold, and which holds were refused or lifted (ask for each again, before anything is purged)",
    "access ended": "whose account was closed, lost a role or had its password or second step changed (People, and `mentions user list`)",
    "name ended": "which name may be searched for no longer (end it again under Names)",
    "to the Guardian": "which cases were sent to the Guardian, or came back (send them there again before anybody opens the list)",
    "stepped back": "who stepped back from a case, and which handles are their own or no longer (each says it again)",
    "employer refused": "which way to an employer was refused (refuse it again)",
    "lane pack": "which packs of the Guardian’s lane were asked for, agreed to and taken (note it in the Guardian’s own record)",
    "to be done again": "which requests about data came, what was put right, and which settings and recipients were changed (write them down again)",
}  # fmt: skip
WITHOUT_LEDGER = "; ".join(CARRIED.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done again after a restore, how often, and what is left to people."""

    at: datetime
    again: Mapping[str, int]
    left: Mapping[str, int]

    @property
    def to_do(self) -> list[str]:
        """What is left to people, in sentences."""
        return [f"{count} {what}: {LEFT_TO_PEOPLE[what]}" for what, count in self.left.items()]


class Ledger:
    """Reading and adding to the file, and the copy of it in the database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._quiet = False

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Adds no lines meanwhile: what is done again stands in it already."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

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
            f"no erasure ledger was found on {when}{had}: nothing that came after this database was backed up holds any more. Put the ledger of "
            f"that time at {self.path} and start again. If there is none, answer each of these and do it again: {WITHOUT_LEDGER}. "
            "If the answer to each is nobody and nothing, there is nothing to do"
        )

    def restored(self, at: datetime) -> Restored | None:
        """What the last restore within 30 days did again by the ledger, and what it left to people; None where there was none."""
        row = self._db.row("SELECT * FROM events WHERE kind = 'erased again' ORDER BY number DESC LIMIT 1")  # fmt: skip
        if row is None or row["at"] <= clock.text(at - TOLD_FOR):
            return None
        counts = {name: count for name, count in json.loads(row["about"]).items() if name not in ("mentions", "lines", "login")}  # fmt: skip
        return Restored(
            at=clock.parse(row["at"]), again={name: counts[name] for name in counts if name not in LEFT_TO_PEOPLE},
            left={name: counts[name] for name in counts if name in LEFT_TO_PEOPLE},
        )  # fmt: skip

    def append(
        self,
        kind: LedgerKind,
        at: datetime,
        *,
        posts: Iterable[str] = (),
        authors: Iterable[str] = (),
        spared: Iterable[str] = (),
        about: Mapping[str, int | str] | None = None,
    ) -> None:
        """Within a transaction: a line on the disk first, then in the database.

        Where the transaction fails afterwards the line stands, and the next start does what it says. Raises StoreError where
        the file can't be written: nothing may be forgotten here that a restore would bring back.
        """
        if self._quiet:
            return
        self.mend()
        if self._last() == "":
            self._add("opened", at, [self._db.encryption.database_name()], [], [])
        self._add(kind, at, sorted(posts), sorted(authors), sorted(spared), about)

    def note(
        self, kind: LedgerKind, at: datetime, *, posts: Iterable[str] = (), authors: Iterable[str] = (), about: Mapping[str, int | str] | None = None
    ) -> None:  # fmt: skip
        """The same for what can't wait for a disk, such as that an account is closed: where the file can't be written, the database alone has the line.

        `state` says so, and the next start that can write adds it to the file.
        """
        try:
            self.append(kind, at, posts=posts, authors=authors, about=about)
        except StoreError:
            if self._last() == "":
                self._add("opened", at, [self._db.encryption.database_name()], [], [], on_disk=False)  # fmt: skip
            self._add(kind, at, sorted(posts), sorted(authors), [], about, on_disk=False)

    def note_of(self, kind: LedgerKind, at: datetime, mentions: Iterable[int], *, authors: Iterable[str] = (), about: Mapping[str, int | str] | None = None) -> None:  # fmt: skip
        """The same of mentions by their numbers; nothing where none of them is here."""
        if posts := self.keys_of(mentions):
            self.note(kind, at, posts=posts, authors=authors, about=about)

    def keys_of(self, mentions: Iterable[int]) -> list[str]:
        """The keys by which mentions stand in the ledger, by their numbers."""
        rows = self._db.rows(
            "SELECT key_hash FROM mentions WHERE number IN (SELECT value FROM json_each(?))", json.dumps(sorted(mentions))
        )  # fmt: skip
        return [row["key_hash"] for row in rows]

    def account_mark(self, user: int) -> str:
        """By what an account stands in the ledger: a hash of how its owner signs in; "" where there is no such account."""
        row = self._db.row("SELECT kind, handle FROM users WHERE number = ?", user)
        return self._db.encryption.person_hash(f"{row['kind']} {row['handle']}") if row else ""

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
        self, kind: LedgerKind, at: datetime, posts: Sequence[str], authors: Sequence[str], spared: Sequence[str],
        about: Mapping[str, int | str] | None = None, *, on_disk: bool = True,
    ) -> None:  # fmt: skip
        content = {"kind": kind, "at": clock.text(at), "posts": posts, "authors": authors, "spared": spared}  # fmt: skip
        previous = self._last()
        written = {**content, **({"about": dict(about)} if about else {}), "previous": previous}
        mac = self._db.encryption.ledger(previous, _form(written))
        raw = json.dumps({**written, "mac": mac}, sort_keys=True, separators=(",", ":"))
        if on_disk:
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
        spared=tuple(fields["spared"]), previous=fields["previous"], mac=fields["mac"], raw=raw, about=fields.get("about", {}),
    )  # fmt: skip
