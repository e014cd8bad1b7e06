"""Takes the pictures of the mails and of the weekly summary: on a screen, a phone, in the dark, on paper, and as Word's engine has them.

`make.py` runs it last. Over the demo's week stand half a year of invented weeks before it, so that it is known what is usual. Word's own
engine is not to be had here: LibreOffice's Writer (Debian: libreoffice-writer-nogui) reads HTML as a document as Word does, which shows
what is left of a mail without styles that are for browsers alone. Pages of the PDF are drawn by pypdfium2.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from core import clock
from reports import digest, pdf
from reports.weekly import layout
from reports.weekly.gathering import gather
from reports.weekly.periods import period_of
from steps import health, report
from steps.context import RunContext, open_context
from store import Store
from tests.reports import mails as invented

HERE = Path(__file__).parent
DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS = 27  # before the week that is told
FAILS = "linkedin"  # which is not read from Thursday on
COLOURS = 64
PHONE = 1600  # pixels of height, after which a picture is cut off
LANES = {"now": timedelta(hours=1), "answer": timedelta(hours=8), "look": timedelta(days=2)}


def week_of(store: Store) -> date:
    """The Sunday of the week that holds most of what the demo found."""
    newest = max(source.last_run for source in store.sources.all())
    day = clock.local_day(newest - 3 * DAY)
    return day + (6 - day.weekday()) * DAY


def add_history(store: Store, last: date) -> None:
    """Quieter weeks before the demo's, read to their end, with cases that were looked at in time a little more often each week."""
    chance, insert = random.Random(26), store.database.insert
    counts = store.trends.by_labels(last - 6 * DAY, last)
    sources = [source.source for source in store.sources.all()]
    first = last - WEEKS * WEEK
    with store.database.transaction():
        for back in range(1, WEEKS + 1):
            share = chance.uniform(0.62, 0.78)
            for row in counts:
                count = round(row.count * share + chance.uniform(-0.5, 0.5))
                if count > 0:
                    insert(
                        "purged_counts", day=f"{last - back * WEEK - chance.randrange(7) * DAY}", platform=row.platform, sentiment=row.sentiment,
                        risk=row.risk, in_scope=1, flags=json.dumps(list(row.flags), separators=(",", ":")), count=count,
                    )  # fmt: skip
        store.database.execute(
            "DELETE FROM runs WHERE source = ? AND at > ?",
            FAILS,
            clock.text(clock.day(last - 3 * DAY)[0]),
        )
        for source in sources:
            day = first
            while day <= last:
                start, end = clock.day(day)
                if source != FAILS or day < last - 3 * DAY:
                    insert(
                        "runs", source=source, since=clock.text(start - timedelta(hours=3)), at=clock.text(end),
                        ended=clock.text(end), complete=1, skipped=0,
                    )  # fmt: skip
                day += DAY
            morning = clock.text(clock.day(last)[1] + timedelta(hours=7, minutes=45))
            fails = source == FAILS
            insert(
                "runs", source=source, since=clock.text(clock.day(last)[0]), at=morning, ended=morning, complete=int(not fails), skipped=0,
                error="the token has expired: run `mentions connect linkedin`" if fails else None,
            )  # fmt: skip
        for back in range(WEEKS + 1):
            for number in range(34):
                lane = chance.choice(tuple(LANES))
                began = clock.day(last - back * WEEK - chance.randrange(2, 7) * DAY)[0] + timedelta(
                    hours=chance.uniform(8, 17)
                )
                took = LANES[lane] * (
                    chance.uniform(0.1, 0.95)
                    if chance.random() < 0.93 - back * 0.006
                    else chance.uniform(1.1, 2)
                )
                insert(
                    "deadlines", case_number=1_000_000 + back * 100 + number, kind="look", lane=lane, began_at=clock.text(began),
                    due_at=clock.text(began + LANES[lane]), stopped_at=clock.text(began + took), stop_reason="decided",
                )  # fmt: skip


