"""Turns gathered figures into words: Jinja templates that escape by default and fail on an unknown name."""

from __future__ import annotations

import os
import re
import tempfile
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import clock

PLATFORM_NAMES = {
    "x": "X (Twitter)", "facebook": "Facebook", "instagram": "Instagram", "linkedin": "LinkedIn",
    "youtube": "YouTube", "pinterest": "Pinterest", "reddit": "Reddit", "blog": "Blogs",
    "news": "News", "review": "Reviews", "bluesky": "Bluesky", "mastodon": "Mastodon",
    "email": "Email", "other": "Other",
}  # fmt: skip

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def words(name: str) -> str:
    """removal_request -> removal request."""
    return name.replace("_", " ")


def visible(text: str) -> str:
    """Text that can't reorder or hide what stands around it: control and direction marks shown as such."""
    return re.sub(
        r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]",
        "\u00b7",
        text,
    )


def on_day(day: date) -> str:
    """Tue 24 Nov 2026."""
    return day.strftime("%a %-d %b %Y")


_environment.filters.update(words=words, visible=visible, local=clock.local, day=on_day)
_environment.globals.update(platforms=PLATFORM_NAMES)


def render(template: str, **told: object) -> str:
    """A template of reports/templates with what it is told."""
    return _environment.get_template(template).render(**told)


def write(path: Path, text: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
