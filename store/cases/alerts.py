"""Alerts: one a case, raised in the transaction that makes the case high, and told of since by mail.

Raising says that people must be told; whom, and when, the settings say, so that telling is a step of its own. An alert
that was raised stays so until its mails are in the outbox: a crash in between loses nothing.

Who takes the case has acknowledged it, as has who decides on it or does a step of its path: nothing else is asked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core import clock
from core import context as contexts
from core.models import Kind, Lane, Platform, speaks_up
from store.cases.deadlines import HIGH
from store.cases.handoffs import DANGERS
from store.cases.models import HOLDS, CaseState
from store.cases.sight import GUARDIANS
from store.database import Database
from store.outbox import STUCK, Outbox, recipients_in, stuck_values
from store.sqlite import Row

# high: a case became high; worse: its risk rose, or a flag came that it had not; grew: to three times its size
# reported: a colleague reported the post; own: a post of our own account became high, which no case holds
AlertKind = Literal["high", "worse", "grew", "reported", "own"]
AlertState = Literal["raised", "told", "in digest", "not needed"]
GUARDIAN: Lane = "guardian"
GROWS = 3  # times as many posts as when it was last told of
READ = 200  # posts of a case that an alert is worded from, the worst first
MOST_UNSENT = (
    1000  # emails that have not left, or were never written, of which it is looked who was told
)
BY_HAND = "noted"  # the source of what somebody put in themselves, who knows of it


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPost:
    """A post of a case as an alert knows it: no word of it, no writer. `flags` are name and score, best first.

    `live`: it came while its source was watched; not live is what was posted before that source's first run, and
    what an import brought.
    """

    mention: int
    risk: int
    lane: Lane | None
    platform: Platform
    kind: Kind
    posted_at: datetime
    found_at: datetime
    followers: int | None
    shares: int | None
    flags: tuple[tuple[str, float], ...]
    decided: bool
    speaking_up: bool
    on_our_page: bool
    live: bool
    opened: bool = False  # a threat in the Guardian's lane that nobody of it took up


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert with its case as it is now. `posts` are the case's worst, undecided before decided, then newest.

    `told_before`: a mail of this case alone was written before; `risk_before`: as then told of; `added`: flags that no
    earlier alert of the case had.
    `has_by`: who has the case; `handled`: somebody took it, decided or began its path since the alert was raised.
    """

    number: int
    case: int | None
    mention: int | None
    kind: AlertKind
    at: datetime
    state: AlertState
    risk: int
    size: int
    size_now: int
    lane: Lane | None
    case_state: CaseState | None
    posts: tuple[AlertPost, ...]
    added: frozenset[str] = frozenset()
    told_before: bool = False
    risk_before: int = 0
    size_before: int = 0
    has_by: str = ""
    handled: bool = False
    idle_since: datetime | None = None  # when whoever has it took it, where nothing was done since
    due_at: datetime | None = None  # of the case
    reported: frozenset[str] = frozenset()  # what a colleague who reported it says that it is

    @property
    def worst(self) -> AlertPost:
        """The post that the alert is about."""
        return self.posts[0]

    @property
    def open(self) -> bool:
        """Whether anything of it waits for a person."""
        return bool(self.posts) and self.case_state not in ("done", "snoozed", "escalated")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail to be written. `alerts`: of which it tells, several in a digest; `next_at`: when the next contact is due."""

    alerts: tuple[int, ...]
    route: str
    recipients: tuple[str, ...] = field(repr=False)
    about: Mapping[str, str]
    level: int = 0
    digest: bool = False
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chased:
    """A mail whose next contact is due: of one alert, or the digest of several."""

    alert: int  # the first of them
    route: str
    level: int  # of the mail that nobody answered
    outbox: int
    digest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDue:
    """An alert that nobody took, of which the next contact of its route is due; `case` is None of a post that is in none."""

    alert: int
    case: int | None
    route: str
    lane: Lane | None
    danger: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """The last mail of a route about a case that somebody had and let go at `at`: whoever is next waits for nobody there any more."""

    alert: int
    route: str
    level: int
    outbox: int
    digest: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMail:
    """A mail of a case: to which route, when it was written and when it left."""

    route: str
    level: int
    digest: bool
    at: datetime
    message_id: str
    sent_at: datetime | None
    next_at: datetime | None
    alert: int = 0
    recipients: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentAlert:
    """A case and a route, or its next contact (`level` above 0), whose email has not left. `taken`: somebody had it before, and did nothing.

    `danger` and `leak`: what it was raised for.
    """

    case: int
    route: str
    level: int
    taken: bool
    assigned: bool = False  # somebody has it, whether they opened it or not
    danger: bool = False
    leak: bool = False
    done: bool = False  # somebody was told of it by a step, though not this route's team


@dataclass(frozen=True, slots=True)
class _Deeds:
    """Whether somebody decided on a case since a moment or told a team of it, or told anybody at all, and it holds."""

    told_team: bool
    told_anybody: bool


class Alerts:
    """Raising, telling and following up. `from_risk` is that of the settings, set by whoever opens the store."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.from_risk = HIGH  # the lowest risk of a case of which some route wants to be told
        self._db = database
        self._outbox = outbox

    # ── raised, within the transaction of whoever calls ──────────────────────────────────────────

    def raise_for(self, case: int, at: datetime, *, reopened: bool = False) -> bool:
        """Whether a case, as it is now, has to be told of; if so that is written down.

        When it becomes high, when its risk or its flags rise above what was last told, when it is three times as large,
        and when it was `reopened` by a post that a decision does not cover.
        """
        row = self._db.row("SELECT risk, size, state FROM cases WHERE number = ?", case)
        if row is None or row["state"] not in ("new", "open"):
            return False
        self._adopt_reports(case)
        if row["risk"] < self.from_risk:  # what makes it high again is told of once more
            self._db.execute(
                """UPDATE alerts SET risk = min(risk, ?1) WHERE number = (
                    SELECT max(number) FROM alerts WHERE case_number = ?2)""",
                row["risk"], case,
            )  # fmt: skip
            return False
        last = self._db.row(
            "SELECT * FROM alerts WHERE case_number = ? ORDER BY number DESC LIMIT 1", case
        )
        flags = self._flags_of(case, row["risk"])
        if last is not None and last["state"] == "raised":  # not told yet: it tells of this too
            self._db.execute(
                "UPDATE alerts SET risk = ?, size = ?, flags = ? WHERE number = ?",
                row["risk"], row["size"], json.dumps(sorted({*flags, *json.loads(last["flags"])})), last["number"],
            )  # fmt: skip
            return False
        kind: AlertKind | None = None
        if last is None or (reopened and self._waits(case)):
            kind = "high"
        elif row["risk"] > last["risk"] or set(flags) - self._told_flags(case):
            kind = "worse"
        elif row["size"] >= GROWS * max(1, last["size"]):
            kind = "grew"
        elif last["state"] == "in digest" and self._came_live(case, row["risk"], last["at"]):
            kind = "high"
        if kind is None:
            return False
        self._add(kind, at, case=case, risk=row["risk"], size=row["size"], flags=flags)
        return True

    def raise_own(self, mention: int, flags: Sequence[str], at: datetime) -> None:
        """A post of our own account became high: once a post, since no case holds it."""
        if not self._db.value("SELECT 1 FROM alerts WHERE mention = ? AND kind = 'own'", mention):
            self._add("own", at, mention=mention, risk=HIGH, size=1, flags=flags)

    def raise_opened(self, case: int, at: datetime) -> None:
        """Within a transaction: those on duty are told of a threat in the Guardian's lane that nobody of it took up, and the Guardian that they are."""
        row = self._db.rows("SELECT risk, size FROM cases WHERE number = ?", case)[0]
        self._add("worse", at, case=case, risk=row["risk"], size=row["size"], flags=self._flags_of(case, row["risk"]))  # fmt: skip

    def raise_report(self, mention: int, flags: Sequence[str], at: datetime) -> None:
        """A colleague reported a post: a person outranks the program, whatever it says of it. `flags`: what they worry about."""
        self._add("reported", at, mention=mention, risk=HIGH, size=1, flags=flags)

    def _add(
        self, kind: AlertKind, at: datetime, *, risk: int, size: int, flags: Sequence[str],
        case: int | None = None, mention: int | None = None,
    ) -> None:  # fmt: skip
        self._db.insert(
            "alerts", kind=kind, at=clock.text(at), case_number=case, mention=mention, risk=risk,
            size=size, flags=json.dumps(list(flags)),
        )  # fmt: skip

    def _adopt_reports(self, case: int) -> None:
        """What a colleague reported is told of as this case from now on."""
        self._db.execute(
            """UPDATE alerts SET case_number = ?1, mention = NULL,
                size = (SELECT size FROM cases WHERE number = ?1)
            WHERE mention IS NOT NULL AND kind = 'reported' AND EXISTS (
                SELECT 1 FROM case_mentions i WHERE i.mention = alerts.mention AND i.case_number = ?1)""",
            case,
        )

    def _flags_of(self, case: int, risk: int) -> list[str]:
        rows = self._db.rows(
            """SELECT DISTINCT f.flag FROM case_mentions i JOIN case_flags f ON f.mention = i.mention
            WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted AND i.risk = ? ORDER BY f.flag""",
            case, risk,
        )  # fmt: skip
        return [row["flag"] for row in rows]

    def _told_flags(self, case: int) -> set[str]:
        rows = self._db.rows("SELECT flags FROM alerts WHERE case_number = ?", case)
        return {flag for row in rows for flag in json.loads(row["flags"])}

    def _waits(self, case: int) -> bool:
        """Whether a post of such a risk waits for a decision."""
        return bool(self._db.value(
            """SELECT 1 FROM case_mentions WHERE case_number = ? AND reviewable AND NOT deleted AND risk >= ?
            AND NOT coalesce(decided_revision >= revision, 0)""",
            case, self.from_risk,
        ))  # fmt: skip

    def _came_live(self, case: int, risk: int, at: str) -> bool:
        """Whether such a post was found since, while its source was watched: until then the case was history."""
        return bool(self._db.value(
            f"""SELECT 1 FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted AND i.risk = ? AND m.found_at > ? AND {_LIVE}""",
            case, risk, at,
        ))  # fmt: skip

    # ── told ─────────────────────────────────────────────────────────────────────────────────────

    def raised(self, *, limit: int = 2000) -> list[Alert]:
        """What was raised and not told yet, oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM alerts WHERE state = 'raised' ORDER BY number LIMIT ?", limit
            )
            return [self._alert(row) for row in rows]

    def count_raised(self) -> int:
        """How many wait to be told: since alerts are off, nobody is set up to get them, or the office is closed."""
        with self._db.snapshot():
            return int(self._db.value("SELECT count(*) FROM alerts WHERE state = 'raised'"))

    def get(self, number: int) -> Alert | None:
        """One alert as its case is now; None once that has gone."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM alerts WHERE number = ?", number)
            return self._alert(row) if row is not None else None

    def tell(
        self, mails: Iterable[NewMail], states: Mapping[int, AlertState], at: datetime
    ) -> int:  # fmt: skip
        """Writes mails into the outbox and what became of the alerts, together or not at all; how many mails.

        Of an alert that another process told meanwhile nothing is written.
        """
        written = 0
        with self._db.transaction():
            gone = {
                number for number in states
                if not self._db.value("SELECT 1 FROM alerts WHERE number = ? AND state = 'raised'", number)
            }  # fmt: skip
            for mail in mails:
                alerts = [number for number in mail.alerts if number not in gone]
                written += self._write(mail, alerts, at) if alerts else 0
            for number, state in states.items():
                if number not in gone:
                    self._db.execute("UPDATE alerts SET state = ? WHERE number = ?", state, number)
        return written

    def _write(self, mail: NewMail, alerts: Sequence[int], at: datetime) -> int:
        row = self._outbox.add_within(
            "alert",
            f"{alerts[0]}:{mail.route}:{mail.level}", at, recipients=mail.recipients,
            payload={**mail.about, "route": mail.route, "level": str(mail.level), "digest": "1" if mail.digest else ""},
        )  # fmt: skip
        for number in alerts:
            self._db.insert(
                "alert_mails", alert=number, outbox=row, route=mail.route, level=mail.level,
                digest=mail.digest, at=clock.text(at),
                next_at=clock.text(mail.next_at) if mail.next_at else None,
            )  # fmt: skip
        return 1

    def count_mails(self, route: str, since: datetime, *, digests: bool) -> int:
        """How many mails, or digests, were written for a route since a moment; a digest that was chased counts once."""
        with self._db.snapshot():
            return int(self._db.value(
                "SELECT count(DISTINCT outbox) FROM alert_mails WHERE route = ? AND at > ? AND digest = ? AND (NOT digest OR level = 0)",
                route, clock.text(since), digests,
            ))  # fmt: skip

    # ── followed up ──────────────────────────────────────────────────────────────────────────────

    def to_chase(self, at: datetime) -> list[Chased]:
        """Mails of which the next contact is due, unless somebody took the case; the earliest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT min(alert) AS alert, route, level, outbox, max(digest) AS digest FROM alert_mails
                WHERE next_at <= ? GROUP BY outbox ORDER BY min(next_at), outbox""",
                clock.text(at),
            )
        return [
            Chased(alert=row["alert"], route=row["route"], level=row["level"], outbox=row["outbox"], digest=bool(row["digest"]))
            for row in rows
        ]  # fmt: skip

    def contacts_due(self, before: datetime, most: int) -> list[ContactDue]:
        """The alerts that nobody took of the first `most` mails whose next contact was due before a moment.

        Where somebody has a case of a digest, of the rest of it what is in Now alone is told on.
        """
        due: list[ContactDue] = []
        with self._db.snapshot():
            mails = self.to_chase(before)[:most]
            alerts = self._waiting_alerts([each.outbox for each in mails])
        for mail in mails:
            standing = alerts.get(mail.outbox, ())
            waits = [
                _contact_due(mail.route, row) for row, is_handled in standing if not is_handled
            ]
            if mail.digest and len(waits) < len(standing):
                waits = [each for each in waits if each.lane == "now"]
            due += waits
        return due

    def _waiting_alerts(self, mails: Sequence[int]) -> dict[int, list[tuple[Row, bool]]]:
        """The alerts of each of these mails of which something waits for a person, with whether somebody took their case."""
        rows = self._db.rows(
            """SELECT m.outbox, a.number, a.at, a.flags, c.number AS case_number, c.protected, c.lane, c.assigned_to, c.handed
            FROM json_each(?) n CROSS JOIN alert_mails m ON m.outbox = n.value CROSS JOIN alerts a ON a.number = m.alert
            LEFT JOIN case_mentions i ON a.case_number IS NULL AND i.mention = a.mention
            LEFT JOIN cases c ON c.number = coalesce(a.case_number, i.case_number)
            WHERE CASE WHEN c.number IS NULL THEN EXISTS (SELECT 1 FROM mentions p WHERE p.number = a.mention AND p.deleted_at IS NULL)
                ELSE c.state NOT IN ('done', 'snoozed', 'escalated')
                    AND EXISTS (SELECT 1 FROM case_mentions p WHERE p.case_number = c.number AND p.reviewable AND NOT p.deleted) END
            ORDER BY a.number""",
            json.dumps(list(mails)),
        )  # fmt: skip
        deeds = self._deeds({(row["case_number"], row["at"]) for row in rows if row["case_number"] is not None})  # fmt: skip
        alerts: dict[int, list[tuple[Row, bool]]] = {}
        for row in rows:
            done = deeds.get((row["case_number"], row["at"]))
            alerts.setdefault(row["outbox"], []).append((row, _has_somebody(row) or (done is not None and done.told_anybody)))  # fmt: skip
        return alerts

    def put_off(self, chased: Chased, until: datetime) -> None:
        """The next contact of a mail is due later: somebody took its case, and may do something about it until then."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE alert_mails SET next_at = ? WHERE outbox = ? AND next_at IS NOT NULL",
                clock.text(until), chased.outbox,
            )  # fmt: skip

    def chase(self, chased: Chased, mail: NewMail | None, at: datetime) -> bool:
        """Tells the next contact, once however often it is asked to; without a mail it ends there."""
        with self._db.transaction():
            due = self._db.execute(
                "UPDATE alert_mails SET next_at = NULL WHERE outbox = ? AND next_at IS NOT NULL",
                chased.outbox,
            )
            if not due or mail is None:
                return False
            self._write(mail, mail.alerts, at)
            alert = self._db.rows("SELECT * FROM alerts WHERE number = ?", chased.alert)[0]
            about = {"case": alert["case_number"]} if alert["case_number"] is not None and not chased.digest else {}  # fmt: skip
            self._db.add_event("alert not acknowledged", at, **about, level=mail.level)
        return True

    def let_go(self, case: int | None = None) -> list[LetGo]:
        """Of open cases that nobody has any more (of one `case`, or all), the last mail of each route, after which nobody is told next.

        Who had one gave it back, or what they did was undone or taken back: what their having it had ended goes on.
        """
        with self._db.snapshot():
            rows = self._db.rows_named(
                f"""SELECT * FROM (SELECT m.alert, m.route, m.level, m.outbox, m.digest, m.at AS mailed_at, max(
                    coalesce((SELECT x.at FROM assignments x WHERE x.case_number = c.number AND x.to_user IS NULL ORDER BY x.version DESC LIMIT 1), ''),
                    coalesce((SELECT max(s.undone_at) FROM path_steps s WHERE s.case_number = c.number), ''),
                    coalesce((SELECT max(d.at) FROM case_decisions d WHERE d.case_number = c.number AND d.kind = 'undo'), '')) AS let_go_at
                FROM cases c JOIN alerts a ON a.case_number = c.number JOIN alert_mails m ON m.alert = a.number
                WHERE c.state IN ('new', 'open') AND c.assigned_to IS NULL AND {"TRUE" if case is None else "c.number = :case"} AND m.next_at IS NULL
                AND m.number = (SELECT max(y.number) FROM alerts b CROSS JOIN alert_mails y ON y.alert = b.number
                    WHERE b.case_number = c.number AND +y.route = m.route)) WHERE let_go_at >= mailed_at""",
                {"case": case},
            )
        return [
            LetGo(alert=row["alert"], route=row["route"], level=row["level"], outbox=row["outbox"], digest=bool(row["digest"]), at=clock.parse(row["let_go_at"]))
            for row in rows
        ]  # fmt: skip

    def resume(self, let_go: LetGo, next_at: datetime) -> None:
        """The next contact of a mail is due again, since nobody has its case any more."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE alert_mails SET next_at = ? WHERE alert = ? AND outbox = ? AND next_at IS NULL",
                clock.text(next_at), let_go.alert, let_go.outbox,
            )  # fmt: skip

    def unsent(self, at: datetime, before: datetime) -> list[UnsentAlert]:
        """Of open cases whose email should have left by now and did not: who was not told, danger first, then the oldest.

        Beside what `Outbox.stuck` counts these are emails to a next contact of which a try failed, or that were written `before`.
        They are found by what has not left, and not among all that ever was written.
        What somebody did something about is left out, but for a team that they did not tell by it: of a call to 999 it knows nothing. So is a next
        contact's where somebody took the case since, but for danger: who has that and has done nothing about it tells nobody.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT u.*, c.state, c.assigned_to, c.handed, (SELECT max(x.at) FROM assignments x WHERE x.case_number = c.number) AS taken_at
                FROM (SELECT coalesce(a.case_number, i.case_number) AS case_number, m.route, m.level, min(a.at) AS raised_at, max(m.at) AS written_at,
                    max(a.flags LIKE '%"safeguarding"%' OR a.flags LIKE '%"threat"%') AS danger, max(a.flags LIKE '%"pid"%') AS leak, min(m.number) AS first
                FROM outbox_recipients r INDEXED BY outbox_recipients_unsent CROSS JOIN outbox o ON o.number = r.outbox
                CROSS JOIN alert_mails m ON m.outbox = o.number CROSS JOIN alerts a ON a.number = m.alert LEFT JOIN case_mentions i ON a.case_number IS NULL AND i.mention = a.mention
                WHERE r.state <> 'sent' AND o.kind = 'alert' AND o.sent_at IS NULL AND coalesce(a.case_number, i.case_number) IS NOT NULL
                AND ({STUCK} OR m.level > 0 AND r.channel = 'mail' AND r.dropped_at IS NULL AND (r.failed_at IS NOT NULL OR m.at <= ?))
                AND {self._db.sight.of_numbers("coalesce(a.case_number, i.case_number)", danger=True)}
                GROUP BY 1, m.route, m.level) u JOIN cases c ON c.number = u.case_number
                ORDER BY NOT u.danger, u.first, 1 LIMIT ?""",
                *stuck_values(at, ()), clock.text(before), MOST_UNSENT,
            )  # fmt: skip
            deeds = self._deeds({(row["case_number"], row["raised_at"]) for row in rows})
            return [each for row in rows if (each := _unsent(row, deeds[row["case_number"], row["raised_at"]])) is not None]  # fmt: skip

    def unwritten(self, before: datetime) -> dict[int, datetime]:
        """Open cases of Now that should have been told of `before`, and of which no email was ever written, or none since they were raised anew.

        As nothing runs that writes them. Since when they wait; those of which somebody told a team since are left out.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number, coalesce(min(r.at), min(d.began_at)) AS since FROM cases c INDEXED BY cases_by_lane
                JOIN deadlines d ON d.case_number = c.number AND d.kind = 'look' AND d.stopped_at IS NULL
                LEFT JOIN alerts r ON r.state = 'raised' AND (r.case_number = c.number
                    OR r.mention IN (SELECT i.mention FROM case_mentions i WHERE i.case_number = c.number))
                WHERE c.lane = 'now' AND c.state IN ('new', 'open') AND {self._db.sight.of_lanes()}
                AND (r.number IS NOT NULL OR NOT EXISTS (SELECT 1 FROM alerts a JOIN alert_mails m ON m.alert = a.number WHERE a.case_number = c.number
                    OR a.mention IN (SELECT i.mention FROM case_mentions i WHERE i.case_number = c.number)))
                GROUP BY c.number HAVING since <= ? ORDER BY since, c.number LIMIT ?""",
                clock.text(before), MOST_UNSENT,
            )  # fmt: skip
            deeds = self._deeds({(row["number"], row["since"]) for row in rows})
        return {row["number"]: clock.parse(row["since"]) for row in rows if not deeds[row["number"], row["since"]].told_team}  # fmt: skip

    def mails_of_case(self, case: int) -> list[ToldMail]:
        """The mails of a case, first to last."""
        return self.mails_of_cases((case,))[case]

    def mails_of_cases(self, cases: Collection[int]) -> dict[int, list[ToldMail]]:
        """The same of each of these cases, by as many queries as of one."""
        listed = json.dumps(sorted(cases))
        mails: dict[int, list[ToldMail]] = {case: [] for case in cases}
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT n.value AS case_number, a.number AS alert FROM json_each(?1) n CROSS JOIN alerts a ON a.case_number = n.value
                UNION SELECT i.case_number, a.number FROM json_each(?1) n CROSS JOIN case_mentions i ON i.case_number = n.value
                    CROSS JOIN alerts a ON a.mention = i.mention""",
                listed,
            )  # fmt: skip
            cases_of: dict[int, list[int]] = {}
            for row in rows:
                cases_of.setdefault(row["alert"], []).append(row["case_number"])
            for mail in self._mails("a.number IN (SELECT value FROM json_each(?))", json.dumps(sorted(cases_of))) if rows else ():  # fmt: skip
                for case in cases_of[mail.alert]:
                    mails[case].append(mail)
        return mails

    def mails_of(self, alert: int) -> list[ToldMail]:
        """The mails of one alert, first to last."""
        with self._db.snapshot():
            return self._mails("a.number = ?", alert)

    def of_mail(self, outbox: int) -> list[Alert]:
        """The alerts that a mail tells of, as their cases are now; those that have gone are left out."""
        with self._db.snapshot():
            return [self._alert(row) for row in self._db.rows(_OF_MAIL, outbox)]

    def next_of(self, outbox: int) -> datetime | None:
        """When the next contact is due after a mail; None where nobody is, or somebody took the case."""
        with self._db.snapshot():
            moment = self._db.value("SELECT min(next_at) FROM alert_mails WHERE outbox = ?", outbox)
        return clock.parse(moment) if moment else None

    def _mails(self, where: str, value: int | str) -> list[ToldMail]:
        """`where` is ours, never input."""
        rows = self._db.rows(
            f"""SELECT m.*, o.message_id, o.sent_at, o.encrypted FROM alert_mails m
            JOIN alerts a ON a.number = m.alert JOIN outbox o ON o.number = m.outbox
            WHERE {where} ORDER BY m.number""",
            value,
        )
        return [
            ToldMail(
                alert=row["alert"], route=row["route"], level=row["level"], digest=bool(row["digest"]),
                at=clock.parse(row["at"]), message_id=row["message_id"],
                sent_at=clock.parse(row["sent_at"]) if row["sent_at"] else None,
                next_at=clock.parse(row["next_at"]) if row["next_at"] else None,
                recipients=recipients_in(self._db, row["encrypted"]),
            )
            for row in rows
        ]  # fmt: skip

    # ── read ─────────────────────────────────────────────────────────────────────────────────────

    def _alert(self, row: Row) -> Alert:
        case = self._db.row(
            """SELECT c.*, u.name FROM cases c LEFT JOIN users u ON u.number = c.assigned_to
            WHERE c.number = ?""",
            row["case_number"] if row["case_number"] is not None else self._case_of(row["mention"]),
        )
        number = case["number"] if case is not None else None
        posts = self._posts(number, row) if number is not None and row["kind"] != "own" else ()
        before = self._db.rows(
            """SELECT risk, size, flags, EXISTS (SELECT 1 FROM alert_mails m WHERE m.alert = a.number AND NOT m.digest) AS mailed
            FROM alerts a WHERE case_number = ? AND number < ? ORDER BY number""",
            number, row["number"],
        )  # fmt: skip
        known = {flag for earlier in before for flag in json.loads(earlier["flags"])}
        return Alert(
            number=row["number"], case=number, mention=row["mention"], kind=row["kind"],
            at=clock.parse(row["at"]), state=row["state"], risk=row["risk"], size=row["size"],
            size_now=case["size"] if case is not None else 1,
            lane=_lane(case) if case is not None else None,
            case_state=case["state"] if case is not None else None,
            posts=posts or self._lone(row),
            added=frozenset(json.loads(row["flags"])) - known,
            told_before=any(earlier["mailed"] for earlier in before),
            risk_before=before[-1]["risk"] if before else 0,
            size_before=before[-1]["size"] if before else 0,
            has_by=(case["name"] or "") if case is not None else "",
            handled=case is not None and self._handled(case, row["at"]),
            idle_since=self._idle_since(case, row["at"]) if case is not None else None,
            due_at=clock.parse(case["due_at"]) if case is not None and case["due_at"] else None,
            reported=frozenset(json.loads(row["flags"])) if row["kind"] == "reported" else frozenset(),
        )  # fmt: skip

    def _case_of(self, mention: int | None) -> int | None:
        number: int | None = self._db.value(
            "SELECT case_number FROM case_mentions WHERE mention = ?", mention
        )
        return number

    def is_handled(self, case: int, since: datetime) -> bool:
        """Whether somebody has a case, or did something about it since that moment that holds."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM cases WHERE number = ?", case)
            return row is not None and self._handled(row, clock.text(since))

    def _handled(self, case: Row, at: str) -> bool:
        """Whether somebody has the case, or did something about it since that holds. Who was handed it has it once they opened it.

        What was undone is as it was; an answer beside danger, a threat or a leak that still waits in Now is no such thing.
        """
        return _has_somebody(case) or self._done(case, at)

    def has_told(self, case: int, since: datetime) -> bool:
        """Whether somebody decided on a case, or told somebody of it by a step, since that moment, and it holds."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM cases WHERE number = ?", case)
            return row is not None and self._done(row, clock.text(since))

    def idle_since(self, case: int, since: datetime) -> datetime | None:
        """When whoever has a case took it, where nothing was done about it since that moment; else None."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM cases WHERE number = ?", case)
            return self._idle_since(row, clock.text(since)) if row is not None else None

    def _idle_since(self, case: Row, at: str) -> datetime | None:
        if case["assigned_to"] is None or case["handed"] or self._done(case, at):
            return None
        taken = self._db.value("SELECT max(at) FROM assignments WHERE case_number = ?", case["number"])  # fmt: skip
        return clock.parse(taken) if taken else None

    def _done(self, case: Row, at: str) -> bool:
        """Whether somebody decided on the case since or told somebody of it by a step of its paths, and it holds."""
        return self._deeds({(case["number"], at)})[case["number"], at].told_anybody

    def _deeds(self, since: Collection[tuple[int, str]]) -> dict[tuple[int, str], _Deeds]:
        """What was done about each of these cases from the moment beside it on, by one look.

        A step that tells nobody, such as that who or where is not known, is none: whoever must know of it still does not.
        """
        decided = f"""EXISTS (SELECT 1 FROM case_decisions d WHERE d.case_number = n.number AND d.at >= n.since AND {HOLDS}
            AND (d.kind NOT IN ('respond', 'report', 'remove', 'confirm', 'second_opinion') OR NOT EXISTS (SELECT 1 FROM case_mentions i
                WHERE i.case_number = n.number AND i.lane = 'now' AND i.reviewable AND NOT i.deleted AND NOT coalesce(i.decided_revision >= i.revision, 0))))"""
        stepped = "EXISTS (SELECT 1 FROM path_steps WHERE case_number = n.number AND at >= n.since AND undone_at IS NULL AND ({}))"
        rows = self._db.rows(
            f"""SELECT n.number, n.since, {decided} AS decided, {stepped.format(_TELLS_TEAM)} AS team, {stepped.format(_TELLS_OTHERS)} AS others
            FROM (SELECT json_extract(value, '$[0]') AS number, json_extract(value, '$[1]') AS since FROM json_each(?)) n""",
            json.dumps(sorted(since)),
        )  # fmt: skip
        return {
            (row["number"], row["since"]): _Deeds(
                told_team=bool(row["decided"] or row["team"]),
                told_anybody=bool(row["decided"] or row["team"] or row["others"]),
            )
            for row in rows
        }

    def _posts(self, case: int, alert: Row) -> tuple[AlertPost, ...]:
        """Those of a case; a reported one has what its colleague worries about beside what the program finds in it."""
        reported = [alert["mention"]] if alert["kind"] == "reported" else []
        if reported == [None]:  # told of as this case: its report is of the same moment
            reported = [row["mention"] for row in self._db.rows(
                """SELECT t.mention FROM staff_reports t JOIN case_mentions i ON i.mention = t.mention
                WHERE i.case_number = ? AND t.at = ?""",
                case, alert["at"],
            )]  # fmt: skip
        worry = dict.fromkeys(reported, _raised_for(alert))
        rows = self._db.rows(
            f"""{_POST} FROM case_mentions i JOIN mentions m ON m.number = i.mention
            LEFT JOIN assessments a ON a.number = i.assessment
            WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted
            ORDER BY coalesce(i.decided_revision >= i.revision, 0), i.risk DESC, i.posted_at DESC LIMIT ?""",
            case, READ,
        )  # fmt: skip
        return tuple(self._post(row, worry.get(row["mention"], ())) for row in rows)

    def _lone(self, alert: Row) -> tuple[AlertPost, ...]:
        """The post of an alert that no case holds; flags are those that it was raised for."""
        rows = self._db.rows(
            f"""{_POST} FROM mentions m LEFT JOIN current_assessments a ON a.mention = m.number
            LEFT JOIN case_mentions i ON i.mention = m.number
            WHERE m.number = ? AND m.deleted_at IS NULL""",
            alert["mention"],
        )
        return tuple(self._post(row, _raised_for(alert)) for row in rows)

    def _post(self, row: Row, known: tuple[tuple[str, float], ...] = ()) -> AlertPost:
        flags = self._db.rows(
            "SELECT name, score FROM flags WHERE assessment = ? ORDER BY position",
            row["assessment"],
        )
        content = self._db.encryption.decrypt(row["encrypted"])
        return AlertPost(
            mention=row["mention"], risk=row["risk"], lane=row["lane"], platform=row["platform"],
            kind=row["kind"], posted_at=clock.parse(row["posted_at"]),
            found_at=clock.parse(row["found_at"]), followers=row["followers"], shares=row["shares"],
            flags=_flags_told([(flag["name"], flag["score"]) for flag in flags], known),
            decided=bool(row["decided"]), live=bool(row["live"]), opened=bool(row["opened"]),
            speaking_up=bool(row["speaks"]) if row["speaks"] is not None
            else row["protected"] is not None and speaks_up(row["protected"], row["staff"], row["kind"], [flag["name"] for flag in flags]),
            on_our_page=contexts.from_json(content.get("context")).is_under_ours,
        )  # fmt: skip


