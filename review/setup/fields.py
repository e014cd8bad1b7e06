"""The form of a section, made from the types of settings/schema.py and the words of settings/sections.py."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from collectors.platforms import PLATFORM_NAMES
from review import rendering
from review.setup.models import Field, Group, Kind
from review.setup.models import Section as Form
from settings import sections
from settings.sections import Section, field_of, fields

# Of a list of names, such as flags: which there are, and what people call each.
Choices = Mapping[str, Mapping[str, str]]


def form(section: Section, choices: Choices) -> Form:
    """A section as the page is told of it. `choices` are by the last part of a key: {"flags": {...}}."""
    return Form(
        key=section.key, title=section.title, about=section.about, heading=section.heading,
        groups=[_group(key, choices) for key in section.keys], searches=section.searches,
    )  # fmt: skip


def _group(key: str, choices: Choices) -> Group:
    info, words = field_of(key), sections.of(key)
    row = row_of(info)
    if row is None:
        return Group(key=key, label=words.label, fields=[_field(key, "", info, choices)])
    listed = [
        _field(f"{key}.{name}", name, field_info, choices)
        for name, field_info in fields(row).items()
    ]
    # what it is comes before when it is, and what only the program reads comes last
    listed.sort(key=lambda field: (field.name == "key", field.kind == "date" and field.optional))
    return Group(
        key=key,
        label=words.label,
        hint=words.hint,
        rows=True,
        noun=words.noun or "row",
        ordered=words.ordered,
        fields=listed,
    )


def row_of(info: FieldInfo) -> type[BaseModel] | None:
    """The table of which a key holds several; None where it holds something else."""
    inside = get_args(info.annotation)
    inner = inside[0] if get_origin(info.annotation) is tuple and inside else None
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _field(key: str, name: str, info: FieldInfo, choices: Choices) -> Field:
    words = sections.of(key)
    kind, values = _kind(info.annotation, tuple(choices.get(key.rpartition(".")[2], ())))
    known = choices.get(key.rpartition(".")[2], {})
    called = {**PLATFORM_NAMES, **sections.CHOICES.get(key, {})}
    called |= {value: rendering.sentence(label) for value, label in known.items()}
    fewest, most = _bounds(info)
    required = info.is_required() or fewest is not None or bool(info.default)
    required = required and name != "key"  # one is made from the name
    return Field(
        name=name, label=words.label, hint=words.hint, short=words.short, kind=words.kind or kind,  # type: ignore[arg-type]
        choices=[(value, called.get(value) or rendering.sentence(rendering.words(value))) for value in values],
        optional=not required, default=None if info.default is PydanticUndefined else info.default,
        fewest=fewest, most=most,
    )  # fmt: skip


def _kind(annotation: Any, known: Sequence[str]) -> tuple[Kind, Sequence[str]]:
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


def _bounds(info: FieldInfo) -> tuple[int | None, int | None]:
    """The least and the most of a number, or of a text's characters, as far as the type says."""
    fewest: int | None = None
    most: int | None = None
    for constraint in info.metadata:
        if isinstance(constraint, annotated_types.MinLen):
            fewest = constraint.min_length
        elif isinstance(constraint, annotated_types.MaxLen):
            most = constraint.max_length
        elif isinstance(constraint, annotated_types.Ge):
            fewest = int(str(constraint.ge))
        elif isinstance(constraint, annotated_types.Le):
            most = int(str(constraint.le))
    return fewest, most
