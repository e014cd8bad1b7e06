"""The folder of scheduled backups: which there are, which is newest, and which go as newer ones come."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from core.errors import StoreError
from store.backup import manifest_path, sync_folder
from store.sqlite import explain_errors

SUFFIX = ".backup"
OF_TODAY = timedelta(days=1)  # so long each stays, however many there are
AHEAD = timedelta(days=1)  # a date later than that is of a clock that was wrong
_STAMP = re.compile(r"\d{8}T\d{6}Z")  # as clock.stamp writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """How many backups stay: of how many days, weeks and months the newest one each; none is older than `longest`."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 1
    longest: timedelta = timedelta(days=35)


@dataclass(frozen=True, slots=True, order=True)
class StoredBackup:
    """A backup that its name dates."""

    created_at: datetime
    path: Path


class BackupFolder:
    """One database's backups in one folder."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.folder = folder
        self._start = f"{database.stem}-"

    def all(self) -> list[StoredBackup]:
        """Every backup, the oldest first; files of another name are nobody's here. None where there is no folder."""
        with explain_errors(self.folder):
            files = sorted(self.folder.glob(f"{self._start}*{SUFFIX}"))
        return sorted(
            StoredBackup(moment, file)
            for file in files
            if (moment := self._moment(file)) is not None
        )

    def newest(self, at: datetime | None = None) -> StoredBackup | None:
        """The one that was made last, by its name. `at`: by a clock that is right now, so that one which a wrong clock dated
        later counts only where there is no other.
        """
        backups = self.all()
        credible = [backup for backup in backups if at is None or backup.created_at <= at + AHEAD]
        return max(credible or backups, default=None)

    def new_path(self, at: datetime, why: str = "") -> Path:
        """Where a backup of a moment goes: a name that nothing has yet. `why`: words that its name ends with."""
        name = f"{self._start}{clock.stamp(at)}{f'-{why}' if why else ''}"
        place = self.folder / f"{name}{SUFFIX}"
        for number in range(2, 1000):
            if not place.exists() and not manifest_path(place).exists():
                return place
            place = self.folder / f"{name}-{number}{SUFFIX}"
        raise StoreError(
            f"{self.folder} holds a thousand backups of one second: look at this machine's clock"
        )

    def rotate(self, rotation: Rotation, at: datetime) -> list[str]:
        """Removes what `to_remove` names, each with its manifest; their names. The erasure ledger beside them stays."""
        gone = to_remove(self.all(), rotation, at)
        with explain_errors(self.folder):
            for backup in gone:
                backup.path.unlink(missing_ok=True)
                manifest_path(backup.path).unlink(missing_ok=True)
            if gone:
                sync_folder(self.folder)
        return [backup.path.name for backup in gone]

    def _moment(self, file: Path) -> datetime | None:
        dated = _STAMP.match(file.name.removeprefix(self._start))
        try:
            return clock.parse(dated[0]) if dated else None
        except ValueError:  # digits that are no day
            return None


def to_remove(
    backups: Sequence[StoredBackup], rotation: Rotation, at: datetime
) -> list[StoredBackup]:
    """Those that need not stay: the newest of each of the last days, ISO weeks and months (UK) stay, and the newest of all.

    Each of the last 24 hours stays too: one that somebody makes by hand takes away none that was made that day.

    What is older than `rotation.longest` goes whatever it is the newest of, so that who was erased is gone from every backup by
    then; only the newest of all stays, since a store without any backup is worse, and health says that none is made. Whose date is
    yet to come got it from a clock that was wrong, so that nobody knows how old it is: it goes once there is another.
    """
    later = [backup for backup in backups if backup.created_at > at + AHEAD]
    backups = [backup for backup in backups if backup.created_at <= at + AHEAD]
    if not backups:
        return []
    staying = {
        *_newest_of_each(backups, lambda day: (day.year, day.month, day.day), rotation.daily),
        *_newest_of_each(backups, lambda day: day.isocalendar()[:2], rotation.weekly),
        *_newest_of_each(backups, lambda day: (day.year, day.month), rotation.monthly),
    }
    staying = {backup for backup in staying if backup.created_at > at - rotation.longest}
    staying |= {backup for backup in backups if backup.created_at > at - OF_TODAY}
    staying |= set(backups[-1:])
    return [*(backup for backup in backups if backup not in staying), *later]


def _newest_of_each(
    backups: Iterable[StoredBackup], period: Callable[[datetime], tuple[int, ...]], count: int
) -> list[StoredBackup]:
    newest = {
        period(backup.created_at.astimezone(clock.READERS_ZONE)): backup for backup in backups
    }
    return list(newest.values())[-count:] if count else []
