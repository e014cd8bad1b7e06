"""No name opens anything: a team is what its type says, and what is new or sent elsewhere waits for governance."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.models import TEAM_TYPES
from settings import overrides, recipients
from settings.review import EscalationRole
from settings.schema import Config
from settings.sections import find
from store import Approval
from tests.review.factories import shipped
from tests.settings.test_employment import WHOLE, papers

ON = date(2026, 11, 29)
# What the lead of an audit called teams to get round a list of words: ten of ten were saved, and could be used.
ROUND_THE_LIST = (
    "LNWH trust communications", "Director of People", "Chief executive’s office", "Staff conduct", "Head of service",
    "OD and talent", "ER casework", "Their manager", "Conduct panel", "Professional registration (NMC, GMC)",
)  # fmt: skip
EMPLOYER = {"key": "employer", "type": "employer", "name": "Human resources", "when": "", "email": ["hr@example.org"]}  # fmt: skip


def having(section: str, content: dict[str, Any], base: Config | None = None) -> Config:
    found = find(section)
    assert found is not None
    return overrides.with_content(base or shipped(), found, content)


def teams(*roles: dict[str, Any], base: Config | None = None) -> Config:
    """config.toml as it ships, with these teams beside its own."""
    own = [role.model_dump(mode="json") for role in (base or shipped()).review.roles]
    kept = [role for role in own if role["key"] not in {each["key"] for each in roles}]
    return having("escalation", {"review.roles": [*kept, *roles]}, base)


def employing() -> Config:
    """config.toml with the purpose in force."""
    file = shipped()
    return file.model_copy(
        update={"governance": file.governance.model_copy(update={"employment": papers()})}
    )


def approval(role: EscalationRole) -> Approval:
    return Approval(what="team", **recipients.as_approval(role))  # type: ignore[arg-type]


def usable(config: Config, *approvals: Approval, file: Config | None = None) -> dict[str, EscalationRole]:  # fmt: skip
    used = recipients.usable(config, file or shipped(), approvals, ON)
    return {role.key: role for role in used.review.roles}


def test_what_ships_is_used_as_it_stands() -> None:
    file = shipped()
    assert recipients.usable(file, file, [], ON) is file
    assert {role.type for role in file.review.roles} == set(TEAM_TYPES) - {"employer", "other"}


@pytest.mark.parametrize("name", ROUND_THE_LIST)
@pytest.mark.parametrize("kind", ["other", "pals", "guardian", "safeguarding"])
def test_no_name_that_a_lead_gives_a_team_lets_it_be_used(name: str, kind: str) -> None:
    role = {"key": "new_team", "type": kind, "name": name, "when": "", "email": ["desk@example.org"]}  # fmt: skip
    changed = teams(role)
    assert "new_team" not in usable(changed)
    assert usable(changed).keys() == {each.key for each in shipped().review.roles}


@pytest.mark.parametrize("name", ROUND_THE_LIST)
def test_such_a_name_in_config_toml_is_no_team_of_another_type_whoever_approves_it(
    name: str,
) -> None:
    role = {"key": "new_team", "type": "other", "name": name, "when": ""}
    file = teams(role)
    (waits,) = recipients.waiting_teams(file, file, [])
    assert (waits.why, waits.instead, waits.locked) == (recipients.EMPLOYERS, None, True)
    assert "new_team" not in usable(file, file=file)
    assert "new_team" not in usable(file, approval(waits.role), file=file)


TO_POLICE = (
    ("Met Police liaison", ()), ("Community policing", ()), ("Hillingdon constabulary", ()), ("Duty detective", ()),
    ("Liaison", ("liaison@met.police.uk",)), ("Liaison", ("police-liaison@example.org",)),
)  # fmt: skip


@pytest.mark.parametrize(("name", "email"), TO_POLICE)
@pytest.mark.parametrize("kind", ["other", "security", "pals", "media"])
def test_what_leads_to_the_police_is_no_team_of_another_type_whoever_approves_it(
    name: str, email: tuple[str, ...], kind: str
) -> None:
    role = {"key": "liaison", "type": kind, "name": name, "when": "", "email": list(email)}
    changed = teams(role)
    (waits,) = recipients.waiting_teams(changed, shipped(), [])
    assert (waits.why, waits.locked) == (recipients.POLICES, True)
    assert "liaison" not in usable(changed, approval(waits.role))
    place = len(shipped().review.roles)
    (where,) = recipients.faults(changed, ON, shipped())
    assert where == f"review.roles.{place}.{'email' if email else 'name'}"
    assert recipients.faults(changed, ON, changed) == {}  # in nobody's way who changes another row


@pytest.mark.parametrize("name", ROUND_THE_LIST)
@pytest.mark.parametrize("kind", sorted(set(TEAM_TYPES) - {"employer", "safeguarding"}))
def test_no_lead_saves_a_name_of_an_employer_under_another_type(name: str, kind: str) -> None:
    role = {"key": "new_team", "type": kind, "name": name, "when": "", "email": []}
    assert recipients.faults(teams(role), ON, shipped())
    for ordinary in ("Estates", "LNWH comms", "Primary care team", "Digital front door", "Complaints"):  # fmt: skip
        assert recipients.faults(teams(role | {"name": ordinary}), ON, shipped()) == {}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"type": "media"}, "It was given another type"),
        ({"email": ["elsewhere@example.org"]}, "It was given another address"),
        ({"email": ["hr@example.org"]}, "It sounds like a way to an employer"),
        ({"name": "Conduct panel"}, "It sounds like a way to an employer"),
    ],
)
def test_a_team_that_is_changed_stays_as_it_was_until_governance_approves(
    change: dict[str, Any], why: str
) -> None:
    own = next(role for role in shipped().review.roles if role.key == "pals")
    file = teams(own.model_dump(mode="json") | {"email": ["pals@example.org"]})
    changed = teams(own.model_dump(mode="json") | {"email": ["pals@example.org"]} | change, base=file)  # fmt: skip
    (waits,) = recipients.waiting_teams(changed, file, [])
    assert waits.why == why
    used = usable(changed, file=file)["pals"]
    assert (used.type, used.email, used.name) == ("pals", ("pals@example.org",), own.name)
    opened = usable(changed, approval(waits.role), file=file)["pals"]
    assert opened == (used if waits.locked else waits.role)


def test_approval_is_of_the_form_that_governance_saw() -> None:
    first = teams({"key": "estates", "type": "other", "name": "Estates", "when": "", "email": ["a@example.org"]})  # fmt: skip
    (waits,) = recipients.waiting_teams(first, shipped(), [])
    approved = approval(waits.role)
    then = teams({"key": "estates", "type": "other", "name": "Estates", "when": "", "email": ["b@example.org"]})  # fmt: skip
    assert usable(first, approved)["estates"].email == ("a@example.org",)
    assert usable(then, approved)["estates"].email == ("a@example.org",)


def test_a_telephone_that_a_lead_corrects_and_an_address_that_goes_take_effect_at_once() -> None:
    own = next(role for role in shipped().review.roles if role.key == "safeguarding")
    both = own.model_dump(mode="json") | {"email": ["a@example.org", "b@example.org"]}
    file = teams(both)
    changed = teams(both | {"email": ["a@example.org"], "reach": "ring the site manager: 020 7946 0133"}, base=file)  # fmt: skip
    used = usable(changed, file=file)["safeguarding"]
    assert (used.email, used.reach) == (("a@example.org",), "ring the site manager: 020 7946 0133")


def test_safeguarding_is_never_out_of_sight_for_what_it_is_called() -> None:
    own = next(role for role in shipped().review.roles if role.key == "safeguarding")
    odd = own.model_dump(mode="json") | {"name": "Head of service, safeguarding", "email": ["hr@example.org", "s@example.org"]}  # fmt: skip
    file = teams(odd)
    assert usable(file, file=file)["safeguarding"].email == ("s@example.org",)


def test_an_employer_s_team_is_there_only_while_the_purpose_is_in_force() -> None:
    file = teams(EMPLOYER)
    assert "employer" not in usable(file, file=file)
    on = teams(EMPLOYER, base=employing())
    assert "employer" in usable(on, file=on)
    past = on.model_copy(
        update={"governance": on.governance.model_copy(update={"employment": papers(review_by=WHOLE["union_consulted"])})}
    )  # fmt: skip
    assert "employer" not in usable(past, file=past)


def test_the_page_refuses_the_type_while_the_purpose_is_off_and_an_employer_s_mailbox_elsewhere() -> None:  # fmt: skip
    place = len(shipped().review.roles)
    assert list(recipients.faults(teams(EMPLOYER), ON)) == [f"review.roles.{place}.type"]
    on = teams(EMPLOYER, base=employing())
    assert recipients.faults(on, ON) == {}
    other = {"key": "desk", "type": "other", "name": "Desk", "when": "", "email": ["hr@example.org"]}  # fmt: skip
    assert list(recipients.faults(teams(other, base=on), ON)) == [f"review.roles.{place + 1}.email"]


@pytest.mark.parametrize(
    "address", ["hr.director@example.org", "people-team@example.org", "conduct@example.org", "line.manager@example.org"]
)  # fmt: skip
@pytest.mark.parametrize(
    "content",
    [
        {"alerts.on": True, "alerts.to": ["ADDRESS", "desk@example.org"]},
        {"alerts.on": True, "alerts.next": ["ADDRESS"]},
        {"alerts.on": True, "alerts.route": [{"flags": ["pid"], "to": ["ADDRESS"]}]},
        {"reports.daily_to": ["ADDRESS"]},
    ],
)
def test_no_mail_about_cases_goes_to_what_sounds_like_an_employer_s_mailbox(
    address: str, content: dict[str, Any]
) -> None:
    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(each) for each in value]
        if isinstance(value, dict):
            return {key: put(each) for key, each in value.items()}
        return address if value == "ADDRESS" else value

    config = having("recipients", put(content))
    assert recipients.waiting_addresses(config, config, []) == [address]
    told = list(recipients.told_of_cases(recipients.usable(config, config, [], ON)))
    assert address not in told
    approved = Approval(what="address", email=(address,))
    assert address in recipients.told_of_cases(recipients.usable(config, config, [approved], ON))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("chief.exec.office@example.org", "one person’s"), ("j.smith@example.org", "one person’s"),
        ("wellbeing.hub@example.org", "one person’s"), ("comms.smith@example.org", "one person’s"),
        ("someone@gmail.example", "outside the organisation"), ("comms-team@trust.example", "outside the organisation"),
        ("odlearning@example.org", "an employer’s"), ("people@example.org", "an employer’s"),
        ("investigations@example.org", "an employer’s"),
    ],
)  # fmt: skip
def test_a_mailbox_that_is_no_team_s_and_not_known_waits_for_governance(address: str, why: str) -> None:  # fmt: skip
    file = having("recipients", {"alerts.on": True, "alerts.to": ["duty@example.org"]})
    changed = having("recipients", {"alerts.to": [address]}, file)
    assert recipients.waiting_addresses(changed, file, []) == [address]
    assert why in recipients.why_waits(address, file)
    told = recipients.usable(changed, file, [], ON)
    assert told.alerts.to == ("duty@example.org",), "whom config.toml tells is told meanwhile"
    approved = Approval(what="address", email=(address,))
    assert recipients.usable(changed, file, [approved], ON).alerts.to == (address,)


@pytest.mark.parametrize(
    "address",
    ["comms-duty@example.org", "Press.Office@example.org", "press@example.org", "duty@example.org", "estates@example.org"],
)  # fmt: skip
def test_a_known_mailbox_is_told_at_once(address: str) -> None:
    """The communications team's own, a contact point of config.toml, whom that tells, and an approved team's."""
    file = having("recipients", {"alerts.on": True, "alerts.to": ["duty@example.org"]})
    changed = having("recipients", {"alerts.next": [address]}, file)
    team = Approval(what="team", key="estates", name="Estates", email=("estates@example.org",))
    assert recipients.usable(changed, file, [team], ON).alerts.next == (address,)


def test_a_contact_point_that_is_added_in_the_page_makes_no_mailbox_known() -> None:
    file = shipped()
    contacts = [each.model_dump(mode="json", by_alias=True) for each in file.organisation.contacts]
    changed = having("contacts", {"organisation.contacts": [*contacts, {"name": "Help", "emails": ["j.smith@example.org"]}]})  # fmt: skip
    told = having("recipients", {"alerts.on": True, "alerts.to": ["j.smith@example.org"]}, changed)
    assert recipients.waiting_addresses(told, file, []) == ["j.smith@example.org"]


def test_an_employer_s_own_mailbox_is_told_of_no_case_by_itself_even_with_the_purpose_on() -> None:
    on = having("recipients", {"alerts.on": True, "alerts.to": ["hr@example.org"]}, teams(EMPLOYER, base=employing()))  # fmt: skip
    approved = Approval(what="address", email=("hr@example.org",))
    assert recipients.usable(on, on, [approved], ON).alerts.to == ()


def test_a_configuration_that_may_be_used_stays_as_it_is() -> None:
    changed = teams({"key": "estates", "type": "other", "name": "Estates", "when": ""})
    once = recipients.usable(changed, shipped(), [], ON)
    assert recipients.usable(once, shipped(), [], ON) is once


def test_what_an_older_program_wrote_is_typed_by_its_lock_and_its_key_alone() -> None:
    def typed(**row: Any) -> str:
        return EscalationRole.model_validate({"name": "Team", "when": "", **row}).type

    assert typed(key="guardian") == "guardian"
    assert typed(key="hr", hr=True) == typed(key="hr", hr=True, type="other") == "employer"
    assert typed(key="employer") == typed(key="partners", hr=False) == "other"
