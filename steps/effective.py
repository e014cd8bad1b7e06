"""What is in force of what officers set up in the page: what would stop a source or a rule is left out, and named.

No cycle dies of a setting that somebody made in the page; config.toml's own is used in its place. Where
config.toml alone does not fit, it is to blame, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from collectors.registry import Sources
from core import clock
from core.errors import ConfigError
from settings import overrides, schema
from settings.overrides import EffectiveConfig
from settings.schema import Config
from settings.secrets import Secrets
from steps import match_rules
from steps.context import RunContext, usable_recipients
from store import Store


def without_unusable_settings(context: RunContext) -> RunContext:
    """The run without what was set up in the page and stops a source or a rule, each named as failed.

    The sources that it is tried on are those of the run. Raises ConfigError where config.toml alone does not fit.
    """
    before = context.effective or overrides.apply_overrides(context.config, {})
    usable = overrides.without_unusable(before, lambda config: _try(context, config))
    if usable is before:
        return context
    for line in usable.lines():
        if line not in before.lines():
            context.failed(line)
    config = usable_recipients(usable.config, usable.file, context.store, context.at)
    return replace(context, config=config, effective=replace(usable, config=config))


def effective_config(file: Config, folder: Path, store: Store, at: datetime) -> EffectiveConfig:
    """What is in force, without what was set up in the page and stops a source or a rule.

    As it is laid over config.toml where that alone does not fit: then the page is not to blame. Teams and mailboxes that
    wait for governance are not in it.
    """
    in_force = _fitting(file, folder, store, at)
    return replace(in_force, config=usable_recipients(in_force.config, file, store, at))


def _fitting(file: Config, folder: Path, store: Store, at: datetime) -> EffectiveConfig:
    laid = overrides.apply_overrides(file, store.settings.current())
    if laid.config is file:
        return laid
    context = RunContext(
        config=laid.config, folder=folder, store=store, report_progress=lambda _: None, at=at
    )
    try:
        return overrides.without_unusable(laid, lambda config: _try(context, config))
    except ConfigError:
        return laid


def check_sources_and_rules(
    config: Config, folder: Path, tokens: Mapping[str, str], at: datetime
) -> None:
    """Raises ConfigError where a source or a rule can't be made of a configuration."""
    today = schema.today(config.organisation, clock.local_day(at))
    Sources(config, Secrets(folder), today=today, at=at, tokens=tokens)
    match_rules.of_today(config, at)


def _try(context: RunContext, config: Config) -> object:
    """The sources and rules of a configuration; those of the run's own stay made."""
    trial = context if config is context.config else replace(context, config=config)
    return trial.sources, match_rules.of_today(config, context.at)
