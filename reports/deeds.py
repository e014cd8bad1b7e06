"""What was done about a case so far, as its emails say it: so that nobody does a second time what a colleague has done, or thinks that nothing was.

999 and who called, who was rung and whether they answered, who of a team has it, and whether the posts are in sight still. Nothing of a post
stands in it, and no name that stands in one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import Platform
from core.text import sentence
from reports.first_steps import SOMEONE
from settings.review import EscalationRole
from settings.schema import Config
from store import Handoff, PathStep, Store, Takedown
from store.cases.endings import HANDED_OVER, TELLS
from store.cases.path_steps import CALLED_999, FIRST, REPLIED, SPOKE, call_in_place

# Whose steps a path is: the team that is rung on it
_TEAMS: Mapping[str, str] = {"danger": "safeguarding", "threat": "security"}
# Teams of which no email says anything: the Guardian's is nobody's to know, the police and an employer are sent a number alone
UNTOLD = frozenset(("guardian", "police", "employer"))
_HOW = re.compile(r", (?:by phone|in person|by email)$")
_NAME = re.compile(r"[^\W\d_][^\W\d_’'.-]*(?:[ -][^\W\d_][\w’'.-]*){0,4}")
LONGEST_NAME = 40
# Why nobody called 999, by what the step keeps of the button that was pressed: no email says what nobody wrote down
WHY_NOT_999: Mapping[str, str] = {
    "not known": "Who or where they are was not known", "no life in danger": "No life is in danger now", "not now": "Nobody is in danger now",
}  # fmt: skip
# What is left to the team of a threat, by its step
HANDED_WORDS: Mapping[str, str] = {
    "target": "warn whoever it is aimed at", "police": "decide whether the police are told", "platform": "decide whether the platform is told",
}  # fmt: skip
_TITLES = frozenset(("dr", "mr", "mrs", "ms", "miss", "sister", "nurse", "the", "from", "and"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What was done. `lines` are sentences without a full stop, first to last; the rest is what need not be asked for again.

    `spoke_to`: who of the team was reached by telephone; `has_it`: who of it has the case; of `steps` the words of the paths that were done.
    `refused`: the team does not take it, and `on_call_rung` that whoever is on call was reached since. `out_of_sight`: each of the posts is hidden, or gone. `stands` says that they are in sight, where nobody did anything about that. `handed`: what of a threat is left to the team, as "warn whoever it is aimed at".
    """

    lines: tuple[str, ...] = ()
    called_999: bool = False
    spoke_to: str = ""
    has_it: str = ""
    refused: bool = False
    on_call_rung: bool = False
    steps: frozenset[str] = frozenset()
    out_of_sight: bool = False
    stands: str = ""
    handed: tuple[str, ...] = ()


NOTHING = Deeds()  # of what no store is asked, and for whom nothing of it is


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """What was done about a case as it is stored, whoever is told of it: read once where several teams are."""

    path: Sequence[PathStep]
    handoffs: Sequence[Handoff]
    takedowns: Sequence[Takedown]


def record_of(store: Store, case: int) -> CaseRecord:
    """The record of a case."""
    return CaseRecord(
        path=store.path_steps.in_danger((case,)).get(case, ()), handoffs=store.handoffs.of_case(case), takedowns=store.takedowns.of_case(case),
    )  # fmt: skip


def deeds_of(
    store: Store, config: Config, case: int | None, mentions: Collection[int], *, team: EscalationRole, danger: bool, at: datetime, record: CaseRecord | None = None
) -> Deeds:  # fmt: skip
    """What was done by a moment about these posts of a case, for whoever acts on it with `team`. `record`: that of the case, where it was read.

    What was done about danger or a threat is told where they act on that; another team reads what it has itself, and whether the posts are in sight.
    """
    if case is None or team.type in UNTOLD:
        return NOTHING
    names, record = _Names(store, mentions), record or record_of(store, case)
    path = [step for step in record.path if step.at <= at] if danger else []
    confirmed = _confirmed(record.handoffs, config, names, at, team=None if danger else team)
    entries = [
        (step.moment, words)
        for step in sorted(path, key=lambda step: step.number)
        if (words := _of_step(step, config, names, at))
    ]
    has = next((who for key, (_, who, _) in confirmed.items() if key == team.key), "")
    by_step = next((step for step in path if step.step == "has_it" and _TEAMS.get(step.path) not in confirmed), None)  # fmt: skip
    if by_step is not None:
        other = _team(config, _TEAMS[by_step.path])
        who = names.shown(by_step.who)
        entries.append((by_step.moment, _has_it(who, other.name, by_step.moment, at)))
        has = has or (who if other.key == team.key else "")
    entries += [(moment, words) for moment, _, words in confirmed.values()]
    refusals = _refusals(record.handoffs, config, at, team=None if danger else team)
    entries += [(moment, words) for moment, words in refusals.values()]
    refused_at = refusals[team.key][0] if team.key in refusals else None
    seen = _Sight(record.takedowns, mentions, at)
    entries += seen.deeds
    calls = [step for step in path if step.is_to_team and step.outcome == SPOKE and _TEAMS.get(step.path) == team.key]  # fmt: skip
    # what is written down has its minute alone: within one, things stand in the order in which they were saved
    return Deeds(
        lines=tuple(dict.fromkeys(words for _, words in sorted(entries, key=lambda each: each[0].replace(second=0, microsecond=0)))),
        called_999=any(step.is_999 for step in path), spoke_to=names.shown(calls[-1].who) if calls else "", has_it=has,
        refused=refused_at is not None, on_call_rung=refused_at is not None and call_in_place(path, refused_at) is not None,
        handed=tuple(HANDED_WORDS[step.step] for step in path if step.outcome in HANDED_OVER and step.step in HANDED_WORDS) if team.type in TELLS["threat"] else (),
        steps=frozenset(step.step for step in path if _happened(step)), out_of_sight=seen.out_of_sight, stands=seen.stands,
    )  # fmt: skip


