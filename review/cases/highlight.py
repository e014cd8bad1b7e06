"""Marks, in a masked text, the words that show why it was flagged.

Spans are offsets into the text in clear. The masked text keeps every word of it but for identifiers, each of
which stands as `[what it is]`, so that the two can be laid beside each other; where they can't (very long
or heavily masked posts) nothing is marked rather than something wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.models import Flag
from core.text import visible

LONGEST = 20_000  # code points in which evidence is marked
MOSTBLANKS = 60
SHOWN = 6_000  # code points that the page shows of one post
BLANK = re.compile(r"\[[A-Za-z][\w .:-]{1,300}\]")  # a link is called by its host


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text. `kind`: "" for plain words, "evidence" or "blank"; `flags` show in it."""

    text: str
    kind: str = ""
    flags: tuple[str, ...] = ()


def marked(masked: str, flags: Sequence[Flag], text: str | None) -> list[Piece]:
    """The masked text in pieces. `text` is it in clear, None where that is gone or was edited."""
    blanks = [match.span() for match in BLANK.finditer(masked)]
    places = laid_beside(masked, blanks, text) if text is not None else None
    cuts = spans_in_masked(flags, places) if places is not None else []
    edges = sorted(
        {0, len(masked), *(at for blank in blanks for at in blank),
         *(at for start, end, _ in cuts for at in (start, end))}
    )  # fmt: skip
    pieces = []
    for start, end in pairwise(edges):
        showing = tuple(name for first, last, name in cuts if first <= start and end <= last)
        blank = any(first <= start and end <= last for first, last in blanks)
        kind = "evidence" if showing else "blank" if blank else ""
        pieces.append(Piece(visible(masked[start:end]), kind, tuple(dict.fromkeys(showing))))
    return _shortened(pieces)


def without_blanks(masked: str) -> str:
    """The words of a masked text alone: what a blank is called is none of them."""
    return BLANK.sub(" ", masked)


def hidden(masked: str, text: str) -> list[tuple[str, str]]:
    """What is blanked out of a text: what it is called and the words; none where the two can't be laid beside each other."""
    blanks = [match.span() for match in BLANK.finditer(masked)]
    laid = laid_beside(masked, blanks, text) or ()
    clear_spans = {(start, end): (first, last) for first, last, start, end in laid}
    return [
        (masked[start + 1 : end - 1], text[slice(*clear_spans[start, end])])
        for start, end in blanks
        if (start, end) in clear_spans
    ]


def laid_beside(
    masked: str, blanks: Sequence[tuple[int, int]], text: str
) -> list[tuple[int, int, int, int]] | None:
    """Runs that are alike: start and end in the text in clear, start and end in the masked one."""
    if len(text) > LONGEST or len(blanks) > MOSTBLANKS:
        return None
    edges = [0, *(at for blank in blanks for at in blank), len(masked)]
    laid, place = [], 0
    for run in range(0, len(edges), 2):
        words = masked[edges[run] : edges[run + 1]]
        there = _found(words, text, place, first=run == 0, last=run + 2 == len(edges))
        if there is None:
            return None
        if run:
            laid.append((place, there, edges[run - 1], edges[run]))
        laid.append((there, there + len(words), edges[run], edges[run + 1]))
        place = there + len(words)
    return laid


def _found(words: str, text: str, place: int, *, first: bool, last: bool) -> int | None:
    """Where words of the masked text stand in the one in clear, after a blank of at least one sign.

    The first place is right if any is: a blank can be longer wherever it ends. To try others, as a regular expression
    does, would take for ever on a post that does not fit.
    """
    begin = 0 if first else place + 1
    there = len(text) - len(words) if last else text.find(words, begin)
    wrong = there < begin or (first and there != 0) or not text.startswith(words, there)
    return None if wrong else there


def spans_in_masked(
    flags: Sequence[Flag], places: Sequence[tuple[int, int, int, int]]
) -> list[tuple[int, int, str]]:
    """Start, end and flag in the masked text."""
    cuts = []
    for flag in flags:
        for first, last in flag.spans:
            for start, end, there, until in places:
                if first < end and start < last:
                    if end - start == until - there:
                        cuts.append(
                            (there + max(0, first - start), until - max(0, end - last), flag.name)
                        )
                    else:  # a blank is marked whole
                        cuts.append((there, until, flag.name))
    return cuts


def _shortened(pieces: Sequence[Piece]) -> list[Piece]:
    shown, shortened = 0, []
    for piece in pieces:
        if shown + len(piece.text) > SHOWN:
            shortened.append(Piece(piece.text[: SHOWN - shown], piece.kind, piece.flags))
            shortened.append(Piece(" [the rest is not shown]", "blank"))
            break
        shown += len(piece.text)
        shortened.append(piece)
    return shortened
