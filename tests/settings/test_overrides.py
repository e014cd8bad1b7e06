"""What was set up in the page holds over config.toml wherever the program goes by it, and can't stop it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import pipeline
from classify.policy import schema as policy_schema
from core import clock
from core.errors import ConfigError
from core.models import Mention
from demo.world import World
from review.moderation.platforms import Platforms
from review.setup.changes import Setup
from settings import overrides, schema, sections
from settings.overrides import apply_overrides, with_content
from settings.schema import Config, Schedule
from settings.sections import SECTIONS
from steps import assess, deliver, group, match_rules
from steps import scheduler as steps_scheduler
from steps.context import open_context
from steps.effective import check_sources_and_rules, without_unusable_settings
from tests.conftest import Command
from tests.cycles import SHIPPED, at_home, collected, settled, walk
from tests.decisions import settled as alone
from tests.fakes import Told
from tests.review.factories import here
from tests.steps.test_deliver import become_high, mention
from tests.steps.test_moderate import comment

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEYS = [key for section in SECTIONS for key in section.keys]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return alone(tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Config:
    return schema.load(SHIPPED)


def save(path: Path, key: str, content: dict[str, Any] | None) -> None:
    """A change in the page, whatever it holds."""
    with at_home(path) as (house, _):
        history = house.store.settings.history(key)
        version = history[0].version if history else 0
        assert house.store.settings.save(key, content, version, at=clock.now(), who="Bea Whitlock")


# ── the sections ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.key)
def test_what_a_section_holds_is_the_configuration_that_it_came_from(
    shipped: Config, section: sections.Section
) -> None:
    held = sections.content(overrides.as_json(shipped), section)
    assert list(held) == list(section.keys)
    assert with_content(shipped, section, held) == shipped


def test_no_section_holds_a_secret_a_server_or_where_data_is_kept() -> None:
    for key in KEYS:
        assert not key.startswith(
            ("collectors", "store", "alerts.mail", "http", "classifier", "retention", "review.oidc",
             "review.port", "review.public_url", "reports.folder", "schedule.purge_at", "branding")
        ), key  # fmt: skip


def test_no_key_is_in_two_sections() -> None:
    assert len(KEYS) == len(set(KEYS))


# ── laying one over the other ────────────────────────────────────────────────────────────────────


def test_nothing_in_the_page_leaves_the_file_as_it_is(shipped: Config) -> None:
    assert apply_overrides(shipped, {}).config is shipped


def test_a_section_of_the_page_is_in_force_and_the_rest_is_the_files(made: Path) -> None:
    save(made, "names", {"organisation.topics": ["kingfisher"]})
    save(made, "clocks", {"review.lanes.now_hours": 2})
    with at_home(made) as (house, told):
        assert house.config.organisation.topics == ("kingfisher",)
        assert house.config.review.lanes.now_hours == 2
        assert house.config.review.lanes.look_working_days == 2
        assert house.config.organisation.names == schema.load(made).organisation.names
        assert house.store.deadlines.due_by("now", AT) == AT + timedelta(hours=2)
    assert not told.failures


def test_going_back_to_the_file_makes_it_the_files(made: Path) -> None:
    save(made, "names", {"organisation.topics": ["kingfisher"]})
    save(made, "names", None)
    with at_home(made) as (house, _):
        assert house.config == schema.load(made)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"organisation.names": []}, "organisation.names"),
    ({"organisation.names": [{"name": "Kingfisher", "colour": "blue"}]}, "unknown key"),
    ({"organisation.gone": []}, "not a setting of this section any more"),
    ({"organisation.topics": "text"}, "organisation.topics"),
]


@pytest.mark.parametrize(("content", "why"), WRONG)
def test_a_section_that_does_not_fit_is_named_and_the_files_is_used(
    made: Path, content: dict[str, Any], why: str
) -> None:
    save(made, "clocks", {"review.lanes.now_hours": 2})
    save(made, "names", content)
    with at_home(made) as (house, told):
        assert house.config.organisation == schema.load(made).organisation
        assert house.config.review.lanes.now_hours == 2, "the others hold all the same"
    assert any("'names'" in line and why in line for line in told.failures)


def test_check_says_what_does_not_fit_and_looks_at_what_is_in_force(
    made: Path, mentions: Command
) -> None:
    save(made, "names", {"organisation.names": []})
    save(made, "recipients", {"alerts.on": True, "alerts.to": ["press@example.org"]})
    checked = mentions("check", "--offline", "--config", made)
    assert (
        "MISSING  set up in the page: what was set up in the page under 'names'" in checked.stdout
    )
    assert "`mentions config reset names`" in checked.stdout
    assert "ok       alerts: to 1 address" in checked.stdout


def test_a_section_that_this_program_does_not_know_is_left_alone(made: Path) -> None:
    save(made, "colours", {"colours": 3})
    with at_home(made) as (house, told):
        assert house.config == schema.load(made)
    assert not told.failures


def test_what_stops_a_source_is_left_out_and_the_cycle_goes_on(calm: World, tmp_path: Path) -> None:
    path = settled(tmp_path, calm, only=("facebook", "files"))
    save(path, "accounts", {"organisation.accounts": []})  # its page stands in the register
    save(path, "clocks", {"review.lanes.now_hours": 2})
    with at_home(path) as (house, told):
        with pytest.raises(ConfigError):
            check_sources_and_rules(house.config, house.folder, house.tokens(), clock.now())
        ready = without_unusable_settings(house.new_run(clock.now()))
        assert ready.config.organisation.accounts
        assert ready.config.review.lanes.now_hours == 2
    assert [line for line in told.failures if "'accounts'" in line]


@pytest.fixture
def unfollowed(calm: World, tmp_path: Path) -> Path:
    """A file that reads an account which the page's register lacks."""
    path = settled(tmp_path, calm, only=("facebook", "files"))
    collected(path)
    save(path, "accounts", {"organisation.accounts": []})
    return path


