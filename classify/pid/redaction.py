"""Blanks out what identifies somebody: the only form of a text that is shown or indexed.

More is blanked than `pid` finds: a wrongly hidden word costs a click, a shown name can't be unshown. A blank covers
whole words and says what it hides. What everybody may read stays: the organisation's names and accounts, providers,
published places, well-known figures (`PublicNames`).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from classify.text.clean import LIMIT, by_letter, plain, undotted, words_of
from classify.text.lexicon import english, given_names, only_names

from . import detail_kinds
from . import vocabulary as cues
from .adjoining import widened
from .base import LINK, NOBODY, Contacts, Hit, lowered
from .detail_kinds import DETAILS
from .name_context import NOT_NAMES
from .public_names import NO_NAMES, PublicNames, PublicSpan
from .word_edges import grown, trimmed

_LABELS = {
    "NHS_NUMBER": "NHS number", "CHI_NUMBER": "CHI number", "HOSPITAL_NUMBER": "hospital number",
    "NINO": "NI number", "DATE_OF_BIRTH": "date of birth", "POSTCODE": "postcode", "ADDRESS": "address",
    "PHONE": "telephone", "EMAIL": "email", "PASSPORT": "passport number", "DRIVING_LICENCE": "licence number",
    "BANK_ACCOUNT": "bank account", "PATIENT_NAME": "name", "RELATIVE_NAME": "name", "NARRATIVE": "details",
}  # fmt: skip
_UPPER = r"[A-ZÀ-ÖØ-ÞŁŚŻŠČŽĐİ]"
_NAME = rf"{_UPPER}(?:[\w]|['-](?!s\b)(?=\w)){{0,24}}"
_NAMES = rf"{_NAME}(?: (?:(?:de|van|der|den|bin|binti|al|el|da|dos|la|von|ap|ter) )?{_NAME}){{0,3}}"
_TITLES = (
    r"(?:Mrs?|Ms|Miss|Mx|Master|Dr|Doctor|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Nurse|Sister"
    r"|Matron|Midwife|Rev|Reverend|Father|Cllr|Councillor|Sgt|PC|MR|MRS|MISS|MS|DR|PROF|Baby"
    r"|Little|mr|mrs|dr|ms|miss)"
)
AFTER_TITLE = re.compile(
    rf"(?<!\w){_TITLES}\.? (?P<name>{_NAMES}"
    rf"|[a-z][a-z'-]{{2,20}}(?<!and)(?<!who)(?<!the)(?<!you))(?!\w)"
)
# What each of these can't do without, and is found at once; most posts have none of it.
_TITLE_WORDS = frozenset(re.findall("[a-z]+", _TITLES.replace("Mrs?", "Mr|Mrs").lower()))
_KIN = by_letter(
    rf"{cues.KIN[3:-1]}|{cues.FRIEND[3:-1]}|{cues.PATIENT[3:-1]}|called|named|surname|name is|name's"
    r"|name was|receptionist|nurse|doctor|midwife|porter|consultant|manager|gp"
)
_BEFORE_NAME = r"(?: in law|-in-law)?,?(?: called| named|:)? [\"'(]?"
_AFTER_KIN = re.compile(rf"(?i:(?<!\w){_KIN}{_BEFORE_NAME})(?P<name>{_NAMES})")
_KIN_LOW = re.compile(rf"(?<!\w){_KIN}{_BEFORE_NAME}\w")
_FULL = re.compile(rf"(?<!\w)(?P<name>(?P<first>{_NAME})(?: {_UPPER}\.?)? {_NAME}(?: {_NAME})?)")
_TWO_CAPITALS = re.compile(rf"{_UPPER}[\w'-]{{0,24}} {_UPPER}")
# Behind it stands a thing of which there are many, and no person: on a Toffee Crisp
_ONE_OF = re.compile(r"(?<![\w@#/.'’-])(?:an?|another|some|my last|two|three) $", re.I)
# With the domain that is a handle's own on some platforms, or its server.
_HANDLE = re.compile(
    r"@(?P<first>(?=\d*[^\W\d]|\d{4})\w{1,50})(?:[.-]\w{1,63}){0,6}(?:@[\w.-]*\w)*"
)
_AT_SIGN = re.compile(r"@(?<=[\w.+%-]@)[\w-]")
_AT_TOLD = re.compile(r"[\[({<]\s?at\s?[\])}>]", re.I)
_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s?[\[({<]\s?at\s?[\])}>]\s?)[\w-]{1,63}(?:(?:\."
    r"|\s?[\[({<]\s?dot\s?[\])}>]\s?)[\w-]{2,63}){1,4}",
    re.I,
)
_PHONE = re.compile(r"(?<![\w£$.])(?:\+\d{1,3}[ .()\-]{0,3}|\(?0)(?:[ .()\-]{0,2}\d){8,12}(?!\d)")
_DIGITS = re.compile(r"(?<![£$\d])\d(?:[ .\-]?\d){5,40}(?!\d)|\b[A-Za-z]{1,5}\d{4,12}[A-Za-z]?\b")
# What no private person has: the five 116 numbers of social value, freephone, and 030, which public bodies and charities
# alone are given (Ofcom, The National Telephone Numbering Plan, part A), written as telephone numbers are.
_OF_A_SERVICE = re.compile(
    r"(?<![\w.-])(?:116 ?(?:000|006|111|117|123)"
    r"|(?:\+44 ?(?:\(0\) ?)?|\(?0)(?:800|808|30\d)\)?[ .-](?:1111|\d(?:[ .-]?\d){5,6}))(?![ .-]?\d)"
)
# A number that somebody is told to ring, in what a public body says itself: "Please ring 020 7946 0136 now"
_TO_RING = re.compile(
    rf"(?<!\w)(?:ring|call|phone|dial|text|contact|number is|tel)(?::|\.| us| them| our [\w ]{{1,30}}?)?(?: on| at)?:? ?(?P<phone>{_PHONE.pattern})",
    re.I,
)
_YEARS = re.compile(r"(?:19|20)\d\d ?[-.] ?(?:19|20)?\d\d")
_POSTCODE = re.compile(
    r"(?<![\w-])[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2}(?!\w)"
)
_NINO = re.compile(r"\b[A-Za-z]{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?[A-Da-d]\b")
_BIRTH = re.compile(
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:(?:19|20)?\d{2})(?!\d)"
)
_HOST = re.compile(r"(?:https?://)?(?:[^\s/@]*@)?(?:www\.)?([\w.-]+)", re.I)


# How firmly a blank is held against a public name that stands in the same place.
_SOFT, _TITLED, _FIRM = 0, 1, 2
_KIND = "|".join(map(re.escape, detail_kinds.KINDS))
_LABEL = "|".join(
    map(re.escape, sorted({*_LABELS.values(), *detail_kinds.KINDS, "handle", "hidden"}))
)
MASK = re.compile(
    rf"\[(?P<label>{_LABEL}|(?:{_KIND}) and (?:{_KIND})|{DETAILS}: \d+ words?|link(?: [\w.-]+)?)\]"
)
# What a mask is called. In a text that is masked already these are no words of anybody's.
_MASKED = re.compile(rf"\[(?:{_LABEL}|(?:{_KIND}) and (?:{_KIND})|{DETAILS}: \d+ words?)\]")
# Masks of words that tell of somebody, though they are no name and no number: also as they were called before each had its kind.
_TELLING = re.compile(
    rf"\[(?:[a-z ]+ and )?(?:{DETAILS}(?:: \d+ words?)?|{'|'.join(detail_kinds.TELLING)})(?: and [a-z ]+)?\]"
)
_APART = ("handle", "email", "link")  # two of these beside each other are two
# Words that say nothing alone: a blank that the model begins or ends with one is shortened by it.
_FUNCTION_WORD_LIST = """
a an the this that these those i me my mine you your yours he him his she her hers it its we us our ours they them
their and or but so of in on at to for from with by as is are was were be been am do did does has have had not no
just very also then there here who which what when where how if than too up out off over about into after before
again still i'm it's don't
nhs no number num ref dob born aged lives live lived living address phone tel telephone email called named name patient
mother mum mam mummy father dad daughter son brother sister uncle aunt auntie nan nana gran grandma grandad grandfather
grandmother wife husband partner cousin niece nephew neighbour friend mate baby child
s d re via now never got know sat late lovely poor wee little you'd she's he's you'll he'd we've acc account sort code date
second main week story record happy mrs mr dear well
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\w+")


