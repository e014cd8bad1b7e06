"""What a region sees of its organisations: counts of whole weeks by label, small ones hidden; never a word, a name or a number of a post.

Each organisation that agrees writes its counts by day into a Parquet file of its own; DuckDB adds up those of several. The
counts are those of the trends (store/trends.py): without the organisation's own posts, and without those of people who speak up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core import disclosure
from core.disclosure import Crossed
from core.errors import ConfigError
from store import Store

NEEDS_DUCKDB = "counts for a region need the extra `region`: pip install 'nwl-mentions[region]'"
FILE = "region/counts.parquet"  # beside the database
LONGEST = timedelta(days=366)  # of which days counts are written
WEEKS = 4  # that are told together, and compared with as many before
UNTIL = "until"  # a row that says up to which day counts were written, since days without posts have none
SINCE = "since"  # a row that says from which whole day on the organisation is watched: before it there is no nought
OLD = timedelta(days=8)  # after which a file counts as too old to be told of
MEASURES: Mapping[str, str] = {
    "posts": "Posts about it", "flagged": "Flagged", "high": "High risk", "negative": "Negative",
}  # fmt: skip

CountRow = tuple[str, str, str, int]  # day, what is counted, which label of it, how many


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCounts:
    """One organisation: how many of each of MEASURES now and before; None is hidden, since it is small or would give a small one away.

    `why` says why there are none. `since`: where it was watched from that day on alone; `before` is empty where it was not watched for
    all of those weeks, since what nobody looked for is not nought.
    """

    slug: str
    name: str
    now: Mapping[str, int | None]
    before: Mapping[str, int | None]
    why: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCounts:
    """All of a region in the weeks from `first` to `last`, UK days, both included.

    `totals` are empty where nobody gave counts; `flags` are by organisation, None where most of it would be hidden.
    """

    first: date
    last: date
    bodies: Sequence[BodyCounts]
    totals: Mapping[str, int | None]
    flags: Crossed | None


def count_file(database: Path) -> Path:
    """Where an organisation's counts lie."""
    return database.parent / FILE


def rows_of(store: Store, last: date) -> list[CountRow]:
    """An organisation's counts by day, up to a day."""
    first = last - LONGEST
    rows: list[CountRow] = [(last.isoformat(), UNTIL, "", 0)]
    if since := min(store.sources.watched_since().values(), default=None):
        rows.append((since.isoformat(), SINCE, "", 0))
    for each in store.trends.by_day(first, last):
        day = each.day.isoformat()
        rows.append((day, "posts", "", each.count))
        if each.flagged:
            rows.append((day, "flagged", "", each.count))
        if each.risk == "high":
            rows.append((day, "high", "", each.count))
        if each.sentiment == "negative":
            rows.append((day, "negative", "", each.count))
    rows += [
        (day.isoformat(), "flag", flag, count)
        for (flag, day), count in sorted(store.trends.flags_by_day(first, last).items())
    ]
    return rows


