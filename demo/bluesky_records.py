"""The parts of a Bluesky record that are computed: addresses, facets, embeds."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from demo.authored import ago

# Record keys count microseconds, so they sort as time does. The one that stands for 'now' is fixed:
# a world made later has the same addresses, with later dates.
NOW_KEY = 1_795_000_000_000_000
POST = "app.bsky.feed.post"
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_SPECIAL = re.compile(r"(?<!\w)(?:https?://\S+|@[a-z0-9.-]+[a-z0-9]|#\w+)")
_SHOWN = 30  # characters of a link that are shown, as the app shortens it


def rich(written: str, dids: Mapping[str, str]) -> tuple[str, list[dict[str, Any]]]:
    """The text as it is shown, and facets, whose offsets count bytes of UTF-8."""
    shown, facets, at = "", [], 0
    for found in _SPECIAL.finditer(written):
        shown += written[at : found.start()]
        start, at = len(shown.encode()), found.end()
        part, feature = _feature(found.group(), dids)
        shown += part
        if feature:
            place = {"byteStart": start, "byteEnd": len(shown.encode())}
            facets.append({"index": place, "features": [feature]})
    return shown + written[at:], facets


def _feature(part: str, dids: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    kind = "app.bsky.richtext.facet#"
    if part.startswith("#"):
        return part, {"$type": f"{kind}tag", "tag": part[1:]}
    if part.startswith("@"):
        did = dids.get(part[1:])
        return part, {"$type": f"{kind}mention", "did": did} if did else {}
    bare = part.partition("//")[2]
    short = bare if len(bare) <= _SHOWN else bare[: _SHOWN - 3] + "..."
    return short, {"$type": f"{kind}link", "uri": part}


def embedded(
    post: Mapping[str, Any], keys: Mapping[str, Mapping[str, str]], url: str
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What a post quotes, links to as a card or shows: in its record, and in a view of it."""
    if "quotes" in post:
        kind, quoted = "app.bsky.embed.record", keys[post["quotes"]]
        return {"$type": kind, "record": quoted}, {
            "$type": f"{kind}#view", "record": {"$type": f"{kind}#viewRecord", **quoted}
        }  # fmt: skip
    if "card" in post:
        kind = "app.bsky.embed.external"
        card = {"uri": post["card"]["link"], "title": post["card"]["title"], "description": ""}
        return {"$type": kind, "external": card}, {"$type": f"{kind}#view", "external": card}
    if "image" in post:
        kind, alt = "app.bsky.embed.images", post["image"]
        blob = {
            "$type": "blob",
            "ref": {"$link": cid_of(alt)},
            "mimeType": "image/png",
            "size": 512,
        }
        at = f"{url}/img/feed_fullsize/plain/{did_of(post['by'])}/{cid_of(alt)}@png"
        shown = {"thumb": at.replace("fullsize", "thumbnail"), "fullsize": at, "alt": alt}
        return {"$type": kind, "images": [{"alt": alt, "image": blob}]}, {
            "$type": f"{kind}#view", "images": [shown]
        }  # fmt: skip
    return None


def address(post: Mapping[str, Any]) -> dict[str, str]:
    """Where a post is, and the checksum of what it says."""
    cid = cid_of(post["by"] + post.get("text", post["ago"]))
    return {"uri": f"at://{did_of(post['by'])}/{POST}/{record_key(post['ago'])}", "cid": cid}


def record_key(written: str) -> str:
    """The last part of an address: 13 letters that sort as time does."""
    number = (NOW_KEY - int(ago(written).total_seconds()) * 1_000_000) << 10
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def did_of(handle: str) -> str:
    """A made-up did, always the same for the handle that stands in bluesky.json."""
    return "did:plc:" + _base32(handle)[:24]


def cid_of(text: str) -> str:
    """A made-up checksum."""
    return "bafyrei" + _base32(text)[:52]


def _base32(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().strip("=").lower()
