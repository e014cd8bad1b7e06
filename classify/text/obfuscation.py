"""Undoes the tricks that are played with plain signs: stars, letters apart or drawn out, words together.

Which signs stand for letters is in `classify.text.leetspeak`; what other alphabets and emoji stand for, in
`classify.text.confusables`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby, islice, pairwise

from classify.text.confusables import PICTURE
from classify.text.leetspeak import (
    ALSO_LEET,
    DISGUISED_WORD,
    LEET_WORD,
    MAY_BE_DISGUISED,
    SIGN_IN_WORD,
    cased,
    letters_of,
    undisguise,
    unleet,
    unleet_more,
)
from classify.text.lexicon import (
    DISGUISED,
    SWEARING,
    WANTED,
    english,
    known,
    parts,
    wanted_beginnings,
)

Undo = Callable[[re.Match[str]], str | None]

_LINK = re.compile(r"https?://(?:www\.)?([\w.-]{1,80})[^\s<>\"]{0,2000}")

# ── stars ────────────────────────────────────────────────────────────────────────────────────────

_STARRED = re.compile(
    r"(?<!\w)[a-zA-Z]{1,8}[*#%]{1,4}[a-zA-Z]{0,6}(?:[*#%]{1,3}[a-zA-Z]{1,6}){0,2}(?!\w)"
)
_VOWEL_OUT = re.compile(
    rf"(?<![\w@#./-])[a-zA-Z]{{1,5}}(?:[@&^~.\-_+=?•■█▇]|{PICTURE})[a-zA-Z]{{1,6}}(?![\w@/.-]\w|\w)"
)

_MAY_BE_HIDDEN = re.compile("[@&^~._+=?•■█▇-](?<=[a-zA-Z].)(?=[a-zA-Z])|\ue000")


def _unstar(match: re.Match[str]) -> str | None:
    """f*ck, sh**, c#nt: the one word of the list that fits, star by star or by its ends."""
    starred = match.group().lower()
    if re.sub("[*#%]", "", starred) in WANTED and re.search(r"[*#%]\w", starred):
        return re.sub("[*#%]", "", starred)
    shape = re.compile(re.sub(r"\\?[*#%]", "[a-z]", re.escape(starred)))
    loose = re.compile(re.sub(r"(?:\\?[*#%])+", "[a-z]+", re.escape(starred)))
    # one sign at the end is a mark (A* at school, C#, a footnote*) unless one letter makes the word
    for pattern in (shape,) if re.fullmatch(r"[a-z]+[*#%]", starred) else (shape, loose):
        fitting = [word for word in SWEARING if pattern.fullmatch(word)]
        if fitting and (len(fitting[0]) > 3 or len(re.findall("[a-z]", starred)) > 1):
            return fitting[0]
    if not re.fullmatch(r"[a-z]+[*#%]+[a-z]+", starred):
        return None
    return next((word for word in DISGUISED if len(word) > 3 and shape.fullmatch(word)), None)


def _unhide(match: re.Match[str]) -> str | None:
    """f-ck, sh.t, c&nt: another sign than a star for the vowel of a rough word."""
    word = _vowel_out().get(re.sub("[^a-z]+", "?", match.group().lower()))
    return cased(word, match.group()) if word else None


@lru_cache(maxsize=1)
def _vowel_out() -> dict[str, str]:
    return {
        f"{word[:i]}?{word[i + 1 :]}": word
        for word in reversed(SWEARING)
        for i in range(1, len(word) - 1)
        if len(word) > 3 and word[i] in "aeiou"
    }


# ── v for u ──────────────────────────────────────────────────────────────────────────────────────

_V_WORD = re.compile(
    r"(?<![\w@#/.])[a-zA-Z]{0,20}[vV][bcglmnprstBCGLMNPRST][a-zA-Z]{0,20}(?![\w@/]|\.\w)"
)
_MAY_BE_V = re.compile("[vV][bcglmnprstBCGLMNPRST]")
_V_BEFORE = re.compile("[vV](?=[bcglmnprst])", re.I)


def _v_as_u(match: re.Match[str]) -> str | None:
    """fvck, motherfvcking, mvslims: a rough word, or one that people disguise, with v for its u."""
    word = match.group()
    read = _rough_v().sub(lambda rough: _with_u(rough.group()), word)
    if read != word:
        return read
    read = _with_u(word)
    low = read.lower()
    listed = low in WANTED and len(low) > 3 and word.lower() not in english()
    return read if listed and not word.isupper() else None  # HVRT may be an abbreviation


def _with_u(word: str) -> str:
    return _V_BEFORE.sub(lambda v: "U" if v.group() == "V" else "u", word)


