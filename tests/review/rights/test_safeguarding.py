"""Who holds the role Safeguarding sees what names a child and what was passed to them, confirms there, and sees nothing else."""

from __future__ import annotations

import pytest

from core.errors import StoreError
from review.auth.second_people import AGREED_TO, guarded_change
from review.rights import safeguarding
from review.rights.covering import COVERED
from store import Handoff, User
from store.cases.sight import sight_of
from tests.review.conftest import House
from tests.review.desk.test_pass_on import ROLES
from tests.review.factories import (
    IN_DANGER,
    NAMED,
    NOW,
    PRESS,
    RUMOUR,
    case_of,
    configure,
    decide,
    tell,
)
from tests.review.guardian.test_lane import DISCLOSURE
from tests.review.pages import read, send
from tests.review.rights.test_covering import WORDS, child

LANE = "We told them in June"


@pytest.fixture
def desk(anew: House) -> House:
    configure(anew.desk, roles=ROLES)
    anew.desk.config(anew.store)
    return anew


def sana(house: House) -> User:
    """Somebody of Safeguarding."""
    user = house.store.users.add("local", "sana", "Sana Malik", ("safeguarding",), at=NOW)
    house.who["sana"] = user.number
    return user


def passed_on(house: House, told: object, role: str) -> Handoff:
    case = case_of(house.store, told)  # type: ignore[arg-type]
    decide(house.store, case, house.who["amina"], "escalate", role=role, at=NOW)
    return house.store.handoffs.open(case)[0]


def test_they_see_what_names_a_child_and_what_was_passed_to_them_and_no_other_post(
    desk: House,
) -> None:
    sana(desk)
    case, _ = child(desk)
    danger, rumour = passed_on(desk, IN_DANGER, "safeguarding"), passed_on(desk, RUMOUR, "pals")
    page = read(desk, "/safeguarding", "sana").text
    assert WORDS in page
    assert COVERED not in page
    for number in (case, danger.case):
        assert f"Case {number}, " in page
    assert f"Case {rumour.case}, " not in page
    assert f"Case {case_of(desk.store, NAMED)}, " not in page
    assert "nobody of Safeguarding has said yet" in page


@pytest.mark.parametrize("path", ["/today", "/all", "/cases/{case}", "/mentions/{post}", "/waiting", "/guardian", "/audit", "/requests", "/exports"])  # fmt: skip
def test_nothing_else_of_the_desk_is_open_to_them(desk: House, path: str) -> None:
    sana(desk)
    case, post = child(desk)
    with desk.asks("sana") as client:
        assert client.get("/").headers["location"] == "/safeguarding"
        answer = client.get(path.format(case=case, post=post))
    assert answer.status_code == 403
    assert WORDS not in answer.text


def test_that_they_have_it_is_confirmed_there_by_name_and_once(desk: House) -> None:
    user = sana(desk)
    danger, rumour = passed_on(desk, IN_DANGER, "safeguarding"), passed_on(desk, RUMOUR, "pals")
    assert send(desk, "/safeguarding", "gwen", handoff=danger.number).status_code == 403
    assert send(desk, "/safeguarding", "amina", handoff=danger.number).status_code == 403
    saved = send(desk, "/safeguarding", "sana", handoff=danger.number)
    assert saved.headers["location"] == "/safeguarding?saved=yes"
    confirmed = desk.store.handoffs.get(danger.number)
    assert confirmed is not None
    assert (confirmed.state, confirmed.heard[-1].who, confirmed.heard[-1].by) == ("confirmed", "Sana Malik", user.number)  # fmt: skip
    assert "Sana Malik" in read(desk, f"/waiting/{danger.number}", "amina").text
    for number in (danger.number, rumour.number, 99999, "x"):  # again, another team's, none
        again = send(desk, "/safeguarding", "sana", handoff=number)
        assert again.headers["location"] == "/safeguarding?saved=over"
    other = desk.store.handoffs.get(rumour.number)
    assert other is not None
    assert other.state == "waits"


def test_a_child_in_the_guardians_lane_is_not_theirs_and_a_held_post_is_nobodys(
    desk: House,
) -> None:
    sana(desk)
    tell(desk.store, DISCLOSURE, 905, NOW)
    lane = case_of(desk.store, DISCLOSURE)
    for mention in desk.store.cases.mentions(lane):
        desk.store.children.mark({mention.item.number: True})
    page = read(desk, "/safeguarding", "sana").text
    assert LANE not in page
    assert f"Case {lane}, " not in page
    assert f"Case {lane}, " not in read(desk, "/safeguarding", "gwen").text


def test_each_post_that_the_page_shows_is_in_the_record_of_looks(desk: House) -> None:
    user = sana(desk)
    _, post = child(desk)
    read(desk, "/safeguarding", "sana")
    desk.desk.views.flush()
    seen = desk.store.database.rows("SELECT post FROM views WHERE by_user = ?", user.number)
    assert post in {row["post"] for row in seen}


def test_until_somebody_has_the_role_governance_reads_that_nobody_has(desk: House) -> None:
    child(desk)
    page = read(desk, "/safeguarding", "gwen").text
    assert "Nobody has the role Safeguarding yet" in page
    assert "We have it" not in page
    sana(desk)
    assert "Nobody has the role" not in read(desk, "/safeguarding", "gwen").text
    assert (
        WORDS in read(desk, f"/cases/{case_of(desk.store, PRESS)}", "amina").text
    )  # who acts on it reads it still


def test_the_role_takes_a_second_person_and_sees_no_lane() -> None:
    assert "safeguarding" in AGREED_TO
    assert guarded_change(["viewer", "safeguarding"], ["viewer"]) == {"safeguarding"}
    sight = sight_of(["safeguarding"])
    assert not sight.guardians
    assert not sight.decides
    assert not sight.sees(1, 1)


def test_a_name_that_is_no_role_is_none(desk: House) -> None:
    with pytest.raises(StoreError):
        desk.store.users.add("local", "x", "X", ("safegarding",), at=NOW)  # type: ignore[arg-type]


def test_each_mask_is_a_chip_by_its_kind_and_no_word_is_left_out() -> None:
    masked = (
        "Saw [name] in [health details and place of care], "
        + "he is there " * 60
        + "[details: 4 words]"
    )
    pieces = safeguarding.pieces_of(masked)
    assert [piece.text for piece in pieces if piece.kind] == [
        "name",
        "health details and place of care",
        "details: 4 words",
    ]
    assert "".join(f"[{piece.text}]" if piece.kind else piece.text for piece in pieces) == masked
