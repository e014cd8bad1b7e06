"""The email by which a case is told of at once, and the digest of what is not: fixed words, a link, first steps.

No mail holds a word of a post or names its writer. What happened is said by the policy's `mail_words`; the subject has
the case's number, where it was found and when, in UK time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from classify.policy.schema import Policy
from collectors.platforms import FACTS, PLATFORM_NAMES
from core import danger, worries
from core.models import LANES, Kind, Lane, Platform
from core.text import reach, sentence
from reports import matters
from reports.deeds import NOTHING, Deeds
from reports.deeds import near as _near
from reports.email import message
from reports.first_steps import FirstStep, ask, ring, ring_as_written
from reports.handoffs import IN_DANGER_NOW, OTHER, SPEAKING_UP, about, role_of
from reports.rendering import render
from reports.spikes import SpikeMail
from settings.schema import Config
from store import Item

DANGER, THREAT, LEAK = "safeguarding", "threat", "pid"
LANE_NAMES: dict[Lane, str] = {
    "now": "Now", "answer": "Answer", "look": "Look", "rest": "Rest", "guardian": "For the Guardian",
}  # fmt: skip
# Flags of which it matters that it stands on a page of ours, where we can hide it.
ON_OUR_PAGE = frozenset((LEAK, THREAT, "derogatory", "hate", "sexual", "harassment"))
_HEADS = {"history": "Older posts", "catalogue": "A back catalogue"}
_LATE = {
    "history": "",  # why it comes so is in the email
    "catalogue": "in a back catalogue",
}  # said of what needs someone now
ROWS = 20  # cases that a digest lists; the rest are a link away
_RED, _BLUE, _PURPLE, _DARK = "#b3190f", "#005eb8", "#330072", "#003087"
COLOURS: dict[Lane | None, str] = {
    "now": _RED, "answer": _BLUE, "look": "#7a4b00", "rest": "#4c6272", "guardian": _PURPLE, None: _BLUE,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMail:
    """All that an alert says. `why`: high, worse, grew, reported, own, or next for whoever is told since nobody took it.

    `since`: when it was raised; `others`: who else was told; `next_at`: when the next contact is.
    """

    why: str
    alert: int
    case: int | None
    mention: int
    words: str
    lane: Lane | None
    flag: str
    score: float
    platform: Platform
    kind: Kind
    on_our_page: bool
    posted_at: datetime
    found_at: datetime
    followers: int | None
    shares: int | None
    posts: int
    posts_before: int
    since: datetime
    has_by: str
    done: bool
    others: tuple[str, ...]
    next_at: datetime | None
    due_at: datetime | None
    at: datetime
    address: str
    route_words: str = ""
    steps: tuple[FirstStep, ...] = ()
    deeds: Deeds = NOTHING
    unlooked: bool = False  # a colleague told us, and nobody else has looked

    @property
    def urgent(self) -> bool:
        """Whether it waits in Now, as whatever a colleague reported does until somebody has looked."""
        return self.lane == "now" or (self.why == "reported" and self.lane is None)

    @property
    def what(self) -> str:
        """What happened, in fixed words."""
        by_whom = ", told by a colleague" if self.why == "reported" and self.words != worries.HEADINGS[worries.OTHER] else ""  # fmt: skip
        page = ", on our own page" if (self.on_our_page and self.flag in (LEAK, THREAT)) or (self.on_our_page and self.words == "Abuse") else ""  # fmt: skip
        return f"{self.words}{page}{by_whom}"

    @property
    def heading(self) -> str:
        """The first line of the mail and the beginning of its subject: Now: someone may be in danger."""
        what = _lower(self.what)
        match self.why:
            case "next":
                return f"{'Taken, and nothing is done' if self.has_by else 'Nobody has taken it'}: {what}"
            case "worse":
                return f"More serious now: {what}"
            case "grew":
                return f"Growing: {what}"
            case "own":
                return f"On our own account: {what}"
        if self.lane == "guardian":
            return self.what
        name = "Now" if self.urgent else LANE_NAMES.get(self.lane or "look", "Look")
        return f"{name}: {what}"

    @property
    def name(self) -> str:
        """case 6; of a post that no case holds yet, its own number."""
        return f"case {self.case}" if self.case is not None else f"post {self.mention}"

    @property
    def subject(self) -> str:
        """Fixed words, the case, where and when: Now: someone may be in danger, case 6 (X post, found 08:30)."""
        return f"{self.heading}, {self.name} ({self.place} {self.kind}, found {_near(self.found_at, self.at)})"

    @property
    def place(self) -> str:
        """Where it was said, by the name that people use."""
        return PLATFORM_NAMES[self.platform].partition(" (")[0]

    @property
    def link(self) -> str:
        """Where it opens, after signing in: its case with the post that it tells of outlined, with a decision of its own."""
        if self.case is None:
            return f"{self.address}/mentions/{self.mention}"
        post = f"?post={self.mention}" if self.lane != "guardian" else ""
        return f"{self.address}/cases/{self.case}{post}"

    @property
    def has(self) -> str:
        """Who has the case, in a sentence."""
        if self.done:
            return "It was decided since."
        return f"{self.has_by} has it." if self.has_by else "Nobody has it yet."

    @property
    def sure(self) -> str:
        """How sure the program is; "" where a person said it."""
        if self.why == "reported" or not self.score:
            return ""
        return "very sure" if self.score >= 0.9 else "sure" if self.score >= 0.7 else "not sure"

    @property
    def seen_by(self) -> str:
        """How far it went; "" where nobody says."""
        figures = reach(self.followers, self.shares)
        return f"about {figures}" if figures else ""

    @property
    def others_words(self) -> str:
        """Who knows of it beside whoever reads this."""
        return _and(("you", *self.others)) if self.others else "you alone"

    @property
    def next_words(self) -> str:
        """Until when somebody should take it; "" where nobody is told next, and once that is past."""
        return _near(self.next_at, self.at) if self.next_at and self.next_at > self.at else ""

    @property
    def since_words(self) -> str:
        """Since when it waits."""
        return _near(self.since, self.at)

    @property
    def due_words(self) -> str:
        """Until when somebody should decide; "" where no time is promised."""
        if not self.due_at:
            return ""
        return f"by {_near(self.due_at, self.at)}{', which has passed' if self.due_at <= self.at else ''}"  # fmt: skip

    @property
    def reference(self) -> str:
        """By which somebody finds it again."""
        return (
            f"{self.case}-{self.alert}" if self.case is not None else f"{self.mention}-{self.alert}"
        )

    @property
    def colour(self) -> str:
        """That of its lane."""
        return _RED if self.urgent else COLOURS[self.lane]

    @property
    def text(self) -> str:
        """The text part."""
        return render("alert.txt", mail=self)

    @property
    def html(self) -> str:
        """The HTML part."""
        return render("alert.html", mail=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMail:
    """Cases of which nobody is told one by one. `why`: history, a back catalogue, or what is over the cap of an hour.

    `others`: cases of a catalogue beside those here, which are its gravest. `next_at`: when the next contact is told; `chased`: this is it, since nobody took them.
    """

    why: str
    cases: tuple[AlertMail, ...]
    address: str
    recent_days: int
    most: int
    at: datetime
    chased: bool = False
    next_at: datetime | None = None
    others: int = 0

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger in a case of it."""
        return self.in_danger > 0

    @property
    def steps(self) -> tuple[FirstStep, ...]:
        """What to do first where somebody may be in danger, of the case in which most is still to do."""
        dangers = [
            case for case in self.cases if case.urgent and case.flag == DANGER and not case.done
        ]
        return max((case.steps for case in dangers), key=len, default=())

    @property
    def now(self) -> int:
        """How many wait in Now."""
        return sum(case.urgent for case in self.cases)

    @property
    def in_danger(self) -> int:
        """Of how many people it says that they may be in danger: of those in Now, a case for one."""
        return sum(case.urgent and case.flag == DANGER for case in self.cases)

    @property
    def heading(self) -> str:
        """6 people may be in danger, 23 other cases; 3 cases need someone now, 9 others: all within an hour; Older posts: 12 cases."""
        count = len(self.cases) + self.others
        first = self.in_danger or self.now
        some = "at least " if self.others and first else ""
        if not first:
            head = f"{_HEADS.get(self.why, 'More alerts')}: {count:,} case{'s' * (count != 1)}"
        elif self.in_danger:
            head = f"{first:,} {'person' if first == 1 else 'people'} may be in danger"
        else:
            head = f"{first:,} case{'s need' if first != 1 else ' needs'} someone now"
        others = count - first
        if first and others:
            plural = "s" * (others != 1)
            head += f", {others:,} other case{plural}" if self.in_danger else f", {others:,} other{plural}"  # fmt: skip
        if first and (late := _LATE.get(self.why, "all within an hour")):
            head += f": {late}"
        nobody = "Nobody has taken them: " if self.chased else ""
        return f"{nobody}{some}{_lower(head)}" if nobody else sentence(f"{some}{head}")

    @property
    def next_words(self) -> str:
        """Until when somebody should take one; "" where nobody is told next."""
        return _near(self.next_at, self.at) if self.next_at else ""

    @property
    def subject(self) -> str:
        """The same: no number of a case, since there are several."""
        return self.heading

    @property
    def reason(self) -> str:
        """Why they come together."""
        if self.why == "history":
            return (
                "These posts came before we watched their source, with an import, or are more than "
                f"{self.recent_days} day{'s' * (self.recent_days != 1)} old."
            )
        if self.why == "catalogue":
            return "A back catalogue was taken in. This is the only email about it."
        return f"More than {self.most} cases came within an hour: these are told together."

    @property
    def lanes(self) -> list[tuple[str, str, list[AlertMail]]]:
        """By lane, most urgent first: its name, its colour, and as many cases as there is room for."""
        room = ROWS
        lanes: list[tuple[str, str, list[AlertMail]]] = []
        for lane in ("now", "answer", "look", "guardian", "rest", None):
            cases = [case for case in self.cases if ("now" if case.urgent else case.lane) == lane]
            cases.sort(key=lambda case: not (case.urgent and case.flag == DANGER))
            if cases and room > 0:
                name = LANE_NAMES[lane] if lane else "Others"
                lanes.append((name, COLOURS[lane], cases[:room]))
                room -= len(cases)
        return lanes

    @property
    def where(self) -> str:
        """The page on which whoever is told finds them: the Guardian's own lane, since Today is the desk's."""
        theirs = bool(self.cases) and all(case.lane == "guardian" and not case.urgent for case in self.cases)  # fmt: skip
        return "/guardian" if theirs else "/today"

    @property
    def more(self) -> int:
        """Cases that are not listed."""
        return max(0, len(self.cases) - ROWS) + self.others

    @property
    def text(self) -> str:
        """The text part."""
        return render("alert_digest.txt", mail=self)

    @property
    def html(self) -> str:
        """The HTML part."""
        return render("alert_digest.html", mail=self)


