"""What is aimed at somebody who works here: Security has to know of it, and whoever it is aimed at needs support."""

from __future__ import annotations

from collections.abc import Collection

from core import worries
from core.models import Protected
from review.context import RequestContext
from review.desk.suggestions import ABUSE
from store import Item

# What people may say of their own treatment: PALS looks into that, whomever they blame.
_LAWFUL: tuple[Protected, ...] = ("complaint", "discrimination", "criticism")
_KINDS = frozenset((*ABUSE, "threat"))


def is_aimed_at_staff(item: Item) -> bool:
    """Whether a post threatens or abuses a person of staff, and says nothing else that somebody has to look into."""
    aimed = any(flag.name in _KINDS and "colleague" in flag.target for flag in item.flags)
    return aimed and item.protected not in _LAWFUL


def says_at_me(context: RequestContext, case: int, posts: Collection[int]) -> bool:
    """Whether a colleague who reported one of these posts says that it is aimed at them."""
    reports = context.store.staff_reports.of_case(case)
    return any(
        each.mention in posts and (each.target or worries.ticked(each.worry) == worries.AIMED)
        for each in reports
    )
