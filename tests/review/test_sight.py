"""Roles by addresses by cases that are kept from people: nothing gives words, writer or existence to who may not see.

The addresses are the app's own: a new one that does not say what it shows stops the start, and one that is in no line
of `FILLED` fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from core.models import Role
from review import sight
from review.app import GET, POST, create_app
from review.auth.sessions import COOKIE
from settings.review import EscalationRole
from store import NewMail, Store
from tests.review.conftest import House, serve
from tests.review.factories import (
    NAMED,
    NOW,
    RUMOUR,
    Told,
    case_of,
    configure,
    fill,
    session,
    tell,
)
from tests.store.factories import AT, HOUR

SECRET = "zinnia"  # stands in each protected post and nowhere else
WRITER = "perdita_quill"
ABOUT: dict[str, Any] = {"author": None}


def _told(text: str, **more: Any) -> Told:
    return Told(
        text=text, risk=more.pop("risk", "low"),
        read={"staff": "nhs", "protected": more.pop("protected", "disclosure")}, **more,
    )  # fmt: skip


DISCLOSURE = _told(f"We raised the unsafe rota on {SECRET} ward three times and nobody listened", flags=(("grievance", "unsafe rota"),))  # fmt: skip
UNION = _told(f"Out with the union on the {SECRET} picket, they docked us for it", protected="union", flags=(("grievance", "docked us"),))  # fmt: skip
LEAKING = _told(
    f"They lost the notes of Rosalind Pettigrew on {SECRET} ward and told us to keep quiet", risk="high",
    masked=f"They lost the notes of [name 1] on {SECRET} ward and told us to keep quiet", flags=(("pid", "Rosalind Pettigrew"),),
)  # fmt: skip
DANGEROUS = _told(
    f"I reported {SECRET} ward, they broke me, I can’t see the point of waking up tomorrow", risk="high",
    flags=(("safeguarding", "can’t see the point of waking up tomorrow"),),
)  # fmt: skip
THREATENING = _told(
    f"After what they did on {SECRET} ward I wait for our manager by her car tonight", risk="high",
    flags=(("threat", "I wait for our manager by her car"),),
)  # fmt: skip
SEEN = ("guardian", "governance", "duty")  # who sees the lane
BLIND = ("viewer", "reviewer", "lead", "admin", "recused", "safeguarding")
PEOPLE: dict[str, tuple[Role, ...]] = {
    "guardian": ("guardian",), "governance": ("governance",), "duty": ("reviewer", "lead"), "viewer": ("viewer",),
    "reviewer": ("reviewer",), "lead": ("reviewer", "lead"), "admin": ("admin",), "recused": ("reviewer",), "safeguarding": ("safeguarding",),
    "writer": ("reviewer",),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The numbers of what is kept: cases and posts by name."""

    cases: dict[str, int]
    posts: dict[str, int]


def filled(store: Store) -> dict[str, int]:
    """Ordinary cases, protected ones of each kind, one from which somebody stepped back, and people of each role."""
    who = fill(store, more=0)
    for handle, roles in PEOPLE.items():
        who[handle] = store.users.add("local", handle, f"Only {handle}", roles, at=NOW).number
    for number, told in enumerate((DISCLOSURE, UNION, LEAKING, DANGEROUS), start=300):
        tell(store, told, number, AT + HOUR / 2, alone=True)
    return who


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page of this module's own, whose duty lead is named."""
    for here in serve(tmp_path_factory.mktemp("sight"), filled):
        roles = (EscalationRole(key="guardian", type="guardian", name="The Guardian", when="A concern", reach="Farah Iqbal, 020 7946 0123"),)  # fmt: skip
        configure(here.desk, duty_lead="duty", roles=roles)
        here.store.recusals.step_back(case_of(here.store, RUMOUR), here.who["recused"], at=NOW)
        handle = here.store.recusals.ask_handle(here.who["writer"], "x", "rowan_ashdown", by=here.who["writer"], at=NOW)  # fmt: skip
        here.store.recusals.answer_handle(handle, agrees=True, by=here.who["governance"], at=NOW)
        yield here


@pytest.fixture(scope="module")
def kept(house: House) -> Kept:
    told = {"disclosure": DISCLOSURE, "union": UNION, "leak": LEAKING, "danger": DANGEROUS, "recused": RUMOUR}  # fmt: skip
    cases = {name: case_of(house.store, each) for name, each in told.items()}
    posts = {
        name: house.store.cases.mentions(case)[0].item.number
        for name, case in cases.items()
        if name != "nothing"
    }
    return Kept(cases=cases, posts=posts)


