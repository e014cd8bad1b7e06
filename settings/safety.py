"""What of the settings keeps people safe: nobody alone takes it away, and what is changed of it at once is seen by governance.

Whoever is in danger or speaks up reaches people by it: what is searched for, alerts, who is told next, how soon a team confirms, telephones, teams. To add to it, or
to make it sooner, counts at once. What takes from it waits for another person; until then both are told: whoever was, and whoever was added. What was in
force is found from the versions in their order, so that no way back, in one step or in many, is a way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from settings import guarded
from settings.alerts import GUARDIAN, NEXT_MINUTES, RANK, AlertRoute
from settings.guarded import OBLIGATORY
from settings.organisation import Name
from settings.review import EscalationRole
from settings.schema import Config
from settings.sections import content, find, of

Guard = Literal["waits", "approved", "seen", "people", "terms", "lead"]
Part = Literal["alerts", "passing", "clocks", "search"]
Form = Mapping[str, Any]  # of a part: its keys of config.toml with their values, as JSON has them
Rule = Callable[[Any, Any], Any]

# How each is guarded, in a sentence
HOW: Mapping[Guard, str] = {
    "waits": "What takes from it waits for another person: governance agrees, and the Guardian is told. What adds to it counts at once",
    "approved": "Waits for governance: a new team or another type, a mailbox that is not known, whatever is the Guardian’s",
    "seen": "Counts at once. Governance is emailed, and sees it before and after until someone says so",
    "people": "No name of a person and no word of what staff say, unless two people agreed. Governance reads what is new",
    "terms": "No name of a person and no word of what staff say, unless two people agreed. Where fewer than half would be left it waits for another person; one that is taken out counts at once, and governance is emailed and sees it",
    "lead": "A lead’s alone. The history has it with their name; what weakens something is asked before it is saved",
}  # fmt: skip
# Every key that the page can change, and every field of its rows
GUARDS: Mapping[str, Guard] = {
    "organisation.names": "waits", "organisation.names.name": "people", "organisation.names.search": "waits", "organisation.names.from": "waits", "organisation.names.until": "waits",
    "organisation.topics": "terms",
    "rules": "people", "rules.name": "people", "rules.rule": "people",
    "organisation.campaigns": "people", "organisation.campaigns.name": "people", "organisation.campaigns.rule": "people",
    "organisation.campaigns.from": "lead", "organisation.campaigns.until": "lead",
    "organisation.records": "seen", "organisation.records.preset": "seen", "organisation.records.of": "people", "organisation.records.terms": "people",
    "alerts.on": "waits", "alerts.to": "waits", "alerts.next": "waits", "alerts.recent_days": "waits", "alerts.most_an_hour": "waits",
    "alerts.spikes": "lead", "alerts.spikes_to": "lead",
    "alerts.route": "waits", "alerts.route.name": "waits", "alerts.route.flags": "waits", "alerts.route.lanes": "waits", "alerts.route.platforms": "waits",
    "alerts.route.hours": "waits", "alerts.route.risk": "waits", "alerts.route.to": "waits", "alerts.route.next": "waits", "alerts.route.minutes": "waits",
    "alerts.route.also": "waits", "alerts.route.words": "seen",
    "reports.daily_to": "waits", "reports.weekly_to": "lead",
    "schedule.daily_at": "lead", "schedule.weekly_on": "lead", "schedule.weekly_at": "lead",
    "organisation.accounts": "people", "organisation.accounts.platform": "people", "organisation.accounts.handle": "people",
    "organisation.accounts.owner": "lead", "organisation.accounts.from": "lead", "organisation.accounts.until": "lead",
    "organisation.contacts": "seen", "organisation.contacts.name": "seen", "organisation.contacts.phones": "seen", "organisation.contacts.emails": "seen",
    "organisation.contacts.postcodes": "lead", "organisation.contacts.from": "lead", "organisation.contacts.until": "lead",
    "organisation.places": "people", "organisation.places.name": "people", "organisation.places.aliases": "people",
    "organisation.places.from": "lead", "organisation.places.until": "lead",
    "organisation.providers": "people", "organisation.providers.name": "people", "organisation.providers.aliases": "people",
    "organisation.providers.from": "lead", "organisation.providers.until": "lead",
    "review.crisis_contact": "seen", "review.comms_phone": "seen",
    "review.roles": "waits", "review.roles.key": "approved", "review.roles.type": "approved", "review.roles.email": "waits", "review.roles.minutes": "waits",
    "review.roles.name": "seen", "review.roles.when": "seen", "review.roles.reach": "seen", "review.roles.hours": "seen", "review.roles.out_of_hours_phone": "seen",
    "review.chase.minutes": "waits", "review.chase.danger_minutes": "waits", "review.chase.urgent_minutes": "waits", "review.chase.chain": "waits", "review.chase.lead": "waits",
    "review.lanes.now_hours": "waits", "review.lanes.answer_cutoff": "lead", "review.lanes.answer_late": "lead", "review.lanes.media_hours": "lead",
    "review.lanes.look_working_days": "lead",
    "review.sample_unflagged": "lead", "review.sample_second": "lead",
    # those that are answered to who may be speaking up, or name the Guardian: see `guarded`
    "review.templates": "approved", "review.templates.key": "approved", "review.templates.name": "approved", "review.templates.flags": "approved",
    "review.templates.about": "approved", "review.templates.staff": "approved", "review.templates.tone": "approved", "review.templates.platforms": "approved",
    "review.templates.contact": "approved", "review.templates.link": "approved", "review.templates.reply": "approved", "review.templates.text": "approved",
    "review.lines": "lead", "review.lines.key": "lead", "review.lines.topic": "lead", "review.lines.about": "lead", "review.lines.flags": "lead",
    "review.lines.places": "lead", "review.lines.clauses": "lead", "review.lines.line": "lead", "review.lines.owner": "lead", "review.lines.from": "lead",
    "review.lines.until": "lead", "review.lines.source": "lead",
    "review.related": "lead", "review.related.name": "lead", "review.related.flags": "lead", "review.related.clauses": "lead", "review.related.where": "lead",
    "review.related.link": "lead", "review.related.hr": "approved",
    "review.pre_election": "lead", "review.pre_election.from": "lead", "review.pre_election.until": "lead", "review.pre_election.reason": "lead",
}  # fmt: skip


def guarded_by() -> list[tuple[str, list[str]]]:
    """Each way of guarding, in a sentence, with what it guards as officers read it: a list by its name, of its fields those that are guarded otherwise."""
    ways: dict[Guard, list[str]] = {guard: [] for guard in HOW}
    for key, guard in GUARDS.items():
        above = key.rpartition(".")[0]
        if above not in GUARDS:
            ways[guard].append(of(key).label)
        elif GUARDS[above] != guard:
            ways[guard].append(f"{of(above).label}: {of(key).label}")
    return [(HOW[guard], labels) for guard, labels in ways.items()]


SECTIONS: Mapping[Part, str] = {
    "alerts": "recipients",
    "passing": "escalation",
    "clocks": "clocks",
    "search": "names",
}
WORDS: Mapping[Part, str] = {
    "alerts": "Who is told at once would be told less",
    "passing": "Who is told next, how soon a team confirms, or whom a team is reached by would be less",
    "clocks": "Danger, a threat or a leak would wait longer",
    "search": "Less would be searched for",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that came to be in force of a part. `agreed`: another person agreed to it, or it was done on the machine.

    `mailboxes`: those of one team, by its key, to which governance agreed; then `form` is empty.
    """

    at: datetime
    form: Form = field(default_factory=dict, repr=False)
    agreed: bool = False
    mailboxes: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)


