"""What in a post says who wrote it: how it is signed, and their own name and account in its words.

In the Guardian's lane those on duty see what they act on, not who speaks up: this stays covered for them, by whatever reason they look.
A program tells a signature by where it stands and what leads to it, and misses some.
"""

from __future__ import annotations

import re

from core.models import Author

SIGNATURE = "signature"
LONGEST_SIGNATURE = 14  # words
# What stands in a signature beside names: whatever else is in lower case makes it a sentence
_BESIDE_NAMES = frozenset(
    [
        "a",
        "and",
        "at",
        "for",
        "from",
        "in",
        "of",
        "on",
        "the",
        "ward",
        "unit",
        "team",
        "clinic",
        "practice",
        "hospital",
        "department",
        "dept",
        "floor",
        "bay",
        "nurse",
        "sister",
        "matron",
        "doctor",
        "dr",
        "porter",
        "midwife",
        "healthcare",
        "assistant",
        "hca",
        "rgn",
        "rn",
        "rmn",
        "band",
        "staff",
        "site",
        "centre",
        "center",
        "trust",
        "icb",
        "nhs",
        "surgery",
        "pharmacy",
        "reception",
        "name",
        "names",
        "address",
        "area",
        "phone",
        "number",
        "email",
        "handle",
        "account",
        "hidden",
        "details",
        "job",
        "role",
        "place",
        "x",
        "xx",
        "xxx",
        "regards",
        "kind",
        "best",
        "yours",
        "faithfully",
        "sincerely",
        "thanks",
        "thank",
        "you",
        "signed",
    ]
)
_TITLE = r"(?:mr|mrs|ms|miss|mx|dr|prof|sr|st|sister|rev|[a-z])"
# Where a last part begins: after a sentence, a line or a dash, and not after a title or an initial
_ENDS = re.compile(rf"(?:(?<![A-Za-z])(?!{_TITLE}\.)[^\s.!?]+[.!?…]+\s+|\n+\s*|\s[-–—~]\s*|[.!?…]\s*[-–—~]\s*)", re.IGNORECASE)  # fmt: skip
_WORD = re.compile(r"[^\W_][\w’'.-]*")
_LEADS_TO_OWN = re.compile(
    r"(?:\bI\s*(?:am|[’']m)|\bim|\bmy\s+(?:own\s+)?(?:full\s+)?(?:name(?:\s+is|[’']s)?|number(?:\s+is)?|mobile(?:\s+is)?|phone(?:\s+is)?|email(?:\s+is)?|handle(?:\s+is)?|badge|pin)"
    r"|\bthis\s+is|\bcall(?:ed)?\s+me|\b(?:ring|reach|contact|email|text|message)\s+me(?:\s+(?:on|at|by))?|\bsigned|\bregards|\bfaithfully|\bsincerely|\bwritten\s+by|\byours)"
    r"[\s,:–-]*(?:(?:sister|nurse|matron|dr|doctor|mr|mrs|ms|miss|staff|the|a|on|at|is)\.?\s+)*$",
    re.IGNORECASE,
)  # fmt: skip


def without_signature(masked: str) -> str:
    """A post's masked words with its signature, ward and all, as one mask more; the same words where none is known."""
    starts = [match.end() for match in _ENDS.finditer(masked.rstrip())]
    for start in starts:
        tail = masked[start:].strip()
        words = _WORD.findall(tail)
        if not words or len(words) > LONGEST_SIGNATURE:
            continue
        if all(word[:1].isupper() or word.casefold().rstrip(".") in _BESIDE_NAMES or not word[0].isalpha() for word in words) and _names_someone(tail):  # fmt: skip
            return f"{masked[:start]}[{SIGNATURE}]"
    return masked


def _names_someone(tail: str) -> bool:
    """Whether a mask stands in it, or two words with capitals side by side: a place alone is no signature."""
    return "[" in tail or re.search(r"\b[A-Z][\w’'-]+\.?\s+[A-Z]", tail) is not None


def says_who_wrote_it(words: str, label: str, before: str, author: Author | None) -> bool:
    """Whether what a mask hides says who wrote the post. `before` are the words that stand before it."""
    theirs = {word.casefold().strip("@.’'") for word in _WORD.findall(words)} & _own(author)
    return label == SIGNATURE or bool(theirs) or _LEADS_TO_OWN.search(before) is not None


def _own(author: Author | None) -> frozenset[str]:
    """The words by which a platform calls them, but for short ones."""
    if author is None:
        return frozenset()
    called = " ".join(part for part in (author.name, author.handle, author.id) if part)
    return frozenset(word.casefold() for word in re.findall(r"[^\W_]{3,}", called))
