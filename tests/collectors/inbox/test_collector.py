from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from collectors.base import Collector, EphemeralMetric
from collectors.inbox.client import may_pass
from collectors.inbox.collector import Inbox
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.inbox import DONE, PASSWORD, InboxStandIn
from tests.collectors.cases import AT, client, pointed, pull, source
from tests.waits import finish

WEEK = AT - timedelta(days=7)
LINK = "https://x.com/harrow_howler/status/1999000000000000417"

# As Outlook sends an encrypted mail: the message itself is what is encrypted (RFC 8551, 3.3).
SMIME = [
    "From: jane@example.org <jane@example.org>",
    "To: reports@example.org",
    "Subject: A post that I can't send openly",
    "Message-ID: <smime@example.org>",
    "MIME-Version: 1.0",
    'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="smime.p7m"',
    "",
    "MIAGCSqGSIb3DQEHA6CAMIACAQAxggE=",
]


@pytest.fixture
def inbox() -> Iterator[InboxStandIn]:
    with InboxStandIn(AT) as standin:
        yield standin


def reading(inbox: InboxStandIn, **table: Any) -> Collector:
    return pointed(inbox, **{"password": inbox.password, **table})


def subjects(found: list[Mention]) -> list[str]:
    return [one.text.partition("\n")[0] for one in found]


def asked(inbox: InboxStandIn) -> list[str]:
    return [request.path for request in inbox.requests]


def new(key: str, ago: str = "1h", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "id": key,
        "ago": ago,
        "from": "Ana <ana@example.org>",
        "subject": key,
        "text": key,
    } | more


# ── what is read ─────────────────────────────────────────────────────────────────────────────────


def test_a_first_run_reads_every_report_since_and_nothing_is_touched(inbox: InboxStandIn) -> None:
    found, odds, kept, error = pull(reading(inbox), WEEK)
    assert error is None
    assert len(found) == 15
    assert [odd.item for odd in odds] == ["mail 11"]
    assert "names no sender" in odds[0].why
    assert "open it in the mailbox" in odds[0].why
    assert list(kept.values()) == [f"{inbox.folders['INBOX'].validity}:21"]
    second = found[1]
    assert (second.issuer, second.issued_id, second.url) == (
        "inbox:reports",
        "m02@example.org",
        LINK,
    )
    assert (second.platform, second.kind) == ("email", "report")
    assert (second.author.handle, second.author.name) == ("tom@example.org", "Tom Demo")
    assert second.matched == ("reported: x.com", "NHS NW London", "NW London")
    reads = {"LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"}
    assert set(asked(inbox)) == {"CONNECT", "CAPABILITY", *reads, "LOGOUT"}
    fetches = [one.target for one in inbox.requests if one.path == "UID FETCH"]
    assert all("BODY.PEEK[" in fetch for fetch in fetches)


def test_what_each_mail_reports(inbox: InboxStandIn) -> None:
    found = {one.issued_id.partition("@")[0]: one for one in pull(reading(inbox), WEEK)[0]}
    assert {name: one.url for name, one in found.items() if len(name) < 5} == {
        "m01": "https://www.facebook.com/groups/999000111/posts/999000401/",
        "m02": LINK,
        "m03": "",  # a screenshot; the link stands in the signature
        "m04": "https://www.facebook.com/staywellnwl/posts/999000733",
        "m05": "https://wembley-whispers.example.com/2026/11/the-icb-that-forgot-us/",
        "m06": "https://www.instagram.com/nhs_nwlondon_helpdesk/",
        "m07": "",  # thanks; the link stands in what it answers
        "m10": "https://www.tiktok.com/@nights.with.nobody/video/7999000000000000042",
        "m13": "https://www.linkedin.com/posts/a-partner_7999000000000000077",
        "m14": "https://nextdoor.co.uk/p/Zz999demo",
        "m16": "https://www.reddit.com/r/london/comments/1zzdemo/nobody_picks_up/",
        "m18": "https://bsky.app/profile/desk-doodles.example.com/post/3kzzdemo2x",
        "m19": "http://m.facebook.com/groups/999000222/permalink/999000402/",
        "m21": "https://www.pinterest.co.uk/pin/813000000000000421/",
    }
    assert (
        "Attached: IMG-20261114-WA0007.jpg (image/jpeg), second picture.png (image/png)"
        in found["m03"].text
    )
    assert "confidential information" in found["m01"].text_raw
    assert "confidential information" not in found["m01"].text
    assert found["m14"].text.startswith("Nextdoor – the “closing” A&E again\n\nThey’re")


