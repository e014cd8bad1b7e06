"""Reads policy.toml: what the flags are, from which score on they hold, what they earn and how they are handled."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from core.errors import ConfigError
from core.validation import STRICT, ClockTime, Weekday

HERE = Path(__file__).parent
SHIPPED = HERE / "policy.toml"

Score = Annotated[float, Field(ge=0.0, le=1.0)]
Words = Annotated[str, Field(min_length=1)]
Clauses = Annotated[tuple[Words, ...], Field(min_length=1)]
Condition = Literal["by_staff", "at_person", "by_staff_at_patient_or_colleague", "serious_harm"]
# Their own rule asks that the writer is staff, more closely than `author` can say.
STAFF_BY_RULE = frozenset({"no_disclaimer"})
Task = Literal[
    "none", "dynahate", "gab", "hatemoji", "edos", "misogyny", "davidson", "offensive", "toxic"
]


class FlagPolicy(BaseModel):
    """One flag of the codebook. The head of policy.toml says what each property is; none has a default.

    A property that is left out would fail silently where it matters most: a post that is not shown as
    urgent, a reply that is suggested to a threat.
    """

    model_config = STRICT
    label: Words
    clause: Clauses
    means: Words
    examples: tuple[Words, ...]
    # how it is decided
    source: Literal["model", "rule"]
    on: bool
    threshold: Score
    missed_costs: Annotated[float, Field(gt=0)]
    tuning: Literal["cost", "recall_first", "fixed"]
    author: Literal["anyone", "staff", "icb"]
    rests_on: Literal["words", "author", "profile"]
    judged_out_of_scope: Literal["never", "health", "always"]
    elsewhere_task: Task
    overruled_if_clean: bool
    official_exempt: Literal["always", "unless_sure", "never"]
    attribute: Literal["target", "harm", "none"]
    # what it earns
    gravity: Literal["high", "medium", "low"]
    gravity_speaking_up: Literal["high", "medium", "low"]
    high_when: tuple[Condition, ...]
    # how it is handled
    blanked: bool
    urgent: bool
    in_danger: bool
    protected_speech: bool
    heard_by: Literal["pals", "guardian", "other"]
    takedown_ground: Literal["always", "at_people", "never"]
    takedown_followed: bool
    never_answered: bool
    spreads: bool
    report_text: str
    # where it waits for a person
    lane: Literal["now", "answer", "look", "rest"]
    reason: Annotated[str, Field(min_length=1, max_length=42)]
    mail_words: Annotated[str, Field(min_length=1, max_length=42)]

    @model_validator(mode="after")
    def _fits_together(self) -> FlagPolicy:
        if self.source == "rule" and self.tuning != "fixed":
            raise ValueError(
                'what a rule decides has no score to learn from: write tuning = "fixed"'
            )
        if self.source == "rule" and self.elsewhere_task != "none":
            raise ValueError('no model judges what a rule decides: write elsewhere_task = "none"')
        if self.source == "rule" and self.overruled_if_clean:
            raise ValueError(
                "no model overrules what a rule decides: write overruled_if_clean = false"
            )
        return self


class WorkingHours(BaseModel):
    """When the rule of clause 6.5 takes somebody to be at work, in UK time."""

    model_config = STRICT
    days: tuple[Weekday, ...]
    start: ClockTime = Field(alias="from")
    until: ClockTime


class Reach(BaseModel):
    """From how many followers or shares on a medium flag is high."""

    model_config = STRICT
    followers: Annotated[int, Field(gt=0)]
    shares: Annotated[int, Field(gt=0)]


class Policy(BaseModel):
    """The whole of policy.toml."""

    model_config = STRICT
    version: Words
    reach: Reach
    working_hours: WorkingHours
    flags: Mapping[str, FlagPolicy]

    def names(self, **properties: bool | str) -> tuple[str, ...]:
        """The flags of which these properties hold, in the file's order: `names(urgent=True)`.

        Raises AttributeError for a property that no flag has.
        """
        return tuple(
            name
            for name, flag in self.flags.items()
            if all(getattr(flag, key) == value for key, value in properties.items())
        )

    @property
    def of_staff_alone(self) -> frozenset[str]:
        """The flags that hold of posts by staff and of nobody else's: a list by one of them would be a list of staff."""
        by_author = {name for name, flag in self.flags.items() if flag.author != "anyone"}
        return STAFF_BY_RULE.intersection(self.flags) | by_author

    @property
    def judged_everywhere(self) -> tuple[str, ...]:
        """The flags that are on and can hold of a post which is not about us."""
        return tuple(
            name
            for name, flag in self.flags.items()
            if flag.on and flag.judged_out_of_scope != "never"
        )

    @property
    def in_use(self) -> Mapping[str, FlagPolicy]:
        """The flags that are on, which is what people can choose from."""
        return {name: flag for name, flag in self.flags.items() if flag.on}

    def label(self, name: str) -> str:
        """What people call a flag; one of a former policy by its name."""
        flag = self.flags.get(name)
        return flag.label if flag else name.replace("_", " ")


def load(path: Path = SHIPPED) -> Policy:
    """The policy of a file. Raises ConfigError naming the first key that is missing, unknown or wrong."""
    return shipped() if path == SHIPPED else _read_policy(path)


@cache
def shipped() -> Policy:
    """The policy that ships, read once a process: config.toml's checks ask it before the one in force is known."""
    return _read_policy(SHIPPED)


def _read_policy(path: Path) -> Policy:
    try:
        written = path.read_text("utf-8")
        # through JSON, where pydantic's strict mode takes arrays for tuples
        return Policy.model_validate_json(json.dumps(tomllib.loads(written), default=str))
    except OSError as error:
        raise ConfigError(f"{path.name} can't be read: {error.strerror}; put it back") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{path.name}: {_fault(error.errors()[0])}") from error


def clause_texts() -> Mapping[str, str]:
    """The policy's own words by clause: {"6.8": "Please respect ..."}."""
    texts: Mapping[str, str] = tomllib.loads((HERE / "clauses.toml").read_text("utf-8"))["clauses"]
    return texts


def _fault(error: ErrorDetails) -> str:
    """`flags.brand.urgent is missing: write true or false; …`, of one key."""
    place = error["loc"]
    key = ".".join(str(part) for part in place)
    of_flag = len(place) >= 3 and place[0] == "flags"
    if error["type"] == "missing" and of_flag:
        return (
            f"{key} is missing: write {_values(str(place[2]))}. Every flag has every property, "
            f"as in {SHIPPED}"
        )
    if error["type"] == "missing":
        return f"{key} is missing: see {SHIPPED}"
    if error["type"] == "extra_forbidden" and of_flag:
        return f"{key} is no property of a flag: there are {', '.join(FlagPolicy.model_fields)}"
    if error["type"] == "extra_forbidden":
        return f"{key} is no key of a policy: see {SHIPPED}"
    return f"{key}: {error['msg'].removeprefix('Value error, ')}"


def _values(name: str) -> str:
    """What a property of a flag can be, in words."""
    return _of_type(FlagPolicy.model_fields[name].annotation)


def _of_type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        *some, last = (json.dumps(value) for value in get_args(annotation))
        return f"{', '.join(some)} or {last}"
    if get_origin(annotation) is tuple:
        inner = get_args(annotation)[0]
        inner = get_args(inner)[0] if get_origin(inner) is Annotated else inner
        return f"a list of {_of_type(inner)}, or []"
    names: Mapping[Any, str] = {bool: "true or false", float: "a number", str: "words"}
    return names[annotation]


# ── Changes thresholds and the version in the text of a policy.toml; all else stays as it is.

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
