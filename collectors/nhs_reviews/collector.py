"""NHS website ratings and reviews, service by service, since they belong to providers and not to an ICB."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import requests
from pydantic import ConfigDict, Field

from collectors.base import Collected, Http, Passing, SkippedItem, each, matching, pages
from collectors.http.client import asked_wait
from collectors.nhs_reviews.parse import response_in, to_mention, to_reply
from collectors.parts import Part, Parts, digest
from collectors.placement import under
from collectors.queries import Follow, check_address
from core.context import Page, PageKind
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention

_PAGE_KINDS: Mapping[str, PageKind] = {
    "GPB": "practice",
    "DEN": "practice",
    "HOS": "hospital",
    "TRU": "hospital",
}
_STATUSES: tuple[Literal["published", "removed"], ...] = ("published", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service by its ODS code. `type`: GPB a GP practice, HOS a hospital, DEN a dentist and so on."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    ods: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{3,12}$")]
    type: Literal["GPB", "HOS", "DEN", "PHA", "OPT", "TRU", "IND", "CLI", "SCL"] = "GPB"
    name: str = ""  # what it is called, which the website's answers don't tell

    @property
    def page(self) -> Page:
        """Its page on the website."""
        return Page(owner="provider", name=self.name, kind=_PAGE_KINDS.get(self.type, "page"))


@dataclass(frozen=True, kw_only=True)
class NhsReviews:
    """Reviews of the services of the table, and what the services answered."""

    name: ClassVar[str] = "nhs_reviews"
    secrets: ClassVar[tuple[str, ...]] = ("subscription_key",)

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    subscription_key: str = field(default="", repr=False)
    service: tuple[Service, ...] = ()
    terms: tuple[str, ...] = ()
    delay_days: Annotated[int, Field(ge=0, le=365)] = 14
    base_url: str = "https://api.nhs.uk/comments"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        check_address(self.base_url, "base_url")
        if not self.service:
            raise ConfigError(
                "service: there is none; add a [[collectors.nhs_reviews.service]] table for each"
            )

    def follows(self) -> Iterator[Follow]:
        """Nobody: reviews are found by the service that they are of."""
        yield from ()

    def collect(self, since: datetime) -> Iterator[Collected]:
        """What was written of late, which may have come out only now, and what of it was taken down.

        A service that the website does not know costs no other: it is named after the last.
        """
        parts = Parts(self.state, since, self.at)
        listed = {part.key: service for part, service in self.listed()}
        for part in parts.first([part for part, _ in self.listed()]):
            read = partial(self._service, listed[part.key], part.where)
            yield from parts.read(part, read, alone=(_UnknownService,))
        yield from parts.end("services")

    def listed(self) -> list[tuple[Part, Service]]:
        """Every service as a part of this source, by its code."""
        return [
            (
                Part(
                    key=digest(f"{service.type} {service.ods.upper()}"), kind="service",
                    where=f"service {number}", name=service.name or service.ods,
                ),
                service,
            )
            for number, service in enumerate(self.service, 1)
        ]  # fmt: skip

    def _service(self, service: Service, where: str, since: datetime) -> Iterator[Collected]:
        start = since - timedelta(days=self.delay_days)
        for status in _STATUSES:
            yield from self.reviews(service, status, start, f"{where} {status}")

    def reviews(
        self, service: Service, status: str, start: datetime, where: str
    ) -> Iterator[Mention | SkippedItem]:
        """Reviews of one service and the responses to them; what was removed comes as deleted, wordless."""
        fetch = partial(self._page, service, status, start)
        for numbered_page in pages(fetch, most=self.pages, where=where):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, page = numbered_page
            place = f"{where} page {number}"
            stories: dict[str, Mention] = {}
            for mention in each(page, partial(to_mention, at=self.at), at=self.at, where=place):
                if isinstance(mention, SkippedItem):
                    yield mention
                    continue
                stories[mention.issued_id] = mention
                yield self._placed(mention, service, None)
            answered = [item for item in page if isinstance(item, dict) and response_in(item)]
            replies = partial(to_reply, at=self.at)
            for reply in each(answered, replies, at=self.at, where=f"{place} response"):
                if isinstance(reply, SkippedItem):
                    yield reply
                else:
                    yield self._placed(reply, service, stories.get(reply.parent_id))

    def latest(self, service: Service) -> int:
        """How many came of the reviews of a service, of which one was asked for. Raises CollectorError."""
        single = dataclasses.replace(self, page_size=1)
        start = self.at - timedelta(days=max(self.delay_days, 28))
        return len(single._page(service, "published", start, "")[0])

    def _page(
        self, service: Service, status: str, start: datetime, token: str
    ) -> tuple[list[Any], str]:
        """Reviews from the offset `token` on, and the next offset; none after an empty page."""
        offset = int(token or 0)
        params: dict[str, str | int] = {
            "orgType": service.type, "odsCode": service.ods, "status": status,
            "fromDate": start.date().isoformat(), "limit": self.page_size, "offset": offset,
            # whether the last day is counted isn't documented, so that it is tomorrow
            "toDate": (self.at + timedelta(days=1)).date().isoformat(), "api-version": "1.0",
        }  # fmt: skip
        headers = {"subscription-key": self.subscription_key} if self.subscription_key else {}
        url = f"{self.base_url.rstrip('/')}/Comments"
        page = self.http.get_json(url, params, headers, judge=raise_for_response)
        comments = page.get("comments") if isinstance(page, dict) else None
        if not isinstance(comments, list):
            raise PlatformUnavailable("the NHS website sent something else than a list of reviews")
        return comments, str(offset + len(comments)) if comments else ""

    def _placed(self, mention: Mention, service: Service, review: Mention | None) -> Mention:
        """With what it matches, on the page of its service; what was removed stands nowhere."""
        if not mention.deleted:
            mention = under(mention, service.page, review)
        return mention.with_match(service.ods, *matching(mention.text, self.terms))


class _UnknownService(PlatformRefused):
    """No service of that type has that code; others may be known."""


def raise_for_response(response: requests.Response) -> None:
    """The NHS website's meanings of a status, before the usual ones."""
    quota_match = re.search(
        rb"quota[^}]*?(\d{1,3}):(\d\d):(\d\d)|quota", response.content[:1000], re.IGNORECASE
    )
    if response.status_code == 403 and quota_match:
        hours, minutes, seconds = (int(part or 0) for part in quota_match.groups())
        wait = asked_wait(response.headers) or hours * 3600 + minutes * 60 + seconds or None
        raise Passing(
            "the NHS website gives no more for now: the quota is used up", retry_after=wait
        )
    if response.status_code in (401, 403):
        raise PlatformRefused(
            f"the NHS website does not accept the key ({response.status_code}): set "
            "`subscription_key` to one of your subscription at developer.api.nhs.uk"
        )
    if response.status_code in (400, 404):
        raise _UnknownService(
            f"the NHS website does not know the service ({response.status_code}): check `ods`, `type` and "
            "`base_url`"
        )
