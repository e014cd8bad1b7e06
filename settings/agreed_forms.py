"""Forms of the settings to which another person agreed, as this version of the program reads them.

They are stored as they were agreed to, and for years. What a later version calls otherwise, or takes in another shape, is left out field by field:
what config.toml has counts there, governance is told which it is, and no page or cycle stops for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from pydantic import BaseModel, ValidationError

from settings import guarded, safety
from settings.alerts import AlertRoute
from settings.organisation import Contact, Name
from settings.pending import Form
from settings.review import EscalationRole, ReplyTemplate
from settings.schema import Config

_GUARDED: Mapping[str, type[BaseModel]] = {
    "contacts": Contact, "templates": ReplyTemplate, "teams": EscalationRole, "routes": AlertRoute,
}  # fmt: skip
# Of a part of `safety` its keys that hold rows, and by what two forms of one row are known for the same
_ROWS: Mapping[str, tuple[type[BaseModel], str]] = {
    "alerts.route": (AlertRoute, "name"), "review.roles": (EscalationRole, "key"), safety.NAMES: (Name, "name"),
}  # fmt: skip


def readable_guarded(file: Config, part: guarded.Part, form: object, say: Callable[[str], None]) -> Form:  # fmt: skip
    """A part of `guarded` as it was agreed to, with config.toml's where this version does not read it; `say` is given a line for each."""
    standing, words = guarded.form_of(file, part), guarded.WORDS[part]
    if not isinstance(form, Mapping):
        say(_whole(words))
        return standing
    rows = {}
    for key, row in form.items():
        known = _row(_GUARDED[part], row, standing.get(key), lambda what: say(_line(words, what)))
        if known is not None:
            rows[key] = known
    return rows


def readable_part(part: safety.Part, standing: Form, form: object, say: Callable[[str], None]) -> Form:  # fmt: skip
    """The same of a part of `safety`; `standing` is config.toml's own form of it."""
    words = safety.WORDS[part]
    if not isinstance(form, Mapping):
        say(_whole(words))
        return standing
    for key in form.keys() - standing.keys():
        say(_line(words, key))
    known = dict(standing)
    for key in form.keys() & standing.keys():
        if not safety.is_alike(form[key], standing[key]):
            say(_line(words, key))
        elif key in _ROWS:
            known[key] = list(_rows(key, form[key], standing[key], lambda what: say(_line(words, what))))  # fmt: skip
        elif isinstance(form[key], list) and not all(isinstance(each, str) for each in form[key]):
            say(_line(words, key))
        else:
            known[key] = form[key]
    return known


def _rows(key: str, rows: list[object], standing: list[Form], say: Callable[[str], None]) -> Iterator[Form]:  # fmt: skip
    kind, by = _ROWS[key]
    for row in rows:
        same = row.get(by) if isinstance(row, Mapping) else None
        known = _row(kind, row, next((each for each in standing if same and each.get(by) == same), None), say)  # fmt: skip
        if known is not None:
            yield known


def _row(
    kind: type[BaseModel], row: object, standing: Form | None, say: Callable[[str], None]
) -> Form | None:
    """A row as it was agreed to, with config.toml's own in the fields that are not read; None where nothing of it is."""
    if not isinstance(row, Mapping):
        say("a row")
        return None
    fields, called = dict(row), f"‘{row.get('name') or row.get('key') or 'a row'}’"
    for _ in range(len(row) + len(kind.model_fields)):
        wrong = _wrong(kind, fields)
        if not wrong:
            return fields
        if None in wrong:
            break
        before = dict(fields)
        for field in filter(None, wrong):
            fields.pop(field, None)
            say(f"{called}, {field.replace('_', ' ')}")
        # what the field may be called now was not agreed to either
        fields = {**(standing or {}), **fields}
        if fields == before:
            break
    say(called)
    return standing


def _wrong(kind: type[BaseModel], fields: Form) -> set[str | None]:
    """The fields that a row can't have so; None among them: what is wrong is no field's alone."""
    try:
        kind.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        return {str(each["loc"][0]) if each["loc"] else None for each in error.errors()}
    return set()


def _line(words: str, what: str) -> str:
    return f"{words}: {what}, as agreed to, is not read by this version of the program. What config.toml has counts there until it is saved and agreed to anew"


def _whole(words: str) -> str:
    return _line(words, "all of it")
