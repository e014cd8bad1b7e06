"""Governance's overview: who looked at what, running clocks, the end of the record, and speaking up, in numbers alone."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from review.insights import governance
from review.insights.governance import unusual
from settings.review import EscalationRole
from tests.review.conftest import House
from tests.review.factories import ALL, NAMED, NOW, case_of, configure
from tests.review.pages import read, send
from tests.store.factories import DAY


def test_looks_are_counted_with_who_and_why_and_no_post_is_quoted(anew: House) -> None:
    before = read(anew, "/governance", "gwen")
    assert "Nobody looked in the last 7 days" in before.text
    send(anew, "/mentions/1/reveal", why="check", reason="to ring the practice")
    page = read(anew, "/governance", "gwen")
    assert "1 time" in page.text
    assert "Amina Yusuf" in page.text
    assert "to ring the practice" in page.text
    for told in ALL:
        assert told.text[:40] not in page.text
    assert "Rosalind" not in NAMED.masked
    _, end = anew.store.workload.chain_end()
    assert end[:4] in page.text


def test_an_original_that_was_opened_is_no_masked_detail_that_was_shown(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    post = anew.store.cases.mentions(case)[0].item.number
    send(anew, f"/cases/{case}/original", why="answer", posts=f"{post}:1")
    assert len(anew.store.audit.reveals()[0]) == 1, "it stands in the record"
    assert anew.desk.views.flush()
    page = read(anew, "/governance", "gwen")
    assert re.search(r"Masked details shown\s*0 times", page.text)
    assert "Nobody looked in the last 7 days" in page.text
    assert re.search(r"Originals opened\s*1", page.text)


def test_only_who_looked_far_more_often_than_the_others_is_named() -> None:
    assert unusual(Counter(Amina=30, Bea=2, Carl=3)) == [("Amina", 30, 3)]
    assert unusual(Counter(Amina=9, Bea=1)) == []  # too few to say
    assert unusual(Counter(Amina=30)) == []  # nobody to compare with
    assert unusual(Counter(Amina=12, Bea=11)) == []


def test_it_is_for_governance(house: House) -> None:
    read(house, "/governance", "bea", 403)


def test_what_the_week_began_to_search_for_stands_there_in_words_with_who(anew: House) -> None:
    content = {"organisation.topics": ["corridor care", "Kingfisher clinic"]}
    rules = {"rules": [{"name": "phones", "rule": "phone* AND wait*"}]}
    for section, held, at in (("names", content, NOW), ("rules", rules, NOW - 30 * DAY)):
        assert anew.store.settings.save(section, held, 0, at=at, by=anew.who["bea"])
    page = read(anew, "/governance", "gwen").text
    assert "New in 7 days:" in page
    assert "Kingfisher clinic" in page
    assert "corridor care" in page
    assert "phone* AND wait*" not in page  # a month ago


def test_it_says_where_nobody_is_emailed_and_no_end_of_the_record_leaves(anew: House) -> None:
    file = anew.desk.file
    looking = file.review.looking.model_copy(update={"email": ()})
    roles = tuple(role.model_copy(update={"email": ()}) for role in file.review.roles)
    review = file.review.model_copy(update={"looking": looking, "roles": roles})
    configure(anew.desk, review=review, reports=file.reports.model_copy(update={"daily_to": ()}))
    page = read(anew, "/governance", "gwen").text
    assert "It does not leave this system" in page
    assert "Nobody is emailed when one person opens much" in page
    named = file.governance.model_copy(update={"chain_end_to": ("dpo@example.org",)})
    looking = looking.model_copy(update={"email": ("dpo@example.org",)})
    configure(anew.desk, governance=named, review=review.model_copy(update={"looking": looking}))
    page = read(anew, "/governance", "gwen").text
    assert "It leaves each day by an email of its own" in page
    assert "Nobody is emailed" not in page


def test_who_tried_searches_that_may_be_of_a_person_is_among_what_needs_governance(
    anew: House,
) -> None:
    people = anew.store.searched_people
    for _ in range(2):
        people.note_refused(by=anew.who["bea"], section="names", saving=True, at=NOW)
    name = anew.store.users.get(anew.who["bea"]).name  # type: ignore[union-attr]
    page = read(anew, "/governance", "gwen").text
    assert "A search was not saved 2 times: it might be a name" in page
    assert f"{name} tried" not in page, "it is no accusation: a hashtag may be no name"
    assert f"{name} typed it" in page
    assert "A search was not saved, under" in read(anew, "/audit?kind=search+refused", "gwen").text  # fmt: skip


def test_each_kind_of_thing_that_needs_governance_is_one_line_and_the_rest_is_folded(
    anew: House,
) -> None:
    for number in range(5):
        for term in ("teapot", "tablecloth"):
            anew.store.searched_people.note_refused(by=anew.who["amina" if term == "teapot" else "bea"], section="names", saving=True, at=NOW)  # fmt: skip
        content = {"review.comms_phone": f"020 7946 01{number:02}"}
        assert anew.store.settings.save("escalation", content, number, at=NOW, by=anew.who["bea"])
    page = read(anew, "/governance", "gwen")
    needs = page.text.partition(" need you")[2].partition("Record of decisions")[0]
    assert needs.count("5 changes of how people are reached") == 1
    assert needs.count("2 people typed searches that were not saved: they might be names") == 1
    assert needs.index("5 changes of how people") < needs.index(
        "2 people typed"
    )  # the gravest first
    assert needs.count("Bea Whitlock changed how people are reached") == 5  # each of them, folded


def test_what_is_past_the_kinds_in_sight_is_folded(anew: House, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for number, by in enumerate(("amina", "bea")):
        anew.store.searched_people.note_refused(by=anew.who[by], section="names", saving=True, at=NOW)  # fmt: skip
        assert anew.store.settings.save("escalation", {"review.comms_phone": f"020 7946 01{number:02}"}, number, at=NOW, by=anew.who["bea"])  # fmt: skip
    monkeypatch.setattr(governance, "IN_SIGHT", 1)
    folded = read(anew, "/governance", "gwen").text
    second = "2 changes of how people are reached"
    assert re.search(rf"nobody is there to be sent to.*\d more.*{second}.*2 people typed searches", folded, re.DOTALL)  # fmt: skip


def test_what_was_agreed_to_in_another_shape_breaks_no_page_and_is_named_here(anew: House) -> None:
    """As an older or a later version of the program may have stored it."""
    amina, gwen = anew.who["amina"], anew.who["gwen"]
    assert anew.store.settings.save("names", {"organisation.topics": ["corridor care"]}, 0, at=NOW, by=amina)  # fmt: skip
    team = {"key": "safeguarding", "type": "safeguarding", "name": "Safeguarding", "called_when": "x", "email": 7}  # fmt: skip
    anew.store.approvals.add_guarded("teams", {"safeguarding": team, "other": None}, by=gwen, at=NOW)  # fmt: skip
    anew.store.approvals.add_guarded("clocks", {"review.lanes.hours": 1}, by=gwen, at=NOW)
    anew.store.approvals.add_guarded("passing", {"review.roles": [{"name": "x"}], "review.chase.minutes": "60"}, by=gwen, at=NOW)  # fmt: skip
    anew.desk._effective = None
    for address in ("/today", "/mine", "/waiting"):
        assert "as agreed to, is not read" not in read(anew, address).text
    page = read(anew, "/governance", "gwen").text
    for what in ("called when", "email", "review.lanes.hours", "review.chase.minutes", "‘x’"):
        assert f"{what}, as agreed to, is not read by this version of the program" in page, what


def test_a_telephone_of_the_guardian_that_is_someone_elses_too_stands_first(anew: House) -> None:
    guardian = EscalationRole(key="guardian", type="guardian", name="The Guardian", when="A concern", reach="020 7946 0199")  # fmt: skip
    kept = tuple(role for role in anew.desk.file.review.roles if role.type != "guardian")
    configure(anew.desk, roles=(*kept, guardian), crisis_contact="the on-call manager, 020 7946 0199")  # fmt: skip
    assert "is someone else’s too" in read(anew, "/governance", "gwen").text
    configure(anew.desk, roles=(*kept, guardian), crisis_contact="the on-call manager, 020 7946 0188")  # fmt: skip
    assert "is someone else’s too" not in read(anew, "/governance", "gwen").text
