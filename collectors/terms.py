"""What each platform's terms let us do with its content: reads collectors/terms.toml, which the code obeys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.errors import ConfigError
from core.models import PLATFORMS, Platform

FILE = Path(__file__).parent / "terms.toml"

Use = Literal[
    "employment", "background_checks", "profiling", "inference", "training", "surveillance", "export",
]  # fmt: skip
USES: tuple[Use, ...] = get_args(Use)
Reading = Literal["document", "excerpts", "quoted", "no", "none"]
WAS_READ: frozenset[Reading] = frozenset(("document", "excerpts", "quoted"))
NOT_WHOLE: frozenset[Reading] = frozenset(("excerpts", "quoted", "no", "none"))
# What is said of each in papers and by `mentions check`.
HOW_READ: Mapping[Reading, str] = {
    "document": "read on {on}, in a stored copy",
    "excerpts": "read in part on {on}, in stored copies",
    "quoted": "read on {on} as others quote it: the document itself could not be read",
    "no": "not read: it could not be",
    "none": "not read, since there is no one document: our own rule, or each site’s",
}
# Where each use is refused: the function that asks `forbids`, or that refuses it of every platform.
REFUSED_BY: Mapping[Use, str] = {
    "employment": "review.cases.employer.why_not",
    "background_checks": "review.rendering.may_read_profile",
    "profiling": "reports.weekly.themes.uncounted",
    "inference": "steps.inferences.without_forbidden",
    "training": "tuning.feedback._left_out",
    "surveillance": "steps.search_checks.unregistered",
    "export": "reports.exports.forbidden",
}


class Terms(BaseModel):
    """One platform's. The hours are counted from when we last saw an item; 0 is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    stored: bool
    kept_hours: int = Field(default=0, ge=0)
    unrefreshed_hours: int = Field(ge=0)
    recheck_hours: int = Field(ge=0)
    gone_within_hours: int = Field(ge=0)
    profile_hours: int = Field(default=0, ge=0)
    staff: bool
    reads_pictures: bool = False  # may a program read the words in attached pictures?
    police_asks: bool = False  # are the police told the link alone, and ask the platform?
    not_for: tuple[Use, ...]
    needed: tuple[Use, ...] = ()  # of a row that was not read whole: what is done all the same
    needed_for: str = Field(default="", max_length=300)
    says: tuple[str, ...] = Field(min_length=1)
    source: str = Field(min_length=1)
    address: str = Field(pattern=r"^(https://\S+)?$")
    reading: Reading
    read: date | None  # None: nothing was read
    rests_on: str = Field(default="", max_length=600)
    version: str = ""

    @field_validator("read", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return value or None  # TOML has no word for nothing

    @model_validator(mode="after")
    def _shows_what_it_rests_on(self) -> Self:
        was_read = self.reading in WAS_READ
        if any(bool(value) != was_read for value in (self.read, self.rests_on, self.version)):
            raise ValueError(
                "read, rests_on and version stand where the document was read, and nowhere else"
            )
        return self

    @model_validator(mode="after")
    def _gives_no_leave_that_nobody_read(self) -> Self:
        if bool(self.needed) != bool(self.needed_for) or set(self.needed) & set(self.not_for):
            raise ValueError("needed says why in needed_for, and names no use that is forbidden")
        if self.reading in NOT_WHOLE and set(self.needed) | set(self.not_for) != set(USES):
            raise ValueError("a row that was not read whole says of each use that it is forbidden, or why it is needed")  # fmt: skip
        return self

    @property
    def how_read(self) -> str:
        """How far the document was read, and when, in words for people."""
        return HOW_READ[self.reading].format(on=f"{self.read:%-d %B %Y}" if self.read else "")


@lru_cache(maxsize=1)
def all_terms() -> Mapping[Platform, Terms]:
    """Every platform's. Raises ConfigError where one is missing, unknown or wrong."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    if set(table) != set(PLATFORMS):
        odd = ", ".join(sorted(set(table) ^ set(PLATFORMS)))
        raise ConfigError(f"{FILE.name}: every platform has its terms there, and no other: {odd}")
    try:
        return {name: Terms.model_validate(table[name]) for name in PLATFORMS}
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise ConfigError(f"{FILE.name}: {fault['loc']}: {fault['msg']}") from error


def forbids(platform: Platform, use: Use) -> bool:
    """Whether its terms forbid this use of its content."""
    return use in all_terms()[platform].not_for


def unread() -> list[Platform]:
    """Platforms whose document was not read whole: a person reads it before they go live."""
    return [name for name, terms in all_terms().items() if terms.reading in ("excerpts", "quoted", "no")]  # fmt: skip


def may_keep(source: str) -> bool:
    """Whether what a platform's own interface gave may be stored; other sources are not asked."""
    return all(terms.stored for name, terms in all_terms().items() if name == source)


def limits() -> dict[str, timedelta]:
    """By platform, the longest that an item may lie without being seen again, where there is one."""
    return {
        name: timedelta(hours=terms.unrefreshed_hours)
        for name, terms in all_terms().items()
        if terms.unrefreshed_hours
    }


def longest() -> dict[str, timedelta]:
    """By platform, the longest that what others said may be kept at all, where there is such a limit."""
    return {
        name: timedelta(hours=terms.kept_hours)
        for name, terms in all_terms().items()
        if terms.kept_hours
    }


def gone_within() -> dict[str, timedelta]:
    """By platform, how soon what is deleted or replaced there must be gone here, where terms say so."""
    return {
        name: timedelta(hours=terms.gone_within_hours)
        for name, terms in all_terms().items()
        if terms.gone_within_hours
    }


def profiles() -> dict[str, timedelta]:
    """By platform, the longest that what a profile says may lie so, where that is another time."""
    return {
        name: timedelta(hours=terms.profile_hours)
        for name, terms in all_terms().items()
        if terms.profile_hours
    }


def no_staff() -> frozenset[Platform]:
    """Platforms whose terms forbid keeping that an author is staff."""
    return frozenset(name for name, terms in all_terms().items() if not terms.staff)
