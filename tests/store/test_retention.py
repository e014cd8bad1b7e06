"""What must go goes from everywhere, what is held stays, and the proof would see what is left."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import StoreError
from core.models import Author
from store import Early, PurgeProof, Store, maintenance
from store.deletion import PLACES
from store.residue_scan import find_fragments, fragments
from tests.store.cases.test_decisions import decision
from tests.store.factories import (
    AT,
    DAY,
    HOUR,
    add,
    all_bytes,
    assess_all,
    dump,
    flag,
    mention,
)  # fmt: skip

YEAR = timedelta(days=365)
KEEP = {"default": YEAR}
NEVER = timedelta(days=9999)
GONE = "Zanzibarquux the registrar read my letter aloud in the corridor of the ward"
STAYS = "Parking at the hospital is dear but the nurses in the clinic are lovely people"


def filled(store: Store) -> None:
    add(store, mention(1, text=GONE), mention(2, text=STAYS))
    assess_all(store, "high", flags=[flag()])
    store.decisions.add(decision(mention=1, note="about Zanzibarquux"), 0)


def purge(store: Store, at: object = AT + 2 * DAY, **how: object) -> PurgeProof:
    given = {"retention": KEEP, "deleted_after": timedelta(0)} | how
    return store.retention.purge(at, given.pop("retention"), **given)  # type: ignore[arg-type]


def rows_left(store: Store) -> dict[str, int]:
    return {table: store.database.value(f"SELECT count(*) FROM {table}") for table in PLACES}


def test_what_was_deleted_upstream_goes_from_everywhere(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        filled(store)
        add(store, mention(1, deleted=True, fetched_at=AT + DAY))
        proof = purge(store)
        assert (dict(proof.gone), proof.proved) == ({"deleted": 1}, True)
        assert proof.sought > 0
        assert set(rows_left(store).values()) <= {0, 1}
        assert rows_left(store)["mentions"] == 1
        assert store.search.by_words("zanzibarquux") == []
        assert store.decisions.of_mention(1) == []
        assert store.maintenance.verify().ok
        content = all_bytes(path)
        assert b"zanzibarquux" not in content.lower()
        assert STAYS.encode() in content


def test_before_it_the_words_were_there_for_the_proof_to_find(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        filled(store)
        assert find_fragments(fragments(GONE), [all_bytes(path)])


def test_what_is_not_due_stays(store: Store) -> None:
    filled(store)
    add(store, mention(1, deleted=True, fetched_at=AT + DAY))
    before = dump(store)
    proof = purge(store, deleted_after=3 * DAY)
    assert (dict(proof.gone), proof.proved, proof.sought) == ({}, True, 0)
    assert dump(store) == before


def test_what_was_purged_does_not_come_again(store: Store) -> None:
    filled(store)
    purge(store, at=AT + 2 * YEAR)
    assert add(store, mention(1, fetched_at=AT + 2 * YEAR), mention(3)).gone == 1
    assert rows_left(store)["mentions"] == 1
    (tombstone,) = store.database.rows(
        "SELECT * FROM tombstones WHERE at = (SELECT max(at) FROM tombstones) LIMIT 1"
    )
    assert tombstone.keys() == ["key_hash", "at"]


def test_retention_is_by_platform_with_a_default(store: Store) -> None:
    add(store, mention(1), mention(2, platform="blog"), mention(3, platform="news"))
    proof = purge(
        store, at=AT + 40 * DAY, retention={"x": 10 * DAY, "news": 90 * DAY, "default": 30 * DAY}
    )
    assert proof.gone == {"retention": 2}
    assert [one.number for one in store.assessments.unassessed("p", "m")] == [3]


def test_without_a_retention_nothing_is_too_old(store: Store) -> None:
    filled(store)
    assert purge(store, at=AT + 90 * YEAR, retention={}).gone == {}


def test_a_platforms_limit_counts_from_when_an_item_was_last_seen(store: Store) -> None:
    add(store, mention(1, platform="reddit"), mention(2, platform="reddit"))
    add(store, mention(2, platform="reddit", fetched_at=AT + DAY))
    proof = purge(store, at=AT + 2 * DAY, limits={"reddit": 2 * DAY})
    assert proof.gone == {"limit": 1}
    assert [one.number for one in store.assessments.unassessed("p", "m")] == [2]


def test_being_told_again_that_it_is_deleted_is_no_refresh(store: Store) -> None:
    add(store, mention(1, platform="reddit"))
    for day in (1, 2, 3):
        add(store, mention(1, platform="reddit", deleted=True, fetched_at=AT + day * DAY))
    proof = purge(store, at=AT + 3 * DAY, deleted_after=NEVER, limits={"reddit": 2 * DAY})
    assert proof.gone == {"limit": 1}


@pytest.mark.parametrize("source", ["import", "files", "noted"])
def test_what_a_person_or_another_tool_says_is_no_look_at_the_platform(
    store: Store, source: str
) -> None:
    late = mention(1, platform="reddit", fetched_at=AT + DAY, metrics={"likes": 9})
    add(store, mention(1, platform="reddit"))
    add(store, late, source=source)
    stored = store.mentions.get(1)
    assert stored is not None
    assert stored.mention.metrics["likes"] == 9
    assert purge(store, at=AT + 2 * DAY, limits={"reddit": 2 * DAY}).gone == {"limit": 1}
    add(store, mention(2), mention(3))
    store.mentions.mark_gone([("x", mention(2).issued_id, "deleted")], at=AT)
    store.retention.forget_authors([("x", mention(3).issued_id)], at=AT)
    told = add(store, *(mention(n, fetched_at=AT + DAY) for n in (2, 3)), source=source)
    assert (told.gone, told.again) == (1, 1)
    gone, nameless = store.mentions.get(2), store.mentions.get(3)
    assert gone is not None
    assert gone.mention.deleted
    assert nameless is not None
    assert (nameless.mention.author.handle, nameless.mention.author.bio) == ("", "")


def test_a_hold_keeps_until_it_ends_but_never_past_a_platforms_limit(store: Store) -> None:
    add(store, mention(1), mention(2, platform="reddit"))
    for number in (1, 2):
        store.retention.hold(
            number, reason="complaint 12", approver="sirius", at=AT, expires=AT + 500 * DAY
        )
    add(store, mention(1, deleted=True, fetched_at=AT + DAY))
    proof = purge(store, at=AT + 400 * DAY, limits={"reddit": 2 * DAY})
    assert (proof.gone, proof.held_back) == ({"limit": 1}, 1)
    assert purge(store, at=AT + 501 * DAY).gone == {"deleted": 1}


def test_what_is_gone_there_goes_here_in_time_whatever_a_hold_or_the_file_says(
    store: Store,
) -> None:
    add(
        store,
        mention(1, platform="reddit"),
        mention(2, platform="bluesky"),
        mention(3, platform="x"),
    )
    for number in (1, 2, 3):
        store.retention.hold(
            number, reason="complaint 12", approver="sirius", at=AT, expires=AT + YEAR
        )
    for number, platform in ((1, "reddit"), (2, "bluesky")):
        add(store, mention(number, platform=platform, deleted=True, fetched_at=AT + HOUR))
    day = {"reddit": DAY, "x": DAY}
    assert not store.retention.overdue(AT + DAY, {}, {}, {}, day)
    assert purge(store, at=AT + DAY, deleted_after=NEVER, gone_within=day).gone == {}
    assert store.retention.overdue(AT + DAY + HOUR, {}, {}, {}, day) == 1
    proof = purge(store, at=AT + DAY + HOUR, deleted_after=NEVER, gone_within=day)
    assert proof.gone == {"deleted": 1}
    assert not store.retention.overdue(AT + 2 * DAY, {}, {}, {}, day)
    assert [one.number for one in store.assessments.unassessed("p", "m")] == [3]
    assert store.mentions.get(2) is not None  # its terms name no time: the hold keeps it


def test_words_that_an_edit_replaced_go_in_time_though_a_hold_keeps_the_rest(store: Store) -> None:
    for number, platform in ((1, "x"), (2, "bluesky")):
        add(store, mention(number, platform=platform))
        store.retention.hold(
            number, reason="complaint 12", approver="sirius", at=AT, expires=AT + YEAR
        )
    assess_all(store)
    for number, platform in ((1, "x"), (2, "bluesky")):
        add(store, mention(number, platform=platform, text=STAYS, fetched_at=AT + HOUR))
    assess_all(store)
    proof = purge(store, deleted_after=NEVER, gone_within={"x": DAY})
    assert (dict(proof.gone), proof.proved) == ({"superseded": 1}, True)


def test_a_hold_that_is_lifted_keeps_nothing(store: Store) -> None:
    add(store, mention(1))
    store.retention.hold(1, reason="complaint 12", approver="sirius", at=AT, expires=AT + 900 * DAY)
    assert purge(store, at=AT + 400 * DAY).held_back == 1
    store.retention.lift_hold(1, by="sirius", at=AT)
    assert purge(store, at=AT + 400 * DAY).gone == {"retention": 1}


@pytest.mark.parametrize("without", [{"reason": " "}, {"approver": ""}, {"expires": AT}])
def test_a_hold_needs_a_reason_an_approver_and_an_expiry(
    store: Store, without: dict[str, object]
) -> None:
    add(store, mention(1))
    whole: dict[str, object] = {"reason": "r", "approver": "a", "expires": AT + DAY}
    with pytest.raises(StoreError):
        store.retention.hold(1, at=AT, **(whole | without))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="no mention 2"):
        store.retention.hold(2, at=AT, **whole)  # type: ignore[arg-type]


def test_words_that_an_edit_replaced_go_once_the_new_ones_are_read(
    path: Path, keys: list[str]
) -> None:
    with Store.open(path, keys) as store:
        add(store, mention(1, text=GONE))
        assess_all(store, "high")
        add(store, mention(1, text=STAYS, fetched_at=AT + HOUR))
        assert purge(store).gone == {}  # what we think of it still rests on them
        assess_all(store, "low")
        proof = purge(store)
        assert (dict(proof.gone), proof.proved) == ({"superseded": 1}, True)
        item = store.figures.item(1)
        assert item is not None
        assert (item.revision, item.risk, item.edited) == (2, "low", True)
        assert b"zanzibarquux" not in all_bytes(path).lower()
        assert add(store, mention(1, text="Third", fetched_at=AT + DAY)).changed == 1


def test_a_copy_that_stays_is_no_failed_proof(store: Store) -> None:
    add(store, mention(1, text=GONE), mention(2, text=GONE), mention(3, text=STAYS))
    assess_all(store)
    proof = store.retention.erase([1], by="governance", at=AT)
    assert proof.proved
    assert store.search.by_words("zanzibarquux") == [2]


def test_an_erasure_takes_one_mention_or_all_of_one_author(store: Store) -> None:
    other = Author(id="88", handle="rowan_ashdown_fan", name="Rowan Ashdown-Lee")
    add(store, mention(1), mention(2), mention(3, author=other), mention(4, platform="blog"))
    assess_all(store)
    assert store.retention.erase([4, 77], by="governance", at=AT).gone == {"erased": 1}
    store.retention.hold(2, reason="claim", approver="sirius", at=AT, expires=AT + DAY)
    proof = store.retention.erase_person("@Rowan_Ashdown", by="governance", at=AT)
    assert (proof.gone, proof.held_back, proof.proved) == ({"erased": 1}, 1, True)
    assert [one.number for one in store.assessments.unassessed("p", "m")] == [2, 3]
    assert store.retention.erase_person("", by="governance", at=AT).gone == {}
    assert "ashdown" not in str(store.audit.events()).lower()


def test_numbers_of_purged_mentions_are_never_given_to_others(store: Store) -> None:
    add(store, mention(1), mention(2))
    store.retention.erase([2], by="governance", at=AT)
    add(store, mention(3))
    assert [one.number for one in store.assessments.unassessed("p", "m")] == [1, 3]


def test_a_reader_in_the_way_is_named_and_the_next_purge_completes_the_proof(
    path: Path, keys: list[str]
) -> None:
    with Store.open(path, keys, patience=0.05) as store, Store.open(path, keys) as reader:
        filled(store)
        reader.database.execute("BEGIN")
        reader.database.value("SELECT count(*) FROM mentions")
        proof = store.retention.erase([1], by="governance", at=AT)
        assert not proof.proved
        assert any("run purge again" in trouble for trouble in proof.trouble)
        assert store.assessments.unassessed("p", "m")[0].number == 2
        reader.database.connection.rollback()
        assert purge(store).proved
        assert b"zanzibarquux" not in all_bytes(path).lower()


def test_a_file_too_large_to_be_made_anew_in_memory_is_overwritten_where_its_words_stood(
    path: Path, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite would hold all of the new file in memory: 15 GB of it for five million mentions."""
    monkeypatch.setattr(maintenance, "WHOLE_IN_MEMORY", 0)
    with Store.open(path, keys) as store:
        long = " ".join(f"{GONE} {number}" for number in range(200))  # pages of its own
        rest = [mention(number, text=f"{STAYS} {number}") for number in range(2, 60)]
        add(store, mention(1, text=long), *rest)
        assess_all(store, "high", flags=[flag()])
        statements: list[str] = []
        store.database.connection.set_trace_callback(statements.append)
        proof = store.retention.erase([1], by="governance", at=AT)
        store.database.connection.set_trace_callback(None)
        assert (proof.proved, proof.sought > 10) == (True, True)
        assert "VACUUM" not in statements
        assert not store.maintenance.vacuum_is_due()
        assert b"zanzibarquux" not in all_bytes(path).lower()
        assert store.maintenance.verify().problems == ()


