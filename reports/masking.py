"""Masks what stands around a post as the post's own words are masked: what it answers, its link, its page's name.

It takes the classifier's recognisers, 0.2 s of a start: import it where a context is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from classify import pid
from classify.pid.base import Contacts, Hit
from classify.pid.name_context import NOT_NAMES
from classify.pid.public_names import PublicNames, public_names
from classify.pid.redaction import find_redactions, mask
from classify.text.lexicon import english, given_names
from settings.organisation import Organisation, today

_CAPITALISED = re.compile(r"(?<![\w@#/.])[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*")


def masked(
    text: str, organisation: Organisation, on: date, platform: str, *, official: bool = False
) -> str:
    """The text as it may be shown: `places` blanked out.

    No model has read it, which finds names that no list has: every word with a capital that is no English word is
    hidden with what the rules find, unless it is a public name. In words that we published ourselves the rules do.
    """
    hits, handles, contacts, names = _known(text, organisation, on, platform, official=official)
    return mask(text, hits, handles, contacts, names)


def places(
    text: str, organisation: Organisation, on: date, platform: str
) -> list[tuple[int, int, str]]:
    """What `masked` blanks out: start, end and label of each, in order."""
    return find_redactions(text, *_known(text, organisation, on, platform))


def _known(
    text: str, organisation: Organisation, on: date, platform: str, *, official: bool = False
) -> tuple[list[Hit], list[str], Contacts, PublicNames]:
    """What identifies somebody in a text, and the handles, contact points and names that stay."""
    current = today(organisation, on)
    contacts = Contacts(current.phones, current.emails, current.postcodes)
    handles = {handle for some in current.official.values() for handle in some}
    handles |= current.register.get(platform, frozenset())
    names = public_names(*current.names, *current.places, *current.providers)
    hits = [*pid.find(text, contacts=contacts, official=official)]
    if not official:
        hits += _unknown(text)
    return hits, sorted(handles), contacts, names


def _unknown(text: str) -> Iterator[Hit]:
    """Words with a capital that no list of English words has, and a capital straight after such a one: its surname."""
    last = -2
    for match in _CAPITALISED.finditer(text):
        word = match.group().lower().replace("’", "'").removesuffix("'s")
        start, end = match.start(), match.start() + len(word)
        unknown = (word not in english() or word in given_names()) and word not in NOT_NAMES
        surname = last + 1 == start and text[last : last + 1] == " "
        if (unknown and not match.group().isupper()) or surname:
            yield Hit("PATIENT_NAME", start, end, 0.5, "a word that no list has", by_model=True)
            last = end
