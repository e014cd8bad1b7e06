"""The case of NHS Greater Glasgow and Clyde (2023): a patient's widow, members of parliament, and staff were searched for by name.

All names here are invented.
"""

from __future__ import annotations

import copy
import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from classify.people import names_in_words, staff_roles
from core.errors import ConfigError
from settings import named_people, schema
from settings.faults import place_in_words
from settings.schema import Config
from tests.cycles import SHIPPED

WIDOW, MEMBER, OFFICER = "Marguerite Ashdown", "Fiona Macalister", "jo_icb_comms"
ON = date(2026, 11, 30)
AGREED: dict[str, Any] = {
    "name": MEMBER, "office": "parliament", "purpose": "Answers to what she asks of us in public",
    "lead": "R. Example, head of communications", "governance": "S. Example, information governance", "until": date(2027, 3, 31),
}  # fmt: skip


def loaded(folder: Path, *people: dict[str, Any], **changes: Any) -> Config:
    """The file that ships with other keys: "organisation.topics" as `organisation__topics`."""
    table: dict[str, Any] = copy.deepcopy(tomllib.loads(SHIPPED.read_text("utf-8")))
    table["governance"]["people"] = list(people)
    for key, value in changes.items():
        *tables, last = key.split("__")
        inner = table
        for step in tables:
            inner = inner.setdefault(step, {})
        inner[last] = value
    path = folder / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return schema.load(path)


def feed(url: str, **more: Any) -> dict[str, Any]:
    return {"on": True, "feed": [{"url": url, **more}]}


