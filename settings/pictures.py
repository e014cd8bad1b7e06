"""Whether words in attached pictures are read, and within which bounds: the table [pictures] of config.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from core.validation import STRICT


class Pictures(BaseModel):
    """Off as it ships. `days`: how young a post must be when it is found; `memory_mb`: of the process that reads."""

    model_config = STRICT
    read_text: bool = False
    seconds_a_cycle: Annotated[float, Field(gt=0, le=600)] = 60.0
    seconds_a_picture: Annotated[float, Field(gt=0, le=120)] = 20.0
    memory_mb: Annotated[int, Field(ge=300, le=8000)] = 1000
    days: Annotated[int, Field(ge=1, le=30)] = 3
