"""What of the settings one person alone does not change: how staff reach the Guardian, and the teams that must be there.

Whoever speaks up rings the number that stands here. So the Guardian's contact points, what is answered to who may be speaking up, the
telephone of the Guardian's team and the words beside it, who is emailed of their lane, and that nobody takes away that team, safeguarding or information governance,
wait for another person.
Until then all of it is as it was approved last, else as config.toml has it, which is the installer's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from core.models import STAFF_ONLY, STAFF_SPEAK
from settings import pending
from settings.alerts import GUARDIAN, AlertRoute
from settings.organisation import Contact
from settings.pending import Change, Form
from settings.review import EscalationRole, ReplyTemplate
from settings.schema import Config
from settings.sections import WORDS as WORDS_OF

Part = Literal["contacts", "templates", "teams", "routes"]
# The section of the page that holds each
SECTIONS: Mapping[Part, str] = {
    "contacts": "contacts",
    "templates": "templates",
    "teams": "escalation",
    "routes": "recipients",
}
# Teams without which staff, somebody at risk or a breach have nobody to be sent to
OBLIGATORY: Mapping[str, str] = {
    "guardian": "Staff who raise a concern", "safeguarding": "Someone at risk of harm", "information_governance": "Personal data that is out",
}  # fmt: skip
WORDS: Mapping[Part, str] = {
    "contacts": "The published contact of the Freedom to Speak Up Guardian was changed",
    "templates": "What is answered to staff who may be speaking up was changed",
    "teams": "The Guardian’s telephone or the words beside it were changed, or a team that must be there was taken away",
    "routes": "Who is emailed of the Guardian’s lane was changed",
}
_GUARDIAN = re.compile(r"(?<!caldicott )guardian|speak(?:ing)?[ -]up|\bf[t2]su", re.IGNORECASE)
_SPEECH = STAFF_ONLY | STAFF_SPEAK
_PHONES = (
    "name",
    "when",
    "reach",
    "hours",
    "out_of_hours_phone",
)  # what a team is rung by, and the words that lead to it; its mailboxes and type wait by `recipients`

Approved = Mapping[str, Form]  # by part
# What of a row is shown to whoever is to agree
_SHOWN: Mapping[Part, Sequence[str]] = {
    "contacts": ("name", "phones", "emails", "postcodes", "from", "until"),
    "templates": ("name", "flags", "staff", "platforms", "about", "contact", "link", "text"),
    "routes": ("name", "flags", "lanes", "platforms", "hours", "risk", "to", "words", "next", "minutes"),
}  # fmt: skip
_KEYS: Mapping[Part, str] = {
    "contacts": "organisation.contacts", "templates": "review.templates", "teams": "review.roles", "routes": "alerts.route",
}  # fmt: skip
_TICKED = frozenset(("flags", "staff", "platforms", "lanes", "tone"))


Waiting = pending.Waiting[Part]


def form_of(config: Config, part: Part) -> dict[str, Any]:
    """What of a part is guarded, by name or key."""
    if part == "contacts":
        return {f"{place} {each.name}": each.model_dump(mode="json", by_alias=True) for place, each in enumerate(filter(_is_guardians, config.organisation.contacts))}  # fmt: skip
    if part == "templates":
        return {each.key: each.model_dump(mode="json") for each in config.review.templates if _is_for_speech(each)}  # fmt: skip
    if part == "routes":
        return {f"{place} {each.name}": each.model_dump(mode="json", by_alias=True) for place, each in enumerate(filter(_is_of_lane, config.alerts.route))}  # fmt: skip
    return {each.key: each.model_dump(mode="json") for each in config.review.roles if each.type in OBLIGATORY}  # fmt: skip


def waiting(config: Config, file: Config, approved: Approved) -> Iterator[Waiting]:
    """The parts that are not used as they were set up; `approved`: of each the form that was approved last."""
    for part in SECTIONS:
        form, instead = form_of(config, part), approved.get(part, form_of(file, part))
        if not any(_holds(part, form, known) for known in (form_of(file, part), instead)):
            yield Waiting(part=part, form=form, changes=list(_changes(part, form, instead)))


def usable(config: Config, file: Config, approved: Approved) -> Config:
    """The configuration with what was approved in place of what waits; the same one again changes nothing."""
    for each in waiting(config, file, approved):
        config = with_form(config, each.part, approved.get(each.part, form_of(file, each.part)))
    return config


def contacts_by_name(config: Config) -> dict[str, Contact]:
    """The contact points that are not the Guardian's, which count at once."""
    return {f"contact {each.name}": each for each in config.organisation.contacts if not _is_guardians(each)}  # fmt: skip


def lacking(config: Config) -> list[str]:
    """Whom a case can be sent to nowhere: what each of the missing teams would have."""
    there = {role.type for role in config.review.roles}
    return [who for kind, who in OBLIGATORY.items() if kind not in there]


def rings_somebody_else(config: Config) -> list[str]:
    """The Guardian's telephones that are somebody else's too: who would ring about the manager gets the manager."""
    review = config.review
    of_others = [review.crisis_contact, review.comms_phone]
    of_others += [text for role in review.roles if role.type != "guardian" for text in (role.reach, role.out_of_hours_phone)]  # fmt: skip
    known = {number for text in of_others for number in _numbers(text)}
    theirs = [role.reach for role in review.roles if role.type == "guardian"]
    theirs += [phone for contact in config.organisation.contacts if _is_guardians(contact) for phone in contact.phones]  # fmt: skip
    return [text for text in dict.fromkeys(theirs) if known.intersection(_numbers(text))]


