"""Names that are everyday words or places, side by side: "Mark Long clinic", "Grace Church Ward", "Long, Mark".

Each half is known as a word, so neither tells anything; a given name before a family name does, and people say whose it is. One that
ends in a ward, a house or a street ("Rose Ward") is a name and a place in the same words: it is asked about unless a place, a service or a site of the settings is called so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise

from classify.people.lists import (
    called_after,
    dictionary,
    field,
    first_names,
    places,
    plain,
    surnames,
    telling,
    words,
)

_SHORTEST = (
    3  # letters; fewer are initials, and syllables that lists of names from other languages have
)
# Given names of Britain that are English words. They are told with capitals alone: "Hope Field", not "hope field". By hand, of the 233
# that stand in both lists; the others ("in", "my", "so") are names elsewhere and words here.
_WORDS_TEXT = """
abbey amber angel autumn avi billy blessing bud buddy candy charity chastity cherish cherry christie clay cliff coral dale dawn dee desire destiny dick
dolly don drew ed eva faith foster gay gene ginger glen glory grant guy harmony heath honey hope hunter indie jack jet job joy kitty liberty
lucky mae marry mercy mick mickey miles misty olive pat patience patty peace penny precious princess queen rich rob rod rusty sandy star sue
summer sunny teddy tiny troy valentine van will wolf young
"""
# Given names first, though places of the country are called so too: told in small letters as well.
_PLACES_TEXT = """
mark keith clive martin ross leslie stanley clare moira beverley shirley kerry heather clifford barry sandy verona arnold maud
"""
# Words of the lists of given names that are no one's name in a search here: roads, colours, faiths.
_NO_NAMES_TEXT = """
tai royal irish dean lane brook lavender edit windy baptist maple myrtle ray minor duke earl holm may june august irving bill
"""
# What follows a word in a sentence, and is a family name somewhere.
_NO_FAMILY_TEXT = """
january february march april may june july august september october november december she her hers his him they you were will said see too
self made just still look call case post list work would could should more
"""
# Behind a name they make it a building's, a road's or a body's.
_BUILT_TEXT = """
hospital hospitals trust nhs icb surgery surgeries practice clinic clinics centre center health healthcare medical hospice infirmary university college
school academy council borough road street avenue square gardens park hall station airport library theatre mosque pharmacy ward lido wing house court
lodge lane line suite unit close way drive place terrace grove row mews court campus site pool ave towers tower cross royal
"""
# Given names after whom so many a ward, a house and a road is called, as after kings, queens and saints, that nobody is looked for by them.
_NAMESAKES_TEXT = """
victoria albert alexandra alexander edward george charles henry elizabeth charlotte caroline adelaide louise helena augusta beatrice andrew david patrick christopher
francis nicholas dominic bernard vincent regent windsor clarence wellington nelson gordon stanley alma florence chester lancaster douglas lincoln
"""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_APART = re.compile(r"\bOR\b|\bNOT\b|[\"“”()|;:/+]|(?<!\S)-(?=\S)")
_NEAR = re.compile(r"\b(?:AND|NEAR(?:/\d+)?)\b")
_TURNED = re.compile(r"([^\W\d_]+), +([^\W\d_]+)")
_INITIAL = re.compile(r"(?<![\w.])(?:[A-Z]\. ?){1,3}([A-Z][a-z]+)")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def names(text: str, known: Collection[str] = ()) -> list[str]:
    """Names of two everyday words in a term, rule, query or tag, as they are written, each once.

    `known`: words of the organisation's own names, places and providers, in small letters: a ward that is called so is no person.
    """
    pairs = dict[str, None]()
    for part in _APART.split(_NEAR.sub(" ", text)):
        for match in _TURNED.finditer(part):
            if _is_name(match[2], match[1], ""):
                pairs[match[0]] = None
        for match in _INITIAL.finditer(part):
            if plain(match[1]) in surnames() and plain(match[1]) not in _text(_BUILT_TEXT):
                pairs[match[0]] = None
        for chunk in part.split(","):
            tokens = _tokens(chunk)
            pairs |= dict.fromkeys(_side_by_side(tokens))
            pairs |= dict.fromkeys(_name_or_place(tokens, known))
    return list(pairs)


def _side_by_side(tokens: Sequence[str]) -> Iterator[str]:
    for (first, second), after in zip(pairwise(tokens), [*tokens[2:], ""], strict=False):
        if _is_name(first, second, after):
            yield f"{first} {second}"


def _is_name(first: str, second: str, after: str) -> bool:
    first_name, family = plain(first), plain(second).removesuffix("'s")
    if (
        len(first_name) < _SHORTEST
        or len(family) < _SHORTEST
        or (first_name, family) in called_after()
    ):
        return False
    if family in _text(_NO_FAMILY_TEXT) or family in field():
        return False
    if family not in surnames():
        return first_name in telling() and len(first_name) > _SHORTEST and not _is_known(family)
    if family in _text(_BUILT_TEXT) and plain(after) not in _text(_BUILT_TEXT):
        return False
    capitals = first[:1].isupper() and second[:1].isupper()
    return first_name in _given() or (capitals and first_name in _with_capitals())


def _name_or_place(tokens: Sequence[str], known: Collection[str]) -> Iterator[str]:
    """A given name before what is a building's word and a family name: in small letters too where nothing else stands there, since a search knows no capitals."""
    for first, second in pairwise(tokens):
        first_name, family = plain(first), plain(second)
        if family not in _text(_BUILT_TEXT) - {"royal"} or family not in surnames() or len(first_name) < _SHORTEST:  # fmt: skip
            continue
        called_so = first_name in known or first_name in _text(_NAMESAKES_TEXT) or (first_name, family) in called_after()  # fmt: skip
        known_place = (
            called_so or first_name in field() or first_name in places() - _text(_PLACES_TEXT)
        )
        titled = first[:1].isupper() and second[:1].isupper()
        if first_name in first_names() - _text(_NO_NAMES_TEXT) and not known_place and (titled or len(tokens) == 2):  # fmt: skip
            yield f"{first} {second}"


def _is_known(word: str) -> bool:
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return any(form in words() or form in dictionary() or form in places() or form in _text(_BUILT_TEXT) for form in forms)  # fmt: skip


@cache
def _given() -> frozenset[str]:
    """Given names that are told in small letters too."""
    listed = first_names() - words() - dictionary() - field() - places() - _text(_NO_NAMES_TEXT)
    return listed | _text(_PLACES_TEXT)


@cache
def _with_capitals() -> frozenset[str]:
    both = (first_names() & places()) - words() - dictionary() - field()
    return both | _text(_WORDS_TEXT) | frozenset(("june", "may", "bill", "ray", "dean"))


@cache
def _text(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _tokens(text: str) -> list[str]:
    """The words of a text, a tag by its capitals, with nothing in the place of what is called after somebody."""
    tokens = [
        piece
        for token in _TOKEN.findall(text)
        for piece in (_CAMEL.findall(token) if re.search(r"[a-z][A-Z]", token) else [token])
    ]
    low = [plain(token).replace("'", "") for token in tokens]
    longest = max((len(phrase) for phrase in called_after()), default=1)
    left, at = list[str](), 0
    while at < len(tokens):
        size = next(
            (n for n in range(min(longest, len(low) - at), 0, -1) if tuple(low[at : at + n]) in called_after()), 0
        )  # fmt: skip
        # a mark in its place, so that what stands on both sides of it is not side by side
        left.append(tokens[at] if not size else "")
        at += size or 1
    return left
