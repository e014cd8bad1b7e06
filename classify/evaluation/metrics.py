"""Says how good a model is on labelled lines, flag by flag, with bootstrap intervals.

Reads the lines of `classify` with `"labels": {"in_scope", "staff", "sentiment", "flags", "risk"}`, and
`target` and `harm` by flag where a line has them; a label that a file doesn't give is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from classify.batch import Line
from classify.policy.schema import Policy
from core.errors import InputError
from core.estimates import Figure
from core.models import RISKS, SPEAKING_UP, Sentiment, Staff
from core.statistics import Draws, Share, figure, ratio

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Labels = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FlagFigure:
    """Of one flag. `low` and `high` bound F1; `ranked` is its average precision, None without scores."""

    name: str
    precision: float
    recall: float
    f1: float
    low: float
    high: float
    positives: int
    predicted_positives: int
    ranked: float | None

    def line(self) -> str:
        """The figures as a line of a table; - where the file can't tell."""
        precision = f"{self.precision:.2f}" if self.predicted_positives else "-"
        recall = f"{self.recall:.2f}" if self.positives else "-"
        ranked = f"{self.ranked:.2f}" if self.positives and self.ranked is not None else "-"
        some = self.positives or self.predicted_positives
        f1, bounds = (f"{self.f1:.2f}", f"[{self.low:.2f}, {self.high:.2f}]") if some else ("-", "")
        return (
            f"{self.name:<18}{precision:>7}{recall:>8}{f1:>7}   {bounds:<12}{ranked:>9}"
            f"{self.positives:8d}{self.predicted_positives:8d}"
        )


HEAD = f"{'flag':<18}{'prec.':>7}{'recall':>8}{'F1':>7}   {'95 % of F1':<12}{'avg.prec.':>9}{'true':>8}{'found':>8}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on one file. `confusion` counts risks, true by told, in the order of RISKS."""

    figures: Sequence[Figure]
    flags: Sequence[FlagFigure]
    confusion: Sequence[Sequence[int]] = ()

    def text(self) -> str:
        """The tables."""
        lines = [
            *(figure.line() for figure in self.figures),
            "",
            HEAD,
            *(f.line() for f in self.flags),
        ]
        if self.confusion:
            lines += ["", "risk: rows true, columns told", *crossed(self.confusion)]
        return "\n".join(lines)


def crossed(confusion: Sequence[Sequence[int]]) -> list[str]:
    """The table of risks, with its sums."""
    sums = [sum(column) for column in zip(*confusion, strict=True)]
    rows = [("", [*RISKS, "all"])]
    rows += [
        (risk, [*map(str, (*row, sum(row)))]) for risk, row in zip(RISKS, confusion, strict=True)
    ]
    rows += [("all", [*map(str, (*sums, sum(sums)))])]
    return [f"{name:<8}" + "".join(f"{cell:>8}" for cell in cells) for name, cells in rows]


def evaluate(
    labels: Labels,
    answers: Labels,
    flags: Sequence[str],
    scores: Floats | None = None,
) -> Evaluation:
    """Compares what people said (`labels`) with what `classify` answered, mention by mention.

    `scores` (mentions, flags) are those before thresholds, NaN where a flag can't hold.
    """
    true = named([label["flags"] for label in labels], flags)
    predicted = named([[flag["flag"] for flag in answer["flags"]] for answer in answers], flags)
    draws = Draws(len(true))
    any_true, any_said = _any(true), _any(predicted)
    hits, positives, predicted_positives = counts(draws, true, predicted)
    figures = [
        figure("macro-F1 over flags", macro(hits, positives, predicted_positives), len(true)),
        figure("micro-F1 over flags", micro(hits, positives, predicted_positives), len(true)),
        share(draws, "unflagged left unflagged", ~any_said, ~any_true),
        share(draws, "flagged found (any flag)", any_said, any_true),
    ]
    for name in ("in_scope", "staff", "sentiment"):
        if all(name in label for label in labels):
            figures.append(_accuracy(draws, name, labels, answers))
            if name == "sentiment":
                figures.append(_sentiment(draws, labels, answers))
    figures += _attributes(draws, labels, answers)
    risks = all("risk" in label for label in labels)
    if risks:
        figures += _risks(draws, labels, answers)
    f1s = ratio(2 * hits, positives + predicted_positives)
    each = [
        _flag(name, hits[0, i], positives[0, i], predicted_positives[0, i], f1s[:, i],
              None if scores is None else average_precision(true[:, i], scores[:, i]))
        for i, name in enumerate(flags)
    ]  # fmt: skip
    return Evaluation(figures, each, _confusion(labels, answers) if risks else ())


