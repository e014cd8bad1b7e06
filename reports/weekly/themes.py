"""What people spoke of: posts near to each other by the encoder's vectors, named by the terms that several writers share.

No post is quoted and nobody is named: a term counts where five writers or more use it, words that are names of people are
left out, and a theme of fewer than five posts or writers is not told. Where a platform's terms forbid to count by author, it
takes five posts that say it in words of their own. An officer's gist stands beside it where one was written.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise
from sys import intern
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.text.lexicon import given_names, only_names
from collectors import terms as terms_of_use
from core.disclosure import SMALL
from core.models import PLATFORMS
from store import ThemePost

MOST_READ = 240  # posts whose vectors are worked out: some 3 s on two idle cores
MOST_POSTS = 2000  # of a period in which terms are looked for
MOST_THEMES = 8
A_CLUSTER = 14  # posts, on average
ROUNDS = 20
TERMS = 3  # that tell a theme from another
NAMED_BY = 2  # of them, where no phrase is shared
LONGEST_PHRASE = 4  # words of a phrase that names a theme
COMMON = 0.4  # a term of more of the posts than that tells no theme from another

Vectors = Callable[[Sequence[str]], NDArray[np.float32]]
_WORD = re.compile(r"[^\W\d_]+(?:['’&-][^\W\d_]+)*")
_MASK = re.compile(
    r"\[[A-Za-z ]{3,40}(?:: \d+ words?)?\]"
)  # what stands for a name or a number is no word of theirs
_CLAUSE = re.compile(r"[^\w\s'’&-]+|[\d_]+")
_TITLED = re.compile(
    r"\b(?:dr|doctor|mr|mrs|ms|miss|mx|prof|professor|nurse|sister|matron|cllr|councillor|sir|dame)\.?\s+([^\W\d_]+)",
    re.IGNORECASE,
)
_STOP_WORDS = """
    a about above after again against all almost also always am an and another any anyone anything are aren't around as
    ask asked at away back be because been before being below best better between both but by came can can't cannot come
    comes could couldn't day days did didn't do does doesn't doing don't done down during each even ever every everyone
    everything few first for from further get gets getting give given go goes going gone good got had hadn't has hasn't
    have haven't having he her here hers herself him himself his how i i'd i'll i'm i've if in into is isn't it it's its
    itself just keep know last let let's like little long look lot made make making many may me might mine more most
    much must my myself need never new next no nobody none nor not nothing now of off ok on once one only or other our
    ours out over own people please put quite rather really right said same saw say saying says see seen she should
    shouldn't since so some someone something still such sure take taken tell than thank thanks that that's the their
    theirs them then there there's these they they're thing things think this those though three through time times to
    today told tomorrow too took tried try trying two under until up us use used very want wanted was wasn't way we
    we're we've week weeks well went were weren't what what's when where which while who whole why will with won't would
    wouldn't yes yesterday yet you you're your yours month months year years hour hours minute minutes nhs hospital
    hospitals surgery gp gps london north west health care service services http https www com uk amp rt icb
    three four five six seven eight nine ten dozen half several couple lot lots bit twice hello dear
    amazing awful bad beautiful brilliant excellent fantastic fine grateful great happy horrible kind lovely
    nice perfect poor proud sad shocking terrible wonderful wrong page post comment reply link name named number
    happen happened happens hope maybe nearly end work working works
