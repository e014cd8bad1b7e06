"""What came to be in force of the settings that keep people safe, as the store has it: each version, and what another person agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settings import recipients, safety
from settings.schema import Config
from store import Store


def steps_of(file: Config, store: Store) -> safety.Steps:
    """By part, oldest first. What was set on the machine is the installer's, and needs nobody's yes; `file` is config.toml's alone."""
    if not store.settings.head():
        return {}
    agreed, approvals = store.approvals.agreed(), store.approvals.all()
    teams = {each.key: {*each.email} for each in approvals if each.what == "team"}
    for each in approvals:
        if each.what == "team":
            teams[each.key] |= {*each.email}

    def known(part: safety.Part, form: Mapping[str, Any]) -> dict[str, Any]:
        strange = recipients.strange(safety.mailboxes(form), file, approvals)
        return safety.only_known(form, safety.form_of(file, part), strange, teams)

    steps: dict[safety.Part, list[safety.Step]] = {}
    for part, section in safety.SECTIONS.items():
        steps[part] = [
            safety.Step(at=version.at, form=known(part, safety.form_of_version(file, part, version.content)), agreed=version.by is None)
            for version in reversed(store.settings.history(section))
        ]  # fmt: skip
        steps[part] += [safety.Step(at=each.at, form=known(part, each.form), agreed=True) for each in agreed if each.part == part]  # fmt: skip
    steps["passing"] += [
        safety.Step(at=team.at, mailboxes={team.key: team.email})
        for team in approvals if team.what == "team" and team.at is not None
    ]  # fmt: skip
    return steps
