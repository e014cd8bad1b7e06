"""Real text under open licences as examples: what its publishers and one reader labelled, and no more.

Real posts tell what invented ones can't: how people in distress write, how patients praise and complain,
what most talk is about. A set answers only the outputs that its labels speak of; docs/training.md lists the
sets with their licences. Never a row of a set's `test` part.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classify.batch import Line
from classify.inputs import Known, encoder_text, own_words_of
from classify.model.labels import FLAGS, SENTIMENT, STAFF
from classify.model.windows import Cutter, Text
from classify.training.dataset import ALONE, Example, examples_of, rows
from core.context import NOWHERE, AnsweredPost, Context, Page, PageKind, context_of
from core.models import PROTECTED, Author

Row = Mapping[str, str]
Answers = dict[str, float]

HARMLESS = dict.fromkeys(FLAGS, 0.0)
# of no stranger's post about other things: what the ICB's staff say, who presents itself as the ICB
NEVER_ELSEWHERE = dict.fromkeys(("pid", "security", "grievance", "no_disclaimer", "impersonation", "brand", "confidential", "media", "removal_request"), 0.0)  # fmt: skip
ELSEWHERE = {"in_scope": 0.0, **{f"protected.{v}": float(v == "none") for v in PROTECTED}}
PUBLIC_AUTHOR = {f"staff.{value}": float(value == "no") for value in STAFF}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One set: its answers for a row (None leaves the row out), how many rows at most, how often read."""

    answers: Callable[[Row], Answers | None]
    most: int
    times: int = 1
    platforms: Sequence[str] = ("",)
    parent: str = ""  # the column with what the row answers


def _feedback(row: Row) -> Answers | None:
    if row["unflagged"] != "yes":
        return _danger(row)
    # help may be asked for in what was safe to leave without a flag: the publisher's labels don't say
    answers = {**HARMLESS, **PUBLIC_AUTHOR, "flagged": 0.0}
    del answers["assistance"]
    tone = row["sentiment"]
    if tone in SENTIMENT:
        answers.update({f"sentiment.{value}": float(value == tone) for value in SENTIMENT})
    protected = {"negative": "complaint", "positive": "none"}.get(tone)
    if protected:
        answers.update({f"protected.{value}": float(value == protected) for value in PROTECTED})
    return answers


def _danger(row: Row) -> Answers | None:
    if row["danger"] not in ("yes", "no") or (
        row["danger"] == "yes" and row["danger_how"] != "read"
    ):
        return None
    return {"safeguarding": float(row["danger"] == "yes")}


def _elsewhere(row: Row) -> Answers | None:
    answers = _danger(row)
    return None if answers is None else {**ELSEWHERE, **NEVER_ELSEWHERE, **answers}


def _harmless_elsewhere(row: Row) -> Answers | None:
    return {**ELSEWHERE, **HARMLESS, "flagged": 0.0}


def _asks_elsewhere(row: Row) -> Answers | None:
    answers = {**ELSEWHERE, **HARMLESS}
    del answers["assistance"]
    return answers


def _claim(row: Row) -> Answers | None:
    if row["misinformation"] not in ("yes", "no"):
        return None
    false = float(row["misinformation"] == "yes")
    return {
        **ELSEWHERE,
        **NEVER_ELSEWHERE,
        "safeguarding": 0.0,
        "threat": 0.0,
        "misinformation": false,
    }


def _complaint_elsewhere(row: Row) -> Answers | None:
    return {**ELSEWHERE, **NEVER_ELSEWHERE, "safeguarding": 0.0, "threat": 0.0}


SOURCES: Mapping[str, Source] = {
    "fft_v6": Source(answers=_feedback, most=3500, platforms=("review", "")),
    "fft_phase1": Source(answers=_feedback, most=3500, platforms=("review", "")),
    "cssrs": Source(answers=_elsewhere, most=2600, platforms=("reddit", "")),
    "counsel_chat": Source(answers=_elsewhere, most=900, platforms=("", "blog")),
    "sad_stress": Source(answers=_elsewhere, most=1200, platforms=("", "x")),
    "goemotions": Source(answers=_elsewhere, most=1500, platforms=("reddit", "")),
    "covid_replies": Source(
        answers=_elsewhere, most=3000, platforms=("x", ""), parent="parent_text"
    ),
    "covid_claims": Source(answers=_claim, most=2500, platforms=("x", "facebook", "")),
    "uk_petitions": Source(answers=_harmless_elsewhere, most=1000),
    "nhs_information": Source(answers=_harmless_elsewhere, most=1800, platforms=("", "blog")),
    "isarcasm": Source(answers=_elsewhere, most=1500, platforms=("x", "")),
    "banking77": Source(answers=_asks_elsewhere, most=500),
    "sms": Source(answers=_elsewhere, most=1000),
    "cfpb_complaints": Source(answers=_complaint_elsewhere, most=300),
}
DANGER_TIMES = 3  # how often a row of present danger is read: there are some three hundred
AT_A_PROVIDER = (
    0.5  # part of the feedback that is read as a review of a provider of ours, so in scope
)


