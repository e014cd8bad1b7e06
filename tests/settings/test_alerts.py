"""Who is told of a case: by flag, lane, platform, hour and risk, in the order of config.toml."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from settings.alerts import AlertRoute, Case, Routing

DUTY, LEAKS, DESK, GUARDIAN = (
    f"{who}@example.org" for who in ("duty", "ig", "security", "guardian")
)
LEAK = {"name": "Leaks", "flags": ("pid",), "to": (LEAKS,)}
THREAT = {"flags": ("threat",), "to": (DESK,)}


def routing(*routes: dict[str, Any], **changes: Any) -> Routing:
    given: dict[str, Any] = {"on": True, "to": (DUTY,), "route": tuple(AlertRoute(**route) for route in routes)}  # fmt: skip
    return Routing(**(given | changes))


def case(*flags: str, **changes: Any) -> Case:
    given: dict[str, Any] = {"flags": flags, "lane": "now", "platforms": ("x",)}
    return Case(**(given | changes))


def whom(alerts: Routing, of: Case, *guardian: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.key, each.to) for each in alerts.destinations(of, guardian)]


@pytest.mark.parametrize(
    ("of", "people"),
    [
        (case("pid"), [("Leaks", (LEAKS,))]),
        (case("threat"), [("route 2", (DESK,))]),
        (case("pid", "threat"), [("Leaks", (LEAKS,)), ("route 2", (DESK,))]),
        (case("pid", "derogatory"), [("Leaks", (LEAKS,)), ("to", (DUTY,))]),
        (case(), [("to", (DUTY,))]),
        (case("pid", risk=2), []),
    ],
)
def test_each_flag_goes_to_its_routes_and_any_other_to_the_team(of: Case, people: object) -> None:
    assert whom(routing(LEAK, THREAT), of) == people


def test_a_route_without_flags_is_for_all_of_them() -> None:
    alerts = routing({"name": "Mastodon", "platforms": ("mastodon",), "to": (DESK,)})
    assert whom(alerts, case("threat", platforms=("mastodon", "x"))) == [("Mastodon", (DESK,))]
    assert whom(alerts, case("threat")) == [("to", (DUTY,))]


@pytest.mark.parametrize(("hours", "working", "fits"), [("working", True, True), ("working", False, False), ("outside", False, True), ("any", False, True)])  # fmt: skip
def test_a_route_can_be_for_hours(hours: str, working: bool, fits: bool) -> None:
    alerts = routing(LEAK | {"hours": hours})
    assert (whom(alerts, case("pid", working=working))[0][0] == "Leaks") is fits


def test_nobody_is_told_twice() -> None:
    alerts = routing(LEAK, THREAT | {"to": (LEAKS, DESK)}, to=(LEAKS,))
    assert whom(alerts, case("pid", "threat", "hate")) == [
        ("Leaks", (LEAKS,)),
        ("route 2", (DESK,)),
    ]


def test_what_may_be_speaking_up_is_for_the_routes_of_that_lane_alone() -> None:
    own = {"name": "Guardian of staff", "lanes": ("guardian",), "risk": "low", "to": (GUARDIAN,)}
    speaking = case("allegation", lane="guardian", risk=1)
    assert whom(routing(own, LEAK), speaking) == [("Guardian of staff", (GUARDIAN,))]
    assert whom(routing(own), case("threat")) == [("to", (DUTY,))]
    assert routing(own).from_risk == 1
    high = case("allegation", lane="guardian")
    assert whom(routing({"flags": ("allegation",), "to": (DESK,)}), high, GUARDIAN) == [
        ("guardian", (GUARDIAN,))
    ]
    assert whom(routing(LEAK), high) == []


def test_a_destination_is_found_again_by_its_key() -> None:
    alerts = routing(LEAK, THREAT, next=("on-call@example.org",))
    for key, people in (("Leaks", (LEAKS,)), ("route 2", (DESK,)), ("to", (DUTY,))):
        each = alerts.find(key)
        assert each is not None
        assert each.to == people
    assert alerts.team.next == ("on-call@example.org",)
    assert alerts.find("gone") is None


@pytest.mark.parametrize(
    "routes", [[{"to": (DUTY,)}], [LEAK, LEAK], [LEAK | {"name": "to"}], [LEAK | {"minutes": 1}], [LEAK | {"to": ()}]]
)  # fmt: skip
def test_routes_that_make_no_sense_are_refused(routes: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        routing(*routes)


def test_while_alerts_are_off_nobody_is_told() -> None:
    assert whom(routing(LEAK, on=False), case("pid")) == []
