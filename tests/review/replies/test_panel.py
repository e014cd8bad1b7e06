"""Answering on a case's page: what fits stands beside it, a draft is looked over, what was replied is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from core.models import Author
from review.replies.lint import length
from review.replies.panel import LONGEST
from settings.review import PreElection
from tests.review.accessibility import faults
from tests.review.conftest import House, sign_in
from tests.review.factories import (
    GRIEVANCE,
    HOSTILE,
    IN_DANGER,
    NAMED,
    NOW,
    OWN_STAFF,
    RUMOUR,
    Told,
    case_of,
    configure,
    decide,
    shipped,
    tell,
)
from tests.review.pages import Tags, of, read, send
from tests.review.replies.test_lint_lengths import ENGLAND, FAMILY
from tests.store.factories import AT, HOUR, add, assess_all, mention

ASKED = Told(
    text="@HealthierNWL the surgery in Harrow never picks up the phone, who can I ask?", risk="low",
    flags=(("assistance", "who can I ask?"),),
)  # fmt: skip
COMPLAINS = replace(ASKED, text="@HealthierNWL who do I complain to about the desk at my clinic?", flags=(("assistance", "who do I complain to"),))  # fmt: skip
NUMBERS = count(60)
REPLY = "Thank you for asking. A GP practice can tell you more, and NHS 111 when it is closed."
LINK = "https://example.org/HealthierNWL/status/77"


def told(house: House, said: Told) -> int:
    """The case of a post of a test's own, in a house that others share."""
    number = next(NUMBERS)
    said = replace(said, text=f"{said.text} ({number})")
    tell(house.store, said, number, AT, alone=True)
    return case_of(house.store, said)


def asked(house: House) -> int:
    """The case of somebody who asks for help."""
    return told(house, ASKED)


def form(house: House, case: int, **changes: object) -> dict[str, Any]:
    """What the form of a case sends, as it stands there."""
    found = house.store.cases.get(case)
    assert found is not None
    covers = [
        f"{one.item.number}:{one.item.revision}"
        for one in house.store.cases.mentions(case)
        if one.reviewable and not one.item.deleted
    ]
    return {
        "version": found.version,
        "covers": covers,
        "reply": REPLY,
        "reply_from": "help",
    } | changes


def replied(house: House, case: int, handle: str = "amina", **changes: object) -> httpx.Response:
    return send(house, f"/cases/{case}/replied", handle, **form(house, case, **changes))


def drafted(house: House, case: int, handle: str = "amina", **changes: object) -> httpx.Response:
    return send(house, f"/cases/{case}/draft", handle, **form(house, case, **changes))


def running(house: House, case: int) -> list[str]:
    return [one.kind for one in house.store.deadlines.of_case(case) if one.stopped_at is None]


def box(page: Tags | httpx.Response) -> str:
    """The words in the reply's box."""
    html = page.text if isinstance(page, httpx.Response) else ""
    return html.partition('id="reply" ')[2].partition(">")[2].partition("</textarea>")[0]


# ── what stands beside the decision ──────────────────────────────────────────────────────────────


def test_a_request_for_help_shows_line_policy_and_draft_each_with_why(house: House) -> None:
    case = asked(house)
    page = read(house, f"/cases/{case}/full")
    for words in (
        "Line to take", "Getting an appointment with a GP", "Fits: it says ‘surgery’ and ‘phone…’",
        "From Primary care team, until and including 31 March 2027",
        "1 reply draft fits: Someone is ill or needs an appointment",
        "From ‘Someone is ill or needs an appointment: GP, 111’: flagged as asks for help.",
        "when it’s closed, NHS 111 is there day and night",
        "X (Twitter): 188 of 280 characters",
    ):  # fmt: skip
        assert words in page.text, words
    assert "PALS can help" not in page.text, "they ask about no complaint"


def test_who_asks_how_to_complain_gets_pals_by_its_own_telephone_and_address(house: House) -> None:
    page = read(house, f"/cases/{told(house, COMPLAINS)}/full")
    assert "PALS listens, and can help anyone to put things right or to complain, in confidence: 020 7946 0111 or pals@example.org" in page.text  # fmt: skip


def test_related_policies_stand_with_the_policys_own_words(house: House) -> None:
    page = of(house, NAMED)
    assert "Information Security Policy for patient’s details" in page.text
    assert "Staff using social networking sites should always adhere" in page.text
    assert "Disciplinary Policy" not in page.text  # about an employer, and nobody released that
    assert "Don’t answer under it while it stands" in page.text


