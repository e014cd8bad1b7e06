"""What a change of settings would take away from people: each a sentence that is asked before it is kept.

A lead may do all of it. It is asked since each looks harmless in a form and none is: nobody is told, somebody is
followed, a number is no longer blanked. What opens the way to an employer is refused: see `unlocked`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from settings import guarded, recipients, safety, telephones
from settings.schema import Alerts, Config, Reports, today

# To whom a case goes that must not be lost: what the page shows as protected, somebody at risk, a breach.
GUARDING = {
    "guardian": "Staff who raise a concern have nobody to be sent to",
    "pals": "Complaints have nobody to be sent to",
    "safeguarding": "A case of someone at risk has nobody to be sent to",
    "information_governance": "A case of personal data that is out has nobody to be sent to",
}  # fmt: skip


def asks(
    before: Config, after: Config, on: date, platform_names: Mapping[str, str], taken: Sequence[safety.Waiting] | None = None
) -> list[str]:  # fmt: skip
    """What the change from one configuration to another weakens; nothing where it weakens nothing.

    `platform_names` is what people call each platform; `taken` what of it would wait, beside what is in force, where that is known.
    """
    register = partial(_register, platform_names=platform_names)
    looks = (
        _alerts, _addresses, _reports, _search, register, _contacts, _templates, _escalation, _clocks, _samples,
        _pre_election, _guarded, _telephones,
    )  # fmt: skip
    waits = list(safety.taken(before, after)) if taken is None else taken
    return [*(sentence for look in looks for sentence in look(before, after, on)), *map(_would_wait, waits)]  # fmt: skip


def _alerts(before: Config, after: Config, on: date) -> Iterator[str]:
    old, new = before.alerts, after.alerts
    if _told(old) and not _told(new):
        yield (
            "Nobody will be told at once of a high risk: a patient’s details, a threat, someone in danger. They "
            "wait in the queue until someone looks"
        )
    elif new.on and not new.to and not old.on:
        of_what = "of flags without a route " if new.route else ""
        yield f"Alerts are on and nobody stands under ‘Who is told at once’: {of_what}nobody will be told"
    elif old.recipients_for(()) and _told(new) and not new.to:
        yield "Nobody will be told at once of a high risk for a flag without a route"
    if _told(new):
        yield from _routes(old, new)
    if any("guardian" in route.lanes for route in old.route) and not any(
        "guardian" in route.lanes for route in new.route
    ):
        yield "Nobody will be told at once of what may be speaking up, but the Guardian’s role where it has an email"
    if new.most_an_hour < 3 <= old.most_an_hour:
        yield f"From the {'second' if new.most_an_hour == 1 else 'third'} case of an hour on, even danger comes in a digest"


def _routes(old: Alerts, new: Alerts) -> Iterator[str]:
    """Flags of which nobody is told any more, or which a route takes from people who go on being told of others."""
    for flag in sorted({flag for route in (*old.route, *new.route) for flag in route.flags}):
        were, are, name = (
            old.recipients_for([flag]),
            new.recipients_for([flag]),
            flag.replace("_", " "),
        )
        lost = [person for person in were if person not in are and person in new.to]
        if were and not are:
            yield f"Nobody will be told at once of a high risk for ‘{name}’"
        elif lost:
            yield f"{_and(lost)} will not be told at once of ‘{name}’ any more: a route sends it to {_and(list(are))}"


def _addresses(before: Config, after: Config, on: date) -> Iterator[str]:
    """Who is told of cases from now on. An employer's mailbox is none of them: governance is told of each."""
    if added := recipients.new_addresses(before, after):
        yield (
            f"{_and(added)} will be told of cases by email, and governance that you added this. Never a mailbox of "
            "anybody’s employer, HR or line manager"
        )
    if waits := [each for each in added if recipients.doubtful(each)]:
        yield f"{_and(waits)} sounds like an employer’s mailbox: it is told of nothing until governance approves it"
    strange = [each for each in added if each not in waits and recipients.why_waits(each, before)]
    if strange:
        yield (
            f"{_and(strange)} will be told of cases by email once governance approves it, and of nothing until then: it is no "
            "team’s or shared mailbox that is known here"
        )


def _told(alerts: Alerts) -> bool:
    """Whether anybody is told at once of anything."""
    return alerts.on and bool(alerts.to or alerts.route)


