"""Whatever apprise speaks, against a server on loopback."""

from __future__ import annotations

import json

import pytest

from core.errors import DeliveryError
from demo.servers.http import Faults
from demo.servers.microsoft import MicrosoftStandIn
from steps.channels.apprise import Apprise
from tests.steps.channels.test_teams import faults, microsoft, send

__all__ = ["faults", "microsoft"]  # fixtures


def apprise(address: str) -> Apprise:
    return Apprise(label="Duty team", find_secret=lambda: address)


def test_apprise_gets_the_same_words(microsoft: MicrosoftStandIn) -> None:
    pytest.importorskip("apprise")
    microsoft.answer = lambda request: microsoft.refusal(200, 0)  # type: ignore[method-assign]
    assert send(apprise(f"{microsoft.url.replace('http', 'json')}/topic")) == {}
    said = json.loads(microsoft.requests[0].body)
    assert said["title"] == "Someone may be in danger, case 143"
    assert said["message"].splitlines() == [
        "The email about it has not left.", "https://mentions.example.org/cases/143",
    ]  # fmt: skip


def test_apprise_that_fails_is_tried_again_and_its_address_is_not_logged(
    microsoft: MicrosoftStandIn, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("apprise")
    faults.add("microsoft", "500", times=None)
    (error,) = send(apprise(f"{microsoft.url.replace('http', 'json')}/secret-topic")).values()
    assert not error.permanent
    assert "secret-topic" not in str(error) + caplog.text


def test_an_address_that_apprise_does_not_know_is_named() -> None:
    pytest.importorskip("apprise")
    with pytest.raises(DeliveryError, match="does not know this address"):
        send(apprise("nosuchservice-0123://secret"))
