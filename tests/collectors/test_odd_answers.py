"""Any answer of a platform with parts gone, nulled or of another kind: no collector trips over it, whichever of its calls it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.base import Collected
from core.errors import CollectorError
from core.models import Mention
from tests.collectors.cases import CASES, SINCE, mentions, parts, saved, source
from tests.collectors.mutants import mutants

Route = dict[str, Any]


def is_json(name: str, route: Route) -> bool:
    try:
        json.loads(saved(f"{name}/{route['page']}"))
    except (KeyError, ValueError):
        return False
    return True


PAGES = [
    (name, number)
    for name, case in CASES.items()
    if "bad" in case
    for number, route in enumerate(case.get("routes", ()))
    if is_json(name, route)
]


def answer(mock: responses.RequestsMock, name: str, odd: int, body: bytes) -> None:
    """All routes of a case, of which one answers with `body`."""
    for number, route in enumerate(CASES[name]["routes"]):
        content = saved(f"{name}/{route['page']}") if "page" in route else route.get("body", "")
        query = responses.matchers.query_param_matcher(route.get("query", {}), strict_match=False)
        mock.add(
            route.get("method", "GET"), route["url"], body=body if number == odd else content,
            status=route.get("status", 200), headers=route.get("headers", {}),
            match=[query] if route.get("query") else [],
        )  # fmt: skip


def run(name: str) -> list[Collected]:
    found: list[Collected] = []
    try:
        for thing in source(name).collect(SINCE):
            found.append(thing)
    except CollectorError:
        return found
    return found


@pytest.mark.parametrize(("name", "number"), PAGES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_an_odd_answer_to_any_call_is_told_and_trips_nothing_up(
    name: str, number: int, data: st.DataObject
) -> None:
    whole = json.loads(saved(f"{name}/{CASES[name]['routes'][number]['page']}"))
    body = json.dumps(data.draw(mutants(whole))).encode("utf-8", "replace")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        answer(mock, name, number, body)
        found = run(name)
    assert [part.bug for part in parts(found) if part.bug] == []
    for mention in mentions(found):
        assert isinstance(mention, Mention)
        mention.text.encode("utf-8")
        assert all(type(number) is int for number in mention.metrics.values())
