"""What is said of settings: what is wrong with a field, what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

import section_words
from review.setup_shapes import Content, Field, Group, Section
from review.setup_values import called_of, shown

# What a check's kind of fault is called; what is not named says it in its own words.
_SAID = {
    "missing": "Fill this in", "literal_error": "Choose one",
    "int_type": "Write a whole number", "int_parsing": "Write a whole number",
    "extra_forbidden": "This is not known",
}  # fmt: skip


def faults(error: ValidationError, keys: Sequence[str]) -> dict[str, str]:
    """What is wrong by place: a key, or a key with a row and a field; "" where no field of the section is to blame."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        place, key = _place(one["loc"], keys)
        found.setdefault(place, _said(one, key))
    return found


def _place(loc: tuple[int | str, ...], keys: Sequence[str]) -> tuple[str, str]:
    """Where on the form, and whose words of section_words they are."""
    path = ".".join(str(step) for step in loc)
    for key in keys:
        if path == key or path.startswith(f"{key}."):
            rest = path[len(key) + 1 :].split(".")
            if len(rest) > 1:
                return f"{key}.{rest[0]}.{rest[1]}", f"{key}.{rest[1]}"
            row = rest[0].isdecimal() and section_words.of(key).one
            return (f"{key}.{rest[0]}" if row else key), key
    return "", ""


def _said(one: ErrorDetails, key: str) -> str:
    kind, told = one["type"], one.get("ctx", {})
    if kind in ("string_pattern_mismatch", "string_type") and (
        wrong := section_words.of(key).wrong
    ):
        return wrong
    if kind == "string_too_short":
        least = told["min_length"]
        return "Fill this in" if least == 1 else f"Write at least {least} characters"
    if kind == "string_too_long":
        return f"Write at most {told['max_length']:,} characters"
    if kind == "too_short":
        return "At least one is needed"
    if kind == "greater_than_equal":
        return f"Write {told['ge']:,} or more"
    if kind == "less_than_equal":
        return f"Write {told['le']:,} or less"
    if kind.startswith("date"):
        return "Write a day such as 2026-11-24"
    return _SAID.get(kind) or one["msg"].removeprefix("Value error, ")


def difference(section: Section, before: Content, after: Content) -> Iterator[str]:
    """What differs, a sentence each; nothing where nothing does."""
    for group in section.groups:
        old, new = before.get(group.key), after.get(group.key)
        if old == new:
            continue
        if group.rows:
            yield from _rows(group, old or [], new or [])
        else:
            yield from _one(group.fields[0], group.label, old, new)


def _rows(
    group: Group, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    was, now = _by_name(group, _whole(old)), _by_name(group, _whole(new))
    for name in now:
        if name not in was:
            yield f"Added: {name}{_rest(group, now[name])}"
    for name in was:
        if name not in now:
            yield f"Taken out: {name}{_rest(group, was[name])}"
    for name, row in now.items():
        for field in group.fields if name in was else ():
            yield from _one(
                field,
                f"{name}, {_low(field.label)}",
                was[name].get(field.name),
                row.get(field.name),
            )
    if list(was) != list(now) and set(was) == set(now):
        yield f"{group.label}: in another order"


def _whole(rows: object) -> list[Mapping[str, Any]]:
    """The rows of a version that an earlier program kept, as far as they are rows today."""
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _by_name(group: Group, rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Rows by what they are called; several of one name are told apart by number."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        called = name = called_of(group, row)
        number = 1
        while name in found:
            number += 1
            name = f"{called} ({number})"
        found[name] = row
    return found


def _rest(group: Group, row: Mapping[str, Any]) -> str:
    """What else a row says, in brackets."""
    said = [
        f"{_low(field.label)}: {shown(field, row.get(field.name))}"
        for field in group.fields
        if row.get(field.name) not in (None, "", [], field.given)
        and shown(field, row[field.name]) not in called_of(group, row)
    ]
    return f" ({'; '.join(said)})" if said else ""


def _one(field: Field, label: str, old: Any, new: Any) -> Iterator[str]:
    if (old or None) == (new or None):
        return
    if isinstance(old, list) or isinstance(new, list):
        some, others = list(old or []), list(new or [])
        added = [shown(field, [one]) for one in others if one not in some]
        gone = [shown(field, [one]) for one in some if one not in others]
        said = [f"added {', '.join(added)}"] * bool(added) + [
            f"taken out {', '.join(gone)}"
        ] * bool(gone)
        yield f"{label}: {'; '.join(said) or 'in another order'}"
    else:
        yield f"{label}: {shown(field, new)} instead of {shown(field, old)}"


def _low(label: str) -> str:
    return label[:1].lower() + label[1:]