WAYS: list[tuple[str, dict[str, Any]]] = [
    ("organisation.topics.0", {"organisation__topics": [WIDOW]}),
    ("organisation.topics.0", {"organisation__topics": [OFFICER]}),
    ("organisation.topics.0", {"organisation__topics": ["ward 7 sister Northwick Park"]}),
    ("rules.0.rule", {"rules": [{"name": "one", "rule": 'sister AND "ward 7" AND "Northwick Park"'}]}),
    ("collectors.instagram.hashtags.0", {"collectors__instagram__hashtags": ["Ward7Sister"]}),
    ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://news.google.com/rss/search?q=%22head+of+radiology%22+Northwick+Park")}),
    ("organisation.records.0.terms", {"organisation__records": [{"preset": "hansard", "terms": ["lead nurse urgent care Hillingdon"]}]}),
    ("organisation.names.0.name", {"organisation__names": [{"name": MEMBER}]}),
    ("rules.0.rule", {"rules": [{"name": "infections", "rule": f'"{WIDOW}" OR infection*'}]}),
    ("rules.0.rule", {"rules": [{"name": "one", "rule": "Kev NEAR/5 commissioning"}]}),
    ("rules.0.rule", {"rules": [{"name": "one", "rule": "ward AND @somebody_private"}]}),
    ("rules.0.name", {"rules": [{"name": "Marguerite", "rule": "ward"}]}),
    ("organisation.campaigns.0.rule", {"organisation__campaigns": [{"name": "one", "rule": MEMBER}]}),
    ("organisation.accounts.0.handle", {"organisation__accounts": [{"platform": "x", "handle": "commissioning_kev", "owner": "body"}]}),
    ("organisation.providers.0.aliases", {"organisation__providers": [{"name": "A ward", "aliases": [WIDOW]}]}),
    ("collectors.x.terms.1", {"collectors__x__terms": ["NHS North West London", WIDOW]}),
    ("collectors.x.queries.0", {"collectors__x__queries": [f'"{WIDOW}" lang:en']}),
    ("collectors.x.queries.0", {"collectors__x__queries": ["(Kev OR Jaz) icb"]}),
    ("collectors.care_opinion.tags.0", {"collectors__care_opinion__tags": [WIDOW]}),
    ("collectors.instagram.hashtags.0", {"collectors__instagram__hashtags": ["JusticeForMarguerite"]}),
    ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://news.google.com/rss/search?q=%22Marguerite+Ashdown%22")}),
    ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://thewardround.substack.com/feed", keep="all")}),
    ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://marguerite-ashdown.co.uk/feed")}),
    ("collectors.feeds.wordpress.0.url", {"collectors__feeds": {"on": True, "wordpress": [{"url": "https://mashdown.wordpress.com"}]}}),
    ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://www.whatdotheyknow.com/feed/search/%22Marguerite%20Ashdown%22")}),
    ("collectors.feeds.record.0.terms", {"collectors__feeds": {"on": True, "record": [{"preset": "hansard", "terms": ["maternity", WIDOW]}]}}),
    ("organisation.records.0.terms", {"organisation__records": [{"preset": "hansard", "terms": ["maternity", WIDOW]}]}),
    ("organisation.records.0.terms", {"organisation__records": [{"preset": "whatdotheyknow", "terms": [OFFICER]}]}),
    ("organisation.records.0.of", {"organisation__records": [{"preset": "council_papers", "of": "marguerite-ashdown.co.uk"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("place", "how"), WAYS)
def test_no_way_of_the_file_watches_somebody_by_name(
    tmp_path: Path, place: str, how: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, **how)
    keys = tuple(int(step) if step.isdecimal() else step for step in place.split("."))
    assert re.search(
        rf"config\.toml line \d+: {re.escape(place_in_words(keys))}: this ", str(refused.value)
    )
    for name in (WIDOW, MEMBER, OFFICER, "Kev"):  # it reaches logs
        assert name not in str(refused.value)


def test_the_file_that_ships_names_nobody(tmp_path: Path) -> None:
    assert named_people.faults(loaded(tmp_path), ()) == {}


def test_who_holds_an_office_is_searched_for_once_two_people_agreed(tmp_path: Path) -> None:
    config = loaded(tmp_path, AGREED, organisation__topics=[MEMBER])
    assert named_people.without_ended(config, named_people.agreed(config, ON)) == (config, [])
    with pytest.raises(ConfigError):  # of her, and of nobody beside her
        loaded(tmp_path, AGREED, organisation__topics=[MEMBER, WIDOW])


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("organisation.topics.0", {"organisation__topics": ["Mark Long clinic"]}),
        ("rules.0.rule", {"rules": [{"name": "one", "rule": "mark NEAR/3 long AND clinic"}]}),
        ("collectors.instagram.hashtags.0", {"collectors__instagram__hashtags": ["MarkLongClinic"]}),
        ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://news.google.com/rss/search?q=%22Mark+Long%22+clinic")}),
    ],
)  # fmt: skip
def test_a_name_of_two_everyday_words_waits_for_two_people_wherever_it_is_searched_for(
    tmp_path: Path, place: str, change: dict[str, Any]
) -> None:
    before, after = loaded(tmp_path), loaded(tmp_path, **change)
    assert list(named_people.unknown(before, after, ())) == [place]
    agreed = ["Mark Long", "mark long"]
    assert named_people.unknown(before, after, agreed) == {}


@pytest.mark.parametrize(
    "name", ["Mark Rainbow", "Joy Winter", "Dawn Winter", "Mark Chair", "Kay Lamb", "Heather Cloud"]
)
@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("organisation.topics.0", {"organisation__topics": ["{}"]}),
        ("organisation.places.0.aliases", {"organisation__places": [{"name": "Brent", "aliases": ["{}"]}]}),
        ("organisation.campaigns.0.name", {"organisation__campaigns": [{"name": "{}", "rule": "flu jab"}]}),
        ("organisation.campaigns.0.rule", {"organisation__campaigns": [{"name": "Flu", "rule": "{AND}"}]}),
        ("rules.0.rule", {"rules": [{"name": "one", "rule": "{NEAR/1}"}]}),
        ("rules.0.rule", {"rules": [{"name": "one", "rule": '"{}" AND clinic'}]}),
    ],
)  # fmt: skip
def test_a_given_name_before_any_everyday_word_waits_for_two_people_in_every_list(
    tmp_path: Path, place: str, change: dict[str, Any], name: str
) -> None:
    first, second = name.split()

    def written(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("{}", name).replace("{AND}", f"{first} AND {second}").replace("{NEAR/1}", f"{first} NEAR/1 {second}")  # fmt: skip
        if isinstance(value, dict):
            return {key: written(each) for key, each in value.items()}
        return [written(each) for each in value]

    before, after = loaded(tmp_path), loaded(tmp_path, **written(change))
    assert name in named_people.unknown(before, after, ())[place]


@pytest.mark.parametrize("words", ["joy winter", "Hope Winter", "hope winter", "dawn winter", "mark rainbow", "night sister", "phlebotomist*"])  # fmt: skip
@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("organisation.topics.0", lambda words: {"organisation__topics": [words]}),
        ("organisation.places.0.aliases", lambda words: {"organisation__places": [{"name": "Brent", "aliases": [words]}]}),
        ("organisation.campaigns.0.rule", lambda words: {"organisation__campaigns": [{"name": "Flu", "rule": words.replace(" ", " AND ")}]}),
        ("rules.0.rule", lambda words: {"rules": [{"name": "one", "rule": words if "*" in words else f'"{words}"'}]}),
    ],
)  # fmt: skip
def test_a_name_of_everyday_words_in_small_letters_and_a_role_wait_for_two_people(
    tmp_path: Path, place: str, change: Any, words: str
) -> None:
    """Unless the settings have it already."""
    before, after = loaded(tmp_path), loaded(tmp_path, **change(words))
    assert place in named_people.unknown(before, after, ())
    assert named_people.unknown(before, after, (words,)) == {}
    assert named_people.unknown(after, after, ()) == {}


