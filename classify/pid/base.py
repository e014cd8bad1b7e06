"""What a recogniser of PID is handed, and what it hands back: a post made ready once, and hits."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import phonenumbers

from classify.text.clean import Plain, plain, words_of
from core.patterns import lazy_compile

from .vocabulary import (
    A_PERSON,
    CONSENTED,
    FICTION,
    ORGANISATION,
    ORGANISED,
    PUBLISHED_STORY,
    TOLD_BY_STAFF,
)

# ── The directory of public contact points, and how a phone, email or postcode is written for it.

# Ofcom's numbers for drama: never given to anybody, so libphonenumber calls many of them invalid.
_DRAMA = re.compile(
    r"(?:7700900|1632960|2079460|3069990|8081570|9098790|1914980|2890180|2920180"
    r"|1(?:13|14|15|16|17|18|21|31|41|51|61)4960)\d{3}"
)
_WRITTEN = re.compile(r"[\d\s().+/-]+")  # a number as people write it
_MOBILE = re.compile(r"7[1-57-9]\d{8}")
_SHORT = re.compile(r"(?:111|112|999|101|105|119|116\d{3})")


def phone(written: str) -> str:
    """A telephone number as E.164 (`+442079460123`); a short code as it is; '' if it is neither.

    Takes British numbers with or without +44, (0), blanks, dots and hyphens, and others with a +.
    """
    digits = re.sub(r"\D", "", written[:40])
    if _SHORT.fullmatch(digits):
        return digits
    if written.lstrip(" (").startswith("+") and not digits.startswith("44"):
        return "+" + digits if 8 <= len(digits) <= 15 else ""
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            digits = digits.removeprefix(prefix)
            break
    digits = digits.removeprefix("0")
    return "+44" + digits if len(digits) in (9, 10) else ""


def is_number(e164: str) -> bool:
    """Whether somebody could have this number; Ofcom's numbers for drama count."""
    national = e164.removeprefix("+44")
    if e164.startswith("+44") and (_MOBILE.fullmatch(national) or _DRAMA.fullmatch(national)):
        return True
    if not e164.startswith("+"):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


def email(written: str) -> str:
    """An address in lower case with its `[at]` and `(dot)` undone."""
    simple = re.sub(r"\s*[\[({<]\s*at\s*[\])}>]\s*|\s+at\s+", "@", written.strip().lower())
    simple = re.sub(r"\s*[\[({<]\s*dot\s*[\])}>]\s*|\s+dot\s+", ".", simple)
    return re.sub(r"\s+", "", simple).strip(".")


def postcode(written: str) -> str:
    """A postcode in capitals without its blank."""
    return re.sub(r"\s+", "", written).upper()


class Contacts:
    """Public contact points: what stands in here is no patient's detail.

    Phones, emails and postcodes may be written in any form; `domains` are mail domains whose every
    address is public, their subdomains too.
    """

    __slots__ = ("domains", "emails", "phones", "postcodes")

    def __init__(
        self,
        phones: Iterable[str] = (),
        emails: Iterable[str] = (),
        postcodes: Iterable[str] = (),
        domains: Iterable[str] = (),
    ) -> None:
        self.phones = frozenset(filter(None, map(phone, phones)))
        self.emails = frozenset(filter(None, map(email, emails)))
        self.postcodes = frozenset(filter(None, map(postcode, postcodes)))
        self.domains = frozenset(domain.strip().lower().lstrip("@.") for domain in domains) - {""}

    def with_phones(self, written: Iterable[str]) -> Contacts:
        """The same with these numbers, however they are written."""
        more = Contacts(phones=written)
        more.phones |= self.phones
        more.emails, more.postcodes, more.domains = self.emails, self.postcodes, self.domains
        return more

    def has(self, written: str) -> bool:
        """Whether this is a number, an address or a postcode that is published, and nothing besides."""
        if _WRITTEN.fullmatch(written):
            return self.has_phone(written)
        return self.has_email(written) or self.has_postcode(written)

    def has_phone(self, written: str) -> bool:
        """Whether this number is published, however it is written."""
        return phone(written) in self.phones

    def has_postcode(self, written: str) -> bool:
        """Whether this postcode is a published one."""
        return postcode(written) in self.postcodes

    def has_email(self, written: str) -> bool:
        """Whether this address is published, or its domain's addresses all are."""
        address = email(written)
        if address in self.emails:
            return True
        labels = address.rpartition("@")[2].split(".")
        return any(".".join(labels[start:]) in self.domains for start in range(len(labels)))


