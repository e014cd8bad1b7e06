"""Microsoft Graph's sendMail, against one on loopback that refuses what it does not know."""

from __future__ import annotations

import base64
import email
from email.message import EmailMessage

import pytest

from demo.servers.http import Faults, Kind
from demo.servers.microsoft import MicrosoftStandIn
from tests.steps.channels.test_oauth import TWO, faults, graph, microsoft, send

__all__ = ["faults", "microsoft"]  # fixtures


def test_graph_gets_the_same_email_once_for_each_recipient(microsoft: MicrosoftStandIn) -> None:
    assert send(graph(microsoft), *TWO) == {}
    assert [mail["To"] for mail in microsoft.messages] == list(TWO)
    first = microsoft.messages[0]
    assert first["Message-ID"] == "<outbox-1@mentions.example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert microsoft.served["/token"] == 1


def test_a_recipient_that_graph_does_not_know_is_given_up_alone(
    microsoft: MicrosoftStandIn,
) -> None:
    microsoft.unknown.add(TWO[0])
    refused = send(graph(microsoft), *TWO)
    assert list(refused) == [TWO[0]]
    assert refused[TWO[0]].permanent
    assert "400, ErrorInvalidRecipients" in str(refused[TWO[0]])
    assert TWO[0] not in str(refused[TWO[0]])
    assert [mail["To"] for mail in microsoft.messages] == [TWO[1]]


def test_graph_that_asks_to_wait_is_left_alone_for_as_long(
    microsoft: MicrosoftStandIn, faults: Faults
) -> None:
    faults.add("microsoft", "429", path="/v1.0", seconds=400)
    refused = send(graph(microsoft), *TWO)
    assert [(error.outage, error.wait) for error in refused.values()] == [(True, 400), (True, None)]
    assert microsoft.served["/v1.0/users/mentions@example.org/sendMail"] == 1


@pytest.mark.parametrize(("kind", "lasting"), [("500", False), ("502", False), ("400", True)])
def test_what_graph_answers_says_whether_to_try_again(
    microsoft: MicrosoftStandIn, faults: Faults, kind: Kind, lasting: bool
) -> None:
    faults.add("microsoft", kind, path="/v1.0")
    (error,) = send(graph(microsoft)).values()
    assert (error.permanent, error.outage) == (lasting, False)


def test_an_application_that_may_not_send_as_the_mailbox_is_told_what_to_grant(
    microsoft: MicrosoftStandIn,
) -> None:
    (error,) = send(graph(microsoft, sender="other@example.org")).values()
    assert error.outage
    assert "Mail.Send" in str(error)
    assert "other@example.org" not in str(error)


def test_graph_that_is_not_there_is_an_outage(microsoft: MicrosoftStandIn) -> None:
    (error,) = send(graph(microsoft, graph_url="http://127.0.0.1:9/v1.0")).values()
    assert error.outage
    assert "can’t be reached" in str(error)


def test_what_leaves_can_be_read_by_whoever_gets_it(microsoft: MicrosoftStandIn) -> None:
    send(graph(microsoft))
    raw = microsoft.requests[-1].body
    mail = email.message_from_bytes(base64.b64decode(raw), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert body.get_content().strip() == "Look at 17"