def test_abuse_gets_no_draft_but_what_to_do_instead(house: House) -> None:
    page = of(house, HOSTILE)
    assert "No reply draft: Abuse, hate or threats: nothing is answered" in page.text
    assert "Report the post to its platform" in page.text
    assert "Why: flagged as threat" in page.text
    assert "reply draft fits" not in page.text
    assert not page.all("button", name="use")


def test_staff_are_pointed_to_the_guardian_and_somebody_in_danger_to_help_alone(
    house: House,
) -> None:
    staff = of(house, GRIEVANCE).text
    assert "1 reply draft fits: Staff raise a concern: the Guardian." in staff
    danger = of(house, IN_DANGER).text
    assert "1 reply draft fits: Someone may be in danger: where help is now." in danger
    assert "Samaritans on 116 123" in danger


def test_a_threat_that_a_colleague_found_wrong_lets_the_draft_be_offered(house: House) -> None:
    said = Told(
        text="I could murder a coffee, who do I ask about my repeat prescription?", risk="high",
        flags=(("threat", "murder"), ("assistance", "who do I ask")),
    )  # fmt: skip
    case = told(house, said)
    assert "No reply draft" in read(house, f"/cases/{case}/full").text
    decide(
        house.store,
        case,
        house.who["amina"],
        "second_opinion",
        reason="A saying",
        labels={"threat": False},
    )
    page = read(house, f"/cases/{case}/full").text
    assert "No reply draft" not in page
    assert "1 reply draft fits" in page


def test_what_a_colleague_says_is_missing_is_guarded_like_what_the_model_flagged(
    house: House,
) -> None:
    case = told(house, replace(ASKED, text=f"I would rather not wake up, {ASKED.flags[0][1]}"))
    assert "Someone may be in danger now" not in read(house, f"/cases/{case}/full").text
    decide(house.store, case, house.who["amina"], "second_opinion", labels={"safeguarding": True})
    page = read(house, f"/cases/{case}/full").text
    assert "Someone may be in danger now" in page
    assert "1 reply draft fits: Someone may be in danger: where help is now." in page


def test_who_only_looks_sees_lines_and_policies_and_no_box(house: House) -> None:
    page = of(house, RUMOUR, "vera")
    assert "Rumours that a service closes" in page.text
    assert not page.all("textarea")
    assert "reply draft" not in page.text


def test_where_nothing_is_set_up_a_reply_can_still_be_written_down(fresh: House) -> None:
    case = asked(fresh)
    configure(fresh.desk, templates=(), lines=(), related=())
    page = read(fresh, f"/cases/{case}/full").text
    assert "No line to take fits this case" in page
    assert "No draft fits. Write what you mean to say" in page
    assert replied(fresh, case).status_code == 303


def test_a_period_before_an_election_is_shown(fresh: House) -> None:
    period = PreElection.model_validate(
        {"from": date(2026, 11, 1), "until": date(2026, 11, 30), "reason": "the council elections"}
    )
    configure(fresh.desk, pre_election=(period,))
    assert (
        "Pre-election period: the council elections."
        in read(fresh, f"/cases/{asked(fresh)}/full").text
    )


def test_a_draft_that_points_to_nobody_is_named_and_not_offered(fresh: House) -> None:
    known = shipped().organisation.model_copy(update={"contacts": ()})
    configure(fresh.desk, organisation=known)
    page = read(fresh, f"/cases/{told(fresh, COMPLAINS)}/full").text
    assert "can’t be offered: there is no contact point called PALS" in page
    assert "reply draft fits" not in page


def test_an_answer_of_our_own_accounts_is_shown_so_that_nobody_replies_twice(house: House) -> None:
    case = asked(house)
    number = next(NUMBERS)
    add(
        house.store,
        mention(
            number, text="Please ring PALS", own=True, kind="reply", parent_id=mention(number - 1).issued_id,
            author=Author(handle="HealthierNWL"), posted_at=AT + HOUR, fetched_at=NOW,
        ),
    )  # fmt: skip
    page = read(house, f"/cases/{case}/full")
    assert "X (Twitter): an account of ours answered" in page.text
    assert "It was answered already." in page.text
    assert not page.all("a", href=f"https://example.org/rowan_ashdown/status/{number}")
    (ours,) = house.store.replies.own_answers(case)
    assert page.all("form", action=f"/mentions/{ours.to}/original"), "nobody has read ours yet"
    assess_all(house.store, "none")
    assert read(house, f"/cases/{case}/full").all("form", action=f"/mentions/{ours.mention}/original")  # fmt: skip
    seen = read(house, f"/cases/{case}/full", "vera")
    assert f"status/{number}" not in seen.text
    assert not seen.all("form", action=f"/mentions/{ours.mention}/original")
    before = len(house.store.audit.reveals(size=50)[0])
    opened = send(house, f"/mentions/{ours.mention}/original", why="other", why_text="To read our answer where it stands")  # fmt: skip
    assert opened.headers["refresh"].endswith(f"/status/{number}")
    assert len(house.store.audit.reveals(size=50)[0]) == before + 1


