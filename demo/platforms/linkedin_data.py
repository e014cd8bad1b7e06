"""Turns demo/posts/linkedin.json into a Page's posts, comments and notifications, as /rest gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from demo.posts_loader import POSTS, ago, load

ORGANIZATION = "urn:li:organization:1302365"
SUBSCRIBER = "urn:li:person:AbCdEf"  # the administrator who granted access


@dataclass(slots=True, kw_only=True)
class Post:
    """A post of the Page. It has two names: an activity, and a share or a ugcPost."""

    activity: str  # the number alone
    urn: str
    text: str
    commentary: str  # with LinkedIn's own marks for mentions and hashtags
    media: str
    created: int  # epoch milliseconds, as every time here
    edited: int
    likes: int


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment on one of the Page's posts; a reply where `parent` is another's id."""

    id: str
    activity: str
    parent: str
    actor: str
    text: str
    created: int
    edited: int
    likes: int

    @property
    def urn(self) -> str:
        """As comments spell it; notifications leave out `urn:li:` inside."""
        return f"urn:li:comment:(urn:li:activity:{self.activity},{self.id})"


@dataclass(slots=True)
class Page:
    """All of it. `notified` holds None for what the administrator may not see, which counts all the same."""

    at: datetime
    authored: dict[str, Any]
    posts: dict[str, Post] = field(default_factory=dict)  # by activity
    comments: dict[str, Comment] = field(default_factory=dict)
    notified: list[tuple[int, Any]] = field(default_factory=list)  # when, what
    keys: dict[str, str] = field(default_factory=dict)  # the file's names -> activity or comment id
    others: set[str] = field(
        default_factory=set
    )  # members' posts that were told of: closed to a Page
    numbers: count[int] = field(default_factory=lambda: count(7000000000000000001))
    notices: count[int] = field(default_factory=lambda: count(300000000))

    def comment(self, authored: Mapping[str, Any], activity: str, parent: str = "") -> Comment:
        """A comment with its replies, each of them notified."""
        created = self.milliseconds(authored["ago"])
        after = int(ago(authored.get("edited_after", "0m")).total_seconds() * 1000)
        comment = Comment(
            id=str(next(self.numbers)), activity=activity, parent=parent, actor=actor(authored["by"]),
            text=authored["text"], created=created, edited=created + after, likes=authored["likes"],
        )  # fmt: skip
        self.comments[comment.id] = comment
        if "key" in authored:
            self.keys[authored["key"]] = comment.id
        self.notify(
            "ADMIN_COMMENT" if comment.actor == ORGANIZATION else "COMMENT", comment, created
        )
        for reply in authored.get("replies", []):
            self.comment(reply, activity, comment.id)
        return comment

    def mention(self, authored: Mapping[str, Any]) -> None:
        """A member's post that mentions the Page."""
        number, when = next(self.numbers), self.milliseconds(authored["ago"])
        share = {"owner": actor(authored["by"]), "entity": f"urn:li:share:{number}",
                 "text": authored["text"], "mediaCategory": authored["media"]}  # fmt: skip
        self.keys[authored["key"]] = share["entity"]
        self.others.add(share["entity"])
        self._notice("SHARE_MENTION", when, f"urn:li:activity:{next(self.numbers)}",
                     decoratedGeneratedActivity={"share": share})  # fmt: skip

    def notify(self, action: str, comment: Comment, when: int) -> None:
        """A notification of a comment; a deleted one has nothing left to show."""
        post = self.posts[comment.activity]
        decorated = {
            "owner": comment.actor, "object": f"urn:li:activity:{comment.activity}", "entity": comment.urn,
            "text": comment.text,
        }  # fmt: skip
        shown = {} if action == "COMMENT_DELETE" else {"comment": decorated}
        self._notice(action, when, f"urn:li:comment:(activity:{comment.activity},{comment.id})", post,
                     **({"decoratedGeneratedActivity": shown} if shown else {}))  # fmt: skip

    def react(self, authored: Mapping[str, Any]) -> None:
        """A like, or a post shared on."""
        post, who = self.posts[self.keys[authored["of"]]], actor(authored["by"])
        when, activity = self.milliseconds(authored["ago"]), f"urn:li:activity:{post.activity}"
        if authored["action"] == "LIKE":
            self._notice("LIKE", when, f"urn:li:like:({who},{activity})", post)
        else:
            share = {"owner": who, "entity": f"urn:li:share:{next(self.numbers)}",
                     "text": authored["text"], "mediaCategory": "NONE"}  # fmt: skip
            self.others.add(share["entity"])
            self._notice("SHARE", when, f"urn:li:activity:{next(self.numbers)}", post,
                         decoratedGeneratedActivity={"share": share})  # fmt: skip

    def edit(self, number: str, text: str) -> None:
        """The author changed the words a minute before now."""
        comment = self.comments[number]
        comment.text, comment.edited = text, self.milliseconds("1m")
        self.notify("COMMENT_EDIT", comment, comment.edited)

    def delete(self, number: str, when: int) -> None:
        """The comment and its replies are gone, and the notifications that showed them."""
        for reply in [comment.id for comment in self.comments.values() if comment.parent == number]:
            self.delete(reply, when)
        comment = self.comments.pop(number)
        spelled = f"urn:li:comment:(activity:{comment.activity},{comment.id})"
        self.notified = [
            (at, notice) for at, notice in self.notified
            if not isinstance(notice, dict) or notice.get("generatedActivity") != spelled
        ]  # fmt: skip
        self.notify("COMMENT_DELETE", comment, when)

    def post(self, number: str) -> Post | None:
        """By either of its names."""
        kind, _, bare = number.removeprefix("urn:li:").partition(":")
        if kind == "activity":
            return self.posts.get(bare)
        return next((post for post in self.posts.values() if post.urn == number), None)

    def milliseconds(self, before: str) -> int:
        """A time before now."""
        return int((self.at - ago(before)).timestamp() * 1000)

    def _notice(
        self, action: str, when: int, generated: str, post: Post | None = None, **more: Any
    ) -> None:
        body: dict[str, Any] = {
            "notificationId": next(self.notices), "organizationalEntity": ORGANIZATION, "action": action,
            "subscriber": SUBSCRIBER, "lastModifiedAt": when, "generatedActivity": generated,
        }  # fmt: skip
        if post:
            body |= {"sourcePost": f"urn:li:activity:{post.activity}",
                     "decoratedSourcePost": {"owner": ORGANIZATION, "entity": post.urn,
                                             "text": post.text, "mediaCategory": post.media}}  # fmt: skip
        self.notified.append((when, {**body, **more}))


