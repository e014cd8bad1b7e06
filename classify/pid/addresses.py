"""Recognises where somebody lives: street addresses and postcodes told as a home, not as a venue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from core.patterns import lazy_compile

from .base import MOST, Hit, Post

_AREAS_WORDS = """
AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC
EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS
LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP
SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
_AREAS = frozenset(_AREAS_WORDS.split())
_POSTCODE = re.compile(r"(?<![\w-])([a-z]{1,2})(\d[a-z\d]?)[ -]?(\d[a-z]{2})(?!\w)")
_STREET = (
    r"(?:road|rd|street|st|avenue|ave|av|lane|ln|close|cl|drive|dr|gardens|gdns|court|ct|crescent"
    r"|cres|way|grove|gr|place"
    r"|pl|terrace|terr|square|sq|hill|mews|row|walk|rise|view|green|parade|broadway|vale|villas"
    r"|mansions|house|estate"
    r"|buildings|cottages|cottage|lodge|tower|towers|point|heights|quay|wharf|meadow|croft)"
)
_OUTCODE = r"(?:,? {0,2}(?:[a-z]+,? ){0,3}?\b[a-z]{1,2}\d[a-z\d]?\b(?! ?\d[a-z]{2}\b))?"
_ADDRESS = re.compile(
    r"(?<![\w/.:£-])(?:(?:flat|apartment|apt|maisonette|room|rm)\.? ?\w{1,4},? {0,2}(?:(?:of|in"
    r"|at) )?)?"
    rf"\d{{1,4}}[a-z]?(?:-\d{{1,4}})?,? (?:[a-z][a-z'.]{{1,15}} ){{1,3}}?{_STREET}\b{_OUTCODE}"
)
# 'Number one hundred and six, Cannon Lane'; 'Harrow Rd no. 412'.
_TOLD = lazy_compile(
    r"\b(?:number|no\.?) (?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|and)[ -]){0,5}(?:one|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen|twenty|thirty|forty|fifty|sixty|seventy"
    rf"|eighty|ninety|hundred),? (?:[a-z][a-z'.]{{1,15}} ){{1,3}}?{_STREET}\b"
    rf"|\b(?!our\b|my\b|the\b|their\b)(?:[a-z][a-z'.]{{2,15}} ){{1,2}}{_STREET}\b,? (?:no\.?"
    rf"|number|nr\.?) ?\d{{1,4}}[a-z]?\b"
)
_FLAT = re.compile(
    rf"(?<!\w)(?:flat|apartment|apt|maisonette)\.? ?(?:no\.? ?)?\d{{1,4}}[a-z]?,? {{0,2}}(?:(?:of"
    r"|in|at) )?"
    rf"(?:the )?(?:[a-z][a-z'.]{{1,15}} ){{1,3}}?{_STREET}\b{_OUTCODE}"
)
_AT = re.compile(
    r"\b(?:lives? at|living at|lived at|we're at|i'm at|she's at|he's at|home at|address is"
    r"|address:|round at) (?P<place>(?:no\.? ?|number )?\d{1,4}[a-z]?,? [a-z][a-z'-]{3,20}(?: "
    r"[a-z][a-z'-]{3,20})?)"
)
# Words that stand where a street's name would: 'in 3 weeks the court'.
_NO_STREET = re.compile(
    r"\b(?:the|a|an|of|in|on|for|weeks?|days?|hours?|hrs?|mins?|minutes?|months?|years?|people"
    r"|patients?|miles?|times?"
    r"|and|to|is|was|are|were|my|your|their|beds?|staff|nurses|doctors|pm|am|yrs?|this|that|more"
    r"|old|other|at|from|with|by|per|then|off|into|x|or|but|than|as|it|we|you|they|he|she|so"
    r"|when|where|after|before|while|since|until|till|because|who|which|if|had|has|have|did)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d,? (?=[a-z])")
