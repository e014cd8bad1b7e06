"""One more organisation on an installation, for `mentions init --organisation SHORT-NAME`: its folder, its own file, its line among the others."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cli.wizard import Answers
from core.errors import ConfigError
from settings import organisations, schema
from settings.files.layers import (
    Layers,
    common_layers,
    names_as_shipped,
    shipped_layer,
    shipped_name,
    site_file,
    without_anothers,
)
from settings.files.lines import Keys
from settings.files.text import read_toml
from settings.files.writing import HEAD, with_values, write_safely
from settings.organisations import FOLDER, SLUG, Entry
from settings.shipped import has_settings

FIRST_PORT = 8765
ALONE = "main"  # what the organisation that was there before is called where its name makes no short one


def meant(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The short name among what --organisation says, "" where there is none, and the names.

    Raises ConfigError for two short names.
    """
    slugs = [word for word in words if SLUG.fullmatch(word)]
    if len(slugs) > 1:
        raise ConfigError(f"set up one organisation after another: {' and '.join(slugs)} are two")
    return (slugs[0] if slugs else ""), tuple(word for word in words if word not in slugs)


def path_of(installation: Path, slug: str) -> Path:
    """The file that `init` writes for an organisation; the installation's own where none is named.

    Raises ConfigError where there are several and none is named.
    """
    listed = _listed(installation)
    if not slug:
        if listed:
            raise ConfigError(
                f"there are several organisations here: say --organisation and one of {', '.join(listed)}, or a new short name"
            )
        return installation
    return organisations.member_path(installation, slug, listed.get(slug, Entry()))


def begin(
    installation: Path, slug: str, known: Callable[[Path], tuple[Path, Answers]]
) -> tuple[Path, Answers]:
    """The file to write, and what holds before: of one that is there as `known` says, else what all of an installation share.

    A new one listens on a port of its own.
    """
    path = path_of(installation, slug)
    if path.exists() or path == installation:
        return known(path)
    folder = path.parent
    common = common_layers(installation.resolve())
    below = without_anothers(Layers((shipped_layer(), *common)))
    answers = Answers(below=below, present=schema.from_layers(below, None, environ={}))
    port = _free_port(installation)
    answers.put("installation.config", os.path.relpath(installation.resolve(), folder.resolve()))
    answers.put("review.port", port)
    answers.put("review.public_url", f"http://127.0.0.1:{port}")
    return path, answers


def unnamed(answers: Answers) -> bool:
    """Whether nobody said what an organisation is called: its names are those of the body that ships."""
    return ("organisation", "names") not in answers.values and names_as_shipped(answers.below)


def check_named(slug: str, answers: Answers, *, stated: bool) -> None:
    """Writes the names of one of several into its own file where somebody `stated` that they are those that ship.

    Raises ConfigError where nobody said what it is called: it would be the body that ships.
    """
    if not unnamed(answers):
        return
    if not stated:
        raise ConfigError(
            f"{slug} has no name, and would be {shipped_name()} once more, as it ships: say which board or trust it is by --body CODE, or what it is called, as in "
            f"`mentions init --organisation {slug} --organisation 'NHS Example'`. Nothing was written"
        )
    answers.values["organisation", "names"] = answers.now("organisation.names")


def enter(installation: Path, slug: str) -> list[str]:
    """Writes an organisation into the installation's own file; what was done. The one that was there before is entered first."""
    listed = _listed(installation)
    values: dict[Keys, str] = {}
    site = site_file(installation)
    if not listed and (before := _before(installation)) is not None:
        first = _slug_of(before) if _slug_of(before) != slug else ALONE
        values["organisations", first, "folder"] = "."
    if slug not in listed:
        values["organisations", slug, "folder"] = f"{FOLDER}/{slug}"
    elif not listed[slug].on:
        _take_up(site if _says(site, slug) else installation, slug)
        return [f"{slug} was off, and is on again: organisations.{slug}.on is true. Where its page and schedule run, it is taken up within a minute"]  # fmt: skip
    if not values:
        return []
    text = site.read_text("utf-8-sig") if site.exists() else HEAD
    write_safely(site, with_values(text, values))
    lines = [f"written: {site}: organisations.{keys[1]}" for keys in values]
    if len(values) > 1:
        lines.append(
            f"the organisation that was here before is called {first}: it stays where it is, and its commands take --organisation {first} from now on"
        )
    return lines


def _says(file: Path, slug: str) -> bool:
    table = read_toml(file).table.get("organisations") if file.exists() else None
    return isinstance(table, Mapping) and isinstance(table.get(slug), Mapping) and "on" in table[slug]  # fmt: skip


def _take_up(file: Path, slug: str) -> None:
    """Turns on an organisation that an installation's file has off."""
    text = file.read_text("utf-8-sig")
    write_safely(file, with_values(text, {("organisations", slug, "on"): True}))


def _listed(installation: Path) -> dict[str, Entry]:
    return dict(organisations.entries(installation)) if has_settings(installation) else {}


def _free_port(installation: Path) -> int:
    taken = (
        {member.port for member in organisations.members(installation, every=True)}
        if has_settings(installation)
        else set()
    )
    return next(port for port in range(FIRST_PORT, 65_536) if port not in taken)


def _before(installation: Path) -> str | None:
    """The name of the organisation that was there alone: it has a database, or a file that names it. None where there was none."""
    if not has_settings(installation):
        return None
    config = schema.load(installation)
    site = site_file(installation)
    named = site.exists() and "organisation" in read_toml(site).table
    there = (installation.resolve().parent / config.store.path).exists()
    return config.organisation.name if named or there else None


def _slug_of(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40].strip("-")
    return slug if SLUG.fullmatch(slug) else ALONE
