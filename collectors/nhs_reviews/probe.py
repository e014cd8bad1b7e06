"""Asks the NHS website for one review of the first service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.nhs_reviews.collector import NhsReviews
from collectors.probing import Probe, came


def probes(source: NhsReviews) -> Iterator[Probe]:
    """One call of the subscription's quota."""
    yield Probe("", partial(_review, source))


def _review(source: NhsReviews) -> str:
    return f"its key is taken; {came(source.latest(source.service[0]), 'review')}"
