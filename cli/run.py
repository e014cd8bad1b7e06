"""The commands for a whole cycle: once, or everything at its time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from cli.base import config_option, every_organisation
from cli.context import command_context
from core import clock
from core.progress import report_progress
from pipeline import cycle, jobs, owes
from settings import schema
from steps import deliver, delivery, health, scheduler, watch
from steps.context import exclusive_lock, open_store
from steps.job_runs import recorded


@click.command()
@every_organisation
@click.option("--retry-mail", is_flag=True, help="Try mails again that were given up.")
def run(path: Path, retry_mail: bool) -> None:
    """One full cycle: collect, assess, alert, deliver what is due."""
    with command_context(path, exclusive=True) as context:
        if retry_mail:
            deliver.again(context, clock.now())
        with recorded(context, "cycle"):
            with watch.watched(context):
                cycle(context)
            health.name_faults(context, clock.now())
        deliver.report_stuck_mail(context, clock.now())


@click.command("deliver")
@every_organisation
def deliver_command(path: Path) -> None:
    """Send what is due now, whatever else goes on."""
    with command_context(path, create=False) as context:
        with recorded(context, "deliver"):
            left = delivery.chase_and_deliver(context)
        report_progress(f"{left} mail{'s' * (left != 1)} sent")


@click.command()
@config_option
def schedule(path: Path) -> None:
    """Everything at its time, in the foreground. Ctrl-C stops it."""
    config, folder = schema.load(path), path.resolve().parent
    with exclusive_lock(config, folder, "schedule"):
        with open_store(config, folder):
            pass  # what is lost or emptied is refused now, and not by each job in turn
        following = scheduler.Following(config.schedule)
        timetable = scheduler.timetable(
            following.schedule, jobs(path, following), partial(owes, path)
        )
        following.scheduler = timetable
        report_progress("the schedule is on; Ctrl-C stops it")
        try:
            timetable.start()
        except (KeyboardInterrupt, SystemExit):
            report_progress("stopped")
