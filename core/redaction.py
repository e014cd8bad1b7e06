"""What must stand in no log is taken out of its lines: words that people wrote, who they are, secrets.

A line of this program is written so that it holds ids and counts alone. This is the second guard, for a line that was written
wrongly, and for other people's libraries, which put into theirs whatever they handle.
"""

from __future__ import annotations

import re
import sys
import traceback
from bisect import insort
from collections.abc import Mapping
from datetime import date, timedelta
from types import CodeType, FrameType, TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "…"
LONGEST = 2000  # characters of a line; a text is longer than what we have to say
SHORTEST_SECRET = 6
MOST_SECRETS = 40_000  # of several hundred organisations in one process
DEEPEST = 40  # frames from a library's line up to ours
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@./-])@[\w.-]*\w")
_URL = re.compile(r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/?#@]*@)?([^\s/?#]+)[/?#][^\s]*?(?=[.,;:)]*(?:\s|$))", re.I)  # fmt: skip
_BARE_SCHEME = re.compile(
    r"[a-z][a-z0-9+.-]*:/*", re.I
)  # "https://", which begins every address that is to lose its path
_QUOTED = re.compile(r"“[^”]*”|‘[^’]*\s[^’]*’|\"[^\"]*\"", re.S)
_ONE_WORD = re.compile(r'"\S{0,29}"')  # a value of a setting, as "07:10"
_LONG_NUMBER = re.compile(
    r"(?<![\w.:-])\+?\d(?:[ -]?\d){8,}(?![\w.:-])"
)  # telephones, NHS numbers, posts' ids
_PLACEHOLDER = re.compile(r"%(?:\((?P<key>\w+)\))?[-#0 +]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z]|%%")
_secrets: dict[str, None] = {}
_longest_first: list[str] = []  # the same: of one that holds another all of it must go


def keep_secret(value: str) -> None:
    """A secret that was looked up stands in no line from now on, as it is or as an address writes it."""
    if (
        len(value) < SHORTEST_SECRET
        or len(_secrets) > MOST_SECRETS
        or _BARE_SCHEME.fullmatch(value)
    ):
        return
    for form in (value, quote(value, safe=""), quote_plus(value)):
        if form not in _secrets:
            _secrets[form] = None
            insort(_longest_first, form, key=lambda secret: -len(secret))


def scrub(text: str) -> str:
    """A line without secrets, mail addresses, handles, what stands in quotation marks, long numbers, and paths of addresses."""
    text = without_secrets(text)
    text = _URL.sub(rf"\1\2/{HIDDEN}", text)
    text = _ADDRESS.sub(HIDDEN, text)
    text = _HANDLE.sub(f"@{HIDDEN}", text)
    text = _QUOTED.sub(
        lambda quoted: quoted[0] if _ONE_WORD.fullmatch(quoted[0]) else f"“{HIDDEN}”", text
    )
    text = _LONG_NUMBER.sub(HIDDEN, text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}{HIDDEN}"


def without_secrets(text: str) -> str:
    """A line without the secrets that were looked up."""
    for value in tuple(_longest_first):
        if value in text:
            text = text.replace(value, HIDDEN)
    return text


def value_of(value: Any) -> Any:
    """What may be written of a value: numbers and moments as they are, a text without what must go, of anything else its kind."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date | timedelta):
        return str(value)
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {scrub(str(key)): value_of(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [value_of(each) for each in value]
    return type(value).__name__


def where(trace: TracebackType | None) -> list[str]:
    """Where an error came from, frame by frame; neither its words nor any value."""
    return [
        f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)
    ]


# ── other people's lines ─────────────────────────────────────────────────────────────────────────


def foreign(template: Any, args: Any, function: str) -> str:
    """A library's line: its template where that is a literal of the code that wrote it, with numbers alone put into it.

    A line that was put together before it was logged may hold anything, and is not shown.
    """
    if not isinstance(template, str) or not _is_literal(template, function):
        return "a message that is not shown"
    values = args if isinstance(args, Mapping) else None
    rest = iter(args if isinstance(args, tuple) else () if values is not None else (args,))

    def put(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        value = values.get(match["key"]) if values is not None else next(rest, None)
        shown = isinstance(value, bool | int | float | timedelta)
        return f"{value}" if shown else HIDDEN

    return scrub(_PLACEHOLDER.sub(put, template) if args else template)


def _is_literal(text: str, function: str) -> bool:
    """Whether a text is a constant in the function, somewhere up the stack, that has this name."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(DEEPEST):
        if frame is None:
            return False
        if frame.f_code.co_name == function and _holds(frame.f_code, text):
            return True
        frame = frame.f_back
    return False


def _holds(code: CodeType, text: str) -> bool:
    return any(
        text == each or (isinstance(each, tuple) and text in each) for each in code.co_consts
    )
