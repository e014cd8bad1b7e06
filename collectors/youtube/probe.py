"""Asks YouTube by its cheapest call, of one unit, whether it takes the key and the owner's token."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.probing import Probe
from collectors.quota import UsedUp
from collectors.youtube.client import answered
from collectors.youtube.collector import YouTube
from core.errors import PlatformUnavailable

_A_VIDEO = ["jNQXAC9IVRw"]  # the first on YouTube; that it is there no more would be an answer too


def probes(source: YouTube) -> Iterator[Probe]:
    """The key, and the token where there is one."""
    yield Probe("", partial(_ask, source, owner=False))
    if source.access_token:
        yield Probe("the channel's owner", partial(_ask, source, owner=True))


def _ask(source: YouTube, *, owner: bool) -> str:
    try:
        answered(source.calls.by_ids("videos", "id", _A_VIDEO, owner=owner))
    except UsedUp as spent:
        raise PlatformUnavailable(f"YouTube: {spent}") from spent
    return f"it takes the {'token' if owner else 'key'}; this cost 1 of the day's {source.units_a_day:,} units"
