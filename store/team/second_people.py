"""Access that a second person agrees to: links, roles and turning off of whoever is governance or the Guardian, or is to be.

It is asked by an administrator or at the command line, and answered once by somebody else. What is allowed to whom is
worked out by whoever calls.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core import clock
from core.errors import StoreError
from core.models import ROLES, Role
from store.audit import event_of
from store.database import Database
from store.encryption import clean
from store.models import Event
from store.sqlite import Row
from store.team.users import Users, by_whom

GUARDED: frozenset[Role] = frozenset(("governance", "guardian"))
AccessKind = Literal["link", "roles"]
MOST = 100  # events of accounts that are read
AGREED_HOLDS = timedelta(hours=24)  # in which a link that was agreed to can be made


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """A link or roles that wait for a second person; without any role: to be turned off. `login` ran the command; "" where it was asked in the page."""

    number: int
    what: AccessKind
    user: int
    roles: tuple[Role, ...]  # of "roles": what they would be
    before: tuple[Role, ...]
    by: int | None
    login: str
    at: datetime


class SecondPeople:
    """Asking, answering, and using what was agreed to."""

    def __init__(self, database: Database, users: Users) -> None:
        self._db = database
        self._users = users

    def ask(
        self, what: AccessKind, user: int, *, roles: Iterable[Role] = (), at: datetime, by: int | None = None, login: str = ""
    ) -> int:  # fmt: skip
        """Asks for it; what waited for the same person in the same kind is over. The request's number."""
        person = self._users.get(user)
        if person is None:
            raise StoreError(f"there is no person {user}")
        wanted = tuple(role for role in ROLES if role in set(roles))
        with self._db.transaction():
            self._db.execute(
                "UPDATE account_requests SET state = 'over' WHERE user_number = ? AND what = ? AND state IN ('waits', 'agreed')",
                user, what,
            )  # fmt: skip
            number = self._db.insert(
                "account_requests", what=what, user_number=user, roles=json.dumps(wanted), before=json.dumps(person.roles),
                asked_by=by, login=clean(login), at=clock.text(at),
            )  # fmt: skip
            about: dict[str, int | str] = {"roles": ",".join(wanted)} if wanted else {}
            if what == "roles" and not wanted:
                about = {"active": 0}
            self._db.add_event("access asked", at, user=user, request=number, what=what, **about, **by_whom(by, login))  # fmt: skip
        return number

    def waiting(self) -> list[AccessRequest]:
        """What waits for a second person, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM account_requests WHERE state = 'waits' ORDER BY number"
            )
        return [_request(row) for row in rows]

    def waiting_for(self, user: int) -> list[AccessRequest]:
        """What of one person waits."""
        return [each for each in self.waiting() if each.user == user]

    def answer(self, number: int, *, agrees: bool, by: int, at: datetime) -> bool:
        """What the second person says; False where it waits no more, or the person has other roles since.

        Roles count at once: sessions of theirs and links that are out end. The first link of whoever has no password
        yet is agreed to with them. Raises StoreError for whoever asked, or whom it is about.
        """
        with self._db.transaction():
            row = self._db.row("SELECT * FROM account_requests WHERE number = ? AND state = 'waits'", number)  # fmt: skip
            if row is None:
                return False
            request, user = _request(row), self._users.get(row["user_number"])
            if by in (request.by, request.user):
                raise StoreError(
                    "another person has to agree: neither who asked, nor whom it is about"
                )
            if user is None or (agrees and user.roles != request.before):
                self._settle(number, "over")
                return False
            self._settle(number, "agreed" if agrees else "refused", by=by, at=at)
            self._db.add_event(
                "access agreed" if agrees else "access refused", at, user=request.user, request=number, what=request.what, by=by
            )  # fmt: skip
            if agrees and request.what == "roles":
                self._settle(number, "used")
                self._db.execute("DELETE FROM sign_in_links WHERE user_number = ?", request.user)
                if not request.roles:
                    self._users.change(request.user, active=False, at=at, by=by)
                    return True
                self._users.change(request.user, roles=request.roles, active=True, at=at, by=by)
                if user.kind == "local" and not user.secret:
                    first = self.ask(
                        "link", request.user, at=at, by=request.by, login=request.login
                    )
                    self._settle(first, "agreed", by=by, at=at)
        return True

    def use_link(self, user: int, *, at: datetime) -> bool:
        """Whether a link for this person was agreed to in the last 24 hours; it is used up by asking."""
        with self._db.transaction():
            number = self._db.value(
                """SELECT number FROM account_requests WHERE user_number = ? AND what = 'link' AND state = 'agreed'
                AND answered_at > ? ORDER BY number DESC LIMIT 1""",
                user, clock.text(at - AGREED_HOLDS),
            )  # fmt: skip
            if number is None:
                return False
            self._settle(int(number), "used")
        return True

    def link_agreed(self, user: int, *, at: datetime) -> bool:
        """Whether such a link waits to be made."""
        with self._db.snapshot():
            return bool(self._db.row(
                """SELECT 1 FROM account_requests WHERE user_number = ? AND what = 'link' AND state = 'agreed'
                AND answered_at > ?""",
                user, clock.text(at - AGREED_HOLDS),
            ))  # fmt: skip

    def turned_off(self, since: datetime) -> dict[int, datetime]:
        """Who was turned off since a moment, and when last."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT json_extract(about, '$.user') AS user, max(at) AS at FROM events WHERE kind = 'user changed'
                AND at >= ? AND json_extract(about, '$.active') = 0 GROUP BY 1""",
                clock.text(since),
            )  # fmt: skip
        return {row["user"]: clock.parse(row["at"]) for row in rows}

    def at_the_machine(self, since: datetime) -> dict[int, datetime]:
        """By account, when it was last made, let in or given roles at the command line since a moment.

        Whoever was let in by the agreement of such an account counts from then on too: it may be the same hands.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT kind, json_extract(about, '$.user') AS user, json_extract(about, '$.by') AS by, at FROM events
                WHERE at >= ? AND ((kind IN ('user added', 'link made', 'second step reset', 'user changed')
                    AND json_extract(about, '$.login') IS NOT NULL AND json_extract(about, '$.active') IS NOT 0)
                    OR kind = 'access agreed') ORDER BY number""",
                clock.text(since),
            )  # fmt: skip
        touched: dict[int, datetime] = {}
        for row in rows:
            if row["kind"] != "access agreed" or row["by"] in touched:
                touched[row["user"]] = clock.parse(row["at"])
        return touched

    def done(self, since: datetime, *, limit: int = MOST) -> list[Event]:
        """What was done to accounts since a moment, the last first: links, people, roles, access that was refused."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT * FROM events WHERE at >= ? AND kind IN ('link made', 'user added', 'user changed', 'access refused', 'second step reset')
                ORDER BY number DESC LIMIT ?""",
                clock.text(since), limit,
            )  # fmt: skip
        return [event_of(row) for row in rows]

    def by_command(self) -> list[Event]:
        """What commands did to accounts of governance or the Guardian without a second person, first to last.

        Added with such a role, given one, linked, turned on or its second step reset. A link that a second person had
        agreed to is left out.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT * FROM events e WHERE kind IN ('link made', 'user added', 'user changed', 'second step reset')
                AND json_extract(about, '$.login') IS NOT NULL AND json_extract(about, '$.by') IS NULL
                AND NOT (kind = 'link made' AND EXISTS (SELECT 1 FROM events a WHERE a.kind = 'access agreed' AND a.number < e.number
                    AND json_extract(a.about, '$.what') IN ('link', 'roles') AND json_extract(a.about, '$.user') = json_extract(e.about, '$.user')
                    AND julianday(e.at) - julianday(a.at) <= ?)) ORDER BY number""",
                AGREED_HOLDS / timedelta(days=1),
            )  # fmt: skip
        guarded = {user.number for user in self._users.all() if not GUARDED.isdisjoint(user.roles)}
        return [event for event in map(event_of, rows) if _concerns_guarded(event, guarded)]

    def not_seen(self) -> list[Event]:
        """Those of them that nobody has said to have seen who is not of such an account."""
        with self._db.snapshot():
            upto = self._db.value(
                "SELECT max(json_extract(about, '$.upto')) FROM events WHERE kind = 'accounts seen'"
            )
        return [event for event in self.by_command() if event.number > int(upto or 0)]

    def see(self, upto: int, *, by: int, at: datetime) -> None:
        """Somebody says that they have seen what was done up to an event. Raises StoreError for whoever has such an account."""
        if by in {event.about.get("user") for event in self.by_command()}:
            raise StoreError(
                "someone else has to see it, whose own account was not made or linked so: it may be one person's"
            )
        with self._db.transaction():
            self._db.add_event("accounts seen", at, by=by, upto=upto)

    def makers(self, since: datetime) -> dict[int, set[int]]:
        """By account, whoever added it, gave it roles, made it a link or reset its second step since a moment.

        Whoever agrees to roles that another asked for has no hold on the account: that is left out.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT json_extract(e.about, '$.user') AS account, json_extract(e.about, '$.by') AS maker
                FROM events e WHERE e.at >= ? AND (e.kind IN ('user added', 'link made', 'second step reset')
                    OR (e.kind = 'user changed' AND json_extract(e.about, '$.roles') IS NOT NULL))
                AND json_type(e.about, '$.by') = 'integer' AND NOT EXISTS (SELECT 1 FROM events a
                    WHERE a.kind = 'access agreed' AND a.at = e.at
                    AND json_extract(a.about, '$.user') = json_extract(e.about, '$.user')
                    AND json_extract(a.about, '$.by') = json_extract(e.about, '$.by'))""",
                clock.text(since),
            )  # fmt: skip
        makers: dict[int, set[int]] = {}
        for row in rows:
            if row["account"] != row["maker"]:
                makers.setdefault(row["account"], set()).add(row["maker"])
        return makers

    def _settle(
        self, number: int, state: str, *, by: int | None = None, at: datetime | None = None
    ) -> None:
        self._db.execute(
            """UPDATE account_requests SET state = ?, answered_by = coalesce(?, answered_by),
                answered_at = coalesce(?, answered_at) WHERE number = ?""",
            state, by, clock.text(at) if at else None, number,
        )  # fmt: skip


def _request(row: Row) -> AccessRequest:
    return AccessRequest(
        number=row["number"], what=row["what"], user=row["user_number"], roles=tuple(json.loads(row["roles"])),
        before=tuple(json.loads(row["before"])), by=row["asked_by"], login=row["login"], at=clock.parse(row["at"]),
    )  # fmt: skip


def _concerns_guarded(event: Event, guarded: Collection[int]) -> bool:
    """Whether it gave one of these roles, or opened an account that has one."""
    new_roles = GUARDED.intersection(str(event.about.get("roles", "")).split(","))
    opened = event.kind in ("link made", "second step reset") or event.about.get("active") == 1
    return bool(new_roles) or (opened and event.about.get("user") in guarded)
