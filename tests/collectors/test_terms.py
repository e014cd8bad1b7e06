from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from collectors import terms
from core.models import PLATFORMS


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
    assert may == {"bluesky", "review", "email"}


def test_the_file_says_what_each_key_means() -> None:
    head = terms.FILE.read_text("utf-8").partition("[x]")[0]
    for key in terms.Terms.model_fields:
        assert key in head or key in ("says", "source"), key
    assert Path(terms.FILE).name == "terms.toml"


def test_what_may_not_be_stored_is_not() -> None:
    assert not terms.may_keep("pinterest")
    assert all(terms.may_keep(name) for name in ("x", "feeds", "noted", "files"))
