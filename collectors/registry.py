"""What the tables under [collectors] become: collectors that are ready to run, or why they are off."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from collectors import platforms
from collectors.base import Collector, Http
from collectors.files.collector import Files
from collectors.oauth import Grant
from core import clock
from core.errors import ConfigError
from settings import schema, secrets
from settings.schema import Config

_TURNED_OFF = "turned off in the file"
_REFERENCES = ("env:", "file:", "keyring:")
_MAY_BE_SECRET = ("url", "token", "password")  # who knows the address of a private feed can read it
_ARE_SECRET = ("token", "password")  # in a table of a list, such as [[collectors.mastodon.server]]
TOKEN = "access_token"  # the key that `mentions connect` fills
NO_TOKENS: Mapping[str, str] = {}
_NO_SECRET = "https://missing.invalid/"  # stands for it where the rest of a table is checked


@dataclass(frozen=True, slots=True)
class Source:
    """One table under [collectors]: `off` says why it doesn't run and how to mend that; '' if it does."""

    name: str
    off: str
    table: Mapping[str, Any] = field(repr=False)  # holds secrets

    @property
    def turned_off(self) -> bool:
        """Whether the file turns it off."""
        return self.off == _TURNED_OFF

    @property
    def blind(self) -> bool:
        """Whether it was turned on and can't run all the same."""
        return bool(self.off) and self.off != _TURNED_OFF

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is left out of it, of a source whose parts stand each for itself, and how to mend that."""
        return tuple(
            f"{key} {number} is left out: {part['left_out']}"
            for key in getattr(platforms.COLLECTORS[self.name], "parts", ())
            for number, part in enumerate(self.table.get(key, ()), 1)
            if isinstance(part, Mapping) and part.get("left_out")
        )


def sources(config: Config, folder: Path, tokens: Mapping[str, str] = NO_TOKENS) -> list[Source]:
    """Every table of the file in its order, secrets looked up; `tokens` are the store's, by source.

    Raises ConfigError for a wrong one; the keys of one that is off are looked at when it is turned on.
    """
    return [
        _source(name, table, config, folder, tokens) for name, table in config.collectors.items()
    ]


def defaults(name: str) -> dict[str, Any]:
    """What a source's table holds where it says nothing."""
    fields = dataclasses.fields(platforms.COLLECTORS[name])
    return {field.name: field.default for field in fields if isinstance(field.default, str)}


def grant(name: str, table: Mapping[str, Any] = NO_TOKENS) -> Grant | None:
    """How access to a source is granted; None where a key or nothing is enough.

    A table may name other `scopes` and, for what is granted to the app alone, an `authorize_url`: a
    person grants it there then.
    """
    oauth_grant: Grant | None = getattr(platforms.COLLECTORS[name], "grant", None)
    if oauth_grant is None:
        return None
    scopes = tuple(table.get("scopes", oauth_grant.scopes))
    alone = oauth_grant.alone and not table.get("authorize_url")
    return dataclasses.replace(oauth_grant, scopes=scopes, alone=alone)


def is_apps_own(name: str, table: Mapping[str, Any]) -> bool:
    """Whether access is granted to the app itself, so that every run can have a new token by itself."""
    oauth_grant = grant(name, table)
    return oauth_grant is not None and oauth_grant.alone and bool(table.get("client_id"))


def has_instead(name: str, table: Mapping[str, Any]) -> bool:
    """Whether the table holds a key that does as well as access that is granted."""
    return bool(table.get(getattr(platforms.COLLECTORS[name], "grant_instead", "")))


def _source(
    name: str, table: Mapping[str, Any], config: Config, folder: Path, tokens: Mapping[str, str]
) -> Source:
    if name not in platforms.COLLECTORS:
        known = ", ".join(platforms.COLLECTORS)
        raise ConfigError(f"[collectors.{name}]: no such source; there are {known}")
    on = table.get("on", False)
    if not isinstance(on, bool):
        raise ConfigError(f"[collectors.{name}] on: write true or false")
    secrets = platforms.COLLECTORS[name].secrets
    for key in secrets:
        if table.get(key) and not str(table[key]).startswith(_REFERENCES):
            raise ConfigError(
                f'[collectors.{name}] {key}: a secret stands in clear; write "env:NAME" or "file:PATH"'
            )
    _check_parts(name, table)
    settings = _with_whole_paths(name, table, folder)
    if not on:  # its secrets are nobody's business yet: a keyring may ask a person to unlock it
        return Source(name, _TURNED_OFF, settings)
    missing: list[str] = []
    settings = _parts_looked_up(name, settings, folder, missing)
    settings = _looked_up(settings, (*secrets, *_MAY_BE_SECRET), folder, missing)
    needed = platforms.needed(name)
    missing += [f"key {key} of [collectors.{name}]" for key in needed if not table.get(key)]
    if missing:
        return Source(name, f"its secret is missing: set the {' and the '.join(missing)}", settings)
    if grant(name) and not settings.get(TOKEN):
        if name in tokens:
            settings[TOKEN] = tokens[name]
        elif off := _not_let_in(name, settings):
            return Source(name, off, settings)
    source = Source(name, "", settings)
    build(source, config, clock.now(), {})  # names a wrong key before anything is pulled
    return source