def _numbers(text: str) -> list[str]:
    """The telephones in what somebody wrote, as digits; numbers of emergencies are everybody's."""
    return [re.sub(r"\D", "", number) for number in re.findall(r"\+?\d[\d ]{7,}\d", text)]


def _is_guardians(contact: Contact) -> bool:
    return _GUARDIAN.search(contact.name) is not None


def _is_of_lane(route: AlertRoute) -> bool:
    return GUARDIAN in route.lanes


def _is_for_speech(template: ReplyTemplate) -> bool:
    """Whether it is offered as an answer to staff who may be speaking up, or names the Guardian."""
    offered = (not template.flags or not _SPEECH.isdisjoint(template.flags)) and (not template.staff or set(template.staff) != {"no"})  # fmt: skip
    return offered or bool(_GUARDIAN.search(f"{template.contact} {template.text}"))


def _holds(part: Part, form: Form, known: Form) -> bool:
    return not list(_changes(part, form, known))


def _changes(part: Part, form: Form, known: Form) -> Iterator[Change]:
    """Each row in which a form differs from another."""
    for key in dict.fromkeys([*known, *form]):
        if lines := list(_lines(part, form.get(key), known.get(key))):
            yield pending.of_row(form, known, key, lines)


def _lines(part: Part, new: Form | None, old: Form | None) -> Iterator[str]:
    """The lines in which a row differs from another; of teams only who is gone, and what the Guardian's are rung by."""
    if part == "teams":
        if old is not None and new is None:
            yield f"‘{old['name']}’ is taken away"
        elif (
            new
            and old
            and "guardian" in (new["type"], old["type"])
            and any(new[name] != old[name] for name in _PHONES)
        ):
            yield from _changed(part, new, old, _PHONES)
    elif _as_told(new) != _as_told(old):
        yield from _changed(part, new, old, _SHOWN[part])


def _changed(part: Part, new: Form | None, old: Form | None, names: Sequence[str]) -> Iterator[str]:
    """A line for each field that differs, as the page calls it, with what it was; where a row is new or gone, for each that it has."""
    row = new or old or {}
    if new is None or old is None:
        yield f"‘{row.get('name', '')}’ is {'new' if new else 'taken away'}"
        yield from (f"{_label(part, field)}: {_value(row, field)}" for field in names if field != "name" and _value(row, field))  # fmt: skip
        return
    fields = [*names, *(field for field in row if field not in (*names, "key") and names != _PHONES)]  # fmt: skip
    lines = [
        f"‘{old.get('name', '')}’, {_label(part, field).lower()}: {_value(new, field) or 'nothing'}, instead of {_value(old, field) or 'nothing'}"
        for field in fields if _value(new, field) != _value(old, field)
    ]  # fmt: skip
    yield from lines or [f"‘{old.get('name', '')}’ is written otherwise"]


def _label(part: Part, field: str) -> str:
    known = WORDS_OF.get(f"{_KEYS[part]}.{field}")
    return known.label if known else field.replace("_", " ")


def _as_told(row: Form | None) -> Form | None:
    """A row in which the order of what is ticked tells nothing."""
    if row is None:
        return None
    return {name: sorted(value) if name in _TICKED and isinstance(value, list) else value for name, value in row.items()}  # fmt: skip


def _value(row: Form | None, field: str) -> str:
    value = (_as_told(row) or {}).get(field)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value in (None, False) else str(value)  # fmt: skip


def with_form(config: Config, part: Part, form: Form) -> Config:
    """A configuration with a form in place of its own."""
    if part == "contacts":
        others = [each for each in config.organisation.contacts if not _is_guardians(each)]
        rows = [Contact.model_validate_json(json.dumps(row)) for row in form.values()]
        return config.model_copy(update={"organisation": config.organisation.model_copy(update={"contacts": (*others, *rows)})})  # fmt: skip
    if part == "templates":
        known = {
            key: ReplyTemplate.model_validate_json(json.dumps(row)) for key, row in form.items()
        }
        here = [known.pop(each.key) if each.key in known else each for each in config.review.templates if each.key in form or not _is_for_speech(each)]  # fmt: skip
        return config.model_copy(update={"review": config.review.model_copy(update={"templates": (*here, *known.values())})})  # fmt: skip
    if part == "routes":
        routes = [AlertRoute.model_validate_json(json.dumps(row)) for row in form.values()]
        theirs = [each for each in config.alerts.route if not _is_of_lane(each)]
        return config.model_copy(update={"alerts": config.alerts.model_copy(update={"route": (*theirs, *routes)})})  # fmt: skip
    roles = [_team(role, form.get(role.key)) for role in config.review.roles]
    there = {role.key for role in roles}
    roles += [EscalationRole.model_validate_json(json.dumps(row)) for key, row in form.items() if key not in there]  # fmt: skip
    return config.model_copy(update={"review": config.review.model_copy(update={"roles": tuple(roles)})})  # fmt: skip


def _team(role: EscalationRole, form: Form | None) -> EscalationRole:
    if form is None or "guardian" not in (role.type, form["type"]):
        return role
    return role.model_copy(update={name: form[name] for name in _PHONES})
