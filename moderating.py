"""What the organisation may do, as the owner of a page, to what others posted there; a person decides it.

Nothing is done unless it is confirmed: without that it says what would happen. What can be taken back
comes before what can't.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import collectors
import sources
from collectors.base import Action, Collector, Moderation
from errors import ConfigError
from house import House
from mention import Mention
from store import Stored

# In the order in which they should be tried: what a person can look into again comes first.
GENTLEST = ("hide", "hold", "spam", "trash", "reject", "delete")
REMOVES = frozenset(("delete", "reject"))
HIDES = frozenset(
    ("hide", "hold", "spam", "trash")
)  # until it is taken back, or the site empties them


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An action on one mention, ready to be done, and why it can't be ("" where it can)."""

    stored: Stored
    source: str
    built: Collector
    moderation: Moderation
    action: Action
    why_not: str
    first: str = ""  # the gentler step that must be done before it

    @property
    def restores(self) -> bool:
        """Whether it shows to people again what was out of their sight."""
        return self.action.name not in HIDES | REMOVES

    @property
    def mark(self) -> str:
        """Another one as soon as anything is different of what a person was shown of it."""
        post, action = self.stored, self.action
        shown = [
            post.number, post.revision, post.mention.hidden, post.mention.deleted, self.source,
            *dataclasses.astuple(action), self.why_not, self.first,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]

    def words(self) -> str:
        """What would be done, what people will see, and whether it can be undone. No word of the post."""
        undo = (
            f"It can be undone: `mentions moderate {self.stored.number} {self.action.undo}`."
            if self.action.undo
            else ""
            if "undone" in self.action.does
            else "It can't be undone."
        )
        kind, platform = self.stored.mention.kind, self.stored.mention.platform
        edited = " Its words were edited since we first saw it." if self.stored.revision > 1 else ""
        what = f"mention {self.stored.number}, a {kind} on {platform}.{edited}"
        return f"{self.action.name}: {what} {self.action.does} {undo}".rstrip()


def plan(house: House, number: int, name: str, at: datetime, *, final: bool = False) -> Plan:
    """What an action on a mention would do. Raises ConfigError where there is no such thing to do."""
    found = plans(house, number, at)
    planned = next((one for one in found if one.action.name == name), None)
    if planned is None:
        raise ConfigError(
            f"{found[0].source} offers: {', '.join(one.action.name for one in found)}"
        )
    if final or planned.why_not or planned.action.undo:
        return planned
    why_not = "it can't be undone, and there is no gentler step here: say --final"
    if planned.first:
        why_not = f"it can't be undone: {planned.first} it first, or say --final"
    elif any(one.action.name in HIDES for one in found):
        why_not = ""
    return dataclasses.replace(planned, why_not=why_not)


def plans(house: House, number: int, at: datetime) -> list[Plan]:
    """Every action that its platform has for a mention, as `plan`: never none of them."""
    stored = house.store.mention(number)
    if stored is None:
        raise ConfigError(f"there is no mention {number}: see the number in the daily list")
    source = source_of(house, number)
    if source.off:
        raise ConfigError(f"{source.name} is off: {source.off}")
    moderation = collectors.MODERATIONS[source.name]
    built = sources.build(source, house.cfg, at, house.store.kept(source.name))
    gentler = [one.name for one in moderation.actions.values() if one.name in HIDES]
    done = not gentler or house.store.was_moderated(number, gentler)
    return [
        Plan(
            stored=stored, source=source.name, built=built, moderation=moderation, action=action,
            why_not=moderation.may(built, stored.mention, action),
            first="" if done or action.undo else gentler[0],
        )
        for action in moderation.actions.values()
    ]  # fmt: skip


def source_of(house: House, number: int) -> sources.Source:
    """The source through which a mention can be acted on, one that is on where there are several; or ConfigError."""
    found_by = house.store.found_by(number)
    able = [
        source
        for source in sources.sources(house.cfg, house.folder, house.tokens())
        if source.name in found_by and source.name in collectors.MODERATIONS
    ]
    if not able:
        raise ConfigError(
            f"mention {number} is not on a page where this program may act: report it on the platform"
        )
    return next((one for one in able if not one.off), able[0])


def act(house: House, planned: Plan, *, by: str, at: datetime) -> None:
    """Does it, keeps that it was done, and what became of the mention. Raises CollectorError.

    Who is about to do what is kept before: an answer that is lost may hide that it was done.
    """
    mention, name = planned.stored.mention, planned.action.name
    number, source, note = planned.stored.number, planned.source, house.store.note_moderation
    note(number, source, name, by=by, at=at, done=False)
    planned.moderation.act(planned.built, mention, planned.action)
    note(number, source, name, by=by, at=at)
    if name in REMOVES:
        house.store.mark_gone([(mention.issuer, mention.issued_id, f"by us: {name}")], at=at)
    else:
        seen: Mention = dataclasses.replace(mention, hidden=name in HIDES, fetched_at=at)
        house.store.take_in(planned.source, [seen], at=at)
