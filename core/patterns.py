"""Regular expressions that are compiled when they are first asked: the large ones take longest of a start, and most posts need none."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


class _Lazy:
    """What stands in for a pattern until its first method is asked for, which are its own from then on."""

    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # of what is not there yet
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy_compile(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """As re.compile, at the first search. It is handed to no function of `re`, and its mistakes are found by the tests."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))
