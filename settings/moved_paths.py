"""Paths into the program's own folders that an older config.toml may name, and where nothing lies now.

What shipped there ships with the program still: it is used, with a warning, for one release more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

log = logging.getLogger("mentions")

# key under [classifier]: where what ships lay, and what lies there if it is somebody's own
_BEFORE = {
    "model": (Path("classify/model"), "SHA256SUMS"),
    "policy": (Path("classify/policy.toml"), ""),
}


def moved_keys(classifier: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Keys of [classifier] that name such a path, and mean what ships. Paths start at `folder`."""
    for key, (before, inside) in _BEFORE.items():
        named = folder / classifier[key]
        if named.resolve() == (folder / before).resolve() and not (named / inside).exists():
            log.warning(
                'config.toml: %s = "%s" under [classifier] is where it lay before: write %s = "" for '
                "the one that ships; the next release won't find it there",
                key, classifier[key], key,
            )  # fmt: skip
            yield key
