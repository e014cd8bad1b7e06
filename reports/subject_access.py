"""What somebody is given who asks what is held of them (UK GDPR Articles 15 and 20): a page that prints, and the same as JSON.

A copy is of their own data (Article 15(1) and (3)): what is theirs stands open in it, in what others wrote about them too. It holds their own posts, how they were read, what was decided and by which role, where they went, and until when they are
kept; of posts that others wrote about them the words. Names and details of anybody else are masked (Article 15(4); Data
Protection Act 2018, Schedule 2, paragraph 16). Whose a masked place is can't be told by a program but where it holds just
what they are known by: a person decides of each, and what nobody decided is marked. A person reads it before it is sent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from classify.policy.schema import Policy
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.text import sentence
from reports import evidence
from reports.evidence import Done
from reports.masking import masked, places
from reports.rendering import render, words
from settings.schema import Config
from store import Correction, Item, PlaceSearched, RecordMatch, StaffReport, Store, Stored
from store.cases.staff_reports import NO_WORDS

_BLANK = re.compile(r"\[(?:[A-Za-z][A-Za-z ]{1,40}|details: \d{1,4} words?|link [^\]\s]{1,80})\]")
_WORD = re.compile(r"[^\W_]+")
# Two to four words with capitals, up to a comma, a bracket or the end.
_ASKS = re.compile(
    r"\s*((?:[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*\s+){1,3}[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+)*)\s*(?:[,;(\n]|\Z)"
)
CONTEXT = 60  # characters that are shown on either side of a masked place, to decide whose it is
NO_WORDS_READ = (
    "The program’s note: no words of this post were read here. A colleague reported its link alone."
)
REPORTER_LEFT_OUT = "Who it was, and what they wrote of it, is left out, since that is theirs (Article 15(4) of the UK GDPR)."
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
class MaskedPlace:
    """A masked place of a post of which nobody has decided whose it is. `place` counts its blanks from 1; `what` says what is hidden."""

    post: int
    place: int
    what: str
    before: str = field(repr=False)
    hidden: str = field(repr=False)
    after: str = field(repr=False)


# By post, the places that are the person's own; of a post that stands here somebody has decided.
Decided = Mapping[int, Collection[int]]
NOT_DECIDED: Decided = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedPost:
    """A post. `theirs`: they wrote it, so that account and address stand with it. `found_by`: the searches that found it.

    `not_decided`: how many places stay masked because nobody has said whose they are.
    """

    number: int
    theirs: bool
    platform: str
    kind: str
    posted_at: datetime | None  # None: nobody here knows
    found_at: datetime
    account: str = field(repr=False)
    address: str = field(repr=False)
    words: str = field(repr=False)
    program_note: str  # what the program says where no words of the post were read
    found_by: tuple[str, ...]
    reported: tuple[
        str, ...
    ]  # by a colleague, when; who it was and what they wrote of it is left out (Article 15(1)(g) and (4))
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
    not_decided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was looked through beside the posts; those of these keys in `theirs` are about them."""

    searched: Sequence[PlaceSearched] = ()
    theirs: Collection[str] = ()


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRecord:
    """What is held of them beside the posts: what it is, when it was written, its words with others masked."""

    what: str
    at: datetime | None
    words: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedThrough:
    """How many records of a kind were looked through for them, and how many hold what they were looked for by."""

    what: str
    looked: int
    hold: int


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
    records: tuple[OtherRecord, ...] = ()
    looked_through: tuple[LookedThrough, ...] = ()

    @property
    def not_decided(self) -> int:
        """How many masked places nobody has decided about: with one left it is not ready to be sent."""
        return sum(post.not_decided for post in self.posts)


