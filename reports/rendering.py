"""Turns gathered figures into words: Jinja templates that escape by default and fail on an unknown name."""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.errors import ConfigError
from core.text import reach, sentence, visible

SOON = timedelta(days=7)  # before access to a platform ends, somebody must hear of it

TEMPLATES = Path(__file__).parent / "templates"  # the page includes some of them

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"], default=False),  # a text mail has nothing to escape
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def words(name: str) -> str:
    """removal_request -> removal request."""
    return name.replace("_", " ")


def role_name(role: str) -> str:
    """What a role is called: a flag may have the same key, and is called something else."""
    return {"admin": "administrator", "safeguarding": "Safeguarding"}.get(role, role)


def on_day(day: date) -> str:
    """Tue 24 Nov 2026."""
    return day.strftime("%a %-d %b %Y")


_environment.filters.update(
    words=words,
    role_name=role_name,
    visible=visible,
    local=clock.local,
    since=clock.since,
    day=on_day,
    sentence=sentence,
)
_environment.globals.update(platforms=PLATFORM_NAMES, reach=reach)


def render(template: str, **context: object) -> str:
    """A template of reports/templates with what it is told."""
    return _environment.get_template(template).render(**context)


def write(path: Path, content: str | bytes) -> None:
    """Writes a file that its owner alone can read, whole or not at all. Raises ConfigError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content.encode(errors="replace") if isinstance(content, str) else content)
    except OSError as error:
        raise ConfigError(
            f"{path} can't be written ({error.strerror}): make room, or name another folder in [reports]"
        ) from error


def _write(path: Path, content: bytes) -> None:
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
