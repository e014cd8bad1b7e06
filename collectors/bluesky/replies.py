"""Answers on Bluesky: a record of the account's own repository, with references to what it answers.

docs.bsky.app: com.atproto.repo.createRecord, app.bsky.feed.post (`reply.root` and `reply.parent` are pairs of
uri and cid), app.bsky.richtext.facet (offsets count bytes of UTF-8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.base import Published, Replying
from collectors.bluesky.collector import Bluesky, listed
from collectors.characters import links
from collectors.context import object_of
from collectors.http.once import named, nothing_sent_yet, read_confirmation
from core import clock
from core.errors import PlatformRefused
from core.models import Mention

_POST, _LINK = "app.bsky.feed.post", "app.bsky.richtext.facet#link"


def _may(source: Bluesky, mention: Mention) -> str:
    if mention.deleted:
        return "it is there no more"
    if mention.own:
        return "it is our own"
    if mention.kind == "profile" or not mention.issued_id.startswith("at://"):
        return "only posts can be answered"
    return ""


def _account(source: Bluesky, _mention: Mention) -> str:
    return f"@{source.identifier.lstrip('@')}"


def _send(source: Bluesky, mention: Mention, words: str, _key: str) -> Published:
    """Asks for the post's present cid and root first. Raises as `Replying.send`."""
    session = source.session
    with nothing_sent_yet():
        views = listed(
            session.get("app.bsky.feed.getPosts", [("uris", mention.issued_id)]), "posts"
        )
    parent = next((view for view in views if object_of(view).get("uri") == mention.issued_id), None)
    if parent is None:
        raise PlatformRefused("Bluesky has the post no more: its writer deleted it, or left")
    record = {
        "$type": _POST, "text": words, "createdAt": clock.text(source.at), "langs": ["en"],
        "reply": _references(parent), **_facets(words),
    }  # fmt: skip
    answer = session.post_once(
        "com.atproto.repo.createRecord",
        lambda did: {"repo": did, "collection": _POST, "record": record},
    )
    uri = named(read_confirmation(answer), "uri", answer.url)
    did, _, key = uri.removeprefix("at://").partition(f"/{_POST}/")
    url = f"https://bsky.app/profile/{did}/post/{key}" if key else ""
    return Published(issued_id=uri, url=url, notes=session.notes())


def _references(parent: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The post itself, and where its thread begins. Raises PlatformRefused where its author lets nobody answer."""
    if object_of(parent.get("viewer")).get("replyDisabled") is True:
        raise PlatformRefused("Bluesky: its writer does not let our account reply")
    above = {"uri": str(parent["uri"]), "cid": str(parent.get("cid") or "")}
    root = object_of(object_of(object_of(parent.get("record")).get("reply")).get("root"))
    if not above["cid"]:
        raise PlatformRefused("Bluesky does not say which version of the post this is")
    begun = {"uri": str(root["uri"]), "cid": str(root["cid"])} if root.get("cid") else above
    return {"root": begun, "parent": above}


def _facets(words: str) -> dict[str, list[dict[str, Any]]]:
    """Links, which Bluesky shows as plain words without them."""
    facets = [
        {
            "index": {
                "byteStart": len(words[:start].encode()), "byteEnd": len(words[:end].encode()),
            },
            "features": [{"$type": _LINK, "uri": words[start:end]}],
        }
        for start, end in links(words)
    ]  # fmt: skip
    return {"facets": facets} if facets else {}


REPLYING = Replying(needs="the app password", may=_may, account=_account, send=_send)
