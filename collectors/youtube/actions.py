"""What becomes of YouTube's mentions, what may be done to comments, and channels that go by our names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from collectors.base import (
    Action,
    Gone,
    Moderation,
    Rechecked,
    RecheckedParent,
    SaveState,
    SkippedItem,
    each,
)
from collectors.parents import as_mention, as_parents
from collectors.queries import quoted
from collectors.quota import UsedUp
from collectors.youtube.client import AT_ONCE, Calls, answered
from collectors.youtube.collector import YouTube
from collectors.youtube.parse import CAPTIONS_OF, About, to_comment, to_profile, to_video
from core.context import ParentPost
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention

_COMMENTS = ("comment", "reply")
_Reads = Callable[[Mention, Mapping[str, Any]], Mention]


def recheck(source: YouTube, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Videos, comments and channels by their ids, fifty at once; Gone where YouTube gives none for one.

    What is said in a video of ours goes with the video. A comment that the public doesn't get and the owner does is hidden. Of one that was hidden before
    and that nobody gets, nothing is said: YouTube doesn't document whether it gives those by id.
    """
    calls, about = source.calls, source.about
    captions = [mention for mention in mentions if mention.issued_id.startswith(CAPTIONS_OF)]
    videos = [
        mention for mention in mentions if mention.kind == "video" and mention not in captions
    ]
    comments = [mention for mention in mentions if mention.kind in _COMMENTS]
    profiles = [mention for mention in mentions if mention.kind == "profile"]
    try:
        yield from _looked_up(
            calls, about, "videos", "snippet,statistics,status", videos,
            lambda _, item: to_video(item, about), "deleted or private",
        )  # fmt: skip
        yield from _looked_up(
            calls, about, "videos", "status", captions,
            lambda stored, _: dataclasses.replace(stored, fetched_at=about.at), "deleted or private",
        )  # fmt: skip
        yield from _looked_up(
            calls, about, "comments", "snippet", comments, partial(_comment, about)
        )
        yield from _looked_up(
            calls, about, "channels", "snippet,statistics", profiles,
            lambda _, item: to_profile(item, about),
        )  # fmt: skip
    except UsedUp as spent:
        why = f"{spent}; the rest is looked up after midnight Pacific time"
        yield SkippedItem("the quota", why, stops=True)


def recheck_parents(source: YouTube, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Videos and comments by their ids, fifty at once, out of the day's quota. Raises CollectorError."""
    stand_ins = [
        as_mention(post, "youtube", source.at, kind="comment" if post.is_comment else "video")
        for post in posts
    ]
    yield from as_parents(recheck(source, stand_ins))


def _looked_up(
    calls: Calls, about: About, path: str, part: str, mentions: list[Mention], read: _Reads,
    why: str = "deleted",
) -> Iterator[Rechecked]:  # fmt: skip
    for start in range(0, len(mentions), AT_ONCE):
        batch = {_id(mention): mention for mention in mentions[start : start + AT_ONCE]}
        public = yield from _there(calls, path, part, list(batch))
        absent = [own_id for own_id in batch if own_id not in public]
        owners: dict[str, Any] = {}
        if path == "comments" and calls.access_token:
            owners = yield from _there(calls, path, part, absent, owner=True)
        for number, (own_id, mention) in enumerate(batch.items(), start + 1):
            item = public.get(own_id) or owners.get(own_id)
            if item:
                fresh = partial(_fresh, mention, read, hidden=own_id in owners)
                where = f"recheck of {path} {number}"
                yield from each([item], fresh, at=about.at, where=where)
            elif not mention.hidden:
                yield Gone(mention.issuer, mention.issued_id, why)


def _there(
    calls: Calls, path: str, part: str, ids: list[str], *, owner: bool = False
) -> Generator[SaveState, None, dict[str, Any]]:
    """What is there of these, by id. Raises PlatformUnavailable for an answer that is half of one."""
    items = yield from calls.by_ids(path, part, ids, owner=owner)
    if not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in items):
        raise PlatformUnavailable(f"YouTube sent {path} that are not shaped as they should be")
    return {item["id"]: item for item in items}


