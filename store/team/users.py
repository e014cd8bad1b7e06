"""Who may use the review page, as what, what they are signed in with, and links that let somebody in once.

Ids of sessions and links are kept as hashes only, so that nobody who reads the file can use them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from core import clock
from core.errors import InputError, StoreError
from core.models import ROLES, Role
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

UserKind = Literal["local", "oidc"]
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use of a session is kept
MOST_VIEWS, LONGEST_VIEW = 12, 40  # views that a person may keep, and the characters of a name
SHORT_PATIENCE = 100  # milliseconds that keeping it may wait for another process's write


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in. `handle` is what they sign in by: a name, or who an identity provider says.

    `secret` is a password's argon2 hash, "" where there is none. `signed_in_at` is when they last did.
    """

    number: int
    kind: UserKind
    handle: str
    name: str
    roles: tuple[Role, ...]
    active: bool
    secret: str = field(repr=False, default="")
    preferences: Mapping[str, Any] = field(default_factory=dict)
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that holds, and whose it is."""

    user: User
    made_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """Filters that a person keeps: what they call them, and the query of the address."""

    name: str
    query: str


class Sessions:
    """What people are signed in with. `by` as for `Users`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, user: int, *, at: datetime, until: datetime) -> str:
        """A new session's id (128 bits, in hex), which nobody can read from the store."""
        session = secrets.token_hex(16)
        with self._db.transaction():
            self._db.insert(
                "sessions", id_hash=_hashed(session), user_number=user, created_at=clock.text(at),
                seen_at=clock.text(at), expires_at=clock.text(until),
            )  # fmt: skip
            self._db.execute(
                "UPDATE users SET signed_in_at = ? WHERE number = ?", clock.text(at), user
            )
            self._db.execute("DELETE FROM sessions WHERE expires_at <= ?", clock.text(at))
            self._db.add_event("signed in", at, user=user)
        return session

    def get(
        self, session: str, *, at: datetime, idle: timedelta, used: bool = True
    ) -> SignedIn | None:
        """Whose session it is, and that it was used now. None where it is over, idle or unknown.

        Not `used`: nobody did anything, a script asked by itself.
        """
        with self._db.snapshot():
            row = self._db.row(
                """SELECT s.created_at AS began, s.seen_at AS used, s.expires_at AS ends, u.* FROM sessions s
                JOIN users u ON u.number = s.user_number WHERE s.id_hash = ? AND u.active""",
                _hashed(session),
            )
        if row is None or row["ends"] <= clock.text(at) or row["used"] <= clock.text(at - idle):
            return None
        if used and row["used"] <= clock.text(at - SEEN_EVERY):
            self._touch(session, at)
        return SignedIn(
            user=user_of(row), made_at=clock.parse(row["began"]), until=clock.parse(row["ends"])
        )

    def _touch(self, session: str, at: datetime) -> None:
        """Keeps when a session was last used, unless somebody writes just now: whoever only looks waits for nobody."""
        patience = self._db.value("PRAGMA busy_timeout")
        self._db.value(f"PRAGMA busy_timeout = {SHORT_PATIENCE}")
        try:
            with self._db.transaction():
                self._db.execute(
                    "UPDATE sessions SET seen_at = ? WHERE id_hash = ?",
                    clock.text(at), _hashed(session),
                )  # fmt: skip
        except StoreError:
            return  # the next request tries again
        finally:
            self._db.value(f"PRAGMA busy_timeout = {int(patience)}")

    def end(self, session: str, *, at: datetime) -> None:
        """Signs out."""
        with self._db.transaction():
            user = self._db.value(
                "SELECT user_number FROM sessions WHERE id_hash = ?", _hashed(session)
            )
            if self._db.execute("DELETE FROM sessions WHERE id_hash = ?", _hashed(session)):
                self._db.add_event("signed out", at, user=user)

    def end_all(self, user: int, *, at: datetime, by: int | None = None) -> int:
        """Signs a person out everywhere; how many sessions that ended."""
        with self._db.transaction():
            ended = self.delete_of(user)
            self._db.add_event(
                "signed out everywhere", at, user=user, sessions=ended, **by_whom(by)
            )
        return ended

    def count_open(self, *, at: datetime, idle: timedelta) -> dict[int, int]:
        """How many sessions each person has that still hold; who has none is left out."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT user_number, count(*) AS held FROM sessions WHERE expires_at > ? AND seen_at > ?
                GROUP BY user_number""",
                clock.text(at), clock.text(at - idle),
            )  # fmt: skip
        return {row["user_number"]: row["held"] for row in rows}

    def delete_of(self, user: int) -> int:
        return self._db.execute("DELETE FROM sessions WHERE user_number = ?", user)


