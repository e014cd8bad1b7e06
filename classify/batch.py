"""`classify` on files: one JSON object a line in, one a line out, in order, by design.md's contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, get_args

from core import clock, context, explanation
from core.context import NOWHERE, Context
from core.errors import InputError
from core.models import (
    PLATFORMS,
    PROTECTED,
    RISKS,
    TARGETS,
    Author,
    Flag,
    Harm,
    Read,
    Reading,
    Risk,
    Sentiment,
    Staff,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One post of a file: `id` as it was given, and what is assessed."""

    id: str | int
    text: str
    platform: str
    author: Author
    shares: int | None
    posted_at: datetime | None
    context: Context = NOWHERE


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that a person judged. `note` and `pair` are what its writer meant it for, empty where it has none."""

    line: Line
    labels: Mapping[str, Any]
    note: str = ""  # "explicit": danger in the plainest words
    pair: str = ""  # "twin": it looks like danger and is none


def lines(file: Iterable[bytes]) -> Iterator[Line | InputError]:
    """Every line that is not blank: read, or an error that names it by its number."""
    for number, record in records(file):
        yield read_record(record, f"line {number}")


def records(
    file: Iterable[bytes], *, begins: bool = True
) -> Iterator[tuple[int, dict[str, Any] | ValueError]]:
    """The JSON object of every line that is not blank by its number, or what is wrong with it.

    `begins` is false where the lines are from the middle of a file, so that the first is not its beginning.
    """
    for number, raw in _numbered(file, begins=begins):
        try:
            yield number, _object(raw)
        except _Wrong as error:
            yield number, error


def read_record(record: Mapping[str, Any] | ValueError, where: str) -> Line | InputError:
    """The post of a record, or an error that names it by `where`."""
    try:
        if isinstance(record, ValueError):
            raise record
        return line_of(record)
    except _Wrong as error:
        return InputError(f"{where}: {error}")


def labelled(file: BinaryIO) -> Iterator[Labelled]:
    """Lines with their `labels`. Raises InputError naming the first line that lacks something."""
    for number, raw in _numbered(file):
        try:
            record = _object(raw)
            note, pair = (_word(record, name) for name in ("note", "pair"))
            yield Labelled(line_of(record), _labels(record), note, pair)
        except _Wrong as error:
            raise InputError(f"line {number}: {error}") from error


class _Wrong(ValueError):
    """What is wrong with a line, in words that repeat nothing of it."""


def _numbered(file: Iterable[bytes], *, begins: bool = True) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(file, 1):
        if number == 1 and begins:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            yield number, raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        record = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _Wrong("not JSON in UTF-8, or too deep, or with a number too long") from error
    if not isinstance(record, dict):
        raise _Wrong("not a JSON object")
    return record


def _labels(record: Mapping[str, Any]) -> dict[str, Any]:
    labels = record.get("labels")
    if not isinstance(labels, dict):
        raise _Wrong('"labels" must be there and be an object')
    flags = labels.get("flags")
    if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
        raise _Wrong('"labels.flags" must be there and be a list of names')
    return labels


def _word(record: Mapping[str, Any], name: str) -> str:
    word = record.get(name)
    return word if isinstance(word, str) else ""


def line_of(record: Mapping[str, Any]) -> Line:
    """The post of one JSON object. Raises ValueError that says what is wrong with it."""
    if isinstance(record.get("id"), bool) or not isinstance(record.get("id"), str | int):
        raise _Wrong('"id" must be there, text or a whole number')
    if not isinstance(record.get("text"), str):
        raise _Wrong('"text" must be there and be text')
    author = _part(record, "author")
    for name in ("handle", "name", "bio"):
        if not isinstance(author.get(name), str | None):
            raise _Wrong(f'"author.{name}" must be text')
    platform = str(record.get("platform") or "other").strip().lower()
    platform = "x" if platform == "twitter" else platform
    return Line(
        id=record["id"],
        text=record["text"],
        platform=platform if platform in PLATFORMS else "other",
        author=Author(
            handle=author.get("handle") or "",
            name=author.get("name") or "",
            bio=author.get("bio") or "",
            followers=_count(author, "author", "followers"),
        ),
        shares=_count(_part(record, "metrics"), "metrics", "shares"),
        posted_at=_moment(record.get("posted_at")),
        context=_context(record.get("context")),
    )


def _context(written: Any) -> Context:
    try:
        return context.from_json(written)
    except ValueError as error:
        raise _Wrong(str(error)) from None


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = record.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise _Wrong(f'"{name}" must be an object')
    return part


def _count(part: Mapping[str, Any], where: str, name: str) -> int | None:
    """A count; a table's tool may have written it as 120.0."""
    value = part.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise _Wrong(f'"{where}.{name}" must be a number')
    return int(min(max(value, 0), 2**53))


