"""The Guardian's lane: what speaks up is on nobody's list but theirs, whoever or whatever put it there."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from core.errors import StoreError
from core.models import Author, Mention
from store import AuditQuery, CaseDecision, CaseQuery, LanePlacing, Placing, Sight, Store, sight_of
from store.cases.queue import TABS
from store.cases.sight import UNASKED
from tests.store.cases.test_lanes import decide, words
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention

ALL = Sight(guardians=True, decides=True, on_duty=True)
DUTY = Sight(on_duty=True)
DAY_OF = (AT - HOUR).date()


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


@pytest.fixture
def guardian(store: Store) -> int:
    return store.users.add("local", "farah", "Farah Iqbal", ["guardian"], at=AT).number


def take(
    store: Store, *found: Mention, flags: tuple[str, ...] = ("grievance",), protected: str = "disclosure", staff: str | None = "nhs",
    danger: bool = False,
) -> None:  # fmt: skip
    """Stores, assesses and groups posts that speak up."""
    add(store, *found)
    assess_all(store, "medium", flags=[flag(name) for name in flags], protected=protected, staff=staff)  # fmt: skip
    lane = LanePlacing(lane="now" if danger else "guardian", reason="Because", speaks=True, urgent=danger)  # fmt: skip
    group(store, lane)


def group(store: Store, lane: LanePlacing) -> None:
    placings = [
        Placing(mention=one.mention, risk=one.risk, lane=lane, places=("Harrow",))
        for one in store.grouping.ungrouped()
    ]
    store.grouping.group(placings, alike=lambda *_: False, at=AT)


def ordinary(store: Store, *found: Mention) -> None:
    add(store, *found)
    assess_all(store, "medium", flags=[flag("allegation")])
    group(store, LanePlacing(lane="look", reason="Because"))


def everywhere(store: Store) -> set[int]:
    """The cases that the desk's lists hold, for whoever asks now."""
    found: set[int] = set()
    for tab in TABS:
        page = store.queue.page(CaseQuery(tab=tab, user=1), AT + DAY)
        assert len(page.cards) == page.tabs[tab] == page.total
        found |= {card.case.number for card in page.cards}
    found |= {row.case.number for row in store.lanes.rows(("now", "answer", "look", "rest", "guardian"), user=1, at=AT, limit=99)}  # fmt: skip
    found |= {number for number, *_ in store.workload.overdue(AT + DAY * 9, limit=99)}
    found |= {each.case for each in store.handoffs.waiting(AT)} | {each.case for each in store.takedowns.open()}  # fmt: skip
    found |= {case.case for case in store.bulk.cases(range(99), user=1, at=AT)}
    found |= set(store.handovers.standing(AT - DAY, AT + DAY, after=0).high)
    return found


def test_a_case_of_who_speaks_up_is_on_no_list_for_anybody(store: Store) -> None:
    take(store, words(1))
    ordinary(store, words(2))
    for sight in (UNASKED, DUTY, ALL):
        store.database.sight = sight
        assert everywhere(store) == {2}
        assert store.lanes.counts()["guardian"] == 0
        assert store.queue.page(CaseQuery(tab="all", words="bbbbbbb"), AT).total == 0
        assert store.queue.newest() == 2
        assert store.queue.new_since(0)[0] == 1
        assert store.figures.flagged(AT - DAY, AT + DAY)[0].number == 2
        assert len(store.figures.flagged(AT - DAY, AT + DAY)) == 1
    assert [row.case.number for row in store.speaking_up.rows()] == [1]
    store.database.sight = DUTY
    assert store.speaking_up.rows() == []


def test_words_that_only_speaking_up_has_are_unknown_to_the_fuzzy_search(store: Store) -> None:
    take(store, mention(1, text="The zinnia ward has nobody at night, we said so"))
    ordinary(store, words(2))
    assert store.spelling.mend("zinnja").instead == ()
    assert store.queue.facets()["place"] == ["Harrow"]


