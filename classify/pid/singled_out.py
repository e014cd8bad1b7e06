"""Recognises somebody who is singled out without a name, by what holds of one person alone, and is a patient.

The only family of its kind in a place, twins of 102, an MP's wife, initials with a ward: each needs a
word of illness or of being cared for, as those who work there tell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.patterns import lazy_compile

from . import vocabulary as cues
from .base import Hit, Post
from .context import KNOWN_FOR, cares_for_patients
from .vocabulary import HEALTH, ILL

_PERSON = (
    r"(?:family|families|lady|ladies|man|woman|bloke|kid|girl|boy|couple|twins|triplets|patient|pt|lad|guy"
    r"|chap|child|baby|person|pensioner|gentleman|survivor|firefighter)"
)
# A patient of the author's own, in the words of those who treat: 'in my clinic', 'on our list', 'under us'.
_OUR_PATIENT = re.compile(
    r"\b(?:(?:in|to|through|at) (?:my|our) (?:\w+ )?(?:clinic|theatre)"
    r"|(?:on|off) (?:my|our) (?:\w+ )?(?:list|caseload|table|books)"
    r"|under (?:me|us|my|our|the (?:\w+ )?team)|die[ds]? on (?:my|our|your) (?:shift|ward|watch)"
    r"|my (?:\d{1,2}|one|two|three|nine|ten|eleven|twelve) ?o'?clock"
    r"|i (?:just )?(?:vaccinated|jabbed|treated|nursed|scanned|admitted|delivered|stitched|x-rayed"
    r"|clerked|cannulated|catheterised|did (?:his|her|their) (?:obs|bloods|dressings?)))\b"
)
# A patient or a visitor: what is told besides decides.
_AT_OURS = re.compile(
    r"\b(?:(?:in|to|through|at|on|off) (?:my|our) (?:\w+ )?(?:ward|unit|place|resus|department|bay|shift"
    r"|waiting room|doors?))\b"
)
# The same in anybody's words; it counts where the author cares for patients.
_ADMITTED = re.compile(
    r"\b(?:(?:is|was|are|were|came|come|been|back|brought) in (?:for|with|having|again|here|us|last night"
    r"|today|tonight)|came in|brought in|in (?:the next |the end |side )?(?:bay|bed|room)|sectioned"
    r"|in (?:resus|icu|itu|nicu)|on (?:the |this )?(?:\w+ )?ward)\b"
)
_HURT = re.compile(
    r"\b(?:stab(?:bed|bing| wounds?)|chest pains?|cutting (?:him|her|them)sel(?:f|ves))\b"
)
_ONLY = lazy_compile(
    rf"(?i:\b(?:(?:the|our|my) )?only (?:[\w'-]+ ){{0,4}}?(?:{_PERSON}|{KNOWN_FOR})\b"
    rf"(?: with [\w' ]{{2,30}}?)?) (?:in|on|at|from|round|off) (?:the )?[A-Z][a-z]{{2,}}(?: [A-Z][a-z]+){{0,2}}"
)
_SPEAKER = re.compile(r"\b(?:i'm|i am|i was|we're|we are|we were|as|being)(?: still)? $")
_SO_OLD = re.compile(
    r"\b(?P<age>\d{2,3})[ -]?(?:yo|yrs?|years?)(?:[ -]?olds?)? (?:\w+ )?"
    r"(?P<who>twins?|triplets?|quads|sisters|brothers|couple|lady|woman|man|gentleman|chap|patient)\b"
)
_ON_WARD = re.compile(r"\bon (?:the )?(?:ward \w+|\w+ ward)\b")
_OFFICE = (
    r"(?:mp|councillor|(?:deputy )?mayor(?:ess)?|vicar|curate|imam|rabbi|priest|bishop|head ?teacher|headmaster|headmistress"
    r"|judge|magistrate|newsreader|weatherman|minister|police chief|chief constable)"
)
_RELATION = (
    rf"(?:{cues.KIN}|mother[- ]in[- ]law|father[- ]in[- ]law|driver|bodyguard|housekeeper|cleaner)"
)
_OF_OFFICE = lazy_compile(
    r"\b(?:(?:pc|wpc|dc|ds|di|dci|sgt|sergeant|inspector|constable|cllr|councillor|rev|reverend|judge)\.?"
    rf" [a-z][a-z'-]+?|(?:the|our|your|my|that|a|an) (?:local |own |new |old )?(?:{_OFFICE}|[\w'-]+ mp))"
    rf"(?:(?:'s|s'|s)(?: own)?| and (?:your|his|her)(?: own)?) {_RELATION}\b"
    rf"|\bthe (?:head|{_OFFICE}) (?:at|of|from) [^,.!?\n]{{3,40}}, (?:his|her) {_RELATION}\b"
)
_KNOWN = lazy_compile(
    rf"\b(?:the|our|that|this|your) (?:[\w'-]+ ){{0,3}}?(?:(?:{KNOWN_FOR}|magician)"
    rf"(?:,? (?:off|from|at|of|on|with|who|that|is|was)\b)|(?:family|couple) off\b)"
    rf"|\b{_PERSON} (?:who|that) (?:runs?|owns?|does|reads?|plays?|sells?|presents|teaches|cleans)\b"
    r"|\b(?:tower|fire|bomb(?:ing)?|crash|attack|massacre|war|camp) (?:survivor|victim)\b"
)
_INITIALS = re.compile(
    r"(?<![\w.])(?:[A-Z](?:'[A-Z])?\.){2,3},? (?:(?:in|on|from|off|of) )?(?:the )?"
    r"(?:(?:[Bb]ed|[Bb]ay|[Ss]ide ?room|[Rr]oom|[Ww]ard) \d{1,2}[A-Fa-f]?|[A-Z][a-z]+ [Ww]ard)\b"
)
_OF_SOMEBODY = re.compile(
    r"\b(?:he|she|his|her|him|hers|ligature|absconded|wandered|turned|washed|fed|nil by mouth|moved)\b"
)
# Words of which one stands in every match of a pattern; without them there is nothing to search for.
_AGED_WORDS = """
twin twins triplet triplets quads sisters brothers couple lady woman man gentleman chap patient
"""
_RANKS_WORDS = """
pc wpc dc ds di dci sgt sergeant inspector constable cllr rev reverend head headteacher chief
mayoress
"""
_DOES_WORDS = """
runs run owns own does reads read plays play sells sell presents teaches cleans magician family
couple survivor victim headteacher ups
"""
_AGED = frozenset(_AGED_WORDS.split())
_PLACES = frozenset(("bed", "bay", "side", "sideroom", "room", "ward"))
_OFFICES = frozenset(
    f"{word}{plural}"
    for word in (*_RANKS_WORDS.split(), *re.findall("[a-z]+", _OFFICE))
    for plural in ("", "s")
)
_FAME = frozenset((*_DOES_WORDS.split(), *re.findall("[a-z]+", KNOWN_FOR)))


def unnamed_patients(post: Post) -> Iterator[Hit]:
    """People without a name of whom there is but one; no hit in an official account's consented stories."""
    if post.official or post.consented:
        return
    words = post.words
    if "only" in words:
        yield from _only(post)
    if post.digits and not words.isdisjoint(_AGED):
        yield from _so_old(post)
    if not words.isdisjoint(_PLACES):
        yield from _initials(post)
    if not words.isdisjoint(_OFFICES):
        yield from _relatives_of_office(post)
    if not words.isdisjoint(_FAME):
        yield from _known(post)


