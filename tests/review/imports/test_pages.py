"""A file is handed over in the page: it is shown before anything is stored, asked of where it does not tell, and stored once."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from core import clock
from demo.world import World
from review.app import create_app
from review.auth.sessions import COOKIE
from review.context import AppContext
from review.imports import pages
from review.imports.worker import Looked
from settings import schema
from steps.context import open_store
from store import Import, Store
from tests.cycles import changed, settled
from tests.review.accessibility import beyond, faults
from tests.review.factories import desk, people
from tests.review.server import bound, serving
from tests.store.factories import assessed, dump

HEAD = "Date (GMT),Social Network,Author,Post Message,Post Permalink,Likes count\n"
CSV = HEAD + "".join(
    f'2026-07-{day:02} 09:05:00,TIKTOK,@writer{day},"NHS NWL lost my notes, call 07700 900{day:03}",https://www.tiktok.com/@w/video/{day},{day}\n'
    for day in range(10, 17)
)
ASKED = "Date,Network,Author,Message,Link\n" + "".join(
    f"0{n}/11/2025 09:05,X,writer{n},NHS NWL again {n},https://x.com/w/status/{n}\n"
    for n in range(1, 5)
)


@dataclass
class Desk:
    """A page whose settings let files be taken in, and who asks it."""

    url: str
    store: Store
    folder: Path
    who: dict[str, int]
    app: AppContext

    def asks(self, handle: str = "leo") -> httpx.Client:
        cookie = f"{COOKIE}={self.store.sessions.begin(self.who[handle], at=clock.now(), until=clock.now() + timedelta(hours=1))}"
        return httpx.Client(
            base_url=self.url, headers={"Sec-Fetch-Site": "same-origin", "Cookie": cookie}, timeout=60, verify=False
        )  # fmt: skip

    def hand_over(self, name: str, content: str | bytes, handle: str = "leo") -> httpx.Response:
        with self.asks(handle) as client:
            return client.post("/import", files={"file": (name, content)})

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.imports/*"))


@pytest.fixture
def page(calm: World, tmp_path: Path) -> Iterator[Desk]:
    path = settled(tmp_path, calm, only=("files",))
    with bound() as (listening, url):
        changed(path, review={"public_url": url})
        config = schema.load(path)
        with open_store(config, tmp_path) as store:
            who = people(store)
            app = desk(
                lambda: open_store(config, tmp_path, create=False), file=config, folder=tmp_path, now=clock.now
            )  # fmt: skip
            with serving(create_app(app), listening):
                yield Desk(url=url, store=store, folder=tmp_path, who=who, app=app)


def lead(page: Desk) -> str:
    return next(u.handle for u in page.store.users.all() if "lead" in u.roles)


def mentions(page: Desk) -> int:
    return page.store.figures.row_counts()["mentions"]


def test_nothing_is_stored_before_somebody_says_so_and_it_is_shown_masked(page: Desk) -> None:
    handle = lead(page)
    answer = page.hand_over("posts.csv", CSV, handle)
    assert (answer.status_code, answer.headers["location"]) == (303, "/import/1")
    with page.asks(handle) as client:
        shown = client.get("/import/1").text
        assert "Hootsuite" in shown
        assert "TikTok 7" in shown
        assert "times in GMT (the heading)" in shown
        assert "07700 900" not in shown
        assert "Fri 10 Jul 2026, 10:05" in shown  # GMT in summer, shown in UK time
        assert mentions(page) == 0
        assert page.files() == ["1.csv"]
        done = client.post("/import/1", data={"do": "store"})
        assert done.status_code == 303
        for _ in range(100):
            shown = client.get("/import/1").text
            if "Stored: 7 posts" in shown:
                break
            time.sleep(0.1)
        assert "Stored: 7 posts" in shown
        assert "7 new" not in shown
    assert mentions(page) == 7
    assert page.files() == []
    assert "imported" in page.store.audit.kinds()


def wrong_with(page: BrowserPage) -> list[str]:
    """What axe finds, and what is cut off where it is narrow."""
    return faults(page) + beyond(page, 640) + beyond(page, 320)


def test_axe_finds_nothing_wrong_with_what_is_shown_nor_with_what_is_asked(
    page: Desk, browser: Browser
) -> None:
    handle, found = lead(page), list[str]()
    for name, content in (("posts.csv", CSV), ("dates.csv", ASKED)):
        page.hand_over(name, content, handle)
    with page.asks(handle) as client, browser.new_context() as context:
        session = client.headers["Cookie"].partition("=")[2]
        secure = page.url.replace("http:", "https:")
        context.add_cookies([{"name": COOKIE, "value": session, "url": secure, "secure": True}])
        shown = context.new_page()
        for number, button in ((1, "store"), (2, "answer")):
            shown.goto(f"{page.url}/import/{number}")
            expect(shown.locator(f"button[value={button}]")).to_be_visible()
            found += wrong_with(shown)
    assert found == []


SAID = HEAD + "".join(
    f'2026-07-1{day} 09:05:00,TIKTOK,@writer{day},"{words}",https://www.tiktok.com/@w/video/{day},1\n'
    for day, words in enumerate((
        "Louise Slorance says that NHS NWL lost her notes, her mother Louise Slorance has cancer",
        "Slorance again on NHS NWL and the phones",
        "I am a nurse at Northwick Park Hospital and I told my manager that the drug cupboard is left open. NHS NWL",
        "Our union votes on Friday, NHS NWL",
        "NHS NWL phones are useless",
    ))
)  # fmt: skip
UNSAID = HEAD + "".join(
    f'2026-07-1{day} 09:05:00,TIKTOK,@writer{day},"{words}",https://www.tiktok.com/@w/video/{day},1\n'
    for day, words in enumerate((
        "Told in one-to-ones at NHS NWL to stop asking about the merger. Eleven weeks of contract left",
        "Sono mesi che aspetto e nessuno risponde, NHS NWL",
    ))
)  # fmt: skip


def test_the_preview_shows_nothing_of_who_may_be_speaking_up_and_no_name_that_another_row_masks(page: Desk) -> None:  # fmt: skip
    handle = lead(page)
    page.hand_over("posts.csv", SAID, handle)
    with page.asks(handle) as client:
        shown = client.get("/import/1").text
    assert "phones are useless" in shown
    assert "Slorance" not in shown
    for words in (
        "drug cupboard",
        "I am a nurse",
        "my manager",
        "union votes",
        "Eleven weeks",
        "aspetto",
    ):
        assert words not in shown
    assert shown.count("Not shown: not read yet") == 2
    page.hand_over("more.csv", UNSAID, handle)
    with page.asks(handle) as client:
        shown = client.get("/import/2").text
    assert shown.count("Not shown: not read yet") == 2
    assert "Eleven weeks" not in shown
    page.app.views.flush()
    pages = page.store.database.rows("SELECT page FROM views WHERE kind = 'import'")
    assert {row["page"] for row in pages} == {"/import/1", "/import/2"}
    with page.asks(handle) as client:
        client.post("/import/1", data={"do": "store"})
        page.hand_over("again.csv", SAID, handle)
        again = client.get("/import/3").text
    # a page that said what is here would say by it what the Guardian alone reads
    assert ("phones are useless" in again, again.count("Not shown: not read yet")) == (True, 2)


def test_a_post_that_is_not_everybodys_counts_as_new_before_and_after_and_stays_as_it_is(page: Desk) -> None:  # fmt: skip
    handle, store = lead(page), page.store
    page.hand_over("posts.csv", SAID, handle)
    with page.asks(handle) as client:
        client.post("/import/1", data={"do": "store"})
    count = store.database.value("SELECT count(*) FROM mentions")
    for number in store.mentions.numbers():
        stored = store.mentions.get(number)
        assert stored is not None
        store.assessments.add([assessed(stored, staff="icb", protected="disclosure")])
    tables = ("mentions", "revisions", "matches")
    before = dump(store, tables)
    page.hand_over("again.csv", SAID, handle)
    with page.asks(handle) as client:
        shown = client.get("/import/2").text
        assert "here already" not in shown
        client.post("/import/2", data={"do": "store"})
    first, second = store.imports.get(1), store.imports.get(2)
    assert first is not None
    assert second is not None
    assert (second.state, second.new, second.changed) == ("stored", first.new, first.changed)
    assert store.database.value("SELECT count(*) FROM mentions") == count
    assert dump(store, tables) == before


def test_what_the_file_does_not_tell_is_asked_and_stored_as_answered(page: Desk) -> None:
    handle = lead(page)
    page.hand_over("dates.csv", ASKED, handle)
    with page.asks(handle) as client:
        shown = client.get("/import/1").text
        assert "no date in it has a day past the 12th" in shown.casefold().replace("&#39;", "'") or "No date in it has a day past the 12th" in shown  # fmt: skip
        assert "do=" not in shown
        assert 'value="store"' not in shown
        client.post("/import/1", data={"do": "store"})  # pressed all the same
        assert mentions(page) == 0
        client.post("/import/1", data={"do": "answer", "date_order": "month first"})
        shown = client.get("/import/1").text
        assert "Sat 11 Jan 2025, 09:05" in shown or "11 Jan 2025" in shown
        assert "11 Apr 2025" in shown
        refused = client.post("/import/1", data={"do": "answer", "zone": "Nowhere"})
        assert refused.status_code == 422
        assert "Write the time zone as" in refused.text


def test_a_file_that_is_dropped_or_not_wanted_within_the_hour_is_deleted(page: Desk) -> None:
    handle = lead(page)
    for number in (1, 2):
        page.hand_over("posts.csv", CSV, handle)
        assert f"{number}.csv" in page.files()
    with page.asks(handle) as client:
        client.post("/import/1", data={"do": "drop"})
        assert page.files() == ["2.csv"]
    assert page.store.imports.tidy(clock.now() + timedelta(minutes=61)) == [2]
    assert page.store.imports.get(2).state == "dropped"  # type: ignore[union-attr]


def test_a_search_for_a_person_and_what_is_no_table_are_refused_in_words(page: Desk) -> None:
    handle = lead(page)
    page.hand_over("a.csv", "Query Name,Full Text,Page Type,Date\nMarguerite Ashdown,NHS NWL,news,21/11/2025\n", handle)  # fmt: skip
    page.hand_over("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), handle)
    with page.asks(handle) as client:
        assert "a search for a person" in client.get("/import/1").text
        told = client.get("/import/2").text
        assert "old.xls is an old Excel workbook" in told
        assert "save it as XLSX or CSV" in re.sub(r"\s+", " ", told)


def test_what_holds_no_post_can_not_be_taken_in_and_its_words_are_a_lead_s(page: Desk) -> None:
    handle = lead(page)
    page.hand_over("nothing.csv", "Date,Text,URL\n" + "\0" * 3_000, handle)
    page.hand_over("odd.csv", b"MZ\x90" + b"abc;def\n" * 30, handle)
    wide = "Date,Text,URL," + ",".join(f"c{n}" for n in range(1_100))
    page.hand_over("wide.csv", f"{wide}\n2026-11-20,hello,https://example.org/1\n", handle)
    with page.asks(handle) as client:
        told = client.get("/import/1").text
        assert "no post was found in it" in told
        assert "If nobody stores it by" not in told
        odd = client.get("/import/2").text
        assert "give that column the heading Text" in odd
        assert "--map" not in odd
        assert "[collectors.files]" not in odd
        assert "more than 1,024 columns" in client.get("/import/3").text


def test_an_import_is_recorded_as_stored_or_dropped_by_whoever_did_so(page: Desk) -> None:
    other = page.store.users.add("local", "lena", "Lena Fox", ["lead"], at=clock.now()).number
    page.who["lena"] = other
    mine = page.store.users.by_handle("local", lead(page))
    assert mine is not None
    for _ in range(2):
        page.hand_over("posts.csv", CSV, mine.handle)
    with page.asks("lena") as client:
        client.post("/import/2", data={"do": "drop"})
        client.post("/import/1", data={"do": "store"})
        for _ in range(100):
            if "Stored: 7 posts" in client.get("/import/1").text:
                break
            time.sleep(0.1)
    about = {event.kind: event.about for event in page.store.audit.events()}
    assert about["import dropped"] == {"by": other, "number": 2}
    assert about["import agreed to"]["by"] == other
    assert (about["imported"]["by"], about["imported"]["handed_over_by"]) == (other, mine.number)


def test_a_file_that_takes_long_holds_up_no_other(
    page: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_, go = page.app.imports, threading.Event()
    looked_at = desk_._looked_at

    def slow(store: Store, handed: Import) -> Looked:
        if handed.name == "slow.csv":
            go.wait(20)
        return looked_at(store, handed)

    monkeypatch.setattr(desk_, "_looked_at", slow)
    with monkeypatch.context() as hurry:
        hurry.setattr(pages, "PATIENCE", 0.2)
        page.hand_over("slow.csv", CSV, lead(page))
    page.hand_over("posts.csv", CSV, lead(page))
    with page.asks(lead(page)) as client:
        assert "TikTok 7" in client.get("/import/2").text
    go.set()


def test_only_a_lead_hands_over_a_file_and_only_here_may_a_form_hold_one(page: Desk) -> None:
    reviewer = next(u.handle for u in page.store.users.all() if u.roles == ("reviewer",))
    assert page.hand_over("posts.csv", CSV, reviewer).status_code == 403
    assert page.files() == []
    with page.asks(lead(page)) as client:
        assert client.post("/exports", files={"file": ("a.csv", CSV)}).status_code == 415
        empty = client.post("/import", files={"file": ("a.csv", b"")})
        assert empty.status_code == 422
        odd = {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"}
        assert client.post("/import", content=b"--x--", headers=odd).status_code == 415


def test_without_papers_nothing_is_handed_over(page: Desk) -> None:
    changed(page.folder / "config.toml", governance={"dpia": ""})
    page.app.file = schema.load(page.folder / "config.toml")
    handle = lead(page)
    assert page.hand_over("posts.csv", CSV, handle).status_code == 422
    with page.asks(handle) as client:
        assert "Nothing can be taken in now: dpia" in client.get("/import").text
    assert page.files() == []


ABOUT_ONE = b"Post,Author,Date\n" + b"".join(
    f'"NHS North West London: Louise Ashdown {says}",writer{number},21/11/2026 09:05\n'.encode()
    for number, says in enumerate(("rang twice", "is right", "was on the radio", "writes again", "and the letter", "asks for more"))
)  # fmt: skip


def test_a_file_about_one_person_is_not_stored_and_governance_is_told_who_handed_it_over(
    page: Desk,
) -> None:
    handle = lead(page)
    page.hand_over("watch.csv", ABOUT_ONE, handle)
    with page.asks(handle) as client:
        shown = client.get("/import/1").text
        assert "in at least half of its rows" in shown
        assert "Ashdown" not in shown
        client.post("/import/1", data={"do": "store"})
    assert mentions(page) == 0
    by = next(u.number for u in page.store.users.all() if u.handle == handle)
    assert page.store.searched_people.refused(clock.now() - timedelta(days=1)) == [(by, 1)]
