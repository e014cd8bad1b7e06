"""Progress, told to whoever runs a command, and to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Self

import click

from core import logs

log = logging.getLogger("mentions.progress")
ReportProgress = Callable[[str], None]
Figure = int | float | str | None  # a count, or an id: a source's name, a number of the store


class Line(str):
    """A line for people that is an event with its ids and counts for a log."""

    __slots__ = ("event", "figures", "level")
    event: str
    figures: Mapping[str, Figure]
    level: int

    def __new__(
        cls, text: str, event: str = "", level: int | None = None, **figures: Figure
    ) -> Self:
        """`event` is always in the same words; the text itself where it is left out. A line that begins with ! is a warning."""
        line = super().__new__(cls, text)
        usual = logging.WARNING if text.startswith("!") else logging.INFO
        line.event, line.figures = event or text, figures
        line.level = usual if level is None else level
        return line


class SettingsLine(Line):
    """A line that quotes what somebody wrote into the settings, and nothing that anybody posted: shown as it is, but for secrets."""

    __slots__ = ()


def report_progress(line: str) -> None:
    """Progress goes to standard error, as a line of the log where one is kept."""
    if not isinstance(line, Line):
        line = Line(line)
    if logs.configured():
        log.log(line.level, "%s", line.event.removeprefix("! "), extra={"line": str(line), "figures": line.figures, "of_settings": isinstance(line, SettingsLine)})  # fmt: skip
    elif line.level >= logging.INFO:
        click.echo(line, err=True)