@pytest.mark.parametrize("command", ["recheck", "accounts"])
def test_what_stops_a_source_stops_no_command(
    unfollowed: Path, mentions: Command, command: str
) -> None:
    done = mentions(command, "--config", unfollowed)
    assert "under 'accounts' does not fit and config.toml's is used" in done.output
    assert "done, but 1 failed" in done.output


def test_what_stops_a_source_is_named_where_settings_are_shown(
    unfollowed: Path, mentions: Command
) -> None:
    shown = mentions("config", "show", "--config", unfollowed, "--section", "accounts").stdout
    assert "from config.toml: the page's version 1, Bea Whitlock" in shown
    assert "does not fit: [collectors.facebook]" in shown
    assert "healthiernwl" in shown.casefold()
    setup = Setup(schema.load(unfollowed), unfollowed.parent, policy_schema.load(), here)
    with at_home(unfollowed) as (house, _):
        standing = setup.standing(house.store)["accounts"]
        assert "[collectors.facebook]" in standing.fault
        assert not standing.from_page
        assert setup.checked(house.store, "accounts", standing.content, clock.now()).faults == {}


def test_what_stops_a_source_stops_nobody_from_hiding_a_comment(unfollowed: Path) -> None:
    with at_home(unfollowed) as (house, _):
        number = comment(house)
    offers = Platforms(schema.load(unfollowed), unfollowed.parent).offers
    assert [one.name for one in offers(number, clock.now()).steps] == ["hide", "delete"]


def test_where_the_file_itself_is_wrong_the_page_is_not_blamed(shipped: Config) -> None:
    def check(cfg: Config) -> None:
        raise ConfigError("collectors.x: wrong")

    with pytest.raises(ConfigError, match=r"collectors\.x"):
        overrides.without_unusable(apply_overrides(shipped, {}), check)


# ── the way goes by it ───────────────────────────────────────────────────────────────────────────


def kept(path: Path) -> list[Mention]:
    with at_home(path) as (house, _):
        return [
            stored.mention
            for batch in house.store.mentions.posted_since(clock.parse("2000-01-01T00:00:00Z"))
            for stored in batch
        ]


def test_a_cycle_uses_a_term_and_a_rule_that_were_added_in_the_page(
    calm: World, tmp_path: Path
) -> None:
    path = settled(tmp_path, calm, only=("bluesky", "files"))
    assert "hospital" not in schema.load(path).organisation.topics
    save(path, "names", {"organisation.topics": ["hospital"]})
    save(path, "rules", {"rules": [{"name": "waits", "rule": "wait* OR queue* OR hospital"}]})
    collected(path)
    found = [mention for mention in kept(path) if "hospital" in mention.matched]
    assert found
    assert any("rule: waits" in mention.matched for mention in found)


