"""`mentions config`: what holds of every setting and why, what is new, and a site's own settings in a short file."""

from __future__ import annotations

import dataclasses
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import tomli_w

from cli.base import config_option, stop
from cli.context import command_context
from collectors import factory, platforms
from core import clock
from core.errors import ConfigError
from settings import overrides, schema
from settings.faults import unknown_words
from settings.files import listing, news
from settings.files.layers import (
    Layer,
    Layers,
    shipped_layer,
    site_file,
    stands_alone,
)
from settings.files.lines import Keys
from settings.files.text import read_toml, toml_of
from settings.files.writing import with_values, write_safely
from settings.overrides import EffectiveConfig
from settings.schema import Config
from settings.sections import SECTIONS, Section, content
from settings.shipped import CONFIG, SITE, shipped_config
from steps.effective import effective_config
from store.job_runs import program_version

KEYS = [section.key for section in SECTIONS]
ASIDE = "config.toml.before-site"  # where an edited config.toml lies once its differences stand in site.toml


@click.group("config")
@config_option
@click.pass_context
def config_(ctx: click.Context, path: Path) -> None:
    """Say what holds of each setting and why, what a newer version brings; write a site's own settings."""
    ctx.default_map = {name: {"path": path} for name in config_.commands}


@config_.command()
@config_option
@click.argument("key", default="", metavar="[TABLE.KEY]")
@click.option("--changed", is_flag=True, help="Only what differs from config.toml as it ships.")
@click.option(
    "--section", type=click.Choice(KEYS), help="A section of the page, with its versions."
)
def show(path: Path, key: str, changed: bool, section: str | None) -> None:
    """Show each setting with what holds, where it is from, and what it is laid over. No secret is shown."""
    config = schema.load(path)
    with _in_force(path, config) as in_force:
        if section:
            for line in lines(in_force, next(each for each in SECTIONS if each.key == section)):
                click.echo(line)
            return
        for line in shown(in_force, key, changed=changed):
            click.echo(line)


@contextmanager
def _in_force(path: Path, config: Config) -> Iterator[EffectiveConfig]:
    """With what the page says; of the files alone where there is no database, in which nobody can have changed anything."""
    if not (path.parent / config.store.path).exists():
        yield overrides.apply_overrides(config, {})
        return
    with command_context(path, create=False) as context:
        yield effective_config(config, context.folder, context.store, context.at)


def shown(in_force: EffectiveConfig, key: str = "", *, changed: bool = False) -> Iterator[str]:
    """The listing of `config show`. Raises ConfigError for a key that is no setting."""
    values = listing.values(in_force.config)
    if changed:
        values = listing.differences(in_force.config, _of(_shipped()))
    if key:
        wanted = tuple(key.strip("[]").split("."))
        values = {keys: value for keys, value in values.items() if keys[: len(wanted)] == wanted}
        if not values and not changed:
            raise ConfigError(f"{key}: {unknown_words(*_parted(key))}")
    yield from (f"# {line}" for line in _files(in_force.file.layers))
    yield ""
    yield from listing.listing(values, _origin_of(in_force))
    yield from (f"# {line}" for line in in_force.lines())
    if changed and not values:
        yield "# nothing differs from config.toml as it ships"


def _parted(key: str) -> tuple[str, str]:
    table, _, last = key.rpartition(".")
    return table, last


def _files(layers: Layers) -> Iterator[str]:
    """Which files were read, the lowest first."""
    names = [layer.name for layer in layers.layers]
    yield "laid over one another, the last one holds: " + ", ".join(
        [*names[:-1], "the page", names[-1]]
        if layers.layers[-1].variables
        else [*names, "the page"]
    )
    yield f"every key is explained in {shipped_config()}, which nobody edits"


def _origin_of(in_force: EffectiveConfig) -> listing.Origin:
    """Where what holds of a key is from: the page with who, when and why, or the files."""
    of_files = listing.origin_of(in_force.file.layers)
    sections = {key: section for section in SECTIONS for key in section.keys}

    def origin(keys: Keys) -> str:
        key = ".".join(map(str, keys))
        section = sections.get(key)
        if section and in_force.from_page(section.key) and not in_force.fixed(key):
            setting = in_force.stored[section.key]
            if key in (setting.content or {}):
                return f"{_by_page(in_force, section.key)}, over {of_files(keys)}"
        return of_files(keys)

    return origin


def _by_page(in_force: EffectiveConfig, key: str) -> str:
    setting = in_force.stored[key]
    note = f": {' '.join(setting.note.split())}" if setting.note else ""
    return (
        f"the page: version {setting.version}, {setting.by_name}, {clock.local(setting.at)}{note}"
    )


