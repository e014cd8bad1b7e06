"""The sections of a summary after its charts, in words: what we did, what people spoke of, who waits, how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from collectors.platforms import PLATFORM_NAMES
from core.disclosure import SMALL
from core.estimates import FEWEST as FEWEST_ANSWERS
from core.text import sentence
from reports.weekly.figures import Count, Figures
from reports.weekly.themes import Theme
from reports.weekly.watched import LeftOut
from reports.weekly.wording import (
    Part,
    Table,
    counted,
    language_name,
    listed,
    moment,
    short_day,
    source_name,
)
from store import LaneWork

LANE_NAMES: Mapping[str, str] = {"now": "Now", "answer": "Answer", "look": "Look"}
DECISIONS: Mapping[str, str] = {
    "respond": "answered", "escalate": "passed on", "remove": "to be hidden or removed", "report": "reported to the platform",
    "monitor": "watched", "no_action": "no action", "not_relevant": "not about us", "duplicate": "same as another case",
    "already": "answered already", "team_answered": "closed with a team’s answer", "leak_dealt": "dealt with as a leak", "not_danger": "not in danger", "not_threat": "not a threat", "not_leak": "not a leak", "not_our_name": "not in our name",
    "snooze": "brought back later",
}  # fmt: skip
MOST_NAMED = 5  # cases that are named of those who wait longest
MOST_CUTTINGS = 8
UNBROKEN = "\u00a0"  # a space at which no line ends
MOST_LATE = 4  # weeks whose late arrivals are told one by one
MOST_GAPS = 4  # of a source that are told with their times


def did(figures: Figures) -> Part:
    """What was found, decided, passed on and taken down, and how fast."""
    work = figures.work
    rows = tuple(
        (
            LANE_NAMES[lane.lane], f"{lane.cases:,}", f"{lane.in_time:,}", f"{lane.late:,}",
            _minutes(lane.median_minutes), _slowest(lane),
        )
        for lane in figures.lanes
    )  # fmt: skip
    decided = sum(work.decided.values())
    kinds = [
        f"{count:,} {DECISIONS[kind]}" for kind, count in work.decided.items() if kind in DECISIONS
    ]
    sentences = [_undecided(figures)]
    if decided:
        sentences = [
            f"{counted(decided, 'decision')} made" + (f": {listed(kinds)}." if kinds else "."),
            "Each counts, also where one case had several.",
        ]
    if work.passed_on:
        sentences.append(
            f"{counted(work.passed_on, 'case')} passed on, of which {work.passed_on_open:,} {'is' if work.passed_on_open == 1 else 'are'} not answered yet."
        )
    if work.takedowns_asked or work.hidden:
        sentences.append(
            f"{counted(work.takedowns_asked, 'takedown')} asked for, {work.takedowns_gone:,} done; {counted(work.hidden, 'post')} hidden or removed by us."
        )
    if work.clocks_began:
        sentences.append(
            f"The 72 hours began for {counted(work.clocks_began, 'leak')} of patients’ details: {work.clocks_recorded:,} recorded as dealt with, {work.clocks_running:,} open."
        )
    return Part(
        name="What we did, and how fast", sentences=tuple(sentences),
        table=Table(head=("Lane", "Cases", "In time", "Late", "Half within", "Slowest"), rows=rows) if rows else None,
    )  # fmt: skip


def _slowest(lane: LaneWork) -> str:
    return "still open" if lane.running else _minutes(lane.slowest_minutes)


def _minutes(minutes: float | None) -> str:
    """22 min, 3 h 10, 3 days."""
    if minutes is None:
        return "–"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    if whole < 2880:
        hours, rest = divmod(whole, 60)
        return f"{hours} h {rest:02}" if rest and hours < 10 else f"{hours} h"
    return f"{round(whole / 1440)} days"


def spoke(figures: Figures) -> Part:
    """Themes, named by their own words."""
    themes = figures.themes
    if themes is None:
        kind = figures.period.kind
        return Part(
            name="What people talked about",
            sentences=(f"Themes are worked out when the summary of a {kind} is made, and this one was not made yet.",),
        )  # fmt: skip
    if not themes.themes:
        return Part(
            name="What people talked about",
            sentences=(f"No subject was shared by {SMALL} writers or more among {counted(themes.looked, 'post')}.",),
        )  # fmt: skip
    rows = tuple(
        (theme.called, f"{theme.posts:,}", _mood(theme), _before(theme), theme.gist or "–")
        for theme in themes.themes
    )
    sentences = []
    if themes.looked < themes.posts:
        sentences.append(f"Of {themes.looked:,} posts, spread evenly over all {themes.posts:,}.")
    if figures.trust.tone_right:
        low, high = figures.trust.tone_right
        sentences.append(f"The program reads the tone of {low} to {high} posts in 100 rightly.")
    return Part(
        name="What people talked about", sentences=tuple(sentences),
        table=Table(head=("Theme, by its own words", "Posts", "Negative", "Before", "In our words"), numbers=2, rows=rows),
    )  # fmt: skip


def _mood(theme: Theme) -> str:
    return "–" if theme.negative is None else f"{theme.negative:,}"


def _before(theme: Theme) -> str:
    times, of = theme.told_before
    if of < 4:
        return "–"
    return "new" if not times else f"in {times} of {of} before"


def where(figures: Figures) -> Part:
    """Platforms and places."""
    sentences = []
    if not figures.platforms:
        sentences.append(f"No post was counted{_read(figures)}.")
    else:
        top = [(row.name, row.count) for row in figures.platforms if row.count is not None][:3]
        if not top:
            sentences.append("Too few on any platform to be shown.")
        else:
            first, *others = [f"{name}: {count:,}" for name, count in top]
            sentences.append(f"Most on {first}{f'. Then {listed(others)}' if others else ''}.")
    return Part(name="Where", sentences=tuple(sentences), bars=_bars(figures.places))


def _read(figures: Figures) -> str:
    return "" if figures.whole else " in what was read"


def _undecided(figures: Figures) -> str:
    """What is said where nobody decided in the period: what was looked at in time by then was so after it ended, or by no decision."""
    looked = sum(lane.cases - lane.running for lane in figures.lanes)
    if not looked:
        return "No decision was made."
    cases = "1 case of it was" if looked == 1 else f"{looked:,} cases of it were"
    return f"No decision was made before the {figures.period.kind} ended: {cases} looked at since."


def _bars(counts: Sequence[Count]) -> tuple[tuple[str, int, int], ...]:
    shown = [(row.name, row.count) for row in counts if row.count is not None][:8]
    most = max((count for _, count in shown), default=1)
    return tuple((name, count, max(1, round(100 * count / most))) for name, count in shown)


def waits(figures: Figures, roles: Mapping[str, str]) -> Part:
    """Who asked for help and has no answer."""
    if not figures.waiting:
        words = "Nobody whose request was found waits for an answer."
        if not figures.whole:
            words = "Nobody who asked is known to wait, but not everything was read: there may be others."
        if figures.waiting_now:
            words = f"{figures.waiting_in_words}."
        return Part(name="Who still waits", sentences=(words, *_under_ours(figures)))
    people = figures.waiting_in_words.replace(" still", "").removesuffix(" for an answer")
    if figures.waiting != figures.waiting_now:
        people += ". Of those who waited then"
    long = figures.waiting_long
    chosen = figures.waiting_longest[: min(long, MOST_NAMED)]
    since = "the longest not yet for two days."
    if long:
        named = f"; these {len(chosen)} the longest:" if long > len(chosen) else ":"
        since = f"{long:,} of them for more than two days{named}"
    if figures.waiting == 1:
        since = "for more than two days:" if long else "not yet for two days."
    return Part(
        name="Who still waits", sentences=(*_under_ours(figures), f"{people}, {since}"),
        items=tuple(f"{figures.case_name(case.case)}, since {short_day(case.since)}. {_with(case.role, roles)}" for case in chosen),
        cases=tuple(case.case for case in chosen),
    )  # fmt: skip


def _under_ours(figures: Figures) -> list[str]:
    requests, answered = figures.help.requests, figures.help.answered
    if not requests:
        return []
    return [
        f"{counted(requests, 'request')} for help under our own posts, {answered:,} answered by us."
    ]


def _with(role: str, roles: Mapping[str, str]) -> str:
    if not role:
        return "Nobody has it."
    return "An officer has it." if role == "officer" else f"With {roles.get(role, 'another team')}."


def campaigns(figures: Figures) -> Part:
    """By the GCS cycle: outputs, outtakes, outcomes."""
    if not figures.campaigns:
        return Part(
            name="Campaigns", sentences=(f"No campaign was seen in this {figures.period.kind}.",)
        )
    rows = tuple(
        (
            each.reach.campaign, f"{each.reach.posts:,}", f"{each.reach.views:,}" if each.reach.views else "–",
            f"{each.reach.likes + each.reach.shares + each.reach.replies:,}", f"{each.reach.mentions:,}",
            each.outtakes or "not written yet", each.outcomes or "not written yet",
        )
        for each in figures.campaigns
    )  # fmt: skip
    return Part(
        name="Campaigns",
        table=Table(
            head=("Campaign", "Our posts", "Views", "Likes, shares, replies", "Others’ mentions", "What people took from it", "What came of it"),
            rows=rows, numbers=4,
        ),
        sentences=("Figures as the platforms give them; some give no views.",),
    )  # fmt: skip


def official(figures: Figures) -> Part:
    """When each account of ours last spoke."""
    if not figures.official:
        return Part(
            name="When our accounts last spoke",
            sentences=("No post of an account of ours was read: see the register of accounts and the sources.",),
        )  # fmt: skip
    rows = tuple(
        (
            PLATFORM_NAMES[account.platform],
            # where a platform gives neither handle nor name there is one account of ours
            "our page" if account.handle.startswith("urn:") else account.handle,
            moment(account.last).replace(" ", UNBROKEN),
            f"{account.posts:,}",
        )
        for account in figures.official
    )
    return Part(
        name="When our accounts last spoke",
        table=Table(head=("Platform", "Account", "Last spoke", "Posts"), rows=rows, figures=3),
    )  # fmt: skip


def press(figures: Figures) -> Part:
    """Pieces of the press, by whose site."""
    if not figures.cuttings:
        return Part(
            name="In the press", sentences=(f"No piece of the press was found{_read(figures)}.",)
        )
    rows = tuple(
        (cutting.outlet, moment(cutting.posted_at), sentence(cutting.sentiment), figures.case_name(cutting.case) if cutting.case else "–")
        for cutting in figures.cuttings[:MOST_CUTTINGS]
    )  # fmt: skip
    newest = f"The newest {MOST_CUTTINGS}." if len(figures.cuttings) > MOST_CUTTINGS else ""
    return Part(
        name="In the press", sentences=(newest,) if newest else (),
        table=Table(head=("Site", "When", "Tone", "Case"), rows=rows, numbers=0),
    )  # fmt: skip


def records(figures: Figures) -> Part | None:
    """Public records that name us, as documents: by whose site they stand on. None where there was none, as most organisations read none."""
    if not figures.records:
        return None
    rows = tuple(
        (
            record.outlet,
            moment(record.posted_at),
            figures.case_name(record.case) if record.case else "–",
        )
        for record in figures.records[:MOST_CUTTINGS]
    )
    newest = f"The newest {MOST_CUTTINGS}." if len(figures.records) > MOST_CUTTINGS else ""
    return Part(
        name="In public records", sentences=(newest,) if newest else (),
        table=Table(head=("Site", "When", "Case"), rows=rows, numbers=0),
    )  # fmt: skip


def praise(figures: Figures) -> Part:
    """What may be passed on to teams."""
    positive = figures.totals.positive
    if not positive:
        return Part(
            name="Praise worth passing on", sentences=(f"No praise was found{_read(figures)}.",)
        )
    themes = [
        f"{theme.positive:,} about {theme.called}"
        for theme in sorted(
            figures.themes.themes if figures.themes else (),
            key=lambda theme: -(theme.positive or 0),
        )
        if theme.positive is not None and theme.positive >= SMALL
    ][:3]
    about = f" Of those looked at, {listed(themes)}." if themes else ""
    return Part(
        name="Praise worth passing on",
        sentences=(f"{counted(positive, 'positive post')}.{about}",),
    )


def coming(figures: Figures) -> Part:
    """What stands in the calendar."""
    if not figures.coming:
        return Part(
            name="Coming up",
            sentences=("Nothing stands in the calendar for the four weeks that follow.",),
        )
    return Part(
        name="Coming up",
        items=tuple(f"{entry.day:%a %-d %b}: {entry.what}" for entry in figures.coming),
    )


# ── how far to trust it ──────────────────────────────────────────────────────────────────────────


def trust(figures: Figures) -> Part:
    """Coverage, gaps, what came late, what is missed, what could not be read."""
    trust = figures.trust
    sentences = [
        *trust.health,
        *_ending(figures),
        _sources(figures),
        *([] if figures.beginning else _left_out(figures)),
        *_late(figures),
    ]
    if trust.imported:
        sentences.append(
            f"{counted(trust.imported, 'post')} came from a file or a note and {'is' if trust.imported == 1 else 'are'} left out of the comparison."
        )
    if trust.terms_changed:
        days = listed([f"{day:%-d %b}" for day in trust.terms_changed[-3:]])
        sentences.append(
            f"What is searched for was changed on {days}: counts before and after may differ by that."
        )
    sentences += _quality(figures)
    sentences += _not_read(figures)
    sentences += [
        f"{source_name(spend.source)} has cost ${spend.dollars:,.2f} in {date.fromisoformat(f'{spend.month}-01'):%B}."
        for spend in trust.spend
    ]
    if trust.model:
        sentences.append(f"Read by version {trust.model} of the program and policy {trust.policy}.")
    gaps = _gaps(figures)
    return Part(
        name="How far to trust this",
        sentences=tuple(sentence for sentence in sentences if sentence),
        table=Table(head=("Source", "Not read"), rows=gaps, numbers=0) if gaps else None,
        folded="When which source was not read" if gaps else "",
    )


def _ending(figures: Figures) -> list[str]:
    return [
        f"Access to {source_name(token.source)} ends on {moment(token.renewable_until or token.expires_at)}: "
        "ask whoever looks after this program to renew it."
        for token in figures.trust.ending
        if token.expires_at is not None
    ]


def _sources(figures: Figures) -> str:
    sources, kind = figures.trust.sources, figures.period.kind
    if not sources:
        return "No source has been read to its end: silence here says nothing."
    whole = [source for source in sources if not source.gaps]
    if len(whole) == len(sources):
        return (
            f"{'Both' if len(sources) == 2 else f'All {len(sources)}'} sources were read over the whole {kind}."
            if len(sources) > 1
            else f"The one source was read over the whole {kind}."
        )
    low = " Counts of the others may be too low; the table says when they were not read."
    since = figures.trust.since
    if figures.beginning and since is not None and figures.read_since_it_began:
        began = f"Reading began on {moment(since)}"
        each = f"each of the {len(sources)} sources" if len(sources) > 1 else "the one source"
        if not figures.trust.health:
            began += f", and {each} was read from its beginning on"
        return f"{began}. Of the days before, counts are too low."
    if not whole:
        return (
            f"Not one of {len(sources)} sources was read over the whole {kind}." if len(sources) > 1
            else f"The one source was not read over the whole {kind}."
        ) + " Counts may be too low; the table says when."  # fmt: skip
    were = "was" if len(whole) == 1 else "were"
    return f"{len(whole)} of {len(sources)} sources {were} read over the whole {kind}.{low}"


def _gaps(figures: Figures) -> tuple[tuple[str, str], ...]:
    """Sources and when they were not read; those that missed the same stand together."""
    rows: dict[str, list[str]] = {}
    for source in figures.trust.sources:
        if not source.gaps:
            continue
        spans = [f"{moment(since)} to {moment(until)}" for since, until in source.gaps[:MOST_GAPS]]
        more = (
            f" and {len(source.gaps) - MOST_GAPS} times more"
            if len(source.gaps) > MOST_GAPS
            else ""
        )
        rows.setdefault(f"{', '.join(spans)}{more}", []).append(source_name(source.name))
    return tuple((listed(names), when) for when, names in rows.items())


# Why a platform is not compared with other weeks
NOT_COMPARED: Mapping[str, str] = {
    "new": "first read too lately", "off": "not read", "part": "not read all week",
    "broken": "which brought next to nothing as never before and may be broken", "switched": "read by another source than before",
}  # fmt: skip

# Shares up to which a part of the usual is called so
_PARTS = ((0.29, "about a quarter"), (0.42, "about a third"), (0.58, "about half"), (1.0, "about two thirds"))  # fmt: skip


def _left_out(figures: Figures) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for fault in figures.trust.left_out:
        why = NOT_COMPARED.get(fault.why) or _thin(fault)
        reasons.setdefault(why, []).append(PLATFORM_NAMES[fault.platform])
    sentences = [
        f"Not compared with other weeks: {listed(names)}, {why}." for why, names in reasons.items()
    ]
    weeks = figures.trust.weeks_left_out
    if weeks:
        days = listed([f"{day:%-d %b}" for day in weeks[-6:]])
        more = f" and {len(weeks) - 6} before" if len(weeks) > 6 else ""
        sentences.append(
            f"Nor with the weeks to {days}{more}, which were not read like this one."
            if sentences
            else f"Not compared with the weeks to {days}{more}, which were not read like this one."
        )
    return sentences


def _thin(fault: LeftOut) -> str:
    """Of a platform that may lose posts: how far it fell, in parts, since its count may be one that is hidden; what to do."""
    share = fault.count / fault.usual
    part = next((words for most, words in _PARTS if share <= most), _PARTS[-1][1])
    return (
        f"which brought {part} of what is usual, though it was read to its end and the others brought what they do. It may lose "
        "posts: look there for some of this week’s"
    )


def _late(figures: Figures) -> list[str]:
    trust, sentences = figures.trust, []
    late = sum(row.count for row in trust.late)
    kind, later, mentions = figures.period.kind, trust.found_later, figures.totals.mentions
    if later:
        of = (
            f"{later:,} of the {mentions:,} mentions"
            if later < mentions
            else f"All {mentions:,} mentions"
            if mentions > 1
            else "The one mention"
        )
        sentences.append(
            f"{of} posted in this {kind} {'was' if later == 1 else 'were'} found after it had ended."
        )
    if late:
        newest = list(reversed(trust.late))
        parts = [f"{row.count:,} in the week to {row.last:%-d %b}" for row in newest[:MOST_LATE]]
        if earlier := sum(row.count for row in newest[MOST_LATE:]):
            parts.append(f"{earlier:,} in weeks before")
        sentences.append(
            f"{counted(late, 'mention')} found in this {kind} {'was' if late == 1 else 'were'} posted before it: {listed(parts)}."
        )
    if trust.restated:
        weeks = listed(
            [
                f"{row.now:,} in the week to {row.last:%-d %b} (we said {row.published:,})"
                for row in reversed(trust.restated)
            ][:4]
        )
        sentences.append(f"Past weeks, as they stand now: {weeks}.")
    return sentences


def _quality(figures: Figures) -> list[str]:
    quality = figures.trust.quality
    if quality is None or quality.answered < FEWEST_ANSWERS:
        return [
            "How much is missed is not known yet: too few posts of the quality check were read by a person."
        ]
    missed = quality.overall.missed
    sentences = [
        f"Of {quality.answered:,} unflagged posts read by a person in twelve weeks, {missed:,} should have been flagged."
    ]
    if quality.overall.recall:
        recall = quality.overall.recall
        sentences.append(
            f"Of every hundred that it should flag, the program flags {round(100 * recall.value)}: in truth between {round(100 * recall.low)} and {round(100 * recall.high)}."
        )
    if quality.overall.precision:
        sentences.append(
            f"People agreed with the program on {round(100 * quality.overall.precision.value)} in 100 flags."
        )
    agreements = [
        (quality.flags_agree, "flags"),
        (quality.scope.agree, "posts, whether they are about us"),
    ]
    sentences += [
        f"Two people agreed on {round(100 * agree.same.value)} in 100 {what}."
        for agree, what in agreements
        if agree is not None
    ]
    return sentences


def _not_read(figures: Figures) -> list[str]:
    counts = figures.trust.not_read
    if not counts:
        return []
    total = sum(counts.values())
    languages: dict[str, int] = {}
    for (_, language), count in counts.items():
        if language not in ("en", "", "und"):
            languages[language] = languages.get(language, 0) + count
    shown = [
        f"{language_name(language)} ({count:,})"
        for language, count in sorted(languages.items(), key=lambda row: -row[1])
        if count >= SMALL
    ]
    text = f"{counted(total, 'post')} could not be read in full"
    if languages:
        text += f", {sum(languages.values()):,} of them in another language than English"
        text += f": {listed(shown[:4])}" if shown else ""
    return [f"{text}."]
