"""Mails that a mail server took, with faults on, read back over IMAP by the collector's own client.

From the mailboxes of a real Dovecot where Debian's is installed, and in any case from the demo's: no kept Python package serves IMAP,
and Dovecot speaks all of it.
"""

from __future__ import annotations

import email.policy
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Protocol

import pytest

from collectors.base import Http
from collectors.inbox.client import Account, Session
from core import clock
from demo.servers.certificate import server_context
from demo.servers.http import Kind
from demo.servers.imap import Folder, Imap, Mailbox
from demo.servers.smtp import MailStandIn
from demo.world import World
from settings.schema import Mail
from steps import deliver
from steps.channels.base import Letter
from steps.channels.smtp import Smtp
from steps.context import RunContext
from tests.cycles import at_home, changed, settled
from tests.real.dovecot import PASSWORD, USER, Dovecot, missing
from tests.reports.mails import every
from tests.steps.test_deliver import become_high, one_of

DUTY, DESK = "duty@example.org", "desk@example.org"


class Post(Protocol):
    """Mailboxes by a recipient's name."""

    def deliver(self, raw: bytes, to: str) -> None:
        """Puts a mail into somebody's mailbox."""

    def account(self, name: str) -> Account:
        """Where a mailbox is read."""


class DemoPost:
    """The demo's mailboxes."""

    def __init__(self, opened: ExitStack, folder: Path) -> None:
        self.folders: dict[str, Folder] = {}
        self.ca = folder / "imap.pem"
        mailbox = Mailbox(
            folders=self.folders, admits=lambda user, password, _: (user, password) == (USER, PASSWORD),
            end_tokens=lambda: None, meet=lambda *_: None, stopping=Event(),
        )  # fmt: skip
        self.port = opened.enter_context(Imap(mailbox, server_context(self.ca))).port

    def deliver(self, raw: bytes, to: str) -> None:
        self.folders.setdefault(to, Folder()).add(raw, clock.now())

    def account(self, name: str) -> Account:
        self.folders.setdefault(name, Folder())
        return account(self.port, name, self.ca)


class DovecotPost:
    """A real server's mailboxes."""

    def __init__(self, server: Dovecot) -> None:
        self.server = server
        self.made: dict[str, str] = {}  # a folder for each recipient of each test

    def deliver(self, raw: bytes, to: str) -> None:
        self.server.deliver(raw, folder=self.folder(to))

    def folder(self, name: str) -> str:
        """An empty one at first."""
        if name not in self.made:
            self.made[name] = f"{name}-{secrets.token_hex(4)}"
            self.server.make(self.made[name])
        return self.made[name]

    def account(self, name: str) -> Account:
        return account(self.server.tls, self.folder(name), self.server.ca)


def account(port: int, folder: str, ca: Path) -> Account:
    return Account(
        host="localhost", port=port, security="tls", user=USER, password=PASSWORD, access_token="", folder=folder, ca_file=str(ca)
    )  # fmt: skip


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    if lacking := missing():
        pytest.skip(f"not installed here: {lacking}")
    with Dovecot() as server:
        yield server


