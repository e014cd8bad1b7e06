"""Tries a backup: restores it into a folder of its own that goes afterwards, and looks whether all of it came back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import MentionsError
from store import Store
from store.backup import Manifest, manifest_path, restore_copy, row_counts, sha256_of
from store.maintenance import LEFTOVERS
from store.rights.ledger import FOLDER, SUFFIX, add_missing
from store.sqlite import explain_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it: what is wrong, in words a person can act on, what came back, and what was erased again in it."""

    backup: str
    problems: tuple[str, ...]
    created_at: datetime | None = None
    rows: int = 0
    events: int = 0
    erased_again: int = 0

    @property
    def well(self) -> bool:
        """Whether the backup would do."""
        return not self.problems


def try_backup(
    backup: Path, beside: Path, keys: Sequence[str], *, at: datetime, ledger: Path | None = None
) -> Trial:
    """Restores a backup into a folder beside the database `beside`, which is neither read nor changed.

    Looked at are the checksum, the file itself, its rows as the manifest counts them, seals, references and the chain of events, which
    must hold the manifest's head; then the erasure ledger is applied, and what it erases again must be proved gone. `ledger` is
    the live one, None where it lies in its folder. Raises nothing for what is wrong with the backup; StoreError where there is no room for it.
    """
    with explain_errors(beside):
        room = Path(tempfile.mkdtemp(prefix=beside.name + LEFTOVERS, dir=beside.parent))
    try:
        return _tried(
            backup,
            room / beside.name,
            keys,
            at,
            ledger or beside.parent / FOLDER / (beside.name + SUFFIX),
        )
    except MentionsError as error:
        return Trial(backup=backup.name, problems=(str(error),))
    finally:
        with suppress(OSError):
            shutil.rmtree(room)


def _tried(backup: Path, place: Path, keys: Sequence[str], at: datetime, ledger: Path) -> Trial:
    manifest = Manifest.read(manifest_path(backup))
    with explain_errors(backup):
        if sha256_of(backup) != manifest.sha256:
            raise MentionsError(
                f"{backup.name} is not the file that its manifest names: take an older backup"
            )
        restore_copy(backup, place, keys)
        problems = _lacking(manifest, row_counts(place))
    work_ledger = place.parent / FOLDER / (place.name + SUFFIX)
    with explain_errors(ledger):
        for source in (backup.parent / ledger.name, ledger):
            add_missing(source, work_ledger)
    # what was erased since is erased again as it opens; the proof of that is asked for here
    erased = Store.reopen(place, keys, at=at, ledger=work_ledger)
    if erased is not None and not erased.proved:
        problems.append(
            f"what was erased again is not proved gone: {'; '.join(erased.trouble) or 'something is left'}"
        )
    with Store.open(place, keys, create=False, ledger=work_ledger) as store:
        verified = store.maintenance.verify(manifest.head)
    problems += verified.problems
    return Trial(
        backup=backup.name, problems=tuple(problems), created_at=manifest.created_at, rows=sum(manifest.counts.values()),
        events=verified.events, erased_again=sum(erased.gone.values()) if erased is not None else 0,
    )  # fmt: skip


def _lacking(manifest: Manifest, there: dict[str, int]) -> list[str]:
    return [
        f"{table} has {there.get(table, 0):,} rows, and had {count:,} when the backup was made"
        for table, count in manifest.counts.items() if there.get(table, 0) != count
    ]  # fmt: skip
