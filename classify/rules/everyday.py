"""Whether all of a short post is everyday words: a reply to an invitation ('Not going'), or talk of home ('The kids are off school').

A model that has read many alarming posts takes such words for danger or a threat. Which words stands in everyday.toml, in the form of the
phrases of plain_words.toml; a post counts only where nothing else is said in it, and where nothing grave stands in what it answers.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from classify.pid.base import lowered
from classify.rules import plain_words
from classify.rules.wording import Phrases, Wording, read_words
from classify.text.normalise import normalise
from core.context import Context

FILE = Path(__file__).with_name("everyday.toml")
LONGEST = 120  # code points: no post of so few words has more
_MARK = r' [.,?"]'
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SYMBOLS = ("So", "Sm", "Sc", "Sk")  # Unicode's categories of emoji and other signs
_POINTS = re.compile(r"[@#]\w|https?:|www\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    spelt: Mapping[str, str]
    longest_reply: int
    longest_talk: int
    anywhere: re.Pattern[str]
    answering: re.Pattern[str]
    talk: re.Pattern[str]
    home: re.Pattern[str]
    grave: re.Pattern[str]
    of_feelings: re.Pattern[str]
    alarming: re.Pattern[str]
    signs: frozenset[str]


@lru_cache(maxsize=16)
def is_reply(text: str, around: Context) -> bool:
    """Whether a post is nothing but a few everyday words, by themselves or in answer to a post of ours; never where it answers anything grave."""
    words = shipped()
    wording = _wording(text, words, words.longest_reply)
    if wording is None or _answers(around, words.grave, words.of_feelings):
        return False
    under_ours = bool(around.answered) and all(post.official for post in around.answered[-1:])
    pattern = words.answering if under_ours else words.anywhere
    return pattern.fullmatch(wording.marked) is not None


@lru_cache(maxsize=16)
def is_talk_of_home(text: str, around: Context) -> bool:
    """Whether a post is nothing but short everyday talk of home; never where it answers anything grave."""
    words = shipped()
    wording = _wording(text, words, words.longest_talk)
    if wording is None or words.home.search(wording.marked) is None:
        return False
    return words.talk.fullmatch(wording.marked) is not None and not _answers(around, words.grave)


@lru_cache(maxsize=16)
def is_brief(text: str) -> bool:
    """Whether a post has a few words and none that alarms: so little to go by that a flag needs a surer score."""
    words = shipped()
    few = 0 < len(_WORDS.findall(text)) <= words.longest_reply  # a sign alone is no word
    return few and words.alarming.search(text.replace("’", "'").lower()) is None


def _wording(text: str, words: _Words, most: int) -> Wording | None:
    """The text in words; None where it has none, or more than `most`, or says something by a link, a handle or a sign."""
    if not text.strip() or len(text) > LONGEST or _POINTS.search(text):
        return None
    plain = "".join(" " if sign in words.signs else sign for sign in text)
    if any(unicodedata.category(sign) in _SYMBOLS for sign in plain):
        return None
    normal = normalise(plain)
    wording = read_words(normal, lowered(normal.text), words.spelt)
    count = sum(_WORD.match(piece) is not None for piece in wording.marked.split())
    return wording if 0 < count <= most else None


def _answers(around: Context, *patterns: re.Pattern[str]) -> bool:
    """Whether what it answers holds one of these, or plain words of danger or a threat."""
    answered = " ".join(post.text for post in around.answered).replace("’", "'").lower()
    if not answered:
        return False
    return any(pattern.search(answered) for pattern in patterns) or bool(plain_words.find(answered))


@cache
def shipped() -> _Words:
    """What ships, read once a process. How words are spelt is told by plain_words.toml."""
    written = tomllib.loads(FILE.read_text("utf-8"))
    readers = tomllib.loads(plain_words.FILE.read_text("utf-8"))
    phrases = Phrases(written["lists"], readers["common"])
    replies = {where: _written(written["replies"], where) for where in ("anywhere", "answering")}
    talk = written["talk"]
    return _Words(
        spelt=readers["read_as"],
        longest_reply=written["longest_reply"], longest_talk=written["longest_talk"],
        anywhere=_all_of(phrases, replies["anywhere"]),
        answering=_all_of(phrases, [*replies["anywhere"], *replies["answering"]]),
        talk=_all_of(phrases, [*talk["home"], *talk["around"]]),
        home=re.compile("|".join(phrases.pattern(phrase).pattern for phrase in talk["home"])),
        grave=_any_of(written["grave"]), of_feelings=_any_of(written["of_feelings"]), alarming=_any_of(written["alarming"]), signs=frozenset(written["signs"]),
    )  # fmt: skip


def _written(replies: Sequence[Mapping[str, Any]], where: str) -> list[str]:
    return [phrase for entry in replies if entry["where"] == where for phrase in entry["written"]]


def _all_of(phrases: Phrases, written: Iterable[str]) -> re.Pattern[str]:
    """What a whole text has to match: phrases and marks alone."""
    either = "|".join(phrases.pattern(phrase).pattern for phrase in written)
    return re.compile(rf"(?:{either}|{_MARK})+ ")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words in lower case; one that ends with * begins a word."""
    either = "|".join(
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in words
    )
    return re.compile(rf"(?<![\w'])(?:{either})(?![\w'])")
