"""Each use that a platform's terms may forbid, platform by platform: forbidden means that the code refuses it."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from classify.policy.schema import shipped as shipped_policy
from collectors import terms
from collectors.platforms import INTEGRATIONS
from collectors.terms import REFUSED_BY, USES, Use
from core.models import PLATFORMS, SPEAKING_UP, Flag, Platform, Reading, speaks_up
from reports import exports
from reports.weekly import themes
from review.cases import employer
from review.rendering import may_read_profile
from settings.overrides import with_content
from settings.sections import find
from steps import inferences, search_checks
from tests.reports.factories import item
from tests.review.factories import NOW, shipped
from tests.settings.test_employment import papers
from tests.store.factories import AT, HOUR, add, assess_all, mention
from tests.stores import temporary_store
from tuning import feedback

ROWS = [(platform, use) for platform in PLATFORMS for use in USES]
UNION = Reading(
    in_scope=True, staff="icb", sentiment="negative", language="en", read="full", masked="...", protected="union",
    flags=(Flag(name="allegation", score=0.9, clauses=(), harm="other"), Flag(name="threat", score=0.9, clauses=())),
)  # fmt: skip


# places that no source reads: their posts come by imports and notes alone
IMPORTED = ("nextdoor", "forum")


def goes_to_an_employer(platform: Platform) -> bool:
    """Whether two people may agree on a case of one insult by the ICB's own staff."""
    config = SimpleNamespace(
        governance=SimpleNamespace(employment=papers()), review=SimpleNamespace(roles=(SimpleNamespace(type="employer"),)),
    )  # fmt: skip
    context: Any = SimpleNamespace(
        config=config, at=NOW, app=SimpleNamespace(policy=shipped_policy()),
        store=SimpleNamespace(team_access=SimpleNamespace(is_protected=lambda number: False)),
    )  # fmt: skip
    insult = item(platform=platform, staff="icb", protected="none", flags=(Flag(name="derogatory", score=0.9, clauses=()),))  # fmt: skip
    mentions: Any = [SimpleNamespace(item=insult, lane="look")]
    return not employer.why_not(context, cast(Any, SimpleNamespace(number=1, flagged=1)), mentions)


def shows_a_profile(platform: Platform) -> bool:
    return may_read_profile(item(platform=platform, kind="post"))


def counts_by_author(platform: Platform) -> bool:
    """Whether two posts of one author are told to be one writer's."""
    with temporary_store() as store:
        for number, words in enumerate(("The phones in Hayes ring out", "Parking at Harrow is full"), start=1):  # fmt: skip
            add(store, mention(number, platform=platform, issuer=platform, text=words, text_raw=words))  # fmt: skip
        assess_all(store)
        _, posts = store.weekly.theme_posts(AT - 24 * HOUR, AT + HOUR, 10, themes.uncounted())
    assert len(posts) == 2
    return len({post.author for post in posts}) == 1


def keeps_an_inference(platform: Platform) -> bool:
    kept = inferences.without_forbidden(UNION, platform)
    assert kept.protected in SPEAKING_UP  # it is the Guardian's all the same
    assert [flag.name for flag in kept.flags] == ["allegation", "threat"]  # and danger is seen
    return (kept.protected, kept.flags[0].harm) == ("union", "other")


def learns_from(platform: Platform) -> bool:
    post: Any = SimpleNamespace(mention=SimpleNamespace(platform=platform))
    why = feedback._left_out(cast(Any, None), cast(Any, None), post, None, (), cast(Any, None))
    return not why.startswith("terms give no leave")


def follows(platform: Platform) -> bool:
    """Whether a private person's account may be a search term: of no platform."""
    section = find("names")
    assert section is not None
    config = with_content(shipped(), section, {"organisation.topics": ["@rowan_ashdown"]})
    return not search_checks.unregistered(config)


def leaves_in_a_file(platform: Platform) -> bool:
    return platform not in exports.forbidden()


ALLOWS = {
    "employment": goes_to_an_employer, "background_checks": shows_a_profile, "profiling": counts_by_author,
    "inference": keeps_an_inference, "training": learns_from, "surveillance": follows, "export": leaves_in_a_file,
}  # fmt: skip


@pytest.mark.parametrize(("platform", "use"), ROWS)
def test_a_use_that_terms_forbid_is_refused_and_one_that_they_allow_is_not(
    platform: Platform, use: Use
) -> None:
    allowed = not terms.forbids(platform, use) and use != "surveillance"
    assert ALLOWS[use](platform) is allowed


def test_every_use_that_a_row_can_name_is_refused_by_code_and_asked_for_here() -> None:
    assert set(ALLOWS) == set(REFUSED_BY) == set(USES)
    named = {use for row in tomllib.loads(terms.FILE.read_text("utf-8")).values() for use in row["not_for"]}  # fmt: skip
    assert named <= set(USES)


