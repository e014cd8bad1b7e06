"""Handover notes: newest first, each version kept, read by each colleague, gone when their time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from core.errors import StoreError
from core.models import Lane
from store import Store
from tests.store.cases.test_deadlines import decide, take
from tests.store.cases.test_lanes import take as take_into
from tests.store.factories import AT, DAY, HOUR, all_bytes, mention
from tests.store.people import Team
from tests.store.team.test_absences import away
from tests.store.team.test_opinions import answer, ask

YEAR = timedelta(days=365)


def write(store: Store, by: int, words: str, after: int = 0, note: int | None = None) -> int | None:
    return store.handovers.add(
        words, by=by, at=AT + after * HOUR, figures={"new": 2}, after=after, note=note
    )


def test_a_note_is_there_until_each_has_read_it(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    assert store.handovers.last() is None
    number = write(store, bea, "Case 1 waits for the practice.")
    assert number == 1
    store.handovers.mark_read(1, by=amina, at=AT)
    store.handovers.mark_read(1, by=amina, at=AT)
    last = store.handovers.last()
    assert last is not None
    assert (last.words, last.by, last.read_by, last.figures) == ("Case 1 waits for the practice.", bea, (amina,), {"new": 2})  # fmt: skip
    with pytest.raises(StoreError, match="no such note"):
        store.handovers.mark_read(9, by=amina, at=AT)


def test_a_correction_is_a_version_to_be_read_again_and_only_of_ones_own(
    store: Store, team: Team
) -> None:
    amina, bea, _ = team.values()
    write(store, bea, "At ten.")
    store.handovers.mark_read(1, by=amina, at=AT)
    with pytest.raises(StoreError, match="whoever wrote it"):
        write(store, amina, "At eleven.", after=1, note=1)
    assert write(store, bea, "At eleven.", after=1, note=1) == 2
    last = store.handovers.last()
    assert last is not None
    assert (last.words, last.version, last.read_by) == ("At eleven.", 2, ())
    assert [one.words for one in store.handovers.versions(1)] == ["At ten.", "At eleven."]
    assert write(store, amina, "All done.", after=2) == 3
    assert [(one.note, one.version) for one in store.handovers.recent()] == [(2, 1), (1, 2)]


def test_the_second_of_two_who_write_is_told(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    assert write(store, bea, "Mine.")
    assert write(store, amina, "Mine too.") is None
    with pytest.raises(StoreError, match="should know"):
        write(store, amina, " \n", after=1)
    assert len(store.handovers.recent()) == 1


def test_what_changed_since_is_counted_from_the_store(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    before = store.handovers.standing(AT - DAY, AT)
    assert (before.figures["new"], before.figures["high"], before.decided, before.high) == (
        2,
        0,
        0,
        (),
    )
    later = AT + 2 * HOUR
    found = mention(7, text="They know who leaked it and say nothing of it", fetched_at=AT + HOUR)
    take(store, found, risk="high", flags=["pid"], at=AT + HOUR)
    decide(store, amina, "escalate", later, case=1, role="pals")
    decide(store, amina, "remove", later, case=3, labels={"pid": True})
    ask(store, amina, bea, AT + HOUR, case=2)
    told = store.handovers.standing(AT, AT + 60 * HOUR)
    assert told.high == (3,)
    assert (told.escalated, told.decided, told.breaches) == ((1,), 2, (3,))
    assert [one.of for one in told.opinions] == [bea]
    assert told.overdue == (1, 2)  # nobody of PALS said that they have the first
    assert told.figures == {
        "new": 1, "high": 0, "overdue": 2, "escalated": 1, "confirmed": 0, "snoozed": 0, "assigned": 0, "assistance": 0,
        "media": 0, "pid": 1, "opinions": 1, "opinions_overdue": 1, "answer": 0,
    }  # fmt: skip
    decide(store, amina, "undo", later + HOUR, case=3, undoes=1)
    assert (
        store.handovers.standing(AT, AT + 60 * HOUR).decided == 1
    )  # what was taken back is not done
    nothing = store.handovers.standing(AT + 59 * HOUR, AT + 60 * HOUR)
    assert (nothing.high, nothing.overdue, nothing.escalated, nothing.decided) == ((), (), (), 0)
    found_late = store.handovers.standing(AT + 59 * HOUR, AT + 60 * HOUR, after=1)
    assert found_late.overdue == (3, 2)  # they came after that note with their time over


def test_a_case_that_was_put_together_after_a_note_is_new_whenever_it_was_found(
    store: Store, team: Team
) -> None:
    then = store.handovers.standing(AT, AT + HOUR)
    assert (then.newest, then.high) == (2, ())
    found = mention(
        7, text="They know who leaked it and say nothing of it"
    )  # by a cycle that began before
    take(store, found, risk="high", flags=["pid"])
    assert store.handovers.standing(AT + HOUR, AT + 2 * HOUR).high == ()
    assert store.handovers.standing(AT + HOUR, AT + 2 * HOUR, after=then.newest).high == (3,)


def test_notes_are_sealed_and_open_under_a_new_key(
    store: Store, team: Team, keys: list[str]
) -> None:
    amina, bea, _ = team.values()
    write(store, bea, "Quillbackhandover")
    store.assignments.assign(1, bea, by=amina, at=AT, seen=0, note="Quillbackgiven")
    ask(store, amina, bea, question="Quillbackasked")
    assert b"Quillback" not in all_bytes(store.database.path)
    store.maintenance.rotate_keys([Fernet.generate_key().decode(), *keys], at=AT)
    last = store.handovers.last()
    assert last is not None
    assert (last.words, store.assignments.of_case(1)[0].note, store.opinions.of_case(1)[0].question) == (
        "Quillbackhandover", "Quillbackgiven", "Quillbackasked",
    )  # fmt: skip
    assert store.maintenance.verify().ok


def test_old_notes_and_absences_go_when_their_time_is_over(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    write(store, bea, "Old.")
    write(store, bea, "Old, corrected.", after=1, note=1)
    store.handovers.mark_read(2, by=amina, at=AT)
    away(store, amina, gwen, 2, 4, replaces=away(store, amina, bea, 1, 3))
    later = AT + YEAR + 5 * DAY
    store.handovers.add("New.", by=bea, at=later - DAY, figures={}, after=2)
    kept = store.retention.purge(AT + 300 * DAY, {"default": YEAR}, deleted_after=YEAR)
    assert "handover notes" not in kept.gone
    proof = store.retention.purge(later, {"default": YEAR}, deleted_after=YEAR)
    assert (proof.gone["handover notes"], proof.gone["absences"], proof.proved) == (2, 2, True)
    assert [one.words for one in store.handovers.recent()] == ["New."]
    assert store.absences.history(amina) == []
    assert store.database.value("SELECT count(*) FROM handover_reads") == 0
    assert store.maintenance.verify().ok


def test_what_was_said_of_a_case_goes_with_it(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    store.assignments.assign(1, bea, by=amina, at=AT, seen=0, note="Zanzibarquux rang")
    ask(store, amina, bea, question="Is Zanzibarquux right?")
    answer(store, bea)
    assert store.search.find_person("Zanzibarquux", at=AT) == [1]
    assert store.retention.erase([1], by="amina", at=AT).proved
    assert (
        store.assignments.of_case(1),
        store.opinions.of_case(1),
        store.assignments.teamwork([1]),
    ) == ([], [], {})
    assert store.assignments.assign(2, bea, by=amina, at=AT, seen=0)
    assert store.maintenance.verify().ok


def test_what_a_role_was_passed_of_danger_waits_until_it_confirms(store: Store, team: Team) -> None:
    amina, _, _ = team.values()
    found = mention(7, text="He will kill me tonight and I have nowhere to go", fetched_at=AT)
    take_into(store, "now", found, risk="high", flags=("safeguarding",))
    decide(store, amina, "escalate", AT + HOUR, case=3, role="safeguarding")
    told = store.handovers.standing(AT, AT + 2 * HOUR)
    assert (told.escalated, told.figures["escalated"]) == ((3,), 1)  # as Waiting has it
    (handoff,) = store.handoffs.open(3)
    store.handoff_steps.confirm(
        handoff.number, by=amina, at=AT + 2 * HOUR, who="Ruth", when=AT + 2 * HOUR
    )
    after = store.handovers.standing(AT, AT + 2 * HOUR)
    figures = (after.figures["escalated"], after.figures["confirmed"])
    assert (after.escalated, after.confirmed, *figures) == ((), (3,), 0, 1)


def test_a_story_that_asks_us_nothing_is_no_media_enquiry(store: Store, team: Team) -> None:
    del team
    lanes: tuple[tuple[int, Lane], ...] = ((7, "look"), (8, "answer"))
    for number, lane in lanes:
        story = mention(number, text=f"{number} {lane}", fetched_at=AT)  # fmt: skip
        take_into(store, lane, story, flags=("media",))
    leak = mention(9, text="Her NHS number is 999 000 0018", fetched_at=AT)
    take_into(store, "now", leak, flags=("pid",))
    told = store.handovers.standing(AT, AT + HOUR)
    assert told.figures["media"] == 1
    assert (told.figures["answer"], told.figures["answer_media"]) == (1, 1)
    assert (len(told.details), told.breaches) == (
        1,
        (),
    )  # nobody has confirmed a breach, whose clock is another


@pytest.mark.parametrize(("ticked", "counted"), [("pid", 1), ("threat", 0)])
def test_details_that_a_colleague_reported_count_among_those_that_wait_in_now(store: Store, team: Team, ticked: str, counted: int) -> None:  # fmt: skip
    del team
    take_into(store, "now", mention(9, text="The board on the ward", fetched_at=AT))
    store.staff_reports.add(1, at=AT, worry="look", flags=(ticked,))
    assert len(store.handovers.standing(AT, AT + HOUR).details) == counted
