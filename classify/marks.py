"""What was found out about a mention before it is read: a profile like ours, a picture like a logo of ours.

These are no readings of words, so that they hold whatever the model thinks: the flags of codebook
clauses 4, 5 and 6.12 are put on, for a person to look at.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from classify.policy import Policy
from mention import LOOKS_LIKE, SHOWS_LOGO, Flag, Reading

_FLAGS = {LOOKS_LIKE: "impersonation", SHOWS_LOGO: "brand"}
_SCORE = 0.9  # no probability: what was compared was alike


def marked(reading: Reading, matched: Sequence[str], policy: Policy) -> Reading:
    """The reading with the flags that marks put on it, in scope where there is one."""
    there = {flag.name for flag in reading.flags}
    names = [
        name
        for start, name in _FLAGS.items()
        if name not in there and any(mark.startswith(start) for mark in matched)
    ]
    if not names:
        return reading
    added = (Flag(name=name, score=_SCORE, clauses=policy.clauses_of(name)) for name in names)
    flags = sorted((*reading.flags, *added), key=lambda flag: -flag.score)
    return dataclasses.replace(reading, in_scope=True, flags=tuple(flags))
