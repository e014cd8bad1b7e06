"""A house of one's own without a world: the shipped config and model, and people who decide."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from classify.classifier import Classifier
from core import clock
from core.models import Decision, Mention
from settings import secrets
from steps import assess
from steps.context import RunContext
from tests.cycles import SHIPPED
from tests.stores import KEY, new_store, nothing

AT = clock.now()
# What the shipped model is sure of, one way or the other; not in words so plain that no model is asked.
THREAT = (
    "I'm coming down to the Brent clinic tonight and I will put my fist through every window in it"
)
CALM = "The new leaflet about the Harrow walk-in centre has a map of the bus stops on its back"


def settled(folder: Path, **classifier: str) -> Path:
    """A config.toml without sources, with a store and a key in `folder`."""
    table: dict[str, Any] = tomllib.loads(SHIPPED.read_text("utf-8"))
    table["collectors"] = {}
    table["store"] = {"path": "mentions.db", "keys": ["file:key"]}
    table["classifier"] |= classifier
    secrets.new_secret_file(folder / "key", KEY)
    new_store(folder / "mentions.db", nothing)
    path = folder / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return path


def post(number: int, text: str, **changes: Any) -> Mention:
    """A post on Bluesky, of today."""
    given: dict[str, Any] = {
        "issuer": "bluesky", "issued_id": f"at://{number}", "platform": "bluesky", "kind": "post",
        "url": "", "text": text, "posted_at": AT, "fetched_at": AT,
    }  # fmt: skip
    return Mention(**(given | changes))


def found(house: RunContext, *posts: Mention, source: str = "bluesky") -> None:
    """A run that reached its end."""
    house.store.mentions.add_run(source, posts, since=AT, at=AT)


def reader(house: RunContext) -> Classifier:
    """The classifier in force, which has read whatever waited."""
    ready = assess.classifier(house.new_run(AT))
    assess.assess(house.new_run(AT), ready)
    return ready


def decide(house: RunContext, number: int, **labels: bool) -> None:
    """An officer says of flags whether they hold."""
    stored = house.store.mentions.get(number)
    assert stored is not None
    made = Decision(
        mention=number, revision=stored.revision, kind="wrong_label", by="officer.one", at=AT,
        labels=labels,
    )  # fmt: skip
    assert house.store.decisions.add(made, len(house.store.decisions.of_mention(number)))
