"""Bytes as text: by the charset that they are said to be in, unless they show that they are in another.

Used for mails, web pages, feeds and files alike. Takes any bytes and any name of a charset, and never raises.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, of which it begins with the mark
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What programs write when they mean Windows-1252 or do not know (encoding.spec.whatwg.org, 4.2).
_LATIN = frozenset(("ascii", "iso8859-1", "cp1252"))
_SINGLE_BYTE = re.compile(r"ascii|iso8859|latin|cp(?:125\d|437|85\d)|koi8|mac|tis-620")
_WIDER = {
    "utf-8-sig": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_NO_CHARSETS = frozenset(
    ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem")
)
_NAMED = re.compile(
    rb"<\?xml[^>]{0,100}?\bencoding\s*=\s*[\"']([\w:.-]{1,40})"
    rb"|<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*([\w:.-]{1,40})",
    re.IGNORECASE,
)
_FIRST = 4_096  # bytes in which a document names its charset; HTML asks for it in the first 1,024
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]")


def decode(content: bytes, charset: str = "") -> str:
    """The text, in which a byte that can't be read is U+FFFD and costs nothing but itself.

    `charset` is what a header or the document says; "" where nothing does. Windows-1252 is read for what
    says that it is Latin-1 or ASCII, and for what says nothing and is no UTF-8. Text that is UTF-8 but
    for a few bytes is read as UTF-8, also where it says that it is in another charset of single bytes.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    if not _ABOVE_ASCII.search(content) and b"\0" not in content and not _is_stateful(charset):
        return content.decode("ascii")
    name = _known(charset)
    if not name or name == "utf-8" or _SINGLE_BYTE.match(name):
        fallback = name if name not in ("", "utf-8", *_LATIN) else "cp1252"
        return content.decode("utf-8" if is_utf8(content) else fallback, "replace")
    if name.startswith(("utf-16", "utf-32")) and b"\0" not in content and is_utf8(content):
        return content.decode("utf-8", "replace")
    try:
        return content.decode(name)
    except ValueError:
        return content.decode("utf-8" if is_utf8(content, damaged=False) else name, "replace")


def named_in_markup(content: bytes) -> str:
    """The charset that XML or HTML says itself that it is in; "" where it does not."""
    named = _NAMED.search(content[:_FIRST])
    return (named[1] or named[2]).decode("ascii") if named else ""


def named_in_type(content_type: str) -> str:
    """The charset of a Content-Type header; "" where it has none."""
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", content_type, re.IGNORECASE)
    return named[1] if named else ""


def is_utf8(content: bytes, *, damaged: bool = True) -> bool:
    """Whether it is UTF-8; also if `damaged`, as long as half of what is not ASCII in it can be read."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace") if damaged else ""
        lost = text.count("\ufffd") - content.count("\ufffd".encode())
        readable = sum(letter > "\x7f" for letter in text) - lost
        return readable > 0 and readable >= lost
    return True


def _known(charset: str) -> str:
    """Python's name for a charset, or for the wider one that programs mean by it; "" for none."""
    written = charset.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(written).name.lower()
        b"".decode(written)  # refuses what turns no bytes into text, as rot13
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else _WIDER.get(name, name)


def _is_stateful(charset: str) -> bool:
    """Whether bytes below 128 may be something else than ASCII in it."""
    name = _known(charset)
    return name.startswith(("utf-7", "utf-16", "utf-32", "iso2022", "hz", "cp037", "cp500"))
