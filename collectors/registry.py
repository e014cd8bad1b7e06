"""What the tables under [collectors] become in one run: collectors that are ready, or why they are off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectors import factory
from collectors.base import Collector, Http
from collectors.http.budget import TimeBudget
from collectors.http.egress import Egress
from collectors.oauth import Grant
from collectors.parts import SavedState
from core.errors import ConfigError
from settings import named_people
from settings.faults import SettingFaults
from settings.organisation import Today
from settings.public_records import PublicRecord
from settings.schema import Config
from settings.secrets import Secrets

_TURNED_OFF = "turned off in the file"
_REFERENCES = ("env:", "file:", "keyring:")
_MAY_BE_SECRET = ("url", "token", "password")  # who knows the address of a private feed can read it
_ARE_SECRET = ("token", "password")  # in a table of a list, such as [[collectors.mastodon.server]]
TOKEN = "access_token"  # the key that `mentions connect` fills
NOTHING: Mapping[str, str] = {}
_NO_SECRET = "https://missing.invalid/"  # stands for it where the rest of a table is checked

Build = Callable[..., Collector]  # as factory.build
_READS_RECORDS = "feeds"  # the source that reads [[organisation.records]]


@dataclass(frozen=True, slots=True)
class Source:
    """One table under [collectors]: `off` says why it doesn't run and how to mend that; '' if it does.

    `state` is what the store holds of it for the next run; its collector reads it there.
    """

    name: str
    off: str
    table: Mapping[str, Any] = field(repr=False)  # holds secrets
    collector: Collector | None = field(default=None, repr=False)  # None where it is off
    state: SavedState = field(default_factory=SavedState, repr=False)

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
            for key in getattr(factory.collector_class(self.name), "parts", ())
            for number, part in enumerate(self.table.get(key, ()), 1)
            if isinstance(part, Mapping) and part.get("left_out")
        )


class Sources:
    """Every table of the file in its order. Each secret is looked up once, and each collector built once.

    What collects, looks again and searches for profiles is one object, so that it goes on with what it counted
    and with the session that it opened. Raises ConfigError for a wrong table before anything is asked; the keys
    of one that is off are looked at when it is turned on.
    """

    def __init__(
        self,
        config: Config,
        secrets: Secrets,
        *,
        today: Today,
        at: datetime,
        filed_terms: Sequence[str] | None = None,
        tokens: Mapping[str, str] = NOTHING,
        state: Callable[[str], Mapping[str, str]] = lambda _: NOTHING,
        build: Build = factory.build,
    ) -> None:
        """`tokens` are the access that was granted, by source; `state` gives what is held of a source for its next run.

        `filed_terms` are config.toml's own terms of today, where others were set up in the page: what was added or
        taken out there is so for a source with terms of its own too.
        """
        self._filed_terms = today.terms if filed_terms is None else filed_terms
        self._config, self._secrets, self._today, self._at = config, secrets, today, at
        self._tokens, self._state, self._build = tokens, state, build
        self._sources = {
            name: self._source(name, table) for name, table in config.collectors.items()
        }

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def find(self, name: str) -> Source | None:
        """The source of a table; None where the file has no such table."""
        return self._sources.get(name)

    def renew_access(self, name: str, access: str) -> None:
        """Gives one source the access that was renewed; the others stay as they are, and so does a token of the file's own."""
        source = self._sources[name]
        if source.collector is None or self._config.collectors[name].get(TOKEN):
            return
        built: Any = source.collector
        self._sources[name] = dataclasses.replace(
            source,
            table={**source.table, TOKEN: access},
            collector=dataclasses.replace(built, **{TOKEN: access}),
        )

    def make(self, name: str) -> Collector:
        """A collector of a table whether or not it is turned on, with what is usual where there is no table."""
        source = self.find(name) or Source(name, "", {})
        return source.collector or self._collector(name, source.table, {})

    def _source(self, name: str, table: Mapping[str, Any]) -> Source:
        kind = factory.collector_class(name)
        on = table.get("on", False)
        if not isinstance(on, bool):
            raise ConfigError(f"[collectors.{name}] on: write true or false")
        for key in kind.secrets:
            if table.get(key) and not str(table[key]).startswith(_REFERENCES):
                raise ConfigError(
                    f'[collectors.{name}] {key}: a secret stands in clear; write "env:NAME" or "file:PATH"'
                )
        _check_parts(name, table)
        settings = self._with_whole_paths(kind, table)
        if not on:  # its secrets are nobody's business yet: a keyring may ask a person to unlock it
            return Source(name, _TURNED_OFF, settings)
        missing: list[str] = []
        settings = self._parts_looked_up(kind, settings, missing)
        settings = _looked_up(settings, (*kind.secrets, *_MAY_BE_SECRET), self._secrets, missing)
        if place := _names_person(settings, named_people.agreed(self._config)):
            raise ConfigError(
                f"[collectors.{name}] {place}: names a person, or is one writer’s own; read what bodies publish, about subjects"
            )
        needed = factory.needed(name)
        missing += [f"key {key} of [collectors.{name}]" for key in needed if not table.get(key)]
        if missing:
            why = f"its secret is missing: set the {' and the '.join(missing)}"
            return Source(name, why, settings)
        if grant(name) and not settings.get(TOKEN):
            if name in self._tokens:
                settings[TOKEN] = self._tokens[name]
            elif off := _not_let_in(name, settings):
                return Source(name, off, settings)
        state = SavedState(self._state(name))
        return Source(name, "", settings, self._collector(name, settings, state), state)

    def _collector(
        self, name: str, table: Mapping[str, Any], state: Mapping[str, str]
    ) -> Collector:
        today = self._today
        if name == _READS_RECORDS and today.records:
            table = {**table, "record": [*table.get("record", ()), *_rows(today.records)]}
        if own := table.get("terms"):
            table = {**table, "terms": changed_terms(own, self._filed_terms, today.terms)}
        try:
            built: Any = self._build(
                name, table, http=client(self._config), at=self._at, state=state,
                terms=today.terms, register=today.register, official=today.official,
                providers=today.provider_accounts,
            )  # fmt: skip
        except SettingFaults as error:
            raise error.placed(self._config.layers.where) from None
        if hasattr(built, "named_by"):  # exports, which another tool searched for
            built = dataclasses.replace(built, named_by=today.ours)
        collector: Collector = built
        return collector

    def _with_whole_paths(self, kind: type[Any], table: Mapping[str, Any]) -> dict[str, Any]:
        """The table without `on`, and with paths that start where every path of the file does."""
        paths = getattr(kind, "paths", ())
        return {
            key: str(self._secrets.folder / value)
            if key in paths and isinstance(value, str) and value
            else value
            for key, value in table.items()
            if key != "on"
        }

    def _parts_looked_up(
        self, kind: type[Any], settings: Mapping[str, Any], missing: list[str]
    ) -> dict[str, Any]:
        """With the secrets of parts that stand each for itself: one whose secret is missing is left out.

        Where that leaves none, all that is lacking is named in `missing`.
        """
        lacking: list[str] = []
        parts_by_key = {
            key: [_part(part, self._secrets, lacking) for part in settings[key]]
            for key in getattr(kind, "parts", ())
            if isinstance(settings.get(key), list)
        }
        every = [part for listed in parts_by_key.values() for part in listed]
        if all(isinstance(part, Mapping) and part.get("left_out") for part in every):
            missing += lacking
        return {**settings, **parts_by_key}


