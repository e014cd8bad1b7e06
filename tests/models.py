"""The model that ships, read once a process: each reading takes .2 s of a processor, and nothing in it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from classify.model.checkpoint import Checkpoint, opened
from classify.model.files import FILES, SHIPPED, check
from classify.model.linear import FILE as LEXICAL
from classify.model.onnx_model import Model
from classify.policy.schema import Policy
from steps import classifier


@contextmanager
def quick_models() -> Iterator[None]:
    """Inside, whatever opens the model that ships gets the same one. Its files are checked each time; any other folder is read anew."""
    models: dict[int, Model | Checkpoint] = {}

    def shared(folder: Path, threads: int = 0, rules: Policy | None = None) -> Model | Checkpoint:
        if folder.resolve() != SHIPPED.resolve():
            return opened(folder, threads, rules)
        if threads not in models:
            models[threads] = opened(folder, threads, rules)
        check(folder, (*FILES, LEXICAL))
        return models[threads]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "opened", shared)
        yield
