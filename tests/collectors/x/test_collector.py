from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS
from collectors.x.parse import Included, included, to_mention
from core.context import AnsweredPost, LinkCard
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, SECRET, SINCE, client, page, pull, source
from tests.collectors.mutants import mutants

SEARCH = "https://api.x.com/2/tweets/search/recent"
NOTHING = {"meta": {"result_count": 0}}
RESET = {
    "x-rate-limit-reset": str(int((AT + timedelta(minutes=9)).timestamp())),
    "Date": "Tue, 24 Nov 2026 09:00:00 GMT",
}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    web.get(SEARCH, json=page("x/page1.json"))
    web.get(SEARCH, json=page("x/page2.json"))
    mentions, _, _, error = pull(source("x"))
    assert error is None
    return {mention.issued_id: mention for mention in mentions}


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


def test_every_page_is_read_until_there_is_no_next_token(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    assert sorted(found) == [
        "1990000000000000001", "1990000000000000003", "1990000000000000004", "1990000000000000010",
    ]  # fmt: skip
    assert asked(web, 1)["next_token"] == "b26v89c19zqg8o3f"


def test_an_edited_post_has_the_first_id_of_its_history(found: dict[str, Mention]) -> None:
    edited = found["1990000000000000001"]
    assert edited.edited_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert edited.url == "https://x.com/ana_example/status/1990000000000000002"


def test_a_long_post_is_read_whole_with_its_links_as_they_lead(found: dict[str, Mention]) -> None:
    assert found["1990000000000000001"].text == (
        "Waited 3 hours & nobody at NHS NW London would answer <3 https://example.org/story?a=1&b=2 and the rest of it"
    )


def a_post(**more: Any) -> Mention:
    return to_mention({"id": "2", "text": "short", **more}, included({}), AT)


def linked(short: str, leads: str) -> dict[str, Any]:
    return {"urls": [{"url": short, "expanded_url": leads}]}


def test_links_of_a_long_post_stand_in_its_note_or_beside_its_cut_text() -> None:
    one, two = "https://t.co/aaaaaaaaaa", "https://t.co/bbbbbbbbbb"
    note = {"text": f"Long {one} {two}", "entities": linked(two, "https://example.org/two")}
    whole = a_post(note_tweet=note, entities=linked(one, "https://example.org/one"))
    assert whole.text == "Long https://example.org/one https://example.org/two"
    cut = {"text": f"Long {one}", "entities": {"mentions": [{"username": "healthiernwl"}]}}
    assert a_post(note_post=cut, entities=linked(one, "https://example.org/one")).text == (
        "Long https://example.org/one"
    )


def test_an_answer_that_mixes_both_vocabularies_loses_neither_word() -> None:
    mixed = a_post(
        referenced_tweets=[], referenced_posts=[{"type": "quoted", "id": 1}],
        edit_history_tweet_ids=[], edit_history_post_ids=["1", "2"],
        public_metrics={"retweet_count": None, "repost_count": 3},
    )  # fmt: skip
    assert (mixed.kind, mixed.quoted_id, mixed.issued_id) == ("quote", "1", "1")
    assert mixed.metrics == {"shares": 3}


def test_a_link_of_another_shape_costs_no_words() -> None:
    assert a_post(entities={"urls": [None, "https://t.co/a", {}]}).text == "short"


def test_a_reply_that_quotes_names_both(found: dict[str, Mention]) -> None:
    reply = found["1990000000000000001"]
    assert (reply.kind, reply.parent_id, reply.quoted_id) == (
        "reply",
        "1990000000000000000",
        "1980000000000000008",
    )
    assert reply.root_id == "1990000000000000000"


def test_an_author_comes_with_bio_and_followers(found: dict[str, Mention]) -> None:
    author = found["1990000000000000001"].author
    assert (author.id, author.handle, author.name) == ("2244994945", "ana_example", "Ana Example")
    assert author.bio == "Band 6 at NHS NW London ICB & tired."
    assert author.followers == 12


def test_reposts_and_quotes_are_counted_as_shares(found: dict[str, Mention]) -> None:
    assert found["1990000000000000001"].metrics == {
        "likes": 3,
        "shares": 5,
        "replies": 2,
        "quotes": 4,
        "views": 250,
    }


def test_a_repost_has_the_words_of_what_it_reposts(found: dict[str, Mention]) -> None:
    repost = found["1990000000000000003"]
    assert repost.kind == "repost"
    assert repost.text == "NW London ICB has cut the phone line, all of it & the website"
    assert repost.url == "https://x.com/i/status/1990000000000000003"
    assert repost.root_id == ""


def test_the_newer_vocabulary_reads_the_same(found: dict[str, Mention]) -> None:
    quote = found["1990000000000000010"]
    assert (quote.kind, quote.quoted_id, quote.metrics) == (
        "quote",
        "1980000000000000008",
        {"likes": 1, "shares": 5},
    )


def test_the_terms_that_matched_are_kept(found: dict[str, Mention]) -> None:
    assert found["1990000000000000001"].matched == ("NHS NW London",)
    assert found["1990000000000000003"].matched == ("NW London ICB",)


def test_odd_items_are_named_by_place_and_a_missing_parent_is_not_odd(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json={**page("x/page1.json"), "meta": {}})
    _, odds, _, error = pull(source("x"))
    assert error is None
    assert [odd.item for odd in odds] == [f"query 1 page 1 item {n}" for n in (3, 4, 5)]


def test_other_errors_beside_data_are_told(web: responses.RequestsMock) -> None:
    web.get(
        SEARCH,
        json={
            **page("x/page2.json"),
            "errors": [
                {
                    "type": "https://api.x.com/2/problems/not-authorized-for-resource",
                    "detail": SECRET,
                }
            ],
        },
    )
    mentions, odds, _, _ = pull(source("x"))
    assert len(mentions) == 1
    assert "not-authorized-for-resource" in odds[0].why
    assert SECRET not in odds[0].why


def test_no_data_key_is_an_empty_page(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json={"meta": {"result_count": 0, "next_token": "more"}})
    web.get(SEARCH, json=page("x/page2.json"))
    mentions, odds, _, error = pull(source("x"))
    assert (len(mentions), odds, error) == (1, [], None)


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"title": SECRET}]},
        {},
        {"data": None, "meta": None},
        {"data": {}, "meta": {}},
        {"data": {"id": "1"}, "meta": {}},
        {"data": [], "meta": 3},
        [1],
    ],
)
def test_a_page_of_another_shape_ends_the_run(web: responses.RequestsMock, body: Any) -> None:
    web.get(SEARCH, json=body)
    *_, error = pull(source("x"))
    assert isinstance(error, PlatformUnavailable)
    assert SECRET not in str(error)


