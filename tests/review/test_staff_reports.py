"""Staff report a post on the page: it is kept once, assessed by the next cycle, and a person looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from playwright.sync_api import Browser

from classify.people import spelt_names
from core import worries
from core.errors import InputError
from core.models import Author, Lane
from core.similarity import alike
from demo.world import World
from reports import handoffs
from review import staff_reports
from review.app import build_app_context, create_app
from settings import schema
from settings.review import EscalationRole
from steps import lanes, note, restricted_reports
from steps.context import open_store
from steps.group import placing
from store import CaseDecision
from tests.cycles import at_home, settled
from tests.review.accessibility import faults
from tests.review.conftest import House, sign_in
from tests.review.desk.paths import do
from tests.review.factories import (
    NOW,
    PASSWORD,
    Told,
    asked_of,
    configure,
    decide,
    group,
    people,
    read_by,
    tell,
)
from tests.review.pages import Tags, read, send
from tests.store.factories import HOUR, add, assess_all, assessed, mention

PIN = "https://www.pinterest.com/pin/813744226420795884/"
PINS = "https://www.pinterest.com/pin/81374422642079588{}/"
SAID = "Quillback ward: they laughed at her in the corridor"
FORM: Mapping[str, str] = {
    "kind": "patient", "public": "yes", "url": PIN, "words": SAID, "posted": "2026-11-20T08:30",
    "worry": "she is my patient's mother", "who": "Rowan Ashdown, ward 4",
}  # fmt: skip


TEAMS = (
    EscalationRole(key="safeguarding", name="Safeguarding", when="w", reach="020 7946 0133"),
    EscalationRole(key="information_governance", name="Information governance", when="w", email=("ig@example.org",)),
    EscalationRole(key="security", name="Security", when="w", reach="020 7946 0177"),
)  # fmt: skip


def tells(house: House, handle: str = "vera", **changes: str) -> httpx.Response:
    return send(house, "/tell", handle, **(dict(FORM) | changes))


def test_any_viewer_reports_and_gets_a_number(
    fresh: House,
) -> None:
    before = fresh.store.figures.row_counts()["mentions"]
    answer = tells(fresh)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tell/1")
    assert fresh.store.figures.row_counts()["mentions"] == before + 1
    stored = fresh.store.mentions.get(before + 1)
    assert stored is not None
    noted = stored.mention
    assert (noted.platform, noted.url, noted.text) == ("pinterest", PIN, SAID)
    assert (noted.author.handle, noted.posted_at) == ("", datetime(2026, 11, 20, 8, 30, tzinfo=UTC))
    page = read(fresh, "/tell/1", "vera")
    assert "R1" in page.text
    assert "Nobody has looked at it yet" in page.text
    assert "tell the team yourself" in page.text  # nothing reads: no schedule runs
    assert "If it is aimed at you" not in page.text


def test_whoever_reported_reads_that_somebody_opened_it_and_that_somebody_did_something(
    fresh: House,
) -> None:
    tells(fresh, kind="danger")
    said = {"": "Nobody has looked at it yet", "opened": "Someone has opened it, and nothing is done yet", "done": "Someone is looking at it"}  # fmt: skip

    def reads(which: str) -> None:
        text = read(fresh, "/tell/1", "vera").text
        assert [words in text for words in said.values()] == [each == which for each in said]
        assert ("tell the team yourself" in text) is (which != "done")

    reads("")
    report = fresh.store.staff_reports.get(1)
    assert report is not None
    fresh.desk.now = lambda: NOW + timedelta(minutes=1)
    read(fresh, f"/cases/{report.case}")
    reads("opened")
    do(fresh, f"/cases/{report.case}/danger", "not_called")
    reads("done")


def test_a_leak_that_a_colleague_reports_is_a_case_at_once_with_its_words_and_steps(
    fresh: House,
) -> None:
    now = fresh.store.lanes.counts()["now"]
    assert tells(fresh).status_code == 303
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert (told.case is not None, told.assessed) == (True, False)
    page = read(fresh, f"/mentions/{told.mention}")
    assert SAID in page.text
    assert "The program has not read it yet" in page.text
    (big,) = [link for link in page.all("a") if link.get("data-key") == "1"]
    assert "/leak?" in big["href"]
    opened = read(fresh, big["href"].partition("#")[0])
    assert "onfirm" in opened.text
    assert fresh.store.lanes.counts()["now"] == now + 1
    (row,) = [row for row in fresh.store.lanes.rows(("now",), user=0, at=NOW, limit=50) if row.case.number == told.case]  # fmt: skip
    assert (row.reported, row.due_at is not None) == (True, True)
    assert fresh.store.assessments.count_unassessed() == 1  # no all-clear: it waits to be read
    assert fresh.store.staff_reports.waits()


def test_what_the_program_reads_in_a_reported_post_takes_the_place_of_what_nobody_had_read(
    fresh: House,
) -> None:
    tells(fresh)
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert (
        fresh.store.assessments.unassessed("p", "m")[0].number == told.mention
    )  # before all that was read
    assess_all(fresh.store, "none", flags=[], at=NOW)
    placings = [placing(one, (), fresh.desk.policy) for one in fresh.store.grouping.ungrouped()]
    fresh.store.grouping.group(placings, alike=alike, at=NOW)
    item = fresh.store.figures.item(told.mention)
    assert item is not None
    assert (item.read, item.risk, bool(item.model)) == ("full", "none", True)
    after = fresh.store.staff_reports.get(1)
    assert after is not None
    assert (after.case, after.assessed) == (told.case, True)
    assert fresh.store.assessments.count_unassessed() == 0
    assert not fresh.store.staff_reports.waits()
    rows = fresh.store.lanes.rows(("now",), user=0, at=NOW, limit=50)
    assert told.case in [row.case.number for row in rows]  # a person outranks the program


def test_a_reported_comment_on_our_own_page_is_told_as_ours_to_be_hidden_there(
    fresh: House,
) -> None:
    config = fresh.desk.config(fresh.store)
    (ours, *_) = [one.handle for one in config.organisation.accounts if (one.platform, one.owner) == ("facebook", "organisation")]  # fmt: skip
    tells(fresh, url=f"https://www.facebook.com/{ours}/posts/pfbid02?comment_id=778899")
    tells(fresh, url="https://www.facebook.com/harrow.mums/posts/7", words="Another of that ward")
    first, second = fresh.store.staff_reports.get(1), fresh.store.staff_reports.get(2)
    assert first is not None
    assert second is not None
    pages = [fresh.store.mentions.get(each.mention) for each in (first, second)]
    assert [bool(each and each.mention.context.is_under_ours) for each in pages] == [True, False]


GUARDED = Told(
    text="Told in our one-to-ones to stop asking about the merger, and I have eleven weeks left", risk="medium",
    flags=(("grievance", "Told in our one-to-ones"), ("confidential", "the merger")), read={"staff": "icb", "protected": "criticism"},
)  # fmt: skip
LINKS = ("https://x.com/colm_q/status/{}", "https://mobile.twitter.com/i/web/status/{}?s=20", "https://twitter.com/x/status/{}/photo/1", "https://twitter.com/intent/tweet?in_reply_to={}")  # fmt: skip


def _sorted_anew(house: House) -> None:
    """As a cycle does: what is new, and what nobody has sorted, is placed by the rules."""
    house.store.grouping.group(
        [placing(one, (), house.desk.policy) for one in house.store.grouping.ungrouped()], alike=alike, at=NOW
    )  # fmt: skip
    anew = [placing(one, (), house.desk.policy) for one in house.store.grouping.without_reason()]
    house.store.grouping.set_lanes(anew, NOW)


def test_no_report_opens_what_is_the_guardians_and_the_page_says_the_same_of_every_link(
    fresh: House,
) -> None:
    """By every kind, by links of other forms, of a case of several posts, after an edit that nobody could read, and sorted anew."""
    store = fresh.store
    for number, post_told in ((901, GUARDED), (902, Told(text="The car park is full again", risk="none")), (903, GUARDED)):  # fmt: skip
        tell(store, post_told, number, NOW, url=LINKS[0].format(f"19900000000000{number:05}"))
    guarded, ordinary, copy = store.figures.row_counts()["mentions"] - 2, store.figures.row_counts()["mentions"] - 1, store.figures.row_counts()["mentions"]  # fmt: skip
    case = store.cases.of_mention(guarded)
    assert case is not None
    assert store.cases.of_mention(copy) == case
    store.database.execute("UPDATE case_mentions SET reason = NULL WHERE mention IN (?, ?)", guarded, copy)  # fmt: skip
    _sorted_anew(fresh)
    assert store.speaking_up.protected(case) == 1

    said = []
    for number, kind in enumerate(staff_reports.KINDS, 970):  # links of what isn't held
        tells(fresh, kind=kind, url=LINKS[0].format(f"19900000000000{number:05}"), words="", worry="x")  # fmt: skip
        report = store.staff_reports.get(number - 969)
        assert report is not None
        said.append(read(fresh, f"/tell/{report.number}", "vera").text.partition("Thank you")[2].replace(f"R{report.number}", "R"))  # fmt: skip
    decide(store, case, fresh.who["gwen"], "confirm")  # before it was reported
    for kind in staff_reports.KINDS:
        for link in LINKS:
            for number, post in ((901, guarded), (902, ordinary)):
                answer = tells(fresh, kind=kind, url=link.format(f"19900000000000{number:05}"), words="", worry=f"{kind} {link}")  # fmt: skip
                report = store.staff_reports.get(int(answer.headers["location"].split("/")[2].split("?")[0]))  # fmt: skip
                assert report is not None
                assert (
                    report.mention == post
                )  # no second post without words, with the link for all to open
                _sorted_anew(fresh)
                assert store.speaking_up.protected(case) == 1
                said.append(read(fresh, f"/tell/{report.number}", "vera").text.partition("Thank you")[2].replace(f"R{report.number}", "R"))  # fmt: skip
    assert len(set(said)) == 1
    assert read(fresh, f"/cases/{case}", "amina", status=404)
    assert read(fresh, f"/mentions/{copy}", "amina", status=404)
    assert "one-to-ones" not in read(fresh, "/today", "amina").text

    # an import by another address is the same post, and its words stay the Guardian's to read
    mentions = store.figures.row_counts()["mentions"]
    brought = replace(mention(950, text="Told to stop asking, in short"), url=LINKS[1].format("1990000000000000901"), issued_id="row 7", author=Author())  # fmt: skip
    before, plain = store.mentions.get(guarded), replace(brought, url=LINKS[1].format("1990000000000000902"), issued_id="1990000000000000902")  # fmt: skip
    later = [replace(one, fetched_at=NOW + HOUR / 2) for one in (brought, plain)]
    stored_run = store.mentions.add_run("import", later, since=NOW, at=NOW + HOUR / 2)
    assert (store.figures.row_counts()["mentions"], stored_run.changed) == (mentions, 0)
    assert store.mentions.get(guarded) == before
    held = store.mentions.get(ordinary)
    assert held is not None
    assert (held.mention.text, held.revision) == ("The car park is full again", 1)
    # nor where a file alone had brought it; what is said of the file is what is said of a post that was never here
    store.database.execute("UPDATE matches SET source = 'import' WHERE mention IN (?, ?)", guarded, ordinary)  # fmt: skip
    rows = store.database.value("SELECT count(*) FROM matches")
    results = [store.mentions.add_run("import", [one], since=NOW, at=NOW + HOUR / 2) for one in later]  # fmt: skip
    assert [(each.new, each.changed) for each in results] == [(1, 0), (0, 1)]
    assert store.database.value("SELECT count(*) FROM matches") == rows
    assert store.mentions.get(guarded) == before
    store.database.execute("UPDATE matches SET source = 'x' WHERE mention = ?", guarded)

    store.mentions.add_run("x", [replace(mention(901, text="It goes on"), fetched_at=NOW + HOUR)], since=NOW, at=NOW + HOUR)  # fmt: skip
    stored = store.mentions.get(guarded)
    assert stored is not None
    store.assessments.add([assessed(stored, "high", at=NOW + HOUR, staff="no", read="unread", flags=())])  # fmt: skip
    _sorted_anew(fresh)
    assert (store.speaking_up.protected(case), guarded in store.speaking_up.speaking(case)) == (1, True)  # fmt: skip
    # what holds real danger is told to whoever sees the lane, with what the colleague said of it
    alerts = [one for one in store.alerts.raised() if one.case == case and one.kind == "reported"]
    assert {one.lane for one in alerts} == {"guardian"}
    assert "safeguarding" in {name for one in alerts for post in one.posts if post.mention == guarded for name, _ in post.flags}  # fmt: skip


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("kind", ["danger", "patient", "threat", "target"])
def test_danger_reported_of_a_post_that_is_out_of_use_is_a_case_in_now_and_governance_is_told(
    fresh: House, kind: str, agreed: bool
) -> None:
    store = fresh.store
    tell(store, Told(text="The car park is full again", risk="none"), 902, NOW, url=LINKS[0].format("1990000000000000902"))  # fmt: skip
    post = store.figures.row_counts()["mentions"]
    store.hold_requests.ask(
        [post], approver=fresh.who["bea"], by=fresh.who["gwen"], by_name="Gwen", reason="They say it is wrong", at=NOW - HOUR,
        expires=NOW + 90 * 24 * HOUR, without_use=True,
    )  # fmt: skip
    if agreed:
        (request,) = store.hold_requests.waiting(NOW)
        store.hold_requests.answer([request.number], agrees=True, by=fresh.who["bea"], by_name="Bea", at=NOW)  # fmt: skip
    tells(fresh, kind="other", url=LINKS[1].format("1990000000000000902"), words="", worry="it is odd")  # fmt: skip
    assert store.retention.restricted(post)
    assert "Then governance reads the report" in " ".join(read(fresh, "/tell/1", "vera").text.split())  # fmt: skip
    tells(fresh, kind=kind, url=LINKS[1].format("1990000000000000902"), words="", worry="tonight")
    case = store.cases.of_mention(post)
    assert not store.retention.restricted(post)
    heading = lanes.report_reason(staff_reports.KINDS[kind].label)
    assert heading in read(fresh, "/today", "amina").text
    assert heading in read(fresh, f"/cases/{case}", "amina").text
    assert f"Post {post}: a colleague reported danger" in read(fresh, "/governance", "gwen").text
    assert "Restriction ended: danger was reported" in read(fresh, "/audit", "gwen").text


LINK_OUT_OF_USE = LINKS[1].format("1990000000000000902")


def out_of_use(fresh: House, text: str = "The car park is full again", **labels: Any) -> int:
    """A post that is held without use, as two people agreed."""
    store = fresh.store
    tell(store, Told(**({"text": text, "risk": "none"} | labels)), 902, NOW, url=LINKS[0].format("1990000000000000902"))  # fmt: skip
    post = store.figures.row_counts()["mentions"]
    store.hold_requests.ask(
        [post], approver=fresh.who["bea"], by=fresh.who["gwen"], by_name="Gwen", reason="They say it is wrong", at=NOW - HOUR,
        expires=NOW + 90 * 24 * HOUR, without_use=True,
    )  # fmt: skip
    (request,) = store.hold_requests.waiting(NOW)
    store.hold_requests.answer([request.number], agrees=True, by=fresh.who["bea"], by_name="Bea", at=NOW)  # fmt: skip
    assert store.retention.restricted(post)
    return post


@pytest.mark.parametrize("kind", ["other", "false", "press"])
@pytest.mark.parametrize(
    ("words", "worry"),
    [
        ("", "she has taken all her tablets and wants to die"), ("Tonight I end it. Pills are ready, goodbye", ""), ("", "she may take tablets tonight"),
        ("I have taken all my tablets and want to die", ""),
        ("I'm going to burn the ward down", ""), ("Patient John Smith, NHS 999 000 0018, is in bay 4", ""),
    ],
)  # fmt: skip
def test_words_that_tell_of_danger_end_a_restriction_whatever_was_ticked(
    fresh: House, kind: str, words: str, worry: str
) -> None:
    post = out_of_use(fresh)
    answer = tells(fresh, kind=kind, url=LINK_OUT_OF_USE, words=words, worry=worry)
    assert answer.status_code == 303, answer.text[-3000:]
    assert not fresh.store.retention.restricted(post)
    lane = fresh.store.database.value("SELECT lane FROM case_mentions WHERE mention = ?", post)
    assert lane == "now"
    assert f"Post {post}: a colleague reported danger" in read(fresh, "/governance", "gwen").text


def test_a_post_that_was_read_as_danger_itself_is_back_by_any_report(fresh: House) -> None:
    post = out_of_use(
        fresh,
        "I want to die tonight",
        risk="high",
        flags=(("safeguarding", "want to die tonight"),),
    )
    tells(fresh, kind="other", url=LINK_OUT_OF_USE, words="", worry="it is odd")
    assert not fresh.store.retention.restricted(post)


class Reads:
    """Stands in for the model: what it makes of any words."""

    def __init__(self, *flags: str) -> None:
        self.flags, self.read_words = flags, list[str]()

    def read(self, posts: Sequence[Any], **_: object) -> list[Any]:
        self.read_words += [post.text for post in posts]
        return [SimpleNamespace(flags=[SimpleNamespace(name=flag) for flag in self.flags]) for _ in posts]  # fmt: skip


HIDDEN = (
    "the sunflowers do not need me, I water them once more and that is that",
    "ich kann nicht mehr, heute Abend ist Schluss",
)


def test_words_that_the_model_reads_as_danger_end_it_with_the_next_reading(fresh: House) -> None:
    post = out_of_use(fresh)
    store = fresh.store
    tells(fresh, kind="other", url=LINK_OUT_OF_USE, words=HIDDEN[0], worry="she is unwell")
    assert store.retention.restricted(post)
    assert store.staff_reports.waits()  # the next minute reads it
    run = SimpleNamespace(store=store, at=NOW)
    model = Reads("safeguarding")
    assert restricted_reports.read(cast("Any", run), cast("Any", model)) == 1
    assert not store.retention.restricted(post)
    assert HIDDEN[0] in model.read_words


@pytest.mark.parametrize("words", HIDDEN)
def test_words_that_nobody_could_read_are_governances_at_once_and_their_yes_brings_it_back(
    fresh: House, words: str
) -> None:
    read_by(fresh.desk, "ops@example.org")
    post = out_of_use(fresh)
    store = fresh.store
    tells(fresh, kind="other", url=LINK_OUT_OF_USE, words=words, worry="")
    run = SimpleNamespace(store=store, at=NOW)
    assert restricted_reports.read(cast("Any", run), cast("Any", Reads())) == 0
    assert not store.staff_reports.waits()  # read once, and governance's from then on
    assert store.retention.restricted(post)
    assert [what for what, _ in asked_of(store) if what == "restricted"] == ["restricted"]
    governance, holds = read(fresh, "/governance", "gwen").text, read(fresh, "/holds", "gwen").text
    assert "report of a post that is held without use" in governance.replace("reports", "report")
    assert words in holds
    assert words not in read(fresh, "/holds", "bea").text
    report = store.staff_reports.of_restricted()[0].number
    assert send(fresh, "/holds/reports", "bea", report=report, tells="danger").status_code == 403
    send(fresh, "/holds/reports", "gwen", report=report, tells="danger")
    assert not store.retention.restricted(post)
    assert store.staff_reports.of_restricted() == []


@pytest.mark.parametrize(
    ("platform", "link"),
    [
        ("x", "https://x.com/contracts_colm/status/{}"), ("x", "https://example.org/x/{}"), ("x", "https://export.example.org/view?item={}"),
        ("facebook", "https://www.facebook.com/page/{}"), ("mastodon", "https://fedi.example.net/@colm/{}"), ("blog", "https://colm.example.org/{}"),
        ("other", "https://x.com/contracts_colm/status/19949999000000{}"), ("bluesky", "https://bsky.app/profile/colm.example.org/{}"),
    ],
)  # fmt: skip
def test_a_post_that_a_file_brought_is_reported_alike_in_the_lane_and_outside(
    fresh: House, platform: str, link: str
) -> None:
    store = fresh.store
    posts = []
    for number, words in ((906, GUARDED), (907, Told(text="The car park is full again", risk="none"))):  # fmt: skip
        tell(store, words, number, NOW, platform=platform, issuer=platform, issued_id=f"z{number}", url=link.format(f"z{number}" if "1994" not in link else number))  # fmt: skip
        posts.append(store.figures.row_counts()["mentions"])
    marks = ", ".join(map(str, posts))
    store.database.execute(f"UPDATE matches SET source = 'import' WHERE mention IN ({marks})")
    rows = store.database.value("SELECT count(*) FROM matches")
    pages = []
    for post, number in zip(posts, (906, 907), strict=True):
        answer = tells(fresh, kind="other", url=link.format(f"z{number}" if "1994" not in link else number), words="")  # fmt: skip
        assert answer.status_code == 303, answer.text
        report = store.staff_reports.get(int(answer.headers["location"].split("/")[2]))
        assert report is not None
        assert report.mention == post
        pages.append(read(fresh, f"/tell/{report.number}", "vera").text.partition("Thank you")[2].replace(f"R{report.number}", "R"))  # fmt: skip
    assert len(set(pages)) == 1
    assert store.database.value("SELECT count(*) FROM matches") == rows


def test_an_answer_below_what_is_the_guardians_goes_with_it_by_the_link_alone(fresh: House) -> None:
    store = fresh.store
    page = "https://www.facebook.com/1000001/posts/200000000000004?comment_id="
    about: dict[str, Any] = {"platform": "facebook", "issuer": "facebook", "kind": "comment", "issued_id": "200000000000004_300000000000033", "url": f"{page}300000000000033"}  # fmt: skip
    tell(store, GUARDED, 905, NOW, **about)
    guarded = store.figures.row_counts()["mentions"]
    store.database.execute("UPDATE case_mentions SET reason = NULL WHERE mention = ?", guarded)
    _sorted_anew(fresh)
    for number, kind in enumerate(("other", "danger"), 5):
        answer = tells(fresh, kind=kind, url=f"{page}300000000000033&reply_comment_id={number}", words="", worry=kind)  # fmt: skip
        report = store.staff_reports.get(
            int(answer.headers["location"].split("/")[2].split("?")[0])
        )
        assert report is not None
        assert report.mention > guarded  # a post of its own
        assert report.case is not None
        assert store.speaking_up.protected(report.case)
        _sorted_anew(fresh)
        assert read(fresh, f"/cases/{report.case}", "amina", status=404) or kind == "danger"
    brought = replace(mention(951), platform="facebook", issuer="facebook", kind="comment", issued_id="77", url=f"{page}300000000000033&reply_comment_id=7")  # fmt: skip
    store.mentions.add_run("import", [brought], since=NOW, at=NOW)
    stored = store.mentions.get(store.figures.row_counts()["mentions"])
    assert stored is not None
    assert stored.mention.parent_id == about["issued_id"]


def test_when_it_was_posted_is_said_to_be_unknown_where_nobody_said_it(fresh: House) -> None:
    tells(fresh, posted="")
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    page = read(fresh, f"/cases/{told.case}").text
    assert "when it was posted is not known" in page
    assert "posted today" not in page
    item = fresh.store.figures.item(told.mention)
    assert item is not None
    assert item.undated


def test_two_links_reported_without_words_are_two_cases(fresh: House) -> None:
    for number in (1, 2):
        tells(fresh, words="", url=f"https://www.facebook.com/harrow.mums/posts/{number}")
    first, second = fresh.store.staff_reports.get(1), fresh.store.staff_reports.get(2)
    assert first is not None
    assert second is not None
    assert first.case != second.case


@pytest.mark.parametrize("kind", list(staff_reports.KINDS))
def test_where_nothing_reads_a_report_of_any_kind_is_a_case_at_once_with_its_words_and_a_clock(
    fresh: House, kind: str
) -> None:
    """Where no schedule runs, and where something else calls the commands, though one was called just now."""
    where: Lane = "now"  # whatever they ticked, until somebody has looked
    for number, by_hand in enumerate((False, True), 1):
        if by_hand:
            configure(fresh.desk, schedule=fresh.desk.file.schedule.model_copy(update={"by_hand": True}))  # fmt: skip
            fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver by hand", at=NOW), at=NOW, failures=0)  # fmt: skip
        before, words = (
            fresh.store.lanes.counts()[where],
            f"{number} follows him home from the station",
        )
        tells(fresh, kind=kind, url=PINS.format(number), words=words)
        told = fresh.store.staff_reports.get(number)
        assert told is not None
        assert told.case is not None
        assert (
            words not in read(fresh, f"/mentions/{told.mention}", "vera").text
        )  # a viewer reads none until somebody has looked
        (row,) = [row for row in fresh.store.lanes.rows((where,), user=0, at=NOW, limit=50) if row.case.number == told.case]  # fmt: skip
        assert row.due_at is not None
        assert row.reason == lanes.report_reason(staff_reports.KINDS[kind].label)
        assert fresh.store.lanes.counts()[where] == before + 1
        assert words in read(fresh, f"/mentions/{told.mention}").text


def test_what_is_aimed_at_a_colleague_waits_for_no_reading(fresh: House) -> None:
    fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver", at=NOW), at=NOW, failures=0)
    tells(fresh, kind="target")
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert told.case is not None


def test_what_nobody_has_read_yet_stands_in_now_and_below_danger_to_life(
    fresh: House,
) -> None:
    """Also one of which nobody knows what was ticked, as an older program left it."""
    store = fresh.store
    store.job_runs.end(store.job_runs.begin("deliver", at=NOW), at=NOW, failures=0)
    tell(store, Told(text="I will end it tonight", risk="high", flags=(("safeguarding", "end it"),)), 903, NOW)  # fmt: skip
    grave = store.cases.of_mention(store.figures.row_counts()["mentions"])
    store.database.execute("UPDATE case_mentions SET reason = NULL WHERE case_number = ?", grave)
    _sorted_anew(fresh)  # as a cycle gives it its place
    for number, kind in enumerate(("press", "false", "other"), 1):
        tells(fresh, kind=kind, url=PINS.format(number))
    add(store, replace(mention(990, text="Nobody read this"), fetched_at=NOW))
    store.staff_reports.add(store.figures.row_counts()["mentions"], at=NOW, worry="Look at it")
    addresses = {each.number: f"/mentions/{each.mention}" for each in store.staff_reports.unread()}
    assert len(addresses) == 4
    lists = {}
    for where in ("now", "answer", "look"):
        shown = read(fresh, f"/today?lane={where}")
        links = [link["href"].partition("?")[0] for link in shown.all("a") if link["href"].startswith(("/mentions/", "/cases/"))]  # fmt: skip
        lists[where] = [link for link in links if link in addresses.values() or link == f"/cases/{grave}"]  # fmt: skip
    assert (lists["answer"], lists["look"]) == ([], [])
    assert lists["now"][:5] == [f"/cases/{grave}", *addresses.values()]
    alone = read(fresh, addresses[2]).text
    assert "told by a colleague today, 11:00, posted " in alone
    assert "Then it is a case in Now, with its words" in alone


def test_a_report_that_says_no_time_is_told_and_not_posted_when_it_came(fresh: House) -> None:
    fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver", at=NOW), at=NOW, failures=0)
    tells(fresh, kind="other", posted="")
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    page = read(fresh, f"/mentions/{told.mention}").text
    assert "told by a colleague today, 11:00." in page
    assert "posted" not in page
    tells(fresh, kind="danger", posted="", url=PINS.format(2), words="He said so on the bridge")
    case = fresh.store.staff_reports.get(2)
    assert case is not None
    for address, unknown in ((f"/cases/{case.case}/full", "PostedNot known"), (f"/mentions/{case.mention}/report", "when it was posted is not known")):  # fmt: skip
        assert "posted today" not in read(fresh, address).text
        assert unknown in read(fresh, address).text


def test_a_milder_report_takes_no_danger_from_its_place_nor_its_name(fresh: House) -> None:
    for number, kind in enumerate(("danger", "other", "false"), 1):
        tells(fresh, kind=kind, worry=f"{number}")
        told = fresh.store.staff_reports.get(number)
        assert told is not None
        _sorted_anew(fresh)
        rows = fresh.store.lanes.rows(("now",), user=0, at=NOW, limit=50)
        assert [row.reason for row in rows if row.case.number == told.case] == ["Someone may be in danger"]  # fmt: skip


def test_what_may_be_speaking_up_waits_to_be_read_where_something_reads_and_counts_in_its_lane(
    fresh: House,
) -> None:
    fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver", at=NOW), at=NOW, failures=0)
    now = fresh.store.lanes.counts()["now"]
    tells(fresh, kind="other")
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert told.case is None
    assert fresh.store.lanes.counts()["now"] == now + 1
    for person in ("amina", "vera"):
        words = read(fresh, "/today", person).text.replace(", ", " ")
        assert "not read yet since 11:00report R1" in words
    minutes = "The program reads new reports within 1 minute. "
    assert [minutes in read(fresh, "/tell/1", person).text for person in ("amina", "vera")] == [True] * 2  # fmt: skip
    minutes = "The program has not read it yet: it does within 1 minute"
    pages = [read(fresh, address, person).text for person in ("amina", "vera") for address in (f"/mentions/{told.mention}",)]  # fmt: skip
    assert [minutes in page for page in pages] == [True] * 2  # every page says the same of it


def test_the_page_of_a_report_begins_with_999_and_says_each_thing_in_a_short_sentence(fresh: House) -> None:  # fmt: skip
    tells(fresh, kind="danger")
    page = read(fresh, "/tell/1", "vera").text
    words = " ".join(page.partition("Your report is R1")[2].partition("Report another post")[0].split())  # fmt: skip
    assert words.find("call 999 now") < words.find("Received")
    long = [sentence for sentence in re.split(r"[.?!:] ", words) if len(sentence.split()) > 27]
    assert long == []


def searched(house: House, words: str, handle: str) -> httpx.Response:
    with house.asks(handle) as client:
        return client.get("/all", params={"q": words})


@pytest.mark.parametrize("typed", ["R1", "r1", "report R1", "Report 1"])
def test_the_number_of_a_report_leads_to_its_page(fresh: House, typed: str) -> None:
    tells(fresh, kind="danger")
    for person in ("amina", "vera"):
        assert searched(fresh, typed, person).headers.get("location") == "/tell/1"


def test_the_number_of_somebody_elses_report_leads_whoever_may_not_see_it_nowhere(fresh: House) -> None:  # fmt: skip
    tells(fresh, kind="danger", handle="amina")
    assert [searched(fresh, *each).status_code for each in (("R1", "vera"), ("R7", "amina"))] == [200, 200]  # fmt: skip


def test_no_minute_is_promised_where_no_schedule_of_ours_calls_the_commands(fresh: House) -> None:
    configure(fresh.desk, schedule=fresh.desk.file.schedule.model_copy(update={"by_hand": True}))
    for job in ("deliver", "deliver by hand"):
        fresh.store.job_runs.end(fresh.store.job_runs.begin(job, at=NOW), at=NOW, failures=0)
    tells(fresh, kind="other")
    said = read(fresh, "/tell/1", "vera").text
    assert (
        "The program reads new reports at its next run, for which no minute can be promised."
        in said
    )
    assert "within 1 minute" not in said


def test_who_was_signed_in_and_what_was_written_is_sealed_and_in_no_event(
    fresh: House,
) -> None:
    tells(fresh, worry="she is my patient's mother, as they said at the pharmacy window")
    (event,) = (one for one in fresh.store.audit.events() if one.kind == "told")
    assert set(event.about) == {"mention", "telling"}
    content = b"".join(file.read_bytes() for file in fresh.store.database.path.parent.iterdir())
    assert b"Rowan Ashdown, ward 4" not in content
    assert b"pharmacy window" not in content


@pytest.mark.parametrize(("worry", "holds"), [
    ("A journalist asks", {"media"}), ("She is from the news desk (Something else)", {"media"}),
    ("He means it (Someone may be in danger)", {"safeguarding"}),
    ("A private chat was forwarded to the mailbox", {"safeguarding", "pid"}), ("Our ward board", set()),
])  # fmt: skip
def test_what_a_report_says_that_the_post_is(worry: str, holds: set[str]) -> None:
    assert worries.flags_told(worry) == holds


def test_every_label_that_the_form_and_the_mailbox_write_is_one_that_is_known() -> None:
    labels = {kind.label for kind in staff_reports.KINDS.values()} | {worries.PRIVATE_CHAT}
    assert set(worries.FLAGS) <= labels
    for (
        kind
    ) in staff_reports.KINDS.values():  # whoever is alerted at once is told the same as a team
        assert set(kind.flags) <= worries.flags_told(kind.label)


@pytest.mark.parametrize(("kind", "team", "words"), [
    ("danger", "safeguarding", "Someone may be in danger"), ("patient", "information_governance", "Patient’s details"),
    ("threat", "security", "A threat"), ("press", "media", "A reporter asks for comment"),
])  # fmt: skip
def test_what_a_colleague_reported_is_passed_on_as_what_they_say_it_is(
    fresh: House, kind: str, team: str, words: str
) -> None:
    configure(fresh.desk, roles=(*TEAMS, EscalationRole(key="media", name="Media desk", when="w", email=("m@example.org",)), EscalationRole(key="pals", name="PALS", when="w", email=("p@example.org",))))  # fmt: skip
    tells(fresh, kind=kind, worry="", words="Somebody wrote it on the bridge")
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    if (
        told.case is None
    ):  # read first, since it may be somebody who speaks up: the program finds nothing in it
        assess_all(fresh.store, "none", flags=[], at=NOW)
        placings = [
            placing(each, (), fresh.desk.policy) for each in fresh.store.grouping.ungrouped()
        ]
        fresh.store.grouping.group(placings, alike=alike, at=NOW)
        told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert told.case is not None
    page = read(fresh, f"/cases/{told.case}/pass-on")
    (chosen,) = [each for each in page.all("input") if each.get("name") == "role" and "checked" in each]  # fmt: skip
    assert chosen["value"] == team
    case = fresh.store.cases.get(told.case)
    assert case is not None
    (post,) = [each.item for each in fresh.store.cases.mentions(case.number)]
    sent = CaseDecision(
        case=case.number, kind="escalate", by=fresh.who["amina"], at=NOW + HOUR, covers=((post.number, post.revision),), role="pals",
    )  # fmt: skip
    assert fresh.store.cases.decide(sent, case.version)
    (handoff,) = fresh.store.handoffs.open(case.number)
    mail = handoffs.step_mail(fresh.desk.config(fresh.store), fresh.desk.policy, handoff, "sent", post, at=NOW + HOUR)  # fmt: skip
    assert mail.about == words
    assert mail.danger is (kind in ("danger", "threat"))
    assert words in read(fresh, "/waiting").text


def test_who_is_in_danger_is_told_of_as_that_until_a_person_says_that_they_are_not(
    fresh: House,
) -> None:
    tells(fresh, kind="danger")
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert told.case is not None
    posts = ((told.mention, 1),)
    assert fresh.store.handoffs.reported(told.case, posts) == {"safeguarding"}
    case = fresh.store.cases.get(told.case)
    assert case is not None
    calm = CaseDecision(case=told.case, kind="monitor", by=fresh.who["amina"], at=NOW + HOUR, covers=posts, labels={"safeguarding": False}, reason="A play")  # fmt: skip
    assert fresh.store.cases.decide(calm, case.version)
    assert fresh.store.handoffs.reported(told.case, posts) == set()


def test_who_says_that_it_is_aimed_at_them_is_told_what_help_there_is(
    fresh: House,
) -> None:
    answer = tells(fresh, kind="target")
    assert "If it is aimed at you" in read(fresh, answer.headers["location"], "vera").text
    # others who know the number learn nothing of it
    assert "If it is aimed at you" not in read(fresh, "/tell/1", "amina").text


ACCUSES = "Kay Lamb again, Jo Barnes from HR ought to zanzibarquux"


@pytest.mark.parametrize("kind", staff_reports.KINDS)
@pytest.mark.parametrize("read_by_program", [False, True])
def test_nobody_reads_in_a_list_what_a_colleague_wrote_of_a_colleague(
    fresh: House, kind: str, read_by_program: bool
) -> None:
    tells(fresh, kind=kind, worry=ACCUSES)
    if read_by_program:
        assess_all(fresh.store, "none")
        group(fresh.store, NOW)
    report = fresh.store.staff_reports.get(1)
    assert report is not None
    for handle in ("vera", "amina", "gwen"):
        lists = ["/all", "/mine", "/waiting"] + (["/today", "/today?lane=now"] if handle == "vera" else [])  # fmt: skip
        for address in lists:  # a case lies open beside Today of whoever decides
            page = read(fresh, address, handle).text
            assert "Lamb" not in page
            assert "Barnes" not in page
            assert "zanzibarquux" not in page
    if report.case is not None:
        for address in (f"/cases/{report.case}", f"/cases/{report.case}/full", "/today"):
            viewer = read(fresh, address, "vera").text
            assert "zanzibarquux" not in viewer
        for address in (f"/cases/{report.case}", f"/cases/{report.case}/full"):
            page = read(fresh, address).text
            assert "[name] again, [name] from HR ought to zanzibarquux" in page
            assert "Lamb" not in page
            assert "Barnes" not in page


@pytest.mark.parametrize(("text", "hidden"), [
    ("[name] Lamb told the group", "[name] told the group"), ("Kay Lamb again", "[name] again"), ("It was Joy Winter", "It was [name]"),
    ("Ask Mark J. Field’s manager", "Ask [name] manager"), ("Steph said so", "[name] said so"), ("See Rose Hill and Park Royal", "See [name] and Park Royal"),
    ("May I say that Will is shut", "May I say that Will is shut"), ("Northwick Park Ward Board", "Northwick Park Ward Board"),
])  # fmt: skip
def test_of_a_colleagues_own_words_no_name_is_left_nor_half_of_one(text: str, hidden: str) -> None:
    assert spelt_names.hide(text) == hidden


@pytest.mark.parametrize("field", ["words", "worry"])
@pytest.mark.parametrize("said", [
    "Our ward sister told the group chat last night that we are useless", "She put it in our WhatsApp", "from the staff chat",
    "He DM'd me this", "She texted me that", "it is in the Teams channel", "a direct message of his", "she sent me an email",
])  # fmt: skip
def test_words_of_a_private_chat_that_are_called_public_are_asked_about_and_not_saved(
    fresh: House, field: str, said: str
) -> None:
    before = fresh.store.figures.row_counts()["mentions"]
    answer = tells(fresh, **{field: said})
    assert answer.status_code == 422
    assert 'name="open" value="yes"' in answer.text
    assert fresh.store.figures.row_counts()["mentions"] == before
    assert tells(fresh, **{field: said}, public="no").headers["location"].startswith("/tell/private")  # fmt: skip
    assert tells(fresh, **{field: said}, open="yes").status_code == 303


def test_lines_that_an_app_exported_are_not_taken_in_as_public_without_a_link(fresh: House) -> None:
    lines = "[21/11/2026, 09:05:12] Kay: they are useless\n[21/11/2026, 09:06:40] Jo: all of them"
    assert tells(fresh, words=lines, url="", open="yes").status_code == 422
    assert tells(fresh, words=lines, open="yes").status_code == 303


def test_what_was_reported_comes_before_a_person_with_the_worry(
    fresh: House,
) -> None:
    tells(fresh, kind="target")
    assess_all(fresh.store, "none")
    group(fresh.store, NOW)
    told = fresh.store.staff_reports.get(1)
    assert told is not None
    assert told.case is not None
    page = read(fresh, f"/cases/{told.case}/full")
    assert "Report R1" in page.text
    assert "She is my patient" not in page.text
    assert "she is my patient's mother" in page.text
    assert "Rowan Ashdown, ward 4" in page.text
    assert "who say that it is aimed at them" in page.text
    assert "Rowan Ashdown, ward 4" not in read(fresh, f"/cases/{told.case}/full", "vera").text
    # no case is named: whoever reports a link could tell by it which writers are treated as speaking up
    assert f"case {told.case}" not in read(fresh, "/tell/1", "vera").text


@pytest.mark.parametrize(
    ("kind", "way"), [("patient", "/leak?"), ("danger", "/danger?"), ("threat", "/threat?")]
)
def test_what_a_colleague_ticked_is_what_is_suggested(fresh: House, kind: str, way: str) -> None:
    """And stands first in Now where it tells of harm, whatever clock the others have."""
    tells(fresh, kind=kind)
    told = fresh.store.staff_reports.get(1)
    rows = fresh.store.lanes.rows(("now",), user=1, at=NOW, limit=99)
    assert told is not None
    assert (rows[0].case.number == told.case) is (kind != "patient")
    assess_all(fresh.store, "none", flags=[], at=NOW)
    group(fresh.store, NOW)
    mention = fresh.store.figures.row_counts()["mentions"]
    page = read(fresh, f"/mentions/{mention}")
    (big,) = [link for link in page.all("a") if link.get("data-key") == "1"]
    assert way in big["href"]


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"kind": ""}, "kind", "Choose what worries you"),
        ({"kind": "gossip"}, "kind", "Choose what worries you"),
        ({"public": ""}, "public", "Choose where you saw it"),
        ({"public": "maybe"}, "public", "Choose where you saw it"),
        ({"url": "javascript:alert(1)"}, "url", "whole link"),
        ({"words": " ", "url": ""}, "words", "write what was said"),
        ({"posted": "yesterday"}, "posted", "Write when as"),
        ({"posted": "2031-01-01T10:00"}, "posted", "a moment that has been"),
        ({"words": "x" * 10_001}, "words", "at most 10,000"),
        ({"who": "x" * 201}, "who", "at most 200"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    fresh: House, changes: dict[str, str], field: str, why: str
) -> None:
    before = fresh.store.figures.row_counts()["mentions"]
    answer = tells(fresh, **changes)
    assert answer.status_code == 422
    page = Tags(answer.text)
    assert why in page.text
    assert page.all("a", href=f"#{field}")
    assert page.all("span", id=f"{field}-error")
    assert "she is my patient" in page.text
    assert fresh.store.figures.row_counts()["mentions"] == before


def test_what_the_program_can_not_take_in_is_said_at_its_field(fresh: House) -> None:
    page = Tags(tells(fresh, url="https://[nowhere").text)
    assert page.all("a", href="#url")
    assert "Not an address" in page.text


@pytest.mark.parametrize("url", ["https://t.co/AbC123xyz9", "https://lnkd.in/eXy12AbC", "https://www.reddit.com/r/london/s/AbCd12EfGh", "https://www.instagram.com/share/reel/BAbC12dEf", "https://vm.tiktok.com/ZMAbC12dE/"])  # fmt: skip
@pytest.mark.parametrize("words", ["", "They told us to stop asking about the rota"])
def test_a_shortened_link_is_not_taken_in_and_the_page_says_how_to_get_the_whole_one(
    fresh: House, url: str, words: str
) -> None:
    before = fresh.store.figures.row_counts()["mentions"]
    answer = tells(fresh, words=words, url=url)
    assert answer.status_code == 422
    page = Tags(answer.text)
    assert page.all("span", id="url-error")
    for how in (
        "This link is shortened",
        "copy the whole address",
        "On a telephone",
        "leave the link out",
    ):
        assert how in page.text, how
    assert fresh.store.figures.row_counts()["mentions"] == before


def test_a_link_alone_is_enough_and_tells_where_it_was_seen(fresh: House) -> None:
    before = fresh.store.figures.row_counts()["mentions"]
    assert (
        tells(fresh, words="", url="https://www.facebook.com/harrow.mums/posts/123").status_code
        == 303
    )
    stored = fresh.store.mentions.get(before + 1)
    assert stored is not None
    assert (stored.mention.platform, stored.mention.text) == ("facebook", staff_reports.NO_WORDS)


def test_nothing_is_said_of_what_nobody_read(fresh: House) -> None:
    before = fresh.store.figures.row_counts()["mentions"]
    tells(fresh, words="", url="https://www.facebook.com/harrow.mums/posts/124", kind="danger")
    case = fresh.store.cases.of_mention(before + 1)
    assert case is not None
    page = read(fresh, f"/cases/{case}").text
    assert "reported by its link alone, so not read" in page
    assert "The program has its link alone: it has not read the post" in page
    assert "saw nothing" not in page


@pytest.mark.parametrize(
    "kind", ["danger", "patient", "threat", "target", "false", "other", "", "gossip"]
)
def test_of_private_words_nothing_is_kept_and_help_is_named(fresh: House, kind: str) -> None:
    before = fresh.store.figures.row_counts()
    chat = "Zanzibarquux, this is Jo in our team, on the ward 4 group"
    answer = tells(fresh, public="no", kind=kind, url="https://chat.example.org/ward-4", words=chat)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/tell/private?about=")
    assert "chat.example.org" not in answer.headers["location"]
    after = fresh.store.figures.row_counts()
    assert after == before
    assert fresh.store.staff_reports.turned_away(NOW.date()) == 1
    content = b"".join(file.read_bytes() for file in fresh.store.database.path.parent.iterdir())
    assert b"zanzibarquux" not in content.lower()
    assert b"chat.example.org" not in content
    assert [one for one in fresh.store.audit.events() if one.kind == "told"] == []
    words = read(fresh, answer.headers["location"], "vera").text
    assert "Nothing that you wrote was saved" in words
    assert "Harassment and Bullying at Work" in words
    assert "Freedom to Speak Up Guardian" in words
    assert "Disciplinary" not in words


@pytest.mark.parametrize(("kind", "says"), [("danger", "call 999 now"), ("threat", "call 999 now"), ("patient", "72 hours"), ("other", "")])  # fmt: skip
def test_danger_and_a_leak_in_private_are_not_lost_the_page_says_whom_to_call_now(
    fresh: House, kind: str, says: str
) -> None:
    configure(fresh.desk, crisis_contact="the night manager, 020 7946 0199", roles=TEAMS)
    words = read(fresh, f"/tell/private?about={kind}", "vera").text
    assert says in words
    assert ("This page told nobody" in words) is (kind != "other")
    if kind == "danger":
        assert "the night manager, 020 7946 0199" in words
        assert "Safeguarding, 020 7946 0133" in words
    if kind == "patient":
        assert "ig@example.org" in words


def test_who_reported_is_seen_by_governance_alone_with_a_reason_that_is_recorded(
    fresh: House,
) -> None:
    tells(fresh, "vera", kind="target", who="", worry="")
    for handle in ("vera", "amina", "bea"):
        assert "Show who reported it" not in read(fresh, "/tell/1", handle).text
        assert send(fresh, "/tell/1/who", handle, reason="complaint").status_code == 403
    assert send(fresh, "/tell/1/who", "gwen", reason="because").status_code == 422
    assert [one for one in fresh.store.audit.events() if one.kind == "reporter seen"] == []
    answer = send(fresh, "/tell/1/who", "gwen", reason="complaint")
    assert "Vera Lindqvist" in answer.text
    (event,) = (one for one in fresh.store.audit.events() if one.kind == "reporter seen")
    assert (event.about["by"], event.about["telling"], event.about["why"]) == (
        fresh.who["gwen"],
        1,
        "complaint",
    )
    assert "a complaint about the report" in read(fresh, "/audit", "gwen").text
    assert (
        "Vera Lindqvist" not in read(fresh, "/tell/1", "gwen").text
    )  # the next look needs a reason too


def test_the_form_says_public_posts_only_and_that_who_reports_is_sealed(fresh: House) -> None:
    words = read(fresh, "/tell", "vera").text
    assert "Public posts only" in words
    assert "Who you are is sealed with your report" in words
    assert "This holds too if the post is aimed at you" in words


@pytest.mark.parametrize(
    ("url", "platform"),
    [("https://m.facebook.com/a", "facebook"), ("https://x.com/a/status/1", "x"), ("https://notx.com/", "other"),
     ("https://[nowhere", "other"), ("", "other")],
)  # fmt: skip
def test_a_link_tells_its_platform(url: str, platform: str) -> None:
    assert staff_reports.platform_of(url) == platform


def test_nobody_reports_without_signing_in_and_no_number_is_no_report(fresh: House) -> None:
    assert tells(fresh, "").status_code == 401
    read(fresh, "/tell/77", status=404)


def test_axe_finds_nothing_wrong_with_the_form(browser: Browser, fresh: House) -> None:
    page = browser.new_context(java_script_enabled=True).new_page()
    sign_in(page, fresh, "vera")
    found = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{fresh.url}/tell")
        found += faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Where is it?").fill("facebook.com/x")
    page.get_by_label("What was said?").fill(SAID)
    page.get_by_label("It is aimed at me").check()
    page.get_by_label("In public: anyone can open it").check()
    page.get_by_role("button", name="Send").click()
    found += faults(page)
    assert "Error: Report a post" in page.title()
    assert page.get_by_label("It is aimed at me").is_checked()
    page.get_by_label("Where is it?").fill("")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/tell/1?target=1")
    found += faults(page)
    assert found == []


# ── the whole way ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def seen(**changes: str) -> dict[str, str]:
    given = {"platform": "pinterest", "url": PIN, "text": SAID, "handle": "", "posted_at": ""}
    return given | changes


def test_the_same_post_is_one_however_often_and_by_whatever_way_it_is_told(made: Path) -> None:
    with at_home(made) as (house, _):
        at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        first = note.store_report(house.new_run(at), seen())
        assert (
            note.store_report(
                house.new_run(at), seen(url=f"{PIN}?utm_source=share", text="they laughed")
            )
            == first
        )
        note.note(house.new_run(at), seen())
        assert house.store.figures.row_counts()["mentions"] == 1
        nowhere = note.store_report(house.new_run(at), seen(url="", platform="other"))
        assert (
            note.store_report(house.new_run(at), seen(url="", platform="other", text=f"  {SAID}\n"))
            == nowhere
        )
        assert note.store_report(house.new_run(at), seen(url="", platform="facebook")) != nowhere
        stored = house.store.mentions.get(nowhere)
        assert stored is not None
        assert (stored.mention.kind, stored.mention.platform, stored.mention.url) == (
            "report",
            "other",
            "",
        )


def test_what_is_gone_is_not_taken_in_again_by_a_report(made: Path) -> None:
    with at_home(made) as (house, _):
        at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        number = note.store_report(house.new_run(at), seen())
        stored = house.store.mentions.get(number)
        assert stored is not None
        house.store.mentions.mark_gone(
            [(stored.mention.issuer, stored.mention.issued_id, "deleted")], at=at
        )
        with pytest.raises(InputError, match="deleted on its platform"):
            note.store_report(house.new_run(at), seen())


def test_a_report_does_not_change_the_words_that_a_source_read(made: Path) -> None:
    at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    with at_home(made) as (house, _):
        read_by_us = mention(7)
        add(house.store, read_by_us)
        url = f"https://x.com/rowan_ashdown/status/{read_by_us.issued_id}"
        number = note.store_report(
            house.new_run(at), seen(platform="x", url=url, text="They are thieves")
        )
        stored = house.store.mentions.get(number)
        assert stored is not None
        assert (stored.mention.text, stored.revision) == (read_by_us.text, 1)
        assert stored.mention.author == read_by_us.author


def test_a_report_on_the_page_of_a_config_is_in_its_store(made: Path) -> None:
    from starlette.testclient import TestClient

    cfg = schema.load(made)
    with open_store(cfg, made.parent) as store:
        people(store)
        client = TestClient(
            create_app(build_app_context(cfg, made.parent)), base_url=cfg.review.public_url,
            headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False,
        )  # fmt: skip
        signed = client.post("/sign-in", data={"name": "vera", "password": PASSWORD})
        assert signed.status_code == 303
        client.headers["Cookie"] = signed.headers["set-cookie"].partition(";")[0]
        answer = client.post("/tell", data=dict(FORM) | {"posted": ""})
        assert answer.headers["location"] == "/tell/1"
        found = store.mentions.get(1)
        assert found is not None
        assert (found.mention.text, found.mention.url) == (SAID, PIN)


def test_a_report_without_a_time_counts_its_age_from_when_it_was_found_and_its_case_says_who_told_us(
    fresh: House,
) -> None:
    tells(fresh, kind="danger", posted="")
    report = fresh.store.staff_reports.get(1)
    assert report is not None
    fresh.desk.now = lambda: NOW + timedelta(minutes=6)
    row = read(fresh, "/today?lane=now").text
    assert "found 6 min ago" in row
    assert "posted 6 min ago" not in row
    page = read(fresh, f"/cases/{report.case}").text
    assert "when it was posted is not known" in page
    assert "a colleague told us of it" in page