def examples(folder: Path, cutter: Cutter, known: Known, *, split: str = "train") -> list[Example]:
    """Examples of every set that lies in `folder`; a set that is not there is passed over."""
    read: list[Example] = []
    for name, source in SOURCES.items():
        path = folder / f"{name}.csv.gz"
        if not path.exists():
            continue
        chance = random.Random(name)
        chosen = list(rows(path, split))
        chance.shuffle(chosen)
        dangers = [row for row in chosen if row.get("danger") == "yes"]
        others = [row for row in chosen if row.get("danger") != "yes"]
        for row in [*dangers * DANGER_TIMES, *others][: source.most + DANGER_TIMES * len(dangers)]:
            answers = source.answers(row)
            if answers is not None:
                read += _row_examples(row, answers, source, chance, cutter, known)
    return read


def _row_examples(
    row: Row, answers: Answers, source: Source, chance: random.Random, cutter: Cutter, known: Known
) -> list[Example]:
    platform = chance.choice(source.platforms)
    context = NOWHERE
    if source.parent and row[source.parent]:
        context = context_of(answered=[AnsweredPost(text=row[source.parent])])
    if "in_scope" not in answers:
        at_ours = bool(known.providers) and chance.random() < AT_A_PROVIDER
        context = _provider(chance, known) if at_ours else NOWHERE
        answers = {**answers, "in_scope": float(at_ours)}
        if not at_ours:
            answers.update({f"protected.{value}": float(value == "none") for value in PROTECTED})
    line = Line(
        id="", text=row["text"], platform=platform, author=Author(), shares=None, posted_at=None,
        context=context,
    )  # fmt: skip
    return examples_of(cutter, encoder_text(line, own_words_of(line), known), answers)


def _provider(chance: random.Random, known: Known) -> Context:
    name = chance.choice(list(known.providers))
    kind: PageKind = "practice" if chance.random() < 0.3 else "hospital"
    return context_of(page=Page(owner="provider", name=name, kind=kind))


def fillers(folder: Path, *, most: int = 4000) -> list[str]:
    """Harmless texts about other things, for copies of our mentions in which nothing else changes."""
    chance = random.Random(21)
    texts: list[str] = []
    for name in ("goemotions", "banking77", "isarcasm", "sms"):
        path = folder / f"{name}.csv.gz"
        if path.exists():
            chosen = [row["text"] for row in rows(path, "train") if _is_filler(row)]
            chance.shuffle(chosen)
            texts += chosen[: most // 4]
    return texts


def talk(
    texts: Sequence[str], cutter: Cutter, count: int, seconds: Sequence[Text] = (ALONE,)
) -> list[Example]:
    """Several unrelated harmless texts in a row, as a window of a long post may hold nothing else.

    `seconds` are platforms, authors and contexts to draw from: such a window has those of its post, and what is
    said in it is no danger for that. Beside a context nothing is asked of its scope.
    """
    chance = random.Random(22)
    nothing = {**dict.fromkeys(FLAGS, 0.0), **NEVER_ELSEWHERE}
    nothing.pop("no_disclaimer", None)  # which hangs on the author
    examples = []
    for _ in range(count if texts else 0):
        talked = " ".join(chance.choice(texts) for _ in range(chance.randint(1, 8)))
        text = replace(chance.choice(seconds), text=talked)
        answers = nothing if text.context or text.bio else {**ELSEWHERE, **nothing}
        examples += examples_of(cutter, text, answers)
    return examples


def _is_filler(row: Row) -> bool:
    calm = row.get("emotions", "neutral") in (
        "neutral",
        "joy",
        "curiosity",
        "approval",
        "gratitude",
        "admiration",
    )
    return (
        calm
        and row.get("kind", "ham") != "spam"
        and row.get("danger", "no") == "no"
        and len(row["text"]) > 25
    )


__all__ = ["SOURCES", "examples", "fillers", "talk"]
