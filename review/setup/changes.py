"""What officers set up in the page: what is in force, whether a change can be kept, what it changes, what it would find."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from classify.policy.schema import Policy
from collectors import platforms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.errors import ConfigError
from core.worker import run_in_subprocess
from review.setup import addresses, fields
from review.setup.fields import Field, Group
from review.setup.form import called_of, shown
from settings import named_people, overrides, recipients, safety, sections, telephones, warnings
from settings.overrides import EffectiveConfig
from settings.schema import Config
from settings.sections import SECTIONS, Content, Section, content, find
from steps import agreed_settings, preview_search, search_checks
from steps.context import open_store
from steps.effective import check_sources_and_rules, effective_config
from steps.models import Preview
from store import Store

# Sections of which sources and rules are made: a change is tried on them before it is kept.
_TRIED = frozenset(("names", "rules", "campaigns", "accounts", "records"))
# Sections that can't be tried on what is held, and by which something is found, known or left unmasked: they name no person either.
_NAMED = frozenset(("accounts", "places", "providers", "records"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is in force of a section. `version` is the newest of the page, 0 where there is none.

    `fault` says why the page's can't be used, so that config.toml's is. `fixed`: by key, the variable of the environment
    that sets it, so that nobody can here.
    """

    content: Content = field(repr=False)
    version: int = 0
    from_page: bool = False
    by_name: str = ""
    at: datetime | None = None
    note: str = ""
    fault: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking a change: what is wrong, by key of config.toml and row; what to ask before it is kept.

    A fault's place is "organisation.names.2.name", or "" where no field is to blame. `content` is as it is kept, with
    what a field holds where it was left empty; None where it can't be read.
    """

    content: Content | None = field(default=None, repr=False)
    faults: Mapping[str, str] = field(default_factory=dict)
    asks: Sequence[str] = ()
    added: int = 0  # mailboxes that would be told of cases from then on
    names: bool = False  # it may look for a person, or for what staff say: governance is told that it was tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a search term reaches, in words of people: sources that are searched, of those the ones with more terms.

    `limits` are sources with what they leave out. `whole` are sources that nobody can search, with what is read there.
    """

    searched: Sequence[str]
    own: Sequence[str]
    limits: Sequence[tuple[str, str]]
    whole: Sequence[tuple[str, str]]


def reach_of(file: Config) -> Reach:
    """Of the sources that config.toml turns on. One that only files can name is called as it stands there."""
    known = [(name, platforms.find(name)) for name in file.sources_on]
    sources = [(name, integration) for name, integration in known if integration is not None]
    return Reach(
        searched=[integration.label for _, integration in sources if not integration.reads_whole],
        own=[integration.label for name, integration in sources if not integration.reads_whole and file.collectors[name].get("terms")],
        limits=[(integration.label, integration.search_limit) for _, integration in sources if integration.search_limit],
        whole=[(integration.label, integration.reads_whole) for _, integration in sources if integration.reads_whole],
    )  # fmt: skip


