"""Nobody alone takes away from whom people in danger or staff who speak up are told, and what counts at once is seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from settings import overrides, safety
from settings.organisation import search_silence
from settings.schema import Config
from settings.sections import SECTIONS, field_of, fields
from tests.review.factories import shipped
from tests.settings.test_recipients import having

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
DUTY, LEAD, CHIEF, HERS = "comms-duty@example.org", "lead@example.org", "director@example.org", "07700 900777"  # fmt: skip
TERMS = ["NW London NHS", "Kingfisher Lodge", "urgent care Wembley"]
GUARDIANS = {"name": "The Guardian", "lanes": ["guardian"], "to": ["guardian@example.org"]}
DANGER = {"name": "Danger", "flags": ["safeguarding", "threat"], "to": [DUTY, LEAD], "next": [CHIEF], "minutes": 20}  # fmt: skip
TEAM = {
    "key": "security", "type": "security", "name": "Security", "when": "A threat to staff", "email": ["security@example.org", CHIEF],
    "reach": "020 7946 0144", "hours": "any", "out_of_hours_phone": "020 7946 0145", "minutes": 60,
}  # fmt: skip


def watched() -> Config:
    """config.toml with everything set up that keeps people safe."""
    file = having("recipients", {
        "alerts.on": True, "alerts.to": [DUTY, LEAD], "alerts.next": [CHIEF], "alerts.route": [DANGER, GUARDIANS],
        "alerts.recent_days": 5, "alerts.most_an_hour": 10, "reports.daily_to": [DUTY, LEAD],
    })  # fmt: skip
    roles = [row | ({"email": ["guardian@example.org"]} if row["type"] == "guardian" else {}) | ({"hours": "any"} if row["type"] == "safeguarding" else {}) for row in rows(shipped()) if row["key"] != "security"]  # fmt: skip
    file = having("escalation", {
        "review.roles": [*roles, TEAM], "review.crisis_contact": "On-call manager, 020 7946 0199", "review.comms_phone": "020 7946 0100",
        "review.chase.chain": [LEAD, CHIEF], "review.chase.lead": [LEAD],
    }, file)  # fmt: skip
    file = having("names", {"organisation.topics": TERMS}, file)
    return having("clocks", {"review.lanes.now_hours": 1}, file)


def rows(config: Config) -> list[dict[str, Any]]:
    return [{k: v for k, v in json.loads(role.model_dump_json()).items() if v is not None} for role in config.review.roles]  # fmt: skip


def of_team(**changes: Any) -> list[dict[str, Any]]:
    return [row | changes if row["key"] == "security" else row for row in rows(watched())]


def of_guardian(**changes: Any) -> list[dict[str, Any]]:
    return [row | changes if row["type"] == "guardian" else row for row in rows(watched())]


def of_safeguarding(**changes: Any) -> list[dict[str, Any]]:
    return [row | changes if row["type"] == "safeguarding" else row for row in rows(watched())]


def of_route(**changes: Any) -> list[dict[str, Any]]:
    return [DANGER | changes, GUARDIANS]


def of_name(**changes: Any) -> list[dict[str, Any]]:
    return [{"name": name.name} | changes for name in watched().organisation.names]


# By its key, how each can be made less: a test below fails for a key of the table that has none.
LESS: Mapping[str, Any] = {
    "alerts.on": [False], "alerts.to": [[], [DUTY], [DUTY, "comms-press@example.org"]], "alerts.next": [[]], "alerts.recent_days": [1],
    "alerts.most_an_hour": [1], "reports.daily_to": [[], [LEAD]],
    "alerts.route": [[GUARDIANS], [DANGER, GUARDIANS, {"name": "Mine", "flags": ["pid"], "to": [DUTY]}]],
    "alerts.route.name": [of_route(name="Other", to=[DUTY])],
    "alerts.route.flags": [of_route(flags=["threat"])], "alerts.route.lanes": [of_route(lanes=["rest"])], "alerts.route.platforms": [of_route(platforms=["x"])],
    "alerts.route.hours": [of_route(hours="working")], "alerts.route.risk": [],  # it is the highest already
    "alerts.route.to": [of_route(to=[DUTY])], "alerts.route.next": [of_route(next=[])], "alerts.route.minutes": [of_route(minutes=300), of_route(minutes=None)],
    "alerts.route.also": [],
    "review.roles": [[row for row in rows(watched()) if row["key"] != "security"]],
    "review.roles.email": [of_team(email=[]), of_team(email=["security@example.org"]), of_guardian(email=[])],
    "review.roles.minutes": [of_team(minutes=61), of_guardian(minutes=10000)],
    "review.chase.minutes": [241], "review.chase.danger_minutes": [60], "review.chase.urgent_minutes": [61],
    "review.chase.chain": [[], [CHIEF], [CHIEF, LEAD], ["comms@example.org", LEAD, CHIEF]], "review.chase.lead": [[]],
    "review.lanes.now_hours": [2],
    "organisation.names": [[{"name": "NHS Somewhere Else"}]], "organisation.names.search": [of_name(search=False)],
    "organisation.names.from": [of_name(**{"from": "2099-01-01"})], "organisation.names.until": [of_name(until="2026-01-31")],
}  # fmt: skip
EMPTIED: Mapping[str, Any] = {
    "review.crisis_contact": "", "review.comms_phone": " ", "review.roles.reach": of_team(reach=""), "review.roles.when": of_team(when=""),
    "review.roles.out_of_hours_phone": of_team(out_of_hours_phone=""),
}  # fmt: skip
# And how what counts at once is changed
OTHER: Mapping[str, tuple[str, Any]] = {
    "review.crisis_contact": ("review.crisis_contact", f"Lena, {HERS}"), "review.comms_phone": ("review.comms_phone", HERS),
    "review.roles.name": ("review.roles", of_team(name=f"Security {HERS}")), "review.roles.when": ("review.roles", of_team(when=f"Nobody; ring {HERS}")),
    "review.roles.reach": ("review.roles", of_team(reach=HERS)), "review.roles.hours": ("review.roles", of_team(hours="working")),
    "review.roles.out_of_hours_phone": ("review.roles", of_team(out_of_hours_phone=HERS)),
    "alerts.route.words": ("alerts.route", of_route(words=f"Ring {HERS} first")),
    "organisation.records": ("organisation.records", []), "organisation.records.preset": ("organisation.records", [{"preset": "coroners"}]),
    "organisation.contacts": ("organisation.contacts", [{"name": "Lost property", "phones": [HERS]}]),
    "organisation.contacts.name": ("organisation.contacts", [{"name": "Patient advice", "phones": [HERS]}]),
    "organisation.contacts.phones": ("organisation.contacts", [{"name": "PALS", "phones": [HERS]}]),
    "organisation.contacts.emails": ("organisation.contacts", [{"name": "PALS", "emails": ["lena.private@example.com"]}]),
}  # fmt: skip
FEWER: Mapping[str, Any] = {
    "organisation.topics": [[], ["teapot"], ["NW London NHS", "teapot"], ["NW London NHS"]]
}
RUNG_FIRST: Mapping[str, Any] = {
    "review.roles.name": [of_safeguarding(name="Safeguarding (do not use)")], "review.roles.hours": [of_safeguarding(hours="working")],
}  # fmt: skip
WAYS = [(key, value) for key, values in (*LESS.items(), *FEWER.items(), *RUNG_FIRST.items(), *((key, [value]) for key, value in EMPTIED.items())) for value in values]  # fmt: skip


def section_of(key: str) -> str:
    return next(section.key for section in SECTIONS if any(key == each or key.startswith(f"{each}.") for each in section.keys))  # fmt: skip


def set_up(key: str, value: Any, base: Config | None = None) -> Config:
    """The settings with one key changed, or the list of rows that has it."""
    whole = next(each for section in SECTIONS for each in section.keys if key == each or key.startswith(f"{each}."))  # fmt: skip
    value = [{k: v for k, v in row.items() if v is not None} if isinstance(row, dict) else row for row in value] if isinstance(value, list) else value  # fmt: skip
    return having(section_of(key), {whole: value}, base or watched())


def every_key() -> set[str]:
    """Every key of config.toml that the page can change, and every field of its rows, from the schema itself."""
    keys = set()
    for key in (key for section in SECTIONS for key in section.keys):
        keys.add(key)
        for model in _row_models(field_of(key).annotation):
            keys |= {f"{key}.{name}" for name in fields(model)}
    return keys


def _row_models(annotation: Any) -> list[type[BaseModel]]:
    inner = [model for part in get_args(annotation) for model in _row_models(part)]
    return [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else inner  # fmt: skip


def test_every_key_that_the_page_can_change_has_a_guard() -> None:
    assert set(safety.GUARDS) == every_key()
    assert set(safety.GUARDS.values()) == set(safety.HOW) == set(get_args(safety.Guard))


def test_the_paper_says_of_each_way_what_it_guards() -> None:
    ways = dict(safety.guarded_by())
    assert set(ways) == set(safety.HOW.values())
    assert "Send an email at once when a case becomes high" in ways[safety.HOW["waits"]]
    assert "Teams you can pass to: Telephone" in ways[safety.HOW["seen"]]
    assert all(ways.values())


def test_every_guard_is_tried_here() -> None:
    assert {key for key, guard in safety.GUARDS.items() if guard == "waits"} == set(LESS)
    assert {key for key, guard in safety.GUARDS.items() if guard == "seen"} == set(OTHER)
    assert {key for key, guard in safety.GUARDS.items() if guard == "narrower"} == {"organisation.records.terms"}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), WAYS)
def test_what_takes_away_waits_and_counts_once_another_person_agreed(key: str, value: Any) -> None:
    file, config = watched(), set_up(key, value)
    (waits,) = safety.waiting(config, file, {})
    assert waits.differs
    used = safety.usable(config, file, {})
    assert list(safety.waiting(used, file, {})) == []
    before = safety.form_of(file, waits.part)
    assert safety.merged(safety.form_of(used, waits.part), before) == safety.form_of(
        used, waits.part
    )
    agreed = {waits.part: [safety.Step(form=waits.form, at=AT, agreed=True)]}
    assert safety.usable(config, file, agreed) is config
    assert list(safety.taken(file, config))  # it is asked before it is saved


@pytest.mark.parametrize(("key", "value"), WAYS)
def test_no_way_back_in_steps_is_a_way_round(key: str, value: Any) -> None:
    """What another lead, or the same, saved in the page and stood in force, is not taken away by saving it weaker later."""
    file = having(
        "names",
        {"organisation.names": [{"name": "NHS North West"}], "organisation.topics": ["North West"]},
    )
    strong = watched()
    weak = set_up(key, value)
    part = next(part for part, name in safety.SECTIONS.items() if name == section_of(key))
    steps = {part: [safety.Step(form=safety.form_of(strong, part), at=AT), safety.Step(form=safety.form_of(weak, part), at=AT + timedelta(hours=1))]}  # fmt: skip
    used = safety.form_of(safety.usable(weak, file, steps), part)
    assert safety.merged(used, safety.form_of(strong, part)) == used
    back = {part: [*steps[part], safety.Step(form=safety.form_of(file, part), at=AT + timedelta(hours=2))]}  # fmt: skip
    gone = safety.form_of(safety.usable(file, file, back), part)
    assert safety.merged(gone, safety.form_of(strong, part)) == gone
    at_the_machine = {part: [*steps[part], safety.Step(form=safety.form_of(file, part), at=AT + timedelta(hours=2), agreed=True)]}  # fmt: skip
    assert safety.usable(file, file, at_the_machine) is file  # config.toml is the installer's


# Of each section, several changes of one save
SEVERAL: Mapping[str, dict[str, Any]] = {
    "recipients": {"alerts.on": False, "alerts.to": [], "alerts.next": [], "alerts.recent_days": 1, "alerts.route": [{k: v for k, v in DANGER.items() if k != "next"}, GUARDIANS]},
    "escalation": {
        "review.chase.chain": [], "review.chase.danger_minutes": 60, "review.crisis_contact": "",
        "review.roles": [row | ({"minutes": 300, "email": [], "reach": ""} if row["key"] == "security" else {"hours": "working"} if row["type"] == "safeguarding" else {}) for row in rows(watched())],
    },
    "names": {"organisation.topics": ["teapot"], "organisation.names": [{"name": "NHS Somewhere Else"}]},
}  # fmt: skip


@pytest.mark.parametrize("section", SEVERAL)
def test_each_of_several_changes_is_agreed_to_or_dropped_by_itself(section: str) -> None:
    file = watched()
    config = having(section, SEVERAL[section], file)
    (waits,) = safety.waiting(config, file, {})
    assert len(waits.changes) >= {"names": 2, "recipients": 6, "escalation": 8}[section]
    assert len({line for change in waits.changes for line in change.lines}) == len(waits.differs)
    for change in waits.changes:
        assert change.stands(waits.form)
        assert not change.stands(safety.form_of(file, waits.part))
        steps = {waits.part: [safety.Step(form=change.agreed, at=AT, agreed=True)]}
        (left,) = safety.waiting(config, file, steps)
        assert set(left.differs) == set(waits.differs) - set(change.lines)
        assert change.stands(safety.form_of(safety.usable(config, file, steps), waits.part))
        dropped = safety.with_form(config, waits.part, change.undone)
        (rest,) = safety.waiting(dropped, file, {})
        assert set(rest.differs) == set(waits.differs) - set(change.lines)


@pytest.mark.parametrize(
    ("section", "strange", "removed"),
    [
        ("recipients", {"alerts.to": [DUTY, LEAD, "nobody@example.com"]}, {}),
        ("recipients", {"alerts.route": of_route(to=[DUTY, LEAD, "nobody@example.com"])}, {}),
        ("recipients", {"alerts.route": [*of_route(), {"name": "Mine", "flags": ["pid"], "to": [DUTY, LEAD, CHIEF, "nobody@example.com"]}]}, {"alerts.route": of_route()}),
        ("escalation", {"review.chase.chain": [LEAD, CHIEF, "nobody@example.com"]}, {}),
        ("escalation", {"review.roles": of_team(email=["security@example.org", CHIEF, "nobody@example.com"])}, {}),
        ("escalation", {"review.roles": [*rows(watched()), TEAM | {"key": "wardens", "name": "Wardens", "email": ["nobody@example.com"]}]}, {}),
    ],
)  # fmt: skip
def test_who_was_never_approved_takes_nothing_away_where_they_go(
    section: str, strange: dict[str, Any], removed: dict[str, Any]
) -> None:
    file = watched()
    part = next(part for part, name in safety.SECTIONS.items() if name == section)
    once, filed = safety.form_of(having(section, strange, file), part), safety.form_of(file, part)
    told: safety.Steps = {part: [safety.Step(form=safety.only_known(once, filed, ["nobody@example.com"], {}), at=AT)]}  # fmt: skip
    again = having(section, removed, file) if removed else file
    left = [line for each in safety.waiting(again, file, told) for line in each.differs]
    assert left == (["The route ‘Mine’ is taken away"] if "Mine" in str(strange) else [])
    known: safety.Steps = {part: [safety.Step(form=safety.only_known(once, filed, [], {"security": ["nobody@example.com"], "wardens": ["nobody@example.com"]}), at=AT)]}  # fmt: skip
    assert list(safety.waiting(again, file, known))


def test_a_public_record_that_is_looked_through_for_less_is_seen() -> None:
    def record(*terms: str, **more: Any) -> Config:
        return having("records", {"organisation.records": [{"preset": "hssib", "terms": list(terms), **more}]}, watched())  # fmt: skip

    def seen(before: Config, after: Config) -> list[str]:
        return list(safety.changes(safety.reached(before), safety.reached(after)))

    (first,) = seen(record(), record("teapot"))
    assert first == "Public record ‘hssib’, all that is searched for: not looked for there any more instead of looked for there"  # fmt: skip
    (fewer,) = seen(record("NW London NHS", "urgent care Wembley"), record("NW London NHS"))
    assert "‘urgent care Wembley’: not looked for there any more" in fewer
    for before, after in ((("NW London NHS",), ("NW London NHS", "urgent care Wembley")), (("NW London NHS",), ())):  # fmt: skip
        assert seen(record(*before), record(*after)) == []
    (gone,) = seen(record("NW London NHS"), set_up("organisation.records", []))
    assert "not read any more" in gone


@pytest.mark.parametrize("key", OTHER)
def test_what_counts_at_once_is_seen_before_and_after(key: str) -> None:
    base = having("records", {"organisation.records": [{"preset": "hssib"}]}, watched())
    base = having("contacts", {"organisation.contacts": [{"name": "PALS", "phones": ["020 7946 0122"], "emails": ["pals@example.org"]}]}, base)  # fmt: skip
    config = set_up(*OTHER[key], base=base)
    assert safety.usable(config, base, {}) is config
    lines = list(safety.changes(safety.reached(base), safety.reached(config)))
    assert lines
    assert all(" instead of " in line and line.partition(": ")[2].split(" instead of ")[0] != line.split(" instead of ")[1] for line in lines)  # fmt: skip
    assert list(safety.changes(safety.reached(base), safety.reached(base))) == []


def test_what_adds_to_it_counts_at_once() -> None:
    file = watched()
    for key, value in (
        ("alerts.to", [DUTY, LEAD, "comms-press@example.org"]), ("alerts.route", of_route(to=[DUTY, LEAD, CHIEF], minutes=10)),
        ("review.chase.chain", [LEAD, CHIEF, "comms@example.org"]), ("review.chase.danger_minutes", 10),
        ("review.roles", of_team(minutes=30, email=["security@example.org", CHIEF, "guards@example.org"])),
        ("alerts.route", [DANGER, GUARDIANS, {"name": "Leaks", "flags": ["pid"], "to": [DUTY, LEAD, CHIEF]}]),
        ("alerts.spikes", False), ("reports.weekly_to", [LEAD]),
    ):  # fmt: skip
        config = set_up(key, value)
        assert safety.usable(config, file, {}) is config, key
    first = having("recipients", {"alerts.on": True, "alerts.to": [DUTY], "alerts.route": [DANGER]})
    assert safety.usable(first, shipped(), {}) is first


def test_a_mailbox_to_which_governance_agreed_stands_in_place_of_the_one_before() -> None:
    file, config = watched(), set_up("review.roles", of_team(email=["guards@example.org"]))
    form = safety.form_of(config, "passing")
    steps: dict[safety.Part, list[safety.Step]] = {"passing": [safety.Step(form=form, at=AT), safety.Step(mailboxes={"security": ["guards@example.org"]}, at=AT + timedelta(hours=1))]}  # fmt: skip
    assert safety.usable(config, file, steps) is config
    assert json.dumps(overrides.as_json(safety.usable(config, file, {"passing": steps["passing"][:1]}))).count("guards@example.org") == 1  # fmt: skip


def test_a_search_term_that_is_taken_out_counts_at_once_and_is_seen_until_fewer_than_half_are_left() -> (
    None
):
    """Also one after another: what is left is counted from all since another person agreed."""
    file = watched()
    left = [set_up("organisation.topics", terms) for terms in (TERMS[:2], TERMS[:1])]
    assert safety.usable(left[0], file, {}) is left[0]
    (line,) = safety.changes(safety.reached(file), safety.reached(left[0]))
    assert line == f"Search term ‘{TERMS[2]}’: not searched for any more instead of searched for"
    steps: dict[safety.Part, list[safety.Step]] = {"search": [safety.Step(form=safety.form_of(each, "search"), at=AT + timedelta(hours=hour)) for hour, each in enumerate(left)]}  # fmt: skip
    assert safety.usable(left[1], file, steps).organisation.topics == tuple(TERMS[:2])
    (waits,) = safety.waiting(left[1], file, steps)
    assert waits.differs == [f"Search terms, no longer: {TERMS[1]}"]
    agreed: dict[safety.Part, list[safety.Step]] = {"search": [*steps["search"], safety.Step(form=waits.form, at=AT + timedelta(days=1), agreed=True)]}  # fmt: skip
    assert safety.usable(left[1], file, agreed) is left[1]
    assert (
        list(safety.changes(safety.reached(file), safety.reached(left[1]))) == []
    )  # it waits: nothing counts yet
    more = set_up("organisation.topics", [*TERMS, "vaccination clinic"])
    assert safety.usable(more, file, {}) is more
    assert list(safety.changes(safety.reached(file), safety.reached(more))) == []


def test_many_new_search_terms_do_not_outweigh_those_that_are_taken_out() -> None:
    file = watched()
    junk = set_up("organisation.topics", [f"saucer {number}" for number in range(40)])
    saved: dict[safety.Part, list[safety.Step]] = {"search": [safety.Step(form=safety.form_of(junk, "search"), at=AT)]}  # fmt: skip
    for steps in ({}, saved):
        assert set(TERMS) <= set(safety.usable(junk, file, steps).organisation.topics)
        (waits,) = safety.waiting(junk, file, steps)
        assert [line for term in TERMS for line in waits.differs if term in line]


def test_where_nothing_is_searched_for_it_is_a_sentence() -> None:
    on = AT.date()
    assert search_silence(watched().organisation, on) == ""
    assert search_silence(set_up("organisation.topics", []).organisation, on) == ""  # the names are
    silent = having("names", {"organisation.names": of_name(search=False), "organisation.topics": []}, watched())  # fmt: skip
    ended = having("names", {"organisation.names": of_name(until="2026-01-31"), "organisation.topics": []}, watched())  # fmt: skip
    for config in (silent, ended):
        assert search_silence(config.organisation, on).startswith("Nothing of ours is searched for")
