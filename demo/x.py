"""X on loopback: recent search with paging, and posts by id, as its API v2 answers them."""

from __future__ import annotations

import base64
import binascii
import json
import time
from datetime import datetime, timedelta
from typing import Any, ClassVar

import clock
from demo.authored import APPROVAL, TERMS, load
from demo.faults import Faults
from demo.query import matcher
from demo.standins import REASONS, Answer, Request, Secret, StandIn
from demo.x_posts import NOW_ID, STEP, Tweet, edit, metrics, timeline

BEARER = "demo-x-bearer"
SEARCH, LOOKUP = "/2/tweets/search/recent", "/2/tweets"
PAGE = 25  # fewer than `max_results` may ask for, as X sometimes gives; so that there are pages
WINDOW = timedelta(days=7)  # to the second of the request: a run that asks for all of it is late
TOO_RECENT = timedelta(seconds=10)
QUERY_LENGTH = 512  # self-serve; Enterprise has 4096
LIMIT = 450
PROBLEMS = "https://api.twitter.com/2/problems/"
ALWAYS = {"id", "text", "edit_history_tweet_ids"}
NEW_WORDS = {
    "edit_history_tweet_ids": "edit_history_post_ids", "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts", "retweet_count": "repost_count", "tweets": "posts",
}  # fmt: skip


