"""Answers of our account on Threads: POST /{account}/threads with `reply_to_id`, published in the same call.

developers.facebook.com/docs/threads: a text is put into a container by /threads and published by /threads_publish; with
`auto_publish_text` one call does both (read on 29 November 2026 in clients of the interface: the page itself was not to
be had). Permissions are threads_content_publish and threads_manage_replies; an account publishes 1,000 replies in 24 hours.
"""

from __future__ import annotations

from collectors.base import Published, Replying
from collectors.meta.client import Absent
from collectors.meta.replying import address, publish
from collectors.threads.collector import Threads
from core.errors import PlatformRefused
from core.models import Mention

_KINDS = ("post", "comment", "reply", "quote")


def _may(source: Threads, mention: Mention) -> str:
    if not source.access_token:
        return "nobody has granted access: run `mentions connect threads`"
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind not in _KINDS:
        return "only posts and replies can be answered"
    return "it is hidden, so that nobody would see the answer" if mention.hidden else ""


def _account(source: Threads, _mention: Mention) -> str:
    handles = sorted(name for name in source.official if not name.isdecimal())
    return f"@{handles[0]}" if len(handles) == 1 else f"our account (number {source.user_id})"


def _send(source: Threads, mention: Mention, words: str, _key: str) -> Published:
    graph = source.graph()
    form = {
        "media_type": "TEXT", "text": words, "reply_to_id": mention.issued_id, "auto_publish_text": "true",
    }  # fmt: skip
    try:
        number = publish(graph, f"{source.user_id}/threads", form)
    except Absent as error:
        raise PlatformRefused(
            "Threads has the post no more, or does not let us answer it"
        ) from error
    return Published(issued_id=number, url=address(graph, number, "permalink") or mention.url)


REPLYING = Replying(needs="threads_content_publish", may=_may, account=_account, send=_send)