@lru_cache(maxsize=1)
def _rough_v() -> re.Pattern[str]:
    """Swearing with v for u; no other word holds any of it."""
    with_v = [re.sub("u(?=[bcglmnprst])", "v", word) for word in SWEARING if len(word) > 3]
    return re.compile("|".join(word for word in with_v if word not in SWEARING), re.I)


V_FOR_U = ((_V_WORD, _v_as_u),)

# ── letters apart, words together, letters drawn out ─────────────────────────────────────────────

_SPACED = re.compile(r"(?<![\w'’])[a-zA-Z]([ .\-_*])(?:[a-zA-Z]\1){2,60}[a-zA-Z](?![\w'’])")
_BY = r"[.\-_*/|~,:+•·]"
_APART = re.compile(
    rf"(?<![\w'’])[\w@$!]((?: ?{PICTURE} ?){{1,3}}| ?{_BY}{{1,3}} ?| )(?:[\w@$!]\1){{1,30}}[\w@$!](?![\w'’])"
)
_MAY_BE_APART = re.compile("[ .*_/|~,:+•·\ue000-][\\w@$!][ .*_/|~,:+•·\ue000-]{1,9}[\\w@$!](?!\\w)")
_REPEATED = re.compile(r"([a-zA-Z!?.])\1{3,}")
_DRAWN_OUT = re.compile(r"(?<!\w)[a-zA-Z]{0,20}([a-zA-Z])\1{2,}[a-zA-Z]{0,20}(?!\w)")
_TOGETHER = re.compile(r"(?<![\w@#/.'’-])[a-zA-Z]{12,80}(?![\w@/'’]|[.-]\w)")


def _unspace(match: re.Match[str]) -> str | None:
    spaced = match.group()
    if spaced[1:2] in (".", "-") and spaced.isupper():
        return None  # an abbreviation: N.H.S.
    return _split(re.sub(r"[ .\-_*]", "", spaced), least=2)


def _join(match: re.Match[str]) -> str | None:
    """k i 1 l, d/i/e, i😡d😡i😡o😡t: single letters that are a word which people disguise."""
    apart = match.group()
    letters = apart.replace(match.group(1), "")
    if re.fullmatch(r"[\d_]+", letters) or (letters.isupper() and len(letters) < 4):
        return None
    hidden_word = letters_of(letters.lower(), WANTED, wanted_beginnings())
    low = letters.lower()
    listed = letters.isupper() or match.group(1) == ", "  # S.H.I.E.L.D.; a, b, c
    enough = 3 if _spaced_out(match.string) else 4
    if (
        not hidden_word
        and len(low) >= enough
        and low in (english() if enough > 3 else parts())
        and not listed
    ):
        hidden_word = low
    return cased(hidden_word, letters) if hidden_word else None


@lru_cache(maxsize=1)
def _spaced_out(text: str) -> bool:
    """Whether letters stand apart more than once in a text."""
    return sum(len(word.group()) > 4 for word in islice(_APART.finditer(text), 9)) > 1


def _undouble(match: re.Match[str]) -> str | None:
    """kiiiill, haaate: the word that people disguise, where letters are drawn out."""
    word = match.group()
    low = word.lower()
    drawn = _runs(low)
    for meant in _by_letters().get("".join(letter for letter, _ in drawn), ()):
        if meant != low and all(
            count >= least for (_, count), (_, least) in zip(drawn, _runs(meant), strict=True)
        ):
            return cased(meant, word)
    return None


def _runs(word: str) -> list[tuple[str, int]]:
    """Each letter, and how often it stands there in a row."""
    return [(letter, len(list(run))) for letter, run in groupby(word)]


@lru_cache(maxsize=1)
def _by_letters() -> dict[str, list[str]]:
    """The words that people disguise by their letters, each run told once."""
    words_by_letters: dict[str, list[str]] = {}
    for word in DISGUISED:
        words_by_letters.setdefault("".join(letter for letter, _ in _runs(word)), []).append(word)
    return words_by_letters


def _part(match: re.Match[str]) -> str | None:
    """drowntherefugees, BurnTheMosques: words run together, one of them a word that people disguise."""
    written = match.group()
    if written.lower() in known():
        return None
    apart = _split(written, least=2 if written.lower().endswith("yourself") else 3)
    rough = any(len(word) > 3 and word in WANTED for word in apart.lower().split())
    return apart if rough and " " in apart else None


