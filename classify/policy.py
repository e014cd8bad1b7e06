"""Reads policy.toml: what the flags are, from which score on they hold, and what they earn."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import ConfigError

HERE = Path(__file__).parent
_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

Score = Annotated[float, Field(ge=0.0, le=1.0)]
Clauses = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
Condition = Literal["by_staff", "at_person", "by_staff_at_patient_or_colleague", "serious_harm"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class FlagPolicy(BaseModel):
    """One flag of the codebook."""

    model_config = _STRICT
    clause: Clauses
    means: str
    threshold: Score
    missed_costs: Annotated[float, Field(gt=0)]
    gravity: Literal["high", "medium", "low"]
    high_when: tuple[Condition, ...] = ()
    examples: tuple[str, ...] = ()


class WorkingHours(BaseModel):
    """Clause 6.5, in UK time."""

    model_config = _STRICT
    clause: Clauses
    means: str
    on: bool
    days: tuple[Weekday, ...]
    start: ClockTime = Field(alias="from")
    until: ClockTime


class HeadlineShare(BaseModel):
    """Clause 6.13."""

    model_config = _STRICT
    clause: Clauses
    means: str
    on: bool


class Rules(BaseModel):
    """The optional rules."""

    model_config = _STRICT
    working_hours: WorkingHours
    headline_share: HeadlineShare


class Reach(BaseModel):
    """From how many followers or shares on a medium flag is high."""

    model_config = _STRICT
    followers: Annotated[int, Field(gt=0)]
    shares: Annotated[int, Field(gt=0)]


class Policy(BaseModel):
    """The whole of policy.toml."""

    model_config = _STRICT
    version: Annotated[str, Field(min_length=1)]
    reach: Reach
    flags: Mapping[str, FlagPolicy]
    rules: Rules

    def clauses_of(self, flag: str) -> tuple[str, ...]:
        """The clauses that a flag or an optional rule enforces."""
        if flag in self.flags:
            return self.flags[flag].clause
        rule: WorkingHours | HeadlineShare = getattr(self.rules, flag)
        return rule.clause


def load(path: Path = HERE / "policy.toml") -> Policy:
    """The policy of a file. Raises ConfigError naming the first key that is unknown or wrong."""
    try:
        written = path.read_text("utf-8")
        # through JSON, where pydantic's strict mode takes arrays for tuples
        return Policy.model_validate_json(json.dumps(tomllib.loads(written), default=str))
    except OSError as error:
        raise ConfigError(f"{path.name} can't be read: {error.strerror}; put it back") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path.name}: {key}: {first['msg']}") from error
