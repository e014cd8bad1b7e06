from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Gone, Rechecked, SkippedItem
from collectors.platforms import integration
from collectors.threads.characters import count_characters
from collectors.threads.client import Searches, SearchesSpent
from collectors.threads.collector import LEFT_OFF
from collectors.threads.parse import to_mention
from core.context import AnsweredPost, LinkCard
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.media import Attachment
from core.models import Mention
from demo.platforms.threads import USER_ID, ThreadsStandIn
from tests.collectors.answering import WORDS, account, collected, may, posted, send, the
from tests.collectors.answering import source as stood
from tests.collectors.cases import AT, SECRET, SINCE, answer, case, page, pull, source
from tests.collectors.mutants import mutants

ROOT, USER, OWN = "https://graph.threads.net/v1.0", "26000000000000001", "18100000000000001"
POSTS, MENTIONS, SEARCH = (
    f"{ROOT}/{USER}/threads",
    f"{ROOT}/{USER}/mentions",
    f"{ROOT}/keyword_search",
)
NONE: dict[str, Any] = {"data": []}
ABSENT = {"error": {"message": SECRET, "type": "THApiException", "code": 100, "error_subcode": 33}}
FOUND = page("threads/search.json")["data"]
OURS = frozenset({"exampleicb"})
MODERATION = integration("threads").moderation.load()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def standin() -> Iterator[ThreadsStandIn]:
    with ThreadsStandIn(AT) as opened:
        yield opened


def asked(web: responses.RequestsMock, path: str) -> list[dict[str, str]]:
    """What was asked of one address."""
    return [
        call.request.params for call in web.calls  # type: ignore[attr-defined]
        if str(call.request.url).partition("?")[0] == path
    ]  # fmt: skip


def quiet(web: responses.RequestsMock, *but: str) -> None:
    """Every list is empty but for these."""
    for url in (POSTS, MENTIONS, SEARCH):
        if url not in but:
            web.get(url, json=NONE)


# ── one post ─────────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_post_is_read() -> None:
    told = to_mention(FOUND[0], OURS, AT)
    assert (told.key, told.platform, told.kind) == ("threads:18100000000000031", "threads", "post")
    assert told.url == "https://www.threads.net/@ana.example/post/D0031"
    assert (told.author.handle, told.own, told.metrics) == ("ana.example", False, {"replies": 0})
    assert told.context.card == LinkCard(url="https://news.example.org/a")
    assert told.context.pictures == ("A letter on a doormat",)
    assert told.images == ("https://scontent.cdninstagram.com/1.jpg",)
    assert told.media == (Attachment(url="https://scontent.cdninstagram.com/1.jpg"),)


def test_what_is_attached_to_a_post_as_text_is_read_too() -> None:
    told = to_mention(FOUND[1], OURS, AT)
    assert told.text == "Count the vans\n\nA longer word about NHS NW London."
    assert (told.kind, told.quoted_id) == ("quote", OWN)
    film = to_mention(FOUND[2], OURS, AT)
    assert film.images == ()
    assert film.media == (Attachment(kind="video", url="https://scontent.cdninstagram.com/2.jpg"),)


def test_a_comment_stands_under_a_post_and_a_reply_under_a_comment() -> None:
    thanks, ours, question, insult, _ = page("threads/conversation.json")["data"]
    read = partial(to_mention, ours=OURS, at=AT, root=OWN)
    assert [read(item).kind for item in (thanks, ours, question)] == ["reply", "reply", "comment"]
    assert (read(ours).own, read(thanks).own) == (True, False)
    assert [read(item).hidden for item in (question, insult)] == [False, True]
    assert (read(thanks).parent_id, read(thanks).root_id) == ("18100000000000012", OWN)


@given(mutants(FOUND[0]))
def test_a_post_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(item, OURS, AT), Mention)