# ── looking a draft over ─────────────────────────────────────────────────────────────────────────


def test_a_draft_is_looked_over_and_nothing_is_kept_of_it(house: House) -> None:
    case = asked(house)
    words = "Hi Rosalind, please DM us your NHS number or ring 020 8967 5000. " + "x" * 280
    answer = drafted(house, case, reply=words, note="Rang <them>", reason="grave")
    assert answer.status_code == 200
    for found in (
        "4 things to look at", "It seems to name a person", "It asks for personal details in public",
        "This number is no published contact point", "It is too long for X (Twitter)",
        "It is out already with these words",
    ):  # fmt: skip
        assert found in Tags(answer.text).text, found
    assert box(answer) == words
    assert "Rang &lt;them&gt;" in answer.text
    assert 'value="grave"' in answer.text
    page = Tags(answer.text)
    assert page.all("input", name="kind", value="respond")[0].get("checked") is not None
    assert house.store.cases.history(case) == []
    assert house.store.replies.of_case(case) == []


def test_a_good_draft_is_said_to_be_without_findings_and_to_be_read_again(house: House) -> None:
    answer = drafted(house, asked(house))
    assert "Nothing was found in it. Read it once more all the same" in Tags(answer.text).text
    assert "It is out already" not in answer.text


def test_what_is_blanked_out_of_the_post_is_found_in_a_draft(house: House) -> None:
    answer = drafted(house, case_of(house.store, NAMED), reply="We will ring Pettigrew.")
    assert "It seems to name a person" in answer.text


def test_another_draft_takes_the_place_of_what_was_typed_which_stays_beside_it(
    house: House,
) -> None:
    said = Told(
        text="Writing about GP waits. Who can I ask for figures?", risk="medium",
        flags=(("media", "Writing about GP waits"), ("assistance", "Who can I ask")),
    )  # fmt: skip
    case = told(house, said)
    answer = drafted(house, case, reply="My own words", use="help")
    assert box(answer).startswith("Thanks for asking.")
    assert "What you had typed before" in answer.text
    assert "My own words" in answer.text
    untouched = Tags(answer.text).all("input", name="reply_before")
    assert [one["value"] for one in untouched] == ["My own words"]
    again = drafted(house, case, reply=box(read_raw(house, case)), use="help")
    assert "What you had typed before" not in again.text


def read_raw(house: House, case: int) -> httpx.Response:
    with house.asks() as client:
        return client.get(f"/cases/{case}/full")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reply": " \r\n "}, "Write the reply, or choose a draft"),
        ({"reply": "y" * (LONGEST + 1)}, "Use at most 10,000 characters"),
        ({"use": "gone", "reply": "My own words"}, "That draft is no longer there"),
    ],
)
def test_what_can_not_be_looked_over_says_why_and_keeps_the_words(
    house: House, changes: dict[str, str], why: str
) -> None:
    answer = drafted(house, asked(house), **changes)
    assert answer.status_code == 422
    assert why in answer.text
    assert "Error: Case" in answer.text
    assert Tags(answer.text).all("a", href="#reply")
    assert box(answer).strip() == changes["reply"].strip()


# ── what was replied ─────────────────────────────────────────────────────────────────────────────


def test_i_have_replied_keeps_decision_words_and_link_and_stops_the_clock(house: House) -> None:
    case = asked(house)
    assert "assistance" in running(house, case)
    answer = replied(
        house, case, reply_link=LINK, note="By phone too", **{"label-assistance": "yes"}
    )
    assert answer.status_code == 303
    assert running(house, case) == []
    (kept,) = house.store.replies.of_case(case)
    assert (kept.text, kept.link, kept.template) == (REPLY, LINK, "help")
    (decided,) = house.store.cases.history(case)
    assert (decided.decision.kind, decided.decision.note) == ("respond", "By phone too")
    assert decided.decision.labels == {"assistance": True}
    page = read(house, f"/cases/{case}/full")
    assert "Amina Yusuf replied" in page.text
    assert REPLY in page.text
    assert not page.all("a", href=LINK), "it holds the number of whom we answered"
    assert "Open the post that it answers (logged)" in page.text
    assert LINK not in read(house, f"/cases/{case}/full", "vera").text


