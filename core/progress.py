"""Progress, told to whoever runs a command."""

from __future__ import annotations

from collections.abc import Callable

import click

ReportProgress = Callable[[str], None]


def report_progress(line: str) -> None:
    """Progress goes to standard error."""
    click.echo(line, err=True)
