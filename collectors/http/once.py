"""What is sent once: whether anything was sent yet when something went wrong, and what the platform answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from collectors.http.client import Answer, read_json, unconfirmed
from collectors.http.transport import Unsent
from core.errors import CollectorError, PlatformUnavailable


@contextmanager
def nothing_sent_yet() -> Iterator[None]:
    """Looking something up before a send: trouble on the way means that nothing was sent. Raises Unsent."""
    try:
        yield
    except PlatformUnavailable as error:
        raise Unsent(str(error), retry_after=error.retry_after) from error


def read_confirmation(answer: Answer) -> dict[str, Any]:
    """The object that came back. Raises PlatformUnavailable where nobody can tell from it whether it was done."""
    try:
        payload = read_json(answer.content, answer.headers, answer.url)
    except CollectorError as error:
        raise unconfirmed(answer.url) from error
    if not isinstance(payload, dict):
        raise unconfirmed(answer.url)
    return payload


def named(payload: object, key: str, url: str) -> str:
    """An id in what came back. Raises PlatformUnavailable where there is none."""
    value = payload.get(key) if isinstance(payload, dict) else None
    if not isinstance(value, str | int) or not str(value):
        raise unconfirmed(url)
    return str(value)
