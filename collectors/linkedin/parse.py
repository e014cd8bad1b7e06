"""LinkedIn's posts, comments and notifications as Mentions: the only code that knows its field names.

One comment goes by two spellings, and one post by three kinds of URN; each gets one id here, as far as
the same answer lets us know that they are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from collectors.base import counts, identity, moment, words
from collectors.context import object_of, text_of
from core.context import AnsweredPost
from core.models import Author, Kind, Mention

COMMENTS = ("COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT", "COMMENT_DELETE")
POSTS = ("SHARE_MENTION", "SHARE")
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?(\w+):([\w-]+),([\w-]+)\)")
_ACTIVITY, _A_COMMENT = "urn:li:activity:", "urn:li:comment:"
_SAME_MOMENT = timedelta(minutes=1)  # publishing itself moves a post's last modification a little
# What people see of a post's text: names for @[Name](urn), #tag for {hashtag|\#|tag}, no backslashes
_MENTIONED = re.compile(r"@\[((?:[^\]\\]|\\.)*)\]\(urn:li:[^)\s]*\)")
_TAGGED = re.compile(r"\{hashtag\|\\?[#＃]\|((?:[^}\\]|\\.)*)\}")
_ESCAPED = re.compile(r"\\([|{}@\[\]()<>#\\*_~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """When it was fetched, and the URNs of the organisation's own Pages, in lower case."""

    at: datetime
    ours: frozenset[str]

    def own(self, owner: str) -> bool:
        """Whether one of our Pages wrote it."""
        return owner.lower() in self.ours


def comment_urn(written: object, *posts: object) -> str:
    """One URN for both spellings of a comment: (activity:A,C) and (urn:li:activity:A,C).

    `posts` are names of its post in the same answer: where one is an activity, it is taken. Raises
    ValueError for what is no comment.
    """
    match = _COMMENT.fullmatch(words(written))
    if not match:
        raise ValueError("not a comment's URN")
    kind, number, comment = match.groups()
    post = f"urn:li:{kind}:{number}"
    if kind != "activity":
        post = next((p for p in posts if isinstance(p, str) and p.startswith(_ACTIVITY)), post)
    return f"urn:li:comment:({post},{comment})"


def parts(comment: str) -> tuple[str, str]:
    """The post's URN and the comment's number in a URN of ours. Raises ValueError for any other."""
    match = _COMMENT.fullmatch(comment)
    if not match:
        raise ValueError("not a comment's URN")
    return f"urn:li:{match[1]}:{match[2]}", match[3]


def source_post(notice: Mapping[str, Any]) -> str:
    """The post that a notification is about, by the URN under which posts are read where it is told."""
    return _urn(_part(notice, "decoratedSourcePost").get("entity") or notice["sourcePost"])


def source_text(notice: Mapping[str, Any], about: About) -> AnsweredPost | None:
    """The post that a notification is about, where LinkedIn decorates it with its words."""
    post = object_of(notice.get("decoratedSourcePost"))
    text, owner = commentary(text_of(post.get("text"))), text_of(post.get("owner"))
    if not text:
        return None
    return AnsweredPost(text=text, official=about.own(owner), post_id=source_post(notice))


def notified(notice: Mapping[str, Any], about: About) -> Mention:
    """One notification: a comment on our posts, or a post that mentions or shares us.

    A deleted comment has neither text nor author. Raises ValueError for a comment without its words,
    which is then found under its post.
    """
    action = notice["action"]
    if action in POSTS:
        return _mentioning(notice, about)
    if action not in COMMENTS:
        raise ValueError("nothing that was asked for")
    gone = action == "COMMENT_DELETE"
    comment = _part(notice, "decoratedGeneratedActivity", "comment")
    if not (comment or gone):
        raise ValueError("without its words")
    urn = comment_urn(
        comment.get("entity") or notice["generatedActivity"],
        comment.get("object"),
        notice.get("sourcePost"),
    )
    owner = "" if gone else words(comment.get("owner"))
    when, post = moment(notice.get("lastModifiedAt")), source_post(notice)
    parent = _parent(comment)
    text = "" if gone else words(comment.get("text"))
    return Mention(
        issuer="linkedin", issued_id=urn, platform="linkedin", kind="reply" if parent else "comment",
        url=comment_url(urn), text=text, text_raw=text, author=Author(id=owner), posted_at=when,
        edited_at=when if action == "COMMENT_EDIT" else None, fetched_at=about.at,
        parent_id=parent or post, root_id=post, deleted=gone,
        own=about.own(owner) or action == "ADMIN_COMMENT",
    )  # fmt: skip


def _mentioning(notice: Mapping[str, Any], about: About) -> Mention:
    """A member's post. Its words are there only where LinkedIn decorates the notification with them."""
    shares, source = notice["action"] == "SHARE", _part(notice, "decoratedSourcePost")
    generated_post = _part(notice, "decoratedGeneratedActivity", "share")
    post = generated_post or ({} if shares else source)
    urn = _urn(post.get("entity") or notice.get("generatedActivity") or notice["sourcePost"])
    text, owner = words(post.get("text")), words(post.get("owner"))
    share: Kind = "quote" if text else "repost"
    return Mention(
        issuer="linkedin", issued_id=urn, platform="linkedin", kind=share if shares else "post",
        url=_post_url(urn), text=commentary(text), text_raw=text, author=Author(id=owner),
        posted_at=moment(notice.get("lastModifiedAt")), fetched_at=about.at,
        quoted_id=source_post(notice) if shares else "", own=about.own(owner),
    )  # fmt: skip


