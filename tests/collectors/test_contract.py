"""What every collector promises, run over INTEGRATIONS: a new platform is held to it unasked."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_type_hints

import pytest
import requests
import responses

from collectors.base import EphemeralMetric, PartRead, PartsListed, SaveState, SkippedItem
from collectors.factory import build, collector_class
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from core.models import METRICS, Mention
from tests.collectors.cases import (
    AT,
    CASES,
    NAMES,
    REGISTER,
    SECRET,
    SINCE,
    TABLES,
    TERMS,
    answer,
    client,
    pull,
    source,
    standing,
)


def fields_of(kind: type[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


ONLINE = sorted(name for name, case in CASES.items() if "bad" in case)
APPROVED = [name for name in NAMES if "approval" in fields_of(collector_class(name))]


def answer_well(web: responses.RequestsMock) -> None:
    """Every platform, with its saved pages."""
    for name, case in CASES.items():
        answer(web, name, case.get("routes", ()))


def answer_badly(web: responses.RequestsMock, name: str, **spoiled: Any) -> None:
    """The platform's own interface, with this and nothing else."""
    answer(web, name, CASES[name].get("before", ()))
    bad = CASES[name]["bad"]
    web.add(bad.get("method", "GET"), bad["url"], **spoiled)


@pytest.fixture(autouse=True, scope="module")
def standins() -> Iterator[None]:
    with standing():
        yield


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize("name", NAMES)
def test_every_collector_yields_mentions_that_are_whole(
    name: str, web: responses.RequestsMock
) -> None:
    answer_well(web)
    mentions, _, _, error = pull(source(name))
    assert error is None
    assert bool(mentions) is not CASES[name].get("live", False)
    hints = get_type_hints(Mention)
    for mention in mentions:
        for field in dataclasses.fields(Mention):
            value = getattr(mention, field.name)
            if hints[field.name] is str:
                assert type(value) is str, field.name
        for moment in (mention.posted_at, mention.fetched_at, mention.edited_at):
            assert moment is None or moment.utcoffset() == timedelta(0)
        assert mention.fetched_at == AT
        assert set(mention.metrics) <= set(METRICS)
        assert all(type(number) is int for number in mention.metrics.values())
        assert all(type(part) is str for part in dataclasses.astuple(mention.author)[:4])
        mention.text.encode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_collector_gives_the_same_keys_when_run_twice(
    name: str, web: responses.RequestsMock
) -> None:
    answer_well(web)
    first = pull(source(name))[0]
    web.reset()  # pages that were served are used up
    answer_well(web)
    second = pull(source(name))[0]
    assert [mention.key for mention in first] == [mention.key for mention in second]
    assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_every_collector_names_odd_items_by_place_and_not_by_words(
    name: str, web: responses.RequestsMock
) -> None:
    answer_well(web)
    mentions, odds, _, _ = pull(source(name))
    assert odds
    assert not any(odd.stops for odd in odds)
    said = " ".join(f"{odd.item} {odd.why}" for odd in odds)
    for mention in mentions:
        for private in (
            mention.text,
            mention.author.handle,
            mention.author.name,
            mention.author.bio,
        ):
            assert not private or private not in said


@pytest.mark.parametrize("name", ONLINE)
def test_every_collector_sends_a_timeout_with_every_request(
    name: str, web: responses.RequestsMock
) -> None:
    answer_well(web)
    pull(source(name, http=client(timeout=(1.5, 2.5))))
    assert web.calls
    for call in web.calls:
        assert call.request.req_kwargs["timeout"] == (1.5, 2.5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ONLINE)
