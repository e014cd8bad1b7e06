"""The handover note: written, read by each, corrected, and what is open beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from review.context import RequestContext
from review.rendering import cases
from steps.faults import Fault, Health
from store import View
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready
from tests.review.factories import (
    ALLEGATION,
    HOSTILE,
    IN_DANGER,
    NAMED,
    NOW,
    Told,
    case_of,
    decide,
    tell,
)
from tests.review.pages import cases_in, read, send
from tests.review.teamwork import at_work
from tests.store.factories import HOUR, all_bytes

WORDS = "Case 1: the practice rings back <script>alert(1)</script>\nNothing else."


def test_a_note_stands_on_the_queue_until_each_has_read_it(anew: House) -> None:
    answer = send(anew, "/handover", "bea", words=WORDS, after=0)
    assert answer.headers["location"] == "/handover/1"
    again = send(anew, "/handover", "bea", words=WORDS, after=0)  # sent twice, kept once
    assert again.headers["location"] == "/handover/1"
    for handle in ("amina", "gwen"):
        page = read(anew, "/today", handle)
        assert "Open the note" in page.text
        assert "the practice rings back <script>alert(1)</script>" in page.text
    assert "Open the note" not in read(anew, "/today", "bea").text  # who wrote it
    assert "Open the note" not in read(anew, "/today", "vera").text  # who has nothing to take over
    read_it = send(anew, "/handover/1/read", "amina")
    assert read_it.headers["location"] == "/today"
    assert "Open the note" not in read(anew, "/today", "amina").text
    assert "Open the note" in read(anew, "/today", "gwen").text
    assert "Read by Amina Yusuf." in read(anew, "/handover/1", "vera").text
    assert b"practice rings back" not in all_bytes(anew.store.database.path)


def test_a_later_note_hides_no_earlier_one_that_is_still_to_be_read(anew: House) -> None:
    written = ("Ring Safeguarding of case 7.", "Night is quiet.", "Third.", "Fourth.", "Fifth.")
    for after, words in enumerate(written):
        send(anew, "/handover", "bea" if after != 1 else "gwen", words=words, after=after)

    def unread(handle: str) -> list[str]:
        page = read(anew, "/today", handle).text
        return sorted((words for words in written if words in page), key=page.index)

    assert unread("amina") == list(reversed(written))
    assert unread("gwen") == [words for words in reversed(written) if words != "Night is quiet."]
    send(anew, "/handover/2/read", "amina")
    assert unread("amina") == ["Fifth.", "Fourth.", "Third.", "Ring Safeguarding of case 7."]
    for number in (3, 4, 5):
        send(anew, f"/handover/{number}/read", "amina")
    assert unread("amina") == ["Ring Safeguarding of case 7."]
    assert "you have not said that you read it" in read(anew, "/handover", "amina").text
    handover = read(anew, "/handover", "amina").text
    assert all(words in handover for words in written)
    send(anew, "/handover/1/read", "amina")
    assert unread("amina") == []
    assert "you have not said that you read it" not in read(anew, "/handover", "amina").text


def test_a_case_that_a_note_names_is_a_link_and_nothing_else_is(anew: House) -> None:
    send(anew, "/handover", "bea", words=f"{WORDS} See case 12, CASE 7 and suitcase 9.", after=0)
    for path in ("/handover", "/handover/1"):
        page = read(anew, path)
        ways = {told["href"] for told in page.all("a")}
        assert {"/cases/1", "/cases/12", "/cases/7"} <= ways, path
        assert "/cases/9" not in ways or path != "/handover/1"
        assert "rings back <script>alert(1)</script>" in page.text
        assert [told for told in page.all("script") if "src" not in told] == []


def test_a_correction_is_read_again_and_what_it_was_before_stays(anew: House) -> None:
    send(anew, "/handover", "bea", words="At ten.", after=0)
    send(anew, "/handover/1/read", "amina")
    assert (
        "At ten."
        in read(anew, "/handover?correct=yes", "bea").text.partition("Correct your note")[2]
    )
    assert "Correct your note" not in read(anew, "/handover?correct=yes", "amina").text
    assert (
        send(anew, "/handover", "bea", words="At eleven.", after=1, corrects="yes").status_code
        == 303
    )
    assert "At eleven." in read(anew, "/today", "amina").text
    both = read(anew, "/handover/1", "amina").text
    assert "corrected: version 2" in both
    assert both.index("At eleven.") < both.index("Before it was corrected") < both.index("At ten.")


def test_somebody_elses_note_is_not_corrected_but_followed_by_ones_own(anew: House) -> None:
    send(anew, "/handover", "bea", words="At ten.", after=0)
    assert (
        send(anew, "/handover", "amina", words="At nine.", after=1, corrects="yes").status_code
        == 303
    )
    assert [(one.by, one.version) for one in anew.store.handovers.recent()] == [
        (anew.who["amina"], 1),
        (anew.who["bea"], 1),
    ]
    assert "Earlier notes" in read(anew, "/handover").text


def test_the_second_of_two_is_told_and_their_words_stay(anew: House) -> None:
    send(anew, "/handover", "bea", words="Mine.", after=0)
    answer = send(anew, "/handover", "amina", words="Mine <i>too</i>.", after=0)
    assert answer.status_code == 409
    assert (
        "Bea Whitlock left a note at Fri 20 Nov 2026, 11:00 while you were writing" in answer.text
    )
    assert "Mine &lt;i&gt;too&lt;/i&gt;." in answer.text
    assert 'name="after" value="1"' in answer.text
    assert send(anew, "/handover", "amina", words="Mine too.", after=1).status_code == 303


@pytest.mark.parametrize(
    ("words", "why"), [(" ", "Write what your colleagues"), ("y" * 8001, "at most 8,000")]
)
def test_what_cannot_be_kept_is_refused(anew: House, words: str, why: str) -> None:
    answer = send(anew, "/handover", words=words, after=0)
    assert answer.status_code == 422
    assert why in answer.text
    assert words in answer.text
    assert anew.store.handovers.last() is None


@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_who_does_not_decide_writes_and_ticks_off_nothing(anew: House, handle: str) -> None:
    assert send(anew, "/handover", handle, words="Hello", after=0).status_code == 403
    assert send(anew, "/handover/1/read", handle).status_code == 403
    assert not read(anew, "/handover", handle).all("textarea")


def test_what_is_not_there_is_said_so(anew: House) -> None:
    assert read(anew, "/handover/9", status=404)
    assert send(anew, "/handover/9/read").status_code == 404


def test_what_is_open_and_what_changed_are_links_to_it(anew: House) -> None:
    decide(
        anew.store,
        case_of(anew.store, NAMED),
        anew.who["bea"],
        "escalate",
        role="pals",
        labels={"pid": True},
        at=NOW - HOUR,
    )
    page = read(anew, "/handover", "vera")
    ways = {told["href"] for told in page.all("a")}
    assert {
        "/all?tab=high",
        "/today?lane=now",
        "/waiting",
        "/takedowns",
        f"/cases/{case_of(anew.store, NAMED)}",
    } <= ways
    assert "1 72-hour clock of a confirmed leak runs" in page.text
    assert "Since yesterday" in page.text
    assert "Nobody has left a note yet." in page.text


def test_everything_of_a_team_at_work_is_counted(anew: House) -> None:
    at_work(anew)
    page = read(anew, "/handover").text
    assert "3 cases that someone has" in page
    assert "1 colleague asked" in page
    assert "1 answer of a colleague overdue" in page
    assert case_of(anew.store, NAMED) in cases_in(read(anew, "/mine", "bea"))


def test_a_case_that_a_cycle_put_together_after_the_note_is_new_to_whoever_comes_on(
    anew: House,
) -> None:
    send(anew, "/handover", "bea", words="All is quiet.", after=0)
    late = Told(
        text="I will be waiting by the staff car park in Hayes tonight", risk="high",
        flags=(("threat", "I will be waiting"),),
    )  # fmt: skip
    tell(anew.store, late, 90, NOW - HOUR, alone=True)  # found before the note was written
    page = read(anew, "/handover", "amina")
    assert f"/cases/{case_of(anew.store, late)}" in {told["href"] for told in page.all("a")}


def test_a_lead_strikes_words_that_should_never_have_stood_there(anew: House) -> None:
    send(anew, "/handover", "bea", words="Aisha rang.", after=0, named="yes")
    send(anew, "/handover", "bea", words="The practice rang.", after=1, corrects="yes")
    assert send(anew, "/handover/1/strike", "amina").status_code == 403
    lead = "bea"
    assert "Remove the words for good" in read(anew, "/handover/1", lead).text
    assert send(anew, "/handover/1/strike", lead).status_code == 303
    page = read(anew, "/handover/1", "amina").text
    assert "Aisha rang" not in page
    assert "A lead removed the words of this note." in page
    assert "The practice rang." in page
    assert "handover struck" in [one.kind for one in anew.store.audit.events()]


def test_each_case_that_a_colleague_names_leads_there_and_no_other_number_does() -> None:
    told = cases("Case 33 and 145, and cases 7 & 8: <ring> 101. Case 9 and 2 others, by 10:30")
    assert re.findall(r'href="/cases/(\d+)"', told) == ["33", "145", "7", "8", "9"]
    assert "&lt;ring&gt; 101" in told


def test_danger_that_nobody_has_stands_first_by_its_number_above_what_was_rung(anew: House) -> None:
    now_lane(anew, IN_DANGER, "Someone may end their life")
    now_lane(anew, HOSTILE, "Threat to a doctor")
    ready(anew)
    number, other = case_of(anew.store, IN_DANGER), case_of(anew.store, HOSTILE)
    for address, handle in (("/handover", "vera"), ("/overview", "bea")):
        first = read(anew, address, handle).text.partition("no team that must know has been told")[
            2
        ]
        assert f"case {number}: Someone may end their life" in first
        assert f"case {other}: Threat to a doctor" in first
    do(anew, f"/cases/{number}/danger", "ring", who="Rosa Whitfield")
    for address, handle in (("/handover", "vera"), ("/overview", "bea")):
        alone, _, rung = read(anew, address, handle).text.partition("nobody there has confirmed")
        assert f"case {other}: Threat to a doctor" in alone
        assert f"case {number}:" not in alone.partition("no team that must know has been told")[2]
        assert re.search(rf"case {number}: .*Amina Yusuf has it, passed to Safeguarding, rung today", rung)  # fmt: skip


CLOSED: dict[str, tuple[Told, dict[str, Any]]] = {  # each kind of decision at which somebody else has to look
    "no danger": (IN_DANGER, {"kind": "no_action", "labels": {"safeguarding": False}, "reason": "A saying. Safeguarding was not told"}),
    "no leak": (NAMED, {"kind": "no_action", "labels": {"pid": False}, "reason": "Public details"}),
    "high risk, put aside": (ALLEGATION, {"kind": "monitor", "reason": "More will be known"}),
}  # fmt: skip


FIRST = {"no danger": "Can’t see the point", "no leak": "My neighbour [name 1]", "high risk, put aside": "They knew that the scan"}  # fmt: skip


@pytest.mark.parametrize("what", CLOSED)
def test_what_needs_a_second_look_stands_until_somebody_else_looked(anew: House, what: str) -> None:
    closed, decision = CLOSED[what]
    number = case_of(anew.store, closed)
    decide(anew.store, number, anew.who["amina"], **decision)
    ways = (("/handover", "amina"), ("/handover", "gwen"), ("/handover", "bea"), ("/overview", "bea"))  # fmt: skip

    def listed() -> list[bool]:
        """Whether each of them sees it among what is to be looked at."""
        pages = [read(anew, address, handle) for address, handle in ways]
        return [str(decision["reason"]) in page.text for page in pages]

    assert listed() == [True] * 4
    send(anew, "/handover", "amina", words="Good night.", after=0)  # whose note hides nothing
    send(anew, "/handover", "bea", words="Good morning.", after=1)
    assert listed() == [True] * 4
    version = anew.store.cases.history(number)[-1].version
    way, form = f"/cases/{number}/looked-again", {"version": version, "back": "/handover"}
    assert "Someone else has to look." in read(anew, "/handover", "amina").text
    assert not read(anew, "/handover", "amina").all("form", action=way)
    before = View(by=anew.who["bea"], kind="case", at=NOW - 2 * HOUR, page="/cases/{number}", case=number)  # fmt: skip
    anew.store.views.add([before])  # as it was before somebody closed it
    for page_, handle in (("/handover", "bea"), ("/overview", "bea")):
        assert not read(anew, page_, handle).all("form", action=way)
        assert f"Open it first: case {number}, {FIRST[what]}" in read(anew, page_, handle).text
    assert send(anew, way, "bea", **form).status_code == 422
    assert listed() == [True] * 4
    read(anew, f"/cases/{number}", "amina")  # that a colleague opened it opens it for nobody else
    assert send(anew, way, "bea", **form).status_code == 422
    read(anew, f"/cases/{number}", "bea")
    assert read(anew, "/handover", "bea").all("form", action=way)
    assert f"I have looked: it holds (case {number}: {FIRST[what]}" in read(anew, "/handover", "bea").text  # fmt: skip
    assert send(anew, way, "amina", **form).status_code == 422
    assert send(anew, way, "vera", **form).status_code == 403
    assert send(anew, way, "bea", **form | {"version": 99}).status_code == 422
    assert listed() == [True] * 4
    went = send(anew, way, "bea", **form).headers["location"]
    assert went.startswith("/handover?looked=")
    assert listed() == [False] * 4
    assert "looked again" in [each.kind for each in anew.store.audit.events()]
    for page_ in (f"/cases/{number}", f"/cases/{number}/full"):
        assert "Looked at a second time, it holds: Bea Whitlock" in read(anew, page_, "vera").text
    short = read(anew, f"/cases/{number}").text  # under the decision, and in the history that opens
    assert short.count("Looked at a second time, it holds: Bea Whitlock") == 2
    saved = read(anew, went, "bea")
    assert f"Saved: you looked at case {number}." in saved.text
    undo = {"takes_back": went.partition("=")[2], "back": "/handover"}
    assert saved.all("form", action=way)
    assert send(anew, way, "vera", **undo).status_code == 403
    back = send(anew, way, "bea", **undo).headers["location"]
    assert f"Undone: case {number} is to be looked at a second time again." in read(anew, back, "bea").text  # fmt: skip
    assert listed() == [True] * 4
    assert send(anew, way, "bea", **undo).status_code == 422  # once
    for page_ in (f"/cases/{number}", f"/cases/{number}/full"):
        assert re.search(r"it holds: Bea Whitlock, .{3,20} undone Bea Whitlock", read(anew, page_, "vera").text)  # fmt: skip
    assert send(anew, way, "bea", **form).status_code == 303  # she has seen it as it is


def test_a_look_is_taken_back_from_the_history_by_a_colleague_and_at_its_own_case_alone(anew: House) -> None:  # fmt: skip
    number, other = case_of(anew.store, NAMED), case_of(anew.store, ALLEGATION)
    decide(anew.store, number, anew.who["amina"], kind="no_action", labels={"pid": False}, reason="Public details")  # fmt: skip
    read(anew, f"/cases/{number}", "bea")
    version = anew.store.cases.history(number)[-1].version
    way = f"/cases/{number}/looked-again"
    assert send(anew, way, "bea", version=version, back="/overview").status_code == 303
    look = anew.store.second_looks.of_case(number)[-1].number
    history = f"/cases/{number}/full"
    assert read(anew, history, "amina").all("form", action=way)
    assert not read(anew, history, "vera").all("form", action=way)
    assert send(anew, f"/cases/{other}/looked-again", "amina", takes_back=look).status_code == 422
    assert send(anew, way, "amina", takes_back=look, back=history).headers["location"] == f"{history}#history"  # fmt: skip
    assert "Public details" in read(anew, "/handover", "bea").text
    assert anew.store.second_looks.of_case(number)[-1].undone_by == "Amina Yusuf"


@pytest.mark.parametrize(("flags", "reading"), [(("allegation",), {}), ((), {"protected": "discrimination"})])  # fmt: skip
@pytest.mark.parametrize("kind", ["no_action", "not_relevant"])
def test_harm_and_unfair_treatment_that_were_closed_wait_for_a_second_look_of_whatever_risk(
    anew: House, flags: tuple[str, ...], reading: dict[str, Any], kind: str
) -> None:
    words = "They would not let me in with my guide dog and told me to leave."
    wronged = Told(text=words, risk="medium", flags=[(name, words) for name in flags] or [("derogatory", "told me")], read=reading)  # fmt: skip
    mild = Told(text="What a rude lot you are on the telephone.", risk="medium", flags=[("derogatory", "rude lot")])  # fmt: skip
    for place, said in enumerate((wronged, mild)):
        tell(anew.store, said, 9000 + place, NOW - 2 * HOUR, alone=True)
        decide(anew.store, case_of(anew.store, said), anew.who["amina"], kind=kind, reason="Someone deals with it")  # fmt: skip
    page = read(anew, "/handover", "bea").text.partition("look at them a second time")[2].partition("The newest note")[0]  # fmt: skip
    assert f"Case {case_of(anew.store, wronged)}" in page
    assert f"Case {case_of(anew.store, mild)}" not in page


def test_what_is_undone_needs_no_second_look(anew: House) -> None:
    number = case_of(anew.store, IN_DANGER)
    decide(anew.store, number, anew.who["amina"], kind="no_action", labels={"safeguarding": False}, reason="A saying")  # fmt: skip
    assert "look at them a second time" in read(anew, "/handover", "bea").text
    version = anew.store.cases.history(number)[-1].version
    decide(anew.store, number, anew.who["amina"], kind="undo", undoes=version)
    assert "look at them a second time" not in read(anew, "/handover", "bea").text


def test_what_nobody_can_tell_says_why(anew: House) -> None:
    """While a source fails an empty line is no all-clear, and says what fails."""
    send(anew, "/handover", "bea", words=WORDS, after=0)
    page = read(anew, "/handover").text
    overdue = page.partition("found overdue")[2].partition("Passed on")[0].strip()
    assert re.fullmatch(r"Not known\. .*Facebook.*", overdue, re.DOTALL), overdue


def test_that_emails_cannot_leave_makes_no_list_unknown(
    anew: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = Fault(
        kind="mail",
        line="Emails can’t leave since 10:00: not everyone was told.",
        mend="Ring them.",
    )
    unread = Fault(kind="source", line="Facebook was not read.", mend="Look there.")

    def since_note(*faults: Fault) -> str:
        monkeypatch.setattr(RequestContext, "health", lambda _: Health(faults=faults))
        return (
            read(anew, "/handover")
            .text.partition("Became overdue, or was found overdue")[2][:60]
            .strip()
        )

    send(anew, "/handover", "bea", words=WORDS, after=0)
    assert since_note(down).startswith("None")
    assert since_note(down, unread).startswith("Not known. Facebook was not read.")


@pytest.mark.parametrize(
    "words", ["Dr Patel rang about case 28", "Mrs Rosalind Featherstone wants a call back, case 3"]
)
def test_a_note_that_names_somebody_who_is_not_one_of_us_is_asked_about_once(anew: House, words: str) -> None:  # fmt: skip
    answer = send(anew, "/handover", "bea", words=words, after=0)
    assert answer.status_code == 422
    assert "It seems to name a person" in answer.text
    assert words in answer.text, "what was typed stands there still"
    assert anew.store.handovers.last() is None
    assert send(anew, "/handover", "bea", words=words, after=0, named="yes").status_code == 303
    last = anew.store.handovers.last()
    assert last is not None
    assert last.words == words


@pytest.mark.parametrize(
    "words",
    [
        "Amina has case 28, PALS rings back at noon",
        "Gwen Okafor looks at case 4",
        "Northwick Park calls about case 7",
    ],
)
def test_a_note_that_names_one_of_us_or_a_place_is_not(anew: House, words: str) -> None:
    assert send(anew, "/handover", "bea", words=words, after=0).status_code == 303
