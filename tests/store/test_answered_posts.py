"""When a post goes, no word of it is left in the contexts of what answers or quotes it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.context import AnsweredPost, Context, LinkCard, Page, ParentPost, context_of
from core.models import Author, Mention
from store import Store
from store.residue_scan import find_fragments, fragments
from tests.fuzz.profiles import examples
from tests.store.factories import AT, DAY, HOUR, add, all_bytes, assess_all, dump, mention
from tests.store.test_retention import NEVER, YEAR, purge
from tests.stores import temporary_store

WORDS = "Quetzalbrook told the whole waiting room what the letter said about my brother"
OTHERS = "Elderwick buses stop outside the clinic on Sundays as well, I checked"
PARENT = mention(1, text=WORDS)
LINKS = ("parent_id", "root_id", "quoted_id")
PAGE = Page(owner="other", name="Elderwick news")
CARD = LinkCard(title="Clinic moves")


def said(text: str = WORDS, *, post_id: str = PARENT.issued_id, **more: Any) -> AnsweredPost:
    return AnsweredPost(**({"text": text, "handle": "quetzal_example", "post_id": post_id} | more))


def child(
    number: int = 2, *posts: AnsweredPost, link: str = "parent_id", **changes: Any
) -> Mention:
    """A mention that answers the parent."""
    around = context_of(page=PAGE, answered=posts or (said(),), card=CARD)
    given = {link: PARENT.issued_id, "text": f"I was there too ({number})", "context": around}
    return mention(number, **(given | changes))


def numbered(store: Store, number: int) -> int:
    """Under which number the store has mention `number`."""
    stored = store.mentions.number_of("x", mention(number).issued_id)
    assert stored is not None
    return stored


def context(store: Store, number: int = 2) -> Context:
    stored = store.mentions.get(numbered(store, number))
    assert stored is not None
    return stored.mention.context


def go(store: Store, parent: Mention = PARENT, at: Any = AT + HOUR) -> None:
    store.mentions.mark_gone([(parent.issuer, parent.issued_id, "deleted")], at=at)


def holds(store: Store, words: str) -> bool:
    """Whether anything in the store, opened up, says these words."""
    database = store.database
    tables = database.rows(
        """SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'keyring'
        AND sql NOT LIKE '%VIRTUAL%'"""
    )
    for table in tables:
        for row in database.rows(f"SELECT * FROM {table['name']}"):
            values = dict(row)
            if values.get("encrypted") is not None:
                values["encrypted"] = database.encryption.decrypt(values["encrypted"])
            if words in str(values):
                return True
    return False


def rows(store: Store) -> int:
    return int(store.database.value("SELECT count(*) FROM answered_posts"))


# ── a mention of ours goes ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("post_id", [PARENT.issued_id, ""], ids=["named", "not named"])
def test_what_is_marked_gone_is_emptied_where_it_is_answered_or_quoted(
    store: Store, link: str, post_id: str
) -> None:
    add(store, PARENT, child(2, said(post_id=post_id), link=link))
    assert context(store).answered[0].text == WORDS
    go(store)
    assert context(store) == context_of(
        page=PAGE, answered=[AnsweredPost(text="", gone=True)], card=CARD
    )
    assert context(store).answered[0].post_id == post_id
    assert not rows(store)


def test_a_deletion_that_a_collector_tells_does_the_same(store: Store) -> None:
    add(store, PARENT, child())
    add(store, dataclasses.replace(PARENT, deleted=True, fetched_at=AT + HOUR))
    assert context(store).answered == (AnsweredPost(text="", gone=True),)


def test_the_other_posts_of_a_context_stay_where_they_are_named(store: Store) -> None:
    add(store, PARENT, child(2, said(OTHERS, post_id="77"), said(), root_id=PARENT.issued_id))
    go(store)
    assert [post.text for post in context(store).answered] == [OTHERS, ""]
    assert rows(store) >= 1


def test_a_post_of_ours_is_emptied_and_still_known_as_ours(store: Store) -> None:
    add(store, dataclasses.replace(PARENT, own=True), child(2, said(official=True)))
    go(store)
    assert context(store).answered == (AnsweredPost(text="", official=True, gone=True),)
    assert context(store).is_under_ours


def test_earlier_versions_are_emptied_too_and_what_was_read_of_it_stays(store: Store) -> None:
    add(store, PARENT, child())
    edited = child(text="I was there", fetched_at=AT + HOUR, edited_at=AT + HOUR)
    add(store, edited, at=AT + HOUR)
    assess_all(store)
    before = dump(store, ["assessments", "spans"])
    go(store, at=AT + 2 * HOUR)
    held = str(dump(store, ["revisions"]))
    assert held.count("'gone': True") == 2
    assert "I was there too (2)" in held
    assert [row for row in dump(store, ["assessments", "spans"]) if row[1]["mention"] == 2] == [
        row for row in before if row[1]["mention"] == 2
    ]


def test_nothing_of_it_comes_back_with_a_copy_that_was_read_before(store: Store) -> None:
    add(store, PARENT, child())
    go(store)
    stale = child(text="I was there", fetched_at=AT + 2 * HOUR, edited_at=AT + 2 * HOUR)
    add(store, stale, child(3, fetched_at=AT + 2 * HOUR), at=AT + 2 * HOUR)
    assert _only_the_parent(store)
    assert context(store, 2).answered[0].gone
    assert context(store, 3).answered[0].gone


def _only_the_parent(store: Store) -> bool:
    return all(
        "Quetzalbrook" not in str(row) or row[1].get("mention", row[1].get("number")) == 1
        for row in dump(store, ["mentions", "revisions", "assessments"])
    )


def test_after_a_purge_a_new_answer_does_not_bring_its_words_back(store: Store) -> None:
    add(store, PARENT)
    go(store)
    assert purge(store).proved
    add(store, child(fetched_at=AT + 3 * DAY), at=AT + 3 * DAY)
    assert not holds(store, "Quetzalbrook")


def test_of_our_own_that_retention_let_go_a_new_answer_may_tell_again(store: Store) -> None:
    add(store, dataclasses.replace(PARENT, own=True))
    purge(store, at=AT + 2 * YEAR)
    later = AT + 2 * YEAR + DAY
    add(store, child(2, said(official=True), posted_at=later, fetched_at=later), at=later)
    assert context(store).answered[0].text == WORDS


def test_an_edit_puts_the_new_words_in_the_place_of_the_old(store: Store) -> None:
    add(store, PARENT, child())
    now: dict[str, Any] = {
        "text": "I take it back",
        "edited_at": AT + HOUR,
        "fetched_at": AT + HOUR,
    }
    add(store, dataclasses.replace(PARENT, **now), at=AT + HOUR)
    assert context(store).answered[0].text == "I take it back"
    go(store, at=AT + 2 * HOUR)
    assert context(store).answered[0].gone


def test_where_an_account_is_gone_its_handle_goes_and_the_words_stay(store: Store) -> None:
    add(store, PARENT, child())
    store.retention.forget_authors([(PARENT.issuer, PARENT.issued_id)], at=AT + HOUR)
    assert context(store).answered == (AnsweredPost(text=WORDS),)


# ── removed, and proved ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["deleted", "retention", "limit", "erased", "person"])
def test_however_it_goes_no_word_of_it_is_left_in_the_file(
    path: Path, keys: list[str], way: str
) -> None:
    with Store.open(path, keys) as store:
        late = AT + YEAR
        add(store, PARENT)
        add(store, child(author=Author(id="8", handle="elder_example")), at=late - DAY)
        store.database.execute("UPDATE mentions SET found_at = ?1, fetched_at = ?1 WHERE number = 2", "2027-11-19T09:00:00.000000Z")  # fmt: skip
        assess_all(store)
        token = store.database.value("SELECT encrypted FROM revisions WHERE mention = 2")
        if way == "deleted":
            go(store)
            proof = purge(store)
        elif way == "retention":
            proof = purge(store, at=AT + YEAR)
        elif way == "limit":
            proof = purge(store, limits={"x": 7 * DAY}, at=AT + 8 * DAY, deleted_after=NEVER)
        elif way == "erased":
            proof = store.retention.erase([1], by="amina", at=AT + DAY)
        else:
            proof = store.retention.erase_person("rowan_ashdown", by="amina", at=AT + DAY)
        assert proof.proved, proof
        assert proof.left["contexts"] == 0
        assert store.mentions.get(1) is None
        assert context(store).answered[0].gone
        assert not holds(store, "Quetzalbrook")
        assert store.maintenance.verify().ok
    content = all_bytes(path)
    assert b"quetzal" not in content.lower()
    assert not find_fragments(fragments(token.decode()), [content])


def test_the_proof_would_see_words_that_stayed(store: Store) -> None:
    add(store, PARENT, child())
    key = store.database.encryption.key_hash(PARENT.issuer, PARENT.issued_id)
    store.database.execute("DELETE FROM answered_posts")
    assert store.answered_posts.count_left([key]) == 1
    go(store)
    assert store.answered_posts.count_left([key]) == 0


POSTS = st.integers(1, 7)


@examples(20)
@given(
    links=st.dictionaries(POSTS, st.tuples(POSTS, st.sampled_from(LINKS), st.booleans()), max_size=7),
    going=st.sets(POSTS, min_size=1), marked=st.booleans(), again=st.booleans(),
)  # fmt: skip
def test_after_a_purge_no_word_of_what_went_is_left_anywhere(
    links: dict[int, tuple[int, str, bool]], going: set[int], marked: bool, again: bool
) -> None:
    with temporary_store() as store:
        posts = []
        for number in range(1, 8):
            changes: dict[str, Any] = {"text": f"Word{number}quetzal of a long and winding story"}
            if number in links and links[number][0] != number:
                to, link, named = links[number]
                above = mention(to)
                quoted = said(
                    f"Word{to}quetzal of a long and winding story",
                    post_id=above.issued_id if named else "",
                )
                changes |= {link: above.issued_id, "context": context_of(answered=[quoted])}
            posts.append(mention(number, **changes))
        add(store, *posts)
        if marked:
            for number in going:
                go(store, posts[number - 1])
        if again:
            edited = [
                dataclasses.replace(post, text=f"{post.text} indeed", fetched_at=AT + 2 * HOUR,
                                    edited_at=AT + 2 * HOUR)
                for post in posts if not marked or post.issued_id not in
                {posts[number - 1].issued_id for number in going}
            ]  # fmt: skip
            add(store, *edited, at=AT + 2 * HOUR)
        proof = purge(store) if marked else store.retention.erase(going, by="amina", at=AT + DAY)
        assert proof.proved, proof
        for number in range(1, 8):
            assert holds(store, f"Word{number}quetzal") == (number not in going)


# ── posts that are no mentions ───────────────────────────────────────────────────────────────────


def due(store: Store, unseen: Any = AT, source: str = "x", **how: Any) -> list[ParentPost]:
    return store.answered_posts.due(source, {"x": unseen}, **how)[0]


@pytest.fixture
def alone(store: Store) -> Store:
    """An answer whose parent is no mention of ours."""
    add(store, child(root_id="1990"))
    return store


def test_only_what_is_no_mention_and_whose_words_are_here_is_asked_for(alone: Store) -> None:
    parent = ParentPost("x", PARENT.issued_id, is_comment=True)
    assert due(alone) == [parent]
    assert due(alone, AT - HOUR) == []
    assert due(alone, source="bluesky") == []
    add(alone, PARENT)
    assert due(alone) == []


def test_a_link_without_words_is_never_asked_for(store: Store) -> None:
    add(store, child(context=Context()), child(3, said("", handle="")))
    assert due(store) == []
    assert not rows(store)


def test_a_post_that_many_answer_is_asked_for_once(store: Store) -> None:
    add(store, *(child(number) for number in range(2, 30)))
    assert due(store) == [ParentPost("x", PARENT.issued_id)]


def test_posts_come_in_batches(store: Store) -> None:
    add(store, *(child(n, said(post_id=f"{n}"), parent_id=f"{n}") for n in range(2, 9)))
    seen: list[ParentPost] = []
    after = ""
    while True:
        batch, after = store.answered_posts.due("x", {"x": AT}, after=after, limit=3)
        seen += batch
        if not after:
            break
        assert len(batch) <= 3
    assert {post.issued_id for post in seen} == {str(n) for n in range(2, 9)}


def test_what_was_seen_is_not_due_until_later(alone: Store) -> None:
    alone.answered_posts.update([("x", PARENT.issued_id, WORDS)], [], at=AT + DAY)
    assert due(alone, AT + HOUR) == []
    assert len(due(alone, AT + DAY)) == 1
    assert context(alone).answered[0].text == WORDS


def test_a_new_answer_is_a_sight_of_what_it_answers(alone: Store) -> None:
    add(alone, child(3, fetched_at=AT + DAY), at=AT + DAY)
    assert due(alone, AT + HOUR) == []


def test_what_was_stored_before_posts_were_named_is_asked_for_by_its_links(store: Store) -> None:
    add(store, child(2, said(post_id=""), link="quoted_id"))
    assert due(store) == [ParentPost("x", PARENT.issued_id)]


def test_a_parent_that_is_gone_takes_its_words_along(alone: Store) -> None:
    assert alone.answered_posts.update([], [("x", PARENT.issued_id)], at=AT + DAY) == 1
    assert context(alone).answered[0].gone
    assert not holds(alone, "Quetzalbrook")
    told = [(event.kind, dict(event.about)) for event in alone.audit.events()]
    assert told[-1] == ("removed", {"mention": numbered(alone, 2), "reason": "answered post"})
    assert alone.answered_posts.update([], [("x", PARENT.issued_id)], at=AT + DAY) == 0


def test_a_parent_that_was_edited_says_what_it_says_now(alone: Store) -> None:
    alone.answered_posts.update([("x", PARENT.issued_id, "Sorted now")], [], at=AT + DAY)
    assert context(alone).answered[0].text == "Sorted now"
    alone.answered_posts.update([("x", PARENT.issued_id, "Sorted now, thanks")], [], at=AT + DAY)
    assert context(alone).answered[0].text == "Sorted now"


LIMITS = {"limits": {"x": 7 * DAY}, "deleted_after": timedelta(0)}


def test_what_no_look_has_seen_goes_by_the_limit_of_its_platform(alone: Store) -> None:
    at = AT + 8 * DAY
    add(alone, child(root_id="1990", fetched_at=at - HOUR), at=at - HOUR)
    bounds: Any = ({"x": 7 * DAY}, {}, {})
    assert alone.retention.overdue(AT + 6 * DAY, *bounds) == 0
    assert alone.retention.overdue(at, *bounds) == 1
    proof = purge(alone, at=at, **LIMITS)
    assert (dict(proof.gone), proof.proved) == ({"answered posts": 1}, True)
    assert context(alone).answered[0].gone
    assert alone.retention.overdue(at, *bounds) == 0


def test_our_own_words_need_no_look(store: Store) -> None:
    at = AT + 8 * DAY
    add(store, child(2, said(official=True)))
    add(store, child(2, said(official=True), fetched_at=at - HOUR), at=at - HOUR)
    assert store.retention.overdue(at, {"x": 7 * DAY}, {}, {}) == 0
    assert dict(purge(store, at=at, **LIMITS).gone) == {}
    assert context(store).answered[0].text == WORDS


def test_of_an_answer_of_ours_what_others_said_goes_when_it_may_be_kept_no_longer(
    store: Store,
) -> None:
    add(store, child(own=True))
    proof = purge(store, at=AT + 3 * DAY, longest={"x": 2 * DAY})
    assert dict(proof.gone) == {"answered posts": 1}
    assert context(store).answered[0].gone