@pytest.mark.parametrize(
    ("spoiled", "kind"),
    [
        ({"status": 400}, PlatformRefused),
        ({"status": 401}, PlatformRefused),
        ({"status": 402}, PlatformRefused),
        ({"status": 403}, PlatformRefused),
        ({"status": 404}, PlatformRefused),
        ({"status": 410}, PlatformRefused),
        ({"status": 426}, PlatformRefused),
        ({"status": 408}, PlatformUnavailable),
        ({"status": 425}, PlatformUnavailable),
        ({"status": 429, "headers": {"Retry-After": "900"}}, PlatformUnavailable),
        ({"status": 500, "body": "<html>"}, PlatformUnavailable),
        ({"status": 503}, PlatformUnavailable),
        ({"body": requests.ConnectionError(SECRET)}, PlatformUnavailable),
        ({"body": requests.ReadTimeout(SECRET)}, PlatformUnavailable),
        (
            {
                "body": "<html><form>Log in <input type='password'></form></html>",
                "content_type": "text/html",
            },
            PlatformRefused,
        ),
        ({"body": "<html>maintenance</html>", "content_type": "text/html"}, PlatformUnavailable),
        ({"body": "Please slow down"}, PlatformUnavailable),
        (
            {"body": b"\x1f\x8b\x08 cut", "headers": {"Content-Encoding": "gzip"}},
            PlatformUnavailable,
        ),
        ({"body": '{"half": ', "content_type": "application/json"}, PlatformUnavailable),
    ],
)
def test_every_collector_tells_what_may_pass_from_what_needs_a_person(
    name: str,
    spoiled: dict[str, Any],
    kind: type[CollectorError],
    web: responses.RequestsMock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer_badly(web, name, **spoiled)
    alone: dict[str, Any] = CASES[name].get("alone", {})
    with caplog.at_level(logging.DEBUG):
        mentions, _, _, error = pull(source(name, **alone))
    assert mentions == []
    assert isinstance(error, kind)
    assert "\n" not in str(error)
    said = f"{error} {error.__cause__} {caplog.text}"
    assert SECRET not in said
    assert "an-invented-token" not in said


@pytest.mark.parametrize("name", ONLINE)
def test_every_collector_logs_no_secret_when_all_goes_well(
    name: str, web: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    answer_well(web)
    with caplog.at_level(logging.DEBUG):
        mentions, *_ = pull(source(name))
    assert SECRET not in caplog.text
    assert not any(mention.text and mention.text in caplog.text for mention in mentions)


@pytest.mark.parametrize("name", NAMES)
def test_no_collector_shows_its_secrets_when_it_is_printed(name: str) -> None:
    assert SECRET not in repr(source(name))


@pytest.mark.parametrize("name", APPROVED)
@pytest.mark.parametrize("approval", ["", "  "])
def test_a_source_that_needs_an_approval_asks_nothing_without_one(
    name: str, approval: str, web: responses.RequestsMock
) -> None:
    *_, error = pull(source(name, approval=approval))
    assert isinstance(error, PlatformRefused)
    assert f"[collectors.{name}] approval" in str(error)
    assert not web.calls


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_key_is_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"^\[collectors.{name}\] colour: unknown key"):
        source(name, colour="red")


@pytest.mark.parametrize("name", NAMES)
def test_a_value_of_another_type_is_refused_by_name_and_never_repeated(name: str) -> None:
    for field in dataclasses.fields(collector_class(name)):
        if field.name in ("http", "at", "state", "official", "providers"):
            continue
        for wrong in (
            SECRET.encode(),
            {"a": [SECRET]},
            SECRET if "bool" in str(field.type) else True,
        ):
            table: dict[str, Any] = {field.name: wrong}
            with pytest.raises(ConfigError) as raised:
                source(name, **table)
            assert str(raised.value).startswith(f"[collectors.{name}] {field.name}")
            assert SECRET not in str(raised.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_without_a_default_is_missed_by_name(name: str) -> None:
    for field in dataclasses.fields(collector_class(name)):
        none = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if field.name in ("http", "at", "state", "official", "providers") or not none:
            continue
        table = {key: value for key, value in TABLES[name].items() if key != field.name}
        with pytest.raises(ConfigError, match=rf"^\[collectors.{name}\] {field.name}: missing"):
            build(name, table, http=client(), at=AT, state={}, terms=TERMS, register=REGISTER)


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ConfigError, match="no such source"):
        build("myspace", {}, http=client(), at=AT, state={}, terms=TERMS, register={})


@pytest.mark.parametrize("name", NAMES)
def test_every_secret_of_a_collector_is_one_of_its_keys(name: str) -> None:
    keys = {field.name for field in dataclasses.fields(collector_class(name))}
    assert set(collector_class(name).secrets) <= keys
    assert collector_class(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_be_kept_comes_after_what_it_stands_for(
    name: str, web: responses.RequestsMock
) -> None:
    answer_well(web)
    every = list(source(name).collect(SINCE))
    found = [thing for thing in every if not isinstance(thing, PartsListed)]
    kept = [
        n for n, thing in enumerate(found)
        if isinstance(thing, SaveState) or (isinstance(thing, PartRead) and thing.state)
    ]  # fmt: skip
    if CASES[name].get("keeps"):
        assert kept == [len(found) - 1]
    if CASES[name].get("live"):
        assert all(isinstance(thing, EphemeralMetric | SkippedItem) for thing in found), (
            "its terms let nothing be kept"
        )
    assert all(
        isinstance(thing, Mention | SkippedItem | SaveState | EphemeralMetric | PartRead)
        for thing in found
    )
