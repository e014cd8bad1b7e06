"""What the log says and how: the table [log] of config.toml."""

from __future__ import annotations

import logging
from typing import Literal

from pydantic import BaseModel

from core.logs import Form
from core.validation import STRICT


class Log(BaseModel):
    """`format` "auto" is JSON where a service manager keeps what is written, else text for people."""

    model_config = STRICT
    format: Literal["auto", "text", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def form(self) -> Form | None:
        """None where it is worked out."""
        return None if self.format == "auto" else self.format

    @property
    def severity(self) -> int:
        """The level as the standard library numbers it."""
        return logging.getLevelNamesMapping()[self.level.upper()]
