"""Employment is another purpose: the table [governance.employment] of config.toml, off as it ships.

What people post was taken in to look after the organisation's reputation and its patients. To pass it to somebody's employer
is a purpose of its own (UK GDPR Article 5(1)(b)), with a basis, an assessment and a consultation of its own, and a day on
which it is looked at again. While one of these is missing or past, the purpose is off, whatever `on` says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel

from core.validation import STRICT
from settings.lawful_basis import fault_of_basis, fault_of_outcome

LONGEST_REVIEW = timedelta(days=366)  # this touches people's livelihoods: looked at every year
Day = date | Literal[""]  # TOML has no word for nothing
_EMPTY_WORDS = frozenset(
    ("tbc", "tbd", "tba", "todo", "to do", "to follow", "n/a", "na", "none", "pending", "unknown", "not yet", "draft", "test", "example")
)  # fmt: skip
ASKED_FOR: Mapping[str, str] = {
    "legal_basis": "the lawful basis: the point of Article 6(1), and the condition of Article 9(2) with its paragraph of Schedule 1 to the Data Protection Act 2018",
    "dpia": "the reference, with its number, of an assessment of its own (UK GDPR Article 35; ICO, monitoring workers, 2023)",
    "union_consulted": "the day on which the unions were consulted",
    "union_reference": "where the record of that consultation is, and what came of it",
    "review_by": "the day by which it is looked at again, a year ahead at most",
}


class Employment(BaseModel):
    """References to papers that people signed; what is empty was not signed yet."""

    model_config = STRICT
    on: bool = False
    legal_basis: str = ""
    dpia: str = ""
    union_consulted: Day = ""
    union_reference: str = ""
    review_by: Day = ""

    def lacking(self, on: date) -> dict[str, str]:
        """What is missing, past or can't be, by key: each a sentence that says what to write."""
        lacks = {
            key: f"write {what}"
            for key, what in ASKED_FOR.items()
            if not says_something(getattr(self, key))
        }
        for key, fault in _FAULTS.items():
            if key not in lacks and (why := fault(getattr(self, key))):
                lacks[key] = f"not filled in as it has to be: {why}"
        if isinstance(self.union_consulted, date) and self.union_consulted > on:
            lacks["union_consulted"] = "the consultation is yet to come"
        if isinstance(self.review_by, date) and self.review_by < on:
            lacks["review_by"] = (
                f"the review was due on {self.review_by:%-d %B %Y}: look at it again, then write the next date"
            )
        elif isinstance(self.review_by, date) and self.review_by > on + LONGEST_REVIEW:
            lacks["review_by"] = "the review is more than a year ahead: write an earlier date"
        return lacks

    def in_force(self, on: date) -> bool:
        """Whether anything may be passed to an employer on a day."""
        return self.on and not self.lacking(on)

    def why_off(self, on: date) -> str:
        """Why it is off on a day, in one line; "" where it is in force."""
        if not self.on:
            return "[governance.employment] is off: nothing can be passed to an employer"
        listed = "; ".join(f"{key}: {why}" for key, why in self.lacking(on).items())
        return (
            f"[governance.employment] is not complete, so nothing can be passed to an employer: {listed}"
            if listed
            else ""
        )


_FAULTS = {
    "legal_basis": fault_of_basis,
    "dpia": lambda written: (
        ""
        if re.search(r"\d", written) and re.search(r"[^\W\d_]", written)
        else "write its reference with its number"
    ),
    "union_reference": fault_of_outcome,
}


def says_something(value: str | date) -> bool:
    """Whether a value names a paper, a date or anybody, and is no placeholder."""
    if not isinstance(value, str):
        return True
    plain = " ".join(value.casefold().split()).strip(" .-?")
    return len(set(plain)) > 2 and plain not in _EMPTY_WORDS
