"""Every case of the Guardian's lane reaches the Guardian by email: number, kind and a link that they may open, and no words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock
from reports import asked
from review.guardian.lane import sent_by
from steps import lane_list
from store import GuardianRow, Ruling
from store.cases.sight import sight_of
from tests.review.conftest import House, serve
from tests.review.factories import GRIEVANCE, NOW, case_of, configure
from tests.review.guardian.test_lane import DISCLOSURE, ROLES, filled
from tests.review.pages import read, send

MORNING = clock.from_local("2026-11-25 08:01", "%Y-%m-%d %H:%M")


@pytest.fixture
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    for house in serve(tmp_path_factory.mktemp("list"), filled):
        configure(house.desk, duty_lead="bea", roles=ROLES)
        yield house


def test_each_morning_the_guardian_is_mailed_each_case_that_nobody_has_taken_up(lane: House) -> None:  # fmt: skip
    config, case = lane.desk.file, case_of(lane.store, DISCLOSURE)
    opened = {row.case.number for row in rows_of(lane)}
    assert case in opened
    nobody = config.model_copy(update={"review": config.review.model_copy(update={"roles": ()})})
    assert lane_list.told_to(lane.store, nobody) == ()  # farah signs in by no mailbox
    assert lane_list.raise_list(lane.store, nobody, MORNING) == 0
    assert "each working day at 08:00" in read(lane, "/governance", "gus").text.lower()
    early = clock.from_local("2026-11-25 07:59", "%Y-%m-%d %H:%M")
    assert lane_list.raise_list(lane.store, config, early) == 0
    assert lane_list.raise_list(lane.store, config, MORNING) == 1
    assert lane_list.raise_list(lane.store, config, MORNING + timedelta(hours=1)) == 0
    saturday = clock.from_local("2026-11-28 09:00", "%Y-%m-%d %H:%M")
    assert lane_list.raise_list(lane.store, config, saturday) == 0
    (row,) = lane.store.outbox.due(MORNING)
    waiting = asked.waiting_of(row.payload)
    assert {number for number, _ in waiting.cases} == opened
    mail = asked.mail(
        config, [waiting], to=row.recipients, at=MORNING, message_id="<1@example.org>"
    )
    assert mail["To"] == "guardian@example.org"
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            words = part.get_content()
            assert f"/guardian/{case}" in words
            assert "June" not in words
            assert "ward" not in words
    assert read(lane, f"/guardian/{case}", "farah")
    send(lane, f"/guardian/{case}/decide", "farah", do="take", version=0)
    lane_list.raise_list(lane.store, config, MORNING + timedelta(days=1))
    later = [asked.waiting_of(row.payload) for row in lane.store.outbox.due(MORNING + timedelta(days=1))]  # fmt: skip
    assert all(case not in dict(each.cases) for each in later[1:])


def rows_of(house: House) -> list[GuardianRow]:
    house.store.database.sight = sight_of(("guardian",))
    return list(house.store.speaking_up.rows())


def test_the_overview_counts_cases_as_the_guardian_s_page_does(lane: House) -> None:
    page = read(lane, "/guardian", "farah")
    overview = read(lane, "/governance", "gus").text
    (count,) = [words.split()[-2] for words in [page.text.partition(" open")[0] + " open"]]
    assert f"{count} case{'s are' if count != '1' else ' is'} open in the Guardian’s lane" in overview  # fmt: skip


def test_sent_here_by_a_person_follows_who_sent_it(lane: House) -> None:
    read_so = case_of(lane.store, DISCLOSURE)
    assert "Sent here by" not in read(lane, f"/guardian/{read_so}", "farah").text
    case = case_of(lane.store, GRIEVANCE)
    posts = [each.item.number for each in lane.store.cases.mentions(case)]
    lane.store.speaking_up.send(case, posts, by=lane.who["amina"], at=NOW, reason="Staff about their ward")  # fmt: skip
    assert "Sent here by Amina" in read(lane, f"/guardian/{case}", "farah").text


def test_what_was_sent_back_is_sent_by_nobody_and_a_program_is_nobody() -> None:
    def ruling(speaks: bool, by: int | None, *posts: int) -> Ruling:
        return Ruling(case=1, speaks=speaks, by=by, by_name="Amina", at=NOW, posts=frozenset(posts), reason="")  # fmt: skip

    assert sent_by([ruling(True, 1, 5, 6)]) == {5: "Amina", 6: "Amina"}
    assert sent_by([ruling(True, 1, 5, 6), ruling(False, 2, 5)]) == {6: "Amina"}
    assert sent_by([ruling(True, None, 5)]) == {}
