from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from collectors.platforms import INTEGRATIONS, integration
from core import clock
from core.errors import ConfigError, PlatformRefused
from demo.platforms.facebook import FacebookStandIn
from demo.world import World
from steps import moderate
from steps.context import RunContext
from tests.conftest import Command
from tests.cycles import at_home, changed, collected, settled


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("facebook", "reddit"))
    collected(path)
    return path


def comment(house: RunContext) -> int:
    """The number of somebody's comment on our own Page."""
    return int(
        house.store.database.value(
            "SELECT min(number) FROM mentions WHERE platform = 'facebook' AND kind = 'comment' AND NOT own"
        )
    )


def written(world: World) -> list[str]:
    """What was asked of Facebook that changes something."""
    return [one.method for one in world.standins["facebook"].requests if one.method != "GET"]


def test_without_confirm_it_says_what_it_would_do_and_does_nothing(
    made: Path, calm: World, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        number = comment(house)
        words = house.store.mentions.get(number)
    result = mentions("moderate", "--config", made, str(number), "hide")
    assert result.exit_code == 0, result.output
    assert f"hide: mention {number}, a comment on facebook." in result.stdout
    assert "It can be undone" in result.stdout
    assert "Nothing was done" in result.stdout
    assert words is not None
    assert words.mention.text not in result.output
    assert written(calm) == []


def test_it_says_that_the_words_are_others_than_those_first_seen(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        stored = house.store.mentions.get(comment(house))
        assert stored is not None
        other = dataclasses.replace(stored.mention, text="Other words", fetched_at=clock.now())
        house.store.mentions.add_page("facebook", [other], at=clock.now())
    result = mentions("moderate", "--config", made, str(stored.number), "hide")
    assert "Its words were edited since we first saw it." in result.stdout
    assert "Other words" not in result.output


def test_what_is_confirmed_is_done_there_and_known_here(
    made: Path, calm: World, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        number = comment(house)
    result = mentions("moderate", "--config", made, str(number), "hide", "--confirm", "--by", "Ana")
    assert result.exit_code == 0, result.output
    assert written(calm) == ["POST"]
    with at_home(made) as (house, _):
        found = house.store.mentions.get(number)
        assert found is not None
        assert found.mention.hidden
        event = house.store.audit.events()[-1]
        assert (event.kind, event.about["action"]) == ("moderated", "hide")
        assert "Ana" not in str(event.about)
    mentions("moderate", "--config", made, str(number), "unhide", "--confirm", "--by", "Ana")
    with at_home(made) as (house, _):
        found = house.store.mentions.get(number)
        assert found is not None
        assert not found.mention.hidden


def test_what_cannot_be_undone_comes_after_what_can(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        number = str(comment(house))
    first = mentions("moderate", "--config", made, number, "delete", "--confirm", "--by", "Ana")
    assert first.exit_code == 1
    assert "can't be undone: hide it first, or say --final" in first.stderr
    mentions("moderate", "--config", made, number, "hide", "--confirm", "--by", "Ana")
    then = mentions("moderate", "--config", made, number, "delete", "--confirm", "--by", "Ana")
    assert then.exit_code == 0, then.output
    with at_home(made) as (house, _):
        found = house.store.mentions.get(int(number))
        assert found is not None
        assert found.mention.deleted


def test_a_gentler_step_that_was_taken_back_is_none(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        number = str(comment(house))
    for action in ("hide", "unhide"):
        mentions("moderate", "--config", made, number, action, "--confirm", "--by", "Ana")
    then = mentions("moderate", "--config", made, number, "delete", "--confirm", "--by", "Ana")
    assert then.exit_code == 1
    assert "hide it first" in then.stderr


def test_what_was_done_is_kept_though_the_mention_was_erased_meanwhile(made: Path) -> None:
    with at_home(made) as (house, _):
        planned = moderate.plan(house.new_run(clock.now()), comment(house), "hide")
        house.store.retention.erase([planned.stored.number], by="governance", at=clock.now())
        moderate.act(house.new_run(clock.now()), planned, by="Ana")
        assert house.store.moderations.last_was(planned.stored.number, ["hide"])
        assert house.store.mentions.get(planned.stored.number) is None


def test_what_is_final_can_be_asked_for_at_once(made: Path, calm: World, mentions: Command) -> None:
    with at_home(made) as (house, _):
        number = str(comment(house))
    result = mentions(
        "moderate", "--config", made, number, "delete", "--confirm", "--final", "--by", "Ana"
    )
    assert result.exit_code == 0, result.output
    assert written(calm) == ["DELETE"]


def test_nobody_decides_without_a_name(made: Path, mentions: Command) -> None:
    assert mentions("moderate", "--config", made, "1", "hide", "--confirm").exit_code == 2


def test_what_the_platform_refuses_is_not_taken_for_done(made: Path, calm: World) -> None:
    facebook = calm.standins["facebook"]
    assert isinstance(facebook, FacebookStandIn)
    with at_home(made) as (house, _):
        planned = moderate.plan(house.new_run(clock.now()), comment(house), "hide")
        facebook.fail(200, times=9)
        with pytest.raises(PlatformRefused):
            moderate.act(house.new_run(clock.now()), planned, by="Ana")
        found = house.store.mentions.get(planned.stored.number)
        assert found is not None
        assert not found.mention.hidden
        assert not house.store.moderations.last_was(planned.stored.number, ["hide"])
        assert (
            house.store.audit.events()[-1].kind == "moderating"
        )  # it may have been done all the same


def test_our_own_posts_are_not_moderated_here(made: Path) -> None:
    with at_home(made) as (house, _):
        own = house.store.database.value(
            "SELECT min(number) FROM mentions WHERE platform = 'facebook' AND own"
        )
        assert moderate.plan(house.new_run(clock.now()), own, "hide").why_not


@pytest.mark.parametrize(("number", "action"), [(999_999, "hide"), (0, "hide")])
def test_what_is_not_there_is_named(made: Path, number: int, action: str) -> None:
    with at_home(made) as (house, _), pytest.raises(ConfigError, match="there is no mention"):
        moderate.plan(house.new_run(clock.now()), number, action)


def test_a_place_where_nothing_can_be_done_says_so(made: Path) -> None:
    with at_home(made) as (house, _):
        number = house.store.database.value(
            "SELECT min(number) FROM mentions WHERE platform = 'reddit'"
        )
        with pytest.raises(ConfigError, match="report it on the platform"):
            moderate.plan(house.new_run(clock.now()), number, "hide")


def test_an_unknown_action_and_a_source_that_is_off_are_named(made: Path) -> None:
    with at_home(made) as (house, _):
        number = comment(house)
        with pytest.raises(ConfigError, match="facebook offers: hide"):
            moderate.plan(house.new_run(clock.now()), number, "shout")
    changed(made, collectors={"facebook": {"on": False}})
    with at_home(made) as (house, _), pytest.raises(ConfigError, match="facebook is off"):
        moderate.plan(house.new_run(clock.now()), number, "hide")


@pytest.mark.parametrize("name", [source.name for source in INTEGRATIONS if source.moderation])
def test_every_action_says_what_people_see_and_whether_it_can_be_undone(name: str) -> None:
    actions = integration(name).moderation.load().actions
    for action in actions.values():
        assert action.does.endswith(".")
        assert not action.undo or action.undo in actions
        if not action.undo:
            assert re.search("can't be undone|final|for good", action.does), action.name
