"""Sign-in by an application, against a directory, a mail server and a Graph on loopback that refuse what they do not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import DeliveryError
from demo.servers.http import Faults, Kind
from demo.servers.microsoft import CLIENT_ID, CLIENT_SECRET, MicrosoftStandIn
from demo.servers.smtp import USER, MailStandIn
from settings.schema import Mail
from steps.channels.base import Channel
from steps.channels.graph import Graph
from steps.channels.oauth import EARLY, Tokens
from steps.channels.smtp import Smtp
from tests.reports.factories import AT
from tests.steps.channels.test_smtp import letter

TWO = ("duty@example.org", "second@example.org")


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def microsoft(faults: Faults) -> Iterator[MicrosoftStandIn]:
    with MicrosoftStandIn(AT, faults) as standin:
        yield standin


@pytest.fixture
def exchange(tmp_path: Path, faults: Faults) -> Iterator[MailStandIn]:
    with MailStandIn(tmp_path / "ca.pem", faults) as standin:
        yield standin


def by_graph(standin: MicrosoftStandIn, **changes: Any) -> Mail:
    given: dict[str, Any] = {
        "by": "graph", "host": "", "sender": "mentions@example.org", "graph_url": standin.graph_url, "timeout_seconds": 5.0,
        "oauth": {"client_id": CLIENT_ID, "client_secret": "env:NONE", "token_url": standin.token_url},
    }  # fmt: skip
    return Mail.model_validate(given | changes)


def by_smtp(standin: MailStandIn, microsoft: MicrosoftStandIn) -> Mail:
    return Mail.model_validate({
        "host": standin.host, "port": standin.port, "user": USER, "sender": "mentions@example.org",
        "ca_file": str(standin.ca), "timeout_seconds": 5.0,
        "oauth": {"client_id": CLIENT_ID, "client_secret": "env:NONE", "token_url": microsoft.token_url},
    })  # fmt: skip


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


def graph(standin: MicrosoftStandIn, tokens: Tokens | None = None, secret: str = CLIENT_SECRET, **changes: Any) -> Graph:  # fmt: skip
    return Graph(settings=by_graph(standin, **changes), find_secret=lambda: secret, tokens=tokens or Tokens())  # fmt: skip


def xoauth2(
    exchange: MailStandIn, microsoft: MicrosoftStandIn, tokens: Tokens | None = None
) -> Smtp:
    return Smtp(settings=by_smtp(exchange, microsoft), find_secret=lambda: CLIENT_SECRET, tokens=tokens or Tokens())  # fmt: skip


def send(channel: Channel, *to: str) -> Mapping[str, DeliveryError]:
    sender = Mail(host="h", sender="mentions@example.org")
    with channel.session() as session:
        return session.send(letter(sender, *to), to or TWO[:1])


def outage(channel: Channel) -> str:
    with pytest.raises(DeliveryError) as failed:
        send(channel)
    assert failed.value.outage
    assert not failed.value.permanent
    assert CLIENT_SECRET not in str(failed.value)
    return str(failed.value)


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────


def test_a_token_is_used_until_shortly_before_it_runs_out(microsoft: MicrosoftStandIn) -> None:
    now = Clock()
    tokens = Tokens(now)
    for minutes, asked in ((0, 1), (54, 1), (1, 2)):
        now.at += timedelta(minutes=minutes)
        send(graph(microsoft, tokens))
        assert microsoft.served["/token"] == asked
    assert timedelta(minutes=5) == EARLY


def test_a_token_that_was_refused_is_not_used_again(microsoft: MicrosoftStandIn) -> None:
    tokens = Tokens()
    send(graph(microsoft, tokens))
    microsoft.tokens.clear()  # the directory took it back
    (error,) = send(graph(microsoft, tokens)).values()
    assert error.outage
    assert "401, InvalidAuthenticationToken" in str(error)
    assert send(graph(microsoft, tokens)) == {}


def test_a_wrong_secret_is_named_and_neither_told_nor_logged(
    microsoft: MicrosoftStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    said = outage(graph(microsoft, secret="wrong-secret-0123"))
    assert "401, invalid_client" in said
    assert "[alerts.mail.oauth]" in said
    assert "wrong-secret-0123" not in said + caplog.text


@pytest.mark.parametrize("kind", ["500", "not_json", "html_login", "empty", "drop"])
def test_a_directory_that_answers_nonsense_is_an_outage(
    microsoft: MicrosoftStandIn, faults: Faults, kind: Kind
) -> None:
    faults.add("microsoft", kind, path="/token")
    outage(graph(microsoft))


def test_a_token_is_never_sent_in_clear() -> None:
    oauth = {"client_id": "app", "client_secret": "env:NONE", "tenant": "t"}
    for changes in (
        {"by": "graph", "host": "", "graph_url": "http://graph.example.org/v1.0"},
        {"host": "mail.example.org", "security": "none"},
        {
            "host": "mail.example.org",
            "oauth": oauth | {"token_url": "http://login.example.org/token"},
        },
    ):
        with pytest.raises(ValidationError, match=r"https|clear"):
            Mail.model_validate({"sender": "m@example.org", "oauth": oauth} | changes)


def test_graph_needs_an_application_and_smtp_a_server() -> None:
    with pytest.raises(ValidationError, match="client_id"):
        Mail(by="graph", host="", sender="m@example.org")
    with pytest.raises(ValidationError, match="host"):
        Mail(host="", sender="m@example.org")


# ── XOAUTH2 ──────────────────────────────────────────────────────────────────────────────────────


def test_mail_leaves_by_smtp_with_an_applications_token(
    microsoft: MicrosoftStandIn, exchange: MailStandIn
) -> None:
    exchange.tokens.add("token-1-smtp")
    assert send(xoauth2(exchange, microsoft), *TWO) == {}
    (got,) = exchange.messages
    assert got["X-Envelope-To"] == ", ".join(TWO)
    assert exchange.logins == 1
    assert microsoft.requests[0].form()["scope"] == "https://outlook.office365.com/.default"


def test_a_token_that_the_mail_server_refuses_is_asked_for_anew(
    microsoft: MicrosoftStandIn, exchange: MailStandIn
) -> None:
    tokens = Tokens()
    assert "refused the sign-in (535)" in outage(xoauth2(exchange, microsoft, tokens))
    exchange.tokens.add("token-2-smtp")
    assert send(xoauth2(exchange, microsoft, tokens)) == {}
    assert microsoft.served["/token"] == 2


def test_a_token_of_another_kind_does_not_sign_in(
    microsoft: MicrosoftStandIn, exchange: MailStandIn
) -> None:
    exchange.tokens.add("token-1-graph")
    outage(xoauth2(exchange, microsoft))
    assert exchange.logins == 0
