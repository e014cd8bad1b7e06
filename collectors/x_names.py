"""Handles that could be taken for ours: X's documentation knows no search for accounts, so we guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import chain, zip_longest

from collectors.x_lists import HANDLE

MOST = 100  # names that one lookup takes
_ADDED = ("{}_", "_{}", "{}uk", "{}_uk", "the{}", "real{}", "{}official", "nhs{}", "{}nhs", "{}icb",
          "{}help", "{}_help", "{}info", "{}news", "{}1", "{}2", "my{}", "{}x")  # fmt: skip
_ALIKE = (("l", "i"), ("i", "l"), ("l", "1"), ("i", "1"), ("o", "0"), ("0", "o"), ("m", "rn"),
          ("rn", "m"), ("w", "vv"), ("e", "3"), ("s", "5"), ("a", "4"))  # fmt: skip


def near_handles(ours: Set[str], names: Sequence[str]) -> list[str]:
    """At most MOST handles, lower case, none of `ours`: spellings of ours and of these names.

    Every handle and name has its turn, so that none takes up all the room.
    """
    bases = [one for one in sorted(ours) if HANDLE.fullmatch(one) and not one.isdecimal()]
    written = chain.from_iterable(_written(name) for name in names)
    ways = [_near(base) for base in dict.fromkeys([*bases, *written])]
    turns = chain.from_iterable(zip_longest(*ways, fillvalue=""))
    fitting = (one for one in turns if HANDLE.fullmatch(one) and one not in ours)
    return list(dict.fromkeys(fitting))[:MOST]


def _written(name: str) -> Iterator[str]:
    """A name as a handle; one that is too long loses its first words."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    for first in range(len(words)):
        if len(joined := "".join(words[first:])) <= 15:
            if len(joined) > 4:  # a shorter one is anybody's
                yield joined
                yield "_".join(words[first:])
            return


def _near(base: str) -> Iterator[str]:
    """The base and what is one slip or one added word away, the likeliest first."""
    yield base
    added = (way.format(base) for way in _ADDED)
    alike = (base.replace(one, other, 1) for one, other in _ALIKE if one in base)
    yield from chain.from_iterable(zip_longest(added, alike, fillvalue=""))
    yield base.replace("_", "")
    for at in range(1, len(base)):
        yield base[:at] + base[at + 1 :]  # a letter is missing
        yield base[:at] + base[at] + base[at:]  # or is there twice
        yield base[: at - 1] + base[at] + base[at - 1] + base[at + 1 :]  # or changed places
