"""What says who wrote a post is known by how it is signed and by what leads to it."""

from __future__ import annotations

import pytest

from core.models import Author
from review.desk.signatures import says_who_wrote_it, without_signature
from tests.review.conftest import House
from tests.review.factories import NOW, Told, asked_of, case_of, tell
from tests.review.pages import read, send


@pytest.mark.parametrize(
    ("masked", "left"),
    [
        ("Her chart was left out, [name], [NHS number]. I have told the matron. Sister [name], Quillback ward", "Her chart was left out, [name], [NHS number]. I have told the matron. "),
        ("They left [name] on a trolley.\n[name], HCA, Quillback ward", "They left [name] on a trolley.\n"),
        ("They left [name] on a trolley. Nobody came – Nurse [name], Ward 4", "They left [name] on a trolley. Nobody came – "),
        ("The list of [name] is on the wall. Sister B. [name], Quillback ward.", "The list of [name] is on the wall. "),
        ("It is wrong! Kind regards, [name]", "It is wrong! "),
        ("It is wrong! Bryn Talog, Quillback ward", "It is wrong! "),
    ],
)  # fmt: skip
def test_a_signature_is_covered_with_its_ward(masked: str, left: str) -> None:
    assert without_signature(masked) == f"{left}[signature]"


@pytest.mark.parametrize(
    "masked",
    ["[name], [NHS number], was left on a trolley.", "She is [name]. Nobody on the ward answered her.", "Ring them. It is [name] who needs help", "[name]", "They sent [name] home. Shame on Harrow"],
)  # fmt: skip
def test_what_is_told_of_a_patient_is_no_signature(masked: str) -> None:
    assert without_signature(masked) == masked


AUTHOR = Author(handle="bryn.talog", id="88", name="Bryn Talog")


@pytest.mark.parametrize(
    ("words", "before", "theirs"),
    [
        ("Bryn Invented", "and I ", True), ("@bryn", "ask ", True), ("Petra Vance", "She is called ", False), ("Petra Vance", "I am ", True), ("Petra Vance", "I’m Sister ", True),
        ("Petra Vance", "my name is ", True), ("07700 900123", "ring me on ", True), ("07700 900123", "his mother is on ", False), ("Petra Vance", "I am sure that ", False),
        ("485 777 3456", "her number is ", False),
    ],
)  # fmt: skip
def test_what_leads_to_it_tells_whose_it_is(words: str, before: str, theirs: bool) -> None:
    assert says_who_wrote_it(words, "name", before, AUTHOR) is theirs


CLEAR = "We told the board. The list of Rosalind Quint, 999 000 0018, hangs in the corridor. Sister Petra Vance, Quillback ward"  # fmt: skip
MASKED = "We told the board. The list of [name], [NHS number], hangs in the corridor. Sister [name], Quillback ward"  # fmt: skip
SIGNED = Told(
    text=CLEAR, masked=MASKED, risk="high", flags=(("pid", "The list of Rosalind Quint, 999 000 0018"),),
    read={"staff": "nhs", "protected": "disclosure"},
)  # fmt: skip


@pytest.mark.parametrize("why", ["check", "ig", "hide"])
def test_those_on_duty_are_shown_the_patient_and_not_who_speaks_up_and_the_guardian_is_mailed(
    anew: House, why: str
) -> None:
    user = anew.store.users.add("local", "farah@example.org", "Farah Iqbal", ("guardian",), at=NOW)
    anew.who["farah"] = user.number
    tell(anew.store, SIGNED, 970, NOW, alone=True)
    case = case_of(anew.store, SIGNED)
    post = anew.store.cases.mentions(case)[0].item.number
    assert anew.store.speaking_up.protected(case)
    before = read(anew, f"/cases/{case}/leak", "amina").text
    assert "The list of" in before
    assert "Quillback" not in before
    looked = send(anew, f"/cases/{case}/show", "amina", post=post, why=why, guide="leak")
    page = read(anew, looked.headers["location"].partition("#")[0], "amina").text
    assert "Rosalind Quint" in page
    for word in ("Petra", "Vance", "Quillback"):
        assert word not in page
    ((_, to),) = [each for each in asked_of(anew.store) if each[0] == "lane_looked"]
    assert to == ("farah@example.org",)
    assert "Quillback" in read(anew, f"/guardian/{case}", "gwen").text  # whose lane it is reads it
    assert "stays covered on their page" in read(anew, f"/guardian/{case}", "gwen").text


def test_who_may_be_in_danger_can_be_found_and_the_guardian_is_mailed(anew: House) -> None:
    told = Told(text="We told the board. I can’t go on, Petra Vance, Quillback ward", masked="We told the board. I can’t go on, [name], Quillback ward", risk="high", flags=(("safeguarding", "I can’t go on"),), read={"staff": "nhs", "protected": "disclosure"})  # fmt: skip
    tell(anew.store, told, 971, NOW, alone=True)
    case = case_of(anew.store, told)
    post = anew.store.cases.mentions(case)[0].item.number
    looked = send(anew, f"/cases/{case}/show", "amina", post=post, why="act", guide="danger")
    assert "Petra Vance" in read(anew, looked.headers["location"].partition("#")[0], "amina").text
    assert [what for what, _ in asked_of(anew.store)].count("lane_looked") <= 1
