from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS
from collectors.reddit.parse import to_answered, to_mention
from core.context import AnsweredPost, Context, Page
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Author, Mention
from tests.collectors.cases import AT, SECRET, SINCE, client, page, pull, source
from tests.collectors.mutants import mutants

TOKEN = "https://www.reddit.com/api/v1/access_token"
SEARCH = "https://oauth.reddit.com/r/all/search"
NEW = "https://oauth.reddit.com/r/london/new"
COMMENTS = "https://oauth.reddit.com/r/london/comments"
INFO = "https://oauth.reddit.com/api/info"
EMPTY = {"kind": "Listing", "data": {"after": None, "children": []}}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(TOKEN, json=page("reddit/token.json"))
        yield mock


def listings(
    web: responses.RequestsMock, search: Any = EMPTY, new: Any = EMPTY, comments: Any = EMPTY
) -> None:
    answered = page("reddit/answered.json")
    for url, body in ((SEARCH, search), (NEW, new), (COMMENTS, comments), (INFO, answered)):
        web.get(url, json=body)


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    listings(web, page("reddit/search.json"), EMPTY, page("reddit/comments.json"))
    mentions, odds, _, error = pull(source("reddit"))
    assert error is None
    assert [odd.item for odd in odds] == ["search 1 page 1 item 4"]
    return {mention.issued_id: mention for mention in mentions}


def thing(**data: Any) -> dict[str, Any]:
    return {
        "kind": "t3",
        "data": {**page("reddit/search.json")["data"]["children"][0]["data"], **data},
    }


