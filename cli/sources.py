"""The commands that tend sources: granting access, looking again, acting on a page, noting by hand.

Each imports its step when it is called: platforms' libraries take longer than `classify` may.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cli.base import at_work, config_option
from core import clock
from core.errors import ConfigError
from core.models import PLATFORMS
from settings import schema
from steps.context import RunContext

REDIRECT = "http://127.0.0.1:8766/granted"


@contextmanager
def _ready(path: Path, *, exclusive: bool = False, create: bool = True) -> Iterator[RunContext]:
    """`at_work`, without what was set up in the page and stops a source, as a cycle leaves it out."""
    from steps import collect

    with at_work(path, exclusive=exclusive, create=create) as context:
        yield collect.ready(context, clock.now())


@click.command()
@config_option
@click.argument("source")
@click.option("--by", required=True, help="Who grants access; the events keep a fingerprint of it.")
@click.option(
    "--redirect", default=REDIRECT, show_default=True, help="As the app's settings name it."
)
@click.option("--paste", is_flag=True, help="Paste the address that the browser ends at, by hand.")
@click.option("--give-up", is_flag=True, help="Forget the access that was granted instead.")
def connect(path: Path, source: str, by: str, redirect: str, paste: bool, give_up: bool) -> None:
    """Grant a source access to its platform, in a browser."""
    from steps import access_tokens, collect

    with at_work(path) as context:
        if give_up:
            access_tokens.give_up(context, source, by=by, at=clock.now())
            click.echo(f"{source}: access is forgotten here; take it back on the platform too")
            return
        context = collect.ready(context, clock.now())
        ask = access_tokens.pasted(click.echo) if paste else access_tokens.listening(click.echo)
        token = access_tokens.connect(context, source, ask, by=by, redirect=redirect)
        click.echo(f"{source}: access is granted{access_tokens.for_how_long(token)}")


@click.command()
@config_option
@click.option("--source", "only", multiple=True, help="This source alone; may be given again.")
def recheck(path: Path, only: tuple[str, ...]) -> None:
    """Look again at what is stored: is it still there, edited, gone, hidden?"""
    from steps import recheck

    with _ready(path, exclusive=True, create=False) as context:
        recheck.recheck(context, clock.now(), only)


@click.command()
@config_option
@click.argument("number", type=int)
@click.argument("action")
@click.option("--confirm", is_flag=True, help="Do it; without this it only says what it would do.")
@click.option(
    "--final", is_flag=True, help="Also what can't be undone, without a gentler step before it."
)
@click.option("--by", default="", help="Who decided it; the events keep a fingerprint of it.")
def moderate(path: Path, number: int, action: str, confirm: bool, final: bool, by: str) -> None:
    """Hide, hold or remove what somebody posted on a page of ours, by its number."""
    from steps import moderate

    if confirm and not by:
        raise click.UsageError("--confirm needs --by: a person decides")
    with _ready(path, exclusive=confirm, create=False) as context:
        at = clock.now()
        planned = moderate.plan(context, number, action, at, final=final)
        click.echo(planned.words())
        if planned.why_not:
            raise ConfigError(f"not possible: {planned.why_not}")
        if not confirm:
            click.echo("Nothing was done: this was a dry run. Do it with --confirm --by NAME.")
            return
        moderate.act(context, planned, by=by, at=at)
        click.echo("Done.")


@click.command()
@config_option
@click.option("--days", default=30, show_default=True, help="How far back to look for matches.")
@click.option("--rule", help="Try this rule instead of the current ones.")
def rules(path: Path, days: int, rule: str | None) -> None:
    """Show what each rule means, and what it would have matched."""
    from search.query import parse
    from settings.schema import Rule
    from steps import match_rules

    with at_work(path, create=False) as context:
        tried = context.config.rules
        if rule is not None:
            parse(rule)
            tried = (Rule(name="this rule", rule=rule),)
        if not tried:
            click.echo("there is no rule yet: try one with --rule")
        for line in match_rules.lint(context, tried, clock.now(), days):
            click.echo(line)


@click.command()
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
def note(path: Path, form: Path | None, by_whom: str, posted: str, **asked: str | None) -> None:
    """Note by hand a pin or a post from a place that no source can read."""
    from steps import note

    if form:
        schema.load(path)  # as every command does
        note.form(form)
        click.echo(f"written: {form}; filled in, it goes where [collectors.files] looks")
        return
    seen = {
        "platform": asked["platform"] or click.prompt("Platform", type=click.Choice(PLATFORMS)),
        "url": asked["url"] or click.prompt("Address"),
        "text": asked["text"] or click.prompt("What was said, or what the picture shows"),
        "handle": by_whom,
        "posted_at": posted,
    }
    with at_work(path, exclusive=True) as context:
        note.note(context, seen, clock.now())


@click.command()
@config_option
def accounts(path: Path) -> None:
    """Look for accounts in the organisation's name now, whenever it was last done."""
    from steps import impersonation

    with _ready(path, exclusive=True) as context:
        impersonation.detect_impersonation(context, clock.now(), soon=True)


@click.command()
@config_option
def pins(path: Path) -> None:
    """Show our own pins on Pinterest as they are now, most comments first; nothing of it is kept."""
    from steps import pins

    with _ready(path) as context:
        for line in pins.our_pins(context, clock.now()):
            click.echo(line)


COMMANDS = (accounts, connect, recheck, moderate, rules, note, pins)
