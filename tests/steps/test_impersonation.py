from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.models import LOOKS_LIKE, SHOWS_LOGO, Mention
from demo.pictures import LOGO, picture
from demo.world import World
from steps import assess, impersonation
from tests.conftest import Command
from tests.cycles import at_home, changed, settled
from tests.fakes import Told, reader


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("bluesky", "youtube", "files"))
    (tmp_path / "logo.png").write_bytes(picture(LOGO))
    logos = {"image": [{"name": "ICB logo", "file": "logo.png"}], "more_hosts": ["127.0.0.1"]}
    changed(path, logos=logos, accounts={"on": True}, http={"internal_hosts": ["127.0.0.1"]})
    return path


def looked(path: Path, *, soon: bool = True) -> tuple[Told, list[Mention]]:
    with at_home(path) as (house, told):
        impersonation.detect_impersonation(house.new_run(clock.now()), soon=soon)
        numbers = house.store.database.rows("SELECT number FROM mentions WHERE kind = 'profile'")
        found = [house.store.mentions.get(row["number"]) for row in numbers]
        return told, [one.mention for one in found if one is not None]


def test_accounts_in_our_name_are_handed_on_once(made: Path) -> None:
    told, profiles = looked(made)
    assert profiles
    assert not told.failures
    for profile in profiles:
        assert any(mark.startswith(LOOKS_LIKE) for mark in profile.matched)
        assert profile.text
    again, same = looked(made)
    assert [one.key for one in same] == [one.key for one in profiles]
    assert any("accounts: 0 new" in line for line in again)


def test_our_own_account_is_none_of_them(made: Path, calm: World) -> None:
    _, profiles = looked(made)
    with at_home(made) as (house, _):
        own = {account.handle.lower() for account in house.config.organisation.accounts}
    assert not {profile.author.handle.lower() for profile in profiles} & own


def test_a_profile_that_shows_our_logo_is_marked(made: Path) -> None:
    _, profiles = looked(made)
    assert any(f"{SHOWS_LOGO}ICB logo" in profile.matched for profile in profiles)


def test_a_candidate_is_flagged_for_a_person_whatever_the_model_thinks(made: Path) -> None:
    looked(made)
    with at_home(made) as (house, _):
        assess.assess(house.new_run(clock.now()), reader())
        number = house.store.database.value(
            "SELECT min(number) FROM mentions WHERE kind = 'profile'"
        )
        item = house.store.figures.item(number)
        assert item is not None
        assert "impersonation" in {flag.name for flag in item.flags}
        assert item.risk == "medium"
        assert item.in_scope


def test_it_is_searched_once_a_day_and_by_command_at_once(made: Path, mentions: Command) -> None:
    assert looked(made, soon=False)[0]
    assert not looked(made, soon=False)[0]
    result = mentions("accounts", "--config", made)
    assert result.exit_code == 0, result.output
    assert "accounts: 0 new" in result.stderr
    with at_home(made) as (house, told):
        impersonation.detect_impersonation(house.new_run(clock.now() + timedelta(hours=25)))
        assert told


def test_it_can_be_turned_off(made: Path) -> None:
    changed(made, accounts={"on": False})
    told, profiles = looked(made)
    assert not told
    assert not profiles


def test_a_platform_that_fails_is_named_and_the_others_are_searched(
    made: Path, calm: World
) -> None:
    calm.faults.add("bluesky", "500", times=None)
    told, profiles = looked(made)
    assert [line for line in told.failures if line.startswith("! accounts: bluesky: ")]
    assert {profile.platform for profile in profiles} == {"youtube"}
    calm.faults.clear()
    assert {profile.platform for profile in looked(made, soon=False)[1]} == {"bluesky", "youtube"}


def test_a_platform_that_fails_is_searched_again_without_the_others(
    made: Path, calm: World
) -> None:
    calm.faults.add("bluesky", "500", times=None)
    looked(made, soon=False)
    searched = len(calm.standins["youtube"].requests)
    told, _ = looked(made, soon=False)
    assert [line for line in told.failures if line.startswith("! accounts: bluesky: ")]
    assert (
        len(calm.standins["youtube"].requests) == searched
    )  # each search there costs of a day's few


def test_a_candidate_that_is_found_no_more_goes_and_an_outage_is_no_proof_of_that(
    made: Path, calm: World
) -> None:
    def on_day(day: int) -> set[str]:
        with at_home(made) as (house, _):
            impersonation.detect_impersonation(house.new_run(at + timedelta(days=day)))
            rows = house.store.database.rows(
                "SELECT platform FROM mentions WHERE kind = 'profile' AND deleted_at IS NULL"
            )
        return {row["platform"] for row in rows}

    at = clock.now()
    assert on_day(0) == {"bluesky", "youtube"}
    calm.faults.add("bluesky", "500", times=None)
    there = tomllib.loads(made.read_text("utf-8"))["organisation"]["accounts"]
    numbers = [one for one in there if one["handle"].startswith("UC")]  # which nobody imitates
    changed(made, organisation={"names": [{"name": "Nothing Alike Trust"}], "accounts": numbers})
    assert on_day(8) == {"bluesky", "youtube"}  # the first search that does not show it
    assert on_day(9) == {"bluesky"}
    calm.faults.clear()
    assert on_day(10) == {"bluesky"}
    assert on_day(11) == set()


def test_of_a_handle_with_a_host_its_own_part_is_searched(calm: World, tmp_path: Path) -> None:
    path = settled(tmp_path, calm, only=("youtube", "x"), accounts={"on": True})
    _, profiles = looked(path)
    asked = [request.query.get("q", "") for request in calm.standins["youtube"].requests]
    assert '"healthiernwl"' in asked
    assert not [words for words in asked if "example.org" in words]
    assert "exampleorg" not in "".join(request.target for request in calm.x.requests)
    assert {profile.author.handle for profile in profiles} >= {"HealthierNWLUK"}
