"""What is aimed at somebody who works here: Security has to know of it, and whoever it is aimed at needs support."""

from __future__ import annotations

from collections.abc import Collection

from core import worries
from core.models import Protected
from review.context import RequestContext
from review.desk.suggestions import ABUSE
from store import Item, StaffReport

# What people may say of their own treatment: PALS looks into that, whomever they blame.
_LAWFUL: tuple[Protected, ...] = ("complaint", "discrimination", "criticism")
_KINDS = frozenset((*ABUSE, "threat"))


def is_aimed_at_staff(item: Item) -> bool:
    """Whether a post threatens or abuses a person of staff, and says nothing else that somebody has to look into."""
    aimed = any(flag.name in _KINDS and "colleague" in flag.target for flag in item.flags)
    return aimed and item.protected not in _LAWFUL


def says_at_me(context: RequestContext, case: int, posts: Collection[int]) -> bool:
    """Whether a colleague who reported one of these posts says that it is aimed at them."""
    return bool(_at_reporters(context, case, posts))


def help_words(context: RequestContext, case: int, posts: Collection[int]) -> str:
    """How whoever reported that one of these posts is aimed at them gets help, though nobody on the desk may know who they are; "" where nobody says so."""
    reports = _at_reporters(context, case, posts)
    if not reports:
        return ""
    numbers = " and ".join(f"R{each.number}" for each in reports)
    people = [user.name for user in context.store.users.all() if user.active and "governance" in user.roles]  # fmt: skip
    whom = f"governance ({', '.join(people)})" if people else "governance"
    return (
        f"Who says that it is aimed at them is sealed with the report ({numbers}): you need not know it, and don’t guess. Ask {whom} now to see that they are in no danger and have help: "
        "they alone can open who it is, with a reason. Say the report’s number, and where 999 was called. The page of the report told its writer whom to turn to"
    )


def _at_reporters(context: RequestContext, case: int, posts: Collection[int]) -> list[StaffReport]:
    """The reports of these posts that say so, first to last."""
    return [
        each for each in context.store.staff_reports.of_case(case)
        if each.mention in posts and (each.target or worries.ticked(each.worry) == worries.AIMED)
    ]  # fmt: skip
