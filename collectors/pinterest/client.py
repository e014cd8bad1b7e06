"""What Pinterest's statuses and its own codes mean."""

from __future__ import annotations

import requests

from collectors.base import Passing, count
from collectors.http.client import asked_wait, read_json
from core.errors import CollectorError, PlatformRefused

# Pinterest's own codes as the statuses that they go with: no token, none for this, too many calls
_CODES = {2: 401, 3: 403, 7: 403, 29: 403, 8: 429}


def raise_for_response(response: requests.Response) -> None:
    """Pinterest's meanings of a status, or of its own code where the status says less, before the usual ones."""
    status = response.status_code
    if status in (200, 400):
        status = _CODES.get(_code(response), status)
    if status == 429:
        wait = asked_wait(response.headers, reset="x-ratelimit-reset")
        raise Passing("Pinterest: the rate limit is used up (429)", retry_after=wait)
    meanings = {
        401: "does not accept the token (401): run `mentions connect pinterest`",
        403: "does not permit this (403): run `mentions connect pinterest` and allow all that it asks for",
        404: "has nothing at this address (404): check `base_url`",
    }  # fmt: skip
    if status in meanings:
        raise PlatformRefused(f"Pinterest {meanings[status]}")


def _code(response: requests.Response) -> int:
    """The code of an error body; 0 for anything else."""
    try:
        body = read_json(response.content, response.headers, response.url)
    except CollectorError:
        return 0
    is_error = isinstance(body, dict) and "message" in body and "items" not in body
    return (count(body.get("code")) or 0) if is_error else 0
