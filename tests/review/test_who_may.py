"""Who may do what, of every address there is: a new one that stands in no line of `WHO` fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest
from starlette.routing import Mount

from core.models import ROLES, Role
from review.app import create_app
from review.auth.sessions import COOKIE
from store import Store
from tests.review.conftest import House, serve
from tests.review.factories import NOW, fill, session

# Who gets further than "sign in" or "this is not for you": "all" also without signing in.
WHO: dict[str, str] = {
    "GET /": "anybody", "GET /today": "viewer", "GET /mine": "viewer", "GET /waiting": "viewer", "GET /done": "viewer",
    "GET /all": "viewer", "GET /search": "viewer", "POST /search": "viewer", "GET /cases/{number:row}/leak": "reviewer", "GET /cases/{number:row}/danger": "reviewer",
    "GET /cases/{number:row}/threat": "reviewer", "POST /cases/{number:row}/leak": "reviewer",
    "POST /cases/{number:row}/danger": "reviewer", "POST /cases/{number:row}/threat": "reviewer",
    "GET /cases/{number:row}/pass-on": "reviewer", "GET /cases/{number:row}": "viewer", "POST /cases/{number:row}/take": "reviewer",
    "POST /cases/{number:row}/give": "reviewer", "POST /preferences": "viewer", "GET /sign-in": "all", "POST /sign-in": "all", "POST /sign-out": "all",
    "GET /cases/{number:row}/rename": "reviewer", "POST /cases/{number:row}/rename": "reviewer",
    "POST /cases/{number:row}/split": "reviewer", "POST /cases/{number:row}/put-back": "reviewer",
    "POST /sign-out-everywhere": "anybody", "GET /welcome/{token}": "all", "POST /welcome/{token}": "all",
    "GET /sign-in/oidc": "all", "GET /sign-in/oidc/back": "all", "GET /sign-out/oidc": "all",
    "GET /sign-in/code": "all", "POST /sign-in/code": "all", "GET /account/second-step": "anybody", "POST /account/second-step": "anybody",
    "GET /people/{number:row}/second-step": "stepping", "POST /people/{number:row}/second-step": "stepping",
    "GET /region": "viewer", "GET /organisations": "anybody", "POST /organisations": "anybody", "GET /arrive": "all", "POST /arrive": "all",
    "GET /account": "anybody", "POST /account": "anybody", "GET /new-items": "anybody", "GET /events": "viewer", "POST /views": "viewer", "GET /accessibility": "all", "GET /personal-data": "all",
    "GET /static/logo.png": "all", "MOUNT /static": "all",
    "GET /cases": "viewer", "GET /cases/{number:row}/full": "viewer", "GET /mentions/{number:row}": "viewer",
    "GET /guardian": "backs", "GET /guardian/{number:row}": "lane", "POST /guardian/{number:row}/decide": "guardians",
    "GET /guardian/{number:row}/evidence": "answers", "POST /guardian/{number:row}/evidence": "answers",
    "POST /guardian/{number:row}/back": "answers", "POST /guardian/{number:row}/erasure": "answers", "GET /cases/{number:row}/recuse": "steps", "POST /cases/{number:row}/recuse": "steps",
    "POST /cases/{number:row}/speaking-up": "reviewer", "POST /speaking-up/back": "reviewer", "POST /account/handles": "steps", "POST /governance/handles": "governance",
    "GET /overview": "lead", "GET /governance": "governance", "GET /governance/papers": "governance",
    "GET /governance/papers/{paper}.{form}": "governance", "GET /welcome": "viewer", "GET /help": "anybody",
    "GET /rest": "viewer", "POST /rest": "reviewer", "POST /rest/check": "reviewer", "GET /rest/check": "reviewer", "POST /rest/undo": "reviewer",
    "GET /cases/{number:row}/repeats": "reviewer", "POST /cases/{number:row}/repeats": "reviewer",
    "POST /cases/decide": "reviewer", "POST /cases/{number:row}/decide": "reviewer",
    "POST /cases/{number:row}/replied": "reviewer", "POST /cases/{number:row}/draft": "reviewer",
    "POST /cases/{number:row}/send": "reviewer", "POST /cases/{number:row}/send/confirm": "reviewer",
    "GET /cases/{number:row}/sent/{sending:row}": "viewer", "POST /cases/{number:row}/sent/{sending:row}": "reviewer",
    "POST /cases/{number:row}/undo": "reviewer", "POST /cases/{number:row}/claim": "reviewer",
    "POST /cases/{number:row}/release": "reviewer", "GET /cases/{number:row}/employer": "answering", "POST /cases/{number:row}/employer": "reviewer",
    "POST /cases/{number:row}/employer/answer": "answers", "GET /employer": "answers", "GET /cases/{number:row}/police": "taker", "POST /cases/{number:row}/police/answer": "taker",
    "POST /cases/{number:row}/police": "governance", "POST /governance/recipients": "governance", "POST /governance/numbers": "governance", "POST /governance/access": "governance",
    "POST /cases/{number:row}/takedown": "reviewer", "POST /mentions/{number:row}/reveal": "reviewer",
    "POST /cases/{number:row}/show": "reviewer", "POST /cases/{number:row}/original": "reviewer",
    "POST /mentions/{number:row}/picture": "reviewer", "GET /mentions/{number:row}/picture/{token}": "reviewer",
    "GET /mentions/{number:row}/moderate": "reviewer", "POST /mentions/{number:row}/moderate": "reviewer",
    "POST /mentions/{number:row}/moderate/confirm": "reviewer",
    "GET /mentions/{number:row}/moderated/{moderation:row}": "viewer",
    "GET /mentions/{number:row}/report": "viewer", "POST /mentions/{number:row}/report": "reviewer",
    "GET /sources": "viewer", "GET /takedowns": "viewer", "GET /clocks/{number:row}": "viewer",
    "POST /clocks/{number:row}": "reviewer", "GET /tell": "viewer", "GET /report": "viewer", "POST /tell": "viewer",
    "GET /tell/{number:row}": "viewer", "GET /tell/private": "viewer", "POST /tell/{number:row}/who": "governance", "GET /sample": "reviewer", "GET /sample/{number:row}": "reviewer",
    "POST /sample/{number:row}": "reviewer", "GET /quality": "viewer", "GET /trends": "viewer", "GET /weekly": "viewer",
    "GET /upkeep": "lead", "POST /upkeep/clock": "lead", "POST /upkeep/purge/{number:row}": "lead",
    "GET /import": "lead", "POST /import": "lead", "GET /import/{number:row}": "lead", "POST /import/{number:row}": "lead",
    "GET /mail": "lane", "POST /mail/test": "lead", "POST /mail/retry": "lane", "POST /mail/{number:row}/retry": "lane",
    "POST /mail/{number:row}/address": "lane", "POST /mail/{number:row}/drop": "lane",
    "GET /weekly/file/{form}": "viewer", "POST /weekly/note": "reviewer", "POST /weekly/calendar": "reviewer",
    "POST /weekly/calendar/{number:row}/remove": "reviewer",
    "GET /governance/accounts": "answers", "POST /governance/accounts": "answers",
    "GET /names": "taker", "POST /names": "taker", "POST /names/{number:row}/agree": "taker", "POST /names/{number:row}/end": "taker",
    "GET /exports": "taker", "POST /exports": "taker",
    "GET /cases/{number:row}/evidence": "taker", "POST /cases/{number:row}/evidence": "taker",
    "GET /setup": "setup", "GET /setup/{section}": "setup", "POST /setup/{section}": "lead",
    "GET /setup/{section}/back/{version:row}": "lead", "POST /setup/{section}/back/{version:row}": "lead",
    "GET /team": "viewer", "GET /away": "reviewer", "POST /away": "reviewer", "POST /away/{number:row}/end": "reviewer",
    "GET /handover": "viewer", "GET /handover/{number:row}": "viewer", "POST /handover": "reviewer",
    "POST /handover/{number:row}/read": "reviewer", "POST /handover/{number:row}/strike": "lead", "POST /cases/assign": "reviewer", "POST /cases/{number:row}/looked-again": "reviewer",
    "POST /cases/{number:row}/assign": "reviewer", "POST /opinions/{number:row}": "reviewer",
    "POST /cases/{number:row}/pass-on": "reviewer", "GET /waiting/{number:row}": "viewer",
    "POST /waiting/{number:row}/confirm": "recorder", "POST /waiting/{number:row}/answer": "recorder",
    "POST /waiting/{number:row}/again": "recorder", "POST /waiting/{number:row}/chase": "reviewer",
    "POST /waiting/{number:row}/take-back": "reviewer",
    "GET /requests": "governance", "POST /requests": "governance", "GET /requests/{number:row}": "governance", "GET /holds": "lane", "POST /holds": "lane", "POST /holds/reports": "governance", "POST /holds/erasures": "answers", "GET /safeguarding": "children", "POST /safeguarding": "safeguarding",
    "POST /requests/{number:row}/change": "governance", "POST /requests/{number:row}/find": "governance",
    "POST /requests/{number:row}/act": "governance",
    "GET /audit": "governance", "GET /audit/reveals": "governance", "GET /audit/chain": "governance",
    "GET /looked-at": "governance", "GET /looked-at/decisions": "governance",
    "POST /looked-at/export": "governance", "POST /looked-at/decisions/export": "governance",
    "POST /mentions/{number:row}/original": "reviewer",
    "POST /audit/export": "governance", "GET /people": "admin", "GET /people/{number:row}": "admin",
    "POST /people": "admin", "POST /people/{number:row}/roles": "admin", "POST /people/{number:row}/link": "admin",
    "POST /people/{number:row}/sessions": "admin", "POST /people/{number:row}/access": "admin",
}  # fmt: skip
LETS: dict[str, frozenset[str]] = {
    "all": frozenset((*ROLES, "off", "over", "nobody")), "anybody": frozenset(ROLES), "viewer": frozenset(ROLES) - {"guardian", "safeguarding"}, "children": frozenset(("safeguarding", "governance")), "safeguarding": frozenset(("safeguarding",)),
    "reviewer": frozenset(("reviewer", "lead")), "recorder": frozenset(("reviewer", "lead", "governance")), "taker": frozenset(("lead", "governance")), "setup": frozenset(("reviewer", "lead", "governance")),
    "lane": frozenset(("lead", "governance", "guardian")), "guardians": frozenset(("lead", "guardian")),
    "backs": frozenset(("governance", "guardian")), "steps": frozenset(("reviewer", "lead", "governance", "guardian")),
    "answering": frozenset(("reviewer", "lead", "governance", "guardian")), "answers": frozenset(("governance", "guardian")),
    "lead": frozenset(("lead",)), "governance": frozenset(("governance",)), "admin": frozenset(("admin",)), "guardian": frozenset(("guardian",)), "stepping": frozenset(("governance", "admin")),
}  # fmt: skip
ASKING = (*ROLES, "off", "over", "nobody")


def filled(store: Store) -> dict[str, int]:
    """Cases of each kind, and for each role somebody who has it alone; somebody who is off, and one to be acted on."""
    who = fill(store, more=0)
    for role in get_args(Role):
        who[role] = store.users.add("local", role, f"Only {role}", (role,), at=NOW).number
    who["off"] = store.users.add("local", "off", "Turned Off", ROLES, at=NOW).number
    store.users.change(who["off"], active=False, at=NOW)
    who["over"] = store.users.add("local", "over", "Session Over", ROLES, at=NOW).number
    who["spare"] = store.users.add("local", "spare", "Spare Person", ("viewer",), at=NOW).number
    return who


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page of this module's own."""
    yield from serve(tmp_path_factory.mktemp("who"), filled)


