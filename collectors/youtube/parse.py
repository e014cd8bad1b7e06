"""YouTube's videos, comments, channels and search results as Mentions: the only code that knows its field names."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from collectors.base import (
    ODD_ERRORS,
    Collected,
    SaveState,
    count,
    counts,
    each,
    identity,
    moment,
    words,
)
from collectors.context import object_of, objects_of, text_of
from collectors.parsing import joined
from collectors.threads import owner_of, under
from collectors.youtube.client import AT_ONCE, UNITS, Absent, Calls
from core.context import Page
from core.errors import CollectorError
from core.media import Attachment
from core.models import Author, Mention

_HELD = frozenset(("heldForReview", "likelySpam", "rejected"))
_SIZES = ("maxres", "standard", "high", "medium", "default")  # of thumbnails, the largest first


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """When it was fetched, and ids and handles of our own channels and our providers', in lower case.

    `held`: it was asked for among what waits for review, where a comment that doesn't say its own
    state is not shown to the public.
    """

    at: datetime
    ours: frozenset[str]
    providers: frozenset[str] = frozenset()
    held_for_review: bool = False

    def own(self, *names: str) -> bool:
        """Whether one of our channels goes by one of these."""
        return any(name.lower() in self.ours for name in names if name)


def to_comment(comment: Mapping[str, Any], about: About, video: str = "") -> Mention:
    """One comment or reply. `video` is the thread's, where the comment doesn't say it itself.

    A reply's id is PARENT.CHILD. The text is what is shown, asked for as plain text.
    """
    snippet, own_id = comment["snippet"], identity(comment["id"])
    shown = snippet.get("textDisplay")
    text = words(snippet["textOriginal"] if shown is None else shown)
    posted, changed = moment(snippet.get("publishedAt")), moment(snippet.get("updatedAt"))
    video = words(snippet.get("videoId")) or video
    parent = words(snippet.get("parentId")) or own_id.rpartition(".")[0]
    state, author = snippet.get("moderationStatus"), _commenter(snippet)
    return Mention(
        issuer="youtube", issued_id=own_id, platform="youtube", kind="reply" if parent else "comment",
        url=comment_url(own_id, video, words(snippet.get("channelId"))), text=text, text_raw=text,
        author=author, posted_at=posted, edited_at=changed if changed > posted else None,
        fetched_at=about.at, parent_id=parent or video, root_id=video,
        metrics=counts(likes=snippet.get("likeCount")), own=about.own(author.id, author.handle),
        hidden=state in _HELD if isinstance(state, str) else about.held_for_review,
        images=_web_addresses(snippet.get("imageUrl")),
    )  # fmt: skip


def to_thread(thread: Mapping[str, Any], about: About) -> Mention:
    """The comment that a thread starts with, and how many replies it has."""
    snippet = thread["snippet"]
    comment = to_comment(snippet["topLevelComment"], about, words(snippet.get("videoId")))
    metrics = {**comment.metrics, **counts(replies=snippet.get("totalReplyCount"))}
    return dataclasses.replace(comment, metrics=metrics)


def replies(thread: Mapping[str, Any]) -> list[Any]:
    """The few replies that come with a thread."""
    replies_part = thread.get("replies")
    listed = replies_part.get("comments") if isinstance(replies_part, dict) else None
    return listed if isinstance(listed, list) else []


def times(threads: list[Any]) -> Iterator[datetime]:
    """When each thread of a page was started, as far as it says."""
    for thread in threads:
        try:
            yield moment(thread["snippet"]["topLevelComment"]["snippet"]["publishedAt"])
        except (KeyError, TypeError):
            continue


def to_video(video: Mapping[str, Any], about: About) -> Mention:
    """One video: its title and whole description, and its figures."""
    snippet, own_id = video["snippet"], identity(video["id"])
    figures, status = _part(video, "statistics"), _part(video, "status")
    text = joined(words(snippet["title"]), words(snippet.get("description")))
    channel = words(snippet.get("channelId"))
    return Mention(
        issuer="youtube", issued_id=own_id, platform="youtube", kind="video",
        url=f"https://www.youtube.com/watch?v={own_id}", text=text, text_raw=text,
        author=Author(id=channel, name=words(snippet.get("channelTitle"))),
        posted_at=moment(snippet.get("publishedAt")), fetched_at=about.at,
        metrics=counts(views=figures.get("viewCount"), likes=figures.get("likeCount"),
                       replies=figures.get("commentCount")),
        language=words(snippet.get("defaultAudioLanguage") or snippet.get("defaultLanguage")),
        own=about.own(channel), hidden=status.get("privacyStatus") == "private",
        images=_thumbnail(snippet), media=(_film(video, snippet),),
    )  # fmt: skip


def from_search(result: Mapping[str, Any], about: About) -> Mention:
    """A video as search shows it: its title is HTML and its description cut short."""
    return to_video(
        {"id": result["id"]["videoId"], "snippet": _unescaped(result["snippet"])}, about
    )


def to_gone(video: str, about: About, posted: datetime) -> Mention:
    """A video that is there no more: marks what we hold of it as deleted, and is nothing where we hold none."""
    return Mention(
        issuer="youtube", issued_id=video, platform="youtube", kind="video",
        url=f"https://www.youtube.com/watch?v={video}", text="", deleted=True,
        posted_at=posted, fetched_at=about.at,
    )  # fmt: skip


CAPTIONS_OF = "captions:"  # before a video's id: what is said in it is a mention beside it


def to_captions(
    video: str, spoken: str, language: str, about: About, mention: Mention | None
) -> Mention:
    """What is said in one of our own videos, under the video; when it was posted is when the video was, as far as it is known."""
    own = mention.author if mention else Author()
    return Mention(
        issuer="youtube", issued_id=f"{CAPTIONS_OF}{video}", platform="youtube", kind="video",
        url=f"https://www.youtube.com/watch?v={video}", text=spoken, text_raw=spoken, author=own, own=True,
        posted_at=mention.posted_at if mention else about.at, fetched_at=about.at, root_id=video, parent_id=video,
        language=language, media=(Attachment(kind="video"),),
    )  # fmt: skip


def to_profile(channel: Mapping[str, Any], about: About) -> Mention:
    """A channel as a mention of kind profile; its text is name, handle and description."""
    who = to_author(channel)
    text = "\n".join(part for part in (who.name, who.handle and f"@{who.handle}", who.bio) if part)
    return Mention(
        issuer="youtube", issued_id=f"profile:{who.id}", platform="youtube", kind="profile",
        url=f"https://www.youtube.com/channel/{who.id}", text=text, text_raw=text, author=who,
        posted_at=moment(channel["snippet"].get("publishedAt")), fetched_at=about.at,
        own=about.own(who.id, who.handle),
        metrics=counts(views=_part(channel, "statistics").get("viewCount")),
        images=(who.avatar,) if who.avatar else (),
    )  # fmt: skip


def to_author(channel: Mapping[str, Any]) -> Author:
    """Whose channel it is: the description is the bio, subscribers are followers unless hidden."""
    snippet, figures = channel["snippet"], _part(channel, "statistics")
    subscribers = (
        None if figures.get("hiddenSubscriberCount") is True else figures.get("subscriberCount")
    )
    return Author(
        id=identity(channel["id"]), handle=words(snippet.get("customUrl")).lstrip("@"),
        name=words(snippet.get("title")), bio=words(snippet.get("description")),
        followers=count(subscribers), avatar=next(iter(_thumbnail(snippet)), ""),
    )  # fmt: skip


def _commenter(snippet: Mapping[str, Any]) -> Author:
    """As a comment tells it; a channel's id may be missing, and a name is mostly the handle."""
    name, channel = words(snippet.get("authorDisplayName")), _part(snippet, "authorChannelId")
    linked = re.search(r"/@([^/?#]+)$", words(snippet.get("authorChannelUrl")))
    handle = name[1:] if name.startswith("@") else linked[1] if linked else ""
    return Author(
        id=words(channel.get("value")), handle=handle, name=name,
        avatar=words(snippet.get("authorProfileImageUrl")),
    )  # fmt: skip


