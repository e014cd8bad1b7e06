"""Who is told of serious harm: safeguarding where somebody who lives may be in it still, PALS for the dead and for what is long past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.models import Flag, Harm
from review.desk.harm import is_over, needs_safeguarding, tells_of_harm
from review.desk.pass_on import right_one
from store import Item
from tests.review.conftest import House
from tests.review.factories import ALLEGATION, RUMOUR, case_of
from tests.review.pages import read

TYPES = {"safeguarding", "pals", "information_governance", "guardian", "media"}
POSTED = datetime(2026, 11, 20, 9, tzinfo=UTC)
OVER = (
    "They sent my father home with a clot in his lung. He died on Tuesday. I want to know who decided that.",
    "They left me four hours with no doctor and he died at six in the morning. Two years I was told nothing could have been done.",
    "My late husband lay on the floor of that ward",
    "She passed away with pressure sores to the bone",
    "The coroner said that they missed it",
    "We buried our daughter in May, and nobody wrote to us",
    "Ten years ago they took out the wrong kidney",
    "In 2019 my mother was left on the floor all night",
    "When I was a child I was abused on that ward",
)  # fmt: skip
LIVES = (
    "My aunt was on the floor of her room at [area] from Sunday night to Tuesday with a broken hip",
    "He nearly died of it, and nobody turned him",
    "It could have been worse: she might have died of those bed sores",
    "Her roommate died of it on Monday, and my mother is in the next bed",
    "He died of neglect there, and the others lie in their own dirt",
    "Ten years ago they did the same, and yesterday my dad was left on the floor",
    "In 2019 he was abused by a carer who still works there",
    "My mother, 80 years old, has bed sores down to the bone",
    "She died on Friday. Other residents are starving",
)  # fmt: skip


def told(house: House, words: str, *, harm: Harm | None = "serious", danger: bool = False) -> Item:
    item = house.store.cases.mentions(case_of(house.store, RUMOUR))[0].item
    flags = [Flag(name="allegation", score=0.9, clauses=(), target=(), harm=harm)]
    flags += [Flag(name="safeguarding", score=0.9, clauses=(), target=())] if danger else []
    return replace(item, masked=words, flags=tuple(flags), protected="complaint", staff="no", posted_at=POSTED)  # fmt: skip


@pytest.mark.parametrize("words", OVER)
def test_nobody_is_rung_for_the_dead_nor_for_what_is_long_past(house: House, words: str) -> None:
    item = told(house, words)
    assert (tells_of_harm(item), is_over(item), needs_safeguarding(item)) == (True, True, False)
    team = right_one(("allegation",), TYPES, speaks_up=False, serious=needs_safeguarding(item), wronged=True)  # fmt: skip
    assert team == "pals"


@pytest.mark.parametrize("words", LIVES)
def test_whoever_lives_is_for_safeguarding(house: House, words: str) -> None:
    assert needs_safeguarding(told(house, words))


@pytest.mark.parametrize("words", OVER)
def test_danger_to_somebody_who_lives_outranks_what_is_over(house: House, words: str) -> None:
    item = told(house, words, danger=True)
    assert not is_over(item)
    assert right_one(("safeguarding", "allegation"), TYPES, speaks_up=False) == "safeguarding"


def test_a_leak_is_for_information_governance_whatever_else_it_tells() -> None:
    flags = ("pid", "allegation")
    assert right_one(flags, TYPES, speaks_up=False, serious=True, leak=True) == "information_governance"  # fmt: skip
    assert right_one(flags, TYPES, speaks_up=False, serious=True) == "safeguarding"
    assert right_one(("safeguarding", *flags), TYPES, speaks_up=False, serious=True, leak=True) == "safeguarding"  # fmt: skip


def test_the_page_suggests_pals_for_a_death_and_says_so(house: House) -> None:
    number = case_of(house.store, ALLEGATION)  # "hid it until she died"
    page = read(house, f"/cases/{number}")
    assert "to someone who died or long ago. PALS can look into it" in page.text
    chosen = [radio for radio in read(house, f"/cases/{number}/pass-on").all("input", name="role") if "checked" in radio]  # fmt: skip
    assert [radio["value"] for radio in chosen] == ["pals"]
