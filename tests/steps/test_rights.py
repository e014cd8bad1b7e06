"""What an erasure would do is said before it is done: what goes, and what somebody has to look at first."""

from __future__ import annotations

from pathlib import Path

from steps import rights
from store import Store
from tests.store.cases.test_deadlines import decide, take
from tests.store.factories import AT, mention
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
