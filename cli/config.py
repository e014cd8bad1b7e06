"""`mentions config`: what is in force of what officers may change in the page, why, and back to config.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import tomli_w

from cli.base import config_option, stop
from cli.context import command_context
from core import clock
from core.errors import ConfigError
from settings import overrides, schema
from settings.overrides import EffectiveConfig
from settings.sections import SECTIONS, Section, content
from steps.effective import effective_config

KEYS = [section.key for section in SECTIONS]


@click.group("config")
@config_option
@click.pass_context
def config_(ctx: click.Context, path: Path) -> None:
    """Which settings apply, from config.toml or from the page, and back to config.toml."""
    ctx.default_map = {name: {"path": path} for name in config_.commands}


@config_.command()
@config_option
@click.option("--section", "key", type=click.Choice(KEYS), help="This section alone.")
def show(path: Path, key: str | None) -> None:
    """Show the settings that apply, section by section, where each is from, and why."""
    config = schema.load(path)
    if not (path.parent / config.store.path).exists():  # nobody can have changed anything yet
        _show(overrides.apply_overrides(config, {}), key)
        return
    with command_context(path, create=False) as context:
        in_force = effective_config(config, context.folder, context.store, context.at)
        _show(in_force, key)


def _show(in_force: EffectiveConfig, key: str | None) -> None:
    for section in SECTIONS:
        if key in (None, section.key):
            for line in lines(in_force, section):
                click.echo(line)


@config_.command()
@config_option
@click.argument("key", metavar="SECTION", type=click.Choice(KEYS))
@click.option("--by", required=True, help="Who does it, as the page's history shall say it.")
@click.option("--note", default="", help="Why, for the history.")
def reset(path: Path, key: str, by: str, note: str) -> None:
    """Go back to config.toml for a section; the page's versions stay in its history."""
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


def lines(in_force: EffectiveConfig, section: Section) -> Iterator[str]:
    """A section as `config show` prints it: where it is from, and its values as config.toml would have them."""
    yield f"# ── {section.key}: {section.title} ──"
    yield f"# {origin(in_force, section.key)}"
    values = content(overrides.as_json(in_force.config), section)
    yield tomli_w.dumps(_nested(values), multiline_strings=False).strip() or "# nothing"
    yield ""


def origin(in_force: EffectiveConfig, key: str) -> str:
    """Where what is in force of a section is from, and why."""
    setting = in_force.stored.get(key)
    if setting is None:
        return "from config.toml: nobody has changed it in the page"
    who = f"version {setting.version}, {setting.by_name}, {clock.local(setting.at)}"
    note = f": {' '.join(setting.note.split())}" if setting.note else ""
    if setting.content is None:
        return f"from config.toml: the page went back to it ({who}){note}"
    if key in in_force.faults:
        return f"from config.toml: the page's {who} does not fit: {in_force.faults[key]}"
    return f"from the page: {who}{note}"


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted keys as tables in one another."""
    table: dict[str, Any] = {}
    for key, value in values.items():
        *steps, last = key.split(".")
        inner = table
        for step in steps:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return table
