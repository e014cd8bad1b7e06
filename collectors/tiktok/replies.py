"""Answers of our account on TikTok: POST /business/comment/reply/create/, at most 150 characters.

After the clients of which collectors/tiktok/client.py tells; the scope is comment.list.manage. TikTok has one level of
replies: an answer to a reply stands under the comment that it belongs to.
"""

from __future__ import annotations

from collectors.base import Passing, Published, Replying, Unsent
from collectors.http.client import unconfirmed
from collectors.http.once import named, read_confirmation
from collectors.tiktok.client import CONNECT, Absent, refusal
from collectors.tiktok.collector import TikTok
from core.errors import PlatformRefused
from core.models import Mention


def _may(source: TikTok, mention: Mention) -> str:
    if not source.access_token:
        return f"nobody has granted access: {CONNECT}"
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind not in ("comment", "reply") or not mention.root_id:
        return "only comments on our videos can be answered"
    return "it is hidden, so that nobody would see the answer" if mention.hidden else ""


def _account(source: TikTok, _mention: Mention) -> str:
    handles = sorted(name for name in source.official if name != source.business_id.lower())
    return f"@{handles[0]}" if len(handles) == 1 else f"our account (number {source.business_id})"


def _send(source: TikTok, mention: Mention, words: str, _key: str) -> Published:
    calls = source.calls
    above = mention.parent_id if mention.kind == "reply" else mention.issued_id
    answer = calls.http.send_once(
        calls.address("business/comment/reply/create"), calls.headers,
        body={
            "business_id": calls.account, "video_id": mention.root_id, "comment_id": above, "text": words,
        },
    )  # fmt: skip
    payload = read_confirmation(answer)
    if not isinstance(code := payload.get("code"), int):
        raise unconfirmed(answer.url)
    failure = refusal(code)  # a code that is not 0 says that it was not published
    if isinstance(failure, Absent):
        raise PlatformRefused("TikTok has the comment no more")
    if isinstance(failure, Passing):
        raise Unsent(str(failure))
    if failure:
        raise failure
    number = named(payload.get("data"), "comment_id", answer.url)
    return Published(issued_id=number, url=mention.url)  # a comment has no address of its own


REPLYING = Replying(needs="comment.list.manage", may=_may, account=_account, send=_send)
