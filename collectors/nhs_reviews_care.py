"""Looks reviews of the NHS website up again: it lists by service and day what is there and what was removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from collectors.base import Gone, Odd, Rechecked
from collectors.nhs_reviews import NhsReviews
from mention import Mention


def recheck(source: NhsReviews, held: Sequence[Mention]) -> Iterator[Rechecked]:
    """Every service of the table that a held one is of, from the day of the oldest on.

    What is listed neither as published nor as removed is left as it is: only the second says that it
    is gone.
    """
    ours = {mention.issued_id: mention for mention in held if mention.issuer == "nhs_reviews"}
    if not ours:
        return
    start = min(mention.posted_at for mention in ours.values()) - timedelta(days=1)
    codes = {code for mention in ours.values() for code in mention.matched}
    for number, service in enumerate(source.service, 1):
        if service.ods not in codes:
            continue
        for status in ("published", "removed"):
            for found in source.reviews(service, status, start, f"service {number} {status}"):
                if isinstance(found, Odd):
                    if found.stops:  # an odd review was told as it came in
                        yield found
                elif found.issued_id in ours and found.deleted:
                    yield Gone(found.issuer, found.issued_id, "removed")
                elif found.issued_id in ours:
                    yield replace(found, matched=ours[found.issued_id].matched)
