"""Blanks out what identifies somebody: the only form of a text that is shown or indexed.

More is blanked than `pid` finds: a wrongly hidden word costs a click, a shown name can't be unshown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from classify.text.clean import LIMIT, by_letter, plain, undotted, words_of
from classify.text.lexicon import english, given_names, only_names

from . import vocabulary as cues
from .base import HANDLE, LINK, NOBODY, Contacts, Hit, lowered
from .name_context import NOT_NAMES

_LABELS = {
    "NHS_NUMBER": "NHS number", "CHI_NUMBER": "CHI number", "HOSPITAL_NUMBER": "hospital number",
    "NINO": "NI number", "DATE_OF_BIRTH": "date of birth", "POSTCODE": "postcode", "ADDRESS": "address",
    "PHONE": "phone", "EMAIL": "email", "PASSPORT": "passport number", "DRIVING_LICENCE": "licence number",
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
_AFTER_TITLE = re.compile(
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
_YEARS = re.compile(r"(?:19|20)\d\d ?[-.] ?(?:19|20)?\d\d")
_POSTCODE = re.compile(
    r"(?<![\w-])[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2}(?!\w)"
)
_NINO = re.compile(r"\b[A-Za-z]{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?[A-Da-d]\b")
_BIRTH = re.compile(
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:(?:19|20)?\d{2})(?!\d)"
)
_HOST = re.compile(r"(?:https?://)?(?:[^\s/@]*@)?(?:www\.)?([\w.-]+)", re.I)

Blank = tuple[int, int, str, int]  # start, end, label, rank: the first rank names an overlap


def mask(
    text: str, hits: Sequence[Hit], handles: Sequence[str] = (), published: Contacts = NOBODY
) -> str:
    """The text with every identifier as `[NHS number]`, `[name]`, `[handle]`, `[link example.org]`.

    `hits` are `pid.find`'s on the same text; `handles` and `published` contact points stay. What lies beyond
    `plain.LIMIT` was not searched and is left out.
    """
    pieces, place = [], 0
    for start, end, label in find_redactions(text, hits, handles, published):
        pieces += [text[place:start], f"[{label}]"]
        place = end
    masked = "".join(pieces) + text[place:LIMIT]
    return masked + " [the rest is not shown]" if len(text) > LIMIT else masked


def find_redactions(
    text: str, hits: Sequence[Hit], handles: Sequence[str] = (), published: Contacts = NOBODY
) -> list[tuple[int, int, str]]:
    """What `mask` blanks out of a text: start, end and label of each, in order and apart."""
    source = plain(text)
    all_blanks: list[Blank] = [
        (hit.start, min(hit.end, LIMIT), _LABELS.get(hit.type, "hidden"), 0)
        for hit in hits
        if hit.start < LIMIT
    ]
    known = {handle.lstrip("@").lower() for handle in handles}
    plain_blanks = [
        *_links(source.text),
        *_handles(source.text, known),
        *_numbers(source.text),
        *_names(source.text),
        *_again(source.text, text, hits),
    ]
    all_blanks += [
        (*source.map_to_original(start, end), label, rank)
        for start, end, label, rank in plain_blanks
    ]
    public = [(start, end) for start, end, _, _ in all_blanks if published.has(text[start:end])]
    all_blanks = [
        blank
        for blank in all_blanks
        if not any(start <= blank[0] and blank[1] <= end for start, end in public)
    ]
    return [(start, end, label) for start, end, label, _ in _merged(all_blanks)]


def _merged(blanks: Sequence[Blank]) -> list[Blank]:
    """Overlapping blanks become one, named by the most telling of them."""
    merged: list[Blank] = []
    for blank in sorted(blanks):
        if blank[0] >= blank[1]:
            continue
        if merged and blank[0] < merged[-1][1]:
            last = merged[-1]
            label, rank = min((last[3], last[2]), (blank[3], blank[2]))[::-1]
            merged[-1] = (last[0], max(last[1], blank[1]), label, rank)
        else:
            merged.append(blank)
    return merged


def _links(text: str) -> Iterator[Blank]:
    if "/" not in text and "www." not in text.lower():
        return
    for match in LINK.finditer(text):
        host = _HOST.match(match.group())
        yield *match.span(), f"link {host[1].lower().rstrip('.')}" if host else "link", 1


def _handles(text: str, known: set[str]) -> Iterator[Blank]:
    if "@" in text:
        for match in HANDLE.finditer(text):
            if match.group()[1:].lower() not in known:
                yield *match.span(), "handle", 3
    if "u/" in text:
        for match in re.finditer(r"(?<!\w)/?u/[\w-]{3,30}", text):
            yield *match.span(), "handle", 3


def _numbers(text: str) -> Iterator[Blank]:
    if ("@" in text and _AT_SIGN.search(text)) or _AT_TOLD.search(text):
        for match in _EMAIL.finditer(text):
            yield *match.span(), "email", 2
    if not _DIGIT.search(text):
        return
    for pattern, label in (
        (_NINO, "NI number"),
        (_PHONE, "phone"),
        (_POSTCODE, "postcode"),
        (_BIRTH, "date"),
    ):
        for match in pattern.finditer(text):
            yield *match.span(), label, 2
    for match in _DIGITS.finditer(text):
        if not _YEARS.fullmatch(match.group()):
            yield *match.span(), "number", 4


def _names(text: str) -> Iterator[Blank]:
    low = lowered(text)
    text_words = words_of(low)
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
                yield (
                    match.start("name"),
                    match.start("name") + len(" ".join(words[:word_count])),
                    "name",
                    5,
                )
    if _TWO_CAPITALS.search(text):
        for match in _FULL.finditer(text):
            if match["first"].lower() in given_names() or _unknown(match["name"]):
                yield *match.span("name"), "name", 5
    if text_words.isdisjoint(given_names()):
        return
    names = only_names()
    for match in re.finditer(r"(?<![\w@#])[^\W\d_]{2,15}(?!\w)", text):
        word = lowered(match.group())
        if word in names or (
            match.group()[0].isupper() and word in given_names() and word not in english()
        ):
            yield *match.span(), "name", 6


def _naming(low: str, text_words: frozenset[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may find a name by the word before it, each where it has such a word."""
    if not text_words.isdisjoint(_TITLE_WORDS):
        yield _AFTER_TITLE
    if _KIN_LOW.search(undotted(low)):
        yield _AFTER_KIN


def _unknown(name: str) -> bool:
    """Whether words with capitals are neither English nor a place or body that we know."""
    words = [word.lower() for word in name.split()]
    return not any(word in english() or word in NOT_NAMES for word in words) and not (
        name.isupper() or cues.PLACE_WORD.fullmatch(words[-1])
    )


def _again(text: str, original: str, hits: Sequence[Hit]) -> Iterator[Blank]:
    """Every other place where what was hit stands: 'Jean' after 'my mum Jean Halloran'."""
    for hit in hits:
        hit_text = plain(original[hit.start : hit.end]).text.strip()
        parts = [hit_text] if len(hit_text) >= 4 and hit.type != "NARRATIVE" else []
        if hit.type in ("PATIENT_NAME", "RELATIVE_NAME"):
            parts += [
                part.strip(".,")
                for part in hit_text.split()
                if len(part) > 2 and part.lower() not in english()
            ]
        for part in parts:
            for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.I):
                yield *match.span(), _LABELS.get(hit.type, "hidden"), 1
