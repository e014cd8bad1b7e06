"""Where keys stand in a TOML file."""

from __future__ import annotations

import tomllib
from typing import Any

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from settings.files.catalogue import without_places
from settings.files.lines import Keys, lines_of_keys
from settings.shipped import shipped_config

TEXT = '''\
topics = ["a",   # first
  "b",
]
[alerts]   # here
on = true
mail.host = "x"
[[alerts.route]]
flags = ["pid"]
[[alerts.route]]
to = """
two
lines"""
roles = [
  { key = "a", email = ["]"] },
  { key = 'b' },
]
[alerts."odd.key"]
x = 1
'''


def test_tables_rows_entries_and_keys_with_points_have_their_lines() -> None:
    places = lines_of_keys(TEXT)
    wanted: dict[Keys, int] = {
        ("topics",): 1, ("topics", 0): 1, ("topics", 1): 2, ("alerts",): 4, ("alerts", "on"): 5,
        ("alerts", "mail"): 6, ("alerts", "mail", "host"): 6, ("alerts", "route", 0): 7,
        ("alerts", "route", 1, "to"): 10, ("alerts", "route", 1, "roles", 1): 15,
        ("alerts", "route", 1, "roles", 0, "email"): 14, ("alerts", "odd.key", "x"): 18,
    }  # fmt: skip
    assert {keys: places.get(keys) for keys in wanted} == wanted


VALUES = st.recursive(
    st.booleans() | st.integers(-9, 10**6) | st.text(max_size=12) | st.dates() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


def leaves(value: Any, keys: Keys) -> list[Keys]:
    if isinstance(value, dict):
        return [keys] + [each for key, part in value.items() for each in leaves(part, (*keys, key))]
    if isinstance(value, list):
        return [keys] + [
            each for at, part in enumerate(value) for each in leaves(part, (*keys, at))
        ]
    return [keys]


@given(st.dictionaries(st.text("abc_-9", min_size=1, max_size=6), VALUES, max_size=5))
def test_every_key_of_whatever_is_written_has_a_line(table: dict[str, Any]) -> None:
    text = tomli_w.dumps(table)
    plain = all(char not in text for char in '\\"')  # a quoted key with an escape is nobody's
    places = lines_of_keys(text)
    assert all(1 <= line <= len(text.splitlines()) + 1 for line in places.values())
    if plain:
        missing = [keys for keys in leaves(tomllib.loads(text), ()) if keys and keys not in places]
        assert [keys for keys in missing if not isinstance(keys[-1], str) or keys[-1]] == []


def test_every_key_of_the_file_that_ships_is_found_on_a_line_that_names_it() -> None:
    text = shipped_config().read_text("utf-8")
    lines = text.splitlines()
    for keys, number in lines_of_keys(text).items():
        if isinstance(keys[-1], str):
            assert keys[-1] in lines[number - 1], without_places(keys)
