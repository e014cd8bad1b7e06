"""A case: its evidence, what must be known before anybody decides, its history, and the form to decide."""

from __future__ import annotations

import re

from review.cases.detail import IN_FULL
from tests.review.conftest import House
from tests.review.factories import (
    ALLEGATION,
    FOREIGN,
    GRIEVANCE,
    IN_DANGER,
    NAMED,
    OWN_STAFF,
    PRESS,
    RUMOUR,
    TAKE_DOWN,
    case_of,
    decide,
    policy,
    tell,
)
from tests.review.pages import Tags, of, read, send


def test_evidence_is_marked_and_named_and_blanks_stay_blank(house: House) -> None:
    found = of(house, NAMED)
    assert "[shows patient’s details: [name 1]" in found.text
    assert "[shows accusation: turned away from the walk-in]" in found.text
    assert len(found.all("mark")) == 4
    assert "999 123 4567" not in found.text
    assert "Rosalind" not in found.text


def test_a_flag_stands_with_its_meaning_clause_and_score(house: House) -> None:
    found = of(house, ALLEGATION)
    assert policy()["allegation"].means in found.text
    assert "6.8, 6.9, 9" in found.text
    assert "very sure" in found.text
    assert "Policy 2026.1, program model-a" in found.text
    assert "Alleges: death, serious harm, abuse or crime" in found.text
    assert "Clause 6.9Always be respectful and courteous." in found.text


def test_danger_shows_what_to_do_now_and_that_this_is_no_emergency_service(house: House) -> None:
    found = of(house, IN_DANGER)
    assert "Someone may be in danger now" in found.text
    assert "ring 999" in found.text
    assert "Ring Safeguarding: whom to ring is not known yet" in found.text
    assert "Someone may be in danger now" not in of(house, RUMOUR).text


def test_protected_speech_goes_to_the_guardian_and_never_to_an_employer(house: House) -> None:
    found = of(house, GRIEVANCE)
    for words in ("Complaint and criticism are lawful", "Freedom to Speak Up Guardian", "Not an ICB employee: the policy does not apply",
                  "The terms of LinkedIn forbid it"):  # fmt: skip
        assert words in found.text, words
    assert "speaking up" not in of(house, RUMOUR).text
    # the words stand where the lane says so, and this post was sorted to the desk
    assert "Someone may be speaking up" not in found.text
    assert not found.all("input", value="hr")


def test_no_way_to_an_employer_is_there_as_it_ships(house: House) -> None:
    for handle in ("amina", "gwen"):
        found = of(house, OWN_STAFF, handle)
        assert not found.all("input", value="hr")
        assert "This case and an employer" not in found.text
    assert "Pass to the police, with a ground in law" in of(house, OWN_STAFF, "gwen").text
    assert "Pass to the police" not in of(house, OWN_STAFF, "amina").text


def test_a_post_that_the_model_could_not_read_is_not_shown_as_clean(house: House) -> None:
    found = of(house, FOREIGN)
    assert "The program could not read this post" in found.text
    assert "Risk not known" in found.text
    assert [told["lang"] for told in found.all("blockquote")] == ["ar"]


def test_what_changed_since_is_said(house: House) -> None:
    assert "Deleted on the platform" in of(house, RUMOUR).text
    edited = read(house, "/all?tab=edited")
    assert "edited" in edited.text


def test_history_says_who_what_and_why_and_offers_to_undo(house: House) -> None:
    found = of(house, OWN_STAFF)
    for words in (
        "Not about us Undone",
        "Decision 1, Amina Yusuf",
        "No disclaimer: wrong",
        "the profile says so",
        "Took back decision 1",
    ):
        assert words in found.text, words
    assert [told["value"] for told in found.all("input", name="undoes")] == ["3"]
    assert "Passed on to PALS and complaints" in of(house, PRESS).text
    assert "Comes back Mon 23 Nov 2026, 11:00" in of(house, TAKE_DOWN).text


def test_of_several_posts_none_is_ticked_for_anybody(house: House) -> None:
    ticks = of(house, ALLEGATION).all("input", name="covers")
    assert ["checked" in told for told in ticks] == [False, False, False]
    assert [told["type"] for told in of(house, NAMED).all("input", name="covers")] == ["hidden"]


def test_who_only_looks_is_shown_no_form(house: House) -> None:
    for handle in ("vera", "ada"):
        for path in ("/all", f"/cases/{case_of(house.store, OWN_STAFF)}/full", "/mentions/1"):
            with house.asks(handle) as client:
                found = Tags(client.get(path, follow_redirects=True).text)
            assert {told["action"] for told in found.all("form", method="post")} <= {
                "/sign-out",
                "/preferences",
                "/search",
            }, path