def a_listing(*children: Any, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": after, "children": list(children)}}


def asked(web: responses.RequestsMock, url: str) -> list[dict[str, str]]:
    return [call.request.params for call in web.calls if str(call.request.url).startswith(url)]  # type: ignore[attr-defined]


def test_posts_are_found_by_search_and_comments_by_reading_a_subreddit(
    found: dict[str, Mention],
) -> None:
    assert sorted(found) == [
        "t1_optaaaa",
        "t1_optcccc",
        "t1_optdddd",
        "t3_1aaaaaa",
        "t3_1bbbbbb",
        "t3_1cccccc",
    ]


def test_a_post_has_its_title_and_text(found: dict[str, Mention]) -> None:
    post = found["t3_1aaaaaa"]
    assert post.text == "NHS NW London and GP access\n\nHas anyone & everyone waited?"
    assert post.url == "https://www.reddit.com/r/london/comments/1aaaaaa/gp/"
    assert post.author == Author(id="t2_aaaaaa", handle="ana_example")
    assert (post.kind, post.edited_at, post.metrics) == ("post", None, {"score": 12, "replies": 3})


def test_a_comment_in_a_thread_that_names_us_is_kept(found: dict[str, Mention]) -> None:
    comment = found["t1_optaaaa"]
    assert comment.matched == ("NHS NW London",)
    assert (comment.kind, comment.parent_id, comment.root_id) == (
        "comment",
        "t1_optzzzz",
        "t3_1aaaaaa",
    )
    assert comment.edited_at == datetime.fromtimestamp(1795340400, UTC)
    assert comment.text == "Same here & worse"


def test_a_comment_that_names_nobody_is_not_kept(found: dict[str, Mention]) -> None:
    assert "t1_optbbbb" not in found


def test_what_was_taken_down_has_neither_author_nor_text(found: dict[str, Mention]) -> None:
    for gone in (found["t3_1cccccc"], found["t1_optcccc"]):
        assert gone.deleted
        assert (gone.text, gone.text_raw, gone.author) == ("", "", Author())


def test_a_comment_whose_author_left_keeps_its_text(found: dict[str, Mention]) -> None:
    assert found["t1_optdddd"].text == "NHS NW London rang back"
    assert found["t1_optdddd"].author == Author()
    assert not found["t1_optdddd"].deleted


def test_a_crosspost_has_its_parents_words(found: dict[str, Mention]) -> None:
    crosspost = found["t3_1bbbbbb"]
    assert (crosspost.kind, crosspost.quoted_id) == ("repost", "t3_1zzzzzz")
    assert crosspost.text == "ICB news\n\nThe parent's words"
    assert crosspost.edited_at == crosspost.posted_at, "edited is true: when is not said"
    assert crosspost.matched == ('"NHS NW London" OR "NW London ICB"',), "found by the query alone"


def test_a_crosspost_of_what_was_taken_down_does_not_bring_it_back() -> None:
    parents = [{"selftext": "[removed]", "title": "x"}, {}]
    assert (
        to_mention(
            thing(selftext="", crosspost_parent="t3_1", crosspost_parent_list=parents), AT
        ).text
        == "NHS NW London and GP access"
    )


def test_a_crosspost_of_a_post_whose_title_names_us_is_kept(web: responses.RequestsMock) -> None:
    parent = {"title": "NHS NW London &amp; cuts", "selftext": ""}
    post = thing(title="Look", selftext="", crosspost_parent="t3_1", crosspost_parent_list=[parent])
    listings(web, new=a_listing(post))
    (found,), *_ = pull(source("reddit"))
    assert (found.text, found.matched) == ("Look", ("NHS NW London",))


def test_a_post_of_which_the_title_alone_says_that_it_was_deleted_is_deleted() -> None:
    assert to_mention(thing(title="[deleted by user]", selftext=""), AT).deleted
    assert not to_mention(thing(title="[deleted by user]", selftext="Who was it?"), AT).deleted


def test_a_comment_has_no_count_of_replies_since_its_threads_is_given(
    web: responses.RequestsMock,
) -> None:
    comment = page("reddit/comments.json")["data"]["children"][0]
    listings(web, comments=a_listing({**comment, "data": {**comment["data"], "num_comments": 312}}))
    (found,), *_ = pull(source("reddit"))
    assert "replies" not in found.metrics


def test_what_reddits_editor_wrote_as_entities_is_read_as_it_is_shown() -> None:
    post = thing(selftext="&amp;#x200B;\n\nNobody&nbsp;rang &amp;amp;c")
    mention = to_mention(post, AT)
    assert mention.text == "NHS NW London and GP access\n\nNobody rang &c"
    assert mention.text_raw.endswith("&amp;#x200B;\n\nNobody&nbsp;rang &amp;amp;c")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"@NHS\_NWLondon never rings", "@NHS_NWLondon never rings"),
        (r"NHS NW\-London", "NHS NW-London"),
        ("**NHS** NW London", "NHS NW London"),
        (
            "[NW London ICB](https://example.org/) again",
            "NW London ICB again (https://example.org/)",
        ),
        ("NHS NW&amp;nbsp;London &amp;amp; co", "NHS NW London & co"),
        ("NHS&amp;#x200B; NW London", "NHS NW London"),
    ],
)
def test_no_markdown_hides_a_name_from_the_terms(
    web: responses.RequestsMock, body: str, text: str
) -> None:
    child = page("reddit/comments.json")["data"]["children"][1]
    comment = {**child, "data": {**child["data"], "body": body, "link_title": "Elsewhere"}}
    listings(web, comments=a_listing(comment))
    names = ("NHS NW London", "NW London ICB", "@NHS_NWLondon")
    (mention,), odds, _, _ = pull(source("reddit", names=names))
    assert (mention.text, mention.text_raw, odds) == (text, body, [])
    assert mention.matched


def test_a_title_is_no_markdown() -> None:
    post = thing(title="5 * 3 *is* what_they_said &amp; did", selftext="*So* it is")
    assert to_mention(post, AT).text == "5 * 3 *is* what_they_said & did\n\nSo it is"


def test_a_link_post_has_the_address_that_it_links_to() -> None:
    assert to_mention(
        thing(selftext="", is_self=False, url="https://news.example.org/a"), AT
    ).text.endswith("\n\nhttps://news.example.org/a")


# ── context ──────────────────────────────────────────────────────────────────────────────────────

THREAD = AnsweredPost(
    text="NHS NW London and GP access\n\nHas anyone & everyone waited?", handle="ana_example"
)


