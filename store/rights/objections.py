"""Who objected to being watched for (UK GDPR Article 21): accounts by platform and keyed hash, so that the list names nobody.

What comes from them later is not taken in, unless it is a high risk or a colleague reported it. Risk is known only of what was
read: such a post is sealed like any other, waits in no list, and goes as soon as it was read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core import clock
from core.addresses import account_named, is_address
from core.errors import StoreError
from store.database import Database
from store.deletion import NOT_TAKEN_IN, Deletion, Deletions
from store.rights.ledger import Ledger
from store.rights.objection_list import ObjectionList

KeptBecause = Literal["high", "reported"]
WAITS = "waits"  # of a mention: its author objected, and nobody has read it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One account that objected."""

    number: int
    platform: str
    at: datetime
    request: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected:
    """A mention of somebody who objected that was taken in all the same, and why."""

    mention: int
    case: int | None
    platform: str
    found_at: datetime
    because: KeptBecause


class Objections:
    """The list, and what becomes of what those on it write."""

    def __init__(
        self, database: Database, listed: ObjectionList, deletions: Deletions, ledger: Ledger
    ) -> None:
        self._db = database
        self._list = listed
        self._deletions = deletions
        self._ledger = ledger

    def add(
        self,
        platform: str,
        accounts: Iterable[str],
        *,
        by: str,
        at: datetime,
        request: int | None = None,
    ) -> int:
        """Puts accounts of a person, each an id or a handle, on the list and in the erasure ledger; how many were new.

        Raises StoreError where no account is named: a name alone can be anybody's.
        """
        hashes = self._hashes(platform, accounts)
        with self._db.transaction():
            new = [each for each in hashes if not self._list.holds([each])]
            if new:
                self._ledger.append("objected", at, authors=[f"{platform} {each}" for each in new])
                for each in new:
                    self._list.put(platform, each, at=at, request=request)
            about = {} if request is None else {"request": request}
            self._db.add_event(
                "objected", at, by=self._db.encryption.person_hash(by), platform=platform, accounts=len(new), **about,
            )  # fmt: skip
        return len(new)

    def withdraw(
        self,
        platform: str,
        accounts: Iterable[str],
        *,
        by: str,
        at: datetime,
        request: int | None = None,
    ) -> int:
        """Takes accounts off the list, as their owner asked; how many were on it."""
        accounts = list(accounts)
        hashes = self._hashes(platform, accounts)
        # an address was put on it as it was written before 29 November 2026, and held for nobody
        hashes += [self._db.encryption.author_hash(platform, each) for each in accounts if is_address(each)]  # fmt: skip
        with self._db.transaction():
            listed = [each for each in dict.fromkeys(hashes) if self._list.holds([each])]
            if listed:
                self._ledger.append(
                    "withdrawn", at, authors=[f"{platform} {each}" for each in listed]
                )
                for each in listed:
                    self._list.take_out(each)
                about = {} if request is None else {"request": request}
                self._db.add_event(
                    "objection withdrawn", at, by=self._db.encryption.person_hash(by),
                    platform=platform, accounts=len(listed), **about,
                )  # fmt: skip
        return len(listed)

    def all(self) -> list[Objection]:
        """The list, newest first."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT * FROM objections ORDER BY number DESC")
        return [
            Objection(
                number=row["number"], platform=row["platform"], at=clock.parse(row["at"]), request=row["request"]
            )
            for row in rows
        ]  # fmt: skip

    def waiting(self, numbers: Sequence[int]) -> frozenset[int]:
        """Those of these mentions whose author objected, and that nobody has read yet."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT number FROM mentions WHERE objected = ? AND number IN (SELECT value FROM json_each(?))",
                WAITS, json.dumps(list(numbers)),
            )  # fmt: skip
        return frozenset(row["number"] for row in rows)

    def settle(self, high: Iterable[int], others: Iterable[int], *, at: datetime) -> frozenset[int]:
        """Lets go of `others`, but for what a colleague reported, and marks what stays and why; what went.

        What went leaves no tombstone: an edit may yet make a high risk of it.
        """
        others = list(others)
        with self._db.transaction():
            reported = {
                row["mention"]
                for row in self._db.rows(
                    "SELECT DISTINCT mention FROM staff_reports WHERE mention IN (SELECT value FROM json_each(?))",
                    json.dumps(others),
                )
            }
            for because, numbers in (("high", list(high)), ("reported", sorted(reported))):
                for number in numbers:
                    self._db.execute(
                        "UPDATE mentions SET objected = ? WHERE number = ? AND objected = ?",
                        because, number, WAITS,
                    )  # fmt: skip
                    self._db.add_event(
                        "objected, taken in", at, mention=number, because=str(because)
                    )
            going = sorted(set(others) - reported)
            if going:
                self._deletions.remove(Deletion(mentions=dict.fromkeys(going, NOT_TAKEN_IN)), at)
                self._db.add_event("not taken in", at, mentions=len(going))
        return frozenset(going)

    def kept_because(self, number: int) -> KeptBecause | None:
        """Why a mention stays although its author objected; None where they did not, or nobody has read it yet."""
        with self._db.snapshot():
            because: KeptBecause | None = self._db.value(
                "SELECT objected FROM mentions WHERE number = ? AND objected <> ?", number, WAITS
            )
        return because

    def taken_in(self, *, limit: int = 100) -> list[Objected]:
        """What was taken in although its author objected, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT m.number, m.platform, m.found_at, m.objected, i.case_number FROM mentions m
                LEFT JOIN case_mentions i ON i.mention = m.number
                WHERE m.objected IS NOT NULL AND m.objected <> ? ORDER BY m.number DESC LIMIT ?""",
                WAITS, limit,
            )  # fmt: skip
        return [
            Objected(
                mention=row["number"], case=row["case_number"], platform=row["platform"],
                found_at=clock.parse(row["found_at"]), because=row["objected"],
            )
            for row in rows
        ]  # fmt: skip

    def _hashes(self, platform: str, accounts: Iterable[str]) -> list[str]:
        return list(
            dict.fromkeys(
                self._db.encryption.author_hash(platform, account)
                for account in accounts_named(platform, accounts)
            )
        )


# Where sources give an author's page as the author's id, so that an address is one
_BY_PAGE = frozenset(("blog", "news", "forum", "record", "other"))
_BEFORE_NAMES = re.compile(
    r"^/?u(?:ser)?/(?=[\w-]+/?$)", re.IGNORECASE
)  # u/name, as people write it


def accounts_named(platform: str, accounts: Iterable[str]) -> list[str]:
    """The handles and ids among what was written. Raises StoreError where there is none."""
    named = [account_of(platform, account) for account in accounts if account.strip().lstrip("@")]
    if not named:
        raise StoreError(
            "name the account by its handle or its id on that platform: a person’s name alone can be anybody’s"
        )
    return named


def account_of(platform: str, account: str) -> str:
    """The handle or id, also of who gave an address. Raises StoreError for an address that names no account of this platform.

    The hash of an address would stand on the list and hold for nobody, while its owner was told that it holds.
    """
    written = account.strip()
    if platform == "reddit":
        written = _BEFORE_NAMES.sub("", written).rstrip("/")
    if not is_address(written):
        return written
    place, named = account_named(written)
    if place == platform:
        return named
    if platform in _BY_PAGE:
        return written
    if named:
        raise StoreError(
            f"that is the address of an account on another platform ({place}): choose that platform, or give the handle or the id there"
        )
    raise StoreError(
        "no account can be told from that address: give the handle, such as @name, or the id there, "
        "or the address of their profile"
    )
