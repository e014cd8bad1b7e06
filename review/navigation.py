"""Where somebody can go: the few pages of every day in sight, all that are open to them in a menu that needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.models import Role
from review.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that the navigation leads to. `beneath` are the beginnings of addresses that belong to it.

    `roles` are those to whom it is open. `sight` are those who have it in sight, not in the menu alone, and
    there at the end where it is `last`.
    """

    address: str
    name: str
    beneath: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ("viewer",)
    sight: tuple[Role, ...] = ()
    last: bool = False

    def current(self, path: str) -> str:
        """What `aria-current` says of it on a page: "page", "true" on one beneath it, or ""."""
        if path == self.address:
            return "page"
        within = any(path.startswith(f"{address}/") for address in (self.address, *self.beneath))
        return "true" if within or path in self.beneath else ""


MENU: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("Every day", (
        Place(address="/cases", name="Queue", beneath=("/mentions", "/opinions"), sight=("viewer",)),
        Place(address="/handover", name="Handover", sight=("reviewer",)),
        Place(address="/sample", name="Sample", roles=("reviewer",), sight=("reviewer",)),
        Place(address="/tell", name="Report a post", sight=("viewer",), last=True),
    )),
    ("Keep track", (
        Place(address="/trends", name="Trends", sight=("viewer",)),
        Place(address="/weekly", name="Weekly summary", sight=("viewer",)),
        Place(address="/quality", name="Quality"),
        Place(address="/takedowns", name="Takedowns", beneath=("/clocks",)),
        Place(address="/sources", name="Sources"),
    )),
    ("Team and set-up", (
        Place(address="/team", name="The team", beneath=("/away",)),
        Place(address="/people", name="People", roles=("admin",), sight=("admin",)),
        Place(address="/setup", name="Set up", roles=("reviewer", "governance")),
        Place(address="/audit", name="Audit", roles=("governance",), sight=("governance",)),
    )),
    ("You", (
        Place(address="/account", name="Your account"),
        Place(address="/accessibility", name="Accessibility statement"),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place as a page shows it; `current` is its `aria-current`, or ""."""

    address: str
    name: str
    current: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """What is in sight, and the whole menu in groups; `within` names the place that is open and not in sight."""

    sight: Sequence[Link]
    groups: Sequence[tuple[str, Sequence[Link]]]
    within: str


def navigation(context: RequestContext) -> Navigation:
    """What is open to the person who asks."""
    path = context.request.url.path

    def link(place: Place) -> Link:
        return Link(address=place.address, name=place.name, current=place.current(path))

    open_to = [
        (name, [place for place in places if any(map(context.may, place.roles))])
        for name, places in MENU
    ]
    everywhere = [place for _, places in open_to for place in places]
    sight = sorted(
        (place for place in everywhere if any(map(context.may, place.sight))),
        key=lambda place: place.last,
    )
    return Navigation(
        sight=[link(place) for place in sight],
        groups=[(name, [link(place) for place in places]) for name, places in open_to],
        within=next(
            (place.name for place in everywhere if place not in sight and place.current(path)), ""
        ),
    )