def cookie(house: House, asking: str) -> dict[str, str]:
    """What somebody's browser sends: also a session that is somebody's no more."""
    if asking == "nobody":
        return {}
    held = session(house.store, house.who[asking])
    if asking == "over":
        house.store.sessions.end(held, at=NOW)
    return {"Cookie": f"{COOKIE}={held}"}


def asked(house: House, asking: str, route: str) -> httpx.Response:
    """What an address answers somebody; a form is sent empty."""
    method, _, path = route.partition(" ")
    # cases of their own: nobody sees one any more from which they stepped back, or that went to the Guardian
    spare = (
        str(house.who["spare"])
        if path.startswith("/people")
        else "2"
        if path.endswith("/recuse")
        else "3"
        if path.endswith("/speaking-up")
        else "1"
    )
    path = re.sub(r"{\w+:row}", spare, path).replace("{section}", "names").replace("{token}", "x")
    behind = (
        f"192.0.2.{list(WHO).index(route)}"  # each address has its own share of what may be sent
    )
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": behind} | cookie(house, asking)
    return httpx.request(method, f"{house.url}{path}", headers=headers, timeout=30, verify=False)


def refused(answer: httpx.Response, method: str) -> bool:
    """Whether somebody was turned away at the door."""
    if method == "GET" and answer.status_code == 303:
        # a link to a case leads Safeguarding to their own list, by whatever number
        return answer.headers["location"].startswith(("/sign-in?back=", "/safeguarding#"))
    return answer.status_code in (401, 403)


