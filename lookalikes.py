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
from mention import LOOKS_LIKE, SHOWS_LOGO, Mention
from organisation import Today
from store import Taken

SOURCE = "accounts"
_NUMBER = re.compile(r"\d+|uc[\w-]{22}|did:.*|urn:.*")  # ids, which nobody would imitate


def look(house: House, at: datetime, *, soon: bool = False) -> None:
    """Searches every source that can, if that is due (or `soon`), and stores each candidate once."""
    last = house.store.last_complete_run(SOURCE)
    every = timedelta(hours=house.cfg.accounts.every_hours)
    if not house.cfg.accounts.on or (last and at - last < every and not soon):
        return
    listed = [
        source
        for source in sources.sources(house.cfg, house.folder, house.tokens())
        if not source.off and source.name in collectors.PROFILES
    ]
    seen = _Seen()
    for source in listed:
        _search(house, source, at, seen)
    if not listed:
        return
    why = "; ".join(seen.errors) or None
    stored = house.store.add_run(
        SOURCE, [], since=last or at - every, at=at, ended=clock.now(), earlier=seen.taken, error=why,
        odd=seen.odd,
    )  # fmt: skip
    house.tell(
        f"{SOURCE}: {stored.new} new profiles that read like ours, on {len(listed)} platforms"
    )
    if why:
        house.failed(f"{SOURCE}: {why}")


@dataclass
class _Seen:
    taken: Taken = field(default_factory=Taken)
    errors: list[str] = field(default_factory=list)
    odd: int = 0


def _search(house: House, source: sources.Source, at: datetime, seen: _Seen) -> None:
    """One platform; what came before an error is kept."""
    told = config.today(house.cfg.organisation, at.date())
    logos = pictures.known(house.cfg.logos, house.folder)
    found: list[Mention] = []
    try:
        for thing in _candidates(house, source, told, at):
            if isinstance(thing, Keep):
                house.store.take_in(source.name, [], at=at, noted={thing.name: thing.value})
            elif isinstance(thing, Odd):
                seen.odd += 1
                house.odd(f"{SOURCE}: {source.name}: {thing.item}: {thing.why}")
            else:
                found.append(with_logos(house, thing, logos))
    except (CollectorError, ConfigError) as error:
        seen.errors.append(f"{source.name}: {error}")
    seen.taken += house.store.take_in(SOURCE, found, at=at)


def _candidates(
    house: House, source: sources.Source, told: Today, at: datetime
) -> Iterator[Mention | Odd | Keep]:
    """Profiles that read like ours and are not on the register, each once."""
    built = sources.build(source, house.cfg, at, house.store.kept(source.name))
    handles = sorted(
        {one for own in told.official.values() for one in own if not _NUMBER.fullmatch(one)}
    )
    today = at.date()
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
