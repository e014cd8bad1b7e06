"""What a recogniser of PID is handed, and what it hands back: a post made ready once, and hits."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from .contacts import Contacts
from .pid_cues import TOLD_BY_STAFF
from .plain import Plain, plain, words_of

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
_INVENTED = re.compile(
    r"\b(?:dumm(?:y|ies)|fictional|fictitious|fictionalised|synthetic|imaginary|hypothetical"
    r"|placeholder"
    r"|simulat(?:ed|ion)|role[- ]?play|vignette|mock (?:patient|data|record|case|letter|number)s?"
    r"|(?:test|sample|example|demo|training|worked|teaching|invented|made[- ]?up|fake)"
    r" (?:only|example|patient|person|people|record|data|number|account|case|scenario|exercise"
    r"|slide|material|dataset"
    r"|system|environment|name|detail|letter|postcode|entry|persona|story|format)s?"
    r"|(?:is|are|were|was|all|both|name|names|detail|details|entirely|completely|totally"
    r"|numbers?) (?:invented|made[- ]up|fake)"
    r"|invented (?:for|by)|not (?:a )?(?:real|genuine|actual)\b|isn't (?:a )?real|aren't real"
    r"|personas?|(?:is|he's|she's) (?:a )?composite|a\. ?n\. other|(?:isn't|nor is|not) (?:\w+ )?(?:real|genuine)"
    r"|made this (?:one )?up|to teach with|played by an actor|uses actors|case for students|no such person"
    r"|(?:john|jane|joe|mickey|minnie) (?:doe|bloggs|mouse)|never issued|for illustration|made-up "
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

    `why` names the rule in words that can be shown and logged; it never repeats the text.
    """

    type: str
    start: int
    end: int
    score: float
    why: str


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
    def sentences(self) -> list[int]:
        """Where each sentence begins, and the end."""
        return [0, *(found.end() for found in _SENTENCE.finditer(self.low)), len(self.low)]

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
    def _markers(self) -> tuple[int, ...]:
        if _real(self.low):
            return ()
        return tuple(found.start() for found in _INVENTED.finditer(self.low))

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
        else "".join(one if len(one.lower()) > 1 else one.lower() for one in text)
    )


def _blank(found: re.Match[str]) -> str:
    return "\x01" * len(found.group())


def _real(low: str) -> bool:
    """Whether the words insist that somebody is real."""
    for found in _REAL.finditer(low):
        if found.group().startswith(("real", "actual", "genuine", "live")):
            if not _NOT_REAL.search(low, max(0, found.start() - 30), found.start()):
                return True
        elif not re.search(r"(?:real|actual)", found.group()):
            return True
    return False
