"""GDELT on loopback: news by query, whose refusals are plain text, often with status 200."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from core import clock
from demo.pictures import picture
from demo.posts_loader import POSTS, TERMS, ago, load
from demo.query import Searchable, matcher
from demo.servers.http import Answer, Faults, Request, Secret, StandIn

BETWEEN = 0.1  # seconds between two calls; GDELT's own are five
SHORTEST_PHRASE = 5  # characters
STEP = timedelta(minutes=15)  # in which articles are seen
TOO_SOON = (
    "Please limit requests to one every 5 seconds or contact gdelt@example.org for larger queries."
)
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

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        authored = load("gdelt", self.folder)
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
        now = time.monotonic()
        soon, self._last = now - self._last < self.between, now
        if soon:
            return _words(TOO_SOON)
        articles = self._found(request.query)
        body = {"articles": [article.data for article in articles]} if articles else {}
        return Answer(body=json.dumps(body).encode())

    def refusal(self, status: int, seconds: float) -> Answer:
        words = TOO_SOON if status == 429 else "The service is not available."
        return Answer(status=status, body=words.encode(), type="text/plain; charset=utf-8")

    def change(self) -> None:
        """A later day: an article is dropped, one has another title, one is new."""
        for step in load("gdelt", self.folder)["later"]:
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

    def _found(self, query: Mapping[str, str]) -> list[Article]:
        matches = matcher(query["query"])
        start, end = clock.parse(query["startdatetime"]), clock.parse(query["enddatetime"])
        articles = [
            article for article in self.articles
            if start <= article.seen <= end and matches(article.seen_by_search)
        ]  # fmt: skip
        articles.sort(key=lambda article: article.seen, reverse=query["sort"] != "dateasc")
        return articles[: int(query["maxrecords"])]


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
