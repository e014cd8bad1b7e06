"""What reading X costs, as pay-per-use counts it, and what is left of credit and of the month's cap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

POST, USER, OWNED = 0.005, 0.010, 0.001  # USD; OWNED: our own posts and mentions, by our own token
CAP = 3_000_000  # post reads a month


@dataclass(slots=True)
class Bill:
    """`credit` in USD, None where there is plenty. What was read before is not charged again."""

    cap: int = CAP
    credit: float | None = None
    charged: dict[str, float] = field(default_factory=dict)  # "post 1" or "user 1" -> USD

    @property
    def spent(self) -> float:
        """USD so far."""
        return sum(self.charged.values())

    @property
    def posts(self) -> int:
        """Posts read so far."""
        return sum(what.startswith("post ") for what in self.charged)

    @property
    def problem(self) -> str:
        """Why nothing more can be read, as X names it; empty where it can."""
        if self.credit is not None and self.spent >= self.credit:
            return "credits"
        return "usage-capped" if self.posts >= self.cap else ""

    def charge(self, kind: str, ids: Iterable[str], price: float) -> None:
        """Puts posts or users on the bill."""
        for one in ids:
            self.charged.setdefault(f"{kind} {one}", price)
