from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from collectors import terms
from core.models import PLATFORMS, Platform


def test_every_platform_has_its_terms_with_a_source() -> None:
    found = terms.all_terms()
    assert set(found) == set(PLATFORMS)
    assert all(one.source and one.says for one in found.values())


def test_the_limits_are_those_that_the_platforms_set() -> None:
    assert terms.limits() == {
        "x": timedelta(days=7),
        "linkedin": timedelta(hours=48),
        "youtube": timedelta(days=30),
        "google": timedelta(days=30),
        "reddit": timedelta(hours=48),
    }
    assert not terms.all_terms()["pinterest"].stored


def test_whatever_has_a_limit_is_looked_at_well_before_it() -> None:
    for name, found in terms.all_terms().items():
        if found.unrefreshed_hours:
            assert 0 < found.recheck_hours <= found.unrefreshed_hours / 2, name
        assert found.recheck_hours <= found.gone_within_hours or not found.gone_within_hours


def test_how_soon_what_is_gone_there_goes_here_is_told_where_terms_bind_us() -> None:
    day = timedelta(days=1)
    assert terms.gone_within() == {
        "x": day, "facebook": day, "instagram": day, "linkedin": day, "reddit": day,
        "threads": day, "tiktok": day, "youtube": timedelta(days=7), "google": timedelta(days=7),
    }  # fmt: skip


def test_forbidden_uses_are_told() -> None:
    assert terms.forbids("linkedin", "employment")
    assert terms.forbids("facebook", "employment")
    assert terms.forbids("instagram", "employment")
    assert terms.forbids("reddit", "training")
    assert terms.forbids("x", "inference")
    assert not terms.forbids("bluesky", "employment")
    assert terms.no_staff() == {"linkedin", "pinterest"}


def test_no_model_learns_from_where_terms_give_no_leave() -> None:
    may = {name for name in PLATFORMS if not terms.forbids(name, "training")}
    assert may == {"bluesky", "email"}


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_row_says_when_it_was_read_and_where_or_that_it_was_not_and_gives_no_leave_of_itself(name: Platform) -> None:  # fmt: skip
    row = terms.all_terms()[name]
    assert row.source
    if row.read is None:
        assert row.how_read.startswith("not read")
    else:
        assert f"{row.read.year}" in row.how_read
        assert row.rests_on
        assert row.version
    if row.reading != "document":
        allowed = {use for use in terms.USES if not terms.forbids(name, use)}
        assert allowed == set(row.needed)
        assert len(row.needed_for) > 30
    if row.read is None and name != "email":  # which is our own mailbox
        assert set(row.needed) == {"export"}


def test_a_row_that_was_not_read_and_leaves_a_use_out_stops_the_start() -> None:
    row = terms.all_terms()["forum"].model_dump()
    for change in ({"not_for": ("training",)}, {"needed": ()}, {"needed_for": ""}, {"needed": ("export", "training")}):  # fmt: skip
        with pytest.raises(ValidationError):
            terms.Terms.model_validate(row | change)


def test_the_file_says_what_each_key_means() -> None:
    head = terms.FILE.read_text("utf-8").partition("[x]")[0]
    for key in terms.Terms.model_fields:
        assert key in head or key in ("says", "source"), key
    assert Path(terms.FILE).name == "terms.toml"


def test_what_may_not_be_stored_is_not() -> None:
    assert not terms.may_keep("pinterest")
    assert all(terms.may_keep(name) for name in ("x", "feeds", "noted", "files"))
