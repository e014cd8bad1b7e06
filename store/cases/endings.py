"""What may end a post: with a reason where it is of high risk or people were told of it at once; and one in which somebody may be in danger, is threatened, or a patient's details are out.

No decision ends such a post in Now unless its steps say who was told, or a person said in words that it is none: whatever
page, key, form or program it is saved by, and whatever is undone or taken back later. What was done beside (an answer with
kind words, hiding it, reporting it to the platform) is kept, and leaves it where it waits.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core import clock
from core.danger import first_steps, harms
from core.errors import StoreError
from core.models import DecisionKind
from core.serious_harm import needs_safeguarding
from store.cases.handoffs import ASKS as ASKS
from store.cases.handoffs import EMAILED, Handoff, Handoffs
from store.cases.handoffs import TELLS as TELLS
from store.cases.models import CaseDecision
from store.cases.takedowns import HIDES
from store.database import Database
from store.own_posts import ANSWERED
from store.sqlite import Row

# Of these the team has to say that it has it; of a leak an email that has left is enough, as long as its 72 hours go on longer than
# the team is given to say so.
_CONFIRMED: frozenset[str] = frozenset(("safeguarding", "threat"))
# The step of a path that says who has it, where the team is not set up and nothing was passed on.
_SAYS_WHO = {"safeguarding": ("danger", "has_it"), "threat": ("threat", "has_it"), "pid": ("leak", "tell")}  # fmt: skip
# Steps of a threat's path that, once it was begun, have each an answer before it is over, as those of `core.danger.first_steps` of
# danger: that a team has a threat warns nobody whom it is aimed at, and takes nothing down.
AFTER_THREAT: tuple[str, ...] = ("first", "target", "police", "platform")
# Answers to a step of a threat by which the team that is told of it does it: no answer for longer than the team has it, or may have
TO_WARN, TO_DECIDE = "for Security to warn", "for Security to decide"
HANDED_OVER = frozenset((TO_WARN, TO_DECIDE))
_PATHS: Mapping[str, str] = {"safeguarding": "danger", "threat": "threat"}
_ANSWERS = frozenset(
    ("reply", "no_reply")
)  # one of them is an answer, whatever the words are held for later
# What closes a post for good, or takes it out of sight, and does nothing about what is in it.
CLOSES: frozenset[DecisionKind] = frozenset(
    ("no_action", "not_relevant", "duplicate", "monitor", "snooze", "wrong_label")
)
# Of a post `i` of a case: of high risk, or people were told of it at once, or of its case when it was there.
GRAVE = """(i.risk >= 3 OR EXISTS (SELECT 1 FROM alerts a WHERE a.state <> 'not needed' AND a.kind <> 'own' AND (a.mention = i.mention
    OR a.mention IS NULL AND a.case_number = i.case_number AND (SELECT g.found_at FROM mentions g WHERE g.number = i.mention) <= a.at)))"""
SAY_WHY = "say why: it is of high risk, or people were told of it at once"
# Of these, what takes back a hand-off that waits: it tells the team that it is not needed.
_WITHDRAWS: frozenset[DecisionKind] = frozenset(("no_action", "not_relevant", "duplicate"))
_OPENS_NOTHING = ("undo", "reopen", "confirm", "escalate", "second_opinion")
WHAT: Mapping[str, str] = {
    "safeguarding": "someone may be in danger", "threat": "someone may be hurt", "pid": "a patient’s details are out",
}  # fmt: skip
NONE: Mapping[str, str] = {"safeguarding": "Not in danger", "threat": "Not a threat", "pid": "Not a leak"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDanger:
    """A case of Now in which somebody may be in danger or hurt, and no team that must know has said that it has it.

    `teams` were passed it and have not confirmed; `others` were passed it alone and need not know of it. `rung_at` is when the
    team was rung last, `rung_by` by whom, `answered` whether anybody spoke.
    """

    case: int
    flag: str
    reason: str
    since: datetime  # when the first of its posts was found
    holder: int | None  # the colleague who took it, or was handed it
    teams: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    rung_by: str = ""
    rung_at: datetime | None = None
    answered: bool = False

    @property
    def with_nobody(self) -> bool:
        """Whether no team was passed it and nobody rang: it goes before all that was."""
        return not self.teams and self.rung_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    at: datetime
    by_name: str
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What tells of a case whom nobody told: its posts of Now, the hand-offs and steps that hold, and replies. `masked` are the words of posts whose danger was begun with."""

    posts: Sequence[Row] = ()
    handoffs: Sequence[Row] = ()
    steps: Sequence[Row] = ()
    replies: Sequence[Row] = ()
    recorded: int | None = None  # the version with which the record of a leak was saved
    ends_at: str | None = None  # when the 72 hours of a leak end that run
    masked: Mapping[int, str] = field(default_factory=dict, repr=False)
    handed: bool = True  # the team has, or may have, what steps of a threat leave to it


