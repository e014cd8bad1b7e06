"""The table [review] of config.toml: where the review page is, who signs in how, to whom cases are handed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, model_validator

from classify.policy.schema import shipped
from core.errors import ConfigError
from core.models import TEAM_TYPES, Lane, Platform, Promise, Role, Sentiment, Staff, TeamType
from core.validation import STRICT, ClockTime, Weekday
from core.working_time import WorkingTime
from search.query import parse
from settings.organisation import Dated
from settings.secrets import SecretRefOrNone

# What a template may leave open, and where it is taken from. `contact` is every way to reach the contact point.
FROM_CONTACT = ("service", "contact", "phone", "email")
PLACEHOLDERS = ("organisation", *FROM_CONTACT, "link")
_OPEN = re.compile(r"\{(\w*)\}")


def _is_a_link(written: str) -> str:
    parts = urlsplit(written)
    if written and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValueError("write a link as https://...")
    return written


@lru_cache(maxsize=1024)  # the same ones each time that config.toml is read
def _is_a_rule(written: str) -> str:
    if written:
        try:
            parse(written)
        except ConfigError as error:
            raise ValueError(str(error)) from None
    return written


def _is_fillable(written: str) -> str:
    unknown = [name for name in _OPEN.findall(written) if name not in PLACEHOLDERS]
    left = _OPEN.sub("", written)
    if unknown or "{" in left or "}" in left:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValueError(f"only these can be left open in a text: {known}")
    return written


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, Field(min_length=2, max_length=100)]
Link = Annotated[str, Field(max_length=500), AfterValidator(_is_a_link)]
About = Annotated[str, AfterValidator(_is_a_rule)]


class ReplyTemplate(BaseModel):
    """Words to begin a reply from. It fits a post for which all hold that it names; what is empty, always holds.

    `about` is a rule over the masked words as under [[rules]]: a flag alone says that somebody asks, not what for.
    `contact` is the name of a contact point of the organisation. With `reply = false` it says why nothing is
    answered, and what to do instead.
    """

    model_config = STRICT
    key: Key
    name: Name
    flags: tuple[str, ...] = ()
    staff: tuple[Staff, ...] = ()
    tone: tuple[Sentiment, ...] = ()
    platforms: tuple[Platform, ...] = ()
    about: About = ""
    contact: str = ""
    link: Link = ""
    reply: bool = True
    text: Annotated[str, Field(min_length=2, max_length=4000), AfterValidator(_is_fillable)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        used = set(_OPEN.findall(self.text))
        if "link" in used and not self.link:
            raise ValueError("its text wants {link}: write the link beside it")
        if used & set(FROM_CONTACT) and not self.contact:
            raise ValueError("its text wants a contact point: name it under contact")
        # Of the policy that ships, since a key is checked before the policy in force is known: what
        # that one never answers is held back where a reply is offered, whatever templates say.
        never = shipped().names(never_answered=True)
        if self.reply and (wrong := sorted(set(never) & set(self.flags))):
            raise ValueError(f"nothing is answered to {', '.join(wrong)}: write reply = false")
        return self


class LineToTake(Dated):
    """What the organisation says of a subject, from its first day to its last.

    It fits a case for which all hold that it names: `about` is a rule over the masked words as under [[rules]], of
    `flags`, `places` and `clauses` one is enough.
    """

    key: Key
    topic: Name
    about: About = ""
    flags: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    line: Annotated[str, Field(min_length=2, max_length=4000)]
    owner: Name
    source: Link = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not (self.about or self.flags or self.places or self.clauses):
            raise ValueError("say when it fits: about, flags, places or clauses")
        return self


class RelatedPolicy(BaseModel):
    """A policy beside the social media policy (its section 8). `hr`: shown once the way to an employer is released."""

    model_config = STRICT
    name: Name
    flags: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    where: str = ""
    link: Link = ""
    hr: bool = False


Length = Annotated[int, Field(ge=1, le=100_000)]


class Sending(BaseModel):
    """The table [review.answering]: who may send a reply through a platform, where `reply` of its source is true."""

    model_config = STRICT
    role: Literal["reviewer", "lead"] = "lead"


class Answering(BaseModel):
    """The keys of [review] that help to answer."""

    model_config = STRICT
    lengths: Mapping[Platform, Length] = Field(default_factory=dict)
    templates: tuple[ReplyTemplate, ...] = ()
    lines: tuple[LineToTake, ...] = ()
    related: tuple[RelatedPolicy, ...] = ()

    @model_validator(mode="after")
    def _have_keys_of_their_own(self) -> Self:
        for name, rows in (("templates", self.templates), ("lines", self.lines)):
            keys = [row.key for row in rows]
            if len(set(keys)) < len(keys):
                raise ValueError(f"{name}: two have the same key")
        return self


Minutes = Annotated[int, Field(ge=5, le=60 * 24 * 14)]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
_HERE = ("127.0.0.1", "localhost", "::1")
_ENTRA = re.compile(r"https?://[^/]+/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/v2\.0")


DAY_MINUTES = 60 * 24
# Teams whose cases are of danger or a leak: no clock of theirs runs longer than a day
SOON_TYPES = frozenset(("safeguarding", "information_governance"))


class EscalationRole(BaseModel):
    """A team that a case can be passed on to. `type` says what it is, and what it may be sent hangs on that alone.

    `email`: who is written to at once; without one officers ring them by `reach`. `minutes`: until the team must say
    that it has the case; without them as [review.chase] has it. `hours`: whether `reach` is answered
    day and night or in the working hours of [review.lanes]; None where nobody said so. `out_of_hours_phone`: who answers else.
    """

    model_config = STRICT
    key: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    name: Annotated[str, Field(min_length=1)]
    type: TeamType = "other"
    when: str
    email: tuple[Address, ...] = ()
    reach: Annotated[str, Field(max_length=200)] = ""
    hours: Literal["any", "working"] | None = None
    out_of_hours_phone: Annotated[str, Field(max_length=200)] = ""
    minutes: Minutes | None = None

    def rings(self, at: datetime, working: WorkingTime) -> str:
        """The number that answers at a moment, as officers read it; "" where none does, or none is known."""
        if self.hours != "working" or working.is_open(at):
            return self.reach
        return f"{self.out_of_hours_phone}, out of hours" if self.out_of_hours_phone else ""

    @model_validator(mode="before")
    @classmethod
    def _typed_before_there_were_types(cls, row: Any) -> Any:
        """What an older program wrote: `hr` was the way to an employer, and a key was all that told what a team is."""
        if not isinstance(row, dict):
            return row
        key = str(row.get("key", ""))
        known = key if key in TEAM_TYPES and key != "employer" else "other"
        typed = "employer" if row.get("hr") else row.get("type", known)
        # what came as JSON is Python's from here on, where a list is no tuple
        rest = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}
        return {name: value for name, value in rest.items() if name != "hr"} | {"type": typed}


def _is_a_page(written: str) -> str:
    parts = urlsplit(written)
    if parts.path not in ("", "/") or parts.query or "@" in parts.netloc:
        raise ValueError("write the page's address without a path: https://mentions.example.org")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise ValueError(
            "plain HTTP is for 127.0.0.1 alone: write https:// and see docs/review-page.md"
        )
    return written.rstrip("/")


def _is_an_issuer(written: str) -> str:
    parts = urlsplit(written)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if written and (not secure or not parts.hostname or "@" in parts.netloc):
        raise ValueError("write the provider's issuer as it publishes it: https://...")
    if parts.query or parts.fragment:
        raise ValueError("an issuer has no ? and no #")
    return written


class SignIn(BaseModel):
    """What accounts of this page's own must have to sign in; a sign-in service asks for its own second step."""

    model_config = STRICT
    second_step_roles: tuple[Role, ...] = (
        "lead",
        "governance",
        "guardian",
        "safeguarding",
        "admin",
    )
    grace_days: Annotated[int, Field(ge=0, le=90)] = 14


