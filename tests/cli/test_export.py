"""`mentions export`: a file for a lead who says why, whole and its owner's alone; nothing for anybody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import clock
from tests.conftest import Command
from tests.cycles import at_home
from tests.decisions import settled
from tests.review.factories import group
from tests.store.factories import add, assess_all, flag, mention

WHY = ("--by", "bea", "--for", "board", "--reason", "For the board’s paper")

COURT = ("--by", "bea", "--for", "court", "--reason", "Asked for by the county court")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = settled(tmp_path)
    with at_home(path) as (house, _):
        now = clock.now()
        house.store.users.add("local", "bea", "Bea Whitlock", ("reviewer", "lead"), at=now)
        house.store.users.add("local", "amina", "Amina Yusuf", ("reviewer",), at=now)
        add(house.store, mention(1, posted_at=now, fetched_at=now), at=now)
        add(house.store, mention(2, posted_at=now, fetched_at=now, platform="linkedin"), at=now)
        assess_all(house.store, "medium", flags=[flag()])
        group(house.store, now, alone=True)
    return path


def test_a_lead_gets_a_file_and_is_told_what_was_left_out(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    output = tmp_path / "out" / "mentions.csv"
    done = mentions("export", "mentions", "--config", made, "--output", output, *WHY)
    assert done.exit_code == 0, done.output
    assert "; 1 row; " in done.output
    assert "left out: 1 that their platform’s terms keep here" in done.output
    assert output.stat().st_mode & 0o777 == 0o600
    assert len(output.read_text("utf-8-sig").splitlines()) == 2
    assert [path.name for path in output.parent.iterdir()] == ["mentions.csv"]


def test_a_pack_is_written_for_a_case(made: Path, tmp_path: Path, mentions: Command) -> None:
    output = tmp_path / "pack"
    done = mentions(
        "export", "evidence", "--config", made, "--case", "1", "--output", output, *COURT
    )
    assert done.exit_code == 0, done.output
    assert output.read_bytes()[:5] in (b"%PDF-", b"<!doc")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            ("mentions", "--by", "amina", "--for", "board", "--reason", "For the board"),
            "it is for lead",
        ),
        (
            ("mentions", "--by", "nobody", "--for", "board", "--reason", "For the board"),
            "nobody signs in as nobody",
        ),
        (("mentions", "--by", "bea", "--for", "board", "--reason", "why"), "why you take it"),
        (("evidence", *WHY), "--case"),
        (("evidence", "--case", "99", *WHY), "there is no case 99"),
        (
            ("mentions", "--by", "bea", "--for", "police", "--reason", "Asked for by the police"),
            "choose what it is for",
        ),
        (
            (
                "evidence",
                "--case",
                "1",
                "--by",
                "bea",
                "--for",
                "court",
                "--reason",
                "For the disciplinary panel",
            ),
            "purpose is off",
        ),
        (
            (
                "evidence",
                "--case",
                "1",
                "--by",
                "bea",
                "--for",
                "employer",
                "--reason",
                "For whoever asked on Monday",
            ),
            "purpose is off",
        ),
        (("flags", "--since", "2026-11-02", "--until", "2026-11-01", *WHY), "must not come after"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    made: Path, tmp_path: Path, mentions: Command, given: tuple[str, ...], why: str
) -> None:
    output = tmp_path / "out.csv"
    before = set(tmp_path.iterdir())
    done = mentions("export", *given, "--config", made, "--output", output)
    assert done.exit_code != 0
    assert why in done.output
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "mentions.db-wal", tmp_path / "mentions.db-shm"}  # fmt: skip
