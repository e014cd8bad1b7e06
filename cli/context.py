"""The run of a command: opened from config.toml, and exit status 1 where something failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.base import stop
from core.progress import report_progress
from steps.context import RunContext, open_context
from steps.effective import without_unusable_settings


@contextmanager
def command_context(
    path: Path, *, exclusive: bool = False, create: bool = False
) -> Iterator[RunContext]:
    """`open_context`, for a command: exits with 1 where something failed and was named."""
    with open_context(path, report_progress, exclusive=exclusive, create=create) as context:
        yield context
    failed, odd = len(context.failures), len(context.skipped)
    if failed or odd:
        parts = [f"{failed} failed"] * bool(failed) + [
            f"{odd} odd item{'s were' if odd > 1 else ' was'} met"
        ] * bool(odd)
        stop(f"done, but {' and '.join(parts)}: see the lines above that begin with !")


@contextmanager
def sources_context(
    path: Path, *, exclusive: bool = False, create: bool = False
) -> Iterator[RunContext]:
    """The same, without what was set up in the page and stops a source, as a cycle leaves it out."""
    with command_context(path, exclusive=exclusive, create=create) as context:
        yield without_unusable_settings(context)
