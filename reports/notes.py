"""What is told outside of mail: fixed words, the number of a case and a link. Nothing of a post, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass

WHY = "The email about it has not left."  # where it is told in its place


@dataclass(frozen=True, kw_only=True)
class Note:
    """A few fixed words. `case` is None for a test; `more` says how many others wait, in one note for all of them."""

    words: str
    address: str
    case: int | None = None
    mail_failed: bool = False
    more: int = 0

    @property
    def title(self) -> str:
        """Someone may be in danger, case 143"""
        return f"{self.words}, case {self.case}" if self.case is not None else self.words

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands below the title."""
        others = (
            f"{self.more} more alert{'s' * (self.more != 1)} wait{'s' * (self.more == 1)} in Today."
        )
        return ((WHY,) if self.mail_failed else ()) + ((others,) if self.more else ())

    @property
    def link(self) -> str:
        """Where it is read; a sign-in stands before it."""
        return (
            f"{self.address}/cases/{self.case}"
            if self.case is not None
            else f"{self.address}/today"
        )
