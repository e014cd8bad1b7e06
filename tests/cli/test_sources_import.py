"""`mentions import`: what a file would bring, what it does not tell, and what of it was stored."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core import clock
from demo.world import World
from steps import import_keep
from steps.context import exclusive_lock
from tests.conftest import Command
from tests.cycles import at_home, changed, settled

ASKED = "Date,Network,Author,Message,Link\n" + "".join(
    f"0{n}/11/2025 09:05,FACEBOOKPAGE,writer{n},NHS NWL again {n},https://www.facebook.com/1/posts/{n}\n"
    for n in range(1, 5)
)
TOLD = ASKED.replace("04/11/2025", "24/11/2025") + (
    "soon,X,writer8,NHS NWL once more,https://x.com/w/status/8\n"
)


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def written(folder: Path, content: str, name: str = "found.csv") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def stored(path: Path) -> int:
    with at_home(path) as (house, _):
        return house.store.figures.row_counts()["mentions"]


def test_a_preview_says_what_was_understood_and_stores_nothing(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    done = mentions("import", written(tmp_path, TOLD), "--preview", "--config", made)
    assert done.exit_code == 0, done.output
    for said in (
        "tool: none that is known", "column 'Message' is read as text", "dates: day first (days past the 12th), times in UK time",
        "4 posts would be taken in, 0 of them are here already", "Facebook: 4", "left out: 1, its date can't be read: found.csv line 6",
        "nothing was stored",
    ):  # fmt: skip
        assert said in done.output
    assert "NHS NWL" not in done.output
    assert "writer1" not in done.output
    assert stored(made) == 0


def test_an_order_that_nothing_tells_is_refused_with_the_flag_and_taken_by_it(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    file = written(tmp_path, ASKED)
    refused = mentions("import", file, "--config", made)
    assert refused.exit_code == 1
    assert "--date-order day or --date-order month" in refused.output
    assert stored(made) == 0
    assert "to be answered" in mentions("import", file, "--preview", "--config", made).output
    taken = mentions("import", file, "--date-order", "month", "--config", made)
    assert "4 read, 4 new" in taken.output
    with at_home(made) as (house, _):
        first = house.store.mentions.get(1)
        assert first is not None
        assert (first.mention.posted_at.month, first.mention.posted_at.day) == (1, 11)
        (one,) = house.store.imports.latest()
        assert (one.state, one.posts, one.new, one.by) == ("stored", 4, 4, None)
        assert "imported" in house.store.audit.kinds()


def test_columns_zone_and_tool_can_be_said(made: Path, tmp_path: Path, mentions: Command) -> None:
    file = written(tmp_path, "Said,Came on,Where\nNHS NWL queue,24/07/2026 10:00,TikTok\n")
    done = mentions(
        "import", file, "--map", "Said=text", "--map", "Came on=posted_at", "--map", "Where=platform", "--zone", "UTC", "--config", made
    )  # fmt: skip
    assert "1 read, 1 new" in done.output
    with at_home(made) as (house, _):
        only = house.store.mentions.get(1)
        assert only is not None
        assert (only.mention.platform, f"{only.mention.posted_at:%H:%M}") == ("tiktok", "10:00")
    for odd in (("--map", "Said=words"), ("--zone", "Nowhere"), ("--tool", "sieve"), ("--map", "x")):  # fmt: skip
        assert mentions("import", file, *odd, "--config", made).exit_code != 0


def test_a_file_without_dates_is_taken_in_only_where_somebody_says_so(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    file = written(tmp_path, "id,text\n1,NHS NWL queue\n")
    assert "--undated" in mentions("import", file, "--config", made).output
    assert "1 read, 1 new" in mentions("import", file, "--undated", "--config", made).output


def test_what_a_command_takes_in_is_read_at_once_and_stands_in_a_case(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    done = mentions("import", written(tmp_path, TOLD.rpartition("soon")[0]), "--config", made)
    assert done.exit_code == 0, done.output
    assert "assessed 4 of 4" in done.output
    assert "cases: 4 opened" in done.output
    with at_home(made) as (house, _):
        assert house.store.backlog.unassessed() is None


def test_a_file_is_read_while_a_cycle_is_under_way(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    file = written(tmp_path, TOLD)
    with at_home(made) as (house, _), exclusive_lock(house.config, house.folder):
        done = mentions("import", file, "--preview", "--config", made)
        assert "4 posts would be taken in" in done.output


def test_a_file_lies_encrypted_and_is_of_use_to_the_page_alone_that_took_it(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_home(made) as (house, _):
        where, content = house.folder, b"Text,Date\nthe nurse Jean Halloran,2026-11-24\n" * 50_000
        path = import_keep.keep(house.config, where, 7, "told.csv", io.BytesIO(content))
        assert b"Halloran" not in path.read_bytes()
        with import_keep.in_clear(house.config, where, 7) as plain:
            assert plain is not None
            assert plain.read_bytes() == content
            assert plain.suffix == ".csv"
            assert plain.stat().st_mode & 0o777 == 0o600
        assert not plain.exists()
        monkeypatch.setattr(import_keep, "_KEY", Fernet(Fernet.generate_key()))  # another start
        with import_keep.in_clear(house.config, where, 7) as plain:
            assert plain is None
        with import_keep.in_clear(house.config, where, 8) as plain:
            assert plain is None


def test_a_file_that_nobody_wanted_is_gone_after_an_hour(made: Path, tmp_path: Path) -> None:
    with at_home(made) as (house, _):
        where, at = house.folder, clock.now()
        number = house.store.imports.add("a.csv", digest="0", by=None, at=at)
        with written(tmp_path, TOLD).open("rb") as content:
            kept = import_keep.keep(house.config, where, number, "a.csv", content)
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700
        assert import_keep.tidy(house.config, where, house.store, at) == []
        assert import_keep.tidy(house.config, where, house.store, at.replace(year=at.year + 1)) == [number]  # fmt: skip
        assert not kept.exists()


def test_what_an_import_brings_of_a_child_is_marked_and_in_a_case_at_once(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    told = "id,text,date\n1,I am 12 and NHS NWL told everyone about my scars. I hate myself.,24/11/2025 09:05\n"
    done = mentions("import", written(tmp_path, told), "--config", made)
    assert "cases: 1 opened" in done.output
    with at_home(made) as (house, _):
        assert house.store.children.is_marked(1)
        item = house.store.figures.item(1)
        assert item is not None
        assert (item.risk, [flag.name for flag in item.flags]) == ("high", ["safeguarding"])
    assert "and nobody is told" not in done.output
    changed(made, alerts={"on": False})
    done = mentions("import", written(tmp_path, told), "--config", made)
    assert "! 1 case waits in Now, and nobody is told: alerts are off" in done.output
    said = mentions("status", "--config", made).stdout
    assert "1 case waits in Now, and nobody is told" in said.splitlines()[0]
    assert "1, and nobody is told: see [alerts]" in said
