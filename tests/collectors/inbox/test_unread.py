from __future__ import annotations

import email
import io
import zipfile
from email.message import EmailMessage

import pytest

from collectors.inbox.bodies import bodies
from collectors.inbox.parse import Letter, to_mention
from collectors.inbox.unread import SIGNATURES
from core.models import Mention
from tests.collectors.cases import AT, TERMS

HEAD = "From: Jane Example <jane@example.org>\r\nSubject: A post\r\n"


def report(raw: bytes | str) -> Mention:
    content = raw.encode() if isinstance(raw, str) else raw
    return to_mention(Letter(content, AT), issuer="inbox:reports", at=AT, terms=TERMS)


def unread(raw: bytes | str) -> list[str]:
    content = raw.encode() if isinstance(raw, str) else raw
    return [part.what for part in bodies(email.message_from_bytes(content)).unread]


def leaf(kind: str, name: str = "", body: str = "AAAA") -> str:
    named = f'; name="{name}"' if name else ""
    return f"Content-Type: {kind}{named}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n"


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (leaf("application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m"), "encrypted (S/MIME)"),
        (leaf("application/x-pkcs7-mime", "smime.p7m"), "encrypted (S/MIME)"),
        (leaf("application/octet-stream", "SMIME.P7M"), "encrypted (S/MIME)"),
        (leaf("application/pkcs7-mime; smime-type=signed-data", "smime.p7m"), "inside its own signature"),
        (leaf("application/ms-tnef", "winmail.dat"), "winmail.dat"),
        (leaf("application/octet-stream", "winmail.dat"), "winmail.dat"),
        (leaf("application/x-microsoft-rpmsg-message", "message.rpmsg"), "rights management"),
        ("Content-Type: message/external-body; access-type=URL\r\n\r\nx\r\n", "did not come"),
        ("Content-Type: message/partial; number=1; id=a\r\n\r\nx\r\n", "did not come"),
        ('Content-Type: multipart/encrypted; boundary="x"\r\n\r\n--x\r\n' + leaf("application/pgp-encrypted")
         + "--x\r\n" + leaf("application/octet-stream", "encrypted.asc") + "--x--\r\n", "encrypted (PGP)"),
        ("Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n", "encrypted (PGP)"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_named_with_who_can_open_it(part: str, says: str) -> None:
    (what,) = unread(HEAD + part)
    assert says in what
    text = report(HEAD + part).text
    assert text.startswith("A post\n\n")
    assert f"Not read here: {what}. To be opened in the mailbox by " in text


def test_it_is_named_once_and_beside_what_can_be_read() -> None:
    raw = f'{HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    raw += "--b\r\nContent-Type: text/plain\r\n\r\nSee the two files.\r\n"
    raw += "".join("--b\r\n" + leaf("application/ms-tnef", "winmail.dat") for _ in range(2))
    text = report(raw + "--b--\r\n").text
    assert text.startswith("A post\n\nSee the two files.\n\nNot read here: ")
    assert text.count("Not read here") == 1


def test_a_signature_beside_plain_words_is_neither_unread_nor_an_attachment() -> None:
    raw = f'{HEAD}Content-Type: multipart/signed; boundary="b"\r\n\r\n'
    raw += "--b\r\nContent-Type: text/plain\r\n\r\nAs it is.\r\n"
    raw += "--b\r\n" + leaf(min(SIGNATURES), "smime.p7s") + "--b--\r\n"
    assert unread(raw) == []
    assert report(raw).text == "A post\n\nAs it is."


def test_a_signature_around_an_encrypted_part_hides_nothing() -> None:
    raw = f'{HEAD}Content-Type: multipart/signed; boundary="b"\r\n\r\n'
    raw += "--b\r\n" + leaf("application/pkcs7-mime", "smime.p7m")
    raw += "--b\r\n" + leaf(min(SIGNATURES), "smime.p7s") + "--b--\r\n"
    assert unread(raw) == ["a part that is encrypted (S/MIME)"]


@pytest.mark.parametrize(("flags", "count"), [(0, 0), (1, 1), (9, 1), (8, 0)])
def test_a_file_is_locked_where_its_first_member_is(flags: int, count: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("post.png", b"x")
    content = bytearray(packed.getvalue())
    content[6] = flags
    message = EmailMessage()
    message["From"], message["Subject"] = "jane@example.org", "A post"
    message.set_content("In the file.")
    message.add_attachment(bytes(content), maintype="application", subtype="zip", filename="a.zip")
    assert len(unread(message.as_bytes())) == count
    assert "Attached: a.zip (application/zip)" in report(message.as_bytes()).text


def test_parts_that_are_packed_too_deep_are_not_lost_in_silence() -> None:
    layers = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(40)
    )
    assert unread(f"{HEAD}{layers}Content-Type: text/plain\r\n\r\nwords") == [
        "parts that are packed into each other too deep"
    ]
