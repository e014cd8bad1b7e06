"""What a colleague who reports a post ticks, and what flags that says of it: a person outranks the program until another says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping

DANGER, PATIENT, THREAT, PRESS = (
    "Someone may be in danger", "A patient’s details", "A threat or abuse", "A journalist asks",
)  # fmt: skip
PRIVATE_CHAT = "A private chat was forwarded to the mailbox"
# Labels of the form, and of what the mailbox reports by itself, with the flags that the post has by them
FLAGS: Mapping[str, tuple[str, ...]] = {
    DANGER: ("safeguarding",), PATIENT: ("pid",), THREAT: ("threat",), PRESS: ("media",), PRIVATE_CHAT: ("safeguarding", "pid"),
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
