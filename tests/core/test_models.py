from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from core.models import METRICS, RISKS, Mention, Protected, Staff, speaks_up
from tests.store.factories import AT, mention


def test_a_post_found_by_two_sources_has_one_key_and_two_issuers_have_two() -> None:
    assert mention(matched=("Brent",)).key == mention(matched=("Harrow",)).key
    one = mention(issuer="care_opinion", issued_id="1000001")
    other = mention(issuer="nhs_reviews", issued_id="1000001")
    assert (one.key, other.key) == ("care_opinion:1000001", "nhs_reviews:1000001")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"issuer": ""}, "issuer"),
        ({"issued_id": ""}, "issuer and the id"),
        ({"platform": "myspace"}, "platform"),
        ({"kind": "scroll"}, "kind"),
        ({"posted_at": datetime(2026, 11, 20)}, "posted_at"),  # noqa: DTZ001
        ({"fetched_at": AT.astimezone(timezone(timedelta(hours=1)))}, "fetched_at"),
        ({"edited_at": datetime(2026, 11, 20)}, "edited_at"),  # noqa: DTZ001
    ],
)
def test_a_mention_that_is_not_whole_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        mention(**changes)


def test_a_mention_is_never_changed() -> None:
    made = mention()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.text = "other words"  # type: ignore[misc]


def test_a_term_is_added_once_and_the_mention_as_given_stays() -> None:
    made = mention(matched=("Brent",))
    more = made.with_match("Harrow", "Brent")
    assert more.matched == ("Brent", "Harrow")
    assert made.matched == ("Brent",)
    assert made.with_match("Brent") is made
    assert isinstance(more, Mention)


@pytest.mark.parametrize(
    ("to", "whose"),
    [
        ("1150", ("social.example.org", "1150")),
        ("fedi.example.net:1150", ("fedi.example.net", "1150")),
        ("127.0.0.1:8801:1150", ("127.0.0.1:8801", "1150")),
        ("https://social.example.org/notes/9", ("social.example.org", "https://social.example.org/notes/9")),
        ("fedi.example.net:https://fedi.example.net/notes/9", ("fedi.example.net", "https://fedi.example.net/notes/9")),
    ],
)  # fmt: skip
def test_a_link_on_mastodon_may_lead_to_another_server(to: str, whose: tuple[str, str]) -> None:
    assert mention(platform="mastodon", issuer="social.example.org").linked(to) == whose


def test_a_link_elsewhere_leads_to_its_own_issuer_whatever_it_looks_like() -> None:
    assert mention().linked("feed.example.org:1150") == ("x", "feed.example.org:1150")


def test_risks_are_in_order_the_gravest_first() -> None:
    assert RISKS == ("high", "medium", "low", "none")
    assert "shares" in METRICS


@pytest.mark.parametrize(
    ("protected", "staff", "expected"),
    [
        ("disclosure", "no", True),  # somebody who worked there
        ("union", "icb", True),
        ("discrimination", None, True),  # terms forbid to keep who is staff
        ("union", "no", False),
        ("criticism", "nhs", False),
        ("none", None, False),
    ],
)
def test_speaking_up_is_of_staff_and_a_disclosure_of_anybody(
    protected: Protected, staff: Staff | None, expected: bool
) -> None:
    assert speaks_up(protected, staff) is expected


@pytest.mark.parametrize("protected", ["criticism", "complaint", "none"])
def test_staff_who_tell_of_their_work_or_of_wrong_may_be_speaking_up_and_the_public_does_not(
    protected: Protected,
) -> None:
    assert speaks_up(protected, "icb", flags=["grievance"])
    assert speaks_up(protected, "nhs", flags=["allegation", "derogatory"])
    assert speaks_up(protected, None, flags=["grievance"])
    assert not speaks_up(protected, None, flags=["allegation"])  # it may be anybody's
    assert not speaks_up(protected, "no", flags=["grievance", "allegation"])
    assert not speaks_up(protected, "icb", "report", ["grievance"])
    assert not speaks_up(protected, "icb", flags=["derogatory", "no_disclaimer"])