@given(mutants(page("threads/mentions.json")))
def test_a_page_of_any_shape_ends_in_one_of_our_errors(body: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        quiet(web, MENTIONS)
        web.get(MENTIONS, json=body)
        web.get(MENTIONS, json=NONE)
        pull(source("threads"))


@pytest.mark.parametrize(
    ("text", "length"), [("Thank you", 9), ("Ta 👍", 7), ("naïve", 5), ("ੴ", 1)]
)
def test_an_emoji_is_as_long_as_its_bytes(text: str, length: int) -> None:
    assert count_characters(text) == length


# ── the lists ────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_run(web: responses.RequestsMock) -> None:
    answer(web, "threads", case("threads")["routes"])
    mentions, odds, kept, error = pull(source("threads"))
    assert error is None
    assert [m.issued_id[-2:] for m in mentions] == [
        "01",
        "02",
        "13",
        "12",
        "11",
        "14",
        "21",
        "31",
        "32",
        "33",
    ]
    assert {odd.item for odd in odds} == {"post 1 replies page 1 item 5", "mentions page 1 item 2"}
    thanks, quote, film = mentions[2], mentions[8], mentions[9]
    assert [post.text for post in thanks.context.answered] == [
        "Yes, until three", "Is the van at Wembley?", "Flu vans this week",
    ]  # fmt: skip
    assert quote.context.answered == (
        AnsweredPost(text="Flu vans this week", handle="exampleicb", official=True),
    )
    assert film.matched == ("NHS NW London",), "search also finds by what its index knows"
    assert mentions[6].matched == ("mentions",)
    assert len(asked(web, f"{ROOT}/{OWN}/conversation")) == 2
    assert not asked(web, f"{ROOT}/18100000000000002/conversation"), "nobody has replied to it"
    first = asked(web, SEARCH)[0]
    assert (first["q"], first["search_type"], first["search_mode"]) == (
        "NHS NW London",
        "RECENT",
        "KEYWORD",
    )
    assert int(first["since"]) == int(SINCE.timestamp())
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"
    assert json.loads(kept["searches"])[0][1] == 1, "a page that is empty does not count"


def test_a_list_goes_on_by_its_cursor_and_ends_with_an_empty_page(
    web: responses.RequestsMock,
) -> None:
    quiet(web, POSTS)
    web.get(POSTS, json={"data": [FOUND[0]], "paging": {"cursors": {"after": "A"}}})
    web.get(POSTS, json={"data": [FOUND[1]], "paging": {"cursors": {"after": "B"}}})
    web.get(POSTS, json=NONE)
    mentions, *_ = pull(source("threads", terms=[]))
    assert len(mentions) == 2
    assert [params.get("after") for params in asked(web, POSTS)] == [None, "A", "B"]


def test_a_cursor_that_comes_twice_is_a_circle_and_keeps_the_bookmark(
    web: responses.RequestsMock,
) -> None:
    quiet(web, POSTS)
    web.get(POSTS, json={"data": [FOUND[2]], "paging": {"cursors": {"after": "A"}}})
    _, odds, _, error = pull(source("threads"))
    assert error is None
    assert [odd.stops for odd in odds] == [True]


def test_a_tag_is_searched_for_as_a_tag_and_a_handle_not_at_all(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    pull(source("threads", terms=["#NHSNWL", "@exampleicb", "NHS NW London"]))
    assert [(params["q"], params["search_mode"]) for params in asked(web, SEARCH)] == [
        ("NHSNWL", "TAG"), ("NHS NW London", "KEYWORD"),
    ]  # fmt: skip


def test_without_pictures_allowed_the_rest_is_read(web: responses.RequestsMock) -> None:
    no_field = {"error": {"message": "Tried accessing nonexisting field (alt_text)", "code": 100}}
    web.get(POSTS, status=400, json=no_field)
    quiet(web)
    _, odds, _, error = pull(source("threads"))
    assert error is None
    assert [odd.item for odd in odds] == ["pictures"]
    assert "alt_text" not in asked(web, SEARCH)[0]["fields"]


# ── 2,200 searches in 24 hours ───────────────────────────────────────────────────────────────────


def test_where_the_searches_are_used_up_the_next_run_begins_there(
    web: responses.RequestsMock,
) -> None:
    quiet(web, SEARCH)
    web.get(SEARCH, json={"data": [FOUND[0]]})
    terms = ["NHS NW London", "NW London ICB", "Ealing"]
    _, odds, kept, error = pull(source("threads", terms=terms, searches_a_day=2))
    assert error is None
    assert [odd.stops for odd in odds] == [True]
    assert "the 2 searches of 24 hours are used up" in odds[0].why
    assert kept[LEFT_OFF] == "Ealing"
    web.calls.reset()
    later = source("threads", terms=terms, searches_a_day=5, state=kept)
    *_, kept, _ = pull(later)
    assert [params["q"] for params in asked(web, SEARCH)] == [
        "Ealing",
        "NHS NW London",
        "NW London ICB",
    ]
    assert kept[LEFT_OFF] == ""
    assert json.loads(kept["searches"])[0][1] == 5


def test_a_search_is_free_again_a_day_after_it_was_sent() -> None:
    searches = Searches({}, AT, 2)
    searches.spend()
    searches.spend()
    with pytest.raises(SearchesSpent):
        searches.spend()
    state = {"searches": searches.state().value}
    assert Searches(state, AT + timedelta(hours=23), 2).left == 0
    assert Searches(state, AT + timedelta(hours=25), 2).left == 2
    assert Searches({"searches": "rubbish"}, AT, 2).left == 2


def test_a_search_that_broke_off_counts(web: responses.RequestsMock) -> None:
    quiet(web, SEARCH)
    web.get(SEARCH, status=500, json={"error": {"code": 2, "message": SECRET}})
    *_, kept, error = pull(source("threads"))
    assert isinstance(error, PlatformUnavailable)
    assert json.loads(kept["searches"])[0][1] == 1


def test_none_a_day_is_no_search(web: responses.RequestsMock) -> None:
    quiet(web)
    pull(source("threads", searches_a_day=0))
    assert not asked(web, SEARCH)


def test_an_app_that_was_not_approved_finds_our_own_posts_alone(standin: ThreadsStandIn) -> None:
    standin.approved = False
    mentions, odds, _, error = pull(stood(standin), AT - timedelta(days=7))
    assert error is None
    assert "threads_keyword_search" in odds[-1].why
    assert [
        m
        for m in mentions
        if not m.own and m.matched and m.matched != ("mentions",) and not m.root_id
    ] == []


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "error", "kind", "says"),
    [
        (
            400,
            {"code": 190, "error_subcode": 463},
            PlatformRefused,
            "expired (190/463): run `mentions connect threads`",
        ),
        (403, {"code": 10}, PlatformRefused, "have threads_basic, threads_keyword_search"),
        (400, {"code": 4}, PlatformUnavailable, "too many calls"),
        (500, {"code": 1}, PlatformUnavailable, "that may pass"),
        (400, {"code": 100}, PlatformRefused, "did not understand"),
    ],
)
def test_each_error_says_what_to_do(
    web: responses.RequestsMock,
    status: int,
    error: dict[str, Any],
    kind: type[Exception],
    says: str,
) -> None:
    web.get(POSTS, status=status, json={"error": {"message": SECRET, **error}})
    *_, raised = pull(source("threads"))
    assert isinstance(raised, kind)
    assert says in str(raised)
    assert SECRET not in str(raised)


