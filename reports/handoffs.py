"""The emails by which a case is passed on to a role, chased and taken back: fixed words, a link, never the post's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core import clock, worries
from core.danger import KNOWN, harms, replies
from core.deaths import tells_of_death
from reports import matters
from reports.answers import refusal_words
from reports.deeds import NOTHING, UNTOLD, CaseRecord, Deeds, deeds_of, heard_at, near
from reports.email import message
from reports.first_steps import SOMEONE, FirstStep, ask, ring, ring_as_written
from reports.rendering import render
from reports.standing import Standing, standing_of
from settings.review import EscalationRole
from settings.schema import Config
from store import Handoff, Item, PathStep, Store
from store.cases.deadlines import REPORT_WITHIN
from store.cases.handoffs import (
    ANSWERS,
    ASKS,
    DANGERS,
    KEEPS_LOOK,
    SAFEGUARDING,
    StepKind,
    is_urgent,
)
from store.cases.takedowns import HIDES

SPEAKING_UP = "Someone may be speaking up"
OTHER = "A post to look at"
IN_DANGER_NOW = (
    "If anyone is in danger now, call"  # the first step of a threat: nobody is looked for
)
HARM = "Someone may have come to serious harm"  # what Safeguarding is told of an accusation in which nobody is in danger now
BREACHES, PATIENT = "information_governance", "pid"  # the role that is told of a leak, and its flag
BY_DAY = "known by the day"  # the outcome of a leak's step that names the day on which we knew and no hour
THEY_DIED = (
    "a leak, they died"  # that of the one which confirms it, where somebody ticked that they died
)
LATE = "By law (UK GDPR), a report to the ICO after the 72 hours gives the reasons for the delay"
DEATH = "It tells that someone died"
LAST_MINUTE = "23:59"  # of a day that somebody names without an hour
REMOVAL = "removal_request"  # the flag of whoever asks us to take something down
_ASKED_THERE = "That is where they ask. What is to go may stand elsewhere: the case says"
_SEES = frozenset(
    ("security", "information_governance")
)  # the types of teams that act on posts that are in public still
GUARDIAN = "guardian"  # the key of the role to whom nothing is told but that


@dataclass(frozen=True, kw_only=True)
class Breach:
    """What an email says of a leak: the kinds of details that are out, since when they are hidden, the end of 72 hours."""

    ends_at: datetime
    out: tuple[str, ...] = ()
    hidden_at: datetime | None = None
    known: str = ""  # from when they count, where nobody knows the hour at which we knew
    patients: int = 0  # of how many, where somebody wrote that down
    died: str = ""  # who of us wrote that the person died

    @property
    def notes(self) -> list[str]:
        """What else it says of the 72 hours, in sentences without a full stop: from when they count, and that they may not."""
        died = f"{self.died} wrote that the person died: whether the 72 hours count is yours to say" if self.died else ""  # fmt: skip
        return [words for words in (self.known, died) if words]

    @property
    def kinds(self) -> str:
        """A name and an NHS number, in words: no detail itself."""
        *others, last = self.out
        words = f"{', '.join(others)} and {last}" if others else last
        many = f", of {self.patients} {'patients' if self.patients > 1 else 'patient'}" if self.patients else ""  # fmt: skip
        return f"{words[0].upper()}{words[1:]}{many}"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a team that answers people is told of a request for help: by when whoever asked is to have an answer, and whether in private alone.

    `beside`: the team that was passed the danger or threat in it; "" where there is none, or none was.
    """

    due_at: datetime
    privately: bool = False
    beside: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoffMail:
    """All that an email of a hand-off says. `due_at`: until when the role should say that it has the case."""

    step: StepKind
    case: int
    reference: str
    about: str
    danger: bool
    team: str
    team_phone: str
    where: str  # "Facebook, comment"; "" where the post has gone
    posted_at: datetime | None
    undated: bool = False  # nobody said when
    wrote_again: datetime | None = None  # when the writer wrote last since, in the same thread
    told_us: bool = False  # that is when a colleague told us of it, and not when it was posted
    posts: int
    by_name: str
    passed_at: datetime
    due_at: datetime | None
    emailed: bool  # the role has an email
    confirmed: bool  # the role said that it has the case, before this left or after
    comms_phone: str
    address: str
    standing: Standing | None = None  # how far it is with the role, for whoever is next
    why_refused: str = field(default="", repr=False)  # why the role does not take it, masked
    line_added: bool = False  # whoever passed it on has written the role one more line since
    on_call: str = ""  # whom to ring of what the role does not take, where they were told before
    breach: Breach | None = None
    asks: Request | None = None
    wanted_at: datetime | None = None  # by when a reporter wants an answer
    left_at: datetime | None = None  # when the first email to the role left; None while none has
    at: datetime | None = None  # when this one leaves: what was due before is past
    deeds: Deeds = NOTHING
    topic: str = ""  # what somebody asks or complains about
    threat: bool = False  # of a threat 999 is for whoever is in danger, whoever wrote it
    death: str = ""  # that somebody died, where the posts tell of it and the team is to know
    pressing: bool = (
        False  # nobody is in danger, and it is to be confirmed day and night all the same
    )

    @property
    def refused(self) -> bool:
        """Whether the role said that it does not take it, and has not said otherwise since."""
        return self.standing is not None and self.standing.is_refused

    @property
    def how_it_stands(self) -> str:
        """Why whoever is next is told: the role does not take it, its email has not left, or nobody there has confirmed."""
        if self.refused:
            return f"{self.team} does not take this, and nobody has it."
        if self.emailed and not self.left_at:
            return f"The email about this to {self.team} has not left, and nobody there has confirmed."  # fmt: skip
        was = "was sent this" if self.emailed else "was to be rung about this"
        return f"{self.team} {was} on {clock.local(self.left_at or self.passed_at)} and has not confirmed."  # fmt: skip

    @property
    def refusal(self) -> str:
        """When the role said so, who of us wrote it down, and what it said, masked; whatever that says, the page of the case has all of it, to which the email leads."""
        fact = self.standing.fact if self.standing is not None and self.refused else None
        if fact is None:
            return ""
        answer = f" They said: “{self.why_refused}”." if self.why_refused else ""
        return f"{fact.by_name or 'Someone'} of the comms team wrote that down on {clock.local(fact.at)}.{answer} All that they answered is on"  # the page of the case

    @property
    def wanted(self) -> str:
        """The same in words: Thu 26 Nov 2026, 17:00; the end of Thu 26 Nov 2026. "" for none."""
        if self.wanted_at is None or self.step == "taken back":
            return ""
        words = clock.local(self.wanted_at)
        return f"the end of {words.rpartition(',')[0]}" if words.endswith(LAST_MINUTE) else words

    @property
    def notes(self) -> list[str]:
        """What information governance is told of the 72 hours beside their end: also why a report that is late gives its reasons."""
        if self.breach is None or self.step == "taken back":
            return []
        return [*self.breach.notes, *([LATE] if self.is_over else [])]

    def is_past(self, moment: datetime | None) -> bool:
        """Whether a moment that the email names is past as it leaves, so that it asks for nothing by then."""
        return moment is not None and self.at is not None and moment <= self.at

    @property
    def has_it(self) -> str:
        """Who of the team has it, by name where that is known: Priya Nair has it; you have it."""
        who = self.deeds.has_it
        return f"{who} has it" if who and who != SOMEONE else "you have it"

    @property
    def done(self) -> tuple[str, ...]:
        """What was done so far; nothing once it was taken back."""
        return () if self.step == "taken back" else self.deeds.lines

    @property
    def since(self) -> str:
        """That whoever wrote it wrote again, as a sentence without their words; "" where they did not, or it was taken back."""
        if self.wrote_again is None or self.step == "taken back" or self.at is None:
            return ""
        return f"They wrote again at {near(self.wrote_again, self.at)}: read it in the case."

    @property
    def handed(self) -> str:
        """What of a threat is left to the team, as a sentence; "" where nothing is, or nobody of it is asked any more."""
        if (
            not self.deeds.handed
            or self.step == "taken back"
            or (self.refused and self.step != "told")
        ):
            return ""
        *others, last = self.deeds.handed
        tasks = f"{', '.join(others)} and {last}" if others else last
        if self.step != "told":
            return f"You are to {tasks}."
        nobody = "it does not take that, so nobody does it" if self.refused else "nobody there has said that they do"  # fmt: skip
        return f"{self.team} was to {tasks}: {nobody}."

    @property
    def stands(self) -> str:
        """That the posts are in public still, where nobody did anything about that, for whom that is to know."""
        return "" if self.step == "taken back" else self.deeds.stands

    @property
    def subject(self) -> str:
        """Fixed words, with the number of the case."""
        about = self.about[0].lower() + self.about[1:]
        if self.is_over and self.step != "taken back":
            about = f"72 hours are over: {about}"
        match self.step:
            case "told":
                nobody = f"Nobody has it, {self.team} does not take it" if self.refused else "Nobody has confirmed"  # fmt: skip
                return f"{nobody}: {about}, case {self.case}"
            case "chased" if self.refused:
                return f"Not taken: {about}, case {self.case}"
            case "chased" if self.line_added:
                return f"One more line for you: {about}, case {self.case}"
            case "chased" if self.confirmed:
                return f"Answer due: {about}, case {self.case}"
            case "chased":
                return f"Not confirmed yet: {about}, case {self.case}"
            case "taken back":
                return f"No longer needed: {about}, case {self.case}"
            case _:
                now = "Now: " if self.urgent and not self.is_over else ""
                text = f"{now}{about}, case {self.case}, for {self.team}"
                return text[0].upper() + text[1:]

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger still, or it can't wait for the office to open."""
        return (self.danger or self.pressing or self.is_over) and self.step != "taken back"

    @property
    def is_over(self) -> bool:
        """Whether the time in which the ICO is told of a leak ended before this leaves, and nobody has written down what was decided."""
        return self.breach is not None and self.is_past(self.breach.ends_at)

    @property
    def first_steps(self) -> list[FirstStep]:
        """Whom to ring first, and what else goes before all: nothing that was done already."""
        if self.step == "taken back":
            return []
        words = IN_DANGER_NOW if self.threat else KNOWN
        emergency = FirstStep(words=words, phone="999") if self.danger and not self.deeds.called_999 else None  # fmt: skip
        own = None if self.step == "told" else matters.first_step_of(self.about)
        team = self._reach_team() if self.step == "told" else None
        return [step for step in (emergency, own, team) if step is not None]

    def _reach_team(self) -> FirstStep | None:
        """Whom to ring of a team that has not confirmed: whoever was reached there before, by name. Of one that does not take it nobody: whoever is on call, or we."""
        if self.refused:
            return ring_as_written(self.on_call) or ring("the comms team", self.comms_phone)
        if not self.deeds.spoke_to:
            return ring(self.team, self.team_phone)
        return ask(self.deeds.spoke_to, self.team, self.team_phone)

    @property
    def text(self) -> str:
        """The text part."""
        return render("handoff.txt", mail=self)

    @property
    def html(self) -> str:
        """The HTML part."""
        return render("handoff.html", mail=self)


