"""A leak that tells of serious harm to somebody who lives as well: Safeguarding has to know, and each page says so until they do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from reports import handoffs
from store import Case
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, sign_in
from tests.review.desk.paths import do, now_lane, ready, teams_are_emailed
from tests.review.desk.test_leak import RECORDED
from tests.review.factories import NOW, Told, case_of, configure, tell
from tests.review.pages import Tags, read, send
from tests.store.factories import AT

HURT = Told(
    text="Rosalind Pettigrew, NHS number 999 123 4567, lies on that ward with bed sores down to the bone, and nobody turns her",
    masked="[name 1], NHS number [NHS number], lies on that ward with bed sores down to the bone, and nobody turns her",
    risk="high", flags=(("pid", "Rosalind Pettigrew, NHS number 999 123 4567"), ("allegation", "bed sores down to the bone")),
    of_flags={"harm": "serious"}, read={"protected": "complaint"},
)  # fmt: skip
NOT_TOLD = "Safeguarding was not told"


@pytest.fixture
def desk(anew: House) -> House:
    tell(anew.store, HURT, 71, AT, alone=True, kind="comment")
    now_lane(anew, HURT, "Patient’s NHS number; serious harm")
    return ready(anew)


def case(house: House) -> str:
    return f"/cases/{case_of(house.store, HURT)}"


def stored(house: House) -> Case:
    opened = house.store.cases.get(case_of(house.store, HURT))
    assert opened is not None
    return opened


def post(house: House) -> str:
    (mention,) = house.store.cases.mentions(case_of(house.store, HURT))
    return f"{mention.item.number}:{mention.item.revision}"


def confirmed(house: House) -> str:
    way = f"{case(house)}/leak"
    assert do(house, way, "confirm", out=["name", "NHS number"]).status_code == 303
    return way


def pass_to(house: House, role: str, **more: str) -> None:
    version = stored(house).version
    assert send(house, f"{case(house)}/pass-on", version=version, posts=post(house), role=role, **more).status_code == 303  # fmt: skip


def suggested(page: Tags) -> list[str]:
    """The keys of the teams as the page has them, with what it says beside each."""
    return [each["value"] for each in page.all("input", name="role")][:2]


def test_the_case_says_that_safeguarding_has_to_know(desk: House) -> None:
    page = read(desk, case(desk)).text
    assert "treat it as a leak" in page
    assert "It tells of serious harm as well: Safeguarding has to know." in page


def test_pass_on_suggests_both_teams_and_ticks_the_one_that_is_missing(desk: House) -> None:
    page = read(desk, f"{case(desk)}/pass-on")
    assert suggested(page) == ["information_governance", "safeguarding"]
    assert page.text.count("suggested") == 2
    (ticked,) = [each["value"] for each in page.all("input", name="role") if "checked" in each]
    assert ticked == "information_governance"
    pass_to(desk, "information_governance")
    page = read(desk, f"{case(desk)}/pass-on")
    (ticked,) = [each["value"] for each in page.all("input", name="role") if "checked" in each]
    assert ticked == "safeguarding"
    assert page.text.count("passed on, not confirmed") == 1
    pass_to(desk, "safeguarding")
    assert "suggested" not in read(desk, f"{case(desk)}/pass-on").text


def test_the_email_to_safeguarding_tells_of_harm_and_not_of_the_leak(desk: House) -> None:
    confirmed(desk)
    do(desk, f"{case(desk)}/leak", "harm")
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, HURT))
    words = handoffs.about(handoff.flags, handoff.role, desk.desk.policy)
    assert (handoff.role, words) == ("safeguarding", "Someone may have come to serious harm")
    assert handoffs.about(("pid",), "safeguarding", desk.desk.policy) == "Someone may be in danger"
    assert handoffs.about(("safeguarding", "pid", "allegation"), "safeguarding", desk.desk.policy) == "Someone may be in danger"  # fmt: skip
    assert handoffs.about(("pid", "allegation"), "information_governance", desk.desk.policy) == "Patient’s details"  # fmt: skip


def test_the_steps_of_the_leak_name_the_harm_until_safeguarding_knows(desk: House) -> None:
    way = confirmed(desk)
    page = read(desk, way)
    assert "Tell Safeguarding of the harm" in page.text
    assert f"someone came to serious harm as well, and {NOT_TOLD}" in page.text
    assert "of 7 steps done" in page.text
    do(desk, way, "by_hand", mention=post(desk).partition(":")[0], after="0", when="11:00")
    do(desk, way, "tell")
    do(desk, way, "copies")
    assert NOT_TOLD in read(desk, case(desk)).text  # it went to information governance alone
    saved = read(desk, f"{case(desk)}?saved={case_of(desk.store, HURT)}.leak").text
    assert "It tells of serious harm as well, and Safeguarding was not told" in saved
    assert do(desk, way, "harm_told", who="Priya Nair", when="11:00", prefix="harmed").status_code == 303  # fmt: skip
    page = read(desk, way)
    assert "Priya Nair was told" in page.text
    (safeguarding,) = [each for each in desk.store.handoffs.open(case_of(desk.store, HURT)) if each.role == "safeguarding"]  # fmt: skip
    assert safeguarding.state == "confirmed"  # who was told is chased no more
    assert NOT_TOLD not in page.text
    assert NOT_TOLD not in read(desk, case(desk)).text
    do(desk, way, "back", step="harm")
    assert NOT_TOLD in read(desk, way).text


def test_an_email_that_has_not_left_has_told_nobody_of_the_harm(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "harm")
    page = read(desk, way)
    assert "Nobody there knows yet" in page.text
    for address in ("/waiting", case(desk)):
        assert "it went to Safeguarding alone" not in read(desk, address).text.replace("Information governance was not told: it went to Safeguarding alone", "")  # fmt: skip
    assert f"serious harm as well, and {NOT_TOLD}" in page.text


def test_handover_names_it_among_danger_or_hurt_and_afterwards_too(desk: House) -> None:
    number = case_of(desk.store, HURT)
    line = f"case {number}: Patient’s NHS number; serious harm, found"
    assert line in read(desk, "/handover").text
    assert "Safeguarding was not told of the harm" in read(desk, "/handover").text
    way = confirmed(desk)
    do(desk, way, "by_hand", mention=post(desk).partition(":")[0], after="0", when="11:00")
    do(desk, way, "told", who="Priya Nair", when="11:00", how="phone", prefix="told")
    assert stored(desk).lane == "now"  # the leak is dealt with, and what is told beside it is not
    for address in ("/handover", case(desk)):
        assert NOT_TOLD in read(desk, address).text
    do(desk, way, "harm_told", who="Priya Nair", when="11:00", prefix="harmed")
    assert stored(desk).lane is None
    for address in ("/handover", case(desk)):
        assert NOT_TOLD not in read(desk, address).text


def test_harm_that_is_passed_on_and_not_confirmed_stands_in_now_and_in_the_boxes_that_describe_it(desk: House) -> None:  # fmt: skip
    way, number = confirmed(desk), case_of(desk.store, HURT)
    do(desk, way, "by_hand", mention=post(desk).partition(":")[0], after="0", when="11:00")
    do(desk, way, "told", who="Priya Nair", when="11:00", how="phone", prefix="told")
    do(desk, way, "harm")
    do(desk, way, "copies")
    page, handover = read(desk, way).text, read(desk, "/handover").text
    assert "passed the harm to Safeguarding: not sent yet" in page
    assert "told Safeguarding of the harm" not in page
    assert "Safeguarding was not told of the harm" in handover
    unconfirmed = handover.partition("Passed on or rung, and nobody there has confirmed.")[2]
    assert f"case {number}: Patient’s NHS number; serious harm" in unconfirmed
    assert "the email to Safeguarding has not left" in unconfirmed
    teams_are_emailed(desk)
    assert stored(desk).lane == "now"
    assert (
        "passed the harm to Safeguarding: emailed 11:00, not confirmed yet" in read(desk, way).text
    )
    handover = read(desk, "/handover").text
    assert "Safeguarding was not told of the harm" not in handover
    assert f"case {number}:" in handover.partition("nobody there has confirmed.")[2]
    saved = read(desk, f"{case(desk)}?saved={number}.leak").text
    assert "It stays in Now until Safeguarding has confirmed" in saved
    (handoff,) = [each for each in desk.store.handoffs.open(number) if each.role == "safeguarding"]
    assert handoff.due_at is not None
    assert stored(desk).due_at == handoff.due_at  # by the minute, and red once that is over
    assert desk.store.handoff_steps.confirm(handoff.number, by=desk.who["amina"], at=NOW, who="Ruth Bell", when=NOW)  # fmt: skip
    assert stored(desk).lane is None
    assert "passed the harm to Safeguarding: they have confirmed" in read(desk, way).text
    assert "nobody there has confirmed" not in read(desk, "/handover").text


def test_sources_names_safeguarding_beside_information_governance_while_no_email_leaves(
    desk: House,
) -> None:
    named = f"Case {case_of(desk.store, HURT)}: Safeguarding"
    assert named in read(desk, "/sources").text
    do(desk, confirmed(desk), "harm_told", who="Priya Nair", when="11:00", prefix="harmed")
    assert named not in read(desk, "/sources").text


@pytest.mark.parametrize(("words", "steps"), [
    ("She died of it, and the inquest said so", 7), ("They were rude to her", 6),
])  # fmt: skip
def test_no_harm_to_somebody_who_lives_or_no_leak_asks_nothing_of_safeguarding(anew: House, words: str, steps: int) -> None:  # fmt: skip
    other = Told(
        text=f"Rosalind Pettigrew, NHS number 999 123 4567. {words}", masked=f"[name 1], NHS number [NHS number]. {words}", risk="high",
        flags=(("pid", "Rosalind Pettigrew"),),
    )  # fmt: skip
    tell(anew.store, other, 72, AT, alone=True, kind="comment")
    now_lane(anew, other, "Patient’s NHS number")
    desk = ready(anew)
    number = case_of(desk.store, other)
    assert f"of {steps} steps done" in read(desk, f"/cases/{number}/leak").text
    assert NOT_TOLD not in read(desk, f"/cases/{number}/leak").text
    assert "serious harm" not in read(desk, "/handover").text


@pytest.mark.parametrize("width", [1366, 320])
def test_the_step_is_whole_for_everybody(desk: House, browser: Browser, width: int) -> None:
    way = confirmed(desk)
    do(desk, way, "by_hand", mention=post(desk).partition(":")[0], after="0", when="11:00")
    do(desk, way, "tell")
    page = browser.new_page(viewport={"width": width, "height": 900})
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{way}")
    assert page.locator("#open h2").inner_text() == "Tell Safeguarding of the harm"
    assert faults(page) == []
    assert not beyond(page, width)


@pytest.mark.parametrize("lane", ["now", "look"])
def test_a_leak_closes_without_safeguarding_only_by_a_plain_answer_and_each_page_says_so_afterwards(
    desk: House, lane: str
) -> None:
    number = case_of(desk.store, HURT)
    desk.store.database.execute("UPDATE case_mentions SET lane = ? WHERE case_number = ?", lane, number)  # fmt: skip
    way = confirmed(desk)
    do(desk, way, "by_hand", mention=post(desk).partition(":")[0], after="0", when="11:00")
    do(desk, way, "told", who="Priya Nair", when="11:00", how="phone", prefix="told")
    do(desk, way, "copies")
    assert do(desk, way, "record", **RECORDED).status_code == 303
    page = read(desk, way)
    assert "Close it though Safeguarding was not told" in page.text
    refused = do(desk, way, "close")
    assert refused.status_code == 422
    assert "Tell them first, or say that it closes without them." in refused.text
    assert stored(desk).state != "done"
    assert do(desk, way, "close", untold="yes").status_code == 303
    assert stored(desk).state == "done"
    for address in (case(desk), f"{case(desk)}/full", "/handover", "/done"):
        assert NOT_TOLD in read(desk, address).text, address


def test_a_leak_of_whose_harm_safeguarding_knows_closes_with_one_press(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "by_hand", mention=post(desk).partition(":")[0], after="0", when="11:00")
    do(desk, way, "told", who="Priya Nair", when="11:00", how="phone", prefix="told")
    do(desk, way, "harm_told", who="Priya Nair", when="11:00", prefix="harmed")
    do(desk, way, "copies")
    do(desk, way, "record", **RECORDED)
    assert "Close it though" not in read(desk, way).text
    assert do(desk, way, "close").status_code == 303


def test_a_team_is_called_as_the_settings_have_it(desk: House) -> None:
    roles = tuple(
        role.model_copy(update={"name": "the MASH of Harrow"}) if role.type == "safeguarding" else role
        for role in desk.desk.file.review.roles
    )  # fmt: skip
    configure(desk.desk, review=desk.desk.file.review.model_copy(update={"roles": roles}))
    desk.desk._effective = None
    assert "The MASH of Harrow was not told of the harm" in read(desk, "/handover").text
