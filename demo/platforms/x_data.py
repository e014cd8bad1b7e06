"""Turns demo/posts/x.json into tweets and users as X's API v2 gives them."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.posts_loader import POSTS, ago, load
from demo.query import Searchable

# Ids count milliseconds in their upper bits, so they sort as time does. The one that stands for
# 'now' is fixed: a world made later has the same ids, with later dates.
NOW_ID = 1_995_000_000_000_000_000
STEP = 1 << 22  # one millisecond
FULL_LENGTH = 280
_LINK = re.compile(r"https?://\S+")
_HANDLE = re.compile(r"(?<!\w)@(\w{2,20})")


@dataclass(slots=True)
class Tweet:
    """One post: `data` as the API gives it (for a malformed one, anything), and how it is found."""

    data: Any
    posted: datetime
    number: int
    seen_by_search: Searchable
    earlier: dict[str, Any] = field(default_factory=dict)  # id of an earlier version -> its data

    @property
    def references(self) -> list[dict[str, str]]:
        """What it answers, quotes or repeats."""
        return self.data.get("referenced_tweets", []) if isinstance(self.data, dict) else []

    @property
    def names(self) -> set[str]:
        """The accounts that it names, in lower case."""
        entities = self.data.get("entities", {}) if isinstance(self.data, dict) else {}
        return {mention["username"].casefold() for mention in entities.get("mentions", [])}


@dataclass(slots=True)
class Timeline:
    """All posts of the world, newest first, the users, and the ids that are gone and why."""

    tweets: list[Tweet]
    users: dict[str, Any]
    gone: dict[str, str]
    ids: dict[str, str]  # the authored key -> id
    url: str = ""  # where pictures lie
    authored: dict[str, dict[str, Any]] = field(default_factory=dict)  # id -> as in x.json

    def by_id(self) -> dict[str, Any]:
        """Every well-formed post, earlier versions too, by its id."""
        known: dict[str, Any] = {}
        for tweet in self.tweets:
            if isinstance(tweet.data, dict) and "author_id" in tweet.data:
                known |= tweet.earlier | {tweet.data["id"]: tweet.data}
        return known

    def why_gone(self, number: str) -> str:
        """How X words the absence of a post."""
        return self.gone.get(number, "resource-not-found")

    def tweet(self, key: str) -> Tweet:
        """The post with this key in x.json."""
        number = self.ids[key]
        return next(
            tweet for tweet in self.tweets if tweet.number == int(number) or number in tweet.earlier
        )


def timeline(at: datetime, url: str = "", folder: Path = POSTS) -> Timeline:
    """The world's posts as of `at`; pictures lie at `url`."""
    authored = load("x", folder)
    users = {handle: _user(handle, about, at, url) for handle, about in authored["authors"].items()}
    posts = {_id(post["ago"]): post for post in authored["posts"]}
    ids = {post["key"]: number for number, post in posts.items() if "key" in post}
    gone = {}
    for post in authored["elsewhere"]:
        ids[post["key"]] = _id(post["ago"])
        gone[ids[post["key"]]] = post["gone"]
    tweets = [_tweet(number, post, posts, ids, users, at) for number, post in posts.items()]
    tweets += [_malformed(post, at) for post in authored["malformed"]]
    tweets.sort(key=lambda tweet: -tweet.number)
    return Timeline(tweets=tweets, users=users, gone=gone, ids=ids, url=url, authored=posts)


def add(timeline: Timeline, post: dict[str, Any], at: datetime) -> None:
    """A new post by somebody who is there already."""
    number = _id(post["ago"])
    timeline.authored[number] = post
    tweet = _tweet(number, post, timeline.authored, timeline.ids, timeline.users, at)
    timeline.tweets.append(tweet)


def answer(timeline: Timeline, handle: str, text: str, parent: str, at: datetime) -> str:
    """An answer that one of our accounts publishes now, to a post that is there; its id."""
    timeline.ids[f"#{parent}"] = parent
    number = str(NOW_ID + (1 + len(timeline.authored)) * STEP)
    post = {"by": handle, "text": text, "ago": "0m", "replies_to": f"#{parent}"}
    timeline.authored[number] = post
    tweet = _tweet(number, post, timeline.authored, timeline.ids, timeline.users, at)
    timeline.tweets.insert(0, tweet)
    return number


def edit(tweet: Tweet, text: str, at: datetime, posted_ago: str) -> None:
    """A new version under a new id, as an edit on X is; the old one stays in the history."""
    old, number = tweet.data, _id(posted_ago)
    history = [*old["edit_history_tweet_ids"], number]
    new = old | {"id": number, "created_at": _moment(at - ago(posted_ago))} | _written(text)
    new["edit_history_tweet_ids"] = history
    tweet.earlier[old["id"]] = old | {"edit_history_tweet_ids": history}
    tweet.data, tweet.number, tweet.posted = new, int(number), at - ago(posted_ago)
    tweet.seen_by_search = _searchable(new, tweet.seen_by_search.author)


def _id(posted_ago: str) -> str:
    return str(NOW_ID - int(ago(posted_ago).total_seconds() * 1000) * STEP)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _user(handle: str, about: dict[str, Any], at: datetime, url: str) -> dict[str, Any]:
    seed = int(hashlib.sha256(handle.encode()).hexdigest()[:12], 16)
    official = handle == "HealthierNWL"
    return {
        "id": str(10_000_000 + seed % 3_000_000_000),
        "name": about["name"],
        "username": handle,
        "description": about["bio"],
        "location": "London" if seed % 3 else "",
        "verified": official,
        "verified_type": "government" if official else "none",
        "protected": False,
        "profile_image_url": f"{url}/profile_images/{about.get('avatar', handle)}.png",
        "created_at": _moment(at - timedelta(days=400 + seed % 4000)),
        "public_metrics": {
            "followers_count": about["followers"],
            "following_count": 20 + seed % 900,
            "tweet_count": 50 + seed % 40_000,
            "listed_count": seed % 40,
        },
    }