def _with_whole_paths(name: str, table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The table without `on`, and with paths that start where every path of the file does."""
    paths = getattr(platforms.COLLECTORS[name], "paths", ())
    return {
        key: str(folder / value) if key in paths and isinstance(value, str) and value else value
        for key, value in table.items()
        if key != "on"
    }


def _not_let_in(name: str, settings: Mapping[str, Any]) -> str:
    """Why a source that nobody granted access to is off; "" where it can do without."""
    kind = platforms.COLLECTORS[name]
    if not getattr(kind, "grant_optional", False):
        return f"nobody has granted access yet: `mentions connect {name}`"
    instead = getattr(kind, "grant_instead", "")  # where there is none, it reads what is public
    if not instead or has_instead(name, settings) or is_apps_own(name, settings):
        return ""
    return f"nothing lets it in: set {instead} of [collectors.{name}], or `mentions connect {name}`"


def _check_parts(name: str, table: Mapping[str, Any]) -> None:
    """Raises ConfigError for a secret in clear in a table of a list."""
    for key, listed in table.items():
        for number, part in enumerate(listed if isinstance(listed, list) else [], 1):
            for secret in _ARE_SECRET if isinstance(part, Mapping) else ():
                if part.get(secret) and not str(part[secret]).startswith(_REFERENCES):
                    raise ConfigError(
                        f"[collectors.{name}] {key} {number} {secret}: a secret stands in clear; write "
                        '"env:NAME" or "file:PATH"'
                    )


def _parts_looked_up(
    name: str, settings: Mapping[str, Any], folder: Path, missing: list[str]
) -> dict[str, Any]:
    """With the secrets of parts that stand each for itself: one whose secret is missing is left out.

    Where that leaves none, all that is lacking is named in `missing`.
    """
    parts = getattr(platforms.COLLECTORS[name], "parts", ())
    lacking: list[str] = []
    parts_by_key = {
        key: [_part(part, folder, lacking) for part in settings[key]]
        for key in parts
        if isinstance(settings.get(key), list)
    }
    every = [part for listed in parts_by_key.values() for part in listed]
    if all(isinstance(part, Mapping) and part.get("left_out") for part in every):
        missing += lacking
    return {**settings, **parts_by_key}


def _part(part: Any, folder: Path, lacking: list[str]) -> Any:
    missing: list[str] = []
    table = _looked_up(part, _MAY_BE_SECRET, folder, missing)
    if not missing:
        return table
    lacking += missing
    why = f"its secret is missing: set the {' and the '.join(missing)}"
    return {**table, "url": table.get("url") or _NO_SECRET, "left_out": why}


def _looked_up(value: Any, keys: Sequence[str], folder: Path, missing: list[str]) -> Any:
    """The table with its secrets in place; those that are not there are named in `missing`.

    Only `keys` hold secrets: a term or a note that begins with "file:" is what it says.
    """
    if isinstance(value, list):
        return [_looked_up(part, keys, folder, missing) for part in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _found(part, folder, missing)
        if key in keys and isinstance(part, str) and part.startswith(_REFERENCES)
        else _looked_up(part, keys, folder, missing)
        for key, part in value.items()
    }


def _found(reference: str, folder: Path, missing: list[str]) -> str:
    secret = secrets.secret(reference, folder)
    if secret.value is None:
        missing.append(secret.where)
    return secret.value or ""


def build(source: Source, config: Config, at: datetime, state: Mapping[str, str]) -> Collector:
    """The collector of a source that is on. Raises ConfigError, or PlatformRefused where it may not start."""
    known = schema.today(config.organisation, clock.local_day(at))
    return platforms.build(
        source.name, source.table, http=client(config), at=at, state=state,
        terms=known.terms, register=known.register, official=known.official,
    )  # fmt: skip


def files(config: Config, folder: Path, at: datetime) -> Files:
    """How exports are read: by [collectors.files], turned on or not."""
    listed = [source for source in sources(config, folder) if source.name == "files"]
    source = listed[0] if listed else Source("files", "", {})
    built = build(source, config, at, {})
    assert isinstance(built, Files)
    return built


def client(config: Config) -> Http:
    """A client of its own for one source, with the waits of [http]."""
    settings = config.http
    return Http(
        user_agent=settings.user_agent,
        timeout=(settings.connect_seconds, settings.read_seconds),
        attempts=settings.attempts,
        longest_wait=settings.longest_wait_seconds,
        most_bytes=settings.most_megabytes * 1_000_000,
    )
