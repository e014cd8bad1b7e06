"""The weekly summary: how much was said where, how it was meant and what was flagged, against the week before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pandas as pd

from core import clock
from core.models import RISKS
from core.text import FLAG_NAMES, PLATFORM_NAMES
from reports.email import message
from reports.rendering import SOON, render, words
from settings.schema import Config
from store import AccountActivity, AnswerCounts, Reach, SourceState, Store, Token, Total


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a name, this week's and last week's count."""

    name: str
    now: int
    before: int

    @property
    def change(self) -> str:
        """+3, −2 or 0, as people write it."""
        gap = self.now - self.before
        return f"+{gap:,}" if gap > 0 else f"−{-gap:,}" if gap else "0"


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """All that a weekly summary says; it names nobody and quotes nothing."""

    first: date
    last: date
    mentions: Row
    flagged: Row
    platforms: Sequence[Row]
    flags: Sequence[Row]
    risks: Sequence[Row]
    sentiments: Sequence[Row]
    sources: Sequence[SourceState]
    clauses: Mapping[str, str]
    official: Sequence[AccountActivity]
    campaigns: Sequence[Reach]
    help: AnswerCounts
    ending: Sequence[Token]

    @property
    def answers(self) -> str:
        """Whether people who asked for help under our posts were answered."""
        requests, answered = self.help.requests, self.help.answered
        if not requests:
            return "Nobody asked for help under our own posts."
        people = "1 request" if requests == 1 else f"{requests:,} requests"
        return f"{people} for help under our own posts, {answered:,} answered by us."

    @property
    def headline(self) -> str:
        """The week in a paragraph."""
        if not self.mentions.now:
            return "No mention about local health care was found this week. Look at the sources below before calling it quiet."
        high = next(row for row in self.risks if row.name == "high")
        tone = {row.name: round(100 * row.now / self.mentions.now) for row in self.sentiments}
        top = max(self.platforms, key=lambda row: row.now)
        return (
            f"{_mentions(self.mentions.now)} about local health care, {_against(self.mentions)}. "
            f"{tone['negative']}% were negative and {tone['positive']}% positive. "
            f"{_number(self.flagged.now)} earned a flag, {_against(self.flagged)}; "
            f"{_number(high.now).lower()} a high risk, {_against(high)}. Most was said on {top.name}."
        )


def _mentions(count: int) -> str:
    return "1 mention" if count == 1 else f"{count:,} mentions"


def _number(count: int) -> str:
    return f"{count:,}" if count else "None"


def _against(row: Row) -> str:
    if row.now == row.before:
        return "as many as the week before" if row.now else "as in the week before"
    more = "more" if row.now > row.before else "fewer"
    return f"{abs(row.now - row.before):,} {more} than the week before ({row.before:,})"


def gather(store: Store, clauses: Mapping[str, str], last: date) -> Weekly:
    """The seven days that end with `last`, against the seven before. Counts what is in scope or flagged."""
    now = _frame(store.figures.totals(*clock.week(last)))
    before = _frame(store.figures.totals(*clock.week(last - timedelta(days=7))))
    flags = _rows(_exploded(now), _exploded(before), "flags")
    return Weekly(
        first=last - timedelta(days=6),
        last=last,
        mentions=Row("mentions", int(now["count"].sum()), int(before["count"].sum())),
        flagged=Row("flagged", _flagged(now), _flagged(before)),
        platforms=[
            Row(PLATFORM_NAMES[row.name], row.now, row.before)
            for row in _rows(now, before, "platform")
        ],
        flags=flags,
        risks=_in_order(_rows(now, before, "risk"), RISKS),
        sentiments=_in_order(_rows(now, before, "sentiment"), ("negative", "neutral", "positive")),
        sources=store.sources.all(),
        clauses=clauses,
        official=store.own_posts.activity(*clock.week(last)),
        campaigns=store.own_posts.campaign_reach(*clock.week(last)),
        help=store.own_posts.answered("assistance", *clock.week(last)),
        ending=store.tokens.ending(clock.week(last)[1], SOON),
    )


COLUMNS = ["platform", "sentiment", "risk", "flags", "count"]


def _frame(totals: Sequence[Total]) -> pd.DataFrame:
    rows = [
        (total.platform, total.sentiment, total.risk, total.flags, total.count)
        for total in totals
        if total.in_scope or total.flags
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _exploded(frame: pd.DataFrame) -> pd.DataFrame:
    """A row a flag; mentions without one are left out."""
    return frame.explode("flags").dropna(subset=["flags"])


def _flagged(frame: pd.DataFrame) -> int:
    return int(frame.loc[frame["flags"].map(bool).astype(bool), "count"].sum())


def _rows(now: pd.DataFrame, before: pd.DataFrame, column: str) -> list[Row]:
    """Counts by a column, most first."""
    counts = pd.DataFrame(
        {"now": now.groupby(column)["count"].sum(), "before": before.groupby(column)["count"].sum()}
    ).fillna(0)
    counts = counts.astype(int).sort_values(["now", "before"], ascending=False, kind="stable")
    return [Row(str(name), int(row["now"]), int(row["before"])) for name, row in counts.iterrows()]


def _in_order(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    by_name = {row.name: row for row in rows}
    return [by_name.get(name, Row(name, 0, 0)) for name in names]


def html(weekly: Weekly) -> str:
    """The summary as a page that stands on its own; it is also what is mailed."""
    return render("weekly.html", weekly=weekly, groups=groups(weekly))


def groups(weekly: Weekly) -> list[tuple[str, str, Sequence[Row]]]:
    """Its tables: heading, what the first column holds, rows."""
    flags = [Row(_flag(row.name, weekly.clauses), row.now, row.before) for row in weekly.flags]
    return [
        ("Risk", "Risk", weekly.risks),
        ("Sentiment", "Sentiment", weekly.sentiments),
        ("Where it was said", "Platform", weekly.platforms),
        ("What was flagged", "Flag (clause)", flags),
    ]


def _flag(name: str, clauses: Mapping[str, str]) -> str:
    """As the page calls it, with its clause; a flag of a former policy has none any more."""
    called = FLAG_NAMES.get(name, words(name))
    return f"{called} ({clauses[name]})" if name in clauses else called


def mail(config: Config, weekly: Weekly, *, at: datetime, message_id: str) -> EmailMessage:
    """The summary by mail."""
    return message(
        config.alerts.mail,
        config.reports.weekly_to,
        f"Weekly summary to {weekly.last:%-d %B %Y}: {_mentions(weekly.mentions.now)}",
        render("weekly.txt", weekly=weekly, groups=groups(weekly)),
        html(weekly),
        at=at,
        message_id=message_id,
    )
