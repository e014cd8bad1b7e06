"""A second opinion is asked of a colleague, answered by a note or a decision, and never by who asked."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.errors import StoreError
from store import CaseDecision, Opinion, Stance, Store
from tests.store.cases.test_deadlines import decide, take, undo
from tests.store.factories import AT, DAY, HOUR, all_bytes, mention
from tests.store.people import Team, mine
from tests.store.team.test_absences import TODAY

SOON = AT + HOUR


def ask(store: Store, by: int, of: int, at: datetime = AT, case: int = 1, question: str = "PALS, or the Guardian?") -> bool:  # fmt: skip
    found = store.cases.get(case)
    assert found is not None
    covers = tuple((one.item.number, one.item.revision) for one in store.cases.mentions(case))
    said = CaseDecision(case=case, kind="second_opinion", by=by, at=at, covers=covers)
    return store.cases.ask_opinion(said, found.version, of=of, question=question)


def only(store: Store, case: int = 1) -> Opinion:
    (one,) = store.opinions.of_case(case)
    return one


def answer(
    store: Store, by: int, stance: Stance = "agrees", words: str = "", number: int = 1
) -> bool:
    return store.opinions.answer(number, by=by, stance=stance, answer=words, at=SOON)


def test_the_one_who_is_asked_has_it_and_who_asked_has_the_answer(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    assert ask(store, amina, bea)
    assert (mine(store, amina), mine(store, bea), mine(store, gwen)) == ([1], [1], [])
    assert (only(store).state, only(store).question) == ("waits", "PALS, or the Guardian?")
    assert answer(store, bea, "disagrees", "It names a ward: the Guardian.")
    assert (mine(store, amina), mine(store, bea)) == ([1], [])
    done = only(store)
    assert (done.state, done.why, done.ended_by, done.answer) == ("answered", "disagrees", bea, "It names a ward: the Guardian.")  # fmt: skip
    decide(store, amina, "escalate", SOON, role="pals")
    assert mine(store, amina) == [1]  # she passed it on, and nobody has answered
    assert (only(store).state, only(store).why) == ("over", "disagrees")


def test_what_is_asked_and_answered_is_sealed(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    ask(store, amina, bea, question="quillbackquestion")
    answer(store, bea, words="quillbackanswer")
    content = all_bytes(store.database.path)
    assert b"quillback" not in content
    assert not any("quillback" in str(one.about) for one in store.audit.events())
    assert store.maintenance.verify().ok


def test_it_is_never_given_by_who_asked_nor_by_whom_nobody_asked(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    ask(store, amina, bea)
    for who, why in ((amina, "who asked"), (gwen, "someone else")):
        with pytest.raises(StoreError, match=why):
            answer(store, who)
    with pytest.raises(StoreError, match="say why"):
        answer(store, bea, "disagrees", "  ")
    assert only(store).state == "waits"


def test_nobody_asks_themselves_or_whom_they_cover_for_or_the_same_twice(
    store: Store, team: Team
) -> None:
    amina, bea, gwen = team.values()
    with pytest.raises(StoreError, match="can’t ask yourself"):
        ask(store, amina, amina)
    with pytest.raises(StoreError, match="what you want to know"):
        ask(store, amina, bea, question=" ")
    store.absences.add(gwen, TODAY, TODAY, amina, by=gwen, at=AT)
    with pytest.raises(StoreError, match="you cover for them"):
        ask(store, amina, gwen)
    ask(store, amina, bea)
    with pytest.raises(StoreError, match="asked about this case already"):
        ask(store, amina, bea)
    found = store.cases.get(1)
    assert found is not None
    assert found.version == 1  # what was refused decided nothing


def test_the_cover_of_who_is_away_may_answer_and_the_first_answer_counts(
    store: Store, team: Team
) -> None:
    amina, bea, gwen = team.values()
    ask(store, amina, bea)
    store.absences.add(bea, TODAY, TODAY, gwen, by=bea, at=AT)
    assert mine(store, gwen) == [1]
    assert answer(store, gwen)
    assert not answer(store, bea, "disagrees", "No.")
    assert (only(store).ended_by, only(store).answer) == (gwen, "")


def test_who_asked_cannot_answer_as_a_cover_either(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    ask(store, amina, bea)
    store.absences.add(bea, TODAY, TODAY, amina, by=bea, at=AT)
    assert mine(store, amina) == [1]  # since she waits for it, not since she may answer
    with pytest.raises(StoreError, match="who asked"):
        answer(store, amina)


def test_a_decision_of_their_own_is_an_answer_and_undoing_it_takes_it_back(
    store: Store, team: Team
) -> None:
    amina, bea, _ = team.values()
    ask(store, amina, bea)
    decide(store, bea, "escalate", SOON, role="pals")
    assert (only(store).why, only(store).ended_by, only(store).ended_version) == ("decided", bea, 2)
    undo(store, bea, 2)
    assert (only(store).state, only(store).why) == ("waits", None)


def test_somebody_elses_decision_settles_it_only_where_the_case_is_done(
    store: Store, team: Team
) -> None:
    amina, bea, gwen = team.values()
    ask(store, amina, bea)
    decide(store, gwen, "snooze", SOON, until=SOON + DAY)
    assert only(store).state == "waits"
    decide(store, gwen, "no_action", SOON)  # who is away must never hold a leak
    assert (only(store).why, only(store).ended_by) == ("settled", gwen)
    assert mine(store, bea) == []
    assert not answer(store, bea)


def test_a_decision_that_leaves_posts_of_the_case_settles_nothing(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    root = mention(1).issued_id
    take(
        store,
        mention(5, text="And another one of them says it", parent_id=root, root_id=root),
        flags=["allegation"],
    )
    ask(store, amina, bea)
    first = store.cases.mentions(1)[0].item
    decide(store, gwen, "no_action", SOON, covers=((first.number, first.revision),))
    assert only(store).state == "waits"
    decide(store, gwen, "no_action", SOON)
    assert only(store).why == "settled"
    decide(store, gwen, "second_opinion", SOON)  # open again: an old question stays settled
    assert only(store).why == "settled"


def test_undoing_the_question_takes_it_back(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    ask(store, amina, bea)
    undo(store, amina, 1)
    assert (only(store).state, only(store).why) == ("over", "taken back")
    assert ask(store, amina, bea)  # it can be asked again


def test_it_is_due_as_its_case_is_and_overdue_is_counted(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    take(
        store,
        mention(7, text="They know who leaked it and say nothing of it"),
        risk="high",
        flags=["pid"],
    )
    take(
        store,
        mention(8, text="Parking again, and the lift is out of order too"),
        risk="low",
        flags=["assistance"],
    )
    for case, of in ((1, bea), (3, bea), (4, gwen)):
        ask(store, amina, of, case=case)
    waits = {case: only(store, case).due_at - AT for case in (1, 3, 4)}
    assert waits == {1: DAY, 3: 4 * HOUR, 4: 2 * DAY}
    assert (
        store.assignments.workloads(AT + 5 * HOUR)[bea].opinions,
        store.assignments.workloads(AT + 5 * HOUR)[bea].opinions_overdue,
    ) == (2, 1)


def test_the_second_of_two_to_decide_asks_nothing(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    decide(store, bea, "escalate", AT, role="pals")
    said = CaseDecision(case=1, kind="second_opinion", by=amina, at=AT, covers=((1, 1),))
    assert not store.cases.ask_opinion(said, 0, of=bea, question="Why?")
    assert store.opinions.of_case(1) == []


def test_a_bare_second_opinion_of_before_stays_what_it_was(store: Store, team: Team) -> None:
    decide(store, team["amina"], "second_opinion")
    found = store.cases.get(1)
    assert found is not None
    assert (found.state, found.kind) == ("open", "second_opinion")
    assert store.opinions.of_case(1) == []
    assert store.assignments.teamwork([1]) == {}