@dataclass(frozen=True, slots=True, order=True)
class Blank:
    """What is to be hidden. Of two that overlap the one of the lower `rank` is kept whole."""

    start: int
    end: int
    label: str
    rank: int
    firm: int = _FIRM


def mask(
    text: str,
    hits: Sequence[Hit],
    handles: Sequence[str] = (),
    published: Contacts = NOBODY,
    public_names: PublicNames = NO_NAMES,
) -> str:
    """The text with every identifier as `[NHS number]`, `[name]`, `[handle]`, `[link example.org]`.

    `hits` are `pid.find`'s on the same text, and the model's; `handles`, `published` contact points and
    `public_names` stay. What lies beyond `plain.LIMIT` was not searched and is left out.
    """
    masked, _ = _written(
        text[:LIMIT], find_redactions(text, hits, handles, published, public_names)
    )
    return masked + " [the rest is not shown]" if len(text) > LIMIT else masked


def find_redactions(
    text: str,
    hits: Sequence[Hit],
    handles: Sequence[str] = (),
    published: Contacts = NOBODY,
    public_names: PublicNames = NO_NAMES,
) -> list[tuple[int, int, str]]:
    """What `mask` blanks out of a text: start, end and label of each, in order, apart and in whole words.

    What stands beside a mask may read as a name only once the mask stands there: it is looked at until nothing is found
    any more, so that what is masked stays as it is when it is masked again.
    """
    redactions = _find_once(text, hits, handles, published, public_names)
    for _ in range(MOST_LOOKS if redactions else 0):
        masked, stretches = _written(text[:LIMIT], redactions)
        more = [
            (start - first + original, end - first + original, label)
            for start, end, label in _find_once(masked, (), handles, published, public_names)
            for first, last, original in stretches if first <= start and end <= last
        ]  # fmt: skip
        if not more:
            break
        redactions = sorted([*redactions, *more])
    return redactions


