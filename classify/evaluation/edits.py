"""Edits of a post that change nothing of what it says: whoever judges it should judge it alike before and after.

Each keeps the post's own words as they stand, in one piece, but for typos and HTML entities. The unrelated words that some
add are fillers which the caller gives, so that what a model was trained with and what it is measured with can differ.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

Edit = Callable[[str, random.Random, Sequence[str]], str]

FILLERS = Path(__file__).with_name("datasets") / "fillers.txt"
TYPO_RATE = 0.04  # of the letters
LONG = 1500  # characters of unrelated text, give or take MARGIN
MARGIN = 100
LONGEST_SENTENCE = 200
LONGEST_TITLE = 60

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum",
    "k": "jli", "l": "ko", "z": "xas", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}  # fmt: skip
# Links, addresses, handles and hashtags are pasted or completed, so that nobody mistypes them.
_PASTED = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w[\w.]*")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)")
_CLAUSE_END = re.compile(r"[.!?…,;:]+(?=\s|$)|\s[–-]\s")
# A title does not end with these.
_UNFINISHED = (
    "a", "an", "the", "of", "for", "to", "in", "on", "at", "by", "with", "from", "and", "or", "but", "so", "if", "as",
    "my", "our", "your", "their", "his", "her", "its", "is", "are", "was", "were", "this", "that", "not",
    "i", "we", "you", "they", "he", "she", "it",
)  # fmt: skip
_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_ENTITIES = {
    "'": ("&#39;", "&#x27;", "&apos;"), '"': ("&quot;", "&#34;"), "–": ("&ndash;", "&#8211;"), "—": ("&mdash;", "&#8212;"),
    "’": ("&rsquo;", "&#8217;"), "‘": ("&lsquo;", "&#8216;"), "“": ("&ldquo;", "&#8220;"), "”": ("&rdquo;", "&#8221;"),
    "…": ("&hellip;", "&#8230;"), "<": ("&lt;",), ">": ("&gt;",), "£": ("&pound;", "&#163;"),
}  # fmt: skip
_FIRST_NAMES = (
    "sam", "jo", "priya", "tomasz", "ayesha", "col", "bev", "marcus", "lin", "dee", "hari", "ruthie", "kwame", "ines",
    "gaz", "moll", "yusuf", "fi", "oona", "stan", "petra", "neelam", "ade", "kit", "wendy", "raj", "eilidh", "toby",
)  # fmt: skip
_LAST_NAMES = (
    "bakes", "onabike", "gardens", "runs", "reads", "parker", "walsh", "mum_of_2", "onthebus", "and_rex", "fc", "paints",
    "allotment", "travels", "knits", "green", "writes", "k", "tweets", "hill", "uk", "patel", "okafor", "m",
)  # fmt: skip
_SITES = (
    "https://example.org",
    "https://www.example.org",
    "https://example.com",
    "www.example.net",
)
_SLUGS = (
    "spring-fair", "news", "watch", "whats-on", "recipes/lemon-drizzle", "blog/2026/03/first-tomatoes", "gallery",
    "fixtures", "p", "story", "status", "articles/bus-timetable", "events/jumble-sale", "share", "weather/weekend",
)  # fmt: skip
_SHORT_ID = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_EMOJI = (
    "☕", "🌳", "🌻", "🚌", "⚽", "🍞", "📅", "🎧", "🌧️", "🐕", "🧁",
    "🚲", "📷", "🎶", "🍂", "🌈", "🥕", "🧶", "📚", "⛅", "🐈", "🍎",
)  # fmt: skip
_HASHTAGS = (
    "#Monday", "#weekend", "#gardening", "#GrowYourOwn", "#bakeoff", "#dogsofinstagram", "#rainyday", "#football",
    "#NowPlaying", "#tbt", "#photography", "#spring", "#books", "#tea", "#Throwback", "#cycling", "#bankholiday",
    "#sunset", "#crafts", "#telly", "#travel", "#cats", "#FridayFeeling", "#uk", "#local", "#morning",
)  # fmt: skip


def edited(name: str, text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    """The text after the edit of `EDITS` with this name; the same for a `chance` in the same state.

    `fillers` are unrelated harmless texts. Raises ValueError where there is none, KeyError for an unknown edit.
    A text with no letter comes back from `typos` as it is.
    """
    if not fillers:
        raise ValueError("an edit needs at least one unrelated text")
    return EDITS[name](text, chance, fillers)


def load_fillers(path: Path = FILLERS) -> tuple[str, ...]:
    """The unrelated texts of a file, one a line; those that measurements use unless another is named."""
    written = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in written if line.strip())


def _typos(text: str, chance: random.Random, _: Sequence[str]) -> str:
    """Four letters in a hundred, at least one, swapped, dropped, doubled or mistaken for a neighbour."""
    pasted = {place for match in _PASTED.finditer(text) for place in range(*match.span())}
    letters = [place for place, letter in enumerate(text) if letter.isalpha()]
    typed = [place for place in letters if place not in pasted] or letters
    if not typed:
        return text
    mistyped = set(chance.sample(typed, max(1, round(TYPO_RATE * len(typed)))))
    return "".join(_mistype(text, mistyped, chance))


def _mistype(text: str, places: set[int], chance: random.Random) -> Iterator[str]:
    place = 0
    while place < len(text):
        letter, following = text[place], text[place + 1 : place + 2]
        if place not in places:
            yield letter
            place += 1
            continue
        swappable = following.isalpha() and following != letter and place + 1 not in places
        slip = chance.choice(("swap", "drop", "double", "neighbour"))
        if slip == "swap" and swappable:
            yield following + letter
            place += 1
        elif slip == "neighbour" and letter.lower() in _NEIGHBOURS:
            neighbour = chance.choice(_NEIGHBOURS[letter.lower()])
            yield neighbour.upper() if letter.isupper() else neighbour
        elif slip != "drop":
            yield letter * 2
        place += 1


def _handles(text: str, chance: random.Random, _: Sequence[str]) -> str:
    return " ".join([*(f"@{_handle(chance)}" for _ in range(3)), text])


def _handle(chance: random.Random) -> str:
    joint, number = (
        chance.choice(("", "_", "")),
        chance.choice(("", "", str(chance.randrange(100)))),
    )
    handle = chance.choice(_FIRST_NAMES) + joint + chance.choice(_LAST_NAMES) + number
    return handle.title() if chance.random() < 0.3 else handle


def _quoted_reply(text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    quotation = _sentence(chance, fillers)
    if chance.random() < 0.5:
        return f"> {quotation}\n\n{text}"
    return f'"{quotation}" – quoted' + chance.choice((" ", "\n", "\n\n")) + text


def _title_line(text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    clause = _CLAUSE_END.split(chance.choice(fillers).strip())[0]
    words = clause.split()[: chance.randint(3, 8)]
    while len(words) > 1 and words[-1].lower() in _UNFINISHED:
        words.pop()
    title = " ".join(words)[:LONGEST_TITLE].rstrip(" '-–\"")
    return f"{title[:1].upper()}{title[1:]}\n\n{text}"


def _url(text: str, chance: random.Random, _: Sequence[str]) -> str:
    code = "".join(chance.choices(_SHORT_ID, k=chance.randint(5, 10)))
    link = f"{chance.choice(_SITES)}/{chance.choice(_SLUGS)}/{code}"
    return f"{text} {link}" if chance.random() < 0.5 else f"{link} {text}"


def _emoji(text: str, chance: random.Random, _: Sequence[str]) -> str:
    drawn = "".join(chance.choices(_EMOJI, k=chance.randint(1, 3)))
    return f"{text} {drawn}" if chance.random() < 0.75 else f"{drawn} {text}"


def _hashtags(text: str, chance: random.Random, _: Sequence[str]) -> str:
    return " ".join([text, *chance.sample(_HASHTAGS, chance.randint(2, 3))])


def _html_entities(text: str, chance: random.Random, _: Sequence[str]) -> str:
    """As a feed that nobody decoded writes it; where no character asks for it, a space is one that doesn't break."""
    encoded = _AMPERSAND.sub("&amp;", text)
    for character, entities in _ENTITIES.items():
        encoded = encoded.replace(character, chance.choice(entities))
    if encoded != text:
        return encoded
    spaces = [place for place, character in enumerate(text) if character == " "]
    if not spaces:
        return f"{text}&nbsp;"
    place = chance.choice(spaces)
    return f"{text[:place]}&nbsp;{text[place + 1 :]}"


