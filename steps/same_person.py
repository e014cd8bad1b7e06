"""By which check another name or account is known to be the same person's, whose request it is: one of a fixed list, with who made it and when.

A sentence in somebody's own words opened a second person's posts: it says that one believes it, and not what was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.errors import StoreError
from steps.reasons import NO_NAME, is_no_name

CHECKS: Mapping[str, str] = {
    "code": "An answer came from the account itself, with a code that we sent to it",
    "identity": "An identity document that names the account’s holder was seen",
    "profiles": "Both profiles link to each other in public",
    "letter": "A court’s or a solicitor’s letter names both",
}
# The program's own: it needs nobody's word, and nobody's yes
TOGETHER = "together"
_BY_PROGRAM: Mapping[str, str] = {TOGETHER: "Handle and id stand together in a post that is held"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check as somebody wrote it down, `typed` as it came: `checker` by whom and `on` which day. All empty: none was."""

    key: str = ""
    checker: str = ""
    on: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.key or self.checker or self.words)

    def sealed(self, today: date) -> dict[str, str]:
        """What of it is kept with the search. Raises StoreError where it names no check of the list, or not who made it and when."""
        if self.key == TOGETHER:
            return {"check": self.key}
        if self.key not in CHECKS:
            raise StoreError("choose what was checked: how someone knows in their own words opens nobody’s posts")  # fmt: skip
        if is_no_name(self.checker):
            raise StoreError(f"who checked that it is the same person? {NO_NAME}")
        try:
            day = date.fromisoformat(self.on)
        except ValueError as error:
            raise StoreError("write the day on which it was checked, such as 2027-02-28") from error
        if day > today:
            raise StoreError("it was not checked yet: write a day that has been")
        return {"check": self.key, "made": self.checker, "on": day.isoformat(), "words": self.words}


def in_words(sealed: Mapping[str, str]) -> str:
    """A check in a sentence: what it was, who made it and when, and what else they wrote; what an earlier program kept as it stood."""
    key = sealed.get("check", "")
    check_words = CHECKS.get(key) or _BY_PROGRAM.get(key) or ""
    if sealed.get("made"):
        check_words = f"{check_words}; checked by {sealed['made']} on {date.fromisoformat(sealed['on']):%-d %B %Y}"
    return ". ".join(part for part in (check_words, sealed.get("words", "")) if part)