MOST_LOOKS = 4


def _written(text: str, redactions: Sequence[tuple[int, int, str]]) -> tuple[str, list[tuple[int, int, int]]]:  # fmt: skip
    """The text with its masks, and what of it is no mask: from where to where, and where that begins in the text."""
    pieces: list[str] = []
    stretches, place, length = [], 0, 0
    for start, end, label in [*redactions, (len(text), len(text), "")]:
        stretches.append((length, length + start - place, place))
        pieces.append(text[place:start])
        length += start - place
        if label:
            pieces.append(f"[{label}]")
            length += len(label) + 2
        place = end
    return "".join(pieces), stretches


def _find_once(
    text: str, hits: Sequence[Hit], handles: Sequence[str], published: Contacts, public_names: PublicNames
) -> list[tuple[int, int, str]]:  # fmt: skip
    source = plain(text)
    public = public_names.spans(text[:LIMIT])
    hidden_hits = [
        (hit, blank)
        for hit in hits
        if hit.start < LIMIT
        for blank in _unless_public(text, _of_hit(hit), public)
    ]
    seen = {handle.lstrip("@").lower() for handle in handles}
    plain_blanks = [
        *_links(source.text),
        *_handles(source.text, seen),
        *_numbers(source.text),
        *_names(source.text),
        *_again(source.text, text, hidden_hits),
    ]
    blanks = [blank for _, blank in hidden_hits]
    for blank in plain_blanks:
        start, end = source.map_to_original(blank.start, blank.end)
        blanks += _unless_public(text, replace(blank, start=start, end=end), public)
    contacts = _widest((b.start, b.end) for b in blanks if published.has(text[b.start : b.end]))
    blanks = [blank for blank in blanks if not _within(blank.start, blank.end, contacts)]
    apart = _apart(text[:LIMIT], blanks)
    wide = widened(text[:LIMIT], [(blank.start, blank.end, blank.label) for blank in apart], public)
    whole = list[Blank]()
    for blank, (start, end, _) in zip(apart, wide, strict=True):
        label = blank.label
        if label == "name":
            last = whole[-1] if whole and not text[whole[-1].end : start].strip(" ,") else None
            beside = last.label if last else ""
            label = detail_kinds.of_name(text, start, end, beside=beside)
        whole.append(replace(blank, start=start, end=end, label=label))
    return [(blank.start, blank.end, blank.label) for blank in _beside(text, whole)]


