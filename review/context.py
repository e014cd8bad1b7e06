"""What every page is given: the settings in force, the policy, an open store, who is asking and when."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread
from cryptography.fernet import Fernet
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from classify.policy.schema import FlagPolicy, Policy
from core import clock
from core.errors import MentionsError
from core.models import Role
from review.auth.tries import Delays, FailureNotes
from review.costly import CostlyLane
from review.desk.opened import OpenDetails, PicturesOnce
from review.figure_cache import FigureCache, SharedReads
from review.imports.worker import ImportDesk
from review.moderation.platforms import Platforms
from review.setup.changes import Setup
from review.switch import Switch
from review.view_recorder import ViewRecorder
from review.walks import Walks
from settings import overrides
from settings.branding import Logo
from settings.schema import Config
from steps.context import set_waits, usable_recipients
from steps.health import Health, health
from store import Case, Sight, SignedIn, Store, User, sight_of
from store.team.users import UserKind

if (
    TYPE_CHECKING
):  # its libraries, 0.1 s and 6 MB, are loaded where the organisation's sign-in is on
    from review.auth.oidc import Provider

log = logging.getLogger("review")

Shared = TypeVar("Shared")

RANKS: tuple[Role, ...] = (
    "viewer",
    "reviewer",
    "lead",
    "governance",
    "admin",
)  # all that see the desk


@dataclass(kw_only=True)
class AppContext:
    """One review page. `open_store` opens the database; each thread keeps one of its own."""

    file: Config  # config.toml's; what officers set up in the page comes over it, see `config`
    folder: Path  # of config.toml: paths in it start there
    policy: Policy
    clauses: Mapping[str, str]  # clause -> the policy's own words
    open_store: Callable[[], Store]
    setup: Setup
    platforms: Platforms
    logo: Logo | None = None
    oidc: Provider | None = None  # the organisation's own accounts, where they sign in here
    now: Callable[[], datetime] = clock.now
    # wrong passwords: by account and where they come from, and by address alone, whatever the names
    tries: Delays = field(default_factory=Delays)
    tries_of_an_address: Delays = field(default_factory=lambda: Delays(free=50))
    codes: Delays = field(default_factory=lambda: Delays(longest=300.0))  # wrong ones, by account
    failures: FailureNotes = field(default_factory=FailureNotes)
    half_in: Fernet = field(default_factory=lambda: Fernet(Fernet.generate_key()), repr=False)
    details: OpenDetails = field(default_factory=OpenDetails)
    pictures: PicturesOnce = field(default_factory=PicturesOnce)
    figures: FigureCache = field(default_factory=FigureCache)
    shared: SharedReads = field(default_factory=SharedReads)  # see `RequestContext.shared`
    slug: str = ""  # of several organisations on one installation, which one this is
    others: Switch | None = None  # the way to others of them; None where there is one alone
    walks: Walks = field(default_factory=Walks)  # who goes from number to number
    views: ViewRecorder = field(init=False)
    imports: ImportDesk = field(init=False)
    _stores: threading.local = field(default_factory=threading.local)
    _opened: list[Store] = field(default_factory=list)
    # at which settings, approvals and day, and what
    _effective: tuple[tuple[int, int, date], Config] | None = None

    def __post_init__(self) -> None:
        self.views = ViewRecorder(lambda: self.open_store())
        self.imports = ImportDesk(self.file, self.folder, lambda: self.open_store(), self.now)

    @property
    def busy(self) -> bool:
        """Whether something goes on that no request waits for."""
        return self.imports.busy

    def close(self) -> None:
        """Writes down what was looked at and ends what threads there are; the page must not be asked any more."""
        self.views.close()
        self.imports.close()
        self.shared.close()
        while self._opened:
            self._opened.pop().let_go()

    def config(self, store: Store) -> Config:
        """The settings as the store has them now, whoever changed them, in whichever process."""
        try:
            at = self.now()
            head = (store.settings.head(), store.approvals.head(), clock.local_day(at))
            if self._effective is None or self._effective[0] != head:
                effective = overrides.apply_overrides(self.file, store.settings.current())
                self._effective = (head, usable_recipients(effective.config, self.file, store, at))
        except MentionsError as error:  # the store is in trouble
            log.warning("the page goes on with its settings of before: %s", error)
        config = self._effective[1] if self._effective else self.file
        set_waits(store, config)
        return config

    @property
    def flags(self) -> Mapping[str, FlagPolicy]:
        """The flags that are on, which people can choose from."""
        return self.policy.in_use

    def store(self) -> Store:
        """The store of this thread."""
        store: Store | None = getattr(self._stores, "store", None)
        if store is None:
            store = self._stores.store = self.open_store()
            self._opened.append(store)
        return store

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by HTTPS."""
        return self.file.review.public_url.startswith("https://")

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
    """One request of one person: what a page's function is handed. `config` is what is in force now."""

    app: AppContext
    config: Config
    request: Request
    store: Store
    at: datetime
    form: FormData = field(default_factory=FormData)
    signed: SignedIn | None = None
    sight: Sight = field(default_factory=Sight)
    guardians: bool = (
        False  # it is about a case of the Guardian’s lane, which is open to this person
    )

    @property
    def user(self) -> User:
        """Who asks. Pages that need nobody to be signed in don't ask."""
        assert self.signed is not None
        return self.signed.user

    def shared(self, key: Hashable, work_out: Callable[[], Shared]) -> Shared:
        """What is the same for everybody, read once for all who ask in the same second; anew once anything was stored."""
        return self.app.shared.get(
            self.store, (self.sight, key), int(self.at.timestamp()), work_out
        )

    def health(self) -> Health:
        """What is wrong now, so that nothing says that all is clear while something is."""
        return health(self.store, self.config, self.app.folder, self.at)

    def may(self, role: Role) -> bool:
        """Whether the person has this role, or a reviewing role above it; governance and admin are apart.

        In a case of the Guardian's lane who may decide there does what a reviewer does elsewhere.
        """
        if self.guardians and self.sight.decides and role in ("viewer", "reviewer"):
            return True
        return allowed(self.user.roles, role)

    @property
    def reads_staff(self) -> bool:
        """Whether the person reads of a post that its writer says they are staff: who decides or answers for it, no viewer."""
        return self.may("reviewer") or self.may("governance") or self.may("guardian")

    def sees(self, case: Case) -> bool:
        """Whether a case is in this person's sight."""
        return self.sight.sees(case.number, case.protected)