def comment_url(comment: str, video: str, channel: str) -> str:
    """Where a comment is read; where nobody knows its video, the channel that it was said on."""
    if video:
        return f"https://www.youtube.com/watch?v={video}&lc={comment}"
    return f"https://www.youtube.com/channel/{channel}" if channel else "https://www.youtube.com/"


def _part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = item.get(name)
    return part if isinstance(part, dict) else {}


_DURATION = re.compile(r"P(?:(\d{1,3})D)?T?(?:(\d{1,3})H)?(?:(\d{1,3})M)?(?:(\d{1,3})S)?")


def _thumbnail(snippet: Mapping[str, Any]) -> tuple[str, ...]:
    pictures = _part(snippet, "thumbnails")
    urls = (_part(pictures, size).get("url") for size in _SIZES)
    return _web_addresses(*urls)[:1]


def _film(video: Mapping[str, Any], snippet: Mapping[str, Any]) -> Attachment:
    """By its still; its length, as ISO 8601 writes it (PT4M13S), where that was asked for."""
    written = _part(video, "contentDetails").get("duration")
    match = _DURATION.fullmatch(written) if isinstance(written, str) else None
    seconds = (
        sum(
            int(part or 0) * each
            for part, each in zip(match.groups(), (86400, 3600, 60, 1), strict=True)
        )
        if match
        else None
    )
    return Attachment(kind="video", url="".join(_thumbnail(snippet)), seconds=seconds)


