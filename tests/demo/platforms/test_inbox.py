from __future__ import annotations

import imaplib
import json
import ssl
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from typing import Any

import pytest
import requests

from demo.platforms.inbox import (
    CLIENT_ID,
    CLIENT_SECRET,
    DONE,
    PASSWORD,
    SCOPE,
    TOKEN,
    InboxStandIn,
)
from demo.servers.imap import CHANGES, Folder, Security
from demo.world import World
from tests.demo.conftest import AT


@pytest.fixture
def inbox() -> Iterator[InboxStandIn]:
    with InboxStandIn(AT) as standin:
        yield standin


@pytest.fixture
def box(inbox: InboxStandIn) -> Iterator[imaplib.IMAP4]:
    """A client that has signed in."""
    with connected(inbox) as client:
        client.login(inbox.user, PASSWORD)
        yield client


def trust(inbox: InboxStandIn) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=inbox.ca)


def connected(inbox: InboxStandIn) -> imaplib.IMAP4:
    return imaplib.IMAP4_SSL("localhost", inbox.port, ssl_context=trust(inbox), timeout=10)


def by_token(client: imaplib.IMAP4, user: str, token: str) -> list[bytes]:
    """Signs in by XOAUTH2; what the server sent to be answered. Raises imaplib's error."""
    heard: list[bytes] = []

    def respond(challenge: bytes) -> bytes:
        heard.append(challenge)
        return b"" if challenge else f"user={user}\1auth=Bearer {token}\1\1".encode()

    with suppress(imaplib.IMAP4.error):
        client.authenticate("XOAUTH2", respond)
    return heard


def granted(inbox: InboxStandIn, **form: str) -> requests.Response:
    asked = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": SCOPE,
    }
    return requests.post(inbox.url + TOKEN, data=asked | form, timeout=10)


def uids(box: imaplib.IMAP4, *criteria: str) -> list[int]:
    _, (found,) = box.uid("SEARCH", *criteria)
    return [int(uid) for uid in found.split()]


def test_a_password_lets_in_and_another_does_not(inbox: InboxStandIn) -> None:
    with connected(inbox) as client:
        assert "AUTH=XOAUTH2" in client.capabilities
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            client.login(inbox.user, "wrong")
        with pytest.raises(imaplib.IMAP4.error, match="illegal in state NONAUTH"):
            client.select()
        assert client.login(inbox.user, PASSWORD)[0] == "OK"