def test_what_no_person_wrote_and_what_strangers_send_is_left_out_and_counted(
    inbox: InboxStandIn,
) -> None:
    figures = [one for one in reading(inbox).collect(WEEK) if isinstance(one, EphemeralMetric)]
    assert [(one.what[:31], one.count) for one in figures] == [
        ("mails left out that no person w", 4), ("mails left out whose sender is ", 1),
    ]  # fmt: skip
    everybody = pull(reading(inbox, allowed=[]), WEEK)[0]
    assert len(everybody) == 17, "one that names no sender among them"
    one_alone = pull(reading(inbox, allowed=["priya@example.org"]), WEEK)[0]
    assert subjects(one_alone) == ["a nice one for once"]


def test_what_can_not_be_read_is_a_report_and_an_outcome(inbox: InboxStandIn) -> None:
    inbox.folders["INBOX"].mails.clear()
    inbox.add({"key": "smime", "ago": "1h", "raw": SMIME})
    (report,), (odd,), _, error = pull(reading(inbox), WEEK)
    assert error is None
    assert report.author.handle == "jane@example.org"
    assert report.text.startswith(
        "A post that I can't send openly\n\nNot read here: a part that is encrypted (S/MIME)."
    )
    assert "whoever has the key" in report.text
    assert odd.item.startswith("mail ")
    assert odd.why.startswith("came ")
    assert "encrypted (S/MIME)" in odd.why
    assert "openly" not in odd.why
    assert not odd.stops


def test_a_report_whose_sender_is_written_oddly_is_not_lost(inbox: InboxStandIn) -> None:
    inbox.folders["INBOX"].mails.clear()
    raw = ["From: jane@example.org <jane@example.org>", "Subject: A post", "", LINK]
    inbox.add({"key": "odd", "ago": "1h", "raw": raw})
    (report,), odds, _, _ = pull(reading(inbox), WEEK)
    assert (report.author.handle, report.author.name) == ("jane@example.org", "jane@example.org")
    assert (report.url, odds) == (LINK, [])


def test_the_next_run_adds_only_what_is_new(inbox: InboxStandIn) -> None:
    first, _, kept, _ = pull(reading(inbox), WEEK)
    again, odds, same, _ = pull(reading(inbox, state=kept), WEEK)
    assert (again, odds, same) == ([], [], kept)
    inbox.change()
    later, _, moved, _ = pull(reading(inbox, state=kept), WEEK)
    assert subjects(later) == ["letter on X, with the NHS number", "Re: being made fun of"]
    assert later[1].parent_id == "m18@example.org" in [one.issued_id for one in first]
    assert next(iter(moved.values())).endswith(":23")


def test_mails_are_read_by_when_they_came_not_by_the_day(inbox: InboxStandIn) -> None:
    inbox.add(new("before", "1d1h"))
    inbox.add(new("after", "23h"))
    found, *_ = pull(reading(inbox), AT - timedelta(days=1))
    assert subjects(found) == ["Leaflet through doors in Acton", "a nice one for once", "after"]


def test_an_old_mail_that_comes_into_the_folder_later_is_new_there(inbox: InboxStandIn) -> None:
    inbox.add(new("lay there", "40d"))
    found, _, kept, _ = pull(reading(inbox), WEEK)
    assert "lay there" not in subjects(found)
    inbox.add(new("moved in", "30d"))
    assert subjects(pull(reading(inbox, state=kept), WEEK)[0]) == ["moved in"]


