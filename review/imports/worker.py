"""Reads and stores handed-over files beside the page: one at a time, in a thread with a store of its own.

A large file takes minutes: whoever handed it over looks in again, and nobody else waits.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MentionsError, PersonSearchError
from settings.schema import Config
from steps import import_keep
from steps.bugs import log_bug, of_a_bug
from steps.context import RunContext, exclusive_lock
from steps.effective import effective_config
from store import Import, Store

if (
    TYPE_CHECKING
):  # openpyxl and the sources' libraries: 0.6 s and 45 MB, for whoever hands a file over
    from collectors.files.survey import Answers, Survey
    from steps.import_preview import Preview

MOST_HELD = 20  # files of which is known what they are, with the words of five posts each
PATIENCE = 3_600.0  # seconds that a part waits for a cycle to end
SAYS = 1_000  # characters of why a file can't be taken in


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a file is: why it can't be taken in, or what it is and what it would bring; that only once nothing is left to ask."""

    why: str = ""
    survey: Survey | None = field(default=None, repr=False)
    preview: Preview | None = field(default=None, repr=False)


class ImportDesk:
    """Handed-over files and what is known of them. For any thread."""

    def __init__(
        self, file: Config, folder: Path, open_store: Callable[[], Store], now: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._file, self._folder, self._open_store, self._now = file, folder, open_store, now
        self._looked: OrderedDict[int, Looked] = OrderedDict()
        self._under_way: dict[int, Future[None]] = {}
        self._alone = threading.Lock()
        # A file that takes long to be looked at, or waits for a cycle to be stored, holds up no other lead's.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="imports")
        self._storing = ThreadPoolExecutor(1, thread_name_prefix="imports-store")

    def looked(self, number: int, *, patience: float = 0) -> Looked | None:
        """What is known of a file; it is read where nothing is, for as long as `patience` says. None while it is read."""
        with self._alone:
            if number in self._looked:
                return self._looked[number]
            work = self._under_way.get(number)
            if work is None or work.done():
                work = self._under_way[number] = self._threads.submit(self._look, number)
        with suppress(NotYet):
            work.result(timeout=patience)
        with self._alone:
            return self._looked.get(number)

    def look_again(self, number: int) -> None:
        """Forgets what is known of a file, since somebody said more of it."""
        with self._alone:
            self._looked.pop(number, None)
            self._under_way.pop(number, None)

    def store(self, number: int, *, patience: float = 0) -> None:
        """Stores a file that was begun; waits a little for the end of a small one."""
        with self._alone:
            work = self._under_way[number] = self._storing.submit(self._store, number)
        with suppress(NotYet):
            work.result(timeout=patience)

    @property
    def busy(self) -> bool:
        """Whether a file is looked at or stored now."""
        with self._alone:
            return any(not work.done() for work in self._under_way.values())

    def close(self) -> None:
        """Lets the threads go once they are done."""
        self._threads.shutdown(wait=False)
        self._storing.shutdown(wait=False)

    def tidy(self, store: Store) -> None:
        """Drops what nobody said anything of within the hour, and deletes its file."""
        for number in import_keep.tidy(self._file, self._folder, store, self._now()):
            self.look_again(number)

    def drop_in_time(self, seconds: float) -> None:
        """Tidies once the hour of a file is over, also where nobody opens the page then."""
        timer = threading.Timer(seconds, self._tidy_alone)
        timer.daemon = True
        timer.start()

    def _tidy_alone(self) -> None:
        with suppress(MentionsError), self._open_store() as store:
            self.tidy(store)

    def _look(self, number: int) -> None:
        with self._open_store() as store:
            handed = store.imports.get(number)
            looked = (
                self._looked_at(store, handed)
                if handed is not None
                else Looked(why="it is not there")
            )
        with self._alone:
            self._looked[number] = looked
            while len(self._looked) > MOST_HELD:
                self._looked.popitem(last=False)

    def _looked_at(self, store: Store, handed: Import) -> Looked:
        from steps import import_file, import_preview  # here, as above

        context = self._run(store)
        with import_keep.in_clear(self._file, self._folder, handed.number) as path:
            if path is None:
                return Looked(why="its file is no longer here: hand it over again")
            try:
                checked = import_file.check_file(
                    context, path, self.answers(handed), name=handed.name, asks=True
                )
                if checked.survey.questions:
                    return Looked(survey=checked.survey)
                return Looked(
                    survey=checked.survey, preview=import_preview.preview(context, checked)
                )
            except PersonSearchError as error:
                if handed.by is not None:
                    store.searched_people.note_refused(
                        by=handed.by, section="import", saving=True, at=self._now()
                    )
                return Looked(why=_named(error, path, handed))
            except MentionsError as error:
                return Looked(why=_named(error, path, handed))
            except Exception as bug:
                log_bug("an import", bug)
                return Looked(why=of_a_bug(bug))

    def _store(self, number: int) -> None:
        from steps import import_file  # here, as above

        with (
            self._open_store() as store,
            import_keep.in_clear(self._file, self._folder, number) as path,
        ):
            handed = store.imports.get(number)
            why = "its file is no longer here: hand it over again"
            try:
                if handed is not None and path is not None:
                    context = self._run(store)
                    checked = import_file.check_file(
                        context, path, self.answers(handed), name=handed.name
                    )
                    pulled = import_file.store(
                        context, checked, tell=lambda done: store.imports.progress(number, done, at=self._now()),
                        alone=lambda: exclusive_lock(context.config, context.folder, patience=PATIENCE),
                    )  # fmt: skip
                    store.imports.end(
                        number, at=self._now(), posts=pulled.mention_count, new=pulled.taken.new, changed=pulled.taken.changed,
                        left_out=pulled.odd,
                    )  # fmt: skip
                    why = ""
            except MentionsError as error:
                why = (
                    _named(error, path, handed)
                    if path is not None and handed is not None
                    else str(error)
                )
            except Exception as bug:
                log_bug("an import", bug)
                why = of_a_bug(bug)
            if why:
                store.imports.end(number, at=self._now(), why=why)
        import_keep.forget(self._file, self._folder, number)
        self.look_again(number)

    def _run(self, store: Store) -> RunContext:
        at = self._now()
        effective = effective_config(self._file, self._folder, store, at)
        return RunContext(
            config=effective.config, effective=effective, folder=self._folder, store=store, report_progress=_nobody, at=at
        )  # fmt: skip

    @staticmethod
    def answers(handed: Import) -> Answers:
        """What somebody said of a file."""
        from collectors.files.survey import Answers  # here, as above

        return Answers(**handed.answers)


def _nobody(_line: str) -> None:
    """Takes what a command would print: lines name the file, which may be called after somebody."""


def _named(error: MentionsError, path: Path, handed: Import) -> str:
    """Why a file can't be taken in, by the name under which it came, as whoever has the page alone can mend it."""
    why = str(error).replace(path.name, handed.name)
    why = re.sub(
        r"; name it under columns in .*$",
        ": give that column the heading Text in the file, and hand it over again",
        why,
        flags=re.DOTALL,
    )
    asks = r", or ask whoever looks after this program to raise \1"
    return re.sub(r", or raise (\w+) in \[collectors\.files\]", asks, why)[:SAYS]