@pytest.mark.parametrize("use", USES)
def test_the_function_that_refuses_it_asks_the_terms(use: Use) -> None:
    module, _, name = REFUSED_BY[use].rpartition(".")
    source = inspect.getsource(getattr(importlib.import_module(module), name))
    assert use == "surveillance" or f'"{use}"' in source


def test_every_platform_of_a_collector_has_a_row_that_says_where_it_was_read() -> None:
    rows = terms.all_terms()
    for source in INTEGRATIONS:
        for facts in source.platforms:
            row = rows[facts.name]
            assert row.source, facts.name
            assert row.address or facts.name in ("blog", "news", "email", "other", *IMPORTED), (
                facts.name
            )


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_row_gives_the_sentence_that_it_rests_on_or_says_that_it_could_not_be_read(
    platform: Platform,
) -> None:
    row = terms.all_terms()[platform]
    if row.reading in terms.WAS_READ:
        assert row.read is not None
        assert row.read.year >= 2026
        assert len(row.rests_on) > 30
        assert row.address.startswith("https://")
        assert row.version
    else:
        assert row.read is None
        assert row.how_read.startswith("not read")


def test_how_far_each_document_was_read_is_as_found() -> None:
    read = {name: row.reading for name, row in terms.all_terms().items()}
    assert {name for name in PLATFORMS if read[name] == "document"} == {
        "x", "facebook", "instagram", "threads", "linkedin", "youtube", "pinterest", "reddit", "record",
    }  # fmt: skip
    assert set(terms.unread()) == {"bluesky", "google", "tiktok", "mastodon", "review", "nextdoor"}


def test_a_row_that_claims_to_be_read_and_shows_no_sentence_is_refused() -> None:
    row = terms.all_terms()["x"].model_dump()
    for gone in ({"rests_on": ""}, {"read": ""}, {"version": ""}, {"reading": "no"}):
        with pytest.raises(ValueError, match="rests_on"):
            terms.Terms.model_validate(row | gone)


def test_where_terms_forbid_employment_is_as_decided() -> None:
    forbidding = {name for name in PLATFORMS if terms.forbids(name, "employment")}
    assert forbidding == {"x", "facebook", "instagram", "linkedin", "reddit", "review", "email", "pinterest", "record", "other", "threads", "tiktok", "google", "blog", "news", *IMPORTED}  # fmt: skip


@pytest.mark.parametrize("kind", ["disclosure", "union", "discrimination"])
@pytest.mark.parametrize("staff", ["icb", "nhs"])
def test_of_x_no_kind_of_speaking_up_is_kept_and_all_of_it_is_the_guardian_s(kind: Any, staff: Any) -> None:  # fmt: skip
    kept = inferences.without_forbidden(replace(UNION, protected=kind, staff=staff), "x")
    assert kept.protected == "disclosure"


@pytest.mark.parametrize(("kind", "then"), [("union", "criticism"), ("discrimination", "complaint"), ("complaint", "complaint"), ("none", "none")])  # fmt: skip
def test_of_the_public_on_x_neither(kind: Any, then: str) -> None:
    assert (
        inferences.without_forbidden(replace(UNION, protected=kind, staff="no"), "x").protected
        == then
    )


def test_serious_harm_is_kept_of_x_so_that_nobody_in_danger_is_passed_over() -> None:
    flag = Flag(name="allegation", score=0.9, clauses=(), harm="serious", target=("patient",))
    assert inferences._flag(flag) is flag


OF_STAFF = sorted(shipped_policy().of_staff_alone)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", OF_STAFF)
@pytest.mark.parametrize("staff", ["icb", "nhs"])
def test_no_flag_that_holds_of_staff_alone_is_kept_where_it_may_not_be_kept_who_is_staff(platform: Platform, name: str, staff: Any) -> None:  # fmt: skip
    """Each tells it as the label does; and whoever speaks up is the Guardian's all the same."""
    flags = tuple(Flag(name=each, score=0.9, clauses=()) for each in (name, "derogatory"))
    reading = replace(UNION, protected="none", staff=staff, flags=flags)
    kept = inferences.without_staff(reading, platform, "post", shipped_policy())
    shown = None if platform in terms.no_staff() else staff
    names = [flag.name for flag in kept.flags]
    assert names == (["derogatory"] if shown is None else [name, "derogatory"])
    assert speaks_up(kept.protected, shown, "post", names) == speaks_up("none", staff, "post", [name, "derogatory"])  # fmt: skip


def test_what_the_settings_keep_beyond_the_terms_counts_too() -> None:
    flags = (Flag(name="no_disclaimer", score=0.9, clauses=()),)
    beyond: tuple[Platform, ...] = ("bluesky",)
    reading = replace(UNION, flags=flags)
    kept = inferences.without_staff(reading, "bluesky", "post", shipped_policy(), beyond)
    assert kept.flags == ()
    assert kept.protected == "union"
