"""What of the settings keeps people safe: nobody alone takes it away, and what is changed of it at once is seen by governance.

Whoever is in danger or speaks up reaches people by it: what is searched for, alerts, who is told next, how soon a team confirms, telephones, teams. To add to it, or
to make it sooner, counts at once. What takes from it waits for another person; until then both are told: whoever was, and whoever was added. What was in
force is found from the versions in their order, so that no way back, in one step or in many, is a way round.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from settings import guarded, pending
from settings.alerts import GUARDIAN, NEXT_MINUTES, RANK, AlertRoute
from settings.guarded import OBLIGATORY
from settings.organisation import Name
from settings.pending import Change, Form
from settings.review import EscalationRole
from settings.schema import Config
from settings.sections import content, find, of

Guard = Literal["waits", "approved", "seen", "people", "terms", "narrower", "lead"]
Part = Literal["alerts", "passing", "clocks", "search"]
Rule = Callable[[Any, Any], Any]

# How each is guarded, in a sentence
HOW: Mapping[Guard, str] = {
    "waits": "What takes from it waits for another person: governance agrees, and the Guardian is told. What adds to it counts at once",
    "approved": "Waits for governance: a new team or another type, a mailbox that is not known, whatever is the Guardian’s",
    "seen": "Counts at once. Governance is emailed, and sees it before and after until someone says so. Of Safeguarding the name and when its telephone answers wait, as its type does",
    "people": "No name of a person and no word of what staff say, unless two people agreed. Governance reads what is new",
    "terms": "No name of a person and no word of what staff say, unless two people agreed. Where fewer than half would be left it waits for another person; one that is taken out counts at once, and governance is emailed and sees it",
    "narrower": "No name of a person and no word of what staff say, unless two people agreed. One that is taken out, or the first of its own, counts at once: governance is emailed and sees it",
    "lead": "A lead’s alone. The history has it with their name; what weakens something is asked before it is saved",
}  # fmt: skip
# Every key that the page can change, and every field of its rows
GUARDS: Mapping[str, Guard] = {
    "organisation.names": "waits", "organisation.names.name": "people", "organisation.names.search": "waits", "organisation.names.from": "waits", "organisation.names.until": "waits",
    "organisation.topics": "terms",
    "rules": "people", "rules.name": "people", "rules.rule": "people",
    "organisation.campaigns": "people", "organisation.campaigns.name": "people", "organisation.campaigns.rule": "people",
    "organisation.campaigns.from": "lead", "organisation.campaigns.until": "lead",
    "organisation.records": "seen", "organisation.records.preset": "seen", "organisation.records.of": "people", "organisation.records.terms": "narrower",
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
# The team that is rung where someone is in danger: its name and when its telephone answers wait, as its type does
_RUNG_FIRST = frozenset(("safeguarding",))
_WAITS_OF_TEAM: Mapping[str, str] = {
    "name": "name", "hours": "when the telephone answers", "reach": "telephone", "out_of_hours_phone": "telephone out of hours",
    "when": "when they are the right one",
}  # fmt: skip
Steps = Mapping[Part, Sequence[Step]]
_Row = TypeVar("_Row", EscalationRole, AlertRoute, Name)


Waiting = pending.Waiting[Part]


# ── what is in force ─────────────────────────────────────────────────────────────────────────────


def form_of(config: Config, part: Part) -> dict[str, Any]:
    """What of a part keeps people safe, by key."""
    section = find(SECTIONS[part])
    assert section is not None
    tables = {key.partition(".")[0] for key in section.keys}  # of all it would take thrice as long
    table = config.model_dump(mode="json", by_alias=True, include=tables)
    return _only(content(table, section), part)


def form_of_version(
    file: Config, part: Part, form: Form, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The same of what a version of its section has; None is config.toml's own, which is `form`. What the environment sets holds over both."""
    free = {
        key: value for key, value in (values or {}).items()
        if key in form and is_alike(value, form[key]) and not file.layers.variable(tuple(key.split(".")))
    }  # fmt: skip
    return {**form, **_only(free, part)}


