"""What an erasure would do is said before it is done: what goes, and what somebody has to look at first."""

from __future__ import annotations

from pathlib import Path

import pytest

from steps import rights
from store import LanePlacing, Store
from tests.store.cases.test_deadlines import decide, take
from tests.store.cases.test_speaking_up import group
from tests.store.factories import AT, add, assess_all, flag, mention
from tests.stores import KEY, new_store, nothing


def test_what_is_the_guardian_s_or_waits_in_now_is_named_before_it_is_erased(
    tmp_path: Path,
) -> None:
    new_store(tmp_path / "mentions.db", nothing)
    with Store.open(tmp_path / "mentions.db", [KEY]) as store:
        amina = store.users.add("local", "amina", "Amina", ["reviewer"], at=AT).number
        take(store, mention(1), risk="high", flags=["threat"])
        take(store, mention(2, text="Nobody answers at the surgery in Harrow"), risk="low")
        take(store, mention(3, text="We were told to stop asking about the merger"), risk="low")
        store.database.execute("UPDATE case_mentions SET speaks = 1 WHERE mention = 3")
        plan = rights.standing(store, (1, 2, 3), AT)
        assert (plan.urgent, plan.speaking_up, plan.needs_a_look) == ((1,), (3,), True)
        decide(store, amina, "no_action", case=1)
        assert rights.standing(store, (1, 2), AT).urgent == ()


@pytest.mark.parametrize(
    ("report", "program", "stays"),
    [
        ({}, (), False),  # a harmless post
        ({"worry": "Seen by my aunt (A complaint)"}, ("grievance",), False),
        ({"flags": ("safeguarding",)}, (), True),
        ({"flags": ("threat",)}, (), True),
        ({"flags": ("pid",)}, (), True),
        ({"target": True}, (), True),  # the rights of another person, Article 18(2)
        ({}, ("threat",), True),
        ({}, ("security",), True),
        (None, ("threat",), True),
    ],
)
def test_that_a_colleague_reported_a_post_keeps_it_in_sight_on_no_ground_but_the_law_s(
    tmp_path: Path, report: dict[str, object] | None, program: tuple[str, ...], stays: bool
) -> None:
    new_store(tmp_path / "mentions.db", nothing)
    with Store.open(tmp_path / "mentions.db", [KEY]) as store:
        add(store, mention(1))
        assess_all(store, "low", flags=[flag(name) for name in program])
        if report is not None:
            store.staff_reports.add(1, at=AT, **report)  # type: ignore[arg-type]
        group(store, LanePlacing(lane="now", reason="Because"))
        assert 1 in rights.standing(store, [1], AT).urgent
        assert rights.acted_on_first(store, [1], AT) == (frozenset({1}) if stays else frozenset())
