"""The governance lead reads what was done in plain words, and can change none of it; nobody else gets in."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import audit
from review.audit import KINDS, People, describe_event, kind_name
from store import Store
from store.models import Event
from tests.review.conftest import House
from tests.review.factories import NOW, PEOPLE, RUMOUR, case_of
from tests.review.pages import read, send
from tests.store.factories import AT

STORE = Path(audit.__file__).parent.parent / "store"
PEOPLE_NAMED = People({1: "Ada Marsh", 2: "Amina Yusuf"}, {"abc123": 2}, {"media": "Media desk"})
VIEWS = ("/audit", "/audit/reveals", "/audit/chain", "/audit/chain?head=")


def written() -> Iterator[tuple[str, str]]:
    """Every kind of event that the store writes, and where."""
    for path in sorted(STORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "add_event":
                told = node.args[0]
                kinds = [told.body, told.orelse] if isinstance(told, ast.IfExp) else [told]
                for kind in kinds:
                    assert isinstance(kind, ast.Constant), (
                        f"{path.name}:{node.lineno}: say the kind there"
                    )
                    yield str(kind.value), f"{path.name}:{node.lineno}"


def event(kind: str, **about: int | str) -> Event:
    return Event(number=1, at=AT, kind=kind, about=about, mac="")


def test_every_kind_of_event_that_is_written_has_words() -> None:
    found = dict(written())
    assert len(found) > 35
    assert {kind: where for kind, where in found.items() if kind not in KINDS} == {}


def test_and_every_kind_that_has_words_is_written() -> None:
    assert set(KINDS) == {kind for kind, _ in written()}


@pytest.mark.parametrize(
    ("told", "who", "words"),
    [
        (event("user changed", user=1, by=1, changed="roles", roles="admin,reviewer", before="admin"), "Ada Marsh", "Changed their own roles to: administrator, reviewer (before: administrator)."),
        (event("user changed", user=2, changed="active", active=0), "At the command line", "Turned Amina Yusuf off."),
        (event("user changed", user=2, changed="roles", by="provider"), "The organisation’s sign-in service", "Changed Amina Yusuf’s roles."),
        (event("signed out everywhere", user=2, sessions=3), "Amina Yusuf", "Ended all sessions of Amina Yusuf: 3."),
        (event("signed out everywhere", user=2, sessions=3, by=1), "Ada Marsh", "Ended all sessions of Amina Yusuf: 3."),
        (event("revealed", mention=4, by="abc123"), "Amina Yusuf", "Saw the original words of a post, for a reason that stays."),
        (event("held", mention=4, by="ffffffffffff"), "Someone at the command line (fingerprint ffffffff)", "Put a hold on a post, so that it is held for longer."),
        (event("takedown", mention=4, step="asked", whom="platform", by=2), "Amina Yusuf", "Wrote down a step of a takedown: asked to take it down (the platform)."),
        (event("purged", deleted=2, retention=1200, superseded=3), "This program", "Removed what was due: 2 because its writer or platform deleted it; 1,200 because it was held for as long as the settings say; 3 older versions of edited posts."),
        (event("breach clock stopped", clock=1, by=2, outcome="reported"), "Amina Yusuf", "Recorded what was done about a breach: it was reported to the ICO."),
        (event("settings changed", section="escalation", version=1, by=2), "Amina Yusuf", "Changed the settings “Passing on” (version 1)."),
        (event("settings changed", section="of_before", version=1, by=2), "Amina Yusuf", "Changed the settings “of_before” (version 1)."),
        (event("handed over", handover=1, by=2, version=1), "Amina Yusuf", "Left a handover note."),
        (event("handed over", handover=2, by=2, version=2), "Amina Yusuf", "Corrected their handover note."),
        (event("case assigned", case=1, to=2, by=2), "Amina Yusuf", "Took the case."),
        (event("case assigned", case=1, to=1, by=2), "Amina Yusuf", "Gave the case to Ada Marsh."),
        (event("case decided", case=1, decision="no_action", version=2), "This program", "Decided: no action (decision 2 of the case)."),
        (event("signed in", user=2), "Amina Yusuf", ""),
        (event("passed on", case=1, role="media", by=2), "Amina Yusuf", "Passed the case on to Media desk."),
        (event("passed on", case=1, role="out_of_use", by=2), "Amina Yusuf", "Passed the case on to Out of use."),
        (event("moderation began", action="hide", clause="none", by=2), "Amina Yusuf", "Confirmed an act on a platform: hide, by no clause."),
        (event("moderation began", action="hide", clause="6.9", by=2), "Amina Yusuf", "Confirmed an act on a platform: hide, by clause 6.9."),
    ],
)  # fmt: skip
def test_an_event_is_told_in_plain_words(told: Event, who: str, words: str) -> None:
    assert (PEOPLE_NAMED.who(told), describe_event(told, PEOPLE_NAMED)) == (who, words)


def test_two_people_of_one_name_are_told_apart(fresh: House) -> None:
    fresh.store.users.add("oidc", "a.yusuf", "Amina Yusuf", ["reviewer"], at=NOW)
    number = case_of(fresh.store, RUMOUR)
    post = fresh.store.cases.mentions(number)[0].item
    send(
        fresh, f"/cases/{number}/decide", "amina", kind="no_action", version="0",
        covers=f"{post.number}:{post.revision}",
    )  # fmt: skip
    told = [one for one in fresh.store.audit.events() if one.kind == "decided"][-1]
    assert told.about["by"] == fresh.who["amina"]
    assert "command line" not in read(fresh, "/audit?kind=decided", "gwen").text


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_an_older_version_that_says_less_is_told_too(kind: str) -> None:
    words = describe_event(event(kind), PEOPLE_NAMED)
    assert "{" not in words
    assert "_" not in kind_name(kind) + words


def test_an_event_of_a_newer_version_is_not_hidden(fresh: House) -> None:
    with fresh.store.database.transaction():
        fresh.store.database.add_event("<b>new</b> kind", NOW, thing="worth", number=7)
    page = read(fresh, "/audit", "gwen")
    assert "<b>new</b> kind" in page.text
    assert "number: 7; thing: worth" in page.text
    assert {"value": "<b>new</b> kind"}.items() <= page.all("option", value="<b>new</b> kind")[
        0
    ].items()


@pytest.mark.parametrize("handle", PEOPLE)
@pytest.mark.parametrize("path", VIEWS)
def test_governance_alone_reads_it(house: House, handle: str, path: str) -> None:
    read(house, path, handle, 200 if handle == "gwen" else 403)


@pytest.mark.parametrize("handle", PEOPLE)
def test_governance_alone_takes_a_copy(fresh: House, handle: str) -> None:
    before = len(fresh.store.audit.events())
    answer = send(fresh, "/audit/export", handle)
    copied = [one for one in fresh.store.audit.events(before) if one.kind == "audit exported"]
    assert (answer.status_code, len(copied)) == ((200, 1) if handle == "gwen" else (403, 0))


def test_who_is_not_signed_in_is_led_to_sign_in(house: House) -> None:
    with house.asks("") as client:
        assert client.get("/audit").headers["location"] == "/sign-in?back=%2Faudit"
        assert client.post("/audit/export").status_code == 401


def test_looking_at_it_leaves_no_trace(fresh: House) -> None:
    with fresh.asks("gwen") as client:
        before = fresh.store.audit.events()
        for path in (*VIEWS, "/audit?kind=signed+in&person=1&since=2026-11-01&until=2026-12-01"):
            assert client.get(path).status_code == 200
        assert fresh.store.audit.events() == before


def test_nothing_there_can_be_posted_but_the_copy(house: House) -> None:
    with house.asks("gwen") as client:
        for path in VIEWS:
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                assert client.request(method, path).status_code == 405


def test_events_lead_to_cases_that_are_still_there(fresh: House) -> None:
    fresh.store.retention.erase([1], by="Gwen", at=NOW)
    page = read(fresh, "/audit?kind=case+decided", "gwen")
    assert {"href": "/cases/8"} in page.all("a")
    gone = read(fresh, "/audit?kind=removed", "gwen")
    assert "Post 1 (no longer here)" in gone.text
    assert {"href": "/mentions/1"} not in gone.all("a")


def test_filters_find_and_faults_are_named_beside_the_field(fresh: House) -> None:
    bea = fresh.who["bea"]
    found = read(fresh, f"/audit?kind=case+decided&person={bea}", "gwen")
    assert "3 events" in found.text
    assert "Amina Yusuf Case decided" not in found.text
    nothing = read(fresh, "/audit?until=2020-01-01", "gwen")
    assert "Nothing like that happened." in nothing.text
    for query, why in (
        ("since=2026-99-99", "Write a day as 2026-11-24"), ("person=99", "Choose a person from the list"),
        ("since=2026-12-01&until=2026-11-01", "The last day comes before the first"),
        ("kind=group:+nothing", "Choose what happened from the list"), ("since=9999-12-31", ""),
    ):  # fmt: skip
        assert why in read(fresh, f"/audit?{query}", "gwen").text


def test_a_group_holds_all_of_its_kinds_and_a_page_past_the_end_leads_to_the_last(
    fresh: House,
) -> None:
    found = read(fresh, "/audit?kind=group:+People+and+signing+in", "gwen")
    assert "Person added" in found.text
    assert "Added Ada Marsh" in found.text
    with fresh.asks("gwen") as client:
        assert client.get("/audit?page=900").headers["location"] == "/audit"
        assert client.get("/audit/reveals?page=900").headers["location"] == "/audit/reveals?page=1"


def test_years_of_events_come_in_pages(fresh: House) -> None:
    for _ in range(60):
        fresh.store.sessions.end_all(fresh.who["vera"], at=NOW)
    page = read(fresh, "/audit?kind=signed+out+everywhere&page=2", "gwen")
    assert len(page.all("tr")) == 11  # ten and the head
    assert {"href": "/audit?kind=signed+out+everywhere"}.items() <= page.all("a", rel="prev")[
        0
    ].items()


def test_reasons_for_seeing_personal_data_are_shown_to_governance_as_text(fresh: House) -> None:
    send(
        fresh, "/mentions/1/reveal", "amina", why="check", reason="<img src=x> to tell the practice"
    )
    page = read(fresh, "/audit/reveals", "gwen")
    assert "Amina Yusuf" in page.text
    assert "<img src=x> to tell the practice" in page.text
    assert page.all("img") == []
    assert "to tell the practice" not in read(fresh, "/audit", "gwen").text


def test_the_chain_is_checked_on_demand_and_against_a_noted_head(fresh: House) -> None:
    assert "The chain is whole" not in read(fresh, "/audit/chain", "gwen").text
    head = fresh.store.audit.check_chain().head
    page = read(fresh, f"/audit/chain?head=+{head.upper()}+", "gwen")
    assert "The chain is whole" in page.text
    assert "The head that you noted is among them" in page.text
    assert "not whole" in read(fresh, f"/audit/chain?head={'0' * 64}", "gwen").text
    wrong = read(fresh, "/audit/chain?head=<b>x", "gwen", 422)
    assert wrong.all("input", name="head")[0]["value"] == "<b>x"
    tamper(fresh.store)
    broken = read(fresh, "/audit/chain?head=", "gwen")
    assert "The chain of events is broken at event 2" in broken.text


def tamper(store: Store) -> None:
    store.database.execute("DROP TRIGGER events_never_change")
    store.database.execute("UPDATE events SET kind = 'signed in' WHERE number = 2")


def test_a_copy_holds_what_the_filters_find_and_no_cell_that_acts(fresh: House) -> None:
    fresh.store.users.change(fresh.who["vera"], name='=HYPERLINK("https://example.org")', at=NOW)
    fresh.store.sessions.end_all(fresh.who["vera"], at=NOW)
    form = {"kind": "signed out everywhere", "person": str(fresh.who["vera"])}
    answer = send(fresh, "/audit/export", "gwen", **form)
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-2026-11-20.csv"'
    assert answer.headers["cache-control"] == "no-store"
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    told = dict(zip(head, row, strict=True))
    assert told["Who"] == '\'=HYPERLINK("https://example.org")'
    assert told["When (UK time)"] == "Fri 20 Nov 2026, 11:00"
    assert told["What"] == "Signed out everywhere"
    newest = fresh.store.audit.events()[-1]
    assert (newest.kind, newest.about["events"]) == ("audit exported", 1)


def test_a_copy_of_more_than_a_page_is_whole(fresh: House) -> None:
    with fresh.store.database.transaction():
        for _ in range(1100):
            fresh.store.database.add_event("backed up", NOW)
    answer = send(fresh, "/audit/export", "gwen", kind="backed up")
    assert len(answer.text.splitlines()) == 1101


def test_what_an_event_is_about_is_a_way_there(fresh: House) -> None:
    send(fresh, "/handover", "bea", words="At ten.", after=0)
    page = read(fresh, "/audit", "gwen")
    assert page.all("a", href="/handover/1")
    assert "leaves no trace" not in page.text
