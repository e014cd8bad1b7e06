"""Where the model in force lies; apart, since the page asks for it and loads none."""

from __future__ import annotations

from pathlib import Path

from classify.model.files import SHIPPED, version_of
from settings.schema import Config


def model_folder(config: Config, folder: Path) -> Path:
    """Where the model in force lies."""
    return folder / config.classifier.model if config.classifier.model else SHIPPED


def installed_version(config: Config, folder: Path) -> str:
    """The version of the model in force: what reads from now on, whatever read what is stored. Raises ModelError."""
    return version_of(model_folder(config, folder))
