"""A review page over what was really collected from stand-ins, which does there what somebody confirms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from core import clock
from core.models import Flag, Mention, Target
from demo.world import World
from review.app import create_app
from review.auth.sessions import ABSOLUTE, COOKIE
from review.context import AppContext
from review.moderation.platforms import Platforms
from settings import schema
from steps.context import open_store
from store import Store
from tests.cycles import collected, settled
from tests.review.factories import desk, group, people, policy
from tests.review.pages import Tags
from tests.review.server import bound, serving
from tests.store.factories import assessed


@dataclass(frozen=True, kw_only=True)
class There:
    """A review page that answers, beside the platforms that it acts on."""

    url: str
    store: Store
    desk: AppContext
    who: dict[str, int]
    world: World
    path: Path
    _used: set[int]

    def asks(self, handle: str = "amina") -> httpx.Client:
        """A client that is signed in as somebody."""
        at = clock.now()
        session = self.store.sessions.begin(self.who[handle], at=at, until=at + ABSOLUTE)
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={session}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, verify=False)

    def read(self, path: str, handle: str = "amina") -> Tags:
        with self.asks(handle) as client:
            answer = client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return Tags(answer.text)

    def send(self, path: str, handle: str = "amina", **form: object) -> httpx.Response:
        with self.asks(handle) as client:
            return client.post(path, data=form)

    def mention(self, number: int) -> Mention:
        stored = self.store.mentions.get(number)
        assert stored is not None
        return stored.mention

    def comment(
        self, *flags: str, platform: str = "facebook", target: Sequence[Target] = ("colleague",), usable: bool = True,
    ) -> int:  # fmt: skip
        """The number of a comment of somebody else that no other test has, flagged and in a case of its own."""
        for number in range(1, self.store.figures.row_counts()["mentions"] + 1):
            stored = self.store.mentions.get(number)
            if (
                stored is None
                or number in self._used
                or stored.mention.own
                or stored.mention.platform != platform
            ):
                continue
            said = stored.mention
            if said.kind not in ("comment", "reply") or said.deleted or said.hidden:
                continue
            offers = self.desk.platforms.offers(number, clock.now())
            if bool(offers.off or offers.steps[0].why_not) is usable:
                continue
            self._used.add(number)
            told = tuple(
                Flag(name=name, score=0.9, clauses=policy()[name].clause, spans=((0, 1),), target=tuple(target))
                for name in flags
            )  # fmt: skip
            read = assessed(
                stored,
                "medium" if flags else "low",
                at=clock.now(),
                masked=f"Masked words of {number}",
                flags=told,
            )
            self.store.assessments.add([read])
            group(self.store, clock.now(), alone=True)
            return number
        raise AssertionError("there are no more comments")

    def tell(self, number: int, *flags: str, **read: Any) -> int:
        """Flags a post that was collected, in a case of its own; the case."""
        stored = self.store.mentions.get(number)
        assert stored is not None
        flagged = tuple(
            Flag(name=name, score=0.9, clauses=policy()[name].clause, spans=((0, 1),), target=("none",))
            for name in flags
        )  # fmt: skip
        masked = f"Masked words of {number}"
        reading = assessed(stored, "medium", at=clock.now(), masked=masked, flags=flagged, **read)
        self.store.assessments.add([reading])
        group(self.store, clock.now(), alone=True)
        case = self.store.cases.of_mention(number)
        assert case is not None
        return case

    def changes(self, platform: str = "facebook") -> list[str]:
        """What was asked of a platform that changes something."""
        return [one.method for one in self.world.standins[platform].requests if one.method != "GET"]

    def edit(self, number: int, text: str) -> None:
        """Its author writes it anew, and a cycle sees it."""
        said = replace(self.mention(number), text=text, fetched_at=clock.now())
        self.store.mentions.add_page(said.platform, [said], at=clock.now())


@contextmanager
def there(world: World, folder: Path, *only: str, own: bool = False) -> Iterator[There]:
    """Collects, and serves the page over it; `own`: by the very config.toml that collected, else by the one that ships."""
    path = settled(folder, world, only=only, http={"attempts": 1})
    collected(path)
    cfg = schema.load(path)
    with bound() as (listening, url), open_store(cfg, folder) as store:
        who = people(store)
        review = cfg.review.model_copy(update={"public_url": url})
        more = {"file": cfg.model_copy(update={"review": review})} if own else {}
        made = desk(
            lambda: open_store(cfg, folder, create=False), public_url=url, now=clock.now,
            platforms=Platforms(cfg, folder), **more,
        )  # fmt: skip
        with serving(create_app(made), listening):
            yield There(
                url=url, store=store, desk=made, who=who, world=world, path=path, _used=set()
            )
