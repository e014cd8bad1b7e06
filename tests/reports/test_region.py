"""Counts for a region: added up by DuckDB, small ones hidden, and nothing but counts in the files."""

from __future__ import annotations

import stat
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.disclosure import SMALL
from core.errors import ConfigError
from reports import region
from reports.region import CountRow, gather, weeks, write

TODAY = date(2026, 11, 26)  # a Thursday
FIRST, LAST = weeks(TODAY)


WATCHED = FIRST - timedelta(days=100)


def rows(
    posts: int, flagged: int = 0, *, on: date = LAST, before: int = 0, pid: int = 0, since: date | None = WATCHED
) -> list[CountRow]:  # fmt: skip
    earlier = (FIRST - timedelta(days=1)).isoformat()
    return [
        *([(since.isoformat(), region.SINCE, "", 0)] if since else []),
        (on.isoformat(), "posts", "", posts),
        (on.isoformat(), "flagged", "", flagged),
        (on.isoformat(), "flag", "pid", pid),
        (earlier, "posts", "", before),
    ]


def given_by(folder: Path, slug: str, counts: list[CountRow]) -> tuple[str, str, Path | None]:
    path = folder / slug / region.FILE
    write(counts, path)
    return slug, f"NHS {slug.title()}", path


def test_the_weeks_are_whole_ones_and_over() -> None:
    assert (date(2026, 10, 26), date(2026, 11, 22)) == (FIRST, LAST)
    assert (FIRST.weekday(), LAST.weekday()) == (0, 6)
    assert weeks(date(2026, 11, 23)) == (FIRST, LAST)  # a Monday


def test_days_are_added_up_by_organisation_and_compared_with_the_weeks_before(
    tmp_path: Path,
) -> None:
    brent = [*rows(7, 6, before=9), (FIRST.isoformat(), "posts", "", 5)]
    too_late = [((LAST + timedelta(days=1)).isoformat(), "posts", "", 1000)]
    counts = gather(
        [
            given_by(tmp_path, "brent", brent + too_late),
            given_by(tmp_path, "ealing", rows(30, 20)),
        ],
        TODAY,
        {},
    )
    first, second = counts.bodies
    assert (first.now["posts"], first.now["flagged"], first.before["posts"]) == (12, 6, 9)
    assert (second.now["posts"], second.before["posts"]) == (30, 0)
    assert counts.totals["posts"] == 42


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_no_small_count_is_shown_nor_can_one_be_worked_out_from_the_total(
    counts: list[int],
) -> None:
    shown, total = region._hidden(counts), region._total(counts)
    assert not any(count is not None and 0 < count < SMALL for count in shown)
    hidden = [count for count, told in zip(counts, shown, strict=True) if told is None]
    if hidden and total is not None:  # the most that each can be: none of the others is 0
        assert sum(hidden) - (len(hidden) - 1) >= SMALL


def test_who_has_not_agreed_or_gave_nothing_lately_is_named_and_not_counted(
    tmp_path: Path,
) -> None:
    old = given_by(tmp_path, "old", rows(50, on=LAST - timedelta(days=20)))
    counts = gather(
        [
            given_by(tmp_path, "brent", rows(7)),
            old,
            ("quiet", "NHS Quiet", None),
            ("late", "NHS Late", tmp_path / "late.parquet"),
        ],
        TODAY,
        {},
    )
    assert [body.why for body in counts.bodies] == [
        "",
        "Its counts end on 2 November 2026: they are too old to be told of.",
        "It has not agreed to give counts.",
        "It has given no counts yet.",
    ]
    assert counts.totals["posts"] == 7


def test_a_file_holds_days_labels_and_counts_and_is_its_owners_alone(tmp_path: Path) -> None:
    _, _, path = given_by(tmp_path, "brent", rows(7, 6, pid=6))
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    columns = duckdb.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert [(name, kind) for name, kind, *_ in columns] == [
        ("day", "DATE"),
        ("what", "VARCHAR"),
        ("label", "VARCHAR"),
        ("count", "BIGINT"),
    ]


def test_flags_are_told_by_their_names_for_people(tmp_path: Path) -> None:
    brent = [*rows(90), (LAST.isoformat(), "flag", "pid", 40), (LAST.isoformat(), "flag", "hate", 30)]  # fmt: skip
    ealing = [*rows(90), (LAST.isoformat(), "flag", "pid", 20), (LAST.isoformat(), "flag", "hate", 10)]  # fmt: skip
    counts = gather(
        [given_by(tmp_path, "brent", brent), given_by(tmp_path, "ealing", ealing)],
        TODAY,
        {"pid": "personal data"},
    )
    assert counts.flags is not None
    assert set(counts.flags.rows) == {"personal data", "hate"}
    assert counts.flags.cells[counts.flags.rows.index("personal data")] == (40, 20)


def test_no_organisation_and_no_counts_are_no_error(tmp_path: Path) -> None:
    counts = gather([given_by(tmp_path, "brent", [])], TODAY, {})
    assert counts.bodies[0].why == "It has given no counts yet."
    assert counts.totals == {}
    assert gather([], TODAY, {}).bodies == []


def test_an_organisation_of_which_nothing_was_posted_has_given_counts_of_nothing(
    tmp_path: Path,
) -> None:
    counts = gather([given_by(tmp_path, "brent", [(TODAY.isoformat(), region.UNTIL, "", 0), (WATCHED.isoformat(), region.SINCE, "", 0)])], TODAY, {})  # fmt: skip
    (body,) = counts.bodies
    assert (body.why, body.now["posts"], counts.totals["posts"]) == ("", 0, 0)


@pytest.mark.parametrize(
    ("since", "why", "posts", "compared"),
    [
        (TODAY, "Not watched before 26 November 2026.", None, False),
        (LAST + timedelta(days=1), "Not watched before 23 November 2026.", None, False),
        (LAST, "", 0, False),
        (FIRST, "", 0, False),
        (FIRST - timedelta(days=27), "", 0, False),
        (FIRST - timedelta(days=28), "", 0, True),
        (None, "It was not watched yet, or its counts don’t say since when; they are written again each morning.", None, False),
    ],
)  # fmt: skip
def test_what_nobody_watched_is_not_told_as_nought(
    tmp_path: Path, since: date | None, why: str, posts: int | None, compared: bool
) -> None:
    brent = given_by(tmp_path, "brent", rows(0, since=since))
    counts = gather([brent, given_by(tmp_path, "ealing", rows(30, before=20))], TODAY, {})
    body, other = counts.bodies
    assert (body.why, body.now.get("posts"), "posts" in body.before) == (why, posts, compared)
    assert body.since == (None if why or compared else since)
    assert (other.now["posts"], other.before["posts"], other.since) == (30, 20, None)
    assert counts.totals["posts"] == 30


def test_without_duckdb_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ConfigError, match=r"nwl-mentions\[region\]"):
        write(rows(7), tmp_path / "counts.parquet")
