"""Where everything of a small XmR chart lies, in the units of its own grid; templates draw it as SVG and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.weekly.figures import Series

WIDTH, HEIGHT = 250, 64
LEFT, RIGHT, TOP, BOTTOM = 6, 200, 8, 58
Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """A chart with what it says in a sentence. `band` is where usual weeks lie; a week that was not watched breaks the line."""

    message: str
    lines: tuple[str, ...]
    dots: tuple[Place, ...]
    marks: tuple[Place, ...]
    label: str
    label_at: Place
    band: tuple[float, float, float, float] | None = None  # x, y, width, height
    mean: float | None = None
    good: bool = False  # the change is for the better


def sparkline(
    series: Series, message: str, number: Callable[[Series, float], str], *, good: bool = False
) -> Sparkline:
    """The chart of a series: weeks from left to right, the band of the usual up to where the change began."""
    values = [point.value for point in series.points]
    limits = series.reading.limits
    known = [value for value in values if value is not None]
    low = min([*known, limits.lower] if limits else known, default=0.0)
    high = max([*known, limits.upper] if limits else known, default=1.0)
    reach = (high - low) or 1.0

    def x(place: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * place / max(1, len(values) - 1), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / reach, 1)

    chosen = series.points.index(series.week) if series.week in series.points else len(values) - 1
    signal = series.reading.signal
    marked = set(range(chosen - (signal.weeks if signal else 0) + 1, chosen + 1))
    if signal and signal.weeks > 1:  # weeks that were left out belong to no run
        watched = [place for place in range(chosen + 1) if values[place] is not None]
        marked = set(watched[-signal.weeks :])
    lines: list[list[str]] = [[]]
    dots: list[Place] = []
    marks: list[Place] = []
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        lines[-1].append(f"{x(place)},{y(value)}")
        (marks if place in marked else dots).append((x(place), y(value)))
    end = next((place for place in reversed(range(len(values))) if values[place] is not None), None)
    last = values[end] if end is not None else None
    until = x(min(marked) - 1 if marked and min(marked) > 0 else len(values) - 1)
    return Sparkline(
        message=message, lines=tuple(" ".join(line) for line in lines if len(line) > 1),
        dots=tuple(dots), marks=tuple(marks),
        label=number(series, last) if last is not None else "",
        label_at=(RIGHT + 8, y(last) + 4 if last is not None else BOTTOM),
        band=(LEFT, y(limits.upper), round(until - LEFT, 1), round(y(limits.lower) - y(limits.upper), 1)) if limits else None,
        mean=y(limits.mean) if limits else None, good=good,
    )  # fmt: skip
