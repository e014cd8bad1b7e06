"""The demo of several organisations: each in its turn reads a world of its own, and then it is proved that none holds another's posts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import tomli_w

from cli.base import program
from core import clock, logs
from core.errors import StoreError
from core.progress import ReportProgress, report_progress
from demo.bodies import DemoBody
from demo.world import World
from settings import schema
from settings.organisations import FOLDER, members
from settings.shipped import CONFIG, SITE
from steps.classifier import keep_one_model
from steps.context import RunContext, open_context, open_store

FIRST_PORT = 8765  # each of them listens on the next

Settings = Callable[[Path, Path, World], Path]
Work = Callable[[RunContext], object]


def run_several(
    path: Path, folder: Path, bodies: Sequence[DemoBody], settings: Settings, work: Work
) -> list[str]:
    """One cycle of each, and what it shows; what failed, if anything. `settings` writes one's config.toml for its world, and `work` is
    what is done there."""
    keep_one_model()
    listed = {body.slug: {"folder": f"{FOLDER}/{body.slug}"} for body in bodies}
    (folder / SITE).write_text(
        "# Made by `mentions demo --organisations`: an installation with several organisations.\n\n"
        + tomli_w.dumps({"organisations": listed}),
        "utf-8",
    )
    failures = []
    for place, body in enumerate(bodies):
        with logs.for_organisation(body.slug):
            failures += _cycle(path, folder / FOLDER / body.slug, body, FIRST_PORT + place, settings, work, report_progress)  # fmt: skip
    failures += _apart(folder, bodies)
    click.echo("\n".join(_next_steps(folder / CONFIG, bodies)))
    return failures


def _cycle(
    path: Path, folder: Path, body: DemoBody, port: int, settings: Settings, work: Work, tell: ReportProgress
) -> list[str]:  # fmt: skip
    folder.mkdir(mode=0o700, parents=True)
    posts = body.posts(folder / "posts")
    with World(
        at=clock.now(), folder=folder / "world", outbox=folder / "sent", posts=posts
    ) as world:
        config_path = settings(path, folder, world)
        table = tomllib.loads(body.renamed(config_path.read_text("utf-8")))
        table["review"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
        config_path.write_text(tomli_w.dumps(table), "utf-8")
        with open_context(config_path, tell, create=True) as context:
            work(context)
        return context.failures


def _apart(folder: Path, bodies: Sequence[DemoBody]) -> list[str]:
    """Looks into each store for the words that another's posts alone hold; what was found there."""
    failures = []
    for member in members(folder / CONFIG):
        if member.wrong:
            raise StoreError(member.wrong)
        own = next(body for body in bodies if body.slug == member.slug)
        others = [body for body in bodies if body is not own]
        config = schema.load(member.path)
        with open_store(config, member.folder, create=False) as store:
            texts = [
                stored.mention.text
                for number in store.mentions.numbers()
                if (stored := store.mentions.get(number)) is not None
            ]
        named = sum(own.word in text for text in texts)
        strange = sum(any(other.word in text for other in others) for text in texts)
        click.echo(
            f"{member.name}: {len(texts)} posts, {named} of which name it, {strange} of which name another organisation"
        )
        if strange or not named:
            failures.append(f"{member.slug}: {strange} posts of another organisation")
    return failures


def _next_steps(config_path: Path, bodies: Sequence[DemoBody]) -> list[str]:
    mentions, first = program(), bodies[0].slug
    return [
        "",
        "Try next:",
        f"  {mentions} serve --config {config_path}",
        "      the review page of each, at its own address, from one process",
        f"  {mentions} status --config {config_path}",
        "      how each of them is",
        f"  {mentions} user list --config {config_path} --organisation {first}",
        "      whatever is of one organisation names it",
        "docs/organisations.md says how several live on one installation.",
    ]