def ask(
    house: House, who: str, method: str, path: str, fields: dict[str, Any] | None = None
) -> httpx.Response:
    cookie = f"{COOKIE}={session(house.store, house.who[who])}"
    behind = f"198.51.{abs(hash((path, method))) % 200}.{abs(hash(who)) % 250}"
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": behind, "Cookie": cookie}
    return httpx.request(
        method, f"{house.url}{path}", headers=headers, data=fields, timeout=30, verify=False, follow_redirects=False
    )  # fmt: skip


def routes() -> list[str]:
    """Every address with its method, but the stream, which has no end."""
    return [f"GET {path}" for path, _ in GET] + [f"POST {path}" for path, _ in POST]


# What the number of an address is, of a case by its number and its post's.
def addressed(house: House, kept: Kept, name: str, path: str) -> str | None:
    """The address of a kept thing, None where the address names none."""
    case, post = kept.cases[name], kept.posts[name]
    shows = sight.ADDRESSES[path]
    if shows.names in ("nothing", "lists"):
        return None
    number = {"case": case, "mention": post}.get(shows.names)
    if number is None:
        return None  # hand-offs, clocks and opinions: below
    filled_in = path.replace("{number:row}", str(number)).replace("{token}", "x")
    return re.sub(r"{\w+:row}", "1", filled_in)


FORMS: dict[str, dict[str, Any]] = {
    "decide": {"do": "none", "why": "wrong"},
    "show": {"why": "check"},
}


def test_every_address_says_what_it_shows(house: House) -> None:
    made: Any = create_app(house.desk)._app
    there = {route.path for route in made.routes if isinstance(route, Route)}
    assert there == set(sight.ADDRESSES)
    named = {path for path in there if re.match(r"/(cases|mentions|waiting|clocks|opinions|guardian)/{", path)}  # fmt: skip
    assert not [path for path in named if sight.ADDRESSES[path].names in ("nothing", "lists")]


@pytest.mark.parametrize("name", ["disclosure", "union", "leak", "danger"])
@pytest.mark.parametrize("who", BLIND)
def test_no_address_of_a_protected_case_answers_who_may_not_see_it(
    house: House, kept: Kept, who: str, name: str
) -> None:
    missing = 0
    on_duty = name in ("danger", "leak") and who in ("reviewer", "lead", "recused")
    open_to = ("danger", "details") if name == "leak" else ("danger",)
    for route in routes():
        method, _, path = route.partition(" ")
        address = addressed(house, kept, name, path)
        if address is None:
            continue
        shows = sight.ADDRESSES[path]
        fields = {"post": kept.posts[name], "posts": f"{kept.posts[name]}:1", "version": "0", "reason": "because I look", "why": "check", "why_text": "because I look"}  # fmt: skip
        if on_duty and (shows.opens in open_to or path in sight._CASE_PAGES):
            continue  # tested below
        answer = ask(house, who, method, address, fields if method == "POST" else None)
        if who == "safeguarding" and method == "GET" and answer.status_code == 303:
            # to their own list, by whatever number: an email to their team has such a link
            assert answer.headers["location"].partition("#")[0] == "/safeguarding"
            assert ask(house, who, method, re.sub(r"/\d+", "/99999999", address, count=1)).status_code == 303  # fmt: skip
            continue
        assert answer.status_code in (403, 404), (who, route, answer.status_code)
        assert SECRET not in answer.text, (who, route)
        if answer.status_code == 404:
            absent = ask(house, who, method, re.sub(r"/\d+", "/99999999", address, count=1))
            assert _shape(absent, "99999999") == _shape(answer, address.split("/")[2]), (who, route)
        missing += 1
    assert missing > 20


def _shape(answer: httpx.Response, number: str) -> tuple[int, str]:
    """An answer's status and its own part, without the number that was asked for."""
    text = re.sub(r'value="[^"]*"', "", answer.text)
    own = re.search(r"<main.*?</main>", text, re.S)
    return answer.status_code, re.sub(rf"\b{number}\b", "N", own[0] if own else text)


