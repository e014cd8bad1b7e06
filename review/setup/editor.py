"""Settings: what officers may change of config.toml, section by section, each change kept as a version with who and why."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import ConfigError
from core.models import Role
from reports import asked
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.insights import recipients
from review.rendering import page
from review.setup import form
from review.setup.changes import Checked, Setup, Standing
from review.setup.form import Form, called_of, shown, summary
from settings import guarded, named_people, safety
from settings.organisation import about_first_name
from settings.public_records import cqc_lacks_key, presets
from settings.sections import SECTIONS, Content, Section, find
from steps.models import Preview
from store import SettingVersion

LONGEST_NOTE = 500
READERS: tuple[Role, ...] = ("reviewer", "governance")  # who may look; a lead is a reviewer too


@dataclass(frozen=True, slots=True, kw_only=True)
class _PastVersion:
    """A version of a section in its history: what it changed, in words."""

    of: SettingVersion
    changes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feedback:
    """What is said above a form and beside its fields."""

    faults: Mapping[str, str] = field(default_factory=dict)
    asks: Sequence[str] = ()
    changes: Sequence[str] = ()
    preview: Preview | None = None
    conflict: str = ""
    theirs: Sequence[str] = ()
    note: str = ""
    status: int = 200
    where: str = ""  # the row that was just added


@requires_role(*READERS)
def sections(context: RequestContext) -> Response:
    """Every section: what is in force, since when and by whom."""
    setup = context.app.setup
    return page(
        context, "setup/sections.html", sections=SECTIONS, groups=setup.groups, standing=setup.standing(context.store),
        can_change=context.may("lead"), summary=partial(summary, elsewhere=_told_elsewhere(context)),
    )  # fmt: skip


def _told_elsewhere(context: RequestContext) -> dict[str, str]:
    """Who is told next where nobody stands for that: where someone may be in danger, whom another section names."""
    count, passing = len(context.config.review.chase.chain), find("escalation")
    if not count or passing is None:
        return {}
    addresses = f"{count} address{'es' if count > 1 else ''}"
    return {"alerts.next": f"{addresses} where someone may be in danger (set under {passing.title}), nobody of anything else"}  # fmt: skip


@requires_role(*READERS)
def section(context: RequestContext) -> Response:
    """One section: what is in force, the form for a lead, and its history."""
    section, setup = _section(context), context.app.setup
    standing = setup.standing(context.store)[section.key]
    return _show(
        context,
        section,
        standing,
        form.of(setup.groups[section.key], standing.content),
        _Feedback(),
    )


@requires_role("lead")
def change(context: RequestContext) -> Response:
    """Keeps what the form says, tries it, or shows it with a row more or less."""
    setup, section = context.app.setup, _section(context)
    standing = setup.standing(context.store)[section.key]
    filled = [
        form.of([group], standing.content)[0] if group.key in standing.fixed else sent_group
        for group, sent_group in zip(
            setup.groups[section.key],
            form.sent(setup.groups[section.key], context.form),
            strict=True,
        )
    ]
    action = str(context.form.get("do", ""))
    if action.startswith(("add:", "remove:", "up:")):
        return _change_rows(context, section, standing, filled, action)
    return _change(context, section, standing, filled, action)


def _change_rows(
    context: RequestContext, section: Section, standing: Standing, filled: Form, action: str
) -> Response:
    note, (content, _) = _note(context), form.content(filled)
    changed = form.changed(filled, action)
    if _version(context) != standing.version:
        return _conflict(context, section, changed, content, note)
    added = [
        f"{filled_group.group.key}.{row.place}"
        for filled_group in changed
        for row in filled_group.rows
        if row.new
    ]
    where = added[0] if added else ""
    return _show(context, section, standing, changed, _Feedback(note=note, where=where))


def _change(
    context: RequestContext, section: Section, standing: Standing, filled: Form, action: str
) -> Response:
    setup, note = context.app.setup, _note(context)
    form_content, places = form.content(filled)
    checked = setup.checked(
        context.store, section.key, form_content, context.at, whole=action != "preview"
    )
    if checked.names:
        context.store.searched_people.note_refused(
            by=context.user.number, section=section.key, saving=action != "preview", at=context.at
        )
    content = form_content if checked.content is None else checked.content
    changes = setup.difference(section.key, standing.content, content)
    # without a change it is a second click
    if changes and _version(context) != standing.version:
        return _conflict(context, section, filled, content, note)
    faults = form.faults_of(checked.faults, places)
    if faults or checked.content is None:
        return _show(
            context, section, standing, filled, _Feedback(faults=faults, note=note, status=422)
        )
    if action == "preview" and section.searches:
        return _preview(context, section, standing, filled, checked, changes)
    feedback = _Feedback(asks=checked.asks, changes=changes, note=note, status=422)
    if not changes and not standing.fault:
        nothing = {"": "Nothing was changed: what you sent is in force already"}
        return _show(context, section, standing, filled, replace(feedback, faults=nothing))
    if checked.asks and not _sure(context, checked.asks):
        return _show(context, section, standing, filled, feedback)
    if not _keep(context, section, checked.content, note, added=checked.added):
        return _conflict(context, section, filled, checked.content, note)
    return RedirectResponse(f"/setup/{section.key}?saved={_version(context) + 1}", 303)


@requires_role("lead")
def confirm_roll_back(context: RequestContext) -> Response:
    """What going back to an earlier version, or to config.toml (0), would change."""
    return _show_back(context, _Feedback())


@requires_role("lead")
def roll_back(context: RequestContext) -> Response:
    """Goes back: a new version with the content of an earlier one, or with none for config.toml's."""
    setup, section = context.app.setup, _section(context)
    number, then = _earlier(context, section)
    standing = setup.standing(context.store)[section.key]
    if number == 0 and not standing.from_page and not standing.fault:  # it is in force already
        return RedirectResponse(f"/setup/{section.key}", 303)
    checked = setup.checked(context.store, section.key, then, context.at)
    note = _note(context)
    if checked.faults or (checked.asks and not _sure(context, checked.asks)):
        return _show_back(context, _Feedback(note=note, status=422))
    content = None if then is None else checked.content
    if not _keep(context, section, content, note, back_to=number or None, added=checked.added):
        return _show_back(
            context, _Feedback(note=note, status=409, conflict=_who(context, section))
        )
    return RedirectResponse(f"/setup/{section.key}?saved={_version(context) + 1}", 303)


