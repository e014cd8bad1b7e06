"""The way to an employer stays locked, whatever officers set up in the page: governance releases it, case by case.

What config.toml or anybody in the page locked once can't be unlocked there, nor come back under its key or its name
without the lock. config.toml itself may say otherwise: it is the installer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from config import Config

# Sections that hold a way to an employer, and the key of config.toml in which it stands.
LOCKS: Mapping[str, str] = {"escalation": "review.roles", "related": "review.related"}

# What a role is called that leads to one; "their employer" under `when` may as well be said of the Guardian.
_SOUNDS = re.compile(
    r"\b(?:h\W?r\b|human\W?resources?|employers?|employee relations|line managers?|personnel|workforce|disciplin\w+"
    r"|people (?:and culture|directorate|operations?|partners?|services?|team))",
    re.IGNORECASE,
)


def unlocked(
    section: str, before: Config, after: Config, once: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """What would open the way, by its place in the form of a section: a role, or a policy about what an employer may do.

    `once` are that section's rows as they stood at any time.
    """
    kept = _rows(section, before)
    open_already = {(_key(one), one["name"]) for one in kept if not one["hr"]}
    keys, names = _locked([*once, *kept])
    return {
        f"{LOCKS[section]}.{place}.hr": (
            f"‘{one['name']}’ {why}, which a governance role releases case by case: tick that it is one. "
            "config.toml alone can say otherwise"
        )
        for place, one in enumerate(_rows(section, after))
        if not one["hr"] and (_key(one), one["name"]) not in open_already
        for why in _why(_key(one), one["name"], keys, names)
    }


def _rows(section: str, cfg: Config) -> list[dict[str, Any]]:
    told: Sequence[BaseModel] = cfg.review.roles if section == "escalation" else cfg.review.related
    return [one.model_dump() for one in told]


def _key(row: Mapping[str, Any]) -> str:
    """What a row is known by beside its name; policies have none."""
    return str(row.get("key", ""))


def _locked(roles: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str]]:
    held = [one for one in roles if one.get("hr")]
    return {_key(one) for one in held} - {""}, {_plain(str(one["name"])) for one in held}


def _why(key: str, name: str, keys: set[str], names: set[str]) -> Iterator[str]:
    if key in keys or _plain(name) in names:
        yield "was locked as a way to an employer"
    elif _SOUNDS.search(name) or _SOUNDS.search(key.replace("_", " ")):
        yield "sounds like a way to an employer"


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
