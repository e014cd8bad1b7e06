"""A draft is looked over: what it gives away, asks for, says or promises; and what is as it should be stays silent."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from core.models import Platform
from review.replies.lint import Detail, Finding, findings


def look(
    draft: str,
    *details: Detail,
    hidden: Sequence[tuple[str, str]] = (),
    platforms: Sequence[Platform] = ("x",),
) -> list[Finding]:
    return findings(
        draft, details=details, hidden=hidden, platforms=platforms, lengths={"x": 280, "bluesky": 300}
    )  # fmt: skip


def said(draft: str) -> str:
    return " ".join(one.says for one in look(draft))


@pytest.mark.parametrize(
    "draft",
    [
        "Please send us your NHS number and date of birth.",
        "Can you DM us your phone number?",
        "What’s your date of birth?",
        "We’ll need your full name and address to look into this.",
        "Can you tell us which practice you are with?",
        "Please share your contact details here.",
        "Let us know your symptoms",
    ],
)
def test_asking_for_personal_details_in_public_is_found(draft: str) -> None:
    assert "asks for personal details" in said(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "Please don’t share your date of birth in public. PALS can help.",
        "Never post your NHS number here.",
        "Please contact PALS. Please do not send your NHS number here; they will ask for it.",
        "You can give feedback to PALS. They don’t need your address.",
        "Please tell us what you think of the new website.",
    ],
)
def test_warning_of_personal_details_is_not(draft: str) -> None:
    assert look(draft) == []


@pytest.mark.parametrize(
    "draft",
    [
        "We’ve looked at your records.",
        "Our team has reviewed your mother’s notes.",
        "Your results are fine.",
        "As a patient of ours you know the ward.",
        "You were seen within two hours.",
        "Your mum was discharged yesterday.",
        "When you came to the hospital it was busy.",
        "Sorry about your appointment.",
        "We apologise for the delay with your operation.",
    ],
)
def test_saying_that_somebody_is_a_patient_is_found(draft: str) -> None:
    assert "someone is a patient" in said(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "We’re sorry that this has been so hard.",
        "Patients can use the NHS App to ask for an appointment.",
        "PALS helps patients and their families.",
        "Thank you for your kind words about the team.",
        "We’re sorry to read this. PALS can help to raise a concern.",
    ],
)
def test_speaking_of_patients_in_general_is_not(draft: str) -> None:
    assert look(draft) == []


@pytest.mark.parametrize(
    ("draft", "what"),
    [
        ("Stop taking the antibiotics.", "clinical advice"),
        ("It’s probably a virus.", "clinical advice"),
        ("You don’t need to see a GP.", "clinical advice"),
        ("You should rest and drink water.", "clinical advice"),
        ("That’s simply not true.", "argument"),
        ("As we have already told you, it is open.", "argument"),
        ("Please calm down.", "argument"),
        ("Ring {phone} please.", "left open"),
        ("Ring [insert number].", "left open"),
    ],
)
def test_what_a_reply_should_not_say_is_found(draft: str, what: str) -> None:
    assert what in said(draft)


def test_what_the_recognisers_found_is_said_gravest_first() -> None:
    found = look(
        "That’s not true, Rosalind. " + "x" * 300,
        Detail(kind="name", words="Rosalind"), Detail(kind="phone", words="020 8967 5000"),
    )  # fmt: skip
    assert [(one.grave, one.words) for one in found] == [
        (True, "Rosalind"), (True, "020 8967 5000"), (False, "That's not true"), (False, ""),
    ]  # fmt: skip


def test_what_is_blanked_out_of_the_post_must_not_be_repeated() -> None:
    hidden = [("name 1", "Rosalind Pettigrew"), ("NHS number", "999 123 4567"), ("name 2", "Will")]
    assert [one.words for one in look("We will ask Mrs PETTIGREW.", hidden=hidden)] == ["Pettigrew"]
    assert [one.words for one in look("Sorry, McTavish.", hidden=[("name 1", "McTavish")])] == [
        "McTavish"
    ]
    assert [one.words for one in look("About 9991234567:", hidden=hidden)] == ["999 123 4567"]
    assert look("We will look into it.", hidden=hidden) == []


def test_too_long_is_said_for_each_platform_that_has_a_limit() -> None:
    found = look("a" * 301, platforms=("x", "bluesky", "news"))
    assert [one.says for one in found] == [
        "It is too long for X (Twitter): 301 characters, and 280 fit",
        "It is too long for Bluesky: 301 characters, and 300 fit",
    ]


def test_hostile_words_are_shown_short_and_plain() -> None:
    found = look("x", Detail(kind="name", words="\u202eevil " + "y" * 500))
    assert "\u202e" not in found[0].words
    assert len(found[0].words) <= 61


def test_a_huge_draft_is_looked_over_in_a_moment() -> None:
    assert look("please send your " * 600, platforms=()) == []
    assert look("your " * 2000, platforms=()) == []


@pytest.mark.parametrize(
    "written",
    ["don't " * 800 + "send dob " * 570, "send dob " * 1100, "don't send dob " * 660, "they were " + "l" * 9900],
)  # fmt: skip
def test_a_long_draft_is_looked_over_at_once(written: str) -> None:
    began = time.process_time()
    look(written)
    assert time.process_time() - began < 0.5
