"""Turns demo/posts/bluesky.json into posts, profiles and notifications as Bluesky's XRPC gives them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core import clock
from demo.posts_loader import POSTS, ago, load
from demo.query import Searchable


@dataclass(slots=True)
class Person:
    """An account. Its handle may change, its did never does."""

    did: str
    handle: str
    about: dict[str, Any]
    since: datetime
    avatar: str

    def basic(self) -> dict[str, Any]:
        """As beside a post: without the bio."""
        return {"did": self.did, "handle": self.handle, "displayName": self.about["name"],
                "avatar": self.avatar, "labels": [], "createdAt": stamp(self.since)}  # fmt: skip

    def whole(self) -> dict[str, Any]:
        """As in a notification and in a search for accounts: with the bio."""
        return self.basic() | {"description": self.about["bio"], "indexedAt": stamp(self.since)}

    def compose_search_text(self) -> str:
        """What a search for accounts looks at."""
        return f"{self.handle} {self.about['name']} {self.about['bio']}".casefold()

    def counted(self) -> dict[str, Any]:
        """As `getProfiles` gives it: with the bio and how many follow."""
        return self.whole() | {"followersCount": self.about["followers"],
                               "followsCount": len(self.handle), "postsCount": 40}  # fmt: skip


@dataclass(slots=True)
class Post:
    """One post: `data` but for its author, who is looked up; for a malformed one anything."""

    data: Any
    by: Person | None
    sorted_at: datetime  # the earlier of created and indexed, by which search sorts and cuts
    seen_by_search: Searchable

    @property
    def view(self) -> Any:
        """As the API gives it."""
        return self.data | {"author": self.by.basic()} if self.by else self.data

    @property
    def mentions(self) -> set[str]:
        """The dids of those whom it names."""
        facets = self.data["record"].get("facets", []) if self.by else []
        return {facet["features"][0].get("did", "") for facet in facets}


@dataclass(slots=True)
class Network:
    """All of it: posts, newest first; people by did; notices that are no posts, such as likes."""

    at: datetime
    url: str
    us: str
    folder: Path  # where bluesky.json lies
    people: dict[str, Person] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    reposts: list[dict[str, str]] = field(default_factory=list)  # as authored
    keys: dict[str, dict[str, str]] = field(default_factory=dict)  # authored key -> uri and cid

    def person(self, actor: str) -> Person | None:
        """By did or by the handle of today."""
        named = {person.handle: person for person in self.people.values()}
        return self.people.get(actor) or named.get(actor.lstrip("@"))

    def post(self, uri: str) -> Post | None:
        """The well-formed post at this address, if it is still there."""
        whole = (post for post in self.posts if post.by)
        return next((post for post in whole if post.data["uri"] == uri), None)

    def add(self, authored: dict[str, Any]) -> None:
        """One more post, in its place."""
        self.posts.append(_post(self, authored))
        self.posts.sort(key=lambda post: post.sorted_at, reverse=True)


def network(at: datetime, url: str, folder: Path = POSTS) -> Network:
    """The network as of `at`; pictures lie at `url`."""
    authored = load("bluesky", folder)
    network = Network(at, url, did_of(authored["us"]), folder)
    for handle, about in authored["authors"].items():
        seed = about.get("avatar", handle)
        since = at - timedelta(days=100 + len(about["bio"]) * 7)
        network.people[did_of(handle)] = Person(
            did_of(handle),
            handle,
            about,
            since,
            f"{url}/img/avatar/plain/{did_of(handle)}/{seed}@png",
        )
    for post in authored["posts"] + authored["elsewhere"]:
        if "key" in post:
            network.keys[post["key"]] = address(post)
    network.posts = [_post(network, post) for post in authored["posts"]]
    network.posts += [
        Post(odd["raw"], None, at - ago(odd["ago"]), Searchable(text=odd["found_by"]))
        for odd in authored["malformed"]
    ]
    network.posts.sort(key=lambda post: post.sorted_at, reverse=True)
    network.reposts = authored["reposts"]
    network.notices = [_notice(network, notice) for notice in authored["notices"]]
    return network


def publish(network: Network, record: dict[str, Any]) -> dict[str, str]:
    """A record that our account puts into its repository now; its address and checksum."""
    number = sum(post.by is not None and post.by.did == network.us for post in network.posts)
    uri = f"at://{network.us}/{POST}/{record_key('0m')[:-2]}{number:02d}"
    stored = {"uri": uri, "cid": cid_of(f"{uri}{record['text']}")}
    data = stored | {"record": record, "indexedAt": stamp(network.at), "labels": []}
    us = network.people[network.us]
    seen = Searchable(text=record["text"], author=us.handle, language="en")
    network.posts.insert(0, Post(data | _counts([0, 0, 0, 0]), us, network.at, seen))
    return stored


def change(network: Network) -> None:
    """A later day: posts deleted and added, a handle changed, a post that spread. None is edited."""
    for step in load("bluesky", network.folder)["later"]:
        if "delete" in step:
            uri = network.keys[step["delete"]]["uri"]
            network.posts = [
                post for post in network.posts if not post.by or post.data["uri"] != uri
            ]
        elif "add" in step:
            network.add(step["add"])
        elif "rename" in step:
            person = network.person(step["rename"])
            assert person is not None
            person.handle = step["to"]
        else:
            post = network.post(network.keys[step["metrics_of"]]["uri"])
            assert post is not None
            post.data |= _counts(step["metrics"])


def notifications(network: Network) -> list[dict[str, Any]]:
    """Everything that concerns our account, newest first."""
    ours = {post.data["uri"] for post in network.posts if post.by and post.by.did == network.us}
    notices = list(network.notices)
    for post in network.posts:
        reason, subject = _reason(post, network.us, ours)
        if post.by and reason:
            fields = {name: post.data[name] for name in ("uri", "cid", "record", "indexedAt")}
            about = {"reasonSubject": subject} if subject else {}
            notices.append(_notification(reason, post.by, fields | about))
    return sorted(notices, key=lambda notice: str(notice["indexedAt"]), reverse=True)


def stamp(moment: datetime) -> str:
    """2026-11-20T09:45:00.000Z."""
    return clock.text(moment)[:23] + "Z"


def _reason(post: Post, us: str, ours: set[str]) -> tuple[str, str]:
    if post.by is None or post.by.did == us:
        return "", ""
    record = post.data["record"]
    parent = record.get("reply", {}).get("parent", {}).get("uri", "")
    quoted = record.get("embed", {}).get("record", {}).get("uri", "")
    if parent in ours:
        return "reply", parent
    if quoted in ours:
        return "quote", quoted
    return ("mention", "") if us in post.mentions else ("", "")


def _notice(network: Network, notice: dict[str, Any]) -> dict[str, Any]:
    by = network.people[did_of(notice["by"])]
    kind = f"app.bsky.{'graph' if notice['reason'] == 'follow' else 'feed'}.{notice['reason']}"
    created_at = network.at - ago(notice["ago"])
    record: dict[str, Any] = {"$type": kind, "createdAt": stamp(created_at), "subject": network.us}
    fields = {"uri": f"at://{by.did}/{kind}/{record_key(notice['ago'])}", "record": record,
            "cid": cid_of(kind + notice["ago"]), "indexedAt": stamp(created_at)}  # fmt: skip
    if "of" in notice:
        record["subject"] = network.keys[notice["of"]]
        fields["reasonSubject"] = record["subject"]["uri"]
    return _notification(notice["reason"], by, fields)


def _notification(reason: str, by: Person, fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"author": by.whole(), "reason": reason, "isRead": False, "labels": []}


def _post(network: Network, post: dict[str, Any]) -> Post:
    by = network.people[did_of(post["by"])]
    written = network.at - ago(post["ago"])
    indexed = written + ago(post.get("indexed_after", "1m"))
    created = clock.parse(post["created"]) if "created" in post else written
    langs = post.get("langs", ["en"])
    text, facets = rich(post["text"], {who.handle: did for did, who in network.people.items()})
    record: dict[str, Any] = {
        "$type": POST,
        "text": text,
        "langs": langs,
        "createdAt": stamp(created),
    }
    if facets:
        record["facets"] = facets
    if "replies_to" in post:
        record["reply"] = _reply(network, post["replies_to"])
    data: dict[str, Any] = address(post) | {
        "record": record,
        "indexedAt": stamp(indexed),
        "labels": [],
    }
    data |= _counts(post["metrics"])
    if shown := embedded(post, network.keys, network.url):
        record["embed"], data["embed"] = shown
    if "quotes" in post:
        data["embed"]["record"] = _quoted_view(network, post["quotes"])
    seen = Searchable(text=text, author=by.handle, language=langs[0])
    return Post(data, by, min(created, indexed), seen)


def _quoted_view(network: Network, key: str) -> dict[str, Any]:
    """What another post quotes, whole; of one that is not there, that it can't be found."""
    kind, quoted = "app.bsky.embed.record", network.keys[key]
    posts = load("bluesky", network.folder)["posts"]
    authored = next((post for post in posts if post.get("key") == key), None)
    if authored is None:
        return {"$type": f"{kind}#viewNotFound", "uri": quoted["uri"], "notFound": True}
    created = stamp(network.at - ago(authored["ago"]))
    return quoted | {
        "$type": f"{kind}#viewRecord", "author": network.people[did_of(authored["by"])].basic(),
        "value": {"$type": POST, "text": authored["text"], "createdAt": created},
        "labels": [], "indexedAt": created,
    }  # fmt: skip


