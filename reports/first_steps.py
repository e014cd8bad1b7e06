"""What whoever reads a mail does first: short sentences, of which one may end with a telephone to ring."""

from __future__ import annotations

import re
from dataclasses import dataclass

SOMEONE = "someone there"  # instead of a name that may be a patient's
_NUMBER = re.compile(r"\+?[0-9][0-9 ]{6,}[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """One thing to do first: words, and a telephone that they end with."""

    words: str
    phone: str = ""

    @property
    def dialled(self) -> str:
        """The number as a telephone wants it: a British one with its country, an emergency one as it is."""
        digits = self.phone.replace(" ", "")
        return f"+44{digits[1:]}" if digits.startswith("0") and len(digits) > 6 else digits

    @property
    def text(self) -> str:
        """The whole in one line."""
        return f"{self.words}{' ' if self.phone else ''}{self.phone}."


def ring(team: str, reach: str) -> FirstStep | None:
    """Ring Safeguarding, day and night: 020 7946 0133. None where `reach` holds no number."""
    number = _NUMBER.search(reach)
    if number is None:
        return None
    when = re.sub(r",[ ,]*,", ",", reach.replace(number[0], "")).strip(" ,.;:")
    return FirstStep(words=f"Ring {team}{f', {when}' if when else ''}:", phone=number[0])


def ring_as_written(whom: str) -> FirstStep | None:
    """Ring the on-call manager: 020 7946 0199. Of somebody who is set up as one line, name and number; None where it holds no number."""
    name = _NUMBER.sub("", whom).strip(" ,.;:()")
    return ring(name or "whoever is on call", "".join(_NUMBER.findall(whom)[:1]))


def ask(who: str, team: str, reach: str) -> FirstStep | None:
    """Ask Jo Grant of Safeguarding whether they have it: 020 7946 0133. As `ring`, of a team that somebody spoke to before."""
    rings = ring(team, reach)
    if rings is None:
        return None
    whom = team if who == SOMEONE else f"{who} of {team}"
    return FirstStep(words=rings.words.replace(f"Ring {team}", f"Ask {whom} whether they have it", 1), phone=rings.phone)  # fmt: skip
