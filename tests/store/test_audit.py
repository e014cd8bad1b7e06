"""Events are found by kind, person and day; looking changes none of them, and what was tampered with shows."""

from __future__ import annotations

import pytest

from core.errors import StoreError
from store import AuditQuery, Store
from store.team.users import UserKind
from tests.store.factories import AT, DAY, HOUR, add, mention

LOCAL: tuple[UserKind, ...] = ("local",)
OIDC: tuple[UserKind, ...] = ("oidc",)


@pytest.fixture
def people(store: Store) -> tuple[int, int]:
    """Ada, who administers, and Amina, whom she added and changed on the next day."""
    ada = store.users.add("local", "ada", "Ada Marsh", ["admin"], at=AT).number
    amina = store.users.add(
        "local", "amina", "Amina Yusuf", ["viewer"], at=AT + HOUR, by=ada
    ).number
    store.users.change(amina, roles=["reviewer"], at=AT + DAY, by=ada)
    return ada, amina


def kinds(store: Store, **asked: object) -> list[str]:
    return [one.kind for one in store.audit.page(AuditQuery(**asked)).events]  # type: ignore[arg-type]


def test_events_are_found_by_kind_person_and_day(store: Store, people: tuple[int, int]) -> None:
    ada, amina = people
    assert kinds(store) == ["user changed", "user added", "user added"]
    assert kinds(store, kinds=["user changed"]) == ["user changed"]
    assert kinds(store, person=ada) == kinds(store)  # what she did counts, and what was done to her
    assert kinds(store, person=amina) == ["user changed", "user added"]
    assert kinds(store, since=AT + HOUR, until=AT + DAY) == ["user added"]
    assert kinds(store, person=99) == kinds(store, kinds=["no such kind"]) == []


def test_a_change_of_roles_says_from_what_to_what_and_by_whom(
    store: Store, people: tuple[int, int]
) -> None:
    ada, amina = people
    (changed,) = store.audit.page(AuditQuery(kinds=["user changed"])).events
    assert changed.about == {
        "user": amina, "by": ada, "changed": "roles", "before": "viewer", "roles": "reviewer",
    }  # fmt: skip


def test_pages_hold_every_event_once(store: Store) -> None:
    for number in range(7):
        store.users.add("local", f"a{number}", "", ["viewer"], at=AT)
    pages = [store.audit.page(AuditQuery(page=page, size=3)) for page in (1, 2, 3, 4)]
    assert [one.number for page in pages for one in page.events] == [7, 6, 5, 4, 3, 2, 1]
    assert {page.total for page in pages} == {7}


def test_somebody_is_known_by_the_fingerprint_of_their_name_unless_two_share_it(
    store: Store, people: tuple[int, int]
) -> None:
    add(store, mention())
    store.mentions.reveal(1, by="amina", at=AT)
    (revealed,) = store.audit.page(AuditQuery(kinds=["revealed"])).events
    assert store.audit.fingerprints()[str(revealed.about["by"])] == people[1]
    assert "revealed" in kinds(store, person=people[1])
    store.users.add("local", "other", "amina", ["viewer"], at=AT)  # as somebody else signs in
    assert str(revealed.about["by"]) not in store.audit.fingerprints()


def test_looking_changes_nothing_and_a_copy_leaves_one_event(
    store: Store, people: tuple[int, int]
) -> None:
    before = store.audit.events()
    store.audit.page(AuditQuery())
    store.audit.kinds()
    store.audit.reveals()
    store.audit.check_chain()
    assert store.audit.events() == before
    assert store.audit.export(AuditQuery(), by=people[0], at=AT) == (3, 3)
    assert store.audit.events()[:3] == before
    assert [one.about for one in store.audit.events(3)] == [
        {"by": people[0], "events": 3, "last": 3}
    ]
    copied = store.audit.events_up_to(AuditQuery(), 3, after=0)
    assert copied == before  # the event of the copy itself is not in it


def test_a_reason_goes_with_its_post_and_that_it_was_seen_stays(store: Store) -> None:
    add(store, mention(), mention(2))
    store.mentions.reveal(1, by="amina", at=AT, reason="to ring the practice")
    store.mentions.reveal(1, by="amina", at=AT, reason="again")
    store.mentions.reveal(2, by="amina", at=AT, reason="another")
    found, total = store.audit.reveals()
    assert [(one.mention, one.reason) for one in found] == [
        (2, "another"), (1, "again"), (1, "to ring the practice"),
    ]  # fmt: skip
    store.retention.erase([1], by="Gwen", at=AT)
    found, total = store.audit.reveals()
    assert total == 3
    assert [(one.mention, one.reason) for one in found] == [(2, "another"), (1, None), (1, None)]


def test_a_whole_chain_holds_every_head_that_was_noted(
    store: Store, people: tuple[int, int]
) -> None:
    noted = store.audit.check_chain().head
    store.sessions.end_all(people[1], at=AT)
    found = store.audit.check_chain(noted)
    assert (found.ok, found.events) == (True, 4)
    assert not store.audit.check_chain("0" * 64).ok


def tampered(store: Store, sql: str) -> None:
    for trigger in ("events_never_change", "events_never_go"):
        store.database.execute(f"DROP TRIGGER {trigger}")
    store.database.execute(sql)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("""UPDATE events SET about = replace(about, 'reviewer', 'admin') WHERE number = 3""", "broken at event 3"),
        ("UPDATE events SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 1", "broken at event 1"),
        ("DELETE FROM events WHERE number = 2", "broken at event 3"),
        ("DELETE FROM events WHERE number = 3", "missing from the end"),
    ],
)  # fmt: skip
def test_what_was_changed_or_taken_out_is_seen(
    store: Store, people: tuple[int, int], sql: str, says: str
) -> None:
    tampered(store, sql)
    found = store.audit.check_chain()
    assert not found.ok
    assert says in found.problems[0]


def test_events_cannot_be_changed_or_removed(store: Store, people: tuple[int, int]) -> None:
    for sql in ("UPDATE events SET kind = 'x'", "DELETE FROM events"):
        with pytest.raises(Exception, match="events are added"):
            store.database.execute(sql)


def test_an_administrator_who_could_not_sign_in_does_not_count_as_the_last(store: Store) -> None:
    ada = store.users.add("local", "ada", "Ada", ["admin"], at=AT).number
    store.users.change(ada, secret="hash", at=AT)
    store.users.add("local", "new", "New", ["admin"], at=AT)  # has no password yet
    olu = store.users.add("oidc", "t/o", "Olu", ["admin"], at=AT).number
    store.users.change(ada, active=True, at=AT)
    with pytest.raises(StoreError, match="must stay administrator"):
        store.users.change(ada, roles=["viewer"], at=AT, signs_in=LOCAL)
    with pytest.raises(StoreError, match="must stay administrator"):
        store.users.change(ada, active=False, at=AT, signs_in=LOCAL)
    store.users.change(ada, roles=["viewer"], at=AT, signs_in=(*LOCAL, *OIDC))
    with pytest.raises(StoreError, match="must stay administrator"):
        store.users.change(olu, active=False, at=AT, signs_in=OIDC)
