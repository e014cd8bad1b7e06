"""What every table that we read is held to: pydantic's strict settings, a time of day, the first thing that is wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationError

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]  # UK time

_SHORTER = {
    "extra_forbidden": "unknown key", "unexpected_keyword_argument": "unknown key",
    "missing": "missing", "missing_argument": "missing",
}  # fmt: skip


def first_fault(error: ValidationError) -> tuple[tuple[int | str, ...], str]:
    """Of the first thing that is wrong: where it stands, by keys and places from 0, and why. Never a value."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    why = _SHORTER.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return fault["loc"], why
