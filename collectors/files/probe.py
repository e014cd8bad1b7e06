"""Looks whether the folder of exports can be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.files.collector import Files
from collectors.probing import Probe
from core.errors import PlatformRefused


def probes(source: Files) -> Iterator[Probe]:
    """The folder. Nothing of a file is read."""
    yield Probe("", partial(_folder, source))


def _folder(source: Files) -> str:
    if not source.folder:
        return "no folder is named: exports come in by `mentions import` alone"
    count = 0
    for path in source.waiting():
        try:
            with path.open("rb") as file:
                file.read(1)
        except OSError as error:
            raise PlatformRefused(f"{path.name} can't be read ({error.strerror})") from error
        count += 1
    return f"its folder can be read: {count:,} file{'s' * (count != 1)} there"