LISTS = (
    "/today", "/today?lane=now", "/today?lane=look", "/today?lane=guardian", "/rest", "/mine", "/waiting", "/done", "/all", "/cases?tab=all", "/cases?tab=new",
    "/cases?tab=high", "/cases?tab=overdue", "/cases?tab=unread", f"/all?q={SECRET}", f"/cases?tab=all&words={SECRET}", "/all?q=zinnja",
    "/all?flag=grievance", "/cases?tab=all&flag=grievance&staff=nhs", "/cases?tab=all&staff=icb&flag=grievance", "/takedowns", "/quality", "/trends",
    "/weekly", "/handover", "/team", "/sample", "/overview", "/sources", "/exports", "/import", "/mail", "/safeguarding", "/governance", "/help", "/account", "/new-items?after=0",
)  # fmt: skip


@pytest.mark.parametrize("who", [*BLIND, *SEEN])
def test_no_list_holds_a_protected_case_for_anybody(house: House, kept: Kept, who: str) -> None:
    """Not for those either who see it in the Guardian's lane: their desk is the same as everybody's."""
    hidden = [kept.cases[name] for name in ("disclosure", "union")]
    if who not in ("reviewer", "lead", "duty", "recused", "governance"):
        hidden += [kept.cases["danger"], kept.cases["leak"]]
    for path in LISTS:
        answer = ask(house, who, "GET", path)
        for number in hidden:
            assert not re.search(rf"/(cases|guardian)/{number}\b|[Cc]ase {number}\b", answer.text), (who, path, number)  # fmt: skip
        if "zinn" not in path:  # what was typed stands in the box
            assert SECRET not in answer.text, (who, path)


def test_the_fuzzy_search_does_not_know_the_words(house: House) -> None:
    answer = ask(house, "lead", "GET", "/all?q=zinnja")
    assert "Showing" not in answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize("who", SEEN)
def test_who_may_see_the_lane_finds_all_of_it_there(house: House, kept: Kept, who: str) -> None:
    page = ask(house, who, "GET", "/guardian").text
    for name in ("disclosure", "union", "leak", "danger"):
        assert f"/guardian/{kept.cases[name]}" in page
        one = ask(house, who, "GET", f"/guardian/{kept.cases[name]}")
        assert one.status_code == 200
        assert SECRET in one.text
    led = ask(house, who, "GET", f"/cases/{kept.cases['union']}")
    assert (led.status_code, led.headers["location"]) == (303, f"/guardian/{kept.cases['union']}")


def test_the_guardian_sees_nothing_else_of_the_desk(house: House) -> None:
    ordinary = case_of(house.store, NAMED)
    assert ask(house, "guardian", "GET", "/").headers["location"] == "/guardian"
    for path in ("/today", "/all", f"/cases/{ordinary}", f"/mentions/{ordinary}", "/weekly", "/trends", "/audit", "/waiting"):  # fmt: skip
        assert ask(house, "guardian", "GET", path).status_code == 403, path
    for path in ("/guardian", "/help", "/account", "/accessibility"):
        page = ask(house, "guardian", "GET", path)
        assert page.status_code == 200, path
        assert 'href="/today"' not in page.text.replace('class="top__name" href="/today"', ""), path


def test_a_protected_case_is_hidden_or_removed_for_a_leak_or_a_threat_alone(
    house: House, kept: Kept
) -> None:
    for who in ("guardian", "governance"):
        assert ask(house, who, "GET", f"/mentions/{kept.posts['leak']}/moderate").status_code == 200
        assert ask(house, who, "GET", f"/cases/{kept.cases['leak']}/leak").status_code == 200
        for name in ("disclosure", "union"):
            assert ask(house, who, "GET", f"/mentions/{kept.posts[name]}/moderate").status_code in (403, 404)  # fmt: skip
            assert "Hide or remove" not in ask(house, who, "GET", f"/guardian/{kept.cases[name]}").text  # fmt: skip
    for who in ("duty", "reviewer", "lead"):  # within the hour, whatever the Guardian's hours are
        assert ask(house, who, "GET", f"/mentions/{kept.posts['leak']}/moderate").status_code == 200
        assert ask(house, who, "GET", f"/mentions/{kept.posts['danger']}/moderate").status_code == 404  # fmt: skip
    assert ask(house, "viewer", "GET", f"/mentions/{kept.posts['leak']}/moderate").status_code in (403, 404)  # fmt: skip


