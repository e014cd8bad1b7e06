"""Why a post was flagged, as its case and its page say it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.explanation import FlagExplanation, ReadingExplanation, RuleStep, SuppressedFlag
from store import Store
from tests.review.conftest import House, serve
from tests.review.factories import NAMED, Told, case_of, group, people, tell
from tests.review.pages import Tags, of, read
from tests.store.factories import MODEL, POLICY, add, assessed, flag, mention

THREAT = Told(text="See you at the Brent clinic, all of you", risk="high")
QUIET = Told(text="The Harrow clinic has a new door", risk="none")
MOVED = FlagExplanation(
    model=0.9996, threshold=0.25,
    rules=(
        RuleStep(rule="somebody is named beside health care", before=0.12, after=0.4123),
        RuleStep(rule="it is told when it was", before=1.0, after=1.0),
    ),
)  # fmt: skip
ALONE = FlagExplanation(model=0.3, threshold=0.17)
BY_RULE = FlagExplanation(
    model=None, threshold=0.5,
    rules=(RuleStep(rule="its picture is <b>like</b> a logo", before=None, after=0.9),),
)  # fmt: skip
HELD_BACK = SuppressedFlag(
    name="media",
    explanation=FlagExplanation(
        model=0.304, threshold=0.3,
        rules=(RuleStep(rule="the post as a whole looks clean to the model", before=0.304, after=0.0),),
    ),
)  # fmt: skip
SAYS = "the profile, which says that its writer works for the NHS"


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case with every kind of explanation, a post that nothing was flagged in, and one of an earlier program."""

    def fill(store: Store) -> dict[str, int]:
        flags = (
            flag("pid", score=0.4123, explanation=MOVED), flag("threat", score=0.3, explanation=ALONE),
            flag("brand", score=0.9, explanation=BY_RULE),
        )  # fmt: skip
        whole = ReadingExplanation(staff=SAYS, suppressed=(HELD_BACK,))
        add(store, mention(1, text=THREAT.text), mention(2, text=QUIET.text, platform="linkedin"))
        first, second = store.assessments.unassessed(POLICY, MODEL)
        store.assessments.add(
            [
                assessed(first, "high", flags=flags, explanation=whole, staff="nhs"),
                assessed(second, "none", sentiment="neutral", explanation=whole),
            ],
            staff_not_kept=frozenset({"linkedin"}),
        )  # fmt: skip
        group(store, alone=True)
        tell(store, NAMED, 3)
        return people(store)

    yield from serve(tmp_path_factory.mktemp("explained"), fill)


def why(page: Tags) -> str:
    return page.text.partition("Why it was")[2]


def test_a_case_says_of_each_flag_what_the_model_gave_and_which_rule_moved_it(
    explained: House,
) -> None:
    told = why(read(explained, f"/cases/{explained.store.cases.of_mention(1)}/full"))
    assert told.startswith(" flagged")
    assert (
        "Patient’s details: not sure By itself the program was very sure: 99%; the flag stands from 25% on. "
        "Someone is named beside health care: from 12% to 41% "
        "It is told when it was: moved it by next to nothing"
    ) in told
    assert (
        "Threat: not sure By itself the program was not sure: 30%; the flag stands from 17% on. No rule moved it."
        in told
    )
    assert "How sure the program is does not count here; the flag stands from 50% on." in told
    assert "Its picture is <b>like</b> a logo: 90%" in told


def test_it_says_what_a_rule_held_back_and_what_staff_rests_on(explained: House) -> None:
    told = why(read(explained, f"/cases/{explained.store.cases.of_mention(1)}/full"))
    assert (
        "Reporter or news story: not flagged By itself the program was not sure: 30%; the flag stands from 30% on. "
        "The post as a whole holds nothing, by what the program reads: from 30% to 0%"
    ) in told
    assert f"Says that they work for the NHS, not the ICB. This rests on {SAYS}." in told


@pytest.mark.parametrize(
    ("handle", "reads"), [("vera", False), ("amina", True), ("bea", True), ("gwen", True)]
)
def test_a_viewer_does_not_read_that_a_writer_says_where_they_work(
    explained: House, handle: str, reads: bool
) -> None:
    number = explained.store.cases.of_mention(1)
    for address in (f"/cases/{number}/full", f"/cases/{number}", "/mentions/1"):
        text = read(explained, address, handle).text
        told = any(words in text for words in ("ays that they work for", "says they are NHS staff", "works elsewhere in the NHS", "Not an ICB employee"))  # fmt: skip
        assert told is reads, address


def test_a_post_in_no_case_says_why_nothing_was_flagged(explained: House) -> None:
    told = why(read(explained, "/mentions/2", "gwen"))
    assert told.startswith(" not flagged")
    assert "Reporter or news story: not flagged" in told
    assert "The writer" not in told  # nobody has to decide on it
    assert "profile, which" not in told


def test_of_what_an_earlier_program_assessed_it_says_that_nothing_was_recorded(
    explained: House,
) -> None:
    told = why(of(explained, NAMED))
    assert "Patient’s details: very sure Not recorded" in told
    assert "The writer Not recorded." in told
    assert case_of(explained.store, NAMED) != explained.store.cases.of_mention(1)
