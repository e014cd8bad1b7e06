"""Makes a collector from its table in config.toml, strictly, and holds it to the register of accounts: no table can be a watch-list."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from collectors import platforms
from collectors.base import Collector, Http
from collectors.http.egress import addresses_in
from collectors.queries import Follow
from core.errors import ConfigError
from settings.faults import Node, SettingFaults, faults_of

NOBODY: Mapping[str, frozenset[str]] = {}
_FROM_THE_RUN = (
    "http",
    "at",
    "state",
    "official",
    "providers",
    "registered",
    "named_by",
)  # by the run, not by the table


def build(
    name: str,
    table: Mapping[str, object],
    *,
    http: Http,
    at: datetime,
    state: Mapping[str, str],
    terms: tuple[str, ...],
    register: Mapping[str, frozenset[str]],
    official: Mapping[str, frozenset[str]] = NOBODY,
    providers: Mapping[str, frozenset[str]] = NOBODY,
) -> Collector:
    """A collector from its table, without the key `on` and with its secrets looked up.

    `terms` are the names in force today, for a table that has none of its own. Raises ConfigError,
    one line, for a source or key that is unknown, wrong or missing, and for an account that is not
    in `register` (platform to handles, lower case, without @). `official` are those of the register
    that are the organisation's own, `providers` those of its providers.
    """
    kind = collector_class(name)
    values = _checked(name, kind, table)
    http.egress.name(addresses_in(values))  # the installer's own, which may stand inside
    if not values["terms"]:
        values["terms"] = terms
    try:
        accounts = {"official": official, "providers": providers}
        for key in accounts.keys() & {field.name for field in dataclasses.fields(kind)}:
            values[key] = accounts[key].get(name, frozenset())
        if "registered" in {field.name for field in dataclasses.fields(kind)}:
            values["registered"] = frozenset().union(*register.values())
        collector: Collector = kind(http=http, at=at, state=state, **values)
    except ConfigError as error:
        raise ConfigError(f"[collectors.{name}] {error}") from error
    for follow in collector.follows():
        if follow.key == "terms" and not table.get("terms"):
            continue  # config's own names, which stem from the tables of the register
        if not _registered(follow, register):
            raise ConfigError(
                f"[collectors.{name}] {follow.key}: follows an account that is not in the register of "
                "accounts; only the organisation's, its providers' and other bodies' can be followed"
            )
    return collector


def collector_class(name: str) -> type[Any]:
    """The dataclass of a source, whose fields are its keys. Raises ConfigError where there is no such source."""
    return platforms.integration(name).collector.load()


def needed(name: str) -> tuple[str, ...]:
    """The secrets without which a source can't run: those that have no default."""
    kind = collector_class(name)
    optional_keys = {field.name for field in dataclasses.fields(kind) if field.default == ""}
    return tuple(key for key in kind.secrets if key not in optional_keys)


def _checked(name: str, kind: type[Any], table: Mapping[str, object]) -> dict[str, Any]:
    """The table's values by the dataclass's own types: what is written there once is enough."""
    model = _model(kind)
    try:
        # through JSON, where strict takes arrays for tuples; a TOML date is no text that we take
        read = model.model_validate_json(json.dumps(dict(table), default=lambda _: None))
    except ValidationError as error:
        before = ("collectors", name)
        raise SettingFaults(
            faults_of(error, _json_schema(kind), before, repeat=False)
        ) from None  # it holds values
    return {field: getattr(read, field) for field in model.model_fields}


_MODELS: dict[type[Any], type[BaseModel]] = {}  # to make one takes longer than to use it


def _model(kind: type[Any]) -> type[BaseModel]:
    """What holds a table to the fields of a collector."""
    if kind in _MODELS:
        return _MODELS[kind]
    hints = get_type_hints(kind, include_extras=True)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.name in _FROM_THE_RUN:
            continue
        default: Any = field.default if field.default is not dataclasses.MISSING else ...
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        fields[field.name] = (hints[field.name], default)
    strict = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    _MODELS[kind] = create_model(kind.__name__, __config__=strict, **fields)
    return _MODELS[kind]


def fault_of_key(name: str, key: str, value: object) -> str:
    """What is wrong with one value of a source's table, "" where nothing is: for who asks for one after another."""
    try:
        _checked(name, collector_class(name), {key: value})
    except SettingFaults as error:
        return next((fault.words for fault in error.faults if fault.keys[2:3] == (key,)), "")
    return ""


def _json_schema(kind: type[Any]) -> Node:
    """What may stand in the table of a collector, as JSON schema has it."""
    return _model(kind).model_json_schema()


def _registered(follow: Follow, register: Mapping[str, frozenset[str]]) -> bool:
    known = register.get(follow.platform, frozenset())
    return follow.handle in known or (
        follow.platform == "mastodon" and follow.handle.split("@")[0] in known
    )
