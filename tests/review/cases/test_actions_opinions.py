"""Second opinions by the page: asked with the decision, answered in the case, seen by who asked."""

from __future__ import annotations

import pytest

from tests.review.cases.test_actions import form, sends
from tests.review.conftest import House
from tests.review.factories import IN_DANGER, NAMED, NOW, case_of, decide
from tests.review.pages import of, read, send
from tests.review.teamwork import ask, goes_away
from tests.store.factories import HOUR

QUESTION = "To the Guardian <or> to PALS?"


def asked(house: House, by: str = "amina", of_whom: str = "bea") -> int:
    return ask(
        house.store, case_of(house.store, NAMED), house.who[by], house.who[of_whom], QUESTION
    )


def test_a_question_goes_to_its_colleague_and_the_answer_back(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    told = form(
        anew, case, kind="second_opinion", colleague=str(anew.who["bea"]), question=QUESTION
    )
    assert sends(anew, case, told)[0] == 303
    for path in ("/mine", "/all?tab=mine"):
        assert "Amina Yusuf asks your opinion" in read(anew, path, "bea").text
    page = of(anew, NAMED, "bea")
    assert QUESTION in page.text
    assert "Due Fri 20 Nov 2026, 12:00" in page.text  # as what stands in Now
    assert page.all("form", action="/opinions/1")
    assert not of(anew, NAMED).all("form", action="/opinions/1")  # who asked
    answer = send(
        anew, "/opinions/1", "bea", stance="disagrees", answer="It names a ward: the Guardian."
    )
    assert answer.headers["location"] == f"/cases/{case}/full?back=#team"
    assert "Bea Whitlock answered your question" in read(anew, "/mine").text
    seen = of(anew, NAMED).text
    assert "Bea Whitlock sees it differently" in seen
    assert "It names a ward: the Guardian." in seen
    assert "A colleague answered" in seen
    assert "It names a ward" not in of(anew, NAMED, "vera").text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"colleague": ""}, "Choose whose opinion you want"),
        ({"colleague": "me"}, "Choose whose opinion you want"),
        ({"colleague": "vera"}, "Choose whose opinion you want"),
        ({"question": "  "}, "Write what you want to know"),
        ({"question": "y" * 4001}, "at most 4,000 characters"),
    ],
)
def test_half_a_question_is_refused_and_nothing_of_it_lost(
    anew: House, changes: dict[str, str], why: str
) -> None:
    case = case_of(anew.store, IN_DANGER)
    given = {"colleague": "bea", "question": "Is this enough?"} | changes
    given["colleague"] = str(
        anew.who.get("amina" if given["colleague"] == "me" else given["colleague"], "")
    )
    status, page = sends(anew, case, form(anew, case, kind="second_opinion", **given))
    assert status == 422
    assert why in page
    assert given["question"].strip() in page
    assert anew.store.cases.history(case) == []


def test_who_asked_and_who_was_not_asked_cannot_answer(anew: House) -> None:
    number = asked(anew)
    for handle, status in (("amina", 403), ("gwen", 403), ("vera", 403), ("ada", 403)):
        assert send(anew, f"/opinions/{number}", handle, stance="agrees").status_code == status
    found = anew.store.opinions.get(number)
    assert found is not None
    assert found.state == "waits"
    assert send(anew, "/opinions/99", "bea", stance="agrees").status_code == 404


def test_an_answer_that_lacks_something_says_so_beside_what_was_typed(anew: House) -> None:
    number = asked(anew)
    answer = send(anew, f"/opinions/{number}", "bea", answer="Because of the ward")
    assert (answer.status_code, "Choose whether you agree" in answer.text) == (422, True)
    assert "Because of the ward" in answer.text
    answer = send(anew, f"/opinions/{number}", "bea", stance="disagrees")
    assert (answer.status_code, "Say why you see it differently" in answer.text) == (422, True)


def test_the_second_answer_is_told_whose_was_first(anew: House) -> None:
    number = asked(anew)
    goes_away(anew, "bea", "gwen")
    assert "you cover for Bea Whitlock, whose opinion is asked" in read(anew, "/mine", "gwen").text
    assert send(anew, f"/opinions/{number}", "gwen", stance="agrees").status_code == 303
    answer = send(anew, f"/opinions/{number}", "bea", stance="disagrees", answer="No, the Guardian")
    assert answer.status_code == 409
    assert "It needs no answer any more (Gwen Okafor: agrees" in answer.text
    assert "No, the Guardian" in answer.text


def test_a_decision_of_the_colleague_is_an_answer(anew: House) -> None:
    asked(anew)
    decide(anew.store, case_of(anew.store, NAMED), anew.who["bea"], "escalate", role="pals", at=NOW)
    assert "Bea Whitlock decided the case themselves" in of(anew, NAMED).text


def test_overdue_is_seen_by_everybody(anew: House) -> None:
    ask(
        anew.store,
        case_of(anew.store, NAMED),
        anew.who["amina"],
        anew.who["bea"],
        QUESTION,
        NOW - 5 * HOUR,
    )
    said = "Amina Yusuf asks Bea Whitlock, overdue since"
    assert said in read(anew, "/handover", "vera").text
    assert "1 overdue" in read(anew, "/team", "gwen").text


def test_where_there_is_nobody_to_ask_it_stays_open_for_whoever_comes(anew: House) -> None:
    for handle in ("bea", "gwen"):
        anew.store.users.change(anew.who[handle], active=False, at=NOW)
    case = case_of(anew.store, NAMED)
    assert "nobody else here who can decide" in of(anew, NAMED).text
    assert sends(anew, case, form(anew, case, kind="second_opinion"))[0] == 303
    assert "A colleague is asked" in of(anew, NAMED).text


def test_whoever_closed_the_case_before_the_answer_is_named(anew: House) -> None:
    asked(anew)
    decide(anew.store, case_of(anew.store, NAMED), anew.who["gwen"], "no_action", at=NOW)
    assert "Gwen Okafor decided the case before they answered" in of(anew, NAMED).text


def test_the_same_answer_sent_twice_is_one(anew: House) -> None:
    number = asked(anew)
    for _ in range(2):
        assert (
            send(anew, f"/opinions/{number}", "bea", stance="agrees", answer="Yes").status_code
            == 303
        )