def test_details_that_are_out_are_dealt_with_by_those_on_duty_and_the_writer_is_not_named(
    house: House, kept: Kept
) -> None:
    case, post = kept.cases["leak"], kept.posts["leak"]
    for who in ("reviewer", "lead"):
        row = ask(house, who, "GET", "/today?lane=now").text.partition('id="pane"')[0]
        assert f"/cases/{case}" in row
        assert SECRET not in row
        for path in (f"/cases/{case}", f"/mentions/{post}", f"/cases/{case}/danger"):
            assert ask(house, who, "GET", path).headers["location"] == f"/cases/{case}/leak"
        steps = ask(house, who, "GET", f"/cases/{case}/leak")
        assert steps.status_code == 200
        assert "Yes, it is a leak" in steps.text
        for hidden in ("NHS staff", "Rosalind Pettigrew", WRITER, "rowan_ashdown", "speaking up"):
            assert hidden not in steps.text.partition("<main")[2], hidden
        assert ask(house, who, "GET", f"/cases/{case}/evidence").status_code in (403, 404)
    form_page = ask(house, "reviewer", "GET", f"/cases/{case}/leak").text
    seen = re.search(r'name="seen" value="(\d+)"', form_page)
    version = re.search(r'name="version" value="(\d+)"', form_page)
    assert seen is not None
    assert version is not None
    form = {
        "do": "confirm",
        "seen": seen[1],
        "version": version[1],
        "posts": f"{post}:1",
        "out": "name",
    }
    assert ask(house, "reviewer", "POST", f"/cases/{case}/leak", form | {"posts": f"{kept.posts['union']}:1"}).status_code in (403, 404, 409)  # fmt: skip
    assert ask(house, "reviewer", "POST", f"/cases/{case}/leak", form).status_code == 303
    assert [clock.kind for clock in house.store.deadlines.of_case(case) if clock.kind == "pid"] == ["pid"]  # fmt: skip
    assert f"/guardian/{case}" in ask(house, "guardian", "GET", "/guardian").text.partition("Dealt with")[0]  # fmt: skip
    assert "a leak, on duty see it" in ask(house, "guardian", "GET", "/guardian").text


def test_there_is_no_way_from_the_lane_to_an_employer(house: House, kept: Kept) -> None:
    for who in SEEN:
        case = kept.cases["disclosure"]
        assert ask(
            house, who, "POST", f"/cases/{case}/employer", {"reason": "policy"}
        ).status_code in (403, 404)
        assert "Human resources" not in ask(house, who, "GET", f"/cases/{case}/pass-on").text
        assert ask(house, who, "GET", f"/cases/{case}/evidence").status_code in (403, 404)


def test_danger_is_seen_by_those_on_duty_and_nothing_else_of_it_is(
    house: House, kept: Kept
) -> None:
    case, post = kept.cases["danger"], kept.posts["danger"]
    for who in ("reviewer", "lead"):
        row = ask(house, who, "GET", "/today?lane=now").text
        assert f"/cases/{case}" in row
        assert "Someone may be in danger" in row
        assert SECRET not in row.partition('id="pane"')[0]
        assert ask(house, who, "GET", f"/cases/{case}").headers["location"] == f"/cases/{case}/danger"  # fmt: skip
        steps = ask(house, who, "GET", f"/cases/{case}/danger")
        assert steps.status_code == 200
        assert "waking up tomorrow" in steps.text
        assert "NHS staff" not in steps.text
        assert ask(house, who, "GET", f"/cases/{case}/danger?post={kept.posts['union']}").status_code == 404  # fmt: skip
        assert ask(house, who, "GET", f"/cases/{case}/evidence").status_code in (403, 404)
        looked = ask(house, who, "POST", f"/cases/{case}/show", {"post": post, "why": "other", "why_text": "Danger: who or where they are", "guide": "danger"})  # fmt: skip
        assert looked.status_code == 303
        assert looked.headers["location"].startswith(f"/cases/{case}/danger")
    assert ask(house, "viewer", "GET", f"/cases/{case}/danger").status_code in (403, 404)
    assert f"/cases/{case}" not in ask(house, "viewer", "GET", "/today").text


