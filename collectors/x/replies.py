"""Answers on X: POST /2/tweets with `reply.in_reply_to_tweet_id`, by the token that our own account granted.

docs.x.com, create a post: the scopes are tweet.read, tweet.write and users.read. Since 23 February 2026 X takes
answers from an app only where the author names our account or quotes a post of ours, unless the plan is
Enterprise or Public Utility (`reply_to_all`).
"""

from __future__ import annotations

import re
from functools import partial

import requests

from collectors.base import Published, Replying
from collectors.http.once import named, read_confirmation
from collectors.x.budget import CREATE, CREATE_WITH_LINK
from collectors.x.characters import holds_link
from collectors.x.client import Asking, error_words
from collectors.x.collector import X
from collectors.x.parse import version
from core.errors import PlatformRefused
from core.models import Mention

_KINDS = ("post", "reply", "quote")
# What X says (to be looked at, never repeated), and what it means for who answers.
_MEANINGS = (
    ("duplicate", "has just these words from our account already: look there before you change them"),
    ("deleted or not visible", "has the post no more, or does not show it to us"),
    ("not been mentioned", "lets an app answer only who names our account or quotes us: answer there by hand"),
    ("reply to this conversation", "lets only some people reply here, as its writer chose: answer there by hand"),
)  # fmt: skip


def _may(source: X, mention: Mention) -> str:
    if not source.access_token:
        return "nobody has granted access yet: `mentions connect x`"
    if mention.deleted:
        return "it is there no more"
    if mention.kind not in _KINDS:
        return "only posts can be answered"
    if mention.own:
        return "it is our own"
    if source.reply_to_all or _named(source, mention):
        return ""
    return "X lets an app answer only who names our account or quotes us: copy the words and answer there"


def _named(source: X, mention: Mention) -> bool:
    """Whether the post names an account of ours, as an answer to us does by itself, or quotes one."""
    handles = {name.lower() for name in re.findall(r"(?<!\w)@(\w{1,15})", mention.text)}
    quotes = mention.kind == "quote" and any(post.official for post in mention.context.answered)
    return quotes or not handles.isdisjoint(source.ours)


def _account(source: X, _mention: Mention) -> str:
    handles = sorted(name for name in source.official if not name.isdecimal())
    return f"@{handles[0]}" if len(handles) == 1 else "the account that granted access"


def _send(source: X, mention: Mention, words: str, _key: str) -> Published:
    """Counts what it costs before it is spent. Raises as `Replying.send`."""
    spend, asking = source.spend(), source.as_user()
    cost = CREATE_WITH_LINK if holds_link(words) else CREATE
    spend.allow_write(cost)
    answer = source.http.send_once(
        f"{source.base_url.rstrip('/')}/2/tweets",
        {"Authorization": f"Bearer {source.access_token}"},
        body={"text": words, "reply": {"in_reply_to_tweet_id": version(mention)}},
        judge=partial(_judge, asking),
    )
    spend.add_write(cost)
    number = named(read_confirmation(answer).get("data"), "id", answer.url)
    return Published(
        issued_id=number, url=f"https://x.com/i/status/{number}", notes=tuple(spend.keep())
    )


def _judge(asking: Asking, response: requests.Response) -> None:
    if response.status_code in (400, 403):
        words = error_words(response)
        for part, meaning in _MEANINGS:
            if part in words:
                raise PlatformRefused(f"X {meaning} ({response.status_code})")
        if response.status_code == 403 and "client-forbidden" not in words:
            raise PlatformRefused(
                "X does not let this access post (403): have the app allowed to read and write, then grant "
                "access anew with tweet.write: `mentions connect x`"
            )
        if response.status_code == 400:
            raise PlatformRefused("X did not take the words (400): they may be too long")
    asking.judge(response)


REPLYING = Replying(needs="tweet.write", may=_may, account=_account, send=_send)
