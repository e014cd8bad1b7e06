"""The table [alerts] of config.toml: who is told at once of what, who next where nobody takes it, and when.

A case is told to the routes that fit it, and to `to` for whatever no route names. What may be speaking up goes to the
routes of the Guardian's lane and to no one else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from core.models import Lane, Platform
from core.validation import STRICT
from settings.review import Address, Minutes

TEAM = "to"  # the key of whoever is told of what no route names
TEAM_NAME = "the comms team"
GUARDIAN: Lane = "guardian"
DUTY_LEAD = "duty lead"  # the key of the one lead who sees the Guardian's lane
SPIKE = "spike"  # the key of whoever is told that more came than usual
NEXT_MINUTES = (
    60  # until the next contact is told, in working hours; danger has its own in [review.chase]
)
Hours = Literal["any", "working", "outside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What decides who is told of a case. `danger`: someone may be; `working`: it is a working hour now.

    `speaking_up`: somebody does in it, also where those on duty act on it.
    """

    flags: tuple[str, ...]
    lane: Lane | None
    platforms: Collection[str]
    risk: int = 3
    danger: bool = False
    working: bool = True
    speaking_up: bool = False
    grave: bool = False  # it waits for nobody's office hours, in the Guardian's lane neither


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Who is told by one mail, and who next. `key` is how a later step finds it in the settings again."""

    key: str
    name: str
    to: tuple[str, ...] = field(repr=False)
    words: str = ""
    next: tuple[str, ...] = field(default=(), repr=False)
    minutes: int | None = None


class AlertRoute(BaseModel):
    """Who is told of cases with one of these flags, lanes and platforms; what is empty, any.

    `next`: who is told where nobody took it within `minutes`, one more each time. `words` stand in its mails.
    """

    model_config = STRICT
    name: Annotated[str, Field(max_length=60)] = ""
    flags: tuple[str, ...] = ()
    lanes: tuple[Lane, ...] = ()
    platforms: tuple[Platform, ...] = ()
    hours: Hours = "any"
    risk: Literal["high", "medium", "low"] = "high"
    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    words: Annotated[str, Field(max_length=300)] = ""
    next: tuple[Address, ...] = ()
    minutes: Minutes | None = None
    also: tuple[str, ...] = ()  # names of [[alerts.second.channels]]

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if not (self.flags or self.lanes or self.platforms):
            raise ValueError(
                "say for what it is: flags, lanes or platforms; for all else there is `to`"
            )
        return self

    @property
    def from_risk(self) -> int:
        """The lowest risk of which it is told, as the store has it."""
        return RANK[self.risk]

    def fits(self, case: Case) -> bool:
        """Whether a case is told to it."""
        return (
            case.risk >= self.from_risk
            and (not self.flags or not set(self.flags).isdisjoint(case.flags))
            and (not self.lanes or case.lane in self.lanes)
            and (not self.platforms or not set(self.platforms).isdisjoint(case.platforms))
            and (self.hours == "any" or (self.hours == "working") == case.working)
        )


RANK = {"high": 3, "medium": 2, "low": 1}


class Routing(BaseModel):
    """Who is told at once of a case that is high, and what is not told at once."""

    model_config = STRICT
    on: bool = False
    to: tuple[Address, ...] = ()
    next: tuple[Address, ...] = ()
    route: tuple[AlertRoute, ...] = ()
    recent_days: Annotated[int, Field(ge=1, le=365)] = 3
    most_an_hour: Annotated[int, Field(ge=1, le=1000)] = 10
    spikes: bool = True
    spikes_to: tuple[Address, ...] = ()

    @property
    def from_risk(self) -> int:
        """The lowest risk of a case of which anybody wants to be told."""
        return min((route.from_risk for route in self.route), default=RANK["high"])

    @property
    def tells_anybody(self) -> bool:
        """Whether an alert reaches anybody but the Guardian."""
        return self.on and bool(self.to or any(GUARDIAN not in route.lanes for route in self.route))

    @property
    def silence(self) -> str:
        """That no email is sent at once, and why, as every page of those on duty says it; "" where somebody is told."""
        if not self.on:
            return "No email is sent at once: alerts are turned off. Nobody, nor the Guardian, hears of danger until someone looks here."
        if not self.tells_anybody:
            return "No email is sent at once to those on duty: alerts go to none of them. Nobody hears of danger until someone looks here."
        return ""

    def destinations(
        self, case: Case, guardian: Sequence[str] = (), duty_lead: Sequence[str] = ()
    ) -> list[Destination]:
        """Who is told of a case, in the order of config.toml; nobody while alerts are off.

        Each flag is told to the routes that name it, and to `to` where none does: a flag beside a routed one must not
        be lost to those who look after it. A route without flags is for all of them. Nobody is told twice.

        `guardian`: the address of the Guardian's role, for what may be speaking up where no route is for that lane. `duty_lead` is told beside
        the Guardian of what is grave there, such as a threat: nobody else is until they had time to take it up.
        """
        if not self.on:
            return []
        if case.lane == GUARDIAN:
            beside = [Destination(key=DUTY_LEAD, name="the duty lead", to=tuple(duty_lead))] if case.grave else []  # fmt: skip
            return _nobody_twice([*self._of_guardian(case, guardian), *beside])
        places = [
            place
            for place, route in enumerate(self.route)
            if GUARDIAN not in route.lanes and route.fits(case)
        ]
        fitting = [self._destination(place) for place in places]
        whole = any(not self.route[place].flags for place in places)
        routed = {flag for place in places for flag in self.route[place].flags}
        if case.risk >= RANK["high"] and not whole and (not case.flags or set(case.flags) - routed):
            fitting.append(self.team)
        if case.speaking_up:  # the Guardian hears of what those on duty act on, as of all the rest
            fitting += self._of_guardian(replace(case, lane=GUARDIAN), guardian)
        return _nobody_twice(fitting)

    def is_guardians(self, key: str) -> bool:
        """Whether a destination, by its key, is for what may be speaking up."""
        return key in (GUARDIAN, DUTY_LEAD) or any(
            GUARDIAN in route.lanes
            for place, route in enumerate(self.route)
            if self._key(place) == key
        )

    @property
    def team(self) -> Destination:
        """Who is told of whatever no route names."""
        return Destination(key=TEAM, name=TEAM_NAME, to=self.to, next=self.next)

    def find(self, key: str) -> Destination | None:
        """A destination by its key, as it is set up now; None for one that was taken out."""
        if key == TEAM:
            return self.team
        return next(
            (
                self._destination(place)
                for place in range(len(self.route))
                if self._key(place) == key
            ),
            None,
        )

    def recipients_for(self, flags: Iterable[str]) -> tuple[str, ...]:
        """Who is told of a case with these flags that is high, in Now and found in working hours."""
        case = Case(flags=tuple(flags), lane="now", platforms=())
        return tuple(
            dict.fromkeys(person for place in self.destinations(case) for person in place.to)
        )

    def also(self, key: str) -> tuple[str, ...]:
        """The second channels of a route, by its key."""
        return next(
            (route.also for place, route in enumerate(self.route) if self._key(place) == key), ()
        )

    def _of_guardian(self, case: Case, guardian: Sequence[str]) -> list[Destination]:
        """Of what may be speaking up only the Guardian hears."""
        routes = [
            self._destination(place)
            for place, route in enumerate(self.route)
            if GUARDIAN in route.lanes and route.fits(case)
        ]
        if not routes and guardian and case.risk >= RANK["high"]:
            routes = [Destination(key=GUARDIAN, name="the Guardian", to=tuple(guardian))]
        return _nobody_twice(routes)

    def _key(self, place: int) -> str:
        route = self.route[place]
        return route.name or f"route {place + 1}"

    def _destination(self, place: int) -> Destination:
        route = self.route[place]
        return Destination(
            key=self._key(place), name=route.name or _and(route.to), to=route.to, words=route.words,
            next=route.next, minutes=route.minutes,
        )  # fmt: skip

    @model_validator(mode="after")
    def _routes_have_names_of_their_own(self) -> Self:
        names = [route.name for route in self.route if route.name]
        if len(set(names)) < len(names) or not {TEAM, GUARDIAN, DUTY_LEAD, SPIKE}.isdisjoint(names):
            raise ValueError(
                "route: two have the same name, or one is called to, guardian, duty lead or spike"
            )
        return self


def _nobody_twice(destinations: Sequence[Destination]) -> list[Destination]:
    """The same, whoever stands in several in the first of them alone; without those that nobody is left of."""
    known: set[str] = set()
    left = []
    for each in destinations:
        to = tuple(person for person in each.to if person not in known)
        known |= set(to)
        if to:
            left.append(
                Destination(
                    key=each.key,
                    name=each.name,
                    to=to,
                    words=each.words,
                    next=each.next,
                    minutes=each.minutes,
                )
            )
    return left


def _and(people: Sequence[str]) -> str:
    *others, last = people
    return f"{', '.join(others)} and {last}" if others else last
