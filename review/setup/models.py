"""What the page is told of settings: sections with their fields, what is in force, what a change would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from steps.models import Preview
from store import Store

# text: one line; wide: one that takes the whole width; area: several; lines: one thing a line; the others are inputs of that name
Kind = Literal["text", "wide", "area", "lines", "tick", "ticks", "date", "time", "number", "select"]
Content = Mapping[str, Any]  # by keys of config.toml, values as JSON has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. `choices` are value and words; `optional` where it may be left empty."""

    name: str
    label: str
    kind: Kind
    hint: str = ""
    short: str = ""  # what the list of sections calls it
    choices: Sequence[tuple[str, str]] = ()
    optional: bool = False
    default: Any = None  # what stands in a new row
    fewest: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A key of config.toml: rows of `fields`, each `one` of something; or, without `rows`, a single field."""

    key: str
    label: str
    fields: Sequence[Field]
    hint: str = ""
    rows: bool = False
    noun: str = ""
    ordered: bool = False  # whether it counts which row is before which


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is set up together, saved together and undone together."""

    key: str
    title: str
    about: str
    heading: str  # under which the list of sections has it
    groups: Sequence[Group]
    searches: bool = False  # holds terms or rules, which can be tried on what is held


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is in force of a section. `version` is the newest of the page, 0 where there is none.

    `fault` says why the page's can't be used, so that config.toml's is.
    """

    content: Content = field(repr=False)
    version: int = 0
    from_page: bool = False
    by_name: str = ""
    at: datetime | None = None
    note: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking a change: what is wrong, by key of config.toml and row; what to ask before it is kept.

    A fault's place is "organisation.names.2.name", or "" where no field is to blame. `content` is as it is kept, with
    what a field holds where it was left empty; None where it can't be read.
    """

    content: Content | None = field(default=None, repr=False)
    faults: Mapping[str, str] = field(default_factory=dict)
    asks: Sequence[str] = ()


class SetUp(Protocol):
    """What `serving` hands the desk, so that officers can set up in the page."""

    @property
    def sections(self) -> Sequence[Section]:
        """All sections, in the order of the list."""

    @property
    def own_terms(self) -> Sequence[str]:
        """Sources for which config.toml names terms of their own, instead of what is set up in the page."""

    def standing(self, store: Store) -> Mapping[str, Standing]:
        """What is in force of every section."""

    def filed(self, key: str) -> Content:
        """What config.toml has of a section."""

    def checked(
        self,
        store: Store,
        key: str,
        new_content: Content | None,
        at: datetime,
        *,
        whole: bool = True,
    ) -> Checked:
        """Whether a change can be kept; None is config.toml's own. `whole`: also by what sources say of it."""

    def difference(self, key: str, before: Content, after: Content) -> Sequence[str]:
        """What differs, in words: a sentence each."""

    def preview(
        self, store: Store, key: str, new_content: Content, at: datetime, *, by: int
    ) -> Preview:
        """What the terms or rules of a section would have found. Raises ConfigError for one that can't be read."""