NAMES, TERMS = "organisation.names", "organisation.topics"  # what is searched for
Steps = Mapping[Part, Sequence[Step]]
_Row = TypeVar("_Row", EscalationRole, AlertRoute, Name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A part of which something waits: what was set up, and in sentences what of it does not count yet."""

    part: Part
    form: Form
    differs: Sequence[str]


# ── what is in force ─────────────────────────────────────────────────────────────────────────────


def form_of(config: Config, part: Part) -> dict[str, Any]:
    """What of a part keeps people safe, by key."""
    section = find(SECTIONS[part])
    assert section is not None
    tables = {key.partition(".")[0] for key in section.keys}  # of all it would take thrice as long
    table = config.model_dump(mode="json", by_alias=True, include=tables)
    return _only(content(table, section), part)


def form_of_version(file: Config, part: Part, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The same of what a version of its section has; None is config.toml's own. What the environment sets holds over both."""
    form = form_of(file, part)
    free = {
        key: value for key, value in (values or {}).items()
        if key in form and _is_alike(value, form[key]) and not file.layers.variable(tuple(key.split(".")))
    }  # fmt: skip
    return form | _only(free, part)


def _is_alike(value: object, standing: object) -> bool:
    """Whether a value may stand where another does: what a version says in another shape, as an earlier program may have saved it, is not in force."""
    return isinstance(value, type(standing)) if isinstance(standing, list | dict | str) else True


def usable(config: Config, file: Config, steps: Steps) -> Config:
    """The configuration with what was taken from it put back until another person agreed; the same one where nothing was."""
    for part in SECTIONS:
        form = form_of(config, part)
        used = _in_force(form, file, part, steps)
        if used != form:
            config = _with(config, part, used)
    return config


def waiting(config: Config, file: Config, steps: Steps) -> Iterator[Waiting]:
    """The parts of which something was taken that still counts."""
    for part in SECTIONS:
        form = form_of(config, part)
        if differs := list(_differs(form, _in_force(form, file, part, steps), file)):
            yield Waiting(part=part, form=form, differs=differs)


def taken(before: Config, after: Config) -> Iterator[Waiting]:
    """What a change would take, by part."""
    for part in SECTIONS:
        form = form_of(after, part)
        used = merged(form, form_of(before, part))
        if differs := list(_differs(form, used, before)):
            yield Waiting(part=part, form=form, differs=differs)


def merged(form: Form, before: Form, since_agreed: Sequence[str] = ()) -> dict[str, Any]:
    """A form with all that the one before had: whoever is told in either, and the sooner of two times.

    `since_agreed`: every search term since another person last agreed, of which at least half has to be left.
    """
    both = {key: _RULES[key](value, before[key]) if key in _RULES else value for key, value in form.items()}  # fmt: skip
    if "alerts.route" in form:
        both["alerts.route"] = _routes(form["alerts.route"], before)
    if "review.roles" in form:
        both["review.roles"] = _teams(form, before, both["review.chase.minutes"])
    if TERMS in form:
        both[TERMS] = _terms(form[TERMS], before[TERMS], since_agreed or before[TERMS])
        both[NAMES] = _names(form[NAMES], before[NAMES])
    return both


# ── what counts at once, and is seen ─────────────────────────────────────────────────────────────

SEEN_SECTIONS = ("escalation", "contacts", "recipients", "names", "records")
_OF_TEAM: Mapping[str, str] = {
    "name": "name", "when": "when they are the right one", "reach": "telephone", "hours": "when it answers", "out_of_hours_phone": "telephone out of hours",
}  # fmt: skip
_HOURS: Mapping[str, str] = {"any": "day and night", "working": "in working hours", "": "not known"}
# What finds posts: only what is taken out is seen, since what is new adds to it
_SOUGHT: Mapping[str, str] = {"term": "not searched for any more", "record": "not read any more"}
Reached = Mapping[
    tuple[str, str], tuple[str, str]
]  # by what and which of it: how it is called, and what stands there


def reached(config: Config) -> dict[tuple[str, str], tuple[str, str]]:
    """By which telephones, addresses and words people are reached, that a lead can change at once. What is the Guardian's waits whole."""
    review = config.review
    points = {
        ("", "crisis"): (_CALLED["review.crisis_contact"], review.crisis_contact),
        ("", "comms"): (_CALLED["review.comms_phone"], review.comms_phone),
    }
    for role in review.roles:
        if role.type != "guardian":
            written = {**role.model_dump(), "hours": _HOURS[role.hours or ""]}
            points |= {(f"team {role.key}", name): (f"{role.name}, {called}", written[name]) for name, called in _OF_TEAM.items()}  # fmt: skip
    for name, contact in guarded.contacts_by_name(config).items():
        points[name, "phones"] = (f"Contact point ‘{contact.name}’, telephones", ", ".join(contact.phones))  # fmt: skip
        points[name, "emails"] = (f"Contact point ‘{contact.name}’, email addresses", ", ".join(contact.emails))  # fmt: skip
    for name, row in _by_name(form_of(config, "alerts")["alerts.route"]).items():
        points[f"route {name}", "words"] = (f"Sentence in the emails of the route ‘{name}’", row.get("words", ""))  # fmt: skip
    points |= {
        ("record", f"{record.preset} {record.of}"): (f"Public record ‘{record.preset}’{f' of {record.of}' if record.of else ''}", "read")
        for record in config.organisation.records
    }  # fmt: skip
    points |= {("term", term): (f"Search term ‘{term}’", "searched for") for term in config.organisation.topics}  # fmt: skip
    return points


def changes(before: Reached, after: Reached) -> Iterator[str]:
    """What changed of it and counts at once, a line each. What was emptied of a team, and one that is new, waits elsewhere."""
    for key in dict.fromkeys([*before, *after]):
        (called, new), old = (
            after.get(key, (before.get(key, ("", ""))[0], "")),
            before.get(key, ("", ""))[1],
        )
        if key[0] in _SOUGHT:
            if not new and (key[0] != "term" or _half_is_left(_terms_in(after), _terms_in(before))):  # fmt: skip
                yield f"{called}: {_SOUGHT[key[0]]} instead of {old}"
            continue
        of_team = key[0].startswith("team ")
        if new != old and not (of_team and key not in before) and (new or not (of_team or key[0] == "")):  # fmt: skip
            yield f"{called}: {new or 'nothing'} instead of {old or 'nothing'}"


def carried(before: Reached, after: Reached) -> Reached:
    """What is to be compared with next: of what was emptied and waits, what stood there."""
    old = {key: point for key, point in before.items() if not after.get(key, ("", ""))[1] and (key[0] == "" or key[0].startswith("team "))}  # fmt: skip
    if not _half_is_left(_terms_in(after), _terms_in(before)):
        old |= {key: point for key, point in before.items() if key[0] == "term"}
    return {**after, **old}


def _terms_in(points: Reached) -> list[str]:
    return [which for what, which in points if what == "term"]


def _in_force(form: Form, file: Config, part: Part, steps: Steps) -> dict[str, Any]:
    known: Form = form_of(file, part)
    terms = known.get(TERMS, [])
    for step in sorted(steps.get(part, ()), key=lambda each: each.at):
        if step.mailboxes:
            known = {**known, "review.roles": [{**row, "email": [*step.mailboxes.get(row["key"], row.get("email", ()))]} for row in known["review.roles"]]}  # fmt: skip
        else:
            known = step.form if step.agreed else merged(step.form, known, terms)
            terms = known.get(TERMS, []) if step.agreed else _together(known.get(TERMS, []), terms)
    return merged(form, known, terms)


def _together(new: Sequence[str], old: Sequence[str]) -> list[str]:
    return [*new, *(each for each in old if each not in new)]


_RULES: Mapping[str, Rule] = {
    "alerts.on": lambda new, old: new or old,
    "alerts.to": _together, "alerts.next": _together, "reports.daily_to": _together, "review.chase.chain": _together, "review.chase.lead": _together,
    "alerts.recent_days": max, "alerts.most_an_hour": max,
    "review.crisis_contact": lambda new, old: new if new.strip() else old,
    "review.comms_phone": lambda new, old: new if new.strip() else old,
    "review.chase.minutes": min, "review.chase.danger_minutes": min, "review.chase.urgent_minutes": min, "review.lanes.now_hours": min,
}  # fmt: skip
_KEYS = frozenset((*_RULES, "alerts.route", "review.roles", NAMES, TERMS))


def _only(values: Mapping[str, Any], part: Part) -> dict[str, Any]:
    """What is guarded here, less the routes of the Guardian's lane, which wait whole: see `guarded`."""
    form = {key: value for key, value in values.items() if key in _KEYS}
    if "alerts.route" in form:
        form["alerts.route"] = [row for row in form["alerts.route"] if GUARDIAN not in row.get("lanes", ())]  # fmt: skip
    return form


def _routes(new: Sequence[Form], before: Form) -> list[Form]:
    """Routes by which everybody is told who was. One that is new counts where it takes its cases from nobody who is told of the rest."""
    old, of_the_rest = _by_name(before["alerts.route"]), frozenset(before["alerts.to"])
    routes = []
    for name, row in _by_name(new).items():
        was = old.pop(name, None)
        if was is None:
            routes += [row] if of_the_rest <= frozenset(row["to"]) else []
        else:
            routes.append(row if _tells_as_well(row, was, of_the_rest) else was)
    return [*routes, *old.values()]


def _terms(new: Sequence[str], old: Sequence[str], since_agreed: Sequence[str]) -> list[str]:
    """The search terms, with those of before where fewer than half of all since another person agreed are left."""
    return [*new] if _half_is_left(new, since_agreed) else _together(new, old)


def _half_is_left(new: Iterable[str], old: Sequence[str]) -> bool:
    low = {term.casefold() for term in new}
    return 2 * sum(term.casefold() in low for term in old) >= len(old)


def _names(new: Sequence[Form], old: Sequence[Form]) -> list[Form]:
    """The names, each that was searched for as it was where it would be searched for no more, or for fewer days."""
    back = {was["name"]: was for was in old if was.get("search", True) and not any(_finds_as_well(row, was) for row in new)}  # fmt: skip
    names = [back.pop(row["name"], row) for row in new]
    return [*names, *back.values()]


def _finds_as_well(row: Form, was: Form) -> bool:
    """Whether a name is searched for on every day on which it was: days are written so that they sort."""
    since = (row.get("from") or "") <= (was.get("from") or "")
    until = not row.get("until") or (bool(was.get("until")) and row["until"] >= was["until"])
    return row["name"] == was["name"] and row.get("search", True) and since and until


def _by_name(rows: Sequence[Form]) -> dict[str, Form]:
    return {row.get("name") or f"route {place + 1}": row for place, row in enumerate(rows)}


def _tells_as_well(row: Form, was: Form, of_the_rest: frozenset[str]) -> bool:
    """Whether a changed route tells whom it told of what it told, and takes nothing more from whoever is told of the rest."""
    lists = ("flags", "lanes", "platforms")
    fewer = any(
        row.get(each) and not (was.get(each) and set(was[each]) <= set(row[each])) for each in lists
    )
    more = any(set(row.get(each, ())) != set(was.get(each, ())) for each in lists)
    hours = row.get("hours", "any") in ("any", was.get("hours", "any"))
    risk = RANK[row.get("risk", "high")] <= RANK[was.get("risk", "high")]
    people = all(set(was.get(each, ())) <= set(row.get(each, ())) for each in ("to", "next", "also"))  # fmt: skip
    sooner = (row.get("minutes") or NEXT_MINUTES) <= (was.get("minutes") or NEXT_MINUTES)
    return not fewer and hours and risk and people and sooner and (not more or of_the_rest <= set(row["to"]))  # fmt: skip


def _teams(form: Form, before: Form, minutes: int) -> list[Form]:
    """Teams with all the mailboxes and the telephones that they had, none slower to confirm and none gone."""
    old = {row["key"]: row for row in before["review.roles"]}
    teams = [_team(row, old.pop(row["key"], None), before["review.chase.minutes"], minutes) for row in form["review.roles"]]  # fmt: skip
    return [*teams, *(row for row in old.values() if row.get("type") not in OBLIGATORY)]


def _team(row: Form, was: Form | None, all_before: int, all_after: int) -> Form:
    if was is None:
        return row
    filled = {name: was[name] for name in ("when", "reach", "out_of_hours_phone") if was.get(name) and not str(row.get(name, "")).strip()}  # fmt: skip
    team = {**row, **filled, "email": _together(row.get("email", ()), was.get("email", ()))}
    if (row.get("minutes") or all_after) > (was.get("minutes") or all_before):
        team.pop("minutes", None)  # as all others have it, which is no more than before
        if was.get("minutes"):
            team["minutes"] = was["minutes"]
    return team


def _with(config: Config, part: Part, form: Form) -> Config:
    """A configuration with a form in place of its own."""
    alerts, review = config.alerts, config.review
    if part == "clocks":
        lanes = review.lanes.model_copy(update={"now_hours": form["review.lanes.now_hours"]})
        return config.model_copy(update={"review": review.model_copy(update={"lanes": lanes})})
    if part == "search":
        update = {"names": tuple(_rows(Name, form[NAMES])), "topics": tuple(form[TERMS])}
        return config.model_copy(update={"organisation": config.organisation.model_copy(update=update)})  # fmt: skip
    if part == "passing":
        chase = review.chase.model_copy(
            update={key: tuple(value) if isinstance(value, list) else value for key, value in _under("review.chase.", form)}
        )  # fmt: skip
        roles = tuple(_rows(EscalationRole, form["review.roles"]))
        passing: dict[str, Any] = {"chase": chase, "roles": roles} | {key: form[f"review.{key}"] for key in ("crisis_contact", "comms_phone")}  # fmt: skip
        return config.model_copy(update={"review": review.model_copy(update=passing)})
    lane = tuple(each for each in alerts.route if GUARDIAN in each.lanes)
    changed = {key: tuple(value) if isinstance(value, list) else value for key, value in _under("alerts.", form)}  # fmt: skip
    changed["route"] = (*_rows(AlertRoute, form["alerts.route"]), *lane)
    reports = config.reports.model_copy(update={"daily_to": tuple(form["reports.daily_to"])})
    return config.model_copy(update={"alerts": alerts.model_copy(update=changed), "reports": reports})  # fmt: skip


def _under(table: str, form: Form) -> Iterator[tuple[str, Any]]:
    return ((key.removeprefix(table), value) for key, value in form.items() if key.startswith(table))  # fmt: skip


def _rows(kind: type[_Row], rows: Iterable[Form]) -> Iterator[_Row]:
    """Rows as the settings have them; without one that an older program wrote and this one does not read."""
    for row in rows:
        try:
            yield kind.model_validate(row, strict=False)
        except ValidationError:
            continue


# ── in words ─────────────────────────────────────────────────────────────────────────────────────

_CALLED: Mapping[str, str] = {
    TERMS: "Search terms", "alerts.to": "Told at once of what no route names", "alerts.next": "Told next of what no route names", "reports.daily_to": "Gets the morning list",
    "review.chase.chain": "Told next where someone may be in danger", "review.chase.lead": "Told after two reminders",
    "review.crisis_contact": "Rung out of hours when someone is in danger", "review.comms_phone": "The comms team’s telephone",
    "alerts.recent_days": "Days after which a post is too old to alert at once", "alerts.most_an_hour": "Alerts to one route within an hour",
    "review.chase.minutes": "Minutes a team has to confirm", "review.chase.danger_minutes": "Minutes until danger is chased",
    "review.chase.urgent_minutes": "Minutes until a password or a page in our name is chased",
    "review.lanes.now_hours": "Hours that danger, a threat or a leak may wait for a decision",
}  # fmt: skip


def _differs(form: Form, used: Form, file: Config) -> Iterator[str]:
    """What was set up and does not count yet, a line each."""
    for key, value in form.items():
        if key == "alerts.on" and value != used[key]:
            yield "Alerts turned off: no email at once of a high risk, of danger or of what is the Guardian’s"
        elif key == "alerts.route":
            yield from _differing_routes(value, used[key])
        elif key == "review.roles":
            yield from _differing_teams(form, used)
        elif key == NAMES:
            yield from _differing_names(value, used[key])
        elif isinstance(value, list) and (gone := [each for each in used[key] if each not in value]):  # fmt: skip
            yield f"{_CALLED[key]}, no longer: {', '.join(gone)}"
        elif not isinstance(value, list | bool) and value != used[key]:
            yield f"{_CALLED[key]}: {value or 'nobody'} instead of {used[key]}"


def _differing_routes(new: Sequence[Form], used: Sequence[Form]) -> Iterator[str]:
    wanted, counts = _by_name(new), {row.get("name") or ", ".join(row["to"]): row for row in used}
    for name, row in wanted.items():
        if row not in used:
            yield f"The route ‘{row.get('name') or ', '.join(row['to'])}’ is {'changed' if name in counts else 'added, and takes cases from whoever is told of the rest'}"
    yield from (f"The route ‘{name}’ is taken away" for name, row in counts.items() if row not in new and name not in wanted)  # fmt: skip


def _differing_names(new: Sequence[Form], used: Sequence[Form]) -> Iterator[str]:
    for was in used:
        if was in new:
            continue
        row = next((each for each in new if each["name"] == was["name"]), None)
        if row is None:
            yield f"‘{was['name']}’ is taken away"
        elif not row.get("search", True):
            yield f"‘{was['name']}’ is not searched for any more"
        else:
            yield f"‘{was['name']}’ would be searched for {_days(row)} instead of {_days(was)}"


def _days(row: Form) -> str:
    return f"from {row.get('from') or 'the beginning'} until {row.get('until') or 'the end'}"


def _differing_teams(form: Form, used: Form) -> Iterator[str]:
    wanted, all_minutes = {row["key"]: row for row in form["review.roles"]}, used["review.chase.minutes"]  # fmt: skip
    for counts in used["review.roles"]:
        row = wanted.get(counts["key"])
        if row is None:
            yield f"‘{counts['name']}’ is taken away"
            continue
        if gone := [each for each in counts["email"] if each not in row.get("email", ())]:
            yield f"{row['name']}, no longer emailed: {', '.join(gone)}"
        for name, called in (("reach", "telephone"), ("out_of_hours_phone", "telephone out of hours"), ("when", "when they are the right one")):  # fmt: skip
            if counts.get(name) and not str(row.get(name, "")).strip():
                yield f"{row['name']}, {called}: nothing instead of {counts[name]}"
        if row.get("minutes") and row.get("minutes") != counts.get("minutes"):
            yield f"{row['name']}, minutes to confirm: {row['minutes']} instead of {counts.get('minutes') or all_minutes}"
