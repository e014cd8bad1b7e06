from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from collectors.base import Gone, Rechecked, SkippedItem
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, SECRET, page, source

ROOT = "https://graph.facebook.com/v26.0"
PAGE = "100000000000001"
COMMENT = "200000000000001_300000000000009"
IDS, TAGGED, FEED = f"{ROOT}/", f"{ROOT}/{PAGE}/tagged", f"{ROOT}/{PAGE}/feed"
ABSENT = {"error": {"message": f"Object with ID '{SECRET}' does not exist", "code": 100,
                    "error_subcode": 33}}  # fmt: skip
MODERATION = integration("facebook").moderation.load()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def held(number: str, **told: Any) -> Mention:
    known: dict[str, Any] = {
        "kind": "comment", "root_id": f"{PAGE}_200000000000001", "text": "as it was",
        "parent_id": f"{PAGE}_200000000000001", "matched": ("a rule",), **told,
    }  # fmt: skip
    return Mention(
        issuer="facebook", issued_id=number, platform="facebook", url="", posted_at=AT,
        fetched_at=AT, **known,
    )  # fmt: skip


def comment(number: str, **told: Any) -> dict[str, Any]:
    return {**page("facebook/comments1.json")["data"][0], "id": number, **told}


def recheck(*mentions: Mention) -> list[Rechecked]:
    return list(integration("facebook").recheck.load()(source("facebook"), mentions))


def told(web: responses.RequestsMock, call: int) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


# ── recheck ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_there_comes_back_as_it_is_now(web: responses.RequestsMock) -> None:
    now = comment(COMMENT, message="NW London ICB rang me back", is_hidden=True)
    web.get(IDS, json={COMMENT: now})
    (fresh,) = recheck(held(COMMENT, kind="reply", parent_id="200000000000001_300000000000001"))
    assert isinstance(fresh, Mention)
    assert (fresh.text, fresh.hidden) == ("NW London ICB rang me back", True)
    assert (fresh.kind, fresh.root_id) == ("reply", f"{PAGE}_200000000000001")
    assert set(fresh.matched) == {"NW London ICB", "a rule"}


def test_posts_and_comments_are_looked_up_apart_since_their_fields_differ(
    web: responses.RequestsMock,
) -> None:
    number = f"{PAGE}_200000000000001"
    web.get(IDS, json={number: page("facebook/feed1.json")["data"][0]})
    web.get(IDS, json={COMMENT: comment(COMMENT)})
    post, said = recheck(held(COMMENT), held(number, kind="post", root_id="", parent_id=""))
    assert isinstance(post, Mention)
    assert isinstance(said, Mention)
    assert (post.own, said.own) == (True, False)
    assert "shares" in told(web, 0)["fields"]
    assert "like_count" in told(web, 1)["fields"]


def test_what_is_not_in_a_good_answer_is_gone(web: responses.RequestsMock) -> None:
    web.get(IDS, json={COMMENT: comment(COMMENT)})
    fates = recheck(held(COMMENT), held("200000000000001_3"))
    assert isinstance(fates[0], Mention)
    assert fates[1] == Gone("facebook", "200000000000001_3")
    assert told(web, 0)["ids"] == f"{COMMENT},200000000000001_3"


def test_ids_go_by_fifties(web: responses.RequestsMock) -> None:
    numbers = [f"1_{n}" for n in range(120)]
    for start in (0, 50, 100):
        web.get(IDS, json={n: comment(n) for n in numbers[start : start + 50]})
    assert len(recheck(*(held(n) for n in numbers))) == 120
    assert [len(told(web, n)["ids"].split(",")) for n in range(3)] == [50, 50, 20]


def test_where_one_that_is_gone_spoils_the_batch_each_is_asked_for(
    web: responses.RequestsMock,
) -> None:
    web.get(IDS, status=400, json=ABSENT)
    web.get(f"{ROOT}/{COMMENT}", json=comment(COMMENT))
    web.get(f"{ROOT}/1_2", status=400, json=ABSENT)
    fates = recheck(held("1_2"), held(COMMENT))
    assert fates[0] == Gone("facebook", "1_2")
    assert isinstance(fates[1], Mention)
    assert len(web.calls) == 3


