"""Sorting at once what has no lane of its own yet: no row waits for a cycle to have its title, and none is named "Not sorted yet" for long."""

from __future__ import annotations

from core.errors import StoreError
from core.progress import report_progress
from review.context import RequestContext
from steps.bugs import log_bug
from steps.context import RunContext

MOST = 50  # posts that one page sorts; the next page and the next cycle sort what is left


def sort_waiting(context: RequestContext) -> None:
    """Works out where posts wait that anything left to be sorted anew: harm and leaks stand in their lane, under their name, though no cycle ran since.

    A part of them, before the list is read; what goes wrong with it keeps nobody from the list.
    """
    if not context.store.grouping.waits_for_lane():
        return
    try:
        _sort(context, most=MOST)
    except StoreError as error:
        log_bug("sorting what waits for its lane", error)


def sort_at_once(context: RequestContext, case: int) -> None:
    """Works out where the posts of a case wait, and why, that a person moved just now."""
    _sort(context, case)


def note_look(context: RequestContext, case: int) -> bool:
    """Saves that somebody who decides looks at what a colleague reported, the first to do so, and sorts it into the lane of what it is; whether they are.

    What a browser fetches ahead nobody has looked at.
    """
    ahead = context.request.headers.get("sec-purpose", "") + context.request.headers.get("purpose", "")  # fmt: skip
    if not context.may("reviewer") or "prefetch" in ahead or context.request.method == "HEAD":
        return False
    first = context.store.claims.note_look(case, context.user.number, context.at)
    if first:
        sort_at_once(context, case)
    return first


def _sort(context: RequestContext, case: int | None = None, *, most: int | None = None) -> None:
    from steps import group  # here, as for reports: every start of the page would pay for it

    run = RunContext(
        config=context.config, folder=context.app.folder, store=context.store,
        report_progress=report_progress, at=context.at,
    )  # fmt: skip
    group.sort_anew(run, case, most=most)