def is_alike(value: object, standing: object) -> bool:
    """Whether a value may stand where another does: what a version says in another shape, as an earlier program may have saved it, is not in force."""
    if isinstance(standing, bool) or isinstance(value, bool):
        return isinstance(standing, bool) and isinstance(value, bool)
    numbers = isinstance(standing, int | float) and isinstance(value, int | float)
    return standing is None or numbers or isinstance(value, type(standing))


def usable(config: Config, file: Config, steps: Steps) -> Config:
    """The configuration with what was taken from it put back until another person agreed; the same one where nothing was."""
    for part in SECTIONS:
        form = form_of(config, part)
        used = _in_force(form, file, part, steps)
        if used != form:
            config = with_form(config, part, used)
    return config


def waiting(config: Config, file: Config, steps: Steps) -> Iterator[Waiting]:
    """The parts of which something was taken that still counts."""
    for part in SECTIONS:
        form = form_of(config, part)
        if changes_of := list(_differs(form, _in_force(form, file, part, steps))):
            yield Waiting(part=part, form=form, changes=changes_of)


def taken(before: Config, after: Config) -> Iterator[Waiting]:
    """What a change would take, by part."""
    for part in SECTIONS:
        form = form_of(after, part)
        used = merged(form, form_of(before, part))
        if changes_of := list(_differs(form, used)):
            yield Waiting(part=part, form=form, changes=changes_of)


def newly_waiting(before: Config, after: Config, file: Config, steps: Steps) -> Iterator[Waiting]:
    """What a change brings that would wait, by part; without what waits already."""
    already = {line for each in waiting(before, file, steps) for line in each.differs}
    for each in waiting(after, file, steps):
        if new := [change for change in each.changes if not already.issuperset(change.lines)]:
            yield Waiting(part=each.part, form=each.form, changes=new)


def mailboxes(form: Form) -> list[str]:
    """Whom a form names to be told of cases, but for teams."""
    routes = [each for row in form.get("alerts.route", ()) for name in ("to", "next") for each in row.get(name, ())]  # fmt: skip
    return [*(each for key in _MAILBOXES for each in form.get(key, ())), *routes]


def only_known(form: Form, file: Form, strange: Collection[str], teams: Mapping[str, Collection[str]]) -> dict[str, Any]:  # fmt: skip
    """A form of a version without what was never in force of it: a mailbox or a team that governance never approved takes nothing from anybody where it goes.

    `strange`: mailboxes that wait; `teams`: of each team that was approved, its mailboxes.
    """
    without = {key: [each for each in value if each not in strange] if key in _MAILBOXES else value for key, value in form.items()}  # fmt: skip
    if "alerts.route" in without:
        without["alerts.route"] = [
            row | {name: [each for each in row.get(name, ()) if each not in strange] for name in ("to", "next") if name in row}
            for row in without["alerts.route"]
        ]  # fmt: skip
    if "review.roles" in without:
        filed = {row["key"]: row.get("email", ()) for row in file["review.roles"]}
        known = {key: {*filed.get(key, ()), *teams.get(key, ())} for key in (*filed, *teams)}
        without["review.roles"] = [
            row | {"email": [each for each in row.get("email", ()) if each in known[row["key"]]]}
            for row in without["review.roles"] if row["key"] in known
        ]  # fmt: skip
    return without


