"""What LinkedIn's error statuses and codes mean, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import requests

from collectors.base import Passing, count
from collectors.http import client as http_client
from collectors.quota import until_midnight
from core.errors import CollectorError, PlatformRefused

_CONNECT = "run `mentions connect linkedin`"
_TOKENS = {65600: "is not valid", 65601: "was revoked", 65602: "has expired"}
_ITS_OWN = frozenset(("status", "serviceErrorCode", "code"))  # in its errors, not in a proxy's
_WRONG_PATH = "virtual resource"  # LinkedIn's words for an address that its interface doesn't have


class Absent(PlatformRefused):
    """There is no such post or comment, by LinkedIn's own word (a JSON answer of 404)."""


class Forbidden(PlatformRefused):
    """This token may not do that (403)."""


def raise_for_response(response: requests.Response) -> None:
    """LinkedIn's own meanings of an error status, then the usual ones."""
    status = response.status_code
    if status < 400:
        return
    error = _error(response)
    if status == 401:
        raise PlatformRefused(f"LinkedIn: the token {_token(error)}: {_CONNECT}")
    if status == 403:
        raise Forbidden(
            f"LinkedIn does not permit this (403): it takes {_permission(response)} and an "
            f"administrator of the Page; check the app's access, then {_CONNECT}"
        )
    if status == 404 and _ITS_OWN & error.keys() and _WRONG_PATH not in _said(error):
        raise Absent("LinkedIn has no such post, comment or Page (404): check `organization`")
    if status == 426:
        raise PlatformRefused(
            "LinkedIn: this version of its interface is no longer active (426): raise `version` in "
            "[collectors.linkedin]"
        )
    if status == 429:
        retry_after = http_client.asked_wait(response.headers)
        wait = until_midnight(response.headers, UTC) if retry_after is None else retry_after
        raise Passing(
            f"LinkedIn: the day's calls are used up (429); they open again in {wait:.0f} s",
            retry_after=wait,
        )
    if status == 400:
        raise PlatformRefused(
            "LinkedIn did not understand the request (400): check `organization` and `version`"
        )
    http_client.raise_for_response(response)


def _token(error: Mapping[str, Any]) -> str:
    """What is wrong with it. Words come before numbers, which LinkedIn doesn't document."""
    code = count(error.get("serviceErrorCode"))
    codes = f"(401/{code})" if code else "(401)"
    message = _said(error)
    for word, meaning in (("expired", "has expired"), ("revoked", "was revoked")):
        if word in message:
            return f"{meaning} {codes}"
    return f"{_TOKENS.get(code or 0, 'is not accepted')} {codes}"


def _permission(response: requests.Response) -> str:
    """The permission that the call needs, by LinkedIn's documentation of each."""
    if "organizationalEntityNotifications" in response.url:
        return "rw_organization_admin"
    writes = response.request.method != "GET"
    return "w_organization_social" if writes else "r_organization_social"


def _error(response: requests.Response) -> Mapping[str, Any]:
    """The error object of an answer; empty where it is something else."""
    try:
        payload = http_client.read_json(response.content, response.headers, response.url)
    except CollectorError:
        return {}
    return payload if isinstance(payload, dict) else {}


def _said(error: Mapping[str, Any]) -> str:
    """LinkedIn's own words, to be looked at and never repeated."""
    return f"{error.get('code')} {error.get('message')}".lower()