@config_.command()
@config_option
@click.argument("key", metavar="SECTION", type=click.Choice(KEYS))
@click.option("--by", required=True, help="Who does it, as the page's history shall say it.")
@click.option("--note", default="", help="Why, for the history.")
def reset(path: Path, key: str, by: str, note: str) -> None:
    """Go back to the files for a section; the page's versions stay in its history."""
    if not by.strip():
        raise click.UsageError("--by: say who does it")
    with command_context(path, create=False) as context:
        before = context.store.settings.current().get(key)
        if before is None or before.content is None:
            raise ConfigError(f"{key}: config.toml's is in force already")
        mended = [line for line in context.failures if f"'{key}'" in line]
        context.failures[:] = [line for line in context.failures if line not in mended]
        if not context.store.settings.save(
            key, None, before.version, at=clock.now(), who=by, note=note
        ):
            stop(f"{key}: somebody changed it in this moment: look at it, then try again")
        click.echo(f"{key}: config.toml's is in force from now on, as version {before.version + 1}")


@config_.command("new")
@config_option
@click.option(
    "--read", is_flag=True, help="Remember that this was read: `mentions check` stops telling it."
)
def new(path: Path, read: bool) -> None:
    """Say what is new in the settings since the version whose news was read last."""
    config, folder = schema.load(path), path.resolve().parent
    latest = news.news(config, folder)
    since = f" since version {latest.since}" if latest.since else ""
    click.echo(
        f"this is version {program_version()}; nothing in your own files has to change"
        if latest.any
        else f"nothing is new in the settings{since}"
    )
    for line in news.lines(latest, config):
        click.echo(line)
    if len(config.layers.layers) == 1 and path.exists() and not path.samefile(shipped_config()):
        click.echo(
            f"{path} stands alone: what a newer version ships does not reach it. `mentions config extract` puts what is "
            f"your own into {SITE}"
        )
    if not read and not news.memory_file(config, folder).exists() and not latest.any:
        news.remember(config, folder)
        click.echo("what ships now is remembered: what a newer version changes is told against it")
    if read:
        news.remember(config, folder)
        click.echo("remembered as read")
    elif latest.any:
        click.echo("`mentions config new --read` remembers that you have read this")


@config_.command("extract")
@config_option
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The config.toml that yours began as; found without where git or this version has it.",
)
@click.option("--dry-run", is_flag=True, help="Show what site.toml would hold, and write nothing.")
def extract(path: Path, against: Path | None, dry_run: bool) -> None:
    """Put what an edited config.toml has of your own into site.toml, so that a newer version never conflicts with it."""
    extracted = differences_of(path, against)
    if not extracted.values:
        click.echo(f"{path} is as it shipped: there is nothing of your own in it")
        return
    if dry_run:
        click.echo(extracted.text, nl=False)
        return
    for line in put_aside(path, extracted):
        click.echo(line)


@dataclasses.dataclass(frozen=True)
class Extracted:
    """What an edited config.toml has of its own; `text` is site.toml with it, `original` the file that it began as."""

    values: Mapping[Keys, Any]
    text: str
    original: bytes


def differences_of(path: Path, against: Path | None = None) -> Extracted:
    """Compares an edited, complete config.toml with the one that it began as.

    Raises ConfigError where the file is none of that, or where a short file can't say the same.
    """
    file = read_toml(path) if path.exists() else None
    if file is None or not stands_alone(file.table):
        raise ConfigError(f"{path} is no complete config.toml: there is nothing to take out of it")
    original = against.read_bytes() if against else _original(path)
    first = toml_of(path, original)
    below, edited = (
        Layer(name=f"{CONFIG} as it ships", table=first.table, file=first),
        Layer(name=file.name, table=file.table, file=file),
    )
    ours, theirs = _of(edited), _of(below)
    differing = listing.differences(ours, theirs) | _left_out(edited.table, below.table)
    values = {keys: _raw(edited.table, keys, value) for keys, value in differing.items()}
    site = site_file(path)
    text = site.read_text("utf-8-sig") if site.exists() else ""
    whole = with_values(
        text, {keys: value for keys, value in values.items() if not _says(text, keys)}
    )
    _same(ours, whole if not text else with_values("", values), below)
    return Extracted(values, whole, original)


def put_aside(path: Path, extracted: Extracted) -> Iterator[str]:
    """Writes site.toml, puts the file that shipped in the place of the edited one, and keeps that beside it; what was done."""
    aside = path.with_name(ASIDE)
    if aside.exists():
        raise ConfigError(f"{aside} is there already: move it away first; nothing was written")
    write_safely(site_file(path), extracted.text)
    aside.write_bytes(path.read_bytes())
    if path.resolve() == shipped_config().resolve():
        path.write_bytes(extracted.original)
        what = "is as it shipped again"
    else:
        path.unlink()
        what = "is not needed any more: the one that ships with each version is used"
    yield f"written: {site_file(path)}, with {len(extracted.values)} settings of your own"
    yield f"{path} {what}; yours is kept as {aside}"


