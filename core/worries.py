"""What a colleague who reports a post ticks, and what flags that says of it: a person outranks the program until another says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.models import LANES as LANE_ORDER
from core.models import Lane

DANGER, PATIENT, THREAT, PRESS = (
    "Someone may be in danger", "A patient’s details", "A threat or abuse", "A journalist asks",
)  # fmt: skip
AIMED, FALSE_CLAIM, OTHER = (
    "It is aimed at me",
    "A false claim, or a page in our name",
    "Something else",
)
PRIVATE_CHAT = "A private chat was forwarded to the mailbox"
# Labels of the form, and of what the mailbox reports by itself, with the flags that the post has by them
FLAGS: Mapping[str, tuple[str, ...]] = {
    DANGER: ("safeguarding",), PATIENT: ("pid",), THREAT: ("threat",), AIMED: ("threat",), PRESS: ("media",), PRIVATE_CHAT: ("safeguarding", "pid"),
}  # fmt: skip
# In which lane what was ticked waits once somebody has looked, the gravest first: what a program reads in it may make it more urgent, never less.
LANES: Mapping[str, Lane] = {
    PRIVATE_CHAT: "now", DANGER: "now", AIMED: "now", THREAT: "now", PATIENT: "now", PRESS: "answer", FALSE_CLAIM: "look", OTHER: "look",
}  # fmt: skip
UNLOOKED: Lane = "now"  # where every report waits until somebody has looked
NOBODY_LOOKED = "nobody has looked yet"  # as a row, a case and an email say it
# What a case is called by what was ticked, in Today and in emails. Fixed words: a colleague's own may name somebody and accuse them
HEADINGS: Mapping[str, str] = {
    DANGER: DANGER, PATIENT: PATIENT, THREAT: THREAT, AIMED: "Aimed at a colleague",
    FALSE_CLAIM: "A false claim or a page in our name", PRESS: PRESS, OTHER: "Something that worries a colleague",
}  # fmt: skip
_PRESS = re.compile(
    r"\b(?:journalist|reporter|news ?desk|press (?:enquiry|inquiry|query|call))s?\b", re.IGNORECASE
)


def ticked(worry: str) -> str:
    """The label that was ticked, as the form has it: the last of `worry`, alone or in brackets.

    Reports of private chats were taken in before: they end in what is cut off here.
    """
    return worry.removesuffix(")").rpartition(" (")[2].removesuffix(", in a private chat or group")


def flags_told(worry: str) -> set[str]:
    """What a report says that the post is, by what was ticked. That a journalist asks is known by its words too, whatever was ticked."""
    press = FLAGS[PRESS] if _PRESS.search(worry) else ()
    return {*FLAGS.get(ticked(worry), ()), *press}


def lane(worry: str) -> Lane:
    """Where what a colleague reported waits once somebody has looked (until then in Now), by what was ticked; Now where it is not known what that was."""
    known = LANES.get(ticked(worry), "now")
    return "answer" if known == "look" and "media" in flags_told(worry) else known


def gravest(worries: Sequence[str]) -> str:
    """Of what several colleagues said of one post what is most urgent, of that the last; "" of none."""
    kinds = list(LANES)

    def place(worry: str) -> tuple[int, int]:
        kind = ticked(worry)
        return LANE_ORDER.index(lane(worry)), kinds.index(kind) if kind in kinds else len(kinds)

    return min(reversed(worries), key=place, default="")
