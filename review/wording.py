"""What people call decisions and states on the page, and how a moment that has passed is said; flags: the policy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from collectors.platforms import INTEGRATIONS, PLATFORM_NAMES
from core.models import DecisionKind

NAMES: dict[str, str] = {
    # decisions
    "no_action": "No action", "not_relevant": "Not about us", "respond": "Answer", "remove": "Remove",
    "escalate": "Pass on", "monitor": "Watch", "snooze": "Bring back later", "report": "Report to the platform",
    "duplicate": "Same as another case", "sent_back": "Sent back by the Guardian", "second_opinion": "Ask a colleague", "wrong_label": "Wrong label",
    "reopen": "Reopened", "confirm": "Confirmed", "undo": "Undone",
    # states and tabs
    "new": "New", "open": "Open again", "escalated": "Passed on", "snoozed": "Comes back later", "done": "Done",
    "high": "High risk", "mine": "Mine", "overdue": "Overdue", "edited": "Edited since",
    "unread": "Could not be read", "all": "All",
    # staff
    "icb": "says that they work for the ICB", "nhs": "says that they work for the NHS, not the ICB",
    "no": "not staff",
    # why a post is in a case
    "first": "the first of its case", "same words": "says the same, word for word",
    "alike": "says nearly the same", "thread": "in the same thread", "split": "split off as another matter",
    # how far the model could read
    "full": "read in full", "partial": "could not be read in full",
    # how grave an allegation is
    "serious": "death, serious harm, abuse or crime", "other": "other failing",
    # roles
    "admin": "administrator",
    # sources that are no platform
    "accounts": "Profiles in our name", "noted": "Noted by hand",
    **{source.name: source.label for source in INTEGRATIONS if source.name not in PLATFORM_NAMES},
}  # fmt: skip

# What each decision means, beside its name on the form.
DOES: dict[DecisionKind, str] = {
    "no_action": "Nothing needs doing. The case closes.",
    "not_relevant": "Not about us, or not about health care. The case closes.",
    "respond": "Someone answers on the platform, and says so here. Nothing is sent from here.",
    "remove": "It should be taken down. Deciding removes nothing: hide, remove or report it afterwards, under ‘On the platform’.",
    "escalate": "It is for another team. They’re emailed and chased, or you ring them. It stays in Waiting until they answer.",
    "monitor": "Nothing now. The case opens again if it grows threefold or turns worse.",
    "snooze": "The case comes back on a day, or when it grows.",
    "report": "It breaks the platform’s own rules (policy, section 9). Afterwards the case says where and in what words.",
    "duplicate": "Another case covers it, and what is decided there holds.",
    "second_opinion": "The case stays open, and a colleague whom you name is asked.",
}  # fmt: skip

# Where a post stands, on buttons and in lines: a platform by its name of today, what is none by "the site".
_SITES = {
    "blog": "Blog",
    "news": "News",
    "review": "Review",
    "email": "Email",
    "record": "Record",
    "other": "Web",
}
SHORT_NAMES: dict[str, str] = {
    str(key): "the site" if key in _SITES else name.partition(" (")[0]
    for key, name in PLATFORM_NAMES.items()
}


def post_name(platform: str, kind: str) -> str:
    """What a post is called in a line: X post, blog comment, Google review, review."""
    label = _SITES.get(platform) or SHORT_NAMES[platform]
    named = label.removesuffix("s")  # "Google reviews" names its posts already
    return named if named.lower().split()[-1] == kind else f"{label} {kind}"


VERY_SURE, SURE = 0.9, 0.7  # from which scores on the page says so
# What rules and the program call things in what they write down of a post, and what the page calls them.
_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"looks clean to the model"), "holds nothing, by what the program reads"),
    (re.compile(r"\bthe model\b"), "the program"),
    (re.compile(r"\bauthor\b"), "writer"),
    (re.compile(r"\b(S|s)omebody\b"), r"\1omeone"),
)


def how_sure(score: float) -> str:
    """How sure the program is of a flag, in words: what a person can weigh."""
    return "very sure" if score >= VERY_SURE else "sure" if score >= SURE else "not sure"


def plain(reason: str) -> str:
    """What a rule wrote down, in the words of the page."""
    for pattern, plain_words in _PLAIN:
        reason = pattern.sub(plain_words, reason)
    return reason


def words(name: str) -> str:
    """What a decision, a state or a source is called."""
    return NAMES.get(name, name.replace("_", " "))


def either(names: Iterable[str]) -> str:
    """a, b or c."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def ago(moment: datetime, at: datetime) -> str:
    """5 minutes ago, 3 hours ago, 2 days ago."""
    passed = max(timedelta(), at - moment)
    for size, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(passed.total_seconds() // size)
        if count:
            return f"{count} {noun}{'s' * (count > 1)} ago"
    return "just now"