def _widest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, without those that lie in another: their ends rise as their starts do."""
    widest: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not widest or end > widest[-1][1]:
            widest.append((start, end))
    return widest


def _within(start: int, end: int, widest: Sequence[tuple[int, int]]) -> bool:
    """Whether a span lies within one of `_widest`: of those that begin before it the last reaches furthest."""
    place = bisect_right(widest, start, key=lambda span: span[0])
    return place > 0 and end <= widest[place - 1][1]


def _of_hit(hit: Hit) -> Blank:
    label = _LABELS.get(hit.type, "hidden")
    rank = 9 if label == DETAILS else 5 if hit.by_model else 0  # what is more exact keeps its name
    return Blank(hit.start, min(hit.end, LIMIT), label, rank, _SOFT if hit.by_model else _FIRM)


def _unless_public(text: str, blank: Blank, public: Sequence[PublicSpan]) -> Iterator[Blank]:
    """What is left of a blank beside the public names in it; all of it where it is held firmly.

    One word that is a place could be somebody's first name: it goes by the name that it stands in.
    """
    left = [(blank.start, blank.end)]
    for span in public:
        if span.end <= blank.start or blank.end <= span.start or blank.firm >= span.strength:
            continue
        whole = span.start <= blank.start and blank.end <= span.end
        if blank.label == DETAILS or span.strength > 1 or (whole and not span.given_name):
            left = [
                part
                for start, end in left
                for part in ((start, min(end, span.start)), (max(start, span.end), end))
                if part[0] < part[1]
            ]
    for start, end in left:
        if (start, end) != (blank.start, blank.end):
            start, end = trimmed(text, start, end)
            apart = start == blank.start or text[start - 1].isspace()  # else it is of a handle
            if blank.label == "name" and apart and are_plain(text[start:end]):
                continue  # "Support", which stands behind our own name
        if start < end:
            yield replace(blank, start=start, end=end)


def _apart(text: str, blanks: Sequence[Blank]) -> list[Blank]:
    """Blanks in whole words and in order; where two overlap, the more telling one whole and the rest of the other."""
    masked = [match.span() for match in _MASKED.finditer(text)]
    edges = grown(text, [(blank.start, blank.end) for blank in blanks])
    chosen: list[Blank] = []
    whole = [replace(blank, start=edges[i][0], end=edges[i][1]) for i, blank in enumerate(blanks)]
    taken = [*masked]
    for rank in sorted({blank.rank for blank in whole}):
        added = []
        for blank in sorted(b for b in whole if b.rank == rank and b.start < b.end):
            for start, end in _outside(blank.start, blank.end, taken):
                part = (
                    (start, end)
                    if (start, end) == (blank.start, blank.end)
                    else trimmed(text, start, end)
                )
                if part[0] < part[1]:
                    added.append(replace(blank, start=part[0], end=part[1]))
        for blank in added:
            last = chosen[-1] if chosen and chosen[-1].rank == rank else None
            if last and blank.start < last.end:
                chosen[-1] = replace(last, end=max(last.end, blank.end))
            else:
                chosen.append(blank)
        taken = sorted([*masked, *((blank.start, blank.end) for blank in chosen)])
    return _beside(
        text, sorted(_named(text, blank) for blank in chosen if not _is_empty(text, blank))
    )


def _outside(start: int, end: int, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a span between spans that are taken, which are in order and apart."""
    for first, last in taken[max(0, bisect_left(taken, (start, start)) - 1) :]:
        if first >= end:
            break
        if last > start:
            if first > start:
                yield start, first
            start = last
    if start < end:
        yield start, end


