"""What the papers are written from: sources, platforms, flags, roles, records and retention as they are in force."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from classify.policy.schema import FlagPolicy, Policy, clause_texts
from collectors import terms
from collectors.platforms import INTEGRATIONS, PLATFORM_NAMES
from collectors.terms import Terms
from core import clock
from core.models import PLATFORMS, Platform, Role
from reports import chain
from settings import safety
from settings.governance import ASKED_FOR
from settings.schema import Config
from store import User
from store.seals import SEALED

FOLDER = Path(__file__).parent
# What each time of [retention] is the time of; those of platforms stand beside the platforms.
TIMES: Mapping[str, str] = {
    "days": "A post where nothing shorter holds, and what the team wrote to itself",
    "no_action_days": "A post after someone decided that nothing needs doing, or that it is not about us",
    "out_of_scope_days": "A post that is not about us and has no flag",
    "positive_days": "Good words without a flag",
    "children_days": "A post that names a child’s age or school, once nothing runs on its case",
    "decision_records_days": "A record of a decision, without words",
    "access_days": "Who looked at what",
    "deleted_after_hours": "What its writer deleted, where the platform names no time",
}
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Record(BaseModel):
    """A kind of record, of records.toml."""

    model_config = _STRICT
    name: str
    tables: tuple[str, ...]
    whose: Literal["public", "staff", "nobody"]
    special: bool
    form: str
    goes: str
    why: str


class Clause(BaseModel):
    """What a clause of the social media policy asks and who sees to it, of clauses.toml."""

    model_config = _STRICT
    number: str
    title: str
    asks: str
    automatic: str
    person: str
    not_done: str


class Control(BaseModel):
    """What is done about a risk, and the test that shows it (a file and a function of tests/)."""

    model_config = _STRICT
    does: str
    test: str


class Risk(BaseModel):
    """A risk to people, of risks.toml."""

    model_config = _STRICT
    title: str
    likely: Literal["low", "medium", "high"]
    severe: Literal["low", "medium", "high"]
    left: str
    controls: tuple[Control, ...]


class Fared(BaseModel):
    """How often texts of a group were flagged, or called high, needlessly; of fairness.toml."""

    model_config = _STRICT
    group: str
    count: int  # texts of the group that should have no flag
    needless: int
    others: float  # the share among all other texts
    interval: tuple[float, float]  # of the group's share, 95 %, Wilson
    marked: bool  # the difference to the others is more than chance, before allowing for many comparisons


class Fairness(BaseModel):
    """Errors by group of people spoken of, as measured of one model."""

    model_config = _STRICT
    model: str
    policy: str
    rows: int
    too_few: tuple[str, ...]
    groups: tuple[Fared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInUse:
    """A source of config.toml."""

    name: str
    gives: tuple[str, ...]  # platforms' names
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRules:
    """How long what a platform gives is kept, and what its terms forbid."""

    name: str
    days: int
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the papers say of the system as it is set up."""

    config: Config
    policy: Policy
    model: str
    read_by: tuple[str, ...]
    program: str
    made_at: datetime
    sources: tuple[SourceInUse, ...]
    platforms: tuple[PlatformRules, ...]
    flags: Mapping[str, FlagPolicy]
    may: Mapping[Role, str]
    people: Mapping[Role, tuple[str, ...]]
    records: tuple[Record, ...]
    clauses: tuple[Clause, ...]
    clause_texts: Mapping[str, str]
    risks: tuple[Risk, ...]
    fairness: Fairness
    by_command: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def sealed(self) -> tuple[str, ...]:
        """The tables of which rows are sealed."""
        return tuple(SEALED)

    @property
    def organisation(self) -> str:
        """The name under which it is set up."""
        return self.config.organisation.name

    @property
    def lane_readers(self) -> str:
        """Who reads what waits in the Guardian's lane, by the settings: a lead where one is named."""
        if self.config.review.duty_lead:
            return "the Freedom to Speak Up Guardian, governance and one lead"
        return "the Freedom to Speak Up Guardian and governance"

    @property
    def running(self) -> tuple[SourceInUse, ...]:
        """The sources that are read."""
        return tuple(source for source in self.sources if source.on)

    @property
    def times(self) -> list[tuple[str, str]]:
        """Each time of [retention] that is no platform's: what it is the time of, and how long that is."""
        return [
            (what, _long(key, getattr(self.config.retention, key))) for key, what in TIMES.items()
        ]

    @property
    def settings_guards(self) -> list[tuple[str, list[str]]]:
        """How what a lead may change in the page is guarded, each way with what it guards."""
        return safety.guarded_by()

    @property
    def gate(self) -> list[tuple[str, str]]:
        """What must be signed before a source may be read, each with what the settings say; "" where it is missing."""
        return [(what, self.signed(key)) for key, what in ASKED_FOR.items()]

    def signed(self, key: str) -> str:
        """What [governance] says under a key, in words; "" where nothing stands there."""
        value = getattr(self.config.governance, key)
        return f"{value:%-d %B %Y}" if isinstance(value, date) else value or ""

    @property
    def employment_on(self) -> bool:
        """Whether employment is a purpose here."""
        return self.config.governance.employment.in_force(clock.local_day(self.made_at))

    @property
    def employment_papers(self) -> list[tuple[str, str]]:
        """What [governance.employment] says, each with what it is of; and the teams that get what two people agreed to."""
        signed = self.config.governance.employment
        teams = [team.name for team in self.config.review.roles if team.type == "employer"]
        return [
            ("Lawful basis", signed.legal_basis), ("Its own impact assessment", signed.dpia),
            ("Unions consulted", f"{_day(signed.union_consulted)}; {signed.union_reference}"), ("Looked at again by", _day(signed.review_by)),
            ("Who gets it", ", ".join(teams) or "nobody: no team of the type employer is set up"),
            ("How", "someone asks for a case, and governance and the Freedom to Speak Up Guardian, two other people, each agree with a reason that is saved"),
        ]  # fmt: skip

    @property
    def read_so_far(self) -> str:
        """What read what is stored, where that is not the model in force: after an upgrade, until all is read anew."""
        if not self.read_by:
            return "; nothing was read here yet"
        others = [model for model in self.read_by if model != self.model]
        if not others:
            return ""
        whole = "" if self.model in self.read_by else "all of "
        return f"; {whole}what is stored was read{'' if whole else ' in part'} by {', '.join(others)}, until the next cycles read it again"

    @property
    def chain_leaves(self) -> bool:
        """Whether the end of the record leaves this system by an email."""
        return chain.leaves(self.config)

    def flags_of(self, clause: str) -> list[str]:
        """The flags that enforce a clause, as people call them."""
        return [flag.label for flag in self.flags.values() if clause in flag.clause]


