"""Whether a reason in somebody's own words says anything to who reads it later, and whether it is one that nothing is opened or taken for.

Wherever a reason is asked for it is judged here: to look at a post, for a table, for a pack. The words are data, in reasons.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from classify.text.confusables import latin
from core.errors import ConfigError
from core.validation import STRICT
from steps.seeking import seeks_person

FILE = Path(__file__).parent / "reasons.toml"
Ground = Literal["employment", "curiosity"]

FEWEST = 8  # characters: a word says nothing
FEWEST_WORDS = 2  # of words beside a purpose that are judged: fewer are signs, and left out

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


# What people type where a name is asked for and they give none.
_ANYBODY = """
a an any anybody anyone asap because by call called checked colleague d dont done email emailed everybody everyone for from he her him i is it
itself know known made me mail meeting my myself na name n nil no nobody none not nothing of ok okay on one or other our ours out person phone
rang self she somebody someone somewhere t tba tbc tbd team test testing the their them themselves they thing this to unknown us we who whoever
whom yes you yourself
"""
_NO_NAME = frozenset(_ANYBODY.split())
_IDEOGRAPHS = "\u2e80"  # from here on one sign can be a whole name
NO_NAME = "Write a person’s name"


def is_no_name(who: str) -> bool:
    """Whether it names nobody: fewer than two letters, one letter over and over, or words that stand for anyone (“me”, “them”, “n/a”)."""
    words = {
        word.casefold() for word in re.findall(r"[^\W\d_]+", who.replace("’", "").replace("'", ""))
    }
    names = {word for word in words - _NO_NAME if len(set(word)) > 1 or word[0] >= _IDEOGRAPHS}
    return not names


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


# Whoever else may have danger or a leak, and how it is said that they do.
_TEAM = r"(?:safeguarding|security|information governance|ig|pals|the police|police|social (?:services|care|workers?)|the ambulance|ambulance|(?:crisis|mental health) team|the right people|(?:someone|somebody) else|another team|the team|the dpo|the guardian)"
_HAS = r"(?:has|have|had|got|knows?|knew|(?:is|are|was|were) (?:told|aware|informed|on it|dealing|there|with)|deals?|dealt|took|takes?)"
_OTHERS_HAVE_IT = re.compile(
    rf"\b{_TEAM}\b(?:\W+\w+){{0,2}}?\W+{_HAS}\b|\b(?:told|informed|notified|emailed|rang|known to|reported to|passed (?:it |this )?(?:on )?to|with)(?:\W+\w+){{0,2}}?\W+{_TEAM}\b",
    re.IGNORECASE,
)


def others_have_it(reason: str) -> bool:
    """Whether a reason in somebody's own words says that a team, or somebody else, has it or was told."""
    return _OTHERS_HAVE_IT.search(reason) is not None


@dataclass(frozen=True, slots=True)
class RefusedReason:
    """Why nothing is opened or taken for a reason: on which ground, by which of its words, and what to do instead."""

    ground: Ground
    words: str
    says: str


class _Ground(BaseModel):
    model_config = STRICT
    says: Annotated[str, Field(min_length=20)]
    anywhere: Annotated[list[str], Field(min_length=1)]
    files: list[str]


class _Work(BaseModel):
    model_config = STRICT
    says: Annotated[str, Field(min_length=20)]
    names: Annotated[list[str], Field(min_length=1)]


class _Subjects(BaseModel):
    model_config = STRICT
    says: Annotated[str, Field(min_length=20)]
    english: Annotated[list[str], Field(min_length=1)]
    other_languages: Annotated[list[str], Field(min_length=1)]
    offices: Annotated[list[str], Field(min_length=1)]
    no_office: Annotated[list[str], Field(min_length=1)]


class _Grounds(BaseModel):
    model_config = STRICT
    employment: _Ground
    curiosity: _Ground
    work: _Work
    subjects: _Subjects


# d1sciplinary: a digit between letters, or before four and more
_FIGURES = re.compile(r"\b(?=\w*[^\W\d_]{2})[^\W_]*(?<=[^\W\d_])[013457]+[^\W\d_][^\W_]*\b")
_LETTERS = str.maketrans("013457", "oieast")
# "24 hrs" and "72 hr" are hours, a multi-disciplinary team is of no hearing, and who to ring is no writer.
_HOURS = re.compile(r"(?<=\d)\s*-?\s*hrs?\b", re.IGNORECASE)
_DISCIPLINES = re.compile(r"\b(?:multi|inter|cross|trans)[\W_]*disciplin\w*", re.IGNORECASE)
_WHOM_TO_ASK = re.compile(
    r"\bwho(?:m)?[\W_]+(?:to|should|must)[\W_]+(?:answer|ask|call|contact|email|pass|phone|reply|respond|ring|send|tell)\b",
    re.IGNORECASE,
)


