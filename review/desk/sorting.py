"""Sorting a case at once that a person moved into the Guardian's lane or out of it: no row waits for a cycle to have its title."""

from __future__ import annotations

from core.progress import report_progress
from review.context import RequestContext
from steps.context import RunContext


def sort_at_once(context: RequestContext, case: int) -> None:
    """Works out where the posts of a case wait, and why, that a person moved just now."""
    from steps import group  # here, as for reports: every start of the page would pay for it

    run = RunContext(
        config=context.config, folder=context.app.folder, store=context.store,
        report_progress=report_progress, at=context.at,
    )  # fmt: skip
    group.sort_anew(run, case)