def test_figures_count_none_of_it_and_count_it_once_somebody_says_that_it_is_none(
    store: Store, guardian: int
) -> None:
    take(store, words(1))
    ordinary(store, words(2))

    def counted() -> int:
        opened = sum(store.trends.cases_by_hour(DAY_OF, DAY_OF).values())
        assert opened == sum(each.count for each in store.trends.by_day(DAY_OF, DAY_OF))
        return opened

    assert counted() == 1
    assert store.trends.flags_by_day(DAY_OF, DAY_OF) == {("allegation", DAY_OF): 1}
    assert store.trends.by_place(DAY_OF, DAY_OF) == {"Harrow": 1}
    store.speaking_up.send_back(1, by=guardian, at=AT, reason="It is an advertisement")
    assert counted() == 2
    store.speaking_up.send(1, [1], by=guardian, at=AT)
    assert counted() == 1


def test_a_person_sends_a_case_there_and_the_guardian_sends_it_back(
    store: Store, user: int, guardian: int
) -> None:
    ordinary(store, words(1))
    assert store.speaking_up.send(1, [1], by=user, at=AT, reason="She tells of unsafe nights")
    assert not store.speaking_up.send(1, [1], by=user, at=AT)
    store.database.sight = ALL
    assert everywhere(store) == set()
    assert [(row.case.number, row.open, row.sent) for row in store.speaking_up.rows()] == [(1, True, True)]  # fmt: skip
    with pytest.raises(StoreError, match="why"):
        store.speaking_up.send_back(1, by=guardian, at=AT, reason=" ")
    assert store.speaking_up.send_back(1, by=guardian, at=AT, reason="A patient wrote it")
    assert not store.speaking_up.send_back(1, by=guardian, at=AT, reason="A patient wrote it")
    assert everywhere(store) == {1}
    assert store.speaking_up.rows() == []
    assert [one.mention for one in store.grouping.without_reason()] == [1]
    assert [(one.speaks, one.by_name, one.reason) for one in store.speaking_up.rulings(1)] == [
        (True, "Amina Yusuf", "She tells of unsafe nights"), (False, "Farah Iqbal", "A patient wrote it"),
    ]  # fmt: skip
    assert [event.kind for event in store.audit.page(AuditQuery()).events][:2] == ["sent back by the Guardian", "sent to the Guardian"]  # fmt: skip


def test_what_a_person_said_holds_over_what_is_read_again(store: Store, guardian: int) -> None:
    take(store, words(1))
    store.speaking_up.send_back(1, by=guardian, at=AT, reason="It is an advertisement")
    waiting = store.grouping.without_reason()
    assert waiting[0].facts is not None
    assert waiting[0].facts.ruled is False
    assess_all(store, "medium", policy="2026.2", flags=[flag("grievance")], protected="disclosure", staff="nhs")  # fmt: skip
    again = store.grouping.ungrouped()
    assert [one.facts.ruled for one in again if one.facts] == [False]


def test_that_it_is_none_holds_for_the_words_that_were_read_alone(
    store: Store, guardian: int
) -> None:
    take(store, words(1))
    store.speaking_up.send_back(1, by=guardian, at=AT, reason="It is an advertisement")
    take(store, replace(words(1), text="And the nights are unsafe, we told them in June", fetched_at=AT + HOUR))  # fmt: skip
    assert store.speaking_up.protected(1) == 1


def test_passing_on_to_the_guardian_takes_a_case_off_the_others_lists(
    store: Store, user: int
) -> None:
    ordinary(store, words(1), words(2))
    decide(store, user, 1, kind="escalate", role="guardian")
    decide(store, user, 2, kind="escalate", role="pals")
    assert everywhere(store) == {2}
    store.database.sight = ALL
    assert [(row.case.number, row.open) for row in store.speaking_up.rows()] == [(1, True)]


