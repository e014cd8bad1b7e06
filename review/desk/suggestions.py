"""What is suggested for a post: one decision by rules, three others, and the rest under More. A person chooses.

The rules go by the post’s flags, what protects it, and where it stands. Nothing that
can't be undone is ever a button here: what hides, removes, sends or tells has a page of its own, to which a button leads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from classify.policy.schema import Policy
from core.models import DecisionKind, Lane, Protected, TeamType
from review.reading import UNSEEN, Reading
from steps.lanes import UNSURE
from store.cases.handoffs import HandoffState
from store.cases.outcomes import ALREADY, DecisionOutcome
from store.cases.outcomes import TEAM_ANSWERED as TEAM_ANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be done. `kind` is what is then saved of the post, None where `page` leads to a page of its own.

    `page` may name {case} and {post}; its fragment is where keys go on from. `asks` is what has to be answered before it is saved: "until", "colleague", "case".
    `labels` are flags of which it says whether they hold. `letter` is its own key, the same in every case; "" for none.
    """

    key: str
    label: str
    does: str
    kind: DecisionKind | None = None
    page: str = ""
    asks: str = ""
    labels: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    letter: str = ""

    def address(self, case: int, post: int, lane: str = "") -> str:
        """Where `page` leads for a post; it keeps the lane that somebody works through."""
        path, mark, fragment = self.page.format(case=case, post=post).partition("#")
        joined = "&" if "?" in path else "?"
        return f"{path}{joined}lane={lane}{mark}{fragment}" if lane else f"{path}{mark}{fragment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The big button and its reason, three others from left to right, and the rest.

    `withdrawn`: it is one choice of four, and nothing is suggested: officers overruled it too often, or nothing is known of the post.
    """

    choice: Choice
    title: str
    why: str
    others: tuple[Choice, ...]
    more: tuple[Choice, ...]
    withdrawn: bool = False

    @property
    def key(self) -> str:
        """What the form says of the big button."""
        return self.choice.key

    @property
    def label(self) -> str:
        """What stands on it."""
        return self.choice.label


def _no(key: str, label: str, flag: str) -> Choice:
    return Choice(
        key=key, label=label, kind="no_action", labels={flag: False}, letter="x",
        does="Nothing needs doing, and the program learns that it was wrong.",
    )  # fmt: skip


CHOICES: Mapping[str, Choice] = {
    choice.key: choice
    for choice in (
        Choice(key="danger", label="Show the steps", page="/cases/{case}/danger?post={post}#open", does="Opens the steps, with phone numbers. Its clock runs on."),
        Choice(key="threat", label="Deal with this threat", page="/cases/{case}/threat?post={post}#open", does="Opens the steps: 999, Security, police, the platform."),
        Choice(key="leak", label="Deal with this leak", page="/cases/{case}/leak?post={post}#open", does="Opens the steps of a leak. Its clock runs on."),
        Choice(key="pass", label="Pass on", letter="p", page="/cases/{case}/pass-on?post={post}#decide", does="They’re emailed and chased. It stays in Waiting until they answer."),
        Choice(key="guardian", label="Pass to the Guardian", letter="p", page="/cases/{case}/pass-on?post={post}&role=guardian#decide", does="They’re emailed and chased. It leaves your list. Nothing goes to an employer."),
        Choice(key="media_desk", label="Pass to the media desk", letter="p", page="/cases/{case}/pass-on?post={post}&role=media#decide", does="The media desk is emailed and chased."),
        Choice(key="security", label="Pass to Security", letter="p", page="/cases/{case}/pass-on?post={post}&role=security#decide", does="Security is emailed and chased."),
        Choice(key="hide", label="Hide it", page="/mentions/{post}/moderate?gentlest=1#confirm", does="Opens a page that shows what it would do first."),
        Choice(key="report", label="Report to the platform", letter="r", page="/mentions/{post}/report#written", does="It breaks their rules. We follow it up."),
        Choice(key="hidden", label="Hidden", kind="remove", does="Saves that we hid it."),
        Choice(key="reported", label="Reported", kind="report", does="Saves that we reported it, and follows it up."),
        Choice(key="answer", label="Answer", letter="a", page="/cases/{case}?post={post}&answer=1#reply-{post}", does="Words to start from, to copy and send on the platform."),
        Choice(key="copy", label="Copy and open {platform}", letter="a", page="original", does="Copies the words and opens the platform. Nothing is sent from here."),
        Choice(key="write", label="Open {platform}", letter="a", page="original", does="Opens the platform, where you write your own words. Nothing is sent from here."),
        Choice(key="look", label="Look on {platform}", page="original", does="Opens the post where it stands. We save who looked."),
        Choice(key="answered", label="I’ve answered", letter="i", kind="respond", does="Saves that we answered, and stops the clock."),
        Choice(key="already", label=ALREADY, letter="y", kind="no_action", does="Our earlier answer stands. Stops the clock."),
        Choice(key="closed", label="Close with their answer", kind="no_action", does="What the team said settles it. Stops the clock."),
        Choice(key="watch", label="Watch", letter="w", kind="monitor", does="Nothing now. Comes back if it grows or turns worse."),
        Choice(key="none", label="No action", letter="n", kind="no_action", does="Nothing needs doing."),
        _no("not_leak", "Not a leak", "pid"),
        _no("not_threat", "Not a threat", "threat"),
        _no("not_danger", "Not in danger", "safeguarding"),
        _no("not_our_name", "Not in our name", "impersonation"),
        Choice(key="later", label="Bring back later", kind="snooze", asks="until", does="Choose a day."),
        Choice(key="ask", label="Ask a colleague", kind="second_opinion", asks="colleague", does="Stays open, and due when it is, until they answer."),
        Choice(key="same", label="Same as another case", kind="duplicate", asks="case", does="What’s decided there counts here."),
        Choice(key="not_us", label="Not about us", letter="u", kind="not_relevant", does="Another organisation, or not health care."),
    )
}  # fmt: skip
# Each letter stands for one decision wherever it stands, so that a hand that knows it is never wrong. None hides or deletes.
KEYS: Mapping[str, str] = {
    "n": "No action", "u": "Not about us", "w": "Watch", "p": "Pass on", "a": "Answer, or open the platform to answer",
    "i": "I’ve answered", "y": "Answered already", "r": "Report to the platform", "x": "Not what it was flagged for",
}  # fmt: skip
UNKEYED = ("hide", "hidden")  # no key, as what hides, deletes or sends has none
PATHS = ("danger", "threat", "leak")  # what a person may see in any post
# Which path tells of which flag, the gravest first.
TELLS_OF: Mapping[str, str] = {"safeguarding": "danger", "threat": "threat", "pid": "leak"}
# In what order the rest stands under More.
MORE = (
    "pass",
    "answer",
    "watch",
    "later",
    "ask",
    "report",
    "hide",
    "same",
    "not_us",
    "none",
    *PATHS,
)
# What ends a post and tells nobody: not offered where someone has to be told first.
ENDS = ("none", "watch", "not_us", "later", "same", "already", "closed")
# What several posts that were ticked can be decided as at once: what needs no page and no look at each.
TOGETHER = ("none", "watch", "not_us", "later", "same")
# Why nothing is done although a clock runs: what is kept, and what a person sees.
WHYS: Mapping[str, str] = {
    "answered": "Answered elsewhere", "wrong": "The program read it wrongly", "no_question": "Not a question", "handled": "Someone else deals with it",
    "gone": "Already gone",
}  # fmt: skip
# Why it is none of what it was flagged for. Asked always: neither one click nor one key says that nobody is in danger.
WHY_NOT: Mapping[str, Mapping[str, str]] = {
    "not_danger": {
        "past": "It is over, or they have help", "saying": "A saying, a joke or a quotation", "story": "A campaign, news or a story",
        "handled": "The right people have it already",
    },
    "not_threat": {
        "saying": "A saying or a joke", "quoted": "It tells of what someone else said", "story": "News or a story",
        "handled": "The right people have it already",
    },
    "not_leak": {
        "own": "Their own details, told on purpose", "public": "Public details: an office, an official", "nobody": "Not a real person",
        "handled": "The right people have it already",
    },
}  # fmt: skip
WHYS_NOT_US: Mapping[str, str] = {
    "other": "It means another organisation", "not_care": "It is not about health care", "wrong": "The program read it wrongly",
    "handled": "The right people have it already",
}  # fmt: skip
# What closes a post, or puts it aside, without a word or a deed: of high risk, or where people were told at once, it asks why.
CLOSES = (*ENDS, "not_our_name")
# What says that there is nothing in it, or nothing to do about it: of what tells of something badly wrong it asks why.
DISMISSES = ("none", "not_us", "watch")
# What stops a running clock with nobody answered: it asks why.
LEAVES_UNANSWERED = ("none", "watch")
# The reasons that are offered for each; WHYS for any other.
_WHYS_OF: Mapping[str, Mapping[str, str]] = {
    **WHY_NOT,
    "not_us": WHYS_NOT_US,
    "not_our_name": {"firm": "A firm, a fan or a campaign that names us", "news": "News or a story about us", "own": "It is our own page or account", "handled": "The right people have it already"},
    "watch": {"handled": "The right people have it already", "more": "Nothing can be done until more is known", "past": "It is over, and was dealt with then", "wrong": "The program read it wrongly"},
    "already": {"holds": "Our answer says all that can be said", "told": "Our answer says whom to turn to, and they did", "handled": "The right people have the rest"},
    "later": {"more": "More will be known then", "handled": "The right people have it until then", "closed": "Whoever it is for is closed until then"},
    "same": {"event": "It tells of the same event", "copy": "It is a copy, or passes it on", "writer": "The same person says it again"},
}  # fmt: skip


# Why no action is taken, by what the worst of the posts is: what an officer may have found out, and no reason of something else.
WHYS_ABOUT: Mapping[str, Mapping[str, str]] = {
    "leak": {
        "handled": "Information governance has it already", "own": "Their own details, or their family’s, told on purpose", "public": "Nobody can be known by it",
        "wrong": WHYS["wrong"], "gone": WHYS["gone"],
    },
    "harm": {
        "handled": "PALS or Safeguarding has it already", "told": "They were told how to complain", "known": "It is looked into already, as they say themselves",
        "news": "News, a campaign or a story that others told", "wrong": WHYS["wrong"], "gone": WHYS["gone"],
    },
    "unfair": {
        "handled": "PALS has it already", "told": "They were told how to complain", "known": "It is looked into already, as they say themselves",
        "opinion": "An opinion, of nobody’s own treatment", "wrong": WHYS["wrong"], "gone": WHYS["gone"],
    },
    "press": {
        "answered": WHYS["answered"], "handled": "The media desk has it already", "story": "It asks us nothing", "wrong": WHYS["wrong"], "gone": WHYS["gone"],
    },
    "removal": {
        "answered": WHYS["answered"], "handled": "Whoever can take it down has it already", "done": "It was taken down already", "stays": "It stays, and they were told why", "wrong": WHYS["wrong"],
    },
    "request": WHYS,
    "abuse": {
        "handled": WHYS["handled"], "mild": "Rude or angry, and aimed at nobody", "quoted": "It tells of what someone else said", "wrong": WHYS["wrong"], "gone": WHYS["gone"],
    },
    "other": {
        "opinion": "Criticism or an opinion, which people may have", "known": "It is known, and there is nothing to add", "handled": WHYS["handled"], "wrong": WHYS["wrong"], "gone": WHYS["gone"],
    },
}  # fmt: skip


def whys_of(key: str, about: str = "request") -> Mapping[str, str]:
    """The ready reasons for a choice, by what a form holds; `about` is what the posts are, of WHYS_ABOUT, for those that end them as nothing."""
    return _WHYS_OF.get(key) or WHYS_ABOUT[about]


# What was done, as it is said afterwards.
DONE: Mapping[DecisionOutcome, str] = {
    "no_action": "no action", "not_relevant": "not about us", "respond": "answered", "remove": "hidden or removed",
    "escalate": "passed on", "monitor": "watched", "snooze": "brought back later", "report": "reported to the platform",
    "duplicate": "same as another case", "second_opinion": "a colleague is asked", "undo": "undone", "reopen": "open again", "confirm": "a leak, confirmed",
    "already": "answered already", "team_answered": "closed with a team’s answer", "leak_dealt": "dealt with as a leak", "not_danger": "not in danger", "not_threat": "not a threat", "not_leak": "not a leak", "not_our_name": "not in our name",
}  # fmt: skip
# As is said of a post that is none of what it was flagged for.
IS_NONE: Mapping[str, str] = {
    flag: choice.label.lower() for choice in CHOICES.values() for flag, holds in choice.labels.items() if not holds
}  # fmt: skip
# On which flags a suggestion rests. Of what the program is not sure, the first thing is a look and not a path or another team.
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "leak": ("pid",), "media_desk": ("media",), "security": ("impersonation", "security"),
    "hide": ("hate", "sexual", "harassment", "derogatory"), "report": ("hate", "sexual", "harassment", "derogatory", "impersonation"),
    "pass": ("removal_request", "confidential", "allegation"),
}  # fmt: skip
ABUSE = ("hate", "sexual", "harassment", "derogatory")


# What is decided where a suggestion is followed; bringing it back later, asking a colleague and the like say nothing of it.
FOLLOWS: Mapping[str, tuple[DecisionKind, ...]] = {
    "danger": ("escalate", "report", "respond"), "threat": ("escalate", "report", "remove"), "leak": ("confirm", "remove", "report", "escalate"),
    "pass": ("escalate",), "guardian": ("escalate",), "media_desk": ("escalate",), "security": ("escalate",),
    "hide": ("remove", "report"), "report": ("report", "remove"), "copy": ("respond",), "answer": ("respond",), "write": ("respond",),
    "already": ("no_action", "respond"), "closed": ("no_action", "respond", "monitor"), "hidden": ("remove", "report"),
    "watch": ("monitor",), "none": ("no_action", "not_relevant", "monitor"),
}  # fmt: skip
# To which teams something is passed on where a suggestion that names one is followed: to another, it was overruled.
TEAMS: Mapping[str, tuple[str, ...]] = {
    "danger": ("safeguarding",), "threat": ("security", "safeguarding", "police"), "leak": ("information_governance",),
    "guardian": ("guardian",), "media_desk": ("media",), "security": ("security",),
}  # fmt: skip
ALWAYS = frozenset(
    ("danger", "threat", "leak", "guardian")
)  # suggested however often they are overruled
DECIDES = (
    "confirm",
    "no_action",
    "not_relevant",
    "respond",
    "remove",
    "escalate",
    "monitor",
    "report",
)
FEWEST = 10  # decisions before a suggestion is judged by them
MOST_OVERRULED = 0.4  # the share from which on it is taken away (the design's 4 in 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How often a suggestion was shown to whoever then decided, and how often they decided otherwise."""

    shown: int
    overruled: int

    @property
    def too_little(self) -> bool:
        """Whether it is overruled more often than a suggestion may be."""
        return self.shown >= FEWEST and self.overruled > MOST_OVERRULED * self.shown

    @property
    def words(self) -> str:
        """As the page says it."""
        return f"was overruled {self.overruled} of the last {self.shown} times"