def _show(
    context: RequestContext,
    section: Section,
    standing: Standing,
    filled: Form,
    feedback: _Feedback,
) -> Response:
    setup = context.app.setup
    saved = context.request.query_params.get("saved", "")
    return page(
        context, "setup/section.html", status=feedback.status, section=section, standing=standing, form=filled,
        groups=setup.groups[section.key],
        feedback=feedback, history=_history(context, section, setup), can_change=context.may("lead"),
        sure=_digest(feedback.asks), longest_note=LONGEST_NOTE, posted=context.request.method == "POST",
        shown=shown, called_of=called_of, yes=form.YES, choices=form.choices,
        faulty=lambda place: any(fault_place == place or fault_place.startswith(f"{place}.") for fault_place in feedback.faults),
        records=presets().values() if section.key == "records" else (), cqc_waits=_cqc_waits(context, standing),
        first_name=about_first_name(context.config.organisation, clock.local_day(context.at)) if section.key == "names" else "",
        waits=_waits(context, section), refused=recipients.refused_of(context, section.key), saved=standing.version if saved == str(standing.version) and feedback.status == 200 else None,
    )  # fmt: skip


def _cqc_waits(context: RequestContext, standing: Standing) -> bool:
    """Whether a record of the CQC is chosen, and nobody has set its key."""
    chosen = standing.content.get("organisation.records") or ()
    return any(row.get("preset") == "cqc" for row in chosen) and cqc_lacks_key(
        context.config.collectors
    )


def _waits(context: RequestContext, section: Section) -> list[str]:
    """What of a section is not used before governance approves it: names of teams, and mailboxes."""
    kinds = {recipients.SECTION: "team", recipients.TOLD_SECTION: "address"}
    waiting = recipients.waiting(context) if section.key in kinds else []
    approvals = [each.approval for each in waiting if each.approval.what == kinds[section.key]]
    guarded_parts = [
        f"{each.why}: {'; '.join(each.change.lines)}"
        for each in recipients.guarded_waiting(context) if each.section == section.key
    ]  # fmt: skip
    return [*guarded_parts, *(approval.name or approval.email[0] for approval in approvals)]


