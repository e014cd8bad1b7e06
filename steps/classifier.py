"""The classifier that config.toml names, told what is in force of the organisation on a day.

It needs no store: `classify` on a file starts with it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.checkpoint import opened
from classify.policy.schema import Policy
from core import clock
from settings import schema
from settings.policy import load_policy
from settings.schema import Config
from steps.model_files import model_folder


def load_classifier(
    config: Config,
    folder: Path,
    at: datetime,
    *,
    model: Path | None = None,
    policy: Policy | None = None,
    organisation: Known | None = None,
) -> Classifier:
    """The classifier of a configuration. Raises ConfigError, ModelError.

    `model`, `policy` and `organisation` stand in for the file's own, to be compared with them.
    """
    policy = policy or load_policy(config, folder)
    weights = opened(model or model_folder(config, folder), config.classifier.threads, policy)
    return Classifier(organisation or known(config, at), weights, rules=policy)


def known(config: Config, at: datetime) -> Known:
    """What the classifier is told of the organisation as it is on that day."""
    today = schema.today(config.organisation, clock.local_day(at))
    return Known(
        names=today.names, places=today.places, providers=today.providers, register=today.register,
        official=today.official, phones=today.phones, emails=today.emails, postcodes=today.postcodes,
    )  # fmt: skip
