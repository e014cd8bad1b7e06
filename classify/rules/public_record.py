"""What holds of a public record: Hansard, a coroner's report, a council's papers, a request under the law or a petition.

Whoever speaks in one speaks for a body, or asks one in public: nobody's staff, no private person's post. What a public body
published is a story about us, for the media desk; what people ask or petition for in public is criticism, which nobody takes
down. Coroners name the dead and WhatDoTheyKnow names who asks: such names are blanked wherever words are shown, and are no
leak where a public body published them. A number by which a patient is known is one even there (decision 45).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

PLATFORM = "record"
STAFF_BASIS = "the record: whoever speaks in it speaks for a body, or asks one in public"
STORY = 0.9  # what a story about us earns of itself: no probability, since the record says so
READ_AS_STORY = "a public body's own record that names us is a story about us"
PUBLISHED = "a public body published it, and answers for what it tells of"
NAMES_PUBLISHED = "a public body published it: names in it are masked, and are no leak"
# Identifiers that no record should hold, by the types of `classify.pid`
LEAKS = frozenset(
    ("NHS_NUMBER", "CHI_NUMBER", "HOSPITAL_NUMBER", "NINO", "PASSPORT", "DRIVING_LICENCE", "BANK_ACCOUNT")
)  # fmt: skip

RecordKind = Literal["official", "public", ""]

_DATE = r"(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+,? \d{4}|[A-Z][a-z]+ \d{1,2},? \d{4})"
_PERSON = r"[^;:\n]{2,80}?"
# As Alaveteli writes what happened to a request (`event_description` of its application helper, read 2026-11-29), and as the
# judiciary's site heads a report (read in code that parses it, the same day).
_NAMED = (
    re.compile(rf"\b(?:sent|reported) to [^\n]{{1,200}}? by (?P<name>{_PERSON}) on {_DATE}"),
    re.compile(rf"\b[Rr]esponse by [^\n]{{1,200}}? to (?P<name>{_PERSON}) on {_DATE}"),
    re.compile(rf"\b[Rr]equest to [^\n]{{1,200}}? by (?P<name>{_PERSON})\. Annotated by (?P<second>{_PERSON}) on {_DATE}"),
    re.compile(r"\A(?P<name>[^\n:–—]{2,80}?)\s*(?::|[–—-])\s*[Pp]revention of [Ff]uture [Dd]eaths?\b"),
    re.compile(
        r"\bDeceased(?:['’]s)? name:?\s*(?P<name>[^\n:]{2,80}?)\s*(?=\n|\Z|Coroners?['’]?s? |Category:|Ref:|Date of report)"
    ),
)  # fmt: skip
_MOST_READ = 20_000  # characters in which a record says whom it names


def kind_of(platform: str, kind: str) -> RecordKind:
    """Which record a post is: "official" where a public body published it, "" for what is none."""
    if platform != PLATFORM:
        return ""
    return "official" if kind == "article" else "public"


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Where a record itself says whose name stands: who asked, and who died. Half-open places in the text."""
    for pattern in _NAMED:
        for match in pattern.finditer(text[:_MOST_READ]):
            for group in match.re.groupindex:
                if match[group]:
                    yield match.span(group)