def _preview(
    context: RequestContext, section: Section, standing: Standing, filled: Form, checked: Checked, changes: Sequence[str]
) -> Response:  # fmt: skip
    note = _note(context)
    assert checked.content is not None
    try:
        tried = context.app.setup.preview(
            context.store, section.key, checked.content, context.at, by=context.user.number
        )
    except ConfigError as error:
        return _show(
            context,
            section,
            standing,
            filled,
            _Feedback(faults={"": str(error)}, note=note, status=422),
        )
    return _show(
        context, section, standing, filled, _Feedback(preview=tried, changes=changes, note=note)
    )


def _conflict(
    context: RequestContext, section: Section, filled: Form, content: Content, note: str
) -> Response:
    """Who was faster and what they changed; what was typed stays, and says what it would change of theirs."""
    setup = context.app.setup
    standing = setup.standing(context.store)[section.key]
    history = _history(context, section, setup)
    feedback = _Feedback(
        conflict=_who(context, section), theirs=history[0].changes if history else (),
        changes=setup.difference(section.key, standing.content, content), note=note, status=409,
    )  # fmt: skip
    return _show(context, section, standing, filled, feedback)


def _show_back(context: RequestContext, feedback: _Feedback) -> Response:
    setup, section = context.app.setup, _section(context)
    number, then = _earlier(context, section)
    standing = setup.standing(context.store)[section.key]
    checked = setup.checked(context.store, section.key, then, context.at)
    content = setup.filed(section.key) if then is None else checked.content or then
    return page(
        context, "setup/back.html", status=feedback.status, section=section, standing=standing, number=number,
        feedback=feedback, faults=checked.faults, asks=checked.asks, sure=_digest(checked.asks),
        changes=setup.difference(section.key, standing.content, content), longest_note=LONGEST_NOTE,
    )  # fmt: skip


def _history(context: RequestContext, section: Section, setup: Setup) -> list[_PastVersion]:
    """Newest first. The first version is compared with config.toml as it is now."""
    versions = context.store.settings.history(section.key)
    filed = setup.filed(section.key)
    contents = [
        filed if version.content is None else {**filed, **version.content} for version in versions
    ]
    return [
        _PastVersion(of=version, changes=setup.difference(section.key, before, after))
        for version, (after, before) in zip(versions, pairwise([*contents, filed]), strict=True)
    ]


def _keep(
    context: RequestContext,
    section: Section,
    content: Content | None,
    note: str,
    *,
    back_to: int | None = None,
    added: int = 0,
) -> bool:
    """Keeps a version; that more mailboxes are told of cases is an event of its own, which governance is shown."""
    tells_of_cases = section.key in (recipients.SECTION, recipients.TOLD_SECTION)
    waited = {each.mark for each in recipients.waiting(context)} if tells_of_cases else set[str]()
    kept_before, unseen_before = _guarded_marks(context, section), _unseen_marks(context, section)
    saved = context.store.settings.save(
        section.key, content, _version(context), at=context.at, by=context.user.number, note=note, back_to=back_to,
    )  # fmt: skip
    if saved and added:
        context.store.approvals.note_added(
            section.key, added, by=context.user.number, at=context.at
        )
    new = [each.called for each in recipients.waiting(context) if each.mark not in waited] if saved and tells_of_cases else []  # fmt: skip
    if new:
        others = [
            user for user in context.store.users.all()
            if user.active and "governance" in user.roles and not same_person(context.user, user)
        ]  # fmt: skip
        asked.tell(context.store, context.config, "team", others, ["governance"], at=context.at, about="; ".join(new))  # fmt: skip
    if saved:
        _tell_of_guarded(context, section, kept_before, unseen_before)
    return saved


def _guarded_marks(context: RequestContext, section: Section) -> dict[str, recipients.GuardedWaits]:
    """What waits of this section that nobody changes alone, by its mark."""
    if section.key not in (*guarded.SECTIONS.values(), *safety.SECTIONS.values()):
        return {}
    return {each.mark: each for each in recipients.guarded_waiting(context) if each.section == section.key}  # fmt: skip


_SOUGHT = ("names", "records")  # sections of what is searched for
_ASKED_OF: Sequence[Role] = ("governance", "guardian")


def _unseen(context: RequestContext, section: Section) -> Sequence[recipients.NumberChange]:
    """What counts at once of this section, and governance has not seen."""
    return recipients.numbers_unseen(context) if section.key in safety.SEEN_SECTIONS else ()


