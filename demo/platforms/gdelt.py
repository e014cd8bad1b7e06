"""GDELT on loopback: news by query, whose refusals are plain text, often with status 200."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from core import clock
from demo.pictures import picture
from demo.posts_loader import TERMS, ago, load
from demo.query import Searchable, matcher
from demo.servers.http import Answer, Faults, Request, Secret, StandIn

DOC = "/api/v2/doc/doc"
BETWEEN = 0.1  # seconds between two calls; GDELT's own are five
MOST = 250  # articles; there are no pages
SHORTEST_PHRASE, SHORTEST, LONGEST = 5, 3, 1000  # characters
STEP = timedelta(minutes=15)  # in which articles are seen
SPANS = {"min": 1, "h": 60, "d": 1440, "w": 10080, "m": 43200}  # minutes
TOO_SOON = (
    "Please limit requests to one every 5 seconds or contact gdelt@example.org for larger queries."
)
BAD_LENGTH = "Your query was too short or too long."
COUNTRIES = {"UK": "United Kingdom", "IN": "India"}


@dataclass(slots=True)
class Article:
    """One article: `data` as GDELT lists it, or anything for a malformed one."""

    data: Any
    seen: datetime
    seen_by_search: Searchable


class GdeltStandIn(StandIn):
    """`between` is what it wants between two calls, in seconds of its own clock."""

    name: ClassVar[str] = "gdelt"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        authored = load("gdelt")
        self.articles = [self._article(article) for article in authored["articles"]]
        self.articles += [
            Article(odd["raw"], _step(at - ago(odd["ago"])), Searchable(text=_found_by(odd)))
            for odd in authored["malformed"]
        ]
        self.between = BETWEEN
        self._last = -BETWEEN

    def table(self, secret: Secret) -> dict[str, Any]:
        terms = [
            term for term in TERMS if not term.startswith("@") and len(term) >= SHORTEST_PHRASE
        ]
        return {"base_url": self.url, "terms": terms, "seconds_between": 2 * self.between}

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/img/"):
            return Answer(body=picture(request.path), type="image/png")
        if request.path != DOC:
            return self.refusal(404, 0)
        now = time.monotonic()
        soon, self._last = now - self._last < self.between, now
        if soon:
            return _words(TOO_SOON)
        try:
            articles = self._found(request)
        except _Refused as refused:
            return _words(str(refused))
        body = {"articles": [article.data for article in articles]} if articles else {}
        return Answer(body=json.dumps(body).encode())

    def refusal(self, status: int, seconds: float) -> Answer:
        words = {429: TOO_SOON, 404: "Not Found"}.get(status, "The service is not available.")
        return Answer(status=status, body=words.encode(), type="text/plain; charset=utf-8")

    def change(self) -> None:
        """A later day: an article is dropped, one has another title, one is new."""
        for step in load("gdelt")["later"]:
            if "add" in step:
                self.articles.append(self._article(step["add"]))
                continue
            title = step.get("drop") or step["retitle"]
            (article,) = [
                article for article in self.articles
                if isinstance(article.data, dict) and article.data["title"] == title
            ]  # fmt: skip
            if "drop" in step:
                self.articles.remove(article)
            else:
                article.data["title"] = step["title"]

    def _article(self, article: dict[str, Any]) -> Article:
        seen = _step(self.at - ago(article["ago"]))
        slug = re.sub(r"\W+", "-", article["title"].lower()).strip("-")[:60]
        image = f"{self.url}/img/{hashlib.sha256(slug.encode()).hexdigest()[:12]}.png"
        data = {
            "url": f"https://{article['domain']}/{slug}",
            "url_mobile": "",
            "title": article["title"],
            "seendate": seen.strftime("%Y%m%dT%H%M%SZ"),
            "socialimage": image if article.get("image") else "",
            "domain": article["domain"],
            "language": article.get("language", "English"),
            "sourcecountry": article.get("country", "United Kingdom"),
        }
        return Article(data, seen, Searchable(text=_found_by(article)))

    def _found(self, request: Request) -> list[Article]:
        query = request.query
        if query.get("mode", "").lower() != "artlist" or query.get("format", "").lower() != "json":
            raise _Refused(
                "<html><body>GDELT lists articles as a web page without format=json</body></html>"
            )
        matches = _matcher(query.get("query", ""))
        start, end = self._window(request)
        most = query.get("maxrecords", "75")
        if not most.isdigit() or not 1 <= int(most) <= MOST:
            raise _Refused(f"The number of records must be from 1 to {MOST}.")
        articles = [
            article for article in self.articles
            if start <= article.seen <= end and matches(article.seen_by_search)
        ]  # fmt: skip
        oldest_first = query.get("sort", "").lower() == "dateasc"
        articles.sort(key=lambda article: article.seen, reverse=not oldest_first)
        return articles[: int(most)]

    def _window(self, request: Request) -> tuple[datetime, datetime]:
        query = request.query
        if "timespan" in query:
            written = re.fullmatch(r"(\d+)\s*(min|h|d|w|m)\w*", query["timespan"].lower())
            if written is None:
                raise _Refused("Timespan is not valid.")
            span = timedelta(minutes=int(written[1]) * SPANS[written[2]])
            return self.at - span, self.at + STEP
        edges = []
        for name, default in (
            ("startdatetime", self.at - timedelta(days=90)),
            ("enddatetime", self.at + STEP),
        ):
            written_at = query.get(name)
            if written_at is not None and not re.fullmatch(r"\d{14}", written_at):
                raise _Refused(f"Invalid {name.removesuffix('datetime')} date.")
            edges.append(clock.parse(written_at) if written_at else default)
        return edges[0], edges[1]


class _Refused(Exception):
    """Said in plain words, with 200."""


def _matcher(query: str) -> Any:
    if not SHORTEST <= len(query) <= LONGEST:
        raise _Refused(BAD_LENGTH)
    if any(len(phrase) < SHORTEST_PHRASE for phrase in re.findall(r'"([^"]*)"', query)):
        raise _Refused("The specified phrase is too short.")
    outside = re.sub(r'"[^"]*"', "", query)
    while "(" in outside and (inside := re.sub(r"\([^()]*\)", "", outside)) != outside:
        outside = inside
    if re.search(r"\bOR\b", outside):
        raise _Refused("Queries containing OR'd terms must be surrounded by ().")
    try:
        return matcher(query)
    except ValueError as error:
        raise _Refused("Your query contains an error.") from error


def _found_by(article: dict[str, Any]) -> str:
    """The title without the spaces around its marks, what the article says, and whence it came."""
    title = re.sub(r" (['’,.:-]) ?|(['’,.:-]) ", r"\1\2", article.get("title", ""))
    country = article.get("country", "United Kingdom")
    code = next(short for short, long in COUNTRIES.items() if long == country)
    tags = f"sourcecountry:{code} sourcelang:{article.get('language', 'English')} domain:{article.get('domain', '')}"
    return f"{title} | {article['says']} | {tags}"


def _step(moment: datetime) -> datetime:
    return moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % STEP


def _words(words: str) -> Answer:
    return Answer(body=words.encode(), type="text/plain; charset=utf-8")
