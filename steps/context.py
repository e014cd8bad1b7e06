"""What every step of the way is given: what is in force, its folder, the open store, who is told.

The store is imported where it is opened: it brings pandas, and `classify` on a file needs neither.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from core.errors import ConfigError, MentionsError, StoreError
from settings import overrides, schema, secrets
from settings.schema import Config

if TYPE_CHECKING:
    from settings.overrides import EffectiveConfig
    from store import Hours, Store

log = logging.getLogger("mentions")

ReportProgress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """Handed from step to step. What fails is named, the rest goes on, and the program exits with 1.

    `cfg` is config.toml with what officers set up in the page over it; `in_force` knows what came from where.
    """

    config: Config
    folder: Path  # of config.toml: paths in it start there
    store: Store
    report_progress: ReportProgress
    failures: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    effective: EffectiveConfig | None = None

    def failed(self, why: str) -> None:
        """Names something that failed."""
        self.failures.append(why)
        self.report_progress(f"! {why}")

    def tokens(self) -> dict[str, str]:
        """The access that people granted by `mentions connect`, by source."""
        return {token.source: token.access for token in self.store.tokens.all()}

    def skip_item(self, why: str) -> None:
        """Names one odd item, which costs only itself; the program still exits with 1."""
        self.skipped.append(why)
        self.report_progress(f"! {why}")

    @contextmanager
    def continue_on_error(self, what: str) -> Iterator[None]:
        """What fails inside is named, and the rest of the way goes on; a bug too costs only itself."""
        try:
            yield
        except MentionsError as error:
            self.failed(f"{what}: {error}")
        except Exception as bug:
            log_bug(what, bug)
            self.failed(f"{what}: {of_a_bug(bug)}")


def log_bug(what: str, bug: Exception) -> None:
    """Logs where a bug is, and not what it says: its message may hold a post's words."""
    log.error(
        "%s: %s\n%s", what, type(bug).__name__, "".join(traceback.format_tb(bug.__traceback__))
    )


def of_a_bug(bug: Exception) -> str:
    """What a person is told of a bug."""
    return f"a bug in this program ({type(bug).__name__}): please report it with the lines above"


@contextmanager
def open_context(
    path: Path,
    tell: ReportProgress,
    *,
    exclusive: bool = False,
    create: bool = True,
    patience: float = 0,
) -> Iterator[RunContext]:
    """All that a step needs, from config.toml on; `exclusive` where no other cycle may run beside it.

    `patience` is how many seconds to wait until that other one has ended.
    """
    config = schema.load(path)
    folder = path.resolve().parent
    with ExitStack() as stack:
        if exclusive:
            stack.enter_context(exclusive_lock(config, folder, patience=patience))
        store = stack.enter_context(open_store(config, folder, create=create))
        in_force = overrides.apply_overrides(config, store.settings.current())
        store.deadlines.hours = hours(in_force.config)
        context = RunContext(
            config=in_force.config,
            folder=folder,
            store=store,
            report_progress=tell,
            effective=in_force,
        )
        for line in in_force.lines():
            context.failed(line)
        yield context


def fitting(context: RunContext, check: Callable[[Config], object]) -> RunContext:
    """The same house without what was set up in the page and `check` refuses, which is named.

    Raises what `check` raises where config.toml alone is to blame.
    """
    in_force = context.effective or overrides.apply_overrides(context.config, {})
    fitted = overrides.fitting(in_force, check)
    for line in fitted.lines():
        if line not in in_force.lines():
            context.failed(line)
    return replace(context, config=fitted.config, effective=fitted)


def open_store(config: Config, folder: Path, *, create: bool = True) -> Store:
    """The store that the file names. Raises ConfigError for a missing key, StoreError for a bad file."""
    from store import Store

    store = Store.open(folder / config.store.path, keys(config, folder), create=create)
    store.deadlines.hours = hours(config)
    return store


def hours(config: Config) -> Hours:
    """How long things may wait on the page, as the store is told it."""
    from store import Hours

    waits = config.review.clocks
    return Hours(
        high=waits.high_hours, medium=waits.medium_hours, assistance=waits.assistance_hours,
        media=waits.media_hours,
    )  # fmt: skip


def keys(config: Config, folder: Path) -> list[str]:
    """The keys that seal personal fields, the sealing one first. Raises ConfigError where one is missing."""
    sealing_keys = [secrets.secret(reference, folder) for reference in config.store.keys]
    for key in sealing_keys:
        if key.value is None:
            raise ConfigError(
                f"store.keys: no key in the {key.where}; restore it from your copy, or for a new store make "
                "one with `mentions new-key`"
            )
    return [key.value for key in sealing_keys if key.value is not None]


@contextmanager
def exclusive_lock(
    config: Config, folder: Path, what: str = "cycle", *, patience: float = 0
) -> Iterator[None]:
    """One cycle (or schedule) at a time on one store. Raises StoreError where another is under way.

    `patience` is how many seconds to wait for the other to end.
    """
    path = folder / f"{config.store.path}.{what}.lock"
    lock = FileLock(path, timeout=patience)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"another {what} is under way on this store: wait for it to end, or stop it"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path.parent} can't be written ({error.strerror}): give this user write access, or "
            "change the path under [store]"
        ) from error
    try:
        yield
    finally:
        lock.release()
