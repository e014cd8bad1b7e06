from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors import factory
from collectors.base import ODD_ERRORS, Gone, Rechecked, SkippedItem
from collectors.x import actions
from collectors.x.actions import near_handles
from collectors.x.collector import X
from collectors.x.parse import to_profile
from core.context import AnsweredPost, Context
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Author, Mention
from tests.collectors.cases import AT, REGISTER, SECRET, TABLES, client, page
from tests.collectors.mutants import mutants

LOOKUP = "https://api.x.com/2/tweets"
USERS = "https://api.x.com/2/users/by"
HIDDEN = "https://api.x.com/2/tweets/1990000000000000002/hidden"
TOKEN = "a-user-token-of-nobody"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def source(**table: Any) -> X:
    built = factory.build(
        "x", {**TABLES["x"], "user_id": "987654321", "access_token": TOKEN, **table}, http=client(),
        at=AT, state={}, terms=("NHS NW London",), register=REGISTER,
        official={"x": frozenset({"healthiernwl"})},
    )  # fmt: skip
    assert isinstance(built, X)
    return built


def held(version: str, first: str = "", **more: Any) -> Mention:
    """A mention as we hold it."""
    given: dict[str, Any] = {
        "issuer": "x", "issued_id": first or version, "platform": "x", "kind": "reply", "text": "as it was",
        "url": f"https://x.com/ana_example/status/{version}", "posted_at": datetime(2026, 11, 20, tzinfo=UTC),
        "fetched_at": AT, "root_id": "1990000000000000000", "matched": ("NHS NW London",),
        "author": Author(id="2244994945", handle="ana_example", bio="Band 6"),
    }  # fmt: skip
    return Mention(**{**given, **more})


def fates(*mentions: Mention, **table: Any) -> list[Rechecked]:
    return list(actions.recheck(source(**table), mentions))


# ── is it still there? ───────────────────────────────────────────────────────────────────────────


def test_what_is_still_there_comes_back_as_it_is_now(web: responses.RequestsMock) -> None:
    web.get(LOOKUP, json=page("x/lookup.json"))
    one = held(
        "1990000000000000002", "1990000000000000001", parent_id="7", quoted_id="8", hidden=True
    )
    (fresh,) = fates(one)
    assert isinstance(fresh, Mention)
    assert fresh.text == "Waited 3 hours & nobody at NHS NW London would answer"
    assert (fresh.key, fresh.metrics["likes"], fresh.author.bio) == (one.key, 30, "On leave")
    for name in ("kind", "matched", "root_id", "parent_id", "quoted_id", "posted_at", "hidden"):
        assert getattr(fresh, name) == getattr(one, name), name
    assert fresh.edited_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)


def test_a_post_that_is_looked_at_alone_keeps_what_it_answers(web: responses.RequestsMock) -> None:
    web.get(LOOKUP, json=page("x/lookup.json"))
    stored = Context(answered=(AnsweredPost(text="Our lines are open", official=True),))
    (fresh,) = fates(held("1990000000000000002", "1990000000000000001", context=stored))
    assert isinstance(fresh, Mention)
    assert fresh.context == stored


def test_an_edited_post_comes_back_as_its_newest_version(web: responses.RequestsMock) -> None:
    newest = {
        "id": "1990000000000000041", "edit_history_tweet_ids": ["1990000000000000040", "1990000000000000041"],
        "text": "NHS NW London closed the clinic", "author_id": "55", "created_at": "2026-11-22T10:20:00.000Z",
    }  # fmt: skip
    web.get(LOOKUP, json=page("x/lookup.json"))
    web.get(LOOKUP, json={"data": [newest]})
    (fresh,) = fates(held("1990000000000000040", author=Author(id="55", handle="bo_example")))
    assert isinstance(fresh, Mention)
    assert (fresh.issued_id, fresh.text) == (
        "1990000000000000040",
        "NHS NW London closed the clinic",
    )
    assert fresh.url.endswith("/1990000000000000041")
    assert fresh.edited_at == datetime(2026, 11, 22, 10, 20, tzinfo=UTC)
    assert fresh.author.handle == "bo_example", "which this lookup did not tell"
    assert web.calls[1].request.params["ids"] == "1990000000000000041"  # type: ignore[attr-defined]


