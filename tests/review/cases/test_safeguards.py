"""Protected speech: what is shown as such, who hears it by default, and what a profile's line says of its author."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from core.models import Author
from review.replies import personal_details
from tests.review.accessibility import faults
from tests.review.conftest import House, sign_in
from tests.review.factories import (
    ALLEGATION,
    GRIEVANCE,
    IN_DANGER,
    NAMED,
    NOW,
    OWN_STAFF,
    RUMOUR,
    Told,
    case_of,
    decide,
    shipped,
    tell,
)
from tests.review.pages import Tags, of, read
from tests.store.factories import AT, mention

SHOWN = "Complaint and criticism are lawful"
CRITICISM = Told(
    text="NHS North West London is a shambles, and whoever runs it should hang their heads",
    risk="medium", flags=(("derogatory", "a shambles"),), of_flags={"target": ("organisation",)},
)  # fmt: skip
LINE = "Digital lead at NHS North West London"


def chosen(found: Tags) -> list[str | None]:
    """The roles that are ticked where nobody has ticked anything yet."""
    return [told["value"] for told in found.all("input", name="role") if "checked" in told]


def test_criticism_of_an_organisation_is_shown_as_protected_and_of_a_person_is_not(
    anew: House,
) -> None:
    at_somebody = replace(
        CRITICISM, text=f"{CRITICISM.text} (of a colleague)", of_flags={"target": ("colleague",)}
    )
    tell(anew.store, CRITICISM, 61, alone=True)
    tell(anew.store, at_somebody, 62, alone=True)
    assert SHOWN in of(anew, CRITICISM).text
    assert SHOWN not in of(anew, at_somebody).text
    decide(
        anew.store, case_of(anew.store, CRITICISM), anew.who["bea"], "monitor", labels={"derogatory": False}
    )  # fmt: skip
    assert SHOWN not in of(anew, CRITICISM).text


@pytest.mark.parametrize(
    ("told", "role"),
    [(GRIEVANCE, ["guardian"]), (ALLEGATION, ["pals"]), (RUMOUR, []), (NAMED, []), (IN_DANGER, [])],
)  # fmt: skip
def test_it_goes_to_pals_or_the_guardian_unless_somebody_chooses_another(
    house: House, told: Told, role: list[str]
) -> None:
    assert chosen(of(house, told)) == role


def test_an_allegation_by_staff_goes_to_the_guardian(anew: House) -> None:
    by_staff = replace(ALLEGATION, text=f"{ALLEGATION.text} I was there.", read={"staff": "nhs"})
    tell(anew.store, by_staff, 63, alone=True)
    assert chosen(of(anew, by_staff)) == ["guardian"]


def test_what_is_chosen_beforehand_is_kept_by_a_click_and_by_nothing_else(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, GRIEVANCE)
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, anew, "bea")
        page.goto(f"{anew.url}/cases/{case}/full")
        page.get_by_label("Pass on", exact=True).check()
        expect(page.get_by_label("Freedom to Speak Up Guardian")).to_be_checked()
        page.get_by_label("Watch", exact=True).check()
        page.get_by_role("button", name="Save this decision").click()
        expect(page.get_by_text("Your decision was saved")).to_be_visible()
    (kept,) = anew.store.cases.history(case)
    assert (kept.decision.kind, kept.decision.role) == ("monitor", "")


# ── the line of a profile ────────────────────────────────────────────────────────────────────────


def test_the_line_that_says_staff_is_quoted_with_its_date_and_no_other_line_is(anew: House) -> None:
    said = replace(OWN_STAFF, text="A quiet day at the clinic in Brent", flags=())
    said = replace(said, risk="medium", flags=(("no_disclaimer", "A quiet day"),))
    about = Author(id="9", handle="jo", name="Jo", bio=f"Mum of two | {LINE} | Ring 07700 900123")
    tell(anew.store, said, 64, alone=True, author=about)
    for handle, sees in (("amina", True), ("gwen", True), ("vera", False), ("ada", False)):
        found = of(anew, said, handle).text
        assert (f"as read on Fri 20 Nov 2026, 09:00: “{LINE}”" in found) == sees, handle
        assert "Mum of two" not in found
        assert "900123" not in found


def test_where_no_line_says_so_that_is_said(house: House) -> None:
    assert "no line of a profile that we hold says so" in of(house, GRIEVANCE).text
    assert "no line of a profile that we hold says so" not in of(house, RUMOUR).text


@pytest.mark.parametrize(
    ("bio", "staff", "line"),
    [
        ("Band 6 nurse at Northwick Park. Runner. DM @joey", "nhs", "Band 6 nurse at Northwick Park."),
        ("Nurse; ring 07700 900123 | cats", "nhs", "Nurse"),
        ("rosalind@example.org, staff nurse at Ealing Hospital", "nhs", "[email], staff nurse at Ealing Hospital"),
        ("Comms @HealthierNWL", "icb", "Comms @HealthierNWL"),
        ("Gardener in Harrow", "nhs", ""),
        ("Ex-nurse", "nhs", ""),
        ("", "icb", ""),
        ("Nurse " + "and a long walker " * 60, "nhs", None),
    ],
)  # fmt: skip
def test_a_line_is_one_line_masked_and_short(bio: str, staff: str, line: str | None) -> None:
    found = personal_details.staff_line(bio, staff, shipped().organisation, NOW.date())  # type: ignore[arg-type]
    assert found == line if line is not None else len(found) <= personal_details.LONGEST_LINE + 1


# ── the thread ───────────────────────────────────────────────────────────────────────────────────


def test_what_a_post_answers_and_the_rest_of_its_thread_stand_beside_it(anew: House) -> None:
    root = replace(RUMOUR, text="Our flu clinic in Brent opens on Monday", flags=(), risk="none")
    tell(anew.store, root, 65, alone=True, own=True, issued_id="1965")
    rude = replace(CRITICISM, text=f"{CRITICISM.text} again")
    where = {"kind": "reply", "parent_id": "1965", "root_id": "1965"}
    tell(anew.store, rude, 66, AT, alone=True, **where)
    kind = replace(
        root,
        text="See you there! Ring me on 07700 900123",
        masked="See you there! Ring me on [phone]",
    )
    tell(anew.store, kind, 67, AT, alone=True, **where)
    lost = replace(CRITICISM, text=f"{CRITICISM.text} and again")
    tell(anew.store, lost, 68, AT, alone=True, kind="reply", parent_id="1999")
    found = of(anew, rude).text
    assert "In answer to our own X (Twitter) post" in found
    assert root.text in found
    assert "The thread around it: 1 more post" in found
    assert "See you there! Ring me on [phone]" in found
    assert "900123" not in found
    assert "It answers a post that isn’t shown here" in of(anew, lost).text
    alone = read(anew, f"/mentions/{number(anew, kind)}").text
    assert root.text in alone


def test_axe_finds_nothing_wrong_with_a_thread_a_profile_and_a_mail_that_was_given_up(
    browser: Browser, anew: House
) -> None:
    said = replace(GRIEVANCE, text=f"{GRIEVANCE.text} Again.")
    about = Author(id="9", handle="jo", name="Jo", bio="Band 6 nurse at Ealing Hospital")
    where = {"kind": "reply", "parent_id": mention(4).issued_id, "root_id": mention(4).issued_id}
    tell(anew.store, said, 69, AT, alone=True, author=about, **where)
    for row in anew.store.outbox.due(NOW):
        anew.store.outbox.mark_failed(row.number, NOW, "the server refused it", None)
    with browser.new_context() as context:
        page, found = context.new_page(), []
        sign_in(page, anew, "bea")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("/all", f"/cases/{case_of(anew.store, said)}/full", "/sources"):
                page.goto(anew.url + path)
                page.evaluate(
                    "for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true"
                )
                found += faults(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert found == []


def number(house: House, told: Told) -> int:
    """The number of a post that is in no case."""
    return next(
        n
        for n in range(house.store.figures.row_counts()["mentions"], 0, -1)
        if (one := house.store.mentions.get(n)) is not None and one.mention.text == told.text
    )