def gather(
    store: Store, config: Config, policy: Policy, numbers: Sequence[int], theirs: Collection[int], *,
    own: Iterable[str], at: datetime, request: int | None = None, decided: Decided = NOT_DECIDED,
    beside: Beside = NOTHING_BESIDE,
) -> Disclosure:  # fmt: skip
    """What is held of these posts now. `theirs` are those that they wrote; `own` what is theirs and need not be masked: names, handles, numbers.

    In what others wrote about them one of these opens where it stands whole, and so does, in both, the name with which the
    request says who asks. `decided`: which other masked places are theirs. `beside`: what was looked through beside the posts.
    """
    own = tuple(own)
    others = [number for number in numbers if number not in theirs]
    withheld = store.exports.speaking_up(others)
    posts, models = [], set[str]()
    gathering = _gathering(store, config, policy, own, at, request, decided)
    for number in sorted(set(numbers) - withheld):
        stored, item = store.mentions.get(number), store.figures.item(number)
        if stored is None:
            continue
        posts.append(gathering.post(stored, item, number in theirs))
        models |= {item.model} if item else set()
    return Disclosure(
        made_at=at, organisation=config.organisation.name_on(clock.local_day(at)), request=request, posts=tuple(posts),
        withheld=len(withheld), policy=policy.version, models=tuple(sorted(models)),
        records=tuple(
            OtherRecord(what=match.place, at=match.at, words=tuple(record_words(config, match, own=own, at=at)))
            for place in beside.searched for match in place.matches if match.key in beside.theirs
        ),
        looked_through=tuple(LookedThrough(what=place.place, looked=place.looked, hold=len(place.matches)) for place in beside.searched),
    )  # fmt: skip


def record_words(
    config: Config, match: RecordMatch, *, own: Sequence[str], at: datetime
) -> Iterator[str]:
    """The lines of a record that hold what somebody was looked for by: theirs open where it stands whole, all else masked."""
    organisation, day = config.organisation, clock.local_day(at)
    for line in match.words:
        shown = masked(line, organisation, day, "other")
        yield reopened(line, shown, (), phrases=own, spans=places(line, organisation, day, "other"))  # fmt: skip


def undecided(
    store: Store, config: Config, policy: Policy, numbers: Sequence[int], theirs: Collection[int], *,
    own: Iterable[str], at: datetime, request: int | None = None, decided: Decided = NOT_DECIDED,
) -> list[MaskedPlace]:  # fmt: skip
    """The masked places of these posts of which nobody has decided, with what they hide; none of posts that are left out of a pack.

    Whoever shows what they hide keeps that somebody looked.
    """
    withheld = store.exports.speaking_up([number for number in numbers if number not in theirs])
    gathering = _gathering(store, config, policy, own, at, request, decided)
    places: list[MaskedPlace] = []
    for number in sorted(set(numbers) - withheld):
        stored, item = store.mentions.get(number), store.figures.item(number)
        if stored is not None:
            places += gathering.undecided(stored, item, number in theirs)
    return places


def _gathering(
    store: Store, config: Config, policy: Policy, own: Iterable[str], at: datetime, request: int | None, decided: Decided
) -> _Gathering:  # fmt: skip
    rights_request = store.rights_requests.get(request) if request is not None else None
    name = name_in(rights_request.who) if rights_request else ""
    return _Gathering(store, config, policy, tuple(own), name, at, decided)


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


def reopened(
    text: str, shown: str, own: Collection[str], name: str = "", *, phrases: Iterable[str] = (), opened: Collection[int] = (),
    mark: bool = False, spans: Iterable[tuple[int, int, str]] = (),
) -> str:  # fmt: skip
    """Masked words with what is the person's own put back: a blank is opened where all that it hides is in `own`, folded.

    So is one that hides the whole of `name`, or of one of `phrases`, and nothing else, since a part of a name can be
    another's; and each of the places in `opened`, counted from 1. `mark`: what stays masked is marked as not decided.

    What stands between blanks is looked for in the text; where it does not fit, all stays masked. `spans`: what the rules
    would blank out, which says where one of two blanks that touch ends.
    """
    known = [words for words in (list(_words_of(each)) for each in (name, *phrases)) if words]
    parts = _aligned(text, shown, spans=spans, phrases=known)
    if parts is None:
        return shown
    pieces = []
    for place, (literal, blank, hidden) in enumerate(parts, start=1):
        pieces.append(literal)
        if blank:
            is_theirs = place in opened or _is_theirs(hidden, own, known)
            still = f"[{place}: {blank.strip('[]')}, not decided]" if mark else blank
            pieces.append(hidden if is_theirs else still)
    return "".join(pieces)


