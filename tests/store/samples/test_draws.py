"""What is drawn for a blind look: who is asked, what becomes of what they say, and what is left when posts go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from core.errors import StoreError
from core.models import Risk
from store import CaseQuery, Draw, Drawn, Placing, SampleAnswer, Store, Stratum
from store.samples.models import SampleKind
from tests.store.cases.test_decisions import decision
from tests.store.cases.test_grouping import decide, group
from tests.store.factories import AT, DAY, HOUR, add, all_bytes, assess_all, flag, mention
from tests.store.test_retention import purge

MONDAY = date(2026, 11, 16)
TEXTS = (
    "Somebody should go and smash every window of the clinic in Brent",
    "The bus to the hospital in Harrow was late again this morning",
    "My neighbour Juniper Quillfeather had her hip done on ward nine",
    "Lovely midwives in Ealing, thank you all for everything you did",
)


@pytest.fixture
def amina(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


@pytest.fixture
def bea(store: Store) -> int:
    return store.users.add("local", "bea", "Bea Whitlock", ["reviewer"], at=AT).number


def take(
    store: Store, *numbers: int, flags: tuple[str, ...] = (), risk: Risk = "none", **read: Any
) -> None:
    """Stores, assesses and groups the texts of these numbers, from 1."""
    add(store, *(mention(number, text=TEXTS[number - 1]) for number in numbers))
    assess_all(
        store, risk, flags=[flag(name) for name in flags], **({"sentiment": "neutral"} | read)
    )
    group(store, bands=())


def drawn(
    store: Store,
    *mentions: int,
    kind: SampleKind = "unflagged",
    week: date = MONDAY,
    decisions: Iterable[int] = (),
) -> bool:
    """Keeps a sample of these mentions, numbered in their order."""
    told = dict(zip(mentions, decisions, strict=False))
    stratum = "in scope" if kind == "unflagged" else "decided"
    made = Draw(
        week=week, since=AT - 7 * DAY, until=AT + HOUR, seed="5eed", flagged={"any": 3, "threat": 2},
        strata=(Stratum(kind=kind, name=stratum, population=10, drawn=len(mentions)),),
    )  # fmt: skip
    found = [
        Drawn(kind=kind, mention=number, revision=1, stratum=stratum, chance=len(mentions) / 10,
              decision=told.get(number))
        for number in mentions
    ]  # fmt: skip
    return store.samples.add_draw(made, found, AT + HOUR)


def say(store: Store, sample: int, by: int, *flags: str, version: int = 0, **more: Any) -> bool:
    """An answer that it is in scope and that these flags hold."""
    given: dict[str, Any] = {
        "in_scope": True,
        "at": AT + 2 * HOUR,
        "risk": "high" if flags else "none",
    } | more
    return store.sample_answers.add(
        SampleAnswer(sample=sample, by=by, flags=flags, **given), version
    )


def counted(store: Store) -> dict[tuple[str, str, str], int]:
    """Tallies of all weeks together."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in store.sample_counts.tallies(date(2026, 1, 1)):
        counts[one.kind, one.stratum, one.what] += one.count
    return dict(counts)


# ── what may be drawn ────────────────────────────────────────────────────────────────────────────


def test_only_what_was_read_in_full_and_has_no_flag_may_be_drawn(store: Store) -> None:
    take(store, 1, flags=("threat",), risk="high")
    take(store, 2)
    take(store, 3, read="unread")
    take(store, 4, in_scope=False)
    found = store.samples.candidates(AT - DAY, AT + DAY)
    assert [(one.mention, one.in_scope, one.words) for one in found] == [
        (2, True, TEXTS[1]),
        (4, False, TEXTS[3]),
    ]
    assert store.samples.candidates(AT + DAY, AT + 2 * DAY) == []


def test_what_was_deleted_edited_or_is_our_own_may_not_be_drawn(store: Store) -> None:
    take(store, 1, 2)
    add(store, mention(4, text=TEXTS[3], own=True))
    assess_all(store, "none")
    add(
        store,
        mention(1, text=TEXTS[0], deleted=True, fetched_at=AT + HOUR),
        mention(2, text=TEXTS[2], fetched_at=AT + HOUR),
        at=AT + HOUR,
    )
    assert (
        store.samples.candidates(AT - DAY, AT + DAY) == []
    )  # the edited one waits to be read again