def about(flags: Sequence[str], role: str, policy: Policy) -> str:
    """What is told of posts with these flags, the gravest first, in the policy's fixed words.

    The Guardian is told the same of everybody. Whatever Safeguarding is sent is danger or harm, though the program found nothing in it,
    or a patient's details as well, of which another team is told.
    """
    if role == GUARDIAN:
        return SPEAKING_UP
    if role == SAFEGUARDING:
        if DANGERS.isdisjoint(flags) and "allegation" in flags:
            return HARM
        flags = (*(flag for flag in flags if flag != PATIENT), SAFEGUARDING)
    return next((policy.flags[flag].mail_words for flag in flags if flag in policy.flags), OTHER)


def what(store: Store, config: Config, policy: Policy, handoff: Handoff) -> str:
    """What a team is told that a hand-off is, as its email has it: of a request for help that first, and then what is grave in it."""
    untold = role_of(config, handoff.role).type in UNTOLD
    kinds = not untold and not matters.KINDS.isdisjoint(handoff.flags[:1])
    item = store.figures.item(handoff.posts[0][0]) if kinds and handoff.posts else None
    asks = request_of(store, config, handoff)
    words = _what(handoff, policy, asks, item)
    return words if asks is not None else _reported(store, config, policy, handoff, words)


def _what(handoff: Handoff, policy: Policy, asks: Request | None, item: Item | None = None) -> str:
    words = about(handoff.flags, handoff.role, policy)
    if handoff.role != GUARDIAN and words != HARM:
        words = matters.kind_of(handoff.flags, item) or words
    if asks is None:
        return words
    help_wanted = policy.flags[ASKS].mail_words
    grave = not KEEPS_LOOK.isdisjoint(handoff.flags)
    return f"{help_wanted}; {words[0].lower()}{words[1:]}" if grave else help_wanted