def test_nothing_of_the_file_that_ships_waits_for_a_role_or_a_name_of_everyday_words() -> None:
    shipped = schema.load(SHIPPED)
    written = [text for _, text, sort in named_people.searched(shipped) if sort in ("term", "title", "rule", "query")]  # fmt: skip
    assert len(written) > 100
    assert [
        text for text in written if names_in_words.names(text) or staff_roles.sought(text)
    ] == []


def test_after_the_last_day_the_name_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    config = loaded(
        tmp_path, AGREED, organisation__topics=["NHS North West", MEMBER], collectors__x__queries=[f'"{MEMBER}"', "icb"],
        rules=[{"name": "one", "rule": f'"{MEMBER}"'}, {"name": "two", "rule": "ward"}],
        collectors__feeds=feed("https://news.google.com/rss/search?q=Fiona+Macalister"),
    )  # fmt: skip
    later, lines = named_people.without_ended(config, named_people.agreed(config, date(2027, 4, 1)))
    assert later.organisation.topics == ("NHS North West",)
    assert later.collectors["x"]["queries"] == ["icb"]
    assert [rule.name for rule in later.rules] == ["two"]
    assert not later.collectors["feeds"]["on"]
    assert len(lines) == 4
    assert all("nobody agrees to that any more" in line and MEMBER not in line for line in lines)