def test_a_comment_comes_with_the_comment_and_the_post_that_it_answers(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    parent = AnsweredPost(text="Two weeks & counting", handle="nhs_example")
    assert found["t1_optaaaa"].context.answered == (parent, THREAD)
    assert [one["id"] for one in asked(web, INFO)] == ["t1_optzzzz,t3_2"], (
        "the search told the post"
    )


def test_what_was_taken_down_is_no_context(found: dict[str, Mention]) -> None:
    assert found["t1_optdddd"].context.answered == ()
    assert found["t3_1cccccc"].context == Context()
    gone = thing(selftext="[removed]", removed_by_category="moderator")
    assert to_answered(gone) is None
    assert to_answered({"kind": "t1", "data": {"body": "[deleted]", "author": "[deleted]"}}) is None
    assert to_answered({"kind": "t1", "data": {"body": 5}}) is None


def test_the_subreddit_is_the_page_and_our_own_where_it_is_our_profile() -> None:
    assert to_mention(thing(subreddit="london"), AT).context.page == Page(
        name="r/london", kind="subreddit"
    )
    ours = to_mention(thing(subreddit="u_NHS_Example"), AT, {"nhs_example"}).context.page
    assert ours == Page(owner="organisation", name="r/u_NHS_Example", kind="subreddit")
    assert to_mention(thing(), AT).context.page is None


def test_our_own_comment_above_is_official(web: responses.RequestsMock) -> None:
    listings(web, page("reddit/search.json"), EMPTY, page("reddit/comments.json"))
    built: Any = source("reddit")
    mentions, *_ = pull(dataclasses.replace(built, official=frozenset({"nhs_example"})))
    (comment,) = [mention for mention in mentions if mention.issued_id == "t1_optaaaa"]
    assert [post.official for post in comment.context.answered] == [True, False]


@pytest.mark.parametrize(
    "refusal", [{"status": 503}, {"status": 403, "json": {"reason": "private"}}, {"body": "[]"}]
)
def test_a_failed_look_at_what_is_answered_leaves_the_threads_title_and_is_told_of_once(
    web: responses.RequestsMock, refusal: dict[str, Any]
) -> None:
    listings(web, comments=page("reddit/comments.json"))
    web.remove(responses.GET, INFO)
    web.get(INFO, **refusal)
    mentions, odds, _, error = pull(source("reddit", subreddits=["london", "r/london"]))
    assert error is None
    assert [odd.stops for odd in odds] == [False]
    assert "kept without" in odds[0].why
    (first, *_) = [mention for mention in mentions if mention.issued_id == "t1_optaaaa"]
    assert first.context.answered == (AnsweredPost(text="NHS NW London and GP access"),)


@given(mutants(page("reddit/answered.json")["data"]["children"][0]))
def test_an_item_of_any_shape_above_a_comment_costs_nothing(child: Any) -> None:
    assert to_answered(child) is None or isinstance(to_answered(child), AnsweredPost)


def test_no_more_is_asked_where_no_comment_is_kept(web: responses.RequestsMock) -> None:
    weather = page("reddit/comments.json")["data"]["children"][1]
    listings(web, comments=a_listing(weather))
    pull(source("reddit"))
    assert asked(web, INFO) == []


def test_what_is_left_of_an_allowance_is_for_what_was_written(web: responses.RequestsMock) -> None:
    limits = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "480"}
    listings(web)
    web.replace(responses.GET, COMMENTS, json=page("reddit/comments.json"), headers=limits)
    mentions, odds, _, _ = pull(source("reddit"))
    assert "t1_optaaaa" in {mention.issued_id for mention in mentions}
    assert (odds, asked(web, INFO)) == ([], [])


def test_what_is_older_than_the_last_run_is_left_and_ends_the_reading(
    web: responses.RequestsMock,
) -> None:
    old = (SINCE - timedelta(hours=1)).timestamp()
    new = (SINCE + timedelta(hours=1)).timestamp()
    listings(
        web, a_listing(thing(created_utc=new), thing(name="t3_2", created_utc=old), after="t3_2")
    )
    web.get(SEARCH, json=a_listing(thing(name="t3_3", created_utc=old), after="t3_3"))
    mentions, odds, _, error = pull(source("reddit"))
    assert ([m.issued_id for m in mentions], odds, error) == (["t3_1aaaaaa"], [], None)
    assert [params.get("after") for params in asked(web, SEARCH)] == [None, "t3_2"]


def test_an_old_post_that_was_edited_since_is_read_again(web: responses.RequestsMock) -> None:
    old, new = (SINCE - timedelta(hours=1)).timestamp(), (SINCE + timedelta(hours=1)).timestamp()
    listings(web, a_listing(thing(created_utc=old, edited=new)))
    assert len(pull(source("reddit"))[0]) == 1


