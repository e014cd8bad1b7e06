"""The commands that look after the store and its keys: purge, clock, verify, backup, restore, restore-trial, new-key, rotate-keys."""

from __future__ import annotations

import re
from pathlib import Path

import click
from cryptography.fernet import Fernet

from cli.base import config_option, every_organisation, login, stop
from cli.context import command_context
from core import clock
from core.errors import StoreError
from core.progress import report_progress
from settings import schema, secrets
from settings.schema import Config
from steps import backups, job_runs, retention, safeguards, soundness
from steps.context import keys, ledger_path, newest_backup, open_store
from store import Store
from store.rights.ledger import FOLDER, SUFFIX, raw_lines

HEAD = re.compile("[0-9a-f]{16,64}")


@click.command()
@config_option
@click.option(
    "--agree", type=click.IntRange(min=1), metavar="POSTS",
    help="Yes to a purge that waits: so many posts, as it said. A lead's to say.",
)  # fmt: skip
@click.option(
    "--decline", is_flag=True, help="No to a purge that waits: it is asked again in a week."
)
def purge(path: Path, agree: int | None, decline: bool) -> None:
    """Remove what must go, and prove that it is gone. Where it is much of the store, a lead is asked first."""
    if agree is not None and decline:
        raise click.UsageError("say --agree or --decline, not both")
    with command_context(path, create=False) as context:
        if agree is not None or decline:
            waiting = context.store.purge_questions.waiting()
            if waiting is None:
                raise StoreError("no purge waits for an answer: `mentions purge` says what is due")
            answered = context.store.purge_questions.answer(
                waiting.number,
                yes=not decline,
                posts=agree or waiting.posts,
                at=context.at,
                by=login(),
            )
            if decline and answered.until:
                click.echo(
                    f"kept: nothing of it goes, and it is asked again on {clock.local(answered.until)}"
                )
                return
        soundness.look_each_night(context)
        retention.purge(context)


@click.command("clock")
@config_option
@click.argument("action", type=click.Choice(["show", "confirm"]))
def clock_command(path: Path, action: str) -> None:
    """Whether this machine's clock can be right; `confirm` says that it is.

    That is a lead's to say: what was stopped goes on by the clock as it stands.
    """
    with command_context(path, create=False) as context:
        leap = context.store.clock_guard.check(context.at, safeguards.pause(context.config))
        click.echo(
            f"this machine's clock says {clock.local(context.at)}. {safeguards.source_line()}"
        )
        if leap is None:
            click.echo("it agrees with what was last recorded")
        elif action == "show":
            context.failed(safeguards.leap_line(leap))
        else:
            mended = context.store.clock_guard.confirm(context.at, by=login())
            click.echo(
                "confirmed: deleting, chasing and reporting go on"
                + (
                    f"; {mended.posts} posts carried a moment that is yet to come, and count as found now"
                    if mended.posts
                    else ""
                )
            )


@click.command()
@config_option
@click.option("--head", help="A chain's end that was noted elsewhere, as the morning list says it.")
@click.option("--rebuild", is_flag=True, help="First make the indexes of searches anew.")
def verify(path: Path, head: str | None, rebuild: bool) -> None:
    """Is the database whole, is every row as the program left it, and is the chain of its events unbroken?"""
    anchor = None if head is None else "".join(head.split()).casefold()
    if anchor is not None and not HEAD.fullmatch(anchor):
        raise click.BadParameter(
            "at least 16 signs of 0 to 9 and a to f: copy it whole", param_hint="--head"
        )
    with command_context(path, create=False) as context:
        if rebuild:
            context.store.maintenance.rebuild_indexes(context.at)
            click.echo("the indexes were made anew from the words")
        verification = context.store.maintenance.verify(anchor)
        for line in (*context.store.ledger.state().trouble, context.store.ledger.lost(context.at)):
            if line:
                context.failed(line)
        if began := context.store.maintenance.unfinished_rotation():
            context.failed(
                f"a change of keys that began {clock.local(began)} has not ended: run `mentions rotate-keys`, and keep the old key"
            )
        for problem in verification.problems:
            says_more = "mentions restore" in problem or "verify --rebuild" in problem
            context.failed(
                problem if says_more else f"{problem}: restore a backup, or ask whoever changed it"
            )
        if anchor is not None and verification.holds_anchor:
            click.echo("the chain still holds that head")
        click.echo(
            f"{verification.events} event{'s' * (verification.events != 1)}; the chain's head is {verification.head}"
        )


@click.command()
@every_organisation
@click.argument("to", type=click.Path(path_type=Path, dir_okay=False), required=False)
def backup(path: Path, to: Path | None) -> None:
    """Write an encrypted copy of the database, where nothing is yet.

    Without TO it goes into the folder of [backup], and older ones go, as when the schedule does it.
    """
    with command_context(path, create=False) as context:
        if to is None:
            with job_runs.recorded(context, "backup"):
                to = backups.back_up(context, context.at)
        else:
            context.store.backups.write(to)
        click.echo(f"written: {to}; it opens with the same keys. {ledger_words(context.store, to)}")


def ledger_words(store: Store, backup: Path) -> str:
    """What lies beside a backup of the erasure ledger: a copy, or nothing, where nothing stands in it yet."""
    copy = backup.parent / store.ledger.path.name
    if copy.exists():
        return f"A copy of the erasure ledger lies beside it: {copy.name}"
    if store.ledger.state().trouble:
        raise StoreError(
            "no copy of the erasure ledger could be laid beside it, since the ledger is not where it should be: `mentions verify` says more"
        )
    return "No erasure ledger lies beside it: there is nothing yet that a restore would have to do again"


