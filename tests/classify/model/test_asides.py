"""What stands aside in a short post, and that it changes little of what the post is told as."""

from __future__ import annotations

import pytest

from classify.model.asides import WordReading, own_matter, shipped, stands_aside
from classify.model.onnx_model import Model
from classify.model.windows import Text

NOTHING = WordReading(in_scope=-1.0, flagged=-1.0, any_flag=-3.0)
INSULT = "Our matron is as much use as a chocolate teapot on nights."
SMALL_TALK = "Anyone seen a tabby cat?"


def sees_nothing(_: str) -> WordReading:
    return NOTHING


def rest_of(text: str, read_words: object = sees_nothing) -> str | None:
    """What is left of a text whose tokens are its words."""
    places, begin = [], 0
    for word in text.split(" "):
        places.append((begin, begin + len(word)))
        begin += len(word) + 1
    tokens = own_matter(text, places, read_words)  # type: ignore[arg-type]
    return None if tokens is None else text[places[tokens[0]][0] : places[tokens[1] - 1][1]]


def sees_the_ward(sentence: str) -> WordReading:
    return NOTHING if "ward" not in sentence else WordReading(in_scope=5, flagged=2, any_flag=2)


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.mark.parametrize("sentence", shipped().examples)
def test_small_talk_stands_aside(sentence: str, model: Model) -> None:
    assert stands_aside(sentence, model.read_sentence)


@pytest.mark.parametrize("sentence", shipped().quiet)
def test_what_speaks_of_care_danger_or_blame_or_goes_on_does_not(sentence: str) -> None:
    assert not stands_aside(sentence, sees_nothing)


def test_what_the_reader_of_words_sees_something_in_does_not() -> None:
    seen = WordReading(in_scope=-1.0, flagged=-1.0, any_flag=2.0)
    assert not stands_aside("The tomatoes are in.", lambda _: seen)
    assert not stands_aside("Lovely day for it.", lambda _: seen)


@pytest.mark.parametrize(
    "sentence", ["#tomatoes", "@joe the tomatoes are in", "Plot 4021, tomatoes"]
)
def test_a_handle_a_hashtag_or_a_number_is_no_small_talk(sentence: str) -> None:
    assert not stands_aside(sentence, sees_nothing)


def test_a_title_and_a_last_sentence_are_left_out_and_no_other() -> None:
    assert (
        rest_of("The ward was filthy. The cat is asleep.", sees_the_ward) == "The ward was filthy."
    )
    assert (
        rest_of("The cat is asleep. The ward was filthy.", sees_the_ward) == "The ward was filthy."
    )
    amid = "The ward was filthy. The cat is asleep. So was the second ward."
    assert rest_of(amid, sees_the_ward) is None


def test_of_talk_of_other_things_alone_nothing_is_left_out() -> None:
    assert rest_of("Off to Lisbon. No laptop. Bliss.") is None
    assert rest_of("The cat is asleep.") is None
    assert rest_of("") is None


@pytest.mark.parametrize("joined", ["{talk}\n\n{post}", "{post} {talk}", "{talk} {post}"])
def test_small_talk_around_a_short_post_changes_no_flag_by_much(joined: str, model: Model) -> None:
    alone, amid = model.scores([Text(INSULT), Text(joined.format(talk=SMALL_TALK, post=INSULT))])
    assert alone.outputs["derogatory"] == pytest.approx(amid.outputs["derogatory"], abs=0.02)


def test_who_speaks_and_danger_are_told_by_the_whole(model: Model) -> None:
    novel = "She stood at the edge of the platform with her shoes beside her."
    told = f"{novel} From chapter nine of my novel, with biscuits."
    alone, whole = model.scores([Text(novel), Text(told)])
    assert whole.outputs["safeguarding"] < alone.outputs["safeguarding"]
