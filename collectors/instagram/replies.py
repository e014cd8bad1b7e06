"""Answers of our account on Instagram (developers.facebook.com/docs/instagram-platform, ig-comment/replies, ig-user/mentions).

Comments on our own posts: POST /{comment}/replies; those that name us elsewhere, and captions that do: POST
/{account}/mentions. A photo in which we are only tagged can't be answered. The permission is instagram_manage_comments,
with Instagram's own login instagram_business_manage_comments.
"""

from __future__ import annotations

from collectors.base import Published, Replying
from collectors.instagram.collector import MENTIONED_COMMENTS, MENTIONED_MEDIA, Instagram
from collectors.meta.replying import publish
from core.models import Mention


def _may(source: Instagram, mention: Mention) -> str:
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind not in ("comment", "reply") and MENTIONED_MEDIA not in mention.matched:
        return "Instagram lets an app answer comments and captions that name us, and nothing else: answer there by hand"
    if MENTIONED_COMMENTS in mention.matched and not mention.root_id:
        return "it is not known under which post it stands: answer there by hand"
    return "it is hidden, and Instagram takes no answer to it" if mention.hidden else ""


def _account(source: Instagram, _mention: Mention) -> str:
    handles = sorted(name for name in source.official if not name.isdecimal())
    return f"@{handles[0]}" if len(handles) == 1 else f"our account (number {source.user_id})"


def _send(source: Instagram, mention: Mention, words: str, _key: str) -> Published:
    graph, form = source.graph(), {"message": words}
    if MENTIONED_MEDIA in mention.matched:
        path, form = f"{source.user_id}/mentions", form | {"media_id": mention.issued_id}
    elif MENTIONED_COMMENTS in mention.matched:
        path = f"{source.user_id}/mentions"
        form |= {"media_id": mention.root_id, "comment_id": mention.issued_id}
    else:  # one level of replies: an answer to a reply stands under its comment
        above = mention.parent_id if mention.kind == "reply" else ""
        path = f"{above or mention.issued_id}/replies"
    number = publish(graph, path, form)
    return Published(issued_id=number, url=mention.url)  # a comment has no address of its own


REPLYING = Replying(needs="instagram_manage_comments", may=_may, account=_account, send=_send)
