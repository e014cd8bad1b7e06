"""Reads policy.toml: what the flags are, from which score on they hold, and what they earn."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from core.errors import ConfigError
from core.validation import STRICT, ClockTime, Weekday, first_fault

HERE = Path(__file__).parent

Score = Annotated[float, Field(ge=0.0, le=1.0)]
Clauses = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
Condition = Literal["by_staff", "at_person", "by_staff_at_patient_or_colleague", "serious_harm"]


class FlagPolicy(BaseModel):
    """One flag of the codebook."""

    model_config = STRICT
    clause: Clauses
    means: str
    threshold: Score
    missed_costs: Annotated[float, Field(gt=0)]
    gravity: Literal["high", "medium", "low"]
    high_when: tuple[Condition, ...] = ()
    examples: tuple[str, ...] = ()


class WorkingHours(BaseModel):
    """Clause 6.5, in UK time."""

    model_config = STRICT
    clause: Clauses
    means: str
    on: bool
    days: tuple[Weekday, ...]
    start: ClockTime = Field(alias="from")
    until: ClockTime


class HeadlineShare(BaseModel):
    """Clause 6.13."""

    model_config = STRICT
    clause: Clauses
    means: str
    on: bool


class Rules(BaseModel):
    """The optional rules."""

    model_config = STRICT
    working_hours: WorkingHours
    headline_share: HeadlineShare


class Reach(BaseModel):
    """From how many followers or shares on a medium flag is high."""

    model_config = STRICT
    followers: Annotated[int, Field(gt=0)]
    shares: Annotated[int, Field(gt=0)]


class Policy(BaseModel):
    """The whole of policy.toml."""

    model_config = STRICT
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
        place, why = first_fault(error)
        raise ConfigError(f"{path.name}: {'.'.join(map(str, place))}: {why}") from error


def clause_texts() -> Mapping[str, str]:
    """The policy's own words by clause: {"6.8": "Please respect ..."}."""
    texts: Mapping[str, str] = tomllib.loads((HERE / "clauses.toml").read_text("utf-8"))["clauses"]
    return texts


# ── Changes thresholds and the version in the text of a policy.toml; every other letter stays, comments too.

_TABLE = re.compile(r"^\s*\[")
_VERSION = re.compile(r'^(\s*version\s*=\s*)("[^"\n]*"|\'[^\'\n]*\')')
_THRESHOLD = re.compile(r"^(\s*threshold\s*=\s*)[\d._+eE-]+")


def rewritten(text: str, thresholds: Mapping[str, float], version: str) -> str:
    """The text with these thresholds (flag -> 0 to 1) and this version.

    Raises ConfigError where a number could not be changed without changing anything else: the file is
    written in another way than one key a line under its [flags.NAME].
    """
    lines = text.splitlines(keepends=True)
    table = ""
    for number, line in enumerate(lines):
        if _TABLE.match(line):
            table = line.partition("[")[2].partition("]")[0].strip()
        elif not table:
            lines[number] = _VERSION.sub(lambda match: match[1] + json.dumps(version), line)
        elif (flag := table.removeprefix("flags.")) in thresholds and flag != table:
            lines[number] = _THRESHOLD.sub(rf"\g<1>{thresholds[flag]:g}", line)
    changed = "".join(lines)
    if _read(changed) != _wanted(text, thresholds, version):
        raise ConfigError(
            "the policy is not written one key a line under each [flags.NAME]: change its thresholds by hand"
        )
    return changed


def next_version(version: str, day: str) -> str:
    """`2026.1` on the day `20261124` becomes `2026.1+20261124`; a second on that day `2026.1+20261124.2`."""
    stem, _, last = version.partition("+")
    today = re.fullmatch(rf"{re.escape(day)}(?:\.(\d+))?", last)
    return f"{stem}+{day}" + (f".{int(today[1] or 1) + 1}" if today else "")


def _read(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _wanted(text: str, thresholds: Mapping[str, float], version: str) -> dict[str, object]:
    table = tomllib.loads(text)
    table["version"] = version
    for flag, threshold in thresholds.items():
        table["flags"][flag]["threshold"] = float(f"{threshold:g}")
    return table
