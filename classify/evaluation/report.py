"""Words what `evaluate` measured, for a terminal of 100 columns: figures first, then what they mean."""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from classify.evaluation import fairness, metrics, workload
from classify.evaluation.baselines import Peer
from classify.evaluation.fairness import FEWEST, MEASURES, Fairness, Group, Rate
from classify.evaluation.metrics import (
    Calibration,
    Case,
    Evaluation,
    Wrong,
    evaluate,
    named,
    scored,
)
from classify.evaluation.workload import GRID, Day, Queue, Sweep
from classify.policy.schema import Policy
from core.estimates import Figure
from core.models import RISKS
from core.statistics import Share

WIDE = 98


def text(measured: Measured, *, words: bool = False) -> str:
    """The whole report. `words` adds the masked words of the worst errors: for a terminal, not a file."""
    parts = [
        _opening(measured),
        _figures(measured),
        _flags(measured),
        _confusion(measured),
        _calibration(measured),
        _queue(measured.queue),
        _sweeps(measured.sweeps, measured.queue),
        _worst(measured.worst, words),
        _fairness(measured),
        _protected(measured),
        *([_peers(measured.peers)] if measured.peers else []),
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def _said(*sentences: str) -> list[str]:
    return textwrap.wrap(" ".join(sentences), WIDE)


def _head(title: str) -> list[str]:
    return [title.upper(), "-" * len(title)]


def _opening(measured: Measured) -> list[str]:
    return _said(
        f"{measured.count} labelled mentions of {measured.file}, read by model {measured.model} under policy"
        f" {measured.policy}. Brackets hold 95 % intervals (bootstrap, 1,000 rounds; by group, and for 0 and 1, Wilson's)."
    )


def _figures(measured: Measured) -> list[str]:
    figures = measured.evaluation.figures
    figure_names = {figure.name for figure in figures}
    lacks = [
        name
        for name in ("in_scope", "staff", "sentiment", "risk")
        if f"{name} accuracy" not in figure_names
    ]
    why = f"Not measured, since not every line gives it: {', '.join(lacks)}."
    return [
        *_head("Figures"),
        *(figure.line() for figure in figures),
        *(_said(why) if lacks else []),
    ]


def _flags(measured: Measured) -> list[str]:
    notes = _said(
        "avg.prec. ranks by score and needs no threshold; true: mentions that people flagged, found: that"
        " the model did; -: the file can't tell. An F1 of 0 or 1 has an interval of no width, which is no"
        " certainty: the rows are too few to show what would change it."
    )
    return [
        *_head("Flag by flag"), metrics.HEAD, *(flag.line() for flag in measured.evaluation.flags), *notes,
    ]  # fmt: skip


def _confusion(measured: Measured) -> list[str]:
    table = measured.evaluation.confusion
    if not table:
        return [*_head("Risk"), "Not every line gives a risk, so it isn't measured."]
    return [*_head("Risk: rows are true, columns what was told"), *metrics.crossed(table)]


def _calibration(measured: Measured) -> list[str]:
    judged = [calibration for calibration in measured.calibration if calibration.count]
    mean = sum(calibration.error for calibration in judged) / max(1, len(judged))
    return [
        *_head("Calibration: does a score of 0.3 mean three in ten?"),
        metrics.CALIBRATION_HEAD,
        *(calibration.line() for calibration in measured.calibration),
        *_said(
            f"Mean error {mean:.3f}. cal.error: expected calibration error over ten bins of equal size,"
            " 0 is best. by chance: what perfect scores stay under 95 times in 100 with so few rows;"
            " ! is above it. Brier: mean squared error, 0 is best; skill: 1 less Brier over that of always"
            " saying the share, 1 is best. judged: mentions that the flag may hold of."
        ),
    ]


def _queue(queue: Queue) -> list[str]:
    day = queue.day
    over = queue.items.value - day.budget
    verdict = f"{over:.0f} OVER the budget" if over > 0 else f"{abs(over):.0f} within the budget"
    risks = ", ".join(
        f"{queue.by_risk[risk]:.0f} {'without a risk' if risk == 'none' else risk}"
        for risk in RISKS
    )
    weighed = (
        f"Of {day.volume:g} mentions a day {day.prevalence:.0%} are taken to earn a flag; this file holds"
        " more, so its rows are weighed. Within the flagged, the mix of flags is the file's."
        if queue.reweighted
        else "All or none of the file's mentions are flagged, so its rows could not be weighed."
    )
    return [
        *_head("A reviewer's day, at the thresholds in force"),
        *_said(
            f"{_a_day(queue.items)} items a day are flagged or not read in full, of a budget of"
            f" {day.budget:g}: {verdict}. Of these {_a_day(queue.needless)} need nobody;"
            f" {_a_day(queue.missed)} a day that somebody should see are not among them."
        ),
        f"By risk: {risks}; and {queue.not_read:.0f} not read in full.",
        *_said(weighed, "Guesses unless you gave them: --volume, --prevalence, --budget."),
        "",
        f"{'flag':<18}{'threshold':>10}{'items a day':>13}{'alone':>8}{'needless':>10}{'missed a day':>14}",
        *(
            f"{load.name:<18}{load.threshold:10.2f}{load.items:13.1f}{load.alone:8.1f}{load.needless:10.1f}"
            f"{load.missed:14.2f}"
            for load in queue.loads
        ),
        "alone: items that this flag alone brings.",
    ]


def _a_day(figure: Figure) -> str:
    return f"{figure.value:.0f} [{figure.low:.0f}, {figure.high:.0f}]"


def _sweeps(sweeps: Sequence[Sweep], queue: Queue) -> list[str]:
    lines = [
        *_head("What each threshold would cost"),
        *_said(f"Each flag alone, of {queue.day.volume:g} mentions a day weighed as above."),
        f"{'flag':<18}{'in force':>8}{'threshold':>13}"
        + "".join(f"{least:6.1f}" for least in GRID),
    ]
    for sweep in sweeps:
        lines += [
            f"{sweep.name:<18}{sweep.threshold:8.2f}{'recall':>13}" + _cells(sweep.recall, 2),
            f"{'':<26}{'precision':>13}" + _cells(sweep.precision, 2),
            f"{'':<26}{'items a day':>13}" + _cells(sweep.items, 1),
        ]
    return lines


def _cells(values: Sequence[float], digits: int) -> str:
    return "".join("     -" if value != value else f"{value:6.{digits}f}" for value in values)


def _worst(wrongs: Sequence[Wrong], words: bool) -> list[str]:
    lines = [*_head("The errors that cost most")]
    for kind, heading in (
        ("missed", "Missed (dearest by missed_costs, then by gravity, the surest first)"),
        ("needless", "Raised needlessly (by gravity, the surest first)"),
    ):
        chosen = [wrong for wrong in wrongs if wrong.kind == kind]
        lines += [heading + (":" if chosen else ": none")]
        for wrong in chosen:
            name = " ".join(wrong.id.split())[:36]
            lines.append(
                f"  {name:<37}{wrong.flag:<18}{wrong.gravity:<8}cost {wrong.cost:<5g}"
                f"score {wrong.score:.2f}"
            )
            if words:
                shown = " ".join(wrong.masked.split())
                lines.append("      " + textwrap.shorten(shown, WIDE - 8, placeholder=" ..."))
    return lines


def _fairness(measured: Measured) -> list[str]:
    findings = measured.fairness
    lines = [
        *_head("Fairness: do errors fall alike?"),
        *_said(
            "n mentions, the share that had the error with its interval, and the difference to all other"
            " mentions; ! where the interval of the difference excludes 0, !! where it does so among texts"
            " of like length too (long texts draw more flags whoever they speak of). A word list finds"
            f" texts, not people. Of fewer than {FEWEST} nothing is said.",
            f"{findings.compared} differences were looked at: {findings.marked} are marked, {findings.stays} of"
            f" them twice; about {0.05 * findings.compared:.0f} would be marked by chance alone.",
        ),
    ]
    for pair in (MEASURES[:2], MEASURES[2:]):
        shown = [group for group in findings.groups if any(name in group.rates for name in pair)]
        lines += ["", f"{'':<27}" + "".join(f"{name.upper():^35}" for name in pair).rstrip()]
        head = f"{'n':>5}{'share':>7} {'[ 95 % ]':^11} {'to rest':>7}   "
        lines += [(f"{'':<27}" + head * 2).rstrip(), *_groups(shown, pair)]
    few = [f"{group.name.removeprefix('- ')} ({group.count})" for group in findings.too_few]
    return [*lines, *(["", *_said(f"Too few to tell: {'; '.join(few)}.")] if few else [])]


def _groups(groups: Sequence[Group], pair: Sequence[str]) -> Iterator[str]:
    kind = ""
    for group in groups:
        if group.kind != kind:
            kind = group.kind
            yield kind
        cells = "".join(_rate(group.rates.get(name)) for name in pair)
        yield f"  {group.name[:25]:<25}{cells}".rstrip()


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return f"{'-':>5}{'':<30}"
    low, high = rate.share.interval
    gap, *_ = rate.gap
    mark = "!!" if rate.stays else "!" if rate.marked else ""
    return (
        f"{rate.share.count:5d}{rate.share.value:7.2f} [{low:.2f} {high:.2f}]  {gap:+6.2f}{mark:<3}"
    )


def _protected(measured: Measured) -> list[str]:
    lines = [
        *_head("Protected speech"),
        *_said("How often the risk told is above the one that the table gives the true labels."),
    ]
    for speech in measured.fairness.raised:
        lines.append(f"  {speech.name:<48}{_share(speech.share)}   others {speech.rest.value:.2f}")
    return lines if measured.fairness.raised else [*lines, "  No such mention in the file."]


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:5.2f} [{low:.2f}, {high:.2f}]  n={share.count:<5d}"