NOBODY = Contacts()


# ── What a recogniser is handed, and a hit. ──────────────────────────────────────────────────────

TYPES = (
    "NHS_NUMBER", "CHI_NUMBER", "HOSPITAL_NUMBER", "NINO", "DATE_OF_BIRTH", "POSTCODE", "ADDRESS",
    "PHONE", "EMAIL", "PASSPORT", "DRIVING_LICENCE", "BANK_ACCOUNT", "PATIENT_NAME",
    "RELATIVE_NAME", "NARRATIVE",
)  # fmt: skip

LINK = re.compile(
    r"(?:https?://|\bwww\.)[^\s<>\"]+"
    r"|(?<![\w@.-])[a-z\d-]{1,63}(?:\.[a-z\d-]{2,63}){1,4}/[^\s<>\"]*",
    re.I,
)
HANDLE = re.compile(r"(?<![\w.@+-])@\w{1,50}(?:@[\w.-]{3,60}(?<![.-]))?")

MOST = (
    300  # hits of one kind in one text; a list that is longer is blanked by `masking` all the same
)

# Words that mark a person or a number as invented; 'made up' alone can mean delighted.
_INVENTED = lazy_compile(
    r"\b(?:dumm(?:y|ies)|fictional|fictitious|fictionalised|synthetic|imaginary|hypothetical"
    r"|placeholder"
    r"|simulat(?:ed|ion)|role[- ]?play|vignette|mock (?:patient|data|record|case|letter|number)s?"
    r"|(?:test|sample|example|demo|training|worked|teaching|invented|made[- ]?up|fake)"
    r"(?: nhs)? (?:only|example|patient|person|people|record|data|number|no|value|ward|range|account|case|scenario|exercise"
    r"|slide|material|dataset"
    r"|system|environment|name|detail|letter|postcode|entry|persona|story|format)s?"
    r"|(?:is|are|were|was|all|both|name|names|detail|details|entirely|completely|totally"
    r"|numbers?) (?:invented|made[- ]up|fake)"
    r"|(?:it's|its|obviously|clearly) fake|invented (?:for|by)|not (?:a )?(?:real|genuine|actual)\b|isn't (?:a )?real|aren't real"
    r"|personas?|(?:is|he's|she's) (?:a )?composite|a\. ?n\. other|(?:isn't|nor is|not) (?:\w+ )?(?:real|genuine)"
    r"|made this (?:one )?up|to teach with|played by an actor|uses actors|case for students|no such person"
    r"|(?:joe|john|jane|fred|betty) bloggs|(?:mickey|minnie) mouse|mouse, mickey|never issued|for illustration|made-up "
    r"\w+|is (?:the|an) example|the example (?:on|in))\b"
)
_REAL = re.compile(
    r"\b(?:real|actual|genuine|live) (?:names?|patient|person|people|name|number|record|data|one)"
    r"|\b(?:not|isn't|aren't|wasn't|never|no) (?:\w+ ){0,2}(?:dummy|fictional|fictitious|invented"
    r"|made[- ]up|fake"
    r"|sample|example|simulation|a drill|test (?:patient|data|record|number))"
)
_DIGIT = re.compile("[0-9]")
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_NOT_REAL = re.compile(r"\b(?:not|no|isn't|aren't|wasn't|never|without)\b[^.!?]{0,24}$")
_EXAMPLE = re.compile(
    r"(?:\be\.?g\b\.?|\bfor (?:example|instance)|\bexample:?|\bsuch as|\bin the format|\blooks? "
    r"like|\blike this|\bformat:?)"
    r"[^\w]{0,6}$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One identifier: `type` from `TYPES`, offsets half open in code points, `score` from 0 to 1.

    `why` names the rule in words that can be shown and logged; it never repeats the text. `by_model`: the network
    points at it, so that a public name in the same place stands.
    """

    type: str
    start: int
    end: int
    score: float
    why: str
    by_model: bool = False


@dataclass(frozen=True)
class Post:
    """A text made ready: `text` with links and handles blanked, `low` the same in lower case.

    Hits of the recognisers are in the places of `text`; `pid.find` tells them in the text as given.
    """

    source: Plain
    contacts: Contacts
    bio: str
    official: bool

    @cached_property
    def text(self) -> str:
        text = self.source.text
        if "/" in text or "www." in text:
            text = LINK.sub(_blank, text)
        return HANDLE.sub(_blank, text) if "@" in text else text

    @cached_property
    def low(self) -> str:
        return lowered(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its whole words, in lower case: a pattern that needs one which isn't there needs no search."""
        return words_of(self.low)

    @cached_property
    def digits(self) -> int:
        """How many digits there are."""
        return len(_DIGIT.findall(self.text))

    @cached_property
    def bio_low(self) -> str:
        return lowered(plain(self.bio).text)

    @cached_property
    def _said(self) -> dict[re.Pattern[str], bool]:
        return {}

    @cached_property
    def famous_elsewhere(self) -> dict[str, bool]:
        """By name, whether the post says of it what it is famous for; filled by who asks."""
        return {}

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern stands anywhere in it, in lower case: looked for once, however many hits ask."""
        known = self._said.get(pattern)
        if known is None:
            known = self._said[pattern] = pattern.search(self.low) is not None
        return known

    @cached_property
    def sentences(self) -> list[int]:
        """Where each sentence begins, and the end."""
        return [0, *(match.end() for match in _SENTENCE.finditer(self.low)), len(self.low)]

    def around(self, start: int, reach: int) -> str:
        """The sentence in which a place stands, with one before it and `reach` after it, in lower case."""
        place = max(0, bisect_right(self.sentences, start) - 1)
        begun = self.sentences[max(0, place - min(reach, 1))]
        done = self.sentences[min(len(self.sentences) - 1, place + 1 + reach)]
        return self.low[max(begun, start - 400) : min(done, start + 500)]

    @cached_property
    def told_by_staff(self) -> bool:
        """Whether the author speaks of their own patients or ward."""
        return TOLD_BY_STAFF.search(self.low) is not None

    @cached_property
    def consented(self) -> bool:
        """Whether an organisation tells somebody's story as agreed with them; a member of staff is none."""
        if not self.words.isdisjoint(("story", "film")) and PUBLISHED_STORY.search(self.low):
            return True
        return self._organisation and CONSENTED.search(self.low) is not None

    @property
    def _organisation(self) -> bool:
        """Whether an organisation speaks, by its profile or, where there is none, by its words."""
        if self.bio:
            person = A_PERSON.search(self.bio_low) is not None
            return not person and ORGANISATION.search(self.bio_low) is not None
        return not self.words.isdisjoint(ORGANISED) and ORGANISATION.search(self.low) is not None

    @cached_property
    def fiction(self) -> tuple[tuple[int, int], ...]:
        """Where words of films, series, plays and books stand."""
        return tuple(match.span() for match in FICTION.finditer(self.low))

    @cached_property
    def _markers(self) -> tuple[int, ...]:
        if _real(self.low):
            return ()
        return tuple(match.start() for match in _INVENTED.finditer(self.low))

    def invented(self, start: int, end: int) -> bool:
        """Whether what stands there is marked as an example, a test record or made up."""
        if _EXAMPLE.search(self.low, max(0, start - 30), start):
            return True
        place = bisect_left(self._markers, start - 400)
        return place < len(self._markers) and self._markers[place] <= end + 300

    def before(self, start: int, reach: int = 60) -> str:
        """The lower-case words that stand before a place."""
        return self.low[max(0, start - reach) : start]

    def after(self, end: int, reach: int = 40) -> str:
        """The lower-case words that stand after a place."""
        return self.low[end : end + reach]


def lowered(text: str) -> str:
    """In lower case and of the same length, which `str.lower` does not promise."""
    low = text.lower()
    return (
        low
        if len(low) == len(text)
        else "".join(char if len(char.lower()) > 1 else char.lower() for char in text)
    )


def _blank(match: re.Match[str]) -> str:
    return "\x01" * len(match.group())


def _real(low: str) -> bool:
    """Whether the words insist that somebody is real."""
    for match in _REAL.finditer(low):
        if match.group().startswith(("real", "actual", "genuine", "live")):
            if not _NOT_REAL.search(low, max(0, match.start() - 30), match.start()):
                return True
        elif not re.search(r"(?:real|actual)", match.group()):
            return True
    return False
