"""Step 52: when this machine started, by its clock at a moment that was right: a clock that walks is measured against that."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m052_boot_clock(db: Database) -> None:
    """`boot_id` is the kernel's for one start of the machine; `booted_at` what the clock said less how long it ran since.

    Both are NULL where nothing tells, as outside Linux, and until the clock is next looked at.
    """
    run(db, (
        "ALTER TABLE clock_checks ADD COLUMN boot_id TEXT",
        "ALTER TABLE clock_checks ADD COLUMN booted_at TEXT",
    ))  # fmt: skip
