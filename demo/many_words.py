"""What the many of `demo.many` say: invented people, places and words, as common or rare as words are.

The same number always says the same, so that a store that was begun can be gone on with.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import get_args

from mention import Author, Flag, Harm, Kind, Mention, Platform, Read, Reading, Risk, Staff, Target

YEAR = timedelta(days=365)
PLACES = ("Brent", "Ealing", "Hammersmith", "Harrow", "Hayes", "Hillingdon", "Hounslow", "Kensington",
          "Northwick Park", "Southall", "Uxbridge", "Westminster")  # fmt: skip
# where posts come from, and how many of a hundred
PLATFORMS: dict[Platform, int] = {
    "x": 30, "facebook": 18, "reddit": 12, "bluesky": 8, "instagram": 7, "youtube": 7, "news": 6,
    "mastodon": 4, "blog": 3, "linkedin": 3, "review": 2,
}  # fmt: skip
# what is flagged, how many of a hundred, and under which clauses
FLAGS: dict[str, tuple[int, tuple[str, ...]]] = {
    "derogatory": (30, ("6.9",)), "misinformation": (14, ("9",)), "assistance": (14, ("9",)),
    "allegation": (10, ("6.9", "9")), "grievance": (7, ("6.9",)), "media": (5, ("9",)),
    "no_disclaimer": (5, ("6.3",)), "brand": (4, ("6.5",)), "harassment": (4, ("6.9",)),
    "hate": (3, ("6.9",)), "pid": (2, ("6.10",)), "threat": (1, ("6.9",)), "safeguarding": (1, ("9",)),
}  # fmt: skip
RISKS: dict[Risk, int] = {"low": 62, "medium": 33, "high": 5}
_GIVEN = (
    "Rowan",
    "Ana",
    "Tunde",
    "Mei",
    "Isla",
    "Omar",
    "Priya",
    "Jonas",
    "Leila",
    "Kofi",
    "Bea",
    "Sam",
)
_FAMILY = (
    "Ashdown",
    "Example",
    "Thornbury",
    "Okoro",
    "Marlowe",
    "Quill",
    "Hartwell",
    "Penrose",
    "Sorrel",
)
_COMMON = tuple(re.findall(r"\w+",
    "the to and a of in it is for my on was with they at have that this nhs we no be not but i appointment "
    "surgery hospital waiting hours doctor gp nobody phone today again ward nurse staff clinic called told "
    "week months after morning wait time been when rang help still about from their so all care letter "
    "cancelled receptionist results scan blood mother dad pharmacy prescription emergency ambulance queue"
))  # fmt: skip
_STARTS = ("b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s",
           "sh", "st", "t", "th", "tr", "v", "w", "y", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ea", "oo", "ai", "ou")
_ENDS = ("n", "r", "l", "m", "nd", "rt", "st", "ck", "ll", "sh", "p", "ss", "lf")
RARE = 20_000  # words that are made up, each rarer than the one before
_FOREIGN = "انتظرت تسع ساعات في المستشفى مع أمي ولم يأت أحد"


@dataclass(frozen=True, slots=True)
class Said:
    """One post and how it was read."""

    mention: Mention
    reading: Reading
    risk: Risk


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """All words, and how often each is said, added up: by rank, as Zipf found."""
    made = (
        f"{start}{vowel}{end}{tail}"
        for tail in ("", "ing", "ed", "er", "ow", "ith", "ane", "ock")
        for start, vowel, end in itertools.product(_STARTS, _VOWELS, _ENDS)
    )
    rare = list(dict.fromkeys(itertools.islice(made, RARE)))
    random.Random(1).shuffle(rare)
    words = (*_COMMON, *rare)
    return words, tuple(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))


def sentence(chance: random.Random, place: str) -> str:
    """12 to 40 words, one of which is a place."""
    words, weights = vocabulary()
    said = chance.choices(words, cum_weights=weights, k=chance.randint(11, 39))
    said.insert(chance.randrange(len(said)), place)
    text = " ".join(said)
    return text[0].upper() + text[1:]


def changed(chance: random.Random, text: str) -> str:
    """The same but for a word, as who retells it says it."""
    words = text.split()
    words[chance.randrange(len(words))] = chance.choice(vocabulary()[0])
    return " ".join(words)


def chosen(chance: random.Random, shares: dict[str, int]) -> str:
    """One of them, as often as its share says."""
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]


def post(
    chance: random.Random,
    number: int,
    at: datetime,
    text: str,
    *,
    under: str = "",
    platform: Platform = "x",
) -> Mention:
    """A post by an invented person; `under`: the id of what it answers."""
    name = f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"
    handle = f"{name.replace(' ', '_').lower()}_{chance.randrange(10_000)}"
    kinds: dict[Platform, Kind] = {
        "news": "article",
        "blog": "article",
        "review": "review",
        "youtube": "comment",
    }
    return Mention(
        issuer=platform, issued_id=issued(number), platform=platform,
        kind="reply" if under else kinds.get(platform, "post"),
        url=f"https://example.org/{handle}/{number}", text=text, text_raw=text,
        posted_at=at - timedelta(seconds=chance.randrange(60, 3600)), fetched_at=at,
        author=Author(id=f"7{number:012}", handle=handle, name=name, bio=f"{chance.choice(PLACES)}, mostly tea",
                      followers=int(chance.paretovariate(0.8) * 40)),
        parent_id=under, root_id=under, metrics={"likes": chance.randrange(30), "shares": int(chance.paretovariate(1.2)) - 1},
        matched=(chance.choice(PLACES),), language="en",
    )  # fmt: skip


def issued(number: int) -> str:
    """The id that the platform gave to the post of this number."""
    return f"199{number:016}"


def flagged(chance: random.Random, text: str) -> tuple[Reading, Risk]:
    """A reading that a person should see: with flags and a risk, or not read at all."""
    if chance.random() < 0.05:
        return reading(chance, _FOREIGN, read="unread", language="ar"), "none"
    shares = {name: share for name, (share, _) in FLAGS.items()}
    names = dict.fromkeys(chosen(chance, shares) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    words = text.split()
    harms: tuple[Harm, ...] = get_args(Harm)
    targets: tuple[Target, ...] = get_args(Target)
    flags = tuple(
        Flag(
            name=name, score=chance.uniform(0.5, 0.99), clauses=FLAGS[name][1],
            spans=((0, len(" ".join(words[: chance.randint(2, 8)]))),),
            target=(chance.choice(targets),), harm=chance.choice(harms) if name == "allegation" else None,
        )
        for name in names
    )  # fmt: skip
    risk: Risk = chosen(chance, RISKS)  # type: ignore[arg-type, assignment]
    return reading(chance, text, flags=flags), risk


def reading(
    chance: random.Random,
    text: str,
    *,
    flags: Sequence[Flag] = (),
    read: Read = "full",
    language: str = "en",
) -> Reading:
    """A reading by no model; without flags nobody need see it, and two in five are not about us."""
    staff: Staff = chance.choices(("no", "nhs", "icb"), weights=(94, 4, 2))[0]
    return Reading(
        in_scope=bool(flags) or read != "full" or chance.random() < 0.6, staff=staff,
        sentiment=chance.choices(("negative", "neutral", "positive"), weights=(50, 35, 15))[0],
        language=language, read=read, flags=tuple(flags), masked=text,
    )  # fmt: skip
