"""Mentions that reviewers decided on, as rows to train on: masked words, and what a person said of flags.

A row has the shape of `training/*.jsonl` but for its labels: only what a person said counts, and `known`
names the flags that they spoke of. What the model thought is never taken for the truth: every other output
is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROVENANCE = "decisions.jsonl"  # beside the model that learnt from them
# Who speaks tells whether these hold, and a row says nothing of its author.
HANG_ON_AUTHOR = frozenset({"derogatory", "grievance", "no_disclaimer", "impersonation", "brand"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A mention in masked words with what a person said of its flags (flag -> holds).

    `number` and `version` are the store's: of the mention, and of the decision that spoke last. `blanked`:
    masking took something out; `described`: its author has a profile text.
    """

    number: int
    version: int
    platform: str
    sources: Sequence[str]
    masked: str
    blanked: bool
    described: bool
    labels: Mapping[str, bool]


def row(said: Said, flags: Iterable[str]) -> dict[str, Any] | None:
    """The row to train on, or None where nothing that can be learnt is left.

    `pid` can't be learnt from words of which something was blanked, nor what hangs on the author where the
    profile said something that the row doesn't hold.
    """
    unknown = HANG_ON_AUTHOR if said.described else frozenset[str]()
    unknown |= {"pid"} if said.blanked else set()
    known = [flag for flag in flags if flag in said.labels and flag not in unknown]
    if not known:
        return None
    return {
        "id": f"decided-{said.number}", "writer": "decisions", "made": "decided",
        "platform": said.platform, "text": said.masked, "author": {},
        "labels": {"flags": [flag for flag in known if said.labels[flag]]}, "known": known,
        "provenance": {
            "mention": said.number, "decision": said.version, "sources": list(said.sources),
        },
    }  # fmt: skip


def answers(given: Mapping[str, Any]) -> dict[str, float]:
    """Output -> 0 or 1, of the flags that a person spoke of: what `examples.wanted` takes."""
    held = set(given["labels"]["flags"])
    return {flag: float(flag in held) for flag in given["known"]}


def write_provenance(rows: Iterable[Mapping[str, Any]], folder: Path) -> Path:
    """Writes what a model learnt from beside it, one JSON object a line: no words and no author.

    By the number of a mention it can be told later whether a model learnt from what was erased since.
    """
    path = folder / PROVENANCE
    lines = [
        json.dumps({**one["provenance"], "labels": {k: bool(v) for k, v in answers(one).items()}})
        for one in rows
    ]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path