class XStandIn(StandIn):
    """Asked with `tweet.fields` it speaks of tweets, with `post.fields` of posts."""

    name: ClassVar[str] = "x"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.timeline = timeline(at)
        self._begun = time.monotonic()

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url, "bearer_token": secret("x-token", BEARER), "approval": APPROVAL,
                "terms": list(TERMS)}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {BEARER}":
            return self.refusal(401, 0)
        try:
            if request.path == SEARCH:
                return self._json(200, self._search(request))
            if request.path == LOOKUP:
                return self._json(200, self._lookup(request.query))
        except _BadParameter as bad:
            return self._json(400, _invalid(bad))
        return self.refusal(404, 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        if status >= 500:
            page = b"<html><body>Over capacity</body></html>"
            return Answer(status=status, body=page, type="text/html")
        body: dict[str, Any] = {
            "title": REASONS.get(status, "Error"), "detail": REASONS.get(status, "Error"),
            "type": "about:blank", "status": status,
        }  # fmt: skip
        if status == 402:
            body = {"account_id": 123, "title": "CreditsDepleted", "type": PROBLEMS + "credits",
                    "detail": "Your enrolled account [123] does not have any credits to fulfill "
                              "this request."}  # fmt: skip
        if status == 403:
            body["type"] = PROBLEMS + "client-forbidden"
        return self._json(status, body, limited_for=seconds if status == 429 else None)

    def change(self) -> None:
        """A later day: what x.json's "later" says is edited, deleted or grown."""
        for step in load("x")["later"]:
            if "edit" in step:
                edit(self.timeline.tweet(step["edit"]), step["text"], self.at, step["ago"])
            elif "delete" in step:
                tweet = self.timeline.tweet(step["delete"])
                self.timeline.tweets.remove(tweet)
                self.timeline.gone[tweet.data["id"]] = "resource-not-found"
            else:
                tweet = self.timeline.tweet(step["metrics_of"])
                tweet.data["public_metrics"] = metrics(*step["metrics"])
        self.timeline.tweets.sort(key=lambda tweet: -tweet.number)

    def _search(self, request: Request) -> dict[str, Any]:
        found = self._found(request.query)
        size = min(_number(request.query, "max_results", 10, low=10, high=100), PAGE)
        token = request.query.get("next_token") or request.query.get("pagination_token")
        start = _offset(token)
        page = found[start : start + size]
        if start == size and page:  # while somebody posts, a page repeats the last one's end
            page = [found[start - 1], *page]
        meta: dict[str, Any] = {"result_count": len(page)}
        if not page:
            return {"meta": meta}
        numbers = [tweet.number for tweet in page]
        meta |= {"newest_id": str(max(numbers)), "oldest_id": str(min(numbers))}
        if start + size < len(found):
            meta["next_token"] = _token(start + size)
        if request.fault == "repeat_token":
            meta["next_token"] = token or _token(0)
        return self._with_includes([tweet.data for tweet in page], request.query) | {"meta": meta}

    def _found(self, query: dict[str, str] | Any) -> list[Tweet]:
        words = query.get("query", "")
        if len(words) > QUERY_LENGTH:
            raise _BadParameter("query", words[:40], f"must be at most {QUERY_LENGTH} characters")
        try:
            matches = matcher(words)
        except ValueError as error:
            raise _BadParameter("query", words, str(error)) from error
        start = _moment(query, "start_time") or self.at - WINDOW
        end = _moment(query, "end_time") or self.at
        now = self.at + timedelta(seconds=time.monotonic() - self._begun)  # time goes on
        if "start_time" in query and start < now - WINDOW:
            raise _BadParameter("start_time", query["start_time"], "must be within seven days")
        if "end_time" in query and end > now - TOO_RECENT:
            raise _BadParameter("end_time", query["end_time"], "must be ten seconds before now")
        after = _number(query, "since_id", 0)
        if after and after < NOW_ID - int(WINDOW.total_seconds() * 1000) * STEP:
            raise _BadParameter("since_id", str(after), "must be a tweet id of the last seven days")
        before = _number(query, "until_id", 0) or NOW_ID * 2
        return [
            tweet for tweet in self.timeline.tweets
            if start <= tweet.posted < end
            and after < tweet.number < before
            and matches(tweet.seen_by_search)
        ]  # fmt: skip

    def _lookup(self, query: Any) -> dict[str, Any]:
        wanted = [one for one in query.get("ids", "").split(",") if one]
        if not wanted or len(wanted) > 100:
            raise _BadParameter("ids", query.get("ids", "")[:40], "needs 1 to 100 ids")
        known = self._by_id()
        answer = self._with_includes([known[one] for one in wanted if one in known], query)
        errors = [self._missing(one, "ids") for one in wanted if one not in known]
        return answer | ({"errors": errors} if errors else {})

    def _by_id(self) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for tweet in self.timeline.tweets:
            if isinstance(tweet.data, dict) and "author_id" in tweet.data:
                known |= tweet.earlier | {tweet.data["id"]: tweet.data}
        return known

    def _missing(self, number: str, parameter: str) -> dict[str, str]:
        kind = self.timeline.gone.get(number, "resource-not-found")
        title = "Authorization Error" if kind.startswith("not-auth") else "Not Found Error"
        return {"resource_id": number, "resource_type": "tweet", "parameter": parameter,
                "value": number, "title": title, "type": PROBLEMS + kind,
                "detail": f"Could not find tweet with {parameter}: [{number}]."}  # fmt: skip

    def _with_includes(self, data: list[Any], query: Any) -> dict[str, Any]:
        fields = _chosen(query, "tweet.fields") | _chosen(query, "post.fields") | ALWAYS
        expansions = _chosen(query, "expansions")
        fields |= {name.partition(".")[0].replace("posts", "tweets") for name in expansions}
        known, errors, quoted = self._by_id(), [], {}
        whole = [tweet for tweet in data if isinstance(tweet, dict)]
        if expansions & {"referenced_tweets.id", "referenced_posts.id"}:
            for reference in [one for tweet in whole for one in tweet.get("referenced_tweets", [])]:
                if reference["id"] in known:
                    quoted[reference["id"]] = known[reference["id"]]
                else:
                    errors.append(self._missing(reference["id"], "referenced_tweets.id"))
        authors = (
            {tweet.get("author_id") for tweet in whole} if "author_id" in expansions else set()
        )
        if expansions & {"referenced_tweets.id.author_id", "referenced_posts.id.author_id"}:
            authors |= {tweet["author_id"] for tweet in quoted.values()}
        includes: dict[str, Any] = {}
        if users := [_only(user, _chosen(query, "user.fields") | {"id", "name", "username"})
                     for user in self.timeline.users.values() if user["id"] in authors]:  # fmt: skip
            includes["users"] = users
        if quoted:
            includes["tweets"] = [_only(tweet, fields) for tweet in quoted.values()]
        answer: dict[str, Any] = {"data": [_only(tweet, fields) for tweet in data]} if data else {}
        answer |= {"includes": includes} if includes else {}
        answer |= {"errors": errors} if errors else {}
        return _in_new_words(answer) if "post.fields" in query else answer

    def _json(self, status: int, body: Any, limited_for: float | None = None) -> Answer:
        left = 0 if limited_for is not None else max(LIMIT - len(self.requests), 1)
        reset = int(clock.now().timestamp() + (900 if limited_for is None else limited_for))
        headers = {
            "x-rate-limit-limit": str(LIMIT),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(reset),
        }
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


class _BadParameter(Exception):
    def __init__(self, name: str, value: str, why: str) -> None:
        super().__init__(f"Invalid '{name}': {why}")
        self.name, self.value = name, value


def _invalid(bad: _BadParameter) -> dict[str, Any]:
    return {
        "errors": [{"message": str(bad), "parameters": {bad.name: [bad.value]}}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }


def _number(query: Any, name: str, default: int, low: int = 0, high: int = 1 << 63) -> int:
    written = query.get(name)
    if written is None:
        return default
    if not written.isdigit() or not low <= int(written) <= high:
        raise _BadParameter(name, written, f"must be a number from {low} to {high}")
    return int(written)


def _moment(query: Any, name: str) -> datetime | None:
    if name not in query:
        return None
    try:
        return clock.parse(query[name])
    except ValueError as error:
        raise _BadParameter(name, query[name], "must be RFC 3339") from error


def _token(offset: int) -> str:
    return base64.b32encode(f"page:{offset}".encode()).decode().strip("=").lower()


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        padded = token.upper() + "=" * (-len(token) % 8)
        return int(base64.b32decode(padded).decode().removeprefix("page:"))
    except (ValueError, binascii.Error) as error:
        raise _BadParameter("next_token", token, "is not a token that was given out") from error


def _chosen(query: Any, name: str) -> set[str]:
    new_to_old = {new: old for old, new in NEW_WORDS.items()}
    return {new_to_old.get(one, one) for one in query.get(name, "").split(",") if one}


def _only(thing: Any, fields: set[str]) -> Any:
    if not isinstance(thing, dict):
        return thing
    return {name: value for name, value in thing.items() if name in fields}


def _in_new_words(thing: Any) -> Any:
    if isinstance(thing, list):
        return [_in_new_words(one) for one in thing]
    if isinstance(thing, dict):
        return {NEW_WORDS.get(name, name): _in_new_words(value) for name, value in thing.items()}
    return thing
