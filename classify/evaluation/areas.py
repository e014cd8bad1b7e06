"""The same posts told of another organisation: its names, places and providers in place of ours, in texts and in what is known.

Whoever judges a post should judge it alike wherever it was written. The areas are real, their trusts invented.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from classify.batch import Line
from classify.inputs import Known
from classify.text.names import areas as areas_of
from core.context import Context, LinkCard

AREAS = Path(__file__).with_name("datasets") / "areas.toml"
SCOPE_GOAL = 0.02  # the most that the part of rightly told scopes may differ
F1_GOAL = 0.03  # the same of macro-F1
WIDE = "{:<26}{:>6}{:>14}{:>12}{:>14}"


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area as a table of areas.toml names it; `short` as people shorten its name, `handle` its account everywhere."""

    name: str
    short: str
    handle: str
    places: tuple[str, ...]
    providers: tuple[str, ...]


def load_areas(path: Path = AREAS) -> tuple[Area, ...]:
    """The areas of a file."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["areas"]
    return tuple(
        Area(
            name=table["name"], short=table["short"], handle=table["handle"],
            places=tuple(table["places"]), providers=tuple(table["providers"]),
        )
        for table in tables
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Names of `known` exchanged for those of `area`, each always for the same."""

    known: Known
    area: Area
    ours: Mapping[str, str] = field(default_factory=dict)  # further names -> what stands for them

    @cached_property
    def _pairs(self) -> Mapping[str, str]:
        pairs = {
            name.lower(): others[number % len(others)]
            for names, others in (
                (self.known.places, self.area.places), (self.known.providers, self.area.providers),
            )
            for number, name in enumerate(names)
        }  # fmt: skip
        for area in areas_of(self.known.names):
            pairs[area.lower()] = self.area.short if " " not in area else self.area.name
        for handles in (self.known.official or {}).values():
            pairs |= dict.fromkeys((handle.lower() for handle in handles), self.area.handle)
        return pairs | {name.lower(): other for name, other in self.ours.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._pairs, key=len, reverse=True)
        either = "|".join(re.escape(name) for name in longest_first)
        return re.compile(rf"(?<![^\W\d_])(?:{either})(?![a-z])", re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text with every name exchanged; what was in small or capital letters is so again."""
        return self._pattern.sub(self._other, text)

    def _other(self, match: re.Match[str]) -> str:
        other = self._pairs[match[0].lower()]
        if match[0].islower():
            return other.lower()
        return other.upper() if match[0].isupper() and len(match[0]) > 3 else other

    def line(self, line: Line) -> Line:
        """A post as it would have been written there, with its author's profile and its context."""
        author = replace(
            line.author, handle=self.text(line.author.handle), name=self.text(line.author.name),
            bio=self.text(line.author.bio),
        )  # fmt: skip
        return replace(
            line, text=self.text(line.text), author=author, context=self._context(line.context)
        )

    def _context(self, context: Context) -> Context:
        card = context.card
        return replace(
            context,
            page=replace(context.page, name=self.text(context.page.name)) if context.page else None,
            answered=tuple(
                replace(post, text=self.text(post.text), handle=self.text(post.handle))
                for post in context.answered
            ),
            card=LinkCard(
                title=self.text(card.title), description=self.text(card.description), url=card.url
            )
            if card
            else None,
            pictures=tuple(map(self.text, context.pictures)),
            picture_texts=tuple(
                replace(picture, text=self.text(picture.text)) for picture in context.picture_texts
            ),
        )

    def known_there(self) -> Known:
        """What the classifier is told of the other organisation."""
        return replace(
            self.known, names=tuple(map(self.text, self.known.names)),
            places=tuple(map(self.text, self.known.places)),
            providers=tuple(map(self.text, self.known.providers)),
            official=self._handles(self.known.official), register=self._handles(self.known.register),
        )  # fmt: skip

    def _handles(
        self, register: Mapping[str, frozenset[str]] | None
    ) -> Mapping[str, frozenset[str]] | None:
        if register is None:
            return None
        return {
            platform: frozenset(self.text(handle).lower() for handle in handles)
            for platform, handles in register.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The part of lines whose scope was rightly told, and macro-F1 over the flags, both from 0 to 1."""

    area: str
    scope: float
    macro_f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A file as it is written and in each other area."""

    file: str
    model: str
    policy: str
    count: int
    here: Figures
    there: Sequence[Figures]

    @property
    def beyond(self) -> list[str]:
        """Areas in which scope or macro-F1 differs by more than the goals; empty where the gate is passed."""
        return [
            figures.area
            for figures in self.there
            if _mark(figures.scope - self.here.scope, SCOPE_GOAL) == "!"
            or _mark(figures.macro_f1 - self.here.macro_f1, F1_GOAL) == "!"
        ]

    def text(self) -> str:
        """The table, for a terminal of 100 columns."""
        opening = (
            f"{self.count} labelled mentions of {self.file}, read by model {self.model} under policy {self.policy}"
            " as they are\nand with the organisation's names, places and providers exchanged.\n"
        )
        lines = [WIDE.format("area", "scope", "differs by", "macro-F1", "differs by")]
        lines += [WIDE.format("as written", f"{self.here.scope:.3f}", "", f"{self.here.macro_f1:.3f}", "")]  # fmt: skip
        lines += [self._line(figures) for figures in self.there]
        goals = f"Goals: scope within {SCOPE_GOAL}, macro-F1 within {F1_GOAL}; ! is beyond."
        return "\n".join([opening, *(line.rstrip() for line in lines), "", goals])

    def _line(self, figures: Figures) -> str:
        scope, f1 = figures.scope - self.here.scope, figures.macro_f1 - self.here.macro_f1
        return WIDE.format(
            figures.area, f"{figures.scope:.3f}", f"{scope:+.3f}{_mark(scope, SCOPE_GOAL)}",
            f"{figures.macro_f1:.3f}", f"{f1:+.3f}{_mark(f1, F1_GOAL)}",
        )  # fmt: skip


def _mark(difference: float, goal: float) -> str:
    return "!" if round(abs(difference), 3) > goal else " "
