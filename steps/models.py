"""What the page knows of acting on posts through their platforms, and what a trial of terms or rules found.

`OFFERED` says what each source's platform has, without asking anything; whether one post can be acted on is
found out when somebody wants to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.models import Flag

# By source, what can be done to what others posted on a page of ours, gentlest first; a test holds it to `collectors`.
OFFERED: Mapping[str, tuple[str, ...]] = {
    "facebook": ("hide", "delete"), "instagram": ("hide", "delete"), "x": ("hide",),
    "youtube": ("hold", "reject"), "feeds": ("hold", "spam", "trash"), "linkedin": ("delete",),
}  # fmt: skip
ACTIONS: Mapping[str, str] = {
    "hide": "Hide it", "unhide": "Show it again", "hold": "Hold it back", "release": "Release it",
    "spam": "Move it to spam", "unspam": "Take it out of spam", "trash": "Move it to the trash",
    "untrash": "Take it out of the trash", "delete": "Delete it for good", "reject": "Reject it for good",
}  # fmt: skip
DONE: Mapping[str, str] = {
    "hide": "Hidden", "unhide": "Shown again", "hold": "Held back", "release": "Released",
    "spam": "Moved to spam", "unspam": "Taken out of spam", "trash": "Moved to the trash",
    "untrash": "Taken out of the trash", "delete": "Deleted for good", "reject": "Rejected for good",
}  # fmt: skip
# Flags on which a removal can rest. What has none of them is complaint or criticism, as far as we know.
FOUNDED = frozenset({
    "pid", "threat", "hate", "sexual", "harassment", "confidential", "security", "impersonation",
    "removal_request",
})  # fmt: skip
SPOKEN = frozenset({"allegation", "grievance"})  # protected whatever else is in it
OUR_RULE = "3"  # the section by which the team removes what is offensive or derogatory


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An action on one post as a dry run tells it. `undo` is the action that takes it back, "" where none can.

    `why_not`: why it can't be done; `first`: the gentler step that must come before; `mark`: another one
    as soon as anything of this is different.
    """

    name: str
    does: str
    undo: str
    restores: bool
    why_not: str
    first: str
    mark: str

    @property
    def final(self) -> bool:
        """Whether nothing takes it back."""
        return not self.undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What can be done to one post, gentlest first. `off`: why nothing can be, and how to mend that."""

    source: str = ""
    off: str = ""
    steps: Sequence[Offered] = ()

    def step(self, name: str) -> Offered | None:
        """One of them."""
        return next((step for step in self.steps if step.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationRequest:
    """What somebody confirmed: an action on a post as it was shown, written down under a number."""

    moderation: int
    mention: int
    action: str
    mark: str
    by: str  # their sign-in name
    at: datetime


def protected(flags: Iterable[Flag], labels: Mapping[str, bool]) -> bool:
    """Whether a post is to be taken for complaint, criticism, an allegation or a grievance.

    What is derogatory of a person is none; what is so of an organisation alone is criticism. What people `said` of flags
    can only protect it: a ground that was found wrong is none, and no word of theirs alone is one.
    """
    standing_flags = [
        flag for flag in flags if labels.get(flag.name) is not False or flag.name in SPOKEN
    ]
    names = {flag.name for flag in standing_flags}
    insults = any(
        flag.name == "derogatory" and set(flag.target) - {"organisation", "none"}
        for flag in standing_flags
    )
    spoken = SPOKEN & (names | {name for name, holds in labels.items() if holds})
    return bool(spoken) or not (names & FOUNDED or insults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A mention in masked words."""

    mention: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a term or rule would have found. `before`: what the one in force finds, None where there is none.

    Counts are estimates of the whole, by what was looked at, where that was a sample.
    """

    name: str
    written: str
    means: str = ""
    doubts: Sequence[str] = ()
    matches: int = 0
    before: int | None = None
    added: int = 0
    lost: int = 0
    examples: Sequence[tuple[str, Sequence[Example]]] = ()  # what they are, and some


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The last `days` days: how many mentions are held, how many of them were looked at."""

    days: int
    total: int
    looked: int
    trials: Sequence[Trial]
    lost: int | None = None  # of terms: what only those that are to go had found
