"""An NHS number that somebody types is stopped before it is saved, and nothing else that they typed is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from core.models import Author
from review.free_text import FAULT, FIELDS
from tests.review.conftest import House
from tests.review.factories import GRIEVANCE, NOW, RUMOUR, case_of, tell
from tests.review.pages import Tags, read, send

NUMBER = "485 777 3456"
TEMPLATES = Path(__file__).parents[2] / "review" / "templates"
# Fields that are no words of one's own: what they hold, and why it may have as many digits.
OTHER = {
    "handle": "an account’s name, which is hashed", "to": "an address of an email", "reply": "a draft, which is linted", "reply_link": "an address", "link": "an address", "url": "an address", "head": "a check code",
    "reference": "a platform’s or the police’s own number", "duplicate_other": "a case", "other_case": "a case", "posted": "a moment", "patients": "a number",
    "when": "a moment", "typed": "a word to confirm", "how": "how a platform is to be told, which officers do not write",
    "key-{{ action }}": "a key", "{{ id }}": "a setting, which is checked by its section", "{{ name }}": "a person’s sign-in or a day",
    "person": "who is looked for, which may be by such a number; it is sealed with the request", "own": "what need not be masked, which may be such a number; it is not saved", "approver": "a colleague’s name",
    "code": "a code of six digits or a recovery code", "zone": "a time zone of a list",
    "account": "a platform’s account", "account_id": "a platform’s account",
    "{{ 'new' if form['do'] == 'rename' else 'name' }}": "name or new",
}  # fmt: skip


def test_a_handover_note_with_an_nhs_number_is_not_saved_and_comes_back_to_be_mended(fresh: House) -> None:  # fmt: skip
    answer = send(fresh, "/handover", "bea", words=f"Aisha {NUMBER} rang again", after=0)
    assert answer.status_code == 422
    assert FAULT in answer.text
    assert f"Aisha {NUMBER} rang again</textarea>" in answer.text
    assert fresh.store.handovers.last() is None
    again = {one["name"]: one.get("value", "") for one in Tags(answer.text).all("input", type="hidden") if "name" in one}  # fmt: skip
    assert send(fresh, "/handover", "bea", words="She rang again", after=again["after"]).status_code == 303  # fmt: skip


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        ("/handover", "words", {"after": "0", "corrects": "yes"}),
        ("/cases/{case}/pass-on", "note", {"role": "pals"}),
        ("/cases/{case}/decide", "other", {"do": "none"}),
        ("/cases/{case}/assign", "assign_note", {"to": "1"}),
        ("/tell", "worry", {"kind": "patient", "public": "yes"}),
        ("/views", "name", {"do": "save", "query": ""}),
    ],
)
def test_wherever_people_write_it_is_stopped(
    fresh: House, path: str, field: str, more: dict[str, str]
) -> None:
    number = case_of(fresh.store, RUMOUR)
    answer = send(fresh, path.format(case=number), "bea", **{field: f"about {NUMBER}", **more})
    assert (answer.status_code, FAULT in answer.text) == (422, True)
    assert fresh.store.cases.history(number) == []


NAMED = "Colm from contracts wrote the post about the merger gag, his manager should have a word. Watch him."


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [("/handover", "words", {"after": "0"}), ("/cases/{case}/pass-on", "note", {"role": "pals"}), ("/cases/{case}/assign", "assign_note", {"to": "1"})],
)  # fmt: skip
def test_a_note_that_says_who_wrote_a_post_is_asked_about_and_governance_sees_that_it_was_saved(
    fresh: House, path: str, field: str, more: dict[str, str]
) -> None:
    where = path.format(case=case_of(fresh.store, RUMOUR))
    answer = send(fresh, where, "bea", **{field: NAMED, **more})
    assert (answer.status_code, "Nothing was saved yet" in answer.text) == (422, True)
    assert f"{NAMED}</textarea>" in answer.text
    shown = Tags(answer.text)
    assert shown.all(
        "form", action=where, data_again=""
    )  # what was typed is not called unsaved once it went from here
    (typed,) = shown.all("textarea", id="typed")
    assert {each for each in typed["aria-describedby"].split() if shown.all("span", id=each) or shown.all("p", id=each)} == {"typed-error", "typed-why"}  # fmt: skip
    assert fresh.store.handovers.last() is None
    assert "may say who wrote a post" not in read(fresh, "/governance", "gwen").text
    assert "Nothing was saved yet" not in send(fresh, where, "bea", **{field: NAMED, "named_sure": "yes", **more}).text  # fmt: skip
    overview = read(fresh, "/governance", "gwen").text
    assert (
        "saved a note</a>" in overview or "saved a note that may say who wrote a post" in overview
    )
    (event,) = [each for each in fresh.store.audit.events() if each.kind == "note may name someone"]
    assert event.about == {"by": fresh.who["bea"], "page": where}


def test_of_a_handle_that_posts_here_governance_is_told_and_whoever_writes_it_is_answered_as_of_any_other(
    fresh: House,
) -> None:
    for handle, post in (
        ("daysister", RUMOUR),
        ("lanesister", replace(GRIEVANCE, read={"staff": "nhs", "protected": "disclosure"})),
    ):
        written = replace(post, text=f"{post.text} Really.", about=post.about | {"author": Author(id=handle, handle=handle, name="")})  # fmt: skip
        tell(fresh.store, written, 900 + len(handle), NOW)
    assert fresh.store.search.accounts_shown({"daysister", "lanesister", "nobody_here"}) == {"daysister"}  # fmt: skip
    noted = []
    for last, handle in enumerate(
        ("Daysister", "Lanesister", "Nightsister")
    ):  # the desk's, the lane's, and nobody's
        answer = send(fresh, "/handover", "bea", words=f"{handle} is worth a read", after=last)
        assert answer.status_code == 303, handle
        noted.append(len([each for each in fresh.store.audit.events() if each.kind == "note may name someone"]))  # fmt: skip
    assert noted == [1, 1, 1]
    assert "may say who wrote a post" in read(fresh, "/governance", "gwen").text


def test_a_posts_own_words_may_hold_one_since_they_are_masked(fresh: House) -> None:
    form = {"kind": "patient", "public": "yes", "words": f"her number is {NUMBER}", "worry": "a number is out"}  # fmt: skip
    assert send(fresh, "/tell", "vera", **form).status_code == 303


def test_a_password_of_ten_digits_is_nobodys_business(fresh: House) -> None:
    answer = send(fresh, "/account", "bea", now="4857773456", password="4857773456", again="x")
    assert FAULT not in answer.text


def test_every_field_for_words_is_looked_at_or_stands_here_with_why_not() -> None:
    inputs = re.compile(r"<(?:textarea|input)\b[^>]*>")
    words = re.compile(r'type="(?:text|email|tel|url)"')
    named = {
        re.search(r'name="((?:\{\{.*?\}\}|[^"])*)"', tag)[1]  # type: ignore[index]
        for path in TEMPLATES.rglob("*.html")
        for tag in inputs.findall(path.read_text("utf-8"))
        if 'name="' in tag and (tag.startswith("<textarea") or words.search(tag))
    }
    assert named - FIELDS - OTHER.keys() == set()
