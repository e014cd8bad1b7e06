"""`mentions status`: how the program is, for people and for whatever watches machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from cli.base import file_option, organisation_option, organisation_path
from core import clock
from core.errors import ConfigError, MentionsError
from settings import overrides, schema
from settings.organisations import Member, laid_aside, members
from settings.schema import Config
from settings.shipped import has_settings
from steps import pulse, soundness, wrong_settings
from steps.context import open_store, usable_recipients

BLOCKED = 2


@click.command()
@file_option
@organisation_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, with ages in seconds.")
def status(path: Path, of_organisation: str, as_json: bool) -> None:
    """How the program is: exit status 0 if it is well, 1 if something failed, 2 if nothing gets through.

    It only reads, and waits for no cycle. Nothing of it names anybody or holds words of a post. Of several organisations each has a
    line, the worst first; the exit status is that of the worst.
    """
    several = [] if of_organisation else _members(path)
    if several:
        _of_several(several, laid_aside(path), as_json=as_json)
        return
    _of_one(organisation_path(path, of_organisation), as_json=as_json)


def _members(path: Path) -> list[Member]:
    """Several organisations; none where it is one's alone, or nothing can be read."""
    try:
        listed = members(path) if has_settings(path) else []
    except MentionsError:
        return []
    return listed if listed and listed[0].slug else []


def _of_several(listed: list[Member], aside: Mapping[str, str], *, as_json: bool) -> None:
    at = clock.now()
    readings = [(member, _read(member, at)) for member in listed]
    grade = max(reading.grade if reading else BLOCKED for _, (reading, _) in readings)
    if as_json:
        parts = {
            member.slug: pulse.as_json(reading) if reading else pulse.unreadable(why, at)
            for member, (reading, why) in readings
        }
        click.echo(json.dumps({"grade": grade, "organisations": parts, "not_run": dict(aside)}, indent=2, ensure_ascii=False))  # fmt: skip
        sys.exit(grade)
    wide = max(len(member.slug) for member in listed)
    for member, (reading, why) in sorted(
        readings, key=lambda each: -(each[1][0].grade if each[1][0] else BLOCKED)
    ):
        mark = "!" if reading is None or reading.grade else " "
        click.echo(f"{mark} {member.slug:<{wide}}  {reading.headline if reading else 'Nothing gets through.'}")  # fmt: skip
        for line in [str(why)] if reading is None else [f.line for f in reading.health.faults]:
            click.echo(f"  {'':<{wide}}  {line}")
    for name, reason in aside.items():
        click.echo(f"  {name} is not run, since {reason}: nobody is alerted, and nothing of it is purged, deleted or backed up")  # fmt: skip
    click.echo(f"{len(listed)} organisations; `mentions status --organisation SHORT-NAME` says more of one")  # fmt: skip
    sys.exit(grade)


def _read(member: Member, at: datetime) -> tuple[pulse.Pulse | None, MentionsError]:
    """How one of several is; None and why where neither its settings nor its database can be read."""
    try:
        if member.wrong:
            raise ConfigError(member.wrong)
        return _pulse(member.path, at)[0], MentionsError("")
    except MentionsError as error:
        return None, error


def _pulse(path: Path, at: datetime) -> tuple[pulse.Pulse, Config]:
    file, folder = schema.load(path), path.resolve().parent
    with open_store(file, folder, create=False) as store:
        effective = overrides.apply_overrides(file, store.settings.current()).config
        config = usable_recipients(effective, file, store, at)
        wrong_settings.check_tables(config, folder, store, at)
        soundness.look_now(store)
        return pulse.of_store(store, config, folder, at), config


def _of_one(path: Path, *, as_json: bool) -> None:
    at = clock.now()
    try:
        current, config = _pulse(path, at)
    except MentionsError as error:  # neither the settings nor the database can be read
        unreadable = json.dumps(pulse.unreadable(error, at), ensure_ascii=False)
        click.echo(unreadable if as_json else f"Nothing gets through.\n! {error}")
        sys.exit(BLOCKED)
    if as_json:
        click.echo(json.dumps(pulse.as_json(current), indent=2, ensure_ascii=False))
    else:
        _show(current, pulse.lines(current, config))
    sys.exit(current.grade)


def _show(current: pulse.Pulse, lines: list[pulse.Line]) -> None:
    click.echo(current.headline)
    for fault in current.health.faults:
        click.echo(f"{'-' if fault.passing else '!'} {fault.line}\n    {fault.mend}")
    sources = [pulse.source_line(source, current.at) for source in current.sources]
    wide = max(len(line.name) for line in (*lines, *sources))
    for heading, part in (("", lines), ("Sources", sources)):
        if heading and part:
            click.echo(f"\n{heading}")
        for line in part:
            click.echo(f"{'!' if line.wrong else ' '} {line.name:<{wide}}  {line.value}")