def _is_theirs(hidden: str, own: Collection[str], known: Sequence[list[str]]) -> bool:
    words = list(_words_of(hidden))
    return bool(words) and (set(words) <= set(own) or words in known)


# What a masked place hides, by what its mask is called: what it must hold, and what makes it likelier.
_DIGITS = frozenset(
    ("NHS number", "CHI number", "hospital number", "NI number", "date of birth", "postcode", "telephone", "passport number",
     "licence number", "bank account", "number", "age")
)  # fmt: skip
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"\S+(?:@|\s?[\[({<]\s?at\s?[\])}>]).+", re.I), "handle": re.compile(r"@\S+"), "link": re.compile(r"\S+\.\S+"),
    "postcode": re.compile(r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", re.I),
    "address": re.compile(r"(?:(?:flat|unit|room|house|block|apartment|apt|the)\b.*|\d.*|.*\b(?:road|rd|street|st|avenue|ave|lane|close|court|drive|way|gardens|crescent|terrace|place|square|hill|grove|house|mews|estate|walk)\b.*)", re.I | re.S),
}  # fmt: skip
_LONGEST = 400  # characters that one masked place may hide
_MOST_PARTS = 200  # blanks of a text of which all ways to cut are tried
_TRIED = 24  # places at which the words after a mask may stand, as they come


def _aligned(
    text: str, shown: str, *, spans: Iterable[tuple[int, int, str]] = (), phrases: Sequence[list[str]] = ()
) -> list[tuple[str, str, str]] | None:  # fmt: skip
    """Literal words, the blank after them and what it hides, "" after the last; None where the two don't fit.

    Where blanks touch, the words between them say little of where one ends: of all ways to cut, that which gives each what
    its mask is called. `spans`: what the rules would blank out of the text, with its label; `phrases`: what the person is
    known by. A blank that holds one of these and another name is two.
    """
    parts = list(_split(shown))
    known = {(start, end): label for start, end, label in spans}
    edges = {start for start, _ in known} | {end for _, end in known}

    @cache
    def fits(index: int, place: int) -> tuple[float, tuple[int, ...]] | None:
        """The best ends of the blanks from this part on, which begins at `place`; None where they don't fit."""
        literal, blank = parts[index]
        if not text.startswith(literal, place):
            return None
        start = place + len(literal)
        if not blank:
            return (0.0, ()) if start == len(text) else None
        best: tuple[float, tuple[int, ...]] | None = None
        for end in _ends(text, start, parts[index + 1], edges):
            rest = fits(index + 1, end)
            if rest is None:
                continue
            label = (
                blank.strip("[]").partition(" ")[0]
                if blank.startswith("[link ")
                else blank.strip("[]")
            )
            worth = _worth(text, start, end, label, known, phrases) + rest[0]
            if best is None or worth > best[0]:
                best = (worth, (end, *rest[1]))
        return best

    ends = (
        _left_to_right(text, parts) if len(parts) > _MOST_PARTS else (fits(0, 0) or (0.0, None))[1]
    )
    if ends is None:
        return None
    pieces: list[tuple[str, str, str]] = []
    place = 0
    for (literal, blank), end in zip(parts, (*ends, len(text)), strict=True):
        start = place + len(literal)
        hidden = text[start:end] if blank else ""
        pieces += _each(literal, blank, hidden, phrases)
        place = end
    return pieces


def _left_to_right(text: str, parts: Sequence[tuple[str, str]]) -> tuple[int, ...] | None:
    """Where each blank ends, by the first place at which the words after it stand: of a text with very many."""
    ends, place = [], 0
    for index, (literal, blank) in enumerate(parts):
        if not text.startswith(literal, place):
            return None
        place += len(literal)
        if blank:
            following = parts[index + 1][0]
            place = text.find(following, place) if following else len(text)
            if place < 0:
                return None
            ends.append(place)
    return tuple(ends)


