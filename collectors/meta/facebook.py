"""Facebook: a Page's own posts and its visitors', the comments under both, and posts that tag the Page.

facebook.py reads the items; facebook.py rechecks and moderates. Not to be had: search by
words, profiles, groups, posts that name the organisation without tagging its Page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import (
    Action,
    Collected,
    Http,
    Moderation,
    Rechecked,
    SaveState,
    SkippedItem,
    counts,
    identity,
    matching,
    moment,
    words,
)
from collectors.meta.client import Absent, Graph, Judge, Params
from collectors.meta.lookup import allowed, confirm, list_again, look_up, why_not
from collectors.oauth import Grant
from collectors.queries import Follow, check_address
from core import clock
from core.errors import ConfigError, PlatformRefused
from core.models import Author, Kind, Mention

# ── Facebook's posts and comments as Mentions: the only code that knows the Graph API's names for them.

PICTURES = "media,"  # the part of the fields that pictures need
POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,from,is_hidden,attachments{"
    f"{PICTURES}title,description,url,media_type}},message_tags,shares,"
    "comments.limit(0).summary(true),reactions.limit(0).summary(true)"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id},permalink_url,comment_count,like_count,is_hidden,can_hide,"
    "can_remove,message_tags,attachment"
)
_SITE = "https://www.facebook.com"


def post(item: Mapping[str, Any], ours: frozenset[str], at: datetime) -> Mention:
    """One post of the Page, of a visitor, or that tags it. `ours` are the ids of our own Pages.

    Without a message, its text is what Facebook says of it, or what is attached. Facebook marks no edit:
    `updated_time` also moves with each comment.
    """
    attached = _attachments(item)
    message = words(item.get("message"))
    text = message or words(item.get("story")) or _described(attached)
    return _mention(
        item, "post", text, message, ours, at,
        metrics=counts(
            likes=_total(item.get("reactions")), replies=_total(item.get("comments")),
            shares=_inner(item.get("shares"), "count"),
        ),
        images=_images(attached),
    )  # fmt: skip


def comment(item: Mapping[str, Any], root: str, ours: frozenset[str], at: datetime) -> Mention:
    """One comment under the post `root`, of any level. `from` is missing where its author is not shown."""
    above = _inner(item.get("parent"), "id")
    parent = identity(above) if above else ""
    message = words(item.get("message"))
    return _mention(
        item, "comment" if parent in ("", root) else "reply", message, message, ours, at, parent=parent or root, root=root,
        metrics=counts(likes=item.get("like_count"), replies=item.get("comment_count")),
        images=_images([item.get("attachment")]),
    )  # fmt: skip


def _mention(
    item: Mapping[str, Any], kind: Kind, text: str, raw: str, ours: frozenset[str], at: datetime,
    *, metrics: Mapping[str, int], images: tuple[str, ...], parent: str = "", root: str = "",
) -> Mention:  # fmt: skip
    issued_id, author = identity(item["id"]), _author(item.get("from"))
    link = words(item.get("permalink_url")) or f"/{issued_id}"
    return Mention(
        issuer="facebook", issued_id=issued_id, platform="facebook", kind=kind,
        url=f"{_SITE}{link}" if link.startswith("/") else link, text=text, text_raw=raw, author=author,
        posted_at=moment(item.get("created_time")), fetched_at=at, parent_id=parent, root_id=root,
        metrics=metrics, hidden=item.get("is_hidden") is True, own=author.id in ours, images=images,
    )  # fmt: skip


def _author(sender: object) -> Author:
    if not isinstance(sender, dict):
        return Author()
    return Author(
        id=identity(sender["id"]) if sender.get("id") else "", name=words(sender.get("name"))
    )


def _inner(value: object, *names: str) -> Any:
    """What lies in an object in an object; None where one of them is something else."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _total(edge: object) -> Any:
    return _inner(edge, "summary", "total_count")


def _attachments(item: Mapping[str, Any]) -> list[Any]:
    listed = _inner(item.get("attachments"), "data")
    return listed if isinstance(listed, list) else []


def _described(attached: list[Any]) -> str:
    parts = [
        _inner(attachment, name) for attachment in attached[:1] for name in ("title", "description")
    ]
    return "\n\n".join(part for part in parts if isinstance(part, str) and part)


