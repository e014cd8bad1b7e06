from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from collectors.inbox.bodies import bodies, parsed
from collectors.inbox.parse import Letter, to_mention
from core.models import Mention
from tests.collectors.cases import AT, TERMS

LINK = "https://x.com/harrow_howler/status/1999000000000000417"
HEAD = "From: Ana <ana@example.org>\r\nSubject: A post\r\nMIME-Version: 1.0\r\n"
WORDS = f"Content-Type: text/plain\r\n\r\nSee {LINK}\r\n"
INNER = f"From: Bo <bo@example.com>\r\nSubject: is it you\r\n\r\nSee {LINK}\r\n"


def report(raw: str | bytes) -> Mention:
    content = raw if isinstance(raw, bytes) else raw.encode()
    letter = Letter(content, AT - timedelta(hours=1))
    assert not letter.nobodys
    return to_mention(letter, issuer="inbox:reports", at=AT, terms=TERMS)


def several(*parts: str, kind: str = "mixed", boundary: str = "b") -> str:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}--b--\r\n'


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SHAPES = {
    "line ends of Unix": (HEAD + WORDS).replace("\r\n", "\n"),
    "empty lines first": "\r\n\r\n" + HEAD + WORDS,
    "a line of a mail folder first": "From ana@example.org Tue Nov 24 09:00:00 2026\r\n" + HEAD + WORDS,
    "no empty line after the headers": f"{HEAD}See {LINK}",
    "spaces before colons": HEAD.replace(":", " :") + WORDS,
    "an empty type": f"{HEAD}Content-Type: \r\n\r\nSee {LINK}",
    "half a type": f"{HEAD}Content-Type: text\r\n\r\nSee {LINK}",
    "a type of text that nobody knows": f"{HEAD}Content-Type: text/x-reporter\r\n\r\nSee {LINK}",
    "enriched text": f"{HEAD}Content-Type: text/enriched\r\n\r\n<bold>See</bold> {LINK}",
    "a quotation mark that stays open": f'{HEAD}Content-Type: text/plain; charset="utf-8; x=y\r\n\r\nSee {LINK}',
    "an encoding that nobody knows": f"{HEAD}Content-Transfer-Encoding: x-best\r\n\r\nSee {LINK}",
    "words that say that they are base64": f"{HEAD}Content-Transfer-Encoding: base64\r\n\r\nSee {LINK}",
    "no boundary named": f"{HEAD}Content-Type: multipart/mixed\r\n\r\n--b\r\n{WORDS}\r\n--b--",
    "another boundary named": several(WORDS, boundary="never-seen"),
    "no boundary at all": f'{HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\nSee {LINK}',
    "no last boundary": several(WORDS).removesuffix("--b--\r\n"),
    "a mail as base64": several("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + in_base64(INNER)),
    "a mail as a file": several('Content-Type: application/octet-stream; name="a.eml"\r\n\r\n' + INNER),
    "a mail as a file in base64": several('Content-Type: application/octet-stream; name="A.EML"\r\n'
                                          "Content-Transfer-Encoding: base64\r\n\r\n" + in_base64(INNER)),
    "a mail in a digest": several("\r\n" + INNER, kind="digest"),
    "a text with a name": several(f'Content-Type: text/plain; name="body.txt"\r\n\r\nSee {LINK}'),
    "all of it in the HTML": several("Content-Type: text/plain\r\n\r\nYour mail program does not show HTML.",
                                     f"Content-Type: text/html\r\n\r\n<p>See {LINK}</p>", kind="alternative"),
    "a calendar that invites nobody": several(WORDS, 'Content-Type: text/calendar; method=PUBLISH; name="a.ics"\r\n\r\nBEGIN'),
    "sent by a person, in brackets": f"Auto-Submitted: no (a person wrote it)\r\n{HEAD}{WORDS}",
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_report_is_read_whatever_its_shape(shape: str) -> None:
    mention = report(SHAPES[shape])
    assert mention.author.handle == "ana@example.org"
    assert mention.url == LINK
    assert mention.text.startswith("A post\n\n")
    assert f"See {LINK}" in mention.text


def test_words_about_html_are_no_stub_where_nothing_else_is_said() -> None:
    text = "The page shows HTML instead of the post."
    raw = several(
        f"Content-Type: text/plain\r\n\r\n{text}",
        f"Content-Type: text/html\r\n\r\n<p>{text}</p>",
        kind="alternative",
    )
    assert report(raw).text == f"A post\n\n{text}"


def test_mails_in_mails_as_files_are_read_to_an_end() -> None:
    raw = INNER
    for _ in range(60):
        raw = several('Content-Type: application/octet-stream; name="a.eml"\r\n\r\n' + raw)
        raw = raw.replace("--b", "--b" + "x").replace('="b', '="b' + "x")
    assert bodies(parsed(raw.encode())).plain == []
