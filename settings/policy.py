"""Which policy is in force: the one that config.toml names, or the one that ships."""

from __future__ import annotations

from pathlib import Path

from classify.policy.schema import HERE, Policy, load
from settings.schema import Config


def policy_path(config: Config, folder: Path) -> Path:
    """Where it lies. `folder` is that of config.toml."""
    return folder / config.classifier.policy if config.classifier.policy else HERE / "policy.toml"


def load_policy(config: Config, folder: Path) -> Policy:
    """It. Raises ConfigError for one that is missing or wrong."""
    return load(policy_path(config, folder))
