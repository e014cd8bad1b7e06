"""Runs: what is new, what changed, what came again, and in what order copies may arrive."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.context import AnsweredPost, Page, context_of
from core.media import Attachment
from core.models import Author, Mention
from store import Store
from store.mentions import Mentions
from tests.fuzz.profiles import examples
from tests.store.factories import (
    AT,
    DAY,
    HOUR,
    MODEL,
    POLICY,
    add,
    assess_all,
    assessed,
    dump,
    mention,
)
from tests.store.plans import Planned
from tests.stores import temporary_store

UNDER_OURS = context_of(
    page=Page(owner="organisation", name="Our page", kind="page"),
    answered=[
        AnsweredPost(text="Flu jabs are here, Zebedee", handle="HealthierNWL", official=True)
    ],
)


def only(store: Store) -> Mention:
    (row,) = store.database.rows("SELECT number FROM mentions")
    found = store.mentions.get(row["number"])
    assert found is not None
    return found.mention


def revision(store: Store) -> int:
    return int(store.database.value("SELECT revision FROM mentions"))


def test_a_mention_comes_back_as_it_was_given(store: Store) -> None:
    whole = mention(
        edited_at=AT - HOUR / 2, parent_id="p1", root_id="r1", quoted_id="q1", language="en-GB",
        author=Author(id="7", handle="h", name="N", bio="B", followers=12_000),
        matched=("Northwick Park", "NWL ICB"), text="plain &", text_raw="plain &amp;", context=UNDER_OURS,
    )  # fmt: skip
    add(store, whole)
    (stored,) = store.assessments.unassessed("p", "m")
    assert stored.mention == whole
    assert (stored.number, stored.revision) == (1, 1)


def test_counts_say_what_was_new_changed_and_again(store: Store) -> None:
    assert add(store, mention(1), mention(2)).new == 2
    later = AT + HOUR
    result = add(
        store, mention(1, fetched_at=later), mention(2, fetched_at=later, text="Corrected"), mention(3),
        mention(4, deleted=True),
    )  # fmt: skip
    assert (result.new, result.changed, result.again, result.gone) == (1, 1, 1, 1)


def test_a_mention_found_twice_or_by_two_sources_is_one(store: Store) -> None:
    add(store, mention(matched=("a",)), mention(matched=("b",)))
    assert add(store, mention(matched=("c",)), source="listening export").new == 0
    assert only(store).matched == ("a", "b", "c")
    assess_all(store)
    item = store.figures.item(1)
    assert item is not None
    assert sorted(item.sources) == ["listening export", "x"]


def test_equal_ids_of_two_issuers_are_two_mentions(store: Store) -> None:
    first = mention(issuer="care_opinion", issued_id="1000001")
    second = mention(issuer="nhs_reviews", issued_id="1000001")
    assert add(store, first, second).new == 2


def test_a_colon_in_issuer_or_id_makes_no_two_mentions_one(store: Store) -> None:
    first = mention(issuer="https://example.org", issued_id="8080:1")
    second = mention(issuer="https://example.org:8080", issued_id="1")
    assert first.key == second.key
    assert add(store, first, second).new == 2


def test_a_failed_run_keeps_what_it_found_and_does_not_move_the_bookmark(store: Store) -> None:
    add(store, at=AT, state={"etag": "one"})
    store.mentions.add_run("x", [mention()], since=AT, at=AT + DAY, error="page 2 was HTML")
    assert store.sources.last_complete_run("x") == AT
    assert store.sources.state("x") == {"etag": "one"}
    (state,) = store.sources.all()
    assert (state.last_complete, state.error, state.mention_count) == (AT, "page 2 was HTML", 1)
    add(store, at=AT + 2 * DAY, state={"etag": "two"})
    assert store.sources.last_complete_run("x") == AT + 2 * DAY
    assert store.sources.state("x") == {"etag": "two"}
    assert store.sources.all()[0].error is None


def test_a_source_that_never_ran_has_no_bookmark(store: Store) -> None:
    assert store.sources.last_complete_run("x") is None
    assert store.sources.state("x") == {}
    assert store.sources.all() == []


def test_an_error_while_finding_leaves_no_run_and_no_mention(store: Store) -> None:
    def breaks() -> object:
        yield mention()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.mentions.add_run("x", breaks(), since=AT, at=AT)  # type: ignore[arg-type]
    assert store.sources.all() == []
    assert store.assessments.unassessed("p", "m") == []


def test_the_same_words_with_new_metrics_are_no_new_revision(store: Store) -> None:
    add(store, mention(metrics={"shares": 1, "views": 9}))
    add(store, mention(fetched_at=AT + HOUR, metrics={"shares": 250}))
    assert revision(store) == 1
    assert only(store).metrics == {"shares": 250, "views": 9}
    assert only(store).fetched_at == AT + HOUR


def test_an_older_copy_does_not_bring_old_metrics_back(store: Store) -> None:
    add(store, mention(fetched_at=AT + HOUR, metrics={"shares": 250}))
    add(store, mention(fetched_at=AT, metrics={"shares": 1, "likes": 4}))
    assert only(store).metrics == {"shares": 250, "likes": 4}


@pytest.mark.parametrize("change", [{"text": "New words"}, {"author": Author(bio="Nurse")}])
def test_changed_words_or_bio_are_a_new_revision(store: Store, change: dict[str, Any]) -> None:
    add(store, mention())
    assess_all(store)
    assert store.assessments.unassessed("2026.1", "model-a") == []
    assert add(store, mention(fetched_at=AT + HOUR, **change)).changed == 1
    (stored,) = store.assessments.unassessed("2026.1", "model-a")
    assert stored.revision == 2


def test_a_context_that_is_told_later_is_a_new_revision_and_is_kept(store: Store) -> None:
    add(store, mention())
    assert add(store, mention(fetched_at=AT + HOUR, context=UNDER_OURS)).changed == 1
    assert add(store, mention(fetched_at=AT + DAY)).again == 1
    assert only(store).context == UNDER_OURS
    assert revision(store) == 2


def test_a_context_is_sealed_like_the_text(store: Store) -> None:
    add(store, mention(context=UNDER_OURS))
    assert "Zebedee" not in dump(store)


def test_a_source_that_tells_no_bio_takes_none_away(store: Store) -> None:
    add(store, mention())
    add(store, mention(fetched_at=AT + HOUR, author=Author(), text="New words"))
    assert only(store).author.bio == "Gardener in Harrow"
    assert only(store).author.name == "Rowan Ashdown"


def test_an_older_copy_of_an_edited_post_does_not_overwrite_it(store: Store) -> None:
    edited = mention(text="Edited", edited_at=AT + HOUR, fetched_at=AT + 2 * HOUR)
    add(store, edited)
    assert add(store, mention(text="First", fetched_at=AT + 3 * HOUR)).changed == 0
    assert add(store, mention(text="First", fetched_at=AT)).changed == 0
    assert only(store).text == "Edited"
    assert only(store).edited_at == AT + HOUR


def test_a_later_edit_counts_though_its_copy_was_fetched_earlier(store: Store) -> None:
    add(store, mention(text="One", edited_at=AT, fetched_at=AT + 3 * HOUR))
    add(store, mention(text="Two", edited_at=AT + HOUR, fetched_at=AT + 2 * HOUR))
    assert only(store).text == "Two"


def test_an_edit_that_is_undone_is_a_third_revision(store: Store) -> None:
    for hour, text in enumerate(("One", "Two", "One")):
        add(store, mention(text=text, fetched_at=AT + hour * HOUR))
    assert revision(store) == 3


def test_deletion_upstream_is_kept_once_and_a_return_clears_it(store: Store) -> None:
    add(store, mention())
    for hour in (1, 2):
        add(store, mention(text="[deleted]", deleted=True, fetched_at=AT + hour * HOUR))
    assert store.database.value("SELECT deleted_at FROM mentions") == clock.text(AT + HOUR)
    assert only(store).deleted
    assert only(store).text.startswith("Waited")
    assert store.assessments.unassessed("p", "m") == []
    add(store, mention(fetched_at=AT))  # an older copy proves no return
    assert only(store).deleted
    add(store, mention(fetched_at=AT + 3 * HOUR))
    assert not only(store).deleted
    assert len(store.assessments.unassessed("p", "m")) == 1
    assert [event.kind for event in store.audit.events()] == ["deleted", "returned"]


def test_what_was_deleted_before_we_saw_it_is_not_stored(store: Store) -> None:
    assert add(store, mention(deleted=True)).gone == 1
    assert dump(store) == []


@pytest.mark.parametrize(
    "text",
    ["lone \ud800 surrogate", "\ude00\ud83d", chr(0xD83D) + chr(0xDE00), "nul \0 in it", "", "\u202eabc\u200b", "x" * 300_000],
    ids=["lone", "reversed", "pair", "nul", "empty", "bidi", "long"],
)  # fmt: skip
def test_odd_characters_come_back_as_they_were(store: Store, text: str) -> None:
    odd = mention(
        text=text, text_raw=text, url=f"https://example.org/{text[:9]}", language=text[:9],
        author=Author(handle=text, name=text, bio=text), issued_id=f"id{text}",
    )  # fmt: skip
    add(store, odd)
    add(store, odd, source=f"source {text[:9]}", error=text[:9])
    (stored,) = store.assessments.unassessed("p", "m")
    assert stored.mention.text == text
    assert stored.mention.author.bio == text
    assess_all(store, "high")
    item = store.figures.item(1)
    assert item is not None
    assert len(item.masked) == len(text)
    assert store.maintenance.verify().ok


def test_numbers_too_large_for_the_database_are_capped(store: Store) -> None:
    add(store, mention(metrics={"shares": 2**80}, author=Author(followers=2**70)))
    assert only(store).metrics["shares"] == 2**63 - 1
    assert only(store).author.followers == 2**63 - 1


def test_a_moment_in_the_first_century_comes_back(store: Store) -> None:
    early = AT.replace(year=1)
    add(store, mention(posted_at=early))
    assert only(store).posted_at == early


def test_what_nobody_has_read_comes_before_history(store: Store) -> None:
    add(store, mention(1), mention(2))
    assess_all(store)
    add(store, mention(3))
    assert [one.number for one in store.assessments.unassessed("2027.1", "model-a")] == [3, 1, 2]
    assert [one.number for one in store.assessments.unassessed("2027.1", "model-a", limit=1)] == [3]
    assert store.assessments.count_unassessed() == 1


def test_copies_of_one_text_are_one_story(store: Store) -> None:
    add(
        store,
        mention(1, text="The A&E at Ealing shuts on Friday, pass it on! https://example.org/a"),
        mention(2, text="RT @rowan_ashdown: the A&E at Ealing shuts on Friday pass it on"),
        mention(3, text="Thank you so much"),
        mention(4, text="thank you so much"),
    )
    stories = [
        row["story"] for row in store.database.rows("SELECT story FROM mentions ORDER BY number")
    ]
    assert stories[0] == stories[1]
    assert len(set(stories)) == 3


COPY = st.builds(
    lambda number, text, bio, edited, fetched, deleted, shares, name: mention(
        number, text=text, author=Author(bio=bio, name=name), deleted=deleted,
        edited_at=None if edited is None else AT + edited * HOUR, fetched_at=AT + fetched * HOUR,
        metrics={} if shares is None else {"shares": shares},
    ),
    st.integers(1, 2), st.sampled_from(["a", "b", "c\ud800"]), st.sampled_from(["", "p", "q"]),
    st.none() | st.integers(0, 3), st.integers(0, 3), st.booleans(),
    st.none() | st.integers(0, 3), st.sampled_from(["", "n", "o"]),
)  # fmt: skip


@examples(30)
@given(st.lists(COPY, max_size=8))
def test_a_run_twice_is_a_run_once(copies: list[Mention]) -> None:
    with temporary_store() as store:
        add(store, *copies)
        once, events = dump(store), len(store.audit.events())
        result = add(store, *copies)
        assert (result.new, result.changed) == (0, 0)
        assert dump(store) == once
        assert len(store.audit.events()) == events


@examples(20)
@given(st.lists(COPY, max_size=6))
def test_the_words_that_stand_are_those_of_the_last_edit_last_fetched(
    copies: list[Mention],
) -> None:
    alive = [dataclasses.replace(copy, deleted=False) for copy in copies]
    with temporary_store() as store:
        add(store, *alive)
        for stored in store.assessments.unassessed("p", "m"):
            same = [copy for copy in alive if copy.issued_id == stored.mention.issued_id]
            last = max((copy.edited_at or AT - DAY, copy.fetched_at) for copy in same)
            assert stored.mention.text in {
                copy.text for copy in same if (copy.edited_at or AT - DAY, copy.fetched_at) == last
            }


def test_what_is_attached_comes_back_and_its_newest_address_wins(store: Store) -> None:
    video = Attachment(kind="video", url="https://example.org/1.jpg", seconds=42)
    add(store, mention(1, media=(video,)), at=AT)
    newer = Attachment(kind="video", url="https://example.org/2.jpg", seconds=42)
    add(store, mention(1, media=(newer,), fetched_at=AT + HOUR), at=AT + HOUR)
    add(
        store, mention(1, fetched_at=AT + 2 * HOUR), at=AT + 2 * HOUR
    )  # a source that tells of none
    stored = store.mentions.get(1)
    assert stored is not None
    assert stored.mention.media == (newer,)
    assert stored.revision == 1


def test_pictures_of_a_profile_are_not_kept(store: Store) -> None:
    add(store, mention(1, kind="profile", images=("https://example.org/face.jpg",)), at=AT)
    add(store, mention(2, images=("https://example.org/1.jpg",)), at=AT)
    profile, post = store.mentions.get(1), store.mentions.get(2)
    assert profile is not None
    assert post is not None
    assert profile.mention.media == ()
    assert post.mention.media == (Attachment(url="https://example.org/1.jpg"),)


def test_of_two_copies_of_one_moment_the_bio_is_kept_whichever_comes_first(store: Store) -> None:
    told = mention(author=Author(handle="rowan", bio="Potter"))
    bare = mention(author=Author(handle="rowan"))
    add(store, bare, source="files")
    add(store, told)
    assert only(store).author.bio == "Potter"
    before = store.figures.row_counts()["revisions"]
    add(store, bare, source="files")
    add(store, told)
    assert store.figures.row_counts()["revisions"] == before


def test_of_a_post_of_the_guardians_a_file_counts_what_it_would_of_one_that_was_never_here(store: Store) -> None:  # fmt: skip
    add(store, mention(1))
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add([assessed(stored, staff="icb", protected="disclosure")])
    for deleted in (False, True):
        here, never = (add(store, mention(number, deleted=deleted), source="import") for number in (1, 2 + deleted))  # fmt: skip
        assert dataclasses.replace(here, number=never.number) == never, deleted


def test_an_address_is_sought_among_the_guardians_and_what_came_lately_alone(store: Store) -> None:
    planned = Planned(store.database)
    mentions = Mentions(planned.as_database, store.sources, store.answered_posts, store.objection_list)  # fmt: skip
    assert mentions.at_address("https://example.org/rowan_ashdown/status/1") is None
    assert "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)" in planned.plan