def _reports(before: Config, after: Config, on: date) -> Iterator[str]:
    names: tuple[tuple[str, Callable[[Reports], tuple[str, ...]]], ...] = (
        ("morning list", lambda reports: reports.daily_to),
        ("weekly summary", lambda reports: reports.weekly_to),
    )
    for name, people in names:
        if people(before.reports) and not people(after.reports):
            yield f"Nobody will get the {name} by email"


def _search(before: Config, after: Config, on: date) -> Iterator[str]:
    then = today(after.organisation, on).terms
    if today(before.organisation, on).terms and not then:
        yield "Nothing will be searched for: no name that is in force is ticked, and there is no other term"
    gone = {name.name for name in before.organisation.names} - {
        name.name for name in after.organisation.names
    }
    if terms := safety.terms_taken(safety.reached(before), safety.reached(after)):
        which = "these search terms are" if len(terms) > 1 else "this search term is"
        yield (
            f"{len(terms)} removed: {which} not searched for any more: {_and([f'‘{term}’' for term in terms])}. Posts that say only "
            "that are not found from the next collection on. Information governance is emailed which, and that you did it"
        )
    if gone:
        yield (
            f"Posts that say {_and([f'‘{name}’' for name in sorted(gone)])} will no longer be known as about us. A former "
            "name can stay, with its last day or without a tick"
        )


def _register(
    before: Config, after: Config, on: date, *, platform_names: Mapping[str, str]
) -> Iterator[str]:
    def known(config: Config, owner: str = "") -> set[tuple[str, str]]:
        return {
            (account.platform, account.handle.lstrip("@").casefold())
            for account in config.organisation.accounts
            if (not owner or account.owner == owner) and (account.until is None or account.until >= on)
        }  # fmt: skip

    ours, theirs = known(after, "organisation"), known(before, "organisation")
    for platform, handle in sorted(known(after) - known(before)):
        yield (
            f"{handle} on {platform_names[platform]} can be followed and named in searches. It must be an account of the "
            "organisation, a provider or a public body, and never a private person’s"
        )
    for platform, handle in sorted(ours - theirs):
        yield (
            f"{handle} on {platform_names[platform]} will be known as our own: nobody is shown what it posts, whatever "
            "is in it"
        )
    for platform, handle in sorted(theirs - ours):
        yield (
            f"{handle} on {platform_names[platform]} will no longer be known as our own: what it posts counts as "
            "someone else’s, and it can be reported as an account in our name"
        )


def _contacts(before: Config, after: Config, on: date) -> Iterator[str]:
    def points(config: Config) -> set[str]:
        organisation_today = today(config.organisation, on)
        return {
            *organisation_today.phones,
            *organisation_today.emails,
            *organisation_today.postcodes,
        }

    added = sorted(points(after) - points(before))
    if added:
        yield (
            f"{_and(added)} will not be masked in posts from now on. Only what is published belongs here, never "
            "a person’s own"
        )


def _templates(before: Config, after: Config, on: date) -> Iterator[str]:
    def named(config: Config) -> set[str]:
        return {contact.name for contact in config.organisation.contacts if contact.in_force(on)}

    for gone in sorted(named(before) - named(after)):
        lost = [
            f"‘{template.name}’" for template in after.review.templates if template.contact == gone
        ]
        if lost:
            yield (
                f"{_and(lost)} can no longer be offered as a reply: no contact point will be called {gone} any more"
            )


# Where anybody can open a mailbox: nobody at work can say who reads one there.
_OPEN_TO_ANYBODY = re.compile(
    r"@(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|me|mac|aol|proton|protonmail|gmx|btinternet|sky|virginmedia|talktalk)"
    r"\.(?:com|co\.uk|net|me|org|de)$",
    re.IGNORECASE,
)


def _escalation(before: Config, after: Config, on: date) -> Iterator[str]:
    old = {role.key: role for role in before.review.roles}
    new = {role.key: role for role in after.review.roles}
    waits = [
        role.name for key, role in new.items()
        if key not in old or old[key].type != role.type or not set(role.email) <= set(old[key].email)
    ]  # fmt: skip
    if waits:
        yield (
            f"{_and([f'‘{name}’' for name in waits])}: a new team, another type or another address waits for governance. "
            "Until then a team is told as before, and a new one is not there"
        )
    known = {address for role in old.values() for address in role.email} | _chased(before)
    for address in sorted(
        ({address for role in new.values() for address in role.email} | _chased(after)) - known
    ):
        if _OPEN_TO_ANYBODY.search(address):
            yield f"{address} is a mailbox that anybody can open: is it the team’s own at work?"
    for key, role in old.items():
        if key in GUARDING and key not in new:
            yield f"{GUARDING[key]}: the role ‘{role.name}’ goes"
    if before.review.crisis_contact.strip() and not after.review.crisis_contact.strip():
        yield "Where someone is in danger, the page will name nobody to ring out of hours"


