"""Mentions that say the same are one case, which one decision covers and which opens again where it must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import StoreError
from core.models import Mention, Risk
from store import CaseDecision, CaseQuery, Grouped, Placing, Store
from store.cases.grouping import SHOWN
from tests.store.factories import AT, DAY, HOUR, WORDS, add, assess_all, flag, mention

OTHER = "They shut the walk-in centre in Hayes and told nobody about it at all"
FLAGS = (flag("allegation"),)


def alike(one: str, other: str) -> bool:
    """For tests: the same first three words."""
    return one.split()[:3] == other.split()[:3]


def group(store: Store, *, bands: Sequence[int] = (1,)) -> Grouped:
    """Groups whatever waits; every text shares the bands."""
    placings = [
        Placing(mention=one.mention, risk=one.risk, bands=tuple(bands), places=("Harrow",))
        for one in store.grouping.ungrouped()
    ]
    return store.grouping.group(placings, alike=alike, at=AT)


def take(store: Store, *found: Mention, risk: Risk = "medium", flagged: bool = True) -> Grouped:
    """Stores, assesses and groups."""
    add(store, *found)
    assess_all(store, risk, flags=FLAGS if flagged else ())
    return group(store)


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


def decide(store: Store, user: int, case: int = 1, kind: str = "no_action", **more: object) -> bool:
    """A decision that covers all that a person should see of a case."""
    covers = tuple(
        (one.item.number, one.item.revision) for one in store.cases.mentions(case) if one.reviewable
    )
    found = store.cases.get(case)
    assert found is not None
    given = {
        "case": case, "kind": kind, "by": user, "at": AT, "covers": covers, "reason": "The practice has answered",
    } | more  # fmt: skip
    return store.cases.decide(CaseDecision(**given), found.version)  # type: ignore[arg-type]


def state(store: Store, case: int = 1) -> str:
    found = store.cases.get(case)
    assert found is not None
    return found.state


def test_what_a_person_should_see_opens_a_case(store: Store) -> None:
    assert take(store, mention(1)) == Grouped(opened=1)
    case = store.cases.get(1)
    assert case is not None
    assert (case.state, case.risk, case.flagged, case.size, case.lead_mention) == (
        "new",
        "medium",
        1,
        1,
        1,
    )


def test_what_nobody_need_see_opens_none(store: Store) -> None:
    assert take(store, mention(1), risk="none", flagged=False) == Grouped()
    assert store.cases.get(1) is None


def test_grouping_twice_is_grouping_once(store: Store) -> None:
    take(store, mention(1))
    assert store.grouping.ungrouped() == []
    assert group(store) == Grouped()


def test_the_same_words_join_one_case_flagged_or_not(store: Store) -> None:
    take(store, mention(1, text=OTHER))
    assert take(store, mention(2, text=OTHER), risk="none", flagged=False) == Grouped(joined=1)
    case = store.cases.get(1)
    assert case is not None
    assert (case.flagged, case.size) == (1, 2)


def test_alike_words_join_and_unlike_ones_do_not(store: Store) -> None:
    take(store, mention(1, text=WORDS))
    assert take(store, mention(2, text=f"{WORDS} at all, twice over")) == Grouped(joined=1)
    assert take(store, mention(3, text=OTHER)) == Grouped(opened=1)
    assert [one.why for one in store.cases.mentions(1)] == ["first", "alike"]


def test_replies_to_one_post_are_one_case(store: Store) -> None:
    first = mention(1, text=OTHER)
    take(store, first)
    replies = [
        mention(n, text=f"Number {n} says something else entirely here", kind="reply",
                parent_id=first.issued_id, root_id=first.issued_id)
        for n in (2, 3)
    ]  # fmt: skip
    assert take(store, *replies) == Grouped(joined=2)
    assert {one.why for one in store.cases.mentions(1)} == {"first", "thread"}


def test_a_decision_is_kept_with_its_version_and_closes_the_case(store: Store, user: int) -> None:
    take(store, mention(1))
    assert decide(store, user, labels={"allegation": False}, reason="it says no such thing")
    assert state(store) == "done"
    (said,) = store.cases.history(1)
    assert (said.version, said.by_name, said.decision.reason) == (
        1,
        "Amina Yusuf",
        "it says no such thing",
    )
    assert [one.labels for one in store.decisions.judgements()] == [{"allegation": False}]


def test_the_second_of_two_who_decide_at_once_is_told(store: Store, user: int) -> None:
    take(store, mention(1))
    assert decide(store, user)
    late = CaseDecision(case=1, kind="monitor", by=user, at=AT, covers=((1, 1),))
    assert not store.cases.decide(late, 0)
    assert len(store.cases.history(1)) == 1


def test_words_edited_since_they_were_seen_are_not_decided(store: Store, user: int) -> None:
    take(store, mention(1))
    add(store, mention(1, text=OTHER, fetched_at=AT + HOUR, edited_at=AT + HOUR), at=AT + HOUR)
    seen = CaseDecision(case=1, kind="no_action", by=user, at=AT, covers=((1, 1),))
    assert not store.cases.decide(seen, 0)


def test_an_edit_after_a_decision_opens_the_case_again(store: Store, user: int) -> None:
    take(store, mention(1))
    decide(store, user)
    add(store, mention(1, text=OTHER, fetched_at=AT + HOUR, edited_at=AT + HOUR), at=AT + HOUR)
    assess_all(store, "medium", flags=FLAGS)
    assert group(store).reopened == 1
    assert state(store) == "open"
    assert store.queue.page(CaseQuery(tab="edited"), AT).total == 1


def test_a_decision_covers_a_copy_until_there_are_three_times_as_many(
    store: Store, user: int
) -> None:
    take(store, mention(1, text=OTHER))
    decide(store, user)
    assert take(store, mention(2, text=OTHER)).reopened == 0
    assert state(store) == "done"
    assert take(store, mention(3, text=OTHER)).reopened == 1
    assert state(store) == "open"


def test_a_case_that_turns_worse_opens_again(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER))
    decide(store, user)
    assert take(store, mention(2, text=OTHER), risk="high").reopened == 1


def test_a_case_that_was_escalated_opens_again_for_what_is_new_in_it(
    store: Store, user: int
) -> None:
    take(store, mention(1, text=OTHER), risk="low")
    decide(store, user, kind="escalate", role="pals")
    answer = mention(2, text="Quite another thing", kind="reply", parent_id=mention(1).issued_id)
    assert take(store, answer, risk="high").reopened == 1
    assert store.queue.page(CaseQuery(tab="high"), AT).total == 1
    decide(store, user, kind="escalate", role="pals")
    assert state(store) == "escalated"
    take(store, mention(3, text=OTHER), risk="low")
    assert state(store) == "escalated"
    take(store, *(mention(number, text=OTHER) for number in (4, 5, 6)), risk="low")
    assert state(store) == "open"


def test_an_edit_of_an_escalated_post_opens_its_case_again(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER))
    decide(store, user, kind="escalate", role="pals")
    take(store, mention(1, text="They shut it, and here is her name", edited_at=AT + HOUR))
    assert state(store) == "open"


def test_a_post_that_comes_back_into_a_decided_case_opens_it_again(store: Store, user: int) -> None:
    first = mention(1, text=OTHER)
    answer = mention(2, text="Quite another thing", kind="reply", parent_id=first.issued_id)
    take(store, first, answer)
    store.mentions.mark_gone([(answer.issuer, answer.issued_id, "gone")], at=AT + HOUR)
    decide(store, user, covers=((1, 1),))
    take(store, replace(answer, fetched_at=AT + 2 * HOUR))  # as it was: it tells no new risk
    assert (store.grouping.wake(AT + 2 * HOUR), state(store)) == (1, "open")
    assert (store.grouping.wake(AT + 2 * HOUR), state(store)) == (0, "open")


def test_an_undo_does_not_put_in_force_what_the_story_outgrew(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER))
    decide(store, user)
    take(store, mention(2, text=OTHER), mention(3, text=OTHER), risk="none", flagged=False)
    assert state(store) == "open"
    decide(store, user, kind="monitor")
    assert store.cases.decide(CaseDecision(case=1, kind="undo", by=user, at=AT, undoes=2), 2)
    assert state(store) == "open"


def test_one_decision_covers_a_story_of_more_posts_than_the_page_shows(
    store: Store, user: int
) -> None:
    add(store, *(mention(number, text=OTHER) for number in range(1, SHOWN + 31)))
    answers = (
        mention(number, text=f"Quite another thing {number}", kind="reply", parent_id=mention(1).issued_id)
        for number in range(300, 302)
    )  # fmt: skip
    add(store, *answers)
    assess_all(store, "medium", flags=FLAGS)
    group(store)
    assert decide(store, user)
    assert [one.why for one in store.cases.mentions(1) if not one.decided] == ["thread"] * 2
    assert state(store) == "open"
    assert decide(store, user)
    assert state(store) == "done"
    assert store.cases.decide(CaseDecision(case=1, kind="undo", by=user, at=AT, undoes=2), 2)
    assert state(store) == "open"


def test_undo_puts_a_case_back_and_takes_its_labels_back(store: Store, user: int) -> None:
    take(store, mention(1))
    decide(store, user, labels={"allegation": False})
    assert store.cases.decide(CaseDecision(case=1, kind="undo", by=user, at=AT, undoes=1), 1)
    assert state(store) == "new"
    assert store.decisions.judgements() == []
    assert [one.undone for one in store.cases.history(1)] == [True, False]
    with pytest.raises(StoreError, match="undone already"):
        store.cases.decide(CaseDecision(case=1, kind="undo", by=user, at=AT, undoes=1), 2)


def test_what_a_decision_leaves_out_keeps_the_case_open(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER), mention(2, text=OTHER))
    assert decide(store, user, covers=((1, 1),))
    assert state(store) == "open"
    assert [one.decided for one in store.cases.mentions(1)] == [True, False]


def test_a_snooze_ends_at_its_moment_or_when_the_story_grows(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER))
    decide(store, user, kind="snooze", until=AT + DAY)
    assert (store.grouping.wake(AT), state(store)) == (0, "snoozed")
    assert (store.grouping.wake(AT + DAY), state(store)) == (1, "open")
    decide(store, user, kind="snooze")
    take(store, mention(2, text=OTHER))
    assert state(store) == "open"


def test_an_escalation_names_a_role_and_a_snooze_a_day_to_come(store: Store, user: int) -> None:
    take(store, mention(1))
    with pytest.raises(StoreError, match="team"):
        decide(store, user, kind="escalate")
    with pytest.raises(StoreError, match="future"):
        decide(store, user, kind="snooze", until=AT - DAY)
    assert decide(store, user, kind="escalate", role="safeguarding")
    assert store.queue.page(CaseQuery(tab="escalated"), AT).total == 1


def test_a_claim_is_a_lease_and_shows_who(store: Store, user: int) -> None:
    other = store.users.add("local", "bea", "Bea", ["reviewer"], at=AT).number
    take(store, mention(1))
    assert store.claims.claim(1, user, AT) is None
    assert store.claims.claim(1, other, AT) == user
    assert store.queue.page(CaseQuery(tab="mine", user=user), AT).total == 0  # looked at, not taken
    assert store.claims.claim(1, other, AT + timedelta(minutes=16)) is None


def test_what_is_deleted_upstream_leaves_the_figures(store: Store) -> None:
    take(store, mention(1, text=OTHER), mention(2, text=OTHER))
    store.mentions.mark_gone([("x", mention(2).issued_id, "deleted")], at=AT)
    case = store.cases.get(1)
    assert case is not None
    assert (case.flagged, case.size) == (1, 1)


def test_a_purge_takes_the_case_with_its_last_mention_and_proves_it(
    store: Store, user: int
) -> None:
    take(store, mention(1))
    decide(store, user, note="rang the practice")
    proof = store.retention.purge(AT + DAY, {"default": HOUR}, deleted_after=HOUR)
    assert proof.proved
    assert store.cases.get(1) is None
    assert store.database.rows("SELECT * FROM case_decisions") == []
    assert store.maintenance.verify().ok


def test_filters_and_words_find_cases_and_counts_are_theirs(store: Store) -> None:
    take(store, mention(1, text=OTHER), risk="high")
    take(store, mention(2, text="Quite another thing about the phones in Ealing"))
    page = store.queue.page(CaseQuery(words="walk-in HAYES"), AT)
    assert (page.total, page.cards[0].case.number, page.tabs["new"], page.tabs["high"]) == (
        1,
        1,
        2,
        1,
    )
    assert store.queue.page(CaseQuery(words="%%"), AT).total == 0
    assert store.queue.page(CaseQuery(flags=("threat",)), AT).total == 0
    assert store.queue.page(CaseQuery(flags=("allegation",), places=("Harrow",)), AT).total == 2
    assert store.queue.page(CaseQuery(risks=("high",), platforms=("x",)), AT).total == 1
    assert store.queue.page(CaseQuery(since=AT), AT).total == 0
