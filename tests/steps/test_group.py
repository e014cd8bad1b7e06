"""A cycle puts what it assessed into cases, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from classify.policy import schema
from core.models import SPEECH_SOUGHT, Author, Mention
from settings.organisation import Place, Rule
from steps import group, lanes, match_rules
from steps.context import RunContext, open_context
from store import CaseDecision, CaseQuery, LanePlacing, PostFacts, Ungrouped
from tests.decisions import AT, CALM, THREAT, found, post, reader, settled
from tests.fakes import Told

DANGER = "@HealthierNWL I am going to kill myself tonight, nobody at the Brent clinic listens"
LEAK = "Found on the desk at the Brent clinic: Maureen Tillotson, NHS number 999 012 3459, of 4 Alder Road, has HIV"
PLACES = (
    Place(name="Hammersmith & Fulham", aliases=("H&F", "Shepherd's Bush")),
    Place(name="Brent"),
)


@pytest.fixture
def told() -> Told:
    return Told()


def grouped(house: RunContext) -> int:
    """How many cases there are after a cycle's step."""
    reader(house)
    group.group(house.new_run(AT))
    return house.store.queue.page(CaseQuery(tab="all"), AT).total


def test_a_threat_is_a_case_and_its_shares_are_in_it(tmp_path: Path, told: Told) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, post(1, THREAT), post(2, CALM), post(3, f"RT @somebody: {THREAT}"))
        assert grouped(house) == 1
        case = house.store.cases.get(1)
        assert case is not None
        assert (case.risk, case.flagged) == ("high", 2)


def test_a_post_that_the_program_trips_over_is_looked_at_now_and_keeps_no_other_from_its_lane(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = lanes.placing_of

    def trips(facts: PostFacts, *rest: Any) -> LanePlacing:
        if "on the desk" in facts.masked:
            raise StopIteration
        return sound(facts, *rest)

    monkeypatch.setattr(lanes, "placing_of", trips)
    with open_context(settled(tmp_path), told) as house:
        found(house, post(1, LEAK), post(2, THREAT))
        assert grouped(house) == 2
        posts = house.store.database.rows("SELECT mention, lane, reason FROM case_mentions")
        assert {
            (post["mention"], post["lane"], post["reason"] == group.NOT_SORTED) for post in posts
        } == {
            (1, "now", True),
            (2, "now", False),
        }


def by(number: int, text: str, account: str, **changes: Any) -> Mention:
    return post(number, text, author=Author(id=account, handle=account, name=account), **changes)


def test_two_people_in_danger_in_the_same_words_are_two_cases_and_two_alerts(
    tmp_path: Path, told: Told
) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, by(1, DANGER, "rowan"))
        assert grouped(house) == 1
        found(
            house,
            by(2, DANGER, "jordan"),
            by(3, f"{DANGER}. {DANGER}", "rowan"),
            by(4, DANGER, "rowan"),
        )
        grouped(house)
        cases = {number: house.store.grouping.case_of(number) for number in (1, 2, 4)}
        assert cases[1] == cases[4] != cases[2]
        alerts = house.store.alerts.raised()
        assert {alert.case for alert in alerts} >= {cases[1], cases[2]}


def test_who_answers_a_post_in_danger_and_is_in_danger_too_is_a_case_of_their_own(
    tmp_path: Path, told: Told
) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, by(1, DANGER, "rowan"))
        grouped(house)
        found(
            house,
            by(
                2,
                f"Same here. {DANGER}",
                "jordan",
                kind="reply",
                parent_id="at://1",
                root_id="at://1",
            ),
        )
        assert grouped(house) == 2


def test_a_decision_covers_no_copy_of_what_waits_in_now(tmp_path: Path, told: Told) -> None:
    with open_context(settled(tmp_path), told) as house:
        amina = house.store.users.add("local", "amina", "Amina", ["reviewer"], at=AT).number
        found(house, by(1, LEAK, "rowan"))
        grouped(house)
        said = CaseDecision(case=1, kind="monitor", by=amina, at=AT, covers=((1, 1),), labels={"pid": False}, reason="Invented in a play")  # fmt: skip
        assert house.store.cases.decide(said, 0)
        found(house, by(2, LEAK, "jordan"))
        assert grouped(house) == 1
        case = house.store.cases.get(1)
        assert case is not None
        assert case.state == "open"


