"""Gives a region the counts of an organisation that agreed to that, and reads what others gave."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from pathlib import Path

from core import clock
from reports import region
from settings.organisations import Member
from settings.schema import Config
from steps.context import RunContext

DAY = timedelta(days=1)


def write_counts(context: RunContext) -> bool:
    """Writes the counts up to yesterday where the organisation agreed; else what it gave before goes. Whether it gave any.

    Raises ConfigError without the extra `region`.
    """
    path = region.count_file(context.folder / context.config.store.path)
    if not context.config.region.counts:
        path.unlink(missing_ok=True)
        return False
    yesterday = clock.local_day(context.at) - DAY
    region.write(region.rows_of(context.store, yesterday), path)
    return True


def give_counts(context: RunContext) -> None:
    """The same for the schedule: what fails is named, and the rest goes on."""
    with context.continue_on_error("counts for a region"):
        write_counts(context)


def sources(config: Config, listed: Iterable[Member]) -> list[tuple[str, str, Path | None]]:
    """The organisations that a region sees, each with its file; None of one that gives no counts, or is not there."""
    members = {member.slug: member for member in listed}
    return [_source(slug, members.get(slug)) for slug in config.region.of]


def _source(slug: str, member: Member | None) -> tuple[str, str, Path | None]:
    if member is None:
        return slug, slug, None
    database = member.folder / str(member.values.get("store.path", ""))
    gives = member.gives_counts and not member.wrong
    return slug, member.name or slug, region.count_file(database) if gives else None


def gathered(
    config: Config, listed: Iterable[Member], today: date, labels: Collection[tuple[str, str]]
) -> region.RegionCounts:
    """What a region sees of its organisations now. `labels` are flags with their names for people."""
    members = list(listed)
    unknown = set(config.region.of) - {member.slug for member in members}
    return region.gather(sources(config, members), today, dict(labels), unknown)
