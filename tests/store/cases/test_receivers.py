"""Which types of team may have a post: by whose it is, where it stands and what it is about."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import TEAM_TYPES
from store.cases.receivers import MATTERS, PostFacts, ReceivingRules, open_types

RULES = ReceivingRules(
    no_employment=frozenset(("x", "linkedin", "reddit")), staff_unknown=frozenset(("linkedin",)), staff_flags=frozenset(("grievance", "no_disclaimer")),
)  # fmt: skip
WHATEVER_IT_IS = {"guardian", "safeguarding", "police", "employer"}


def post(**about: Any) -> PostFacts:
    ordinary: dict[str, Any] = {"staff": "no", "platform": "bluesky", "protected": "none", "flags": frozenset()}  # fmt: skip
    return PostFacts(**ordinary | about | {"flags": frozenset(about.get("flags", ()))})


@pytest.mark.parametrize("staff", ["icb", "nhs"])
@pytest.mark.parametrize("platform", ["bluesky", "x", "linkedin"])
@pytest.mark.parametrize(
    "flags", [(), ("no_disclaimer",), ("derogatory",), ("grievance",), ("harassment", "hate")]
)
def test_what_staff_wrote_goes_to_no_team_but_those_whose_matter_it_is(
    staff: str, platform: str, flags: tuple[str, ...]
) -> None:
    assert open_types([post(staff=staff, platform=platform, flags=flags)], RULES) == WHATEVER_IT_IS


@pytest.mark.parametrize("team", sorted(set(TEAM_TYPES) - WHATEVER_IT_IS))
@pytest.mark.parametrize("staff", ["icb", "nhs"])
def test_each_type_has_of_staff_the_flags_of_its_matter_and_a_team_of_no_type_none(
    team: str, staff: str
) -> None:
    every = {flag for flags in MATTERS.values() for flag in flags}
    open_to = {flag for flag in every if team in open_types([post(staff=staff, flags=(flag,))], RULES)}  # fmt: skip
    assert open_to == set(MATTERS.get(team, ()))  # type: ignore[call-overload]
    claimed = {flag for flag in every if team in open_types([post(staff=staff)], RULES, [flag])}
    assert claimed == open_to
    assert (team in open_types([post(staff=staff, protected="complaint")], RULES)) is (team == "pals")  # fmt: skip


@pytest.mark.parametrize("flag", ["grievance", "no_disclaimer"])
@pytest.mark.parametrize("staff", [None, "no"])
def test_a_flag_of_staff_alone_says_that_staff_wrote_it(flag: str, staff: str | None) -> None:
    assert "other" not in open_types([post(staff=staff, flags=(flag,))], RULES)


@pytest.mark.parametrize("platform", ["x", "reddit", "linkedin"])
@pytest.mark.parametrize("flag", ["derogatory", "harassment", "hate", "pid", "confidential"])
def test_where_terms_forbid_employment_a_team_of_no_type_has_no_matter_of_conduct(
    platform: str, flag: str
) -> None:
    by_public = post(platform=platform, flags=(flag,), staff=None)
    assert "other" not in open_types([by_public], RULES)
    assert "media" in open_types([by_public], RULES)


@pytest.mark.parametrize("platform", ["bluesky", "x", "reddit", "facebook"])
@pytest.mark.parametrize(
    "about",
    [{}, {"flags": ("assistance",)}, {"protected": "complaint"}, {"protected": "criticism"}, {"flags": ("misinformation",)}, {"flags": ("allegation", "derogatory")}],
)  # fmt: skip
def test_a_team_of_no_type_has_ordinary_posts_by_the_public(
    platform: str, about: dict[str, Any]
) -> None:
    assert open_types([post(platform=platform, **about)], RULES) == set(TEAM_TYPES)


def test_where_nobody_keeps_who_is_staff_it_has_requests_and_claims_alone() -> None:
    assert "other" not in open_types([post(platform="linkedin", staff=None)], RULES)
    assert "other" in open_types([post(platform="linkedin", staff=None, flags=("assistance",))], RULES)  # fmt: skip


def test_one_post_that_a_team_may_not_have_keeps_the_others_from_it() -> None:
    assert "other" not in open_types([post(), post(staff="nhs")], RULES)
