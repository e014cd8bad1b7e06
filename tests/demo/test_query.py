from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.query import Searchable, matcher


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ('"NW London ICB"', "The NW  London\nICB's letter", True),
        ('"NW London ICB"', "London NW ICB", False),
        ("ICB", "icbergs ahead", False),
        ("icb OR cricket", "Village Cricket", True),
        ("icb cricket", "Village Cricket", False),
        ("icb AND cricket", "icb cricket", True),
        ("@HealthierNWL", "hello @healthiernwl!", True),
        ("@HealthierNWL", "hello @HealthierNWL_Help", False),
        ('("A and E" OR icb) -cricket', "ICB news", True),
        ('("A and E" OR icb) -cricket', "ICB cricket", False),
        ("icb -(news OR cricket)", "ICB news", False),
        ("icb OR ealing harrow", "icb", True),  # a space binds tighter than OR
        ("-from:ana icb", "icb", False),
        ("from:Ana icb lang:en is:reply -is:retweet", "icb", True),
        ("-is:reply icb", "icb", False),
        ("lang:pl icb", "icb", False),
    ],
)
def test_a_query_finds_what_the_platform_would(query: str, text: str, found: bool) -> None:
    post = Searchable(text=text, author="ana", language="en", traits=frozenset({"reply"}))
    assert matcher(query)(post) is found


@pytest.mark.parametrize("query", ["", "  ", '"open', "(a OR b", "a)", "a OR", "OR a", "-", "()"])
def test_a_query_that_makes_no_sense_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        matcher(query)


@given(st.text(alphabet='ab ()"-:OR@'))
def test_any_query_is_either_read_or_refused_with_a_value_error(query: str) -> None:
    try:
        matcher(query)(Searchable(text="a b"))
    except ValueError:
        return
