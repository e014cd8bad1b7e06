"""Who is emailed that something waits for their yes, and what it says: no words of a post, nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import get_args

import pytest

from core.models import Role
from reports import asked
from settings.review import EscalationRole
from store import Store, User
from tests.review.factories import NOW, shipped
from tests.store.factories import AT
from tests.stores import temporary_store


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with temporary_store() as opened:
        yield opened


GUARDIANS = EscalationRole(key="guardian", type="guardian", name="Guardian", when="Concerns", email=("speak.up@example.org",))  # fmt: skip


def person(handle: str) -> User:
    return User(number=1, kind="local", handle=handle, name="Una Petrie", roles=("guardian",), active=True)  # fmt: skip


@pytest.mark.parametrize(
    ("handle", "roles", "to"),
    [("una@example.org", ["guardian"], "una@example.org"), ("una", ["guardian"], "speak.up@example.org"),
     ("una", ["lead"], "lead@example.org"), ("una", ["governance"], "ict@example.org")],
)  # fmt: skip
def test_it_goes_to_whoever_can_answer_or_to_their_role(
    handle: str, roles: list[Role], to: str
) -> None:
    config = shipped()
    review = config.review.model_copy(
        update={
            "roles": (GUARDIANS,),
            "chase": config.review.chase.model_copy(update={"lead": ("lead@example.org",)}),
        }
    )
    config = config.model_copy(
        update={
            "review": review,
            "health": config.health.model_copy(update={"to": ("ict@example.org",)}),
        }
    )
    assert asked.told_to(config, [person(handle)], roles) == (to,)


@pytest.mark.parametrize("what", get_args(asked.AskedFor))
def test_each_says_what_waits_and_where_it_is_answered(what: asked.AskedFor) -> None:
    waiting = asked.Waiting(what=what, at=NOW, case=41, posts=2)
    mail = asked.mail(shipped(), [waiting], to=["a@example.org"], at=NOW, message_id="<1@example.org>")  # fmt: skip
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert waiting.sentence in text
    assert text.count(waiting.where) == 1
    assert ("41" in text) == (
        what in ("employer", "police", "pack", "back", "lane_erasure", "lane_looked", "same")
    )


ABOUT = "Less would be searched for (3 changes); Danger, a threat or a leak would wait longer"


@pytest.mark.parametrize("what", ["less", "contact", "refused", "team", "reached"])
def test_a_change_of_the_settings_says_which_it_is_in_its_subject_and_its_first_sentence(
    what: asked.AskedFor,
) -> None:
    waiting = asked.Waiting(what=what, at=NOW, about=ABOUT)
    assert waiting.subject.endswith(": less would be searched for (3 changes), and more")
    assert "danger, a threat or a leak would wait longer" in waiting.sentence.lower()
    assert asked.Waiting(what=what, at=NOW).sentence != waiting.sentence  # of an earlier version


def test_several_of_a_kind_are_one_email_in_which_each_is_said_with_its_page() -> None:
    several = [
        *(asked.Waiting(what="back", at=NOW, case=case) for case in (41, 42, 42)),
    ]
    mail = asked.mail(shipped(), several, to=["a@example.org"], at=NOW, message_id="<1@example.org>")  # fmt: skip
    text = " ".join(mail.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert mail["Subject"].startswith("3 × To look at")
    for case, often in ((41, ""), (42, "2 times: ")):
        assert f"{often}The Guardian says that nobody speaks up in case {case}." in text
        assert text.count(f"/guardian/{case}") == 1


def outbox_of(store: Store, at: datetime) -> list[tuple[str, int]]:
    """What leaves at a moment, each email by its kind and how many things it tells; it has left then."""
    groups = asked.grouped(store.outbox.due(at))
    for group in groups:
        for row in group:
            assert store.outbox.claim(row.number, at, "mail")
            store.outbox.mark_sent(row.number, at)
    return [(group[0].payload["what"], len(group)) for group in groups]


def test_the_first_of_a_kind_leaves_at_once_and_the_rest_of_a_quarter_of_an_hour_as_one(
    store: Store,
) -> None:
    config, minute = shipped(), timedelta(minutes=1)

    def ask(what: asked.AskedFor, after: int, handle: str = "gwen@example.org") -> None:
        asked.tell(store, config, what, [person(handle)], ["governance"], at=AT + after * minute, key=after)  # fmt: skip

    ask("less", 0)
    assert outbox_of(store, AT) == [("less", 1)]
    for after in range(1, 13):
        ask("less", after)
    ask("employer", 12)
    ask("less", 13, "gus@example.org")  # who had none
    assert outbox_of(store, AT + 13 * minute) == [("employer", 1), ("less", 1)]
    assert outbox_of(store, AT + 15 * minute) == [("less", 12)]
    ask("less", 16)
    assert outbox_of(store, AT + 29 * minute) == []
    assert outbox_of(store, AT + 30 * minute) == [("less", 1)]
    ask("less", 50)
    assert outbox_of(store, AT + 50 * minute) == [("less", 1)]


@pytest.mark.parametrize("what", sorted(asked.NEVER_WAITS))
def test_what_cannot_wait_leaves_at_once_each_by_itself(store: Store, what: asked.AskedFor) -> None:
    for key in range(3):
        asked.tell(store, shipped(), what, [person("gwen@example.org")], ["governance"], at=AT, key=key)  # fmt: skip
    assert outbox_of(store, AT) == [(what, 1)] * 3


def test_one_that_does_not_leave_holds_up_none_of_its_kind(store: Store) -> None:
    def ask(key: int, at: datetime) -> None:
        asked.tell(store, shipped(), "hold", [person("gwen@example.org")], ["governance"], at=at, key=key)  # fmt: skip

    ask(1, AT)
    (row,) = store.outbox.due(AT)
    assert store.outbox.claim(row.number, AT, "mail")
    store.outbox.mark_failed(row.number, AT, "refused", AT + timedelta(hours=8))
    ask(2, AT + timedelta(minutes=1))
    assert outbox_of(store, AT + timedelta(minutes=16)) == [("hold", 1)]