_LIVING_AT = re.compile(r"\b(?:at|address|address is|number|no\.?)[: ]*$")
_TITLE = re.compile(r"(?P<word>\S+) (?:Dr|St)$")  # read with what follows: 'Dr Shah', 'St Mary'
_NAME_AFTER = re.compile(r"\.? [A-Z]")
_HOME = re.compile(
    r"\b(?:live[sd]?|living|lived|home|house|address(?:es)?|resides?|residing|resident|moved "
    r"(?:in)?to|staying|flat|doorstep"
    r"|commode|hospital bed|stairlift|wheelchair|particulars|client|collect from|lift|door"
    r"|neighbours?|next door|postcode is|my postcode|her postcode|his postcode|our postcode"
    r"|bungalow|lodg\w+|carers?"
    r"|ambulance|paramedics?|deliver(?:ed|ies|y)?|visit(?:ed|s)?|collapsed|found|round to|knock"
    r"|housebound|mine at|at number|go round)\b"
)
_PERSON = re.compile(
    r"\b(?:mums?|mother|dads?|father|nan|nana|gran|grandma|grandad|grandmother|grandfather|husband"
    r"|wife|partner|son|daughter"
    r"|brother|sister|aunt|aunty|auntie|uncle|cousin|niece|nephew|patients?|pts?|mrs?|miss|ms|mr"
    r"|clients?|gentleman|couple|family|bloke|guy|old boy|occupier|kid|child"
    r"|neighbour|she|he|her|his|my"
    r"|i|i'm|we|our|tenant|widow|pensioner|lady|woman|man|bloke|chap|lad|girl|boy|baby|mate"
    r"|friend)\b"
)
_VENUE_WORDS = (
    r"(?:surger(?:y|ies)|practice|health centre|medical centre|centre|center|clinics?|hospital"
    r"|pharmac(?:y|ies)|chemist|hub|hall"
    r"|car park|parking|reception|lobby|library|school|church|mosque|temple|gurdwara|town hall"
    r"|offices?|headquarters|hq|walk-in|drop-in|drop in|pop-up"
    r"|popup|open day|event|venue|session|roadshow|vaccination|vaccine|jabs?|appointments? at"
    r"|based at|find us|visit us|join us"
    r"|come (?:along|down)|meeting|shop|store|opticians?|dentists?|dental|cafe|pub|leisure|station"
    r"|bus|route|trust|charity"
    r"|registered office|museum|theatre|nursery|college|university|unit|depot|site|premises"
    r"|company|ltd|limited|foodbank|food bank)"
)
_VENUE = re.compile(rf"\b{_VENUE_WORDS}\b(?! beds?\b)[^.!?\n]{{0,45}}$")
_VENUE_NEAR = lazy_compile(rf"\b{_VENUE_WORDS}\b")
_VENUE_AFTER = re.compile(rf"^[^.!?\n\w]{{0,4}}(?:is |the |our |\w+ ){{0,2}}{_VENUE_WORDS}\b")
_IMPRINT = re.compile(r"\b(?:promoted|published|printed) by\b[^.!?]{0,60}$")
# Services and offices that are called by their address.
_CALLED_SO = re.compile(
    r"(?:34|56) dean st(?:reet)?|10 hammersmith broadway|15 marylebone r(?:oa)?d|10 downing st(?:reet)?"
    r"|\d{1,3}[a-z]? harley st(?:reet)?|39 victoria st(?:reet)?"
)
_OPEN = re.compile(
    r"\b(?:\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?-\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?|no (?:booking"
    r"|appointment)|free parking|open (?:daily|mon|every|from))\b"
)
_OWN = re.compile(
    r"\b(?:my|her|his|our|their|mum's|dad's|nan's|gran's|patient'?s|pt'?s|home|the family's|whose"
    r"|your mum's)"
    r" (?:\w+ ){0,2}(?:address|postcode|post code|house|home|place|flat)\b|(?:moving|moved"
    r"|going) to (?:my|her|his) \w+'s\b|\b(?:lives?|living"
    r"|lived|i'm|i am|we're|reside[sd]?) "
    r"(?:\w+ ){0,5}(?:at|in|on|over|near)\b|\bhome address\b|\baddress\b|\bpost ?code:? $"
    r"|\b(?:patient|pt|resident|pensioner|lady|man|woman)s? (?:at|from|of)\b"
)


def homes(post: Post) -> Iterator[Hit]:
    """Home addresses and postcodes. A provider's, a venue's and a published one are no hits."""
    if post.official or not (post.digits or "number" in post.low):
        return
    streets: list[tuple[int, int]] = []
    for pattern in (_FLAT, _ADDRESS, _TOLD):
        for match in islice(pattern.finditer(post.low), MOST):
            start, end = match.span()
            if _within(streets, start, end) or not (pattern is _TOLD or _plausible(match.group())):
                continue
            if _CALLED_SO.match(match.group()) or _told_of_no_street(post, start, end):
                continue
            score = _home(post, start, end, flat=match.group().startswith(("flat", "ap", "mais")))
            if score:
                streets.append((start, end))
                why = "a house number and street told as somebody's home"
                yield Hit("ADDRESS", start, end, score, why)
    yield from _lived_at(post, streets)
    yield from _postcodes(post, streets)


