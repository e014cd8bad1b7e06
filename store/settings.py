"""Keeps what officers set up in the page: versions of named sections, laid over config.toml by `settings.overrides`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import acting, clock
from core.errors import StoreError
from core.text import sentence
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

LONGEST_NOTE = 500
_VERSIONS = """SELECT s.*, u.name FROM settings s LEFT JOIN users u ON u.number = s.by_user"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingVersion:
    """One version of a section. `content` is None where config.toml's holds again from this version on.

    `content` has values as JSON has them, by the keys of config.toml. `back_to` is the earlier version
    whose content it took up again.
    """

    section: str
    version: int
    content: Mapping[str, Any] | None = field(repr=False)
    at: datetime
    by_name: str
    note: str = field(default="", repr=False)
    back_to: int | None = None
    by: int | None = None  # a user's number; None where it was done at the command line


class Settings:
    """Adding and reading versions of sections."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def save(
        self,
        section: str,
        content: Mapping[str, Any] | None,
        expected_version: int,
        *,
        at: datetime,
        by: int | None = None,
        who: str = "",
        note: str = "",
        back_to: int | None = None,
    ) -> bool:
        """Adds a version, made by somebody who saw `expected_version` (0 where there was none).

        False where another was added meanwhile: show it, and ask again. `by` is a user's number; `who` a name
        where it was done at the command line. Raises StoreError where neither is given, or `back_to` is no
        version of the section.
        """
        if by is None and not who.strip():
            raise StoreError("a change of settings needs to say who made it")
        with self._db.transaction():
            if self._version(section) != expected_version:
                return False
            if back_to is not None and not 0 < back_to <= expected_version:
                raise StoreError(f"there is no version {back_to} to go back to")
            self._db.insert(
                "settings", section=clean(section), version=expected_version + 1, at=clock.text(at),
                by_user=by, from_file=content is None, restored_version=back_to,
                encrypted=self._db.encryption.encrypt({
                    "content": None if content is None else dict(content),
                    "note": note[:LONGEST_NOTE], "who": who, "login": acting.login(),
                }),
            )  # fmt: skip
            self._ledger.note("to be done again", at, about={"what": "settings", "section": clean(section)})  # fmt: skip
            self._db.add_event(
                "settings changed", at, section=clean(section), version=expected_version + 1,
                by=by if by is not None else self._db.encryption.person_hash(who),
            )  # fmt: skip
        return True

    def current(self) -> dict[str, SettingVersion]:
        """The newest version of every section that was ever changed, by section."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_VERSIONS} WHERE s.number IN (SELECT max(number) FROM settings GROUP BY section)
                ORDER BY s.number"""
            )
            return {row["section"]: self._setting(row) for row in rows}

    def history(self, section: str) -> list[SettingVersion]:
        """All versions of a section, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"{_VERSIONS} WHERE s.section = ? ORDER BY s.version DESC", clean(section)
            )
            return [self._setting(row) for row in rows]

    def head(self) -> int:
        """A number that is another after every change of any section; 0 where nothing was changed yet."""
        with self._db.snapshot():
            return int(self._db.value("SELECT max(number) FROM settings") or 0)

    def _version(self, section: str) -> int:
        return int(
            self._db.value("SELECT max(version) FROM settings WHERE section = ?", clean(section))
            or 0
        )

    def _setting(self, row: Row) -> SettingVersion:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return SettingVersion(
            section=row["section"], version=row["version"], content=fields["content"],
            at=clock.parse(row["at"]), note=fields["note"], back_to=row["restored_version"], by=row["by_user"],
            by_name=row["name"] or _at_the_machine(fields) or "somebody who has left",
        )  # fmt: skip


def _at_the_machine(fields: Mapping[str, Any]) -> str:
    """Whom a command named, and who ran it where that was recorded."""
    login = fields.get("login", "")
    return sentence(acting.in_words(login, fields["who"])) if login else fields["who"]
