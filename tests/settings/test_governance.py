from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from settings.governance import ASKED_FOR, DEMONSTRATION, Governance

ON = date(2026, 11, 30)
WHOLE: dict[str, Any] = {
    "dpia": "DPIA-2026-014", "dpia_approved_by": "R. Example, SIRO", "dpia_approved_on": date(2026, 11, 2),
    "legitimate_basis": "public task, Article 6(1)(e); Article 9(2)(g), Schedule 1, paragraph 18", "privacy_notice": "https://www.example.org/privacy",
    "staff_notice": "intranet, Policies, 3 November 2026", "union_consultation": "JNCC, 20 October 2026, minute 7: agreed",
    "caldicott_guardian": "C. Example, caldicott@example.org", "dpo": "D. Example, dpo@example.org", "review_date": date(2027, 11, 2),
}  # fmt: skip


# What an auditor wrote into each, with which the gate stood open.
NO_PAPERS = {
    "dpia": ["yes yes yes", "none needed: small team", "the assessment", "it is fine", "2026", "exempt, see 14", "DPIA-1 to be done", "DPIA-2026-014 (draft)", "DPIA-14, not signed", "DPIA 3 tbc", "DPIA-2, being written", "DPIA-14, first draft", "DPIA-14 replaces the draft of May, still in draft", "DPIA-14, replaced by a draft", "DPIA-14 replaces the draft of May, to be signed"],
    "dpia_approved_by": [
        "the communications team", "Comms lead", "head of communications", "R. Example, head of media", "press office", "whoever runs it", "us", "me",
        "none needed", "yes", "A Smith", "SIRO, to be confirmed", "R. Example, SIRO, pending",
    ],
    "legitimate_basis": ["it is fine", "none needed: a demonstration", "public task", "UK GDPR", "no Article 6 basis needed", "Article 60",
        "Article 6", "Article 6(1)(e)", "Articles 6 and 9", "Article 6(1)(e), Article 9(2)(g)", "Article 9(2)(g), Schedule 1, paragraph 18", "6(1)(e), 9(2)(e)", "Article 6(1)(f) and 9(2)(e)", "Article 6(1)(e) and (f); Article 9(2)(e)", "Art. 6(1)(e)/(f), Art. 9(2)(e)",
        "legitimate interests, Article 6(1)(e), Article 9(2)(e)", "Article 6(1)(e), Article 9(2)(g), Schedule 1, paragraph 18: to be agreed", "Article 6.1(f), Article 6(1)(e), 9(2)(e)", "Article 9(2)(e), not Article 6(1)(f)", "not only Article 6(1)(f) but Article 6(1)(e); 9(2)(e)", "Article 6(1)(e), not 6(1)(f) alone; Article 9(2)(e)",
        "not Article 6(1)(e) but 6(1)(f); Article 9(2)(e)", "Article 6(1)(e), not 6(1)(f) but legitimate interests; Article 9(2)(e)",
    ],
    "staff_notice": ["none needed: we are nice", "intranet", "3 November 2026", "staff know", "intranet, Policies, 3 November 2027", "see intranet 28 November 2026", "intranet, not written yet, 1 October 2026",
        "intranet, Policies, the third of November", "intranet, Policies, last Tuesday", "intranet, Policies, to follow, 3 November 2026", "intranet, Policies, will follow, 3 November 2026",
        "intranet, Policies, it’ll follow, 3 November 2026", "intranet, Policies, follows shortly, 3 November 2026", "intranet, Policies (draft), 3 November 2026"],
    "union_consultation": [
        "none needed: small team", "JNCC", "20 October 2026", "yes, 20 October 2026", "asked them in 2026", "JNCC, 20 October 2027, minute 7: agreed", "JNCC, 40 May 2026: agreed",
        "28 November 2026: emailed the branch, no reply", "JNCC, 20 October 2026, minute 7", "JNCC, 20 October 2026, nothing heard back", "JNCC, 20 October 2026: comments awaited, no response", "JNCC, 20 October 2026: to be held, agreed", "JNCC, in October, agreed",
    ],
    "privacy_notice": ["none needed", "on our website"],
    "caldicott_guardian": ["it is fine", "none needed: nobody", "ask around", "vacant, c/o comms@example.org", "Vacant Post, 020 7946 0123", "caldicott@example.org"],
    "dpo": ["yes", "somebody in the trust", "comms@example.org", "D. Example, comms@example.org", "Press Office, media.team@example.org"],
}  # fmt: skip
PAPERS = {
    "dpia": ["DPIA 14", "IG/2026/031", "DPIA-2026-014, replaces the draft of May", "DPIA-14, supersedes our earlier draft", "DPIA-14, no longer a draft"],
    "dpia_approved_by": ["SIRO", "A. Okafor, Caldicott Guardian", "Information governance committee"],
    "legitimate_basis": ["Art. 6(1)(e), Art. 9(2)(g) with DPA 2018 Sch. 1 Part 2 para 6", "Articles 6(1)(e) and 9(2)(h) UK GDPR; Schedule 1, paragraphs 2 and 18", "public task (article 6(1)(e)); article 9(2)(e)",
        "Article 6(1)(e), National Health Service Act 2006, section 14Z45; Article 9(2)(g) with Schedule 1, paragraphs 6 and 18",
        "UK GDPR Art. 6(1)(e), not 6(1)(f); Art. 9(2)(g), DPA 2018 Sch. 1 para 6", "Article 6(1)(e), not on legitimate interests; Article 9(2)(e)", "Article 6(1)(e); Article 6(1)(f) is not relied on; Article 9(2)(e)"],
    "staff_notice": ["Intranet, Policies; 2026-11-03", "intranet, Drafts and policies, 3 November 2026", "intranet > Draft > Staff notice, 3 November 2026", "intranet, Planned care, Notices, 3 November 2026"],
    "union_consultation": ["20 Oct 2026, staff side, minutes on the intranet: no objections", "JCC minutes 20/10/2026, item 4: objected, two changes made"],
    "dpo": ["D. Example, 020 7946 0123", "Example Data Protection Ltd, dpo@example.org"],
}  # fmt: skip


