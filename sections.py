"""Which parts of config.toml officers may change in the page: sections, each saved and undone as a whole.

A section is an entry here; its form follows from the types of config.py, its words stand in section_words.py.
Where data is kept, secrets, servers, collectors and sign-in are in none: they are the installer's alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config import Config

SOUGHT, TOLD, OURS, CASES, ANSWERS = (
    "What is looked for", "Who is told, and when", "Who and what is known", "Cases", "Answers",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`keys` are keys of config.toml, each with its tables before it. `heading` is where the list has it."""

    key: str
    title: str
    about: str
    heading: str
    keys: tuple[str, ...]
    searches: bool = False  # holds terms or rules, which can be tried on what is held


SECTIONS: tuple[Section, ...] = (
    Section(
        key="names", title="Names and search terms", heading=SOUGHT, searches=True,
        about="What sources are searched for. The next cycle uses it.",
        keys=("organisation.names", "organisation.topics"),
    ),
    Section(
        key="rules", title="Rules", heading=SOUGHT, searches=True,
        about="Boolean rules over what was collected. The next cycle uses them on what it finds.",
        keys=("rules",),
    ),
    Section(
        key="campaigns", title="Campaigns", heading=SOUGHT, searches=True,
        about="What the organisation is campaigning for.", keys=("organisation.campaigns",),
    ),
    Section(
        key="recipients", title="Recipients", heading=TOLD,
        about="Who is told by email. No mail holds a post’s words or an author.",
        keys=("alerts.on", "alerts.to", "reports.daily_to", "reports.weekly_to"),
    ),
    Section(
        key="times", title="Times of reports", heading=TOLD,
        about="When the daily list and the weekly summary leave. The program that keeps the schedule takes a changed time within minutes, without being started again; where today’s new time is past, that report leaves then.",
        keys=("schedule.daily_at", "schedule.weekly_on", "schedule.weekly_at"),
    ),
    Section(
        key="accounts", title="Register of accounts", heading=OURS,
        about="The organisation’s accounts, its providers’ and other public bodies’.", keys=("organisation.accounts",),
    ),
    Section(
        key="contacts", title="Contact points", heading=OURS,
        about="Telephones, addresses and postcodes that are published.", keys=("organisation.contacts",),
    ),
    Section(
        key="places", title="Places", heading=OURS,
        about="Where the organisation’s people live. Posts that are grouped from now on are known by them.",
        keys=("organisation.places",),
    ),
    Section(
        key="providers", title="Providers", heading=OURS,
        about="Who gives care here, and what people call them.", keys=("organisation.providers",),
    ),
    Section(
        key="escalation", title="Escalation", heading=CASES,
        about="To whom cases are handed, and who is rung.", keys=("review.crisis_contact", "review.roles"),
    ),
    Section(
        key="clocks", title="Clocks", heading=CASES,
        about="How long things may wait before they are overdue. What runs already keeps its time. Personal data has 72 hours by law, which nobody can change.",
        keys=(
            "review.clocks.high_hours", "review.clocks.medium_hours", "review.clocks.assistance_hours",
            "review.clocks.media_hours",
        ),
    ),
    Section(
        key="samples", title="Weekly samples", heading=CASES,
        about="How much people judge blind each week, from the next draw on.",
        keys=("review.sample_unflagged", "review.sample_second"),
    ),
    Section(
        key="templates", title="Reply templates", heading=ANSWERS,
        about="Words to begin a reply from. A person edits them and answers on the platform; nothing is sent from here.",
        keys=("review.templates",),
    ),
    Section(
        key="lines", title="Lines to take", heading=ANSWERS,
        about="Have each agreed by whoever owns its subject, and give it a last day.", keys=("review.lines",),
    ),
    Section(
        key="related", title="Related policies", heading=ANSWERS,
        about="Other policies, and where to find them.", keys=("review.related",),
    ),
    Section(
        key="pre_election", title="Pre-election periods", heading=ANSWERS,
        about="In such a period every page says so, and beside an answer stands that party-political matters are not answered and publicity is restricted.",
        keys=("review.pre_election",),
    ),
)  # fmt: skip


def find(key: str) -> Section | None:
    """The section of that name."""
    return next((one for one in SECTIONS if one.key == key), None)


def field_of(key: str) -> FieldInfo:
    """What config.py says of a key of config.toml. Raises KeyError where there is none."""
    model: type[BaseModel] = Config
    *tables, last = key.split(".")
    for name in tables:
        inner = fields(model)[name].annotation
        assert isinstance(inner, type)
        assert issubclass(inner, BaseModel)
        model = inner
    return fields(model)[last]


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a table, as config.toml calls them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def content(table: Mapping[str, Any], section: Section) -> dict[str, Any]:
    """What a whole configuration, as JSON has it, holds of a section."""
    return {key: _dig(table, key.split(".")) for key in section.keys}


def _dig(table: Mapping[str, Any], steps: list[str]) -> Any:
    found: Any = table
    for step in steps:
        found = found[step]
    return without_nothing(found)


def without_nothing(value: Any) -> Any:
    """The same without keys that hold nothing, as TOML has no null."""
    if isinstance(value, Mapping):
        return {key: without_nothing(part) for key, part in value.items() if part is not None}
    return [without_nothing(part) for part in value] if isinstance(value, list) else value


def put(table: dict[str, Any], content: Mapping[str, Any]) -> None:
    """Puts a section's content into a whole configuration."""
    for key, value in content.items():
        *steps, last = key.split(".")
        inner = table
        for step in steps:
            inner = inner[step]
        inner[last] = value
