"""Answers of our channel on YouTube: comments.insert with `parentId`, 50 units of the day's quota.

developers.google.com/youtube/v3/docs/comments/insert: the scope is youtube.force-ssl. A thread has one level of
replies: an answer to a reply stands under the comment that it belongs to.
"""

from __future__ import annotations

import requests

from collectors.base import Published, Replying
from collectors.http.once import named, read_confirmation
from collectors.quota import UsedUp
from collectors.youtube.client import Absent, CommentsDisabled, Forbidden, raise_for_response
from collectors.youtube.collector import YouTube
from collectors.youtube.parse import comment_url
from core.errors import PlatformRefused
from core.models import Mention


def _may(source: YouTube, mention: Mention) -> str:
    if not source.access_token:
        return "nobody has granted access: run `mentions connect youtube`"
    if mention.deleted:
        return "it is there no more"
    if mention.kind not in ("comment", "reply"):
        return "only comments can be answered"
    if mention.own:
        return "it is our own"
    return "it is held back, so that nobody would see the answer" if mention.hidden else ""


def _account(source: YouTube, _mention: Mention) -> str:
    channels = ", ".join(source.channels)
    return f"our channel ({channels})" if channels else "the channel that granted access"


def _send(source: YouTube, mention: Mention, words: str, _key: str) -> Published:
    above = mention.parent_id if mention.kind == "reply" else mention.issued_id
    snippet = {"parentId": above or mention.issued_id, "textOriginal": words}
    try:
        spent, answer = source.calls.publish(
            "comments", {"part": "snippet"}, {"snippet": snippet}, _judge
        )
    except UsedUp as error:  # found before anything was asked
        raise PlatformRefused(
            f"YouTube: {error}; it opens again at midnight Pacific time"
        ) from error
    number = named(read_confirmation(answer), "id", answer.url)
    url = comment_url(number, mention.root_id, "")
    return Published(issued_id=number, url=url, notes=(spent,))


def _judge(response: requests.Response) -> None:
    try:
        raise_for_response(response)
    except Absent as error:
        raise PlatformRefused("YouTube has the comment no more (404)") from error
    except CommentsDisabled as error:
        raise PlatformRefused("YouTube: the video takes no comments any more (403)") from error
    except Forbidden as error:
        raise PlatformRefused(
            "YouTube does not let our channel reply there (403): see whether the video takes comments, and "
            "have the channel's owner run `mentions connect youtube`"
        ) from error


REPLYING = Replying(needs="youtube.force-ssl", may=_may, account=_account, send=_send)
