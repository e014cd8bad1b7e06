from __future__ import annotations

from bench.curve import compared, draw


def figures(**seconds: float) -> dict[str, float]:
    return {"cycle": 1.0, "page": 0.1, "weekly": 1.0, "purge": 1.0, "backup": 1.0} | seconds


def test_the_largest_may_take_twice_as_long_as_the_one_before() -> None:
    curve = {1_000_000: figures(), 5_000_000: figures(cycle=1.9, purge=9.0, backup=9.0)}
    lines, well = compared(curve)
    assert well
    assert lines[0] == "cycle   5,000,000 takes 1.90 times 1,000,000 (at most 2)"
    assert lines[4] == (
        "backup  5,000,000 takes 9.00 times 1,000,000, 1.80 times for a million mentions (at most 2)"
    )
    assert not compared({1_000_000: figures(), 5_000_000: figures(page=0.21)})[1]
    assert not compared({1_000_000: figures(), 5_000_000: figures(backup=10.1)})[1]
    assert compared({1_000_000: figures()}) == ([], True)


def test_each_figure_is_drawn_by_its_own_longest() -> None:
    lines = draw({10_000: figures(cycle=1.0), 100_000: figures(cycle=2.0)})
    assert len(lines) == 10
    assert lines[0].count("#") * 2 == lines[1].count("#")
    assert lines[2].count("#") == lines[3].count("#")
