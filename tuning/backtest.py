"""What another policy or model would have made of the mentions of the last days: counts and numbers, no words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from classify import classifier
from classify.classifier import Classifier
from classify.policy.schema import Policy
from classify.risk import risk
from core.models import RISKS, Mention, Reading, Risk
from steps.context import RunContext

SHOWN = 40  # numbers of mentions a line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one policy and model make of a mention. `to_read`: a person would see it in the daily list."""

    flags: frozenset[str]
    risk: Risk
    to_read: bool


@dataclass(kw_only=True)
class Hindsight:
    """What would have changed in `days` days. `moved` has the mentions' numbers by risk, now and then."""

    days: int
    names: tuple[str, str]  # policy and model, now and then
    flags: tuple[str, ...]
    same_version: bool = False  # another policy under the version in force
    mentions: int = 0
    over: int = 1  # days from the oldest mention on: less than `days` where less is held
    to_read: Counter[str] = field(default_factory=Counter)  # "now", "then"
    counted: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    moved: dict[tuple[Risk, Risk], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: int, now: Outcome, then: Outcome) -> None:
        """Counts one mention."""
        self.mentions += 1
        for when, outcome in (("now", now), ("then", then)):
            self.to_read[when] += outcome.to_read
            for flag in outcome.flags:
                self.counted[flag][when] += 1
        for flag in then.flags - now.flags:
            self.counted[flag]["gained"] += 1
        for flag in now.flags - then.flags:
            self.counted[flag]["lost"] += 1
        if now.risk != then.risk:
            self.moved[now.risk, then.risk].append(number)

    def reach_back(self, age: timedelta) -> None:
        """Takes in how old a mention is; with the oldest, that is what a day's share is told over."""
        self.over = min(self.days, max(self.over, math.ceil(age / timedelta(days=1))))

    def lines(self) -> Iterator[str]:
        """What changed, line by line."""
        yield f"now:  {self.names[0]}"
        yield f"then: {self.names[1]}"
        if self.same_version:
            yield (
                "both policies have one version: give the new one its own before it is put in force, or "
                "nothing that was assessed is assessed again"
            )
        if not self.mentions:
            yield f"nothing that is still held was posted in the last {self.days} days"
            return
        a_day = {when: self.to_read[when] / self.over for when in ("now", "then")}
        yield f"{self.mentions:,} mentions of the last {self.days} days that are still held" + (
            f", the oldest {self.over} days old" if self.over < self.days else ""
        )
        yield f"to read: {a_day['now']:.1f} a day now, {a_day['then']:.1f} then"
        yield from self._flags()
        yield from self._risks()

    def _flags(self) -> Iterator[str]:
        names = [*self.flags, *sorted(set(self.counted) - set(self.flags))]  # optional rules last
        changed = [
            name for name in names if self.counted[name]["gained"] + self.counted[name]["lost"]
        ]
        if not changed:
            yield "no flag would have changed"
            return
        yield f"{'flag':<17}{'now':>7}{'then':>7}{'gained':>8}{'lost':>7}"
        for name in changed:
            count = self.counted[name]
            yield f"{name:<17}{count['now']:7}{count['then']:7}{count['gained']:8}{count['lost']:7}"

    def _risks(self) -> Iterator[str]:
        if not self.moved:
            yield "no risk would have changed"
            return
        up = sum(len(n) for (now, then), n in self.moved.items() if _graver(then, now))
        yield f"risk: {up} up, {sum(map(len, self.moved.values())) - up} down"
        for (now, then), numbers in sorted(self.moved.items(), key=lambda move: _order(*move[0])):
            shown = " ".join(map(str, numbers[:SHOWN]))
            more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
            yield f"  {now} to {then}, {len(numbers)}: {shown}{more}"


def backtest(
    context: RunContext,
    reader: Classifier,
    other: Classifier,
    rules: Policy,
    at: datetime,
    days: int,
) -> Hindsight:
    """Reads what was posted in the last days again and judges it by what is in force and by `rules`.

    `other` is the model to compare: `reader` itself where only the policy is another, and then each
    mention is read once. What is gone since is not in it. Nothing is stored. Raises ModelError where
    `rules` and the model name different flags.
    """
    other.read_under((), (rules,))  # at once, and not mention by mention
    hindsight = Hindsight(
        days=days,
        same_version=rules.version == reader.policy.version and rules != reader.policy,
        flags=tuple(rules.in_use),
        names=(f"policy {reader.policy.version}, model {reader.version}",
               f"policy {rules.version}, model {other.version}"),
    )  # fmt: skip
    read = 0
    for batch in context.store.mentions.posted_since(at - timedelta(days=days)):
        for stored in batch:
            with context.continue_on_error(f"mention {stored.number}"):
                hindsight.add(stored.number, *_both(stored.mention, reader, other, rules))
                hindsight.reach_back(at - stored.mention.posted_at)
        read += len(batch)
        context.report_progress(f"read {read} mentions")
    return hindsight


def _both(
    mention: Mention, reader: Classifier, other: Classifier, rules: Policy
) -> tuple[Outcome, Outcome]:
    if other is reader:
        ((now, then),) = reader.read_under([mention], (reader.policy, rules))
    else:
        (now,) = reader.read([mention])
        ((then,),) = other.read_under([mention], (rules,))
    return _made(mention, now, reader.policy), _made(mention, then, rules)


def _made(mention: Mention, reading: Reading, rules: Policy) -> Outcome:
    reading = classifier.add_impersonation_flags(reading, mention.matched, rules)
    earned = risk(
        reading, rules, followers=mention.author.followers, shares=mention.metrics.get("shares")
    )
    flags = frozenset(flag.name for flag in reading.flags)
    return Outcome(flags, earned, bool(flags) or earned != "none" or reading.read != "full")


def _graver(level: Risk, other: Risk) -> bool:
    return RISKS.index(level) < RISKS.index(other)


def _order(now: Risk, then: Risk) -> tuple[bool, int, int]:
    """Those that rise first, then the gravest."""
    gravest = min(RISKS.index(now), RISKS.index(then))
    return not _graver(then, now), gravest, RISKS.index(then)
