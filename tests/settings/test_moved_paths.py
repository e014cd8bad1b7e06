"""An older config.toml may name the model and the policy that ship where they lay before."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from settings import schema
from settings.schema import ClassifierSettings
from settings.shipped import shipped_config


def loaded(folder: Path, model: str, policy: str) -> ClassifierSettings:
    written = shipped_config().read_text("utf-8")
    written = written.replace('\nmodel = ""', f'\nmodel = "{model}"')
    written = written.replace('\npolicy = ""', f'\npolicy = "{policy}"')
    path = folder / "config.toml"
    path.write_text(written, "utf-8")
    return schema.load(path).classifier


@pytest.mark.parametrize("model", ["classify/model", "./classify/model/"])
def test_where_they_lay_before_means_what_ships_with_a_warning_for_each(
    model: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = loaded(tmp_path, model, "classify/policy.toml")
    assert (settings.model, settings.policy) == ("", "")
    warnings = [record.getMessage() for record in caplog.records]
    assert [warning.partition(" under ")[0] for warning in warnings] == [
        f'config.toml: model = "{model}"', 'config.toml: policy = "classify/policy.toml"',
    ]  # fmt: skip
    assert all(record.levelno == logging.WARNING for record in caplog.records)


def test_a_model_of_ones_own_that_lies_there_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "classify" / "model").mkdir(parents=True)
    (tmp_path / "classify" / "model" / "SHA256SUMS").touch()
    (tmp_path / "classify" / "policy.toml").touch()
    settings = loaded(tmp_path, "classify/model", "classify/policy.toml")
    assert (settings.model, settings.policy) == ("classify/model", "classify/policy.toml")
    assert caplog.records == []


def test_a_folder_that_is_missing_is_not_taken_for_it(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "models/ours", "ours.toml")
    assert (settings.model, settings.policy) == ("models/ours", "ours.toml")


def test_the_config_that_ships_needs_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    schema.load(shipped_config())
    assert caplog.records == []
