"""What was done about danger or a threat, by the steps that hold: the one place by which a page says that 999 was called, or a team rung.

Whoever reads a page that says nothing of it calls a second time, or thinks that nothing was done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.danger import first_steps, harms
from core.text import sentence
from reports.handoffs import role_of
from review.context import RequestContext
from review.desk.teams import TEAM_OF
from store import Handoff, PathStep, Store
from store.cases.endings import AFTER_THREAT
from store.cases.handoffs import TELLS
from store.cases.path_steps import (
    CALLED_999,
    NO_ANSWER,
    NOBODY_ANSWERED,
    ON_CALL,
    RING,
    RING_AGAIN,
    SPOKE,
    call_in_place,
)

_ANSWERS = frozenset(("reply", "no_reply"))  # one is the answer to the other
_NOT_RUNG = "not_rung"
RETRY_AFTER = timedelta(
    minutes=15
)  # a call its team is rung again, where no setting says otherwise
# What a step says that somebody did, by its word and what came of it; "" is whatever else came of it.
_DID: Mapping[str, Mapping[str, str]] = {
    "first": {
        "called": "called 999", "called by someone else": "wrote down that someone else called 999",
        "no life in danger": "wrote down that no life is in danger, and that 999 was not called", "": "wrote down that 999 was not called",
    },
    "platform": {"told": "told the platform", "": "wrote down why the platform was not told"},
    "reply": {"sent": "replied with help", "answered already": "wrote down that it was answered already", "": "wrote down why nobody replied"},
    "no_reply": {"": "wrote down that it is not answered in public"},
    "target": {"warned": "wrote down that whoever it is aimed at knows", "": "wrote down who warns whoever it is aimed at"},
    "police": {"told": "told the police", "told by someone else": "wrote down that someone else told the police", "": "wrote down that the team decides about the police"},
    "has_it": {"": "wrote down that the team has it"}, "not": {"": "said that it is none"}, "not_rung": {"": "wrote down that the team was not rung"},
    "confirm": {"": "confirmed the leak"}, "known": {"": "wrote down when we first knew"}, "not_leak": {"": "said that it is not a leak"}, "hide": {"": "reported it to the platform"},
    "tell": {"": "told information governance"}, "harm": {"": "told Safeguarding of the harm"}, "death": {"": "saw to who looks into the death"}, "help": {"": "passed on what they ask for"}, "copies": {"": "looked for copies"},
    "record": {"": "wrote down what was decided"}, "noted": {"": "wrote a note on who is told"}, "close": {"": "closed the leak"},
}  # fmt: skip


def did(step: str, outcome: str) -> str:
    """What somebody did by a step, as a sentence goes on after their name: called 999, rang the team."""
    if step.startswith((RING, NO_ANSWER, ON_CALL)):
        whom = "whoever is on call" if step.startswith(ON_CALL) else "the team"
        return f"rang {whom}{': no answer' if outcome == NOBODY_ANSWERED else ''}"
    words = _DID.get(step, {"": "did a step"})
    return words.get(outcome) or words[""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """That a team has a case: `who` of them said so, and when."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The steps of danger or a threat of a case that hold, by when they were; `retry_after` a call its team is rung again.

    `by_handoff` is what the team confirmed of what it was passed, outside the steps; `refused_at`: since when it does not take it; None of one that said no such thing.
    """

    steps: Sequence[PathStep] = ()
    by_handoff: Confirmation | None = None
    refused_at: datetime | None = None
    retry_after: timedelta = RETRY_AFTER

    @property
    def last(self) -> int:
        """The number of the last of these steps; 0 where there is none."""
        return max((step.number for step in self.steps), default=0)

    @property
    def stands(self) -> str:
        """Which steps hold, by their numbers."""
        return " ".join(str(step.number) for step in self.steps)

    @property
    def call_999(self) -> PathStep | None:
        """The step that says that 999 was called; None where none does."""
        return next((step for step in reversed(self.steps) if step.is_999), None)

    @property
    def rung(self) -> PathStep | None:
        """The last call by which somebody of the team was reached, else the last that nobody there took."""
        calls = [step for step in self.steps if step.is_to_team]
        return next((step for step in reversed(calls) if step.outcome == SPOKE), calls[-1] if calls else None)  # fmt: skip

    @property
    def call_on_call(self) -> PathStep | None:
        """The last call by which whoever is on call was reached, of what its team does not take since it said so; None where nobody was."""
        if self.refused_at is not None:
            return call_in_place(self.steps, self.refused_at)
        return next((step for step in reversed(self.steps) if step.step.startswith(ON_CALL) and step.outcome == SPOKE), None)  # fmt: skip

    @property
    def refused(self) -> bool:
        """Whether the team does not take it."""
        return self.refused_at is not None

    @property
    def confirmation(self) -> Confirmation | None:
        """Who of the team confirmed, by the steps or by what was written down of the hand-off; None where nobody did."""
        step = next((step for step in reversed(self.steps) if step.step == "has_it"), None)
        return Confirmation(who=step.who, at=step.moment) if step is not None else self.by_handoff

    @property
    def has_it(self) -> bool:
        """Whether the team confirmed."""
        return self.confirmation is not None

    @property
    def retry_at(self) -> datetime | None:
        """When the team is to be rung again: a while after somebody there was reached, else at once; None where nobody rang."""
        rung = self.rung
        if rung is None:
            return None
        return rung.moment + self.retry_after if rung.outcome == SPOKE else rung.moment

    def is_to_ring(self, at: datetime) -> bool:
        """Whether the team is to be rung now: nobody rang, nobody answered, or the time for the next try has come. Not one that does not take it."""
        return (
            not self.has_it and not self.refused and (self.retry_at is None or self.retry_at <= at)
        )

    def words_of_999(self, at: datetime) -> str:
        """999 called 01:54 by Amina Yusuf; "" where nobody called, as far as it is written down."""
        call = self.call_999
        if call is None:
            return ""
        if call.outcome == CALLED_999[0]:
            return f"999 called {clock.near_time(call.moment, at)} by {call.by_name}"
        return f"999 called by someone else, as {call.by_name} wrote down {clock.near_time(call.at, at)}"

    def words_of_call(self, at: datetime, *, names: bool) -> str:
        """Rung 01:38, Priya Nair, not confirmed; confirmed 01:43, Priya Nair, once they have; "" where nobody rang and nobody confirmed.

        `names`: whoever asks may read whom somebody spoke to.
        """
        if self.confirmation is not None:
            return self._words_of_confirmation(self.confirmation, at, names=names)
        rung = self.rung
        if rung is None:
            return ""
        whom = f", {rung.who}" if rung.who and names else ""
        came = "no answer" if rung.outcome == NOBODY_ANSWERED else "not confirmed"
        return f"rung {clock.near_time(rung.moment, at)}{whom}, {came}"

    @staticmethod
    def _words_of_confirmation(confirmation: Confirmation, at: datetime, *, names: bool) -> str:
        who = f", {confirmation.who}" if confirmation.who and names else ""
        return f"confirmed {clock.near_time(confirmation.at, at)}{who}"

    def words_of_on_call(self, at: datetime) -> str:
        """Whoever is on call was rung 01:37; "" where nobody reached them."""
        call = self.call_on_call
        return (
            f"whoever is on call was rung {clock.near_time(call.moment, at)}"
            if call is not None
            else ""
        )

    def badge(self, at: datetime, *, names: bool = False, team: str = "") -> str:
        """The same for a row, in a word or two: 999 called 01:54, rung 01:38. "" where neither was done and nobody confirmed.

        `team` is named where the row names another: Safeguarding confirmed 06:41.
        """
        of_team = f"{team} " if team else ""
        call, rung = self.call_999, self.rung
        parts = [f"999 called {clock.near_time(call.moment, at)}" if call else ""]
        if self.confirmation is not None:
            parts.append(of_team + self._words_of_confirmation(self.confirmation, at, names=names))
        elif rung is not None and not self.refused:
            missed = ": no answer" if rung.outcome == NOBODY_ANSWERED else ""
            parts.append(f"{of_team}rung {clock.near_time(rung.moment, at)}{missed}")
        return ", ".join(filter(None, parts))


def is_of_team(store: Store, handoff: Handoff) -> bool:
    """Whether a hand-off is with a team that must know of the danger, threat or leak that it is about."""
    graves = [flag for flag in handoff.flags if flag in TELLS]
    kind = store.handoffs.policy.receiver(handoff.role).type
    return any(kind in TELLS[flag] for flag in graves) or (not graves and handoff.danger)


def confirmed(store: Store, case: int, *, danger: bool = True) -> Confirmation | None:
    """Who of a team that must know of a case confirmed what it was passed; None where nobody did, or one of them has still to.

    `danger`: of danger and threats alone, else of leaks as well.
    """
    return _confirmed(store, store.handoffs.of_case(case), danger=danger)


def _confirmed(
    store: Store, handoffs: Sequence[Handoff], *, danger: bool = True
) -> Confirmation | None:
    standing = [
        each
        for each in handoffs
        if each.state != "taken back" and (each.danger or not danger) and is_of_team(store, each)
    ]
    if any(each.state == "waits" for each in standing):
        return None
    steps = [step for each in standing for step in each.heard]
    first = next((step for step in steps if step.kind == "confirmed"), steps[0] if steps else None)
    return Confirmation(who=first.who, at=first.when or first.at) if first is not None else None


def _refused_at(store: Store, handoffs: Sequence[Handoff]) -> datetime | None:
    """Since when a team that must know does not take what it was passed; None where it takes it, or one of the others has it or was asked."""
    standing = [each for each in handoffs if each.state != "taken back" and each.danger and is_of_team(store, each)]  # fmt: skip
    refusals = [each.refusal for each in standing if each.refusal is not None]
    return max((each.at for each in refusals), default=None) if len(refusals) == len(standing) else None  # fmt: skip


def of_steps(store: Store, cases: Collection[int], retry_after: timedelta = RETRY_AFTER) -> dict[int, Begun]:  # fmt: skip
    """Of each of these cases what was done about danger or a threat, and whether its team confirmed; one with which nobody began is in none."""
    standing = store.path_steps.in_danger(cases)
    handoffs = store.handoffs.of_cases(standing)
    return {
        case: Begun(steps=steps, by_handoff=_confirmed(store, handoffs.get(case, ())), refused_at=_refused_at(store, handoffs.get(case, ())), retry_after=retry_after)
        for case, steps in standing.items()
    }  # fmt: skip


def begun(context: RequestContext, cases: Collection[int]) -> dict[int, Begun]:
    """The same, by when the settings have a team rung again."""
    retry_after = timedelta(minutes=context.config.review.chase.danger_minutes)
    return of_steps(context.store, cases, retry_after)


def of_case(context: RequestContext, case: int) -> Begun:
    """The same of one case."""
    return begun(context, (case,)).get(case, Begun())


def badges(
    context: RequestContext, cases: Collection[int], others: Mapping[int, str] | None = None
) -> dict[int, str]:
    """What the row of each of these cases says of it; whom somebody spoke to is read by those alone who may read the steps.

    `others` are the teams that rows name beside it, by the case: where that is not the one that did this, this one is named.
    """
    names = context.may("reviewer") or context.may("governance")
    shown: dict[int, str] = {}
    for case, each in begun(context, cases).items():
        team, other = team_of(context, each), (others or {}).get(case)
        if badge := each.badge(context.at, names=names, team=team if other and other != team else ""):  # fmt: skip
            shown[case] = badge
    return shown


def words_of_team(context: RequestContext, case: int) -> str:
    """That the team of a danger or threat has it: Safeguarding has it (confirmed 12:54, Dr Shah); "" while nobody there confirmed."""
    done = of_case(context, case)
    confirmation = done.confirmation or confirmed(context.store, case)
    if confirmation is None:
        return ""
    names = context.may("reviewer") or context.may("governance")
    words = Begun(by_handoff=confirmation).words_of_call(context.at, names=names)
    return f"{sentence(team_of(context, done))} has it ({words})"


def team_of(context: RequestContext, done: Begun) -> str:
    """The name of the team whose steps these are: Security of a threat, else Safeguarding."""
    threat = bool(done.steps) and done.steps[-1].path == "threat"
    return role_of(context.config, TEAM_OF["threat" if threat else "safeguarding"]).name


def harms_in(posts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What may be happening, by the masked words of each post and of what stands around it."""
    return frozenset(harm for words, around in posts for harm in harms(words, around))


def steps_of(
    kind: str, *, standing: Collection[str], left: Collection[str], likely: Collection[str]
) -> frozenset[str]:
    """The steps that are asked for on the path of danger or a threat, by their words: what was answered is among them.

    `left` are those for which the case waits in Now, `likely` what may be happening.
    """
    wanted = {RING, *(AFTER_THREAT if kind == "threat" else first_steps(likely)), *left}
    if _ANSWERS & set(standing):
        wanted -= _ANSWERS
    return frozenset(wanted | (_ANSWERS & set(standing)))


def answered(steps: Collection[str], standing: Collection[str], done: Begun | None = None) -> int:
    """How many of these steps have an answer; of a team that does not take it, whoever is on call has to be rung in its place."""
    rings = done.call_on_call is not None if done is not None and done.refused else RING in standing or any(word.startswith(RING_AGAIN) for word in standing) or ({_NOT_RUNG, "has_it"} <= set(standing))  # fmt: skip
    return sum(rings if step == RING else step in standing for step in steps)