def words_of(
    flags: Sequence[str], policy: Policy, *, speaking_up: bool, others_too: bool = False, item: Item | None = None, ticked: str = ""
) -> str:  # fmt: skip
    """What happened in the policy's fixed words, by the gravest flag; `others_too`: those on duty were told as well.

    Of what a colleague reported it is what they `ticked`, unless its flags are graver.
    """
    what = matters.kind_of(flags, item) or (about(flags, "", policy) if flags else OTHER)
    what = matters.of_report(ticked, flags, policy) or what
    if not speaking_up:
        return what
    return f"{SPEAKING_UP}; those on duty act on it: {_lower(what)}" if others_too else SPEAKING_UP


def steps_of(
    flags: Sequence[str],
    platform: Platform,
    config: Config,
    harms: Collection[str] = (),
    *,
    at: datetime,
    deeds: Deeds | None = None,
    ticked: str = "",
) -> tuple[FirstStep, ...]:
    """What to do first, for danger, a threat, a leak and by what a colleague ticked; nothing for anything else. `harms`: what may be happening.

    What was done already is asked of nobody (`deeds`). Whom to ring is told by the number that answers `at` that moment.
    """
    deeds = deeds or NOTHING
    place = PLATFORM_NAMES[platform].partition(" (")[0]
    known = platform in FACTS and platform not in ("other", "email")
    gravest = next((flag for flag in (DANGER, THREAT, LEAK) if flag in flags), "")
    if gravest == DANGER:
        at_risk = f"{danger.tell(place if known else 'the platform', harms)}. The case has the link and the words"
        steps = [
            None if deeds.called_999 else FirstStep(words=danger.KNOWN, phone="999"),
            _ring(config, "safeguarding", at, danger.ASK_FOR if danger.CHILD in harms else "", deeds=deeds),
            FirstStep(words=at_risk) if danger.tells_platform(harms) and "platform" not in deeds.steps else None,
            None if "reply" in deeds.steps else FirstStep(words=danger.reply(harms)),
        ]  # fmt: skip
    elif gravest == THREAT or ticked == worries.AIMED:
        steps = [
            None if deeds.called_999 else FirstStep(words=IN_DANGER_NOW, phone="999"),
            _ring(config, "security", at, deeds=deeds) if gravest else _if_it_threatens(config, at),
            FirstStep(words="Ask governance to see that whoever it is aimed at is in no danger and has help: who they are is sealed, and governance alone can open it") if ticked == worries.AIMED else None,
            FirstStep(words="Don’t answer it, and don’t warn whoever wrote it"),
        ]  # fmt: skip
    elif gravest == LEAK:
        steps = [
            None if deeds.out_of_sight else FirstStep(words="Hide it, or ask the platform to take it down: the case has the way"),
            _ring(config, "information_governance", at, deeds=deeds),
            FirstStep(words="Don’t copy or forward the details, in an email or a screenshot"),
        ]  # fmt: skip
    else:
        steps = [FirstStep(words=words) for words in _OF_REPORTS.get(ticked, ())]
        if ticked == worries.PRESS:
            steps.insert(0, _ring(config, "media", at) or FirstStep(words="Pass it on to whoever answers journalists"))  # fmt: skip
    return tuple(step for step in steps if step is not None)