def _images(attached: list[Any]) -> tuple[str, ...]:
    """The address of each attached picture."""
    sources = [_inner(attachment, "media", "image", "src") for attachment in attached]
    return tuple(src for src in sources if isinstance(src, str) and src.startswith("http"))


# ─────────────────────────────────────────────────────────────────────────────────────────────────

_MISSED = "comments_missed"  # posts whose comments were not given, to be read whole next time
TAGGED = "tagged"  # what found a post that only the list of /tagged shows
_SCOPES = (
    "pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement",
)  # fmt: skip


def page_token(http: Http, table: Mapping[str, Any], token: str) -> str:
    """The Page's own token, for that of a person who has a role on it.

    Raises CollectorError, and ConfigError where the table names no Page.
    """
    if not table.get("page_id"):
        raise ConfigError("[collectors.facebook] page_id: write it before access is granted")
    keys = ("page_id", "base_url", "version")
    theirs = Facebook(
        http=http, at=clock.now(), access_token=token, **{key: table[key] for key in keys}
    ).graph()
    for numbered_page in theirs.walk(
        "me/accounts", {"fields": "id,access_token"}, where="accounts"
    ):
        for item in () if isinstance(numbered_page, SkippedItem) else numbered_page[1]:
            mine = isinstance(item, dict) and str(item.get("id")) == table["page_id"]
            if mine and isinstance(item.get("access_token"), str):
                return str(item["access_token"])
    raise PlatformRefused("Facebook: whoever granted access has no role on the Page of `page_id`")


@dataclass(frozen=True, kw_only=True)
class Facebook:
    """One Page. Comments are read under posts that are up to `comments_days` old."""

    name: ClassVar[str] = "facebook"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=_SCOPES, pkce=False, between=",", exchange="fb_exchange_token", finish=page_token
    )

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    page_id: Annotated[str, Field(pattern=r"^\d{5,25}$")]
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    terms: tuple[str, ...] = ()
    comments_days: Annotated[int, Field(ge=1, le=365)] = 28
    base_url: str = "https://graph.facebook.com"
    version: Annotated[str, Field(pattern=r"^v\d{1,3}\.\d{1,2}$")] = "v26.0"
    authorize_url: str = "https://www.facebook.com/v26.0/dialog/oauth"
    token_url: str = "https://graph.facebook.com/v26.0/oauth/access_token"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 50

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)

    def follows(self) -> Iterator[Follow]:
        """The Page itself."""
        yield Follow("page_id", "facebook", self.page_id)

    @property
    def ours(self) -> frozenset[str]:
        """Ids under which the organisation publishes."""
        return self.official | {self.page_id}

    def collect(self, since: datetime) -> Iterator[Collected]:
        """All posts that are young enough for comments, what is new under them, and new tags."""
        graph = self.graph()
        oldest = self.at - timedelta(days=self.comments_days)
        threads: dict[str, bool] = {}  # post -> whether it is to be asked for comments
        for mention in self._posts(graph, min(since, oldest)):
            if isinstance(mention, Mention):
                young = mention.posted_at >= oldest
                threads[mention.issued_id] = young and mention.metrics.get("replies") != 0
            yield mention
        missed, again = self.state.get(_MISSED, "").split(), []
        for number, root in enumerate((root for root, is_due in threads.items() if is_due), 1):
            where, reach = f"post {number} comments", oldest if root in missed else since
            try:
                yield from self._comments(graph, root, min(reach, since), where)
            except Absent:  # it stood in the list a moment ago
                again.append(root)
                yield SkippedItem(where, "the post is there no more, or not shown to us")
        if missed or again:
            yield SaveState(_MISSED, " ".join(again))
        for mention in self._tagged(graph, since):
            if isinstance(mention, SkippedItem) or mention.issued_id not in threads:
                yield mention
        if graph.blind:
            yield SkippedItem("pictures", "Facebook does not give them with these permissions")

    def graph(self) -> Graph:
        """The calls of one run."""
        return Graph(
            judge=Judge("Facebook", _SCOPES, "run `mentions connect facebook`"), http=self.http,
            at=self.at, account=self.page_id, own="feed", root=f"{self.base_url.rstrip('/')}/{self.version}",
            token=self.access_token, time="created_time", size=self.page_size, most=self.pages,
            pictures=PICTURES,
        )  # fmt: skip

    def _posts(self, graph: Graph, oldest: datetime) -> Iterator[Mention | SkippedItem]:
        params: Params = {"fields": POST_FIELDS, "since": int(oldest.timestamp())}
        yield from graph.read(
            f"{self.page_id}/feed", params, self.read_post, where="feed", oldest=oldest
        )

    def _tagged(self, graph: Graph, since: datetime) -> Iterator[Mention | SkippedItem]:
        yield from graph.read(
            f"{self.page_id}/tagged", {"fields": POST_FIELDS},
            lambda item: self.read_post(item).with_match(TAGGED), where="tagged", oldest=since,
        )  # fmt: skip

    def _comments(
        self, graph: Graph, root: str, since: datetime, where: str
    ) -> Iterator[Mention | SkippedItem]:
        params: Params = {"fields": COMMENT_FIELDS, "filter": "stream", "order": "reverse_chronological",
                 "summary": 1}  # fmt: skip
        yield from graph.read(
            f"{root}/comments", params, lambda item: self.read_comment(item, root),
            where=where, oldest=since,
        )  # fmt: skip

    def read_post(self, item: Any) -> Mention:
        """A post, with the terms in it."""
        return self._matched(post(item, self.ours, self.at))

    def read_comment(self, item: Any, root: str) -> Mention:
        """A comment, with the terms in it."""
        return self._matched(comment(item, root, self.ours, self.at))

    def _matched(self, mention: Mention) -> Mention:
        return mention.with_match(*matching(mention.text, self.terms))


