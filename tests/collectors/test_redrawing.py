"""A stranger's picture is drawn anew, and nothing that came with it is handed on."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from collectors.redrawing import LONGEST_SIDE, plain
from tests.fuzz.profiles import examples


def drawn(
    kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **more: object
) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size).save(written, kind, **more)
    return written.getvalue()


def bomb() -> bytes:
    """A PNG of some bytes that says of itself that it is 60,000 pixels a side."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_what_is_shown_is_a_jpeg_of_bounded_size(kind: str, mode: str) -> None:
    shown = Image.open(io.BytesIO(plain(drawn(kind, (4000, 1000), mode))))
    assert shown.format == "JPEG"
    assert max(shown.size) == LONGEST_SIDE


def test_what_is_transparent_is_shown_on_white() -> None:
    shown = Image.open(io.BytesIO(plain(drawn(mode="RGBA"))))
    assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_stands_upright_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "SECRETPLACE"
    shown = plain(drawn("JPEG", exif=exif, comment=b"SECRETPLACE", icc_profile=b"SECRETPLACE"))
    assert b"SECRETPLACE" not in shown
    opened = Image.open(io.BytesIO(shown))
    assert opened.size == (200, 300)
    assert not opened.getexif()
    assert "icc_profile" not in opened.info


@pytest.mark.parametrize(
    "hostile",
    [
        b"", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        drawn()[:40], drawn("BMP"), drawn("TIFF"), b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n\x1a\n" + b"0" * 99,
    ],
)  # fmt: skip
def test_what_is_no_such_picture_is_refused(hostile: bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        plain(hostile)


def test_a_bomb_is_refused_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(ValueError, match="picture"):
        plain(bomb())
    assert time.monotonic() - began < 1


@examples(37)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.data())
def test_a_damaged_picture_is_shown_or_refused_and_never_a_bug(
    kind: str, data: st.DataObject
) -> None:
    whole = bytearray(drawn(kind, (40, 30)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        assert plain(bytes(whole)).startswith(b"\xff\xd8")
