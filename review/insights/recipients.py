"""Teams and mailboxes that wait for governance: what was added or changed, by whom, and the answer of another person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import ConfigError
from core.models import TeamType
from reports import asked
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from settings import guarded, overrides, recipients, safety
from settings.pending import Change
from settings.review import EscalationRole
from settings.schema import Config
from settings.sections import CHOICES, Section, content, find
from steps import agreed_settings
from store import Approval, SettingVersion
from store.approvals import GuardedPart

TEAMS = "review.roles"  # the key of config.toml
SECTION, TOLD_SECTION = "escalation", "recipients"
LONGEST_NOTE = 500  # as of a lead's own
# Why governance approves a team: the record keeps which, and the Guardian is told
APPROVING: Mapping[str, str] = {
    "service": "It answers for a service that the public asks about",
    "duty": "It has a duty in law or in a policy for what it gets",
    "moved": "It is a team that we had, under another name or at another address",
}
SHOWN_TO_GUARDIAN = timedelta(days=30)
NOT_AGREED = "Not agreed to: "  # how the note of a version begins by which governance said no
SHOWN_REFUSED = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A team or a mailbox that can't be used yet. `by` is whoever saved it in the page, None where config.toml has it.

    `meanwhile` is what is used until then; `mark` ties an answer to the form that was on the page. `locked`: nobody can approve it.
    """

    approval: Approval
    why: str
    type_name: str
    meanwhile: str
    by: int | None
    by_name: str
    mark: str
    locked: bool = False

    @property
    def called(self) -> str:
        """What waits in fixed words, as an email says it: neither a name nor an address."""
        what = (
            f"a team of the type ‘{self.type_name}’"
            if self.approval.what == "team"
            else "a mailbox"
        )
        return f"{what} ({self.why[:1].lower()}{self.why[1:]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedWaits:
    """One change of what nobody changes alone, and that waits. `by`: whoever saved it in the page; `mark` as of `Waits`.

    `guardians`: how staff reach the Guardian, who is rung before anybody agrees.
    """

    part: GuardedPart
    section: str
    guardians: bool
    why: str
    change: Change
    by: frozenset[int | None]
    by_name: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A mailbox that somebody let be told of cases."""

    address: str = field(repr=False)
    by_name: str
    at: datetime


def waiting(context: RequestContext) -> list[Waits]:
    """Everything that waits, teams first, in the order of the settings."""
    file, config, approvals = context.app.file, _as_set_up(context), context.store.approvals.all()
    history = context.store.settings.history(SECTION)
    waits = []
    for each in recipients.waiting_teams(config, file, approvals):
        approval = Approval(what="team", **recipients.as_approval(each.role))  # type: ignore[arg-type]
        by, name = _who(history, each.role)
        meanwhile = (
            "Not offered until you approve it"
            if each.instead is None
            else "Told as before until you approve it"
        )
        waits.append(replace(_waits(approval, each.why, meanwhile, by, name), locked=each.locked))
    versions = [*context.store.settings.history(TOLD_SECTION), *history]
    for address in recipients.waiting_addresses(config, file, approvals):
        version = next((each for each in reversed(versions) if _names(each.content, address)), None)
        by, name = (version.by, version.by_name) if version else (None, "config.toml")
        why = f"{recipients.why_waits(address, file)}, and would be told of cases"
        waits.append(_waits(Approval(what="address", email=(address,)), why, "Nothing is sent there until you approve it", by, name))  # fmt: skip
    return waits


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChange:
    """What a version of a section changed of how people are reached. `lines`: what it is now, and what it was before."""

    section: str
    title: str
    version: int
    by: int | None
    by_name: str
    at: datetime
    lines: Sequence[str]
    terms: Sequence[str] = ()  # search terms that were taken out

    @property
    def mark(self) -> str:
        """By which a form names it."""
        return f"{self.section} {self.version}"


def numbers_unseen(context: RequestContext) -> list[NumberChange]:
    """What was changed of how people are reached, counts already, and nobody of governance has seen; the oldest first."""
    unseen = [change for key in safety.SEEN_SECTIONS for change in _unseen_of(context, key)]
    return sorted(unseen, key=lambda change: change.at)


def _unseen_of(context: RequestContext, key: str) -> Iterator[NumberChange]:
    seen, section = context.store.approvals.rung_seen(key), find(key)
    assert section is not None
    before: safety.Reached = safety.reached(context.app.file)
    for version in reversed(context.store.settings.history(key)):
        after = _reached_in(context, section, version)
        lines = list(safety.changes(before, after))
        if lines and version.version > seen:
            yield NumberChange(
                section=key, title=section.title, version=version.version, by=version.by, by_name=version.by_name, at=version.at, lines=lines, terms=safety.terms_taken(before, after),
            )  # fmt: skip
        before = safety.carried(before, after)


def _reached_in(
    context: RequestContext, section: Section, version: SettingVersion
) -> safety.Reached:
    config = context.app.file
    if version.content is not None:
        try:
            config = overrides.with_content(config, section, version.content)
        except (ConfigError, ValidationError):  # it is not used, and config.toml's is
            config = context.app.file
    return safety.reached(config)


@requires_role("governance")
def numbers_seen(context: RequestContext) -> Response:
    """Somebody of governance has seen the oldest of these changes; not whoever made it, where it was one of them."""
    first = next(iter(numbers_unseen(context)), None)
    if first is not None and first.mark == str(context.form.get("change", "")):
        if first.by is not None and same_person(context.user, context.store.users.get(first.by)):
            raise HTTPException(
                403, "You changed this: another person of governance has to see it."
            )
        context.store.approvals.note_rung_seen(
            first.version, first.section, by=context.user.number, at=context.at
        )
    return RedirectResponse("/governance#numbers", 303)


def added_since(context: RequestContext, since: datetime) -> list[Added]:
    """The mailboxes that people let be told of cases in the page since a moment, the newest first."""
    added: list[Added] = []
    versions = sorted(
        (each for key in (SECTION, TOLD_SECTION) for each in context.store.settings.history(key)),
        key=lambda version: version.at,
    )
    known = set(recipients.told_of_cases(context.app.file))
    for version in versions:
        mailboxes = set(_mailboxes(version.content))
        if version.at >= since:
            added += [Added(address=each, by_name=version.by_name, at=version.at) for each in sorted(mailboxes - known)]  # fmt: skip
        known |= mailboxes
    return added[::-1]


def doubtful_accounts(context: RequestContext) -> list[str]:
    """Who may sign in and sounds like an employer's side: an account has no type, so that governance is told."""
    return [
        user.name
        for user in context.store.users.all()
        if user.active and (recipients.doubtful(user.handle) or recipients.sounds(_as_team(user.name)))
    ]  # fmt: skip