def request_of(store: Store, config: Config, handoff: Handoff) -> Request | None:
    """What a team is told of a request for help, where it is one that answers people and somebody waits for an answer; None else."""
    role = role_of(config, handoff.role)
    if role.type not in ANSWERS or ASKS not in handoff.flags:
        return None
    due = store.handoffs.request_due(handoff.case)
    if due is None:
        return None
    others = (each for each in store.handoffs.of_case(handoff.case) if each.danger and each.state != "taken back" and each.role != handoff.role)  # fmt: skip
    teams = [role_of(config, each.role) for each in others]
    names = ["another team" if team.type == "police" else team.name for team in teams]
    return Request(due_at=due, privately=is_private(store, handoff.case), beside=next(iter(names), ""))  # fmt: skip


def is_private(store: Store, case: int) -> bool:
    """Whether nobody of a case is answered in public: somebody wrote so down, or they are hurt at home and their steps say so."""
    if "no_reply" in store.path_steps.path(case, "danger").standing:
        return True
    mentions = store.cases.mentions(case)
    hurt = (mention.item for mention in mentions if mention.reviewable and any(flag.name == SAFEGUARDING for flag in mention.item.flags))  # fmt: skip
    return any(not replies(harms(item.masked)) for item in hurt)


def role_of(config: Config, key: str) -> EscalationRole:
    """A role as it is set up now; one that was taken out has no email."""
    known = next((role for role in config.review.roles if role.key == key), None)
    return known or EscalationRole(key="other", name=key.replace("_", " "), when="")


