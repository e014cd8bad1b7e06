"""The form of a section: as it is shown from a content, as somebody sent it, and the content that it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, product
from types import MappingProxyType
from typing import Any

from starlette.datastructures import FormData

from core.text import bare
from review.setup.fields import Field, Group
from settings.sections import Content

MOST_ROWS = 500
LONGEST = 20_000  # characters of a field; the checks have their own limits
YES = "yes"
_SINGLE = ("text", "wide", "date", "time", "number", "select")
Values = Mapping[str, Any]  # by a field's name: text, a tick, or the list of what is ticked


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a group as it stands in the form; a key that is no list of tables has one. `place`: its number there."""

    place: int
    values: Values = field(repr=False)
    new: bool = False

    def blank(self, group: Group) -> bool:
        """Whether nobody wrote anything in it; what is ticked or not doesn't count."""
        return not any(
            self.values.get(field.name) for field in group.fields if field.kind != "tick"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A group with its rows."""

    group: Group
    rows: Sequence[Row]

    @property
    def folds(self) -> bool:
        """Whether rows are so tall that each is shown folded up."""
        kinds = {field.kind for field in self.group.fields}
        return self.group.rows and (len(self.group.fields) > 4 or bool({"lines", "ticks"} & kinds))

    def id(self, row: Row, field: Field) -> str:
        """What a field is called in the form; a fault is named by the same."""
        return f"{self.group.key}.{row.place}.{field.name}" if self.group.rows else self.group.key


Form = Sequence[Filled]


def of(groups: Sequence[Group], content: Content) -> list[Filled]:
    """The form of a section that shows a content."""
    filled = []
    for group in groups:
        group_content = content.get(group.key)
        listed = group_content if group.rows else [{"": group_content}]
        rows = [
            Row(place=place, values={field.name: _shown(field, row.get(field.name)) for field in group.fields})
            for place, row in enumerate(listed or [])
        ]  # fmt: skip
        filled.append(Filled(group=group, rows=rows))
    return filled


def sent(groups: Sequence[Group], form: FormData) -> list[Filled]:
    """The form as somebody sent it, with whatever they wrote."""
    filled = []
    for group in groups:
        numbers = (
            [str(value) for value in form.getlist(f"rows:{group.key}")] if group.rows else ["0"]
        )
        places = dict.fromkeys(
            int(number) for number in numbers if number.isdecimal() and len(number) < 6
        )
        shell = Filled(group=group, rows=())
        rows = []
        for place in list(places)[:MOST_ROWS]:
            row = Row(place=place, values={})
            values = {
                field.name: _sent(form, shell.id(row, field), field) for field in group.fields
            }
            rows.append(replace(row, values=values))
        filled.append(Filled(group=group, rows=rows))
    return filled


def changed(form: Form, action: str) -> list[Filled]:
    """The same with a row more, by "add:KEY", less, by "remove:KEY:PLACE", or further up, by "up:KEY:PLACE"."""
    what, _, rest = action.partition(":")
    key, _, place = (rest, "", "") if what == "add" else rest.partition(":")
    filled = []
    for filled_group in form:
        rows = list(filled_group.rows)
        if filled_group.group.key == key and what == "add" and len(rows) < MOST_ROWS:
            after = max((row.place for row in rows), default=-1) + 1
            values = {each.name: _shown(each, each.default) for each in filled_group.group.fields}
            rows.append(Row(place=after, values=values, new=True))
        elif filled_group.group.key == key and what == "remove":
            rows = [row for row in rows if str(row.place) != place]
        elif filled_group.group.key == key and what == "up":
            at = next((n for n, row in enumerate(rows) if str(row.place) == place), 0)
            rows[max(at - 1, 0) : at + 1] = reversed(rows[max(at - 1, 0) : at + 1])
        filled.append(replace(filled_group, rows=rows))
    return filled


def content(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form says, rows without a word left out; and by place in the content which row of the form it is."""
    form_content: dict[str, Any] = {}
    places: dict[str, str] = {}
    for filled_group in form:
        if not filled_group.group.rows:
            (single,) = filled_group.group.fields
            form_content[filled_group.group.key] = _said(single, filled_group.rows[0].values[""])
            continue
        filled_rows = [row for row in filled_group.rows if not row.blank(filled_group.group)]
        form_content[filled_group.group.key] = [
            {
                each.name: _said(each, row.values[each.name])
                for each in filled_group.group.fields
                if not (each.optional and row.values[each.name] == "")
            }
            for row in filled_rows
        ]
        if any(each.name == "key" for each in filled_group.group.fields):
            _name_keys(filled_group.group, form_content[filled_group.group.key])
        for number, row in enumerate(filled_rows):
            places[f"{filled_group.group.key}.{number}"] = f"{filled_group.group.key}.{row.place}"
    return form_content, places


def faults_of(faults: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """Faults by the fields of the form: rows that were left out shift the others' numbers."""
    moved = {}
    for place, why in faults.items():
        row = next(
            (
                row_place
                for row_place in places
                if place == row_place or place.startswith(f"{row_place}.")
            ),
            None,
        )
        moved[place if row is None else places[row] + place[len(row) :]] = why
    return moved


def choices(field: Field, ticked: Sequence[str]) -> list[tuple[str, str]]:
    """What can be ticked; also what is ticked and is not known any more, so that saving does not lose it."""
    known = {value for value, _ in field.choices}
    return [*field.choices, *((value, value) for value in ticked if value not in known)]


def _name_keys(group: Group, rows: list[dict[str, Any]]) -> None:
    """Makes a key of its name for every row that has none, as no other row has it."""
    taken = {row.get("key") for row in rows}
    for row in rows:
        if row.get("key"):
            continue
        name = called_of(group, row) if any(row.get(field.name) for field in group.fields) else ""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
        key = re.sub("[^a-z]+", "_", plain).strip("_")[:36].rstrip("_") or "row"
        row["key"] = next(
            candidate for candidate in chain((key,), _like(key)) if candidate not in taken
        )
        taken.add(row["key"])


def _like(key: str) -> Iterator[str]:
    """key_b, key_c and so on: more than there can be rows, in letters alone, 40 of them at most."""
    for size in (1, 2, 3):
        for letters in product("bcdefghijklmnopqrstuvwxyz", repeat=size):
            yield f"{key}_{''.join(letters)}"


def _shown(field: Field, value: Any) -> Any:
    if field.kind == "tick":
        return bool(value)
    if field.kind == "ticks":
        return [str(part) for part in value or ()]
    if field.kind == "lines":
        return "\n".join(str(part) for part in value or ())
    return "" if value is None else str(value)


def _sent(form: FormData, name: str, field: Field) -> Any:
    if field.kind == "tick":
        return form.get(name) == YES
    if field.kind == "ticks":
        return [str(value)[:200] for value in form.getlist(name)]
    text = bare(str(form.get(name, ""))[:LONGEST]).strip()
    return " ".join(text.split()) if field.kind in _SINGLE else text


def _said(field: Field, value: Any) -> Any:
    """A field's value as JSON has it; what can't be one is left to the checks."""
    if field.kind == "lines":
        return [line.strip() for line in str(value).split("\n") if line.strip()]
    if field.kind == "number":
        return int(value) if str(value).isdecimal() and len(value) < 10 else value or None
    return value


# Values of settings as people read them, and what a row and a section are called by.


def shown(field: Field, value: Any) -> str:
    """A value as people read it."""
    if field.kind == "tick":
        return "yes" if value else "no"
    called = dict(field.choices)
    if isinstance(value, list):
        return ", ".join(called.get(str(entry), str(entry)) for entry in value) or "nothing"
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
    texts = [field for field in group.fields if field.kind == "text" and field.name != "key"]
    name = next((str(row[field.name]) for field in texts if row.get(field.name)), "")
    first = group.fields[0]
    kind = shown(first, row[first.name]) if first.kind == "select" and row.get(first.name) else ""
    if name and kind:
        return f"{name} on {kind}"
    return name or _by_kind(group, row, kind) or f"a {group.words.noun}"


def _by_kind(group: Group, row: Mapping[str, Any], kind: str) -> str:
    """What a row without a name is called: what it is, of what, and what is looked for there; "" where nobody chose what it is."""
    if not kind:
        return ""
    filled = [each for each in group.fields[1:] if row.get(each.name) not in (None, "", [])]
    parts = [kind, *(str(row[each.name]) for each in filled if each.kind == "wide")]
    for each in filled:
        if each.kind == "lines":  # as a form has them, or as they are stored
            lines = row[each.name]
            listed = lines.split("\n") if isinstance(lines, str) else [str(line) for line in lines]
            parts.append(f"for {', '.join(line.strip() for line in listed if line.strip())}")
    return ", ".join(parts)


def summary(groups: Sequence[Group], content: Content, elsewhere: Mapping[str, str] = MappingProxyType({})) -> str:  # fmt: skip
    """How much a section holds, in a line: 14 names; further search terms: 2; older than 3 days counts as old.

    `elsewhere`: of keys under which nobody stands, who is told all the same, by another section.
    """
    parts = []
    for group in groups:
        group_content: Any = content.get(group.key)
        label, noun = group.words.short or group.words.label, group.words.noun
        if group.rows:
            count = len(group_content)
            parts.append(f"{count or 'no'} {noun if count == 1 else plural(noun)}")
            continue
        value = shown(group.fields[0], group_content)
        if group.fields[0].kind == "lines":
            count = len(group_content)
            addresses = (
                f"{count} address{'es' * (count > 1)}"
                if count
                else elsewhere.get(group.key, "nobody")
            )
            value = addresses if group.words.card else f"{count}"
        parts.append(group.words.card.format(value) if group.words.card else f"{label}: {value}")
    line = "; ".join(parts)
    line = re.sub(r"\b1 (posts without a flag are|decisions are|\w+s)\b", _single, line)
    return line[:1].upper() + line[1:]


def _single(match: re.Match[str]) -> str:
    """1 day, for 1 days."""
    words = {"posts without a flag are": "post without a flag is", "decisions are": "decision is"}
    noun = match[1]
    one = (
        noun
        if noun.endswith("ss")
        else noun[:-2]
        if noun.endswith("sses")
        else noun.removesuffix("s")
    )
    return f"1 {words.get(noun, one)}"


def plural(noun: str) -> str:
    """policies, names."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