def test_what_an_interrupted_backup_left_is_swept(store: Store, path: Path) -> None:
    left = path.with_name(f"{path.name}-leftover-abc")
    left.write_text("clear words")
    assert not purge(store).proved  # somebody may be making it
    assert left.exists()
    os.utime(left, (0, 0))
    assert purge(store).proved
    assert not left.exists()


def test_events_say_what_went_and_why(store: Store) -> None:
    filled(store)
    purge(store, at=AT + 2 * YEAR)
    told = [(event.kind, dict(event.about)) for event in store.audit.events()][-3:]
    assert told == [
        ("removed", {"mention": 1, "reason": "retention"}),
        ("removed", {"mention": 2, "reason": "retention"}),
        ("purged", {"retention": 2}),
    ]


@pytest.mark.parametrize("place", range(0, 70))
def test_a_fragment_is_found_wherever_it_lies(place: int) -> None:
    wanted = fragments("one two three four five six")
    assert wanted
    whole = bytes(place) + b"one two three four five six" + bytes(70 - place)
    for size in (1, 7, 16, 33, 500):
        blocks = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert find_fragments(wanted, blocks) == wanted
    assert find_fragments(wanted, [whole.replace(b"two", b"too")]) == set()
    assert find_fragments(set(), [whole]) == set()