# What is first done about what a colleague reported, by what they ticked, where its flags ask for nothing graver
_OF_REPORTS: Mapping[str, Sequence[str]] = {
    worries.PRESS: ("Don’t answer the journalist before they have", "Look whether they name a time: the case has their words"),
    worries.FALSE_CLAIM: (
        "Look whether it is true before anybody answers",
        "If it is a page in our name, report it to the platform, and pass it to Security where it asks for details or money",
    ),
    worries.OTHER: ("Read it, and what worries them, on the page of the case: the program’s silence says nothing",),
}  # fmt: skip


def _if_it_threatens(config: Config, at: datetime) -> FirstStep | None:
    """How to ring Security of what is aimed at a colleague, of which nobody said yet that it is a threat."""
    rings = _ring(config, "security", at)
    return rings and FirstStep(words=f"If it threatens anyone, {_lower(rings.words)}", phone=rings.phone)  # fmt: skip


def lane_of_report(ticked: str, lane: Lane | None) -> Lane | None:
    """In which lane what a colleague reported is told: that of its case (Now until somebody has looked), or of what they ticked where that is more urgent; Now of what is no case yet."""
    if lane is None:
        return worries.UNLOOKED
    return min(worries.LANES.get(ticked, worries.UNLOOKED), lane, key=LANES.index)