def near(moment: datetime, at: datetime) -> str:
    """08:45; Mon 30 Nov, 08:45 for another day: what stands in an email says no "tomorrow", which is wrong the day after."""
    then = clock.local_day(moment)
    time = clock.local(moment)[-5:]
    if then == clock.local_day(at):
        return time
    return (
        f"{then:%a %-d %b}, {time}"
        if then.year == clock.local_day(at).year
        else clock.local(moment)
    )


def _team(config: Config, key: str) -> EscalationRole:
    known = next((role for role in config.review.roles if role.key == key), None)
    return known or EscalationRole(key=key, name=key.replace("_", " ").capitalize(), when="")


def _happened(step: PathStep) -> bool:
    """Whether what a step asks for was done, rather than that it was not."""
    return step.outcome in ("told", "told by someone else", "warned", *REPLIED, *CALLED_999, SPOKE)


def _of_step(step: PathStep, config: Config, names: _Names, at: datetime) -> str:
    """One step in words; "" for one that says nothing that whoever reads it needs."""
    by, when = step.by_name, near(step.moment, at)
    if step.step == FIRST:
        return _of_first(step, at)
    if step.is_call:
        whom = "Whoever is on call" if step.is_to_on_call else _team(config, _TEAMS[step.path]).name  # fmt: skip
        if step.outcome != SPOKE:
            return f"{whom} rung {when} by {by}: no answer"
        who = names.shown(step.who)
        return f"{whom} rung {when} by {by}{f', who spoke to {who}' if who != SOMEONE else ''}"
    did = {
        ("platform", "told"): "The platform was told", ("police", "told"): "The police were told", ("police", "told by someone else"): "The police were told by someone else",
        ("target", "warned"): "Whoever it is aimed at was told", ("reply", "sent"): "It was answered with where help is",
    }.get((step.step, step.outcome), "")  # fmt: skip
    return f"{did}, {when}, as {by} wrote down" if did else ""


def _of_first(step: PathStep, at: datetime) -> str:
    if step.outcome == CALLED_999[0]:
        return f"999 called {near(step.moment, at)} by {step.by_name}"
    if step.is_999:
        return f"999 called by someone else, as {step.by_name} wrote down {near(step.at, at)}"
    why = WHY_NOT_999.get(step.outcome)
    words = f"{why}, and 999 was not called" if why else "999 was not called"
    return f"{words}, as {step.by_name} wrote down {near(step.moment, at)}"


def _has_it(who: str, team: str, moment: datetime, at: datetime) -> str:
    name = f"{who[:1].upper()}{who[1:]}"
    return f"{name} of {team} has it, since {near(moment, at)}" if who != SOMEONE else f"{team} has it, since {near(moment, at)}"  # fmt: skip


def _confirmed(
    handoffs: Sequence[Handoff], config: Config, names: _Names, at: datetime, *, team: EscalationRole | None
) -> dict[str, tuple[datetime, str, str]]:  # fmt: skip
    """By the team who of it has the case, and since when: of each that was passed it, or of one alone."""
    confirmed: dict[str, tuple[datetime, str, str]] = {}
    for handoff in handoffs:
        role = _team(config, handoff.role)
        if handoff.state == "taken back" or role.type in UNTOLD or (team is not None and role.key != team.key):  # fmt: skip
            continue
        first = next((step for step in handoff.heard if step.kind == "confirmed" and step.at <= at), None)  # fmt: skip
        if first is not None:
            who, moment = names.shown(first.who), first.when or first.at
            confirmed[role.key] = (moment, who, _has_it(who, role.name, moment, at))
    return confirmed


def _refusals(
    handoffs: Sequence[Handoff], config: Config, at: datetime, *, team: EscalationRole | None
) -> dict[str, tuple[datetime, str]]:  # fmt: skip
    """By the team since when it does not take what it was passed of danger, in words: of each, or of one alone."""
    refusals: dict[str, tuple[datetime, str]] = {}
    for handoff in handoffs:
        role, refusal = _team(config, handoff.role), handoff.refusal
        if refusal is None or refusal.at > at or role.type in UNTOLD or (team is not None and role.key != team.key):  # fmt: skip
            continue
        words = f"{sentence(role.name)} does not take it, as {refusal.by_name or 'someone'} wrote down {near(refusal.at, at)}"
        refusals[role.key] = (refusal.at, words)
    return refusals


