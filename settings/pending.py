"""What of the settings waits for another person: each change by itself, so that a yes to one is a yes to none beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Form = Mapping[
    str, Any
]  # of a part of the settings: its keys or rows with their values, as JSON has them
Part = TypeVar("Part", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change that waits, in `lines`. `agreed`: what is in force with it and nothing else; `undone`: what was set up, without it.

    `stands` says of a form whether it has the change.
    """

    lines: Sequence[str]
    agreed: Form = field(repr=False)
    undone: Form = field(repr=False)
    stands: Callable[[Form], bool] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Generic[Part]):
    """A part of which something waits: what was set up of it, and what of that is not in force."""

    part: Part
    form: Form = field(repr=False)
    changes: Sequence[Change]

    @property
    def differs(self) -> list[str]:
        """All that is not in force, a line each."""
        return [line for change in self.changes for line in change.lines]


def of_row(form: Form, used: Form, key: str, lines: Sequence[str]) -> Change:
    """The change of one key: its value, a row that is new or otherwise, or none where it was taken away."""
    return Change(
        lines=lines, agreed=with_value(used, key, form.get(key)), undone=with_value(form, key, used.get(key)),
        stands=lambda other: other.get(key) == form.get(key),
    )  # fmt: skip


def with_value(form: Form, key: str, value: Any) -> dict[str, Any]:
    """A form with another value of one key; without the key where that is None."""
    return {name: value_of for name, value_of in form.items() if name != key} | ({} if value is None else {key: value})  # fmt: skip


def of_list(form: Form, used: Form, key: str, entry: str, line: str) -> Change:
    """That one of a list was taken out of it."""
    back = [each for each in used[key] if each in form[key] or each == entry]
    return Change(
        lines=[line], agreed={**used, key: [each for each in used[key] if each != entry]},
        undone={**form, key: [*back, *(each for each in form[key] if each not in back)]}, stands=lambda other: entry not in other.get(key, ()),
    )  # fmt: skip
