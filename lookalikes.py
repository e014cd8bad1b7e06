"""Looks for accounts in the organisation's name that are not on the register, and for its logos in pictures.

Each platform's own search of profiles is asked for our names and handles. What reads like them is
handed on once, as a mention of kind `profile`, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import clock
import collectors
import config
import pictures
import sources
from collectors.base import Odd
from errors import CollectorError, ConfigError
from house import House
from likeness import likeness
from mention import LOOKS_LIKE, SHOWS_LOGO, Mention
from organisation import Today
from store import Taken

SOURCE = "accounts"


def look(house: House, at: datetime, *, soon: bool = False) -> None:
    """Searches every source that can, if that is due (or `soon`), and stores each candidate once."""
    last = house.store.last_complete_run(SOURCE)
    every = timedelta(hours=house.cfg.accounts.every_hours)
    if not house.cfg.accounts.on or (last and at - last < every and not soon):
        return
    told = config.today(house.cfg.organisation, at.date())
    logos = pictures.known(house.cfg.logos, house.folder)
    taken, odd, errors, looked = Taken(), 0, list[str](), 0
    for source in sources.sources(house.cfg, house.folder, house.tokens()):
        if source.off or source.name not in collectors.PROFILES:
            continue
        looked += 1
        found: list[Mention] = []
        try:
            for thing in _candidates(house, source, told, at):
                if isinstance(thing, Odd):
                    odd += 1
                    house.odd(f"{SOURCE}: {source.name}: {thing.item}: {thing.why}")
                else:
                    found.append(with_logos(house, thing, logos))
        except (CollectorError, ConfigError) as error:
            errors.append(f"{source.name}: {error}")
        taken += house.store.take_in(SOURCE, found, at=at)
    if not looked:
        return
    why = "; ".join(errors) or None
    stored = house.store.add_run(
        SOURCE,
        [],
        since=last or at - every,
        at=at,
        ended=clock.now(),
        earlier=taken,
        error=why,
        odd=odd,
    )
    house.tell(f"{SOURCE}: {stored.new} new profiles that read like ours, on {looked} platforms")
    if why:
        house.failed(f"{SOURCE}: {why}")


def _candidates(
    house: House, source: sources.Source, told: Today, at: datetime
) -> Iterator[Mention | Odd]:
    """Profiles that read like ours and are not on the register, each once."""
    built = sources.build(source, house.cfg, at, house.store.kept(source.name))
    handles = sorted(
        {handle for own in told.official.values() for handle in own if not handle.isdigit()}
    )
    today = at.date()
    names = [
        name.name for name in house.cfg.organisation.names if name.search and name.in_force(today)
    ]
    seen: set[str] = set()
    for thing in collectors.PROFILES[source.name](built, [*names, *handles]):
        if isinstance(thing, Odd):
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