"""
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What some posts have in common. `posts` of those looked at; `negative` and `positive` of them, None where small."""

    name: str
    terms: tuple[str, ...]
    posts: int
    negative: int | None
    positive: int | None
    gist: str = ""
    told_before: tuple[int, int] = (
        0,
        0,
    )  # in how many of how many periods before, by a term that it shares

    @property
    def called(self) -> str:
        """Its name as it is told: of one that an earlier version of this program named its first terms, in quotation marks."""
        if "“" in self.name:
            return self.name
        return " and ".join(f"“{term}”" for term in self.name.split(", ")[:NAMED_BY])


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """The themes of a period, largest first: in `looked` of `posts`, of which `read` by the encoder."""

    themes: tuple[Theme, ...]
    posts: int
    looked: int
    read: int

    def to_json(self) -> dict[str, Any]:
        """As it is kept: counts and terms, no gist."""
        return {
            "posts": self.posts, "looked": self.looked, "read": self.read, "complaints": True,
            "themes": [
                {
                    "name": theme.name, "terms": list(theme.terms), "posts": theme.posts,
                    "negative": theme.negative, "positive": theme.positive,
                }
                for theme in self.themes
            ],
        }  # fmt: skip

    @classmethod
    def of_published(cls, figures: Mapping[str, Any]) -> Themes | None:
        """The same again, out of what was kept; None where none were worked out.

        Until 30 November 2026 complaints and criticism were in no theme: how many were negative is not known of those.
        """
        stored = figures.get("themes")
        tone = {} if stored and stored.get("complaints") else {"negative": None, "positive": None}
        return stored and cls(
            themes=tuple(Theme(**(theme | {"terms": tuple(theme["terms"])} | tone)) for theme in stored["themes"]),
            posts=stored["posts"], looked=stored["looked"], read=stored["read"],
        )  # fmt: skip

    def with_history(self, earlier: Sequence[Themes]) -> Themes:
        """With in how many of these periods a theme was told that shares a term."""
        before = [{term for theme in themes.themes for term in theme.terms} for themes in earlier]
        return replace(
            self,
            themes=tuple(
                replace(
                    theme,
                    told_before=(
                        sum(1 for terms in before if terms & set(theme.terms)),
                        len(before),
                    ),
                )
                for theme in self.themes
            ),
        )

    def with_gists(self, notes: Mapping[str, str]) -> Themes:
        """With what officers wrote of each."""
        return replace(
            self,
            themes=tuple(
                replace(theme, gist=notes.get(f"theme:{theme.name}", "")) for theme in self.themes
            ),
        )