@requires_role("governance")
def approved(context: RequestContext) -> Response:
    """Approves one of them in the form that was on the page; never by whoever saved it, by whatever account. Or says no to it."""
    mark = str(context.form.get("mark", ""))
    if context.form.get("answer") == "no":
        refused = _refuse_guarded(context, mark) or _refuse_recipient(context, mark)
        answer = "refused" if refused else "changed"
        return RedirectResponse(f"/governance?recipients={answer}#recipients", 303)
    if _approve_guarded(context, mark):
        return RedirectResponse("/governance?recipients=approved#recipients", 303)
    wanted = next((each for each in waiting(context) if each.mark == mark), None)
    if wanted is None:
        return RedirectResponse("/governance?recipients=changed#recipients", 303)
    if wanted.by is not None and same_person(context.user, context.store.users.get(wanted.by)):
        raise HTTPException(403, "You saved this: another person of governance has to look at it.")
    approval = wanted.approval
    if approval.what == "team":
        if wanted.locked:
            raise HTTPException(403, "Nobody can approve it as it is called: a lead changes it.")
        reason = str(context.form.get("reason", ""))
        if reason not in APPROVING:
            return RedirectResponse("/governance?recipients=reason#recipients", 303)
        approval = replace(approval, reason=reason)
    context.store.approvals.add(approval, by=context.user.number, at=context.at)
    if approval.what == "team":
        guardians = [user for user in context.store.users.all() if user.active and "guardian" in user.roles]  # fmt: skip
        asked.tell(context.store, context.config, "team_approved", guardians, ["guardian"], at=context.at, key=mark)  # fmt: skip
    return RedirectResponse("/governance?recipients=approved#recipients", 303)


def approved_teams(context: RequestContext) -> list[Approval]:
    """The teams that governance approved of late, the newest first, as the Guardian is shown them."""
    since = context.at - SHOWN_TO_GUARDIAN
    return [
        each for each in reversed(context.store.approvals.all())
        if each.what == "team" and each.at is not None and each.at >= since
    ]  # fmt: skip


