"""How often 'more than usual' is said of nothing, and what it misses: `python -m bench.spikes`.

Years of cases are simulated hour by hour: overdispersed (negative binomial), busier on working days and by day, with a level that
wanders (its logarithm an autoregression of order one) and drifts over the year. What stands out where nothing was planted is a
false alarm; then bursts are planted, and counted how many of them stand out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray

from core.spikes import (
    DAYS,
    FLAGS_AT_ONCE,
    HOUR_RARE,
    RARE,
    RARE_FLAG,
    SMALL,
    Expected,
    ExpectedHours,
    expected_day,
    expected_hours,
)

Hours = NDArray[np.int64]  # (days, 24)
MONTH = 365.25 / 12
WEEK = np.array([1.15, 1.15, 1.1, 1.1, 1.05, 0.75, 0.7])
DAY = np.array([0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1, 1.5, 1.8, 1.7, 1.6, 1.6, 1.5, 1.4, 1.4, 1.4, 1.5, 1.5, 1.4, 1.2, 1, 0.7, 0.5])  # fmt: skip
# At most so many false alarms a month over all measures of a kind; the command exits with 1 where more are.
LIMIT = 0.5
MOST_MAILS = 0.7  # a month, of an hour, of a day so far and of a whole day together


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How cases come: so many a day, how overdispersed, and how far and how long their level wanders."""

    name: str
    mean: float
    dispersion: float
    wander: float = 0.0  # standard deviation of the logarithm of the level
    holds: float = 0.0  # correlation of a day's level with the next
    drift: float = 0.0  # of the level over a year, in parts of it


WORLDS = (
    World(name="12 a day, chance alone", mean=12, dispersion=0.0),
    World(name="12 a day, overdispersed", mean=12, dispersion=0.1),
    World(name="12 a day, level wanders", mean=12, dispersion=0.05, wander=0.3, holds=0.7, drift=0.3),
    World(name="3 a day, level wanders", mean=3, dispersion=0.05, wander=0.3, holds=0.7, drift=0.3),
    World(name="40 a day, level wanders", mean=40, dispersion=0.05, wander=0.3, holds=0.7, drift=0.3),
    World(name="40 a day, wanders far", mean=40, dispersion=0.1, wander=0.4, holds=0.8, drift=0.5),
)  # fmt: skip
FLAG = World(name="a flag", mean=0.8, dispersion=0.1, wander=0.3, holds=0.7)


def simulate(world: World, days: int, chance: np.random.Generator) -> Hours:
    """Cases of each hour of so many days."""
    shocks = chance.normal(size=days)
    level = np.empty(days)
    level[0] = shocks[0] * world.wander
    for day in range(1, days):
        level[day] = world.holds * level[day - 1] + world.wander * np.sqrt(1 - world.holds**2) * shocks[day]  # fmt: skip
    season = 1 + world.drift * np.sin(2 * np.pi * np.arange(days) / 365.25)
    means = world.mean * np.exp(level - world.wander**2 / 2) * season * np.resize(WEEK, days)
    if world.dispersion:
        means = means * chance.gamma(1 / world.dispersion, world.dispersion, size=days)
    hourly = means[:, None] * DAY[None, :] / DAY.sum()
    if world.dispersion:  # one story brings several cases within an hour
        hourly = hourly * chance.gamma(1 / world.dispersion, world.dispersion, size=hourly.shape)
    cases: Hours = chance.poisson(hourly)
    return cases


def stands_out(expected: Expected | None, count: int, rare: float) -> bool:
    """As the page says it."""
    return expected is not None and count >= SMALL and count > expected.mean and expected.at_least(count) < rare  # fmt: skip


