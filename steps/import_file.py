"""Takes in an export of another listening tool that somebody hands over, once."""

from __future__ import annotations

from pathlib import Path

from collectors.files import subject
from collectors.files.collector import Files
from core import clock
from settings import named_people
from steps import gate, match_rules
from steps.collect import Pulled, end_run
from steps.context import RunContext


def import_file(context: RunContext, path: Path) -> None:
    """Stores an export, by the columns of [collectors.files].

    Raises InputError, and ConfigError where nothing may be read.
    """
    gate.check_open(context)
    settings = context.sources.make("files")
    assert isinstance(settings, Files)
    at = context.at
    columns = {str(name): heading for name, heading in settings.columns.items()}
    on = clock.local_day(at)
    subject.check(
        path, columns, register=settings.registered,
        allowed=named_people.agreed(context.config, on) | context.store.searched_people.approved(on),
        ours=settings.named_by,
    )  # fmt: skip
    nothing, count = settings.check_share(path)
    if nothing:
        context.report_progress(f"{path.name}: {nothing:,} of {count:,} name nothing of ours")
    rows = settings.rows(path)
    pulled = Pulled()
    rules = match_rules.of_today(context.config, at)
    for part in pulled.parts(rows, path.name, context.skip_item):
        pulled.taken += context.store.mentions.add_page(
            "import", match_rules.matched(rules, part), at=at
        )
    end_run(context, "import", pulled, since=at, name=path.name, verb="read")
