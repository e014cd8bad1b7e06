"""A store of many, and the page over it: made small, so that both are known to work before they are measured."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench import review_page, store_fixture
from bench.review_page import questions
from core import clock
from core.errors import StoreError
from store import TABS, CaseQuery, Store

MENTIONS, FLAGGED = 300, 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    store_fixture.make(folder, MENTIONS, FLAGGED)
    return folder


def opened(folder: Path) -> Store:
    return Store.open(folder / "mentions.db", [store_fixture.key(folder)])


def test_it_holds_as_many_as_were_asked_for(folder: Path) -> None:
    with opened(folder) as store:
        assert store.figures.row_counts()["mentions"] == MENTIONS
        assert store.assessments.count_unassessed() == 0
        assert store.grouping.ungrouped() == []
        reviewable = store.database.value("SELECT count(*) FROM case_mentions WHERE reviewable")
        assert reviewable >= FLAGGED - 2  # a post that was edited may be flagged no longer


def test_it_is_whole(folder: Path) -> None:
    with opened(folder) as store:
        assert store.maintenance.verify().problems == ()


def test_the_figures_of_its_cases_are_those_of_their_mentions(folder: Path) -> None:
    with opened(folder) as store:
        store.mentions.mark_gone(
            [("x", store_fixture.issued(n), "deleted") for n in range(50)], at=clock.now()
        )
        wrong = store.database.rows(
            """SELECT c.number FROM cases c WHERE
            c.size <> (SELECT count(*) FROM case_mentions i WHERE i.case_number = c.number AND NOT i.deleted)
            OR c.flagged <> (SELECT count(*) FROM case_mentions i
                WHERE i.case_number = c.number AND i.reviewable AND NOT i.deleted)
            OR c.unread <> (SELECT count(*) FROM case_mentions i
                WHERE i.case_number = c.number AND i.reviewable AND NOT i.deleted AND i.read <> 'full')
            OR c.edited <> (SELECT count(*) FROM case_mentions i
                WHERE i.case_number = c.number AND i.reviewable AND NOT i.deleted AND i.revision > i.decided_revision)
            OR c.risk <> coalesce((SELECT max(risk) FROM case_mentions i
                WHERE i.case_number = c.number AND i.reviewable AND NOT i.deleted), 0)
            OR c.lead_mention <> (SELECT mention FROM case_mentions i WHERE i.case_number = c.number
                ORDER BY deleted, reviewable DESC, risk DESC, posted_at, mention LIMIT 1)"""
        )
        assert [row["number"] for row in wrong] == []
        assert store.database.value("SELECT count(*) FROM case_mentions WHERE deleted") > 0


def test_every_view_is_counted_by_what_it_shows(folder: Path) -> None:
    at = clock.now()
    with opened(folder) as store:
        for tab in TABS:
            page = store.queue.page(CaseQuery(tab=tab, size=100), at)
            assert page.total == page.tabs[tab] == len(page.cards)
        shown = store.queue.page(CaseQuery(tab="all", size=100), at)
        for platform in store.queue.facets()["platform"]:
            page = store.queue.page(CaseQuery(tab="all", platforms=(platform,), size=100), at)
            assert 0 < page.total == len(page.cards) <= shown.total


def test_it_is_kept_and_another_is_not_put_over_it(folder: Path) -> None:
    before = (folder / "mentions.db").stat().st_size
    store_fixture.make(folder, MENTIONS, FLAGGED)
    assert (folder / "mentions.db").stat().st_size == before
    with pytest.raises(StoreError, match="holds a store of 300"):
        store_fixture.make(folder, MENTIONS + 1, FLAGGED)


def test_what_was_begun_is_gone_on_with(tmp_path: Path) -> None:
    plan, _ = store_fixture._planned(tmp_path, MENTIONS, FLAGGED)
    with opened(tmp_path) as store:  # as if it was stopped in the middle of a part
        for made in store_fixture.part_of((plan, 0))[:40]:
            post = made.post.mention
            store.mentions.add_page(store_fixture.source_of(post.platform), [post], at=plan.at)
    store_fixture.make(tmp_path, MENTIONS, FLAGGED)
    with opened(tmp_path) as store:
        assert store.figures.row_counts()["mentions"] == MENTIONS
        assert store.assessments.count_unassessed() == 0


def test_a_part_says_the_same_each_time() -> None:
    plan = store_fixture.Plan(mentions=MENTIONS, flagged=FLAGGED, at=clock.now())
    assert store_fixture.part_of((plan, 0)) == store_fixture.part_of((plan, 0))


def test_few_words_are_said_often_and_many_seldom() -> None:
    chance = random.Random(1)
    said = " ".join(store_fixture.sentence(chance, "Harrow") for _ in range(200)).casefold().split()
    assert said.count("the") > 100
    assert len(set(said)) > 1000


def test_the_page_answers_every_kind_of_question(folder: Path) -> None:
    found = review_page.measured(folder, 60)
    assert found.wrong == []
    assert len(found.over_all) > 40
    assert "mentions on" in found.written
    assert "all of the page" in review_page.table(found)


def test_questions_are_the_same_for_the_same_chance(folder: Path) -> None:
    with opened(folder) as store:
        one, other = (questions(store, 1, 50, random.Random(3)) for _ in range(2))
    assert one == other
