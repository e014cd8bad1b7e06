"""Reads digits and signs that stand for letters: b1tch, d!e, fu(k, |<!ll, pa.ki.

A word is read so only where one comes out that people write, or disguise (`classify.text.lexicon`):
codes, numbers, times, prices and what the NHS abbreviates stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from classify.text.lexicon import (
    SWEARING,
    WANTED,
    english,
    known,
    known_beginnings,
    parts,
    wanted_beginnings,
)

_LEET = (str.maketrans("013457@$!", "oieastasi"), str.maketrans("013457@$!", "oleastasi"))
# A digit or sign at the side of a letter, as leetspeak has it: not the @ of a handle, the ! of an end.
SIGN_IN_WORD = re.compile(r"[013457@$!](?:(?=[a-zA-Z])(?<![^a-zA-Z]@)|(?<=[a-zA-Z][013457$]))")
LEET_WORD = re.compile(
    r"(?<![\w@#/.$!])(?=[\w@$!]{4,24}(?![\w@]))(?=[a-zA-Z]{0,24}[013457@$!])"
    r"[013457$!]?[a-zA-Z]+(?:[013457@$!]{1,2}[a-zA-Z]+)*[013457$]{0,2}(?!\w|[.@/][a-zA-Z])"
)
_CODE = re.compile(r"[A-Z]+\d+s?")  # EC1A, P45s, MP3s, M40

# Bolder: any sign for any letter it looks like, signs between letters, letters of several signs.
_SIGNS: dict[str, str | tuple[str, ...]] = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "+": "t", "(": "c", "<": "c", "{": "c", "[": "c",
    "v": "vu", "€": "e", "¢": "c", "£": "le", "¥": "y", "§": "s", "^": "a", "¡": "i",
    "|": ("i", "l", ""), **dict.fromkeys(".-_*/~,:;=•·\\", ("",)),
}  # fmt: skip
_DRAWN = {
    r"\/\/": "w", r"|\/|": "m", "/\\/\\": "m", r"|\|": "n", "|-|": "h", "|_|": "u", "(_)": "u",
    r"\/": "v", "/\\": "a", "|<": "k", "|)": "d", "|>": "p", "|2": "r", "|3": "b", "|=": "f", "|_": "l",
    "()": "o", "[]": "o", "><": "x", "|{": "k", "]-[": "h", "}{": "h",
}  # fmt: skip
_LONGEST_DRAWN = 4
_SIGN = re.compile(r"[\d@$!(<{\[€¢£¥|+^]")
_PARTING = re.compile(r"[\W_]+")
DISGUISED_WORD = re.compile(
    r"(?<![^\s\"'“‘(])(?=\S{0,24}[^\s\w.,;:?!'’\"-]|\S{0,24}[\d.,;:!_-]\w)\S{3,32}(?!\S)"
)
MAY_BE_DISGUISED = re.compile(  # a sign in a word or before one, or a digit after a letter
    r"[^\sa-zA-Z\"'’#%&](?:(?<=[^\s(\"'“‘].)(?=[a-zA-Z])|(?<=[\d$!|<{}\[\\/>+€¢£¥§])(?=[a-zA-Z])|(?<=[a-zA-Z][\d$|]))"
)
_MARKS = ".,;:!?\"'“”‘’…-_*/~|=•·()[]{}<>\\"  # at the sides of a word they are only marks
_NO_TRICK = re.compile(
    r"[A-Z]{1,3}\d[\dA-Z./-]*s?"  # postcodes, ICD-10, grades, roads
    r"|[a-zA-Z]{1,2}\d{1,4}|\d+(?:[.:,/-]\d+)*(?:st|nd|rd|th|am|pm|mg|mcg|ml|kg|km|mm|cm|ft|lbs?|bn|gb|mb|[a-zA-Z])"
    r"|\d+(?:hrs?|mins?|secs?|days?|wks?|weeks?|mths?|yrs?|years?|ish)|[£$€]\d.*"
    r"|\w+://\S*|www\.\S*|#\S*|.*[\w.]@\w+\.\w.*"
)
# In a text that is full of leetspeak, so that a few more words are read which alone might be codes.
ALSO_LEET = re.compile(
    r"(?<![\w@#/.$!'’-])(?=[a-zA-Z]{0,24}[\d@$!])[a-zA-Z0-9@$!]{2,24}(?![\w@'’]|[.@/-]\w)"
)
_SMALL_LEET = {
    "0f": "of", "0n": "on", "0r": "or", "1t": "it", "1s": "is", "1n": "in", "n0": "no", "s0": "so",
    "d0": "do", "g0": "go", "t0": "to", "0ff": "off", "0ut": "out",
}  # fmt: skip


def unleet_more(match: re.Match[str]) -> str | None:
    """0ut, 5outh4ll: only where the text around is written so."""
    word = match.group()
    if word.isalpha() or word.isdigit() or not _leetspeak(match.string):
        return None
    if word[0] == "@" and len(word) > 4:
        return None  # a handle
    if word.lower() in _SMALL_LEET:
        return cased(_SMALL_LEET[word.lower()], word)
    plain = word.translate(_LEET[0]).lower()
    if len(word) > 2 and plain in parts() and word[1:].islower() and word[-1] != "!":
        return cased(plain, word)
    if _NO_TRICK.fullmatch(word):
        return None
    for signs in _LEET:
        if word.translate(signs).lower() in known() and len(word) > 2 and word[-1] != "!":
            return word.translate(signs)
    inside = re.search(r"[a-zA-Z][013457]{1,2}[a-zA-Z]", word) and word[1:].islower()
    letters = sum(map(str.isalpha, word))
    return (
        word.translate(_LEET[0]) if inside and len(word) > 4 and letters * 2 > len(word) else None
    )


@lru_cache(maxsize=1)
def _leetspeak(text: str) -> bool:
    """Whether two words or more of a text are plainly leetspeak, one of them a longer one."""
    longer = sum(unleet(word) is not None for word in LEET_WORD.finditer(text))
    if longer != 1:
        return longer > 1
    return any(word.group().lower() in _SMALL_LEET for word in ALSO_LEET.finditer(text))


def unleet(match: re.Match[str]) -> str | None:
    """b1tch, he1p; never what only looks so: EC1A, HbA1c, P45s, MP3s, M40."""
    word = match.group()
    if _CODE.fullmatch(word):
        return None
    inside = re.fullmatch(r"[a-zA-Z].*[a-zA-Z]", word)
    for signs in _LEET:
        plain = word.translate(signs)
        if plain.lower() in SWEARING or (inside and plain.lower() in known()):
            return plain
    return None


def undisguise(match: re.Match[str]) -> str | None:
    r"""d!e, fu(k, pa.ki, |<!ll and \/\/ait: what stands between the marks around a word."""
    whole = match.group()
    core = whole.strip(_MARKS)
    drawn = any(sign in whole for sign in _DRAWN)
    for token in dict.fromkeys((core, whole.rstrip(_MARKS), whole) if drawn else (core,)):
        if len(token) < 3 or _NO_TRICK.fullmatch(token) or token.isalpha():
            continue
        hidden_word = _disguised(token)
        if not hidden_word and any(sign in token for sign in _DRAWN):
            hidden_word = letters_of(token.lower(), known(), known_beginnings(), least=4)
        if hidden_word:
            before, _, after = whole.partition(token)
            return before + cased(hidden_word, token) + after
    return None


def _disguised(token: str) -> str | None:
    """The word that people disguise in a token; none where it is only hyphened, or may be a code."""
    low = token.lower()
    if not _SIGN.search(low):  # only parted: co-op and his/her are not
        word = _PARTING.sub("", low)
        pieces = _PARTING.split(low)
        plainly = all(piece in (english() if len(piece) > 2 else parts()) for piece in pieces)
        plainly = plainly or (len(word) < 4 and token.isupper())  # D.I.E.
        return word if word in WANTED and not plainly else None
    letters = sum(map(str.isalpha, token))
    hidden_word = letters_of(low, WANTED, wanted_beginnings()) if letters > 1 else None
    if hidden_word and (
        len(hidden_word) > 3 or (token.islower() and token[-1].isalpha() and token[0] != "@")
    ):
        return hidden_word
    return None


def letters_of(
    token: str, words: frozenset[str], begun: frozenset[str], least: int = 3
) -> str | None:
    """The word of `words` that the signs of a token may stand for, the longest signs tried first.

    `begun` holds all that a word may begin with, so that few readings are followed at a time.
    """
    at: list[list[str]] = [[] for _ in range(len(token) + _LONGEST_DRAWN)]
    at[0] = [""]
    for i in range(len(token)):
        for before in dict.fromkeys(at[i][:40]):
            for size, letters in _readings(token, i):
                for letter in letters:
                    if before + letter in begun:
                        at[i + size].append(before + letter)
    return next((word for word in at[len(token)] if len(word) >= least and word in words), None)


def _readings(token: str, i: int) -> Iterable[tuple[int, Iterable[str]]]:
    for size in range(_LONGEST_DRAWN, 1, -1):
        drawn = token[i : i + size]
        if len(drawn) == size and drawn in _DRAWN:
            yield size, _DRAWN[drawn]
    yield 1, _SIGNS.get(token[i], token[i])


def cased(word: str, written: str) -> str:
    """The word with capitals as in what was written for it."""
    letters = [sign for sign in written if sign.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return word.upper()
    return word.capitalize() if written[0].isupper() else word
