"""The papers without which nothing is read: the table [governance] of config.toml, and what it still lacks.

A public body that reads what people say of it does so by law and in the open: an assessment that somebody signed, a basis,
notices that people can find, and a day on which all of it is looked at again. What was found before stays in review.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, model_validator

from classify.people import post_holders
from core.validation import STRICT
from search.query import LONGEST as LONGEST_RULE
from settings.employment import Employment, says_something
from settings.lawful_basis import (
    fault_of_holder,
    fault_of_outcome,
    fault_of_public_basis,
    still_to_come,
)
from settings.review import Address

# UK GDPR Article 35(11) asks for a review where the risk changes; longer than this nobody would notice that it did.
LONGEST_REVIEW = timedelta(days=731)
SOON = timedelta(days=30)  # before the review date it is said that it comes

# Words that agree, refuse or point at nothing; a value of these alone names no paper.
_FILLERS_TEXT = """
yes no ok okay fine good it is it's its this that all done agreed we are us our the a an and of to nice great sure approved signed exists see somewhere
there here have has had been was were will be needed required necessary not none nothing never soon later ask me my people everybody everyone nobody
somebody someone whoever one who same as above true false x y z small
"""
_FILLERS = frozenset(_FILLERS_TEXT.split())
# What says that there is no paper, whatever stands behind it.
_DENIES = re.compile(
    r"^\W*(?:none|no|nil|not|never|nothing|nobody|n/?a|without|tb[acd]|to (?:be|follow|do)|pending|un(?:known|needed|necessary)|exempt|waived|skip(?:ped)?)\b",
    re.IGNORECASE,
)
# Whoever runs the program approves no assessment of it.
_OF_THE_TEAM = re.compile(
    r"\b(?:communications?|comms)\b|\b(?:media|press|marketing|publicity|public relations|pr) +(?:team|office|officer|lead|head|manager|department|unit|director|desk)\b"
    r"|\b(?:head|director|lead|manager) of (?:media|press|marketing|publicity|public relations|pr)\b|^the team$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:siro|dpo|caldicott|director|chief|officer|owner|board|executive|chair|secretary|guardian|counsel|governor|committee|lead|head|manager)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w'’-]*\.? +(?:[A-Z][\w'’.-]*\.? +)*[A-Z][\w'’-]{2,}")
_REFERENCE = re.compile(r"(?=.*[^\W\d_])(?=.*\d)", re.DOTALL)
_CONTACT = re.compile(r"\S@\S+\.\S|(?:\d[\s-]*){4,}")
_DATES = (
    (re.compile(r"\b\d{1,2} +[A-Za-z]{3,9},? +\d{4}\b"), ("%d %B %Y", "%d %b %Y")),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}\b"), ("%Y-%m-%d",)),
    (re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b"), ("%d/%m/%Y",)),
)
# What stands before each value of a demonstration: it opens the gate for stand-ins on the same machine alone.
DEMONSTRATION = "Demonstration only: "

Day = date | Literal[""]  # TOML has no word for nothing

# What each key of the table must say, as `mentions check` and the page ask for it.
ASKED_FOR = {
    "dpia": "the reference of the data protection impact assessment, with its number",
    "dpia_approved_by": "who approved the data protection impact assessment: their role, outside the communications team",
    "dpia_approved_on": "the day on which it was approved",
    "legitimate_basis": "the lawful basis as the assessment has it: the point of Article 6(1), and for health the condition of Article 9(2) with its paragraph of Schedule 1 to the Data Protection Act 2018",
    "privacy_notice": "the address of the published privacy notice, from https:// on",
    "staff_notice": "where staff find the notice to them, by its place and title, and its date, such as: intranet, Policies, 3 November 2026",
    "union_consultation": "on which day the unions were consulted, such as 20 October 2026, where the record is, and what came of it",
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
    "account": "No person: an account of a public body or another organisation, for the register of accounts",
    "called_after": "No person: a place, service, law or award that is called after someone",
    "word": "Not a person’s name: a word, place, service or campaign that no list knows",
    "speech": "Not a person’s name: words of unions, strikes, complaints about work, managers or whistleblowing. What they find goes to the Guardian",
}
LONGEST_NAMED = (
    80  # characters of a name; a term or rule that looks for speech stands there as it is
)
LONGEST_NAME = timedelta(
    days=366
)  # that a name may be searched for before two people agree to it again
Office = Literal[
    "account",
    "parliament",
    "minister",
    "mayor",
    "council",
    "chief",
    "speaker",
    "called_after",
    "word",
    "speech",
]


class NamedPerson(BaseModel):
    """A name that config.toml may search for: whose, what for, which two people agreed, until when.

    Only of who holds a public office or speaks for a body: never staff, a patient, a relative, or anybody else in private.
    """

    model_config = STRICT
    name: Annotated[str, Field(min_length=2, max_length=LONGEST_RULE)]
    office: Office
    purpose: Annotated[str, Field(min_length=15, max_length=300)]
    lead: Annotated[str, Field(min_length=2)]
    governance: Annotated[str, Field(min_length=2)]
    until: date

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if " ".join(self.lead.casefold().split()) == " ".join(self.governance.casefold().split()):
            raise ValueError("lead and governance: two different people agree to a name")
        if self.office != "speech" and len(self.name) > LONGEST_NAMED:
            raise ValueError(f"name: at most {LONGEST_NAMED} characters")
        if not says_something(self.purpose):
            raise ValueError("purpose: say what the name is searched for")
        if self.office != "speech" and post_holders.of_staff(self.name):
            raise ValueError(
                "name: this is the post of one person of staff, whom nobody searches for, by name or by post"
            )
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
            if not says_something(getattr(self, key))
        }
        for key, what in ASKED_FOR.items():
            if key not in lacks and (words := self._to_come(key)):
                lacks[key] = f"‘{words}’ says that it is not there yet: once it is, write {what}"
            if key not in lacks and not self._is_paper(key, on):
                lacks[key] = f"what stands there is not enough{self._short_of(key)}: write {what}"
        for key, fault in _FAULTS.items():
            if key not in lacks and (why := fault(getattr(self, key).replace(DEMONSTRATION, ""))):
                lacks[key] = f"not filled in as it has to be: {why}"
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

    @property
    def is_demonstration(self) -> bool:
        """Whether any of it is what a demonstration wrote: that is nobody's signature for a source that is read for real."""
        mark = DEMONSTRATION.casefold().strip()
        values = (getattr(self, key) for key in ASKED_FOR)
        return any(isinstance(value, str) and mark in value.casefold() for value in values)

    def _to_come(self, key: str) -> str:
        value = getattr(self, key)
        return still_to_come(value) if isinstance(value, str) else ""

    def _is_paper(self, key: str, on: date) -> bool:
        """Whether a value that says something says what is asked for under its key."""
        value = getattr(self, key)
        if not isinstance(value, str):
            return True
        value = value.replace(DEMONSTRATION, "")
        if key == "privacy_notice":
            return _is_address(value)
        if _DENIES.match(value) or not _names_a_thing(value):
            return False
        if key == "dpia":
            return bool(_REFERENCE.match(value))
        if key == "dpia_approved_by":
            return not _OF_THE_TEAM.search(value) and bool(_ROLE.search(value))
        if key == "legitimate_basis":
            return True  # said part by part
        if key in ("staff_notice", "union_consultation"):
            return _has_day_and_place(value, on, words=2 if key == "staff_notice" else 1)
        return bool(_CONTACT.search(value)) and bool(_NAME.search(value))

    def _short_of(self, key: str) -> str:
        """What a value lacks where that can be told by its form; it is never quoted, since it may name somebody."""
        value = getattr(self, key).replace(DEMONSTRATION, "")
        if key == "privacy_notice":
            return ", since it is no address"
        if key == "dpia" and not _REFERENCE.match(value):
            return ", since a reference has letters and a number"
        if key in ("staff_notice", "union_consultation") and not any(
            pattern.search(value) for pattern, _ in _DATES
        ):
            return ", since no day stands there in figures"
        if key in _HOLDERS:
            lacks = [
                what
                for what, pattern in (("a name in full, as Amina Okafor", _NAME), ("an email or telephone", _CONTACT))
                if not pattern.search(value)
            ]  # fmt: skip
            return (
                f", since it has no {' and no '.join(part.removeprefix('a ').removeprefix('an ') for part in lacks)}"
                if lacks
                else ""
            )
        return ""

    def review_soon(self, on: date) -> bool:
        """Whether sources stop within a month unless somebody reviews the papers."""
        return isinstance(self.review_date, date) and on <= self.review_date <= on + SOON


_HOLDERS = ("caldicott_guardian", "dpo")
# What a value that is a paper by its form still leaves out, by key: said in its own words.
_FAULTS = {
    "legitimate_basis": fault_of_public_basis,
    "union_consultation": fault_of_outcome,
    "caldicott_guardian": fault_of_holder,
    "dpo": fault_of_holder,
}


def _names_a_thing(value: str, words: int = 1) -> bool:
    """Whether so many words are left once words that agree or refuse are taken out."""
    return len(set(re.findall(r"[^\W_]+", value.casefold())) - _FILLERS) >= words


def _has_day_and_place(value: str, on: date, *, words: int) -> bool:
    """Whether it names a day that is not yet to come, and beside it where something lies."""
    for pattern, forms in _DATES:
        for match in pattern.finditer(value):
            day = _day(match[0].replace(",", ""), forms)
            rest = f"{value[: match.start()]} {value[match.end() :]}"
            if day is not None and day <= on and _names_a_thing(rest, words):
                return True
    return False


def _day(written: str, forms: tuple[str, ...]) -> date | None:
    for form in forms:
        try:
            return datetime.strptime(" ".join(written.split()), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _is_address(written: str) -> bool:
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "")
