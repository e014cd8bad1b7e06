"""Answers of our Page on LinkedIn: POST /rest/socialActions/{comment}/comments, in its versioned interface.

learn.microsoft.com, Comments API: the permission is w_organization_social (newer apps: w_organization_social_feed),
and whoever granted access must be an administrator of the Page. LinkedIn has one level of replies: `parentComment` is
the comment at the top.
"""

from __future__ import annotations

import requests

from collectors.base import Published, Replying
from collectors.http.once import named, read_confirmation
from collectors.linkedin.client import Absent, Forbidden, raise_for_response
from collectors.linkedin.collector import LinkedIn, encoded
from collectors.linkedin.parse import comment_url, parts
from core.errors import PlatformRefused
from core.models import Mention

_COMMENTS = ("comment", "reply")


def _may(source: LinkedIn, mention: Mention) -> str:
    if not source.access_token:
        return "nobody has granted access: run `mentions connect linkedin`"
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    return (
        ""
        if _thread(mention)
        else "LinkedIn's interface has no way to answer it: answer there by hand"
    )


def _thread(mention: Mention) -> tuple[str, str] | None:
    """The URN of a comment's post, and of the comment at the top of its thread; None for what is no comment.

    LinkedIn does not say whether a Page may comment on a member's post that mentions it: that is done by hand.
    """
    if mention.kind not in _COMMENTS:
        return None
    top = mention.parent_id if mention.kind == "reply" else mention.issued_id
    try:
        return parts(top)[0], top
    except ValueError:  # another tool's export names it in its own way
        return None


def _account(source: LinkedIn, _mention: Mention) -> str:
    return f"our Page (number {source.organization.rpartition(':')[2]})"


def _send(source: LinkedIn, mention: Mention, words: str, _key: str) -> Published:
    thread = _thread(mention)
    if thread is None:
        raise PlatformRefused("LinkedIn's interface has no way to answer it")
    post, top = thread
    body = {
        "actor": source.organization,
        "object": post,
        "message": {"text": words},
        "parentComment": top,
    }
    answer = source.http.send_once(
        source.address(f"socialActions/{encoded(top)}/comments"), source.headers,
        body=body, judge=_judge,
    )  # fmt: skip
    number = answer.headers.get("x-restli-id") or named(read_confirmation(answer), "id", answer.url)
    urn = number if number.startswith("urn:") else f"urn:li:comment:({post},{number})"
    return Published(issued_id=urn, url=comment_url(urn))


def _judge(response: requests.Response) -> None:
    try:
        raise_for_response(response)
    except Absent as error:
        raise PlatformRefused("LinkedIn has the post or comment no more (404)") from error
    except Forbidden as error:
        raise PlatformRefused(
            "LinkedIn does not let this access comment for the Page (403): it takes w_organization_social and an "
            "administrator of the Page; then run `mentions connect linkedin`"
        ) from error
    if response.status_code in (400, 422):
        raise PlatformRefused(
            "LinkedIn did not take the words: they may be too long, or the same as before"
        )


REPLYING = Replying(needs="w_organization_social", may=_may, account=_account, send=_send)