def breach_of(store: Store, handoff: Handoff, at: datetime) -> Breach | None:
    """What information governance is told of a leak; None for another team, and where there is none."""
    if handoff.role != BREACHES or PATIENT not in handoff.flags:
        return None
    clocks = [clock for clock in store.deadlines.of_case(handoff.case) if clock.kind == PATIENT]
    running = next((clock for clock in clocks if clock.stopped_at is None), None)
    if running is None and handoff.number:  # it was recorded, or taken back
        return None
    standing = store.path_steps.path(handoff.case, "leak").standing
    step, known = standing.get("confirm"), standing.get("known")
    acts = [store.moderations.of_mention(mention, at) for mention, _ in handoff.posts]
    hidden = [each[-1].happened_at for each in acts if each and each[-1].outcome == "done" and each[-1].action in HIDES]  # fmt: skip
    return Breach(
        ends_at=running.due_at if running else handoff.at + REPORT_WITHIN,
        out=tuple(step.note.split(", ")) if step and step.note else (),
        hidden_at=max(hidden) if acts and len(hidden) == len(acts) else None,
        patients=int(standing["place"].note)
        if "place" in standing and standing["place"].note.isdecimal()
        else 0,
        known=known_words(known) if running and known and known.when == running.began_at else "",
        died=(step.by_name or "Someone of the comms team")
        if step and step.outcome == THEY_DIED
        else "",
    )


# Where what a colleague told us of may stand, as an officer chooses it: fixed words, so that an email may hold them
PLACES = (
    "Facebook", "Instagram", "Snapchat", "TikTok", "WhatsApp", "X", "YouTube", "LinkedIn", "Reddit", "Telegram", "Another place online", "Nowhere online: on paper, or said",
)  # fmt: skip


# Whoever acts on danger, a threat or a leak reads that the writer wrote again; of whoever speaks up, and to the police, no email says so
_READS_AGAIN = frozenset(("safeguarding", "security", "information_governance", "pals"))


def wrote_again_at(store: Store, mentions: Sequence[int]) -> datetime | None:
    """When whoever wrote these posts wrote last after the first of them, in their threads; None where nothing is known of that."""
    began = min((item.posted_at for item in store.figures.items(mentions).values()), default=None)
    if began is None:
        return None
    thread = store.threads.around(mentions)
    return max(
        (post.posted_at for post in thread.more if post.posted_at > began and not post.own and thread.same_writer(post.mention, mentions)),
        default=None,
    )  # fmt: skip


