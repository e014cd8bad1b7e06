"""What an older config.toml may say that means nothing now: paths into the program's own folders, a table.

What shipped in those folders ships with the program still: it is used, with a warning, for one release more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from settings.files.lines import Keys

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


# Keys that mean nothing now: the table, the key, and what says it instead.
FORMER: Sequence[tuple[str, str, str]] = (
    ("review", "clocks", "[review.lanes] says how long what may wait"),
    (
        "classifier",
        "alert_recent_hours",
        "recent_days under [alerts] says what is too old to alert at once",
    ),
)


def without_former_keys(
    table: dict[str, Any], where: Callable[[Keys], str] = lambda _: "config.toml: "
) -> dict[str, Any]:
    """The files' content without what means nothing now, each with a warning for one release more.

    `where` says how the line about a key begins: with its file and line.
    """
    for former, key, instead in FORMER:
        section = table.get(former)
        if isinstance(section, dict) and key in section:
            log.warning(
                "%s%s under [%s] is no longer used: %s. Take it out; the next release won't know it",
                where((former, key)), key, former, instead,
            )  # fmt: skip
            table = {
                **table,
                former: {name: value for name, value in section.items() if name != key},
            }
    return table
