"""The shape of the database, step 15: what officers set up in the page. See `migrations`."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run
from store.review_migrations import migrations as migrations  # its steps come before


@migrations()
def m015_settings(db: Database) -> None:
    """Versions of what the page may change of config.toml; `filed` is 1 where the file's holds again.

    They are added and never changed, but that keys can be rotated. `back_to` is the version whose content
    somebody went back to.
    """
    run(db, (
        """CREATE TABLE settings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, section TEXT NOT NULL, version INTEGER NOT NULL,
            at TEXT NOT NULL, by_user INTEGER REFERENCES users, filed INTEGER NOT NULL,
            back_to INTEGER, sealed BLOB NOT NULL, UNIQUE (section, version)) STRICT""",
        """CREATE TRIGGER settings_never_change
            BEFORE UPDATE OF number, section, version, at, by_user, filed, back_to ON settings BEGIN
            SELECT RAISE(ABORT, 'settings are added, never changed'); END""",
        """CREATE TRIGGER settings_never_go BEFORE DELETE ON settings BEGIN
            SELECT RAISE(ABORT, 'settings are added, never removed'); END""",
    ))  # fmt: skip
