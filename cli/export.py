"""`mentions export`: mentions, flags or decisions as a table, or the evidence pack of a case, for a lead who says why."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from cli.base import config_option, stop
from cli.context import command_context
from core import clock
from reports import exports, pdf
from reports.exports import FORMATS, Format
from steps import export, export_purposes, lane_packs
from steps.context import RunContext
from store import Case, ExportKind, User

DAYS = 30  # that are covered where nobody says otherwise
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@config_option
@click.argument("what", type=click.Choice([*exports.TABLES, "evidence"]))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write; what is there is replaced.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="Of a table. An evidence pack is a PDF.",
)
@click.option(
    "--since",
    type=_DAY,
    help=f"The first UK day on which it was found, or decided; {DAYS} days back if left out.",
)
@click.option("--until", type=_DAY, help="The last; today if left out.")
@click.option("--case", "number", type=int, help="The case of an evidence pack.")
@click.option("--by", required=True, help="Who takes it: the name by which a lead signs in.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(list(export_purposes.PURPOSES)),
    required=True,
    help="What for. Of tables: board, complaint, audit, ico, court; of a pack all but board.",
)
@click.option(
    "--reason",
    default="",
    help="More about it; saved with the export. Needed with --original-words and --ask.",
)
@click.option(
    "--original-words",
    "original",
    is_flag=True,
    help="The words as they were collected, not masked.",
)
@click.option(
    "--ask",
    is_flag=True,
    help="Of a case of the Guardian's, for court: ask the other one of governance and the Guardian, who agrees signed in.",
)
@click.option(
    "--writer",
    "post",
    type=int,
    help="Of a case of the Guardian's, for court: whose claim it is, by the number of a post of theirs.",
)
def export_command(  # noqa: PLR0913 - an option each
    path: Path, what: ExportKind, output: Path, format_: Format, since: datetime | None, until: datetime | None,
    number: int | None, by: str, purpose: str, reason: str, original: bool, ask: bool,
    post: int | None,
) -> None:  # fmt: skip
    """Write mentions, flags, decisions or the evidence pack of a case to a file; who, what and why is recorded."""
    if (what == "evidence") != (number is not None):
        raise click.UsageError("--case: names the case of an evidence pack, and of nothing else")
    if ask and (number is None or purpose != "court"):
        raise click.UsageError("--ask: for the pack of one case, for court")
    if post is not None and (number is None or purpose != "court"):
        raise click.UsageError("--writer: of the pack of one case, for court")
    with command_context(path, create=False) as context:
        user = _user(context, by)
        if ask and number is not None:
            request = lane_packs.ask(
                context.store, context.config, _case(context, number), by=user, at=context.at, purpose=purpose, reason=reason,
                post=post,
            )  # fmt: skip
            click.echo(lane_packs.SHOWN_TO)
            click.echo(f"asked: {request.missing} agrees, signed in, on /guardian/{number}/evidence; then run it again without --ask")  # fmt: skip
            return
        with _whole(output) as file:
            if number is not None:
                lines = _pack(context, number, user, purpose, reason, file, post)
            else:
                today = clock.local_day(context.at)
                last = until.date() if until else today
                first = since.date() if since else last - timedelta(days=DAYS - 1)
                lines = _table(context, user, file, export.Wanted(
                    what=what, format=format_, first=first, last=last, purpose=purpose, reason=reason,
                    original=original,
                ))  # fmt: skip
        click.echo(f"written: {output}; {'; '.join(lines)}")


def _user(context: RunContext, handle: str) -> User:
    """Whoever signs in by this name. Exits with 1 where nobody does."""
    user = next((user for user in context.store.users.all() if user.handle == handle), None)
    if user is None:
        stop(f"--by: nobody signs in as {handle}; mentions user list shows who does")
    database = context.store.database
    database.sight = replace(
        database.sight, stepped_back=context.store.recusals.of_user(user.number)
    )
    return user


def _table(context: RunContext, user: User, file: BinaryIO, wanted: export.Wanted) -> list[str]:
    _check_days(wanted.first, wanted.last)
    written = export.take_table(
        context.store, context.config, context.policy, wanted, file, by=user, at=context.at
    )
    left_out = exports.left_out_in_words(written.left_out, user.roles)
    return [
        f"{written.rows:,} row{'s' * (written.rows != 1)}",
        *(f"left out: {line}" for line in left_out),
    ]


def _pack(
    context: RunContext, number: int, user: User, purpose: str, reason: str, file: BinaryIO, post: int | None
) -> list[str]:  # fmt: skip
    pack = lane_packs.take_pack(
        context.store, context.config, context.policy, _case(context, number), by=user, at=context.at, purpose=purpose,
        reason=reason, post=post,
    )  # fmt: skip
    file.write(pack.content)
    return ["a PDF"] if pack.format == "pdf" else [f"HTML that prints: {pdf.NEEDS_PDF}"]


def _case(context: RunContext, number: int) -> Case:
    case = context.store.cases.get(number)
    if case is None or number in context.store.database.sight.stepped_back:
        stop(f"--case: there is no case {number}")
    return case


def _check_days(first: date, last: date) -> None:
    if not date(1990, 1, 1) <= first <= last <= date(2100, 1, 1):
        raise click.UsageError("--since, --until: the first day must not come after the last")


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that its owner alone can read, there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
