"""Everybody finds the accessibility statement, and an organisation's own name and logo stand on every page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from core import clock
from review.static_pages import PREPARED
from settings.branding import Branding, Logo
from settings.governance import Governance
from store import PartOutcome
from tests.review.conftest import House, sign_in
from tests.review.factories import NOW, configure
from tests.review.pages import Tags, read
from tests.settings.test_branding import png
from tests.store.factories import HOUR


@pytest.mark.parametrize(("path", "handle"), [("/sign-in", ""), ("/all", "vera"), ("/cases/1/full", "amina"), ("/account", "ada")])  # fmt: skip
def test_every_page_leads_to_the_statement(house: House, path: str, handle: str) -> None:
    assert read(house, path, handle).all("a", href="/accessibility")


@pytest.mark.parametrize(
    ("path", "handle", "own"),
    [
        ("/sign-in", "", "/personal-data"), ("/accessibility", "", "/personal-data"), ("/today", "amina", "/help#personal-data"),
        ("/cases/1", "vera", "/help#personal-data"), ("/cases/1/full", "amina", "/help#personal-data"), ("/sample", "amina", "/help#personal-data"),
        ("/governance", "gwen", "/help#personal-data"), ("/account", "ada", "/help#personal-data"), ("/nowhere", "amina", "/help#personal-data"),
    ],
)  # fmt: skip
def test_every_page_leads_to_how_personal_data_is_used(
    anew: House, path: str, handle: str, own: str
) -> None:
    status = 404 if path == "/nowhere" else 200
    (footer,) = re.findall(r"<footer.*?</footer>", html(anew, path, handle, status), re.DOTALL)
    assert f'<a href="{own}">How we use personal data</a>' in footer
    published = "https://www.example.org/privacy?of=posts&more"
    configure(anew.desk, governance=Governance(privacy_notice=published))
    (footer,) = re.findall(r"<footer.*?</footer>", html(anew, path, handle, status), re.DOTALL)
    assert Tags(footer).all("a", href=published)
    assert own not in footer


def html(house: House, path: str, handle: str, status: int) -> str:
    with house.asks(handle) as client:
        answer = client.get(path)
    assert answer.status_code == status
    return answer.text


@pytest.mark.parametrize(("path", "handle"), [("/personal-data", ""), ("/help", "amina")])
def test_how_personal_data_is_used_says_how_long_it_stays_and_whom_to_ask(
    anew: House, path: str, handle: str
) -> None:
    page = read(anew, path, handle)
    assert "365 days at most, 30 where nothing had to be done" in page.text
    assert "No privacy notice has been published for it yet" in page.text
    assert "Ask the data protection officer of NHS North West London" in page.text
    if path == "/help":
        assert page.all("h2", id="personal-data")
        assert page.all("a", href="#personal-data")
    configure(anew.desk, governance=Governance(dpo="Wren Example, dpo@example.org", privacy_notice="javascript:alert(1)"))  # fmt: skip
    page = read(anew, path, handle)
    assert "Ask the data protection officer, Wren Example, dpo@example.org" in page.text
    assert not page.all("a", href="javascript:alert(1)")


def test_the_statement_is_read_without_signing_in_and_is_honest(fresh: House) -> None:
    words = read(fresh, "/accessibility", "").text
    assert "NHS North West London" in words
    assert "partially compliant" in words
    assert "nor by an auditor from outside" in words
    assert f"Prepared on {PREPARED.strftime('%-d %B %Y')}" in words
    assert "No contact of its own has been set" in words
    configure(fresh.desk, accessibility_contact="<b>comms@example.org")
    words = read(fresh, "/accessibility", "").text
    assert "tell us: <b>comms@example.org." in words
    assert "No contact of its own" not in words


def test_without_branding_there_is_no_logo(house: House) -> None:
    page = read(house, "/all?tab=new")
    assert page.all("img") == []
    read(house, "/static/logo.png", "", 404)


def test_a_logo_is_served_from_here_and_seen_by_who_signs_in(
    browser: Browser, fresh: House
) -> None:
    words = Branding(service='Listening "1"', logo="logo.png", alt="NHS <North> West London")
    configure(fresh.desk, branding=words)
    fresh.desk.logo = Logo(png=png(), width=300, height=80)
    with fresh.asks("") as client:
        picture = client.get("/static/logo.png")
        assert picture.headers["content-type"] == "image/png"
        assert picture.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
        assert picture.headers["Cache-Control"] == "private, max-age=3600"
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, fresh, "amina")
        page.goto(f"{fresh.url}/all?tab=new")
        expect(page).to_have_title(re.compile('cases – Listening "1" – NHS North West London'))
        logo = page.get_by_alt_text("NHS <North> West London")
        assert logo.evaluate("one => [one.naturalWidth, one.width, one.height]") == [300, 150, 40]


def test_leads_and_governance_see_which_papers_are_missing_and_others_whom_to_ask(
    house: House,
) -> None:
    for handle, told in (("bea", True), ("gwen", True), ("vera", False)):
        words = read(house, "/sources", handle).text
        assert "Sources are stopped: papers are missing" in words
        assert ("Write the reference of the data protection impact assessment" in words) is told
        assert ("Ask your lead or governance" in words) is not told


def test_each_part_of_a_source_is_shown_with_its_state_and_the_failing_ones_first(
    fresh: House,
) -> None:
    failing = PartOutcome(
        key="a", kind="feed", name="<b>Ealing news", error="blog.example.org has nothing (404)",
        next_try=NOW + timedelta(hours=2),
    )  # fmt: skip
    well = PartOutcome(key="b", kind="feed", name="Acton news")
    fresh.store.mentions.add_page("feeds", [], at=NOW, parts=[failing, well])
    fresh.store.mentions.add_run("feeds", [], since=NOW, at=NOW, ended=NOW)
    words = read(fresh, "/sources").text
    assert "Blogs, news and feeds: 2 feeds" in words
    assert "<b>Ealing news" in words
    assert words.index("has nothing (404)") < words.index("Acton news")
    assert "Read in part" in words
    assert "1 of 2 feeds is failing: <b>Ealing news, never read." in words


# ── how the program is ───────────────────────────────────────────────────────────────────────────


def is_red(page: Tags) -> bool:
    """Whether the line in the foot is."""
    (line,) = page.all("p", id="pulse")
    return "stale" in line["class"].split()


def read_through(house: House, at: datetime) -> None:
    """X alone is on, and was read to its end; what was found is read too."""
    house.desk.file = house.desk.file.model_copy(update={"collectors": {"x": {"on": True}}})
    house.desk._effective = None
    house.store.mentions.add_run("x", [], since=at - HOUR, at=at)
    house.store.database.execute("DELETE FROM unassessed")


@pytest.mark.parametrize("address", ["/sources", "/account", "/cases/1/full"])
def test_every_page_says_when_posts_were_collected_and_turns_red_when_that_stopped(
    fresh: House, address: str
) -> None:
    read_through(fresh, NOW)
    page = read(fresh, address, "bea")
    assert not is_red(page)
    assert "Last collected today, " in page.text
    assert not page.all("section", id="ill")
    read_through(fresh, NOW - 4 * HOUR)
    page = read(fresh, address, "bea")
    assert is_red(page)
    assert "The program is not well." in page.text
    (ill,) = page.all("section", id="ill")
    assert ill["class"] == "ill"


def test_the_desks_strip_turns_red_too(fresh: House) -> None:
    read_through(fresh, NOW)
    assert not read(fresh, "/today", "bea").all("span", class_="stale")
    read_through(fresh, NOW - 4 * HOUR)
    assert len(read(fresh, "/today", "bea").all("span", class_="stale")) == 1
    assert read(fresh, "/sources", "bea").all("strong", class_="stale")


def test_what_has_time_is_amber_and_takes_no_all_clear_away(fresh: House) -> None:
    read_through(fresh, NOW)
    fresh.store.pulse.note("certificate mail.example.org", NOW, clock.text(NOW + 72 * HOUR))
    page = read(fresh, "/sources", "bea")
    (ill,) = page.all("section", id="ill")
    assert ill["class"] == "ill ill--passing"
    assert "The certificate of mail.example.org ends on" in page.text
    assert "an empty list means nothing" not in page.text
    assert not is_red(page)


def test_sources_shows_the_whole_pulse(fresh: House) -> None:
    words = read(fresh, "/sources", "vera").text
    for name in (
        "Last full cycle", "Last post read", "Not read yet", "Emails", "What reads posts", "Disk", "Clock", "Last backup",
        "Runs out next", "Spent this month", "Dead man’s switch",
    ):  # fmt: skip
        assert name in words
    assert "Not set up: nobody outside notices when all of this stops" in words