def is_told_of(store: Store, item: Item) -> bool:
    """Whether a post is what a colleague told us of, by email or by the form without a link, so that nothing of it tells where it stands."""
    if item.kind == "report" or item.platform == "email":
        return True
    stored = store.mentions.get(item.number) if item.platform == "other" else None
    return stored is not None and not stored.mention.url and bool(store.staff_reports.of_mentions([item.number]))  # fmt: skip


def where_told(store: Store, case: int) -> str:
    """Where it stands, as an officer wrote it down on the leak's steps: Snapchat, as a colleague told us; that nobody knows."""
    step = store.path_steps.path(case, "leak").standing.get("place")
    known = step is not None and step.outcome in PLACES
    return f"{step.outcome}, as a colleague told us" if known and step is not None else "As a colleague reported it, place not known"  # fmt: skip


def known_words(step: PathStep) -> str:
    """Of a day without its hour when we knew, and from when the 72 hours count: We knew on Fri 27 Nov, the hour is not known: counted from the start of that day. "" where the hour is known."""
    if step.outcome != BY_DAY or step.when is None:
        return ""
    day = clock.local_day(step.when)
    posted = step.when > clock.day(day)[0]  # no earlier than the post itself
    start = (
        f"when it was posted, {clock.local(step.when)[-5:]}" if posted else "the start of that day"
    )
    return f"We knew on {day:%a} {day.day} {day:%b}, the hour is not known: counted from {start}"


def death_words(store: Store, config: Config, handoff: Handoff) -> str:
    """That somebody died, in fixed words, of a leak or a complaint whose posts tell of that; "" for a team that is told nothing, and of what may be speaking up."""
    if role_of(config, handoff.role).type in UNTOLD:
        return ""
    items = store.figures.items([mention for mention, _ in handoff.posts]).values()
    matter = not {PATIENT, "allegation"}.isdisjoint(handoff.flags)
    tells = any(
        (matter or item.protected == "complaint")
        and matters.is_open_speech(item)
        and tells_of_death(item.masked)
        for item in items
    )
    return DEATH if tells else ""


def wanted_by(store: Store, handoff: Handoff) -> datetime | None:
    """By when whoever wrote the posts of a hand-off wants an answer, where they name a time: no detail of anybody.

    The Guardian is told nothing but that somebody may be speaking up.
    """
    if handoff.role == GUARDIAN or "media" not in handoff.flags:
        return None
    return store.lanes.wanted_at([mention for mention, _ in handoff.posts])


def step_mail(
    config: Config, policy: Policy, handoff: Handoff, step: StepKind, item: Item | None,
    breach: Breach | None = None, wanted_at: datetime | None = None, asks: Request | None = None, *, at: datetime, deeds: Deeds | None = None,
) -> HandoffMail:  # fmt: skip
    """The email of a step of a hand-off, as it leaves `at` a moment; also of one that is not opened yet, so that a page shows it word for word."""
    role = role_of(config, handoff.role)
    if role.type in UNTOLD:  # the number of the case is all that they are sent
        kind, deeds = None, None
    else:
        kind = item
    of_request = handoff.flags[:1] == (REMOVAL,)
    if of_request and deeds is not None and deeds.stands:
        deeds = replace(
            deeds, stands=_ASKED_THERE
        )  # to report who asks would be to report a parent
    return HandoffMail(
        step=step, case=handoff.case, reference=f"{handoff.case}-{handoff.version}",
        about=_what(handoff, policy, asks, kind), danger=handoff.danger, team=role.name,
        team_phone=role.rings(at, config.review.lanes.working_time), where=f"{PLATFORM_NAMES[item.platform]}, {item.kind}" if item else "",
        posted_at=item.posted_at if item and not item.undated else None, undated=bool(item and item.undated), posts=len(handoff.posts),
        by_name=handoff.by_name, passed_at=handoff.at, due_at=handoff.due_at,
        emailed=bool(role.email), standing=standing_of(handoff, role.name), line_added=_has_line(handoff), on_call=_on_call(config, handoff), confirmed=heard_at(handoff, at),
        comms_phone=config.review.comms_phone, address=config.review.public_url, breach=breach, wanted_at=wanted_at, asks=asks,
        left_at=next((each.sent_at for each in handoff.steps if each.kind != "told" and each.sent_at), None),
        at=at, deeds=_shown(deeds or NOTHING, role), topic=matters.topic(role.type, kind), threat="threat" in handoff.flags[:1],
        pressing=is_urgent(handoff.flags, handoff.lane),
    )  # fmt: skip


