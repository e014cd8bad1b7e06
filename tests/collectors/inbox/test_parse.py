from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import SkippedItem, each
from collectors.inbox.parse import Letter, to_mention
from core.models import Author, Mention
from demo.platforms.inbox import written
from demo.posts_loader import load
from reports.email import message
from settings.schema import Mail
from tests.collectors.cases import AT, TERMS
from tests.fuzz.profiles import examples

CAME = AT - timedelta(hours=3)
LINK = "https://www.facebook.com/groups/999000111/posts/999000401/"
HEAD = b"From: Ana Example <Ana@example.org>\r\nMessage-ID: <a1@example.org>\r\n"
MAILS = [written(mail, "reports@example.org", CAME) for mail in load("inbox")["mails"]]


def letter(raw: bytes, received: datetime = CAME) -> Letter:
    return Letter(raw, received)


def mention(raw: bytes, **more: datetime) -> Mention:
    return to_mention(letter(raw, **more), issuer="inbox:reports", at=AT, terms=TERMS)


def mail(text: str = f"See {LINK}\n", html: str = "", **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in (
        {"From": "Ana Example <ana@example.org>", "Subject": "A post"} | headers
    ).items():
        made[name.replace("_", "-")] = value
    if text:
        made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html") if text else made.set_content(
            html, subtype="html"
        )
    return made


def test_a_mail_with_everything_is_a_report_with_everything() -> None:
    made = mail(
        f"Seen in NHS NW London's own group:\n{LINK}\n\nKind regards\nAna\n",
        Message_ID="<b2@example.org>", In_Reply_To="<a1@example.org>", References="<a0@example.org> <a1@example.org>",
        Date="Tue, 24 Nov 2026 06:59:30 +0100",
    )  # fmt: skip
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="Bildschirm – 1.png")
    made["Content-Language"] = "en-GB, fr"
    report = mention(made.as_bytes())
    assert report == Mention(
        issuer="inbox:reports", issued_id="b2@example.org", platform="email", kind="report", url=LINK,
        text=f"A post\n\nSeen in NHS NW London's own group:\n{LINK}\n\nAttached: Bildschirm – 1.png (image/png)",
        text_raw=f"Seen in NHS NW London's own group:\n{LINK}\n\nKind regards\nAna",
        author=Author(handle="ana@example.org", name="Ana Example"),
        posted_at=datetime(2026, 11, 24, 5, 59, 30, tzinfo=UTC), fetched_at=AT,
        parent_id="a1@example.org", root_id="a0@example.org", language="en-GB",
        matched=("reported: facebook.com", "NHS NW London"),
    )  # fmt: skip


def test_a_mail_with_next_to_nothing_is_a_report_all_the_same() -> None:
    report = mention(b"From: ana@example.org\r\n\r\n")
    assert report.text == "This mail has no words: open it in the mailbox to see what it reports."
    assert (report.text_raw, report.url, report.matched, report.author.name) == ("", "", (), "")
    assert (report.posted_at, report.parent_id, report.root_id) == (CAME, "", "")


def test_without_a_message_id_the_headers_stand_for_it() -> None:
    bare = HEAD.replace(b"Message-ID: <a1@example.org>\r\n", b"")
    ids = [mention(bare + b"Subject: %d\r\n\r\nx" % n).issued_id for n in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("sha256:")
    assert "example" not in ids[0]


@pytest.mark.parametrize(
    ("written_id", "read"),
    [(b"<a.b@example.org>", "a.b@example.org"), (b"<a@\r\n example.org>", "a@example.org"), (b"a@example.org", "a@example.org")],
)  # fmt: skip
def test_an_id_is_read_however_it_is_written(written_id: bytes, read: str) -> None:
    raw = b"From: ana@example.org\r\nMessage-ID: " + written_id + b"\r\n\r\nx"
    assert mention(raw).issued_id == read


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 24 Nov 2099 06:59:30 +0100", "Thu, 1 Jan 1970 00:00:00 +0000"]
)
def test_a_date_that_can_not_be_true_gives_way_to_when_it_came(date: str) -> None:
    assert mention(HEAD + f"Date: {date}\r\n\r\nx".encode()).posted_at == CAME