def _has_somebody(case: Row) -> bool:
    """Whether somebody has a case: who was handed it has it once they opened it."""
    return case["assigned_to"] is not None and not case["handed"]


def _contact_due(route: str, row: Row) -> ContactDue:
    lane = _lane(row) if row["case_number"] is not None else None
    danger = not DANGERS.isdisjoint(json.loads(row["flags"]))
    return ContactDue(alert=row["number"], case=row["case_number"], route=route, lane=lane, danger=danger)  # fmt: skip


def _unsent(row: Row, deeds: _Deeds) -> UnsentAlert | None:
    if row["state"] in ("done", "snoozed", "escalated"):
        return None
    if deeds.told_anybody if row["level"] else deeds.told_team:
        return None
    taken = row["taken_at"] if _has_somebody(row) and not deeds.told_anybody else None
    if row["level"] and not row["danger"] and taken is not None and taken > row["written_at"]:
        return None
    return UnsentAlert(
        case=row["case_number"], route=row["route"], level=row["level"], taken=taken is not None, assigned=row["assigned_to"] is not None,
        danger=bool(row["danger"]), leak=bool(row["leak"]), done=deeds.told_anybody,
    )  # fmt: skip


def _flags_told(
    read: Sequence[tuple[str, float]], known: tuple[tuple[str, float], ...]
) -> tuple[tuple[str, float], ...]:
    """The flags of a post as a mail tells them; `known` are those that it was raised for.

    Those count whatever the program finds in it: a colleague saw danger where it may read an insult, and whoever is told acts by that.
    """
    names = {name for name, _ in read}
    return (*read, *(each for each in known if each[0] not in names))