def _id(mention: Mention) -> str:
    return mention.issued_id.removeprefix("profile:").removeprefix(CAPTIONS_OF)


def _fresh(stored: Mention, read: _Reads, item: Mapping[str, Any], *, hidden: bool) -> Mention:
    fresh = read(stored, item)
    return dataclasses.replace(
        fresh, matched=stored.matched, own=stored.own or fresh.own, hidden=hidden or fresh.hidden
    )


def _comment(about: About, stored: Mention, item: Mapping[str, Any]) -> Mention:
    """A comment by itself says neither its video nor how many replies it has."""
    fresh = to_comment(item, about, stored.root_id)
    return dataclasses.replace(
        fresh, kind=stored.kind, parent_id=stored.parent_id or fresh.parent_id,
        metrics={**stored.metrics, **fresh.metrics},
    )  # fmt: skip


_STATUS = {"hold": "heldForReview", "release": "published", "reject": "rejected"}


def _may(source: YouTube, mention: Mention, action: Action) -> str:
    if mention.deleted:
        return "it is there no more"
    if mention.kind not in _COMMENTS:
        return "only comments can be held or rejected"
    if mention.own:
        return "it is our own"
    if not source.channels:
        return "no channel of ours is named: see `channels` in [collectors.youtube]"
    return (
        "" if source.access_token else "nobody has granted access: run `mentions connect youtube`"
    )


def _act(source: YouTube, mention: Mention, action: Action) -> None:
    calls = source.calls
    _must_be_ours(source, calls, mention)
    answer = calls.write(
        "comments/setModerationStatus",
        {"id": mention.issued_id, "moderationStatus": _STATUS[action.name]},
    )
    if answer.status != 204:
        raise PlatformUnavailable(f"YouTube did not confirm that it did this ({answer.status})")


def _must_be_ours(source: YouTube, calls: Calls, mention: Mention) -> None:
    """Raises PlatformRefused for a comment on somebody else's video; costs one unit of the quota."""
    if not mention.root_id:
        return
    videos = answered(calls.by_ids("videos", "snippet", [mention.root_id], owner=True))
    for video in videos:
        snippet = video.get("snippet") if isinstance(video, dict) else None
        if isinstance(snippet, dict) and snippet.get("channelId") in source.channels:
            return
    raise PlatformRefused("YouTube: the comment is not under a video of our own channels")


MODERATION = Moderation(
    actions={
        "hold": Action(
            name="hold",
            does="The comment and the replies to it are no longer shown; it waits on the channel for "
            "review.",
            undo="release",
        ),
        "release": Action(
            name="release", does="The comment is shown to everybody again.", undo="hold"
        ),
        "reject": Action(
            name="reject",
            does="The comment and the replies to it are taken away for good: YouTube takes no rejection "
            "back.",
            undo="",
        ),
    },
    may=_may,
    act=_act,
)


def profiles(source: YouTube, names: Sequence[str]) -> Iterator[Mention | SkippedItem | SaveState]:
    """Channels that a search by each name finds, one search of the day's bucket each."""
    calls, seen = source.calls, set[str]()
    for number, name in enumerate(names, 1):
        where = f"channels by name {number}"
        params: dict[str, str | int] = {
            "part": "snippet", "type": "channel", "q": quoted(name), "maxResults": AT_ONCE,
            "regionCode": source.region,
        }  # fmt: skip
        try:
            results = yield from calls.search(params)
            ids = [
                channel_id
                for result in results
                if (channel_id := _channel(result)) and channel_id not in seen
            ]
            seen.update(ids)
            channels = yield from calls.by_ids("channels", "snippet,statistics", ids)
        except UsedUp as spent:
            yield SkippedItem(
                where, f"{spent}; the rest is searched after midnight Pacific time", stops=True
            )
            return
        yield from each(
            channels, partial(to_profile, about=source.about), at=source.at, where=where
        )


def _channel(result: Any) -> str:
    """The id that a result of a search for channels is of; empty where it names none."""
    try:
        channel_id = result["id"]["channelId"]
    except (KeyError, TypeError):
        return ""
    return channel_id if isinstance(channel_id, str) else ""
