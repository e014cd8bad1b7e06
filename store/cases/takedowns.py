"""Follows a post until it is gone: whom we asked to take it down, when, how, and what became of it.

Steps are added, never changed. That a post was deleted on its platform is known from the post itself, so that
nobody need write it down. Notes and references are sealed, and go with the post.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from core import clock
from core.errors import StoreError
from core.models import Kind, Platform
from store.cases.models import HOLDS
from store.database import Opened
from store.encryption import clean
from store.sqlite import Row

Step = Literal["asked", "reminded", "refused", "gone", "given_up"]
Whom = Literal["platform", "author", "other"]
Standing = Literal["wanted", "asked", "reminded", "refused", "gone", "given_up", "nothing"]

STEPS: tuple[Step, ...] = get_args(Step)
WHOM: tuple[Whom, ...] = get_args(Whom)
TWICE = timedelta(minutes=1)  # within which the same from the same person was sent twice
OPEN: tuple[Standing, ...] = ("wanted", "asked", "reminded", "refused")

# Posts that somebody decided to have removed, or that are in a case of confirmed personal data, since when.
_REMOVED = f"""SELECT json_extract(v.value, '$[0]') AS mention, d.at AS since
    FROM case_decisions d, json_each(d.covers) v WHERE d.kind = 'remove' AND {HOLDS}"""
_CONFIRMED = """SELECT i.mention, k.began_at AS since FROM case_clocks k
    JOIN case_mentions i ON i.case_number = k.case_number AND i.worth
    WHERE k.kind = 'pid' AND k.stopped_at IS NULL AND (
        EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = 'pid')
        OR NOT EXISTS (SELECT 1 FROM case_flags f JOIN case_mentions o ON o.mention = f.mention
            WHERE o.case_number = i.case_number AND f.flag = 'pid'))"""
_FOLLOWED = """SELECT m.number, m.platform, m.kind, m.deleted_at, i.case_number
    FROM case_mentions i JOIN mentions m ON m.number = i.mention"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakedownStep:
    """One step for one post. `at` is when it was done, `kept_at` when it was written down, by whom."""

    mention: int
    step: Step
    at: datetime
    by: int  # the user's number
    whom: Whom = "platform"
    how: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    by_name: str = ""
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A post that should go, with what was done for it. `since`: when it was asked for, or first wanted."""

    mention: int
    case: int
    platform: Platform
    kind: Kind
    since: datetime | None
    gone_at: datetime | None  # when it was seen to be deleted on its platform
    steps: tuple[TakedownStep, ...]

    @property
    def standing(self) -> Standing:
        """Where it stands: what happened upstream first, else the last step."""
        if self.gone_at is not None:
            return "gone"
        if self.steps:
            return self.steps[-1].step
        return "wanted" if self.since is not None else "nothing"


class Takedowns(Opened):
    """Steps of takedowns."""

    def add_takedown(self, step: TakedownStep) -> None:
        """Adds a step, once where the same person sends the same twice.

        Raises StoreError for one that can't be: of no case's post, before somebody was asked.
        """
        if step.step == "given_up" and not step.note.strip():
            raise StoreError("say in the note why no more can be done")
        if step.kept_at is not None and step.at > step.kept_at:
            raise StoreError("that moment lies in the future: write when it was done")
        with self._writing():
            if not self._row("SELECT 1 FROM case_mentions WHERE mention = ?", step.mention):
                raise StoreError("that post is in no case: it was purged, or never was")
            was_asked = self._one(
                "SELECT 1 FROM takedowns WHERE mention = ? AND step = 'asked' LIMIT 1", step.mention
            )
            if step.step in ("reminded", "refused") and not was_asked:
                raise StoreError("nobody was asked to take it down yet: write that down first")
            if self._twice(step):
                return
            self._insert(
                "takedowns", mention=step.mention, step=step.step, whom=step.whom,
                at=clock.text(step.at), by_user=step.by, kept_at=clock.text(step.kept_at or step.at),
                sealed=self._seals.seal(
                    {"how": clean(step.how), "reference": clean(step.reference), "note": clean(step.note)}
                ),
            )  # fmt: skip
            self._note(
                "takedown", step.kept_at or step.at, mention=step.mention, step=step.step,
                whom=step.whom, by=step.by,
            )  # fmt: skip

    def _twice(self, step: TakedownStep) -> bool:
        """Whether the newest step of a post is this very one, kept by the same person just now."""
        row = self._row(
            "SELECT * FROM takedowns WHERE mention = ? ORDER BY number DESC LIMIT 1", step.mention
        )
        kept_at = step.kept_at or step.at
        return (
            row is not None
            and (row["step"], row["whom"], row["by_user"]) == (step.step, step.whom, step.by)
            and kept_at - clock.parse(row["kept_at"]) < TWICE
            and self._seals.open(row["sealed"])
            == {
                "how": clean(step.how),
                "reference": clean(step.reference),
                "note": clean(step.note),
            }
        )

    def takedowns(self, case: int) -> list[Takedown]:
        """The posts of a case that a person should see, or for which something was done, in their order."""
        with self._reading():
            wanted = self._wanted("d.case_number = ?", "k.case_number = ?", case)
            rows = self._rows(
                f"""{_FOLLOWED} WHERE i.case_number = ? AND (i.worth
                    OR EXISTS (SELECT 1 FROM takedowns t WHERE t.mention = i.mention))
                ORDER BY i.worth DESC, i.deleted, i.risk DESC, i.posted_at, i.mention LIMIT 200""",
                case,
            )
            return [self._takedown(row, wanted) for row in rows]

    def open_takedowns(self) -> list[Takedown]:
        """Every post that should go and is not gone, whoever has waited longest first."""
        with self._reading():
            wanted = self._wanted("1", "1")
            rows = self._rows(
                f"""{_FOLLOWED} WHERE m.deleted_at IS NULL AND i.mention IN (
                    SELECT value FROM json_each(?) UNION SELECT mention FROM takedowns)""",
                json.dumps(list(wanted)),
            )
            takedowns = [self._takedown(row, wanted) for row in rows]
        waiting = [
            takedown
            for takedown in takedowns
            if takedown.standing in OPEN and takedown.since is not None
        ]
        return sorted(waiting, key=lambda takedown: (takedown.since, takedown.mention))

    def _wanted(self, removed: str, confirmed: str, *values: int) -> dict[int, str]:
        """Posts that should go, and since when; the conditions are ours, never input."""
        rows = self._rows(
            f"{_REMOVED} AND {removed} UNION ALL {_CONFIRMED} AND {confirmed}", *values, *values
        )
        wanted: dict[int, str] = {}
        for row in rows:
            wanted[row["mention"]] = min(row["since"], wanted.get(row["mention"], row["since"]))
        return wanted

    def _takedown(self, row: Row, wanted: Mapping[int, str]) -> Takedown:
        steps = tuple(
            self._step(step_row)
            for step_row in self._each(
                """SELECT t.*, u.name FROM takedowns t LEFT JOIN users u ON u.number = t.by_user
                WHERE t.mention = ? ORDER BY t.at, t.number""",
                row["number"],
            )
        )
        since = wanted.get(row["number"])
        asked_at = next((step.at for step in steps if step.step == "asked"), None)
        return Takedown(
            mention=row["number"], case=row["case_number"], platform=row["platform"], kind=row["kind"],
            since=asked_at or (clock.parse(since) if since else steps[0].at if steps else None),
            steps=steps,
            gone_at=clock.parse(row["deleted_at"]) if row["deleted_at"] else None,
        )  # fmt: skip

    def _step(self, row: Row) -> TakedownStep:
        words = self._seals.open(row["sealed"])
        return TakedownStep(
            mention=row["mention"], step=row["step"], whom=row["whom"], at=clock.parse(row["at"]),
            by=row["by_user"] or 0, by_name=row["name"] or "", kept_at=clock.parse(row["kept_at"]),
            **words,
        )  # fmt: skip


# ── Keeps what people hid or removed through a platform: who, when, what, on which ground, and what came of it.
#
# It is written down before the platform is asked, since an answer that is lost may hide that it was done, and so
# that a second click finds the first. Reasons are sealed, and go with the post.

Outcome = Literal["doing", "done", "refused", "not_done", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LONGEST = timedelta(minutes=15)  # after which nobody is asking the platform any more

_ALL = "SELECT o.*, u.name FROM moderations o LEFT JOIN users u ON u.number = o.by_user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """Something that was done, or tried, to one post. `why` is what the platform or this program said of it.

    `clause` is of the policy, "" where the reason alone says it. `protected`: it was shown as protected speech.
    """

    number: int = 0
    mention: int
    revision: int
    source: str
    action: str
    by: int  # the user's number
    at: datetime
    final: bool = False
    protected: bool = False
    clause: str = ""
    reason: str = field(default="", repr=False)
    outcome: Outcome = "doing"
    ended_at: datetime | None = None
    why: str = ""
    by_name: str = ""


class Moderations(Opened):
    """Beginning, ending and reading them."""

    def begin_moderation(self, moderation: Moderation, *, after: int) -> int | None:
        """Writes down that the platform is about to be asked; its number.

        None where the post was edited, removed or acted on since it was shown, when `after` was the number of what was
        last done to it (0 for nothing): show it anew.
        """
        with self._writing():
            there = self._row(
                "SELECT revision, deleted_at FROM mentions WHERE number = ?", moderation.mention
            )
            last = (
                self._one(
                    "SELECT max(number) FROM moderations WHERE mention = ?", moderation.mention
                )
                or 0
            )
            if (
                there is None
                or there["deleted_at"]
                or there["revision"] != moderation.revision
                or last != after
            ):
                return None
            under_way = self._row(
                "SELECT * FROM moderations WHERE mention = ? AND outcome = 'doing'",
                moderation.mention,
            )
            if under_way is not None:
                if not _over(under_way, moderation.at):
                    return None
                self._end(under_way, "unknown", "", moderation.at)
            number = self._insert(
                "moderations", mention=moderation.mention, revision=moderation.revision, source=clean(moderation.source),
                action=clean(moderation.action), final=moderation.final, protected=moderation.protected,
                clause=clean(moderation.clause), by_user=moderation.by, began_at=clock.text(moderation.at),
                sealed=self._seals.seal({"reason": moderation.reason, "why": ""}),
            )  # fmt: skip
            self._note(
                "moderation began", moderation.at, mention=moderation.mention, moderation=number,
                action=clean(moderation.action), clause=clean(moderation.clause) or "none", by=moderation.by,
                protected=int(moderation.protected),
            )  # fmt: skip
        return number

    def end_moderation(self, number: int, outcome: Outcome, *, why: str = "", at: datetime) -> None:
        """Keeps what came of it, once; of a post that was purged meanwhile the event is kept alone."""
        with self._writing():
            row = self._row("SELECT * FROM moderations WHERE number = ?", number)
            if row is None:
                self._note("moderation ended", at, moderation=number, outcome=outcome)
            elif row["outcome"] in ("doing", "unknown"):
                self._end(row, outcome, why, at)

    def moderation(self, number: int, at: datetime) -> Moderation | None:
        """One of them as it stands at a moment."""
        with self._reading():
            row = self._row(f"{_ALL} WHERE o.number = ?", number)
            return self._moderation(row, at) if row else None

    def moderations(self, mention: int, at: datetime) -> list[Moderation]:
        """What was done to a post through its platform, first to last."""
        with self._reading():
            rows = self._rows(f"{_ALL} WHERE o.mention = ? ORDER BY o.number", mention)
            return [self._moderation(row, at) for row in rows]

    def case_moderations(self, case: int, at: datetime) -> list[Moderation]:
        """The same of all posts of a case."""
        with self._reading():
            rows = self._rows(
                f"""{_ALL} JOIN case_mentions i ON i.mention = o.mention
                WHERE i.case_number = ? ORDER BY o.number""",
                case,
            )
            return [self._moderation(row, at) for row in rows]

    def under_our_own(self, mention: int) -> bool:
        """Whether the post that began a post's thread is known to be ours."""
        with self._reading():
            return bool(self._one(
                """SELECT 1 FROM mentions m JOIN mentions r ON r.key_hash = m.root_hash AND r.own
                WHERE m.number = ?""",
                mention,
            ))  # fmt: skip

    def _end(self, row: Row, outcome: Outcome, why: str, at: datetime) -> None:
        unsealed = self._seals.open(row["sealed"])
        self._do(
            "UPDATE moderations SET outcome = ?, ended_at = ?, sealed = ? WHERE number = ?",
            outcome, clock.text(at), self._seals.seal({**unsealed, "why": clean(why)}), row["number"],
        )  # fmt: skip
        self._note(
            "moderation ended", at, mention=row["mention"], moderation=row["number"],
            action=row["action"], outcome=outcome,
        )  # fmt: skip

    def _moderation(self, row: Row, at: datetime) -> Moderation:
        words = self._seals.open(row["sealed"])
        return Moderation(
            number=row["number"], mention=row["mention"], revision=row["revision"], source=row["source"],
            action=row["action"], by=row["by_user"] or 0, by_name=row["name"] or "somebody who has left",
            at=clock.parse(row["began_at"]), final=bool(row["final"]), protected=bool(row["protected"]),
            clause=row["clause"], reason=words["reason"], why=words["why"],
            outcome="unknown" if row["outcome"] == "doing" and _over(row, at) else row["outcome"],
            ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None,
        )  # fmt: skip


def _over(row: Row, at: datetime) -> bool:
    """Whether it began so long ago that the program must have stopped in between."""
    return bool(row["began_at"] <= clock.text(at - LONGEST))
