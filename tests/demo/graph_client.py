"""A plain client of the Graph API for the tests of its stand-ins: it knows nothing of a collector."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from demo.platforms.graph import VERSION, GraphStandIn


def ask(
    at: GraphStandIn, path: str, method: str = "GET", token: str | None = None, **params: Any
) -> requests.Response:
    """One call, signed by the stand-in's own token unless another is given ("": none)."""
    token = at.token if token is None else token
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return requests.request(
        method, f"{at.url}/{VERSION}/{path}", params=params, headers=headers, timeout=10
    )


def error(response: requests.Response) -> tuple[int, int, int]:
    """Status, code and subcode of an error."""
    body = response.json()["error"]
    return response.status_code, body["code"], body.get("error_subcode", 0)


def pages(at: GraphStandIn, path: str, **params: Any) -> list[list[Any]]:
    """Every page of a list, by `paging.next`, which holds the token."""
    answer, found = ask(at, path, **params).json(), []
    while True:
        found.append(answer["data"])
        following = answer.get("paging", {}).get("next")
        if following is None:
            return found
        assert parse_qs(urlsplit(following).query)["access_token"] == [at.token]
        answer = requests.get(following, timeout=10).json()


def listed(at: GraphStandIn, path: str, **params: Any) -> list[Any]:
    """What all pages hold, the malformed included."""
    return [one for page in pages(at, path, **params) for one in page]


def whole(found: list[Any]) -> dict[str, dict[str, Any]]:
    """The well-formed by id."""
    return {
        one["id"]: one for one in found
        if isinstance(one, dict) and "id" in one and (one.get("timestamp") or one.get("created_time"))
    }  # fmt: skip
