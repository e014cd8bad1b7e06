"""Two people are two accounts that neither of the two had in hand within the last seven days."""

from __future__ import annotations

from datetime import timedelta

from review.auth import one_person
from tests.review.conftest import House
from tests.review.factories import NOW

DAY = timedelta(days=1)


def test_who_made_linked_or_gave_the_other_s_account_is_no_second_person_for_seven_days(
    fresh: House,
) -> None:
    store, who = fresh.store, fresh.who

    def why(number: int, *others: int | None) -> str:
        user = store.users.get(number)
        assert user is not None
        return one_person.why_not(store, user, others, at=NOW)

    assert why(who["bea"], who["gwen"], None) == ""
    added = store.users.add("local", "leo", "Leo Lake", ("lead",), at=NOW - 6 * DAY, by=who["ada"]).number  # fmt: skip
    twin = store.users.add("local", "max", "Max Moor", ("lead",), at=NOW - 6 * DAY, by=who["ada"]).number  # fmt: skip
    assert "within 7 days" in why(added, who["ada"])
    assert "within 7 days" in why(who["ada"], added)
    assert "within 7 days" in why(added, twin)  # one administrator made both
    assert why(added, who["gwen"]) == ""
    store.sign_in_links.make(who["bea"], at=NOW - 8 * DAY, until=NOW, by=who["gwen"])
    assert why(who["bea"], who["gwen"]) == ""
    store.users.change(who["bea"], roles=("lead", "reviewer"), at=NOW - DAY, by=who["gwen"])
    assert "within 7 days" in why(who["bea"], who["gwen"])
    store.sign_in_links.make(who["gwen"], at=NOW - DAY, until=NOW, login="root")
    assert "at the command line" in why(who["gwen"], None)
