"""Mentions, flags and decisions as tables that other programs read: CSV, XLSX, JSONL and Parquet, written row by row.

Words are masked, unless somebody gave a reason for the words as they were collected; never is an author, an address or a
profile among them. In a spreadsheet no cell can act as a formula.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import BinaryIO, Literal, get_args
from xml.sax.saxutils import escape

from classify import risk
from classify.policy.schema import Policy
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock, text
from core.errors import ConfigError
from core.models import PLATFORMS, Flag, Role
from core.text import visible
from store import ExportedDecision, ExportedPost, ExportKind, ExportQuery, LeftOutBecause, Store

Format = Literal["csv", "xlsx", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
NEEDS_PARQUET = "Parquet needs the extra `parquet`: pip install 'nwl-mentions[parquet]', or choose CSV, XLSX or JSONL"
TABLES: tuple[ExportKind, ...] = ("mentions", "flags", "decisions")
MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}  # fmt: skip
# Why a row was left out, as people read it after its count.
WHY_LEFT_OUT: Mapping[LeftOutBecause, str] = {
    "terms": "that their platform’s terms keep here",
    "speaking_up": "that may be speaking up, which are for the Guardian alone",
    "gone": "that are gone from their platform",
    "unassessed": "that have not been read as they are now",
    "staff": "by staff, whose words leave masked in a table",
    "child": "that name a child, which leave in no table",
}

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
PART = 1_000  # rows that are written at a time
COLUMNS: Mapping[ExportKind, Mapping[str, type]] = {
    "mentions": {
        "post": int, "version": int, "case": int, "platform": str, "kind": str, "posted_at": str, "found_at": str,
        "words": str, "language": str, "tone": str, "risk": str, "read": str, "about_us": bool, "our_own": bool,
        "flags": str, "followers": int, "shares": int, "latest_decision": str,
    },
    "flags": {
        "post": int, "version": int, "case": int, "platform": str, "posted_at": str, "flag": str, "sure": float,
        "clauses": str, "risk": str,
    },
    "decisions": {
        "decision": int, "post": int, "case": int, "platform": str, "decided": str, "at": str, "by_roles": str,
        "passed_to": str, "flags_that_hold": str, "flags_that_do_not": str, "undone": bool,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in a file: its rows, what was left out and why, and the SHA-256 of its bytes."""

    rows: int
    left_out: Mapping[LeftOutBecause, int]
    digest: str


def forbidden() -> frozenset[str]:
    """The platforms whose terms let nothing of theirs be exported."""
    return frozenset(name for name in PLATFORMS if terms.forbids(name, "export"))


def is_available(format_: Format) -> bool:
    """Whether this installation can write it."""
    return format_ != "parquet" or find_spec("pyarrow") is not None


def write(
    store: Store, what: ExportKind, format_: Format, query: ExportQuery, into: BinaryIO, policy: Policy
) -> Written:  # fmt: skip
    """Writes a table to a file that can be read and written, batch by batch. Raises ConfigError for Parquet without its extra."""
    left_out: Counter[LeftOutBecause] = Counter()
    counted = _Counted(_rows(store, what, query, left_out, policy))
    _WRITERS[format_](COLUMNS[what], counted, into)
    return Written(rows=counted.count, left_out=+left_out, digest=_digest(into))


def left_out_in_words(
    left_out: Mapping[LeftOutBecause, int], roles: Collection[Role] = ()
) -> list[str]:
    """3 that their platform's terms keep here; one line a reason, in their order.

    How many may be speaking up is told to governance and the Guardian alone, by the `roles` of whoever reads it: taken for
    one day after another it would tell a lead when somebody did.
    """
    return [
        f"{left_out[why]:,} {words}"
        for why, words in WHY_LEFT_OUT.items()
        if left_out.get(why) and (why != "speaking_up" or counts_speaking_up(roles))
    ]