# ── looking again ────────────────────────────────────────────────────────────────────────────────


def held(number: str, **told: Any) -> Mention:
    known: dict[str, Any] = {"kind": "post", "text": "as it was", **told}
    return Mention(
        issuer="threads", issued_id=number, platform="threads", url="", posted_at=AT, fetched_at=AT, **known
    )  # fmt: skip


def recheck(*mentions: Mention) -> list[Rechecked]:
    return list(integration("threads").recheck.load()(source("threads"), mentions))


def test_our_posts_and_replies_that_are_absent_are_gone_where_our_list_is_shown(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{ROOT}/{OWN}", status=400, json=ABSENT)
    web.get(POSTS, json=NONE)
    assert recheck(held(OWN, own=True)) == [Gone("threads", OWN)]


def test_a_token_that_lost_its_permissions_tells_no_deletion(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{OWN}", status=400, json=ABSENT)
    web.get(POSTS, status=400, json=ABSENT)
    with pytest.raises(PlatformRefused):
        recheck(held(OWN, own=True))


def test_of_others_posts_an_absence_is_believed_only_beside_one_that_was_shown(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{ROOT}/31", json={**FOUND[0], "text": "It was six months"})
    web.get(f"{ROOT}/99", status=400, json=ABSENT)
    there, lost = recheck(held("31", matched=("a rule",)), held("99"))
    assert isinstance(there, Mention)
    assert (there.text, there.matched) == ("It was six months", ("a rule",))
    assert lost == Gone("threads", "99")
    (odd,) = recheck(held("99"))
    assert isinstance(odd, SkippedItem)
    assert "tells nothing" in odd.why


@pytest.mark.parametrize(
    "answer", [{"status": 500}, {"status": 400, "json": {"error": {"code": 190}}}, {"json": []}]
)
def test_an_outage_is_never_a_deletion(web: responses.RequestsMock, answer: dict[str, Any]) -> None:
    web.get(f"{ROOT}/{OWN}", **answer)
    with pytest.raises(CollectorError):
        recheck(held(OWN, own=True))


# ── hiding, answering ────────────────────────────────────────────────────────────────────────────


def test_a_reply_right_under_our_post_is_hidden_and_shown_again(standin: ThreadsStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    insult = the(mentions, lambda m: "clowns" in m.text)
    for name, hidden in (("hide", True), ("unhide", False)):
        action = MODERATION.actions[name]
        assert MODERATION.may(built, insult, action) == ""
        MODERATION.act(built, insult, action)
        assert the(collected(standin), lambda m: m.key == insult.key).hidden is hidden
    deeper = the(mentions, lambda m: m.kind == "reply" and not m.own)
    assert "right under a post" in MODERATION.may(built, deeper, action)
    assert "only comments" in MODERATION.may(
        built, the(mentions, lambda m: m.kind == "quote"), action
    )


def test_an_answer_is_one_call_that_publishes_it(standin: ThreadsStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    question = the(mentions, lambda m: "children under five" in m.text)
    published = send(built, question)
    (request,) = posted(standin)
    assert request.path == f"/v1.0/{USER_ID}/threads"
    assert request.form() == {
        "media_type": "TEXT", "text": WORDS, "reply_to_id": question.issued_id, "auto_publish_text": "true",
    }  # fmt: skip
    assert published.url.startswith("https://www.threads.net/@healthiernwl/post/")
    ours = the(collected(standin), lambda m: m.issued_id == published.issued_id)
    assert (ours.own, ours.parent_id) == (True, question.issued_id)
    assert account(built, question) == "@healthiernwl"


def test_what_can_not_be_answered_says_why(standin: ThreadsStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    assert may(built, the(mentions, lambda m: m.own)) == "it is our own"
    question = the(mentions, lambda m: not may(built, m))
    standin.remove(standin.nodes[question.issued_id])
    with pytest.raises(PlatformRefused, match="no more"):
        send(built, question)
    standin.fail(10)
    with pytest.raises(PlatformRefused, match="threads_manage_replies"):
        send(built, the(mentions, lambda m: m.kind == "quote"))