def _counts(metrics: list[int]) -> dict[str, int]:
    return dict(zip(("likeCount", "repostCount", "replyCount", "quoteCount"), metrics, strict=True))


def _reply(network: Network, key: str) -> dict[str, Any]:
    parent = network.keys[key]
    above = {
        post["key"]: post.get("replies_to")
        for post in load("bluesky", network.folder)["posts"]
        if "key" in post
    }
    while above.get(key):
        key = above[key]
    return {"root": network.keys[key], "parent": parent}


# ── What an account posted, answered and reposted, as app.bsky.feed.getAuthorFeed gives it. ───────

_DEFS = "app.bsky.feed.defs"


def author_feed(network: Network, did: str, which: str) -> list[dict[str, Any]]:
    """All of it, newest first; `which` is the parameter `filter`."""
    own = [post for post in network.posts if post.by and post.by.did == did and _fits(post, which)]
    entries = [(post.sorted_at, _shown(network, post)) for post in own]
    for repost in network.reposts if which != "posts_with_media" else ():
        post, reposted_at = (
            network.post(network.keys[repost["of"]]["uri"]),
            network.at - ago(repost["ago"]),
        )
        if post and did_of(repost["by"]) == did:
            by = network.people[did].basic()
            reason = {"$type": f"{_DEFS}#reasonRepost", "by": by, "indexedAt": stamp(reposted_at)}
            entries.append((reposted_at, _shown(network, post) | {"reason": reason}))
    return [shown for _, shown in sorted(entries, key=lambda entry: entry[0], reverse=True)]


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


# ── The parts of a Bluesky record that are computed: addresses, facets, embeds. ───────────────────

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
    for match in _SPECIAL.finditer(written):
        shown += written[at : match.start()]
        start, at = len(shown.encode()), match.end()
        part, feature = _feature(match.group(), dids)
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
        card = {"uri": post["card"]["link"], "title": post["card"]["title"],
                "description": post["card"].get("description", "")}  # fmt: skip
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
