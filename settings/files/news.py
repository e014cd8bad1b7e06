"""What a newer version brings to a site's settings: new keys, keys that went, defaults that changed.

Beside the database lies the config.toml that shipped with the version whose news somebody read last: what ships now is compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings import moved_paths
from settings.files.catalogue import Catalogue, catalogue, catalogue_of
from settings.files.layers import Layers, notices
from settings.files.listing import one_line, safe
from settings.schema import Config
from settings.shipped import shipped_config
from store.job_runs import program_version

MEMORY = "config.seen.toml"
_HEAD = "# config.toml as it shipped with version "


@dataclass(frozen=True, kw_only=True)
class News:
    """What differs between two versions. `since` is the earlier one, "" where none is known."""

    since: str
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    former: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is something to read."""
        return bool(self.new or self.gone or self.changed or self.former)


def memory_file(config: Config, folder: Path) -> Path:
    """Where it lies: beside the database, which every site has."""
    return (folder / config.store.path).parent / MEMORY


def remember(config: Config, folder: Path) -> None:
    """Remembers what ships now as read."""
    file = memory_file(config, folder)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = f"{_HEAD}{program_version()}, whose news was read\n{shipped_config().read_text('utf-8')}"
    spare = file.with_suffix(".new")
    spare.write_text(text, "utf-8")
    spare.replace(file)


def news(config: Config, folder: Path) -> News:
    """What is new since somebody read the news. Without a memory: since the complete file of its own that a site has, else nothing."""
    before, since = _before(config, folder)
    former = tuple(
        f"{config.layers.where((table, key))}{key} under [{table}] is no longer used: {instead}"
        for table, key, instead in moved_paths.FORMER
        if key in config.layers.table.get(table, {})
    )
    if before is None:
        return News(since="", former=former)
    now = catalogue()
    rows = (*now.lists, *before.lists)
    own = [key for key in now.examples if not _in_rows(key, rows)]
    return News(
        since=since,
        former=former,
        new=tuple(key for key in now.examples if key not in before.examples and key not in before.tables),
        # a file of the site's own that was just read holds no key that went: config.toml shows some in a remark alone
        gone=tuple(key for key in before.examples if key not in now.examples and key not in now.tables) if since else (),
        changed={
            key: (before.examples[key], now.examples[key])
            for key in own
            if since and key in before.examples and before.examples[key] != now.examples[key]
        },
    )  # fmt: skip


def lines(latest: News, config: Config) -> list[str]:
    """The news in words, most pressing first."""
    lines_of_news = [*latest.former]
    ours = config.layers
    for key in latest.gone:
        keys = tuple(key.split("."))
        set_here = " It stands in your settings: take it out" if _sets(ours, keys) else ""
        lines_of_news.append(f"gone: {key} is no setting any more.{set_here}")
    for key, (old, new) in latest.changed.items():
        keys = tuple(key.split("."))
        where = " Your own settings say otherwise, and hold" if _sets(ours, keys) else ""
        lines_of_news.append(
            f"changed: {key} ships as {_value(keys, new)}, which was {_value(keys, old)}.{where}"
        )
    for key in latest.new:
        remark = catalogue().remarks.get(key, "")
        keys = tuple(key.split("."))
        value = catalogue().examples[key]
        lines_of_news.append(
            f"new: {key} = {_value(keys, value)}{f'  # {remark}' if remark else ''}"
        )
    return lines_of_news


def for_check(config: Config, folder: Path) -> list[tuple[str, str]]:
    """Lines for `mentions check`: a state and what it says. What stops nothing is "off"."""
    named = next((layer.file.path for layer in reversed(config.layers.layers) if layer.file), None)
    lines_of_news = [("missing", line) for line in (notices(named) if named else [])]
    latest = news(config, folder)
    if latest.any and latest.since:
        count = len(latest.new) + len(latest.gone) + len(latest.changed) + len(latest.former)
        lines_of_news.append(
            (
                "off",
                f"{count} news of settings since version {latest.since}: see `mentions config new`",
            )
        )
    return lines_of_news


def _before(config: Config, folder: Path) -> tuple[Catalogue | None, str]:
    file = memory_file(config, folder)
    try:
        text = file.read_text("utf-8")
        since = text.partition("\n")[0].removeprefix(_HEAD).partition(",")[0]
        return catalogue_of(text), since
    except (OSError, ValueError):
        pass
    first = next(iter(config.layers.layers), None)
    if (
        first is None
        or first.file is None
        or "as it ships" in first.name
        or first.file.path.samefile(shipped_config())
    ):
        return None, ""
    return catalogue_of(first.file.text), ""


def _in_rows(key: str, lists: tuple[str, ...]) -> bool:
    return any(key == rows or key.startswith(f"{rows}.") for rows in lists)


def _sets(layers: Layers, keys: tuple[str, ...]) -> bool:
    layer = layers.of(keys)
    return layer is not None and "as it ships" not in layer.name


def _value(keys: tuple[str, ...], value: Any) -> str:
    text = one_line(safe(keys, value))
    return text if len(text) <= 80 else f"{text[:70]}..."


def _and(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
