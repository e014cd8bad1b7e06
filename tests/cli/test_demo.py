"""The demo as a person runs it: a process of its own, from the folder of the repository."""

from __future__ import annotations

import email
import email.policy
import html
import json
import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import tomli_w
from PIL import Image

from cli import demo
from cli.demo import _fresh
from core import clock
from core.errors import ConfigError
from demo.posts_loader import WEEK, load
from demo.world import STANDINS, World
from reports.weekly.periods import last_whole
from reports.weekly.themes import Themes
from settings import branding, schema
from store import CaseQuery, sight_of
from tests.conftest import Command, Shown
from tests.cycles import SHIPPED, at_home, texts
from tests.steps.test_deliver import bodies

SIZES = ("mentions", "revisions", "assessments", "outbox")
# words of posts that are also ours or the organisation's: a mail may say "NHS North West London"
LEAST = 4  # words in a row that can't stand there by chance


@dataclass(frozen=True)
class Private:
    """What the demo's posts say, in runs of words, and who wrote them: neither may be told."""

    runs: set[str]
    people: set[str]

    def words_in(self, text: str) -> list[str]:
        """The runs of words that stand in a text."""
        return sorted(self.runs & set(runs_of_words(said(text))))

    def people_in(self, text: str) -> list[str]:
        """The authors who stand in a text."""
        return [
            name
            for name in self.people
            if name in text and re.search(rf"(?<![\w#]){re.escape(name)}(?!\w)", text)
        ]


@pytest.fixture(scope="session")
def private(shown: Shown) -> Private:
    """Out of the store; not "fed up" nor "NHS … Helpdesk" for a name, nor words that are ours too."""
    with at_home(shown.config) as (house, _):
        numbers = range(1, house.store.figures.row_counts()["mentions"] + 1)
        authors = [
            stored.mention.author for n in numbers if (stored := house.store.mentions.get(n))
        ]
        own = {name.name for name in house.config.organisation.names}
        runs = {run for text in texts(house.store) for run in runs_of_words(text)}
    names = {name for who in authors for name in (who.handle, who.name, who.handle.lstrip("@"))}
    people = {
        name for name in names if len(name) > 3 and not re.match(r"[a-z]+ [a-z]+$|NHS ", name)
    }
    return Private(runs - {run for name in own for run in runs_of_words(name)}, people - own)


def runs_of_words(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.lower())
    for start in range(len(words) - LEAST + 1):
        yield " ".join(words[start : start + LEAST])


def said(text: str) -> str:
    """Text in which runs of words can be sought."""
    return " ".join(re.findall(r"\w+", html.unescape(re.sub(r"<[^>]+>", " ", text)).lower()))


def test_the_demo_ends_well_and_says_what_was_found_and_where_it_lies(shown: Shown) -> None:
    assert shown.code == 0, shown.err
    for path in re.findall(
        r"^(?:Daily list|Weekly summary|Alert mails|Database) +(\S+)", shown.out, re.M
    ):
        assert Path(path).exists()
    for word in ("mentions stored", "alert mails sent", "Try next", "high"):
        assert word in shown.out
    assert "Traceback" not in shown.out + shown.err


def test_it_stores_and_assesses_at_least_two_hundred_and_alerts(shown: Shown) -> None:
    with at_home(shown.config) as (house, _):
        sizes = house.store.figures.row_counts()
        assert house.store.maintenance.verify().ok
        assert house.store.assessments.count_unassessed() == 0
    assert sizes["assessments"] >= sizes["mentions"] >= 200
    assert 0 < sizes["outbox"] == len(list((shown.folder / "sent").glob("*.eml")))


def test_people_who_speak_up_in_it_are_in_the_guardians_lane_alone(shown: Shown) -> None:
    with at_home(shown.config) as (house, _):
        (guardian,) = house.store.users.all()
        assert guardian.roles == ("guardian",)
        listed = house.store.queue.page(CaseQuery(tab="all", size=100), house.at).cards
        house.store.database.sight = sight_of(guardian.roles)
        lane = {row.case.number for row in house.store.speaking_up.rows()}
    assert len(lane) >= 5
    assert lane.isdisjoint(card.case.number for card in listed)


def test_the_weekly_page_of_the_demo_has_its_themes(shown: Shown) -> None:
    with at_home(shown.config) as (house, _):
        week = last_whole("week", clock.local_day(house.at))
        (published,) = house.store.weekly_notes.published("week", [week.last]).values()
    themes = Themes.of_published(published.figures)
    assert themes
    assert themes.looked


def test_the_second_cycle_of_the_demo_adds_nothing(shown: Shown) -> None:
    assert "it added nothing" in shown.err
    first, second = shown.err.split("a second cycle on the same world")
    assert "assessed" in first
    assert "assessed" not in second
    found = re.findall(r"(\d+) new, (\d+) changed", second)
    assert set(found) == {
        ("0", "0")
    }  # of those with odd posts; a source that brings nothing says nothing
    assert len(found) < len(STANDINS)


def test_the_store_of_the_demo_is_not_the_live_one(shown: Shown) -> None:
    live = SHIPPED.parent / schema.load(SHIPPED).store.path
    made = shown.folder / schema.load(shown.config).store.path
    assert made.exists()
    assert made != live
    assert not live.is_relative_to(shown.folder)


def test_no_mail_holds_a_posts_words_or_an_author(shown: Shown, private: Private) -> None:
    files = sorted((shown.folder / "sent").glob("*.eml"))
    assert files
    assert len(private.runs) > 1000
    assert len(private.people) > 100
    for file in files:
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, email.message.EmailMessage)
        assert private.words_in(bodies(mail)) == []
        assert private.people_in(bodies(mail)) == []


