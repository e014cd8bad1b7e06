"""The posts of `demo.many`, part by part: what is said when, by whom, and how it was read.

A part always says the same, so that a store that was begun can be gone on with.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import clock
import stories
from demo import many_words
from demo.many_words import PLACES, PLATFORMS, YEAR, Said
from mention import Assessment, Mention, Platform, Reading, Risk
from store import Stored

PART = 5_000  # mentions thought up, stored, assessed and grouped at a time
POLICY, MODEL = "many", "none"
BIG = (0.50, 0.53)  # of the year: when everybody speaks of one thing
SOURCES: dict[Platform, str] = {"news": "gdelt", "blog": "feeds", "review": "nhs_reviews"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many mentions, how many of them a person should see, and when the newest was found."""

    mentions: int
    flagged: int
    at: datetime

    @property
    def parts(self) -> int:
        """How many parts it is made in."""
        return -(-self.mentions // PART)

    def moment(self, number: int) -> datetime:
        """When a mention was found; each later than the one before."""
        return self.at - YEAR * (1 - number / self.mentions)

    def worth(self, number: int) -> bool:
        """Whether a person should see it."""
        return (
            number * self.flagged // self.mentions != (number + 1) * self.flagged // self.mentions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A post with what grouping needs to know of its words."""

    said: Said
    bands: tuple[int, ...]


def source_of(platform: Platform) -> str:
    """Which collector finds it."""
    return SOURCES.get(platform, platform)


def part_of(asked: tuple[Plan, int]) -> list[Made]:
    """A part's posts, in the order in which the store will number them."""
    plan, part = asked
    chance = random.Random(f"part {part}")
    told = [one for earlier in range(max(0, part - 2), part + 1) for one in _begun(earlier)]
    roots: list[tuple[int, Platform]] = []
    made = []
    for number in range(part * PART, min((part + 1) * PART, plan.mentions)):
        said = _said(plan, chance, number, told, roots)
        made.append(Made(said=said, bands=stories.bands(said.mention.text)))
    return sorted(
        made, key=lambda one: (source_of(one.said.mention.platform), one.said.mention.fetched_at)
    )


def _begun(part: int) -> list[tuple[str, float]]:
    """The stories that begin in a part, and how much each is told."""
    chance = random.Random(f"stories {part}")
    return [
        (many_words.sentence(chance, chance.choice(PLACES)), chance.paretovariate(1.1))
        for _ in range(6)
    ]


def _said(
    plan: Plan, chance: random.Random, number: int, told: Sequence[tuple[str, float]], roots: list[tuple[int, Platform]]
) -> Said:  # fmt: skip
    worth, at = plan.worth(number), plan.moment(number + 1)
    platform: Platform = many_words.chosen(chance, PLATFORMS)  # type: ignore[arg-type, assignment]
    text, under = many_words.sentence(chance, chance.choice(PLACES)), ""
    kind = chance.random()
    if BIG[0] <= number / plan.mentions < BIG[1] and kind < (0.6 if worth else 0.04):
        text = f"{_begun(-1)[0][0]} {chance.choice(('', '', 'Shame', 'Again', 'Really'))}"
    elif kind < (0.12 if worth else 0.004):
        text = chance.choices([words for words, _ in told], weights=[share for _, share in told])[0]
        text = many_words.changed(chance, text) if chance.random() < 0.4 else text
    elif worth and kind < 0.17 and roots:
        root, platform = chance.choice(roots[-3:])
        under = many_words.issued(root)
    elif worth:
        roots.append((number, platform))
    mention = many_words.post(chance, number, at, text, under=under, platform=platform)
    if worth:
        return Said(mention, *many_words.flagged(chance, text))
    return Said(mention, many_words.reading(chance, text), "none")


def fresh(chance: random.Random, first: int, count: int) -> list[Mention]:
    """As many new posts as a page of a collector's holds, numbered from `first` on."""
    return [
        many_words.post(
            chance, number, clock.now(), many_words.sentence(chance, chance.choice(PLACES))
        )
        for number in range(first, first + count)
    ]


def read(chance: random.Random, stored: Stored, at: datetime) -> Assessment:
    """What a post is made out to say: one in twenty is flagged."""
    text = stored.mention.text
    reading, risk = (
        many_words.flagged(chance, text)
        if chance.random() < 0.05
        else (many_words.reading(chance, text), "none")
    )
    return assessed(stored.number, stored.revision, reading, risk, at)


def assessed(number: int, revision: int, reading: Reading, risk: Risk, at: datetime) -> Assessment:
    """An assessment by no model."""
    return Assessment(
        mention=number,
        revision=revision,
        policy=POLICY,
        model=MODEL,
        reading=reading,
        risk=risk,
        at=at,
    )