def _unrelated_sentence(text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    sentence = _sentence(chance, fillers)
    first, second = (sentence, text) if chance.random() < 0.5 else (text, sentence)
    return _joined(first, second, chance)


def _long_before(text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    return _joined(_long(chance, fillers), text, chance)


def _long_after(text: str, chance: random.Random, fillers: Sequence[str]) -> str:
    return _joined(text, _long(chance, fillers), chance)


def _sentence(chance: random.Random, fillers: Sequence[str]) -> str:
    """A filler's first sentence, ended."""
    filler = chance.choice(fillers)
    end = _SENTENCE_END.search(filler)
    sentence = (filler[: end.end()] if end else filler).strip()
    if len(sentence) > LONGEST_SENTENCE:
        sentence = sentence[:LONGEST_SENTENCE].rsplit(" ", 1)[0]
    return _ended(sentence)


def _long(chance: random.Random, fillers: Sequence[str]) -> str:
    """Fillers in any order, until they are LONG characters, MARGIN more or less; they end with a sentence."""
    written = ""
    while len(written) < LONG + MARGIN:
        for filler in chance.sample(fillers, len(fillers)):
            joint = chance.choice((" ", " ", "\n\n")) if written else ""
            written += joint + _ended(filler.strip() or "-")
            if len(written) >= LONG + MARGIN:
                break
    ends = [end.end() for end in _SENTENCE_END.finditer(written, LONG - MARGIN, LONG + MARGIN)]
    if ends:
        return written[: min(ends, key=lambda end: abs(end - LONG))]
    cut = written.rfind(" ", LONG - MARGIN, LONG)
    return _ended(written[: cut if cut > 0 else LONG])


def _ended(sentence: str) -> str:
    return sentence if sentence[-1:] in ".!?…" else f"{sentence}."


def _joined(first: str, second: str, chance: random.Random) -> str:
    """Both, by a space only where the first ends with a sentence, so that the two stay two."""
    ended = first.rstrip()[-1:] in tuple(".!?…")
    return first + chance.choice((" ", "\n", "\n\n") if ended else ("\n", "\n\n")) + second


# What robustness is measured by, in the order of the table of docs/measuring.md.
EDITS: Mapping[str, Edit] = MappingProxyType(
    {
        "typos": _typos,
        "three handles": _handles,
        "quoted reply": _quoted_reply,
        "title line": _title_line,
        "URL": _url,
        "emoji": _emoji,
        "hashtags": _hashtags,
        "HTML entities": _html_entities,
        "unrelated sentence": _unrelated_sentence,
        "long before": _long_before,
        "long after": _long_after,
    }
)