def test_where_nothing_is_there_what_the_page_posts_must_be(web: responses.RequestsMock) -> None:
    web.get(IDS, json={})
    web.get(FEED, json={"data": []})
    assert recheck(held("1_2")) == [Gone("facebook", "1_2")]


@pytest.mark.parametrize("refusal", [ABSENT, {"error": {"message": SECRET, "code": 10}}])
def test_a_token_that_may_not_read_the_page_tells_no_deletion(
    web: responses.RequestsMock, refusal: dict[str, Any]
) -> None:
    web.get(IDS, status=400, json=ABSENT)
    web.get(f"{ROOT}/1_2", status=400, json=ABSENT)
    web.get(FEED, status=400, json=refusal)
    with pytest.raises(PlatformRefused) as raised:
        recheck(held("1_2"))
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("feed", [{}, {"error": {"message": SECRET}}, {"data": None}])
def test_an_answer_that_is_no_list_of_the_page_tells_no_deletion(
    web: responses.RequestsMock, feed: dict[str, Any]
) -> None:
    web.get(IDS, json={})
    web.get(FEED, json=feed)
    with pytest.raises(PlatformUnavailable, match="not even our own posts"):
        recheck(held("1_2"))


def test_what_was_our_own_stays_so_where_its_author_is_not_shown(
    web: responses.RequestsMock,
) -> None:
    number, posted = f"{PAGE}_200000000000001", "2026-11-20T09:45:00+0000"
    web.get(IDS, json={number: {"id": number, "created_time": posted}})
    web.get(IDS, json={COMMENT: {"id": COMMENT, "created_time": posted}})
    ours = held(number, kind="post", root_id="", parent_id="", own=True)
    fates = recheck(ours, held(COMMENT, own=True))
    assert [isinstance(fate, Mention) and fate.own for fate in fates] == [True, True]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 400, "json": {"error": {"code": 190, "error_subcode": 463}}},
        {"status": 400, "json": {"error": {"code": 10}}},
        {"status": 400, "json": {"error": {"code": 80001}}},
        {"status": 400, "json": {"error": {"code": 100}}},
        {"body": "<html>We will be back</html>", "content_type": "text/html"},
        {"body": '{"half": ', "content_type": "application/json"},
        {"json": []},
        {"json": {"data": []}},
        {"body": requests.ConnectionError()},
    ],
)
def test_an_outage_or_an_expired_token_is_never_read_as_a_deletion(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    web.get(IDS, **answer)
    with pytest.raises(CollectorError):
        recheck(held(COMMENT), held("1_2"))


def test_what_was_found_before_an_error_is_kept(web: responses.RequestsMock) -> None:
    numbers = [f"1_{n}" for n in range(51)]
    web.get(IDS, json={n: comment(n) for n in numbers[:50]})
    web.get(IDS, status=503)
    fates: list[Rechecked] = []
    with pytest.raises(PlatformUnavailable):
        fates.extend(
            integration("facebook").recheck.load()(source("facebook"), [held(n) for n in numbers])
        )
    assert len(fates) == 50


def test_an_odd_item_costs_only_itself(web: responses.RequestsMock) -> None:
    web.get(IDS, json={COMMENT: comment(COMMENT), "1_2": None})
    fates = recheck(held("1_2"), held(COMMENT))
    assert isinstance(fates[0], SkippedItem)
    assert "1_2" not in fates[0].item
    assert isinstance(fates[1], Mention)


def test_a_batch_that_is_too_much_is_halved(web: responses.RequestsMock) -> None:
    much = {"error": {"code": 1, "message": "Please reduce the amount of data you're asking for"}}
    web.get(IDS, status=500, json=much)
    web.get(IDS, json={"1_1": comment("1_1")})
    web.get(IDS, json={"1_2": comment("1_2")})
    assert len(recheck(held("1_1"), held("1_2"))) == 2


def tagged(number: str) -> Mention:
    return held(number, kind="post", root_id="", parent_id="", matched=("tagged",))


def test_posts_of_others_are_looked_for_in_the_list_of_tags(web: responses.RequestsMock) -> None:
    web.get(TAGGED, json={"data": [], "paging": {"next": f"{TAGGED}?after=a"}})
    web.get(TAGGED, json=page("facebook/tagged.json"))
    fates = recheck(tagged("700000000000003_200000000000030"), tagged("7_8"))
    assert isinstance(fates[0], Mention)
    assert fates[0].matched == ("tagged",)
    assert fates[1] == Gone("facebook", "7_8", "removed")


def test_a_list_that_was_not_read_to_its_end_tells_no_removal(web: responses.RequestsMock) -> None:
    web.get(TAGGED, json={"data": [], "paging": {"next": f"{TAGGED}?after=a"}})
    assert [type(fate) for fate in recheck(tagged("7_8"))] == [SkippedItem]


# ── moderation ───────────────────────────────────────────────────────────────────────────────────


def act(name: str, mention: Mention) -> None:
    MODERATION.act(source("facebook"), mention, MODERATION.actions[name])


def may(name: str, mention: Mention) -> str:
    return MODERATION.may(source("facebook"), mention, MODERATION.actions[name])


def test_what_can_be_undone_says_by_what() -> None:
    undo = {name: action.undo for name, action in MODERATION.actions.items()}
    assert undo == {"hide": "unhide", "unhide": "hide", "delete": ""}
    assert "can't be undone" in MODERATION.actions["delete"].does


@pytest.mark.parametrize(
    ("name", "told", "why"),
    [
        ("hide", {}, ""),
        ("delete", {"kind": "reply"}, ""),
        ("unhide", {"hidden": True}, ""),
        ("hide", {"own": True}, "our own"),
        ("hide", {"kind": "post"}, "only comments"),
        ("delete", {"deleted": True}, "no more"),
        ("delete", {"root_id": "700000000000003_200000000000030"}, "not on our own Page"),
    ],
)
def test_what_may_not_be_acted_on_says_why(name: str, told: dict[str, Any], why: str) -> None:
    answer = may(name, held(COMMENT, **told))
    assert answer == why == "" or (why and why in answer)


@pytest.mark.parametrize(
    ("name", "hidden", "sent"), [("hide", False, "true"), ("unhide", True, "false")]
)
def test_a_comment_is_hidden_and_shown_again(
    web: responses.RequestsMock, name: str, hidden: bool, sent: str
) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "is_hidden": hidden, "can_hide": True})
    web.post(f"{ROOT}/{COMMENT}", json={"success": True})
    act(name, held(COMMENT))
    assert told(web, 1) == {"is_hidden": sent}
    assert web.calls[1].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_a_comment_that_is_as_it_should_be_is_left_alone(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "is_hidden": True, "can_hide": True})
    act("hide", held(COMMENT))
    assert len(web.calls) == 1


