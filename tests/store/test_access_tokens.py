from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from store import Store, Token
from tests.store.factories import AT, DAY, add, all_bytes, mention

TOKEN = Token(
    source="linkedin", access="invented-access", renewal="invented-renewal", at=AT,
    expires_at=AT + 60 * DAY, renewable_until=AT + 365 * DAY,
)  # fmt: skip


def test_a_token_comes_back_as_it_was_given(store: Store) -> None:
    store.tokens.add(TOKEN, by="Ana Example")
    assert store.tokens.all() == [TOKEN]


def test_a_renewed_token_takes_the_place_of_the_former(store: Store) -> None:
    store.tokens.add(TOKEN, by="Ana Example")
    newer = Token(source="linkedin", access="newer", at=AT + DAY)
    store.tokens.add(newer)
    assert store.tokens.all() == [newer]
    kinds = [event.kind for event in store.audit.events()]
    assert kinds == ["access granted", "access renewed"]


def test_a_renewal_never_takes_the_place_of_what_a_person_did_meanwhile(store: Store) -> None:
    store.tokens.add(TOKEN, by="Ana Example")
    renewed = Token(source="linkedin", access="renewed", at=AT + DAY)
    another = Token(source="linkedin", access="another", at=AT + DAY)
    store.tokens.add(another, by="Ana Example")
    assert not store.tokens.renew(renewed, of=TOKEN)
    assert store.tokens.all() == [another]
    store.tokens.forget("linkedin", by="Ana Example", at=AT + DAY)
    assert not store.tokens.renew(renewed, of=another)
    assert store.tokens.all() == []
    assert store.tokens.renew(renewed, of=None)
    assert store.tokens.all() == [renewed]


def test_a_token_is_sealed_and_events_name_nobody(store: Store) -> None:
    store.tokens.add(TOKEN, by="Ana Example")
    path = store.database.path
    store.close()
    written = all_bytes(Path(path))
    for secret in (b"invented-access", b"invented-renewal", b"Ana Example"):
        assert secret not in written


def test_a_token_that_is_given_up_is_gone(store: Store) -> None:
    store.tokens.add(TOKEN, by="Ana Example")
    assert store.tokens.forget("linkedin", by="Ana Example", at=AT)
    assert not store.tokens.forget("linkedin", by="Ana Example", at=AT)
    assert store.tokens.all() == []


def test_what_ends_within_a_week_and_cannot_be_renewed_is_told(store: Store) -> None:
    week = timedelta(days=7)
    store.tokens.add(Token(source="a", access="x", at=AT, expires_at=AT + 6 * DAY))
    store.tokens.add(Token(source="b", access="x", at=AT, expires_at=AT + 8 * DAY))
    store.tokens.add(Token(source="c", access="x", renewal="r", at=AT, expires_at=AT + DAY))
    store.tokens.add(
        Token(source="d", access="x", renewal="r", at=AT, expires_at=AT + DAY, renewable_until=AT + DAY)
    )  # fmt: skip
    store.tokens.add(Token(source="e", access="x", at=AT))
    assert [token.source for token in store.tokens.ending(AT, week)] == ["a", "d"]


def test_keys_can_be_changed_under_tokens_and_notes(store: Store, keys: list[str]) -> None:
    from cryptography.fernet import Fernet

    store.tokens.add(TOKEN, by="Ana Example")
    store.mentions.add_page("bluesky", [mention(1)], at=AT, noted={"session": "sealed"})
    store.maintenance.rotate_keys([Fernet.generate_key().decode(), *keys])
    assert store.tokens.all() == [TOKEN]
    assert store.sources.state("bluesky") == {"session": "sealed"}
    assert store.maintenance.verify().ok


# ── parts of a run, and what sources note down ───────────────────────────────────────────────────


def test_a_run_in_parts_is_counted_as_one(store: Store) -> None:
    first = store.mentions.add_page("x", [mention(1), mention(2)], at=AT)
    second = store.mentions.add_page("x", [mention(2), mention(3)], at=AT)
    done = add(store, earlier=first + second)
    assert (done.new, done.again) == (3, 1)
    assert store.sources.last_complete_run("x") == AT


