"""The regular look at whether the database file is whole, and what is said where it is not."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from core.errors import StoreError
from settings.schema import Config
from steps.context import RunContext, with_newest_backup
from steps.faults import Fault
from store import Mark, Store, damage

MARK = "database"  # when it was last looked through to its end, and was whole
LONG = "database too large"  # that the last nightly look did not reach its end
NIGHTLY = 120.0  # seconds: some 10 GB at 100 MB a second
BESIDE = 2.0  # seconds that a cycle and `mentions status` spend on it
UNSEEN_FOR = timedelta(days=8)  # after which a database that no look got through is spoken of


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """When it was found damaged, when it was last looked through and whole; `too_large`: the last nightly look did not get through."""

    damaged_since: datetime | None
    looked_at: datetime | None
    too_large: bool


def look_each_night(context: RunContext) -> None:
    """Before what can't be taken back: names the damage, where there is any."""
    store = context.store
    state = store.maintenance.look_through(NIGHTLY)
    if state == "damaged":
        tell(context)
        return
    with context.continue_on_error("the look through the database"):
        if state == "unfinished":
            store.pulse.note(LONG, clock.now())
        else:
            store.pulse.note(MARK, clock.now())
            store.pulse.forget([LONG])


def look_beside(context: RunContext) -> None:
    """With each cycle, where a look takes no longer than `BESIDE`; a larger one is looked through each night."""
    marks = context.store.pulse.marks()
    if LONG in marks:
        return
    began = time.monotonic()
    state = context.store.maintenance.look_through(BESIDE)
    if state == "damaged":
        tell(context)
    elif state == "whole" and time.monotonic() - began < BESIDE:
        context.store.pulse.note(MARK, clock.now())


def tell(context: RunContext) -> None:
    """Names the damage as a failure of the run, once."""
    why = f"{context.store.database.path.name}: {damage.MEND}"
    line = with_newest_backup(why, context.config, context.folder)
    if line not in context.failures:
        context.failed(line)


def look_now(store: Store) -> None:
    """A short look for `mentions status`, which writes nothing into the database; what it finds is noted beside the file."""
    with suppress(StoreError):  # what can't be read now is said by whoever has to read it
        store.maintenance.look_through(BESIDE)


def soundness_of(store: Store, marks: Mapping[str, Mark]) -> Soundness:
    """What is known of it; it reads the note beside the file, and nothing else of the disk."""
    looked = marks.get(MARK)
    return Soundness(
        damaged_since=store.maintenance.damaged_since(), looked_at=looked.at if looked else None, too_large=LONG in marks,
    )  # fmt: skip


def faults(
    store: Store, config: Config, folder: Path, at: datetime, marks: Mapping[str, Mark]
) -> Sequence[Fault]:
    """The gravest there is: no page can be trusted while its database is damaged."""
    known = soundness_of(store, marks)
    if known.damaged_since is not None:
        to_do = with_newest_backup(damage.TO_DO, config, folder)
        return [
            Fault(
                kind="database", blocks=True, since=known.damaged_since, key=f"database {clock.text(known.damaged_since)}",
                line=f"The database is damaged, found {clock.near(known.damaged_since, at)}: what is shown may be wrong or not all.",
                mend=f"Whoever looks after this program puts a backup in the file’s place: {to_do}. Where it was put right another way, "
                "`mentions verify` says whether it is whole.",
            )
        ]  # fmt: skip
    if known.too_large and (known.looked_at is None or known.looked_at < at - UNSEEN_FOR):
        return [
            Fault(
                kind="database", doubt=False, passing=True,
                line="The database is too large to be looked through each night.",
                mend="Damage to it may go unseen. Whoever looks after this program runs `mentions verify`, which takes its time, each week.",
            )
        ]  # fmt: skip
    return []


def words(known: Soundness, at: datetime) -> str:
    """For the pulse: whole when it was looked through today, 03:10."""
    if known.damaged_since is not None:
        return f"damaged, found {clock.near(known.damaged_since, at)}"
    if known.looked_at is None:
        return "not looked through yet"
    late = "; too large to be looked through each night" if known.too_large else ""
    return f"whole when it was looked through {clock.near(known.looked_at, at)}{late}"
