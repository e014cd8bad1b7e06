"""`mentions evaluate`: reads labelled posts with the classifier in force, and says how good it is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from classify import batch
from classify.batch import Labelled
from classify.classifier import Classifier
from classify.evaluation import baselines, external, metrics, report
from classify.evaluation.areas import Area, Elsewhere, Exchange, Figures
from classify.evaluation.edits import EDITS, edited
from classify.evaluation.metrics import Case, sound
from classify.evaluation.report import Measured, measure
from classify.evaluation.robustness import Robustness, change
from classify.evaluation.workload import Day
from classify.inputs import Known
from classify.risk import risk
from core.errors import InputError
from core.estimates import Figure
from core.models import Author
from core.progress import ReportProgress
from core.statistics import Share
from core.text import visible
from reports import rendering

BATCH = 256  # posts read at a time
HATE = ("hate",)  # the one flag that a CSV of functional tests speaks of


def cases(reader: Classifier, path: Path, *, all_scopes: bool, tell: ReportProgress) -> list[Case]:
    """Every labelled line of a file with what the classifier answers.

    Raises InputError where there is none, or one can't be read or names an unknown flag. A bug over one
    line stops it: a figure over a part of the lines would mislead.
    """
    return _assessed(reader, _labelled(reader, path, tell), all_scopes, tell)


def _assessed(
    reader: Classifier,
    labelled_lines: Sequence[Labelled],
    all_scopes: bool,
    tell: ReportProgress,
) -> list[Case]:
    assessed: list[Case] = []
    for start in range(0, len(labelled_lines), BATCH):
        part = labelled_lines[start : start + BATCH]
        read = reader.weigh([judged.line for judged in part], all_scopes=all_scopes)
        for judged, (reading, scores) in zip(part, read, strict=True):
            line = judged.line
            earned = risk(
                reading, reader.policy, followers=line.author.followers, shares=line.shares
            )
            written = batch.answer(
                line, reading, earned, policy=reader.policy.version, model=reader.version
            )
            case = Case(
                line=line, labels=judged.labels, answer=json.loads(written), scores=scores,
                masked=reading.masked, note=judged.note, pair=judged.pair,
            )  # fmt: skip
            assessed.append(case)
        tell(f"assessed {len(assessed)} of {len(labelled_lines)}")
    return assessed


def robustness(
    reader: Classifier,
    path: Path,
    fillers: Sequence[str],
    *,
    all_scopes: bool,
    tell: ReportProgress,
) -> Robustness:
    """What each edit that changes nothing of what a post says changes of the answers to a file's lines.

    `fillers` are unrelated texts that some edits add. A line that an edit leaves as it is does not count
    for it. Chance is drawn from the edit and the line's id, so that the answer is the same each time.
    Raises InputError as `cases` does.
    """
    labelled_lines = _labelled(reader, path, tell)
    as_written = _assessed(reader, labelled_lines, all_scopes, tell)
    changes = []
    for number, name in enumerate(EDITS, 1):
        before, rewritten = [], []
        for case, judged in zip(as_written, labelled_lines, strict=True):
            chance = random.Random(f"{name} {judged.line.id}")
            text = edited(name, judged.line.text, chance, fillers)
            if text != judged.line.text:
                before.append(case)
                rewritten.append(replace(judged, line=replace(judged.line, text=text)))
        tell(f"{name}, {number} of {len(EDITS)} edits")
        after = _assessed(reader, rewritten, all_scopes, tell)
        changes.append(change(name, before, after))
    return Robustness(
        file=path.name,
        model=reader.version,
        policy=reader.policy.version,
        count=len(as_written),
        changes=changes,
    )


def elsewhere(
    readers: Callable[[Known], Classifier],
    known: Known,
    path: Path,
    areas: Sequence[Area],
    *,
    all_scopes: bool,
    tell: ReportProgress,
) -> Elsewhere:
    """How scope and macro-F1 of a file's lines differ where the organisation's names are another's.

    `readers` makes the classifier that is told of an organisation. Raises InputError as `cases` does.
    """
    reader = readers(known)
    labelled_lines = _labelled(reader, path, tell)
    flags = tuple(reader.policy.in_use)

    def figures_of(name: str, reader: Classifier, lines: Sequence[Labelled]) -> Figures:
        tell(name)
        read = _assessed(reader, lines, all_scopes, tell)
        labels, answers = [case.labels for case in read], [case.answer for case in read]
        measured = metrics.evaluate(labels, answers, flags).figures
        rightly = [
            answer["in_scope"] == label["in_scope"]
            for label, answer in zip(labels, answers, strict=True)
            if label.get("in_scope") is not None
        ]
        return Figures(
            area=name,
            scope=Share(sum(rightly), len(rightly)).value,
            macro_f1=next(
                figure.value for figure in measured if figure.name.startswith("macro-F1")
            ),
        )

    there = []
    for area in areas:
        exchange = Exchange(known=known, area=area)
        lines = [replace(judged, line=exchange.line(judged.line)) for judged in labelled_lines]
        there.append(figures_of(area.name, readers(exchange.known_there()), lines))
    return Elsewhere(
        file=path.name, model=reader.version, policy=reader.policy.version, count=len(labelled_lines),
        here=figures_of("as written", reader, labelled_lines), there=there,
    )  # fmt: skip


def functional(reader: Classifier, path: Path, tell: ReportProgress) -> list[Case]:
    """A CSV of text and label (1: hateful) as mentions that say of the flag `hate` whether it holds.

    Raises InputError where it has no such row.
    """
    posts = external.posts(path)
    if not posts.labels:
        raise InputError(f"{path.name} holds no row of text and label: mend it, or move it away")
    lines = [
        batch.Line(
            id=number, text=text, platform="other", author=Author(), shares=None, posted_at=None
        )
        for number, text in enumerate(posts.texts, 1)
    ]
    assessed = [
        Case(
            line=line, labels={"flags": list(HATE) if hateful else []}, scores=scores,
            answer={"flags": [{"flag": flag.name} for flag in reading.flags], "risk": "none"},
        )
        for line, hateful, (reading, scores) in zip(
            lines, posts.labels, reader.weigh(lines, all_scopes=True), strict=True
        )
    ]  # fmt: skip
    tell(f"{reader.version}: assessed {len(assessed)} of {path.name}")
    return assessed


def _labelled(reader: Classifier, path: Path, tell: ReportProgress) -> list[Labelled]:
    try:
        with path.open("rb") as file:
            labelled_lines = list(batch.labelled(file))
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    if not labelled_lines:
        raise InputError(
            f"{path.name} holds no labelled line: see docs/measuring.md for what it needs"
        )
    cleaned_lines, odd = [], {"target": 0, "harm": 0}
    for judged in labelled_lines:
        line, labels = judged.line, judged.labels
        where = f"{path.name}: the line with id {json.dumps(line.id)[:80]}"
        if unknown := sorted(set(labels["flags"]) - set(reader.policy.flags)):
            raise InputError(
                f"{where}: no flag is called {unknown[0][:80]!r}; there are {', '.join(reader.policy.in_use)}"
            )
        try:
            cleaned = sound(labels)
        except InputError as error:
            raise InputError(f"{where}: {error}") from error
        cleaned_lines.append(replace(judged, labels=cleaned))
        for name in odd:
            odd[name] += bool(labels.get(name)) and name not in cleaned
    for name in filter(odd.get, odd):
        tell(f"! {odd[name]} lines give {name} in another shape than by flag: not measured there")
    _repeated([judged.line for judged in labelled_lines], tell)
    return cleaned_lines


def _repeated(lines: Sequence[batch.Line], tell: ReportProgress) -> None:
    """Says what makes intervals too narrow: lines that stand twice."""
    for name, values in (
        ("ids", [line.id for line in lines]),
        ("texts", [line.text for line in lines]),
    ):
        if twice := len(values) - len(set(values)):
            tell(
                f"! {twice} lines repeat {name} of others: intervals are narrower than they should be"
            )


def figures(
    reader: Classifier, path: Path, *, all_scopes: bool, tell: ReportProgress
) -> metrics.Evaluation:
    """The figures alone, to compare one model or policy with another."""
    read = cases(reader, path, all_scopes=all_scopes, tell=tell)
    labels, answers = [case.labels for case in read], [case.answer for case in read]
    return metrics.evaluate(labels, answers, tuple(reader.policy.in_use))


def everything(
    reader: Classifier,
    path: Path,
    day: Day,
    *,
    all_scopes: bool,
    others: bool,
    tell: ReportProgress,
) -> Measured:
    """All that can be said of a labelled file; with `others`, of the baseline and the peers too."""
    read = cases(reader, path, all_scopes=all_scopes, tell=tell)
    measured = measure(read, reader.policy, day, file=path.name, model=reader.version)
    if not others:
        return measured
    peers = []
    tell("measuring the baseline and the peers: a minute or two")
    for peer in baselines.peers(read, tuple(reader.policy.in_use), baselines.training_rows(path)):
        tell(f"measured {peer.name}")
        peers.append(peer)
    return replace(measured, peers=peers)


def save(measured: Measured, folder: Path) -> None:
    """figures.json and report.txt, which their owner alone can read; ids and figures, no words."""
    _save(folder, measured.record(), report.text(measured))


def save_robustness(robustness: Robustness, folder: Path) -> None:
    """The same of what edits change."""
    _save(folder, report.plain_data(robustness), robustness.text())


def save_elsewhere(elsewhere: Elsewhere, folder: Path) -> None:
    """The same of other areas."""
    _save(folder, report.plain_data(elsewhere), elsewhere.text())


def save_task(figures: Sequence[Figure], folder: Path) -> None:
    """The same of a head's figures."""
    _save(
        folder,
        [asdict(figure) for figure in figures],
        "\n".join(figure.line() for figure in figures),
    )


