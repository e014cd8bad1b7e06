"""What the encoder is given of a post: its own words, its author, and its context with whom it addresses."""

from __future__ import annotations

import pytest

from classify.classifier import Classifier
from classify.inputs import Known, encoder_text, own_words_of
from classify.model.windows import Text
from core.context import NOWHERE, AnsweredPost, Context
from core.models import Author
from tests.classify.test_decision import Post
from tests.fakes import FakeModel

KNOWN = Known(
    official={"x": frozenset({"healthiernwl"}), "facebook": frozenset({"staywellnwl"})},
    register={"x": frozenset({"healthiernwl", "brentcouncil"})},
)
ANSWER = Context(answered=(AnsweredPost(text="Flu jabs start on Monday", official=True),))


def encoded(text: str, context: Context = NOWHERE, known: Known = KNOWN) -> Text:
    post = Post(text, author=Author(handle="rowan", bio="Gardener"), context=context)
    return encoder_text(post, own_words_of(post), known)


@pytest.mark.parametrize(
    ("text", "addressee"),
    [
        ("@HealthierNWL no beds again", "to us"),
        ("@rowan @healthiernwl no beds again", "to us"),
        ("@BrentCouncil @HealthierNWL no beds again", "to us"),  # we are among them
        ("@StayWellNWL no beds again", "to us"),  # on whatever platform the account is ours
        ("@brentcouncil no beds again", "to a public body"),
        ("@rowan no beds again", "to others"),
        ("no beds again @HealthierNWL", ""),  # named, not addressed
        ("no beds again", ""),
    ],
)
def test_whom_leading_handles_name_is_told_by_the_register(text: str, addressee: str) -> None:
    assert encoded(text).context == addressee


def test_without_a_register_everybody_is_another() -> None:
    assert encoded("@HealthierNWL no beds again", known=Known()).context == "to others"


def test_the_text_that_is_read_is_the_posts_own_and_as_long_as_it_was() -> None:
    text = "@HealthierNWL @rowan no beds again"
    read = encoded(text)
    assert read.text.strip() == "no beds again"
    assert len(read.text) == len(text)
    assert (read.platform, read.bio) == ("x", "Gardener")


def test_the_context_follows_whom_it_addresses() -> None:
    words = encoded("@HealthierNWL typical", ANSWER).context
    assert words == "to us. answers our post: Flu jabs start on Monday"
    assert encoded("typical", ANSWER).context == "answers our post: Flu jabs start on Monday"
    assert encoded("typical").context == ""


def test_the_classifier_gives_the_model_own_words_and_context() -> None:
    model = FakeModel()
    posts = [Post("@HealthierNWL typical", context=ANSWER), Post("typical")]
    Classifier(KNOWN, model).read(posts)
    assert [text.strip() for text in model.read] == ["typical", "typical"]
    assert model.contexts == ["to us. answers our post: Flu jabs start on Monday", ""]
