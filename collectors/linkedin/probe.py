"""Asks LinkedIn for one of the Page's own posts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.linkedin.collector import LinkedIn, encoded
from collectors.probing import Probe, came
from collectors.queries import check_approval
from core.errors import PlatformRefused, PlatformUnavailable


def probes(source: LinkedIn) -> Iterator[Probe]:
    """One call of the day's allowance."""
    yield Probe("", partial(_post, source))


def _post(source: LinkedIn) -> str:
    check_approval(source.approval, "linkedin", "LinkedIn")
    if not source.access_token:
        raise PlatformRefused(
            "LinkedIn: nobody has granted access: run `mentions connect linkedin`"
        )
    page = source.get(f"posts?q=author&author={encoded(source.organization)}&start=0&count=1")
    posts = page.get("elements") if isinstance(page, dict) else None
    if not isinstance(posts, list):
        raise PlatformUnavailable("LinkedIn sent posts that are not shaped as they should be")
    return f"its token is taken; {came(len(posts[:1]), 'post')}"