def _web_addresses(*urls: object) -> tuple[str, ...]:
    return tuple(
        url for url in urls if isinstance(url, str) and url.startswith(("https://", "http://"))
    )


def _unescaped(snippet: Mapping[str, Any]) -> dict[str, Any]:
    texts = ("title", "description", "channelTitle")
    return {**snippet, **{name: html.unescape(words(snippet.get(name))) for name in texts}}


# ── Who wrote it: the channels of authors, with the description that they give of themselves. ─────

_SPARED = 10  # a tenth of the day's units is kept for what is said rather than for who says it


def with_authors(calls: Calls, stream: Iterable[Collected]) -> Iterator[Collected]:
    """The same, each mention with its author's bio, handle, name and followers where units allow it.

    Mentions wait until the whole of `found` was read, so that one call tells of fifty authors; what is
    held when that breaks off is handed on as it is.
    """
    waiting: list[Mention] = []
    try:
        for thing in stream:
            if isinstance(thing, Mention):
                waiting.append(thing)
            else:
                yield thing
        known = yield from _authors(calls, {mention.author.id for mention in waiting} - {""})
    except CollectorError:
        yield from waiting
        raise
    for mention in waiting:
        yield dataclasses.replace(
            mention, author=_joined(mention.author, known.get(mention.author.id))
        )


def _authors(calls: Calls, ids: set[str]) -> Generator[SaveState, None, dict[str, Author]]:
    known: dict[str, Author] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), AT_ONCE):
        if calls.spending.left(UNITS) <= calls.spending.most[UNITS] // _SPARED:
            break
        lookup = calls.by_ids("channels", "snippet,statistics", listed[start : start + AT_ONCE])
        try:
            channels = yield from lookup
        except Absent:  # one that is gone costs fifty bios, and no comment
            continue
        for channel in channels:
            try:
                author = to_author(channel)
            except ODD_ERRORS:
                continue  # one bio less, and the comment itself is as good as before
            known[author.id] = author
    return known


def _joined(author: Author, known: Author | None) -> Author:
    """What the channel says over what the comment says of its author."""
    if known is None:
        return author
    return Author(
        id=author.id, handle=known.handle or author.handle, name=known.name or author.name,
        bio=known.bio, followers=known.followers, avatar=known.avatar or author.avatar,
    )  # fmt: skip


# ── Under what comments stand: videos, which comments name by their ids alone. ────────────────────

_MOST_NAME = 300  # characters of a video's title and description, as the name of the page


@dataclass(frozen=True, kw_only=True)
class Videos:
    """The videos of one run, by id: those that it found, and those that it asked for, fifty in one call.

    `followed` are asked for along with those that are needed. Within a tenth of the day's units nothing is
    asked: comments come first, and do without.
    """

    calls: Calls
    about: About
    followed: tuple[str, ...] = ()
    known: dict[str, Mention | None] = field(default_factory=dict)  # None: asked for in vain

    def look_up(self, ids: Iterable[str]) -> Iterator[SaveState]:
        """Asks for what is not known of these. An error costs no comment, since the next call meets it too."""
        needed = [video for video in dict.fromkeys(ids) if video and video not in self.known]
        others = [video for video in self.followed if video not in self.known] if needed else []
        wanted = list(dict.fromkeys((*needed, *others)))[: max(AT_ONCE, len(needed))]
        for start in range(0, len(wanted), AT_ONCE):
            if self.calls.spending.left(UNITS) <= self.calls.spending.most[UNITS] // _SPARED:
                return
            batch = wanted[start : start + AT_ONCE]
            self.known.update(dict.fromkeys(batch))
            try:
                videos = yield from self.calls.by_ids("videos", "snippet", batch)
            except CollectorError:
                return
            for video in each(videos, partial(to_video, about=self.about), at=self.about.at):
                if isinstance(video, Mention):
                    self.known[video.issued_id] = video

    def place(self, comment: Mention, first: Mention | None = None) -> Mention:
        """A comment on its video; `first` is the comment that a reply stands under.

        A video of ours is also what the comment answers.
        """
        video = self.known.get(comment.root_id)
        if video is None:
            return under(comment, None, first)
        owner = owner_of(video.author.id, ours=self.about.ours, providers=self.about.providers)
        page = Page(owner=owner, name=video.text[:_MOST_NAME], kind="video")
        return under(comment, page, first, video if video.own else None)


def videos_of(threads: list[Any]) -> Iterator[str]:
    """The ids of the videos that a page of threads is on."""
    for thread in objects_of(threads):
        yield text_of(object_of(thread.get("snippet")).get("videoId"))
