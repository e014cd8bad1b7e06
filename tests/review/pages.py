"""Reads a page as a program can: its tags with their attributes, and its words."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

from tests.review.conftest import House
from tests.review.factories import Told, case_of


class Tags(HTMLParser):
    """What a page is made of: each tag with its attributes, and all of its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **having: str) -> list[dict[str, str]]:
        """The attributes of all such tags. `class_` is class, `aria_current` aria-current."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in having.items()}
        return [told for name, told in self.tags if name == tag and wanted.items() <= told.items()]


def read(house: House, path: str, handle: str = "amina", status: int = 200) -> Tags:
    """A page as somebody gets it."""
    with house.asks(handle) as client:
        answer = client.get(path)
    assert answer.status_code == status, answer.text[:300]
    return Tags(answer.text)


def cases_in(page: Tags) -> set[int]:
    """The cases that a page lists as rows."""
    return {int(told["data-row"]) for told in page.all("a") if "data-row" in told}


def of(house: House, told: Told, handle: str = "amina") -> Tags:
    """The page of the case in which a post is."""
    return read(house, f"/cases/{case_of(house.store, told)}/full", handle)


def send(house: House, path: str, handle: str = "amina", **form: object) -> httpx.Response:
    with house.asks(handle) as client:
        return client.post(path, data=form)