def test_the_words_of_a_reply_are_for_those_who_decide_and_governance(house: House) -> None:
    case = asked(house)
    replied(house, case)
    seen = {
        handle: REPLY in read(house, f"/cases/{case}/full", handle).text
        for handle in ("bea", "gwen", "vera", "ada")
    }
    assert seen == {"bea": True, "gwen": True, "vera": False, "ada": False}
    assert "Amina Yusuf replied" in read(house, f"/cases/{case}/full", "vera").text


@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_who_may_not_decide_neither_looks_over_nor_writes_down(house: House, handle: str) -> None:
    case = asked(house)
    assert drafted(house, case, handle).status_code == 403
    assert replied(house, case, handle).status_code == 403
    with house.asks("") as client:
        for what in ("draft", "replied"):
            assert client.post(f"/cases/{case}/{what}", data={"reply": REPLY}).status_code == 401
    assert house.store.replies.of_case(case) == []


def test_a_reply_that_gives_somebody_away_is_kept_once_that_is_owned_up_to(house: House) -> None:
    case = asked(house)
    words = "Your results are fine, Rosalind."
    answer = replied(house, case, reply=words, reply_link=LINK)
    assert answer.status_code == 422
    assert "Read what was found in the reply" in answer.text
    assert box(answer) == words
    assert LINK in answer.text
    assert house.store.replies.of_case(case) == []
    assert replied(house, case, reply=words, as_is="yes").status_code == 303
    assert house.store.replies.of_case(case)[0].text == words


@pytest.mark.parametrize(
    ("changes", "why", "at"),
    [
        ({"reply": ""}, "Write the reply", "reply"),
        (
            {"reply_link": "javascript:alert(1)"},
            "Write the link to the reply as https://",
            "reply-link",
        ),
        ({"reply_link": "https://example.org/" + "x" * 600}, "Write the link", "reply-link"),
        ({"covers": ()}, "Tick the posts", "decide-name"),
        ({"note": "n" * 4001}, "Use at most 4,000", "decide-name"),
    ],
)
def test_what_can_not_be_kept_says_why_and_loses_nothing(
    house: House, changes: dict[str, Any], why: str, at: str
) -> None:
    case = asked(house)
    answer = replied(house, case, **({"reply_link": LINK, "reason": "asked twice"} | changes))
    assert answer.status_code == 422
    assert why in answer.text
    page = Tags(answer.text)
    assert page.all("a", href=f"#{at}")
    assert box(answer) == changes.get("reply", REPLY)
    assert page.all("input", name="reply_link")[0]["value"] == changes.get("reply_link", LINK)
    assert 'value="asked twice"' in answer.text
    assert house.store.cases.history(case) == []


def test_who_was_slower_is_told_who_was_faster_and_keeps_their_words(house: House) -> None:
    case = asked(house)
    slow = form(house, case, reply="My own words")
    replied(house, case, "bea")
    answer = send(house, f"/cases/{case}/replied", **slow)
    assert answer.status_code == 409
    assert "Bea Whitlock decided this case" in answer.text
    assert box(answer) == "My own words"
    assert "It was answered already." in answer.text


@pytest.mark.parametrize("way", ["draft", "decide"])
def test_no_step_in_between_hides_that_a_colleague_decided(house: House, way: str) -> None:
    case = asked(house)
    slow = form(house, case, reply="My own words", kind="")
    replied(house, case, "bea")
    answer = send(house, f"/cases/{case}/{way}", **slow)
    assert answer.status_code == 409
    assert "Bea Whitlock decided this case" in Tags(answer.text).text
    assert box(answer) == "My own words"


def test_a_draft_of_a_version_that_never_was_is_refused(house: House) -> None:
    case = asked(house)
    answer = send(house, f"/cases/{case}/draft", **form(house, case, version=7))
    assert (answer.status_code, "reload the page" in answer.text) == (409, True)


def test_a_fault_of_another_decision_keeps_the_reply_too(house: House) -> None:
    case = asked(house)
    answer = send(
        house, f"/cases/{case}/decide", **form(house, case, kind="escalate", reply="My own words")
    )
    assert answer.status_code == 422
    assert box(answer) == "My own words"


