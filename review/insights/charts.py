"""Where everything of a chart lies: lines, bars and words with their places, which templates/insights/charts.html draws as SVG.

Nothing here knows HTML: words come out as they are and are escaped where they are drawn. Units are those of
the drawing's own grid, `width` by `height`; colours and sizes of text are in static/page.css.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from review.insights.control_chart import Weekly, on

WIDTH, NARROW, HEIGHT = 1080, 600, 250  # days take the whole page, weeks half of it
LEFT, RIGHT, TOP, BOTTOM = 52, 140, 18, 30  # room for the scale and for labels at the ends of lines
LINE_GAP = 17  # between two labels, so that they don't overlap
BAR, BAR_GAP, NAMES, COUNTS = (
    16,
    10,
    210,
    110,
)  # of a bar chart: height, room between, for names, for counts
TICK = 76  # room for a day along the bottom
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A label. `kind` is how it looks: tick, name, count, one, two."""

    x: float
    y: float
    text: str
    kind: str
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line through points. `kind`: grid, axis, one, two, so_far, mean, limit, before."""

    points: tuple[tuple[float, float], ...]
    kind: str

    @property
    def path(self) -> str:
        """As SVG has it: 0,10 5,20."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A bar."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point: a dot, or where it stands out a larger triangle that points the way."""

    x: float
    y: float
    kind: Literal["dot", "other", "open", "up", "down"]

    @property
    def corners(self) -> str:
        """Of a triangle, as SVG has them."""
        away = 1 if self.kind == "down" else -1
        return f"{self.x:g},{self.y + 8 * away:g} {self.x - 7:g},{self.y - 5 * away:g} {self.x + 7:g},{self.y - 5 * away:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with what it says in a sentence."""

    message: str
    height: float
    width: float = WIDTH
    strokes: tuple[Stroke, ...] = ()
    boxes: tuple[Box, ...] = ()
    marks: tuple[Mark, ...] = ()
    words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A name with a count for each day."""

    name: str
    counts: tuple[int, ...]


def over_days(
    message: str, days: Sequence[date], lines: Sequence[Series], *, today: date, since: date | None = None
) -> Chart:  # fmt: skip
    """One or two lines over days. The last day is open where it is today, which isn't over.

    A line begins where somebody began to read (`since`): a day that nobody read is no day on which nothing was said.
    """
    space = _Space(
        WIDTH, len(days), max((max(line.counts, default=0) for line in lines), default=0)
    )
    strokes = space.grid()
    marks: list[Mark] = []
    kinds = ("one", "two")
    running = bool(days) and days[-1] >= today
    begins = sum(day < since for day in days) if since is not None else 0
    for line, kind in zip(lines, kinds, strict=False):
        points = space.points(line.counts)[begins:]
        if not points:
            continue
        whole = points[:-1] if running else points
        strokes.append(Stroke(points=whole, kind=kind))
        if running:
            strokes.append(Stroke(points=points[-2:], kind="so_far"))
        shape: Literal["dot", "other"] = "dot" if kind == "one" else "other"
        if len(days) <= 31:
            marks += [Mark(x=x, y=y, kind=shape) for x, y in whole]
        if running:
            marks.append(Mark(x=points[-1][0], y=points[-1][1], kind="open"))
    ends = [
        (space.y(line.counts[-1]), f"{line.name} {line.counts[-1]:,}", kind)
        for line, kind in zip(lines, kinds, strict=False)
        if line.counts[begins:]
    ]
    words = [*space.scale(), *space.ticks([on(day) for day in days]), *space.ends(ends)]
    return Chart(
        message=message,
        height=HEIGHT,
        strokes=tuple(strokes),
        marks=tuple(marks),
        words=tuple(words),
    )


def over_weeks(weekly: Weekly) -> Chart:
    """An XmR chart: a point a week, mean and limits; a week that stands out is a triangle with its count."""
    limits = weekly.limits
    space = _Space(
        NARROW, len(weekly.counts), max([*weekly.counts, limits.upper if limits else 0], default=0)
    )
    points = space.points(weekly.counts)
    strokes = [*space.grid(), Stroke(points=points, kind="one")]
    words = [*space.scale(), *space.ticks([on(week) for week in weekly.weeks])]
    marks = []
    for place, (x, y) in enumerate(points):
        above = weekly.above(place)
        out = bool(weekly.signals[place])
        marks.append(Mark(x=x, y=y, kind=("up" if above else "down") if out else "dot"))
        if "outside" in weekly.signals[place]:
            count = f"{weekly.counts[place]:,}"
            words.append(
                Words(
                    x=x,
                    y=_round(y - 13 if above else y + 22),
                    text=count,
                    kind="count",
                    anchor="middle",
                )
            )
    if limits:
        ends = []
        for name, figure, kind in (
            ("Upper limit", limits.upper, "limit"), ("Mean", limits.mean, "mean"), ("Lower limit", limits.lower, "limit"),
        ):  # fmt: skip
            strokes.append(Stroke(points=space.across(figure), kind=kind))
            ends.append((space.y(figure), f"{name} {figure:,.1f}".removesuffix(".0"), "tick"))
        words += space.ends(ends)
    elif points:
        words += space.ends([(points[-1][1], f"{weekly.counts[-1]:,}", "one")])
    return Chart(
        message=weekly.message, width=NARROW, height=HEIGHT, strokes=tuple(strokes), marks=tuple(marks), words=tuple(words)
    )  # fmt: skip


HIDDEN = "✱"  # stands for a count that could single somebody out; it has no bar, by which it could be measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A count with the one before. None: nothing is compared. `hidden`, `before_hidden`: not to be shown."""

    name: str
    count: int
    before: int | None = None
    hidden: bool = False
    before_hidden: bool = False