@pytest.mark.parametrize(
    ("sender", "name"), [("", ""), ("undisclosed-recipients:;", ""), ("<>", ""), ("Ana Example", "Ana Example")]
)  # fmt: skip
def test_a_mail_that_names_no_sender_is_a_report_by_nobody(sender: str, name: str) -> None:
    report = mention(f"From: {sender}\r\nSubject: words\r\n\r\n{LINK}".encode())
    assert (report.author, report.url) == (Author(name=name), LINK)


@pytest.mark.parametrize("title", ["Sender", "Reply-To", "Return-Path"])
def test_where_from_has_no_address_another_header_says_whose_mail_it_is(title: str) -> None:
    author = mention(f"From: Ana Example\r\n{title}: <ana@example.org>\r\n\r\nx".encode()).author
    assert (author.name, author.handle) == ("Ana Example", "ana@example.org")
    twice = b"From: \r\nFrom: Bo <bo@example.org>\r\nSender: ana@example.org\r\n\r\nx"
    assert mention(twice).author.handle == "bo@example.org"


def test_a_sender_that_is_encoded_with_its_address_is_read() -> None:
    author = mention(b"From: =?utf-8?q?Zo=C3=AB_=3Czoe=40example=2Eorg=3E?=\r\n\r\nx").author
    assert (author.name, author.handle) == ("Zoë", "zoe@example.org")


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        (b"=?utf-8?b?U8OpYW4gw5g=?= <Sean@Example.org>", "Séan Ø", "sean@example.org"),
        (b"S\xe9an <sean@example.org>", "Séan", "sean@example.org"),
        (b"=?utf-8?q?=C3=A9?= =?no-such?q?=C3=A9?= <sean@example.org>", "éé", "sean@example.org"),
        (b"=?utf-8?b?A?= <sean@example.org>", "=?utf-8?b?A?=", "sean@example.org"),
        (b'"Example, Ana (Brent)" <ana@example.org>', "Example, Ana (Brent)", "ana@example.org"),
        (b"Scanner, 2nd floor <scan@example.org>", "Scanner, 2nd floor", "scan@example.org"),
        (b"=?utf-8?q?Example,_Zo=C3=AB?= <zoe@example.org>", "Example, Zoë", "zoe@example.org"),
        (b"=?utf-8?b?IkV4YW1wbGUsIEFuYSI=?= <ana@example.org>", "Example, Ana", "ana@example.org"),
        (b"ana@example.org, bo@example.org", "", "ana@example.org"),
    ],
)
def test_a_sender_is_read_however_it_is_written(sender: bytes, name: str, address: str) -> None:
    author = mention(b"From: " + sender + b"\r\n\r\nx").author
    assert (author.name, author.handle) == (name, address)


@pytest.mark.parametrize(
    ("charset", "body", "read"),
    [
        ("iso-8859-1", "they\u2019re £5".encode("cp1252"), "they\u2019re £5"),
        ("us-ascii", "naïve".encode(), "naïve"),
        ("us-ascii", "naïve".encode("cp1252"), "naïve"),
        ("utf-8", b"\xff na\xefve", "ÿ naïve"),
        ("utf-8", "They’re “naïve”".encode() + b"\xe9", "They’re “naïve”\ufffd"),
        ("iso-8859-1", "They’re “naïve”".encode(), "They’re “naïve”"),
        ("no-such", "naïve".encode(), "naïve"),
        ("rot13", b"ab", "ab"),
        ("utf-16", "na\u00efve".encode("utf-16"), "naïve"),
    ],
)
def test_a_text_is_read_in_its_charset_or_the_likeliest(
    charset: str, body: bytes, read: str
) -> None:
    head = HEAD + f"Content-Type: text/plain; charset={charset}\r\n".encode()
    coded = head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(body)
    assert mention(coded).text == read
    if charset != "utf-16":
        assert mention(head + b"\r\n" + body).text == read


def test_soft_line_breaks_are_no_line_breaks() -> None:
    flowed = HEAD + b"Content-Type: text/plain; format=flowed; delsp=%s\r\n\r\n%s"
    body = b"https://x.com/a/sta \r\ntus/1\r\n> quoted \r\n>  more\r\n From the ward\r\n"
    assert mention(flowed % (b"yes", body)).url == "https://x.com/a/status/1"
    assert mention(flowed % (b"yes", body)).text_raw.endswith("> quoted \n>  more\nFrom the ward")
    assert mention(flowed % (b"no", b"one \r\nsentence \r\nhere\r\n")).text == "one sentence here"