def test_a_page_without_a_word_on_the_next_one_is_the_last(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json={**page("x/page2.json"), "meta": None})
    mentions, _, _, error = pull(source("x"))
    assert (len(mentions), error) == (1, None)


@pytest.mark.parametrize("kind", ["usage-capped", "client-forbidden", "credits"])
def test_a_refusal_in_a_good_answers_clothes_needs_a_person_too(
    web: responses.RequestsMock, kind: str
) -> None:
    web.get(SEARCH, json={"errors": [{"type": f"https://api.x.com/2/problems/{kind}"}]})
    *_, error = pull(source("x"))
    assert isinstance(error, PlatformRefused)
    assert kind in str(error)


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (400, {"title": "Invalid Request"}, "queries"),
        (401, {"title": "Unauthorized"}, "bearer token"),
        (
            402,
            {"title": "CreditsDepleted", "type": "https://api.twitter.com/2/problems/credits"},
            "credits",
        ),
        (403, {"type": "https://api.x.com/2/problems/client-forbidden"}, "plan"),
        (403, {"type": "https://api.twitter.com/2/problems/usage-capped"}, "monthly cap"),
        (429, {"type": "https://api.x.com/2/problems/usage-capped"}, "monthly cap"),
        (429, {"errors": [{"type": "https://api.x.com/2/problems/usage-capped/"}]}, "monthly cap"),
        (
            403,
            {"errors": [{"type": "https://api.x.com/2/problems/client-forbidden"}]},
            "client-forbidden",
        ),
        (403, {"title": "Forbidden", "detail": SECRET}, "permit"),
        (404, "<html>", "404"),
        (302, "", "base_url"),
    ],
)
def test_what_x_refuses_is_said_with_the_mend(
    web: responses.RequestsMock, status: int, body: Any, word: str
) -> None:
    web.get(
        SEARCH,
        status=status,
        body=body if isinstance(body, str) else json.dumps(body),
        headers={"Location": "/x"} if status == 302 else {},
    )
    *_, error = pull(source("x"))
    assert isinstance(error, PlatformRefused)
    assert word in str(error)
    assert SECRET not in str(error)
    assert len(web.calls) == 1


