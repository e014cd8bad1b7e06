"""Looks for accounts in the organisation's name that are not on the register, and for its logos in pictures.

Each platform's own search of profiles is asked for our names and handles. What reads like them is
handed on once, as a mention of kind `profile`, for a person to look at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from logging import DEBUG, INFO

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from classify.text.normalise import normalise
from collectors import platforms, registry
from collectors.base import SaveState, SkippedItem
from collectors.registry import Source
from core import clock
from core.errors import CollectorError, ConfigError
from core.models import LOOKS_LIKE, PLATFORMS, SHOWS_LOGO, Author, Mention, Platform
from core.progress import Line
from steps import gate, logos
from steps.context import RunContext
from store import PageCounts

SOURCE = "accounts"
UNSEEN = timedelta(days=7)  # a search that ranks may leave somebody out for a day
_NUMBER = re.compile(r"\d+|uc[\w-]{22}|did:.*|urn:.*")  # ids, which nobody would imitate
_HOST = re.compile(r"[.@]")  # before a host, which a look-alike on another has not


def detect_impersonation(context: RunContext, *, soon: bool = False) -> None:
    """Searches every source that can, where that is due (or `soon`), and stores each candidate once.

    What the searches have not shown for UNSEEN is marked as gone: it was deleted, or reads like us no more.
    """
    if not context.config.accounts.on or gate.closed(context):
        return
    at, every = context.at, timedelta(hours=context.config.accounts.every_hours)
    last = _last(context)
    listed = [
        source
        for source in context.sources
        if not source.off and platforms.integration(source.name).profiles
        and (soon or source.name not in last or at - last[source.name] >= every)
    ]  # fmt: skip
    seen = _Seen()
    ended = 0
    for source in listed:
        with registry.limited(source, context.config):
            whole = _search(context, source, seen)
        if whole:
            ended += 1
            context.store.mentions.add_page(SOURCE, [], at=at, noted={source.name: clock.text(at)})
            if source.name in last:  # it was also searched before, and did not show it then
                seen.gone += _let_go(context, source.name, last[source.name] - UNSEEN, at)
    if not listed:
        return
    why = "; ".join(seen.errors) or None
    stored = context.store.mentions.add_run(
        SOURCE, [], since=min(last.values(), default=at - every), at=at, ended=clock.now(),
        earlier=seen.taken, error=why, odd=seen.odd, complete=ended == len(listed),
    )  # fmt: skip
    words = f"{SOURCE}: {stored.new} new profiles that read like ours, on {len(listed)} platforms"
    context.report_progress(
        Line(
            words + (f", {seen.gone} not found again" if seen.gone else ""), "profiles looked for",
            INFO if soon or stored.new or seen.gone or seen.odd else DEBUG, new=stored.new, gone=seen.gone, odd=seen.odd,
        )
    )  # fmt: skip
    if why:
        context.failed(f"{SOURCE}: {why}")


def _last(context: RunContext) -> dict[str, datetime]:
    """When each platform was last searched to the end: one that fails is searched again by itself."""
    return {name: clock.parse(at) for name, at in context.store.sources.state(SOURCE).items()}


def _let_go(context: RunContext, platform: str, before: datetime, at: datetime) -> int:
    """Marks as gone the candidates that were last seen before; how many. Never called after an outage."""
    unseen: dict[Platform, datetime] = {name: before for name in PLATFORMS if name == platform}
    gone, after = 0, 0
    while batch := context.store.mentions.unseen(SOURCE, unseen, after=after):
        after = batch[-1].number
        lost = [
            (stored.mention.issuer, stored.mention.issued_id, "not found again") for stored in batch
        ]
        gone += context.store.mentions.mark_gone(lost, at=at)
    return gone


@dataclass
class _Seen:
    taken: PageCounts = field(default_factory=PageCounts)
    errors: list[str] = field(default_factory=list)
    odd: int = 0
    gone: int = 0


def _search(context: RunContext, source: Source, seen: _Seen) -> bool:
    """One platform; what came before an error is kept. Whether it was searched to the end."""
    at, known_logos = context.at, logos.known(context.config.logos, context.folder)
    profiles: list[Mention] = []
    whole = True
    try:
        for thing in _candidates(context, source):
            if isinstance(thing, SaveState):
                context.store.mentions.add_page(
                    source.name, [], at=at, noted={thing.name: thing.value}
                )
            elif isinstance(thing, SkippedItem):
                seen.odd += 1
                whole = whole and not thing.stops
                context.skip_item(f"{SOURCE}: {source.name}: {thing.item}: {thing.why}")
            else:
                profiles.append(with_logos(context, thing, known_logos))
    except (CollectorError, ConfigError) as error:
        seen.errors.append(f"{source.name}: {error}")
        whole = False
    seen.taken += context.store.mentions.add_page(SOURCE, profiles, at=at)
    return whole


def _candidates(context: RunContext, source: Source) -> Iterator[Mention | SkippedItem | SaveState]:
    """Profiles that read like ours and are not on the register, each once."""
    search_profiles = platforms.integration(source.name).profiles.load()
    handles = sorted(
        {
            _HOST.split(handle)[0]
            for own in context.today.official.values()
            for handle in own
            if not _NUMBER.fullmatch(handle)
        }
    )
    day = clock.local_day(context.at)
    names = [
        name.name
        for name in context.config.organisation.names
        if name.search and name.in_force(day)
    ]
    seen: set[str] = set()
    for thing in search_profiles(context.collector(source), [*names, *handles]):
        if isinstance(thing, SkippedItem | SaveState):
            yield thing
            continue
        like = likeness(
            thing.author, handles=handles, names=names,
            register=context.today.register.get(thing.platform, frozenset()),
        )  # fmt: skip
        if like and thing.key not in seen:
            seen.add(thing.key)
            yield thing.with_match(f"{LOOKS_LIKE}{like.to}")


def with_logos(context: RunContext, mention: Mention, known_logos: logos.Known) -> Mention:
    """The mention with the logos of ours that its pictures show."""
    if not known_logos.hashes:
        return mention
    attached = context.config.logos.attached and bool(mention.matched)
    names = logos.shown(context.http, mention, known_logos, attached=attached)
    return mention.with_match(*(f"{SHOWS_LOGO}{name}" for name in names))


def with_logos_all(
    context: RunContext, mentions: Sequence[Mention], known_logos: logos.Known
) -> list[Mention]:
    """The same for what collectors found, where config chose that attached pictures are looked at."""
    if not context.config.logos.attached:
        return list(mentions)
    return [with_logos(context, mention, known_logos) for mention in mentions]


# ── Whether a profile reads like the organisation's own. ──────────────────────────────────────────
#
# What is compared are names alone. A profile that says plainly that it is a parody or unofficial, and one
# that stands in the register, is none.

LEAST = 6  # letters of a handle that may differ by one
NEAR_NAME = 90.0  # of 100, of two names word by word, in any order
_DIGITS = str.maketrans("0134578$", "oleastbs")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ADDED = (
    "official", "real", "help", "helpdesk", "support", "info", "team", "nhs", "icb", "uk", "london",
    "news", "live", "care", "service", "services", "contact", "the", "team",
)  # fmt: skip
_OTHERS = re.compile(
    r"\b(parody|satire|spoof|fan (?:page|account|club)|fans of|unofficial|un-official|not affiliated|"
    r"not (?:connected|linked|official|the official)|campaign(?:ing)?|save our|friends of|action group|"
    r"patients' group)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`to` is the handle or name of ours that a profile reads like, `score` from 0 to 1."""

    to: str
    score: float


