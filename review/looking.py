"""The record of who looked at what: which answers of the page are looks, and what governance is told of many of them.

It holds numbers, a kind and the page's address without numbers; of a search whether it found anything, never its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from starlette.responses import Response

from core import clock
from reports import looks
from review.context import RequestContext
from review.walks import Walk
from steps.reasons import Ground
from store import View, ViewKind

_OPENED = re.compile(
    r"/(?P<of>cases|guardian|mentions|waiting|clocks)/(?P<number>[0-9]{1,18})(?P<part>/[a-z0-9/-]+)?"
)
# What says by itself that it was looked at, by a reason or as a file
_NOTED_APART = re.compile(r"/(?:picture/.*|reveal|evidence)")
SHOWN = (
    200,
    403,
    409,
    422,
)  # a page as it was asked for, or once more with why a form was not taken
_NUMBERED = re.compile(r"/(?:cases|mentions|guardian)/[0-9]{1,18}")
HOUR = timedelta(hours=1)


def note(
    context: RequestContext, kind: ViewKind, *, case: int | None = None, post: int | None = None, has_results: bool | None = None, file: int | None = None,
) -> None:  # fmt: skip
    """Writes down, a moment later, that the person who asks looked at this. `file` is the number of a handed-over file."""
    page = re.sub(r"[0-9]+", "{number}" if file is None else str(file), context.request.url.path)[
        :100
    ]
    context.app.views.add(
        View(by=context.user.number, kind=kind, at=context.at, page=page, case=case, post=post, has_results=has_results)
    )  # fmt: skip


def note_page(context: RequestContext, answer: Response) -> None:
    """Writes down a case or a post whose own page was shown, a form's with its fault too; other pages say by themselves what they show."""
    request = context.request
    opened = _OPENED.fullmatch(request.url.path)
    if opened is None or answer.status_code not in SHOWN:
        return
    part = opened["part"] or ""
    if _NOTED_APART.fullmatch(part) and (
        part.startswith("/picture/") or (request.method == "POST" and answer.status_code == 200)
    ):
        return
    number = int(opened["number"])
    if request.method == "GET":
        _note_walk(context, "pages")
    if opened["of"] == "mentions":
        note(context, "post", case=context.store.cases.of_mention(number), post=number)
    else:
        note(context, "case", case=_case_of(context, opened["of"], number))


def note_posts(context: RequestContext, posts: Iterable[int]) -> None:
    """Writes down posts whose words a page shows that is no case's own."""
    for post in posts:
        note(context, "post", case=context.store.cases.of_mention(post), post=post)


def _case_of(context: RequestContext, of: str, number: int) -> int | None:
    """The case of a page that names a case, a hand-off or a running clock."""
    if of == "waiting":
        handoff = context.store.handoffs.get(number)
        return handoff.case if handoff is not None else None
    if of == "clocks":
        running = context.store.deadlines.get(number)
        return running.case if running is not None else None
    return number


def note_absent(context: RequestContext, searched: str = "") -> None:
    """Notes that somebody asked for a number of a case or a post that is not there, or not theirs to see, by its page or in the search."""
    if searched or _NUMBERED.match(context.request.url.path):
        _note_walk(context, "absent", searched)


def _note_walk(context: RequestContext, walk: Walk, searched: str = "") -> None:
    """Tells governance at once of whoever goes from number to number, once an hour."""
    limits, user = context.config.review.looking, context.user
    numbered = _NUMBERED.match(context.request.url.path)
    page = numbered[0] if numbered else searched
    count = context.app.walks.note(user.number, walk, page, context.at)
    limit = limits.pages_an_hour if walk == "pages" else limits.absent_an_hour
    if count > limit:
        about = f"{walk} {context.at:%Y-%m-%d %H}"
        _tell(context, about, what=walk, count=count, limit=limit)


def opened(context: RequestContext, kind: ViewKind, post: int, case: int | None) -> None:
    """Writes down that something was opened for a reason, and tells governance where that was very often."""
    note(context, kind, case=case, post=post)
    limits, user = context.config.review.looking, context.user
    openings = context.store.views.openings(user.handle, since=context.at - HOUR)
    if openings > limits.an_hour:
        _tell(
            context,
            f"hour {context.at:%Y-%m-%d %H}",
            what="hour",
            count=openings,
            limit=limits.an_hour,
        )
    span = timedelta(days=limits.one_author_days)
    of_author, whose = context.store.views.openings_of_author(
        user.handle, post, since=context.at - span
    )
    if whose and of_author >= limits.one_author_posts:
        period = context.at.toordinal() // limits.one_author_days
        _tell(
            context, f"writer {whose[:16]} {period}", what="writer", count=of_author,
            limit=limits.one_author_posts, days=limits.one_author_days,
        )  # fmt: skip


def note_refused_reason(
    context: RequestContext, ground: Ground, *, case: int | None = None, post: int | None = None
) -> None:
    """Tells governance that something was not opened or taken, since the reason was about employment, or curiosity."""
    user = context.user
    payload = {"what": "reason", "user": str(user.number), "count": "1", "limit": "1", "days": "0", "at": clock.text(context.at)}  # fmt: skip
    context.store.views.note_refused_reason(
        ground, payload, looks.told_of(context.store, context.config, user.number), by=user.number, at=context.at, case=case, post=post
    )  # fmt: skip


def _tell(
    context: RequestContext, about: str, *, what: str, count: int, limit: int, days: int = 0
) -> None:
    """Puts an email to governance into the outbox, once for each hour, or each writer and period, and an event."""
    user = context.user
    payload = {
        "what": what, "user": str(user.number), "count": str(count), "limit": str(limit), "days": str(days),
        "at": clock.text(context.at),
    }  # fmt: skip
    to = looks.told_of(context.store, context.config, user.number)
    context.store.views.tell(f"{user.number} {about}", payload, to, by=user.number, at=context.at)