def test_a_rate_limit_that_opens_too_late_is_left_for_the_next_run(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, status=429, json={"errors": [{"code": 88}]}, headers=RESET)
    *_, error = pull(source("x", http=client(longest_wait=60)))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 540
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    "headers", [{"x-rate-limit-reset": "1763633131"}, {"x-rate-limit-reset": "soon"}, {}]
)
def test_a_rate_limit_that_opens_soon_is_waited_for(
    web: responses.RequestsMock, headers: dict[str, str]
) -> None:
    web.get(SEARCH, status=429, json=["no object"], headers=headers)
    web.get(SEARCH, json=page("x/page2.json"))
    mentions, *_, error = pull(source("x"))
    assert (len(mentions), error) == (1, None)


def test_an_outage_is_tried_again(web: responses.RequestsMock) -> None:
    web.get(SEARCH, status=503, body="<html>")
    web.get(SEARCH, json=NOTHING)
    assert pull(source("x"))[3] is None


def test_what_came_before_an_error_is_kept(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=page("x/page1.json"))
    web.get(SEARCH, status=401, json={})
    mentions, _, _, error = pull(source("x"))
    assert len(mentions) == 3
    assert isinstance(error, PlatformRefused)


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
def test_requests_speak_the_vocabulary_that_config_names(
    web: responses.RequestsMock, vocabulary: str
) -> None:
    web.get(SEARCH, json=NOTHING)
    pull(source("x", vocabulary=vocabulary))
    assert f"note_{vocabulary}" in asked(web)[f"{vocabulary}.fields"]
    assert f"referenced_{vocabulary}s.id.author_id" in asked(web)["expansions"]
    assert asked(web)["query"] == '"NHS NW London" OR "NW London ICB"'
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_terms_over_the_limit_become_several_queries(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=NOTHING)
    pull(
        source(
            "x", terms=tuple(f"organisation number {n}" for n in range(40)), queries=["nhs lang:en"]
        )
    )
    queries = [asked(web, n)["query"] for n in range(len(web.calls))]
    assert len(queries) == 4
    assert all(len(query) <= 512 for query in queries)
    assert queries[-1] == "nhs lang:en"


def test_a_raw_query_is_what_its_finds_matched(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=page("x/page2.json"))
    mentions, *_ = pull(source("x", names=(), queries=["nhs lang:en"]))
    assert mentions[0].matched == ("nhs lang:en",)