def test_what_is_logged_holds_no_posts_words_no_author_and_no_secret(
    shown: Shown, private: Private
) -> None:
    assert private.words_in(shown.err) == []
    assert private.people_in(shown.err) == []
    secrets = [
        (shown.folder / name).read_text("utf-8").strip()
        for name in ("key", "mail-password", "x-token", "reddit-secret", "facebook-token",
                     "youtube-key", "bluesky-password", "mastodon-token-1")
    ]  # fmt: skip
    assert all(secret and secret not in shown.err + shown.out for secret in secrets)


def test_files_that_hold_words_or_secrets_are_their_owners_alone(shown: Shown) -> None:
    files = [*shown.folder.glob("reports/daily-*.html"), *shown.folder.glob("mentions.db*")]
    files += [shown.folder / name for name in ("key", "mail-password", "x-token")]
    assert len(files) >= 5
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(shown.folder.stat().st_mode) == 0o700


def test_the_daily_list_shows_no_handle_author_nhs_number_or_telephone(
    shown: Shown, private: Private
) -> None:
    (file,) = shown.folder.glob("reports/daily-*.html")
    text = html.unescape(re.sub(r"<style>.*?</style>", "", file.read_text("utf-8"), flags=re.S))
    given = json.dumps(
        [load(path.stem, WEEK) for path in sorted(WEEK.glob("*.json"))], ensure_ascii=False
    )
    numbers = re.findall(r"\b999[ -]?\d{3}[ -]?\d{4}\b", given)
    phones = re.findall(
        r"\b(?:07700[ ]?900[ ]?\d{3}|020[ ]?7946[ ]?0\d{3}|01632[ ]?960[ ]?\d{3})\b", given
    )
    assert numbers
    assert phones
    for number in (*numbers, *phones):
        assert number not in text
        assert re.sub(r"\D", "", number) not in text
    ours = {account.handle.lower() for account in schema.load(shown.config).organisation.accounts}
    own = ours | {"nhs", "london", "ealing", "comms", "someone"}  # these are plain words
    assert [who for who in private.people_in(text) if who.lower() not in own] == []


def test_files_that_a_config_names_are_found_from_the_demos_folder_too(
    calm: World, tmp_path: Path
) -> None:
    ours, folder = tmp_path / "ours", tmp_path / "demo"
    ours.mkdir()
    folder.mkdir()
    Image.new("RGB", (80, 40)).save(ours / "our-logo.png")
    table = tomllib.loads(SHIPPED.read_text("utf-8"))
    del table["logos"]  # which may be left out
    table["branding"] |= {"logo": "our-logo.png", "alt": "the organisation's name"}
    table["classifier"] |= {"model": "classify/model", "policy": "ours.toml"}
    (ours / "config.toml").write_text(tomli_w.dumps(table), "utf-8")
    config = schema.load(demo.settings(ours / "config.toml", folder, calm))
    logo = branding.logo(config.branding, folder)
    assert logo is not None
    assert (logo.width, logo.height) == (80, 40)
    assert config.classifier.policy == str(ours / "ours.toml")
    assert config.classifier.model == ""  # where it lay before means the one that ships
    assert [image.file for image in config.logos.image] == ["logo.png"]


def test_what_is_searched_for_in_the_demo_is_what_the_page_sets_up(
    calm: World, tmp_path: Path
) -> None:
    config = schema.load(demo.settings(SHIPPED, tmp_path, calm))
    assert not [name for name, table in config.collectors.items() if table.get("terms")]
    terms = schema.today(config.organisation, date(2026, 11, 28)).terms
    assert {"Northwick Park", "Brent", "NWL ICB"} <= set(terms)


def test_a_case_is_passed_on_to_invented_teams_by_email_and_by_phone(
    calm: World, tmp_path: Path
) -> None:
    ours, folder = tmp_path / "ours.toml", tmp_path / "demo"
    folder.mkdir()
    table = tomllib.loads(SHIPPED.read_text("utf-8"))
    table["review"]["roles"] += [
        {"key": "estates", "name": "Estates", "when": "", "email": ["estates@trust.test"]}
    ]
    table["review"]["roles"][0] |= {"email": ["pals@trust.test"], "reach": "020 7123 4567"}
    table["review"]["chase"]["chain"] = ["director@trust.test"]
    ours.write_text(tomli_w.dumps(table), "utf-8")
    review = schema.load(demo.settings(ours, folder, calm)).review
    assert [role.key for role in review.roles if not role.email] == ["police"]
    written_to = [*review.chase.chain, *review.chase.lead, *(to for role in review.roles for to in role.email)]  # fmt: skip
    assert {address.partition("@")[2] for address in written_to} == {"example.org"}
    assert len(written_to) == len(set(written_to))
    numbers = [role.reach for role in review.roles] + [review.crisis_contact, review.comms_phone]
    assert [number for number in numbers if not re.search(r"020 7946 0\d{3}|^101;", number)] == []


def test_an_organisation_that_was_added_to_the_demo_is_not_deleted_by_the_next(
    tmp_path: Path,
) -> None:
    _fresh(tmp_path)
    for slug in ("nw-london", "brent"):
        (tmp_path / "organisations" / slug).mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"holds organisations that no demo made \(brent\)"):
        _fresh(tmp_path)
    (tmp_path / "organisations/brent").rmdir()
    _fresh(tmp_path)
    assert not (tmp_path / "organisations").exists(), "what a demo made is made anew"


def test_a_folder_that_holds_something_else_is_left_alone(
    tmp_path: Path, mentions: Command
) -> None:
    (tmp_path / "letters").write_text("keep")
    result = mentions("demo", "--config", SHIPPED, "--folder", tmp_path)
    assert result.exit_code == 1
    assert "--folder" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]
    with pytest.raises(ConfigError):
        _fresh(tmp_path)
