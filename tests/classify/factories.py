"""Labelled mentions as a test says them, already answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from classify.batch import Line
from classify.evaluation.metrics import Case
from classify.policy import schema
from core.models import Author

RULES = schema.load()


def case(
    number: int = 1, *, true: Sequence[str] = (), said: Sequence[str] = (), text: str = "A post",
    scores: Mapping[str, float] | None = None, platform: str = "x", labels: Mapping[str, Any] | None = None,
    answer: Mapping[str, Any] | None = None, masked: str = "", cannot: Sequence[str] = (),
) -> Case:  # fmt: skip
    """A case of no risk by the public, unless it is said otherwise; scores follow what was said.

    `cannot` are flags that can't hold of it.
    """
    scored = dict.fromkeys(RULES.in_use, 0.0) | dict.fromkeys(said, 0.9) | dict(scores or {})
    quiet = {"in_scope": True, "staff": "no", "sentiment": "neutral", "risk": "none"}
    told = {"language": "en", "read": "full", "flags": [{"flag": flag} for flag in said]}
    return Case(
        line=Line(
            id=f"m-{number}", text=text, platform=platform, author=Author(), shares=None, posted_at=None
        ),
        labels={**quiet, "flags": list(true), **(labels or {})},
        answer={**quiet, **told, **(answer or {})},
        scores={flag: score for flag, score in scored.items() if flag not in cannot},
        masked=masked,
    )  # fmt: skip


def labelled(
    number: int, text: str = "A post", *flags: str, writer: str = "ann", platform: str = "x", bio: str = "",
    evidence: Mapping[str, Sequence[str]] | None = None, **labels: Any,
) -> dict[str, Any]:  # fmt: skip
    """A row of `classify/training/data/*.jsonl`, by the public and neutral unless it is said otherwise."""
    quiet = {"in_scope": True, "staff": "no", "sentiment": "neutral", "target": {}, "harm": {}}
    return {
        "id": f"{writer}-{number}", "writer": writer, "made": "hand", "platform": platform, "text": text,
        "author": {"bio": bio}, "labels": quiet | {"flags": list(flags)} | labels,
        "evidence": {flag: list(words) for flag, words in (evidence or {}).items()},
    }  # fmt: skip
