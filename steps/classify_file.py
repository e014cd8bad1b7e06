"""Answers the lines of a file, for `classify --input`: it needs neither a store nor a platform."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from classify.batch import Line, answer, lines
from classify.classifier import Classifier
from classify.risk import risk
from core.errors import InputError
from core.models import Reading
from core.progress import ReportProgress
from steps.bugs import log_bug, of_a_bug

T = TypeVar("T")

BATCH = 256  # lines read at once


@dataclass(frozen=True, slots=True)
class Answered:
    """How many lines were answered; `left_out` names each that was not, by its number or id."""

    count: int
    left_out: tuple[str, ...] = ()


def classify_file(
    reader: Classifier,
    input_file: BinaryIO,
    answers: BinaryIO,
    *,
    all_scopes: bool,
    report_progress: ReportProgress,
) -> bool:
    """Answers every line that can be read, in order; False where some could not, each named."""
    answered = answer_lines(
        reader, lines(input_file), answers, all_scopes=all_scopes, report_progress=report_progress
    )
    return not answered.left_out


def answer_lines(
    reader: Classifier,
    posts: Iterable[Line | InputError],
    answers: BinaryIO,
    *,
    all_scopes: bool,
    report_progress: ReportProgress,
    masked: BinaryIO | None = None,
) -> Answered:
    """Answers every line that can be read, in order, and names each that could not.

    `masked` gets a line an answer too: the words as they may be shown, as JSON, or null where nothing of them is blanked.
    """
    left_out: list[str] = []

    def leave_out(line: Line, bug: Exception) -> None:
        log_bug("a line", bug)
        left_out.append(f"the line with id {json.dumps(line.id)[:80]}: {of_a_bug(bug)}")
        report_progress(f"! {left_out[-1]}; left out")

    batch: list[Line] = []
    done, told_at = 0, time.monotonic()
    for line in itertools.chain(posts, [None]):
        if isinstance(line, InputError):
            report_progress(f"! {line}; left out")
            left_out.append(str(line))
        elif line is not None:
            batch.append(line)
        if batch and (line is None or len(batch) >= BATCH):
            for written, shown in _answers(reader, batch, all_scopes, leave_out):
                answers.write(written.encode("utf-8") + b"\n")
                if masked is not None:
                    masked.write(json.dumps(shown).encode("utf-8") + b"\n")
                done += 1
            answers.flush()
            batch.clear()
            if time.monotonic() - told_at > 1:
                report_progress(f"assessed {done}")
                told_at = time.monotonic()
    answers.flush()  # makes the file even where there was nothing to answer
    return Answered(done, tuple(left_out))


def _answers(
    reader: Classifier,
    lines: Sequence[Line],
    all_scopes: bool,
    give_up: Callable[[Line, Exception], None],
) -> Iterator[tuple[str, str | None]]:
    """Each answer, with the words as they may be shown where those are others than the line's."""
    for line, reading in read_one_by_one(
        lambda part: reader.read(part, all_scopes=all_scopes), lines, give_up
    ):
        earned = risk(reading, reader.policy, followers=line.author.followers, shares=line.shares)
        written = answer(line, reading, earned, policy=reader.policy.version, model=reader.version)
        yield written, None if reading.masked == line.text else reading.masked


def read_one_by_one(
    read: Callable[[Sequence[T]], list[Reading]],
    batch: Sequence[T],
    give_up: Callable[[T, Exception], None],
) -> list[tuple[T, Reading]]:
    """Each of a batch with its reading. Where all at once fail, each is read alone: one bug costs one post."""
    try:
        return list(zip(batch, read(batch), strict=True))
    except Exception as bug:
        if len(batch) > 1:
            return [pair for post in batch for pair in read_one_by_one(read, [post], give_up)]
        give_up(batch[0], bug)
        return []
