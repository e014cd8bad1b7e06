"""Filters of the queue by a clause of the policy and by a reviewer: what an address holds, and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from classify.policy.schema import Policy
from core.models import Risk
from store import CaseQuery


def clauses_of(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The clauses that flags name, in the policy's order, with the flags that name each.

    Without the flags that hold of staff alone: what they find would be a list of staff.
    """
    named: dict[str, list[str]] = {}
    for name, flag in policy.in_use.items():
        for clause in flag.clause if name not in policy.of_staff_alone else ():
            named.setdefault(clause, []).append(name)
    return {clause: tuple(named[clause]) for clause in sorted(named, key=_order)}


def earned(policy: Policy) -> tuple[tuple[str, Risk], ...]:
    """What each flag makes of a post by itself, whoever wrote it."""
    return tuple((name, flag.gravity) for name, flag in policy.flags.items())


def _order(clause: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (10**6, part) for part in re.split(r"[.\s]+", clause)]  # fmt: skip


def parse_filters(
    some: Callable[[str, Sequence[str]], tuple[str, ...]],
    clauses: Mapping[str, Sequence[str]],
    faults: list[str],
) -> dict[str, Any]:
    """What of a query an address asks for by these two; `some` reads a filter and keeps what is known."""
    chosen = some("clause", tuple(clauses) or ("none",))
    reviewers = some("reviewer", ())
    known = [reviewer for reviewer in reviewers if re.fullmatch(r"[0-9]{1,9}", reviewer)]
    faults.extend(
        f"reviewer: {reviewer[:40]} is not known" for reviewer in reviewers if reviewer not in known
    )
    return {
        "clauses": chosen,
        "clause_flags": tuple(dict.fromkeys(flag for clause in chosen for flag in clauses[clause])),
        "reviewers": tuple(dict.fromkeys(int(reviewer) for reviewer in known)),
    }  # fmt: skip


def format_filters(query: CaseQuery) -> dict[str, object]:
    """The same as an address holds it."""
    return {
        "clause": query.clauses,
        "reviewer": tuple(str(reviewer) for reviewer in query.reviewers),
    }
