"""How far what was passed on to a team has come: the one place by which pages and emails say whether it has it.

That a team was sent something, or rung without an answer, is not that it has it; only what somebody there said is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.text import sentence
from store import Handoff, HandoffStep, PathStep
from store.cases.path_steps import NOBODY_ANSWERED, SPOKE

# sent: it was emailed, or is to be rung, and nobody there has said anything
Stage = Literal["sent", "not left", "no answer", "rung", "refused", "confirmed", "answered", "taken back"]  # fmt: skip
# Where one stands among several of a case: what needs somebody first
_FIRST: Sequence[Stage] = ("refused", "no answer", "not left", "rung", "sent", "confirmed", "answered", "taken back")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a hand-off stands. `call` is the last by which somebody there was reached, else the last that nobody took; `fact` what they said of it."""

    team: str
    stage: Stage
    danger: bool
    passed_at: datetime
    call: PathStep | None = None
    fact: HandoffStep | None = None
    untold: bool = False  # neither an email nor a call has reached anybody there

    @property
    def has_it(self) -> bool:
        """Whether somebody of the team said that they have it."""
        return self.stage == "confirmed"

    @property
    def is_refused(self) -> bool:
        """Whether the team does not take it, so that nobody has it."""
        return self.stage == "refused"

    @property
    def waits(self) -> bool:
        """Whether nobody there has confirmed."""
        return self.stage in ("sent", "not left", "no answer", "rung", "refused")

    @property
    def place(self) -> tuple[bool, int]:
        """Where it stands among others of its case."""
        return not (self.danger and self.waits), _FIRST.index(self.stage)

    @property
    def holder(self) -> str:
        """Who has the case, as far as this team goes: With Safeguarding; Waits for Safeguarding to confirm; that nobody has it."""
        if self.is_refused:
            return f"Nobody has it: {self.team} does not take it"
        if not self.waits:
            return f"With {self.team}"
        return f"Waits for {self.team}{', not told yet' if self.untold else ' to confirm'}"

    @property
    def badge(self) -> str:
        """The same for a row, as it goes on: waits for Safeguarding; Safeguarding does not take it: nobody has it."""
        if self.is_refused:
            return f"{sentence(self.team)} does not take it: nobody has it"
        if not self.waits:
            return f"with {self.team}"
        return f"waits for {self.team}{', not told yet' if self.untold else ''}"

    def words(self, when: Callable[[datetime], str], *, names: bool = True) -> str:
        """All of it, as sentences without the last full stop; `when` words a moment, `names`: whoever asks may read who said so.

        Passed on to Safeguarding 11:25, rung 11:25 without an answer. Nobody there has confirmed.
        """
        fact, name = self.fact, sentence(self.team)
        if self.is_refused and fact is not None:
            return f"{name} does not take it, as {fact.by_name or 'someone'} wrote down {when(fact.at)}. Nobody has it"  # fmt: skip
        if self.stage == "confirmed" and fact is not None:
            return f"{name} has confirmed, {when(fact.when or fact.at)}{f': {fact.who}' if fact.who and names else ''}"  # fmt: skip
        if self.stage == "answered" and fact is not None:
            return f"{name} answered {when(fact.at)}"
        if not self.waits:
            return f"Passed on to {self.team} {when(self.passed_at)}"
        how = ""
        if self.call is not None:
            spoke = f", {self.call.who}" if self.call.who and names else ""
            how = f", rung {when(self.call.moment)}{spoke if self.call.outcome == SPOKE else ' without an answer'}"  # fmt: skip
        unsent = ", and the email has not left" if self.stage == "not left" else ""
        return f"Passed on to {self.team} {when(self.passed_at)}{how}{unsent}. Nobody there has confirmed"  # fmt: skip


def standing_of(handoff: Handoff, team: str, calls: Sequence[PathStep] = (), *, untold: bool = False) -> Standing:  # fmt: skip
    """Where a hand-off stands with a team of this name; `calls` are those to it that hold, first to last."""
    spoke = [step for step in calls if step.outcome == SPOKE]
    rung = spoke or list(calls)
    call = rung[-1] if rung else None
    fact = handoff.refusal or next(reversed(handoff.heard), None)
    return Standing(
        team=team, stage=_stage(handoff, call), danger=handoff.danger, passed_at=handoff.at, call=call, fact=fact, untold=untold,
    )  # fmt: skip


def _stage(handoff: Handoff, call: PathStep | None) -> Stage:
    if handoff.refusal is not None:
        return "refused"
    if handoff.state != "waits":
        return handoff.state
    if call is not None:
        return "no answer" if call.outcome == NOBODY_ANSWERED else "rung"
    return "not left" if is_unsent(handoff) else "sent"


def is_unsent(handoff: Handoff) -> bool:
    """Whether a team waits for an email of which none has left: what passed it on has told nobody there yet."""
    mailed = [step for step in handoff.steps if step.mail != "none" and step.kind != "told"]
    waits = handoff.state == "waits" and handoff.refusal is None
    return waits and bool(mailed) and not any(step.sent_at for step in mailed)
