"""No page says that all is clear while something is not: each fault is turned on, and every page is read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from classify.model.onnx_model import FILES
from core import clock
from review import rendering
from review.app import GET
from steps.faults import Fault, Health
from store import Store
from tests.review.conftest import House, serve
from tests.review.factories import NOW, configure, people
from tests.review.pages import Tags, read
from tests.store.factories import AT, DAY, HOUR, add, mention

SOURCES = ("x", "facebook", "linkedin", "feeds")
# Words that tell somebody that there is nothing to look at.
ALL_CLEAR = re.compile(
    r"\bnothing (in|waits|is|was|to|of|new|flagged|past|due|here|this)\b|\bdone for today\b|\bno new\b|\bno high\b|\bnone\b|\b0 (high|now|to do|cases?)\b"
    r"|\bevery (source|email|post|case)\b[^.]* (reached|left|read|closed)|\ball \d+ sources\b|\bno clock is running\.|\b(now|answer|look|rest) 0\b"
    r"|\bno mention\b|\b0 of 0\b",
    re.IGNORECASE,
)
# What the same words say of other things than what was said of us, by the page that says it.
OTHERWISE = re.compile(
    "|".join((
        "Nothing is yours", "Nothing is done yet", "Nothing is done to anyone", "Nothing is asked of anybody", "nothing waits for one person",
        "nothing was flagged", "nothing flagged", "in which nothing was", "quotes nothing", "Nothing is kept", "Nothing is sent", "none: nothing has happened yet",
        "Nothing is answered, hidden or sent", "nothing is compared", "Nothing has", "High Medium Low None", "None ?yet", "none is shown of fewer", "none of them holds",
        "nothing due; close them together", "nothing is (cut off|saved|done until)", "Nothing was taken so far", "Nothing in it can be changed", "nothing in between is lost",
    ))
)  # fmt: skip


def calm(store: Store) -> dict[str, int]:
    """Every source was read to its end, and nobody said anything."""
    who = people(store)
    for source in SOURCES:
        store.mentions.add_run(source, [], since=AT - DAY, at=AT + HOUR)
    return who


def fake_model(folder: Path) -> Path:
    """Files that are what their checksums name; no model."""
    folder.mkdir()
    sums = []
    for name in FILES:
        (folder / name).write_text(f"{name} of a model", "utf-8")
        sums.append(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}")
    (folder / "SHA256SUMS").write_text("\n".join(sums), "utf-8")
    return folder


@pytest.fixture
def well(tmp_path: Path) -> Iterator[House]:
    """A page of a store with which nothing is wrong."""
    for house in serve(tmp_path, calm):
        model = fake_model(tmp_path / "model")
        classifier = house.desk.file.classifier.model_copy(update={"model": str(model)})
        configure(house.desk, classifier=classifier)
        yield house


def unread(house: House) -> str:
    add(house.store, mention(1, fetched_at=AT - HOUR), at=AT + HOUR)
    return "1 post is not read yet, collected since 08:00."


def failed(house: House) -> str:
    house.store.mentions.add_run(
        "linkedin", [], since=AT - DAY, at=NOW, complete=False, error="the token was refused"
    )
    return "1 of 4 sources is failing: LinkedIn since 10:00."


def cut_short(house: House) -> str:
    house.store.mentions.add_run("feeds", [], since=AT - DAY, at=NOW, complete=False)
    return "1 of 4 sources is failing: Blogs, news and feeds since 10:00."


def stopped(house: House) -> str:
    with house.store.database.transaction():
        house.store.database.execute("UPDATE runs SET at = ?", clock.text(AT - 3 * DAY))
    return f"No source was read since {AT - 3 * DAY:%A}."


def turned_bit(house: House) -> str:
    path = Path(house.desk.file.classifier.model) / FILES[0]
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    return "The program can’t read posts: its model is damaged or missing."


def parked(house: House) -> str:
    store = house.store
    store.outbox.add("weekly", "2026-11-22", AT)
    (row,) = store.outbox.due(AT)
    store.outbox.claim(row.number, AT)
    store.outbox.mark_failed(row.number, AT, "no such address", None)
    return "Emails can’t leave since 09:00: not everyone was told."


def waiting(house: House) -> str:
    house.store.outbox.add("handoff", "1:0", AT)
    return "Emails can’t leave since 09:00: not everyone was told."


FAULTS = (unread, failed, cut_short, stopped, turned_bit, parked, waiting)


def shown(page: Tags) -> str:
    return OTHERWISE.sub("", page.text)


def pages() -> list[str]:
    return [path for path, _ in GET if "{" not in path and path.startswith("/") and not path.startswith(("/sign-", "/static", "/account", "/oidc", "/events"))]  # fmt: skip


def reader_of(path: str) -> str:
    if path.startswith(("/audit", "/governance")):
        return "gwen"
    return "ada" if path.startswith("/people") else "bea"


def every_page(house: House) -> dict[str, Tags]:
    """Each page that needs no number, as somebody who may see it gets it."""
    found = {}
    for path in (*pages(), "/today?lane=now", "/today?lane=look", *(f"/all?tab={tab}" for tab in ("high", "overdue", "unread", "all"))):  # fmt: skip
        with house.asks(reader_of(path)) as client:
            answer = client.get(path)
        if answer.status_code == 200 and "<html" in answer.text:
            found[path] = Tags(answer.text)
    return found


def test_a_page_with_which_nothing_is_wrong_says_that_all_is_clear(well: House) -> None:
    assert "Done for today" in read(well, "/today").text
    assert "Nothing in Now." in read(well, "/today?lane=now").text
    assert "all emails sent" in read(well, "/overview", "bea").text
    assert not read(well, "/today").all("section", id="ill")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_page_says_what_is_wrong_and_none_that_all_is_clear(
    well: House, fault: Callable[[House], str]
) -> None:
    line = fault(well)
    found = every_page(well)
    assert len(found) > 20
    assert [path for path, page in found.items() if line not in page.text] == []
    cleared = {
        path: [text[max(0, clear.start() - 60) : clear.end() + 60] for clear in ALL_CLEAR.finditer(text)]
        for path, page in found.items()
        for text in (shown(page),)
    }  # fmt: skip
    assert {path: words for path, words in cleared.items() if words} == {}


def test_what_a_cycle_is_reading_takes_the_all_clear_away_and_is_no_alarm(well: House) -> None:
    add(well.store, mention(1, fetched_at=NOW - timedelta(minutes=3)), at=NOW)
    page = read(well, "/today")
    assert "1 post is being read" in page.text
    assert page.all("section", id="ill")[0]["class"] == "ill ill--passing"
    assert "Done for today" not in page.text


def test_the_page_of_sources_says_what_to_do_of_each_fault(well: House) -> None:
    for fault in (failed, parked, turned_bit):
        fault(well)
    text = read(well, "/sources").text
    for mend in (
        "tried again at its next time",
        "A lead sees which under Emails",
        "SHA-256 differs",
    ):
        assert mend in text


@pytest.mark.parametrize(("roles", "lines"), [(("guardian",), ["B"]), (("guardian", "lead"), ["A", "B"]), (("reviewer",), ["A", "B"])])  # fmt: skip
def test_the_guardian_is_told_of_nothing_that_is_the_desks_alone(
    roles: tuple[str, ...], lines: list[str]
) -> None:
    health = Health(faults=[Fault(kind="mail", line="A", mend="", desk=True), Fault(kind="source", line="B", mend="")])  # fmt: skip
    looks: Any = SimpleNamespace(health=lambda: health, signed=SimpleNamespace(user=SimpleNamespace(roles=roles)))  # fmt: skip
    assert [fault.line for fault in rendering.health_shown(looks).faults] == lines
