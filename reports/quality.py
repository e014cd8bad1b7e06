"""Gathers how good the program and its people are: what is missed, how often a flag is right, who agrees.

From the blind samples of some weeks and what people decided in them; see `estimating` for how sure each figure is.
A flag's recall is of posts that hold it and were flagged with it or with nothing: one that was flagged
with something else is seen by a person anyhow, and counts on neither side. Nothing is told of fewer than ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.estimates import FEWEST, Agreement, Figure, Part, agreement, recall, share, total, weighed
from store import Draw, Tally

ANY, SCOPE, HEALTH = "any", "in scope", "health"
Counts = Counter[tuple[date, str, str, str]]  # week, kind, stratum, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of one flag, or of "any" or "in scope": each figure None where too few answers tell it.

    `missed` is how many a person found in the sample among what was flagged with nothing, `judged` how
    many stories people said right or wrong of, `pairs` how many two people spoke of.
    """

    of: str
    recall: Figure | None
    missed: int
    precision: Figure | None
    judged: int
    agree: Agreement | None
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week's sample: how many stories were without a flag, how many were drawn, judged, missed."""

    draw: Draw
    population: int
    drawn: int
    answered: int
    missed: int
    recall: Figure | None
    pairs: int  # decisions that a second person judged
    seconds: int  # of how many that were drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualities:
    """All that the page says. `answered` of `population` stories without a flag were judged; `flags_agree` is over all flags."""

    overall: Quality
    flags_agree: Agreement | None
    flags: Sequence[Quality]
    scope: Quality
    scope_missed: (
        Figure | None
    )  # of what was put out of scope and speaks of health, the share that is ours
    weeks: Sequence[Week]  # newest first
    answered: int
    population: int
    flagged: int


def qualities(draws: Sequence[Draw], tallies: Iterable[Tally], flags: Iterable[str]) -> Qualities:
    """What the samples and decisions of these weeks tell of each flag, and of all."""
    counts: Counts = Counter()
    for tally in tallies:
        counts[tally.week, tally.kind, tally.stratum, tally.what] += tally.count
    names = list(flags)
    return Qualities(
        overall=_quality(ANY, draws, counts), flags_agree=_agreement(counts, names),
        flags=[_quality(flag, draws, counts) for flag in names],
        scope=_quality(SCOPE, draws, counts),
        scope_missed=_scope_missed(draws, counts),
        weeks=[_week(draw, draws, counts) for draw in reversed(draws)],
        answered=sum(part.answered for parts in _strata(draws, counts, ANY) for part in parts),
        population=sum(part.population for parts in _strata(draws, counts, ANY) for part in parts),
        flagged=sum(draw.flagged.get(ANY, 0) for draw in draws),
    )  # fmt: skip


def _quality(of: str, draws: Sequence[Draw], counts: Counts) -> Quality:
    judged = _said(counts, "judged", of)
    of_all = judged["right"] + judged["wrong"]
    strata = _strata(draws, counts, of)
    return Quality(
        of=of, recall=_recall(of, draws, strata, counts),
        missed=sum(part.hits for parts in strata for part in parts),
        precision=share(judged["right"], of_all) if of_all >= FEWEST else None, judged=of_all,
        agree=_agreement(counts, [of]), pairs=sum(_said(counts, "second", of).values()),
    )  # fmt: skip


def _agreement(counts: Counts, of: Sequence[str]) -> Agreement | None:
    """How far two people said the same of any of these; None of too few."""
    second_looks = sum((_said(counts, "second", each) for each in of), Counter[str]())
    yes, no = second_looks["yes yes"], second_looks["no no"]
    differ = second_looks["yes no"] + second_looks["no yes"]
    return agreement(yes, no, differ) if yes + no + differ >= FEWEST else None


def _recall(
    of: str, draws: Iterable[Draw], strata: Sequence[Sequence[Part]], counts: Counts
) -> Figure | None:
    """Found are the stories flagged with it, as far as decisions of all the weeks say that it is right."""
    answered = sum(part.answered for parts in strata for part in parts)
    judged = _said(counts, "judged", of)
    judged_count = judged["right"] + judged["wrong"]
    missed = total(strata)
    if of == SCOPE or answered < FEWEST or judged_count < FEWEST or missed is None:
        return None
    flagged = sum(draw.flagged.get(of, 0) for draw in draws)
    return recall(share(judged["right"], judged_count).times(flagged), missed)


def _week(draw: Draw, draws: Sequence[Draw], counts: Counts) -> Week:
    strata = _strata([draw], counts, ANY)
    parts = [part for some in strata for part in some]
    second = [part for part in draw.strata if part.kind == "second"]
    return Week(
        draw=draw, population=sum(part.population for part in parts),
        drawn=sum(part.drawn for part in draw.strata if part.kind == "unflagged"),
        answered=sum(part.answered for part in parts), missed=sum(part.hits for part in parts),
        recall=_recall(ANY, [draw], strata, counts),
        pairs=counts[draw.week, "second", "", "answered"],
        seconds=sum(part.drawn for part in second),
    )  # fmt: skip


def _scope_missed(draws: Iterable[Draw], counts: Counts) -> Figure | None:
    parts = [
        part for name, part in _parts(draws, counts, SCOPE) if name == HEALTH
    ]  # fmt: skip
    figure = weighed(parts)
    return figure if figure is not None and figure.count >= FEWEST else None


def _strata(draws: Iterable[Draw], counts: Counts, what: str) -> list[list[Part]]:
    strata: dict[str, list[Part]] = {}
    for name, part in _parts(draws, counts, what):
        strata.setdefault(name, []).append(part)
    return list(strata.values())


def _parts(draws: Iterable[Draw], counts: Counts, what: str) -> Iterable[tuple[str, Part]]:
    for draw in draws:
        for part in draw.strata:
            if part.kind == "unflagged":
                key_prefix = (draw.week, "unflagged", part.name)
                yield (
                    part.name,
                    Part(
                        part.population,
                        counts[(*key_prefix, "answered")],
                        counts[(*key_prefix, what)],
                    ),
                )


def _said(counts: Counts, kind: str, of: str) -> Counter[str]:
    """How often what was said of a flag, in all weeks."""
    totals: Counter[str] = Counter()
    for (_, row_kind, stratum, what), count in counts.items():
        if row_kind == kind and stratum == of:
            totals[what] += count
    return totals