@click.command("restore-trial")
@every_organisation
def restore_trial(path: Path) -> None:
    """Try the newest backup by a restore into a folder that goes afterwards, as the schedule does each week."""
    with command_context(path, create=False) as context:
        backups.try_newest(context, context.at)


@click.command()
@config_option
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(path: Path, source: Path) -> None:
    """Bring a backup back, where no database is."""
    config = schema.load(path)
    folder = path.resolve().parent
    place = folder / config.store.path
    proof = Store.restore(source, place, keys(config, folder), ledger=ledger_path(config, folder))
    if proof is not None and proof.gone:
        count = sum(proof.gone.values())
        click.echo(
            f"{count} post{'s' * (count != 1)} erased again, as the erasure ledger says"
            + ("; proved in the bytes of the files" if proof.proved else "")
        )
    with open_store(config, folder, create=False) as store:
        lost = store.ledger.lost(clock.now())
        restored = store.ledger.restored(clock.now()) if proof is not None else None
    if restored is not None and restored.again:
        click.echo("done again, as the ledger says: " + ", ".join(f"{count} {what}" for what, count in restored.again.items()))  # fmt: skip
    for line in restored.to_do if restored is not None else ():
        click.secho(f"! {line}", err=True)
    click.echo(
        "everybody signs in anew, and links and requests for access that were out are over. What people decided, answered and noted after the backup "
        "is not in it, and emails that left since may leave again"
    )
    if proof is not None and not proof.proved:
        stop(
            f"restored into {place}, but it is not proved that what was erased is gone: "
            f"{'; '.join(proof.trouble) or 'something is left'}; run `mentions purge` before anything else"
        )
    if lost:
        click.secho(f"! NO ERASURE LEDGER: {lost}", err=True, bold=True)
        stop(
            f"restored into {place}, but without an erasure ledger: answer the line above first, then run `mentions purge` before anything else"
        )
    again = restored is not None and (restored.again or restored.to_do)
    if not again and not (proof is not None and proof.gone):
        click.secho(
            "! the erasure ledger here tells nothing of after this backup. If it is a copy as old as the backup, ask governance who was erased, what was "
            "held and what went to the Guardian since, or take a newer one", err=True,
        )  # fmt: skip
    click.echo(f"restored into {place}; run `mentions purge` before anything else")


@click.command("rotate-keys")
@config_option
def rotate_keys(path: Path) -> None:
    """Seal everything again under the first key, so that the old one can be thrown away.

    It goes in parts, while the service runs. Put the new key first and the old one after it, and restart the service and the page before. After a kill run it again:
    it goes on where it stopped.
    """
    with command_context(path, create=False) as context:
        sealing_keys = keys(context.config, context.folder, context.find_secret)
        twentieths = 0

        def tell(done: int, total: int) -> None:
            nonlocal twentieths
            if total and done * 20 // total > twentieths:
                twentieths = done * 20 // total
                context.report_progress(f"sealed {done:,} of {total:,} fields")

        count = context.store.maintenance.rotate_keys(
            sealing_keys, at=context.at, report_progress=tell
        )
        click.echo(
            f"{count:,} fields sealed under the first key, and every field opens with it alone. Make a backup now: older "
            "backups open with the old key alone, so keep it with them or throw them away. Then take the old key out of "
            "`keys` under [store] and restart the service and the page"
        )


def make_store(config: Config, folder: Path) -> Path:
    """Makes the database where config.toml says, where none is or an empty file; its path.

    Raises ConfigError without its keys, StoreError where a database is there, or an erasure ledger says that one was.
    """
    place, erasures = folder / config.store.path, ledger_path(config, folder)
    keys(config, folder)
    if place.exists() and place.stat().st_size:
        raise StoreError(f"{place} is there already: nothing was made")
    ledger = erasures or place.parent / FOLDER / (place.name + SUFFIX)
    if raw_lines(ledger):
        raise StoreError(
            f"{ledger} says that a database was here, and what a restore must not undo: restore it (`mentions restore FROM`). "
            "To begin anew all the same, move that file away first"
        )
    if newest := newest_backup(config, folder):
        report_progress(
            f"a backup lies at {newest}: the database that is made now is empty, and `mentions restore {newest}` brings back what was in the "
            "lost one, once the empty one is moved away"
        )
    with open_store(config, folder, create=True):
        pass
    return place


@click.command("new-key")
@config_option
def new_key(path: Path) -> None:
    """Make the key that seals personal fields, where the settings say, unless it is there."""
    click.echo(make_key(schema.load(path), path.resolve().parent))


def make_key(config: Config, folder: Path) -> str:
    """Makes the key that seals, unless it is there; what its owner does with it, in a sentence.

    Raises ConfigError where there is a database and its keys are not: a new key can't open it.
    """
    reference = config.store.keys[0]
    key = Fernet.generate_key().decode()
    if (folder / config.store.path).exists():
        keys(config, folder)
    if not reference.startswith("file:"):
        return f"{key}\nKeep this key where {reference} finds it, and a copy elsewhere."
    file = secrets.new_secret_file(folder / reference.removeprefix("file:"), key)
    return f"the key is in {file}; keep a copy of it elsewhere: without it nothing can be read"
