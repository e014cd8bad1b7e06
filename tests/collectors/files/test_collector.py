from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import ODD_ERRORS, SkippedItem
from collectors.files.collector import read_file
from collectors.files.parse import DATES, Reading, to_mention
from core.context import NOWHERE, AnsweredPost, LinkCard, Page, context_of, from_json
from core.errors import ConfigError, InputError, PlatformRefused
from core.models import Mention
from tests.collectors.cases import AT, DATA, TERMS, mentions, odds, pull, source
from tests.collectors.mutants import mutants

ROW = {"id": "a1", "platform": "x", "text": "NHS NW London", "author": {"handle": "ana", "followers": 3},
       "metrics": {"likes": 3}, "posted_at": "21/11/2026 09:05", "url": "https://x.com/ana/status/1"}  # fmt: skip


def written(folder: Path, content: bytes | str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, **settings: Any) -> tuple[list[Mention], list[SkippedItem]]:
    found = list(read_file(path, at=AT, terms=TERMS, **settings))
    return mentions(found), odds(found)


def texts(path: Path, **settings: Any) -> list[str]:
    return [mention.text for mention in rows(path, **settings)[0]]


def test_an_export_with_a_torn_row_gives_all_the_others() -> None:
    found, odd = rows(DATA / "files" / "export.csv")
    assert [odd.item for odd in odd] == ["export.csv line 6"]
    first, second, third = found
    assert first.text == 'NHS NW London said "no",\r\nand then, again'
    assert (first.issuer, first.issued_id, first.platform) == ("x", "1990000000000000002", "x")
    assert first.posted_at == datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
    assert (first.author.name, first.author.followers, first.metrics) == (
        "Ana Example",
        1204,
        {"likes": 1200},
    )
    assert (second.issued_id, second.text) == (
        "t1_optaaaa",
        "=SUM(A1:A2) is what NHS NW London said",
    )
    assert (third.issuer, third.platform, third.matched) == ("care_opinion", "review", ())
    assert third.issued_id.startswith("sha256:")


def test_the_lines_that_classify_reads_are_read() -> None:
    found, odd = rows(DATA / "files" / "contract.jsonl")
    assert [(m.issued_id, m.issuer) for m in found] == [("a1", "x")]
    assert (found[0].author.handle, found[0].author.bio, found[0].author.followers) == (
        "ana_example",
        "Brent",
        120,
    )
    assert found[0].metrics == {"likes": 3, "shares": 0, "replies": 1}
    assert found[0].posted_at == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert [odd.item for odd in odd] == [f"contract.jsonl line {line}" for line in (2, 3, 4)]
    assert odd[0].why == "no date; left out"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_any_delimiter_and_mark_is_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [["id", "text"], ["1", "café, and; \t the rest"]]
    content = "".join(delimiter.join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)
    assert texts(written(tmp_path, content.encode(encoding))) == ["café, and; \t the rest"]


def test_one_bad_byte_costs_itself_and_not_the_whole_file(tmp_path: Path) -> None:
    content = "id,text\n1,the ICB’s café|\n2,“closed”\n".encode().replace(b"|", b"\xff")
    found, odd = rows(written(tmp_path, content))
    assert [mention.text for mention in found] == ["the ICB’s café\ufffd", "“closed”"]
    assert "can't be read" in odd[0].why


def test_another_encoding_is_named(tmp_path: Path) -> None:
    found, odd = rows(written(tmp_path, "id,text\n1,the ICB’s café\n".encode("cp1252")))
    assert found[0].text == "the ICB’s café"
    assert "Windows-1252" in odd[0].why
    assert rows(written(tmp_path, "id,text\n1,plain\n".encode("utf-16-le")))[0][0].text == "plain"


@pytest.mark.parametrize(
    ("lines", "kept", "torn"),
    [
        ('1,a\n2,"open\n3,c\n', ["a", "c"], [3]),
        ('1,a\n2,"open\n3,"c"\n4,d\n', ["a", "c", "d"], [3]),
        ("1,a\n2\n3,c\n", ["a", "c"], [3]),
        ("1,a\n2,b,extra\n3,c\n", ["a", "c"], [3]),
        ('1,a\n2,"he said "no" twice"\n3,c\n', ["a", 'he said no" twice"', "c"], []),
        ("1,a\n\n  \n3,c\n", ["a", "c"], [4]),
        ('1,"two\nlines"\n3,c', ["two\nlines", "c"], []),
        ("1,a,\n2,b,\n", ["a", "b"], []),
        ('1,a\n2,"cut off at the en', ["a"], [3]),
        ("1,a\u2028b\n2,c\x0bd\n", ["a\u2028b", "c\x0bd"], []),
        ("1,a\r2,b\r", ["a", "b"], []),
    ],
)
def test_a_torn_row_costs_only_itself(
    tmp_path: Path, lines: str, kept: list[str], torn: list[int]
) -> None:
    found, odd = rows(written(tmp_path, "id,text\n" + lines))
    assert [m.text for m in found] == kept
    assert [odd.item for odd in odd] == [f"export.csv line {number}" for number in torn]


