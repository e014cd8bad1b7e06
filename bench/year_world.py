"""What goes on outside for `bench.year`: people who post, a mail server that may be away, and the settings of a small site.

Posts are invented, and each has a word of its own, by which it is known again in the store.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.sax.saxutils import escape

import numpy as np
import tomli_w
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.fernet import Fernet

from classify.model import files
from classify.model.onnx_model import Scores, Text
from classify.policy import schema as policy_schema
from core import clock
from core.models import PROTECTED
from demo.platforms.reddit import RedditStandIn
from demo.platforms.reddit_data import children
from demo.platforms.x import XStandIn
from demo.platforms.x_data import add
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from settings import secrets
from settings.files.layers import read_layers
from store import Store

ROOT = Path(__file__).parent.parent
SOURCES = ("x", "reddit", "feeds")
DUTY, TEAM, BOARD, ICT = (
    "duty@example.org",
    "team@example.org",
    "board@example.org",
    "ict@example.org",
)
DAYS_KEPT = {"x": 7, "reddit": 30, "feeds": 45}  # days
FEED_HOLDS = 20  # entries, the newest: as many feeds do
GRAVE = "knife"  # who writes that threatens somebody, as far as the stand-in for the model goes
OFTEN = 8  # one post in so many is grave
WORDS = tuple(re.findall(r"\w+",
    "queue clinic letter bus ward porter window ticket lift form nurse screen garden phone rain corridor pharmacy chair "
    "scan parking blanket kettle door receipt bench heater poster printer trolley umbrella lunch signpost curtain radio"
))  # fmt: skip


# ── people who post ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One post that somebody made: where, when, whether it must alert, and the word that is its own."""

    mark: str
    source: str
    at: datetime
    grave: bool


class Paper(StandIn):
    """A local paper's RSS, which holds the newest entries alone and has no second page."""

    name: ClassVar[str] = "feeds"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.entries: list[
            tuple[datetime, str, str]
        ] = []  # the newest first: when, by which id, what

    def table(self, secret: Secret) -> dict[str, Any]:
        return {
            "feed": [{"url": f"{self.url}/feed/", "keep": "all", "name": "The Ealing Evening Echo"}]
        }

    def answer(self, request: Request) -> Answer:
        items = "".join(
            f"<item><title>{escape(text[:40])}</title><link>https://echo.example.org/{number}/</link>"
            f'<guid isPermaLink="false">{number}</guid><pubDate>{format_datetime(at)}</pubDate>'
            f"<description>{escape(text)}</description></item>"
            for at, number, text in self.entries[:FEED_HOLDS]
        )
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>The Ealing Evening Echo</title>'
            f"<link>https://echo.example.org/</link><description>An invented paper</description>{items}</channel></rss>"
        )
        return Answer(body=body.encode(), type="application/rss+xml; charset=UTF-8")

    def refusal(self, status: int, seconds: float) -> Answer:
        return Answer(status=status, body=b"<html></html>", type="text/html; charset=UTF-8")


