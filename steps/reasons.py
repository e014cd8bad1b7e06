"""Whether a reason in somebody's own words says anything to who reads it later."""

from __future__ import annotations

import re

FEWEST = 8  # characters: a word says nothing

_WORD = re.compile(r"[^\W\d_]{2,}")
# Words that fit any look, and so tell none from another.
_FIT_ANY = """
a again an and as at be because by can check checked checking do for from further going have i in into is issue it its just know let look looking
matter me my need needed needs no none nothing now of ok okay on one only or other out please post read reading reason reasons see
seeing so some something stuff test testing that the thing things this to too try trying up us use want wanted was we what
why will with work working would yes you
"""
_EMPTY = frozenset(_FIT_ANY.split())
SAYS_NOTHING = "Say why, so that whoever reads it later understands: “PALS asked which ward”. Or choose a reason above"


_REACHED = re.compile(r"[^\s@]+@[^\s@]+\.\w+|@\w{3,}|(?:\d[\s-]?){9,}")


def names_nobody(who: str) -> bool:
    """Whether it neither says where somebody can be answered (an address, an account, a number) nor anything else about them."""
    return len(set(who.casefold())) < 5 or (not _REACHED.search(who) and says_nothing(who))


def is_no_reference(reference: str) -> bool:
    """Whether nothing can be filed under it: too short, one sign over and over, or no number in it."""
    signs = [sign for sign in reference.casefold() if sign.isalnum()]
    return len(signs) < 4 or len(set(signs)) < 3 or not any(sign.isdigit() for sign in signs)


def says_nothing(reason: str) -> bool:
    """Whether it is too short, no words at all, one word said over and over, or words that fit any look."""
    if len(reason.strip()) < FEWEST:
        return True
    words = {word.casefold() for word in _WORD.findall(reason)}
    if len(words) < 2:
        return True
    from classify.text.lexicon import (
        english,
        given_names,
    )  # here, since few write their own: 0.1 s of a start

    known = {word for word in words if word in english() or word in given_names()}
    telling = known - _EMPTY
    return not telling or len(known) < 2