def test_html_alone_is_read_with_the_links_behind_its_words() -> None:
    markup = f'<p>Look at <a class="x" href="{LINK}">this &amp; that</a>.<br>It&rsquo;s bad</p><script>no()</script>'
    report = mention(mail("", markup).as_bytes())
    assert report.url == LINK
    assert report.text == f"A post\n\nLook at this & that <{LINK}>.\nIt\u2019s bad"


@pytest.mark.parametrize(
    "markup",
    [
        f"<a href={LINK}>{LINK}</a>", f"<A HREF='{LINK}'>{LINK}</A>", f'<a href="{LINK}"><b>{LINK}</b></a>',
        f'<a href="https://eur01.safelinks.protection.outlook.com/?url={LINK}&amp;data=x">{LINK}</a>',
    ],
)  # fmt: skip
def test_a_link_that_is_shown_is_not_said_twice(markup: str) -> None:
    assert mention(mail("", f"<p>{markup}</p>").as_bytes()).text == f"A post\n\n{LINK}"


@pytest.mark.parametrize(
    "href", ["mailto:a@example.org", "#top", "javascript:x()", "https://[half", ""]
)
def test_what_leads_nowhere_is_no_link(href: str) -> None:
    report = mention(mail("", f'<p>Write <a href="{href}">here</a> or <a>there</a></p>').as_bytes())
    assert (report.url, report.text) == ("", "A post\n\nWrite here or there")


def test_where_the_plain_text_has_no_link_the_html_beside_it_may() -> None:
    made = mail("Look at this.\n", f'<p>Look at <a href="{LINK}">this</a>.</p>')
    report = mention(made.as_bytes())
    assert (report.url, report.text) == (LINK, "A post\n\nLook at this.")
    empty = mention(mail(" \n", "<p>All of it</p>").as_bytes())
    assert empty.text == "A post\n\nAll of it"


def test_a_mail_that_is_carried_along_is_read_and_its_sender_is_not_the_reporter() -> None:
    inner = mail(
        f"The page is {LINK}\n\nThanks\nBo\n", From="Bo <bo@example.com>", Subject="is it you"
    )
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    outer = mail("As it came.\n", Subject="fake?")
    outer.add_attachment(inner)
    report = mention(outer.as_bytes())
    assert (
        report.text
        == f"fake?\n\nAs it came.\n\nis it you\n\nThe page is {LINK}\n\nAttached: a.pdf (application/pdf)"
    )
    assert (report.url, report.author.handle) == (LINK, "ana@example.org")
    assert "Thanks\nBo" in report.text_raw


def test_the_reporters_own_link_goes_before_one_that_is_passed_on_and_none_is_a_signatures() -> (
    None
):
    body = f"It is {LINK}\n\n---------- Forwarded message ---------\nhttps://example.org/other\n"
    assert mention(mail(body, Subject="Fwd: a").as_bytes()).url == LINK
    signed = "By phone, there is no link.\n\nRegards\nAna\nTeam\nHouse\nhttps://www.example.org/team/page\n"
    assert mention(mail(signed).as_bytes()).url == ""


NOBODYS: list[Mapping[str, str]] = [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "Auto-Generated; x=y"}, {"Precedence": "Bulk"},
    {"Precedence": "auto_reply"}, {"Return_Path": "<>"}, {"X_Autoreply": "yes"}, {"Subject": "Automatic reply: A post"},
]  # fmt: skip
SOMEBODYS: list[Mapping[str, str]] = [
    {}, {"Auto_Submitted": "no"}, {"Precedence": "list"}, {"Return_Path": "<ana@example.org>"},
    {"X_Auto_Response_Suppress": "All"}, {"Subject": "Re: Automatic reply: A post"},
]  # fmt: skip


@pytest.mark.parametrize("headers", NOBODYS)
def test_what_a_program_wrote_is_known(headers: Mapping[str, str]) -> None:
    assert letter(mail(**headers).as_bytes()).nobodys


@pytest.mark.parametrize("headers", SOMEBODYS)
def test_what_a_person_wrote_is_known(headers: Mapping[str, str]) -> None:
    assert not letter(mail(**headers).as_bytes()).nobodys


def test_our_own_alerts_are_no_reports() -> None:
    told = Mail(host="smtp.example.org", sender="mentions@example.org")
    alert = message(
        told, ["a@example.org"], "s", "t", "<p>t</p>", at=AT, message_id="<1@example.org>"
    )
    assert letter(alert.as_bytes()).nobodys


