"""The jobs of several organisations: each at its own times, none held up by another."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.errors import ConfigError, StoreError
from settings.organisations import Member
from settings.schema import Schedule
from steps.due_times import PUNCTUAL
from steps.missed_jobs import Job
from steps.several import SeveralSchedules
from tests.waits import finish, until


class Ran:
    """Jobs that note that they ran, by organisation."""

    def __init__(self, folder: Path, *slugs: str, work: dict[tuple[str, str], Job] | None = None):
        self.members = [_member(folder, slug) for slug in slugs]
        self.counts: Counter[tuple[str, str]] = Counter()
        self.work = work or {}
        self.owed: dict[str, list[str]] = {}
        self.after: dict[str, Callable[..., None]] = {}
        self.follows: dict[str, Callable[[Schedule], None]] = {}
        self.asked_what_is_owed: Counter[str] = Counter()

    def jobs(self, path: Path, follow: Any, after: Any) -> dict[str, Job]:
        slug = path.parent.name
        self.after[slug], self.follows[slug] = after, follow

        def job(name: str) -> Job:
            def run() -> None:
                self.counts[slug, name] += 1
                self.work.get((slug, name), lambda: None)()

            return run

        return {name: job(name) for name in ("cycle", "deliver", "reports", *PUNCTUAL)}

    def owes(self, path: Path, at: datetime) -> list[str]:
        self.asked_what_is_owed[path.parent.name] += 1
        return self.owed.get(path.parent.name, [])

    def schedules(self, at_once: int = 2) -> SeveralSchedules:
        return SeveralSchedules(lambda: self.members, self.jobs, self.owes, at_once=at_once)


def _member(folder: Path, slug: str, wrong: str = "") -> Member:
    (folder / slug).mkdir(exist_ok=True)
    (folder / slug / "mentions.db").write_bytes(b"as it was")
    return Member(
        slug=slug,
        path=folder / slug / "site.toml",
        wrong=wrong,
        values={"store.path": "mentions.db"},
    )


class Standing:
    """A timetable that runs in a thread until the end of a `with`."""

    def __init__(self, schedules: SeveralSchedules):
        self.schedules = schedules
        self.thread = threading.Thread(target=schedules.start, daemon=True)

    def __enter__(self) -> SeveralSchedules:
        self.thread.start()
        until(lambda: self.schedules.scheduler.running, "the timetable")
        return self.schedules

    def __exit__(self, *_: object) -> None:
        self.schedules.scheduler.shutdown(wait=False)
        finish([self.thread], seconds=10)


def run(schedules: SeveralSchedules, slug: str, name: str) -> None:
    """Runs a job as the scheduler would."""
    schedules.scheduler.get_job(f"{slug} {name}").func()


def test_each_organisation_has_its_cycle_and_its_mails_at_the_start(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "brent", "ealing")
    with Standing(ran.schedules()):
        wanted = {(slug, name) for slug in ("brent", "ealing") for name in ("cycle", "deliver")}
        until(lambda: wanted <= set(ran.counts), "all of them")


def _wait(going_on: threading.Event) -> None:
    going_on.wait(30)


def test_one_that_hangs_holds_up_no_other_and_nobodys_mails(tmp_path: Path) -> None:
    going_on = threading.Event()
    ran = Ran(
        tmp_path,
        "brent",
        "ealing",
        "harrow",
        work={("brent", "cycle"): lambda: _wait(going_on)},
    )
    with Standing(ran.schedules()):
        wanted = {("ealing", "cycle"), ("harrow", "cycle"), ("brent", "deliver")}
        until(lambda: wanted <= set(ran.counts), "the others")
        going_on.set()


def failing() -> None:
    raise StoreError("the disk is full")


def a_bug() -> None:
    raise KeyError("a post's words")


@pytest.mark.parametrize("work", [failing, a_bug])
def test_one_that_fails_is_tried_again_and_the_others_go_on(tmp_path: Path, work: Job) -> None:
    ran = Ran(tmp_path, "brent", "ealing", work={("brent", "cycle"): work})
    schedules = ran.schedules()
    schedules.look()
    run(schedules, "brent", "cycle")
    run(schedules, "ealing", "cycle")
    assert ran.counts == {("brent", "cycle"): 1, ("ealing", "cycle"): 1}


def test_no_two_jobs_of_one_organisation_run_at_once(tmp_path: Path) -> None:
    began, going_on = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        going_on.wait(30)

    ran = Ran(tmp_path, "brent", "ealing", work={("brent", "cycle"): slow})
    with Standing(ran.schedules()) as schedules:
        assert began.wait(30)
        before = clock.now()
        run(schedules, "brent", "purge")
        assert ("brent", "purge") not in ran.counts
        again = schedules.scheduler.get_job("brent purge").next_run_time
        assert before < again <= clock.now() + timedelta(minutes=1)
        run(schedules, "ealing", "purge")
        assert ran.counts["ealing", "purge"] == 1
        going_on.set()


def test_nothing_is_asked_each_minute_where_nothing_was_stored_and_nothing_waits(
    tmp_path: Path,
) -> None:
    ran = Ran(tmp_path, "brent")
    schedules = ran.schedules()
    schedules.look()
    run(schedules, "brent", "deliver")
    run(schedules, "brent", "deliver")
    assert ran.counts["brent", "deliver"] == 2  # something may wait: nobody has said otherwise
    ran.after["brent"].__self__._waits = False  # type: ignore[attr-defined]
    run(schedules, "brent", "deliver")
    assert ran.counts["brent", "deliver"] == 2
    (tmp_path / "brent/mentions.db-wal").write_bytes(b"somebody decided")
    run(schedules, "brent", "deliver")
    assert ran.counts["brent", "deliver"] == 3


def test_what_is_owed_is_made_up_for_and_asked_again_only_once_it_can_have_changed(
    tmp_path: Path,
) -> None:
    ran = Ran(tmp_path, "brent")
    ran.owed = {"brent": ["backup"]}
    schedules = ran.schedules()
    schedules.look()
    run(schedules, "brent", "missed")
    run(schedules, "brent", "missed")
    assert ran.counts["brent", "backup"] == 1
    assert ran.asked_what_is_owed["brent"] == 1


def test_what_failed_is_asked_for_again_each_minute(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "brent", work={("brent", "backup"): failing})
    ran.owed = {"brent": ["backup"]}
    schedules = ran.schedules()
    schedules.look()
    for _ in range(3):
        run(schedules, "brent", "missed")
    assert ran.asked_what_is_owed["brent"] == 3


def test_organisations_come_and_go_while_it_runs_and_what_is_wrong_is_named_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Ran(tmp_path, "brent", "ealing")
    schedules = ran.schedules()
    schedules.look()
    ran.members = [
        _member(tmp_path, "ealing", "its key is missing"),
        _member(tmp_path, "harrow"),
    ]
    schedules.look()
    schedules.look()
    assert schedules.running == ("harrow",)
    assert schedules.scheduler.get_job("brent cycle") is None
    assert capsys.readouterr().err.count("its key is missing") == 1
    ran.members = [_member(tmp_path, "ealing")]
    schedules.look()
    assert schedules.running == ("ealing",)


def test_a_list_that_cannot_be_read_leaves_what_runs(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "brent")
    schedules = ran.schedules()
    schedules.look()
    schedules._listed = unreadable
    schedules.look()
    assert schedules.running == ("brent",)


def unreadable() -> list[Member]:
    raise ConfigError("site.toml line 1: no table")


def test_changed_times_move_that_organisations_jobs_alone(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "brent", "ealing")
    schedules = ran.schedules()
    schedules.look()
    ran.follows["brent"](Schedule(backup_at="05:05"))
    shown = {
        slug: str(schedules.scheduler.get_job(f"{slug} backup").trigger)
        for slug in ("brent", "ealing")
    }
    assert "hour='5', minute='5'" in shown["brent"]
    assert "hour='5', minute='5'" not in shown["ealing"]