class Setup:
    """Of one config.toml. `call` runs what needs the platforms' libraries; a test runs it here.

    `reach` says which sources a changed search term reaches.
    """

    def __init__(
        self,
        file: Config,
        folder: Path,
        policy: Policy,
        call: Callable[..., object] = run_in_subprocess,
    ) -> None:
        self._file, self._folder, self._call = file, folder, call
        # at which versions of the sections that are tried, which section, and why: found out once for all who ask
        self._stopped: tuple[Mapping[str, int], Mapping[str, str]] = ({}, {})
        self._one = threading.Lock()
        self.reach = reach_of(file)
        choices = {"flags": {name: flag.label for name, flag in policy.in_use.items()}}
        self.groups: Mapping[str, Sequence[Group]] = {
            section.key: fields.groups_of(section, choices) for section in SECTIONS
        }

    def standing(self, store: Store) -> Mapping[str, Standing]:
        """What is in force of every section."""
        in_force = self._in_force(store)
        table = overrides.as_json(in_force.config)
        standing = {}
        for section in SECTIONS:
            latest = in_force.stored.get(section.key)
            standing[section.key] = Standing(
                content=content(table, section), fault=in_force.faults.get(section.key, ""),
                version=latest.version if latest else 0, from_page=in_force.from_page(section.key),
                by_name=latest.by_name if latest else "", at=latest.at if latest else None,
                note=latest.note if latest else "",
                fixed={key: name for key in section.keys if (name := in_force.fixed(key))},
            )  # fmt: skip
        return standing

    def filed(self, key: str) -> Content:
        """What config.toml has of a section."""
        return content(overrides.as_json(self._file), self._section(key))

    def checked(
        self,
        store: Store,
        key: str,
        new_content: Content | None,
        at: datetime,
        *,
        whole: bool = True,
    ) -> Checked:
        """Whether a change can be kept, and what it asks before; None is config.toml's own."""
        section = self._section(key)
        before = self._in_force(store).config
        if new_content is not None:
            in_force = content(overrides.as_json(before), section)
            if wrong := addresses.faults(in_force, new_content):
                return Checked(faults=wrong)
        try:
            after = overrides.with_content(
                before, section, self.filed(key) if new_content is None else new_content
            )
        except ValidationError as error:
            return Checked(faults=faults(error, section.keys))
        except ConfigError as error:
            return Checked(faults={"": str(error)})
        problems = {}
        if key in ("names", "accounts") and not search_checks.unregistered(before):
            problems = _on_form(search_checks.unregistered(after), section)
        on = clock.local_day(at)
        if section.searches or key in _NAMED:
            problems = (
                _on_form(
                    search_checks.personal(before, after, self._agreed(store, on), file=self._file),
                    section,
                )
                | problems
            )
            if key == "accounts":
                problems = search_checks.registered(before, after, self._file, self._agreed(store, on)) | problems  # fmt: skip
            # nothing is compared with who posts here: an answer to whoever saves would tell them (see `without_who_posts`)
        names = bool(problems) and (section.searches or key in _NAMED)
        if not problems and key == "escalation":
            problems = recipients.faults(after, on, before)
        if key in ("escalation", "contacts"):
            problems = problems or _on_form(telephones.faults(before, after), section)
        if not problems and key in warnings.LOCKS:
            problems = warnings.unlocked(key, before, after, self._so_far(store, key))
        if whole and not problems and key in _TRIED:
            problems = self._tried(store, before, after, at)
        asks = [
            *warnings.asks(before, after, on, PLATFORM_NAMES, self._would_wait(store, after)),
            *search_checks.doubts(before, after, on),
        ]
        return Checked(
            content=content(overrides.as_json(after), section),
            faults=problems,
            asks=asks,
            added=len(recipients.new_addresses(before, after)),
            names=names,
        )

    def difference(self, key: str, before: Content, after: Content) -> Sequence[str]:
        """What differs, in words."""
        return list(difference(self.groups[key], before, after))

    def preview(
        self, store: Store, key: str, new_content: Content, at: datetime, *, by: int
    ) -> Preview:
        """What the terms or rules of a section would have found. Raises ConfigError for one that can't be read."""
        before = self._in_force(store).config
        after = overrides.with_content(before, self._section(key), new_content)
        preview = self._call(tried_out, self._file, self._folder, key, before, after, at, by)
        assert isinstance(preview, Preview)
        return preview

    def _in_force(self, store: Store) -> EffectiveConfig:
        """What is in force, as a cycle has it: without what stops a source, which is found out once for each change of that.

        It takes a process of its own, seconds on a busy machine: a change of other sections does not ask it again.
        """
        in_force = overrides.apply_overrides(self._file, store.settings.current())
        if not any(in_force.from_page(key) for key in _TRIED):
            return in_force
        versions = {key: stored.version for key, stored in in_force.stored.items() if key in _TRIED}
        with self._one:
            if self._stopped[0] != versions:
                stopped = self._call(stopped_by, self._file, self._folder)
                assert isinstance(stopped, Mapping)
                self._stopped = (versions, stopped)
            why = self._stopped[1]
        return overrides.without(in_force, why) if why else in_force

    def _agreed(self, store: Store, on: date) -> frozenset[str]:
        """Names of people that may be searched for on a day."""
        return named_people.agreed(self._file, on) | store.searched_people.approved(on)

    def _would_wait(self, store: Store, after: Config) -> list[safety.Waiting]:
        """What a change takes from what is in force: from nobody who was never told, since governance did not approve them."""
        set_up = overrides.apply_overrides(self._file, store.settings.current()).config
        steps = agreed_settings.agreed_settings(self._file, store).steps
        return list(safety.newly_waiting(set_up, after, self._file, steps))

    def _tried(self, store: Store, before: Config, after: Config, at: datetime) -> dict[str, str]:
        """What would stop a source or a rule."""
        tokens = {token.source: token.access for token in store.tokens.all()}
        why = self._call(fault_of, before, after, self._folder, tokens, at)
        return {"": str(why)} if why else {}

    def _so_far(self, store: Store, key: str) -> list[Mapping[str, Any]]:
        """The rows of a section as they stood at any time: by config.toml, and by every version of the page."""
        versions = [version.content or {} for version in store.settings.history(key)]
        return [
            row
            for section_content in (self.filed(key), *versions)
            for row in section_content.get(warnings.LOCKS[key], ())
        ]

    def _section(self, key: str) -> Section:
        section = find(key)
        assert section is not None
        return section


def _on_form(faults: Mapping[str, str], section: Section) -> dict[str, str]:
    """Faults by place; what stands in another section has none in this form."""
    return {place if place.startswith(section.keys) else "": why for place, why in faults.items()}


# The next three load the platforms' libraries, 0.7 s and 52 MB that would stay with the page: they run in a process of
# their own.


def fault_of(
    before: Config, after: Config, folder: Path, tokens: Mapping[str, str], at: datetime
) -> str:
    """What a change would stop: a source, or a rule. "" where nothing, or what is stopped anyhow."""

    def stopped(config: Config) -> str:
        try:
            check_sources_and_rules(config, folder, tokens, at)
        except ConfigError as error:
            return str(error)
        return ""

    why = stopped(after)
    return "" if not why or stopped(before) else why


