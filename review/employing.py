"""The way to an employer: for the ICB's own staff alone, where terms allow it, and once a governance role released it.

The policy binds nobody else. It is asked of a case as it is now, each time: one that was released and has
somebody else's post since is locked again.
"""

from __future__ import annotations

from collections.abc import Sequence

import terms
from review.desk import Visit
from store import Case, CaseMention


def can_be_released(found: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether the way can be released at all; `mentions` are those of a case that a person should see.

    Never for a case with more of them than its page has room for: nobody would have seen whose the others are.
    """
    return 0 < found.flagged <= len(mentions) and all(
        one.item.staff == "icb" and not terms.forbids(one.item.platform, "employment")
        for one in mentions
    )


def is_open(visit: Visit, found: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether it was released, and still may be."""
    return can_be_released(found, mentions) and visit.store.hr_release(found.number) is not None
