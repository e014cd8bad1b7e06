"""What the Guardian does in their lane, and how cases come into it, leave it, and leave somebody's sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from settings.review import EscalationRole
from steps.alerts import raise_alerts
from steps.context import RunContext
from store import ERASURE, RETURN, ExportQuery, Store
from store.cases.sight import URGENT, sight_of
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import (
    GRIEVANCE,
    IN_DANGER,
    NOW,
    PASSWORD,
    QUICKLY_CHECKED,
    RUMOUR,
    case_of,
    configure,
    fill,
    tell,
)
from tests.review.pages import read, send
from tests.store.factories import AT

DISCLOSURE = replace(GRIEVANCE, text=f"{GRIEVANCE.text} We told them in June.", read={"staff": "nhs", "protected": "disclosure"})  # fmt: skip
DUTY = sight_of(("reviewer",))
ROLES = (
    EscalationRole(key="guardian", name="Freedom to Speak Up Guardian", when="Staff who raise a concern", email=("guardian@example.org",)),
    EscalationRole(key="safeguarding", name="Safeguarding", when="Someone is at risk"),
)  # fmt: skip


def filled(store: Store) -> dict[str, int]:
    who = fill(store, more=0)
    who["farah"] = store.users.add("local", "farah", "Farah Iqbal", ("guardian",), at=AT).number
    who["gus"] = store.users.add("local", "gus", "Gus Okoro", ("governance",), at=AT).number
    tell(store, DISCLOSURE, 300, alone=True)
    return who


@pytest.fixture
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page whose duty lead is Bea."""
    for house in serve(tmp_path_factory.mktemp("lane"), filled):
        configure(house.desk, duty_lead="bea", roles=ROLES)
        yield house