def followed(counts: Mapping[tuple[str, str, str], int]) -> dict[str, Followed]:
    """Of each suggestion, from how often it met each kind of decision, and whom it was passed to."""
    shown, overruled = Counter[str](), Counter[str]()
    for (key, kind, team), count in counts.items():
        if key not in FOLLOWS or kind not in DECIDES:
            continue
        elsewhere = kind == "escalate" and key in TEAMS and team not in TEAMS[key]
        shown[key] += count
        overruled[key] += count * (kind not in FOLLOWS[key] or elsewhere)
    return {key: Followed(shown=shown[key], overruled=overruled[key]) for key in FOLLOWS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rules go by. `hideable`: we can hide it ourselves, since it stands on a page of ours.

    `own_page`: it stands there. `lawful`: it complains or alleges as well, which people may do. `reported`: a colleague told us of it, and nobody has looked since. `spreading`: its reach is far above the usual. `answerable`: something may be
    answered to it. `unsure`: flags of which the program is not sure, and nobody else spoke. `lookable`: it can be opened where it stands. `answering`: a person chose to answer it.
    `untold`: danger, a threat or a leak in Now of which nobody was told who has to: until then nothing here ends it.
    """

    lane: Lane | None
    flags: Collection[str]
    unsure: Collection[str] = ()
    lookable: bool = True
    speaking_up: bool = False
    reported: bool = False
    own_page: bool = False
    hideable: bool = False
    lawful: bool = False
    spreading: bool = False
    answerable: bool = True
    answering: bool = False
    untold: Collection[str] = ()
    under_way: str = ""  # what was done of a leak that somebody confirmed, and what is left
    begun: str = ""  # what was done about danger or a threat: that 999 was called, a team rung
    protected: Protected = "none"  # what kind of protected speech it is read as
    over: bool = (
        False  # whoever came to harm in it died, or it is long past, and nobody who lives is in it
    )
    study: bool = False  # what a reporter might ask is asked for a study
    corrects: bool = False  # it says that our own information is wrong
    hurt: bool = False  # it tells of serious harm to somebody who lives: Safeguarding has to know
    criticism: bool = (
        False  # civil views or a complaint of somebody who is no staff: answered, never taken down
    )
    line: bool = False  # whether it rests on a claim, and a line to take fits it
    answered: bool = False  # by an account of ours, or as somebody wrote down
    fits: bool = True  # whether there are words to start from that fit it by rule
    platform: str = "the platform"
    died: bool = False  # it tells of a death, and of nobody who lives as in harm
    aimed: bool = False  # a colleague who reported it says that it is aimed at them
    teams: Mapping[TeamType, HandoffState] = field(
        default_factory=lambda: MappingProxyType({})
    )  # which teams it was passed to, and where that stands
    answered_by: str = ""  # the team that answered last, by its name
    refused_by: str = ""  # a team that does not take it, where no other was passed it since
    asked_platform: bool = False  # its platform was asked to take it down
    asked_words: str = ""  # when and by whom, while that platform has not answered
    hidden: str = (
        ""  # that it is hidden on the platform, by whom and when: what is left is to save that
    )
    reading: Reading = (
        "full"  # how far the program read it: of what it did not read it says nothing
    )

    @property
    def writes(self) -> bool:
        """Whether a person chose to answer it, and something may be answered."""
        return self.answering and self.answerable


def suggestion(
    situation: Situation, policy: Policy, withdrawn: Mapping[str, Followed] = MappingProxyType({})
) -> Suggestion:
    """One decision by the first rule that holds. `policy` says which flags mean danger, `withdrawn` what is not suggested."""
    key, title, why, others = _chosen(situation, policy)
    if situation.answered and not situation.answering and key in ("copy", "answer"):
        key, title, why, others = "already", "answered already.", "We answered it, as you can read below its words. If that still holds, this stops the clock.", ("answer", "pass", "none")  # fmt: skip
    elif key == "copy" and situation.line:  # it stands in the box already
        title, why = "answer with the line to take.", f"It stands in the box. {why}"
    elif key == "copy" and not situation.fits:
        key, title, why = "write", "answer in your own words.", f"No ready words fit it. {why}"
    if (after := _by_team(situation, key)) is not None:
        key, title, why, others = after
    if situation.asked_words:  # it is reported once: to do so again stands under More
        others = tuple(other for other in others if other != "report")
        if key == "report":
            key, title, why, others = "watch", "watch it.", f"{situation.asked_words}. What is left is what they answer.", ("pass", "none")  # fmt: skip
    if situation.hidden and key in _HIDDEN_ENDS:
        key, title, why, others = "hidden", "finish it: save that it is hidden.", "It is out of the public’s sight. What is left is to save that here.", ("report", "watch", "none")  # fmt: skip
    key, title, why, others = _hedged(situation, key, title, why, others)
    if not situation.writes and _grows_by_answers(situation, policy):
        key, title, why, others = _unanswered(key, title, why, others)
    if situation.writes and key in PATHS:  # beside the steps, never in their place
        words = "copy" if situation.fits or situation.line else "write"
        others = (words, "answered", *(other for other in others if other.startswith("not_")))
    if not situation.answerable:
        others = tuple(
            other for other in others if other not in ("answer", "copy", "write", "answered")
        )
    followed = withdrawn.get(key) if not situation.aimed else None
    if followed is not None:
        title, why = "", f"Nothing is suggested: “{named(key, situation).label}” {followed.words}."
    left = [
        other
        for other in MORE
        if other not in (key, *others)
        and (situation.hideable or other != "hide")
        and (situation.answerable or other != "answer")
        and not (situation.untold and other in ENDS)
    ]
    return Suggestion(
        choice=named(key, situation), title=title, why=why,
        others=tuple(named(other, situation) for other in others),
        more=tuple(replace(CHOICES[other], label="Someone may be in danger") if other == "danger" else named(other, situation) if other == "hide" else CHOICES[other] for other in left),
        withdrawn=followed is not None or not title,
    )  # fmt: skip


# Which team a suggestion passes a post to; "" for whichever is right.
_PASSES: Mapping[str, TeamType | Literal[""]] = {"security": "security", "media_desk": "media", "guardian": "guardian", "pass": ""}  # fmt: skip
# What is suggested of a post that is in sight, and done with by saying so once somebody hid it.
_HIDDEN_ENDS = ("hide", "report", "watch")


def _was_answered(now: Situation, key: str) -> bool:
    """Whether the team that a suggestion would pass a post to has answered already: it isn’t asked the same once more."""
    team = _PASSES.get(key)
    if team is None or not now.answered_by:
        return False
    return "answered" in now.teams.values() if team == "" else now.teams.get(team) == "answered"


def _by_team(now: Situation, key: str) -> tuple[str, str, str, tuple[str, ...]] | None:
    """What is suggested by what a team said that was passed it; None where that changes nothing."""
    if _was_answered(now, key):
        return _after_team(now)
    if not now.refused_by or key in PATHS:
        return None
    others = ("answer" if now.answerable else "report", "watch", "none")
    return "pass", "pass it to another team.", f"{now.refused_by} does not take it, and nobody has it.", others  # fmt: skip


def _after_team(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    """What is left once a team has answered: its platform, where nobody asked that to take down a page in our name; else to close it."""
    answered = f"{now.answered_by} answered, as you can read above its words."
    if "impersonation" in now.flags and not now.asked_platform:
        return "report", "report it to the platform.", f"{answered} Nobody has asked {now.platform} to take it down yet.", ("closed", "watch", "not_our_name")  # fmt: skip
    others = ("answer", "watch", "none") if now.answerable else ("report", "watch", "none")
    return "closed", "close it with their answer.", f"{answered} If nothing is left to do, this stops the clock.", others  # fmt: skip


def _hedged(
    now: Situation, key: str, title: str, why: str, others: tuple[str, ...]
) -> tuple[str, str, str, tuple[str, ...]]:
    """The same where the program is not sure of what it rests on: told as what may be, and to be looked at first."""
    on = [flag for flag in RESTS_ON.get(key, ()) if flag in now.flags]
    doubt = on[:1] if key == "pass" else on
    if not on or not set(doubt) <= set(now.unsure) or doubt[0] not in UNSURE:
        return key, title, why, others
    may_be = UNSURE[doubt[0]]
    why = f"It {may_be[:1].lower()}{may_be[1:]}: the program is not sure."
    if key == "pass" or not now.lookable:
        return key, title, why, others
    return "look", "look first.", why, (key, others[1 if key == "leak" else 0], others[-1])


def _grows_by_answers(now: Situation, policy: Policy) -> bool:
    """Whether an answer would carry further what should not be seen. Of a patient's details the path of a leak says so itself.

    Not on a suspicion: where the program is not sure, or the flag is of something not public in a citizen's criticism, nobody asks
    that it be taken down. What is said in public of a public body is answered.
    """
    flags = set(now.flags) & set(policy.names(spreads=True)) - {"pid"} - set(now.unsure)
    return bool(flags - {"confidential"} if now.criticism else flags)


def _unanswered(
    key: str, title: str, why: str, others: tuple[str, ...]
) -> tuple[str, str, str, tuple[str, ...]]:
    """The same where nothing is answered while the post stands: reporting it takes that place, and Answer is under More."""
    remaining = tuple(other for other in others if other not in ("answer", "copy", "write"))
    if key in ("copy", "write", "answer"):
        key, title, why, remaining = "pass", "pass it on.", "It asks for an answer, and it tells what should not be seen.", ("report", "watch", "none")  # fmt: skip
    elif key in PATHS or remaining == others:
        return key, title, why, others
    if "report" not in (key, *remaining):
        remaining = ("report", *remaining)
    return (
        key,
        title,
        f"{why} Don’t answer under it while it stands: have it taken down first.",
        remaining,
    )


def named(key: str, situation: Situation) -> Choice:
    """A choice with the platform's name in its label."""
    choice = CHOICES[key]
    if key == "answered" and situation.untold:
        return replace(
            choice,
            does="Saves that we answered. It stays in Now, and its clock runs on, until its steps are done.",
        )
    if key == "hide" and situation.hidden:
        return replace(
            choice,
            label="Show it again",
            does="Opens what was done to it, and the way to show it again.",
        )
    if key == "threat" and situation.aimed and not situation.begun:
        return replace(choice, label="Show the steps")
    if key == "hidden":
        return replace(choice, label="Save: it is hidden")
    if (key == "leak" and situation.under_way) or (key in ("danger", "threat") and situation.begun):
        return replace(choice, label="Go on with the steps")
    if "{platform}" not in choice.label:
        return choice
    return replace(choice, label=choice.label.format(platform=situation.platform))


def _chosen(now: Situation, policy: Policy) -> tuple[str, str, str, tuple[str, ...]]:
    flags = set(now.flags)
    where = "on our own page" if now.own_page else "in public"
    graves = set(now.untold) or flags  # of what somebody was told of, the rest is still to do
    if graves & set(policy.names(in_danger=True)):
        title, why = _steps_title(now, "Someone may be in danger. This page does not call anyone.")
        return "danger", title, why, ("pass", "not_danger")
    if (now.lane == "now" or now.reported) and "pid" in graves:
        harm = " It tells of serious harm as well: Safeguarding has to know." if now.hurt else ""
        harm = " It tells of a death as well: the steps ask who looks into that." if now.died else harm  # fmt: skip
        if now.under_way:
            return "leak", "go on with the steps.", f"{now.under_way}.{harm}", ("pass",)
        help_ = " We can hide it ourselves." if now.hideable else ""
        return "leak", "treat it as a leak.", f"A patient’s details are {where}.{help_}{harm}", ("answer", "pass", "not_leak")  # fmt: skip
    if "threat" in graves and now.aimed and not now.begun and "security" not in now.teams:
        return "security", "pass it to Security.", "A colleague says that it is aimed at them. Call 999 where danger is now. Governance reaches them: who they are is sealed.", ("threat", "report", "not_threat")  # fmt: skip
    if "threat" in graves:
        title, why = _steps_title(now, "Someone may be hurt. Call 999 where danger is now.")
        return "threat", title, why, ("pass", "not_threat")
    if now.writes:
        return "copy", "answer.", "“I’ve answered” stops the clock.", ("answered", "pass", "none")  # fmt: skip
    if now.lane == "now" and "impersonation" in flags:
        then = "" if now.asked_platform else " Then ask the platform to take it down."
        return "security", "pass it to Security.", f"A page or account that looks like ours and is not: it may take logins or details of people.{then}", ("report", "watch", "not_our_name")  # fmt: skip
    if now.lane == "now" and "security" in flags:
        return "security", "pass it to Security.", "A password, a code or a way in may be out.", ("report", "watch", "none")  # fmt: skip
    if now.lane == "guardian" or now.speaking_up:
        return "guardian", "pass it to the Guardian.", "It may be speaking up, which the Guardian alone decides on. Once passed on it leaves your list. Nothing goes to an employer.", ("none",)  # fmt: skip
    if now.reported and "media" in flags:
        return "media_desk", "pass it to the media desk.", "A colleague told us that a reporter asks, and the media desk answers reporters.", ("answer", "watch", "none")  # fmt: skip
    if now.reported and not flags:
        return _reported(now)
    return _of_the_day(now, flags, where)


def _steps_title(now: Situation, why: str) -> tuple[str, str]:
    """What is suggested of danger or a threat, and why: to go on where somebody began, with what they did."""
    if not now.begun:
        return "go through the steps now.", why
    return "go on with the steps.", why  # what was done stands over the post already


def _of_press(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    if now.study and now.answerable:
        return "copy", "answer.", "Someone asks for a study: the media desk answers reporters.", ("answered", "media_desk", "none")  # fmt: skip
    return "media_desk", "pass it to the media desk.", "A reporter asks, and the media desk answers reporters.", ("answer", "watch", "none")  # fmt: skip


def _of_the_day(
    now: Situation, flags: Collection[str], where: str
) -> tuple[str, str, str, tuple[str, ...]]:
    if "assistance" in flags and now.answerable:
        return "copy", "answer.", "“I’ve answered” stops the clock.", ("answered", "pass", "none")  # fmt: skip
    if "media" in flags and now.lane != "answer":
        return "watch", "watch it.", "A story about us that asks us nothing.", ("media_desk", "answer", "none")  # fmt: skip
    if "media" in flags:
        return _of_press(now)
    if "removal_request" in flags:
        return (
            "pass",
            "pass it on.",
            "Someone asks that it be taken down.",
            ("answer", "watch", "none"),
        )
    if not set(flags).isdisjoint(ABUSE):
        if now.lawful:
            return "watch", "watch it.", "It insults, and it complains or alleges as well, which people may do. Only a lead hides such a post.", ("pass", "report", "none")  # fmt: skip
        if now.hideable:
            return "hide", "hide it.", f"Abuse {where}. You see what it would do first.", ("report", "watch", "none")  # fmt: skip
        return "report", "report it to the platform.", f"Abuse {where}. We can’t hide it ourselves.", ("watch", "pass", "none")  # fmt: skip
    if "impersonation" in flags:
        return _in_our_name(now)
    if "misinformation" in flags and now.answerable:
        return _claim(now)
    if "confidential" in flags:
        return "pass", "pass it on.", "It may tell what is not public. Information governance can say whether it is.", ("watch", "answer", "none")  # fmt: skip
    if "allegation" in flags:
        whom = "to someone who died or long ago. PALS" if now.over else "PALS or safeguarding"
        return "pass", "pass it on.", f"It says that something went badly wrong{', ' if now.over else '. '}{whom} can look into it; an answer can say how to complain.", ("answer", "watch", "none")  # fmt: skip
    return _unflagged(now)


# What says that somebody was wronged, or may be: it goes to whoever can look into it, though nothing was flagged.
_WRONGED: Mapping[Protected, str] = {
    "discrimination": "It says that someone was treated unfairly.", "disclosure": "It tells of a concern.",
}  # fmt: skip
# What people may say, and nobody acts on by rule: whoever reads it may find that somebody has to know of it.
_LAWFUL: Mapping[Protected, str] = {
    "complaint": "A complaint, and the program saw nothing else in it. Pass it on if someone needs help or came to harm: PALS can look into it.",
    "union": "It is about union matters. Pass it on if someone may be speaking up.",
}  # fmt: skip


def _unflagged(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    """Nothing was flagged, and its title says what it is all the same: of that nobody is told that nothing has to be passed on."""
    if now.reading in UNSEEN:
        return _nothing(now)
    rest = " The program could not read all of it: read the rest." if now.reading == "partial" else ""  # fmt: skip
    if now.protected in _WRONGED:
        return "pass", "pass it on.", f"{_WRONGED[now.protected]} PALS can look into it; an answer can say how to complain.{rest}", ("answer", "watch", "none")  # fmt: skip
    if now.corrects:
        return "pass", "pass it on.", f"It says that our information is wrong. Whoever keeps that can put it right; an answer can say so.{rest}", ("answer", "watch", "none")  # fmt: skip
    if now.protected in _LAWFUL:
        return "none", "no action.", f"{_LAWFUL[now.protected]}{rest}", ("answer", "pass", "not_us")
    return _nothing(now)


def _nothing(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    """Nothing was flagged: no action is suggested where it was read, and nothing where it was not."""
    why = "Nothing in it has to be answered, hidden or passed on."
    if now.reading == "partial":
        why = "In what the program could read, nothing has to be answered, hidden or passed on. Read the rest."  # fmt: skip
    elif now.reading in UNSEEN:
        why = f"Nothing is suggested: {_NOT_READ[now.reading]}. Read it yourself."
    return "none", "" if now.reading in UNSEEN else "no action.", why, ("answer", "watch", "not_us")


_NOT_READ: Mapping[Reading, str] = {
    "unread": "the program could not read it", "later": "the program has not read it yet",
    "link": "only its link is known, and nobody has read the post",
}  # fmt: skip
_SAW: Mapping[Reading, str] = {
    **_NOT_READ,
    "full": "the program saw nothing to flag in its words", "partial": "the program could not read all of it",
}  # fmt: skip


def _reported(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    """What a colleague told us of, and nothing was flagged in: where only its link is known it is opened before all else."""
    why = f"A colleague told us of it, and {_SAW[now.reading]}."
    if now.reading == "link" and now.lookable:
        return "look", "look first.", why, ("pass", "report", "none")
    return "pass", "pass it on.", f"{why} Read it first.", ("answer", "report", "none")


def _in_our_name(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    """A page or account that asks for nothing: one that only names us, or sells to us, is reported by nobody unseen."""
    why = "It may be a page or account in our name. One that only names us, such as a firm, a fan or a campaign, is none."  # fmt: skip
    if now.lookable:
        return "look", "look first.", why, ("report", "pass", "not_our_name")
    return "pass", "pass it on.", why, ("report", "watch", "not_our_name")


def _claim(now: Situation) -> tuple[str, str, str, tuple[str, ...]]:
    """A claim to check: it is answered, by the line to take where one fits; whoever criticises us by it is reported by nobody."""
    spreads = " It is spreading." if now.spreading else ""
    others = ("watch", "pass" if now.criticism else "report", "none")
    if now.line:
        return "answer", "answer with the line to take.", f"A claim to check.{spreads}", others
    return "answer", "answer once it is checked.", f"A claim to check, and no line to take fits it: ask whoever knows.{spreads}", others  # fmt: skip
