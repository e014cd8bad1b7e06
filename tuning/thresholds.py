"""Where a flag's threshold should stand by what reviewers confirmed and refused. A person decides.

**The rule.** A missed case costs `missed_costs` needless readings, so that reading pays from the score on
at which the chance that the flag holds is 1 / (1 + missed_costs) (Elkan 2001, "The foundations of
cost-sensitive learning"). The shipped threshold is taken to be that score until decisions say otherwise.
They may shift it: the log-odds that a flag holds at a score are

    log-odds(1 / (1 + missed_costs)) + log-odds(score) - log-odds(shipped threshold) + shift

where `shift` is one number a flag, estimated from its decisions with a normal prior around 0 (Steyerberg
et al. 2004, "Validation and updating of predictive regression models": the intercept alone is updated where
new cases are few). The prior weighs as much as `PRIOR` decisions at the threshold, so that few decisions
move it little. The threshold then stands where the costs balance again.

**Whom reviewers see.** Mostly what was flagged. What is reviewed is chosen by its score, and the chance at
a given score can be learnt from such a choice (Zadrozny 2004, "Learning and evaluating classifiers under
sample selection bias"); what lies under the threshold cannot. So without decisions on mentions that carry no
flag at all, as a blind sample brings, a threshold is never lowered, and raised no further than the lowest
score of a case that somebody said holds. With them it is lowered no further than to the lowest score of a
case that was missed. In any case it is raised no further than to the score under which nine in ten of those
lie that were flagged and refused: above that nobody said that anything is wrong, so that the same decisions,
followed again and again, lead no further than where they lie. Where nobody confirmed a single case nothing is
raised: perhaps only what was wrong was written down. What remains unseen: a mention that another flag brought
before a reviewer is no chance find, a sample that is small misses what is rare, and whoever writes down what
they add but not what they looked at in vain makes a flag look likelier than it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from classify.policy import schema
from classify.policy.schema import FlagPolicy
from core import clock
from core.errors import InputError
from settings.policy import policy_path
from steps.context import RunContext

PRIOR = 100  # how many decisions at its threshold the shipped one weighs as much as
SURE = 0.8  # the probability that it is too low, from which on one is raised: that may lose cases
STEP = 0.05  # the furthest that one proposal moves a threshold
SMALLEST = 0.01  # thresholds are written in hundredths
LEAST, MOST = 0.02, 0.98
WRONG = 0.9  # the share of the refused ones that lies under the highest threshold that is proposed
# Where recall comes first, a threshold rises above the shipped one on strong evidence alone.
STRONG = 0.975  # the probability that the shipped threshold is too low
STRONG_DECISIONS = 100
STRONG_UNFLAGGED = 30  # of them on mentions without a flag, none of which was a missed case

Floats = NDArray[np.float64]
_NORMAL = NormalDist()
_TINY = 1e-9  # beside which two thresholds are one


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A person said whether a flag holds of a mention; `score` is what the model in force gives it.

    `unflagged`: the mention carries no flag at all, so that no flag brought it before that person.
    """

    flag: str
    score: float
    holds: bool
    unflagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Where one flag's threshold stands and should stand, what that rests on, and what bounded it.

    `held` and `refused` count decisions; `unflagged` are those of them on mentions without a flag,
    `missed` those under the threshold in force that hold. `low` to `high` is where costs balance with a
    probability of 95 %; `sure` is the probability that they balance on the proposed side of the
    threshold in force.
    """

    flag: str
    now: float
    threshold: float
    confirmed: int
    refused: int
    unflagged: int
    missed: int
    low: float
    high: float
    sure: float
    why: str

    @property
    def moves(self) -> bool:
        """Another threshold is proposed than the one in force."""
        return self.threshold != self.now


def proposals(
    reviewed: Sequence[Reviewed],
    inforce: Mapping[str, FlagPolicy],
    shipped: Mapping[str, FlagPolicy],
) -> list[Proposal]:
    """One for every flag that can follow, in the order of the policy, decided on or not.

    `shipped` is of the policy that came with the model in force, so that it is on the scale of its scores.
    """
    return [
        propose(
            name, [review for review in reviewed if review.flag == name], flag,
            shipped=shipped[name].threshold if name in shipped else flag.threshold,
        )
        for name, flag in inforce.items()
        if flag.tuning != "fixed"
    ]  # fmt: skip


def propose(
    name: str, reviewed: Sequence[Reviewed], flag: FlagPolicy, *, shipped: float
) -> Proposal:
    """The rule above, for one flag. `reviewed` holds its decisions alone, `shipped` the shipped threshold."""
    now = flag.threshold
    seen = _Seen(reviewed, now, recall_first=flag.tuning == "recall_first")
    shift, spread = _shift(reviewed, flag.missed_costs, shipped)
    odds = _odds(shipped) - shift
    sure = _sure(abs(odds - _odds(now)), spread)
    wanted = round(min(max(_chance(odds), now - STEP, LEAST), now + STEP, MOST), 2)
    if not reviewed:
        threshold, why = now, "nobody has decided on it"
    elif abs(wanted - now) < SMALLEST - _TINY:
        threshold, why = now, "it is where it should be"
    elif wanted < now:
        threshold, why = _lowered(seen, wanted)
    else:
        threshold, why = _raised(seen, wanted, shipped, sure, _sure(odds - _odds(shipped), spread))
    if threshold == wanted and abs(wanted - _chance(odds)) > SMALLEST / 2 + _TINY:
        why += f", by no more than {STEP:.2f} at a time"
    return Proposal(
        flag=name, now=now, threshold=threshold, why=why, confirmed=len(seen.held),
        refused=len(reviewed) - len(seen.held), unflagged=seen.unflagged, missed=len(seen.missed),
        low=_chance(odds - 1.96 * spread), high=_chance(odds + 1.96 * spread),
        sure=sure,
    )  # fmt: skip


class _Seen:
    """What the decisions on one flag show beyond the costs."""

    def __init__(self, reviewed: Sequence[Reviewed], now: float, *, recall_first: bool) -> None:
        self.recall_first, self.now, self.count = recall_first, now, len(reviewed)
        self.held = [review.score for review in reviewed if review.holds]
        self.refused = [review.score for review in reviewed if not review.holds]
        self.missed = [score for score in self.held if score < now]
        self.unflagged = sum(review.unflagged for review in reviewed)
        self.missed_unflagged = sum(review.unflagged and review.holds for review in reviewed)

    def known_wrong(self, start: float) -> float:
        """The threshold under which nine in ten of those lie that score `start` or more and were refused."""
        scores = [score for score in self.refused if score >= start]
        if not scores:
            return 0.0
        return round(_hundredths(float(np.quantile(scores, WRONG))) + SMALLEST, 2)

    def strong(self, sure: float) -> bool:
        """Enough to raise a threshold above the shipped one where recall comes first."""
        return (
            sure >= STRONG
            and self.count >= STRONG_DECISIONS
            and self.unflagged >= STRONG_UNFLAGGED
            and not self.missed_unflagged
        )


def _shift(reviewed: Sequence[Reviewed], costs: float, shipped: float) -> tuple[float, float]:
    """The likeliest shift and its standard deviation (Laplace), by Newton's method: it has one peak."""
    even = 1 / (1 + costs)
    prior = PRIOR * even * (1 - even)
    holds = np.array([review.holds for review in reviewed], dtype=float)
    odds = np.array([_odds(review.score) for review in reviewed], dtype=float)
    odds += _odds(even) - _odds(shipped)
    shift, curve = 0.0, prior
    for _ in range(100):
        chances = 1 / (1 + np.exp(-(odds + shift)))
        curve = float((chances * (1 - chances)).sum()) + prior
        step = (float((holds - chances).sum()) - prior * shift) / curve
        shift += min(1.0, max(-1.0, step))
        if abs(step) < 1e-9:
            break
    return shift, curve**-0.5


