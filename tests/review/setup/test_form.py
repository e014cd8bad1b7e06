"""A settings form says what its content says, keeps what was typed, and drops only what nobody wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.datastructures import FormData

from classify.policy.schema import load
from review.setup import form as setup_form
from review.setup.changes import Setup
from review.setup.fields import Group
from settings import schema
from settings.overrides import with_content
from settings.sections import SECTIONS, find
from tests.cycles import SHIPPED
from tests.review.factories import here


@pytest.fixture(scope="module")
def setup() -> Setup:
    return Setup(schema.load(SHIPPED), SHIPPED.parent, load(), here)


def section(setup: Setup, key: str) -> Sequence[Group]:
    return setup.groups[key]


def data(*pairs: tuple[str, str]) -> FormData:
    return FormData(list(pairs))


@pytest.mark.parametrize("key", [one.key for one in SECTIONS])
def test_a_form_that_nobody_touched_says_what_it_was_made_of(setup: Setup, key: str) -> None:
    found, filed = section(setup, key), setup.filed(key)
    form = setup_form.of(found, filed)
    pairs: list[tuple[str, str]] = []
    for one in form:
        for row in one.rows:
            pairs.append((f"rows:{one.group.key}", str(row.place)))
            for each in one.group.fields:
                value = row.values[each.name]
                listed = (
                    value
                    if isinstance(value, list)
                    else [setup_form.YES if value is True else value]
                )
                pairs += [(one.id(row, each), str(part)) for part in listed if part is not False]
    said, _ = setup_form.content(setup_form.sent(found, data(*pairs)))
    cfg, kept = schema.load(SHIPPED), find(key)
    assert kept is not None
    assert with_content(cfg, kept, said) == cfg


def test_rows_are_read_by_their_numbers_whatever_these_are(setup: Setup) -> None:
    found = section(setup, "rules")
    form = setup_form.sent(
        found, data(("rows:rules", "9"), ("rows:rules", "x"), ("rows:rules", "4"), ("rows:rules", "4"),
                    ("rules.4.name", " a  b "), ("rules.4.rule", "x\r\ny"), ("rules.7.name", "nobody"))
    )  # fmt: skip
    rows = [row for one in form for row in one.rows]
    assert [row.place for row in rows] == [9, 4]
    assert dict(rows[1].values) == {"name": "a b", "rule": "x\ny"}


def test_a_row_without_a_word_is_left_out_and_faults_find_the_others(setup: Setup) -> None:
    pairs = [("rows:rules", "0"), ("rows:rules", "3"), ("rules.3.name", "a"), ("rules.3.rule", "(")]
    form = setup_form.sent(section(setup, "rules"), data(*pairs))
    said, places = setup_form.content(form)
    assert said == {"rules": [{"name": "a", "rule": "("}]}
    faults = {"rules.0.rule": "wrong", "rules.0": "row", "": "all"}
    assert setup_form.faults_of(faults, places) == {
        "rules.3.rule": "wrong", "rules.3": "row", "": "all",
    }  # fmt: skip


def test_what_is_only_ticked_is_no_row(setup: Setup) -> None:
    pairs = [("rows:organisation.names", "0"), ("organisation.names.0.search", "yes")]
    form = setup_form.sent(section(setup, "names"), data(*pairs))
    assert setup_form.content(form)[0]["organisation.names"] == []


def test_a_row_is_added_at_the_end_and_one_is_taken_out(setup: Setup) -> None:
    form: Any = setup_form.of(section(setup, "names"), setup.filed("names"))
    more = setup_form.changed(form, "add:organisation.names")
    assert len(more[0].rows) == len(form[0].rows) + 1
    last = more[0].rows[-1]
    assert (last.new, last.place, last.values["search"], last.values["name"]) == (
        True, form[0].rows[-1].place + 1, True, "",
    )  # fmt: skip
    fewer = setup_form.changed(form, "remove:organisation.names:3")
    assert [row.place for row in fewer[0].rows][:4] == [0, 1, 2, 4]
    assert [row.place for row in setup_form.changed(form, "up:organisation.names:2")[0].rows][
        :4
    ] == [0, 2, 1, 3]
    for odd in (
        "up:organisation.names:0",
        "up:organisation.names:99",
        "up:",
        "add:elsewhere",
        "remove:organisation.names:99",
        "remove:",
        "nonsense",
    ):
        assert setup_form.changed(form, odd) == form


def test_there_is_an_end_to_rows(setup: Setup) -> None:
    pairs = [("rows:rules", str(n)) for n in range(600)]
    form: Any = setup_form.sent(section(setup, "rules"), data(*pairs))
    assert len(form[0].rows) == setup_form.MOST_ROWS
    assert len(setup_form.changed(form, "add:rules")[0].rows) == setup_form.MOST_ROWS


def test_a_key_is_made_of_the_name_where_there_is_none(setup: Setup) -> None:
    roles: list[tuple[str, str]] = []
    for place, (name, key) in enumerate(
        [
            ("Night manager", ""),
            ("Night Manager!", ""),
            ("Ça va", ""),
            ("123", ""),
            ("PALS", "pals_team"),
        ]
    ):
        roles += [("rows:review.roles", str(place)), (f"review.roles.{place}.name", name),
                  (f"review.roles.{place}.key", key)]  # fmt: skip
    form = setup_form.sent(section(setup, "escalation"), data(*roles))
    keys = [row["key"] for row in setup_form.content(form)[0]["review.roles"]]
    assert keys == ["night_manager", "night_manager_b", "ca_va", "row", "pals_team"]


def test_many_rows_of_one_long_name_get_keys_that_the_checks_take(setup: Setup) -> None:
    long = "a" * 36
    rows = [("", long), (f"{long}_b", "x"), (f"{'a' * 30}_33", "x"), *[("", "A" * 50)] * 30]
    sent: list[tuple[str, str]] = []
    for place, (key, name) in enumerate(rows):
        sent += [("rows:review.roles", str(place)), (f"review.roles.{place}.name", name),
                 (f"review.roles.{place}.key", key)]  # fmt: skip
    form = setup_form.sent(section(setup, "escalation"), data(*sent))
    keys = [row["key"] for row in setup_form.content(form)[0]["review.roles"]]
    assert len(set(keys)) == len(rows)
    assert all(re.fullmatch("[a-z_]{1,40}", key) for key in keys if not key.endswith("_33"))


def test_what_is_ticked_and_no_longer_known_is_not_lost(setup: Setup) -> None:
    flags = next(
        one for group in section(setup, "templates") for one in group.fields if one.name == "flags"
    )
    known = len(flags.choices)
    assert setup_form.choices(flags, ["threat", "gone_since"])[known:] == [
        ("gone_since", "gone_since")
    ]


def test_what_is_no_number_is_left_to_the_checks(setup: Setup) -> None:
    for written, said in (("12", 12), ("", None), ("1.5", "1.5"), ("9" * 12, "9" * 12), ("٣", 3)):
        form = setup_form.sent(section(setup, "samples"), data(("review.sample_second", written)))
        assert setup_form.content(form)[0]["review.sample_second"] == said


def test_marks_that_are_not_seen_are_not_taken(setup: Setup) -> None:
    """They reorder what stands around them, hide words from searches, and go along with what is copied into a reply."""
    found = section(setup, "lines")
    typed = "Say\u202e this\u200b, \x07please\u2066\rand that. مرحبا 👩\u200d⚕️"
    form = setup_form.sent(
        found, data(("rows:review.lines", "0"), ("review.lines.0.topic", "A\u202eB\0"), ("review.lines.0.line", typed))
    )  # fmt: skip
    said, _ = setup_form.content(form)
    assert said["review.lines"][0]["topic"] == "AB"
    assert said["review.lines"][0]["line"] == "Say this, please\nand that. مرحبا 👩\u200d⚕️"


def test_a_card_of_settings_reads_as_sentences_and_not_as_keys(setup: Setup) -> None:
    cards = {
        one.key: setup_form.summary(setup.groups[one.key], setup.filed(one.key)) for one in SECTIONS
    }
    for key, words in cards.items():
        for part in words.split("; "):
            plain = part.startswith("further search terms")
            assert plain or not re.search(r"^[\w ]{1,30}: \d+$", part), (key, part)
    every = " | ".join(cards.values())
    for said in (
        "older than 3 days counts as old", "at most 10 alerts an hour to a route", "told next if they don’t take it: nobody",
        "minutes where someone may be in danger", "posts without a flag are judged blind each week",
    ):  # fmt: skip
        assert said in every, every
    for key in ("old after days", "told next:", "an hour:"):
        assert key not in every


@pytest.mark.parametrize("field", ["alerts.to"])
@pytest.mark.parametrize(("count", "says"), [(0, "nobody"), (1, "1 address"), (2, "2 addresses")])
def test_one_of_a_thing_is_said_as_one(setup: Setup, field: str, count: int, says: str) -> None:
    key = next(one.key for one in SECTIONS if any(each.key == field for each in setup.groups[one.key]))  # fmt: skip
    content = {**setup.filed(key), field: [f"duty-{n}@example.org" for n in range(count)]}
    assert f": {says};" in f"{setup_form.summary(setup.groups[key], content)};"


SIX = [
    {"preset": "hansard", "of": "", "terms": ["Health Scrutiny", "Maternity"]},
    {"preset": "hansard", "of": "", "terms": []},
    {"preset": "council_papers", "of": "papers.example.org", "terms": []},
    {"preset": "council_papers", "of": "other.example.org", "terms": []},
    {"preset": "cqc", "of": "RYJ", "terms": []},
    {"preset": "petitions", "of": "", "terms": []},
]


def test_each_public_record_says_which_it_is_in_the_form_and_in_the_history(setup: Setup) -> None:
    (group,) = setup.groups["records"]
    called = [setup_form.called_of(group, row) for row in SIX]
    assert called == [
        "Hansard: what is said of us in Parliament, for Health Scrutiny, Maternity",
        "Hansard: what is said of us in Parliament",
        "Council papers (Modern.gov), papers.example.org",
        "Council papers (Modern.gov), other.example.org",
        "CQC: ratings and reports of a provider, RYJ",
        "Petitions to Parliament that name us",
    ]
    content = {"organisation.records": SIX}
    (filled,) = setup_form.of(setup.groups["records"], content)
    assert [setup_form.called_of(group, row.values) for row in filled.rows] == called
    without = {"organisation.records": SIX[1:]}
    assert setup.difference("records", content, without) == [f"Removed: {called[0]}"]
    assert setup_form.called_of(group, {"preset": ""}) == "a record"
