"""An upgrade ends with the new database or the old one, whatever happens in it."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables

from core.errors import StoreError
from store import Database, Store
from store.backup import manifest_path, row_counts
from store.migrations import migrations
from store.sqlite import files_of, read_only
from store.upgrade import is_older, upgrade
from tests.forked import forked
from tests.store.factories import AT, add, assess_all, mention
from tests.store.forked_work import upgrade_store
from tests.store.older import older
from tests.stores import KEY, new_store, nothing

ROOT = Path(__file__).parents[2]
BEFORE = "m043_need_first"


def filled(store: Store) -> None:
    add(store, *(mention(number) for number in range(1, 40)))
    assess_all(store, "high")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database as an earlier version left it."""
    new_store(tmp_path / "new.db", filled)
    place = tmp_path / "data" / "mentions.db"
    place.parent.mkdir()
    older(tmp_path / "new.db", place, BEFORE)
    (tmp_path / "new.db").unlink()
    return place


def content_of(place: Path) -> list[object]:
    """Schema and rows, whichever way its log is kept."""
    with closing(read_only(place)) as connection:
        schema = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        rows = (
            connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in row_counts(place)
        )
        return [schema, *rows]


def nothing_lies_beside(place: Path) -> bool:
    return {file.name for file in place.parent.iterdir()} <= {file.name for file in files_of(place)}


def posts(place: Path) -> int:
    with Store.open(place, [KEY], create=False, older="refuse") as store:
        assert store.maintenance.verify().ok
        return store.figures.row_counts()["mentions"]


def test_an_older_database_is_refused_by_whoever_does_not_upgrade_it(old: Path) -> None:
    content = content_of(old)
    assert is_older(old, [KEY])
    with pytest.raises(StoreError, match="mentions upgrade"):
        Store.open(old, [KEY], create=False, older="refuse")
    with closing(Tables(old)) as tables:
        assert "person_searches" not in tables.table_names()
    assert content_of(old) == content


def test_it_is_backed_up_brought_up_to_date_and_looked_through(old: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def check() -> list[str]:
        asked.append(posts(old))
        return []

    outcome = upgrade(old, [KEY], tmp_path / "b1", at=AT, check=check)
    assert outcome.problems == ()
    assert asked == [39]
    assert not is_older(old, [KEY])
    with Store.open(old, [KEY], create=False, older="refuse") as store:
        assert store.audit.events()[-1].kind == "upgraded"
    assert {file.name for file in old.parent.iterdir() if "leftover" in file.name} == set()
    assert old.stat().st_mode & 0o777 == 0o600


def test_its_backup_holds_the_database_of_before(old: Path, tmp_path: Path) -> None:
    upgrade(old, [KEY], tmp_path / "b1", at=AT)
    assert manifest_path(tmp_path / "b1").exists()
    Store.restore(tmp_path / "b1", tmp_path / "again.db", [KEY], at=AT)
    assert posts(tmp_path / "again.db") == 39


def test_a_check_that_fails_puts_the_old_one_back(old: Path, tmp_path: Path) -> None:
    content = content_of(old)

    def fails() -> list[str]:
        assert (
            posts(old) == 39
        )  # the new one stands there while it is looked at, and has a log of its own
        return ["mail server: nobody answers"]

    outcome = upgrade(old, [KEY], tmp_path / "b1", at=AT, check=fails)
    assert outcome.problems == ("mail server: nobody answers",)
    assert content_of(old) == content
    assert nothing_lies_beside(old)
    assert (tmp_path / "b1").exists()


def test_a_copy_that_is_not_whole_takes_no_place(old: Path, tmp_path: Path) -> None:
    with closing(Tables(old)) as tables:
        tables.execute("PRAGMA foreign_keys = OFF")
        tables.execute("DELETE FROM revisions WHERE mention = 5")
        tables.conn.commit()
    content = content_of(old)
    outcome = upgrade(old, [KEY], tmp_path / "b1", at=AT, check=lambda: pytest.fail("asked"))
    assert outcome.problems
    assert content_of(old) == content
    assert nothing_lies_beside(old)


def test_a_step_that_breaks_on_what_is_stored_is_named_and_nothing_is_changed(
    old: Path, tmp_path: Path
) -> None:
    content = content_of(old)

    def m999_breaks(db: Tables) -> None:
        db.execute("DELETE FROM revisions")  # assessments refer to them

    migrations(name="m999_breaks")(m999_breaks)
    try:
        outcome = upgrade(old, [KEY], tmp_path / "b1", at=AT)
    finally:
        migrations._migrations.pop()
    (problem,) = outcome.problems
    assert "a step of the upgrade failed" in problem
    assert content_of(old) == content
    assert nothing_lies_beside(old)


def test_while_another_program_has_it_open_nothing_is_done(old: Path, tmp_path: Path) -> None:
    with closing(Database.open_as_it_is(old, [KEY])) as other:
        assert other.value("SELECT count(*) FROM mentions") == 39
        with pytest.raises(StoreError, match="stop the service and the page"):
            upgrade(old, [KEY], tmp_path / "b1", at=AT)
    assert is_older(old, [KEY])
    assert not (tmp_path / "b1").exists()


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "mentions.db"
    new_store(place, nothing)
    with closing(Tables(place)) as tables:
        tables.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('store', 'm999_later', '2030')"
        )
        tables.conn.commit()
    for opened in (lambda: is_older(place, [KEY]), lambda: Store.open(place, [KEY], create=False)):
        with pytest.raises(StoreError, match="newer version of this program"):
            opened()


def test_killed_at_any_moment_the_database_is_whole_and_the_next_try_ends_it(
    old: Path, tmp_path: Path
) -> None:
    counts = row_counts(old)
    chance, survived = random.Random(18), 0
    content = old.read_bytes()
    for turn in range(8):
        for file in old.parent.iterdir():
            if file.is_file():
                file.unlink()
        old.write_bytes(content)
        with forked(upgrade_store, old, KEY, tmp_path / "backups" / f"b{turn}") as process:
            assert process.line() == "begins"
            if not process.ends_within(chance.uniform(0.0, 1.2)):
                process.kill()
            survived += process.rest() == []
        if is_older(old, [KEY]):
            again = upgrade(old, [KEY], tmp_path / "backups" / f"again{turn}", at=AT)
            assert again.problems == ()
        assert posts(old) == 39
        assert row_counts(old)["assessments"] == counts["assessments"]
    assert survived
