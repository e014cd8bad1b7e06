"""Whom governance looked for on a request about somebody's data: sealed with the request, and opened by another of governance.

Nobody can look a person up without leaving whom; nobody but a second person can read it, and that they did is an event.
A request is of one person: whoever is looked for first. Another name or account of theirs is added with the check by which it is known to be
theirs; where more than one person holds governance it is looked for once another of them agreed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from core import acting, clock
from core.errors import StoreError
from core.text import sentence
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

SAME = timedelta(hours=1)  # within which looking on for the same person is the same search
SHORTEST = 3  # letters of a word that tells people apart
OTHER_PERSON = (
    "request {request} is of somebody else, for whom was looked under it first: write down a request of their own. "
    "If this is another name or account of the same person, say what was checked"
)
WAITS = (
    "nothing was looked for yet: another person of governance has to agree that it is the same person, and is asked. "
    "Look for it again once they did"
)
REFUSED = "another person of governance did not agree that it is the same person: write down a request of their own"
AnswerState = Literal["", "waits", "agreed", "refused"]
_ANSWERS: Mapping[str, AnswerState] = {
    "another name agreed": "agreed",
    "another name refused": "refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSearched:
    """A search, without whom. `by` is None where who looked has no account here; `by_name` is what they were called.

    `login` ran the command in that name; "" where it was looked for in the page. `same_person`: the check by which another name
    or account is known to be the same person's; empty where none was needed. `state`: whether another person agreed to that.
    """

    number: int
    request: int
    by: int | None
    by_name: str
    at: datetime
    login: str = ""
    same_person: Mapping[str, str] = field(default_factory=dict, repr=False)
    state: AnswerState = ""


class PersonSearches:
    """Adding searches, and opening one."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, request: int, who: str, *, by: int | None, by_name: str, at: datetime, same_person: Mapping[str, str] | None = None, waits: bool = False
    ) -> int:  # fmt: skip
        """Keeps whom somebody is about to look for; its number. Looking on for the same person adds nothing.

        `same_person`: the check by which this is another name or account of the request's person; then it `waits` until another person agreed.

        Raises StoreError where there is no such request, it is closed, nobody is named, or the request is of somebody else.
        """
        if not who.strip():
            raise StoreError("write whom to look for")
        with self._db.transaction():
            asks = self._asks(request)
            another = not is_same_person(who, self.whom(request), asks=asks)
            if another and not same_person:
                raise StoreError(OTHER_PERSON.format(request=request))
            last = self._db.row(
                "SELECT * FROM person_searches WHERE request = ? AND by_user IS ? AND at > ? ORDER BY number DESC LIMIT 1",
                request, by, clock.text(at - SAME),
            )  # fmt: skip
            written = {"who": clean(who.strip()), "by": clean(by_name), "login": clean(acting.login())}  # fmt: skip
            before = self._db.encryption.decrypt(last["encrypted"]) if last is not None else {}
            if last is not None and not another and written == {key: before[key] for key in written}:  # fmt: skip
                return int(last["number"])
            number = self._db.insert(
                "person_searches", request=request, by_user=by, at=clock.text(at),
                encrypted=self._db.encryption.encrypt(written | (_sealed(same_person or {}, waits) if another else {})),
            )  # fmt: skip
            if another:
                by_whom = {} if by is None else {"by": by}
                if waits:
                    self._db.add_event("another name asked for", at, request=request, search=number, **by_whom)  # fmt: skip
                else:
                    self._db.add_event("another name on a request", at, request=request, search=number, **by_whom)  # fmt: skip
            return number

    def needs_check(self, request: int, who: str) -> bool:
        """Whether it is another name or account than a request was looked for. Raises StoreError as `add`."""
        with self._db.snapshot():
            return not is_same_person(who, self.whom(request), asks=self._asks(request))

    def unanswered(self, request: int, who: str) -> AnswerState:
        """Whether a request waits for a yes that this is the same person's name, or got a no; "" where nobody asked."""
        wanted, state = _words(who), ""
        with self._db.snapshot():
            for row in self._of(request):
                fields = self._db.encryption.decrypt(row["encrypted"])
                if fields.get("waits") and _words(fields["who"]) == wanted:
                    state = self._state(row["number"])
        return state  # type: ignore[return-value]

    def answer(self, number: int, *, request: int, agrees: bool, by: int, at: datetime) -> None:
        """Says yes or no to another name that waits; a no leaves it unopened. Raises StoreError where none waits: it was answered already."""
        with self._db.transaction():
            row = self._db.row("SELECT * FROM person_searches WHERE number = ? AND request = ?", number, request)  # fmt: skip
            if row is None or self._searched(row).state != "waits":
                raise StoreError("this was answered already")
            if agrees:
                self._db.add_event("another name agreed", at, by=by, request=request, search=number)
            else:
                self._db.add_event(
                    "another name refused", at, by=by, request=request, search=number
                )

    def waiting(self) -> list[PersonSearched]:
        """Every other name or account of a request that is still open and waits for another person's yes, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT s.* FROM person_searches s JOIN rights_requests r ON r.number = s.request
                WHERE r.closed_at IS NULL ORDER BY s.number"""
            )
            return [each for each in map(self._searched, rows) if each.state == "waits"]

    def whom(self, request: int) -> list[str]:
        """Whom a request was looked for, to compare with; it is shown to nobody. Without who waits for another person's yes, or got a no."""
        with self._db.snapshot():
            names = []
            for row in self._of(request):
                fields = self._db.encryption.decrypt(row["encrypted"])
                if not fields.get("waits") or self._state(row["number"]) == "agreed":
                    names.append(fields["who"])
            return list(dict.fromkeys(name for name in names if name))

    def _of(self, request: int) -> list[Row]:
        return self._db.rows("SELECT * FROM person_searches WHERE request = ? ORDER BY number", request)  # fmt: skip

    def _asks(self, request: int) -> str:
        """What a request says of who asks. Raises StoreError where there is none, or it is closed."""
        row = self._db.row("SELECT closed_at, encrypted FROM rights_requests WHERE number = ?", request)  # fmt: skip
        if row is None:
            raise StoreError(f"there is no request {request}")
        if row["closed_at"] is not None:
            raise StoreError(f"request {request} is closed: start another")
        return str(self._db.encryption.decrypt(row["encrypted"])["who"])

    def _state(self, number: int) -> AnswerState:
        """What was answered to a search that waits."""
        kind = self._db.value(
            """SELECT kind FROM events WHERE kind IN ('another name agreed', 'another name refused')
            AND json_extract(about, '$.search') = ? ORDER BY number DESC LIMIT 1""", number,
        )  # fmt: skip
        return _ANSWERS.get(str(kind), "waits")

    def of_request(self, request: int) -> list[PersonSearched]:
        """The searches of a request, in the order in which they were made."""
        with self._db.snapshot():
            return [self._searched(row) for row in self._of(request)]

    def open(self, number: int, *, request: int, by: int, at: datetime) -> str:
        """Whom a search of that request was for, once it stands in the record that somebody asked; "" where it is forgotten.

        Raises StoreError where there is no such search, or whoever asks made it in the page: they know, and others
        should look. One that a command made in their name they may open, since they may know nothing of it.
        """
        with self._db.transaction():
            row = self._db.row(
                "SELECT * FROM person_searches WHERE number = ? AND request = ?", number, request
            )
            if row is None:
                raise StoreError("there is no such search")
            fields = self._db.encryption.decrypt(row["encrypted"])
            if row["by_user"] == by and not fields.get("login"):
                raise StoreError("another person of governance opens what you looked for")
            who: str = fields["who"]
            self._db.add_event("search for a person opened", at, by=by, request=request, search=number)  # fmt: skip
        return who

    def by_person(self, since: datetime) -> list[tuple[str, int]]:
        """How many searches each person made since a moment, by name, most first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM person_searches WHERE at >= ? ORDER BY number", clock.text(since)
            )
            names = {row["number"]: row["name"] for row in self._db.rows("SELECT number, name FROM users")}  # fmt: skip
            searches = [self._searched(row) for row in rows]
        counted = Counter(_who(each, names.get(each.by, each.by_name)) for each in searches)
        return counted.most_common()

    def _searched(self, row: Row) -> PersonSearched:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return PersonSearched(
            number=row["number"], request=row["request"], by=row["by_user"], at=clock.parse(row["at"]),
            by_name=fields["by"], login=fields.get("login", ""), same_person=_check(fields),
            state=self._state(row["number"]) if fields.get("waits") else "",
        )  # fmt: skip


def _sealed(check: Mapping[str, str], waits: bool) -> dict[str, Any]:
    return {"same_person": {key: clean(value) for key, value in check.items()}, "waits": waits}


def _check(fields: Mapping[str, Any]) -> dict[str, str]:
    """A check as it was sealed; an earlier program kept a sentence."""
    check = fields.get("same_person") or {}
    return {"words": check} if isinstance(check, str) else dict(check)


def _who(search: PersonSearched, name: str) -> str:
    return sentence(acting.in_words(search.login, name)) if search.login else name


def is_same_person(who: str, known: Sequence[str], *, asks: str = "") -> bool:
    """Whether a name or account is one that was looked for, or narrows it, or stands whole in what a request says of who asks; or the first.

    Fewer of the words reach further, and may reach somebody else.
    """
    wanted = _words(who)
    if not known or wanted in [_words(each) for each in known]:
        return True
    narrows = any(_tells_apart(words) and words < wanted for words in map(_words, known))
    return narrows or (_tells_apart(wanted) and wanted <= _words(asks))


def _tells_apart(words: frozenset[str]) -> bool:
    return any(len(word) >= SHORTEST for word in words)


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(re.findall(r"[^\W_]+", folded)) or frozenset((folded.strip(),))
