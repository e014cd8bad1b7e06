from __future__ import annotations

import tomllib
from typing import Any

import pytest

from classify.rules import everyday
from core.context import NOWHERE, AnsweredPost, Context

WRITTEN: dict[str, Any] = tomllib.loads(everyday.FILE.read_text("utf-8"))
MEETING = Context(
    answered=(AnsweredPost(text="Our board meets in public on Tuesday at 10am.", official=True),)
)
CONTEXTS = {"anywhere": NOWHERE, "answering": MEETING}
REPLIES = [(reply["where"], text) for reply in WRITTEN["replies"] for text in reply["examples"]]
NO_REPLIES = [(reply["where"], text) for reply in WRITTEN["replies"] for text in reply["quiet"]]


@pytest.mark.parametrize(("where", "text"), REPLIES)
def test_a_few_everyday_words_are_a_reply(where: str, text: str) -> None:
    assert everyday.is_reply(text, CONTEXTS[where])
    assert everyday.is_reply(f"{text} 😊", CONTEXTS[where])


@pytest.mark.parametrize(("where", "text"), NO_REPLIES)
def test_a_word_more_is_no_everyday_reply(where: str, text: str) -> None:
    assert not everyday.is_reply(text, CONTEXTS[where])


@pytest.mark.parametrize(
    "answered",
    [
        "If you can't keep yourself safe, go to A&E.", "Feeling low? Samaritans listen on 116 123.",
        "How are you looking after yourself?", "i took all my tablets an hour ago",
        "Never share your password, not even with us.",
    ],
)  # fmt: skip
def test_words_that_answer_something_grave_are_not_everyday(answered: str) -> None:
    around = Context(answered=(AnsweredPost(text=answered, official=True),))
    assert not everyday.is_reply("Not going", around)
    assert not everyday.is_reply("I'm done", around)


def test_what_only_an_invitation_makes_everyday_needs_one_of_ours() -> None:
    others = Context(answered=(AnsweredPost(text="Our board meets on Tuesday."),))
    for around in (NOWHERE, others):
        assert not everyday.is_reply("See you Friday", around)
    assert everyday.is_reply("See you Friday", MEETING)


@pytest.mark.parametrize(
    "text",
    ["See you there 🔪", "See you there https://nhs-refund.example.org", "See you there @sarah_pals", "", "🙂"],
)  # fmt: skip
def test_a_sign_a_link_or_a_handle_says_more(text: str) -> None:
    assert not everyday.is_reply(text, MEETING)


@pytest.mark.parametrize("text", WRITTEN["talk"]["examples"])
def test_everyday_talk_of_home_is_that(text: str) -> None:
    assert everyday.is_talk_of_home(text, NOWHERE)
    assert everyday.is_talk_of_home(text.upper(), MEETING)


@pytest.mark.parametrize("text", WRITTEN["talk"]["quiet"])
def test_talk_of_home_with_anything_else_in_it_is_not(text: str) -> None:
    assert not everyday.is_talk_of_home(text, NOWHERE)


def test_who_is_named_in_answer_to_a_grave_question_is_no_talk_of_home() -> None:
    asked = Context(answered=(AnsweredPost(text="Who has hurt you?"),))
    assert everyday.is_talk_of_home("My dad", MEETING)
    assert not everyday.is_talk_of_home("My dad", asked)


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("Not well today", True), ("Door 4, first floor", True), ("He hits me again", False),
        ("Tablets are in front of me", False), ("They're waiting for you, all of them today", False), ("🔪", False),
    ],
)  # fmt: skip
def test_a_brief_post_has_few_words_and_none_that_alarms(text: str, brief: bool) -> None:
    assert everyday.is_brief(text) is brief