# ── Rechecks what was found on Facebook, and hides or deletes comments on our own Page. ───────────

ACTIONS = {
    "hide": Action(
        "hide",
        "Only its author and the author's friends still see the comment; everybody else does not. It "
        "can be shown again.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "Everybody sees the comment again.", undo="hide"),
    "delete": Action(
        "delete",
        "The comment and the replies to it are gone for everybody. This can't be undone.",
        undo="",
    ),
}


def recheck(source: Facebook, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Posts and comments by their ids; posts of others that tag the Page by the list of them."""
    graph = source.graph()
    tagged = [mention for mention in mentions if TAGGED in mention.matched]
    posts = [
        mention for mention in mentions if mention.kind == "post" and TAGGED not in mention.matched
    ]
    comments = [mention for mention in mentions if mention.kind in ("comment", "reply")]

    def post(item: Any, mention: Mention) -> Mention:
        fresh = source.read_post(item)
        known = dataclasses.replace(fresh, own=mention.own or fresh.own)
        return known.with_match(*mention.matched)

    def comment(item: Any, mention: Mention) -> Mention:
        fresh = source.read_comment(item, mention.root_id)
        above = mention.parent_id or fresh.parent_id
        known = dataclasses.replace(
            fresh, kind=mention.kind, parent_id=above, own=mention.own or fresh.own
        )
        return known.with_match(*mention.matched)

    yield from look_up(graph, posts, POST_FIELDS, post, "post")
    yield from look_up(graph, comments, COMMENT_FIELDS, comment, "comment")
    yield from list_again(graph, f"{source.page_id}/tagged", POST_FIELDS, tagged, post, "tagged")


def may(source: Facebook, mention: Mention, _action: Action) -> str:
    """Comments of others under posts on our own Page."""
    if mention.root_id and not mention.root_id.startswith(f"{source.page_id}_"):
        return "it is not on our own Page"
    return why_not(mention)


def act(source: Facebook, mention: Mention, action: Action) -> None:
    """Hides, shows again or deletes, where `can_hide` or `can_remove` says that we may."""
    graph, number = source.graph(), mention.issued_id
    now = graph.get(number, {"fields": "id,is_hidden,can_hide,can_remove"})
    if action.name == "delete":
        allowed(graph, now, "can_remove")
        confirm(graph, "DELETE", number, {})
        return
    hidden = action.name == "hide"
    if now.get("is_hidden") is not hidden:
        allowed(graph, now, "can_hide")
        confirm(graph, "POST", number, {"is_hidden": "true" if hidden else "false"})


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
