"""What may be happening, by a post's words, and what is first done about each kind of it."""

from __future__ import annotations

import pytest

from core import danger
from core.danger import CHILD, DEVICE, HOME, LIFE, MISSING, OTHERS_LIFE, SELF_HARM


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("I can't do this any more, I want to die", {LIFE}),
        ("I don’t want to be here, no point living", {LIFE}),
        ("cutting my arms again tonight", {SELF_HARM}),
        ("my brother took an overdose and the ward sent him home", {LIFE, OTHERS_LIFE}),
        ("She says she will kill herself and nobody answers", {LIFE, OTHERS_LIFE}),
        ("my friend is suicidal, who do I ring?", {LIFE, OTHERS_LIFE}),
        ("My mum wants to die and so do I, I want to die too", {LIFE}),
        ("my partner chokes me when he drinks", {HOME}),
        ("Dad has gone missing from the ward", {MISSING}),
        ("my mother’s flat is 14 degrees and the meter is empty, she is on oxygen", {DEVICE}),
        ("her ventilator is on battery, no electric since six", {DEVICE}),
        ("the baby next door is always bruised", {CHILD}),
        ("I’m 15 and I want to die", {LIFE, CHILD}),
        ("The clinic opens on Monday", set()),
    ],
)
def test_the_kind_of_harm_is_read_from_plain_words(words: str, kinds: set[str]) -> None:
    assert danger.harms(words) == kinds


def test_what_a_post_answers_may_say_that_a_child_writes() -> None:
    assert danger.harms("me too", "I’m in year 9") == {CHILD}


@pytest.mark.parametrize(
    ("kinds", "platform", "answer"),
    [
        ((), "Tell X that a person is at risk", "Reply with help only: 111 option 2, Samaritans 116 123"),
        ((LIFE,), "Tell X that a person is at risk", "Reply with help only: 111 option 2, Samaritans 116 123"),
        ((LIFE, OTHERS_LIFE), "Tell X that someone else may be at risk", "Reply with help only: 999 if they are in danger, else 111 option 2, Samaritans 116 123"),
        ((CHILD,), "Tell X that a child is at risk", "Reply with help only: Childline 0800 1111, NSPCC 0808 800 5000"),
        ((MISSING,), "Tell X that a person is at risk", "Reply with help only: 101, or 999 if they are in danger"),
        ((DEVICE,), "", "Reply with help only: 999 now, and 105 in a power cut"),
        ((DEVICE, CHILD), "", "Reply with help only: 999 now, and 105 in a power cut"),
        ((HOME,), "", "Don’t reply in public: whoever hurts them may read it"),
        ((HOME, CHILD), "", "Don’t reply in public: whoever hurts them may read it"),
        ((HOME, LIFE), "Tell X that a person is at risk", "Don’t reply in public: whoever hurts them may read it"),
    ],
)  # fmt: skip
def test_steps_go_by_the_kind(kinds: tuple[str, ...], platform: str, answer: str) -> None:
    assert (danger.tell("X", kinds) if danger.tells_platform(kinds) else "") == platform
    assert danger.reply(kinds) == answer


def test_no_platform_is_told_that_whoever_writes_may_die_where_that_is_somebody_else_or_nobody() -> (
    None
):
    assert "whoever wrote this" in danger.wording({LIFE})
    assert "whom this post speaks of" in danger.wording({LIFE, OTHERS_LIFE})
    for kind in (CHILD, MISSING, HOME):
        assert "suicide" not in danger.wording({kind})


@pytest.mark.parametrize("kinds", [(), (LIFE,), (LIFE, OTHERS_LIFE), (SELF_HARM,), (CHILD,), (MISSING,), (DEVICE,)])  # fmt: skip
def test_the_words_to_copy_name_the_numbers_of_the_step(kinds: tuple[str, ...]) -> None:
    step, words = danger.reply(kinds), danger.help_for(kinds)
    for number in ("0800 1111", "116 123", "101", "105", "0808 800 5000"):
        assert (number in step) == (number in words), number
