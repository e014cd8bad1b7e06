"""Instagram: a professional account's own media with comments and replies, tags, mentions, hashtags.

instagram.py reads the items; instagram.py rechecks and moderates. Not to be had: search by
words, private accounts, mentions in stories, and any mention that no webhook told us of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlencode

from pydantic import Field

from collectors.base import (
    Action,
    Collected,
    Gone,
    Http,
    Moderation,
    Rechecked,
    SaveState,
    SkippedItem,
    counts,
    each,
    identity,
    matching,
    moment,
    words,
)
from collectors.meta.client import Absent, Generic, Graph, Judge, Misunderstood, Read, WeekSpent
from collectors.meta.lookup import confirm, list_again, look_up, prove, why_not
from collectors.oauth import Grant
from collectors.queries import Follow, check_address
from core.errors import ConfigError
from core.models import Author, Kind, Mention

# ── Hashtags on Instagram, of which an account may search for 30 different ones in seven days. ────

_HOLDS = timedelta(days=1)  # what /recent_media reaches back
_OVERLAP = timedelta(hours=6)  # runs look back a little more than they need to
_KEPT = "hashtags"  # name=id&name=id of those that were read; ids never change
_MOST = 30  # of one page of the hashtags used


@dataclass(frozen=True, slots=True)
class Hashtags:
    """The hashtags of one run: those used in these seven days are free, new ones use up the week."""

    wanted: tuple[str, ...]
    a_week: int
    graph: Graph
    state: Mapping[str, str]

    def collect(self, since: datetime, read: Callable[[str], Read]) -> Iterator[Collected]:
        """What was posted under them in the last day. What the week has no room for is not asked."""
        if since < self.graph.at - _HOLDS - _OVERLAP:
            yield SkippedItem(
                "hashtags", "Instagram shows one day of a hashtag: what is older is not read"
            )
        ids = dict(parse_qsl(self.state.get(_KEPT, "")))
        names = tuple(dict.fromkeys(tag.lstrip("#").lower() for tag in self.wanted))
        admitted, refused = self._admitted(names, ids)
        if refused:
            yield SkippedItem(
                "hashtags",
                f"{refused} of {len(names)} would go over {self.a_week} different ones in seven days and "
                "are not asked for: take some out of `hashtags`",
            )
        for number, name in enumerate(admitted, 1):
            oldest = since if name in ids else min(since, self.graph.at - _HOLDS)  # not read before
            try:
                ids[name] = ids.get(name) or self._id(name)
                params = {"user_id": self.graph.account, "fields": HASHTAG_FIELDS}
                yield from self.graph.read(
                    f"{ids[name]}/recent_media", params, read(f"#{name}"),
                    where=f"hashtag {number}", oldest=oldest,
                )  # fmt: skip
            except (Absent, Generic, Misunderstood):  # with some hashtags it is always so
                ids.pop(name, None)
                yield SkippedItem(f"hashtag {number}", "Instagram does not answer for it")
            except WeekSpent as spent:  # those that were used before are still answered for
                ids.pop(name, None)
                yield SkippedItem(f"hashtag {number}", str(spent))
        yield SaveState(_KEPT, urlencode({name: ids[name] for name in names if name in ids}))

    def _admitted(self, names: tuple[str, ...], ids: Mapping[str, str]) -> tuple[list[str], int]:
        """The names that may be asked for, in their order, and how many may not."""
        used_names, used_ids, whole = self._used()
        room = self.a_week - len(used_ids) if whole else 0
        admitted = []
        for name in names:
            if name not in used_names and ids.get(name) not in used_ids:
                room -= 1
                if room < 0:
                    continue
            admitted.append(name)
        return admitted, len(names) - len(admitted)

    def _used(self) -> tuple[set[str], set[str], bool]:
        """Names and ids of what was searched for in these seven days, and whether that is all."""
        names: set[str] = set()
        ids: set[str] = set()
        for numbered_page in self.graph.walk(
            f"{self.graph.account}/recently_searched_hashtags", {"fields": "id,name"},
            where="hashtags used", most_at_once=_MOST,
        ):  # fmt: skip
            if isinstance(numbered_page, SkippedItem):
                return names, ids, False
            for item in numbered_page[1]:
                if isinstance(item, dict) and item.get("id"):
                    ids.add(str(item["id"]))
                    names.add(str(item.get("name", "")).lower())
        return names, ids, True

    def _id(self, name: str) -> str:
        params = {"user_id": self.graph.account, "q": name}
        hashtags = self.graph.get("ig_hashtag_search", params).get("data")
        try:
            return identity(hashtags[0]["id"])  # type: ignore[index]
        except (LookupError, TypeError, ValueError) as error:
            raise Absent("Instagram gave no id for a hashtag") from error


# ── Instagram's media and comments as Mentions: the only code that knows the Graph API's names for them.

PICTURES = "media_url,"  # the part of the fields that pictures need
HASHTAG_FIELDS = f"id,caption,media_type,{PICTURES}permalink,timestamp,like_count,comments_count"
MEDIA_FIELDS = f"{HASHTAG_FIELDS},username"
REPLY_FIELDS = "id,text,timestamp,username,from{id,username},parent_id,hidden,like_count"
COMMENT_FIELDS = f"{REPLY_FIELDS},media{{id,permalink}}"
MENTIONED_FIELDS = "id,text,timestamp,username,like_count,media{id,permalink}"


def media(item: Mapping[str, Any], ours: frozenset[str], at: datetime) -> Mention:
    """One picture, album, video or reel. `ours` are our own ids and handles, lower case.

    A caption may be missing, and a hashtag's results have no author.
    """
    caption, metrics = words(item.get("caption")), counts(
        likes=item.get("like_count"), replies=item.get("comments_count")
    )  # fmt: skip
    shown = item.get("media_url")
    is_picture = isinstance(shown, str) and shown.startswith("http")
    mention = _mention(item, "post", caption, words(item.get("permalink")), metrics, ours, at)
    if is_picture and item.get("media_type") != "VIDEO":
        return dataclasses.replace(mention, images=(str(shown),))
    return mention


def comment(
    item: Mapping[str, Any], above: Mention | None, ours: frozenset[str], at: datetime
) -> Mention:
    """One comment or reply. `above` is the post or comment under which it was read, if it is known.

    Comments have no address of their own: theirs is that of the post.
    """
    post = item.get("media")
    about: Mapping[str, Any] = post if isinstance(post, dict) else {}
    root = identity(about["id"]) if about.get("id") else ""
    parent = identity(item["parent_id"]) if item.get("parent_id") else ""
    url = words(about.get("permalink"))
    if above:
        root, url = above.root_id or above.issued_id, url or above.url
        parent = parent or above.issued_id
    kind: Kind = "comment" if parent in ("", root) else "reply"
    metrics = counts(likes=item.get("like_count"))
    mention = _mention(item, kind, words(item.get("text")), url, metrics, ours, at)
    hidden = item.get("hidden") is True
    return dataclasses.replace(mention, parent_id=parent or root, root_id=root, hidden=hidden)


def _mention(
    item: Mapping[str, Any], kind: Kind, text: str, url: str, metrics: Mapping[str, int],
    ours: frozenset[str], at: datetime,
) -> Mention:  # fmt: skip
    who = item.get("from")
    known: Mapping[str, Any] = who if isinstance(who, dict) else {}
    author = Author(
        id=identity(known["id"]) if known.get("id") else "",
        handle=words(item.get("username")) or words(known.get("username")),
    )
    return Mention(
        issuer="instagram", issued_id=identity(item["id"]), platform="instagram", kind=kind, url=url,
        text=text, text_raw=text, author=author, posted_at=moment(item.get("timestamp")), fetched_at=at,
        metrics=metrics, own=bool({author.id, author.handle.lower()} & ours - {""}),
    )  # fmt: skip


# ─────────────────────────────────────────────────────────────────────────────────────────────────

TAGS, MENTIONED_MEDIA, MENTIONED_COMMENTS = "tags", "mentioned_media", "mentioned_comments"
_FACEBOOK, _INSTAGRAM = "https://graph.facebook.com", "https://graph.instagram.com"
_SCOPES = {
    "facebook": ("instagram_basic", "instagram_manage_comments", "pages_read_engagement",
                 "pages_show_list"),
    "instagram": ("instagram_business_basic", "instagram_business_manage_comments"),
}  # fmt: skip
_RENEW = {
    "facebook": "run `mentions connect instagram`",
    "instagram": "make a new token in the app's dashboard and set it where config.toml says",
}
_ASKED = {  # of the account: the field, the name of the id, what is wanted of the thing
    MENTIONED_MEDIA: ("mentioned_media", "media_id", MEDIA_FIELDS),
    MENTIONED_COMMENTS: ("mentioned_comment", "comment_id", MENTIONED_FIELDS),
}

Id = Annotated[str, Field(pattern=r"^\d{5,25}$")]


@dataclass(frozen=True, kw_only=True)
class Instagram:
    """One professional account, by either of Meta's two logins."""

    name: ClassVar[str] = "instagram"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=_SCOPES["facebook"], pkce=False, between=",", exchange="fb_exchange_token"
    )

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    user_id: Id
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    login: Literal["facebook", "instagram"] = "facebook"
    terms: tuple[str, ...] = ()
    hashtags: tuple[Annotated[str, Field(pattern=r"^#?\w{1,100}$")], ...] = ()
    hashtags_a_week: Annotated[int, Field(ge=0, le=30)] = 30
    mentioned_media: tuple[Id, ...] = ()
    mentioned_comments: tuple[Id, ...] = ()
    comments_days: Annotated[int, Field(ge=1, le=365)] = 28
    base_url: str = _FACEBOOK
    version: Annotated[str, Field(pattern=r"^v\d{1,3}\.\d{1,2}$")] = "v26.0"
    authorize_url: str = "https://www.facebook.com/v26.0/dialog/oauth"
    token_url: str = "https://graph.facebook.com/v26.0/oauth/access_token"
    page_size: Annotated[int, Field(ge=1, le=100)] = 50
    pages: Annotated[int, Field(ge=1, le=1000)] = 50

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)
        if self.hashtags and self.login == "instagram":
            raise ConfigError('hashtags: only login = "facebook" can search for them')

    def follows(self) -> Iterator[Follow]:
        """The account itself."""
        yield Follow("user_id", "instagram", self.user_id)

    @property
    def ours(self) -> frozenset[str]:
        """Ids and handles under which the organisation publishes."""
        return self.official | {self.user_id}

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Media that are young enough for comments, all that is under them, tags, mentions, hashtags."""
        graph = self.graph()
        oldest = self.at - timedelta(days=self.comments_days)
        posts: list[Mention] = []
        for mention in self._media(graph, min(since, oldest)):
            if isinstance(mention, Mention) and mention.posted_at >= oldest:
                posts.append(mention)
            yield mention
        for number, post in enumerate(posts, 1):
            if post.metrics.get("replies") != 0:
                yield from self._comments(graph, post, f"post {number} comments")
        yield from graph.read(
            f"{self.user_id}/tags", {"fields": MEDIA_FIELDS}, self.read_media(TAGS), where="tags",
            oldest=since,
        )  # fmt: skip
        for key, ids in ((MENTIONED_MEDIA, self.mentioned_media),
                         (MENTIONED_COMMENTS, self.mentioned_comments)):  # fmt: skip
            for number, issued_id in enumerate(ids, 1):
                yield from self._mentioned(graph, key, issued_id, f"{key} {number}")
        if self.hashtags:
            yield from Hashtags(self.hashtags, self.hashtags_a_week, graph, self.state).collect(
                since, self.read_media
            )
        if graph.blind:
            yield SkippedItem("pictures", "Instagram does not give them with these permissions")

    def graph(self) -> Graph:
        """The calls of one run, to the host that this login is answered by."""
        host = self.base_url.rstrip("/")
        if self.login == "instagram" and host == _FACEBOOK:
            host = _INSTAGRAM
        return Graph(
            judge=Judge("Instagram", _SCOPES[self.login], _RENEW[self.login]), http=self.http,
            at=self.at, account=self.user_id, own="media", root=f"{host}/{self.version}", token=self.access_token,
            time="timestamp", size=self.page_size, most=self.pages, pictures=PICTURES,
        )  # fmt: skip

    def _media(self, graph: Graph, oldest: datetime) -> Iterator[Mention | SkippedItem]:
        yield from graph.read(
            f"{self.user_id}/media", {"fields": MEDIA_FIELDS}, self.read_own, where="media",
            oldest=oldest,
        )  # fmt: skip

    def _comments(self, graph: Graph, post: Mention, where: str) -> Iterator[Mention | SkippedItem]:
        """All of them, not only the new: a new reply stands under an old comment."""
        params = {"fields": f"{COMMENT_FIELDS},replies{{{REPLY_FIELDS}}}"}
        try:
            for numbered_page in graph.walk(f"{post.issued_id}/comments", params, where=where):
                if isinstance(numbered_page, SkippedItem):
                    yield numbered_page
                    continue
                number, items = numbered_page
                yield from self._threads(graph, items, post, f"{where} page {number}")
        except Absent:
            yield SkippedItem(where, "the post is there no more, or not shown to us")

    def _threads(
        self, graph: Graph, items: list[Any], post: Mention, where: str
    ) -> Iterator[Mention | SkippedItem]:
        """A page of comments, then the replies to each: those that came with it, and the rest."""
        ours = self.ours | {post.author.handle.lower()}
        threads: list[tuple[Mention, Any]] = []

        def read(item: Any) -> Mention:
            above = self.read_comment(post, ours)(item)
            threads.append((above, item.get("replies")))
            return above

        yield from each(items, read, at=self.at, where=where)
        for number, (above, replies) in enumerate(threads, 1):
            if not isinstance(replies, dict):
                continue
            listed, reply = replies.get("data"), self.read_comment(above, ours)
            place = f"{where} thread {number}"
            if isinstance(listed, list):
                yield from each(listed, reply, at=self.at, where=place)
            try:
                if more := graph.onward(replies):
                    yield from graph.read("", {}, reply, where=place, onward=more)
            except Absent:
                yield SkippedItem(place, "the comment is there no more, or not shown to us")

    def _mentioned(
        self, graph: Graph, key: str, issued_id: str, where: str
    ) -> Iterator[Mention | SkippedItem]:
        try:
            node = self.mentioned(graph, key, issued_id)
        except (Absent, Misunderstood):
            yield SkippedItem(where, "is there no more, or was never told to this account")
            return
        yield from each([node], self.read_mentioned(key), at=self.at, where=where)

    def mentioned(self, graph: Graph, key: str, issued_id: str) -> Any:
        """What mentions us in somebody else's post, by the id that a webhook told."""
        name, number, fields = _ASKED[key]
        user = graph.get(self.user_id, {"fields": f"{name}.{number}({issued_id}){{{fields}}}"})
        return user.get(name)

    def read_own(self, item: Any) -> Mention:
        """One of our own media."""
        return dataclasses.replace(self._matched(media(item, self.ours, self.at)), own=True)

    def read_media(self, label: str) -> Read:
        """Reads media that `label` found."""
        return lambda item: self._matched(media(item, self.ours, self.at)).with_match(label)

    def read_comment(self, above: Mention | None, ours: frozenset[str] = frozenset()) -> Read:
        """Reads comments or replies under `above`."""
        return lambda item: self._matched(comment(item, above, ours or self.ours, self.at))

    def read_mentioned(self, key: str) -> Read:
        """Reads what `mentioned` gives."""
        if key == MENTIONED_MEDIA:
            return self.read_media(key)
        return lambda item: self.read_comment(None)(item).with_match(key)

    def _matched(self, mention: Mention) -> Mention:
        return mention.with_match(*matching(mention.text, self.terms))


