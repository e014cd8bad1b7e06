"""Reads the posts in demo/posts/ (hard cases, for tests) and demo/week/ (an everyday week, for the demo).

They are written with times before 'now' ("3h20m").
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

APPROVAL = "the demo's stand-in on this machine"

# What the posts speak of. A config that searches for these finds every well-formed post on X.
TERMS = (
    "NHS North West London", "North West London ICB", "NHS NW London", "NW London ICB", "NWL ICB",
    "NWL CCG", "NW London NHS", "West and North London ICB", "NHS Central London", "ICB",
    "@HealthierNWL", "Northwick Park", "Central Middlesex", "Ealing Hospital",
    "Hillingdon Hospital", "West Middlesex", "West Mid", "Charing Cross Hospital",
    "Hammersmith Hospital", "St Mary's Hospital", "Brent", "NW London",
)  # fmt: skip
POSTS = Path(__file__).parent / "posts"
WEEK = Path(__file__).parent / "week"
_AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


def load(name: str, folder: Path = POSTS) -> Any:
    """What stands in `NAME.json` of a folder; the shapes are in demo/posts/README.md."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def ago(written: str) -> timedelta:
    """How long before 'now': "2d4h", "3h20m", "55m". Raises ValueError for anything else."""
    match = _AGO.fullmatch(written)
    if not written or match is None:
        raise ValueError(f"not a time before now: {written!r}")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