def test_a_folder_that_is_numbered_anew_is_read_again_from_since(inbox: InboxStandIn) -> None:
    _, _, kept, _ = pull(reading(inbox), WEEK)
    inbox.folders["INBOX"].rebuild()
    found, _, new_kept, _ = pull(reading(inbox, state=kept), AT - timedelta(days=1))
    assert subjects(found) == ["Leaflet through doors in Acton", "a nice one for once"]
    assert kept.keys() == new_kept.keys()
    assert kept != new_kept


@pytest.mark.parametrize(
    "written", ["", "x", ":", "1763000001", "1763000001:x", "1763000001:5:", "0:5"]
)
def test_a_bookmark_that_can_not_be_read_is_none(inbox: InboxStandIn, written: str) -> None:
    (name,) = pull(reading(inbox), WEEK)[2]
    assert len(pull(reading(inbox, state={name: written}), WEEK)[0]) == 15


def test_another_mailbox_has_a_bookmark_of_its_own(inbox: InboxStandIn) -> None:
    _, _, kept, _ = pull(reading(inbox), WEEK)
    inbox.folders[DONE].add(inbox.folders["INBOX"].mails[1].raw, AT)
    found, _, other, _ = pull(reading(inbox, state=kept, folder=DONE), WEEK)
    assert [one.issued_id for one in found] == ["m02@example.org"]
    assert not kept.keys() & other.keys()


def test_an_empty_folder_is_no_trouble(inbox: InboxStandIn) -> None:
    assert pull(reading(inbox, folder=DONE), WEEK) == ([], [], {}, None)


# ── how far ──────────────────────────────────────────────────────────────────────────────────────


def test_a_run_reads_so_many_and_the_next_goes_on(inbox: InboxStandIn) -> None:
    inbox.add(new("lay there", "40d"))
    kept: dict[str, str] = {}
    found: list[str] = []
    stops = []
    for _ in range(4):
        part, odds, new_kept, error = pull(reading(inbox, state=kept, most=8), WEEK)
        assert error is None
        found += [one.issued_id for one in part]
        stops.append([odd.why for odd in odds if odd.stops])
        kept |= new_kept
    assert len(found) == len(set(found)) == 15
    assert stops[0] == ["13 more wait: the next runs read them, 8 at a time"]
    assert len(stops[1]) == 1
    assert stops[2:] == [[], []]
    assert list(kept.values()) == [f"{inbox.folders['INBOX'].validity}:22"]


def test_what_was_read_before_a_failure_is_not_read_again(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "drop", path="UID FETCH", after=5, times=None)
    found, _, kept, error = pull(reading(inbox), WEEK)
    assert isinstance(error, PlatformUnavailable)
    assert len(found) == 5
    inbox.faults.clear()
    assert len(pull(reading(inbox, state=kept), WEEK)[0]) == 10


@pytest.mark.parametrize("kind", ["drop", "truncated", "502", "503", "429", "500"])
def test_a_connection_that_breaks_once_is_made_again(inbox: InboxStandIn, kind: Any) -> None:
    inbox.faults.add("inbox", kind, path="UID FETCH", after=5)
    found, _, _, error = pull(reading(inbox), WEEK)
    assert error is None
    assert len(found) == 15
    assert asked(inbox).count("CONNECT") == 2


def test_a_folder_that_is_numbered_anew_between_two_connections_ends_the_run(
    inbox: InboxStandIn,
) -> None:
    run = reading(inbox).collect(WEEK)
    next(run)
    inbox.folders["INBOX"].rebuild()
    inbox.faults.add("inbox", "drop", path="UID FETCH")
    with pytest.raises(PlatformUnavailable, match="rebuilt the folder"):
        list(run)


def test_a_mail_that_goes_while_it_is_looked_for_is_passed_over(inbox: InboxStandIn) -> None:
    run = reading(inbox).collect(WEEK)
    next(run)
    inbox.folders["INBOX"].mails.pop(1)
    assert len([one for one in run if isinstance(one, Mention)]) == 13


