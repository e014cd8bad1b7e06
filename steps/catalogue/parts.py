"""A catalogue cut into parts, each of which is answered by itself: a range of a JSONL file, or rows of a Parquet file."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, cast
from urllib.parse import quote

from classify.batch import Line, read_record, records
from core import clock
from core.errors import InputError
from steps.catalogue.places import Listed, Place

Kind = Literal["jsonl", "gzip", "parquet"]
KINDS: Mapping[str, Kind] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonl.gz": "gzip", ".ndjson.gz": "gzip", ".parquet": "parquet",
}  # fmt: skip
PART_MB = 8  # of posts in a part: some 20,000 of the usual length, a minute or two of one processor
MOST_COUNTED = (
    1 << 30
)  # bytes that are read again to name a line by its number in the file: a second or two
LONGEST_NAME = 180  # characters of a part's name that come from its file's
ROWS = 2_000  # rows of a Parquet file that are held at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A range of a file: bytes from `start` to `stop` of lines that begin there, or rows; a packed file is one part.

    `size` and `changed` are the file's as it was planned: one that is another since is not read.
    """

    name: str
    file: str
    kind: Kind
    size: int
    changed: str
    start: int
    stop: int

    def as_json(self) -> dict[str, Any]:
        """As it is written with its answers."""
        return asdict(self)

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Part:
        """What `as_json` wrote. Raises TypeError for what is none."""
        return cls(**written)


def plan(
    place: Place, pattern: re.Pattern[str] | None, part_bytes: int, *, without: str = ""
) -> list[Part]:
    """All parts, in the order of files and of what stands in them. `without`: the folder of answers, where it lies below.

    The same files give the same parts. Raises InputError where there is no file of posts.
    """
    parts = [
        part
        for file in place.files()
        if _is_meant(file.name, pattern) and not (without and file.name.startswith(f"{without}/"))
        for part in _parts(place, file, part_bytes)
    ]
    if not parts:
        raise InputError(
            f"{place.address}: no file of posts is there: JSONL (.jsonl, .jsonl.gz) or Parquet (.parquet)"
        )
    return parts


def _is_meant(name: str, pattern: re.Pattern[str] | None) -> bool:
    hidden = any(piece.startswith((".", "_")) for piece in name.split("/"))
    if pattern is None:
        return not hidden and _kind(name) is not None
    return pattern.fullmatch(name) is not None


def _kind(name: str) -> Kind | None:
    return next((kind for ending, kind in KINDS.items() if name.lower().endswith(ending)), None)


def _parts(place: Place, file: Listed, part_bytes: int) -> Iterator[Part]:
    kind = _kind(file.name) or "jsonl"
    end, step = file.size, part_bytes
    if kind == "gzip":
        step = max(end, 1)
    elif kind == "parquet":
        end, step = _rows(place, file.name, part_bytes)
    for start in range(0, max(end, 1), step):
        yield Part(
            name=f"{_plain(file.name)}.{start:012}", file=file.name, kind=kind, size=file.size,
            changed=file.changed, start=start, stop=min(start + step, end),
        )  # fmt: skip


def _plain(file: str) -> str:
    """A file's name as one that any disk and store keeps; two files never have the same."""
    plain = quote(file, safe="-_.")
    if len(plain) <= LONGEST_NAME:
        return plain
    return f"{plain[: LONGEST_NAME - 17]}-{hashlib.sha256(plain.encode()).hexdigest()[:16]}"


def _rows(place: Place, name: str, part_bytes: int) -> tuple[int, int]:
    """How many rows a Parquet file has, and how many are a part. One that can't be read is a part, which says so."""
    try:
        with place.open(name) as file:
            described = _parquet().ParquetFile(file).metadata
            groups = [described.row_group(at) for at in range(described.num_row_groups)]
    except (OSError, ValueError, InputError):
        return 0, 1
    rows, size = described.num_rows, sum(group.total_byte_size for group in groups)
    return rows, max(1, int(rows * part_bytes / max(size, 1))) if rows else 1


