"""The classifier that config.toml names, told what is in force of the organisation on a day.

It needs no store: `classify` on a file starts with it.
"""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.checkpoint import Checkpoint, opened
from classify.model.onnx_model import Model
from classify.policy.schema import Policy
from core import clock
from settings import named_people, registered_accounts, schema
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
    place, threads = model or model_folder(config, folder), config.classifier.threads
    if _SHARED is not None and model is None:
        weights = _SHARED.weights(place, threads, policy)
    else:
        weights = opened(place, threads, policy)
    return Classifier(organisation or known(config, at), weights, rules=policy)


class SharedWeights:
    """One model for all organisations of a process, in memory for as long as it is asked for: it takes 150 MB, and nothing in it is any organisation's.

    A folder whose checksums changed is read anew. For any thread.
    """

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._held: tuple[object, Model | Checkpoint] | None = None

    def weights(self, folder: Path, threads: int, policy: Policy) -> Model | Checkpoint:
        """The weights in a folder; another folder's, or another policy's, take their place. Raises ModelError."""
        sums = folder / "SHA256SUMS"
        changed_at = sums.stat().st_mtime_ns if sums.exists() else 0
        key = (folder.resolve(), changed_at, threads, policy.version)
        with self._alone:
            if self._held is None or self._held[0] != key:
                self._held = None  # before the next is read: never two at once
                self._held = (key, opened(folder, threads, policy))
            return self._held[1]


_SHARED: SharedWeights | None = None


def keep_one_model() -> None:
    """From now on this process reads the model once for all organisations."""
    global _SHARED  # of the process, as its memory is
    _SHARED = _SHARED or SharedWeights()


def known(config: Config, at: datetime) -> Known:
    """What the classifier is told of the organisation as it is on that day."""
    on = clock.local_day(at)
    today = schema.today(config.organisation, on)
    allowed = named_people.agreed(config, on) | registered_accounts.installed(config)
    return Known(
        names=today.names, places=today.places, providers=today.providers, register=today.register,
        official=today.official, phones=today.phones, emails=today.emails, postcodes=today.postcodes,
        settled=registered_accounts.settled(config.organisation, today.register, allowed),
    )  # fmt: skip