def merged(form: Form, before: Form, *of_which_half: Sequence[str]) -> dict[str, Any]:
    """A form with all that the one before had: whoever is told in either, and the sooner of two times.

    `of_which_half`: lists of search terms, of each of which at least half has to be left: those that another person last agreed to, and
    all since; else many new ones would outweigh those that were there.
    """
    both = {key: _RULES[key](value, before[key]) if key in _RULES else value for key, value in form.items()}  # fmt: skip
    if "alerts.route" in form:
        both["alerts.route"] = _routes(form["alerts.route"], before)
    if "review.roles" in form:
        both["review.roles"] = _teams(form, before, both["review.chase.minutes"])
    if TERMS in form:
        both[TERMS] = _terms(form[TERMS], before[TERMS], of_which_half or (before[TERMS],))
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
            at_once = {name: called for name, called in _OF_TEAM.items() if role.type not in _RUNG_FIRST or name not in ("name", "hours")}  # fmt: skip
            points |= {(f"team {role.key}", name): (f"{role.name}, {called}", written[name]) for name, called in at_once.items()}  # fmt: skip
    for name, contact in guarded.contacts_by_name(config).items():
        points[name, "phones"] = (f"Contact point ‘{contact.name}’, telephones", ", ".join(contact.phones))  # fmt: skip
        points[name, "emails"] = (f"Contact point ‘{contact.name}’, email addresses", ", ".join(contact.emails))  # fmt: skip
    for name, row in _by_name(form_of(config, "alerts")["alerts.route"]).items():
        points[f"route {name}", "words"] = (f"Sentence in the emails of the route ‘{name}’", row.get("words", ""))  # fmt: skip
    points |= {
        ("record", f"{record.preset} {record.of}"): (f"Public record ‘{record.preset}’{f' of {record.of}' if record.of else ''}", "read")
        for record in config.organisation.records
    }  # fmt: skip
    points |= {
        (f"record {record.preset} {record.of}", term): (
            f"Public record ‘{record.preset}’{f' of {record.of}' if record.of else ''}, {f'search term ‘{term}’' if term else 'all that is searched for'}",
            "looked for there",
        )
        for record in config.organisation.records for term in record.terms or ("",)
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
        if key[0].startswith("record "):
            # its own terms; where all that is searched for is looked for there, each of them is among it
            if not new and ("record", key[0].removeprefix("record ")) in after and (key[0], "") not in after:  # fmt: skip
                yield f"{called}: not looked for there any more instead of {old}"
            continue
        of_team = key[0].startswith("team ")
        if new != old and not (of_team and key not in before) and (new or not (of_team or key[0] == "")):  # fmt: skip
            yield f"{called}: {new or 'nothing'} instead of {old or 'nothing'}"


def terms_taken(before: Reached, after: Reached) -> list[str]:
    """The search terms that were taken out, where that counts at once: at least half of them are left."""
    old, new = _terms_in(before), _terms_in(after)
    return [term for term in old if term not in new] if _half_is_left(new, old) else []


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
    agreed = terms = known.get(TERMS, [])
    for step in sorted(steps.get(part, ()), key=lambda each: each.at):
        if step.mailboxes:
            known = {**known, "review.roles": [{**row, "email": [*step.mailboxes.get(row["key"], row.get("email", ()))]} for row in known["review.roles"]]}  # fmt: skip
        else:
            known = step.form if step.agreed else merged(step.form, known, agreed, terms)
            agreed = known.get(TERMS, []) if step.agreed else agreed
            terms = agreed if step.agreed else _together(known.get(TERMS, []), terms)
    return merged(form, known, agreed, terms)


def _in_order(new: Sequence[str], old: Sequence[str]) -> list[str]:
    """Whoever was told, first and in their order; then whoever is new."""
    return _together(old, new)


def _together(new: Sequence[str], old: Sequence[str]) -> list[str]:
    return [*new, *(each for each in old if each not in new)]


_RULES: Mapping[str, Rule] = {
    "alerts.on": lambda new, old: new or old,
    "alerts.to": _together, "alerts.next": _together, "reports.daily_to": _together, "review.chase.chain": _in_order, "review.chase.lead": _together,
    "alerts.recent_days": max, "alerts.most_an_hour": max,
    "review.crisis_contact": lambda new, old: new if new.strip() else old,
    "review.comms_phone": lambda new, old: new if new.strip() else old,
    "review.chase.minutes": min, "review.chase.danger_minutes": min, "review.chase.urgent_minutes": min, "review.lanes.now_hours": min,
}  # fmt: skip
# Whoever stands first is told first
_ORDERED = frozenset(("review.chase.chain",))
_MAILBOXES = frozenset(
    ("alerts.to", "alerts.next", "reports.daily_to", "review.chase.chain", "review.chase.lead")
)
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


def _terms(new: Sequence[str], old: Sequence[str], of_which_half: Sequence[Sequence[str]]) -> list[str]:  # fmt: skip
    """The search terms, with those of before where fewer than half of any of these lists are left."""
    return [*new] if all(_half_is_left(new, each) for each in of_which_half) else _together(new, old)  # fmt: skip


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
    if row.get("type") in _RUNG_FIRST or was.get("type") in _RUNG_FIRST:
        filled |= {name: was[name] for name in ("name", "hours") if was.get(name) not in (None, "", row.get(name))}  # fmt: skip
    team = {**row, **filled, "email": _together(row.get("email", ()), was.get("email", ()))}
    if (row.get("minutes") or all_after) > (was.get("minutes") or all_before):
        team.pop("minutes", None)  # as all others have it, which is no more than before
        if was.get("minutes"):
            team["minutes"] = was["minutes"]
    return team


def with_form(config: Config, part: Part, form: Form) -> Config:
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


def _differs(form: Form, used: Form) -> Iterator[Change]:
    """What was set up and does not count yet, each change by itself."""
    for key, value in form.items():
        if key == "alerts.route":
            yield from _differing_routes(form, used)
        elif key == "review.roles":
            yield from _differing_teams(form, used)
        elif key == NAMES:
            yield from _differing_names(form, used)
        elif key == TERMS:
            if gone := [each for each in used[key] if each not in value]:
                yield pending.of_row(form, used, key, [f"{_CALLED[key]}, no longer: {', '.join(gone)}"])  # fmt: skip
        elif isinstance(value, list):
            yield from _differing_list(form, used, key)
        elif value != used[key]:
            off = "Alerts turned off: no email at once of a high risk, of danger or of what is the Guardian’s"  # fmt: skip
            line = off if key == "alerts.on" else f"{_CALLED[key]}: {value or 'nobody'} instead of {used[key]}"  # fmt: skip
            yield pending.of_row(form, used, key, [line])


def _differing_list(form: Form, used: Form, key: str) -> Iterator[Change]:
    """Each who would be told no longer; and, of whoever is told one after the other, another order."""
    for entry in used[key]:
        if entry not in form[key]:
            yield pending.of_list(form, used, key, entry, f"{_CALLED[key]}, no longer: {entry}")
    wanted = [each for each in form[key] if each in used[key]]
    if key in _ORDERED and wanted != [each for each in used[key] if each in form[key]]:
        yield Change(
            lines=[f"{_CALLED[key]}, in another order: {', '.join(wanted)} instead of {', '.join(used[key])}"],
            agreed={**used, key: _together(form[key], used[key])}, undone={**form, key: _in_order(form[key], [each for each in used[key] if each in form[key]])},
            stands=lambda other: [each for each in other.get(key, ()) if each in wanted] == wanted,
        )  # fmt: skip


def _differing_routes(form: Form, used: Form) -> Iterator[Change]:
    key, takes = "alerts.route", "and takes cases from whoever is told of the rest"
    wanted, counts = _by_name(form[key]), _by_name(used[key])
    called = {**counts, **wanted}
    for name in called:
        new, old = wanted.get(name), counts.get(name)
        if new != old:
            row = called[name]
            what = (
                "is taken away"
                if new is None
                else f"is added, {takes}"
                if old is None
                else "is changed"
            )
            yield _of_listed(form, used, key, _by_name, name, f"The route ‘{row.get('name') or ', '.join(row['to'])}’ {what}")  # fmt: skip


def _by_own_name(rows: Sequence[Form]) -> dict[str, Form]:
    return {row["name"]: row for row in rows}


def _by_key(rows: Sequence[Form]) -> dict[str, Form]:
    return {row["key"]: row for row in rows}


def _of_listed(
    form: Form, used: Form, key: str, by: Callable[[Sequence[Form]], dict[str, Form]], name: str, line: str
) -> Change:  # fmt: skip
    """The change of one row of a list of tables."""
    new, old = by(form[key]).get(name), by(used[key]).get(name)
    return Change(
        lines=[line], agreed={**used, key: [*pending.with_value(by(used[key]), name, new).values()]},
        undone={**form, key: [*pending.with_value(by(form[key]), name, old).values()]}, stands=lambda other: by(other.get(key, ())).get(name) == new,
    )  # fmt: skip


def _differing_names(form: Form, used: Form) -> Iterator[Change]:
    for name, was in _by_own_name(used[NAMES]).items():
        row = _by_own_name(form[NAMES]).get(name)
        if row == was:
            continue
        if row is None:
            line = f"‘{name}’ is taken away"
        elif not row.get("search", True):
            line = f"‘{name}’ is not searched for any more"
        else:
            line = f"‘{name}’ would be searched for {_days(row)} instead of {_days(was)}"
        yield _of_listed(form, used, NAMES, _by_own_name, name, line)


def _days(row: Form) -> str:
    return f"from {row.get('from') or 'the beginning'} until {row.get('until') or 'the end'}"


def _differing_teams(form: Form, used: Form) -> Iterator[Change]:
    wanted, key = _by_key(form["review.roles"]), "review.roles"
    for team, counts in _by_key(used[key]).items():
        row = wanted.get(team)
        if row is None:
            yield _of_listed(form, used, key, _by_key, team, f"‘{counts['name']}’ is taken away")
            continue
        for entry in counts["email"]:
            if entry not in row.get("email", ()):
                left = [each for each in counts["email"] if each != entry]
                back = [*row.get("email", ()), entry]
                yield _of_field(form, used, team, "email", left, back, f"{row['name']}, no longer emailed: {entry}", without=entry)  # fmt: skip
        for name, called in _WAITS_OF_TEAM.items():
            if row.get(name) != counts.get(name) and counts.get(name) is not None:
                new, old = (_HOURS.get(str(each.get(name, "")), each.get(name)) if name == "hours" else each.get(name) for each in (row, counts))  # fmt: skip
                yield _of_field(form, used, team, name, row.get(name), counts.get(name), f"{counts['name']}, {called}: {new or 'nothing'} instead of {old or 'nothing'}")  # fmt: skip
        if row.get("minutes") and row.get("minutes") != counts.get("minutes"):
            line = f"{row['name']}, minutes to confirm: {row['minutes']} instead of {counts.get('minutes') or used['review.chase.minutes']}"
            yield _of_field(form, used, team, "minutes", row["minutes"], counts.get("minutes"), line)  # fmt: skip


def _of_field(
    form: Form, used: Form, team: str, name: str, new: Any, old: Any, line: str, *, without: str = ""
) -> Change:  # fmt: skip
    """The change of one field of a team; `without`: only that this mailbox is gone from it."""
    key = "review.roles"

    def filled(into: Form, value: Any) -> dict[str, Any]:
        return {**into, key: [pending.with_value(row, name, value) if row["key"] == team else row for row in into[key]]}  # fmt: skip

    def has(value: Any) -> bool:
        return without not in (value or ()) if without else value == wanted

    wanted = _by_key(form[key])[team].get(name)
    return Change(
        lines=[line], agreed=filled(used, new), undone=filled(form, old),
        stands=lambda other: has(_by_key(other.get(key, ())).get(team, {}).get(name)),
    )  # fmt: skip
