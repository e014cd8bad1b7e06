"""The commands for a whole cycle: once, or everything at its time."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import click

from cli.base import every_organisation, file_option, organisation_option, organisation_path
from cli.context import command_context
from core import clock, logs
from core.errors import MentionsError, StoreError
from core.progress import report_progress
from pipeline import cycle, jobs, owes
from settings import organisations, schema
from settings.organisations import KeyHolders, Member
from settings.shipped import has_settings
from steps import deliver, delivery, health, scheduler, several, watch
from steps.classifier import keep_one_model
from steps.context import UnderWay, exclusive_lock, keys, open_store
from steps.job_runs import recorded


@click.command()
@every_organisation
@click.option("--retry-mail", is_flag=True, help="Try mails again that were given up.")
def run(path: Path, retry_mail: bool) -> None:
    """One full cycle: collect, assess, alert, deliver what is due."""
    if logs.organisation.get():
        keep_one_model()
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
        with recorded(context, health.DELIVERED_BY_HAND):
            left = delivery.chase_and_deliver(context)
        report_progress(f"{left} mail{'s' * (left != 1)} sent")


@click.command()
@file_option
@organisation_option
def schedule(path: Path, of_organisation: str) -> None:
    """Everything at its time, in the foreground. Ctrl-C stops it.

    Of several organisations everything of all.
    """
    if not of_organisation and has_settings(path) and organisations.entries(path):
        _schedule_several(path)
        return
    path = organisation_path(path, of_organisation)
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


def _schedule_several(path: Path) -> None:
    """The jobs of all organisations of an installation. Each is locked as if it had a schedule of its own."""
    config = schema.load(path)
    keep_one_model()
    with ExitStack() as stack:
        locks = Locks(KeyHolders(), stack)

        def listed() -> list[Member]:
            return [locks.of(member) for member in organisations.members(path)]

        timetable = several.SeveralSchedules(
            listed, jobs, owes, at_once=config.schedule.organisations_at_once
        )
        timetable.look()
        if locks.elsewhere and not timetable.running:
            raise StoreError(
                f"another schedule is under way on {', '.join(locks.elsewhere)}, and nothing is left for this one: stop that one first"
            )
        report_progress(
            f"the schedule of {len(timetable.running)} organisations is on; Ctrl-C stops it"
        )
        try:
            timetable.start()
        except (KeyboardInterrupt, SystemExit):
            report_progress("stopped")


@dataclass(eq=False)
class Locks:
    """Which members' schedule is this one's, and which another program has."""

    holders: KeyHolders
    stack: ExitStack
    taken: set[str] = field(default_factory=set)
    elsewhere: list[str] = field(default_factory=list)

    def of(self, member: Member) -> Member:
        """A member whose schedule is this one's from now on; what is wrong where another program has it, or its settings can't be read."""
        if member.wrong or member.slug in self.taken:
            return member
        try:
            config = schema.load(member.path)
            self.holders.claim(member.slug, keys(config, member.folder))
            with (
                ExitStack() as taken
            ):  # let go of where the rest fails, so that it can be had once that is mended
                taken.enter_context(exclusive_lock(config, member.folder, "schedule"))
                with open_store(config, member.folder, create=False):
                    pass  # what is lost or emptied is refused now, and not by each job in turn
                self.stack.push(taken.pop_all())
        except MentionsError as error:
            if isinstance(error, UnderWay) and member.slug not in self.elsewhere:
                self.elsewhere.append(member.slug)
            return replace(member, wrong=str(error))
        self.taken.add(member.slug)
        return member
