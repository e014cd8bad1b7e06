"""`mentions status`: how the program is, for people and for whatever watches machines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cli.base import config_option
from core import clock
from core.errors import MentionsError
from settings import overrides, schema
from steps import pulse, soundness, wrong_settings
from steps.context import open_store, usable_recipients

BLOCKED = 2


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, with ages in seconds.")
def status(path: Path, as_json: bool) -> None:
    """How the program is: exit status 0 if it is well, 1 if something failed, 2 if nothing gets through.

    It only reads, and waits for no cycle. Nothing of it names anybody or holds words of a post.
    """
    at = clock.now()
    try:
        file, folder = schema.load(path), path.resolve().parent
        with open_store(file, folder, create=False) as store:
            effective = overrides.apply_overrides(file, store.settings.current()).config
            config = usable_recipients(effective, file, store, at)
            wrong_settings.check_tables(config, folder, store, at)
            soundness.look_now(store)
            current = pulse.of_store(store, config, folder, at)
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
