"""What stands in a mail and can't be read here, and who can open it: it is named, so that no report is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

SIGNATURES = frozenset(
    ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
)  # of what stands beside them in plain words

_SMIME = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_OUTLOOKS = frozenset(
    ("application/ms-tnef", "application/vnd.ms-tnef", "application/vnd.ms-outlook")
)
_PGP_BEGINS = re.compile(rb"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_ZIP_BEGINS = b"PK\x03\x04"
_LOCKED = 1  # the first bit of a member's flags (APPNOTE.TXT, 4.4.4), which stand after six bytes


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a mail: `what` it is and `who` can open it, both as parts of a sentence."""

    what: str
    who: str

    @property
    def notice(self) -> str:
        """As the report says it."""
        return f"Not read here: {self.what}. To be opened in the mailbox by {self.who}."

    @property
    def outcome(self) -> str:
        """As the source's outcome says it."""
        return f"holds {self.what}, which can't be read here: to be opened in the mailbox by {self.who}"


_ENCRYPTED = Unread("a part that is encrypted (S/MIME)", "whoever has the key that it was sent to")
_SEALED = Unread(
    "a part inside its own signature (S/MIME)",
    "anybody whose mail program knows S/MIME, as Outlook",
)
_PGP = Unread("a part that is encrypted (PGP)", "whoever has the key that it was sent to")
_OUTLOOK = Unread("a part in Outlook's own form (winmail.dat or .msg)", "anybody who uses Outlook")
_PROTECTED = Unread(
    "a part that Microsoft's rights management protects", "whom it was sent to, in Outlook"
)
_ZIP = Unread("a file that is locked with a password", "whoever was told the password")
_ELSEWHERE = Unread("a part that did not come with the mail", "anybody who may read it")
_DEEP = Unread("parts that are packed into each other too deep", "anybody who may read it")


def why_unread(part: Message, *, too_deep: bool = False) -> Unread | None:
    """What can't be read of one part, without those in it; None where there is nothing of the kind."""
    kind, name = part.get_content_type(), str(part.get_filename() or "").strip().lower()
    if kind in _SMIME or name.endswith(".p7m"):
        signed = str(part.get_param("smime-type") or "").lower() == "signed-data"
        return _SEALED if signed else _ENCRYPTED
    if kind == "multipart/encrypted":
        return _PGP
    if kind in _OUTLOOKS or name == "winmail.dat" or name.endswith(".msg"):
        return _OUTLOOK
    if kind == "application/x-microsoft-rpmsg-message" or name.endswith(".rpmsg"):
        return _PROTECTED
    if kind in ("message/partial", "message/external-body"):
        return _ELSEWHERE
    if part.is_multipart():
        return _DEEP if too_deep else None
    return _by_content(part, kind, name)


def _by_content(part: Message, kind: str, name: str) -> Unread | None:
    if not (kind.startswith("text/") or "zip" in kind or name.endswith(".zip")):
        return None
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    if kind.startswith("text/"):
        return _PGP if _PGP_BEGINS.search(content) else None
    return (
        _ZIP if content.startswith(_ZIP_BEGINS) and content[6:7] and content[6] & _LOCKED else None
    )
