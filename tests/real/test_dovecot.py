"""Against a real Dovecot, where Debian's is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from collectors import factory
from collectors.base import Collected, Collector, Http, SaveState, SkippedItem
from core import clock
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.real.dovecot import PASSWORD, TOKEN, USER, Dovecot, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed here: {missing()}")

LINK = "https://www.facebook.com/groups/999000111/posts/999000401/"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot() as made:
        yield made


@pytest.fixture(autouse=True)
def emptied(server: Dovecot) -> None:
    server.empty()


def built(server: Dovecot, kept: dict[str, str] | None = None, **table: Any) -> Collector:
    told = {"host": "localhost", "port": server.tls, "user": USER, "ca_file": str(server.ca)}
    http = Http(attempts=2, longest_wait=0.0, timeout=(5.0, 10.0))
    return factory.build(
        "inbox", {**told, "password": PASSWORD, **table}, http=http, at=clock.now(), state=kept or {},
        terms=("NHS NW London",), register={},
    )  # fmt: skip


def run(server: Dovecot, kept: dict[str, str] | None = None, **table: Any) -> list[Collected]:
    return list(built(server, kept, **table).collect(clock.now() - timedelta(days=7)))


def subjects(found: list[Collected]) -> list[str]:
    return [one.text.partition("\n")[0] for one in found if isinstance(one, Mention)]


def keeps(found: list[Collected]) -> dict[str, str]:
    return {one.name: one.value for one in found if isinstance(one, SaveState)}


def refusal(server: Dovecot, **table: Any) -> CollectorError:
    with pytest.raises(CollectorError) as raised:
        run(server, **table)
    assert PASSWORD not in str(raised.value)
    assert TOKEN not in str(raised.value)
    return raised.value


def mail(subject: str = "A post", text: str = f"See {LINK}\n") -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Ana Example <ana@example.org>", USER, subject
    made["Message-ID"] = f"<{subject.replace(' ', '.')}@example.org>"
    made.set_content(text)
    return made.as_bytes()


def days_ago(days: int) -> str:
    return f"{clock.now() - timedelta(days=days):%d-%b-%Y %H:%M:%S} +0000"


@pytest.mark.parametrize("way", ["tls", "starttls"])
@pytest.mark.parametrize("lets_in", [{}, {"access_token": TOKEN, "password": ""}])
def test_reports_are_read_and_nothing_there_is_changed(
    server: Dovecot, way: str, lets_in: dict[str, str]
) -> None:
    server.deliver(mail(), "24-Nov-2026 09:00:00 +0100")
    before = server.flags()
    since = datetime(2026, 11, 24, 7, tzinfo=UTC)
    table = {"port": getattr(server, way), "security": way, **lets_in}
    found = list(built(server, **table).collect(since))
    (report,) = [one for one in found if isinstance(one, Mention)]
    assert (report.issuer, report.issued_id) == ("inbox:reports", "A.post@example.org")
    assert (report.url, report.author.handle) == (LINK, "ana@example.org")
    assert report.posted_at == datetime(2026, 11, 24, 8, tzinfo=UTC), (
        "by the server, without a Date"
    )
    assert server.flags() == before
    assert not any("Seen" in flags for flags in before)


def test_the_next_run_has_what_is_new_and_what_was_moved_in(server: Dovecot) -> None:
    server.deliver(mail("One"))
    server.deliver(mail("Old"), days_ago(30))
    first = run(server)
    assert subjects(first) == ["One"]
    server.deliver(mail("Two"))
    server.deliver(mail("Dug out"), days_ago(90))
    second = run(server, keeps(first))
    assert subjects(second) == ["Two", "Dug out"]
    assert subjects(run(server, keeps(first) | keeps(second))) == []


def test_a_folder_that_was_numbered_anew_is_read_again_by_date(server: Dovecot) -> None:
    server.deliver(mail("One"))
    server.deliver(mail("Old"), days_ago(30))
    kept = keeps(run(server))
    server.renumber()
    again = run(server, kept)
    assert subjects(again) == ["One"]
    assert keeps(again) != kept


def test_a_folder_may_have_any_name(server: Dovecot) -> None:
    server.make("Reports & “Gemeldet” ü")
    server.deliver(mail("Elsewhere"), folder="Reports & “Gemeldet” ü")
    assert subjects(run(server, folder="Reports & “Gemeldet” ü")) == ["Elsewhere"]


def test_of_a_big_mail_the_words_are_read(server: Dovecot) -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "ana@example.org", "Screen recording"
    made.set_content(f"It is this one: {LINK}")
    made.add_attachment(b"\0" * 9_000_000, maintype="video", subtype="mp4", filename="big.mp4")
    server.deliver(made.as_bytes())
    found = run(server)
    (report,) = [one for one in found if isinstance(one, Mention)]
    assert (report.url, report.text.splitlines()[-1]) == (LINK, "Attached: big.mp4 (video/mp4)")
    (odd,) = [one for one in found if isinstance(one, SkippedItem)]
    assert "is over 5.0 MB" in odd.why


def test_mails_that_are_no_mails_cost_themselves(server: Dovecot) -> None:
    head = b"From: ana@example.org\r\nSubject: S\xe9an\r\nMessage-ID: <%d@example.org>\r\n"
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(3000)
    )
    raws = [
        b"no header at all", b"\r\n\r\n", head % 1 + b"\r\n\xff\xfe\x80 \r\n",
        head % 2 + nested, head % 3 + b"\r\n" + b"x" * 300_000,
        head % 4 + b"Content-Type: text/plain; charset=no-such\r\n\r\nna\xc3\xafve\r\n",
        head % 5 + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n",
        head % 6 + b"Content-Type: text/plain; charset=utf-7; format=flowed\r\n\r\n+2D0 \r\n",
    ]  # fmt: skip
    for raw in raws:
        server.deliver(raw)
    server.deliver(mail("A good one"))
    found = run(server)
    assert subjects(found)[-1] == "A good one"
    assert len(subjects(found)) >= 6
    assert len([one for one in found if isinstance(one, SkippedItem)]) <= 4


def test_what_a_person_must_see_to_is_told_in_one_line(server: Dovecot, tmp_path: Path) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"password": "wrong"}, "`password`"), ({"password": "wröng"}, "`password`"),
        ({"access_token": "old"}, "run `mentions connect inbox`"), ({"folder": "Nowhere"}, "`folder`"),
        ({"ca_file": ""}, "`ca_file`"), ({"ca_file": str(tmp_path / "none.pem")}, "ca_file"),
        ({"port": server.starttls}, "speaks no TLS"),
    ]  # fmt: skip
    for table, says in wrong:
        error = refusal(server, **table)
        assert isinstance(error, PlatformRefused), error
        assert says in str(error)
        assert "\n" not in str(error)


def test_a_server_that_is_not_there_may_come_back(server: Dovecot) -> None:
    assert isinstance(refusal(server, port=1), PlatformUnavailable)
