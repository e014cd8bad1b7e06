"""The CSV that another listening tool would export: a byte-order mark, its own column names."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.platforms.x_data import Timeline
from demo.posts_loader import POSTS, ago, load

COLUMNS = ("Date", "Network", "Author", "Message", "Permalink", "Likes", "Shares")


def write(path: Path, at: datetime, x: Timeline, folder: Path = POSTS) -> None:
    """Writes the rows of export.json; one of them is a post that X has too."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        sheet.writerows(_rows(at, x, folder))


def _rows(at: datetime, x: Timeline, folder: Path) -> Iterator[tuple[Any, ...]]:
    for row in load("export", folder)["rows"]:
        if "same_as" in row:
            row |= _from_x(row["same_as"], x)
        when = f"{at - ago(row['ago']):%Y-%m-%d %H:%M:%S}"  # UTC, without saying so
        yield (when, row["network"], row["by"], row["text"], row["link"], row["likes"],
               row["shares"])  # fmt: skip


def _from_x(key: str, x: Timeline) -> dict[str, str]:
    tweet = x.tweet(key)
    handle = tweet.seen_by_search.author
    return {
        "by": f"@{handle}",
        "text": html.unescape(tweet.data["text"]),
        "link": f"https://x.com/{handle}/status/{tweet.data['id']}",
    }
