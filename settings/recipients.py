"""To whom anything of a case may be sent: teams and addresses as the settings have them, less what waits for governance.

What a team may be sent hangs on its type alone, so that no name opens anything. Whoever gives a team another type or another
address, or adds one, waits for governance: until then the team is as it was, so that danger is told as before. Words that
sound like a way to an employer or the police are no team of another type, wherever they were written, and nobody approves one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from settings.alerts import AlertRoute
from settings.review import EscalationRole
from settings.schema import Config
from store import Approval

# What a team or a mailbox is called that may lead to somebody's employer.
_SOUNDS = re.compile(
    r"\b(?:h\W?r\b|human\W?resources?|employ(?:er|ment|ee)s?|(?:line )?managers?|head of service|personnel|workforce|disciplin\w+"
    r"|conduct\b|misconduct|grievances?|e\W?r casework|talent|payroll|recruitment|occupational"
    r"|(?:director|head|chief|office) of people|chief (?:people|executive|operating) ?\w*|ceo\b|medical director|responsible officer"
    r"|people (?:and culture|directorate|operations?|partners?|services?|team)|fitness to practi[cs]e"
    r"|(?:professional )?registration|nmc\b|gmc\b|hcpc\b|counter\W?fraud|trust communications)",
    re.IGNORECASE,
)
# And of an address, whose words have no spaces; not a chief executive's, who may well be told of a case.
_MAILBOX = re.compile(
    r"(?:^|[._+@-])(?:hr|h\.r|humanresources?|employ(?:er|ment|ee)\w*|line[._-]?manager|personnel|workforce|disciplin\w*|conduct|misconduct"
    r"|er[._-]?casework|investigations?|(?:od|odlearning)[._-]?\w*|people(?=@)|people[._-]?(?:team|services?|partners?|directorate|ops)|(?:director|head)[._-]?of[._-]?people|payroll"
    r"|recruitment|talent)(?=$|[._+@-])",
    re.IGNORECASE,
)

# What leads to the police, who have a way of their own by a ground in law; of an address its domain as well.
_POLICE = re.compile(r"\b(?:police|policing|constabular(?:y|ies)|detectives?|scotland yard|crown prosecution|met liaison)\b", re.IGNORECASE)  # fmt: skip
_POLICE_MAILBOX = re.compile(r"(?:^|[._+@-])(?:police|constabulary|cps)(?=$|[._+@-])", re.IGNORECASE)  # fmt: skip
EMPLOYERS, POLICES = "It sounds like a way to an employer", "It sounds like a way to the police"
_ONLY_AS: Mapping[str, str] = {
    EMPLOYERS: "This sounds like a way to an employer, which no other type opens, and only while that purpose is on. Call the team what it is",
    POLICES: "This sounds like a way to the police, which no other type opens: governance alone passes anything there. Choose that type, or call the team what it is",
}  # fmt: skip

# What the shared mailboxes of a communications team are called: one of these words, and no other but those beside it.
_SHARED = frozenset({"comms", "communications", "communication", "press", "pressoffice", "media", "oncall"})  # fmt: skip
_SHARED_BESIDE = frozenset({"desk", "duty", "office", "team", "on", "call", "out", "of", "hours", "social", "digital", "nhs"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTeam:
    """A team of the settings that waits for governance. `instead` is what is used until then, None for nothing.

    `locked`: nobody can approve it as it is.
    """

    role: EscalationRole
    why: str
    instead: EscalationRole | None
    locked: bool


def sounds(role: EscalationRole) -> bool:
    """Whether its key, name or an address sounds like a way to an employer; of safeguarding the addresses alone.

    Whoever is rung where somebody is in danger may be called a manager, and must never be out of sight for it.
    """
    words = () if role.type == "safeguarding" else (role.name, role.key.replace("_", " "))
    return any(_SOUNDS.search(text) for text in words) or any(map(doubtful, role.email))


def locked(role: EscalationRole) -> str:
    """Why a team can't be used under its type, whoever approves it: what it is called leads elsewhere; "" where it can."""
    if role.type != "employer" and sounds(role):
        return EMPLOYERS
    words = () if role.type == "safeguarding" else (role.name, role.key.replace("_", " "))
    if role.type != "police" and (
        any(_POLICE.search(text) for text in words) or any(map(_POLICE_MAILBOX.search, role.email))
    ):
        return POLICES
    return ""


def doubtful(address: str) -> bool:
    """Whether a mailbox sounds like an employer's."""
    return bool(_MAILBOX.search(address))


