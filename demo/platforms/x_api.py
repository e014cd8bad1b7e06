"""How X reads a request's parameters, and words its answers: fields, inclusions, errors, two vocabularies."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock
from demo.platforms.x_data import NOW_ID, STEP, Timeline, Tweet
from demo.query import matcher
from demo.servers.http import Request

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
    wanted = [identifier for identifier in query.get(name, "").split(",") if identifier]
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
    if includes := {name: records for name, records in includes.items() if records}:
        answer["includes"] = includes
    return answer | ({"errors": errors} if errors else {})


def users(timeline: Timeline, ids: Iterable[str], query: Query) -> list[Any]:
    """Users with the fields that were asked for, in the order of their ids."""
    fields = _chosen(query, "user.fields") | {"id", "name", "username"}
    by_id = {user["id"]: user for user in timeline.users.values()}
    return [_only(by_id[user_id], fields) for user_id in ids if user_id in by_id]


def worded(answer: Any, query: Query) -> Any:
    """In new words for who asks in them."""
    return _in_new_words(answer) if "post.fields" in query else answer


def _quoted(
    timeline: Timeline, whole: list[Any], expansions: set[str]
) -> tuple[list[Any], list[dict[str, str]]]:
    if not expansions & {"referenced_tweets.id", "referenced_posts.id"}:
        return [], []
    known, quoted, errors = timeline.by_id(), {}, []
    for reference in [
        reference for tweet in whole for reference in tweet.get("referenced_tweets", [])
    ]:
        number = reference["id"]
        if number in known:
            quoted[number] = known[number]
        else:
            errors.append(
                missing("tweet", number, "referenced_tweets.id", timeline.why_gone(number))
            )
    return list(quoted.values()), errors


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
    chosen = {
        new_to_old.get(field_name, field_name)
        for field_name in query.get(name, "").split(",")
        if field_name
    }
    if name in _ALLOWED and (unknown := chosen - set(_ALLOWED[name].split())):
        raise BadParameter(name, min(unknown), "is not one of the fields")
    return chosen


def _only(thing: Any, fields: set[str]) -> Any:
    if not isinstance(thing, dict):
        return thing
    return {name: value for name, value in thing.items() if name in fields}


def _in_new_words(thing: Any) -> Any:
    if isinstance(thing, list):
        return [_in_new_words(part) for part in thing]
    if isinstance(thing, dict):
        return {NEW_WORDS.get(name, name): _in_new_words(value) for name, value in thing.items()}
    if isinstance(thing, str) and thing.startswith(PROBLEMS):
        return thing.replace("api.twitter.com", "api.x.com")
    return thing


# ── What can be read of X: search, an account's mentions, quotes of a post, posts and users by id or name.

PAGE = 25  # fewer than `max_results` may ask for, as X sometimes gives; so that there are pages
WINDOW = timedelta(days=7)  # to the second of the request: a run that asks for all of it is late
TOO_RECENT = timedelta(seconds=10)
QUERY_LENGTH = 512  # self-serve; Enterprise has 4096


def search(timeline: Timeline, request: Request, now: datetime) -> dict[str, Any]:
    """One page of recent search. Raises BadParameter for what is older than its seven days, too."""
    query, words = request.query, request.query.get("query", "")
    if len(words) > QUERY_LENGTH:
        raise BadParameter("query", words[:40], f"must be at most {QUERY_LENGTH} characters")
    try:
        matches = matcher(words)
    except ValueError as error:
        raise BadParameter("query", words, str(error)) from error
    start = moment(query, "start_time")
    if start and start < now - WINDOW:
        raise BadParameter("start_time", query["start_time"], "must be within seven days")
    after = number(query, "since_id", 0)
    if after and after < NOW_ID - int(WINDOW.total_seconds() * 1000) * STEP:
        raise BadParameter("since_id", str(after), "must be a tweet id of the last seven days")
    recent = [tweet for tweet in timeline.tweets if tweet.posted >= now - WINDOW]
    tweets = [tweet for tweet in _between(recent, query, now) if matches(tweet.seen_by_search)]
    return _page(timeline, tweets, request, low=10, repeats=True)


def mentions(timeline: Timeline, user: str, request: Request, now: datetime) -> dict[str, Any]:
    """One page of the posts that name an account."""
    names = [
        account["username"].casefold()
        for account in timeline.users.values()
        if account["id"] == user
    ]
    if not names:
        return {"errors": [missing("user", user, "id", "resource-not-found")]}
    tweets = [tweet for tweet in timeline.tweets if names[0] in tweet.names]
    return _page(timeline, list(_between(tweets, request.query, now)), request, low=5)


def quotes(timeline: Timeline, post: str, request: Request) -> dict[str, Any]:
    """One page of the posts that quote one."""
    if post not in timeline.by_id():
        return {"errors": [missing("tweet", post, "id", timeline.why_gone(post))]}
    quoted = {"type": "quoted", "id": post}
    tweets = [tweet for tweet in timeline.tweets if quoted in tweet.references]
    return _page(timeline, tweets, request, low=10)


def lookup(timeline: Timeline, query: Query) -> dict[str, Any]:
    """Posts by id; those that are gone stand in `errors`."""
    wanted, known = several(query, "ids"), timeline.by_id()
    answer = posts(timeline, [known[tweet_id] for tweet_id in wanted if tweet_id in known], query)
    gone = [tweet_id for tweet_id in wanted if tweet_id not in known]
    errors = [missing("tweet", tweet_id, "ids", timeline.why_gone(tweet_id)) for tweet_id in gone]
    errors += answer.get("errors", [])
    return answer | ({"errors": errors} if errors else {})


def people(timeline: Timeline, query: Query, parameter: str, field: str) -> dict[str, Any]:
    """Users by `ids` or `usernames`; those that aren't there stand in `errors`."""
    wanted = several(query, parameter)
    ids = {user[field].casefold(): user["id"] for user in timeline.users.values()}
    known_users = users(
        timeline,
        [ids[identifier.casefold()] for identifier in wanted if identifier.casefold() in ids],
        query,
    )
    errors = [
        missing("user", identifier, parameter, "resource-not-found")
        for identifier in wanted if identifier.casefold() not in ids
    ]  # fmt: skip
    return ({"data": known_users} if known_users else {}) | ({"errors": errors} if errors else {})