def likeness(
    author: Author, *, handles: Sequence[str], names: Sequence[str], register: Collection[str]
) -> Likeness | None:
    """The nearest of our handles and names that a profile reads like, or None.

    `handles` and `names` are the organisation's own, whatever the platform; `register` are handles and
    ids of that platform, in lower case, that may speak for us.
    """
    own = {author.handle.lower().lstrip("@"), author.id.lower()}
    if own & set(register) or _OTHERS.search(f"{author.name}\n{author.bio}"):
        return None
    candidates = [
        *(Likeness(f"@{handle}", _handle_score(author.handle, handle)) for handle in handles),
        *(Likeness(f"@{handle}", _handle_score(author.name, handle)) for handle in handles),
        *(Likeness(name, _name_score(author.name, name)) for name in names),
        *(Likeness(name, _handle_score(author.handle, name)) for name in names),
    ]
    best = max(candidates, key=lambda candidate: candidate.score, default=None)
    return best if best is not None and best.score > 0 else None


def skeleton(written: str) -> str:
    """Letters alone, those that look alike as one: HeaIthierNWL, Healthier_NWL, hеalthiernwl."""
    text = unicodedata.normalize("NFKC", written)
    text = re.sub(r"(?<=[a-z])I(?=[a-z])", "l", text)  # a capital i inside small letters is an l
    text = normalise(text).text.casefold()
    text = "".join(
        c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
    ).translate(_DIGITS)
    letters = re.sub(r"[^a-z]", "", text)
    for two, letter in _PAIRS:
        letters = letters.replace(two, letter)
    return letters


def _handle_score(written: str, ours: str) -> float:
    """Of a handle's own part (before the first dot or @), against one of ours."""
    theirs, own = skeleton(re.split(r"[.@]", written.strip().lstrip("@"))[0]), skeleton(ours)
    if not theirs or not own:
        return 0.0
    if theirs == own:
        return 1.0
    rest = _without_added(theirs, own)
    if len(own) >= LEAST and rest is not None:
        return 0.95
    allowed = 0 if len(own) < LEAST else 1 if len(own) < 12 else 2
    distance = DamerauLevenshtein.distance(theirs, own, score_cutoff=allowed)
    return 0.9 - 0.05 * distance if distance <= allowed else 0.0


def _without_added(theirs: str, own: str) -> str | None:
    """What is left where `own` stands at one end and only words that pretend at the other."""
    if own not in theirs:
        return None
    rest = theirs.replace(own, "", 1)
    while rest:
        word = next(
            (w for w in map(skeleton, _ADDED) if rest.startswith(w) or rest.endswith(w)), ""
        )
        if not word:
            return None
        rest = rest.replace(word, "", 1)
    return rest


def _name_score(written: str, ours: str) -> float:
    theirs, own = _words(written), _words(ours)
    if len(own.split()) < 2 or not theirs:
        return 0.0
    ratio = fuzz.token_sort_ratio(theirs, own)
    return float(ratio) / 100 if ratio >= NEAR_NAME else 0.0


def _words(name: str) -> str:
    words = re.findall(r"\w+", normalise(unicodedata.normalize("NFKC", name)).text.casefold())
    return " ".join(word for word in words if word not in ("official", "the", "page", "account"))
