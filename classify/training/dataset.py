"""Reads labelled data into training examples: what the network sees, and what it should say.

Every data set answers some of the network's outputs; what it is silent on is NaN and costs nothing.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import gzip
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.batch import line_of
from classify.inputs import Known, encoder_text, own_words_of
from classify.model.labels import EVIDENCE, FLAGS, OUTPUTS, SENTIMENT, STAFF, TARGETS
from classify.model.windows import Cutter, Text, Window
from classify.policy import schema
from classify.policy.schema import FlagPolicy, Policy
from classify.text.lexicon import rude
from core.models import PROTECTED

Floats = NDArray[np.float32]
ALONE = Text("")  # nothing but its words is known of a post
PUBLIC = ("dynahate", "gab_hate_corpus", "hatemoji_build", "edos_sexism", "misogyny", "davidson",
          "toxic_spans")  # fmt: skip  # licences that let trained weights ship: see the card


@dataclass(frozen=True, slots=True)
class Example:
    """A window's token ids and segment types (tokens), targets (OUTPUTS) and token targets (tokens, EVIDENCE)."""

    ids: list[int]
    types: list[int]
    wanted: Floats
    evidence: Floats | None


def examples_of(
    cutter: Cutter,
    text: Text,
    answers: Mapping[str, float],
    spans: Mapping[str, Sequence[Sequence[int]]] | None = None,
) -> list[Example]:
    """A text with what it should be told by, one example a window.

    `spans` (evidence -> offsets in the text) are the words that show it. Of a text that is read in several
    windows each is wanted to tell only what it shows itself: a flag whose words stand elsewhere does not hold
    there, nor is it asked at whom that was aimed, and whether it is in scope or by staff is asked of the window
    in which it begins alone.
    """
    cut = cutter.cut([text])
    shown = _shown(cut.places[0], spans) if spans is not None else None
    examples = []
    for window in cut.windows:
        ids, types = cutter.row(window)
        own = slice(window.first, window.first + len(window.ids))
        evidence = None
        if shown is not None:
            evidence = np.full((len(ids), len(EVIDENCE)), np.nan, dtype=np.float32)
            evidence[1 : 1 + len(window.ids)] = shown[own]
        of_window = answers if len(cut.windows) == 1 else _of_window(answers, window, shown, own)
        examples.append(Example(ids, types, wanted(of_window), evidence))
    return examples


def _shown(
    places: Sequence[tuple[int, int]], spans: Mapping[str, Sequence[Sequence[int]]]
) -> Floats:
    """(tokens, EVIDENCE): 1 where a token is part of what shows it, NaN where `spans` doesn't say."""
    targets = np.full((len(places), len(EVIDENCE)), np.nan, dtype=np.float32)
    for name, char_spans in spans.items():
        column = EVIDENCE.index(name)
        targets[:, column] = 0.0
        for token, (first, last) in enumerate(places):
            if first < last and any(first < end and start < last for start, end in char_spans):
                targets[token, column] = 1.0
    return targets


def _of_window(
    answers: Mapping[str, float], window: Window, shown: Floats | None, own: slice
) -> dict[str, float]:
    of_window = dict(answers)
    first = window.first == 0
    for flag in FLAGS:
        if of_window.get(flag) != 1.0:
            continue
        marks = None if shown is None else shown[:, EVIDENCE.index(flag)]
        if marks is None or not np.nansum(marks):
            if not first:
                of_window.pop(flag)  # nobody marked its words: it may hold anywhere
        elif not np.nansum(marks[own]):
            of_window[flag] = 0.0
    unasked = _unasked(answers, of_window, window)
    return {name: value for name, value in of_window.items() if not name.startswith(unasked)}


def _unasked(
    answers: Mapping[str, float], of_window: Mapping[str, float], window: Window
) -> tuple[str, ...]:
    """Prefixes of the outputs of which one of several windows is asked nothing."""
    shown_here = {flag for flag in FLAGS if of_window.get(flag) == 1.0}
    policy = schema.shipped()
    unasked = ["in_scope", "staff.", "flagged"] if window.first else []
    if answers.get("flagged") == 1.0 and not shown_here:
        unasked.append("flagged")  # by what stands elsewhere
    for attribute, prefix in (("target", "target."), ("harm", "harm.")):
        if shown_here.isdisjoint(policy.names(attribute=attribute)):
            unasked.append(prefix)
    return tuple(unasked)


