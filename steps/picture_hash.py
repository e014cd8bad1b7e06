"""The perceptual hash of a picture: pHash, of the lowest frequencies of its cosine transform.

As N. Krawetz gives it ("Looks Like It", hackerfactor.com, 2011) and the library ImageHash 4 computes it, whose scipy and
PyWavelets are too heavy to run with. A test holds ours to the library's, so that `distance` of config.toml means what it
meant.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

SIDE = 8  # of the hash: 64 bits
GRID = 32  # points a side that the picture is made smaller to

_ROWS, _COLUMNS = np.ogrid[:SIDE, :GRID]
_COSINES = 2 * np.cos(np.pi * _ROWS * (2 * _COLUMNS + 1) / (2 * GRID))  # DCT II, its first 8 of 32


def phash(picture: Image.Image) -> int:
    """64 bits of a picture: a bit is 1 where a frequency is stronger than the median of the 64 lowest.

    Two pictures are as far apart as the bits in which their hashes differ. A mirrored shape or a plain colour has
    frequencies of nought, which rounding keeps from being told apart by the last digit of a sum.
    """
    small = picture.convert("L").resize((GRID, GRID), Image.Resampling.LANCZOS)
    frequencies = (_COSINES @ np.asarray(small, dtype=np.float64) @ _COSINES.T).round(6)
    bits = np.packbits(frequencies > np.median(frequencies))
    return int.from_bytes(bits.tobytes())