def waiting_teams(
    config: Config, file: Config, approvals: Iterable[Approval]
) -> Iterator[WaitingTeam]:
    """The teams that can't be used as they stand, in the order of the settings; `file` is config.toml alone."""
    filed = {role.key: role for role in file.review.roles}
    approved = [approval for approval in approvals if approval.what == "team"]
    for role in config.review.roles:
        known = [each for each in approved if each.key == role.key]
        why = _why(role, filed.get(role.key), known)
        if why:
            yield WaitingTeam(
                role=role, why=why, instead=_instead(role, filed.get(role.key), known), locked=bool(locked(role)),
            )  # fmt: skip


def waiting_addresses(config: Config, file: Config, approvals: Iterable[Approval]) -> list[str]:
    """Mailboxes that would be told of cases and that governance has to approve first; `file` is config.toml alone."""
    return strange(told_of_cases(config), file, approvals)


def strange(addresses: Iterable[str], file: Config, approvals: Iterable[Approval]) -> list[str]:
    """Those of some mailboxes that are told nothing before governance approved them."""
    approvals = tuple(approvals)
    approved = {each.email[0].casefold() for each in approvals if each.what == "address"}
    teams = {
        address.casefold()
        for approval in approvals if approval.what == "team" and approval.type != "employer"
        for address in approval.email
    }  # fmt: skip
    return [
        each
        for each in dict.fromkeys(addresses)
        if each.casefold() not in approved and (doubtful(each) or (each.casefold() not in teams and why_waits(each, file)))
    ]  # fmt: skip


def why_waits(address: str, file: Config) -> str:
    """Why a mailbox is told of no case before governance approves it, "" where it is known.

    Known are those that config.toml itself tells, its contact points and teams, and the communications team's shared
    mailboxes at the organisation's own domain.
    """
    if doubtful(address):
        return "It sounds like an employer’s mailbox"
    contacts = [each for contact in file.organisation.contacts for each in contact.emails]
    teams = [each for role in file.review.roles if role.type != "employer" for each in role.email]
    known = {each.casefold() for each in (*told_of_cases(file), *contacts, *teams)}
    local, _, domain = address.casefold().partition("@")
    if address.casefold() in known:
        return ""
    if domain not in {
        each.rpartition("@")[2].casefold() for each in (*contacts, file.alerts.mail.sender)
    }:
        return "It is outside the organisation"
    words = set(re.split(r"[._+-]+", local))
    if words & _SHARED and words <= _SHARED | _SHARED_BESIDE:
        return ""
    return "It is no team’s mailbox that is known here, so it may be one person’s"


def without_team(config: Config, waiting: WaitingTeam) -> Config:
    """The settings with a team as it was before what waits, and without it where it is used for nothing until then."""
    before = waiting.instead
    as_before = () if before is None else (
        waiting.role.model_copy(update={"name": before.name, "type": before.type, "email": before.email}),
    )  # fmt: skip
    roles = [
        each for role in config.review.roles
        for each in (as_before if role.key == waiting.role.key else (role,))
    ]  # fmt: skip
    return config.model_copy(
        update={"review": config.review.model_copy(update={"roles": tuple(roles)})}
    )


def without_address(config: Config, file: Config, address: str) -> Config:
    """The settings without a mailbox that would be told of cases; where nobody else is told, whom config.toml tells."""
    return _with_nobody_of(config, file, {address})


def told_of_cases(config: Config) -> Iterator[str]:
    """Every address that a mail about single cases may go to, but those of teams."""
    alerts, chase = config.alerts, config.review.chase
    yield from (*alerts.to, *alerts.next)
    for route in alerts.route:
        yield from (*route.to, *route.next)
    yield from (*chase.chain, *chase.lead, *config.reports.daily_to)


def usable(config: Config, file: Config, approvals: Sequence[Approval], on: date) -> Config:
    """The configuration with the teams and addresses that may be used on a day; the same one again changes nothing."""
    waiting = {each.role.key: each.instead for each in waiting_teams(config, file, approvals)}
    employment = config.governance.employment.in_force(on)
    chosen = (waiting.get(role.key, role) for role in config.review.roles)
    roles = tuple(
        role for role in chosen if role is not None and (employment or role.type != "employer")
    )
    # a mailbox of an employer is told of no case by itself, whether the purpose is in force or not
    shut = {address for role in config.review.roles if role.type == "employer" for address in role.email}  # fmt: skip
    shut |= set(waiting_addresses(config, file, approvals))
    if roles == config.review.roles and not shut.intersection(told_of_cases(config)):
        return config
    review = config.review.model_copy(update={"roles": roles})
    return _with_nobody_of(config.model_copy(update={"review": review}), file, shut)


