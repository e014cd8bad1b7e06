"""Whether this machine can lay out a PDF at all: the extra may be there and Pango not."""

from __future__ import annotations

import re
import zlib
from functools import cache

import pytest

from core.errors import ConfigError
from reports import pdf


@cache
def _trouble() -> str:
    try:
        pdf.pdf("<html lang='en'><head><title>A</title></head><body><h1>A</h1></body></html>")
    except ConfigError as error:
        return str(error)
    return ""


def needs_pdf() -> None:
    """Skips a test where no PDF can be made, and says what is missing."""
    if _trouble():
        pytest.skip(_trouble())


def unpacked(written: bytes) -> bytes:
    """A PDF with what is packed in it beside it, so that one can look for its parts."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", written, re.S)
    packed = (each for each in streams if each[:1] == b"x")
    return b"".join([written, *(zlib.decompressobj().decompress(each) for each in packed)])
