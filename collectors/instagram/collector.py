"""Instagram: a professional account's own media with comments and replies, tags, mentions, in stories too, hashtags.

Not to be had: search by words, private accounts, recommendations, and any mention in a post that no webhook told us of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from collectors.base import Collected, Http, SkippedItem, each, matching, moment
from collectors.context import object_of, objects_of
from collectors.instagram.hashtags import Hashtags
from collectors.instagram.parse import (
    COMMENT_FIELDS,
    MEDIA_FIELDS,
    MENTIONED_FIELDS,
    PICTURES,
    REPLY_FIELDS,
    STORY_FIELDS,
    comment,
    media,
    story_mention,
)
from collectors.meta.client import Absent, Graph, Judge, Misunderstood, Params, Read
from collectors.oauth import Grant
from collectors.placement import owner_of, under
from collectors.queries import Follow, check_address
from core import redaction
from core.context import Page
from core.errors import ConfigError, PlatformRefused
from core.models import Mention

TAGS, MENTIONED_MEDIA, MENTIONED_COMMENTS = "tags", "mentioned_media", "mentioned_comments"
STORIES = "story mention"  # what found a mention in somebody's story
_FACEBOOK, _INSTAGRAM = "https://graph.facebook.com", "https://graph.instagram.com"
_SCOPES = {
    "facebook": ("instagram_basic", "instagram_manage_comments", "pages_read_engagement",
                 "pages_show_list"),
    "instagram": ("instagram_business_basic", "instagram_business_manage_comments"),
}  # fmt: skip
_RENEW = {
    "facebook": "run `mentions connect instagram`",
    "instagram": "make a new token in the app's dashboard and set it where site.toml says",
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
        scopes=_SCOPES["facebook"], pkce=False, between=",", exchange="fb_exchange_token",
        to_read={"story_mentions": ("instagram_manage_messages", "pages_manage_metadata")},
    )  # fmt: skip

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
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
    reply: bool = False
    story_mentions: bool = False
    page_id: Id | Literal[""] = ""
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
        if self.story_mentions and self.login == "facebook" and not self.page_id:
            raise ConfigError(
                "page_id: mentions in stories are read by the Page that the account is linked to; write its number"
            )

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
        if self.story_mentions:
            yield from self._in_stories(graph, since)
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
        page = Page(owner="organisation", name=post.author.handle)
        threads: list[tuple[Mention, Any]] = []

        def read(item: Any) -> Mention:
            above = under(self.read_comment(post, ours)(item), page, post)
            threads.append((above, item.get("replies")))
            return above

        yield from each(items, read, at=self.at, where=where)
        for number, (above, replies) in enumerate(threads, 1):
            if not isinstance(replies, dict):
                continue
            listed, reply = replies.get("data"), self._reply(above, post, page, ours)
            place = f"{where} thread {number}"
            if isinstance(listed, list):
                yield from each(listed, reply, at=self.at, where=place)
            try:
                if more := graph.onward(replies):
                    yield from graph.read("", {}, reply, where=place, onward=more)
            except Absent:
                yield SkippedItem(place, "the comment is there no more, or not shown to us")

    def _reply(self, above: Mention, post: Mention, page: Page, ours: frozenset[str]) -> Read:
        read = self.read_comment(above, ours)
        return lambda item: under(read(item), page, above, post)

    def _in_stories(self, graph: Graph, since: datetime) -> Iterator[Mention | SkippedItem]:
        """Mentions in others' stories, as the account's inbox tells of them; no word of a message is asked for.

        The last twenty messages of each conversation that went on since then: Meta gives no more of one.
        """
        holder = self.user_id
        if self.login == "facebook":
            holder = self.page_id
            token = graph.get(self.page_id, {"fields": "access_token"}).get("access_token")
            if not isinstance(token, str) or not token:
                raise PlatformRefused(
                    "Instagram: whoever granted access has no role on the Page of `page_id`, or the app no leave for its messages"
                )
            redaction.keep_secret(token)
            graph = dataclasses.replace(graph, token=token)
        params: Params = {"platform": "instagram", "fields": STORY_FIELDS}
        for numbered_page in graph.walk(
            f"{holder}/conversations", params, where="stories", most_at_once=20
        ):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, conversations = numbered_page
            messages = [
                message for conversation in conversations for message in _messages(conversation)
            ]
            stories = [message for message in messages if _is_story_mention(message)]
            for mention in each(
                stories, self.read_story, at=self.at, where=f"stories page {number}"
            ):
                if isinstance(mention, SkippedItem) or mention.posted_at >= since:
                    yield mention
            times = [
                moment(conversation.get("updated_time"))
                for conversation in objects_of(conversations)
            ]
            if times and max(times) < since:
                return  # the newest stand first

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
        mention = media(item, self.ours, self.at)
        page = Page(owner="organisation", name=mention.author.handle)
        return dataclasses.replace(self._matched(under(mention, page)), own=True)

    def read_media(self, label: str) -> Read:
        """Reads media that `label` found."""

        def read(item: Any) -> Mention:
            mention = media(item, self.ours, self.at)
            return self._matched(under(mention, self._page(mention))).with_match(label)

        return read

    def read_comment(self, above: Mention | None, ours: frozenset[str] = frozenset()) -> Read:
        """Reads comments or replies under `above`."""
        return lambda item: self._matched(comment(item, above, ours or self.ours, self.at))

    def read_mentioned(self, key: str) -> Read:
        """Reads what `mentioned` gives."""
        if key == MENTIONED_MEDIA:
            return self.read_media(key)
        return lambda item: self.read_comment(None)(item).with_match(key)

    def read_story(self, message: Any) -> Mention:
        """A message that tells of a mention in a story."""
        mention = story_mention(message, self.ours, self.at)
        if mention is None:
            raise ValueError("no mention")
        return under(mention, Page(owner="organisation")).with_match(STORIES)

    def _page(self, post: Mention) -> Page | None:
        """The account that a post stands on; a hashtag's results don't name it."""
        handle = post.author.handle
        owner = owner_of(post.author.id, handle, ours=self.ours, providers=self.providers)
        return Page(owner=owner, name=handle) if handle else None

    def _matched(self, mention: Mention) -> Mention:
        return mention.with_match(*matching(mention.text, self.terms))


def _messages(conversation: object) -> list[Mapping[str, Any]]:
    return objects_of(object_of(object_of(conversation).get("messages")).get("data"))


def _is_story_mention(message: Mapping[str, Any]) -> bool:
    return bool(object_of(object_of(message.get("story")).get("mention")))