def _unseen_marks(context: RequestContext, section: Section) -> set[str]:
    return {each.mark for each in _unseen(context, section)}


def _tell_of_guarded(
    context: RequestContext, section: Section, waited: Collection[str], unseen: set[str]
) -> None:
    """Governance, who can agree, and the Guardian, whom it may be about, are both emailed; of what counts at once governance alone."""
    new = [each for mark, each in _guarded_marks(context, section).items() if mark not in waited]
    of_guardian, of_others = [each for each in new if each.guardians], [each for each in new if not each.guardians]  # fmt: skip
    emails: list[tuple[asked.AskedFor, Role, str]] = []
    if of_guardian:
        emails += [("contact", role, _in_words(of_guardian)) for role in _ASKED_OF]
    if of_others:
        emails += [("less", role, _in_words(of_others)) for role in _ASKED_OF]
    changed = [each for each in _unseen(context, section) if each.mark not in unseen]
    if changed:
        count = sum(len(each.lines) for each in changed)
        lines = f"{count} telephones, addresses or sentences" if count != 1 else "1 telephone, address or sentence"  # fmt: skip
        emails.append(("sought" if section.key in _SOUGHT else "reached", "governance", f"{lines} under {section.title}"))  # fmt: skip
    gone = _taken_out(context, changed)
    for what, role, about in emails:
        people = [
            user for user in context.store.users.all()
            if user.active and role in user.roles and not same_person(context.user, user)
        ]  # fmt: skip
        asked.tell(
            context.store,
            context.config,
            what,
            people,
            [role],
            at=context.at,
            key=role,
            gone=gone if what == "sought" else "",
            about=about,
        )


def _in_words(waits: Sequence[recipients.GuardedWaits]) -> str:
    """What waits, as an email says it: each kind once with how many changes, and nothing that a lead wrote."""
    count = Counter(each.why for each in waits)
    return "; ".join(why if times == 1 else f"{why} ({times} changes)" for why, times in count.items())  # fmt: skip


def _taken_out(context: RequestContext, changed: Sequence[recipients.NumberChange]) -> str:
    """What is searched for no more, in words of an email; none of a term that names a person or may."""
    terms = [term for change in changed for term in change.terms]
    lines = sum(len(change.lines) for change in changed) - len(terms)
    named = named_people.may_name(terms, context.app.file)
    shown = ", ".join(f"‘{term}’" for term in terms if term not in named)
    hidden = (
        f"{len(named)} that may be a name, and stand{'s' if len(named) == 1 else ''} on your page alone"
        if named
        else ""
    )
    parts = []
    if terms:
        which = " and ".join(filter(None, (shown, hidden)))
        parts.append(f"{len(terms)} search term{'' if len(terms) == 1 else 's'}: {which}")
    if lines:
        parts.append(
            "1 public record, or one of its terms"
            if lines == 1
            else f"{lines} public records, or terms of theirs"
        )
    return "; ".join(parts)


def _earlier(context: RequestContext, section: Section) -> tuple[int, Content | None]:
    """The version that somebody wants to go back to, and its content; None is config.toml's."""
    number: int = context.request.path_params["version"]
    if number == 0:
        return 0, None
    for version in context.store.settings.history(section.key):
        if version.version == number:
            return number, version.content
    raise HTTPException(404)


def _who(context: RequestContext, section: Section) -> str:
    last = context.store.settings.history(section.key)[:1]
    if not last:
        return "This form was made from a version that is not there. Look at what is in force, then try again"
    return f"{last[0].by_name} changed this at {clock.local(last[0].at)}, while you were at it. Nothing of yours was saved"


def _version(context: RequestContext) -> int:
    """The version that the form was made from."""
    text = str(context.form.get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _note(context: RequestContext) -> str:
    return " ".join(str(context.form.get("note", "")).split())[:LONGEST_NOTE]


def _sure(context: RequestContext, asks: Sequence[str]) -> bool:
    """Whether the person ticked that they want just this; another question is asked anew."""
    return context.form.get("sure") == _digest(asks)


def _digest(asks: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(asks).encode()).hexdigest()[:16] if asks else ""


def _section(context: RequestContext) -> Section:
    section = find(context.request.path_params["section"])
    if section is None:
        raise HTTPException(404)
    return section