def write(rows: Sequence[CountRow], path: Path) -> None:
    """Writes counts as Parquet, whole or not at all, for their owner alone. Raises ConfigError without DuckDB."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    spare = path.with_name(f".{path.name}.new")
    spare.unlink(missing_ok=True)
    spare.touch(0o600)
    with _duckdb() as connection:
        columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]  # fmt: skip
        connection.execute(
            """CREATE TABLE counts AS SELECT unnest($1::VARCHAR[])::DATE AS day, unnest($2::VARCHAR[]) AS what,
            unnest($3::VARCHAR[]) AS label, unnest($4::BIGINT[]) AS count""",
            columns,
        )
        connection.execute(f"COPY counts TO '{_quoted(spare)}' (FORMAT parquet, COMPRESSION zstd)")
    spare.chmod(0o600)
    spare.replace(path)


def weeks(today: date) -> tuple[date, date]:
    """The first and the last day of the last WEEKS whole weeks before a day, from Monday to Sunday."""
    last = today - timedelta(days=today.weekday() + 1)
    return last - timedelta(days=7 * WEEKS - 1), last


def gather(
    bodies: Sequence[tuple[str, str, Path | None]],
    today: date,
    labels: Mapping[str, str],
    unknown: Collection[str] = (),
) -> RegionCounts:
    """What a region sees. `bodies`: short name, name and file of counts, None of one that gives none; `labels` are flags' names for people.

    `unknown` are short names under which there is no organisation.

    Raises ConfigError without DuckDB.
    """
    first, last = weeks(today)
    before = first - timedelta(days=7 * WEEKS)
    files = {slug: path for slug, _, path in bodies if path is not None and path.exists()}
    sums, spans = _summed(files, before, first, last)
    counted = [slug for slug, _, _ in bodies if slug in spans and spans[slug].tells(last)]
    compared = [slug for slug in counted if spans[slug].covers(before)]
    now, earlier = ({what: dict(zip(slugs, _hidden([sums.get((slug, period, what, ""), 0) for slug in slugs]), strict=True)) for what in MEASURES} for period, slugs in (("now", counted), ("before", compared)))  # fmt: skip
    shown = [
        BodyCounts(
            slug=slug, name=name, why="There is no organisation of this short name here." if slug in unknown else _why(path, spans.get(slug), last),
            now={what: now[what][slug] for what in MEASURES} if slug in counted else {},
            before={what: earlier[what][slug] for what in MEASURES} if slug in compared else {},
            since=None if slug not in counted or spans[slug].covers(before) else spans[slug].since,
        )
        for slug, name, path in bodies
    ]  # fmt: skip
    names = {slug: name for slug, name, _ in bodies}
    flags = {
        (labels.get(label, label), names[slug]): count
        for (slug, period, what, label), count in sums.items()
        if what == "flag" and period == "now" and slug in counted
    }
    return RegionCounts(
        first=first, last=last, bodies=shown, flags=disclosure.crossed(flags),
        totals={what: _total([sums.get((slug, "now", what, ""), 0) for slug in counted]) for what in MEASURES} if counted else {},
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Of which days a file tells. `since` is None where it does not say from when on the organisation is watched."""

    since: date | None
    until: date

    def tells(self, last: date) -> bool:
        """Whether it tells of weeks that end on a day: it is new enough, and somebody watched in them."""
        return self.until >= last - OLD and self.since is not None and self.since <= last

    def covers(self, first: date) -> bool:
        """Whether the organisation was watched on every day from this one on."""
        return self.since is not None and self.since <= first


def _hidden(counts: Sequence[int]) -> list[int | None]:
    """A measure of all organisations, without what is small, and what would give it away beside the total."""
    hidden = disclosure.hidden_of(counts, adds_up=True)
    return [None if place in hidden else count for place, count in enumerate(counts)]


def _total(counts: Sequence[int]) -> int | None:
    """All of them together; None where that would tell that one of them is small."""
    hidden = disclosure.hidden_of(counts, adds_up=True)
    return sum(counts) if disclosure.may_be_large(counts, hidden) else None


def _why(path: Path | None, span: _Span | None, last: date) -> str:
    if path is None:
        return "It has not agreed to give counts."
    if span is None:
        return "It has given no counts yet."
    if span.until < last - OLD:
        return f"Its counts end on {_day(span.until)}: they are too old to be told of."
    if span.since is None:
        return "It was not watched yet, or its counts don’t say since when; they are written again each morning."
    return f"Not watched before {_day(span.since)}." if span.since > last else ""


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _summed(
    files: Mapping[str, Path], before: date, first: date, last: date
) -> tuple[dict[tuple[str, str, str, str], int], dict[str, _Span]]:
    """Counts by organisation, period, what and label, and of which days each organisation's file tells."""
    if not files:
        return {}, {}
    slugs = {str(path): slug for slug, path in files.items()}
    with _duckdb() as connection:
        rows = connection.execute(
            """SELECT filename, CASE WHEN day >= $2 THEN 'now' ELSE 'before' END AS period, what, label, sum(count)::BIGINT
            FROM read_parquet($1, filename = true) WHERE day BETWEEN $3 AND $4 GROUP BY ALL""",
            [list(slugs), first, before, last],
        ).fetchall()
        spans = connection.execute(
            """SELECT filename, min(day) FILTER (what = $2), max(day) FILTER (what <> $2)
            FROM read_parquet($1, filename = true) GROUP BY ALL""",
            [list(slugs), SINCE],
        ).fetchall()
    sums = {(slugs[name], period, what, label): count for name, period, what, label, count in rows}
    return sums, {slugs[name]: _Span(since=since, until=until) for name, since, until in spans if until is not None}  # fmt: skip


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _duckdb() -> Any:
    """A connection to nothing that is stored, which loads nothing from elsewhere. Raises ConfigError without DuckDB."""
    try:
        import duckdb  # 0.1 s and 40 MB, for a region alone
    except ImportError as error:
        raise ConfigError(NEEDS_DUCKDB) from error
    return duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "memory_limit": "512MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
