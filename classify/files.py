"""`classify` on files: one JSON object a line in, one a line out, in order, by design.md's contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import clock
from errors import InputError
from mention import PLATFORMS, Author, Flag, Reading, Risk

_AUTHOR = {"handle": str, "name": str, "bio": str, "followers": int}


@dataclass(frozen=True, slots=True)
class Line:
    """One post of a file: `id` as it was given, and what is assessed."""

    id: str | int
    text: str
    platform: str
    author: Author
    shares: int | None
    posted_at: datetime | None


def lines(file: BinaryIO) -> Iterator[Line | InputError]:
    """Every line that is not blank: read, or an error that names it by its number."""
    for number, raw in enumerate(file, 1):
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            try:
                yield _line(raw)
            except (ValueError, RecursionError) as error:
                why = error.args[0] if type(error) is ValueError else "not JSON in UTF-8"
                yield InputError(f"line {number}: {why}")


def labelled(file: BinaryIO) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Lines with their `labels`. Raises InputError naming the first line that lacks something."""
    for number, raw in enumerate(file, 1):
        if not raw.strip():
            continue
        try:
            line, labels = _line(raw), json.loads(raw)["labels"]
            if not isinstance(labels["flags"], list):
                raise ValueError('"labels.flags" must be a list of names')
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"line {number}: {error}: a line of `classify` with labels is needed"
            ) from error
        yield line, labels


def _line(raw: bytes) -> Line:
    given = json.loads(raw.decode("utf-8"))
    if not isinstance(given, dict):
        raise ValueError("not a JSON object")
    if isinstance(given.get("id"), bool) or not isinstance(given.get("id"), str | int):
        raise ValueError('"id" must be there, text or a whole number')
    if not isinstance(given.get("text"), str):
        raise ValueError('"text" must be there and be text')
    author = _part(given, "author")
    for name, kind in _AUTHOR.items():
        if isinstance(author.get(name), bool) or not isinstance(author.get(name), kind | None):
            raise ValueError(
                f'"author.{name}" must be {"a whole number" if kind is int else "text"}'
            )
    platform = given.get("platform") or "other"
    return Line(
        id=given["id"],
        text=given["text"],
        platform=platform if platform in PLATFORMS else "other",
        author=Author(
            handle=author.get("handle") or "",
            name=author.get("name") or "",
            bio=author.get("bio") or "",
            followers=author.get("followers"),
        ),
        shares=_count(_part(given, "metrics"), "shares"),
        posted_at=_moment(given.get("posted_at")),
    )


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = given.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise ValueError(f'"{name}" must be an object')
    return part


def _count(metrics: Mapping[str, Any], name: str) -> int | None:
    value = metrics.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError(f'"metrics.{name}" must be a number')
    return int(min(max(value, 0), 2**53))


def _moment(written: Any) -> datetime | None:
    if written is None:
        return None
    if not isinstance(written, str | int | float):
        raise ValueError('"posted_at" must be a moment, such as 2026-11-01T12:00:00Z')
    try:
        return clock.parse(written)
    except ValueError:
        raise ValueError('"posted_at" must be a moment, such as 2026-11-01T12:00:00Z') from None


def answer(line: Line, reading: Reading, risk: Risk, *, policy: str, model: str) -> str:
    """The line that goes out, without its end."""
    return json.dumps(
        {
            "id": line.id,
            "in_scope": reading.in_scope,
            "staff": reading.staff,
            "sentiment": reading.sentiment,
            "language": reading.language,
            "read": reading.read,
            "flags": [_flag(flag) for flag in reading.flags],
            "risk": risk,
            "policy": policy,
            "model": model,
        }
    )


def _flag(flag: Flag) -> dict[str, Any]:
    told: dict[str, Any] = {
        "flag": flag.name,
        "score": round(flag.score, 4),
        "clause": list(flag.clauses),
        "spans": [list(span) for span in flag.spans],
    }
    if flag.target:
        told["target"] = list(flag.target)
    if flag.harm:
        told["harm"] = flag.harm
    return told
