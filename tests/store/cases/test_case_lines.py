"""An officer's line stands in place of the rules' as long as they say what they said when it was written, and goes with its post."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import StoreError
from store import Store
from store.cases.case_lines import LONGEST
from tests.store.cases.test_lanes import STORY, bea, decide, reply, take, user
from tests.store.factories import AT, DAY, HOUR, mention
from tests.store.test_retention import purge

__all__ = ["bea", "user"]

RULES, WORDS = "Because of look", "Hayes walk-in centre: when it shuts"


@pytest.fixture
def case(store: Store) -> Store:
    """Case 1: a post in Look, that the rules call by its lane."""
    take(store, "look", mention(1, text=STORY))
    return store


def shown(store: Store, case: int = 1) -> str:
    return store.case_lines.in_place(store.lanes.reasons([case]))[case]


def rename(store: Store, by: int, words: str = WORDS, expected: int | None = None) -> bool:
    version = store.case_lines.version(1) if expected is None else expected
    return store.case_lines.rename(1, words, version, by=by, at=AT + HOUR)


def test_a_case_is_called_by_the_line_and_by_the_rules_again_once_it_is_taken_back(case: Store, user: int, bea: int) -> None:  # fmt: skip
    assert shown(case) == RULES
    assert rename(case, user, f"  {WORDS}\n ")
    assert shown(case) == WORDS
    line = case.case_lines.last(1)
    assert line is not None
    assert (line.words, line.instead_of, line.at) == (WORDS, RULES, AT + HOUR)
    assert case.case_lines.take_back(1, line.version, by=bea, at=AT + 2 * HOUR)
    assert shown(case) == RULES
    assert case.case_lines.last(1) is None
    assert not case.case_lines.take_back(1, case.case_lines.version(1), by=bea, at=AT + 3 * HOUR)
    assert shown(case) == RULES


def test_the_second_of_two_who_rename_or_take_back_is_told(
    case: Store, user: int, bea: int
) -> None:
    assert rename(case, user, expected=0)
    assert not rename(case, bea, "Hayes: closure", expected=0)
    assert not case.case_lines.take_back(1, 0, by=bea, at=AT + HOUR)
    assert shown(case) == WORDS
    first = case.case_lines.version(1)
    assert rename(case, bea, "Hayes: closure", expected=first)
    assert not case.case_lines.take_back(1, first, by=user, at=AT + HOUR)
    assert shown(case) == "Hayes: closure"


def test_a_worse_post_and_another_reading_are_not_hidden_by_a_line(case: Store, user: int) -> None:
    rename(case, user)
    case.database.execute("UPDATE case_mentions SET reason = 'Threat to hurt staff, Hayes' WHERE mention = 1")  # fmt: skip
    assert shown(case) == "Threat to hurt staff, Hayes"
    case.database.execute("UPDATE case_mentions SET reason = ? WHERE mention = 1", RULES)
    assert shown(case) == WORDS
    take(case, "answer", reply(2, mention(1, text=STORY), STORY), at=AT + 2 * HOUR)  # fmt: skip
    assert case.cases.of_mention(2) == 1
    assert shown(case) == "Because of answer"


def test_words_are_encrypted_and_the_record_tells_who_and_not_what(case: Store, user: int) -> None:
    rename(case, user)
    case.case_lines.take_back(1, case.case_lines.version(1), by=user, at=AT + 2 * HOUR)
    rows = case.database.rows("SELECT * FROM case_lines ORDER BY number")
    assert not any(WORDS.encode() in bytes(row["encrypted"]) for row in rows)
    events = [(each.kind, dict(each.about)) for each in case.audit.events() if each.kind.startswith("case renamed")]  # fmt: skip
    about = {"case": 1, "by": user}
    assert events == [("case renamed", about), ("case renamed back", about)]


@pytest.mark.parametrize("words", ["", "   ", "a" * (LONGEST + 1)])
def test_no_words_and_too_many_are_refused(case: Store, user: int, words: str) -> None:
    with pytest.raises(StoreError, match="1 to 42 characters"):
        rename(case, user, words)
    assert rename(case, user, "a" * LONGEST)


def test_danger_and_what_is_not_there_keep_the_rules_line(store: Store, user: int) -> None:
    take(store, "now", mention(1, text=STORY), flags=("safeguarding",))
    with pytest.raises(StoreError, match="may be in danger"):
        rename(store, user)
    with pytest.raises(StoreError, match="there is no case 9"):
        store.case_lines.rename(9, WORDS, 0, by=user, at=AT)


def test_a_case_of_the_guardians_is_neither_renamed_nor_called_by_a_line_from_before(case: Store, user: int) -> None:  # fmt: skip
    rename(case, user)
    case.speaking_up.send(1, [1], by=user, at=AT + 2 * HOUR, reason="She tells of unsafe nights")
    assert WORDS not in case.case_lines.in_place({1: RULES}).values()
    assert case.case_lines.last(1) is None
    with pytest.raises(StoreError, match="Guardian"):
        rename(case, user)


def test_a_decided_case_keeps_its_line(case: Store, user: int) -> None:
    rename(case, user)
    assert decide(case, user, 1)
    assert shown(case) == WORDS


def test_a_purge_takes_the_line_with_its_post(case: Store, user: int) -> None:
    rename(case, user)
    case.case_lines.take_back(1, case.case_lines.version(1), by=user, at=AT + 2 * HOUR)
    rename(case, user)
    assert purge(case, AT + 400 * DAY).proved
    assert case.cases.get(1) is None
    assert case.database.value("SELECT count(*) FROM case_lines") == 0


def test_an_erasure_of_the_post_takes_the_line_although_the_case_stays(
    case: Store, user: int
) -> None:
    rename(case, user)
    other = replace(reply(2, mention(1, text=STORY), STORY), posted_at=AT + HOUR)
    take(case, "look", other, at=AT + 2 * HOUR)
    assert case.cases.of_mention(2) == 1
    case.retention.erase([1], by="gwen", at=AT + DAY)
    assert case.cases.get(1) is not None
    assert case.database.value("SELECT count(*) FROM case_lines") == 0
    assert shown(case) == RULES


def test_a_search_for_a_person_finds_the_line_with_the_posts_of_its_case(case: Store, user: int) -> None:  # fmt: skip
    rename(case, user, "Ask Mandelbrot about Hayes")
    assert case.search.find_person("Mandelbrot") == [1]


@pytest.mark.parametrize(("typed", "finds"), [("hayes", True), ("WALK shuts", True), ("alk", False), ("hayes parking", False), ("", False)])  # fmt: skip
def test_a_case_is_found_by_words_of_its_line_while_that_stands(case: Store, user: int, typed: str, finds: bool) -> None:  # fmt: skip
    rename(case, user)
    assert case.case_lines.called(typed) == [1] * finds
    case.case_lines.take_back(1, case.case_lines.version(1), by=user, at=AT + 2 * HOUR)
    assert case.case_lines.called(typed) == []
