"""A flood of comments, to be measured: one Page's post with as many as are asked for, and some twice.

`python -m bench.ingest` says how fast they are collected and stored and how much memory that takes, as
ratios against limits that are measured in the same run.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from cryptography.fernet import Fernet

from collectors.base import Http
from collectors.facebook.collector import Facebook
from collectors.factory import build
from core import clock
from core.models import Mention
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from store import PageCounts, Store

PAGE_ID, POST = "100000000000001", "100000000000001_200000000000001"
PAGE = 100  # comments on a page
OVERLAP = 5  # of them repeat the page before's, as they do while people post
PART = 500  # mentions stored in one transaction, as collecting does
MANY, FEW = 50_000, 5_000
WORDS = "Nobody answers the phone at the surgery, number {} today, and I have waited since eight in the morning"


class FloodStandIn(StandIn):
    """As much of the Graph API as one long list of comments needs."""

    name: ClassVar[str] = "facebook"

    def __init__(self, at: datetime, comments: int, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.comments = comments

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url, "page_id": PAGE_ID, "access_token": "a-token",
                "page_size": PAGE, "pages": self.comments // PAGE + 2}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path.endswith("/feed"):
            return _json({"data": [self._post()]})
        if request.path.endswith("/comments"):
            return _json(self._page(request))
        return _json({"data": []})

    def refusal(self, status: int, seconds: float) -> Answer:
        return Answer(status=status)

    def _post(self) -> dict[str, Any]:
        return {"id": POST, "message": "Our winter clinics are open.", "created_time": self._time(0),
                "from": {"id": PAGE_ID, "name": "NHS North West London"}}  # fmt: skip

    def _page(self, request: Request) -> dict[str, Any]:
        first = int(request.query.get("after") or 0)
        last = min(first + PAGE, self.comments)
        data = [self._comment(number) for number in range(max(first - OVERLAP, 0), last)]
        page: dict[str, Any] = {"data": data}
        if last < self.comments:
            page["paging"] = {
                "cursors": {"after": str(last)},
                "next": f"{self.url}{request.path}?after={last}&limit={PAGE}",
            }
        return page

    def _comment(self, number: int) -> dict[str, Any]:
        return {
            "id": f"200000000000001_{300000000000000 + number}", "message": WORDS.format(number),
            "created_time": self._time(number), "from": {"id": f"7{number:014}", "name": "Ana Example"},
            "comment_count": 0, "like_count": number % 7, "is_hidden": False,
        }  # fmt: skip

    def _time(self, number: int) -> str:
        return (self.at - timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _json(body: Any) -> Answer:
    return Answer(body=json.dumps(body).encode())


def collected(url: str, comments: int) -> dict[str, float]:
    """Collects and stores all of them, in a process of its own; what it took."""
    at = clock.now()
    table = {"base_url": url, "page_id": PAGE_ID, "access_token": "a-token", "page_size": PAGE,
             "pages": comments // PAGE + 2}  # fmt: skip
    source = build(
        "facebook", table, http=Http(), at=at, state={}, terms=(),
        register={"facebook": frozenset({PAGE_ID})},
    )  # fmt: skip
    assert isinstance(source, Facebook)
    taken, storing, begun = PageCounts(), 0.0, time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "flood.db", [Fernet.generate_key().decode()]) as store,
    ):
        part: list[Mention] = []
        for thing in source.collect(at - timedelta(days=7)):
            if isinstance(thing, Mention):
                part.append(thing)
            if len(part) == PART:
                storing, taken = _store(store, part, storing, taken, at)
        storing, taken = _store(store, part, storing, taken, at)
        seconds = time.perf_counter() - begun
        stored = store.figures.row_counts()["mentions"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "storing": storing, "stored": stored, "peak": peak,
            "seen": taken.new + taken.changed + taken.again}  # fmt: skip


def _store(
    store: Store, part: list[Mention], storing: float, taken: PageCounts, at: datetime
) -> tuple[float, PageCounts]:
    begun = time.perf_counter()
    taken += store.mentions.add_page("facebook", part, at=at)
    part.clear()
    return storing + time.perf_counter() - begun, taken


def sealing_alone(count: int) -> float:
    """Seconds to seal so many texts twice with nothing else: the limit that encryption sets."""
    box, text = Fernet(Fernet.generate_key()), WORDS.format(1).encode() * 2
    begun = time.perf_counter()
    for _ in range(2 * count):
        box.encrypt(text)
    return time.perf_counter() - begun


def main() -> None:
    """Prints the figures."""
    if len(sys.argv) == 3:
        print(json.dumps(collected(sys.argv[1], int(sys.argv[2]))))
        return
    took = {}
    for comments in (FEW, MANY):
        with FloodStandIn(clock.now(), comments) as standin:
            command = [sys.executable, "-m", "bench.ingest", standin.url, str(comments)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            took[comments] = json.loads(answer.stdout)
    many, few = took[MANY], took[FEW]
    print(
        f"{MANY:,} comments on {MANY // PAGE} pages, {many['seen']:,.0f} with those that came twice: "
        f"{many['stored']:,.0f} stored"
    )
    print(
        f"collected and stored  {many['seen'] / many['seconds']:8,.0f} a second\n"
        f"stored                {many['seen'] / many['storing']:8,.0f} a second, "
        f"{many['storing'] / sealing_alone(MANY):.1f} times the time that sealing alone takes\n"
        f"memory at its peak    {many['peak']:8,.0f} MB, {many['peak'] / few['peak']:.2f} times that of {FEW:,}"
    )


if __name__ == "__main__":
    main()
