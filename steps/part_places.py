"""Where the settings name a part of a source that fails, and what is to be done there: an installer is told a line, not "whoever looks after this"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.files.lines import Keys
from settings.schema import Config

# The lists of parts, and by which of their keys a row is known.
ROWS = {"feeds": ("feed", "wordpress"), "mastodon": ("server",), "nhs_reviews": ("service",)}
KNOWN_BY = ("name", "url", "ods")


def how_to_mend(config: Config, source: str, name: str) -> str:
    """What whoever keeps the settings does about a part that stays failing. `name` is what messages call it."""
    for keys, row in _rows(config, source):
        if any(_is_called(str(row.get(key, "")), name) for key in KNOWN_BY):
            where = config.layers.where(keys).removesuffix(": ")
            table = f"[[collectors.{source}.{keys[2]}]]"
            at = f"{where}, {table}" if where else f"{table} number {int(keys[3]) + 1}"
            return f"{name} stands in {at}: correct its address there, or take that table out"
    return f"{name}: see [collectors.{source}]"


def _rows(config: Config, source: str) -> Iterator[tuple[Keys, Mapping[str, object]]]:
    for key in ROWS.get(source, ()):
        for number, row in enumerate(config.collectors.get(source, {}).get(key) or []):
            if isinstance(row, Mapping):
                yield ("collectors", source, key, number), row


def _is_called(written: str, name: str) -> bool:
    """A part without a name of its own is called by its host, or its address without the scheme."""
    short = written.partition("://")[2] or written
    return bool(written) and (written == name or short == name or short.split("/")[0] == name)
