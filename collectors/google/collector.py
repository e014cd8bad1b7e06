"""Reviews on Google of places whose Business Profile we manage, place by place, and the answers to them.

Not to be had: reviews of places that others manage, a review's public address, who wrote it beyond a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from collectors.base import Collected, Http, SkippedItem, each, matching, pages
from collectors.google.client import Absent, Calls, Forbidden
from collectors.google.parse import answer_in, changed, to_answer, to_mention
from collectors.oauth import Grant
from collectors.parsing import UNREADABLE
from collectors.parts import Part, Parts, digest
from collectors.placement import under
from collectors.queries import Follow, check_address, check_approval
from core.context import Page, PageKind
from core.errors import ConfigError, PlatformRefused
from core.models import Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One place, by the name that Google gives it in its interface; `whose` profile it is."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=r"^accounts/\d{1,25}/locations/\d{1,25}$")]
    label: str = ""  # what people call it
    whose: Literal["organisation", "provider"] = "organisation"
    kind: PageKind = "page"

    @property
    def number(self) -> str:
        """What Google numbers it by, which every review of it matches."""
        return self.name.rpartition("/")[2]

    @property
    def page(self) -> Page:
        """Its profile."""
        return Page(owner=self.whose, name=self.label, kind=self.kind)

    def read(self, item: Any, at: datetime, terms: tuple[str, ...]) -> Mention:
        """A review of it."""
        return self._placed(to_mention(item, at), terms)

    def read_answer(
        self, item: Any, review: Mention | None, at: datetime, terms: tuple[str, ...]
    ) -> Mention:
        """What was answered to a review of it, in its name."""
        answer = to_answer(item, at, own=self.whose == "organisation")
        return self._placed(answer, terms, review)

    def _placed(self, mention: Mention, terms: tuple[str, ...], *above: Mention | None) -> Mention:
        named = matching(mention.text, terms)
        return under(mention, self.page, *above).with_match(self.number, *named)


@dataclass(frozen=True, kw_only=True)
class Google:
    """Every review of the places of the table. Answers that came late are seen for `reviews_days`."""

    name: ClassVar[str] = "google"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=("https://www.googleapis.com/auth/business.manage",),
        extra={"access_type": "offline", "prompt": "consent"},
    )

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    approval: str = ""
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    location: tuple[Location, ...] = ()
    terms: tuple[str, ...] = ()
    reply: bool = False
    reviews_days: Annotated[int, Field(ge=1, le=365)] = 28
    base_url: str = "https://mybusiness.googleapis.com/v4"
    authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: str = "https://oauth2.googleapis.com/token"
    page_size: Annotated[int, Field(ge=1, le=50)] = 50
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)
        if not self.location:
            raise ConfigError(
                "location: there is none; add a [[collectors.google.location]] table for each place"
            )

    def follows(self) -> Iterator[Follow]:
        """Nobody: reviews are found by the place that they are of."""
        yield from ()

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Reviews that were written, changed or answered; a place that is not ours costs no other."""
        self.check_access()
        parts = Parts(self.state, since, self.at)
        listed = {part.key: place for part, place in self.listed()}
        for part in parts.first([part for part, _ in self.listed()]):
            read = partial(self._place, listed[part.key], part.where)
            yield from parts.read(part, read, alone=(Absent, Forbidden))
        yield from parts.end("places")

    def check_access(self) -> None:
        """Raises PlatformRefused where nothing lets it in."""
        check_approval(self.approval, "google", "Google")
        if not self.access_token:
            raise PlatformRefused(
                "Google: nobody has granted access: run `mentions connect google`"
            )

    def listed(self) -> list[tuple[Part, Location]]:
        """Every place as a part of this source."""
        return [
            (
                Part(
                    key=digest(place.name), kind="place", where=f"location {number}",
                    name=place.label or place.number,
                ),
                place,
            )
            for number, place in enumerate(self.location, 1)
        ]  # fmt: skip

    @property
    def calls(self) -> Calls:
        """The calls of one run."""
        return Calls(http=self.http, root=self.base_url.rstrip("/"), token=self.access_token)

    def _place(self, place: Location, where: str, since: datetime) -> Iterator[Collected]:
        oldest = min(since, self.at - timedelta(days=self.reviews_days))
        calls = self.calls

        def fetch(token: str) -> tuple[list[Any], str]:
            items, onward = calls.page(place.name, self.page_size, token)
            times = [time for time in map(changed, items) if time != UNREADABLE]
            return items, "" if times and max(times) < oldest else onward

        for numbered_page in pages(fetch, most=self.pages, where=where):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            yield from self._page(place, items, f"{where} page {number}")

    def _page(self, place: Location, items: list[Any], where: str) -> Iterator[Collected]:
        reviews: dict[str, Mention] = {}
        read = partial(place.read, at=self.at, terms=self.terms)
        for review in each(items, read, at=self.at, where=where):
            if isinstance(review, Mention):
                reviews[review.issued_id] = review
            yield review

        def answer(item: Any) -> Mention:
            return place.read_answer(item, reviews.get(str(item["reviewId"])), self.at, self.terms)

        answered = [item for item in items if answer_in(item)]
        yield from each(answered, answer, at=self.at, where=f"{where} answer")
