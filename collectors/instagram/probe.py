"""Asks Instagram for one post of the account, without its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.instagram.collector import Instagram
from collectors.meta.client import first_of
from collectors.probing import Probe, came


def probes(source: Instagram) -> Iterator[Probe]:
    """One call, of no hashtag: of those a week has few."""
    yield Probe("", partial(_account, source))


def _account(source: Instagram) -> str:
    return (
        f"its token is taken; {came(first_of(source.graph(), f'{source.user_id}/media'), 'post')}"
    )
