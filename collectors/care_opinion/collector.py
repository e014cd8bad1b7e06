"""Care Opinion: stories of patients and carers, and what services answered.

A story comes out days after it was sent in, so that each run asks for all that was sent in of late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import requests
from pydantic import Field

from collectors.base import (
    Answer,
    Collected,
    Http,
    SkippedItem,
    each,
    identity,
    matching,
    pages,
    words,
)
from collectors.care_opinion.parse import (
    Parts,
    address,
    page_of,
    published,
    to_mention,
    to_reply,
    to_service,
)
from collectors.http.client import read_json
from collectors.parsing import UNREADABLE
from collectors.placement import under
from collectors.queries import Follow, check_address
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention

_KEY = "does not accept the key: ask its support for one that is valid, and set `api_key`"
ABSENT = (404, 410)
_LATE = timedelta(days=2)  # between the moment of publication and being listed, at most


@dataclass(frozen=True, kw_only=True)
class CareOpinion:
    """Stories that the key's subscription covers, all of them or those of some services or tags."""

    name: ClassVar[str] = "care_opinion"
    secrets: ClassVar[tuple[str, ...]] = ("api_key",)

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    api_key: str = field(default="", repr=False)
    terms: tuple[str, ...] = ()
    services: tuple[Annotated[str, Field(pattern=r"^\w{3,12}$")], ...] = ()
    tags: tuple[str, ...] = ()
    about: bool = False
    responses: bool = False
    keep: Literal["all", "matched"] = "all"
    delay_days: Annotated[int, Field(ge=0, le=365)] = 28
    base_url: str = "https://www.careopinion.org.uk/api/v2"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 50

    def __post_init__(self) -> None:
        check_address(self.base_url, "base_url")

    def follows(self) -> Iterator[Follow]:
        """Nobody: authors are pseudonymous."""
        yield from ()

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Stories oldest first, each followed by the responses to it where they are asked for."""
        fetch, sorry = partial(self._page, since - timedelta(days=self.delay_days)), 0
        for numbered_page in pages(fetch, most=self.pages, where="stories"):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            page_number, page = numbered_page
            for number, story in enumerate(page, 1):
                if isinstance(story, str):
                    sorry += 1
                else:
                    yield from self._story(story, since, f"page {page_number} item {number}")
        if sorry:
            yield SkippedItem(
                "stories", f"{sorry} came as an apology of the site's; asked for again next time"
            )

    def _page(self, sent: datetime, token: str) -> tuple[list[Any], str]:
        """Stories from `token` on, and where the next begin; none after an empty page."""
        skip = int(token or 0)
        params: dict[str, str | int] = {
            "take": self.page_size, "skip": skip, "submittedonafter": sent.date().isoformat(),
        }  # fmt: skip
        page = self.listed("/opinions", params)
        return page, str(skip + len(page)) if page else ""

    def _story(self, story: Any, since: datetime, where: str) -> Iterator[Mention | SkippedItem]:
        if self._told_before(story, since):
            return
        for mention in self.read(story, where):
            if isinstance(mention, SkippedItem):
                yield mention
            elif self._wanted(mention):
                yield mention
                if self.responses:
                    yield from self._responses(story, mention, where)

    def _told_before(self, story: Any, since: datetime) -> bool:
        """By an earlier run, where it would cost calls to tell it again; its responses may be new."""
        costs = bool(self.services or self.tags or self.about) and not self.responses
        return costs and UNREADABLE < published(story) < since - _LATE

    def read(self, story: Any, where: str) -> Iterator[Mention | SkippedItem]:
        """One story with its parts looked up and what it matched, or a SkippedItem of this place."""

        def whole(story: Any) -> Mention:
            parts = self._parts(story)
            page = page_of(parts, self.terms)
            mention = under(to_mention(story, parts, self.at), page)
            codes = [code for service in parts.services for code in service.codes]
            return mention.with_match(
                *matching(mention.text, self.terms),
                *(s for s in self.services if any(code.startswith(s.upper()) for code in codes)),
                *(tag for tag in self.tags if tag.casefold() in parts.tags),
            )

        for mention in each((story,), whole, at=self.at):
            yield replace(mention, item=where) if isinstance(mention, SkippedItem) else mention

    def _parts(self, story: Mapping[str, Any]) -> Parts:
        """A trust's code stands for all of its sites, whose codes begin with it."""
        services = self._part(story, "healthservices") if self.services or self.about else []
        tags = self._part(story, "tags") if self.tags else []
        names = (words(tag.get("name")).strip().casefold() for tag in tags)
        return Parts([to_service(service) for service in services], [*names])

    def _wanted(self, mention: Mention) -> bool:
        filters = [wanted for wanted in (self.services, self.tags) if wanted]
        named = all(any(term in mention.matched for term in wanted) for wanted in filters)
        return named and bool(mention.matched or self.keep == "all")

    def _responses(
        self, story: Any, mention: Mention, where: str
    ) -> Iterator[Mention | SkippedItem]:
        reply = partial(to_reply, story=mention.issued_id, at=self.at)
        try:
            answers = self._part(story, "responses")
        except _NoSuchPart:
            yield SkippedItem(f"{where} responses", "are not there (404); left out")
            return
        for response in each(answers, reply, at=self.at, where=f"{where} response"):
            if isinstance(response, SkippedItem):
                yield response
            else:
                placed = under(response, mention.context.page, mention)
                yield placed.with_match(*mention.matched)

    def _part(self, story: Mapping[str, Any], part: str) -> list[Any]:
        """A part at the address that the story gives if it is below ours, else at the usual one."""
        base, link = self.base_url.rstrip("/"), address(story, part)
        usual = f"/opinions/{identity(story['id'])}/{part}"
        path = link.removeprefix(base) if link.startswith(f"{base}/") else usual
        answer = self.ask(path, accept=ABSENT)
        if answer.status in ABSENT:
            raise _NoSuchPart
        return [entry for entry in self.list_in(answer) if not isinstance(entry, str)]

    def listed(self, path: str, params: Mapping[str, str | int] | None = None) -> list[Any]:
        """A list. Raises PlatformUnavailable for an answer that is none."""
        return self.list_in(self.ask(path, params))

    def list_in(self, answer: Answer) -> list[Any]:
        """The list that an answer holds. Raises PlatformUnavailable for an answer that is none."""
        entries = self.json(answer)
        if not isinstance(entries, list):
            raise PlatformUnavailable("Care Opinion sent something else than a list")
        return entries

    def ask(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        accept: tuple[int, ...] = (),
    ) -> Answer:
        """One answer; a status of 400 or more is handed back only if it stands in `accept`."""
        url = self.base_url.rstrip("/") + path
        headers = {"Accept": "application/json"}
        if self.api_key:
            headers["Authorization"] = f"SUBSCRIPTION_KEY {self.api_key}"
        return self.http.get(url, params, headers, accept=accept, judge=raise_for_response)

    def json(self, answer: Answer) -> Any:
        """What it holds. A key that is not accepted is sent on to a login page, with status 200."""
        try:
            if answer.redirects and answer.content.lstrip()[:1] == b"<":
                raise PlatformRefused("sent on")
            return read_json(answer.content, answer.headers, answer.url)
        except PlatformRefused:
            raise PlatformRefused(f"Care Opinion {_KEY}") from None


class _NoSuchPart(ValueError):
    """A story has no such list; what is odd of one story costs no other."""


def raise_for_response(response: requests.Response) -> None:
    """Care Opinion's meanings of a status, before the usual ones."""
    if response.status_code in (401, 403):
        raise PlatformRefused(f"Care Opinion {_KEY} ({response.status_code})")
