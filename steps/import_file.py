"""Takes in an export of another listening tool that somebody hands over, once.

It is read without any lock: a large file must not hold up a cycle. Only storing is done alone, part by part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from collectors.base import SkippedItem
from collectors.files.collector import Files
from collectors.files.subject import Subject
from collectors.files.survey import Answers, Survey
from core import clock
from core.errors import MentionsError
from core.models import Mention
from settings import named_people
from steps import gate, import_keep, match_rules
from steps.collect import Pulled, end_run
from steps.context import RunContext

SOURCE = "import"
PATIENCE = 600.0  # seconds that a part waits for a cycle to end before it is stored
Alone = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that may be taken in: how it is read, by whose answers; `name` is what it was called where it came from."""

    path: Path
    files: Files
    answers: Answers
    survey: Survey
    name: str

    def rows(self) -> Iterator[Mention | SkippedItem]:
        """Its rows, read anew."""
        return self.files.rows(self.path, self.survey, self.answers, name=self.name)


def check_file(
    context: RunContext, path: Path, answers: Answers | None = None, *, name: str = "", asks: bool = False
) -> Checked:  # fmt: skip
    """A file that was walked through once. Raises InputError where it can't be taken in, ConfigError where nothing may be read.

    `name` is what it was called where it came from. `asks`: questions that it leaves open are the caller's.
    """
    gate.check_open(context)
    files = context.sources.make("files")
    assert isinstance(files, Files)
    answers, on = answers or Answers(), clock.local_day(context.at)
    subject = Subject(
        name or path.name, register=files.registered, ours=files.named_by,
        allowed=named_people.agreed(context.config, on) | context.store.searched_people.approved(on),
    )  # fmt: skip
    subject.check_name(Path(name or path.name).stem)
    survey = files.survey(path, answers, subject)
    subject.check_rows()
    if not asks:
        survey.check(name or path.name)
    return Checked(
        path=path, files=files, answers=answers, survey=survey, name=name or path.name
    )  # fmt: skip


def store(
    context: RunContext,
    checked: Checked,
    *,
    alone: Alone = nullcontext,
    tell: Progress | None = None,
) -> Pulled:
    """Stores a file part by part; `alone` stands around each part, `tell` is told how many posts are stored.

    Raises InputError where most of its posts name nothing of ours, before one is stored.
    """
    name = checked.name
    nothing, count = checked.files.check_share(checked.path, checked.survey, checked.answers)
    if nothing:
        context.report_progress(f"{name}: {nothing:,} of {count:,} name nothing of ours")
    pulled = Pulled()
    rules = match_rules.of_today(context.config, context.at)
    for part in pulled.parts(checked.rows(), name, context.skip_item):
        with alone():
            pulled.taken += context.store.mentions.add_page(
                SOURCE, match_rules.matched(rules, part), at=context.at
            )
        if tell is not None:
            tell(pulled.mention_count)
    with alone():
        end_run(context, SOURCE, pulled, since=context.at, name=name, verb="read")
    return pulled


def import_file(
    context: RunContext,
    path: Path,
    answers: Answers | None = None,
    *,
    alone: Alone = nullcontext,
) -> Pulled:
    """Stores an export, by the columns of [collectors.files] and somebody's answers, and writes down what came of it.

    Raises InputError, and ConfigError where nothing may be read.
    """
    checked = check_file(context, path, answers)
    imports, tool = context.store.imports, checked.survey.tool
    with path.open("rb") as file:
        number = imports.add(path.name, digest=import_keep.digest(file), by=None, at=context.at)
    imports.begin(number, tool=tool.name if tool else "", posts=checked.survey.rows, at=context.at)
    try:
        pulled = store(context, checked, alone=alone)
    except MentionsError as error:
        imports.end(number, at=clock.now(), why=str(error))
        raise
    imports.end(
        number, at=clock.now(), posts=pulled.mention_count, new=pulled.taken.new, changed=pulled.taken.changed, left_out=pulled.odd
    )  # fmt: skip
    return pulled
