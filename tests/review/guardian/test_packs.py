"""What somebody wrote who speaks up is saved for their claim by governance and the Guardian together, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser

from collectors import terms
from core import clock
from core.errors import StoreError
from core.models import Author
from reports import evidence
from steps import lane_packs, rights
from store import AuditQuery
from store.cases.lane_packs import TAKEN_WITHIN
from tests.review.accessibility import faults
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import (
    GRIEVANCE,
    NOW,
    RUMOUR,
    Told,
    case_of,
    configure,
    decide,
    group,
    tell,
)
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

TWO_SPEAK = tuple(
    replace(ON_REDDIT, text=text, flags=(), about=ON_REDDIT.about | {"author": Author(id=handle, handle=handle, name="")})
    for handle, text in (
        ("night_porter", "They leave the fire door on ward 9 chained all night and nobody listens"),
        ("bay_four", "They leave the fire door on ward 9 chained all night and nobody hears it"),
    )
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


def two_writers(house: House) -> tuple[int, int, int]:
    """A case in which two people speak up, and a post of each."""
    for number, told in enumerate(TWO_SPEAK, 340):
        tell(house.store, told, number)
    group(house.store, NOW)
    case = case_of(house.store, TWO_SPEAK[0])
    first, second = sorted(each.item.number for each in house.store.cases.mentions(case))
    return case, first, second


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


def test_each_writer_of_a_case_has_a_pack_of_their_own(lane: House) -> None:
    """Who speaks up beside somebody else has no part in their claim, and the employer reads all of a pack."""
    case, first, second = two_writers(lane)
    page = read(lane, f"/guardian/{case}/evidence", "gus")
    for post in (first, second):
        assert f"The writer of post {post}" in page.text
    for handle in ("night_porter", "bay_four"):
        assert handle not in page.text
    assert "the other side, the employer, gets to see this pack" in page.text
    refused = act(lane, case, "gus", do="ask", reason=WHY)
    assert refused.status_code == 422
    assert "Choose whose claim it is" in refused.text
    for post in (first, second):  # the one does not end the other
        assert act(lane, case, "gus", do="ask", reason=WHY, writer=post).status_code == 303
    (asked_second, asked_first) = lane.store.lane_packs.of_case(case)
    assert act(lane, case, "farah", do="agrees", request=asked_first.number).status_code == 303
    assert act(lane, case, "gus", do="take", writer=second).status_code == 403
    assert asked_second.state == "waits"
    opened, people = (
        lane.store.cases.get(case),
        {user.handle: user for user in lane.store.users.all()},
    )
    assert opened is not None
    pack = lane_packs.take(
        lane.store, lane.desk.file, lane.desk.policy, opened, by=people["gus"], at=NOW, purpose="court", reason="", post=first, as_html=True,
    ).content.decode()  # fmt: skip
    one, other = (TWO_SPEAK[0].text, TWO_SPEAK[1].text)
    assert one in pack
    assert other not in pack
    assert f"Post {second}" not in pack
    assert f"the writer of post {first}" in pack
    assert pack.index("the other side, the employer, gets to see this pack") < pack.index("What was posted")  # fmt: skip


def test_what_was_asked_for_several_writers_at_once_is_agreed_to_for_none(lane: House) -> None:
    case, first, second = two_writers(lane)
    lane.store.lane_packs.ask(case, [first, second], purpose="court", as_role="governance", by=lane.who["gus"], at=NOW, reason=WHY)  # fmt: skip
    request = lane.store.lane_packs.last(case)
    assert request is not None
    lane.store.lane_packs.answer(request, agrees=True, by=lane.who["farah"], at=NOW)
    for post in (first, second):
        assert act(lane, case, "gus", do="take", writer=post).status_code == 403


def test_a_decision_on_others_posts_too_is_told_without_what_was_written(lane: House) -> None:
    case, first, second = two_writers(lane)
    for post in (first, second):
        lane.store.speaking_up.send(case, [post], by=None, at=NOW)
    decide(lane.store, case, lane.who["farah"], "monitor", note="Both nurses of ward 9 rang me")
    opened = lane.store.cases.get(case)
    assert opened is not None
    told = evidence.gather(
        lane.store, opened, lane.desk.policy, (), at=NOW, by="", reason="", agreed=[first]
    )
    assert [each.what for each in told.decisions]
    assert "ward 9" not in str([each.notes for each in told.decisions])


def test_what_a_post_answers_stands_beside_it_masked(lane: House) -> None:
    parent = replace(RUMOUR, text="Mind how you speak of Ward 9, ring me on 07700 900123", flags=(), masked="Mind how you speak of Ward 9, ring me on [phone]", about={"platform": "reddit", "issuer": "reddit", "issued_id": "t3_a"})  # fmt: skip
    answer = replace(ON_REDDIT, text="We told them about the crash trolley in June and nobody came", flags=(), about=ON_REDDIT.about | {"issued_id": "t1_b", "parent_id": "t3_a", "author": Author(id="u9", handle="late_shift", name="")})  # fmt: skip
    for number, told in ((350, parent), (351, answer)):
        tell(lane.store, told, number, alone=True)
    group(lane.store, NOW)
    case = case_of(lane.store, answer)
    opened = lane.store.cases.get(case)
    assert opened is not None
    (post,) = [each for each in lane.store.cases.mentions(case) if each.item.protected == "disclosure"]  # fmt: skip
    gathered = evidence.gather(
        lane.store,
        opened,
        lane.desk.policy,
        (),
        at=NOW,
        by="",
        reason="",
        agreed=[post.item.number],
    )
    html = evidence.html(gathered)
    assert (
        "It answers this post, masked here: Mind how you speak of Ward 9, ring me on [phone]"
        in html
    )
    assert "900123" not in html


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


def test_of_a_leak_that_a_colleague_reported_the_page_and_the_command_give_the_same(lane: House) -> None:  # fmt: skip
    """A report that speaks up by its flags alone is in no lane, and 72 hours run all the same."""
    told = replace(
        LEAK, about={"platform": "email", "issuer": "inbox", "kind": "report"}, read={"staff": "nhs", "protected": "criticism"},
        flags=(*LEAK.flags, ("allegation", "They leave lists with names on the ward desk")),
    )  # fmt: skip
    tell(lane.store, told, 311, alone=True)
    group(lane.store, NOW)
    case = case_of(lane.store, told)
    opened, people = (
        lane.store.cases.get(case),
        {user.handle: user for user in lane.store.users.all()},
    )
    assert opened is not None
    assert not opened.protected
    page = read(lane, f"/cases/{case}/evidence", "gus")
    assert "Take the pack for the ICO" in page.text
    for who in ("farah", "gus", "gwen"):  # it is the team's: no way of the lane leads to it
        read(lane, f"/guardian/{case}/evidence", who, status=404)
        assert act(lane, case, who, do="hold", reason=WHY, until="2027-02-28").status_code == 404
    for address in (
        f"/cases/{case}",
        f"/cases/{case}/full",
    ):  # nor do those on duty read that who told of it is staff
        shown = read(lane, address, "amina").text
        assert "NHS staff, not ours" not in shown
        assert "work for us" not in shown
    why = {"purpose": "ico", "reason": "Reported to the ICO, reference IC-1234"}
    assert send(lane, f"/cases/{case}/evidence", "gus", **why).status_code == 200
    lane_packs.take_pack(lane.store, lane.desk.file, lane.desk.policy, opened, by=people["gus"], at=NOW, purpose=why["purpose"], reason=why["reason"])  # fmt: skip
    page_and_command = lane.store.exports.of_case(case)
    assert [(each.purpose, each.rows) for each in page_and_command] == [("ico", 1), ("ico", 1)]
    for purpose in ("complaint", "police", "takedown", "court"):
        said = {"purpose": purpose, "reason": "They ask us in their letter of Monday"}
        assert send(lane, f"/cases/{case}/evidence", "gus", **said).status_code == 422
        with pytest.raises(StoreError):
            lane_packs.take_pack(lane.store, lane.desk.file, lane.desk.policy, opened, by=people["gus"], at=NOW, purpose=said["purpose"], reason=said["reason"])  # fmt: skip
    assert "Take the pack" not in read(lane, f"/cases/{case}/evidence", "bea").text
    assert send(lane, f"/cases/{case}/evidence", "bea", **why).status_code == 422


def test_what_staff_write_to_our_mailbox_and_speaks_up_is_in_the_lane_and_those_on_duty_act_on_its_leak(lane: House) -> None:  # fmt: skip
    """They read a fixed line, the masked words and the steps; not who wrote it, nor that they are staff."""
    told = replace(LEAK, about={"platform": "email", "issuer": "inbox", "kind": "report"})
    tell(lane.store, told, 312, alone=True)
    group(lane.store, NOW)
    case = case_of(lane.store, told)
    opened = lane.store.cases.get(case)
    assert opened is not None
    assert opened.protected
    for who in ("farah", "gus", "gwen"):
        assert "ward desk" in read(lane, f"/guardian/{case}", who).text
    with lane.asks("amina") as client:
        for address in (f"/guardian/{case}", f"/guardian/{case}/evidence", f"/cases/{case}/evidence"):  # fmt: skip
            assert client.get(address).status_code in (403, 404)
        steps = client.get(f"/cases/{case}/leak")
        assert steps.status_code == 200
        assert "NHS staff" not in steps.text
    taken = act(lane, case, "gus", do="ico", reason="Reported to the ICO, reference IC-1234")
    assert taken.status_code == 200, taken.text[:300]


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


@pytest.mark.parametrize("post_told", [ON_REDDIT, DISCLOSURE])
def test_every_page_of_a_hold_names_the_day_until_which_it_can_really_be_kept(lane: House, post_told: Told) -> None:  # fmt: skip
    case = case_of(lane.store, post_told)
    post = lane.store.cases.mentions(case)[0].item.number
    bound = lane.store.retention.bound_of(post, terms.limits(), terms.longest())
    assert bound is not None
    day = clock.local_day(bound.latest)
    far = day.replace(year=day.year + 1)
    assert f"goes by {day:%-d %B %Y}" in read(lane, f"/guardian/{case}", "gus").text
    assert f"Post {post} goes by {day:%-d %B %Y}" in read(lane, f"/guardian/{case}/evidence", "gus").text  # fmt: skip
    for until, last in ((far, day), (clock.local_day(NOW), clock.local_day(NOW))):
        lane.store.database.execute("DELETE FROM hold_requests")
        act(lane, case, "gus", do="hold", reason=WHY, until=until.isoformat(), approver="farah")
        page = read(lane, "/holds", "farah").text
        assert f"until {last:%a} {last.day} {last:%b %Y}" in page
        assert (f"{last:%b %Y} at most" in page) is (last != until)
        assert f"asked for until {last:%-d %B %Y}" in read(lane, f"/guardian/{case}/evidence", "gus").text  # fmt: skip
    lane.store.database.execute("DELETE FROM hold_requests")
    act(lane, case, "gus", do="hold", reason=WHY, until=far.isoformat(), approver="farah")
    (number,) = {each.number for each in lane.store.hold_requests.waiting(NOW)}
    send(lane, "/holds", "farah", holds=str(number), answer="agrees")
    assert f"until {day:%a} {day.day} {day:%b %Y} at most" in read(lane, "/requests", "gus").text


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
