"""X on loopback: search, an account's mentions, quotes, lookups by id or name, hiding replies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from core import clock
from demo.pictures import picture
from demo.platforms.x_data import Timeline, Tweet, add, answer, edit, metrics, timeline
from demo.posts_loader import APPROVAL, POSTS, TERMS, load
from demo.query import matcher
from demo.servers.http import REASONS, Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

BEARER, US = "demo-x-bearer", "HealthierNWL"
SEARCH = "/2/tweets/search/recent"
AUTHORIZE, TOKEN = "/i/oauth2/authorize", "/2/oauth2/token"
PERIOD = 900  # seconds in which so many may be asked
PROBLEMS = "https://api.twitter.com/2/problems/"
_PROBLEMS = {402: "credits", 403: "client-forbidden", 404: "resource-not-found"}
Query = Mapping[str, str]


class XStandIn(StandIn):
    """`hidden` are ids of replies, `answers` the words of what our account published, by id. Posts that neither name nor
    quote us take an answer where `self_serve` is false, as on X's larger plans."""

    name: ClassVar[str] = "x"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.timeline = timeline(at, self.url, folder)
        self.consent = Consent("x")
        self.access_token = self.consent.token()  # as if our own account had agreed before
        self.hidden: set[str] = set()
        self.answers: dict[str, str] = {}
        self.self_serve = True
        self._begun = time.monotonic()
        self._tokens_ended = 0  # of those that the consent gave, the first so many

    @property
    def user_id(self) -> str:
        """Our own account's."""
        return str(self.timeline.users[US]["id"])

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url, "bearer_token": secret("x-token", BEARER), "approval": APPROVAL,
                "terms": list(TERMS), "user_id": self.user_id, "pictures": True,
                "reply": True, "access_token": secret("x-access-token", self.access_token),
                "client_id": secret("x-client", self.consent.client_id),
                "client_secret": secret("x-client-secret", self.consent.client_secret),
                "authorize_url": self.url + AUTHORIZE, "token_url": self.url + TOKEN}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path.startswith(("/media/", "/profile_images/")):
            seed = request.path.rpartition("/")[2].removesuffix(".png")
            return Answer(body=picture(seed), type="image/png")
        if request.path == AUTHORIZE:
            return self.consent.authorize(request)
        if request.path == TOKEN:
            return self._grant(request)
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        ours = sent in self.consent.given[self._tokens_ended :]
        if sent != BEARER and not ours:
            return self.refusal(401, 0)
        return self._route(request, ours)

    def refusal(self, status: int, seconds: float) -> Answer:
        if status >= 500:
            page = b"<html><body>Over capacity</body></html>"
            return Answer(status=status, body=page, type="text/html")
        if status in _PROBLEMS:
            kind = _PROBLEMS[status]
            return self._json(status, {"title": kind, "detail": kind, "type": PROBLEMS + kind})
        words = REASONS.get(status, "Error")
        body = {"title": words, "detail": words, "type": "about:blank", "status": status}
        return self._json(status, body, seconds if status == 429 else PERIOD)

    def expired(self) -> Answer:
        """Ends every user's token that was given so far; the app's own has no end."""
        self._tokens_ended = len(self.consent.given)
        return self.refusal(401, 0)

    def go_on(self, at: datetime) -> None:
        self.at, self._begun = at, time.monotonic()

    def change(self) -> None:
        """A later day: what x.json's "later" says is edited, deleted or grown."""
        for step in load("x", self.folder)["later"]:
            if "edit" in step:
                edit(self.timeline.tweet(step["edit"]), step["text"], self.at, step["ago"])
            elif "delete" in step:
                tweet = self.timeline.tweet(step["delete"])
                self.timeline.tweets.remove(tweet)
                self.timeline.gone[tweet.data["id"]] = "resource-not-found"
            elif "add" in step:
                add(self.timeline, step["add"], self.at)
            else:
                tweet = self.timeline.tweet(step["metrics_of"])
                tweet.data["public_metrics"] = metrics(*step["metrics"])
        self.timeline.tweets.sort(key=lambda tweet: -tweet.number)

    def _grant(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as refused:
            body = {"error": refused.error, "error_description": refused.description}
            return self._json(400, body)
        lasting = "offline.access" in granted.scope.split()
        more = {"refresh_token": granted.refresh_token} if lasting else {}
        return self._json(200, {"token_type": "bearer", "expires_in": 7200, "scope": granted.scope,
                                "access_token": granted.access_token} | more)  # fmt: skip

    def _route(self, request: Request, ours: bool) -> Answer:
        now = self.at + timedelta(seconds=time.monotonic() - self._begun)  # time goes on
        query, steps = request.query, request.path.strip("/").split("/")[1:]
        match request.method, steps:
            case "PUT", ["tweets", number, "hidden"] if ours:
                return self._hide(number, request)
            case "POST", ["tweets"] if ours:
                return self._publish(json.loads(request.body))
            case "GET", ["usage", "tweets"] if not ours:
                usage = {"project_id": "1", "project_cap": "2000000", "project_usage": "0"}
                return self._json(200, {"data": usage})
            case "GET", ["users", "me"] if ours:
                return self._json(200, {"data": {"id": "1", "name": "NHS", "username": "nhs"}})
            case "GET", ["tweets", "search", "recent"]:
                return self._json(200, search(self.timeline, request, now))
            case "GET", ["users", number, "mentions"]:
                return self._json(200, mentions(self.timeline, number, request))
            case "GET", ["tweets", number, "quote_tweets"]:
                return self._json(200, quotes(self.timeline, number, request))
            case "GET", ["tweets"]:
                return self._json(200, lookup(self.timeline, query))
            case "GET", ["users"]:
                return self._json(200, people(self.timeline, query, "ids", "id"))
            case "GET", ["users", "by"]:
                return self._json(200, people(self.timeline, query, "usernames", "username"))
        return self.refusal(404, 0)

    def _hide(self, number: str, request: Request) -> Answer:
        """Only a reply in a conversation that our account began; what is hidden can be shown again."""
        wanted, known = json.loads(request.body)["hidden"], self.timeline.by_id()
        if number not in known:
            return self.refusal(404, 0)
        began = known.get(known[number]["conversation_id"], {}).get("author_id")
        if began != self.user_id:
            return self._forbidden("You are not permitted to hide this reply.")
        self.hidden = self.hidden | {number} if wanted else self.hidden - {number}
        return self._json(200, {"data": {"hidden": wanted}})

    def _publish(self, body: Mapping[str, Any]) -> Answer:
        """An answer, as X's rules of February 2026 let an app give one; the same words but once."""
        text, known = str(body["text"]), self.timeline.by_id()
        parent = known.get(body["reply"]["in_reply_to_tweet_id"])
        if parent is None:
            return self._forbidden(
                "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        if text in self.answers.values():
            return self._forbidden("You are not allowed to create a Tweet with duplicate content.")
        quoted = [
            known.get(part["id"], {})
            for part in parent.get("referenced_tweets", [])
            if part["type"] == "quoted"
        ]
        names = US.casefold() in parent["text"].casefold() or any(
            post.get("author_id") == self.user_id for post in quoted
        )
        if self.self_serve and not names:
            return self._forbidden(
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
                "engaged by the author of the post you are replying to."
            )
        number = answer(self.timeline, US, text, parent["id"], self.at)
        self.answers[number] = text
        data = {"id": number, "text": text, "edit_history_tweet_ids": [number]}
        return self._json(201, {"data": data})

    def _forbidden(self, detail: str) -> Answer:
        body = {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": 403}
        return self._json(403, body)

    def _json(self, status: int, body: Any, opens_in: float = PERIOD) -> Answer:
        headers = {"x-rate-limit-reset": str(int(clock.now().timestamp() + opens_in))}
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


# ── What can be read of X: search, an account's mentions, quotes of a post, posts and users by id or name.

PAGE = 25  # fewer than `max_results` may ask for, as X sometimes gives; so that there are pages
WINDOW = timedelta(days=7)
ALWAYS = {"id", "text", "edit_history_tweet_ids"}


def search(timeline: Timeline, request: Request, now: datetime) -> dict[str, Any]:
    """One page of recent search, which knows of seven days."""
    matches = matcher(request.query["query"])
    recent = [tweet for tweet in timeline.tweets if tweet.posted >= now - WINDOW]
    tweets = [tweet for tweet in _between(recent, request.query) if matches(tweet.seen_by_search)]
    return _page(timeline, tweets, request, repeats=True)


def mentions(timeline: Timeline, user: str, request: Request) -> dict[str, Any]:
    """One page of the posts that name an account."""
    accounts = timeline.users.values()
    names = {account["username"].casefold() for account in accounts if account["id"] == user}
    if not names:
        return {"errors": [missing("user", user, "id", "resource-not-found")]}
    tweets = [tweet for tweet in timeline.tweets if names & tweet.names]
    return _page(timeline, _between(tweets, request.query), request)


def quotes(timeline: Timeline, post: str, request: Request) -> dict[str, Any]:
    """One page of the posts that quote one."""
    if post not in timeline.by_id():
        return {"errors": [missing("tweet", post, "id", timeline.why_gone(post))]}
    quoted = {"type": "quoted", "id": post}
    return _page(
        timeline, [tweet for tweet in timeline.tweets if quoted in tweet.references], request
    )


def lookup(timeline: Timeline, query: Query) -> dict[str, Any]:
    """Posts by id; those that are gone stand in `errors`."""
    wanted, known = query["ids"].split(","), timeline.by_id()
    answer = posts(timeline, [known[tweet_id] for tweet_id in wanted if tweet_id in known], query)
    gone = [tweet_id for tweet_id in wanted if tweet_id not in known]
    errors = [missing("tweet", tweet_id, "ids", timeline.why_gone(tweet_id)) for tweet_id in gone]
    errors += answer.get("errors", [])
    return answer | ({"errors": errors} if errors else {})


def people(timeline: Timeline, query: Query, parameter: str, field: str) -> dict[str, Any]:
    """Users by `ids` or `usernames`; those that aren't there stand in `errors`."""
    wanted = query[parameter].split(",")
    ids = {user[field].casefold(): user["id"] for user in timeline.users.values()}
    known = users(timeline, [ids[w.casefold()] for w in wanted if w.casefold() in ids], query)
    errors = [
        missing("user", identifier, parameter, "resource-not-found")
        for identifier in wanted if identifier.casefold() not in ids
    ]  # fmt: skip
    return ({"data": known} if known else {}) | ({"errors": errors} if errors else {})


def _between(tweets: Sequence[Tweet], query: Query) -> list[Tweet]:
    """By `start_time` (unless there is a `since_id`) and by the ids, which are exclusive."""
    start = (
        clock.parse(query["start_time"])
        if {"start_time"} == query.keys() & {"start_time", "since_id"}
        else None
    )
    after, before = int(query.get("since_id", 0)), int(query.get("until_id", 1 << 63))
    return [
        tweet
        for tweet in tweets
        if (start is None or start <= tweet.posted) and after < tweet.number < before
    ]


def _page(
    timeline: Timeline, tweets: Sequence[Tweet], request: Request, *, repeats: bool = False
) -> dict[str, Any]:
    query = request.query
    size = min(int(query.get("max_results", "10")), PAGE)
    sent = query.get("next_token") or query.get("pagination_token")
    start = int(sent.removeprefix("page")) if sent else 0
    page = list(tweets[start : start + size])
    if repeats and start == size and page:
        page = [tweets[start - 1], *page]  # while somebody posts, a page repeats the last one's end
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return {"meta": meta}
    numbers = [tweet.number for tweet in page]
    meta |= {"newest_id": str(max(numbers)), "oldest_id": str(min(numbers))}
    if start + size < len(tweets):
        meta["next_token"] = f"page{start + size}"
    if request.fault == "repeat_token":
        meta["next_token"] = sent or "page0"
    return posts(timeline, [tweet.data for tweet in page], query) | {"meta": meta}


def missing(kind: str, value: str, parameter: str, problem: str) -> dict[str, str]:
    """The error that stands beside the data for a post or user that can't be shown."""
    title = "Authorization Error" if problem.startswith("not-auth") else "Not Found Error"
    return {"resource_id": value, "resource_type": kind, "parameter": parameter, "value": value,
            "title": title, "type": PROBLEMS + problem,
            "detail": f"Could not find {kind} with {parameter}: [{value}]."}  # fmt: skip


def posts(timeline: Timeline, data: list[Any], query: Query) -> dict[str, Any]:
    """Posts with the fields that were asked for, and what `expansions` brings along."""
    expansions = _chosen(query, "expansions")
    fields = _chosen(query, "tweet.fields") | ALWAYS
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


def _quoted(
    timeline: Timeline, whole: list[Any], expansions: set[str]
) -> tuple[list[Any], list[dict[str, str]]]:
    if "referenced_tweets.id" not in expansions:
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
    if "referenced_tweets.id.author_id" in expansions:
        authors += [tweet["author_id"] for tweet in quoted]
    if "in_reply_to_user_id" in expansions:
        authors += [tweet.get("in_reply_to_user_id") for tweet in whole]
    return list(dict.fromkeys(author for author in authors if author))


def _media(timeline: Timeline, whole: list[Any], query: Query) -> list[Any]:
    fields = _chosen(query, "media.fields") | {"media_key", "type"}
    keys = [key for tweet in whole for key in tweet.get("attachments", {}).get("media_keys", [])]
    shown = []
    for key in keys:
        photo = {"media_key": key, "type": "photo", "url": f"{timeline.url}/media/{key}.png"}
        alt = timeline.authored[key.partition("_")[2]].get("alt")
        shown.append(photo | ({"alt_text": alt} if alt else {}))
    return [_only(media, fields) for media in shown]


def _chosen(query: Query, name: str) -> set[str]:
    return set(query.get(name, "").split(","))


def _only(thing: Any, fields: set[str]) -> Any:
    if not isinstance(thing, dict):
        return thing
    return {name: value for name, value in thing.items() if name in fields}