def _is_empty(text: str, blank: Blank) -> bool:
    """Whether the model calls only words telling that say nothing alone."""
    return blank.label == DETAILS and blank.firm == _SOFT and not _telling(text, blank)


def _telling(text: str, blank: Blank) -> list[tuple[int, int]]:
    words = [match.span() for match in _WORD.finditer(text, blank.start, blank.end)]
    return [
        (start, end)
        for start, end in words
        if text[start:end].lower().replace("’", "'") not in _FUNCTION_WORDS
    ]


def _named(text: str, blank: Blank) -> Blank:
    """Details that the model points at, from the first telling word to the last, and what kind they are."""
    if blank.label != DETAILS:
        return blank
    if blank.firm == _SOFT and (telling := _telling(text, blank)):
        start, end = grown(text, [(telling[0][0], telling[-1][1])])[0]
        blank = replace(blank, start=max(start, blank.start), end=min(end, blank.end))
    return replace(blank, label=detail_kinds.of_details(text, blank.start, blank.end))


def _beside(text: str, blanks: Sequence[Blank]) -> list[Blank]:
    """Blanks of one kind with nothing but a space between them are one."""
    joined: list[Blank] = []
    for blank in blanks:
        last = joined[-1] if joined else None
        if (
            last
            and last.label == blank.label
            and not last.label.startswith(_APART)
            and not text[last.end : blank.start].strip(" \t\u00a0")
        ):
            joined[-1] = replace(last, end=blank.end)
        else:
            joined.append(blank)
    return joined


def tells_details(masked: str) -> bool:
    """Whether a mask hides words that tell of somebody beside a name and a number: an illness, a family, a job."""
    return _TELLING.search(masked) is not None


def numbers_to_ring(text: str) -> list[str]:
    """The numbers that a text asks people to ring: of a public body's own account they are published by it."""
    return [match["phone"] for match in _TO_RING.finditer(plain(text).text)]


def _links(text: str) -> Iterator[Blank]:
    if "/" not in text and "www." not in text.lower():
        return
    for match in LINK.finditer(text):
        host = _HOST.match(match.group())
        yield Blank(*match.span(), f"link {host[1].lower().rstrip('.')}" if host else "link", 1)


def _handles(text: str, known: set[str]) -> Iterator[Blank]:
    if "@" in text:
        for match in _HANDLE.finditer(text):
            handle = match.group()[1:].lower()
            if handle not in known and match["first"].lower() not in known:
                yield Blank(*match.span(), "handle", 2)
    if "u/" in text:
        for match in re.finditer(r"(?<!\w)/?u/[\w-]{3,30}", text):
            yield Blank(*match.span(), "handle", 2)


def _numbers(text: str) -> Iterator[Blank]:
    if ("@" in text and _AT_SIGN.search(text)) or _AT_TOLD.search(text):
        for match in _EMAIL.finditer(text):
            yield Blank(*match.span(), "email", 2)
    if not _DIGIT.search(text):
        return
    of_services = [match.span() for match in _OF_A_SERVICE.finditer(text)]
    for pattern, label in (
        (_NINO, "NI number"),
        (_PHONE, "telephone"),
        (_POSTCODE, "postcode"),
        (_BIRTH, "date"),
    ):
        for match in pattern.finditer(text):
            if not _within(*match.span(), of_services):
                yield Blank(*match.span(), label, 2)
    for match in _DIGITS.finditer(text):
        if not (_YEARS.fullmatch(match.group()) or _within(*match.span(), of_services)):
            yield Blank(*match.span(), "number", 4)


# Whom an answer greets, by any name: "Hi Shazia, yes, you count." Lists of names never hold all of them.
_GREETED = re.compile(
    rf"(?:^|(?<=[.!?\n] )|(?<=\n)|(?<=\] ))(?:[Hh]i|[Hh]iya|[Hh]ello|[Hh]ey|[Dd]ear|[Tt]hanks|[Tt]hank you|[Ss]orry),? (?:there )?"
    rf"(?P<name>{_UPPER}[^\W\d_]+(?:['’-][^\W\d_]+)*)(?=[,.!:;]|\s*(?:\n|$|[–—]))",
    re.MULTILINE,
)


