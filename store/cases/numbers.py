"""Numbers of cases and posts, with gaps by coin tosses: that one is missing says nothing of what an officer may not see.

A number that an officer meets with 404 was most likely never given: half of all numbers are not. Numbers still rise with time, so that they
can be read out and put in order; those that were given before stay.
"""

from __future__ import annotations

import secrets
from itertools import repeat, takewhile
from typing import Literal

from store.database import Database


def tossed() -> int:
    """How many numbers to leave out before a case or a post: each toss that falls so one more, 1 on average (geometric, a half).

    So a gap of k numbers holds one out of sight with odds of about k times those of any to be one, and none is ever proof.
    """
    tosses = (secrets.randbits(1) for _ in repeat(None))
    return sum(1 for _ in takewhile(bool, tosses))


skipped = tossed


def following(db: Database, table: Literal["cases", "mentions"] = "cases") -> int:
    """The number of the next case or post, within the transaction that stores it."""
    last = db.value("SELECT seq FROM sqlite_sequence WHERE name = ?", table)
    return int(last or 0) + 1 + skipped()