def test_what_the_guardian_decided_is_done_until_something_new_comes(
    store: Store, guardian: int
) -> None:
    take(store, words(1))
    store.database.sight = ALL
    decide(store, guardian, 1)
    assert [row.open for row in store.speaking_up.rows()] == [False]
    assert store.speaking_up.count_open() == 0
    take(store, mention(9, text=words(1).text, issued_id="9", kind="reply"))
    assert store.speaking_up.protected(1) == 1


def test_danger_is_seen_by_those_on_duty_until_it_is_dealt_with(
    store: Store, user: int, guardian: int
) -> None:
    take(store, words(1), flags=("safeguarding",), danger=True)
    assert store.speaking_up.protected(1) == 2
    store.database.sight = UNASKED
    assert everywhere(store) == set()
    store.database.sight = DUTY
    assert [row.case.number for row in store.lanes.rows(("now",), user=user, at=AT, limit=9)] == [1]
    assert store.lanes.counts()["now"] == 1
    assert store.lanes.arrivals(0).now == {1}
    assert store.queue.page(CaseQuery(tab="all"), AT).total == 0
    decide(store, user, 1, labels={"safeguarding": False})
    assert store.speaking_up.protected(1) == 1
    assert store.lanes.rows(("now",), user=user, at=AT, limit=9) == []
    store.database.sight = ALL
    assert [row.open for row in store.speaking_up.rows()] == [
        True
    ]  # what the desk decided was the danger alone
    assert store.audit.check_rows() == []  # each of these changes of `protected` was the program's


def test_one_line_of_sql_that_opens_the_lane_is_told(store: Store) -> None:
    take(store, words(1))
    assert store.audit.check_rows() == []
    other = type(store.database.connection)(str(store.database.path), isolation_level=None)
    other.execute("UPDATE case_mentions SET speaks = 0 WHERE case_number = 1")
    other.close()
    assert store.speaking_up.protected(1) == 0
    # Triggers carry it on to the case and to the counts of cases that opened, each of which is sealed.
    assert {row.partition(":")[0] for row in store.audit.check_rows()} == {
        "cases", "case_mentions", "case_openings", "counted_mentions", "daily_counts",
    }  # fmt: skip


def test_a_case_with_one_post_that_speaks_up_is_the_guardians_whole(store: Store) -> None:
    ordinary(store, words(1))
    take(store, mention(7, text=words(1).text, issued_id="7"))
    assert store.cases.of_mention(2) == 1
    assert everywhere(store) == set()
    assert store.maintenance.verify().ok


@pytest.mark.parametrize(
    ("roles", "duty", "expected"),
    [
        (("guardian",), False, (True, True, True)),
        (("governance",), False, (True, True, True)),
        (("reviewer", "lead"), True, (True, False, True)),
        (("lead",), False, (False, False, True)),
        (("reviewer",), True, (False, False, True)),
        (("viewer",), False, (False, False, False)),
        (("admin",), True, (False, False, False)),
    ],
)
def test_roles_say_who_sees_what(roles: Any, duty: bool, expected: tuple[bool, bool, bool]) -> None:
    sight = sight_of(roles, duty_lead=duty)
    assert (sight.guardians, sight.decides, sight.on_duty) == expected


def test_a_case_is_the_guardians_while_one_of_its_posts_is_whatever_order_they_change_in(
    store: Store,
) -> None:
    chance = random.Random(17)
    ordinary(store, *(words(number) for number in range(1, 7)))
    with store.database.transaction():
        for _ in range(200):
            post, case = chance.randint(1, 6), chance.randint(1, 6)
            speaks, state = chance.choice((0, 0, 1, 2)), chance.choice(("new", "open", "done"))
            store.database.execute("UPDATE case_mentions SET speaks = ?, case_number = ? WHERE mention = ?", speaks, case, post)  # fmt: skip
            store.database.execute("UPDATE cases SET state = ? WHERE number = ?", state, case)
            wrong = store.database.rows(
                """SELECT c.number FROM cases c WHERE c.protected <> (SELECT CASE WHEN max(speaks) IS NULL OR max(speaks) = 0 THEN 0
                    WHEN c.state <> 'done' AND max(speaks = 2) THEN 2 ELSE 1 END
                    FROM case_mentions i WHERE i.case_number = c.number)"""
            )
            assert wrong == []