def test_a_record_that_is_searched_for_a_name_goes_when_its_time_is_over(tmp_path: Path) -> None:
    rows = [{"preset": "hansard", "terms": [MEMBER]}, {"preset": "petitions"}]
    config = loaded(
        tmp_path, AGREED, organisation__records=rows, collectors__feeds={"on": True, "record": list(rows)}
    )  # fmt: skip
    assert named_people.without_ended(config, named_people.agreed(config, ON)) == (config, [])
    later, lines = named_people.without_ended(config, named_people.agreed(config, date(2027, 4, 1)))
    assert [record.preset for record in later.organisation.records] == ["petitions"]
    assert later.collectors["feeds"]["record"] == rows[1:]
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"governance": "r. example,  HEAD of communications"}, "two different people"), ({"office": "staff"}, "office"),
        ({"office": "patient"}, "office"), ({"purpose": "watch"}, "purpose"), ({"purpose": "to follow" + " " * 12}, "purpose"),
        ({"until": "never"}, "until"), ({"name": "ward 7 sister Northwick Park"}, "one person of staff"),
    ],
)  # fmt: skip
def test_an_agreement_has_a_purpose_two_people_an_office_and_an_end(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        loaded(tmp_path, AGREED | change)


def test_an_agreement_for_longer_than_a_year_is_none(tmp_path: Path) -> None:
    config = loaded(tmp_path, AGREED | {"until": date(2040, 1, 1)})
    assert named_people.agreed(config, ON) == frozenset()


def test_a_secret_address_is_looked_at_once_it_is_known() -> None:
    urls = {
        "feed 1 url": "https://www.google.co.uk/alerts/feeds/1/2",
        "feed 2 url": "https://news.google.com/rss/search?q=Marguerite+Ashdown",
    }
    assert named_people.in_addresses(urls, ()) == "feed 2 url"


SPEECH: list[tuple[str, dict[str, Any]]] = [
    ("organisation.topics.0", {"organisation__topics": ["ICB grievance"]}),
    ("rules.0.rule", {"rules": [{"name": "porters", "rule": '"Northwick Park" AND porter AND ballot'}]}),
    ("rules.0.rule", {"rules": [{"name": "talk", "rule": '(union OR "my manager") AND ICB'}]}),
    ("rules.0.rule", {"rules": [{"name": "talk", "rule": "blow* NEAR/3 whistle*"}]}),
    ("organisation.campaigns.0.rule", {"organisation__campaigns": [{"name": "one", "rule": "strike* AND ward"}]}),
    ("collectors.x.queries.0", {"collectors__x__queries": ["(ballot OR strike) icb"]}),
    ("collectors.instagram.hashtags.0", {"collectors__instagram__hashtags": ["nhsstrike"]}),
    ("collectors.feeds.feed.0.url", {"collectors__feeds": feed("https://news.google.com/rss/search?q=icb+whistleblower")}),
]  # fmt: skip


@pytest.mark.parametrize(("place", "how"), SPEECH)
def test_no_way_of_the_file_looks_for_what_staff_say_of_unions_or_wrongs(
    tmp_path: Path, place: str, how: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match="what staff say") as refused:
        loaded(tmp_path, **how)
    keys = tuple(int(step) if step.isdecimal() else step for step in place.split("."))
    assert re.search(rf"line \d+: {re.escape(place_in_words(keys))}: ", str(refused.value))


def test_what_a_rule_shuts_out_is_not_looked_for(tmp_path: Path) -> None:
    rule = {"name": "queues", "rule": '"urgent care" NOT (strike* OR ballot)'}
    config = loaded(tmp_path, rules=[rule], collectors__x__queries=["icb appointments -strike"])
    assert named_people.faults(config, ()) == {}


def test_two_people_agree_to_such_a_rule_word_for_word_and_to_no_other(tmp_path: Path) -> None:
    rule = {"name": "talk", "rule": "strike* AND appointment*"}
    agreed = AGREED | {"office": "speech", "name": "strike* AND  appointment*"}
    loaded(tmp_path, agreed, rules=[rule])
    with pytest.raises(ConfigError, match="what staff say"):
        loaded(tmp_path, agreed, rules=[rule | {"rule": "strike* AND porter"}])
    with pytest.raises(ConfigError, match="what staff say"):
        loaded(tmp_path, agreed | {"name": "strike"}, rules=[rule])


# What a comms team saves as terms, and what names somebody, of people who are invented
SAVED = """
#NWLflu; #NWLFlu; #NWLondon; #NWLICB; #ICBcuts; #SaveCMH; #FluJabNWL; #GPaccess; #NHSNWL; #WinterWellNWL;
#CovidBooster; #MMRcatchup; #HPVvaccine; #RSVjab; #StrepA; #MeaslesHarrow; #BrentHealth; #HillingdonHospital;
#A&Ewaits; #UTCclosure; #111first; #PharmacyFirst; #BookYourJab; #EalingGPs; #HealthierNWL; #nwlflu; #nwlicb;
#SaveOurNHS; #CMHclosure; #SmearTest; #WestLondonMH; #LNWHtrust; #ImperialNHS; #StopTheCuts; #KnowYourNumbers;
#NWLmaternity; #HarrowCouncil; #flujab; #wintervaccines; #NWLwinter; Central Middlesex closure;
Northwick Park maternity; flu jab booking; GP appointments Brent; MMR catch-up Harrow; urgent treatment centre;
ICB merger; NWL ICB board; pharmacy closures Ealing; Hillingdon Hospital rebuild; maternity review; A&E waits;
NHS 111; corridor care; dentist shortage Hounslow; asthma inhalers; strep A; RSV vaccine; autism assessment waits;
CAMHS waiting list; Ozempic shortage; Wegovy; phlebotomy booking; Westway walk-in; Parkview surgery;
ADHD medication; whooping cough; hospital parking charges; North Kensington; LNWH; Imperial College Healthcare
"""
NAMING = """
#JaneDoe; #DrPatel; #PriyaPatel; #SackDrKhan; #JusticeForAmina; #NurseJane; #louiseashdown; #FarahIqbal;
#NWLpatel; #NWLjane; #ICBSarah; #OusmaneDiallo; #CMHNurseKelly; #NWLOkonkwo; #drsmith; #Lhart; #TeamGwen;
#MohammedKhan; Jane Doe; Dr Patel Harrow; Rowan Ashdown; Nurse Kelly Northwick; okonkwo Northwick Park;
Gwen Price; Piotr Kowalczyk; Lena Hart NWL; Amina Yusuf; Mrs Baker; kev baker; #Okonkwo; #HartNWL; #NWLHart;
#ICBokonkwo; #nwlokonkwo; #DRlong; #AJbaker; #RAYhall; #MRSbaker; #NWLdiallo; #AMYlong; #ICBjane
"""


@cache
def _shipped() -> Config:
    return schema.load(SHIPPED)


def _doubted(term: str) -> bool:
    config = _shipped()
    after = config.model_copy(
        update={"organisation": config.organisation.model_copy(update={"topics": (*config.organisation.topics, term)})}
    )  # fmt: skip
    doubts = {
        *named_people.faults(after, ()),
        *named_people.unknown(config, after, (), file=config),
    }
    return any(place.startswith("organisation.topics") for place in doubts)


def test_what_a_comms_team_searches_for_is_not_asked_about() -> None:
    terms = [term.strip() for term in SAVED.replace("\n", " ").split(";")]
    assert (len(terms), sum(term[0] == "#" for term in terms)) == (71, 40)
    assert [term for term in terms if _doubted(term)] == []


def test_what_names_somebody_is_asked_about_behind_an_acronym_too() -> None:
    terms = [term.strip() for term in NAMING.replace("\n", " ").split(";")]
    assert len(terms) > 30
    assert [term for term in terms if not _doubted(term)] == []


def test_an_acronym_that_only_the_page_saved_makes_no_word_known() -> None:
    config = _shipped()
    organisation = config.organisation.model_copy(update={"topics": ("Zeta Yotta Xylo",)})
    page = config.model_copy(update={"organisation": organisation})
    after = config.model_copy(update={"organisation": organisation.model_copy(update={"topics": (*organisation.topics, "#ZYXflu")})})  # fmt: skip
    assert named_people.unknown(page, after, (), file=config)