class _Names:
    """Names of staff as somebody wrote them down: none that is no name, and none of which a word stands in these posts or in who wrote them."""

    def __init__(self, store: Store, mentions: Collection[int]) -> None:
        self._store = store
        self._mentions = mentions
        self._private: frozenset[str] | None = None

    def shown(self, who: str) -> str:
        """The name as an email may hold it."""
        name = _HOW.sub("", who).strip()
        if not name or len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
            return SOMEONE
        words = {word for word in _plain(name) if word not in _TITLES}
        return SOMEONE if words & self._of_posts() else name

    def _of_posts(self) -> frozenset[str]:
        if self._private is None:
            stored = [self._store.mentions.get(number) for number in self._mentions]
            posts = [each.mention for each in stored if each is not None]
            self._private = frozenset(
                word for post in posts for text in (post.text, post.author.handle, post.author.name) for word in _plain(text)
            )  # fmt: skip
        return self._private


def _plain(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"[^\W\d_]{2,}", text)]


class _Sight:
    """Which of these posts are in public still, and what was done about that."""

    def __init__(self, takedowns: Sequence[Takedown], mentions: Collection[int], at: datetime) -> None:  # fmt: skip
        posts = frozenset(mentions)
        followed = [each for each in takedowns if each.mention in posts]
        shown = [(each, _of_post(each, at)) for each in followed]
        self.out_of_sight = bool(shown) and all(out for _, (_, _, out) in shown)
        groups: dict[str, list[datetime]] = {}
        for _, (words, moment, _) in shown:
            if words:
                groups.setdefault(words, []).append(moment)
        count, silent = len(shown), sum(not words for _, (words, _, _) in shown)
        self.deeds: list[tuple[datetime, str]] = [
            (min(moments), sentence(words) if len(moments) == count else f"{len(moments)} of {count} posts {words}")
            for words, moments in groups.items()
        ]  # fmt: skip
        if groups and silent:
            self.deeds.append((at, f"{silent} of {count} posts still public"))
        self.stands = "" if groups or not shown else untouched(followed)


# What no platform is, so that nothing is known of where a post stands
NO_PLATFORM: frozenset[Platform] = frozenset(("other", "email", "record"))


def place_name(platform: Platform) -> str:
    """A platform as it stands within a sentence; of what a colleague told us of, "the platform": our own mailbox is none."""
    return "the platform" if platform in NO_PLATFORM else PLATFORM_NAMES[platform].partition(" (")[0]  # fmt: skip


def _of_post(takedown: Takedown, at: datetime) -> tuple[str, datetime, bool]:
    """What became of one post, in words that a sentence may begin with, when, and whether it is out of sight; "" where nothing was done by then."""
    place = place_name(takedown.platform)
    hidden = takedown.hidden
    if takedown.gone_at is not None and takedown.gone_at <= at:
        return f"gone from {place}, seen {near(takedown.gone_at, at)}", takedown.gone_at, True
    if hidden is not None and (hidden.at is None or hidden.at <= at):
        when = f" {near(hidden.at, at)}" if hidden.at else ""
        return f"hidden{when}{f' by {hidden.by_name}' if hidden.by_name else ''}", hidden.at or at, True  # fmt: skip
    steps = [step for step in takedown.steps if (step.kept_at or step.at) <= at]
    request = next((step for step in steps if step.step == "asked"), None)
    if request is None:
        return "", at, False
    last = steps[-1]
    if last.step == "gone":
        return f"gone from {place}, as {last.by_name} wrote down {near(last.at, at)}", last.at, True
    whom = {"platform": f"reported to {place}", "author": "its writer was asked to remove it"}.get(request.whom, "someone was asked to remove it")  # fmt: skip
    refused = f", refused {near(last.at, at)}" if last.step == "refused" else ""
    return (
        f"{whom} {near(request.at, at)} by {request.by_name}{refused}, still public",
        request.at,
        False,
    )


def untouched(takedowns: Sequence[Takedown]) -> str:
    """That nobody did anything about posts yet; of one that a colleague told us of without its address nobody knows where it stands."""
    known = [each.platform for each in takedowns if each.platform not in NO_PLATFORM]
    if not known:
        return "Not known whether it is public: we were told of it without its address"
    places = dict.fromkeys(PLATFORM_NAMES[platform].partition(" (")[0] for platform in known)
    return f"Still public, and not reported to {' or '.join(places)}"


def heard_at(handoff: Handoff, at: datetime) -> bool:
    """Whether a team had said by a moment that it has what it was passed."""
    if any(step.at <= at for step in handoff.heard):
        return True
    return handoff.state in ("confirmed", "answered") and handoff.state_at <= at
