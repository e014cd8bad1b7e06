"""Recognises a relative, a friend or a neighbour who is named with a health fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import pid_cues as cues
from .pid_health import HEALTH, ILL, PREDICATE
from .pid_naming import NAME, TITLE, WORD, excused, has_health_fact, trim
from .pid_post import Hit, Post
from .words import english, given_names, only_names

_KIN = re.compile(
    r"(?i:(?<!\w)(?P<whose>my|our|her|his|their|your|me|a|the|this|'s|\w+'s|hubby|poor)(?: own)? "
    r"(?:(?:late|elderly|dear|dearest|poor|little|big|older|younger|old|young|step|beautiful"
    rf"|lovely|amazing|darling|only|eldest|youngest|middle|great|baby|best|next door|\d{{1,3}}"
    rf"[- ]?(?:yr|year|month|week)s?[- ]old|\d{{1,2}}yo|disabled|autistic|pregnant|foster|adopted"
    rf"|twin|close|good|upstairs|downstairs),? ){{0,3}}"
    rf"(?:great[- ])?(?P<kin>{cues.KIN}|{cues.FRIEND})(?:-?(?: |-)in-?(?: |-)law)?(?!\w)(?:,| \("
    r"|'s name (?:is|was)| (?:is )?(?:called|named)|,? whose name is|:)? ?(?:\(?surname )?) "
    rf"?(?P<name>(?:{TITLE} )?{NAME})"
)
_KIN_LISTED = re.compile(
    r"(?i:(?<!\w)(?:next of kin|nok|husband|wife|son|daughter|mother|father|partner) ?(?:[(:]|is"
    rf"|=) ?)(?P<name>(?:{TITLE} )?{NAME})"
)
_KIN_TITLE = re.compile(
    r"(?<!\w)(?<!\w')(?P<name>(?:Mama|Papa|Dziadek|Babcia|Nani|Dadi|Amma|Ammi|Appa|Abbu|Abuela|Hooyo"
    r"|Ayeeyo|Masi|Chacha|Chachi|Bhabhi|Auntie|Aunty|Aunt|Uncle|Nan|Nana|Nanna|Nanny|Grandma|Grandad"
    rf"|Granddad|Granny|Gran|Cousin|Grandpa) {NAME})"
)
_KIN_AFTER = re.compile(
    rf"(?P<name>{NAME}),? \(?(?i:(?:is |was )?(?:my|our|his|her|their) (?:\w+ "
    rf"){{0,2}}{cues.KIN})\b(?!')"
)
_OF_KIN = re.compile(rf"(?<!\w)(?<!\w')(?P<name>{NAME})(?:'s|s') (?i:(?:\w+ )?{cues.KIN})\b")
_OURS = re.compile(rf"(?<!\w)(?:[Oo]ur|[Mm]y) (?P<name>{WORD})(?! (?:{WORD}))")
_LOW_KIN = re.compile(
    rf"(?<![\w'])(?:my|our|her|his|their)(?: \w+)? (?:{cues.KIN}|{cues.FRIEND})(?: in law)?(?:,| "
    rf"\(| called| named)? (?P<name>[a-zà-ÿ]{{2,15}}(?: [a-zà-ÿ'-]{{3,15}})?)"
)
_SAFE_LOW_WORDS = """
jean jack rose grace lily daisy ruby ivy iris holly heather hazel jade jasmine carol dawn fern
pearl olive dean earl victor violet ray robin bonnie alma basil glen bill mary john
"""
_SAFE_LOW = frozenset(_SAFE_LOW_WORDS.split())
# Patterns in which somebody's relative is named, the type of the name, and how sure it is.
_WAYS = (
    (_KIN, "RELATIVE_NAME", 0.9),
    (_KIN_LISTED, "RELATIVE_NAME", 0.8),
    (_KIN_TITLE, "RELATIVE_NAME", 0.8),
    (_KIN_AFTER, "RELATIVE_NAME", 0.9),
    (_OF_KIN, "RELATIVE_NAME", 0.7),
)


def relatives(post: Post) -> Iterator[Hit]:
    """Names of relatives; a friend's or a neighbour's is a patient's name."""
    for pattern, type_, score in _WAYS:
        for found in pattern.finditer(post.text):
            yield from _relative(post, found, type_, score)
    for found in _OURS.finditer(post.text):
        if found["name"].lower() in given_names() and ILL.search(post.around(found.start(), 0)):
            yield from _relative(post, found, "RELATIVE_NAME", 0.7)
    yield from _lower_case(post)


def _relative(post: Post, found: re.Match[str], type_: str, score: float) -> Iterator[Hit]:
    sure_only = found.re is _KIN_AFTER
    kin = (found.groupdict().get("kin") or "").lower()
    aunt = re.match(r"(?:aunt(?:y|ie)?|uncle|mama|papa) ", found["name"].lower())
    name = trim(post.text, *found.span("name"), sure=aunt is not None)
    if not name or excused(post, *name):
        return
    word = post.text[slice(*name)]
    if word.isupper() and len(word) < 4 and word.lower() not in given_names():
        return  # 'my brother (LD)'
    if not kin and name[1] != found.end("name"):
        return  # 'Leeds ICB, my mum': what stands beside the kin word is no name
    if not kin and " " not in word and word.lower() not in given_names() and sure_only:
        return  # 'Restrained my son'
    after = post.low[name[1] : name[1] + 90]
    if cues.JOB.search(after) or (
        type_ == "RELATIVE_NAME" and not kin and cues.STAFF_TITLE.search(post.before(name[0], 30))
    ):
        return
    whose = (found.groupdict().get("whose") or "my").lower()
    if whose in {"a", "the", "this"} and re.fullmatch(
        r"boys?|girls?|lads?|kid|child|baby|babies|ex|little one|parents?", kin
    ):
        return
    if re.fullmatch(cues.FRIEND, kin):
        near = (
            PREDICATE.search(after)
            or ILL.search(after[:60])
            or (HEALTH.search(after) and not cues.JOB.search(after))
        )
        if (
            not near
            or cues.STAFF_AFTER.search(after)
            or re.search(r"^(?:'s| is)? (?:selling|sells)\b", after)
        ):
            return
        yield Hit("PATIENT_NAME", *name, 0.8, "a friend or neighbour named with a health fact")
    elif has_health_fact(post, name[0], reach=2):
        yield Hit(type_, *name, score, "a relative named with a health fact")


def _lower_case(post: Post) -> Iterator[Hit]:
    """The same where nothing, or everything, is in capitals."""
    for found in _LOW_KIN.finditer(post.low):
        start, end = found.span("name")
        first, _, last = found["name"].partition(" ")
        if first not in only_names() and first not in _SAFE_LOW:
            continue
        if not last or last in english() or last.removesuffix("'s") in english():
            end = start + len(first)
        if excused(post, start, end) or cues.JOB.search(post.low[end : end + 90]):
            continue
        if has_health_fact(post, start, reach=1):
            yield Hit("RELATIVE_NAME", start, end, 0.8, "a relative named with a health fact")