def _has_line(handoff: Handoff) -> bool:
    """Whether the last that was written to a role is about one more line for it."""
    written = [each for each in handoff.steps if each.kind in ("sent", "chased") and each.mail != "none"]  # fmt: skip
    return bool(written) and written[-1].kind == "chased" and bool(written[-1].note)


def _on_call(config: Config, handoff: Handoff) -> str:
    """Whoever is on call, once an email has left to the first of the list: who is written to after them is sent to them."""
    was_told = any(each.kind == "told" and each.sent_at for each in handoff.steps)
    return config.review.crisis_contact if was_told else ""


def _shown(deeds: Deeds, role: EscalationRole) -> Deeds:
    """The same without that posts are in public, where that is nothing for this team to know, and for whoever answers people without that nobody reported them."""
    if role.type in _SEES:
        return deeds
    return replace(deeds, stands=deeds.stands.partition(",")[0] if role.type == "pals" else "")


def letter(
    store: Store, config: Config, policy: Policy, handoff: Handoff, step: StepKind, *, at: datetime, first: Item | None = None, record: CaseRecord | None = None
) -> HandoffMail:  # fmt: skip
    """The same with all that the store knows of it at that moment: the one way by which an email leaves, and a page shows it. `first`: its first post, and `record`: what was done about its case, where that was read."""
    mentions = [mention for mention, _ in handoff.posts]
    item = first or (store.figures.item(mentions[0]) if mentions else None)
    mail = step_mail(
        config, policy, handoff, step, item, breach_of(store, handoff, at), wanted_by(store, handoff), request_of(store, config, handoff), at=at,
        deeds=deeds_of(store, config, handoff.case, mentions, team=role_of(config, handoff.role), danger=handoff.danger, at=at, record=record),
    )  # fmt: skip
    if step == "told":
        mail = replace(mail, why_refused=refusal_words(store, config, handoff, at), deeds=_with_told(mail.deeds, handoff, at))  # fmt: skip
    if mail.where and item is not None and is_told_of(store, item):
        mail = replace(mail, where=where_told(store, handoff.case), told_us=True)
    if role_of(config, handoff.role).type in _READS_AGAIN:
        mail = replace(mail, wrote_again=wrote_again_at(store, mentions))
    mail = replace(mail, death="" if step == "taken back" else death_words(store, config, handoff))
    if mail.asks is not None:
        return mail
    return replace(mail, about=_reported(store, config, policy, handoff, mail.about))


def _with_told(deeds: Deeds, handoff: Handoff, at: datetime) -> Deeds:
    """The same with who of the on-call list was emailed before, and has not said that they have it."""
    before = [each for each in handoff.steps if each.kind == "told" and each.sent_at and each.sent_at < at]  # fmt: skip
    lines = [f"{each.to} was emailed {near(each.sent_at, at)}, and nobody has confirmed since" for each in before if each.sent_at]  # fmt: skip
    return replace(deeds, lines=(*deeds.lines, *lines))


def _reported(store: Store, config: Config, policy: Policy, handoff: Handoff, words: str) -> str:
    """What a colleague who reported these posts ticked, where no flag says what they are, or it is aimed at them; else these words."""
    if role_of(config, handoff.role).type in UNTOLD or handoff.role == SAFEGUARDING:
        return words
    reports = store.staff_reports.of_mentions([mention for mention, _ in handoff.posts])
    label = matters.ticked([report.worry for report in reports])
    if words != OTHER and label != worries.AIMED:
        return words
    return matters.of_report(label, handoff.flags, policy) or words


def handoff_mail(
    config: Config, mail: HandoffMail, *, to: Sequence[str], at: datetime, message_id: str,
    references: str = "",
) -> EmailMessage:  # fmt: skip
    """The email itself; later ones of a hand-off refer to its first."""
    return message(
        config.alerts.mail, to, mail.subject, mail.text, mail.html, at=at, message_id=message_id,
        references=references, important=mail.urgent,
    )  # fmt: skip
