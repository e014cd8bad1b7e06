"""What can be read of X: search, an account's mentions, quotes of a post, posts and users by id or name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from demo.query import matcher
from demo.standins import Request
from demo.x_answers import (
    BadParameter,
    Query,
    missing,
    moment,
    number,
    offset,
    posts,
    several,
    token,
    users,
)
from demo.x_posts import NOW_ID, STEP, Timeline, Tweet

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
    found = [tweet for tweet in _between(recent, query, now) if matches(tweet.seen_by_search)]
    return _page(timeline, found, request, low=10, repeats=True)


def mentions(timeline: Timeline, user: str, request: Request, now: datetime) -> dict[str, Any]:
    """One page of the posts that name an account."""
    names = [one["username"].casefold() for one in timeline.users.values() if one["id"] == user]
    if not names:
        return {"errors": [missing("user", user, "id", "resource-not-found")]}
    found = [tweet for tweet in timeline.tweets if names[0] in tweet.names]
    return _page(timeline, list(_between(found, request.query, now)), request, low=5)


def quotes(timeline: Timeline, post: str, request: Request) -> dict[str, Any]:
    """One page of the posts that quote one."""
    if post not in timeline.by_id():
        return {"errors": [missing("tweet", post, "id", timeline.why_gone(post))]}
    quoted = {"type": "quoted", "id": post}
    found = [tweet for tweet in timeline.tweets if quoted in tweet.references]
    return _page(timeline, found, request, low=10)


def lookup(timeline: Timeline, query: Query) -> dict[str, Any]:
    """Posts by id; those that are gone stand in `errors`."""
    wanted, known = several(query, "ids"), timeline.by_id()
    answer = posts(timeline, [known[one] for one in wanted if one in known], query)
    gone = [one for one in wanted if one not in known]
    errors = [missing("tweet", one, "ids", timeline.why_gone(one)) for one in gone]
    errors += answer.get("errors", [])
    return answer | ({"errors": errors} if errors else {})


def people(timeline: Timeline, query: Query, parameter: str, field: str) -> dict[str, Any]:
    """Users by `ids` or `usernames`; those that aren't there stand in `errors`."""
    wanted = several(query, parameter)
    ids = {user[field].casefold(): user["id"] for user in timeline.users.values()}
    found = users(timeline, [ids[one.casefold()] for one in wanted if one.casefold() in ids], query)
    errors = [
        missing("user", one, parameter, "resource-not-found")
        for one in wanted if one.casefold() not in ids
    ]  # fmt: skip
    return ({"data": found} if found else {}) | ({"errors": errors} if errors else {})


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
    timeline: Timeline, found: Sequence[Tweet], request: Request, *, low: int, repeats: bool = False
) -> dict[str, Any]:
    size = min(number(request.query, "max_results", max(low, 10), low=low, high=100), PAGE)
    sent = request.query.get("next_token") or request.query.get("pagination_token")
    start = offset(sent)
    page = list(found[start : start + size])
    if (
        repeats and start == size and page
    ):  # while somebody posts, a page repeats the last one's end
        page = [found[start - 1], *page]
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return {"meta": meta}
    numbers = [tweet.number for tweet in page]
    meta |= {"newest_id": str(max(numbers)), "oldest_id": str(min(numbers))}
    if start + size < len(found):
        meta["next_token"] = token(start + size)
    if request.fault == "repeat_token":
        meta["next_token"] = sent or token(0)
    return posts(timeline, [tweet.data for tweet in page], request.query) | {"meta": meta}
