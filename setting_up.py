"""What the page is handed so that officers can set up in it: sections, what is in force, checks, differences, trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

import clock
import employer
import in_force
import search_lint
import section_fields
import setting_words
import weakening
from apart import apart
from classify.policy import HERE, load
from config import Config
from errors import ConfigError
from review.setup_shapes import Checked, Content, Preview, Standing
from review.setup_shapes import Section as Form
from sections import SECTIONS, Section, content, find

if TYPE_CHECKING:
    from in_force import InForce
    from store import Store

# Sections of which sources and rules are made: a change is tried on them before it is kept.
_TRIED = frozenset(("names", "rules", "campaigns", "accounts"))


class SettingUp:
    """Of one config.toml. `call` runs what needs the platforms' libraries; a test runs it here."""

    def __init__(self, file: Config, folder: Path, call: Callable[..., object] = apart) -> None:
        self._file, self._folder, self._call = file, folder, call
        policy = folder / file.classifier.policy if file.classifier.policy else HERE / "policy.toml"
        self._choices = {"flags": tuple(load(policy).flags)}
        self._stopped: tuple[int, Mapping[str, str]] = (
            0,
            {},
        )  # at which head, which section and why
        self.own_terms: Sequence[str] = [
            name
            for name, table in file.collectors.items()
            if table.get("on") and table.get("terms")
        ]
        self.sections: Sequence[Form] = [
            section_fields.form(section, self._choices) for section in SECTIONS
        ]

    def standing(self, store: Store) -> Mapping[str, Standing]:
        """What is in force of every section."""
        found = self._in_force(store)
        table = in_force.as_json(found.cfg)
        standing = {}
        for section in SECTIONS:
            told = found.stored.get(section.key)
            standing[section.key] = Standing(
                content=content(table, section), fault=found.faults.get(section.key, ""),
                version=told.version if told else 0, from_page=found.from_page(section.key),
                by_name=told.by_name if told else "", at=told.at if told else None,
                note=told.note if told else "",
            )  # fmt: skip
        return standing

    def filed(self, key: str) -> Content:
        """What config.toml has of a section."""
        return content(in_force.as_json(self._file), self._section(key))

    def checked(
        self, store: Store, key: str, told: Content | None, at: datetime, *, whole: bool = True
    ) -> Checked:
        """Whether a change can be kept, and what it asks before; None is config.toml's own."""
        section = self._section(key)
        before = self._in_force(store).cfg
        try:
            after = in_force.with_content(
                before, section, self.filed(key) if told is None else told
            )
        except ValidationError as error:
            return Checked(faults=setting_words.faults(error, section.keys))
        except ConfigError as error:
            return Checked(faults={"": str(error)})
        faults = {}
        if key in ("names", "accounts") and not search_lint.unregistered(before):
            faults = _on_form(search_lint.unregistered(after), section)
        if key in employer.LOCKS:
            faults = employer.unlocked(key, before, after, self._so_far(store, key))
        if whole and not faults and key in _TRIED:
            faults = self._tried(store, before, after, at)
        on = clock.local_day(at)
        asks = [*weakening.asks(before, after, on), *search_lint.doubts(before, after, on)]
        return Checked(content=content(in_force.as_json(after), section), faults=faults, asks=asks)

    def difference(self, key: str, before: Content, after: Content) -> Sequence[str]:
        """What differs, in words."""
        form = next(one for one in self.sections if one.key == key)
        return list(setting_words.difference(form, before, after))

    def preview(self, store: Store, key: str, told: Content, at: datetime, *, by: int) -> Preview:
        """What the terms or rules of a section would have found. Raises ConfigError for one that can't be read."""
        before = self._in_force(store).cfg
        after = in_force.with_content(before, self._section(key), told)
        found = self._call(tried_out, self._file, self._folder, key, before, after, at, by)
        assert isinstance(found, Preview)
        return found

    def _in_force(self, store: Store) -> InForce:
        """What is in force, as a cycle has it: without what stops a source, which is found out once for each change."""
        head, found = store.settings_head(), in_force.laid(self._file, store.settings())
        if not any(found.from_page(key) for key in _TRIED):
            return found
        if self._stopped[0] != head:
            stopped = self._call(stopped_by, self._file, self._folder)
            assert isinstance(stopped, Mapping)
            self._stopped = (head, stopped)
        why = self._stopped[1]
        return in_force.without(found, why) if why else found

    def _tried(self, store: Store, before: Config, after: Config, at: datetime) -> dict[str, str]:
        """What would stop a source or a rule."""
        tokens = {one.source: one.access for one in store.tokens()}
        why = self._call(fault_of, before, after, self._folder, tokens, at)
        return {"": str(why)} if why else {}

    def _so_far(self, store: Store, key: str) -> list[Mapping[str, Any]]:
        """The rows of a section as they stood at any time: by config.toml, and by every version of the page."""
        versions = [one.content or {} for one in store.setting_history(key)]
        return [
            row
            for told in (self.filed(key), *versions)
            for row in told.get(employer.LOCKS[key], ())
        ]

    def _section(self, key: str) -> Section:
        found = find(key)
        assert found is not None
        return found


def _on_form(faults: Mapping[str, str], section: Section) -> dict[str, str]:
    """Faults by place; what stands in another section has none in this form."""
    return {place if place.startswith(section.keys) else "": why for place, why in faults.items()}


def fault_of(
    before: Config, after: Config, folder: Path, tokens: Mapping[str, str], at: datetime
) -> str:
    """What a change would stop: a source, or a rule. "" where nothing, or what is stopped anyhow."""
    import collecting

    def stopped(cfg: Config) -> str:
        try:
            collecting.check(cfg, folder, tokens, at)
        except ConfigError as error:
            return str(error)
        return ""

    why = stopped(after)
    return "" if not why or stopped(before) else why


def stopped_by(file: Config, folder: Path) -> Mapping[str, str]:
    """The sections of the page that a source or a rule refuses, with why."""
    import collecting
    from house import open_store

    with open_store(file, folder, create=False) as store:
        laid = in_force.laid(file, store.settings())
        found = collecting.fitted(file, folder, store, clock.now())
    return {key: why for key, why in found.faults.items() if key not in laid.faults}


def tried_out(*given: Any) -> Preview:
    """`searching.preview`, in whichever process calls it."""
    import searching

    return searching.preview(*given)
