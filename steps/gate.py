"""Whether sources may be read at all: not before the papers of [governance] are complete, nor once their review is due.

It stands where reading begins, whatever a source's address is: no setting of a source gets round it. The papers that a
demonstration writes open it for stand-ins on the same machine, and for nothing else. What is there already goes on being
reviewed, looked at again, told of and purged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from collectors import platforms
from core.errors import ConfigError
from settings.schema import LOOPBACK, Config
from steps import safeguards
from steps.context import RunContext

_ADDRESSES = ("base_url", "oauth_url", "reddit_url", "url", "host", "token_url", "authorize_url")


def lacking(config: Config, on: date) -> dict[str, str]:
    """What [governance] lacks by key, a sentence each; a demonstration's papers are none for a source that is read for real."""
    lacks = config.governance.lacking(on)
    live = live_sources(config) if config.governance.is_demonstration else []
    if live:
        lacks.setdefault(
            "dpia",
            f"these are a demonstration’s papers, which nobody signed for {', '.join(live)}: write those of your organisation",
        )
    return lacks


def live_sources(config: Config) -> list[str]:
    """The sources that are on and not read from this machine alone."""
    return [name for name in config.sources_on if _is_live(name, config.collectors[name])]


def closed(context: RunContext) -> str:
    """Why nothing is read in this run; "" where it may be."""
    lacks = lacking(context.config, safeguards.day_of_papers(context))
    if not lacks:
        return ""
    if len(lacks) == 1:
        ((key, why),) = lacks.items()
        return f"[governance] is not complete, so no source is read: {key}: {why}"
    return f"[governance] is not complete, so no source is read: {len(lacks)} papers are missing, past or not filled in as asked: {', '.join(lacks)}"


def check_open(context: RunContext) -> None:
    """Raises ConfigError where nothing may be read."""
    if why := closed(context):
        raise ConfigError(f"{why}; `mentions check` says what to write")


def _is_live(name: str, table: Mapping[str, Any]) -> bool:
    """By its addresses; without any it is read where its platform is, but for a folder."""
    addresses = [table[key] for key in _ADDRESSES if table.get(key)] + list(_within(table))
    if not addresses:
        return name != "files" and platforms.find(name) is not None
    return not all(_is_here(str(address)) for address in addresses)


def _within(table: Mapping[str, Any]) -> Iterator[Any]:
    """The addresses of a source's parts: its feeds, sites and servers."""
    for rows in table.values():
        if isinstance(rows, list | tuple):
            for row in rows:
                if isinstance(row, Mapping):
                    yield from (row[key] for key in _ADDRESSES if row.get(key))


def _is_here(address: str) -> bool:
    """Whether it is on this machine. One that is written as where a secret is can't be told, and is taken for that."""
    if address.startswith(("env:", "file:", "keyring:")):
        return True
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return False
    return host in LOOPBACK
