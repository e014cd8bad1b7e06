from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import clock
from core.context import AnsweredPost, context_of
from core.models import Mention, Platform
from demo.world import World
from steps import recheck
from steps.context import RunContext
from tests.conftest import Command
from tests.cycles import at_home, collected, settled
from tests.fakes import Told

LATER = timedelta(hours=21)


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store with what Facebook and X had, as it was before the world went on."""
    path = settled(tmp_path, calm, only=("facebook", "x"))
    collected(path)
    calm.change()
    return path


def gone(house: RunContext) -> set[str]:
    return {
        row["platform"]
        for row in house.store.database.rows(
            "SELECT platform FROM mentions WHERE deleted_at IS NOT NULL"
        )
    }


def looked_at(path: Path, at: datetime | None = None) -> tuple[Told, set[str]]:
    with at_home(path) as (house, told):
        recheck.recheck(house.new_run(at or clock.now() + LATER))
        return told, gone(house)


def test_what_is_gone_edited_or_hidden_upstream_is_so_here(made: Path) -> None:
    told, deleted = looked_at(made)
    assert deleted == {"facebook", "x"}
    assert not [line for line in told.failures if " item " not in line]
    with at_home(made) as (house, _):
        assert house.store.database.value("SELECT count(*) FROM mentions WHERE hidden") >= 1
        assert house.store.database.value("SELECT count(*) FROM mentions WHERE revision > 1") >= 1


def test_what_was_looked_at_is_not_due_again(made: Path) -> None:
    at = clock.now() + LATER
    looked_at(made, at)
    told, _ = looked_at(made, at + timedelta(hours=1))
    assert not [line for line in told if "looked at again" in line]


def test_what_was_seen_lately_is_not_looked_at(made: Path) -> None:
    told, deleted = looked_at(made, clock.now())
    assert list(told) == []
    assert deleted == set()


@pytest.mark.parametrize(
    "fault", ["500", "expire", "html", "html_login", "truncated", "429", "drop"]
)
def test_an_outage_or_an_expired_token_is_never_read_as_a_deletion(
    made: Path, calm: World, fault: str
) -> None:
    calm.faults.add("facebook", fault, times=None, seconds=0)  # type: ignore[arg-type]
    calm.faults.add("x", fault, times=None, seconds=0)  # type: ignore[arg-type]
    told, deleted = looked_at(made)
    assert deleted == set()
    assert len([line for line in told.failures if "nothing was taken for deleted" in line]) == 2
    calm.faults.clear()
    assert looked_at(made)[1] == {"facebook", "x"}


def test_one_source_that_fails_does_not_keep_the_others_from_being_looked_at(
    made: Path, calm: World
) -> None:
    calm.faults.add("facebook", "500", times=None)
    told, deleted = looked_at(made)
    assert deleted == {"x"}
    assert [line for line in told.failures if line.startswith("! facebook recheck: ")]


def test_the_command_looks_at_the_sources_that_it_is_told(made: Path, mentions: Command) -> None:
    result = mentions("recheck", "--config", made, "--source", "x")
    assert result.exit_code == 0, result.output


# ── what mentions answer ─────────────────────────────────────────────────────────────────────────

WORDS = "Quetzalbrook said so before anybody else did"


def answering(
    path: Path, platform: Platform, issued_id: str, found: datetime, *, official: bool = False
) -> Mention:
    """Stores an answer to a post that is no mention of ours."""
    answer = Mention(
        issuer=platform, issued_id=f"{issued_id}1", platform=platform, kind="reply", url="",
        text="So did I", posted_at=found, fetched_at=found, parent_id=issued_id,
        context=context_of(answered=[AnsweredPost(text=WORDS, post_id=issued_id, official=official)]),
    )  # fmt: skip
    with at_home(path) as (house, _):
        house.store.mentions.add_run(platform, [answer], since=found, at=found)
    return answer


def answered(path: Path, answer: Mention) -> AnsweredPost:
    with at_home(path) as (house, _):
        number = house.store.mentions.number_of(answer.issuer, answer.issued_id)
        assert number is not None
        stored = house.store.mentions.get(number)
        assert stored is not None
        return stored.mention.context.answered[0]


def parents_of_x(path: Path, at: datetime) -> Told:
    """What is said of parents alone: the answer itself, which X doesn't know either, was seen just now."""
    with at_home(path) as (house, told):
        house.store.database.execute("UPDATE mentions SET fetched_at = ?", clock.text(at))
        recheck.recheck(house.new_run(at), only=("x",))
        return told


def test_the_words_of_a_parent_go_when_its_platform_says_that_it_is_gone(made: Path) -> None:
    answer = answering(made, "x", "1999999999999999990", clock.now())
    told = parents_of_x(made, clock.now() + LATER)
    assert answered(made, answer).gone
    assert [line for line in told if "posts that mentions answer or quote, " in line]


def test_a_parent_that_was_seen_lately_is_not_asked_for(made: Path) -> None:
    answer = answering(made, "x", "1999999999999999990", clock.now())
    parents_of_x(made, clock.now() + timedelta(hours=1))
    assert answered(made, answer).text == WORDS


def test_a_parent_that_is_there_is_asked_for_once_in_its_time(made: Path, calm: World) -> None:
    with at_home(made) as (house, _):
        (number,) = house.store.database.rows(
            "SELECT number FROM mentions WHERE platform = 'x' AND NOT own ORDER BY number LIMIT 1"
        )
        stored = house.store.mentions.get(number["number"])
        assert stored is not None
        house.store.retention.erase([stored.number], by="amina", at=clock.now())
    answer = answering(made, "x", stored.mention.issued_id, clock.now(), official=True)
    at = clock.now() + LATER
    parents_of_x(made, at)
    assert not answered(made, answer).gone
    with at_home(made) as (house, _):
        posts = house.store.answered_posts
        assert posts.due("x", {"x": at - timedelta(hours=1)})[0] == []
        assert stored.mention.issued_id in {post.issued_id for post in posts.due("x", {"x": at})[0]}


@pytest.mark.parametrize("fault", ["500", "expire", "429", "html"])
def test_an_outage_is_never_read_as_a_parents_deletion(made: Path, calm: World, fault: str) -> None:
    answer = answering(made, "x", "1999999999999999990", clock.now())
    calm.faults.add("x", fault, times=None, seconds=0)  # type: ignore[arg-type]
    told = parents_of_x(made, clock.now() + LATER)
    assert answered(made, answer).text == WORDS
    assert [line for line in told.failures if "answer was taken for deleted" in line]
