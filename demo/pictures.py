"""Small pictures for the profiles and posts of the demo's world, made on the spot: nobody's, and a logo."""

from __future__ import annotations

import hashlib
import struct
import zlib

CELLS, CELL = 8, 16  # cells a side, and pixels a cell
_BLUE, _WHITE = (0, 94, 184), (255, 255, 255)
_LOGO = (
    "........",
    ".#....#.",
    ".##...#.",
    ".#.#..#.",
    ".#..#.#.",
    ".#...##.",
    ".#....#.",
    "........",
)
LOGO = (
    "logo"  # the seed whose picture stands for the organisation's logo; "logo-copy" is close to it
)


def picture(seed: str) -> bytes:
    """A PNG, always the same for one seed: the logo, a copy of it that is a little off, or a pattern."""
    if seed.startswith(LOGO):
        cells = [[_WHITE if mark == "#" else _BLUE for mark in row] for row in _LOGO]
        if seed != LOGO:
            cells[0][0] = cells[7][7] = (20, 110, 190)
        return _png(cells)
    marks = hashlib.sha256(seed.encode()).digest()
    ink = (marks[0], marks[1], marks[2])
    half = [
        [ink if marks[3 + row] >> column & 1 else _WHITE for column in range(CELLS // 2)]
        for row in range(CELLS)
    ]
    return _png([row + row[::-1] for row in half])


def _png(cells: list[list[tuple[int, int, int]]]) -> bytes:
    lines = [b"".join(bytes(colour) * CELL for colour in row) for row in cells]
    packed = zlib.compress(b"".join(b"\0" + line for line in lines for _ in range(CELL)))
    size = CELLS * CELL
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
