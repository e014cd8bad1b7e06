"""What posts cost that were written to cost: `python -m bench.hostile`.

Each kind of hostile post fills 40,000 characters with what some rule looks for; a mixture of all kinds, in a new order each,
has no two parts alike. Measured is the processor's time to assess one, beside a post of the same length in plain words, and for how
long one short post in danger waits that came with 256 of them.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

import click

from classify.batch import Line
from classify.classifier import Classifier
from classify.inputs import Known
from core import clock
from core.models import Author

LENGTH = 40_000  # characters, the most that Reddit takes in one post
POSTS = 256
LIMIT = 30.0  # seconds of a processor before an alert that came with POSTS of them
PLAIN = "The waiting room at Northwick Park was calm today and everyone was kind to my father. "
DANGER = "I took all of my tablets an hour ago and nobody at NHS North West London rings back."
SEEDS = (
    "oh seven ", "20-00-00 12345678 ", "@nwl ", "a@b.c ", "a@", "http://a.b/", "([{", "0", "999 ", "NW1 4AB ", "Dr A. Smith ",
    "born 1/2/34 ", "Jean Halloran ", ". ", "-", "\n", "\U0001f600", "\u200d", "e\u0301\u0301", "AAAAAAAA", "> ", "#nhs", "&amp;",
    "07700 900 ", "QQ 12 34 56 C ", "kill ", "my mum my dad ", "'", "\u202e", "\u4e00", "k i l l ", "k1ll y0u ", "seven seven ",
    "1 January ", "<a ", 'she said "he said ', "the nurse Sarah at ",
)  # fmt: skip
KNOWN = Known(names=("NHS North West London",), places=("Brent", "Ealing"), providers=("LNWH",))


def line(number: int, text: str) -> Line:
    """A post as `classify` takes it."""
    at = clock.now() - timedelta(hours=1)
    return Line(id=number, text=text, platform="reddit", author=Author(), shares=None, posted_at=at)


def filled(seed: str) -> str:
    """A post of LENGTH characters of one kind."""
    return (seed * (LENGTH // len(seed) + 1))[:LENGTH]


def mixed(chance: random.Random) -> str:
    """A post of LENGTH characters of all kinds, in an order of its own."""
    return "".join(chance.choice(SEEDS) for _ in range(LENGTH))[:LENGTH]


def seconds(reader: Classifier, texts: Sequence[str]) -> float:
    """The processor's time to assess these texts, in seconds of all threads together."""
    began = time.process_time()
    reader.read([line(number, text) for number, text in enumerate(texts)])
    return time.process_time() - began


@click.command()
def main() -> None:
    """Prints what each kind costs; exits with 1 where an alert waits longer than it may."""
    reader = Classifier(KNOWN)
    seconds(reader, [DANGER, PLAIN])  # libraries load on first use
    plain = seconds(reader, [filled(PLAIN)])
    costs = {repr(seed): seconds(reader, [filled(seed)]) for seed in SEEDS}
    chance = random.Random(3)
    costs["all kinds, mixed"] = seconds(reader, [mixed(chance) for _ in range(3)]) / 3
    click.echo(f"{LENGTH:,} characters in plain words: {plain:.2f} s of a processor")
    for name, cost in sorted(costs.items(), key=lambda one: -one[1])[:8]:
        click.echo(f"  {name:24} {cost:.2f} s, {cost / plain:.1f} times as much")
    worst = max(costs.values())
    waits = seconds(reader, [DANGER])
    click.echo(f"{POSTS} of the worst kind: {POSTS * worst:.0f} s in all, in parts of up to 2")
    click.echo(
        f"one short post in danger that came with them is read first: {waits:.3f} s; limit {LIMIT:.0f} s"
    )
    if waits > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
