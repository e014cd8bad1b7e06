"""Opens the database file: the driver, its settings, and what its errors mean to a person."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DamagedError, StoreError
from store import damage


@contextmanager
def _without(*modules: str) -> Iterator[None]:
    """Inside, modules count as not installed, where nothing has imported them yet."""
    hidden = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # importing one is an ImportError
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]


# sqlite-utils would bring them: 70 MB that no table of ours needs
with _without("pandas", "numpy"):
    from sqlite_utils import Database
    from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3, where it is

Row = sqlite3.Row
Connection = sqlite3.Connection
Cursor = sqlite3.Cursor
DatabaseError = sqlite3.DatabaseError
OperationalError = sqlite3.OperationalError

# 3.7.0 to 3.51.2 can corrupt a database when two connections write and checkpoint its log at once.
OLDEST = (3, 51, 3)
APPLICATION = 0x4D454E54  # "MENT": tells our files from other programs'

_MENDS = {
    "SQLITE_FULL": "the disk is full: free some space and run again; nothing stored is lost",
    "SQLITE_BUSY": "another program holds it: wait for that or stop it, then run again",
    "SQLITE_LOCKED": "another program holds it: wait for that or stop it, then run again",
    "SQLITE_NOTADB": "this is no database, or its beginning is damaged: check the path under [store] in the settings; if it is right, "
    "move the file away and bring the last backup back with `mentions restore FROM`",
    "SQLITE_CORRUPT": damage.MEND,
    "SQLITE_READONLY": "it can't be written: give this user write access to the file and its folder",
    "SQLITE_CANTOPEN": "it can't be opened: check that the folder exists and that this user may write there",
    "SQLITE_PERM": "it can't be opened: give this user access to the file and its folder",
    "SQLITE_IOERR": "the disk could not be read or written: check its space and health, then run again",
    "SQLITE_NOMEM": "there is not enough memory: stop other programs and run again",
    "SQLITE_TOOBIG": "a value is too large to be stored",
}  # fmt: skip


def check_version(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Raises StoreError for a SQLite whose write-ahead log is not safe with two writers."""
    if version < OLDEST:
        written = ".".join(str(part) for part in version)
        raise StoreError(
            f"SQLite {written} can corrupt a database that two programs write: install the package "
            "pysqlite3, which brings a newer one"
        )


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the disk say into a StoreError that says what to do.

    Broken constraints and wrong use are bugs and pass through as they are.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.Error as error:
        raise explained(path, error) from error
    except MemoryError as error:  # which the driver raises in place of SQLITE_NOMEM
        raise StoreError(f"{path.name}: {_MENDS['SQLITE_NOMEM']}") from error
    except OSError as error:
        raise StoreError(
            f"{path.name}: {error.strerror or 'the disk failed'}: check the disk's space and the "
            "rights of this user, then run again"
        ) from error


def explained(path: Path, error: sqlite3.Error) -> StoreError:
    """What SQLite said, as an error that says what to do; that a file is damaged is noted beside it for every process."""
    if is_damage(error):
        damage.note(path)
        return DamagedError(f"{path.name}: {damage.MEND}")
    return StoreError(f"{path.name}: {_mend(error)}")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is damaged: its pages, or a text in it that is none."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return name.startswith("SQLITE_CORRUPT") or str(error).startswith("Could not decode to UTF-8")


def _mend(error: Exception) -> str:
    name = str(getattr(error, "sqlite_errorname", ""))
    for start, mend in _MENDS.items():
        if name.startswith(start):
            return mend
    return f"SQLite refused ({name or type(error).__name__}): run `mentions verify`"


def connect(path: Path, *, create: bool, patience: float) -> Database:
    """The database at `path`, readable by its owner alone. `patience`: seconds to wait for a lock."""
    check_version()
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
    else:
        _must_be_there(path)
    # statements hold the programs of triggers, dear to make: the driver's own 128 don't hold a cycle's
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience, isolation_level=None, cached_statements=512
    )  # fmt: skip
    try:
        db = Database(connection, execute_plugins=False)
        _set(db, patience, create=create)
        _owner_only(path)
    except BaseException:
        connection.close()
        raise
    return db


class Changes:
    """Tells whether anything was stored since it was asked before, by whichever thread or process. For any thread.

    SQLite's data_version counts what other connections commit, so that this one is never written through.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._alone = threading.Lock()
        self._connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)

    def head(self) -> int:
        """Another number than before where anything was stored; it is no count."""
        with explain_errors(self._path), self._alone:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """It can't be asked again."""
        self._connection.close()


def _must_be_there(path: Path) -> None:
    """Raises StoreError for a database that is not there, or holds nothing: a new one in its place would hide what was lost."""
    mend = (
        "if its disk or share is not mounted, mount it; if it was lost, `mentions restore FROM` brings a backup back; "
        "for a first installation `mentions init` makes one"
    )
    if not path.exists():
        raise StoreError(f"{path.name} does not exist where [store] says ({path.parent}): {mend}")
    if path.is_file() and path.stat().st_size == 0:
        raise StoreError(
            f"{path.name} is empty, and a database of this program never is: move it away first; {mend}"
        )


def _make(path: Path) -> None:
    # O_EXCL, because closing a handle of a file that is open elsewhere in this process would drop
    # SQLite's locks on it.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def _owner_only(path: Path) -> None:
    for file in files_of(path):
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)


def files_of(path: Path) -> tuple[Path, Path, Path]:
    """The database, its write-ahead log and that log's index."""
    return path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _set(db: Database, patience: float, *, create: bool) -> None:
    db.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    db.execute("PRAGMA trusted_schema = OFF")  # a tampered schema can't run functions
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    db.execute("PRAGMA temp_store = MEMORY")  # no clear text in temporary files
    _refuse_strangers(db, create=create)
    if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _use_wal(db, patience)
    db.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut: 3 ms each


def _refuse_strangers(db: Database, *, create: bool) -> None:
    # In one statement, so that another process making the file is seen before or after, not between.
    tables, application = db.execute(
        "SELECT (SELECT count(*) FROM sqlite_schema), application_id FROM pragma_application_id"
    ).fetchone()
    if not tables and not create:
        raise StoreError(
            "the database holds no table: it was emptied, or making it was cut off. Move it away, then restore a backup "
            "(`mentions restore FROM`), or for a first installation run `mentions init` again"
        )
    if tables and application != APPLICATION:
        raise StoreError(
            "the database belongs to another program: check the path under [store] in the settings"
        )


def _use_wal(db: Database, patience: float) -> None:
    # Changing the mode needs the file alone and does not wait for it by itself.
    until = time.monotonic() + patience
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def read_only(path: Path) -> Connection:
    """A connection that can change nothing, to a file that nobody else has open."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def sound(path: Path) -> bool:
    """Whether a database that nobody else has open is whole."""
    connection = read_only(path)
    try:
        return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
