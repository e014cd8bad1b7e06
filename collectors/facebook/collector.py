"""Facebook: a Page's own posts and its visitors', the comments under both, posts that tag the Page, and recommendations.

Not to be had: search by words, profiles, groups, posts that name the organisation without tagging its Page, mentions in
stories; and recommendations from version 22 of the Graph API on, as its reference says (read 2026-11-29).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SaveState, SkippedItem, matching
from collectors.facebook.parse import (
    COMMENT_FIELDS,
    PICTURES,
    POST_FIELDS,
    RATING_FIELDS,
    comment,
    parent_comment,
    post,
    recommendation,
)
from collectors.meta.client import Absent, Graph, Judge, Params, Withdrawn
from collectors.oauth import Grant
from collectors.queries import Follow, check_address
from collectors.threads import under
from core import clock
from core.context import Page
from core.errors import ConfigError, PlatformRefused
from core.models import Mention

_MISSED = "comments_missed"  # posts whose comments were not given, to be read whole next time
TAGGED = "tagged"  # what found a post that only the list of /tagged shows
NO_RECOMMENDATIONS = (
    "Facebook gives them no more in this version of its interface (code 12): turn `recommendations` off, and look at the Page's "
    "Reviews by hand"
)
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
    reply: bool = False
    recommendations: bool = False
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
        posts: dict[str, Mention] = {}
        for mention in self._posts(graph, min(since, oldest)):
            if isinstance(mention, Mention):
                posts[mention.issued_id] = mention
            yield mention
        missed, again = self.state.get(_MISSED, "").split(), []
        due = [
            mention
            for mention in posts.values()
            if mention.posted_at >= oldest and mention.metrics.get("replies") != 0
        ]
        for number, thread in enumerate(due, 1):
            where = f"post {number} comments"
            reach = oldest if thread.issued_id in missed else since
            try:
                yield from self._comments(graph, thread, min(reach, since), where)
            except Absent:  # it stood in the list a moment ago
                again.append(thread.issued_id)
                yield SkippedItem(where, "the post is there no more, or not shown to us")
        if missed or again:
            yield SaveState(_MISSED, " ".join(again))
        for mention in self._tagged(graph, since):
            if isinstance(mention, SkippedItem) or mention.issued_id not in posts:
                yield mention
        if self.recommendations:
            yield from self._recommended(graph, since)
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
        for mention in graph.read(
            f"{self.page_id}/feed", params, self.read_post, where="feed", oldest=oldest
        ):
            yield mention if isinstance(mention, SkippedItem) else under(mention, _page(mention))

    def _tagged(self, graph: Graph, since: datetime) -> Iterator[Mention | SkippedItem]:
        yield from graph.read(
            f"{self.page_id}/tagged", {"fields": POST_FIELDS},
            lambda item: self.read_post(item).with_match(TAGGED), where="tagged", oldest=since,
        )  # fmt: skip

    def _recommended(self, graph: Graph, since: datetime) -> Iterator[Mention | SkippedItem]:
        """What people say of our Page by recommending it or not, where Facebook gives it."""
        try:
            yield from graph.read(
                f"{self.page_id}/ratings", {"fields": RATING_FIELDS}, self.read_recommendation, where="recommendations",
                oldest=since,
            )  # fmt: skip
        except Withdrawn:
            yield SkippedItem("recommendations", NO_RECOMMENDATIONS)

    def _comments(
        self, graph: Graph, root: Mention, since: datetime, where: str
    ) -> Iterator[Mention | SkippedItem]:
        params: Params = {"fields": COMMENT_FIELDS, "filter": "stream", "order": "reverse_chronological",
                 "summary": 1}  # fmt: skip
        yield from graph.read(
            f"{root.issued_id}/comments", params, lambda item: self._under_post(item, root),
            where=where, oldest=since,
        )  # fmt: skip

    def _under_post(self, item: Any, post: Mention) -> Mention:
        mention = self.read_comment(item, post.issued_id)
        return under(mention, _page(post), parent_comment(item, self.ours), post)

    def read_post(self, item: Any) -> Mention:
        """A post, with the terms in it."""
        return self._matched(post(item, self.ours, self.at))

    def read_recommendation(self, item: Any) -> Mention:
        """A recommendation of our Page, with the terms in it."""
        return self._matched(
            under(recommendation(item, self.ours, self.at), Page(owner="organisation"))
        )

    def read_comment(self, item: Any, root: str) -> Mention:
        """A comment, with the terms in it."""
        return self._matched(comment(item, root, self.ours, self.at))

    def _matched(self, mention: Mention) -> Mention:
        return mention.with_match(*matching(mention.text, self.terms))


def _page(post: Mention) -> Page:
    """Our own Page, on which what is listed in its feed stands."""
    return Page(owner="organisation", name=post.author.name if post.own else "")