def _peers(peers: Sequence[Peer]) -> list[str]:
    lines = [*_head("Others on the same mentions")]
    for peer in peers:
        lines += ["", *textwrap.wrap(f"{peer.name}: {peer.note}", WIDE)]
        if peer.theirs:
            lines.append(f"{'':<18}{'theirs':<22}{'ours':<22}ours less theirs")
        for theirs, ours, gap in zip(peer.theirs, peer.ours, peer.gaps, strict=True):
            less = f"{gap.value:+.2f} [{gap.low:+.2f}, {gap.high:+.2f}]" if gap.count else "-"
            lines.append(f"  {theirs.name:<16}{_plain(theirs):<22}{_plain(ours):<22}{less}")
    return lines


def _plain(figure: Figure) -> str:
    if not figure.count:
        return "none to measure"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


# ── All that `evaluate` says of one file, gathered before anything is worded. ─────────────────────


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How good a model is under a policy on so many labelled mentions."""

    file: str
    model: str
    policy: str
    count: int
    evaluation: Evaluation
    calibration: Sequence[Calibration]
    sweeps: Sequence[Sweep]
    queue: Queue
    worst: Sequence[Wrong]
    fairness: Fairness
    peers: Sequence[Peer] = field(default=())

    def record(self) -> dict[str, Any]:
        """Every figure as plain data for JSON: ids and numbers, no word of a post."""
        record: dict[str, Any] = plain_data(self)
        for wrong in record["worst"]:
            del wrong["masked"]
        return record


def measure(cases: Sequence[Case], policy: Policy, day: Day, *, file: str, model: str) -> Measured:
    """Everything but the peers, which the caller adds."""
    flags = tuple(policy.in_use)
    scores = scored([case.scores for case in cases], flags)
    true = named([case.true for case in cases], flags)
    evaluation = evaluate(
        [case.labels for case in cases], [case.answer for case in cases], flags, scores
    )
    return Measured(
        file=file,
        model=model,
        policy=policy.version,
        count=len(cases),
        evaluation=replace(evaluation, figures=[*evaluation.figures, *metrics.danger(cases)]),
        calibration=metrics.calibration(true, scores, flags),
        sweeps=workload.sweeps(cases, policy, day),
        queue=workload.queue(cases, policy, day),
        worst=metrics.worst(cases, policy),
        fairness=fairness.fairness(cases, policy),
    )


def plain_data(value: Any) -> Any:
    """For JSON: dataclasses as objects; what can't be told (NaN) as null."""
    if isinstance(value, Rate):
        gap, low, high = value.gap
        record = {"share": value.share, "rest": value.rest, "gap": gap, "gap_interval": [low, high]}
        record |= {"gap_at_like_length": value.alike, "marked": value.marked, "stays": value.stays}
        return plain_data(record)
    if isinstance(value, Share):
        return {"hits": value.hits, "count": value.count, "interval": list(value.interval)}
    if dataclasses.is_dataclass(value):
        return {
            attribute.name: plain_data(getattr(value, attribute.name))
            for attribute in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {name: plain_data(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value