def test_an_edited_post_of_which_every_version_is_gone_is_gone(web: responses.RequestsMock) -> None:
    gone = {"resource_id": "1990000000000000041", "parameter": "ids",
            "type": "https://api.x.com/2/problems/resource-not-found"}  # fmt: skip
    web.get(LOOKUP, json=page("x/lookup.json"))
    web.get(LOOKUP, json={"errors": [gone]})
    assert fates(held("1990000000000000040")) == [Gone("x", "1990000000000000040", "deleted")]


@pytest.mark.parametrize(
    ("number", "why"),
    [("50", "deleted"), ("51", "private"), ("52", "suspended"), ("53", "withheld")],
)
def test_what_x_lists_as_missing_is_gone_in_its_way(
    web: responses.RequestsMock, number: str, why: str
) -> None:
    web.get(LOOKUP, json=page("x/lookup.json"))
    lost = f"19900000000000000{number}"
    assert fates(held(lost)) == [Gone("x", lost, why)]


@pytest.mark.parametrize("number", ["54", "55", "56"])
def test_what_x_says_nothing_clear_of_is_odd_and_never_gone(
    web: responses.RequestsMock, number: str
) -> None:
    web.get(LOOKUP, json=page("x/lookup.json"))
    (odd,) = fates(held(f"19900000000000000{number}"))
    assert isinstance(odd, SkippedItem)
    assert number not in odd.item


@pytest.mark.parametrize("parameter", [{}, {"parameter": None}, {"parameter": "id"}])
def test_what_is_missing_is_known_by_its_id_whatever_the_parameter_is_called(
    web: responses.RequestsMock, parameter: dict[str, Any]
) -> None:
    kind = "https://api.x.com/2/problems/resource-not-found"
    web.get(LOOKUP, json={"errors": [{"resource_id": 50, "type": kind, **parameter}]})
    assert fates(held("50")) == [Gone("x", "50", "deleted")]