def counts(draws: Draws, true: Bools, predicted: Bools) -> tuple[Floats, Floats, Floats]:
    """Hits, positives and found of each column, each (1 + rounds, columns)."""
    width = true.shape[1]
    sums = draws.sums(np.hstack([true & predicted, true, predicted]))
    return sums[:, :width], sums[:, width : 2 * width], sums[:, 2 * width :]


def macro(hits: Floats, positives: Floats, predicted_positives: Floats) -> Floats:
    """The mean F1 over the columns that the rows hold a positive of; NaN where there is none.

    A sample without a positive of a column leaves it out too, as a file would: nothing of it was missed.
    """
    present = positives > 0
    f1s = ratio(2 * hits, positives + predicted_positives, 0.0)
    return ratio((f1s * present).sum(axis=1), present.sum(axis=1).astype(np.float64))


def micro(hits: Floats, positives: Floats, predicted_positives: Floats) -> Floats:
    """F1 over all (row, column) pairs at once; NaN where nothing is true and nothing was found."""
    return ratio(2 * hits.sum(axis=1), (positives + predicted_positives).sum(axis=1))


def share(draws: Draws, name: str, holds: Bools, among: Bools) -> Figure:
    """The part of the rows `among` of which something holds.

    Of all or of none: every sample says the same, which is no certainty; Wilson's interval stands in.
    """
    sums = draws.sums(np.stack([holds & among, among], axis=1))
    estimate = figure(name, ratio(sums[:, 0], sums[:, 1]), int(among.sum()))
    if not estimate.count or estimate.low != estimate.high:
        return estimate
    low, high = Share(int(sums[0, 0]), estimate.count).interval
    return replace(estimate, low=low, high=high)


def average_precision(true: Bools, scores: Floats) -> float:
    """The sum over ranks of precision times the recall gained there; equal scores are one rank.

    As scikit-learn's average_precision_score. A flag that can't hold ranks below all others.
    """
    if not true.any():
        return 0.0
    ranked = np.nan_to_num(scores, nan=-1.0)
    order = np.argsort(-ranked, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(ranked[order])), len(order) - 1)
    hits = np.cumsum(true[order])[ends]
    gained = np.diff(hits, prepend=0) / true.sum()
    return float((gained * hits / (ends + 1)).sum())


def _any(table: Bools) -> Bools:
    return np.asarray(table.any(axis=1), dtype=bool)


def _flag(
    name: str,
    hits: float,
    positives: float,
    predicted_positives: float,
    f1s: Floats,
    ranked: float | None,
) -> FlagFigure:
    f1 = figure(name, f1s, int(positives + predicted_positives))
    return FlagFigure(
        name, hits / predicted_positives if predicted_positives else 0.0, hits / positives if positives else 0.0,
        f1.value, f1.low, f1.high, int(positives), int(predicted_positives), ranked,
    )  # fmt: skip


def _accuracy(draws: Draws, name: str, labels: Labels, answers: Labels) -> Figure:
    pairs = zip(labels, answers, strict=True)
    right = np.array([label[name] == answer[name] for label, answer in pairs], dtype=bool)
    return share(draws, f"{name} accuracy", right, np.ones(len(right), dtype=bool))


def _sentiment(draws: Draws, labels: Labels, answers: Labels) -> Figure:
    true = named([[label["sentiment"]] for label in labels], get_args(Sentiment))
    predicted = named([[answer["sentiment"]] for answer in answers], get_args(Sentiment))
    return figure("sentiment macro-F1", macro(*counts(draws, true, predicted)), len(true))