@pytest.mark.parametrize("path", ["UID FETCH", ""])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("401", PlatformRefused), ("403", PlatformRefused), ("404", PlatformRefused),
        ("400", PlatformRefused), ("empty", PlatformUnavailable), ("500", PlatformUnavailable),
    ],
)  # fmt: skip
def test_a_mail_that_is_there_and_not_handed_over_ends_the_run_and_is_read_by_the_next(
    inbox: InboxStandIn, kind: Any, error: type[CollectorError], path: str
) -> None:
    whole = {one.issued_id for one in pull(reading(inbox), WEEK)[0]}
    inbox.faults.add("inbox", kind, path=path, after=9 if path else 14, times=None)
    found, _, kept, ended = pull(reading(inbox), WEEK)
    assert isinstance(ended, error)
    assert 0 < len(found) < 15
    assert pull(reading(inbox, state=kept), WEEK)[3] is not None, "and so until it is mended"
    inbox.faults.clear()
    rest, odds, _, ended = pull(reading(inbox, state=kept), WEEK)
    assert (ended, [odd for odd in odds if odd.stops]) == (None, [])
    assert len(found) + len(rest) == 15
    assert {one.issued_id for one in found + rest} == whole


def test_a_mail_that_is_refused_is_named_with_what_to_do(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "404", path="UID FETCH", after=3)
    *_, error = pull(reading(inbox), WEEK)
    assert "does not hand over mail 4" in str(error)
    assert "move it to another folder" in str(error)


def test_a_mail_that_comes_without_its_words_once_is_asked_for_again(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "empty", path="UID FETCH", after=3)
    found, _, _, error = pull(reading(inbox), WEEK)
    assert (len(found), error) == (15, None)


def test_a_refusal_for_a_mail_that_is_gone_is_no_trouble(inbox: InboxStandIn) -> None:
    run = reading(inbox).collect(WEEK)
    next(run)
    inbox.folders["INBOX"].mails.pop(1)  # for which other servers answer NO (RFC 2180, 4.1.2)
    inbox.faults.add("inbox", "404", path="UID FETCH")
    assert len([one for one in run if isinstance(one, Mention)]) == 13


@pytest.mark.parametrize("first", [True, False])
def test_a_search_without_a_list_is_not_one_that_found_none(
    inbox: InboxStandIn, first: bool
) -> None:
    kept = {} if first else pull(reading(inbox), WEEK)[2]
    inbox.change()
    inbox.faults.add("inbox", "empty", path="UID SEARCH", times=None)
    found, _, moved, error = pull(reading(inbox, state=kept), WEEK)
    assert (found, moved) == ([], {})
    assert isinstance(error, PlatformUnavailable)
    assert "without a list" in str(error)


@pytest.mark.parametrize(
    "answer", [b"* 1 FETCH (UID 1 BODY[]<0> NIL)", b"* 1 FETCH (FLAGS () UID 1)"]
)
def test_a_mail_of_which_only_a_part_came_ends_the_run(answer: bytes) -> None:
    opened = [
        GREETING,
        CAPABILITY,
        ABLE,
        ABLE,
        b"* OK [UIDVALIDITY 7] ok",
        b"* OK [UIDNEXT 2] ok",
        ABLE,
    ]
    fetched = [b"* SEARCH 1", ABLE, answer, ABLE, ABLE, b"* SEARCH 1", ABLE]
    with saying(*opened, *fetched) as there:
        found, _, kept, error = pull(source("inbox", **there, password="s3cr3t"))
    assert (found, kept) == ([], {})
    assert isinstance(error, PlatformUnavailable)
    assert "mail 1 is in the folder" in str(error)


def test_of_a_big_mail_so_much_is_read_as_may_be(inbox: InboxStandIn) -> None:
    inbox.add(new("big", text=f"{LINK}\n" + "so it goes on\n" * 3000))
    found, odds, _, error = pull(pointed_small(inbox), AT - timedelta(hours=2))
    assert error is None
    (big,) = found
    assert big.url == LINK
    assert len(big.text) < 20_000
    assert [odd.why for odd in odds] == ["is over 0.0 MB: what stands after that was not read"]
    assert all(
        "BODY.PEEK[]<0.20000>" in one.target for one in inbox.requests if one.path == "UID FETCH"
    )


