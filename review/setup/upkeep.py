"""Backups and deletion: what waits for a lead before it goes on, and when there was last a good backup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps import safeguards
from steps.safeguards import REASONS
from store import PurgeQuestion

SAVED: Mapping[str, str] = {
    "clock": "The clock counts as right. Deleting, chasing and reports go on within minutes.",
    "right": "The clock is not doubted any more.",
    "yes": "They are deleted with the next deletion, tonight at the latest.",
    "no": "They stay. You are asked again in a week.",
}
READ_FIRST = "Tick that you have read what is deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How many posts of a question, and why those."""

    count: int
    why: str


@requires_role("lead")
def upkeep(context: RequestContext) -> Response:
    """What waits for an answer, and the backups."""
    return _show(context)


@requires_role("lead")
def confirm_clock(context: RequestContext) -> Response:
    """A lead says that this machine's clock is right."""
    guard = context.store.clock_guard
    if guard.leap(context.at, timedelta(days=context.config.safeguards.pause_days)) is None:
        return RedirectResponse("/upkeep?saved=right", 303)
    guard.confirm(context.at, by=context.user.handle)
    return RedirectResponse("/upkeep?saved=clock", 303)


@requires_role("lead")
def answer_purge(context: RequestContext) -> Response:
    """A lead says yes or no to a deletion that waits."""
    number = context.request.path_params["number"]
    yes = context.form.get("answer") == "yes"
    shown = str(context.form.get("posts", ""))
    if yes and context.form.get("read") != "yes":
        return _show(context, fault=READ_FIRST, status=422)
    try:
        context.store.purge_questions.answer(
            number, yes=yes, posts=int(shown) if shown.isdecimal() else 0, at=context.at, by=context.user.handle,
            user=context.user.number,
        )  # fmt: skip
    except StoreError as error:
        return _show(context, fault=str(error), status=422)
    return RedirectResponse(f"/upkeep?saved={'yes' if yes else 'no'}", 303)


def parts(question: PurgeQuestion) -> Sequence[Part]:
    """Its counts by reason, the largest first."""
    return [
        Part(count=count, why=REASONS.get(reason, reason))
        for reason, count in sorted(question.counts.items(), key=lambda part: -part[1])
    ]


def _show(context: RequestContext, *, fault: str = "", status: int = 200) -> Response:
    store, config, at = context.store, context.config, context.at
    leap = store.clock_guard.leap(at, safeguards.pause(config))
    waiting, answered = store.purge_questions.waiting(), store.purge_questions.answered(at)
    saved = SAVED.get(context.request.query_params.get("saved", ""), "")
    return page(
        context, "setup/upkeep.html", status=status, fault=fault, saved=saved if status == 200 else "",
        leap=leap, leap_by=safeguards.length(leap.by) if leap else "", time_source=safeguards.source_line(),
        waiting=waiting, parts=parts(waiting) if waiting else (), answered=answered,
        backups=safeguards.backup_state(store, config), longest_days=safeguards.rotation(config).longest.days,
    )  # fmt: skip
