"""Asks Care Opinion for one story."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.care_opinion.collector import CareOpinion
from collectors.probing import Probe, came


def probes(source: CareOpinion) -> Iterator[Probe]:
    """One call."""
    yield Probe("", partial(_story, source))


def _story(source: CareOpinion) -> str:
    stories = source.listed("/opinions", {"take": 1, "skip": 0})
    taken = "its key is taken; " if source.api_key else ""
    return f"{taken}{came(len(stories[:1]), 'story', 'stories')}"