def test_many_open_quotes_do_not_take_for_ever(tmp_path: Path) -> None:
    found, odd = rows(written(tmp_path, "id,text\n" + '1,"open\n' * 3_000 + "2,b\n"))
    assert [m.text for m in found][-1] == "b"
    assert len(odd) > 1_000


def test_a_cell_of_ten_megabytes_is_cut_and_named(tmp_path: Path) -> None:
    found, odd = rows(written(tmp_path, "id,text\n1," + "a" * 10_000_000 + "\n2,b\n"))
    assert [len(m.text) for m in found] == [200_000, 1]
    assert "10,000,000" in odd[0].why


def test_columns_are_found_as_config_maps_them(tmp_path: Path) -> None:
    path = written(tmp_path, "Ref;Was;Wann;Text\n7;hello;21.11.2026;not this\n")
    found, _ = rows(
        path,
        columns={"id": "ref", "text": "WAS ", "posted_at": "Wann"},
        dates=("%d.%m.%Y",),
        platform="facebook",
    )
    assert (found[0].text, found[0].issuer, found[0].issued_id) == ("hello", "facebook", "7")
    assert found[0].posted_at == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_row_has_the_context_that_classify_reads(tmp_path: Path) -> None:
    context = {
        "page": {"owner": "provider", "name": "Elm Tree Surgery", "kind": "practice"},
        "replies_to": [{"text": "Flu jabs", "author": {"handle": "a", "official": True}}],
    }
    lines = [
        json.dumps({**ROW, "context": given}) for given in (context, {"page": 3}, ["odd"], "odd")
    ]
    found, odd = rows(written(tmp_path, "\n".join(lines), "export.jsonl"))
    assert not odd
    assert [mention.context for mention in found] == [from_json(context), *[NOWHERE] * 3]


def test_columns_can_say_the_context(tmp_path: Path) -> None:
    cell = '"{""replies_to"": [{""text"": ""Flu jabs""}]}"'
    content = (
        "id,text,page,parent text,link title,context\n"
        f"1,a,Elm Tree Surgery,Where is it?,Board papers,\n2,b,,,,{cell}\n3,c,4,,,\n"
    )
    found, odd = rows(written(tmp_path, content))
    assert not odd
    first, second, third = (mention.context for mention in found)
    assert first == context_of(
        page=Page(name="Elm Tree Surgery"), answered=[AnsweredPost(text="Where is it?")],
        card=LinkCard(title="Board papers"),
    )  # fmt: skip
    assert second.answered == (AnsweredPost(text="Flu jabs"),)
    assert not third  # a number is no page's name


def test_a_file_without_headings_is_refused_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="columns") as raised:
        rows(written(tmp_path, "secret words,1\nmore,2\n"))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("21/11/2026", datetime(2026, 11, 21, tzinfo=UTC)),
        ("01/02/2026 10:00", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("01/07/2026 10:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),  # summer time
        ("2026-07-01T10:00:00+02:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("1 Jul 2026", datetime(2026, 6, 30, 23, tzinfo=UTC)),
    ],
)
def test_dates_are_read_in_uk_order_and_uk_time(
    tmp_path: Path, date: str, moment: datetime
) -> None:
    assert rows(written(tmp_path, f"id,text,date\n1,a,{date}\n"))[0][0].posted_at == moment


@pytest.mark.parametrize("date", ["", "soon", "13/13/2026", "01/01/2031", "31/12/1969"])
def test_a_row_whose_date_can_not_be_read_is_left_out_and_named_and_never_dated_now(
    tmp_path: Path, date: str
) -> None:
    found, odd = rows(written(tmp_path, f"id,text,date\n1,a,{date}\n2,b,21/11/2026\n"))
    assert [mention.issued_id for mention in found] == ["2"]
    (left_out,) = odd
    assert left_out.item == "export.csv line 2"
    assert left_out.why.endswith("left out")


@pytest.mark.parametrize(
    ("number", "likes"),
    [("1,204", 1204), ("1.2K", 1200), ("3m", 3_000_000), ("1 204", 1204), ("-", None), ("", None), ("many", None), ("12.0", 12)],
)  # fmt: skip
def test_numbers_are_read_as_tools_write_them(
    tmp_path: Path, number: str, likes: int | None
) -> None:
    assert (
        rows(written(tmp_path, f'id,text,likes\n1,a,"{number}"\n'))[0][0].metrics.get("likes")
        == likes
    )


@pytest.mark.parametrize("given_id", ["1.99E+18", "1,99E+18", ""])
def test_an_id_that_a_spreadsheet_has_rounded_is_taken_from_the_address(
    tmp_path: Path, given_id: str
) -> None:
    line = f'"{given_id}",a,https://x.com/ana/status/1990000000000000002,X (Twitter)'
    assert (
        rows(written(tmp_path, f"id,text,url,network\n{line}\n"))[0][0].key
        == "x:1990000000000000002"
    )


def workbook(path: Path, *lines: list[Any]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    book.save(path)
    return path


def test_a_workbook_is_read_and_its_formulas_are_text(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "export.xlsx", ["Report"], [], ["Date", "Message", "Post ID", "Likes", "Channel"],
        [datetime(2026, 7, 1, 10, tzinfo=UTC).replace(tzinfo=None), "=1+1", 42, 3, "Facebook"], [date(2026, 11, 1), None, 43, 3, "Facebook"],
        ["02/11/2026", 12, 1.99e18, "4K", "instagram"],
    )  # fmt: skip
    found, odd = rows(path)
    assert [(m.text, m.metrics["likes"], m.platform) for m in found] == [
        ("=1+1", 3, "facebook"),
        ("12", 4000, "instagram"),
    ]
    assert (found[0].key, found[0].posted_at) == (
        "facebook:42",
        datetime(2026, 7, 1, 9, tzinfo=UTC),
    )
    assert [odd.item for odd in odd] == ["export.xlsx line 5"]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 and no more", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", b"\0" * 500]
)
def test_a_workbook_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"export\.xlsx"):
        rows(written(tmp_path, content, "export.xlsx"))