def test_a_list_that_reddit_cuts_off_is_told_with_how_much_is_missing(
    web: responses.RequestsMock,
) -> None:
    times = [(AT - timedelta(minutes=n)).timestamp() for n in range(950)]
    many = a_listing(*(thing(name=f"t3_{n}", created_utc=time) for n, time in enumerate(times)))
    listings(web, new=many)
    _, odds, keeps, error = pull(source("reddit"))
    assert error is None
    assert (odds[-1].item, odds[-1].stops) == ("subreddit 1 new", False)
    assert "ended after 950" in odds[-1].why
    assert (
        f"the {6 * 24 - 949 / 60:.1f} hours before Mon 23 Nov 2026, 17:11 are not read"
        in odds[-1].why
    )
    assert keeps["places"] == "{}", "it can't be had any more: the next run begins afresh"


def test_an_item_whose_time_can_not_be_read_is_not_lost(web: responses.RequestsMock) -> None:
    listings(web, a_listing(thing(created_utc=None)))
    mentions, odds, _, _ = pull(source("reddit"))
    assert ([m.issued_id for m in mentions], len(odds)) == (["t3_1aaaaaa"], 1)


def test_a_page_token_that_repeats_ends_the_walk(web: responses.RequestsMock) -> None:
    listings(web, a_listing(thing(), after="t3_x"))
    assert any(odd.stops for odd in pull(source("reddit"))[1])


def test_the_span_of_a_search_covers_the_time_since_the_last_run(
    web: responses.RequestsMock,
) -> None:
    for since, span in (
        (AT - timedelta(hours=3), "day"),
        (SINCE, "week"),
        (AT - timedelta(days=900), "all"),
    ):
        listings(web)
        pull(source("reddit"), since)
        assert asked(web, SEARCH)[-1]["t"] == span
    assert asked(web, SEARCH)[0]["sort"] == "new"
    assert asked(web, SEARCH)[0]["raw_json"] == "1"


def test_a_token_that_expired_is_renewed_once(web: responses.RequestsMock) -> None:
    web.get(SEARCH, status=401, json={"message": "Unauthorized", "error": 401})
    listings(web, page("reddit/search.json"))
    mentions, _, _, error = pull(source("reddit"))
    assert (len(mentions), error) == (3, None)
    assert len([call for call in web.calls if call.request.url == TOKEN]) == 2


def test_a_token_need_not_say_for_what_it_is(web: responses.RequestsMock) -> None:
    web.replace("POST", TOKEN, json={"access_token": "x", "token_type": "bearer", "expires_in": 60})
    listings(web, page("reddit/search.json"))
    assert pull(source("reddit"))[3] is None


def test_a_new_token_that_is_refused_too_needs_a_person(web: responses.RequestsMock) -> None:
    web.get(SEARCH, status=401, json={})
    assert isinstance(pull(source("reddit"))[3], PlatformRefused)


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            403,
            {"message": "Forbidden", "error": 403, "reason": "private"},
            "private or quarantined (403, private)",
        ),
        (
            403,
            "<html>blocked",
            "closed to us: check `user_agent`, and the app's approval and scopes (403)",
        ),
        (403, {"message": "Forbidden", "error": 403}, "closed to us"),
        (404, {"message": "Not Found", "error": 404}, "banned or not there (404)"),
        (404, {"reason": "banned", "error": 404}, "banned or not there (404, banned)"),
        (400, {"message": "Bad Request", "error": 400}, "not understood"),
        (
            400,
            {"fields": ["q"], "explanation": SECRET, "reason": "BAD_QUERY"},
            "not understood: check `queries` and `longest_query` (400, BAD_QUERY)",
        ),
        (400, {"reason": SECRET}, "not understood: check `queries` and `longest_query` (400)"),
        (302, {}, "not there (302)"),
    ],
)
def test_one_listing_that_is_private_or_gone_does_not_cost_the_others(
    web: responses.RequestsMock, status: int, body: Any, says: str
) -> None:
    web.get(SEARCH, json=page("reddit/search.json"))
    web.get(
        NEW, status=status, body=body if isinstance(body, str) else json.dumps(body),
        headers={"Location": "/subreddits/search"} if status == 302 else {},
    )  # fmt: skip
    web.get(COMMENTS, json=page("reddit/comments.json"))
    web.get(INFO, json=page("reddit/answered.json"))
    mentions, _, _, error = pull(source("reddit"))
    assert len(mentions) == 6
    assert isinstance(error, PlatformRefused)
    assert f"subreddit 1 new: is {says}" in str(error)
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {}),
        (400, {"error": "invalid_grant"}),
        (200, {"access_token": "x"}),
        (200, {"access_token": "", "expires_in": 3600}),
        (200, {"error": "x"}),
    ],
)
def test_a_token_that_is_not_given_needs_a_person(status: int, body: Any) -> None:
    with responses.RequestsMock() as web:
        web.post(TOKEN, status=status, json=body)
        *_, error = pull(source("reddit"))
    assert isinstance(error, PlatformRefused)
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 429, "body": "<html>slow down</html>"},
        {"status": 503, "body": "<html>"},
        {"body": requests.ReadTimeout()},
    ],
)
def test_what_may_pass_is_tried_again(web: responses.RequestsMock, answer: dict[str, Any]) -> None:
    web.get(SEARCH, **answer)
    listings(web, page("reddit/search.json"))
    mentions, _, _, error = pull(source("reddit"))
    assert (len(mentions), error) == (3, None)


