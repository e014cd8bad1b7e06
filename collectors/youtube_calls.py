"""Asking YouTube: every call is counted against the day's quota before it is made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from collectors.allowances import Spending
from collectors.base import Answer, Http, Keep, Odd, pages
from collectors.youtube_errors import judge
from errors import PlatformUnavailable

T = TypeVar("T")
SEARCHES, UNITS = "searches", "units"  # search has an allowance of its own, all else shares units
AT_ONCE = 50  # ids in one call, and results of a search
LIST_COST, WRITE_COST = 1, 50  # units; quota costs of the Data API


@dataclass(frozen=True, kw_only=True)
class Calls:
    """One run's calls. Public data are read by the key, what is the owner's alone by the token."""

    http: Http = field(repr=False)
    base_url: str
    api_key: str = field(repr=False)
    access_token: str = field(repr=False)
    most_pages: int
    spending: Spending

    def walk(
        self,
        path: str,
        params: Mapping[str, str | int],
        *,
        where: str,
        what: str = UNITS,
        owner: bool = False,
        enough: Callable[[list[Any]], bool] = lambda _: False,
    ) -> Iterator[Keep | Odd | tuple[int, list[Any]]]:
        """Numbered pages until there is no next token, or `enough` of a page says so. Raises UsedUp."""
        more = True

        def fetch(token: str) -> tuple[list[Any], str]:
            nonlocal more
            page = self._page(path, {**params, **({"pageToken": token} if token else {})}, owner)
            items, following = _items(page), page.get("nextPageToken")
            token = following if isinstance(following, str) and not enough(items) else ""
            more = bool(token)
            return items, token

        walked = pages(fetch, most=self.most_pages, where=where)
        while more:
            yield self.spending.spend(what)
            found = next(walked)
            yield found
            if isinstance(found, Odd):
                return
        yield from (end for end in walked if isinstance(end, Odd))

    def by_ids(
        self, path: str, part: str, ids: Sequence[str], *, owner: bool = False
    ) -> Generator[Keep, None, list[Any]]:
        """What is there of these, up to AT_ONCE; nothing is asked for none. Raises UsedUp."""
        if not ids:
            return []
        yield self.spending.spend(UNITS)
        params: dict[str, str | int] = {"part": part, "id": ",".join(ids)}
        if path == "comments":
            params["textFormat"] = "plainText"
        return _items(self._page(path, params, owner))

    def search(self, params: Mapping[str, str | int]) -> Generator[Keep, None, list[Any]]:
        """The first page of a search. Raises UsedUp."""
        yield self.spending.spend(SEARCHES)
        return _items(self._page("search", params, owner=False))

    def write(self, path: str, params: Mapping[str, str | int]) -> Answer:
        """A change in the owner's name. Raises UsedUp and as Http."""
        self.spending.spend(UNITS, WRITE_COST)
        return self.http.send(
            "POST", self._address(path), params, self._headers(owner=True), judge=judge
        )

    def _page(self, path: str, params: Mapping[str, str | int], owner: bool) -> Mapping[str, Any]:
        page = self.http.get_json(
            self._address(path), params, self._headers(owner=owner), judge=judge
        )
        if not isinstance(page, dict):
            raise PlatformUnavailable("YouTube sent a list that is not shaped as it should be")
        return page

    def _address(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}/{path}"

    def _headers(self, *, owner: bool) -> dict[str, str]:
        if owner:
            return {"Authorization": f"Bearer {self.access_token}"}
        return {"X-Goog-Api-Key": self.api_key}


def answered(asking: Generator[Keep, None, T]) -> T:
    """The answer alone, where there is nobody to keep what was spent."""
    while True:
        try:
            next(asking)
        except StopIteration as end:
            found: T = end.value
            return found


def _items(page: Mapping[str, Any]) -> list[Any]:
    """The items of a list. YouTube leaves the key out where there are none."""
    items = page.get("items")
    if items is None and str(page.get("kind")).endswith("ListResponse"):
        return []
    if not isinstance(items, list):
        raise PlatformUnavailable("YouTube sent a list that is not shaped as it should be")
    return items