def _lived_at(post: Post, streets: list[tuple[int, int]]) -> Iterator[Hit]:
    """A number and a name that is no street's, after the words for living there."""
    for match in islice(_AT.finditer(post.low), MOST):
        start, end = match.span("place")
        name = len(re.split(r"\d[a-z]?,? ", match["place"])[-1])
        venue = match.group().startswith("address") and _VENUE_NEAR.search(post.before(start, 90))
        if (
            post.text[end - name].isupper()
            and not venue
            and _plausible(match["place"])
            and not _within(streets, start, end)
        ):
            why = "a house number and name after the words for living there"
            yield Hit("ADDRESS", start, end, 0.8, why)


def _within(streets: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < done and end > begun for begun, done in streets)


def _told_of_no_street(post: Post, start: int, end: int) -> bool:
    """Whether the number is a year ('in 1974 ward staff'), or the street a Doctor or a Saint ('kind Dr Shah')."""
    written = post.text[start:end]
    if _YEAR.match(written) and not _LIVING_AT.search(post.before(start, 20)):
        return True
    title = _TITLE.search(written)
    return (
        title is not None
        and title["word"].islower()
        and _NAME_AFTER.match(post.text, end) is not None
    )


def _plausible(written: str) -> bool:
    name = re.sub(r"^(?:[a-z]+\.? ?)?\d+[a-z]?,? ", "", written)
    return not _NO_STREET.search(" ".join(name.split()[:3]))


def _home(post: Post, start: int, end: int, *, flat: bool) -> float:
    """How sure it is that this is a home, from the words around it."""
    before, after = post.before(start, 90), post.after(end, 90)
    own = _OWN.search(before)
    if own and own.group() == "address" and _VENUE_NEAR.search(before):
        return 0.0  # 'The surgery has moved! New address …'
    if _IMPRINT.search(before):
        return 0.0
    if any(
        post.contacts.has_postcode(match.group())
        for match in _POSTCODE.finditer(post.low, start, end + 25)
    ):
        return 0.0
    if (_VENUE.search(before) and not own) or _VENUE_AFTER.search(after) or _OPEN.search(after):
        return 0.0
    if own:
        return 0.95
    if flat:
        return 0.85
    near = before + " " + after
    if re.search(r"\bd\.?o\.?b\b|\bborn\b|\bnhs (?:no|number)", near) or (
        _HOME.search(near) and _PERSON.search(near)
    ):
        return 0.85
    if "," in post.low[start:end].split()[0]:
        return 0.0
    return 0.6 if _PERSON.search(before) else 0.0


def _postcodes(post: Post, streets: list[tuple[int, int]]) -> Iterator[Hit]:
    for match in _POSTCODE.finditer(post.low):
        start, end = match.span()
        if (
            match[1].upper() not in _AREAS
            or set(match[3][1:]) & set("cikmov")
            or post.contacts.has_postcode(match.group())
        ):
            continue
        if (
            " " not in match.group()
            and post.text[start:end].islower()
            and "post" not in post.before(start)
        ):
            continue
        if any(begun - 2 <= start <= done + 40 for begun, done in streets):
            yield Hit("POSTCODE", start, end, 0.9, "the postcode of a home address")
            continue
        before, after = post.before(start, 70), post.after(end, 40)
        if (
            re.search(r"\baddress\b", before)
            and _VENUE_NEAR.search(post.before(start, 110))
            and not _owned_postcode(before)
        ):
            continue
        venue = _VENUE.search(before) or _VENUE_AFTER.search(after) or _OPEN.search(after)
        if _OWN.search(before) and not (venue and not _owned_postcode(before)):
            yield Hit("POSTCODE", start, end, 0.85, "a postcode told as somebody's own")
        elif not venue and _HOME.search(before) and _PERSON.search(before):
            yield Hit("POSTCODE", start, end, 0.7, "a postcode told as a home")


def _owned_postcode(before: str) -> bool:
    return (
        re.search(
            r"\b(?:my|her|his|our|their|home|patient'?s) (?:\w+ )?(?:postcode|post code|address)\b",
            before,
        )
        is not None
    )