def pointed_small(inbox: InboxStandIn) -> Inbox:
    made = reading(inbox)
    assert isinstance(made, Inbox)
    made.http.most_bytes = 20_000
    return made


# ── signing in ───────────────────────────────────────────────────────────────────────────────────


def test_a_token_goes_before_a_password(inbox: InboxStandIn) -> None:
    found, *_ = pull(reading(inbox, access_token=inbox.token(), password="wrong"), WEEK)
    assert len(found) == 15
    assert "LOGIN" not in asked(inbox)


@pytest.mark.parametrize("password", ['quoted " and \\ slashed', "pässwörd £"])
def test_a_password_may_be_of_any_letters(password: str) -> None:
    with InboxStandIn(AT, password=password) as inbox:
        assert len(pull(reading(inbox), WEEK)[0]) == 15


def refusal(inbox: InboxStandIn, **table: Any) -> CollectorError:
    found, _, _, error = pull(reading(inbox, **table), WEEK)
    assert found == []
    assert error is not None
    assert "\n" not in str(error)
    return error


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"password": "wrong"}, "mend `user` and `password`"),
        ({"password": "wröng"}, "mend `user` and `password`"),
        ({"user": "nobody@example.org"}, "mend `user` and `password`"),
        ({"access_token": "old"}, "does not accept the token: run `mentions connect inbox` (401)"),
        ({"folder": "Nowhere"}, "does not open the folder: see `folder`"),
        ({"ca_file": ""}, "isn't trusted: see host and `ca_file`"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file can't be used (FileNotFoundError)"),
        ({"ca_file": __file__}, "ca_file can't be used (SSLError)"),
        ({"password": ""}, "neither a password nor access"),
    ],
)
def test_what_a_person_must_see_to_says_what_to_do(
    inbox: InboxStandIn, table: dict[str, Any], says: str
) -> None:
    error = refusal(inbox, **table)
    assert isinstance(error, PlatformRefused)
    assert says in str(error)


def test_a_token_that_ended_needs_a_person(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "expire", path="AUTHENTICATE")
    error = refusal(inbox, access_token=inbox.token())
    assert isinstance(error, PlatformRefused)
    assert asked(inbox).count("AUTHENTICATE") == 1, "asking again would only lock the account"


def test_no_message_or_log_holds_what_lets_in_or_what_was_said(
    inbox: InboxStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        said = [
            str(refusal(inbox, password=f"{PASSWORD}x")),
            str(refusal(inbox, access_token="t0ken")),
        ]
        _, odds, _, _ = pull(reading(inbox), WEEK)
    told = caplog.text + "".join(said) + "".join(f"{odd.item} {odd.why}" for odd in odds)
    for private in (PASSWORD, "t0ken", "muppets", "tom@", "cut in two"):
        assert private not in told
    assert PASSWORD not in repr(reading(inbox))


@pytest.mark.parametrize("path", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("503", PlatformUnavailable), ("429", PlatformUnavailable), ("500", PlatformUnavailable),
        ("502", PlatformUnavailable), ("drop", PlatformUnavailable), ("hang", PlatformUnavailable),
        ("html", PlatformUnavailable), ("403", PlatformRefused), ("400", PlatformRefused),
    ],
)  # fmt: skip
def test_what_may_pass_is_told_from_what_needs_a_person(
    inbox: InboxStandIn, path: str, kind: Any, error: type[CollectorError]
) -> None:
    inbox.faults.add("inbox", kind, path=path, times=None, seconds=0.05)
    assert type(refusal(inbox)) in (error, *error.__subclasses__())


@pytest.mark.parametrize("kind", ["503", "429", "drop", "hang", "html"])
def test_a_server_that_does_not_greet_may_do_so_later(inbox: InboxStandIn, kind: Any) -> None:
    inbox.faults.add("inbox", kind, path="CONNECT", times=None, seconds=0.05)
    assert isinstance(refusal(inbox), PlatformUnavailable)


