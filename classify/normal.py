"""Writes a text as the model reads it: look-alikes, leetspeak, spaced letters and emoji undone.

Each character of the result remembers where in the text as given it came from, so that spans found
in the result can be told in the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import emoji

from classify.words import english

Letters = list[tuple[str, int, int]]
Undo = Callable[[re.Match[str]], str | None]

LONGEST = 20_000  # characters; what lies beyond is not read, and the caller says 'partial'

# Cyrillic and Greek letters that look Latin (the ones in Unicode's confusables that people use).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝкмтӏАВЕКМНОРСТУХІЈЅαορνεικτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡı",
    "aeopcyxijshdqwkmtlABEKMHOPCTYXIJSaopveiktuABEZHIKMNOPTYXagi",
)
_LEET = (str.maketrans("013457@$!", "oieastasi"), str.maketrans("013457@$!", "oleastasi"))
_LEET_WORD = re.compile(
    r"(?<![\w@#/.$!])(?=[\w@$!]{4,24}(?![\w@]))(?=[a-zA-Z]{0,24}[013457@$!])"
    r"[013457$!]?[a-zA-Z]+(?:[013457@$!]{1,2}[a-zA-Z]+)*[013457$]{0,2}(?!\w|[.@/][a-zA-Z])"
)
_SPACED = re.compile(r"(?<![\w'’])[a-zA-Z]([ .\-_*])(?:[a-zA-Z]\1){2,20}[a-zA-Z](?![\w'’])")
_STARRED = re.compile(r"(?<!\w)[a-zA-Z]{1,8}[*#%]{1,4}[a-zA-Z]{0,6}(?!\w)")
_REPEATED = re.compile(r"([a-zA-Z!?.])\1{3,}")
# in pieces, since a chain of joined emoji takes the library time in the square of its length
_MAY_BE_EMOJI = re.compile(r"[0-9#*]?[^\x00-\x7f]{1,200}")
_LINK = re.compile(r"https?://(?:www\.)?([\w.-]{1,80})[^\s<>\"]{0,2000}")
_STARRED_WORDS = (
    "fuck", "fucking", "fucked", "fucker", "fuckers", "fuckwit", "fuckwits", "shit", "shite",
    "shitty", "shits", "shithole", "cunt", "cunts", "bitch", "bitches", "bastard", "bastards",
    "wanker", "wankers", "twat", "twats", "prick", "pricks", "arse", "arsehole", "arseholes", "dick",
    "dickhead", "dickheads", "cock", "bollocks", "faggot", "faggots", "fag", "fags", "nigger",
    "niggers", "nigga", "paki", "pakis", "tranny", "trannies", "retard", "retards", "retarded",
    "whore", "slut", "sluts", "crap", "bugger", "bloody", "kill", "rape", "spaz", "spastic", "dyke",
    "bullshit", "motherfucker",
    "motherfuckers", "motherfucking", "gypsy", "pikey", "chink", "kike", "queer", "moron", "morons", "idiot", "idiots", "scum",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Normal:
    """`text` as the model reads it; `origin[i]` and `until[i]` bound where its character i came from."""

    text: str
    origin: Sequence[int]
    until: Sequence[int]

    def given(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text as given that `text[start:end]` came from."""
        if start >= end or start >= len(self.text):
            return (0, 0)
        return self.origin[start], self.until[min(end, len(self.text)) - 1]


def normalise(text: str) -> Normal:
    """The text as the model reads it. Reads at most the first `LONGEST` characters."""
    text = text[:LONGEST]
    if text.isascii() and not any(pattern.search(text) for pattern, _ in _UNDO):
        return Normal(text, range(len(text)), range(1, len(text) + 1))
    letters = _characters(text)
    for pattern, undo in _UNDO:
        letters = _rewrite(letters, pattern, undo)
    return Normal(
        "".join(letter for letter, _, _ in letters),
        [start for _, start, _ in letters],
        [end for _, _, end in letters],
    )


