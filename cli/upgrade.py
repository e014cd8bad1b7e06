"""`mentions upgrade`: after a newer version was installed, brings the database up to date, with a way back."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import click

from cli.base import every_organisation, stop
from cli.check import checks
from cli.context import command_context
from core import clock
from core.errors import MentionsError
from settings import schema
from settings.files import news as setting_news
from settings.schema import Config
from settings.shipped import shipped_changelog
from steps.context import exclusive_lock, keys, ledger_path
from steps.group import sort_anew
from steps.safeguards import backup_folder
from store import Store
from store.job_runs import program_version
from store.upgrade import is_older, upgrade

DATABASE = "store"  # of what `check` looks at, the one thing that an upgrade goes back for
NEWS = 40  # lines of the changelog that are shown
_HEADING = re.compile(r"^## (\S+)")


@click.command("upgrade")
@every_organisation
def upgrade_command(path: Path) -> None:
    """Back up, bring the database up to this version, check it, and go back where anything fails. Stop the services first."""
    config, folder = schema.load(path), path.resolve().parent
    place, sealing_keys = folder / config.store.path, keys(config, folder)
    with ExitStack() as stack:
        for what in ("schedule", "cycle"):
            stack.enter_context(exclusive_lock(config, folder, what))
        if not is_older(place, sealing_keys):
            click.echo(f"{place} is of this version, {program_version()}: nothing to do")
            return
        at, backups = clock.now(), backup_folder(config, folder)
        outcome = upgrade(
            place, sealing_keys, backups.new_path(at, "before-upgrade"), at=at, ledger=ledger_path(config, folder),
            check=lambda: [line for what, line in missing(config, folder).items() if what == DATABASE],
        )  # fmt: skip
    click.echo(f"backed up: {outcome.backup}, {outcome.rows:,} rows")
    if outcome.problems:
        for problem in outcome.problems:
            click.echo(f"! {problem}", err=True)
        stop(
            "the upgrade was not done, and the database is as it was: install the version of before again, and report the lines above"
        )
    with Store.open(place, sealing_keys, create=False, ledger=ledger_path(config, folder)) as store:
        before = store.job_runs.last("cycle")
    click.echo(
        f"upgraded to {program_version()}, and checked: every row is there, every seal fits, the chain is unbroken"
    )
    _sort_anew(path)
    if lacking := missing(config, folder):
        click.echo(
            "Not of the database, and mended now that it is upgraded, by the lines of `mentions check`:"
        )
        for line in lacking.values():
            click.echo(f"! {line}", err=True)
    for line in news(shipped_changelog(), before.version if before else "")[:NEWS]:
        click.echo(line)
    for line in setting_news.lines(setting_news.news(config, folder), config)[:NEWS]:
        click.echo(f"setting {line}")
    click.echo("Start the services again. The way back is in docs/runbook.md")


def _sort_anew(path: Path) -> None:
    """Works out where posts wait that a step of the database left to be sorted anew: until then a row says nothing of why it is there.

    Where the site lacks what that needs, the next cycle does it.
    """
    try:
        with command_context(path, exclusive=True, create=False) as context:
            count = sort_anew(context)
    except MentionsError as error:
        click.echo(f"! posts are sorted anew by the next cycle, since now: {error}", err=True)
        return
    if count:
        click.echo(f"sorted anew, as this version does: {count:,} post{'s' if count != 1 else ''}")


def missing(config: Config, folder: Path) -> dict[str, str]:
    """What `check` finds missing without asking the world, by what it is of; of a database of an earlier version it says one thing."""
    return {
        outcome.what: f"{outcome.what}: {outcome.says}"
        for outcome in checks(config, folder) if outcome.state == "missing"
        and not (outcome.what == "store" and "mentions upgrade" in outcome.says)
    }  # fmt: skip


def news(changelog: Path, before: str) -> list[str]:
    """The changelog's lines since a version; of its newest section alone where that version isn't in it."""
    try:
        lines = changelog.read_text("utf-8").splitlines()
    except OSError:
        return []
    heads = [
        (number, head[1]) for number, line in enumerate(lines) if (head := _HEADING.match(line))
    ]
    if not heads:
        return []
    later = [number for number, version in heads if version.strip("[]v") == before] or [
        number for number, _ in heads[1:2]
    ]
    end = later[0] if later else len(lines)
    return [line for line in lines[heads[0][0] : end] if line.strip()]
