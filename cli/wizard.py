"""What `mentions init` asks: the organisation, its places, accounts, sources, mail and page, each with what stands there now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cli import bodies as listed_bodies
from cli import terminal
from cli.terminal import Terminal
from collectors import factory, platforms, registry
from core import addresses, clock
from core.errors import ConfigError
from core.models import PLATFORMS
from settings import schema
from settings.faults import SettingFaults
from settings.files import bodies
from settings.files.layers import ANOTHERS, Layer, Layers, laid_over, national, still_shipped
from settings.files.lines import Keys
from settings.files.listing import nested
from settings.public_records import PRESET_NAMES, presets
from settings.schema import Config
from settings.secrets import replace_secret_file
from settings.shipped import SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How one gets to read a source: what to do before, and which keys its table needs, secrets apart."""

    how: str
    keys: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    registers: str = ""  # the key with our own account's number, which must stand in the register


SOURCES: Mapping[str, Access] = {
    "x": Access(how="An app that X has approved for a public body, with credit: developer.x.com. Say what was approved, and when.", keys=("approval",), secrets=("bearer_token",)),
    "facebook": Access(how="A Meta app with your Page's permissions: developers.facebook.com. Afterwards `mentions connect facebook`.", keys=("page_id",), secrets=("client_id", "client_secret"), registers="page_id"),
    "instagram": Access(how="The same Meta app, with your professional account. Afterwards `mentions connect instagram`.", keys=("user_id",), secrets=("client_id", "client_secret"), registers="user_id"),
    "linkedin": Access(how="An app with the Community Management product: developer.linkedin.com. Afterwards `mentions connect linkedin`.", keys=("approval", "organization"), secrets=("client_id", "client_secret")),
    "youtube": Access(how="An API key of a Google Cloud project in which YouTube Data API v3 is enabled: console.cloud.google.com.", secrets=("api_key",)),
    "reddit": Access(how="An app that Reddit approved under its Responsible Builder Policy: reddit.com/prefs/apps.", keys=("approval", "user_agent"), secrets=("client_id", "client_secret")),
    "feeds": Access(how="Addresses of RSS or Atom feeds; a Google Alerts feed's address is itself a secret (\"env:NAME\"). And public records: Parliament, coroners, councils, requests."),
    "bluesky": Access(how="An account of yours, with an app password: in the app under Settings, Privacy and security.", keys=("identifier",), secrets=("app_password",)),
    "mastodon": Access(how="An account on a server and its token: Preferences, Development, New application, with the four read permissions that config.toml names."),
    "gdelt": Access(how="Nothing: news the world over, without a key."),
    "care_opinion": Access(how="A subscription key of Care Opinion.", secrets=("api_key",)),
    "nhs_reviews": Access(how="A subscription key from developer.api.nhs.uk, and the ODS codes of your services.", secrets=("subscription_key",)),
    "pinterest": Access(how="A Pinterest app: developers.pinterest.com. Afterwards `mentions connect pinterest`.", secrets=("client_id", "client_secret")),
    "inbox": Access(how="The mailbox where staff report content: its server, and its password; Microsoft 365 wants an app instead (config.toml says how).", keys=("host", "user"), secrets=("password",)),
    "files": Access(how="Nothing: exports of another listening tool, put into a folder.", keys=("folder",)),
    "threads": Access(how="A Meta app with the use case “Access the Threads API”, its permissions approved by App Review: developers.facebook.com. Afterwards `mentions connect threads`.", keys=("approval", "user_id"), secrets=("client_id", "client_secret"), registers="user_id"),
    "google": Access(how="A Google Cloud project that Google has let in by the application for basic API access, and a [[collectors.google.location]] for each place. Afterwards a manager of the profiles runs `mentions connect google`.", keys=("approval",), secrets=("client_id", "client_secret")),
    "tiktok": Access(how="A business account, and an app of TikTok API for Business approved for the Accounts API: business-api.tiktok.com. Afterwards `mentions connect tiktok`.", keys=("approval", "business_id"), secrets=("client_id", "client_secret"), registers="business_id"),
}  # fmt: skip
CONTACTS = (
    ("Communications team", False), ("PALS", True), ("Freedom to Speak Up Guardian", False), ("Media desk", True),
)  # fmt: skip
SECRETS = "data/secrets"  # where a secret that is typed lies, from the folder of the settings


