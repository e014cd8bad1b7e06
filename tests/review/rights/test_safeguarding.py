"""Who holds the role Safeguarding sees what names a child and what was passed to them, confirms there, and sees nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import httpx
import pytest

from core.errors import StoreError
from core.models import Role
from reports.rendering import role_name
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


def request(house: House, path: str, handle: str) -> httpx.Response:
    with house.asks(handle) as client:
        return client.get(path, follow_redirects=False)


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


@pytest.mark.parametrize("path", ["/today", "/all", "/waiting", "/guardian", "/audit", "/requests", "/exports"])  # fmt: skip
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


@pytest.mark.parametrize("path", ["/cases/{case}", "/cases/{case}/full", "/cases/{case}/danger", "/cases/999999", "/waiting/{handoff}", "/mentions/{post}"])  # fmt: skip
def test_a_link_of_an_email_leads_them_to_where_they_confirm(desk: House, path: str) -> None:
    """Whatever the number is of: nothing tells a case of the lane from one that never was."""
    sana(desk)
    handoff = passed_on(desk, IN_DANGER, "safeguarding")
    tell(desk.store, DISCLOSURE, 905, NOW)
    for case in (handoff.case, case_of(desk.store, DISCLOSURE)):
        written = path.format(case=case, handoff=handoff.number, post=handoff.posts[0][0])
        answer = request(desk, written, "sana")
        assert answer.status_code == 303
        where = answer.headers["location"]
        assert where.partition("#")[0] == "/safeguarding"
        if where.endswith(f"#case-{handoff.case}"):
            assert read(desk, "/safeguarding", "sana").all("div", id=f"case-{handoff.case}")


def test_a_page_that_is_not_theirs_asks_for_no_role_that_shows_all(desk: House) -> None:
    sana(desk)
    page = request(desk, "/today", "sana")
    assert page.status_code == 403
    assert "Your role here is Safeguarding" in re.sub("<[^>]*>", "", page.text)
    assert "viewer" not in page.text
    assert read(desk, "/safeguarding", "sana").all("a", href="/safeguarding")


@pytest.mark.parametrize("role", get_args(Role))
def test_no_role_is_called_by_what_a_flag_is_called(desk: House, role: str) -> None:
    labels = {flag.label.casefold() for flag in desk.desk.policy.flags.values()}
    assert role_name(role).casefold() not in labels
    user = desk.store.users.add("local", "rhona", "Rhona Small", (role,), at=NOW)  # type: ignore[arg-type]
    for path in ("/people", f"/people/{user.number}"):
        text = read(desk, path, "ada").text.casefold()
        assert role_name(role).casefold() in text
        assert "someone may be in danger" not in text


def test_no_template_names_a_role_by_the_words_of_flags() -> None:
    root = Path(__file__).parents[3]
    for folder in ("review/templates", "reports/templates"):
        for template in sorted((root / folder).rglob("*.html")):
            assert not re.search(r"\broles? \| (?:map\(.)?words", template.read_text()), template


def test_danger_stands_first_and_is_marked_and_says_whom_to_ring(desk: House) -> None:
    sana(desk)
    configure(desk.desk, review=desk.desk.file.review.model_copy(update={"comms_phone": "020 7946 0122"}))  # fmt: skip
    danger = case_of(desk.store, IN_DANGER)
    for mention in desk.store.cases.mentions(danger):
        desk.store.children.mark({mention.item.number: True})
    tell(
        desk.store,
        replace(RUMOUR, text="My son of 7 ate two kitkats at the fair", flags=()),
        990,
        NOW,
    )
    newest = desk.store.database.value("SELECT max(number) FROM mentions")
    desk.store.children.mark({newest: True})
    page = read(desk, "/safeguarding", "sana").text
    listed = page[page.index("Posts that name a child") :]
    assert listed.index("Someone may be in danger") < listed.index(f"Case {danger}, ")
    assert listed.index(f"Case {danger}, ") < listed.index("kitkats")
    assert listed.count("Someone may be in danger") == 1
    assert "020 7946 0122" in listed
    assert "020 7946 0122" in read(desk, "/help", "sana").text
    passed_on(desk, IN_DANGER, "safeguarding")
    after = read(desk, "/safeguarding", "sana").text
    assert "Not with you now" not in after


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
