"""What the tests of collectors share: a client that never waits, tables that run, saved pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import responses

from collectors import factory
from collectors.base import Collected, Collector, Http, PartRead, SaveState, SkippedItem
from collectors.platforms import INTEGRATIONS
from core.errors import CollectorError
from core.models import Mention
from demo.servers.http import StandIn
from demo.world import STANDINS

DATA = Path(__file__).parent.parent / "data"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SINCE = AT - timedelta(days=6)
TERMS = ("NHS NW London", "NW London ICB")
SECRET = "s3cr3t-of-nobody"
REGISTER = {
    "x": frozenset({"healthiernwl", "987654321"}),
    "facebook": frozenset({"100000000000001"}),
    "instagram": frozenset({"17841400000000001"}),
    "reddit": frozenset({"nhs_example"}),
    "mastodon": frozenset({"nwlondon@example.social"}),
    "youtube": frozenset({"nhsnwl", "ucaaaaaaaaaaaaaaaaaaaaaa"}),
    "linkedin": frozenset({"1000001"}),
    "threads": frozenset({"26000000000000001", "exampleicb"}),
    "tiktok": frozenset({"-000abcdeftest0001", "exampleicb"}),
}


def case(name: str) -> dict[str, Any]:
    """tests/data/NAME/case.json: a table that runs, and what its platform answers.

    `routes` answer well: method (GET), url, query (a part of what is asked), page (a file beside it),
    status, headers. `bad` is the one interface that the contract test spoils; `before` is what must
    answer well until it is asked, and `alone` are keys under which nothing else is. A source without
    `bad` is not asked over HTTP; its stand-in answers where there is `standin`, what that is made with.
    `keeps`: it hands on a Keep at the end. `live`: its terms let figures
    be shown and nothing be kept. SECRET and FOLDER stand for the secret of these tests and the folder
    of the case.
    """
    written = (DATA / name / "case.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(
        written.replace("SECRET", SECRET).replace("FOLDER", str(DATA / name))
    )
    return found


NAMES = [source.name for source in INTEGRATIONS]
CASES: dict[str, dict[str, Any]] = {name: case(name) for name in NAMES}
TABLES: dict[str, dict[str, Any]] = {name: found["table"] for name, found in CASES.items()}
_STANDING: dict[str, StandIn] = {}


@contextmanager
def standing() -> Iterator[None]:
    """Cases that have a stand-in in place of pages run against it, for so long."""
    kinds = {kind.name: kind for kind in STANDINS}
    with ExitStack() as opened:
        for name, found in CASES.items():
            if "standin" in found:
                _STANDING[name] = opened.enter_context(kinds[name](AT, **found["standin"]))
        opened.callback(_STANDING.clear)
        yield


def answer(web: responses.RequestsMock, name: str, routes: Iterable[Mapping[str, Any]]) -> None:
    """Makes these routes answer with their saved pages."""
    for route in routes:
        body = saved(f"{name}/{route['page']}") if "page" in route else route.get("body", "")
        headers = dict(route.get("headers", {}))
        kind = headers.pop("Content-Type", "application/json" if _is_json(route) else "text/plain")
        query = responses.matchers.query_param_matcher(route.get("query", {}), strict_match=False)
        web.add(
            route.get("method", "GET"), route["url"], body=body, status=route.get("status", 200),
            headers=headers, content_type=kind, match=[query] if route.get("query") else [],
        )  # fmt: skip


def _is_json(route: Mapping[str, Any]) -> bool:
    return str(route.get("page", ".json")).endswith(".json")


def client(**settings: Any) -> Http:
    """Two attempts, and no wait between them."""
    return Http(**{"attempts": 2, "longest_wait": 0.0, **settings})


def source(
    name: str,
    *,
    http: Http | None = None,
    state: Mapping[str, str] | None = None,
    names: tuple[str, ...] = TERMS,
    **table: Any,
) -> Collector:
    """A collector by its table here, with these keys over it."""
    standin = _STANDING[name].table(lambda _name, value: value) if name in _STANDING else {}
    return factory.build(
        name, {**standin, **TABLES[name], **table}, http=http or client(), at=AT, state=state or {},
        terms=names, register=REGISTER,
    )  # fmt: skip


def pull(
    collector: Collector, since: datetime = SINCE
) -> tuple[list[Mention], list[SkippedItem], dict[str, str], CollectorError | None]:
    """All that a run gives: mentions, odd items, what is to be kept, and the error that ended it."""
    found: list[Collected] = []
    error: CollectorError | None = None
    try:
        for thing in collector.collect(since):
            found.append(thing)
    except CollectorError as raised:
        error = raised
    return (
        mentions(found),
        odds(found),
        kept(found),
        error,
    )


def kept(found: Iterable[object]) -> dict[str, str]:
    """What is to be told on the next run: of the source, and of each part that was read to its end."""
    words: dict[str, str] = {}
    for thing in found:
        if isinstance(thing, SaveState):
            words[thing.name] = thing.value
        elif isinstance(thing, PartRead):
            words |= thing.state
    return words


def parts(found: Iterable[object]) -> list[PartRead]:
    return [thing for thing in found if isinstance(thing, PartRead)]


def mentions(found: Iterable[object]) -> list[Mention]:
    return [thing for thing in found if isinstance(thing, Mention)]


def odds(found: Iterable[object]) -> list[SkippedItem]:
    return [thing for thing in found if isinstance(thing, SkippedItem)]


def saved(path: str) -> bytes:
    """A saved page."""
    return (DATA / path).read_bytes()


def page(path: str) -> Any:
    """A saved page as JSON."""
    return json.loads(saved(path))


def pointed(standin: StandIn, *, state: Mapping[str, str] | None = None, **table: Any) -> Collector:
    """The collector of a stand-in's platform, pointed at it, with these keys over its table."""
    return factory.build(
        standin.name, {**standin.table(lambda _name, value: value), **table}, at=standin.at,
        http=client(), state=state or {}, terms=TERMS, register=REGISTER,
    )  # fmt: skip
