"""Names that are everyday words or places, side by side: "Mark Long clinic", "Grace Church Ward", "Long, Mark".

Each half is known as a word, so neither tells anything; a given name before a family name does, and people say whose it is. One that ends in a
ward, a lane, a hall or a hill ("Rose Ward") is asked about where it stands alone and is no place of the settings; in a house, a street or a park it passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from classify.people.lists import (
    called_after,
    dictionary,
    field,
    first_names,
    longest_called_after,
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
# that stand in both lists; the others ("in", "my", "so") are names elsewhere and words here. The last line are short forms, most of them in no list of given names.
_WORDS_TEXT = """
abbey amber angel autumn avi billy blessing bud buddy candy charity chastity cherish cherry christie clay cliff coral dale dawn dee desire destiny dick
dolly don drew ed eva faith foster gay gene ginger glen glory grant guy harmony heath honey hope hunter indie jack jet job joy kitty liberty
lucky mae marry mercy mick mickey miles misty olive pat patience patty peace penny precious princess queen rich rob rod rusty sandy star sue
summer sunny teddy tiny troy valentine van will wolf young
art ash buck chase chip christian clem dante dot dusty herb ike jock kit lew merv ned noble norm peg reg roz rube skip sukie vic viv woody
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
lodge lane line suite unit close way drive place terrace grove row mews court campus site pool ave towers tower cross royal room rooms garden gallery
"""
# Family names of Britain among them: two words that are a given name and one of these are a person's as often as a place's.
_ALSO_FAMILY = frozenset(("ward", "lane", "hall", "hill", "field", "wood", "green"))
# Given names that wards, lanes and halls are called by, after plants and saints, far more often than people are called so with such a family name.
_OF_PLACES_TEXT = """
holly heather jasmine willow rowan ivy lily violet daisy poppy hazel olive fern laurel juniper bryony primrose lavender myrtle cherry victoria
albert george elizabeth charlotte edward alexandra mary anne king queen abbey church cliff dale dean glen kingsley regent royal hope mercy faith
"""
# Given names of the list above that stand before everyday words far more often than people are called so: Art Therapy, Young Minds.
_BEFORE_THINGS_TEXT = """
art ash autumn blessing bud candy chase chip clay coral desire destiny dot dusty foster gay gene ginger glory guy harmony herb honey hunter jack jet job kit
liberty lucky marry mercy misty noble norm peg penny precious skip star sue summer sunny tiny van will wolf woody young
"""
_RANKS_TEXT = "queen king prince princess duke duchess earl lord lady countess baron bishop"
_MONTHS_TEXT = "june may august"
_ROLES = re.compile(
    r"(?<!\w)(?:nurse|sister|matron|doctor|porter|midwife|paramedic|consultant) +([^\W\d_]+)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[A-Z]\. ?){1,3}([A-Z][a-z]+)")
_BARE_INITIAL = re.compile(r"[B-HJ-Zb-hj-z] +([^\W\d_]{3,})|[AI] +([A-Z][a-z]{2,})")
_OF_PLACE = re.compile(r"([^\W\d_]{3,}) +(?:of|from) +([^\W\d_]+(?: +[^\W\d_]+){0,2})")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_APART = re.compile(r"\bOR\b|\bNOT\b|[\"“”()|;:/+]|(?<!\S)-(?=\S)")
_NEAR = re.compile(r"\b(?:AND|NEAR(?:/\d+)?)\b")
_TURNED = re.compile(r"([^\W\d_]+), +([^\W\d_]+)")
_INITIAL = re.compile(r"(?<![\w.])(?:[A-Z]\. ?){1,3}([A-Z][a-z]+)")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def names(text: str) -> list[str]:
    """Names of two everyday words in a term, rule, query or tag, as they are written, each once."""
    pairs = dict[str, None]()
    for part in _APART.split(_NEAR.sub(" ", text)):
        for match in _TURNED.finditer(part):
            if _is_name(match[2], match[1], ""):
                pairs[match[0]] = None
        for match in _INITIAL.finditer(part):
            if plain(match[1]) in surnames() and plain(match[1]) not in _text(_BUILT_TEXT):
                pairs[match[0]] = None
        for chunk in part.split(","):
            pairs |= dict.fromkeys(_side_by_side(_tokens(chunk)))
        pairs |= dict.fromkeys(_called(part))
    return list(pairs)


def _called(text: str) -> Iterator[str]:
    """A nurse, a sister or a doctor by a given name that is a word too; a given name or initials with a family name that is a place's word, by itself."""
    for match in _ROLES.finditer(text):
        name = plain(match[1])
        if match[1][:1].isupper() and any(
            name in listed for listed in (_with_capitals(), _given(), telling())
        ):
            yield match[0]
    yield from _of_places(text)
    bare = text.strip(' "“”*?')
    if (initial := _BARE_INITIAL.fullmatch(bare)) and _is_family_by_initial(
        plain(initial[1] or initial[2])
    ):
        yield bare
    dotted = _DOTTED.fullmatch(bare)
    if dotted and plain(dotted[1]) in _ALSO_FAMILY:
        yield bare
    tokens = _TOKEN.findall(bare)
    if len(tokens) != 2 or " ".join(tokens) != " ".join(bare.split()):
        return
    first, family = (plain(token) for token in tokens)
    if (first, family) in called_after():
        return
    in_capitals = all(token[:1].isupper() for token in tokens)
    if _is_whole_name(first, family) or (in_capitals and family in _ALSO_FAMILY and first in _before_places_words()):  # fmt: skip
        yield " ".join(tokens)