def test_the_apps_credentials_earn_a_token_that_lets_in_until_it_ends(inbox: InboxStandIn) -> None:
    token = granted(inbox).json()["access_token"]
    with connected(inbox) as client:
        assert by_token(client, inbox.user, token) == [b""]
        assert client.state == "AUTH"
    inbox.end_tokens()
    with connected(inbox) as client:
        _, refusal = by_token(client, inbox.user, token)
        assert json.loads(refusal)["status"] == "401"
        assert client.state == "NONAUTH"
    with connected(inbox) as client:
        assert len(by_token(client, "somebody@example.org", inbox.token())) == 2


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "x"}, 401, "invalid_client"), ({"scope": "mail"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)  # fmt: skip
def test_a_token_that_is_asked_for_wrongly_is_refused(
    inbox: InboxStandIn, form: dict[str, str], status: int, error: str
) -> None:
    refused = granted(inbox, **form)
    assert (refused.status_code, refused.json()["error"]) == (status, error)
    assert requests.get(inbox.url + TOKEN, timeout=10).status_code == 404


def test_plain_sign_in_takes_any_letters() -> None:
    with InboxStandIn(AT, password="pässwörd") as inbox, connected(inbox) as client:
        client.authenticate("PLAIN", lambda _: f"\0{inbox.user}\0pässwörd".encode())
        assert client.state == "AUTH"


def test_who_does_not_trust_the_certificate_does_not_get_in(inbox: InboxStandIn) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", inbox.port, ssl_context=ssl.create_default_context())
    assert [one.path for one in inbox.requests] == []


def test_before_starttls_nobody_is_let_in() -> None:
    with (
        InboxStandIn(AT, security="starttls") as inbox,
        imaplib.IMAP4("localhost", inbox.port, timeout=10) as client,
    ):
        assert {"STARTTLS", "LOGINDISABLED"} <= set(client.capabilities)
        with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
            client.login(inbox.user, PASSWORD)
        client.starttls(trust(inbox))
        assert client.login(inbox.user, PASSWORD)[0] == "OK"


@pytest.mark.parametrize("security", ["tls", "none"])
def test_where_there_is_no_starttls_it_is_not_begun(security: Security) -> None:
    with InboxStandIn(AT, security=security) as inbox:
        client = (
            connected(inbox) if security == "tls" else imaplib.IMAP4("127.0.0.1", inbox.port, 10)
        )
        with client:
            with pytest.raises(imaplib.IMAP4.error, match="BAD"):
                client._simple_command("STARTTLS")
            assert client.noop()[0] == "OK"


def test_an_examined_folder_stays_as_it_is_and_a_selected_one_does_not(
    inbox: InboxStandIn, box: imaplib.IMAP4
) -> None:
    mails = inbox.folders["INBOX"].mails
    assert box.select("INBOX", readonly=True)[1] == [b"21"]
    assert box.response("UIDVALIDITY")[1] == [str(inbox.folders["INBOX"].validity).encode()]
    assert box.response("UIDNEXT")[1] == [b"22"]
    box.uid("FETCH", "1", "(BODY[])")
    assert not mails[0].seen
    box.select("INBOX")
    box.uid("FETCH", "1", "(BODY.PEEK[])")
    assert not mails[0].seen
    box.uid("FETCH", "1", "(BODY[])")
    assert mails[0].seen
    assert box.uid("FETCH", "1", "(FLAGS)")[1] == [b"1 (UID 1 FLAGS (\\Seen))"]


def test_a_folder_that_is_not_there_is_not_opened(box: imaplib.IMAP4) -> None:
    assert box.select("Nowhere", readonly=True)[1] == [b"[NONEXISTENT] Mailbox doesn't exist"]
    assert box.select(DONE, readonly=True)[0] == "OK"


def test_search_finds_by_day_and_by_uid(inbox: InboxStandIn, box: imaplib.IMAP4) -> None:
    box.select("INBOX", readonly=True)
    assert uids(box, "ALL") == list(range(1, 22))
    assert uids(box, "SINCE", "18-Nov-2026") == [15, 16, 17, 18, 19, 20, 21]
    assert uids(box, "CHARSET", "US-ASCII", "(SINCE 18-Nov-2026 UID 3:16)") == [15, 16]
    assert uids(box, "UID", "20:*") == [20, 21]
    assert uids(box, "UID", "99:*") == [21], "n:* always has the last"
    with pytest.raises(imaplib.IMAP4.error, match="BAD"):
        box.uid("SEARCH", "FROM", "ana")


def test_fetch_hands_over_what_is_asked_for(inbox: InboxStandIn, box: imaplib.IMAP4) -> None:
    box.select("INBOX", readonly=True)
    raw = inbox.folders["INBOX"].mails[1].raw
    _, ((told, whole), _) = box.uid("FETCH", "2", "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[])")
    assert whole == raw
    assert told.startswith(b'2 (UID 2 INTERNALDATE "14-Nov-2026 06:45:00 +0000" RFC822.SIZE ')
    _, ((_, part), _) = box.uid("FETCH", "2", "(BODY.PEEK[]<5.10>)")
    assert part == raw[5:15]
    _, ((_, head), _) = box.uid("FETCH", "2", "(BODY.PEEK[HEADER])")
    assert head == raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert box.uid("FETCH", "99", "(UID)")[1] == [None]
    with pytest.raises(imaplib.IMAP4.error, match="BAD"):
        box.uid("FETCH", "1", "(ENVELOPE)")


def test_what_would_change_it_is_refused_and_can_be_seen(
    inbox: InboxStandIn, box: imaplib.IMAP4
) -> None:
    box.select("INBOX")
    assert box.uid("STORE", "1", "+FLAGS", "(\\Deleted)")[0] == "NO"
    assert box.expunge()[0] == "NO"
    assert {"UID STORE", "EXPUNGE"} <= {one.path for one in inbox.requests} & set(CHANGES)
    assert len(inbox.folders["INBOX"].mails) == 21


def test_the_log_does_not_hold_what_lets_in(inbox: InboxStandIn, box: imaplib.IMAP4) -> None:
    assert [one.method for one in inbox.requests] == ["IMAP"] * 3
    assert PASSWORD not in str(inbox.requests)


def test_a_later_day_brings_mails_and_takes_one_away(inbox: InboxStandIn) -> None:
    inbox.change()
    box = inbox.folders["INBOX"]
    assert [mail.uid for mail in box.mails if mail.uid in (2, 22, 23)] == [22, 23]
    assert len(inbox.folders[DONE].mails) == 1
    validity = box.validity
    box.rebuild()
    assert [mail.uid for mail in box.mails] == list(range(1, 23))
    assert (box.next_uid, box.validity) == (23, validity + 1)


def test_an_empty_folder_has_no_last_mail() -> None:
    assert list(Folder().numbered("1:*")) == []
    with pytest.raises(ValueError, match="invalid literal"):
        Folder().numbered("a")


@pytest.mark.parametrize(
    ("kind", "says"), [("401", "AUTHENTICATIONFAILED"), ("503", "UNAVAILABLE"), ("429", "LIMIT"), ("400", "BAD")]
)  # fmt: skip
def test_faults_answer_as_a_mail_server_does(inbox: InboxStandIn, kind: Any, says: str) -> None:
    inbox.faults.add("inbox", kind, path="LOGIN")
    with connected(inbox) as client:
        with pytest.raises(imaplib.IMAP4.error, match=says):
            client.login(inbox.user, PASSWORD)
        assert client.login(inbox.user, PASSWORD)[0] == "OK"


@pytest.mark.parametrize("kind", ["drop", "hang", "html", "truncated"])
def test_faults_end_a_connection(inbox: InboxStandIn, box: imaplib.IMAP4, kind: Any) -> None:
    inbox.faults.add("inbox", kind, path="UID FETCH", seconds=0.05)
    box.select("INBOX", readonly=True)
    with pytest.raises(imaplib.IMAP4.abort):
        box.uid("FETCH", "1", "(BODY.PEEK[])")
    box.state = "LOGOUT"
    with suppress(OSError):
        box.shutdown()


def test_an_answer_can_be_left_empty(inbox: InboxStandIn, box: imaplib.IMAP4) -> None:
    box.select("INBOX", readonly=True)
    inbox.faults.add("inbox", "empty", times=2)
    assert box.uid("SEARCH", "ALL") == ("OK", [None])
    assert box.uid("FETCH", "1", "(BODY.PEEK[])") == ("OK", [None])


def test_the_greeting_can_be_a_goodbye(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "503", path="CONNECT")
    with pytest.raises(imaplib.IMAP4.error, match="BYE"):
        connected(inbox)


def test_faults_of_the_token_endpoint_are_a_web_servers(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "503", path=TOKEN)
    assert granted(inbox).json() == {"error": "temporarily_unavailable"}
    token = granted(inbox).json()["access_token"]
    inbox.faults.add("inbox", "expire", path=TOKEN)
    assert granted(inbox).status_code == 401
    assert not inbox.lets_in(inbox.user, token=token)


def test_the_mails_are_as_mail_programs_write_them(inbox: InboxStandIn) -> None:
    kinds = {}
    for mail in inbox.folders["INBOX"].mails:
        read = message_from_bytes(mail.raw)
        kinds[read.get("Message-ID", "none")] = [part.get_content_type() for part in read.walk()]
    assert kinds["<m04@example.org>"] == ["multipart/alternative", "text/plain", "text/html"]
    assert kinds["<m06@example.org>"][1:] == ["text/plain", "message/rfc822", "text/plain"]
    assert kinds["<m09@example.org>"][0] == "multipart/report"
    assert kinds["<m10@example.org>"] == ["text/html"]
    assert kinds["<m12@example.org>"][-1] == "text/calendar"


def test_the_world_has_the_mailbox_too(world: World) -> None:
    table = world.tables(lambda name, _: f"env:{name}")["inbox"]
    assert table["client_secret"] == "env:inbox-client-secret"
    assert "password" not in table
