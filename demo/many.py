"""A store of many invented mentions, made through the store's own methods: `python -m demo.many`.

What was made is kept for the next run, and what was begun is gone on with: a part says the same each time.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import click
from cryptography.fernet import Fernet

import clock
import stories
from demo import many_words
from demo.many_posts import PART, Made, Plan, assessed, part_of, source_of
from demo.many_words import PLACES
from errors import StoreError
from mention import DecisionKind
from store import CaseDecision, CaseQuery, Placing, Store

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
    kept = folder / "many.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        plan = Plan(mentions=mentions, flagged=flagged, at=clock.now())
        _keep(folder, plan, done=False)
        return plan, False
    told = json.loads(kept.read_text("utf-8"))
    if (told["mentions"], told["flagged"]) != (mentions, flagged):
        raise StoreError(
            f"{folder} holds a store of {told['mentions']:,}: remove it, or name another folder"
        )
    return Plan(mentions=mentions, flagged=flagged, at=clock.parse(told["at"])), told["done"]


def _keep(folder: Path, plan: Plan, *, done: bool) -> None:
    told = {
        "mentions": plan.mentions,
        "flagged": plan.flagged,
        "at": clock.text(plan.at),
        "done": done,
    }
    (folder / "many.json").write_text(json.dumps(told), "utf-8")


def _fill(store: Store, plan: Plan) -> None:
    begun = time.perf_counter()
    first = store.sizes()["assessments"] // PART
    for part, made in zip(range(first, plan.parts), _parts(plan, first), strict=True):
        _keep_part(store, plan, part, made)
        done, seconds = part * PART + len(made), time.perf_counter() - begun
        _say(
            f"{done:,} of {plan.mentions:,} mentions, {(done - first * PART) / seconds:,.0f} a second"
        )


def _parts(plan: Plan, first: int) -> Iterator[list[Made]]:
    """The parts, thought up by another process while this one stores."""
    asked = [(plan, part) for part in range(first, plan.parts)]
    if len(asked) < 2:
        yield from map(part_of, asked)
        return
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ahead = deque(pool.apply_async(part_of, (one,)) for one in asked[:AHEAD])
        for place in range(len(asked)):
            ahead.extend(pool.apply_async(part_of, (one,)) for one in asked[place + AHEAD :][:1])
            yield ahead.popleft().get()


def _keep_part(store: Store, plan: Plan, part: int, made: Sequence[Made]) -> None:
    last = plan.moment(part * PART + len(made))
    for source, found in groupby(made, key=lambda one: source_of(one.said.mention.platform)):
        taken = store.take_in(source, [one.said.mention for one in found], at=last)
        store.add_run(
            source, [], since=plan.moment(part * PART), at=last, complete=True, earlier=taken
        )
    numbered = dict(enumerate(made, start=part * PART + 1))
    store.add_assessments(
        [
            assessed(number, 1, one.said.reading, one.said.risk, last)
            for number, one in numbered.items()
        ],
        alert_after=plan.at,
    )  # fmt: skip
    group(store, last, {number: one.bands for number, one in numbered.items()})


def group(
    store: Store, at: datetime, bands: dict[int, tuple[int, ...]], *, limit: int = PART
) -> None:
    """Groups whatever waits, so many at a time; `bands` are those that are known."""
    while waiting := store.ungrouped(limit=limit):
        placings = [
            Placing(
                mention=one.mention, risk=one.risk, bands=bands.get(one.mention) or stories.bands(one.text),
                places=tuple(place for place in PLACES if place in one.text),
            )
            for one in waiting
        ]  # fmt: skip
        store.group(placings, alike=stories.alike, at=at)


def _people(store: Store, plan: Plan) -> None:
    for handle, name in OFFICERS.items():
        if store.user_by_handle("local", handle) is None:
            store.add_user("local", handle, name, ["reviewer"], at=plan.at)


def _decide(store: Store, plan: Plan) -> None:
    """Half of the cases were decided on by somebody."""
    officers = [user.number for user in store.users()]
    cases = store.case_page(CaseQuery(tab="all", size=1), plan.at).total
    for number in range(1, cases + 1):
        chance = random.Random(f"case {number}")
        case = store.case(number) if chance.random() < DECIDED else None
        if case is None or case.version:
            continue
        covers = [
            (one.item.number, one.item.revision) for one in store.case_mentions(number) if one.worth
        ]
        kind: DecisionKind = many_words.chosen(chance, KINDS)  # type: ignore[assignment]
        store.decide(
            CaseDecision(
                case=number, kind=kind, by=chance.choice(officers), covers=tuple(covers), reason="as the lines to take say",
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
    done = store.case_page(CaseQuery(tab="done", size=100), plan.at)
    for page in range(1, 2 + done.total // EDITED // 100):
        for card in store.case_page(CaseQuery(tab="done", size=100, page=page), plan.at).cards:
            stored = store.mention(card.case.face)
            if stored is None or stored.revision > 1:
                continue
            text = f"{stored.mention.text} (edited)"
            found = replace(
                stored.mention, text=text, text_raw=text, edited_at=plan.at, fetched_at=plan.at
            )
            store.take_in(source_of(found.platform), [found], at=plan.at)
            chance = random.Random(text)
            reading, risk = many_words.flagged(chance, text)
            store.add_assessments(
                [assessed(stored.number, stored.revision + 1, reading, risk, plan.at)],
                alert_after=plan.at,
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
