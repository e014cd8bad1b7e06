"""Asks X whether it takes our tokens. The app's is tried by the count of posts that it was given, which reads none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.probing import Probe
from collectors.queries import check_approval
from collectors.x.budget import USER, OverBudget
from collectors.x.client import Asking
from collectors.x.collector import X
from core.errors import PlatformRefused

# docs.x.com/x-api/usage/introduction: counts alone, at 50 calls in 15 minutes; no post is read, so none is paid for
_USAGE, _ME = "/2/usage/tweets", "/2/users/me"


def probes(source: X) -> Iterator[Probe]:
    """The app's token, which is free, and that of our own account, which costs what one account costs."""
    yield Probe("", partial(_app, source))
    if source.access_token:
        yield Probe("our own account", partial(_user, source))


def _app(source: X) -> str:
    check_approval(source.approval, "x", "X")
    _asked(source.as_app(), _USAGE)
    return "it takes the app's token; asked how many posts were read, which costs nothing"


def _user(source: X) -> str:
    try:
        source.spend().allow(0, 1)
    except (OverBudget, PlatformRefused) as spent:
        return f"not asked, since it costs {USER / 1000:.3f} USD: {spent}"
    _asked(source.as_user(), _ME)
    return f"it takes our account's token; this cost {USER / 1000:.3f} USD at most"


def _asked(asking: Asking, route: str) -> None:
    asking.looked_up(lambda: {"data": [asking.client.request("GET", route).status_code]})