def test_copies_of_a_story_are_flagged_once(store: Store) -> None:
    add(
        store,
        mention(1, text=TEXTS[0]),
        mention(2, text=f"RT @somebody: {TEXTS[0]}"),
        mention(3, text=TEXTS[1]),
    )
    assess_all(store, "high", flags=[flag("threat"), flag("derogatory")])
    assert store.samples.flagged_stories(AT - DAY, AT + DAY) == {
        "any": 2,
        "derogatory": 2,
        "threat": 2,
    }


def test_a_decision_may_be_looked_at_again_unless_it_was_taken_back_or_is_none(
    store: Store, amina: int
) -> None:
    take(store, 1, 2, 3, flags=("threat",), risk="high")
    assert decide(store, amina, 1)
    assert decide(store, amina, 2, "second_opinion")
    assert decide(store, amina, 3)
    assert [one.mention for one in store.samples.decided(AT, AT + DAY)] == [1, 3]
    assert decide(store, amina, 3, "undo", covers=(), undoes=1)
    assert [(one.mention, one.unit) for one in store.samples.decided(AT, AT + DAY)] == [(1, 1)]
    assert store.samples.decided(AT + DAY, AT + 2 * DAY) == []
    drawn(store, 1, kind="second", decisions=(1,))
    assert store.samples.decided(AT, AT + DAY) == []


def test_a_week_has_one_sample(store: Store) -> None:
    take(store, 1, 2)
    assert drawn(store, 1)
    assert not drawn(store, 2)
    assert drawn(store, 2, week=MONDAY + timedelta(days=7))
    assert [one.week for one in store.samples.draws(MONDAY)] == [MONDAY, MONDAY + timedelta(days=7)]
    last = store.samples.last_draw()
    assert last is not None
    assert (last.seed, last.flagged["threat"], last.strata[0].population) == ("5eed", 2, 10)
    assert store.maintenance.verify().ok


# ── who is asked ─────────────────────────────────────────────────────────────────────────────────


def test_one_who_reloads_sees_the_same_and_each_has_an_order_of_their_own(
    store: Store, amina: int, bea: int
) -> None:
    take(store, 1, 2, 3, 4)
    assert store.sample_answers.next_for(amina) is None
    assert store.sample_answers.progress(amina).week is None
    drawn(store, 1, 2, 3, 4)
    first = store.sample_answers.next_for(amina)
    assert first is not None
    assert (
        first
        == store.sample_answers.next_for(amina)
        == store.sample_answers.get(first.number, amina)
    )
    orders = {
        one.number
        for user in range(1, 40)
        if (one := store.sample_answers.next_for(user)) is not None
    }
    assert len(orders) > 1
    shown = {
        one.masked
        for _ in range(4)
        if (one := store.sample_answers.next_for(amina)) and say(store, one.number, amina)
    }
    assert shown == set(TEXTS)
    assert store.sample_answers.next_for(amina) is None
    assert store.sample_answers.progress(bea) == store.sample_answers.progress(amina)
    assert (
        store.sample_answers.progress(bea).answered,
        store.sample_answers.progress(bea).total,
    ) == (4, 4)


def test_nobody_judges_what_they_decided_on(store: Store, amina: int, bea: int) -> None:
    take(store, 1, 2, flags=("threat",), risk="high")
    decide(store, amina, 1)
    decide(store, bea, 2)
    drawn(store, 1, 2, kind="second", decisions=(1, 2))
    for user, theirs, others in ((amina, 2, 1), (bea, 1, 2)):
        found = store.sample_answers.next_for(user)
        assert found is not None
        assert found.mention == theirs
        assert store.sample_answers.get(others, user) is None
        assert store.sample_answers.progress(user).yours == 1
        assert not say(store, others, user, "threat")
    assert decide(store, amina, 2)  # she decides on the other meanwhile
    assert store.sample_answers.next_for(amina) is None
    assert not say(store, 2, amina, "threat")


