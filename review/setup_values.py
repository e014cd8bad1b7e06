"""Values of settings as people read them, and what a row and a section are called by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from review.setup_shapes import Content, Field, Group, Section


def shown(field: Field, value: Any) -> str:
    """A value as people read it."""
    if field.kind == "tick":
        return "yes" if value else "no"
    called = dict(field.choices)
    if isinstance(value, list):
        return ", ".join(called.get(str(one), str(one)) for one in value) or "nothing"
    if value in (None, ""):
        return "nothing"
    if field.kind == "date":
        try:
            return f"{date.fromisoformat(str(value)):%-d %B %Y}"
        except ValueError:
            return str(value)
    return called.get(str(value), str(value))


def called_of(group: Group, row: Mapping[str, Any]) -> str:
    """What a row is called: its name, or its first text; an account by its platform too."""
    texts = [one for one in group.fields if one.kind == "text" and one.name != "key"]
    name = next((str(row[one.name]) for one in texts if row.get(one.name)), "")
    first = group.fields[0]
    if name and first.kind == "select" and row.get(first.name):
        return f"{name} on {shown(first, row[first.name])}"
    return name or f"a {group.one}"


def summary(section: Section, content: Content) -> str:
    """How much a section holds, in a line: 14 names; further search terms: 2."""
    parts = []
    for group in section.groups:
        told: Any = content.get(group.key)
        if group.rows:
            parts.append(
                f"{len(told) or 'no'} {group.one if len(told) == 1 else plural(group.one)}"
            )
        elif group.fields[0].kind == "lines":
            parts.append(f"{group.fields[0].short or group.label}: {len(told)}")
        else:
            parts.append(f"{group.fields[0].short or group.label}: {shown(group.fields[0], told)}")
    line = "; ".join(parts)
    return line[:1].upper() + line[1:]


def plural(noun: str) -> str:
    """policies, names."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
