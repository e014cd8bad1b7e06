"""What every page is given: the organisation, the policy's words, an open store, who is asking and when."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.errors import MentionsError
from core.models import Role, Staff
from review.middleware import RateLimiter
from review.replies.models import Detail, Replies
from review.setup.models import SetUp
from steps.models import Platforms
from store import Hours, Reach, SignedIn, Spoke, Store, User
from store.team.users import UserKind

HEIGHT = 40  # pixels of the logo, as it is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What the page is called, and the logo: a PNG with its words and its size in pixels. Without one, plain text."""

    service: str = "Mentions"
    logo: bytes = field(default=b"", repr=False)
    alt: str = ""
    width: int = 0
    height: int = 1

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as it is shown, never larger than it is."""
        height = min(HEIGHT, self.height)
        return max(1, round(self.width * height / self.height)), height


# ─────────────────────────────────────────────────────────────────────────────────────────────────

log = logging.getLogger("review")

if TYPE_CHECKING:  # its libraries take 0.16 s and 9 MB, and are loaded where it is on
    from review.auth.oidc import Provider

RANKS: tuple[Role, ...] = ("viewer", "reviewer", "lead", "governance", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagWords:
    """What the policy says of a flag: its clauses, what it means, and the text of each clause."""

    name: str
    clauses: tuple[str, ...]
    means: str
    gravity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRole:
    """Whom a case can be escalated to, when they are the right one, how they are told. `hr`: locked until released."""

    key: str
    name: str
    when: str
    reach: str = ""
    hr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreElection:
    """A pre-election period, both days included; `reason` says which election."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The weekly summary as `reports` gathers it: seven days against the seven before; it names nobody.

    `groups` are tables: a heading, what the first column holds, and rows of name, count, count before, change.
    """

    first: date
    last: date
    headline: str
    groups: Sequence[tuple[str, str, Sequence[tuple[str, int, int, str]]]]
    official: Sequence[Spoke]
    campaigns: Sequence[Reach]
    answers: str


@dataclass(kw_only=True)
class AppContext:
    """One review page. `open_store` opens the database; each thread keeps one of its own."""

    organisation: str
    public_url: str  # https://... or http://127.0.0.1:...
    open_store: Callable[[], Store]
    flags: Mapping[str, FlagWords]
    clauses: Mapping[str, str] = field(default_factory=dict)  # clause -> the policy's words
    roles: Sequence[EscalationRole] = ()
    crisis_contact: str = ""
    sources_on: Sequence[str] = ()  # what should be read, so that silence and blindness differ
    # Takes in a post that a person noted (platform, url, text, posted_at), and gives the number under which it is
    # kept; raises InputError with what is wrong with it. None: reports are not taken here.
    note: Callable[[Mapping[str, str], datetime], int] | None = None
    platforms: Platforms | None = None  # how posts are hidden or removed where they are
    oidc: Provider | None = None  # the organisation's own accounts, where they sign in here
    weekly: Callable[[date], Summary] | None = None  # of the seven days that end with a day
    brand: Brand = field(default_factory=Brand)
    accessibility_contact: str = ""  # whom to tell that something can't be used
    pre_election: Sequence[PreElection] = ()
    hours: Hours | None = None  # how long things may wait; None: as the store has it
    setup: SetUp | None = None  # what officers may set up in the page
    renew: Callable[[Store], AppContext] | None = (
        None  # the same desk as a store's settings have it now
    )
    # What is set up for answering on a day, and what in a draft names or reaches a person; see `reply_shapes`.
    replies: Callable[[date], Replies] | None = None
    read_draft: Callable[[str], Sequence[Detail]] | None = None
    # The line of a profile that says that its author is such staff, in masked words; "" where none does.
    staff_line: Callable[[str, Staff, date], str] | None = None
    now: Callable[[], datetime] = clock.now
    tries: RateLimiter = field(
        default_factory=lambda: RateLimiter(most=10, each=1 / 30)
    )  # to sign in, by address
    # by name, and more of them: one address alone must not be able to keep somebody out
    tries_of_a_name: RateLimiter = field(default_factory=lambda: RateLimiter(most=30, each=1 / 30))
    _stores: threading.local = field(default_factory=threading.local)
    _renewed: tuple[int, AppContext] | None = None  # as which head of the store's settings has it

    def in_force(self, store: Store) -> AppContext:
        """The desk as the settings in the store have it now, whoever changed them, in whichever process."""
        if self.renew is None:
            return self
        try:
            head = store.settings_head()
            if self._renewed is None or self._renewed[0] != head:
                self._renewed = (head, self._made_anew(self.renew(store)))
        except MentionsError as error:
            # the store is in trouble, or a file of the installer's is gone
            log.warning("the page goes on with its settings of before: %s", error)
        app = self._renewed[1] if self._renewed else self
        if app.hours is not None:
            store.hours = app.hours
        return app

    def _made_anew(self, app: AppContext) -> AppContext:
        """A desk as settings have it now, with what this one keeps from visit to visit."""
        return replace(
            app, open_store=self.open_store, now=self.now, tries=self.tries,
            tries_of_a_name=self.tries_of_a_name, oidc=self.oidc,
            setup=self.setup, platforms=self.platforms, renew=None, _stores=self._stores,
        )  # fmt: skip

    def restricted(self, at: datetime) -> PreElection | None:
        """The pre-election period that is on; the one that ends last of several."""
        today = clock.local_day(at)
        on = [period for period in self.pre_election if period.first <= today <= period.last]
        return max(on, key=lambda period: period.last, default=None)

    def store(self) -> Store:
        """The store of this thread."""
        store: Store | None = getattr(self._stores, "store", None)
        if store is None:
            store = self._stores.store = self.open_store()
        return store

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def takes_passwords(self) -> bool:
        """Whether accounts of this page's own can sign in."""
        return self.oidc is None or self.oidc.local_accounts

    @property
    def ways_in(self) -> tuple[UserKind, ...]:
        """How people can sign in now; a session of another kind no longer holds."""
        local: tuple[UserKind, ...] = ("local",) if self.takes_passwords else ()
        return local if self.oidc is None else (*local, "oidc")


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """One request of one person: what a page's function is handed."""

    app: AppContext
    request: Request
    store: Store
    at: datetime
    form: FormData = field(default_factory=FormData)
    signed: SignedIn | None = None

    @property
    def user(self) -> User:
        """Who asks. Pages that need nobody to be signed in don't ask."""
        assert self.signed is not None
        return self.signed.user

    def may(self, role: Role) -> bool:
        """Whether the person has this role, or a reviewing role above it; governance and admin are apart."""
        return allowed(self.user.roles, role)


def allowed(roles: Sequence[Role], wanted: Role) -> bool:
    """viewer < reviewer < lead. Governance reads everything and releases; admin manages people.

    Both of those may look as a viewer does, and neither decides unless a reviewing role is given too.
    """
    if wanted in roles:
        return True
    above: Mapping[Role, tuple[Role, ...]] = {
        "viewer": RANKS, "reviewer": ("lead",), "lead": (), "governance": (), "admin": (),
    }  # fmt: skip
    return any(role in roles for role in above[wanted])


View = Callable[[RequestContext], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(work: View) -> Endpoint:
    """A page's plain function as Starlette calls it: the form is read, the work is done in a thread.

    Whom the session belongs to was found by `signing.Signed`, which puts it on the request's state.
    """

    async def run(request: Request) -> Response:
        form = (
            await request.form(max_files=4, max_fields=6000)
            if request.method == "POST"
            else FormData()
        )
        app: AppContext = request.app.state.desk

        def in_thread() -> Response:
            store = app.store()
            return work(
                RequestContext(
                    app=app.in_force(store), request=request, store=store, at=app.now(), form=form,
                    signed=request.scope.get("signed"),
                )
            )  # fmt: skip

        return await run_in_threadpool(in_thread)

    return run