def test_the_registers_own_accounts_are_searched_without_being_listed_again(
    web: responses.RequestsMock,
) -> None:
    listings(web)
    child = thing(author="NHS_Example", title="Minutes of the last meeting", selftext="Here.")
    built: Any = source("reddit", accounts=["u/NHS_Example"])
    both = dataclasses.replace(built, official=frozenset({"nhs_example", "nwl-official"}))
    pull(both)
    queries = [params["q"] for params in asked(web, SEARCH)]
    assert queries[1:] == ["author:NHS_Example", "author:nwl-official"]
    web.replace(responses.GET, SEARCH, json=a_listing(child))
    alone = dataclasses.replace(built, terms=(), accounts=(), official=frozenset({"nhs_example"}))
    (mention,), _, _, error = pull(alone)
    assert (mention.own, mention.matched, error) == (True, ("author:nhs_example",), None)


def test_a_wait_longer_than_config_allows_is_left_for_the_next_run(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, status=429, headers={"retry-after": "not a number", "x-ratelimit-reset": "500"})
    *_, error = pull(source("reddit", http=client(longest_wait=60)))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 500


def test_an_allowance_that_is_used_up_is_not_slept_out_by_praw(web: responses.RequestsMock) -> None:
    limits = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "480"}
    web.get(SEARCH, json=page("reddit/search.json"), headers=limits)
    mentions, _, _, error = pull(source("reddit"))
    assert len(mentions) == 3
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 480


@pytest.mark.parametrize(
    "body", ["<html>hello</html>", "[]", '{"data": []}', '{"data": {"children": 4}}', '"x"', ""]
)
def test_an_answer_of_another_shape_is_our_error(web: responses.RequestsMock, body: str) -> None:
    web.get(SEARCH, body=body, content_type="application/json")
    assert isinstance(pull(source("reddit"))[3], PlatformUnavailable)


def test_another_host_answers_by_config_alone() -> None:
    with responses.RequestsMock() as web:
        web.post("http://127.0.0.1:8802/api/v1/access_token", json=page("reddit/token.json"))
        web.get("http://127.0.0.1:8802/r/all/search", json=page("reddit/search.json"))
        here = "http://127.0.0.1:8802"
        mentions, _, _, error = pull(
            source("reddit", subreddits=[], oauth_url=here, reddit_url=here)
        )
    assert (len(mentions), error) == (3, None)


@pytest.mark.parametrize(
    "table",
    [
        {"user_agent": "python"},
        {"subreddits": ["r/../x"]},
        {"oauth_url": "http://oauth.example.org"},
        {"queries": [""]},
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.reddit\] {next(iter(table))}"):
        source("reddit", **table)


@given(mutants(page("reddit/search.json")["data"]["children"][1]))
def test_a_thing_of_any_shape_is_a_mention_or_an_odd_item(child: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(child, AT), Mention)
