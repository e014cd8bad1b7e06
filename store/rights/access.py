"""Ends what an older copy of the database alone would let in."""

from __future__ import annotations

from store.database import Database


def end_open_access(database: Database) -> None:
    """Within a transaction: ends what lets anybody in, or waits for a second person, by an older copy of the database alone.

    Sessions, links, codes and tickets; requests for access, for another second step and to the police. Each is begun anew in a minute, where one that ended since would be open again.
    """
    for table in ("sessions", "sign_in_links", "passes"):
        database.execute(f"DELETE FROM {table}")
    database.execute(
        "UPDATE account_requests SET state = 'over' WHERE state IN ('waits', 'agreed')"
    )
    database.execute("UPDATE second_step_resets SET state = 'over' WHERE state = 'waits'")
    database.execute("UPDATE police_requests SET state = 'over' WHERE state = 'waits'")
