"""What somebody is given who asks what is held of them (UK GDPR Articles 15 and 20): a page that prints, and the same as JSON.

It holds their own posts, how they were read, what was decided and by which role, where they went, and until when they are
kept; of posts that others wrote about them the masked words. Names and details of anybody else are masked (Article 15(4);
Data Protection Act 2018, Schedule 2, paragraph 16); a person reads it before it is sent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from classify.policy.schema import Policy
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.text import sentence
from reports import evidence
from reports.evidence import Done
from reports.masking import masked
from reports.rendering import render, words
from settings.schema import Config
from store import Correction, Item, Store, Stored

_BLANK = re.compile(r"\[(?:[A-Za-z][A-Za-z ]{1,30}|link [^\]\s]{1,80})\]")
_WORD = re.compile(r"[^\W_]+")
# Two to four words with capitals, up to a comma, a bracket or the end.
_ASKS = re.compile(
    r"\s*((?:[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*\s+){1,3}[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*)\s*(?:[,;(\n]|\Z)"
)
STAFF = {"icb": "as staff of this organisation", "nhs": "as staff of another NHS body", "no": "not as staff"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that was done with a post: when, what, by which role."""

    at: datetime
    what: str
    by: str = ""
    notes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What was put right: what stood there, and what holds now."""

    at: datetime
    what: str
    before: str = field(repr=False)
    now: str = field(repr=False)
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedPost:
    """A post. `theirs`: they wrote it, so that account and address stand with it. `found_by`: the searches that found it."""

    number: int
    theirs: bool
    platform: str
    kind: str
    posted_at: datetime
    found_at: datetime
    account: str = field(repr=False)
    address: str = field(repr=False)
    words: str = field(repr=False)
    found_by: tuple[str, ...]
    labels: tuple[str, ...]
    sentiment: str
    priority: str
    read_as: str
    speaking_up: bool
    corrections: tuple[Corrected, ...]
    decisions: tuple[Part, ...]
    went_to: tuple[Part, ...]
    looked_at: tuple[Part, ...]
    kept_until: date | None
    on_hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """All that is given. `withheld`: posts about them that would say something of whoever wrote them, and are left out."""

    made_at: datetime
    organisation: str
    request: int | None
    posts: tuple[DisclosedPost, ...]
    withheld: int
    policy: str
    models: tuple[str, ...]


def gather(
    store: Store, config: Config, policy: Policy, numbers: Sequence[int], theirs: Collection[int], *,
    own: Iterable[str], at: datetime, request: int | None = None,
) -> Disclosure:  # fmt: skip
    """What is held of these posts now. `theirs` are those that they wrote; `own` what is theirs and need not be masked: names, handles, numbers.

    In what they wrote the name with which the request says who asks stays open too, where it stands there whole.
    """
    rights_request = store.rights_requests.get(request) if request is not None else None
    unmasked = frozenset(_words_of(" ".join(own)))
    others = [number for number in numbers if number not in theirs]
    withheld = store.exports.speaking_up(others)
    posts, models = [], set[str]()
    gathering = _Gathering(
        store, config, policy, unmasked, name_in(rights_request.who) if rights_request else "", at
    )
    for number in sorted(set(numbers) - withheld):
        stored, item = store.mentions.get(number), store.figures.item(number)
        if stored is None:
            continue
        posts.append(gathering.post(stored, item, number in theirs))
        models |= {item.model} if item else set()
    return Disclosure(
        made_at=at, organisation=config.organisation.name, request=request, posts=tuple(posts),
        withheld=len(withheld), policy=policy.version, models=tuple(sorted(models)),
    )  # fmt: skip


def html(disclosure: Disclosure) -> str:
    """The pack as a page that prints; the PDF is made of it."""
    return render("subject_access.html", pack=disclosure)


def as_json(disclosure: Disclosure) -> str:
    """The same for a machine (Article 20): moments in UTC as ISO 8601."""
    return json.dumps(asdict(disclosure), ensure_ascii=False, indent=1, default=_plain) + "\n"


def name_in(who: str) -> str:
    """The name with which a request says who asks ("Rowan Ashdown, rowan@example.org"); "" where none plainly stands there."""
    match = _ASKS.match(who)
    return match[1] if match else ""


def reopened(text: str, shown: str, own: Collection[str], name: str = "") -> str:
    """Masked words with what is the person's own put back: a blank is opened where all that it hides is in `own`, folded.

    So is one that hides the whole of `name` and nothing else: a part of a name can be another's.

    What stands between blanks is looked for in the text from left to right; where it does not fit, all stays masked.
    """
    pieces, place, whole_name = [], 0, list(_words_of(name))
    parts = list(_split(shown))
    for index, (literal, blank) in enumerate(parts):
        if not text.startswith(literal, place):
            return shown
        place += len(literal)
        pieces.append(literal)
        if not blank:
            continue
        following = parts[index + 1][0] if index + 1 < len(parts) else ""
        end = text.find(following, place) if following else len(text)
        if end < 0:
            return shown
        hidden = text[place:end]
        hidden_words = list(_words_of(hidden))
        theirs = set(hidden_words) <= set(own) or hidden_words == whole_name
        pieces.append(hidden if hidden_words and theirs else blank)
        place = end
    return "".join(pieces)


class _Gathering:
    """What is told of one post after another of the same pack."""

    def __init__(
        self,
        store: Store,
        config: Config,
        policy: Policy,
        own: Collection[str],
        name: str,
        at: datetime,
    ) -> None:
        self._store, self._config, self._policy, self._own, self._at = store, config, policy, own, at  # fmt: skip
        self._name = name
        self._by_handle = {user.handle: evidence.roles_in_words(user.roles) for user in store.users.all()}  # fmt: skip
        self._roles = {user.number: evidence.roles_in_words(user.roles) for user in store.users.all()}  # fmt: skip
        self._teams = {team.key: team.name for team in config.review.roles}

    def post(self, stored: Stored, item: Item | None, theirs: bool) -> DisclosedPost:
        mention, number = stored.mention, stored.number
        case = self._store.cases.of_mention(number)
        return DisclosedPost(
            number=number, theirs=theirs, platform=PLATFORM_NAMES.get(mention.platform, mention.platform), kind=mention.kind,
            posted_at=mention.posted_at, found_at=item.fetched_at if item else mention.fetched_at,
            account=" ".join(part for part in (mention.author.name, mention.author.handle) if part) if theirs else "",
            address=mention.url if theirs else "", words=self._words(stored, item, theirs),
            found_by=tuple(mention.matched), labels=tuple(self._labels(item)),
            sentiment=item.sentiment if item else "", priority=item.risk if item else "",
            read_as=STAFF[item.staff] if item and item.staff else "",
            speaking_up=theirs and bool(self._store.exports.speaking_up([number])),
            corrections=tuple(self._corrected(each) for each in self._store.corrections.of_mention(number)),
            decisions=tuple(self._parts(evidence.decisions_of(self._store, case, {number}, self._roles, self._teams) if case else ())),
            went_to=tuple(self._went_to(number, case)), looked_at=tuple(self._looked_at(number)),
            kept_until=self._kept_until(stored, item), on_hold=self._store.retention.on_hold(number, self._at),
        )  # fmt: skip

    def _words(self, stored: Stored, item: Item | None, theirs: bool) -> str:
        """Masked as they were read, or by rules where nobody has read them; their own details open in what they wrote."""
        read = item is not None and item.read != "unread" and item.revision == stored.revision
        shown = item.masked if item is not None and read else self._masked(stored.mention.text, stored)  # fmt: skip
        return reopened(stored.mention.text, shown, self._own, self._name) if theirs else shown

    def _masked(self, text: str, stored: Stored | None = None) -> str:
        platform = stored.mention.platform if stored else "other"
        return masked(text, self._config.organisation, clock.local_day(self._at), platform)

    def _redacted(self, text: str) -> str:
        """What colleagues wrote, which may name others."""
        return reopened(text, self._masked(text), self._own)

    def _labels(self, item: Item | None) -> Iterator[str]:
        for flag in item.flags if item else ():
            sure = "very sure" if flag.score >= 0.9 else "sure" if flag.score >= 0.7 else "not sure"
            yield f"{sentence(self._policy.label(flag.name))} ({sure})"

    def _corrected(self, correction: Correction) -> Corrected:
        name = words(correction.name)
        return Corrected(
            at=correction.at, what=f"{correction.what}: {name}" if name else correction.what,
            before=self._redacted(correction.before), now=self._redacted(correction.now), note=self._redacted(correction.note),
        )  # fmt: skip

    def _parts(self, done: Iterable[Done]) -> Iterator[Part]:
        for each in done:
            yield Part(
                at=each.at, what=each.what, by=each.by, notes=tuple(self._redacted(note) for note in each.notes),
            )  # fmt: skip

    def _went_to(self, number: int, case: int | None) -> Iterator[Part]:
        """Which teams, platforms and packs it went to; no email address."""
        if case is None:
            return
        store = self._store
        takedowns = [each for each in store.takedowns.of_case(case) if each.mention == number]
        acts = store.moderations.of_mention(number, self._at)
        done = [
            *evidence.handoffs_of(store, case, {number}, self._roles, self._teams),
            *evidence.takedowns_of(takedowns, self._roles),
            *evidence.acts_of(acts, self._roles),
        ]
        yield from self._parts(sorted(done, key=lambda each: each.at))
        for export in store.exports.of_case(case):
            yield Part(at=export.at, what="Given out in the evidence pack of its case")

    def _looked_at(self, number: int) -> Iterator[Part]:
        for at, handle in self._store.mentions.reveals_of(number):
            yield Part(
                at=at, what="Its masked details or the original were opened", by=self._by_handle.get(handle, "")
            )  # fmt: skip

    def _kept_until(self, stored: Stored, item: Item | None) -> date | None:
        retention = self._config.retention
        found_at = item.fetched_at if item else stored.mention.fetched_at
        platform = stored.mention.platform
        longest = [timedelta(days=retention.platforms.get(platform, retention.days))]
        if self._store.children.is_marked(stored.number):
            longest.append(timedelta(days=retention.children_days))
        if not stored.mention.own and platform in terms.longest():
            longest.append(terms.longest()[platform])
        return clock.local_day(found_at + min(longest))


def _split(shown: str) -> Iterator[tuple[str, str]]:
    """Literal words and the blank after them, "" after the last."""
    place = 0
    for match in _BLANK.finditer(shown):
        yield shown[place : match.start()], match.group()
        place = match.end()
    yield shown[place:], ""


def _words_of(text: str) -> Iterator[str]:
    yield from (_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
