from __future__ import annotations

from pathlib import Path

import pytest

from collectors.registry import Sources
from core import clock
from core.errors import ConfigError
from demo.world import World
from settings import overrides, schema
from settings.schema import Rule
from settings.secrets import Secrets
from settings.sections import Section
from steps import assess, match_rules
from tests.conftest import Command
from tests.cycles import SHIPPED, at_home, changed, collected, settled, walk
from tests.fakes import reader
from tests.store.factories import mention as store_mention

RULES = [
    {"name": "queues", "rule": "(wait* OR queue*) NOT weight"},
    {"name": "tagged", "rule": "@HealthierNWL"},
]


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("x", "files"))
    changed(path, rules=RULES)  # type: ignore[arg-type]
    return path


def test_the_rule_that_matched_is_kept_with_the_mention(made: Path) -> None:
    collected(made)
    with at_home(made) as (house, _):
        kept = [
            stored.mention
            for batch in house.store.mentions.posted_since(clock.parse("2000-01-01T00:00:00Z"))
            for stored in batch
        ]
    waits = [mention for mention in kept if "rule: queues" in mention.matched]
    assert waits
    assert all("wait" in m.text.casefold() or "queue" in m.text.casefold() for m in waits)
    assert any("rule: tagged" in mention.matched for mention in kept)
    assert len(waits) < len(kept)


def test_the_lint_says_what_a_rule_means_and_what_it_would_have_matched(
    made: Path, mentions: Command
) -> None:
    walk(made)
    result = mentions("rules", "--config", made)
    assert result.exit_code == 0, result.output
    assert "queues: (wait* OR queue*) NOT weight" in result.stdout
    assert "means: (either a word that begins with “wait”" in result.stdout
    assert "would have matched" in result.stdout
    assert result.stdout.count("    ") >= 3  # examples


def test_a_rule_can_be_tried_before_it_is_written_down(made: Path, mentions: Command) -> None:
    walk(made)
    result = mentions("rules", "--config", made, "--rule", "hospital and -parking", "--days", "7")
    assert result.exit_code == 0, result.output
    assert "doubt: “and” in small letters" in result.stdout
    wrong = mentions("rules", "--config", made, "--rule", "(hospital")
    assert wrong.exit_code == 1
    assert "never closed" in wrong.stderr


def test_trying_a_rule_leaves_an_event_without_its_words(made: Path, mentions: Command) -> None:
    walk(made)
    mentions("rules", "--config", made, "--rule", '"Zanzibarquux Example"')
    with at_home(made) as (house, _):
        event = house.store.audit.events()[-1]
    assert (event.kind, dict(event.about)) == ("rules tried", {"rules": 1, "found": 0})


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ('"Priya Raman" AND NHS', "looks like a person’s name"),
        ("#PriyaRaman", "looks like a person’s name"),
        ("@zedstaff", "stands in no register"),
        ("from:zedstaff", "stands in no register"),
        ("union OR unison", "what staff say of unions"),
    ],
)
def test_a_rule_that_the_page_refuses_is_not_tried_either(
    made: Path, mentions: Command, rule: str, why: str
) -> None:
    result = mentions("rules", "--config", made, "--rule", rule)
    assert "this rule: not tried. " in result.stdout
    assert why in result.stdout
    assert "would have matched" not in result.stdout


def test_an_example_cannot_steer_a_terminal(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        at = clock.now()
        sly = store_mention(text="hospital \x1b[2J gone", posted_at=at, fetched_at=at)
        house.store.mentions.add_run("x", [sly], since=at, at=at)
        assess.assess(house.new_run(at), reader())
    result = mentions("rules", "--config", made, "--rule", "hospital")
    assert "hospital" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([{"name": "a", "rule": "NOT x"}], "rules, entry 1, rule: character 1: NOT alone"),
        ([{"name": "a", "rule": "x"}, {"name": "a", "rule": "y"}], "two have the same name"),
        ([{"name": "a"}], "rules, entry 1, rule: missing"),
    ],
)
def test_a_wrong_rule_stops_the_run_by_name(made: Path, rules: list[object], why: str) -> None:
    changed(made, rules=rules)  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as raised:
        schema.load(made)
    assert why in str(raised.value)


def test_mentions_that_match_nothing_stay_as_they_are() -> None:
    ready = match_rules.matcher([Rule(name="a", rule="word")])
    assert match_rules.matched(ready, []) == []


def test_a_day_of_the_configuration_begins_at_midnight_in_the_uk() -> None:
    shipped = schema.load(SHIPPED)
    organisation = overrides.as_json(shipped)["organisation"]
    first = {"from": "2026-07-01", "until": None}
    organisation["names"].append({"name": "Quillback Health", "search": True, **first})
    organisation["campaigns"] = [{"name": "summer", "rule": "hay* AND fever", **first}]
    cfg = overrides.with_content(
        shipped, Section(key="", title="", about="", heading="", keys=("organisation",)),
        {"organisation": organisation},
    )  # fmt: skip
    midnight = clock.parse("2026-06-30T23:00:00Z")  # of 1 July, while summer time is on
    for at, holds in ((midnight - clock.INSTANT, False), (midnight, True)):
        assert ("campaign: summer" in match_rules.of_today(cfg, at).rules) == holds
        today = schema.today(cfg.organisation, clock.local_day(at))
        news = Sources(cfg, Secrets(SHIPPED.parent), today=today, at=at).make("gdelt")
        assert ("Quillback Health" in news.terms) == holds  # type: ignore[attr-defined]