def to_comment(item: Mapping[str, Any], about: About, post: str = "") -> Mention:
    """One element of a post's or a comment's comments. `post` is the id of the post that was asked for.

    Raises ValueError for one that has neither words nor a picture.
    """
    on = words(item.get("object"))
    above = parts(_parent(item))[0] if on.startswith(_A_COMMENT) else on  # a reply can name either
    urn = comment_urn(
        item.get("commentUrn") or f"urn:li:comment:({_urn(above)},{identity(item['id'])})", above
    )
    created, changed = _part(item, "created"), _part(item, "lastModified")
    posted, edited = moment(created.get("time")), moment(changed.get("time"))
    owner = words(item.get("actor") or created.get("actor"))
    parent, root = _parent(item), post or parts(urn)[0]
    message = _part(item, "message")
    if "text" not in message and not item.get("content"):
        raise ValueError("without its words")
    text = words(message.get("text"))
    likes, replies = _part(item, "likesSummary"), _part(item, "commentsSummary")
    return Mention(
        issuer="linkedin", issued_id=urn, platform="linkedin", kind="reply" if parent else "comment",
        url=comment_url(urn), text=text, text_raw=text, author=Author(id=owner), posted_at=posted,
        edited_at=edited if edited > posted else None, fetched_at=about.at, parent_id=parent or root,
        root_id=root, own=about.own(owner), images=_images(item),
        metrics=counts(
            likes=_first(likes, "aggregatedTotalLikes", "totalLikes"),
            replies=_first(replies, "aggregatedTotalComments", "totalFirstLevelComments"),
        ),
    )  # fmt: skip


def to_post(item: Mapping[str, Any], about: About) -> Mention:
    """One post of an organisation. What it shares, if it does, is `quoted_id`."""
    urn, owner, raw = _urn(item["id"]), words(item.get("author")), words(item.get("commentary"))
    posted = moment(item.get("publishedAt") or item.get("createdAt"))
    changed, lifecycle = moment(item.get("lastModifiedAt")), _part(item, "lifecycleStateInfo")
    edited = lifecycle.get("isEditedByAuthor")
    if not isinstance(edited, bool):
        edited = changed > posted + _SAME_MOMENT
    shared = words(_part(item, "reshareContext").get("parent"))
    share: Kind = "quote" if raw else "repost"
    return Mention(
        issuer="linkedin", issued_id=urn, platform="linkedin", kind=share if shared else "post",
        url=_post_url(urn), text=commentary(raw), text_raw=raw, author=Author(id=owner),
        posted_at=posted, edited_at=changed if edited else None, fetched_at=about.at,
        quoted_id=shared, own=about.own(owner),
    )  # fmt: skip


def commentary(raw: str) -> str:
    """A post's text as people see it, out of the form in which LinkedIn keeps mentions and tags."""
    return _ESCAPED.sub(r"\1", _TAGGED.sub(r"#\1", _MENTIONED.sub(r"\1", raw)))


def published(item: object) -> bool:
    """Whether a post is out; drafts and what waits for its time are nobody's yet."""
    state = item.get("lifecycleState") if isinstance(item, dict) else None
    return state in (None, "PUBLISHED", "PUBLISHED_EDITED")


def _part(item: Mapping[str, Any], *steps: str) -> Mapping[str, Any]:
    """An object in an object; empty where any of them is not there."""
    nested: Any = item
    for step in steps:
        nested = nested.get(step) if isinstance(nested, dict) else None
    return nested if isinstance(nested, dict) else {}


def _first(part: Mapping[str, Any], *names: str) -> Any:
    return next((part[name] for name in names if part.get(name) is not None), None)


def _urn(value: object) -> str:
    written = identity(value)
    if not written.startswith("urn:li:"):
        raise ValueError("not a URN")
    return written


def _parent(item: Mapping[str, Any]) -> str:
    """The comment that a reply answers; empty for a comment of the first level."""
    above, on = item.get("parentComment"), words(item.get("object"))
    if not above and on.startswith(_A_COMMENT):
        above = on
    return comment_urn(above, on) if above else ""


def _images(item: Mapping[str, Any]) -> tuple[str, ...]:
    attached = item.get("content")
    urls = (
        [_part(attachment).get("url") for attachment in attached]
        if isinstance(attached, list)
        else []
    )
    return tuple(url for url in urls if isinstance(url, str) and url.startswith("https://"))


def _post_url(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{urn}"


def comment_url(urn: str) -> str:
    """Where a comment is read. Raises ValueError for what is no comment's URN."""
    short = urn.replace("(urn:li:", "(")  # as LinkedIn's own pages link to it
    return f"{_post_url(parts(urn)[0])}?commentUrn={quote(short, safe='')}"
