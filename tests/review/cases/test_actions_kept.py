"""After a decision the page says what is still to be done outside it: nobody is told, answered or removed by deciding."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, expect

from review.replies.templates import replies
from tests.review.conftest import House, sign_in
from tests.review.factories import (
    GRIEVANCE,
    IN_DANGER,
    NAMED,
    NOW,
    PRESS,
    RUMOUR,
    Told,
    case_of,
    configure,
    tell,
)
from tests.review.pages import Tags, read
from tests.store.factories import AT


def after(house: House, told: Told, path: str = "decide", **form: object) -> str:
    """The words of the page to which a decision on all posts of a case leads."""
    number = case_of(house.store, told)
    found = house.store.cases.get(number)
    assert found is not None
    worth = [one.item for one in house.store.cases.mentions(number) if one.reviewable]
    covers = [f"{one.number}:{one.revision}" for one in worth]
    sent = {"covers": covers, "version": found.version} | form
    with house.asks() as client:
        answer: httpx.Response = client.post(
            f"/cases/{number}/{path}", data=sent, follow_redirects=True
        )
    assert answer.status_code == 200
    return Tags(answer.text).text


@pytest.mark.parametrize(
    ("told", "form", "words"),
    [
        (IN_DANGER, {"kind": "escalate", "role": "safeguarding"}, "Ring Safeguarding: this team has no email."),
        (PRESS, {"kind": "respond"}, "Answer on the platform. Then choose ‘Answer’ here again, and ‘I’ve answered’."),
        (NAMED, {"kind": "remove"}, "Nothing was removed yet. Hide, remove or report it"),
        (NAMED, {"kind": "remove"}, "Tell information governance now: 72 hours run for personal data."),
        (RUMOUR, {"kind": "report"}, "Nothing was reported yet. Report it to the platform"),
    ],
)  # fmt: skip
def test_what_is_still_to_be_done_is_said(
    anew: House, told: Told, form: dict[str, str], words: str
) -> None:
    assert words in after(anew, told, **form)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (
            "2026-11-25",
            "A request for help is to be answered by Fri 20 Nov 2026, 17:00, before the case comes back",
        ),
        (
            "2026-11-25",
            "Bringing it back later stops no such clock: answer it, or choose a sooner day",
        ),
        ("", "Bringing it back later stops no such clock"),
    ],
)
def test_a_snooze_past_what_is_due_says_so(anew: House, until: str, words: str) -> None:
    asks = replace(IN_DANGER, text="Rang the booking line at Northwick Park three times, nobody picks up.", risk="low", flags=(("assistance", "nobody picks up"),))  # fmt: skip
    tell(anew.store, asks, 300, AT)
    told = after(anew, asks, kind="snooze", until=until)
    assert words in told
    assert "Still to do" in told
    assert "Still to do" not in after(anew, RUMOUR, kind="snooze", until=until)


def test_how_a_role_is_told_stands_wherever_it_is_to_be_told(anew: House) -> None:
    how, before = "ring 020 7946 0133", anew.desk.file.review.roles
    told_by = [
        role.model_copy(update={"reach": how if role.key == "safeguarding" else ""})
        for role in before
    ]
    configure(anew.desk, roles=tuple(told_by))
    try:
        page = read(anew, f"/cases/{case_of(anew.store, IN_DANGER)}/full").text
        told = after(anew, IN_DANGER, kind="escalate", role="safeguarding")
    finally:
        configure(anew.desk, roles=before)
    assert f"Ring Safeguarding: {how}." in page
    assert "whom to ring is not known yet" not in page
    assert f"Someone is or may be at risk of harm. Tell them: {how}" in page
    assert f"Ring Safeguarding ({how}): this team has no email." in told


def test_where_nothing_is_left_to_do_nothing_is_said_of_it(anew: House) -> None:
    assert "Still to do" not in after(anew, RUMOUR, kind="no_action")
    told = after(anew, PRESS, "replied", reply="Our media desk answers questions.")
    assert "Your decision was saved." in told
    assert "Still to do" not in told


def test_what_was_taken_back_is_said_too(anew: House) -> None:
    after(anew, RUMOUR, kind="monitor")
    told = after(anew, RUMOUR, "undo", undoes=1)
    assert "Decision 1 was taken back." in told
    assert "Your decision was saved" not in told


def sent(house: House, told: Told, **form: object) -> Tags:
    """The page that says what is wrong with a decision."""
    number = case_of(house.store, told)
    case = house.store.cases.get(number)
    assert case is not None
    worth = [one.item for one in house.store.cases.mentions(number) if one.reviewable]
    covers = [f"{one.number}:{one.revision}" for one in worth]
    with house.asks() as client:
        answer = client.post(
            f"/cases/{number}/decide", data={"covers": covers, "version": case.version} | form
        )
    assert answer.status_code == 422
    return Tags(answer.text)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "kind-no_action"), ({"kind": "escalate"}, "role-pals"), ({"kind": "duplicate"}, "duplicate-other"),
        ({"kind": "second_opinion"}, "colleague"), ({"kind": "snooze", "until": "soon"}, "decide-name"),
    ],
)  # fmt: skip
def test_what_is_wrong_leads_to_the_field(anew: House, form: dict[str, str], field: str) -> None:
    found = sent(anew, RUMOUR, **form)
    assert [told for told in found.all("a") if told["href"] == f"#{field}"]
    assert [told for _, told in found.tags if told.get("id") == field]


def test_words_that_would_be_lost_are_asked_about_once(anew: House) -> None:
    listed = replies(anew.desk.file, anew.desk.policy, NOW.date()).templates
    ready = next(each.text for each in listed if each.template.key == "media")
    found = sent(anew, PRESS, kind="respond", reply="We will ring her at ten.")
    assert "This does not save your words." in found.text
    assert "We will ring her at ten." in found.text
    assert found.all("input", name="unsent")
    told = after(anew, PRESS, kind="respond", reply="We will ring her at ten.", unsent="yes")
    assert "Your decision was saved." in told
    assert "Your decision was saved." in after(anew, PRESS, kind="respond", reply=ready)


def test_before_it_is_confirmed_the_page_says_when_72_hours_begin(anew: House) -> None:
    path, words = (
        f"/cases/{case_of(anew.store, NAMED)}/full",
        "72 hours to report it begin when you",
    )
    assert words in read(anew, path).text
    assert words not in read(anew, path, "vera").text
    assert words not in read(anew, f"/cases/{case_of(anew.store, RUMOUR)}/full").text
    assert words not in after(anew, NAMED, kind="remove")


def test_danger_leads_to_the_original_and_says_that_nobody_to_ring_is_set_up(anew: House) -> None:
    found = read(anew, f"/cases/{case_of(anew.store, IN_DANGER)}/full")
    assert (
        "Ring Safeguarding: whom to ring is not known yet, a lead adds it under Settings"
        in found.text
    )
    assert "Read the post at once" in found.text


def test_the_way_to_a_draft_shows_the_draft(anew: House, browser: Browser) -> None:
    page = browser.new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, GRIEVANCE)}/full")
    expect(page.get_by_label("The reply")).to_be_hidden()
    page.get_by_role("link", name="Choose ‘Answer’").click()
    expect(page.get_by_label("The reply")).to_be_visible()
    page.close()
