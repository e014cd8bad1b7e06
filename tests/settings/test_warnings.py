"""Whatever weakens a safeguard is asked before it is kept; what does not is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from collectors.platforms import PLATFORM_NAMES
from settings import overrides, schema, warnings
from settings.overrides import with_content
from settings.schema import Config
from settings.sections import SECTIONS, content, find
from tests.cycles import SHIPPED

ON = date(2026, 11, 24)
TOLD = {"alerts.on": True, "alerts.to": ["a@example.org"], "reports.daily_to": ["a@example.org"],
        "reports.weekly_to": ["a@example.org"]}  # fmt: skip
ELECTION = {"from": "2026-11-01", "until": "2026-12-01", "reason": "a by-election"}


@pytest.fixture(scope="module")
def shipped() -> Config:
    cfg = schema.load(SHIPPED)
    for key, told in (
        ("recipients", TOLD), ("escalation", {"review.crisis_contact": "the manager on call"}),
        ("pre_election", {"review.pre_election": [ELECTION]}),
    ):  # fmt: skip
        cfg = changed(cfg, key, told)
    return cfg


def changed(cfg: Config, key: str, told: dict[str, Any]) -> Config:
    section = find(key)
    assert section is not None
    return with_content(cfg, section, told)


def held(cfg: Config, key: str) -> Any:
    """What a list of tables holds now."""
    section = next(one for one in SECTIONS if key in one.keys)
    return content(overrides.as_json(cfg), section)[key]


def without(cfg: Config, key: str, name: str, value: str) -> list[Any]:
    return [row for row in held(cfg, key) if row[name] != value]


def weakened(before: Config, after: Config) -> list[str]:
    """What is asked, but that somebody more is told, and that it waits for another person: each of these has tests of its own."""
    asked = warnings.asks(before, after, ON, PLATFORM_NAMES)
    return [one for one in asked if "will be told of cases by email" not in one and "it waits for another person" not in one]  # fmt: skip


def test_nothing_is_asked_where_nothing_changes(shipped: Config) -> None:
    assert warnings.asks(shipped, shipped, ON, PLATFORM_NAMES) == []


@pytest.mark.parametrize(
    ("key", "told", "says"),
    [
        ("recipients", {"alerts.on": False}, "Nobody will be told at once of a high risk"),
        ("recipients", {"alerts.to": []}, "Nobody will be told at once of a high risk"),
        ("recipients", {"reports.daily_to": []}, "Nobody will get the morning list"),
        ("recipients", {"reports.weekly_to": []}, "Nobody will get the weekly summary"),
        ("escalation", {"review.crisis_contact": " "}, "name nobody to ring out of hours"),
        ("clocks", {"review.lanes.now_hours": 9}, "may wait 9 hours instead of 1"),
        ("samples", {"review.sample_unflagged": 0}, "how much the program misses will not be known"),
        ("samples", {"review.sample_second": 0}, "how far people agree will not be known"),
        ("pre_election", {"review.pre_election": []}, "‘a by-election’ ends now"),
    ],
)  # fmt: skip
def test_what_is_taken_from_people_is_asked(
    shipped: Config, key: str, told: dict[str, Any], says: str
) -> None:
    (asked,) = weakened(shipped, changed(shipped, key, told))
    assert says in asked


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("recipients", {"alerts.to": ["b@example.org"]}),
        ("clocks", {"review.lanes.media_hours": 2}),
        ("samples", {"review.sample_unflagged": 60}),
        ("escalation", {"review.crisis_contact": "the site manager, 020 7946 0199"}),
        ("times", {"schedule.daily_at": "09:00"}),
        ("pre_election", {"review.pre_election": [ELECTION | {"until": "2026-12-24"}]}),
    ],
)
def test_what_takes_nothing_from_anybody_is_not(
    shipped: Config, key: str, told: dict[str, Any]
) -> None:
    assert weakened(shipped, changed(shipped, key, told)) == []


def test_alerts_to_nobody_are_asked_about(shipped: Config) -> None:
    off = changed(shipped, "recipients", {"alerts.on": False, "alerts.to": []})
    (asked,) = warnings.asks(
        off, changed(off, "recipients", {"alerts.on": True}), ON, PLATFORM_NAMES
    )
    assert "nobody will be told" in asked


PID = {"flags": ["pid"], "to": ["b@example.org"]}
NONE: list[str] = []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ({}, {"alerts.route": [PID]},
         "a@example.org will not be told at once of ‘pid’ any more: a route sends it to b@example.org"),
        ({}, {"alerts.route": [PID], "alerts.to": NONE}, "Nobody will be told at once of a high risk for a flag without a route"),
        ({"alerts.route": [PID], "alerts.to": NONE}, {"alerts.route": NONE}, "Nobody will be told at once of a high risk: a patient’s"),
        ({"alerts.route": [PID, PID | {"flags": ["threat"]}], "alerts.to": NONE}, {"alerts.route": [PID]},
         "Nobody will be told at once of a high risk for ‘threat’"),
        ({"alerts.on": False}, {"alerts.on": True, "alerts.to": NONE, "alerts.route": [PID]},
         "Alerts are on and nobody stands under ‘Who is told at once’: of flags without a route nobody will be told"),
    ],
)  # fmt: skip
def test_what_a_route_takes_from_people_is_asked(
    shipped: Config, before: dict[str, Any], after: dict[str, Any], says: str
) -> None:
    first = changed(shipped, "recipients", before)
    (asked,) = weakened(first, changed(first, "recipients", after))
    assert says in asked


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"alerts.route": [PID | {"to": ["a@example.org", "b@example.org"]}]}),
        ({"alerts.route": [PID]}, {"alerts.route": NONE}),
        ({"alerts.route": [PID]}, {"alerts.route": [PID | {"to": ["c@example.org"]}]}),
        ({"alerts.on": False}, {"alerts.route": [PID]}),
    ],
)
def test_a_route_that_takes_nothing_from_anybody_is_not(
    shipped: Config, before: dict[str, Any], after: dict[str, Any]
) -> None:
    first = changed(shipped, "recipients", before)
    assert weakened(first, changed(first, "recipients", after)) == []


def test_an_account_that_is_added_can_be_followed_and_is_named(shipped: Config) -> None:
    accounts = held(shipped, "organisation.accounts")
    more = [*accounts, {"platform": "bluesky", "handle": "@rowan.example", "owner": "body"}]
    (asked,) = warnings.asks(
        shipped, changed(shipped, "accounts", {"organisation.accounts": more}), ON, PLATFORM_NAMES
    )
    assert asked.startswith("rowan.example on Bluesky can be followed")
    fewer = [one for one in accounts if one["platform"] != "x"]
    (asked,) = warnings.asks(
        shipped, changed(shipped, "accounts", {"organisation.accounts": fewer}), ON, PLATFORM_NAMES
    )
    assert "healthiernwl on X (Twitter) will no longer be known as our own" in asked


def test_an_account_that_is_made_our_own_is_named_since_nobody_is_shown_what_it_posts(
    shipped: Config,
) -> None:
    body = {"platform": "bluesky", "handle": "@rowan.example", "owner": "body"}
    rows = [*held(shipped, "organisation.accounts"), body]
    before = changed(shipped, "accounts", {"organisation.accounts": rows})
    after = [*rows[:-1], body | {"owner": "organisation"}]
    (asked,) = warnings.asks(
        before, changed(before, "accounts", {"organisation.accounts": after}), ON, PLATFORM_NAMES
    )
    assert asked.startswith("rowan.example on Bluesky will be known as our own: nobody is shown")


def test_an_account_of_ours_whose_last_day_is_past_is_taken_out_too(shipped: Config) -> None:
    rows = [
        one | ({"until": "2026-11-23"} if one["platform"] == "x" else {})
        for one in held(shipped, "organisation.accounts")
    ]
    ended = changed(shipped, "accounts", {"organisation.accounts": rows})
    (asked,) = warnings.asks(shipped, ended, ON, PLATFORM_NAMES)
    assert "healthiernwl on X (Twitter) will no longer be known as our own" in asked
    assert len(warnings.asks(ended, shipped, ON, PLATFORM_NAMES)) == 2, (
        "and back it is followed, and our own"
    )


def test_a_number_that_will_not_be_blanked_any_more_is_named(shipped: Config) -> None:
    more = [*held(shipped, "organisation.contacts"), {"name": "Desk", "phones": ["020 7946 0999"]}]
    (asked,) = warnings.asks(
        shipped, changed(shipped, "contacts", {"organisation.contacts": more}), ON, PLATFORM_NAMES
    )
    assert asked.startswith("020 7946 0999 will not be masked")


def test_a_contact_point_that_reply_drafts_point_to_does_not_go_unasked(shipped: Config) -> None:
    fewer = without(shipped, "organisation.contacts", "name", "PALS")
    (asked,) = warnings.asks(
        shipped, changed(shipped, "contacts", {"organisation.contacts": fewer}), ON, PLATFORM_NAMES
    )
    assert "can no longer be offered as a reply" in asked
    assert "A complaint or criticism: PALS" in asked


def test_a_name_that_is_taken_out_and_a_search_for_nothing_are_asked(shipped: Config) -> None:
    names = without(shipped, "organisation.names", "name", "NHS NWL")
    asked, waits = warnings.asks(
        shipped, changed(shipped, "names", {"organisation.names": names}), ON, PLATFORM_NAMES
    )
    assert "Posts that say ‘NHS NWL’ will no longer be known as about us" in asked
    assert waits.startswith("Less would be searched for")
    nothing = {
        "organisation.topics": [],
        "organisation.names": [
            one | {"search": False} for one in held(shipped, "organisation.names")
        ],
    }
    no_accounts = changed(shipped, "accounts", {"organisation.accounts": []})
    asked, waits = warnings.asks(
        no_accounts, changed(no_accounts, "names", nothing), ON, PLATFORM_NAMES
    )
    assert asked.startswith("Nothing will be searched for")
    assert "waits for another person" in waits


@pytest.mark.parametrize("count", [1, 3])
def test_search_terms_that_are_taken_out_are_named_before_that_counts(shipped: Config, count: int) -> None:  # fmt: skip
    topics = [
        *held(shipped, "organisation.topics"),
        "Hayes walk-in",
        "Acton minor injuries",
        "Harrow hub",
        "Brent hub",
    ]
    shipped = changed(shipped, "names", {"organisation.topics": topics})
    gone, kept = topics[:count], topics[count:]
    asked = warnings.asks(shipped, changed(shipped, "names", {"organisation.topics": kept}), ON, PLATFORM_NAMES)  # fmt: skip
    assert "not searched for any more" in asked[0]
    for term in gone:
        assert f"‘{term}’" in asked[0]
    for term in kept:
        assert f"‘{term}’" not in asked[0]
    more = changed(shipped, "names", {"organisation.topics": [*topics, "Mount Vernon"]})
    assert all("not searched for" not in each for each in warnings.asks(shipped, more, ON, PLATFORM_NAMES))  # fmt: skip


def test_whoever_more_is_told_of_cases_is_asked_about_and_governance_hears_of_it(
    shipped: Config,
) -> None:
    more = changed(
        shipped, "recipients", {"alerts.to": ["a@example.org", "hr.director@example.org"]}
    )
    told, waits = warnings.asks(shipped, more, ON, PLATFORM_NAMES)
    assert "hr.director@example.org will be told of cases by email, and governance" in told
    assert "is told of nothing until governance approves it" in waits


def test_a_team_that_is_new_or_sent_elsewhere_waits_and_that_is_asked(shipped: Config) -> None:
    roles = held(shipped, "review.roles")
    new = {"key": "estates", "type": "other", "name": "Estates", "when": "Buildings"}
    moved = [role | {"email": ["desk@example.org"]} if role["key"] == "pals" else role for role in roles]  # fmt: skip
    for changed_roles, name in (([*roles, new], "‘Estates’"), (moved, "‘PALS and complaints’")):
        (asked,) = warnings.asks(
            shipped, changed(shipped, "escalation", {"review.roles": changed_roles}), ON, PLATFORM_NAMES
        )  # fmt: skip
        assert asked.startswith(name)
        assert "waits for governance" in asked


@pytest.mark.parametrize("key", warnings.GUARDING)
def test_a_role_that_somebody_depends_on_is_not_taken_out_in_passing(
    shipped: Config, key: str
) -> None:
    fewer = without(shipped, "review.roles", "key", key)
    asked = " ".join(warnings.asks(
        shipped, changed(shipped, "escalation", {"review.roles": fewer}), ON, PLATFORM_NAMES
    ))  # fmt: skip
    assert warnings.GUARDING[key] in asked


def test_a_mailbox_that_anybody_can_open_is_asked_about_and_one_at_work_is_not(shipped: Config) -> None:  # fmt: skip
    def asked(address: str) -> str:
        roles = [{**row, "email": [address]} for row in held(shipped, "review.roles")]
        after = changed(shipped, "escalation", {"review.roles": roles})
        return " ".join(warnings.asks(shipped, after, ON, PLATFORM_NAMES))

    assert "estates.team@gmail.com is a mailbox that anybody can open" in asked("estates.team@gmail.com")  # fmt: skip
    assert "anybody can open" not in asked("estates@example.nhs.uk")
