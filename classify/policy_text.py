"""Changes thresholds and the version in the text of a policy.toml; every other letter stays, comments too."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from errors import ConfigError

_TABLE = re.compile(r"^\s*\[")
_VERSION = re.compile(r'^(\s*version\s*=\s*)("[^"\n]*"|\'[^\'\n]*\')')
_THRESHOLD = re.compile(r"^(\s*threshold\s*=\s*)[\d._+eE-]+")


def rewritten(text: str, thresholds: Mapping[str, float], version: str) -> str:
    """The text with these thresholds (flag -> 0 to 1) and this version.

    Raises ConfigError where a number could not be changed without changing anything else: the file is
    written in another way than one key a line under its [flags.NAME].
    """
    lines = text.splitlines(keepends=True)
    table = ""
    for number, line in enumerate(lines):
        if _TABLE.match(line):
            table = line.partition("[")[2].partition("]")[0].strip()
        elif not table:
            lines[number] = _VERSION.sub(lambda found: found[1] + json.dumps(version), line)
        elif (flag := table.removeprefix("flags.")) in thresholds and flag != table:
            lines[number] = _THRESHOLD.sub(rf"\g<1>{thresholds[flag]:g}", line)
    changed = "".join(lines)
    if _read(changed) != _wanted(text, thresholds, version):
        raise ConfigError(
            "the policy is not written one key a line under each [flags.NAME]: change its thresholds by hand"
        )
    return changed


def next_version(version: str, day: str) -> str:
    """`2026.1` on the day `20261124` becomes `2026.1+20261124`; a second on that day `2026.1+20261124.2`."""
    stem, _, last = version.partition("+")
    today = re.fullmatch(rf"{re.escape(day)}(?:\.(\d+))?", last)
    return f"{stem}+{day}" + (f".{int(today[1] or 1) + 1}" if today else "")


def _read(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _wanted(text: str, thresholds: Mapping[str, float], version: str) -> dict[str, object]:
    table = tomllib.loads(text)
    table["version"] = version
    for flag, threshold in thresholds.items():
        table["flags"][flag]["threshold"] = float(f"{threshold:g}")
    return table
