"""Where somebody can go: five tabs of cases, or of governance, what stands beside them, and all other pages in a menu that needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.models import Role
from review.context import RequestContext, allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that the navigation leads to. `beneath` are the beginnings of addresses that belong to it.

    One that ends with "/" does not mean the page of that name itself. `roles` are those to whom it is open.
    `beside` has it in sight beside the search too, where there is room.
    """

    address: str
    name: str
    beneath: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ("viewer",)
    beside: bool = False
    exact: bool = False  # what lies beneath its address belongs to another place
    guardians: bool = False  # it is open to who sees the Guardian's lane
    region: bool = False  # only where this organisation is a region
    several: bool = False  # only where an installation has several organisations

    def current(self, path: str) -> str:
        """What `aria-current` says of it on a page: "page", "true" on one beneath it, or ""."""
        if path == self.address:
            return "page"
        within = any(
            path == beginning or path.startswith(f"{beginning.rstrip('/')}/")
            for beginning in self.beneath
        )
        return "true" if within or (path.startswith(f"{self.address}/") and not self.exact) else ""


TABS: tuple[Place, ...] = (
    Place(address="/today", name="Today", beneath=("/rest", "/cases/", "/mentions", "/opinions")),
    Place(address="/mine", name="Mine"),
    Place(address="/waiting", name="Waiting"),
    Place(address="/done", name="Done"),
    Place(address="/all", name="All"),
)
# Of governance, who decides nothing: what it oversees. The cases are in its menu.
OVERSIGHT: tuple[Place, ...] = (
    Place(address="/governance", name="Overview", roles=("governance",), exact=True),
    Place(address="/looked-at", name="Looked at", roles=("governance",)),
    Place(address="/requests", name="Requests", beneath=("/employer",), roles=("governance",)),
    Place(address="/audit", name="Audit", roles=("governance",)),
    Place(address="/governance/papers", name="Documents", roles=("governance",)),
)
MENU: tuple[Place, ...] = (
    Place(address="/guardian", name="Guardian’s lane", guardians=True),
    Place(address="/safeguarding", name="Safeguarding", roles=("safeguarding", "governance")),
    Place(address="/tell", name="Report a post", beside=True),
    Place(
        address="/help",
        name="Help",
        beneath=("/welcome",),
        roles=("viewer", "guardian", "safeguarding"),
        beside=True,
    ),
    Place(address="/overview", name="The day at a glance", roles=("lead",)),
    Place(address="/governance", name="Governance overview", roles=("governance",)),
    Place(address="/employer", name="Requests for an employer", roles=("governance", "guardian")),
    Place(address="/requests", name="Data rights", roles=("governance",)),
    Place(address="/holds", name="Holds to agree to", roles=("lead", "governance", "guardian")),
    Place(address="/weekly", name="Weekly summary"),
    Place(address="/trends", name="Trends"),
    Place(address="/region", name="Region", region=True),
    Place(address="/exports", name="Exports", roles=("lead", "governance")),
    Place(address="/import", name="Take in a file", roles=("lead",)),
    Place(address="/handover", name="Handover", roles=("reviewer",)),
    Place(address="/sample", name="Quality check", roles=("reviewer",)),
    Place(address="/quality", name="Quality figures"),
    Place(address="/takedowns", name="Takedowns", beneath=("/clocks",)),
    Place(address="/sources", name="Sources"),
    Place(address="/team", name="Team", beneath=("/away",)),
    Place(address="/people", name="People", roles=("admin",)),
    Place(address="/setup", name="Settings", roles=("reviewer", "governance")),
    Place(address="/names", name="Names of people", roles=("lead", "governance")),
    Place(address="/mail", name="Emails", roles=("lead", "governance", "guardian")),
    Place(address="/upkeep", name="Backups and deletion", roles=("lead",)),
    Place(address="/audit", name="Record of decisions", roles=("governance",)),
    Place(address="/looked-at", name="Looked at", roles=("governance",)),
    Place(address="/account", name="Your account", roles=("viewer", "guardian", "safeguarding")),
    Place(
        address="/organisations",
        name="Your organisations",
        roles=("viewer", "guardian", "safeguarding"),
        several=True,
    ),
    Place(
        address="/accessibility", name="Accessibility", roles=("viewer", "guardian", "safeguarding")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place as a page shows it; `current` is its `aria-current`, or ""."""

    address: str
    name: str
    current: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """The tabs, what stands beside the search, and all other pages; `within` names the one of those that is open.

    `first` is where the page's own name leads; who has no tabs sees no search either. `ask` says who can do what a lead
    would look for here and can't.
    """

    first: str
    tabs: Sequence[Link]
    beside: Sequence[Link]
    pages: Sequence[Link]
    within: str
    ask: str = ""


def administrators(context: RequestContext) -> str:
    """Who can open People, in words: Ada Admin or Ben Okafor. Whoever never signed in is named only where nobody else can."""
    there = [user for user in context.store.users.all() if "admin" in user.roles and user.active]
    names = [user.name for user in there if user.signed_in_at] or [user.name for user in there]
    *others, last = names or ["an administrator"]
    return f"{', '.join(others)} or {last}" if others else last


def navigation(context: RequestContext) -> Navigation:
    """What is open to the person who asks."""
    path, roles = context.request.url.path, context.user.roles

    def links(places: Sequence[Place]) -> list[Link]:
        return [
            Link(address=place.address, name=place.name, current=place.current(path))
            for place in places
        ]

    open_to = [
        place
        for place in MENU
        if (context.app.others is not None or not (place.several or place.region))
        and (context.app.file.region.of or not place.region)
        and (
            context.sight.guardians
            if place.guardians
            else any(allowed(roles, role) for role in place.roles)
        )
    ]
    oversees = allowed(roles, "governance") and not allowed(roles, "reviewer")
    tabs = (OVERSIGHT if oversees else TABS) if allowed(roles, "viewer") else ()
    pages = links([*(TABS if oversees else ()), *open_to])
    linked = context.app.others is not None and context.store.linked_accounts.of(
        context.user.number
    )
    return Navigation(
        first="/governance"
        if oversees
        else "/today"
        if allowed(roles, "viewer")
        else "/guardian"
        if context.sight.guardians
        else "/safeguarding",
        tabs=links(tabs),
        beside=links([place for place in open_to if place.beside or (place.several and linked)]),
        pages=pages,
        within=next((link.name for link in pages if link.current), ""),
        ask=f"People, roles and links to sign in: ask {administrators(context)}."
        if allowed(roles, "lead") and not allowed(roles, "admin")
        else "",
    )
