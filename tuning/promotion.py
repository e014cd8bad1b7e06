"""Whether a new model may take the present one's place, and how it does: the old one stays beside it.

It is copied beside its place first and moved there whole, so that no half of a model ever lies where one is
looked for; `restore` undoes what a crash between two moves left.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import classify
from classify.classifier import Classifier
from classify.evaluation import metrics
from classify.evaluation.metrics import Bools, Case, Floats, counts, macro, named
from classify.policy import schema as policies
from core.errors import InputError, ModelError
from core.progress import ReportProgress
from core.statistics import Draws, figure, ratio
from settings.schema import Config
from steps.classifier import load_classifier
from steps.context import exclusive_lock, open_store
from steps.model_files import model_folder
from tuning import bounds, evaluate
from tuning.bounds import Bound

# ── Whether one model is no worse than another on the same labelled mentions, measure by measure.
#
# Both are measured on the same bootstrap samples of the rows, so that what makes a row hard for both cancels
# out (a paired bootstrap: Efron and Tibshirani 1993, chapter 13). Over the rows of all sets "no worse" is
# shown, not assumed, as in a trial of non-inferiority (Piaggio et al. 2012, the CONSORT extension): a model
# that may be worse by more than `MARGIN` is refused, also where the rows are too few to tell. A single set
# holds too few rows for that: there a model is refused where it is worse beyond chance. Danger is no trade:
# a model that finds less of it over all sets, by however little, is never accepted.

MARGIN = 0.02  # the lower end of the interval of the difference may not lie under minus this
WORSE = 0.01  # nor the difference itself under minus this
DANGER = "danger found"
EXPLICIT = "explicit danger found"
# Staff who speak up, or whoever tells of discrimination (`metrics.fairly`)
NOT_RAISED = "speaking up told no higher risk"
NOT_ACCUSED = "speaking up not falsely accused"
NEVER_LESS = frozenset((DANGER, EXPLICIT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One measure of both models over `count` rows, and candidate less present with its 95 % interval."""

    name: str
    present: float
    candidate: float
    low: float
    high: float
    count: int

    def fault(self, *, all_sets: bool) -> str:
        """Why the candidate is refused by this measure, over all sets or over one; empty where it is not."""
        if not all_sets:
            return "worse beyond chance" if self.high < 0 else ""
        if self.name in NEVER_LESS and self.candidate < self.present:
            return "finds less danger"
        if round(self.candidate - self.present, 9) < -WORSE:
            return "worse"
        if self.name in NEVER_LESS:
            return ""
        return "not shown to be no worse" if round(self.low, 9) < -MARGIN else ""

    def line(self) -> str:
        """The measure as a line of a table."""
        return (
            f"{self.name:<42}{self.present:8.3f}{self.candidate:11.3f}"
            f"{self.candidate - self.present:+9.3f}   [{self.low:+.3f}, {self.high:+.3f}]   n={self.count}"
        )


HEAD = f"{'present':>8}{'candidate':>11}{'diff.':>9}   95 % of the difference"  # after 42 columns


def compare(
    present: Sequence[Case], candidate: Sequence[Case], flags: Sequence[str]
) -> list[Difference]:
    """Macro-F1 over flags, unflagged left unflagged, recall of high risk and of danger, how protected speech fares.

    Danger is the flag `safeguarding`; explicit danger what a set notes so. Protected speech is told where the
    attribute of a row that is protected is the right one. The cases are of the same rows in the same order. A measure that no row speaks of is left out.
    """
    draws = Draws(len(present))
    true = named([case.true for case in present], flags)
    some = _any(true)
    macros, left, high, danger, explicit, protected = [], [], [], [], [], []
    quiet, spared = [], []
    dangerous = _risky(case.labels.get("risk") for case in present)
    in_danger = _holding(true, flags, metrics.DANGER)
    plainly = in_danger & np.array([case.note == "explicit" for case in present], dtype=bool)
    spoken = _protected(case.labels for case in present)
    for cases in (present, candidate):
        predicted = named([case.predicted for case in cases], flags)
        macros.append(macro(*counts(draws, true, predicted)))
        left.append(_share(draws, ~_any(predicted), ~some))
        high.append(_share(draws, _risky(case.answer["risk"] for case in cases), dangerous))
        flagged = _holding(predicted, flags, metrics.DANGER)
        danger.append(_share(draws, flagged, in_danger))
        explicit.append(_share(draws, flagged, plainly))
        right = _protected(case.answer for case in cases) == spoken
        protected.append(_share(draws, right, spoken != "none"))
        speaks, raised, unfair = metrics.fairly(cases)
        quiet.append(_share(draws, ~raised, speaks))
        spared.append(_share(draws, ~unfair, speaks))
    differences = [
        _difference("macro-F1 over flags", macros, len(true) if some.any() else 0),
        _difference("unflagged left unflagged", left, int((~some).sum())),
        _difference("high risk recall", high, int(dangerous.sum())),
        _difference(DANGER, danger, int(in_danger.sum())),
        _difference(EXPLICIT, explicit, int(plainly.sum())),
        _difference("protected speech told", protected, int((spoken != "none").sum())),
        _difference(NOT_RAISED, quiet, int(speaks.sum())),
        _difference(NOT_ACCUSED, spared, int(speaks.sum())),
    ]
    return [difference for difference in differences if difference.count]