def test_a_workbook_cut_off_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", ["id", "text"], [1, "a"]).read_bytes()
    with pytest.raises(InputError):
        rows(written(tmp_path, whole[: len(whole) // 2], "export.xlsx"))


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_has_no_rows(tmp_path: Path, content: str) -> None:
    assert rows(written(tmp_path, content)) == ([], [])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        rows(tmp_path / "nothing.csv")


def test_rows_without_a_platform_in_two_files_are_not_one(tmp_path: Path) -> None:
    keys = [
        rows(written(tmp_path, "id,text\n1,a\n", name))[0][0].key for name in ("one.csv", "two.csv")
    ]
    assert len(set(keys)) == 2


def test_a_folder_is_read_once_and_again_when_a_file_changes(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,NHS NW London\n2,b\n")
    first, _, kept, _ = pull(source("files", folder=str(tmp_path)))
    assert len(first) == 2
    assert pull(source("files", folder=str(tmp_path), state=kept))[0] == []
    written(tmp_path, "id,text\n3,c\n")
    os.utime(path, (1, 1))
    assert [m.text for m in pull(source("files", folder=str(tmp_path), state=kept))[0]] == ["c"]
    assert len(pull(source("files", folder=str(tmp_path), keep="matched"))[0]) == 0


def test_one_file_that_can_not_be_read_does_not_cost_the_others(tmp_path: Path) -> None:
    written(tmp_path, b"PK\x03\x04", "bad.xlsx")
    written(tmp_path, "id,text\n1,a\n", "good.csv")
    written(tmp_path, "~", "~lock.csv")
    found, _, _, error = pull(source("files", folder=str(tmp_path)))
    assert len(found) == 1
    assert isinstance(error, PlatformRefused)
    assert "bad.xlsx" in str(error)


def test_a_folder_that_is_not_there_needs_a_person(tmp_path: Path) -> None:
    assert isinstance(pull(source("files", folder=str(tmp_path / "no")))[3], PlatformRefused)
    assert pull(source("files", folder=""))[3] is None


@pytest.mark.parametrize(
    "table", [{"columns": {"words": "x"}}, {"dates": ["%H"]}, {"platform": "fax"}]
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.files\] {next(iter(table))}"):
        source("files", **table)


READING = Reading(columns={}, platform="", dates=DATES, at=AT, file="export")


@given(mutants(ROW))
def test_a_row_of_any_shape_is_a_mention_or_an_odd_item(row: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(row, READING), Mention)


@given(st.text(alphabet=st.sampled_from('",;\n\r\tab\0\ud800'), max_size=60))
def test_any_csv_is_rows_or_odd(tmp_path_factory: pytest.TempPathFactory, rest: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(("id,text\n" + rest).encode("utf-8", "surrogatepass"))
    for found in read_file(path, at=AT):
        assert isinstance(found, Mention | SkippedItem)


@pytest.mark.parametrize("heading", ["Profile", "Author profile", "About the author", "Bio"])
def test_what_an_account_says_of_itself_is_read_under_the_headings_that_people_write(
    tmp_path: Path, heading: str
) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(
        f"id,platform,text,posted_at,{heading}\n1,x,NHS NW London told us to sign,2026-11-01T12:00:00Z,Nurse at Northwick Park\n",
        "utf-8",
    )
    (found,), _ = rows(file)
    assert found.author.bio == "Nurse at Northwick Park"