def test_who_steps_back_sees_the_case_nowhere_and_somebody_else_has_it(store: Store) -> None:
    amina, bea, chidi = (store.users.add("local", name, name.title(), ["reviewer", "lead"], at=AT).number for name in ("amina", "bea", "chidi"))  # fmt: skip
    ordinary(store, words(1), words(2))
    store.assignments.assign(1, amina, by=amina, at=AT, seen=0)
    store.recusals.step_back(1, bea, at=AT)
    assert store.recusals.step_back(1, amina, at=AT, to=[amina, bea, chidi], words="My sister works there") == chidi  # fmt: skip
    assert store.recusals.step_back(1, amina, at=AT, to=[bea]) == chidi  # once is once
    store.database.sight = sight_of(("reviewer",), stepped_back=store.recusals.of_user(amina))
    assert everywhere(store) == {2}
    store.database.sight = sight_of(("reviewer",))
    assert everywhere(store) == {1, 2}
    told = store.recusals.of_case(1)
    assert [(each.name, each.handed_name, each.words) for each in told] == [("Bea", "Amina", ""), ("Amina", "Chidi", "My sister works there")]  # fmt: skip
    events = [
        event for event in store.audit.page(AuditQuery()).events if event.kind == "stepped back"
    ]
    assert events[0].about == {"case": 1, "by": amina, "to": chidi}
    with pytest.raises(StoreError, match="no case 99"):
        store.recusals.step_back(99, amina, at=AT)


MINE = Author(id="1", handle="Amina_Posts", name="A", bio="")


def test_a_handle_of_ones_own_hides_nothing_before_another_person_agreed_and_then_what_is_here_too(
    store: Store, user: int
) -> None:
    gwen = store.users.add("local", "gwen", "Gwen Price", ("governance",), at=AT).number
    ordinary(store, words(1), replace(words(2), author=MINE))
    number = store.recusals.ask_handle(user, "x", " @amina_posts ", by=user, at=AT)
    assert store.recusals.ask_handle(user, "x", "amina_posts", by=user, at=AT) == number
    ordinary(store, replace(words(3), author=MINE))
    with pytest.raises(StoreError, match="another person"):
        store.recusals.answer_handle(number, agrees=True, by=user, at=AT)
    assert store.recusals.of_user(user) == frozenset()
    assert store.recusals.answer_handle(number, agrees=True, by=gwen, at=AT)
    assert not store.recusals.answer_handle(number, agrees=False, by=gwen, at=AT)
    assert store.recusals.of_user(user) == {2, 3}
    ordinary(store, replace(words(4), author=MINE))
    assert store.recusals.of_user(user) == {2, 3, 4}
    events = store.audit.page(AuditQuery()).events
    assert "stepped back" not in [event.kind for event in events]
    (agreed,) = [event for event in events if event.kind == "own handle agreed"]
    assert agreed.about["read"] == 3  # of every case, and not how many of them were theirs
    (handle,) = store.recusals.handles(user)
    assert (handle.handle, handle.by_name, handle.answered_by_name) == ("amina_posts", "Amina Yusuf", "Gwen Price")  # fmt: skip