def _original(path: Path) -> bytes:
    """The config.toml that an edited one began as. In a checkout git has it."""
    if path.resolve() != shipped_config().resolve() or path.parent.name == "settings":
        return shipped_config().read_bytes()
    try:
        return subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"], cwd=path.resolve().parent, capture_output=True, check=True, timeout=30
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(
            f"{path} is the file of this checkout, and git can't say what it was: name the original with --against FILE"
        ) from error


def _shipped() -> Layer:
    """config.toml as it ships; in a checkout as git has it, where somebody edited it."""
    path = shipped_config()
    try:
        file = toml_of(path, _original(path))
    except ConfigError:
        return shipped_layer()
    return Layer(name=f"{CONFIG} as it ships", table=file.table, file=file)


def _of(*layers: Layer) -> Config:
    """The configuration of these files alone, without the environment and without paths made whole."""
    return schema.from_layers(Layers(layers), None, environ={})


def _left_out(edited: Mapping[str, Any], original: Mapping[str, Any]) -> dict[Keys, Any]:
    """Keys of sources that somebody took out, where what is usual without them is not what ships."""
    left: dict[Keys, Any] = {}
    for name, table in original["collectors"].items():
        ours = edited["collectors"].get(name, {"on": False})
        if platforms.find(name) is None or name not in edited["collectors"]:
            continue
        usual = {each.name: each for each in dataclasses.fields(factory.collector_class(name))}
        for key, value in table.items():
            if key in ours or key not in usual:
                continue
            default: Any = usual[key].default
            if isinstance(default, str | int | float | tuple) and default != (
                tuple(value) if isinstance(value, list) else value
            ):
                left["collectors", name, key] = (
                    list(default) if isinstance(default, tuple) else default
                )
    return left


def _raw(table: Mapping[str, Any], keys: Keys, value: Any) -> Any:
    """A value as the file has it, with its dates; what was worked out where the file leaves it out."""
    node: Any = table
    for step in keys:
        if not isinstance(node, Mapping) or step not in node:
            return value
        node = node[step]
    return node


def _says(text: str, keys: Keys) -> bool:
    """Whether a site.toml that is there already says something of a key: it holds over the file that is taken apart."""
    node: Any = tomllib.loads(text)
    for step in keys:
        if not isinstance(node, Mapping) or step not in node:
            return False
        node = node[step]
    return True


def _same(ours: Config, text: str, below: Layer) -> None:
    """Raises ConfigError where the short file over what ships is not what the edited file was."""
    both = _of(below, Layer(name=SITE, table=tomllib.loads(text)))
    before, after = listing.values(ours), listing.values(both)
    wrong = [
        ".".join(map(str, keys)) for keys in {**before, **after}
        if before.get(keys) != after.get(keys) and not _usual(keys, before)
    ]  # fmt: skip
    if wrong:
        raise ConfigError(
            f"{', '.join(wrong[:5])}: your file has not what ships there, and a short file can't take it out: "
            "write a value for it, then try again; nothing was written"
        )


def _usual(keys: Keys, before: Mapping[Keys, Any]) -> bool:
    """Whether a key of a source was left out, which then is what is usual: `_left_out` has seen to it."""
    return keys[:1] == ("collectors",) and keys not in before


def lines(in_force: EffectiveConfig, section: Section) -> Iterator[str]:
    """A section of the page as `config show --section` prints it: where it is from, and its values as a file would have them."""
    yield f"# ── {section.key}: {section.title} ──"
    yield f"# {origin(in_force, section.key)}"
    for key in section.keys:
        if name := in_force.fixed(key):
            yield f"# {key}: {name} holds over the page"
    values = content(overrides.as_json(in_force.config), section)
    table = listing.nested({tuple(key.split(".")): value for key, value in values.items()})
    yield tomli_w.dumps(table, multiline_strings=False).strip() or "# nothing"
    yield ""


def origin(in_force: EffectiveConfig, key: str) -> str:
    """Where what is in force of a section is from, and why."""
    setting = in_force.stored.get(key)
    files = " and ".join(
        dict.fromkeys(layer.name for layer in in_force.file.layers.layers if layer.file)
    )
    if setting is None:
        return f"from {files}: nobody has changed it in the page"
    who = f"version {setting.version}, {setting.by_name}, {clock.local(setting.at)}"
    note = f": {' '.join(setting.note.split())}" if setting.note else ""
    if setting.content is None:
        return f"from {files}: the page went back to it ({who}){note}"
    if key in in_force.faults:
        return f"from {files}: the page's {who} does not fit: {in_force.faults[key]}"
    return f"from the page: {who}{note}"