class Endings:
    """Of which posts of Now nobody was told, and which decisions are refused for it."""

    def __init__(self, database: Database, handoffs: Handoffs) -> None:
        self._db = database
        self._handoffs = handoffs

    def facts(self, cases: Collection[int]) -> dict[int, CaseFacts]:
        """Of each of these cases what `untold` asks, by as many queries as of one."""
        listed = json.dumps(sorted(cases))
        of_these = "IN (SELECT value FROM json_each(?))"
        posts = _by_case(self._db.rows(
            f"""SELECT i.case_number, i.mention, m.revision, m.found_at, i.reviewable AND NOT coalesce(i.decided_revision >= i.revision, 0) AS open,
                (SELECT json_group_array(f.flag) FROM case_flags f WHERE f.mention = i.mention) AS flags,
                ({ANSWERED}) AS answered,
                CASE WHEN i.reported_version IS NULL THEN '[]' ELSE (SELECT json_group_array(j.value) FROM alerts a, json_each(a.flags) j
                    WHERE a.kind = 'reported' AND (a.mention = i.mention OR a.case_number = i.case_number)) END AS reported
            FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number {of_these} AND i.lane = 'now' AND NOT i.deleted""",
            listed,
        ))  # fmt: skip
        handoffs = _by_case(self._db.rows(f"SELECT h.case_number, h.version, h.role, h.posts, h.state, h.at, {EMAILED} AS emailed FROM handoffs h WHERE h.case_number {of_these} AND h.state <> 'taken back' ORDER BY h.number", listed))  # fmt: skip
        steps = _by_case(self._db.rows(
            f"""SELECT s.case_number, s.path, s.step, s.outcome, s.at, s.decision, s.encrypted, u.name FROM path_steps s LEFT JOIN users u ON u.number = s.by_user
            WHERE s.case_number {of_these} AND s.undone_at IS NULL ORDER BY s.number""",
            listed,
        ))  # fmt: skip
        replies = _by_case(self._db.rows(f"SELECT case_number, mention, version FROM replies WHERE case_number {of_these}", listed))  # fmt: skip
        recorded = {row["case_number"]: row["version"] for row in self._db.rows(
            f"""SELECT case_number, max(stopped_version) AS version FROM deadlines WHERE case_number {of_these} AND kind = 'pid'
            AND stop_reason = 'recorded' GROUP BY case_number""",
            listed,
        )}  # fmt: skip
        ends = {row["case_number"]: row["due_at"] for row in self._db.rows(
            f"SELECT case_number, min(due_at) AS due_at FROM deadlines WHERE case_number {of_these} AND kind = 'pid' AND stopped_at IS NULL GROUP BY case_number",
            listed,
        )}  # fmt: skip
        begun = [case for case, rows in steps.items() if any(row["path"] == "danger" for row in rows)]  # fmt: skip
        masked: dict[int, dict[int, str]] = {}
        for row in self._db.rows(
            f"""SELECT i.case_number, i.mention, a.masked FROM case_mentions i JOIN assessments a ON a.number = i.assessment
            WHERE i.case_number {of_these} AND i.lane = 'now' AND NOT i.deleted""",
            json.dumps(begun),
        ) if begun else ():  # fmt: skip
            masked.setdefault(row["case_number"], {})[row["mention"]] = row["masked"]
        untaken = self._untaken(
            {case: (steps.get(case, ()), handoffs.get(case, ())) for case in cases}
        )
        return {
            case: CaseFacts(
                handed=case not in untaken,
                posts=posts.get(case, ()), handoffs=handoffs.get(case, ()), steps=steps.get(case, ()), replies=replies.get(case, ()),
                recorded=recorded.get(case), ends_at=ends.get(case), masked=masked.get(case, {}),
            )
            for case in cases
        }  # fmt: skip

    def _untaken(self, cases: Mapping[int, tuple[Sequence[Row], Sequence[Row]]]) -> frozenset[int]:
        """Those of these cases, each with its steps and hand-offs, in which a step of a threat is left to a team that was not passed it, or does not take it."""
        untaken: set[int] = set()
        for case, (steps, handoffs) in cases.items():
            of_threat = [row for row in steps if row["path"] == "threat"]
            if not any(row["outcome"] in HANDED_OVER for row in of_threat):
                continue
            passed_on = [row for row in handoffs if self._handoffs.policy.receiver(row["role"]).type in TELLS["threat"]]  # fmt: skip
            refused = {each.version for each in self._handoffs.of_case(case) if each.refusal is not None}  # fmt: skip
            takes = any(row["version"] not in refused for row in passed_on)
            by_word = not passed_on and any(row["step"] == "has_it" for row in of_threat)
            if not takes and not by_word:
                untaken.add(case)
        return frozenset(untaken)

    def untold(
        self,
        case: int,
        standing: Sequence[Row],
        decision: CaseDecision | None = None,
        *,
        after: bool = True,
        facts: CaseFacts | None = None,
    ) -> dict[int, frozenset[str]]:
        """Posts of a case that wait in Now, or did until they were decided, with the flags of `TELLS` that nobody was told of.

        `standing` are the rows of the decisions that hold, `decision` one that is to be added to them. What a person said
        of a flag outranks the program; what a colleague reported counts as long as nobody said that it is none. `after`: what
        a team has counts as well as long as a step of its path has no answer. `facts`: where they were read already.
        """
        facts = facts or self.facts((case,))[case]
        spoken_of = {row["mention"]: _flags(row, standing, decision) for row in facts.posts}
        graves = {mention: flags & TELLS.keys() for mention, flags in spoken_of.items()}
        if not any(graves.values()):
            return {}
        withdraws = decision is not None and decision.kind in _WITHDRAWS
        known_of = self._told(facts, standing, withdraws=withdraws)
        for flag in _PATHS if after else ():
            if _left(facts, flag, [mention for mention, flags in graves.items() if flag in flags]):
                known_of[flag].clear()
        asking = {
            row["mention"]
            for row in facts.posts
            if ASKS in spoken_of[row["mention"]] and not row["answered"]
        }
        if (
            asking & known_of["pid"]
        ):  # hiding it answers nobody: what they ask for is with somebody too
            known_of["pid"] -= asking - self._looked_after(facts, standing)
        left = {
            mention: frozenset(flag for flag in flags if mention not in known_of[flag])
            for mention, flags in graves.items()
        }
        return {mention: flags for mention, flags in left.items() if flags}

    def pressed(self, case: int, standing: Sequence[Row], at: datetime) -> frozenset[int]:
        """Posts of a leak that its team was passed and has not confirmed, while its 72 hours are over or end before it would have to: they wait in Now until it has."""
        facts = self.facts((case,))[case]
        if facts.ends_at is None:
            return frozenset()
        versions, ends_at = {row["version"] for row in standing}, clock.parse(facts.ends_at)
        posts: set[int] = set()
        for row in facts.handoffs:
            knows = self._handoffs.policy.receiver(row["role"]).type in TELLS["pid"]
            if knows and row["state"] == "waits" and row["version"] in versions and self._handoffs.is_pressed(
                row["role"], clock.parse(row["at"]), at, ends_at
            ):  # fmt: skip
                posts |= {mention for mention, _ in json.loads(row["posts"])}
        return frozenset(posts)

    def unconfirmed_leak(self, case: int, standing: Sequence[Row]) -> frozenset[int]:
        """Posts that somebody confirmed as a leak, while its 72 hours run and nobody of its team has said that they have it: they wait in Now, whoever else was passed what of them. Not one that is gone."""
        confirmed = {post for row in standing if row["kind"] == "confirm" for post, _ in json.loads(row["covers"])}  # fmt: skip
        facts = self.facts((case,))[case] if confirmed else CaseFacts()
        if facts.ends_at is None or any((row["path"], row["step"], row["outcome"]) == ("leak", "tell", "told") for row in facts.steps):  # fmt: skip
            return frozenset()
        versions = {row["version"] for row in standing}
        known = {
            post for row in facts.handoffs
            if row["version"] in versions and row["state"] != "waits" and self._knows_of_leaks(row["role"])
            for post, _ in json.loads(row["posts"])
        }  # fmt: skip
        left = self._db.rows(
            "SELECT mention FROM case_mentions WHERE NOT deleted AND mention IN (SELECT value FROM json_each(?))",
            json.dumps(sorted(confirmed - known)),
        )
        return frozenset(row["mention"] for row in left)

    def unheard(self, case: int, standing: Sequence[Row]) -> frozenset[int]:
        """Posts of a leak that its team was passed in which somebody complains or asks for help as well, and that nobody answered or looks after: hiding them answers nobody, in whatever lane they stand."""
        passed_on = {
            mention for row in standing if row["kind"] == "escalate" and self._knows_of_leaks(row["role"])
            for mention, _ in json.loads(row["covers"])
        }  # fmt: skip
        if not passed_on:
            return frozenset()
        rows = self._db.rows(
            f"""SELECT i.mention, m.revision, m.found_at, ({ANSWERED}) AS answered, a.protected, '[]' AS reported,
                (SELECT json_group_array(f.flag) FROM case_flags f WHERE f.mention = i.mention) AS flags
            FROM case_mentions i JOIN mentions m ON m.number = i.mention JOIN assessments a ON a.number = i.assessment
            WHERE i.case_number = ? AND i.lane IN ('now', 'answer', 'look') AND NOT i.deleted
                AND i.mention IN (SELECT value FROM json_each(?))""",
            case, json.dumps(sorted(passed_on)),
        )  # fmt: skip
        spoken_of = {row["mention"]: _flags(row, standing, None) for row in rows}
        asking = {
            row["mention"] for row in rows
            if not row["answered"] and "pid" in spoken_of[row["mention"]]
            and (row["protected"] == "complaint" or not spoken_of[row["mention"]].isdisjoint((ASKS, "allegation")))
        }  # fmt: skip
        if not asking:
            return frozenset()
        facts = replace(self.facts((case,))[case], posts=rows)
        return frozenset(asking - self._looked_after(facts, standing))

    def hurt(self, case: int, standing: Sequence[Row]) -> frozenset[int]:
        """Posts of a confirmed leak that tell of serious harm to somebody who lives, and of which Safeguarding was neither passed nor told: that the leak is seen to gives nobody more time for the harm."""
        confirmed = {post for row in standing if row["kind"] == "confirm" for post, _ in json.loads(row["covers"])}  # fmt: skip
        if not confirmed:
            return frozenset()
        facts = self.facts((case,))[case]
        if any((row["path"], row["step"], row["outcome"]) == ("leak", "harm", "told") for row in facts.steps):  # fmt: skip
            return frozenset()
        versions = {row["version"] for row in standing}
        passed_on = {
            mention for row in facts.handoffs
            if row["version"] in versions and self._handoffs.policy.receiver(row["role"]).type == "safeguarding"
            for mention, _ in json.loads(row["posts"])
        }  # fmt: skip
        rows = self._db.rows(
            """SELECT i.mention, a.masked, m.posted_at, (SELECT json_group_array(f.name) FROM flags f WHERE f.assessment = a.number) AS flags,
                EXISTS (SELECT 1 FROM flags f WHERE f.assessment = a.number AND f.name = 'allegation' AND f.harm = 'serious') AS serious
            FROM case_mentions i JOIN mentions m ON m.number = i.mention JOIN assessments a ON a.number = i.assessment
            WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted AND i.mention IN (SELECT value FROM json_each(?))""",
            case, json.dumps(sorted(confirmed - passed_on)),
        )  # fmt: skip
        return frozenset(
            row["mention"] for row in rows
            if needs_safeguarding(row["masked"], clock.parse(row["posted_at"]), json.loads(row["flags"]), serious=bool(row["serious"]))
        )  # fmt: skip

    def _knows_of_leaks(self, role: str | None) -> bool:
        return self._handoffs.policy.receiver(role or "").type in TELLS["pid"]

    def is_of_leak_alone(self, decision: Row) -> bool:
        """Whether a decision passes a leak to the team that must know, which answers nothing else in it."""
        return decision["kind"] == "escalate" and self._knows_of_leaks(decision["role"])

    def steps_left(
        self, case: int, standing: Sequence[Row], facts: CaseFacts | None = None
    ) -> tuple[str, ...]:
        """The steps that have no answer yet, by their words, of the paths of danger and threats that were begun."""
        facts = facts or self.facts((case,))[case]
        left = self.untold(case, standing, facts=facts)
        of_flags = {
            flag: [mention for mention, flags in left.items() if flag in flags] for flag in _PATHS
        }
        return tuple(
            dict.fromkeys(
                step
                for flag, posts in of_flags.items()
                if posts
                for step in _left(facts, flag, posts)
            )
        )

    def open_danger(
        self, case: int, standing: Sequence[Row], facts: CaseFacts, handoffs: Sequence[Handoff], *, reason: str, holder: int | None
    ) -> OpenDanger | None:  # fmt: skip
        """What is open of danger or a threat in a case of Now; None where a team has it, or there is none. `handoffs`: those of the case that are open."""
        left = self.untold(case, standing, after=False, facts=facts)
        posts = {mention: flags & _PATHS.keys() for mention, flags in left.items() if flags & _PATHS.keys()}  # fmt: skip
        if not posts:
            return None
        flag = next(flag for flag in _PATHS if any(flag in flags for flags in posts.values()))
        of_these = [each for each in handoffs if any(mention in posts for mention, _ in each.posts)]
        types = {each.role: self._handoffs.policy.receiver(each.role).type for each in of_these}
        teams = dict.fromkeys(each.role for each in of_these if each.state == "waits" and types[each.role] in TELLS[flag])  # fmt: skip
        others = dict.fromkeys(each.role for each in of_these if types[each.role] not in (*TELLS[flag], "guardian"))  # fmt: skip
        rung = self._last_call(facts, _PATHS[flag])
        return OpenDanger(
            case=case, flag=flag, reason=reason, since=clock.parse(min(row["found_at"] for row in facts.posts if row["mention"] in posts)),
            holder=holder, teams=tuple(teams), others=tuple(others),
            rung_at=rung.at if rung else None, rung_by=rung.by_name if rung else "", answered=rung is not None and rung.answered,
        )  # fmt: skip

    def _last_call(self, facts: CaseFacts, path: str) -> _Call | None:
        """The last call to the team of a path, by when it was made and not by when that was saved."""
        calls = [
            _Call(
                at=clock.parse(self._db.encryption.decrypt(row["encrypted"])["when"] or row["at"]),
                by_name=row["name"] or "someone who has left", answered=row["step"].startswith("ring"),
            )
            for row in facts.steps if row["path"] == path and row["step"].startswith(("ring", "no_answer"))
        ]  # fmt: skip
        return max(reversed(calls), key=lambda call: call.at, default=None)

    def is_in_hand(
        self, case: int, standing: Sequence[Row], facts: CaseFacts | None = None
    ) -> bool:
        """Whether all that waits in Now of a case is with its team, and waits for the answer to a step alone."""
        facts = facts or self.facts((case,))[case]
        open_posts = {row["mention"] for row in facts.posts if row["open"]}
        if not open_posts or all(row["path"] == "leak" for row in facts.steps):
            return False
        if not open_posts <= self.untold(case, standing, facts=facts).keys():
            return False
        return self.untold(case, standing, after=False, facts=facts).keys().isdisjoint(open_posts)

    def is_leak_under_way(self, case: int, standing: Sequence[Row]) -> bool:
        """Whether all that waits in Now of a case is a leak that somebody confirmed and saw to, and nothing else.

        Its 72 hours run, and what is left of its steps is to be done on the same working day. Seen to means that each post is
        hidden, its platform asked or the report of it written down: what is in public still is due within the hour.
        """
        confirmed = {post for row in standing if row["kind"] == "confirm" for post, _ in json.loads(row["covers"])}  # fmt: skip
        seen_to = {row["mention"]: row["seen_to"] for row in self._db.rows(
            f"""SELECT i.mention, m.hidden OR EXISTS (SELECT 1 FROM takedowns t WHERE t.mention = i.mention AND t.step = 'asked')
                OR coalesce((SELECT d.outcome = 'done' AND d.action IN ({','.join('?' * len(HIDES))}) FROM moderations d
                    WHERE d.mention = i.mention ORDER BY d.number DESC LIMIT 1), FALSE)
                OR EXISTS (SELECT 1 FROM path_steps s WHERE s.case_number = i.case_number AND s.path = 'leak' AND s.step = 'hide'
                    AND s.undone_at IS NULL) AS seen_to
            FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number = ? AND i.lane = 'now' AND i.reviewable AND NOT i.deleted
            AND NOT coalesce(i.decided_revision >= i.revision, 0)""",
            *sorted(HIDES), case,
        )}  # fmt: skip
        open_posts = set(seen_to)
        if not open_posts or not open_posts <= confirmed or not all(seen_to.values()):
            return False
        left = self.untold(case, standing)
        return all(left.get(post, frozenset(("pid",))) <= {"pid"} for post in open_posts)

    def is_out_of_sight(self, case: int, standing: Sequence[Row]) -> bool:
        """Whether somebody hid every post of a case that waits, and nobody has to be told of one: what is left is to save that."""
        hidden = {row["mention"]: row["hidden"] for row in self._db.rows(
            f"""SELECT i.mention, coalesce((SELECT d.outcome = 'done' AND d.action IN ({','.join('?' * len(HIDES))}) FROM moderations d
                WHERE d.mention = i.mention ORDER BY d.number DESC LIMIT 1), FALSE) AS hidden
            FROM case_mentions i WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted AND i.lane IN ('now', 'look')
            AND NOT coalesce(i.decided_revision >= i.revision, 0)""",
            *sorted(HIDES), case,
        )}  # fmt: skip
        return (
            bool(hidden)
            and all(hidden.values())
            and hidden.keys().isdisjoint(self.untold(case, standing))
        )

    def _looked_after(self, facts: CaseFacts, standing: Sequence[Row]) -> set[int]:
        """Posts of which somebody looks after what they ask for: a team has it, it was replied to, or somebody wrote down who."""
        versions = {row["version"] for row in standing}
        looked_after = {
            mention
            for row in facts.handoffs
            if row["version"] in versions and self._handoffs.policy.receiver(row["role"]).type not in ("information_governance", "guardian")
            for mention, _ in json.loads(row["posts"])
        }  # fmt: skip
        looked_after |= {row["mention"] for row in facts.replies if row["version"] in versions}
        written = next((row["at"] for row in facts.steps if row["path"] == "leak" and row["step"] in ("help", "harm") and row["decision"] is None), None)  # fmt: skip
        return looked_after | {
            row["mention"] for row in facts.posts if written is not None and row["found_at"] <= written
        }  # fmt: skip

    def grave(self, case: int, posts: Collection[int]) -> frozenset[int]:
        """Which of these posts of a case are closed or put aside with a reason only, whatever page, key or form does it."""
        rows = self._db.rows(
            f"""SELECT i.mention FROM case_mentions i WHERE i.case_number = ?
                AND i.mention IN (SELECT value FROM json_each(?)) AND {GRAVE}""",
            case, json.dumps(sorted(posts)),
        )  # fmt: skip
        return frozenset(row["mention"] for row in rows)

    def refuse(self, decision: CaseDecision, standing: Sequence[Row]) -> None:
        """Raises StoreError for what would close one of its posts with nobody told, or deny its flag without a word why; and
        for what closes or puts aside without one what is of high risk."""
        if decision.kind in _OPENS_NOTHING and False not in decision.labels.values():
            return
        covered = {mention for mention, _ in decision.covers}
        if not decision.reason.strip():
            before = self.untold(decision.case, standing)
            denied = {name for name, holds in decision.labels.items() if not holds}
            wordless = {flag for mention in covered for flag in before.get(mention, ()) if flag in denied}  # fmt: skip
            if wordless:
                raise StoreError(f"say why it is none: “{_named(wordless, NONE)}” is saved with a reason")  # fmt: skip
        if decision.kind not in CLOSES:
            return
        words = untold_words(self.untold(decision.case, standing, decision), covered)
        if words:
            raise StoreError(words)
        if not decision.reason.strip() and self.grave(decision.case, covered):
            raise StoreError(SAY_WHY)

    def _told(
        self, facts: CaseFacts, standing: Sequence[Row], *, withdraws: bool
    ) -> dict[str, set[int]]:
        """Of each flag the posts of which somebody knows who has to."""
        versions = {row["version"] for row in standing}
        known_of: dict[str, set[int]] = {flag: set() for flag in TELLS}
        for row in facts.handoffs:
            if row["version"] not in versions:
                continue
            team = self._handoffs.policy.receiver(row["role"]).type
            for flag, teams in TELLS.items():
                waits = row["state"] == "waits"
                needs_word = withdraws or flag in _CONFIRMED or not row["emailed"]
                if team in teams and not (waits and needs_word):
                    known_of[flag] |= {mention for mention, _ in json.loads(row["posts"])}
        for flag, (path, step) in _SAYS_WHO.items():
            for row in facts.steps:
                if (row["path"], row["step"], row["decision"]) == (path, step, None) and row["outcome"] != "emailed":  # fmt: skip
                    known_of[flag] |= {
                        post["mention"] for post in facts.posts if post["found_at"] <= row["at"]
                    }
        for row in standing if facts.recorded is not None else ():
            if row["version"] <= facts.recorded:
                known_of["pid"] |= {mention for mention, _ in json.loads(row["covers"])}
        return known_of