def _attributes(draws: Draws, labels: Labels, answers: Labels) -> list[Figure]:
    """Whom a flag is aimed at and how grave the harm is: of the flags that were rightly found.

    A target is right where the whole set is. Nothing is said of what no line gives.
    """
    figures = []
    for name in ("target", "harm"):
        right, compared = [], []
        for label, answer in zip(labels, answers, strict=True):
            labelled = label.get(name) or {}
            predicted = {flag["flag"]: flag.get(name) for flag in answer["flags"]}
            both = [flag for flag in labelled if predicted.get(flag)]
            right.append(sum(_same(labelled[flag], predicted[flag]) for flag in both))
            compared.append(len(both))
        if any(label.get(name) for label in labels):
            sums = draws.sums(np.array([right, compared]).T)
            figures.append(
                figure(f"{name} of flags found, accuracy", ratio(*sums.T), int(sum(compared)))
            )
    return figures


def _same(labelled: object, predicted: object) -> bool:
    """Equal; lists in any order."""
    if isinstance(labelled, list) and isinstance(predicted, list):
        return set(labelled) == set(predicted)
    return labelled == predicted


def _risks(draws: Draws, labels: Labels, answers: Labels) -> list[Figure]:
    high = np.array([label["risk"] == "high" for label in labels], dtype=bool)
    predicted_high = np.array([answer["risk"] == "high" for answer in answers], dtype=bool)
    return [
        share(draws, "high risk recall", predicted_high, high),
        share(draws, "high risk precision", high, predicted_high),
        _accuracy(draws, "risk", labels, answers),
    ]


def _confusion(labels: Labels, answers: Labels) -> tuple[tuple[int, ...], ...]:
    pairs = [(label["risk"], answer["risk"]) for label, answer in zip(labels, answers, strict=True)]
    return tuple(tuple(pairs.count((true, predicted)) for predicted in RISKS) for true in RISKS)


# ── Whether a score means what it says: of posts with a score of 0.3, three in ten should hold. ───
#
# Taken over the mentions that a flag may hold of: where it can't (most flags out of scope, a grievance by
# the public) the score is no claim.

BINS = 10
ROUNDS = 200  # of chance
CALIBRATION_HEAD = f"{'flag':<18}{'cal.error':>10}{'by chance':>11}{'Brier':>9}{'skill':>8}{'mean score':>12}{'share true':>12}{'judged':>8}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one flag: expected calibration error and Brier score.

    `chance` is the error that perfectly calibrated scores would stay under 95 times in 100 with so few
    rows; `skill` is 1 - Brier / (Brier of always saying the share), 0 where all rows are alike.
    """

    name: str
    error: float
    chance: float
    brier: float
    skill: float
    mean: float
    share: float
    count: int

    def line(self) -> str:
        """The figures as a line of a table; ! where the error is more than chance."""
        if not self.count:
            return f"{self.name:<18}   not judged of any mention"
        mark = "!" if self.error > self.chance else " "
        return (
            f"{self.name:<18}{self.error:9.3f}{mark}{self.chance:11.3f}{self.brier:9.3f}"
            f"{self.skill:8.2f}{self.mean:12.3f}{self.share:12.3f}{self.count:8d}"
        )


def calibration(true: Bools, scores: Floats, flags: Sequence[str]) -> list[Calibration]:
    """One a flag, in order. `scores` is (mentions, flags), NaN where a flag can't hold."""
    return [_of(name, true[:, i], scores[:, i]) for i, name in enumerate(flags)]


def expected_error(true: Floats, scores: Floats) -> float:
    """Expected calibration error over `BINS` bins of equal mass.

    The sum over bins of (rows in the bin / rows) * |mean score - share true|: Naeini et al. 2015 with the
    bins of Nguyen and O'Connor 2015, which Nixon et al. 2019 found steadier than bins of equal width.
    Rows of one score share their truth, so that the order of a file counts for nothing.
    """
    if not len(scores):
        return 0.0
    order = np.argsort(scores, kind="stable")
    return float(_errors(true[None, order], scores[order])[0])


def _errors(true: Floats, scores: Floats) -> Floats:
    """(rounds, rows) of truth and scores in rising order: each round's error."""
    firsts = np.flatnonzero(np.diff(scores, prepend=-np.inf))
    sizes = np.diff(firsts, append=len(scores))
    true = np.repeat(np.add.reduceat(true, firsts, axis=1) / sizes, sizes, axis=1)
    starts = np.linspace(0, len(scores), min(BINS, len(scores)), endpoint=False).astype(int)
    gaps = np.add.reduceat(true - scores, starts, axis=1)
    return np.asarray(np.abs(gaps).sum(axis=1) / len(scores))