@dataclass(kw_only=True)
class Answers:
    """What was asked so far over what stands there. `secrets` are files to be written, by their path from the folder."""

    below: Layers
    present: Config
    values: dict[Keys, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def put(self, key: str, value: Any) -> None:
        """Keeps an answer, unless it is what stands there already."""
        if value != self.now(key):
            self.values[tuple(key.split("."))] = value

    def now(self, key: str) -> Any:
        """What holds of a key, with the answers so far."""
        node: Any = laid_over(self.below.table, nested(self.values))
        for step in key.split("."):
            node = node.get(step) if isinstance(node, Mapping) else None
        return node

    def why_not(self, values: Mapping[Keys, Any]) -> str:
        """What is wrong with some answers together; "" where nothing is."""
        try:
            self.config(values)
        except SettingFaults as error:
            tables = {keys[: len(keys) - 1] for keys in values} | set(values)
            near = [
                fault
                for fault in error.faults
                if any(
                    keys[: len(fault.keys)] == fault.keys or fault.keys[: len(keys)] == keys
                    for keys in tables
                    if keys
                )
            ]
            return near[0].words if near else ""
        except ConfigError as error:
            return str(error)
        return ""

    def config(self, values: Mapping[Keys, Any] | None = None) -> Config:
        """The whole with these answers over those so far. Raises ConfigError where it does not fit."""
        table = nested({**self.values, **(values or {})})
        return schema.from_layers(
            Layers((*self.below.layers, Layer(name=SITE, table=table))), None, environ={}
        )

    def check(self, key: str, *, listed: bool = False) -> terminal.Check:
        """A check of one answer."""
        keys = tuple(key.split("."))
        return lambda answer: self.why_not({keys: [answer] if listed else answer})


def ask_all(at: Terminal, answers: Answers) -> None:
    """Every question, part by part. Enter keeps what stands there."""
    at.say(
        "Enter keeps what stands in square brackets, - empties it, < goes back: to the beginning of a part, from there to the part before. "
        "Ctrl-C ends; what was answered is kept for the next time, but for secrets."
    )
    parts = (
        ("Organisation", organisation), ("Places and providers", places), ("Accounts", accounts),
        ("Contact points", contacts), ("Sources", sources), ("Mail", mail), ("Page", page),
    )  # fmt: skip
    way, number = terminal.Way(at), 0
    while number < len(parts):
        title, part = parts[number]
        way.say()
        way.say(f"── {number + 1} of {len(parts)}: {title} ──")
        way.begin()
        try:
            part(way, answers)
        except terminal.Back:
            number = number if way.asked else max(0, number - 1)
        else:
            number += 1
    for key in still_shipped(answers.below):  # each was asked for
        answers.values.setdefault(("organisation", key), answers.now(f"organisation.{key}"))


def organisation(at: Terminal, answers: Answers) -> None:
    """Names and search terms. For another body than the one that was there, nothing of that one is left."""
    known = bodies.load()

    def long_enough(name: str) -> str:
        return answers.why_not({("organisation", "names"): [{"name": name}]})

    def name_or_search(name: str) -> str:
        return "" if listed_bodies.asks(name, known) else long_enough(name)

    at.say(listed_bodies.HINT)
    while True:
        rows = list(answers.now("organisation.names") or [])
        first, *others = [row["name"] for row in rows]
        name = terminal.text(
            at, "What is your organisation called? The page and reports call it so", first, name_or_search
        )  # fmt: skip
        if not listed_bodies.asks(name, known):
            break
        if body := listed_bodies.choose(at, name, known, clock.now().date()):
            _offer(at, answers, body)
    if name != first:
        others = []
        _nothing_of_another(answers)
    wanted = [
        name,
        *terminal.several(at, "Other names and abbreviations that people use", others, long_enough),
    ]
    before = {row["name"]: row for row in rows}
    answers.put(
        "organisation.names", [before.get(each, {"name": each}) for each in dict.fromkeys(wanted)]
    )
    topics = answers.now("organisation.topics") or []
    answers.put(
        "organisation.topics",
        terminal.several(at, "Subjects and places to search for beside the names, never people", topics, answers.check("organisation.topics", listed=True)),
    )  # fmt: skip


def _offer(at: Terminal, answers: Answers, body: bodies.Body) -> None:
    """Fills in what the list says of a body, where a person wants it after they saw it."""
    known = bodies.load()
    rows = bodies.organisation(body, known)
    for key, what in (("names", "Names"), ("places", "Places"), ("providers", "Providers")):
        at.say(f"  {what}: {', '.join(row['name'] for row in rows[key]) or 'none'}")
    at.say(
        f"  From {known.source}, read {known.read.isoformat()}. It has no hospital sites and no accounts: add what people call them."
    )
    if body.note:
        at.say(f"  Not checked: {body.note}.")
    if terminal.yes(at, f"Fill these in for {body.title}? Each is shown again", True):
        fill_in(answers, rows)


def fill_in(answers: Answers, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Names, places and providers of a body; nothing of another one is left, and what stands there of the same one stays."""
    present = list(answers.now("organisation.names") or [])
    if listed_bodies.same(present, rows["names"]):
        names = [row["name"] for row in rows["names"]]
        before = {row["name"]: row for row in present}
        others = [row for row in present if row["name"] not in names]
        answers.put("organisation.names", [before.get(row["name"], row) for row in rows["names"]] + others)  # fmt: skip
        for key in ("places", "providers"):
            answers.put(f"organisation.{key}", listed_bodies.added(answers.now(f"organisation.{key}") or [], rows[key]))  # fmt: skip
        return
    _nothing_of_another(answers)
    for key, listed in rows.items():
        answers.put(f"organisation.{key}", listed)


def _nothing_of_another(answers: Answers) -> None:
    """Empties what belongs to the body that was there; helplines of the whole country stay."""
    for key in ("topics", "accounts", "places", "providers", "campaigns", "records"):
        if answers.now(f"organisation.{key}"):
            answers.values["organisation", key] = []
    answers.put("organisation.contacts", national(answers.below, "contacts"))


def named(answers: Answers, names: Sequence[str]) -> None:
    """Names that no person was asked for: what a site said of another body goes, and what only ships stays open, to be asked for."""
    before = {row["name"] for row in answers.now("organisation.names") or []}
    if before & set(names):
        return
    for key in ("topics", "accounts", "places", "providers", "campaigns", "records", "contacts"):
        layer = answers.below.of(("organisation", key))
        if layer and layer is not answers.below.layers[0] and layer.name != ANOTHERS:
            answers.put(f"organisation.{key}", national(answers.below, key))


def places(at: Terminal, answers: Answers) -> None:
    """Places and providers, each with the names that people use."""
    for key, what in (
        ("places", "places where your people live"),
        ("providers", "hospitals and other providers of care"),
    ):
        rows = list(answers.now(f"organisation.{key}") or [])
        if rows:
            at.say(f"{what[:1].upper()}{what[1:]}: {', '.join(row['name'] for row in rows)}")
            if terminal.yes(at, "Keep these?", True):
                continue

        def wrong(line: str, key: str = key) -> str:
            if line.lstrip().startswith("@"):
                return "this is an account, and those are asked for next: write what the place or provider is called"
            return answers.why_not({("organisation", key): [place_row(line)]})

        listed = terminal.lines(
            at,
            f"The {what}: one a line, other names after a colon, such as Brent: Wembley, Willesden.",
            wrong,
        )
        answers.put(f"organisation.{key}", [place_row(line) for line in listed])


def place_row(line: str) -> dict[str, Any]:
    """`Brent: Wembley, Willesden` as a row of config.toml."""
    name, _, aliases = line.partition(":")
    row: dict[str, Any] = {"name": name.strip()}
    return row | {"aliases": terminal.parted(aliases)} if aliases.strip() else row


def accounts(at: Terminal, answers: Answers) -> None:
    """The organisation's own accounts."""
    rows = list(answers.now("organisation.accounts") or [])
    if rows:
        at.say("Accounts: " + ", ".join(f"{row['platform']} {row['handle']}" for row in rows))
        if terminal.yes(at, "Keep these?", True):
            return
    listed = terminal.lines(
        at, "Your organisation's own accounts, one a line: the platform, then the handle, such as x @ExampleICB.",
        lambda line: wrong_account(answers, line),
    )  # fmt: skip
    answers.put("organisation.accounts", [account_row(line) for line in listed])


def account_row(line: str) -> dict[str, str]:
    """`x @ExampleICB` as a row of the register; the platform and the handle may have a colon between them."""
    platform, _, handle = line.replace(":", " ", 1).strip().partition(" ")
    return {
        "platform": _CALLED_SO.get(platform.casefold(), platform.casefold()),
        "handle": handle.strip().lstrip("@"),
        "owner": "organisation",
    }


_CALLED_SO = {"twitter": "x", "fb": "facebook", "insta": "instagram", "ig": "instagram", "yt": "youtube"}  # fmt: skip


def wrong_account(answers: Answers, line: str) -> str:
    """What is wrong with a line that names an account."""
    row = account_row(line)
    if row["platform"] not in PLATFORMS:
        return f"begin with a platform: {', '.join(PLATFORMS)}"
    if not row["handle"]:
        return "write the handle after the platform, such as x @ExampleICB"
    return answers.why_not({("organisation", "accounts"): [row]})


def contacts(at: Terminal, answers: Answers) -> None:
    """The published contact points that reply templates name."""
    rows = {row["name"]: dict(row) for row in answers.now("organisation.contacts") or []}
    for name, by_phone in CONTACTS:
        row = rows.get(name, {"name": name})
        usual: list[str] = list(row.get("emails", []))
        example = any(_is_example(address) for address in usual)  # as it ships: reaches nobody
        emails = terminal.several(
            at, f"{name}: published email addresses", [] if example else usual,
            answers.check("alerts.to", listed=True),
        )  # fmt: skip
        phones: list[str] = [] if example else list(row.get("phones", []))
        if by_phone:
            phones = terminal.several(at, f"{name}: published telephones", phones)
        points = {key: value for key, value in (("phones", phones), ("emails", emails)) if value}
        rest = {key: value for key, value in row.items() if key not in ("emails", "phones")}
        if points:
            rows[name] = rest | points
    answers.put("organisation.contacts", list(rows.values()))


def sources(at: Terminal, answers: Answers) -> None:
    """Which sources are read, and for each that is: how access is had, and what its table needs."""
    names = list(SOURCES)
    for number, name in enumerate(names, 1):
        on = " (on)" if answers.now(f"collectors.{name}.on") else ""
        at.say(f"  {number:2}  {platforms.integration(name).label}{on}")
    at.say(
        "No source is read before the papers under [governance] are named; `mentions check` lists them."
    )
    now = [name for name in names if answers.now(f"collectors.{name}.on")]
    chosen = terminal.several(
        at,
        "Which do you want to read? Numbers or names",
        now,
        lambda word: (
            ""
            if source_name(word)
            else f"there is no such source: answer with numbers from 1 to {len(names)}"
        ),
    )
    wanted = [source_name(word) for word in chosen]
    for name in names:
        if name in wanted or name in now:
            answers.put(f"collectors.{name}.on", name in wanted)
    for name in dict.fromkeys(wanted):
        at.say()
        at.say(f"{platforms.integration(name).label}: {SOURCES[name].how}")
        _source(at, answers, name)


def source_name(word: str) -> str:
    """A source by its number in the list, its key or what people call it; "" for none."""
    names = list(SOURCES)
    if word.isdecimal() and 1 <= int(word) <= len(names):
        return names[int(word) - 1]
    plain = word.strip().casefold().replace(" ", "_")
    labels = {platforms.integration(name).label.casefold(): name for name in names}
    return plain if plain in names else labels.get(word.strip().casefold(), "")


def _source(at: Terminal, answers: Answers, name: str) -> None:
    access = SOURCES[name]
    for key in access.keys:
        place = f"collectors.{name}.{key}"
        usual = str(answers.now(place) or "")
        value = terminal.text(
            at, f"  {_called(key)}", "" if _is_example(usual) else usual,
            lambda answer, key=key: factory.fault_of_key(name, key, answer) if answer else "this is needed",  # type: ignore[misc]
        )  # fmt: skip
        answers.put(place, value)
        if key == access.registers:
            _register(answers, name, value)
    for key in access.secrets:
        _secret(at, answers, f"collectors.{name}.{key}", f"{name}_{key}")
    if name == "feeds":
        _feeds(at, answers)
        _records(at, answers)
    if name == "mastodon":
        _servers(at, answers)
    if name == "nhs_reviews":
        _services(at, answers)
    if name == "google":
        _places(at, answers)
    if (
        (grant := registry.grant(name))
        and not answers.now(f"collectors.{name}.access_token")
        and not grant.alone
    ):
        at.say(f'  When this is written: mentions connect {name} --by "Your Name"')


def _feeds(at: Terminal, answers: Answers) -> None:
    rows = list(answers.now("collectors.feeds.feed") or [])
    if rows:
        at.say(f"  {len(rows)} feeds are named already; these stay, and what you name now is added")

    def wrong(url: str) -> str:
        return answers.why_not(
            {("collectors", "feeds", "feed"): [*rows, {"url": url}]}
        ) or factory.fault_of_key("feeds", "feed", [{"url": url}])

    listed = terminal.lines(at, "  Addresses of feeds, one a line.", wrong)
    if listed:
        answers.put("collectors.feeds.feed", [*rows, *({"url": url} for url in listed)])


def _records(at: Terminal, answers: Answers) -> None:
    """Which public records are read, by the presets; what each asks for, one a line where there can be several."""
    rows = list(answers.now("organisation.records") or [])
    known = presets()
    for number, preset in enumerate(known.values(), 1):
        at.say(f"    {number:2}  {preset.name}")
    chosen = terminal.several(
        at, "  Which public records? Numbers or names", list(dict.fromkeys(row["preset"] for row in rows)),
        lambda word: "" if record_name(word) else f"there is no such record: answer with numbers from 1 to {len(known)}",
    )  # fmt: skip
    wanted = list(dict.fromkeys(record_name(word) for word in chosen))
    new: list[dict[str, Any]] = []
    for name in wanted:
        there = [row for row in rows if row["preset"] == name]
        preset = known[name]  # type: ignore[index]
        if not preset.asks:
            new += there or [{"preset": name}]
            continue
        at.say(f"  {preset.name}: {preset.asks}, such as {preset.example}")
        if there and terminal.yes(at, f"  Keep {', '.join(row['of'] for row in there)}?", True):
            new += there
            continue
        listed = terminal.lines(at, "  One a line.", partial(_wrong_record, answers, name))
        new += [{"preset": name, "of": of} for of in listed]
    answers.put("organisation.records", new)


def record_name(word: str) -> str:
    """A public record by its number in the list, its key or what it is called; "" for none."""
    names: list[str] = list(PRESET_NAMES)
    if word.isdecimal() and 1 <= int(word) <= len(names):
        return names[int(word) - 1]
    plain = word.strip().casefold()
    called = {preset.name.casefold(): name for name, preset in presets().items()}
    return plain if plain in names else called.get(plain, "")


def record_row(line: str) -> dict[str, str]:
    """`council_papers democracy.example.org` as a row of config.toml."""
    word, _, of = line.strip().partition(" ")
    name = record_name(word) or word
    return {"preset": name, "of": of.strip()} if of.strip() else {"preset": name}


def _wrong_record(answers: Answers, name: str, of: str) -> str:
    return answers.why_not({("organisation", "records"): [{"preset": name, "of": of}]})


def _servers(at: Terminal, answers: Answers) -> None:
    rows = list(answers.now("collectors.mastodon.server") or [])
    if rows and terminal.yes(at, f"  Keep the {len(rows)} servers that are named?", True):
        return
    url = terminal.text(
        at,
        "  The server, such as https://social.example.org",
        "",
        lambda word: factory.fault_of_key(
            "mastodon", "server", [{"url": word, "token": "env:MASTODON_TOKEN"}]
        ),
    )
    hashtags = terminal.several(
        at,
        "  Hashtags to read there",
        [],
        lambda word: factory.fault_of_key(
            "mastodon", "server", [{"url": url, "token": "env:MASTODON_TOKEN", "hashtags": [word]}]
        ),
    )
    row: dict[str, Any] = {
        "url": url,
        "token": _typed(at, answers, "the account's token", "mastodon_token", "env:MASTODON_TOKEN"),
    }
    answers.put("collectors.mastodon.server", [row | ({"hashtags": hashtags} if hashtags else {})])


def _services(at: Terminal, answers: Answers) -> None:
    rows = list(answers.now("collectors.nhs_reviews.service") or [])
    if rows and terminal.yes(at, f"  Keep the {len(rows)} services that are named?", True):
        return

    def row(line: str) -> dict[str, str]:
        ods, kind, name = ([*line.split(None, 2), "", "", ""])[:3]
        return {"ods": ods, "type": kind, "name": name}

    listed = terminal.lines(
        at,
        "  Services, one a line: ODS code, type, name, such as E85000 GPB Elm Tree Surgery.",
        lambda line: factory.fault_of_key("nhs_reviews", "service", [row(line)]),
    )
    answers.put("collectors.nhs_reviews.service", [row(line) for line in listed])


def _places(at: Terminal, answers: Answers) -> None:
    rows = list(answers.now("collectors.google.location") or [])
    if rows and terminal.yes(at, f"  Keep the {len(rows)} places that are named?", True):
        return

    def row(line: str) -> dict[str, str]:
        name, label = ([*line.split(None, 1), "", ""])[:2]
        return {"name": name, "label": label}

    listed = terminal.lines(
        at,
        "  Places, one a line: Google's name for it and yours, such as accounts/1/locations/2 Elm Tree Clinic.",
        lambda line: factory.fault_of_key("google", "location", [row(line)]),
    )
    answers.put("collectors.google.location", [row(line) for line in listed])


def _register(answers: Answers, name: str, number: str) -> None:
    """Our own account's number stands in the register too."""
    rows = list(answers.now("organisation.accounts") or [])
    new = {"platform": name, "handle": number, "owner": "organisation"}
    if not any(row["platform"] == name and row["handle"] == number for row in rows):
        answers.put("organisation.accounts", [*rows, new])


def mail(at: Terminal, answers: Answers) -> None:
    """How mail leaves, who is told at once, and who gets the reports."""
    now = (
        answers.now("alerts.mail.by")
        if not _is_example(answers.now("alerts.mail.host"))
        or answers.now("alerts.mail.by") == "graph"
        else "later"
    )
    by = terminal.choice(
        at,
        "How does mail leave: by a mail server, by Microsoft Graph, or later",
        ("smtp", "graph", "later"),
        now,
    )
    if by == "later":
        return
    values = dict[str, Any]()
    if by == "smtp":
        values |= _smtp(at, answers)
    else:
        for key in ("tenant", "client_id"):
            values[f"alerts.mail.oauth.{key}"] = terminal.text(
                at,
                f"  {_called(key)} of the application in Microsoft Entra",
                answers.now(f"alerts.mail.oauth.{key}") or "",
                lambda word: "" if word else "this is needed",
            )
        values["alerts.mail.oauth.client_secret"] = _typed(
            at,
            answers,
            "the application's secret",
            "mail_client_secret",
            answers.now("alerts.mail.oauth.client_secret") or "env:MENTIONS_MAIL_CLIENT_SECRET",
        )
    sender = answers.now("alerts.mail.sender")
    values["alerts.mail.sender"] = terminal.text(
        at,
        "  The address that mails come from",
        "" if _is_example(sender) else sender,
        answers.check("alerts.mail.sender"),
    )
    values["alerts.mail.by"] = by
    if why := answers.why_not({tuple(key.split(".")): value for key, value in values.items()}):
        at.say(f"  This does not fit together: {why}. It is asked once more.")
        mail(at, answers)
        return
    for key, value in values.items():
        answers.put(key, value)
    for key, question in (
        ("alerts.to", "Who is told at once of a high risk: addresses"), ("reports.daily_to", "Who gets the morning list"),
        ("reports.weekly_to", "Who gets the weekly summary"),
    ):  # fmt: skip
        answers.put(
            key,
            terminal.several(at, question, answers.now(key) or [], answers.check(key, listed=True)),
        )
    answers.put("alerts.on", bool(answers.now("alerts.to")))


def _smtp(at: Terminal, answers: Answers) -> dict[str, Any]:
    host = answers.now("alerts.mail.host")
    values: dict[str, Any] = {
        "alerts.mail.host": terminal.text(at, "  The mail server", "" if _is_example(host) else host, lambda word: "" if word else "name your mail server, such as smtp.office365.com"),
        "alerts.mail.security": terminal.choice(at, "  How the connection is secured", ("starttls", "tls", "none"), answers.now("alerts.mail.security")),
    }  # fmt: skip
    usual = {"starttls": 587, "tls": 465, "none": 25}[values["alerts.mail.security"]]
    same = values["alerts.mail.security"] == answers.now("alerts.mail.security")
    port = terminal.text(
        at,
        "  Its port",
        str(answers.now("alerts.mail.port") if same else usual),
        lambda word: (
            answers.why_not({("alerts", "mail", "port"): int(word)})
            if word.isdecimal()
            else "write a whole number, such as 587"
        ),
    )
    values["alerts.mail.port"] = int(port)
    values["alerts.mail.user"] = terminal.text(
        at, "  The account that signs in there (- for none)", answers.now("alerts.mail.user") or ""
    )
    if values["alerts.mail.user"]:
        values["alerts.mail.password"] = _typed(
            at,
            answers,
            "its password",
            "smtp_password",
            answers.now("alerts.mail.password") or "env:MENTIONS_SMTP_PASSWORD",
        )
    return values


def page(at: Terminal, answers: Answers) -> None:
    """Where the review page is, and who is rung when somebody is in danger."""
    for key, question in (
        (
            "review.public_url",
            "The address at which people open the review page (as it ships: on this machine alone)",
        ),
        ("review.crisis_contact", "Who is rung out of hours when somebody is in danger"),
        ("review.comms_phone", "The communications team's telephone"),
    ):
        answers.put(key, terminal.text(at, question, answers.now(key) or "", answers.check(key)))


def _secret(at: Terminal, answers: Answers, key: str, file: str) -> None:
    usual = answers.now(key) or f"env:{file.upper()}"
    answers.put(key, _typed(at, answers, _called(key.rpartition(".")[2]), file, usual))


def _typed(at: Terminal, answers: Answers, what: str, file: str, reference: str) -> str:
    """Where a secret is: in a file of its own if it is typed now, else where it stood."""
    kind, _, name = reference.partition(":")
    place = {"env": f"the environment variable {name}", "file": f"the file {name}"}.get(
        kind, reference
    )
    secret = at.ask(f"  Type {what}; Enter leaves it to {place}", "", hidden=True)
    if not secret:
        return reference
    path = f"{SECRETS}/{file}"
    answers.secrets[path] = secret
    return f"file:{path}"


def _called(key: str) -> str:
    return {"page_id": "the Page's number", "user_id": "the account's number", "business_id": "what TikTok calls the account to the app (open_id)", "approval": "what was approved, and when", "identifier": "the account's handle", "organization": "the Page, as urn:li:organization:NUMBER", "user_agent": "how the app names itself, as server:nwl-mentions:0.1 (by /u/your-account)", "host": "the mailbox's server", "user": "the mailbox", "folder": "the folder", "client_id": "the app's id", "client_secret": "the app's secret", "tenant": "the directory's id"}.get(key, f"the {key.replace('_', ' ')}")  # fmt: skip


def _is_example(value: object) -> bool:
    return isinstance(value, str) and (value.endswith("example.org") or "your-account" in value)


def from_flags(answers: Answers, flags: Mapping[str, Sequence[str]]) -> None:
    """The answers that were given on the command line. Raises ConfigError for one that does not fit."""
    for word in flags.get("body", ()):
        known = bodies.load()
        body = listed_bodies.by_flag(word, known, clock.now().date())
        fill_in(answers, bodies.organisation(body, known))
    names = [*flags.get("organisation", ())]
    if names or len(flags.get("body", ())) > 1:
        known = bodies.load()
        codes = [known.search(word)[0].name for word in flags.get("body", ())]
        listed_bodies.check_one([*names, *codes], known)
    if names:
        before = {row["name"]: row for row in answers.now("organisation.names") or []}
        named(answers, names)
        answers.put("organisation.names", [before.get(name, {"name": name}) for name in names])
    check_no_password([*flags.get("record", ()), *flags.get("feed", ())])
    for flag, key, row in (
        ("place", "organisation.places", place_row), ("provider", "organisation.providers", place_row), ("account", "organisation.accounts", account_row),
        ("record", "organisation.records", record_row),
    ):  # fmt: skip
        if flags.get(flag):
            rows = [row(line) for line in flags[flag]]
            if flags.get("body") and flag in ("place", "provider"):  # those of the body stay
                rows = listed_bodies.added(rows, answers.now(key) or [])
            answers.put(key, rows)
    for word in flags.get("source", ()):
        if not (name := source_name(word)):
            raise ConfigError(
                f"--source {word}: there is no such source; there are {', '.join(SOURCES)}"
            )
        answers.put(f"collectors.{name}.on", True)
    if flags.get("record"):
        answers.put("collectors.feeds.on", True)
    if flags.get("feed"):
        _feeds_by_flags(answers, flags["feed"])


def check_no_password(words: Sequence[str]) -> None:
    """Raises ConfigError for an address with a name and a password in it, which would lie in the settings in clear."""
    if any(addresses.holds_password(word) for word in words):
        raise ConfigError(
            "an address holds a name and a password before the @: leave them out; a feed's whole address may be a secret, written as env:NAME or file:PATH in [[collectors.feeds.feed]]"
        )


def _feeds_by_flags(answers: Answers, urls: Sequence[str]) -> None:
    """Adds feeds to those that are named, and turns them on. Raises ConfigError for what is no address of one."""
    rows = list(answers.now("collectors.feeds.feed") or [])
    for url in urls:
        if any(row.get("url") == url for row in rows):
            continue
        if why := factory.fault_of_key("feeds", "feed", [{"url": url}]):
            raise ConfigError(f"--feed: {why}")
        rows.append({"url": url})
    answers.put("collectors.feeds.feed", rows)
    answers.put("collectors.feeds.on", True)


def write_secrets(folder: Path, secrets: Mapping[str, str]) -> list[str]:
    """Writes typed secrets, each into a file that its owner alone can read; their paths."""
    return [str(replace_secret_file(folder / path, value)) for path, value in secrets.items()]
