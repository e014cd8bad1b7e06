"""Draws, once a week, what people judge blind: mentions without a flag, and decisions for a second person.

What was flagged is looked at anyhow; only a sample of what was not tells how much is missed. Drawn from what was
found since the last draw, by a random number generator whose seed is kept, so that a draw can be made again.
Copies of a story are one. The sample is stratified (what is in scope; what is not and yet speaks of health) and,
within a stratum, spread over platforms by systematic sampling of a list sorted by them, in which each has the same
chance (Cochran 1977, Sampling Techniques, 5 and 8). Out of scope without a word of health is not drawn from.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from classify.rules.scope import scope_cues
from core import clock
from steps.context import RunContext
from store import Candidate, Draw, Drawn, Stratum

FIRST_LOOK = timedelta(days=7)  # how far back the first draw goes
WAITS = timedelta(days=2)  # how long a draw waits for mentions that nobody has assessed yet
IN_SCOPE, HEALTH, DECIDED = "in scope", "health", "decided"
SHARES = {IN_SCOPE: 0.75, HEALTH: 0.25}  # of the sample; what one has too few for, the other gets


class _Placed(Protocol):
    @property
    def platform(self) -> str: ...


T = TypeVar("T", bound=_Placed)


def draw(context: RunContext) -> bool:
    """Draws this week's sample unless it was, or there is nothing to draw from; whether it did."""
    at, today = context.at, clock.local_day(context.at)
    week = today - timedelta(days=today.weekday())
    last = context.store.samples.last_draw()
    if last is not None and last.week >= week:
        return False
    if context.store.assessments.count_unassessed() and at < clock.day(week)[0] + WAITS:
        return False
    since = last.until if last is not None else at - FIRST_LOOK
    seed = secrets.token_hex(16)
    drawn, strata = drawn_by(context, seed, since, at)
    if not strata:
        return False
    flagged = context.store.samples.flagged_stories(since, at)
    week_draw = Draw(week=week, since=since, until=at, seed=seed, strata=strata, flagged=flagged)
    if not context.store.samples.add_draw(week_draw, drawn, at):
        return False
    if drawn:
        seconds = sum(sample.kind == "second" for sample in drawn)
        context.report_progress(
            f"sample: {len(drawn) - seconds} mentions without a flag and {seconds} decisions to judge blind"
        )
    return True


def drawn_by(
    context: RunContext, seed: str, since: datetime, until: datetime
) -> tuple[list[Drawn], tuple[Stratum, ...]]:
    """What a seed draws from a period, in an order that tells nothing, and from how many of each stratum.

    The same seed on the same store draws the same.
    """
    chance = random.Random(seed)
    sizes = context.config.review
    strata: list[Stratum] = []
    drawn: list[Drawn] = []
    frames = stratified(_one_each(context.store.samples.candidates(since, until), "story", chance))
    for name, count in allotted(frames, sizes.sample_unflagged).items():
        frame = frames[name]
        strata.append(Stratum(kind="unflagged", name=name, population=len(frame), drawn=count))
        drawn += [
            Drawn(
                kind="unflagged", mention=candidate.mention, revision=candidate.revision, stratum=name,
                chance=count / len(frame),
            )
            for candidate in spread(frame, count, chance)
        ]  # fmt: skip
    units = _one_each(context.store.samples.decided(since, until), "unit", chance)
    if units:
        count = min(sizes.sample_second, len(units))
        strata.append(Stratum(kind="second", name=DECIDED, population=len(units), drawn=count))
        drawn += [
            Drawn(
                kind="second", mention=unit.mention, revision=unit.revision, stratum=DECIDED,
                chance=count / len(units), decision=unit.decision,
            )
            for unit in spread(units, count, chance)
        ]  # fmt: skip
    chance.shuffle(drawn)
    return drawn, tuple(strata)


def stratified(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """The strata that hold something; what is neither in scope nor speaks of health is in none."""
    frames: dict[str, list[Candidate]] = {IN_SCOPE: [], HEALTH: []}
    for candidate in candidates:
        if candidate.in_scope:
            frames[IN_SCOPE].append(candidate)
        elif scope_cues(candidate.words, "", (), (), ()).health:
            frames[HEALTH].append(candidate)
    return {name: frame for name, frame in frames.items() if frame}


def allotted(frames: Mapping[str, Sequence[object]], size: int) -> dict[str, int]:
    """How many of each stratum are drawn: its share, and what others have too few for."""
    counts = {name: min(len(frame), round(size * SHARES[name])) for name, frame in frames.items()}
    for name, frame in frames.items():
        left = size - sum(counts.values())
        counts[name] += max(0, min(left, len(frame) - counts[name]))
    return counts


def spread(frame: Sequence[T], count: int, chance: random.Random) -> list[T]:
    """`count` of a frame, each with the same chance, platforms in proportion: every k-th from a random start."""
    mixed = list(frame)
    chance.shuffle(mixed)
    mixed.sort(key=lambda unit: unit.platform)
    start = chance.randrange(len(mixed)) if mixed else 0
    return [mixed[place] for place in places(len(mixed), count, start)]


def places(length: int, count: int, start: int) -> list[int]:
    """Which places of a list systematic sampling takes: over all starts below `length`, each alike often."""
    return [(start + number * length) // count for number in range(count)]


def _one_each(units: Sequence[T], what: str, chance: random.Random) -> list[T]:
    """One at random of all that share a story, or a decision."""
    mixed = list(units)
    chance.shuffle(mixed)
    return list({getattr(unit, what): unit for unit in mixed}.values())
