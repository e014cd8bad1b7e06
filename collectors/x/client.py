"""Asking X through tweepy: what requests say, what X's refusals mean, and the shapes of its answers."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import requests
import tweepy

from collectors.base import Http, Passing, SkippedItem, moment
from collectors.http import client as http_client
from core.errors import PlatformRefused, PlatformUnavailable

for chatty in ("tweepy", "urllib3"):  # at DEBUG they write the token and whole addresses
    logging.getLogger(chatty).setLevel(logging.ERROR)

Vocabulary = Literal["tweet", "post"]

_TWEEPYS_HOST = "https://api.twitter.com"
USER_FIELDS = "id,name,username,description,location,url,verified,verified_type,protected,public_metrics,created_at"
_FIELDS = {
    "tweet": {
        "tweet_fields": "id,text,author_id,conversation_id,created_at,edit_controls,"
        "edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,possibly_sensitive,"
        "public_metrics,referenced_tweets,reply_settings,withheld",
        "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id",
    },
    "post": {  # relations are asked for by expansions alone
        "post.fields": "id,text,conversation_id,created_at,edit_controls,edit_history_post_ids,"
        "entities,lang,note_post,possibly_sensitive,public_metrics,reply_settings,withheld",
        "expansions": "author_id,in_reply_to_user_id,referenced_posts.id,referenced_posts.id.author_id",
    },
}
_GONE = {
    "resource-not-found": "deleted",
    "not-authorized-for-resource": "private",
    "resource-unavailable": "withheld",
}
_NOT_FOR_US = frozenset(
    ("usage-capped", "client-forbidden", "unsupported-authentication", "credits")
)
_PLAN = "check the plan, and what was approved"
_MENDABLE = frozenset(("start_time", "since_id", "until_id"))


def selectors(
    vocabulary: Vocabulary, *, pictures: bool = False, alone: bool = False
) -> dict[str, Any]:
    """The fields to ask for; `alone` without the posts that a post refers to, which cost more.

    `pictures`: also the addresses and alternative texts of what is attached.
    """
    params: dict[str, Any] = {**_FIELDS[vocabulary], "user_fields": USER_FIELDS}
    if alone:
        params["expansions"] = "author_id"
    if pictures:
        posts = next(key for key in params if key.endswith("fields"))
        params[posts] += ",attachments"
        params["expansions"] += ",attachments.media_keys"
        params["media_fields"] = "media_key,type,url,preview_image_url,alt_text,duration_ms"
    return params


def words_alone(vocabulary: Vocabulary) -> dict[str, Any]:
    """The fields of a post's own words, with nothing that comes along and costs more."""
    if vocabulary == "post":
        return {"post.fields": "id,text,edit_history_post_ids,entities,note_post"}
    return {"tweet_fields": "id,text,edit_history_tweet_ids,entities,note_tweet"}


class BadParameter(PlatformRefused):
    """X refused one bound of a list that can be given otherwise; `answered` is its own clock's moment."""

    def __init__(self, name: str, answered: datetime) -> None:
        super().__init__(f"X refused the {name} (400): set this machine's clock right")
        self.name, self.answered = name, answered


class NotThere(PlatformRefused):
    """What was asked about is deleted, private, withheld or was never there."""