def _ends(
    text: str, start: int, following: tuple[str, str], edges: Collection[int]
) -> Iterator[int]:
    """Where what a blank hides may end: where the words after it stand. Where nothing stands between two, at a word's end."""
    literal, blank = following
    if not literal:
        if not blank:
            yield len(text)
        else:
            yield from sorted(edge for edge in edges if start < edge <= start + _LONGEST)[:_TRIED]
        return
    end, tried = text.find(literal, start), 0
    while end >= 0 and (tried == 0 or end <= start + _LONGEST) and tried < _TRIED:
        yield end
        end, tried = text.find(literal, end + 1), tried + 1


def _worth(
    text: str, start: int, end: int, label: str, known: Mapping[tuple[int, int], str], phrases: Sequence[list[str]]
) -> float:  # fmt: skip
    """How well what stands between two places is what a mask is called; of two that are alike the shorter."""
    hidden = text[start:end]
    worth = -0.01 * len(hidden)
    if not hidden.strip() or hidden != hidden.strip():
        worth -= 20
    if (start, end) in known:
        worth += 12 if known[start, end] == label else 3
    if list(_words_of(hidden)) in phrases:
        worth += 15 if label == "name" else 0
    if label in _DIGITS and not re.search(r"\d", hidden):
        worth -= 15
    if label in _DIGITS:
        worth -= 3 * len(re.findall(r"[^\W\d_]{4,}", hidden))
    if label in _SHAPES:
        worth += 4 if _SHAPES[label].fullmatch(hidden) else -8
    if label == "name":
        worth -= 8 * bool(re.search(r"[\d@\n]", hidden)) + 2 * max(0, len(hidden.split()) - 3)
    return worth


def _each(
    literal: str, blank: str, hidden: str, phrases: Sequence[list[str]]
) -> Iterator[tuple[str, str, str]]:
    """A blank as it stands; one that hides the person's whole name beside another's as two, so that each is decided by itself."""
    if blank == "[name]":
        for phrase in sorted(phrases, key=len, reverse=True):
            written = r"[\s,]+".join(map(re.escape, phrase))
            match = (
                re.search(rf"(?<![\w'’-]){written}(?![\w'’-])", hidden, re.I)
                if len(phrase) > 1
                else None
            )
            around = [hidden[: match.start()], hidden[match.end() :]] if match else []
            # two words and more on one side: another's name, and not their own longer one
            if match and any(len(side.split()) > 1 for side in around):
                before, after = (side.strip() for side in around)
                lead = hidden[len(before) : match.start()] if before else ""
                if before:
                    yield literal, blank, before
                yield lead if before else literal, blank, match.group()
                if after:
                    yield hidden[match.end() : len(hidden) - len(after)], blank, after
                return
    yield literal, blank, hidden