def _moment(written: Any) -> datetime | None:
    if written is None or written == "":
        return None
    if not isinstance(written, str | int | float):
        raise _Wrong('"posted_at" must be a moment, such as 2026-11-01T12:00:00Z')
    try:
        return clock.parse(written)
    except ValueError:
        raise _Wrong('"posted_at" must be a moment, such as 2026-11-01T12:00:00Z') from None


def answer(line: Line, reading: Reading, risk: Risk, *, policy: str, model: str) -> str:
    """The line that goes out, without its end."""
    fields: dict[str, Any] = {
        "id": line.id,
        "in_scope": reading.in_scope,
        "staff": reading.staff,
        "sentiment": reading.sentiment,
        "protected": reading.protected,
        "language": reading.language,
        "read": reading.read,
        "flags": [_flag(flag) for flag in reading.flags],
        "risk": risk,
        "policy": policy,
        "model": model,
    }
    if reading.explanation is not None:
        fields["why"] = explanation.reading_as_json(reading.explanation)
    return json.dumps(fields)


def reading_of(answered: Mapping[str, Any], masked: str) -> Reading:
    """The reading of which `answer` wrote that. Raises KeyError, TypeError, ValueError for what is no answer."""
    why = answered.get("why")
    return Reading(
        in_scope=bool(answered["in_scope"]), staff=_among(answered["staff"], get_args(Staff)), masked=masked,
        sentiment=_among(answered["sentiment"], get_args(Sentiment)), protected=_among(answered["protected"], PROTECTED),
        language=str(answered["language"]), read=_among(answered["read"], get_args(Read)),
        flags=tuple(_flag_of(flag) for flag in answered["flags"]),
        explanation=explanation.whole_from_json(why) if why else None,
    )  # fmt: skip


def risk_of(answered: Mapping[str, Any]) -> Risk:
    """The risk of an answer. Raises KeyError, ValueError."""
    risk: Risk = _among(answered["risk"], RISKS)
    return risk


def _flag_of(flag: Mapping[str, Any]) -> Flag:
    return Flag(
        name=str(flag["flag"]), score=float(flag["score"]), clauses=tuple(map(str, flag["clause"])),
        spans=tuple((int(start), int(end)) for start, end in flag["spans"]),
        target=tuple(_among(each, TARGETS) for each in flag.get("target", ())),
        harm=_among(flag["harm"], get_args(Harm)) if flag.get("harm") else None,
        explanation=explanation.flag_from_json(flag["why"]) if flag.get("why") else None,
    )  # fmt: skip


def _among(value: Any, known: Sequence[Any]) -> Any:
    """A word of a contract. Raises ValueError for another."""
    if value not in known:
        raise ValueError("an answer has a word that no answer has")
    return value


def _flag(flag: Flag) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "flag": flag.name,
        "score": round(flag.score, 4),
        "clause": list(flag.clauses),
        "spans": [list(span) for span in flag.spans],
    }
    if flag.picture_spans:
        fields["picture_spans"] = [list(span) for span in flag.picture_spans]
    if flag.target:
        fields["target"] = list(flag.target)
    if flag.harm:
        fields["harm"] = flag.harm
    if flag.explanation is not None:
        fields["why"] = explanation.flag_as_json(flag.explanation)
    return fields
