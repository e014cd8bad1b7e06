"""The words of a summary, and its forms: what changed by which rule, what is not known, and nothing that is not said."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest

from core.errors import ConfigError
from reports import pdf
from reports.quality import qualities
from reports.weekly import layout, sections, spreadsheet
from reports.weekly.figures import Figures
from reports.weekly.periods import period_of
from reports.weekly.wording import Table, language_name, week_in_words
from reports.weekly.words import headline
from store import AnswerCounts, Draw, Store, Stratum, Tally, WaitingCase
from tests.pdfs import needs_pdf
from tests.reports.factories import POLICY, settings
from tests.reports.test_daily import Elements, words_of
from tests.reports.weekly.factories import (
    AT,
    CONFIG,
    DAY,
    LAST,
    WEEK,
    Year,
    count,
    figures_of,
    fill,
    read,
)
from tests.stores import temporary_store

USUAL = [100, 110, 96, 104, 99, 108, 94, 103] * 4


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        yield opened


def told(store: Store, **year: Any) -> Figures:
    fill(store, Year(**year))
    return figures_of(store)


def text_of(mail: EmailMessage, form: str) -> str:
    part = cast(EmailMessage, mail.get_body(preferencelist=(form,)))
    return str(part.get_content())


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (USUAL, "Nothing changed beyond the usual: 103 mentions, where 78 to 126 is usual."),
        ([*USUAL[:-1], 180], "More was said than usual: 180, where 78 to 126 is usual, mostly on X (Twitter)."),
        ([*USUAL[:-1], 40], "Less was said than usual: 40, where 78 to 126 is usual, mostly on X (Twitter)."),
        ([*USUAL[:-8], *[118] * 8], "More has been said for 9 weeks running: 118, from about 102 before."),
        (USUAL[:9], "100 mentions. It is not known yet what is usual: 8 earlier weeks were watched as this one, and 12 are needed."),
    ],
)  # fmt: skip
def test_the_headline_says_what_changed_and_whether_it_is_real(
    store: Store, counts: list[int], words: str
) -> None:
    assert headline(told(store, counts={"x": counts}, sources={"x": "x"})) == words


def test_silence_of_sources_is_no_quiet_week(store: Store) -> None:
    assert (
        headline(figures_of(store))
        == "No source was read in this week, so that silence says nothing."
    )
    read(store, "x", LAST - 30 * DAY, LAST - 3 * DAY)
    assert "this does not mean that nothing was said" in headline(figures_of(store))


def test_what_is_ill_stands_first_and_in_the_headline(store: Store) -> None:
    fill(store, Year(counts={"x": USUAL}, sources={"x": "x"}))
    ill = "4 posts could not be read since Tue 24 Nov, 09:00."
    figures = figures_of(store, health=[ill])
    summary = layout.summary_of(figures, CONFIG)
    assert summary.trust.sentences[0] == ill
    assert "Not all could be read or sent" in summary.headline
    assert "not all was read" in summary.subject
    assert not figures.whole


def test_a_month_names_the_week_that_stood_out(store: Store) -> None:
    fill(store, Year(counts={"x": [*USUAL[:-2], 190, 101]}, sources={"x": "x"}))
    month = figures_of(store, period_of("month", LAST), AT + WEEK)
    assert "More was said than usual in the week to 22 November: 190" in headline(month)
    assert layout.summary_of(month, CONFIG).title == "Monthly summary, November 2026"


@pytest.mark.parametrize(
    ("waiting", "long", "words"),
    [
        (0, 0, "Nobody whose request was found waits for an answer."),
        (1, 0, "1 person waits, not yet for two days."),
        (1, 1, "1 person waits, for more than two days:"),
        (7, 0, "7 people wait, the longest not yet for two days."),
        (7, 3, "7 people wait, 3 of them for more than two days:"),
        (20, 9, "20 people wait, 9 of them for more than two days; these 5 the longest:"),
    ],
)
def test_who_waits_is_said_last_before_those_who_wait_longest(
    store: Store, waiting: int, long: int, words: str
) -> None:
    cases = tuple(
        WaitingCase(case=case, since=AT - 5 * DAY, role="") for case in range(1, waiting + 1)
    )
    figures = replace(
        told(store, counts={"x": USUAL}, sources={"x": "x"}), waiting=waiting, waiting_long=long, waiting_longest=cases,
        help=AnswerCounts(requests=9, answered=6),
    )  # fmt: skip
    part = sections.waits(figures, {})
    assert words in part.sentences
    if waiting:
        assert part.sentences == (
            "9 requests for help under our own posts, 6 answered by us.",
            words,
        )
    assert len(part.items) == len(part.cases) == min(long, 5)


def test_two_people_s_agreement_is_told_of_flags_and_of_what_is_about_us(store: Store) -> None:
    figures = told(store, counts={"x": USUAL}, sources={"x": "x"})
    monday = LAST - 6 * DAY
    draw = Draw(week=monday, since=AT, until=AT, seed="5eed", strata=(Stratum(kind="unflagged", name="s", population=40, drawn=20),), flagged={"any": 9})  # fmt: skip

    def tally(kind: str, stratum: str, what: str, count: int) -> Tally:
        return Tally(week=monday, kind=kind, stratum=stratum, what=what, count=count)  # type: ignore[arg-type]

    tallies = [
        tally("unflagged", "s", "answered", 20), tally("second", "threat", "yes yes", 8), tally("second", "pid", "yes no", 2),
        tally("second", "in scope", "no no", 12), tally("second", "in scope", "yes no", 4),
    ]  # fmt: skip
    quality = qualities([draw], tallies, POLICY.in_use)
    words = sections.trust(
        replace(figures, trust=replace(figures.trust, quality=quality))
    ).sentences
    assert "Two people agreed on 80 in 100 flags." in words
    assert "Two people agreed on 75 in 100 posts, whether they are about us." in words


def test_a_row_is_told_in_a_sentence_without_what_is_not_known() -> None:
    table = Table(head=("Site", "When", "Tone", "Case"), rows=(), numbers=0)
    assert (
        table.in_words(("a.example.org", "Sat 28 Nov", "Neutral", "–"))
        == "When: Sat 28 Nov; tone: Neutral."
    )
    assert table.in_words(("a.example.org", "–", "Neutral", "Case 31")) == "Tone: Neutral; case 31."
    assert not table.all_figures
    assert Table(head=("Lane", "Cases", "Late"), rows=()).all_figures


@pytest.mark.parametrize(
    ("code", "name"), [("so", "Somali"), ("pt-BR", "Portuguese"), ("xx-none", "xx-none"), ("", "")]
)
def test_languages_are_told_by_their_names(code: str, name: str) -> None:
    assert language_name(code) == name


def test_a_share_past_a_limit_never_reads_as_the_limit(store: Store) -> None:
    series = told(store, counts={"x": [*USUAL[:-1], 40]}, sources={"x": "x"}).chart("mentions")
    week = replace(series.week, value=61.5)
    assert week_in_words(replace(series, share=True, week=week)) == "61%"
    assert week_in_words(replace(series, week=week)) == "62"


def test_the_mail_has_both_parts_the_files_and_no_picture(store: Store, tmp_path: Path) -> None:
    figures = told(store, counts={"x": [*USUAL[:-1], 180]}, sources={"x": "x"})
    mail = layout.mail(
        settings(tmp_path), figures, at=AT, message_id="<1@example.org>", attached={"pdf": b"%PDF-", "xlsx": b"PK"}
    )  # fmt: skip
    assert mail["Subject"] == "Weekly summary, 23 to 29 November 2026: mentions above usual"
    assert mail["To"] == "board@example.org"
    plain, html = text_of(mail, "plain"), text_of(mail, "html")
    for written in (plain, words_of(html)):
        for words in (headline(figures), "Rule: one week above the upper limit (126).", "How far to trust this",
                      "The PDF and the spreadsheet are attached."):  # fmt: skip
            assert words in written, words
    assert "https://review.example.org/weekly?period=week&last=2026-11-29" in plain
    assert "<img" not in html
    assert "display:flex" not in html
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == ["weekly-2026-11-29.pdf", "weekly-2026-11-29.xlsx"]


def test_the_page_asks_nobody_else_for_anything(store: Store) -> None:
    figures = told(store, counts={"x": USUAL}, sources={"x": "x"})
    written = layout.html(layout.summary_of(figures, CONFIG))
    tags = Elements(written).tags
    assert not [
        tag for tag, attrs in tags if "src" in attrs or tag in ("link", "script", "a", "img")
    ]
    assert len(re.findall(r'<svg class="spark"[^>]*role="img"', written)) == 5


def test_the_pdf_is_tagged_and_says_its_language_and_title(store: Store) -> None:
    needs_pdf()
    figures = told(store, counts={"x": USUAL}, sources={"x": "x"})
    file = pdf.pdf(layout.html(layout.summary_of(figures, CONFIG)))
    assert file.startswith(b"%PDF-")
    streams = re.findall(rb"stream\n(.*?)\nendstream", file, re.DOTALL)
    written = b"".join([file, *map(unpacked, streams)])
    assert b"/MarkInfo" in written
    assert b"/StructTreeRoot" in written
    assert b"en-GB" in written
    assert b"pdfuaid" in written


def test_without_the_extra_the_way_to_a_pdf_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(ConfigError, match=r"nwl-mentions\[pdf\]"):
        pdf.pdf("<p>words</p>")


def test_the_spreadsheet_holds_numbers_as_numbers_and_no_formula(store: Store) -> None:
    fill(store, Year(counts={"x": [*USUAL[:-1], 1180]}, sources={"x": "x"}))
    count(store, LAST, 3, platform="reddit")
    who = store.users.add("local", "amina", "Amina", ("reviewer",), at=AT)
    store.weekly_notes.write("week", LAST, "headline", "=1+1", by=who.number, at=AT)
    store.weekly_notes.add_to_calendar(date(2026, 12, 1), "@SUM(A1)", by=who.number, at=AT)
    figures = figures_of(store)
    content = spreadsheet.xlsx(figures, layout.summary_of(figures, CONFIG))
    book = openpyxl.load_workbook(BytesIO(content))
    assert book["Summary"]["A2"].value == "=1+1"
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types
    counts = {row[1]: row[2] for row in book["Counts"].iter_rows(values_only=True)}
    assert counts["Posted"] == 1183
    assert counts["All others"] == 1183, (
        "three of one platform would be told by the difference"
    )
    weeks = list(book["Weeks"].iter_rows(values_only=True))
    assert weeks[26][2] == 1180
    assert timedelta(days=6) == LAST - date.fromisoformat(str(weeks[26][0]))