def test_all_that_is_asked_for_may_be_gone(web: responses.RequestsMock) -> None:
    web.get(LOOKUP, json={"errors": page("x/lookup.json")["errors"]})
    assert fates(held("1990000000000000050")) == [Gone("x", "1990000000000000050", "deleted")]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "body": "<html>"},
        {"status": 401, "json": {"title": "Unauthorized"}},
        {"status": 402, "json": {"type": "https://api.x.com/2/problems/credits"}},
        {"status": 404, "json": {}},
        {"status": 429, "json": {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}},
        {"body": "<html>Log in</html>", "content_type": "text/html"},
        {"body": '{"data": ['},
        {"json": {}},
        {"json": {"meta": {"result_count": 0}}},
        {"json": {"data": {"id": "1"}}},
        {"json": []},
    ],
)
def test_an_outage_or_a_refusal_is_never_read_as_a_deletion(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    web.get(LOOKUP, **answer)
    found: list[object] = []
    with pytest.raises(CollectorError) as raised:
        found.extend(actions.recheck(source(), [held("1990000000000000002")]))
    assert found == []
    assert SECRET not in str(raised.value)


def test_ids_are_looked_up_a_hundred_at_a_time(web: responses.RequestsMock) -> None:
    web.get(LOOKUP, json=page("x/lookup.json"))
    fates(*(held(str(number)) for number in range(1, 251)))
    asked = [call.request.params["ids"].split(",") for call in web.calls]  # type: ignore[attr-defined]
    assert [len(ids) for ids in asked] == [100, 100, 50]


def test_what_can_not_be_looked_up_is_left_alone(web: responses.RequestsMock) -> None:
    profile = held("5", kind="profile", issued_id="profile:5", url="https://x.com/12345")
    assert fates(profile, held("1", url="https://example.org/", issued_id="row 7")) == []
    assert not web.calls


def test_a_repost_keeps_the_words_of_what_it_reposts(web: responses.RequestsMock) -> None:
    post = {"id": "9", "text": "RT @bo_example: NHS NW Lon", "author_id": "1", "created_at": "2026-11-20T09:00:00Z",
            "referenced_tweets": [{"type": "retweeted", "id": "8"}]}  # fmt: skip
    web.get(LOOKUP, json={"data": [post]})
    (fresh,) = fates(held("9", kind="repost", text="the whole of it", text_raw="raw"))
    assert isinstance(fresh, Mention)
    assert (fresh.kind, fresh.text, fresh.text_raw) == ("repost", "the whole of it", "raw")


@pytest.mark.parametrize(("code", "hidden"), [("GB", True), ("XX", True), ("DE", False)])
def test_what_is_withheld_here_is_hidden(
    web: responses.RequestsMock, code: str, hidden: bool
) -> None:
    post = {
        "id": "9",
        "text": "x",
        "withheld": {"country_codes": [code]},
        "created_at": "2026-11-20T09:00:00Z",
    }
    web.get(LOOKUP, json={"data": [post]})
    (fresh,) = fates(held("9", kind="post"))
    assert isinstance(fresh, Mention)
    assert fresh.hidden is hidden


@given(st.lists(mutants(page("x/lookup.json")), min_size=1, max_size=1))
def test_a_lookup_of_any_shape_marks_nothing_gone_that_it_does_not_name(answers: list[Any]) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.get(LOOKUP, body=json.dumps(answers[0]), content_type="application/json")
        with contextlib.suppress(CollectorError):
            for fate in actions.recheck(source(), [held("1990000000000000002"), held("3")]):
                assert not isinstance(fate, Gone) or fate.issued_id == "1990000000000000002"


# ── hiding a reply ───────────────────────────────────────────────────────────────────────────────

HIDE, UNHIDE = actions.ACTIONS["hide"], actions.ACTIONS["unhide"]
REPLY = held("1990000000000000002", "1990000000000000001")
ROOT = {"data": [{"id": "1990000000000000000", "author_id": "987654321"}]}


def test_hiding_can_be_undone_and_says_so() -> None:
    assert (HIDE.undo, UNHIDE.undo) == ("unhide", "hide")
    assert "can be shown again" in HIDE.does


@pytest.mark.parametrize(
    ("mention", "action", "table", "why"),
    [
        (REPLY, HIDE, {}, ""),
        (dataclasses.replace(REPLY, hidden=True), UNHIDE, {}, ""),
        (dataclasses.replace(REPLY, hidden=True), HIDE, {}, ""),
        (REPLY, UNHIDE, {}, ""),  # a search that came after we hid it does not say so
        (dataclasses.replace(REPLY, kind="post"), HIDE, {}, "only replies can be hidden"),
        (dataclasses.replace(REPLY, root_id=""), HIDE, {}, "only replies can be hidden"),
        (dataclasses.replace(REPLY, own=True), HIDE, {}, "it is our own"),
        (dataclasses.replace(REPLY, deleted=True), HIDE, {}, "it is there no more"),
        (REPLY, HIDE, {"access_token": ""}, "nobody has granted access yet: `mentions connect x`"),
    ],
)
def test_only_replies_of_others_can_be_hidden(
    mention: Mention, action: Any, table: dict[str, Any], why: str
) -> None:
    assert actions.may(source(**table), mention, action) == why


@pytest.mark.parametrize(("action", "hidden"), [(HIDE, True), (UNHIDE, False)])
def test_a_reply_in_a_conversation_of_ours_is_hidden_and_shown_again(
    web: responses.RequestsMock, action: Any, hidden: bool
) -> None:
    web.get(LOOKUP, json=ROOT)
    web.put(HIDDEN, json={"data": {"hidden": hidden}})
    actions.act(source(), REPLY, action)
    put = web.calls[-1].request
    assert json.loads(put.body or b"") == {"hidden": hidden}
    assert put.headers["Authorization"] == f"Bearer {TOKEN}"
    assert web.calls[0].request.params["ids"] == "1990000000000000000"  # type: ignore[attr-defined]


def test_a_conversation_is_ours_by_the_name_of_who_began_it(web: responses.RequestsMock) -> None:
    users = {"users": [{"id": "5", "username": "HealthierNWL"}]}
    web.get(
        LOOKUP, json={"data": [{"id": "1990000000000000000", "author_id": "5"}], "includes": users}
    )
    web.put(HIDDEN, json={"data": {"hidden": True}})
    actions.act(source(user_id=""), REPLY, HIDE)


@pytest.mark.parametrize(
    "root",
    [{"data": [{"id": "1", "author_id": "55"}]}, {"errors": page("x/lookup.json")["errors"]}],
)
def test_nothing_is_hidden_in_the_conversation_of_another(
    web: responses.RequestsMock, root: dict[str, Any]
) -> None:
    web.get(LOOKUP, json=root)
    with pytest.raises(PlatformRefused, match="we started"):
        actions.act(source(), REPLY, HIDE)
    assert [call.request.method for call in web.calls] == ["GET"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            {"status": 403, "json": {"title": "Forbidden", "detail": SECRET, "status": 403}},
            PlatformRefused,
        ),
        ({"status": 401, "json": {}}, PlatformRefused),
        ({"status": 429, "json": {}}, PlatformUnavailable),
        ({"json": {"data": {"hidden": False}}}, PlatformUnavailable),
        ({"json": {"data": True}}, PlatformUnavailable),
        ({"json": {}}, PlatformUnavailable),
    ],
)
def test_what_x_does_not_confirm_was_not_done(
    web: responses.RequestsMock, answer: dict[str, Any], kind: type[CollectorError]
) -> None:
    web.get(LOOKUP, json=ROOT)
    web.put(HIDDEN, **answer)
    with pytest.raises(kind) as raised:
        actions.act(source(), REPLY, HIDE)
    assert SECRET not in str(raised.value)
    assert TOKEN not in str(raised.value)


