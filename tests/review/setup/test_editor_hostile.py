"""Whatever somebody sets up is words alone on every page: no markup, no script, no address that acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ConfigError
from settings import overrides, schema
from settings.schema import Config
from settings.sections import SECTIONS, Section
from tests.review.factories import NOW
from tests.review.setup_pages import Office, opened
from tests.review.test_pages import assert_inert
from tests.store.factories import HOUR

EVIL = "<img src=x onerror=alert(1)>'\"{{7*7}}\u202e"
PAGES = (
    "/all", "/team", "/handover", "/trends", "/sources", "/accessibility", "/account", "/setup", "/tell", "/weekly",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield from opened(tmp_path_factory.mktemp("hostile"))


def spoiled(cfg: Config, section: Section, held: dict[str, Any]) -> dict[str, Any]:
    """A content with hostile words in as many of its texts as the checks let pass."""
    made = held
    for path in list(_texts(held)):
        for words in (EVIL, f"javascript:alert(1)//{EVIL}"):
            tried = _with(made, path, words)
            try:
                overrides.with_content(cfg, section, tried)
            except (ValidationError, ConfigError):
                continue
            made = tried
            break
    return made


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _texts(part, (*path, place))


def _with(value: Any, path: tuple[Any, ...], words: str) -> Any:
    if not path:
        return words
    step, *rest = path
    if isinstance(value, dict):
        return value | {step: _with(value[step], tuple(rest), words)}
    return [
        _with(one, tuple(rest), words) if place == step else one for place, one in enumerate(value)
    ]


def test_what_is_set_up_is_words_alone_everywhere(office: Office) -> None:
    spoilt, file = 0, schema.load(office.path)
    for section in SECTIONS:
        found = overrides.apply_overrides(file, office.store.settings.current())
        content = spoiled(found.config, section, office.filed(section.key))
        spoilt += str(content).count("onerror")
        assert office.store.settings.save(
            section.key, content, 0, at=NOW - HOUR, by=office.who["bea"], note=EVIL
        )
    assert spoilt > 60
    assert not overrides.apply_overrides(file, office.store.settings.current()).faults
    cases = [f"/cases/{number}/full" for number in range(1, 4)]
    setups = [f"/setup/{section.key}" for section in SECTIONS]
    backs = [f"/setup/{section.key}/back/0" for section in SECTIONS]
    for path in (*PAGES, *cases, *setups, *backs):
        answer = office.get(path)
        assert answer.status_code == 200, (path, answer.text[:300])
        if path not in ("/trends", "/weekly"):  # they draw charts
            assert_inert(answer.text, path)
        assert "<img src" not in answer.text, path
        kept = re.sub('value="[^"]*"', "", answer.text)  # a form sends back what it was made of
        assert "\u202e" not in kept, path
        assert not re.search(r"(href|src|action)=.javascript:", answer.text), path
