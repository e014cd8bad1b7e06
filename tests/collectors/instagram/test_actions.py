from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.base import Gone, Rechecked, SkippedItem
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, SECRET, page, source

ROOT = "https://graph.facebook.com/v26.0"
USER, MEDIA, COMMENT = "17841400000000001", "17890000000000009", "17870000000000001"
IDS, TAGS, ITSELF = f"{ROOT}/", f"{ROOT}/{USER}/tags", f"{ROOT}/{USER}"
OWN = f"{ROOT}/{USER}/media"
ABSENT = {"error": {"message": SECRET, "code": 100, "error_subcode": 33}}
MODERATION = integration("instagram").moderation.load()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def held(number: str, **told: Any) -> Mention:
    known: dict[str, Any] = {
        "kind": "comment", "root_id": MEDIA, "parent_id": MEDIA, "text": "as it was",
        "url": "https://www.instagram.com/p/BBBBBBBBBBB/", **told,
    }  # fmt: skip
    return Mention(
        issuer="instagram", issued_id=number, platform="instagram", posted_at=AT, fetched_at=AT,
        **known,
    )  # fmt: skip


def post(number: str, **told: Any) -> Mention:
    return held(number, kind="post", root_id="", parent_id="", **told)


def recheck(*mentions: Mention) -> list[Rechecked]:
    return list(integration("instagram").recheck.load()(source("instagram"), mentions))


def told(web: responses.RequestsMock, call: int) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


# ── recheck ──────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_comes_back_as_it_is_now_under_what_it_answered(
    web: responses.RequestsMock,
) -> None:
    now = {"id": "1787", "text": "It works again", "timestamp": "2026-11-20T10:05:31+0000",
           "username": "ana.example", "hidden": True}  # fmt: skip
    web.get(IDS, json={"1787": now})
    (fresh,) = recheck(held("1787", kind="reply", parent_id=COMMENT, matched=("a rule",)))
    assert isinstance(fresh, Mention)
    assert (fresh.text, fresh.hidden, fresh.kind) == ("It works again", True, "reply")
    assert (fresh.parent_id, fresh.root_id, fresh.matched) == (COMMENT, MEDIA, ("a rule",))
    assert fresh.url == "https://www.instagram.com/p/BBBBBBBBBBB/"


def test_our_media_and_comments_are_looked_up_and_what_is_absent_is_gone(
    web: responses.RequestsMock,
) -> None:
    web.get(IDS, json={MEDIA: page("instagram/media.json")["data"][0]})
    web.get(IDS, json={COMMENT: page("instagram/comments.json")["data"][0]})
    fates = recheck(post(MEDIA, own=True), held(COMMENT), held("17870000000000099"))
    assert [type(fate) for fate in fates] == [Mention, Mention, Gone]
    assert isinstance(fates[0], Mention)
    assert fates[0].own
    assert "caption" in told(web, 0)["fields"]
    assert "hidden" in told(web, 1)["fields"]


def test_a_tag_is_looked_for_in_the_list_of_tags(web: responses.RequestsMock) -> None:
    web.get(TAGS, json=page("instagram/tags.json"))
    fates = recheck(post("17890000000000001", matched=("tags",)), post("1789", matched=("tags",)))
    assert isinstance(fates[0], Mention)
    assert fates[1] == Gone("instagram", "1789", "removed")


def test_a_mention_is_looked_up_as_it_was_read(web: responses.RequestsMock) -> None:
    web.get(ITSELF, json=page("instagram/mentioned_comment.json"))
    (fresh,) = recheck(held("17870000000000003", matched=("mentioned_comments",)))
    assert isinstance(fresh, Mention)
    assert fresh.text == "@exampleicb please reply"
    assert "mentioned_comment.comment_id(17870000000000003)" in told(web, 0)["fields"]


def test_a_mention_that_is_not_there_is_gone_where_our_media_are(
    web: responses.RequestsMock,
) -> None:
    web.get(ITSELF, status=400, json=ABSENT)
    web.get(OWN, json={"data": []})
    mention = post("17890000000000078", matched=("mentioned_media",))
    assert recheck(mention) == [Gone("instagram", "17890000000000078")]
    web.reset()
    web.get(ITSELF, status=400, json=ABSENT)
    web.get(OWN, status=400, json=ABSENT)
    with pytest.raises(PlatformRefused):
        recheck(mention)


