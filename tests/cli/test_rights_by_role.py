"""Every command that is done by somebody asks for the role that the page asks for; one that doesn't says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from cli.main import cli
from core.models import ROLES, Role
from store import Store
from tests.conftest import Command
from tests.cycles import at_home
from tests.decisions import AT, found, post, settled
from tests.store.factories import assess_all, flag

WHY = ("--reason", "A claim about the clinic was filed")
# The words of each with which it would be done, and who may do it.
ASKS: Mapping[str, tuple[tuple[str, ...], tuple[Role, ...]]] = {
    "find": (("find", "ann"), ("governance",)),
    "disclose": (("disclose", "ann", "--output", "OUT"), ("governance",)),
    "erase": (("erase", "ann", "--yes", "--though-urgent"), ("governance",)),
    "rectify": (("rectify", "1", "--what", "note", "--note", "as shown", "--now", "so"), ("governance",)),
    "object": (("object", "--platform", "bluesky", "--account", "@ann"), ("governance",)),
    "hold": (("hold", "1", *WHY, "--approver", "gail", "--until", "2030-01-01"), ("governance",)),
    "moderate": (("moderate", "1", "hide", "--confirm"), ("reviewer",)),
    "export": (("export", "flags", "--output", "OUT", "--for", "board", *WHY), ("lead", "governance")),
}  # fmt: skip
# What asks for no role, with why.
ASKS_NOBODY: Mapping[str, str] = {
    "config reset": "back to config.toml, which whoever has the server writes; it stands in the page's history",
    "connect": "whoever signs in to the platform grants it there; nothing of a post is shown",
    "accept": "a model for all, by whoever installs the program; nothing of a post is shown",
}
OF_A_REQUEST = ("find", "disclose", "erase", "object")


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        elif command is not None:
            yield f"{before}{name}", command


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """An installation with somebody of each role, and a post that may be speaking up."""
    path = settled(tmp_path)
    with at_home(path) as (house, _):
        for role in ROLES:
            house.store.users.add("local", role, f"Only {role}", [role], at=AT)
        house.store.users.add("local", "gail", "Gail Gov", ["governance"], at=AT)
        found(house, post(1, "We told the board and were shut out"))
        assess_all(house.store, "medium", flags=[flag("grievance")], masked="We told the board and were shut out")  # fmt: skip
    return path


def _as_it_stands(store: Store) -> tuple[object, ...]:
    """What a command of these could have changed or written down."""
    return (
        store.mentions.get(1) is not None, len(store.objections.all()), len(store.hold_requests.waiting(AT)),
        store.rights_requests.get(1) is not None, [event.kind for event in store.audit.events()], store.exports.latest(),
    )  # fmt: skip


def test_every_command_that_is_done_by_somebody_asks_for_a_role_or_says_why_not() -> None:
    by = {name for name, command in _commands(cli) if any(each.name == "by" for each in command.params)}  # fmt: skip
    assert by == {*ASKS, *ASKS_NOBODY}


@pytest.mark.parametrize("command", ASKS)
def test_nobody_without_the_role_does_it_and_nothing_is_shown_or_written(
    made: Path, mentions: Command, command: str
) -> None:
    words, roles = ASKS[command]
    given = [str(made.parent / "out.csv") if each == "OUT" else each for each in words]
    asked = ("--requester", "A. Ann, from the account", "--reference", "IG/26/118") if command in OF_A_REQUEST else ()  # fmt: skip
    with at_home(made) as (house, _):
        before = _as_it_stands(house.store)
    for role in set(ROLES) - set(roles):
        done = mentions(*given, "--config", made, "--by", role, *asked)
        assert done.exit_code == 1, (role, done.output)
        assert "is for" in done.output, (role, done.output)
        assert "shut out" not in done.output
        assert not (made.parent / "out.csv").exists()
    with at_home(made) as (house, _):
        assert _as_it_stands(house.store) == before


def test_the_guardian_asks_that_a_post_of_their_lane_be_kept_and_of_no_other(
    made: Path, mentions: Command
) -> None:
    words = ("hold", "1", *WHY, "--approver", "gail", "--until", "2030-01-01", "--config", made)
    assert mentions(*words, "--by", "guardian").exit_code == 1
    with at_home(made) as (house, _):
        found(house, post(2, "We told the board twice and were shut out"))
        assess_all(house.store, "medium", flags=[flag("grievance")], protected="disclosure", staff="nhs")  # fmt: skip
    kept = mentions(*[("2" if each == "1" else each) for each in words], "--by", "guardian")
    assert kept.exit_code == 0, kept.output
