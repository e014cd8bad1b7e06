"""Whether a search names nothing but words, places and bodies that are known: what no list holds may be somebody's name.

`search_terms` tells names that its lists hold. A surname that none holds can only be told by being no word at all, so a
search for it is asked about: two people say what it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import cache

from classify.people import handles, names_in_words, post_holders, staff_roles
from classify.people.lists import (
    called_after,
    dictionary,
    field,
    first_names,
    longest_called_after,
    places,
    plain,
    surnames,
    words,
)
from classify.people.search_terms import BODY_WORDS, without

_TOKEN = re.compile(r"[#@]?[^\W_]+(?:['’*?-]+[^\W_]+)*[*?]?")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_AE = re.compile(r"(?<![^\W_])[Aa]&[Ee](?=[^\W\d_])")  # as hashtags have it: #A&Ewaits
# Capitals right before a word in small letters: #NWLflu
_ACRONYM_AND_WORD = re.compile(r"([A-Z]{2,})([a-z]{3,})")
_SHORTEST = 3  # letters; fewer are initials and short forms
_CALLED = ""  # in place of words that are called after somebody: a word before them is not a building's behind them
_ACRONYM = 5  # letters in capitals that are a body's short form, such as CNWL
_SHORTEST_PART = 3  # letters of a word of a hashtag that is written as one
# How medicines (WHO, stems of international nonproprietary names), conditions and what is done about them end; no name of the lists is passed by it.
_MEDICAL = re.compile(
    r".{3,}(?:itis|osis|aemia|emia|ectomy|opathy|algia|ology|ologist|oscopy|ostomy|plasty|gram|graphy|cillin|mycin|statin|prazole|sartan|dipine|olol"
    r"|pril|azepam|mab|gliptin|gliflozin|glutide|oxacin|azole|caine|triptan|parin|profen|oxetine|phobia|phasia|plegia|lysis|trophy|virus|cardia)s?"
)  # fmt: skip
# In a phrase they say that the word before is a building's, a road's or a body's, as a search for the phrase finds it.
_BUILDING_TEXT = """
hospital hospitals trust nhs icb surgery surgeries practice clinic centre health healthcare medical hospice infirmary university college school
academy council borough road street avenue square gardens park hall station airport library theatre mosque pharmacy ward lido wing unit
"""
_BUILDING = frozenset(_BUILDING_TEXT.split())
# May stand between the name and the building: Ladygate Lane Surgery.
_OF_A_BUILDING = frozenset(("lane", "way", "house", "court", "lodge", "grove", "close", "hill", "green", "village", "community", "general", "memorial", "family", "group", "day", "primary", "urgent", "care", "walk-in"))  # fmt: skip
_TITLES = frozenset(
    ("mr", "mrs", "ms", "mx", "dr", "prof", "miss", "sir", "rev", "cllr", "dame", "sr")
)
_FAMILY = re.compile(
    r"\b(?:the +)?(?!day case\b)([^\W\d_]+) +(?:family|families|relatives|household|case|widow|brothers|sisters)\b|\bfamily of (?:the +)?([^\W\d_]+)",
    re.IGNORECASE,
)


def unknown(
    text: str, known: Collection[str] = (), allowed: Collection[str] = (), *, phrase: bool = False
) -> list[str]:
    """The words of a term, rule or query that may be somebody's name, as they are written, each once.

    A given and a family name that are both words stand there as one: "Mark Long".

    `known`: words of the organisation's own names, places and providers, in small letters without accents. `allowed`:
    phrases that two people agreed to. `phrase`: the words are sought together as they stand, so that a hospital behind a
    name makes it a hospital's.
    """
    text = _AE.sub("AE ", without(text, allowed))
    tokens = _tokens(text)
    if phrase:
        tokens = _without_buildings(tokens)
    tokens = [token for token in tokens if token != _CALLED]
    unknown_words = dict.fromkeys(
        part
        for before, token in zip(["", *tokens], tokens, strict=False)
        if plain(before).rstrip(".") not in ("st", "saint")
        for part in _unknown_parts(token, frozenset(known))
    )
    alone = [token.strip("#") for token in tokens]
    if not unknown_words and len(alone) == 1 and _is_name(plain(alone[0])):
        unknown_words[alone[0]] = None
    for match in _FAMILY.finditer(text):
        whose = match[1] or match[2]
        if plain(whose) in surnames() and plain(whose) not in places():
            unknown_words[whose] = None
    if "_" not in text and (post := post_holders.sole(text)):
        unknown_words[post] = None
    unknown_words |= dict.fromkeys(handles.as_accounts(text))
    agreed = {plain(phrase) for phrase in allowed}  # also where AND stands between the two
    both = (*names_in_words.names(text), *staff_roles.sought(text))
    names = [name for name in both if plain(name) not in agreed]
    return list(unknown_words | dict.fromkeys(names))


def _without_buildings(tokens: list[str]) -> list[str]:
    """The words without those that a building, a road or a body is called by: the one right before it, and no other of the phrase.

    "Elliott Hall" and "Ladygate Lane Surgery" are called so; of "okonkwo Northwick Park" only Northwick is the park's.
    """
    left = list[str]()
    for at, token in enumerate(tokens):
        after = at + 1
        while after < len(tokens) and plain(tokens[after]) in _OF_A_BUILDING:
            after += 1
        of_one = after < len(tokens) and plain(tokens[after]) in _BUILDING
        if not (token.isalpha() and of_one):
            left.append(token)
    return left


def expands_to_name(written: str) -> bool:
    """Whether a word with * or ? finds names of people more than words: lou?se, slor*."""
    stem = plain(written.split("*")[0].split("?")[0])
    if "?" not in written and (stem in _words() or len(stem) < 2):
        return False
    pattern = re.compile(
        "".join(
            {"*": "[a-z]*", "?": "[a-z]?"}.get(sign, re.escape(sign)) for sign in plain(written)
        )
    )
    names = sum(bool(pattern.fullmatch(name)) for name in _names())
    return names > 0 and names >= sum(bool(pattern.fullmatch(word)) for word in _words())


def words_of(texts: Collection[str]) -> frozenset[str]:
    """The words of names that are known here, and the short forms of these names, as `unknown` takes them."""
    return frozenset(
        plain(part)
        for text in texts
        for token in _tokens(text)
        if token != _CALLED
        for part in (*_parts(token), token.strip("#@*?"))
    ) | frozenset(acronym for text in texts for acronym in _acronyms(text))


def _acronyms(name: str) -> Iterator[str]:
    """What a name of several words is called in short: nwl, nwlicb and cmh of a hospital that stands without the word, as people leave it out."""
    initials = "".join(plain(word)[0] for word in re.findall(r"[^\W\d_]+", name) if word[0].isupper())  # fmt: skip
    whole = initials if initials.endswith("h") else f"{initials}h"
    lengths = range(_SHORTEST, min(len(initials), _ACRONYM) + 1)
    yield from (acronym for acronym in (*(initials[:at] for at in lengths), whole) if len(acronym) >= _SHORTEST and acronym not in _names())  # fmt: skip


@cache
def _words() -> frozenset[str]:
    called = frozenset(word for phrase in called_after() if len(phrase) == 1 for word in phrase)
    return words() | dictionary() | field() | BODY_WORDS | called


@cache
def _names() -> frozenset[str]:
    return (first_names() | surnames()) - _words() - places()


def _is_name(word: str) -> bool:
    """Whether a word that stands alone is a given or family name, even one that is a word as well."""
    return word in first_names() and word not in places() and word not in field()


def _tokens(text: str) -> list[str]:
    """The words of a text without operators; "" in place of what is called after somebody."""
    tokens = _TOKEN.findall(text)
    low = [plain(token).replace("'", "") for token in tokens]
    tokens_left, at = list[str](), 0
    longest = longest_called_after()
    while at < len(tokens):
        size = next(
            (n for n in range(min(longest, len(low) - at), 0, -1) if tuple(low[at : at + n]) in called_after()), 0
        )  # fmt: skip
        if size:
            tokens_left.append(_CALLED)
        elif tokens[at] not in ("AND", "OR", "NOT", "NEAR"):
            tokens_left.append(tokens[at])
        at += size or 1
    return tokens_left


def _parts(token: str) -> list[str]:
    """A token by its hyphens, and a tag or handle by its capitals."""
    bare = token.lstrip("#@")
    parts = [re.sub(r"['’]s?$", "", part) for part in re.split(r"[-\d]+", bare)]
    if token[:1] in "#@" or any(re.search(r"[a-z][A-Z]", part) for part in parts):
        return [piece for part in parts for piece in _CAMEL.findall(part)]
    return parts


def _unknown_parts(token: str, known: frozenset[str]) -> list[str]:
    if plain(token.strip("#@*?")) in known or ("-" in token and plain(token) in field()):
        return []
    if "*" in token or re.search(r"\w\?\w", token):
        bare = token.lstrip("#@")
        if expands_to_name(bare):
            return [bare]
        stem = plain(bare.split("*")[0].split("?")[0])
        return [] if _begins(stem, known) else [bare]
    return [
        part for part in _parts(_acronyms_apart(token, known))
        if not _is_known(part, known, tag=token[:1] == "#")
    ]  # fmt: skip


def _acronyms_apart(token: str, known: frozenset[str]) -> str:
    """A tag whose acronyms are told from the word behind them: NWLflu is NWL and flu, where both are known.

    Of a title or of initials nothing is known, so that #DRlong and #AJbaker are asked about.
    """

    def apart(match: re.Match[str]) -> str:
        both = plain(match[1]), plain(match[2])
        is_apart = all(part in known or part in _words() for part in both) and both[0] not in _TITLES | first_names()  # fmt: skip
        return f"{match[1]}-{match[2]}" if is_apart else match[0]

    return _ACRONYM_AND_WORD.sub(apart, token) if token[:1] == "#" else token


@cache
def _sorted_words() -> tuple[str, ...]:
    return tuple(sorted(_words() | places()))


def _begins(stem: str, known: frozenset[str]) -> bool:
    """Whether any word that is known begins so."""
    listed = _sorted_words()
    at = bisect_left(listed, stem)
    return (at < len(listed) and listed[at].startswith(stem)) or any(
        word.startswith(stem) for word in known
    )


def _is_known(part: str, known: frozenset[str], *, tag: bool) -> bool:
    low = plain(part).replace("'", "")
    if any(sign.isalpha() and not sign.isascii() for sign in low):
        return low in known  # another script than Latin: no list has it
    letters = re.sub(r"[^a-z]", "", low)
    if len(letters) < _SHORTEST:
        return True
    if _listed(low, known):
        return True
    if part.isupper() and len(part) <= _ACRONYM and low not in _names():
        return True
    return low not in _names() and bool(_MEDICAL.fullmatch(low) or (tag and _is_joined(low, known)))


def _listed(low: str, known: frozenset[str]) -> bool:
    forms = (low, low.removesuffix("s"), low.removesuffix("es"))
    return any(form in _words() or form in places() or form in known for form in forms)


def _is_joined(tag: str, known: frozenset[str]) -> bool:
    """Whether a tag is words written as one: winterwell."""
    return any(
        _listed(tag[:at], known) and (_listed(tag[at:], known) or _is_joined(tag[at:], known))
        for at in range(_SHORTEST_PART, len(tag) - _SHORTEST_PART + 1)
    )
