"""What can be wrong, and how grave it is: a line for people, since when, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FaultKind = Literal[
    "unread", "source", "stopped", "schedule", "model", "mail", "cycle", "silent", "disk", "clock", "purge", "backup", "restore", "ends", "spend", "settings", "database",
]  # fmt: skip
# How well a program is, as `mentions status` exits: well, something failed, nothing gets through.
Grade = Literal[0, 1, 2]
WELL: Grade = 0
FAILED: Grade = 1
BLOCKED: Grade = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: a line for people, since when, and what to do about it.

    `passing`: it is as it should be for some minutes of each cycle, or still has time: it is no alarm.
    `doubt`: what is shown may not be the whole of it, so that nothing may say that all is clear.
    `partly`: the rest of the same source was read, so that lists are not unknown for it; it is named all the same.
    `blocks`: nothing comes in, nothing is read or nobody is told while it stands.
    `desk`: it is of cases of the desk alone, and nothing for the Guardian, who sees none of them.
    `key`: the same for as long as it is the same thing, so that it is told once by email; "" for what no email tells.
    """

    kind: FaultKind
    line: str
    mend: str
    since: datetime | None = None
    passing: bool = False
    doubt: bool = True
    blocks: bool = False
    partly: bool = False
    desk: bool = False
    key: str = ""

    @property
    def rank(self) -> tuple[bool, bool, bool, bool]:
        """What comes first: what blocks, and of that a damaged database; what is an alarm, what leaves doubt."""
        return not self.blocks, self.kind != "database", self.passing, not self.doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is wrong at a moment, gravest first. `collected`: when a source was last read to its end."""

    faults: Sequence[Fault] = ()
    collected: datetime | None = field(default=None, compare=False)

    @property
    def ill(self) -> bool:
        """Whether so much was not read that nothing may say that all is clear; one feed of several is named, and makes no list unknown."""
        return any(fault.doubt and not fault.partly for fault in self.faults)

    @property
    def unread(self) -> Sequence[str]:
        """Why a list of cases may lack some, in plain words: not collected or not read. An email that can't leave takes none out of it."""
        return [fault.line for fault in self.faults if fault.doubt and not fault.partly and fault.kind != "mail"]  # fmt: skip

    @property
    def alarming(self) -> bool:
        """Whether somebody has to do something about it."""
        return any(not fault.passing for fault in self.faults)

    @property
    def stale(self) -> bool:
        """Whether collecting has stopped, so that what is shown grows old."""
        return any(fault.kind in ("stopped", "cycle") and fault.doubt for fault in self.faults)

    @property
    def lines(self) -> Sequence[str]:
        """What leaves doubt, in plain words."""
        return [fault.line for fault in self.faults if fault.doubt]

    @property
    def upkeep(self) -> Sequence[str]:
        """What leaves none and somebody should see to all the same, in plain words."""
        return [fault.line for fault in self.faults if not fault.doubt]

    @property
    def grade(self) -> Grade:
        """How well it is, as an exit status says it: 0 well, 1 something failed, 2 nothing gets through."""
        if any(fault.blocks for fault in self.faults):
            return BLOCKED
        return FAILED if self.alarming else WELL
