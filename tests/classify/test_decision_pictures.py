"""What was read in a post's pictures: who publishes a patient's letter discloses what it says."""

from __future__ import annotations

import json

import pytest

from classify.batch import Line, answer, line_of
from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.onnx_model import Model
from core.models import Flag, Reading
from tests.fakes import FakeModel
from tests.steps.picture_words.rendered import CARD, CHAT, LEAFLET, LETTER, MEME, NUMBER

KNOWN = Known(
    names=("NHS North West London", "NWL ICB"), places=("Harrow", "Ealing"),
    providers=("Northwick Park", "Ealing Hospital"),
)  # fmt: skip


def line(text: str, *pictures: str) -> Line:
    read = [{"place": place, "text": words} for place, words in enumerate(pictures) if words]
    return line_of({"id": "a", "platform": "x", "text": text, "context": {"picture_texts": read}})


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    return Classifier(KNOWN, Model())


def flag(reading: Reading, name: str) -> Flag | None:
    return next((flag for flag in reading.flags if flag.name == name), None)


@pytest.mark.parametrize("words", [LETTER, CARD, CHAT], ids=["letter", "card", "chat"])
def test_a_patient_in_a_picture_is_found_and_where_it_lies_is_told(shipped: Classifier, words: tuple[str, ...]) -> None:  # fmt: skip
    text = "\n".join(words)
    (reading,) = shipped.read([line("look what was left on the 18 bus", text)])
    pid = flag(reading, "pid")
    assert reading.in_scope
    assert pid is not None
    assert pid.spans == (), "no words of the post show it"
    assert pid.picture_spans
    assert all(0 <= start < end <= len(text) for _, start, end in pid.picture_spans)


@pytest.mark.parametrize("words", [LEAFLET, MEME, ("",)], ids=["leaflet", "meme", "nothing"])
def test_a_leaflet_with_its_telephone_and_a_meme_disclose_nobody(shipped: Classifier, words: tuple[str, ...]) -> None:  # fmt: skip
    (reading,) = shipped.read([line("seen at the surgery today", "\n".join(words))])
    assert flag(reading, "pid") is None


def test_spans_name_the_picture_that_they_lie_in() -> None:
    classifier = Classifier(KNOWN, FakeModel())
    (reading,) = classifier.read([line("at the clinic", "nothing here", f"NHS number {NUMBER}")])
    pid = flag(reading, "pid")
    assert pid is not None
    assert {place for place, *_ in pid.picture_spans} == {1}
    assert (1, 11, 11 + len(NUMBER)) in pid.picture_spans
    assert pid.explanation is not None
    assert any("read in its picture" in step.rule for step in pid.explanation.rules)
    record = json.loads(answer(line("x"), reading, "high", policy="p", model="m"))
    assert [1, 11, 11 + len(NUMBER)] in record["flags"][0]["picture_spans"]


def test_the_model_reads_each_picture_and_its_words_are_placed_in_their_picture() -> None:
    model = FakeModel(says={"Quillfeather": {"pid": 0.9}}, shown={"pid": "Quillfeather"})
    (reading,) = Classifier(KNOWN, model).read(
        [line("at the clinic", "a plate of chips for lunch", "and then there was Quillfeather")]
    )
    pid = flag(reading, "pid")
    assert pid is not None
    begin = "and then there was Quillfeather".index("Quillfeather")
    assert pid.picture_spans == ((1, begin, begin + len("Quillfeather")),)


def test_what_the_picture_of_another_says_is_no_threat_of_the_author() -> None:
    model = FakeModel(says={"brick": {"threat": 0.99, "derogatory": 0.99}})
    (reading,) = Classifier(KNOWN, model).read([line("At the clinic somebody sent me this today", "I will throw a brick at you all tomorrow")])  # fmt: skip
    assert flag(reading, "threat") is None


def test_a_post_without_pictures_is_read_once() -> None:
    model = FakeModel()
    Classifier(KNOWN, model).read([line("The clinic in Ealing is open on Monday")])
    assert len(model.read) == 1
