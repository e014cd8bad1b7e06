"""The daily list: what was flagged, gravest first, in masked words; for the terminal, as HTML, and by mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from rich.console import Console
from rich.table import Table
from rich.text import Text

import clock
from config import Config
from mention import RISKS
from reports.mail import message
from reports.page import PLATFORM_NAMES, render, visible, words
from store import Item, SourceState, Store

STYLES = {"high": "bold white on red", "medium": "black on yellow", "low": "cyan", "none": "dim"}


@dataclass(frozen=True, kw_only=True)
class Daily:
    """All that a daily list says. `meanings` are the policy's words for each flag."""

    start: datetime
    end: datetime
    items: Sequence[Item]
    read: int  # mentions assessed in all
    sources: Sequence[SourceState]
    meanings: Mapping[str, str]

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
        """One sentence: how much there is to look at."""
        if not self.items:
            return f"Nothing was flagged among {self.read} mentions read."
        parts = ", ".join(f"{self.count(risk)} {risk}" for risk in RISKS[:3] if self.count(risk))
        unread = f", {self.unread} not read in full" if self.unread else ""
        return f"{len(self.items)} of {self.read} mentions to look at: {parts or 'no risk earned'}{unread}."


def gather(store: Store, meanings: Mapping[str, str], start: datetime, end: datetime) -> Daily:
    """What was first found from `start` to `end` and is flagged, of any risk, or not read in full."""
    items = store.flagged(start, end)
    return Daily(
        start=start, end=end, items=items, read=store.count_assessed(start, end),
        sources=store.sources(), meanings=meanings,
    )  # fmt: skip


def html(daily: Daily, address: str) -> str:
    """The list as a page that stands on its own."""
    return render("daily.html", daily=daily, address=address.rstrip("/"), risks=RISKS)


def mail(cfg: Config, daily: Daily, *, at: datetime, message_id: str) -> EmailMessage:
    """Counts and a link: no words of a post leave by mail."""
    flags = Counter(flag.name for item in daily.items for flag in item.flags)
    told = {"daily": daily, "flags": flags.most_common(), "address": cfg.review.address.rstrip("/")}
    return message(
        cfg.alerts.mail,
        cfg.reports.daily_to,
        f"Daily list: {daily.count('high')} high, {daily.count('medium')} medium, {daily.count('low')} low",
        render("daily_mail.txt", **told),
        render("daily_mail.html", **told),
        at=at,
        message_id=message_id,
    )


def show(daily: Daily, console: Console, most: int = 15) -> None:
    """The list in a terminal, at most `most` rows; the file has them all."""
    console.print(Text(daily.headline, style="bold"))
    for source in daily.failing:
        console.print(
            Text(f"! {source.source} was not read to its end: {source.error}", style="red")
        )
    if not daily.items:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for column, width in (("No.", 5), ("Risk", 8), ("Where", 12), ("Flags", 24)):
        table.add_column(column, width=width, no_wrap=True, overflow="ellipsis")
    table.add_column("Words (masked)", ratio=1, no_wrap=True, overflow="ellipsis")
    for item in daily.items[:most]:
        flags = ", ".join(words(flag.name) for flag in item.flags[:3])
        flags += f" +{len(item.flags) - 3}" if len(item.flags) > 3 else ""
        if item.read != "full":
            flags = ", ".join(part for part in (flags, f"read: {item.read}") if part)
        table.add_row(
            str(item.number),
            Text(f" {item.risk} ", style=STYLES[item.risk]),
            PLATFORM_NAMES[item.platform],
            flags or "negative",
            Text(visible(" ".join(item.masked.split()))[:300]),
        )
    console.print(table)
    if len(daily.items) > most:
        console.print(f"… and {len(daily.items) - most} more in the file.")


def period(daily: Daily) -> str:
    """From when to when, for people."""
    return f"{clock.local(daily.start)} to {clock.local(daily.end)}"