def _of_places(text: str) -> Iterator[str]:
    """A given name with the place that tells which: Florence of Fulham. "Friends of" and "Bank of" are no given names."""
    for match in _OF_PLACE.finditer(text):
        first, place = plain(match[1]), plain(match[2]).replace("'", "").split()
        named = any(tuple(place[:size]) in called_after() for size in range(1, len(place) + 1))
        if first in _given_of_places() and (place[0] in places() or named):
            yield match[0]


@cache
def _given_of_places() -> frozenset[str]:
    listed = _with_capitals() | _given() | telling()
    return listed - _text(_BEFORE_THINGS_TEXT) - _text(_MONTHS_TEXT) - _text(_RANKS_TEXT)


def _is_family_by_initial(family: str) -> bool:
    """Whether a word behind one letter is a family name, everyday word or not: K Lamb. Not of a building or of this field: A Wing, X ray."""
    return family in surnames() and family not in field() | _text(_BUILT_TEXT) | _text(_NO_FAMILY_TEXT)  # fmt: skip


def _is_whole_name(first: str, family: str) -> bool:
    """Whether two words that are all of a term are a given name and what may be its family name, in whatever case: joy winter, Hope Winter."""
    if family in _text(_BUILT_TEXT) or family in _text(_NO_FAMILY_TEXT) or family in _ALSO_FAMILY:
        return False
    if family not in surnames() and (family in field() or first in _text(_OF_PLACES_TEXT)):
        return False
    listed = _with_capitals() | _given()
    return first in listed - _text(_BEFORE_THINGS_TEXT) - _text(_MONTHS_TEXT) - (places_alone() - _text(_WORDS_TEXT))  # fmt: skip


@cache
def _before_places_words() -> frozenset[str]:
    """Given names that tell a person before a family name that is a place's word."""
    listed = (first_names() - places() - _text(_NO_NAMES_TEXT)) | _text(_PLACES_TEXT)
    return (listed | _with_capitals()) - places_alone() - _text(_OF_PLACES_TEXT)


@cache
def places_alone() -> frozenset[str]:
    """Places whose names people bear too seldom to ask about them with a place's word behind."""
    return places() - _text(_PLACES_TEXT)


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
    if family in _text(_NO_FAMILY_TEXT):
        return False
    capitals = first[:1].isupper() and second[:1].isupper()
    if capitals and _is_name_of_words(first_name, family, plain(after)):
        return True
    if family in field():
        return False
    if family not in surnames():
        return first_name in telling() and len(first_name) > _SHORTEST and not _is_known(family)
    if family in _text(_BUILT_TEXT) and plain(after) not in _text(_BUILT_TEXT):
        return False
    return first_name in _given() or (capitals and first_name in _with_capitals())


def _is_name_of_words(first_name: str, family: str, after: str) -> bool:
    """Whether a given name of the lists stands before any everyday word, both with capitals: Mark Rainbow, Joy Winter. Not before what is built, or of this field alone."""
    built = _text(_BUILT_TEXT)
    if family in built or after in built or (family in field() and family not in surnames()):
        return False
    if first_name in places_alone():
        return False
    listed = _with_capitals() | _given()
    return first_name in (listed if family in surnames() else listed - _text(_OF_PLACES_TEXT) - _text(_BEFORE_THINGS_TEXT))  # fmt: skip


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
    longest = longest_called_after()
    left, at = list[str](), 0
    while at < len(tokens):
        size = next(
            (n for n in range(min(longest, len(low) - at), 0, -1) if tuple(low[at : at + n]) in called_after()), 0
        )  # fmt: skip
        # a mark in its place, so that what stands on both sides of it is not side by side
        left.append(tokens[at] if not size else "")
        at += size or 1
    return left
