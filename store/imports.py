"""Files that people handed over, to be taken in: what each is waiting for, how far it has come, and what came of it.

The files themselves are never here: they lie in a private folder until they are taken in, dropped or an hour old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from core import clock
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

ImportState = Literal["waits", "storing", "stored", "failed", "dropped"]
WAITS_FOR = timedelta(hours=1)  # how long a file waits for somebody to say that it is right
SILENT = timedelta(
    minutes=30
)  # without a sign of whoever stores it, after which that counts as broken off


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file. `by` is the number of whoever handed it over, None for a command; `done` posts of `posts` are stored.

    `answers` is what somebody said of it, as plain values; `why` says why it failed.
    """

    number: int
    at: datetime
    by: int | None
    by_name: str
    state: ImportState
    tool: str
    posts: int
    done: int
    new: int
    changed: int
    left_out: int
    seen_at: datetime
    name: str = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False)
    why: str = ""


class Imports:
    """Adding files, and saying what became of them; each end is an event of counts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, name: str, *, digest: str, by: int | None, at: datetime) -> int:
        """A file that waits for its preview; its number. `digest` is the SHA-256 of it, in hex."""
        moment = clock.text(at)
        with self._db.transaction():
            return self._db.insert(
                "imports", at=moment, by_user=by, state="waits", tool="", digest=digest, seen_at=moment,
                encrypted=self._db.encryption.encrypt({"name": clean(name[:200]), "answers": {}, "why": ""}),
            )  # fmt: skip

    def get(self, number: int) -> Import | None:
        """One of them."""
        row = self._db.row(f"{_SELECT} WHERE i.number = ?", number)
        return self._import(row) if row else None

    def latest(self, limit: int = 20) -> list[Import]:
        """The last of them, newest first."""
        return [self._import(row) for row in self._db.rows(f"{_SELECT} ORDER BY i.number DESC LIMIT ?", limit)]  # fmt: skip

    def answer(self, number: int, answers: Mapping[str, Any]) -> None:
        """Saves what somebody said of a file that waits."""
        with self._db.transaction():
            file = self.get(number)
            if file is not None and file.state == "waits":
                self._write(number, encrypted=self._sealed(file, answers=dict(answers)))

    def begin(
        self, number: int, *, tool: str, posts: int, at: datetime, by: int | None = None
    ) -> bool:
        """Begins to store it, which is an event of whoever said so; false where it no longer waits, so that two presses store it once."""
        with self._db.transaction():
            file = self.get(number)
            if file is None or file.state != "waits":
                return False
            self._write(number, state="storing", tool=tool, posts=posts, seen_at=clock.text(at))
            if by is not None:
                self._db.add_event("import agreed to", at, by=by, number=number, posts=posts)
        return True

    def progress(self, number: int, done: int, *, at: datetime) -> None:
        """So many of its posts are stored now."""
        with self._db.transaction():
            self._write(number, done=done, seen_at=clock.text(at))

    def end(
        self, number: int, *, at: datetime, posts: int = 0, new: int = 0, changed: int = 0, left_out: int = 0, why: str = ""
    ) -> None:  # fmt: skip
        """It is stored, or failed for a reason, which stays sealed; an event holds its counts."""
        with self._db.transaction():
            file = self.get(number)
            if file is None:
                return
            state: ImportState = "failed" if why else "stored"
            self._write(
                number, state=state, done=posts or file.done, posts=posts or file.posts, new=new, changed=changed,
                left_out=left_out, seen_at=clock.text(at), encrypted=self._sealed(file, why=clean(why[:2_000])),
            )  # fmt: skip
            agreed = self._db.value(
                """SELECT json_extract(about, '$.by') FROM events WHERE kind = 'import agreed to'
                AND json_extract(about, '$.number') = ? ORDER BY number DESC LIMIT 1""",
                number,
            )  # fmt: skip
            # by whoever had it stored, who may be another than handed it over
            by = file.by if agreed is None else int(agreed)
            about: dict[str, int | str] = {"by": by} if by is not None else {}
            if by != file.by and file.by is not None:
                about["handed_over_by"] = file.by
            self._db.add_event(
                "imported" if state == "stored" else "import failed", at, **about, number=number, tool=file.tool or "unknown",
                posts=posts, new=new, changed=changed, left_out=left_out,
            )  # fmt: skip

    def drop(self, number: int, *, at: datetime, by: int | None = None) -> bool:
        """Somebody does not want it, which is an event of theirs, or nobody said that it is right within the hour; false where it no longer waited."""
        with self._db.transaction():
            file = self.get(number)
            if file is None or file.state != "waits":
                return False
            self._write(number, state="dropped", seen_at=clock.text(at))
            if by is not None:
                self._db.add_event("import dropped", at, by=by, number=number)
        return True

    def tidy(self, at: datetime) -> list[int]:
        """Drops what has waited too long, and ends what nobody stores any more; the numbers whose files may go."""
        waiting = self._db.rows("SELECT number FROM imports WHERE state = 'waits' AND at < ?", clock.text(at - WAITS_FOR))  # fmt: skip
        silent = self._db.rows("SELECT number FROM imports WHERE state = 'storing' AND seen_at < ?", clock.text(at - SILENT))  # fmt: skip
        for row in waiting:
            self.drop(row["number"], at=at)
        for row in silent:
            self.end(row["number"], at=at, why="it was broken off: hand it over again, nothing is taken in twice")  # fmt: skip
        return [row["number"] for row in (*waiting, *silent)]

    def open_numbers(self) -> frozenset[int]:
        """Those whose file is still needed."""
        rows = self._db.rows("SELECT number FROM imports WHERE state IN ('waits', 'storing')")
        return frozenset(row["number"] for row in rows)

    def _write(self, number: int, **columns: Any) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(f"UPDATE imports SET {names} WHERE number = ?", *columns.values(), number)

    def _sealed(self, file: Import, **changes: Any) -> bytes:
        fields = {"name": file.name, "answers": dict(file.answers), "why": file.why}
        return self._db.encryption.encrypt(fields | changes)

    def _import(self, row: Row) -> Import:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return Import(
            number=row["number"], at=clock.parse(row["at"]), by=row["by_user"], state=row["state"], tool=row["tool"],
            by_name=row["by_name"] or ("a command" if row["by_user"] is None else "someone who has left"),
            posts=row["posts"], done=row["done"], new=row["new"], changed=row["changed"], left_out=row["left_out"],
            seen_at=clock.parse(row["seen_at"]), name=fields["name"], answers=fields["answers"], why=fields["why"],
        )  # fmt: skip


_SELECT = "SELECT i.*, u.name AS by_name FROM imports i LEFT JOIN users u ON u.number = i.by_user"