def test_a_post_by_a_handle_of_ones_own_takes_the_case_that_it_joins(
    store: Store, user: int
) -> None:
    gwen = store.users.add("local", "gwen", "Gwen Price", ("governance",), at=AT).number
    number = store.recusals.ask_handle(user, "x", "amina_posts", by=user, at=AT)
    store.recusals.answer_handle(number, agrees=True, by=gwen, at=AT)
    ordinary(store, words(1))
    assert store.recusals.of_user(user) == frozenset()
    add(store, replace(words(2), text=words(1).text, author=MINE))
    assess_all(store, "medium", flags=[flag("allegation")])
    (one,) = store.grouping.ungrouped()
    store.grouping.group([Placing(mention=one.mention, risk=one.risk, lane=LanePlacing(lane="look", reason="Because"))], alike=lambda *_: True, at=AT)  # fmt: skip
    assert store.cases.of_mention(2) == 1
    assert store.recusals.of_user(user) == {1}


def test_what_is_here_by_a_handle_goes_on_to_others_with_whatever_its_owner_had_of_it(
    store: Store, user: int
) -> None:
    """Open and done, taken and looked at; what a colleague has of it stays with them."""
    gwen = store.users.add("local", "gwen", "Gwen Price", ("governance",), at=AT).number
    bea = store.users.add("local", "bea", "Bea Cole", ("reviewer",), at=AT).number
    ordinary(store, words(1), *(replace(words(number), author=MINE) for number in (2, 3, 4)))
    store.assignments.assign(2, user, by=bea, at=AT, seen=0)
    store.assignments.assign(3, bea, by=bea, at=AT, seen=0)
    store.claims.claim(2, user, AT)
    with store.database.transaction():
        store.database.execute("UPDATE cases SET state = 'done' WHERE number = 4")
    number = store.recusals.ask_handle(user, "x", "amina_posts", by=user, at=AT)
    store.recusals.answer_handle(number, agrees=True, by=gwen, at=AT)
    store.database.sight = sight_of(("reviewer",), stepped_back=store.recusals.of_user(user))
    assert everywhere(store) == {1}
    store.database.sight = sight_of(("reviewer",), stepped_back=store.recusals.of_user(bea))
    assert everywhere(store) >= {1, 2, 3}
    rows = store.database.rows("SELECT assigned_to, claimed_by FROM cases ORDER BY number")
    assert [tuple(row) for row in rows] == [(None, None), (None, None), (bea, None), (None, None)]
    assert store.maintenance.verify().ok


@pytest.mark.parametrize(
    ("author", "url", "is_theirs"),
    [
        (Author(handle="Amina_Posts"), "", True),
        (Author(id="amina_posts"), "", True),
        (Author(name="amina_posts"), "", True),  # the column of an import that is called "Author"
        (Author(name=" @Amina_Posts "), "", True),
        (Author(), "https://x.com/amina_posts/status/1", True),
        (Author(name="amina_posts", handle="other"), "", False),  # a name can be anybody's
        (Author(name="amina_posts"), "https://x.com/other/status/1", False),
        (Author(name="Amina Yusuf"), "", False),
    ],
)  # fmt: skip
def test_a_handle_of_ones_own_is_known_in_whichever_column_the_writer_stands(
    store: Store, user: int, author: Author, url: str, is_theirs: bool
) -> None:
    gwen = store.users.add("local", "gwen", "Gwen Price", ("governance",), at=AT).number
    ordinary(store, replace(words(1), author=author, url=url))
    number = store.recusals.ask_handle(user, "x", "amina_posts", by=user, at=AT)
    store.recusals.answer_handle(number, agrees=True, by=gwen, at=AT)
    ordinary(store, replace(words(2), author=author, url=url))
    assert store.recusals.of_user(user) == ({1, 2} if is_theirs else frozenset())