def wanted(answers: Mapping[str, float]) -> Floats:
    """A row of targets: NaN where `answers` says nothing."""
    row = np.full(len(OUTPUTS), np.nan, dtype=np.float32)
    for name, value in answers.items():
        row[OUTPUTS.index(name)] = value
    return row


def rows(path: Path, split: str) -> Iterator[dict[str, str]]:
    """The rows of one split of a gzipped CSV."""
    csv.field_size_limit(1 << 30)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["split"] == split)


def answers_of(name: str, row: Mapping[str, str]) -> dict[str, float]:
    """What a row of a public data set says about our outputs.

    None is about local health care, a patient, a way in or somebody in danger here. No set that may
    ship says what is *not* offensive but for a few rows, so that where a set only tells hate, hate and
    swearing count as offensive, and posts without a rough word as not; in between nothing is said.
    """
    elsewhere = {"in_scope": 0.0, "pid": 0.0, "security": 0.0, "safeguarding": 0.0}
    answers = _labels_of(name, row)
    if "task.offensive" not in answers:
        hateful = any(value == 1.0 for head, value in answers.items() if head.startswith("task."))
        offensive = 1.0 if hateful else rude(row["text"])
        if offensive is not None:
            answers["task.offensive"] = offensive
    return {**elsewhere, **answers}


def _labels_of(name: str, row: Mapping[str, str]) -> dict[str, float]:
    if name == "dynahate":
        return {"task.dynahate": float(row["hate"]), "hate": float(row["hate"])}
    if name == "gab_hate_corpus":
        return {"task.gab": float(row["hate"])}
    if name == "hatemoji_build":
        threat = float(row["type"] == "threateninglanguage")
        hate = float(row["hate"])
        return {"task.hatemoji": hate, "task.dynahate": hate, "hate": hate, "threat": threat}
    if name == "edos_sexism":
        threat = float(row["vector"].startswith("1."))  # threats of harm; incitement
        return {"task.edos": float(row["category"] != "none"), "threat": threat}
    if name == "misogyny":
        return {"task.misogyny": float(row["level"] == "Misogynistic")}
    if name == "davidson":
        offends = float(row["label"] != "neither")
        return {"task.davidson": float(row["label"] == "hate"), "task.offensive": offends}
    toxic = float(row["toxic"])
    return {"task.toxic": toxic, "task.offensive": toxic}


def public(
    folder: Path,
    cutter: Cutter,
    *,
    split: str = "train",
    most: int = 1 << 30,
    names: Sequence[str] = PUBLIC,
    seconds: Sequence[Text] = (ALONE,),
    seed: int = 0,
) -> list[Example]:
    """Examples from the public sets whose licences let the weights ship, at most `most` a set.

    `seconds` are platforms, authors and contexts to draw from: a post that is about nothing here must not be
    known by its lack of them.
    """
    examples: list[Example] = []
    chance = random.Random(seed)
    for name in names:
        chosen = list(rows(folder / f"{name}.csv.gz", split))
        chance.shuffle(chosen)
        for row in chosen[:most]:
            spans = (
                {"toxic": runs(ast.literal_eval(row["spans"]))} if name == "toxic_spans" else None
            )
            text = dataclasses.replace(chance.choice(seconds), text=row["text"])
            examples += examples_of(cutter, text, answers_of(name, row), spans)[:1]
    return examples


def hate_rows(path: Path, cutter: Cutter, seconds: Sequence[Text] = (ALONE,)) -> list[Example]:
    """Sentences written for this project that tell hate from what looks like it (`text`, `hate`)."""
    chance = random.Random(7)
    examples: list[Example] = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        answers = {"task.dynahate": float(row["hate"]), "hate": float(row["hate"])}
        text = dataclasses.replace(chance.choice(seconds), text=row["text"])
        examples += examples_of(cutter, text, answers)
    return examples


def runs(offsets: Sequence[int]) -> list[tuple[int, int]]:
    """[3, 4, 5, 9] -> [(3, 6), (9, 10)]."""
    spans: list[tuple[int, int]] = []
    for offset in sorted(offsets):
        if spans and spans[-1][1] == offset:
            spans[-1] = (spans[-1][0], offset + 1)
        else:
            spans.append((offset, offset + 1))
    return spans