def _only(post: Post) -> Iterator[Hit]:
    for match in _ONLY.finditer(post.text):
        if _SPEAKER.search(post.before(match.start(), 20)) or _told_of_fiction(post, match):
            continue
        if ILL.search(post.around(match.start(), 1)) or _a_patient(post, match):
            why = "the only one of a kind in a place, with an illness or as a patient"
            yield Hit("NARRATIVE", *match.span(), 0.7, why)


def _so_old(post: Post) -> Iterator[Hit]:
    """Twins of any age, or somebody past a hundred, on a ward."""
    for match in _SO_OLD.finditer(post.low):
        several = match["who"].startswith(("twin", "triplet", "quad"))
        if not (several or int(match["age"]) >= 100):
            continue
        if _ON_WARD.search(post.after(match.end(), 60)) or _a_patient(post, match):
            why = "an age that few have, told of a patient"
            yield Hit("NARRATIVE", *match.span(), 0.65, why)


def _initials(post: Post) -> Iterator[Hit]:
    for match in _INITIALS.finditer(post.text):
        if cues.STAFF_TITLE.search(post.before(match.start(), 40)):
            continue
        passage = post.around(match.start(), 1)
        if HEALTH.search(passage) or _OF_SOMEBODY.search(passage):
            yield Hit("NARRATIVE", *match.span(), 0.7, "initials with a bed or a ward")


def _relatives_of_office(post: Post) -> Iterator[Hit]:
    for match in _OF_OFFICE.finditer(post.low):
        if _a_patient(post, match) and not _told_of_fiction(post, match):
            why = "a relative of somebody in office, told as a patient"
            yield Hit("NARRATIVE", *match.span(), 0.7, why)


def _known(post: Post) -> Iterator[Hit]:
    for match in _KNOWN.finditer(post.low):
        if _a_patient(post, match) and not _told_of_fiction(post, match):
            why = "somebody known by work or fame, told as a patient"
            yield Hit("NARRATIVE", *match.span(), 0.65, why)


def _a_patient(post: Post, match: re.Match[str]) -> bool:
    """Whether the words around tell of a patient of the author's, or of where the author works."""
    passage = post.low[max(0, match.start() - 50) : match.end() + 100]
    if _OUR_PATIENT.search(passage):
        return True
    around = post.around(match.start(), 1)
    if not (ILL.search(around) or _HURT.search(around)):
        return False
    if _AT_OURS.search(passage):
        return True
    return _ADMITTED.search(post.after(match.end(), 80)) is not None and cares_for_patients(post)


def _told_of_fiction(post: Post, match: re.Match[str]) -> bool:
    return any(
        match.start() - 200 <= start and end <= match.end() + 200 for start, end in post.fiction
    )
