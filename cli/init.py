"""`mentions init`: a site's own settings in a short file, the key and the database. Run again it changes what is asked, and nothing else."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from cli import bodies, several, terminal, wizard
from cli import config as config_command
from cli.base import file_option, organisation_path, program
from cli.data import make_key, make_store
from cli.terminal import Screen, Terminal
from cli.wizard import Answers
from core import clock
from core.errors import ConfigError
from settings import schema, secrets
from settings.another_body import unanswered_line
from settings.files import news
from settings.files.bodies import load as load_bodies
from settings.files.layers import (
    Layer,
    Layers,
    read_layers,
    shipped_layer,
    shipped_name,
    site_file,
    stands_alone,
    without_anothers,
)
from settings.files.lines import Keys
from settings.files.text import TomlFile, read_toml
from settings.files.writing import HEAD, with_values, write_safely
from settings.schema import Config
from settings.shipped import CONFIG, SITE, shipped_config
from steps.context import open_store
from steps.trial import send_trials

NEXT = """
Next:
  {mentions} demo
      tries it out against stand-ins on this machine; its data lies apart, in var/demo/
  edit {path}, or run `init` again
      sources, who is told of what, how mail leaves; `config show` says what holds. Every key is explained in
      {explained} (never edit that one)
  {mentions} check{option}
      says what is still missing, and how to mend it: the papers under [governance] too
  {mentions} serve{option}
      the review page, in a browser
  {mentions} run{option}
      one full cycle; `schedule` instead of `run` goes on by itself"""


def _screen(*, yes: bool, has_flags: bool) -> Screen | None:
    """Where to ask; None where nobody is asked, which is said where nothing else says what to take."""
    if not yes and sys.stdin.isatty():
        return Screen()
    if not yes and not has_flags:
        click.echo(
            "nothing is asked, since there is no terminal: what ships is taken; run it in one, or give flags or --answers for what is yours",
            err=True,
        )
    return None


@click.command()
@file_option
@click.option(
    "--yes", is_flag=True, help="Ask nothing: what the flags say, and for the rest what is there."
)
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A TOML file with settings as site.toml has them.",
)
@click.option(
    "--organisation", multiple=True,
    help="What it is called; again for other names. A short name in small letters, such as brent, sets up one of several on this installation.",
)  # fmt: skip
@click.option(
    "--body", multiple=True, metavar="CODE",
    help="The board or trust of this ODS code: its names, places and providers, to be checked.",
)  # fmt: skip
@click.option(
    "--place",
    multiple=True,
    help='A place, such as "Brent: Wembley, Willesden"; may be given again.',
)
@click.option(
    "--provider", multiple=True, help="A provider of care, in the same form; may be given again."
)
@click.option(
    "--account",
    multiple=True,
    help='An account of your own, such as "x @ExampleICB"; may be given again.',
)
@click.option(
    "--database", "database_alone", is_flag=True,
    help="Only an empty database, where the settings and the key are there.",
)  # fmt: skip
@click.option(
    "--feed", multiple=True, metavar="ADDRESS", help="A feed that is read, by its address; may be given again.",
)  # fmt: skip
@click.option(
    "--record", multiple=True, metavar="PRESET [OF]", help='A public record that is read, such as hansard or "council_papers democracy.example.org"; may be given again.',
)  # fmt: skip
@click.option("--source", multiple=True, help="A source that is read; may be given again.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any setting, such as alerts.mail.host=smtp.example.org; may be given again.",
)
@click.option(
    "--send-test",
    "test_to",
    default="",
    metavar="ADDRESS",
    help="Send a test email there when all is written.",
)
def init(
    path: Path,
    yes: bool,
    answers_file: Path | None,
    settings: tuple[str, ...],
    test_to: str,
    database_alone: bool,
    **flags: tuple[str, ...],
) -> None:
    """Ask for a site's own settings, and write them, the key and the database. What is there stays."""
    slug, flags["organisation"] = several.meant(flags["organisation"])
    installation = path
    if database_alone:
        path = organisation_path(path, slug)
        click.echo(f"made: {make_store(schema.load(path), path.resolve().parent)}")
        return
    path = several.path_of(installation, slug)
    screen = _screen(yes=yes, has_flags=bool(answers_file or settings or any(flags.values())))
    if screen is not None and not slug:
        _offer_to_extract(screen, path)
    was_there = path.exists()
    target, answers = begin(path) if not slug else several.begin(installation, slug, begin)
    with _said_whole(screen):
        _apply(answers, read_toml(answers_file).table if answers_file else {}, settings, flags)
    if screen is not None:
        ask(screen, target, answers)
    by_default = several.unnamed(answers) and screen is None
    if slug and path != installation:
        stated = screen is not None or bool(flags["body"] or flags["organisation"])
        several.check_named(slug, answers, stated=stated)
    with _said_whole(screen):
        lines = finish(path, target, answers)
    lines += _after(flags, screen)
    if by_default:
        lines.append(f"! nobody named an organisation: {shipped_name()} is watched, as it ships. For another one: --body CODE, or --organisation NAME")  # fmt: skip
    for line in (*lines, *_entered(installation, slug, new=not was_there)):
        click.echo(line)
    if screen is None and not slug and (count := _edited(path)):
        click.echo(
            f"{path} was edited: `mentions config extract` puts its {count} settings of your own into {SITE}"
        )
    config = schema.load(path if path.exists() or path.name == CONFIG else target)
    if screen is not None and not test_to:
        test_to = _where_to_test(screen, config)
    if test_to:
        for outcome in send_trials(
            config, secrets.Secrets(target.resolve().parent), test_to, clock.now()
        ):
            click.echo(f"{'sent' if outcome.ok else 'NOT SENT'}: {outcome.channel}: {outcome.says}")
    if line := unanswered_line(config):
        click.echo(f"! {line}")
    option = "" if installation == Path(CONFIG) else f" --config {installation}"
    option += f" --organisation {slug}" if slug else ""
    click.echo(
        NEXT.format(mentions=program(), path=target, option=option, explained=shipped_config())
    )


