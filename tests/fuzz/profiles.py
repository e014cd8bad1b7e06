"""How much is tried: some in a run of the tests, much by `make fuzz`, which loads the profile `many`."""

from __future__ import annotations

import os

from hypothesis import settings

MANY = "many"  # the profile of `make fuzz`
MORE = 40  # times as many as in a run of the tests


def is_many() -> bool:
    """Whether much is to be tried."""
    return os.environ.get("HYPOTHESIS_PROFILE") == MANY


def many_or(few: int) -> int:
    """How often something is tried: `few` times, or `MORE` as often."""
    return few * MORE if is_many() else few


def examples(few: int) -> settings:
    """The same, as examples of a property."""
    return settings(max_examples=many_or(few), deadline=None)
