"""How far edits that change nothing of what posts say (`edits.py`) change what is answered of them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from classify.evaluation.metrics import Case
from core.statistics import Share

WIDE = 98
LONG_EDITS = ("long before", "long after")
FLAGS_GOAL, LONG_FLAGS_GOAL = 0.10, 0.15  # the most that may change, of rows
LOST_GOAL = 0.03  # of the high risks
RAISED_GOAL = 0.02  # of the rows without a flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A share, and the most that it should be."""

    share: Share
    goal: float

    @property
    def over(self) -> bool:
        """The share itself, whatever its interval, is more than it should be."""
        return self.share.value > self.goal

    def cell(self) -> str:
        """24 characters: share, interval, ! where it is over the goal, goal; - where no row can tell."""
        if not self.share.count:
            return f"{'-':>5}{'':<19}"
        low, high = self.share.interval
        mark = "!" if self.over else " "
        return f"{self.share.value:5.2f} [{low:.2f}, {high:.2f}]{mark}{self.goal:5.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one edit changes, against the answers to the same rows as they were written.

    `flags` of all rows: another set of flags holds. `lost` of rows of high risk: no longer high.
    `raised` of rows without a flag: high.
    """

    edit: str
    rows: int
    flags: Limited
    lost: Limited
    raised: Limited

    def line(self) -> str:
        """The figures as a line of a table."""
        cells = "".join(limited.cell() for limited in (self.flags, self.lost, self.raised))
        return f"{self.edit:<20}{self.rows:>5}{cells}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """Every edit on one file. `count` is of its lines; an edit's rows are those that it could edit."""

    file: str
    model: str
    policy: str
    count: int
    changes: Sequence[Change]

    def text(self) -> str:
        """The table, for a terminal of 100 columns."""
        title = "Edits that change nothing"
        opening = (
            f"{self.count} labelled mentions of {self.file}, read by model {self.model} under policy"
            f" {self.policy} as they are and once more after each edit. Brackets hold Wilson's 95 % intervals."
        )
        notes = (
            "flags: another set of flags holds. high lost: of those that were high risk, no longer so."
            " clean, now high: of those without a flag, high risk now. goal: the most that it should be;"
            " ! is above it, -: no row to tell it by."
        )
        titles = ("flags", "high lost", "clean, now high")
        spread = f"{'':<25}" + "".join(f"{name:^24}" for name in titles)
        columns = f"{'edit':<20}{'rows':>5}" + f"{'part':>5} {'[ 95 % ]':^12} {'goal':>5}" * 3
        return "\n".join(
            [
                *textwrap.wrap(opening, WIDE),
                "",
                title.upper(),
                "-" * len(title),
                spread.rstrip(),
                columns,
                *(change.line() for change in self.changes),
                *textwrap.wrap(notes, WIDE),
            ]
        )


def change(edit: str, before: Sequence[Case], after: Sequence[Case]) -> Change:
    """Of the same rows in the same order, as they were written and after the edit."""
    pairs = list(zip(before, after, strict=True))
    dangerous = [edited for written, edited in pairs if _high(written)]
    clean = [edited for written, edited in pairs if not written.predicted]
    changed = sum(written.predicted != edited.predicted for written, edited in pairs)
    flags_goal = LONG_FLAGS_GOAL if edit in LONG_EDITS else FLAGS_GOAL
    lost = Share(sum(not _high(case) for case in dangerous), len(dangerous))
    raised = Share(sum(_high(case) for case in clean), len(clean))
    return Change(
        edit=edit,
        rows=len(pairs),
        flags=Limited(share=Share(changed, len(pairs)), goal=flags_goal),
        lost=Limited(share=lost, goal=LOST_GOAL),
        raised=Limited(share=raised, goal=RAISED_GOAL),
    )


def _high(case: Case) -> bool:
    return bool(case.answer["risk"] == "high")
