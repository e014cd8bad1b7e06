"""Answers on Mastodon: a status of the token's account, in reply to one that its own server knows.

docs.joinmastodon.org/methods/statuses: POST /api/v1/statuses with `in_reply_to_id` and an Idempotency-Key, under
which a server gives the same status again for an hour. The scope is write:statuses. An author hears of an answer
only where it names them, so that their handle stands before the words.
"""

from __future__ import annotations

from typing import Any

import requests

from collectors.base import Published, Replying
from collectors.context import object_of
from collectors.http import client as http_client
from collectors.http.once import named, nothing_sent_yet, read_confirmation
from collectors.http.transport import host
from collectors.mastodon.client import STATUSES, Params, a_list, raise_for_response
from collectors.mastodon.collector import Mastodon, Server
from core.errors import PlatformRefused
from core.models import Mention

_MEANINGS = {
    401: "does not accept the access token (401): make a new one in its settings, under Development, and set "
    "it where site.toml says",
    403: "does not let this token post (403): make one with write:statuses beside what it reads, and set it "
    "where site.toml says",
    404: "has the post no more (404): its writer deleted it, or it is not public any more",
    410: "has the post no more (410): its writer deleted it",
    422: "did not take the words (422): they may be too long for this server",
}  # fmt: skip


def _may(source: Mastodon, mention: Mention) -> str:
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind in ("profile", "repost"):
        return "only posts can be answered"
    return (
        ""
        if _server(source, mention)
        else "no server of ours is read: see [[collectors.mastodon.server]]"
    )


def _server(source: Mastodon, mention: Mention) -> Server | None:
    """The post's own server where it stands in the table; else the first that can find posts of others."""
    usable = [server for server in source.server if not server.left_out]
    home = (server for server in usable if mention.issuer in source.names(server))
    finds = (server for server in usable if server.search)
    return next(home, None) or next(finds, None) or next(iter(usable), None)


def _account(source: Mastodon, mention: Mention) -> str:
    server = _server(source, mention)
    if server is None:
        return ""
    there = sorted(
        name for name in source.official if name.rpartition("@")[2] in source.names(server)
    )
    return f"@{there[0].lstrip('@')}" if len(there) == 1 else f"our account on {host(server.url)}"


def _wording(mention: Mention, text: str) -> str:
    handle = f"@{mention.author.handle.lstrip('@')}"
    known = not mention.author.handle or handle.lower() in text.lower()
    return text if known else f"{handle} {text}"


def _send(source: Mastodon, mention: Mention, words: str, key: str) -> Published:
    """Finds the post on the server of ours that is to answer. Raises as `Replying.send`."""
    server = _server(source, mention)
    if server is None:
        raise PlatformRefused("Mastodon: no server of ours is read")
    with nothing_sent_yet():
        status = _known(source, server, mention)
    visibility = "unlisted" if status.get("visibility") == "unlisted" else "public"
    answer = source.http.send_once(
        server.url.rstrip("/") + STATUSES,
        {"Authorization": f"Bearer {server.token}", "Idempotency-Key": key},
        body={"status": words, "in_reply_to_id": str(status["id"]), "visibility": visibility,
              "language": "en"},
        judge=_judge,
    )  # fmt: skip
    payload = read_confirmation(answer)
    url = payload.get("url") or payload.get("uri") or ""
    return Published(issued_id=named(payload, "id", answer.url), url=str(url))


def _known(source: Mastodon, server: Server, mention: Mention) -> Any:
    """The status as this server knows it, under its own id for it. Raises CollectorError."""
    reader = source.reader(server)
    if mention.issuer in source.names(server) and mention.issued_id.isalnum():
        status = object_of(reader.status(mention.issued_id))
    else:
        params: Params = [
            ("q", mention.url),
            ("type", "statuses"),
            ("resolve", "true"),
            ("limit", 1),
        ]
        statuses = a_list(reader.ask("/api/v2/search", params), "statuses")
        status = object_of(next(iter(statuses), None))
    if not status.get("id"):
        raise PlatformRefused(
            f"{host(server.url)} does not find the post: it may be deleted, or on a server that ours does not reach"
        )
    return status


def _judge(response: requests.Response) -> None:
    meaning = _MEANINGS.get(response.status_code)
    if meaning:
        raise PlatformRefused(f"{host(response.url)} {meaning}")
    raise_for_response(response)
    http_client.raise_for_response(response)


REPLYING = Replying(
    needs="write:statuses", may=_may, account=_account, send=_send, wording=_wording
)
