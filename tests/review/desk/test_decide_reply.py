"""Answering from the desk: words to choose and to check in the pane, then the next case."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import count
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from core.models import Author
from settings.review import LineToTake, ReplyTemplate
from store import Case
from tests.review.conftest import House, sign_in
from tests.review.factories import NOW, RUMOUR, Told, case_of, configure, tell
from tests.review.pages import Tags, read, send
from tests.store.factories import AT, HOUR, add, mention

ASKED = Told(
    text="@HealthierNWL the surgery in Harrow never picks up the phone, who can I ask?", risk="low",
    flags=(("assistance", "who can I ask?"),),
)  # fmt: skip
NUMBERS = count(160)
WORDS = "Thank you for asking. A GP practice can tell you more, and NHS 111 when it is closed."
PHONES = LineToTake(
    key="phones", topic="Surgery telephones", line="New telephones are being put in this month.",
    owner="Primary care", flags=("assistance",),
)  # fmt: skip


def asked(house: House) -> Case:
    """The case of someone who asks for help."""
    told = replace(ASKED, text=f"{ASKED.text} ({next(NUMBERS)})")
    tell(house.store, told, next(NUMBERS), AT, alone=True)
    found = house.store.cases.get(case_of(house.store, told))
    assert found is not None
    return found


def form(house: House, case: Case, **more: object) -> dict[str, Any]:
    """What the decision's form sends, with the box of the reply that belongs to it."""
    (mention,) = [each for each in house.store.cases.mentions(case.number) if each.reviewable]
    item = mention.item
    fields: dict[str, Any] = {
        "version": case.version, "posts": f"{item.number}:{item.revision}", "desk": "yes",
        "answering": item.number, "reply": WORDS, "reply_from": "",
    }  # fmt: skip
    return fields | more


def drafted(house: House, case: Case, **more: object) -> httpx.Response:
    return send(house, f"/cases/{case.number}/draft", **form(house, case, **more))