def _rows(chosen: Sequence[PublicRecord]) -> list[dict[str, Any]]:
    """The public records of [[organisation.records]] as rows of a source's own table."""
    return [
        {"preset": record.preset, "of": record.of, "terms": list(record.terms)} for record in chosen
    ]


def collector(source: Source, state: Mapping[str, str]) -> Collector:
    """The collector of a source that is on, told what is saved of it now."""
    assert source.collector is not None, f"{source.name} is off"
    source.state.clear()
    source.state.update(state)
    return source.collector


def budget(source: Source) -> TimeBudget:
    """The time of a source that is on: that of the client by which it asks."""
    built: Any = source.collector  # every one has the field: `factory.build` fills it
    http: Http = built.http
    return http.budget


def limited(source: Source, config: Config) -> AbstractContextManager[None]:
    """For what is asked of a source at one go: it ends when the source's time of [schedule] does."""
    return budget(source).limit(config.schedule.source_minutes * 60)


def changed_terms(own: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[str]:
    """A source's own terms with what `after` has more, and without what it has no longer, than `before`."""
    gone, new = set(before) - set(after), [term for term in after if term not in before]
    return list(dict.fromkeys((*(term for term in own if term not in gone), *new)))


def defaults(name: str) -> dict[str, Any]:
    """What a source's table holds where it says nothing."""
    fields = dataclasses.fields(factory.collector_class(name))
    return {field.name: field.default for field in fields if isinstance(field.default, str)}


def grant(name: str, table: Mapping[str, Any] = NOTHING) -> Grant | None:
    """How access to a source is granted; None where a key or nothing is enough.

    A table may name other `scopes`, with `reply` asks for what answering takes and, for what is granted to the app alone, an `authorize_url`: a
    person grants it there then.
    """
    oauth_grant: Grant | None = getattr(factory.collector_class(name), "grant", None)
    if oauth_grant is None:
        return None
    scopes = tuple(table.get("scopes", oauth_grant.scopes))
    scopes += oauth_grant.to_reply if table.get("reply") is True else ()
    for key, more in oauth_grant.to_read.items():
        scopes += more if table.get(key) is True else ()
    alone = oauth_grant.alone and not table.get("authorize_url")
    return dataclasses.replace(oauth_grant, scopes=scopes, alone=alone)


def is_apps_own(name: str, table: Mapping[str, Any]) -> bool:
    """Whether access is granted to the app itself, so that every run can have a new token by itself."""
    oauth_grant = grant(name, table)
    return oauth_grant is not None and oauth_grant.alone and bool(table.get("client_id"))


def has_instead(name: str, table: Mapping[str, Any]) -> bool:
    """Whether the table holds a key that does as well as access that is granted."""
    return bool(table.get(getattr(factory.collector_class(name), "grant_instead", "")))


def _not_let_in(name: str, settings: Mapping[str, Any]) -> str:
    """Why a source that nobody granted access to is off; "" where it can do without."""
    kind = factory.collector_class(name)
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


def _names_person(settings: Mapping[str, Any], allowed: Collection[str]) -> str:
    """Which address that was a secret names a person; those in clear were looked at when the file was read."""
    urls = {
        f"{key} {number} url": str(part.get("url") or "")
        for key in ("feed", "wordpress")
        for number, part in enumerate(settings.get(key) or (), 1)
        if isinstance(part, Mapping) and not part.get("left_out") and part.get("own") is not True
    }
    return named_people.in_addresses(urls, allowed)


def _part(part: Any, secrets: Secrets, lacking: list[str]) -> Any:
    missing: list[str] = []
    table = _looked_up(part, _MAY_BE_SECRET, secrets, missing)
    if not missing:
        return table
    lacking += missing
    why = f"its secret is missing: set the {' and the '.join(missing)}"
    return {**table, "url": table.get("url") or _NO_SECRET, "left_out": why}


def _looked_up(value: Any, keys: Sequence[str], secrets: Secrets, missing: list[str]) -> Any:
    """The table with its secrets in place; those that are not there are named in `missing`.

    Only `keys` hold secrets: a term or a note that begins with "file:" is what it says.
    """
    if isinstance(value, list):
        return [_looked_up(part, keys, secrets, missing) for part in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _secret_value(part, secrets, missing)
        if key in keys and isinstance(part, str) and part.startswith(_REFERENCES)
        else _looked_up(part, keys, secrets, missing)
        for key, part in value.items()
    }


def _secret_value(reference: str, secrets: Secrets, missing: list[str]) -> str:
    secret = secrets.find(reference)
    if secret.value is None:
        missing.append(secret.where)
    return secret.value or ""


def client(config: Config, budget: TimeBudget | None = None) -> Http:
    """A client of its own for one source, with the waits of [http], within the time of a source."""
    settings = config.http
    return Http(
        user_agent=settings.user_agent,
        timeout=(settings.connect_seconds, settings.read_seconds),
        attempts=settings.attempts,
        longest_wait=settings.longest_wait_seconds,
        most_bytes=settings.most_megabytes * 1_000_000,
        budget=budget,
        egress=Egress(named=config.logos.more_hosts, internal=settings.internal_hosts),
    )
