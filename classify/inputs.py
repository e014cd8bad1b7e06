"""What the classifier is handed: a mention to read, what is known of it, a model that scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from classify.model.onnx_model import Scores, Text
from classify.pid import Hit
from classify.pid.base import NOBODY, Contacts
from classify.rules.public_record import PLATFORM
from classify.rules.quotation import is_answered
from classify.text.confusables import says_by_emoji
from classify.text.context_words import Addressee, context_words
from classify.text.language import Language, detect
from classify.text.own_words import OwnWords, own_words, without_links
from core.context import Context
from core.models import Author, Read

Progress = Callable[[int], None]


class Scorer(Protocol):
    """What reads texts: `classify.model.onnx_model.Model`."""

    @property
    def version(self) -> str: ...
    @property
    def flags(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Sequence[str]: ...
    def scores(self, texts: Sequence[Text], progress: Progress | None = None) -> list[Scores]: ...
    def task_threshold(self, name: str) -> float: ...


class Readable(Protocol):
    """What is read of a post: a Mention, or a line of a file."""

    @property
    def text(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def author(self) -> Author: ...
    @property
    def posted_at(self) -> datetime | None: ...
    @property
    def context(self) -> Context: ...


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the classifier is told of the organisation. Handles are in lower case without @."""

    names: Sequence[str] = ()
    places: Sequence[str] = ()
    providers: Sequence[str] = ()
    register: Mapping[str, frozenset[str]] | None = None  # platform -> every public body's handles
    official: Mapping[str, frozenset[str]] | None = None  # platform -> the organisation's own
    # of these, whose posts are read as a body's: plainly one's, or two people agreed; None for all
    settled: Mapping[str, frozenset[str]] | None = None
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    postcodes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Quoting:
    """A post with what it quotes and signs with, of the text's length, and what the model says of it."""

    text: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class Pictured:
    """What was read in a post's pictures as a text of its own, and what the model says of it.

    `starts`: of each picture its place among the attachments and where its words begin in the text.
    """

    text: str
    starts: tuple[tuple[int, int], ...]
    scores: Scores

    def spans(self, name: str, least: float) -> tuple[tuple[int, int, int], ...]:
        """Where the words show a flag: the picture's place, and offsets into what was read in it, half open."""
        return tuple(
            (place, max(start, begin) - begin, min(end, until) - begin)
            for start, end in self.scores.spans(name, least)
            for place, begin, until in self._parts()
            if start < until and begin < end
        )

    def _parts(self) -> list[tuple[int, int, int]]:
        ends = [begin - 1 for _, begin in self.starts[1:]] + [len(self.text)]
        return [(place, begin, end) for (place, begin), end in zip(self.starts, ends, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of one post before it is judged."""

    post: Readable
    scores: Scores
    hits: tuple[Hit, ...]
    written: Language  # of its own words
    official: bool  # the organisation's own account
    public: bool  # any account of the register
    contacts: Contacts = NOBODY  # what is published
    alt_hits: tuple[
        Hit, ...
    ] = ()  # in the alternative texts of its pictures: they have no place in the text
    read_hits: tuple[
        tuple[int, Hit], ...
    ] = ()  # in what was read in its pictures, with the place of each
    own_text: str = ""  # the post's own words, of the text's length: see `classify.text.own_words`
    quoting: Quoting | None = None  # where it quotes and does not object
    pictured: Pictured | None = None  # where words were read in its pictures
    alone: Mapping[str, float] | None = (
        None  # a reply's scores without its context, where they decide
    )

    @property
    def read(self) -> Read:
        """How much of it was read: a part where some is in another language, or it is longer than the encoder reads."""
        return (
            "partial"
            if self.written.read == "full" and not self.scores.whole
            else self.written.read
        )

    @property
    def readable(self) -> bool:
        """Whether any of it could be read."""
        return self.written.read != "unread"


# ── What the encoder reads of a post: its own words, who wrote them where, and its context.


def own_words_of(post: Readable) -> OwnWords:
    """The post's words without whom it answers and what it quotes, of the same length."""
    return own_words(post.text, post.platform, getattr(post, "kind", ""))


def language_of(post: Readable, words: OwnWords) -> Language:
    """What its own words are written in; an insult or a threat in emoji alone is read in answer to a post of ours, though it is no language.

    Under others' posts nobody can tell whom it means.
    """
    written = detect(words.text)
    answers_us = bool(post.context.answered) and post.context.answered[0].official
    telling = written.read == "unread" and answers_us and says_by_emoji(words.text)
    return replace(written, read="full") if telling else written


def encoder_text(post: Readable, words: OwnWords, known: Known) -> Text:
    """The post as `Scorer.scores` takes it."""
    context = context_words(post.context, _addressee(words.answered, known))
    # the model never read a post from a public record: of the places that it knows, news is the likest
    platform = "news" if post.platform == PLATFORM else post.platform
    return Text(without_links(words.text), platform, post.author.bio, context)


def quoting_text(words: OwnWords, text: Text) -> Text | None:
    """`text` with what the post quotes; None where that is nothing, is unreadable, or its author answers it."""
    if not words.with_quoted or is_answered(words.text):
        return None
    if detect(words.with_quoted).read == "unread":
        return None
    return replace(text, text=without_links(words.with_quoted))


def pictured_text(post: Readable) -> tuple[Text, tuple[tuple[int, int], ...]] | None:
    """What was read in the pictures, a picture after another, and where each begins; None where nothing was, or it is unreadable."""
    starts: list[tuple[int, int]] = []
    words = ""
    for picture in post.context.picture_texts:
        words += "\n" if words else ""
        starts.append((picture.place, len(words)))
        words += picture.text
    if not words or detect(words).read == "unread":
        return None
    return Text(words, post.platform), tuple(starts)


def _addressee(handles: Sequence[str], known: Known) -> Addressee:
    if not handles:
        return ""
    named = {handle.lower() for handle in handles}
    if any(not named.isdisjoint(ours) for ours in (known.official or {}).values()):
        return "us"
    if any(not named.isdisjoint(bodies) for bodies in (known.register or {}).values()):
        return "body"
    return "others"