@pytest.mark.parametrize(("key", "nothing"), [(key, one) for key, each in NO_PAPERS.items() for one in each])  # fmt: skip
def test_words_that_name_no_paper_close_the_gate(key: str, nothing: str) -> None:
    assert list(papers(**{key: nothing}).lacking(ON)) == [key]


@pytest.mark.parametrize(("key", "paper"), [(key, one) for key, each in PAPERS.items() for one in each])  # fmt: skip
def test_a_paper_is_named_in_whatever_words(key: str, paper: str) -> None:
    assert papers(**{key: paper}).lacking(ON) == {}


@pytest.mark.parametrize(
    ("key", "written", "why"),
    [
        ("dpo", "Dr A, a@example.org", "has no name in full, as Amina Okafor: write"),
        ("caldicott_guardian", "C. Example", "has no email or telephone: write"),
        ("dpia", "2026", "a reference has letters and a number"),
        ("privacy_notice", "on our website", "it is no address"),
        ("staff_notice", "intranet", "no day stands there in figures: write where staff find"),
    ],
)
def test_what_stands_there_and_is_not_enough_is_told_apart_from_what_is_missing(
    key: str, written: str, why: str
) -> None:
    said = papers(**{key: written}).lacking(ON)[key]
    assert said.startswith("what stands there is not enough")
    assert why in said
    assert papers(**{key: ""}).lacking(ON)[key].startswith("write ")


@pytest.mark.parametrize(
    ("key", "written", "why"),
    [
        ("legitimate_basis", "Article 6(1)(f) and 9(2)(e)", "closed to a public authority in the performance of its tasks"),
        ("legitimate_basis", "Article 6(1)(f) and 9(2)(e)", "such as: Article 6(1)(e), National Health Service Act 2006"),
        ("dpia", "DPIA-1 to be done", "‘to be done’ says that it is not there yet: once it is, write the reference"),
        ("staff_notice", "intranet, not written yet, 1 October 2026", "‘not written’ says that it is not there yet: once it is, write where staff find"),
    ],
)  # fmt: skip
def test_what_is_to_come_or_closed_to_us_says_what_to_write_instead(key: str, written: str, why: str) -> None:  # fmt: skip
    assert why in papers(**{key: written}).lacking(ON)[key]


def test_what_a_demonstration_wrote_says_so() -> None:
    assert not papers().is_demonstration
    for key in ("dpia", "legitimate_basis", "union_consultation", "dpo"):
        assert papers(**{key: f"{DEMONSTRATION}{WHOLE[key]}"}).is_demonstration


def papers(**changes: Any) -> Governance:
    return Governance(**{**WHOLE, **changes})


def test_with_all_papers_named_nothing_is_lacking() -> None:
    assert papers().lacking(ON) == {}


def test_as_it_ships_every_paper_is_lacking_and_each_says_what_to_write() -> None:
    lacks = Governance().lacking(ON)
    assert set(lacks) == set(ASKED_FOR) == set(Governance.model_fields) - {
        "employment", "people", "chain_end_to",
    }  # fmt: skip
    assert all(why.startswith("write ") for why in lacks.values())
    assert "data protection impact assessment" in Governance().lacking(ON)["dpia"]


@pytest.mark.parametrize("key", [key for key in WHOLE if not isinstance(WHOLE[key], date)])
@pytest.mark.parametrize("nothing", ["", "  ", "TBC", "to follow", "n/a", "xxxx", "...", "pending"])
def test_a_word_that_says_nothing_is_no_paper(key: str, nothing: str) -> None:
    assert list(papers(**{key: nothing}).lacking(ON)) == [key]


def test_a_review_that_is_past_closes_the_gate_and_the_day_itself_does_not() -> None:
    assert papers(review_date=ON).lacking(ON) == {}
    past = papers(review_date=ON - timedelta(days=1))
    assert past.lacking(ON)["review_date"].startswith("the review was due on 29 November 2026")


def test_no_review_can_be_put_off_for_years() -> None:
    assert "two years" in papers(review_date=date(2099, 1, 1)).lacking(ON)["review_date"]


def test_an_approval_that_is_yet_to_come_is_none() -> None:
    assert "dpia_approved_on" in papers(dpia_approved_on=ON + timedelta(days=1)).lacking(ON)


@pytest.mark.parametrize(
    "address", ["www.example.org/privacy", "http://www.example.org", "https://privacy"]
)
def test_a_privacy_notice_is_an_address_that_people_can_open(address: str) -> None:
    assert "privacy_notice" in papers(privacy_notice=address).lacking(ON)


def test_a_review_within_a_month_is_said_beforehand() -> None:
    assert papers(review_date=ON + timedelta(days=30)).review_soon(ON)
    assert not papers(review_date=ON + timedelta(days=31)).review_soon(ON)
    assert not Governance().review_soon(ON)
