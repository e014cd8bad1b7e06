"""What was said in decisions and what was found blind come together, the later word on each flag."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from classify.policy import schema
from core.models import Decision
from steps.context import RunContext
from store import SampleAnswer
from tests.cycles import at_home
from tests.decisions import AT, CALM, found, post, reader, settled
from tests.store.samples.test_draws import drawn
from tuning import feedback
from tuning.feedback import judged

FLAGS = tuple(schema.load().flags)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunContext]:
    with at_home(settled(tmp_path)) as (opened, _):
        yield opened


def answer(
    house: RunContext, *flags: str, hours: int = 3, version: int = 0, skip: bool = False
) -> None:
    """Somebody judges the first of a sample, blind."""
    user = house.store.users.by_handle("local", "amina") or house.store.users.add(
        "local", "amina", "Amina Yusuf", ["reviewer"], at=AT
    )
    said = SampleAnswer(
        sample=1, by=user.number, at=AT + timedelta(hours=hours), in_scope=True, flags=flags,
        skipped="context" if skip else None,
    )  # fmt: skip
    assert house.store.sample_answers.add(said, version)


def decide(house: RunContext, hours: int, **labels: bool) -> None:
    made = Decision(
        mention=1, revision=1, kind="wrong_label", by="officer.one",
        at=AT + timedelta(hours=hours), labels=labels,
    )  # fmt: skip
    assert house.store.decisions.add(made, len(house.store.decisions.of_mention(1)))


def sampled(house: RunContext, text: str = CALM) -> None:
    found(house, post(1, text))
    reader(house)
    assert drawn(house.store, 1)


def labels(house: RunContext) -> dict[str, bool]:
    ((judgement, _),) = judged(house, FLAGS)
    return dict(judgement.labels)


def test_who_judges_a_sample_says_something_of_every_flag(house: RunContext) -> None:
    sampled(house)
    answer(house, "allegation")
    said = labels(house)
    assert set(said) == set(FLAGS)
    assert [flag for flag, held in said.items() if held] == ["allegation"]


def test_somebody_who_judges_anew_is_taken_at_their_last_word(house: RunContext) -> None:
    sampled(house)
    answer(house, "allegation")
    answer(house, hours=4, version=1)
    assert not any(labels(house).values())


def test_the_later_word_on_a_flag_counts_whoever_said_it(house: RunContext) -> None:
    sampled(house)
    answer(house, "allegation", "media")
    decide(house, 5, allegation=False)
    said = labels(house)
    assert (said["allegation"], said["media"]) == (False, True)


def test_what_was_passed_over_is_left_out(house: RunContext) -> None:
    sampled(house)
    answer(house, skip=True)
    assert list(judged(house, FLAGS)) == []


def test_what_was_edited_since_is_left_out(house: RunContext) -> None:
    sampled(house)
    answer(house, "allegation")
    assert labels(house)["allegation"]
    found(house, post(1, CALM + " and its times", fetched_at=AT + timedelta(hours=4)))
    assert list(judged(house, FLAGS)) == []


def test_thresholds_hear_of_what_was_missed_from_a_blind_sample(house: RunContext) -> None:
    sampled(house)
    answer(house, "threat")
    said = feedback.reviewed(house, reader(house))
    missed = [one for one in said if one.holds]
    assert [(one.flag, one.unflagged) for one in missed] == [("threat", True)]
    assert {one.flag for one in said if not one.holds} >= {"pid", "security"}  # seen, and not found
