"""Pinterest: figures of one's own boards and pins, live only.

Pinterest's developer terms let nothing be stored that was read through its interface, but an account's
own campaign figures. So a run yields figures that name nobody and no Mention, and keeps nothing; `pins`
is for a page that shows them as they are now. The interface gives neither comments' words nor a public
search: a rise in comments is for a person to look at, and what they see there is noted by hand
(`mentions note`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import ODD_ERRORS, Collected, EphemeralMetric, Http, SkippedItem, counts, pages
from collectors.oauth import Grant
from collectors.pinterest.client import raise_for_response
from collectors.pinterest.parse import Pin, to_pin
from collectors.queries import Follow, check_address
from core.errors import PlatformRefused, PlatformUnavailable

_SAID = {  # lifetime metrics, and how we call their sums
    "comment": "comments on pins", "reaction": "reactions to pins", "save": "saves of pins",
    "impression": "impressions of pins", "pin_click": "clicks on pins", "clickthrough": "clicks to our site",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Pinterest:
    """The account that granted access: its boards, its pins and its figures of the last days."""

    name: ClassVar[str] = "pinterest"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=("pins:read", "boards:read", "user_accounts:read"), between=",", basic=True
    )

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    terms: tuple[str, ...] = ()
    authorize_url: str = "https://www.pinterest.com/oauth/"
    token_url: str = "https://api.pinterest.com/v5/oauth/token"
    base_url: str = "https://api.pinterest.com/v5"
    figures_days: Annotated[int, Field(ge=0, le=89)] = 7
    page_size: Annotated[int, Field(ge=1, le=250)] = 250
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)

    def follows(self) -> Iterator[Follow]:
        """Nobody: the token's own account is read."""
        yield from ()

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Figures of this moment, whatever `since` is."""
        if not self.access_token:
            raise PlatformRefused(
                "Pinterest: nobody has granted access: run `mentions connect pinterest`"
            )
        number, total = 0, Counter[str]()
        for pin in pins(self):
            if isinstance(pin, SkippedItem):
                yield pin
                continue
            number += 1
            total.update(pin.counts)
        yield EphemeralMetric("pins", number)
        yield from (
            EphemeralMetric(label, total[key]) for key, label in _SAID.items() if key in total
        )
        boards = [*self.walk("boards")]
        yield from (board for board in boards if isinstance(board, SkippedItem))
        yield EphemeralMetric("boards", sum(not isinstance(board, SkippedItem) for board in boards))
        if self.figures_days:
            yield from self._figures()

    def _figures(self) -> Iterator[EphemeralMetric | SkippedItem]:
        """The account's own, of whole days, which are told with a day's delay."""
        last = self.at.date() - timedelta(days=1)
        first = last - timedelta(days=self.figures_days - 1)
        params = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        page = self.ask("user_account/analytics", params)
        whole = page.get("all")
        summary = whole.get("summary_metrics") if isinstance(whole, dict) else None
        if not isinstance(summary, dict):
            yield SkippedItem("account figures", "are not shaped as they should be; left out")
            return
        for name, figure in counts(**summary).items():
            if re.fullmatch(r"[A-Z_]{2,40}", name):
                yield EphemeralMetric(f"account, {self.figures_days} days: {name.lower()}", figure)

    def walk(self, listing: str) -> Iterator[tuple[str, Any] | SkippedItem]:
        """Every item of a listing with its place, page by page until the bookmark is null."""
        fetch = partial(self._page, listing)
        for numbered_page in pages(fetch, most=self.pages, where=listing):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            for place, item in enumerate(items, 1):
                yield f"{listing} page {number} item {place}", item

    def _page(self, listing: str, bookmark: str) -> tuple[list[Any], str]:
        params: dict[str, str | int] = {"page_size": self.page_size}
        if listing == "pins":
            params["pin_metrics"] = "true"
        if bookmark:
            params["bookmark"] = bookmark
        page = self.ask(listing, params)
        items, following = page.get("items"), page.get("bookmark")
        if not isinstance(items, list) or not isinstance(following, str | None):
            raise PlatformUnavailable("Pinterest sent a page that is not shaped as it should be")
        return items, following or ""

    def ask(self, path: str, params: Mapping[str, str | int]) -> Mapping[str, Any]:
        """An object. Raises CollectorError."""
        headers = {"Authorization": f"Bearer {self.access_token}"}
        url = f"{self.base_url.rstrip('/')}/{path}"
        body = self.http.get_json(url, params, headers, judge=raise_for_response)
        if not isinstance(body, dict):
            raise PlatformUnavailable("Pinterest sent something else than an object")
        return body


def pins(source: Pinterest) -> Iterator[Pin | SkippedItem]:
    """Every pin of one's own as it is now, for a page that shows them. Nothing of it may be stored."""
    for placed_pin in source.walk("pins"):
        if isinstance(placed_pin, SkippedItem):
            yield placed_pin
            continue
        place, item = placed_pin
        try:
            yield to_pin(item)
        except ODD_ERRORS as error:
            yield SkippedItem(
                place, f"is not shaped as it should be ({type(error).__name__}); left out"
            )
