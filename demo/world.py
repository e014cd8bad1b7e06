"""The demo's world: every platform and a mail server on loopback, from start to stop."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from core import clock
from demo import export_file
from demo.platforms.bluesky import BlueskyStandIn
from demo.platforms.care_opinion import CareOpinionStandIn
from demo.platforms.facebook import FacebookStandIn
from demo.platforms.feeds import FeedsStandIn
from demo.platforms.gdelt import GdeltStandIn
from demo.platforms.google import GoogleStandIn
from demo.platforms.inbox import InboxStandIn
from demo.platforms.instagram import InstagramStandIn
from demo.platforms.linkedin import LinkedInStandIn
from demo.platforms.mastodon import MastodonStandIn
from demo.platforms.nhs_reviews import NhsReviewsStandIn
from demo.platforms.pinterest import PinterestStandIn
from demo.platforms.reddit import CLIENT_ID, CLIENT_SECRET, RedditStandIn
from demo.platforms.reddit import SUBREDDITS as SUBREDDITS
from demo.platforms.threads import ThreadsStandIn
from demo.platforms.tiktok import TikTokStandIn
from demo.platforms.x import BEARER, SEARCH, XStandIn
from demo.platforms.youtube import YouTubeStandIn
from demo.posts_loader import POSTS
from demo.posts_loader import TERMS as TERMS
from demo.servers.http import Faults, Secret, StandIn
from demo.servers.smtp import MailStandIn

# One line a platform: its stand-in says itself how a collector is pointed at it.
STANDINS: tuple[type[StandIn], ...] = (
    XStandIn,
    RedditStandIn,
    FeedsStandIn,
    FacebookStandIn,
    InstagramStandIn,
    LinkedInStandIn,
    YouTubeStandIn,
    BlueskyStandIn,
    MastodonStandIn,
    ThreadsStandIn,
    TikTokStandIn,
    GoogleStandIn,
    GdeltStandIn,
    CareOpinionStandIn,
    NhsReviewsStandIn,
    PinterestStandIn,
    InboxStandIn,
)


# Keys of tables that name an account of the organisation itself.
OURS = ("page_id", "user_id", "organization", "channels", "identifier", "business_id")


class World:
    """`with World(at=clock.now(), folder=path) as world:` starts everything and stops it again.

    Posts are dated between 10 minutes and 6 days before `at`, the CSV's up to 14 days. Unless it
    is `calm`, X answers 429 once (over within a second) and Reddit's token expires once, as
    platforms do; more can be ordered from `faults`. `folder` gets export.csv and the mail
    server's ca.pem; messages are written to `outbox` as .eml if one is given. `posts` is the folder
    of what is served: the hard cases, or demo/week. `standins` has each platform's by its name.
    """

    def __init__(
        self, *, at: datetime, folder: Path, calm: bool = False, outbox: Path | None = None,
        posts: Path = POSTS,
    ) -> None:  # fmt: skip
        self.at = clock.utc(at).replace(microsecond=0)
        self.folder, self.outbox, self.posts = folder, outbox, posts
        self.faults = Faults()
        if not calm:
            self.faults.add("x", "429", path=SEARCH, after=2, seconds=1)
            self.faults.add("reddit", "401", path="/r/", after=3)
        self._open = ExitStack()
        self.standins: dict[str, StandIn] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            for kind in STANDINS:
                self.standins[kind.name] = opened.enter_context(
                    kind(self.at, self.faults, self.posts)
                )
            self.mail = opened.enter_context(
                MailStandIn(self.folder / "ca.pem", self.faults, self.outbox)
            )
            self.csv = self.folder / "export.csv"
            export_file.write(self.csv, self.at, self.x.timeline, self.posts)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def tables(self, secret: Secret) -> dict[str, dict[str, Any]]:
        """[collectors] for a config that reads this world; `secret` keeps one and gives its reference."""
        return {
            name: {"on": True, **standin.table(secret)} for name, standin in self.standins.items()
        }

    def accounts(self) -> list[dict[str, str]]:
        """The organisation's own accounts there, for the register of accounts."""
        accounts = [
            (name, str(handle))
            for name, table in self.tables(lambda *_: "env:NOTHING").items()
            for key in OURS
            for handle in (table[key] if isinstance(table.get(key), list) else [table.get(key)])
            if handle
        ]
        accounts += [
            (standin.name, handle) for standin in self.standins.values() for handle in standin.ours
        ]
        return [
            {"platform": name, "handle": handle.rpartition(":")[2], "owner": "organisation"}
            for name, handle in accounts
        ]

    @property
    def x(self) -> XStandIn:
        """X's stand-in, with its timeline."""
        standin = self.standins["x"]
        assert isinstance(standin, XStandIn)
        return standin

    @property
    def reddit(self) -> RedditStandIn:
        """Reddit's stand-in, with its posts and comments."""
        standin = self.standins["reddit"]
        assert isinstance(standin, RedditStandIn)
        return standin

    @property
    def site(self) -> FeedsStandIn:
        """The web site whose feeds are read."""
        standin = self.standins["feeds"]
        assert isinstance(standin, FeedsStandIn)
        return standin

    @property
    def x_url(self) -> str:
        """In place of https://api.x.com; the bearer token is `x_bearer`."""
        return self.x.url

    x_bearer = BEARER

    @property
    def reddit_url(self) -> str:
        """praw's reddit_url and oauth_url alike; `reddit_client` is its id and secret."""
        return self.reddit.url

    reddit_client = (CLIENT_ID, CLIENT_SECRET)

    @property
    def feeds(self) -> list[str]:
        """The blog (by a redirect), its comments, the news site's JSON Feed, a Google Alert."""
        return self.site.addresses

    @property
    def served(self) -> dict[str, int]:
        """How many requests each platform answered, refusals included."""
        return {name: len(standin.requests) for name, standin in self.standins.items()}

    def change(self) -> None:
        """A later day, once, on every platform: edits, deletions, a removal, a new comment."""
        for standin in self.standins.values():
            standin.change()
