"""Reads signs as the letters and words that people mean by them: emoji, styled letters, invisible signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import emoji

from classify.text.lexicon import WANTED, known

PICTURE = " \ue000 "  # stands for an emoji until letters that emoji part are joined

# Letters of other alphabets that look Latin: those of Unicode's confusables (UTS 39) that people use.
# Beside a Latin letter in one word they are always a trick.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝкмтӏАВЕКМНОРСТУХІЈЅαορνεικτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡı"
    "ѵьӀԌԚԜҮүҺսօոհցյզլաՏԼՕՍՈꭰᎪᏴᏟᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃᎽꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴᎥҝқӄ",
    "aeopcyxijshdqwkmtlABEKMHOPCTYXIJSaopveiktuABEZHIKMNOPTYXagi"
    "vbIGQWYyhuonhgjqlwSLOUNDABCDEGHIJKLMPRSTVWZYBPDTGKJCZFMNLSRVHWXYAEIOUikkk",
)
# These look Latin to whoever wants them to (IFNγ, ł are no tricks): only where a known word comes out.
_LOOSE = _LOOKALIKES | str.maketrans(
    "вигнпгшяёїєΣλβγδθσωηρςГИНПШЯбзчłøđħŧƚɨßŁØĐØƒƙ",
    "buyhnrwreieelbydoowhpcrunpwrb34lodhtlibLODOfk",
)
_SMALL_CAPITALS = str.maketrans(
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ\u2800\u3164\u115f\u1160\uffa0", "abcdefghijklmnoprstuvwyz     "
)
_ALIKE = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
_OTHER_ALPHABET = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")

# 🅐 and 🅰 have no plain letter in Unicode; neither have 🇦 to 🇿, which two by two are a country's flag.
_ROUNDED = {chr(first + i): chr(65 + i) for first in (0x1F150, 0x1F170, 0x1F1E6) for i in range(26)}
_STYLED = _SMALL_CAPITALS | {
    ord(sign): letter.lower() for sign, letter in _ROUNDED.items() if sign < "\U0001f1e6"
}
_LETTER_PICTURES = {"🅰": "A", "🅱": "B", "🅾": "O", "🆎": "AB", "Ⓜ": "M", "🔟": "10"}
_BETWEEN_LETTERS = {"🅿": "p", "⭕": "o", "💲": "$", "❗": "!", "❕": "!", "ℹ": "i"}
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]+")
# in pieces, since a chain of joined emoji takes the library time in the square of its length
_MAY_BE_EMOJI = re.compile(r"[0-9#*]?[^\x00-\x7f]{1,200}")

# Each emoji has one of these.
_OF_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001ffff]"
)

# Where an emoji's name in the CLDR hides what people mean by it. All others are read by their names.
_MEANT = {
    "🔫": "gun", "🔪": "knife", "🧨": "dynamite", "🪦": "grave", "☠": "death", "🖕": "fuck you",
    "🦠": "virus", "🗑": "rubbish", "🚮": "put in the bin", "🧻": "toilet paper", "🐷": "pig", "🐽": "pig",
    "🦧": "ape", "🐑": "sheep", "☪": "Islam", "🕎": "Jewish menorah",
    "👩\u200d❤\u200d👩": "lesbian couple", "👨\u200d❤\u200d👨": "gay couple",
    "👩\u200d❤\u200d💋\u200d👩": "lesbian couple kissing", "👨\u200d❤\u200d💋\u200d👨": "gay couple kissing",
}  # fmt: skip
# What says something by itself under a post: an insult or a threat that no word has to stand beside (codebook, section 4).
_TELLING = frozenset("🤡🐍🖕💩🐷🐽🐖🐀🐒🦧🔪🔫💣🧨🪓")
_TONES = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")  # how an emoji is drawn, and a skin's tone
_SWASTIKAS = frozenset("卍卐࿕࿖")


def odd(text: str) -> Iterator[tuple[int, int, str]]:
    """What is not ASCII, in order: each emoji with all its signs, and each other character by itself.

    Yields where it stands, and the letters that it is read as: `PICTURE` for an emoji in `words`.
    """
    last, ended = "", 0
    for start, end, picture in _apart(text):
        if start > ended or not last:
            last = text[start - 1 : start] or " "
        written = _as_letters(last, text[start:end], text[end : end + 1]) if picture else None
        if written is None:
            written = PICTURE if picture else _plain(text[start])
        yield start, end, written
        last, ended = (written or last)[-1], end


def unlike(match: re.Match[str]) -> str | None:
    """A word in letters that look Latin, in Latin letters; None where it is a word of its language."""
    word = match.group()
    folded = word.translate(_LOOKALIKES)
    if folded != word and folded.isascii():
        if re.search(r"[a-zA-Z]", word):
            return folded
        if folded.lower() in known() and len(word) > 2 and not _foreign(match.string):
            return folded
    folded = word.translate(_LOOSE)
    if folded.lower() in WANTED and len(word) > 2 and not _foreign(match.string):
        return folded
    return None


def latin(text: str) -> str:
    """The text with styled letters, and those that only look Latin, as Latin letters."""
    return _ALIKE.sub(lambda match: unlike(match) or match.group(), text.translate(_STYLED))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
ALIKE = (_NOT_ASCII, ((_ALIKE, unlike),))


@lru_cache(maxsize=1)
def _foreign(text: str) -> bool:
    """Whether a text holds words of another alphabet, with letters that look like no Latin one."""
    return any(
        _OTHER_ALPHABET.search(word.group().translate(_LOOKALIKES))
        and word.group().translate(_LOOSE).lower() not in WANTED
        and not re.search("[a-zA-Z]", word.group())
        for word in _ALIKE.finditer(text)
    )


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """One sign that isn't ASCII as it is read; nothing where it can't be seen."""
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") and not "\u0900" <= char <= "\u0dff":
        return ""  # zero-width, direction marks, stacked accents; Indic vowel signs are letters
    if category == "Cs":
        return " "
    if char in _SWASTIKAS:
        return " swastika "
    if char in _ROUNDED:
        return _ROUNDED[char].lower()
    return unicodedata.normalize("NFKC", char).translate(_SMALL_CAPITALS)


def _apart(text: str) -> Iterator[tuple[int, int, bool]]:
    """Each emoji and each other character that is not ASCII, and whether it is an emoji."""
    for piece in _MAY_BE_EMOJI.finditer(text):
        place = piece.start()
        for start, end in [*_emoji(piece), (piece.end(), piece.end())]:
            yield from ((i, i + 1, False) for i in range(place, start) if text[i] > "\x7f")
            if start < end:
                yield start, end, True
            place = end


def _emoji(piece: re.Match[str]) -> list[tuple[int, int]]:
    """Where a piece of the text holds emoji. Flags that spell a word are none."""
    if not _OF_EMOJI.search(piece.group()):
        return []
    spelt = {
        place
        for run in _REGIONAL.finditer(piece.group())
        if not all(emoji.is_emoji(run.group()[i : i + 2]) for i in range(0, len(run.group()), 2))
        for place in range(*run.span())
    }
    return [
        (piece.start() + entry["match_start"], piece.start() + entry["match_end"])
        for entry in emoji.emoji_list(piece.group())
        if entry["match_start"] not in spelt
    ]


def _as_letters(last: str, picture: str, after: str) -> str | None:
    """🅰️ and 1️⃣ as what is written on them, small beside small letters; None for any other emoji."""
    base = picture.rstrip("\ufe0f\u20e3")
    follows = after.isalpha() or after in _ROUNDED
    if picture.endswith("\u20e3"):
        apart = after.isascii() and after.isupper() and not last.isalpha()
        return f"{base} " if apart else base
    if base in _BETWEEN_LETTERS:
        dollar = base == "💲" and (last.isalpha() or last == "$")
        between = (last.isalpha() and follows) or dollar or (base == "🅿" and follows)
        return _BETWEEN_LETTERS[base] if between else None
    sign = _LETTER_PICTURES.get(base)
    small = (last.isalnum() and not last.isupper()) or (follows and not after.isupper())
    return sign.lower() if sign and small else sign


@lru_cache(maxsize=4096)
def words(picture: str) -> str:
    """What an emoji says."""
    meant = _MEANT.get(_TONES.sub("", picture))
    return meant or emoji.demojize(picture, delimiters=("", "")).replace("_", " ")


def says_by_emoji(text: str) -> bool:
    """Whether a text is emoji alone, and one of them an insult or a threat by itself."""
    signs = _TONES.sub("", text)
    if _TELLING.isdisjoint(signs):
        return False
    left = list(signs)
    for start, end, picture in _apart(signs):
        if picture:
            left[start:end] = " " * (end - start)
    return not any(sign.isalnum() for sign in left)
