"""The way through: collect, store, assess, alert, report. Start reading here.

    platforms ─collect─▶ Mention ─store─▶ unassessed ─assess─▶ Assessment, outbox
                                                                  │         │
                        morning list, weekly summary ◀─report─────┘         └─deliver─▶ mail

Each step asks the store what is not done yet, so that every step can be run twice. `cycle` is one run
through all of them; `jobs` are what runs on the times in force. `python pipeline.py` is `mentions`.
"""

from __future__ import annotations

if (
    __name__ == "__main__"
):  # before the steps: they take 1.7 s and 122 MB, which `classify` needs not wait for
    from cli.main import main

    main()

from collections.abc import Callable
from pathlib import Path

from core import clock
from core.progress import report_progress
from settings.schema import Schedule
from steps import (
    assess,
    collect,
    deliver,
    group,
    handoffs,
    health,
    impersonation,
    recheck,
    report,
    retention,
    sample,
)
from steps.context import RunContext, open_context
from steps.effective import without_unusable_settings
from steps.scheduler import Job

PATIENCE = 1800.0  # seconds that a scheduled job waits for a command that somebody gave by hand


def cycle(context: RunContext) -> None:
    """One full cycle. What fails is named and the rest goes on; a wrong key of config.toml stops it."""
    context = without_unusable_settings(context)
    collect.collect(context)
    with context.continue_on_error("accounts"):
        impersonation.detect_impersonation(context)
    with context.continue_on_error("rechecking"):
        recheck.recheck(context)
    with context.continue_on_error("terms"):
        retention.apply_platform_terms(context)
    with context.continue_on_error("assessing"):
        assess.assess(context, assess.classifier(context))
    with context.continue_on_error("cases"):
        group.group(context)
    with context.continue_on_error("sample"):
        sample.draw(context)
    with context.continue_on_error("chasing"):
        handoffs.chase(context, clock.now())
    with context.continue_on_error("mail"):
        deliver.deliver(context, clock.now())


def jobs(path: Path, follow: Callable[[Schedule], None] = lambda _: None) -> dict[str, Job]:
    """What runs on the times in force, each with the file read anew and a store of its own.

    `follow` is told by each job which times are in force now.
    """

    def job(step: Callable[[RunContext], object], *, create: bool = False) -> Job:
        def work() -> None:
            with open_context(
                path, report_progress, exclusive=True, create=create, patience=PATIENCE
            ) as context:
                follow(context.config.schedule)
                step(context)

        return work

    def whole(context: RunContext) -> None:
        cycle(context)
        health.name_faults(context, clock.now())
        deliver.report_stuck_mail(
            context, clock.now()
        )  # also what was given up, until that is mended

    return {
        "cycle": job(whole, create=True),
        "deliver": job(lambda context: handoffs.chase_and_deliver(context, context.at)),
        "daily": job(report.morning_on_time),
        "weekly": job(report.weekly_on_time),
        "purge": job(retention.purge),
    }
