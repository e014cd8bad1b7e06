"""How a stand-in is told to misbehave: which fault, where, after how many requests, how often."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Literal, get_args

Kind = Literal[
    "400", "401", "402", "403", "404", "410", "426", "429", "500", "502", "503",
    "expire",          # what the platform says to a token whose time is over
    "slow",            # nothing for `seconds`, then a good answer
    "html",            # 200 with a web page that asks for nothing
    "html_login",      # 200 with a page that asks for a login
    "not_json",        # 200, the right type, a body that isn't it
    "not_xml",         # the same for a feed
    "empty",           # 200 with no body
    "truncated",       # fewer bytes than content-length promised
    "truncated_gzip",  # gzip that stops half way
    "huge",            # 10 MB of one sentence
    "repeat_token",    # the page token that was sent comes back, as if there were always more
    "hang",            # nothing for `seconds`, then the connection closes
    "drop",            # the connection closes at once
    "451", "535", "550", "554",  # mail: try later; login refused; no such mailbox; refused
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """`path` is a prefix of the paths it spoils; `times` None means until it is cleared.

    `seconds` is what a 429 or 503 asks to be waited for, and how long 'hang' lasts.
    """

    kind: Kind
    path: str = ""
    after: int = 0
    times: int | None = 1
    seconds: float = 1.0


class Faults:
    """What is still to go wrong, for each stand-in by name, which is its source's ("x"), or "mail"."""

    def __init__(self) -> None:
        self._due: dict[str, list[Fault]] = {}
        self._lock = Lock()

    def add(
        self,
        standin: str,
        kind: Kind,
        *,
        path: str = "",
        after: int = 0,
        times: int | None = 1,
        seconds: float = 1.0,
    ) -> None:
        """From the request after the next `after` ones on `path`, answer `times` of them so."""
        if kind not in KINDS:
            raise ValueError(f"no such fault: {kind!r}; there are {', '.join(KINDS)}")
        with self._lock:
            self._due.setdefault(standin, []).append(Fault(kind, path, after, times, seconds))

    def clear(self, standin: str | None = None) -> None:
        """Nothing goes wrong any more, at one stand-in or at all."""
        with self._lock:
            if standin is None:
                self._due.clear()
            else:
                self._due.pop(standin, None)

    def take(self, standin: str, path: str) -> Fault | None:
        """The fault that this request meets, if any; each request meets one at most."""
        with self._lock:
            met: Fault | None = None
            for fault in self._due.get(standin, []):
                if not path.startswith(fault.path) or fault.times == 0:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif met is None:
                    met = fault
                    fault.times = None if fault.times is None else fault.times - 1
            return met