def test_the_guardian_takes_a_case_up_and_closes_it(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    page = read(lane, "/guardian", "farah")
    assert "May be speaking up" in page.text
    assert "The Guardian: Farah Iqbal" in page.text
    assert "The duty lead: Bea Whitlock" in page.text
    assert "We told them in June" in page.text
    assert not page.all("mark")
    assert send(lane, f"/guardian/{case}/decide", "farah", do="take", version=0).status_code == 303
    assert "Dealt with" in read(lane, f"/guardian/{case}?saved=take-{case}", "farah").text
    answer = send(lane, f"/guardian/{case}/decide", "farah", do="dealt", version=0)
    assert answer.headers["location"] == f"/guardian?saved=dealt-{case}"
    assert f"Saved: case {case}, dealt with." in read(lane, answer.headers["location"], "farah").text  # fmt: skip
    assert send(lane, f"/guardian/{case}/decide", "farah", do="noted", version=0).status_code == 409
    assert send(lane, f"/guardian/{case}/decide", "farah", do="undo", version=1).status_code == 303
    assert "Noted, no action" in read(lane, f"/guardian/{case}", "farah").text or "Dealt with" in read(lane, f"/guardian/{case}", "farah").text  # fmt: skip


def test_what_is_not_open_to_the_guardian_leads_back_to_their_own_list(lane: House) -> None:
    for address in ("/today", "/people"):
        shown = read(lane, address, "farah", status=403).text
        assert "Go to the Guardian’s list" in shown
        assert "Go to today’s list" not in shown


def send_back(house: House, case: int, **said: str) -> int:
    """The Guardian says that nobody speaks up in it, and governance looks."""
    assert send(house, f"/guardian/{case}/back", "farah", **said).status_code == 303
    assert read(house, f"/cases/{case}", "amina", status=404)
    return answer_return(house, case, "gus", "agree")


def answer_return(house: House, case: int, who: str, answer: str) -> int:
    """Somebody answers what waits, by the form of the page."""
    (form,) = house.store.lane_packs.open_requests(RETURN, case=case)
    return send(house, f"/guardian/{case}/back", who, do=answer, request=form.number).status_code


def test_the_guardian_alone_sends_back(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    said = {"why": "no_person", "reason": "It is an advertisement for a plumber"}
    for who in ("bea", "gus", "gwen"):
        assert send(lane, f"/guardian/{case}/back", who, **said).status_code in (403, 404)
    assert "Only the Guardian asks that it go back" in read(lane, f"/guardian/{case}", "gus").text
    assert send(lane, f"/guardian/{case}/decide", "gus", do="noted", version=0).status_code in (403, 404)  # fmt: skip
    assert send(lane, f"/guardian/{case}/back", "farah", why="no_person", reason="No").status_code == 422  # fmt: skip
    for words in ("asdf asdf asdf", "qwerty qwerty", "it is so and so"):
        assert send(lane, f"/guardian/{case}/back", "farah", why="no_person", reason=words).status_code == 422  # fmt: skip
    assert send(lane, f"/guardian/{case}/back", "farah", reason="It is an advertisement for a plumber").status_code == 422  # fmt: skip
    assert send(lane, f"/guardian/{case}/decide", "bea", do="noted", version=0).status_code == 303
    assert send_back(lane, case, **said) == 303
    assert read(lane, f"/cases/{case}").text
    assert f"/guardian/{case}" not in str(read(lane, "/guardian", "gus").all("a"))


def test_a_case_goes_back_by_the_yes_of_governance_alone_and_never_by_the_clock(
    lane: House,
) -> None:
    case = case_of(lane.store, DISCLOSURE)
    said = {"why": "not_wrong", "reason": "She only complains about her manager"}
    run = RunContext(config=lane.desk.file, folder=lane.desk.folder, store=lane.store, report_progress=print, at=NOW)  # fmt: skip
    for answer, who in (("keep", "farah"), ("refuse", "gus")):
        assert send(lane, f"/guardian/{case}/back", "farah", **said).status_code == 303
        assert answer_return(lane, case, "bea", "agree") in (403, 404)
        assert answer_return(lane, case, "farah", "agree") == 404
        assert "says that nobody speaks up in it" in read(lane, f"/guardian/{case}", "gus").text
        assert read(lane, f"/cases/{case}", "amina", status=404)
        assert answer_return(lane, case, who, answer) == 303
        assert lane.store.speaking_up.protected(case)
    assert send(lane, f"/guardian/{case}/back", "farah", **said).status_code == 303
    for days in (1, 2, 30):
        raise_alerts(run, NOW + timedelta(days=days))
        assert lane.store.speaking_up.protected(case), days
    assert "and not before" in read(lane, f"/guardian/{case}", "farah").text
    assert answer_return(lane, case, "gus", "agree") == 303
    assert not lane.store.speaking_up.protected(case)
    shown = read(lane, f"/cases/{case}/full", "amina").text.partition("<main")[2]
    assert "nobody speaks up" not in shown.lower()
    assert "sent back" not in shown.lower()


def test_a_yes_is_to_the_request_that_was_read_and_to_no_other_of_the_case(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    (lead,) = [each.item.number for each in lane.store.cases.mentions(case) if each.reviewable]
    gus = lane.who["gus"]
    for posts in ([lead], [lead + 900]):
        lane.store.lane_packs.ask(case, posts, purpose=ERASURE, as_role="governance", by=gus, at=NOW, reason="Request 2. Asked by whoever wrote it")  # fmt: skip
    first, second = lane.store.lane_packs.open_requests(ERASURE, case=case)
    shown = read(lane, f"/guardian/{case}", "farah").all("input", name="request")
    assert [each["value"] for each in shown] == [str(first.number), str(second.number)]
    address = f"/guardian/{case}/erasure"
    assert send(lane, address, "farah", do="agree").status_code == 409
    assert send(lane, address, "farah", do="agree", request=second.number).status_code == 303
    assert lane.store.lane_packs.open_requests(ERASURE, case=case) == [first]
    assert [each.number for each in lane.store.lane_packs.open_requests(ERASURE, case=case, state="agreed")] == [second.number]  # fmt: skip
    assert "1 post of case" not in read(lane, "/governance", "gus").text  # that one is gone already
    assert send(lane, address, "farah", do="agree", request=first.number).status_code == 303
    overview = read(lane, "/governance", "gus").text
    assert f"The Guardian agreed that 1 post of case {case} is erased" in overview
    assert "Nothing is erased yet: do it again from that request" in overview
    said = {"why": "not_wrong", "reason": "She only complains about her manager"}
    assert send(lane, f"/guardian/{case}/back", "farah", **said).status_code == 303
    (read_first,) = lane.store.lane_packs.open_requests(RETURN, case=case)
    assert answer_return(lane, case, "farah", "keep") == 303
    assert send(lane, f"/guardian/{case}/back", "farah", **said).status_code == 303
    late = send(lane, f"/guardian/{case}/back", "gus", do="agree", request=read_first.number)
    assert late.status_code == 409
    assert "It changed while you looked" in late.text
    assert lane.store.speaking_up.protected(case)


def test_what_was_sent_back_stays_out_of_packs_and_exports_while_it_is_read_as_speaking_up(
    lane: House,
) -> None:
    case = case_of(lane.store, DISCLOSURE)
    said = {"why": "not_wrong", "reason": "She only complains about her manager"}
    assert send_back(lane, case, **said) == 303
    assert read(lane, f"/cases/{case}").text
    for who, counts in (("bea", False), ("gwen", True)):  # a lead is not told how many there are
        pack = send(
            lane, f"/cases/{case}/evidence", who, reason="The ward asked us for a copy of this"
        )
        assert pack.status_code == 422, who
        assert ("may be speaking up" in pack.text.partition("<main")[2]) is counts, who
        assert "Third week without a break" not in pack.text
    (post,) = [each.item.number for each in lane.store.cases.mentions(case)]
    query = ExportQuery(since=AT - timedelta(days=900), until=NOW + timedelta(days=1))
    assert post not in {each.number for each in lane.store.exports.posts(query).posts}
    number = lane.store.database.value("SELECT assessment FROM case_mentions WHERE mention = ?", post)  # fmt: skip
    lane.store.database.execute("DROP TRIGGER assessments_never_change")
    with lane.store.database.transaction():  # another reading of it, as a later program has it
        lane.store.database.execute("UPDATE assessments SET protected = 'none' WHERE number = ?", number)  # fmt: skip
    assert lane.store.exports.speaking_up([post]) == {post}  # staff with a grievance still
    assert post not in {each.number for each in lane.store.exports.posts(query).posts}
    with lane.store.database.transaction():
        lane.store.database.execute("UPDATE assessments SET staff = 'no' WHERE number = ?", number)
    assert lane.store.exports.speaking_up([post]) == frozenset()


def test_that_it_was_sent_back_outlives_the_case_and_governance_counts_it(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    said = {"why": "patient", "reason": "Her mother wrote it, not she"}
    send_back(lane, case, **said)
    records = lane.store.decision_records.each(NOW - timedelta(days=1), NOW + timedelta(days=1))
    (record,) = (each for each in records if each.kind == "sent_back")
    assert (record.kind, record.case, record.by) == ("sent_back", case, lane.who["farah"])
    assert record.why == "A patient or a member of the public wrote it"
    assert lane.store.audit.check_rows() == []
    page = read(lane, "/looked-at/decisions", "gus").text
    assert "Sent back by the Guardian" in page
    assert record.why in page
    assert "1 case was sent back to the desk in 7 days" in read(lane, "/governance", "gus").text
    lane.store.database.execute("DROP TRIGGER decision_records_never_change")
    lane.store.database.execute("UPDATE decision_records SET why = 'Because'")
    assert any("decision_records" in each for each in lane.store.audit.check_rows())


def test_an_officer_sends_a_case_there_after_it_was_said_what_that_does(lane: House) -> None:
    case = case_of(lane.store, GRIEVANCE)
    page = read(lane, f"/cases/{case}")
    (button,) = [one for one in page.all("button") if one.get("formaction") == f"/cases/{case}/speaking-up"]  # fmt: skip
    assert button["type"] == "submit"
    asked = send(lane, f"/cases/{case}/speaking-up", version=0)
    assert asked.status_code == 200
    assert "It leaves everyone’s lists, and yours" in asked.text
    assert f'action="/cases/{case}/speaking-up"' in asked.text
    assert lane.store.handoffs.of_case(case) == []
    answer = send(lane, f"/cases/{case}/speaking-up", version=0, sure="yes")
    assert answer.status_code == 303
    assert f"case {case} went to the Guardian" in read(lane, answer.headers["location"]).text
    assert (
        "This went to the Guardian" in read(lane, f"/cases/{case}", status=403).text
    )  # they sent it
    assert read(lane, f"/cases/{case}", "vera", status=404).text
    assert "sent by a person" in read(lane, "/guardian", "farah").text
    (handoff,) = lane.store.handoffs.of_case(case)
    assert handoff.role == "guardian"
    assert lane.store.outbox.due(NOW)[-1].recipients == ("guardian@example.org",)


def test_danger_that_went_there_keeps_its_title_for_those_on_duty(lane: House) -> None:
    case = case_of(lane.store, IN_DANGER)
    lane.store.database.sight = DUTY

    def title() -> str:
        rows = lane.store.lanes.rows(("now",), user=1, at=NOW, limit=99)
        return next(each.reason for each in rows if each.case.number == case)

    def waiting() -> list[str]:
        text = read(lane, "/handover", "bea").text
        return [re.sub(r"\s+", " ", each) for each in re.findall(r"[\d,]+\s+(?:waits? for a decision|of them of high risk)", text)]  # fmt: skip

    before = waiting()
    assert len(before) == 2
    assert (
        "stay in Now for those on duty" in send(lane, f"/cases/{case}/speaking-up", version=0).text
    )
    send(lane, f"/cases/{case}/speaking-up", version=0, sure="yes")
    assert lane.store.speaking_up.protected(case) == URGENT
    assert title() == "Someone may be in danger"
    for typed in (f"{case}", f"case {case}"):
        with lane.asks() as client:
            led = client.get("/all", params={"q": typed})
        assert (led.status_code, led.headers.get("location")) == (303, f"/cases/{case}"), typed
        assert "that you can open" in read(lane, f"/all?q={typed}", "vera").text  # not on duty
    assert waiting() == before  # Handover counts it as Today does
    quiet = case_of(lane.store, RUMOUR)
    assert send(lane, f"/cases/{quiet}/speaking-up", version=0, sure="yes").status_code == 303
    assert "that you can open" in read(lane, f"/all?q=case {quiet}").text  # nothing urgent in it


def test_whoever_sent_a_case_there_takes_it_back_for_some_minutes_and_hears_nothing_of_the_guardian(lane: House) -> None:  # fmt: skip
    case = case_of(lane.store, RUMOUR)
    before = read(lane, f"/cases/{case}").text
    row = lane.store.lanes.rows(("now", "answer", "look", "rest"), user=1, at=NOW, limit=99)
    shown = next(each for each in row if each.case.number == case)
    at = send(lane, f"/cases/{case}/speaking-up", version=0, sure="yes").headers["location"]
    assert "Take it back" in read(lane, at).text
    assert "Take it back" not in read(lane, at, "bea").text
    assert "Take it back" in read(lane, f"/cases/{case}", status=403).text
    read(lane, f"/guardian/{case}", "farah")  # that they opened it makes no difference
    assert send(lane, "/speaking-up/back", "bea", case=case).headers["location"].endswith(".late")
    back = send(lane, "/speaking-up/back", case=case).headers["location"]
    assert f"Undone: case {case} is back as it was" in read(lane, back).text
    assert shown.reason in before
    row = lane.store.lanes.rows((shown.lane,), user=1, at=NOW, limit=99)
    assert next(each for each in row if each.case.number == case).reason == shown.reason
    (handoff,) = lane.store.handoffs.of_case(case)
    assert handoff.state == "taken back"
    assert lane.store.speaking_up.rows() == [each for each in lane.store.speaking_up.rows() if each.case.number != case]  # fmt: skip
    version = lane.store.cases.get(case).version  # type: ignore[union-attr]
    send(lane, f"/cases/{case}/speaking-up", version=version, sure="yes")
    send(lane, f"/guardian/{case}/decide", "farah", do="take", version=version + 1)
    late = send(lane, "/speaking-up/back", case=case).headers["location"]
    assert "can’t be taken back any more: ask the Guardian" in read(lane, late).text
    assert lane.store.speaking_up.protected(case)


def test_an_officer_steps_back_and_a_lead_gets_the_case(lane: House) -> None:
    case = case_of(lane.store, RUMOUR)
    read(lane, "/today", "bea")  # who never signed in is given nothing
    assert f"/cases/{case}/recuse" in str(read(lane, f"/cases/{case}").all("a"))
    assert "Only governance reads it" in read(lane, f"/cases/{case}/recuse").text
    answer = send(lane, f"/cases/{case}/recuse", words="My team wrote the rota")
    assert "is out of your sight" in read(lane, answer.headers["location"]).text
    gone = read(lane, f"/cases/{case}", status=404).text
    assert "You stepped back from case" in gone
    assert "Bea Whitlock was given it" in gone
    assert f"Amina Yusuf stepped back from case {case}: you have it now." in read(lane, "/today", "bea").text  # fmt: skip
    assert "stepped back from" not in read(lane, "/today", "gwen").text
    hers = read(lane, f"/cases/{case}", "bea").text
    assert "Amina Yusuf stepped back from this case" in hers
    assert "My team wrote the rota" not in hers
    assert "My team wrote the rota" in read(lane, "/governance", "gus").text


def test_a_case_is_handed_to_nobody_who_never_signed_in_and_leads_are_told_that_nobody_has_it(
    lane: House,
) -> None:
    case = case_of(lane.store, RUMOUR)
    answer = send(lane, f"/cases/{case}/recuse")
    assert answer.status_code == 303
    assert "It is with your colleagues" in read(lane, f"/cases/{case}", status=404).text
    told = f"Amina Yusuf stepped back from case {case}, and nobody has it: give it to someone."
    page = read(lane, "/today", "bea")
    assert told in page.text
    assert f"/cases/{case}" in str(page.all("a"))
    assert told not in read(lane, "/today", "amina").text


def test_every_page_of_the_lane_opens_for_each_who_sees_it(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    for who in ("farah", "gus", "bea"):
        for path in ("/guardian", f"/guardian/{case}", f"/guardian/{case}?saved=take-{case}", f"/cases/{case}/recuse"):  # fmt: skip
            if who == "gus" and path.endswith("recuse"):
                continue
            assert read(lane, path, who).text, (who, path)
        rows = [row for row in read(lane, f"/guardian/{case}", who).all("a") if row.get("data-row")]
        assert [row["data-row"] for row in rows if row.get("aria-current")] == [str(case)]


def test_nobody_who_could_not_sign_in_yet_is_given_a_case(lane: House) -> None:
    lane.store.users.add("local", "asked", "Asked Yesterday", ["lead"], at=AT)  # no password so far
    case = case_of(lane.store, RUMOUR)
    send(lane, f"/cases/{case}/recuse", "bea", words="My own team")
    (stepped,) = lane.store.recusals.of_case(case)
    assert stepped.handed_to is None


def test_a_guardian_steps_back_and_the_duty_lead_has_it(lane: House) -> None:
    case, ordinary = case_of(lane.store, DISCLOSURE), case_of(lane.store, RUMOUR)
    read(lane, "/today", "bea")
    assert send(lane, f"/cases/{ordinary}/recuse", "farah").status_code == 404
    assert lane.store.recusals.of_case(ordinary) == []
    answer = send(lane, f"/cases/{case}/recuse", "farah")
    assert answer.headers["location"] == "/guardian"
    assert f"/guardian/{case}" not in str(read(lane, "/guardian", "farah").all("a"))
    assert read(lane, f"/guardian/{case}", "farah", status=404).text
    assert "You have it" in read(lane, f"/guardian/{case}", "bea").text


def test_a_look_at_masked_words_needs_a_reason_and_leads_back_to_the_lane(lane: House) -> None:
    case = case_of(lane.store, DISCLOSURE)
    post = lane.store.cases.mentions(case)[0].item.number
    answer = send(lane, f"/cases/{case}/show", "farah", post=post)
    assert "why=missing" in answer.headers["location"]
    with lane.asks("farah") as client:
        led = client.get(answer.headers["location"], follow_redirects=True)
    assert "Choose why you need to see it" in led.text
    assert str(led.url).startswith(f"{lane.url}/guardian/{case}?")


def register(house: House, who: str, path: str, **form: object) -> str:
    with house.asks(who) as client:
        return client.post(path, data={name: str(value) for name, value in form.items()}).headers["location"]  # fmt: skip


def listed(house: House, who: str) -> set[str]:
    """Every case that a person's lists lead to, and how many they say that there are."""
    page = read(house, "/all?size=100", who)
    return {
        *(link["href"] for link in page.all("a") if "/cases/" in link["href"]),
        page.text[:2000],
    }


def test_a_handle_of_an_officer_takes_what_is_here_from_them_and_gives_it_to_colleagues(
    lane: House,
) -> None:
    """Nothing differs before another person agreed; then no way leads to it, and back again once governance removes it."""
    case = case_of(lane.store, RUMOUR)
    lane.store.assignments.assign(case, lane.who["bea"], by=lane.who["bea"], at=NOW, seen=0)
    everything, colleagues = listed(lane, "bea"), listed(lane, "amina")
    assert register(lane, "bea", "/account/handles", platform="x", handle="") == "/account?handle=handle#handles"  # fmt: skip
    assert "Write the handle" in read(lane, "/account?handle=handle", "bea").text
    register(lane, "bea", "/account/handles", platform="x", handle="@rowan_ashdown")
    assert "waits for another person" in read(lane, "/account", "bea").text
    assert listed(lane, "bea") == everything
    (handle,) = lane.store.recusals.handles(lane.who["bea"])
    overview = read(lane, "/governance", "gus").text
    assert "Bea Whitlock asks that rowan_ashdown" in overview
    assert "count as Bea Whitlock’s own" in overview
    answer = {"user": lane.who["bea"], "handle_number": handle.number, "answer": "agrees"}
    assert "second" in register(lane, "bea", "/account/handles", **answer)
    assert register(lane, "gus", "/governance/handles", **answer) == "/governance#handles"
    hidden = lane.store.recusals.of_user(lane.who["bea"])
    assert case in hidden
    assert not [link for link in listed(lane, "bea") if link.startswith(f"/cases/{case}")]
    assert "You stepped back" not in read(lane, f"/cases/{case}", "bea", status=404).text
    assert read(lane, f"/cases/{case}", "amina").text
    assert lane.store.assignments.of_case(case)[-1].to is None
    links = {link for link in colleagues if link.startswith("/")}
    assert links <= listed(lane, "amina")
    assert "a case by a handle registered as theirs" in read(lane, "/governance", "gus").text
    assert "a post of their own" not in read(lane, "/governance", "gus").text
    assert register(lane, "bea", "/account/handles", remove=handle.number) == "/account?handle=theirs#handles"  # fmt: skip
    assert lane.store.recusals.of_user(lane.who["bea"]) == hidden
    assert "Remove it" not in read(lane, "/account", "bea").text
    register(lane, "gus", "/governance/handles", user=lane.who["bea"], remove=handle.number)
    assert lane.store.recusals.of_user(lane.who["bea"]) == frozenset()
    assert read(lane, f"/cases/{case}", "bea").text
    assert "removed by Gus Okoro" in read(lane, "/governance", "gus").text


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("amina", True),
        ("bea", True),
        ("farah", True),
        ("gus", True),
        ("vera", False),
        ("ada", False),
    ],
)
def test_only_who_decides_anything_is_offered_to_register_a_handle(lane: House, who: str, offered: bool) -> None:  # fmt: skip
    assert ("Handles you post by" in read(lane, "/account", who).text) is offered
    with lane.asks(who) as client:
        answer = client.post("/account/handles", data={"platform": "x", "handle": "rowan_ashdown"})
    assert answer.status_code == (303 if offered else 403)
    assert len(lane.store.recusals.handles(lane.who[who])) == offered


def test_governance_alone_takes_no_case_from_the_guardian_by_a_handle(lane: House) -> None:
    case, farah = case_of(lane.store, DISCLOSURE), lane.who["farah"]
    register(lane, "gus", "/governance/handles", user=farah, platform="linkedin", handle="rowan_ashdown")  # fmt: skip
    (handle,) = lane.store.recusals.handles(farah)
    answer = {"user": farah, "handle_number": handle.number, "answer": "agrees"}
    assert "second" in register(lane, "gus", "/governance/handles", **answer)
    assert "asked for by Gus Okoro" in read(lane, "/account", "farah").text
    register(lane, "farah", "/account/handles", **answer)
    again = replace(DISCLOSURE, text=f"{DISCLOSURE.text} And again.")
    tell(lane.store, again, 402, alone=True)
    later = case_of(lane.store, again)
    for number in (case, later):
        assert read(lane, f"/guardian/{number}", "farah").text
        assert "The Guardian: Farah Iqbal" in read(lane, f"/guardian/{number}", "gus").text
    lane.who["idris"] = lane.store.users.add("local", "idris", "Idris Bello", ("guardian",), at=AT).number  # fmt: skip
    assert "The Guardian: Idris Bello" in read(lane, f"/guardian/{later}", "gus").text
    read(lane, f"/guardian/{later}", "farah", status=404)
    register(lane, "gus", "/governance/handles", user=farah, remove=handle.number)
    assert read(lane, f"/guardian/{later}", "farah").text


def test_an_answer_to_one_who_speaks_up_does_not_tell_their_words(lane: House) -> None:
    parent = lane.store.mentions.get(lane.store.cases.mentions(case_of(lane.store, DISCLOSURE))[0].item.number)  # fmt: skip
    assert parent is not None
    reply = replace(RUMOUR, text="Is that so? The sign on the door says otherwise, I think")
    reply = replace(reply, flags=(("misinformation", "The sign on the door"),))
    tell(lane.store, reply, 301, alone=True, platform="linkedin", issuer="linkedin", kind="reply", parent_id=parent.mention.issued_id, root_id=parent.mention.issued_id)  # fmt: skip
    page = read(lane, f"/cases/{case_of(lane.store, reply)}").text
    assert "The sign on the door" in page
    assert "We told them in June" not in page


def test_axe_finds_no_fault_with_the_lane_wide_or_narrow(browser: Browser, lane: House) -> None:
    lane.store.users.change(lane.who["farah"], secret=QUICKLY_CHECKED.hash(PASSWORD), at=AT)
    case = case_of(lane.store, DISCLOSURE)
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, lane, "farah")
        wrong = []
        for path in ("/guardian", f"/guardian/{case}", f"/cases/{case}/recuse"):
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(lane.url + path)
            wrong += faults(page) + beyond(page, 640) + beyond(page, 320)
            assert page.locator("h1").count() == 1, path
        wrong += faults(page)
    assert wrong == []


def test_nothing_on_the_guardians_pages_leads_where_they_may_not_go(lane: House) -> None:  # fmt: skip
    for address in ("/guardian", "/help", "/account", "/holds"):
        page = read(lane, address, "farah")
        for href in {str(link.get("href", "")) for link in page.all("a")}:
            if href.startswith("/") and not href.startswith("/static"):
                with lane.asks("farah") as client:
                    assert client.get(href.partition("#")[0]).status_code != 403, (address, href)
    assert "Guardian’s lane" in read(lane, "/help", "farah").text.partition("Your morning in 5 lines")[2]  # fmt: skip
    assert "Close Rest in groups" in read(lane, "/help", "amina").text
    assert "Close Rest in groups" not in read(lane, "/help", "farah").text
