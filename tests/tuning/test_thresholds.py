"""The rule by which a threshold follows decisions: what moves it, how far, and what may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.policy import schema
from tests.fuzz.profiles import examples
from tuning.thresholds import STEP, Proposal, Reviewed, proposals, propose

SHIPPED = schema.load().flags
GRAVEST = ("pid", "safeguarding", "threat")


def seen(score: float, held: bool, times: int = 1, *, unflagged: bool = False) -> list[Reviewed]:
    return [Reviewed("derogatory", score, held, unflagged)] * times


def proposed(
    decisions: list[Reviewed],
    flag: str = "derogatory",
    *,
    now: float = 0.38,
    shipped: float = 0.38,
    costs: float = 2,
) -> Proposal:
    stands = SHIPPED[flag].model_copy(update={"missed_costs": costs, "threshold": now})
    return propose(flag, decisions, stands, shipped=shipped)


def test_without_decisions_nothing_moves() -> None:
    none = proposed([])
    assert (none.threshold, none.confirmed, none.refused) == (0.38, 0, 0)
    assert none.why == "nobody has decided on it"


def test_the_costs_balance_at_the_shipped_threshold_until_decisions_say_otherwise() -> None:
    none = proposed([])
    assert none.low < 0.38 < none.high
    # a third of what scores as the threshold does holds, as the costs want it: one missed, two needless
    as_expected = seen(0.38, True, 10) + seen(0.38, False, 20)
    assert proposed(as_expected).threshold == 0.38
    assert proposed(as_expected).high - proposed(as_expected).low < none.high - none.low


def test_what_is_refused_again_and_again_raises_it_and_few_decisions_do_not() -> None:
    confirmed = seen(0.9, True)
    few = proposed(confirmed + seen(0.4, False, 8))
    assert not few.moves
    assert "too few" in few.why
    more, many = (proposed(confirmed + seen(0.4, False, n)) for n in (14, 60))
    assert few.now < more.threshold <= many.threshold
    assert few.sure < 0.8 < more.sure < many.sure


def test_the_more_decisions_there_are_the_further_one_missed_case_moves_it() -> None:
    missed = [proposed(seen(0.1, True, n, unflagged=True), now=0.38).threshold for n in (1, 4, 9)]
    assert missed == sorted(missed, reverse=True)
    assert 0.38 - missed[0] <= 0.03


def test_one_proposal_moves_it_by_one_step_at_most() -> None:
    moved = proposed(seen(0.95, True, 5) + seen(0.45, False, 500))
    assert moved.threshold == pytest.approx(0.38 + STEP)
    assert "at a time" in moved.why


def test_it_is_raised_no_further_than_the_lowest_case_that_was_confirmed() -> None:
    moved = proposed(seen(0.405, True) + seen(0.42, False, 80))
    assert moved.threshold == 0.40
    assert "lowest confirmed" in moved.why
    at_the_edge = proposed(seen(0.385, True) + seen(0.42, False, 80))
    assert not at_the_edge.moves
    assert "would lose a case" in at_the_edge.why


def test_where_nobody_confirmed_anything_it_is_not_raised() -> None:
    only_wrong_ones = proposed(seen(0.42, False, 80))
    assert not only_wrong_ones.moves
    assert "nobody confirmed" in only_wrong_ones.why


def test_without_a_sample_of_what_is_unflagged_it_is_never_lowered() -> None:
    all_right = seen(0.39, True, 200)
    assert not proposed(all_right).moves
    assert "blind sample" in proposed(all_right).why
    # a missed case that another flag brought to light is no sample either
    assert not proposed(all_right + seen(0.36, True, 5)).moves


def test_cases_that_a_sample_shows_were_missed_lower_it_and_no_further_than_they_lie() -> None:
    sample = seen(0.36, True, 30, unflagged=True)
    lowered = proposed(sample)
    assert lowered.threshold == 0.36
    assert (lowered.missed, lowered.unflagged) == (30, 30)
    clean = seen(0.05, False, 40, unflagged=True)
    assert not proposed(seen(0.39, True, 200) + clean).moves
    assert "no missed case" in proposed(seen(0.39, True, 200) + clean).why


def test_missed_cases_that_are_dear_lower_it_sooner() -> None:
    # one in five of what lies just under the threshold holds
    sample = seen(0.36, True, 10, unflagged=True) + seen(0.36, False, 40, unflagged=True)
    assert not proposed(sample, costs=1).threshold < 0.38
    assert proposed(sample, costs=10).threshold < 0.38


def test_with_a_sample_the_costs_decide_though_a_confirmed_case_is_lost() -> None:
    sample = seen(0.1, False, 30, unflagged=True)
    moved = proposed(seen(0.385, True) + seen(0.42, False, 200) + sample)
    assert moved.threshold > 0.385


def test_the_same_decisions_followed_again_and_again_lead_no_further_than_where_they_lie() -> None:
    refused = seen(0.95, True, 5) + seen(0.45, False, 300) + seen(0.05, False, 900, unflagged=True)
    missed = seen(0.3, True, 40, unflagged=True) + seen(0.05, False, 40, unflagged=True)
    for decisions, bound in ((refused, 0.46), (missed, 0.3)):
        now = 0.38
        for _ in range(12):
            now = proposed(decisions, now=now).threshold
        assert now == bound
    assert "hardly anything" in proposed(refused, now=0.46).why
    one_odd = refused + seen(0.9, False)
    assert not proposed(one_odd, now=0.46).moves
    assert "as far as" in proposed(refused, now=0.44).why


@pytest.mark.parametrize("flag", GRAVEST)
def test_the_gravest_rise_above_the_shipped_threshold_on_strong_evidence_alone(flag: str) -> None:
    much = seen(0.9, True, 10) + seen(0.25, False, 60)
    assert not proposed(much, flag, now=0.2, shipped=0.2, costs=10).moves
    assert proposed(much, "hate", now=0.2, shipped=0.2, costs=10).moves
    sample = seen(0.02, False, 30, unflagged=True)
    strong = much + seen(0.25, False, 400) + sample
    assert proposed(strong, flag, now=0.2, shipped=0.2, costs=10).threshold > 0.2
    missed = strong + seen(0.1, True, unflagged=True)
    assert not proposed(missed, flag, now=0.2, shipped=0.2, costs=10).moves


@pytest.mark.parametrize("flag", GRAVEST)
def test_the_gravest_come_back_up_to_the_shipped_threshold(flag: str) -> None:
    much = seen(0.9, True, 10) + seen(0.25, False, 60)
    back = proposed(much, flag, now=0.17, shipped=0.2, costs=10)
    assert back.threshold == 0.2
    assert "strong evidence" in back.why


def test_every_flag_of_the_policy_is_told_of_but_those_that_rules_decide() -> None:
    decisions = [Reviewed("hate", 0.9, True), Reviewed("working_hours", 1.0, True)]
    told = proposals(decisions, SHIPPED, SHIPPED)
    fixed = {name for name, flag in SHIPPED.items() if flag.tuning == "fixed"}
    assert fixed >= {"no_disclaimer", "working_hours", "headline_share"}
    assert [one.flag for one in told] == [name for name in SHIPPED if name not in fixed]
    (hate,) = [one for one in told if one.flag == "hate"]
    assert (hate.confirmed, hate.now) == (1, SHIPPED["hate"].threshold)


DECISIONS = st.lists(
    st.builds(
        Reviewed, st.just("threat"), st.floats(0, 1), st.booleans(), st.booleans()
    ),
    max_size=60,
)  # fmt: skip


@examples(50)
@given(DECISIONS, st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.5, 20))
def test_no_decisions_break_the_bounds(
    decisions: list[Reviewed], now: float, shipped: float, costs: float
) -> None:
    now, shipped = round(now, 2), round(shipped, 2)
    found = proposed(decisions, "threat", costs=costs, now=now, shipped=shipped)
    assert 0 < found.threshold < 1
    assert abs(found.threshold - now) <= STEP + 1e-9
    assert found.low <= found.high
    assert 0 <= found.sure <= 1
    if not any(one.unflagged for one in decisions):
        assert found.threshold >= now
        lost = [one for one in decisions if one.holds and now <= one.score < found.threshold]
        assert not lost
    if found.threshold > now:
        assert found.confirmed
        assert found.threshold <= shipped or len(decisions) >= 100


@given(DECISIONS)
def test_the_order_of_decisions_counts_for_nothing(decisions: list[Reviewed]) -> None:
    one = proposed(decisions, "threat", costs=10, now=0.18, shipped=0.18)
    other = proposed(decisions[::-1], "threat", costs=10, now=0.18, shipped=0.18)
    assert one.threshold == other.threshold
