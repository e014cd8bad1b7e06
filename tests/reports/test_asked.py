"""Who is emailed that something waits for their yes, and what it says: no words of a post, nobody's name."""

from __future__ import annotations

from typing import get_args

import pytest

from core.models import Role
from reports import asked
from settings.review import EscalationRole
from store import User
from tests.review.factories import NOW, shipped

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
    mail = asked.mail(shipped(), waiting, to=["a@example.org"], at=NOW, message_id="<1@example.org>")  # fmt: skip
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert waiting.sentence in text
    assert text.count(waiting.where) == 1
    assert ("41" in text) == (
        what in ("employer", "police", "pack", "back", "lane_erasure", "lane_looked", "same")
    )
