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
from reports.weekly.words import _tiles, headline
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
    finds,
    read,
)
from tests.stores import temporary_store

CONFIG_TO = CONFIG.model_copy(update={"reports": CONFIG.reports.model_copy(update={"weekly_to": ("board@example.org",)})})  # fmt: skip
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
        (USUAL[:1], "The first week: 100 mentions. From week 13 on we can say what is unusual."),
        (USUAL[:9], "Week 9: 100 mentions. From week 13 on we can say what is unusual."),
        (USUAL[:12], "Week 12: 104 mentions. From week 13 on we can say what is unusual."),
        (USUAL[:13], "Nothing changed beyond the usual: 99 mentions, where 77 to 127 is usual."),
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
        told(store, counts={"x": USUAL}, sources={"x": "x"}), waiting=waiting, waiting_now=waiting, waiting_long=long, waiting_longest=cases,
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


@pytest.mark.parametrize(
    ("waiting", "now", "said", "tile"),
    [
        (0, 0, "", ""),
        (0, 17, "17 people wait for an answer, all found after the week ended", "17 wait, found after its end"),
        (0, 1, "1 person waits for an answer, who was found after the week ended", "1 waits, found after its end"),
        (5, 0, "5 people waited for an answer when the week ended, nobody waits now", "5 waited at its end, nobody waits now"),
        (5, 3, "5 people waited for an answer when the week ended, 3 wait now", "5 waited at its end, 3 wait now"),
        (4, 4, "4 people still wait for an answer", "4 still wait for an answer"),
    ],
)  # fmt: skip
def test_who_waits_is_said_so_that_nobody_takes_a_late_finding_for_an_answer(
    store: Store, waiting: int, now: int, said: str, tile: str
) -> None:
    figures = replace(
        figures_of(store), waiting=waiting, waiting_now=now
    )  # of a week for which nothing is usual yet
    assert figures.waiting_in_words == said
    tiles = {each.name: each for each in _tiles(figures)}
    assert tiles["Asking for help"].verdict == tile
    looked = tiles["Looked at in time"]
    assert (looked.figure, looked.verdict) == ("–", "Nothing fell due before its end")


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
    assert len(re.findall(r'<svg class="spark"[^>]*role="img"', written)) == 4, (
        "no case was due, and there is nothing to draw of it"
    )


@pytest.mark.parametrize("weeks", [1, 2, 12])
def test_what_is_not_known_is_said_once_in_every_form(store: Store, weeks: int) -> None:
    fill(store, Year(counts={"x": USUAL[:weeks]}, sources={"x": "x"}))
    count(store, LAST, 6, platform="x", flags='["assistance"]')
    figures = figures_of(store)
    summary = layout.summary_of(figures, CONFIG)
    assert "6 asked for help" in summary.headline
    assert summary.compares == "The figures so far"
    letter = layout.mail(CONFIG_TO, figures, at=AT, message_id="<1@example.org>")
    book = openpyxl.load_workbook(BytesIO(spreadsheet.xlsx(figures, summary)))
    cells = " ".join(str(cell.value) for row in book["Summary"].iter_rows() for cell in row)
    page = words_of(layout.html(summary))
    for written in (page, text_of(letter, "plain"), words_of(text_of(letter, "html")), cells):
        written = " ".join(written.split())
        assert written.count("It takes 12 whole weeks of reading to know what is usual.") == 1
        assert summary.headline in written
        for never in (
            "not known yet what is usual",
            "No rule",
            "Rule:",
            "XmR",
            "Making Data Count",
            "can’t be compared",
            "watched",
        ):
            assert never not in written, never


def test_a_week_in_which_reading_began_says_how_little_is_known(store: Store) -> None:
    finds(store, "x", "x", 1)
    read(store, "x", LAST - DAY, LAST)
    count(store, LAST, 15)
    figures = figures_of(store)
    assert headline(figures) == (
        "Reading began on Friday 27 November, so little of this week is known: 15 mentions. "
        "After 12 whole weeks of reading we can say what is unusual."
    )
    assert "the one source was read from its beginning on" in " ".join(
        sections.trust(figures).sentences
    )


def test_a_week_that_was_not_read_whole_after_many_says_why_it_has_no_usual(store: Store) -> None:
    fill(store, Year(counts={"x": USUAL}, sources={"x": "x"}, part={"x": [31]}))
    assert headline(figures_of(store)).endswith(
        "mentions. Whether that is unusual we can’t say: no source was read over the whole week."
    )
    summary = layout.summary_of(figures_of(store), CONFIG)
    assert summary.not_yet.count("no source was read over the whole week") == 1
    assert not any(
        "No rule" in change.rule or "known" in change.heading for change in summary.changes
    )


def test_gaps_are_a_table_in_which_sources_that_missed_the_same_stand_together(
    store: Store,
) -> None:
    counts = {"x": USUAL, "facebook": USUAL, "reddit": USUAL}
    sources = {"x": "x", "facebook": "facebook", "reddit": "reddit"}
    fill(store, Year(counts=counts, sources=sources, part={"facebook": [31], "reddit": [31]}))  # type: ignore[arg-type]
    part = sections.trust(figures_of(store))
    assert part.table is not None
    assert part.table.rows == (("Facebook and Reddit", "Thu 26 Nov, 00:00 to Mon 30 Nov, 00:00"),)
    assert not any("26 Nov" in words for words in part.sentences)
    assert (
        "Not compared with other weeks: Facebook and Reddit, not read all week." in part.sentences
    )
    written = layout.html(layout.summary_of(figures_of(store), CONFIG))
    assert "<details><summary>When which source was not read</summary>" in written


@pytest.mark.parametrize(
    ("began", "to_look_at", "figure", "verdict"),
    [
        (0, 0, "0", "No leak confirmed"),
        (0, 6, "6", "To look at, not confirmed yet"),
        (2, 0, "2", "1 recorded, 1 open"),
        (2, 6, "2", "1 recorded, 1 open, 6 more to look at"),
    ],
)
def test_leaks_that_nobody_has_looked_at_are_never_told_as_none(
    store: Store, began: int, to_look_at: int, figure: str, verdict: str
) -> None:
    figures = told(store, counts={"x": USUAL}, sources={"x": "x"})
    work = replace(
        figures.work, clocks_began=began, clocks_recorded=bool(began), clocks_running=bool(began)
    )
    tile = layout.summary_of(
        replace(figures, work=work, leaks_to_look_at=to_look_at), CONFIG
    ).tiles[3]
    assert (tile.name, tile.figure, tile.verdict) == (
        "Patients’ details in public",
        figure,
        verdict,
    )
    assert bool(tile.tone) == bool(to_look_at)


def test_what_was_found_later_or_posted_before_is_said_in_words(store: Store) -> None:
    figures = told(store, counts={"x": [15] * 14}, sources={"x": "x"})
    trust = replace(figures.trust, found_count=0, found_later=15)
    for part in layout.summary_of(replace(figures, trust=trust), CONFIG).parts:
        assert not any(
            "0 mentions found" in words or "found in it" in words for words in part.sentences
        )
    words = sections.trust(replace(figures, trust=trust)).sentences
    assert "All 15 mentions posted in this week were found after it had ended." in words


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
    assert counts["All others"] == 1183, "three of one platform would be told by the difference"
    weeks = list(book["Weeks"].iter_rows(values_only=True))
    assert weeks[26][2] == 1180
    assert timedelta(days=6) == LAST - date.fromisoformat(str(weeks[26][0]))
