"""Addresses that may not be kept: with a password in them, or that the program would open inside its own network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from collectors.http.egress import names_inside
from core.addresses import holds_password
from settings.sections import Content

OPENED = ("organisation.records",)  # whose addresses the program opens itself
NO_PASSWORD = (
    "leave the name and password before the @ out: what is saved here is shown to all who work here, and stays in the history. A secret goes where the "
    "program runs: whoever installed it puts it there, and writes env:NAME or file:PATH in its place"
)
INSIDE = "this leads into a network of its own, to this machine or to nowhere public: write the address that anybody can open"


def faults(before: Content, after: Content) -> dict[str, str]:
    """What is wrong with the addresses of a section, by its place. What leads inside and was there before is the installer's."""
    there = {text for _, text in _texts(before)}
    wrong: dict[str, str] = {}
    for place, text in _texts(after):
        if holds_password(text):
            wrong[place] = NO_PASSWORD
        elif (
            place.startswith(OPENED)
            and place.endswith(".of")
            and text not in there
            and _inside(text)
        ):
            wrong[place] = INSIDE
    return wrong


def _inside(text: str) -> bool:
    """Whether an address, or a host by itself, leads inside; a word without a point is neither."""
    if "://" not in text:
        return "." in text and names_inside(text.partition("/")[0].partition(":")[0])
    try:
        return names_inside(urlsplit(text).hostname or "")
    except ValueError:
        return True


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a content by its place; lines of one field have the field's."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _texts(part, place if isinstance(part, str) else f"{place}.{number}")
