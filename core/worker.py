"""Calls in a process of its own, which takes its libraries with it when it ends; one at a time for the review page.

Each takes some 100 MB: a page that is loaded again and again must not take that as often.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from core.errors import StoreError

T = TypeVar("T")
LONGEST_WAIT = 30.0  # seconds for the ones before

_one = threading.Lock()


def run_in_subprocess(function: Callable[..., T], *args: object) -> T:
    """What a function returns that ran elsewhere. Raises StoreError where too many wait already."""
    if not _one.acquire(timeout=LONGEST_WAIT):
        raise StoreError("someone else's trial is being worked out: wait a minute, then try again")  # fmt: skip
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            return other.submit(function, *args).result()
    finally:
        _one.release()
