"""What leaves is masked, names nobody, acts as no formula, and leaves out what must stay; all of it is counted."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from classify.risk import risk_of
from core.errors import ConfigError, StoreError
from core.models import Author, Protected, Role, Sentiment, Staff
from reports import exports
from reports.exports import FORMATS, Format
from steps import export
from store import CaseDecision, ExportKind, ExportQuery, LeftOutBecause, Store, User
from tests.reports.factories import POLICY
from tests.review.factories import NOW, decide, group, shipped
from tests.store.factories import AT, DAY, add, assess_all, assessed, flag, mention
from tests.stores import temporary_store

ACTS = '=HYPERLINK("https://example.org","look")'
SECRET = "Zebedee Quill, 020 7946 0123"


def filled(store: Store) -> User:
    """Posts of which some must stay here, and a lead."""
    said = (
        mention(1, text=f"{SECRET} waited", text_raw=f"{SECRET} waited"),
        mention(2, text=ACTS, text_raw=ACTS),
        mention(3, platform="linkedin", issuer="linkedin"),
        mention(4, text="Nobody listens to us on this ward"),
        mention(5, text="Gone by now, all of it"),
    )
    add(store, *said)
    waiting = store.assessments.unassessed("2026.1", "model-a")
    assert len(waiting) == len(said)
    assess_all(store, "medium", masked=ACTS, flags=(flag(),))
    add(store, mention(6, text="Nobody has read this"))
    store.mentions.mark_gone([("x", mention(5).issued_id, "deleted")], at=AT)
    number = store.users.add("local", "bea", "Bea Whitlock", ("reviewer", "lead"), at=AT).number
    user = store.users.get(number)
    assert user is not None
    return user


def speaks(store: Store, number: int) -> None:
    """A post that was read as a disclosure by one policy, and as nothing of the kind by the next."""
    stored = store.mentions.get(number)
    assert stored is not None
    for policy, protected in (("2026.2", "disclosure"), ("2026.3", "none")):
        store.assessments.add([assessed(stored, policy=policy, protected=protected)])  # fmt: skip


def query(*, original: bool = False) -> ExportQuery:
    return ExportQuery(since=AT - 9 * DAY, until=AT + 9 * DAY, forbidden=exports.forbidden(), original=original)  # fmt: skip


def written(
    store: Store, what: ExportKind = "mentions", format_: Format = "csv", **how: bool
) -> tuple[bytes, exports.Written]:
    file = io.BytesIO()
    done = exports.write(store, what, format_, query(**how), file, POLICY)
    return file.read(), done


def test_what_must_stay_is_left_out_and_counted_by_why() -> None:
    with temporary_store() as store:
        filled(store)
        speaks(store, 4)
        add(store, mention(7, text="Our lad is nine and waited in the hall"))
        assess_all(store, "medium", masked="Our lad is nine and waited in the hall")
        store.mentions.mark_gone([("x", mention(6).issued_id, "deleted")], at=AT)
        store.children.mark({7: True})
        add(store, mention(8, text="Nobody has read this either"))
        content, done = written(store, format_="jsonl")
        assert not written(store, "flags")[0].count(b"lad is nine")
    rows = [json.loads(line) for line in content.splitlines()]
    assert [row["post"] for row in rows] == [1, 2]
    assert done.rows == 2
    assert done.left_out == {"terms": 1, "speaking_up": 1, "gone": 2, "unassessed": 1, "child": 1}
    assert exports.left_out_in_words(done.left_out)[0] == "1 that their platform’s terms keep here"


def test_how_many_may_be_speaking_up_is_told_to_governance_and_the_guardian_alone() -> None:
    left_out: dict[LeftOutBecause, int] = {"speaking_up": 3, "gone": 1}
    desk: tuple[tuple[Role, ...], ...] = ((), ("lead",), ("lead", "reviewer"), ("admin",))
    theirs: tuple[tuple[Role, ...], ...] = (("governance",), ("lead", "governance"), ("guardian",))
    for roles in desk:
        assert exports.left_out_in_words(left_out, roles) == ["1 that are gone from their platform"]
    for roles in theirs:
        assert exports.left_out_in_words(left_out, roles)[0].startswith("3 that may be speaking up")


def test_nobody_is_named_whatever_the_words_are_and_only_a_reason_brings_those_as_collected() -> (
    None
):
    author = Author(id="7700900", handle="rowan_ashdown", name="Rowan Ashdown", bio="Gardener")
    with temporary_store() as store:
        filled(store)
        for original in (False, True):
            for what in exports.TABLES:
                content, _ = written(store, what, "jsonl", original=original)
                text = content.decode()
                for private in (
                    author.handle,
                    author.name,
                    author.bio,
                    author.id,
                    "example.org/rowan",
                ):
                    assert private not in text
                assert (SECRET in text) == (original and what == "mentions")


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_no_cell_acts_in_a_spreadsheet(begins: str) -> None:
    words = f"{begins}cmd|'/c calc'!A1"
    with temporary_store() as store:
        add(store, mention(1, text=words, text_raw=words))
        assess_all(store, masked=words)
        content, _ = written(store)
        book, _ = written(store, format_="xlsx")
    row = next(iter(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))))
    assert row["words"].startswith("'")
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    assert {cell.data_type for cells in sheet.iter_rows() for cell in cells} <= {
        "s",
        "n",
        "inlineStr",
    }
    assert b"<f>" not in book


def test_every_format_says_the_same() -> None:
    with temporary_store() as store:
        filled(store)
        names = list(exports.COLUMNS["mentions"])
        tables: dict[str, list[list[Any]]] = {}
        for format_ in filter(exports.is_available, FORMATS):
            content, done = written(store, format_=format_)
            assert done.rows == 3
            tables[format_] = read(content, format_)
    for name, rows in tables.items():
        assert rows[0] == names, name
        assert [str(row[0]) for row in rows[1:]] == ["1", "2", "4"], name
        assert [row[names.index("flags")] for row in rows[1:]] == ["allegation"] * 3, name
        assert all(row[names.index("words")].lstrip("'") == ACTS for row in rows[1:]), name


def read(content: bytes, format_: Format) -> list[list[Any]]:
    """The rows of a file, its head first."""
    if format_ == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    if format_ == "jsonl":
        lines = [json.loads(line) for line in content.splitlines()]
        return [list(lines[0]), *(list(line.values()) for line in lines)]
    if format_ == "xlsx":
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(content))
    return [table.column_names, *(list(row.values()) for row in table.to_pylist())]


def test_without_its_extra_parquet_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with temporary_store() as store:
        filled(store)
        with pytest.raises(ConfigError, match=r"nwl-mentions\[parquet\]"):
            written(store, format_="parquet")


def test_a_decision_is_told_with_roles_and_without_names() -> None:
    with temporary_store() as store:
        user = filled(store)
        group(store, AT, alone=True)
        case = store.cases.of_mention(1)
        assert case is not None
        decide(store, case, user.number, "escalate", role="media", reason="Zebedee asked", at=NOW)
        content, done = written(store, "decisions", "jsonl")
    row = json.loads(content.splitlines()[0])
    assert (row["decided"], row["by_roles"], row["passed_to"]) == (
        "escalate",
        "reviewer, lead",
        "media",
    )
    assert b"Whitlock" not in content
    assert b"Zebedee" not in content
    assert done.rows == 1


def test_what_was_passed_to_the_guardian_is_left_out_too() -> None:
    with temporary_store() as store:
        user = filled(store)
        group(store, AT, alone=True)
        case = store.cases.of_mention(1)
        assert case is not None
        decide(store, case, user.number, "escalate", role="guardian", at=NOW)
        _, done = written(store)
        assert done.left_out["speaking_up"] == 1
        assert store.exports.speaking_up([1, 2]) == {1}


def test_a_lead_alone_takes_a_table_for_a_reason_and_it_stands_in_the_record() -> None:
    with temporary_store() as store:
        lead = filled(store)
        wanted = export.Wanted(
            what="mentions", format="csv", first=AT.date() - timedelta(days=3), last=AT.date(), purpose="board",
            reason="For the board",
        )  # fmt: skip
        number = store.users.add("local", "vera", "Vera", ("reviewer", "governance"), at=AT).number
        other = store.users.get(number)
        assert other is not None
        with tempfile.TemporaryFile() as file:
            with pytest.raises(StoreError, match="it is for lead"):
                export.take_table(store, shipped(), POLICY, wanted, file, by=other, at=AT)
            short = export.Wanted(
                what="flags",
                format="csv",
                first=AT.date(),
                last=AT.date(),
                purpose="board",
                reason=" why ",
            )
            with pytest.raises(StoreError, match="why you take it"):
                export.take_table(store, shipped(), POLICY, short, file, by=lead, at=AT)
            assert store.exports.latest() == []
            done = export.take_table(store, shipped(), POLICY, wanted, file, by=lead, at=AT)
        (taken,) = store.exports.latest()
        (event,) = [event for event in store.audit.events() if event.kind == "exported"]
    assert (taken.reason, taken.by_name, taken.rows, taken.digest) == (
        "For the board",
        "Bea Whitlock",
        3,
        done.digest,
    )
    assert event.about["rows"] == 3
    assert event.about["left_out"] == 3
    assert event.about["digest"] == done.digest
    assert "board" not in json.dumps(dict(event.about))


def test_memory_does_not_grow_with_the_number_of_rows() -> None:
    peaks = []
    with temporary_store() as store:
        for count in (1_000, 3_000):
            add(
                store,
                *(
                    mention(number, text=f"Words of post {number} " * 20)
                    for number in range(count - 1_000, count)
                ),
            )
            assess_all(store)
            tracemalloc.start()
            for format_ in ("csv", "xlsx", "jsonl"):
                with tempfile.TemporaryFile() as file:
                    exports.write(store, "mentions", format_, query(), file, POLICY)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 2.5 * peaks[0]


def test_a_post_that_could_not_be_read_has_no_masked_words() -> None:
    with temporary_store() as store:
        add(store, mention(1, text=SECRET, text_raw=SECRET))
        assess_all(store, masked=SECRET, read="unread")
        masked, original = (
            written(store, format_="jsonl", original=each)[0] for each in (False, True)
        )
    assert json.loads(masked)["words"] == ""
    assert json.loads(original)["words"] == SECRET


def by_staff_too(store: Store) -> User:
    """Those posts, one more whose writer says that they are staff, and one whose flag alone does."""
    lead = filled(store)
    add(
        store,
        mention(7, text="Our ward was calm today"),
        mention(8, text="My own view, third week"),
    )
    for number, staff, named in ((7, "icb", "derogatory"), (8, None, "no_disclaimer")):
        stored = store.mentions.get(number)
        assert stored is not None
        store.assessments.add([
            assessed(stored, "low", policy="2026.9", staff=staff, masked="said", flags=(flag(named), flag("media")))
        ])  # fmt: skip
    return lead


def staffless(store: Store, what: ExportKind, *, original: bool = False) -> tuple[str, exports.Written]:  # fmt: skip
    asked = replace(query(original=original), of_staff=POLICY.of_staff_alone)
    file = io.BytesIO()
    done = exports.write(store, what, "jsonl", asked, file, POLICY)
    return file.read().decode(), done


@pytest.mark.parametrize("what", ["mentions", "flags", "decisions"])
def test_no_two_tables_differ_by_who_is_staff(what: ExportKind) -> None:
    """The rows of one are those of the other, and no cell but the words differs; of the words each is as posted, or none."""
    with temporary_store() as store:
        by_staff_too(store)
        tables = [staffless(store, what, original=original) for original in (False, True)]
    masked, whole = [[json.loads(line) for line in content.splitlines()] for content, _ in tables]
    assert [{**row, "words": ""} for row in masked] == [{**row, "words": ""} for row in whole]
    assert tables[0][1].left_out == tables[1][1].left_out
    assert "staff" not in tables[1][1].left_out
    if what == "mentions":
        assert {7, 8} <= {row["post"] for row in masked}
        assert {row["words"] for row in masked} == {"said"} or all(row["words"] != "said" for row in whole)  # fmt: skip
        assert "calm today" in tables[1][0]


@pytest.mark.parametrize(
    ("staff", "named"),
    [("icb", "grievance"), ("nhs", "grievance"), (None, "grievance"), ("icb", "allegation"), ("nhs", "allegation")],
)  # fmt: skip
@pytest.mark.parametrize("protected", ["none", "criticism", "complaint"])
def test_what_staff_say_of_their_own_work_leaves_in_no_table_whatever_it_is_read_as(
    staff: Staff | None, named: str, protected: Protected
) -> None:
    with temporary_store() as store:
        lead = filled(store)
        add(store, mention(7, text="Rota again, third week", text_raw="Rota again, third week"))
        stored = store.mentions.get(7)
        assert stored is not None
        store.assessments.add([assessed(stored, policy="2026.9", staff=staff, protected=protected, flags=(flag(named), flag("media")))])  # fmt: skip
        group(store, alone=True)
        case = store.cases.of_mention(7)
        assert case is not None
        decide(store, case, lead.number, "no_action", labels={"media": True}, at=NOW)
        for what in ("mentions", "flags", "decisions"):
            for original in (False, True):
                content, done = staffless(store, what, original=original)
                assert done.left_out["speaking_up"] == 1, what
                assert "third week" not in content
                assert 7 not in {json.loads(line)["post"] for line in content.splitlines()}, what


def test_no_table_tells_a_flag_that_holds_of_staff_alone() -> None:
    with temporary_store() as store:
        lead = by_staff_too(store)
        group(store, alone=True)
        case = store.cases.of_mention(8)
        assert case is not None
        decide(store, case, lead.number, "no_action", labels={"no_disclaimer": True, "media": True}, at=NOW)  # fmt: skip
        for what in ("mentions", "flags", "decisions"):
            content, _ = staffless(store, what)
            assert "media" in content, what
            assert not [name for name in POLICY.of_staff_alone if name in content], what


SHOWN = [None, *(name for name in POLICY.in_use if name not in POLICY.of_staff_alone)]


@pytest.mark.parametrize("sentiment", ["negative", "neutral", "positive"])
@pytest.mark.parametrize("hidden", [None, *sorted(POLICY.of_staff_alone)])
def test_no_cell_of_a_table_differs_by_who_wrote_it_or_by_a_flag_that_no_table_tells(
    sentiment: Sentiment, hidden: str | None
) -> None:
    """Twins that say the same: one by nobody we know, one by staff with a flag that holds of staff alone."""
    with temporary_store() as store:
        numbers = iter(range(1, 200))
        by = store.users.add("local", "bea", "Bea Whitlock", ("lead",), at=AT).number
        for name in SHOWN:
            twins: list[tuple[Staff | None, list[str]]] = [(None, []), ("no", []), ("icb", [hidden] if hidden else []), ("nhs", [hidden] if hidden else [])]  # fmt: skip
            for staff, more in twins:
                flags = tuple(flag(each, target=("patient",)) for each in (name, *more) if each)  # fmt: skip
                number = next(numbers)
                add(store, mention(number, text=f"Twin {number} {name}"))
                stored = store.mentions.get(number)
                assert stored is not None
                earned = risk_of(
                    flags, POLICY, staff=staff, in_scope=True, sentiment=sentiment, protected="none", followers=None, shares=None,
                )  # fmt: skip
                store.assessments.add([assessed(stored, earned, staff=staff, masked="said", flags=flags, sentiment=sentiment)])  # fmt: skip
        group(store, NOW, alone=True)
        for number in (each["number"] for each in store.database.rows("SELECT number FROM cases WHERE protected = 0")):  # fmt: skip
            covers = tuple((each.item.number, each.item.revision) for each in store.cases.mentions(number))  # fmt: skip
            store.cases.decide(CaseDecision(case=number, kind="confirm", by=by, at=NOW, covers=covers), 0)  # fmt: skip
        for what in ("mentions", "flags", "decisions"):
            content, _ = staffless(store, what)
            rows = [json.loads(line) for line in content.splitlines()]
            own = {"post", "case", "posted_at", "found_at", "decision", "at"}
            kinds: dict[int, set[str]] = {}
            for row in rows:
                cells = {key: cell for key, cell in row.items() if key not in own}
                told = json.dumps(cells | {"case": row["case"] is None}, sort_keys=True)
                kinds.setdefault((row["post"] - 1) // 4, set()).add(told)
            assert {len(each) for each in kinds.values()} == {1}, what
