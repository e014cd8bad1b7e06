"""What the page is handed: forms from the types of settings/schema.py, checks in plain words, differences, trials."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from classify.policy.schema import load
from core import clock
from core.models import Author
from core.worker import run_in_subprocess
from demo.world import World
from review.setup import addresses
from review.setup.changes import Setup
from review.setup.fields import Field
from settings import overrides, schema, sections
from settings.sections import SECTIONS, Content
from steps import search_checks
from steps.context import RunContext
from tests.cycles import at_home
from tests.cycles import settled as in_world
from tests.decisions import settled
from tests.review.factories import here
from tests.store.factories import AT, add, mention


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunContext]:
    with at_home(settled(tmp_path)) as (opened, _):
        yield opened


@pytest.fixture
def setup(house: RunContext) -> Setup:
    return Setup(schema.load(house.folder / "config.toml"), house.folder, load(), here)


def changed(setup: Setup, key: str, **changes: Any) -> dict[str, Any]:
    """What the file has of a section, with some keys changed."""
    held: dict[str, Any] = copy.deepcopy(dict(setup.filed(key)))
    return held | {name.replace("__", "."): value for name, value in changes.items()}


def fields(setup: Setup) -> Iterator[tuple[str, Field]]:
    for groups in setup.groups.values():
        for group in groups:
            for field in group.fields:
                yield f"{group.key}.{field.name}".rstrip("."), field


def test_every_field_has_words_of_its_own_and_every_word_a_field(setup: Setup) -> None:
    known = {name for name, _ in fields(setup)}
    listed = [group for groups in setup.groups.values() for group in groups]
    assert known - set(sections.WORDS) == set()
    assert set(sections.WORDS) - known - {group.key for group in listed} == set()
    assert all(group.words.noun for group in listed if group.rows)


def test_inputs_follow_from_the_types(setup: Setup) -> None:
    kinds = {name: one.kind for name, one in fields(setup)}
    assert kinds["organisation.names.search"] == "tick"
    assert kinds["organisation.names.from"] == "date"
    assert kinds["organisation.accounts.platform"] == "select"
    assert kinds["organisation.contacts.phones"] == "lines"
    assert kinds["review.lanes.now_hours"] == "number"
    assert kinds["schedule.daily_at"] == "time"
    assert kinds["rules.rule"] == "area"
    assert kinds["review.templates.flags"] == "ticks"
    named = dict(fields(setup))
    assert [one for one, _ in named["review.templates.flags"].choices][:1] != []
    assert named["organisation.names.search"].default is True


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.key)
def test_what_the_file_has_can_be_kept_and_asks_nothing(
    setup: Setup, house: RunContext, section: sections.Section
) -> None:
    filed = setup.filed(section.key)
    checked = setup.checked(house.store, section.key, filed, AT)
    assert (dict(checked.faults), list(checked.asks)) == ({}, [])
    assert checked.content == filed
    assert setup.difference(section.key, filed, filed) == []


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("names", {"organisation__names": [{"name": "A"}]}, "organisation.names.0.name", "at least 2 characters"),
    ("names", {"organisation__names": []}, "organisation.names", "At least one is needed"),
    ("names", {"organisation__names": [{"name": "Kingfisher", "from": "24/11/2026"}]}, "organisation.names.0.from", "a day such as"),
    ("names", {"organisation__names": [{"name": "Kingfisher", "from": "2026-02-01", "until": "2026-01-01"}]}, "organisation.names.0", "until is before from"),
    ("names", {"organisation__topics": ["@somebody"]}, "organisation.topics", "Only an account of the register"),
    ("rules", {"rules": [{"name": "a", "rule": "(x"}]}, "rules.0.rule", "character 1: a bracket"),
    ("rules", {"rules": [{"name": "<b>", "rule": "x"}]}, "rules.0.name", "Use letters"),
    ("rules", {"rules": [{"name": "a", "rule": "x"}, {"name": "a", "rule": "y"}]}, "", "two have the same name"),
    ("records", {"organisation.records": [{"preset": "council_papers"}]}, "organisation.records.0", "the host of the council"),
    ("records", {"organisation.records": [{"preset": "hansard", "of": "x"}]}, "organisation.records.0", "nothing is to be filled in"),
    ("records", {"organisation.records": [{"preset": "hansard", "terms": ["Jane Smith"]}]}, "organisation.records.0.terms", "person’s name"),
    ("records", {"organisation.records": [{"preset": "board_papers", "of": "https://janesmith.substack.com/archive/"}]}, "organisation.records.0.of", "one writer’s own"),
    ("records", {"organisation.records": [{"preset": "board_papers", "of": "https://reader:secret@example.org/papers/"}]}, "organisation.records.0.of", "env:NAME"),
    ("records", {"organisation.records": [{"preset": "board_papers", "of": "https://127.0.0.1:8000/x"}]}, "organisation.records.0.of", "anybody can open"),
    ("records", {"organisation.records": [{"preset": "board_papers", "of": "https://[fe80::1]/x"}]}, "organisation.records.0.of", "anybody can open"),
    ("records", {"organisation.records": [{"preset": "council_papers", "of": "169.254.169.254.nip.io"}]}, "organisation.records.0.of", "anybody can open"),
    ("records", {"organisation.records": [{"preset": "council_papers", "of": "papers.10-0-0-7.example.org"}]}, "organisation.records.0.of", "anybody can open"),
    ("related", {"review.related": [{"name": "A policy", "link": "https://reader:secret@example.org/policy"}]}, "review.related.0.link", "env:NAME"),
    ("recipients", {"alerts.to": ["a@example.org", "nobody"]}, "alerts.to", "whole addresses"),
    ("times", {"schedule__daily_at": "8 o'clock"}, "schedule.daily_at", "a time of day"),
    ("accounts", {"organisation__accounts": [{"platform": "", "handle": "x", "owner": "body"}]}, "organisation.accounts.0.platform", "Choose one"),
    ("accounts", {"organisation__accounts": [{"handle": "x", "owner": "body"}]}, "organisation.accounts.0.platform", "Fill this in"),
    ("clocks", {"review__lanes__now_hours": 0}, "review.lanes.now_hours", "1 or more"),
    ("clocks", {"review__lanes__now_hours": 9999}, "review.lanes.now_hours", "12 or less"),
    ("clocks", {"review__lanes__now_hours": "soon"}, "review.lanes.now_hours", "a whole number"),
    ("samples", {"review__sample_second": None}, "review.sample_second", "a whole number"),
    ("pre_election", {"review__pre_election": [{"from": "2026-02-01", "until": "2026-01-01", "reason": "a poll"}]}, "review.pre_election.0", "until is before from"),
    ("escalation", {"review__roles": [{"key": "A B", "name": "x", "when": ""}]}, "review.roles.0.key", "small letters"),
    ("escalation", {"review__roles": [{"key": "a", "name": "x", "when": ""}, {"key": "a", "name": "y", "when": ""}]}, "", "two have the same key"),
    ("templates", {"review__templates": [{"key": "a", "name": "ab", "text": "{colour}"}]}, "review.templates.0.text", "left open"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "told", "place", "says"), WRONG)
def test_what_is_wrong_is_said_beside_its_field_in_plain_words(
    setup: Setup, house: RunContext, key: str, told: dict[str, Any], place: str, says: str
) -> None:
    checked = setup.checked(house.store, key, changed(setup, key, **told), AT)
    assert place in checked.faults, checked.faults
    assert says.casefold() in checked.faults[place].casefold()
    assert "Input should" not in "".join(checked.faults.values())


def test_all_faults_are_told_at_once(setup: Setup, house: RunContext) -> None:
    told = {"rules": [{"name": "<b>", "rule": "(x"}, {"name": "", "rule": ""}]}
    assert set(setup.checked(house.store, "rules", told, AT).faults) == {
        "rules.0.name", "rules.0.rule", "rules.1.name", "rules.1.rule",
    }  # fmt: skip


def test_a_key_that_is_no_part_of_a_section_is_refused(setup: Setup, house: RunContext) -> None:
    told = {"store.path": "/elsewhere"}
    assert "not a setting" in setup.checked(house.store, "names", told, AT).faults[""]


def test_an_account_that_nothing_says_to_be_a_bodys_waits_for_two_whoever_wrote_by_it(
    setup: Setup, house: RunContext
) -> None:
    add(house.store, mention(1, author=Author(handle="contracts_colm")))
    accounts = setup.filed("accounts")["organisation.accounts"]
    said = set()
    for handle in ("contracts_colm", "nobody_here"):
        after = {"organisation.accounts": [*accounts, {"platform": "x", "handle": handle, "owner": "body"}]}  # fmt: skip
        checked = setup.checked(house.store, "accounts", after, AT)
        place = f"organisation.accounts.{len(accounts)}.handle"
        assert checked.names
        said.add(checked.faults[place].replace(handle, ""))
    assert len(said) == 1
    people, on = house.store.searched_people, clock.local_day(AT)
    lead, other = (house.store.users.add("local", name, name, ("lead", "governance"), at=AT).number for name in ("lena", "gwen"))  # fmt: skip
    number = people.ask("contracts_colm", office="account", purpose="The news desk", until=on + timedelta(days=9), by=lead, side="lead", at=AT)  # fmt: skip
    people.agree(number, by=other, side="governance", at=AT)
    after = {"organisation.accounts": [*accounts, {"platform": "x", "handle": "contracts_colm", "owner": "body"}]}  # fmt: skip
    assert not setup.checked(house.store, "accounts", after, AT, whole=False).faults


def test_an_account_that_is_searched_for_is_not_taken_out_of_the_register(
    setup: Setup, house: RunContext
) -> None:
    topics = changed(setup, "names", organisation__topics=["@HealthierNWL"])
    house.store.settings.save("names", topics, 0, at=AT, who="Bea Whitlock")
    checked = setup.checked(house.store, "accounts", {"organisation.accounts": []}, AT)
    assert "only an account of the register" in checked.faults[""]


def test_an_account_that_a_source_needs_is_not_taken_out(calm: World, tmp_path: Path) -> None:
    path = in_world(tmp_path, calm, only=("facebook", "files"))
    setup = Setup(schema.load(path), tmp_path, load(), here)
    with at_home(path) as (house, _):
        checked = setup.checked(house.store, "accounts", {"organisation.accounts": []}, clock.now())
        assert "facebook" in checked.faults[""]
        assert not setup.checked(
            house.store, "accounts", {"organisation.accounts": []}, clock.now(), whole=False
        ).faults


def test_it_can_be_asked_of_another_process(tmp_path: Path) -> None:
    assert run_in_subprocess(str.upper, "nurse") == "NURSE"


def test_what_is_in_force_says_whose_it_is(setup: Setup, house: RunContext) -> None:
    assert setup.standing(house.store)["clocks"].from_page is False
    house.store.settings.save("clocks", {"review.lanes.now_hours": 2}, 0, at=AT, who="Bea Whitlock")
    house.store.settings.save("names", {"organisation.names": []}, 0, at=AT, who="Bea Whitlock")
    standing = setup.standing(house.store)
    assert (standing["clocks"].from_page, standing["clocks"].by_name) == (True, "Bea Whitlock")
    assert standing["clocks"].content["review.lanes.now_hours"] == 2
    assert (standing["names"].from_page, bool(standing["names"].fault)) == (False, True)
    assert standing["names"].content == setup.filed("names")


def words(setup: Setup, key: str, before: Content, after: Content) -> list[str]:
    return list(setup.difference(key, before, after))


def test_differences_are_sentences(setup: Setup) -> None:
    before = changed(setup, "names")
    after = copy.deepcopy(before)
    after["organisation.topics"] = ["NW London NHS", "Kingfisher"]
    gone = after["organisation.names"].pop()
    after["organisation.names"][0]["until"] = "2028-01-31"
    after["organisation.names"].append({"name": "Kingfisher Trust", "search": False})
    assert words(setup, "names", before, after) == [
        "Added: Kingfisher Trust (search for it: no)",
        f"Removed: {gone['name']} (search for it: no; from: 1 January 2026)",
        "NHS North West London, until: 31 January 2028 instead of 31 March 2027",
        "Further search terms: added Kingfisher; removed North West London NHS",
    ]


@pytest.mark.parametrize(
    ("key", "changes", "says"),
    [
        ("clocks", {"review__lanes__now_hours": 2}, "Now: danger, threats and leaks wait for a decision: 2 instead of 1"),
        ("times", {"schedule__weekly_on": "fri"}, "The weekly summary, on: Friday instead of Monday"),
        ("recipients", {"alerts.on": True}, "Send an email at once when a case becomes high: yes instead of no"),
        ("escalation", {"review__crisis_contact": "the manager on call"}, "Who is rung out of hours when someone is in danger: the manager on call instead of nothing"),
    ],
)  # fmt: skip
def test_single_values_say_what_they_were(
    setup: Setup, key: str, changes: dict[str, Any], says: str
) -> None:
    assert words(setup, key, setup.filed(key), changed(setup, key, **changes)) == [says]


def test_another_order_and_two_of_one_name_are_told(setup: Setup) -> None:
    one, two = {"name": "a", "rule": "x"}, {"name": "b", "rule": "y"}
    assert words(setup, "rules", {"rules": [one, two]}, {"rules": [two, one]}) == [
        "Rules: in another order"
    ]
    assert words(setup, "rules", {"rules": [one]}, {"rules": [one, one]}) == [
        "Added: a (2) (rule: x)"
    ]


def test_an_account_is_called_by_its_handle_and_platform(setup: Setup) -> None:
    account = {"platform": "bluesky", "handle": "icb.example.org", "owner": "organisation"}
    (said,) = words(
        setup, "accounts", {"organisation.accounts": []}, {"organisation.accounts": [account]}
    )
    assert said == "Added: icb.example.org on Bluesky (whose: Our own)"


def test_what_is_kept_is_whole_and_lays_over_the_file_as_it_was_sent(
    setup: Setup, house: RunContext
) -> None:
    told = changed(setup, "rules", rules=[{"name": "waits", "rule": "wait*"}])
    checked = setup.checked(house.store, "rules", told, AT)
    assert checked.content is not None
    house.store.settings.save("rules", checked.content, 0, at=AT, who="Bea Whitlock")
    laid = overrides.apply_overrides(
        schema.load(house.folder / "config.toml"), house.store.settings.current()
    )
    assert [(one.name, one.rule) for one in laid.config.rules] == [("waits", "wait*")]


def test_a_persons_name_and_an_nhs_number_are_faults_of_their_field(setup: Setup, house: RunContext) -> None:  # fmt: skip
    topics = setup.filed("names")["organisation.topics"]
    for term, says in (("Dr Jane Smith", "a person’s name"), ("4857773456", "an NHS number")):
        content = changed(setup, "names", organisation__topics=[*topics, term])
        assert says in setup.checked(house.store, "names", content, AT).faults["organisation.topics"]  # fmt: skip


def test_a_change_of_a_section_of_which_no_source_is_made_asks_no_other_process(setup: Setup, house: RunContext) -> None:  # fmt: skip
    asked: list[str] = []

    def counted(function: Callable[..., object], *args: object) -> object:
        asked.append(function.__name__)
        return function(*args)

    made = Setup(schema.load(house.folder / "config.toml"), house.folder, load(), counted)
    settings = house.store.settings
    settings.save("rules", {"rules": []}, 0, at=AT, who="a test")
    made.standing(house.store)
    assert asked == ["stopped_by"]
    settings.save("clocks", dict(made.filed("clocks")), 0, at=AT, who="a test")
    made.standing(house.store)
    made.checked(house.store, "clocks", made.filed("clocks"), AT)
    assert asked == ["stopped_by"]
    settings.save("rules", {"rules": []}, 1, at=AT, who="a test")
    made.standing(house.store)
    assert asked == ["stopped_by"] * 2


def forms(setup: Setup, term: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every form of the page that takes words by which something is searched for or known, with this one in it."""
    topics = setup.filed("names")["organisation.topics"]
    yield "names", changed(setup, "names", organisation__topics=[*topics, term])
    yield "names", changed(setup, "names", organisation__names=[*setup.filed("names")["organisation.names"], {"name": term, "search": True}])  # fmt: skip
    yield "rules", changed(setup, "rules", rules=[{"name": "Ours", "rule": f"Ealing AND {term}"}])
    yield "rules", changed(setup, "rules", rules=[{"name": term, "rule": "Ealing"}])
    yield "campaigns", changed(setup, "campaigns", organisation__campaigns=[{"name": "Ours", "rule": term}])  # fmt: skip
    yield "records", changed(setup, "records", organisation__records=[{"preset": "hansard", "terms": [term]}])  # fmt: skip
    yield "places", changed(setup, "places", organisation__places=[{"name": "Ealing", "aliases": [term]}])  # fmt: skip
    yield "providers", changed(setup, "providers", organisation__providers=[{"name": "A trust", "aliases": [term]}])  # fmt: skip
    yield "accounts", changed(setup, "accounts", organisation__accounts=[{"platform": "x", "handle": term, "owner": "body"}])  # fmt: skip