def stopped_by(file: Config, folder: Path) -> Mapping[str, str]:
    """The sections of the page that a source or a rule refuses, with why."""
    with open_store(file, folder, create=False) as store:
        laid = overrides.apply_overrides(file, store.settings.current())
        in_force = effective_config(file, folder, store, clock.now())
    return {key: why for key, why in in_force.faults.items() if key not in laid.faults}


def tried_out(*args: Any) -> Preview:
    """`preview_search.preview`, in whichever process calls it."""
    return preview_search.preview(*args)


# What a check's kind of fault is called; what is not named says it in its own words.
_SAID = {
    "missing": "Fill this in", "literal_error": "Choose one",
    "int_type": "Write a whole number", "int_parsing": "Write a whole number",
    "extra_forbidden": "This is not known",
}  # fmt: skip


def faults(error: ValidationError, keys: Sequence[str]) -> dict[str, str]:
    """What is wrong by place: a key, or a key with a row and a field; "" where no field of the section is to blame."""
    messages: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        place, key = _place(detail["loc"], keys)
        messages.setdefault(place, _said(detail, key))
    return messages


def _place(loc: tuple[int | str, ...], keys: Sequence[str]) -> tuple[str, str]:
    """Where on the form, and whose words of settings/sections.py they are."""
    path = ".".join(str(step) for step in loc)
    for key in keys:
        if path == key or path.startswith(f"{key}."):
            rest = path[len(key) + 1 :].split(".")
            if len(rest) > 1:
                return f"{key}.{rest[0]}.{rest[1]}", f"{key}.{rest[1]}"
            row = rest[0].isdecimal() and sections.of(key).noun
            return (f"{key}.{rest[0]}" if row else key), key
    return "", ""


def _said(detail: ErrorDetails, key: str) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("string_pattern_mismatch", "string_type") and (wrong := sections.of(key).wrong):
        return wrong
    if kind == "string_too_short":
        least = context["min_length"]
        return "Fill this in" if least == 1 else f"Write at least {least} characters"
    if kind == "string_too_long":
        return f"Write at most {context['max_length']:,} characters"
    if kind == "too_short":
        return "At least one is needed"
    if kind == "greater_than_equal":
        return f"Write {context['ge']:,} or more"
    if kind == "less_than_equal":
        return f"Write {context['le']:,} or less"
    if kind.startswith("date"):
        return "Write a day such as 2026-11-24"
    return _SAID.get(kind) or detail["msg"].removeprefix("Value error, ")


def difference(groups: Sequence[Group], before: Content, after: Content) -> Iterator[str]:
    """What differs between two contents of a section, a sentence each; nothing where nothing does."""
    for group in groups:
        old, new = before.get(group.key), after.get(group.key)
        if old == new:
            continue
        if group.rows:
            yield from _rows(group, old or [], new or [])
        else:
            yield from _one(group.fields[0], group.words.label, old, new)


def _rows(
    group: Group, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    was, now = _by_name(group, _whole(old)), _by_name(group, _whole(new))
    for name in now:
        if name not in was:
            yield f"Added: {name}{_rest(group, now[name])}"
    for name in was:
        if name not in now:
            yield f"Removed: {name}{_rest(group, was[name])}"
    for name, row in now.items():
        for part in group.fields if name in was else ():
            label = f"{name}, {_low(part.words.label)}"
            yield from _one(part, label, was[name].get(part.name), row.get(part.name))
    if list(was) != list(now) and set(was) == set(now):
        yield f"{group.words.label}: in another order"


def _whole(rows: object) -> list[Mapping[str, Any]]:
    """The rows of a version that an earlier program kept, as far as they are rows today."""
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _by_name(group: Group, rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Rows by what they are called; several of one name are told apart by number."""
    rows_by_name: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        called = name = called_of(group, row)
        number = 1
        while name in rows_by_name:
            number += 1
            name = f"{called} ({number})"
        rows_by_name[name] = row
    return rows_by_name


def _rest(group: Group, row: Mapping[str, Any]) -> str:
    """What else a row says, in brackets."""
    parts = [
        f"{_low(field.words.label)}: {shown(field, row.get(field.name))}"
        for field in group.fields
        if row.get(field.name) not in (None, "", [], field.default)
        and shown(field, row[field.name]) not in called_of(group, row)
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def _one(field: Field, label: str, old: Any, new: Any) -> Iterator[str]:
    if (old or None) == (new or None):
        return
    if isinstance(old, list) or isinstance(new, list):
        some, others = list(old or []), list(new or [])
        added = [shown(field, [entry]) for entry in others if entry not in some]
        gone = [shown(field, [entry]) for entry in some if entry not in others]
        parts = [f"added {', '.join(added)}"] * bool(added) + [f"removed {', '.join(gone)}"] * bool(
            gone
        )
        yield f"{label}: {'; '.join(parts) or 'in another order'}"
    else:
        yield f"{label}: {shown(field, new)} instead of {shown(field, old)}"


def _low(label: str) -> str:
    return label[:1].lower() + label[1:]
