"""A bug where one thing's bug must not take the rest down: what is logged of it, and what people are told."""

from __future__ import annotations

import logging

from core import redaction
from core.errors import OF_A_BUG

log = logging.getLogger("mentions")


def log_bug(what: str, bug: Exception) -> None:
    """Logs where a bug is, and not what it says: its message may hold a post's words."""
    log.error(
        "%s: %s\n%s",
        what,
        type(bug).__name__,
        "\n".join(f"  {frame}" for frame in redaction.where(bug.__traceback__)),
    )


def of_a_bug(bug: Exception) -> str:
    """What a person is told of a bug; memory that is used up is none."""
    if isinstance(bug, MemoryError):
        return "there was not enough memory: stop other programs, or give this machine more; it is tried again"
    return f"{OF_A_BUG} ({type(bug).__name__}): please report it with the lines above"
