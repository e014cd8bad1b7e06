"""Faults at every platform, in one world: how they are ordered, and what a run without them finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import clock
from core.models import Mention
from demo.servers.http import Kind
from demo.world import World
from steps import collect
from tests.cycles import at_home
from tests.fuzz.profiles import is_many
from tests.platforms import NAMES, held, home, keys

STATUSES: tuple[Kind, ...] = ("400", "401", "403", "404", "410", "429", "500", "503", "expire")
LIES: tuple[Kind, ...] = ("html", "html_login", "not_json", "empty", "truncated", "truncated_gzip",
                          "huge", "drop")  # fmt: skip
OTHER = ("inbox",)  # read by IMAP, whose faults are others and have tests of their own
HTTP = tuple(name for name in NAMES if name not in OTHER)
# Where faults strike: an ended subscription is sent to a login page, which must be there.
PATHS = {"care_opinion": "/api/"}
ENDED_FOR_GOOD = ("x", "pinterest")  # where a token that has ended is followed by a new one only
EACH_MEETS = 3  # faults in the middle of reading, at every platform in a run of the tests


@dataclass(frozen=True, slots=True)
class Whole:
    """What a run meets where nothing goes wrong: how often it asks, and what it finds."""

    asked: int
    keys: set[str]
    mentions: list[Mention]


def in_the_middle(kinds: tuple[Kind, ...]) -> list[tuple[str, Kind]]:
    """Which platform meets which faults once it has begun to answer: every one by `make fuzz`.

    In a run of the tests each platform meets three, in turn, so that each fault strikes several platforms.
    """
    if is_many():
        return [(name, kind) for name in HTTP for kind in kinds]
    return [
        (name, kinds[(at * EACH_MEETS + more) % len(kinds)])
        for at, name in enumerate(HTTP)
        for more in range(EACH_MEETS)
    ]


def whole(world: World, name: str, folder: Path) -> Whole:
    """What a first run of a source finds."""
    before = asked(world, name)
    with at_home(home(folder, world, name)) as (house, _):
        collect.collect(house.new_run(clock.now()))
        assert not house.failures
        mentions = [one.mention for one in held(house)]
        return Whole(asked(world, name) - before, keys(house), mentions)


def asked(world: World, name: str) -> int:
    """How many requests came where faults strike."""
    return sum(
        request.path.startswith(PATHS.get(name, "")) for request in world.standins[name].requests
    )


def order(world: World, name: str, kind: Kind, *, after: int = 0, times: int | None = None) -> None:
    """A fault that asks for no patience."""
    world.faults.add(name, kind, path=PATHS.get(name, ""), after=after, times=times, seconds=0)


def all_well(world: World) -> None:
    """Nothing goes wrong any more."""
    world.faults.clear()


def well_again(world: World, name: str, folder: Path) -> None:
    """Nothing goes wrong any more; whose token has ended for good has got a new one."""
    all_well(world)
    standin: Any = world.standins[name]
    if name in ENDED_FOR_GOOD:
        standin.access_token = standin.consent.token()
        (folder / f"{name}-access-token").write_text(standin.access_token, "utf-8")


def check_quiet(lines: str, folder: Path, found: Whole) -> None:
    """No secret, nobody's words and nobody's name stand in what was told, and no bug."""
    references = re.findall(r'"file:([^"]+)"', (folder / "config.toml").read_text("utf-8"))
    private = {(folder / name).read_text("utf-8").strip() for name in references}
    for one in found.mentions:
        who = one.author
        private |= {one.text[:30], who.handle, who.name, who.id, one.issued_id}
    assert not [words for words in private if len(words) > 5 and words in lines]
    assert "Traceback" not in lines
    assert "a bug in this program" not in lines
