"""What an export would bring, before anything of it is stored: counts and dates, what is left out and why."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from collectors.base import SkippedItem
from collectors.files.collector import LeftOut
from collectors.files.subject import check_share, names_nothing
from collectors.files.survey import Answers, Survey
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.errors import InputError
from core.models import Mention, Platform
from steps.context import RunContext
from steps.import_file import Checked, check_file

SHOWN = 5  # rows that a preview shows
NAMED = 20  # lines that it names for one reason


@dataclass(slots=True)
class Preview:
    """What a file would bring: `left_out` counts rows by reason, `lines` names the first of them.

    `known`: posts that the store has already, but for those that are not everybody's to see, which count as new; `again`: those that stand in the file twice. `nothing`: those that name
    nothing of ours; `refused`: why the file can't be taken in for that, "" where it can.
    """

    mentions: int = 0
    platforms: Counter[Platform] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[str]] = field(default_factory=dict)
    notices: Counter[str] = field(default_factory=Counter)
    earliest: datetime | None = None
    latest: datetime | None = None
    known: int = 0
    again: int = 0
    nothing: int = 0
    with_address: int = 0
    with_writer: int = 0
    with_figures: int = 0
    first: list[Mention] = field(default_factory=list)
    refused: str = ""


def preview(context: RunContext, checked: Checked) -> Preview:
    """What the file would bring. Nothing is stored."""
    seen, keys = Preview(), set[bytes]()
    for thing in checked.rows():
        if isinstance(thing, Mention):
            _count(context, checked, thing, seen, keys)
        else:
            _count_skipped(thing, seen)
    try:
        check_share(checked.path.name, seen.nothing, seen.mentions)
    except InputError as error:
        seen.refused = str(error).partition(": ")[2] if checked.files.named_by else ""
    return seen


def _count(
    context: RunContext, checked: Checked, mention: Mention, seen: Preview, keys: set[bytes]
) -> None:
    seen.mentions += 1
    seen.platforms[mention.platform] += 1
    posted = mention.posted_at
    seen.earliest = min(seen.earliest or posted, posted)
    seen.latest = max(seen.latest or posted, posted)
    seen.with_address += bool(mention.url)
    seen.with_writer += bool(mention.author.handle or mention.author.name)
    seen.with_figures += bool(mention.metrics or mention.author.followers is not None)
    seen.nothing += bool(checked.files.named_by) and names_nothing(mention, checked.files.named_by)
    key = hashlib.sha256(mention.key.encode("utf-8", "surrogatepass")).digest()[:16]
    if key in keys:
        seen.again += 1
    elif context.store.mentions.is_here_for_all(mention.issuer, mention.issued_id):
        seen.known += 1
    keys.add(key)
    if len(seen.first) < SHOWN:
        seen.first.append(mention)


def _count_skipped(thing: SkippedItem, seen: Preview) -> None:
    reason = thing.why.removesuffix("; left out")
    if not isinstance(thing, LeftOut) and "torn" not in thing.why and "JSON" not in thing.why:
        seen.notices[reason] += 1
        return
    count, _, more = reason.partition(": ")
    if more.endswith("more rows are left out"):
        reason, number = count, int(more.split()[0].replace(",", ""))
        seen.left_out[reason] += number
        return
    seen.left_out[reason] += 1
    lines = seen.lines.setdefault(reason, [])
    if len(lines) < NAMED:
        lines.append(thing.item)


def understood(survey: Survey) -> list[str]:
    """What was understood of a file, line by line, for people: the tool, columns, dates and zones; no cell of it."""
    lines = []
    for table in survey.tables:
        place = f"sheet {table.sheet}: " if table.sheet > 1 else ""
        tool = (
            table.mapping.tool.label
            if table.mapping.tool
            else "none that is known; read by common headings"
        )
        lines.append(f"{place}tool: {tool}")
        lines += [f"{place}column {heading!r} is read as {name}" for name, some in table.mapping.columns.items() for heading in some]  # fmt: skip
        if table.ignored:
            lines.append(
                f"{place}not read: {', '.join(repr(heading) for heading in table.ignored)}"
            )
        lines.append(f"{place}dates: {dates_in_words(survey, table.sheet)}")
    return lines


def dates_in_words(survey: Survey, sheet: int) -> str:
    """How the dates of one table are read, in one sentence."""
    table = survey.of_sheet(sheet)
    if table is None or not table.mapping.columns.get("posted_at"):
        return "there are none"
    evidence, parts = table.dates, list[str]()
    if table.order:
        parts.append(f"{table.order}{f' ({table.order_by})' if table.order_by else ''}")
    elif not evidence.asks:
        parts.append("in an order that can't be mistaken")
    if evidence.cells and evidence.with_zone == evidence.read:
        parts.append("each names its time zone")
    elif table.zone:
        parts.append(f"times in {table.zone} ({table.zone_by})")
    elif evidence.machine and evidence.machine == evidence.read:
        parts.append("times in UTC (the file names no zone, and writes them as machines do)")
    else:
        parts.append("times in UK time (the file names no zone)")
    if table.mapping.columns.get("posted_time") and evidence.without_time:
        parts.append("the hour is in a column of its own")
    return ", ".join(parts)


def in_words(seen: Preview) -> list[str]:
    """What a file would bring, line by line, for people; no word of a post and nobody's name."""
    posts = "post" if seen.mentions == 1 else "posts"
    lines = [
        f"{seen.mentions:,} {posts} would be taken in, {seen.known:,} of them are here already"
    ]
    if seen.again:
        lines.append(f"{seen.again:,} stand in the file more than once")
    if seen.earliest and seen.latest:
        lines.append(
            f"posted from {clock.local(seen.earliest)} to {clock.local(seen.latest)}, in UK time"
        )
    lines += [
        f"{PLATFORM_NAMES[platform]}: {count:,}" for platform, count in seen.platforms.most_common()
    ]
    lines.append(
        f"with an address: {seen.with_address:,}; with a writer: {seen.with_writer:,}; with counts: {seen.with_figures:,}"
    )
    if seen.nothing:
        lines.append(f"name nothing of ours: {seen.nothing:,}")
    for reason, count in seen.left_out.most_common():
        named = ", ".join(seen.lines.get(reason, []))
        more = count - len(seen.lines.get(reason, []))
        lines.append(
            f"left out: {count:,}, {reason}: {named}{f', and {more:,} more' if more > 0 else ''}"
        )
    lines += [f"{count:,} times: {notice}" for notice, count in seen.notices.most_common()]
    if seen.refused:
        lines.append(f"it would be refused: {seen.refused}")
    return lines


def lines(context: RunContext, path: Path, answers: Answers) -> list[str]:
    """The whole preview of a file, line by line. Raises InputError, and ConfigError where nothing may be read."""
    checked = check_file(context, path, answers, asks=True)
    report = understood(checked.survey)
    if checked.survey.questions:
        questions = [
            f"to be answered: {each.why}: {each.flag}" for each in checked.survey.questions
        ]
        return [*report, *questions, "nothing was stored"]
    return [*report, *in_words(preview(context, checked)), "nothing was stored"]
