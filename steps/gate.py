"""Whether sources may be read at all: not before the papers of [governance] are complete, nor once their review is due.

It stands where reading begins, whatever a source's address is: no setting of a source gets round it. What is there
already goes on being reviewed, looked at again, told of and purged.
"""

from __future__ import annotations

from core import clock
from core.errors import ConfigError
from steps.context import RunContext


def closed(context: RunContext) -> str:
    """Why nothing is read in this run; "" where it may be."""
    return context.config.governance.closed(clock.local_day(context.at))


def check_open(context: RunContext) -> None:
    """Raises ConfigError where nothing may be read."""
    if why := closed(context):
        raise ConfigError(f"{why}; `mentions check` says the same")