@pytest.mark.parametrize("set_up", [False, True])
def test_contact_points_places_and_campaigns_of_the_page_reach_the_steps(
    calm: World, tmp_path: Path, set_up: bool
) -> None:
    path = settled(tmp_path, calm, only=("files",))
    if set_up:
        desk = {"name": "Kingfisher desk", "phones": ["07700 900555"]}
        save(path, "contacts", {"organisation.contacts": [desk]})
        green = {"name": "Kingfisher Green", "aliases": []}
        save(path, "places", {"organisation.places": [green]})
        winter = {"name": "winter", "rule": "kingfisher AND jab*"}
        save(path, "campaigns", {"organisation.campaigns": [winter]})
    at = clock.now()
    words = "NHS North West London, I know where your staff park at Kingfisher Green and I will stab one tonight, ring 07700 900555 about jabs"
    with at_home(path) as (house, _):
        found = match_rules.matched(
            match_rules.of_today(house.config, at), [mention(1, text=words)]
        )
        house.store.mentions.add_run("x", found, since=at, at=at)
        assess.assess(house.new_run(at), assess.classifier(house.new_run(at)))
        group.group(house.new_run(at))
        item = house.store.figures.item(1)
        assert item is not None
        assert ("07700 900555" in item.masked) == set_up
        assert ("campaign: winter" in item.matched) == set_up
        assert house.store.cases.get(1) is not None
        assert ("Kingfisher Green" in house.store.cases.places(1)) == set_up


def test_recipients_of_the_page_get_the_alert(calm: World, tmp_path: Path) -> None:
    path = settled(tmp_path, calm, only=("files",))
    save(path, "recipients", {"alerts.to": ["press@example.org"]})
    with at_home(path) as (house, _):
        become_high(house, mention(1))
        deliver.deliver(house, clock.now())
    (letter,) = calm.mail.messages
    assert letter["To"] == "press@example.org"


def test_each_job_tells_which_times_are_in_force(made: Path) -> None:
    save(made, "times", {"schedule.daily_at": "06:30"})
    seen: list[Schedule] = []
    pipeline.jobs(made, seen.append)["deliver"]()
    assert [one.daily_at for one in seen] == ["06:30"]


class Scheduler:
    """What `Following` asks of a scheduler."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def reschedule_job(self, name: str, trigger: object) -> None:
        self.asked.append(("moved", f"{name} {trigger}"))

    def modify_job(self, name: str, next_run_time: datetime) -> None:
        self.asked.append(("due", name))


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        ("08:00", "10:00", []),  # at nine today's old time is past, the new one to come
        ("10:00", "08:00", [("due", "daily")]),  # else nothing would cover yesterday's ten to today's eight
        ("07:00", "08:00", [("due", "daily")]),
    ],
)  # fmt: skip
def test_a_changed_time_is_taken_without_a_restart_and_leaves_no_gap(
    before: str, after: str, due: list[tuple[str, str]]
) -> None:
    follow = steps_scheduler.Following(Schedule(daily_at=before))
    scheduler = Scheduler()
    follow.scheduler = scheduler
    follow(Schedule(daily_at=before), AT)
    assert scheduler.asked == []
    follow(Schedule(daily_at=after), AT)
    hour = int(after[:2])
    assert scheduler.asked == [("moved", f"daily cron[hour='{hour}', minute='0']"), *due]
    follow(Schedule(daily_at=after), AT)
    assert len(scheduler.asked) == 1 + len(due)


def test_before_there_is_a_scheduler_the_times_are_noted(made: Path) -> None:
    follow = steps_scheduler.Following(Schedule())
    follow(Schedule(weekly_on="fri"))
    assert follow.schedule.weekly_on == "fri"


def test_a_house_without_a_page_can_be_walked_all_the_same(calm: World, tmp_path: Path) -> None:
    path = settled(tmp_path, calm, only=("files",))
    told, _ = walk(path)
    assert not told.failures
    with open_context(path, Told()) as house:
        assert house.effective is not None
        assert not house.effective.from_page("names")