def test_a_mention_that_instagram_does_not_know_of_is_odd_and_costs_no_other(
    web: responses.RequestsMock,
) -> None:
    unknown = {"error": {"message": SECRET, "code": 100}}
    web.get(ITSELF, status=400, json=unknown)
    web.get(ITSELF, json=page("instagram/mentioned_comment.json"))
    fates = recheck(
        held("1787", matched=("mentioned_comments",)),
        held("17870000000000003", matched=("mentioned_comments",)),
    )
    assert [type(fate) for fate in fates] == [SkippedItem, Mention]


@pytest.mark.parametrize("media", [{}, {"error": {"message": SECRET}}])
def test_an_answer_that_is_no_list_of_our_media_tells_no_deletion(
    web: responses.RequestsMock, media: dict[str, Any]
) -> None:
    web.get(IDS, json={})
    web.get(OWN, json=media)
    with pytest.raises(PlatformUnavailable):
        recheck(held(COMMENT))


def test_what_a_hashtag_alone_found_can_not_be_looked_up(web: responses.RequestsMock) -> None:
    assert recheck(post("17890000000000050", matched=("#nwlondon",))) == []
    assert not web.calls


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 400, "json": {"error": {"code": 190, "error_subcode": 463}}},
        {"body": "<html>Log in</html>", "content_type": "text/html"},
        {"json": {"data": []}},
    ],
)
def test_an_outage_or_an_expired_token_is_never_read_as_a_deletion(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    web.get(IDS, **answer)
    with pytest.raises(CollectorError):
        recheck(held(COMMENT))


# ── moderation ───────────────────────────────────────────────────────────────────────────────────


def act(name: str, mention: Mention) -> None:
    MODERATION.act(source("instagram"), mention, MODERATION.actions[name])


@pytest.mark.parametrize(
    ("name", "told", "why"),
    [
        ("hide", {}, ""),
        ("delete", {"kind": "reply"}, ""),
        ("unhide", {"hidden": True}, ""),
        ("hide", {"own": True}, "our own"),
        ("delete", {"kind": "post"}, "only comments"),
        ("delete", {"matched": ("mentioned_comments",)}, "not under our own post"),
    ],
)
def test_what_may_not_be_acted_on_says_why(name: str, told: dict[str, Any], why: str) -> None:
    action = MODERATION.actions[name]
    answer = MODERATION.may(source("instagram"), held(COMMENT, **told), action)
    assert answer == why == "" or (why and why in answer)


def test_what_can_be_undone_says_by_what() -> None:
    undo = {name: action.undo for name, action in MODERATION.actions.items()}
    assert undo == {"hide": "unhide", "unhide": "hide", "delete": ""}
    assert "can't be undone" in MODERATION.actions["delete"].does


@pytest.mark.parametrize(
    ("name", "hidden", "sent"), [("hide", False, "true"), ("unhide", True, "false")]
)
def test_a_comment_is_hidden_and_shown_again(
    web: responses.RequestsMock, name: str, hidden: bool, sent: str
) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT, "hidden": hidden})
    web.post(f"{ROOT}/{COMMENT}", json={"success": True})
    act(name, held(COMMENT))
    assert told(web, 1) == {"hide": sent}


def test_a_comment_is_deleted(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT})
    web.delete(f"{ROOT}/{COMMENT}", json={"success": True})
    act("delete", held(COMMENT))
    assert web.calls[1].request.method == "DELETE"


def test_what_was_not_confirmed_was_not_done(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{COMMENT}", json={"id": COMMENT})
    web.post(f"{ROOT}/{COMMENT}", json={"success": False})
    with pytest.raises(PlatformUnavailable, match="did not confirm"):
        act("hide", held(COMMENT))


def test_a_comment_that_is_gone_can_not_be_hidden(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{COMMENT}", status=400, json=ABSENT)
    with pytest.raises(PlatformRefused, match="not there"):
        act("hide", held(COMMENT))
