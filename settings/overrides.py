"""What is in force: the files' settings with what officers set up in the page laid over them, through the files' own checks.

What the environment sets (MENTIONS_SECTION__KEY) holds over the page too.

It is asked anew by every cycle, job and request. A section that does not fit (after an upgrade, say) is named, and
config.toml's is used in its place: no cycle dies of what was set up in the page.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from core.errors import ConfigError
from settings.files.layers import Layers
from settings.schema import Config, fault_line
from settings.sections import FORMER_KEYS, SECTIONS, Section, content, put
from store import SettingVersion

Stored = Mapping[str, SettingVersion]


@dataclass(frozen=True, kw_only=True)
class EffectiveConfig:
    """The configuration to go by; `file` is config.toml's alone. `faults`: why a stored section is not used."""

    config: Config
    file: Config
    stored: Stored = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def from_page(self, key: str) -> bool:
        """Whether a section is in force as somebody set it up in the page."""
        setting = self.stored.get(key)
        return setting is not None and setting.content is not None and key not in self.faults

    def fixed(self, key: str) -> str:
        """The variable of the environment that sets a key, which the page can't change; "" where none does."""
        return self.file.layers.variable(tuple(key.split(".")))

    def lines(self) -> list[str]:
        """What is to be said of sections that are not used, and how to mend it."""
        return [
            f"what was set up in the page under '{key}' does not fit and config.toml's is used: {why}; mend it in "
            f"the page, or go back by `mentions config reset {key}`"
            for key, why in self.faults.items()
        ]


def apply_overrides(file: Config, stored: Stored) -> EffectiveConfig:
    """The stored sections over the file's, in the order of SECTIONS. Never raises for what is stored."""
    changed = {
        section.key: stored[section.key].content
        for section in SECTIONS
        if section.key in stored and stored[section.key].content is not None
    }
    if not changed:
        return EffectiveConfig(config=file, file=file, stored=stored)
    config, faults, table = file, dict[str, str](), as_json(file)
    for section in SECTIONS:
        values = changed.get(section.key)
        if values is None:
            continue
        try:
            tried, table_then = _with(table, section, values, file.layers)
        except ValidationError as error:
            faults[section.key] = fault_line(error)
        except ConfigError as error:
            faults[section.key] = str(error)
        else:
            config, table = tried, table_then
    return EffectiveConfig(config=config, file=file, stored=stored, faults=faults)


def with_content(config: Config, section: Section, values: Mapping[str, Any]) -> Config:
    """A configuration with another content of one section. Raises ValidationError, and ConfigError for a wrong key."""
    return _with(as_json(config), section, values, config.layers)[0]


def without(in_force: EffectiveConfig, keys: Mapping[str, str]) -> EffectiveConfig:
    """The same with config.toml's own of these sections, each with why."""
    left = {key: setting for key, setting in in_force.stored.items() if key not in keys}
    reduced = apply_overrides(in_force.file, left)
    return replace(reduced, stored=in_force.stored, faults={**reduced.faults, **keys})


def without_unusable(
    in_force: EffectiveConfig, check: Callable[[Config], object]
) -> EffectiveConfig:
    """The same without the section for which `check` raises ConfigError, as a source does for an account that it can't find.

    Raises what `check` raises of config.toml alone: then the page is not to blame.
    """
    try:
        check(in_force.config)
    except ConfigError as error:
        check(in_force.file)
        why = str(error)
    else:
        return in_force
    used = [section.key for section in SECTIONS if in_force.from_page(section.key)]
    for blamed in [[key] for key in used] + [used]:
        tried = without(in_force, dict.fromkeys(blamed, why))
        try:
            check(tried.config)
        except ConfigError:
            continue
        return tried
    return without(in_force, dict.fromkeys(used, why))


def as_json(config: Config) -> dict[str, Any]:
    """A configuration as JSON has it, by the keys of config.toml. It holds where secrets are, and none."""
    return config.model_dump(mode="json", by_alias=True)


def _with(
    table: dict[str, Any], section: Section, values: Mapping[str, Any], layers: Layers
) -> tuple[Config, dict[str, Any]]:
    values = {key: v for key, v in values.items() if not key.startswith(FORMER_KEYS)}
    unknown = set(values) - set(section.keys)
    if unknown:
        raise ConfigError(f"{', '.join(sorted(unknown))}: not a setting of this section any more")
    free = {key: v for key, v in values.items() if not layers.variable(tuple(key.split(".")))}
    new_table = copy.deepcopy(table)
    put(new_table, content(table, section) | free)
    return Config.model_validate_json(to_json(new_table)).read_from(layers), new_table
