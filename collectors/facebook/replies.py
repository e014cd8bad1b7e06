"""Answers of our Page on Facebook: POST /{post or comment}/comments (developers.facebook.com/docs/pages/publishing).

The permissions are those of reading and of moderating: pages_manage_engagement and pages_read_engagement. Facebook
has one level of replies: an answer to a reply stands under the comment that it belongs to.
"""

from __future__ import annotations

from collectors.base import Published, Replying
from collectors.facebook.collector import TAGGED, Facebook
from collectors.meta.replying import address, publish
from core.models import Mention


def _may(source: Facebook, mention: Mention) -> str:
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind not in ("post", "comment", "reply"):
        return "only posts and comments can be answered"
    above = mention.root_id or mention.issued_id
    if TAGGED in mention.matched or not above.startswith(f"{source.page_id}_"):
        return "it is not on our own Page: copy the words and answer there"
    return "it is hidden, so that only its writer would see the answer" if mention.hidden else ""


def _account(source: Facebook, _mention: Mention) -> str:
    return f"our Page (number {source.page_id})"


def _send(source: Facebook, mention: Mention, words: str, _key: str) -> Published:
    graph = source.graph()
    above = mention.parent_id if mention.kind == "reply" else ""
    number = publish(graph, f"{above or mention.issued_id}/comments", {"message": words})
    return Published(issued_id=number, url=address(graph, number, "permalink_url"))


REPLYING = Replying(needs="pages_manage_engagement", may=_may, account=_account, send=_send)
