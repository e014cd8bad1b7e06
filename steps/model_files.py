"""Where the model in force lies; apart, since the page asks for it and loads none."""

from __future__ import annotations

from pathlib import Path

from classify.model.files import SHIPPED
from settings.schema import Config


def model_folder(config: Config, folder: Path) -> Path:
    """Where the model in force lies."""
    return folder / config.classifier.model if config.classifier.model else SHIPPED
