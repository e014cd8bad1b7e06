"""The same properties as in `test_readers`, with inputs that atheris finds by which lines they reach.

`python -m tests.fuzz.guided feed|mail|export -max_total_time=60`; `make fuzz` runs it where atheris installs.
"""

from __future__ import annotations

import sys
from typing import Any

import atheris

with atheris.instrument_imports(include=["collectors", "feedparser", "email"]):
    from tests.fuzz import test_readers

READERS: dict[str, Any] = {
    "feed": test_readers.test_any_feed_is_read_or_refused,
    "mail": test_readers.test_any_mail_is_a_report_or_odd,
    "export": test_readers.test_any_export_is_rows_or_odd_or_refused,
}


def main() -> None:
    """Tries one reader until the time is over; what breaks it ends the run with a traceback."""
    reader = READERS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, reader.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