def _with_nobody_of(config: Config, file: Config, shut: set[str]) -> Config:
    chase = config.review.chase
    review = config.review.model_copy(
        update={
            "chase": chase.model_copy(
                update={
                    "chain": _told(chase.chain, file.review.chase.chain, shut),
                    "lead": _told(chase.lead, file.review.chase.lead, shut),
                }
            ),
        }
    )
    alerts = config.alerts.model_copy(
        update={
            "to": _told(config.alerts.to, file.alerts.to, shut), "next": _without(config.alerts.next, shut),
            "route": tuple(route for each in config.alerts.route for route in _route(each, shut)),
        }
    )  # fmt: skip
    reports = config.reports.model_copy(
        update={"daily_to": _told(config.reports.daily_to, file.reports.daily_to, shut)}
    )
    return config.model_copy(update={"review": review, "alerts": alerts, "reports": reports})


def faults(config: Config, on: date, before: Config | None = None) -> dict[str, str]:
    """By its place in the form, what can't be kept: the type employer while the purpose is off, an employer's mailbox elsewhere, a name of either.

    A row that stands so in `before` is not in the way of another: it is used by nobody, see `waiting_teams`.
    """
    stood = [] if before is None else [as_approval(role) for role in before.review.roles]
    off = config.governance.employment.why_off(on)
    wrong = {}
    theirs = {address for role in config.review.roles if role.type == "employer" for address in role.email}  # fmt: skip
    for place, role in enumerate(config.review.roles):
        if role.type == "employer" and off:
            wrong[f"review.roles.{place}.type"] = (
                "There is no way to an employer here: that is another purpose, which is off. Choose what the team is"
            )
        elif role.type != "employer" and theirs.intersection(role.email):
            wrong[f"review.roles.{place}.email"] = (
                "This is an employer’s mailbox: no other team can have it"
            )
        elif (why := locked(role)) and as_approval(role) not in stood:
            named = locked(role.model_copy(update={"email": ()}))
            wrong[f"review.roles.{place}.{'name' if named else 'email'}"] = _ONLY_AS[why]
    return wrong


def new_addresses(before: Config, after: Config) -> list[str]:
    """Mailboxes that a change lets be told of cases, and that are no team's that was there before."""
    known = {*told_of_cases(before), *(address for role in before.review.roles for address in role.email)}  # fmt: skip
    return [each for each in dict.fromkeys(told_of_cases(after)) if each not in known]


def as_approval(role: EscalationRole) -> Mapping[str, object]:
    """What governance approves of a team: all but how long it may take, and when it is the right one."""
    return {"key": role.key, "name": role.name, "type": role.type, "email": role.email, "reach": role.reach}  # fmt: skip


def _why(role: EscalationRole, filed: EscalationRole | None, approved: Sequence[Approval]) -> str:
    if why := locked(role):
        return why
    forms: list[EscalationRole | Approval] = [*approved]
    forms += [filed] if filed is not None else []
    if any(_within(role, form) for form in forms):
        return ""
    if not forms:
        return "It is new"
    if not any(form.type == role.type for form in forms):
        return "It was given another type"
    return "It was given another address"


def _instead(
    role: EscalationRole, filed: EscalationRole | None, approved: Sequence[Approval]
) -> EscalationRole | None:
    """The team as it was last approved, else as config.toml has it; with its newer telephone, by which nothing is sent.

    No form of it that is locked, but of safeguarding: that is used without the mailboxes that lead elsewhere.
    """
    forms = [
        role.model_copy(update={"name": each.name, "type": each.type, "email": each.email, "reach": each.reach})
        for each in reversed(approved)
    ]  # fmt: skip
    forms += [filed] if filed is not None else []
    form = next((each for each in forms if not locked(each)), None)
    if form is None and forms and forms[0].type == "safeguarding":
        ours = (each for each in forms[0].email if not doubtful(each) and not _POLICE_MAILBOX.search(each))  # fmt: skip
        form = forms[0].model_copy(update={"email": tuple(ours)})
    if form is None:
        return None
    phones = ("reach", "hours", "out_of_hours_phone")
    return form.model_copy(update={name: getattr(role, name) for name in phones})


def _within(role: EscalationRole, form: EscalationRole | Approval) -> bool:
    """Whether it is of that type still, and has no address that this has not."""
    return role.type == form.type and set(role.email) <= set(form.email)


def _without(people: Sequence[str], shut: set[str]) -> tuple[str, ...]:
    return tuple(person for person in people if person not in shut)


def _told(people: Sequence[str], filed: Sequence[str], shut: set[str]) -> tuple[str, ...]:
    """Those that may be told; where all of them wait, whom config.toml tells, so that danger is told to somebody."""
    return _without(people, shut) or (_without(filed, shut) if people else ())


def _route(route: AlertRoute, shut: set[str]) -> Iterator[AlertRoute]:
    """A route without those; where nobody is left, its flags are told to whom no route is for."""
    to = _without(route.to, shut)
    if to:
        yield route.model_copy(update={"to": to, "next": _without(route.next, shut)})
