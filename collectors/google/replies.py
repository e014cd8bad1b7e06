"""Answers to reviews on Google: PUT /v4/{review}/reply, for a manager of the place's profile.

developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews/updateReply (read on 29 November 2026):
"a reply is created if one does not exist", and replaced if one does. So a review that has an answer is never
answered from here, and is looked at once more right before. Google may hold an answer back until it has looked at it.
"""

from __future__ import annotations

from collectors.base import Published, Replying
from collectors.google.client import Absent, Forbidden, raise_for_response
from collectors.google.collector import Google, Location
from collectors.google.parse import ANSWER, MANAGER, answer_in
from collectors.http.client import unconfirmed
from collectors.http.once import nothing_sent_yet, read_confirmation
from core.errors import PlatformRefused
from core.models import Mention

_THERE = "it has an answer, and Google keeps one alone: change that by hand"


def _may(source: Google, mention: Mention) -> str:
    if not source.access_token:
        return "nobody has granted access: run `mentions connect google`"
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind != "review":
        return "only reviews can be answered"
    if _place(source, mention) is None:
        return "its place stands in `location` no more: answer there by hand"
    return _THERE if mention.metrics.get("replies") else ""


def _place(source: Google, mention: Mention) -> Location | None:
    return next(
        (location for location in source.location if location.number in mention.matched), None
    )


def _account(source: Google, mention: Mention) -> str:
    place = _place(source, mention)
    return f"the Business Profile of {place.label or place.number}" if place else "our profile"


def _send(source: Google, mention: Mention, words: str, _key: str) -> Published:
    place, calls = _place(source, mention), source.calls
    if place is None:
        raise PlatformRefused(
            "Google: its place stands in `location` no more: answer there by hand"
        )
    name = f"{place.name}/reviews/{mention.issued_id}"
    try:
        with nothing_sent_yet():
            review = calls.review(name)
        if answer_in(review):
            raise PlatformRefused(f"Google: {_THERE}")
        answer = calls.http.send_once(
            calls.address(f"{name}{ANSWER}"), calls.headers, method="PUT", body={"comment": words},
            judge=raise_for_response,
        )  # fmt: skip
    except Absent as error:
        raise PlatformRefused("Google has the review no more (404)") from error
    except Forbidden as error:
        raise PlatformRefused(
            "Google does not permit to answer for this place (403): have a manager of it `mentions connect google`"
        ) from error
    if "comment" not in read_confirmation(answer):
        raise unconfirmed(answer.url)
    return Published(issued_id=f"{mention.issued_id}{ANSWER}", url=mention.url or MANAGER)


REPLYING = Replying(needs="business.manage", may=_may, account=_account, send=_send)
