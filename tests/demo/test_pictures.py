from __future__ import annotations

import struct
import zlib

from demo.pictures import CELL, CELLS, LOGO, picture


def pixels(png: bytes) -> bytes:
    """What a PNG of one unfiltered IDAT holds, by the format's own layout."""
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    return zlib.decompress(png[start + 4 : start + 4 + length])


def test_a_picture_is_always_the_same_for_one_seed_and_another_for_another() -> None:
    assert picture("ana") == picture("ana") != picture("bo")
    side = CELLS * CELL
    assert len(pixels(picture("ana"))) == side * (1 + 3 * side)


def test_a_copy_of_the_logo_is_close_to_it_and_not_the_same() -> None:
    logo, copy = pixels(picture(LOGO)), pixels(picture(f"{LOGO}-copy"))
    differing = sum(a != b for a, b in zip(logo, copy, strict=True)) / len(logo)
    assert 0 < differing < 0.05
    other = pixels(picture("ana"))
    assert sum(a != b for a, b in zip(logo, other, strict=True)) / len(logo) > 0.2
