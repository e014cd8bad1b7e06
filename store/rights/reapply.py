"""What a restore would undo beside erasures and objections, done again by the lines of the ledger that the database does not know.

Holds and their end, access that ended, names that may be searched for no longer, what went to the Guardian, who stepped back,
what was refused an employer, who asked for, agreed to and took a pack of the Guardian's lane. What nobody can do again without its words is counted, so that people are told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from core import clock
from core.errors import StoreError
from store.cases.lane_packs import alike
from store.cases.recusals import Recusals
from store.cases.speaking_up import SpeakingUp
from store.database import Database
from store.retention import Retention
from store.rights.ledger import Ledger, LedgerKind, LedgerLine

BEFORE = "Agreed before a restore. Why, stood in what was lost"
SENT_BEFORE = "Sent there before a restore. Why, stood in what was lost"
ASKED_BEFORE = "Asked before a restore. Why, stood in what was lost"
TAKEN_BEFORE = "Taken before a restore. Why, stood in what was lost"
REFUSED_BEFORE = "Refused before a restore. Why, stood in what was lost"


class Reapplication:
    """Doing it again, within a transaction in which the ledger adds no line."""

    def __init__(
        self, database: Database, ledger: Ledger, retention: Retention, speaking_up: SpeakingUp, recusals: Recusals
    ) -> None:  # fmt: skip
        self._db = database
        self._ledger = ledger
        self._retention = retention
        self._speaking_up = speaking_up
        self._recusals = recusals
        self._counts: Counter[str] = Counter()
        self._by_kind: Mapping[LedgerKind, Callable[[LedgerLine, datetime], None]] = {
            "held": self._hold, "released": self._lift, "access ended": self._end_access, "name ended": self._end_name,
            "to the Guardian": self._to_guardian, "stepped back": self._step_back, "own handle": self._own_handle, "own handle ended": self._end_handle,
            "employer refused": self._refuse_employer, "lane pack": self._lane_pack, "to be done again": self._leave_to_people,
        }  # fmt: skip

    def apply(self, lines: Sequence[LedgerLine], at: datetime) -> dict[str, int]:
        """Does again what these lines say, in their order; how much of what, as an event keeps it."""
        self._counts = Counter()
        for place, line in enumerate(lines):
            again = self._by_kind.get(line.kind)
            if again is not None:
                again(_as_it_holds(line, lines[place + 1 :]), at)
        return dict(+self._counts)

    # ── holds ────────────────────────────────────────────────────────────────────────────────────

    def _hold(self, line: LedgerLine, at: datetime) -> None:
        until = clock.parse(str(line.about["until"]))
        if until <= at:
            return
        for number in self._here(line, "holds of posts that are not in this backup"):
            approver = self._db.row("SELECT number, name FROM users WHERE number = ?", line.about.get("approver", 0))  # fmt: skip
            if not line.about.get("agreed"):
                self._ask_again(number, line, until)
                continue
            without_use = bool(line.about.get("without_use"))
            try:
                self._put_hold(number, line, until, approver["name"] if approver else "someone who has left", without_use=without_use)  # fmt: skip
            except StoreError:  # the backup has it unread: it can't be taken out of use yet
                self._put_hold(number, line, until, approver["name"] if approver else "someone who has left", without_use=False)  # fmt: skip
                self._counts["held in use"] += 1
            self._db.execute("UPDATE hold_requests SET state = 'agreed', answered_at = ? WHERE mention = ? AND state = 'waits'", clock.text(line.at), number)  # fmt: skip
            self._counts["holds"] += 1

    def _put_hold(
        self, number: int, line: LedgerLine, until: datetime, approver: str, *, without_use: bool
    ) -> None:
        with self._db.transaction():
            self._retention.hold(
                number, reason=BEFORE, approver=approver, at=line.at, expires=until, without_use=without_use,
                request=int(line.about["request"]) if line.about.get("request") else None,
            )  # fmt: skip

    def _ask_again(self, number: int, line: LedgerLine, until: datetime) -> None:
        approver = line.about.get("approver", 0)
        if not self._db.row("SELECT 1 FROM users WHERE number = ?", approver):
            self._counts["held in use"] += 1
            return
        asked_by = line.about.get("asked_by") or None
        self._db.insert(
            "hold_requests", mention=number, approver=approver, at=clock.text(line.at), expires_at=clock.text(until),
            asked_by=asked_by if asked_by is not None and self._db.row("SELECT 1 FROM users WHERE number = ?", asked_by) else None,
            request=line.about.get("request") or None, without_use=int(line.about.get("without_use", 0)),
            encrypted=self._db.encryption.encrypt({"reason": BEFORE.replace("Agreed", "Asked"), "by": "", "login": ""}),
        )  # fmt: skip
        if line.about.get("without_use"):
            with (
                suppress(StoreError),
                self._db.transaction(),
            ):  # the backup has it unread: nobody lists it yet
                self._retention.set_aside(number, line.at)
        self._counts["holds asked for"] += 1

    def _lift(self, line: LedgerLine, at: datetime) -> None:
        for number in self._here(line):
            if line.about.get("refused"):
                self._refuse_hold(number, line)
            elif line.about.get("in_use"):
                with self._db.transaction():
                    self._counts["back in use"] += self._retention.end_by_danger(number, line.at)
            elif self._retention.on_hold(number, at):
                self._retention.lift_hold(number, by="", at=at)
                self._counts["holds lifted"] += 1

    def _refuse_hold(self, number: int, line: LedgerLine) -> None:
        """What waited for a yes and got a no: it is on no list of what waits, and is in use again."""
        with self._db.transaction():
            refused = self._db.execute(
                "UPDATE hold_requests SET state = 'refused', answered_at = ? WHERE mention = ? AND state = 'waits' AND at <= ?",
                clock.text(line.at), number, clock.text(line.at),
            )  # fmt: skip
            if refused:
                self._retention.put_back(number, line.at)
        self._counts["holds refused"] += bool(refused)

    # ── access ───────────────────────────────────────────────────────────────────────────────────

    def _end_access(self, line: LedgerLine, at: datetime) -> None:
        user = self._account(line)
        if user is None:
            return
        row = self._db.rows("SELECT * FROM users WHERE number = ?", user)[0]
        about: dict[str, int | str] = {}
        if line.about.get("active") == 0 and row["active"]:
            self._db.execute("UPDATE users SET active = 0 WHERE number = ?", user)
            about["active"] = 0
            self._counts["accounts closed"] += 1
        had, allowed = json.loads(row["roles"]), str(line.about.get("roles", "")).split(",")
        left = [role for role in had if role in allowed]
        if "roles" in line.about and left != had:
            if left:
                self._db.execute("UPDATE users SET roles = ? WHERE number = ?", json.dumps(left), user)  # fmt: skip
            else:  # an account has one role at least
                self._db.execute("UPDATE users SET active = 0 WHERE number = ?", user)
                about["active"] = 0
            about |= {"roles": ",".join(left), "before": ",".join(had)}
            self._counts["roles taken away"] += 1
        if "linked" in line.about:
            self._counts["links of accounts ended"] += self._db.execute(
                "UPDATE linked_accounts SET ended_at = ? WHERE user_number = ? AND organisation = ? AND their_number = ? AND linked_at <= ? AND ended_at IS NULL",
                clock.text(line.at), user, line.about["linked"], line.about["there"], clock.text(line.at),
            )  # fmt: skip
        if "code" in line.about:
            self._db.execute("UPDATE recovery_codes SET used_at = ? WHERE code_hash = ? AND used_at IS NULL", clock.text(line.at), line.about["code"])  # fmt: skip
        if "codes" in line.about or "step" in line.about:
            self._db.execute("DELETE FROM recovery_codes WHERE user_number = ?", user)
        if "password" in line.about or "step" in line.about:
            self._needs_link(user, row["password_hash"] != "", step="step" in line.about)
        if about:
            self._db.add_event("user changed", at, user=user, changed=",".join(name for name in ("roles", "active") if name in about), **about)  # fmt: skip

    def _needs_link(self, user: int, had_password: bool, *, step: bool) -> None:
        """Neither the old password nor the old second step lets anybody in: they may be whoever's they were changed for."""
        self._db.execute("UPDATE users SET password_hash = '' WHERE number = ?", user)
        if step:
            self._db.execute(
                "UPDATE second_steps SET encrypted = NULL, began_at = NULL, confirmed_at = NULL WHERE user_number = ?", user
            )  # fmt: skip
        self._counts["accounts that need a new link"] += had_password

    def _account(self, line: LedgerLine) -> int | None:
        marks = set(line.authors)
        for row in self._db.rows("SELECT number FROM users"):
            if self._ledger.account_mark(row["number"]) in marks:
                return int(row["number"])
        return None

    # ── names, the Guardian's lane, stepping back, an employer ───────────────────────────────────

    def _end_name(self, line: LedgerLine, at: datetime) -> None:
        for row in self._db.rows("SELECT number, encrypted FROM searched_people WHERE ended_at IS NULL"):  # fmt: skip
            name = self._db.encryption.decrypt(row["encrypted"])["name"]
            if self._db.encryption.person_hash(f"searched for {name}") in line.authors and row["number"] == line.about["name"]:  # fmt: skip
                self._db.execute("UPDATE searched_people SET ended_at = ? WHERE number = ?", clock.text(line.at), row["number"])  # fmt: skip
                self._db.add_event("name ended", at, name=row["number"])
                self._counts["names ended"] += 1

    def _to_guardian(self, line: LedgerLine, at: datetime) -> None:
        by_case: dict[int, list[int]] = {}
        for number in self._here(line):
            case = self._db.value("SELECT case_number FROM case_mentions WHERE mention = ?", number)
            if case is None:
                self._counts["posts to send to the Guardian again"] += 1
            else:
                by_case.setdefault(case, []).append(number)
        urgent = [name for name in str(line.about.get("urgent", "")).split(",") if name]
        for case, numbers in by_case.items():
            self._counts["sent to the Guardian"] += self._speaking_up.send(
                case, numbers, by=None, at=at, urgent=urgent, reason=SENT_BEFORE
            )

    def _step_back(self, line: LedgerLine, at: datetime) -> None:
        user, numbers = self._account(line), self._here(line)
        if user is None:
            return
        cases = self._db.rows(
            "SELECT DISTINCT case_number FROM case_mentions WHERE mention IN (SELECT value FROM json_each(?))", json.dumps(numbers)
        )  # fmt: skip
        for (case,) in cases:
            self._recusals.step_back(case, user, at=at, own_post=bool(line.about.get("own_post")))
            self._counts["stepped back"] += not line.about.get("own_post")

    def _own_handle(self, line: LedgerLine, at: datetime) -> None:
        user = self._account(line)
        if user is not None:
            self._recusals.register_again(user, str(line.about["platform"]), str(line.about["handle"]), at=at)  # fmt: skip

    def _end_handle(self, line: LedgerLine, at: datetime) -> None:
        user = self._account(line)
        if user is not None:
            self._counts["handles of their own ended"] += self._recusals.end_again(
                user, str(line.about["platform"]), str(line.about["handle"]), at=line.at,
                refused=line.about["state"] == "refused", gives_back=bool(line.about.get("back")),
            )  # fmt: skip

    def _refuse_employer(self, line: LedgerLine, at: datetime) -> None:
        user, request = self._account(line), line.about["request"]
        there = self._db.row("SELECT by_user FROM employer_requests WHERE number = ?", request)
        answered = self._db.row(
            "SELECT 1 FROM employer_answers WHERE request = ? AND (as_role = ? OR by_user = ?)", request, line.about["as_role"], user
        )  # fmt: skip
        if there is None or user is None or there["by_user"] == user or answered:
            return
        self._db.insert(
            "employer_answers", request=request, as_role=line.about["as_role"], answer="refuses", reason=line.about["reason"],
            by_user=user, at=clock.text(line.at), encrypted=self._db.encryption.encrypt({"reason": REFUSED_BEFORE}),
        )  # fmt: skip
        self._counts["employer refusals"] += 1

    def _lane_pack(self, line: LedgerLine, at: datetime) -> None:
        """A pack of the Guardian's lane that was asked for, answered or taken; by what the request stands for, its moment and its posts."""
        user, numbers, state = self._account(line), self._here(line), str(line.about["state"])
        case = self._db.value("SELECT case_number FROM case_mentions WHERE mention = ?", numbers[0]) if numbers else None  # fmt: skip
        number = line.about["request"]
        there = self._db.row("SELECT * FROM lane_packs WHERE number = ?", number)
        if user is None or case is None or (there is None) != (state == "waits") or (there is not None and there["case_number"] != case):  # fmt: skip
            self._counts["packs of the Guardian’s lane to write down"] += 1
            return
        posts = json.dumps(sorted(numbers))
        if state == "waits":
            self._db.execute(
                f"""UPDATE lane_packs SET state = 'over' WHERE case_number = ? AND state IN ('waits', 'agreed') AND {alike(str(line.about["purpose"]))}
                    AND EXISTS (SELECT 1 FROM json_each(lane_packs.posts) one WHERE one.value IN (SELECT value FROM json_each(?)))""",
                case, posts,
            )  # fmt: skip
            self._db.insert(
                "lane_packs", number=number, case_number=case, posts=posts, purpose=line.about["purpose"], as_role=line.about["as_role"],
                by_user=user, at=clock.text(line.at), encrypted=self._db.encryption.encrypt({"reason": ASKED_BEFORE, "login": ""}),
            )  # fmt: skip
            self._counts["packs of the Guardian’s lane asked for"] += 1
        elif state == "taken":
            self._db.insert(
                "exports", what="evidence", format=line.about["format"], at=clock.text(line.at), by_user=user, case_number=case, first_day=None,
                last_day=None, rows=len(numbers), left_out="{}", masked=0, digest="",
                encrypted=self._db.encryption.encrypt({"reason": TAKEN_BEFORE, "purpose": "court", "by_staff": len(numbers), "login": ""}),
            )  # fmt: skip
            self._counts["packs of the Guardian’s lane taken"] += 1
        else:
            self._db.execute(
                "UPDATE lane_packs SET state = ?, answered_by = ?, answered_at = ? WHERE number = ? AND state = 'waits'",
                state, user, clock.text(line.at), number,
            )  # fmt: skip
            self._counts[f"packs of the Guardian’s lane {state}"] += 1

    def _leave_to_people(self, line: LedgerLine, at: datetime) -> None:
        what = str(line.about["what"])
        if what == "request" and self._db.row("SELECT 1 FROM rights_requests WHERE number = ?", line.about["request"]):  # fmt: skip
            return
        self._counts[_LEFT[what]] += 1

    def _here(self, line: LedgerLine, absent: str = "") -> list[int]:
        rows = [
            self._db.row("SELECT number FROM mentions WHERE key_hash = ?", key)
            for key in line.posts
        ]
        if absent:
            self._counts[absent] += sum(row is None for row in rows)
        return [row["number"] for row in rows if row is not None]


# What is left to people, as an event counts it
_LEFT = {
    "settings": "settings to look through", "correction": "corrections to make again", "request": "requests to write down again",
}  # fmt: skip


def _as_it_holds(line: LedgerLine, later: Sequence[LedgerLine]) -> LedgerLine:
    """A line without what a later one took back: posts that came from the Guardian again, roles and access that were given again."""
    if line.kind == "to the Guardian":
        back = {post for each in later if each.kind == "from the Guardian" for post in each.posts}
        return replace(line, posts=tuple(post for post in line.posts if post not in back))
    if line.kind == "access ended":
        of_account = [each for each in later if each.kind == line.kind and each.authors == line.authors]  # fmt: skip
        given_again = {
            name for name in ("roles", "active") for each in of_account if name in each.about
        }
        return replace(line, about={name: value for name, value in line.about.items() if name not in given_again})  # fmt: skip
    return line
