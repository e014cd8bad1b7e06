"""Looks for accounts in the organisation's name that are not on the register, and for its logos in pictures.

Each platform's own search of profiles is asked for our names and handles. What reads like them is
handed on once, as a mention of kind `profile`, for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import clock
import collectors
import config
import pictures
import sources
from collectors.base import Keep, Odd
from errors import CollectorError, ConfigError
from house import House
from likeness import likeness
from mention import LOOKS_LIKE, PLATFORMS, SHOWS_LOGO, Mention, Platform
from organisation import Today
from store import Taken

SOURCE = "accounts"
UNSEEN = timedelta(days=7)  # a search that ranks may leave somebody out for a day
_NUMBER = re.compile(r"\d+|uc[\w-]{22}|did:.*|urn:.*")  # ids, which nobody would imitate
_HOST = re.compile(r"[.@]")  # before a host, which a look-alike on another has not


def look(house: House, at: datetime, *, soon: bool = False) -> None:
    """Searches every source that can, where that is due (or `soon`), and stores each candidate once.

    What the searches have not shown for UNSEEN is marked as gone: it was deleted, or reads like us no more.
    """
    if not house.cfg.accounts.on:
        return
    every = timedelta(hours=house.cfg.accounts.every_hours)
    last = _last(house)
    listed = [
        source
        for source in sources.sources(house.cfg, house.folder, house.tokens())
        if not source.off and source.name in collectors.PROFILES
        and (soon or source.name not in last or at - last[source.name] >= every)
    ]  # fmt: skip
    seen = _Seen()
    ended = 0
    for source in listed:
        if _search(house, source, at, seen):
            ended += 1
            house.store.take_in(SOURCE, [], at=at, noted={source.name: clock.text(at)})
            if source.name in last:  # it was also searched before, and did not show it then
                seen.gone += _let_go(house, source.name, last[source.name] - UNSEEN, at)
    if not listed:
        return
    why = "; ".join(seen.errors) or None
    stored = house.store.add_run(
        SOURCE, [], since=min(last.values(), default=at - every), at=at, ended=clock.now(),
        earlier=seen.taken, error=why, odd=seen.odd, complete=ended == len(listed),
    )  # fmt: skip
    house.tell(
        f"{SOURCE}: {stored.new} new profiles that read like ours, on {len(listed)} platforms"
        + (f", {seen.gone} not found again" if seen.gone else "")
    )
    if why:
        house.failed(f"{SOURCE}: {why}")


def _last(house: House) -> dict[str, datetime]:
    """When each platform was last searched to the end: one that fails is searched again by itself."""
    return {name: clock.parse(at) for name, at in house.store.kept(SOURCE).items()}


def _let_go(house: House, platform: str, before: datetime, at: datetime) -> int:
    """Marks as gone the candidates that were last seen before; how many. Never called after an outage."""
    unseen: dict[Platform, datetime] = {name: before for name in PLATFORMS if name == platform}
    gone, after = 0, 0
    while batch := house.store.held(SOURCE, unseen, after=after):
        after = batch[-1].number
        lost = [(one.mention.issuer, one.mention.issued_id, "not found again") for one in batch]
        gone += house.store.mark_gone(lost, at=at)
    return gone


@dataclass
class _Seen:
    taken: Taken = field(default_factory=Taken)
    errors: list[str] = field(default_factory=list)
    odd: int = 0
    gone: int = 0


def _search(house: House, source: sources.Source, at: datetime, seen: _Seen) -> bool:
    """One platform; what came before an error is kept. Whether it was searched to the end."""
    told = config.today(house.cfg.organisation, clock.local_day(at))
    logos = pictures.known(house.cfg.logos, house.folder)
    found: list[Mention] = []
    whole = True
    try:
        for thing in _candidates(house, source, told, at):
            if isinstance(thing, Keep):
                house.store.take_in(source.name, [], at=at, noted={thing.name: thing.value})
            elif isinstance(thing, Odd):
                seen.odd += 1
                whole = whole and not thing.stops
                house.odd(f"{SOURCE}: {source.name}: {thing.item}: {thing.why}")
            else:
                found.append(with_logos(house, thing, logos))
    except (CollectorError, ConfigError) as error:
        seen.errors.append(f"{source.name}: {error}")
        whole = False
    seen.taken += house.store.take_in(SOURCE, found, at=at)
    return whole


def _candidates(
    house: House, source: sources.Source, told: Today, at: datetime
) -> Iterator[Mention | Odd | Keep]:
    """Profiles that read like ours and are not on the register, each once."""
    built = sources.build(source, house.cfg, at, house.store.kept(source.name))
    handles = sorted(
        {
            _HOST.split(one)[0]
            for own in told.official.values()
            for one in own
            if not _NUMBER.fullmatch(one)
        }
    )
    today = clock.local_day(at)
    names = [
        name.name for name in house.cfg.organisation.names if name.search and name.in_force(today)
    ]
    seen: set[str] = set()
    for thing in collectors.PROFILES[source.name](built, [*names, *handles]):
        if isinstance(thing, Odd | Keep):
            yield thing
            continue
        like = likeness(
            thing.author, handles=handles, names=names,
            register=told.register.get(thing.platform, frozenset()),
        )  # fmt: skip
        if like and thing.key not in seen:
            seen.add(thing.key)
            yield thing.with_match(f"{LOOKS_LIKE}{like.to}")


def with_logos(house: House, mention: Mention, logos: pictures.Known) -> Mention:
    """The mention with the logos of ours that its pictures show."""
    if not logos.hashes:
        return mention
    attached = house.cfg.logos.attached and bool(mention.matched)
    names = pictures.shown(sources.client(house.cfg), mention, logos, attached=attached)
    return mention.with_match(*(f"{SHOWS_LOGO}{name}" for name in names))


def with_logos_all(
    house: House, mentions: Sequence[Mention], logos: pictures.Known
) -> list[Mention]:
    """The same for what collectors found, where config chose that attached pictures are looked at."""
    if not house.cfg.logos.attached:
        return list(mentions)
    return [with_logos(house, mention, logos) for mention in mentions]
