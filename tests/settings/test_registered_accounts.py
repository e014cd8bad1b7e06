"""The register of accounts: what is plainly a body's passes, and everything else takes two people."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import clock
from settings import overrides, registered_accounts, schema
from settings.organisation import Account
from settings.sections import find
from steps.classifier import known

SHIPPED = schema.load(Path("config.toml"))


@pytest.mark.parametrize("handle", [
    "healthiernwl.nhs.uk", "@press@social.nhs.uk", "ealing.gov.uk", "EalingCouncil", "brent_council", "NWLICB", "NHS_NWL", "HealthierNWL",
])  # fmt: skip
def test_a_bodys_domain_or_name_tells(handle: str) -> None:
    assert registered_accounts.is_plain(handle, SHIPPED.organisation)


@pytest.mark.parametrize("handle", [
    "contracts_colm", "nightsister.example.org", "shopsteward@fedi.example.net", "midwife_mabs", "quietlyraging", "Brent", "brent",
    "colm_nhs", "nurse_icb", "ealing.gov.uk.example.org", "nhs.uk@example.org", "EalingCouncil@fedi.example.net", "1994000001",
])  # fmt: skip
def test_nothing_else_does(handle: str) -> None:
    assert not registered_accounts.is_plain(handle, SHIPPED.organisation)


def test_the_register_that_ships_and_what_was_agreed_to_ask_nobody() -> None:
    organisation = SHIPPED.organisation
    assert list(registered_accounts.not_plain(organisation)) == []
    colm = Account(platform="x", handle="@Contracts_Colm", owner="body")
    after = organisation.model_copy(update={"accounts": (*organisation.accounts, colm)})
    place = f"organisation.accounts.{len(organisation.accounts)}.handle"
    assert registered_accounts.to_agree(organisation, after, organisation, ()) == {place: "@Contracts_Colm"}  # fmt: skip
    assert registered_accounts.to_agree(organisation, after, organisation, ["contracts_colm"]) == {}
    assert registered_accounts.to_agree(after, after, organisation, ()) == {}
    ours = after.model_copy(update={"accounts": (*organisation.accounts, colm.model_copy(update={"owner": "organisation"}))})  # fmt: skip
    assert set(registered_accounts.to_agree(after, ours, organisation, ())) == {place}


def test_only_what_is_settled_changes_how_a_post_is_read() -> None:
    register = {"x": frozenset(("contracts_colm", "ealingcouncil"))}
    assert registered_accounts.settled(SHIPPED.organisation, register, ()) == {"x": {"ealingcouncil"}}  # fmt: skip
    assert registered_accounts.settled(SHIPPED.organisation, register, ["Contracts_Colm"]) == {
        "x": register["x"]
    }


def test_an_own_account_of_the_files_is_settled_and_one_of_the_page_takes_two_people(
    tmp_path: Path,
) -> None:
    """Also once their agreement is over, and of a page that was filled in before two people were asked."""
    path = tmp_path / "config.toml"
    path.write_text("""[organisation]
accounts = [{platform = "x", handle = "OurWellbeingHub", owner = "organisation"}]
""", "utf-8")  # fmt: skip
    file, section = schema.load(path), find("accounts")
    assert section is not None
    ours = {"platform": "x", "handle": "OurWellbeingHub", "owner": "organisation"}
    page = overrides.with_content(file, section, {"organisation.accounts": [ours, {**ours, "handle": "midwife_mabs"}]})  # fmt: skip
    told = known(page, clock.now())
    assert told.official is not None
    assert {"ourwellbeinghub", "midwife_mabs"} <= told.official["x"]
    assert told.settled is not None
    assert told.settled["x"] == {"ourwellbeinghub"}