def page(at: datetime, folder: Path = POSTS) -> Page:
    """Everything as of `at`."""
    page = Page(at, load("linkedin", folder))
    for authored in page.authored["posts"]:
        activity, number = str(next(page.numbers)), next(page.numbers)
        when = page.milliseconds(authored["ago"])
        after = int(ago(authored.get("edited_after", "0m")).total_seconds() * 1000)
        page.posts[activity] = Post(
            activity=activity, urn=f"urn:li:{authored['as']}:{number}", text=authored["text"],
            commentary=authored.get("commentary", authored["text"]), media=authored["media"],
            created=when, edited=when + after, likes=authored["likes"],
        )  # fmt: skip
        page.keys[authored["key"]] = activity
        for comment in authored["comments"]:
            page.comment(comment, activity)
    for authored in page.authored["mentions"]:
        page.mention(authored)
    for authored in page.authored["reactions"]:
        page.react(authored)
    page.notified += [(page.milliseconds(before), None) for before in page.authored["withheld"]]
    odd = page.authored["malformed"]["notifications"]
    page.notified += [
        (page.milliseconds(f"{5 * number}h"), raw) for number, raw in enumerate(odd, 1)
    ]
    return page


def post_resource(post: Post) -> dict[str, Any]:
    """An element of /posts."""
    return {
        "id": post.urn, "author": ORGANIZATION, "commentary": post.commentary, "visibility": "PUBLIC",
        "createdAt": post.created, "publishedAt": post.created,
        "lastModifiedAt": post.edited,
        "lifecycleStateInfo": {"isEditedByAuthor": post.edited > post.created},
    }  # fmt: skip


def comment_resource(page: Page, comment: Comment) -> dict[str, Any]:
    """An element of /socialActions/…/comments."""
    replies = sum(other.parent == comment.id for other in page.comments.values())
    body: dict[str, Any] = {
        "id": comment.id, "commentUrn": comment.urn, "actor": comment.actor,
        "object": f"urn:li:activity:{comment.activity}",
        "created": {"actor": comment.actor, "time": comment.created},
        "lastModified": {"actor": comment.actor, "time": comment.edited},
        "message": {"attributes": [], "text": comment.text},
        "likesSummary": {"totalLikes": comment.likes},
        "commentsSummary": {"totalFirstLevelComments": replies},
    }  # fmt: skip
    if comment.parent:
        body["parentComment"] = page.comments[comment.parent].urn
    return body


def actor(key: str) -> str:
    """The Page for "page"; for anybody else a made-up person, always the same for one key."""
    if key == "page":
        return ORGANIZATION
    return f"urn:li:person:{hashlib.sha256(key.encode()).hexdigest()[:10]}"
