"""What a probe of every platform promises, over INTEGRATIONS and their stand-ins: a new one is held to it unasked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors import factory
from collectors.platforms import INTEGRATIONS, integration
from collectors.probing import Probe, came
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from demo.platforms.inbox import PASSWORD
from demo.servers.http import StandIn
from demo.world import STANDINS
from tests.collectors.cases import AT, REGISTER, TERMS, client

WRONG = "wrong-and-of-nobody"
KINDS = {kind.name: kind for kind in STANDINS}
# the keys by which each is let in; where there are none, anybody is
LETS_IN = {
    "x": "bearer_token", "reddit": "client_secret", "facebook": "access_token", "instagram": "access_token",
    "linkedin": "access_token", "youtube": "api_key", "bluesky": "app_password", "care_opinion": "api_key",
    "nhs_reviews": "subscription_key", "pinterest": "access_token", "inbox": "password",
    "threads": "access_token", "google": "access_token", "tiktok": "access_token",
}  # fmt: skip


@pytest.fixture
def standin(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with KINDS[request.param](AT) as opened:
        yield opened


def probes(standin: StandIn, *, read: float = 5.0, **more: Any) -> list[Probe]:
    by_hand = {"password": PASSWORD} if standin.name == "inbox" else {}
    table = {**standin.table(lambda _name, value: value), **by_hand, **more}
    ours = {
        str(table[key]).lower().rpartition(":")[2]
        for key in ("page_id", "user_id", "organization", "business_id") if table.get(key)
    } | {channel.lower() for channel in table.get("channels", ())}  # fmt: skip
    register = {**REGISTER, standin.name: REGISTER.get(standin.name, frozenset()) | ours}
    built = factory.build(
        standin.name, table, http=client(attempts=1, timeout=(read, read)), at=AT, state={}, terms=TERMS,
        register=register,
    )  # fmt: skip
    return list(integration(standin.name).probes.load()(built))


every = pytest.mark.parametrize("standin", KINDS, indirect=True)


def test_every_integration_has_a_probe() -> None:
    assert not [source.name for source in INTEGRATIONS if not source.probes]


@every
def test_a_platform_that_lets_us_in_says_so_and_no_word_of_a_post(standin: StandIn) -> None:
    listed = probes(standin)
    assert listed
    for probe in listed:
        says = probe.ask()
        assert says
        assert len(says) < 160
        assert "\n" not in says
    assert len(standin.requests) <= 3 * len(listed) + 4, "a probe asks for as little as it can"


@pytest.mark.parametrize("standin", LETS_IN, indirect=True)
def test_a_wrong_secret_is_said_with_what_to_do_and_is_never_repeated(standin: StandIn) -> None:
    wrong: dict[str, Any] = {LETS_IN[standin.name]: WRONG}
    first = probes(standin, **wrong)[0]
    with pytest.raises(PlatformRefused) as raised:
        first.ask()
    assert WRONG not in f"{raised.value} {raised.value.__cause__}"
    assert "`" in str(raised.value) or "make a new" in str(raised.value) or "check" in str(raised.value)  # fmt: skip


@every
@pytest.mark.parametrize(("fault", "kind"), [("503", PlatformUnavailable), ("drop", PlatformUnavailable)])  # fmt: skip
def test_a_platform_that_is_down_may_work_later(
    standin: StandIn, fault: Any, kind: type[CollectorError]
) -> None:
    standin.faults.add(standin.name, fault, times=None)
    with pytest.raises(kind):
        probes(standin)[0].ask()


@every
def test_a_platform_that_wants_fewer_calls_is_asked_once(standin: StandIn) -> None:
    standin.faults.add(standin.name, "429", times=None, seconds=600)
    with pytest.raises(CollectorError):
        probes(standin)[0].ask()
    assert len(standin.requests) <= 3


@every
def test_a_platform_that_hangs_is_waited_for_no_longer_than_a_probe_may_take(
    standin: StandIn,
) -> None:
    standin.faults.add(standin.name, "hang", times=None, seconds=30)
    begun = time.monotonic()
    with pytest.raises(PlatformUnavailable):
        probes(standin, read=0.3)[0].ask()
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("standin", ["feeds"], indirect=True)
def test_each_feed_is_asked_by_itself_and_named_by_what_config_calls_it(standin: StandIn) -> None:
    table = standin.table(lambda _name, value: value)
    feeds = [{**table["feed"][0], "name": "Ealing news"}, {"url": f"{standin.url}/nothing"}]
    listed = probes(standin, feed=feeds, wordpress=[])
    assert listed[0].what == "Ealing news"
    assert "came" in listed[0].ask()
    with pytest.raises(PlatformRefused, match="404"):
        listed[1].ask()


def test_a_folder_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    def folder(path: Path) -> str:
        built = factory.build(
            "files", {"folder": str(path)}, http=client(), at=AT, state={}, terms=TERMS, register={}
        )
        (probe,) = integration("files").probes.load()(built)
        return probe.ask()

    (tmp_path / "export.csv").write_text("text\nhello\n", "utf-8")
    assert folder(tmp_path) == "its folder can be read: 1 file there"
    with pytest.raises(PlatformRefused, match="make it, or name another"):
        folder(tmp_path / "gone")


def test_how_much_came_is_said_in_plain_words() -> None:
    assert came(1, "story", "stories") == "1 story came"
    assert came(2, "story", "stories") == "2 stories came"
    assert came(0, "post") == "it answered; there is no post just now"
