"""What the rest of the program knows of a platform: one `Integration` a folder, in its `__init__`.

Names, hosts, limits and where to report are plain values. What needs a platform's own library (its
collector, and what can be done to posts there) is named by where it stands and loaded when it is used:
who asks for a label waits 0.04 s and takes 3 MB for all eighteen descriptors, where the eighteen collectors
take 0.7 s and 71 MB (of the processor, 29 November 2026). `collectors/platforms.py` lists them; `tests/collectors/test_contract.py` holds each to its promise.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from collectors.characters import count_graphemes
from core.models import Kind, Platform

if (
    TYPE_CHECKING
):  # collectors.base brings requests and stamina: 0.24 s and 17 MB, for annotations alone
    from collectors.base import Moderation, Profiles, Recheck, RecheckParents, Replying
    from collectors.probing import Probes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lazy(Generic[T]):
    """Something by where it stands ("collectors.x.actions:recheck"), loaded when it is used; false where there is none."""

    path: str = ""

    def __bool__(self) -> bool:
        return bool(self.path)

    def load(self) -> T:
        """It, with all that its module imports."""
        loaded: T = pkgutil.resolve_name(self.path)
        return loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRoute:
    """Where posts are reported on a platform: what it is called, its address ("" where there is none), and how.

    Addresses are the platforms' own pages of help, which lead to the form that is right on the day. Each was
    looked up in November 2026. The forms for privacy of X, Facebook and TikTok were found in lists of others on 2026-11-29
    and could not be opened from here; YouTube's own page (answer 142443) and Facebook's (428478523862899) were read.
    """

    name: str
    how: str
    address: str = ""


AT_RISK_MENU = "Open the original, choose the three dots beside the post, then Report, then self-harm or suicide."
# YouTube and Facebook take such a complaint from the person themselves, or who acts for them in law, as their pages say.
FIRST_PARTY = "It is for the person themselves, or who acts for them in law: ask information governance who that is. Meanwhile report the post from the menu: three dots, Report, private information."
REPORT_MENU = "Open the original, choose the three dots beside the post, then Report."
ELSEWHERE = ReportRoute(
    name="whoever runs the place where it was seen",
    how="Use the place’s own way to report, or write to whoever runs it.",
)
AT_RISK = ReportRoute(
    name="whoever runs the place where it was seen",
    how=f"{AT_RISK_MENU} Or write to whoever runs it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUrls:
    """How addresses of a platform name accounts. `first`: hosts where the first part of the path is a name.

    `after`: hosts that name accounts after one of these words, or with an @.
    """

    first: tuple[str, ...] = ()
    after: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFacts:
    """What is known of one word of `core.models.Platform`, whichever source found a post there."""

    name: Platform
    label: str  # what people call it
    report_route: ReportRoute = ELSEWHERE
    impersonation_route: ReportRoute | None = None  # where a page in our name is reported, if apart
    privacy_route: ReportRoute | None = None  # where a person’s details are reported, if apart
    at_risk_route: ReportRoute = AT_RISK  # where one says that a person who wrote there is at risk
    url_hosts: tuple[str, ...] = ()  # of its posts, by which an export's rows are known
    account_urls: AccountUrls = field(default_factory=AccountUrls)
    image_hosts: tuple[str, ...] = ()  # no picture is fetched from elsewhere; ".host": any below it
    images_at_issuer: bool = False  # the server that issued a post's id serves its pictures, too
    count_characters: Callable[[str], int] = count_graphemes  # as its limit for a reply counts
    kind: Kind = "post"  # what a row of an export is that does not say it
    export_names: tuple[
        str, ...
    ] = ()  # what listening tools call it beside its name, in lower case
    # the id in a post's address, and the form in which our own collector has it: a post found by both is one
    native_ids: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """One source: a table under [collectors], and the platforms that no other source describes."""

    name: str  # of its table and of its folder
    label: str  # what people call the source
    collector: Lazy[type[Any]]
    probes: Lazy[Probes] = Lazy()  # can it be read? signed in to and asked for one item
    recheck: Lazy[Recheck] = Lazy()  # is a post still there?
    # ... and one that is no mention itself, but that mentions answer or quote?
    recheck_parents: Lazy[RecheckParents] = Lazy()
    moderation: Lazy[Moderation] = Lazy()  # what the owner of a page may do to others' posts there
    replying: Lazy[Replying] = Lazy()  # how our account answers a post there
    profiles: Lazy[Profiles] = Lazy()  # accounts whose name may be ours
    takedown_actions: tuple[str, ...] = ()  # of `moderation`, those that take away, gentlest first
    only_under_own_posts: bool = False  # ... and that are possible in our own threads alone
    platforms: tuple[PlatformFacts, ...] = ()
    # What is read whole, where nobody can search: "our own Page". There a search term only marks what is read
    reads_whole: str = ""
    allowance: str = ""  # the name of one that sources share, so that they are never read at once
    search_limit: str = ""  # what a search term can't do where it is searched for, as a sentence
