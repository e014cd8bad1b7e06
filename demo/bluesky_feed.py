"""What an account posted, answered and reposted, as app.bsky.feed.getAuthorFeed gives it."""

from __future__ import annotations

from typing import Any

from demo.authored import ago
from demo.bluesky_posts import Network, Post, stamp
from demo.bluesky_records import did_of

_DEFS = "app.bsky.feed.defs"


def author_feed(network: Network, did: str, which: str) -> list[dict[str, Any]]:
    """All of it, newest first; `which` is the parameter `filter`."""
    own = [post for post in network.posts if post.by and post.by.did == did and _fits(post, which)]
    found = [(post.sorted_at, _shown(network, post)) for post in own]
    for repost in network.reposts if which != "posts_with_media" else ():
        post, made = (
            network.post(network.keys[repost["of"]]["uri"]),
            network.at - ago(repost["ago"]),
        )
        if post and did_of(repost["by"]) == did:
            by = network.people[did].basic()
            reason = {"$type": f"{_DEFS}#reasonRepost", "by": by, "indexedAt": stamp(made)}
            found.append((made, _shown(network, post) | {"reason": reason}))
    return [shown for _, shown in sorted(found, key=lambda one: one[0], reverse=True)]


def _fits(post: Post, which: str) -> bool:
    record = post.data["record"]
    if which == "posts_no_replies":
        return "reply" not in record
    return which != "posts_with_media" or "images" in record.get("embed", {})


def _shown(network: Network, post: Post) -> dict[str, Any]:
    """A post, and views of what it answers."""
    reply = post.data["record"].get("reply")
    shown: dict[str, Any] = {"post": post.view}
    if reply:
        shown["reply"] = {place: _above(network, reply[place]["uri"]) for place in reply}
    return shown


def _above(network: Network, uri: str) -> dict[str, Any]:
    post = network.post(uri)
    if post is None:
        return {"$type": f"{_DEFS}#notFoundPost", "uri": uri, "notFound": True}
    view: dict[str, Any] = post.view
    return {"$type": f"{_DEFS}#postView"} | view
