"""Who looked at what: which case, post, original or export, from which page and when; of a search whether it found anything.

It holds no words of a search and no post's. Somebody who looks again at the same thing within minutes makes no further row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core import clock
from store.database import Database
from store.encryption import clean
from store.models import Event
from store.outbox import Outbox
from store.sqlite import Row

AGAIN = timedelta(minutes=10)  # within which a look at the same thing is the same look
PAGE = 500  # rows that are read at a time, at most

ViewKind = Literal[
    "case",
    "post",
    "details",
    "original",
    "picture",
    "search",
    "export",
    "evidence",
    "record",
    "import",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A look. `page`: the address without numbers; `has_results`: of a search; `until` and `times`: of the same look again."""

    by: int
    kind: ViewKind
    at: datetime
    page: str
    case: int | None = None
    post: int | None = None
    has_results: bool | None = None
    until: datetime | None = None
    times: int = 1
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewQuery:
    """Which looks: by a person, at a case, in a half-open time."""

    since: datetime
    until: datetime
    person: int | None = None
    case: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCount:
    """How often a person looked at things of a kind in a week, which begins on `week`, a Monday (UTC)."""

    by: int
    week: datetime
    kind: ViewKind
    views: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLooks:
    """Looks at posts and cases in a week, which begins on `week`, a Monday (UTC); `by_staff`: at what somebody wrote who says that they work for us."""

    week: datetime
    looks: int
    by_staff: int