def _ring(
    config: Config, key: str, at: datetime, ask_for: str = "", *, deeds: Deeds | None = None
) -> FirstStep | None:
    """How to ring a team, else that it can be passed on to; None for one that is not set up, and of one that has it.

    Where somebody there was reached before, they are asked whether they have it. Of one that does not take it whoever is on call is rung, unless they were.
    """
    role = role_of(config, key)
    if deeds is not None and (deeds.has_it or deeds.on_call_rung):
        return None
    if deeds is not None and deeds.refused:
        return ring_as_written(config.review.crisis_contact)
    number = role.rings(at, config.review.lanes.working_time)
    if not number and key == "safeguarding":  # as the page of the steps has it
        number = config.review.crisis_contact
    if deeds is not None and deeds.spoke_to and (asks := ask(deeds.spoke_to, role.name, number)):
        return asks
    return ring(f"{role.name} and {ask_for}" if ask_for else role.name, number) or (
        FirstStep(words=f"Pass it on to {role.name}") if role.key == key else None
    )


def alert_mail(
    config: Config, mail: AlertMail | DigestMail | SpikeMail, *, to: Sequence[str], at: datetime, message_id: str,
    references: str = "",
) -> EmailMessage:  # fmt: skip
    """The email itself; later ones of a case refer to its first. What waits in Now is marked as important."""
    return message(
        config.alerts.mail, to, mail.subject, mail.text, mail.html, at=at, message_id=message_id,
        references=references, important=mail.urgent,
    )  # fmt: skip


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _and(names: Sequence[str]) -> str:
    *others, last = names
    return (
        f"{', '.join(others)} and {last}"
        if len(others) > 1
        else f"{others[0]}, and {last}"
        if others
        else last
    )
