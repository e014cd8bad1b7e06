from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import responses

from collectors.base import Gone, Rechecked, SaveState, SkippedItem
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, SECRET, page, source

BASE = "https://www.googleapis.com/youtube/v3"
FIRST = "UgxAAAAAAAAAAAAAAAB4AaABAg"
TOKEN = "an-invented-token"
NONE = {
    "kind": "youtube#ListResponse",
    "pageInfo": {"totalResults": 0},
}  # without items, as it comes


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def held(issued_id: str = FIRST, **known: Any) -> Mention:
    given: dict[str, Any] = {
        "issuer": "youtube", "issued_id": issued_id, "platform": "youtube", "kind": "comment",
        "url": "", "text": "as it was", "posted_at": AT, "fetched_at": AT, "parent_id": "aaaaaaaaaaa",
        "root_id": "aaaaaaaaaaa", "matched": ("NHS NW London",), "metrics": {"replies": 2},
    }  # fmt: skip
    return Mention(**{**given, **known})


VIDEO = held("bbbbbbbbbbb", kind="video", parent_id="", root_id="")


def recheck(mentions: Sequence[Mention], **table: Any) -> list[Rechecked]:
    """All that it says but for what was spent."""
    said = integration("youtube").recheck.load()(source("youtube", **table), mentions)
    return [one for one in said if not isinstance(one, SaveState)]


def comment(**snippet: Any) -> dict[str, Any]:
    """As a comment comes by its id: without its video."""
    told = page("youtube/own_threads.json")["items"][0]["snippet"]["topLevelComment"]
    told["snippet"] = {**told["snippet"], **snippet}
    del told["snippet"]["videoId"]
    return {"kind": "youtube#commentListResponse", "items": [told]}


# ── recheck ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_still_there_comes_back_as_it_stands_now(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/comments", json=comment())
    (fresh,) = recheck([held()])
    assert isinstance(fresh, Mention)
    assert fresh.text == "Nobody answers the phone at NHS NW London <3"
    assert fresh.edited_at is not None
    assert (fresh.parent_id, fresh.root_id) == ("aaaaaaaaaaa", "aaaaaaaaaaa")
    assert fresh.metrics == {"likes": 4, "replies": 2}
    assert fresh.matched == ("NHS NW London",)
    asked = web.calls[0].request.params  # type: ignore[attr-defined]
    assert (asked["id"], asked["textFormat"]) == (FIRST, "plainText")


def test_what_is_left_out_of_a_good_answer_is_gone(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/comments", json=comment())
    web.get(f"{BASE}/videos", json=NONE)
    found = recheck([held(), held("UgxGone"), VIDEO])
    assert [one for one in found if isinstance(one, Gone)] == [
        Gone("youtube", "bbbbbbbbbbb", "deleted or private"), Gone("youtube", "UgxGone", "deleted"),
    ]  # fmt: skip


def test_fifty_are_looked_up_at_once(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/comments", json={"items": []})
    assert len(recheck([held(f"Ugx{n}") for n in range(101)])) == 101
    assert [len(c.request.params["id"].split(",")) for c in web.calls] == [50, 50, 1]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 500}, PlatformUnavailable),
        ({"status": 401, "json": {"error": {"errors": [{"reason": "authError"}]}}}, PlatformRefused),
        ({"status": 404, "json": {"error": {"errors": [{"reason": "commentNotFound"}]}}}, PlatformRefused),
        ({"body": "<html>", "content_type": "text/html"}, PlatformUnavailable),
        ({"json": {"error": "text"}}, PlatformUnavailable),
        ({"json": {"kind": "youtube#commentListResponse", "error": {"code": 500}}}, PlatformUnavailable),
        ({"json": {"items": [{"id": None}]}}, PlatformUnavailable),
        ({"json": {"items": [7]}}, PlatformUnavailable),
        ({"json": {}}, PlatformUnavailable),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_never_a_deletion(
    web: responses.RequestsMock, answer: dict[str, Any], kind: type[CollectorError]
) -> None:
    web.get(f"{BASE}/comments", **answer)
    with pytest.raises(kind):
        recheck([held()])