def test_every_address_says_who_may(house: House) -> None:
    made: Any = create_app(house.desk)._app
    there = set()
    for route in made.routes:
        if isinstance(route, Mount):
            there.add(f"MOUNT {route.path}")
        else:
            there |= {f"{method} {route.path}" for method in route.methods if method != "HEAD"}
    assert there == set(WHO)


@pytest.mark.parametrize(
    "route", [one for one in WHO if not one.startswith(("MOUNT", "GET /events"))]
)  # a stream has no end: see test_events
def test_each_address_lets_in_whom_it_is_for_and_nobody_else(house: House, route: str) -> None:
    method = route.partition(" ")[0]
    for asking in ASKING:
        answer = asked(house, asking, route)
        let_in = not refused(answer, method)
        assert let_in == (asking in LETS[WHO[route]]), (asking, answer.status_code)
        assert answer.status_code < 500 or answer.status_code == 503, (asking, answer.text[:300])
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == (
            "private, max-age=3600" if "/static/" in route else "no-store"
        )


def test_nothing_but_get_and_post_is_answered(house: House) -> None:
    for place, route in enumerate(one for one in WHO if one != "MOUNT /static"):
        path = re.sub(r"{\w+(:row)?}", "1", route.partition(" ")[2])
        for method in ("PUT", "DELETE", "PATCH", "TRACE"):
            headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"198.51.100.{place}"}
            headers |= cookie(house, "lead")
            answer = httpx.request(
                method, f"{house.url}{path}", headers=headers, timeout=30, verify=False
            )
            assert answer.status_code in (404, 405), (method, path)


def test_the_audit_has_no_form_that_changes_it() -> None:
    assert [one for one in WHO if "/audit" in one and one.startswith("POST")] == [
        "POST /audit/export"
    ]


def test_a_form_that_says_nothing_turns_nobody_off(house: House) -> None:
    assert asked(house, "admin", "POST /people/{number:row}/access").status_code == 422
    spare = house.store.users.get(house.who["spare"])
    assert spare is not None
    assert spare.active