def test_a_comment_is_deleted(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "can_remove": True})
    web.delete(f"{ROOT}/{COMMENT}", json={"success": True})
    act("delete", held(COMMENT))
    assert web.calls[1].request.method == "DELETE"


@pytest.mark.parametrize(("name", "key"), [("hide", "can_hide"), ("delete", "can_remove")])
def test_what_the_platform_does_not_let_us_do_is_not_tried(
    web: responses.RequestsMock, name: str, key: str
) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "is_hidden": False, key: False})
    with pytest.raises(PlatformRefused, match=key):
        act(name, held(COMMENT))
    assert len(web.calls) == 1


@pytest.mark.parametrize("answer", [{}, {"success": False}, {"success": "true"}])
def test_what_was_not_confirmed_was_not_done(web: responses.RequestsMock, answer: Any) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "can_remove": True})
    web.delete(f"{ROOT}/{COMMENT}", json=answer)
    with pytest.raises(PlatformUnavailable, match="did not confirm"):
        act("delete", held(COMMENT))


@pytest.mark.parametrize("code", [200, 341, 368])
def test_a_block_stops_what_we_do_there(web: responses.RequestsMock, code: int) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "is_hidden": False, "can_hide": True})
    web.post(f"{ROOT}/{COMMENT}", status=403, json={"error": {"message": SECRET, "code": code}})
    with pytest.raises(PlatformRefused) as raised:
        act("hide", held(COMMENT))
    assert SECRET not in str(raised.value)
    assert len(web.calls) == 2


def test_a_comment_that_is_gone_can_not_be_hidden(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{COMMENT}", status=400, json=ABSENT)
    with pytest.raises(PlatformRefused, match="not there"):
        act("hide", dataclasses.replace(held(COMMENT), hidden=False))
