"""Which posts say nearly the same: what grouping mentions into stories stands on.

MinHash over overlapping runs of words (Broder 1997), cut into bands so that two texts that are much alike share one
(Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4); whether they are alike is then looked at word by word.
The numbers are those of the library datasketch 2, whose scipy is too heavy to run with: bands that are stored stay
comparable, and a test holds ours to the library's.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
import zlib
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

PERMUTATIONS = 64
ROWS = (
    4  # of a band: two texts of likeness .5 share one of 16 bands in 65 of 100 cases, of .7 in 99
)
RUN = 2  # words that stand beside each other
FEWEST_WORDS = 5  # "thank you so much" is said by many who tell no common story
LONGEST = 4000  # code points that are looked at
ALIKE = 82.0  # of 100: rapidfuzz's token_sort_ratio, from which on two texts say the same

_LINK = re.compile(r"https?://\S+|www\.\S+|\[link [^\]]*\]")
_HANDLE = re.compile(r"@[\w.\-]+|\[handle\]|^\s*rt\b")
_WORD = re.compile(r"\w+")
_SEED = 1
_NUMBER = np.uint32  # its products wrap around, which is the modulo 2**32 that is meant


def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors, all odd so that no two values become one, and summands: datasketch's scheme `affine32`."""
    numbers = np.random.RandomState(_SEED)  # its stream is frozen (NEP 19)
    halves = numbers.randint(0, 1 << 31, PERMUTATIONS, dtype=_NUMBER)
    return halves * _NUMBER(2) + _NUMBER(1), numbers.randint(
        0, 1 << 32, PERMUTATIONS, dtype=_NUMBER
    )


_FACTORS, _SUMMANDS = _permutations()


def tokenise(text: str) -> list[str]:
    """The words of a text, in small letters, without links, handles and a share's prefix."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return _WORD.findall(_HANDLE.sub(" ", _LINK.sub(" ", plain)))


def bands(text: str) -> tuple[int, ...]:
    """Signed 64-bit numbers of which two texts that say nearly the same are likely to share one.

    None for a text that is too short to tell.
    """
    words = tokenise(text)
    if len(words) < FEWEST_WORDS:
        return ()
    runs = {" ".join(words[at : at + RUN]).encode() for at in range(len(words) - RUN + 1)}
    values = [int(value) for value in sketch(runs)]
    return tuple(_number(at, values[at : at + ROWS]) for at in range(0, PERMUTATIONS, ROWS))


def sketch(runs: Collection[bytes]) -> NDArray[np.uint32]:
    """The least value of a set under each permutation, PERMUTATIONS of them. The set has at least one member."""
    values = np.fromiter((zlib.crc32(run) for run in runs), _NUMBER, len(runs))
    values ^= values >> 16  # the finalizer of MurmurHash3, which spreads what is near
    values *= _NUMBER(0x85EBCA6B)
    values ^= values >> 13
    values *= _NUMBER(0xC2B2AE35)
    values ^= values >> 16
    permuted: NDArray[np.uint32] = values[:, np.newaxis] * _FACTORS + _SUMMANDS
    return permuted.min(axis=0)


def _number(band: int, values: list[int]) -> int:
    """One number for a band's values and its place."""
    packed = struct.pack(f"<{len(values) + 1}Q", band, *values)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little", signed=True)


def alike(text: str, other: str) -> bool:
    """Whether two texts say the same, but for a few words, their order, links and handles."""
    first, second = tokenise(text), tokenise(other)
    if min(len(first), len(second)) < FEWEST_WORDS:
        return first == second
    return fuzz.token_sort_ratio(" ".join(first), " ".join(second), score_cutoff=ALIKE) > 0