def _by_case(rows: Sequence[Row]) -> dict[int, list[Row]]:
    of_cases: dict[int, list[Row]] = {}
    for row in rows:
        of_cases.setdefault(row["case_number"], []).append(row)
    return of_cases


def _left(facts: CaseFacts, flag: str, posts: Collection[int]) -> tuple[str, ...]:
    """The steps of a flag's path that have no answer, where it was begun; of danger those that fit these posts."""
    of_path = [row for row in facts.steps if row["path"] == _PATHS[flag]]
    if not of_path:
        return ()
    done = {row["step"] for row in of_path if facts.handed or row["outcome"] not in HANDED_OVER}
    wanted = AFTER_THREAT if flag == "threat" else first_steps(_harms(facts, posts))
    return tuple(
        step for step in wanted if step not in done and not (step in _ANSWERS and done & _ANSWERS)
    )


def _harms(facts: CaseFacts, posts: Collection[int]) -> frozenset[str]:
    """What may be happening to somebody, by the words of these posts."""
    return frozenset(harm for mention in posts for harm in harms(facts.masked.get(mention) or ""))


def _flags(row: Row, standing: Sequence[Row], decision: CaseDecision | None) -> frozenset[str]:
    """The flags that a post has, by the last word of people on its words as they stand."""
    flags = set(json.loads(row["flags"])) | set(json.loads(row["reported"]))
    spoken_of = [(json.loads(each["covers"]), json.loads(each["labels"])) for each in standing]
    if decision is not None:
        spoken_of.append(([list(pair) for pair in decision.covers], dict(decision.labels)))
    for covers, labels in spoken_of:
        if [row["mention"], row["revision"]] in covers:
            flags |= {name for name, holds in labels.items() if holds}
            flags -= {name for name, holds in labels.items() if not holds}
    return frozenset(flags)


def untold_words(untold: Mapping[int, Collection[str]], posts: Collection[int]) -> str:
    """Why one of these posts can't be closed yet, and what can be done; "" where each can."""
    flags = {flag for mention in posts for flag in untold.get(mention, ())}
    if not flags:
        return ""
    return f"{_named(flags, WHAT)}, and its steps are still to do: go through them, or say “{_named(flags, NONE)}” and why"


def _named(flags: Collection[str], words: Mapping[str, str]) -> str:
    """What is said of the gravest of these flags."""
    return next(words[flag] for flag in TELLS if flag in flags)
