"""What a weekly summary costs over a store of many: `python -m bench.weekly --folder var/many-1000000`.

Gathering its figures and words as the page does, and making it as its job does, with themes, spreadsheet and PDF.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from classify.model.onnx_model import SHIPPED
from classify.model.vectors import Vectors
from classify.policy.schema import shipped
from core import clock
from reports import pdf
from reports.weekly import layout
from reports.weekly.gathering import gather
from reports.weekly.periods import last_whole
from reports.weekly.spreadsheet import xlsx
from reports.weekly.themes import MOST_POSTS, themes_of
from settings import schema
from store import Store

PAGE, SUMMARY, MEMORY = 0.3, 5.0, 300  # seconds, seconds and MB that docs/measuring.md allows
SECONDS = 10.0  # for vectors, as steps/report.py has it
T = TypeVar("T")


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def main(folder: Path) -> None:
    """Prints seconds and memory beside their limits."""
    config, policy = schema.load(Path("config.toml")), shipped()
    with Store.open(folder / "mentions.db", [(folder / "key").read_text().strip()]) as store:
        newest = store.database.value("SELECT max(posted_at) FROM mentions")
        at = clock.parse(newest)
        period = last_whole("week", clock.local_day(at))
        start, end = clock.day(period.first)[0], clock.day(period.last)[1]
        gather(store, config, policy, period, at)  # the file's pages are read
        figures, page = timed(lambda: gather(store, config, policy, period, at))
        summary, words = timed(lambda: layout.summary_of(figures, config))
        click.echo(f"the page's figures and words    {page + words:6.2f} s   (at most {PAGE})")
        (total, posts), reading = timed(lambda: store.weekly.theme_posts(start, end, MOST_POSTS))
        vectors, loading = timed(lambda: Vectors(SHIPPED))
        themes, clustering = timed(
            lambda: themes_of(total, posts, lambda texts: vectors.of(texts, SECONDS))
        )
        _, sheet = timed(lambda: xlsx(figures, summary))
        whole = page + words + reading + loading + clustering + sheet
        click.echo(
            f"made, with themes of {themes.read} posts  {whole:6.2f} s   (at most {SUMMARY})"
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        click.echo(f"memory                          {memory:6} MB  (at most {MEMORY})")
        if pdf.is_installed():
            _, written = timed(lambda: pdf.pdf(layout.html(summary)))
            click.echo(f"the PDF                         {written:6.2f} s")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the seconds that it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


if __name__ == "__main__":
    main()