def _any(table: Bools) -> Bools:
    return np.asarray(table.any(axis=1), dtype=bool)


def _holding(table: Bools, flags: Sequence[str], name: str) -> Bools:
    """(rows,): whether a flag holds; of none where it is not among `flags`."""
    if name not in flags:
        return np.zeros(len(table), dtype=bool)
    return np.asarray(table[:, flags.index(name)], dtype=bool)


def _protected(answers: Iterable[Mapping[str, object]]) -> NDArray[np.str_]:
    """(rows,): what protects each; "none" where nothing says so."""
    return np.array([str(answer.get("protected", "none")) for answer in answers], dtype=str)


def _risky(risks: Iterable[object]) -> Bools:
    return np.array([risk == "high" for risk in risks], dtype=bool)


def _share(draws: Draws, holds: Bools, among: Bools) -> Floats:
    sums = draws.sums(np.stack([holds & among, among], axis=1))
    return ratio(sums[:, 0], sums[:, 1])


def _difference(name: str, values: Sequence[Floats], count: int) -> Difference:
    """`values` are those of both models, the present one first, of the rows and of every sample."""
    present, candidate = values
    gap = figure(name, candidate - present, count)
    return Difference(
        name=name, present=float(present[0]), candidate=float(candidate[0]), low=gap.low,
        high=gap.high, count=count,
    )  # fmt: skip


# ─────────────────────────────────────────────────────────────────────────────────────────────────