def counts_speaking_up(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may know how many may be speaking up."""
    return "governance" in roles or "guardian" in roles


def _digest(file: BinaryIO) -> str:
    """The SHA-256 of a file, which is at its beginning again afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _rows(
    store: Store, what: ExportKind, query: ExportQuery, left_out: Counter[LeftOutBecause], policy: Policy
) -> Iterator[Row]:  # fmt: skip
    """Each row of a table; what was left out is counted into `left_out`."""
    after: int | None = 0
    while after is not None:
        if what == "decisions":
            decided = store.exports.decisions(query, after=after)
            yield from (_decision(store, each) for each in decided.decisions)
            left_out.update(decided.left_out)
            after = decided.last
        else:
            batch = store.exports.posts(query, after=after)
            for post in batch.posts:
                row_post = _told(post, policy)
                yield from (_mention(row_post),) if what == "mentions" else _flags(row_post)
            left_out.update(batch.left_out)
            after = batch.last


def _told(post: ExportedPost, policy: Policy) -> ExportedPost:
    """A post as a row may tell it, whoever wrote it: its risk is the one that the flags of the row make.

    With another one, or with a case and a decision that nothing in the row explains, it would tell of a flag that is left out, or of staff.
    """
    if not post.staff_in_risk:
        return post
    shown = risk.risk_of(
        [Flag(name=flag.name, score=flag.score, clauses=flag.clauses, target=flag.target, harm=flag.harm) for flag in post.flags],
        policy, staff=None, in_scope=post.in_scope, sentiment=post.sentiment, protected=post.protected, followers=post.followers,
        shares=post.shares,
    )  # fmt: skip
    if shown == "none" and not post.flags:
        return replace(post, risk=shown, case=None, decision=None)
    return replace(post, risk=shown)


def _mention(post: ExportedPost) -> Row:
    return (
        post.number, post.revision, post.case, _platform(post.platform), post.kind, clock.text(post.posted_at),
        clock.text(post.found_at), visible(post.words), post.language, post.sentiment, post.risk, post.read,
        post.in_scope, post.own, ", ".join(flag.name for flag in post.flags), post.followers, post.shares,
        post.decision,
    )  # fmt: skip


def _flags(post: ExportedPost) -> Iterator[Row]:
    for flag in post.flags:
        yield (
            post.number, post.revision, post.case, _platform(post.platform), clock.text(post.posted_at), flag.name,
            round(flag.score, 3), ", ".join(flag.clauses), post.risk,
        )  # fmt: skip


def _decision(store: Store, decision: ExportedDecision) -> Row:
    """A row; that it went to the police, or to an employer, is not for a table: to “another team”."""
    untold = (
        store.handoffs.policy.receiver(decision.passed_to).type in ("police", "employer")
        if decision.passed_to
        else False
    )
    holds, fails = (
        ", ".join(sorted(name for name, label in decision.labels.items() if label is wanted))
        for wanted in (True, False)
    )
    return (
        decision.number, decision.post, decision.case, _platform(decision.platform), decision.kind,
        clock.text(decision.at), decision.roles, "another team" if untold else decision.passed_to, holds, fails, decision.undone,
    )  # fmt: skip


def _platform(name: str) -> str:
    return PLATFORM_NAMES.get(name, name)


# ── Formats: each takes the columns with their types and the rows, and writes them as they come. ──


def _csv(columns: Mapping[str, type], rows: Iterable[Row], into: BinaryIO) -> None:
    """CSV in UTF-8 with its mark, by which Excel knows it; a cell that a spreadsheet could work out begins with an apostrophe."""
    into.write(b"\xef\xbb\xbf")
    into.write(text.rows([columns]))
    iterator = iter(rows)
    while part := list(itertools.islice(iterator, PART)):
        into.write(
            text.rows(["" if cell is None else _yes_no(cell) for cell in row] for row in part)
        )


def _jsonl(columns: Mapping[str, type], rows: Iterable[Row], into: BinaryIO) -> None:
    """An object a line."""
    names = tuple(columns)
    for row in rows:
        line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)
        into.write(line.encode("utf-8", "replace") + b"\n")


LARGEST_SHEET = 1_048_576  # rows of a sheet, its head included (Excel specifications and limits)
LONGEST_CELL = 32_767  # characters (the same)


def _xlsx(columns: Mapping[str, type], rows: Iterable[Row], into: BinaryIO) -> None:
    """A workbook of inline strings and numbers alone (ECMA-376, 18.3.1.4): there is no cell that could be a formula.

    openpyxl's write-only mode takes three times as long (3.3 s against 1.1 for 20,000 mentions), and a file on the disk.
    """
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        iterator, sheets = iter(rows), 0
        head = tuple(columns)
        while True:
            first = next(iterator, None)
            if first is None and sheets:
                break
            sheets += 1
            part = [] if first is None else [first]
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                sheet.write(_SHEET_HEAD)
                sheet.write(_xml_row(head))
                for row in itertools.chain(part, itertools.islice(iterator, LARGEST_SHEET - 2)):
                    sheet.write(_xml_row(row))
                sheet.write(_SHEET_FOOT)
        for name, content in _book_parts(sheets).items():
            book.writestr(name, content)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
).encode()  # fmt: skip
_SHEET_FOOT = b"</sheetData></worksheet>"
# No XML can hold them; `visible` has made dots of most.
_CONTROL = {number: None for number in (*range(32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if number not in (9, 10, 13)}  # fmt: skip


def _xml_row(row: Sequence[Cell]) -> bytes:
    return f"<row>{''.join(map(_xml_cell, row))}</row>".encode()


def _xml_cell(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"<c><v>{cell}</v></c>"
    words = escape(str(_yes_no(cell))[:LONGEST_CELL].translate(_CONTROL))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


def _book_parts(sheets: int) -> dict[str, str]:
    """What a workbook has beside its sheets."""
    numbers = range(1, sheets + 1)
    names = "".join(f'<sheet name="Rows {number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)  # fmt: skip
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>' for number in numbers
    )  # fmt: skip
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for number in numbers
    )  # fmt: skip
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_TYPES}.sheet.main+xml"/>{kinds}</Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
    }  # fmt: skip


GROUP = 20_000  # rows of a row group, which lie in memory together


def _parquet(columns: Mapping[str, type], rows: Iterable[Row], into: BinaryIO) -> None:
    """Raises ConfigError without pyarrow."""
    try:
        import pyarrow as arrow  # 0.3 s and 90 MB, for those alone who want it
        from pyarrow import parquet
    except ImportError as error:
        raise ConfigError(NEEDS_PARQUET) from error
    kinds = {int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_(), str: arrow.string()}
    schema = arrow.schema([(name, kinds[kind]) for name, kind in columns.items()])
    iterator = iter(rows)
    with parquet.ParquetWriter(into, schema, compression="zstd") as writer:
        while group := list(itertools.islice(iterator, GROUP)):
            cells = [[_whole(cell) for cell in column] for column in zip(*group, strict=True)]
            writer.write_table(arrow.table(cells, schema=schema))


def _whole(cell: Cell) -> Cell:
    """Without halves of surrogate pairs, which UTF-8 does not have."""
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell


def _yes_no(cell: Cell) -> Cell:
    return ("yes" if cell else "no") if isinstance(cell, bool) else cell


_WRITERS: Mapping[Format, Callable[[Mapping[str, type], Iterable[Row], BinaryIO], None]] = {
    "csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet,
}  # fmt: skip
