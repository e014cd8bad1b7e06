from __future__ import annotations

import html
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import tweepy

from demo import TERMS, World
from tests.demo.conftest import AT

SELECTED = {
    "tweet_fields": "author_id,conversation_id,created_at,edit_controls,edit_history_tweet_ids,"
    "entities,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets",
    "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id",
    "user_fields": "id,name,username,description,public_metrics,created_at",
    "max_results": 100,
}
EVERYTHING = "@HealthierNWL OR " + " OR ".join(f'"{t}"' for t in TERMS if t[0] != "@")


class RewriteHost(requests.adapters.HTTPAdapter):
    """Aims tweepy, whose host is fixed, at the stand-in."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = request.url.replace("https://api.twitter.com", self.base_url, 1)
        kwargs["timeout"] = 10
        return super().send(request, *args, **kwargs)


def client(world: World, token: str | None = None) -> Any:
    made = tweepy.Client(bearer_token=token or world.x_bearer, return_type=dict)
    made.session.mount("https://api.twitter.com", RewriteHost(world.x_url))
    return made


def pages(world: World, query: str = EVERYTHING, **more: Any) -> list[dict[str, Any]]:
    asking, found, token = client(world), [], None
    while True:
        page = asking.search_recent_tweets(query, next_token=token, **SELECTED | more)
        found.append(page)
        token = page["meta"].get("next_token")
        if token is None:
            return found


def posts(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    whole = [tweet for page in found for tweet in page.get("data", []) if isinstance(tweet, dict)]
    return {tweet["id"]: tweet for tweet in whole if tweet.get("author_id")}


def test_every_post_is_found_over_several_pages_with_its_author(world: World) -> None:
    found = pages(world)
    assert len(found) == 5
    assert len(posts(found)) == 112
    handles = {user["id"]: user for page in found for user in page["includes"]["users"]}
    for tweet in posts(found).values():
        assert handles[tweet["author_id"]]["public_metrics"]["followers_count"] >= 0
        assert AT - timedelta(days=6) < tweepy_time(tweet) < AT - timedelta(minutes=9)


def tweepy_time(tweet: dict[str, Any]) -> Any:
    return tweepy.utils.parse_datetime(tweet["created_at"]).replace(tzinfo=AT.tzinfo)


def test_newest_comes_first_and_ids_sort_as_times_do(world: World) -> None:
    ids = [int(number) for number in posts(pages(world))]
    times = [tweepy_time(tweet) for tweet in posts(pages(world)).values()]
    assert ids == sorted(ids, reverse=True)
    assert times == sorted(times, reverse=True)


def test_one_post_stands_on_two_pages(world: World) -> None:
    first, second = pages(world)[:2]
    assert first["data"][-1]["id"] == second["data"][0]["id"]


def test_the_malformed_are_among_them(world: World) -> None:
    odd = [tweet for page in pages(world) for tweet in page["data"]
           if not isinstance(tweet, dict) or not tweet.get("author_id")]  # fmt: skip
    assert "not an object" in odd
    assert any(isinstance(tweet, dict) and "id" not in tweet for tweet in odd)
    assert any(isinstance(tweet, dict) and tweet.get("text", "") is None for tweet in odd)


def test_nothing_found_has_no_data_key(world: World) -> None:
    assert client(world).search_recent_tweets("zebra") == {"meta": {"result_count": 0}}


def test_without_selectors_only_the_defaults_come_back(world: World) -> None:
    page = client(world).search_recent_tweets("heron")
    assert page["data"][0].keys() == {"id", "text", "edit_history_tweet_ids"}


def test_start_time_and_since_id_narrow_the_search(world: World) -> None:
    everything = list(posts(pages(world)))
    recent = posts(pages(world, start_time=AT - timedelta(hours=12)))
    assert 0 < len(recent) < len(everything)
    after = everything[10]
    assert list(posts(pages(world, since_id=after))) == everything[:10]


@pytest.mark.parametrize(
    "bad",
    [
        {"query": "(icb"},
        {"query": "x" * 513},
        {"start_time": AT - timedelta(days=8)},
        {"start_time": AT - timedelta(days=7)},  # the request is later than 'now' was
        {"end_time": AT},
        {"since_id": "1990000000000000000"},
        {"max_results": 500},
        {"next_token": "invented"},
    ],
)
def test_what_the_platform_refuses_is_refused(world: World, bad: dict[str, Any]) -> None:
    with pytest.raises(tweepy.BadRequest) as refused:
        client(world).search_recent_tweets(**{"query": "icb"} | bad)
    assert refused.value.api_messages


def test_links_are_shortened_and_signs_escaped(world: World) -> None:
    tweet = next(iter(posts(pages(world, '"seven common conditions"')).values()))
    assert "&amp;" in tweet["text"]
    assert "example.org" not in tweet["text"]
    link = tweet["entities"]["urls"][0]
    assert link["url"] in tweet["text"]
    assert link["expanded_url"] == "https://nwlondonicb.example.org/pharmacy-first"


def test_a_long_post_is_cut_and_whole_in_its_note(world: World) -> None:
    tweet = next(iter(posts(pages(world, '"Long read"')).values()))
    assert len(html.unescape(tweet["text"])) <= 280
    assert tweet["note_tweet"]["text"].endswith("chair reading one out.")


def test_a_quoted_post_comes_along_and_a_missing_one_is_an_error(world: World) -> None:
    found = pages(world)
    quoting = next(tweet for tweet in posts(found).values()
                   if tweet["text"].startswith("This. Every word"))  # fmt: skip
    assert quoting["referenced_tweets"][0]["type"] == "quoted"
    included = {tweet["id"] for page in found for tweet in page["includes"].get("tweets", [])}
    assert quoting["referenced_tweets"][0]["id"] in included
    kinds = {error["type"].rpartition("/")[2] for page in found for error in page.get("errors", [])}
    assert kinds == {"resource-not-found", "not-authorized-for-resource"}


def test_reposts_can_be_left_out(world: World) -> None:
    with_them = posts(pages(world, '"NHS NW London"'))
    without = posts(pages(world, '"NHS NW London" -is:retweet'))
    assert {t["text"][:4] for n, t in with_them.items() if n not in without} == {"RT @"}


def test_an_edit_is_a_new_id_with_the_old_one_in_its_history(world: World) -> None:
    before = next(iter(posts(pages(world, '"IS open sundays"')).values()))
    world.change()
    after = next(iter(posts(pages(world, '"IS open sundays"')).values()))
    assert after["id"] != before["id"]
    assert after["edit_history_tweet_ids"] == [before["id"], after["id"]]
    assert after["text"] != before["text"]
    both = client(world).get_tweets([before["id"], after["id"]], **lookup_fields())
    assert [tweet["text"] for tweet in both["data"]] == [before["text"], after["text"]]


def lookup_fields() -> dict[str, Any]:
    return {name: value for name, value in SELECTED.items() if name != "max_results"}


def test_a_deleted_post_is_gone_from_search_and_an_error_in_lookup(world: World) -> None:
    before = posts(pages(world))
    world.change()
    after = posts(pages(world))
    gone = [number for number in before if number not in after]
    still = next(iter(posts(pages(world, "heron"))))
    answer = client(world).get_tweets([*gone, still])
    edited_away = {tweet["id"] for tweet in answer["data"]} - {still}
    assert len(edited_away) == 1
    assert {error["value"] for error in answer["errors"]} == set(gone) - edited_away
    assert len(answer["errors"]) == 2


def test_a_wrong_token_is_unauthorized(world: World) -> None:
    with pytest.raises(tweepy.Unauthorized):
        client(world, token="expired").search_recent_tweets("icb")


def test_a_rate_limit_says_when_it_is_over(world: World) -> None:
    world.faults.add("x", "429", seconds=1)
    with pytest.raises(tweepy.TooManyRequests) as limited:
        client(world).search_recent_tweets("icb")
    assert limited.value.reset_time is not None
    assert limited.value.response.headers["x-rate-limit-remaining"] == "0"
    assert client(world).search_recent_tweets("icb")["data"]


def test_a_page_token_can_be_made_to_repeat(world: World) -> None:
    world.faults.add("x", "repeat_token", after=1, times=None)
    first = client(world).search_recent_tweets(EVERYTHING)
    token = first["meta"]["next_token"]
    second = client(world).search_recent_tweets(EVERYTHING, next_token=token)
    assert second["meta"]["next_token"] == token


def test_credit_that_is_gone_is_told_in_its_own_words(world: World) -> None:
    world.faults.add("x", "402")
    with pytest.raises(tweepy.HTTPException) as refused:
        client(world).search_recent_tweets("icb")
    assert refused.value.response.json()["title"] == "CreditsDepleted"


def test_who_asks_for_posts_is_answered_in_the_new_words(world: World) -> None:
    answer = requests.get(
        f"{world.x_url}/2/tweets/search/recent",
        params={"query": '"Every word"', "post.fields": "id,text,public_metrics",
                "expansions": "author_id,referenced_posts.id"},
        headers={"Authorization": f"Bearer {world.x_bearer}"}, timeout=10,
    ).json()  # fmt: skip
    post = answer["data"][0]
    assert post["referenced_posts"][0]["id"] == answer["includes"]["posts"][0]["id"]
    assert "repost_count" in post["public_metrics"]
    assert "author_id" in post


def ask(world: World, path: str, token: str = "", **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or world.x_bearer}"}
    return requests.get(f"{world.x_url}{path}", params=params, headers=headers, timeout=10)


def user_token(world: World) -> str:
    return world.x.consent.token()


def listed(world: World, path: str, token: str = "", **params: Any) -> list[dict[str, Any]]:
    """The posts of every page."""
    found: list[dict[str, Any]] = []
    following: dict[str, str] = {}
    while True:
        page = ask(world, path, token, **params, **following).json()
        found += page.get("data", [])
        if "next_token" not in page["meta"]:
            return found
        following = {"pagination_token": page["meta"]["next_token"]}


def hide(world: World, number: str, hidden: object, token: str) -> requests.Response:
    return requests.put(
        f"{world.x_url}/2/tweets/{number}/hidden", json={"hidden": hidden}, timeout=10,
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip


def kind(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def test_mentions_are_those_that_name_the_account_and_reach_past_seven_days(world: World) -> None:
    path = f"/2/users/{world.x.user_id}/mentions"
    found = listed(world, path, max_results=5)
    assert len(found) > 10
    assert all("@healthiernwl" in one["text"].casefold() for one in found)
    assert ask(world, path, max_results=4).status_code == 400
    ids = [one["id"] for one in found]
    assert [one["id"] for one in listed(world, path, since_id=ids[5])] == ids[:5]
    assert [one["id"] for one in listed(world, path, until_id=ids[5])] == ids[6:]
    old = ask(world, path, since_id="1990000000000000000")
    assert old.ok  # only search refuses it
    nobody = ask(world, "/2/users/5/mentions").json()
    assert nobody["errors"][0]["type"].endswith("resource-not-found")


def test_quotes_of_a_post_are_listed(world: World) -> None:
    quoted = world.x.timeline.ids["viral-muppets"]
    found = listed(world, f"/2/tweets/{quoted}/quote_tweets", max_results=10)
    assert [one["text"][:5] for one in found] == ["This."]
    unquoted = ask(world, f"/2/tweets/{world.x.timeline.ids['batteries']}/quote_tweets").json()
    assert unquoted == {"meta": {"result_count": 0}}
    assert "errors" in ask(world, "/2/tweets/5/quote_tweets").json()


def test_users_are_found_by_name_and_the_missing_are_errors(world: World) -> None:
    names = "HealthierNWL,healthiernvvl,nobody_here"
    answer = ask(world, "/2/users/by", usernames=names, **{"user.fields": "description,profile_image_url"}).json()  # fmt: skip
    assert [one["username"] for one in answer["data"]] == ["HealthierNWL", "HealthierNVVL"]
    assert "24/7" in answer["data"][1]["description"]
    picture = requests.get(answer["data"][1]["profile_image_url"], timeout=10)
    assert picture.content.startswith(b"\x89PNG")
    assert [one["value"] for one in answer["errors"]] == ["nobody_here"]
    ids = ",".join(one["id"] for one in answer["data"])
    assert ask(world, "/2/users", ids=ids).json()["data"][0].keys() == {"id", "name", "username"}
    assert (
        ask(world, "/2/users/by", usernames=",".join("abc" for _ in range(101))).status_code == 400
    )


def test_a_reply_to_our_own_post_can_be_hidden_and_shown_by_our_own_account(world: World) -> None:
    token = user_token(world)
    ids = world.x.timeline.ids
    reply = next(one["id"] for one in listed(world, f"/2/users/{world.x.user_id}/mentions",
                 **{"tweet.fields": "conversation_id"})
                 if one["conversation_id"] == ids["pharmacy-first"])  # fmt: skip
    assert hide(world, reply, True, token).json() == {"data": {"hidden": True}}
    assert world.x.hidden == {reply}
    assert hide(world, reply, False, token).json() == {"data": {"hidden": False}}
    assert world.x.hidden == set()
    assert kind(hide(world, reply, True, world.x_bearer)) == (403, "unsupported-authentication")
    assert hide(world, reply, "yes", token).status_code == 400
    assert kind(hide(world, "5", True, token)) == (404, "resource-not-found")
    for elsewhere in (ids["batteries"], ids["pharmacy-first"]):
        assert hide(world, elsewhere, True, token).json()["title"] == "Forbidden"


def test_reads_are_charged_once_and_our_own_mentions_by_our_own_token_cost_less(
    world: World,
) -> None:
    path, bill = f"/2/users/{world.x.user_id}/mentions", world.x.bill
    listed(world, path, user_token(world))
    owned = bill.spent
    assert bill.posts > 10
    assert owned == pytest.approx(bill.posts * 0.001)
    listed(world, path)  # the same posts by the app's token: charged already
    assert bill.spent == owned
    ask(world, "/2/tweets/search/recent", query="heron", expansions="author_id")
    assert bill.spent == pytest.approx(owned + 0.005 + 0.010)
    usage = ask(world, "/2/usage/tweets").json()["data"]
    assert usage["project_usage"] == str(bill.posts)
    assert kind(ask(world, "/2/usage/tweets", user_token(world)))[0] == 403


def test_credit_and_the_months_cap_come_to_an_end(world: World) -> None:
    path = f"/2/users/{world.x.user_id}/mentions"
    world.x.bill.cap = 5
    assert ask(world, path, max_results=5).ok
    assert kind(ask(world, path)) == (403, "usage-capped")
    assert kind(ask(world, "/2/tweets/search/recent", query="icb")) == (429, "usage-capped")
    assert ask(world, "/2/usage/tweets").ok
    world.x.bill.credit = 0.01
    assert kind(ask(world, path)) == (402, "credits")


def test_quotes_have_a_smaller_allowance(world: World) -> None:
    path = f"/2/tweets/{world.x.timeline.ids['batteries']}/quote_tweets"
    answers = [ask(world, path) for _ in range(76)]
    assert [answer.headers["x-rate-limit-remaining"] for answer in answers[:2]] == ["74", "73"]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["title"] == "Too Many Requests"
    assert ask(world, path).json() == {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
    assert ask(world, "/2/tweets/search/recent", query="icb").ok


def test_a_users_token_ends_and_the_apps_does_not(world: World) -> None:
    token, path = user_token(world), f"/2/users/{world.x.user_id}/mentions"
    world.faults.add("x", "expire", path="/2/users")
    assert [ask(world, path, token).status_code for _ in range(2)] == [401, 401]
    assert ask(world, path).ok


def test_a_refresh_token_is_given_where_offline_access_was_asked_for(world: World) -> None:
    for scope, lasting in (("tweet.read", False), ("tweet.read offline.access", True)):
        back = requests.get(
            f"{world.x_url}/i/oauth2/authorize", timeout=10, allow_redirects=False,
            params={"client_id": world.x.consent.client_id, "response_type": "code", "scope": scope,
                    "redirect_uri": "http://127.0.0.1:1/back", "state": "s"},
        ).headers["location"]  # fmt: skip
        code = parse_qs(urlsplit(back).query)["code"][0]
        given = requests.post(
            f"{world.x_url}/2/oauth2/token", timeout=10,
            auth=(world.x.consent.client_id, world.x.consent.client_secret),
            data={"grant_type": "authorization_code", "code": code,
                  "redirect_uri": "http://127.0.0.1:1/back"},
        ).json()  # fmt: skip
        assert ("refresh_token" in given) is lasting
        assert ask(world, f"/2/users/{world.x.user_id}/mentions", given["access_token"]).ok


def test_a_picture_comes_with_the_post_that_has_one(world: World) -> None:
    answer = ask(world, "/2/tweets/search/recent", query="from:e_ling_",
                 expansions="attachments.media_keys", **{"media.fields": "url"}).json()  # fmt: skip
    (media,) = answer["includes"]["media"]
    assert requests.get(media["url"], timeout=10).content.startswith(b"\x89PNG")


def test_a_field_that_does_not_exist_is_refused(world: World) -> None:
    for name in ("tweet.fields", "post.fields", "user.fields"):
        answer = ask(world, "/2/tweets/search/recent", query="icb", **{name: "id,shoe_size"})
        assert kind(answer) == (400, "invalid-request")


def test_problems_name_the_new_host_to_who_asks_in_new_words(world: World) -> None:
    asked = {"ids": "5", "post.fields": "id"}
    assert (
        ask(world, "/2/tweets", **asked)
        .json()["errors"][0]["type"]
        .startswith("https://api.x.com/")
    )


def test_a_later_day_adds_a_reply(world: World) -> None:
    path = f"/2/users/{world.x.user_id}/mentions"
    before = listed(world, path)
    world.change()
    assert len(listed(world, path, since_id=before[0]["id"])) == 1