def themes_of(
    total: int, posts: Sequence[ThemePost], vectors: Vectors, ours: Collection[str] = (), where: Collection[str] = (),
) -> Themes:  # fmt: skip
    """The themes of some posts of `total`. `ours`: names of places and services, which are nobody's, capital letters or not.

    `where` are names of places that are counted as places, and name no theme.
    """
    bare = [_MASK.sub(" . ", post.masked) for post in posts]
    words = [_terms(text) for text in bare]
    named = _names(
        bare,
        {word.lower() for name in ours for word in _WORD.findall(name)},
    )
    named |= {name.lower() for name in where if _WORD.fullmatch(name)}
    words = [[term for term in terms if not named & set(term.split())] for terms in words]
    every = max(1.0, len(posts) / MOST_READ)
    chosen = [int(place * every) for place in range(min(MOST_READ, len(posts)))]
    random.Random(0).shuffle(
        chosen
    )  # where the time is up, those that were read are of the whole period
    read = (
        vectors([posts[place].masked for place in chosen])
        if chosen
        else np.zeros((0, 1), np.float32)
    )
    chosen = chosen[: len(read)]
    often = Counter(term for terms in words for term in set(terms))
    clusters = [
        [chosen[row] for row in rows] for rows in _clusters(read, max(1, len(chosen) // A_CLUSTER))
    ]
    clusters_terms = [
        _term_weights(cluster, words, posts, often, len(posts)) for cluster in clusters
    ]
    return Themes(
        themes=_themes(_merged(clusters_terms), words, posts, _written(bare), named),
        posts=total,
        looked=len(posts),
        read=len(chosen),
    )


def _terms(masked: str) -> list[str]:
    """Words and pairs of neighbours, in lower case, that may name a theme."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(masked)]
    telling = [word if len(word) > 2 and word not in _STOP else "" for word in words]
    pairs = [f"{first} {second}" for first, second in pairwise(telling) if first and second]
    # each term is in memory once, however many posts say it
    return [intern(term) for term in dict.fromkeys((*filter(None, telling), *pairs))]


def _names(texts: Sequence[str], ours: Collection[str]) -> set[str]:
    """Words that are or may be the name of a person: after a title, a given name, or most often with a capital inside a sentence."""
    capital: Counter[str] = Counter()
    often: Counter[str] = Counter()
    titled: set[str] = set()
    for text in texts:
        titled |= {word.lower() for word in _TITLED.findall(text)}
        for match in _WORD.finditer(text):
            word, before = match[0], text[: match.start()].rstrip(" \"'“‘(")
            if not before or before[-1] in ".!?\n:":
                continue
            often[word.lower()] += 1
            capital[word.lower()] += word[0].isupper() and not word.isupper()
    capitals = {word for word, count in capital.items() if 2 * count >= often[word]}
    return (titled | capitals | set(only_names()) | (set(given_names()) & set(often))) - set(ours)


def _clusters(vectors: NDArray[np.float32], most: int) -> list[list[int]]:
    """Rows that are near to each other: spherical k-means from centres as far apart as can be, the same each time."""
    if not len(vectors):
        return []
    centred = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    rows = centred / np.where(lengths > 0, lengths, 1)
    centres = [int(np.argmax(rows @ rows.mean(axis=0)))]
    while len(centres) < min(most, len(rows)):
        centres.append(int(np.argmin((rows @ rows[centres].T).max(axis=1))))
    middles = rows[centres]
    nearest = np.zeros(len(rows), dtype=np.int64)
    for _ in range(ROUNDS):
        nearest = np.argmax(rows @ middles.T, axis=1)
        for place in range(len(middles)):
            members = rows[nearest == place]
            if len(members):
                middle = members.sum(axis=0)
                middles[place] = middle / (np.linalg.norm(middle) or 1)
    return [[int(row) for row in np.flatnonzero(nearest == place)] for place in range(len(middles))]


def _term_weights(
    cluster: Sequence[int],
    words: Sequence[Sequence[str]],
    posts: Sequence[ThemePost],
    often: Mapping[str, int],
    of: int,
) -> dict[str, float]:
    """The terms of a cluster that five writers of the period share, by how much more common they are in it."""
    inside = Counter(term for place in cluster for term in set(words[place]))
    weights = {}
    for term, count in inside.items():
        if count < 2 or often[term] < SMALL or often[term] > COMMON * of:
            continue
        lift = math.log((count / len(cluster)) / (often[term] / of))
        if lift > 0:
            weights[term] = count * lift * (1.3 if " " in term else 1.0)
    best = sorted(weights, key=lambda term: (-weights[term], term))
    shared = [term for term in best if _writers(term, words, posts) >= SMALL]
    return {term: weights[term] for term in _distinct(shared)[:TERMS]}


def uncounted() -> frozenset[str]:
    """The platforms whose terms let nothing be counted by author: there it takes five who say it in other words."""
    return frozenset(name for name in PLATFORMS if terms_of_use.forbids(name, "profiling"))


def _writers(term: str, words: Sequence[Sequence[str]], posts: Sequence[ThemePost]) -> int:
    return len({posts[place].author for place, terms in enumerate(words) if term in terms})


def _distinct(terms: Sequence[str]) -> list[str]:
    """Without a word whose pair stands already, or the other way round, or whose plural does."""
    distinct: list[str] = []
    for term in terms:
        parts = {part.rstrip("s") for part in term.split()}
        if not any(parts & {part.rstrip("s") for part in other.split()} for other in distinct):
            distinct.append(term)
    return distinct


def _merged(clusters_terms: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Clusters that share a term are one theme."""
    themes: list[dict[str, float]] = []
    for weights in sorted(clusters_terms, key=lambda weights: -sum(weights.values())):
        if not weights:
            continue
        other = next((theme for theme in themes if theme.keys() & weights.keys()), None)
        if other is None:
            themes.append(dict(weights))
        else:
            for term, weight in weights.items():
                other[term] = other.get(term, 0.0) + weight
    return [
        {
            term: theme[term]
            for term in _distinct(sorted(theme, key=lambda term: (-theme[term], term)))[:TERMS]
        }
        for theme in themes
    ]


def _written(texts: Sequence[str]) -> dict[str, str]:
    """How each word is written most often: A&E, Larkfield, phone."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in _WORD.findall(text):
            forms[word.lower().replace("’", "'")][word] += 1
    return {word: max(sorted(often), key=often.__getitem__) for word, often in forms.items()}


def _themes(
    term_weights: Sequence[Mapping[str, float]],
    words: Sequence[Sequence[str]],
    posts: Sequence[ThemePost],
    written: Mapping[str, str],
    named: AbstractSet[str],
) -> tuple[Theme, ...]:
    """Each post belongs to the theme whose terms it uses most."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, terms in enumerate(words):
        present = set(terms)
        weights = [
            sum(weight for term, weight in theme.items() if term in present)
            for theme in term_weights
        ]
        best = max(range(len(term_weights)), key=weights.__getitem__, default=0)
        if term_weights and weights[best] > 0:
            members[best].append(place)
    themes = []
    writers = defaultdict[str, set[str]](set)
    for place, telling in enumerate(words):
        for term in telling:
            writers[term].add(posts[place].author)
    for number, places in members.items():
        if len(places) < SMALL or len({posts[place].author for place in places}) < SMALL:
            continue
        own_terms = _told_by(tuple(term_weights[number]), places, words, writers)
        if own_terms is None:
            continue
        own = _phrase(own_terms, [posts[place] for place in places], named)
        own = own or " and ".join(
            f"“{' '.join(written.get(word, word) for word in term.split())}”"
            for term in own_terms[:NAMED_BY]
        )
        tone = Counter(posts[place].sentiment for place in places)
        themes.append(
            Theme(
                name=own, terms=own_terms, posts=len(places),
                negative=_unless_small(tone["negative"], len(places)),
                positive=_unless_small(tone["positive"], len(places)),
            )
        )  # fmt: skip
    return tuple(sorted(themes, key=lambda theme: (-theme.posts, theme.name))[:MOST_THEMES])


def _told_by(
    terms: tuple[str, ...], places: Sequence[int], words: Sequence[Sequence[str]], writers: Mapping[str, Collection[str]],
) -> tuple[str, ...] | None:  # fmt: skip
    """The terms that name a theme: one word alone gets the one that stands beside it most; None where none does."""
    if len(terms) > 1 or " " in terms[0]:
        return terms
    beside = Counter(
        term
        for place in places
        for term in words[place]
        if " " not in term and term != terms[0] and len(writers[term]) >= SMALL
    )
    most = min(beside, key=lambda term: (-beside[term], term), default="")
    return (*terms, most) if most and beside[most] > 1 else None


def _phrase(terms: Sequence[str], posts: Sequence[ThemePost], named: AbstractSet[str]) -> str:
    """The words in a row that most writers of a theme share, as they write them, in quotation marks; "" where no five do.

    One of the theme's terms stands in it, it begins and ends with a word that tells something, and it names nobody.
    """
    telling = {word for term in terms for word in term.split()}
    writers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    forms: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for post in posts:
        for clause in _CLAUSE.split(_MASK.sub(" . ", post.masked)):
            written = _WORD.findall(clause)
            plain = [word.lower().replace("’", "'") for word in written]
            for length in range(2, LONGEST_PHRASE + 1):
                for start in range(len(plain) - length + 1):
                    part = tuple(plain[start : start + length])
                    if (
                        telling & set(part) and not named & set(part)
                        and all(len(end) > 2 and end not in _STOP for end in (part[0], part[-1]))
                    ):  # fmt: skip
                        writers[part].add(post.author)
                        forms[part][" ".join(written[start : start + length])] += 1
    shared = [part for part, who in writers.items() if len(who) >= SMALL]
    if not shared:
        return ""
    best = min(shared, key=lambda part: (-len(writers[part]), -len(part), part))
    return f"“{max(sorted(forms[best]), key=forms[best].__getitem__)}”"


def _unless_small(count: int, total: int) -> int | None:
    """None where it, or what it leaves of the total, is small: one gives the other away."""
    return None if 0 < count < SMALL or 0 < total - count < SMALL else count