class Users:
    """People. `by` is the administrator who does something; None: at the command line, where `login` ran it."""

    def __init__(self, database: Database, sessions: Sessions, ledger: Ledger) -> None:
        self._db = database
        self._sessions = sessions
        self._ledger = ledger

    def add(
        self, kind: UserKind, handle: str, name: str, roles: Iterable[Role], *, at: datetime,
        by: int | None = None, login: str = "",
    ) -> User:  # fmt: skip
        """A new person. Raises StoreError where the handle is taken or a role is unknown."""
        new_roles = _roles(roles)
        with self._db.transaction():
            if self._db.row(
                "SELECT 1 FROM users WHERE kind = ? AND handle = ?", kind, _folded(handle)
            ):
                raise StoreError(f"there is a person {handle} already: choose another name")
            number = self._db.insert(
                "users", kind=kind, handle=_folded(handle), name=clean(name.strip() or handle),
                roles=json.dumps(new_roles), created_at=clock.text(at),
            )  # fmt: skip
            details: dict[str, int | str] = (
                {"by": "provider"} if kind == "oidc" else {**by_whom(by, login)}
            )
            self._db.add_event("user added", at, user=number, roles=",".join(new_roles), **details)
            return user_of(self._db.rows("SELECT * FROM users WHERE number = ?", number)[0])

    def get(self, number: int) -> User | None:
        """A person by number."""
        return self._user("number = ?", number)

    def by_handle(self, kind: UserKind, handle: str) -> User | None:
        """A person by what they sign in by; case doesn't count."""
        return self._user("kind = ? AND handle = ?", kind, _folded(handle))

    def all(self) -> list[User]:
        """Everybody, by name."""
        with self._db.snapshot():
            return [
                user_of(row) for row in self._db.rows("SELECT * FROM users ORDER BY name, number")
            ]

    def change(
        self,
        number: int,
        *,
        at: datetime,
        roles: Iterable[Role] | None = None,
        active: bool | None = None,
        secret: str | None = None,
        name: str | None = None,
        by: int | None = None,
        login: str = "",
        signs_in: Collection[UserKind] = ("local", "oidc"),
    ) -> None:
        """Changes what is given. New roles, a new password or no access end all of that person's sessions.

        Raises StoreError where there is no such person, or the last administrator would go who is active, or who
        can sign in: by a password, or by a provider; `signs_in` are the ways that are open now.
        """
        with self._db.transaction():
            row = self._db.row("SELECT * FROM users WHERE number = ?", number)
            if row is None:
                raise StoreError(f"there is no person {number}")
            had = tuple(json.loads(row["roles"]))
            new_roles = _roles(roles) if roles is not None else had
            on = row["active"] if active is None else active
            ready = self._has_administrator(signs_in)
            self._db.execute(
                "UPDATE users SET roles = ?, active = ?, password_hash = ?, name = ? WHERE number = ?",
                json.dumps(new_roles), on, row["password_hash"] if secret is None else secret,
                row["name"] if name is None else clean(name), number,
            )  # fmt: skip
            needed = signs_in if ready else None
            if "admin" in had and row["active"] and not self._has_administrator(needed):
                raise StoreError("someone must stay administrator: make another one first")
            details: dict[str, int | str] = {}
            if roles is not None:
                details |= {"roles": ",".join(new_roles), "before": ",".join(had)}
            if active is not None:
                details["active"] = int(active)
            if details or secret is not None:
                self._end_access(
                    number, details, at, password=secret is not None, had_password=secret is not None and row["password_hash"] != "",
                    who=by_whom(by, login),
                )  # fmt: skip

    def _end_access(
        self, number: int, details: dict[str, int | str], at: datetime, *, password: bool, had_password: bool, who: Mapping[str, int | str]
    ) -> None:  # fmt: skip
        """Ends somebody's sessions, and a link that is out: of who may not get in, or has another password by now. A restore brings none of it back."""
        changed: list[str] = [what for what in ("roles", "active") if what in details]
        changed += ["password"] * password
        about = {name: value for name, value in details.items() if name in ("roles", "active")}
        if had_password:
            about["password"] = 1
        if about:
            self._ledger.note("access ended", at, authors=[self._ledger.account_mark(number)], about=about)  # fmt: skip
        self._sessions.delete_of(number)
        if password or details.get("active") == 0:
            self._db.execute("DELETE FROM sign_in_links WHERE user_number = ?", number)
        self._db.add_event(
            "user changed", at, user=number, changed=",".join(changed), **who, **details
        )

    def admit(self, handle: str, name: str, roles: Iterable[Role], *, at: datetime) -> User:
        """Somebody whom the identity provider vouches for, new or known, with the roles that it gives now.

        Other roles than before end that person's sessions. Who was turned off here stays so, and nothing of theirs
        changes. Unlike `change_user` this may take the last administrator's role: it is the provider that gives it.
        """
        new_roles = _roles(roles)
        with self._db.transaction():
            known = self.by_handle("oidc", handle)
            if known is None:
                return self.add("oidc", handle, name, new_roles, at=at)
            if not known.active:
                return known
            self._db.execute(
                "UPDATE users SET roles = ?, name = ? WHERE number = ?",
                json.dumps(new_roles), clean(name.strip()) or known.name, known.number,
            )  # fmt: skip
            if set(new_roles) != set(known.roles):
                self._sessions.delete_of(known.number)
                self._db.add_event(
                    "user changed", at, user=known.number, changed="roles", by="provider",
                    roles=",".join(new_roles), before=",".join(known.roles),
                )  # fmt: skip
        return self.get(known.number) or known

    def save_preferences(self, number: int, preferences: Mapping[str, Any]) -> None:
        """Keeps what a person chose for themselves."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE users SET preferences = ? WHERE number = ?",
                json.dumps(dict(preferences)), number,
            )  # fmt: skip

    def save_view(self, number: int, name: str, query: str) -> None:
        """Keeps filters as a view; one of the same name has these filters from now on. Raises InputError."""
        with self._db.transaction():
            views = [
                view
                for view in self._views(number)
                if view.name.casefold() != _view_name(name).casefold()
            ]
            if not query:
                raise InputError("Set a filter first: a view without one is All itself")
            if len(views) >= MOST_VIEWS:
                raise InputError(f"You can keep {MOST_VIEWS} views: delete one first")
            self._keep_views(number, [*views, SavedView(name=_view_name(name), query=query)])

    def rename_view(self, number: int, name: str, new: str) -> None:
        """Gives a view another name. Raises InputError where there is no such view, or another of that name."""
        new = _view_name(new)
        with self._db.transaction():
            views = self._views(number)
            if not any(view.name == name for view in views):
                raise InputError("That view is gone: you deleted or renamed it in another window")
            if any(view.name.casefold() == new.casefold() and view.name != name for view in views):
                raise InputError("You have a view of that name: choose another")
            self._keep_views(
                number,
                [
                    SavedView(name=new, query=view.query) if view.name == name else view
                    for view in views
                ],
            )

    def delete_view(self, number: int, name: str) -> None:
        """Deletes a view; one that is gone stays so."""
        with self._db.transaction():
            self._keep_views(number, [view for view in self._views(number) if view.name != name])

    def _views(self, number: int) -> list[SavedView]:
        user = self.get(number)
        return views_of(user) if user else []

    def _keep_views(self, number: int, views: Iterable[SavedView]) -> None:
        user = self.get(number)
        if user is not None:
            written = [{"name": view.name, "query": view.query} for view in views]
            self.save_preferences(number, {**user.preferences, "views": written})

    def _user(self, where: str, *values: object) -> User | None:
        with self._db.snapshot():
            row = self._db.row(f"SELECT * FROM users WHERE {where}", *values)
        return user_of(row) if row else None

    def _has_administrator(self, signs_in: Collection[UserKind] | None) -> bool:
        """Whether an active administrator is left: who can sign in by one of these ways, or at all (None)."""
        return any(
            "admin" in json.loads(row["roles"])
            and (
                signs_in is None
                or (
                    row["kind"] in signs_in
                    and (row["kind"] == "oidc" or row["password_hash"] != "")
                )
            )
            for row in self._db.rows("SELECT kind, roles, password_hash FROM users WHERE active")
        )


class SignInLinks:
    """Links that let somebody in once. `by` as for `Users`."""

    def __init__(self, database: Database, users: Users) -> None:
        self._db = database
        self._users = users

    def make(
        self, user: int, *, at: datetime, until: datetime, by: int | None = None, login: str = "", beside: bool = False
    ) -> str:  # fmt: skip
        """A token that lets somebody choose a password once; an older one of theirs no longer does, unless it is made `beside` it."""
        token = secrets.token_urlsafe(24)
        with self._db.transaction():
            if not beside:
                self._db.execute("DELETE FROM sign_in_links WHERE user_number = ?", user)
            self._db.insert(
                "sign_in_links", token_hash=_hashed(token), user_number=user, created_at=clock.text(at),
                expires_at=clock.text(until),
            )  # fmt: skip
            had = self._db.value("SELECT password_hash <> '' FROM users WHERE number = ?", user)
            anew = (
                {"anew": 1} if had else {}
            )  # they had a password: whoever has the link gets in as them
            self._db.add_event("link made", at, user=user, **anew, **by_whom(by, login))
        return token

    def owner(self, token: str, *, at: datetime) -> User | None:
        """Whose link it is; None where it is over, was used or is unknown."""
        with self._db.snapshot():
            row = self._db.row(
                """SELECT u.* FROM users u JOIN sign_in_links l ON l.user_number = u.number
                WHERE l.token_hash = ? AND l.used_at IS NULL AND l.expires_at > ? AND u.active""",
                _hashed(token), clock.text(at),
            )  # fmt: skip
        return user_of(row) if row else None

    def use(self, token: str, *, secret: str, at: datetime) -> User | None:
        """Sets the password (its hash) of whose link it is, once. None as for `owner`."""
        with self._db.transaction():
            user = self.owner(token, at=at)
            if user is not None:
                self._db.execute(
                    "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ?",
                    clock.text(at),
                    _hashed(token),
                )
                self._users.change(user.number, secret=secret, at=at, by=user.number)
        return user


def user_of(row: Row) -> User:
    """A person, of a row of `users`."""
    return User(
        number=row["number"], kind=row["kind"], handle=row["handle"], name=row["name"],
        roles=tuple(json.loads(row["roles"])), active=bool(row["active"]), secret=row["password_hash"],
        preferences=json.loads(row["preferences"]),
        signed_in_at=clock.parse(row["signed_in_at"]) if row["signed_in_at"] else None,
    )  # fmt: skip


def views_of(user: User) -> list[SavedView]:
    """The views that a person keeps, in the order in which they were saved."""
    return [
        SavedView(name=view["name"], query=view["query"])
        for view in user.preferences.get("views", ())
    ]


def _view_name(text: str) -> str:
    name = " ".join(clean(text).split())
    if not name:
        raise InputError("Give the view a name")
    if len(name) > LONGEST_VIEW:
        raise InputError(f"Use at most {LONGEST_VIEW} characters for the name")
    return name


def by_whom(user: int | None, login: str = "") -> dict[str, int | str]:
    """Who did it, as an event says it: an administrator's number; at the command line the login that ran it, if known."""
    if user is not None:
        return {"by": user}
    return {"login": clean(login)} if login else {}


def _roles(raw_roles: Iterable[Role]) -> tuple[Role, ...]:
    roles = tuple(dict.fromkeys(raw_roles))
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise StoreError(f"a person has at least one role of {', '.join(ROLES)}")
    return roles


def _folded(handle: str) -> str:
    return clean(handle).strip().casefold()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