def test_a_threat_is_the_lanes_until_nobody_took_it_up_and_then_its_steps_are_open_to_those_on_duty(
    house: House,
) -> None:
    tell(house.store, THREATENING, 390, AT + HOUR / 2, alone=True)
    case = case_of(house.store, THREATENING)
    post = house.store.cases.mentions(case)[0].item.number
    for who in ("reviewer", "lead", "viewer"):
        assert f"/cases/{case}" not in ask(house, who, "GET", "/today?lane=now").text
        for path in (
            f"/cases/{case}",
            f"/cases/{case}/threat",
            f"/cases/{case}/danger",
            f"/mentions/{post}",
        ):
            assert ask(house, who, "GET", path).status_code in (403, 404), (who, path)
    for who in SEEN:
        assert ask(house, who, "GET", f"/cases/{case}/threat").status_code == 200, who
    with house.store.database.transaction():
        house.store.speaking_up.open_threat(case, [post], reason="Someone may be hurt", at=NOW)
    for who in ("reviewer", "lead"):
        assert f"/cases/{case}" in ask(house, who, "GET", "/today?lane=now").text
        for path in (f"/cases/{case}", f"/cases/{case}/danger", f"/mentions/{post}"):
            assert ask(house, who, "GET", path).headers["location"] == f"/cases/{case}/threat", path
        steps = ask(house, who, "GET", f"/cases/{case}/threat")
        assert steps.status_code == 200
        shown = steps.text.partition("<main")[2]
        assert "by her car tonight" in shown
        for hidden in ("NHS staff", WRITER, "rowan_ashdown", "speaking up", 'value="platform"'):
            assert hidden not in shown, hidden
        for path in (
            f"/mentions/{post}/moderate",
            f"/cases/{case}/evidence",
            f"/cases/{case}/leak",
            f"/cases/{case}/pass-on",
        ):
            assert ask(house, who, "GET", path).status_code in (403, 404), path
        assert ask(house, who, "POST", f"/cases/{case}/threat", {"do": "platform", "version": "0", "seen": "0"}).status_code in (403, 404, 409)  # fmt: skip
    assert 'value="platform"' in ask(house, "guardian", "GET", f"/cases/{case}/threat").text
    assert ask(house, "viewer", "GET", f"/cases/{case}/threat").status_code in (403, 404)
    assert "a threat nobody took up, on duty see it" in ask(house, "guardian", "GET", "/guardian").text  # fmt: skip


@pytest.mark.parametrize("who", ["recused", "writer"])
def test_who_stepped_back_or_wrote_it_sees_the_case_nowhere(
    house: House, kept: Kept, who: str
) -> None:
    """The writer by a handle that was registered after the post was here; colleagues see it all the same."""
    case, post = kept.cases["recused"], kept.posts["recused"]
    assert f"/cases/{case}" in ask(house, "reviewer", "GET", "/all").text
    for path in LISTS:
        answer = ask(house, who, "GET", path)
        assert not re.search(rf"/cases/{case}\b", answer.text), path
    for route in routes():
        method, _, path = route.partition(" ")
        address = addressed(house, kept, "recused", path)
        if address is None:
            continue
        answer = ask(house, who, method, address, {"post": post, "version": "0"} if method == "POST" else None)  # fmt: skip
        assert answer.status_code == 404 or (who == "writer" and answer.status_code == 403), route
        assert "cousin" not in answer.text, route
    answer_text = ask(house, who, "GET", f"/cases/{case}").text
    assert ("You stepped back from case" in answer_text) is (who == "recused")


def test_no_list_can_be_made_of_staff_by_flag(house: House) -> None:
    for path in ("/cases?tab=all&staff=icb&flag=grievance", "/all?staff=nhs&flag=grievance"):
        answer = ask(house, "governance", "GET", path)
        if answer.status_code == 303:  # where cases were listed before
            answer = ask(house, "governance", "GET", answer.headers["location"])
        page = answer.text
        assert "no list is made of who is staff" in page
        assert "staff=" not in page.replace(path, "").replace(path.replace("&", "&amp;"), "")
    ask(house, "reviewer", "POST", "/views", {"do": "save", "name": "staff", "query": "staff=icb&flag=grievance"})  # fmt: skip
    assert "staff=icb" not in ask(house, "reviewer", "GET", "/all").text


