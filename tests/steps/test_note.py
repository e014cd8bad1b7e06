from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from collectors.files.collector import read_file
from core import clock
from core.errors import InputError
from core.models import PLATFORMS, Mention
from demo.world import World
from steps import note, note_form
from tests.conftest import Command
from tests.cycles import at_home, settled, texts

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PIN = "https://www.pinterest.com/pin/813744226420795884/"
SAID = "NHS North West London? Seven weeks for a scan."


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def noted(**changes: str) -> Mention:
    seen = {"platform": "pinterest", "url": PIN, "text": SAID, "handle": "", "posted_at": ""}
    return note.noted(seen | changes, AT)


def test_a_note_is_a_mention_as_a_person_saw_it() -> None:
    pin = noted(handle="@ana_example", posted_at="20/11/2026 09:45")
    assert (pin.platform, pin.issuer, pin.kind) == ("pinterest", "pinterest", "post")
    assert (pin.url, pin.text, pin.author.handle) == (PIN, SAID, "ana_example")
    assert pin.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert pin.fetched_at == AT


def test_a_note_without_a_moment_is_of_now() -> None:
    assert noted().posted_at == AT


@pytest.mark.parametrize(
    "url",
    [
        PIN.rstrip("/"),
        f"{PIN}?utm_source=share&igsh=x1",
        f"{PIN}#comments",
        PIN.replace("www.pinterest.com", "WWW.Pinterest.com"),
        f" {PIN} ".strip(),
    ],
)
def test_one_address_is_one_mention_whoever_shared_it(url: str) -> None:
    assert noted(url=url).key == noted().key
    assert noted(url=url).url == url


def test_what_names_the_page_is_no_tracking() -> None:
    assert (
        noted(url="https://example.org/watch?v=1&si=x").issued_id == "https://example.org/watch?v=1"
    )


def test_a_post_that_a_source_could_find_has_the_id_that_it_would_give() -> None:
    url = "https://x.com/ana_example/status/1990000000000000001?s=20"
    assert noted(platform="x", url=url).key == "x:1990000000000000001"


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"url": "pinterest.com/pin/1"}, "--url"),
        ({"url": "https://["}, "--url"),
        ({"text": "  "}, "--text"),
        ({"posted_at": "the day before yesterday"}, "--posted"),
        ({"posted_at": "24/11/2031"}, "--posted"),
    ],
)
def test_a_note_that_can_not_be_read_is_refused_by_its_option(
    changes: dict[str, str], option: str
) -> None:
    with pytest.raises(InputError, match=option) as raised:
        noted(**changes)
    assert "yesterday" not in str(raised.value)


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def test_a_note_is_stored_once_and_says_no_words(made: Path, mentions: Command) -> None:
    options: Any = ("--platform", "pinterest", "--url", PIN, "--text", SAID, "--by-whom", "ana_x")
    first = mentions("note", "--config", made, *options)
    again = mentions("note", "--config", made, *options)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "noted: new" in first.stderr
    assert "noted: known already" in again.stderr
    assert SAID not in first.output
    assert "ana_x" not in first.output
    with at_home(made) as (house, _):
        assert texts(house.store) == [SAID]
        stored = house.store.mentions.get(1)
        assert stored is not None
        assert "NHS North West London" in stored.mention.matched


def test_what_is_not_given_is_asked_for(made: Path, mentions: Command) -> None:
    result = mentions("note", "--config", made, given=f"pinterest\n{PIN}\n{SAID}\n")
    assert result.exit_code == 0
    with at_home(made) as (house, _):
        assert texts(house.store) == [SAID]


def test_a_note_that_can_not_be_read_is_one_line(made: Path, mentions: Command) -> None:
    result = mentions("note", "--config", made, "--platform", "other", "--url", "x", "--text", SAID)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "mentions: --url: write the whole address, from https:// on"
    ]


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


def test_a_form_is_read_as_the_notes_that_it_holds(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    path = tmp_path / "notes.xlsx"
    assert mentions("note", "--config", made, "--form", path).exit_code == 0
    assert list(read_file(path, at=AT)) == []
    book = openpyxl.load_workbook(path)
    book["Notes"].append(("pinterest", PIN.rstrip("/"), SAID, "@ana_example", "20/11/2026 09:45"))
    day = clock.local_day(AT)  # as a cell holds it
    book["Notes"].append(("review", "https://example.org/7", "Kind staff.", None, day))
    book.save(path)
    pin, review = read_file(path, at=AT)
    assert pin == noted(url=PIN.rstrip("/"), handle="@ana_example", posted_at="20/11/2026 09:45")
    assert isinstance(review, Mention)
    assert (review.platform, review.kind) == ("review", "review")
    assert review.posted_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_form_offers_the_platforms(tmp_path: Path) -> None:
    note_form.write_form(tmp_path / "notes.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "notes.xlsx")["Notes"]
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == f'"{",".join(PLATFORMS)}"'
    assert len(choice.formula1) <= 257, "Excel takes 255 characters between the quotes"


@pytest.mark.parametrize("name", ["notes.csv", "there.xlsx"])
def test_a_form_never_takes_the_place_of_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "there.xlsx").write_bytes(b"notes of a week")
    with pytest.raises(InputError):
        note_form.write_form(tmp_path / name)
    assert (tmp_path / "there.xlsx").read_bytes() == b"notes of a week"
