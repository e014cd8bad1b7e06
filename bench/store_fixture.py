"""A store of many invented mentions, made through the store's own methods: `python -m bench.store_fixture`.

What was made is kept for the next run, and what was begun is gone on with: a part says the same each time.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import random
import re
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import get_args

import click
from cryptography.fernet import Fernet

from classify.policy.schema import shipped
from core import clock, similarity
from core.errors import StoreError
from core.models import (
    Assessment,
    Author,
    DecisionKind,
    Flag,
    Harm,
    Kind,
    Mention,
    Platform,
    Read,
    Reading,
    Risk,
    Staff,
    Target,
)
from steps import lanes
from store import CaseDecision, CaseQuery, Placing, Store, Stored
from store.cases.endings import CLOSES, TELLS

# ── What the many of `bench.store_fixture` say: invented people, places and words, as common or rare as words are.
#
# The same number always says the same, so that a store that was begun can be gone on with.

YEAR = timedelta(days=365)
PLACES = ("Brent", "Ealing", "Hammersmith", "Harrow", "Hayes", "Hillingdon", "Hounslow", "Kensington",
          "Northwick Park", "Southall", "Uxbridge", "Westminster")  # fmt: skip
# where posts come from, and how many of a hundred
PLATFORMS: dict[Platform, int] = {
    "x": 30, "facebook": 18, "reddit": 12, "bluesky": 8, "instagram": 7, "youtube": 7, "news": 6,
    "mastodon": 4, "blog": 3, "linkedin": 3, "review": 2,
}  # fmt: skip
# what is flagged, how many of a hundred, and under which clauses
FLAGS: dict[str, tuple[int, tuple[str, ...]]] = {
    "derogatory": (30, ("6.9",)), "misinformation": (14, ("9",)), "assistance": (14, ("9",)),
    "allegation": (10, ("6.9", "9")), "grievance": (7, ("6.9",)), "media": (5, ("9",)),
    "no_disclaimer": (5, ("6.3",)), "brand": (4, ("6.5",)), "harassment": (4, ("6.9",)),
    "hate": (3, ("6.9",)), "pid": (2, ("6.10",)), "threat": (1, ("6.9",)), "safeguarding": (1, ("9",)),
}  # fmt: skip
RISKS: dict[Risk, int] = {"low": 62, "medium": 33, "high": 5}
_GIVEN = (
    "Rowan",
    "Ana",
    "Tunde",
    "Mei",
    "Isla",
    "Omar",
    "Priya",
    "Jonas",
    "Leila",
    "Kofi",
    "Bea",
    "Sam",
)
_FAMILY = (
    "Ashdown",
    "Example",
    "Thornbury",
    "Okoro",
    "Marlowe",
    "Quill",
    "Hartwell",
    "Penrose",
    "Sorrel",
)
_COMMON = tuple(re.findall(r"\w+",
    "the to and a of in it is for my on was with they at have that this nhs we no be not but i appointment "
    "surgery hospital waiting hours doctor gp nobody phone today again ward nurse staff clinic called told "
    "week months after morning wait time been when rang help still about from their so all care letter "
    "cancelled receptionist results scan blood mother dad pharmacy prescription emergency ambulance queue"
))  # fmt: skip
_STARTS = ("b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s",
           "sh", "st", "t", "th", "tr", "v", "w", "y", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ea", "oo", "ai", "ou")
_ENDS = ("n", "r", "l", "m", "nd", "rt", "st", "ck", "ll", "sh", "p", "ss", "lf")
RARE = 20_000  # words that are made up, each rarer than the one before
_FOREIGN = "انتظرت تسع ساعات في المستشفى مع أمي ولم يأت أحد"


@dataclass(frozen=True, slots=True)
class SyntheticPost:
    """One post and how it was read."""

    mention: Mention
    reading: Reading
    risk: Risk


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """All words, and how often each is said, added up: by rank, as Zipf found."""
    invented_words = (
        f"{start}{vowel}{end}{tail}"
        for tail in ("", "ing", "ed", "er", "ow", "ith", "ane", "ock")
        for start, vowel, end in itertools.product(_STARTS, _VOWELS, _ENDS)
    )
    rare = list(dict.fromkeys(itertools.islice(invented_words, RARE)))
    random.Random(1).shuffle(rare)
    words = (*_COMMON, *rare)
    return words, tuple(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))


def sentence(chance: random.Random, place: str) -> str:
    """12 to 40 words, one of which is a place."""
    words, weights = vocabulary()
    chosen_words = chance.choices(words, cum_weights=weights, k=chance.randint(11, 39))
    chosen_words.insert(chance.randrange(len(chosen_words)), place)
    text = " ".join(chosen_words)
    return text[0].upper() + text[1:]


def changed(chance: random.Random, text: str) -> str:
    """The same but for a word, as who retells it says it."""
    words = text.split()
    words[chance.randrange(len(words))] = chance.choice(vocabulary()[0])
    return " ".join(words)


def chosen(chance: random.Random, shares: dict[str, int]) -> str:
    """One of them, as often as its share says."""
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]


def post(
    chance: random.Random,
    number: int,
    at: datetime,
    text: str,
    *,
    under: str = "",
    platform: Platform = "x",
) -> Mention:
    """A post by an invented person; `under`: the id of what it answers."""
    name = f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"
    handle = f"{name.replace(' ', '_').lower()}_{chance.randrange(10_000)}"
    kinds: dict[Platform, Kind] = {
        "news": "article",
        "blog": "article",
        "review": "review",
        "youtube": "comment",
    }
    return Mention(
        issuer=platform, issued_id=issued(number), platform=platform,
        kind="reply" if under else kinds.get(platform, "post"),
        url=f"https://example.org/{handle}/{number}", text=text, text_raw=text,
        posted_at=at - timedelta(seconds=chance.randrange(60, 3600)), fetched_at=at,
        author=Author(id=f"7{number:012}", handle=handle, name=name, bio=f"{chance.choice(PLACES)}, mostly tea",
                      followers=int(chance.paretovariate(0.8) * 40)),
        parent_id=under, root_id=under, metrics={"likes": chance.randrange(30), "shares": int(chance.paretovariate(1.2)) - 1},
        matched=(chance.choice(PLACES),), language="en",
    )  # fmt: skip


def issued(number: int) -> str:
    """The id that the platform gave to the post of this number."""
    return f"199{number:016}"


def flagged(chance: random.Random, text: str) -> tuple[Reading, Risk]:
    """A reading that a person should see: with flags and a risk, or not read at all."""
    if chance.random() < 0.05:
        return reading(chance, _FOREIGN, read="unread", language="ar"), "none"
    shares = {name: share for name, (share, _) in FLAGS.items()}
    names = dict.fromkeys(chosen(chance, shares) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    words = text.split()
    harms: tuple[Harm, ...] = get_args(Harm)
    targets: tuple[Target, ...] = get_args(Target)
    flags = tuple(
        Flag(
            name=name, score=chance.uniform(0.5, 0.99), clauses=FLAGS[name][1],
            spans=((0, len(" ".join(words[: chance.randint(2, 8)]))),),
            target=(chance.choice(targets),), harm=chance.choice(harms) if name == "allegation" else None,
        )
        for name in names
    )  # fmt: skip
    risk: Risk = chosen(chance, RISKS)  # type: ignore[arg-type, assignment]
    return reading(chance, text, flags=flags), risk


def reading(
    chance: random.Random,
    text: str,
    *,
    flags: Sequence[Flag] = (),
    read: Read = "full",
    language: str = "en",
) -> Reading:
    """A reading by no model; without flags nobody need see it, and two in five are not about us."""
    staff: Staff = chance.choices(("no", "nhs", "icb"), weights=(94, 4, 2))[0]
    return Reading(
        in_scope=bool(flags) or read != "full" or chance.random() < 0.6, staff=staff,
        sentiment=chance.choices(("negative", "neutral", "positive"), weights=(50, 35, 15))[0],
        language=language, read=read, flags=tuple(flags), masked=text,
    )  # fmt: skip


# ── The posts of `bench.store_fixture`, part by part: what is said when, by whom, and how it was read. ──────
#
# A part always says the same, so that a store that was begun can be gone on with.

PART = 5_000  # mentions thought up, stored, assessed and grouped at a time
POLICY, MODEL = "many", "none"
BIG = (0.50, 0.53)  # of the year: when everybody speaks of one thing
SOURCES: dict[Platform, str] = {"news": "gdelt", "blog": "feeds", "review": "nhs_reviews"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many mentions, how many of them a person should see, and when the newest was found."""

    mentions: int
    flagged: int
    at: datetime

    @property
    def parts(self) -> int:
        """How many parts it is made in."""
        return -(-self.mentions // PART)

    def moment(self, number: int) -> datetime:
        """When a mention was found; each later than the one before."""
        return self.at - YEAR * (1 - number / self.mentions)

    def reviewable(self, number: int) -> bool:
        """Whether a person should see it."""
        return (
            number * self.flagged // self.mentions != (number + 1) * self.flagged // self.mentions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BandedPost:
    """A post with what grouping needs to know of its words."""

    post: SyntheticPost
    bands: tuple[int, ...]


def source_of(platform: Platform) -> str:
    """Which collector finds it."""
    return SOURCES.get(platform, platform)


def part_of(task: tuple[Plan, int]) -> list[BandedPost]:
    """A part's posts, in the order in which the store will number them."""
    plan, part = task
    chance = random.Random(f"part {part}")
    stories = [story for earlier in range(max(0, part - 2), part + 1) for story in _begun(earlier)]
    roots: list[tuple[int, Platform]] = []
    banded_posts = []
    for number in range(part * PART, min((part + 1) * PART, plan.mentions)):
        synthetic_post = _said(plan, chance, number, stories, roots)
        banded_posts.append(
            BandedPost(post=synthetic_post, bands=similarity.bands(synthetic_post.mention.text))
        )
    return sorted(
        banded_posts,
        key=lambda banded: (
            source_of(banded.post.mention.platform),
            banded.post.mention.fetched_at,
        ),
    )


def _begun(part: int) -> list[tuple[str, float]]:
    """The stories that begin in a part, and how much each is told."""
    chance = random.Random(f"stories {part}")
    return [(sentence(chance, chance.choice(PLACES)), chance.paretovariate(1.1)) for _ in range(6)]


def _said(
    plan: Plan, chance: random.Random, number: int, stories: Sequence[tuple[str, float]], roots: list[tuple[int, Platform]]
) -> SyntheticPost:  # fmt: skip
    reviewable, at = plan.reviewable(number), plan.moment(number + 1)
    platform: Platform = chosen(chance, PLATFORMS)  # type: ignore[arg-type, assignment]
    text, under = sentence(chance, chance.choice(PLACES)), ""
    kind = chance.random()
    if BIG[0] <= number / plan.mentions < BIG[1] and kind < (0.6 if reviewable else 0.04):
        text = f"{_begun(-1)[0][0]} {chance.choice(('', '', 'Shame', 'Again', 'Really'))}"
    elif kind < (0.12 if reviewable else 0.004):
        text = chance.choices(
            [words for words, _ in stories], weights=[share for _, share in stories]
        )[0]
        text = changed(chance, text) if chance.random() < 0.4 else text
    elif reviewable and kind < 0.17 and roots:
        root, platform = chance.choice(roots[-3:])
        under = issued(root)
    elif reviewable:
        roots.append((number, platform))
    mention = post(chance, number, at, text, under=under, platform=platform)
    if reviewable:
        return SyntheticPost(mention, *flagged(chance, text))
    return SyntheticPost(mention, reading(chance, text), "none")


def fresh(chance: random.Random, first: int, count: int) -> list[Mention]:
    """As many new posts as a page of a collector's holds, numbered from `first` on."""
    return [
        post(chance, number, clock.now(), sentence(chance, chance.choice(PLACES)))
        for number in range(first, first + count)
    ]


def read(chance: random.Random, stored: Stored, at: datetime) -> Assessment:
    """What a post is made out to say: one in twenty is flagged."""
    text = stored.mention.text
    read_as, risk = (
        flagged(chance, text) if chance.random() < 0.05 else (reading(chance, text), "none")
    )
    return assessed(stored.number, stored.revision, read_as, risk, at)


def assessed(number: int, revision: int, reading: Reading, risk: Risk, at: datetime) -> Assessment:
    """An assessment by no model."""
    return Assessment(
        mention=number,
        revision=revision,
        policy=POLICY,
        model=MODEL,
        reading=reading,
        risk=risk,
        at=at,
    )


# ─────────────────────────────────────────────────────────────────────────────────────────────────

AHEAD = 2  # parts that are thought up before they are needed: all of them would fill the memory
OFFICERS = {"amina": "Amina Yusuf", "bea": "Bea Thornbury", "colin": "Colin Marlowe"}
DECIDED = 0.5  # of the cases
KINDS: dict[str, int] = {
    "no_action": 45, "not_relevant": 20, "respond": 12, "monitor": 10, "escalate": 7, "snooze": 4,
    "second_opinion": 2,
}  # fmt: skip
EDITED = 100  # one in so many decided cases was edited since


def make(folder: Path, mentions: int, flagged: int) -> Path:
    """The database of a store with so many, new or as it was kept. Raises StoreError for another's folder."""
    plan, done = _planned(folder, mentions, flagged)
    path = folder / "mentions.db"
    if done:
        return path
    with Store.open(path, [key(folder)]) as store:
        _fill(store, plan)
        _people(store, plan)
        _decide(store, plan)
        _edit(store, plan)
    _keep(folder, plan, done=True)
    return path


def key(folder: Path) -> str:
    """The key of the store in a folder, made with it."""
    path = folder / "key"
    if not path.exists():
        path.write_bytes(Fernet.generate_key())
        path.chmod(0o600)
    return path.read_text("ascii")


def _planned(folder: Path, mentions: int, flagged: int) -> tuple[Plan, bool]:
    path = folder / "many.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        plan = Plan(mentions=mentions, flagged=flagged, at=clock.now())
        _keep(folder, plan, done=False)
        return plan, False
    plan_record = json.loads(path.read_text("utf-8"))
    if (plan_record["mentions"], plan_record["flagged"]) != (mentions, flagged):
        raise StoreError(
            f"{folder} holds a store of {plan_record['mentions']:,}: remove it, or name another folder"
        )
    return Plan(mentions=mentions, flagged=flagged, at=clock.parse(plan_record["at"])), plan_record[
        "done"
    ]


def _keep(folder: Path, plan: Plan, *, done: bool) -> None:
    plan_record = {
        "mentions": plan.mentions,
        "flagged": plan.flagged,
        "at": clock.text(plan.at),
        "done": done,
    }
    (folder / "many.json").write_text(json.dumps(plan_record), "utf-8")


def _fill(store: Store, plan: Plan) -> None:
    begun = time.perf_counter()
    first = store.figures.row_counts()["assessments"] // PART
    for part, banded_posts in zip(range(first, plan.parts), _parts(plan, first), strict=True):
        _keep_part(store, plan, part, banded_posts)
        done, seconds = part * PART + len(banded_posts), time.perf_counter() - begun
        _say(
            f"{done:,} of {plan.mentions:,} mentions, {(done - first * PART) / seconds:,.0f} a second"
        )


def _parts(plan: Plan, first: int) -> Iterator[list[BandedPost]]:
    """The parts, thought up by another process while this one stores."""
    tasks = [(plan, part) for part in range(first, plan.parts)]
    if len(tasks) < 2:
        yield from map(part_of, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ahead = deque(pool.apply_async(part_of, (task,)) for task in tasks[:AHEAD])
        for place in range(len(tasks)):
            ahead.extend(pool.apply_async(part_of, (task,)) for task in tasks[place + AHEAD :][:1])
            yield ahead.popleft().get()


def _keep_part(store: Store, plan: Plan, part: int, banded_posts: Sequence[BandedPost]) -> None:
    last = plan.moment(part * PART + len(banded_posts))
    for source, source_posts in groupby(
        banded_posts, key=lambda banded: source_of(banded.post.mention.platform)
    ):
        taken = store.mentions.add_page(
            source, [banded.post.mention for banded in source_posts], at=last
        )
        store.mentions.add_run(
            source, [], since=plan.moment(part * PART), at=last, complete=True, earlier=taken
        )
    numbered = dict(enumerate(banded_posts, start=part * PART + 1))
    store.assessments.add(
        [
            assessed(number, 1, banded.post.reading, banded.post.risk, last)
            for number, banded in numbered.items()
        ],
    )  # fmt: skip
    group(store, last, {number: banded.bands for number, banded in numbered.items()})


def group(
    store: Store, at: datetime, bands: dict[int, tuple[int, ...]], *, limit: int = PART
) -> None:
    """Groups whatever waits, so many at a time; `bands` are those that are known."""
    while waiting := store.grouping.ungrouped(limit=limit):
        placings = [
            Placing(
                mention=ungrouped.mention, risk=ungrouped.risk, bands=bands.get(ungrouped.mention) or similarity.bands(ungrouped.text),
                places=tuple(place for place in PLACES if place in ungrouped.text),
                lane=lanes.placing_of(ungrouped.facts, (), shipped()) if ungrouped.facts else None,
            )
            for ungrouped in waiting
        ]  # fmt: skip
        store.grouping.group(placings, alike=similarity.alike, at=at)


def _people(store: Store, plan: Plan) -> None:
    for handle, name in OFFICERS.items():
        if store.users.by_handle("local", handle) is None:
            store.users.add("local", handle, name, ["reviewer"], at=plan.at)


def _decide(store: Store, plan: Plan) -> None:
    """Half of the cases were decided on by somebody."""
    officers = [user.number for user in store.users.all()]
    cases = store.queue.page(CaseQuery(tab="all", size=1), plan.at).total
    for number in range(1, cases + 1):
        chance = random.Random(f"case {number}")
        case = store.cases.get(number) if chance.random() < DECIDED else None
        if case is None or case.version:
            continue
        covers = [
            (mention.item.number, mention.item.revision)
            for mention in store.cases.mentions(number)
            if mention.reviewable
        ]
        kind: DecisionKind = chosen(chance, KINDS)  # type: ignore[assignment]
        if kind == "escalate" and store.team_access.is_protected(number):
            kind = "monitor"  # what may be speaking up goes to the Guardian alone
        if kind == "escalate" and "pals" not in store.team_access.open_types(number, covers):
            kind = "monitor"  # what staff wrote is no matter of that team
        flags = {
            flag.name for mention in store.cases.mentions(number) for flag in mention.item.flags
        }
        none = (
            dict.fromkeys(flags & TELLS.keys(), False) if kind in CLOSES else {}
        )  # it was read, and is no danger
        store.cases.decide(
            CaseDecision(
                case=number, kind=kind, by=chance.choice(officers), covers=tuple(covers), reason="as the lines to take say", labels=none,
                at=min(plan.at, case.latest_at + timedelta(hours=chance.randint(1, 90))),
                role="pals" if kind == "escalate" else "",
                until=plan.at + timedelta(days=chance.randint(1, 30)) if kind == "snooze" else None,
            ),
            0,
        )  # fmt: skip
        if not number % 1000:
            _say(f"{number:,} of {cases:,} cases looked at")


def _edit(store: Store, plan: Plan) -> None:
    """Some posts were edited after somebody had decided on them."""
    done = store.queue.page(CaseQuery(tab="done", size=100), plan.at)
    for page in range(1, 2 + done.total // EDITED // 100):
        for card in store.queue.page(CaseQuery(tab="done", size=100, page=page), plan.at).cards:
            stored = store.mentions.get(card.case.lead_mention)
            if stored is None or stored.revision > 1:
                continue
            text = f"{stored.mention.text} (edited)"
            edited = replace(
                stored.mention, text=text, text_raw=text, edited_at=plan.at, fetched_at=plan.at
            )
            store.mentions.add_page(source_of(edited.platform), [edited], at=plan.at)
            chance = random.Random(text)
            reading, risk = flagged(chance, text)
            store.assessments.add(
                [assessed(stored.number, stored.revision + 1, reading, risk, plan.at)],
            )  # fmt: skip
    group(store, plan.at, {})


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@click.command()
@click.option("--mentions", default=1_000_000, show_default=True, help="How many in all.")
@click.option(
    "--flagged", default=0, help="How many a person should see; one in twenty if left out."
)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/many"), show_default=True, help="Where it is kept.")  # fmt: skip
def main(mentions: int, flagged: int, folder: Path) -> None:
    """Makes a store of many invented mentions, or goes on with one that was begun."""
    begun = time.perf_counter()
    path = make(folder, mentions, flagged or mentions // 20)
    _say(f"{path}: {path.stat().st_size / 1e9:.2f} GB, {time.perf_counter() - begun:,.0f} s")


if __name__ == "__main__":
    main()