def test_short_words_prove_nothing_and_are_not_sought() -> None:
    assert fragments("thank you") == set()
    assert all(len(piece) == 32 for piece in fragments("wörter " * 500))


def test_what_a_profile_says_goes_before_the_rest_where_terms_say_so(store: Store) -> None:
    add(store, mention(1, platform="linkedin", issuer="linkedin", fetched_at=AT))
    add(store, mention(2, fetched_at=AT))
    day = {"linkedin": DAY}
    assert not store.retention.overdue(AT + DAY / 2, {}, day, {})
    assert store.retention.overdue(AT + DAY, {}, day, {})
    proof = purge(store, at=AT + DAY, profiles=day)
    assert proof.proved
    assert proof.gone == {"profile": 1}
    found, other = store.mentions.get(1), store.mentions.get(2)
    assert found is not None
    assert other is not None
    assert (found.mention.author.handle, found.mention.author.bio) == ("", "")
    assert found.mention.text
    assert other.mention.author.handle
    assert not store.retention.overdue(AT + 2 * DAY, {}, day, {})  # it is done once
    assert purge(store, at=AT + 2 * DAY, profiles=day).gone == {}


def test_what_our_own_profile_says_is_nobodys_and_stays(store: Store) -> None:
    add(store, mention(1, platform="linkedin", own=True))
    day = {"linkedin": DAY}
    assert not store.retention.overdue(AT + DAY, {}, day, {})
    assert purge(store, at=AT + DAY, profiles=day).gone == {}
    (spoke,) = store.own_posts.activity(AT - DAY, AT + DAY)
    assert spoke.handle


