"""What a source is called."""

from __future__ import annotations

from collectors.platforms import INTEGRATIONS, PLATFORM_NAMES
from core.text import sentence

_NAMES = {
    **{each.name: each.label for each in INTEGRATIONS},
    **PLATFORM_NAMES,
    "accounts": "Profiles in our name",
}


def name_of(source: str) -> str:
    """What a source is called."""
    return _NAMES.get(source) or sentence(source.replace("_", " "))