def guarded_waiting(context: RequestContext) -> list[GuardedWaits]:
    """What waits of the settings that keep people safe: how staff reach the Guardian, teams that must be there, and whatever takes from who is told."""
    file, config = context.app.file, _as_set_up(context)
    agreed = agreed_settings.agreed_settings(file, context.store)
    waits = [
        _guarded_waits(context, each.part, change, guarded.SECTIONS[each.part], guarded.WORDS[each.part], guardians=True)
        for each in guarded.waiting(config, file, agreed.guarded) for change in each.changes
    ]  # fmt: skip
    return waits + [
        _guarded_waits(context, each.part, change, safety.SECTIONS[each.part], safety.WORDS[each.part], guardians=False)
        for each in safety.waiting(config, file, agreed.steps) for change in each.changes
    ]  # fmt: skip


def unread(context: RequestContext) -> Sequence[str]:
    """What two people agreed to and this version of the program does not read, a line each."""
    return agreed_settings.agreed_settings(context.app.file, context.store).unread


def _guarded_waits(
    context: RequestContext, part: GuardedPart, change: Change, key: str, why: str, *, guardians: bool
) -> GuardedWaits:  # fmt: skip
    versions = list(_since_it_stood(context, part, change, key))
    written = json.dumps([part, *change.lines, change.agreed], sort_keys=True)
    return GuardedWaits(
        part=part, section=key, guardians=guardians, why=why, change=change, by=frozenset(version.by for version in versions[-1:]),
        by_name=versions[-1].by_name if versions else "config.toml", mark=hashlib.sha256(written.encode()).hexdigest()[:24],
    )  # fmt: skip


def _since_it_stood(
    context: RequestContext, part: GuardedPart, change: Change, key: str
) -> Iterator[SettingVersion]:
    """The versions that have what waits, newest first: whoever saved the last of these brought it, and does not agree to it."""
    section = find(key)
    assert section is not None
    for version in context.store.settings.history(key):
        try:
            form = _form_in(context.app.file, part, section, version)
        except (
            ConfigError,
            ValidationError,
        ):  # it was never used: who saved it counts all the same
            yield version
            continue
        if not change.stands(form):
            return
        yield version


def _form_in(
    file: Config, part: GuardedPart, section: Section, version: SettingVersion
) -> Mapping[str, Any]:
    config = file if version.content is None else overrides.with_content(file, section, version.content)  # fmt: skip
    return _FORM_OF[part](config)


_FORM_OF: Mapping[str, Callable[[Config], Mapping[str, Any]]] = {
    **{part: partial(guarded.form_of, part=part) for part in guarded.SECTIONS},
    **{part: partial(safety.form_of, part=part) for part in safety.SECTIONS},
}


def _approve_guarded(context: RequestContext, mark: str) -> bool:
    """Agrees to one change that waits, as it was on the page; False where there is none."""
    wanted = next((each for each in guarded_waiting(context) if each.mark == mark), None)
    if wanted is None:
        return False
    if any(
        by is not None and same_person(context.user, context.store.users.get(by))
        for by in wanted.by
    ):
        raise HTTPException(403, "You saved this: another person of governance has to look at it.")
    context.store.approvals.add_guarded(
        wanted.part, wanted.change.agreed, by=context.user.number, at=context.at
    )
    return True


def _refuse_guarded(context: RequestContext, mark: str) -> bool:
    """Drops one change that waits: a version without it, which tells whoever asked; False where there is none, or another saved meanwhile."""
    store, config = context.store, _as_set_up(context)
    wanted = next((each for each in guarded_waiting(context) if each.mark == mark), None)
    section = find(wanted.section) if wanted is not None else None
    if wanted is None or section is None:
        return False
    undone = wanted.change.undone
    if wanted.part in guarded.SECTIONS:
        config = guarded.with_form(config, wanted.part, undone)  # type: ignore[arg-type]
    else:
        config = safety.with_form(config, wanted.part, undone)  # type: ignore[arg-type]
    if not _save_without(context, config, section, "; ".join(wanted.change.lines)):
        return False
    store.approvals.note_refused(wanted.part, by=context.user.number, at=context.at)
    _tell_refused(context, wanted.by, f"{wanted.why}, under {section.title}", mark)
    return True


