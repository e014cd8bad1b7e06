"""How X reads a request's parameters, and words its answers: fields, inclusions, errors, two vocabularies."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import clock
from demo.x_posts import Timeline

Query = Mapping[str, str]

PROBLEMS = "https://api.twitter.com/2/problems/"
ALWAYS = {"id", "text", "edit_history_tweet_ids"}
NEW_WORDS = {
    "edit_history_tweet_ids": "edit_history_post_ids", "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts", "retweet_count": "repost_count", "tweets": "posts",
    "tweet_count": "post_count",
}  # fmt: skip
_TWEET_FIELDS = (
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "media_metadata note_tweet possibly_sensitive public_metrics referenced_tweets reply_settings scopes "
    "source suggested_source_links text withheld"
)
_USER_FIELDS = (
    "affiliation connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected "
    "public_metrics receives_your_dm subscription_type url username verified verified_type withheld"
)
_ALLOWED = {
    "tweet.fields": _TWEET_FIELDS,
    "post.fields": _TWEET_FIELDS,
    "user.fields": _USER_FIELDS,
}


class BadParameter(Exception):
    """One parameter that X does not take, which it says with 400."""

    def __init__(self, name: str, value: str, why: str) -> None:
        super().__init__(f"Invalid '{name}': {why}")
        self.name, self.value = name, value

    @property
    def body(self) -> dict[str, Any]:
        """As X says it."""
        return {
            "errors": [{"message": str(self), "parameters": {self.name: [self.value]}}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": PROBLEMS + "invalid-request",
        }


def number(query: Query, name: str, default: int, low: int = 0, high: int = 1 << 63) -> int:
    """A whole number within bounds. Raises BadParameter."""
    written = query.get(name)
    if written is None:
        return default
    if not written.isdigit() or not low <= int(written) <= high:
        raise BadParameter(name, written, f"must be a number from {low} to {high}")
    return int(written)


def moment(query: Query, name: str) -> datetime | None:
    """A moment. Raises BadParameter."""
    if name not in query:
        return None
    try:
        return clock.parse(query[name])
    except ValueError as error:
        raise BadParameter(name, query[name], "must be RFC 3339") from error


def several(query: Query, name: str) -> list[str]:
    """1 to 100 ids or names. Raises BadParameter."""
    wanted = [one for one in query.get(name, "").split(",") if one]
    if not wanted or len(wanted) > 100:
        raise BadParameter(name, query.get(name, "")[:40], "needs 1 to 100 values")
    return wanted


def token(offset: int) -> str:
    """The token of a page."""
    return base64.b32encode(f"page:{offset}".encode()).decode().strip("=").lower()


def offset(written: str | None) -> int:
    """Where the page of a token begins. Raises BadParameter."""
    if written is None:
        return 0
    try:
        padded = written.upper() + "=" * (-len(written) % 8)
        return int(base64.b32decode(padded).decode().removeprefix("page:"))
    except (ValueError, binascii.Error) as error:
        raise BadParameter("next_token", written, "is not a token that was given out") from error


def missing(kind: str, value: str, parameter: str, problem: str) -> dict[str, str]:
    """The error that stands beside the data for a post or user that can't be shown."""
    title = "Authorization Error" if problem.startswith("not-auth") else "Not Found Error"
    return {"resource_id": value, "resource_type": kind, "parameter": parameter, "value": value,
            "title": title, "type": PROBLEMS + problem,
            "detail": f"Could not find {kind} with {parameter}: [{value}]."}  # fmt: skip


def posts(timeline: Timeline, data: list[Any], query: Query) -> dict[str, Any]:
    """Posts with the fields that were asked for, and what `expansions` brings along."""
    expansions = _chosen(query, "expansions")
    fields = _chosen(query, "tweet.fields") | _chosen(query, "post.fields") | ALWAYS
    fields |= {name.partition(".")[0].replace("posts", "tweets") for name in expansions}
    whole = [tweet for tweet in data if isinstance(tweet, dict)]
    quoted, errors = _quoted(timeline, whole, expansions)
    includes = {
        "users": users(timeline, _authors(whole, quoted, expansions), query),
        "tweets": [_only(tweet, fields) for tweet in quoted],
        "media": _media(timeline, whole, query) if "attachments.media_keys" in expansions else [],
    }
    answer: dict[str, Any] = {"data": [_only(tweet, fields) for tweet in data]} if data else {}
    if includes := {name: found for name, found in includes.items() if found}:
        answer["includes"] = includes
    return answer | ({"errors": errors} if errors else {})


def users(timeline: Timeline, ids: Iterable[str], query: Query) -> list[Any]:
    """Users with the fields that were asked for, in the order of their ids."""
    fields = _chosen(query, "user.fields") | {"id", "name", "username"}
    by_id = {user["id"]: user for user in timeline.users.values()}
    return [_only(by_id[one], fields) for one in ids if one in by_id]


def worded(answer: Any, query: Query) -> Any:
    """In new words for who asks in them."""
    return _in_new_words(answer) if "post.fields" in query else answer


def _quoted(
    timeline: Timeline, whole: list[Any], expansions: set[str]
) -> tuple[list[Any], list[dict[str, str]]]:
    if not expansions & {"referenced_tweets.id", "referenced_posts.id"}:
        return [], []
    known, found, errors = timeline.by_id(), {}, []
    for reference in [one for tweet in whole for one in tweet.get("referenced_tweets", [])]:
        number = reference["id"]
        if number in known:
            found[number] = known[number]
        else:
            errors.append(
                missing("tweet", number, "referenced_tweets.id", timeline.why_gone(number))
            )
    return list(found.values()), errors


def _authors(whole: list[Any], quoted: list[Any], expansions: set[str]) -> list[str]:
    authors = [tweet.get("author_id") for tweet in whole] if "author_id" in expansions else []
    if expansions & {"referenced_tweets.id.author_id", "referenced_posts.id.author_id"}:
        authors += [tweet["author_id"] for tweet in quoted]
    if "in_reply_to_user_id" in expansions:
        authors += [tweet.get("in_reply_to_user_id") for tweet in whole]
    return list(dict.fromkeys(author for author in authors if author))


def _media(timeline: Timeline, whole: list[Any], query: Query) -> list[Any]:
    fields = _chosen(query, "media.fields") | {"media_key", "type"}
    keys = [key for tweet in whole for key in tweet.get("attachments", {}).get("media_keys", [])]
    shown = [
        {"media_key": key, "type": "photo", "url": f"{timeline.url}/media/{key}.png"}
        for key in keys
    ]
    return [_only(media, fields) for media in shown]


def _chosen(query: Query, name: str) -> set[str]:
    new_to_old = {new: old for old, new in NEW_WORDS.items()}
    chosen = {new_to_old.get(one, one) for one in query.get(name, "").split(",") if one}
    if name in _ALLOWED and (unknown := chosen - set(_ALLOWED[name].split())):
        raise BadParameter(name, min(unknown), "is not one of the fields")
    return chosen


def _only(thing: Any, fields: set[str]) -> Any:
    if not isinstance(thing, dict):
        return thing
    return {name: value for name, value in thing.items() if name in fields}


def _in_new_words(thing: Any) -> Any:
    if isinstance(thing, list):
        return [_in_new_words(one) for one in thing]
    if isinstance(thing, dict):
        return {NEW_WORDS.get(name, name): _in_new_words(value) for name, value in thing.items()}
    if isinstance(thing, str) and thing.startswith(PROBLEMS):
        return thing.replace("api.twitter.com", "api.x.com")
    return thing
