"""The demo's world: every platform and a mail server on loopback, from start to stop."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Self

import clock
from demo import export, reddit, x
from demo.faults import Faults
from demo.feeds import FeedsStandIn
from demo.mail import MailStandIn
from demo.reddit import RedditStandIn
from demo.x import XStandIn

# What the posts speak of. A config that searches for these finds every well-formed post on X.
TERMS = (
    "NHS North West London", "North West London ICB", "NHS NW London", "NW London ICB", "NWL ICB",
    "NWL CCG", "NW London NHS", "West and North London ICB", "NHS Central London", "ICB",
    "@HealthierNWL", "Northwick Park", "Central Middlesex", "Ealing Hospital",
    "Hillingdon Hospital", "West Middlesex", "West Mid", "Charing Cross Hospital",
    "Hammersmith Hospital", "St Mary's Hospital", "Brent", "NW London",
)  # fmt: skip
SUBREDDITS = ("ealing", "london")


class World:
    """`with World(at=clock.now(), folder=path) as world:` starts everything and stops it again.

    Posts are dated between 10 minutes and 6 days before `at`, the CSV's up to 14 days. Unless it
    is `calm`, X answers 429 once (over within a second) and Reddit's token expires once, as
    platforms do; more can be ordered from `faults`. `folder` gets export.csv and the mail
    server's ca.pem; messages are written to `outbox` as .eml if one is given.
    """

    def __init__(
        self, *, at: datetime, folder: Path, calm: bool = False, outbox: Path | None = None
    ) -> None:
        self.at = clock.utc(at).replace(microsecond=0)
        self.folder, self.outbox = folder, outbox
        self.faults = Faults()
        if not calm:
            self.faults.add("x", "429", path=x.SEARCH, after=2, seconds=1)
            self.faults.add("reddit", "401", path="/r/", after=3)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            self.x = opened.enter_context(XStandIn(self.at, self.faults))
            self.reddit = opened.enter_context(RedditStandIn(self.at, self.faults))
            self.site = opened.enter_context(FeedsStandIn(self.at, self.faults))
            self.mail = opened.enter_context(
                MailStandIn(self.folder / "ca.pem", self.faults, self.outbox)
            )
            self.csv = self.folder / "export.csv"
            export.write(self.csv, self.at, self.x.timeline)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def x_url(self) -> str:
        """In place of https://api.x.com; the bearer token is `x_bearer`."""
        return self.x.url

    x_bearer = x.BEARER

    @property
    def reddit_url(self) -> str:
        """praw's reddit_url and oauth_url alike; `reddit_client` is its id and secret."""
        return self.reddit.url

    reddit_client = (reddit.CLIENT_ID, reddit.CLIENT_SECRET)

    @property
    def feeds(self) -> list[str]:
        """The blog (by a redirect), its comments, the news site's JSON Feed, a Google Alert."""
        return self.site.addresses

    @property
    def served(self) -> dict[str, int]:
        """How many requests each platform answered, refusals included."""
        return {one.name: len(one.requests) for one in (self.x, self.reddit, self.site)}

    def change(self) -> None:
        """A later day, once: edits, deletions, a removal, a correction, a new comment.

        X: one post edited (a new id), two deleted, one grown. Reddit: one comment edited, one
        deleted, one post removed. Feeds: two entries revised, one comment added.
        """
        for platform in (self.x, self.reddit, self.site):
            platform.change()