def _between(tweets: Sequence[Tweet], query: Query, now: datetime) -> list[Tweet]:
    """By `start_time` (unless there is a `since_id`), `end_time`, and the ids, which are exclusive."""
    end = moment(query, "end_time")
    if end and end > now - TOO_RECENT:
        raise BadParameter("end_time", query["end_time"], "must be ten seconds before now")
    start = None if "since_id" in query else moment(query, "start_time")
    after, before = number(query, "since_id", 0), number(query, "until_id", 0) or NOW_ID * 2
    return [
        tweet for tweet in tweets
        if (start is None or start <= tweet.posted)
        and (end is None or tweet.posted < end)
        and after < tweet.number < before
    ]  # fmt: skip


def _page(
    timeline: Timeline,
    tweets: Sequence[Tweet],
    request: Request,
    *,
    low: int,
    repeats: bool = False,
) -> dict[str, Any]:
    size = min(number(request.query, "max_results", max(low, 10), low=low, high=100), PAGE)
    sent = request.query.get("next_token") or request.query.get("pagination_token")
    start = offset(sent)
    page = list(tweets[start : start + size])
    if (
        repeats and start == size and page
    ):  # while somebody posts, a page repeats the last one's end
        page = [tweets[start - 1], *page]
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return {"meta": meta}
    numbers = [tweet.number for tweet in page]
    meta |= {"newest_id": str(max(numbers)), "oldest_id": str(min(numbers))}
    if start + size < len(tweets):
        meta["next_token"] = token(start + size)
    if request.fault == "repeat_token":
        meta["next_token"] = sent or token(0)
    return posts(timeline, [tweet.data for tweet in page], request.query) | {"meta": meta}