# ── Rechecks what was found on Instagram, and hides or deletes comments on our own media. ─────────

ACTIONS = {
    "hide": Action(
        "hide", "The public no longer sees the comment under our post. It can be shown again.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "Everybody sees the comment again.", undo="hide"),
    "delete": Action(
        "delete",
        "The comment and the replies to it are gone for everybody. This can't be undone.",
        undo="",
    ),
}  # fmt: skip


def recheck(source: Instagram, stored_mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Own media and comments by their ids, tags by their list, mentions as they were read.

    What a hashtag alone found can't be looked up.
    """
    graph = source.graph()
    mentions = [mention for mention in stored_mentions if _key(mention)]
    own = [mention for mention in stored_mentions if mention.own and mention.kind == "post"]
    comments = [
        mention
        for mention in stored_mentions
        if mention.kind in ("comment", "reply") and not _key(mention)
    ]
    tagged = [
        mention
        for mention in stored_mentions
        if TAGS in mention.matched and not mention.own and not _key(mention)
    ]

    def media(item: Any, mention: Mention) -> Mention:
        fresh = source.read_own(item) if mention.own else source.read_media(TAGS)(item)
        return fresh.with_match(*mention.matched)

    def comment(item: Any, mention: Mention) -> Mention:
        return _known(source.read_comment(None)(item), mention)

    yield from look_up(graph, own, MEDIA_FIELDS, media, "post")
    yield from look_up(graph, comments, COMMENT_FIELDS, comment, "comment")
    yield from list_again(graph, f"{source.user_id}/tags", MEDIA_FIELDS, tagged, media, TAGS)
    for number, mention in enumerate(mentions, 1):
        yield from _mention_again(source, graph, mention, f"mention {number}")


def _key(mention: Mention) -> str:
    """How a mention of us by somebody else was read; empty where it was found in another way."""
    return next((k for k in (MENTIONED_MEDIA, MENTIONED_COMMENTS) if k in mention.matched), "")


def _mention_again(
    source: Instagram, graph: Graph, mention: Mention, where: str
) -> Iterator[Rechecked]:
    key = _key(mention)
    try:
        node = source.mentioned(graph, key, mention.issued_id)
    except Absent:
        prove(graph)
        yield Gone(mention.issuer, mention.issued_id)
        return
    except Misunderstood as error:  # so Instagram also says that it never told us of one
        yield SkippedItem(where, str(error))
        return
    yield from each(
        [node], lambda item: _known(source.read_mentioned(key)(item), mention), at=graph.at,
        where=where,
    )  # fmt: skip


def _known(fresh: Mention, stored: Mention) -> Mention:
    """What was looked up, with what only the first find told."""
    return dataclasses.replace(
        fresh, kind=stored.kind, own=stored.own or fresh.own, url=fresh.url or stored.url,
        parent_id=stored.parent_id or fresh.parent_id, root_id=stored.root_id or fresh.root_id,
    ).with_match(*stored.matched)  # fmt: skip


def may(source: Instagram, mention: Mention, _action: Action) -> str:
    """Comments of others on our own media."""
    if MENTIONED_COMMENTS in mention.matched:
        return "it is not under our own post"
    return why_not(mention)


def act(source: Instagram, mention: Mention, action: Action) -> None:
    """Hides, shows again or deletes a comment that is there to be acted on."""
    graph, number = source.graph(), mention.issued_id
    now = graph.get(number, {"fields": "id,hidden"})
    hidden = action.name == "hide"
    if action.name == "delete":
        confirm(graph, "DELETE", number, {})
    elif now.get("hidden") is not hidden:
        confirm(graph, "POST", number, {"hide": "true" if hidden else "false"})


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
