"""What holds of a public record: no staff, no one speaks up, names masked and no leak, a story or criticism. All is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from classify.classifier import Classifier
from classify.inputs import Known
from classify.policy import schema
from classify.rules import public_record
from core.context import Context, Page, context_of
from core.models import Author, Kind, Reading, speaks_up
from tests.fakes import FakeModel

NHS_NUMBER = "999 123 4560"
REPORT = (
    "Alex Roe: Prevention of future deaths report\n\nDate of report: 27/10/2026\nRef: 2026-9985\nDeceased name: Alex Roe\n"
    "Coroners name: Sam Casey\nCoroners Area: West London\nThis report is being sent to: NHS North West London\n\nMr Roe was ill and was "
    "not seen for nine hours."
)
REQUEST = (
    "Use of agency staff\n\nRequest sent to NHS North West London by Priya Quillfeather on 12 November 2026.\nAwaiting response. Dear NHS "
    "North West London, please send all contracts. Yours faithfully, Priya Quillfeather"
)
# What a model might say of any of them, by a word that stands in it
SAYS: Mapping[str, Mapping[str, float]] = {
    "NHS North West London": {
        "in_scope": 0.9, "staff.icb": 0.99, "staff.no": 0.0, "pid": 0.9, "allegation": 0.9, "grievance": 0.9, "no_disclaimer": 0.9,
        "threat": 0.9, "protected.disclosure": 0.9, "protected.none": 0.0, "harassment": 0.9, "flagged": 0.9,
    },
    "Parking": {"in_scope": 0.2},
    "Northwick": {"in_scope": 0.2},
}  # fmt: skip


@dataclass(frozen=True)
class Post:
    text: str
    kind: Kind
    platform: str = "record"
    author: Author = field(default_factory=lambda: Author(name="Hansard"))
    posted_at: datetime | None = datetime(2026, 11, 12, tzinfo=UTC)
    context: Context = field(default_factory=lambda: context_of(page=Page(name="Hansard")))


def read(text: str, kind: Kind, **more: Any) -> Reading:
    known = Known(
        names=("NHS North West London",), places=("Brent",), providers=("Northwick Park Hospital",)
    )
    classifier = Classifier(known, FakeModel(says=SAYS), rules=schema.load())
    (reading,) = classifier.read([Post(text, kind, **more)])
    return reading


def flags(reading: Reading) -> set[str]:
    return {flag.name for flag in reading.flags}


@pytest.mark.parametrize("kind", ["article", "post"])
def test_whoever_speaks_in_a_record_is_nobodys_staff_and_speaks_up_to_no_guardian(
    kind: Kind,
) -> None:
    reading = read(REPORT, kind)
    assert reading.staff == "no"
    assert reading.explanation is not None
    assert reading.explanation.staff == public_record.STAFF_BASIS
    assert not speaks_up(reading.protected, reading.staff, kind, flags(reading))
    assert flags(reading).isdisjoint(
        {"grievance", "no_disclaimer", "impersonation", "negative_by_staff"}
    )


def test_what_a_public_body_published_is_a_story_about_us_and_nothing_else() -> None:
    reading = read(REPORT, "article")
    assert reading.in_scope
    assert flags(reading) == {"media"}
    assert reading.protected == "none"


def test_a_coroner_who_names_the_dead_leaks_nothing_and_the_name_is_masked_wherever_it_stands() -> (
    None
):
    reading = read(REPORT, "article")
    assert "pid" not in flags(reading)
    assert "Roe" not in reading.masked
    assert "This report is being sent to: NHS North West London" in reading.masked, "it is shown"


def test_the_same_words_elsewhere_are_a_leak() -> None:
    assert "pid" in flags(read(REPORT, "article", platform="blog"))


def test_an_nhs_number_in_a_published_paper_is_a_leak_all_the_same() -> None:
    reading = read(f"Board paper of NHS North West London: NHS number {NHS_NUMBER}", "article")
    assert flags(reading) == {"media", "pid"}
    assert NHS_NUMBER not in reading.masked


def test_what_people_ask_in_public_is_criticism_and_who_asks_is_masked() -> None:
    reading = read(REQUEST, "post")
    assert reading.protected == "criticism"
    assert "Quillfeather" not in reading.masked
    assert "Priya" not in reading.masked
    assert "NHS North West London" in reading.masked


def test_in_what_people_ask_in_public_a_threat_and_a_patients_details_count_as_anywhere() -> None:
    assert {"threat", "pid"} <= flags(read(REQUEST, "post"))


def test_a_record_that_names_nothing_of_ours_is_the_models_to_place() -> None:
    reading = read("Decision published: Parking in Example Road", "article")
    assert not reading.in_scope
    assert not flags(reading)


def test_a_record_that_names_a_provider_of_ours_is_ours_whatever_the_model_says() -> None:
    reading = read("Agenda published: Northwick Park Hospital, the plans", "article")
    assert reading.in_scope
    assert flags(reading) == {"media"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Follow up sent to Example ICB by Jo Sample on 3 November 2026.", ["Jo Sample"]),
        ("Internal review request sent to Example ICB by J. Sample on 3 November 2026.", ["J. Sample"]),
        ("Response by Example ICB to Jo Sample on 3 November 2026.", ["Jo Sample"]),
        ("Request to Example ICB by Jo Sample. Annotated by Ada Example on 3 November 2026.", ["Jo Sample", "Ada Example"]),
        ("Alex Roe – Prevention of future deaths report", ["Alex Roe"]),
        ("Deceased name: Alex Roe Coroners name: Sam Casey", ["Alex Roe"]),
        ("Nothing of the kind", []),
    ],
)  # fmt: skip
def test_a_record_says_itself_whose_name_stands_where(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in public_record.names_in(text)] == names


def test_finding_names_takes_a_time_that_grows_with_the_text_alone() -> None:
    assert len(list(public_record.names_in("sent to a by " * 100_000))) == 0
    assert len(list(public_record.names_in("Deceased name: " * 100_000))) < 2
