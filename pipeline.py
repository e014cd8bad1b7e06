"""The way through: collect, store, assess, alert, report. Start reading here.

    platforms ─collecting─▶ Mention ─store─▶ unassessed ─assessing─▶ Assessment, outbox
                                                                        │         │
                                daily list, weekly summary ◀─reporting──┘         └─delivery─▶ mail

Each step asks the store what is not done yet, so that every step can be run twice. Below the way
stand its commands: load, open, call, say, exit. Steps are imported by whoever walks them, not here:
`classify` on a file must start at once, and the platforms' libraries and pandas take longer than that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core import clock
from core.progress import report_progress
from steps import assess
from steps.context import RunContext, open_context

if TYPE_CHECKING:
    from settings.schema import Schedule
    from steps.scheduler import Job


PATIENCE = 1800.0  # seconds that a scheduled job waits for a command that somebody gave by hand


def cycle(context: RunContext, at: datetime) -> None:
    """One full cycle. What fails is named and the rest goes on; a wrong key of config.toml stops it."""
    from steps import collect, deliver, group, impersonation, recheck, retention, sample

    context = collect.ready(context, at)
    collect.collect(context, at)
    with context.continue_on_error("accounts"):
        impersonation.detect_impersonation(context, at)
    with context.continue_on_error("rechecking"):
        recheck.recheck(context, at)
    with context.continue_on_error("terms"):
        retention.apply_platform_terms(context, at)
    with context.continue_on_error("assessing"):
        reader = assess.classifier(context.config, context.folder, at)
        assess.assess(context, reader, at)
    with context.continue_on_error("cases"):
        group.group(context, at)
    with context.continue_on_error("sample"):
        sample.draw(context, at)
    with context.continue_on_error("mail"):
        deliver.deliver(context, clock.now())


def jobs(path: Path, follow: Callable[[Schedule], None] = lambda _: None) -> dict[str, Job]:
    """What runs on the times in force, each with the file read anew and a store of its own.

    `follow` is told by each job which times are in force now.
    """
    from steps import deliver, report, retention

    def job(step: Callable[[RunContext], object], *, create: bool = False) -> Job:
        def work() -> None:
            with open_context(
                path, report_progress, exclusive=True, create=create, patience=PATIENCE
            ) as context:
                follow(context.config.schedule)
                step(context)

        return work

    def whole(context: RunContext) -> None:
        cycle(context, clock.now())
        deliver.report_stuck_mail(
            context, clock.now()
        )  # also what was given up, until that is mended

    return {
        "cycle": job(whole, create=True),
        "deliver": job(lambda context: deliver.deliver(context, clock.now())),
        "daily": job(report.daily_on_time),
        "weekly": job(report.weekly_on_time),
        "purge": job(lambda context: retention.purge(context, clock.now())),
    }


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


if __name__ == "__main__":
    from cli.main import main as mentions

    mentions()