def test_a_server_that_says_nothing_is_given_up_in_time(inbox: InboxStandIn) -> None:
    inbox.faults.add("inbox", "hang", path="UID FETCH", times=None, seconds=60)
    made = reading(inbox)
    assert isinstance(made, Inbox)
    made.http.timeout = (0.1, 0.1)
    *_, error = pull(made, WEEK)
    assert isinstance(error, PlatformUnavailable)
    assert "did not answer in time" in str(error)


@contextmanager
def saying(*lines: bytes) -> Iterator[dict[str, Any]]:
    """A server that says these lines, and the table that points there.

    The first and those with a * are said at once, the others in answer to the client's next line.
    """

    def serve(connection: socket.socket) -> None:
        tag = b""
        with connection, connection.makefile("rb") as heard:
            for number, line in enumerate(lines):
                if number and not line.startswith(b"* "):
                    words = heard.readline().split()
                    tag = words[0] if len(words) > 1 else tag
                named = number and line[:2] not in (b"* ", b"+ ")
                connection.sendall((tag + b" " if named else b"") + line + b"\r\n")

    def listen() -> None:
        with contextlib.suppress(OSError):  # nobody listens any more
            while True:
                serve(listening.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        served = threading.Thread(target=listen)
        served.start()
        quick = client(timeout=(2.0, 2.0))
        yield {"host": "127.0.0.1", "port": port, "security": "none", "http": quick}
        listening.shutdown(socket.SHUT_RDWR)
    finish([served])


GREETING, ABLE = b"* OK ready", b"OK done"
CAPABILITY = b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2"


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        (b"NO LOGIN failed.", PlatformRefused, "`password`"),
        (b"NO [AUTHENTICATIONFAILED] s3cr3t is wrong, try again", PlatformRefused, "`password`"),
        (b"NO [EXPIRED] Password expired", PlatformRefused, "expired"),
        (b"NO [PRIVACYREQUIRED] Not so", PlatformRefused, "`security`"),
        (b"NO [AUTHORIZATIONFAILED] No", PlatformRefused, "does not let it in"),
        (b"NO [CONTACTADMIN] Ask", PlatformRefused, "administrator"),
        (b"BAD User is authenticated but not connected.", PlatformRefused, "gives no mailbox"),
        (b"NO [UNAVAILABLE] Temporary authentication failure.", PlatformUnavailable, "again"),
        (b"NO [INUSE] Busy", PlatformUnavailable, "again"),
        (b"NO [OVERQUOTA] Account exceeded bandwidth limits.", PlatformUnavailable, "again"),
        (b"NO [ALERT] Too many simultaneous connections. (Failure)", PlatformUnavailable, "again"),
        (b"NO Server Unavailable. 15", PlatformUnavailable, "again"),
        (
            b"BAD Request is throttled. Suggested Backoff Time: 300000 milliseconds",
            PlatformUnavailable,
            "again",
        ),
    ],
)
def test_each_refusal_of_a_sign_in_is_told_apart(
    line: bytes, kind: type[CollectorError], says: str
) -> None:
    with saying(GREETING, CAPABILITY, ABLE, line) as there:
        *_, error = pull(source("inbox", **there, password="s3cr3t"))
    assert isinstance(error, kind)
    assert says in str(error)
    assert "s3cr3t" not in str(error)
    if b"Backoff" in line:
        assert isinstance(error, PlatformUnavailable)
        assert error.retry_after == 300


@pytest.mark.parametrize(
    ("lines", "kind", "says"),
    [
        ([b"* BYE Too many connections"], PlatformUnavailable, "again"),
        ([b"HTTP/1.1 400 Bad"], PlatformUnavailable, ""),
        ([GREETING, b"* CAPABILITY IMAP4rev1 LOGINDISABLED", ABLE], PlatformRefused, "security"),
        ([GREETING, b"* CAPABILITY IMAP2", ABLE], PlatformRefused, "host, port"),
    ],
)
def test_a_server_that_can_not_be_used_says_so(
    lines: list[bytes], kind: type[CollectorError], says: str
) -> None:
    with saying(*lines) as there:
        *_, error = pull(source("inbox", **there))
    assert isinstance(error, kind)
    assert says in str(error)


