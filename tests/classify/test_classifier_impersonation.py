from __future__ import annotations

import pytest

from classify.classifier import add_impersonation_flags
from classify.policy import schema
from core.models import LOOKS_LIKE, SHOWS_LOGO
from tests.classify.test_decision import ENGLISH, OUT, names, read

RULES = schema.load()


def test_a_profile_like_ours_is_impersonation_and_a_logo_is_brand_whatever_was_read() -> None:
    reading = read(ENGLISH, says={ENGLISH: OUT})
    found = add_impersonation_flags(
        reading, (f"{LOOKS_LIKE}@healthiernwl", f"{SHOWS_LOGO}ours"), RULES
    )
    assert names(found) >= {"impersonation", "brand"}
    assert found.in_scope
    assert {flag.clauses for flag in found.flags} >= {RULES.flags["impersonation"].clause}


def test_what_the_model_said_already_is_not_said_twice() -> None:
    reading = read(ENGLISH, says={ENGLISH: {"impersonation": 0.99}})
    found = add_impersonation_flags(reading, (f"{LOOKS_LIKE}@healthiernwl",), RULES)
    assert [flag.name for flag in found.flags].count("impersonation") == 1


def test_other_marks_change_nothing() -> None:
    reading = read(ENGLISH)
    assert (
        add_impersonation_flags(reading, ("NWL ICB", "rule: phones", "campaign: jabs"), RULES)
        is reading
    )


# ── what an official account says ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["assistance", "media", "removal_request"])
def test_an_official_account_asks_for_no_help_and_is_no_journalist(name: str) -> None:
    says = {ENGLISH: {name: 0.99}}
    assert name in names(read(ENGLISH, says=says))
    assert name not in names(read(ENGLISH, says=says, handle="HealthierNWL"))


def test_of_an_official_account_a_suspicion_is_not_enough_but_for_a_slip() -> None:
    says = {ENGLISH: {"security": 0.7, "pid": 0.7, "confidential": 0.7}}
    assert {"security", "pid", "confidential"} <= names(read(ENGLISH, says=says))
    ours = names(read(ENGLISH, says=says, handle="HealthierNWL"))
    assert ours & {"security", "pid", "confidential"} == {"pid", "confidential"}
    sure = {ENGLISH: {"security": 0.95}}
    assert "security" in names(read(ENGLISH, says=sure, handle="HealthierNWL"))
