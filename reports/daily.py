"""The daily list: what was flagged, gravest first, in masked words; for the terminal and as HTML, to be printed.

It is a list that leaves the page, and holds what may: nothing of a platform whose terms keep its posts here, no child, nobody
who may be speaking up, and neither who is staff nor what holds of staff alone. What was left out is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core.models import RISKS
from core.text import visible
from reports import exports
from reports.rendering import SOON, render, words
from store import Item, LeftOutBecause, SourceState, Store, Token

# Why a post is left out, beside what keeps one out of every table that leaves.
STAFF_ALONE = "flagged for what holds of staff alone: no list is made of who is staff"
GONE = "(deleted by its writer: its words are not shown)"
STYLES = {"high": "bold white on red", "medium": "black on yellow", "low": "cyan", "none": "dim"}


@dataclass(frozen=True, kw_only=True)
class Daily:
    """All that a daily list says. `meanings` are the policy's words for each flag."""

    start: datetime
    end: datetime
    items: Sequence[Item]
    read: int  # mentions assessed in all
    sources: Sequence[SourceState]
    ending: Sequence[Token] = ()
    meanings: Mapping[str, str]
    health: Sequence[str] = ()  # what is wrong, in plain words: then nothing says that all is clear
    left_out: Mapping[LeftOutBecause, int] = field(default_factory=dict)

    def count(self, risk: str) -> int:
        """How many items of a risk."""
        return sum(1 for item in self.items if item.risk == risk)

    @property
    def unread(self) -> int:
        """How many the classifier could not read in full: a person has to."""
        return sum(1 for item in self.items if item.read != "full")

    @property
    def failing(self) -> Sequence[SourceState]:
        """Sources whose last run did not reach its end."""
        return [source for source in self.sources if source.error]

    @property
    def headline(self) -> str:
        """How much there is to look at; silence and blindness are told apart."""
        if not self.items:
            if self.health:
                read = (
                    f"{_mentions(self.read)} {'was' if self.read == 1 else 'were'} read. "
                    if self.read
                    else ""
                )
                return (
                    f"Not everything was read, so nobody can say what else is in it. {read}".strip()
                )
            if not self.read:
                return f"No new mention was found.{self._doubt}"
            if self.left_out:
                return f"Nothing to be listed here among {_mentions(self.read)} read.{self._doubt}"
            return f"Nothing was flagged among {_mentions(self.read)} read.{self._doubt}"
        parts = ", ".join(f"{self.count(risk)} {risk}" for risk in RISKS[:3] if self.count(risk))
        unread = f", {self.unread} not read in full" if self.unread else ""
        return (
            f"{len(self.items)} of {_mentions(self.read)} to look at: "
            f"{parts or 'no risk earned'}{unread}.{self._doubt}"
        )

    @property
    def left_out_lines(self) -> Sequence[str]:
        """How many were left out, a line a reason; of what may be speaking up not even how many, as of a table that a lead takes."""
        staff = self.left_out.get("staff", 0)
        others = {**self.left_out, "staff": 0}
        return [*exports.left_out_in_words(others), *([f"{staff:,} {STAFF_ALONE}"] if staff else [])]  # fmt: skip

    @property
    def _doubt(self) -> str:
        if not self.sources:
            return " No source has been read yet."
        count = len(self.failing)
        which = "1 source was" if count == 1 else f"{count} sources were"
        return f" {which} not read to the end, so there may be more." if count else ""


def _mentions(count: int) -> str:
    return "1 mention" if count == 1 else f"{count:,} mentions"


def gather(
    store: Store, policy: Policy, start: datetime, end: datetime, health: Sequence[str] = ()
) -> Daily:  # fmt: skip
    """What was first found from `start` to `end` and is flagged, of any risk, or not read in full, as far as it may stand in a list that leaves."""
    flagged = store.figures.flagged(start, end)
    children, forbidden = store.children.among([item.number for item in flagged]), exports.forbidden()  # fmt: skip
    left_out, items = Counter[LeftOutBecause](), list[Item]()
    for item in flagged:
        listed = _without_staff(item, policy)
        if item.platform in forbidden:
            left_out["terms"] += 1
        elif item.number in children:
            left_out["child"] += 1
        elif listed is None:
            left_out["staff"] += 1
        else:
            items.append(listed)
    return Daily(
        start=start, end=end, items=items, read=store.figures.count_assessed(start, end), sources=store.sources.all(),
        meanings={name: flag.means for name, flag in policy.flags.items()}, ending=store.tokens.ending(end, SOON), health=health,
        left_out=left_out,
    )  # fmt: skip


def _without_staff(item: Item, policy: Policy) -> Item | None:
    """The item without what says that its writer is staff; None where nothing else made anybody look at it."""
    flags = tuple(flag for flag in item.flags if flag.name not in policy.of_staff_alone)
    if item.flags and not flags and item.read == "full":
        return None
    return replace(item, staff=None, flags=flags)


def html(daily: Daily, address: str) -> str:
    """The list as a page that stands on its own."""
    return render("daily.html", daily=daily, address=address.rstrip("/"), risks=RISKS, gone=GONE)


def show(daily: Daily, console: Console, most: int = 15) -> None:
    """The list in a terminal, at most `most` rows; the file has them all."""
    console.print(Text(daily.headline, style="bold"))
    for line in daily.health:
        console.print(Text(f"! {line}", style="bold red"))
    for source in daily.failing:
        console.print(
            Text(f"! {source.source} was not read to the end: {source.error}", style="red")
        )
    for line in daily.left_out_lines:
        console.print(Text(f"Left out: {line}", style="dim"))
    if not daily.items:
        return
    table = Table(
        box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", row_styles=("", "dim")
    )
    number, flags = (
        len(str(max(item.number for item in daily.items))),
        18 if console.width < 100 else 30,
    )
    left = console.width - max(number, 3) - 8 - 11 - flags - 4  # a blank between two columns
    for heading, width in (
        ("No.", max(number, 3)), ("Risk", 8), ("Where", 11), ("Flags", flags), ("Words (masked)", max(left, 20)),
    ):  # fmt: skip
        table.add_column(
            heading, width=width, no_wrap=heading != "Flags", overflow="ellipsis",
            justify="right" if heading == "No." else "left",
        )  # fmt: skip
    for item in daily.items[:most]:
        table.add_row(
            str(item.number),
            Text(f" {item.risk} ", style=STYLES[item.risk]),
            PLATFORM_NAMES[item.platform],
            _why(item),
            Text(GONE if item.deleted else visible(" ".join(item.masked.split())[:300])),
        )
    console.print(table)
    if len(daily.items) > most:
        console.print(f"… and {len(daily.items) - most} more in the file.")


def _why(item: Item) -> str:
    flags = [words(flag.name) for flag in item.flags[:3]]
    if len(item.flags) > 3:
        flags.append(f"and {len(item.flags) - 3} more")
    if item.read != "full":
        flags.append(f"read: {item.read}")
    return ", ".join(flags) or "negative"