def _characters(text: str) -> Letters:
    """One entry a character of the result: itself, and where it came from."""
    if text.isascii():
        return [(char, i, i + 1) for i, char in enumerate(text)]
    pictures = {
        piece.start() + found["match_start"]: (piece.start() + found["match_end"], found["emoji"])
        for piece in _MAY_BE_EMOJI.finditer(text)
        for found in emoji.emoji_list(piece.group())
    }
    letters: Letters = []
    mixed = _mixed_script(text)
    skip_to = 0
    for i, char in enumerate(text):
        if i < skip_to:
            continue
        if i in pictures:
            skip_to, picture = pictures[i]
            words = f" {emoji.demojize(picture, delimiters=('', '')).replace('_', ' ')} "
            letters.extend((c, i, skip_to) for c in words)
            continue
        category = unicodedata.category(char)
        if category in ("Cf", "Mn") and not "\u0900" <= char <= "\u0dff":
            continue  # zero-width, direction marks, stacked accents; Indic vowel signs are letters
        if category == "Cs":
            char = " "
        plain = char if char.isascii() else unicodedata.normalize("NFKC", char)
        if i in mixed:
            plain = plain.translate(_LOOKALIKES)
        letters.extend((c, i, i + 1) for c in plain)
    return letters


def _mixed_script(text: str) -> set[int]:
    """Positions in words that mix Latin letters with look-alikes from other alphabets."""
    found: set[int] = set()
    for word in re.finditer(r"[^\W\d_]+", text):
        letters = word.group()
        if letters.isascii():
            continue
        folded = letters.translate(_LOOKALIKES)
        if folded != letters and folded.isascii() and re.search(r"[a-zA-Z]", letters):
            found.update(range(word.start(), word.end()))
    return found


def _rewrite(letters: Letters, pattern: re.Pattern[str], undo: Undo) -> Letters:
    text = "".join(letter for letter, _, _ in letters)
    done: Letters = []
    at = 0
    for match in pattern.finditer(text):
        written = undo(match)
        if written is None or written == match.group():
            continue
        done.extend(letters[at : match.start()])
        old = letters[match.start() : match.end()]
        if len(written) == len(old):
            done.extend((c, s, e) for c, (_, s, e) in zip(written, old, strict=True))
        else:
            done.extend((c, old[0][1], old[-1][2]) for c in written)
        at = match.end()
    if not at:
        return letters
    done.extend(letters[at:])
    return done


def _unstar(match: re.Match[str]) -> str | None:
    """f*ck, sh**, c#nt: the one word of the list that fits, star by star or by its ends."""
    starred = match.group().lower()
    shape = re.compile(re.sub(r"\\?[*#%]", "[a-z]", re.escape(starred)))
    loose = re.compile(re.sub(r"(?:\\?[*#%])+", "[a-z]+", re.escape(starred)))
    # one sign at the end is a mark (A* at school, C#, a footnote*) unless one letter makes the word
    for pattern in (shape,) if re.fullmatch(r"[a-z]+[*#%]", starred) else (shape, loose):
        fitting = [word for word in _STARRED_WORDS if pattern.fullmatch(word)]
        if fitting and (len(fitting[0]) > 3 or len(re.findall("[a-z]", starred)) > 1):
            return fitting[0]
    return None


def _unspace(match: re.Match[str]) -> str | None:
    spaced = match.group()
    if spaced[1:2] in (".", "-") and spaced.isupper():
        return None  # an abbreviation: N.H.S.
    return re.sub(r"[ .\-_*]", "", spaced)


def _unleet(match: re.Match[str]) -> str | None:
    """b1tch, he1p; never what only looks so: EC1A, HbA1c, P45s, MP3s, M40."""
    word = match.group()
    if re.fullmatch(r"[A-Z]+\d+s?", word):
        return None
    inside = re.fullmatch(r"[a-zA-Z].*[a-zA-Z]", word)
    for signs in _LEET:
        plain = word.translate(signs)
        if plain.lower() in _STARRED_WORDS or (inside and plain.lower() in english()):
            return plain
    return None


_UNDO: tuple[tuple[re.Pattern[str], Undo], ...] = (
    (_LINK, lambda match: f"link {match.group(1)}"),
    (_LEET_WORD, _unleet),
    (_STARRED, _unstar),
    (_SPACED, _unspace),
    (_REPEATED, lambda match: match.group(1) * 2),
)
