"""The run of a command: opened from config.toml, and exit status 1 where something failed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.base import stop
from core.progress import Line, report_progress
from steps.context import RunContext, open_context
from steps.effective import without_unusable_settings


@contextmanager
def command_context(
    path: Path, *, exclusive: bool = False, create: bool = True, strict: bool = False
) -> Iterator[RunContext]:
    """`open_context`, for a command: exits with 1 where something failed and was named.

    `strict`: where anything was odd, too, as in a file that somebody gave by hand.
    """
    with open_context(path, report_progress, exclusive=exclusive, create=create) as context:
        yield context
    failed, odd = len(context.failures), len(context.skipped)
    met = f"{odd} odd item{'s were' if odd > 1 else ' was'} met" if odd else ""
    see = "see the lines above that begin with !"
    if failed or (odd and strict):
        stop(
            f"done, but {' and '.join([f'{failed} failed'] * bool(failed) + [met] * bool(odd))}: {see}"
        )
    if odd:  # which cost themselves alone; the page Sources counts them
        report_progress(Line(f"done; {met}: {see}", "odd items were met", logging.WARNING, odd=odd))


@contextmanager
def sources_context(
    path: Path, *, exclusive: bool = False, create: bool = True, strict: bool = False
) -> Iterator[RunContext]:
    """The same, without what was set up in the page and stops a source, as a cycle leaves it out."""
    with command_context(path, exclusive=exclusive, create=create, strict=strict) as context:
        yield without_unusable_settings(context)