def test_who_was_mailed_about_a_case_that_went_to_the_guardian_is_told_so(
    house: House, kept: Kept
) -> None:
    case, post = kept.cases["disclosure"], kept.posts["disclosure"]
    store = house.store
    store.alerts.raise_report(post, ("pid",), NOW)
    store.database.execute("UPDATE alerts SET case_number = ? WHERE mention = ?", case, post)
    (alert,) = [each.number for each in store.alerts.raised() if each.mention == post]
    mail = NewMail(alerts=(alert,), route="to", recipients=("comms-duty@example.org",), about={"why": "reported"})  # fmt: skip
    store.alerts.tell([mail], {alert: "told"}, NOW)
    for path in (
        f"/cases/{case}",
        f"/cases/{case}/leak",
        f"/cases/{case}/full",
        f"/mentions/{post}",
    ):
        answer = ask(house, "reviewer", "GET", path)
        own = re.sub(r"<[^>]+>", "", answer.text.partition("<main")[2])
        assert (answer.status_code, "This went to the Guardian" in own) == (403, True), path
        assert "020 7946 0123" in own
        assert "deleted" not in own
        assert SECRET not in answer.text
    assert "went to the Guardian" not in ask(house, "viewer", "GET", f"/cases/{case}").text
    assert "went to the Guardian" not in ask(house, "reviewer", "GET", f"/cases/{kept.cases['union']}").text  # fmt: skip


# ── posts that are in no case ────────────────────────────────────────────────────────────────────

QUIET = Told(text="A stapler of one's own and a good course on Tuesday in Uxbridge", risk="none", read={"staff": "icb", "sentiment": "neutral"})  # fmt: skip


def test_a_post_in_no_case_is_there_for_governance_and_for_whoever_something_leads_to_it(
    house: House,
) -> None:
    numbers = {}
    for number, name in enumerate(("walked", "opened", "under"), start=700):
        under = {"parent_id": parent_of(house)} if name == "under" else {}
        told = Told(text=f"{QUIET.text}, {name}", risk="none", read=QUIET.read)
        said = tell(house.store, told, number, AT + HOUR / 2, alone=True, **under)
        found = house.store.mentions.number_of(said.issuer, said.issued_id)
        assert found is not None
        assert house.store.cases.of_mention(found) is None
        numbers[name] = found
    house.store.mentions.reveal(numbers["opened"], by="reviewer", at=AT, reason="to ring the practice")  # fmt: skip

    def answers(who: str, name: str) -> int:
        return ask(house, who, "GET", f"/mentions/{numbers[name]}").status_code

    for who in ("reviewer", "lead", "duty", "viewer", "admin"):
        assert answers(who, "walked") == ask(house, who, "GET", "/mentions/99999").status_code
        assert QUIET.text not in ask(house, who, "GET", f"/all?q=post+{numbers['walked']}").text
    page = ask(house, "governance", "GET", f"/mentions/{numbers['walked']}")
    assert page.status_code == 200
    assert "Writer" not in page.text  # nothing was flagged: nobody has to know whose it is
    assert (answers("reviewer", "opened"), answers("lead", "opened")) == (200, 404)
    assert (answers("reviewer", "under"), answers("lead", "under")) == (200, 200)
    for method, tail in (("POST", "original"), ("POST", "reveal"), ("GET", "report"), ("GET", "moderate")):  # fmt: skip
        for name in ("walked", "nothing"):
            number = numbers.get(name, 99_999)
            answer = ask(house, "lead", method, f"/mentions/{number}/{tail}", {"why": "check", "reason": "to ring the practice"})  # fmt: skip
            assert answer.status_code == 404, (tail, name)


def parent_of(house: House) -> str:
    """The id of a post that is in an ordinary case."""
    case = case_of(house.store, NAMED)
    post = house.store.cases.mentions(case)[0].item.number
    stored = house.store.mentions.get(post)
    assert stored is not None
    return stored.mention.issued_id


@pytest.mark.parametrize("who", [*BLIND, *SEEN])
def test_a_union_line_without_a_flag_is_opened_by_its_number_by_those_of_the_lane_alone(
    house: House, who: str
) -> None:
    """It has no case, so that no list says who is in a union; and is not shut off from everybody either."""
    told = _told(f"Joined the {SECRET} union today", protected="union", risk="none")
    said = tell(house.store, told, 1390 + [*BLIND, *SEEN].index(who), AT + HOUR / 2, alone=True)
    number = house.store.mentions.number_of(said.issuer, said.issued_id)
    assert number is not None
    assert house.store.cases.of_mention(number) is None
    answer = ask(house, who, "GET", f"/mentions/{number}")
    assert (answer.status_code, SECRET in answer.text) == (
        (200, True) if who in SEEN else (303 if who == "safeguarding" else 404, False)
    )  # whose role opens one page alone is led there from every number