def refused(reason: str, *, of_files: bool = False) -> RefusedReason | None:
    """Why a reason is none to open a post for, or `of_files` to take a table or a pack; None where nothing in it says so."""
    plain = _plain(reason)
    grounds = _grounds()
    judged: tuple[tuple[Ground, _Ground], ...] = (
        ("employment", grounds.employment),
        ("curiosity", grounds.curiosity),
    )
    for ground, known in judged:
        if match := _pattern(ground, of_files).search(plain):
            return RefusedReason(ground, match[0], known.says.format(words=match[0]))
    if words := seeks_person(plain):
        return RefusedReason("employment", words, grounds.employment.says.format(words=words))
    return None


def names_no_work(own_words: str) -> str:
    """What to do where words beside a purpose name nothing of the post or of the work it is opened for; "" where they do, or are none."""
    plain = _plain(own_words)
    if len(_WORD.findall(plain)) < FEWEST_WORDS or _work().search(own_words):
        return ""
    return _grounds().work.says


def _plain(reason: str) -> str:
    """As it is read: without what takes no room, look-alike letters, digits for letters, and what looks like a word of the list and is none."""
    plain = _FIGURES.sub(_as_letters, latin(_visible(unicodedata.normalize("NFKC", reason))))
    plain = _HOURS.sub(" hours", plain)
    return _WHOM_TO_ASK.sub(" ", _DISCIPLINES.sub(" ", plain))


def _as_letters(word: re.Match[str]) -> str:
    return word[0].translate(_LETTERS)


def about_employment(reason: str, *, recipients: bool = False) -> str:
    """The words by which a table or a pack would be for somebody's employment, "" for none; `recipients` as of `about_staff`.

    Whoever holds an office may be sent a table; what they want with staff stands in the words beside it, which are judged as any others.
    """
    for why in (refused(reason), refused(without_recipient(reason) if recipients else reason, of_files=True)):  # fmt: skip
        if why is not None and why.ground == "employment":
            return why.words
    return ""


def about_staff(reason: str, *, recipients: bool) -> RefusedReason | None:
    """Why own words say that a table or a pack is of staff, of a writer, of a role at work or a union; None where they don't.

    `recipients`: the holder of an office for whom it is may be named, as one of whom it is may not: *figures for the head of nursing*.
    """
    plain = _plain(reason)
    rest = without_recipient(reason) if recipients else plain
    grounds = _grounds()
    match = _subject().search(rest) or _subject().search(unicodedata.normalize("NFKC", reason) if rest == plain else rest)  # fmt: skip
    if match is None:
        return None
    return RefusedReason("employment", match[0], grounds.subjects.says.format(words=match[0]))


def without_recipient(reason: str) -> str:
    """Own words without the holder of an office for whom something is, or who asked for it."""
    return _recipient().sub(" ", _plain(reason))


def _visible(text: str) -> str:
    """Without what takes no room between letters."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


@lru_cache(maxsize=1)
def _grounds() -> _Grounds:
    try:
        return _Grounds.model_validate(tomllib.loads(FILE.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise ConfigError(f"{FILE.name} can't be read: {error}") from error


@lru_cache(maxsize=1)
def _work() -> re.Pattern[str]:
    return _any_of(_grounds().work.names)


@lru_cache(maxsize=1)
def _subject() -> re.Pattern[str]:
    subjects = _grounds().subjects
    return _any_of([*subjects.english, *subjects.other_languages])


@lru_cache(maxsize=1)
def _recipient() -> re.Pattern[str]:
    subjects = _grounds().subjects
    not_theirs, office = _any_of(subjects.no_office).pattern, _any_of(subjects.offices).pattern
    return re.compile(
        rf"\b(?:for|to|(?:asked|requested|wanted|commissioned|needed) (?:for )?by|on behalf of)\s+(?:(?:the|our|a)\s+)?(?:(?:deputy|interim|acting|associate)\s+)?"
        rf"{office}(?:(?<=of)(?:\s+(?:(?:&|and)\s+)?(?!{not_theirs})[a-z]+){{1,4}}?)?"
        rf"(?:\W?s)?(?=\s*(?:$|[.,;:)]|(?:and|on|about|by|before|at|in|who asked|papers?|reports?|meetings?|reviews?)\b))",
        re.IGNORECASE,
    )


@lru_cache(maxsize=4)
def _pattern(ground: Ground, of_files: bool) -> re.Pattern[str]:
    known = getattr(_grounds(), ground)
    return _any_of([*known.anywhere, *(known.files if of_files else ())])


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    # the longest first, so that what is quoted is the whole of it
    forms = (
        r"[\W_]+".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())
        for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)