def test_a_removed_handle_stays_written_down_and_what_it_hid_comes_back(
    store: Store, user: int
) -> None:
    """Not by its owner's own hand: they could decide on their own posts by it."""
    gwen = store.users.add("local", "gwen", "Gwen Price", ("governance",), at=AT).number
    ordinary(store, replace(words(2), author=MINE))
    number = store.recusals.ask_handle(user, "x", "amina_posts", by=user, at=AT)
    store.recusals.answer_handle(number, agrees=True, by=gwen, at=AT)
    ordinary(store, replace(words(3), author=MINE))
    with pytest.raises(StoreError, match="another person"):
        store.recusals.remove_handle(number, by=user, at=AT + HOUR)
    assert store.recusals.of_user(user) == {1, 2}
    store.recusals.remove_handle(number, by=gwen, at=AT + HOUR)
    assert store.recusals.of_user(user) == frozenset()
    assert store.recusals.handles(user) == []
    (handle,) = store.recusals.all_handles()
    assert (handle.handle, handle.state, handle.removed_by_name, handle.removed_at) == ("amina_posts", "removed", "Gwen Price", AT + HOUR)  # fmt: skip


def test_nobody_asks_for_many_handles_within_a_month(store: Store, user: int) -> None:
    for number in range(3):
        store.recusals.ask_handle(user, "x", f"handle_{number}", by=user, at=AT)
    for handle in store.recusals.handles(user):
        store.recusals.remove_handle(handle.number, by=user, at=AT)
    with pytest.raises(StoreError, match="too many"):
        store.recusals.ask_handle(user, "reddit", "another", by=user, at=AT + 29 * DAY)
    assert store.recusals.ask_handle(user, "reddit", "another", by=user, at=AT + 31 * DAY)
    with pytest.raises(StoreError, match="handle"):
        store.recusals.ask_handle(user, "x", " @ ", by=user, at=AT)


def test_no_handle_takes_a_case_of_the_lane_from_the_only_guardian_who_could_see_it(
    store: Store, user: int
) -> None:
    farah = store.users.add("local", "farah", "Farah Iqbal", ("guardian",), at=AT).number
    number = store.recusals.ask_handle(farah, "x", "amina_posts", by=user, at=AT)
    store.recusals.answer_handle(number, agrees=True, by=farah, at=AT)
    take(store, replace(words(1), author=MINE))
    assert store.speaking_up.protected(1)
    assert store.recusals.of_user(farah) == frozenset()
    other = store.users.add("local", "idris", "Idris Bello", ("guardian",), at=AT).number
    assert store.recusals.of_user(farah) == {1}
    store.users.change(other, active=False, at=AT)
    assert store.recusals.of_user(farah) == frozenset()


def test_a_decision_on_a_case_out_of_sight_names_no_such_case(store: Store, user: int) -> None:
    take(store, words(1))
    ordinary(store, words(2))
    decision = CaseDecision(case=2, kind="duplicate", by=user, at=AT, covers=((2, 1),), duplicate_of=1)  # fmt: skip
    with pytest.raises(StoreError, match="there is no case 1"):
        store.cases.decide(decision, 0)


@pytest.mark.parametrize(
    ("names", "staff", "expected"),
    [
        (("grievance",), "icb", True), (("allegation",), "nhs", True), (("grievance",), None, True),
        (("allegation",), None, False), (("grievance", "allegation"), "no", False), (("no_disclaimer",), "icb", False),
    ],
)  # fmt: skip
def test_what_staff_say_of_their_work_is_kept_from_everybody_before_it_is_sorted_and_after(
    store: Store, names: tuple[str, ...], staff: str | None, expected: bool
) -> None:
    add(store, words(1))
    assess_all(store, "medium", flags=[flag(name) for name in names], protected="criticism", staff=staff)  # fmt: skip
    (one,) = store.grouping.ungrouped()
    assert store.speaking_up.is_hidden(one.mention) is expected
    placing = Placing(mention=one.mention, risk=one.risk, lane=None)
    store.grouping.group([placing], alike=lambda *_: False, at=AT)
    assert store.speaking_up.is_hidden(one.mention) is expected


