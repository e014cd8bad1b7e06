"""What people type beside posts and must not: an NHS number in a note, an NHS number or a person's name in a search term.

Notes are shown to colleagues unmasked, and search terms are sent to platforms. So this is stricter than what is read in a
post: ten digits that nothing explains are enough.
"""

from __future__ import annotations

import re

from nhs_number.validate import is_valid

from classify import pid
from classify.pid.id_numbers import TEN_DIGITS, is_issued, written_as_printed
from classify.pid.redaction import AFTER_TITLE
from classify.text.clean import plain
from classify.text.lexicon import english, given_names

_NUMBERS = frozenset(("NHS_NUMBER", "CHI_NUMBER"))
# Titles that make a name of any word after them, and those after which only a given name is one (Nurse Practitioner).
# After the others of `AFTER_TITLE` a search term more often names a place: Lady Margaret Road, Little Venice.
_HONORIFICS = frozenset(("mr", "mrs", "ms", "mx", "dr", "doctor", "prof", "professor"))
_ROLES = frozenset(
    ("miss", "nurse", "midwife", "sir", "dame", "rev", "reverend", "cllr", "councillor")
)
_BARE = re.compile(r"[1-9]\d{9}")
_DAY = re.compile(r"(?:19|20)\d\d[ .\-]\d\d?[ .\-]|\d\d?[ .\-]\d\d?[ .\-](?:19|20)\d\d")


def holds_nhs_number(text: str) -> bool:
    """Whether something in the text looks like an NHS number: by the rules for posts, or ten digits as one is written."""
    if any(hit.type in _NUMBERS for hit in pid.find(text)):
        return True
    return any(_looks_like_one(match.group()) for match in TEN_DIGITS.finditer(plain(text).text))


def holds_person(text: str) -> bool:
    """Whether a search term names a person by a title: Dr Jane Smith, Mrs Baker."""
    return any(
        _names_a_person(match.group().partition(" ")[0], match["name"].split()[0])
        for match in AFTER_TITLE.finditer(plain(text).text)
    )


def _looks_like_one(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if len(digits) != 10 or digits[0] == "0" or _DAY.match(written):
        return False
    printed = _BARE.fullmatch(written) is not None or written_as_printed(written)
    return printed or (is_valid(digits) and is_issued(digits))


def _names_a_person(title: str, name: str) -> bool:
    title, word = title.rstrip(".").lower(), name.lower()
    if title not in _HONORIFICS:
        return title in _ROLES and word in given_names()
    return name[:1].isupper() or word in given_names() or word not in english()
