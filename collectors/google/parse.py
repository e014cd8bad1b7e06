"""Google's reviews and the answers to them as Mentions: the only code that knows the interface's field names.

The names are those of the reference of accounts.locations.reviews (read on 29 November 2026). Of `reviewMediaItems`
the notes of 20 April 2026 say "thumbnail image and video urls"; how they are spelt was not seen, so that any
address of a thumbnail is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.base import count, counts, identity, moment, plain, words
from collectors.context import object_of, objects_of, text_of
from core.media import Attachment
from core.models import Author, Mention

MANAGER = (
    "https://business.google.com/reviews"  # where whoever manages the profile reads and answers
)
ANSWER = "/reply"  # behind a review's id, that of the one answer that it may have
_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}  # STAR_RATING_UNSPECIFIED is none
_UNSEEN = frozenset(("PENDING", "REJECTED"))  # states of an answer that the public doesn't see


def to_mention(item: Mapping[str, Any], at: datetime) -> Mention:
    """One review. One without words says how many stars it gives; nobody's name is given of an anonymous one."""
    own = identity(item["reviewId"])
    posted, updated = moment(item.get("createTime")), moment(item.get("updateTime"))
    raw, stars = words(item.get("comment")), _stars(item.get("starRating"))
    text = "\n\n".join(filter(None, (plain(raw), f"Rating: {stars} of 5" if stars else "")))
    if not text:
        raise ValueError("neither words nor stars")
    return Mention(
        issuer="google", issued_id=own, platform="google", kind="review", url=_address(item), text=text,
        text_raw=raw, author=_reviewer(object_of(item.get("reviewer"))), posted_at=posted, fetched_at=at,
        edited_at=updated if updated > posted else None, media=tuple(_attached(item)),
        metrics=counts(replies=1 if answer_in(item) else 0),
    )  # fmt: skip


def to_answer(item: Mapping[str, Any], at: datetime, *, own: bool) -> Mention:
    """What was answered in the place's name. It has no id of its own: a review has one answer at most."""
    answer, review = answer_in(item), identity(item["reviewId"])
    raw = words(answer.get("comment"))
    if not plain(raw):
        raise ValueError("no text")
    return Mention(
        issuer="google", issued_id=f"{review}{ANSWER}", platform="google", kind="reply", url=_address(item),
        text=plain(raw), text_raw=raw,  posted_at=moment(answer.get("updateTime")),
        fetched_at=at, parent_id=review, root_id=review, own=own,
        hidden=answer.get("reviewReplyState") in _UNSEEN,
    )  # fmt: skip


def answer_in(item: object) -> Mapping[str, Any]:
    """The answer that stands below a review; empty where there is none."""
    return object_of(object_of(item).get("reviewReply"))


def changed(item: object) -> datetime:
    """When a review or the answer to it was changed last."""
    review = object_of(item)
    return max(moment(review.get("updateTime")), moment(answer_in(item).get("updateTime")))


def _stars(rating: object) -> int | None:
    """Of a review: as a word, by the reference, or as a number from 1 to 5."""
    number = count(rating)
    return number if number in _STARS.values() else _STARS.get(text_of(rating).strip().upper())


def _address(item: Mapping[str, Any]) -> str:
    """Where it is read and answered by a manager of the profile: Google gives no public address of a review."""
    url = text_of(item.get("reviewReplyUrl"))
    return url if url.startswith("https://") else MANAGER


def _reviewer(reviewer: Mapping[str, Any]) -> Author:
    if reviewer.get("isAnonymous") is True:
        return Author()
    return Author(
        name=words(reviewer.get("displayName")), avatar=text_of(reviewer.get("profilePhotoUrl"))
    )


def _attached(item: Mapping[str, Any]) -> Iterator[Attachment]:
    for entry in objects_of(item.get("reviewMediaItems")):
        still = text_of(entry.get("thumbnailUrl") or entry.get("thumbnailUri"))
        film = text_of(entry.get("videoUrl") or entry.get("videoUri"))
        if still.startswith("https://") or film:
            yield Attachment(
                kind="video" if film else "picture",
                url=still if still.startswith("https://") else "",
            )
