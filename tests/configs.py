"""Configurations that are checked once a process for each text: a test reads the same file each time that it opens the program."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest

from settings.schema import Config

DIFFERENT = 32  # of which each worker remembers so many


@contextmanager
def quick_configs() -> Iterator[None]:
    """Inside, a text that was found to be right gives the same configuration again, with tables of sources of its own.

    A text with a fault is checked each time, and so is where each value was read from.
    """
    known = lru_cache(maxsize=DIFFERENT)(Config.model_validate_json)

    def checked(text: str) -> Config:
        config = known(text)
        return config.model_copy(update={"collectors": copy.deepcopy(config.collectors)})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Config, "model_validate_json", checked)
        yield
