"""Which backups stay and which go."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core import clock
from store.backup import manifest_path
from store.backup_folder import BackupFolder, Rotation, StoredBackup, to_remove
from tests.store.factories import AT, DAY

DATABASE = Path("mentions.db")


def nightly(days: int) -> list[StoredBackup]:
    """One at 02:10 of each of the last days, the oldest first."""
    return [StoredBackup(AT - number * DAY, Path(f"b{number}")) for number in range(days, -1, -1)]


def rotated(days: int, rotation: Rotation) -> list[int]:
    """After so many nights of rotation, how many days old each is that is still there."""
    there: list[StoredBackup] = []
    for backup in nightly(days):
        there = sorted([*there, backup])
        gone = to_remove(there, rotation, backup.created_at)
        there = [each for each in there if each not in gone]
    return [(AT - each.created_at).days for each in there]


def test_seven_days_and_four_weeks_stay_and_nothing_older_than_five_weeks() -> None:
    ages = rotated(400, Rotation())
    assert ages[-7:] == [6, 5, 4, 3, 2, 1, 0]
    assert 9 <= len(ages) <= 12
    assert max(ages) < 35
    weeks = {(AT - timedelta(days=age)).isocalendar()[:2] for age in ages}
    assert len(weeks) >= 4


def test_twelve_months_stay_where_the_longest_time_lets_them() -> None:
    ages = rotated(800, Rotation(monthly=12, longest=timedelta(days=366)))
    months = {(moment.year, moment.month) for moment in (AT - timedelta(days=age) for age in ages)}
    assert len(months) == 12
    assert max(ages) < 366


def test_the_newest_stays_though_it_is_too_old() -> None:
    old = [StoredBackup(AT - 90 * DAY, Path("a")), StoredBackup(AT - 80 * DAY, Path("b"))]
    assert to_remove(old, Rotation(), AT) == old[:1]
    assert to_remove([], Rotation(), AT) == []


def test_one_more_of_the_same_day_takes_none_of_that_day_away() -> None:
    hour = DAY / 24
    nights = [StoredBackup(AT - age * DAY, Path(f"night {age}")) for age in (2, 1, 0)]
    by_hand = [StoredBackup(AT + number * hour, Path(f"hand {number}")) for number in (1, 7, 9)]
    assert to_remove([*nights, *by_hand], Rotation(), AT + 9 * hour) == []
    gone = to_remove([*nights, *by_hand, StoredBackup(AT + DAY + hour, Path("next"))], Rotation(), AT + DAY + hour)  # fmt: skip
    assert [backup.path.name for backup in gone] == ["night 0", "hand 1"]


@given(
    st.lists(st.integers(0, 500), unique=True),
    st.integers(0, 10), st.integers(0, 10), st.integers(0, 12), st.integers(1, 400),
)  # fmt: skip
def test_no_backup_but_the_newest_outlives_the_longest_time(
    ages: list[int], daily: int, weekly: int, monthly: int, longest: int
) -> None:
    backups = sorted(StoredBackup(AT - age * DAY, Path(f"b{age}")) for age in ages)
    rotation = Rotation(
        daily=daily, weekly=weekly, monthly=monthly, longest=timedelta(days=longest)
    )
    staying = [each for each in backups if each not in to_remove(backups, rotation, AT)]
    assert staying[-1:] == backups[-1:]
    assert all(each.created_at > AT - rotation.longest for each in staying[:-1])
    assert len(staying) <= daily + weekly + monthly + 1


def test_names_sort_and_are_read_again_and_none_is_given_twice(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path, DATABASE)
    at = datetime(
        2026, 10, 25, 0, 30, 1, tzinfo=AT.tzinfo
    )  # in the hour that comes twice in the UK
    for moment, why in ((at, ""), (at, ""), (at + timedelta(hours=1), "before-upgrade")):
        folder.new_path(moment, why).touch()
    for other in (
        "mentions-yesterday.backup",
        "letters-20261025T003001Z.backup",
        "mentions.db.ledger",
        "mentions-99999999T999999Z.backup",
    ):
        (tmp_path / other).touch()
    assert [backup.path.name for backup in folder.all()] == [
        "mentions-20261025T003001Z-2.backup", "mentions-20261025T003001Z.backup", "mentions-20261025T013001Z-before-upgrade.backup",
    ]  # fmt: skip
    assert {backup.created_at for backup in folder.all()} == {at, at + timedelta(hours=1)}


def test_what_goes_goes_with_its_manifest_and_the_ledger_stays(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path, DATABASE)
    for age in (60, 1):
        place = folder.new_path(AT - age * DAY)
        place.touch()
        manifest_path(place).touch()
    (tmp_path / "mentions.db.ledger").touch()
    (tmp_path / "mentions-my-own-copy.backup").touch()
    assert folder.rotate(Rotation(), AT) == [f"mentions-{clock.stamp(AT - 60 * DAY)}.backup"]
    stay = f"mentions-{clock.stamp(AT - DAY)}.backup"
    assert {file.name for file in tmp_path.iterdir()} == {
        stay, f"{stay}.json", "mentions.db.ledger", "mentions-my-own-copy.backup",
    }  # fmt: skip


def test_no_folder_holds_no_backup(tmp_path: Path) -> None:
    assert BackupFolder(tmp_path / "none", DATABASE).newest() is None


def test_what_a_clock_that_was_ahead_dated_is_neither_the_newest_nor_kept(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path, Path("mentions.db"))
    ahead, right = folder.new_path(AT + 400 * DAY), folder.new_path(AT)
    ahead.touch()
    only = folder.newest(AT)
    assert only is not None
    assert only.path == ahead
    assert folder.rotate(Rotation(), AT) == []
    right.touch()
    newest = folder.newest(AT)
    assert newest is not None
    assert newest.path == right
    assert folder.rotate(Rotation(), AT) == [ahead.name]
    assert not ahead.exists()
