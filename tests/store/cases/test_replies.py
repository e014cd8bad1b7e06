"""What was replied is kept with its decision, sealed, once; it goes with the posts that it answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from core.errors import StoreError
from core.models import Author
from store import CaseDecision, Placing, Store
from store.sqlite import DatabaseError
from tests.store.factories import AT, DAY, HOUR, add, all_bytes, assess_all, flag, mention

WORDS = "Quizzaciously, PALS can help you with that"
LINK = "https://example.org/healthiernwl/status/zanquil"
US = Author(id="1", handle="HealthierNWL", name="NHS North West London")


def asked(store: Store, *numbers: int) -> int:
    """A case of people who ask for help; its number."""
    first, *more = numbers
    root = mention(first)
    add(store, root, *(mention(n, kind="reply", parent_id=root.issued_id) for n in more))
    assess_all(store, "medium", flags=[flag("assistance")])
    placed = [Placing(mention=one.mention, risk=one.risk) for one in store.grouping.ungrouped()]
    store.grouping.group(placed, alike=lambda one, other: False, at=AT)
    case = store.cases.of_mention(1)
    assert case is not None
    return case


def amina(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


def respond(case: int, by: int, *posts: int, **changes: Any) -> CaseDecision:
    given: dict[str, Any] = {
        "case": case, "kind": "respond", "by": by, "at": AT + HOUR,
        "covers": tuple((post, 1) for post in posts),
    }  # fmt: skip
    return CaseDecision(**(given | changes))


def test_a_reply_is_kept_with_the_decision_and_stops_the_clock(store: Store) -> None:
    case = asked(store, 1)
    assert [one.kind for one in store.deadlines.of_case(case) if one.stopped_at is None] == [
        "look",
        "assistance",
    ]
    kept = store.replies.record(
        respond(case, amina(store), 1), 0, text=WORDS, link=LINK, template="help"
    )
    assert kept
    assert [one.kind for one in store.deadlines.of_case(case) if one.stopped_at is None] == []
    (reply,) = store.replies.of_case(case)
    assert (reply.version, reply.posts, reply.by_name) == (1, (1,), "Amina Yusuf")
    assert (reply.text, reply.link, reply.template) == (WORDS, LINK, "help")
    (decided,) = store.cases.history(case)
    assert decided.decision.kind == "respond"


def test_who_was_slower_keeps_neither_reply_nor_decision(store: Store) -> None:
    case, by = asked(store, 1), amina(store)
    assert store.replies.record(respond(case, by, 1), 0, text=WORDS)
    assert not store.replies.record(respond(case, by, 1), 0, text="Another one")
    assert [one.text for one in store.replies.of_case(case)] == [WORDS]
    assert len(store.cases.history(case)) == 1


@pytest.mark.parametrize(
    ("changes", "text", "why"),
    [
        ({"kind": "monitor"}, WORDS, "decision that it was answered"),
        ({}, "  \n", "write down what was replied"),
        ({"covers": ()}, WORDS, "covers at least one"),
    ],
)
def test_a_reply_that_can_not_be_leaves_nothing(
    store: Store, changes: dict[str, Any], text: str, why: str
) -> None:
    case, by = asked(store, 1), amina(store)
    with pytest.raises(StoreError, match=why):
        store.replies.record(respond(case, by, 1, **changes), 0, text=text)
    assert store.replies.of_case(case) == []
    assert store.cases.history(case) == []


def test_words_and_link_are_sealed_and_the_event_holds_neither(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        case = asked(store, 1)
        store.replies.record(respond(case, amina(store), 1), 0, text=WORDS, link=LINK)
        (event,) = [one for one in store.audit.events() if one.kind == "reply recorded"]
        assert set(event.about) == {"case", "version", "by"}
        assert store.maintenance.verify().ok
    content = all_bytes(path)
    assert b"Quizzaciously" not in content
    assert b"zanquil" not in content


def test_a_new_key_opens_what_was_replied(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        case = asked(store, 1)
        store.replies.record(respond(case, amina(store), 1), 0, text=WORDS)
        new = Fernet.generate_key().decode()
        store.maintenance.rotate_keys([new, *keys], at=AT)
    with Store.open(path, [new]) as store:
        assert store.replies.of_case(case)[0].text == WORDS


def test_what_was_replied_is_never_changed(store: Store) -> None:
    case = asked(store, 1)
    store.replies.record(respond(case, amina(store), 1), 0, text=WORDS)
    with pytest.raises(DatabaseError, match="never changed"):
        store.database.execute("UPDATE replies SET by_user = NULL")


def test_a_reply_goes_with_the_last_post_that_it_answers(store: Store) -> None:
    case = asked(store, 1, 2)
    store.replies.record(respond(case, amina(store), 1, 2), 0, text=WORDS)
    add(store, mention(1, deleted=True, fetched_at=AT + DAY))
    keep = {"default": timedelta(days=365)}
    assert store.retention.purge(AT + 2 * DAY, keep, deleted_after=timedelta(0)).proved
    assert store.replies.of_case(case)[0].posts == (2,)
    proof = store.retention.erase([2], by="gwen", at=AT + 2 * DAY)
    assert proof.proved
    assert proof.left["replies"] == 0
    assert store.database.value("SELECT count(*) FROM replies") == 0


def test_what_our_own_accounts_answered_is_told(store: Store) -> None:
    root = mention(1)
    case = asked(store, 1, 2)
    ours = {"own": True, "author": US, "kind": "reply", "root_id": root.issued_id, "fetched_at": AT}
    add(
        store,
        mention(3, parent_id=mention(2).issued_id, posted_at=AT + HOUR, **ours),
        mention(4, parent_id="990", posted_at=AT, **ours),
        mention(5, parent_id=root.issued_id, posted_at=AT, deleted=True, **ours),
        mention(6, parent_id=root.issued_id, posted_at=AT - HOUR / 2, **(ours | {"own": False})),
    )
    (answer,) = store.replies.own_answers(case)
    assert (answer.mention, answer.to, answer.at) == (3, 2, AT + HOUR)
    assert answer.url == "https://example.org/rowan_ashdown/status/3"
    assert answer.masked == ""  # nobody has read it yet


def test_the_places_that_a_case_names(store: Store) -> None:
    add(store, mention(1))
    assess_all(store, "medium", flags=[flag("assistance")])
    (one,) = store.grouping.ungrouped()
    placed = Placing(mention=one.mention, risk=one.risk, places=("Harrow", "Brent"))
    store.grouping.group([placed], alike=lambda one, other: False, at=AT)
    assert store.cases.places(1) == {"Harrow", "Brent"}
    assert store.cases.places(99) == frozenset()