def _tweet(
    number: str, post: dict[str, Any], posts: dict[str, dict[str, Any]], ids: dict[str, str],
    users: dict[str, Any], at: datetime,
) -> Tweet:  # fmt: skip
    posted = at - ago(post["ago"])
    data: dict[str, Any] = {
        "id": number,
        "edit_history_tweet_ids": [number],
        "edit_controls": {
            "edits_remaining": 5,
            "is_edit_eligible": "replies_to" not in post,
            "editable_until": _moment(posted + timedelta(minutes=30)),
        },
        "author_id": users[post["by"]]["id"],
        "conversation_id": _conversation(number, posts, ids),
        "created_at": _moment(posted),
        "lang": "zxx" if post.get("image") else post.get("lang", "en"),
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": metrics(*post.get("metrics", [0, 0, 0])),
    } | _written(_full_text(post, posts, ids), post.get("card"))
    referenced = list(_references(post, ids))
    if referenced:
        data["referenced_tweets"] = referenced
    if post.get("image"):
        data["attachments"] = {"media_keys": [f"3_{number}"]}
    if "replies_to" in post:
        parent = posts.get(ids[post["replies_to"]], {})
        data["in_reply_to_user_id"] = users[parent.get("by", "HealthierNWL")]["id"]
    tweet = Tweet(data, posted, int(number), _searchable(data, post["by"], post.get("found_by")))
    if "was" in post:
        first = str(int(number) - 9 * 60_000 * STEP)
        data["edit_history_tweet_ids"] = [first, number]
        data["edit_controls"]["edits_remaining"] = 4
        tweet.earlier[first] = data | {"id": first} | _written(post["was"])
    return tweet


def _malformed(post: dict[str, Any], at: datetime) -> Tweet:
    return Tweet(
        post["raw"], at - ago(post["ago"]), int(_id(post["ago"])), Searchable(text=post["found_by"])
    )


def _full_text(post: dict[str, Any], posts: dict[str, dict[str, Any]], ids: dict[str, str]) -> str:
    if "reposts" in post:
        original = posts[ids[post["reposts"]]]
        text = f"RT @{original['by']}: {original['text']}"
        return text if len(text) <= 140 else text[:139] + "…"
    if "quotes" in post:
        return f"{post['text']} https://x.com/i/status/{ids[post['quotes']]}"
    if post.get("image"):
        return f"{post['text']} https://x.com/{post['by']}/status/1/photo/1".strip()
    return str(post["text"])


def _references(post: dict[str, Any], ids: dict[str, str]) -> Iterator[dict[str, str]]:
    for ours, theirs in (
        ("replies_to", "replied_to"),
        ("quotes", "quoted"),
        ("reposts", "retweeted"),
    ):
        if ours in post:
            yield {"type": theirs, "id": ids[post[ours]]}


def _conversation(number: str, posts: dict[str, dict[str, Any]], ids: dict[str, str]) -> str:
    while number in posts and "replies_to" in posts[number]:
        number = ids[posts[number]["replies_to"]]
    return number


def metrics(likes: int, reposts: int, replies: int) -> dict[str, int]:
    """public_metrics, with views in proportion."""
    return {
        "retweet_count": reposts,
        "reply_count": replies,
        "like_count": likes,
        "quote_count": reposts // 9,
        "bookmark_count": likes // 20,
        "impression_count": 40 + 37 * likes + 90 * reposts,
    }


def _written(text: str, card: dict[str, str] | None = None) -> dict[str, Any]:
    """`text` as X gives it: links shortened, & < > escaped, cut at 280 with the rest in a note.

    `card` is what X knows of the page that its links lead to.
    """
    about = (
        {"status": 200, "title": card["headline"], "description": card["summary"]} if card else {}
    )
    urls = []
    for link in _LINK.findall(text):
        short = "https://t.co/" + hashlib.sha256(link.encode()).hexdigest()[:10]
        text = text.replace(link, short, 1)
        urls.append({"url": short, "expanded_url": link, "display_url": link.split("//")[1][:26],
                     "unwound_url": link} | about)  # fmt: skip
    handles = _HANDLE.findall(text)
    entities: dict[str, Any] = {}
    if urls:
        entities["urls"] = [_placed(text, url["url"]) | url for url in urls]
    if handles:
        entities["mentions"] = [_placed(text, "@" + name) | {"username": name} for name in handles]
    short_text, written = text, {}
    if len(text) > FULL_LENGTH:
        short_text = text[: FULL_LENGTH - 25].rsplit(" ", 1)[0] + "… https://t.co/9demo0more"
        written["note_tweet"] = {"text": html.escape(text, quote=False)}
    written["text"] = html.escape(short_text, quote=False)  # type: ignore[assignment]
    return written | ({"entities": entities} if entities else {})


def _placed(text: str, part: str) -> dict[str, int]:
    start = text.find(part)
    return {"start": start, "end": start + len(part)}


def _searchable(data: dict[str, Any], handle: str, found_by: str | None = None) -> Searchable:
    whole = html.unescape(data.get("note_tweet", data)["text"])
    types = {reference["type"] for reference in data.get("referenced_tweets", [])}
    names = {"replied_to": "reply", "quoted": "quote", "retweeted": "retweet"}
    traits = {names[kind] for kind in types} | ({"links"} if "https://t.co/" in whole else set())
    return Searchable(
        text=f"{whole} {found_by or ''}",
        author=handle,
        language=data["lang"],
        traits=frozenset(traits),
    )
