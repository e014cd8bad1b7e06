"""The log: one line an event, with time, level, ids and counts. JSON to a service, readable to a person.

Everything goes this way: progress, failures, Python's warnings and other people's libraries. structlog makes the lines of what
the standard library's `logging` is given, so that all of it has one form and one guard (core/redaction.py).
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

from core import clock, redaction

Form = Literal["text", "json"]
Event = MutableMapping[str, Any]
OURS = ("mentions", "review", "classify")  # loggers of this program
QUIET = ("stamina",)  # what still failed after the last try is told in our words
_WARNING = re.compile(
    r"^(.*?:\d+): (\w+):"
)  # as Python writes a warning: path:line: Category: words
About = Mapping[str, int | str]
about: ContextVar[About | None] = ContextVar("about", default=None)  # this run: its number and job
# of several on one installation, the one that this is about
organisation: ContextVar[str] = ContextVar("organisation", default="")


@dataclass(slots=True)
class _State:
    handler: Handler | None = None
    form: Form = "text"
    level: int = logging.INFO
    fixed: frozenset[str] = frozenset()  # what the command line said, which no setting changes


_state = _State()


def configure(
    form: Form, level: int = logging.INFO, *, fixed: frozenset[str] = frozenset()
) -> None:
    """Writes what is logged to standard error from now on. `fixed`: "form" and "level" where a person said so."""
    root = logging.getLogger()
    for each in [*root.handlers]:  # of two, each line would be written twice
        if isinstance(each, Handler) and each is not _state.handler:
            root.removeHandler(each)
    if _state.handler is None or _state.handler not in root.handlers:
        _state.handler = Handler()
        root.addHandler(_state.handler)
        logging.captureWarnings(True)
    _state.form, _state.level, _state.fixed = form, level, fixed
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    # a library's lines of everyday are of use to whoever looks for a fault: one level behind ours
    root.setLevel(
        max(level + 10, logging.DEBUG) if level <= logging.DEBUG else max(level, logging.WARNING)
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def follow(form: Form | None, level: int | None) -> None:
    """Takes what config.toml says, where a log is kept and no option of the command line says otherwise."""
    if _state.handler is None:
        return
    configure(
        _state.form if form is None or "form" in _state.fixed else form,
        _state.level if level is None or "level" in _state.fixed else level,
        fixed=_state.fixed,
    )


@contextmanager
def for_organisation(slug: str) -> Iterator[None]:
    """Inside, each line says which of several organisations it is about."""
    token = organisation.set(slug)
    try:
        yield
    finally:
        organisation.reset(token)


def configured() -> bool:
    """Whether a log is kept."""
    return _state.handler is not None


def hook_bugs() -> None:
    """A bug that ends the program or a thread is told by its place and kind: its words may be a post's."""

    def program(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logging.getLogger("mentions").critical(
            "a bug in this program", exc_info=(kind, error, trace)
        )

    def thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            program(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = program
    threading.excepthook = thread


class Handler(logging.Handler):
    """To standard error as it is at that moment. What it is made with is loaded with the first line: 0.1 s, and rich."""

    def __init__(self) -> None:
        super().__init__()
        self._formatters: dict[Form, logging.Formatter] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a log that can't be written stops no work."""
        try:
            record.event = _event_of(record)  # before structlog takes the values out of it
            stream = sys.stderr
            stream.write(f"{self._formatter(_state.form).format(record)}\n")
            stream.flush()
        except (OSError, ValueError, RecursionError):
            return
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """The standard library would print the record with its words."""
        sys.stderr.write("a line of the log could not be written\n")

    def _formatter(self, form: Form) -> logging.Formatter:
        if form not in self._formatters:
            from structlog.processors import JSONRenderer
            from structlog.stdlib import ProcessorFormatter

            self._formatters[form] = ProcessorFormatter(
                processors=[
                    _describe,
                    _redact,
                    ProcessorFormatter.remove_processors_meta,
                    *(
                        (_brief, JSONRenderer(ensure_ascii=False))
                        if form == "json"
                        else (_readable,)
                    ),
                ]
            )
        return self._formatters[form]


# ── processors ───────────────────────────────────────────────────────────────────────────────────


def _describe(_logger: Any, _method: str, event: Event) -> Event:
    """What every line says of itself: when, how grave, what happened, in which run."""
    record = event["_record"]
    entry: Event = {
        "time": clock.text(datetime.fromtimestamp(record.created, UTC)),
        "level": record.levelname.lower(),
        "event": record.event,
        **({"organisation": of} if (of := organisation.get()) else {}),
        **(about.get() or {}),
        **getattr(record, "figures", {}),
        "_record": record,
        "_from_structlog": False,
    }
    line = getattr(record, "line", "")
    if line:
        entry["text"] = line
    if record.name not in ("mentions", "mentions.progress"):
        entry["logger"] = record.name
    _, error, trace = event.get("exc_info") or (None, None, None)
    if error is not None:
        entry["error"] = type(error).__name__
        entry["frames"] = redaction.where(trace)
    return entry


def _event_of(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    if record.name == "py.warnings":
        place = _WARNING.match(record.getMessage())
        return f"{place[2]} at {place[1]}" if place else "a warning of Python"
    return redaction.foreign(record.msg, record.args, record.funcName)


def _redact(_logger: Any, _method: str, event: Event) -> Event:
    """Ids and counts alone. What a person at a terminal is told of their own command, or of their settings, loses secrets alone."""
    plain = ("time", "level", "_record", "_from_structlog", "frames")
    guard = redaction.without_secrets if _to_a_person(event["_record"]) else redaction.scrub
    return {
        key: value if key in plain else guard(value) if isinstance(value, str) else redaction.value_of(value)
        for key, value in event.items()
    }  # fmt: skip


def _to_a_person(record: logging.LogRecord) -> bool:
    if getattr(record, "of_settings", False):
        return True
    stream: TextIO = sys.stderr
    return record.name == "mentions.progress" and _state.form == "text" and stream.isatty()


def _brief(_logger: Any, _method: str, event: Event) -> Event:
    """Without the words for people where the event has the same."""
    if event.get("text", "").removeprefix("! ").removeprefix("mentions: ") == event["event"]:
        del event["text"]
    return event


def _readable(_logger: Any, _method: str, event: Event) -> str:
    """2026-11-24 09:05:00 info     bluesky: 3 found, 2 new: in UK time."""
    at = clock.parse(event["time"]).astimezone(clock.READERS_ZONE)
    line = event.get("text") or event["event"]
    name = f"{event['organisation']}: " if event.get("organisation") else ""
    name += f"{event['logger']}: " if "logger" in event else ""
    error = f": {event['error']}" if "error" in event else ""
    frames = "".join(f"\n  {frame}" for frame in event.get("frames", ()))
    return f"{at:%Y-%m-%d %H:%M:%S} {event['level']:<8} {name}{line}{error}{frames}"