def test_invitations_bounces_and_receipts_are_known_and_a_calendar_file_is_no_invitation() -> None:
    kinds = [
        b'multipart/report; report-type=delivery-status; boundary="x"',
        b'multipart/report; report-type=disposition-notification; boundary="x"',
        b"text/calendar; method=REQUEST", b"text/calendar; method=CANCEL",
    ]  # fmt: skip
    assert all(letter(HEAD + b"Content-Type: " + kind + b"\r\n\r\nx").nobodys for kind in kinds)
    attached = mail()
    attached.add_attachment(b"BEGIN", maintype="text", subtype="calendar", filename="a.ics")
    assert not letter(attached.as_bytes()).nobodys


@pytest.mark.parametrize(
    ("allowed", "taken"),
    [
        ((), True), (("example.org",), True), (("@Example.org ",), True), (("ANA@example.org",), True),
        (("org",), True), (("ample.org",), False), (("bo@example.org",), False), (("example.com", "example.org"), True),
        (("www.example.org",), False), (("",), False),
    ],
)  # fmt: skip
def test_whose_reports_are_taken_is_said_by_address_or_domain(
    allowed: tuple[str, ...], taken: bool
) -> None:
    assert letter(HEAD + b"\r\nx").is_from(allowed) is taken


def test_parts_packed_in_parts_without_end_are_read_as_far_as_makes_sense() -> None:
    for count in (50, 500, 5000):
        layers = b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
            for n in range(count)
        )
        deep = letter(HEAD + layers + b"\r\nwords")
        assert not deep.nobodys
        list(each([deep], partial(to_mention, issuer="i", at=AT, terms=()), at=AT))


def test_one_bad_byte_costs_itself_in_headers_too() -> None:
    raw = "From: Séan Ø <sean@example.org>\r\nSubject: Łódź Road|“closing”\r\n\r\n–".encode()
    report = mention(raw.replace(b"|", b"\xff"))
    assert report.text == "Łódź Road\ufffd“closing”\n\n–"


def test_html_that_alone_names_its_charset_is_read_in_it() -> None:
    head = HEAD + b"Content-Type: text/html\r\n\r\n"
    assert (
        mention(head + '<meta charset="koi8-r"><p>Спасибо</p>'.encode("koi8-r")).text == "Спасибо"
    )


def test_a_text_that_came_as_a_file_is_read_where_there_are_no_other_words() -> None:
    alone = mail("", Subject="FYI")
    alone.add_attachment(f"See {LINK}\n", filename="post.txt")
    assert mention(alone.as_bytes()).url == LINK
    beside = mail("By phone.\n", Subject="FYI")
    beside.add_attachment(f"See {LINK}\n", filename="post.txt")
    report = mention(beside.as_bytes())
    assert (report.url, report.text) == ("", "FYI\n\nBy phone.\n\nAttached: post.txt (text/plain)")


def test_many_attachments_are_named_to_a_limit() -> None:
    made = mail()
    for number in range(70):
        made.add_attachment(b"", maintype="image", subtype="png", filename=f"{number}.png")
    assert mention(made.as_bytes()).text.count("image/png") == 50


@examples(75)
@given(st.sampled_from(MAILS), st.data())
def test_a_mail_that_was_damaged_on_its_way_costs_itself_at_most(
    raw: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged)))
        cut = data.draw(st.sampled_from((0, 0, 1, 2, 40)))
        put = data.draw(
            st.sampled_from(
                (
                    b"",
                    b"\0",
                    b"\xff",
                    b"\r\n",
                    b"\r\n\r\n",
                    b"=?utf-8?b?",
                    b";",
                    b'"',
                    b"*0*=",
                    b"--",
                    b"<",
                    b"%",
                    b"message/rfc822",
                )
            )
        )
        damaged[at : at + cut] = put
    found = letter(bytes(damaged))
    assert found.nobodys in (True, False)
    assert found.is_from(("example.org",)) in (True, False)
    made = partial(to_mention, issuer="inbox:reports", at=AT, terms=TERMS)
    for one in each([found], made, at=AT):
        assert isinstance(one, Mention | SkippedItem)


@examples(25)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_mail_or_cost_themselves(raw: bytes) -> None:
    found = letter(HEAD + raw)
    assert found.nobodys in (True, False)
    list(each([found], partial(to_mention, issuer="i", at=AT, terms=()), at=AT))
