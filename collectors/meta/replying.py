"""Publishes an answer through the Graph API, as Facebook and Instagram share it."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.http.once import named, read_confirmation
from collectors.meta.client import Graph
from core.errors import CollectorError


def publish(graph: Graph, path: str, form: Mapping[str, str]) -> str:
    """The id of what was published, once. The words go in the body, never in an address. Raises as `Http.send_once`."""
    bearer = {"Authorization": f"Bearer {graph.token}"}
    answer = graph.http.send_once(f"{graph.root}/{path}", bearer, form=form, judge=graph.judge)
    return named(read_confirmation(answer), "id", answer.url)


def address(graph: Graph, number: str, field: str) -> str:
    """Where something that was published can be read; "" where the platform does not say just now."""
    try:
        url = graph.get(number, {"fields": field}).get(field)
    except CollectorError:
        return ""
    return url if isinstance(url, str) and url.startswith("https://") else ""