def test_a_second_cycle_changes_nothing(tmp_path: Path, told: Told) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, post(1, THREAT))
        assert grouped(house) == grouped(house) == 1
    assert sum("cases:" in line for line in told) == 1


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Queues in Shepherd's Bush and at the Brent clinic", ("Hammersmith & Fulham", "Brent")),
        ("#Brent clinic", ("Brent",)),
        ("Nothing of ours", ()),
        ("hammersmith and fulham mind", ("Hammersmith & Fulham",)),
    ],
)
def test_places_are_known_by_all_their_names(text: str, places: tuple[str, ...]) -> None:
    given = group.placing(Ungrouped(mention=1, risk=1, text=text), PLACES, schema.load())
    assert set(given.places) == set(places)


def test_what_a_search_for_union_words_finds_is_the_guardians_and_nobody_elses(
    tmp_path: Path, told: Told
) -> None:
    """The words are those of an ordinary complaint: the search that found them makes them the Guardian's."""
    rules = match_rules.matcher(
        (Rule(name="talk", rule="fist* AND strike*"), Rule(name="windows", rule="window"))
    )
    words = f"{THREAT}. The strike did not help"
    (by_rule, by_term, plain, article) = match_rules.matched(rules, [
        post(1, words), post(2, "Brent clinic: I will kill the lot of you", matched=("ICB strike",)), post(3, f"{CALM} by the window"), post(4, "Fists were raised beside the strike in Brent, the Gazette reports", kind="article"),
    ])  # fmt: skip
    assert set(by_rule.matched) == {"rule: talk", "rule: windows", SPEECH_SOUGHT}
    assert by_term.matched == ("ICB strike", SPEECH_SOUGHT)
    assert plain.matched == ("rule: windows",)
    with open_context(settled(tmp_path), told) as house:
        found(house, by_rule, by_term, plain, article)
        reader(house)
        group.group(house.new_run(AT))
        speaking = house.store.database.rows(
            "SELECT mention FROM case_mentions WHERE speaks > 0 ORDER BY mention"
        )
        assert [row[0] for row in speaking] == [1, 2]
        _, batches = house.store.search.recent(AT - timedelta(days=1), most=100)
        assert [recent.number for batch in batches for recent in batch] == [3, 4]


def test_what_answers_a_post_of_the_guardians_goes_with_it_and_comes_back_with_it(
    tmp_path: Path, told: Told
) -> None:
    """Whoever reads the answer is led to the post: to its thread, by one click."""
    with open_context(settled(tmp_path), told) as house:
        answer = post(
            2,
            "Her NHS number is 999 123 4560 and she was born on 3 April 1980",
            parent_id="at://1",
            root_id="at://1",
        )
        aside = post(
            3, "A woman at the Harrow desk read my results out: NHS number 999 123 4587, Ivo Quill"
        )
        found(house, post(1, THREAT), answer, aside)
        reader(house)
        group.group(house.new_run(AT))
        one, two, three = (house.store.cases.of_mention(number) for number in (1, 2, 3))
        assert one
        assert two
        assert three
        protected = house.store.speaking_up.protected
        assert [protected(case) for case in (one, two, three)] == [0, 0, 0]
        with house.store.database.transaction():
            house.store.database.execute(
                "UPDATE case_mentions SET speaks = 1, ruled = 1 WHERE mention = 1"
            )
        group.group(house.new_run(AT))
        assert [protected(case) for case in (one, two, three)] == [
            1,
            2,
            0,
        ]  # details that are out: those on duty act
        assert not house.store.exports.speaking_up([3])
        assert house.store.exports.speaking_up([2]) == {2}
        with house.store.database.transaction():
            house.store.database.execute(
                "UPDATE case_mentions SET speaks = 0, ruled = 0 WHERE mention = 1"
            )
        group.group(house.new_run(AT))
        assert protected(two) == 0
