"""Recognises the plainest stories that single somebody out without a name: person, bed and event.

The transformer's own head reads the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import vocabulary as cues
from .base import Hit, Post

_PERSON = (
    r"(?:woman|man|lady|bloke|guy|gentleman|girl|boy|lad|patient|pt|chap|teen(?:ager)?|mum|mother"
    r"|kid|child|baby|fella|geezer|granny|nan|one|prisoner|pensioner|student|footballer|priest"
    r"|teacher|widow)"
)
_PLACE = (
    r"(?:bed|bay|side ?room|cubicle|room) (?:no\.? ?)?(?:\d{1,2}[a-f]?|[a-f]|one|two|three|four"
    r"|five|six|seven|eight|nine|ten)\b"
)
_EVENT = (
    r"(?:jumped|jumping|stabbed|shot|crashed|hit by|run over|overdos\w+|fell|hanged|hung|swallowed"
    r"|raped|attacked|assaulted|arrested|drowned|burn(?:ed|t)|set fire|killed|murdered|tried to "
    r"(?:kill|hang|jump|end|top)|took (?:an overdose|pills)"
    r"|died|dying|miscarried|lost (?:the|her) baby|gave birth|positive|hiv|sectioned|handcuff\w*"
    r"|police|beat\w*|bitten|collapsed|cut (?:his|her)|stuck up|inserted|threw|begging|been in "
    r"the (?:news|paper|papers)|on the news|in the papers?|tits|naked|overdose)"
)
_BED = re.compile(
    rf"(?:\b(?:the|that|a|our|this|my|old|young|poor|another) (?:\w+ ){{0,3}}|\b"
    rf"|^){_PERSON}\b(?:[^.!?\n]{{0,40}}?) (?:in|from|of) (?:the "
    rf")?{_PLACE}(?P<ward>[^.!?\n]{{0,40}}?\bward\b)?(?P<more>[^.!?\n]{{0,160}})"
)
_NEWS = re.compile(
    rf"\b(?:the|that|a|our|this|my) (?:\w+ ){{0,3}}{_PERSON}\b[^.!?\n]{{0,30}}\b(?:who|that|from"
    rf"|off)\b[^.!?\n]{{0,60}}\b{_EVENT}\b[^.!?\n]{{0,80}}"
)
_WHEN = re.compile(
    r"\b(?:yesterday|today|tonight|last night|this morning|on (?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:'s)?|last week|at "
    r"\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)?|christmas|new year's|bank holiday)\b"
)
_WHERE = re.compile(
    r"\b(?:on|off|at|near|in|under|from|outside|by) (?:the )?(?:[A-Z][\w']+(?: [A-Z][\w']+)*"
    r"|[AM]\d{1,3}\b)|\b(?:bridge|station|platform|tower block|tube|motorway|canal|high street"
    r"|leisure centre|school)\b"
)
_ROOMS = frozenset(("bed", "bay", "sideroom", "cubicle", "room"))
_ON_A_WARD = re.compile(
    r"\b(?:nurse|hca|porter|paramedic|doctor|midwife|ward clerk|student nurse|physio|f1|f2|sho"
    r"|registrar)\b"
)
_SPEAKS = re.compile(r"\b(?:we|our|my shift|i)\b")


def stories(post: Post) -> Iterator[Hit]:
    """A person in a numbered bed with an event, or an event with its place and time told by staff."""
    if post.official or post.consented:
        return
    low = post.low
    if not post.words.isdisjoint(_ROOMS):
        for match in _BED.finditer(low):
            passage = low[match.start() : match.end()]
            if re.search(rf"\b{_EVENT}\b", passage) and not _about_me(passage):
                yield Hit(
                    "NARRATIVE",
                    match.start(),
                    _until(low, match),
                    0.7,
                    "a person in a numbered bed, and what happened",
                )
    if not (cues.TOLD_BY_STAFF.search(low) or _on_the_ward(post)):
        return
    for match in _NEWS.finditer(low):
        whole = post.text[match.start() : match.end()]
        if _WHEN.search(match.group()) and _WHERE.search(whole):
            yield Hit(
                "NARRATIVE",
                match.start(),
                _until(low, match),
                0.65,
                "an event with its place and time, told by staff",
            )


def _until(low: str, match: re.Match[str]) -> int:
    return match.start() + len(low[match.start() : match.end()].rstrip(" ,;:-"))


def _about_me(passage: str) -> bool:
    return re.search(r"\b(?:me|to my|my (?:bed|bay))\b", passage) is not None


def _on_the_ward(post: Post) -> bool:
    return (
        not post.words.isdisjoint(("we", "our", "shift", "i"))
        and _ON_A_WARD.search(post.bio_low + " " + post.low[:60]) is not None
        and post.says(_SPEAKS)
    )