def test_without_starttls_or_xoauth2_nothing_is_sent() -> None:
    with saying(GREETING, b"* CAPABILITY IMAP4rev1", ABLE) as there:
        *_, error = pull(source("inbox", **there | {"security": "starttls"}))
        assert "offers no STARTTLS" in str(error)
        *_, error = pull(source("inbox", **there, access_token="t0ken"))
        assert "takes no token" in str(error)


@pytest.mark.parametrize(
    ("challenge", "says"),
    [
        (b"+ eyJzdGF0dXMiOiAiNDAwIn0=", "connect inbox` (400)"), (b"+ eyJzdGF0dXMiOiA0MDF9", "connect inbox` (401)"),
        (b"+ e30=", "connect inbox`"), (b"+ W10=", "connect inbox`"), (b"+ eyI=", "connect inbox`"),
        (b"+ !!!!", "connect inbox`"), (b"+ A", "can't be read"),
    ],
)  # fmt: skip
def test_a_refused_token_is_told_by_its_challenge(challenge: bytes, says: str) -> None:
    refused = b"NO AUTHENTICATE failed."
    with saying(GREETING, CAPABILITY, ABLE, b"+ ", challenge, refused) as there:
        *_, error = pull(source("inbox", **there, access_token="t0ken"))
    assert isinstance(error, CollectorError)
    assert says in str(error)
    assert "t0ken" not in str(error)


def test_a_token_is_refused_without_a_challenge_too() -> None:
    with saying(GREETING, CAPABILITY, ABLE, b"NO AUTHENTICATE failed.") as there:
        *_, error = pull(source("inbox", **there, access_token="t0ken"))
    assert isinstance(error, PlatformRefused)
    assert str(error).endswith("run `mentions connect inbox`")


def test_starttls_where_tls_is_spoken_from_the_start_is_given_up_in_time(
    inbox: InboxStandIn,
) -> None:
    made = reading(inbox, security="starttls")
    assert isinstance(made, Inbox)
    made.http.timeout = (0.2, 0.2)
    assert isinstance(pull(made, WEEK)[3], PlatformUnavailable)


@pytest.mark.parametrize(
    "told", ["[AUTHENTICATIONFAILED] no", "[NONEXISTENT]", "Mailbox does not exist", ""]
)
def test_what_no_time_mends_does_not_pass(told: str) -> None:
    assert not may_pass(told)


# ── the table ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"security": "none", "host": "imap.example.org"}, 'security: "none" is for a server on this machine'),
        ({"security": "none", "host": "10.0.0.1"}, "security"),
        ({"security": "starttls"}, "port: 993"),
        ({"security": "ssl"}, "security"),
        ({"host": " "}, "host: is empty"), ({"user": ""}, "user: is empty"), ({"folder": ""}, "folder: is empty"),
        ({"user": "a\r\nA1 DELETE INBOX"}, "user: holds a control character"),
        ({"password": "a\nb"}, "password: holds a control character"),
        ({"token_url": "http://login.example.org/token"}, "token_url: must start with https://"),
        ({"authorize_url": "ftp://login.example.org"}, "authorize_url: must start with https://"),
        ({"port": 0}, "port"), ({"most": 0}, "most"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_named_by_its_key(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        source("inbox", **table)
    assert str(raised.value).startswith(f"[collectors.inbox] {says}")


def test_the_mailbox_is_known_by_its_name_without_its_host(inbox: InboxStandIn) -> None:
    made = source("inbox", user="Report.It@nhs.example.org")
    assert isinstance(made, Inbox)
    assert made.issuer == "inbox:report.it"
    assert list(made.follows()) == []


def test_the_app_is_let_in_by_its_own_credentials() -> None:
    assert Inbox.grant.alone
    assert Inbox.grant.scopes == ("https://outlook.office365.com/.default",)
    assert Inbox.grant_optional