def mailed_by_night(expected: ExpectedHours, hours: Sequence[int]) -> bool:
    """Whether an email is written of a day: after one of its hours, or the morning after."""
    so_far = 0
    for hour, count in enumerate(hours):
        so_far += count
        if stands_out(expected.hour(hour), count, HOUR_RARE) or stands_out(expected.until(hour + 1), so_far, HOUR_RARE):  # fmt: skip
            return True
    return stands_out(expected.day, so_far, RARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of a world: false alarms a month by day, by hour and as emails, and shares of planted bursts that stood out."""

    name: str
    days: float
    hours: float
    mails: float
    doubled: float
    trebled: float
    ten_by_day: float
    ten_at_once: float


def measure(world: World, years: int, seed: int) -> Row:
    """Simulates a world. An hour's alarm is told once a day, as one; an email once for days in a row."""
    chance = np.random.default_rng(seed)
    days = DAYS + 365 * years
    hours = simulate(world, days, chance)
    counts = hours.sum(axis=1)
    false_days = false_hours = mails = 0
    before = False  # whether the day before stood out, so that it was told
    bursts: dict[str, list[bool]] = {"doubled": [], "trebled": [], "ten": [], "hour": []}
    for day in range(DAYS, days):
        expected = expected_hours(hours[day - DAYS : day].tolist())
        assert expected is not None
        count = int(counts[day])
        false_days += stands_out(expected.day, count, RARE)
        false_hours += any(
            stands_out(expected.hour(hour), int(hours[day, hour]), HOUR_RARE) for hour in range(24)
        )
        mailed = mailed_by_night(expected, hours[day].tolist())
        mails += mailed and not before
        before = stands_out(expected.day, count, RARE)
        if (
            day % 7 == 0 or day % 11 == 0
        ):  # a burst now and then, which leaves no trace in what follows
            usual = expected.day.mean
            bursts["doubled"].append(stands_out(expected.day, count + chance.poisson(usual), RARE))
            bursts["trebled"].append(
                stands_out(expected.day, count + chance.poisson(2 * usual), RARE)
            )
            bursts["ten"].append(stands_out(expected.day, count + 10, RARE))
            bursts["hour"].append(
                stands_out(expected.hour(14), int(hours[day, 14]) + 10, HOUR_RARE)
            )
    months = 365 * years / MONTH
    shares = {name: float(np.mean(hits)) for name, hits in bursts.items()}
    return Row(
        name=world.name, days=false_days / months, hours=false_hours / months, mails=mails / months, doubled=shares["doubled"],
        trebled=shares["trebled"], ten_by_day=shares["ten"], ten_at_once=shares["hour"],
    )  # fmt: skip


def flags_a_month(years: int, seed: int, said: Callable[[Sequence[int], int], bool]) -> float:
    """False alarms a month over as many flags as are looked at each day."""
    counts = simulate(FLAG, DAYS + 365 * years, np.random.default_rng(seed)).sum(axis=1).tolist()
    alarms = sum(said(counts[day - DAYS : day], counts[day]) for day in range(DAYS, len(counts)))
    return FLAGS_AT_ONCE * alarms / (365 * years / MONTH)


@click.command()
@click.option("--years", default=20, show_default=True, help="How many of each kind.")
@click.option("--seed", default=1, show_default=True)
def main(years: int, seed: int) -> None:
    """Prints the table of docs/measuring.md, and exits with 1 where a kind has more false alarms than it may."""
    click.echo(f"{'':<26}{'false alarms a month':>33}{'stood out, of 100 planted':>40}")
    click.echo(f"{'cases':<26}{'day':>11}{'hour':>11}{'emails':>11}{'doubled':>10}{'trebled':>10}{'+10, day':>10}{'+10, hour':>10}")  # fmt: skip
    worst = most_mails = 0.0
    for place, world in enumerate(WORLDS):
        row = measure(world, years, seed + place)
        worst, most_mails = max(worst, row.days, row.hours), max(most_mails, row.mails)
        click.echo(
            f"{row.name:<26}{row.days:>11.2f}{row.hours:>11.2f}{row.mails:>11.2f}{100 * row.doubled:>10.0f}{100 * row.trebled:>10.0f}"
            f"{100 * row.ten_by_day:>10.0f}{100 * row.ten_at_once:>10.0f}"
        )
    flags = flags_a_month(
        5 * years, seed, lambda past, count: stands_out(expected_day(past), count, RARE_FLAG)
    )
    click.echo(f"{f'{FLAGS_AT_ONCE} flags together':<26}{flags:>11.2f}")
    sys.exit(max(worst, flags) > LIMIT or most_mails > MOST_MAILS)


if __name__ == "__main__":
    main()
