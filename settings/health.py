"""The table [health] of config.toml: who is told how the program is, how often, and what of its machine is watched."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from core.validation import STRICT, ClockTime, Weekday
from settings.review import Address
from settings.secrets import SecretRefOrNone


class Ending(BaseModel):
    """What runs out on a day that nobody can ask for, such as an application's secret."""

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=80)]
    on: date


class HealthSettings(BaseModel):
    """How the program says that it is well, or what ails it.

    `ping` and `token` are where they are kept: whoever has the address of the dead man's switch can silence it.
    """

    model_config = STRICT
    to: tuple[Address, ...] = ()
    heartbeat: Literal["off", "daily", "weekly"] = "off"
    heartbeat_at: ClockTime = "07:00"
    heartbeat_on: Weekday = "mon"
    ping: SecretRefOrNone = ""
    token: SecretRefOrNone = ""
    disk_megabytes: Annotated[int, Field(ge=0)] = 500
    backup_days: Annotated[int, Field(ge=0, le=366)] = 2
    ends_days: Annotated[int, Field(ge=0, le=366)] = 14
    ends: tuple[Ending, ...] = ()
