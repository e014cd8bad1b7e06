"""What reports are made of: what a person should see, counts that survive a purge, and search."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.models import RISKS, Read, Risk
from store import CaseDecision, Moderation, PathStep, Placing, Store, Total
from store.search import OF_CASE, OF_MENTION
from tests.store.cases.test_decisions import decision
from tests.store.factories import (
    AT,
    DAY,
    HOUR,
    MODEL,
    POLICY,
    add,
    assess_all,
    assessed,
    flag,
    mention,
)
from tests.store.test_assessments import again

TODAY = (AT - HOUR, AT + HOUR)


def numbers(store: Store, start: datetime, end: datetime, **how: str) -> list[int]:
    return [item.number for item in store.figures.flagged(start, end, **how)]  # type: ignore[arg-type]


def test_the_gravest_come_first(store: Store) -> None:
    add(store, *(mention(number) for number in range(1, 5)))
    order: tuple[Risk, ...] = ("low", "none", "high", "medium")
    for stored, risk in zip(store.assessments.unassessed(POLICY, MODEL), order, strict=True):
        store.assessments.add([assessed(stored, risk, flags=[flag()])])
    risks = [item.risk for item in store.figures.flagged(*TODAY)]
    assert risks == sorted(risks, key=RISKS.index)
    assert len(risks) == 4


@pytest.mark.parametrize(("read", "seen"), [("full", False), ("partial", True), ("unread", True)])
def test_what_was_not_read_in_full_is_never_left_out(store: Store, read: Read, seen: bool) -> None:
    add(store, mention())
    assess_all(store, "none", read=read)
    assert bool(store.figures.flagged(*TODAY)) is seen
    assert store.figures.count_assessed(*TODAY) == 1


def test_a_flag_without_a_risk_is_seen(store: Store) -> None:
    add(store, mention())
    assess_all(store, "none", flags=[flag("brand")])
    assert numbers(store, *TODAY) == [1]


def test_a_period_is_half_open_and_takes_what_was_found_or_edited_in_it(store: Store) -> None:
    add(store, mention(1, posted_at=AT - 9 * DAY), mention(2, fetched_at=AT + DAY, posted_at=AT))
    assess_all(store)
    assert numbers(store, AT, AT + DAY) == [1]
    assert numbers(store, AT, AT + DAY, by="posted") == [2]
    assert numbers(store, AT + DAY, AT + 2 * DAY) == [2]
    add(store, mention(1, posted_at=AT - 9 * DAY, text="Edited", fetched_at=AT + 3 * DAY))
    assess_all(store)
    assert numbers(store, AT + 3 * DAY, AT + 4 * DAY) == [1]
    assert numbers(store, AT, AT + DAY) == [1]


def test_what_its_reach_raised_is_seen_on_that_day(store: Store) -> None:
    add(store, mention())
    assess_all(store, "medium")
    add(store, mention(metrics={"shares": 500}, fetched_at=AT + 5 * DAY))
    store.assessments.add_risks([again(store, "medium")])
    assert numbers(store, AT + HOUR, AT + 9 * DAY) == []
    add(store, mention(metrics={"shares": 900}, fetched_at=AT + 6 * DAY))
    store.assessments.add_risks([again(store, "high")])
    assert numbers(store, AT + HOUR, AT + 9 * DAY) == [1]


def test_an_item_tells_what_is_known_of_it_and_nobody_who_wrote_it(store: Store) -> None:
    add(store, mention(1), mention(2, text=mention(1).text))
    add(store, mention(1, fetched_at=AT + HOUR, text="Edited " + mention(1).text, matched=("ICB",)))
    assess_all(store, "high", masked="[name] waited", flags=[flag()])
    add(store, mention(1, fetched_at=AT + 2 * HOUR, deleted=True), source="recheck")
    store.decisions.add(decision(), 0)
    item = store.figures.item(1)
    assert item is not None
    assert (item.edited, item.deleted, item.decision, item.masked) == (
        True,
        True,
        "respond",
        "[name] waited",
    )
    assert set(item.matched) == {"Northwick Park", "ICB"}
    assert "ashdown" not in repr(item).lower()
    assert store.figures.item(99) is None


def test_copies_count_the_living_of_a_story(store: Store) -> None:
    text = "The A&E at Ealing shuts on Friday, pass it on"
    add(store, *(mention(number, text=text) for number in (1, 2, 3)))
    add(store, mention(3, deleted=True, fetched_at=AT + HOUR))
    assess_all(store)
    assert [item.copies for item in store.figures.flagged(*TODAY)] == [2, 2]


def test_totals_count_by_uk_day_and_labels(store: Store) -> None:
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # the 2nd in London
    add(
        store,
        mention(1, posted_at=summer),
        mention(2, posted_at=summer),
        mention(3, posted_at=summer - HOUR),
    )
    assess_all(store, "high", flags=[flag("pid"), flag("allegation")])
    july = clock.day(date(2026, 7, 1))[0], clock.day(date(2026, 7, 2))[1]
    first, second = store.figures.totals(*july)
    same = {"platform": "x", "sentiment": "negative", "risk": "high", "in_scope": True,
            "flags": ("allegation", "pid")}  # fmt: skip
    assert first == Total(day=date(2026, 7, 1), count=1, **same)  # type: ignore[arg-type]
    assert second == Total(day=date(2026, 7, 2), count=2, **same)  # type: ignore[arg-type]


def test_totals_are_the_same_after_a_purge(store: Store) -> None:
    for day in range(10):
        add(
            store, mention(2 * day, posted_at=AT - day * DAY, fetched_at=AT - day * DAY),
            mention(2 * day + 1, platform="blog", posted_at=AT - day * DAY, fetched_at=AT - day * DAY),
        )  # fmt: skip
    assess_all(store, "low", flags=[flag("assistance")])
    weeks = [clock.week(date(2026, 11, 20)), clock.week(date(2026, 11, 13))]
    before = [store.figures.totals(*week) for week in weeks]
    assert sum(total.count for week in before for total in week) == 20
    store.retention.purge(AT, {"x": 3 * DAY, "default": 5 * DAY}, deleted_after=timedelta(0))
    assert [store.figures.totals(*week) for week in weeks] == before
    store.retention.purge(AT + 30 * DAY, {"default": DAY}, deleted_after=timedelta(0))
    assert [store.figures.totals(*week) for week in weeks] == before


def test_search_finds_masked_words_of_what_stands_now(store: Store) -> None:
    add(store, mention(1, text="parking at Northwick"), mention(2, text="Café in Ealing"))
    assess_all(store)
    assert store.search.by_words("NORTHWICK parking") == [1]
    assert store.search.by_words("cafe") == [2]
    assert store.search.by_words("Northwick Ealing") == []
    add(store, mention(1, text="nothing to see", fetched_at=AT + HOUR))
    assess_all(store)
    assert store.search.by_words("parking") == []


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'",
        "a OR b",
        "NOT",
        "masked:",
        "x*",
        "(",
        "^a",
        "-",
        "a AND",
        "NEAR(a b)",
        "\0",
        "\ud800",
        "",
        "  ",
        "🙂",
    ],
)
def test_whatever_is_typed_into_the_search_is_only_words(store: Store, words: str) -> None:
    add(store, mention(1, text="plain"))
    assess_all(store)
    assert store.search.by_words(words) == []


def test_a_person_is_found_by_name_handle_text_or_note_and_that_leaves_an_event(
    store: Store,
) -> None:
    add(store, mention(1, text="Dr Maeve Quill was kind"), mention(2, text="Nothing"))
    assess_all(store, masked="[name] was kind")
    store.decisions.add(decision(mention=2, note="spoke to Maeve Quill"), 0)
    assert store.search.by_words("Maeve") == []
    assert store.search.find_person("maeve quill", by="governance") == [1, 2]
    assert store.search.find_person("ROWAN_ASHDOWN") == [1, 2]
    assert store.search.find_person("hornblower") == []
    assert store.search.find_person(" ") == []
    searches = [event for event in store.audit.events() if event.kind == "searched for a person"]
    assert [event.about["found"] for event in searches] == [2, 2, 0, 0]
    assert "maeve" not in str(searches).lower()


def test_a_person_is_found_in_whatever_is_sealed_of_a_mention_or_its_case(store: Store) -> None:
    add(store, mention(1), mention(2))
    assess_all(store)
    store.grouping.group(
        [Placing(mention=1, risk=1), Placing(mention=2, risk=2)], alike=lambda *_: False, at=AT
    )
    amina = store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number
    answer = CaseDecision(case=1, kind="respond", by=amina, at=AT, covers=((1, 1),))
    store.replies.record(answer, 0, text="Ms Quillback, ring PALS")
    store.purposes.ask(2, [(2, 1)], by=amina, at=AT, reason="harm", words="asked by Zephyrine")
    bea = store.users.add("local", "bea", "Bea Whitlock", ["governance"], at=AT).number
    store.purposes.answer(
        1,
        "governance",
        by=bea,
        at=AT,
        answer="refuses",
        reason="milder",
        words="Ottoline spoke to them",
    )
    hidden = Moderation(mention=2, revision=1, source="x", action="hide", by=amina, at=AT, reason="it names Osgood")  # fmt: skip
    store.moderations.begin(hidden, after=0)
    store.cases.decide(CaseDecision(case=2, kind="escalate", role="pals", by=amina, at=AT, note="Thaddeus rang", covers=((2, 1),)), 0)  # fmt: skip
    store.handoff_steps.answer(1, by=amina, at=AT, note="they spoke to Wilhelmina")
    told = PathStep(case=2, path="leak", step="tell", who="Balthazar", by=amina, at=AT)
    store.path_steps.add(told, seen=0)
    names = ("quillback", "zephyrine", "osgood", "thaddeus", "wilhelmina", "balthazar", "ottoline")
    assert [store.search.find_person(name) for name in names] == [[1], *[[2]] * 6]


def test_no_encrypted_words_of_a_mention_are_left_out_of_a_search_for_a_person(
    store: Store,
) -> None:
    of: dict[str, set[str]] = {"mention": set(), "case_number": set()}
    for table in store.maintenance.encrypted_tables():
        columns = {row["name"] for row in store.database.rows(f"PRAGMA table_info({table})")}
        for column in of:
            of[column] |= {table} & ({table} if column in columns else set())
    assert of["mention"] - {"outbox"} == set(OF_MENTION)  # numbers alone stand in the outbox
    assert of["case_number"] - of["mention"] == set(OF_CASE)
