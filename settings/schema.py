"""Reads config.toml once, into a frozen Config. No other module looks in the environment.

Whom we watch for is in settings/organisation.py. A secret is written as where it is ("env:NAME", "file:PATH",
"keyring:SERVICE/NAME"), never as what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, ValidationError, model_validator

from core.errors import ConfigError
from core.models import Platform
from core.validation import STRICT, ClockTime, Weekday
from settings import moved_paths, named_people, secrets
from settings.alerts import AlertRoute as AlertRoute
from settings.alerts import Routing
from settings.branding import Branding
from settings.examples import is_example
from settings.faults import Fault, Node, SettingFaults, faults_of, unknown_keys
from settings.files.catalogue import FREE, catalogue
from settings.files.environment import PREFIX, from_environment, name_of
from settings.files.layers import Layers, is_common, read_layers, without_anothers
from settings.files.lines import Keys
from settings.governance import Governance
from settings.health import HealthSettings
from settings.installation import Installation, OrganisationEntry, Region, Slug
from settings.log import Log
from settings.organisation import AccountSearch, Logos
from settings.organisation import Organisation as Organisation
from settings.organisation import Rule as Rule
from settings.organisation import today as today
from settings.pictures import Pictures
from settings.review import Address, Review
from settings.safeguards import BackupSettings, Safeguards
from settings.secrets import SecretRef, SecretRefOrNone

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Host = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]+(:[0-9]{1,5})?$")
]  # a name, with a port or for any


class HttpSettings(BaseModel):
    """How long we wait for a platform."""

    model_config = STRICT
    user_agent: str
    connect_seconds: Seconds = 5.0
    read_seconds: Seconds = 30.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 4
    longest_wait_seconds: Annotated[float, Field(ge=0, le=3600)] = 180.0
    most_megabytes: Positive = 20
    internal_hosts: tuple[Host, ...] = ()


class ClassifierSettings(BaseModel):
    """Which model reads, under which policy, and with how much of the machine."""

    model_config = STRICT
    model: str = ""  # a folder; empty for the one that ships
    policy: str = ""  # a file; empty for the one that ships
    threads: Annotated[int, Field(ge=0, le=256)] = 0  # 0: all
    staff_not_kept: tuple[Platform, ...] = ("linkedin",)


class Schedule(BaseModel):
    """When things happen, in UK time."""

    model_config = STRICT
    collect_every_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    source_minutes: Annotated[float, Field(gt=0, le=1440)] = 15.0
    sources_at_once: Annotated[int, Field(ge=1, le=64)] = 16
    organisations_at_once: Annotated[int, Field(ge=1, le=16)] = 2
    first_look_hours: Positive = 48
    overlap_minutes: Annotated[int, Field(ge=0, le=1440)] = 180
    deliver_every_minutes: Annotated[int, Field(ge=1, le=60)] = 1
    by_hand: bool = False
    daily_at: ClockTime = "08:00"
    weekly_on: Weekday = "mon"
    weekly_at: ClockTime = "07:30"
    purge_at: ClockTime = "03:15"
    backup_at: ClockTime = "02:30"
    restore_trial_on: Weekday = "sun"
    restore_trial_at: ClockTime = "04:00"


def _web_address(written: str) -> str:
    """https, or http to this machine alone: a secret goes there."""
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
    except ValueError as error:
        raise ValueError("is no web address") from error
    if (parts.scheme == "https" and host) or (parts.scheme == "http" and host in LOOPBACK):
        return written.rstrip("/")
    raise ValueError("must begin with https://")


LOOPBACK = ("127.0.0.1", "localhost", "::1")
WebAddress = Annotated[str, AfterValidator(_web_address)]


class MailOAuth(BaseModel):
    """Sign-in of an application by OAuth 2.0 client credentials (RFC 6749, 4.4), as Microsoft 365 asks for it.

    With `client_id` empty nobody signs in so. `token_url` is Microsoft's for the tenant where it is empty.
    """

    model_config = STRICT
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{0,100}$")] = ""
    client_id: str = ""
    client_secret: SecretRefOrNone = ""
    token_url: Annotated[str, AfterValidator(lambda written: written and _web_address(written))] = (
        ""
    )

    @property
    def on(self) -> bool:
        """Whether mail signs in by it."""
        return bool(self.client_id)

    @property
    def asked_at(self) -> str:
        """Where a token is asked for."""
        return (
            self.token_url or f"https://login.microsoftonline.com/{self.tenant}/oauth2/v2.0/token"
        )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.on and not self.client_secret:
            raise ValueError("client_id has no client_secret: write where it is")
        if self.on and not (self.tenant or self.token_url):
            raise ValueError("client_id has no tenant: write the directory’s id")
        return self


class Mail(BaseModel):
    """The mail server that alerts and reports leave by, or Microsoft Graph in its place."""

    model_config = STRICT
    by: Literal["smtp", "graph"] = "smtp"
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretRefOrNone = ""
    sender: Address
    ca_file: str = ""
    timeout_seconds: Seconds = 30.0
    graph_url: WebAddress = "https://graph.microsoft.com/v1.0"
    oauth: MailOAuth = MailOAuth()

    @property
    def where(self) -> str:
        """The server as messages name it."""
        return "Microsoft Graph" if self.by == "graph" else f"mail server {self.host}:{self.port}"

    @property
    def is_example(self) -> bool:
        """Whether it is still what ships as an example, by which no email leaves."""
        return self.by == "smtp" and is_example(self.host)

    @model_validator(mode="after")
    def _signs_in_whole(self) -> Self:
        if self.by == "graph":
            if not self.oauth.on:
                raise ValueError('by = "graph" needs client_id in [alerts.mail.oauth]')
            return self
        if not self.host:
            raise ValueError("host: name your mail server")
        if self.user and not self.password and not self.oauth.on:
            raise ValueError("user has no password: write where it is, or leave user empty")
        if self.oauth.on and self.security == "none" and self.host not in LOOPBACK:
            raise ValueError('security = "none" would send the sign-in in clear')
        return self


class SecondChannel(BaseModel):
    """One other way to tell people: a Teams channel, or whatever apprise speaks.

    `address` is where the webhook's address or the apprise URL is kept: whoever has it can write there. `use`: "failing"
    for when mail has not left for a while, "always" for every alert beside it.
    """

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Literal["teams", "apprise"]
    address: SecretRef
    use: Literal["failing", "always"] = "failing"


class Second(BaseModel):
    """What tells people beside mail, and in its place where it fails."""

    model_config = STRICT
    after_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    channels: tuple[SecondChannel, ...] = ()

    @model_validator(mode="after")
    def _names_of_their_own(self) -> Self:
        names = [channel.name for channel in self.channels]
        if len(set(names)) < len(names):
            raise ValueError("channels: two have the same name")
        return self


class Alerts(Routing):
    """Who is told at once, and the server that takes it."""

    retry_minutes: Annotated[float, Field(gt=0, le=1440)] = 5.0
    attempts: Positive = 12
    second: Second = Second()
    mail: Mail

    @model_validator(mode="after")
    def _routes_name_channels(self) -> Self:
        names = {channel.name for channel in self.second.channels}
        for route in self.route:
            if unknown := sorted(set(route.also) - names):
                raise ValueError(f"route: no second channel is called {unknown[0]!r}")
        return self

    def channels_for(self, route: str) -> tuple[str, ...]:
        """The second channels that are told of a mail to a route beside it, each once."""
        always = [channel.name for channel in self.second.channels if channel.use == "always"]
        return tuple(dict.fromkeys([*always, *self.also(route)]))


class Reports(BaseModel):
    """Where reports are written and who gets them."""

    model_config = STRICT
    folder: str = "data/reports"
    daily_to: tuple[Address, ...] = ()
    daily_kept_days: Annotated[int, Field(ge=1, le=30)] = 2
    weekly_to: tuple[Address, ...] = ()


class StoreSettings(BaseModel):
    """Where data is kept and which keys seal it: the first seals, all of them open.

    `erasures` is the file of the erasure ledger; empty for one in a folder of its own beside the database.
    """

    model_config = STRICT
    path: str = "data/mentions.db"
    erasures: str = ""
    keys: Annotated[tuple[SecretRef, ...], Field(min_length=1)]


def _shorter_by_platform() -> dict[Platform, int]:
    """Days, as the file that ships has them: whoever leaves the table out is no laxer for it."""
    return {"x": 7, "linkedin": 2, "reddit": 90}


class Retention(BaseModel):
    """How many days content is kept, by platform where that differs, and less where nobody needs it; and the records of who did and saw what.

    Six years for records of decisions: the time in which a claim of breach of contract or statute can be brought
    (Limitation Act 1980, sections 5 and 9). A tribunal's limits end long before: three months less a day from a detriment
    (Employment Rights Act 1996, section 48(3)), which the Employment Rights Act 2025 makes six. A year for who looked at
    what: a yearly audit and a complaint can still ask, and no longer, since it is a record of what staff do.
    """

    model_config = STRICT
    days: Positive = 365
    no_action_days: Positive = 30
    out_of_scope_days: Positive = 7
    positive_days: Positive = 90
    deleted_after_hours: Annotated[int, Field(ge=0)] = 0
    children_days: Positive = 7
    decision_records_days: Annotated[int, Field(ge=1, le=7300)] = 2192
    access_days: Annotated[int, Field(ge=30, le=2192)] = 365
    platforms: Mapping[Platform, Positive] = Field(default_factory=_shorter_by_platform)


class Config(BaseModel):
    """The whole of config.toml. `layers` say which file or variable each key is from."""

    model_config = STRICT
    organisation: Organisation
    collectors: Mapping[str, dict[str, Any]]
    http: HttpSettings
    classifier: ClassifierSettings
    schedule: Schedule
    alerts: Alerts
    reports: Reports
    store: StoreSettings
    review: Review
    retention: Retention
    safeguards: Safeguards = Safeguards()
    backup: BackupSettings = BackupSettings()
    rules: tuple[Rule, ...] = ()
    accounts: AccountSearch = AccountSearch()
    logos: Logos = Logos()
    pictures: Pictures = Pictures()
    branding: Branding = Branding()
    governance: Governance = Governance()
    log: Log = Log()
    health: HealthSettings = HealthSettings()
    organisations: Mapping[Slug, OrganisationEntry] = Field(default_factory=dict)
    installation: Installation = Installation()
    region: Region = Region()
    _layers: Layers = PrivateAttr(default_factory=Layers)

    @property
    def layers(self) -> Layers:
        """The files that it was read from; none of one that was made otherwise."""
        return self._layers

    def read_from(self, layers: Layers) -> Self:
        """The same, known to be read from these files; for whoever has just made it."""
        self._layers = layers
        return self

    @property
    def sources_on(self) -> tuple[str, ...]:
        """What somebody turned on, with its secret or without: a source that can't be read must be seen to be so."""
        return tuple(name for name, table in self.collectors.items() if table.get("on"))

    @model_validator(mode="after")
    def _rules_have_names_of_their_own(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError("rules: two have the same name")
        return self


def load(path: Path) -> Config:
    """Reads and checks a site's settings: the file that --config names, what lies under and over it, and the environment.

    Raises ConfigError with a line for each key that is unknown or wrong, naming its file and line.
    """
    return from_layers(read_layers(path), path.resolve().parent)


def from_layers(
    layers: Layers, folder: Path | None, environ: Mapping[str, str] | None = None
) -> Config:
    """The configuration of files that were read; paths in it start at `folder`, or stay as they are. Raises ConfigError as `load` does.

    `environ` is read in the place of the environment, where it is given.
    """
    variables = secrets.environment() if environ is None else environ
    faults: list[Fault] = []
    if any(
        name.upper().startswith(PREFIX) for name in variables
    ):  # what it takes is made once, in 0.01 s
        environment = from_environment(
            variables, json_schema(), catalogue(), secrets.named_in(layers.merged)
        )
        if layers.merged.get("installation", {}).get("config"):
            faults += _for_every_organisation(environment.names)
        layers = layers.with_environment(environment.table, environment.names)
        faults += environment.faults
    layers = without_anothers(layers)
    table = moved_paths.without_former_keys(layers.merged, layers.where)
    faults += _unknown_in_sources(table)
    try:
        # through JSON, where pydantic's strict mode takes arrays for tuples and text for dates
        config = Config.model_validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        raise SettingFaults(
            [*faults, *faults_of(error, json_schema())], layers.where
        ) from None  # it holds values
    if faults:
        raise SettingFaults(faults, layers.where)
    config = config.read_from(layers)
    for place, why in named_people.file_faults(config).items():
        keys = tuple(int(step) if step.isdecimal() else step for step in place.split("."))
        faults.append(Fault(keys, why))
    if faults:
        raise SettingFaults(faults, layers.where)
    return _from_folder(config, folder) if folder else config


def _for_every_organisation(names: Mapping[Keys, str]) -> list[Fault]:
    """Variables that would give several organisations what each has of its own, such as one database."""
    return [
        Fault((), f"the environment variable {name} sets {'.'.join(map(str, keys))} for every organisation: write it into each one's own site.toml")
        for keys, name in names.items() if not is_common(keys)
    ]  # fmt: skip


def from_words(settings: Mapping[str, str]) -> Mapping[Keys, Any]:
    """Values of keys that were written as text, as on a command line, in the types of their keys.

    Raises ConfigError for a key that is unknown, and for a text that is no such value.
    """
    variables = {name_of(key): key for key in settings}
    read = from_environment(
        {name: settings[key] for name, key in variables.items()},
        json_schema(),
        catalogue(),
        frozenset(),
    )
    if read.faults:
        words = "\n".join(fault.words for fault in read.faults)
        for name, key in variables.items():
            words = words.replace(f"the environment variable {name}", key)
        raise ConfigError(
            re.sub(r"MENTIONS_(\w+)", lambda match: match[1].replace("__", ".").lower(), words)
        )
    flat: dict[Keys, Any] = {}
    for keys in read.names:
        node: Any = read.table
        for step in keys:
            node = node[step]
        flat[keys] = node
    return flat


@cache
def json_schema() -> Node:
    """What may stand where, as JSON schema has it, by the keys of config.toml."""
    return Config.model_json_schema(by_alias=True)


def _unknown_in_sources(table: Mapping[str, Any]) -> list[Fault]:
    """Keys that no source has: one that is off would hide `On = true` for ever."""
    sources = table.get("collectors")
    known = catalogue().keys_of("collectors")
    return [
        fault
        for name, source in (sources.items() if isinstance(sources, Mapping) else ())
        if name in known and isinstance(source, Mapping)
        for fault in unknown_keys(source, f"collectors.{name}", FREE)
    ]


def _from_folder(config: Config, folder: Path) -> Config:
    """Paths that need the file's folder: those that moved, and the certificate's, whose folder mail does not know."""
    classifier = config.classifier
    moved = moved_paths.moved_keys({"model": classifier.model, "policy": classifier.policy}, folder)
    classifier = classifier.model_copy(update=dict.fromkeys(moved, ""))
    config = config.model_copy(update={"classifier": classifier})
    mail = config.alerts.mail
    if not mail.ca_file:
        return config
    mail = mail.model_copy(update={"ca_file": str(folder / mail.ca_file)})
    return config.model_copy(update={"alerts": config.alerts.model_copy(update={"mail": mail})})


def fault_line(error: ValidationError) -> str:
    """`alerts.mail.port: what is wrong`, of the first key that is."""
    return faults_of(error, json_schema())[0].line()