class Outside:
    """X, Reddit and a paper on loopback, each with posts as they are made; `faults` says what goes wrong.

    `end`: after the last post, since X's numbers are counted back from a moment.
    """

    def __init__(self, folder: Path, at: datetime, end: datetime, seed: int = 1) -> None:
        self.faults, self.end, self.made = Faults(), end, dict[str, Served]()
        self._chance, self._folder = random.Random(seed), folder / "posts"
        self._folder.mkdir()
        people = {
            f"resident_{number}": {"name": "A resident", "followers": 40, "bio": ""}
            for number in range(9)
        }
        ours = {"HealthierNWL": {"name": "NHS North West London", "followers": 900, "bio": ""}}
        self._people = list(people)
        self._write(
            "x",
            {"authors": ours | people, "posts": [], "malformed": [], "elsewhere": [], "later": []},
        )
        self._write_reddit(
            [_thread("p00000", "resident_1", "300d", "An old thread", "Long before any of this")]
        )
        self.x = XStandIn(end, self.faults, self._folder)
        self.reddit = RedditStandIn(at, self.faults, self._folder)
        self.paper = Paper(at, self.faults)
        self.standins: Sequence[StandIn] = (self.x, self.reddit, self.paper)

    def __enter__(self) -> Self:
        for standin in self.standins:
            standin.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for standin in self.standins:
            standin.__exit__()

    def go_on(self, since: datetime, until: datetime, a_day: float) -> None:
        """What people post between two moments, `a_day` on each platform; it is `until` outside then."""
        for standin in self.standins:
            standin.go_on(until)
        length = until - since
        for source in SOURCES:
            expected = a_day * (length / timedelta(days=1))
            count = int(expected) + (self._chance.random() < expected % 1)
            for share in sorted(self._chance.random() for _ in range(count)):
                self._post(source, since + length * share, until)

    def _post(self, source: str, at: datetime, now: datetime) -> None:
        at = at.replace(second=0, microsecond=0)
        if any(post.source == source and post.at == at for post in self.made.values()):
            return
        number = len(self.made)
        mark = f"zq{number:05d}"
        grave = self._chance.randrange(OFTEN) == 0
        words = " ".join(self._chance.sample(WORDS, 9))
        threat = f" I will come with a {GRAVE} for whoever runs it." if grave else ""
        text = f"NHS North West London, Ealing Hospital: {words} {mark}.{threat}"
        if source == "x":
            ago = f"{int((self.end - at).total_seconds() // 60)}m"
            add(
                self.x.timeline,
                {"by": self._chance.choice(self._people), "text": text, "ago": ago},
                self.end,
            )
            self.x.timeline.tweets.sort(key=lambda tweet: -tweet.number)
        elif source == "reddit":
            minutes = int((now - at).total_seconds() // 60)
            name, by = f"q{number:05d}", f"resident_{number % 9}"
            self._write_reddit([_thread(name, by, f"{minutes}m", f"Ealing Hospital {mark}", text)])
            self.reddit.children[:0] = children(now, self._folder)
        else:
            self.paper.entries.insert(0, (at, f"echo-{number}", text))
        self.made[mark] = Served(mark=mark, source=source, at=at, grave=grave)

    def _write_reddit(self, threads: list[dict[str, Any]]) -> None:
        self._write("reddit", {
            "bios": {}, "profiles": {}, "communities": {}, "closed": {}, "malformed": [], "later": [], "threads": threads,
        })  # fmt: skip

    def _write(self, name: str, table: Mapping[str, Any]) -> None:
        (self._folder / f"{name}.json").write_text(json.dumps(table), "utf-8")


def _thread(name: str, by: str, ago: str, title: str, text: str) -> dict[str, Any]:
    old = (
        [{"id": "c00000", "by": by, "ago": ago, "text": "Nobody knows", "score": 1}]
        if name == "p00000"
        else []
    )
    return {
        "sub": "ealing",
        "id": name,
        "by": by,
        "ago": ago,
        "title": title,
        "text": text,
        "score": 3,
        "comments": old,
    }


# ── a mail server ────────────────────────────────────────────────────────────────────────────────


class MailServer:
    """Takes whatever comes while it is `up`, and notes when; `got` is how often who got which Message-ID."""

    def __init__(self) -> None:
        self.got: Counter[tuple[str, str]] = Counter()
        self.came: dict[str, datetime] = {}  # Message-ID -> when it first came
        self.mails: list[tuple[datetime, EmailMessage]] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller: Controller | None = None

    def up(self) -> None:
        """It answers from now on."""
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    def down(self) -> None:
        """Nobody answers at its port."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keeps a mail."""
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(mail, EmailMessage)
        number = str(mail["Message-ID"])
        self.came.setdefault(number, clock.now())
        self.mails.append((clock.now(), mail))
        for person in envelope.rcpt_tos:
            self.got[number, person] += 1
        return "250 2.0.0 Accepted"


# ── what stands in for the model: its files are looked at as the real ones are ───────────────────

_QUIET = {
    "in_scope": 0.9,
    "staff.no": 0.9,
    "sentiment.neutral": 0.9,
    "target.none": 0.9,
    "protected.none": 0.9,
}
_OTHERS = (
    "in_scope", "staff.icb", "staff.nhs", "staff.no", "sentiment.negative", "sentiment.neutral", "sentiment.positive",
    "target.patient", "target.colleague", "target.person", "target.group", "target.organisation", "target.none",
    "harm.serious", "task.toxic", *(f"protected.{value}" for value in PROTECTED),
)  # fmt: skip


@dataclass(kw_only=True)
class OneWordModel:
    """Says of a text with GRAVE that it is a threat, and of all others that they are quiet."""

    version: str = "year-1"
    flags: Sequence[str] = field(default_factory=lambda: policy_schema.load().names(source="model"))

    @property
    def outputs(self) -> Sequence[str]:
        """Every output by name."""
        return (*self.flags, *_OTHERS)

    def scores(
        self, texts: Sequence[Text], progress: Callable[[int], None] | None = None
    ) -> list[Scores]:
        """One a text, in order."""
        return [self._score(text.text) for text in texts]

    def task_threshold(self, name: str) -> float:
        """From which score on an auxiliary head says yes: the same of all."""
        return 0.5

    def _score(self, text: str) -> Scores:
        outputs = {name: _QUIET.get(name, 0.0) for name in self.outputs}
        if GRAVE in text:
            outputs |= {"threat": 0.97, "target.colleague": 0.9, "target.none": 0.1}
        evidence = {name: column for column, name in enumerate((*self.flags, "toxic", "name"))}
        return Scores(outputs, np.zeros((0, len(evidence)), dtype=np.float32), [], evidence)


def opened(folder: Path, _threads: int, _policy: object) -> OneWordModel:
    """In the place of loading the model in a folder. Raises ModelError where its files are not those that were listed."""
    files.verify(folder)
    return OneWordModel()


def make_model(folder: Path) -> Path:
    """A copy of the model that ships; the file to damage."""
    shutil.copytree(files.SHIPPED, folder)
    return folder / files.FILES[0]


# ── the site ─────────────────────────────────────────────────────────────────────────────────────


def make_site(
    folder: Path, outside: Outside, mail: MailServer, at: datetime, ends: datetime
) -> Path:
    """A folder with a store of its own, the settings that read the outside, and all that they name; its config.toml.

    `ends`: when a secret runs out that nobody can ask.
    """

    def secret(name: str, value: str) -> str:
        secrets.new_secret_file(folder / name, value)
        return f"file:{name}"

    key = Fernet.generate_key().decode()
    secret("key", key)
    table: dict[str, Any] = read_layers(ROOT / "config.toml").table
    table["store"] = {"path": "mentions.db", "keys": ["file:key"]}
    table["collectors"] = {
        standin.name: {"on": True, **standin.table(secret)} for standin in outside.standins
    }
    table["collectors"]["x"] |= {"pictures": False, "terms": ["NHS North West London"]}
    table["collectors"]["reddit"] |= {"subreddits": ["ealing"], "terms": ["Ealing Hospital"]}
    table["organisation"]["accounts"].append(
        {"platform": "x", "handle": outside.x.user_id, "owner": "organisation"}
    )
    table["accounts"] = {"on": False}
    table["http"] |= {"attempts": 1, "longest_wait_seconds": 0.0, "read_seconds": 10.0}
    table["classifier"] |= {"model": "model", "threads": 1}
    table["schedule"] = {"collect_every_minutes": 240}
    table["alerts"] |= {"on": True, "to": [DUTY], "spikes": False}
    table["alerts"]["mail"] |= {
        "host": "127.0.0.1",
        "port": mail.port,
        "security": "none",
        "user": "",
        "timeout_seconds": 5.0,
    }
    table["reports"] = {"folder": "reports", "daily_to": [TEAM], "weekly_to": [BOARD]}
    table["health"] = {
        "to": [ICT], "heartbeat": "weekly", "disk_megabytes": 1, "ends": [{"name": "Secret of the app", "on": clock.local_day(ends)}],
    }  # fmt: skip
    table["review"] |= {"sample_unflagged": 0, "sample_second": 0}
    table["safeguards"] = {"purge_posts": 30}
    table["backup"] = {"folder": "backups"}
    table["retention"] = {
        "days": DAYS_KEPT["feeds"],
        "platforms": {"x": DAYS_KEPT["x"], "reddit": DAYS_KEPT["reddit"]},
    }
    day = clock.local_day(at) - timedelta(days=60)
    table["governance"] = {
        "dpia": "YEAR-1, invented", "dpia_approved_by": "R. Example, SIRO, invented", "dpia_approved_on": day,
        "legitimate_basis": "Article 6(1)(e), Article 9(2)(g), Schedule 1, paragraph 18: invented", "privacy_notice": "https://www.example.org/privacy",
        "staff_notice": f"intranet, Policies, {day:%-d %B %Y}, invented", "union_consultation": f"{day:%-d %B %Y}, invented: agreed",
        "caldicott_guardian": "C. Example, guardian@example.org", "dpo": "D. Example, dpo@example.org", "review_date": day + timedelta(days=720),
    }  # fmt: skip
    path = folder / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    Store.open(folder / "mentions.db", [key], create=True).close()
    return path
