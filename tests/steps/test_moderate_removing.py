"""What the page is told of a platform, and that what it asks for is done as it was shown or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import clock
from demo.platforms.facebook import FacebookStandIn
from demo.world import World
from steps import moderate
from steps.context import RunContext
from steps.models import CHANGED, ModerationRequest
from store import Moderation
from tests.cycles import at_home, changed, collected, settled
from tests.steps.test_moderate import comment


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("facebook", "reddit"), http={"attempts": 1})
    collected(path)
    return path


@pytest.fixture
def house(made: Path) -> Iterator[RunContext]:
    with at_home(made) as (found, _):
        yield found


def asked(house: RunContext, number: int, action: str) -> ModerationRequest:
    """Something that somebody confirmed, written down."""
    step = moderate.offers(house.new_run(clock.now()), number).step(action)
    assert step is not None
    user = house.store.users.by_handle("local", "amina") or house.store.users.add(
        "local", "amina", "Amina Yusuf", ("reviewer",), at=clock.now()
    )
    begun = house.store.moderations.begin(
        Moderation(mention=number, revision=1, source="facebook", action=action, by=user.number, at=clock.now()),
        after=max((one.number for one in house.store.moderations.of_mention(number, clock.now())), default=0),
    )  # fmt: skip
    assert begun is not None
    return ModerationRequest(
        moderation=begun, mention=number, action=action, mark=step.mark, by="amina", at=clock.now()
    )


def ended(house: RunContext, told: ModerationRequest) -> tuple[str, str]:
    """What came of it."""
    moderate.carry_out(house.new_run(told.at), told)
    found = house.store.moderations.get(told.moderation, clock.now())
    assert found is not None
    return found.outcome, found.why


def test_what_can_be_undone_is_offered_first_and_asks_nothing_of_the_platform(
    house: RunContext, calm: World
) -> None:
    before = len(calm.standins["facebook"].requests)
    offers = moderate.offers(house.new_run(clock.now()), comment(house))
    assert [(one.name, one.final, one.first) for one in offers.steps] == [
        ("hide", False, ""),
        ("delete", True, "hide"),
    ]
    assert len(calm.standins["facebook"].requests) == before


def test_a_source_that_is_off_is_never_asked_and_says_how_to_turn_it_on(
    made: Path, calm: World
) -> None:
    with at_home(made) as (house, _):
        number = comment(house)
        told = asked(house, number, "hide")
    changed(made, collectors={"facebook": {"on": False}})
    before = len(calm.standins["facebook"].requests)
    with at_home(made) as (house, _):
        off = moderate.offers(house.new_run(clock.now()), number).off
        assert "turned off in the file" in off
        assert "on = true under [collectors.facebook]" in off
        assert ended(house, told)[0] == "not_done"
    assert len(calm.standins["facebook"].requests) == before


def test_what_is_nowhere_of_ours_says_so(house: RunContext) -> None:
    number = house.store.database.value(
        "SELECT min(number) FROM mentions WHERE platform = 'reddit'"
    )
    assert "one of our pages" in moderate.offers(house.new_run(clock.now()), number).off


def test_what_is_another_than_was_shown_is_not_done(house: RunContext, calm: World) -> None:
    told = asked(house, comment(house), "hide")
    before = len(calm.standins["facebook"].requests)
    assert ended(house, replace(told, mark="another")) == ("not_done", CHANGED)
    assert len(calm.standins["facebook"].requests) == before


def test_nothing_final_is_done_before_what_is_gentler(house: RunContext) -> None:
    assert ended(house, asked(house, comment(house), "delete")) == ("not_done", "hide it first")


def test_a_platform_that_lets_nobody_look_was_not_asked_to_do_it(
    house: RunContext, calm: World
) -> None:
    number = comment(house)
    told = asked(house, number, "hide")
    calm.faults.add("facebook", "403", times=None)
    outcome, why = ended(house, told)
    calm.faults.clear("facebook")
    assert (outcome, bool(why)) == ("not_done", True)
    assert not [one for one in calm.standins["facebook"].requests if one.method != "GET"]


def test_what_was_edited_after_it_was_hidden_is_not_deleted(house: RunContext, calm: World) -> None:
    number = comment(house)
    assert ended(house, asked(house, number, "hide")) == ("done", "")
    told = asked(house, number, "delete")
    stored, facebook = house.store.mentions.get(number), calm.standins["facebook"]
    assert stored is not None
    assert isinstance(facebook, FacebookStandIn)
    facebook.wall.nodes[stored.mention.issued_id].values["message"] = "Thank you, all is well now."
    assert ended(house, told) == ("not_done", CHANGED)
    assert "DELETE" not in [one.method for one in facebook.requests]


def test_what_could_not_be_read_again_is_left_alone(house: RunContext, calm: World) -> None:
    number = comment(house)
    told = asked(house, number, "hide")
    stored, facebook = house.store.mentions.get(number), calm.standins["facebook"]
    assert stored is not None
    assert isinstance(facebook, FacebookStandIn)
    facebook.wall.nodes[stored.mention.issued_id].values["message"] = ["no words"]
    assert ended(house, told) == ("not_done", moderate.UNREAD)


def test_a_bug_in_the_middle_is_told_as_not_known(house: RunContext) -> None:
    told = asked(house, comment(house), "hide")
    house.store.moderations.note = lambda *_, **__: 1 / 0  # type: ignore[method-assign, assignment]
    outcome, why = ended(house, told)
    assert outcome == "unknown"
    assert "ZeroDivisionError" in why


def test_what_was_done_though_the_post_was_erased_meanwhile_is_kept_as_an_event(
    house: RunContext,
) -> None:
    told = asked(house, comment(house), "hide")
    house.store.retention.erase([told.mention], by="governance", at=clock.now())
    moderate.carry_out(house.new_run(told.at), told)
    last = house.store.audit.events()[-1]
    assert (last.kind, last.about["outcome"]) == ("moderation ended", "not_done")