def _raised(
    seen: _Seen, wanted: float, shipped: float, sure: float, sure_of_shipped: float
) -> tuple[float, str]:
    """The threshold above the one in force that may be proposed, and why it is that one."""
    if not seen.held:
        return seen.now, "not raised: nobody confirmed a case, so what would be lost isn't known"
    if sure < SURE:
        return seen.now, "not raised: too few decisions to be sure"
    highest = min(wanted, seen.known_wrong(min(seen.now, shipped)))
    if highest < seen.now + SMALLEST - _TINY:
        return seen.now, "not raised: hardly anything above it was refused"
    lowest = highest if seen.unflagged else min(highest, _hundredths(min(seen.held)))
    if lowest < seen.now + SMALLEST - _TINY:
        return seen.now, "not raised: that would lose a case that was confirmed"
    if seen.recall_first and lowest > shipped and not seen.strong(sure_of_shipped):
        return max(seen.now, shipped), "not above the shipped one without strong evidence"
    if lowest < highest:
        return lowest, "raised up to the lowest confirmed case"
    return lowest, "raised" if lowest == wanted else "raised as far as it was refused"


def _lowered(seen: _Seen, wanted: float) -> tuple[float, str]:
    """The same under the one in force. It costs readings alone, so that nobody need be sure."""
    if not seen.unflagged:
        return seen.now, "not lowered: nothing without a flag was reviewed, as in a blind sample"
    if not seen.missed:
        return seen.now, "not lowered: no missed case was found under it"
    lowest = max(wanted, _hundredths(min(seen.missed)))
    return lowest, "lowered" if lowest == wanted else "lowered down to the lowest missed case"


