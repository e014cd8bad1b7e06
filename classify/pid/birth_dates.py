"""Recognises a date of birth: a date that the words call one. An age, or a date alone, is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classify.text.lexicon import english, given_names
from core.patterns import lazy_compile

from .base import Hit, Post

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:(?:19|20)\d{2}|'?\d{2})"
_DATE = lazy_compile(
    rf"(?<![\d/.-])(?:{_DAY} ?[/.\-] ?(?:0?[1-9]|1[0-2]) ?[/.\-] ?{_YEAR}(?![\d/])"
    rf"|{_DAY} (?:0?[1-9]|1[0-2]) (?:19|20)?\d{{2}}(?!\d)"
    rf"|(?:19|20)\d{{2}}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}(?![\d/])"
    rf"|{_DAY} ?(?:st|nd|rd|th)?(?: day)?(?: ?of)?[ \-./,]{{0,2}}{_MONTH}\b\.?"
    rf"[ \-./,]{{0,3}}{_YEAR}(?!\d)"
    rf"|{_MONTH}\b\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}(?!\d))"
)
_PACKED = re.compile(
    r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d{2}|\d{2})(?!\d)"
)
_NO_YEAR = re.compile(
    rf"(?<!\d)(?:{_DAY} ?(?:st|nd|rd|th)?(?: of)? {_MONTH}\b|{_MONTH} {_DAY}(?:st|nd|rd"
    r"|th)?\b)(?! ?\d)"
)
_ORDER = (
    r"(?:(?:twenty|thirty)[- ]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second"
    r"|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_YEAR_SAID = (
    r"(?:nineteen|twenty|two thousand)(?:[ -](?:and|hundred|oh|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|\w{3,5}teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)){0,4}"
)
# A day and a year in words, a feast with its year, a month in another language; each needs its cue.
_TOLD = lazy_compile(
    rf"(?:{_ORDER}|{_DAY}(?:st|nd|rd|th)?)(?: day)?(?: of)?(?: the)? (?:{_MONTH}|{_ORDER}),?(?: in)? "
    rf"(?:{_YEAR}(?!\d)|{_YEAR_SAID})"
    rf"|{_MONTH} (?:the )?{_ORDER},? (?:(?:19|20)\d\d|{_YEAR_SAID})"
    r"|(?:\w[\w']*\.? ){0,4}?(?:day|eve|feast|solstice|diwali|eid|easter|halloween|christmas)(?:(?: of)?"
    r"(?: [\w']+){1,3}?)?,? (?:19|20)\d\d"
    rf"|{_DAY}\.? [a-zà-ž]{{3,12}} (?:19|20)\d\d|(?:19|20)\d\d (?:\w+ ){{0,2}}month \w+"
    rf"|{_DAY} ?(?:st|nd|rd|th)?(?: of)? {_MONTH} (?:this|last) year"
)
_TOLD_CUE = re.compile(
    r"(?:\bborn|\bd\.? ?o\.? ?b\b\.?|\bdates? ?of ?births?|\bbirth ?dates?)[ ,:=-]{0,3}(?:(?:is|was|on|in)"
    r" ){0,2}(?:the (?=\w+ of|\d))?"
)
_TURNS = lazy_compile(
    rf"\b(?:i'm|i am|he's|she's|is|be|turn(?:s|ed|ing)?|aged?|hit|reached?) (?:\d{{1,3}}) on (?:the )?"
    rf"(?:(?:{_DAY}(?:st|nd|rd|th)?|{_ORDER})(?: of)? {_MONTH}|{_MONTH} (?:the )?(?:{_DAY}|{_ORDER}))\b"
)
_CALLED = re.compile(
    r"(?:\bb'?day\b|\bleap[- ]year baby|\bd\.? ?o\.? ?b\b\.?|\bdates? ?of ?births?"
    r"|\bbirth ?dates?|\bbirthda(?:y|te)s?"
    r"|\bdobs)[^\d\n]{0,25}$"
)
_CALLED_MONTH = re.compile(
    r"(?:\bd\.? ?o\.? ?b\b\.?|\bdates? ?of ?births?|\bbirth ?dates?)(?: |:|-|=|is|was|\(|of|the"
    r"|her|his){0,10}$"
)
_AFTER = re.compile(
    r"^[\s,)]{0,3}[(\[]?(?:is |was |= ?)?(?:my |her |his |their |the |\w+'s )?(?:d\.?o\.?b\b|date "
    r"of birth|birth ?da(?:te|y))"
)
_BORN = re.compile(
    r"(?:\bborn\b|\bb\.|\bnée?\b)[ ,:]{0,3}"
    r"(?:(?!my\b|his\b|her\b|appoint|op\b|operat|due\b|wait|since|still|now\b|admit)[\w']+[ ,]{1,2}){0,5}$"
)
_BORN_MANY = re.compile(
    r"(?:\bborn\W{1,3}(?:on or )?(?:after|before|between|since|from|until|by|in or after|on or)\b"
    r"|\b(?:anyone|everyone|those|people|babies|children|adults|patients|women|men|boys|girls"
    r"|infants|all|if you(?:'re| were| are)?|you were"
    r"|nhs|service|hospital|idea|project|charity|trust|programme|campaign|movement|ward|unit|baby "
    r"unit)\b(?: \w+){0,3} born)[^.!?]{0,40}$"
)
_AGED = re.compile(
    r"\b(?:age|aged)\b[ :]{0,2}(?P<age>\d{1,3})?(?: ?(?:yrs?|years?)(?: old)?)?[ ,]{0,2}[(\[:]? ?$"
)
_TITLED = re.compile(
    r"\b(?:Mrs?|Ms|Miss|Master|Mx)\.? [A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2},? ?[(\[,]? ?$"
)

_FILLER = re.compile(
    r"\b(?:stick in|put in|just put|enter(?:ed)?|type|typed|default)\b[^.!?]{0,15}$"
)
# A surname in capitals and an initial, as labels and lists have it.
_LABEL = re.compile(
    r"(?<![\w'])[A-Z][A-Z'-]{2,},? (?:[A-Z]\.?|[A-Z]{2,})(?: \(?(?:MRS?|MS|MISS)\)?)?,? ?$"
)
_NAMED = re.compile(
    r"(?<![\w'])([A-Z]\.?|[A-Z][\w'-]+)(?: [A-Z][\w'-]+)?,? ([A-Z][\w'-]+),? ?[(\[,]? ?$"
)
_BIRTH = re.compile(r"b(?:orn|irth)|d\.? ?o\.? ?b\b")  # one of them stands in every match


def births(post: Post) -> Iterator[Hit]:
    """Dates of birth, in any form in which people write a date."""
    for cue in _TOLD_CUE.finditer(post.low) if post.says(_BIRTH) else ():
        match = _TOLD.match(post.low, cue.end())
        if match and not _BORN_MANY.search(post.before(match.start(), 90)):
            yield Hit("DATE_OF_BIRTH", *match.span(), 0.85, "a date of birth told in words")
    if not post.digits:
        return
    for match in _TURNS.finditer(post.low):
        yield Hit("DATE_OF_BIRTH", *match.span(), 0.7, "an age and its birthday")
    for match in _DATE.finditer(post.low):
        start, end = match.span()
        score, why = _cue(post, start, end)
        if score and _living(match.group()):
            yield Hit("DATE_OF_BIRTH", start, end, score, why)
    if not post.says(_BIRTH):
        return
    for pattern in (_PACKED, _NO_YEAR):
        for match in pattern.finditer(post.low):
            if _CALLED_MONTH.search(post.before(match.start(), 40)):
                yield Hit(
                    "DATE_OF_BIRTH",
                    *match.span(),
                    0.8,
                    "a short date that the words call a date of birth",
                )


def _cue(post: Post, start: int, end: int) -> tuple[float, str]:
    before, after = post.before(start, 60), post.after(end)
    if _FILLER.search(before) or post.low[start:end] in ("01/01/1900", "1/1/1900"):
        return 0.0, ""
    if _CALLED.search(before) or _AFTER.search(after):
        return 0.97, "a date that the words call a date of birth"
    if _BORN.search(before) and not _BORN_MANY.search(post.before(start, 90)):
        return 0.85, "a date after 'born'"
    aged = _AGED.search(before)
    if aged and _fits(aged["age"], post.low[start:end]):
        return 0.7, "a date beside the age that it gives"
    titled = _TITLED.search(post.text[max(0, start - 60) : start])
    if (titled or _after_name(post, start)) and _year(post.low[start:end]) < 2016:
        return 0.7, "a date straight after a person's name"
    return 0.0, ""


def _after_name(post: Post, start: int) -> bool:
    if _LABEL.search(post.text[max(0, start - 60) : start]):
        return True
    match = _NAMED.search(post.text[max(0, start - 60) : start])
    if match is None:
        return False
    return (
        match[1].lower() in given_names()
        or not {word.lower() for word in match.group(1, 2)} & english()
    )


def _year(written: str) -> int:
    """The year of a date as people write it; two digits are the last century where they can be."""
    long = re.search(r"(?:19|20)\d{2}", written)
    if long:
        return int(long.group())
    short = int(written.strip()[-2:]) if written.strip()[-2:].isdigit() else 0
    return 1900 + short if short > 26 else 2000 + short


def _fits(age: str | None, written: str) -> bool:
    """Whether somebody born then has this age about now; with no age given, anything does."""
    return (
        age is None
        or 2018 <= _year(written) + int(age) <= 2032
        or 1918 <= _year(written) + int(age) <= 1932
    )


def _living(written: str) -> bool:
    return _year(written) >= 1905