class Oidc(BaseModel):
    """Sign-in with the organisation's own accounts, by OpenID Connect.

    `entra`: Microsoft Entra ID, whose people are known by tenant and object id. `other`: by issuer and subject.
    """

    model_config = STRICT
    on: bool = False
    kind: Literal["entra", "other"] = "entra"
    issuer: Annotated[str, AfterValidator(_is_an_issuer)] = ""
    client_id: str = ""
    client_secret: SecretRefOrNone = ""
    local_accounts: bool = True
    ask: str = ""
    roles: Mapping[str, Annotated[tuple[Role, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.on:
            return self
        for key in ("issuer", "client_id", "client_secret", "roles"):
            if not getattr(self, key):
                raise ValueError(f"on = true needs {key}: see docs/review-page.md")
        if self.kind == "entra" and not _ENTRA.fullmatch(self.issuer):
            raise ValueError(
                "issuer is https://login.microsoftonline.com/TENANT/v2.0 with your tenant's id in small letters: "
                "never common, organizations or a domain, which let in others"
            )
        return self


Hours = Annotated[int, Field(ge=1, le=24 * 90)]


WorkingDays = Annotated[int, Field(ge=1, le=60)]
_WEEK: tuple[Weekday, ...] = get_args(Weekday)


class LanePromises(BaseModel):
    """How soon somebody looks at what waits. That of personal data, 72 hours, is law, and no setting.

    Now runs day and night; all else in working days and hours, UK time. Rest is done once a day in groups and the
    Guardian has what may be speaking up: neither has a clock.
    """

    model_config = STRICT
    now_hours: Annotated[int, Field(ge=1, le=12)] = 1  # a night at most: danger waits by it
    answer: Literal["same working day"] = "same working day"
    answer_cutoff: ClockTime = "15:00"
    answer_late: ClockTime = "12:00"
    media_hours: Hours = 4
    look_working_days: WorkingDays = 2
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri")
    start: ClockTime = Field(default="09:00", alias="from")
    until: ClockTime = "17:00"
    bank_holidays: tuple[date, ...] = ()  # beside England's, which are known

    @model_validator(mode="after")
    def _day_begins_before_it_ends(self) -> Self:
        if not self.start < self.until:
            raise ValueError("a working day begins before it ends: see from and until")
        return self

    @cached_property
    def working_time(self) -> WorkingTime:
        """The days and hours that count."""
        return WorkingTime(
            days=frozenset(_WEEK.index(day) for day in self.days), start=time.fromisoformat(self.start),
            end=time.fromisoformat(self.until), closed=frozenset(self.bank_holidays),
        )  # fmt: skip

    @property
    def promises(self) -> Mapping[Lane, str]:
        """How soon somebody looks, in words for the page."""
        hours, days = self.now_hours, self.look_working_days
        return {
            "now": f"{hours} hour{'s' * (hours != 1)}, day and night", "answer": "the same working day",
            "look": f"in {days} working day{'s' * (days != 1)}",
            "rest": "once a day, in bulk", "guardian": "the Guardian’s own",
        }  # fmt: skip

    def due(self, promise: Promise, began: datetime) -> datetime | None:
        """When what began to wait is due; None where no time is promised."""
        if promise == "now":
            return began + timedelta(hours=self.now_hours)
        if promise == "media":
            return self.working_time.after_hours(began, self.media_hours)
        if promise in ("answer", "assistance"):
            return self.working_time.same_day(
                began, cutoff=time.fromisoformat(self.answer_cutoff),
                late=time.fromisoformat(self.answer_late),
            )  # fmt: skip
        if promise == "look":
            return self.working_time.after_days(began, self.look_working_days)
        return None


class Chase(BaseModel):
    """How long a team may take to say that it has what was passed on to it, and who is told where it doesn't.

    `chain`: one more of them each time, where somebody may be in danger. `lead`: of anything else, from the second
    chase on.
    """

    model_config = STRICT
    minutes: Minutes = 240
    danger_minutes: Annotated[int, Field(ge=5, le=240)] = 15
    urgent_minutes: Annotated[int, Field(ge=5, le=720)] = 60
    chain: tuple[Address, ...] = ()
    lead: tuple[Address, ...] = ()


class Looking(BaseModel):
    """From when on governance is told that somebody opened much, and by which addresses.

    `an_hour`: originals, masked details and pictures by one person. `pages_an_hour`: different pages of cases and posts,
    and `absent_an_hour`: different numbers of either that answered as not there, as they do for whoever tries numbers. `own_words_after`: from how many of them within an
    hour a ready reason alone is not enough. `one_author_posts`: different posts of one writer by
    one person within `one_author_days`.
    """

    model_config = STRICT
    an_hour: Annotated[int, Field(ge=1, le=1000)] = 20
    pages_an_hour: Annotated[int, Field(ge=1, le=1000)] = 120
    absent_an_hour: Annotated[int, Field(ge=1, le=1000)] = 10
    own_words_after: Annotated[int, Field(ge=1, le=1000)] = 10
    one_author_posts: Annotated[int, Field(ge=2, le=100)] = 5
    one_author_days: Annotated[int, Field(ge=1, le=90)] = 14
    email: tuple[Address, ...] = ()


class PreElection(Dated):
    """A pre-election period, which has a first day and a last; `reason` says which election."""

    since: Annotated[date, Field(alias="from")]
    until: date
    reason: Annotated[str, Field(min_length=3, max_length=200)]


class Review(Answering):
    """The review page: where browsers reach it, where it listens, whom cases are escalated to, who signs in how."""

    model_config = STRICT
    public_url: Annotated[str, Field(pattern=r"^https?://"), AfterValidator(_is_a_page)] = (
        "http://127.0.0.1:8765"
    )
    port: Annotated[int, Field(ge=1, le=65535)] = 8765
    crisis_contact: str = ""
    comms_phone: Annotated[str, Field(max_length=100)] = ""
    accessibility_contact: str = ""
    duty_lead: Annotated[str, Field(max_length=200)] = ""
    duty_lead_email: tuple[Address, ...] = ()
    sample_unflagged: Annotated[int, Field(ge=0, le=500)] = 40
    sample_second: Annotated[int, Field(ge=0, le=500)] = 20
    roles: tuple[EscalationRole, ...] = ()
    chase: Chase = Chase()
    lanes: LanePromises = LanePromises()
    looking: Looking = Looking()
    pre_election: tuple[PreElection, ...] = ()
    answering: Sending = Sending()
    sign_in: SignIn = SignIn()
    oidc: Oidc = Oidc()

    @property
    def duty_lead_mail(self) -> tuple[str, ...]:
        """Where the duty lead is emailed: by their own setting, else by a sign-in name that is a mailbox; nowhere where nobody is duty lead."""
        name = self.duty_lead.strip()
        return (self.duty_lead_email or ((name,) if "@" in name else ())) if name else ()

    def pre_election_on(self, day: date) -> PreElection | None:
        """The pre-election period of a day; of several the one that ends last."""
        periods = [period for period in self.pre_election if period.in_force(day)]
        return max(periods, key=lambda period: period.until, default=None)

    @model_validator(mode="after")
    def _roles_have_keys_of_their_own(self) -> Self:
        keys = [role.key for role in self.roles]
        if len(set(keys)) < len(keys):
            raise ValueError("roles: two have the same key")
        return self

    @model_validator(mode="after")
    def _danger_and_leaks_are_confirmed_within_a_day(self) -> Self:
        for role in self.roles:
            if role.type in SOON_TYPES and (role.minutes or self.chase.minutes) > DAY_MINUTES:
                raise ValueError(
                    f"roles: ‘{role.name}’ confirms danger or a leak within 24 hours: write {DAY_MINUTES} minutes at most there"
                    f"{'' if role.minutes else ', or under chase for all'}"
                )
        return self
