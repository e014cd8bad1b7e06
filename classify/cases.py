"""A labelled mention and what the classifier answered of it: what every measure is taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from classify.files import Line
from errors import InputError
from mention import RISKS, Sentiment, Staff

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_VALUES: Mapping[str, Sequence[Any]] = {
    "in_scope": (True, False), "staff": get_args(Staff), "sentiment": get_args(Sentiment), "risk": RISKS,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`labels` is what a person said, `answer` what `classify` wrote, as the objects of their lines.

    `scores` are of every flag that may hold of it, held or not; `masked` is the text as it may be shown.
    """

    line: Line
    labels: Mapping[str, Any]
    answer: Mapping[str, Any]
    scores: Mapping[str, float]
    masked: str = ""

    @property
    def true(self) -> frozenset[str]:
        """The flags that a person gave it."""
        return frozenset(self.labels["flags"])

    @property
    def said(self) -> frozenset[str]:
        """The flags that held."""
        return frozenset(flag["flag"] for flag in self.answer["flags"])


def sound(labels: Mapping[str, Any]) -> dict[str, Any]:
    """What a person said, without what is null. Raises InputError for a value that a label doesn't have.

    `target` and `harm` go by flag, {"threat": ["patient"]}; one in another shape is left out.
    """
    given = {name: value for name, value in labels.items() if value is not None}
    for name, values in _VALUES.items():
        if name in given and given[name] not in values:
            told = ", ".join(str(value).lower() for value in values)
            raise InputError(f'"labels.{name}" must be one of {told}')
    for name, kind in (("target", list), ("harm", str)):
        by_flag = given.get(name, {})
        if not isinstance(by_flag, dict) or not all(isinstance(v, kind) for v in by_flag.values()):
            del given[name]
    return given


def named(names: Sequence[Sequence[str] | frozenset[str]], flags: Sequence[str]) -> Bools:
    """(mentions, flags): which holds of which; also where there is no mention at all."""
    rows = [[flag in given for flag in flags] for given in names]
    return np.array(rows, dtype=bool).reshape(len(names), len(flags))


def scored(scores: Sequence[Mapping[str, float]], flags: Sequence[str]) -> Floats:
    """(mentions, flags): each score; NaN where a flag can't hold of a mention."""
    rows = [[given.get(flag, np.nan) for flag in flags] for given in scores]
    return np.array(rows, dtype=float).reshape(len(scores), len(flags))
