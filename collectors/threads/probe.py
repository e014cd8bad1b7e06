"""Asks Threads for one of our own posts, without its words, and whether search shows what others say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.meta.client import first_of
from collectors.probing import Probe, came
from collectors.threads.collector import Threads


def probes(source: Threads) -> Iterator[Probe]:
    """One call."""
    yield Probe("", partial(_post, source))


def _post(source: Threads) -> str:
    source.check_access()
    number = first_of(source.graph(), f"{source.user_id}/threads")
    return f"its token is taken; {came(number, 'post')}; that search is approved can't be told from here"
