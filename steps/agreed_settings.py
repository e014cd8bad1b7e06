"""What came to be in force of the settings that keep people safe, as the store has it: each version, and what another person agreed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from settings import agreed_forms, guarded, recipients, safety
from settings.pending import Form
from settings.schema import Config
from store import Store
from store.approvals import Agreed


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedSettings:
    """What another person agreed to: of `guarded` the last form of each part, of `safety` what came to be in force, oldest first.

    `unread`: what of the last forms this version of the program does not read, a line each for governance.
    """

    guarded: guarded.Approved = field(default_factory=dict, repr=False)
    steps: safety.Steps = field(default_factory=dict, repr=False)
    unread: Sequence[str] = ()


def agreed_settings(file: Config, store: Store) -> AgreedSettings:
    """All of it, as this version reads it; `file` is config.toml's alone."""
    agreed = store.approvals.agreed()
    last = {each.part: each for each in agreed}
    unread: dict[str, None] = {}

    def add(line: str) -> None:
        unread[line] = None

    forms: dict[str, Form] = {}
    for part in guarded.SECTIONS:
        if part in last:
            forms[part] = agreed_forms.readable_guarded(file, part, last[part].form, add)
    # what another form took the place of since is told to nobody
    steps = _steps(file, store, agreed, lambda each: add if last[each.part] is each else _say_nothing)  # fmt: skip
    return AgreedSettings(guarded=forms, steps=steps, unread=tuple(unread))


def _say_nothing(line: str) -> None:
    """Says it to nobody."""


def _steps(
    file: Config, store: Store, agreed: Sequence[Agreed], say_of: Callable[[Agreed], Callable[[str], None]]
) -> safety.Steps:  # fmt: skip
    """By part, oldest first. What was set on the machine is the installer's, and needs nobody's yes."""
    if not store.settings.head():
        return {}
    approvals = store.approvals.all()
    teams = {each.key: {*each.email} for each in approvals if each.what == "team"}
    for each in approvals:
        if each.what == "team":
            teams[each.key] |= {*each.email}

    def known(
        part: safety.Part, standing: Mapping[str, Any], form: Mapping[str, Any]
    ) -> dict[str, Any]:
        strange = recipients.strange(safety.mailboxes(form), file, approvals)
        return safety.only_known(form, standing, strange, teams)

    steps: dict[safety.Part, list[safety.Step]] = {}
    for part, section in safety.SECTIONS.items():
        standing = safety.form_of(file, part)
        for version in reversed(store.settings.history(section)):
            written = safety.form_of_version(file, part, standing, version.content)
            unread: list[str] = []
            form = known(part, standing, agreed_forms.readable_part(part, standing, written, unread.append))  # fmt: skip
            if unread:
                continue  # none of such a version is in force, as is said where it was set up
            steps.setdefault(part, []).append(safety.Step(at=version.at, form=form, agreed=version.by is None))  # fmt: skip
        for form_agreed in agreed:
            if form_agreed.part == part:
                form = known(part, standing, agreed_forms.readable_part(part, standing, form_agreed.form, say_of(form_agreed)))  # fmt: skip
                steps.setdefault(part, []).append(safety.Step(at=form_agreed.at, form=form, agreed=True))  # fmt: skip
    steps.setdefault("passing", []).extend(
        safety.Step(at=team.at, mailboxes={team.key: team.email})
        for team in approvals if team.what == "team" and team.at is not None
    )  # fmt: skip
    return steps
