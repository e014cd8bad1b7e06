"""What may be speaking up is held by governance and the Guardian together, also where each of them is one person: nowhere a dead end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from core.errors import StoreError
from steps import rights
from tests.review.accessibility import faults
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import NOW, RUMOUR, case_of, configure
from tests.review.guardian.test_lane import DISCLOSURE, ROLES, filled
from tests.review.pages import read, send
from tests.review.rights.test_desk import carried

WHY = "Her solicitor asks, reference 3301234"
UNTIL = "2027-02-28"


@pytest.fixture
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page with one person of governance, Gus, and one Guardian, Farah."""
    for house in serve(tmp_path_factory.mktemp("holds"), filled):
        configure(house.desk, duty_lead="bea", roles=ROLES)
        house.store.users.change(house.who["gwen"], active=False, at=NOW)
        for who in ("gus", "farah"):  # as whoever has signed in once
            house.store.users.change(house.who[who], secret="$argon2id$of-then", at=NOW)
        yield house


def post_of(house: House, told: object) -> int:
    case = case_of(house.store, told)  # type: ignore[arg-type]
    return house.store.cases.mentions(case)[0].item.number


def ticket(house: House, who: str) -> str:
    return str(read(house, "/holds", who).all("input", name="holds")[0]["value"])


@pytest.mark.parametrize(("asks", "agrees"), [("gus", "farah"), ("farah", "gus")])
def test_on_the_cases_page_either_asks_and_the_other_agrees(two: House, asks: str, agrees: str) -> None:  # fmt: skip
    case, post = case_of(two.store, DISCLOSURE), post_of(two, DISCLOSURE)
    offered = {
        each["value"] for each in read(two, f"/guardian/{case}/evidence", asks).all("option")
    }
    assert offered == {"", agrees}
    for wrong in ({"until": "soon"}, {"reason": "..."}, {"approver": "bea"}, {"approver": asks}):
        form = {"reason": WHY, "until": UNTIL, "approver": agrees} | wrong
        assert send(two, f"/guardian/{case}/evidence", asks, do="hold", **form).status_code == 422
    asked = send(two, f"/guardian/{case}/evidence", asks, do="hold", reason=WHY, until=UNTIL, approver=agrees)  # fmt: skip
    assert asked.status_code == 303
    assert (
        "asked for until" in read(two, asked.headers["location"], asks).text
    )  # the day: LinkedIn’s own limit, before 28 February
    assert not two.store.retention.on_hold(post, NOW)
    page = read(two, "/holds", agrees).text
    assert WHY in page
    assert DISCLOSURE.text[:30] in page
    assert "1 hold" in read(two, "/guardian", agrees).text
    assert send(two, "/holds", asks, holds=ticket(two, agrees), answer="agrees").headers["location"] == "/holds?saved=over"  # fmt: skip
    assert (
        send(two, "/holds", agrees, holds=ticket(two, agrees), answer="agrees").status_code == 303
    )
    assert two.store.retention.on_hold(post, NOW)
    assert "Post" in read(two, f"/guardian/{case}/evidence", asks).text


def test_under_data_rights_the_guardian_is_offered_for_it_and_no_lead(two: House) -> None:
    post = post_of(two, DISCLOSURE)
    written = send(two, "/requests", "gus", kind="access", came_on=NOW.date().isoformat(), requester="Her solicitor", reference="IG/26/9")  # fmt: skip
    number = int(written.headers["location"].rsplit("/", 1)[1])
    page = send(
        two,
        f"/requests/{number}/find",
        "gus",
        person="plan a picnic. We told them in June",
        how="all",
    )
    form = carried(page) | {"posts": [post], "hold_reason": WHY, "until": UNTIL}
    assert "Farah Iqbal, the Guardian" in page.text
    assert "Bea Whitlock" not in page.text.partition('id="approver"')[2].partition("</select>")[0]
    refused = send(two, f"/requests/{number}/act", "gus", **form, do="hold", approver="bea")
    assert refused.status_code == 422
    assert "governance or the Guardian" in refused.text
    assert send(two, f"/requests/{number}/act", "gus", **form, do="hold", approver="farah").status_code == 200  # fmt: skip
    assert (
        send(two, "/holds", "farah", holds=ticket(two, "farah"), answer="agrees").status_code == 303
    )
    assert two.store.retention.on_hold(post, NOW)


@pytest.mark.parametrize(
    ("posts", "approves", "refused"),
    [((DISCLOSURE,), ("farah",), ("bea",)), ((RUMOUR,), ("bea",), ("farah",)), ((DISCLOSURE, RUMOUR), (), ("farah", "bea"))],
)  # fmt: skip
def test_by_command_the_same_people_approve_the_same_posts(
    two: House, posts: tuple[object, ...], approves: tuple[str, ...], refused: tuple[str, ...]
) -> None:
    numbers = [post_of(two, told) for told in posts]
    for handle in approves:
        assert rights.approver(two.store, handle, by="gus", numbers=numbers).handle == handle
    for handle in refused:
        with pytest.raises(StoreError):
            rights.approver(two.store, handle, by="gus", numbers=numbers)


def test_where_there_is_no_guardian_yet_it_waits_for_whoever_comes_and_for_no_lead(two: House) -> None:  # fmt: skip
    case, post = case_of(two.store, DISCLOSURE), post_of(two, DISCLOSURE)
    two.store.users.change(two.who["farah"], active=False, at=NOW)
    form = {"reason": WHY, "until": UNTIL, "approver": ""}
    assert send(two, f"/guardian/{case}/evidence", "gus", do="hold", **form).status_code == 303
    assert not read(two, "/holds", "bea").all("input", name="holds")
    assert not two.store.retention.on_hold(post, NOW)
    two.store.users.change(two.who["farah"], active=True, at=NOW)
    assert (
        send(two, "/holds", "farah", holds=ticket(two, "farah"), answer="agrees").status_code == 303
    )
    assert two.store.retention.on_hold(post, NOW)


def test_the_guardian_reads_of_no_hold_on_an_ordinary_post(two: House) -> None:
    rights.ask_hold(
        two.store, two.desk.file, [post_of(two, RUMOUR)], reason=WHY, approved_by="bea", by="gus", at=NOW,
        expires=NOW.replace(year=2027),
    )  # fmt: skip
    assert "Post" not in read(two, "/holds", "farah").text.partition("<main")[2]
    assert read(two, "/holds", "bea").all("input", name="holds")


def test_axe_finds_nothing_wrong_with_the_guardians_page_of_holds(browser: Browser, two: House) -> None:  # fmt: skip
    case = case_of(two.store, DISCLOSURE)
    send(two, f"/guardian/{case}/evidence", "gus", do="hold", reason=WHY, until=UNTIL, approver="farah")  # fmt: skip
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, two, "farah")
        for address in ("/holds", "/guardian"):
            page.goto(f"{two.url}{address}")
            assert faults(page) == []
