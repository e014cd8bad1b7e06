"""Parts of a source that stand each for itself: feeds, files, servers. What one meets costs itself alone.

Each part has a bookmark and a state of its own, which move when it was read to its end, whatever became of the
others. One that keeps failing is asked less often, so that a dead blog costs four requests a day.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collectors.base import Collected, PartRead, PartsListed, SaveState, SkippedItem
from collectors.http.budget import CutShort
from core import clock
from core.errors import (
    OF_A_BUG,
    CollectorError,
    MentionsError,
    PlatformRefused,
    PlatformUnavailable,
)

TOOK_MOST = "it took most of the time that its source has in a run"
_PATIENCE = 3  # tries in a row that fail before a part is asked less often
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=30), timedelta(hours=6)
_A_CYCLE = timedelta(minutes=1)  # runs lie further apart than what is shorter
_LONGEST_ASKED = timedelta(days=1)  # of what a platform asks for by Retry-After


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPart:
    """What the store holds of a part: since when it is to be read, under which name, and until when it waits."""

    since: datetime
    name: str = ""
    last_try: datetime | None = None
    waits_until: datetime | None = None
    error: str = ""


class SavedState(dict[str, str]):
    """What the store holds of a source for its next run: its words by name, and what is known of its parts.

    `new_since` is since when a part is read that nobody has read yet; None for the source's own `since`.
    """

    def __init__(self, *words: Mapping[str, str]) -> None:
        super().__init__(*words)
        self.parts: Mapping[str, KnownPart] = {}
        self.new_since: datetime | None = None


class PartsFailed(CollectorError):
    """Some parts of a source failed; the others were read to their end, so that the source was too."""


class PartsRefused(PartsFailed, PlatformRefused):
    """The same, where a person has to see to one of them."""


class PartsUnavailable(PartsFailed, PlatformUnavailable):
    """The same, where all of it may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part. `key` is a digest of its address, so that it stays the same wherever it stands in config.toml.

    `where` is how messages call it, `name` how people do, where config.toml says so. `changed`: it is another
    one than the one that failed, so that it waits no longer.
    """

    key: str
    kind: str
    where: str
    name: str = ""
    changed: bool = False


def digest(address: str) -> str:
    """The key of a part, by an address that must not be told."""
    return hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def next_try(failures: int, at: datetime, retry_after: float | None = None) -> datetime | None:
    """When a part is tried again that failed so often in a row; None for the next run of its source."""
    requested = timedelta(seconds=min(retry_after or 0.0, _LONGEST_ASKED.total_seconds()))
    requested = requested if requested >= _A_CYCLE else timedelta(0)
    usual = timedelta(0)
    if failures >= _PATIENCE:
        usual = min(_FIRST_WAIT * 2 ** min(failures - _PATIENCE, 10), _LONGEST_WAIT)
    wait = max(requested, usual)
    return at + wait if wait else None


@dataclass
class Parts:
    """The parts of one source in one run. `state` is what the store holds of it, `since` its own bookmark."""

    state: Mapping[str, str] = field(repr=False)
    since: datetime
    at: datetime
    listed: list[str] = field(default_factory=list)
    read_count: int = 0
    _begun: float = field(default_factory=time.monotonic, repr=False)
    _count: int = 0
    _failed: list[tuple[str, str, bool]] = field(default_factory=list)  # where, why, for a person

    def known(self, key: str) -> KnownPart | None:
        """What the store holds of a part."""
        return self.state.parts.get(key) if isinstance(self.state, SavedState) else None

    def since_of(self, key: str) -> datetime:
        """Since when a part is to be read: a new one as far back as a new source, one that failed since it was read last."""
        if known := self.known(key):
            return known.since
        new = (
            self.state.new_since
            if isinstance(self.state, SavedState) and self.state.parts
            else None
        )
        return min(self.since, new) if new else self.since

    def first(self, parts: Iterable[Part]) -> list[Part]:
        """In their order, those first that a run did not come to whose time was spent; of one run those last that failed."""

        def tried(part: Part) -> tuple[datetime, bool]:
            known = self.known(part.key)
            if known is None or known.last_try is None:
                return clock.EARLIEST, False
            return known.last_try, bool(known.error)

        ordered = sorted(parts, key=tried)
        self._count = len(ordered)
        return ordered

    def _took_most(self, begun: float) -> bool:
        """Whether a part that began then, one of several, took most of the run's time, as one does whose server drips."""
        at = time.monotonic()
        return self._count > 1 and at - begun > (at - self._begun) / 2

    def stays(self, part: Part) -> None:
        """Notes that nothing of a part is new."""
        self.listed.append(part.key)
        self.read_count += 1

    def well(self, part: Part) -> Iterator[PartRead]:
        """Notes that a part was read to its end by other means than `read`."""
        self.stays(part)
        yield PartRead(part.key, part.kind, part.name or part.where)

    def fails(self, part: Part, why: str) -> Iterator[PartRead]:
        """Notes that a part can't be asked at all."""
        self.listed.append(part.key)
        self._failed.append((part.where, why, True))
        yield PartRead(part.key, part.kind, part.name or part.where, error=why)

    def read(
        self,
        part: Part,
        pull: Callable[[datetime], Iterator[Collected]],
        *,
        alone: tuple[type[CollectorError], ...] = (CollectorError,),
        title: Callable[[], str] = lambda: "",
    ) -> Iterator[Collected]:
        """All of one part, then what became of it; one that waits for its next try is not asked.

        `alone` are the errors that cost it alone: any other ends the run of the source. `title` is what it calls
        itself, once it was read.
        """
        self.listed.append(part.key)
        known = self.known(part.key)
        if known and known.waits_until and known.waits_until > self.at and not part.changed:
            again = f"{known.error}; it is tried again {clock.local(known.waits_until)}"
            self._failed.append((part.where, again, False))
            return
        odd, state, stopped, begun = 0, dict[str, str](), "", time.monotonic()
        error: CollectorError | None = None
        bug: Exception | None = None
        try:
            for thing in pull(self.since_of(part.key)):
                if isinstance(thing, SaveState) and not thing.always:
                    state[thing.name] = thing.value
                    continue
                if isinstance(thing, SkippedItem):
                    odd += 1
                    if thing.stops:
                        stopped = stopped or f"{thing.item}: {thing.why}"
                yield thing
        except CutShort:
            if self._took_most(begun):
                yield PartRead(
                    part.key, part.kind, part.name or title() or (known.name if known else "") or part.where, odd=odd,
                    error=f"{TOOK_MOST} and did not come to its end: the others are read before it next time",
                )  # fmt: skip
            raise  # else the time of the source is spent, which is no word on this part
        except alone as problem:
            error = problem
        except MentionsError:
            raise
        except Exception as exception:  # a feed that trips us up costs itself alone too
            bug = exception
            error = PlatformRefused(
                f"{OF_A_BUG} ({type(bug).__name__}): please report it with the lines above"
            )
        why = str(error) if error else stopped
        self.read_count += not why
        if error:
            self._failed.append((part.where, why, isinstance(error, PlatformRefused)))
        yield PartRead(
            part.key, part.kind, part.name or title() or (known.name if known else "") or part.where,
            error=why, retry_after=getattr(error, "retry_after", None), odd=odd,
            state={} if why else state, bug=bug,
        )  # fmt: skip

    def end(self, called: str) -> Iterator[PartsListed]:
        """After the last. Raises PartsFailed where some failed, and PlatformRefused or PlatformUnavailable where all did.

        `called` is what several of them are called: "feeds".
        """
        yield PartsListed(frozenset(self.listed))
        if not self._failed:
            return
        named = "; ".join(of(where, why) for where, why, _ in self._failed)
        says = f"{len(self._failed)} of {len(self.listed)} {called} failed: {named}"
        person = any(person for *_, person in self._failed)
        if self.read_count:
            raise PartsRefused(says) if person else PartsUnavailable(says)
        raise PlatformRefused(says) if person else PlatformUnavailable(says)


def of(name: str, why: str) -> str:
    """An error of a part, after its name, unless it begins with that."""
    return why if why.startswith(name) else f"{name}: {why}"


def unique(parts: Collection[tuple[str, str, str]]) -> list[str]:
    """How messages call each of these (short name, longer name, digest): the shortest that tells it from all others."""
    shorts = [short for short, *_ in parts]
    longs = [longer for _, longer, _ in parts]
    return [
        short if shorts.count(short) == 1
        else longer if longs.count(longer) == 1
        else f"{short} ({key[:4]})"
        for short, longer, key in parts
    ]  # fmt: skip
