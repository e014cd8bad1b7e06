"""What the program trips over: on the page as not read and high after two tries, until another model reads it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.onnx_model import Scores, Text
from core import clock
from demo.world import World
from steps import assess, group, lanes
from steps.context import RunContext
from store import Item
from tests.cycles import at_home, settled
from tests.fakes import FakeModel, reader
from tests.forked import forked
from tests.steps.test_assess import AT, mention

TRIPS = "marigold, call 07700 900123"


class Stumbling(FakeModel):
    """A model that trips over some flowers."""

    over: str = "marigold"

    def scores(self, texts: Sequence[Text], progress: Any = None) -> list[Scores]:
        if any(self.over in text.text for text in texts):
            self.read.extend(text.text for text in texts if len(texts) == 1)
            raise ValueError(f"can't read {texts[0].text}")
        return super().scores(texts, progress)


class Broken(Stumbling):
    """One that trips over everything."""

    over = ""


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("files",))
    with at_home(path) as (run, _):
        found = [mention(n, TRIPS if n == 3 else f"rose {n}") for n in range(6)]
        run.store.mentions.add_run("x", found, since=AT, at=AT)
    return path


def assessed(path: Path, model: FakeModel, times: int = 1) -> list[str]:
    """What was told of as failed; each time is a start of the program."""
    failures = []
    for _ in range(times):
        with at_home(path) as (run, told):
            assess.assess(run.new_run(clock.now()), reader(model))
            failures += told.failures
    return failures


def item_of(run: RunContext, number: int) -> Item:
    item = run.store.figures.item(number)
    assert item is not None
    return item


def test_what_could_not_be_read_twice_is_not_read_and_high_and_alerts(made: Path) -> None:
    (first,) = assessed(made, Stumbling())
    assert first.startswith("! mention 4 could not be assessed")
    with at_home(made) as (run, _):
        assert run.store.assessments.count_unassessed() == 1
        assert run.store.assessments.count_not_read() == 0
        assert assess.name_unassessed(run) == 1
        assert run.failures == ["assessing: 1 post was not read yet and may hold anything"]
    second = assessed(made, Stumbling())
    assert second[-1] == (
        "! mention 4 was not read: it stands on the page as not read, with a high risk"
    )
    with at_home(made) as (run, _):
        item = item_of(run, 4)
        assert (item.read, item.risk, item.flags) == ("unread", "high", ())
        assert "07700" not in item.masked
        group.group(run)
        (alert,) = run.store.alerts.raised()
        assert [post.mention for post in alert.posts] == [4]
        assert run.store.assessments.count_unassessed() == 0
        assert run.store.assessments.count_not_read() == 1


def test_it_waits_in_now_with_a_reason_in_plain_words(made: Path) -> None:
    assessed(made, Stumbling(), times=2)
    with at_home(made) as (run, _):
        group.group(run)
        row = run.store.database.row("SELECT lane, reason FROM case_mentions WHERE mention = 4")
    assert row is not None
    assert tuple(row) == ("now", lanes.NOT_READ) == ("now", "The program could not read this post")


# ── the program ends while it reads ──────────────────────────────────────────────────────────────


class Deadly(FakeModel):
    """A model whose library takes the whole program with it at some flowers, as want of memory does."""

    def scores(self, texts: Sequence[Text], progress: Any = None) -> list[Scores]:
        if any("marigold" in text.text for text in texts):
            os._exit(137)
        return super().scores(texts, progress)


class Gone(FakeModel):
    """One that takes it at anything."""

    def scores(self, texts: Sequence[Text], progress: Any = None) -> list[Scores]:
        os._exit(137)


def _read(write: Callable[[str], None], path: Path, model: FakeModel) -> None:
    with at_home(path) as (run, _):
        assess.assess(run.new_run(clock.now()), reader(model))


def ended(path: Path, model: FakeModel) -> int | None:
    """With what a start of the program ended."""
    with forked(_read, path, model) as process:
        process.rest()
        return process.code


def read_of(path: Path) -> dict[int, str]:
    """How far each post was read, by its number."""
    with at_home(path) as (run, _):
        items = run.store.figures.items(range(1, 7))
    return {number: item.read for number, item in sorted(items.items())}


def test_a_post_that_ends_the_program_twice_is_not_read_and_high_and_the_others_are_read(
    made: Path,
) -> None:
    assert ended(made, Deadly()) == 137  # all were read together: any of them may have done it
    assert read_of(made) == {}
    assert ended(made, Deadly()) == 137  # one by one
    assert ended(made, Deadly()) == 137  # once may be somebody who stops the program
    failures = assessed(made, Deadly())
    assert failures == [
        "! mention 4 could not be assessed: the program ended while it was read",
        "! mention 4 was not read: it stands on the page as not read, with a high risk",
    ]
    assert read_of(made) == {number: "unread" if number == 4 else "full" for number in range(1, 7)}
    with at_home(made) as (run, _):
        assert item_of(run, 4).risk == "high"
        assert run.store.assessments.count_unassessed() == 0
        assert run.store.assessments.count_not_read() == 1


def test_posts_that_were_being_read_when_the_power_went_are_read_at_the_next_start(
    made: Path,
) -> None:
    assert ended(made, Gone()) == 137
    assert assessed(made, FakeModel()) == []
    assert read_of(made) == dict.fromkeys(range(1, 7), "full")
    with at_home(made) as (run, _):
        assert run.store.database.value("SELECT count(*) FROM failed_readings") == 0


def test_a_program_that_ends_at_whatever_it_reads_marks_no_post(made: Path) -> None:
    for _ in range(4):
        assert ended(made, Gone()) == 137
    with at_home(made) as (run, _):
        assert run.store.assessments.count_unassessed() == 6
    assert assessed(made, FakeModel()) == []


def test_it_is_not_tried_a_third_time_whatever_its_reach(made: Path) -> None:
    model = Stumbling()
    assessed(made, model, times=4)
    assert len([text for text in model.read if "marigold" in text]) == 2
    with at_home(made) as (run, _):
        later = AT + timedelta(minutes=1)
        grown = mention(3, TRIPS, fetched_at=later, metrics={"shares": 3})
        run.store.mentions.add_run("x", [grown], since=AT, at=later)
        assess.assess(run.new_run(later), reader(model))
        assert item_of(run, 4).risk == "high"


def test_when_another_model_reads_it_the_mark_goes(made: Path) -> None:
    assessed(made, Stumbling(), times=2)
    newer = Classifier(Known(), FakeModel(version="fake-2"))
    with at_home(made) as (run, told):
        assert assess.assess(run.new_run(clock.now()), newer) == 6
        assert not told.failures
        assert item_of(run, 4).read == "full"
        assert [flag.name for flag in item_of(run, 4).flags] == ["pid"]
        assert run.store.assessments.count_not_read() == 0


def test_what_was_read_at_the_second_try_is_as_any_other(made: Path) -> None:
    assessed(made, Stumbling())
    assert assessed(made, FakeModel()) == []
    with at_home(made) as (run, _):
        assert item_of(run, 4).read == "full"
        assert run.store.assessments.count_not_read() == 0


def test_an_edit_is_tried_anew(made: Path) -> None:
    assessed(made, Stumbling(), times=2)
    with at_home(made) as (run, _):
        edited = mention(3, "daisy", edited_at=AT + timedelta(minutes=1), fetched_at=AT)
        run.store.mentions.add_run("x", [edited], since=AT, at=AT)
        assess.assess(run.new_run(clock.now()), reader(Stumbling()))
        assert item_of(run, 4).read == "full"
        assert run.store.assessments.count_not_read() == 0


def test_a_program_that_can_read_nothing_marks_no_post_and_says_so(made: Path) -> None:
    for _ in range(3):
        failures = assessed(made, Broken())
        assert failures[-1].startswith("! assessing: the program can read nothing, not even")
    with at_home(made) as (run, _):
        assert run.store.assessments.count_unassessed() == 6
        assert run.store.outbox.due(clock.now()) == []
    assert assessed(made, FakeModel()) == []


def test_what_goes_takes_the_count_of_its_tries_with_it(made: Path) -> None:
    assessed(made, Stumbling(), times=2)
    with at_home(made) as (run, _):
        longest = {"default": timedelta(0)}
        run.store.retention.purge(
            clock.now() + timedelta(days=1), longest, deleted_after=timedelta(0)
        )
        assert run.store.database.value("SELECT count(*) FROM failed_readings") == 0


# ── history ──────────────────────────────────────────────────────────────────────────────────────


def test_a_cycle_that_has_no_time_for_history_reads_what_is_new_and_the_next_goes_on(
    made: Path,
) -> None:
    assessed(made, FakeModel())
    newer = Classifier(Known(), FakeModel(version="fake-2"))
    with at_home(made) as (run, _):
        many = assess.BATCH + 1
        found = [mention(n, f"tulip {n}") for n in range(10, 10 + many)]
        run.store.mentions.add_run("x", found, since=AT, at=AT)
        assert assess.assess(run, newer, history=timedelta()) == many
        assert assess.assess(run, newer, history=assess.HISTORY) == 6
        assert assess.assess(run, newer) == 0


def test_each_part_is_told_of_before_the_next_is_read(made: Path) -> None:
    model, told_after = FakeModel(), list[int]()
    with at_home(made) as (run, _):
        found = [mention(n, f"tulip {n}") for n in range(10, 10 + assess.BATCH)]
        run.store.mentions.add_run("x", found, since=AT, at=AT)
        assess.assess(run, reader(model), after_part=lambda: told_after.append(len(model.read)))
    assert told_after == [assess.BATCH, assess.BATCH + 6]