class Asking:
    """One token's way to X. `refused` says what to do where X does not accept the token."""

    def __init__(self, http: Http, base_url: str, token: str, refused: str) -> None:
        self.http, self.refused = http, refused
        self.client = tweepy.Client(
            bearer_token=token, return_type=dict, wait_on_rate_limit=False
        )  # a user's token of OAuth 2 travels as the app's does
        self.client.user_agent = http.user_agent
        http.dressed(self.client.session, instead=_TWEEPYS_HOST, aim=base_url, judge=self.judge)

    def page(self, call: Callable[[], Any]) -> dict[str, Any]:
        """One page of a list. Raises CollectorError, NotThere and BadParameter among them."""
        page = self._ask(call)
        if not isinstance(page, dict) or not isinstance(page.get("meta") or {}, dict):
            raise PlatformUnavailable("X sent a page that is not shaped as it should be")
        if not isinstance(page.get("data"), list | None):
            raise PlatformUnavailable("X sent data that are not a list")
        if page.get("data") is None and page.get("meta") is None:
            kinds = {kind_of(error) for error in errors(page)}
            kinds_text = ", ".join(sorted(kinds)) or "nothing at all"
            if kinds and kinds <= _GONE.keys():
                raise NotThere(f"X has nothing there ({kinds_text}): check `user_id`")
            if kinds & _NOT_FOR_US:
                raise PlatformRefused(f"X does not permit this ({kinds_text}): {_PLAN}")
            raise PlatformUnavailable(
                f"X sent neither data nor an end of the list, but {kinds_text}"
            )
        return page

    def looked_up(self, call: Callable[[], Any]) -> dict[str, Any]:
        """The answer to a lookup of ids or names, in which all may be missing. Raises CollectorError."""
        answer = self._ask(call)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or not isinstance(data or [], list):
            raise PlatformUnavailable("X sent an answer that is not shaped as it should be")
        if not data and not errors(answer):
            raise PlatformUnavailable("X said neither what is there nor what is missing")
        return answer

    def _ask(self, call: Callable[[], Any]) -> Any:
        try:
            return self.http.patiently(call)
        except (tweepy.TweepyException, requests.RequestException, ValueError, TypeError) as error:
            what = type(error).__name__
            raise PlatformUnavailable(f"X: tweepy could not read it ({what})") from None

    def judge(self, response: requests.Response) -> None:
        """X's own meanings of an error status, then the usual ones. Raises ours, before tweepy sees it."""
        status = response.status_code
        if 300 <= status < 400:
            raise PlatformRefused(f"X sends us elsewhere ({status}): check `base_url`")
        if status < 400:
            http_client.read_json(response.content, response.headers, response.url)
            return
        problem = _problem(response)
        kinds = {kind_of(part) for part in (problem, *errors(problem))}
        if "usage-capped" in kinds:
            raise PlatformRefused(
                f"X: the monthly cap of posts is used up ({status}); it opens again with the next month, or "
                "with a larger plan"
            )
        if status == 429:
            wait = http_client.asked_wait(response.headers, reset="x-rate-limit-reset")
            asks = f"; it opens again in {wait:.0f} s" if wait is not None else ""
            raise Passing(f"X: the rate limit is used up (429){asks}", retry_after=wait)
        if status == 400 and (named := _named(problem) & _MENDABLE):
            raise BadParameter(min(named), moment(response.headers.get("Date")))
        if status == 403 and "client-forbidden" in kinds:
            raise PlatformRefused(
                f"X: the plan does not include this call (403, client-forbidden): {_PLAN}"
            )
        if status == 404 and problem:
            raise NotThere("X has nothing there (404): check `user_id` and `base_url`")
        meanings = {
            400: "did not understand a query (400): check `queries` and `longest_query`",
            401: f"does not accept {self.refused}",
            402: "says that the credits are used up (402): top the account up; nothing is asked until then",
            403: f"does not permit this (403): {_PLAN}",
        }  # fmt: skip
        if status in meanings:
            raise PlatformRefused(f"X {meanings[status]}")
        http_client.raise_for_response(response)


def _problem(response: requests.Response) -> Mapping[str, Any]:
    """What an error status came with; empty where that is no object."""
    try:
        problem = http_client.read_json(response.content, response.headers, response.url)
    except (PlatformRefused, PlatformUnavailable):
        return {}
    return problem if isinstance(problem, dict) else {}


def error_words(response: requests.Response) -> str:
    """X's own words and kinds of an error, in lower case: to be looked at and never repeated."""
    problem = _problem(response)
    parts = [
        str(part.get(key) or "")
        for part in (problem, *errors(problem))
        for key in ("title", "detail", "type", "message")
    ]
    return " ".join(parts).lower()


def _named(problem: Mapping[str, Any]) -> set[str]:
    """The parameters that X says are wrong."""
    all_parameters = [error.get("parameters") for error in errors(problem)]
    return {
        name for parameters in all_parameters if isinstance(parameters, dict) for name in parameters
    }


def errors(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What an answer reports beside its data, or in their place."""
    entries = page.get("errors")
    return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []


def kind_of(error: Mapping[str, Any]) -> str:
    """The last part of a problem's type, whichever host names it."""
    kind = str(error.get("type") or "").rstrip("/").rpartition("/")[2]
    return kind if re.fullmatch(r"[a-z-]{3,40}", kind) else "an error"


def why_gone(error: Mapping[str, Any]) -> str:
    """A lookup's word for what is missing as ours; "" where it is no evidence that it is gone."""
    why = _GONE.get(kind_of(error), "")
    suspended = why == "private" and "suspended" in str(error.get("detail") or "").lower()
    return "suspended" if suspended else why


def partial_errors(page: Mapping[str, Any], place: str) -> Iterator[SkippedItem]:
    """Errors beside data, but for a referenced post that is gone, which happens every day."""
    for error in errors(page):
        if not str(error.get("parameter") or "").startswith("referenced_"):
            yield SkippedItem(place, f"X reported {kind_of(error)} beside the data")