def box(text: str, name: str = "reply") -> str:
    words = re.search(rf'<textarea[^>]* id="{name}"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert words is not None
    return html.unescape(words[1])


def test_the_pane_of_who_asks_for_help_has_words_ready_and_others_to_choose(anew: House) -> None:
    configure(anew.desk, lines=(PHONES,))
    case = asked(anew)
    page = read(anew, f"/cases/{case.number}")
    assert "Line to take: Surgery telephones" in page.text
    assert page.all("textarea", id="reply")
    (line,) = page.all("button", name="line")
    assert line["form"] == "decide"
    assert page.all("button", formtarget="_blank")[0]["data-copies"] == "reply"


def test_a_line_to_take_is_put_into_the_box_and_what_was_typed_stays_beside_it(
    anew: House,
) -> None:
    configure(anew.desk, lines=(PHONES,))
    case = asked(anew)
    answer = drafted(anew, case, reply="My own words.", line="phones")
    assert answer.status_code == 200
    assert box(answer.text) == PHONES.line
    assert "My own words." in answer.text
    assert drafted(anew, case, line="gone").status_code == 422
    found = anew.store.cases.get(case.number)
    assert found is not None
    assert found.version == case.version


def test_another_template_is_put_into_the_box_filled(anew: House) -> None:
    other = ReplyTemplate(key="other", name="Thanks", text="{organisation} says thank you.", flags=("assistance",))  # fmt: skip
    configure(anew.desk, templates=(*anew.desk.file.review.templates, other))
    case = asked(anew)
    page = read(anew, f"/cases/{case.number}")
    assert page.all("button", name="use", value="other")
    words = box(drafted(anew, case, use="other").text)
    assert words.endswith(" says thank you.")
    assert "{" not in words


def test_words_are_checked_in_the_pane_and_what_must_change_is_not_saved(anew: House) -> None:
    case = asked(anew)
    words = "Ring me on 020 7946 0999, and send your NHS number."
    page = drafted(anew, case, reply=words).text
    assert "Must change" in page
    assert box(page) == words
    answer = send(anew, f"/cases/{case.number}/decide", **form(anew, case, do="answered", reply=words))  # fmt: skip
    assert answer.status_code == 422
    assert box(answer.text) == words
    answer = send(anew, f"/cases/{case.number}/decide", **form(anew, case, do="answered", reply=words, as_is="yes"))  # fmt: skip
    assert answer.status_code == 303


def test_i_have_answered_saves_the_words_and_goes_on_to_the_next_case(anew: House) -> None:
    case = asked(anew)
    answer = send(anew, f"/cases/{case.number}/decide", **form(anew, case, do="answered"))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/cases/")
    (reply,) = anew.store.replies.of_case(case.number)
    assert reply.text == WORDS
    assert f"Saved: case {case.number}, answered." in read(anew, answer.headers["location"]).text


def test_an_answer_that_someone_chose_keeps_its_box_when_its_words_are_refused(
    anew: House,
) -> None:
    """A rumour has another suggestion; who answers all the same loses no word."""
    number = case_of(anew.store, RUMOUR)
    post = next(each.item for each in anew.store.cases.mentions(number) if each.reviewable)
    page = read(anew, f"/cases/{number}?post={post.number}&answer=1")
    own = f"reply-words-{post.number}"
    assert [each["id"] for each in page.all("textarea", name="reply")] == [own]
    found = anew.store.cases.get(number)
    assert found is not None
    words = "Call me on 07700 900123 with your NHS number."
    answer = send(
        anew, f"/cases/{number}/decide", do="answered", version=found.version, posts=f"{post.number}:{post.revision}",
        desk="yes", answering=post.number, reply=words, reply_from="",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Not saved. Must change: " in Tags(answer.text).text  # at the foot, too
    assert box(answer.text, own) == words
    assert Tags(answer.text).all("input", name="as_is")


EXAMPLE = ReplyTemplate(
    key="help", name="Ring PALS", flags=("assistance",), text="Please ring PALS on 020 7946 0111."
)


def test_what_must_change_in_ready_words_is_said_before_they_are_copied(anew: House) -> None:
    configure(anew.desk, templates=(EXAMPLE,))
    page = read(anew, f"/cases/{asked(anew).number}")
    assert "020 7946 0111" in page.text
    assert "Must change" in page.text


def test_who_wrote_other_words_than_the_ready_ones_is_asked_simply_and_not_refused(
    anew: House,
) -> None:
    configure(anew.desk, templates=(EXAMPLE,))
    case = asked(anew)
    sent = form(anew, case, do="answered", reply=EXAMPLE.text, reply_from="help")
    answer = send(anew, f"/cases/{case.number}/decide", **sent)
    assert answer.status_code == 200
    page = Tags(answer.text)
    assert "Which words went out?" in page.text
    assert "There is a problem" not in page.text
    assert [way["data-key"] for way in page.all("input", name="out")] == ["1", "2"]
    assert not anew.store.cases.history(case.number)
    saved = send(anew, f"/cases/{case.number}/decide", **sent, out="own", asked="yes")
    assert saved.status_code == 303
    assert "answered; the words that went out are not saved here" in read(anew, saved.headers["location"]).text  # fmt: skip
    assert [entry.decision.kind for entry in anew.store.cases.history(case.number)] == ["respond"]
    assert [each.text for each in anew.store.replies.of_case(case.number)] == [""]


def test_ready_words_that_were_copied_are_what_went_out(anew: House) -> None:
    clean = EXAMPLE.model_copy(update={"text": "A GP practice can tell you more."})
    configure(anew.desk, templates=(clean,))
    case = asked(anew)
    sent = form(anew, case, do="answered", reply=clean.text, reply_from="help", copied="yes")
    assert send(anew, f"/cases/{case.number}/decide", **sent).status_code == 303
    (reply,) = anew.store.replies.of_case(case.number)
    assert reply.text == clean.text


def test_where_no_ready_words_fit_by_what_it_asks_nothing_is_there_to_copy(anew: House) -> None:
    about = EXAMPLE.model_copy(update={"about": "car park* OR parking"})
    configure(anew.desk, templates=(about,))
    page = read(anew, f"/cases/{asked(anew).number}")
    assert "Suggested: answer in your own words." in page.text
    assert "Copy and open" not in page.text
    assert "020 7946 0111" not in page.text


def test_our_earlier_answer_stands_where_the_draft_is_and_answered_already_comes_first(
    anew: House,
) -> None:
    case = asked(anew)
    (post,) = [each.item for each in anew.store.cases.mentions(case.number) if each.reviewable]
    stored = anew.store.mentions.get(post.number)
    assert stored is not None
    number = next(NUMBERS)
    own = mention(
        number, text="Please ring PALS", own=True, kind="reply", parent_id=stored.mention.issued_id,
        author=Author(handle="HealthierNWL"), posted_at=AT + HOUR, fetched_at=NOW,
    )  # fmt: skip
    add(anew.store, own)
    page = read(anew, f"/cases/{case.number}")
    assert "We answered this post" in page.text
    keys = [one["value"] for one in page.all("button", name="do")]
    assert keys[0] == "already"
    answer = send(anew, f"/cases/{case.number}/decide", **form(anew, case, do="already"))
    assert answer.status_code == 303
    assert f"Saved: case {case.number}, answered already." in read(anew, answer.headers["location"]).text  # fmt: skip
    (entry,) = anew.store.cases.history(case.number)
    assert (entry.decision.kind, entry.decision.reason) == ("no_action", "Answered already")
    assert (
        entry.decision.suggested == ""
    )  # the form says that they were writing: who answered before did not overrule “answer”
    assert not anew.store.replies.of_case(case.number)


def test_what_is_typed_is_looked_over_before_it_is_copied(browser: Browser, anew: House) -> None:
    case = asked(anew)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case.number}")
    page.locator("#reply").fill("Please ring us on 020 8967 5000")
    expect(page.locator("[data-found]")).to_contain_text("no published contact point")
    expect(page.locator("[data-count]")).to_contain_text("31")
    assert page.locator("#reply").input_value() == "Please ring us on 020 8967 5000"
    context.close()


@pytest.mark.parametrize("words", ["", WORDS])
def test_whoever_was_answered_waits_no_longer_on_any_page_whether_the_words_are_kept_or_not(
    anew: House, words: str
) -> None:
    """Also where other words went out than stand here, of which none are kept; until that is undone."""
    case = asked(anew)
    before = anew.store.handovers.standing(AT, NOW).figures["assistance"]
    out: dict[str, Any] = {"reply": words} if words else {"reply": "", "out": "own"}
    given = form(anew, case, do="answered", asked="yes", **out)
    assert send(anew, f"/cases/{case.number}/decide", **given).status_code == 303
    page = read(anew, f"/cases/{case.number}").text
    assert "waits for an answer" not in page
    assert "Answered by Amina Yusuf" in page
    assert ("In words that were not saved here." in read(anew, f"/cases/{case.number}/full").text) is (not words)  # fmt: skip
    assert "Nobody has answered that" not in read(anew, "/waiting").text
    assert anew.store.handovers.standing(AT, NOW).figures["assistance"] == before - 1
    assert anew.store.weekly.waiting_now(NOW) == before - 1
    undo: dict[str, Any] = {"desk": "yes", "undoes": case.version + 1, "version": case.version + 1}
    assert send(anew, f"/cases/{case.number}/undo", **undo).status_code == 303
    assert anew.store.handovers.standing(AT, NOW).figures["assistance"] == before


def test_words_stand_in_the_box_again_when_a_question_is_left_without_a_script(
    anew: House,
) -> None:
    left = []
    for do in ("none", "later", "watch", "ask", "same", "not_us"):
        case = asked(anew)
        typed = f"My own words, so far. ({do})"
        question = send(
            anew, f"/cases/{case.number}/decide", **form(anew, case, do=do, reply=typed)
        )
        if question.status_code == 303:
            continue  # it asked nothing, and is saved with its words
        ask = Tags(question.text)
        (leave,) = ask.all("button", name="leave")
        sent = {each["name"]: each.get("value", "") for each in ask.all("input", type="hidden") if "form" not in each and each.get("name")}  # fmt: skip
        back = send(anew, leave["formaction"], **(sent | {leave["name"]: leave["value"]}))
        assert back.status_code == 200
        assert box(back.text) == typed
        assert "data-asks" not in back.text
        found = anew.store.cases.get(case.number)
        assert found is not None
        assert found.version == case.version, "nothing was saved"
        left.append(do)
    assert {"none", "later", "ask", "same"} <= set(left)
