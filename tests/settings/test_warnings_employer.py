"""However a role is renamed, removed or brought back, a way to an employer that was locked stays locked."""

from __future__ import annotations

from typing import Any

import pytest

from settings import overrides
from settings.schema import Config
from settings.sections import find
from settings.warnings import unlocked
from tests.review.factories import shipped

PALS = {"key": "pals", "name": "PALS and complaints", "when": "", "hr": False}
LOCKED = {"key": "hr", "name": "Human resources", "when": "", "hr": True}


def having(*roles: dict[str, Any]) -> Config:
    """config.toml as it ships, with these roles."""
    section = find("escalation")
    assert section is not None
    return overrides.with_content(shipped(), section, {"review.roles": list(roles)})


@pytest.mark.parametrize(
    "made",
    [
        LOCKED | {"hr": False},
        LOCKED | {"hr": False, "key": "people"},
        LOCKED | {"hr": False, "name": "Partners"},
        LOCKED | {"hr": False, "key": "people", "name": "HUMAN - resources "},
        PALS | {"key": "other", "name": "HR business partner"},
        PALS | {"key": "hr_desk", "name": "Desk"},
        PALS | {"name": "The author’s line manager"},
    ],
)
def test_what_was_locked_or_says_that_it_leads_there_needs_the_lock(made: dict[str, Any]) -> None:
    (place,) = unlocked("escalation", having(LOCKED), having(PALS | {"key": "first"}, made), [])
    assert place == "review.roles.1.hr"
    assert not unlocked("escalation", having(LOCKED), having(made | {"hr": True}), [])


def test_what_was_locked_at_any_time_stays_so_when_it_comes_back() -> None:
    back = LOCKED | {"hr": False, "name": "Partners"}
    assert not unlocked("escalation", having(PALS), having(PALS, back | {"key": "partners"}), [])
    assert unlocked("escalation", having(PALS), having(PALS, back), [LOCKED])


def test_what_the_installer_left_open_and_the_roles_that_ship_pass() -> None:
    open_by_file = having(PALS, LOCKED | {"hr": False})
    assert not unlocked("escalation", open_by_file, open_by_file, [LOCKED])
    assert not unlocked("escalation", having(LOCKED), shipped(), [])


def about(*policies: dict[str, Any]) -> Config:
    """config.toml as it ships, with these related policies."""
    section = find("related")
    assert section is not None
    return overrides.with_content(shipped(), section, {"review.related": list(policies)})


def test_a_policy_about_what_an_employer_may_do_stays_locked_too() -> None:
    conduct = {"name": "Conduct Policy", "flags": ["hate"], "hr": True}
    opened = conduct | {"hr": False}
    assert unlocked("related", about(conduct), about(opened), []) == {
        "review.related.0.hr": (
            "‘Conduct Policy’ was locked as a way to an employer, which a governance role releases case by case: "
            "tick that it is one. config.toml alone can say otherwise"
        )
    }
    assert unlocked("related", about(), about(opened), [conduct])
    assert unlocked("related", about(), about(opened | {"name": "Disciplinary Procedure"}), [])
    assert not unlocked("related", about(opened), about(opened), [conduct])