def gather(
    config: Config, policy: Policy, users: Iterable[User], *, may: Mapping[Role, str], model: str, at: datetime,
    read_by: Sequence[str] = (), by_command: Collection[int] = (), shared: Iterable[str] = (),
) -> Facts:  # fmt: skip
    """What is in force at a moment. `model`: the one that is installed; `read_by`: those by which what is stored was read, the newest first. `may`: what each role may do, in words. `by_command`: accounts of governance or the Guardian that a
    command made or opened, and nobody else has seen. `shared`: a sentence for each two offices that one account, person or mailbox holds. Raises ConfigError for wrong terms.
    """
    users = tuple(users)
    active = [user for user in users if user.active]
    gives = {
        integration.name: tuple(facts.label for facts in integration.platforms)
        or (integration.label,)
        for integration in INTEGRATIONS
    }
    days = config.retention.platforms
    return Facts(
        config=config,
        policy=policy,
        model=model,
        read_by=tuple(read_by),
        program=version("nwl-mentions"),
        made_at=at,
        sources=tuple(
            SourceInUse(name=name, gives=gives.get(name, ()), on=bool(table.get("on")))
            for name, table in config.collectors.items()
        ),
        platforms=tuple(
            PlatformRules(
                name=PLATFORM_NAMES[platform],
                days=days.get(platform, config.retention.days),
                terms=of_platform,
            )
            for platform, of_platform in all_terms().items()
        ),
        flags=policy.flags,
        may=may,
        people={role: tuple(user.name for user in active if role in user.roles) for role in may},
        records=records(),
        clauses=clauses(),
        clause_texts=clause_texts(),
        risks=risks(),
        fairness=fairness(),
        by_command=tuple(user.name for user in users if user.number in by_command),
        shared=tuple(shared),
    )


def all_terms() -> Mapping[Platform, Terms]:
    """Every platform's terms in the order of `PLATFORMS`."""
    known = terms.all_terms()
    return {platform: known[platform] for platform in PLATFORMS}


@lru_cache(maxsize=1)
def records() -> tuple[Record, ...]:
    """records.toml."""
    return tuple(Record.model_validate(row) for row in _rows("records.toml", "record"))


@lru_cache(maxsize=1)
def clauses() -> tuple[Clause, ...]:
    """clauses.toml."""
    return tuple(Clause.model_validate(row) for row in _rows("clauses.toml", "clause"))


@lru_cache(maxsize=1)
def risks() -> tuple[Risk, ...]:
    """risks.toml."""
    return tuple(Risk.model_validate(row) for row in _rows("risks.toml", "risk"))


@lru_cache(maxsize=1)
def fairness() -> Fairness:
    """fairness.toml."""
    return Fairness.model_validate(
        tomllib.loads((FOLDER / "fairness.toml").read_text("utf-8")), strict=False
    )


def _rows(file: str, key: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = tomllib.loads((FOLDER / file).read_text("utf-8"))[key]
    return rows


def _day(value: date | str) -> str:
    return f"{value:%-d %B %Y}" if isinstance(value, date) else value


def _long(key: str, number: int) -> str:
    unit = "hour" if key.endswith("hours") else "day"
    return "at once" if number == 0 else f"{number} {unit}{'s' * (number != 1)}"
