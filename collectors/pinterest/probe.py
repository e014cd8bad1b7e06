"""Asks Pinterest for one of our own boards, of which nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.pinterest.collector import Pinterest
from collectors.probing import Probe, came
from core.errors import PlatformRefused


def probes(source: Pinterest) -> Iterator[Probe]:
    """One call."""
    yield Probe("", partial(_board, source))


def _board(source: Pinterest) -> str:
    if not source.access_token:
        raise PlatformRefused(
            "Pinterest: nobody has granted access: run `mentions connect pinterest`"
        )
    boards = source.ask("boards", {"page_size": 1}).get("items")
    return (
        f"its token is taken; {came(len(boards[:1]) if isinstance(boards, list) else 0, 'board')}"
    )
