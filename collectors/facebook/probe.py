"""Asks Facebook for one post of the Page, without its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.facebook.collector import Facebook
from collectors.meta.client import first_of
from collectors.probing import Probe, came


def probes(source: Facebook) -> Iterator[Probe]:
    """One call."""
    yield Probe("", partial(_page, source))


def _page(source: Facebook) -> str:
    return f"its token is taken; {came(first_of(source.graph(), f'{source.page_id}/feed'), 'post')}"
