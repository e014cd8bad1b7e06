from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from collectors.instagram.collector import MENTIONED_COMMENTS, MENTIONED_MEDIA, TAGS
from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.instagram import USER_ID, InstagramStandIn
from tests.collectors.answering import WORDS, account, collected, may, posted, send, source, the
from tests.collectors.cases import AT

US = "healthiernwl"


@pytest.fixture
def standin() -> Iterator[InstagramStandIn]:
    with InstagramStandIn(AT) as opened:
        yield opened


@pytest.fixture
def mentions(standin: InstagramStandIn) -> list[Mention]:
    return collected(standin, US)


@pytest.fixture
def built(standin: InstagramStandIn) -> Any:
    return source(standin, US)


def test_a_comment_gets_a_reply_and_a_reply_is_answered_under_its_comment(
    standin: InstagramStandIn, built: Any, mentions: list[Mention]
) -> None:
    comment = the(mentions, lambda m: m.kind == "comment" and not may(built, m) and not m.matched)
    reply = the(mentions, lambda m: m.kind == "reply" and not may(built, m))
    assert send(built, comment).url == comment.url
    send(built, reply)
    first, second = posted(standin)
    assert first.path == f"/v26.0/{comment.issued_id}/replies"
    assert second.path == f"/v26.0/{reply.parent_id}/replies"
    assert first.form() == {"message": WORDS}


def test_who_names_us_elsewhere_is_answered_as_a_mention(
    standin: InstagramStandIn, built: Any, mentions: list[Mention]
) -> None:
    caption = the(mentions, lambda m: MENTIONED_MEDIA in m.matched)
    comment = the(mentions, lambda m: MENTIONED_COMMENTS in m.matched)
    send(built, caption)
    send(built, comment)
    first, second = posted(standin)
    assert first.path == second.path == f"/v26.0/{USER_ID}/mentions"
    assert first.form() == {"message": WORDS, "media_id": caption.issued_id}
    assert second.form() == {
        "message": WORDS, "media_id": comment.root_id, "comment_id": comment.issued_id,
    }  # fmt: skip


def test_a_photo_in_which_we_are_only_tagged_is_answered_by_hand(
    built: Any, mentions: list[Mention]
) -> None:
    tagged = the(mentions, lambda m: TAGS in m.matched and not m.own)
    assert "answer there by hand" in may(built, tagged)
    assert account(built, tagged) == f"@{US}"


def test_a_missing_permission_and_a_deleted_comment_are_told(
    standin: InstagramStandIn, built: Any, mentions: list[Mention]
) -> None:
    comment = the(mentions, lambda m: m.kind == "comment" and not may(built, m) and not m.matched)
    standin.fail(10)
    with pytest.raises(PlatformRefused, match="instagram_manage_comments"):
        send(built, comment)
    standin.remove(standin.gallery.nodes[comment.issued_id])
    with pytest.raises(PlatformRefused, match="not there"):
        send(built, comment)
