"""What the kernel knows of this machine's clock: whether a time server keeps it, and for how long the machine has run."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core import clock

UNSYNCHRONISED = 0x0040  # STA_UNSYNC of linux/timex.h: set at the start and when somebody sets the clock, cleared by chrony, ntpd, timesyncd
ERROR = 5  # TIME_ERROR of the same
# A process can be given another time than the kernel has (libfaketime): then what the kernel says is not about ours.
SAME = timedelta(minutes=1)
# A run works with the moment at which it began: so long before now a moment may be, to be of this machine's clock.
LONGEST_RUN = timedelta(hours=12)
BOOT_ID, UPTIME = (
    Path("/proc/sys/kernel/random/boot_id"),
    Path("/proc/uptime"),
)  # random(4), proc(5)


@dataclass(frozen=True, slots=True)
class Boot:
    """One start of the machine: the kernel's id of it, and the moment of it by the clock as it stands."""

    id: str
    at: datetime


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


def boot(at: datetime) -> Boot | None:
    """When this machine started, as its clock says at a moment of now; None where nothing tells, or for another moment.

    The kernel counts how long it has run, sleep included, by no clock that anybody sets: a clock that is set on moves the
    start, and one that runs leaves it. Linux alone tells it so; a container is told its host's.
    """
    now = clock.now()
    if not now - LONGEST_RUN <= at <= now + SAME:
        return None
    try:
        ran = float(UPTIME.read_text("ascii").split()[0])
        return Boot(BOOT_ID.read_text("ascii").strip(), now - timedelta(seconds=ran))
    except (OSError, ValueError, IndexError):
        return None