class Views:
    """Adding and reading looks."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._db = database
        self._outbox = outbox

    def add(self, views: Iterable[View]) -> None:
        """Adds them in one transaction, in the order in which they happened."""
        with self._db.transaction():
            for view in views:
                self._add(view)

    def _add(self, view: View) -> None:
        has_results = None if view.has_results is None else int(view.has_results)
        number = self._db.value(
            """SELECT number FROM views WHERE by_user = ? AND last_at >= ? AND kind = ? AND case_number IS ?
            AND post IS ? AND page = ? AND found IS ? ORDER BY number DESC LIMIT 1""",
            view.by, clock.text(view.at - AGAIN), view.kind, view.case, view.post, view.page, has_results,
        )  # fmt: skip
        moment = clock.text(view.at)
        if number is not None:
            self._db.execute(
                "UPDATE views SET last_at = max(last_at, ?), times = times + 1 WHERE number = ?",
                moment,
                number,
            )
            return
        self._db.insert(
            "views", by_user=view.by, kind=view.kind, case_number=view.case, post=view.post, page=view.page,
            found=has_results, first_at=moment, last_at=moment, staff=self._by_staff(view),
        )  # fmt: skip

    def _by_staff(self, view: View) -> int | None:
        """Whether it was written by somebody who says that they work for us, or one of the posts of a case was; None of anything else."""
        if view.post is None and (view.case is None or view.kind != "case"):
            return None
        column, number = (
            ("mention", view.post) if view.post is not None else ("case_number", view.case)
        )
        return int(self._db.row(f"SELECT 1 FROM case_mentions WHERE {column} = ? AND staff = 'icb' LIMIT 1", number) is not None)  # fmt: skip

    def at_staff(self, query: ViewQuery) -> list[StaffLooks]:
        """By week, the last first, looks at posts and cases, and how many of them staff of ours had written; nobody's name.

        Weeks of before this was kept are left out.
        """
        where, values = _where(query)
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT date(last_at, '-6 days', 'weekday 1') AS week, count(*) AS looks, sum(staff) AS by_staff
                FROM views WHERE {where} AND staff IS NOT NULL GROUP BY 1 ORDER BY 1 DESC""",
                *values,
            )
        return [
            StaffLooks(week=clock.parse(f"{row['week']}T00:00:00.000000Z"), looks=row["looks"], by_staff=row["by_staff"])
            for row in rows
        ]  # fmt: skip

    def page(self, query: ViewQuery, *, page: int = 1, size: int = 50) -> tuple[list[View], int]:
        """A page of looks, the last first, and how many there are."""
        size = max(1, min(size, PAGE))
        where, values = _where(query)
        with self._db.snapshot():
            total = self._db.value(f"SELECT count(*) FROM views WHERE {where}", *values)
            rows = self._db.rows(
                f"SELECT * FROM views WHERE {where} ORDER BY last_at DESC, number DESC LIMIT ? OFFSET ?",
                *values, size, (max(1, page) - 1) * size,
            )  # fmt: skip
        return [_view(row) for row in rows], int(total)

    def after(self, query: ViewQuery, number: int) -> list[View]:
        """The next looks of a query after that number, in the order in which they came, at most a page."""
        where, values = _where(query)
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT * FROM views WHERE {where} AND number > ? ORDER BY number LIMIT ?",
                *values,
                number,
                PAGE,
            )
        return [_view(row) for row in rows]

    def by_week(self, query: ViewQuery) -> list[ViewCount]:
        """How often each person looked, by week and kind; the last week first."""
        where, values = _where(query)
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT by_user, date(last_at, '-6 days', 'weekday 1') AS week, kind, count(*) AS views
                FROM views WHERE {where} GROUP BY 1, 2, 3 ORDER BY 2 DESC, 1, 3""",
                *values,
            )
        return [
            ViewCount(by=row["by_user"], week=clock.parse(f"{row['week']}T00:00:00.000000Z"), kind=row["kind"], views=row["views"])
            for row in rows
        ]  # fmt: skip

    # ── who opens much ───────────────────────────────────────────────────────────────────────────

    def openings(self, by: str, *, since: datetime) -> int:
        """How often a person, by their handle, opened something for a reason."""
        with self._db.snapshot():
            return int(self._db.value(
                "SELECT count(*) FROM reveals WHERE by_name = ? AND at >= ?", clean(by), clock.text(since)
            ))  # fmt: skip

    def openings_of_author(self, by: str, post: int, *, since: datetime) -> tuple[int, str]:
        """Of how many posts of that post's writer they opened something, and the writer's hash; 0 and "" of nobody known."""
        with self._db.snapshot():
            author: str | None = self._db.value(
                "SELECT author_hash FROM reveals WHERE mention = ? AND by_name = ? ORDER BY number DESC LIMIT 1",
                post, clean(by),
            )  # fmt: skip
            if not author:
                return 0, ""
            posts = self._db.value(
                """SELECT count(DISTINCT mention) FROM reveals
                WHERE by_name = ? AND author_hash = ? AND at >= ?""",
                clean(by), author, clock.text(since),
            )  # fmt: skip
        return int(posts), author

    def tell(
        self, about: str, payload: Mapping[str, str], to: Sequence[str], *, by: int, at: datetime
    ) -> bool:
        """Puts an email about much that was opened into the outbox, and an event; False where there is one about the same.

        Where nobody has an address, the event alone, which governance's overview tells.
        """
        key = self._db.encryption.person_hash(about)
        with self._db.transaction():
            known = self._db.value(
                "SELECT 1 FROM events WHERE kind = 'opened much' AND json_extract(about, '$.key') = ? LIMIT 1",
                key,
            )
            if known:
                return False
            if to:
                self._outbox.add("looks", key, at, payload, to)
            self._db.add_event(
                "opened much", at, by=by, what=payload["what"], count=int(payload["count"]),
                days=int(payload["days"]), key=key,
            )  # fmt: skip
        return True

    def note_refused_reason(
        self, ground: str, payload: Mapping[str, str], to: Sequence[str], *, by: int, at: datetime, case: int | None = None, post: int | None = None
    ) -> None:  # fmt: skip
        """Keeps that something was not opened or taken for the reason that somebody gave, without its words; an email of the first in an hour."""
        key = self._db.encryption.person_hash(f"{by} reason {at:%Y-%m-%d %H}")
        about = {"case": case, "mention": post}
        with self._db.transaction():
            known = self._db.value(
                "SELECT 1 FROM events WHERE kind = 'reason refused' AND json_extract(about, '$.key') = ? LIMIT 1",
                key,
            )
            if to and not known:
                self._outbox.add("looks", key, at, payload, to)
            self._db.add_event(
                "reason refused", at, by=by, ground=ground, key=key,
                **{name: value for name, value in about.items() if value is not None},
            )  # fmt: skip

    def refused_reasons(self, since: datetime) -> list[tuple[int, int]]:
        """Who gave a reason since then that nothing is opened or taken for, and how often, the most first."""
        return self._db.events_by_person("reason refused", since)

    def much(self, since: datetime) -> list[Event]:
        """What governance was told of much that was opened, the last first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM events WHERE kind = 'opened much' AND at >= ? ORDER BY number DESC LIMIT 50",
                clock.text(since),
            )  # fmt: skip
        return [
            Event(number=row["number"], at=clock.parse(row["at"]), kind=row["kind"], about=json.loads(row["about"]), mac=row["mac"])
            for row in rows
        ]  # fmt: skip

    def delete_before(self, before: datetime) -> int:
        """Within a purge: lets looks go whose last moment is older, and says how many."""
        return self._db.execute("DELETE FROM views WHERE last_at <= ?", clock.text(before))


def _where(query: ViewQuery) -> tuple[str, list[object]]:
    parts = ["last_at >= ?", "last_at < ?"]
    values: list[object] = [clock.text(query.since), clock.text(query.until)]
    for column, wanted in (("by_user", query.person), ("case_number", query.case)):
        if wanted is not None:
            parts.append(f"{column} = ?")
            values.append(wanted)
    return " AND ".join(parts), values


def _view(row: Row) -> View:
    return View(
        number=row["number"], by=row["by_user"], kind=row["kind"], at=clock.parse(row["first_at"]), page=row["page"],
        case=row["case_number"], post=row["post"], has_results=None if row["found"] is None else bool(row["found"]),
        until=clock.parse(row["last_at"]), times=row["times"],
    )  # fmt: skip
