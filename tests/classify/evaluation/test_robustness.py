from __future__ import annotations

import pytest

from classify.evaluation.metrics import Case
from classify.evaluation.report import plain_data
from classify.evaluation.robustness import Change, Robustness, change
from tests.classify.factories import case


def read(*flags: str, risk: str = "none") -> Case:
    return case(said=flags, answer={"risk": risk})


BEFORE = [
    read("threat", risk="high"),
    read("threat", risk="high"),
    read(),
    read(),
    read("media", risk="low"),
]
AFTER = [read("media", risk="low"), read("threat", risk="high"), read("pid", risk="high"), read(), read("media", risk="low")]  # fmt: skip


def measured(*changes: Change) -> Robustness:
    return Robustness(file="f", model="m", policy="p", count=5, changes=changes)


def test_a_change_is_counted_among_the_rows_that_it_may_hold_of() -> None:
    typos = change("typos", BEFORE, AFTER)
    shares = (typos.flags.share, typos.lost.share, typos.raised.share)
    assert [(share.hits, share.count) for share in shares] == [(2, 5), (1, 2), (1, 2)]
    assert (typos.flags.goal, typos.lost.goal, typos.raised.goal) == (0.10, 0.03, 0.02)
    assert typos.flags.over


def test_another_score_or_a_medium_risk_is_no_change() -> None:
    quiet = change("typos", [read("media", risk="low")], [read("media", risk="medium")])
    assert (quiet.flags.share.hits, quiet.lost.share.count, quiet.raised.share.count) == (0, 0, 0)
    assert not quiet.flags.over


@pytest.mark.parametrize("name", ["long before", "long after"])
def test_a_long_edit_may_change_more(name: str) -> None:
    assert change(name, BEFORE, AFTER).flags.goal == 0.15


def test_other_rows_than_those_before_are_a_bug() -> None:
    with pytest.raises(ValueError, match="shorter"):
        change("typos", BEFORE, AFTER[:1])


def test_the_table_holds_shares_intervals_and_goals_within_a_terminal() -> None:
    table = measured(change("typos", BEFORE, AFTER), change("emoji", AFTER[-1:], AFTER[-1:])).text()
    (typos,) = [line for line in table.splitlines() if line.startswith("typos")]
    assert typos.split() == [
        "typos", "5", "0.40", "[0.12,", "0.77]!", "0.10", "0.50", "[0.09,", "0.91]!", "0.03",
        "0.50", "[0.09,", "0.91]!", "0.02",
    ]  # fmt: skip
    (emoji,) = [line for line in table.splitlines() if line.startswith("emoji")]
    assert emoji.split()[-2:] == ["-", "-"]
    assert max(map(len, table.splitlines())) <= 100


def test_the_figures_are_plain_data() -> None:
    record = plain_data(measured(change("typos", BEFORE, AFTER)))
    (typos,) = record["changes"]
    assert typos["lost"]["share"]["hits"] == 1
    assert typos["lost"]["goal"] == 0.03
    assert len(typos["lost"]["share"]["interval"]) == 2
