"""What somebody wrote who speaks up is saved for their claim by governance and the Guardian together, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser

from core import clock
from core.models import Author
from steps import lane_packs, rights
from store import AuditQuery
from store.cases.lane_packs import TAKEN_WITHIN
from tests.review.accessibility import faults
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import GRIEVANCE, NOW, RUMOUR, case_of, configure, group, tell
from tests.review.guardian.test_lane import DISCLOSURE, ROLES, filled
from tests.review.pages import read, send

WHY = "Employment tribunal claim 3301234/2026, her solicitor asks"
ON_REDDIT = replace(
    DISCLOSURE, text="Two of us for thirty beds on nights, we told them in June and nobody answers", flags=(("grievance", "nobody answers"),),
    about={"platform": "reddit", "issuer": "reddit"},
)  # fmt: skip
LEAK = replace(
    GRIEVANCE, text="They leave lists with names on the ward desk, Edna Marsh of bay 4 has HIV", flags=(("pid", "Edna Marsh of bay 4 has HIV"),),
    read={"staff": "nhs", "protected": "disclosure"}, about={"platform": "reddit", "issuer": "reddit"},
)  # fmt: skip


@pytest.fixture
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    for house in serve(tmp_path_factory.mktemp("packs"), filled):
        configure(house.desk, duty_lead="bea", roles=ROLES)
        tell(house.store, ON_REDDIT, 320, alone=True)
        group(house.store, NOW)
        yield house


def act(house: House, case: int, who: str, **form: object) -> httpx.Response:
    return send(house, f"/guardian/{case}/evidence", who, **form)


def waiting(house: House, case: int) -> int:
    request = house.store.lane_packs.last(case)
    assert request is not None
    return request.number


@pytest.mark.parametrize(("asks", "agrees"), [("gus", "farah"), ("farah", "gus")])
def test_one_asks_the_other_agrees_and_either_takes_it(lane: House, asks: str, agrees: str) -> None:
    case = case_of(lane.store, DISCLOSURE)
    assert read(lane, f"/guardian/{case}", asks).all("a", href=f"/guardian/{case}/evidence")
    assert act(lane, case, asks, do="take").status_code == 403
    assert act(lane, case, asks, do="ask", reason=WHY).status_code == 303
    assert act(lane, case, asks, do="take").status_code == 403
    assert act(lane, case, asks, do="agrees", request=waiting(lane, case)).status_code == 403
    assert lane.store.exports.latest() == []
    assert act(lane, case, agrees, do="agrees", request=waiting(lane, case)).status_code == 303
    for who in (asks, agrees):
        taken = act(lane, case, who, do="take")
        assert taken.status_code == 200
        assert f"evidence-case-{case}." in taken.headers["content-disposition"]
    kinds = [event.kind for event in lane.store.audit.page(AuditQuery()).events]
    assert {"lane pack asked for", "lane pack answered", "exported"} <= set(kinds)
    (post,) = [each.item.number for each in lane.store.cases.mentions(case)]
    assert [look.mention for look in lane.store.audit.reveals()[0]] == [post, post]
    assert "took an evidence pack of the Guardian’s lane" in read(lane, "/governance", "gus").text


def test_the_pack_holds_what_was_written(lane: House) -> None:
    case = case_of(lane.store, ON_REDDIT)
    people = {user.handle: user for user in lane.store.users.all()}
    opened = lane.store.cases.get(case)
    assert opened is not None
    config, policy = lane.desk.file, lane.desk.policy
    request = lane_packs.ask(lane.store, config, opened, by=people["gus"], at=NOW, purpose="court", reason=WHY)  # fmt: skip
    assert lane.store.lane_packs.answer(request, agrees=True, by=people["farah"].number, at=NOW)
    pack = lane_packs.take(lane.store, config, policy, opened, by=people["farah"], at=NOW, purpose="court", reason="", as_html=True)  # fmt: skip
    html = pack.content.decode()
    assert ON_REDDIT.text in html
    assert "Employment tribunal claim" in html
    assert "Farah" not in html  # people by their roles
    assert "asked for by governance on" in html
    assert "agreed by the Guardian on" in html
    for breach in ("clause", "Flags"):  # who speaks up broke none by it
        assert breach not in html
    later = NOW + TAKEN_WITHIN
    with pytest.raises(Exception, match="agree to such a pack first"):
        lane_packs.take(lane.store, config, policy, opened, by=people["farah"], at=later, purpose="court", reason="", as_html=True)  # fmt: skip


@pytest.mark.parametrize("who", ["amina", "bea", "vera", "ada"])
def test_to_anybody_else_it_is_as_where_there_is_no_such_case(lane: House, who: str) -> None:
    case = case_of(lane.store, DISCLOSURE)
    act(lane, case, "gus", do="ask", reason=WHY)
    with lane.asks(who) as client:
        here, nowhere = client.get(f"/guardian/{case}/evidence"), client.get("/guardian/99999/evidence")  # fmt: skip
        assert here.status_code == nowhere.status_code
        assert here.status_code in (403, 404)
    assert act(lane, case, who, do="agrees", request=waiting(lane, case)).status_code in (403, 404)
    assert act(lane, case, who, do="take").status_code in (403, 404)
    if who == "bea":  # a lead reads events of other cases
        assert f"case {case}" not in read(lane, "/audit?kind=lane+pack+asked+for", who, 403).text


def test_axe_finds_nothing_wrong_with_the_page_of_a_pack(browser: Browser, lane: House) -> None:
    case = case_of(lane.store, ON_REDDIT)
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, lane, "gwen")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{lane.url}/guardian/{case}/evidence")
            assert faults(page) == []


def test_no_pack_of_it_is_for_an_employer_and_a_refusal_ends_it(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    refused = act(lane, case, "gus", do="ask", reason="The director of HR wants it for the disciplinary hearing")  # fmt: skip
    assert refused.status_code == 422
    assert "no pack of someone who may be speaking up is for that" in refused.text
    assert act(lane, case, "gus", do="ask", reason="x").status_code == 422
    act(lane, case, "gus", do="ask", reason=WHY)
    assert act(lane, case, "farah", do="refuses", request=waiting(lane, case)).status_code == 303
    assert act(lane, case, "gus", do="take").status_code == 403
    assert "Refused by Farah Iqbal" in read(lane, f"/guardian/{case}/evidence", "gus").text


def test_an_ordinary_case_has_no_such_page(lane: House) -> None:
    assert read(lane, f"/guardian/{case_of(lane.store, RUMOUR)}/evidence", "gus", 404)


def test_of_a_leak_governance_alone_takes_a_pack_for_the_ico(lane: House) -> None:
    tell(lane.store, LEAK, 310, alone=True)
    group(lane.store, NOW)
    case = case_of(lane.store, LEAK)
    assert act(lane, case, "farah", do="ico", reason="Reference IC-1234").status_code == 403
    taken = act(lane, case, "gus", do="ico", reason="Reported to the ICO, reference IC-1234")
    assert taken.status_code == 200, taken.text[:300]
    (export,) = lane.store.exports.of_case(case)
    assert (export.purpose, export.rows) == ("ico", 1)
    other = case_of(lane.store, DISCLOSURE)
    assert act(lane, other, "gus", do="ico", reason="Reported to the ICO, reference IC-1234").status_code == 403  # fmt: skip


def test_what_a_hold_says_of_saving_it_is_so(lane: House) -> None:
    far = clock.day(clock.local_day(NOW).replace(year=2030))[1]
    for told, says in ((ON_REDDIT, True), (DISCLOSURE, False), (RUMOUR, True)):
        case = case_of(lane.store, told)
        post = lane.store.cases.mentions(case)[0].item.number
        (line,) = rights.leaves_before(lane.store, [post], far)
        assert ("an evidence pack" in line) is says  # LinkedIn lets no words leave
        if says:
            page = read(lane, line.rpartition(" on ")[2], "gus")
            assert page.all("form")


def test_a_lead_does_not_read_why_a_post_is_held_whose_writer_speaks_up_elsewhere(
    lane: House,
) -> None:
    """Governance's reason, beside an ordinary post of the same account, would say who speaks up."""
    whose = Author(id="u77", handle="drip_stand", name="Drip Stand")
    spoken = replace(ON_REDDIT, text="Nobody checks the crash trolley on nights, we said so in May", flags=(), about=ON_REDDIT.about | {"author": whose})  # fmt: skip
    ordinary = replace(RUMOUR, text="The 140 bus was late again on the way to Harrow", flags=(), about={"platform": "reddit", "issuer": "reddit", "author": whose}, read={})  # fmt: skip
    tell(lane.store, spoken, 330, alone=True)
    tell(lane.store, ordinary, 331, alone=True)
    group(lane.store, NOW)
    post = int(lane.store.database.value("SELECT max(number) FROM mentions"))
    why = "A claim of detriment for speaking up is announced"
    other = case_of(lane.store, RUMOUR)
    (beside,) = [each.item.number for each in lane.store.cases.mentions(other)][:1]
    for who in ("bea", "gwen"):
        lane.store.hold_requests.ask([beside], approver=lane.who[who], by=lane.who["gus"], by_name="gus", reason="A court asks", at=NOW, expires=NOW + TAKEN_WITHIN)  # fmt: skip
        lane.store.hold_requests.ask([post], approver=lane.who[who], by=lane.who["gus"], by_name="gus", reason=why, at=NOW, expires=NOW + TAKEN_WITHIN)  # fmt: skip
    assert why not in read(lane, "/holds", "bea").text
    assert (
        "A court asks" not in read(lane, "/holds", "bea").text
    )  # else what is left out would say whose it is
    assert read(lane, "/holds", "bea").text.count("governance knows why") == 2
    assert why in read(lane, "/holds", "gwen").text
