"""Single fields as platforms send them: ids, words, numbers and moments, read the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import clock

UNREADABLE = datetime(1970, 1, 1, tzinfo=UTC)  # a time that can't be read; each() puts it right


def identity(value: object) -> str:
    """An id as a string: 42 and "42" are one. Raises ValueError for anything that can't be an id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("not an id")


def words(value: object) -> str:
    """A field that may be missing or null, as a string. Raises TypeError for what is no text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def count(value: object) -> int | None:
    """A number of likes or followers; None for what can't be one."""
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 16:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
        return None
    return int(value)


def counts(**named: object) -> dict[str, int]:
    """The metrics that are there."""
    return {name: number for name, value in named.items() if (number := count(value)) is not None}


def moment(written: object) -> datetime:
    """Any form of time as UTC; UNREADABLE, which each() mends, for what is missing or no time."""
    if not isinstance(written, str | int | float):
        return UNREADABLE
    try:
        return clock.parse(written)
    except ValueError:
        return UNREADABLE
