"""Retries without their patience: four tries of one call take five seconds, in which nothing is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import stamina

from collectors.http import client

SOONER = 0.02  # of the waits between tries


@contextmanager
def quick_retries() -> Iterator[None]:
    """Inside, a call that failed is tried again soon; where a platform said how long to wait, that long is waited as ever."""

    def retry(**how: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        soon = {name: how[name] * SOONER for name in ("wait_initial", "wait_jitter")}
        return stamina.retry(**(how | soon))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "stamina", SimpleNamespace(retry=retry))
        yield