def request_context(request: Request, form: FormData | None = None) -> RequestContext:
    """What the page's function is handed; it opens the thread's store, so that it is called in that thread."""
    app: AppContext = request.app.state.context
    store = app.store()
    config, signed = app.config(store), request.scope.get("signed")
    store.database.sight = sight_for(store, config, signed.user) if signed is not None else Sight()
    return RequestContext(
        app=app, config=config, request=request, store=store, at=app.now(),
        form=form if form is not None else FormData(), signed=signed, sight=store.database.sight,
    )  # fmt: skip


def sight_for(store: Store, config: Config, user: User) -> Sight:
    """What somebody may see of cases now."""
    return sight_of(
        user.roles, duty_lead=bool(user.handle) and user.handle == config.review.duty_lead,
        stepped_back=store.recusals.of_user(user.number),
    )  # fmt: skip


def allowed(roles: Sequence[Role], wanted: Role) -> bool:
    """viewer < reviewer < lead. Governance reads everything and releases; admin manages people.

    Both of those may look as a viewer does, and neither decides unless a reviewing role is given too. The Guardian stands
    apart: who is that alone sees their lane and nothing else of the desk; so does Safeguarding of what is theirs.
    """
    if wanted in roles:
        return True
    above: Mapping[Role, tuple[Role, ...]] = {
        "viewer": RANKS, "reviewer": ("lead",), "lead": (), "governance": (), "admin": (),
        "guardian": (), "safeguarding": (),
    }  # fmt: skip
    return any(role in roles for role in above[wanted])


View = Callable[[RequestContext], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(view: View, lane: anyio.CapacityLimiter | CostlyLane | None = None) -> Endpoint:
    """A page's plain function as Starlette calls it: the form is read, the work is done in a thread.

    Whom the session belongs to was found by `SessionMiddleware`, which puts it on the request's scope. `lane`: threads of
    its own, so that those who wait for slow work hold up nobody who asks for anything else.
    """

    async def run(request: Request) -> Response:
        form = (
            await request.form(max_files=4, max_fields=6000)
            if request.method == "POST"
            else FormData()
        )

        def work() -> Response:
            return view(request_context(request, form))

        if isinstance(lane, CostlyLane):
            return await lane.run(request, work)
        return await anyio.to_thread.run_sync(work, limiter=lane)

    return run