def test_a_case_that_was_purged_meanwhile_gives_the_words_back(house: House) -> None:
    for what in ("draft", "replied"):
        answer = send(house, f"/cases/9999/{what}", reply="<b>My own words</b>", version=0)
        assert answer.status_code == 404
        assert "The case is gone" in answer.text
        assert "&lt;b&gt;My own words&lt;/b&gt;" in answer.text


def test_undo_starts_the_clock_again_and_the_reply_stays_to_be_seen(house: House) -> None:
    case = asked(house)
    replied(house, case)
    send(house, f"/cases/{case}/undo", undoes=1, version=1)
    assert "assistance" in running(house, case)
    page = read(house, f"/cases/{case}/full").text
    assert "Decision taken back" in page
    assert REPLY in page


def test_what_was_replied_goes_with_its_post(fresh: House) -> None:
    case = asked(fresh)
    replied(fresh, case)
    number = fresh.store.cases.mentions(case)[0].item.number
    assert fresh.store.retention.erase([number], by="gwen", at=NOW).proved
    assert fresh.store.replies.of_case(case) == []
    assert read(fresh, f"/cases/{case}/full", status=404)


def test_hostile_words_stay_words(house: House) -> None:
    case = asked(house)
    hostile = "</textarea><script>alert(1)</script>\u202eevil"
    answer = drafted(
        house, case, reply=hostile, reply_before=hostile, reply_link=hostile, reply_from=hostile
    )
    replied(house, case, reply=hostile, as_is="yes")
    for page in (Tags(answer.text), read(house, f"/cases/{case}/full")):
        assert len(page.all("script")) == 1  # our own
        assert "\u202e" not in page.text


def test_the_first_button_of_the_form_decides_so_that_enter_replaces_no_draft(house: House) -> None:
    buttons = [
        told
        for tag, told in of(house, OWN_STAFF).tags
        if tag == "button" and told.get("type") == "submit"
    ]
    within = [told for told in buttons if "formaction" in told or told.get("tabindex") == "-1"]
    assert within[0].get("formaction") is None


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(browser: Browser, house: House) -> Page:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    sign_in(opened, house, "amina")
    return opened


def test_a_reply_is_written_copied_checked_and_kept_in_a_browser(page: Page, house: House) -> None:
    case = asked(house)
    page.goto(f"{house.url}/cases/{case}/full")
    expect(page.get_by_label("The reply", exact=True)).to_be_hidden()
    page.get_by_label("Answer", exact=True).check()
    words = f"Ask us {FAMILY} {ENGLAND} … at https://www.nhs.uk/a/very/long/way. (111.nhs.uk), é {'x' * 260}"
    page.get_by_label("The reply", exact=True).fill(words)
    counted = f"X (Twitter): {length(words, 'x')} of 280 characters, too long"
    expect(page.locator("#reply-count")).to_have_text(
        counted
    )  # the script counts as the program does
    page.get_by_role("button", name="Copy the reply").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == words
    page.get_by_role("button", name="Check this draft").click()
    expect(page.get_by_text("1 thing to look at")).to_be_visible()
    found = faults(page)
    page.get_by_label("The reply", exact=True).fill("Your results are fine.")
    page.get_by_role("button", name="I’ve answered").click()
    expect(page.get_by_role("alert")).to_contain_text("Read what was found in the reply")
    found += faults(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found += faults(page)
    page.get_by_label("It is out already with these words").check()
    page.get_by_role("button", name="I’ve answered").click()
    expect(page.get_by_text("Your decision was saved")).to_be_visible()
    found += faults(page)
    page.goto(f"{house.url}/cases/{case_of(house.store, HOSTILE)}/full")
    found += faults(page)
    page.evaluate(
        "() => { const form = document.querySelector('#decide');"
        " form.action = '/cases/9999/draft'; form.submit(); }"
    )
    expect(page.get_by_role("heading", name="The case is gone")).to_be_visible()
    found += faults(page)
    assert found == []


def test_without_script_the_box_is_there_and_nothing_to_copy_with(
    browser: Browser, house: House
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, house, "amina")
    case = told(house, COMPLAINS)
    page.goto(f"{house.url}/cases/{case}/full")
    expect(page.get_by_label("The reply", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Copy", exact=False)).to_have_count(0)
    page.get_by_role("button", name="Check this draft").click()
    expect(
        page.get_by_text("things to look at")
    ).to_be_visible()  # the numbers that ship are examples
    page.get_by_label("The reply", exact=True).fill(REPLY)
    page.get_by_role("button", name="I’ve answered").click()
    expect(page.get_by_text("Your decision was saved")).to_be_visible()
    assert house.store.replies.of_case(case)[0].text == REPLY
