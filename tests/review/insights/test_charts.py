"""Everything of a chart lies within it, labels don't touch, and what is drawn is in proportion."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from review.insights.charts import (
    BAR,
    LINE_GAP,
    Bar,
    Chart,
    Series,
    bars,
    over_days,
    over_weeks,
    step_of,
)
from review.insights.control_chart import weekly

FIRST = date(2026, 9, 1)
DAY = timedelta(days=1)
COUNTS = st.lists(st.integers(0, 100_000), min_size=1, max_size=92)


def days(count: int) -> list[date]:
    return [FIRST + place * DAY for place in range(count)]


def assert_within(chart: Chart) -> None:
    points = [point for stroke in chart.strokes for point in stroke.points]
    points += [(one.x, one.y) for one in chart.marks]
    points += [(one.x, one.y) for one in chart.words]
    points += [(one.x + one.width, one.y + one.height) for one in chart.boxes]
    for x, y in points:
        assert 0 <= x <= chart.width
        assert -1 <= y <= chart.height
    for one in chart.words:
        room = {
            "start": chart.width - one.x,
            "end": one.x,
            "middle": 2 * min(one.x, chart.width - one.x),
        }
        assert len(one.text) * 6 <= room[one.anchor] + 12, one


@settings(deadline=None)
@given(COUNTS, COUNTS)
def test_lines_over_days_lie_within_the_chart(one: list[int], two: list[int]) -> None:
    count = min(len(one), len(two))
    lines = [
        Series(name="Mentions", counts=tuple(one[:count])),
        Series(name="Flagged", counts=tuple(two[:count])),
    ]
    chart = over_days("said", days(count), lines, today=FIRST + 500 * DAY)
    assert_within(chart)
    ends = sorted(word.y for word in chart.words if word.kind in ("one", "two"))
    assert ends[1] - ends[0] >= LINE_GAP - 0.11
    drawn = next(stroke for stroke in chart.strokes if stroke.kind == "one")
    assert len(drawn.points) == count
    for ((_, y), (_, other)), (former, latter) in zip(
        pairwise(drawn.points), pairwise(one), strict=False
    ):
        assert (y >= other) if former <= latter else (y <= other)


def test_a_day_that_is_not_over_is_drawn_apart() -> None:
    line = [Series(name="Mentions", counts=(4, 8, 2))]
    chart = over_days("said", days(3), line, today=FIRST + 2 * DAY)
    assert [stroke.kind for stroke in chart.strokes if stroke.kind in ("one", "so_far")] == [
        "one",
        "so_far",
    ]
    assert [mark.kind for mark in chart.marks] == ["dot", "dot", "open"]
    assert "open" not in {
        mark.kind for mark in over_days("said", days(3), line, today=FIRST + 3 * DAY).marks
    }


@settings(deadline=None)
@given(st.lists(st.integers(0, 90_000), min_size=7, max_size=53))
def test_weeks_lie_within_the_chart_with_their_mean_and_limits(counts: list[int]) -> None:
    last = date(2026, 11, 15)
    told = {last - timedelta(weeks=back): count for back, count in enumerate(reversed(counts))}
    found = weekly("Mentions", told, last, last - timedelta(weeks=60), most=len(counts))
    chart = over_weeks(found)
    assert_within(chart)
    assert chart.message == found.message
    kinds = [stroke.kind for stroke in chart.strokes]
    assert (kinds.count("mean"), kinds.count("limit")) == ((1, 2) if found.limits else (0, 0))
    assert sum(mark.kind in ("up", "down") for mark in chart.marks) == sum(map(bool, found.signals))
    labels = sorted(word.y for word in chart.words if "imit" in word.text or "Mean" in word.text)
    assert all(later - former >= LINE_GAP - 0.11 for former, later in pairwise(labels))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=40), st.integers(0, 99_999), st.integers(0, 99_999)),
        min_size=1,
        max_size=14,
    )
)
def test_bars_are_in_proportion_and_say_their_counts(rows: list[tuple[str, int, int]]) -> None:
    chart = bars("said", [Bar(name=name, count=now, before=past) for name, now, past in rows])
    assert_within(chart)
    longest = max(max(row[1], row[2]) for row in rows)
    full = max([box.width for box in chart.boxes])
    for row, box in zip(rows, chart.boxes, strict=True):
        if row[1] == longest and longest:
            assert box.width == full
        assert box.height == BAR
    assert [word.text for word in chart.words if word.kind == "count"] == [
        f"{now:,} ({past:,})" for _, now, past in rows
    ]
    assert len([stroke for stroke in chart.strokes if stroke.kind == "before"]) == len(rows)


def test_a_bar_without_a_count_before_has_no_stroke_for_it() -> None:
    chart = bars("said", [Bar(name="Harrow", count=3)])
    assert [stroke.kind for stroke in chart.strokes] == ["axis"]
    assert [word.text for word in chart.words] == ["Harrow", "3"]


def test_a_hidden_count_has_neither_a_figure_nor_a_bar_that_could_be_measured() -> None:
    rows = [
        Bar(name="Harrow", count=40, before=3, before_hidden=True),
        Bar(name="Brent", count=2, hidden=True),
    ]
    chart = bars("said", rows)
    assert [word.text for word in chart.words if word.kind == "count"] == ["40 (✱)", "✱"]
    assert len(chart.boxes) == 1
    assert [stroke.kind for stroke in chart.strokes] == ["axis"]


def test_a_line_begins_on_the_day_on_which_somebody_began_to_read() -> None:
    line = [Series(name="Mentions", counts=(0, 0, 8, 2))]
    chart = over_days("said", days(4), line, today=FIRST + 9 * DAY, since=FIRST + 2 * DAY)
    whole = over_days("said", days(4), line, today=FIRST + 9 * DAY)
    drawn, all_of_it = (next(s for s in one.strokes if s.kind == "one") for one in (chart, whole))
    assert drawn.points == all_of_it.points[2:]
    assert len(chart.marks) == 2
    never = over_days("said", days(4), line, today=FIRST + 9 * DAY, since=FIRST + 9 * DAY)
    assert {stroke.kind for stroke in never.strokes} == {"axis", "grid"}


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_a_scale_has_whole_round_steps_and_at_most_five_of_them(most: int) -> None:
    step = step_of(most)
    assert step * 5 >= most
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert step == 1 or most > step * 2  # and no fewer than are needed


def test_nothing_at_all_is_drawn_too() -> None:
    assert_within(
        over_days("said", days(7), [Series(name="Mentions", counts=(0,) * 7)], today=FIRST)
    )
    assert_within(over_weeks(weekly("Mentions", {}, date(2026, 11, 15), None)))
