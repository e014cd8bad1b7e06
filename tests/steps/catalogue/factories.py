"""Catalogues for tests: invented posts in files of every kind, and what answers them."""

from __future__ import annotations

import gzip
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from classify.inputs import Known
from classify.policy.schema import shipped
from steps.catalogue.manifest import Settings, model_sha256
from steps.catalogue.places import Folder

WORDS = (
    "Rang NHS NWL at 8am, nobody answers. Third day.",
    "Thank you to the nurses at the clinic in Ealing, you were kind to my mum.",
    "The receptionist is a useless idiot and I hope she is sacked",
    "Is the walk-in centre in Harrow open on Monday?",
    "My neighbour says the vaccine has chips in it, NW London ICB hides it",
)


def post(number: int, **others: Any) -> dict[str, Any]:
    """A line of `classify`."""
    return {
        "id": f"p{number}", "platform": "x", "text": f"{WORDS[number % len(WORDS)]} ({number})",
        "author": {"handle": f"invented_{number}", "name": "", "bio": "Tea, mostly", "followers": number},
        "metrics": {"likes": 1, "shares": number % 7}, "posted_at": f"2024-03-{number % 27 + 1:02}T12:00:00Z",
        "url": f"https://example.org/posts/{number}", **others,
    }  # fmt: skip


def write_jsonl(path: Path, posts: list[dict[str, Any]]) -> Path:
    """A file of lines, packed where its name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = "".join(f"{json.dumps(each)}\n" for each in posts).encode()
    path.write_bytes(gzip.compress(written) if path.suffix == ".gz" else written)
    return path


def write_parquet(path: Path, posts: list[dict[str, Any]], *, group: int = 100) -> Path:
    """A table of them, in groups of so many rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(posts), path, row_group_size=group)
    return path


def settings() -> tuple[Settings, str]:
    """By what parts are answered, and the checksum of the model."""
    known = Known(names=("NHS North West London",), places=("Ealing", "Harrow"))
    settings = Settings(known=known, policy=shipped(), model=None, all_scopes=False)
    return settings, model_sha256(settings.folder)


@dataclass(frozen=True)
class KillsWhoReads(Folder):
    """A folder whose file `deadly` ends the process that opens it, so many times; it notes each in `notes`."""

    deadly: str = ""
    times: int = 1
    notes: Path = Path()

    def open(self, name: str) -> BinaryIO:
        """As a folder does, unless it ends the process."""
        if name == self.deadly and len(list(self.notes.iterdir())) < self.times:
            (self.notes / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().open(name)
