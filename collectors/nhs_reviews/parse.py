"""Reviews of the NHS website and the answers to them as Mentions: the only code that knows its field names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collectors.base import identity, moment, plain, words
from core.models import Author, Mention

RESPONSE = "response:"  # before a response's id, which is one of the same kind as a review's


def to_mention(item: Mapping[str, Any], at: datetime) -> Mention:
    """One review. Times come without an offset and are taken as UTC, an hour late in summer at most."""
    review = item["comment"]
    own = identity(review["commentId"])
    posted, updated = moment(review.get("dateSubmitted")), moment(review.get("lastUpdated"))
    removed = _is_removed(review)
    raw = words(review.get("commentText"))
    parts = (plain(words(review.get("title"))), plain(raw), _ratings(review.get("ratings")))
    if not any(parts) and not removed:
        raise ValueError("no text")
    return Mention(
        issuer="nhs_reviews", issued_id=own, platform="review", kind="review",
        url=words(review.get("commentOriginalURL")), posted_at=posted, fetched_at=at,
        text="" if removed else "\n\n".join(filter(None, parts)), text_raw="" if removed else raw,
        author=Author(name="" if removed else words(review.get("screenName"))),
        edited_at=updated if updated > posted else None, deleted=removed,
    )  # fmt: skip


def to_reply(item: Mapping[str, Any], at: datetime) -> Mention:
    """What the service answered. Its id, like a review's, is called commentId; without one it has its review's."""
    review, response = item["comment"], response_in(item)
    story = identity(review["commentId"])
    own = (
        response.get("commentId") or response.get("responseId") or review.get("responseID") or story
    )
    posted, updated = moment(response.get("dateSubmitted")), moment(response.get("lastUpdated"))
    raw = words(response.get("commentText") or response.get("responseText"))
    removed = _is_removed(review) or _is_removed(response)
    if not plain(raw) and not removed:
        raise ValueError("no text")
    return Mention(
        issuer="nhs_reviews", issued_id=f"{RESPONSE}{identity(own)}", platform="review", kind="reply",
        url=words(response.get("commentOriginalURL") or review.get("commentOriginalURL")),
        text="" if removed else plain(raw), text_raw="" if removed else raw, parent_id=story,
        root_id=story, posted_at=posted, fetched_at=at, deleted=removed,
        edited_at=updated if updated > posted else None,
    )  # fmt: skip


def _is_removed(item: Mapping[str, Any]) -> bool:
    """By its own word: the list that it stands in is no evidence."""
    return words(item.get("status")).strip().lower() == "removed"


def response_in(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Beside a review or, as older answers have it, in it; itself a `comment` or not."""
    review = item.get("comment")
    inside = review.get("response") if isinstance(review, dict) else None
    response = item.get("response") or inside
    response = response if isinstance(response, dict) else {}
    within = response.get("comment")
    return within if isinstance(within, dict) else response


def _ratings(ratings: object) -> str:
    """Each question with what was given for it, a line each."""
    lines = []
    for entry in ratings if isinstance(ratings, list) else []:
        question, rating = (
            (entry.get("question"), entry.get("rating")) if isinstance(entry, dict) else ("", "")
        )
        if isinstance(question, str) and question.strip() and isinstance(rating, int | float | str):
            lines.append(f"{question.strip()}: {rating}")
    return "\n".join(lines)