def _greeted(text: str) -> Iterator[Blank]:
    for match in _GREETED.finditer(text):
        word = match["name"].lower()
        known = word in english() and word not in given_names()
        if not (known or word in NOT_NAMES or match["name"].isupper()):
            yield Blank(*match.span("name"), "name", 5, _SOFT)


def _names(text: str) -> Iterator[Blank]:
    low = lowered(text)
    text_words = words_of(low)
    yield from _greeted(text)
    for pattern in _naming(low, text_words):
        for match in pattern.finditer(text):
            words = match["name"].split()
            word_count = 0
            for word in words:
                if (word_count and not word[0].isupper()) or (
                    (word_count or pattern is _AFTER_KIN)
                    and word.lower() in english()
                    and word.lower() not in given_names()
                ):
                    break
                word_count += 1
            if word_count:
                start = match.start("name")
                firm = _FIRM if pattern is _AFTER_KIN else _TITLED
                yield Blank(start, start + len(" ".join(words[:word_count])), "name", 5, firm)
    if _TWO_CAPITALS.search(text):
        for match in _FULL.finditer(text):
            thing = _ONE_OF.search(text, max(0, match.start() - 12), match.start())
            if _is_given(match["first"]) or (_unknown(match["name"]) and not thing):
                yield Blank(*match.span("name"), "name", 5, _SOFT)
    if text_words.isdisjoint(given_names()):
        return
    names = only_names()
    for match in re.finditer(r"(?<![\w@#])[^\W\d_]{2,15}(?!\w)", text):
        word = lowered(match.group())
        if word in names or (
            match.group()[0].isupper() and word in given_names() and word not in english()
        ):
            yield Blank(*match.span(), "name", 6, _SOFT)


def _is_given(word: str) -> bool:
    """Whether a word is a given name, as it is written or without its accents, which lists of names mostly leave out."""
    bare = "".join(letter for letter in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(letter))  # fmt: skip
    return word.lower() in given_names() or bare in given_names()


def _naming(low: str, text_words: frozenset[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may find a name by the word before it, each where it has such a word."""
    if not text_words.isdisjoint(_TITLE_WORDS):
        yield AFTER_TITLE
    if _KIN_LOW.search(undotted(low)):
        yield _AFTER_KIN


def are_plain(words: str) -> bool:
    """Whether they are words of the language, and nobody's name."""
    each = [word.lower() for word in re.findall(r"[^\W\d_]+", words)]
    return bool(each) and all(word in english() and word not in given_names() for word in each)


def _unknown(name: str) -> bool:
    """Whether words with capitals are neither English nor a place or body that we know."""
    words = [word.lower() for word in name.split()]
    return not any(word in english() or word in NOT_NAMES for word in words) and not (
        name.isupper() or cues.PLACE_WORD.fullmatch(words[-1])
    )


def _again(text: str, original: str, hidden_hits: Sequence[tuple[Hit, Blank]]) -> Iterator[Blank]:
    """Every other place where what was hit stands: 'Jean' after 'my mum Jean Halloran'."""
    sought: set[tuple[str, str, int, int]] = set()  # a post can hold the same number 300 times
    for hit, blank in hidden_hits:
        words = plain(original[blank.start : blank.end]).text.strip()
        parts = [words] if len(words) >= 4 and hit.type != "NARRATIVE" else []
        if hit.type in ("PATIENT_NAME", "RELATIVE_NAME"):
            parts += [
                part.strip(".,")
                for part in words.split()
                if len(part) > 2 and part[0].isalpha() and part.lower() not in english()
            ]
        rank = 1 if blank.rank == 0 else blank.rank
        for part in parts:
            key = (part.lower(), blank.label, rank, blank.firm)
            if key in sought:
                continue
            sought.add(key)
            for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.I):
                yield Blank(*match.span(), blank.label, rank, blank.firm)