def test_a_profile_that_is_seen_again_is_known_again(store: Store) -> None:
    add(store, mention(1, platform="linkedin", fetched_at=AT))
    purge(store, at=AT + DAY, profiles={"linkedin": DAY})
    add(store, mention(1, platform="linkedin", fetched_at=AT + 2 * DAY))
    found = store.mentions.get(1)
    assert found is not None
    assert found.mention.author.handle
    assert store.retention.overdue(AT + 3 * DAY, {}, {"linkedin": DAY}, {})


def test_what_others_said_goes_after_so_long_however_often_it_is_seen_again(store: Store) -> None:
    us = mention(2, platform="linkedin", fetched_at=AT, own=True)
    add(store, mention(1, platform="linkedin", fetched_at=AT), us)
    store.retention.hold(1, reason="a complaint", approver="Ana", at=AT, expires=AT + YEAR)
    store.mentions.add_page(
        "x", [mention(1, platform="linkedin", fetched_at=AT + DAY)], at=AT + DAY
    )
    longest = {"linkedin": 2 * DAY}
    assert not store.retention.overdue(AT + DAY, {}, {}, longest)
    assert store.retention.overdue(AT + 2 * DAY, {}, {}, longest)
    assert purge(store, at=AT + 2 * DAY, longest=longest).gone == {"limit": 1}
    assert store.mentions.get(2) is not None  # what we said ourselves is ours
    assert not store.retention.overdue(AT + 3 * DAY, {}, {}, longest)


CHILD = timedelta(days=7)