@pytest.fixture(params=["the demo's", "Dovecot's"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    if request.param == "the demo's":
        with ExitStack() as opened:
            yield DemoPost(opened, tmp_path)
    else:
        yield DovecotPost(request.getfixturevalue("dovecot"))


@contextmanager
def mailbox(post: Post, name: str) -> Iterator[Session]:
    session = Session(post.account(name), Http(attempts=2, longest_wait=0.0, timeout=(5.0, 10.0)))
    yield session
    session.close()


def read_back(post: Post, name: str) -> list[tuple[bytes, EmailMessage]]:
    """All mails of a mailbox, first to last, as they lie there and as they are read."""
    with mailbox(post, name) as session:
        letters = [
            session.letter(uid)
            for uid in session.since(clock.local_day(clock.now()) - timedelta(days=1))
        ]
    raws = [letter.raw for letter in letters if letter is not None]
    return [(raw, message_from_bytes(raw, policy=email.policy.default)) for raw in raws]


def part(mail: EmailMessage, form: str) -> str:
    body = mail.get_body((form,))
    assert isinstance(body, EmailMessage), form
    written: str = body.get_content()
    return written.replace("\r\n", "\n")


def assert_sound(raw: bytes, mail: EmailMessage) -> None:
    """What any mail program can read: seven bits, lines that fit, one of each header, a text and an HTML part."""
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998, "RFC 5322, 2.1.1"
    for each in mail.walk():
        assert not each.defects
    for header in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"):
        assert len(mail.get_all(header, [])) == 1, header
    text, written = part(mail, "plain"), part(mail, "html")
    assert len(text.split()) > 20
    assert "<html" in written
    assert "</html>" in written, "whole to its end"


# ── with faults on ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What goes wrong at the mail server: see MailStandIn. `mended`: a person sees to it after the first try.

    `lost`: which recipients do not get one of the three mails, for good; `twice`: one of the mails comes twice, as one.
    """

    kind: Kind
    path: str
    after: int = 0
    times: int | None = 1
    seconds: float = 1.0
    mended: bool = False
    lost: Sequence[str] = ()
    twice: bool = False


WRONG: Mapping[str, Wrong] = {
    "421 at a recipient": Wrong(kind="421", path="RCPT", after=1),
    "421 at a mail": Wrong(kind="421", path="DATA", after=1),
    "451 for one of two": Wrong(kind="451", path="RCPT", after=1),
    "451 for a mail": Wrong(kind="451", path="DATA"),
    "550 for one of two": Wrong(kind="550", path="RCPT", after=1, lost=[DESK]),
    "550 for one of two, whose mailbox is made then": Wrong(
        kind="550", path="RCPT", after=1, mended=True
    ),
    "552 for a mail": Wrong(kind="552", path="DATA", lost=[DUTY, DESK]),
    "552 for a mail, tried again by a person": Wrong(kind="552", path="DATA", mended=True),
    "hung up at a recipient": Wrong(kind="drop", path="RCPT", after=2),
    "cut in the middle of a mail": Wrong(kind="drop", path="BODY", after=1),
    "hung up at the end of a mail": Wrong(kind="drop", path="DATA", after=1),
    "hung up on a mail that was taken": Wrong(kind="drop", path="ANSWER", after=1, twice=True),
    "slow": Wrong(kind="slow", path="DATA", times=None, seconds=0.1),
    "too slow": Wrong(kind="hang", path="DATA", after=1, seconds=1.2),
    "refused sign-in": Wrong(kind="535", path="AUTH", times=None, mended=True),
    "encryption broken off": Wrong(kind="drop", path="STARTTLS"),
    "encryption refused": Wrong(kind="451", path="STARTTLS", times=2),
}


PASSED = ", which has passed"  # said of a time that is over as the mail leaves: a later try may say it where the first did not


def handed_over(calm: World, post: Post) -> None:
    """What the mail server took, to those whom it took it for."""
    assert calm.mail.outbox is not None
    for file, message in zip(
        sorted(calm.mail.outbox.glob("*.eml")), calm.mail.messages, strict=True
    ):
        for address in message["X-Envelope-To"].split(", "):
            post.deliver(file.read_bytes(), address.partition("@")[0])


def deliver_for_a_day(calm: World, house: RunContext, wrong: Wrong) -> None:
    """As the delivery's thread does: whenever something is due."""
    at = clock.now()
    deliver.deliver(house, at)
    if wrong.mended:
        calm.faults.clear()
        deliver.again(house, at)
    for _ in range(12):
        at += timedelta(hours=2)
        deliver.deliver(house, at)


@pytest.mark.parametrize("name", WRONG)
def test_each_recipient_gets_each_mail_once_whatever_goes_wrong(
    name: str, calm: World, post: Post, tmp_path: Path
) -> None:
    wrong = WRONG[name]
    made = settled(tmp_path, calm, only=("files",))
    changed(made, alerts={"to": [DUTY, DESK], "mail": {"timeout_seconds": 0.5}})
    calm.mail.outbox = tmp_path / "taken"
    calm.faults.add(
        "mail", wrong.kind, path=wrong.path, after=wrong.after, times=wrong.times, seconds=wrong.seconds
    )  # fmt: skip
    with at_home(made) as (house, _):
        become_high(house, *(one_of(number) for number in (1, 2, 3)))
        cases = {
            row.message_id: row.about
            for row in house.store.outbox.due(clock.now() + timedelta(days=1))
        }
        deliver_for_a_day(calm, house, wrong)
        given_up = {
            person.address for row in house.store.outbox.parked() for person in row.people if person.state == "parked"
        }  # fmt: skip
        stuck = house.store.outbox.stuck(clock.now() + timedelta(days=2))
    if wrong.times is not None and not wrong.mended:
        assert calm.faults.take("mail", wrong.path) is None, "it went wrong as often as it was to"
    assert given_up == set(wrong.lost)
    assert bool(stuck) == bool(wrong.lost), "what nobody gets is in sight"
    assert len(cases) == 3
    handed_over(calm, post)
    for address in (DUTY, DESK):
        letters = read_back(post, address.partition("@")[0])
        for raw, mail in letters:
            assert_sound(raw, mail)
            assert (mail["Importance"], mail["X-Priority"]) == ("high", "1")
            assert mail["To"] == f"{DUTY}, {DESK}"
            assert "case" in mail["Subject"]
        came = Counter(mail["Message-ID"] for _, mail in letters)
        assert set(came) <= set(cases)
        assert len(came) == 3 - (address in wrong.lost)
        assert sorted(came.values()) == ([1, 1, 2] if wrong.twice else [1] * len(came))
        as_written = {
            (mail["Message-ID"], mail["Subject"], part(mail, "html").replace(PASSED, ""))
            for _, mail in letters
        }
        assert len(as_written) == len(came)


# ── every mail, as it was written ────────────────────────────────────────────────────────────────


def test_every_mail_is_read_back_as_it_was_written(post: Post, tmp_path: Path) -> None:
    mails = every(tmp_path)
    with MailStandIn(tmp_path / "ca.pem", outbox=tmp_path / "taken") as server:
        sender = Mail(
            host=server.host, port=server.port, user=server.user, password="env:NONE", sender="mentions@example.org",
            ca_file=str(server.ca), timeout_seconds=10.0,
        )  # fmt: skip
        with Smtp(settings=sender, find_secret=lambda: server.password).session() as session:
            for mail in mails.values():
                assert session.send(Letter(mail=mail), ["board@example.org"]) == {}
    for file in sorted((tmp_path / "taken").glob("*.eml")):
        post.deliver(file.read_bytes(), "board")
    letters = read_back(post, "board")
    assert len(letters) == len(mails)
    for (name, written), (raw, mail) in zip(mails.items(), letters, strict=True):
        assert_sound(raw, mail)
        for header in (
            "Subject",
            "From",
            "To",
            "Message-ID",
            "Importance",
            "Priority",
            "X-Priority",
        ):
            assert mail[header] == written[header], name
        for form in ("plain", "html"):
            assert part(mail, form) == part(written, form), name
        files = [(file.get_filename(), file.get_content()) for file in mail.iter_attachments()]
        assert files == [
            (file.get_filename(), file.get_content()) for file in written.iter_attachments()
        ]
