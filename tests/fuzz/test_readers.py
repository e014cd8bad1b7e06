"""What others wrote, damaged at random: it is read, or told as odd, and nothing else happens.

`make fuzz` tries forty times as much. What once broke stands here as an example.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import ODD_ERRORS, SkippedItem
from collectors.feeds.parse import About, read
from collectors.files.collector import read_file
from collectors.inbox.parse import Letter, to_mention
from core.errors import CollectorError, ConfigError, InputError
from core.models import Mention
from demo.platforms.inbox import written
from demo.posts_loader import load
from settings import schema
from settings.schema import Config
from tests.collectors.cases import (
    AT,
    CASES,
    DATA,
    NAMES,
    TERMS,
    answer,
    pull,
    saved,
    source,
    standing,
)
from tests.collectors.mutants import mutants
from tests.cycles import SHIPPED
from tests.fuzz.damage import damaged
from tests.fuzz.profiles import examples

FEED = "https://blog.example.org/feed/"
ABOUT = About(issuer=FEED, platform=None, kind=None, at=AT)
FEEDS = [file.read_bytes() for file in sorted((DATA / "feeds").iterdir()) if file.suffix in (".xml", ".json") and file.name != "case.json"]  # fmt: skip
MAILS = [
    written(mail, "reports@example.org", AT - timedelta(hours=3)) for mail in load("inbox")["mails"]
]
EXPORTS = [(DATA / "files" / name).read_bytes() for name in ("export.csv", "contract.jsonl")]
KINDS = (
    "text/xml",
    "application/json",
    "application/rss+xml; charset=utf-16",
    "text/html; charset=x-unknown",
    "",
)
# The platforms that are asked over HTTP, and the pages of each that are JSON.
PAGES = {
    name: pages for name in NAMES
    if (pages := [route for route in CASES[name].get("routes", ()) if str(route.get("page", "")).endswith(".json")])
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def standins() -> Iterator[None]:
    with standing():
        yield


@examples(60)
@given(damaged(FEEDS), st.sampled_from(KINDS))
def test_any_feed_is_read_or_refused(content: bytes, kind: str) -> None:
    try:
        page = read(content, {"Content-Type": kind}, FEED, ABOUT)
    except CollectorError:
        return
    for item in list(page.items):
        with contextlib.suppress(*ODD_ERRORS):
            assert isinstance(page.to_mention(item), Mention)
            assert isinstance(page.comments(item), str)
            page.thread(item)
            page.whole(item)


@examples(60)
@given(damaged(MAILS))
def test_any_mail_is_a_report_or_odd(raw: bytes) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        read_mail = to_mention(Letter(raw, AT), issuer="inbox:reports", at=AT, terms=TERMS)
        assert isinstance(read_mail, Mention)
        read_mail.text.encode("utf-8")


def workbook() -> bytes:
    """A small export as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "text", "date", "platform", "likes"])
    for number in range(5):
        sheet.append([f"a{number}", "NHS NW London is late", AT.replace(tzinfo=None), "x", number])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@examples(40)
@given(damaged([*EXPORTS, workbook()]), st.sampled_from(("csv", "jsonl", "xlsx", "xls")))
def test_any_export_is_rows_or_odd_or_refused(content: bytes, kind: str) -> None:
    with (
        TemporaryDirectory() as folder,
        contextlib.suppress(InputError, ConfigError, CollectorError),
    ):
        path = Path(folder) / f"damaged.{kind}"
        path.write_bytes(content)
        for found in read_file(path, at=AT, terms=TERMS):
            assert isinstance(found, Mention | SkippedItem)


@pytest.mark.parametrize("name", PAGES)
def test_any_answer_of_a_platform_is_read_or_named(name: str) -> None:
    @examples(4)
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        routes = [dict(route) for route in CASES[name]["routes"]]
        spoilt = data.draw(st.sampled_from(PAGES[name]))
        place = CASES[name]["routes"].index(spoilt)
        page = json.loads(saved(f"{name}/{spoilt['page']}"))
        routes[place]["body"] = json.dumps(data.draw(mutants(page)))
        del routes[place]["page"]
        with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
            answer(web, name, routes)
            found, odd, kept, _ = pull(source(name))
        assert all(isinstance(one, Mention) for one in found)
        assert all(isinstance(one, SkippedItem) for one in odd)
        assert all(isinstance(value, str) for value in kept.values())

    asked()


@examples(6)
@given(damaged([SHIPPED.read_bytes()]))
def test_any_settings_are_read_or_told_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    path.write_bytes(content)
    with contextlib.suppress(ConfigError):
        assert isinstance(schema.load(path), Config)