@contextmanager
def _said_whole(screen: Screen | None) -> Iterator[None]:
    """Adds to what one answer of a script lacks that the others were not written either."""
    try:
        yield
    except ConfigError as error:
        if screen is not None:
            raise
        raise ConfigError(f"{error}; nothing was written, of the other answers neither") from error


PORT_WAITS = (
    "a `mentions serve` that runs already listens there within seconds, and says so in its log"
)


def _entered(installation: Path, slug: str, *, new: bool) -> list[str]:
    """Enters one of several organisations among the others; what was done."""
    return [*several.enter(installation, slug), *([PORT_WAITS] if new else [])] if slug else []


def _after(flags: Mapping[str, Sequence[str]], screen: Screen | None) -> list[str]:
    """What the list of bodies has of a name that was given by a flag alone."""
    known = load_bodies()
    if flags["body"]:
        of_flags = (bodies.by_flag(word, known, clock.now().date()) for word in flags["body"])
        return [f"it is {body.title} of the list: look at its names, places and providers" for body in of_flags]  # fmt: skip
    of_list = bodies.check_one(flags["organisation"], known)
    if of_list is None or screen is not None:
        return []
    return [
        f"in the list of boards and trusts stands {of_list.title}: `init` with --body {of_list.code} fills in names, places and providers"
    ]


DRAFT = "site.draft.toml"  # what was answered before somebody broke off


def ask(at: Terminal, target: Path, answers: Answers) -> None:
    """Asks everything, from where somebody broke off last if they want that. Raises click.Abort where they do again, with all kept."""
    draft = target.with_name(DRAFT)
    if draft.exists():
        leaves: dict[Keys, Any] = {}
        _leaves(read_toml(draft).table, (), leaves)
        if terminal.yes(at, f"{len(leaves)} answers of last time are kept. Go on from them?", True):
            for keys, value in leaves.items():
                answers.put(".".join(map(str, keys)), value)
    try:
        wizard.ask_all(at, answers)
    except click.Abort:
        typed = [f"file:{path}" for path in answers.secrets]
        to_keep = {keys: value for keys, value in answers.values.items() if value not in typed}
        if to_keep:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_safely(draft, with_values("", to_keep))
        at.say()
        at.say(
            f"{len(to_keep)} answers are kept in {draft}: run `init` again to go on. Secrets that were typed are not, and {target} is as it was."
            if to_keep
            else f"Nothing was answered, and {target} is as it was."
        )
        raise


def begin(path: Path) -> tuple[Path, Answers]:
    """The short file to write, and what holds before it is written. Raises ConfigError for a file that can't be read."""
    if path.exists() and stands_alone(read_toml(path).table):
        target = site_file(path)
    else:
        target = site_file(path) if path.name == CONFIG else path
    if path.exists() or target.exists():
        below = read_layers(path if path.exists() or path.name == CONFIG else target)
    else:
        below = Layers((shipped_layer(),))
    below = without_anothers(below)
    present = schema.from_layers(below, None, environ={})
    return target, Answers(below=below, present=present)


def finish(path: Path, target: Path, answers: Answers) -> list[str]:
    """Writes what was answered, the secrets, the key and the database; what was done.

    Raises ConfigError, with every file as it was, where it does not fit together, and where there is a database without its key.
    """
    config, folder = answers.config(), target.resolve().parent
    before = target.read_text("utf-8-sig") if target.exists() else None
    text = with_values(before or HEAD, answers.values)
    if len(text.splitlines()) == len(HEAD.splitlines()):
        text += _EXAMPLE
    _fits(answers.below, target, text)
    folder.mkdir(parents=True, exist_ok=True)
    unchanged = text == before
    if not unchanged:
        write_safely(target, text)
    try:
        wizard.write_secrets(folder, answers.secrets)
        lines = [
            f"{target} is as it was" if unchanged else f"written: {target}, {_what(answers.values)}"
        ]
        new = not any(secrets.secret(key, folder).value for key in config.store.keys)
        lines.append(make_key(config, folder))
        lines.append(_store(config, folder, new=new))
    except BaseException:
        if before is None:
            target.unlink()  # half a start would stand in the way of the next
        elif not unchanged:
            write_safely(target, before)
        raise
    target.with_name(DRAFT).unlink(missing_ok=True)
    if not news.memory_file(config, folder).exists():
        news.remember(config, folder)
    return lines


