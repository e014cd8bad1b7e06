"""The backups that the schedule makes, which of them go, and the weekly trial by a restore."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core import clock
from core.errors import StoreError
from steps import safeguards
from steps.context import RunContext, keys, ledger_path
from steps.safeguards import backup_folder
from store.restore_trial import Trial, try_backup


def back_up_on_time(context: RunContext) -> None:
    """Tonight's backup, where the schedule makes any."""
    if context.config.backup.on:
        back_up(context, clock.now())


def back_up(context: RunContext, at: datetime) -> Path:
    """Writes a backup into the folder of [backup], then takes away those that need not stay; where it lies.

    None goes while the clock is doubted: by a wrong one all would be too old. Raises StoreError where it can't be written; no backup
    goes then.
    """
    folder = backup_folder(context.config, context.folder)
    place = folder.new_path(at)
    manifest = context.store.backups.write(place, at=at)
    context.report_progress(f"backed up: {place.name}, {manifest.size:,} bytes")
    if safeguards.clock_is_right(context, at, "older backups"):
        gone = folder.rotate(safeguards.rotation(context.config), at)
        if gone:
            there = [backup.path.name for backup in folder.all()]
            context.report_progress(f"older backups that went, as [backup] says: {', '.join(gone)}")
            context.report_progress(f"backups that stay: {', '.join(there)}")
    return place


def try_on_time(context: RunContext) -> None:
    """The weekly trial, where the schedule makes backups."""
    if context.config.backup.on:
        try_newest(context, clock.now())


def try_newest(context: RunContext, at: datetime) -> Trial:
    """Restores the newest backup into a folder that goes afterwards, and keeps what came of it; what is wrong is named.

    Raises StoreError where there is none, or no room for it.
    """
    newest = backup_folder(context.config, context.folder).newest(at)
    if newest is None:
        raise StoreError(
            f"there is no backup in {context.config.backup.folder}: make one with `mentions backup`"
        )
    trial = try_backup(
        newest.path, context.folder / context.config.store.path, keys(context.config, context.folder, context.find_secret),
        at=at, ledger=ledger_path(context.config, context.folder),
    )  # fmt: skip
    context.store.backups.note_trial(at, problems=len(trial.problems), created_at=newest.created_at)
    for problem in trial.problems:
        context.failed(f"{trial.backup}: {problem}")
    if trial.well:
        again = f"; {trial.erased_again} posts erased again in it" if trial.erased_again else ""
        context.report_progress(
            f"{trial.backup} was restored and is whole: {trial.rows:,} rows, {trial.events:,} events in an unbroken chain{again}"
        )
    return trial
