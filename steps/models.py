"""What the page knows of acting on posts through their platforms, and what a trial of terms or rules found.

Whether one post can be acted on is found out when somebody wants to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from classify.policy.schema import Policy
from core.models import Flag, Kind, Platform

ACTIONS: Mapping[str, str] = {
    "hide": "Hide it", "unhide": "Show it again", "hold": "Hide it", "release": "Show it again",
    "spam": "Move it to spam", "unspam": "Take it out of spam", "trash": "Move it to the trash",
    "untrash": "Take it out of the trash", "delete": "Delete it for good", "reject": "Reject it for good",
}  # fmt: skip
DONE: Mapping[str, str] = {
    "hide": "Hidden", "unhide": "Shown again", "hold": "Hidden", "release": "Shown again",
    "spam": "Moved to spam", "unspam": "Taken out of spam", "trash": "Moved to the trash",
    "untrash": "Taken out of the trash", "delete": "Deleted for good", "reject": "Rejected for good",
}  # fmt: skip
# Why what was confirmed was not done
CHANGED = "it is no longer what was shown: it was edited, or something was done to it meanwhile"
GONE = "it is there no more: someone else, or its writer, removed it"
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
    """What can be done to one post, gentlest first. `off`: why nothing can be, and how to mend that; `ours`: it stands on our page."""

    source: str = ""
    off: str = ""
    ours: bool = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    """What sending a reply through a platform would do: the exact words, from which account.

    `why_not`: why it can't be sent; `needs`: the access that it takes; `mark`: another one as soon as anything
    of this is different.
    """

    source: str = ""
    account: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    needs: str = ""
    why_not: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """What somebody confirmed: a reply that was written down under a number, as it was shown."""

    sending: int
    mark: str
    at: datetime


def protected(flags: Iterable[Flag], labels: Mapping[str, bool], policy: Policy) -> bool:
    """Whether a post is to be taken for complaint, criticism, an allegation or a grievance.

    That is so of whatever has no ground for a removal: an insult is one where it is aimed at people, and
    criticism where it is aimed at an organisation alone. What people say of flags by `labels` can only
    protect it: a ground that was found wrong is none, and no word of theirs alone is one.
    """
    spoken = set(policy.names(protected_speech=True))
    standing_flags = [
        flag for flag in flags if labels.get(flag.name) is not False or flag.name in spoken
    ]
    flagged = {flag.name for flag in standing_flags}
    flagged |= {name for name, holds in labels.items() if holds}
    grounded = any(_is_ground(flag, policy) for flag in standing_flags)
    return not spoken.isdisjoint(flagged) or not grounded


def _is_ground(flag: Flag, policy: Policy) -> bool:
    """Whether a removal can rest on it; a flag of a former policy is no ground."""
    rule = policy.flags.get(flag.name)
    if rule is None or rule.takedown_ground == "never":
        return False
    return rule.takedown_ground == "always" or bool(set(flag.target) - {"organisation", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A mention in masked words. `in_case`: it is in a case, so that its page opens."""

    mention: int
    words: str = field(repr=False)
    in_case: bool = True


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


# Where nobody but the platform takes a post out of sight: review sites, news, a forum; an email stands in no public place.
_NEVER_HIDDEN: frozenset[Platform] = frozenset(
    ("google", "review", "news", "forum", "email", "record")
)


def can_be_hidden(platform: Platform, kind: Kind) -> bool:
    """Whether a platform lets whoever runs a page take a post on it out of sight."""
    return kind != "review" and platform not in _NEVER_HIDDEN
