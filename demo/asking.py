"""What `demo.paces` asks the review page: views, filters, words, cases and decisions, in random order."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import clock
from demo import many_words
from store import TABS, Case, CaseQuery, Store, Tab

SIZE = 25  # of a page of the queue
LARGE = 50  # mentions of a case, from which on it is asked about as a large one


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request: what kind it is, its address, and its form where it is a decision."""

    kind: str
    path: str
    form: Mapping[str, object] = field(default_factory=dict)


def questions(store: Store, officer: int, count: int, chance: random.Random) -> list[Question]:
    """So many, each kind as often as its share says."""
    cases = all_cases(store)
    facets = store.facets()
    tabs = store.case_page(CaseQuery(user=officer, size=1), clock.now()).tabs
    large = [case.number for case in cases if case.size >= LARGE] or [
        max(cases, key=lambda one: one.size).number
    ]
    waiting = [case for case in cases if case.state in ("new", "open") and case.flagged]
    chance.shuffle(waiting)
    makers: dict[str, tuple[int, Callable[[], Question | None]]] = {
        "queue": (16, lambda: _view("queue", tab=chance.choice(TABS))),
        "queue, deep pages": (12, lambda: _deep(chance, tabs)),
        "one filter": (14, lambda: _filtered(chance, facets, 1)),
        "filters together": (10, lambda: _filtered(chance, facets, 3)),
        "search, rare words": (8, lambda: _view("search, rare words", words=_rare(chance), tab="all")),
        "search, common words": (8, lambda: _view("search, common words", words=_common(chance), tab=chance.choice(("new", "all")))),
        "search with a filter": (6, lambda: _filtered(chance, facets, 1, words=_common(chance))),
        "case": (12, lambda: Question(kind="case", path=f"/cases/{chance.choice(cases).number}")),
        "case, large": (3, lambda: Question(kind="case, large", path=f"/cases/{chance.choice(large)}")),
        "decision": (6, lambda: _decision(store, waiting, chance)),
        "handover and team": (2, lambda: Question(kind="handover and team", path=chance.choice(("/handover", "/team")))),
        "says hello (peer)": (3, lambda: Question(kind="says hello (peer)", path="/hello")),
        "counts (peer)": (2, lambda: Question(kind="counts (peer)", path="/count")),
    }  # fmt: skip
    kinds = chance.choices(tuple(makers), weights=[share for share, _ in makers.values()], k=count)
    return [question for kind in kinds if (question := makers[kind][1]()) is not None]


def all_cases(store: Store) -> list[Case]:
    """Every case."""
    found: list[Case] = []
    at = clock.now()
    while True:
        page = store.case_page(CaseQuery(tab="all", size=100, page=1 + len(found) // 100), at)
        found += [card.case for card in page.cards]
        if len(page.cards) < 100:
            return found


def _view(kind: str, **told: object) -> Question:
    return Question(kind=kind, path=f"/cases?{urlencode(told, doseq=True)}")


def _deep(chance: random.Random, tabs: Mapping[Tab, int]) -> Question:
    tab: Tab = chance.choice([tab for tab in TABS if tabs[tab] > SIZE] or ["all"])
    return _view(
        "queue, deep pages", tab=tab, page=chance.randint(1, max(1, -(-tabs[tab] // SIZE)))
    )


def _filtered(
    chance: random.Random, facets: Mapping[str, Sequence[str]], count: int, *, words: str = ""
) -> Question:
    back = clock.now().date() - timedelta(days=chance.randrange(365))
    choices: dict[str, Callable[[], object]] = {
        **{name: (lambda told=told: chance.sample(told, min(len(told), chance.choice((1, 1, 2)))))  # type: ignore[misc]
           for name, told in facets.items() if told},
        "risk": lambda: chance.choice(("high", "medium", "low")),
        "staff": lambda: chance.choice(("icb", "nhs", "no")),
        "since": back.isoformat,
        "until": back.isoformat,
        "clause": lambda: chance.choice(("6.8", "6.9", "6.10")),
        "reviewer": lambda: chance.choice((1, 2, 3)),
    }  # fmt: skip
    chosen = chance.sample(tuple(choices), count)
    told = {name: choices[name]() for name in chosen} | ({"words": words} if words else {})
    kind = "search with a filter" if words else "one filter" if count == 1 else "filters together"
    return _view(kind, tab=chance.choice(("new", "new", "done", "all")), **told)


def _rare(chance: random.Random) -> str:
    words = many_words.vocabulary()[0]
    return words[chance.randrange(len(words) // 2, len(words))]


def _common(chance: random.Random) -> str:
    words = many_words.vocabulary()[0]
    return " ".join(chance.sample(words[:40], chance.choice((1, 1, 2))))


def _decision(store: Store, waiting: list[Case], chance: random.Random) -> Question | None:
    """A decision on a case that nobody has been asked about yet."""
    if not waiting:
        return None
    case = waiting.pop()
    covers = [
        f"{one.item.number}:{one.item.revision}"
        for one in store.case_mentions(case.number)
        if one.worth and not one.item.deleted
    ]
    form = {"kind": chance.choice(("no_action", "monitor", "not_relevant")), "version": case.version,
            "covers": covers, "note": "As the lines to take say."}  # fmt: skip
    return Question(kind="decision", path=f"/cases/{case.number}/decide", form=form)