def _save(folder: Path, record: object, text: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rendering.write(folder / "figures.json", json.dumps(record, indent=1) + "\n")
    rendering.write(folder / "report.txt", visible(text) + "\n")


def task(reader: Classifier, path: Path, name: str, tell: ReportProgress) -> list[Figure]:
    """How good an auxiliary head or a flag is on a CSV; `name` is its own or a published set's.

    On toxic_spans the characters are measured too: as the head of tokens shows them, and as all flags
    together do. Raises InputError for a CSV that isn't one or lacks labels, ModelError for an unknown head.
    """
    posts = external.posts(path)
    head = external.ALIASES.get(name, name)
    parts = [posts.texts[start : start + BATCH] for start in range(0, len(posts.texts), BATCH)]
    spans = posts.spans if head == external.ALIASES[external.TOXIC_SPANS] else ()
    if not posts.labels and not spans:
        raise InputError(
            f"{path.name}: a column label is needed: spans are measured by toxic_spans alone"
        )
    figures: list[Figure] = []
    if posts.labels:
        scores = [score for part in _told(parts, tell) for score in _scores(reader, head, part)]
        flag = reader.policy.flags.get(head)
        least = flag.threshold if flag else reader.task_threshold(head)
        tell(f"{len(scores)} posts by {head} of {reader.version}, yes from {least:g} on")
        figures = external.task(scores, posts.labels, least, posts.kinds)
    if spans:
        least = reader.task_threshold(external.TOXIC_SPANS)
        by_token, by_flag = [], []
        for part in _told(parts, tell):
            by_token += reader.shown("toxic", part, least)
            by_flag += _of_flags(reader, part)
        figures += [
            external.span_f1("characters, token head", by_token, spans),
            external.span_f1("characters, spans of all flags", by_flag, spans),
        ]
    return figures


def _told(parts: Sequence[Sequence[str]], tell: ReportProgress) -> Iterator[Sequence[str]]:
    done = 0
    for part in parts:
        yield part
        done += len(part)
        tell(f"read {done}")


def _scores(reader: Classifier, head: str, texts: Sequence[str]) -> list[float]:
    """Of a head; of a flag as thresholds meet it, 0 where it can't hold."""
    if head not in reader.policy.flags:
        return reader.task_scores(head, texts)
    scored_readings = reader.weigh(_bare(texts), all_scopes=True)
    return [scores.get(head, 0.0) for _, scores in scored_readings]


def _of_flags(reader: Classifier, texts: Sequence[str]) -> list[external.Spans]:
    return [
        [span for flag in reading.flags for span in flag.spans]
        for reading in reader.read(_bare(texts), all_scopes=True)
    ]


def _bare(texts: Sequence[str]) -> list[batch.Line]:
    return [
        batch.Line(
            id=number, text=text, platform="other", author=Author(), shares=None, posted_at=None
        )
        for number, text in enumerate(texts)
    ]