def _chased(config: Config) -> set[str]:
    return {*config.review.chase.chain, *config.review.chase.lead}


def _clocks(before: Config, after: Config, on: date) -> Iterator[str]:
    for name, what, unit in (
        ("now_hours", "Danger, a threat or a leak", "hours"), ("media_hours", "A reporter", "working hours"),
        ("look_working_days", "What is in Look", "working days"),
    ):  # fmt: skip
        was, then = getattr(before.review.lanes, name), getattr(after.review.lanes, name)
        if then > was:
            yield f"{what} may wait {then} {unit} instead of {was} before it shows as overdue"


def _samples(before: Config, after: Config, on: date) -> Iterator[str]:
    if before.review.sample_unflagged and not after.review.sample_unflagged:
        yield "Nobody will look at posts without a flag: how much the program misses will not be known"
    if before.review.sample_second and not after.review.sample_second:
        yield "No decision will be judged by a second person: how far people agree will not be known"


def _pre_election(before: Config, after: Config, on: date) -> Iterator[str]:
    was = [period for period in before.review.pre_election if period.in_force(on)]
    if was and not any(period.in_force(on) for period in after.review.pre_election):
        yield (
            f"The pre-election period ‘{was[0].reason}’ ends now: the page will no longer say that party-political "
            "matters are not answered"
        )


def _guarded(before: Config, after: Config, on: date) -> Iterator[str]:
    for each in guarded.waiting(after, before, {}):
        yield (
            f"{guarded.WORDS[each.part]}: it waits for another person of governance, and they and the Guardian are told. Until "
            "then it is as it was"
        )


def _telephones(before: Config, after: Config, on: date) -> Iterator[str]:
    yield from telephones.doubts(before, after)


# How each part stands until another person agreed
_UNTIL: Mapping[safety.Part, str] = {
    "alerts": "all are told as before", "passing": "all are told, and chased, as before", "clocks": "it shows as overdue as before",
    "search": "all of it is searched for as before",
}  # fmt: skip


def _would_wait(waits: safety.Waiting) -> str:
    return (
        f"{safety.WORDS[waits.part]} ({'; '.join(waits.differs)}): it waits for another person of governance, and they and the Guardian "
        f"are told. Until then {_UNTIL[waits.part]}"
    )


def _and(parts: list[str]) -> str:
    shown = parts if len(parts) <= 6 else [*parts[:5], f"{len(parts) - 5} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


# ── What an employer may do is shown once that way is open, whatever officers set up in the page. ─
#
# A policy that config.toml or anybody in the page locked once can't be unlocked there, nor come back under its name
# without the lock. config.toml itself may say otherwise: it is the installer's. Teams have a type: see `recipients`.

# Sections that hold what is locked, and the key of config.toml in which it stands.
LOCKS: Mapping[str, str] = {"related": "review.related"}

# What a policy is called that is about what an employer may do.
_SOUNDS = re.compile(
    r"\b(?:h\W?r\b|human\W?resources?|employers?|employee relations|line managers?|personnel|workforce|disciplin\w+"
    r"|people (?:and culture|directorate|operations?|partners?|services?|team))",
    re.IGNORECASE,
)


def unlocked(
    section: str, before: Config, after: Config, once: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """What would open the way, by its place in the form of a section: a policy about what an employer may do.

    `once` are that section's rows as they stood at any time.
    """
    old_rows = _rows(section, before)
    open_already = {row["name"] for row in old_rows if not row["hr"]}
    names = {_plain(str(row["name"])) for row in [*once, *old_rows] if row.get("hr")}
    return {
        f"{LOCKS[section]}.{place}.hr": (
            f"‘{row['name']}’ {why}, which two people release case by case: tick that it is one. "
            "site.toml alone can say otherwise"
        )
        for place, row in enumerate(_rows(section, after))
        if not row["hr"] and row["name"] not in open_already
        for why in _why(row["name"], names)
    }


def _rows(section: str, config: Config) -> list[dict[str, Any]]:
    return [entry.model_dump() for entry in config.review.related] if section in LOCKS else []


def _why(name: str, names: set[str]) -> Iterator[str]:
    if _plain(name) in names:
        yield "was locked as a way to an employer"
    elif _SOUNDS.search(name):
        yield "sounds like a way to an employer"


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