# Of each shape a pair: the first is here as somebody's handle or name, the second is nobody's.
@pytest.mark.parametrize(
    ("here_as", "term", "control"),
    [
        ("trolley_dodger", "trolley dodger", "teapot dodger"), ("trolley_dodger", "trolleydodgers", "teapotdodgers"),
        ("trolley_dodger", "trolley_dodger", "teapot_dodger"), ("quietly_raging", "quietly raging", "quietly smiling"),
        ("harrow_gran_5", "harrow gran", "harrow aunt"), ("quietkiln.bsky.social", "quiet kiln", "quiet pond"),
        ("@quietkiln@fedi.example.net", "quietkiln", "quietpond"), ("Wren Quill", "Wren Quill", "Wren Quill"), ("porter84", "porter84", "porter85"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_no_form_answers_whether_an_account_posts_here(
    setup: Setup, house: RunContext, monkeypatch: pytest.MonkeyPatch, here_as: str, term: str, control: str, whole: bool
) -> None:  # fmt: skip
    """Nothing is compared with who posts, so that neither the answer nor its time tells."""
    before = [setup.checked(house.store, key, form, AT, whole=whole) for key, form in forms(setup, term)]  # fmt: skip
    add(house.store, mention(900, author=Author(id="u900", handle=here_as, name=here_as)))

    def never(*_: object, **__: object) -> Any:
        raise AssertionError("a form asked the store who posts here")

    for asks in ("called_so", "by_author", "accounts_shown"):
        monkeypatch.setattr(house.store.search, asks, never)
    assert before == [setup.checked(house.store, key, form, AT, whole=whole) for key, form in forms(setup, term)]  # fmt: skip
    for (key, form), (_, other) in zip(forms(setup, term), forms(setup, control), strict=True):
        stored, unknown = (setup.checked(house.store, key, each, AT, whole=whole) for each in (form, other))  # fmt: skip
        assert (stored.faults.keys(), stored.names, len(stored.asks)) == (unknown.faults.keys(), unknown.names, len(unknown.asks)), key  # fmt: skip
        assert [why.replace(term, control) for why in stored.faults.values()] == list(unknown.faults.values()), key  # fmt: skip


def test_a_term_that_is_like_who_posts_is_saved_and_searched_for_by_nobody_before_two_people_agree(
    setup: Setup, house: RunContext
) -> None:
    add(house.store, mention(900, author=Author(id="u900", handle="trolley_dodger", name="")))
    file = setup._file
    for term, searched in (("trolley dodger", False), ("trolleydodger", False), ("teapot dodger", True)):  # fmt: skip
        form = changed(setup, "names", organisation__topics=[*setup.filed("names")["organisation.topics"], term])  # fmt: skip
        section = sections.find("names")
        assert section is not None
        config = overrides.with_content(file, section, form)
        run = replace(house, config=config, effective=overrides.EffectiveConfig(config=config, file=file))  # fmt: skip
        assert (term in run.sources._today.terms, term in run.today.terms) == (searched, True), term
        like = search_checks.like_who_posts(house.store, config, file)
        assert [word for words in like.values() for word in words] == [term] * (not searched)
        assert term in search_checks.without_who_posts(house.store, config, file, {term}).organisation.topics  # fmt: skip


def test_a_place_that_the_settings_have_is_no_name(setup: Setup, house: RunContext) -> None:
    before = setup.filed("names")
    topics = [*before["organisation.topics"], "Grace Ward"]
    changes = changed(setup, "names", organisation__topics=topics)
    assert "Grace Ward" in setup.checked(house.store, "names", changes, AT).faults["organisation.topics"]  # fmt: skip
    file = setup._file
    place = file.organisation.places[0].model_copy(update={"name": "Grace Ward"})
    places = (*file.organisation.places, place)
    known = file.model_copy(update={"organisation": file.organisation.model_copy(update={"places": places})})  # fmt: skip
    with_place = Setup(known, house.folder, load(), here)
    assert with_place.checked(house.store, "names", changes, AT).faults == {}


@pytest.mark.parametrize(
    ("preset", "pasted", "read"),
    [
        ("council_papers", "https://democracy.example.org", "democracy.example.org"),
        ("council_papers", " DEMOCRACY.Example.org ", "democracy.example.org"),
        ("council_papers", "https://democracy.example.org/mgListCommittees.aspx?bcr=1", "democracy.example.org"),
        ("whatdotheyknow_body", "https://www.whatdotheyknow.com/body/example_board?x=1", "example_board"),
        ("cqc", "rxc", "RXC"),
        ("cqc", "https://www.cqc.org.uk/provider/RXC/", "RXC"),
        ("board_papers", "https://www.example.org/Papers/", "https://www.example.org/Papers/"),
    ],
)  # fmt: skip
def test_what_people_paste_is_read_as_what_a_record_asks_for(
    setup: Setup, house: RunContext, preset: str, pasted: str, read: str
) -> None:
    told = {"organisation.records": [{"preset": preset, "of": pasted}]}
    checked = setup.checked(house.store, "records", changed(setup, "records", **told), AT)
    assert checked.faults == {}
    assert checked.content is not None
    assert [row["of"] for row in checked.content["organisation.records"]] == [read]


def test_an_address_inside_that_the_installer_set_stays_and_no_password_ever_does(
    house: RunContext,
) -> None:
    inside = {
        "organisation.records": [{"preset": "board_papers", "of": "https://10.0.0.7/papers/"}]
    }
    assert addresses.faults(inside, inside) == {}
    assert addresses.faults({}, inside) == {"organisation.records.0.of": addresses.INSIDE}
    signed_in = {
        "organisation.records": [{"preset": "board_papers", "of": "https://a:b@example.org/"}]
    }
    assert addresses.faults(signed_in, signed_in) == {
        "organisation.records.0.of": addresses.NO_PASSWORD
    }
    fine = {"organisation.topics": ["write to pals@example.org", "https://example.org/@nhs"]}
    assert addresses.faults({}, fine) == {}
