"""JSON as a platform might really send it: a saved item with parts gone, nulled or of another kind."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 4.5, float("nan"), 10**400, "", " ", "\ud800", "\0", "x" * 50, [], [None], [[]], {}, {"id": None},
    {"a": []}, "2099-01-01T00:00:00Z", "https://[",
)  # fmt: skip


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(place for key, part in inner for place in _places(part, (*at, key)))]


def _changed(value: Any, place: tuple[Any, ...], new: Any, gone: bool) -> Any:
    if not place:
        return new
    holder = value
    for step in place[:-1]:
        try:
            holder = holder[step]
        except (KeyError, IndexError, TypeError):
            return value
    try:
        if gone:
            del holder[place[-1]]
        else:
            holder[place[-1]] = new
    except (KeyError, IndexError, TypeError):
        pass
    return value


@st.composite
def mutants(draw: st.DrawFn, item: Any) -> Any:
    """The item with one to three of its parts changed."""
    changed = copy.deepcopy(item)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(changed)))
        changed = _changed(
            changed, place, copy.deepcopy(draw(st.sampled_from(ODD_VALUES))), draw(st.booleans())
        )
    return changed
