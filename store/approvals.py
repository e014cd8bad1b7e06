"""What governance approved of the teams and mailboxes that the settings name: by whom, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core import clock
from core.errors import StoreError
from core.models import TeamType
from store.database import Database
from store.encryption import clean

ApprovedKind = Literal["team", "address"]
GuardedPart = Literal[
    "contacts", "templates", "teams", "routes", "alerts", "passing", "clocks", "search"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A team as it was approved, or a mailbox: then `email` is that one, and the rest is empty.

    `reason`: by its key in the page's list, why it was approved; "" of a mailbox, and before one was asked for.
    """

    what: ApprovedKind
    key: str = ""
    type: TeamType = "other"
    name: str = ""
    email: tuple[str, ...] = field(default=(), repr=False)
    reach: str = ""
    reason: str = ""
    by: int | None = None
    by_name: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A part of the settings in the form to which another person agreed."""

    part: GuardedPart
    form: Mapping[str, Any] = field(repr=False)
    at: datetime


class Approvals:
    """Adding and reading them; one that was given is not taken back: the settings are changed then."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, approval: Approval, *, by: int, at: datetime) -> None:
        """Writes down an approval, with an event that names no address. Raises StoreError for a mailbox that is none."""
        if approval.what == "address" and len(approval.email) != 1:
            raise StoreError("approve one mailbox at a time")
        with self._db.transaction():
            self._db.insert(
                "recipient_approvals", what=approval.what, key=clean(approval.key), type=approval.type, by_user=by,
                at=clock.text(at),
                encrypted=self._db.encryption.encrypt({
                    "name": clean(approval.name), "email": [clean(each) for each in approval.email],
                    "reach": clean(approval.reach), "reason": clean(approval.reason),
                }),
            )  # fmt: skip
            self._db.add_event(
                "recipient approved", at, what=approval.what, role=clean(approval.key), type=approval.type, by=by,
                **({"reason": clean(approval.reason)} if approval.reason else {}),
            )  # fmt: skip

    def all(self) -> list[Approval]:
        """Every approval, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT a.*, u.name AS by_name FROM recipient_approvals a
                LEFT JOIN users u ON u.number = a.by_user ORDER BY a.number"""
            )
        approvals = []
        for row in rows:
            fields = self._db.encryption.decrypt(row["encrypted"])
            approvals.append(Approval(
                what=row["what"], key=row["key"], type=row["type"], name=fields["name"],
                email=tuple(fields["email"]), reach=fields["reach"], reason=fields.get("reason", ""), by=row["by_user"],
                by_name=row["by_name"] or "somebody who has left", at=clock.parse(row["at"]),
            ))  # fmt: skip
        return approvals

    def head(self) -> int:
        """A number that is another after every approval."""
        with self._db.snapshot():
            return int(self._db.value(
                "SELECT (SELECT count(*) FROM recipient_approvals) + (SELECT count(*) FROM guarded_approvals)"
            ))  # fmt: skip

    def add_guarded(
        self, part: GuardedPart, form: Mapping[str, Any], *, by: int, at: datetime
    ) -> None:
        """Writes down that another person agreed to a part of the settings that nobody changes alone, in the form that they saw."""
        with self._db.transaction():
            self._db.insert(
                "guarded_approvals", part=part, by_user=by, at=clock.text(at), encrypted=self._db.encryption.encrypt({"form": form})
            )  # fmt: skip
            self._db.add_event("guarded setting approved", at, part=part, by=by)

    def note_refused(self, part: GuardedPart, *, by: int, at: datetime) -> None:
        """An event that another person did not agree to a change of a part; what it was is in the settings' history."""
        with self._db.transaction():
            self._db.add_event("guarded setting refused", at, part=part, by=by)

    def note_unapproved(self, approval: Approval, *, by: int, at: datetime) -> None:
        """An event that governance did not approve a team or a mailbox, which is as it was; no address stands in it."""
        with self._db.transaction():
            self._db.add_event("recipient refused", at, what=approval.what, role=clean(approval.key), type=approval.type, by=by)  # fmt: skip

    def agreed(self) -> list[Agreed]:
        """All that another person agreed to, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT part, at, encrypted FROM guarded_approvals ORDER BY number"
            )
        return [
            Agreed(part=row["part"], form=self._db.encryption.decrypt(row["encrypted"])["form"], at=clock.parse(row["at"]))
            for row in rows
        ]  # fmt: skip

    def note_rung_seen(self, version: int, section: str, *, by: int, at: datetime) -> None:
        """Writes down that somebody of governance has seen by what people are reached as it is in a version of a section."""
        with self._db.transaction():
            self._db.add_event("numbers seen", at, version=version, section=clean(section), by=by)

    def rung_seen(self, section: str) -> int:
        """The last version of a section that somebody of governance has seen, 0 for none. Who saw none by name saw that of the teams."""
        with self._db.snapshot():
            return int(self._db.value(
                """SELECT coalesce(max(json_extract(about, '$.version')), 0) FROM events
                WHERE kind = 'numbers seen' AND coalesce(json_extract(about, '$.section'), 'escalation') = ?""", section,
            ))  # fmt: skip

    def note_added(self, section: str, count: int, *, by: int, at: datetime) -> None:
        """An event that somebody lets more mailboxes be told of cases; which ones is in the settings' history."""
        with self._db.transaction():
            self._db.add_event("addresses added", at, section=clean(section), count=count, by=by)
