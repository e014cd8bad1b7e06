"""The commands that look after sources: collecting, granting access, looking again, acting on a page, noting by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click

from cli.base import config_option
from cli.context import command_context, sources_context
from collectors.files.columns import COLUMNS, tools
from collectors.files.dates import Order
from collectors.files.survey import Answers
from core import clock
from core.errors import ConfigError, StoreError
from core.models import PLATFORMS
from search.query import parse
from settings import schema
from settings.schema import Rule
from steps import (
    access_tokens,
    alerts,
    collect,
    impersonation,
    import_file,
    import_preview,
    match_rules,
    moderate,
    note,
    note_form,
    pins,
    pulse,
    recheck,
    rights,
)
from steps.catalogue import importing
from steps.catalogue.places import folder_of
from steps.context import RunContext, exclusive_lock
from steps.effective import without_unusable_settings
from steps.read_new import read_new

TOOLS = [tool.name for tool in tools()]
REDIRECT = "http://127.0.0.1:8766/granted"


@click.command("collect")
@config_option
@click.option("--source", "only", multiple=True, help="This source alone; may be given again.")
def collect_command(path: Path, only: tuple[str, ...]) -> None:
    """Fetch new mentions from every source that is on."""
    with sources_context(path, exclusive=True) as context:
        collect.collect(context, only)


@click.command("import")
@config_option
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False
)
@click.option(
    "--answers",
    metavar="DIR",
    help="Instead of FILE: what `classify` wrote for a catalogue, with the posts that it is of. Nothing is alerted; one digest tells.",
)
@click.option(
    "--posts", default="", help="With --answers: where the posts lie, if not where they were read."
)
@click.option(
    "--answered-under-other-settings",
    "other_settings",
    is_flag=True,
    help="With --answers that other names, places or providers were in force for: take in what names something of ours, to be read anew.",
)
@click.option("--preview", is_flag=True, help="Say what would be taken in, and store nothing.")
@click.option(
    "--tool",
    default="",
    help=f"Which tool wrote it: {', '.join(TOOLS)}; told from its headings if left out.",
)
@click.option(
    "--zone",
    default="",
    help="The time zone of its dates, as Europe/London; told from the file if left out.",
)
@click.option(
    "--date-order",
    type=click.Choice(["day", "month"]),
    help="What comes first in 03/11/2026; told from its dates if left out.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    help='COLUMN=FIELD, as "Posted on=posted_at"; may be given again.',
)
@click.option(
    "--undated", is_flag=True, help="It has no dates: its posts are dated by when it is read."
)
def import_command(
    path: Path, file: Path | None, preview: bool, answers: str | None, posts: str, other_settings: bool, **options: Any
) -> None:  # fmt: skip
    """Take in JSONL, CSV or XLSX exported from another listening tool, or the answers of a back catalogue."""
    if (file is None) == (answers is None):
        raise click.UsageError("give a FILE, or --answers and no file")
    if file is None:
        _import_catalogue(path, str(answers), posts, preview=preview, other_settings=other_settings)
        return
    if posts or other_settings:
        raise click.UsageError("--posts and --answered-under-other-settings go with --answers")
    _import_file(path, file, preview, options)


def _import_catalogue(
    path: Path, answers: str, posts: str, *, preview: bool, other_settings: bool
) -> None:
    with sources_context(path) as context:
        if preview:
            for line in importing.preview(
                context, folder_of(answers), posts, other_settings=other_settings
            ):
                click.echo(line)
            return
        importing.import_answers(
            context, folder_of(answers), posts, other_settings=other_settings,
            alone=lambda: exclusive_lock(context.config, context.folder, patience=import_file.PATIENCE),
        )  # fmt: skip
        alerts.raise_alerts(context, clock.now(), digests=False)


def _import_file(path: Path, file: Path, preview: bool, options: Mapping[str, Any]) -> None:
    answers = Answers(
        tool=options["tool"], zone=options["zone"], undated=options["undated"], columns=_columns(options["maps"]),
        date_order=_ORDERS[options["date_order"] or ""],
    )  # fmt: skip
    answers.check()
    with sources_context(path, strict=True) as context:
        if preview:
            for line in import_preview.lines(context, file, answers):
                click.echo(line)
            return
        import_file.import_file(
            context, file, answers,
            alone=lambda: exclusive_lock(context.config, context.folder, patience=import_file.PATIENCE),
        )  # fmt: skip
        _read_at_once(context)
        if line := pulse.untold(context.store, context.config):
            context.report_progress(f"! {line}")


def _read_at_once(context: RunContext) -> None:
    """Reads what was just stored, so that it stands in Today; while a cycle is under way, that one does."""
    try:
        with exclusive_lock(context.config, context.folder, patience=import_file.PATIENCE):
            read_new(context)
    except StoreError as error:
        context.report_progress(f"not read yet, and in no list until the next cycle: {error}")


_ORDERS: dict[str, Order | Literal[""]] = {"": "", "day": "day first", "month": "month first"}


def _columns(maps: tuple[str, ...]) -> dict[str, str]:
    """COLUMN=FIELD as our field to their column. The last = parts them: a heading may hold one."""
    columns = {}
    for written in maps:
        heading, parted, name = written.rpartition("=")
        if not parted or not heading.strip():
            raise click.UsageError(f"--map: write COLUMN=FIELD; fields are {', '.join(COLUMNS)}")
        columns[name.strip()] = heading.strip()
    return columns


@click.command("connect")
@config_option
@click.argument("source")
@click.option("--by", required=True, help="Who grants access; the events keep a fingerprint of it.")
@click.option(
    "--redirect", default=REDIRECT, show_default=True, help="As the app's settings name it."
)
@click.option("--paste", is_flag=True, help="Paste the address that the browser ends at, by hand.")
@click.option("--give-up", is_flag=True, help="Forget the access that was granted instead.")
def connect_command(
    path: Path, source: str, by: str, redirect: str, paste: bool, give_up: bool
) -> None:
    """Grant a source access to its platform, in a browser."""
    with command_context(path) as context:
        if give_up:
            access_tokens.give_up(context, source, by=by, at=clock.now())
            click.echo(f"{source}: access is forgotten here; take it back on the platform too")
            return
        context = without_unusable_settings(context)
        ask = access_tokens.pasted(click.echo) if paste else access_tokens.listening(click.echo)
        token = access_tokens.connect(context, source, ask, by=by, redirect=redirect)
        click.echo(f"{source}: access is granted{access_tokens.for_how_long(token)}")


@click.command("recheck")
@config_option
@click.option("--source", "only", multiple=True, help="This source alone; may be given again.")
def recheck_command(path: Path, only: tuple[str, ...]) -> None:
    """Look again at what is stored: is it still there, edited, gone, hidden?"""
    with sources_context(path, exclusive=True, create=False) as context:
        recheck.recheck(context, only)


@click.command("moderate")
@config_option
@click.argument("number", type=int)
@click.argument("action")
@click.option("--confirm", is_flag=True, help="Do it; without this it only says what it would do.")
@click.option(
    "--final", is_flag=True, help="Also what can't be undone, without a gentler step before it."
)
@click.option("--by", default="", help="Who decided it, by their sign-in name: a reviewer, or of the Guardian's lane governance or the Guardian. The events keep a fingerprint of it.")  # fmt: skip
def moderate_command(
    path: Path, number: int, action: str, confirm: bool, final: bool, by: str
) -> None:
    """Hide, hold or remove what somebody posted on a page of ours, by its number."""
    if confirm and not by:
        raise click.UsageError("--confirm needs --by: a person decides")
    with sources_context(path, exclusive=confirm, create=False) as context:
        if confirm:
            rights.check_who(context.store, by=by, roles=rights.may_moderate(context.store, number))
        planned = moderate.plan(context, number, action, final=final)
        click.echo(planned.words())
        if planned.why_not:
            raise ConfigError(f"not possible: {planned.why_not}")
        if not confirm:
            click.echo("Nothing was done: this was a dry run. Do it with --confirm --by NAME.")
            return
        moderate.act(context, planned, by=by)
        click.echo("Done.")


@click.command("rules")
@config_option
@click.option("--days", default=30, show_default=True, help="How far back to look for matches.")
@click.option("--rule", help="Try this rule instead of the current ones.")
def rules_command(path: Path, days: int, rule: str | None) -> None:
    """Show what each rule means, and what it would have matched."""
    with command_context(path, create=False) as context:
        tried = context.config.rules
        if rule is not None:
            parse(rule)
            tried = (Rule(name="this rule", rule=rule),)
        if not tried:
            click.echo("there is no rule yet: try one with --rule")
        for line in match_rules.lint(context, tried, days):
            click.echo(line)


@click.command("note")
@config_option
@click.option("--platform", type=click.Choice(PLATFORMS), help="Where it was seen; asked for.")
@click.option("--url", help="Its whole address; asked for.")
@click.option("--text", help="What was said, or what the picture shows; asked for.")
@click.option("--by-whom", default="", help="The handle of who posted it, if it is known.")
@click.option("--posted", default="", help="When, as 24/11/2026 09:05 in UK time; now if left out.")
@click.option(
    "--form", type=click.Path(path_type=Path, dir_okay=False),
    help="Write an empty spreadsheet for several instead: NAME.xlsx.",
)  # fmt: skip
def note_command(
    path: Path, form: Path | None, by_whom: str, posted: str, **answers: str | None
) -> None:
    """Note by hand a pin or a post from a place that no source can read."""
    if form:
        schema.load(path)  # as every command does
        note_form.write_form(form)
        click.echo(f"written: {form}; filled in, it goes where [collectors.files] looks")
        return
    seen = {
        "platform": answers["platform"] or click.prompt("Platform", type=click.Choice(PLATFORMS)),
        "url": answers["url"] or click.prompt("Address"),
        "text": answers["text"] or click.prompt("What was said, or what the picture shows"),
        "handle": by_whom,
        "posted_at": posted,
    }
    with command_context(path, exclusive=True) as context:
        note.note(context, seen)


@click.command("accounts")
@config_option
def accounts_command(path: Path) -> None:
    """Look for accounts in the organisation's name now, whenever it was last done."""
    with sources_context(path, exclusive=True) as context:
        impersonation.detect_impersonation(context, soon=True)


@click.command("pins")
@config_option
def pins_command(path: Path) -> None:
    """Show our own pins on Pinterest as they are now, most comments first; nothing of it is kept."""
    with sources_context(path) as context:
        for line in pins.our_pins(context):
            click.echo(line)
