"""The weekly summary, mailed and in the page: how much was said where, how it was meant and what was flagged, against the week before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import RISKS
from reports.email import message
from reports.rendering import SOON, render
from settings.schema import Config
from store import AccountActivity, AnswerCounts, LabelCount, Reach, SourceState, Store, Token

WEEK = timedelta(days=7)
SENTIMENTS = ("negative", "neutral", "positive")


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
    policy: Policy
    official: Sequence[AccountActivity]
    campaigns: Sequence[Reach]
    help: AnswerCounts
    ending: Sequence[Token]
    health: Sequence[
        str
    ] = ()  # what is wrong now, in plain words: then nothing says that all is clear

    @property
    def groups(self) -> list[tuple[str, str, Sequence[Row]]]:
        """Its tables of counts: heading, what the first column holds, rows."""
        flags = [replace(row, name=_flag(row.name, self.policy)) for row in self.flags]
        return [
            ("Risk", "Risk", self.risks),
            ("Sentiment", "Sentiment", self.sentiments),
            ("Where it was said", "Platform", self.platforms),
            ("What was flagged", "Flag (clause)", flags),
        ]

    @property
    def answers(self) -> str:
        """Whether people who asked for help under our posts were answered."""
        requests, answered = self.help.requests, self.help.answered
        if not requests and self.health:
            return "Not everything was read, so that we can’t tell whether anybody asked for help under our own posts."
        if not requests:
            return "Nobody asked for help under our own posts."
        people = "1 request" if requests == 1 else f"{requests:,} requests"
        return f"{people} for help under our own posts, {answered:,} answered by us."

    @property
    def headline(self) -> str:
        """The week in a paragraph."""
        if not self.mentions.now and self.health:
            return "Nobody knows how much was said this week: not everything was read."
        if not self.mentions.now:
            return "No mention about local health care was found this week. Look at the sources below before calling it quiet."
        high = next(row for row in self.risks if row.name == "high")
        tone = {row.name: round(100 * row.now / self.mentions.now) for row in self.sentiments}
        top = max(self.platforms, key=lambda row: row.now)
        tones = f"{tone['negative']}% were negative and {tone['positive']}% positive."
        if self.health:
            return (
                f"{_mentions(self.mentions.now)} about local health care {'was' if self.mentions.now == 1 else 'were'} read, and that is not all. "
                f"{tones} Most of it was said on {top.name}."
            )
        return (
            f"{_mentions(self.mentions.now)} about local health care, {_against(self.mentions)}. {tones} "
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


def gather(store: Store, policy: Policy, last: date, health: Sequence[str] = ()) -> Weekly:
    """The seven days that end with `last`, against the seven before. Counts what is in scope or flagged."""
    first = last - WEEK + timedelta(days=1)
    now = store.trends.by_labels(first, last)
    before = store.trends.by_labels(first - WEEK, last - WEEK)
    return Weekly(
        first=first,
        last=last,
        mentions=Row("mentions", _total(now), _total(before)),
        flagged=Row(
            "flagged",
            _total(labels for labels in now if labels.flags),
            _total(labels for labels in before if labels.flags),
        ),
        platforms=[
            replace(row, name=PLATFORM_NAMES[row.name])
            for row in _rows(now, before, lambda labels: (labels.platform,))
        ],
        flags=_rows(now, before, lambda labels: labels.flags),
        risks=_rows(now, before, lambda labels: (labels.risk,), RISKS),
        sentiments=_rows(now, before, lambda labels: (labels.sentiment,), SENTIMENTS),
        sources=store.sources.all(),
        policy=policy,
        official=store.own_posts.activity(*clock.week(last)),
        campaigns=store.own_posts.campaign_reach(*clock.week(last)),
        help=store.own_posts.answered("assistance", *clock.week(last)),
        ending=store.tokens.ending(clock.week(last)[1], SOON),
        health=health,
    )


def _total(counts: Iterable[LabelCount]) -> int:
    return sum(labels.count for labels in counts)


def _rows(
    now: Iterable[LabelCount],
    before: Iterable[LabelCount],
    names_of: Callable[[LabelCount], Sequence[str]],
    order: Sequence[str] = (),
) -> list[Row]:
    """Counts by name; what carries two names counts for both. By `order`, else most first."""
    this_week, last_week = _by_name(now, names_of), _by_name(before, names_of)
    names = order or sorted(
        this_week | last_week, key=lambda name: (-this_week[name], -last_week[name], name)
    )
    return [Row(name, this_week[name], last_week[name]) for name in names]


def _by_name(
    counts: Iterable[LabelCount], names_of: Callable[[LabelCount], Sequence[str]]
) -> Counter[str]:
    by_name = Counter[str]()
    for labels in counts:
        for name in names_of(labels):
            by_name[name] += labels.count
    return by_name


def html(weekly: Weekly) -> str:
    """The summary as a page that stands on its own; it is also what is mailed."""
    return render("weekly.html", weekly=weekly)


def _flag(name: str, policy: Policy) -> str:
    """As the page calls it, with its clauses; a flag of a former policy has none any more."""
    flag = policy.flags.get(name)
    return f"{flag.label} ({', '.join(flag.clause)})" if flag else policy.label(name)


def mail(config: Config, weekly: Weekly, *, at: datetime, message_id: str) -> EmailMessage:
    """The summary by mail."""
    return message(
        config.alerts.mail,
        config.reports.weekly_to,
        f"Weekly summary to {weekly.last:%-d %B %Y}: {_mentions(weekly.mentions.now)}",
        render("weekly.txt", weekly=weekly),
        html(weekly),
        at=at,
        message_id=message_id,
    )
