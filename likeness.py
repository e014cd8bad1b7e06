"""Whether a profile reads like the organisation's own: its handle, its name, in letters that look alike.

What is compared are names alone. A profile that says plainly that it is a parody or unofficial, and one
that stands in the register, is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from classify.normal import normalise
from mention import Author

LEAST = 6  # letters of a handle that may differ by one
NEAR_NAME = 90.0  # of 100, of two names word by word, in any order
_DIGITS = str.maketrans("0134578$", "oleastbs")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ADDED = (
    "official", "real", "help", "helpdesk", "support", "info", "team", "nhs", "icb", "uk", "london",
    "news", "live", "care", "service", "services", "contact", "the", "team",
)  # fmt: skip
_OTHERS = re.compile(
    r"\b(parody|satire|spoof|fan (?:page|account|club)|fans of|unofficial|un-official|not affiliated|"
    r"not (?:connected|linked|official|the official)|campaign(?:ing)?|save our|friends of|action group|"
    r"patients' group)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`to` is the handle or name of ours that a profile reads like, `score` from 0 to 1."""

    to: str
    score: float


def likeness(
    author: Author, *, handles: Sequence[str], names: Sequence[str], register: Collection[str]
) -> Likeness | None:
    """The nearest of our handles and names that a profile reads like, or None.

    `handles` and `names` are the organisation's own, whatever the platform; `register` are handles and
    ids of that platform, in lower case, that may speak for us.
    """
    own = {author.handle.lower().lstrip("@"), author.id.lower()}
    if own & set(register) or _OTHERS.search(f"{author.name}\n{author.bio}"):
        return None
    found = [
        *(Likeness(f"@{handle}", _handle_score(author.handle, handle)) for handle in handles),
        *(Likeness(f"@{handle}", _handle_score(author.name, handle)) for handle in handles),
        *(Likeness(name, _name_score(author.name, name)) for name in names),
        *(Likeness(name, _handle_score(author.handle, name)) for name in names),
    ]
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is not None and best.score > 0 else None


def skeleton(written: str) -> str:
    """Letters alone, those that look alike as one: HeaIthierNWL, Healthier_NWL, hеalthiernwl."""
    text = unicodedata.normalize("NFKC", written)
    text = re.sub(r"(?<=[a-z])I(?=[a-z])", "l", text)  # a capital i inside small letters is an l
    text = normalise(text).text.casefold()
    text = "".join(
        c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
    ).translate(_DIGITS)
    letters = re.sub(r"[^a-z]", "", text)
    for two, one in _PAIRS:
        letters = letters.replace(two, one)
    return letters


def _handle_score(written: str, ours: str) -> float:
    """Of a handle's own part (before the first dot or @), against one of ours."""
    theirs, own = skeleton(re.split(r"[.@]", written.strip().lstrip("@"))[0]), skeleton(ours)
    if not theirs or not own:
        return 0.0
    if theirs == own:
        return 1.0
    rest = _without_added(theirs, own)
    if len(own) >= LEAST and rest is not None:
        return 0.95
    allowed = 0 if len(own) < LEAST else 1 if len(own) < 12 else 2
    distance = DamerauLevenshtein.distance(theirs, own, score_cutoff=allowed)
    return 0.9 - 0.05 * distance if distance <= allowed else 0.0


def _without_added(theirs: str, own: str) -> str | None:
    """What is left where `own` stands at one end and only words that pretend at the other."""
    if own not in theirs:
        return None
    rest = theirs.replace(own, "", 1)
    while rest:
        word = next(
            (w for w in map(skeleton, _ADDED) if rest.startswith(w) or rest.endswith(w)), ""
        )
        if not word:
            return None
        rest = rest.replace(word, "", 1)
    return rest


def _name_score(written: str, ours: str) -> float:
    theirs, own = _words(written), _words(ours)
    if len(own.split()) < 2 or not theirs:
        return 0.0
    ratio = fuzz.token_sort_ratio(theirs, own)
    return float(ratio) / 100 if ratio >= NEAR_NAME else 0.0


def _words(name: str) -> str:
    words = re.findall(r"\w+", normalise(unicodedata.normalize("NFKC", name)).text.casefold())
    return " ".join(word for word in words if word not in ("official", "the", "page", "account"))
