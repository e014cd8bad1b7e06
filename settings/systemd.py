"""Whether systemd keeps what this program writes."""

from __future__ import annotations

import os


def keeps_what_is_written(descriptor: int = 2) -> bool:
    """Whether systemd keeps what is written to a file descriptor: systemd.exec(5), $JOURNAL_STREAM and $SYSTEMD_EXEC_PID.

    Both are inherited by whatever a service starts: a shell in a desktop session has them, and writes to a terminal or a file.
    """
    try:
        stat = os.fstat(descriptor)
    except OSError:  # closed
        return False
    if os.environ.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}":
        return True
    return os.environ.get("SYSTEMD_EXEC_PID") == str(os.getpid()) and not os.isatty(descriptor)