def _split(written: str, least: int) -> str:
    """The words that are run together in `written`, the fewest that fit; itself where they don't.

    Raises nothing; takes time in proportion to its length, as no word is longer than 20.
    """
    low = written.lower()
    if low in known():
        return written
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}  # an end -> what it costs, its word's start
    for end in range(1, len(low) + 1):
        fitting = [
            (best[start][0] + 1 + 1 / (end - start), start)
            for start in range(max(0, end - 20), end)
            if start in best and low[start:end] in parts()
        ]
        if fitting:
            best[end] = min(fitting)
    if len(low) not in best:
        return written
    ends = [len(low)]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    apart = [written[start:end] for start, end in pairwise(reversed(ends))]
    return " ".join(apart) if len(apart) >= least else written


Rule = tuple[re.Pattern[str], Undo]

# What a text must hold for rules to find anything, which is found at once; and the rules: what each
# looks for, and what that is read as. In this order, as one may read what another has written.
UNDO: tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...] = (
    (re.compile("http"), ((_LINK, lambda match: f"link {match.group(1)}"),)),
    (SIGN_IN_WORD, ((ALSO_LEET, unleet_more), (LEET_WORD, unleet))),
    (_MAY_BE_V, V_FOR_U),
    (re.compile(r"[*#%](?<=[a-zA-Z].)"), ((_STARRED, _unstar),)),
    (_MAY_BE_APART, ((_APART, _join), (_SPACED, _unspace))),
    (MAY_BE_DISGUISED, ((DISGUISED_WORD, undisguise),)),
    (_MAY_BE_HIDDEN, ((_VOWEL_OUT, _unhide),)),
    (re.compile("[a-zA-Z]{12}"), ((_TOGETHER, _part),)),
    (
        re.compile(r"([a-zA-Z!?.])\1\1"),
        ((_DRAWN_OUT, _undouble), (_REPEATED, lambda match: match.group(1) * 2)),
    ),
)


# ── Reads text that is written upside down, letters turned over and from back to front: noʎ ʞɔnɟ.
#
# A letter of these alone proves nothing: phonetic script, Akan, Turkish and Hebrew have some of them. A
# run of words is turned only where English comes out of it, by letters that no language here writes.

_LETTERS = "ɐqɔpǝɟƃɥıɾʞןɯuodbɹsʇnʌʍxʎzᴉl"
_UPRIGHT = str.maketrans(f"{_LETTERS},¡¿", "abcdefghijklmnopqrstuvwxyzil'!?")
_STRONG = re.compile("[ɐǝɟƃɥɾʞɯɹʇʌʍʎᴉ]")  # not ı, ɔ and ן, which stand in words of their languages
_PLAIN = re.compile("[a-z]+")  # q, p, u, o, d, b, s, n, x, z and l: written so either way
_WORD = re.compile(f"[{_LETTERS}]+(?:,[{_LETTERS}]+)?")  # ʇ,uop: don't
_RUN = re.compile(rf"(?<!\w)[{_LETTERS}]+(?:[ ,.'!?¡¿;:-]{{1,3}}[{_LETTERS}]+)*(?!\w)")


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Each run of words upside down: where it stands, and its letters upright, as many, from its end on."""
    if not _STRONG.search(text):
        return
    for run in _RUN.finditer(text):
        words = _trimmed(list(_WORD.finditer(text, run.start(), run.end())))
        if words and _plainly([word.group() for word in words]):
            start, end = words[0].start(), words[-1].end()
            yield start, end, _over(text[start:end])


def upright(text: str) -> str:
    """The text with every run of it that is upside down turned over."""
    at, written = 0, []
    for start, end, read in runs(text):
        written += [text[at:start], read]
        at = end
    return "".join([*written, text[at:]])


def _over(word: str) -> str:
    return word[::-1].translate(_UPRIGHT)


def _trimmed(words: list[re.Match[str]]) -> list[re.Match[str]]:
    """A run without the words at its ends that are as good as they stand: `so noʎ ʞɔnɟ`, but not `uo`."""
    while words and _stands(words[0].group()):
        words = words[1:]
    while words and _stands(words[-1].group()):
        words = words[:-1]
    return words


def _stands(word: str) -> bool:
    """Whether a word is written in plain letters, and is no less of a word so than turned."""
    return bool(_PLAIN.fullmatch(word)) and (word in parts() or _over(word) not in parts())


def _plainly(words: list[str]) -> bool:
    """Half of the words are English turned over, and one of three letters and more shows it surely."""
    english = [word for word in words if _english(_over(word).replace("'", ""))]
    sure = any(len(word) > 2 and _STRONG.search(word) for word in english)
    return sure and 2 * len(english) >= len(words)


def _english(word: str) -> bool:
    return word in parts() or word in known()