SETS = (
    Path(classify.__file__).parent / "evaluation" / "datasets"
)  # labelled lines that no model may learn from
ALL = "all sets"
MODELS_FOLDER = "models"  # beside config.toml, where accepted models lie if config.toml names none
RECORD = "accepted.json"  # in the accepted model's folder
POLICY = "policy.toml"  # there too: that whose thresholds are on the scale of the model's scores
COMING = ".coming"  # ends the name of a folder that is being copied
PATIENCE = 60.0  # seconds to wait until a cycle has ended


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A candidate beside the present model, over all sets and set by set, measure by measure."""

    candidate: Path
    version: str
    against: str
    policy: Path | None  # that it was measured under, where it is not the one in force
    digest: str  # SHA-256 of its SHA256SUMS: what was measured is what is put in force
    at: datetime
    over_all: Sequence[Difference]
    by_set: Mapping[str, Sequence[Difference]]
    by_bound: Mapping[str, Sequence[Bound]]  # of all sets, and of the one written for it

    @property
    def passed(self) -> bool:
        """It is no worse by any measure, nor where it is over a bound by a single row."""
        return not any(
            difference.fault(all_sets=name == ALL) for name, difference in self._each()
        ) and not any(bound.fault for of_set in self.by_bound.values() for bound in of_set)

    def _each(self) -> Iterator[tuple[str, Difference]]:
        for name, measures in {ALL: self.over_all, **self.by_set}.items():
            yield from ((name, difference) for difference in measures)

    def lines(self) -> list[str]:
        """Every measure, and what is asked of it."""
        lines = [f"present: {self.against}; candidate: {self.version}"]
        last = ""
        for name, difference in self._each():
            if name != last:
                lines += ["", f"{name:<42}{HEAD}"]
                last = name
            lines.append(f"{difference.line()}   {difference.fault(all_sets=name == ALL)}".rstrip())
        for name, of_set in self.by_bound.items():
            lines += ["", f"{name:<48}{bounds.HEAD}", *(bound.line() for bound in of_set)]
        requirement = (
            f"accepted where over all sets no difference is under -{WORSE}, no interval reaches under "
            f"-{MARGIN} and no danger is lost, and on no set an interval lies under 0; and a model that wrongs "
            f"more than {bounds.MOST} of those who speak up, as the present one may, does so in no row more than it"
        )
        return [*lines, "", requirement]


def trial(
    config: Config,
    folder: Path,
    candidate: Path,
    policy: Path | None,
    sets: Path,
    at: datetime,
    tell: ReportProgress,
) -> Trial:
    """Measures a candidate and the present model on every fixed set.

    Raises ModelError where the candidate can't be used or is the present one, InputError where no set is
    there or a line of one can't be read.
    """
    restore(config, folder)
    rules = policies.load(policy) if policy else None
    present = load_classifier(config, folder, at)
    digest = _digest(candidate)
    other = load_classifier(config, folder, at, model=candidate, policy=rules)
    if other.version == present.version:
        raise ModelError(
            f"the candidate is called {other.version}, as the present model is: train it under another --version"
        )
    _must_name_a_folder(present.version)
    _must_name_a_folder(other.version)
    over_all, by_set, by_bound = _compared(present, other, sets, tell)
    return Trial(
        candidate=candidate, version=other.version, against=present.version, policy=policy,
        digest=digest, at=at, over_all=over_all, by_set=by_set, by_bound=by_bound,
    )  # fmt: skip


def _compared(
    present: Classifier, other: Classifier, sets: Path, tell: ReportProgress
) -> tuple[Sequence[Difference], dict[str, Sequence[Difference]], dict[str, Sequence[Bound]]]:
    """Over all mentions, and set by set; tests of hate say nothing of other flags and stand alone."""
    paths = sorted(sets.glob("*.jsonl"))
    if not paths:
        raise InputError(f"{sets} holds no fixed test set (*.jsonl): name its folder with --sets")
    flags, hate = tuple(other.policy.in_use), sorted(sets.glob("*.csv"))
    ours, theirs = ([_cases(reader, path, tell) for path in paths] for reader in (present, other))
    by_set: dict[str, Sequence[Difference]] = {
        path.stem: compare(present_cases, another, flags)
        for path, present_cases, another in zip(paths, ours, theirs, strict=True)
    }
    for path in hate:
        present_cases, another = (
            evaluate.functional(reader, path, tell) for reader in (present, other)
        )
        by_set[path.name] = compare(present_cases, another, evaluate.HATE)
    whole = (list(chain(*ours)), list(chain(*theirs)))
    own = [
        (path.stem, bounds.bounds(cases, another))
        for path, cases, another in zip(paths, ours, theirs, strict=True)
        if path.stem == bounds.OWN_SET
    ]
    by_bound: dict[str, Sequence[Bound]] = {
        name: measures for name, measures in [(ALL, bounds.bounds(*whole)), *own] if measures
    }
    return compare(*whole, flags), by_set, by_bound


def _must_name_a_folder(version: str) -> None:
    if not re.fullmatch(r"[\w+-][\w.+-]*", version):
        raise ModelError("a version that names a folder has letters, digits, . + - _ alone")


def _cases(reader: Classifier, path: Path, tell: ReportProgress) -> list[Case]:
    try:
        return evaluate.cases(
            reader, path, all_scopes=False, tell=lambda line: tell(f"{reader.version}: {line}")
        )
    except InputError as error:
        named = str(error).removeprefix(f"{path.name}: ")
        raise InputError(f"{path.name}: {named}") from error


def policy_of(config: Config, folder: Path) -> Path:
    """The policy that came with the model in force: its thresholds are where those in force started."""
    beside = model_folder(config, folder) / POLICY
    return beside if beside.is_file() else policies.HERE / POLICY


def restore(config: Config, folder: Path) -> None:
    """Puts the old model back where a crash took it away before the new one lay there."""
    place = _place(config, folder)
    if place is None or place.exists():
        return
    with exclusive_lock(config, folder, patience=PATIENCE):
        coming = _beside(place, COMING)
        try:
            against = json.loads((coming / RECORD).read_text("utf-8"))["against"]
            _beside(place, f"-{against}").rename(place)
        except (OSError, ValueError, KeyError, TypeError):
            return  # nothing of ours: that the model is missing is told where it is opened


def _place(config: Config, folder: Path) -> Path | None:
    return folder / config.classifier.model if config.classifier.model else None


def _beside(place: Path, ending: str) -> Path:
    return place.with_name(f"{place.name}{ending}")


def promote(config: Config, folder: Path, passed: Trial, *, by: str) -> list[str]:
    """Puts the candidate in force where config.toml names a model's folder; what was done, line by line.

    `by` is the person who accepts it: their name stands in `RECORD`, and the store's events keep a fingerprint
    of it where there is a store.

    The model that lay there stays beside it, under its name and version. The model that ships is never
    touched, and a model that comes with a policy of its own is never in force without it: those then lie in
    `models/` beside config.toml, and a person names them there.
    Raises ModelError where it did not pass, nobody accepts it, a folder that would be written is there already,
    or the candidate is no longer what was measured; StoreError or ConfigError where the store can't be opened.
    Nothing is changed then.
    """
    if not passed.passed:
        raise ModelError("it is worse than the present model, or not shown to be no worse")
    by = by.strip()
    if not by:
        raise ModelError("nobody accepts it: say who does with --by NAME")
    place = _place(config, folder)
    with ExitStack() as stack:
        # a cycle must not look for the model meanwhile
        stack.enter_context(exclusive_lock(config, folder, patience=PATIENCE))
        there = (folder / config.store.path).exists()
        # opened first, so that nothing is done that can't be noted
        store = stack.enter_context(open_store(config, folder, create=False)) if there else None
        if place is not None and not passed.policy:
            lines = _put_in_force(config, folder, passed, place, by)
        else:
            lines = _kept_aside(config, folder, passed, by)
        if store is not None:
            store.audit.note_model_accepted(
                passed.version, passed.against, passed.digest, by=by, at=passed.at
            )
    return lines


def _put_in_force(config: Config, folder: Path, passed: Trial, place: Path, by: str) -> list[str]:
    old = _beside(place, f"-{passed.against}")
    _must_not_exist(old)
    _swap(_copied(config, folder, passed, place, by), place, old)
    return [f"{passed.version} is in force; {passed.against} stays in {old}"]


def _kept_aside(config: Config, folder: Path, passed: Trial, by: str) -> list[str]:
    new = folder / MODELS_FOLDER / passed.version
    _must_not_exist(new)
    _copied(config, folder, passed, new, by).rename(new)
    name = f"{MODELS_FOLDER}/{passed.version}"
    lines = [
        f"copied into {new}; the model in force stays",
        f'to put it in force: model = "{name}" under [classifier] in site.toml',
    ]
    if passed.policy:
        lines.append(f'and with it, since it was measured so: policy = "{name}/{POLICY}"')
    return lines


def _swap(coming: Path, place: Path, old: Path) -> None:
    place.rename(old)
    try:
        coming.rename(place)
    except OSError:
        old.rename(place)
        raise


def _must_not_exist(folder: Path) -> None:
    if folder.exists():
        raise ModelError(f"{folder} is there already: move it away, then accept again")


def _copied(config: Config, folder: Path, passed: Trial, place: Path, by: str) -> Path:
    """A folder beside `place` with the candidate, the policy that it came with, by what and by whom it was accepted.

    Checkpoints of training stay behind. What an earlier try left there goes; it is known by its record.
    """
    coming = _beside(place, COMING)
    if (coming / RECORD).is_file():
        shutil.rmtree(coming)
    _must_not_exist(coming)
    coming.mkdir(parents=True)
    try:
        (coming / RECORD).write_text(json.dumps(_record(passed, by), indent=1) + "\n", "utf-8")
        leave = shutil.ignore_patterns("*.pt", RECORD, POLICY)
        shutil.copytree(passed.candidate, coming, ignore=leave, dirs_exist_ok=True)
        shutil.copyfile(passed.policy or policy_of(config, folder), coming / POLICY)
        rules = policies.load(passed.policy) if passed.policy else None
        load_classifier(config, folder, passed.at, model=coming, policy=rules)  # checks the copy
        if _digest(coming) != passed.digest:
            raise ModelError("the candidate was changed while it was measured: accept it again")
    except BaseException:
        shutil.rmtree(
            coming, ignore_errors=True
        )  # half a model would stand in the way of the next try
        raise
    return coming


def _digest(folder: Path) -> str:
    """Of the sums, which name what every file must be. Raises ModelError where there are none."""
    try:
        return hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"no model in {folder}: SHA256SUMS is missing") from error


def _record(passed: Trial, by: str) -> dict[str, object]:
    return {
        "version": passed.version, "against": passed.against, "at": passed.at.isoformat(),
        "by": by, "sha256": passed.digest,
        "sets": {
            name: {
                difference.name: {
                    "present": round(difference.present, 4), "candidate": round(difference.candidate, 4),
                    "difference": [round(difference.low, 4), round(difference.high, 4)], "rows": difference.count,
                }
                for difference in measures
            }
            for name, measures in {ALL: passed.over_all, **passed.by_set}.items()
        },
        "bounds": {
            name: {
                bound.name: {
                    "most": bounds.MOST, "rows": bound.present.count,
                    **{model: {"share": round(share.value, 4), "interval": [round(end, 4) for end in share.interval]}
                       for model, share in (("present", bound.present), ("candidate", bound.candidate))},
                }
                for bound in of_set
            }
            for name, of_set in passed.by_bound.items()
        },
    }  # fmt: skip