def test_an_item_of_another_shape_is_odd_and_not_gone(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/comments", json={"items": [{"id": FIRST, "snippet": None}]})
    (odd,) = recheck([held()])
    assert isinstance(odd, SkippedItem)
    assert odd.item == "recheck of comments 1 item 1"


def test_a_comment_that_only_its_owner_gets_is_hidden(web: responses.RequestsMock) -> None:
    owners = responses.matchers.header_matcher({"Authorization": f"Bearer {TOKEN}"})
    public = responses.matchers.header_matcher({"X-Goog-Api-Key": SECRET})
    web.get(f"{BASE}/comments", json=NONE, match=[public])
    web.get(f"{BASE}/comments", json=comment(), match=[owners])
    (fresh,) = recheck([held()], access_token=TOKEN)
    assert isinstance(fresh, Mention)
    assert fresh.hidden


def test_nothing_is_said_of_a_hidden_comment_that_nobody_gets(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/comments", json=NONE)
    assert recheck([held(hidden=True)]) == []
    assert recheck([held(hidden=True)], access_token=TOKEN) == []


def test_a_profile_is_looked_up_by_its_channel(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/channels", json=page("youtube/channels.json"))
    one, other = "profile:UCbbbbbbbbbbbbbbbbbbbbbb", "profile:UCgone"
    fresh, gone = recheck([held(one, kind="profile"), held(other, kind="profile")])
    assert isinstance(fresh, Mention)
    assert (fresh.issued_id, fresh.author.handle) == (one, "ana-example")
    assert gone == Gone("youtube", other)


def test_what_looking_costs_is_handed_on_to_be_kept(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/comments", json=NONE)
    web.get(f"{BASE}/search", json=results())
    built = source("youtube", access_token=TOKEN, state={"units": "2026-11-24 7"})
    said = [
        *integration("youtube").recheck.load()(built, [held()]),
        *integration("youtube").profiles.load()(built, ["NHS"]),
    ]
    spent = [(one.value, one.always) for one in said if isinstance(one, SaveState)]
    assert spent == [("2026-11-24 8", True), ("2026-11-24 9", True), ("2026-11-24 1", True)]


def test_a_recheck_stops_where_the_units_are_used_up(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/videos", json=page("youtube/videos1.json"))
    found = recheck([VIDEO, held()], units_a_day=1)
    assert [type(one) for one in found] == [Mention, SkippedItem]
    assert getattr(found[1], "stops", False)


# ── moderation ───────────────────────────────────────────────────────────────────────────────────

MODERATION = integration("youtube").moderation.load()


def test_what_can_be_taken_back_is_said_and_what_can_not() -> None:
    assert [action.undo for action in MODERATION.actions.values()] == ["release", "hold", ""]
    assert "for good" in MODERATION.actions["reject"].does


@pytest.mark.parametrize(
    ("mention", "table", "why"),
    [
        (held(), {"access_token": TOKEN}, ""),
        (held(kind="reply"), {"access_token": TOKEN}, ""),
        (held(), {}, "mentions connect youtube"),
        (held(), {"access_token": TOKEN, "channels": []}, "channels"),
        (held(own=True), {"access_token": TOKEN}, "our own"),
        (held(deleted=True), {"access_token": TOKEN}, "no more"),
        (VIDEO, {"access_token": TOKEN}, "only comments"),
    ],
)
def test_it_is_said_why_a_mention_can_not_be_acted_on(
    mention: Mention, table: dict[str, Any], why: str
) -> None:
    found = MODERATION.may(source("youtube", **table), mention, MODERATION.actions["hold"])
    assert why in found
    assert bool(found) is bool(why)


def act(name: str, mention: Mention | None = None, **table: Any) -> None:
    built = source("youtube", access_token=TOKEN, **table)
    MODERATION.act(built, mention or held(), MODERATION.actions[name])


@pytest.mark.parametrize(
    ("name", "status"),
    [("hold", "heldForReview"), ("release", "published"), ("reject", "rejected")],
)
def test_an_action_sets_the_status_in_the_owners_name(
    web: responses.RequestsMock, name: str, status: str
) -> None:
    web.get(f"{BASE}/videos", json=page("youtube/videos2.json"))
    web.post(f"{BASE}/comments/setModerationStatus", status=204)
    act(name)
    asked = web.calls[1].request
    assert asked.params == {"id": FIRST, "moderationStatus": status}  # type: ignore[attr-defined]
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("videos", [page("youtube/videos1.json"), NONE, {"items": [{}, 3]}])
def test_nothing_is_done_under_other_peoples_videos(
    web: responses.RequestsMock, videos: dict[str, Any]
) -> None:
    web.get(f"{BASE}/videos", json=videos)
    with pytest.raises(PlatformRefused, match="not under a video of our own"):
        act("hold")
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 200, "json": {}}, PlatformUnavailable),
        ({"status": 403, "json": {"error": {"errors": [{"reason": "forbidden"}]}}}, PlatformRefused),
        ({"status": 404, "json": {"error": {"errors": [{"reason": "commentNotFound"}]}}}, PlatformRefused),
        ({"status": 500}, PlatformUnavailable),
    ],
)  # fmt: skip
def test_what_was_not_confirmed_was_not_done(
    web: responses.RequestsMock, answer: dict[str, Any], kind: type[CollectorError]
) -> None:
    web.post(f"{BASE}/comments/setModerationStatus", **answer)
    with pytest.raises(kind):
        act("hold", held(root_id=""))


def test_a_write_that_the_units_do_not_allow_is_not_sent(web: responses.RequestsMock) -> None:
    with pytest.raises(PlatformUnavailable, match="units of today are used up"):
        act("hold", held(root_id=""), units_a_day=49)
    assert not web.calls


# ── accounts in our name ─────────────────────────────────────────────────────────────────────────


def profiles(names: Sequence[str], **table: Any) -> list[Mention | SkippedItem]:
    said = integration("youtube").profiles.load()(source("youtube", **table), names)
    return [one for one in said if not isinstance(one, SaveState)]


def results(*channels: Any) -> dict[str, Any]:
    return {"items": [{"id": {"kind": "youtube#channel", "channelId": one}} for one in channels]}


def test_channels_are_found_by_each_name_and_each_once(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/search", json=results("UCbbbbbbbbbbbbbbbbbbbbbb", None))
    web.get(f"{BASE}/channels", json=page("youtube/channels.json"))
    found = profiles(["NHS NW London", "NW London ICB"])
    assert all(isinstance(one, Mention) and one.kind == "profile" for one in found)
    assert len([call for call in web.calls if "/channels" in str(call.request.url)]) == 1
    asked = web.calls[0].request.params  # type: ignore[attr-defined]
    assert (asked["q"], asked["type"]) == ('"NHS NW London"', "channel")
    assert web.calls[1].request.params["id"] == "UCbbbbbbbbbbbbbbbbbbbbbb"  # type: ignore[attr-defined]


def test_our_own_channel_is_marked(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/search", json=results("UCaaaaaaaaaaaaaaaaaaaaaa"))
    web.get(f"{BASE}/channels", json=page("youtube/channels.json"))
    own = {one.author.handle: one.own for one in profiles(["NHS"]) if isinstance(one, Mention)}
    assert own["nhsnwl"]
    assert not own["ana-example"]


def test_names_share_the_days_searches(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/search", json=results())
    found = profiles(["one", "two"], state={"searches": "2026-11-24 99"})
    assert [(getattr(one, "item", ""), getattr(one, "stops", None)) for one in found] == [
        ("channels by name 2", True)
    ]
    assert len(web.calls) == 1


def test_nothing_is_said_of_what_can_not_be_looked_up() -> None:
    assert recheck([held(kind="article")]) == []