def test_who_decided_before_there_were_cases_is_known_by_name(
    store: Store, amina: int, bea: int
) -> None:
    take(store, 2, risk="low")
    store.decisions.add(decision(mention=1, by="Amina Yusuf", kind="no_action"), 0)
    drawn(store, 1)
    assert store.sample_answers.next_for(amina) is None
    assert store.sample_answers.next_for(bea) is not None


def test_what_one_passes_over_a_colleague_is_asked(store: Store, amina: int, bea: int) -> None:
    take(store, 1)
    drawn(store, 1)
    assert say(store, 1, amina, skipped="involved", note="I know her")
    assert store.sample_answers.next_for(amina) is None
    assert (
        store.sample_answers.progress(amina).answered,
        store.sample_answers.progress(amina).yours,
    ) == (0, 0)
    found = store.sample_answers.next_for(bea)
    assert found is not None
    assert (found.number, found.version, found.mine) == (1, 1, None)
    assert say(store, 1, bea, version=1)
    assert counted(store) == {
        ("unflagged", "in scope", "answered"): 1,
        ("unflagged", "in scope", "in scope"): 1,
    }


def test_the_second_of_two_is_told(store: Store, amina: int, bea: int) -> None:
    take(store, 1)
    drawn(store, 1)
    assert say(store, 1, bea)
    assert not say(store, 1, amina, "threat")
    assert not say(store, 1, amina, "threat", version=1)
    assert store.sample_answers.get(1, amina) is None
    assert ("unflagged", "in scope", "threat") not in counted(store)


def test_one_can_change_ones_own_answer_and_nobody_elses(
    store: Store, amina: int, bea: int
) -> None:
    take(store, 1)
    drawn(store, 1)
    say(store, 1, amina, "threat", note="plain enough")
    mine = store.sample_answers.get(1, amina)
    assert mine is not None
    assert mine.mine is not None
    assert (mine.mine.flags, mine.mine.note, mine.version) == (("threat",), "plain enough", 1)
    assert not say(store, 1, amina, version=0)
    assert not say(store, 1, bea, version=1)
    assert say(store, 1, amina, "derogatory", version=1)
    with pytest.raises(StoreError, match="judged already"):
        say(store, 1, amina, version=2, skipped="context")
    found = counted(store)
    assert (
        found["unflagged", "in scope", "derogatory"] == found["unflagged", "in scope", "any"] == 1
    )
    assert ("unflagged", "in scope", "threat") not in found


def test_what_was_deleted_or_edited_leaves_the_sample(store: Store, amina: int) -> None:
    take(store, 1, 2, 3)
    drawn(store, 1, 2, 3)
    add(
        store,
        mention(1, text=TEXTS[0], deleted=True, fetched_at=AT + HOUR),
        mention(2, text=TEXTS[3], fetched_at=AT + HOUR),
        at=AT + HOUR,
    )
    assess_all(store, "none")
    found = store.sample_answers.next_for(amina)
    assert found is not None
    assert found.mention == 3
    assert store.sample_answers.progress(amina).total == 1
    assert not say(store, 1, amina)
    assert not say(store, 2, amina)


def test_what_nobody_got_to_lapses_with_the_next_draw(store: Store, amina: int) -> None:
    take(store, 1, 2)
    drawn(store, 1)
    drawn(store, 2, week=MONDAY + timedelta(days=7))
    found = store.sample_answers.next_for(amina)
    assert found is not None
    assert found.mention == 2
    assert not say(store, 1, amina)


# ── what was missed ──────────────────────────────────────────────────────────────────────────────