def _hundredths(score: float) -> float:
    """Down to hundredths, so that the score still reaches it."""
    return math.floor(score * 100 + _TINY) / 100


def _odds(chance: float) -> float:
    clipped = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _sure(distance: float, spread: float) -> float:
    return _NORMAL.cdf(distance / spread)


def table(proposals: Sequence[Proposal]) -> Iterator[str]:
    """Line by line: each threshold as it is and as it should be, what that rests on, and why."""
    yield (
        f"{'flag':<17}{'now':>5}{'then':>7}{'held':>7}{'not':>6}{'unflagged':>11}{'missed':>8}"
        f"   {'costs balance at':<18}{'sure':>5}"
    )
    for proposal in proposals:
        decisions = proposal.confirmed + proposal.refused
        where = f"{proposal.low:.2f} to {proposal.high:.2f}" if decisions else ""
        sure = f"{proposal.sure:.0%}" if proposal.moves else ""
        yield (
            f"{proposal.flag:<17}{proposal.now:5.2f}{proposal.threshold:7.2f}{proposal.confirmed:7}{proposal.refused:6}"
            f"{proposal.unflagged:11}{proposal.missed:8}   {where:<18}{sure:>5}   {proposal.why}"
        )
    yield ""
    yield f"The shipped threshold of a flag weighs as much as {PRIOR} decisions. Copies of a story count once."
    yield "Mostly what was flagged is reviewed: only decisions on mentions without a flag tell what is missed."
    yield (
        "Only what was said of a flag counts: where people write down what is wrong and not what is right, "
        "or what they add and not what they looked at in vain, these figures mislead."
    )


def write_policy(context: RunContext, proposals: Sequence[Proposal], to: Path) -> str:
    """Writes the policy in force with the proposed thresholds and a version of its own, which it returns.

    Raises InputError where the file is there already, ConfigError where the policy can't be rewritten.
    """
    text = policy_path(context.config, context.folder).read_bytes().decode("utf-8")
    now = context.policy.version
    version = schema.next_version(now, f"{clock.local_day(clock.now()):%Y%m%d}")
    moved = {proposal.flag: proposal.threshold for proposal in proposals if proposal.moves}
    changed = schema.rewritten(text, moved, version)
    try:
        with to.open("x", encoding="utf-8", newline="") as file:
            file.write(changed)
    except FileExistsError as error:
        raise InputError(f"{to} is there already: name another file") from error
    return version
