"""The way through: collect, store, assess, alert, report. Start reading here.

    platforms ─collect─▶ Mention ─store─▶ unassessed ─assess─▶ Assessment ─group─▶ case, alert    for each source as it ends
                                                                  │                      │
                        morning list, weekly summary ◀─report─────┘       mail ◀─deliver─┘

Each step asks the store what is not done yet, so that every step can be run twice. `cycle` is one run
through all of them; sources are read side by side, and what each found is assessed, grouped and told of as
it ends. `jobs` are what runs on the times in force. `python pipeline.py` is `mentions`.
"""

from __future__ import annotations

if (
    __name__ == "__main__"
):  # before the steps: they take 1.7 s and 122 MB, which `classify` needs not wait for
    from cli.main import main

    main()

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from classify.classifier import Classifier
from core import clock
from core.errors import StoreError
from core.progress import report_progress
from settings import overrides, schema
from settings.schema import Schedule
from steps import (
    alerts,
    assess,
    backups,
    children,
    collect,
    deliver,
    delivery,
    group,
    handoffs,
    health,
    impersonation,
    import_keep,
    recheck,
    region,
    report,
    retention,
    safeguards,
    sample,
    soundness,
    spikes,
    watch,
)
from steps.context import RunContext, open_context, open_store
from steps.delivery import Delivery
from steps.due_times import PUNCTUAL
from steps.effective import without_unusable_settings
from steps.job_runs import recorded
from steps.missed_jobs import Job, owed
from steps.picture_words import step as picture_words
from steps.read_new import read_new

PATIENCE = 1800.0  # seconds that a scheduled job waits for a command that somebody gave by hand
MAIL_PATIENCE = (
    60.0  # seconds that the schedule's cycle waits for mails, which have a job of their own
)


def cycle(context: RunContext, *, mail_patience: float | None = None) -> None:
    """One full cycle. What fails is named and the rest goes on; a wrong key of config.toml stops it.

    `mail_patience`: seconds that its end waits for mails that are leaving; None: until all were tried.
    """
    safeguards.clock_is_right(context, context.at, "cycle")  # said before what follows from it
    context = without_unusable_settings(context)
    with context.continue_on_error("clock"):
        safeguards.look_at_clock(context, context.at)
    reader: Classifier | None = None
    with context.continue_on_error("assessing"):
        reader = assess.classifier(context)
    with delivery.beside(context, patience=mail_patience) as mail:
        for _ in collect.as_they_end(context):
            tell(context, reader, mail)
        with context.continue_on_error("accounts"):
            impersonation.detect_impersonation(context)
        with context.continue_on_error("rechecking"):
            recheck.recheck(context)
        with context.continue_on_error("terms"):
            retention.apply_platform_terms(context)
        with context.continue_on_error("pictures"):
            picture_words.read_new(context)
        tell(context, reader, mail, last=True)
        with context.continue_on_error("spikes"):
            spikes.raise_spikes(context, clock.now())
        with context.continue_on_error("sample"):
            sample.draw(context)
        with context.continue_on_error("handed-over files"):
            import_keep.tidy(context.config, context.folder, context.store, clock.now())
        with context.continue_on_error("chasing"):
            handoffs.chase(context, clock.now())
    with context.continue_on_error("assessing"):
        assess.name_unassessed(context)


def tell(
    context: RunContext, reader: Classifier | None, mail: Delivery, *, last: bool = False
) -> None:
    """Assesses what was found until now, puts it into cases and sends what that made due.

    Part by part, since the first of many may be in danger. `last`: nothing more comes in this cycle, so that there is time
    for what an earlier policy or model assessed.
    """

    def put_into_cases(*, wake: bool = False) -> None:
        with context.continue_on_error("cases"):
            group.group(context, wake=wake)
        with context.continue_on_error("alerts"):
            alerts.raise_alerts(context, clock.now(), digests=last)
        mail.wake()

    if reader is not None:
        with context.continue_on_error("assessing"):
            assess.assess(
                context, reader, after_part=put_into_cases,
                history=assess.HISTORY if last else timedelta(),
            )  # fmt: skip
    put_into_cases(wake=last)
    with context.continue_on_error("children"):
        children.mark(context)


def read_reports(context: RunContext) -> None:
    """Puts what colleagues reported into Today at once, without a look at any source."""
    if context.store.staff_reports.waits():
        read_new(context)


def jobs(
    path: Path,
    follow: Callable[[Schedule], None] = lambda _: None,
    after: Callable[[str, RunContext], None] = lambda _name, _context: None,
) -> dict[str, Job]:
    """What runs on the times in force, each with the file read anew and a store of its own.

    `after` is told of each job that reached its end, while its store is open. `follow` is told by each job which times are in force now. A daily, weekly or purge that has reached its end since it was
    last due does nothing.
    """

    def job(
        name: str,
        step: Callable[[RunContext], object],
        *,
        exclusive: bool = True,
    ) -> Job:
        def work() -> None:
            with open_context(
                path, report_progress, exclusive=exclusive, patience=PATIENCE
            ) as context:
                follow(context.config.schedule)
                times = context.config.schedule
                if name in PUNCTUAL and not owed(context.store.job_runs, times, name, context.at):
                    return
                with recorded(context, name):
                    step(context)
                after(name, context)

        return work

    def whole(context: RunContext) -> None:
        with watch.watched(context):
            cycle(context, mail_patience=MAIL_PATIENCE)
        health.name_faults(context, clock.now())
        deliver.report_stuck_mail(
            context, clock.now()
        )  # also what was given up, until that is mended

    return {
        "cycle": job("cycle", whole),
        "deliver": job("deliver", watch.tell_and_deliver, exclusive=False),
        "reports": job("reports", read_reports),
        "daily": job("daily", by_a_right_clock(morning)),
        "weekly": job("weekly", by_a_right_clock(report.weekly_on_time)),
        "purge": job("purge", purge),
        "backup": job("backup", backups.back_up_on_time, exclusive=False),
        "restore-trial": job("restore-trial", backups.try_on_time, exclusive=False),
    }


def morning(context: RunContext) -> None:
    """The morning list, and the counts by day for a region, where the organisation gives them."""
    report.morning_on_time(context)
    region.give_counts(context)


def by_a_right_clock(step: Callable[[RunContext], object]) -> Callable[[RunContext], object]:
    """The same step, broken off with a StoreError while the clock is doubted, so that it is made up for once that is right."""

    def work(context: RunContext) -> None:
        longest = safeguards.report_pause(context.config)
        if not safeguards.clock_is_right(context, context.at, "report", longest=longest):
            raise StoreError("the clock is doubted")
        step(context)

    return work


def purge(context: RunContext) -> None:
    """The nightly look through the database and purge; raises StoreError where it is not proved, so that it is tried again."""
    before = len(context.failures)
    soundness.look_each_night(context)
    retention.purge(context)
    context.store.assessments.look_at_all_again()
    if len(context.failures) > before:
        raise StoreError("the purge did not do all that it must")


def owes(path: Path, at: datetime) -> list[str]:
    """Which of the jobs that keep to a time are owed at `at`, by the settings in force."""
    config, folder = schema.load(path), path.resolve().parent
    if not (folder / config.store.path).exists():
        return []
    with open_store(config, folder, create=False) as store:
        times = overrides.apply_overrides(config, store.settings.current()).config.schedule
        return [name for name in PUNCTUAL if owed(store.job_runs, times, name, at)]
