"""What an organisation is called on a day, of names that have a first and a last one. No library is loaded for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol


class NamedForATime(Protocol):
    """A name with its first and last day; None where it has none."""

    @property
    def name(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class ReadName:
    """A name as a file has it."""

    name: str
    since: date | None
    until: date | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> ReadName:
        """A row of [[organisation.names]]; a day that is none is left out, as whoever reads all of the file says."""
        since, until = row.get("from"), row.get("until")
        return cls(
            str(row.get("name", "")),
            since if isinstance(since, date) else None,
            until if isinstance(until, date) else None,
        )


def name_on(names: Sequence[NamedForATime], on: date) -> str:
    """The first of the names where it is in force; once it has ended, that which began last; before it has begun, the next one.

    The first too where none is in force.
    """
    first, now = names[0], [name for name in names if _in_force(name, on)]
    if first in now or not now:
        return first.name
    if first.until and first.until < on:
        return max(now, key=lambda name: name.since or date.min).name
    return now[0].name


def _in_force(name: NamedForATime, on: date) -> bool:
    return (name.since or date.min) <= on <= (name.until or date.max)