def unflagged(store: Store, *found: Mention, protected: str, staff: str | None) -> None:
    """Stores, assesses and groups posts in which nothing was flagged."""
    add(store, *found)
    assess_all(store, "none", flags=[], protected=protected, staff=staff)
    speaks = staff != "no" or protected == "disclosure"
    group(store, LanePlacing(lane="guardian" if speaks else "rest", reason="Because", speaks=speaks))  # fmt: skip


@pytest.mark.parametrize(
    ("protected", "staff"),
    [("disclosure", "icb"), ("disclosure", "nhs"), ("disclosure", "no"), ("discrimination", "icb"), ("discrimination", None)],
)  # fmt: skip
def test_a_concern_without_a_flag_waits_for_the_guardian_and_is_counted(
    store: Store, protected: str, staff: str | None
) -> None:
    unflagged(store, mention(1), protected=protected, staff=staff)
    case = store.cases.of_mention(1)
    assert case is not None
    assert everywhere(store) == set()
    assert store.workload.speaking_up(AT - DAY).posts == 1
    store.database.sight = ALL
    assert [row.case.number for row in store.speaking_up.rows()] == [case]


@pytest.mark.parametrize(
    ("protected", "staff"),
    [("union", "icb"), ("union", None), ("discrimination", "no"), ("complaint", "icb"), ("criticism", "nhs")],
)  # fmt: skip
def test_union_matters_and_ordinary_speech_without_a_flag_open_no_case(
    store: Store, protected: str, staff: str | None
) -> None:
    unflagged(store, mention(1), protected=protected, staff=staff)
    assert store.cases.of_mention(1) is None
    assert store.workload.speaking_up(AT - DAY).posts == 0


@pytest.mark.parametrize(
    ("protected", "staff", "expected"),
    [
        ("disclosure", "nhs", True), ("disclosure", "no", True), ("discrimination", "icb", True), ("union", "nhs", True),
        ("union", "no", False), ("discrimination", "no", False), ("criticism", "nhs", False),
    ],
)  # fmt: skip
def test_a_report_to_the_mailbox_is_the_guardians_by_its_kind_of_speech_and_by_no_flag(
    store: Store, protected: str, staff: str, expected: bool
) -> None:
    """Its flags tell of the post that it reports, such as an allegation that somebody else made."""
    add(store, mention(1, kind="report"))
    assess_all(store, "medium", flags=[flag("allegation")], protected=protected, staff=staff)
    (one,) = store.grouping.ungrouped()
    store.grouping.group([Placing(mention=one.mention, risk=one.risk, lane=None)], alike=lambda *_: False, at=AT)  # fmt: skip
    assert store.speaking_up.is_hidden(one.mention) is expected
    store.database.sight = ALL
    assert (len(store.speaking_up.rows()) == 1) is expected


def test_a_report_that_is_read_as_a_concern_with_no_flag_waits_for_the_guardian(
    store: Store,
) -> None:
    unflagged(store, mention(1, kind="report"), protected="disclosure", staff="nhs")
    assert everywhere(store) == set()
    store.database.sight = ALL
    assert [row.case.number for row in store.speaking_up.rows()] == [store.cases.of_mention(1)]


def test_a_concern_that_was_passed_over_gets_its_case_at_the_next_grouping(store: Store) -> None:
    add(store, mention(1), mention(2, text="Another thing altogether"))
    assess_all(store, "none", flags=[], protected="disclosure", staff="icb")
    store.database.execute(
        "INSERT OR REPLACE INTO bookmarks (name, number) VALUES ('grouped', 99)"
    )  # as an earlier version left it
    waiting = store.grouping.ungrouped()
    assert [each.mention for each in waiting] == [1, 2]
    group(store, LanePlacing(lane="guardian", reason="Because", speaks=True))
    assert store.cases.of_mention(1)
    assert store.cases.of_mention(2)
    assert store.grouping.ungrouped() == []
    assert store.database.value("SELECT number FROM bookmarks WHERE name = 'grouped'") == 99
