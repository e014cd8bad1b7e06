"""Looks reviews of the NHS website up again: it lists by service and day what is there and what was removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from collectors.base import Gone, Rechecked, SkippedItem
from collectors.nhs_reviews.collector import NhsReviews
from core.models import Mention


def recheck(source: NhsReviews, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Every service of the table that a held one is of, from the day of the oldest on.

    What is listed neither as published nor as removed is left as it is: only the second says that it
    is gone.
    """
    ours = {mention.issued_id: mention for mention in mentions if mention.issuer == "nhs_reviews"}
    if not ours:
        return
    start = min(mention.posted_at for mention in ours.values()) - timedelta(days=1)
    codes = {code for mention in ours.values() for code in mention.matched}
    for number, service in enumerate(source.service, 1):
        if service.ods not in codes:
            continue
        for status in ("published", "removed"):
            for mention in source.reviews(service, status, start, f"service {number} {status}"):
                if isinstance(mention, SkippedItem):
                    if mention.stops:  # an odd review was told as it came in
                        yield mention
                elif mention.issued_id in ours and mention.deleted:
                    yield Gone(mention.issuer, mention.issued_id, "removed")
                elif mention.issued_id in ours:
                    yield replace(mention, matched=ours[mention.issued_id].matched)
