"""What two people agreed to years ago is read by whatever version runs today: what it calls otherwise falls back by itself, and is said."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from settings import agreed_forms, guarded, pending, safety
from settings.schema import Config
from tests.settings.test_recipients import having
from tests.settings.test_safety import AT, watched

OLD = "what_it_was_called"


def read_guarded(part: guarded.Part, form: object) -> tuple[pending.Form, list[str]]:
    lines: list[str] = []
    return agreed_forms.readable_guarded(base(), part, form, lines.append), lines


def read_part(part: safety.Part, form: object) -> tuple[pending.Form, list[str]]:
    lines: list[str] = []
    return agreed_forms.readable_part(part, safety.form_of(base(), part), form, lines.append), lines


def base() -> Config:
    contact = {"name": "Freedom to Speak Up Guardian", "phones": ["020 7946 0155"], "emails": ["guardian@example.org"]}  # fmt: skip
    return having("contacts", {"organisation.contacts": [contact]}, watched())


def rows_of(form: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Each row of a form with where it stands."""
    for key, value in form.items():
        if isinstance(value, dict):
            yield (key,), value
        elif isinstance(value, list):
            yield from (((key, place), row) for place, row in enumerate(value) if isinstance(row, dict))  # fmt: skip


def renamed(form: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A form for each field of its rows, in which that is called otherwise, and one for each in which it has another shape."""
    for where, row in list(rows_of(form)):
        for field in row:
            for otherwise in ({OLD: row[field]}, {field: {"of": 7}}, {field: -1.5}):
                whole = copy.deepcopy(dict(form))
                place = whole
                for step in where[:-1]:
                    place = place[step]
                place[where[-1]] = {name: value for name, value in row.items() if name != field} | otherwise  # fmt: skip
                yield whole


@pytest.mark.parametrize("part", get_args(guarded.Part))
def test_a_guarded_form_in_another_shape_stops_nothing_and_is_said(part: guarded.Part) -> None:
    file, form = base(), guarded.form_of(base(), part)
    assert form, "there is something to agree to"
    assert read_guarded(part, form) == (form, [])
    for each in renamed(form):
        known, lines = read_guarded(part, each)
        assert lines
        assert all(guarded.WORDS[part] in line for line in lines)
        guarded.usable(file, file, {part: known})
        empty = file.model_copy(update={"review": file.review.model_copy(update={"roles": (), "templates": ()})})  # fmt: skip
        list(guarded.waiting(empty, file, {part: known}))
        guarded.usable(empty, file, {part: known})
    nonsense: Any
    for nonsense in (None, [], "x", {"a": None}, {"a": {}}, {"a": []}):
        known, lines = read_guarded(part, nonsense)
        assert lines
        guarded.usable(file, file, {part: known})


@pytest.mark.parametrize("part", get_args(safety.Part))
def test_a_part_in_another_shape_stops_nothing_and_is_said(part: safety.Part) -> None:
    file, form = base(), safety.form_of(base(), part)
    assert read_part(part, form) == (form, [])
    odd = [*renamed(form)]
    for key, value in form.items():
        rest = {name: each for name, each in form.items() if name != key}
        shapes: tuple[Any, ...] = (None, {}, "7" if not isinstance(value, str) else 7, [1, None])
        odd += [{**rest, key: shape} for shape in shapes]
        odd.append({**rest, OLD: value})
    for each in odd:
        known, lines = read_part(part, each)
        assert lines, each
        assert known.keys() == form.keys()
        safety.usable(file, file, {part: [safety.Step(form=known, at=AT, agreed=True)]})
    nonsense: Any
    for nonsense in (None, [], "x"):
        assert read_part(part, nonsense)[0] == form


def test_what_is_not_read_falls_back_by_field_and_the_rest_counts_as_agreed() -> None:
    form = guarded.form_of(base(), "teams")
    key, row = next((key, row) for key, row in form.items() if row["type"] == "guardian")
    agreed = {**row, "when": "Staff who speak up, as agreed to", "telephone": "020 7946 0188"}
    del agreed["reach"]
    known, lines = read_guarded("teams", {**form, key: agreed})
    assert known[key]["when"] == "Staff who speak up, as agreed to"
    assert known[key]["reach"] == row["reach"]
    (line,) = lines
    assert "‘" + row["name"] + "’, telephone, as agreed to, is not read by this version" in line


def test_a_key_that_a_later_version_brings_is_as_config_toml_has_it() -> None:
    form = dict(safety.form_of(base(), "passing"))
    del form["review.chase.urgent_minutes"]
    known, lines = read_part("passing", form)
    assert known == safety.form_of(base(), "passing")
    assert lines == []