_EXAMPLE = """
# [[organisation.names]]
# name = "Example ICB"

# [alerts]
# on = true
# to = ["comms-duty@example.org"]

# [alerts.mail]
# host = "smtp.example.org"
"""


def _what(values: Mapping[Keys, Any]) -> str:
    count = len(values)
    return (
        f"{count} setting{'s' * (count != 1)} of your own"
        if count
        else "in which nothing stands yet: all is as config.toml ships it"
    )


def _store(config: Config, folder: Path, *, new: bool) -> str:
    """Makes the database for a site that is new, or looks that its key fits."""
    place = folder / config.store.path
    if any(not secrets.secret(key, folder).value for key in config.store.keys):
        return f"put the key where the settings say, then make the database: {program()} init --database"
    if place.exists() and place.stat().st_size:
        with open_store(config, folder, create=False):
            pass
        return f"{place} is there already, and its key fits"
    if not new:
        return f"! there is no database at {place}, and its key is there: restore a backup, or make an empty one with `mentions init --database`"
    return f"made: {make_store(config, folder)}, a database with nothing in it yet"


def _fits(below: Layers, target: Path, text: str) -> None:
    """Raises ConfigError where the file that is to be written would not be read."""
    file = TomlFile(target, text, tomllib.loads(text))
    layers = [layer for layer in below.layers if not (layer.file and layer.file.path == target)]
    schema.from_layers(
        Layers((*layers, Layer(name=target.name, table=file.table, file=file))), None, environ={}
    )


def _apply(
    answers: Answers,
    table: Mapping[str, Any],
    settings: Sequence[str],
    flags: Mapping[str, Sequence[str]],
) -> None:
    """What an answers file and the flags say. Raises ConfigError, naming each, for what does not fit."""
    leaves: dict[Keys, Any] = {}
    _leaves(table, (), leaves)
    if names := leaves.get(("organisation", "names")):
        wizard.named(answers, [str(row.get("name", "")) for row in names])
    for keys, value in leaves.items():
        answers.put(".".join(map(str, keys)), value)
    wizard.from_flags(answers, flags)
    variables = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise click.UsageError(
                f"--set {setting}: write KEY=VALUE, such as alerts.mail.port=587"
            )
        variables[key.strip()] = value.strip()
    for keys, value in _from_words(variables).items():
        answers.put(".".join(map(str, keys)), value)
    answers.config()


def _from_words(variables: Mapping[str, str]) -> Mapping[Keys, Any]:
    try:
        return schema.from_words(variables)
    except ConfigError as error:
        if not any(key.startswith("collectors.feeds.") for key in variables):
            raise
        raise ConfigError(f"{error}; a feed's address is given by --feed ADDRESS") from None


def _leaves(value: Any, keys: Keys, leaves: dict[Keys, Any]) -> None:
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            _leaves(part, (*keys, key), leaves)
    elif keys:
        leaves[keys] = value


def _edited(path: Path) -> int:
    """How many settings of its own a complete config.toml has; 0 where it is as it ships, or can't be compared."""
    if not path.exists() or path.name != CONFIG or not stands_alone(read_toml(path).table):
        return 0
    try:
        return len(config_command.differences_of(path).values)
    except ConfigError:
        return 0


def _offer_to_extract(screen: Terminal, path: Path) -> None:
    """Where config.toml was edited: its own settings go into site.toml, if the person wants it."""
    if not path.exists() or path.name != CONFIG or not stands_alone(read_toml(path).table):
        return
    try:
        extracted = config_command.differences_of(path)
    except ConfigError as error:
        if path.resolve() != shipped_config().resolve():
            screen.say(str(error))
        return
    if not extracted.values:
        return
    screen.say(
        f"{path} was edited: {len(extracted.values)} settings differ from what ships. In {SITE} they would never"
    )
    screen.say(
        "be in the way of a newer version; nothing else changes, and your file is kept beside it."
    )
    if terminal.yes(screen, f"Put them into {SITE}?", True):
        for line in config_command.put_aside(path, extracted):
            screen.say(line)


def _where_to_test(screen: Terminal, config: Config) -> str:
    """Where a test email goes to; "" for no test."""
    if not config.alerts.on:
        return ""
    screen.say()
    if not terminal.yes(screen, "Send a test email now?", True):
        return ""
    return terminal.text(
        screen,
        "To which address",
        config.alerts.to[0] if config.alerts.to else "",
        lambda word: "" if "@" in word else "write a whole address",
    )