def test_what_was_missed_is_a_case_that_somebody_must_decide(store: Store, amina: int) -> None:
    take(store, 1, 2)
    assert store.queue.page(CaseQuery(tab="all"), AT).total == 0
    drawn(store, 1, 2)
    assert say(store, 1, amina, "threat", "derogatory")
    assert say(store, 2, amina)
    (card,) = store.queue.page(CaseQuery(tab="high", flags=("threat",)), AT).cards
    assert (card.case.risk, card.case.flagged, card.case.state, card.case.lead_mention) == (
        "high",
        1,
        "new",
        1,
    )
    assert store.sample_answers.false_negatives(card.case.number) == {1: ("derogatory", "threat")}
    assert store.queue.page(CaseQuery(tab="all", words="smash"), AT).total == 1
    assert decide(store, amina, card.case.number)
    assert store.maintenance.verify().ok


def test_it_stays_one_when_it_is_read_or_grouped_again(store: Store, amina: int) -> None:
    take(store, 1)
    drawn(store, 1)
    say(store, 1, amina, "threat")
    assess_all(store, "none", model="model-b", sentiment="neutral")
    group(store, bands=())
    (card,) = store.queue.page(CaseQuery(tab="high"), AT).cards
    assert (card.case.flagged, card.case.risk) == (1, "high")


def test_who_takes_back_what_they_found_takes_it_out_of_what_waits(
    store: Store, amina: int
) -> None:
    take(store, 1)
    drawn(store, 1)
    assert say(store, 1, amina, "threat")
    assert say(store, 1, amina, version=1)
    page = store.queue.page(CaseQuery(tab="new"), AT)
    assert (page.tabs["new"], page.tabs["high"]) == (0, 0)
    assert store.sample_answers.false_negatives(1) == {}
    case = store.cases.get(1)
    assert case is not None
    assert (case.flagged, case.risk, case.due_at) == (0, "none", None)
    assert say(store, 1, amina, "threat", version=2)
    assert store.queue.page(CaseQuery(tab="high"), AT).total == 1
    assert store.maintenance.verify().ok


def test_a_copy_that_nobody_need_see_becomes_worth_it_in_its_case(
    store: Store, amina: int, bea: int
) -> None:
    take(store, 1, flags=("threat",), risk="high")
    add(store, mention(2, text=TEXTS[1], kind="reply", parent_id=mention(1).issued_id))
    assess_all(store, "none", sentiment="neutral")
    store.grouping.group(
        [Placing(mention=2, risk=2, bands=(), places=("Brent",))], alike=lambda *_: False, at=AT
    )
    assert store.cases.of_mention(2) is None
    drawn(store, 2)
    decide(store, bea, 1)
    say(store, 1, amina, "harassment")
    assert store.cases.of_mention(2) == 1
    case = store.cases.get(1)
    assert case is not None
    assert (case.state, case.flagged) == ("open", 2)


def test_a_second_look_opens_nothing(store: Store, amina: int, bea: int) -> None:
    take(store, 1, flags=("threat",), risk="high")
    decide(store, bea, 1)
    drawn(store, 1, kind="second", decisions=(1,))
    assert say(store, 1, amina, "pid")
    case = store.cases.get(1)
    assert case is not None
    assert case.state == "done"
    assert store.sample_answers.false_negatives(1) == {}


# ── what is counted ──────────────────────────────────────────────────────────────────────────────


def test_what_two_said_is_counted_where_both_spoke(store: Store, amina: int, bea: int) -> None:
    take(store, 1, 2, 3, flags=("threat", "derogatory"), risk="high")
    decide(store, bea, 1, labels={"threat": True, "derogatory": False, "pid": True})
    decide(store, bea, 2, "not_relevant", labels={"threat": False})
    decide(store, bea, 3)
    drawn(store, 1, 2, 3, kind="second", decisions=(1, 2, 3))
    say(store, 1, amina, "threat", "derogatory")
    say(store, 2, amina, in_scope=False)
    say(store, 3, amina, "threat")
    found = {key: count for key, count in counted(store).items() if key[0] == "second"}
    assert found == {
        ("second", "", "answered"): 3, ("second", "threat", "yes yes"): 1, ("second", "threat", "no no"): 1,
        ("second", "derogatory", "no yes"): 1, ("second", "pid", "yes no"): 1,
        ("second", "in scope", "yes yes"): 2, ("second", "in scope", "no no"): 1,
    }  # fmt: skip
    assert [(one.case, one.of, one.first, one.second) for one in store.sample_counts.disagreements(MONDAY)] == [
        (1, "derogatory", False, True), (1, "pid", True, False),
    ]  # fmt: skip


