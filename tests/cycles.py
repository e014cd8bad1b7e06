"""The whole way in a folder of its own: the demo's config against its world, and one cycle."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import tomli_w

from classify.classifier import Classifier
from cli import demo
from core import clock
from demo.world import World
from steps import assess, collect, deliver
from steps.context import RunContext, open_context
from store import Store
from tests.fakes import Told, reader
from tests.stores import KEY, new_store, nothing

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "config.toml"


def settled(
    folder: Path, world: World, *, only: Sequence[str] = (), **changes: Mapping[str, Any]
) -> Path:
    """The demo's config.toml in `folder`, with these sources alone and these tables changed."""
    path = demo.settings(SHIPPED, folder, world)
    (folder / "key").write_text(KEY, "utf-8")
    new_store(folder / "mentions.db", nothing)
    if not only and not changes:
        return path
    table = tomllib.loads(path.read_text("utf-8"))
    if only:
        there = table["collectors"]
        changes["collectors"] = {name: None for name in there if name not in only} | dict(
            changes.get("collectors", {})
        )
    _merge(table, changes)
    path.write_text(tomli_w.dumps(table), "utf-8")
    return path


def changed(path: Path, **changes: Mapping[str, Any]) -> None:
    """Changes keys of a file, deep down; None takes one out."""
    table = tomllib.loads(path.read_text("utf-8"))
    _merge(table, changes)
    path.write_text(tomli_w.dumps(table), "utf-8")


def _merge(table: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if value is None:
            table.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(table.get(key), dict):
            _merge(table[key], value)
        else:
            table[key] = value


def without_examples(path: Path) -> None:
    """Writes what is a site's own for what ships as an example, which `check` names; none of it is anybody's."""
    contacts = tomllib.loads(path.read_text("utf-8"))["organisation"]["contacts"]
    for contact in contacts:
        if any(address.endswith("@example.org") for address in contact.get("emails", ())):
            contact.pop("phones", None)
            contact["emails"] = [address.replace("example.org", "icb.invalid") for address in contact["emails"]]  # fmt: skip
    for contact in contacts:
        if contact["name"] in ("PALS", "Media desk"):
            contact["phones"] = ["01632 960111"]
    changed(path, organisation={"contacts": contacts})


@contextmanager
def at_home(path: Path, **run: Any) -> Iterator[tuple[RunContext, Told]]:
    """An open house, and what it told. `run` is for `open_context`: another `build`, another moment."""
    told = Told()
    with open_context(path, told, **run) as house:
        yield house, told


def walk(
    path: Path, classifier: Classifier | None = None, at: datetime | None = None
) -> tuple[Told, dict[str, int]]:
    """One cycle with a fake model; what it told, and what the store holds after it."""
    with at_home(path) as (house, told):
        moment = at or clock.now()
        collect.collect(house.new_run(moment))
        assess.assess(house.new_run(moment), classifier or reader())
        deliver.deliver(house, clock.now())
        return told, house.store.figures.row_counts()


def collected(path: Path) -> tuple[Told, dict[str, int]]:
    """The first step alone."""
    with at_home(path) as (house, told):
        collect.collect(house.new_run(clock.now()))
        return told, house.store.figures.row_counts()


def texts(store: Store) -> list[str]:
    """Every mention's text, in the order in which they were stored."""
    found = [store.mentions.get(number) for number in store.mentions.numbers()]
    return [stored.mention.text for stored in found if stored is not None]


def start(*command: str | Path, folder: Path = ROOT, **env: str) -> subprocess.Popen[str]:
    """The program as a process of its own, with nothing secret in its environment."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "pipeline.py"), *map(str, command)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        text=True, env={"PATH": os.environ.get("PATH", ""), **env},
    )  # fmt: skip
