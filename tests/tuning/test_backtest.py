"""What a changed policy or model would have done, with the shipped model and a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from classify.classifier import Classifier
from classify.inputs import Known
from classify.policy import schema
from classify.policy.schema import rewritten
from core.models import LOOKS_LIKE
from steps.context import RunContext
from tests.conftest import Command
from tests.cycles import at_home
from tests.decisions import AT, CALM, THREAT, found, post, reader, settled
from tests.fakes import FakeModel, Told
from tuning import backtest

SHIPPED = (schema.HERE / "policy.toml").read_text("utf-8")
RULES = schema.load()
RUDE = {"rude": {"derogatory": 0.5, "target.organisation": 0.9}}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return settled(tmp_path)


@pytest.fixture
def home(made: Path) -> Iterator[tuple[RunContext, Told]]:
    with at_home(made) as opened:
        yield opened


def with_thresholds(**thresholds: float) -> schema.Policy:
    flags = {
        name: rule.model_copy(update={"threshold": thresholds.get(name, rule.threshold)})
        for name, rule in RULES.flags.items()
    }
    return RULES.model_copy(update={"version": "new", "flags": flags})


def test_a_higher_threshold_loses_flags_and_a_lower_one_gains_them(
    home: tuple[RunContext, Told],
) -> None:
    house, _ = home
    model = FakeModel(says=RUDE)
    found(house, *[post(n, f"rude at the clinic, number {n}") for n in range(1, 4)], post(4, CALM))
    now = Classifier(Known(), model)
    lost = backtest.backtest(house, now, now, with_thresholds(derogatory=0.6), AT, 30)
    assert lost.counted["derogatory"] == {"now": 3, "lost": 3}
    assert dict(lost.moved) == {("medium", "none"): [1, 2, 3]}
    assert (lost.mentions, lost.to_read) == (4, {"now": 3, "then": 0})
    # each was read once for both
    assert len(model.read) == 4
    strict = Classifier(Known(), model, rules=with_thresholds(derogatory=0.6))
    gained = backtest.backtest(house, strict, strict, RULES, AT, 30)
    assert gained.counted["derogatory"] == {"then": 3, "gained": 3}
    assert dict(gained.moved) == {("none", "medium"): [1, 2, 3]}


def test_risk_is_told_by_the_table_of_each_policy(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, post(1, "rude at the clinic"))
    rude = RULES.flags["derogatory"].model_copy(update={"gravity": "high"})
    graver = RULES.model_copy(update={"flags": {**RULES.flags, "derogatory": rude}})
    now = Classifier(Known(), FakeModel(says=RUDE))
    told = backtest.backtest(house, now, now, graver, AT, 30)
    assert dict(told.moved) == {("medium", "high"): [1]}
    assert "no flag would have changed" in list(told.lines())


def test_another_model_is_held_to_the_same_mentions(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, post(1, "rude at the clinic"), post(2, "a brick at the clinic"))
    now = Classifier(Known(), FakeModel(says=RUDE))
    then = Classifier(Known(), FakeModel(says={"brick": {"threat": 0.9}}, version="fake-2"))
    told = list(backtest.backtest(house, now, then, RULES, AT, 30).lines())
    assert told[:2] == ["now:  policy 2026.8, model fake-1", "then: policy 2026.8, model fake-2"]
    assert "risk: 1 up, 1 down" in told
    assert "  none to high, 1: 2" in told
    assert "  medium to none, 1: 1" in told
    assert re.search(r"^threat +0 +1 +1 +0$", "\n".join(told), re.M)


def test_only_the_last_days_count_and_what_is_gone_does_not(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    old = post(1, "rude", posted_at=AT - timedelta(days=9))
    found(house, old, post(2, "rude too"), post(3, "rude as well"))
    house.store.mentions.mark_gone([("bluesky", "at://3", "deleted")], at=AT)
    now = Classifier(Known(), FakeModel(says=RUDE))
    assert backtest.backtest(house, now, now, RULES, AT, 7).mentions == 1
    assert backtest.backtest(house, now, now, RULES, AT, 30).mentions == 2


def test_reach_and_what_profiles_showed_count_as_they_do_in_a_run(
    home: tuple[RunContext, Told],
) -> None:
    house, _ = home
    wide = post(1, "rude at the clinic", metrics={"shares": 500})
    like = post(2, CALM, matched=(f"{LOOKS_LIKE}NHS North West London",))
    found(house, wide, like)
    now = Classifier(Known(), FakeModel(says=RUDE))
    told = backtest.backtest(house, now, now, with_thresholds(derogatory=0.6), AT, 30)
    assert dict(told.moved) == {("high", "none"): [1]}
    assert told.counted["impersonation"] == {"now": 1, "then": 1}


def test_a_mention_that_cannot_be_read_costs_only_itself(home: tuple[RunContext, Told]) -> None:
    house, told = home

    class Stumbling(FakeModel):
        def _score(self, text: str):  # type: ignore[no-untyped-def]
            if "marigold" in text:
                raise ValueError(text)
            return super()._score(text)

    found(house, post(1, "rude marigold"), post(2, "rude rose"))
    now = Classifier(Known(), Stumbling(says=RUDE))
    assert backtest.backtest(house, now, now, RULES, AT, 30).mentions == 1
    assert "mention 1" in told.failures[0]
    assert "marigold" not in "".join(told)


def test_long_lists_of_numbers_are_cut_and_say_so(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, *[post(n, f"rude at clinic {n}") for n in range(1, 60)])
    now = Classifier(Known(), FakeModel(says=RUDE))
    lines = list(
        backtest.backtest(house, now, now, with_thresholds(derogatory=0.6), AT, 30).lines()
    )
    assert lines[-1].startswith("  medium to none, 59: 1 2 3 ")
    assert lines[-1].endswith(" 40 and 19 more")


# ── mentions policy diff ─────────────────────────────────────────────────────────────────────────


def test_the_command_shows_counts_and_numbers_and_no_words(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        found(house, post(1, THREAT), post(2, CALM))
        reader(house)
        before = house.store.figures.row_counts()
    new = made.parent / "new.toml"
    new.write_text(rewritten(SHIPPED, {"threat": 0.99999}, "2026.8"), "utf-8")
    result = mentions("policy", "diff", new, "--config", made)
    assert result.exit_code == 0, result.stderr
    assert "then: policy 2026.8" in result.stdout
    assert re.search(r"^threat +1 +0 +0 +1$", result.stdout, re.M)
    assert re.search(r"^  high to \w+, 1: 1$", result.stdout, re.M)
    assert "read 2 mentions" in result.stderr
    assert not re.search("fist|window|leaflet", result.output)
    with at_home(made) as (house, _):
        assert house.store.figures.row_counts() == before


def test_a_policy_that_changes_nothing_says_so(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        found(house, post(1, THREAT))
    same = made.parent / "same.toml"
    same.write_text(rewritten(SHIPPED, {}, "2026.8"), "utf-8")
    result = mentions("policy", "diff", same, "--config", made)
    assert "no flag would have changed" in result.stdout
    assert "no risk would have changed" in result.stdout


def test_an_empty_month_and_wrong_use_are_told(made: Path, mentions: Command) -> None:
    with at_home(made):
        pass
    new = made.parent / "new.toml"
    new.write_text(SHIPPED, "utf-8")
    assert "nothing that is still held" in mentions("policy", "diff", new, "--config", made).stdout
    neither = mentions("policy", "diff", "--config", made)
    assert neither.exit_code == 2
    assert "--model" in neither.stderr
    other_flags = made.parent / "other.toml"
    other_flags.write_text(SHIPPED.replace("[flags.brand]", "[flags.logo]"), "utf-8")
    with at_home(made) as (house, _):
        found(house, post(1, THREAT), post(2, CALM))
    wrong = mentions("policy", "diff", other_flags, "--config", made)
    assert wrong.exit_code == 1
    assert wrong.stderr.count("different flags (brand, logo)") == 1  # once, not of each mention
    assert wrong.stdout == ""


def test_a_policy_that_kept_its_version_is_told(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        found(house, post(1, THREAT))
    new = made.parent / "new.toml"
    new.write_text(rewritten(SHIPPED, {"threat": 0.99999}, RULES.version), "utf-8")
    assert "one version" in mentions("policy", "diff", new, "--config", made).stdout
    new.write_text(SHIPPED, "utf-8")
    assert "one version" not in mentions("policy", "diff", new, "--config", made).stdout


def test_a_day_s_share_is_told_over_the_days_that_are_held(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    old = post(1, "rude", posted_at=AT - timedelta(days=3, hours=2))
    found(house, old, post(2, "rude too"), post(3, "rude as well"), post(4, "rude again"))
    now = Classifier(Known(), FakeModel(says=RUDE))
    told = list(backtest.backtest(house, now, now, RULES, AT, 30).lines())
    assert "4 mentions of the last 30 days that are still held, the oldest 4 days old" in told
    assert "to read: 1.0 a day now, 1.0 then" in told
    told = list(backtest.backtest(house, now, now, RULES, AT, 2).lines())
    assert "3 mentions of the last 2 days that are still held, the oldest 1 days old" in told


def test_optional_rules_count_too(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, post(1, "https://example.org/news NHS North West London opens a hub in Harrow"))
    hub = {"hub": {"staff.icb": 0.99, "staff.no": 0.0, "in_scope": 0.99}}
    now = Classifier(Known(), FakeModel(says=hub))
    shares = RULES.flags["headline_share"].model_copy(update={"on": True})
    rules = RULES.model_copy(update={"flags": {**RULES.flags, "headline_share": shares}})
    told = list(backtest.backtest(house, now, now, rules, AT, 30).lines())
    assert any(line.startswith("headline_share ") for line in told)