class _Gathering:
    """What is told of one post after another of the same pack."""

    def __init__(
        self,
        store: Store,
        config: Config,
        policy: Policy,
        own: Sequence[str],
        name: str,
        at: datetime,
        decided: Decided,
    ) -> None:
        self._store, self._config, self._policy, self._at = store, config, policy, at
        self._own = frozenset(_words_of(" ".join(own)))
        self._phrases, self._name, self._decided = tuple(own), name, decided
        self._by_handle = {user.handle: evidence.roles_in_words(user.roles) for user in store.users.all()}  # fmt: skip
        self._roles = {user.number: evidence.roles_in_words(user.roles) for user in store.users.all()}  # fmt: skip
        self._teams = {team.key: team.name for team in config.review.roles}

    def post(self, stored: Stored, item: Item | None, theirs: bool) -> DisclosedPost:
        mention, number = stored.mention, stored.number
        case = self._store.cases.of_mention(number)
        reported = self._store.staff_reports.of_mention(number)
        no_words = mention.text.strip() == NO_WORDS
        return DisclosedPost(
            number=number, theirs=theirs, platform=PLATFORM_NAMES.get(mention.platform, mention.platform), kind=mention.kind,
            posted_at=self._posted_at(stored, item, reported), found_at=item.fetched_at if item else mention.fetched_at,
            account=" ".join(part for part in (mention.author.name, mention.author.handle) if part) if theirs else "",
            address=mention.url if theirs else "", words="" if no_words else self._words(stored, item, theirs),
            program_note=NO_WORDS_READ if no_words else "", reported=tuple(f"Reported to us by a colleague on {clock.local_day(each.at):%-d %B %Y}. {REPORTER_LEFT_OUT}" for each in reported),
            found_by=tuple(mention.matched), labels=tuple(self._labels(item)),
            sentiment=item.sentiment if item else "", priority=item.risk if item else "",
            read_as=STAFF[item.staff] if item and item.staff else "",
            speaking_up=theirs and bool(self._store.exports.speaking_up([number])) and not self._store.retention.restricted(number),
            corrections=tuple(self._corrected(each) for each in self._store.corrections.of_mention(number)),
            decisions=tuple(self._parts(evidence.decisions_of(self._store, case, {number}, self._roles, self._teams) if case else ())),
            went_to=tuple(self._went_to(number, case)), looked_at=tuple(self._looked_at(number)),
            kept_until=self._kept_until(stored, item), on_hold=self._store.retention.on_hold(number, self._at),
            not_decided=0 if no_words else len(self.undecided(stored, item, theirs)),
        )  # fmt: skip

    def _posted_at(
        self, stored: Stored, item: Item | None, reported: Sequence[StaffReport]
    ) -> datetime | None:
        """None where a report gave no moment: what is stored then is when it came."""
        found_at = item.fetched_at if item else stored.mention.fetched_at
        moments = {each.at for each in reported} | {found_at}
        return None if reported and stored.mention.posted_at in moments else stored.mention.posted_at  # fmt: skip

    def undecided(self, stored: Stored, item: Item | None, theirs: bool) -> list[MaskedPlace]:
        """What of a post stays masked, and nobody has decided whose it is."""
        if stored.number in self._decided:
            return []
        text = stored.mention.text
        own = self._own if theirs else ()
        known = [
            words
            for words in (list(_words_of(each)) for each in (self._name, *self._phrases))
            if words
        ]
        parts = (
            _aligned(text, self._shown(stored, item), spans=self._spans(stored), phrases=known)
            or []
        )
        return [
            MaskedPlace(
                post=stored.number, place=place, what=blank.strip("[]"), before=literal[-CONTEXT:], hidden=hidden,
                after=(parts[place][0] if place < len(parts) else "")[:CONTEXT],
            )
            for place, (literal, blank, hidden) in enumerate(parts, start=1)
            if blank and not _is_theirs(hidden, own, known)
        ]  # fmt: skip

    def _shown(self, stored: Stored, item: Item | None) -> str:
        """The words masked as they were read, or by rules where nobody has read them."""
        read = item is not None and item.read != "unread" and item.revision == stored.revision
        return (
            item.masked if item is not None and read else self._masked(stored.mention.text, stored)
        )

    def _words(self, stored: Stored, item: Item | None, theirs: bool) -> str:
        """With what is theirs open; what nobody has decided about is marked.

        In what they wrote each word of theirs opens; in what others wrote about them a name of theirs alone that stands there
        whole, since a relative can share a part of it.
        """
        return reopened(
            stored.mention.text, self._shown(stored, item), self._own if theirs else (), self._name, phrases=self._phrases,
            opened=self._decided.get(stored.number, ()), mark=stored.number not in self._decided, spans=self._spans(stored),
        )  # fmt: skip

    def _spans(self, stored: Stored) -> list[tuple[int, int, str]]:
        return places(stored.mention.text, self._config.organisation, clock.local_day(self._at), stored.mention.platform)  # fmt: skip

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
