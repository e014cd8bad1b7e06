"""The form of a section, made from the types of settings/schema.py and the words of settings/sections.py."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from collectors.platforms import PLATFORM_NAMES
from core.text import sentence
from review.wording import words
from settings import sections
from settings.sections import Input, Section, Words, field_of, fields

# Of a list of names, such as flags: which there are, and what people call each.
Choices = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. `choices` are value and words; `optional` where it may be left empty."""

    name: str
    words: Words
    kind: Input
    choices: Sequence[tuple[str, str]] = ()
    optional: bool = False
    default: Any = None  # what stands in a new row


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A key of config.toml: rows of `fields`, each a `words.noun`; or, without `rows`, a single field."""

    key: str
    words: Words
    fields: Sequence[Field]
    rows: bool = False


def groups_of(section: Section, choices: Choices) -> list[Group]:
    """The form of a section. `choices` are by the last part of a key: {"flags": [...]}."""
    return [_group(key, choices) for key in section.keys]


def _group(key: str, choices: Choices) -> Group:
    info, group_words = field_of(key), sections.of(key)
    row = row_of(info)
    if row is None:
        return Group(key=key, words=group_words, fields=[_field(key, "", info, choices)])
    listed = [
        _field(f"{key}.{name}", name, field_info, choices)
        for name, field_info in fields(row).items()
    ]
    # what it is comes before when it is, and what only the program reads comes last
    listed.sort(key=lambda field: (field.name == "key", field.kind == "date" and field.optional))
    return Group(key=key, words=group_words, fields=listed, rows=True)


def row_of(info: FieldInfo) -> type[BaseModel] | None:
    """The table of which a key holds several; None where it holds something else."""
    inside = get_args(info.annotation)
    inner = inside[0] if get_origin(info.annotation) is tuple and inside else None
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _field(key: str, name: str, info: FieldInfo, choices: Choices) -> Field:
    field_words = sections.of(key)
    known = choices.get(key.rpartition(".")[2], {})
    kind, values = _kind(info.annotation, tuple(known))
    called = {**PLATFORM_NAMES, **sections.CHOICES.get(key, {})}
    called |= {value: sentence(label) for value, label in known.items()}
    required = info.is_required() or _has_least(info) or bool(info.default)
    required = required and name != "key"  # one is made from the name
    return Field(
        name=name,
        words=field_words,
        kind=field_words.kind or kind,
        choices=[(value, called.get(value) or sentence(words(value))) for value in values],
        optional=not required,
        default=None if info.default is PydanticUndefined else info.default,
    )


def _kind(annotation: Any, known: Sequence[str]) -> tuple[Input, Sequence[str]]:
    """Which input a type wants, and what can be chosen in it; `known` are the names of a list of them."""
    bare_type = _bare(annotation)
    if bare_type is bool:
        return "tick", ()
    if bare_type is int:
        return "number", ()
    if bare_type is date:
        return "date", ()
    if get_origin(bare_type) is Literal:
        return "select", get_args(bare_type)
    if get_origin(bare_type) is tuple:
        inner = _bare(get_args(bare_type)[0])
        if get_origin(inner) is Literal:
            return "ticks", get_args(inner)
        return ("ticks", known) if known else ("lines", ())
    return "text", ()


def _bare(annotation: Any) -> Any:
    """The type without what is said of it, and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(member for member in get_args(annotation) if member is not type(None)))
    return annotation


def _has_least(info: FieldInfo) -> bool:
    """Whether a number, or a text's length, has a lower bound."""
    return any(
        isinstance(bound, annotated_types.MinLen | annotated_types.Ge) for bound in info.metadata
    )