@pytest.mark.parametrize(
    "table",
    [
        {"queries": ["x" * 513]},
        {"queries": [" "]},
        {"terms": ["x" * 600]},
        {"base_url": "http://api.example.org"},
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"\[collectors.x\] (queries|terms|base_url)"):
        source("x", **table)


def test_nothing_to_look_for_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to look for"):
        source("x", names=())


def test_a_registered_account_is_followed_by_its_own_query(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=NOTHING)
    pull(source("x", accounts=["@HealthierNWL"]))
    assert asked(web, 1)["query"] == "from:HealthierNWL"


def test_a_gap_that_search_can_not_reach_is_told(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=NOTHING)
    assert pull(source("x"), AT - timedelta(days=20))[1][0].item == "the time since the last run"
    assert pull(source("x"), SINCE)[1] == []


def test_another_host_answers_by_config_alone(web: responses.RequestsMock) -> None:
    web.get("http://127.0.0.1:8801/2/tweets/search/recent", json=page("x/page2.json"))
    assert len(pull(source("x", base_url="http://127.0.0.1:8801/"))[0]) == 1


# ── context ──────────────────────────────────────────────────────────────────────────────────────

ANSWERED = {"id": "10", "text": "Our lines are &amp; stay open https://t.co/cccccccccc", "author_id": "987654321",
            "entities": {"urls": [{"url": "https://t.co/cccccccccc", "expanded_url": "https://example.org/lines"}]}}  # fmt: skip
QUOTED = {"id": "11", "text": "They never answer", "author_id": "77"}
USERS = [{"id": "987654321", "username": "HealthierNWL"}, {"id": "77", "username": "bo_example"}]
REFERENCES = [{"type": "quoted", "id": "11"}, {"type": "replied_to", "id": "10"}]


def in_context(post: dict[str, Any], **includes: Any) -> Mention:
    around = included({"includes": includes})
    return to_mention({"id": "2", "text": "NHS", **post}, around, AT, frozenset({"healthiernwl"}))


def test_a_reply_comes_with_what_it_answers_and_quotes_nearest_first() -> None:
    reply = in_context({"referenced_tweets": REFERENCES}, tweets=[QUOTED, ANSWERED], users=USERS)
    assert reply.context.answered == (
        AnsweredPost(
            text="Our lines are & stay open https://example.org/lines", handle="HealthierNWL", official=True
        ),
        AnsweredPost(text="They never answer", handle="bo_example"),
    )  # fmt: skip
    assert reply.context.is_under_ours


def test_the_newer_vocabulary_has_a_context_too() -> None:
    quote = in_context({"referenced_posts": REFERENCES[:1]}, posts=[QUOTED])
    assert quote.context.answered == (AnsweredPost(text="They never answer"),)


def test_our_account_is_known_by_its_number_where_its_name_did_not_come_along() -> None:
    post = {"id": "2", "text": "x", "referenced_tweets": REFERENCES[1:]}
    answer = to_mention(post, included({"includes": {"tweets": [ANSWERED]}}), AT, {"987654321"})
    assert answer.context.answered[0].official


@pytest.mark.parametrize(
    "tweets", [[], [{"id": "10"}], [{"id": "10", "text": 5}], [None], [{"id": "10", "text": "x", "entities": {"urls": [{"url": 5, "expanded_url": "y"}]}}]]
)  # fmt: skip
def test_a_parent_that_is_missing_or_odd_is_no_context(tweets: list[Any]) -> None:
    reply = in_context({"referenced_tweets": REFERENCES[1:]}, tweets=tweets, users=USERS)
    assert (reply.kind, reply.parent_id, reply.context.answered) == ("reply", "10", ())


def test_the_card_is_the_first_link_that_has_a_title() -> None:
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://x.com/i/status/1"},
        {"url": "https://t.co/b", "expanded_url": "https://sho.example.org/1", "unwound_url": "https://example.org/leak",
         "title": "ICB &amp; records", "description": "1,200 patients", "status": 200},
        {"url": "https://t.co/c", "expanded_url": "https://example.org/c", "title": "Another"},
    ]  # fmt: skip
    post = in_context({"text": "Disgraceful.", "entities": {"urls": urls}})
    assert post.context.card == LinkCard(
        title="ICB & records", description="1,200 patients", url="https://example.org/leak"
    )
    odd = in_context({"entities": {"urls": [{"url": "https://t.co/b", "title": ["x"]}]}})
    assert odd.context.card is None


def test_a_repost_has_the_card_of_what_it_reposts_and_answers_nothing() -> None:
    links = {"urls": [{"url": "https://t.co/b", "title": "A leak"}]}
    repost = in_context(
        {"referenced_tweets": [{"type": "retweeted", "id": "11"}]}, tweets=[QUOTED | {"entities": links}]
    )  # fmt: skip
    assert (repost.context.answered, repost.context.card) == ((), LinkCard(title="A leak"))


def test_a_term_in_a_pictures_words_is_a_match(web: responses.RequestsMock) -> None:
    post = {"id": "2", "text": "Look", "attachments": {"media_keys": ["3_1"]}}
    media = [{"media_key": "3_1", "type": "photo", "alt_text": "A poster of NW London ICB"}]
    web.get(SEARCH, json={"data": [post], "includes": {"media": media}, "meta": {}})
    (mention,), *_ = pull(source("x", pictures=True))
    assert (mention.text, mention.matched) == ("Look", ("NW London ICB",))
    assert mention.context.pictures == ("A poster of NW London ICB",)


@given(mutants(page("x/page1.json")["data"][0]), mutants(page("x/page1.json")))
def test_a_post_of_any_shape_is_a_mention_or_an_odd_item(post: Any, whole: Any) -> None:
    around = included(whole) if isinstance(whole, dict) else Included({}, {})
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(post, around, AT), Mention)


@given(mutants({"tweets": [ANSWERED, QUOTED], "users": USERS}))
def test_what_comes_along_in_any_shape_costs_no_post(includes: Any) -> None:
    around = included({"includes": includes})
    post = {"id": "2", "text": "NHS", "referenced_tweets": REFERENCES}
    assert to_mention(post, around, AT).kind == "reply"
