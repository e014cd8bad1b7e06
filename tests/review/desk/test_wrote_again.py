"""What the same writer wrote later stands at the top of the case and of its steps, and the email to the team says that they did."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from core.models import Author
from reports.handoffs import letter
from review.desk.wrote_again import LONGEST, first_words, length
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready
from tests.review.factories import IN_DANGER, NOW, Told, case_of, tell
from tests.review.pages import read
from tests.store.factories import AT, HOUR, mention

HOME = Told(text="im home. my brother came. thank you vi x", risk="none", read={"read": "partial"})
KIND = Told(text="please step back from the edge, ring me", risk="none")
FIRST = mention(2)  # IN_DANGER, as the factories fill it in
THREAD: dict[str, Any] = {"platform": "facebook", "issuer": "facebook", "root_id": FIRST.issued_id, "parent_id": FIRST.issued_id}  # fmt: skip


@pytest.fixture
def desk(anew: House) -> House:
    now_lane(anew, IN_DANGER, "Someone may end their life")
    return ready(anew)


def pages(house: House) -> tuple[str, str]:
    case = case_of(house.store, IN_DANGER)
    return read(house, f"/cases/{case}").text, read(house, f"/cases/{case}/danger").text


def email(house: House) -> str:
    do(house, f"/cases/{case_of(house.store, IN_DANGER)}/danger", "ring", who="Sam Reid")
    (handoff,) = house.store.handoffs.open(case_of(house.store, IN_DANGER))
    mail = letter(house.store, house.desk.config(house.store), house.desk.policy, handoff, "sent", at=NOW)  # fmt: skip
    assert mail.since in mail.html
    return " ".join(mail.text.split())


def test_the_same_writer_is_heard_at_the_top_and_by_the_team(desk: House) -> None:
    tell(desk.store, HOME, 81, AT + HOUR, **THREAD)
    for page in pages(desk):
        assert HOME.text in page
        assert "They wrote again" in page
        assert page.index("They wrote again") < page.index(IN_DANGER.text[:20])
    words = email(desk)
    assert re.search(r"They wrote again at \d\d:\d\d: read it in the case\.", words)
    assert HOME.text[:12] not in words


@pytest.mark.parametrize("who", ["another", "we"])
def test_what_others_wrote_is_not_said_to_be_theirs(desk: House, who: str) -> None:
    author = Author(id="31", handle="vi") if who == "another" else Author(handle="HealthierNWL")
    tell(desk.store, KIND, 82, AT + HOUR, author=author, own=who == "we", **THREAD)
    for page in pages(desk):
        assert "They wrote" not in page
    assert "They wrote again" not in email(desk)


def test_of_several_the_last_stands_there(desk: House) -> None:
    tell(desk.store, HOME, 81, AT + HOUR, **THREAD)
    tell(desk.store, Told(text="at the hospital now, all is well", risk="none"), 82, AT + 2 * HOUR, **THREAD)  # fmt: skip
    for page in pages(desk):
        assert "They wrote 2 times more, last" in page
        assert "all is well" in page


@pytest.mark.parametrize(("minutes", "words"), [(0, "1 minute"), (20, "20 minutes"), (90, "90 minutes"), (120, "2 hours"), (1500, "25 hours"), (2880, "2 days")])  # fmt: skip
def test_how_long_after_is_told_in_one_unit(minutes: int, words: str) -> None:
    assert length(NOW, NOW + timedelta(minutes=minutes)) == words


def test_long_words_are_cut_between_two() -> None:
    words = first_words("meter is on " * 40)
    assert len(words) <= LONGEST + 2
    assert words.endswith(" …")