def _of(name: str, true: Bools, scores: Floats) -> Calibration:
    judged = ~np.isnan(scores)
    truth, judged_scores = true[judged].astype(float), scores[judged]
    if not len(judged_scores):
        return Calibration(name, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
    brier, share = float(((judged_scores - truth) ** 2).mean()), float(truth.mean())
    idle = share * (1 - share)
    rising = np.sort(judged_scores)
    drawn = np.random.default_rng(0).random((ROUNDS, len(judged_scores))) < rising
    return Calibration(
        name,
        error=expected_error(truth, judged_scores),
        chance=float(np.percentile(_errors(drawn.astype(float), rising), 95)),
        brier=brier,
        skill=1 - brier / idle if idle else 0.0,
        mean=float(judged_scores.mean()),
        share=share,
        count=len(judged_scores),
    )


# ── A labelled mention and what the classifier answered of it: what every measure is taken over.

_VALUES: Mapping[str, Sequence[Any]] = {
    "in_scope": (True, False), "staff": get_args(Staff), "sentiment": get_args(Sentiment), "risk": RISKS,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`labels` is what a person said, `answer` what `classify` wrote, as the objects of their lines.

    `scores` are of every flag that may hold of it, held or not; `masked` is the text as it may be shown;
    `note` and `pair` are the line's own (`classify.batch.Labelled`).
    """

    line: Line
    labels: Mapping[str, Any]
    answer: Mapping[str, Any]
    scores: Mapping[str, float]
    masked: str = ""
    note: str = ""
    pair: str = ""

    @property
    def true(self) -> frozenset[str]:
        """The flags that a person gave it."""
        return frozenset(self.labels["flags"])

    @property
    def predicted(self) -> frozenset[str]:
        """The flags that held."""
        return frozenset(flag["flag"] for flag in self.answer["flags"])


DANGER = "safeguarding"  # the flag of people at risk


def danger(cases: Sequence[Case]) -> list[Figure]:
    """How much danger in the plainest words is found, and how many look-alikes of danger are left alone.

    Of rows with the note `explicit`, or of the pair `twin`; a figure that the file has no row for is left out.
    """
    draws = Draws(len(cases))
    raised = np.array([DANGER in case.predicted for case in cases], dtype=bool)
    true = np.array([DANGER in case.true for case in cases], dtype=bool)
    explicit = np.array([case.note == "explicit" for case in cases], dtype=bool) & true
    twins = np.array([case.pair == "twin" for case in cases], dtype=bool) & ~true
    figures = [
        share(draws, "explicit danger found", raised, explicit),
        share(draws, "twins left alone", ~raised, twins),
    ]
    return [figure for figure in figures if figure.count]


# What civil speech that the law protects is most easily taken for (codebook, section 5)
_UNFAIR = ("derogatory", "confidential", "harassment")


def speaking_up(cases: Sequence[Case]) -> list[Figure]:
    """How well protected speech is told, and how often speaking up is told a higher risk or a flag that it has not.

    Of rows that people labelled `protected`; the last two of those that speak up (disclosure, union,
    discrimination). A figure that the file has no row for is left out.
    """
    draws = Draws(len(cases))
    true = [str(case.labels.get("protected") or "") for case in cases]
    read = np.array([bool(value) for value in true], dtype=bool)
    right = np.array(
        [case.answer.get("protected") == value for case, value in zip(cases, true, strict=True)],
        dtype=bool,
    )
    some = read & np.array([value != "none" for value in true], dtype=bool)
    speaks, raised, unfair = fairly(cases)
    figures = [
        share(draws, "protected right", right, read & some.any()),
        share(draws, "protected speech told as it is", right, some),
        share(draws, "speaking up told a higher risk", raised, speaks),
        share(draws, "speaking up falsely accused", unfair, speaks),
    ]
    return [figure for figure in figures if figure.count]


def fairly(cases: Sequence[Case]) -> tuple[Bools, Bools, Bools]:
    """(rows,) three times: whether it speaks up, was told a higher risk than its own, and was falsely accused.

    To speak up is what people labelled as a disclosure, union matters or discrimination.
    """
    speaks = [str(case.labels.get("protected") or "") in SPEAKING_UP for case in cases]
    raised = [_is_raised(case) for case in cases]
    unfair = [not (case.predicted - case.true).isdisjoint(_UNFAIR) for case in cases]
    return np.array(speaks, dtype=bool), np.array(raised, dtype=bool), np.array(unfair, dtype=bool)


def _is_raised(case: Case) -> bool:
    true = case.labels.get("risk")
    return true in RISKS and RISKS.index(case.answer["risk"]) < RISKS.index(true)


def sound(labels: Mapping[str, Any]) -> dict[str, Any]:
    """What a person said, without what is null. Raises InputError for a value that a label doesn't have.

    `target` and `harm` go by flag, {"threat": ["patient"]}; one in another shape is left out.
    """
    cleaned = {name: value for name, value in labels.items() if value is not None}
    for name, values in _VALUES.items():
        if name in cleaned and cleaned[name] not in values:
            allowed = ", ".join(str(value).lower() for value in values)
            raise InputError(f'"labels.{name}" must be one of {allowed}')
    for name, kind in (("target", list), ("harm", str)):
        by_flag = cleaned.get(name, {})
        if not isinstance(by_flag, dict) or not all(isinstance(v, kind) for v in by_flag.values()):
            del cleaned[name]
    return cleaned


def named(names: Sequence[Sequence[str] | frozenset[str]], flags: Sequence[str]) -> Bools:
    """(mentions, flags): which holds of which; also where there is no mention at all."""
    rows = [[flag in row_names for flag in flags] for row_names in names]
    return np.array(rows, dtype=bool).reshape(len(names), len(flags))


def scored(scores: Sequence[Mapping[str, float]], flags: Sequence[str]) -> Floats:
    """(mentions, flags): each score; NaN where a flag can't hold of a mention."""
    rows = [[row_scores.get(flag, np.nan) for flag in flags] for row_scores in scores]
    return np.array(rows, dtype=float).reshape(len(scores), len(flags))


# ── The errors that cost most: what a person should look at first to mend a model or a policy. ────

MOST = 15  # of each kind


@dataclass(frozen=True, slots=True)
class Wrong:
    """One flag that was missed or needlessly raised. `cost` is in needless readings.

    `sure` is how far the score lay on the wrong side, from 0 to 1; `masked` is never saved.
    """

    kind: Literal["missed", "needless"]
    id: str
    flag: str
    gravity: str
    cost: float
    score: float
    sure: float
    masked: str


def worst(cases: Sequence[Case], policy: Policy, most: int = MOST) -> list[Wrong]:
    """The `most` worst misses, then the `most` worst false alarms.

    Misses go by `missed_costs` of policy.toml, then by gravity; a false alarm costs one reading, so that
    they go by gravity alone; in each the most confident first. A missed flag that can't hold of the
    mention as it was read (out of scope, say) has the score 0.
    """
    missed, needless = [], []
    for case in cases:
        missed += [_wrong("missed", case, flag, policy) for flag in case.true - case.predicted]
        needless += [_wrong("needless", case, flag, policy) for flag in case.predicted - case.true]
    return [
        wrong
        for wrongs in (missed, needless)
        for wrong in sorted(filter(None, wrongs), key=_rank)[:most]
    ]


def _wrong(
    kind: Literal["missed", "needless"], case: Case, flag: str, policy: Policy
) -> Wrong | None:
    rule = policy.flags.get(flag)
    if rule is None or rule.source == "rule":
        return None  # what a rule decides: nothing that a model could learn
    score = case.scores.get(flag, 0.0)
    return Wrong(
        kind, str(case.line.id), flag, rule.gravity,
        cost=rule.missed_costs if kind == "missed" else 1.0,
        score=score, sure=1 - score if kind == "missed" else score, masked=case.masked,
    )  # fmt: skip


def _rank(wrong: Wrong) -> tuple[float, int, float, str, str]:
    gravity = [risk for risk in RISKS if risk != "none"].index(wrong.gravity)  # type: ignore[arg-type]
    return -wrong.cost, gravity, -wrong.sure, wrong.id, wrong.flag
