"""The rules that decide a flag by themselves, each on its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from classify.policy import schema
from classify.rules.flag_rules import (
    FLAG_RULES,
    RulePost,
    headline_share,
    negative_by_staff,
    working_hours,
)
from core.models import PROTECTED, Author, Protected

POLICY = schema.load()


def post(**changes: Any) -> RulePost:
    given: dict[str, Any] = {
        "text": "Lunch by the canal", "platform": "x", "author": Author(), "posted_at": None,
        "staff": "icb", "in_scope": False, "sentiment": "neutral", "protected": "none", "policy": POLICY,
    }  # fmt: skip
    return RulePost(**(given | changes))


def test_every_flag_that_a_rule_decides_has_one_and_every_rule_a_flag() -> None:
    assert set(FLAG_RULES) == set(POLICY.names(source="rule"))


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), True),  # a Tuesday, in winter
        (datetime(2026, 11, 24, 8, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), False),
        (datetime(2026, 6, 16, 8, 30, tzinfo=UTC), True),  # half past nine in London
        (datetime(2026, 11, 22, 10, 0, tzinfo=UTC), False),  # a Sunday
        (None, False),
    ],
)
def test_working_hours_are_those_of_the_policy_in_uk_time(at: datetime | None, holds: bool) -> None:
    assert (working_hours(post(posted_at=at)) is not None) == holds


def test_talk_of_work_in_working_hours_is_none_of_its_business() -> None:
    at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert working_hours(post(posted_at=at, in_scope=True)) is None


def test_hours_of_an_organisations_own_are_kept() -> None:
    hours = POLICY.working_hours.model_copy(update={"start": "07:00"})
    early = POLICY.model_copy(update={"working_hours": hours})
    at = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert working_hours(post(posted_at=at)) is None
    assert working_hours(post(posted_at=at, policy=early)) is not None


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Board approves plan for Ealing https://news.example.org/1", True),
        ("https://news.example.org/1", True),
        ("I love this https://news.example.org/1", False),
        ("Board approves plan for Ealing", False),
        (f"{'word ' * 21}https://news.example.org/1", False),
    ],
)
def test_a_shared_headline_is_a_link_and_nobody_speaking(text: str, holds: bool) -> None:
    assert (headline_share(post(text=text, in_scope=True)) is not None) == holds
    assert headline_share(post(text=text, in_scope=False)) is None


CIVIL = "Another reorganisation at NHS NW London, and nobody is better off for it."


@pytest.mark.parametrize("protected", PROTECTED)
def test_a_negative_comment_by_staff_is_one_unless_more_protects_it(protected: Protected) -> None:
    comment = post(text=CIVIL, in_scope=True, sentiment="negative", protected=protected)
    assert (negative_by_staff(comment) is not None) == (protected in ("criticism", "none"))


@pytest.mark.parametrize(
    "changes",
    [
        {"in_scope": False},
        {"sentiment": "neutral"},
        {"sentiment": "positive"},
        {"text": "Another fucking reorganisation at NHS NW London, and nobody is better off."},
    ],
)
def test_a_comment_that_is_not_ours_or_not_negative_or_not_civil_is_none(
    changes: dict[str, Any],
) -> None:
    comment = {"text": CIVIL, "in_scope": True, "sentiment": "negative"}
    assert negative_by_staff(post(**comment)) is not None
    assert negative_by_staff(post(**(comment | changes))) is None
