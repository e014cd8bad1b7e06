"""Distance between two requests of one client, for a platform that asks for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from collectors.wire import Passing


@dataclass(kw_only=True)
class Pace:
    """Remembers when the last request left. Together with Http the only code that waits."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    last: float = -math.inf

    def keep(self, seconds: float, longest_wait: float) -> None:
        """Waits until `seconds` after the last request; raises Passing where that is too long."""
        left = self.last + seconds - self.now()
        if left > longest_wait:
            raise Passing(f"the next call is due in {left:.0f} s", retry_after=left)
        if left > 0:
            self.sleep(left)
        self.last = self.now()
