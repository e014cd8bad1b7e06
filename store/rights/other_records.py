"""Looks for a person in what is held beside the posts: notes, the calendar, settings, requests, accounts.

It opens every row of these places, as a search of the posts opens every post. What stands with a post or its case is found there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.text import holds_phrase
from store.database import Database
from store.sqlite import Row


@dataclass(frozen=True, slots=True)
class Place:
    """A table that is looked through: what people call a row of it, the column with its moment, and which one of its fields are words."""

    name: str
    at: str = "at"
    fields: tuple[str, ...] = ()  # (): all


PLACES: Mapping[str, Place] = {
    "handovers": Place("handover note"),
    "weekly_notes": Place("note of the weekly summary"),
    "calendar_entries": Place("entry of the calendar"),
    "settings": Place("version of the settings", fields=("content", "note", "who")),
    "recipient_approvals": Place("approved recipient"),
    "guarded_approvals": Place("agreed way to the Guardian or a team"),
    "outbox_recipients": Place("address that was emailed", at=""),
    "searched_people": Place("name asked for as a search term", at="asked_at"),
    "rights_requests": Place("request about data"),
    "imports": Place("imported file"),
    "users": Place("account here", at="created_at"),
}
# What is encrypted and looked through for nobody, each with why.
NOT_LOOKED_THROUGH: Mapping[str, str] = {
    "own_handles": "handles that colleagues said are theirs: an answer would tell whoever asks whose an account is",
    "person_searches": "whom governance looked for: an answer would tell it to whoever asks, and another person of governance opens each, on the record",
    "second_steps": "secrets of signing in",
    "access_tokens": "secrets of platforms",
    "keyring": "a key",
    "runs": "how a source was read: no words of people",
    "source_states": "how a source goes on: no words of people",
    "source_parts": "feeds and pages that a source reads, as the settings name them",
    "outbox": "emails of ours: numbers and flags, no words of posts and no names",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMatch:
    """A row in which all the words stand: `key` tells it from others ("handovers.12"), `words` are the lines that hold one of them."""

    key: str
    place: str
    number: int
    at: datetime | None
    words: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSearched:
    """How many rows of a place were opened, and what was found in them."""

    place: str
    looked: int
    matches: tuple[RecordMatch, ...]


class OtherRecords:
    """Searches for a person beside the posts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def search(self, words: str, *, phrase: bool = False) -> list[PlaceSearched]:
        """Every place with what was found there; with `phrase` by the words as they stand side by side."""
        wanted = re.findall(r"[^\W_]+", _folded(words))
        if not wanted:
            return []
        with self._db.snapshot():
            return [self._searched(table, place, wanted, phrase) for table, place in PLACES.items()]

    def _searched(
        self, table: str, place: Place, wanted: Sequence[str], phrase: bool
    ) -> PlaceSearched:
        looked, matches = 0, []
        for row in self._db.each(f"SELECT rowid AS place, * FROM {table} ORDER BY rowid"):
            looked += 1
            lines = list(self._lines(table, place, row))
            whole = _folded(" ".join(lines))
            if lines and (holds_phrase(whole, wanted) if phrase else all(word in whole for word in wanted)):  # fmt: skip
                matches.append(RecordMatch(
                    key=f"{table}.{row['place']}", place=place.name, number=row["place"],
                    at=clock.parse(row[place.at]) if place.at and row[place.at] else None,
                    words=(self._account(row),) if table == "users" else tuple(line for line in lines if any(word in _folded(line) for word in wanted)),
                ))  # fmt: skip
        return PlaceSearched(place=place.name, looked=looked, matches=tuple(matches))

    def _lines(self, table: str, place: Place, row: Row) -> Iterator[str]:
        if table == "users":  # what is counted of an account is nobody's name
            yield from (row["name"], row["handle"])
            return
        if row["encrypted"] is None:
            return
        sealed = self._db.encryption.decrypt(row["encrypted"])
        for name, value in sealed.items():
            if name != "login" and (not place.fields or name in place.fields):
                yield from _texts(value)

    def _account(self, row: Row) -> str:
        """An account in one line, with how much is recorded of what was done and looked at with it."""
        number = row["number"]
        acts = self._db.value("SELECT count(*) FROM events WHERE json_extract(about, '$.by') = ?", number)  # fmt: skip
        reports = sum(
            self._db.encryption.decrypt(each["encrypted"]).get("by") == number
            for each in self._db.each("SELECT encrypted FROM staff_reports")
        )
        looks = self._db.value("SELECT count(*) FROM views WHERE by_user = ?", number)
        return (
            f"{row['name']}, sign-in name {row['handle']}, {'open' if row['active'] else 'closed'}; "
            f"{reports} posts reported, {acts} acts in the record of what was done, {looks} looks in the record of who opened what"
        )


def _texts(value: object) -> Iterator[str]:
    """Each line of each text in it, however deep."""
    if isinstance(value, str):
        yield from (line.strip() for line in re.split(r"[\r\n]+", value) if line.strip())
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(key)
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().strip()
