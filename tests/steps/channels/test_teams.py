"""A channel in Teams, against a workflow on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from core.errors import DeliveryError
from demo.servers.http import Faults, Kind
from demo.servers.microsoft import MicrosoftStandIn
from reports.notes import Note
from steps.channels.base import Channel, Letter
from steps.channels.teams import Teams
from tests.reports.factories import AT

NOTE = Note(words="Someone may be in danger", case=143, address="https://mentions.example.org", mail_failed=True)  # fmt: skip


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def microsoft(faults: Faults) -> Iterator[MicrosoftStandIn]:
    with MicrosoftStandIn(AT, faults) as standin:
        yield standin


def send(channel: Channel) -> Mapping[str, DeliveryError]:
    with channel.session() as session:
        return session.send(Letter(note=NOTE), [channel.label])


def teams(address: str) -> Teams:
    return Teams(label="Duty team", find_secret=lambda: address)


def test_teams_gets_a_card_with_fixed_words_and_a_link(microsoft: MicrosoftStandIn) -> None:
    assert send(teams(microsoft.workflow)) == {}
    (card,) = microsoft.cards
    assert [block["text"] for block in card["body"]] == [
        "Someone may be in danger, case 143", "The email about it has not left.",
    ]  # fmt: skip
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "Open case 143", "url": "https://mentions.example.org/cases/143"}
    ]  # fmt: skip
    assert card["version"] == "1.4"


@pytest.mark.parametrize(
    ("kind", "lasting"),
    [("429", False), ("500", False), ("drop", False), ("404", True), ("410", True)],
)
def test_what_the_workflow_answers_says_whether_to_try_again(
    microsoft: MicrosoftStandIn, faults: Faults, kind: Kind, lasting: bool
) -> None:
    faults.add("microsoft", kind, path="/workflow")
    (error,) = send(teams(microsoft.workflow)).values()
    assert error.permanent is lasting
    assert "0123456789abcdef" not in str(error)


def test_a_wrong_address_is_refused(microsoft: MicrosoftStandIn) -> None:
    (error,) = send(teams(f"{microsoft.url}/workflow/other")).values()
    assert error.permanent


def test_an_address_in_clear_gets_nothing() -> None:
    with pytest.raises(DeliveryError, match="must begin with https"):
        send(teams("http://teams.example.org/workflow"))
