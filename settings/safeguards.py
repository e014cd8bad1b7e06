"""What stands before the irreversible: a clock that can't be right, a purge of much, and the backups."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from core.validation import STRICT


class Safeguards(BaseModel):
    """When the program asks a person before it deletes, chases or reports.

    `pause_days`: how long the program may have been off before its clock is doubted. `purge_percent` and `purge_posts`: of how many
    of a hundred posts, and from how many on, a purge asks a lead.
    """

    model_config = STRICT
    pause_days: Annotated[int, Field(ge=1, le=30)] = 3
    purge_percent: Annotated[int, Field(ge=1, le=100)] = 10
    purge_posts: Annotated[int, Field(ge=0, le=100_000)] = 20


class BackupSettings(BaseModel):
    """Backups that the schedule makes: where they lie, how many stay, and for how long at most.

    35 days: who was erased is gone from every backup within about the month in which a request is answered (UK GDPR, Article
    12(3)), and a fault that was noticed late can still be undone.
    """

    model_config = STRICT
    on: bool = True
    folder: str = "data/backups"
    daily: Annotated[int, Field(ge=1, le=60)] = 7
    weekly: Annotated[int, Field(ge=0, le=53)] = 4
    monthly: Annotated[int, Field(ge=0, le=12)] = 1
    longest_days: Annotated[int, Field(ge=1, le=366)] = 35