def test_a_decision_that_is_taken_back_is_compared_with_nothing(
    store: Store, amina: int, bea: int
) -> None:
    take(store, 1, flags=("threat",), risk="high")
    decide(store, bea, 1, labels={"threat": True})
    drawn(store, 1, kind="second", decisions=(1,))
    say(store, 1, amina, "threat")
    decide(store, bea, 1, "undo", covers=(), undoes=1)
    assert counted(store) == {}


def test_the_last_word_on_a_flag_counts_and_copies_count_once(store: Store, bea: int) -> None:
    add(store, mention(1, text=TEXTS[0]), mention(2, text=TEXTS[0]), mention(3, text=TEXTS[1]))
    assess_all(store, "high", flags=[flag("threat"), flag("derogatory")])
    group(store, bands=())
    decide(store, bea, 1, labels={"threat": False})
    decide(store, bea, 1, labels={"threat": True, "pid": True})
    decide(store, bea, 2, labels={"threat": False})
    assert counted(store) == {
        ("judged", "threat", "right"): 1, ("judged", "any", "right"): 1, ("judged", "threat", "wrong"): 1,
    }  # fmt: skip  # of the second story nobody has spoken of the other flag
    decide(store, bea, 2, labels={"derogatory": False})
    assert counted(store)["judged", "any", "wrong"] == 1


# ── when posts go ────────────────────────────────────────────────────────────────────────────────


def test_counts_outlive_the_posts_and_nothing_else_does(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        bea = store.users.add("local", "bea", "Bea Whitlock", ["reviewer"], at=AT).number
        amina = store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number
        take(store, 1, flags=("threat",), risk="high")
        take(store, 2, 3)
        decide(store, bea, 1, labels={"threat": True})
        drawn(store, 2, 3)
        say(store, 1, amina, "pid", note="Juniperwords of hers")
        say(store, 2, amina)
        drawn(store, 1, kind="second", decisions=(1,), week=MONDAY + timedelta(days=7))
        say(store, 3, amina)
        before = counted(store)
        assert len(before) == 9
        add(
            store,
            *(mention(n, text=TEXTS[n - 1], deleted=True, fetched_at=AT + DAY) for n in (1, 2)),
            at=AT + DAY,
        )
        assert counted(store) == before
        proof = purge(store)
        assert (dict(proof.gone), proof.proved) == ({"deleted": 2}, True)
        assert (
            proof.left["samples"]
            == proof.left["sample_answers"]
            == proof.left["false_negatives"]
            == 0
        )
        assert [row["mention"] for row in store.database.rows("SELECT mention FROM samples")] == [3]
        assert store.database.value("SELECT count(*) FROM false_negatives") == 0
        assert counted(store) == before
        assert purge(store).proved
        assert counted(store) == before
        assert store.maintenance.verify().ok
        assert b"smash every window" not in all_bytes(path)


def test_notes_are_sealed_and_a_new_key_seals_them_anew(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        amina = store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number
        take(store, 1)
        drawn(store, 1)
        say(store, 1, amina, note="Quillfeatherwords")
        store.maintenance.rotate_keys([Fernet.generate_key().decode(), *keys])
        found = store.sample_answers.get(1, amina)
        assert found is not None
        assert found.mine is not None
        assert found.mine.note == "Quillfeatherwords"
        with pytest.raises(Exception, match="added, never changed"):
            store.database.execute("UPDATE sample_answers SET labels = '[]'")
    assert b"Quillfeatherwords" not in all_bytes(path)


def test_an_answer_to_what_was_purged_is_not_kept(store: Store, amina: int) -> None:
    take(store, 2)
    drawn(store, 1)
    store.retention.erase([1], by="dpo", at=AT)
    assert not say(store, 1, amina)
    assert store.sample_answers.next_for(amina) is None