# ── handles like ours ────────────────────────────────────────────────────────────────────────────


def test_accounts_with_handles_near_ours_are_profiles(web: responses.RequestsMock) -> None:
    web.get(USERS, json=page("x/users.json"))
    found = list(actions.profiles(source(), ["NHS NW London"]))
    (profile,) = [one for one in found if isinstance(one, Mention)]
    assert (profile.kind, profile.key) == ("profile", "x:profile:700000000000000001")
    assert profile.url == "https://x.com/nhsnwlondon_"
    assert profile.text == "NHS NW London\nnhsnwlondon_\nOfficial & here to help"
    assert profile.author == Author(
        id="700000000000000001", handle="nhsnwlondon_", name="NHS NW London",
        bio="Official & here to help", followers=3,
    )  # fmt: skip
    assert profile.author.avatar == "https://pbs.example.org/logo.jpg"
    assert profile.posted_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert len([one for one in found if isinstance(one, SkippedItem)]) == 1
    asked = web.calls[0].request.params["usernames"].split(",")  # type: ignore[attr-defined]
    assert len(asked) == 100
    assert {"nhsnwlondon", "healthiernwl_", "hea1thiernwl"} <= set(asked)
    assert "healthiernwl" not in asked


def test_nobody_with_such_a_handle_is_no_error(web: responses.RequestsMock) -> None:
    web.get(USERS, json={"errors": page("x/users.json")["errors"]})
    assert list(actions.profiles(source(), [])) == []


def test_handles_are_such_as_x_gives_and_none_of_ours() -> None:
    found = near_handles({"healthiernwl", "987654321"}, ["North West London ICB", "Café", "é"])
    assert all(one.isascii() and 0 < len(one) <= 15 for one in found)
    assert "987654321" not in found
    assert near_handles(frozenset(), []) == []


@given(mutants(page("x/users.json")["data"][0]))
def test_a_user_of_any_shape_is_a_profile_or_an_odd_item(user: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_profile(user, AT), Mention)
