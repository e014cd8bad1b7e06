"""Turns gathered figures into words: Jinja templates that escape by default and fail on an unknown name."""

from __future__ import annotations

import os
import re
import tempfile
from datetime import date, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import clock
import terms
from errors import ConfigError
from mention import PLATFORMS

# What people call a platform, where it is not its own name with a capital.
_CALLED = {
    "x": "X (Twitter)", "linkedin": "LinkedIn", "youtube": "YouTube", "blog": "Blogs", "review": "Reviews",
}  # fmt: skip
PLATFORM_NAMES: dict[str, str] = {name: _CALLED.get(name, name.capitalize()) for name in PLATFORMS}

SOON = timedelta(days=7)  # before access to a platform ends, somebody must hear of it

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"], default=False),  # a text mail has nothing to escape
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def words(name: str) -> str:
    """removal_request -> removal request."""
    return name.replace("_", " ")


# Control and format characters, fillers that look like nothing, and the tags behind U+E0000. A joiner
# between two signs that are not ASCII stays: it makes one emoji of several, and Indic letters need it.
_HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f"
    "\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


def visible(text: str) -> str:
    """Text that can't reorder or hide what stands around it: marks that are not seen become a dot."""
    return _HIDDEN.sub("\u00b7", re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def on_day(day: date) -> str:
    """Tue 24 Nov 2026."""
    return day.strftime("%a %-d %b %Y")


def reach(followers: int | None, shares: int | None) -> str:
    """12,400 followers, 1 share; what is nought or not known is left out."""
    counts = (("follower", followers or 0), ("share", shares or 0))
    return ", ".join(f"{count:,} {noun}{'s' * (count > 1)}" for noun, count in counts if count > 0)


_environment.filters.update(words=words, visible=visible, local=clock.local, day=on_day)
_environment.globals.update(platforms=PLATFORM_NAMES, reach=reach, forbids=terms.forbids)


def render(template: str, **told: object) -> str:
    """A template of reports/templates with what it is told."""
    return _environment.get_template(template).render(**told)


def write(path: Path, text: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all. Raises ConfigError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)
    except OSError as error:
        raise ConfigError(
            f"{path} can't be written ({error.strerror}): make room, or name another folder in [reports]"
        ) from error


def _write(path: Path, text: str) -> None:
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
