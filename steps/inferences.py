"""What is remaining of a reading where a platform's terms forbid to store what is derived of a person, or who is staff.

X names health, politics, faith, trade union, sex life and crimes of its users. The strictest reading that leaves nobody
in danger unseen: of speech that the law protects no kind is remaining, so that nothing here says who is in a union or whom a
discrimination is about; it is the Guardian's all the same. Of an allegation no more is remaining than that somebody came to
serious harm. Flags for danger and for a patient's details say what stands in the words, and stay: vital interests, and
a duty to the patient. Whether that is enough is the data protection officer's judgement (docs/privacy/what-is-remaining.md).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from classify.policy.schema import Policy
from collectors import terms
from core.models import SPEAKING_UP, Flag, Kind, Platform, Protected, Reading, speaks_up


def without_forbidden(reading: Reading, platform: Platform) -> Reading:
    """The reading without what may not be stored of this platform; the risk was worked out of the whole."""
    if not terms.forbids(platform, "inference"):
        return reading
    return replace(
        reading, protected=_protected(reading), flags=tuple(_flag(flag) for flag in reading.flags)
    )


def without_staff(reading: Reading, platform: Platform, kind: Kind, policy: Policy, also: Collection[Platform] = ()) -> Reading:  # fmt: skip
    """The reading without the flags that hold of staff alone, where it may not be remaining that somebody is staff: each would tell it.

    `also` are platforms of which the settings forbid it beyond their terms. What such a flag made the Guardian's stays the
    Guardian's: it is remaining as a disclosure, which anybody can make.
    """
    if platform not in {*terms.no_staff(), *also}:
        return reading
    remaining = tuple(flag for flag in reading.flags if flag.name not in policy.of_staff_alone)
    before, after = ([flag.name for flag in flags] for flags in (reading.flags, remaining))
    spoke = speaks_up(reading.protected, reading.staff, kind, before)
    lost = spoke and not speaks_up(reading.protected, None, kind, after)
    return replace(reading, flags=remaining, protected="disclosure" if lost else reading.protected)


def _protected(reading: Reading) -> Protected:
    """Speaking up of one kind whatever it is about: `disclosure`, which is the Guardian's whoever wrote it."""
    if reading.protected not in SPEAKING_UP:
        return reading.protected
    if speaks_up(reading.protected, reading.staff):
        return "disclosure"
    return "complaint" if reading.protected == "discrimination" else "criticism"


def _flag(flag: Flag) -> Flag:
    return flag if flag.harm in (None, "serious") else replace(flag, harm=None)
