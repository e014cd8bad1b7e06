"""What came to be in force of the settings that keep people safe, as the store has it: each version, and what another person agreed to."""

from __future__ import annotations

from settings import safety
from settings.schema import Config
from store import Store


def steps_of(file: Config, store: Store) -> safety.Steps:
    """By part, oldest first. What was set on the machine is the installer's, and needs nobody's yes; `file` is config.toml's alone."""
    if not store.settings.head():
        return {}
    agreed = store.approvals.agreed()
    steps: dict[safety.Part, list[safety.Step]] = {}
    for part, section in safety.SECTIONS.items():
        steps[part] = [
            safety.Step(at=version.at, form=safety.form_of_version(file, part, version.content), agreed=version.by is None)
            for version in reversed(store.settings.history(section))
        ]  # fmt: skip
        steps[part] += [safety.Step(at=each.at, form=each.form, agreed=True) for each in agreed if each.part == part]  # fmt: skip
    steps["passing"] += [
        safety.Step(at=team.at, mailboxes={team.key: team.email})
        for team in store.approvals.all() if team.what == "team" and team.at is not None
    ]  # fmt: skip
    return steps
