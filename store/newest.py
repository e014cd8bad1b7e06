"""What came in since somebody's page was made."""

from __future__ import annotations

from store.opened import Opened


class Newest(Opened):
    """Counts new cases. Their numbers rise, so that one that was long in the making is not passed over."""

    def newest_case(self) -> int:
        """The highest number of a case so far; 0 before the first."""
        with self._reading():
            return int(self._one("SELECT max(number) FROM cases") or 0)

    def new_since(self, case: int) -> tuple[int, int]:
        """How many cases after this one wait for a decision, and how many of them are of high risk."""
        with self._reading():
            row = self._rows(
                """SELECT count(*) AS new, coalesce(sum(risk = 3), 0) AS high FROM cases
                WHERE number > ? AND state IN ('new', 'open') AND flagged > 0""",
                case,
            )[0]
        return row["new"], row["high"]
