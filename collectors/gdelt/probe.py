"""Asks GDELT for one article of the last hour. It wants seconds between two calls, so that a run just before may be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from collectors.gdelt.collector import Gdelt
from collectors.probing import Probe, came


def probes(source: Gdelt) -> Iterator[Probe]:
    """One call."""
    yield Probe("", partial(_article, source))


def _article(source: Gdelt) -> str:
    single = dataclasses.replace(source, records=1, seconds_between=0.0)
    return came(len(single.articles(timedelta(hours=1))), "article")