def test_parts_of_a_run_that_never_ended_are_kept_and_move_no_bookmark(store: Store) -> None:
    store.mentions.add_page("x", [mention(1)], at=AT)
    assert store.figures.row_counts()["mentions"] == 1
    assert store.sources.last_complete_run("x") is None


def test_notes_outlast_a_run_that_failed_and_an_empty_one_is_forgotten(store: Store) -> None:
    store.mentions.add_page("x", [], at=AT, noted={"spent": "1.25", "gap": "old"})
    store.mentions.add_run(
        "x", [], since=AT, at=AT, error="broken", complete=False, state={"etag": "lost"}
    )
    assert store.sources.state("x") == {"spent": "1.25", "gap": "old"}
    store.mentions.add_page("x", [], at=AT, noted={"gap": ""})
    stale = {"etag": "a", "gap": "old"}  # as the run was told it when it began
    store.mentions.add_run("x", [], since=AT, at=AT, complete=True, state=stale)
    assert store.sources.state("x") == {"etag": "a", "spent": "1.25"}


# ── looking again ────────────────────────────────────────────────────────────────────────────────


def test_what_a_source_found_and_was_not_seen_lately_is_handed_out_in_batches(store: Store) -> None:
    add(store, *(mention(number, fetched_at=AT - 2 * DAY) for number in range(1, 6)))
    add(store, mention(6, fetched_at=AT))
    add(store, mention(7, fetched_at=AT - 2 * DAY, platform="reddit", issuer="reddit"))
    add(store, mention(8, fetched_at=AT - 2 * DAY), source="other")
    first = store.mentions.unseen("x", {"x": AT - DAY}, limit=3)
    second = store.mentions.unseen("x", {"x": AT - DAY}, after=first[-1].number, limit=3)
    assert [stored.number for stored in (*first, *second)] == [1, 2, 3, 4, 5]
    assert not store.mentions.unseen("x", {}, limit=3)


def test_what_is_seen_again_counts_as_fresh(store: Store) -> None:
    add(store, mention(1, fetched_at=AT - 2 * DAY))
    store.mentions.add_page("x", [mention(1, fetched_at=AT)], at=AT)
    assert not store.mentions.unseen("x", {"x": AT - DAY})


def test_what_is_gone_is_marked_with_why_and_not_looked_for_again(store: Store) -> None:
    add(store, mention(1, fetched_at=AT - 2 * DAY), mention(2, fetched_at=AT - 2 * DAY))
    gone = [("x", mention(1).issued_id, "private"), ("x", "never-held", "deleted")]
    assert store.mentions.mark_gone(gone, at=AT) == 1
    assert store.mentions.mark_gone(gone, at=AT) == 0
    assert [stored.number for stored in store.mentions.unseen("x", {"x": AT})] == [2]
    assert (
        store.database.value("SELECT deletion_reason FROM mentions WHERE number = 1") == "private"
    )
    found = store.mentions.get(1)
    assert found is not None
    assert found.mention.deleted


def test_hidden_and_own_are_kept_and_hidden_can_end(store: Store) -> None:
    add(store, mention(1, hidden=True, own=True, parent_id="19900000000000002"))
    found = store.mentions.get(1)
    assert found is not None
    assert found.mention.hidden
    assert found.mention.own
    store.mentions.add_page("x", [mention(1, fetched_at=AT + DAY)], at=AT + DAY)
    found = store.mentions.get(1)
    assert found is not None
    assert not found.mention.hidden
    assert found.mention.own  # a second source may not know
    assert found.mention.parent_id == "19900000000000002"


def test_a_late_copy_does_not_hide_what_is_shown_now(store: Store) -> None:
    add(store, mention(1, fetched_at=AT))
    add(store, mention(1, fetched_at=AT - DAY, hidden=True))
    found = store.mentions.get(1)
    assert found is not None
    assert not found.mention.hidden


def test_what_was_done_on_a_platform_is_remembered(store: Store) -> None:
    add(store, mention(1))
    assert not store.moderations.last_was(1, ["hide"])
    store.moderations.note(1, "facebook", "hide", by="Ana Example", at=AT)
    assert store.moderations.last_was(1, ["hide"])
    assert not store.moderations.last_was(1, ["delete"])
    assert store.mentions.sources_of(1) == ["x"]
