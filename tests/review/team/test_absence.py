"""Holiday cover by the page: one's own, a lead's for all, and the mark beside a name."""

from __future__ import annotations

import httpx
import pytest

from tests.review.conftest import House
from tests.review.factories import GRIEVANCE, NAMED, configure
from tests.review.pages import of, read, send
from tests.review.teamwork import give, goes_away


def sets(house: House, handle: str = "amina", whose: str = "", **told: str) -> httpx.Response:
    given = {"first": "2026-11-20", "last": "2026-12-03", "cover": "bea"} | told
    given["cover"] = str(house.who.get(given["cover"], given["cover"]))
    return send(house, "/away", handle, user=house.who.get(whose, ""), **given)


def test_ones_own_days_are_kept_on_the_account_and_end_by_themselves(anew: House) -> None:
    assert "You have said of no days that you are away." in read(anew, "/account").text
    for _ in range(2):  # sent twice, kept once
        assert sets(anew).headers["location"] == "/account?kept=away#away"
    assert "20 Nov to 3 Dec (now), covered by Bea Whitlock" in read(anew, "/account").text
    assert "You cover today for Amina Yusuf" in read(anew, "/account", "bea").text
    assert send(anew, "/away/1/end").status_code == 303
    page = read(anew, "/account").text
    assert "You have said of no days" in page
    assert "taken back by Amina Yusuf (you), Fri 20 Nov 2026, 11:00" in page


def test_what_is_theirs_is_the_covers_too_with_the_reason(anew: House) -> None:
    give(anew, GRIEVANCE, "gwen")
    goes_away(anew, "gwen", "amina", until=13)
    assert "you cover for Gwen Okafor, who has it" in read(anew, "/mine").text
    assert "You cover." in of(anew, GRIEVANCE).text


def test_who_is_away_is_marked_wherever_a_colleague_is_chosen(anew: House) -> None:
    goes_away(anew, "gwen", "bea", until=13)
    for path in ("/all", "/account", f"/cases/{anew.store.cases.of_mention(1)}/full"):
        assert "Gwen Okafor – away until 3 Dec, covered by Bea Whitlock" in read(anew, path).text, (
            path
        )


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"first": ""}, "Write the first day"),
        ({"last": "next week"}, "Write the last day"),
        ({"last": "2026-11-19"}, "comes before the first"),
        ({"first": "2026-11-01", "last": "2026-11-02"}, "has passed"),
        ({"last": "2028-01-01"}, "longer than a year"),
        ({"cover": "amina"}, "Someone else covers"),
        ({"cover": "vera"}, "Choose a colleague who can decide"),
        ({"cover": "x"}, "Choose a colleague who can decide"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_said_beside_what_was_typed(
    anew: House, told: dict[str, str], why: str
) -> None:
    answer = sets(anew, **told)
    assert answer.status_code == 422
    assert answer.text.count(why) == 2  # in the summary and at its field
    for value in (told.get("first", "2026-11-20"), told.get("last", "2026-12-03")):
        assert f'value="{value}"' in answer.text
    assert anew.store.absences.history(anew.who["amina"]) == []


def test_a_circle_is_refused(anew: House) -> None:
    goes_away(anew, "bea", "amina", until=3)
    answer = sets(anew)
    assert answer.status_code == 422
    assert "go round in a circle" in answer.text


def test_anybodys_are_set_by_a_lead_and_by_nobody_else(anew: House) -> None:
    for handle in ("amina", "vera", "ada", "gwen"):
        assert sets(anew, handle, "bea", cover="").status_code == 403
        assert read(anew, f"/away?user={anew.who['bea']}", handle, 403)
    assert (
        sets(anew, "bea", "gwen", cover="amina").headers["location"]
        == f"/team?kept={anew.who['gwen']}"
    )
    assert "Away until 3 Dec, covered by Amina Yusuf" in read(anew, "/team", "vera").text
    assert send(anew, "/away/1/end", "amina").status_code == 403
    assert send(anew, "/away/1/end", "gwen").status_code == 303  # her own
    assert [one.by for one in anew.store.absences.history(anew.who["gwen"])] == [
        anew.who["gwen"],
        anew.who["bea"],
    ]
    assert read(anew, "/away?user=99", "bea", 404)
    assert send(anew, "/away/99/end", "bea").status_code == 404


def test_a_change_fills_in_what_was_and_the_second_of_two_is_told(anew: House) -> None:
    number = goes_away(anew, "amina", "bea")
    form = read(anew, f"/away?user={anew.who['amina']}&change={number}", "bea")
    assert form.all("input", name="replaces", value=str(number))
    assert form.all("option", selected="", value=str(anew.who["bea"]))
    assert sets(anew, "bea", "amina", cover="gwen", replaces=str(number)).status_code == 303
    answer = sets(anew, last="2026-11-25", replaces=str(number))
    assert answer.status_code == 409
    assert "Bea Whitlock changed these days while you were looking" in answer.text
    assert 'value="2026-11-25"' in answer.text
    assert send(anew, f"/away/{number}/end").status_code == 409


def test_a_person_who_is_away_holds_nothing_back(anew: House) -> None:
    give(anew, NAMED, "gwen")
    goes_away(anew, "gwen", "bea")
    page = of(anew, NAMED)
    assert page.all("form", id="decide")
    assert "With Gwen Okafor, away until 20 Nov" in page.text


def test_who_covers_and_who_is_away_is_told_so_where_they_work(anew: House) -> None:
    goes_away(anew, "gwen", "amina", until=13)
    for path in ("/today", "/mine"):
        assert "You cover for Gwen Okafor until 3 Dec" in read(anew, path).text
        assert "You are set as away until 3 Dec, covered by Amina Yusuf" in read(anew, path, "gwen").text  # fmt: skip
        assert "You cover for" not in read(anew, path, "bea").text


def test_leads_read_that_the_duty_lead_gets_no_email_of_the_guardians_lane(anew: House) -> None:
    says = "is the duty lead of the Guardian’s lane, and gets no email of it"
    configure(anew.desk, duty_lead="bea")
    assert f"Bea Whitlock {says}" in " ".join(read(anew, "/team", "bea").text.split())
    assert says not in read(anew, "/team", "amina").text
    configure(anew.desk, duty_lead="bea", duty_lead_email=("duty@example.org",))
    assert says not in read(anew, "/team", "bea").text
