"""The papers without which nothing is read: the table [governance] of config.toml, and what it still lacks.

A public body that reads what people say of it does so by law and in the open: an assessment that somebody signed, a basis,
notices that people can find, and a day on which all of it is looked at again. What was found before stays in review.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, model_validator

from core.validation import STRICT
from settings.employment import Employment
from settings.review import Address

# UK GDPR Article 35(11) asks for a review where the risk changes; longer than this nobody would notice that it did.
LONGEST_REVIEW = timedelta(days=731)
SOON = timedelta(days=30)  # before the review date it is said that it comes
_EMPTY_WORDS = frozenset(
    ("tbc", "tbd", "tba", "todo", "to do", "to follow", "n/a", "na", "none", "pending", "unknown", "not yet", "draft", "test", "example")
)  # fmt: skip

Day = date | Literal[""]  # TOML has no word for nothing

# What each key of the table must say, as `mentions check` and the page ask for it.
ASKED_FOR = {
    "dpia": "the reference of the data protection impact assessment",
    "dpia_approved_by": "who approved the data protection impact assessment",
    "dpia_approved_on": "the day on which it was approved",
    "legitimate_basis": "the lawful basis, as the assessment has it (UK GDPR Articles 6 and 9)",
    "privacy_notice": "the address of the published privacy notice, from https:// on",
    "staff_notice": "where the notice to staff is, and its date",
    "union_consultation": "when the unions were consulted, and where the record is",
    "caldicott_guardian": "the Caldicott Guardian’s name and how to contact them",
    "dpo": "the data protection officer’s name and how to contact them",
    "review_date": "the day by which all of this is looked at again",
}


OFFICES = {
    "parliament": "Member of a parliament or assembly",
    "minister": "Minister",
    "mayor": "Elected mayor",
    "council": "Leader of a council, or a councillor who speaks for it",
    "chief": "Chief executive or chair of a public body",
    "speaker": "Speaks for a public body by their role",
    "called_after": "No person: a place, service, law or award that is called after somebody",
}
LONGEST_NAME = timedelta(
    days=366
)  # that a name may be searched for before two people agree to it again
Office = Literal["parliament", "minister", "mayor", "council", "chief", "speaker", "called_after"]


class NamedPerson(BaseModel):
    """A name that config.toml may search for: whose, what for, which two people agreed, until when.

    Only of who holds a public office or speaks for a body: never staff, a patient, a relative, or anybody else in private.
    """

    model_config = STRICT
    name: Annotated[str, Field(min_length=2, max_length=80)]
    office: Office
    purpose: Annotated[str, Field(min_length=15, max_length=300)]
    lead: Annotated[str, Field(min_length=2)]
    governance: Annotated[str, Field(min_length=2)]
    until: date

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if " ".join(self.lead.casefold().split()) == " ".join(self.governance.casefold().split()):
            raise ValueError("lead and governance: two different people agree to a name")
        if not _says_something(self.purpose):
            raise ValueError("purpose: say what the name is searched for")
        return self

    def in_force(self, on: date) -> bool:
        """Whether it may be searched for on a day; one that was agreed to for longer than a year is not."""
        return on <= self.until <= on + LONGEST_NAME


class Governance(BaseModel):
    """References to papers that people signed; what is empty was not signed yet.

    `chain_end_to`: mailboxes to which the end of the record of decisions goes each day.
    """

    model_config = STRICT
    dpia: str = ""
    dpia_approved_by: str = ""
    dpia_approved_on: Day = ""
    legitimate_basis: str = ""
    privacy_notice: str = ""
    staff_notice: str = ""
    union_consultation: str = ""
    caldicott_guardian: str = ""
    dpo: str = ""
    review_date: Day = ""
    chain_end_to: tuple[Address, ...] = ()
    employment: Employment = Employment()
    people: tuple[NamedPerson, ...] = ()

    def lacking(self, on: date) -> dict[str, str]:
        """What is missing, past or can't be, by key: each a sentence that says what to write."""
        lacks = {
            key: f"write {what}"
            for key, what in ASKED_FOR.items()
            if not _says_something(getattr(self, key))
        }
        if "privacy_notice" not in lacks and not _is_address(self.privacy_notice):
            lacks["privacy_notice"] = f"write {ASKED_FOR['privacy_notice']}"
        if isinstance(self.dpia_approved_on, date) and self.dpia_approved_on > on:
            lacks["dpia_approved_on"] = "the assessment is approved from a day that is yet to come"
        review = self.review_date
        if isinstance(review, date) and review < on:
            lacks["review_date"] = (
                f"the review was due on {review:%-d %B %Y}: review the papers, then write the next date"
            )
        elif isinstance(review, date) and review > on + LONGEST_REVIEW:
            lacks["review_date"] = "the review is more than two years ahead: write an earlier date"
        return {key: lacks[key] for key in ASKED_FOR if key in lacks}

    def closed(self, on: date) -> str:
        """Why no source may be read on a day, in one line; "" where all is there."""
        lacks = self.lacking(on)
        if not lacks:
            return ""
        listed = "; ".join(f"{key}: {why}" for key, why in lacks.items())
        return f"[governance] is not complete, so no source is read: {listed}"

    def review_soon(self, on: date) -> bool:
        """Whether sources stop within a month unless somebody reviews the papers."""
        return isinstance(self.review_date, date) and on <= self.review_date <= on + SOON


def _says_something(value: str | date) -> bool:
    if not isinstance(value, str):
        return True
    plain = " ".join(value.casefold().split()).strip(" .-?")
    return len(set(plain)) > 2 and plain not in _EMPTY_WORDS


def _is_address(written: str) -> bool:
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "")
