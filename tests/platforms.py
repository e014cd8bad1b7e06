"""What tests over every platform share: the world's posts as they are written, and the store's as held."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.posts_loader import load
from demo.world import STANDINS, World
from steps.context import RunContext
from store import Stored
from tests.cycles import settled

NAMES = tuple(kind.name for kind in STANDINS)
FILES = {"feeds": ("feeds", "wordpress", "articles")}  # else one, of the platform's name
STAYS_UNDER = ("reddit",)  # where what stands under a deleted post is still there
_SAID = ("text", "html", "body", "title", "caption", "says")  # the keys of what somebody wrote
_NOT_POSTS = frozenset((
    "later", "malformed", "elsewhere", "authors", "people", "profiles", "communities", "bios",
    "channels", "account", "boards", "reactions", "services", "notices", "removed",
))  # fmt: skip
_WAY = 40  # letters in a row that tell one text from another


def home(folder: Path, world: World, name: str, *, read: float = 10.0, **changes: Any) -> Path:
    """A config.toml in a folder of its own with this source alone, or all; nothing is tried twice.

    `read` is how many seconds an answer may take.
    """
    folder.mkdir(parents=True, exist_ok=True)
    gdelt: Any = world.standins["gdelt"]
    gdelt.between = 0.0  # seconds between two calls
    return settled(
        folder, world, only=(name,) if name else (),
        http={"attempts": 1, "longest_wait_seconds": 0.0, "read_seconds": read},
        logos={"attached": False, "image": []}, **changes,
    )  # fmt: skip


def held(house: RunContext) -> list[Stored]:
    """Every mention of the store, deleted ones too."""
    rows = house.store.database.rows("SELECT number FROM mentions ORDER BY number")
    found = [house.store.mentions.get(row["number"]) for row in rows]
    return [one for one in found if one is not None]


def keys(house: RunContext) -> set[str]:
    """The keys of all mentions, without the port on which the world happened to listen."""
    return {re.sub(r":\d{4,5}(?=[/:])", "", one.mention.key) for one in held(house)}


def letters(text: str) -> str:
    """Text as it can be compared: plain, and without what markup and spacing do to it."""
    plain = html.unescape(re.sub(r"<[^>]+>", "", text)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def says(text: str, written: str) -> bool:
    """Whether a stored text is what was written in the posts."""
    return letters(written)[:_WAY] in letters(text)


@dataclass(frozen=True, slots=True)
class Later:
    """What a later day does to a platform's posts, as texts."""

    new: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # what was hidden before


def authored(name: str) -> list[str]:
    """Every text that a platform's posts say, but for malformed items and those of a later day."""
    return [said for file in FILES.get(name, (name,)) for _, said in _posts(load(file))]


def later(name: str) -> Later:
    """What "later" in a platform's posts says. What goes takes with it what stands under it."""
    found = Later()
    for file in FILES.get(name, (name,)):
        posts = load(file)
        for step in posts.get("later", ()):
            _note(step, posts, found, most=1 if name in STAYS_UNDER else None)
    return found


def _note(step: dict[str, Any], posts: Any, found: Later, most: int | None) -> None:
    match step:
        case {"edit": _} | {"edit_caption": _} | {"revise": _}:
            found.edited.append(_said(step))
        case {"add": dict(one)} | {"comment": dict(one)} | {"mention": dict(one)}:
            found.new.append(_said(one))
        case {"answer": int(), "with": dict(one)}:
            found.new.append(_said(one))
        case {"release": key}:
            found.shown.extend(_texts_of(key, posts))
        case {"hide": key} | {"hold": key}:
            found.hidden.extend(_texts_of(key, posts)[:1])
        case ({"delete": key} | {"remove": key} | {"withdraw": key} | {"remove_tag": key}
              | {"remove_video": key}):  # fmt: skip
            found.gone.extend(_texts_of(key, posts)[:most])


def _texts_of(key: Any, posts: Any) -> list[str]:
    """The text of the post with this key or id, and those of what stands under it."""
    for post, _ in _posts(posts):
        if post.get("key") == key or post.get("id") in (key, str(key).rpartition("_")[2]):
            return [said for _, said in _posts(post)]
    raise KeyError(f"no post {key!r}")


def _posts(written: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Each post in a file and what it says, whatever it stands under."""
    if isinstance(written, list):
        for part in written:
            yield from _posts(part)
    elif isinstance(written, dict):
        if said := _said(written):
            yield written, said
        for key, part in written.items():
            if key not in _NOT_POSTS:
                yield from _posts(part)


def _said(post: dict[str, Any]) -> str:
    return next((post[key] for key in _SAID if isinstance(post.get(key), str)), "")
