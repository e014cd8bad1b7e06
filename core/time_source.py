"""Whether a time server keeps this machine's clock, as far as the kernel knows."""

from __future__ import annotations

import ctypes
from datetime import timedelta

from core import clock

UNSYNCHRONISED = 0x0040  # STA_UNSYNC of linux/timex.h: set at the start and when somebody sets the clock, cleared by chrony, ntpd, timesyncd
ERROR = 5  # TIME_ERROR of the same
# A process can be given another time than the kernel has (libfaketime): then what the kernel says is not about ours.
SAME = timedelta(minutes=1)


class _Timex(ctypes.Structure):
    """struct timex of linux/timex.h on 64 bits, as adjtimex(2) fills it."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long), ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long), ("status", ctypes.c_int), ("constant", ctypes.c_long), ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long), ("seconds", ctypes.c_long), ("fraction", ctypes.c_long), ("tick", ctypes.c_long),
        ("rest", ctypes.c_byte * 256),
    )  # fmt: skip


def synchronised() -> bool | None:
    """Whether a time server keeps the clock; None where nothing can tell, as in some containers and outside Linux.

    It asks the kernel and changes nothing.
    """
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError, TypeError):  # no Linux
        return None
    state = _Timex()
    answer = adjtimex(ctypes.byref(state))
    if answer < 0:
        return None
    if abs(clock.now().timestamp() - state.seconds) > SAME.total_seconds():
        return False
    return answer != ERROR and not state.status & UNSYNCHRONISED