def _raised_for(alert: Row) -> tuple[tuple[str, float], ...]:
    return tuple((flag, 0.0) for flag in json.loads(alert["flags"]))


def _lane(case: Row) -> Lane | None:
    """The lane of a case: what is the Guardian's is told as theirs, whatever else is in it, unless somebody is in danger."""
    lane: Lane | None = GUARDIAN if case["protected"] == GUARDIANS else case["lane"]
    return lane


_OF_MAIL = "SELECT a.* FROM alert_mails m JOIN alerts a ON a.number = m.alert WHERE m.outbox = ? ORDER BY a.number"
# Of a step of a path: by it somebody of a team heard of the case, or was rung.
# A call that nobody took is followed up by the email to that team.
_TELLS_TEAM = "step LIKE 'ring%' OR step LIKE 'no_answer%' OR step IN ('has_it', 'tell', 'not', 'not_leak', 'close')"
_TELLS_OTHERS = """step = 'first' AND outcome IN ('called', 'called by someone else') OR step LIKE 'on_call%' AND outcome <> 'no answer'
    OR step = 'police' AND outcome IN ('told', 'told by someone else')"""
# Came while its source was watched, or somebody put it in by hand.
_LIVE = f"""EXISTS (SELECT 1 FROM matches x WHERE x.mention = m.number AND (x.source = '{BY_HAND}'
    OR x.source <> 'import' AND m.posted_at >= (SELECT min(r.at) FROM runs r WHERE r.source = x.source)))"""
_POST = f"""SELECT m.number AS mention, m.platform, m.kind, m.posted_at, m.found_at, m.followers, m.shares,
    coalesce(i.risk, {HIGH}) AS risk, i.lane, i.speaks, i.opened_at IS NOT NULL AS opened, a.number AS assessment, a.protected, a.staff,
    coalesce(i.decided_revision >= i.revision, 0) AS decided,
    (SELECT v.encrypted FROM revisions v WHERE v.mention = m.number AND v.revision = m.revision) AS encrypted,
    {_LIVE} AS live"""