def test_what_was_typed_is_still_there_after_a_fault(fresh: House) -> None:
    case = case_of(fresh.store, ALLEGATION)
    answer = send(
        fresh, f"/cases/{case}/decide", kind="escalate", covers=["25:1"], version=0, note="Rang <them>",
        reason="grave", missing="threat", back="tab=high&page=1", **{"label-allegation": "yes"},
    )  # fmt: skip
    found = Tags(answer.text)
    assert "Choose whom to pass it on to" in found.text
    assert [told["value"] for told in found.all("input", name="kind") if "checked" in told] == [
        "escalate"
    ]
    assert [
        told["value"] for told in found.all("input", name="label-allegation") if "checked" in told
    ] == ["yes"]
    assert [told["value"] for told in found.all("option") if "selected" in told] == ["threat"]
    assert found.all("input", name="reason", value="grave")
    assert "Rang <them>" in found.text
    assert {told["value"] for told in found.all("input", name="back")} == {"tab=high"}
    assert "Error: Case" in answer.text


def test_who_was_faster_is_named_and_theirs_is_shown(fresh: House) -> None:
    case = case_of(fresh.store, NAMED)
    decide(fresh.store, case, fresh.who["bea"], "monitor", reason="seen before")
    answer = send(fresh, f"/cases/{case}/decide", kind="no_action", covers="1:1", version=0)
    assert answer.status_code == 409
    found = Tags(answer.text)
    assert "Bea Whitlock decided this case at Fri 20 Nov 2026, 10:00 (‘Watch’) while" in found.text
    assert "seen before" in found.text
    assert {told["value"] for told in found.all("input", name="version")} == {"1"}


def test_a_post_is_called_what_its_heading_says_and_its_number_is_told(house: House) -> None:
    case = case_of(house.store, RUMOUR)
    found = read(house, f"/cases/{case}/full")
    number = house.store.cases.mentions(case)[0].item.number
    for words in (
        "What post 1 of",
        "Open the original (we save who looked) of post",
        f"NumberPost {number}",
    ):
        assert words in found.text, words


def test_after_a_decision_the_way_leads_on_in_the_same_view(fresh: House) -> None:
    case = case_of(fresh.store, ALLEGATION)
    with fresh.asks() as client:
        post = fresh.store.cases.mentions(case)[0].item.number
        sent = {
            "kind": "no_action",
            "covers": f"{post}:1",
            "version": 0,
            "back": "tab=high",
            "reason": "Known to us",
        }
        answer = client.post(f"/cases/{case}/decide", data=sent, follow_redirects=True)
    found = Tags(answer.text)
    assert "Your decision was saved." in found.text
    (on,) = found.all("a", data_next="")
    assert re.fullmatch(r"/cases/\d+\?back=tab%3Dhigh", on["href"])
    assert f"/cases/{case}/full?" not in on["href"]


def test_nobody_can_be_shown_a_decision_that_was_not_kept(house: House) -> None:
    assert (
        "was kept" not in read(house, f"/cases/{case_of(house.store, NAMED)}/full?decided=1").text
    )


def test_what_is_revealed_says_to_whom_and_why(fresh: House) -> None:
    found = Tags(send(fresh, "/mentions/1/reveal", why="check", reason="to tell the practice").text)
    assert "Rosalind Pettigrew, NHS number 999 123 4567" in found.text
    assert (
        "Shown to Amina Yusuf, Fri 20 Nov 2026, 11:00, because: “To check it’s a real patient: to tell the practice”"
        in found.text
    )
    assert "Gardener in Harrow" not in found.text  # X’s terms forbid to look into who a writer is
    assert "’s terms forbid to look into who a writer is" in found.text


def test_of_a_large_case_the_first_posts_are_whole_and_the_others_one_link_away(
    anew: House,
) -> None:
    for number in range(IN_FULL + 2):
        tell(anew.store, RUMOUR, 500 + number)
    case = case_of(anew.store, RUMOUR)
    path = f"/cases/{case}/full"
    found = read(anew, path)
    briefs = found.all("article", class_="post post--brief")
    assert len(found.all("article")) - len(briefs) == IN_FULL
    assert len(found.all("input", name="covers")) == len(found.all("article"))  # all can be ticked
    wanted = briefs[-1]["id"].removeprefix("mention-")
    (way,) = [link["href"] for link in found.all("a") if f"full={wanted}&" in link.get("href", "")]
    told = read(anew, way.partition("#")[0])
    assert briefs[-1] not in told.all("article", class_="post post--brief")
    assert len(told.all("article", class_="post post--brief")) == len(briefs) - 1
    assert not read(anew, f"{path}?full=all").all("article", class_="post post--brief")
    assert read(anew, f"{path}?full=%00%27").all("article", class_="post post--brief") == briefs


def test_until_when_a_case_is_claimed_is_said_once_and_shortly(house: House) -> None:
    theirs, mine = of(house, GRIEVANCE).text, of(house, GRIEVANCE, "bea").text
    assert "They look until today, 11:15" in theirs
    assert "Bea Whitlock is looking" in theirs
    assert "Nobody has it" not in theirs + mine
    assert "You are looking, and have not taken it." in mine
    assert "Colleagues see until today, 11:15" in mine