def lines_of(place: Place, part: Part) -> Iterator[Line | InputError]:
    """Every post of a part: read, or an error that names it by its number in the file. Raises InputError."""
    before: tuple[int, str] | None = None  # worked out once a line is named
    for number, record in records_of(place, part):
        post = read_record(record, "")
        if isinstance(post, InputError):
            before = before or _before(place, part)
            what = "row" if part.kind == "parquet" else "line"
            post = InputError(f"{what} {before[0] + number}{before[1]}{post}")
        yield post


def _before(place: Place, part: Part) -> tuple[int, str]:
    """How many lines or rows of its file stand before a part, and what is said behind a number to which they are added.

    Lines of a part that begins past MOST_COUNTED bytes of its file are numbered within the part, since all before would be read for it.
    """
    if part.kind != "jsonl" or part.start == 0:
        return part.start, ""
    if part.start > MOST_COUNTED:
        return 0, f" from byte {part.start} on"
    lines, left = 1, part.start - 1
    with place.open(part.file) as file:
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            lines += chunk.count(b"\n")
            left -= len(chunk)
    return lines, ""


def records_of(
    place: Place, part: Part, *, moved: bool = False
) -> Iterator[tuple[int, dict[str, Any] | ValueError]]:
    """The record of every post by its number in the part, or what is wrong with it. `moved`: the files lie elsewhere since.

    Raises InputError where the file is another since it was planned, or can't be read.
    """
    file = place.listed(part.file)
    changed = part.changed if moved or file is None else file.changed
    if file is None or (file.size, changed) != (part.size, part.changed):
        raise InputError(f"{part.file} was changed or removed since its parts were planned")
    with place.open(part.file) as opened:
        try:
            if part.kind == "parquet":
                yield from enumerate(_table(opened, part), 1)
            elif part.kind == "gzip":
                with gzip.open(opened) as unpacked:
                    yield from records(unpacked)
            else:
                yield from records(_range(opened, part), begins=part.start == 0)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{part.file} can't be read ({type(error).__name__})") from error


def _range(file: BinaryIO, part: Part) -> Iterator[bytes]:
    """The lines that begin in a range of bytes: each line of a file is in one part alone."""
    at = part.start
    if at:
        file.seek(at - 1)
        at += len(file.readline()) - 1
    while at < part.stop and (line := file.readline()):
        at += len(line)
        yield line


def _table(file: BinaryIO, part: Part) -> Iterator[dict[str, Any]]:
    """The rows of a range, as records; of the file's groups those alone are read that hold some of them."""
    try:
        parquet = _parquet().ParquetFile(file)
        first = 0
        for number in range(parquet.metadata.num_row_groups):
            rows = parquet.metadata.row_group(number).num_rows
            if first + rows > part.start and first < part.stop:
                at = first
                for batch in parquet.iter_batches(batch_size=ROWS, row_groups=[number]):
                    skip = max(0, part.start - at)
                    length = max(0, min(batch.num_rows, part.stop - at) - skip)
                    for row in batch.slice(skip, length).to_pylist():
                        yield record_of(row)
                    at += batch.num_rows
            first += rows
    except (OSError, ValueError) as error:
        raise InputError(
            f"{part.file} is no Parquet file that can be read ({type(error).__name__})"
        ) from error


def record_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a table as a line has it: `author.handle` as a column of its own is read as nested, a moment as text.

    A moment without a zone is taken as UTC, as Parquet's writers keep them.
    """
    record: dict[str, Any] = {}
    for name, value in row.items():
        outer, dot, inner = name.partition(".")
        if dot and isinstance(record.setdefault(outer, {}), dict):
            record[outer][inner] = _plain_value(value)
        else:
            record[name] = _plain_value(value)
    return record


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.text(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, dict):
        return {key: _plain_value(inner) for key, inner in value.items()}
    return [_plain_value(inner) for inner in value] if isinstance(value, list) else value


def _parquet() -> Any:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise InputError(
            "Parquet is read by the extra `parquet`: pip install 'nwl-mentions[parquet]'"
        ) from error
    return cast(Any, parquet)
