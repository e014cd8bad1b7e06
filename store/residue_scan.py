"""Looks for fragments of what was purged in the bytes of the database's files."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from core.errors import StoreError
from store.encryption import clean

WIDTH = 32  # bytes of a fragment; shorter texts are looked for whole
SHORTEST = 16  # shorter ones are found by chance
STRIDE = 256  # a fragment every so many bytes
BLOCK = 8 * 2**20

_READ = (
    "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), sys.stdout.buffer, 1 << 20)"
)


def fragments(text: str) -> set[bytes]:
    """Pieces of a text by which it would be recognised; none where it is too short to tell."""
    data = clean(text).encode()
    if len(data) < SHORTEST:
        return set()
    starts = {*range(0, max(1, len(data) - WIDTH), STRIDE), max(0, len(data) - WIDTH)}
    return {data[start : start + WIDTH] for start in starts}


def find_fragments(wanted: Collection[bytes], blocks: Iterable[bytes]) -> set[bytes]:
    """Which of the fragments occur in a stream of bytes, also across two blocks.

    At each of the eight offsets the bytes are read as 64-bit numbers and compared with the first
    eight bytes of all fragments at once; only where one is equal the whole fragment is compared.
    """
    import numpy as np  # here: 15 MB that the review page has no use for

    by_head: dict[bytes, list[bytes]] = defaultdict(list)
    for fragment in wanted:
        by_head[fragment[:8]].append(fragment)
    heads = np.array(sorted(int.from_bytes(head, "little") for head in by_head), dtype="<u8")
    seen: set[bytes] = set()
    tail = b""
    for block in blocks if len(heads) else ():
        data = tail + block
        for offset in range(min(8, max(0, len(data) - 7))):
            numbers = np.frombuffer(data, "<u8", count=(len(data) - offset) // 8, offset=offset)
            nearest = heads[np.minimum(np.searchsorted(heads, numbers), len(heads) - 1)]
            for hit in np.flatnonzero(nearest == numbers):
                place = offset + 8 * int(hit)
                candidates = by_head[data[place : place + 8]]
                seen.update(part for part in candidates if data.startswith(part, place))
        tail = data[-(WIDTH - 1) :]
    return seen


def bytes_of(path: Path) -> Iterator[bytes]:
    """A file's bytes, read by another process.

    Opening and closing the file of a database in this one would drop the locks that SQLite holds
    on it (POSIX advisory locks belong to the process, not to the handle).
    """
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _READ, str(path)], stdout=subprocess.PIPE
    ) as child:
        if child.stdout is not None:
            while block := child.stdout.read(BLOCK):
                yield block
    if child.returncode:
        raise StoreError(
            f"{path.name} could not be read through: check the disk and run purge again"
        )
