"""Terms and rules are tried on the last month before they are kept, in masked words, by who is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from core.models import Staff
from core.worker import run_in_subprocess
from review.setup.changes import fault_of, tried_out
from settings import schema
from settings.overrides import with_content
from settings.schema import Config
from settings.sections import find
from steps import preview_search
from steps.context import RunContext
from steps.models import Preview, Trial
from tests.cycles import at_home
from tests.decisions import settled
from tests.store.factories import AT, DAY, add, assess_all, mention

SAID = [
    "The nurse at Kingfisher was kind", "Parking at Kingfisher is a joke", "Two nurses for forty beds",
    "Weighting for nothing", "We waited and waited",
]  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return settled(tmp_path)


@pytest.fixture
def house(made: Path) -> Iterator[RunContext]:
    with at_home(made) as (opened, _):
        add(opened.store, *(
            mention(n, text=text, text_raw=text, posted_at=AT - n * DAY, matched=(f"term {n % 2}",))
            for n, text in enumerate(SAID)
        ))  # fmt: skip
        assess_all(opened.store, masked="masked words")
        yield opened


def tried(
    house: RunContext,
    made: Path,
    key: str,
    before: dict[str, Any],
    after: dict[str, Any],
    **how: int,
) -> Preview:
    file = schema.load(made)
    section = find(key)
    assert section is not None

    def at(told: dict[str, Any]) -> Config:
        return with_content(file, section, told)

    return preview_search.preview(file, made.parent, key, at(before), at(after), AT, 7, **how)


def rules(**named: str) -> dict[str, Any]:
    return {"rules": [{"name": name, "rule": rule} for name, rule in named.items()]}


def by_name(found: Preview) -> dict[str, Trial]:
    return {one.name: one for one in found.trials}


def test_a_rule_says_what_it_adds_and_loses_against_the_one_in_force(
    house: RunContext, made: Path
) -> None:
    found = tried(house, made, "rules", rules(nurses="nurse"), rules(nurses="nurses OR parking"))
    (one,) = found.trials
    assert (found.total, found.looked, found.days) == (5, 5, 30)
    assert (one.matches, one.before, one.added, one.lost) == (2, 1, 2, 1)
    assert [(said, len(shown)) for said, shown in one.examples] == [
        ("It would find as well", 2), ("It would no longer find", 1),
    ]  # fmt: skip
    assert one.means == "either “nurses” or “parking”"


def test_examples_are_numbers_and_masked_words_alone(house: RunContext, made: Path) -> None:
    found = tried(house, made, "rules", rules(), rules(nurses="nurse*"))
    ((_, shown),) = by_name(found)["nurses"].examples
    assert {one.words for one in shown} == {"masked words"}
    assert {one.mention for one in shown} == {1, 3}


def test_a_rule_that_matches_nothing_or_half_of_everything_is_doubted(
    house: RunContext, made: Path
) -> None:
    more = [
        mention(n, text="kingfisher again", text_raw="kingfisher again", posted_at=AT - DAY)
        for n in range(10, 40)
    ]
    add(house.store, *more)
    found = by_name(
        tried(
            house,
            made,
            "rules",
            rules(),
            rules(none="zanzibarquux", half="kingfisher", some="nurse*"),
        )
    )
    assert "matches nothing" in " ".join(found["none"].doubts)
    assert "more than half" in " ".join(found["half"].doubts)
    assert found["some"].doubts == []


def test_a_rule_that_is_taken_out_says_what_is_lost(house: RunContext, made: Path) -> None:
    found = by_name(tried(house, made, "rules", rules(a="nurse*", b="wait*"), rules(a="nurse*")))
    assert (found["b"].written, found["b"].before, found["b"].lost) == ("", 1, 1)
    assert list(found) == ["b", "a"], "what changes comes first"


def test_campaigns_are_tried_alike(house: RunContext, made: Path) -> None:
    found = tried(
        house, made, "campaigns", {"organisation.campaigns": []},
        {"organisation.campaigns": [{"name": "Beds", "rule": "beds OR nurse*"}]},
    )  # fmt: skip
    assert [(one.name, one.matches) for one in found.trials] == [("Beds", 2)]


def test_a_term_says_where_it_stands_and_what_is_not_about_us(
    house: RunContext, made: Path
) -> None:
    for n in range(10, 40):
        text = f"kingfisher seen at the river {n}"
        add(house.store, mention(n, text=text, text_raw=text, posted_at=AT - DAY))
    assess_all(house.store, in_scope=False)
    found = tried(
        house, made, "names", {"organisation.topics": []}, {"organisation.topics": ["Kingfisher"]}
    )
    one = by_name(found)["Kingfisher"]
    assert (one.matches, found.total) == (32, 35)
    assert "most of what holds it is not about us" in one.doubts
    assert found.trials[0] is one, "what is new comes first"
    assert "it was found in nothing" in " ".join(by_name(found)["NWL ICB"].doubts)


def test_terms_that_go_say_what_only_they_had_found(house: RunContext, made: Path) -> None:
    before = {"organisation.topics": ["term 0", "term 1"]}
    assert tried(house, made, "names", before, {"organisation.topics": ["term 1"]}).lost == 3
    assert tried(house, made, "names", before, {"organisation.topics": []}).lost == 5
    assert tried(house, made, "names", before, before).lost == 0
    renamed = {"organisation.topics": ["Kingfisher"]}
    assert tried(house, made, "names", before, renamed).lost == 3, (
        "what it finds anew is not missed"
    )


def test_of_more_than_are_looked_at_counts_are_estimates(house: RunContext, made: Path) -> None:
    add(house.store, *(
        mention(n, text="nurse", text_raw="nurse", posted_at=AT - timedelta(hours=n)) for n in range(100, 195)
    ))  # fmt: skip
    found = tried(house, made, "rules", rules(), rules(nurses="nurse"), most=10)
    assert (found.total, found.looked) == (100, 10)
    assert 80 <= found.trials[0].matches <= 100


def test_who_tried_what_leaves_an_event_without_its_words(house: RunContext, made: Path) -> None:
    tried(house, made, "rules", rules(), rules(a="nurse*", b="zanzibarquux"))
    (event,) = (one for one in house.store.audit.events() if one.kind == "rules tried")
    assert dict(event.about) == {"rules": 2, "found": 2, "by": 7}


def test_where_nothing_is_held_nothing_is_claimed(made: Path) -> None:
    with at_home(made) as (empty, _):
        found = tried(empty, made, "rules", rules(), rules(a="nurse"))
    assert (found.total, found.looked, found.trials[0].matches) == (0, 0, 0)


def test_a_rule_that_can_not_be_read_is_named(house: RunContext, made: Path) -> None:
    file = schema.load(made)
    bad = file.model_copy(update={"rules": (schema.Rule.model_construct(name="a", rule="(nurse"),)})
    with pytest.raises(ConfigError, match="never closed"):
        preview_search.preview(file, made.parent, "rules", file, bad, AT, 7)


def test_it_is_done_in_another_process_and_what_is_wrong_comes_back(
    house: RunContext, made: Path
) -> None:
    file = schema.load(made)
    section = find("rules")
    assert section is not None
    after = with_content(file, section, rules(nurses="nurse*"))
    found = run_in_subprocess(tried_out, file, made.parent, "rules", file, after, AT, 7)
    assert [(one.name, one.matches) for one in found.trials] == [("nurses", 2)]
    accounts = with_content(
        file.model_copy(update={"collectors": {"facebook": {"on": "perhaps"}}}), section, rules()
    )
    assert "facebook" in run_in_subprocess(fault_of, file, accounts, made.parent, {}, AT)


@pytest.mark.parametrize("staff", ["icb", "nhs"])
def test_what_staff_wrote_is_no_example_and_in_no_count_whether_it_matches_or_not(
    house: RunContext, made: Path, staff: Staff
) -> None:
    without = tried(house, made, "rules", rules(), rules(nurses="nurse", none="zebra"))
    add(
        house.store, mention(77, text="Our band six nurse posts were cut again", posted_at=AT - DAY)
    )
    assess_all(house.store, staff=staff, masked="Our band six nurse posts were cut again")
    found = tried(house, made, "rules", rules(), rules(nurses="nurse", none="zebra"))
    assert (found.total, found.looked) == (without.total, without.looked)
    assert found.trials == without.trials