def add_notes(store: Store, last: date, by: int, at: datetime) -> None:
    """What officers wrote into the summary, and what is coming up."""
    for days, what in ((9, "Board meeting in public, Brent Civic Centre"), (11, "Flu figures for boroughs"), (16, "Strike ballot of resident doctors ends")):  # fmt: skip
        store.weekly_notes.add_to_calendar(last + days * DAY, what, by=by, at=at)


def mails_of(
    context: RunContext, last: date, at: datetime
) -> tuple[Mapping[str, EmailMessage], bytes]:
    """The mails by name, and the weekly as a PDF."""
    period = period_of("week", last)
    report.weekly_summary(context, period, Path(tempfile.mkdtemp()))
    figures = gather(
        context.store,
        context.config,
        context.policy,
        period,
        at,
        health=health.of_run(context).lines,
    )
    with tempfile.TemporaryDirectory() as folder:
        invented_mails = invented.every(Path(folder))
    config = context.config.model_copy(
        update={
            "reports": context.config.reports.model_copy(
                update={"weekly_to": ("board@example.org",)}
            )
        }
    )
    mails = {
        "mail-alert": invented_mails["danger"], "mail-digest": invented_mails["digest over the cap"],
        "mail-morning": digest.mail(config, report.morning_list(context, at - 3 * DAY, at), at=at, message_id="<1@example.org>"),
        "mail-weekly": layout.mail(config, figures, attached={"pdf": b"", "xlsx": b""}, at=at, message_id="<1@example.org>"),
    }  # fmt: skip
    return mails, pdf.pdf(layout.html(layout.summary_of(figures, context.config)))


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def small(picture: Image.Image, name: str, *, most: int = 0) -> None:
    """Keeps a picture of few colours, cut off at `most` pixels of height."""
    picture = picture.convert("RGB")
    if most and picture.height > most:
        picture = picture.crop((0, 0, picture.width, most))
    # the method that keeps rare colours: a chart's mark is a few points
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        HERE / f"{name}.png", optimize=True
    )


def in_word(written: str, name: str) -> None:
    """A mail as LibreOffice's Writer lays it out: the pages below each other, without their white edges."""
    if shutil.which("soffice") is None:
        print(f"{name}: no LibreOffice here, so no picture")
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mail.html").write_text(written, "utf-8")
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--infilter=HTML (StarWriter)", "--convert-to", "pdf",
             "--outdir", folder, f"{folder}/mail.html"],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        pages = [trimmed(page) for page in drawn((Path(folder) / "mail.pdf").read_bytes(), 1.25)]
    whole = Image.new(
        "RGB", (max(page.width for page in pages), sum(page.height for page in pages)), "white"
    )
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    small(whole, name, most=2600)


def trimmed(page: Image.Image) -> Image.Image:
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    return page.crop((0, box[1], page.width, box[3])) if box else page


def drawn(file: bytes, scale: float) -> list[Image.Image]:
    """The pages of a PDF."""
    document = pypdfium2.PdfDocument(file)
    return [page.render(scale=scale).to_pil().convert("RGB") for page in document]


def shoot(
    browser: Browser, written: str, name: str, width: int, scheme: str = "light", most: int = 0
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 300}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_content(written)
    page.screenshot(path=HERE / f"{name}.png", full_page=True)
    context.close()
    with Image.open(HERE / f"{name}.png") as picture:
        small(picture, name, most=most)


def pictures(browser: Browser, path: Path, by: int) -> None:
    """All pictures of mails and of the PDF, as on the Monday morning after the week; the store is then as it is on that morning."""
    with open_context(path, lambda *_: None) as home:
        last = week_of(home.store)
        at = clock.day(last)[1] + timedelta(hours=8)
        add_history(home.store, last)
        add_notes(home.store, last, by, at)
        mails, file = mails_of(home.new_run(at), last, at)
    for name, mail in mails.items():
        written = html_of(mail)
        shoot(browser, written, name, 680)
        shoot(browser, written, f"{name}-phone", 375, most=PHONE)
        shoot(browser, written, f"{name}-dark", 375, "dark", most=PHONE)
        if name in ("mail-alert", "mail-weekly"):
            in_word(written, f"{name}-word")
    for number, page in enumerate(drawn(file, 1.4), 1):
        small(page, f"weekly-pdf-{number}")
