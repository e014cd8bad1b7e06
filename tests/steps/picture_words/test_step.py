"""Pictures of posts that came are fetched from their platforms, read, and kept with the post; what fails costs one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import pytest

from core import clock
from core.errors import PlatformRefused, PlatformUnavailable
from core.media import Attachment
from core.models import Mention, Platform
from demo.world import World
from steps.context import RunContext
from steps.picture_words import process, step
from steps.picture_words.process import CannotRead, NotRead, Reader
from tests.cycles import at_home, settled
from tests.fakes import Told
from tests.steps.picture_words import rendered

AT = clock.now()
HOST = "https://pbs.twimg.com/media"
WORDS = f"NHS number: {rendered.NUMBER}"


class Words(Reader):
    """A reader that says what stands in a picture's bytes."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def read(self, picture: bytes) -> str:
        self.seen.append(picture)
        if picture == b"odd":
            raise NotRead("no picture")
        if picture == b"end":
            raise CannotRead("the reader stopped 3 times")
        return picture.decode()


def fetched(address: str) -> bytes:
    """What each address gives."""
    name = address.rpartition("/")[2]
    if name == "gone":
        raise PlatformRefused("the platform answered 404")
    if name == "later":
        raise PlatformUnavailable("the platform answered 503")
    return {"blank": b"32.", "letter": WORDS.encode()}.get(name, name.encode())


def post(number: int, *names: str, platform: Platform = "x", host: str = HOST, **more: Any) -> Mention:  # fmt: skip
    media = tuple(Attachment(url=f"{host}/{name}") for name in names)
    return Mention(
        issuer=platform, issued_id=str(number), platform=platform, kind="post", url="", text=f"Look at this ({number})",
        posted_at=AT - timedelta(hours=1), fetched_at=AT, **{"media": media, **more},
    )  # fmt: skip


House = Callable[..., tuple[RunContext, Told]]


@pytest.fixture
def house(calm: World, tmp_path: Path) -> Iterator[House]:
    opened = []

    def make(*mentions: Mention, **pictures: Any) -> tuple[RunContext, Told]:
        path = settled(tmp_path, calm, only=("files",), pictures={"read_text": True, **pictures})
        one = at_home(path)
        context, told = one.__enter__()
        opened.append(one)
        context.store.mentions.add_run("x", mentions, since=AT, at=AT)
        return context.new_run(AT), told

    yield make
    for one in opened:
        one.__exit__(None, None, None)


def texts(context: RunContext, number: int = 1) -> list[tuple[int, str]]:
    stored = context.store.mentions.get(number)
    assert stored is not None
    return [(read.place, read.text) for read in stored.mention.context.picture_texts]


def test_words_in_pictures_are_kept_with_their_place_and_the_post_is_read_again(house: House) -> None:  # fmt: skip
    context, told = house(post(1, "blank", "letter", "gone", "odd"))
    assert step.read_new(context, reader=Words(), fetch_picture=fetched) == 1
    assert texts(context) == [(1, WORDS)]
    assert context.store.picture_reads.outcomes([1]) == {1: {0: "empty", 1: "read", 2: "gone", 3: "failed"}}  # fmt: skip
    assert [line for line in told if "pictures" in line] == ["pictures: 4 looked at for words, 1 with some, 2 could not be read"]  # fmt: skip
    assert rendered.NUMBER not in "".join(told)


def test_each_is_read_once(house: House) -> None:
    context, _ = house(post(1, "letter"), post(2, "blank"))
    reader = Words()
    step.read_new(context, reader=reader, fetch_picture=fetched)
    step.read_new(context, reader=reader, fetch_picture=fetched)
    assert len(reader.seen) == 2


def test_what_may_work_later_is_asked_for_again(house: House) -> None:
    context, _ = house(post(1, "later"))
    step.read_new(context, reader=Words(), fetch_picture=fetched)
    assert context.store.picture_reads.outcomes([1]) == {1: {0: "waits"}}
    later = context.new_run(AT + timedelta(hours=2))
    step.read_new(later, reader=Words(), fetch_picture=lambda _: WORDS.encode())
    assert texts(context) == [(0, WORDS)]


@pytest.mark.parametrize(
    "mention",
    [
        post(1, "letter", own=True), post(1, "letter", platform="linkedin", host="https://media.licdn.com"), post(1, "letter", platform="reddit", host="https://i.redd.it"),
        post(1, media=(Attachment(kind="video", url=f"{HOST}/letter"),)), post(1, "letter", host="https://example.org"), post(1),
    ],
    ids=["our own", "terms", "terms nobody read", "a film", "another host", "no picture"],
)  # fmt: skip
def test_what_may_not_be_read_is_not_even_fetched(house: House, mention: Mention) -> None:
    context, _ = house(mention)
    asked: list[str] = []

    def noted(address: str) -> bytes:
        asked.append(address)
        return WORDS.encode()

    step.read_new(context, reader=Words(), fetch_picture=noted)
    assert asked == []
    assert texts(context) == []


def test_off_as_it_ships_nothing_is_asked(house: House) -> None:
    context, told = house(post(1, "letter"), read_text=False)
    reader = Words()
    assert step.read_new(context, reader=reader, fetch_picture=fetched) == 0
    assert (reader.seen, [line for line in told if "pictures" in line]) == ([], [])


def test_it_stops_when_its_time_is_over_and_goes_on_in_the_next_cycle(house: House) -> None:
    context, _ = house(post(1, "letter"), post(2, "letter"), seconds_a_cycle=0.000001)
    assert step.read_new(context, reader=Words(), fetch_picture=fetched) == 0
    assert context.store.picture_reads.waiting(AT - timedelta(days=1), AT) == [1, 2]


def test_a_reader_that_can_read_nothing_is_told_and_what_waits_waits(house: House) -> None:
    context, told = house(post(1, "letter"), post(2, "end"), post(3, "letter"))
    assert step.read_new(context, reader=Words(), fetch_picture=fetched) == 1
    assert any("pictures: no words are read in them: the reader stopped" in line for line in told.failures)  # fmt: skip
    assert context.store.picture_reads.waiting(AT - timedelta(days=1), AT) == [2, 3]


def test_without_the_extra_it_says_how_to_get_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    context, told = house(post(1, "letter"))
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    assert step.read_new(context) == 0
    assert any("pip install 'nwl-mentions[pictures]'" in line for line in told.failures)


@pytest.mark.skipif(find_spec("rapidocr") is None, reason="needs the extra `pictures`")
def test_a_photographed_letter_becomes_words_of_its_post(house: House) -> None:
    picture = rendered.png(rendered.photographed(rendered.letter()))
    context, _ = house(post(1, "letter"), seconds_a_picture=100.0)
    assert step.read_new(context, fetch_picture=lambda _: picture) == 1
    ((place, words),) = texts(context)
    assert place == 0
    assert rendered.NUMBER in words
