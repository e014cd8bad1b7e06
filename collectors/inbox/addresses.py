"""Who sent a mail: a name and an address out of headers that keep to no rule.

The standard library gives nothing for what RFC 5322 forbids and programs write every day, such as
`jane@example.org <jane@example.org>`. Takes any text, in time that grows with its length, and never raises.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')
_ATOM = r"[^\s<>\"(),;:\\\[\]@]{1,64}"
_DOMAIN = r"[^\s<>\"(),;:\\\[\]@]{1,255}"
_ADDRESS = rf"{_ATOM} ?@ ?{_DOMAIN}"
_ANGLED = re.compile(rf"[<\[] ?(?:mailto: ?)?({_ADDRESS})", re.IGNORECASE)
_BARE = re.compile(rf"(?:mailto:)?({_ADDRESS})", re.IGNORECASE)
_FIRST_OF_SEVERAL = re.compile(rf"\s*({_ADDRESS})\s*[,;]")
_COMMENT = re.compile(r"\(([^()]*)\)")
_GROUP = re.compile(r"^[^:@<>\"]{0,100}:(?=.*;\s*$)")
_LONGEST = 10_000  # characters of a header that are read


def mailbox(written: str) -> tuple[str, str]:
    """The name and the address, in lower case, of the first mailbox of a From, Sender or Reply-To.

    "" for what is missing. The name still has its encoded words. What stands in quotation marks or round
    brackets is part of a name, however much it looks like an address.
    """
    text = " ".join(written[:_LONGEST].split())
    text = _GROUP.sub("", text)
    unquoted = _ASIDE.sub(lambda aside: '"' * len(aside[0]), text)  # as long, so that places agree
    several = _FIRST_OF_SEVERAL.match(unquoted)
    angled = _ANGLED.search(unquoted)
    if several and not (angled and _same(several[1], angled[1])):
        return "", _plain(several[1])
    if angled:
        return _name(text[: angled.start()]), _plain(angled[1])
    if bare := _BARE.search(unquoted):
        return _name_beside(text, bare), _plain(bare[1])
    if angled := _ANGLED.search(text) or _BARE.search(
        text
    ):  # a quotation mark that was never closed
        return _name(text[: angled.start()]), _plain(angled[1])
    return _name(text.strip("<>;, ")), ""


def _name_beside(text: str, bare: re.Match[str]) -> str:
    """Of `jane@example.org (Jane Example)` what stands in brackets, else what stands before it."""
    comment = _COMMENT.search(text)
    return _name(comment[1]) if comment else _name(text[: bare.start()])


def _name(written: str) -> str:
    """Without its quotation marks, and without what a list of several leaves behind."""
    name = written.strip().strip("<,;").strip()
    if quoted := _QUOTED.fullmatch(name):
        name = re.sub(r"\\(.)", r"\1", quoted[0][1:-1])
    return name.strip("\"' ")


def _plain(address: str) -> str:
    return address.replace(" ", "").strip(".'").lower()


def _same(address: str, other: str) -> bool:
    return _plain(address) == _plain(other)
