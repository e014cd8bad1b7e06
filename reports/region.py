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
OLD = timedelta(days=8)  # after which a file counts as too old to be told of
MEASURES: Mapping[str, str] = {
    "posts": "Posts about it", "flagged": "Flagged", "high": "High risk", "negative": "Negative",
}  # fmt: skip

CountRow = tuple[str, str, str, int]  # day, what is counted, which label of it, how many


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCounts:
    """One organisation: how many of each of MEASURES now and before; None is hidden, since it is small or would give a small one away.

    `why` says why there are none.
    """

    slug: str
    name: str
    now: Mapping[str, int | None]
    before: Mapping[str, int | None]
    why: str = ""


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
    sums, newest = _summed(files, before, first, last)
    counted = [slug for slug, _, _ in bodies if slug in newest and newest[slug] >= last - OLD]
    now, earlier = ({what: _hidden([sums.get((slug, period, what, ""), 0) for slug in counted]) for what in MEASURES} for period in ("now", "before"))  # fmt: skip
    shown = [
        BodyCounts(
            slug=slug, name=name, why="There is no organisation of this short name here." if slug in unknown else _why(slug, path, newest, counted),
            now={what: now[what][counted.index(slug)] for what in MEASURES} if slug in counted else {},
            before={what: earlier[what][counted.index(slug)] for what in MEASURES} if slug in counted else {},
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


def _hidden(counts: Sequence[int]) -> list[int | None]:
    """A measure of all organisations, without what is small, and what would give it away beside the total."""
    hidden = disclosure.hidden_of(counts, adds_up=True)
    return [None if place in hidden else count for place, count in enumerate(counts)]


def _total(counts: Sequence[int]) -> int | None:
    """All of them together; None where that would tell that one of them is small."""
    hidden = disclosure.hidden_of(counts, adds_up=True)
    return sum(counts) if disclosure.may_be_large(counts, hidden) else None


def _why(slug: str, path: Path | None, newest: Mapping[str, date], counted: Sequence[str]) -> str:
    if slug in counted:
        return ""
    if path is None:
        return "It has not agreed to give counts."
    if slug not in newest:
        return "It has given no counts yet."
    return f"Its counts end on {newest[slug]:%-d %B %Y}: they are too old to be told of."


def _summed(
    files: Mapping[str, Path], before: date, first: date, last: date
) -> tuple[dict[tuple[str, str, str, str], int], dict[str, date]]:
    """Counts by organisation, period, what and label, and up to which day each organisation's file goes."""
    if not files:
        return {}, {}
    slugs = {str(path): slug for slug, path in files.items()}
    with _duckdb() as connection:
        rows = connection.execute(
            """SELECT filename, CASE WHEN day >= $2 THEN 'now' ELSE 'before' END AS period, what, label, sum(count)::BIGINT
            FROM read_parquet($1, filename = true) WHERE day BETWEEN $3 AND $4 GROUP BY ALL""",
            [list(slugs), first, before, last],
        ).fetchall()
        ends = connection.execute(
            "SELECT filename, max(day) FROM read_parquet($1, filename = true) GROUP BY ALL",
            [list(slugs)],
        ).fetchall()
    sums = {(slugs[name], period, what, label): count for name, period, what, label, count in rows}
    return sums, {slugs[name]: day for name, day in ends if day is not None}


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