def _refuse_recipient(context: RequestContext, mark: str) -> bool:
    """The same of a team or a mailbox that waits to be approved: a version in which it is as it was, or not there."""
    wanted = next((each for each in waiting(context) if each.mark == mark), None)
    if wanted is None:
        return False
    file, config = context.app.file, _as_set_up(context)
    if wanted.approval.what == "team":
        teams = recipients.waiting_teams(config, file, context.store.approvals.all())
        team = next(each for each in teams if each.role.key == wanted.approval.key)
        after, lines = recipients.without_team(config, team), f"Team ‘{wanted.approval.name}’. {wanted.why}"  # fmt: skip
    else:
        (address,) = wanted.approval.email
        after, lines = recipients.without_address(config, file, address), f"Mailbox {address}. {wanted.why}"  # fmt: skip
    changed = False
    for key in (SECTION, TOLD_SECTION):
        section = find(key)
        assert section is not None
        if content(overrides.as_json(after), section) != content(overrides.as_json(config), section):  # fmt: skip
            changed |= _save_without(context, after, section, lines)
    if changed:
        context.store.approvals.note_unapproved(wanted.approval, by=context.user.number, at=context.at)  # fmt: skip
        _tell_refused(context, {wanted.by}, wanted.called, mark)
    return changed


def _save_without(context: RequestContext, config: Config, section: Section, lines: str) -> bool:
    """Saves a section without what was refused, with that in its note; False where another saved meanwhile."""
    versions = context.store.settings.history(section.key)
    return context.store.settings.save(
        section.key, content(overrides.as_json(config), section), versions[0].version if versions else 0, at=context.at,
        by=context.user.number, note=f"{NOT_AGREED}{lines}"[:LONGEST_NOTE],
    )  # fmt: skip


def _tell_refused(
    context: RequestContext, by: Collection[int | None], about: str, mark: str
) -> None:
    saved_it = [user for user in context.store.users.all() if user.active and user.number in by]
    about = f"{about[:1].upper()}{about[1:]}"
    asked.tell(context.store, context.config, "refused", saved_it, ["lead"], at=context.at, key=mark, about=about)  # fmt: skip


def refused_of(context: RequestContext, key: str) -> list[SettingVersion]:
    """The versions of a section by which governance did not agree to something in the last days, newest first; each says in its note to what."""
    governance = {user.number for user in context.store.users.all() if "governance" in user.roles}
    return [
        version for version in context.store.settings.history(key)
        if version.note.startswith(NOT_AGREED) and version.by in governance and version.at >= context.at - SHOWN_REFUSED
    ]  # fmt: skip


def _as_set_up(context: RequestContext) -> Config:
    """The settings as people set them up, with what waits."""
    return overrides.apply_overrides(context.app.file, context.store.settings.current()).config


def _waits(approval: Approval, why: str, meanwhile: str, by: int | None, by_name: str) -> Waits:
    form = json.dumps(
        [approval.what, approval.key, approval.type, approval.name, sorted(approval.email), approval.reach]
    )  # fmt: skip
    return Waits(
        approval=approval, why=why, meanwhile=meanwhile, by=by, by_name=by_name, type_name=_type_name(approval.type),
        mark=hashlib.sha256(form.encode()).hexdigest()[:24],
    )  # fmt: skip


def _type_name(kind: TeamType) -> str:
    return CHOICES["review.roles.type"][kind]


def _who(history: Sequence[SettingVersion], role: EscalationRole) -> tuple[int | None, str]:
    """Who gave a team this form: the earliest of the versions in a row that have it, the newest first."""
    by: tuple[int | None, str] = (None, "config.toml")
    for version in history:
        rows = (version.content or {}).get(TEAMS, ())
        if not any(_is_form(row, role) for row in rows):
            break
        by = (version.by, version.by_name)
    return by


def _is_form(row: Mapping[str, Any], role: EscalationRole) -> bool:
    return (row.get("key"), row.get("name"), row.get("type", role.type), set(row.get("email", ()))) == (
        role.key, role.name, role.type, set(role.email),
    )  # fmt: skip


def _names(content: Mapping[str, Any] | None, address: str) -> bool:
    return address in set(_mailboxes(content))


def _mailboxes(content: Mapping[str, Any] | None) -> list[str]:
    """The mailboxes that a version of a section lets be told of cases; those of teams are not among them."""
    values = content or {}
    addresses = [
        *values.get("alerts.to", ()), *values.get("alerts.next", ()), *values.get("reports.daily_to", ()),
        *values.get("review.chase.chain", ()), *values.get("review.chase.lead", ()),
    ]  # fmt: skip
    for route in values.get("alerts.route", ()):
        addresses += [*route.get("to", ()), *route.get("next", ())]
    return addresses


def _as_team(name: str) -> EscalationRole:
    return EscalationRole(key="person", name=name or "nobody", when="")