def bars(message: str, rows: Sequence[Bar]) -> Chart:
    """A bar a row, with a stroke across where it was before; counts at the right."""
    width = 500
    room = width - NAMES - COUNTS
    most = max([
        *(row.count for row in rows if not row.hidden), *(row.before or 0 for row in rows if not row.before_hidden), 1,
    ])  # fmt: skip
    boxes, words, strokes = [], [], []
    for place, row in enumerate(rows):
        y = 4 + place * (BAR + BAR_GAP)
        if not row.hidden:
            boxes.append(Box(x=NAMES, y=y, width=_round(room * row.count / most), height=BAR))
        words.append(Words(x=NAMES - 8, y=y + 13, text=_cut(row.name), kind="name", anchor="end"))
        label = HIDDEN if row.hidden else f"{row.count:,}"
        if row.before is not None and row.before_hidden:
            label += f" ({HIDDEN})"
        elif row.before is not None:
            x = _round(NAMES + room * row.before / most)
            strokes.append(Stroke(points=((x, y - 3), (x, y + BAR + 3)), kind="before"))
            label += f" ({row.before:,})"
        words.append(Words(x=width - COUNTS + 12, y=y + 13, text=label, kind="count"))
    height = 8 + len(rows) * (BAR + BAR_GAP)
    axis = Stroke(points=((NAMES, 0), (NAMES, height - 4)), kind="axis")
    return Chart(
        message=message, width=width, height=height, strokes=(axis, *strokes), boxes=tuple(boxes), words=tuple(words)
    )  # fmt: skip


class _Space:
    """Where a count of a day lies in the drawing."""

    def __init__(self, width: int, days: int, most: float) -> None:
        self._right = width - RIGHT
        self._days = days
        self._step = step_of(most)
        self._top = max(self._step, -(-most // self._step) * self._step)

    def x(self, place: int) -> float:
        room = self._right - LEFT
        return _round(LEFT + (room * place / (self._days - 1) if self._days > 1 else room / 2))

    def y(self, count: float) -> float:
        return _round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / self._top)

    def points(self, counts: Sequence[int]) -> tuple[tuple[float, float], ...]:
        return tuple((self.x(place), self.y(count)) for place, count in enumerate(counts))

    def across(self, count: float) -> tuple[tuple[float, float], ...]:
        return (LEFT, self.y(count)), (self._right, self.y(count))

    def grid(self) -> list[Stroke]:
        steps = range(0, int(self._top) + 1, self._step)
        return [Stroke(points=self.across(at), kind="grid" if at else "axis") for at in steps]

    def scale(self) -> list[Words]:
        steps = range(0, int(self._top) + 1, self._step)
        return [
            Words(x=LEFT - 8, y=self.y(at) + 5, text=f"{at:,}", kind="tick", anchor="end")
            for at in steps
        ]

    def ticks(self, names: Sequence[str]) -> list[Words]:
        """Names along the bottom, counted from the last, so many that they don't touch."""
        every = max(1, -(-len(names) * TICK // (self._right - LEFT)))
        places = [place for place in range(len(names)) if (len(names) - 1 - place) % every == 0]
        return [
            Words(x=self.x(place), y=HEIGHT - 8, text=names[place], kind="tick", anchor="middle") for place in places
        ]  # fmt: skip

    def ends(self, labels: Sequence[tuple[float, str, str]]) -> list[Words]:
        """Labels at the right ends of lines, moved apart where they would overlap."""
        placed: list[tuple[float, str, str]] = []
        for y, text, kind in sorted(labels):
            at = max(y, placed[-1][0] + LINE_GAP) if placed else y
            placed.append((at, text, kind))
        below = placed[-1][0] - (HEIGHT - BOTTOM) if placed else 0
        if below > 0:  # pushed past the bottom: everything above moves up as far as it must
            floor = float(HEIGHT - BOTTOM)
            for place in reversed(range(len(placed))):
                at = min(placed[place][0], floor)
                placed[place] = (at, *placed[place][1:])
                floor = at - LINE_GAP
        return [
            Words(x=self._right + 10, y=_round(y + 5), text=text, kind=kind)
            for y, text, kind in placed
        ]


def step_of(most: float) -> int:
    """The step of a scale of whole counts from 0: 1, 2 or 5 times a power of ten, with at most five steps."""
    size = 1
    while True:
        for by in (1, 2, 5):
            if size * by * 5 >= most:
                return size * by
        size *= 10


def _cut(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"


def _round(figure: float) -> float:
    return round(figure, 1)