def marked(store: Store, number: int, child: bool = True) -> None:
    store.database.execute("UPDATE mentions SET child = ? WHERE number = ?", child, number)


def test_what_names_a_child_goes_soonest_and_what_names_none_stays(store: Store) -> None:
    add(store, mention(1), mention(2), mention(3, own=True))
    marked(store, 1)
    marked(store, 2, child=False)
    marked(store, 3)  # ours, as before such posts were left out
    assert purge(store, AT + CHILD - HOUR, early=Early(children=CHILD)).gone == {}
    assert dict(purge(store, AT + CHILD, early=Early(children=CHILD)).gone) == {"child": 1}
    assert store.mentions.get(2) is not None


def test_a_hold_keeps_what_names_a_child_too(store: Store) -> None:
    add(store, mention(1))
    marked(store, 1)
    store.retention.hold(1, reason="a review", approver="sirius", at=AT, expires=AT + 20 * DAY)
    assert purge(store, AT + CHILD, early=Early(children=CHILD)).gone == {}
    assert dict(purge(store, AT + 20 * DAY, early=Early(children=CHILD)).gone) == {"child": 1}


def test_a_hold_that_ends_is_lifted_and_told_once(store: Store) -> None:
    add(store, mention(1))
    store.retention.hold(1, reason="a claim", approver="sirius", at=AT, expires=AT + DAY)
    assert [one.lifted_at for one in store.retention.holds(since=AT)] == [None]
    purge(store, AT + DAY)
    purge(store, AT + 2 * DAY)
    ended = store.retention.holds(since=AT)
    assert [(one.lifted_at, one.reason) for one in ended] == [(AT + DAY, "a claim")]
    kinds = [event.kind for event in store.audit.events()]
    assert kinds.count("hold ended") == 1
    assert store.retention.holds(since=AT + 2 * DAY) == []


def test_a_hold_that_nobody_answered_in_time_is_over_and_told_once(store: Store) -> None:
    add(store, mention(1))
    user = store.users.add("local", "bea", "Bea Whitlock", ["lead"], at=AT).number
    asked, end = store.hold_requests, AT + DAY
    for _ in range(2):  # the first is over by the second, and never ran out
        asked.ask([1], approver=user, by=None, by_name="Jo", reason="a claim", at=AT, expires=end)
    assert asked.ran_out(AT, since=AT - DAY) == []
    for later in (end, end + DAY):
        purge(store, later)
        (one,) = asked.ran_out(later, since=AT, approver=user)
        assert (one.number, asked.waiting(later)) == (2, [])
    assert [event.kind for event in store.audit.events()].count("hold ran out") == 1


def test_what_is_asked_to_hold_while_nobody_else_is_there_waits_for_whoever_comes_and_is_left_for_30_days(
    store: Store,
) -> None:
    add(store, mention(1), mention(2, text="Parking in Harrow costs more than the bus does"))
    first = store.users.add("local", "gwen", "Gwen Okafor", ["governance"], at=AT).number
    store.hold_requests.ask([1], approver=first, by=first, by_name="gwen", reason="a claim", at=AT, expires=AT + 90 * DAY)  # fmt: skip
    assert store.hold_requests.waiting(AT, approver=first) == []  # nobody agrees to their own
    bea = store.users.add("local", "bea", "Bea Whitlock", ["lead"], at=AT + 9 * DAY).number
    purge(store, AT + 29 * DAY, retention={"default": DAY})
    assert (store.mentions.get(1) is None, store.mentions.get(2) is None) == (False, True)
    (waiting,) = store.hold_requests.waiting(AT + 29 * DAY, approver=bea)
    assert waiting.spared_until == AT + 30 * DAY
    assert store.hold_requests.answer([waiting.number], agrees=True, by=bea, by_name="Bea Whitlock", at=AT + 29 * DAY) == 1  # fmt: skip
    purge(store, AT + 40 * DAY, retention={"default": DAY})
    assert store.retention.on_hold(1, AT + 40 * DAY)
    assert store.mentions.get(1) is not None


def test_but_not_for_longer_where_nobody_comes(store: Store) -> None:
    add(store, mention(1))
    first = store.users.add("local", "gwen", "Gwen Okafor", ["governance"], at=AT).number
    for day in (0, 20):  # asking again lengthens nothing
        store.hold_requests.ask([1], approver=first, by=first, by_name="gwen", reason="a claim", at=AT + day * DAY, expires=AT + 90 * DAY)  # fmt: skip
    purge(store, AT + 31 * DAY, retention={"default": DAY})
    assert store.mentions.get(1) is None