def mentions(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The mentions written for this project, labelled by the codebook."""
    labelled_mentions: list[dict[str, Any]] = []
    for path in sorted(paths):
        labelled_mentions.extend(
            json.loads(line) for line in path.read_text("utf-8").splitlines() if line
        )
    return labelled_mentions


def everyday(path: Path) -> list[str]:
    """Texts about everyday matters written for this project, one a line; none where there is no such file."""
    return path.read_text("utf-8").splitlines() if path.exists() else []


def text_of(mention: Mapping[str, Any], known: Known) -> Text:
    """A labelled mention as the encoder reads it, by the same way as one that is judged.

    Of one that names no platform none is read: nothing is told of where it was said, which "other" would.
    """
    line = line_of({"id": "", **mention})
    if not mention.get("platform"):
        line = dataclasses.replace(line, platform="")
    return encoder_text(line, own_words_of(line), known)


def mention_examples(
    mention: Mapping[str, Any], cutter: Cutter, known: Known, *, shown: bool = True
) -> list[Example]:
    """A labelled mention as the network sees it; `shown`: with the words that show its flags."""
    spans = evidence_spans(mention) if shown else None
    return examples_of(cutter, text_of(mention, known), labels_of(mention), spans)


def decided_examples(row: Mapping[str, Any], cutter: Cutter) -> list[Example]:
    """A mention that reviewers judged: only what they said is wanted."""
    return examples_of(cutter, Text(row["text"], row["platform"]), answers(row))


def labels_of(mention: Mapping[str, Any]) -> dict[str, float]:
    """Every output that a mention's labels answer. Out of scope, most flags were not judged."""
    labels = mention["labels"]
    flags = set(labels["flags"])
    policy = schema.shipped()
    everywhere = policy.judged_everywhere
    judged = FLAGS if labels["in_scope"] else everywhere
    answers = {name: float(name in flags) for name in judged}
    answers["flagged"] = float(bool(flags))
    answers["in_scope"] = float(labels["in_scope"])
    answers.update({f"staff.{value}": float(labels["staff"] == value) for value in STAFF})
    answers.update({f"sentiment.{v}": float(labels["sentiment"] == v) for v in SENTIMENT})
    protected = labels.get("protected") or _plainly_unprotected(labels)
    if protected:
        answers.update({f"protected.{value}": float(value == protected) for value in PROTECTED})
    aimed = {name for values in labels.get("target", {}).values() for name in values}
    if flags & set(policy.names(attribute="target")):
        answers.update({f"target.{value}": float(value in aimed) for value in TARGETS})
    harms = [labels["harm"][name] for name in policy.names(attribute="harm") if name in flags]
    if harms:
        answers["harm.serious"] = float("serious" in harms)
    offensive = _offensive(mention)
    if offensive is not None:
        answers["task.offensive"] = offensive
    return answers


def _plainly_unprotected(labels: Mapping[str, Any]) -> str | None:
    """What can be told of rows that nobody read for `protected`: praise, and what is not about us, is none."""
    praise = labels["sentiment"] == "positive" and not labels["flags"]
    return "none" if praise or not labels["in_scope"] else None


def _offensive(mention: Mapping[str, Any]) -> float | None:
    """Whether it offends: an attack by the public does; what staff say against the policy may be civil."""
    labels = mention["labels"]
    attacks = schema.shipped().names(attribute="target")
    if labels["staff"] == "no" and not set(attacks).isdisjoint(labels["flags"]):
        return 1.0
    by_words = rude(mention["text"])
    judged = labels["in_scope"] and labels["staff"] == "no"
    return by_words if by_words or judged else None  # out of scope nobody looked for insults


def evidence_spans(mention: Mapping[str, Any]) -> dict[str, list[tuple[int, int]]]:
    """Evidence -> given offsets: of each flag that holds its words, of each that doesn't none."""
    text, spans = mention["text"], {}
    evidence = mention.get("evidence", {})
    for flag in FLAGS:
        if flag in mention["labels"]["flags"] and not evidence.get(flag):
            continue  # it holds by the bio or by what is not said: no words to learn
        spans[flag] = [span for words in evidence.get(flag, []) for span in places(text, words)]
    names = [w for w, kind in mention.get("pid", {}).items() if kind.endswith("_NAME")]
    spans["name"] = [span for words in names for span in places(text, words)]
    return spans


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Every place where `words` stand in `text`."""
    spans, at = [], text.find(words)
    while words and at >= 0:
        spans.append((at, at + len(words)))
        at = text.find(words, at + len(words))
    return spans


# ── Mentions that reviewers decided on, as rows to train on: masked words, and their verdicts.
#
# A row has the shape of `training/data/*.jsonl` but for its labels: only what a person said counts, and `known`
# names the flags that they spoke of. What the model thought is never taken for the truth: every other output
# is unknown.

PROVENANCE = "decisions.jsonl"  # beside the model that learnt from them


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMention:
    """A mention in masked words with what a person said of its flags (flag -> holds).

    `number` and `version` are the store's: of the mention, and of the decision that spoke last. `blanked`:
    masking took something out; `described`: its author has a profile text.
    """

    number: int
    version: int
    platform: str
    sources: Sequence[str]
    masked: str
    blanked: bool
    described: bool
    labels: Mapping[str, bool]


def row(mention: DecidedMention, policy: Policy) -> dict[str, Any] | None:
    """The row to train on, or None where nothing that can be learnt is left.

    What is blanked can't be learnt from words of which something was, nor what hangs on the author where
    the profile said something that the row doesn't hold, nor what a rule decides.
    """
    known = [
        name
        for name, flag in policy.flags.items()
        if name in mention.labels and _can_be_learnt(flag, mention)
    ]
    if not known:
        return None
    return {
        "id": f"decided-{mention.number}", "writer": "decisions", "made": "decided",
        "platform": mention.platform, "text": mention.masked, "author": {},
        "labels": {"flags": [flag for flag in known if mention.labels[flag]]}, "known": known,
        "provenance": {
            "mention": mention.number, "decision": mention.version, "sources": list(mention.sources),
        },
    }  # fmt: skip


def _can_be_learnt(flag: FlagPolicy, mention: DecidedMention) -> bool:
    blanked = flag.blanked and mention.blanked
    by_author = flag.rests_on != "words" and mention.described
    return flag.source == "model" and not (blanked or by_author)


def answers(row: Mapping[str, Any]) -> dict[str, float]:
    """Output -> 0 or 1, of the flags that a person spoke of: what `examples.wanted` takes."""
    true_flags = set(row["labels"]["flags"])
    return {flag: float(flag in true_flags) for flag in row["known"]}


def write_provenance(rows: Iterable[Mapping[str, Any]], folder: Path) -> Path:
    """Writes what a model learnt from beside it, one JSON object a line: no words and no author.

    By the number of a mention it can be told later whether a model learnt from what was erased since.
    """
    path = folder / PROVENANCE
    lines = [
        json.dumps({**row["provenance"], "labels": {k: bool(v) for k, v in answers(row).items()}})
        for row in rows
    ]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


# ── Spelling tricks as people use them to slip past a filter: training reads some rows so as well.
#
# What `classify.text.normalise` undoes (look-alikes, zero-width signs, digits for letters) needs no copy; these
# are the ones that no rule undoes: letters swapped, dropped or doubled, words run together or torn apart.

Trick = Callable[[str, random.Random], str]
_WORD = re.compile(r"[a-zA-Z]{4,}")


def tricked(text: str, chance: random.Random) -> str:
    """The text with one trick played on about a third of its longer words, or half its blanks gone."""
    if chance.random() < 0.2:
        return re.sub(r"(?<=[a-z]) (?=[a-z])", lambda _: "" if chance.random() < 0.5 else " ", text)
    trick = chance.choice(_TRICKS)
    return _WORD.sub(
        lambda m: trick(m.group(), chance) if chance.random() < 0.33 else m.group(), text
    )


def amid(text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    """The text with some unrelated sentences before it, after it or both: as much as one window still holds."""
    room = chance.randint(80, 420)
    before, after = chance.choice(((True, False), (False, True), (True, True)))
    around: list[str] = []
    while room > 0:
        filler = " ".join(chance.choice(fillers).split())
        around.append(filler if filler.endswith((".", "!", "?")) else f"{filler}.")
        room -= len(filler)
    half = len(around) if not after else 0 if not before else len(around) // 2
    return " ".join([*around[:half], text, *around[half:]])


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at - 1] * chance.randint(1, 2) + word[at:]


def _torn(word: str, chance: random.Random) -> str:
    at = chance.randrange(2, len(word) - 1)
    return word[:at] + chance.choice(" -.*") + word[at:]


_TRICKS: tuple[Trick, ...] = (_swapped, _dropped, _doubled, _torn)
