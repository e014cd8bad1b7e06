"""Nobody alone changes how staff reach the Guardian, nor takes away a team that must be there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from settings import guarded, overrides
from settings.organisation import Contact
from settings.schema import Config
from tests.review.factories import shipped
from tests.settings.test_recipients import having

CONTACTS, TEMPLATES, ROLES = "organisation.contacts", "review.templates", "review.roles"
HERS = "07700 900999"


def rows(key: str) -> list[dict[str, Any]]:
    """What config.toml as it ships has of a list of tables, as the page keeps it."""
    table: Any = overrides.as_json(shipped())
    for step in key.split("."):
        table = table[step]
    return [{name: value for name, value in row.items() if value is not None} for row in json.loads(json.dumps(table))]  # fmt: skip


def changed(section: str, table: str, row: str, **changes: Any) -> Config:
    """The settings with one row of a list changed by its key or name, taken out by `gone`, or added beside the others."""
    new = [each for each in rows(table) if each.get("key", each["name"]) != row or not changes.get("gone")]  # fmt: skip
    for each in new:
        if each.get("key", each["name"]) == row:
            each.update(changes)
    if not any(each.get("key", each["name"]) == row for each in new) and not changes.get("gone"):
        new.append(changes)
    return having(section, {table: new})


WAYS = {
    "the Guardian's telephone under contact points": lambda: changed("contacts", CONTACTS, "Freedom to Speak Up Guardian", phones=[HERS]),
    "their mailbox there": lambda: changed("contacts", CONTACTS, "Freedom to Speak Up Guardian", emails=["lena.private@example.com"]),
    "another contact point of that name": lambda: changed("contacts", CONTACTS, "FTSU", name="FTSU Guardian", phones=[HERS]),
    "the contact point taken away": lambda: changed("contacts", CONTACTS, "Freedom to Speak Up Guardian", gone=True),
    "the contact point renamed": lambda: changed("contacts", CONTACTS, "Freedom to Speak Up Guardian", name="Somebody else"),
    "the telephone under Passing on": lambda: changed("escalation", ROLES, "guardian", reach=HERS),
    "the telephone out of hours": lambda: changed("escalation", ROLES, "guardian", hours="working", out_of_hours_phone=HERS),
    "the team's name": lambda: changed("escalation", ROLES, "guardian", name=f"Guardian, {HERS}"),
    "the words beside the team": lambda: changed("escalation", ROLES, "guardian", when=f"Nobody; send staff concerns to Lena, {HERS}"),
    "the team taken away": lambda: changed("escalation", ROLES, "guardian", gone=True),
    "safeguarding taken away": lambda: changed("escalation", ROLES, "safeguarding", gone=True),
    "information governance taken away": lambda: changed("escalation", ROLES, "information_governance", gone=True),
    "the words to who speaks up": lambda: changed("templates", TEMPLATES, "speak_up", text="Tell us your full name, ward and manager"),
    "that answer sent to another contact point": lambda: changed("templates", TEMPLATES, "speak_up", contact="PALS"),
    "that answer turned into one of another kind": lambda: changed("templates", TEMPLATES, "speak_up", staff=["no"], contact="PALS", text="Ring {contact}"),
    "that answer taken away": lambda: changed("templates", TEMPLATES, "speak_up", gone=True),
    "another answer beside it": lambda: changed("templates", TEMPLATES, "ours", key="ours", name="Ours", flags=["grievance"], text="Write to Lena"),
    "an answer to anything": lambda: changed("templates", TEMPLATES, "all", key="all", name="All", text="Write to Lena"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_it_is_as_it_was_until_another_person_agreed(way: str) -> None:
    file, config = shipped(), WAYS[way]()
    (waits,) = guarded.waiting(config, file, {})
    assert waits.differs
    used = guarded.usable(config, file, {})
    assert guarded.form_of(used, waits.part).keys() >= guarded.form_of(file, waits.part).keys()
    assert HERS not in str(overrides.as_json(used))
    assert "Lena" not in str(used.review.templates)
    assert list(guarded.waiting(used, file, {})) == []
    agreed: guarded.Approved = {waits.part: waits.form}
    assert guarded.usable(config, file, agreed) is config
    assert guarded.usable(file, file, agreed) is file  # config.toml is the installer's


def test_what_is_anybodys_to_change_waits_for_nobody() -> None:
    file = shipped()
    for config in (
        changed("contacts", CONTACTS, "PALS", phones=["020 7946 0199"]),
        changed("templates", TEMPLATES, "media", text="Our media desk answers: {contact}."),
        changed("escalation", ROLES, "pals", reach="020 7946 0199"),
        changed("escalation", ROLES, "safeguarding", reach="020 7946 0199"),
    ):
        assert guarded.usable(config, file, {}) is config


def test_what_an_earlier_yes_was_of_is_no_yes_to_it_again() -> None:
    file = shipped()
    first = changed("contacts", CONTACTS, "Freedom to Speak Up Guardian", phones=["020 7946 0155"])
    (waits,) = guarded.waiting(first, file, {})
    second = changed("contacts", CONTACTS, "Freedom to Speak Up Guardian", phones=[HERS])
    used = guarded.usable(second, file, {"contacts": waits.form})
    assert "020 7946 0155" in str(used.organisation.contacts)
    assert HERS not in str(used.organisation.contacts)


def test_it_is_said_whom_nobody_can_be_sent_to() -> None:
    assert guarded.lacking(shipped()) == []
    assert guarded.lacking(WAYS["safeguarding taken away"]()) == ["Someone at risk of harm"]


def test_nobody_alone_sends_the_lanes_emails_elsewhere_or_stops_them() -> None:
    hers = {"name": "The Guardian", "lanes": ["guardian"], "to": ["guardian@example.org"]}
    file = having("recipients", {"alerts.route": [hers]})
    for routes in (
        [], [hers | {"to": ["comms@example.org"]}], [hers | {"risk": "high", "flags": ["threat"]}],
        [hers | {"lanes": ["look"]}], [hers, hers | {"name": "We too", "to": ["comms@example.org"]}],
    ):  # fmt: skip
        config = having("recipients", {"alerts.route": routes}, file)
        used = guarded.usable(config, file, {})
        assert [route.to for route in used.alerts.route if "guardian" in route.lanes] == [("guardian@example.org",)]  # fmt: skip
        (waits,) = guarded.waiting(config, file, {})
        assert guarded.usable(config, file, {"routes": waits.form}) is config
    (comms,) = guarded.waiting(having("recipients", {"alerts.route": [hers]}), shipped(), {})
    assert comms.part == "routes"


@pytest.mark.parametrize("team", ["safeguarding", "information_governance"])
def test_nobody_gives_danger_or_a_leak_more_than_a_day(team: str) -> None:
    changed("escalation", ROLES, team, minutes=1440)
    with pytest.raises(ValidationError, match="within 24 hours"):
        changed("escalation", ROLES, team, minutes=1441)
    with pytest.raises(ValidationError, match="within 24 hours"):
        having("escalation", {"review.chase.minutes": 10000})
    assert changed("escalation", ROLES, "pals", minutes=10000)


def test_what_waits_is_told_in_a_line_a_field_and_the_order_of_what_is_ticked_tells_nothing() -> (
    None
):
    file = shipped()
    template = next(
        each for each in file.review.templates if "grievance" in each.flags and len(each.flags) > 1
    )
    turned = tuple(reversed(template.flags))
    same = with_template(file, template.key, flags=turned)
    assert list(guarded.waiting(same, file, {})) == []
    changed_text = with_template(
        file, template.key, flags=turned, text="Ring me on 07700 900999", contact=""
    )
    (waits,) = guarded.waiting(changed_text, file, {})
    assert len(waits.differs) == 2
    for line, field in zip(waits.differs, ("contact point: ", "text: "), strict=True):
        assert line.startswith(f"‘{template.name}’, {field}")
    assert all(", instead of " in line and template.flags[0] not in line for line in waits.differs)
    assert "Ring me on 07700 900999" in waits.differs[1]


def test_a_row_that_is_new_or_gone_waits_however_little_stands_in_it() -> None:
    file = shipped()
    bare = Contact(name="Speaking up at night")
    more = file.model_copy(update={"organisation": file.organisation.model_copy(update={"contacts": (*file.organisation.contacts, bare)})})  # fmt: skip
    (waits,) = guarded.waiting(more, file, {})
    assert waits.differs == ["‘Speaking up at night’ is new"]
    (gone,) = guarded.waiting(file, more, {})
    assert gone.differs == ["‘Speaking up at night’ is taken away"]


def with_template(config: Config, key: str, **changes: object) -> Config:
    """A configuration with one template of answers changed."""
    templates = tuple(each.model_copy(update=changes) if each.key == key else each for each in config.review.templates)  # fmt: skip
    return config.model_copy(update={"review": config.review.model_copy(update={"templates": templates})})  # fmt: skip


@pytest.mark.parametrize(
    ("reach", "crisis", "shared"),
    [
        ("020 7946 0144, weekdays", "the on-call manager, 020 7946 0199", False),
        ("Farah Iqbal, 020 7946 0199", "the on-call manager, 02079460199", True),
        ("999 in an emergency, 020 7946 0144", "999, then 020 7946 0199", False),
    ],
)
def test_a_telephone_of_the_guardian_that_is_somebody_elses_is_told(
    reach: str, crisis: str, shared: bool
) -> None:
    config = shipped()
    roles = tuple(role.model_copy(update={"reach": reach} if role.type == "guardian" else {}) for role in config.review.roles)  # fmt: skip
    review = config.review.model_copy(update={"roles": roles, "crisis_contact": crisis})
    assert guarded.rings_somebody_else(config.model_copy(update={"review": review})) == ([reach] if shared else [])  # fmt: skip
