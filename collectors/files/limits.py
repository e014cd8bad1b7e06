"""How much of a file is read at most: what is larger is refused with a sentence that says what to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one file. `most_mb`: its bytes, and eight times that of what an XLSX unpacks to, in 10^6; `most_seconds` of one reading."""

    most_mb: int = 64
    most_rows: int = 200_000
    most_cells: int = 10_000_000
    most_seconds: float = 300
    most_columns: int = 1_024

    @property
    def most_bytes(self) -> int:
        """Of the file as it lies there."""
        return self.most_mb * 10**6

    @property
    def most_unpacked(self) -> int:
        """Of all the parts of a workbook together."""
        return 8 * self.most_bytes


@dataclass(slots=True)
class Budget:
    """What one reading of one file has taken so far. Each method raises InputError where that is too much."""

    name: str
    limits: Limits
    now: Callable[[], float] = time.monotonic
    rows: int = 0
    cells: int = 0
    _ends: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends = self.now() + self.limits.most_seconds

    def check_bytes(self, size: int) -> None:
        """The size of the file itself."""
        if size > self.limits.most_bytes:
            raise InputError(f"{self.name} is bigger than {self.limits.most_mb} MB: export fewer days at a time")  # fmt: skip

    def take_row(self, cells: int) -> None:
        """One more row with so many cells, empty or not."""
        self.rows += 1
        self.cells += cells
        self.check_columns(cells)
        if self.rows > self.limits.most_rows:
            raise InputError(
                f"{self.name} has more than {self.limits.most_rows:,} rows: export fewer days at a time, or raise "
                "most_rows in [collectors.files]"
            )
        if self.cells > self.limits.most_cells:
            raise InputError(
                f"{self.name} has more than {self.limits.most_cells:,} cells: export fewer columns or days, or raise "
                "most_cells in [collectors.files]"
            )
        if not self.rows % 64:
            self.check_time()

    def check_columns(self, count: int) -> None:
        """How many columns a row has, as a line of text or a sheet has them."""
        if count > self.limits.most_columns:
            raise InputError(
                f"{self.name} has more than {self.limits.most_columns:,} columns: export fewer columns"
            )

    def check_time(self) -> None:
        """Whether there is time left."""
        if self.now() > self._ends:
            raise InputError(
                f"{self.name} was not read to its end within {self.limits.most_seconds:g} seconds: export fewer days at a time, or "
                "raise most_seconds in [collectors.files]"
            )
